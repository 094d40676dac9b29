/* failing_alloc.c -- malloc() and its kin for a nightjar that is to run short of memory: linked with --wrap (make torture).
 *
 * TORTURE_COUNT=FILE    eight bytes, shared: how many allocations there were, whichever way the process ends.
 * TORTURE_FAIL_AT=N     the N-th fails, counted from 1; 0 or nothing: none does.
 * TORTURE_FAIL_MS=T     and all that follow for so many milliseconds; 0 unless given: it alone.
 *
 * Only what is called from nightjar's own objects goes through here; libraries keep their memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* The names are the linker's. */
#define WRAPPED(X)                                                                                                                         \
    X(void *, malloc, (size_t n), (n))                                                                                                     \
    X(void *, calloc, (size_t n, size_t each), (n, each))                                                                                  \
    X(void *, realloc, (void *p, size_t n), (p, n))                                                                                        \
    X(void *, reallocarray, (void *p, size_t n, size_t each), (p, n, each))                                                                \
    X(void *, aligned_alloc, (size_t alignment, size_t n), (alignment, n))                                                                 \
    X(char *, strdup, (const char *s), (s))                                                                                                \
    X(char *, strndup, (const char *s, size_t n), (s, n))

static _Atomic uint64_t in_vain;
static _Atomic uint64_t *count = &in_vain;
static uint64_t fail_at, fail_ms;
static _Atomic uint64_t failing_until; /* ms; 0: not yet */

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("TORTURE_COUNT");
    int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    fail_at = number_of("TORTURE_FAIL_AT", 0);
    fail_ms = number_of("TORTURE_FAIL_MS", 0);
    if (fd < 0)
        return;
    if (ftruncate(fd, sizeof(*count)) == 0) {
        void *p = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (p != MAP_FAILED)
            count = p;
    }
    close(fd);
}

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int fails(void)
{
    uint64_t n = atomic_fetch_add(count, 1) + 1;
    if (fail_at == 0 || n < fail_at)
        return 0;
    if (n == fail_at)
        failing_until = now_ms() + fail_ms;
    if (n > fail_at && now_ms() >= failing_until)
        return 0;
    errno = ENOMEM;
    return 1;
}

/* NOLINTBEGIN(bugprone-reserved-identifier) */
#define WRAP(type, name, parameters, arguments)                                                                                            \
    type __real_##name parameters;                                                                                                         \
    type __wrap_##name parameters;                                                                                                         \
    type __wrap_##name parameters                                                                                                          \
    {                                                                                                                                      \
        return fails() ? NULL : __real_##name arguments;                                                                                   \
    }
WRAPPED(WRAP)
/* NOLINTEND(bugprone-reserved-identifier) */

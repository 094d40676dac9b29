/* One JSON line to standard error, without heap, without waiting, with errno kept. */
#include "nightjar/diag.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1000, TEXT_MAX_BYTES = 700 };
#define OPENING "{\"nightjar\":\""

const char *const nj_level_names[NJ_LEVELS] = { "error", "warn", "info", "debug" };

static atomic_int threshold = NJ_LEVEL_WARN;
static atomic_uint_fast64_t dropped;

void nj_diag_threshold(enum nj_level most_detailed)
{
    atomic_store(&threshold, (int)most_detailed);
}

bool nj_diag_wants(enum nj_level level)
{
    return (int)level <= atomic_load(&threshold);
}

uint64_t nj_diag_dropped(void)
{
    return atomic_load(&dropped);
}

/* Our own words, made safe for a JSON string: anything unusual becomes a question mark. */
static size_t put_text(char *out, size_t room, const char *text)
{
    size_t n = 0;
    for (; *text != '\0' && n + 2 < room; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            out[n++] = '\\';
        out[n++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
    }
    out[n] = '\0';
    return n;
}

static bool write_line(const char *line, size_t n)
{
    /* A pipe that polls writable takes PIPE_BUF (4,096) bytes without blocking, and our line is shorter. */
    struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };
    if (poll(&fd, 1, 0) != 1 || (fd.revents & POLLOUT) == 0)
        return false;
    return write(STDERR_FILENO, line, n) == (ssize_t)n;
}

void nj_diag(enum nj_level level, const char *code, const char *fmt, ...)
{
    if (!nj_diag_wants(level))
        return;
    int keep = errno;
    char text[TEXT_MAX_BYTES], safe[LINE_MAX_BYTES - 150], line[LINE_MAX_BYTES], when[NJ_TIME_LEN + 1];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    put_text(safe, sizeof(safe), text);
    struct nj_clock clock;
    nj_clock_init(&clock, NULL, NULL);
    nj_time_format(when, clock.wall_ns);
    int n = snprintf(line, sizeof(line), OPENING "%s\",\"code\":\"%s\",\"time\":\"%s\",\"text\":\"%s\"}\n", nj_level_names[level], code,
                     when, safe);
    if (n <= 0 || (size_t)n >= sizeof(line) || !write_line(line, (size_t)n))
        atomic_fetch_add(&dropped, 1);
    errno = keep;
}

bool nj_diag_is_own(struct nj_str line)
{
    return nj_str_starts(line, NJ_STR(OPENING));
}

bool nj_diag_gate(struct nj_diag_gate *g, struct nj_mono now, int64_t interval_ms, uint64_t *missed)
{
    if (g->used && nj_mono_until(now, g->next) > 0) {
        g->missed++;
        return false;
    }
    *missed = g->missed;
    *g = (struct nj_diag_gate){ .next = nj_mono_after(now, interval_ms), .used = true };
    return true;
}

/* The memory routines of the static build, under other names: every short length, every overlap, against loops of bytes. */
#include "unit.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NJ_MEM_NAME(name) ours_##name
#include "../../packaging/layer/mem.c"

enum { LONGEST = 333, SHIFT = 70 };

static unsigned seed = 1;

static unsigned char any(void)
{
    seed = seed * 1103515245 + 12345;
    return (unsigned char)(seed >> 16);
}

/* Where two ranges first differ, n when they do not.  One assertion an attempt: each costs a system call. */
static size_t differ_at(const unsigned char *a, const unsigned char *b, size_t n)
{
    size_t i = 0;
    while (i < n && a[i] == b[i])
        i++;
    return i;
}

/* The end of a page that is followed by one nobody may touch: reading too far ends the test. */
static unsigned char *before_the_wall(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    static unsigned char *p;
    if (p == NULL) {
        p = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ck_assert_ptr_ne(p, MAP_FAILED);
        ck_assert_int_eq(mprotect(p, page, PROT_NONE), 0);
        ck_assert_int_eq(mprotect(p + 2 * page, page, PROT_NONE), 0);
    }
    return p + 2 * page - n;
}

static unsigned char *behind_the_wall(void)
{
    return before_the_wall((size_t)sysconf(_SC_PAGESIZE));
}

START_TEST(test_mem_moves_like_a_loop_of_bytes_at_every_length_and_overlap)
{
    unsigned char ours[LONGEST + 2 * SHIFT], loop[sizeof(ours)], from[LONGEST];
    for (size_t n = 0; n <= LONGEST; n++) {
        for (size_t to = 0; to < 2 * SHIFT; to++) {
            for (size_t i = 0; i < sizeof(ours); i++)
                ours[i] = loop[i] = any();
            for (size_t i = 0; i < n; i++)
                from[i] = loop[SHIFT + i];
            for (size_t i = 0; i < n; i++)
                loop[to + i] = from[i];
            bool same = ours_memmove(ours + to, ours + SHIFT, n) == ours + to;
            size_t at = differ_at(ours, loop, sizeof(ours));
            if (!same || at != sizeof(ours))
                ck_abort_msg("%zu bytes from %d to %zu: byte %zu", n, SHIFT, to, at);
        }
    }
}
END_TEST

START_TEST(test_mem_copies_between_walls_and_touch_nothing_beside)
{
    unsigned char copy[LONGEST + 2];
    for (size_t n = 0; n <= LONGEST; n++) {
        unsigned char *places[] = { before_the_wall(n), behind_the_wall() };
        for (size_t k = 0; k < NJ_COUNT(places); k++) {
            unsigned char *p = places[k];
            for (size_t i = 0; i < n; i++)
                p[i] = any();
            copy[0] = copy[n + 1] = 0xa5;
            ck_assert_ptr_eq(ours_memcpy(copy + 1, p, n), copy + 1);
            ck_assert_uint_eq(copy[0], 0xa5);
            ck_assert_uint_eq(copy[n + 1], 0xa5);
            ck_assert_uint_eq(differ_at(copy + 1, p, n), n);
            ours_memset(p, 0, n);
            ours_memcpy(p, copy + 1, n);
            ck_assert_int_eq(ours_memcmp(p, copy + 1, n), 0);
        }
    }
}
END_TEST

START_TEST(test_mem_sets_exactly_what_it_was_told)
{
    unsigned char b[LONGEST + 2];
    for (size_t n = 0; n <= LONGEST; n++) {
        for (size_t i = 0; i < sizeof(b); i++)
            b[i] = 0x11;
        ck_assert_ptr_eq(ours_memset(b + 1, 0x1e7, n), b + 1); /* only the low byte counts */
        for (size_t i = 0; i < sizeof(b); i++)
            if (b[i] != (i >= 1 && i <= n ? 0xe7 : 0x11))
                ck_abort_msg("%zu bytes set: byte %zu", n, i);
    }
    ck_assert_ptr_eq(ours_memset(before_the_wall(100), 0, 100), before_the_wall(100));
}
END_TEST

START_TEST(test_mem_finds_the_first_byte_and_none_outside)
{
    for (size_t n = 0; n <= LONGEST; n++) {
        unsigned char *p = before_the_wall(n);
        ours_memset(p, 'a', n);
        ck_assert_ptr_null(ours_memchr(p, 0xff, n));
        for (size_t at = 0; at < n; at++) {
            p[at] = 0xff;
            bool good = ours_memchr(p, -1, n) == p + at;
            p[n - 1] = 0xff;
            if (!good || ours_memchr(p, 0xff, n) != p + at || ours_memchr(p, 0xff, at) != NULL)
                ck_abort_msg("byte %zu of %zu", at, n);
            p[at] = p[n - 1] = 'a';
        }
    }
}
END_TEST

START_TEST(test_mem_compares_by_the_first_difference_unsigned)
{
    unsigned char other[LONGEST];
    for (size_t n = 1; n <= LONGEST; n++) {
        unsigned char *p = before_the_wall(n);
        for (size_t i = 0; i < n; i++)
            p[i] = other[i] = any();
        ck_assert_int_eq(ours_memcmp(p, other, n), 0);
        for (size_t at = 0; at < n; at++) {
            unsigned char was = other[at], last = other[n - 1];
            other[at] = (unsigned char)(was + 0x80);
            if (at != n - 1)
                other[n - 1] = (unsigned char)(last ^ 0xff);
            if ((ours_memcmp(p, other, n) > 0) != (was >= 0x80) || (ours_memcmp(other, p, n) > 0) != (was < 0x80))
                ck_abort_msg("byte %zu of %zu", at, n);
            other[n - 1] = last;
            other[at] = was;
        }
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_mem_moves_like_a_loop_of_bytes_at_every_length_and_overlap)                                                                     \
    X(test_mem_copies_between_walls_and_touch_nothing_beside)                                                                              \
    X(test_mem_sets_exactly_what_it_was_told)                                                                                              \
    X(test_mem_finds_the_first_byte_and_none_outside)                                                                                      \
    X(test_mem_compares_by_the_first_difference_unsigned)
NJ_TEST_MAIN("mem")
#else
#include <stdio.h>

int main(void)
{
    puts("100%: Checks: 0, skipped: on this processor the static build uses musl's own");
    return EXIT_SUCCESS;
}
#endif

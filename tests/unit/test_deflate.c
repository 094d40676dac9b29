/* Tests of our gzip: whatever goes in comes out of zlib again, and it keeps to the room it has. */
#include "observe_kit.h"
#include "unit.h"

#include "../../src/deliver/deflate.h"
#include "../../src/deliver/deflate_code.h"

#include <stdlib.h>
#include <zlib.h>

static struct nj_deflate *packer;
static struct dice d;

static void begin(void)
{
    d = (struct dice){ 11 };
    ck_assert_int_eq(nj_deflate_new(&packer), NJ_OK);
}

static void end(void)
{
    nj_deflate_free(packer);
}

/* Length of the packed form. */
static size_t there_and_back(struct nj_str in)
{
    enum { GUARD = 8 };
    size_t room = nj_deflate_bound(in.n);
    char *packed = malloc(room + GUARD), *back = malloc(in.n + 1);
    ck_assert(packed != NULL && back != NULL);
    memset(packed + room, 0x5a, GUARD);
    size_t n = nj_deflate_gzip(packer, in, packed, room);
    ck_assert_uint_ne(n, 0);
    for (size_t i = 0; i < GUARD; i++)
        ck_assert_int_eq(packed[room + i], 0x5a);
    z_stream z = { .next_in = (Bytef *)packed, .avail_in = (uInt)n, .next_out = (Bytef *)back, .avail_out = (uInt)in.n + 1 };
    ck_assert_int_eq(inflateInit2(&z, 15 + 16), Z_OK);
    int rc = inflate(&z, Z_FINISH);
    ck_assert_msg(rc == Z_STREAM_END, "%d of %zu bytes: %s", rc, in.n, z.msg != NULL ? z.msg : "");
    ck_assert_uint_eq(z.avail_in, 0);
    ck_assert_uint_eq(z.total_out, in.n);
    ck_assert(in.n == 0 || memcmp(back, in.p, in.n) == 0);
    inflateEnd(&z);
    free(packed);
    free(back);
    return n;
}

static char *filled(size_t n, unsigned letters)
{
    char *p = malloc(n + 1);
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)(dice_next(&d) % letters);
    return p;
}

START_TEST(test_deflate_every_length)
{
    begin();
    char *p = filled(1200, 3), same[1200];
    memset(same, 'a', sizeof(same));
    for (size_t n = 0; n < 1200; n++) {
        there_and_back((struct nj_str){ p, n });
        there_and_back((struct nj_str){ same, n }); /* matches of 258 and what is left of them */
    }
    free(p);
    end();
}
END_TEST

START_TEST(test_deflate_what_does_not_shrink_is_stored)
{
    begin();
    static const size_t sizes[] = { 1, 300, 65534, 65535, 65536, 131071, 1 << 20, (1 << 20) + 1, 3 << 20 };
    for (size_t i = 0; i < NJ_COUNT(sizes); i++) {
        char *p = filled(sizes[i], 256);
        ck_assert_uint_le(there_and_back((struct nj_str){ p, sizes[i] }), sizes[i] + sizes[i] / 4096 + 64);
        free(p);
    }
    end();
}
END_TEST

START_TEST(test_deflate_texts_with_copies_of_themselves)
{
    begin();
    enum { MOST = 200000 };
    char *p = malloc(MOST);
    ck_assert_ptr_nonnull(p);
    for (int round = 0; round < 400; round++) {
        size_t n = dice_next(&d) % (round % 40 == 0 ? MOST : 4000);
        unsigned letters = 1u << (1 + dice_next(&d) % 8), far = 1u << (dice_next(&d) % 17);
        for (size_t i = 0; i < n;) {
            size_t back = 1 + dice_next(&d) % far, copy = dice_next(&d) % 3 == 0 && back <= i ? dice_next(&d) % 600 : 0;
            for (; copy > 0 && i < n; copy--, i++)
                p[i] = p[i - back];
            if (i < n)
                p[i++] = (char)(dice_next(&d) % letters);
        }
        there_and_back((struct nj_str){ p, n });
    }
    free(p);
    end();
}
END_TEST

START_TEST(test_deflate_many_blocks)
{
    begin();
    enum { N = 4 << 20 };
    char *p = malloc(N);
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < N; i++) /* short matches, then none, then one without an end */
        p[i] = i < N / 2 ? "abcdefgh"[(i + (i / 8) * (dice_next(&d) % 2)) % 8] : i < N / 2 + N / 4 ? (char)dice_next(&d) : 'z';
    there_and_back((struct nj_str){ p, N });
    free(p);
    end();
}
END_TEST

START_TEST(test_deflate_without_room_nothing_is_written_behind_it)
{
    begin();
    char *p = filled(5000, 40);
    struct nj_str in = { p, 5000 };
    char *out = malloc(nj_deflate_bound(in.n));
    ck_assert_ptr_nonnull(out);
    size_t whole = nj_deflate_gzip(packer, in, out, nj_deflate_bound(in.n));
    for (size_t cap = 0; cap < whole; cap += 1 + cap / 40) {
        char *less = malloc(cap + 1); /* sanitizers watch its end */
        ck_assert_ptr_nonnull(less);
        ck_assert_uint_eq(nj_deflate_gzip(packer, in, less, cap), 0);
        free(less);
    }
    ck_assert_uint_eq(nj_deflate_gzip(packer, in, out, nj_deflate_bound(in.n)), whole); /* nothing is left of the tries */
    free(out);
    free(p);
    end();
}
END_TEST

/* Kraft's sum is one, and none is longer than it may be. */
static void ck_assert_complete(const struct nj_code *codes, size_t symbols, unsigned most)
{
    size_t sum = 0;
    for (size_t i = 0; i < symbols; i++) {
        ck_assert_uint_le(codes[i].n, most);
        sum += codes[i].n != 0 ? (size_t)1 << (most - codes[i].n) : 0;
    }
    ck_assert_uint_eq(sum, (size_t)1 << most);
}

START_TEST(test_deflate_codes_are_complete_and_short_enough)
{
    begin();
    uint32_t freq[NJ_CODE_SYMBOLS];
    struct nj_code codes[NJ_CODE_SYMBOLS];
    for (int round = 0; round < 3000; round++) {
        size_t n = 2 + dice_next(&d) % (NJ_CODE_SYMBOLS - 1), used = 0;
        unsigned most = n <= 19 ? 7 : NJ_CODE_BITS;
        uint32_t a = 1, b = 1;
        for (size_t i = 0; i < n; i++) { /* Fibonacci's numbers make the deepest tree */
            uint32_t next = a + b < 1 << 22 ? a + b : 1;
            freq[i] = round % 3 == 0 ? a : round % 3 == 1 ? (uint32_t)(dice_next(&d) % 1000) : (uint32_t)(dice_next(&d) % 8 == 0);
            a = b;
            b = next;
            used += freq[i] != 0;
        }
        nj_code_make(codes, freq, n, most);
        ck_assert_complete(codes, n, most);
        for (size_t i = 0; i < n; i++)
            ck_assert((codes[i].n != 0) == (freq[i] != 0));
        if (used < 2)
            ck_assert_uint_eq(codes[0].n, 1);
    }
    end();
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_deflate_every_length)                                                                                                           \
    X(test_deflate_what_does_not_shrink_is_stored)                                                                                         \
    X(test_deflate_texts_with_copies_of_themselves)                                                                                        \
    X(test_deflate_many_blocks)                                                                                                            \
    X(test_deflate_without_room_nothing_is_written_behind_it)                                                                              \
    X(test_deflate_codes_are_complete_and_short_enough)

NJ_TEST_MAIN("deflate")

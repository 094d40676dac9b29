/* The capture sink undoes compression and cuts bodies into records. */
#include "../emulator/cap_body.h"
#include "unit.h"

#include <zlib.h>
#include <zstd.h>

static void deflated(struct nj_buf *out, struct nj_str in, int window_bits)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(nj_buf_reserve(out, 4096), NJ_OK);
    z.next_out = (Bytef *)out->p + out->n;
    z.avail_out = 4096;
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->n += 4096 - z.avail_out;
    deflateEnd(&z);
}

static void zstandard(struct nj_buf *out, struct nj_str in)
{
    ck_assert_int_eq(nj_buf_reserve(out, 4096), NJ_OK);
    size_t n = ZSTD_compress(out->p + out->n, 4096, in.p, in.n, 1);
    ck_assert(!ZSTD_isError(n));
    out->n += n;
}

static void check_decoded(const char *encoding, const struct nj_buf *wire, enum nj_status want, const char *text)
{
    struct nj_buf out;
    nj_buf_init(&out, 1 << 20);
    ck_assert_int_eq(cap_body_decode(nj_str_of(encoding), nj_buf_str(wire), &out), want);
    if (want == NJ_OK)
        ck_assert_view_eq(nj_buf_str(&out), text);
    nj_buf_fini(&out);
}

START_TEST(test_each_coding_is_undone_also_in_several_pieces)
{
    struct nj_buf gzip, flate, zstd, plain;
    nj_buf_init(&gzip, 1 << 16);
    nj_buf_init(&flate, 1 << 16);
    nj_buf_init(&zstd, 1 << 16);
    nj_buf_init(&plain, 1 << 16);
    deflated(&gzip, NJ_STR("hello "), 31);
    deflated(&gzip, NJ_STR("world"), 31);
    deflated(&flate, NJ_STR("hello world"), 15);
    zstandard(&zstd, NJ_STR("hello "));
    zstandard(&zstd, NJ_STR("world"));
    nj_buf_addz(&plain, "hello world");
    check_decoded("gzip", &gzip, NJ_OK, "hello world");
    check_decoded("GZIP", &gzip, NJ_OK, "hello world");
    check_decoded("deflate", &flate, NJ_OK, "hello world");
    check_decoded("zstd", &zstd, NJ_OK, "hello world");
    check_decoded("", &plain, NJ_OK, "hello world");
    check_decoded("identity", &plain, NJ_OK, "hello world");
    check_decoded("br", &plain, NJ_EPARSE, "");
    nj_buf_fini(&gzip);
    nj_buf_fini(&flate);
    nj_buf_fini(&zstd);
    nj_buf_fini(&plain);
}
END_TEST

START_TEST(test_a_body_that_just_fills_the_buffer_of_a_step_is_whole)
{
    enum { FULL = 4 * (64 << 10) };
    struct nj_buf text, gzip, zstd;
    nj_buf_init(&text, FULL + 1);
    nj_buf_init(&gzip, 1 << 16);
    nj_buf_init(&zstd, 1 << 16);
    while (text.n < FULL)
        nj_buf_addc(&text, 'x');
    deflated(&gzip, nj_buf_str(&text), 31);
    zstandard(&zstd, nj_buf_str(&text));
    nj_buf_addc(&text, '\0');
    check_decoded("gzip", &gzip, NJ_OK, text.p);
    check_decoded("zstd", &zstd, NJ_OK, text.p);
    nj_buf_fini(&text);
    nj_buf_fini(&gzip);
    nj_buf_fini(&zstd);
}
END_TEST

START_TEST(test_a_body_that_ends_early_or_is_damaged_is_refused)
{
    static const char *const codings[] = { "gzip", "zstd", "deflate" };
    for (size_t i = 0; i < NJ_COUNT(codings); i++) {
        struct nj_buf wire;
        nj_buf_init(&wire, 1 << 16);
        check_decoded(codings[i], &wire, NJ_EPARSE, "");
        nj_buf_addz(&wire, "this is not compressed");
        check_decoded(codings[i], &wire, NJ_EPARSE, "");
        nj_buf_reset(&wire);
        if (i == 1)
            zstandard(&wire, NJ_STR("hello world, hello world"));
        else
            deflated(&wire, NJ_STR("hello world, hello world"), i == 0 ? 31 : 15);
        nj_buf_cut(&wire, wire.n - 3);
        check_decoded(codings[i], &wire, NJ_EPARSE, "");
        nj_buf_fini(&wire);
    }
}
END_TEST

START_TEST(test_a_bomb_stops_at_the_limit_of_the_buffer)
{
    static char zeros[4 << 20];
    uLongf n = compressBound(sizeof zeros);
    Bytef *small = malloc(n);
    struct nj_buf out;
    nj_buf_init(&out, 1 << 20);
    ck_assert_ptr_nonnull(small);
    ck_assert_int_eq(compress(small, &n, (const Bytef *)zeros, sizeof zeros), Z_OK);
    ck_assert_int_eq(cap_body_decode(NJ_STR("deflate"), (struct nj_str){ (const char *)small, n }, &out), NJ_ELIMIT);
    ck_assert_uint_le(out.cap, 1 << 20);
    nj_buf_fini(&out);
    free(small);
}
END_TEST

START_TEST(test_bodies_are_cut_into_records)
{
    static const struct {
        const char *body, *records; /* records joined by | */
    } rows[] = {
        { "", "" },
        { " \n ", "" },
        { "{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}|{\"b\":2}" },
        { "{\"a\":1}\r\n{\"b\":2}", "{\"a\":1}|{\"b\":2}" },
        { "{\"a\":\"[,]\"}\n", "{\"a\":\"[,]\"}" },
        { "[]", "" },
        { " [ ] ", "" },
        { "[{\"a\":1}, [2,3] ,\"x\\\"],\",4]", "{\"a\":1}|[2,3]|\"x\\\"],\"|4" },
        { "[{\"a\":[{\"b\":\"]\"}]}]", "{\"a\":[{\"b\":\"]\"}]}" },
        { "[{\"a\":1},{\"cut\":", "{\"a\":1}|{\"cut\":" },
        { "just text, with commas", "just text, with commas" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct cap_records r;
        struct nj_str record;
        struct nj_buf got;
        nj_buf_init(&got, 1000);
        cap_records_init(&r, nj_str_of(rows[i].body));
        while (cap_records_next(&r, &record)) {
            if (got.n > 0)
                nj_buf_addc(&got, '|');
            nj_buf_add(&got, record);
        }
        ck_assert_view_eq(nj_buf_str(&got), rows[i].records);
        nj_buf_fini(&got);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_each_coding_is_undone_also_in_several_pieces)                                                                                   \
    X(test_a_body_that_just_fills_the_buffer_of_a_step_is_whole)                                                                           \
    X(test_a_body_that_ends_early_or_is_damaged_is_refused)                                                                                \
    X(test_a_bomb_stops_at_the_limit_of_the_buffer)                                                                                        \
    X(test_bodies_are_cut_into_records)

NJ_TEST_MAIN("cap_body")

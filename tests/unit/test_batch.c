/* The open batch, sealing, limits, splitting, and memory that cannot be had. */
#include "../../src/deliver/codec.h"
#include "nightjar/batch.h"
#include "unit.h"

#include <stdio.h>
#include <zlib.h>

static const struct nj_mono now = { 1000 };
static const struct nj_batch_limits roomy = { .max_bytes = 64 << 10, .max_records = 1000, .alone_max = 256 << 10 };

static struct nj_batch *new_batch(const struct nj_format *f, enum nj_codec codec, struct nj_batch_limits limits)
{
    struct nj_batch *b = NULL;
    ck_assert_int_eq(nj_batch_new(&b, f, codec, NJ_LANE_BULK, limits), NJ_OK);
    return b;
}

static enum nj_status add(struct nj_batch *b, const char *text)
{
    bool alone = false;
    return nj_batch_add(b, nj_str_of(text), now, &alone);
}

static struct nj_sealed *seal(struct nj_batch *b)
{
    struct nj_sealed *s = NULL;
    ck_assert_int_eq(nj_batch_seal(b, &s), NJ_OK);
    ck_assert_ptr_nonnull(s);
    return s;
}

/* The uncompressed body, as the far end will see it. */
static void undo(const struct nj_sealed *s, struct nj_buf *out)
{
    nj_buf_init(out, 8 << 20);
    ck_assert_int_eq(nj_codec_undo(s->codec, nj_buf_str(&s->bytes), s->raw_bytes, out), NJ_OK);
}

static void check_body(const struct nj_sealed *s, const char *want)
{
    struct nj_buf raw;
    undo(s, &raw);
    ck_assert_view_eq(nj_buf_str(&raw), want);
    nj_buf_fini(&raw);
}

START_TEST(test_batch_body_is_framed_by_the_format_in_every_codec)
{
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_batch *b = new_batch(&nj_format_ndjson, (enum nj_codec)codec, roomy);
        ck_assert_int_eq(add(b, "{1}"), NJ_OK);
        ck_assert_int_eq(add(b, "{22}"), NJ_OK);
        struct nj_sealed *s = seal(b);
        check_body(s, "{1}\n{22}\n");
        ck_assert_uint_eq(s->records, 2);
        ck_assert_uint_eq(s->ends[0], 3);
        ck_assert_uint_eq(s->ends[1], 8);
        ck_assert_int_eq(s->codec, codec);
        ck_assert_int_eq(s->opened.ms, 1000);
        ck_assert_uint_eq(s->attempts, 0);
        nj_sealed_free(s);
        nj_batch_free(b);
        b = new_batch(&nj_format_json_array, (enum nj_codec)codec, roomy);
        ck_assert_int_eq(add(b, "{1}"), NJ_OK);
        ck_assert_int_eq(add(b, "{22}"), NJ_OK);
        s = seal(b);
        check_body(s, "[{1},{22}]");
        nj_sealed_free(s);
        nj_batch_free(b);
    }
}
END_TEST

START_TEST(test_batch_seals_many_batches_with_one_compressor)
{
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_batch *b = new_batch(&nj_format_ndjson, (enum nj_codec)codec, roomy);
        char last_id[33] = "";
        ck_assert_uint_eq(nj_batch_memory(b), 0);
        size_t memory = 0;
        for (int i = 0; i < 5; i++) {
            char text[32], want[80];
            snprintf(text, sizeof(text), "{\"round\":%d}", i);
            snprintf(want, sizeof(want), "%s\n%s\n", text, text);
            ck_assert_int_eq(add(b, text), NJ_OK);
            ck_assert_int_eq(add(b, text), NJ_OK);
            memory = i == 0 ? nj_batch_memory(b) : memory;
            ck_assert_uint_eq(nj_batch_memory(b), memory);
            struct nj_sealed *s = seal(b);
            check_body(s, want);
            ck_assert_uint_eq(strlen(s->id), 32);
            ck_assert_str_ne(s->id, last_id);
            memcpy(last_id, s->id, sizeof(last_id));
            ck_assert_uint_eq(nj_batch_records(b), 0);
            ck_assert_uint_eq(nj_batch_bytes(b), 0);
            nj_sealed_free(s);
        }
        ck_assert_uint_le(memory, 1 << 20);
        nj_batch_free(b);
    }
}
END_TEST

START_TEST(test_batch_gzip_is_read_by_plain_zlib)
{
    struct nj_batch *b = new_batch(&nj_format_ndjson, NJ_CODEC_GZIP, roomy);
    ck_assert_int_eq(add(b, "{\"a\":1}"), NJ_OK);
    struct nj_sealed *s = seal(b);
    unsigned char out[64];
    z_stream z = { .next_in = (Bytef *)s->bytes.p, .avail_in = (uInt)s->bytes.n, .next_out = out, .avail_out = sizeof(out) };
    ck_assert_int_eq(inflateInit2(&z, 15 + 16), Z_OK);
    ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
    ck_assert_uint_eq(z.total_out, 8);
    ck_assert_uint_eq(z.avail_in, 0);
    inflateEnd(&z);
    nj_sealed_free(s);
    nj_batch_free(b);
}
END_TEST

START_TEST(test_batch_empty_seals_to_nothing)
{
    struct nj_batch *b = new_batch(&nj_format_json_array, NJ_CODEC_GZIP, roomy);
    struct nj_sealed *s = NULL;
    ck_assert_int_eq(nj_batch_seal(b, &s), NJ_OK);
    ck_assert_ptr_null(s);
    nj_batch_free(b);
    nj_batch_free(NULL);
    nj_sealed_free(NULL);
}
END_TEST

START_TEST(test_batch_limits_of_nothing_are_refused)
{
    struct nj_batch *b = NULL;
    ck_assert_int_eq(nj_batch_new(&b, &nj_format_ndjson, NJ_CODEC_NONE, NJ_LANE_BULK, (struct nj_batch_limits){ 0, 1, 0 }), NJ_EARG);
    ck_assert_int_eq(nj_batch_new(&b, &nj_format_ndjson, NJ_CODEC_NONE, NJ_LANE_BULK, (struct nj_batch_limits){ 1, 0, 0 }), NJ_EARG);
    ck_assert_ptr_null(b);
}
END_TEST

START_TEST(test_batch_record_that_does_not_fit_any_more_is_refused_and_changes_nothing)
{
    struct nj_batch *b = new_batch(&nj_format_json_array, NJ_CODEC_NONE, (struct nj_batch_limits){ .max_bytes = 11, .max_records = 9 });
    bool alone = true;
    ck_assert_int_eq(add(b, "{1}"), NJ_OK); /* [{1} */
    ck_assert(!nj_batch_full(b));
    ck_assert_int_eq(nj_batch_add(b, NJ_STR("{66666}"), now, &alone), NJ_ELIMIT);
    ck_assert(!alone);
    ck_assert_int_eq(add(b, "{333}"), NJ_OK); /* [{1},{333} and one more for the bracket: 11 */
    ck_assert_uint_eq(nj_batch_raw_bytes(b), 10);
    ck_assert(nj_batch_full(b));
    ck_assert_int_eq(add(b, ""), NJ_ELIMIT);
    struct nj_sealed *s = seal(b);
    ck_assert_uint_eq(s->raw_bytes, 11);
    check_body(s, "[{1},{333}]");
    nj_sealed_free(s);
    nj_batch_free(b);
}
END_TEST

START_TEST(test_batch_count_of_records_is_a_limit_too)
{
    struct nj_batch *b = new_batch(&nj_format_ndjson, NJ_CODEC_ZSTD, (struct nj_batch_limits){ .max_bytes = 1 << 20, .max_records = 200 });
    for (int i = 0; i < 200; i++) {
        ck_assert(!nj_batch_full(b));
        ck_assert_int_eq(add(b, "{}"), NJ_OK);
    }
    ck_assert(nj_batch_full(b));
    ck_assert_int_eq(add(b, "{}"), NJ_ELIMIT);
    struct nj_sealed *s = seal(b);
    ck_assert_uint_eq(s->records, 200);
    ck_assert_uint_eq(s->ends[199], 199 * 3 + 2);
    nj_sealed_free(s);
    nj_batch_free(b);
}
END_TEST

START_TEST(test_batch_record_larger_than_a_batch_travels_alone)
{
    static char big[20001];
    struct nj_batch *b =
        new_batch(&nj_format_ndjson, NJ_CODEC_GZIP, (struct nj_batch_limits){ .max_bytes = 4096, .max_records = 9, .alone_max = 20000 });
    bool alone = false;
    memset(big, 'x', 20000);
    ck_assert_int_eq(add(b, "{}"), NJ_OK);
    ck_assert_int_eq(nj_batch_add(b, (struct nj_str){ big, 19999 }, now, &alone), NJ_ELIMIT);
    ck_assert(!alone);
    nj_sealed_free(seal(b));
    ck_assert_int_eq(nj_batch_add(b, (struct nj_str){ big, 19999 }, now, &alone), NJ_OK); /* and its line end: 20,000 */
    ck_assert(nj_batch_full(b));
    ck_assert_int_eq(add(b, ""), NJ_ELIMIT);
    struct nj_sealed *s = seal(b);
    ck_assert_uint_eq(s->raw_bytes, 20000);
    nj_sealed_free(s);
    ck_assert_int_eq(nj_batch_add(b, (struct nj_str){ big, 20000 }, now, &alone), NJ_ELIMIT);
    ck_assert(alone);
    ck_assert_int_eq(add(b, "{}"), NJ_OK);
    nj_batch_free(b);
}
END_TEST

START_TEST(test_batch_tightened_seals_earlier_but_never_later)
{
    static char text[3001];
    struct nj_batch *b = new_batch(&nj_format_ndjson, NJ_CODEC_NONE, roomy);
    memset(text, 'x', 3000);
    nj_batch_tighten(b, 1); /* the floor: 16 KiB */
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(add(b, text), NJ_OK);
    ck_assert_int_eq(add(b, text), NJ_ELIMIT);
    nj_sealed_free(seal(b));
    nj_batch_tighten(b, 1 << 20);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(add(b, text), NJ_OK);
    ck_assert_int_eq(add(b, text), NJ_ELIMIT);
    nj_batch_free(b);
}
END_TEST

START_TEST(test_batch_discard_tells_how_many_are_gone_and_starts_clean)
{
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_batch *b = new_batch(&nj_format_ndjson, (enum nj_codec)codec, roomy);
        ck_assert_int_eq(add(b, "{1}"), NJ_OK);
        ck_assert_int_eq(add(b, "{2}"), NJ_OK);
        ck_assert_uint_eq(nj_batch_discard(b), 2);
        ck_assert_uint_eq(nj_batch_discard(b), 0);
        ck_assert_uint_eq(nj_batch_bytes(b), 0);
        ck_assert_int_eq(add(b, "{3}"), NJ_OK);
        struct nj_sealed *s = seal(b);
        check_body(s, "{3}\n");
        nj_sealed_free(s);
        nj_batch_free(b);
    }
}
END_TEST

/* A stream of pseudo-random and repetitive text, so that every codec has something to hold back. */
static size_t make_record(char *out, size_t cap, uint32_t *seed)
{
    size_t n = 0;
    *seed = *seed * 1664525u + 1013904223u;
    size_t want = 20 + (*seed >> 16) % (cap - 20);
    while (n < want) {
        *seed = *seed * 1664525u + 1013904223u;
        out[n++] = (*seed >> 30) == 0 ? (char)('a' + (*seed >> 20) % 26) : 'x';
    }
    return n;
}

START_TEST(test_batch_large_streams_come_back_unchanged)
{
    static char record[5000];
    struct nj_batch_limits big = { .max_bytes = 3 << 20, .max_records = 10000, .alone_max = 3 << 20 };
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_batch *b = new_batch(&nj_format_ndjson, (enum nj_codec)codec, big);
        struct nj_buf want, raw;
        uint32_t seed = 42;
        bool alone = false;
        nj_buf_init(&want, 4 << 20);
        for (;;) {
            struct nj_str r = { record, make_record(record, sizeof(record), &seed) };
            if (want.n + r.n + 1 > 3 << 20) {
                ck_assert_int_eq(nj_batch_add(b, r, now, &alone), NJ_ELIMIT);
                break;
            }
            ck_assert_int_eq(nj_batch_add(b, r, now, &alone), NJ_OK);
            nj_buf_add(&want, r);
            nj_buf_addc(&want, '\n');
        }
        ck_assert_uint_gt(want.n, (3 << 20) - 5001);
        struct nj_sealed *s = seal(b);
        undo(s, &raw);
        ck_assert(nj_str_eq(nj_buf_str(&want), nj_buf_str(&raw)));
        ck_assert_uint_eq(s->bytes.n, s->bytes.cap);
        ck_assert_uint_eq(s->charged, s->bytes.n + s->records * sizeof(uint32_t) + sizeof(*s));
        nj_buf_fini(&want);
        nj_buf_fini(&raw);
        nj_sealed_free(s);
        nj_batch_free(b);
    }
}
END_TEST

START_TEST(test_batch_incompressible_bytes_fit_their_buffer)
{
    static char noise[60 << 10];
    uint32_t seed = 7;
    for (size_t i = 0; i < sizeof(noise); i++) {
        seed = seed * 1664525u + 1013904223u;
        noise[i] = (char)(seed >> 24);
    }
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_batch_limits limits = { .max_bytes = 240 << 10, .max_records = 9, .alone_max = 240 << 10 };
        struct nj_batch *b = new_batch(&nj_format_json_array, (enum nj_codec)codec, limits);
        bool alone = false;
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(nj_batch_add(b, (struct nj_str){ noise, sizeof(noise) }, now, &alone), NJ_OK);
        struct nj_sealed *s = seal(b);
        struct nj_buf raw;
        undo(s, &raw);
        ck_assert_int_eq(memcmp(raw.p + 1, noise, sizeof(noise)), 0);
        nj_buf_fini(&raw);
        nj_sealed_free(s);
        nj_batch_free(b);
    }
}
END_TEST

START_TEST(test_batch_noise_in_pieces_of_every_size_fits_its_buffer)
{
    static char noise[1 << 20];
    uint32_t seed = 99;
    for (size_t i = 0; i < sizeof(noise); i++) {
        seed = seed * 1664525u + 1013904223u;
        /* Stretches of noise and of repetition: what a compressor holds back longest. */
        noise[i] = (i >> 14) % 3 == 0 ? 'x' : (i >> 12) % 5 == 0 ? (char)(seed >> 29) : (char)(seed >> 24);
    }
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_batch_limits limits = { .max_bytes = sizeof(noise) + 4096, .max_records = 100000, .alone_max = 2 << 20 };
        struct nj_batch *b = new_batch(&nj_format_json_array, (enum nj_codec)codec, limits);
        for (int round = 0; round < 6; round++) {
            size_t at = 0, n = 0, step = (size_t)1 << (round * 3 + 2);
            bool alone = false;
            for (; at + n < sizeof(noise); at += n) {
                seed = seed * 1664525u + 1013904223u;
                n = 1 + (seed >> 8) % step;
                if (at + n > sizeof(noise))
                    break;
                enum nj_status st = nj_batch_add(b, (struct nj_str){ noise + at, n }, now, &alone);
                if (st == NJ_ELIMIT)
                    break;
                if (st != NJ_OK)
                    ck_abort_msg("codec %d, pieces up to %zu: %s", codec, step, nj_status_name(st));
            }
            struct nj_sealed *s = seal(b);
            struct nj_buf raw;
            undo(s, &raw);
            ck_assert_uint_eq(raw.n, s->raw_bytes);
            nj_buf_fini(&raw);
            nj_sealed_free(s);
        }
        nj_batch_free(b);
    }
}
END_TEST

/* --- splitting ---------------------------------------------------------------------------------------------------- */

static struct nj_sealed *sealed_of(const struct nj_format *f, enum nj_codec codec, const char *const *texts, size_t n)
{
    struct nj_batch *b = new_batch(f, codec, roomy);
    for (size_t i = 0; i < n; i++)
        ck_assert_int_eq(add(b, texts[i]), NJ_OK);
    struct nj_sealed *s = seal(b);
    nj_batch_free(b);
    s->seq = 77;
    return s;
}

START_TEST(test_batch_split_cuts_between_records_next_to_the_middle)
{
    static const struct {
        const char *texts[5];
        size_t n;
        const char *first, *second;
    } rows[] = {
        { { "{1}", "{2}" }, 2, "[{1}]", "[{2}]" },
        { { "{1}", "{2}", "{3}", "{4}" }, 4, "[{1},{2}]", "[{3},{4}]" },
        { { "{1}", "{2}", "{3}" }, 3, "[{1},{2}]", "[{3}]" },
        { { "{1111111111111111}", "{2}", "{3}", "{4}" }, 4, "[{1111111111111111}]", "[{2},{3},{4}]" },
        { { "{1}", "{2}", "{3333333333333333333333333}" }, 3, "[{1},{2}]", "[{3333333333333333333333333}]" },
        { { "{1}", "{2}", "{3}", "{4}", "{5555555555555555555}" }, 5, "[{1},{2},{3},{4}]", "[{5555555555555555555}]" },
        { { "", "", "" }, 3, "[,]", "[]" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        for (int codec = 0; codec < NJ_CODECS; codec++) {
            struct nj_sealed *s = sealed_of(&nj_format_json_array, (enum nj_codec)codec, rows[i].texts, rows[i].n), *a = NULL, *b = NULL;
            char id[33];
            memcpy(id, s->id, sizeof(id));
            ck_assert_int_eq(nj_sealed_split_take(&s, &a, &b), NJ_OK);
            ck_assert_ptr_null(s);
            check_body(a, rows[i].first);
            check_body(b, rows[i].second);
            ck_assert_uint_eq(a->records + b->records, rows[i].n);
            ck_assert_int_eq(a->seq, 77);
            ck_assert_str_ne(a->id, id);
            ck_assert_str_ne(a->id, b->id);
            nj_sealed_free(a);
            nj_sealed_free(b);
        }
    }
}
END_TEST

/* Splits until every record is alone: the parts must be splittable like the whole. */
static size_t split_all(struct nj_sealed *s, struct nj_buf *seen)
{
    struct nj_sealed *a = NULL, *b = NULL;
    struct nj_buf raw;
    if (s->records == 1) {
        undo(s, &raw);
        nj_buf_add(seen, nj_buf_str(&raw));
        nj_buf_fini(&raw);
        nj_sealed_free(s);
        return 1;
    }
    ck_assert_int_eq(nj_sealed_split_take(&s, &a, &b), NJ_OK);
    return split_all(a, seen) + split_all(b, seen);
}

START_TEST(test_batch_split_to_the_end_loses_nothing_and_keeps_the_order)
{
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_batch *b = new_batch(&nj_format_ndjson, (enum nj_codec)codec, roomy);
        struct nj_buf want, seen;
        nj_buf_init(&want, 1 << 20);
        nj_buf_init(&seen, 1 << 20);
        for (int i = 0; i < 37; i++) {
            char text[400];
            snprintf(text, sizeof(text), "{\"%d\":\"%0*d\"}", i, i * i % 300, 0);
            ck_assert_int_eq(add(b, text), NJ_OK);
            nj_buf_addf(&want, "%s\n", text);
        }
        ck_assert_uint_eq(split_all(seal(b), &seen), 37);
        ck_assert(nj_str_eq(nj_buf_str(&want), nj_buf_str(&seen)));
        nj_buf_fini(&want);
        nj_buf_fini(&seen);
        nj_batch_free(b);
    }
}
END_TEST

START_TEST(test_batch_split_refuses_one_record_and_broken_bytes)
{
    static const char *const one[] = { "{1}" }, *const two[] = { "{1}", "{2}" };
    struct nj_sealed *a = NULL, *b = NULL, *s = sealed_of(&nj_format_ndjson, NJ_CODEC_GZIP, one, 1);
    ck_assert_int_eq(nj_sealed_split_take(&s, &a, &b), NJ_EARG);
    ck_assert(s == NULL && a == NULL && b == NULL);
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        s = sealed_of(&nj_format_ndjson, (enum nj_codec)codec, two, 2);
        s->bytes.n--;
        ck_assert_int_eq(nj_sealed_split_take(&s, &a, &b), NJ_EPARSE);
        ck_assert(s == NULL && a == NULL && b == NULL);
    }
}
END_TEST

START_TEST(test_codec_without_room_leaves_everything_as_it_was)
{
    for (int codec = 0; codec < NJ_CODECS; codec++) {
        struct nj_codec_stream *c = NULL;
        struct nj_buf out;
        ck_assert_int_eq(nj_codec_new(&c, (enum nj_codec)codec), NJ_OK);
        ck_assert_int_eq(nj_codec_begin(c), NJ_OK);
        nj_buf_init(&out, 10);
        ck_assert_int_eq(nj_codec_room(c, 11, &out), NJ_ELIMIT);
        ck_assert_int_eq(out.err, NJ_OK);
        ck_assert_uint_eq(out.n, 0);
        nj_buf_fini(&out);
        nj_codec_free(c);
    }
    nj_codec_free(NULL);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_batch_body_is_framed_by_the_format_in_every_codec)                                                                              \
    X(test_batch_seals_many_batches_with_one_compressor)                                                                                   \
    X(test_batch_gzip_is_read_by_plain_zlib)                                                                                               \
    X(test_batch_empty_seals_to_nothing)                                                                                                   \
    X(test_batch_limits_of_nothing_are_refused)                                                                                            \
    X(test_batch_record_that_does_not_fit_any_more_is_refused_and_changes_nothing)                                                         \
    X(test_batch_count_of_records_is_a_limit_too)                                                                                          \
    X(test_batch_record_larger_than_a_batch_travels_alone)                                                                                 \
    X(test_batch_tightened_seals_earlier_but_never_later)                                                                                  \
    X(test_batch_discard_tells_how_many_are_gone_and_starts_clean)                                                                         \
    X(test_batch_large_streams_come_back_unchanged)                                                                                        \
    X(test_batch_noise_in_pieces_of_every_size_fits_its_buffer)                                                                            \
    X(test_batch_incompressible_bytes_fit_their_buffer)                                                                                    \
    X(test_batch_split_cuts_between_records_next_to_the_middle)                                                                            \
    X(test_batch_split_to_the_end_loses_nothing_and_keeps_the_order)                                                                       \
    X(test_batch_split_refuses_one_record_and_broken_bytes)                                                                                \
    X(test_codec_without_room_leaves_everything_as_it_was)

NJ_TEST_MAIN("batch")

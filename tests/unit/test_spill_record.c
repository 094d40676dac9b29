/* A batch as a file and back: whole or not at all, whatever was cut, flipped or made up. */
#include "../../src/deliver/codec.h"
#include "../../src/deliver/spill_record.h"
#include "unit.h"

#include <stdio.h>

enum { ROOM = 64 << 10 };

struct bench {
    struct nj_sink sink;
    struct nj_hmac_key key;
    struct nj_spill_frame frame;
    struct nj_sealed *s;
    struct nj_buf file;
};

static const struct nj_wall now = { INT64_C(1795418101000) };

static void frame_for(struct bench *b, const char *url, const char *codec, const char *key)
{
    char why[160];
    ck_assert_int_eq(nj_sink_init(&b->sink, &(struct nj_sink_options){ .url = nj_str_of(url), .compress = nj_str_of(codec) }, why), NJ_OK);
    nj_hmac_key_init(&b->key, nj_str_of(key));
    b->frame =
        (struct nj_spill_frame){ .sink = &b->sink, .key = &b->key, .body_max = nj_codec_bound(b->sink.codec, ROOM), .raw_max = ROOM };
    nj_spill_sink_id(&b->sink, b->frame.sink_id);
}

static void encode(struct bench *b, struct nj_wall opened)
{
    uint8_t head[NJ_SPILL_HEAD], tag[NJ_SPILL_TAG];
    nj_spill_encode(&b->frame, b->s, opened, head, tag);
    nj_buf_reset(&b->file);
    nj_buf_add(&b->file, (struct nj_str){ (const char *)head, sizeof(head) });
    nj_buf_add(&b->file, nj_buf_str(&b->s->bytes));
    nj_buf_add(&b->file, (struct nj_str){ (const char *)b->s->ends, b->s->records * sizeof(*b->s->ends) });
    nj_buf_add(&b->file, (struct nj_str){ (const char *)tag, sizeof(tag) });
    ck_assert_int_eq(b->file.err, NJ_OK);
    ck_assert_uint_eq(b->file.n, nj_spill_size(b->s));
}

static void begin(struct bench *b, const char *url, const char *codec, unsigned records)
{
    struct nj_batch *batch = NULL;
    bool alone = false;
    *b = (struct bench){ .s = NULL };
    frame_for(b, url, codec, "a key");
    nj_buf_init(&b->file, 2 * ROOM);
    struct nj_batch_limits limits = { .max_bytes = ROOM, .max_records = 1000 };
    ck_assert_int_eq(nj_batch_new(&batch, b->sink.format, b->sink.codec, NJ_LANE_CRITICAL, limits), NJ_OK);
    for (unsigned i = 0; i < records; i++) {
        char text[40];
        int n = snprintf(text, sizeof(text), "{\"number\":%u}", i);
        ck_assert_int_eq(nj_batch_add(batch, (struct nj_str){ text, (size_t)n }, (struct nj_mono){ 5 }, &alone), NJ_OK);
    }
    ck_assert_int_eq(nj_batch_seal(batch, &b->s), NJ_OK);
    nj_batch_free(batch);
    encode(b, now);
}

static void end(struct bench *b)
{
    nj_sealed_free(b->s);
    nj_buf_fini(&b->file);
    nj_sink_fini(&b->sink);
}

static enum nj_spill_flaw decode(struct bench *b, struct nj_str file)
{
    struct nj_spill_record r;
    return nj_spill_decode(&b->frame, file, now, &r);
}

/* Writes the tag that somebody who has the key would write. */
static void sign(struct bench *b)
{
    struct nj_hmac h;
    uint8_t tag[NJ_SPILL_TAG];
    nj_hmac_init(&h, b->frame.key);
    nj_hmac_add(&h, nj_str_slice(nj_buf_str(&b->file), 0, b->file.n - NJ_SPILL_TAG));
    nj_hmac_finish(&h, tag);
    memcpy(b->file.p + b->file.n - NJ_SPILL_TAG, tag, sizeof(tag));
}

static const char *const urls[] = { "https://logs.example.com/x", "json+https://logs.example.com/x" };

START_TEST(test_spill_record_comes_back_as_it_was)
{
    static const unsigned counts[] = { 1, 2, 300 };
    for (size_t i = 0; i < NJ_COUNT(urls) * NJ_COUNT(counts) * NJ_CODECS; i++) {
        struct bench b;
        struct nj_spill_record r;
        begin(&b, urls[i % 2], nj_codec_names[i / 2 % NJ_CODECS], counts[i / 2 / NJ_CODECS]);
        ck_assert_int_eq(nj_spill_decode(&b.frame, nj_buf_str(&b.file), now, &r), NJ_SPILL_GOOD);
        ck_assert_int_eq(r.lane, NJ_LANE_CRITICAL);
        ck_assert_int_eq(r.codec, b.s->codec);
        ck_assert_str_eq(r.id, b.s->id);
        ck_assert_uint_eq(r.records, b.s->records);
        ck_assert_uint_eq(r.raw_bytes, b.s->raw_bytes);
        ck_assert_int_eq(r.opened.ms, now.ms);
        ck_assert(nj_str_eq(r.body, nj_buf_str(&b.s->bytes)));
        ck_assert_uint_eq(r.ends.n, r.records * 4);
        ck_assert_int_eq(memcmp(r.ends.p, b.s->ends, r.ends.n), 0);
        end(&b);
    }
}
END_TEST

START_TEST(test_spill_record_cut_anywhere_or_longer_is_refused)
{
    struct bench b;
    begin(&b, urls[0], "gzip", 20);
    for (size_t n = 0; n < b.file.n; n++) {
        char *copy = malloc(n != 0 ? n : 1); /* of its own, so that a byte behind the end is found */
        memcpy(copy, b.file.p, n);
        ck_assert_int_ne(decode(&b, (struct nj_str){ copy, n }), NJ_SPILL_GOOD);
        free(copy);
    }
    nj_buf_addc(&b.file, 'x');
    ck_assert_int_eq(decode(&b, nj_buf_str(&b.file)), NJ_SPILL_CUT);
    end(&b);
}
END_TEST

START_TEST(test_spill_record_with_any_bit_flipped_is_refused)
{
    struct bench b;
    begin(&b, urls[0], "none", 3);
    for (size_t bit = 0; bit < 8 * b.file.n; bit++) {
        b.file.p[bit / 8] = (char)(b.file.p[bit / 8] ^ 1 << bit % 8);
        ck_assert_int_ne(decode(&b, nj_buf_str(&b.file)), NJ_SPILL_GOOD);
        b.file.p[bit / 8] = (char)(b.file.p[bit / 8] ^ 1 << bit % 8);
    }
    ck_assert_int_eq(decode(&b, nj_buf_str(&b.file)), NJ_SPILL_GOOD);
    end(&b);
}
END_TEST

/* Who has the key, or needs none, may write anything: the numbers must go together all the same, because batches are halved by them. */
START_TEST(test_spill_record_with_any_byte_changed_and_signed_again_stays_within_its_numbers)
{
    for (size_t u = 0; u < NJ_COUNT(urls); u++) {
        struct bench b;
        struct nj_spill_record r;
        begin(&b, urls[u], "none", 4);
        for (size_t i = 0; i < (b.file.n - NJ_SPILL_TAG) * 256; i++) {
            char was = b.file.p[i / 256];
            b.file.p[i / 256] = (char)(i % 256);
            sign(&b);
            if (nj_spill_decode(&b.frame, nj_buf_str(&b.file), now, &r) == NJ_SPILL_GOOD) {
                uint32_t last = 0, before = 0;
                for (size_t k = 0; k < r.records; k++, before = last) {
                    memcpy(&last, r.ends.p + 4 * k, 4);
                    ck_assert_uint_gt(last, before);
                }
                ck_assert_uint_eq(last + b.sink.format->close.n, r.raw_bytes);
                ck_assert(r.lane < NJ_LANES && r.codec == b.sink.codec);
            }
            b.file.p[i / 256] = was;
        }
        end(&b);
    }
}
END_TEST

START_TEST(test_spill_record_for_another_sink_format_compression_or_key_is_refused)
{
    static const struct {
        const char *url, *codec, *key;
        enum nj_spill_flaw flaw;
    } rows[] = {
        { "https://logs.example.com/x", "gzip", "a key", NJ_SPILL_GOOD },
        { "https://logs.example.com/y", "gzip", "a key", NJ_SPILL_OTHER },
        { "https://logs.example.org/x", "gzip", "a key", NJ_SPILL_OTHER },
        { "http://logs.example.com/x", "gzip", "a key", NJ_SPILL_OTHER },
        { "json+https://logs.example.com/x", "gzip", "a key", NJ_SPILL_OTHER },
        { "https://logs.example.com/x", "zstd", "a key", NJ_SPILL_OTHER },
        { "https://logs.example.com/x", "gzip", "another key", NJ_SPILL_ALTERED },
        { "file:///logs", "none", "a key", NJ_SPILL_OTHER },
        { "stdout:", "none", "a key", NJ_SPILL_OTHER },
    };
    struct bench b;
    begin(&b, urls[0], "gzip", 5);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct bench other = { .s = NULL };
        frame_for(&other, rows[i].url, rows[i].codec, rows[i].key);
        ck_assert_msg(decode(&other, nj_buf_str(&b.file)) == rows[i].flaw, "row %zu", i);
        nj_sink_fini(&other.sink);
    }
    end(&b);
}
END_TEST

START_TEST(test_spill_record_identity_does_not_depend_on_credentials)
{
    char why[160];
    struct nj_sink a, b;
    uint8_t x[NJ_SPILL_SINK], y[NJ_SPILL_SINK];
    struct nj_sink_options o = { .url = NJ_STR("https://logs.example.com/x"), .token = NJ_STR("one") };
    ck_assert_int_eq(nj_sink_init(&a, &o, why), NJ_OK);
    o.token = NJ_STR("two");
    ck_assert_int_eq(nj_sink_init(&b, &o, why), NJ_OK);
    nj_spill_sink_id(&a, x);
    nj_spill_sink_id(&b, y);
    ck_assert_mem_eq(x, y, sizeof(x));
    nj_sink_fini(&a);
    nj_sink_fini(&b);
}
END_TEST

START_TEST(test_spill_record_of_yesterday_or_tomorrow_is_refused)
{
    static const struct {
        int64_t age_ms;
        enum nj_spill_flaw flaw;
    } rows[] = {
        { 0, NJ_SPILL_GOOD },
        { 3600000, NJ_SPILL_GOOD },
        { 24 * 3600000, NJ_SPILL_GOOD },
        { 24 * 3600000 + 1, NJ_SPILL_OLD },
        { -3600000, NJ_SPILL_GOOD },
        { -3600001, NJ_SPILL_OLD },
        { INT64_MAX / 2, NJ_SPILL_OLD },
        { INT64_MIN / 2, NJ_SPILL_OLD },
        { 1795418101000, NJ_SPILL_OLD },
    };
    struct bench b;
    begin(&b, urls[0], "gzip", 5);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        encode(&b, (struct nj_wall){ now.ms - rows[i].age_ms });
        ck_assert_msg(decode(&b, nj_buf_str(&b.file)) == rows[i].flaw, "row %zu", i);
    }
    end(&b);
}
END_TEST

START_TEST(test_spill_record_larger_than_a_batch_may_be_is_refused)
{
    struct bench b;
    begin(&b, urls[0], "none", 5);
    struct nj_spill_frame whole = b.frame;
    b.frame.raw_max = b.s->raw_bytes - 1;
    ck_assert_int_eq(decode(&b, nj_buf_str(&b.file)), NJ_SPILL_SENSE);
    b.frame = whole;
    b.frame.body_max = b.s->bytes.n - 1;
    ck_assert_int_eq(decode(&b, nj_buf_str(&b.file)), NJ_SPILL_SENSE);
    b.frame = whole;
    ck_assert_int_eq(decode(&b, nj_buf_str(&b.file)), NJ_SPILL_GOOD);
    end(&b);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_spill_record_comes_back_as_it_was)                                                                                              \
    X(test_spill_record_cut_anywhere_or_longer_is_refused)                                                                                 \
    X(test_spill_record_with_any_bit_flipped_is_refused)                                                                                   \
    X(test_spill_record_with_any_byte_changed_and_signed_again_stays_within_its_numbers)                                                   \
    X(test_spill_record_for_another_sink_format_compression_or_key_is_refused)                                                             \
    X(test_spill_record_identity_does_not_depend_on_credentials)                                                                           \
    X(test_spill_record_of_yesterday_or_tomorrow_is_refused)                                                                               \
    X(test_spill_record_larger_than_a_batch_may_be_is_refused)

NJ_TEST_MAIN("spill_record")

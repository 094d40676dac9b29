/* The native record: exact bytes, order of keys, what is left out, and what may never break a line. */
#include "nightjar/sink.h"
#include "observe_kit.h"
#include "unit.h"

#include <jansson.h>

static struct nj_clean plain(void)
{
    return (struct nj_clean){
        .when_ns = INT64_C(1795418101123456000),
        .event = NJ_STR("function.log"),
        .category = NJ_CAT_LOG,
        .severity = NJ_SEV_INFO,
        .lane = NJ_LANE_BULK,
        .message = NJ_STR("hello"),
        .id = NJ_STR("i-1"),
    };
}

static struct nj_str encode(struct nj_buf *b, const struct nj_format *f, const struct nj_clean *r, struct nj_encode_cache *cache)
{
    struct nj_str out = { NULL, 0 };
    nj_buf_init(b, 1 << 20);
    f->record(b, r, cache);
    ck_assert_int_eq(nj_buf_finish(b, &out), NJ_OK);
    return out;
}

START_TEST(test_format_record_without_extras_has_the_stable_shape)
{
    struct nj_buf b;
    struct nj_clean r = plain();
    ck_assert_view_eq(encode(&b, &nj_format_ndjson, &r, NULL),
                      "{\"when\":\"2026-11-23T07:15:01.123456Z\",\"what\":{\"event\":\"function.log\",\"category\":\"log\",\"severity\":"
                      "\"INFO\"},\"who\":{},\"where\":{},\"message\":\"hello\",\"id\":\"i-1\"}");
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_format_record_with_everything_keeps_the_order_of_the_design)
{
    struct nj_buf b;
    struct nj_clean r = plain();
    struct nj_resource resource = { .generation = 1 };
    ck_assert(nj_attrs_str(&resource.where, NJ_STR("cloud.region"), NJ_STR("eu-west-1")));
    ck_assert(nj_attrs_str(&r.who, NJ_STR("client.address"), NJ_STR("203.0.113.7")));
    ck_assert(nj_attrs_bool(&r.where, NJ_STR("faas.coldstart"), false));
    ck_assert(nj_attrs_i64(&r.where, NJ_STR("n"), INT64_MIN));
    ck_assert(nj_attrs_f64(&r.where, NJ_STR("f"), 0.1));
    ck_assert(nj_attrs_json(&r.where, NJ_STR("j"), NJ_STR("[1,\n2]")));
    r.resource = &resource;
    r.outcome = NJ_OUTCOME_FAILURE;
    r.category = NJ_CAT_AUTHENTICATION;
    r.severity = NJ_SEV_WARN;
    r.event = NJ_STR("authn_login_fail");
    r.data = NJ_STR("{\"a\":1}");
    r.counts = NJ_STR("{\"email\":1}");
    ck_assert_view_eq(encode(&b, &nj_format_ndjson, &r, NULL),
                      "{\"when\":\"2026-11-23T07:15:01.123456Z\",\"what\":{\"event\":\"authn_login_fail\",\"category\":\"authentication\","
                      "\"severity\":\"WARN\",\"outcome\":\"failure\"},\"who\":{\"client.address\":\"203.0.113.7\"},\"where\":{\"cloud."
                      "region\":\"eu-west-1\",\"faas.coldstart\":false,\"n\":-9223372036854775808,\"f\":0.1,\"j\":[1, 2]},"
                      "\"message\":\"hello\",\"data\":{\"a\":1},\"redacted\":{\"email\":1},\"id\":\"i-1\"}");
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_format_unknown_attribute_is_absent_not_empty)
{
    struct nj_buf b;
    struct nj_clean r = plain();
    r.who.a[r.who.n++] = (struct nj_attr){ NJ_STR("first"), { .type = NJ_V_STR, .u.s = NJ_STR("") } };
    r.who.a[r.who.n++] = (struct nj_attr){ NJ_STR("second"), { .type = NJ_V_STR, .u.s = NJ_STR("x") } };
    r.who.a[r.who.n++] = (struct nj_attr){ NJ_STR("third"), { .type = NJ_V_JSON, .u.s = { NULL, 0 } } };
    struct nj_str out = encode(&b, &nj_format_ndjson, &r, NULL);
    ck_assert_uint_ne(nj_str_find(out, NJ_STR("\"who\":{\"second\":\"x\"}"), 0), NJ_NPOS);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_format_record_is_one_line_of_valid_json_whatever_it_holds)
{
    static const struct nj_str messages[] = {
        NJ_STR_INIT(""),         NJ_STR_INIT("a\nb\r\nc"),          NJ_STR_INIT("\"quoted\" \\ back"),     NJ_STR_INIT("nul\0inside"),
        NJ_STR_INIT("\x1b[31m"), NJ_STR_INIT("bad \xff utf8 \xc3"), NJ_STR_INIT("\xe2\x80\xa8 separator"), NJ_STR_INIT("\x7f"),
    };
    for (size_t i = 0; i < NJ_COUNT(messages); i++) {
        struct nj_buf b;
        struct nj_clean r = plain();
        r.message = messages[i];
        r.data = NJ_STR("{\r\n\t\"k\": \"v\"\n}");
        struct nj_str out = encode(&b, &nj_format_ndjson, &r, NULL);
        ck_assert_msg(nj_str_chr(out, '\n', 0) == NJ_NPOS && nj_str_chr(out, '\r', 0) == NJ_NPOS, "message %zu breaks the line", i);
        json_error_t why;
        json_t *back = json_loadb(out.p, out.n, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &why);
        ck_assert_msg(back != NULL, "message %zu: %s", i, why.text);
        ck_assert_str_eq(json_string_value(json_object_get(json_object_get(back, "data"), "k")), "v");
        json_decref(back);
        nj_buf_fini(&b);
    }
}
END_TEST

START_TEST(test_format_cache_follows_the_generation_of_the_resource)
{
    struct nj_buf first, second, third;
    struct nj_encode_cache cache = { .generation = 0 };
    struct nj_resource resource = { .generation = 7 };
    struct nj_clean r = plain();
    nj_buf_init(&cache.bytes, NJ_ENCODE_CACHE_MAX);
    r.resource = &resource;
    ck_assert(nj_attrs_str(&resource.where, NJ_STR("faas.name"), NJ_STR("billing")));
    ck_assert(nj_attrs_str(&r.where, NJ_STR("x"), NJ_STR("y")));
    struct nj_str a = encode(&first, &nj_format_ndjson, &r, &cache);
    ck_assert_uint_ne(nj_str_find(a, NJ_STR("\"where\":{\"faas.name\":\"billing\",\"x\":\"y\"}"), 0), NJ_NPOS);
    resource.where.a[0].v.u.s = NJ_STR("other"); /* same generation: the kept form stays */
    struct nj_str b = encode(&second, &nj_format_ndjson, &r, &cache);
    ck_assert(nj_str_eq(a, b));
    resource.generation++;
    struct nj_str c = encode(&third, &nj_format_ndjson, &r, &cache);
    ck_assert_uint_ne(nj_str_find(c, NJ_STR("\"where\":{\"faas.name\":\"other\",\"x\":\"y\"}"), 0), NJ_NPOS);
    nj_buf_fini(&first);
    nj_buf_fini(&second);
    nj_buf_fini(&third);
    nj_buf_fini(&cache.bytes);
}
END_TEST

START_TEST(test_format_cached_times_are_the_same_as_fresh_ones)
{
    static const int64_t times[] = { INT64_C(1795418101000000000),
                                     INT64_C(1795418101000001000),
                                     INT64_C(1795418101999999000),
                                     INT64_C(1795418101999999001),
                                     INT64_C(1795418102000000000),
                                     INT64_C(1795418101000000000),
                                     0,
                                     999999000,
                                     1000000000,
                                     -5,
                                     1000,
                                     INT64_C(1795418102000000000) };
    struct nj_encode_cache cache = { .generation = 0 };
    struct nj_clean r = plain();
    nj_buf_init(&cache.bytes, NJ_ENCODE_CACHE_MAX);
    for (size_t i = 0; i < NJ_COUNT(times); i++) {
        struct nj_buf fresh, cached;
        r.when_ns = times[i];
        struct nj_str a = encode(&fresh, &nj_format_ndjson, &r, NULL), b = encode(&cached, &nj_format_ndjson, &r, &cache);
        ck_assert_msg(nj_str_eq(a, b), "time %zu: %.*s", i, NJ_STR_ARG(b));
        nj_buf_fini(&fresh);
        nj_buf_fini(&cached);
    }
    nj_buf_fini(&cache.bytes);
}
END_TEST

/* A few attributes. */
static void make_attrs(struct nj_attrs *l, struct nj_buf *store, struct dice *d)
{
    static const char *const words[] = { "a", "b", "ab", "client.address", "203.0.113.7", "203.0.113.8", "caf\xc3\xa9", "x\"y", "" };
    l->n = dice_next(d) % 4;
    for (size_t i = 0; i < l->n; i++) {
        struct nj_attr *a = &l->a[i];
        a->v = (struct nj_value){ .type = (enum nj_vtype)(dice_next(d) % 4), .u.i = (int64_t)(dice_next(d) % 2) };
        if (a->v.type == NJ_V_STR) {
            size_t from = store->n;
            nj_buf_addz(store, words[dice_next(d) % NJ_COUNT(words)]);
            a->v.u.s = (struct nj_str){ store->p + from, store->n - from };
        } else if (a->v.type == NJ_V_BOOL) {
            a->v.u.b = dice_next(d) % 2 != 0;
        } else if (a->v.type == NJ_V_F64) {
            a->v.u.f = dice_next(d) % 2 != 0 ? 0.5 : 1;
        }
        size_t from = store->n;
        nj_buf_addz(store, words[dice_next(d) % 4]);
        a->key = (struct nj_str){ store->p + from, store->n - from };
    }
}

START_TEST(test_format_cached_attributes_are_the_same_as_fresh_ones)
{
    static struct nj_encode_cache cache;
    struct nj_resource resource = { .generation = 1 };
    struct dice d = { 5 };
    struct nj_buf store;
    nj_buf_init(&store, 4096);
    ck_assert_int_eq(nj_buf_reserve(&store, 4000), NJ_OK);
    nj_buf_init(&cache.bytes, NJ_ENCODE_CACHE_MAX);
    ck_assert(nj_attrs_str(&resource.where, NJ_STR("faas.name"), NJ_STR("billing")));
    struct nj_clean r = plain();
    for (int i = 0; i < 20000; i++) {
        struct nj_buf fresh, cached;
        if (dice_next(&d) % 3 == 0) { /* other lists, with numbers of their own or without */
            nj_buf_reset(&store);
            make_attrs(&r.who, &store, &d);
            make_attrs(&r.where, &store, &d);
            r.who_number = dice_next(&d) % 4 != 0 ? 2 * (uint32_t)i + 1 : 0;
            r.where_number = dice_next(&d) % 4 != 0 ? 2 * (uint32_t)i + 2 : 0;
        }
        r.resource = dice_next(&d) % 2 != 0 ? &resource : NULL;
        struct nj_str a = encode(&fresh, &nj_format_ndjson, &r, NULL), b = encode(&cached, &nj_format_ndjson, &r, &cache);
        ck_assert_msg(nj_str_eq(a, b), "round %d: %.*s, not %.*s", i, NJ_STR_ARG(b), NJ_STR_ARG(a));
        nj_buf_fini(&fresh);
        nj_buf_fini(&cached);
    }
    nj_buf_fini(&cache.bytes);
    nj_buf_fini(&store);
}
END_TEST

START_TEST(test_format_care_is_taken_at_every_place_of_a_text)
{
    static const char odd[] = { '"', '\\', '\n', 0x1f, 0x7f, (char)0x80, (char)0xff, 0 };
    char text[40];
    for (size_t n = 1; n < sizeof(text); n++) {
        for (size_t at = 0; at < n; at++) {
            for (size_t i = 0; i < sizeof(odd); i++) {
                struct nj_buf got, want;
                struct nj_clean r = plain();
                memset(text, '~', sizeof(text));
                text[at] = odd[i];
                r.message = (struct nj_str){ text, n };
                nj_buf_init(&want, 4096);
                nj_buf_addz(&want, "\"message\":");
                nj_buf_add_json(&want, r.message);
                struct nj_str out = encode(&got, &nj_format_ndjson, &r, NULL);
                if (nj_str_find(out, nj_buf_str(&want), 0) == NJ_NPOS)
                    ck_abort_msg("byte %02x at %zu of %zu: %.*s", (unsigned char)odd[i], at, n, NJ_STR_ARG(out));
                nj_buf_fini(&got);
                nj_buf_fini(&want);
            }
        }
    }
}
END_TEST

START_TEST(test_format_cache_that_cannot_grow_is_done_without)
{
    struct nj_buf b;
    struct nj_encode_cache cache = { .generation = 0 };
    struct nj_resource resource = { .generation = 1 };
    struct nj_clean r = plain();
    nj_buf_init(&cache.bytes, 8);
    r.resource = &resource;
    ck_assert(nj_attrs_str(&resource.where, NJ_STR("faas.name"), NJ_STR("billing")));
    for (int i = 0; i < 2; i++) {
        struct nj_str out = encode(&b, &nj_format_ndjson, &r, &cache);
        ck_assert_uint_ne(nj_str_find(out, NJ_STR("\"where\":{\"faas.name\":\"billing\"}"), 0), NJ_NPOS);
        nj_buf_fini(&b);
    }
    nj_buf_fini(&cache.bytes);
}
END_TEST

START_TEST(test_format_record_over_the_ceiling_latches)
{
    struct nj_buf b;
    struct nj_str out;
    struct nj_clean r = plain();
    nj_buf_init(&b, 100);
    nj_format_json_array.record(&b, &r, NULL);
    ck_assert_int_eq(nj_buf_finish(&b, &out), NJ_ELIMIT);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_format_frames_make_a_document)
{
    ck_assert_view_eq(nj_format_ndjson.open, "");
    ck_assert_view_eq(nj_format_ndjson.between, "\n");
    ck_assert_view_eq(nj_format_ndjson.close, "\n");
    ck_assert_view_eq(nj_format_json_array.open, "[");
    ck_assert_view_eq(nj_format_json_array.between, ",");
    ck_assert_view_eq(nj_format_json_array.close, "]");
    ck_assert_str_eq(nj_format_ndjson.content_type, "application/x-ndjson");
    ck_assert_str_eq(nj_format_json_array.content_type, "application/json");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_format_record_without_extras_has_the_stable_shape)                                                                              \
    X(test_format_record_with_everything_keeps_the_order_of_the_design)                                                                    \
    X(test_format_unknown_attribute_is_absent_not_empty)                                                                                   \
    X(test_format_record_is_one_line_of_valid_json_whatever_it_holds)                                                                      \
    X(test_format_cache_follows_the_generation_of_the_resource)                                                                            \
    X(test_format_cached_times_are_the_same_as_fresh_ones)                                                                                 \
    X(test_format_cached_attributes_are_the_same_as_fresh_ones)                                                                            \
    X(test_format_care_is_taken_at_every_place_of_a_text)                                                                                  \
    X(test_format_cache_that_cannot_grow_is_done_without)                                                                                  \
    X(test_format_record_over_the_ceiling_latches)                                                                                         \
    X(test_format_frames_make_a_document)

NJ_TEST_MAIN("format")

/* JSON read in place: tokens, members, escapes, numbers, and writing again. */
#include "nightjar/json.h"
#include "unit.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>

/* A copy that ends where the text ends, so that the sanitizer sees one byte too many. */
static char *exact(struct nj_str s)
{
    char *p = malloc(s.n != 0 ? s.n : 1);
    if (s.n != 0)
        memcpy(p, s.p, s.n);
    return p;
}

static enum nj_status parse(struct nj_str text, enum nj_json_type *type)
{
    struct nj_json v;
    char *p = exact(text);
    enum nj_status st = nj_json_parse((struct nj_str){ p, text.n }, &v);
    *type = v.type;
    free(p);
    return st;
}

static struct nj_json must_parse(const char *text)
{
    struct nj_json v;
    ck_assert_msg(nj_json_parse(nj_str_of(text), &v) == NJ_OK, "%s was refused", text);
    return v;
}

START_TEST(test_json_takes_each_kind_of_value)
{
    static const struct {
        const char *text;
        enum nj_json_type type;
    } rows[] = {
        { "null", NJ_JSON_NULL },
        { " true\n", NJ_JSON_TRUE },
        { "false", NJ_JSON_FALSE },
        { "0", NJ_JSON_NUMBER },
        { "-0", NJ_JSON_NUMBER },
        { "-0.0e-0", NJ_JSON_NUMBER },
        { "10", NJ_JSON_NUMBER },
        { "1.5E+10", NJ_JSON_NUMBER },
        { "36893488147419103232", NJ_JSON_NUMBER }, /* 2^65 */
        { "1e400", NJ_JSON_NUMBER },
        { "\"\"", NJ_JSON_STRING },
        { "\"\\u0000\\ud800\\\"\\\\\\/\\b\\f\\n\\r\\t\"", NJ_JSON_STRING },
        { "\"\xff\xc0\xaf\x7f\"", NJ_JSON_STRING },
        { "[]", NJ_JSON_ARRAY },
        { "[ ]", NJ_JSON_ARRAY },
        { "[1,[2,[]],{}]", NJ_JSON_ARRAY },
        { "{}", NJ_JSON_OBJECT },
        { "\t{ \"a\" : 1 , \"a\" : [ ] }\r\n", NJ_JSON_OBJECT },
        { "{\"\":{\"\":null}}", NJ_JSON_OBJECT },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        enum nj_json_type type;
        ck_assert_msg(parse(nj_str_of(rows[i].text), &type) == NJ_OK, "%s was refused", rows[i].text);
        ck_assert_msg(type == rows[i].type, "%s became %d", rows[i].text, type);
    }
}
END_TEST

START_TEST(test_json_refuses_what_is_no_json)
{
    static const char *const rows[] = {
        "",          " ",          "nul",         "nulL",      "True",
        "truefalse", "+1",         "01",          "-",         "1.",
        ".5",        "1e",         "1e+",         "0x10",      "1 2",
        "-a",        "\"",         "\"a",         "\"\\",      "\"\\x\"",
        "\"\\u\"",   "\"\\u1",     "\"\\u12g4\"", "\"a\nb\"",  "\"\x1f\"",
        "[",         "[1",         "[1,",         "[1,]",      "[,1]",
        "[1 2]",     "]",          "[}",          "{",         "{]",
        "{\"a\"",    "{\"a\":",    "{\"a\":1",    "{\"a\":1,", "{\"a\":1,}",
        "{,}",       "{1:2}",      "{\"a\" 1}",   "{\"a\":}",  "{\"a\"::1}",
        "{a:1}",     "{\"a\":1}}", "[1]]",        "[1],",      "\"a\"\"b\"",
        "[1]x",      "/**/1",      "[1}",         "{\"a\":1]", "\xEF\xBB\xBF\x31",
        "'a'",       "NaN",        "Infinity",    "[\"a\":1]", "{\"a\",1}",
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        enum nj_json_type type = NJ_JSON_NULL;
        ck_assert_msg(parse(nj_str_of(rows[i]), &type) == NJ_EPARSE, "%s was taken", rows[i]);
        ck_assert_int_eq(type, NJ_JSON_NONE);
    }
    enum nj_json_type type;
    ck_assert_int_eq(parse((struct nj_str){ "\"a\0b\"", 5 }, &type), NJ_EPARSE);
    ck_assert_int_eq(parse((struct nj_str){ NULL, 0 }, &type), NJ_EPARSE);
    ck_assert_int_eq(parse((struct nj_str){ "1\0", 2 }, &type), NJ_EPARSE);
}
END_TEST

START_TEST(test_json_strings_stop_at_every_place_of_a_block)
{
    /* A quote, an escape and a control character at each offset around the sixteen-byte steps. */
    for (size_t len = 0; len < 70; len++) {
        for (size_t at = 0; at <= len; at++) {
            char text[80];
            enum nj_json_type type;
            memset(text, 'x', sizeof(text));
            text[0] = '"';
            text[1 + len] = '"';
            struct nj_str s = { text, len + 2 };
            ck_assert_int_eq(parse(s, &type), NJ_OK);
            if (at == len)
                continue;
            text[1 + at] = '\x01';
            ck_assert_int_eq(parse(s, &type), NJ_EPARSE);
            text[1 + at] = '"';
            ck_assert_int_eq(parse(s, &type), NJ_EPARSE);
            text[1 + at] = '\\';
            ck_assert_int_eq(parse(s, &type), NJ_EPARSE); /* \x, or the closing quote is taken away */
            text[2 + at] = at + 1 < len ? 'n' : '"';
            ck_assert_int_eq(parse(s, &type), at + 1 < len ? NJ_OK : NJ_EPARSE);
            text[1 + at] = '\x80';
            ck_assert_int_eq(parse(s, &type), NJ_OK);
        }
    }
}
END_TEST

START_TEST(test_json_depth_is_limited_for_arrays_and_objects)
{
    struct nj_buf b;
    enum nj_json_type type;
    nj_buf_init(&b, 1 << 20);
    for (int deep = NJ_JSON_DEPTH - 1; deep <= NJ_JSON_DEPTH + 1; deep++) {
        for (int kind = 0; kind < 2; kind++) {
            nj_buf_reset(&b);
            for (int i = 0; i < deep; i++)
                nj_buf_addz(&b, kind == 0 ? "[" : "{\"a\":");
            nj_buf_addz(&b, "1");
            for (int i = 0; i < deep; i++)
                nj_buf_addz(&b, kind == 0 ? "]" : "}");
            ck_assert_int_eq(parse(nj_buf_str(&b), &type), deep <= NJ_JSON_DEPTH ? NJ_OK : NJ_ELIMIT);
        }
    }
    nj_buf_reset(&b);
    for (int i = 0; i < 100000; i++)
        nj_buf_addz(&b, "[");
    ck_assert_int_eq(parse(nj_buf_str(&b), &type), NJ_ELIMIT);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_json_iter_gives_members_in_order_with_their_bytes)
{
    static const struct {
        const char *key, *raw;
    } want[] = {
        { "a", "1" },   { "b\\n", "\"x,}\\\"\"" }, { "c", "[1, {\"d\":\"]\"}]" }, { "a", "{ \"e\" : { } }" },
        { "", "null" }, { "z", "-1.5e3" },
    };
    struct nj_json v =
        must_parse(" { \"a\":1 ,\"b\\n\" : \"x,}\\\"\",\"c\":[1, {\"d\":\"]\"}] ,\"a\":{ \"e\" : { } },\"\":null,\"z\":-1.5e3 } ");
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json value;
    size_t n = 0;
    nj_json_iter_init(&it, v);
    for (; nj_json_next(&it, &key, &value); n++) {
        ck_assert_uint_lt(n, NJ_COUNT(want));
        ck_assert_view_eq(key, want[n].key);
        ck_assert_view_eq(value.raw, want[n].raw);
    }
    ck_assert_uint_eq(n, NJ_COUNT(want));
    ck_assert(!nj_json_next(&it, &key, &value));
    ck_assert_int_eq(value.type, NJ_JSON_NONE);
}
END_TEST

START_TEST(test_json_iter_of_arrays_has_no_keys_and_of_scalars_no_members)
{
    static const char *const scalars[] = { "1", "\"[1]\"", "null", "true", "[]", "{}", "[ ]", "{ }" };
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json value;
    nj_json_iter_init(&it, must_parse("[ 1 ,\"a\",[],true]"));
    size_t n = 0;
    for (; nj_json_next(&it, &key, &value); n++)
        ck_assert_ptr_null(key.p);
    ck_assert_uint_eq(n, 4);
    for (size_t i = 0; i < NJ_COUNT(scalars); i++) {
        nj_json_iter_init(&it, must_parse(scalars[i]));
        ck_assert_msg(!nj_json_next(&it, &key, &value), "%s has members", scalars[i]);
    }
    nj_json_iter_init(&it, (struct nj_json){ .type = NJ_JSON_NONE });
    ck_assert(!nj_json_next(&it, &key, &value));
}
END_TEST

START_TEST(test_json_get_undoes_escapes_in_keys_and_takes_the_first)
{
    struct nj_json v = must_parse("{\"pass\\u0077ord\":1,\"password\":2,\"\\u00e9\":3,\"a\\\\\":4,\"pa\":5,\"\\ud83d\\ude00\":6,\"\":7}");
    static const struct {
        const char *key, *raw;
    } rows[] = {
        { "password", "1" }, { "\xc3\xa9", "3" }, { "a\\", "4" }, { "pa", "5" }, { "\xf0\x9f\x98\x80", "6" }, { "", "7" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(nj_json_get(v, nj_str_of(rows[i].key)).raw, rows[i].raw);
    static const char *const absent[] = { "pass", "passwordx", "pass\\u0077ord", "\\u00e9", "a", "p" };
    for (size_t i = 0; i < NJ_COUNT(absent); i++)
        ck_assert_msg(nj_json_get(v, nj_str_of(absent[i])).type == NJ_JSON_NONE, "%s was found", absent[i]);
    ck_assert_int_eq(nj_json_get(must_parse("[1]"), NJ_STR("a")).type, NJ_JSON_NONE);
}
END_TEST

START_TEST(test_json_path_walks_objects_only)
{
    struct nj_json v = must_parse("{\"metrics\":{\"durationMs\":1.5,\"l\":[{\"x\":1}]},\"n\":1}");
    ck_assert_view_eq(nj_json_path(v, NJ_STR("metrics.durationMs")).raw, "1.5");
    ck_assert_view_eq(nj_json_path(v, NJ_STR("n")).raw, "1");
    ck_assert_int_eq(nj_json_path(v, NJ_STR("metrics.l.x")).type, NJ_JSON_NONE);
    ck_assert_int_eq(nj_json_path(v, NJ_STR("n.a")).type, NJ_JSON_NONE);
    ck_assert_int_eq(nj_json_path(v, NJ_STR("metrics.")).type, NJ_JSON_NONE);
}
END_TEST

START_TEST(test_json_unescape_undoes_each_escape)
{
    static const struct {
        const char *in, *out;
        size_t n;
    } rows[] = {
        { "", "", 0 },
        { "plain", "plain", 5 },
        { "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t", 8 },
        { "\\u0041\\u00e9\\u20AC", "A\xc3\xa9\xe2\x82\xac", 6 },
        { "\\ud83d\\ude00", "\xf0\x9f\x98\x80", 4 },
        { "\\u0000x", "\0x", 2 },
        { "\\ud83d", "\xef\xbf\xbd", 3 },
        { "\\ude00", "\xef\xbf\xbd", 3 },
        { "\\ud83dx", "\xef\xbf\xbdx", 4 },
        { "\\ud83d\\n", "\xef\xbf\xbd\n", 4 },
        { "\\ud83d\\u0041",
          "\xef\xbf\xbd"
          "A",
          4 },
        { "\\ud83d\\ud83d\\ude00", "\xef\xbf\xbd\xf0\x9f\x98\x80", 7 },
        { "\\udbff\\udfff", "\xf4\x8f\xbf\xbf", 4 },
        { "0123456789abcde\\n0123456789abcdef\\t", "0123456789abcde\n0123456789abcdef\t", 33 },
        { "\xff\xfe\\n", "\xff\xfe\n", 3 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_buf b;
        struct nj_str in = nj_str_of(rows[i].in);
        char *p = exact(in);
        nj_buf_init(&b, 4096);
        nj_buf_addz(&b, "<");
        nj_json_unescape(&b, (struct nj_str){ p, in.n });
        struct nj_str got = nj_str_slice(nj_buf_str(&b), 1, b.n);
        ck_assert_msg(nj_str_eq(got, (struct nj_str){ rows[i].out, rows[i].n }), "row %zu: \"%.*s\"", i, NJ_STR_ARG(got));
        nj_buf_fini(&b);
        free(p);
    }
}
END_TEST

START_TEST(test_json_unescape_survives_unchecked_text)
{
    static const char *const rows[] = {
        "\\", "x\\", "\\u", "\\u1", "\\u12", "\\u123", "\\uzzzz", "\\ud83d\\", "\\ud83d\\u", "\\ud83d\\ude0"
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_buf b;
        struct nj_str in = nj_str_of(rows[i]);
        char *p = exact(in);
        nj_buf_init(&b, 4096);
        nj_json_unescape(&b, (struct nj_str){ p, in.n });
        ck_assert_int_eq(b.err, NJ_OK);
        nj_buf_fini(&b);
        free(p);
    }
}
END_TEST

START_TEST(test_json_inner_tells_whether_there_are_escapes)
{
    bool escaped = true;
    ck_assert_view_eq(nj_json_inner(must_parse(" \"plain\" "), &escaped), "plain");
    ck_assert(!escaped);
    ck_assert_view_eq(nj_json_inner(must_parse("\"a\\nb\""), &escaped), "a\\nb");
    ck_assert(escaped);
    ck_assert_ptr_null(nj_json_inner(must_parse("12"), &escaped).p);
    ck_assert(!escaped);
}
END_TEST

START_TEST(test_json_integers_fit_or_are_refused)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t v;
    } rows[] = {
        { "0", true, 0 },
        { "-0", true, 0 },
        { "9223372036854775807", true, INT64_MAX },
        { "-9223372036854775808", true, INT64_MIN },
        { "9223372036854775808", false, 0 },
        { "-9223372036854775809", false, 0 },
        { "36893488147419103232", false, 0 },
        { "640.0", true, 640 },
        { "6.4e2", true, 640 },
        { "1.5", false, 0 },
        { "1e400", false, 0 },
        { "1e18", false, 0 }, /* beyond 2^53 a double is not what was written */
        { "\"1\"", false, 0 },
        { "null", false, 0 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        int64_t v = 42;
        bool ok = nj_json_i64(must_parse(rows[i].text), &v);
        ck_assert_msg(ok == rows[i].ok, "%s: %d", rows[i].text, ok);
        ck_assert_int_eq(v, ok ? rows[i].v : 42);
    }
}
END_TEST

START_TEST(test_json_doubles_are_the_nearest_and_finite)
{
    double v = 0;
    ck_assert(nj_json_f64(must_parse("174.25"), &v));
    ck_assert(v == 174.25);
    ck_assert(nj_json_f64(must_parse("-1e-3"), &v));
    ck_assert(v == -1e-3);
    ck_assert(nj_json_f64(must_parse("36893488147419103232"), &v));
    ck_assert(v == 36893488147419103232.0);
    v = 7;
    ck_assert(!nj_json_f64(must_parse("1e400"), &v));
    ck_assert(!nj_json_f64(must_parse("\"1\""), &v));
    char many[600];
    memset(many, '1', sizeof(many));
    many[sizeof(many) - 1] = '\0';
    ck_assert(!nj_json_f64(must_parse(many), &v));
    ck_assert(v == 7);
}
END_TEST

static void check_copy(const char *in, const char *want)
{
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    nj_json_copy(&b, must_parse(in));
    ck_assert_view_eq(nj_buf_str(&b), want);
    nj_buf_fini(&b);
}

START_TEST(test_json_copy_drops_white_space_and_mends_strings_only)
{
    static const char *const rows[][2] = {
        { " { \"a b\" : [ 1 , 2.50 ,\t-0 , 1e400 , 36893488147419103232 ] , \"\" : null }\n",
          "{\"a b\":[1,2.50,-0,1e400,36893488147419103232],\"\":null}" },
        { "\"a\\u0000\\/\\u00e9\"", "\"a\\u0000\\/\\u00e9\"" },
        { "\"\\ud83d\\ude00 \\ud83d \\ude00\"", "\"\\ud83d\\ude00 \xef\xbf\xbd \xef\xbf\xbd\"" },
        { "\"\xff\xc3\xa9\xc0\xaf\"", "\"\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbd\"" },
        { "{\"\xe9\":\"\\\\\xe9\\\"\"}", "{\"\xef\xbf\xbd\":\"\\\\\xef\xbf\xbd\\\"\"}" },
        { "\"0123456789abcdef\\ud8000123456789abcdef\"", "\"0123456789abcdef\xef\xbf\xbd"
                                                         "0123456789abcdef\"" },
        { "true", "true" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        check_copy(rows[i][0], rows[i][1]);
    struct nj_buf b;
    nj_buf_init(&b, 16);
    nj_json_copy(&b, (struct nj_json){ .type = NJ_JSON_NONE });
    ck_assert_uint_eq(b.n, 0);
    nj_json_copy(&b, must_parse("\"more than sixteen bytes\""));
    ck_assert_int_eq(b.err, NJ_ELIMIT);
    nj_buf_fini(&b);
}
END_TEST

/* --- against another reader --------------------------------------------------------------------------------------- */

static const char *const seeds[] = {
    "{\"time\":\"2026-11-23T07:15:01.180Z\",\"type\":\"platform.runtimeDone\",\"record\":{\"requestId\":\"6f0c\",\"status\":\"success\","
    "\"metrics\":{\"durationMs\":174.0,\"producedBytes\":-412e-2},\"spans\":[{\"name\":\"a\"},{}],\"x\":[true,false,null,[]]}}",
    "[\"\\\"\\\\\\u0041\\n\", 0, -0.5E+7, {\"a\":{\"b\":[[[1]]]}}, \"a long string that fills more than one block of sixteen\"]",
};

static uint32_t roll(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void mutate(char *text, size_t *n, uint32_t *state)
{
    static const char alphabet[] = "\"\\{}[],:0129.eE+-tfnu/ \n\x01x";
    for (uint32_t k = roll(state) % 4 + 1; k != 0; k--) {
        size_t at = roll(state) % *n;
        switch (roll(state) % 3) {
        case 0:
            text[at] = alphabet[roll(state) % (sizeof(alphabet) - 1)];
            break;
        case 1:
            memmove(text + at, text + at + 1, *n - at - 1);
            *n -= *n > 2;
            break;
        default:
            *n = at > 1 ? at : *n;
        }
    }
}

/* jansson refuses a few things more: surrogates, NUL in keys, numbers out of range.  Nothing else may differ. */
START_TEST(test_json_accepts_what_jansson_accepts_and_hardly_more)
{
    uint32_t state = 4711;
    size_t good = 0;
    for (int round = 0; round < 60000; round++) {
        char text[512];
        const char *seed = seeds[round % 2];
        size_t n = strlen(seed);
        memcpy(text, seed, n);
        if (round >= 2)
            mutate(text, &n, &state);
        json_error_t why;
        json_t *tree = json_loadb(text, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
        enum nj_json_type type;
        bool ours = parse((struct nj_str){ text, n }, &type) == NJ_OK;
        bool stricter = json_error_code(&why) == json_error_numeric_overflow || json_error_code(&why) == json_error_null_byte_in_key ||
                        strstr(why.text, "Unicode") != NULL;
        ck_assert_msg(ours == (tree != NULL) || (ours && stricter), "%.*s: we %d, jansson %d (%s)", (int)n, text, ours, tree != NULL,
                      why.text);
        good += tree != NULL;
        json_decref(tree);
    }
    ck_assert_uint_gt(good, 1000);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_json_takes_each_kind_of_value)                                                                                                  \
    X(test_json_refuses_what_is_no_json)                                                                                                   \
    X(test_json_strings_stop_at_every_place_of_a_block)                                                                                    \
    X(test_json_depth_is_limited_for_arrays_and_objects)                                                                                   \
    X(test_json_iter_gives_members_in_order_with_their_bytes)                                                                              \
    X(test_json_iter_of_arrays_has_no_keys_and_of_scalars_no_members)                                                                      \
    X(test_json_get_undoes_escapes_in_keys_and_takes_the_first)                                                                            \
    X(test_json_path_walks_objects_only)                                                                                                   \
    X(test_json_unescape_undoes_each_escape)                                                                                               \
    X(test_json_unescape_survives_unchecked_text)                                                                                          \
    X(test_json_inner_tells_whether_there_are_escapes)                                                                                     \
    X(test_json_integers_fit_or_are_refused)                                                                                               \
    X(test_json_doubles_are_the_nearest_and_finite)                                                                                        \
    X(test_json_copy_drops_white_space_and_mends_strings_only)                                                                             \
    X(test_json_accepts_what_jansson_accepts_and_hardly_more)

NJ_TEST_MAIN("json")

/* The record's vocabulary: levels, attribute lists, names. */
#include "nightjar/record.h"
#include "unit.h"

#include <stdio.h>

START_TEST(test_severity_words_of_many_loggers_are_known)
{
    static const struct {
        const char *text;
        enum nj_severity want;
    } rows[] = {
        { "TRACE", NJ_SEV_TRACE },   { "finest", NJ_SEV_TRACE }, { "10", NJ_SEV_TRACE },       { "debug", NJ_SEV_DEBUG },
        { "Verbose", NJ_SEV_DEBUG }, { "20", NJ_SEV_DEBUG },     { "info", NJ_SEV_INFO },      { "Information", NJ_SEV_INFO },
        { "notice", NJ_SEV_INFO },   { "30", NJ_SEV_INFO },      { "35", NJ_SEV_INFO },        { "warning", NJ_SEV_WARN },
        { "WARN", NJ_SEV_WARN },     { "40", NJ_SEV_WARN },      { "Err", NJ_SEV_ERROR },      { "SEVERE", NJ_SEV_ERROR },
        { "fail", NJ_SEV_ERROR },    { "50", NJ_SEV_ERROR },     { "CRITICAL", NJ_SEV_FATAL }, { "emergency", NJ_SEV_FATAL },
        { "panic", NJ_SEV_FATAL },   { "60", NJ_SEV_FATAL },     { " info ", NJ_SEV_INFO },    { "69", NJ_SEV_FATAL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        enum nj_severity got = NJ_SEVERITIES;
        ck_assert_msg(nj_severity_parse(nj_str_of(rows[i].text), &got), "%s is no level", rows[i].text);
        ck_assert_msg(got == rows[i].want, "%s became %d", rows[i].text, got);
    }
}
END_TEST

/* Every one, so that the index by first letters cannot pass a word over. */
START_TEST(test_severity_finds_each_word_of_its_table)
{
    static const struct {
        const char *words;
        enum nj_severity want;
    } rows[] = {
        { "finer finest silly trace trce trc", NJ_SEV_TRACE },
        { "config debug dbg dbug fine verbose", NJ_SEV_DEBUG },
        { "http info information informational inf log notice", NJ_SEV_INFO },
        { "warn warning wrn", NJ_SEV_WARN },
        { "error err fail severe", NJ_SEV_ERROR },
        { "alert critical crit dpanic emerg emergency fatal ftl panic", NJ_SEV_FATAL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_str rest = nj_str_of(rows[i].words), word;
        while (nj_str_cut(&rest, ' ', &word)) {
            enum nj_severity got = NJ_SEVERITIES;
            ck_assert_msg(nj_severity_parse(word, &got) && got == rows[i].want, "%.*s became %d", NJ_STR_ARG(word), got);
        }
    }
}
END_TEST

START_TEST(test_severity_refuses_what_is_no_level)
{
    static const char *const rows[] = { "",    " ",     "errors", "informationalx",      "INF0", "9", "70", "1000", "-10",
                                        "3.5", "level", "I",      "18446744073709551616" };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        enum nj_severity got = NJ_SEV_DEBUG;
        ck_assert_msg(!nj_severity_parse(nj_str_of(rows[i]), &got), "\"%s\" was taken", rows[i]);
        ck_assert_int_eq(got, NJ_SEV_DEBUG);
    }
}
END_TEST

START_TEST(test_attrs_keep_order_and_replace_a_key_in_place)
{
    struct nj_attrs l = { .n = 0 };
    ck_assert(nj_attrs_str(&l, NJ_STR("a"), NJ_STR("1")));
    ck_assert(nj_attrs_i64(&l, NJ_STR("b"), -2));
    ck_assert(nj_attrs_f64(&l, NJ_STR("c"), 0.5));
    ck_assert(nj_attrs_bool(&l, NJ_STR("d"), true));
    ck_assert(nj_attrs_json(&l, NJ_STR("e"), NJ_STR("{}")));
    ck_assert(nj_attrs_str(&l, NJ_STR("b"), NJ_STR("two")));
    ck_assert_uint_eq(l.n, 5);
    ck_assert_view_eq(l.a[1].key, "b");
    ck_assert_int_eq(l.a[1].v.type, NJ_V_STR);
    ck_assert_view_eq(nj_attrs_get(&l, NJ_STR("b"))->v.u.s, "two");
    ck_assert(nj_attrs_get(&l, NJ_STR("c"))->v.u.f == 0.5);
    ck_assert(nj_attrs_get(&l, NJ_STR("d"))->v.u.b);
    ck_assert_int_eq(nj_attrs_get(&l, NJ_STR("e"))->v.type, NJ_V_JSON);
    ck_assert_ptr_null(nj_attrs_get(&l, NJ_STR("f")));
}
END_TEST

START_TEST(test_attrs_without_value_are_absent)
{
    struct nj_attrs l = { .n = 0 };
    ck_assert(nj_attrs_str(&l, NJ_STR("a"), (struct nj_str){ NULL, 0 }));
    ck_assert(nj_attrs_str(&l, NJ_STR("b"), NJ_STR("")));
    ck_assert(nj_attrs_json(&l, NJ_STR("c"), (struct nj_str){ NULL, 0 }));
    ck_assert_uint_eq(l.n, 0);
}
END_TEST

START_TEST(test_attrs_refuse_one_more_than_they_hold)
{
    struct nj_attrs l = { .n = 0 };
    char keys[NJ_ATTRS_MAX + 1][8];
    for (size_t i = 0; i <= NJ_ATTRS_MAX; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%zu", i);
        ck_assert_int_eq(nj_attrs_i64(&l, nj_str_of(keys[i]), 1), i < NJ_ATTRS_MAX);
    }
    ck_assert_uint_eq(l.n, NJ_ATTRS_MAX);
    ck_assert(nj_attrs_i64(&l, nj_str_of(keys[3]), 9)); /* a known key still has its place */
}
END_TEST

START_TEST(test_names_are_complete)
{
    for (size_t i = 0; i < NJ_CATEGORIES; i++)
        ck_assert_uint_gt(nj_category_names[i].n, 0);
    for (size_t i = 0; i < NJ_SEVERITIES; i++)
        ck_assert_uint_gt(nj_severity_names[i].n, 0);
    for (size_t i = 0; i < NJ_LANES; i++)
        ck_assert_uint_gt(nj_lane_names[i].n, 0);
    for (size_t i = 0; i < NJ_OUTCOMES; i++)
        ck_assert_int_eq(nj_outcome_names[i].n == 0, i == NJ_OUTCOME_NONE);
    /* The names are levels themselves. */
    for (size_t i = 0; i < NJ_SEVERITIES; i++) {
        enum nj_severity got = NJ_SEVERITIES;
        ck_assert(nj_severity_parse(nj_severity_names[i], &got));
        ck_assert_uint_eq(got, i);
    }
}
END_TEST

START_TEST(test_record_starts_absent)
{
    struct nj_record r;
    memset(&r, 0xa5, sizeof(r));
    nj_record_init(&r);
    ck_assert_uint_eq(r.who.n + r.where.n + r.data.n, 0);
    ck_assert_ptr_null(r.message.p);
    ck_assert_ptr_null(r.data_json.p);
    ck_assert_ptr_null(r.event.p);
    ck_assert_int_eq(r.severity, NJ_SEV_INFO);
    ck_assert_int_eq(r.lane, NJ_LANE_BULK);
    ck_assert_int_eq(r.outcome, NJ_OUTCOME_NONE);
    ck_assert_uint_eq(r.seq, 0);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_severity_words_of_many_loggers_are_known)                                                                                       \
    X(test_severity_finds_each_word_of_its_table)                                                                                          \
    X(test_severity_refuses_what_is_no_level)                                                                                              \
    X(test_attrs_keep_order_and_replace_a_key_in_place)                                                                                    \
    X(test_attrs_without_value_are_absent)                                                                                                 \
    X(test_attrs_refuse_one_more_than_they_hold)                                                                                           \
    X(test_names_are_complete)                                                                                                             \
    X(test_record_starts_absent)

NJ_TEST_MAIN("record")

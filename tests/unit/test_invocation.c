/* Invocation contexts, and which of them a line belongs to. */
#include "nightjar/invocation.h"
#include "unit.h"

#include <stdio.h>

#define ID_A "6f0c2b1e-8d3a-4c55-9f21-0b7a64d1c001"
#define ID_B "b91d7c44-02ae-4f0e-8a6b-5dc0e7a2c002"
#define ID_C "0e5fa3d9-7b16-4d8c-b3f7-91c24a6ec003"

static struct nj_invocations table; /* too large for a stack frame under the sanitizers */

static void fresh(bool concurrent)
{
    memset(&table, 0xa5, sizeof(table));
    nj_invocations_init(&table, concurrent);
}

static struct nj_invocation *start(const char *id, int64_t at)
{
    struct nj_invocation *i = nj_invocations_at(&table, nj_str_of(id));
    nj_invocation_started(&table, i, at);
    return i;
}

static const struct nj_invocation *of(const char *line, int64_t when, bool *late)
{
    return nj_invocations_of_text(&table, nj_str_of(line), when, late);
}

START_TEST(test_invocation_is_found_by_its_id_only)
{
    fresh(false);
    ck_assert_ptr_null(nj_invocations_find(&table, NJ_STR(ID_A)));
    struct nj_invocation *a = nj_invocations_at(&table, NJ_STR(ID_A));
    ck_assert_ptr_eq(nj_invocations_at(&table, NJ_STR(ID_A)), a);
    ck_assert_ptr_eq(nj_invocations_find(&table, NJ_STR(ID_A)), a);
    ck_assert_ptr_ne(nj_invocations_at(&table, NJ_STR(ID_B)), a);
    ck_assert_ptr_null(nj_invocations_find(&table, NJ_STR("")));
    ck_assert_ptr_null(nj_invocations_find(&table, (struct nj_str){ NULL, 0 }));
}
END_TEST

START_TEST(test_invocation_without_id_is_never_found_and_counts_nowhere)
{
    fresh(false);
    struct nj_invocation *i = nj_invocations_at(&table, (struct nj_str){ NULL, 0 });
    ck_assert_ptr_nonnull(i);
    nj_invocation_started(&table, i, 5);
    nj_invocation_done(&table, i, 6);
    bool late;
    ck_assert_uint_eq(table.open, 0);
    ck_assert(!table.seen_start);
    ck_assert_ptr_null(of("text", 10, &late));
    ck_assert_ptr_null(nj_invocations_find(&table, NJ_STR("")));
}
END_TEST

START_TEST(test_invocation_ids_beyond_the_limit_are_cut_alike_when_made_and_found)
{
    char id[NJ_ID_MAX + 20];
    fresh(false);
    memset(id, 'f', sizeof(id));
    struct nj_str longer = { id, sizeof(id) };
    struct nj_invocation *i = nj_invocations_at(&table, longer);
    ck_assert_uint_eq(i->request_id.n, NJ_ID_MAX);
    ck_assert_ptr_eq(nj_invocations_find(&table, longer), i);
}
END_TEST

START_TEST(test_invocation_first_start_is_cold_and_no_other)
{
    fresh(false);
    ck_assert(start(ID_A, 10)->coldstart);
    ck_assert(!start(ID_B, 20)->coldstart);
    ck_assert(start(ID_A, 30)->coldstart); /* told twice */
    ck_assert_int_eq(nj_invocations_find(&table, NJ_STR(ID_A))->start_ns, 10);
    fresh(true);
    ck_assert(!start(ID_A, 10)->coldstart);
    fresh(false);
    table.prepared = true;
    ck_assert(!start(ID_A, 10)->coldstart);
}
END_TEST

START_TEST(test_invocation_open_counts_in_any_order_of_events)
{
    fresh(false);
    struct nj_invocation *a = start(ID_A, 10);
    ck_assert_uint_eq(table.open, 1);
    nj_invocation_done(&table, a, 20);
    nj_invocation_done(&table, a, 30);
    ck_assert_uint_eq(table.open, 0);
    ck_assert_int_eq(a->done_ns, 20);
    struct nj_invocation *b = nj_invocations_at(&table, NJ_STR(ID_B));
    nj_invocation_done(&table, b, 50); /* the end before the start */
    ck_assert_uint_eq(table.open, 0);
    nj_invocation_started(&table, b, 40);
    ck_assert_uint_eq(table.open, 0);
    ck_assert(b->started && b->done);
}
END_TEST

START_TEST(test_invocation_table_keeps_running_ones_longest)
{
    char id[40];
    fresh(false);
    start(ID_A, 1); /* runs on */
    for (int i = 0; i < 10000; i++) {
        snprintf(id, sizeof(id), "%08d-0000-4000-8000-000000000000", i);
        nj_invocation_done(&table, start(id, 10 + i), 11 + i);
    }
    ck_assert_ptr_nonnull(nj_invocations_find(&table, NJ_STR(ID_A)));
    ck_assert_ptr_null(nj_invocations_find(&table, NJ_STR("00000000-0000-4000-8000-000000000000")));
    ck_assert_ptr_nonnull(nj_invocations_find(&table, nj_str_of(id)));
    ck_assert_uint_eq(table.open, 1);
    /* When none is finished the oldest gives way, and is no longer open. */
    fresh(false);
    for (int i = 0; i <= NJ_INVOCATIONS; i++) {
        snprintf(id, sizeof(id), "%08d-0000-4000-8000-000000000000", i);
        start(id, i);
    }
    ck_assert_uint_eq(table.open, NJ_INVOCATIONS);
    ck_assert_ptr_null(nj_invocations_find(&table, NJ_STR("00000000-0000-4000-8000-000000000000")));
    ck_assert_ptr_nonnull(nj_invocations_find(&table, NJ_STR("00000001-0000-4000-8000-000000000000")));
}
END_TEST

START_TEST(test_invocation_newest_is_found_again_when_it_gives_way)
{
    char id[40];
    bool late;
    fresh(false);
    nj_invocation_done(&table, start(ID_A, 1000000), 1000001); /* newest by time, first to give way */
    for (int i = 0; i < NJ_INVOCATIONS; i++) {                 /* each began before the one before it */
        snprintf(id, sizeof(id), "%08d-0000-4000-8000-000000000000", i);
        start(id, 1000 - i);
    }
    ck_assert_ptr_null(nj_invocations_find(&table, NJ_STR(ID_A)));
    ck_assert_ptr_eq(of("text", 2000000, &late), nj_invocations_find(&table, NJ_STR("00000000-0000-4000-8000-000000000000")));
}
END_TEST

START_TEST(test_invocation_text_belongs_to_the_newest_that_had_begun)
{
    bool late = true;
    fresh(false);
    ck_assert_ptr_null(of("loading", 5, &late));
    ck_assert(!late);
    const struct nj_invocation *a = start(ID_A, 10);
    ck_assert_ptr_null(of("loading", 9, &late));
    ck_assert_ptr_eq(of("text", 10, &late), a);
    ck_assert_ptr_eq(of("text", 99, &late), a);
    ck_assert(!late);
    nj_invocation_done(&table, nj_invocations_at(&table, NJ_STR(ID_A)), 20);
    ck_assert_ptr_eq(of("text", 19, &late), a);
    ck_assert(late);
    const struct nj_invocation *b = start(ID_B, 100);
    /* After a freeze: the line is of the older one, whatever started meanwhile. */
    ck_assert_ptr_eq(of("text", 19, &late), a);
    ck_assert(late);
    ck_assert_ptr_eq(of("text", 100, &late), b);
    ck_assert(!late);
    start(ID_C, 50); /* told out of order */
    ck_assert_ptr_eq(of("text", 120, &late), b);
    ck_assert_ptr_eq(of("text", 60, &late), nj_invocations_find(&table, NJ_STR(ID_C)));
}
END_TEST

START_TEST(test_invocation_known_id_in_the_first_columns_beats_time)
{
    bool late;
    fresh(false);
    const struct nj_invocation *a = start(ID_A, 10), *b = start(ID_B, 20);
    static const char *const of_a[] = {
        "[INFO]\t2026-11-23T07:15:01.043Z\t" ID_A "\tpayment accepted",
        "2026-11-23T07:15:01.043Z\t" ID_A "\tINFO\tx",
        ID_A,
        ID_A " x",
        "id=" ID_A ",x",
    };
    for (size_t i = 0; i < NJ_COUNT(of_a); i++)
        ck_assert_msg(of(of_a[i], 30, &late) == a, "%s", of_a[i]);
    static const char *const of_time[] = {
        "2026-11-23T07:15:01.043Z\t" ID_C "\tINFO\tunknown id",
        "x" ID_A,
        ID_A "0",
        "a line that speaks of another request only far behind its columns, here: " ID_A,
        "-",
        "--------------------------------------",
        "6f0c2b1e-8d3a-4c55-9f21-0b7a64d1c0",
        "",
    };
    for (size_t i = 0; i < NJ_COUNT(of_time); i++)
        ck_assert_msg(of(of_time[i], 30, &late) == b, "%s", of_time[i]);
}
END_TEST

START_TEST(test_invocation_text_under_concurrency_needs_an_id)
{
    bool late;
    fresh(true);
    start(ID_A, 10);
    const struct nj_invocation *b = start(ID_B, 20);
    ck_assert_uint_eq(table.open, 2);
    ck_assert_ptr_null(of("text", 30, &late));
    ck_assert_ptr_eq(of("t\t" ID_B "\tINFO\tx", 30, &late), b);
}
END_TEST

START_TEST(test_invocation_trace_is_taken_where_well_formed)
{
    static const struct {
        const char *value, *span, *trace_id, *span_id;
    } rows[] = {
        { "Root=1-69230a05-5b1f0c2d3e4f5a6b7c8d9e0f;Parent=6bc0b4f0d5a1c2e3;Sampled=1", "54565fb41ac79632",
          "69230a055b1f0c2d3e4f5a6b7c8d9e0f", "54565fb41ac79632" },
        { "Root=1-69230a05-5b1f0c2d3e4f5a6b7c8d9e0f;Parent=6BC0B4F0D5A1C2E3", "", "69230a055b1f0c2d3e4f5a6b7c8d9e0f", "6bc0b4f0d5a1c2e3" },
        { "Root=1-69233fd1-0123456789abcdef01234567;Lineage=1:73f724a8:0", "", "69233fd10123456789abcdef01234567", "" },
        { "Sampled=0; root=1-69233FD1-0123456789ABCDEF01234567", "", "69233fd10123456789abcdef01234567", "" },
        { "Self=1-1-1;Root=", "", "", "" },
        { "Root=2-69233fd1-0123456789abcdef01234567", "", "", "" },
        { "Root=1-69233fd1-0123456789abcdef0123456", "", "", "" },
        { "Root=1-69233fd1-0123456789abcdef0123456g;Parent=xyz", "nothex", "", "" },
        { "Root=1-00000000-000000000000000000000000;Parent=0000000000000000", "0000000000000000", "", "" },
        { "", "54565fb41ac79632", "", "54565fb41ac79632" },
        { ";;=;==;Root", "", "", "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_invocation v = { .used = true };
        nj_invocation_trace(&v, nj_str_of(rows[i].value), nj_str_of(rows[i].span));
        ck_assert_str_eq(v.trace_id, rows[i].trace_id);
        ck_assert_str_eq(v.span_id, rows[i].span_id);
    }
    /* Nothing new leaves what was known. */
    struct nj_invocation v = { .trace_id = "a", .span_id = "b" };
    nj_invocation_trace(&v, (struct nj_str){ NULL, 0 }, (struct nj_str){ NULL, 0 });
    nj_invocation_trace(&v, NJ_STR("Parent=6bc0b4f0d5a1c2e3"), NJ_STR(""));
    ck_assert_str_eq(v.trace_id, "a");
    ck_assert_str_eq(v.span_id, "b");
}
END_TEST

START_TEST(test_short_text_is_cut_at_its_size)
{
    char text[NJ_ARN_MAX + 10];
    struct nj_short s;
    memset(text, 'x', sizeof(text));
    nj_short_set(&s, (struct nj_str){ text, sizeof(text) });
    ck_assert_uint_eq(nj_short_str(&s).n, NJ_ARN_MAX);
    nj_short_set(&s, (struct nj_str){ NULL, 0 });
    ck_assert_ptr_null(nj_short_str(&s).p);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_invocation_is_found_by_its_id_only)                                                                                             \
    X(test_invocation_without_id_is_never_found_and_counts_nowhere)                                                                        \
    X(test_invocation_ids_beyond_the_limit_are_cut_alike_when_made_and_found)                                                              \
    X(test_invocation_first_start_is_cold_and_no_other)                                                                                    \
    X(test_invocation_open_counts_in_any_order_of_events)                                                                                  \
    X(test_invocation_table_keeps_running_ones_longest)                                                                                    \
    X(test_invocation_newest_is_found_again_when_it_gives_way)                                                                             \
    X(test_invocation_text_belongs_to_the_newest_that_had_begun)                                                                           \
    X(test_invocation_known_id_in_the_first_columns_beats_time)                                                                            \
    X(test_invocation_text_under_concurrency_needs_an_id)                                                                                  \
    X(test_invocation_trace_is_taken_where_well_formed)                                                                                    \
    X(test_short_text_is_cut_at_its_size)

NJ_TEST_MAIN("invocation")

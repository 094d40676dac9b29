/* Tests of counting errors: one message for each step, nothing lost, nothing twice. */
#include "unit.h"

#include "../../src/observe/error_groups.h"
#include "observe_kit.h"

#include <stdio.h>

static struct nj_errors *e;
static struct nj_error_told told;
enum { T0 = 1700000000 };

static void setup(void)
{
    e = calloc(1, sizeof(*e));
    nj_errors_init(e);
}

static void teardown(void)
{
    free(e);
}

static void count(uint64_t tag, uint64_t request, enum nj_error_source source, int64_t s)
{
    struct nj_error_seen seen = { .tag = tag, .kind = NJ_ERROR_TYPE, .source = source, .title = NJ_STR("KeyError"), .request = request };
    seen.exemplar = NJ_STR("KeyError: [secret]");
    seen.principal = request / 10 + 1;
    nj_errors_count(e, &seen, s * 1000, &told);
}

START_TEST(test_errors_34985_are_thirteen_messages_and_the_exact_number)
{
    int messages = 0;
    for (int i = 0; i < 34985; i++) {
        count(7, (uint64_t)i + 1, NJ_ERROR_OF_LINE, T0 + i / 10);
        ck_assert(told.counted && told.fresh == (i == 0));
        messages += told.milestone != 0;
    }
    uint32_t n = 0;
    const struct nj_topk_slot *s = nj_errors_untold(e, &n);
    ck_assert_int_eq(messages + 1, 13);
    ck_assert_uint_eq(n, 34985);
    ck_assert_uint_eq(s->count, 34985);
    ck_assert_uint_eq(s->error, 0);
    ck_assert_double_eq_tol(nj_hll_estimate(s->distinct, NJ_HLL_SMALL), 34985, 34985 * 0.5);
    ck_assert_ptr_null(nj_errors_untold(e, &n));
    ck_assert_uint_eq(nj_error_last_hour(told.group, (T0 + 3498) * INT64_C(1000)), 34985);
    ck_assert_uint_eq(nj_error_last_hour(told.group, (T0 + 3498 + 3700) * INT64_C(1000)), 0);
    ck_assert_view_eq(nj_error_exemplar(e, 7), "KeyError: [secret]");
    ck_assert_ptr_null(nj_error_exemplar(e, 8).p);
}
END_TEST

START_TEST(test_errors_milestones_begin_anew_each_day)
{
    for (int i = 0; i < 12; i++)
        count(7, 0, NJ_ERROR_OF_LINE, T0);
    ck_assert_uint_eq(told.milestone, 0);
    count(7, 0, NJ_ERROR_OF_LINE, T0 + 86400);
    ck_assert_uint_eq(told.milestone, 1);
    ck_assert(!told.fresh);
    ck_assert_uint_eq(told.slot->count, 13);
}
END_TEST

START_TEST(test_errors_told_by_line_payload_and_platform_count_once)
{
    static const struct {
        uint64_t request;
        enum nj_error_source source;
        bool counts;
    } rows[] = {
        { 1, NJ_ERROR_OF_LINE, true },    { 1, NJ_ERROR_OF_PAYLOAD, false }, { 1, NJ_ERROR_OF_PLATFORM, false },
        { 1, NJ_ERROR_OF_LINE, true }, /* a second line is a second error */
        { 1, NJ_ERROR_OF_LINE, true },    { 1, NJ_ERROR_OF_PAYLOAD, false }, { 2, NJ_ERROR_OF_PAYLOAD, true },
        { 2, NJ_ERROR_OF_LINE, false },   { 2, NJ_ERROR_OF_LINE, true },     { 0, NJ_ERROR_OF_LINE, true },
        { 0, NJ_ERROR_OF_PAYLOAD, true }, /* of nobody knows which: cannot be compared */
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        count(9, rows[i].request, rows[i].source, T0);
        ck_assert_msg(told.counted == rows[i].counts, "row %zu", i);
    }
}
END_TEST

START_TEST(test_errors_many_kinds_overflow_into_other_and_the_sum_is_exact)
{
    struct dice d = { 31 };
    enum { DRAWS = 200000 };
    for (int i = 0; i < DRAWS; i++)
        count(dice_zipf(&d, 50000), dice_next(&d), NJ_ERROR_OF_LINE, T0 + i / 1000);
    uint64_t sum = 0, told_sum = 0;
    for (uint32_t i = 0; i < e->top.used; i++)
        sum += e->slots[i].count - e->slots[i].error;
    ck_assert_uint_eq(sum + e->other, DRAWS);
    ck_assert_uint_gt(e->other, 0);
    uint32_t n = 0, last = UINT32_MAX;
    while (nj_errors_untold(e, &n) != NULL) {
        ck_assert_uint_le(n, last); /* the largest first */
        last = n;
        told_sum += n;
    }
    ck_assert_uint_eq(told_sum + nj_errors_other_untold(e), DRAWS);
    ck_assert_uint_eq(nj_errors_other_untold(e), 0);
}
END_TEST

START_TEST(test_errors_exemplars_belong_to_the_groups_seen_last)
{
    for (uint64_t tag = 1; tag <= 3 * NJ_EXEMPLARS; tag++)
        count(tag, tag, NJ_ERROR_OF_LINE, T0 + (int64_t)tag);
    ck_assert_ptr_null(nj_error_exemplar(e, 1).p);
    for (uint64_t tag = 2 * NJ_EXEMPLARS + 1; tag <= 3 * NJ_EXEMPLARS; tag++)
        ck_assert_ptr_nonnull(nj_error_exemplar(e, tag).p);
    char longer[NJ_EXEMPLAR_MAX + 500];
    memset(longer, 'x', sizeof(longer));
    struct nj_error_seen seen = { .tag = 99, .title = { longer, sizeof(longer) }, .exemplar = { longer, sizeof(longer) } };
    nj_errors_count(e, &seen, (T0 + 99) * INT64_C(1000), &told);
    ck_assert_uint_eq(nj_error_exemplar(e, 99).n, NJ_EXEMPLAR_MAX);
    ck_assert_uint_eq(told.group->title_n, NJ_ERROR_TITLE);
}
END_TEST

START_TEST(test_errors_fingerprints_prefer_code_then_frames_then_type_then_template)
{
    struct nj_stack s = { .n = 0 };
    enum nj_error_kind kind = NJ_ERROR_KINDS;
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    ck_assert_uint_eq(nj_error_of_stack(&s, 0, &kind), 0);
    uint64_t by_template = nj_error_of_stack(&s, 5, &kind);
    ck_assert_int_eq(kind, NJ_ERROR_TEMPLATE);
    nj_error_title(&s, NJ_STR("disk <num> is full"), &b);
    ck_assert_view_eq(nj_buf_str(&b), "disk <num> is full");
    nj_stack_of_text(&s, NJ_STR("IOError: disk 3 is full"));
    uint64_t by_type = nj_error_of_stack(&s, 5, &kind);
    ck_assert_int_eq(kind, NJ_ERROR_TYPE);
    ck_assert_uint_ne(by_type, by_template);
    ck_assert_uint_ne(by_type, nj_error_of_stack(&s, 6, &kind));
    nj_buf_reset(&b);
    nj_error_title(&s, NJ_STR("IOError: disk <num> is full"), &b);
    ck_assert_view_eq(nj_buf_str(&b), "IOError: disk <num> is full");
    nj_stack_of_text(&s, NJ_STR("  File \"/var/task/a.py\", line 1, in h"));
    uint64_t by_stack = nj_error_of_stack(&s, 5, &kind);
    ck_assert_int_eq(kind, NJ_ERROR_STACK);
    ck_assert_uint_eq(by_stack, nj_error_of_stack(&s, 6, &kind)); /* the message has no say */
    nj_buf_reset(&b);
    nj_error_title(&s, NJ_STR("x"), &b);
    ck_assert_view_eq(nj_buf_str(&b), "IOError in a.py h");
    memcpy(s.code, "PAY-1", 5);
    s.code_n = 5;
    ck_assert_uint_ne(nj_error_of_stack(&s, 5, &kind), by_stack);
    ck_assert_int_eq(kind, NJ_ERROR_CODE);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_errors_tables_are_within_their_budget)
{
    ck_assert_uint_le(sizeof(struct nj_errors), 104 << 10);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_errors_34985_are_thirteen_messages_and_the_exact_number)                                                                        \
    X(test_errors_milestones_begin_anew_each_day)                                                                                          \
    X(test_errors_told_by_line_payload_and_platform_count_once)                                                                            \
    X(test_errors_many_kinds_overflow_into_other_and_the_sum_is_exact)                                                                     \
    X(test_errors_exemplars_belong_to_the_groups_seen_last)                                                                                \
    X(test_errors_fingerprints_prefer_code_then_frames_then_type_then_template)                                                            \
    X(test_errors_tables_are_within_their_budget)

int main(void)
{
    Suite *s = suite_create("error_groups");
    TCase *tc = tcase_create("error_groups");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    NJ_TESTS(NJ_ADD_TEST)
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Tests of the performance rules: the simulation that chose them, and each rule by itself. */
#include "unit.h"

#include "../../src/observe/baseline.h"
#include "observe_kit.h"

#include <math.h>
#include <stdio.h>

enum { RUNS = 10, CALLS = 20000, SHIFTS = 40, LEARN = 500 };

static double lognormal(struct dice *d, double sigma)
{
    return dice_lognormal(d, 300, sigma);
}

/* A cache hit, or a miss fifteen times as long. */
static double two_modes(struct dice *d, double share)
{
    return dice_lognormal(d, dice_01(d) < share ? 60 : 900, 0.15);
}

/* One call in twenty has a heavy tail (index 2). */
static double pareto(struct dice *d, double share)
{
    double v = dice_lognormal(d, 300, 0.2);
    return dice_01(d) < share ? v * pow(1 - dice_01(d), -1 / 2.0) : v;
}

/* The table of critical logging b.2 comes from one run of 20,000 calls a row.  Where it saw 3 findings (0.15 per 1,000) or 32 (1.6),
 * the rate behind them is anything up to 0.39 or 2.2 with 95 % confidence: that is the bound here, over ten runs.  With sigma 0.8 a call
 * ten times as long exceeds 2.5 x p99 with probability 0.28 and 1.1 x p95 with 0.87, so no run of five is certain: medians 3 and 7.
 * sustained 0: not by p95, but p50 sees it. */
static const struct shape {
    const char *name;
    double (*draw)(struct dice *, double);
    double arg;
    double false_slow, false_shift; /* per 1,000 calls, at most */
    int single, sustained;          /* the median of the shifts is found by this call */
} shapes[] = {
    { "lognormal 0.15", lognormal, 0.15, 0.00, 0.00, 1, 5 },     { "lognormal 0.30", lognormal, 0.30, 0.00, 0.00, 1, 5 },
    { "lognormal 0.50", lognormal, 0.50, 0.05, 0.01, 1, 5 },     { "lognormal 0.80", lognormal, 0.80, 0.39, 0.01, 3, 7 },
    { "two modes 15x apart", two_modes, 0.7, 0.00, 0.00, 3, 0 }, { "5 % Pareto tail", pareto, 0.05, 2.20, 0.00, 1, 5 },
};

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void learned(struct nj_series *s, const struct shape *shape, struct dice *d, int calls)
{
    struct nj_judged j;
    *s = (struct nj_series){ 0 };
    for (int i = 0; i < calls; i++)
        nj_series_judge(s, &nj_limits_standard, shape->draw(d, shape->arg), &j);
}

START_TEST(test_baseline_simulation_is_within_the_table_that_chose_the_rules)
{
    for (size_t r = 0; r < NJ_COUNT(shapes); r++) {
        static struct nj_series s;
        struct nj_judged j;
        struct dice d = { 1000 + r };
        int slow = 0, shifts = 0, single[SHIFTS], sustained[SHIFTS];
        for (int i = 0; i < RUNS * CALLS; i++) {
            if (i % CALLS == 0)
                s = (struct nj_series){ 0 };
            nj_series_judge(&s, &nj_limits_standard, shapes[r].draw(&d, shapes[r].arg), &j);
            slow += j.slow;
            shifts += j.shift_began;
        }
        for (int k = 0; k < SHIFTS; k++) {
            single[k] = sustained[k] = 1000;
            learned(&s, &shapes[r], &d, LEARN);
            s.tail = s.middle = (struct nj_cusum){ 0 };
            s.hot = false;
            for (int i = 1; i <= 200; i++) {
                nj_series_judge(&s, &nj_limits_standard, 10 * shapes[r].draw(&d, shapes[r].arg), &j);
                if (j.slow && single[k] > i)
                    single[k] = i;
                if (j.shift_began && sustained[k] > i)
                    sustained[k] = i;
            }
        }
        qsort(single, SHIFTS, sizeof(single[0]), by_value);
        qsort(sustained, SHIFTS, sizeof(sustained[0]), by_value);
        printf("%-20s false per 1,000: slow %.2f shift %.2f   10x found by call (median, worst): slow %d %d, shift %d %d\n", shapes[r].name,
               slow * 1000.0 / (RUNS * CALLS), shifts * 1000.0 / (RUNS * CALLS), single[SHIFTS / 2], single[SHIFTS - 1],
               sustained[SHIFTS / 2], sustained[SHIFTS - 1]);
        fflush(stdout);
        ck_assert_double_le(slow * 1000.0 / (RUNS * CALLS), shapes[r].false_slow);
        ck_assert_double_le(shifts * 1000.0 / (RUNS * CALLS), shapes[r].false_shift);
        ck_assert_int_le(single[SHIFTS / 2], shapes[r].single);
        if (shapes[r].sustained != 0)
            ck_assert_int_le(sustained[SHIFTS / 2], shapes[r].sustained);
        else
            ck_assert_int_lt(sustained[SHIFTS - 1], 1000); /* p50 sees it in the end */
    }
}
END_TEST

START_TEST(test_baseline_double_is_found_in_five_to_nine_calls_where_the_distribution_is_tight)
{
    struct dice d = { 50 };
    for (int k = 0; k < SHIFTS; k++) {
        struct nj_series s;
        struct nj_judged j = { 0 };
        int calls = 0;
        learned(&s, &shapes[0], &d, LEARN);
        while (!j.shift_began && calls < 100) {
            nj_series_judge(&s, &nj_limits_standard, 2 * shapes[0].draw(&d, shapes[0].arg), &j);
            calls++;
        }
        ck_assert_msg(calls >= 5 && calls <= 9, "%d calls", calls);
    }
}
END_TEST

START_TEST(test_baseline_three_seconds_that_become_thirty)
{
    struct nj_series s = { 0 };
    struct nj_judged j;
    struct dice d = { 4 };
    for (int i = 0; i < 100; i++)
        nj_series_judge(&s, &nj_limits_standard, dice_lognormal(&d, 3000, 0.02), &j);
    double stalled = nj_series_stalled_ms(&s, &nj_limits_standard);
    ck_assert_double_gt(stalled, 8500);
    ck_assert_double_lt(stalled, 10500); /* while it burns, long before it ends */
    for (int i = 1; i <= 5; i++) {
        nj_series_judge(&s, &nj_limits_standard, 30000, &j);
        ck_assert(j.slow);
        ck_assert(j.shift_began == (i == 5));
    }
    ck_assert_str_eq(j.shift_of, "p95");
    ck_assert_uint_eq(j.shift_calls, 5);
}
END_TEST

START_TEST(test_baseline_is_frozen_while_a_shift_lasts_and_learns_again_after_it)
{
    struct nj_series s = { 0 };
    struct nj_judged j;
    int ends = 0, begins = 0;
    for (int i = 0; i < 200; i++)
        nj_series_judge(&s, &nj_limits_standard, 100, &j);
    for (int i = 0; i < 5000; i++) {
        nj_series_judge(&s, &nj_limits_standard, 1000, &j);
        begins += j.shift_began;
    }
    ck_assert_int_eq(begins, 1);
    ck_assert_double_lt(nj_hist_quantile(&s.h, 0.95), 110);
    ck_assert_uint_le(s.h.samples, 205);
    for (int i = 0; i < 60; i++) {
        nj_series_judge(&s, &nj_limits_standard, 100, &j);
        ends += j.shift_ended;
        begins += j.shift_began;
    }
    ck_assert_int_eq(ends, 1);
    ck_assert_int_eq(begins, 1);
    ck_assert_uint_gt(s.h.samples, 205);
}
END_TEST

START_TEST(test_baseline_says_nothing_before_it_has_learned)
{
    struct nj_series s = { 0 };
    struct nj_judged j;
    for (int i = 0; i < 59; i++) {
        nj_series_judge(&s, &nj_limits_standard, i % 7 == 0 ? 100000 : 10, &j);
        ck_assert(!j.learned && !j.slow && !j.shift_began);
        ck_assert_double_eq(nj_series_stalled_ms(&s, &nj_limits_standard), 0);
    }
    ck_assert_double_eq(nj_series_stalled_ms(NULL, &nj_limits_standard), 0);
    nj_series_judge(&s, &nj_limits_standard, 10, &j);
    nj_series_judge(&s, &nj_limits_standard, 10, &j);
    ck_assert(j.learned);
}
END_TEST

START_TEST(test_baseline_quick_calls_are_never_slow_below_the_floor)
{
    struct nj_series s = { 0 };
    struct nj_judged j;
    for (int i = 0; i < 100; i++)
        nj_series_judge(&s, &nj_limits_standard, 5, &j);
    nj_series_judge(&s, &nj_limits_standard, 400, &j); /* eighty times as long, but nobody waits for that */
    ck_assert(!j.slow);
    ck_assert_double_eq(nj_series_stalled_ms(&s, &nj_limits_standard), 1000);
    nj_series_judge(&s, &nj_limits_standard, 600, &j);
    ck_assert(j.slow);
}
END_TEST

START_TEST(test_baseline_declared_expectation_needs_no_history)
{
    struct nj_limits l = nj_limits_standard;
    struct nj_series s = { 0 };
    struct nj_judged j;
    l.expect = 200;
    ck_assert_double_eq(nj_series_stalled_ms(NULL, &l), 1000);
    l.expect = 500;
    ck_assert_double_eq(nj_series_stalled_ms(&s, &l), 1500);
    for (int i = 1; i <= 40; i++) {
        nj_series_judge(&s, &l, 1001, &j);
        ck_assert(j.late_began == (i == 20));
        ck_assert(!j.late_ended);
    }
    for (int i = 1; i <= 40; i++) {
        nj_series_judge(&s, &l, 1000, &j); /* twice is not above twice */
        ck_assert(j.late_ended == (i == 10));
    }
}
END_TEST

START_TEST(test_baseline_one_millisecond_that_becomes_three_is_no_shift_and_twenty_are)
{
    struct nj_series s = { 0 };
    struct nj_judged j;
    for (int i = 0; i < 300; i++) {
        nj_series_judge(&s, &nj_limits_standard, i < 100 ? 1 : 3, &j);
        ck_assert(!j.shift_began);
    }
    for (int i = 0; i < 20 && !j.shift_began; i++)
        nj_series_judge(&s, &nj_limits_standard, 20, &j);
    ck_assert(j.shift_began);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_baseline_simulation_is_within_the_table_that_chose_the_rules)                                                                   \
    X(test_baseline_double_is_found_in_five_to_nine_calls_where_the_distribution_is_tight)                                                 \
    X(test_baseline_one_millisecond_that_becomes_three_is_no_shift_and_twenty_are)                                                         \
    X(test_baseline_three_seconds_that_become_thirty)                                                                                      \
    X(test_baseline_is_frozen_while_a_shift_lasts_and_learns_again_after_it)                                                               \
    X(test_baseline_says_nothing_before_it_has_learned)                                                                                    \
    X(test_baseline_quick_calls_are_never_slow_below_the_floor)                                                                            \
    X(test_baseline_declared_expectation_needs_no_history)

NJ_TEST_MAIN("baseline")

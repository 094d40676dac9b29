/* Tests of the counters: known answers, and the promised bounds under ten million distinct keys. */
#include "unit.h"

#include "nightjar/counters.h"
#include "observe_kit.h"

#include <math.h>
#include <stdio.h>

enum { SLOTS = 512, MANY = 10000000 };

static struct nj_topk_slot slots[SLOTS], other_slots[SLOTS];
static uint16_t indexes[2 * SLOTS], other_indexes[2 * SLOTS];
static struct nj_topk topk;
static bool fresh;

static void add(uint64_t key)
{
    nj_topk_add(&topk, nj_tag_mix(key, 1), 1, 0, &fresh);
}

/* --- distinct ----------------------------------------------------------------------------------------------------- */

START_TEST(test_hll_estimates_stay_within_four_standard_errors_up_to_ten_million)
{
    static const struct {
        unsigned bits;
        double error;
    } rows[] = { { NJ_HLL_SMALL, 0.13 }, { NJ_HLL_LARGE, 0.0325 } };
    for (size_t r = 0; r < NJ_COUNT(rows); r++) {
        uint8_t regs[NJ_HLL_LARGE_BYTES] = { 0 };
        uint64_t next = 10;
        for (uint64_t i = 1; i <= MANY; i++) {
            nj_hll_add(regs, rows[r].bits, i);
            nj_hll_add(regs, rows[r].bits, i / 2 + 1); /* again changes nothing */
            if (i != next)
                continue;
            double e = nj_hll_estimate(regs, rows[r].bits);
            ck_assert_msg(fabs(e - (double)i) <= 4 * rows[r].error * (double)i, "%u bits: %llu counted as %.1f", rows[r].bits,
                          (unsigned long long)i, e);
            next = next < MANY ? next * 10 : 0;
        }
    }
}
END_TEST

START_TEST(test_hll_mean_error_over_many_streams_is_the_theoretical_one)
{
    enum { STREAMS = 400, KEYS = 1000 };
    double sum = 0, squares = 0;
    for (uint64_t s = 0; s < STREAMS; s++) {
        uint8_t regs[NJ_HLL_SMALL_BYTES] = { 0 };
        for (uint64_t i = 0; i < KEYS; i++)
            nj_hll_add(regs, NJ_HLL_SMALL, s * KEYS + i);
        double off = nj_hll_estimate(regs, NJ_HLL_SMALL) / KEYS - 1;
        sum += off;
        squares += off * off;
    }
    ck_assert_msg(fabs(sum / STREAMS) < 0.03, "bias %f", sum / STREAMS);
    double deviation = sqrt(squares / STREAMS);
    ck_assert_msg(deviation > 0.09 && deviation < 0.16, "deviation %f", deviation);
}
END_TEST

START_TEST(test_hll_merge_equals_the_union)
{
    static const unsigned bits[] = { NJ_HLL_SMALL, NJ_HLL_LARGE };
    for (size_t b = 0; b < NJ_COUNT(bits); b++) {
        uint8_t one[NJ_HLL_LARGE_BYTES] = { 0 }, two[NJ_HLL_LARGE_BYTES] = { 0 }, both[NJ_HLL_LARGE_BYTES] = { 0 };
        for (uint64_t i = 0; i < 30000; i++) {
            nj_hll_add(i % 3 == 0 ? one : two, bits[b], i);
            if (i % 5 == 0)
                nj_hll_add(one, bits[b], i);
            nj_hll_add(both, bits[b], i);
        }
        nj_hll_merge(one, two, bits[b]);
        ck_assert_mem_eq(one, both, sizeof(both));
        nj_hll_merge(one, two, bits[b]);
        ck_assert_mem_eq(one, both, sizeof(both));
    }
}
END_TEST

START_TEST(test_hll_registers_are_the_documented_ones)
{
    /* Known answer: a backend that adds registers up depends on seed, order and packing. */
    uint8_t regs[NJ_HLL_SMALL_BYTES] = { 0 };
    char hex[2 * NJ_HLL_SMALL_BYTES + 1];
    for (uint64_t i = 1; i <= 20; i++)
        nj_hll_add(regs, NJ_HLL_SMALL, i);
    for (size_t i = 0; i < NJ_HLL_SMALL_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", regs[i]);
    ck_assert_str_eq(hex, "400000000000800000000000800100001000400004411000420010810000000000000004000000400000000004400008");
}
END_TEST

START_TEST(test_hll_full_registers_and_the_empty_set_are_numbers)
{
    uint8_t regs[NJ_HLL_SMALL_BYTES] = { 0 };
    ck_assert_double_eq(nj_hll_estimate(regs, NJ_HLL_SMALL), 0);
    memset(regs, 0xff, sizeof(regs));
    ck_assert(isfinite(nj_hll_estimate(regs, NJ_HLL_SMALL)));
    nj_hll_add(regs, NJ_HLL_SMALL, 7);
    for (size_t i = 0; i < sizeof(regs); i++)
        ck_assert_uint_eq(regs[i], 0xff);
}
END_TEST

START_TEST(test_countmin_never_undercounts_and_seldom_overcounts)
{
    enum { DRAWS = 1000000, KEYS = 100000 };
    static struct nj_countmin c;
    static uint32_t truth[KEYS + 1];
    struct dice d = { 7 };
    for (int i = 0; i < DRAWS; i++) {
        uint64_t k = dice_zipf(&d, KEYS - 1);
        truth[k]++;
        ck_assert_uint_ge(nj_countmin_add(&c, k, 1), truth[k]);
    }
    size_t over = 0;
    for (uint64_t k = 1; k <= KEYS; k++) {
        uint32_t e = nj_countmin_add(&c, k, 0);
        ck_assert_uint_ge(e, truth[k]);
        over += e - truth[k] > M_E / NJ_CM_COLUMNS * DRAWS;
    }
    ck_assert_msg(over < KEYS / 50, "%zu above the bound", over);
    ck_assert_uint_eq(nj_countmin_add(&c, 1, UINT32_MAX), UINT32_MAX);
    ck_assert_uint_eq(nj_countmin_add(&c, 1, 5), UINT32_MAX);
}
END_TEST

/* --- top keys ----------------------------------------------------------------------------------------------------- */

START_TEST(test_topk_counts_exactly_while_there_is_room)
{
    nj_topk_init(&topk, slots, indexes, 4);
    static const uint64_t keys[] = { 1, 2, 1, 3, 1, 2, 4 };
    for (size_t i = 0; i < NJ_COUNT(keys); i++)
        add(keys[i]);
    const struct nj_topk_slot *top[4];
    ck_assert_uint_eq(nj_topk_top(&topk, top, 4), 4);
    ck_assert_uint_eq(top[0]->tag, nj_tag_mix(1, 1));
    ck_assert_uint_eq(top[0]->count, 3);
    ck_assert_uint_eq(top[1]->count, 2);
    ck_assert_uint_eq(top[0]->error + top[1]->error + top[2]->error + top[3]->error, 0);
    ck_assert_uint_eq(topk.total, 7);
    ck_assert_uint_eq(nj_topk_top(&topk, top, 1), 1);
    ck_assert_uint_eq(top[0]->count, 3);
    ck_assert_uint_eq(nj_topk_top(&topk, top, 0), 0);
}
END_TEST

START_TEST(test_topk_newcomer_takes_the_smallest_slot_and_its_error)
{
    nj_topk_init(&topk, slots, indexes, 2);
    add(1);
    ck_assert(fresh);
    add(1);
    ck_assert(!fresh);
    add(2);
    struct nj_topk_slot *s = nj_topk_add(&topk, 99, 1, 42, &fresh);
    ck_assert(fresh);
    ck_assert_uint_eq(s->count, 2);
    ck_assert_uint_eq(s->error, 1);
    ck_assert_uint_eq(s->first_s, 42);
    ck_assert_ptr_null(nj_topk_find(&topk, nj_tag_mix(2, 1)));
    ck_assert_ptr_eq(nj_topk_find(&topk, 99), s);
    ck_assert_uint_eq(nj_topk_add(&topk, 99, UINT32_MAX, 43, &fresh)->count, UINT32_MAX);
}
END_TEST

static void check_bounds(const uint32_t *truth, uint64_t keys)
{
    for (uint64_t k = 1; k <= keys; k++) {
        const struct nj_topk_slot *s = nj_topk_find(&topk, nj_tag_mix(k, 1));
        if (s == NULL) {
            ck_assert_uint_le(truth[k], topk.total / SLOTS);
            continue;
        }
        ck_assert_uint_ge(s->count, truth[k]);
        ck_assert_uint_le(s->count - s->error, truth[k]);
        ck_assert_uint_le(s->error, topk.total / SLOTS);
    }
}

/* Every slot is in the index once, and the counts add up to the stream. */
static void check_shape(void)
{
    uint64_t sum = 0;
    size_t entries = 0;
    for (uint32_t i = 0; i < topk.used; i++) {
        sum += topk.slots[i].count;
        ck_assert_ptr_eq(nj_topk_find(&topk, topk.slots[i].tag), &topk.slots[i]);
    }
    for (size_t i = 0; i < 2 * (size_t)topk.capacity; i++)
        entries += topk.index[i] != 0;
    ck_assert_uint_eq(entries, topk.used);
    ck_assert_uint_eq(sum, topk.total);
}

START_TEST(test_topk_bounds_hold_for_ten_million_keys_of_zipf)
{
    uint32_t *truth = calloc(MANY + 2, sizeof(*truth));
    struct dice d = { 11 };
    nj_topk_init(&topk, slots, indexes, SLOTS);
    for (int i = 0; i < MANY; i++) {
        uint64_t k = dice_zipf(&d, MANY);
        truth[k]++;
        add(k);
    }
    check_bounds(truth, MANY);
    check_shape();
    free(truth);
}
END_TEST

START_TEST(test_topk_bounds_hold_for_ten_million_keys_seen_once)
{
    nj_topk_init(&topk, slots, indexes, SLOTS);
    for (uint64_t k = 1; k <= MANY; k++)
        add(k);
    ck_assert_uint_eq(topk.total, MANY);
    check_shape();
    for (size_t i = 0; i < SLOTS; i++) {
        ck_assert_uint_le(slots[i].error, MANY / SLOTS);
        ck_assert_uint_le(slots[i].count - slots[i].error, 1);
    }
}
END_TEST

START_TEST(test_topk_finds_a_heavy_key_in_a_uniform_flood)
{
    struct dice d = { 3 };
    nj_topk_init(&topk, slots, indexes, SLOTS);
    for (int i = 0; i < 1000000; i++)
        add(i % 300 == 0 ? 0 : dice_next(&d)); /* one in 300 is more than one in 512 */
    const struct nj_topk_slot *top[1];
    ck_assert_uint_eq(nj_topk_top(&topk, top, 1), 1);
    ck_assert_uint_eq(top[0]->tag, nj_tag_mix(0, 1));
    ck_assert_uint_le(top[0]->count - top[0]->error, 3334);
}
END_TEST

/* What docs/sketches.md tells a backend to do with two exports. */
START_TEST(test_topk_exports_of_two_sandboxes_add_up_within_their_errors)
{
    enum { KEYS = 20000, DRAWS = 400000 };
    static struct nj_topk one, two;
    static uint32_t truth[KEYS + 2];
    struct dice d = { 5 };
    nj_topk_init(&one, slots, indexes, SLOTS);
    nj_topk_init(&two, other_slots, other_indexes, SLOTS);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t k = dice_zipf(&d, KEYS);
        truth[k]++;
        nj_topk_add(i % 4 == 0 ? &one : &two, k, 1, 0, &fresh);
    }
    const struct nj_topk_slot *last[SLOTS];
    size_t n = nj_topk_top(&one, last, SLOTS);
    uint32_t floor_one = last[n - 1]->count;
    n = nj_topk_top(&two, last, SLOTS);
    uint32_t floor_two = last[n - 1]->count;
    for (uint64_t k = 1; k <= KEYS; k++) {
        const struct nj_topk_slot *a = nj_topk_find(&one, k), *b = nj_topk_find(&two, k);
        uint32_t most = (a != NULL ? a->count : floor_one) + (b != NULL ? b->count : floor_two);
        uint32_t least = (a != NULL ? a->count - a->error : 0) + (b != NULL ? b->count - b->error : 0);
        ck_assert_uint_le(least, truth[k]);
        ck_assert_uint_ge(most, truth[k]);
    }
}
END_TEST

START_TEST(test_topk_same_stream_gives_the_same_table)
{
    static struct nj_topk two;
    struct dice d = { 9 };
    nj_topk_init(&topk, slots, indexes, SLOTS);
    nj_topk_init(&two, other_slots, other_indexes, SLOTS);
    for (int i = 0; i < 200000; i++) {
        uint64_t k = dice_zipf(&d, 100000);
        bool f = false;
        nj_topk_add(&topk, k, 1, 0, &fresh);
        nj_topk_add(&two, k, 1, 0, &f);
        ck_assert(f == fresh);
    }
    ck_assert_mem_eq(slots, other_slots, sizeof(slots));
}
END_TEST

/* --- durations ---------------------------------------------------------------------------------------------------- */

START_TEST(test_hist_buckets_cover_a_millisecond_to_a_quarter_of_an_hour_within_two_percent)
{
    for (int i = 0; i < 19500; i++) { /* to 840,000 ms */
        double ms = pow(1.0007, i);
        double v = nj_hist_value(nj_hist_bucket(ms));
        ck_assert_msg(fabs(v - ms) <= 0.0201 * ms, "%f is told as %f", ms, v);
    }
    ck_assert_uint_eq(nj_hist_bucket(0), 0);
    ck_assert_uint_eq(nj_hist_bucket(-5), 0);
    ck_assert_uint_eq(nj_hist_bucket(NAN), 0);
    ck_assert_uint_eq(nj_hist_bucket(1.04), 1);
    ck_assert_uint_eq(nj_hist_bucket(1.05), 2);
    ck_assert_uint_eq(nj_hist_bucket(1e12), NJ_HIST_BUCKETS - 1);
    ck_assert_uint_lt(nj_hist_bucket(900000), NJ_HIST_BUCKETS);
}
END_TEST

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

START_TEST(test_hist_quantiles_are_within_two_percent_of_the_exact_ones)
{
    enum { N = 500 };
    static const double qs[] = { 0.01, 0.5, 0.95, 0.99, 1 };
    struct nj_hist h = { 0 };
    double v[N];
    struct dice d = { 21 };
    for (size_t i = 0; i < N; i++) {
        v[i] = dice_lognormal(&d, 200, 0.8);
        nj_hist_add(&h, v[i]);
    }
    qsort(v, N, sizeof(v[0]), by_value);
    for (size_t i = 0; i < NJ_COUNT(qs); i++) {
        double want = v[(size_t)ceil(qs[i] * N) - 1], got = nj_hist_quantile(&h, qs[i]);
        ck_assert_msg(fabs(got - want) <= 0.0201 * want, "q%.2f is %f, told as %f", qs[i], want, got);
    }
    struct nj_hist empty = { 0 };
    ck_assert_double_eq(nj_hist_quantile(&empty, 0.5), 0);
}
END_TEST

START_TEST(test_hist_forgets_the_past_and_never_overflows)
{
    static struct nj_hist h;
    for (int i = 0; i < 1000000; i++) {
        nj_hist_add(&h, 100);
        ck_assert_uint_ge(h.c[nj_hist_bucket(100)], NJ_HIST_SCALE);
    }
    ck_assert_uint_eq(h.samples, 1000000);
    ck_assert_uint_le(h.sum, 1707 * NJ_HIST_SCALE);
    int needed = 0;
    while (nj_hist_quantile(&h, 0.5) < 900) {
        nj_hist_add(&h, 1000);
        ck_assert_int_lt(++needed, 2000);
    }
    ck_assert_int_gt(needed, 500);
}
END_TEST

START_TEST(test_hist_sums_of_two_streams_are_the_sum_of_both)
{
    static struct nj_hist_sum one, two, both;
    struct dice d = { 2 };
    for (int i = 0; i < 20000; i++) {
        double ms = dice_lognormal(&d, 50, 1);
        nj_hist_sum_add(i % 7 == 0 ? &one : &two, ms);
        nj_hist_sum_add(&both, ms);
    }
    for (size_t i = 0; i < NJ_HIST_BUCKETS; i++)
        ck_assert_uint_eq(one.c[i] + two.c[i], both.c[i]);
    ck_assert_double_eq_tol(nj_hist_sum_quantile(&both, 0.5), 50, 2.5);
    struct nj_hist_sum empty = { 0 };
    ck_assert_double_eq(nj_hist_sum_quantile(&empty, 0.5), 0);
}
END_TEST

/* --- rates -------------------------------------------------------------------------------------------------------- */

START_TEST(test_ewma_halves_the_old_in_its_half_life)
{
    struct nj_ewma e = { 0 };
    nj_ewma_add(&e, 100, 1000, 60000);
    ck_assert_double_eq(e.mean, 100);
    nj_ewma_add(&e, 0, 61000, 60000);
    ck_assert_double_eq_tol(e.mean, 50, 1e-9);
    nj_ewma_add(&e, 500, 61000, 60000); /* no time passed: a plain mean */
    ck_assert_double_eq_tol(e.mean, 200, 1e-9);
    nj_ewma_add(&e, 200, 5000, 60000); /* time went back */
    ck_assert_double_eq_tol(e.mean, 200, 1e-9);
    nj_ewma_add(&e, 600, 121000, 60000); /* time weighs more than a fifth */
    ck_assert_double_eq_tol(e.mean, 400, 1e-9);
    nj_ewma_add(&e, 7, INT64_C(1) << 50, 60000);
    ck_assert_double_eq_tol(e.mean, 7, 1e-9);
}
END_TEST

START_TEST(test_window_never_misses_what_is_inside_and_drops_what_is_a_sixth_beyond)
{
    struct dice d = { 77 };
    for (int round = 0; round < 2000; round++) {
        struct nj_window w = { 0 };
        uint32_t times[200], n = 0, now = 1700000000 + (uint32_t)(dice_next(&d) % 10000);
        for (int i = 0; i < 200; i++) {
            now += (uint32_t)(dice_next(&d) % (round % 2 != 0 ? 20 : 200));
            nj_window_add(&w, 600, now, 1);
            times[n++] = now;
        }
        uint32_t later = now + (uint32_t)(dice_next(&d) % 1500), least = 0, most = 0;
        for (uint32_t i = 0; i < n; i++) {
            least += later - times[i] < 600;
            most += later - times[i] < 700;
        }
        ck_assert_uint_ge(nj_window_sum(&w, 600, later), least);
        ck_assert_uint_le(nj_window_sum(&w, 600, later), most);
    }
}
END_TEST

START_TEST(test_window_counts_stop_at_their_largest_value)
{
    struct nj_window w = { 0 };
    nj_window_add(&w, 60, 1000, 70000);
    nj_window_add(&w, 60, 1000, 5);
    ck_assert_uint_eq(nj_window_sum(&w, 60, 1000), UINT16_MAX);
    ck_assert_uint_eq(nj_window_sum(&w, 60, 500), UINT16_MAX); /* time went back */
    ck_assert_uint_eq(nj_window_sum(&w, 60, 1070), 0);
    nj_window_add(&w, 3, 2000, 1); /* narrower than it has panes */
    ck_assert_uint_eq(nj_window_sum(&w, 3, 2000), 1);
}
END_TEST

START_TEST(test_season_learns_the_rate_and_a_poisson_stream_does_not_spike)
{
    struct nj_season s = { 0 };
    struct dice d = { 13 };
    int64_t t0 = INT64_C(1700006400000); /* midnight UTC */
    int spikes = 0, minutes = 3 * 24 * 60;
    for (int m = 0; m < minutes; m++) {
        bool day = m % 1440 >= 360 && m % 1440 < 1080;
        double rate = day ? 60 : 6, expected = nj_season_expect(&s, t0 + m * 60000, 1);
        uint32_t n = 0;
        double p = dice_01(&d), limit = exp(-rate);
        while (p > limit) {
            p *= dice_01(&d);
            n++;
        }
        spikes += m >= 60 && nj_season_spike(expected, n, 4) && m > 1440;
        nj_season_add(&s, t0 + m * 60000, n);
    }
    ck_assert_int_le(spikes, 6);                                                              /* in 2,880 minutes: the mornings */
    ck_assert_double_eq_tol(nj_season_expect(&s, t0 + minutes * INT64_C(60000), 10), 60, 15); /* night band */
    ck_assert_double_eq_tol(s.band[1], 60, 10);
}
END_TEST

START_TEST(test_season_spike_rule_is_the_documented_one)
{
    static const struct {
        double expected;
        uint32_t count;
        bool spike;
    } rows[] = { { 0, 9, false },  { 0, 10, true }, { 4, 12, false },    { 4, 13, true },
                 { 2, 10, false }, { 2, 11, true }, { 100, 140, false }, { 100, 141, true } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_msg(nj_season_spike(rows[i].expected, rows[i].count, 4) == rows[i].spike, "row %zu", i);
}
END_TEST

START_TEST(test_season_silent_weeks_count_as_zeros_without_walking_them)
{
    struct nj_season s = { 0 };
    for (int m = 1; m < 120; m++)
        nj_season_add(&s, m * INT64_C(60000), 30);
    ck_assert_double_gt(nj_season_expect(&s, 120 * INT64_C(60000), 1), 25);
    ck_assert_double_lt(nj_season_expect(&s, INT64_C(60000) * 60 * 24 * 365 * 30, 1), 0.01);
    ck_assert_double_lt(nj_season_expect(&s, 60000, 1), 0.01); /* time went back */
}
END_TEST

START_TEST(test_cusum_fires_on_the_fifth_hit_in_a_row_and_forgets_single_ones)
{
    struct nj_cusum c = { 0 };
    for (int i = 1; i <= 5; i++)
        ck_assert(nj_cusum_step(&c, true, 0.30, 3.5) == (i == 5));
    ck_assert_uint_eq(c.hits, 5);
    c = (struct nj_cusum){ 0 };
    for (int i = 0; i < 1000; i++)
        ck_assert(!nj_cusum_step(&c, i % 4 == 0, 0.30, 3.5)); /* a quarter is below the allowance */
    c = (struct nj_cusum){ 0 };
    bool fired = false;
    for (int i = 0; i < 40 && !fired; i++)
        fired = nj_cusum_step(&c, i % 2 == 0, 0.30, 3.5);
    ck_assert(fired);
}
END_TEST

START_TEST(test_milestones_of_34985_errors_are_twelve_and_the_exact_number_is_the_thirteenth)
{
    int told = 0;
    for (uint64_t n = 0; n < 34985; n++)
        told += nj_milestone(n, n + 1) != 0;
    ck_assert_int_eq(told, 12);
    ck_assert_uint_eq(nj_milestone(0, 34985), 20000);
    ck_assert_uint_eq(nj_milestone(0, 1), 1);
    ck_assert_uint_eq(nj_milestone(1, 9), 0);
    ck_assert_uint_eq(nj_milestone(9, 10), 10);
    ck_assert_uint_eq(nj_milestone(10, 10), 0);
    ck_assert_uint_eq(nj_milestone(0, 0), 0);
    ck_assert_uint_gt(nj_milestone(0, UINT64_MAX), 0);
}
END_TEST

START_TEST(test_tags_of_texts_are_the_same_everywhere)
{
    ck_assert_uint_eq(nj_tag_of(NJ_STR("GET /login")), UINT64_C(6878618516978216161));
    ck_assert_uint_ne(nj_tag_pair(1, 2), nj_tag_pair(2, 1));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_hll_estimates_stay_within_four_standard_errors_up_to_ten_million)                                                               \
    X(test_hll_mean_error_over_many_streams_is_the_theoretical_one)                                                                        \
    X(test_hll_merge_equals_the_union)                                                                                                     \
    X(test_hll_registers_are_the_documented_ones)                                                                                          \
    X(test_hll_full_registers_and_the_empty_set_are_numbers)                                                                               \
    X(test_countmin_never_undercounts_and_seldom_overcounts)                                                                               \
    X(test_topk_counts_exactly_while_there_is_room)                                                                                        \
    X(test_topk_newcomer_takes_the_smallest_slot_and_its_error)                                                                            \
    X(test_topk_bounds_hold_for_ten_million_keys_of_zipf)                                                                                  \
    X(test_topk_bounds_hold_for_ten_million_keys_seen_once)                                                                                \
    X(test_topk_finds_a_heavy_key_in_a_uniform_flood)                                                                                      \
    X(test_topk_exports_of_two_sandboxes_add_up_within_their_errors)                                                                       \
    X(test_topk_same_stream_gives_the_same_table)                                                                                          \
    X(test_hist_buckets_cover_a_millisecond_to_a_quarter_of_an_hour_within_two_percent)                                                    \
    X(test_hist_quantiles_are_within_two_percent_of_the_exact_ones)                                                                        \
    X(test_hist_forgets_the_past_and_never_overflows)                                                                                      \
    X(test_hist_sums_of_two_streams_are_the_sum_of_both)                                                                                   \
    X(test_ewma_halves_the_old_in_its_half_life)                                                                                           \
    X(test_window_never_misses_what_is_inside_and_drops_what_is_a_sixth_beyond)                                                            \
    X(test_window_counts_stop_at_their_largest_value)                                                                                      \
    X(test_season_learns_the_rate_and_a_poisson_stream_does_not_spike)                                                                     \
    X(test_season_spike_rule_is_the_documented_one)                                                                                        \
    X(test_season_silent_weeks_count_as_zeros_without_walking_them)                                                                        \
    X(test_cusum_fires_on_the_fifth_hit_in_a_row_and_forgets_single_ones)                                                                  \
    X(test_milestones_of_34985_errors_are_twelve_and_the_exact_number_is_the_thirteenth)                                                   \
    X(test_tags_of_texts_are_the_same_everywhere)

NJ_TEST_MAIN("counters")

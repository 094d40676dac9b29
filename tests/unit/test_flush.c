/* The flush policy against a small model that remembers everything and computes each answer from scratch. */
#include "nightjar/batch.h"
#include "nightjar/flush.h"
#include "unit.h"

enum { LIMIT = 1000 };

static const struct nj_flush_load empty = { .limit = LIMIT };
static const struct nj_flush_load bulk = { .bulk = true, .bytes = 10, .limit = LIMIT, .oldest_bulk_ms = 5 };
static const struct nj_flush_load critical = { .critical = true, .bytes = 10, .limit = LIMIT };
static const struct nj_flush_load half = { .bulk = true, .bytes = LIMIT / 2 + 1, .limit = LIMIT, .oldest_bulk_ms = 5 };
static const struct nj_flush_load stale = { .bulk = true, .bytes = 10, .limit = LIMIT, .oldest_bulk_ms = NJ_FLUSH_STALE_MS + 1 };
static const struct nj_flush_load brim = { .bulk = true, .bytes = LIMIT / 2, .limit = LIMIT, .oldest_bulk_ms = NJ_FLUSH_STALE_MS };
static const struct nj_flush_load both = { .critical = true, .bulk = true, .bytes = 10, .limit = LIMIT, .oldest_bulk_ms = 5 };

/* --- the model ---------------------------------------------------------------------------------------------------- */

struct model {
    int64_t at[64];        /* when each INVOKE came */
    bool was_critical[64]; /* the invocation that began there met a critical record */
    unsigned n;
};

static int64_t model_gap(const struct model *m, unsigned i)
{
    int64_t gap = m->at[i] - m->at[i - 1];
    return gap < 0 ? 0 : gap;
}

static bool model_warm(const struct model *m)
{
    int64_t sum = 0;
    if (m->n < NJ_FLUSH_WARM + 1)
        return false;
    for (unsigned i = m->n - NJ_FLUSH_WARM; i < m->n; i++) {
        if (model_gap(m, i) > 40000)
            return false;
        sum += model_gap(m, i);
    }
    return sum / NJ_FLUSH_WARM < 10000;
}

static bool model_early(const struct model *m, const struct nj_flush_load *load)
{
    if (!model_warm(m))
        return false;
    for (unsigned i = m->n - 1 - NJ_FLUSH_CALM; i < m->n - 1; i++)
        if (m->was_critical[i])
            return false;
    return !load->critical && load->bytes * 2 <= load->limit && load->oldest_bulk_ms <= 20000;
}

static unsigned model_end(const struct model *m, const struct nj_flush_load *load)
{
    unsigned all = (load->critical ? 1u << NJ_LANE_CRITICAL : 0) | (load->bulk ? 1u << NJ_LANE_BULK : 0);
    if (!model_warm(m) || load->bytes * 2 > load->limit || load->oldest_bulk_ms > 20000)
        return all;
    return all & 1u << NJ_LANE_CRITICAL;
}

/* One invocation in both: INVOKE with load at the start, and the end with another load if it was waited for. */
struct pair {
    struct nj_flush f;
    struct model m;
    int64_t now;
};

static void one(struct pair *p, int64_t gap, const struct nj_flush_load *start, const struct nj_flush_load *end)
{
    p->now += gap;
    struct nj_mono now = { p->now };
    if (p->m.n > 0 && start->critical)
        p->m.was_critical[p->m.n - 1] = true;
    p->m.at[p->m.n++] = p->now;
    bool early = nj_flush_invoke(&p->f, now, start), want = model_early(&p->m, start);
    if (early != want) /* a ck_assert that holds costs a system call, and there are a million of these */
        ck_abort_msg("invocation %u, gap %lld: early %d, the model says %d", p->m.n, (long long)gap, early, want);
    if (nj_flush_warm(&p->f) != model_warm(&p->m))
        ck_abort_msg("invocation %u, gap %lld: warm %d, the model says otherwise", p->m.n, (long long)gap, nj_flush_warm(&p->f));
    if (early)
        return;
    p->m.was_critical[p->m.n - 1] = end->critical;
    unsigned lanes = nj_flush_end(&p->f, now, end);
    if (lanes != model_end(&p->m, end))
        ck_abort_msg("invocation %u, gap %lld: lanes %u, the model says %u", p->m.n, (long long)gap, lanes, model_end(&p->m, end));
}

static void begin(struct pair *p, unsigned steady, int64_t gap)
{
    *p = (struct pair){ .now = 1000000 };
    nj_flush_init(&p->f, NJ_FLUSH_AUTO, 0, (struct nj_mono){ p->now });
    for (unsigned i = 0; i < steady; i++)
        one(p, gap, &empty, &bulk);
}

static void gaps_from(const struct pair *before, unsigned depth)
{
    static const int64_t gaps[] = { -5000, 0, 700, 9999, 10001, 40000, 40001, 3600000 };
    for (size_t i = 0; i < NJ_COUNT(gaps) && depth > 0; i++) {
        struct pair p = *before;
        one(&p, gaps[i], i % 2 == 0 ? &empty : &bulk, &bulk);
        gaps_from(&p, depth - 1);
    }
}

START_TEST(test_flush_auto_equals_the_model_for_every_sequence_of_six_gaps)
{
    static const struct {
        unsigned steady;
        int64_t gap;
    } before[] = { { 0, 0 }, { 16, 1000 }, { 21, 1000 }, { 30, 9000 }, { 22, 10000 } };
    for (size_t i = 0; i < NJ_COUNT(before); i++) {
        struct pair p;
        begin(&p, before[i].steady, before[i].gap);
        gaps_from(&p, 6);
    }
}
END_TEST

static void loads_from(const struct pair *before, unsigned depth)
{
    static const struct nj_flush_load *const loads[] = { &empty, &bulk, &critical, &half, &stale, &brim, &both };
    for (size_t i = 0; i < NJ_COUNT(loads) && depth > 0; i++) {
        for (size_t j = 0; j < NJ_COUNT(loads); j++) {
            struct pair p = *before;
            one(&p, 500, loads[i], loads[j]);
            loads_from(&p, depth - 1);
        }
    }
}

START_TEST(test_flush_auto_equals_the_model_for_every_sequence_of_loads)
{
    struct pair p;
    begin(&p, 19, 500);
    loads_from(&p, 3);
    begin(&p, 25, 500);
    loads_from(&p, 3);
}
END_TEST

/* --- single sentences --------------------------------------------------------------------------------------------- */

START_TEST(test_flush_auto_is_warm_with_the_twentieth_gap)
{
    struct pair p;
    begin(&p, 20, 100);
    ck_assert(!nj_flush_warm(&p.f));
    one(&p, 100, &empty, &empty);
    ck_assert(nj_flush_warm(&p.f));
}
END_TEST

START_TEST(test_flush_auto_waits_again_until_critical_records_have_been_away_for_a_while)
{
    struct pair p;
    begin(&p, 30, 100);
    struct nj_mono now = { p.now + 100 };
    ck_assert(nj_flush_invoke(&p.f, now, &empty));
    ck_assert_uint_eq(nj_flush_now(&p.f, now, &critical), NJ_LANE_BIT_CRITICAL); /* early: it goes at once */
    for (int i = 0; i < NJ_FLUSH_CALM; i++)
        ck_assert_msg(!nj_flush_invoke(&p.f, now, &empty), "invocation %d after the critical record did not wait", i);
    ck_assert(nj_flush_invoke(&p.f, now, &empty));
}
END_TEST

START_TEST(test_flush_auto_sends_bulk_at_a_pace_while_nobody_waits)
{
    struct pair p;
    begin(&p, 30, 100);
    struct nj_mono now = { p.now + 100 };
    struct nj_flush_load load = bulk;
    ck_assert(nj_flush_invoke(&p.f, now, &empty));
    ck_assert_uint_eq(nj_flush_now(&p.f, now, &load), 0);
    ck_assert_int_eq(nj_flush_next_ms(&p.f, now, &load), NJ_FLUSH_PACE_MS - 5);
    load.oldest_bulk_ms = NJ_FLUSH_PACE_MS;
    ck_assert_int_eq(nj_flush_next_ms(&p.f, now, &load), 0);
    ck_assert_uint_eq(nj_flush_now(&p.f, now, &load), NJ_LANE_BIT_BULK);
    /* It did not get out: no storm of attempts, no timer of zero. */
    ck_assert_uint_eq(nj_flush_now(&p.f, now, &load), 0);
    ck_assert_int_eq(nj_flush_next_ms(&p.f, now, &load), NJ_FLUSH_PACE_MS);
    now.ms += NJ_FLUSH_PACE_MS;
    ck_assert_uint_eq(nj_flush_now(&p.f, now, &load), NJ_LANE_BIT_BULK);
    ck_assert_int_eq(nj_flush_next_ms(&p.f, now, &empty), -1);
}
END_TEST

START_TEST(test_flush_auto_half_a_queue_does_not_wait_for_its_age)
{
    struct pair p;
    begin(&p, 30, 100);
    struct nj_mono now = { p.now + 5000 };
    ck_assert(nj_flush_invoke(&p.f, now, &empty));
    ck_assert_uint_eq(nj_flush_now(&p.f, now, &half), NJ_LANE_BIT_BULK);
}
END_TEST

START_TEST(test_flush_auto_cold_sends_nothing_before_the_end)
{
    struct pair p;
    begin(&p, 3, 100);
    struct nj_mono now = { p.now };
    ck_assert_uint_eq(nj_flush_now(&p.f, now, &both), 0);
    ck_assert_int_eq(nj_flush_next_ms(&p.f, now, &both), -1);
}
END_TEST

START_TEST(test_flush_a_long_call_does_not_keep_what_is_critical_to_its_end)
{
    static const enum nj_flush_mode modes[] = { NJ_FLUSH_AUTO, NJ_FLUSH_END };
    for (size_t m = 0; m < NJ_COUNT(modes); m++) {
        struct nj_flush f;
        struct nj_mono now = { 5000 };
        nj_flush_init(&f, modes[m], 0, now);
        ck_assert(!nj_flush_invoke(&f, now, &empty));
        ck_assert_uint_eq(nj_flush_now(&f, now, &both), 0);
        ck_assert_int_eq(nj_flush_next_ms(&f, now, &both), NJ_FLUSH_PACE_MS); /* most calls are over by then */
        ck_assert_int_eq(nj_flush_next_ms(&f, now, &bulk), -1);
        now.ms += NJ_FLUSH_PACE_MS;
        ck_assert_uint_eq(nj_flush_now(&f, now, &bulk), 0);
        ck_assert_uint_eq(nj_flush_now(&f, now, &both), NJ_LANE_BIT_CRITICAL);
        now.ms += 400;
        ck_assert_uint_eq(nj_flush_now(&f, now, &both), 0); /* one request a second */
        ck_assert_int_eq(nj_flush_next_ms(&f, now, &both), NJ_FLUSH_PACE_MS - 400);
        now.ms += NJ_FLUSH_PACE_MS - 400;
        ck_assert_uint_eq(nj_flush_now(&f, now, &both), NJ_LANE_BIT_CRITICAL);
        ck_assert_uint_eq(nj_flush_end(&f, now, &both), NJ_LANE_BITS_ALL);
        now.ms += 60000;
        ck_assert_uint_eq(nj_flush_now(&f, now, &both), 0); /* between invocations nobody is awake to send */
        ck_assert_int_eq(nj_flush_next_ms(&f, now, &both), -1);
    }
}
END_TEST

START_TEST(test_flush_end_waits_for_what_there_is)
{
    struct nj_flush f;
    struct nj_mono now = { 0 };
    nj_flush_init(&f, NJ_FLUSH_END, 0, now);
    for (int i = 0; i < 50; i++) {
        now.ms += 100;
        ck_assert(!nj_flush_invoke(&f, now, &empty));
        ck_assert(!nj_flush_warm(&f));
        ck_assert_uint_eq(nj_flush_now(&f, now, &both), 0);
        ck_assert_int_eq(nj_flush_next_ms(&f, now, &bulk), -1);
        ck_assert_uint_eq(nj_flush_end(&f, now, &both), NJ_LANE_BITS_ALL);
        ck_assert_uint_eq(nj_flush_end(&f, now, &bulk), NJ_LANE_BIT_BULK);
        ck_assert_uint_eq(nj_flush_end(&f, now, &critical), NJ_LANE_BIT_CRITICAL);
        ck_assert_uint_eq(nj_flush_end(&f, now, &empty), 0);
    }
}
END_TEST

START_TEST(test_flush_period_sends_everything_when_it_is_over_and_never_waits)
{
    struct nj_flush f;
    struct nj_mono now = { 5000 };
    nj_flush_init(&f, NJ_FLUSH_PERIOD, 2000, now);
    ck_assert(nj_flush_invoke(&f, now, &both));
    ck_assert_uint_eq(nj_flush_end(&f, now, &both), 0);
    now.ms += 1999;
    ck_assert_uint_eq(nj_flush_now(&f, now, &both), 0);
    ck_assert_int_eq(nj_flush_next_ms(&f, now, &both), 1);
    ck_assert_int_eq(nj_flush_next_ms(&f, now, &empty), -1);
    now.ms += 1;
    ck_assert_uint_eq(nj_flush_now(&f, now, &empty), 0); /* nothing to send: the period is not spent */
    ck_assert_uint_eq(nj_flush_now(&f, now, &critical), NJ_LANE_BIT_CRITICAL);
    ck_assert_uint_eq(nj_flush_now(&f, now, &both), 0);
    ck_assert_int_eq(nj_flush_next_ms(&f, now, &both), 2000);
    now.ms += 2000;
    ck_assert_uint_eq(nj_flush_now(&f, now, &both), NJ_LANE_BITS_ALL);
}
END_TEST

START_TEST(test_flush_a_freeze_the_clock_did_not_count_breaks_the_rhythm_when_it_is_told)
{
    struct pair p;
    begin(&p, 30, 100);
    struct nj_mono now = { p.now + 100 };
    nj_flush_slept(&p.f, -5);
    nj_flush_slept(&p.f, 3600000);
    ck_assert(!nj_flush_invoke(&p.f, now, &empty));
    ck_assert(!nj_flush_warm(&p.f));
    nj_flush_slept(&p.f, INT64_MAX);
    nj_flush_slept(&p.f, INT64_MAX);
    ck_assert(!nj_flush_invoke(&p.f, now, &empty));
    for (int i = 0; i < NJ_FLUSH_WARM; i++) /* what was told belongs to one gap only */
        nj_flush_invoke(&p.f, now, &empty);
    ck_assert(nj_flush_warm(&p.f));
}
END_TEST

START_TEST(test_flush_survives_every_jump_of_the_clock)
{
    static const int64_t moments[] = { 0, INT64_MAX, INT64_MIN, -1, INT64_MAX - 1, INT64_MIN / 2, 5, INT64_MAX / 2, INT64_MIN + 1, 0 };
    static const enum nj_flush_mode modes[] = { NJ_FLUSH_AUTO, NJ_FLUSH_END, NJ_FLUSH_PERIOD };
    for (size_t m = 0; m < NJ_COUNT(modes); m++) {
        struct nj_flush f;
        nj_flush_init(&f, modes[m], 1000, (struct nj_mono){ 0 });
        for (int round = 0; round < 30; round++) {
            for (size_t i = 0; i < NJ_COUNT(moments); i++) {
                struct nj_mono now = { moments[i] };
                struct nj_flush_load load = both;
                load.oldest_bulk_ms = moments[(i + 3) % NJ_COUNT(moments)];
                nj_flush_invoke(&f, now, &load);
                ck_assert_uint_le(nj_flush_now(&f, now, &load), NJ_LANE_BITS_ALL);
                ck_assert_uint_le(nj_flush_end(&f, now, &load), NJ_LANE_BITS_ALL);
                int64_t next = nj_flush_next_ms(&f, now, &load);
                ck_assert_msg(next >= -1 && next <= 1000, "next in %lld ms", (long long)next);
            }
        }
    }
}
END_TEST

START_TEST(test_flush_a_clock_that_stands_still_causes_no_storm)
{
    struct pair p;
    begin(&p, 30, 0);
    struct nj_mono now = { p.now };
    struct nj_flush_load load = bulk;
    load.oldest_bulk_ms = NJ_FLUSH_PACE_MS;
    ck_assert(nj_flush_invoke(&p.f, now, &empty));
    unsigned sent = 0;
    for (int i = 0; i < 1000; i++)
        sent += nj_flush_now(&p.f, now, &load) != 0;
    ck_assert_uint_le(sent, 1);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_flush_auto_equals_the_model_for_every_sequence_of_six_gaps)                                                                     \
    X(test_flush_auto_equals_the_model_for_every_sequence_of_loads)                                                                        \
    X(test_flush_auto_is_warm_with_the_twentieth_gap)                                                                                      \
    X(test_flush_auto_waits_again_until_critical_records_have_been_away_for_a_while)                                                       \
    X(test_flush_auto_sends_bulk_at_a_pace_while_nobody_waits)                                                                             \
    X(test_flush_auto_half_a_queue_does_not_wait_for_its_age)                                                                              \
    X(test_flush_a_long_call_does_not_keep_what_is_critical_to_its_end)                                                                    \
    X(test_flush_auto_cold_sends_nothing_before_the_end)                                                                                   \
    X(test_flush_end_waits_for_what_there_is)                                                                                              \
    X(test_flush_period_sends_everything_when_it_is_over_and_never_waits)                                                                  \
    X(test_flush_a_freeze_the_clock_did_not_count_breaks_the_rhythm_when_it_is_told)                                                       \
    X(test_flush_survives_every_jump_of_the_clock)                                                                                         \
    X(test_flush_a_clock_that_stands_still_causes_no_storm)

NJ_TEST_MAIN("flush")

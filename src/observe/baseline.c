/* Judges one duration against its series, then learns it. */
#include "baseline.h"

#define TAIL_ALLOWANCE   0.30
#define TAIL_LIMIT       3.5
#define MIDDLE_ALLOWANCE 0.80
#define MIDDLE_LIMIT     4.0

enum { EXPECT_CALLS = 20, EXPECT_FACTOR = 2 };

/* The sum is held at twice the limit: after an incident of hours a couple of dozen ordinary calls end it. */
static bool step(struct nj_cusum *c, bool hit, double allowance, double limit)
{
    bool full = nj_cusum_step(c, hit, allowance, limit);
    if (c->s > 2 * limit)
        c->s = 2 * limit;
    return full;
}

/* Is the call above the tail? */
static bool judge_shift(struct nj_series *s, const struct nj_limits *l, double ms, struct nj_judged *out)
{
    bool above_p95 = ms > l->shift_factor * out->p95 && ms > out->p95 + (double)l->shift_floor;
    bool above_p50 = ms > l->shift_factor * out->p50 && ms > out->p50 + (double)l->shift_floor;
    bool tail = step(&s->tail, above_p95, TAIL_ALLOWANCE, TAIL_LIMIT);
    bool middle = step(&s->middle, above_p50, MIDDLE_ALLOWANCE, MIDDLE_LIMIT);
    if (!s->hot && (tail || middle)) {
        s->hot = true;
        out->shift_began = true;
        out->shift_of = tail ? "p95" : "p50";
        out->shift_calls = tail ? s->tail.hits : s->middle.hits;
    } else if (s->hot && s->tail.hits == 0 && s->middle.hits == 0) {
        s->hot = false;
        out->shift_ended = true;
    }
    return above_p95;
}

static void judge_expectation(struct nj_series *s, const struct nj_limits *l, double ms, struct nj_judged *out)
{
    s->above = (s->above << 1 | (ms > (double)(EXPECT_FACTOR * l->expect))) & ((1u << EXPECT_CALLS) - 1);
    bool late = s->calls >= EXPECT_CALLS && __builtin_popcount(s->above) > EXPECT_CALLS / 2;
    out->late_began = late && !s->late;
    out->late_ended = !late && s->late;
    s->late = late;
}

static void learn(struct nj_series *s, double ms, bool odd)
{
    if (s->hot) {
        s->held_n = 0;
        return;
    }
    if (odd && s->held_n < NJ_SERIES_HELD) {
        s->held[s->held_n++] = (float)ms;
        return;
    }
    for (uint32_t i = 0; i < s->held_n; i++)
        nj_hist_add(&s->h, (double)s->held[i]);
    s->held_n = 0;
    nj_hist_add(&s->h, ms);
}

bool nj_series_learned(const struct nj_series *s, const struct nj_limits *l)
{
    return s != NULL && s->h.samples >= (uint64_t)l->learn;
}

void nj_series_judge(struct nj_series *s, const struct nj_limits *l, double ms, struct nj_judged *out)
{
    *out = (struct nj_judged){ .learned = nj_series_learned(s, l) };
    if (s->calls < UINT32_MAX)
        s->calls++;
    if (l->expect != 0)
        judge_expectation(s, l, ms, out);
    if (s->h.samples != 0) {
        out->p50 = nj_hist_quantile(&s->h, 0.50);
        out->p95 = nj_hist_quantile(&s->h, 0.95);
        out->p99 = nj_hist_quantile(&s->h, 0.99);
    }
    bool above = false;
    if (out->learned) {
        out->slow = ms > l->slow_factor * out->p99 && ms > out->p50 + (double)l->slow_floor;
        above = judge_shift(s, l, ms, out);
    }
    learn(s, ms, out->slow || above);
}

double nj_series_stalled_ms(const struct nj_series *s, const struct nj_limits *l)
{
    double at = l->stalled_factor * (double)l->expect;
    if (nj_series_learned(s, l)) {
        double by_history = l->stalled_factor * nj_hist_quantile(&s->h, 0.99);
        if (by_history > at)
            at = by_history;
    }
    if (at > 0 && at < (double)l->stalled_floor)
        at = (double)l->stalled_floor;
    return at;
}

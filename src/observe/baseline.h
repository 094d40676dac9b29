/* baseline.h -- how long calls of one kind usually take, and whether this one is out of the ordinary.
 *
 * Quantile rules, not mean and deviation: durations on Lambda have several modes (critical logging b.2, b.3).
 *   slow         one call: above slow.factor x p99 and slow.floor above p50
 *   shift        sustained: CUSUM of "above shift.factor x p95" (allowance 0.30, limit 3.5: the fifth in a row), and of
 *                "above shift.factor x p50" (0.80, 4), which sees what p95 of a two-mode series hides
 *                Neither counts what is less than shift.floor above: a call of one millisecond takes two on a busy processor.
 *   expectation  more than half of the last 20 calls above twice what was declared
 * While a shift lasts nothing is learned, and calls in a row that are slow or above the tail wait until an ordinary one shows that
 * they were no incident: one must not become the new normal, not even where few calls are known.
 */
#ifndef NIGHTJAR_OBSERVE_BASELINE_H
#define NIGHTJAR_OBSERVE_BASELINE_H

#include "nightjar/counters.h"
#include "nightjar/limits.h"

enum { NJ_SERIES_HELD = 4 }; /* the fifth in a row is a shift */

struct nj_series {
    uint64_t tag; /* 0 = free */
    struct nj_hist h;
    struct nj_cusum tail, middle;
    bool hot;       /* a shift has begun and not ended */
    bool late;      /* the expectation is not met */
    uint32_t above; /* one bit each of the last 20 calls: above twice the expectation */
    uint32_t calls;
    float held[NJ_SERIES_HELD]; /* calls in a row, not learned yet */
    uint32_t held_n;
};

struct nj_judged {
    double p50, p95, p99; /* before this call; 0 = nothing known */
    bool learned;
    bool slow;
    bool shift_began, shift_ended;
    const char *shift_of; /* "p95" or "p50" */
    uint32_t shift_calls; /* calls above it since it began */
    bool late_began, late_ended;
};

/* Is the history believed?  NULL has none. */
bool nj_series_learned(const struct nj_series *s, const struct nj_limits *l);
void nj_series_judge(struct nj_series *s, const struct nj_limits *l, double ms, struct nj_judged *out);
/* When a call that still runs is stalled, in ms from its start; 0 = nobody can tell. */
double nj_series_stalled_ms(const struct nj_series *s, const struct nj_limits *l);

#endif

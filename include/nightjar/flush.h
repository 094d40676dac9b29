/* nightjar/flush.h -- when to send, and whether event/next waits for it: a pure policy over a clock.
 *
 *   end     everything goes at the end of each invocation; event/next waits for it (up to the wait budget).
 *   period  everything goes when the period is over; event/next never waits.
 *   auto    like end until NJ_FLUSH_WARM gaps between invocations show a steady rhythm: their mean is below
 *           NJ_FLUSH_RHYTHM_MS, and none is above four times that (one such gap and the counting begins anew).  From then on
 *           event/next is asked for at once, at INVOKE ("early"), and bulk records go while invocations run, one request per
 *           NJ_FLUSH_PACE_MS at most.  Four things bring the waiting back: critical records in memory, critical records in
 *           any of the last NJ_FLUSH_CALM invocations, more than half of the queue in use, and bulk records older than
 *           NJ_FLUSH_STALE_MS.  A critical record that turns up during an early invocation goes at once, unwaited for.
 *
 * Where the end is waited for (end; auto without a rhythm), a critical record does not wait for the end of a long call: once
 * it runs for NJ_FLUSH_PACE_MS, what is critical goes as it comes, one request per NJ_FLUSH_PACE_MS at most.  So somebody hears of
 * a call that stalls while it still burns, and a short one costs one request as before.
 *
 * What a steady rhythm promises is that the sandbox will be awake again soon: then nothing is gained by holding it.  A
 * function that logs in users, or fails, keeps the waiting, because what was critical must not lie in a frozen sandbox.
 *
 * Time       monotonic only; a clock that stands still or jumps cannot underflow it.  Who notices that the wall clock
 *            passed through a freeze and the monotonic one did not says so with nj_flush_slept().
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_FLUSH_H
#define NIGHTJAR_FLUSH_H

#include "nightjar/clock.h"

enum nj_flush_mode { NJ_FLUSH_AUTO, NJ_FLUSH_END, NJ_FLUSH_PERIOD };
enum { NJ_FLUSH_WARM = 20, NJ_FLUSH_CALM = 8, NJ_FLUSH_RHYTHM_MS = 10000, NJ_FLUSH_STALE_MS = 20000, NJ_FLUSH_PACE_MS = 1000 };

struct nj_flush {
    enum nj_flush_mode mode;
    int64_t period_ms;
    struct nj_mono last_invoke;
    struct nj_mono last_bulk, last_critical; /* when nj_flush_now() last answered with this lane */
    int64_t gaps[NJ_FLUSH_WARM];             /* ring of the newest gaps between INVOKE events */
    int64_t slept_ms;                        /* told by nj_flush_slept() since the last INVOKE */
    unsigned n, at;
    unsigned calm;     /* invocations in a row without a critical record */
    bool seen;         /* an INVOKE has come */
    bool critical_now; /* a critical record was seen since the last INVOKE */
    bool early;        /* event/next was asked for at the last INVOKE */
    bool running;      /* an invocation has begun, and nobody said that it is over */
};

/* What lies in memory, as far as the policy needs to know. */
struct nj_flush_load {
    bool critical;          /* critical records not settled */
    bool bulk;              /* bulk records not settled */
    size_t bytes, limit;    /* in memory; queue budget */
    int64_t oldest_bulk_ms; /* age of the oldest unsent bulk record, 0 when none */
};

/* NIGHTJAR_FLUSH: "auto", "end" or a duration in ms already parsed (period_ms > 0). */
void nj_flush_init(struct nj_flush *f, enum nj_flush_mode mode, int64_t period_ms, struct nj_mono now);
/* INVOKE arrived.  Returns true when event/next may be asked for at once, without waiting for the end of the invocation. */
bool nj_flush_invoke(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load);
/* The sandbox was frozen this long without the monotonic clock counting it; belongs to the gap before the next INVOKE. */
void nj_flush_slept(struct nj_flush *f, int64_t ms);
/* Is the rhythm steady? */
bool nj_flush_warm(const struct nj_flush *f);
/* The invocation ended while we waited.  Returns the lanes (NJ_LANE_BIT_*) whose delivery event/next shall wait for; only
 * lanes that hold something. */
unsigned nj_flush_end(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load);
/* At any time (start of an invocation, records arrived, timer): the lanes to seal and send now, without waiting. */
unsigned nj_flush_now(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load);
/* Milliseconds until nj_flush_now() may answer something new; -1 = no timer needed. */
int64_t nj_flush_next_ms(const struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load);

#endif

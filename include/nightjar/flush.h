/* nightjar/flush.h -- when to send, and whether event/next waits for it: a pure policy over a clock.
 *
 *   end     everything goes at the end of each invocation; event/next waits for it (up to the wait budget).
 *   period  everything goes when the period is over; event/next never waits.
 *   auto    like end until NJ_FLUSH_WARM invocations show a steady rhythm (gaps below NJ_FLUSH_RHYTHM_MS); then event/next
 *           is asked for at once and bulk records go while the next invocation runs.  Three things bring the waiting back:
 *           critical records, more than half of the queue in memory, and bulk records older than NJ_FLUSH_STALE_MS.
 *           The rhythm is lost with one gap above four times the limit.
 *
 * Time       monotonic only; a clock that stands still or jumps cannot underflow it.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_FLUSH_H
#define NIGHTJAR_FLUSH_H

#include "nightjar/clock.h"

enum nj_flush_mode { NJ_FLUSH_AUTO, NJ_FLUSH_END, NJ_FLUSH_PERIOD };
enum { NJ_FLUSH_WARM = 20, NJ_FLUSH_RHYTHM_MS = 10000, NJ_FLUSH_STALE_MS = 20000 };

struct nj_flush {
    enum nj_flush_mode mode;
    int64_t period_ms;
    struct nj_mono last_invoke, last_flush;
    int64_t gaps[NJ_FLUSH_WARM]; /* ring of the newest gaps between INVOKE events */
    unsigned n, at;
    bool seen;
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
/* Is the rhythm steady? */
bool nj_flush_warm(const struct nj_flush *f);
/* The invocation ended while we waited.  Returns the lanes (NJ_LANE_BIT_*) whose delivery event/next shall wait for. */
unsigned nj_flush_end(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load);
/* At any time (start of an invocation, timer): the lanes to seal and send now, without waiting. */
unsigned nj_flush_now(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load);
/* Milliseconds until nj_flush_now() may answer something new; -1 = no timer needed. */
int64_t nj_flush_next_ms(const struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load);

#endif

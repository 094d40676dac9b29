/* The flush policy: three modes, one ring of gaps, no clock of its own. */
#include "nightjar/flush.h"

#include "nightjar/batch.h"

/* Far enough in the past that the first request is not held back by the pace. */
static const struct nj_mono long_ago = { INT64_MIN / 4 };

/* Time that passed, never negative and never overflowing, whatever the clock did. */
static int64_t since(struct nj_mono then, struct nj_mono now)
{
    int64_t ms = 0;
    if (__builtin_sub_overflow(now.ms, then.ms, &ms))
        return INT64_MAX;
    return ms < 0 ? 0 : ms;
}

static int64_t left_of(int64_t period, int64_t elapsed)
{
    return elapsed >= period ? 0 : period - elapsed;
}

static unsigned held(const struct nj_flush_load *load)
{
    return (load->critical ? NJ_LANE_BIT_CRITICAL : 0u) | (load->bulk ? NJ_LANE_BIT_BULK : 0u);
}

static bool half_full(const struct nj_flush_load *load)
{
    return load->bytes > load->limit / 2;
}

static bool stale(const struct nj_flush_load *load)
{
    return load->oldest_bulk_ms > NJ_FLUSH_STALE_MS;
}

void nj_flush_init(struct nj_flush *f, enum nj_flush_mode mode, int64_t period_ms, struct nj_mono now)
{
    *f = (struct nj_flush){ .mode = mode, .period_ms = period_ms, .last_bulk = long_ago, .last_critical = long_ago };
    if (mode == NJ_FLUSH_PERIOD)
        f->last_bulk = now;
}

bool nj_flush_warm(const struct nj_flush *f)
{
    int64_t sum = 0;
    if (f->mode != NJ_FLUSH_AUTO || f->n < NJ_FLUSH_WARM)
        return false;
    for (unsigned i = 0; i < NJ_FLUSH_WARM; i++)
        sum += f->gaps[i];
    return sum < (int64_t)NJ_FLUSH_WARM * NJ_FLUSH_RHYTHM_MS;
}

static void note_gap(struct nj_flush *f, int64_t gap)
{
    if (gap > 4 * (int64_t)NJ_FLUSH_RHYTHM_MS) {
        f->n = 0;
        f->at = 0;
        return;
    }
    f->gaps[f->at] = gap;
    f->at = (f->at + 1) % NJ_FLUSH_WARM;
    if (f->n < NJ_FLUSH_WARM)
        f->n++;
}

void nj_flush_slept(struct nj_flush *f, int64_t ms)
{
    if (ms > 0 && __builtin_add_overflow(f->slept_ms, ms, &f->slept_ms))
        f->slept_ms = INT64_MAX;
}

static void note_invoke(struct nj_flush *f, struct nj_mono now)
{
    int64_t gap = 0;
    if (__builtin_add_overflow(since(f->last_invoke, now), f->slept_ms, &gap))
        gap = INT64_MAX;
    if (f->seen) {
        note_gap(f, gap);
        f->calm = f->critical_now ? 0 : f->calm < NJ_FLUSH_CALM ? f->calm + 1 : f->calm;
    }
    f->seen = true;
    f->running = true;
    f->critical_now = false;
    f->slept_ms = 0;
    f->last_invoke = now;
}

bool nj_flush_invoke(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load)
{
    f->critical_now = f->critical_now || load->critical;
    note_invoke(f, now);
    if (f->mode == NJ_FLUSH_AUTO)
        f->early = nj_flush_warm(f) && f->calm >= NJ_FLUSH_CALM && !load->critical && !half_full(load) && !stale(load);
    else
        f->early = f->mode == NJ_FLUSH_PERIOD;
    return f->early;
}

unsigned nj_flush_end(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load)
{
    unsigned lanes = 0;
    f->running = false;
    f->critical_now = f->critical_now || load->critical;
    if (f->mode == NJ_FLUSH_PERIOD)
        return 0;
    if (f->mode == NJ_FLUSH_END || !nj_flush_warm(f) || half_full(load) || stale(load))
        lanes = NJ_LANE_BITS_ALL;
    else if (load->critical)
        lanes = NJ_LANE_BIT_CRITICAL;
    lanes &= held(load);
    if ((lanes & NJ_LANE_BIT_CRITICAL) != 0)
        f->last_critical = now;
    if ((lanes & NJ_LANE_BIT_BULK) != 0)
        f->last_bulk = now;
    return lanes;
}

/* How long until a lane is due, -1 when it holds nothing that nj_flush_now() would send in this mode. */
static int64_t critical_due_ms(const struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load)
{
    if (!load->critical || f->mode == NJ_FLUSH_PERIOD || (!f->early && !f->running))
        return -1;
    int64_t pace = left_of(NJ_FLUSH_PACE_MS, since(f->last_critical, now));
    int64_t patience = f->early ? 0 : left_of(NJ_FLUSH_PACE_MS, since(f->last_invoke, now)); /* most calls are over before */
    return pace > patience ? pace : patience;
}

static int64_t bulk_due_ms(const struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load)
{
    if (f->mode == NJ_FLUSH_PERIOD)
        return load->bulk || load->critical ? left_of(f->period_ms, since(f->last_bulk, now)) : -1;
    if (!load->bulk || f->mode != NJ_FLUSH_AUTO || !f->early)
        return -1;
    int64_t age = half_full(load) ? 0 : left_of(NJ_FLUSH_PACE_MS, load->oldest_bulk_ms < 0 ? 0 : load->oldest_bulk_ms);
    int64_t pace = left_of(NJ_FLUSH_PACE_MS, since(f->last_bulk, now));
    return age > pace ? age : pace;
}

unsigned nj_flush_now(struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load)
{
    unsigned lanes = 0;
    f->critical_now = f->critical_now || load->critical;
    if (bulk_due_ms(f, now, load) == 0)
        lanes |= f->mode == NJ_FLUSH_PERIOD ? held(load) : (unsigned)NJ_LANE_BIT_BULK;
    if (critical_due_ms(f, now, load) == 0)
        lanes |= NJ_LANE_BIT_CRITICAL;
    if ((lanes & NJ_LANE_BIT_CRITICAL) != 0)
        f->last_critical = now;
    if ((lanes & NJ_LANE_BIT_BULK) != 0 || f->mode == NJ_FLUSH_PERIOD)
        f->last_bulk = lanes != 0 ? now : f->last_bulk;
    return lanes;
}

int64_t nj_flush_next_ms(const struct nj_flush *f, struct nj_mono now, const struct nj_flush_load *load)
{
    int64_t bulk = bulk_due_ms(f, now, load), critical = critical_due_ms(f, now, load);
    if (bulk < 0)
        return critical;
    return critical >= 0 && critical < bulk ? critical : bulk;
}

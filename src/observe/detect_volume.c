/* log.dropped, log.volume: the platform threw logs away, or a function that used to log has fallen silent. */
#include "detectors.h"

enum { QUIET_S = 60, LEARN = 20 };

#define LEAST_BYTES 20.0 /* a mean below that is no logging to speak of */
#define WEIGHT      0.05 /* of the newest invocation in the mean */

struct volume {
    double bytes, records; /* means of an invocation */
    uint32_t calls, low;   /* low: invocations in a row below the share */
    bool silent;
    uint64_t dropped_records, dropped_bytes; /* not told yet */
    int64_t told_ns;
};

static void say_dropped(struct nj_observe *o, struct volume *v, struct nj_case *c)
{
    struct nj_finding f = nj_finding_open(o, "log.dropped", NJ_CAT_ALERT, NJ_SEV_WARN);
    nj_finding_message(&f, "the platform dropped %llu records before nightjar saw them", (unsigned long long)v->dropped_records);
    nj_finding_i64(&f, "nightjar.count", (int64_t)v->dropped_records);
    nj_finding_i64(&f, "nightjar.bytes", (int64_t)v->dropped_bytes);
    v->dropped_records = v->dropped_bytes = 0;
    v->told_ns = nj_observe_now(o);
    nj_finding_say(&f, c);
}

static void on_platform(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw)
{
    struct volume *v = state;
    (void)raw;
    if (f->kind != NJ_EV_LOGS_DROPPED)
        return;
    v->dropped_records += f->dropped_records;
    v->dropped_bytes += f->dropped_bytes;
    int64_t next = v->told_ns + (int64_t)QUIET_S * 1000000000;
    if (v->told_ns == 0 || nj_observe_now(o) >= next)
        say_dropped(o, v, c);
    else
        nj_observe_wake(o, next);
}

static void say_volume(struct nj_observe *o, struct volume *v, struct nj_case *c)
{
    struct nj_finding f = nj_finding_open(o, "log.volume", NJ_CAT_ALERT, v->silent ? NJ_SEV_WARN : NJ_SEV_INFO);
    if (v->silent)
        nj_finding_message(&f, "%u invocations in a row logged hardly anything", v->low);
    else
        nj_finding_message(&f, "invocations log as they did again");
    nj_finding_str(&f, "nightjar.volume.state", v->silent ? NJ_STR("silent") : NJ_STR("normal"));
    nj_finding_i64(&f, "nightjar.count", (int64_t)v->low);
    nj_finding_f64(&f, "nightjar.volume.mean_bytes", v->bytes);
    nj_finding_f64(&f, "nightjar.volume.mean_records", v->records);
    nj_finding_say(&f, c);
}

/* What was low is not learned before it is over: silence must not become the new normal. */
static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct volume *v = state;
    const struct nj_limits *l = nj_observe_limits(o);
    bool low = v->calls >= LEARN && v->bytes >= LEAST_BYTES && (double)c->line_bytes < l->volume_share * v->bytes;
    if (low) {
        v->low++;
        if (!v->silent && v->low >= l->volume_calls) {
            v->silent = true;
            say_volume(o, v, c);
        }
        return;
    }
    double weight = v->calls < LEARN ? 1.0 / (v->calls + 1) : WEIGHT;
    v->bytes += ((double)c->line_bytes - v->bytes) * weight;
    v->records += ((double)c->lines - v->records) * weight;
    if (v->calls < UINT32_MAX)
        v->calls++;
    if (v->silent) {
        v->silent = false;
        say_volume(o, v, c);
    }
    v->low = 0;
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct volume *v = state;
    if (v->dropped_records != 0)
        say_dropped(o, v, NULL);
    return INT64_MAX;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)reason;
    (void)on_tick(o, state);
}

const struct nj_observer nj_volume_detector = {
    .name = "volume",
    .category = NJ_CAT_ALERT,
    .state = sizeof(struct volume),
    .on_platform = on_platform,
    .on_end = on_end,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
};

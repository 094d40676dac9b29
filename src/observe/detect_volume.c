/* log.dropped, log.volume: the platform threw logs away; a function that used to log has fallen silent, or logs far more than it did. */
#include "detectors.h"
#include "slot.h"

enum { QUIET_S = 60, LEARN = 20, ROUTES = 32 };

#define LEAST_BYTES 20.0 /* a mean below that is no logging to speak of */
#define WEIGHT      0.05 /* of the newest invocation in the mean */

enum loudness { NORMAL, SILENT, FLOOD };

/* Each route has a loudness of its own: a nightly batch that never logs is no silence. */
struct route {
    struct nj_slot slot;
    double bytes, records; /* means of an invocation */
    uint32_t calls, odd;   /* odd: invocations in a row that are all below the share, or all above the multiple */
    uint8_t heard, told;   /* enum loudness: of those, and what was told of it */
};

struct volume {
    struct route routes[ROUTES];
    uint64_t dropped_records, dropped_bytes; /* not told yet */
    int64_t told_ns;
};

static void say_dropped(struct nj_observe *o, struct volume *v, struct nj_case *c)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_LOG_DROPPED, NJ_SEV_WARN);
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

static void say_volume(struct nj_observe *o, const struct route *v, struct nj_case *c)
{
    static const char *const states[] = { [NORMAL] = "normal", [SILENT] = "silent", [FLOOD] = "flood" };
    char name[NJ_CASE_NAME];
    struct nj_finding f = nj_finding_open(o, NJ_FIND_LOG_VOLUME, v->told != NORMAL ? NJ_SEV_WARN : NJ_SEV_INFO);
    if (v->told == NORMAL)
        nj_finding_message(&f, "%s logs as it did again", nj_case_name(c, name));
    else
        nj_finding_message(&f, "%s: %u invocations in a row logged %s", nj_case_name(c, name), v->odd,
                           v->told == SILENT ? "hardly anything" : "far more than they did");
    nj_finding_str(&f, "nightjar.volume.state", nj_str_of(states[v->told]));
    if (v->told != NORMAL)
        nj_finding_i64(&f, "nightjar.count", (int64_t)v->odd);
    nj_finding_i64(&f, "nightjar.volume.bytes", (int64_t)c->line_bytes);
    nj_finding_f64(&f, "nightjar.volume.mean_bytes", v->bytes);
    nj_finding_f64(&f, "nightjar.volume.mean_records", v->records);
    nj_finding_say(&f, c);
}

static enum loudness loudness_of(const struct nj_limits *l, const struct route *r, const struct nj_case *c)
{
    if (r->calls < LEARN || r->bytes < LEAST_BYTES)
        return NORMAL;
    if ((double)c->line_bytes < l->volume_share * r->bytes)
        return SILENT;
    return (double)c->line_bytes > l->volume_rise * r->bytes ? FLOOD : NORMAL;
}

/* What is odd is not learned before it is over: silence must not become the new normal. */
static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    const struct nj_limits *l = nj_observe_limits(o);
    struct volume *v = state;
    struct route *r = nj_slot_of(v->routes, ROUTES, sizeof(*r), nj_case_route_tag(c));
    r->slot.last_s = nj_observe_now_s(o);
    enum loudness now = loudness_of(l, r, c);
    r->odd = now == (enum loudness)r->heard ? r->odd + (r->odd < UINT32_MAX) : 1;
    r->heard = (uint8_t)now;
    if (now != NORMAL) {
        if (r->told != now && r->odd >= l->volume_calls) {
            r->told = (uint8_t)now;
            say_volume(o, r, c);
        }
        return;
    }
    double weight = r->calls < LEARN ? 1.0 / (r->calls + 1) : WEIGHT;
    r->bytes += ((double)c->line_bytes - r->bytes) * weight;
    r->records += ((double)c->lines - r->records) * weight;
    if (r->calls < UINT32_MAX)
        r->calls++;
    if (r->told != NORMAL) {
        r->told = NORMAL;
        say_volume(o, r, c);
    }
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

/* performance.*: what takes longer than it should, told while it still burns where that is possible; invocation.timeout. */
#include "baseline.h"
#include "finding.h"

#include <math.h>

enum { SERIES = 64, ARMED = 16, QUIET_S = 60 };

/* What is told about a series at most once a minute. */
struct quiet {
    uint32_t told_s, since; /* since: how many were not told */
};

/* One invocation under way. */
struct armed {
    char id[NJ_ID_MAX];
    size_t id_n; /* 0 = free */
    int64_t start_ns;
    int64_t history_ns, deadline_ns; /* when it is stalled; 0 = not, or told */
    double limit_ms;
    bool expected; /* the limit is what was declared, not what was learned */
    size_t series; /* + 1; 0 = none */
};

struct performance {
    struct nj_series series[SERIES]; /* the last one takes what finds no place */
    struct quiet slow[SERIES], stalled[SERIES];
    struct armed armed[ARMED];
    size_t used, next;
};

/* --- series --------------------------------------------------------------------------------------------------------- */

static uint64_t series_tag(const struct nj_case *c)
{
    struct nj_str route = c->request.route.n != 0 ? c->request.route : c->request.operation;
    uint64_t tag = nj_tag_pair(nj_tag_of(c->request.method), nj_tag_of(route)) + (c->coldstart_known && c->coldstart);
    return tag != 0 ? tag : 1;
}

static size_t series_of(struct performance *p, const struct nj_case *c, bool make)
{
    uint64_t tag = series_tag(c);
    for (size_t i = 0; i < p->used; i++)
        if (p->series[i].tag == tag)
            return i;
    if (p->used < SERIES - 1) {
        if (!make)
            return SERIES;
        p->series[p->used].tag = tag;
        return p->used++;
    }
    return SERIES - 1;
}

/* --- while it burns ------------------------------------------------------------------------------------------------- */

static struct armed *armed_of(struct performance *p, const struct nj_case *c)
{
    for (size_t i = 0; i < ARMED; i++)
        if (p->armed[i].id_n != 0 && nj_str_eq((struct nj_str){ p->armed[i].id, p->armed[i].id_n }, c->id))
            return &p->armed[i];
    return NULL;
}

static void set_alarms(struct nj_observe *o, struct performance *p, struct armed *a, const struct nj_case *c)
{
    const struct nj_limits *l = nj_observe_limits(o);
    size_t s = series_of(p, c, false);
    double ms = nj_series_stalled_ms(s < SERIES ? &p->series[s] : NULL, l);
    int64_t deadline_ns = c->deadline_ms > 0 && c->deadline_ms < INT64_MAX / 1000000 ? c->deadline_ms * 1000000 : 0;
    a->start_ns = c->start_ns != 0 ? c->start_ns : nj_observe_now(o);
    a->series = s < SERIES ? s + 1 : 0;
    a->limit_ms = ms;
    a->expected = !nj_series_learned(s < SERIES ? &p->series[s] : NULL, l) || nj_hist_quantile(&p->series[s].h, 0.99) <= (double)l->expect;
    a->history_ns = ms > 0 ? a->start_ns + (int64_t)(ms * 1e6) : 0;
    a->deadline_ns = 0;
    if (deadline_ns > a->start_ns)
        a->deadline_ns = a->start_ns + (int64_t)((double)(deadline_ns - a->start_ns) * l->stalled_deadline);
    if (a->history_ns >= deadline_ns && deadline_ns != 0)
        a->history_ns = 0;
    if (a->history_ns != 0)
        nj_observe_wake(o, a->history_ns);
    if (a->deadline_ns != 0)
        nj_observe_wake(o, a->deadline_ns);
}

static void arm(struct nj_observe *o, struct performance *p, const struct nj_case *c)
{
    struct armed *a = armed_of(p, c);
    if (c->done || c->closed || c->id.n == 0 || c->id.n > NJ_ID_MAX)
        return;
    if (a == NULL) {
        a = &p->armed[p->next++ % ARMED];
        memcpy(a->id, c->id.p, c->id.n);
        a->id_n = c->id.n;
    }
    set_alarms(o, p, a, c);
}

static void on_invoke(struct nj_observe *o, void *state, struct nj_case *c)
{
    arm(o, state, c);
}

/* Now the route is known. */
static void on_payload(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_payload *payload)
{
    if (payload->kind == NJ_PAYLOAD_INPUT)
        arm(o, state, c);
}

static void on_platform(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw)
{
    (void)raw;
    if (f->kind == NJ_EV_START && c != NULL && armed_of(state, c) == NULL)
        arm(o, state, c);
}

static void put_baseline(struct nj_finding *f, const struct nj_series *s)
{
    if (s->h.samples == 0)
        return;
    nj_finding_f64(f, "nightjar.baseline.p50_ms", nj_hist_quantile(&s->h, 0.50));
    nj_finding_f64(f, "nightjar.baseline.p95_ms", nj_hist_quantile(&s->h, 0.95));
    nj_finding_f64(f, "nightjar.baseline.p99_ms", nj_hist_quantile(&s->h, 0.99));
    nj_finding_i64(f, "nightjar.baseline.samples", (int64_t)s->h.samples);
}

/* At most one a minute; *count is how many this one stands for. */
static bool may_tell(struct quiet *q, uint32_t now_s, uint32_t *count)
{
    q->since++;
    if (q->told_s != 0 && now_s - q->told_s < QUIET_S && now_s >= q->told_s)
        return false;
    *count = q->since;
    *q = (struct quiet){ .told_s = now_s };
    return true;
}

static void say_stalled(struct nj_observe *o, struct performance *p, struct armed *a, bool deadline)
{
    char name[NJ_CASE_NAME];
    struct nj_case *c = nj_observe_case(o, (struct nj_str){ a->id, a->id_n });
    uint32_t count = 1;
    if (c == NULL || c->done)
        return;
    if (!deadline && a->series != 0 && !may_tell(&p->stalled[a->series - 1], nj_observe_now_s(o), &count))
        return;
    struct nj_finding f = nj_finding_open(o, NJ_FIND_STALLED, NJ_SEV_WARN);
    double elapsed = round((double)(nj_observe_now(o) - a->start_ns) / 1e6);
    nj_finding_message(&f, "%s: still at work after %.0f ms", nj_case_name(c, name), elapsed);
    nj_finding_str(&f, "nightjar.stalled.reason", deadline ? NJ_STR("deadline") : a->expected ? NJ_STR("expectation") : NJ_STR("history"));
    nj_finding_f64(&f, "nightjar.elapsed_ms", elapsed);
    if (!deadline)
        nj_finding_f64(&f, "nightjar.limit_ms", a->limit_ms);
    if (c->deadline_ms != 0)
        nj_finding_i64(&f, "nightjar.remaining_ms", c->deadline_ms - nj_observe_now_ms(o));
    nj_finding_i64(&f, "nightjar.count", (int64_t)count);
    if (a->series != 0)
        put_baseline(&f, &p->series[a->series - 1]);
    nj_finding_say(&f, c);
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct performance *p = state;
    int64_t now = nj_observe_now(o), next = INT64_MAX;
    for (size_t i = 0; i < ARMED; i++) {
        struct armed *a = &p->armed[i];
        if (a->id_n == 0)
            continue;
        if (a->history_ns != 0 && a->history_ns <= now) {
            a->history_ns = 0;
            say_stalled(o, p, a, false);
        }
        if (a->deadline_ns != 0 && a->deadline_ns <= now) {
            a->deadline_ns = 0;
            say_stalled(o, p, a, true);
        }
        if (a->history_ns != 0 && a->history_ns < next)
            next = a->history_ns;
        if (a->deadline_ns != 0 && a->deadline_ns < next)
            next = a->deadline_ns;
    }
    return next;
}

/* --- when it is over ------------------------------------------------------------------------------------------------ */

static void say_slow(struct nj_observe *o, struct nj_case *c, const struct nj_series *s, double ms, uint32_t count)
{
    char name[NJ_CASE_NAME];
    struct nj_finding f = nj_finding_open(o, NJ_FIND_SLOW, NJ_SEV_WARN);
    nj_finding_message(&f, "%s took %.0f ms, usually %.0f ms", nj_case_name(c, name), ms, nj_hist_quantile(&s->h, 0.50));
    nj_finding_f64(&f, "nightjar.duration_ms", ms);
    nj_finding_i64(&f, "nightjar.count", (int64_t)count);
    nj_finding_i64(&f, "nightjar.window_s", QUIET_S);
    put_baseline(&f, s);
    nj_finding_say(&f, c);
}

static void say_shift(struct nj_observe *o, struct nj_case *c, const struct nj_series *s, const struct nj_judged *j, double ms)
{
    char name[NJ_CASE_NAME];
    struct nj_finding f = nj_finding_open(o, NJ_FIND_SHIFT, j->shift_began ? NJ_SEV_WARN : NJ_SEV_INFO);
    if (j->shift_began)
        nj_finding_message(&f, "%s takes longer than it did: %u calls above the usual %s", nj_case_name(c, name), j->shift_calls,
                           j->shift_of);
    else
        nj_finding_message(&f, "%s takes as long as it did again", nj_case_name(c, name));
    nj_finding_str(&f, "nightjar.shift.state", j->shift_began ? NJ_STR("began") : NJ_STR("ended"));
    if (j->shift_began) {
        nj_finding_str(&f, "nightjar.shift.of", nj_str_of(j->shift_of));
        nj_finding_i64(&f, "nightjar.count", (int64_t)j->shift_calls);
    }
    nj_finding_f64(&f, "nightjar.duration_ms", ms);
    put_baseline(&f, s);
    nj_finding_say(&f, c);
}

static void say_late(struct nj_observe *o, struct nj_case *c, const struct nj_judged *j, double ms)
{
    char name[NJ_CASE_NAME];
    struct nj_finding f = nj_finding_open(o, NJ_FIND_EXPECTATION, j->late_began ? NJ_SEV_WARN : NJ_SEV_INFO);
    const int64_t expect = nj_observe_limits(o)->expect;
    if (j->late_began)
        nj_finding_message(&f, "%s: most of 20 calls took more than twice the %lld ms expected", nj_case_name(c, name), (long long)expect);
    else
        nj_finding_message(&f, "%s: calls are within twice the %lld ms expected again", nj_case_name(c, name), (long long)expect);
    nj_finding_str(&f, "nightjar.expectation.state", j->late_began ? NJ_STR("began") : NJ_STR("ended"));
    nj_finding_i64(&f, "nightjar.expectation.ms", expect);
    nj_finding_f64(&f, "nightjar.duration_ms", ms);
    nj_finding_say(&f, c);
}

static void say_timeout(struct nj_observe *o, struct nj_case *c, double ms)
{
    char name[NJ_CASE_NAME];
    struct nj_finding f = nj_finding_open(o, NJ_FIND_TIMEOUT, NJ_SEV_ERROR);
    nj_finding_message(&f, "%s ran out of time", nj_case_name(c, name));
    if (ms >= 0)
        nj_finding_f64(&f, "nightjar.duration_ms", ms);
    if (c->deadline_ms != 0)
        nj_finding_time(&f, "nightjar.deadline", c->deadline_ms * 1000000);
    nj_finding_say(&f, c);
}

static void on_done(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct performance *p = state;
    struct armed *a = armed_of(p, c);
    double ms = nj_case_duration_ms(c);
    struct nj_judged j;
    uint32_t count = 0;
    if (a != NULL)
        *a = (struct armed){ .id_n = 0 };
    if (c->end == NJ_END_TIMEOUT)
        say_timeout(o, c, ms);
    if (ms < 0)
        return;
    size_t i = series_of(p, c, true);
    struct nj_series *s = &p->series[i];
    c->usual_ms = nj_series_learned(s, nj_observe_limits(o)) ? nj_hist_quantile(&s->h, 0.50) : 0;
    nj_series_judge(s, nj_observe_limits(o), ms, &j);
    if (j.slow && may_tell(&p->slow[i], nj_observe_now_s(o), &count))
        say_slow(o, c, s, ms, count);
    if (j.shift_began || j.shift_ended)
        say_shift(o, c, s, &j, ms);
    if (j.late_began || j.late_ended)
        say_late(o, c, &j, ms);
}

const struct nj_observer nj_performance_observer = {
    .name = "performance",
    .category = NJ_CAT_PERFORMANCE,
    .state = sizeof(struct performance),
    .on_invoke = on_invoke,
    .on_payload = on_payload,
    .on_platform = on_platform,
    .on_done = on_done,
    .on_tick = on_tick,
};

/* usage.*: who used what, how much, at what cost, and were they let in; who uses far more than before; successes of nobody. */
#include "usage.h"
#include "finding.h"

#include <stdlib.h>

enum { TELL = 20, HALF_LIFE_WINDOWS = 60, EXCESS_QUIET_WINDOWS = 10, HOUR_S = 3600 };

static void start(struct nj_observe *o, void *state)
{
    struct nj_usage *u = state;
    if (nj_observe_limits(o)->usage_budget != 0)
        u->hourly = calloc(1, sizeof(*u->hourly));
    nj_topk_init(&u->top, u->slots, u->index, NJ_USAGE_ROWS);
}

static void stop(void *state)
{
    struct nj_usage *u = state;
    free(u->hourly);
}

/* --- usage.summary -------------------------------------------------------------------------------------------------- */

static void copy(char *to, uint8_t *n, size_t max, struct nj_str s)
{
    *n = (uint8_t)(s.n < max ? s.n : max);
    if (*n != 0)
        memcpy(to, s.p, *n);
}

static uint64_t row_tag(const struct nj_case *c)
{
    struct nj_str route = c->request.route.n != 0 ? c->request.route : c->request.operation;
    uint64_t what = nj_tag_pair(nj_tag_of(c->request.method), nj_tag_of(route));
    return nj_tag_pair(nj_tag_pair(what, c->actor.tag), nj_tag_pair(nj_tag_of(c->actor.api_key_id), nj_tag_of(c->actor.tenant)));
}

static bool is_denied(const struct nj_case *c)
{
    return c->end == NJ_END_DENIED || c->status_code == 401 || c->status_code == 403;
}

static void count(struct nj_observe *o, struct nj_usage *u, const struct nj_case *c)
{
    bool fresh = false;
    struct nj_topk_slot *s = nj_topk_add(&u->top, row_tag(c), 1, nj_observe_now_s(o), &fresh);
    struct nj_usage_row *r = &u->rows[nj_topk_at(&u->top, s)];
    if (fresh) {
        u->other_calls += r->calls;
        u->other_ms += r->billed_ms;
        u->other_usd += r->usd;
        *r = (struct nj_usage_row){ .principal = c->actor.tag };
        copy(r->method, &r->method_n, sizeof(r->method), c->request.method);
        copy(r->route, &r->route_n, sizeof(r->route), c->request.route.n != 0 ? c->request.route : c->request.operation);
        copy(r->api_key, &r->api_key_n, sizeof(r->api_key), c->actor.api_key_id);
        copy(r->tenant, &r->tenant_n, sizeof(r->tenant), c->actor.tenant);
        copy(r->service, &r->service_n, sizeof(r->service), c->actor.service);
    }
    double ms = c->billed_ms >= 0 ? c->billed_ms : nj_case_duration_ms(c);
    r->calls++;
    r->denied += is_denied(c);
    r->failed += c->end == NJ_END_ERROR || c->end == NJ_END_TIMEOUT || c->end == NJ_END_CRASH || c->end == NJ_END_OUT_OF_MEMORY;
    r->billed_ms += ms > 0 ? ms : 0;
    r->usd += c->cost_usd;
    r->units += c->request.batch != 0 ? c->request.batch : 1;
}

static void say_row(struct nj_observe *o, const struct nj_usage_row *r)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_USAGE_SUMMARY, NJ_SEV_INFO);
    nj_finding_message(&f, "%u call%s of %.*s", r->calls, r->calls == 1 ? "" : "s", r->route_n, r->route_n != 0 ? r->route : "");
    nj_finding_str(&f, "http.request.method", (struct nj_str){ r->method, r->method_n });
    nj_finding_str(&f, "http.route", (struct nj_str){ r->route, r->route_n });
    nj_finding_who(&f, "enduser.pseudo.id", r->principal);
    nj_finding_str(&f, "nightjar.service", (struct nj_str){ r->service, r->service_n });
    nj_finding_str(&f, "nightjar.api_key.id", (struct nj_str){ r->api_key, r->api_key_n });
    nj_finding_str(&f, "tenant.id", (struct nj_str){ r->tenant, r->tenant_n });
    nj_finding_i64(&f, "nightjar.window_s", 60);
    nj_finding_i64(&f, "nightjar.calls", (int64_t)r->calls);
    nj_finding_i64(&f, "nightjar.units", (int64_t)r->units);
    nj_finding_i64(&f, "nightjar.denied", (int64_t)r->denied);
    nj_finding_i64(&f, "nightjar.failed", (int64_t)r->failed);
    nj_finding_f64(&f, "nightjar.billed_ms", r->billed_ms);
    nj_attrs_f64(&f.r->data, NJ_STR("nightjar.cost.usd"), (double)(int64_t)(r->usd * 1e9 + 0.5) / 1e9);
    nj_finding_say(&f, NULL);
}

static void say_rest(struct nj_observe *o, uint64_t calls, double ms, double usd)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_USAGE_SUMMARY, NJ_SEV_INFO);
    nj_finding_message(&f, "%llu call%s of all others", (unsigned long long)calls, calls == 1 ? "" : "s");
    nj_finding_bool(&f, "nightjar.other", true);
    nj_finding_i64(&f, "nightjar.window_s", 60);
    nj_finding_i64(&f, "nightjar.calls", (int64_t)calls);
    nj_finding_f64(&f, "nightjar.billed_ms", ms);
    nj_attrs_f64(&f.r->data, NJ_STR("nightjar.cost.usd"), (double)(int64_t)(usd * 1e9 + 0.5) / 1e9);
    nj_finding_say(&f, NULL);
}

static void close_minute(struct nj_observe *o, struct nj_usage *u)
{
    for (size_t told = 0; told < TELL; told++) {
        struct nj_usage_row *most = NULL;
        for (uint32_t i = 0; i < u->top.used; i++)
            if (u->rows[i].calls != 0 && (most == NULL || u->rows[i].billed_ms > most->billed_ms))
                most = &u->rows[i];
        if (most == NULL)
            break;
        say_row(o, most);
        most->calls = 0;
    }
    for (uint32_t i = 0; i < u->top.used; i++) {
        u->other_calls += u->rows[i].calls;
        u->other_ms += u->rows[i].calls != 0 ? u->rows[i].billed_ms : 0;
        u->other_usd += u->rows[i].calls != 0 ? u->rows[i].usd : 0;
    }
    if (u->other_calls != 0)
        say_rest(o, u->other_calls, u->other_ms, u->other_usd);
    u->other_calls = 0;
    u->other_ms = u->other_usd = 0;
    memset(u->rows, 0, sizeof(u->rows));
    nj_topk_init(&u->top, u->slots, u->index, NJ_USAGE_ROWS);
    u->minute_ns = 0;
}

/* --- usage.excess --------------------------------------------------------------------------------------------------- */

static void say_excess(struct nj_observe *o, struct nj_case *c, const struct nj_subject *s, const char *of, bool budget, uint32_t hour)
{
    struct nj_finding f = nj_finding_open(o, budget ? NJ_FIND_USAGE_BUDGET : NJ_FIND_USAGE_EXCESS, NJ_SEV_WARN);
    nj_finding_message(&f, budget ? "one %s is beyond its budget of calls" : "one %s uses far more than before", of);
    nj_finding_str(&f, "nightjar.scope", nj_str_of(of));
    nj_finding_i64(&f, "nightjar.count", budget ? (int64_t)hour : (int64_t)s->calls);
    nj_finding_i64(&f, "nightjar.window_s", budget ? HOUR_S : nj_observe_limits(o)->usage_window / 1000);
    if (budget) {
        nj_finding_i64(&f, "nightjar.budget", nj_observe_limits(o)->usage_budget);
    } else {
        nj_finding_f64(&f, "nightjar.billed_ms", s->billed_ms);
        nj_finding_f64(&f, "nightjar.usual.calls", s->calls_mean.mean);
        nj_finding_f64(&f, "nightjar.usual.billed_ms", s->billed_mean.mean);
    }
    if (nj_str_eq(nj_str_of(of), NJ_STR("principal")))
        nj_finding_whos(&f, "nightjar.pseudonyms", &s->slot.tag, 1);
    nj_finding_say(&f, c);
}

static void roll(struct nj_subject *s, uint32_t window)
{
    if (s->window == window)
        return;
    if (s->window != 0) { /* the one it was last active in; those without calls make it no less usual */
        nj_ewma_add(&s->calls_mean, s->calls, window, HALF_LIFE_WINDOWS);
        nj_ewma_add(&s->billed_mean, s->billed_ms, window, HALF_LIFE_WINDOWS);
    }
    s->window = window;
    s->calls = 0;
    s->billed_ms = 0;
}

static void judge_budget(struct nj_observe *o, struct nj_usage *u, struct nj_case *c, struct nj_subject *s, const char *of)
{
    uint32_t hour = nj_observe_now_s(o) / HOUR_S;
    int64_t budget = nj_observe_limits(o)->usage_budget;
    if (u->hourly == NULL)
        return;
    if (hour != u->hour) {
        u->hour = hour;
        memset(u->hourly, 0, sizeof(*u->hourly));
    }
    uint32_t calls = nj_countmin_add(u->hourly, s->slot.tag, 1);
    if (calls <= budget || s->budget_hour == hour)
        return;
    s->budget_hour = hour;
    say_excess(o, c, s, of, true, calls);
}

static void judge_subject(struct nj_observe *o, struct nj_usage *u, struct nj_case *c, uint64_t tag, const char *of)
{
    const struct nj_limits *l = nj_observe_limits(o);
    uint32_t now_s = nj_observe_now_s(o);
    double ms = c->billed_ms >= 0 ? c->billed_ms : nj_case_duration_ms(c);
    int64_t quiet_ms = EXCESS_QUIET_WINDOWS * l->usage_window;
    if (tag == 0)
        return;
    struct nj_subject *s = nj_slot_of(u->subjects, NJ_USAGE_SUBJECTS, sizeof(*s), tag);
    s->slot.last_s = now_s;
    roll(s, (uint32_t)(nj_observe_now_ms(o) / l->usage_window));
    s->calls++;
    s->billed_ms += ms > 0 ? ms : 0;
    judge_budget(o, u, c, s, of);
    bool many = s->calls >= l->usage_calls && s->calls > l->usage_factor * s->calls_mean.mean;
    bool long_time = s->billed_ms >= (double)l->usage_billed && s->billed_ms > l->usage_factor * s->billed_mean.mean;
    bool quiet = s->slot.told_s != 0 && (int64_t)(now_s - s->slot.told_s) * 1000 < quiet_ms;
    if (s->calls_mean.samples < (uint32_t)l->usage_learn || quiet || (!many && !long_time))
        return;
    s->slot.told_s = now_s;
    say_excess(o, c, s, of, false, 0);
}

/* --- usage.unattributed --------------------------------------------------------------------------------------------- */

static void judge_attribution(struct nj_observe *o, struct nj_usage *u, struct nj_case *c)
{
    char name[NJ_CASE_NAME];
    const struct nj_limits *l = nj_observe_limits(o);
    bool success = c->end == NJ_END_SUCCESS && c->status_code >= 200 && c->status_code < 300;
    if (!success || c->request.ask != NJ_ASK_NONE || c->request.route.n == 0)
        return;
    struct nj_usage_route *r = nj_slot_of(u->routes, NJ_USAGE_ROUTES, sizeof(*r), nj_case_route_tag(c));
    uint32_t now_s = nj_observe_now_s(o), all = r->with + r->without;
    r->slot.last_s = now_s;
    bool known = c->actor.tag != 0 || c->actor.service.n != 0;
    bool odd = !known && all >= (uint32_t)l->unattributed_learn && (double)r->with >= l->unattributed_share * all;
    r->with += known;
    r->without += !known;
    r->untold += odd;
    if (!odd || (r->slot.told_s != 0 && now_s - r->slot.told_s < 60))
        return;
    r->slot.told_s = now_s;
    struct nj_finding f = nj_finding_open(o, NJ_FIND_UNATTRIBUTED, NJ_SEV_WARN);
    nj_finding_message(&f, "a success of nobody on %s, which knows its callers", nj_case_name(c, name));
    nj_finding_bool(&f, "nightjar.security", true);
    nj_finding_i64(&f, "nightjar.count", (int64_t)r->untold);
    nj_finding_i64(&f, "nightjar.attributed", (int64_t)r->with);
    r->untold = 0;
    nj_finding_say(&f, c);
}

/* --- hooks ---------------------------------------------------------------------------------------------------------- */

static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct nj_usage *u = state;
    if (u->minute_ns != 0 && nj_observe_now(o) >= u->minute_ns)
        close_minute(o, u);
    if (u->minute_ns == 0) {
        u->minute_ns = nj_next_minute_ns(nj_observe_now(o));
        nj_observe_wake(o, u->minute_ns);
    }
    count(o, u, c);
    judge_subject(o, u, c, c->actor.tag, "principal");
    judge_subject(o, u, c, c->actor.api_key_id.n != 0 ? nj_tag_pair(1, nj_tag_of(c->actor.api_key_id)) : 0, "api_key");
    judge_subject(o, u, c, c->actor.tenant.n != 0 ? nj_tag_pair(2, nj_tag_of(c->actor.tenant)) : 0, "tenant");
    judge_attribution(o, u, c);
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct nj_usage *u = state;
    if (u->minute_ns != 0 && nj_observe_now(o) >= u->minute_ns)
        close_minute(o, u);
    return u->minute_ns != 0 ? u->minute_ns : INT64_MAX;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)reason;
    close_minute(o, state);
}

const struct nj_observer nj_usage_observer = {
    .name = "usage",
    .category = NJ_CAT_USAGE,
    .state = sizeof(struct nj_usage),
    .on_demand = sizeof(struct nj_countmin),
    .start = start,
    .on_end = on_end,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
    .stop = stop,
};

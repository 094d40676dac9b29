/* cost.*: estimates by list price, what of it was wasted, and when it burns. */
#include "cost.h"

#include "finding.h"

#if defined(__aarch64__)
#define LIST_PRICE 0.0000133334
#else
#define LIST_PRICE 0.0000166667
#endif

enum { MINUTES_A_DAY = 1440, BURN_LEARN = 10, BURN_QUIET_S = 600 };

struct cost {
    /* of the running minute */
    uint32_t calls, failed;
    double billed_ms, gb_seconds, usd, waste_usd, init_ms, init_usd;
    /* minutes with calls */
    struct nj_ewma minute;
    int64_t minute_ns; /* when the running one ends; 0 = none runs */
    uint32_t burn_told_s;
    double total_usd;
};

double nj_price_gb_second(const struct nj_limits *l)
{
    return l->cost_gb_second > 0 ? l->cost_gb_second : LIST_PRICE;
}

double nj_cost_of_time(const struct nj_limits *l, double ms, int64_t memory_mb)
{
    return ms > 0 ? ms / 1000 * (double)memory_mb / 1024 * nj_price_gb_second(l) : 0;
}

double nj_cost_of_call(const struct nj_limits *l, double billed_ms, int64_t memory_mb)
{
    return nj_cost_of_time(l, billed_ms, memory_mb) + l->cost_requests / 1e6;
}

static void put_usd(struct nj_finding *f, const char *key, double usd)
{
    nj_attrs_f64(&f->r->data, nj_str_of(key), (double)(int64_t)(usd * 1e9 + 0.5) / 1e9);
}

static void put_window(struct nj_finding *f, const struct cost *k)
{
    nj_finding_i64(f, "nightjar.window_s", 60);
    nj_finding_i64(f, "nightjar.calls", (int64_t)k->calls);
    nj_finding_f64(f, "nightjar.billed_ms", k->billed_ms);
    put_usd(f, "nightjar.cost.usd", k->usd);
    put_usd(f, "nightjar.cost.usd_per_day", k->usd * MINUTES_A_DAY);
}

static void say_summary(struct nj_observe *o, const struct cost *k)
{
    struct nj_finding f = nj_finding_open(o, "cost.summary", NJ_CAT_USAGE, NJ_SEV_INFO);
    nj_finding_message(&f, "%u invocations cost about %.6f USD, %.6f of it for nothing", k->calls, k->usd, k->waste_usd);
    put_window(&f, k);
    nj_finding_i64(&f, "nightjar.failed", (int64_t)k->failed);
    nj_finding_f64(&f, "nightjar.cost.gb_seconds", k->gb_seconds);
    put_usd(&f, "nightjar.cost.waste_usd", k->waste_usd);
    if (k->init_ms > 0) {
        nj_finding_f64(&f, "nightjar.init_ms", k->init_ms);
        put_usd(&f, "nightjar.cost.init_usd", k->init_usd);
    }
    put_usd(&f, "nightjar.cost.sandbox_usd", k->total_usd);
    nj_attrs_f64(&f.r->data, NJ_STR("nightjar.cost.price_gb_second"), nj_price_gb_second(nj_observe_limits(o)));
    nj_finding_say(&f, NULL);
}

static void judge_burn(struct nj_observe *o, struct cost *k)
{
    const struct nj_limits *l = nj_observe_limits(o);
    uint32_t now_s = nj_observe_now_s(o);
    bool learned = k->minute.samples >= BURN_LEARN;
    bool quiet = k->burn_told_s != 0 && now_s - k->burn_told_s < BURN_QUIET_S;
    if (!learned || quiet || k->usd <= l->burn_factor * k->minute.mean || k->usd * MINUTES_A_DAY < l->burn_floor)
        return;
    k->burn_told_s = now_s;
    struct nj_finding f = nj_finding_open(o, "cost.burn", NJ_CAT_USAGE, NJ_SEV_WARN);
    nj_finding_message(&f, "the last minute cost %.1f times what it usually does: %.2f USD a day", k->usd / k->minute.mean,
                       k->usd * MINUTES_A_DAY);
    put_window(&f, k);
    put_usd(&f, "nightjar.cost.usual_usd", k->minute.mean);
    nj_finding_say(&f, NULL);
}

static void close_minute(struct nj_observe *o, struct cost *k)
{
    if (k->calls != 0) {
        judge_burn(o, k);
        nj_ewma_add(&k->minute, k->usd, nj_observe_now_ms(o), 3600000);
        say_summary(o, k);
    }
    k->calls = k->failed = 0;
    k->billed_ms = k->gb_seconds = k->usd = k->waste_usd = k->init_ms = k->init_usd = 0;
    k->minute_ns = 0;
}

static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct cost *k = state;
    const struct nj_limits *l = nj_observe_limits(o);
    int64_t memory = c->memory_mb != 0 ? c->memory_mb : (int64_t)nj_observe_config(o)->memory_mb;
    double ms = c->billed_ms >= 0 ? c->billed_ms : nj_case_duration_ms(c);
    if (ms < 0 || memory == 0)
        return;
    if (k->minute_ns != 0 && nj_observe_now(o) >= k->minute_ns)
        close_minute(o, k);
    if (k->minute_ns == 0) {
        k->minute_ns = nj_next_minute_ns(nj_observe_now(o));
        nj_observe_wake(o, k->minute_ns);
    }
    double usd = nj_cost_of_call(l, ms, memory);
    bool failed = c->end == NJ_END_ERROR || c->end == NJ_END_TIMEOUT || c->end == NJ_END_CRASH || c->end == NJ_END_OUT_OF_MEMORY;
    c->cost_usd = usd;
    k->calls++;
    k->failed += failed;
    k->billed_ms += ms;
    k->gb_seconds += ms / 1000 * (double)memory / 1024;
    k->usd += usd;
    k->total_usd += usd;
    if (failed)
        k->waste_usd += usd;
    else if (c->usual_ms > 0 && ms > c->usual_ms)
        k->waste_usd += nj_cost_of_time(l, ms - c->usual_ms, memory);
    if (c->init_ms > 0) {
        k->init_ms += c->init_ms;
        k->init_usd += nj_cost_of_time(l, c->init_ms, memory);
    }
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct cost *k = state;
    if (k->minute_ns != 0 && nj_observe_now(o) >= k->minute_ns)
        close_minute(o, k);
    return k->minute_ns != 0 ? k->minute_ns : INT64_MAX;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)reason;
    close_minute(o, state);
}

const struct nj_observer nj_cost_observer = {
    .name = "cost",
    .category = NJ_CAT_USAGE,
    .state = sizeof(struct cost),
    .on_end = on_end,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
};

/* cost.*: estimates by list price, what of it was wasted, and when it burns. */
#include "cost.h"

#include "finding.h"

#if defined(__aarch64__)
#define LIST_PRICE 0.0000133334
#else
#define LIST_PRICE 0.0000166667
#endif

enum { MINUTE_MS = 60000, DAY_MS = 86400000, BURN_QUIET_WINDOWS = 10, HALF_LIFE_WINDOWS = 60 };

/* What is judged: the running window of burn.window, and what those with calls usually cost. */
struct burn {
    int64_t end_ns; /* of the running one; 0 = none runs */
    uint32_t calls, told_s;
    double billed_ms, usd;
    struct nj_ewma usual;
};

struct cost {
    /* of the running minute */
    uint32_t calls, failed;
    double billed_ms, gb_seconds, usd, waste_usd, init_ms, init_usd;
    int64_t minute_ns; /* when it ends; 0 = none runs */
    double total_usd;
    struct burn burn;
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

static void put_window(struct nj_finding *f, int64_t window_ms, uint32_t calls, double billed_ms, double usd)
{
    nj_finding_i64(f, "nightjar.window_s", window_ms / 1000);
    nj_finding_i64(f, "nightjar.calls", (int64_t)calls);
    nj_finding_f64(f, "nightjar.billed_ms", billed_ms);
    put_usd(f, "nightjar.cost.usd", usd);
    put_usd(f, "nightjar.cost.usd_per_day", usd * DAY_MS / (double)window_ms);
}

static void say_summary(struct nj_observe *o, const struct cost *k)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_COST_SUMMARY, NJ_SEV_INFO);
    nj_finding_message(&f, "%u invocation%s cost about %.6f USD, %.6f of it for nothing", k->calls, k->calls == 1 ? "" : "s", k->usd,
                       k->waste_usd);
    put_window(&f, MINUTE_MS, k->calls, k->billed_ms, k->usd);
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

static void judge_burn(struct nj_observe *o, struct burn *b)
{
    const struct nj_limits *l = nj_observe_limits(o);
    uint32_t now_s = nj_observe_now_s(o);
    double a_day = b->usd * DAY_MS / (double)l->burn_window;
    bool learned = b->usual.samples >= (uint32_t)l->burn_learn;
    bool quiet = b->told_s != 0 && (int64_t)(now_s - b->told_s) * 1000 < BURN_QUIET_WINDOWS * l->burn_window;
    if (!learned || quiet || b->usd <= l->burn_factor * b->usual.mean || a_day < l->burn_floor)
        return;
    b->told_s = now_s;
    struct nj_finding f = nj_finding_open(o, NJ_FIND_BURN, NJ_SEV_WARN);
    nj_finding_message(&f, "the last %lld s cost %.1f times what they usually do: %.2f USD a day", (long long)(l->burn_window / 1000),
                       b->usd / b->usual.mean, a_day);
    put_window(&f, l->burn_window, b->calls, b->billed_ms, b->usd);
    put_usd(&f, "nightjar.cost.usual_usd", b->usual.mean);
    nj_finding_say(&f, NULL);
}

static void close_burn(struct nj_observe *o, struct burn *b)
{
    if (b->calls != 0) {
        judge_burn(o, b);
        nj_ewma_add(&b->usual, b->usd, nj_observe_now_ms(o), HALF_LIFE_WINDOWS * nj_observe_limits(o)->burn_window);
    }
    b->end_ns = 0;
    b->calls = 0;
    b->billed_ms = b->usd = 0;
}

static void add_to_burn(struct nj_observe *o, struct burn *b, double ms, double usd)
{
    int64_t window_ns = nj_observe_limits(o)->burn_window * 1000000;
    if (b->end_ns != 0 && nj_observe_now(o) >= b->end_ns)
        close_burn(o, b);
    if (b->end_ns == 0) {
        b->end_ns = (nj_observe_now(o) / window_ns + 1) * window_ns;
        nj_observe_wake(o, b->end_ns);
    }
    b->calls++;
    b->billed_ms += ms;
    b->usd += usd;
}

static void close_minute(struct nj_observe *o, struct cost *k)
{
    if (k->calls != 0)
        say_summary(o, k);
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
    add_to_burn(o, &k->burn, ms, usd);
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
    if (k->burn.end_ns != 0 && nj_observe_now(o) >= k->burn.end_ns)
        close_burn(o, &k->burn);
    int64_t next_ns = k->minute_ns != 0 ? k->minute_ns : INT64_MAX;
    return k->burn.end_ns != 0 && k->burn.end_ns < next_ns ? k->burn.end_ns : next_ns;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    struct cost *k = state;
    (void)reason;
    close_minute(o, k);
    close_burn(o, &k->burn);
}

const struct nj_observer nj_cost_observer = {
    .name = "cost",
    .category = NJ_CAT_USAGE,
    .state = sizeof(struct cost),
    .on_end = on_end,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
};

/* sketch: totals of this sandbox that can be added up over a fleet; docs/sketches.md says how. */
#include "finding.h"

struct sketch {
    uint64_t calls, told, ends[NJ_ENDS], coldstarts;
    double billed_ms, usd;
    struct nj_hist_sum durations;
    uint8_t principals[NJ_HLL_LARGE_BYTES], addresses[NJ_HLL_LARGE_BYTES];
    uint32_t first_s;
    int64_t minute_ns;
};

static void put_durations(struct nj_finding *f, const struct nj_hist_sum *h)
{
    size_t from = nj_finding_json_begin(f);
    bool first = true;
    nj_buf_addc(f->b, '{');
    for (unsigned i = 0; i < NJ_HIST_BUCKETS; i++) {
        if (h->c[i] == 0)
            continue;
        nj_buf_addf(f->b, "%s\"%u\":%u", first ? "" : ",", i, h->c[i]);
        first = false;
    }
    nj_buf_addc(f->b, '}');
    nj_finding_json_end(f, "nightjar.durations", from);
}

static void put_ends(struct nj_finding *f, const struct sketch *s)
{
    size_t from = nj_finding_json_begin(f);
    bool first = true;
    nj_buf_addc(f->b, '{');
    for (size_t i = 0; i < NJ_ENDS; i++) {
        if (s->ends[i] == 0)
            continue;
        nj_buf_addf(f->b, "%s\"%s\":%llu", first ? "" : ",", nj_end_names[i], (unsigned long long)s->ends[i]);
        first = false;
    }
    nj_buf_addc(f->b, '}');
    nj_finding_json_end(f, "nightjar.outcomes", from);
}

static void say(struct nj_observe *o, struct sketch *s)
{
    s->minute_ns = 0;
    if (s->told == s->calls)
        return;
    s->told = s->calls;
    struct nj_finding f = nj_finding_open(o, NJ_FIND_SKETCH, NJ_SEV_INFO);
    nj_finding_message(&f, "%llu calls since the start", (unsigned long long)s->calls);
    nj_finding_str(&f, "nightjar.sketch", NJ_STR("calls"));
    nj_finding_i64(&f, "nightjar.sketch.version", 1);
    nj_finding_time(&f, "nightjar.sketch.since", (int64_t)s->first_s * 1000000000);
    nj_finding_i64(&f, "nightjar.calls", (int64_t)s->calls);
    nj_finding_i64(&f, "nightjar.coldstarts", (int64_t)s->coldstarts);
    nj_finding_f64(&f, "nightjar.billed_ms", s->billed_ms);
    nj_attrs_f64(&f.r->data, NJ_STR("nightjar.cost.usd"), (double)(int64_t)(s->usd * 1e9 + 0.5) / 1e9);
    put_ends(&f, s);
    nj_finding_f64(&f, "nightjar.p50_ms", nj_hist_sum_quantile(&s->durations, 0.50));
    nj_finding_f64(&f, "nightjar.p99_ms", nj_hist_sum_quantile(&s->durations, 0.99));
    put_durations(&f, &s->durations);
    nj_finding_f64(&f, "nightjar.principals", nj_hll_estimate(s->principals, NJ_HLL_LARGE));
    nj_finding_registers(&f, "nightjar.principals.registers", s->principals, sizeof(s->principals));
    nj_finding_f64(&f, "nightjar.addresses", nj_hll_estimate(s->addresses, NJ_HLL_LARGE));
    nj_finding_registers(&f, "nightjar.addresses.registers", s->addresses, sizeof(s->addresses));
    nj_finding_say(&f, NULL);
}

static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct sketch *s = state;
    double ms = nj_case_duration_ms(c);
    if (s->minute_ns == 0) {
        s->minute_ns = nj_next_minute_ns(nj_observe_now(o));
        nj_observe_wake(o, s->minute_ns);
    }
    if (s->first_s == 0)
        s->first_s = nj_observe_now_s(o);
    s->calls++;
    s->ends[c->end]++;
    s->coldstarts += c->coldstart_known && c->coldstart;
    s->billed_ms += c->billed_ms > 0 ? c->billed_ms : 0;
    s->usd += c->cost_usd;
    if (ms >= 0)
        nj_hist_sum_add(&s->durations, ms);
    if (c->actor.tag != 0)
        nj_hll_add(s->principals, NJ_HLL_LARGE, c->actor.tag);
    if (c->actor.address_tag != 0)
        nj_hll_add(s->addresses, NJ_HLL_LARGE, c->actor.address_tag);
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct sketch *s = state;
    if (s->minute_ns != 0 && nj_observe_now(o) >= s->minute_ns)
        say(o, s);
    return s->minute_ns != 0 ? s->minute_ns : INT64_MAX;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)reason;
    say(o, state);
}

const struct nj_observer nj_sketch_observer = {
    .name = "sketch",
    .category = NJ_CAT_USAGE,
    .state = sizeof(struct sketch),
    .on_end = on_end,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
};

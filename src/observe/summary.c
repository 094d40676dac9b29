/* invocation.summary: one record per invocation, always: when, where, who, what, and how it ended. */
#include "finding.h"

static const struct {
    enum nj_severity severity;
    enum nj_outcome outcome;
    enum nj_lane lane;
} ends[NJ_ENDS] = {
    [NJ_END_OPEN] = { NJ_SEV_INFO, NJ_OUTCOME_UNKNOWN, NJ_LANE_BULK },
    [NJ_END_SUCCESS] = { NJ_SEV_INFO, NJ_OUTCOME_SUCCESS, NJ_LANE_BULK },
    [NJ_END_DENIED] = { NJ_SEV_WARN, NJ_OUTCOME_FAILURE, NJ_LANE_BULK },
    [NJ_END_CLIENT_ERROR] = { NJ_SEV_WARN, NJ_OUTCOME_FAILURE, NJ_LANE_BULK },
    [NJ_END_ERROR] = { NJ_SEV_ERROR, NJ_OUTCOME_FAILURE, NJ_LANE_CRITICAL },
    [NJ_END_TIMEOUT] = { NJ_SEV_ERROR, NJ_OUTCOME_FAILURE, NJ_LANE_CRITICAL },
    [NJ_END_CRASH] = { NJ_SEV_ERROR, NJ_OUTCOME_FAILURE, NJ_LANE_CRITICAL },
    [NJ_END_OUT_OF_MEMORY] = { NJ_SEV_ERROR, NJ_OUTCOME_FAILURE, NJ_LANE_CRITICAL },
    [NJ_END_UNKNOWN] = { NJ_SEV_INFO, NJ_OUTCOME_UNKNOWN, NJ_LANE_BULK },
};

/* "POST /login answered 401: denied after 12.3 ms" */
static struct nj_str sentence(struct nj_buf *b, const struct nj_case *c)
{
    const struct nj_request *q = &c->request;
    struct nj_str what = q->route.n != 0 ? q->route : q->operation;
    if (q->method.n != 0 && what.n != 0) {
        nj_buf_add(b, q->method);
        nj_buf_addc(b, ' ');
    }
    nj_buf_add(b, what.n != 0 ? what : NJ_STR("invocation"));
    if (c->status_code != 0)
        nj_buf_addf(b, " answered %u", c->status_code);
    nj_buf_addf(b, ": %s", nj_end_names[c->end]);
    if (c->duration_ms >= 0)
        nj_buf_addf(b, " after %.1f ms", c->duration_ms);
    return b->err == NJ_OK ? nj_buf_str(b) : NJ_STR("invocation.summary");
}

static void put_ms(struct nj_attrs *l, struct nj_str key, double ms)
{
    if (ms >= 0)
        nj_attrs_f64(l, key, ms);
}

static void put_size(struct nj_attrs *l, struct nj_str key, int64_t n)
{
    if (n >= 0)
        nj_attrs_i64(l, key, n);
}

static void put_measures(const struct nj_case *c, struct nj_attrs *l)
{
    double ms = c->duration_ms;
    if (ms < 0 && c->end_ns > c->start_ns && c->start_ns != 0) {
        int64_t us = (c->end_ns - c->start_ns) / 1000;
        ms = (double)us / 1000.0;
    }
    put_ms(l, NJ_STR("nightjar.duration_ms"), ms);
    put_ms(l, NJ_STR("nightjar.billed_ms"), c->billed_ms);
    put_ms(l, NJ_STR("nightjar.init_ms"), c->init_ms);
    put_ms(l, NJ_STR("nightjar.restore_ms"), c->restore_ms);
    if (c->memory_mb != 0)
        nj_attrs_i64(l, NJ_STR("nightjar.memory.size_mb"), c->memory_mb);
    if (c->max_memory_mb != 0)
        nj_attrs_i64(l, NJ_STR("nightjar.memory.max_used_mb"), c->max_memory_mb);
    put_size(l, NJ_STR("nightjar.bytes_in"), c->bytes_in);
    put_size(l, NJ_STR("nightjar.bytes_out"), c->bytes_out);
    nj_attrs_i64(l, NJ_STR("nightjar.log.records"), (int64_t)c->lines);
    nj_attrs_i64(l, NJ_STR("nightjar.log.bytes"), (int64_t)c->line_bytes);
}

static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    const struct nj_observe_options *config = nj_observe_config(o);
    struct nj_finding f = nj_finding_open(o, NJ_FIND_SUMMARY, ends[c->end].severity);
    struct nj_record *r = f.r;
    struct nj_attrs *l = &r->data;
    (void)state;
    r->when_ns = (c->end_ns != 0 ? c->end_ns : c->start_ns) / 1000 * 1000;
    r->outcome = ends[c->end].outcome;
    r->lane = ends[c->end].lane;
    r->message = sentence(f.b, c);
    nj_attrs_str(l, NJ_STR("nightjar.outcome"), nj_str_of(nj_end_names[c->end]));
    if (c->status_code != 0)
        nj_attrs_i64(l, NJ_STR("http.response.status_code"), (int64_t)c->status_code);
    nj_attrs_str(l, NJ_STR("error.type"), c->error_type);
    put_measures(c, l);
    nj_attrs_str(l, NJ_STR("nightjar.operation"), c->request.operation);
    nj_attrs_str(l, NJ_STR("nightjar.object"), c->request.object);
    if (c->request.batch != 0)
        nj_attrs_i64(l, NJ_STR("nightjar.batch"), (int64_t)c->request.batch);
    if (c->cost_usd > 0)
        nj_attrs_f64(l, NJ_STR("nightjar.cost.estimate_usd"), c->cost_usd);
    uint64_t resident = config->resident_bytes != NULL ? config->resident_bytes(config->ctx) : 0;
    if (resident != 0) /* unknown is absent */
        nj_attrs_i64(l, NJ_STR("nightjar.resident_bytes"), (int64_t)resident);
    nj_finding_say(&f, c);
}

const struct nj_observer nj_summary_observer = { .name = "summary", .category = NJ_CAT_PLATFORM, .always = true, .on_end = on_end };

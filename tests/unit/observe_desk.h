/* observe_desk.h -- a front desk with invocations made to measure, and everything it says as text. */
#ifndef NIGHTJAR_TESTS_OBSERVE_DESK_H
#define NIGHTJAR_TESTS_OBSERVE_DESK_H

#include "nightjar/alert_rules.h"
#include "nightjar/clock.h"
#include "nightjar/observe.h"
#include "nightjar/pseudonym.h"
#include "unit.h"

#include <stdarg.h>
#include <stdio.h>

enum { DESK_TEXT = 16 << 20 };
static const int64_t desk_t0 = 1795418101000000000; /* 2026-11-23T07:15:01Z */

/* said: one line a record: event|severity lane|who|where|data|message */
struct desk {
    struct nj_observe *room;
    struct nj_pseudonyms *pseudonyms;
    struct nj_alert_rules rules;
    struct nj_buf said;
    size_t n;
    int64_t now_ns;
    unsigned calls;
};

static void desk_attrs(struct nj_buf *b, const struct nj_attrs *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct nj_value *v = &l->a[i].v;
        nj_buf_addc(b, ' ');
        nj_buf_add(b, l->a[i].key);
        nj_buf_addc(b, '=');
        if (v->type == NJ_V_STR || v->type == NJ_V_JSON)
            nj_buf_add(b, v->u.s);
        else if (v->type == NJ_V_I64)
            nj_buf_add_i64(b, v->u.i);
        else if (v->type == NJ_V_F64)
            nj_buf_add_f64(b, v->u.f);
        else
            nj_buf_addz(b, v->u.b ? "true" : "false");
        if (v->type == NJ_V_JSON) {
            struct nj_json json;
            ck_assert_msg(nj_json_parse(v->u.s, &json) == NJ_OK, "no JSON: %.*s", NJ_STR_ARG(v->u.s));
        }
    }
}

static void desk_emit(void *ctx, struct nj_record *r)
{
    struct desk *d = ctx;
    ck_assert_uint_lt(r->data.n, NJ_ATTRS_MAX); /* none was refused */
    nj_buf_add(&d->said, r->event);
    nj_buf_addf(&d->said, "|%.*s %.*s|", NJ_STR_ARG(nj_severity_names[r->severity]), NJ_STR_ARG(nj_lane_names[r->lane]));
    desk_attrs(&d->said, &r->who);
    nj_buf_addc(&d->said, '|');
    desk_attrs(&d->said, &r->where);
    nj_buf_addc(&d->said, '|');
    desk_attrs(&d->said, &r->data);
    nj_buf_addz(&d->said, " |");
    nj_buf_add(&d->said, r->message);
    nj_buf_addc(&d->said, '\n');
    ck_assert_int_eq(d->said.err, NJ_OK);
    d->n++;
}

static __attribute__((unused)) void desk_open(struct desk *d, const char *categories, const char *limits)
{
    struct nj_limits l;
    struct nj_observe_options o = {
        .emit = desk_emit, .ctx = d, .limits = &l, .categories = nj_str_of(categories), .alert_rules = &d->rules
    };
    *d = (struct desk){ .now_ns = desk_t0 };
    nj_alert_rules_standard(&d->rules);
    nj_limits_read(&l, nj_str_of(limits), NULL, NULL);
    nj_buf_init(&d->said, DESK_TEXT);
    ck_assert_int_eq(nj_pseudonyms_new(&d->pseudonyms, NJ_STR("k7:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
                                       (struct nj_str){ NULL, 0 }),
                     NJ_OK);
    o.pseudonyms = d->pseudonyms;
    ck_assert_int_eq(nj_observe_new(&d->room, &o), NJ_OK);
}

static __attribute__((unused)) void desk_close(struct desk *d)
{
    nj_observe_free(d->room);
    nj_pseudonyms_free(d->pseudonyms);
    nj_buf_fini(&d->said);
}

static __attribute__((unused)) size_t desk_count(const struct desk *d, const char *text)
{
    size_t n = 0, at = 0;
    while ((at = nj_str_find(nj_buf_str(&d->said), nj_str_of(text), at)) != NJ_NPOS) {
        at++;
        n++;
    }
    return n;
}

/* How many records of that event were said. */
static __attribute__((unused)) size_t desk_events(const struct desk *d, const char *event)
{
    char text[128];
    snprintf(text, sizeof(text), "\n%s|", event);
    bool first = nj_str_starts(nj_buf_str(&d->said), nj_str_of(text + 1));
    return desk_count(d, text) + first;
}

static __attribute__((unused)) void desk_forget(struct desk *d)
{
    nj_buf_reset(&d->said);
    d->n = 0;
}

/* The last of what was said: a message of the test library has its limits. */
static __attribute__((unused)) struct nj_str desk_end_of(const struct desk *d)
{
    struct nj_str s = nj_buf_str(&d->said);
    return nj_str_slice(s, s.n > 3000 ? s.n - 3000 : 0, s.n);
}

#define ck_assert_said(d, text)     ck_assert_msg(desk_count((d), (text)) != 0, "not said: %s\n%.*s", (text), NJ_STR_ARG(desk_end_of(d)))
#define ck_assert_not_said(d, text) ck_assert_msg(desk_count((d), (text)) == 0, "said: %s\n%.*s", (text), NJ_STR_ARG(desk_end_of(d)))
#define ck_assert_events(d, event, want)                                                                                                   \
    ck_assert_msg(desk_events((d), (event)) == (want), "%s: %zu times\n%.*s", (event), desk_events((d), (event)),                          \
                  NJ_STR_ARG(desk_end_of(d)))

/* Lets time pass, and what is due in it happen when it is due. */
static __attribute__((unused)) void desk_pass(struct desk *d, double ms)
{
    int64_t until = d->now_ns + (int64_t)(ms * 1e6);
    for (;;) {
        int64_t due_ms = nj_observe_due_ms(d->room, d->now_ns);
        if (due_ms < 0 || d->now_ns + due_ms * 1000000 > until)
            break;
        d->now_ns += due_ms * 1000000;
        nj_observe_tick(d->room, d->now_ns);
    }
    d->now_ns = until;
    nj_observe_tick(d->room, d->now_ns);
}

static __attribute__((unused, format(printf, 3, 4))) void desk_tell(struct desk *d, const char *type, const char *fmt, ...)
{
    static struct nj_buf scratch;
    static struct nj_record r;
    char time[NJ_TIME_LEN + 1], element[16384];
    struct nj_facts f;
    struct nj_clean clean = { 0 };
    struct nj_str t = nj_time_format(time, d->now_ns);
    va_list ap;
    int n = snprintf(element, sizeof(element), "{\"time\":\"%.*s\",\"type\":\"%s\",\"record\":", NJ_STR_ARG(t), type);
    va_start(ap, fmt);
    n += vsnprintf(element + n, sizeof(element) - (size_t)n - 2, fmt, ap);
    va_end(ap);
    element[n++] = '}';
    if (scratch.max == 0)
        nj_buf_init(&scratch, 1 << 20);
    nj_buf_reset(&scratch);
    nj_decode((struct nj_str){ element, (size_t)n }, d->now_ns, &scratch, &r, &f);
    char id[64];
    snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012u", d->calls);
    nj_attrs_str(&r.where, NJ_STR("faas.invocation_id"), nj_str_of(id));
    clean.message = r.message; /* as if there was nothing to redact */
    clean.data = r.data_json;
    nj_observe_record(d->room, d->now_ns, &f, &r, &clean);
}

/* What a call is; zero is a quick success without a proxy. */
struct call {
    double ms, billed_ms, init_ms;
    const char *status, *error_type; /* of runtimeDone */
    int memory_mb, used_mb;
    int deadline_ms;                      /* time it is given; 0 = 30 s */
    const char *input, *response, *error; /* seen by the proxy; NULL = not */
    unsigned status_code;
    const char *line, *line2; /* of the function: the record, as JSON */
};

static __attribute__((unused)) const char *desk_id(struct desk *d)
{
    static char id[64];
    snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012u", d->calls);
    return id;
}

static __attribute__((unused)) void desk_payload(struct desk *d, enum nj_payload_kind kind, const char *text, unsigned status_code)
{
    struct nj_payload p = { .kind = kind, .request_id = nj_str_of(desk_id(d)), .complete = true, .kept = nj_str_of(text) };
    p.size = p.kept.n;
    p.start_ns = p.end_ns = d->now_ns;
    p.status_code = status_code;
    nj_observe_payload(d->room, d->now_ns, &p);
}

static __attribute__((unused)) void desk_begin(struct desk *d, const struct call *c)
{
    d->calls++;
    nj_observe_invoke(d->room, d->now_ns, nj_str_of(desk_id(d)), d->now_ns / 1000000 + (c->deadline_ms != 0 ? c->deadline_ms : 30000));
    if (c->input != NULL)
        desk_payload(d, NJ_PAYLOAD_INPUT, c->input, 0);
    desk_tell(d, "platform.start", "{\"requestId\":\"%s\"}", desk_id(d));
    if (c->line != NULL)
        desk_tell(d, "function", "%s", c->line);
    if (c->line2 != NULL)
        desk_tell(d, "function", "%s", c->line2);
}

static __attribute__((unused)) void desk_end(struct desk *d, const struct call *c)
{
    const char *status = c->status != NULL ? c->status : "success";
    char type[256] = "", init[64] = "";
    if (c->error_type != NULL)
        snprintf(type, sizeof(type), ",\"errorType\":\"%s\"", c->error_type);
    if (c->init_ms > 0)
        snprintf(init, sizeof(init), ",\"initDurationMs\":%.3f", c->init_ms);
    if (c->response != NULL) {
        desk_payload(d, NJ_PAYLOAD_RESPONSE, c->response, c->status_code);
        nj_observe_answered(d->room, d->now_ns, nj_str_of(desk_id(d)));
    }
    if (c->error != NULL) {
        desk_payload(d, NJ_PAYLOAD_ERROR, c->error, 0);
        nj_observe_answered(d->room, d->now_ns, nj_str_of(desk_id(d)));
    }
    desk_tell(d, "platform.runtimeDone", "{\"requestId\":\"%s\",\"status\":\"%s\"%s,\"metrics\":{\"durationMs\":%.3f,\"producedBytes\":2}}",
              desk_id(d), status, type, c->ms);
    desk_tell(d, "platform.report",
              "{\"requestId\":\"%s\",\"status\":\"%s\"%s,\"metrics\":{\"durationMs\":%.3f,\"billedDurationMs\":%.0f,\"memorySizeMB\":%d,"
              "\"maxMemoryUsedMB\":%d%s}}",
              desk_id(d), status, type, c->ms, c->billed_ms > 0 ? c->billed_ms : c->ms + 0.999, c->memory_mb != 0 ? c->memory_mb : 128,
              c->used_mb != 0 ? c->used_mb : 64, init);
}

/* The whole of it, and a gap after it. */
static __attribute__((unused)) void desk_call(struct desk *d, const struct call *c, double gap_ms)
{
    desk_begin(d, c);
    desk_pass(d, c->ms);
    desk_end(d, c);
    desk_pass(d, gap_ms);
}

#endif

/* Platform events, field by field. */
#include "emu_events.h"

#include <math.h>
#include <stdio.h>

static void put(json_t *o, const char *key, json_t *value_take)
{
    (void)json_object_set_new(o, key, value_take);
}

static void put_text(json_t *o, const char *key, const char *text)
{
    if (text != NULL && text[0] != 0)
        put(o, key, json_string(text));
}

static void put_arn(json_t *o, const struct emu *w)
{
    char arn[256];
    (void)snprintf(arn, sizeof(arn), "arn:aws:lambda:%s:%s:function:%s", w->o.region, w->o.account, w->o.function_name);
    put_text(o, "functionArn", arn);
}

static void put_runtime(json_t *o, const struct emu *w)
{
    char arn[160];
    if (w->o.runtime_version[0] == 0)
        return;
    put_text(o, "runtimeVersion", w->o.runtime_version);
    (void)snprintf(arn, sizeof(arn), "arn:aws:lambda:%s::runtime:e0f1a2b3c4d5", w->o.region);
    put_text(o, "runtimeVersionArn", arn);
}

static const char *init_phase(const struct emu *w)
{
    return w->suppressed ? "invoke" : w->o.init_type == EMU_SNAP_START ? "snap-start" : "init";
}

static json_t *init_record(const struct emu *w)
{
    json_t *o = json_object();
    put_text(o, "initializationType", emu_init_type_name(w->o.init_type));
    put_text(o, "phase", init_phase(w));
    return o;
}

static void put_instance(json_t *o, const struct emu *w)
{
    put_text(o, "functionName", w->o.function_name);
    put_text(o, "functionVersion", w->o.function_version);
    put_arn(o, w);
    put_text(o, "instanceId", w->instance);
    put(o, "instanceMaxMemory", json_integer((json_int_t)w->o.memory_mb << 20));
    put_runtime(o, w);
}

void emu_event_init_start(struct emu *w)
{
    json_t *o = init_record(w);
    put_instance(o, w);
    emu_emit(w, EMU_T_INIT_START, o);
}

void emu_event_init_runtime_done(struct emu *w, const char *status, const char *error_type)
{
    json_t *o = init_record(w);
    put_text(o, "status", status);
    put_text(o, "errorType", error_type);
    emu_emit(w, EMU_T_INIT_RUNTIME_DONE, o);
}

void emu_event_init_report(struct emu *w, const char *status, const char *error_type, double duration_ms)
{
    json_t *o = init_record(w);
    put_text(o, "status", status);
    put_text(o, "errorType", error_type);
    put(o, "metrics", json_pack("{s:f}", "durationMs", duration_ms));
    emu_emit(w, EMU_T_INIT_REPORT, o);
}

void emu_event_restore_start(struct emu *w)
{
    json_t *o = json_object();
    put_instance(o, w);
    emu_emit(w, EMU_T_RESTORE_START, o);
}

void emu_event_restore_runtime_done(struct emu *w, const char *status, const char *error_type)
{
    json_t *o = json_object();
    put_text(o, "status", status);
    put_text(o, "errorType", error_type);
    emu_emit(w, EMU_T_RESTORE_RUNTIME_DONE, o);
}

void emu_event_restore_report(struct emu *w, const char *status, const char *error_type, double duration_ms)
{
    json_t *o = json_object();
    put_text(o, "status", status);
    put_text(o, "errorType", error_type);
    put(o, "metrics", json_pack("{s:f}", "durationMs", duration_ms));
    emu_emit(w, EMU_T_RESTORE_REPORT, o);
}

/* --- invocations ------------------------------------------------------------------------------------------------------ */

static void put_tracing(json_t *o, const struct emu_invocation *inv)
{
    if (inv->trace[0] != 0)
        put(o, "tracing", json_pack("{s:s,s:s,s:s}", "spanId", inv->span_id, "type", "X-Amzn-Trace-Id", "value", inv->trace));
}

static void add_span(json_t *spans, const struct emu_invocation *inv, const char *name, int64_t from_ns, int64_t to_ns)
{
    char start[EMU_TIME_LEN + 1];
    if (from_ns == 0 || to_ns == 0)
        return;
    emu_time_format(start, inv->start.wall_ns + (from_ns - inv->start.mono_ns));
    json_array_append_new(spans, json_pack("{s:s,s:s,s:f}", "name", name, "start", start, "durationMs", emu_ms(to_ns - from_ns)));
}

static void put_spans(json_t *o, json_t *spans)
{
    if (json_array_size(spans) != 0)
        put(o, "spans", json_incref(spans));
    json_decref(spans);
}

void emu_event_start(const struct emu_invocation *inv)
{
    json_t *o = json_object();
    put_text(o, "requestId", inv->id);
    put_text(o, "version", inv->world->o.function_version);
    put_arn(o, inv->world);
    put_text(o, "tenantId", inv->tenant);
    put_tracing(o, inv);
    emu_emit(inv->world, EMU_T_START, o);
}

static double duration_ms(const struct emu_invocation *inv, int64_t until_ns)
{
    double ms = emu_ms(until_ns - inv->start.mono_ns);
    /* A timeout is told as the limit itself. */
    return strcmp(inv->status, "timeout") == 0 && inv->runtime_done_ns == 0 ? (double)inv->world->o.timeout_ms : ms;
}

void emu_event_runtime_done(const struct emu_invocation *inv)
{
    json_t *o = json_object(), *spans = json_array();
    int64_t end = inv->runtime_done_ns != 0 ? inv->runtime_done_ns : emu_now().mono_ns;
    put_text(o, "requestId", inv->id);
    put_text(o, "status", inv->status);
    put_text(o, "errorType", inv->error_type);
    put_text(o, "tenantId", inv->tenant);
    put(o, "metrics", json_pack("{s:f,s:I}", "durationMs", duration_ms(inv, end), "producedBytes", (json_int_t)inv->produced));
    add_span(spans, inv, "responseLatency", inv->start.mono_ns, inv->answered_ns);
    add_span(spans, inv, "responseDuration", inv->answered_ns, inv->answered_ns);
    add_span(spans, inv, "runtimeOverhead", inv->answered_ns, inv->runtime_done_ns);
    put_spans(o, spans);
    put_tracing(o, inv);
    emu_emit(inv->world, EMU_T_RUNTIME_DONE, o);
}

static void put_classic_metrics(json_t *o, struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    double ms = duration_ms(inv, inv->over_ns), billed = ms;
    json_t *m = json_object();
    put(m, "durationMs", json_real(ms));
    if (w->init_ms >= 0 && w->o.init_type == EMU_ON_DEMAND && !w->suppressed)
        billed += w->init_ms;
    if (w->restore_ms >= 0)
        billed += w->restore_ms;
    put(m, "billedDurationMs", json_integer((json_int_t)ceil(billed)));
    put(m, "memorySizeMB", json_integer((json_int_t)w->o.memory_mb));
    put(m, "maxMemoryUsedMB", json_integer((json_int_t)inv->memory_mb));
    if (w->init_ms >= 0 && w->o.init_type == EMU_ON_DEMAND && !w->suppressed)
        put(m, "initDurationMs", json_real(w->init_ms));
    if (w->restore_ms >= 0) {
        put(m, "restoreDurationMs", json_real(w->restore_ms));
        put(m, "billedRestoreDurationMs", json_integer((json_int_t)ceil(w->restore_ms)));
    }
    w->init_ms = w->restore_ms = -1;
    put(o, "metrics", m);
}

void emu_event_report(struct emu_invocation *inv)
{
    json_t *o = json_object(), *spans = json_array();
    put_text(o, "requestId", inv->id);
    put_text(o, "status", inv->status);
    put_text(o, "errorType", inv->error_type);
    put_text(o, "tenantId", inv->tenant);
    if (emu_is_managed(inv->world)) {
        put(o, "metrics", json_pack("{s:f}", "durationMs", duration_ms(inv, inv->over_ns)));
        add_span(spans, inv, "responseLatency", inv->start.mono_ns, inv->answered_ns);
        add_span(spans, inv, "responseDuration", inv->answered_ns, inv->answered_ns);
    } else {
        put_classic_metrics(o, inv);
        add_span(spans, inv, "extensionOverhead", inv->runtime_done_ns, inv->over_ns);
    }
    put_spans(o, spans);
    put_tracing(o, inv);
    emu_emit(inv->world, EMU_T_REPORT, o);
}

/* --- extensions ------------------------------------------------------------------------------------------------------- */

void emu_event_extension(const struct emu_ext *x)
{
    json_t *o = json_object(), *events = json_array();
    put_text(o, "name", x->name);
    put_text(o, "state", emu_ext_state_names[x->state]);
    if ((x->events & EMU_EVENT_INVOKE) != 0)
        json_array_append_new(events, json_string("INVOKE"));
    if ((x->events & EMU_EVENT_SHUTDOWN) != 0)
        json_array_append_new(events, json_string("SHUTDOWN"));
    put(o, "events", events);
    put_text(o, "errorType", x->error_type);
    emu_emit(x->world, EMU_T_EXTENSION, o);
}

void emu_event_subscription(const struct emu_ext *x)
{
    static const char *const names[] = { "platform", "function", "extension" };
    json_t *o = json_object(), *types = json_array();
    put_text(o, "name", x->name);
    put_text(o, "state", "Subscribed");
    for (size_t i = 0; i < NJ_COUNT(names); i++)
        if ((x->sub->what.want & 1u << i) != 0)
            json_array_append_new(types, json_string(names[i]));
    put(o, "types", types);
    emu_emit(x->world, EMU_T_SUBSCRIPTION, o);
}

/* Platform events: the facts others act on, and one sentence a person can read. */
#include "decode_internal.h"

/* {path} is a field, as text; [ ... ] is left out when a field in it is absent or empty.  A missing field elsewhere is "?". */
static const char *const sentences[NJ_EVENT_KINDS] = {
    [NJ_EV_INIT_START] = "init ({initializationType}) started[, {runtimeVersion}]",
    [NJ_EV_INIT_RUNTIME_DONE] = "init ({initializationType}) of the runtime ended[: {status}][, {errorType}]",
    [NJ_EV_INIT_REPORT] = "init ({initializationType}) ended[: {status}][, {errorType}][ after {metrics.durationMs} ms]",
    [NJ_EV_START] = "invocation {requestId} started[, version {version}]",
    [NJ_EV_RUNTIME_DONE] = "invocation {requestId} ended[: {status}][, {errorType}][ after {metrics.durationMs} ms]",
    [NJ_EV_REPORT] = "invocation {requestId} reported[: {status}][, {errorType}][, {metrics.durationMs} ms]"
                     "[, billed {metrics.billedDurationMs} ms][, memory {metrics.maxMemoryUsedMB} of {metrics.memorySizeMB} MB]"
                     "[, init {metrics.initDurationMs} ms][, restore {metrics.restoreDurationMs} ms]",
    [NJ_EV_RESTORE_START] = "restore started[, {runtimeVersion}]",
    [NJ_EV_RESTORE_RUNTIME_DONE] = "restore of the runtime ended[: {status}][, {errorType}]",
    [NJ_EV_RESTORE_REPORT] = "restore ended[: {status}][, {errorType}][ after {metrics.durationMs} ms]",
    [NJ_EV_EXTENSION_STATE] = "extension {name}: {state}[, {errorType}][ ({events})]",
    [NJ_EV_SUBSCRIPTION] = "extension {name}: {state} to telemetry[ ({types})]",
    [NJ_EV_LOGS_DROPPED] = "the platform dropped {droppedRecords} records[ ({droppedBytes} bytes)][: {reason}]",
    [NJ_EV_FAULT] = "the platform reports a fault[ in invocation {requestId}][: {errorType}]",
    [NJ_EV_END] = "invocation {requestId} ended",
};

/* --- sentences ---------------------------------------------------------------------------------------------------- */

static bool add_scalar(struct nj_buf *out, struct nj_json v)
{
    bool escaped = false;
    size_t before = out->n;
    if (v.type == NJ_JSON_STRING)
        nj_json_unescape(out, nj_json_inner(v, &escaped));
    else if (v.type == NJ_JSON_NUMBER || v.type == NJ_JSON_TRUE || v.type == NJ_JSON_FALSE)
        nj_buf_add(out, v.raw);
    return out->n != before;
}

static bool add_field(struct nj_buf *out, struct nj_json v)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json item;
    size_t before = out->n, after = before;
    if (v.type != NJ_JSON_ARRAY)
        return add_scalar(out, v);
    nj_json_iter_init(&it, v);
    while (nj_json_next(&it, &key, &item)) {
        if (after != before)
            nj_buf_addz(out, ", ");
        if (add_scalar(out, item))
            after = out->n;
        nj_buf_cut(out, after);
    }
    return after != before;
}

/* One template without groups; false when a field was absent. */
static bool add_plain(struct nj_buf *out, struct nj_str template, struct nj_json record)
{
    bool whole = true;
    struct nj_str words, path;
    while (nj_str_cut(&template, '{', &words)) {
        nj_buf_add(out, words);
        if (template.p == NULL || !nj_str_cut(&template, '}', &path))
            break;
        if (add_field(out, nj_json_path(record, path)))
            continue;
        nj_buf_addc(out, '?');
        whole = false;
    }
    return whole;
}

static struct nj_str sentence(struct nj_decoding *d, struct nj_str template, struct nj_json record)
{
    struct nj_buf *out = d->scratch;
    struct nj_str words, group;
    size_t from = out->n;
    while (nj_str_cut(&template, '[', &words)) {
        add_plain(out, words, record);
        if (template.p == NULL || !nj_str_cut(&template, ']', &group))
            break;
        size_t before = out->n;
        if (!add_plain(out, group, record))
            nj_buf_cut(out, before);
    }
    return nj_str_slice(nj_buf_str(out), from, out->n);
}

/* --- facts -------------------------------------------------------------------------------------------------------- */

static const struct {
    struct nj_str key;
    size_t at;
} texts[] = {
    { NJ_STR_INIT("requestId"), offsetof(struct nj_facts, request_id) },
    { NJ_STR_INIT("tenantId"), offsetof(struct nj_facts, tenant_id) },
    { NJ_STR_INIT("status"), offsetof(struct nj_facts, status) },
    { NJ_STR_INIT("functionArn"), offsetof(struct nj_facts, function_arn) },
    { NJ_STR_INIT("functionName"), offsetof(struct nj_facts, function_name) },
    { NJ_STR_INIT("functionVersion"), offsetof(struct nj_facts, function_version) },
    { NJ_STR_INIT("version"), offsetof(struct nj_facts, function_version) },
    { NJ_STR_INIT("instanceId"), offsetof(struct nj_facts, instance_id) },
    { NJ_STR_INIT("initializationType"), offsetof(struct nj_facts, init_type) },
    { NJ_STR_INIT("runtimeVersionArn"), offsetof(struct nj_facts, runtime_arn) },
};

static void take_tracing(struct nj_decoding *d, struct nj_json tracing)
{
    d->facts->trace_value = nj_decode_text(d, nj_json_get(tracing, NJ_STR("value")));
    d->facts->trace_span = nj_decode_text(d, nj_json_get(tracing, NJ_STR("spanId")));
}

static uint64_t count_of(struct nj_json record, struct nj_str key)
{
    int64_t n = 0;
    return nj_json_i64(nj_json_get(record, key), &n) && n > 0 ? (uint64_t)n : 0;
}

static void take_facts(struct nj_decoding *d, struct nj_json record)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json value;
    nj_json_iter_init(&it, record);
    while (nj_json_next(&it, &key, &value)) {
        if (nj_str_eq(key, NJ_STR("tracing")))
            take_tracing(d, value);
        for (size_t i = 0; i < NJ_COUNT(texts); i++) {
            if (!nj_str_eq(key, texts[i].key))
                continue;
            struct nj_str *fact = (struct nj_str *)(void *)((char *)d->facts + texts[i].at);
            if (fact->n == 0)
                *fact = nj_decode_text(d, value);
        }
    }
    if (d->facts->kind == NJ_EV_LOGS_DROPPED) {
        d->facts->dropped_records = count_of(record, NJ_STR("droppedRecords"));
        d->facts->dropped_bytes = count_of(record, NJ_STR("droppedBytes"));
    }
}

/* --- the record --------------------------------------------------------------------------------------------------- */

/* Anything but success is a failure, where we know the event; elsewhere only the words that mean one (lambda-protocol 2.5).
 * Events without a status tell by their errorType: an extension that could not be launched, for instance. */
static void take_status(struct nj_decoding *d, struct nj_json record)
{
    static const struct nj_str failures[] = { NJ_STR_INIT("error"), NJ_STR_INIT("failure"), NJ_STR_INIT("timeout") };
    struct nj_str status = d->facts->status;
    bool escaped, success = nj_str_eq(status, NJ_STR("success"));
    bool failed = nj_json_inner(nj_json_get(record, NJ_STR("errorType")), &escaped).n != 0;
    if (status.n != 0 && !success && d->facts->kind != NJ_EV_OTHER)
        failed = true;
    for (size_t i = 0; i < NJ_COUNT(failures); i++)
        failed = failed || nj_str_eq(status, failures[i]);
    if (failed) {
        d->out->outcome = NJ_OUTCOME_FAILURE;
        d->out->severity = NJ_SEV_ERROR;
        d->out->lane = NJ_LANE_CRITICAL;
    } else if (success) {
        d->out->outcome = NJ_OUTCOME_SUCCESS;
    }
}

/* platform.fault of the Logs API is text: "RequestId: 6f0c... Process exited before completing request". */
static void take_text(struct nj_decoding *d, struct nj_json record)
{
    struct nj_str rest = nj_decode_line(nj_decode_as_text(d, record)), id = { NULL, 0 };
    d->out->message = rest;
    if (d->facts->kind != NJ_EV_FAULT)
        return;
    d->out->outcome = NJ_OUTCOME_FAILURE;
    if (!nj_str_starts(rest, NJ_STR("RequestId: ")))
        return;
    rest = nj_str_slice(rest, sizeof("RequestId: ") - 1, rest.n);
    if (nj_str_cut(&rest, ' ', &id))
        d->facts->request_id = id;
}

void nj_decode_platform(struct nj_decoding *d, struct nj_json record)
{
    const char *template = sentences[d->facts->kind];
    if (record.type != NJ_JSON_OBJECT) {
        take_text(d, record);
        return;
    }
    d->out->data_json = record.raw;
    take_facts(d, record);
    take_status(d, record);
    if (template != NULL)
        d->out->message = sentence(d, nj_str_of(template), record);
    else
        d->out->message = d->out->event; /* an event we do not know: its name is what can be said of it */
}

/* Bodies of the Extensions and Telemetry APIs, both ways. */
#include "nightjar/extensions_api.h"

/* Copies the string member of an object, escapes undone. */
static void take(struct nj_json object, struct nj_str path, struct nj_short *out)
{
    struct nj_json v = nj_json_path(object, path);
    struct nj_buf text;
    bool escaped = false;
    *out = (struct nj_short){ .n = 0 };
    if (v.type != NJ_JSON_STRING)
        return;
    struct nj_str inner = nj_json_inner(v, &escaped);
    if (!escaped) { /* as they come: reading an event, and so SHUTDOWN, takes no memory */
        nj_short_set(out, inner);
        return;
    }
    nj_buf_init(&text, 8 * NJ_ARN_MAX);
    nj_json_unescape(&text, inner);
    nj_short_set(out, nj_buf_str(&text));
    nj_buf_fini(&text);
}

void nj_ext_parse_registered(struct nj_str body, struct nj_registered *out)
{
    struct nj_json doc;
    *out = (struct nj_registered){ 0 };
    if (nj_json_parse(body, &doc) != NJ_OK)
        return;
    take(doc, NJ_STR("functionName"), &out->function);
    take(doc, NJ_STR("functionVersion"), &out->version);
    take(doc, NJ_STR("accountId"), &out->account);
}

enum nj_status nj_ext_parse_event(struct nj_str body, struct nj_ext_event *out)
{
    static const struct {
        struct nj_str name;
        enum nj_ext_event_kind kind;
    } kinds[] = { { NJ_STR_INIT("INVOKE"), NJ_EXT_INVOKE }, { NJ_STR_INIT("SHUTDOWN"), NJ_EXT_SHUTDOWN } };
    struct nj_json doc;
    struct nj_short type;
    *out = (struct nj_ext_event){ .kind = NJ_EXT_UNKNOWN };
    enum nj_status st = nj_json_parse(body, &doc);
    if (st != NJ_OK)
        return st;
    if (doc.type != NJ_JSON_OBJECT)
        return NJ_EPARSE;
    take(doc, NJ_STR("eventType"), &type);
    for (size_t i = 0; i < NJ_COUNT(kinds); i++)
        if (nj_str_eq_nocase(nj_short_str(&type), kinds[i].name))
            out->kind = kinds[i].kind;
    double deadline = 0; /* integers in practice, but an emulator may write 1.7e12 */
    if (nj_json_f64(nj_json_get(doc, NJ_STR("deadlineMs")), &deadline) && deadline > 0 && deadline < 1e15)
        out->deadline_ms = (int64_t)deadline;
    take(doc, NJ_STR("requestId"), &out->request_id);
    take(doc, NJ_STR("invokedFunctionArn"), &out->arn);
    take(doc, NJ_STR("tracing.value"), &out->trace);
    take(doc, NJ_STR("shutdownReason"), &out->reason);
    return NJ_OK;
}

void nj_ext_parse_error(struct nj_str body, struct nj_short *error_type)
{
    struct nj_json doc;
    *error_type = (struct nj_short){ .n = 0 };
    if (nj_json_parse(body, &doc) == NJ_OK)
        take(doc, NJ_STR("errorType"), error_type);
}

void nj_ext_register_body(struct nj_buf *out, unsigned want)
{
    const char *comma = (want & NJ_EXT_WANT_INVOKE) != 0 && (want & NJ_EXT_WANT_SHUTDOWN) != 0 ? "," : "";
    nj_buf_addf(out, "{\"events\":[%s%s%s]}", (want & NJ_EXT_WANT_INVOKE) != 0 ? "\"INVOKE\"" : "", comma,
                (want & NJ_EXT_WANT_SHUTDOWN) != 0 ? "\"SHUTDOWN\"" : "");
}

void nj_telemetry_subscribe_body(struct nj_buf *out, const struct nj_subscription *s)
{
    struct nj_str rest = s->types, type;
    const char *comma = "";
    nj_buf_addz(out, "{\"schemaVersion\":");
    nj_buf_add_json(out, s->schema);
    nj_buf_addz(out, ",\"types\":[");
    while (nj_str_cut(&rest, ',', &type)) {
        if (nj_str_trim(type).n == 0)
            continue;
        nj_buf_addz(out, comma);
        nj_buf_add_json(out, nj_str_trim(type));
        comma = ",";
    }
    nj_buf_addz(out, "],\"destination\":{\"protocol\":\"HTTP\",\"URI\":");
    nj_buf_add_json(out, s->uri);
    nj_buf_addf(out, "},\"buffering\":{\"maxItems\":%u,\"maxBytes\":%u,\"timeoutMs\":%u}}", s->max_items, s->max_bytes, s->timeout_ms);
}

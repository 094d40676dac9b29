/* nightjar.start, nightjar.ledger and alert.telemetry_spoofed. */
#include "own_records.h"

#include "nightjar/pipeline.h"

static void own(struct nj_record *r, struct nj_str event, enum nj_category category, struct nj_str message)
{
    nj_record_init(r);
    r->event = event;
    r->category = category;
    r->message = message;
}

static void list_sinks(struct nj_buf *out, struct nj_outlet *const *outlets, size_t n)
{
    struct nj_buf text;
    nj_buf_init(&text, 4096);
    nj_buf_addc(out, '[');
    for (size_t i = 0; i < n; i++) {
        nj_buf_reset(&text);
        nj_sink_describe(nj_outlet_sink(outlets[i]), &text);
        if (i != 0)
            nj_buf_addc(out, ',');
        nj_buf_add_json(out, nj_buf_str(&text));
    }
    nj_buf_addc(out, ']');
    nj_buf_fini(&text);
}

static void list_problems(struct nj_buf *out, const struct nj_problems *problems)
{
    nj_buf_addc(out, '[');
    for (size_t i = 0; i < problems->n; i++) {
        if (i != 0)
            nj_buf_addc(out, ',');
        nj_buf_add_json(out, nj_str_of(problems->list[i].text));
    }
    nj_buf_addc(out, ']');
}

void nj_own_start(struct nj_record *r, struct nj_buf *store, const struct nj_options *o, const struct nj_problems *problems,
                  const struct nj_redaction *redaction, struct nj_outlet *const *outlets, size_t outlet_count,
                  enum nj_telemetry_state telemetry, struct nj_str degraded, const char *fingerprint)
{
    bool working = telemetry == NJ_TELEMETRY_SUBSCRIBED;
    own(r, NJ_STR("nightjar.start"), NJ_CAT_LOG,
        working ? NJ_STR("nightjar is at work") : NJ_STR("nightjar is at work, without telemetry from the platform"));
    r->severity = degraded.n == 0 ? NJ_SEV_INFO : NJ_SEV_WARN;
    r->outcome = working ? NJ_OUTCOME_SUCCESS : NJ_OUTCOME_FAILURE;
    nj_buf_reset(store);
    nj_buf_addz(store, "{\"nightjar.version\":\"" NJ_VERSION "\",\"nightjar.telemetry\":");
    nj_buf_add_json(store, nj_str_of(nj_telemetry_names[telemetry]));
    if (degraded.n != 0) {
        nj_buf_addz(store, ",\"nightjar.degraded\":");
        nj_buf_add_json(store, degraded);
    }
    nj_buf_addz(store, ",\"nightjar.subscription\":");
    nj_buf_add_json(store, o->telemetry);
    nj_buf_addz(store, ",\"nightjar.flush\":");
    nj_buf_add_json(store, o->flush);
    nj_buf_addz(store, ",\"nightjar.redact\":");
    nj_buf_add_json(store, nj_options_choice(NJ_OPT_redact, o->redact));
    nj_buf_addz(store, ",\"nightjar.key\":");
    if (redaction->pseudonyms == NULL || nj_pseudonyms_ephemeral(redaction->pseudonyms))
        nj_buf_addz(store, redaction->pseudonyms == NULL ? "\"none\"" : "\"ephemeral\"");
    else
        nj_buf_add_json(store, nj_pseudonyms_key_id(redaction->pseudonyms));
    nj_buf_addf(store, ",\"nightjar.config.fingerprint\":\"%s\"", fingerprint);
    nj_buf_addz(store, ",\"nightjar.sinks\":");
    list_sinks(store, outlets, outlet_count);
    nj_buf_addz(store, ",\"nightjar.problems\":");
    list_problems(store, problems);
    nj_buf_addc(store, '}');
    if (store->err == NJ_OK)
        r->data_json = nj_buf_str(store);
}

/* Whoever reads the log later must see that it was not protected (OWASP's word for a control that was switched off). */
void nj_own_redaction_off(struct nj_record *r)
{
    own(r, NJ_STR("sys_monitor_disabled"), NJ_CAT_ALERT, NJ_STR("redaction is off: secrets and personal data leave as they are"));
    r->severity = NJ_SEV_WARN;
    r->lane = NJ_LANE_CRITICAL;
    nj_attrs_str(&r->data, NJ_STR("nightjar.control"), NJ_STR("redaction"));
}

void nj_own_ledger_object(struct nj_buf *out, const struct nj_ledger *l, struct nj_outlet *const *outlets, size_t outlet_count)
{
    struct nj_named_out outs[NJ_OUTLETS_MAX];
    for (size_t i = 0; i < outlet_count; i++)
        outs[i] = (struct nj_named_out){ .name = nj_outlet_sink(outlets[i])->name, .out = nj_outlet_ledger(outlets[i]) };
    nj_ledger_json(l, outs, outlet_count, out);
}

void nj_own_ledger(struct nj_record *r, struct nj_buf *store, const struct nj_ledger *l, struct nj_outlet *const *outlets,
                   size_t outlet_count, bool final)
{
    own(r, NJ_STR("nightjar.ledger"), NJ_CAT_LEDGER,
        final ? NJ_STR("every record accounted for, at the end of the sandbox") : NJ_STR("every record accounted for, so far"));
    nj_buf_reset(store);
    nj_own_ledger_object(store, l, outlets, outlet_count);
    if (store->err == NJ_OK)
        r->data_json = nj_buf_str(store);
    nj_attrs_bool(&r->data, NJ_STR("nightjar.final"), final);
}

void nj_own_spoofed(struct nj_record *r, struct nj_buf *store, struct nj_str peer, uint64_t more)
{
    own(r, NJ_STR("alert.telemetry_spoofed"), NJ_CAT_ALERT,
        NJ_STR("a POST to the telemetry listener did not look like the platform's and was refused"));
    r->severity = NJ_SEV_ERROR;
    r->outcome = NJ_OUTCOME_FAILURE;
    r->lane = NJ_LANE_CRITICAL;
    nj_buf_reset(store);
    nj_buf_add(store, peer);
    nj_attrs_str(&r->who, NJ_STR("client.address"), nj_buf_str(store));
    nj_attrs_i64(&r->data, NJ_STR("nightjar.refused"), (int64_t)more + 1);
}

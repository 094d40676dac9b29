/* The Runtime API proxy at work in the sidecar: its copies become records, its view of the end moves the turns on. */
#include "nightjar/diag.h"
#include "sidecar_internal.h"

/* As the table of options has them.  With metadata the copies are kept and read as well: they tell who, what and the types of errors. */
enum { CAPTURE_METADATA = 1, CAPTURE_OFF };
/* A sandbox of 128 MB has a fourteenth of a processor: an answer takes its time, while a dead port refuses at once. */
enum { PROBE_MS = 1000 };

static struct nj_payload payload_of(const struct nj_sidecar *s, const struct nj_capture *c)
{
    static const enum nj_payload_kind kinds[NJ_CAPTURE_KINDS] = {
        [NJ_CAPTURE_INPUT] = NJ_PAYLOAD_INPUT,
        [NJ_CAPTURE_RESPONSE] = NJ_PAYLOAD_RESPONSE,
        [NJ_CAPTURE_ERROR] = NJ_PAYLOAD_ERROR,
        [NJ_CAPTURE_INIT_ERROR] = NJ_PAYLOAD_INIT_ERROR,
        [NJ_CAPTURE_RESTORE_ERROR] = NJ_PAYLOAD_RESTORE_ERROR,
    };
    return (struct nj_payload){
        .kind = kinds[c->kind],
        .request_id = c->request_id,
        .arn = c->arn,
        .trace = c->trace,
        .tenant = c->tenant,
        .client_context = c->client_context,
        .cognito_identity = c->cognito_identity,
        .content_type = c->content_type,
        .error_type = c->error_type,
        .error_body = c->error_body,
        .streaming = c->streaming,
        .complete = c->complete,
        .metadata_only = s->o->capture == CAPTURE_METADATA,
        .status_code = c->status_code,
        .upstream_status = c->upstream_status,
        .size = c->size,
        .sha256 = c->sha256,
        .kept = c->kept,
        .start_ns = c->start_ns,
        .end_ns = c->end_ns,
    };
}

static void on_capture(void *ctx, const struct nj_capture *c)
{
    struct nj_sidecar *s = ctx;
    s->proxied = true;
    if (c->kind == NJ_CAPTURE_END) {
        nj_turn_answered(s, c->request_id);
        return;
    }
    if (s->pipeline == NULL)
        return;
    if (c->kind == NJ_CAPTURE_INPUT)
        nj_clone_used(s);
    struct nj_payload payload = payload_of(s, c);
    nj_pipeline_payload(s->pipeline, &payload);
    nj_observing_rearm(s);
    nj_turn_said(s);
}

/* A preset may want less of a payload than the operator lets through.  A little more is kept than may leave: the end of what is cut
 * here may be half a value, which has to go before redaction, and redaction makes most texts shorter. */
static size_t capture_bytes(const struct nj_options *o)
{
    enum { SLACK = 1024, SHARE = 16 };
    size_t preset = nj_redact_payload_most(nj_options_choice(NJ_OPT_redact, o->redact));
    size_t most = preset != 0 && preset < o->capture_bytes ? preset : (size_t)o->capture_bytes;
    return most + SLACK + most / SHARE;
}

void nj_capture_start(struct nj_sidecar *s)
{
    struct nj_proxy_options po = {
        .port = (uint16_t)s->o->proxy_port,
        .upstream = s->o->proxy_upstream.n != 0 ? s->o->proxy_upstream : s->o->runtime_api,
        .capture_bytes = capture_bytes(s->o),
    };
    if (s->o->capture == CAPTURE_OFF)
        return;
    if (nj_proxy_new(&s->proxy, &po) != NJ_OK) {
        s->proxy = NULL;
        /* No warning: who does not use the wrapper misses nothing, and who does is told by it. */
        nj_diag(NJ_LEVEL_INFO, "NJ1405", "the Runtime API proxy could not take port %u; inputs and responses are not seen", po.port);
        return;
    }
    s->captures = (struct nj_proxy_reader){ .proxy = s->proxy, .on_capture = on_capture, .ctx = s };
    if (nj_proxy_reader_start(&s->captures, s->loop) != NJ_OK)
        nj_diag(NJ_LEVEL_ERROR, "NJ1406", "copies of inputs and responses cannot be read; the proxy itself works");
}

bool nj_capture_in_path(struct nj_sidecar *s)
{
    /* The wrapper probes before it sends the runtime our way, so the first invocation is known to come through, too. */
    s->proxied = s->proxied || (s->proxy != NULL && nj_proxy_count(s->proxy, NJ_PROXY_probes) != 0);
    return s->proxied;
}

void nj_capture_drain(struct nj_sidecar *s)
{
    struct nj_capture *c = NULL;
    while (s->proxy != NULL && (c = nj_proxy_take(s->proxy)) != NULL) {
        on_capture(s, c);
        nj_capture_free(s->proxy, c);
    }
}

void nj_capture_tally(struct nj_sidecar *s)
{
    static const struct {
        enum nj_counter to;
        enum nj_proxy_counter from;
    } rows[] = {
        { NJ_CTR_proxy_exchanges, NJ_PROXY_exchanges },         { NJ_CTR_proxy_blind, NJ_PROXY_blind },
        { NJ_CTR_proxy_replayed, NJ_PROXY_replayed },           { NJ_CTR_proxy_upstream_lost, NJ_PROXY_upstream_lost },
        { NJ_CTR_captures_starved, NJ_PROXY_captures_starved }, { NJ_CTR_captures_dropped, NJ_PROXY_captures_dropped },
    };
    for (size_t i = 0; s->proxy != NULL && i < NJ_COUNT(rows); i++)
        s->ledger.c[rows[i].to] = nj_proxy_count(s->proxy, rows[i].from);
}

void nj_capture_stop(struct nj_sidecar *s)
{
    if (s->proxy == NULL)
        return;
    nj_proxy_reader_stop(&s->captures, s->loop);
    nj_proxy_free(s->proxy);
    s->proxy = NULL;
}

int nj_sidecar_probe(const char *port, const char *runtime_api)
{
    uint64_t number = 0;
    if (!nj_str_u64(nj_str_of(port), &number) || number == 0 || number > UINT16_MAX)
        return 1;
    return nj_proxy_probe((uint16_t)number, nj_str_of(runtime_api), PROBE_MS) == NJ_OK ? 0 : 1;
}

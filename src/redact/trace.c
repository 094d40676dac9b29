/* Tells whoever explains redaction what was found and where: places in the text that was given, through all layers. */
#include "redact_internal.h"

const char nj_layer_string[] = "json string", nj_layer_cut[] = "cut json";

void nj_redact_trace(struct nj_redactor *r, struct nj_str given, nj_finding_fn fn, void *ctx)
{
    r->trace = (struct nj_trace){ .fn = fn, .ctx = ctx, .given = given, .outer = { 0, given.n } };
}

/* Where a view lies in the text that was given; false when it is of a layer that was opened. */
static bool place(const struct nj_trace *t, struct nj_str view, struct nj_span *out)
{
    uintptr_t from = (uintptr_t)t->given.p, at = (uintptr_t)view.p;
    if (view.p == NULL || at < from || at - from > t->given.n || view.n > t->given.n - (at - from))
        return false;
    *out = (struct nj_span){ at - from, at - from + view.n };
    return true;
}

struct nj_layer nj_layer_open(struct nj_redactor *r, const char *how, struct nj_str raw)
{
    struct nj_trace *t = &r->trace;
    struct nj_layer before = { t->outer, t->layers };
    struct nj_span span;
    if (t->fn != NULL && place(t, raw, &span))
        t->outer = span;
    if (t->layers < NJ_LAYERS_MAX)
        t->how[t->layers++] = how;
    return before;
}

void nj_layer_close(struct nj_redactor *r, struct nj_layer before)
{
    r->trace.outer = before.outer;
    r->trace.layers = before.layers;
}

/* How often something was decoded to get here; a string within JSON within a string was. */
static unsigned decodings(const struct nj_trace *t)
{
    unsigned n = 0, strings = t->in_string ? 1 : 0;
    for (unsigned i = 0; i < t->layers; i++) {
        strings += t->how[i] == nj_layer_string;
        n += t->how[i] != nj_layer_string && t->how[i] != nj_layer_cut;
    }
    return n + (strings > 1 ? strings - 1 : 0);
}

static __attribute__((noinline)) void tell(struct nj_redactor *r, unsigned counter, enum nj_action action, struct nj_str value)
{
    struct nj_trace *t = &r->trace;
    struct nj_span span = t->outer;
    bool exact = place(t, value, &span);
    struct nj_finding f = {
        .rule = nj_counter_name(r, counter),
        .by_name = counter >= NJ_COUNT_KEYS && counter < NJ_COUNT_RULES,
        .by_rule = counter >= NJ_COUNT_RULES,
        .action = nj_action_names[action == NJ_ACT_HMAC && r->pseudonyms == NULL ? NJ_ACT_MASK : action],
        .at = span.from,
        .length = span.to - span.from,
        .layers = exact ? 0 : t->layers,
    };
    memcpy(f.how, t->how, sizeof(f.how));
    t->fn(t->ctx, &f);
}

void nj_found(struct nj_redactor *r, unsigned counter, enum nj_action action, struct nj_str value)
{
    unsigned depth = decodings(&r->trace);
    r->findings++;
    nj_count(r, counter);
    if (action != NJ_ACT_COUNT)
        r->audit.bytes += value.n;
    if (action == NJ_ACT_TRUNCATE)
        nj_note(r, NJ_AUDIT_TRUNCATED);
    r->drop = r->drop || action == NJ_ACT_DROP;
    if (depth > r->audit.depth)
        r->audit.depth = depth;
    if (r->trace.fn != NULL)
        tell(r, counter, action, value);
}

/* Fuzz target: inputs, answers and lines of any kind go through the observing room.
 *
 * The data is cut at the first two line feeds that are followed by one: input, answer, lines.  Besides "does not crash": each invocation
 * is summed up once; what is said has a time, an event and a message; and no text of a case is longer than it may be.
 *
 *   make fuzz FUZZ=fuzz_observe */
#include "nightjar/alert_rules.h"
#include "nightjar/observe.h"
#include "nightjar/pseudonym.h"

#include <stdlib.h>

enum { SCRATCH = 1 << 20 };
static const int64_t t0 = 1795418101000000000;
#define ID "3d2c5f0a-1111-4222-8333-444455556666"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void on_emit(void *ctx, struct nj_record *r)
{
    size_t *summaries = ctx;
    must(r->when_ns != 0 && r->event.n != 0 && r->message.n != 0 && r->origin == NJ_FROM_DERIVED);
    *summaries += nj_str_eq(r->event, NJ_STR("invocation.summary"));
    for (size_t i = 0; i < r->who.n; i++)
        must(r->who.a[i].v.type != NJ_V_STR || (r->who.a[i].v.u.s.n != 0 && r->who.a[i].v.u.s.n <= 256));
}

static struct nj_str take(struct nj_str *rest)
{
    struct nj_str all = *rest;
    size_t end = nj_str_find(all, NJ_STR("\n\n"), 0);
    *rest = end == NJ_NPOS ? (struct nj_str){ NULL, 0 } : nj_str_slice(all, end + 2, all.n);
    return nj_str_slice(all, 0, end);
}

static void tell(struct nj_observe *o, struct nj_str line, bool json)
{
    struct nj_buf element, scratch;
    struct nj_record r;
    struct nj_facts f;
    nj_buf_init(&element, SCRATCH);
    nj_buf_init(&scratch, SCRATCH);
    nj_buf_addz(&element, "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"function\",\"record\":");
    if (json)
        nj_buf_add(&element, line);
    else
        nj_buf_add_json(&element, line);
    nj_buf_addc(&element, '}');
    nj_decode(nj_buf_str(&element), t0, &scratch, &r, &f);
    nj_attrs_str(&r.where, NJ_STR("faas.invocation_id"), NJ_STR(ID));
    nj_observe_put(o, &r, true);
    nj_observe_record(o, t0, &f, &r, NULL);
    nj_buf_fini(&element);
    nj_buf_fini(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nj_pseudonyms *pseudonyms;
    size_t summaries = 0;
    struct nj_observe *o = NULL;
    if (pseudonyms == NULL)
        must(nj_pseudonyms_new(&pseudonyms, NJ_STR("k1:a key that is long enough for tests of this kind"), NJ_STR("")) == NJ_OK);
    static struct nj_alert_rules rules;
    nj_alert_rules_standard(&rules);
    struct nj_observe_options options = { .pseudonyms = pseudonyms,
                                          .alert_rules = &rules,
                                          .cdn = true,
                                          .trusted_hops = 1,
                                          .auth_routes = NJ_STR("/a*"),
                                          .sensitive_routes = NJ_STR("*b"),
                                          .emit = on_emit,
                                          .ctx = &summaries };
    must(nj_observe_new(&o, &options) == NJ_OK);
    struct nj_str rest = { (const char *)data, size };
    struct nj_str in = take(&rest), out = take(&rest), line;
    uint64_t more = size != 0 ? data[0] & 1 : 0; /* the input was cut */
    struct nj_payload asked = {
        .kind = NJ_PAYLOAD_INPUT, .request_id = NJ_STR(ID), .complete = true, .size = in.n + more, .kept = in, .start_ns = t0, .end_ns = t0
    };
    struct nj_payload answered = { .kind = size % 4 == 0 ? NJ_PAYLOAD_ERROR : NJ_PAYLOAD_RESPONSE,
                                   .request_id = NJ_STR(ID),
                                   .complete = true,
                                   .size = out.n,
                                   .kept = out,
                                   .status_code = (unsigned)(size % 7) * 100,
                                   .start_ns = t0,
                                   .end_ns = t0 };
    nj_observe_telemetry(o, t0, size % 3 != 0);
    nj_observe_invoke(o, t0, NJ_STR(ID), 0);
    nj_observe_payload(o, t0, &asked);
    while (nj_str_cut(&rest, '\n', &line))
        tell(o, line, line.n != 0 && line.p[0] == '{');
    nj_observe_payload(o, t0, &answered);
    nj_observe_answered(o, t0, NJ_STR(ID));
    nj_observe_tick(o, t0 + 61000000000);
    nj_observe_shutdown(o, t0 + 62000000000, NJ_STR("spindown"));
    must(summaries == 1);
    nj_observe_free(o);
    return 0;
}

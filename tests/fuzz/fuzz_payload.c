/* Fuzz target: bodies of any kind, whole and cut, become records.
 *
 * The first byte chooses the kind and the flags, the second the share of the body that was kept.  Besides "does not crash": what a
 * record holds is valid JSON where it says so; a whole body that is JSON comes out as JSON of the same type; a cut one never grows
 * beyond its closing brackets; text that was cut is a beginning of what it was; what is shortened after redaction fits and is JSON.
 *
 *   make fuzz FUZZ=fuzz_payload */
#include "../../src/observe/payload_internal.h"
#include "../../src/redact/redact_internal.h"

#include <stdlib.h>

enum { LIMIT = 8 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_json(struct nj_str text, bool object)
{
    struct nj_json v;
    must(nj_json_parse(text, &v) == NJ_OK && (!object || v.type == NJ_JSON_OBJECT));
}

static void check_record(const struct nj_record *r)
{
    must(r->event.n != 0 && r->message.n != 0);
    if (r->data_json.p != NULL)
        check_json(r->data_json, true);
    for (size_t i = 0; i < r->data.n; i++)
        if (r->data.a[i].v.type == NJ_V_JSON)
            check_json(r->data.a[i].v.u.s, false);
}

static void check_whole(const struct nj_payload *p, const struct nj_record *r)
{
    struct nj_json in, out;
    if (nj_json_parse(p->kept, &in) != NJ_OK || r->data_json.p == NULL)
        return;
    must(nj_json_parse(r->data_json, &out) == NJ_OK);
    out = nj_json_get(out, NJ_STR("payload"));
    must(out.type == in.type || out.type == NJ_JSON_STRING); /* a string: too deep */
}

static void check_cuts(struct nj_str kept)
{
    struct nj_buf out;
    struct nj_json v;
    bool half = false;
    nj_buf_init(&out, LIMIT);
    if (nj_cut_json(kept, &out, &half)) {
        must(out.n <= kept.n + NJ_CUT_SPARE);
        must(out.n == 0 || nj_json_parse(nj_buf_str(&out), &v) == NJ_OK);
    } else {
        must(out.n == 0 && nj_json_parse(kept, &v) != NJ_OK);
    }
    struct nj_str text = nj_cut_text(kept);
    must(text.n <= kept.n && (text.n == 0 || text.p == kept.p));
    nj_buf_fini(&out);
}

static void check_shortened(struct nj_str kept, size_t most)
{
    struct nj_buf out;
    struct nj_json in, left;
    if (nj_json_parse(kept, &in) != NJ_OK)
        return;
    nj_buf_init(&out, LIMIT);
    nj_buf_add(&out, in.raw);
    size_t n = nj_shorten(out.p, out.n, most);
    must(n <= most && nj_json_parse((struct nj_str){ out.p, n }, &left) == NJ_OK);
    must(n == in.raw.n || most < in.raw.n);
    must(left.type == in.type || in.type < NJ_JSON_STRING); /* nothing of a number that is too long */
    nj_buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct nj_record r;
    struct nj_buf scratch;
    if (size < 2)
        return 0;
    struct nj_str body = { (const char *)data + 2, size - 2 };
    struct nj_payload p = { .kind = data[0] % NJ_PAYLOAD_KINDS, .size = body.n };
    p.complete = (data[0] & 0x20) == 0;
    p.streaming = (data[0] & 0x40) != 0;
    p.kept = nj_str_slice(body, 0, body.n * data[1] / 255);
    if ((data[0] & 0x10) != 0)
        p.error_body = p.client_context = p.kept;
    nj_buf_init(&scratch, 8 * (p.kept.n + p.error_body.n) + 1024); /* what the contract says is enough */
    must(nj_payload_decode(&p, &scratch, &r) && scratch.err == NJ_OK);
    check_record(&r);
    if (p.kind == NJ_PAYLOAD_INPUT && p.complete && p.kept.n == body.n)
        check_whole(&p, &r);
    check_shortened(body, 2 + body.n * data[1] / 255);
    check_cuts(p.kept);
    nj_buf_fini(&scratch);
    return 0;
}

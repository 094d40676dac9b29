/* Fuzz target: telemetry bodies through slicing, joining, decoding and enrichment.
 *
 * The input is one POST or several, apart from each other by a byte 0x1e.  Besides "does not crash": pieces come in order and
 * never overlap; a body that is an array of objects is cut into exactly its elements; what a record holds is valid JSON
 * where it says so, and stays so for strict readers; an unreadable record holds every byte of its element.
 *
 *   make fuzz FUZZ=fuzz_decode */
#include "nightjar/enrich.h"
#include "nightjar/utf8.h"

#include <stdlib.h>

enum { LIMIT = 1 << 20, NOW = 1000000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

struct state {
    struct nj_sandbox sandbox;
    struct nj_invocations invocations;
    struct nj_buf scratch, joined, cut, copy;
};

/* What leaves for a strict reader: valid JSON in valid UTF-8. */
static void check_strict(struct state *s, struct nj_json v)
{
    struct nj_json again;
    nj_buf_reset(&s->copy);
    nj_json_copy(&s->copy, v);
    struct nj_str out = nj_buf_str(&s->copy);
    must(s->copy.err == NJ_OK && nj_json_parse(out, &again) == NJ_OK && again.type == v.type);
    for (size_t at = 0, n = 0; at < out.n; at += n) {
        n = nj_utf8_len(out, at);
        must(n != 0);
    }
}

static void check_json(struct state *s, struct nj_str text, bool object)
{
    struct nj_json v;
    must(nj_json_parse(text, &v) == NJ_OK && (!object || v.type == NJ_JSON_OBJECT));
    check_strict(s, v);
}

static void take_element(struct state *s, struct nj_str element)
{
    struct nj_record r;
    struct nj_facts f;
    bool late, unattributed;
    nj_buf_reset(&s->scratch);
    nj_decode(element, NOW, &s->scratch, &r, &f);
    must(s->scratch.max == LIMIT && r.event.n != 0 && r.message.p != NULL && f.kind < NJ_EVENT_KINDS);
    nj_enrich(&s->sandbox, &s->invocations, &f, &r, &late, &unattributed);
    must(s->invocations.open <= NJ_INVOCATIONS && !(late && unattributed));
    if (nj_attrs_get(&r.data, NJ_STR("nightjar.unreadable")) != NULL)
        must(nj_str_eq(r.message, element));
    if (r.data_json.p != NULL)
        check_json(s, r.data_json, true);
    for (size_t i = 0; i < r.data.n; i++)
        if (r.data.a[i].v.type == NJ_V_JSON)
            check_json(s, r.data.a[i].v.u.s, false);
}

static void take_unreadable(struct state *s, struct nj_str piece)
{
    struct nj_record r;
    nj_buf_reset(&s->scratch);
    nj_decode_unreadable(piece, NJ_STR("no record"), NOW, &s->scratch, &r);
    must(nj_str_eq(r.message, piece));
}

/* Does the slicer see what the reader sees? */
static bool is_array_of_objects(struct nj_str body, struct nj_json_iter *elements)
{
    struct nj_json v, e;
    struct nj_str key;
    if (nj_json_parse(body, &v) != NJ_OK || v.type != NJ_JSON_ARRAY)
        return false;
    for (nj_json_iter_init(elements, v); nj_json_next(elements, &key, &e);)
        if (e.type != NJ_JSON_OBJECT)
            return false;
    nj_json_iter_init(elements, v);
    return true;
}

static void take_slices(struct state *s, struct nj_str body)
{
    struct nj_slicer slicer;
    struct nj_json_iter elements;
    struct nj_str piece, key;
    struct nj_json want;
    enum nj_slice_kind kind;
    const char *behind = body.p;
    bool clean = is_array_of_objects(body, &elements);
    nj_slicer_init(&slicer, body);
    while ((kind = nj_slicer_next(&slicer, &piece)) != NJ_SLICE_END) {
        must(piece.n != 0 && piece.p >= behind && piece.p + piece.n <= body.p + body.n);
        behind = piece.p + piece.n;
        if (clean)
            must(kind == NJ_SLICE_ELEMENT && nj_json_next(&elements, &key, &want) && nj_str_eq(want.raw, piece));
        if (kind == NJ_SLICE_ELEMENT)
            take_element(s, piece);
        else if (kind == NJ_SLICE_CUT)
            nj_buf_add(&s->cut, piece);
        else
            take_unreadable(s, piece);
    }
    must(!clean || !nj_json_next(&elements, &key, &want));
}

static void take_body(struct state *s, struct nj_str body)
{
    struct nj_str rest = body;
    enum nj_join join = NJ_JOIN_NO;
    struct nj_json v;
    nj_buf_reset(&s->joined);
    if (s->cut.n != 0)
        join = nj_decode_join(nj_buf_str(&s->cut), body, &s->joined, &rest);
    if (join == NJ_JOIN_NO) {
        must(s->joined.n == 0 && (s->cut.n == 0 || rest.p == NULL));
        if (s->cut.n != 0)
            take_unreadable(s, nj_buf_str(&s->cut));
        rest = body;
    }
    nj_buf_reset(&s->cut);
    if (join == NJ_JOIN_PART)
        nj_buf_add(&s->cut, nj_buf_str(&s->joined));
    if (join == NJ_JOIN_WHOLE) {
        must(nj_json_parse(nj_buf_str(&s->joined), &v) == NJ_OK);
        take_element(s, nj_buf_str(&s->joined));
    }
    if (rest.p != NULL)
        take_slices(s, rest);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct state s;
    struct nj_str none = { NULL, 0 }, rest = { (const char *)data, size }, body;
    nj_sandbox_init(&s.sandbox, none, none, none, none, none, none, none);
    nj_invocations_init(&s.invocations, false);
    nj_buf_init(&s.scratch, LIMIT);
    nj_buf_init(&s.joined, LIMIT);
    nj_buf_init(&s.cut, LIMIT);
    nj_buf_init(&s.copy, LIMIT);
    while (size != 0 && nj_str_cut(&rest, 0x1e, &body))
        take_body(&s, body);
    nj_sandbox_fini(&s.sandbox);
    nj_buf_fini(&s.scratch);
    nj_buf_fini(&s.joined);
    nj_buf_fini(&s.cut);
    nj_buf_fini(&s.copy);
    return 0;
}

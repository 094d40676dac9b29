/* The body within a payload: what gateways wrap as text or base64, read as JSON or as a form. */
#include "judge.h"

#include "payload_internal.h"

#include "nightjar/hex.h"

enum { BODY_MAX = 2 << 20, KEEP = 64 << 10, FIELD_SPARE = 4096 };

void nj_body_init(struct nj_body *b)
{
    b->kind = NJ_BODY_NONE;
    b->text = (struct nj_str){ NULL, 0 };
    nj_document_init(&b->document);
    nj_buf_init(&b->store, BODY_MAX);
}

void nj_body_fini(struct nj_body *b)
{
    nj_document_fini(&b->document);
    nj_buf_fini(&b->store);
}

/* The body's text into the store, with room for fields behind it. */
static bool take_text(struct nj_body *b, struct nj_json v, bool base64, bool cut)
{
    enum { SPARE = 16 };
    bool escaped = false;
    struct nj_str inner = nj_json_inner(v, &escaped);
    size_t n = 0;
    if (inner.n == 0 || nj_buf_reserve(&b->store, inner.n + SPARE + FIELD_SPARE) != NJ_OK)
        return false;
    nj_json_unescape(&b->store, inner);
    if (base64) {
        if (!nj_payload_base64(b->store.p, b->store.n, cut, &n))
            return false;
        nj_buf_cut(&b->store, n);
    }
    b->text = nj_buf_str(&b->store);
    return b->store.err == NJ_OK;
}

/* name=value&... with nothing in it that no form has. */
static bool is_form(struct nj_str s)
{
    size_t equals = nj_str_chr(s, '=', 0);
    if (equals == NJ_NPOS || equals == 0)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] <= ' ' || s.p[i] == '{' || s.p[i] == '"' || s.p[i] == '<')
            return false;
    return true;
}

void nj_body_read(struct nj_body *b, struct nj_document *payload)
{
    struct nj_json v = nj_document_at(payload, NJ_STR("body"));
    bool base64 = nj_document_at(payload, NJ_STR("isBase64Encoded")).type == NJ_JSON_TRUE;
    b->kind = NJ_BODY_NONE;
    b->text = (struct nj_str){ NULL, 0 };
    nj_buf_shrink(&b->store, KEEP);
    if (v.type == NJ_JSON_OBJECT || v.type == NJ_JSON_ARRAY) { /* no gateway does that, but tests and direct callers do */
        b->kind = nj_document_read(&b->document, v.raw, v.raw.n) ? NJ_BODY_JSON : NJ_BODY_NONE;
        return;
    }
    if (v.type != NJ_JSON_STRING || !take_text(b, v, base64, payload->cut))
        return;
    if (nj_document_read(&b->document, b->text, b->text.n))
        b->kind = NJ_BODY_JSON;
    else
        b->kind = is_form(b->text) ? NJ_BODY_FORM : NJ_BODY_TEXT;
}

static struct nj_str decode_form(struct nj_buf *store, struct nj_str s)
{
    size_t from = store->n;
    if (s.n > store->cap - store->n)
        return s; /* as it is written: no room to undo it without moving what others look at */
    if (!nj_percent_decode(s, NJ_PERCENT_FORM, store))
        return s;
    return nj_str_slice(nj_buf_str(store), from, store->n);
}

struct nj_str nj_body_field(struct nj_body *b, struct nj_str name)
{
    struct nj_str rest = b->text, pair = { NULL, 0 }, key = { NULL, 0 };
    while (b->kind == NJ_BODY_FORM && nj_str_cut(&rest, '&', &pair)) {
        struct nj_str value = pair;
        if (nj_str_cut(&value, '=', &key) && value.n != 0 && nj_str_eq_nocase(key, name))
            return decode_form(&b->store, value);
    }
    return (struct nj_str){ NULL, 0 };
}

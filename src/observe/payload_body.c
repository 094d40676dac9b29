/* The body within the payload: what gateways wrap as text or base64, and what follows the prelude of a streamed response. */
#include "payload_internal.h"

enum { BODIES = 4 }; /* of one object: a name may stand there twice.  The first ones and the last one are looked at. */

struct body {
    size_t from, to; /* of the string within the object */
    struct nj_piece value;
};

struct bodies {
    struct body at[BODIES];
    size_t n;
    bool base64, told; /* what isBase64Encoded says, and whether it was there */
};

static void find(struct bodies *b, struct nj_json object)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v;
    nj_json_iter_init(&it, object);
    while (nj_json_next(&it, &key, &v)) {
        if (nj_json_key_is(key, NJ_STR("isBase64Encoded")) || nj_json_key_is(key, NJ_STR("is_base64_encoded"))) {
            b->told = true;
            b->base64 = b->base64 || v.type == NJ_JSON_TRUE || nj_str_eq_nocase(v.raw, NJ_STR("\"true\""));
        } else if (v.type == NJ_JSON_STRING && v.raw.n > 2 && nj_json_key_is(key, NJ_STR("body"))) {
            size_t from = (size_t)(v.raw.p - object.raw.p);
            b->n -= b->n == BODIES; /* the last one may be cut: it has to be looked at */
            b->at[b->n++] = (struct body){ .from = from, .to = from + v.raw.n };
        }
    }
}

/* --- one body ----------------------------------------------------------------------------------------------------- */

/* Replaces the text at the end of scratch by what it is in base64.  If nothing says that it is base64, only text convinces. */
static bool decode_base64(struct nj_buf *scratch, struct nj_piece *text, bool told, bool cut)
{
    enum { SHORTEST = 16 }; /* many a short word is base64 by chance */
    enum nj_content content = NJ_CONTENT_NONE;
    size_t n = 0, before = scratch->n;
    struct nj_str s = nj_piece_view(scratch, *text);
    if (s.n < (told ? 1 : SHORTEST) || nj_buf_reserve(scratch, s.n) != NJ_OK)
        return false;
    s = nj_piece_view(scratch, *text);
    nj_buf_add(scratch, s);
    struct nj_piece copy = { .base = NULL, .from = before, .to = before };
    if (nj_payload_base64(scratch->p + before, s.n, cut, &n) && n != 0) {
        copy.to = before + n;
        nj_buf_cut(scratch, copy.to);
        if (!told) {
            (void)nj_value_of(scratch, copy, cut, n, false, NULL, &content);
            nj_buf_cut(scratch, copy.to);
        }
        if (told || content == NJ_CONTENT_TEXT || content == NJ_CONTENT_JSON) {
            *text = copy;
            return true;
        }
    }
    nj_buf_cut(scratch, before);
    return false;
}

static struct nj_str mark_of(enum nj_content content, bool base64)
{
    if (content == NJ_CONTENT_BINARY)
        return NJ_STR("binary");
    if (content == NJ_CONTENT_JSON)
        return base64 ? NJ_STR("base64_json") : NJ_STR("json");
    return base64 ? NJ_STR("base64") : (struct nj_str){ NULL, 0 };
}

/* The JSON value that takes the place of the string; none when the string stays. */
static void decode(struct nj_buf *scratch, struct nj_piece object, struct body *b, bool base64, bool told, bool cut, struct nj_str *mark)
{
    enum nj_content content;
    struct nj_piece string = { .base = object.base, .from = object.from + b->from, .to = object.from + b->to };
    struct nj_piece text = nj_value_unescape(scratch, string);
    bool decoded = (base64 || !told) && decode_base64(scratch, &text, base64, cut);
    struct nj_piece v = nj_value_of(scratch, text, cut, text.to - text.from, false, NULL, &content);
    struct nj_str m = mark_of(content, decoded);
    if (m.n != 0)
        *mark = m;
    else if (!cut)
        return; /* the text it was */
    b->value = v.from != v.to ? v : nj_value_text(scratch, v, false);
}

/* --- the object again --------------------------------------------------------------------------------------------- */

static struct nj_piece with_bodies(struct nj_buf *scratch, struct nj_piece object, const struct bodies *b)
{
    size_t room = object.to - object.from, at = 0;
    for (size_t i = 0; i < b->n; i++)
        room += b->at[i].value.to - b->at[i].value.from;
    if (nj_buf_reserve(scratch, room) != NJ_OK)
        return (struct nj_piece){ .base = NULL };
    struct nj_piece out = { .base = NULL, .from = scratch->n };
    struct nj_str old = nj_piece_view(scratch, object);
    for (size_t i = 0; i < b->n; i++) {
        if (b->at[i].value.from == b->at[i].value.to)
            continue;
        nj_buf_add(scratch, nj_str_slice(old, at, b->at[i].from));
        nj_buf_add(scratch, nj_piece_view(scratch, b->at[i].value));
        at = b->at[i].to;
    }
    nj_buf_add(scratch, nj_str_slice(old, at, old.n));
    out.to = scratch->n;
    return out; /* perhaps too deep now */
}

struct nj_piece nj_body_expand(struct nj_buf *scratch, struct nj_piece object, bool cut, bool half, struct nj_str *mark)
{
    struct bodies b = { .n = 0 };
    bool any = false;
    *mark = (struct nj_str){ NULL, 0 };
    find(&b, (struct nj_json){ .type = NJ_JSON_OBJECT, .raw = nj_piece_view(scratch, object) });
    for (size_t i = 0; i < b.n; i++) {
        decode(scratch, object, &b.at[i], b.base64, b.told || !cut, half && i + 1 == b.n, mark);
        any = any || b.at[i].value.from != b.at[i].value.to;
    }
    return any ? with_bodies(scratch, object, &b) : object;
}

/* --- streamed responses ------------------------------------------------------------------------------------------- */

enum { NULS = 8 };

/* Where the eight NUL bytes are, or NJ_NPOS. */
static size_t find_nuls(struct nj_str s)
{
    static const char nuls[NULS] = { 0 };
    return nj_str_find(s, (struct nj_str){ nuls, NULS }, 0);
}

bool nj_body_stream(struct nj_buf *scratch, struct nj_str bytes, bool cut, uint64_t size, struct nj_piece *out)
{
    enum nj_content content;
    struct nj_json prelude, v;
    size_t at = find_nuls(bytes);
    if (at == NJ_NPOS || nj_json_parse(nj_str_slice(bytes, 0, at), &prelude) != NJ_OK || prelude.type != NJ_JSON_OBJECT)
        return false;
    struct nj_piece body = { .base = bytes.p, .from = at + NULS, .to = bytes.n };
    struct nj_piece value = nj_value_of(scratch, body, cut, size - at - NULS, false, NULL, &content);
    *out = nj_piece_of(prelude.raw);
    if (value.from == value.to)
        return true;
    struct nj_str head = nj_str_trim(nj_str_slice(prelude.raw, 0, prelude.raw.n - 1));
    struct nj_str name = head.n == 1 ? NJ_STR("\"body\":") : NJ_STR(",\"body\":");
    if (nj_buf_reserve(scratch, head.n + name.n + (value.to - value.from) + 1) != NJ_OK)
        return true;
    *out = (struct nj_piece){ .base = NULL, .from = scratch->n };
    nj_buf_add(scratch, head);
    nj_buf_add(scratch, name);
    nj_buf_add(scratch, nj_piece_view(scratch, value));
    nj_buf_addc(scratch, '}');
    out->to = scratch->n;
    return nj_json_parse(nj_piece_view(scratch, *out), &v) == NJ_OK;
}

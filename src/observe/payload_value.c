/* Bytes of unknown kind become one JSON value: JSON stays JSON, text becomes a string, the rest a word on its size. */
#include "payload_internal.h"

#include "nightjar/base64.h"
#include "nightjar/utf8.h"

static const struct nj_piece nothing = { .base = NULL };

/* --- text and what is none ---------------------------------------------------------------------------------------- */

/* More than an eighth is no text: control characters that no log has, bytes that are no UTF-8. */
static bool is_binary(struct nj_str s)
{
    size_t odd = 0;
    for (size_t at = 0, n = 0; at < s.n; at += n) {
        unsigned char c = (unsigned char)s.p[at];
        n = nj_utf8_len(s, at);
        if (n == 0 || (c < 0x20 && memchr("\t\n\v\f\r\x1b", c, 6) == NULL))
            odd++;
        n += n == 0;
    }
    return odd > s.n / 8;
}

/* At least what nj_buf_add_json() writes. */
static size_t json_room(struct nj_str s)
{
    size_t room = 2;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        room += c >= 0x20 && c < 0x7f ? 1 + (size_t)(c == '"' || c == '\\') : c >= 0x80 ? 3u : 6u;
    }
    return room;
}

static struct nj_piece since(const struct nj_buf *scratch, size_t from)
{
    return (struct nj_piece){ .base = NULL, .from = from, .to = scratch->n };
}

struct nj_piece nj_value_text(struct nj_buf *scratch, struct nj_piece bytes, bool cut)
{
    struct nj_str s = nj_piece_view(scratch, bytes);
    if (cut)
        s = nj_cut_text(s);
    if (nj_buf_reserve(scratch, json_room(s)) != NJ_OK)
        return nothing;
    size_t from = scratch->n;
    if (bytes.base == NULL && s.n != 0)
        s.p = scratch->p + bytes.from; /* it may have moved */
    nj_buf_add_json(scratch, s);
    return since(scratch, from);
}

struct nj_piece nj_value_unescape(struct nj_buf *scratch, struct nj_piece string)
{
    enum { SPARE = 16 }; /* what nj_json_unescape() wants, so that it moves nothing */
    size_t from = scratch->n;
    struct nj_piece inner = { .base = string.base, .from = string.from + 1, .to = string.to - 1 };
    if (nj_buf_reserve(scratch, inner.to - inner.from + SPARE) == NJ_OK)
        nj_json_unescape(scratch, nj_piece_view(scratch, inner));
    return since(scratch, from);
}

struct nj_piece nj_value_half(struct nj_buf *scratch, struct nj_piece string)
{
    return nj_value_text(scratch, nj_value_unescape(scratch, string), true);
}

static struct nj_piece binary(struct nj_buf *scratch, uint64_t whole)
{
    size_t from = scratch->n;
    nj_buf_addz(scratch, "\"[binary ");
    nj_buf_add_u64(scratch, whole);
    nj_buf_addz(scratch, whole == 1 ? " byte]\"" : " bytes]\"");
    return since(scratch, from);
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

static bool is_container(enum nj_json_type type)
{
    return type == NJ_JSON_OBJECT || type == NJ_JSON_ARRAY;
}

static bool opens_container(struct nj_str s)
{
    s = nj_str_trim(s);
    return s.n != 0 && (s.p[0] == '{' || s.p[0] == '[');
}

static bool as_json(struct nj_buf *scratch, struct nj_piece bytes, bool scalars, struct nj_piece *out)
{
    struct nj_str s = nj_piece_view(scratch, bytes);
    struct nj_json v;
    if ((!scalars && !opens_container(s)) || nj_json_parse(s, &v) != NJ_OK || !(scalars || is_container(v.type)))
        return false;
    size_t lead = (size_t)(v.raw.p - s.p);
    *out = (struct nj_piece){ .base = bytes.base, .from = bytes.from + lead, .to = bytes.from + lead + v.raw.n };
    return true;
}

static bool as_cut_json(struct nj_buf *scratch, struct nj_piece bytes, bool scalars, bool *half, struct nj_piece *out)
{
    struct nj_str s = nj_piece_view(scratch, bytes);
    if (!scalars && !opens_container(s))
        return false;
    *out = nothing;
    if (nj_buf_reserve(scratch, s.n + NJ_CUT_SPARE) != NJ_OK)
        return true;
    size_t from = scratch->n;
    if (!nj_cut_json(nj_piece_view(scratch, bytes), scratch, half))
        return false;
    *out = since(scratch, from);
    return true;
}

struct nj_piece nj_value_of(struct nj_buf *scratch, struct nj_piece bytes, bool cut, uint64_t whole, bool scalars, bool *half,
                            enum nj_content *content)
{
    struct nj_piece out;
    *content = NJ_CONTENT_NONE;
    if (half != NULL)
        *half = false;
    if (bytes.from == bytes.to)
        return nothing;
    bool json = cut ? as_cut_json(scratch, bytes, scalars, half, &out) : as_json(scratch, bytes, scalars, &out);
    if (json) {
        *content = out.from != out.to ? NJ_CONTENT_JSON : NJ_CONTENT_NONE;
        return out;
    }
    if (is_binary(nj_piece_view(scratch, bytes))) {
        *content = NJ_CONTENT_BINARY;
        return binary(scratch, whole);
    }
    *content = NJ_CONTENT_TEXT;
    return nj_value_text(scratch, bytes, cut);
}

/* --- base64 ------------------------------------------------------------------------------------------------------- */

bool nj_payload_base64(char *p, size_t n, bool cut, size_t *out)
{
    size_t digits = 0, padding = 0, to = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == ' ' || c == '\t' || c == '\r' || c == '\n')
            continue;
        if (c == '=' && ++padding <= 2)
            continue;
        int v = nj_base64_value((char)c);
        if (v < 0 || padding != 0)
            return false;
        bits = bits << 6 | (uint32_t)v;
        if (++digits % 4 != 0)
            continue;
        p[to++] = (char)(bits >> 16);
        p[to++] = (char)(bits >> 8);
        p[to++] = (char)bits;
    }
    size_t rest = digits % 4;
    if (!cut && (rest == 1 || (padding != 0 && (rest + padding) != 4)))
        return false;
    if (rest == 2 && !cut) {
        p[to++] = (char)(bits >> 4);
    } else if (rest == 3 && !cut) {
        p[to++] = (char)(bits >> 10);
        p[to++] = (char)(bits >> 2);
    }
    *out = to;
    return true;
}

/* Writes nightjar's own form of a record: when, what, who, where, message, data, redacted, redaction, id, seq, chain. */
#include "native.h"

#include "nightjar/clock.h"

/* Nearly all of a record is short pieces into a buffer that has room. */
static inline void put(struct nj_buf *out, const char *p, size_t n)
{
    if (out->err != NJ_OK || out->cap - out->n < n) {
        nj_buf_add(out, (struct nj_str){ p, n });
        return;
    }
    memcpy(out->p + out->n, p, n);
    out->n += n;
}
#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

/* Is there any byte below 0x20, at or above 0x7f, a quote or a backslash?  Eight at a time; carries between the bytes can only
 * make a clean word look suspicious behind a suspicious byte. */
static bool needs_care(uint64_t w)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\', rubout = w ^ ones * 0x7f;
    return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones) | (rubout - ones)) & tops) != 0;
}

static bool is_plain(struct nj_str s)
{
    uint64_t w = 0, rest = UINT64_C(0x2020202020202020);
    size_t i = 0;
    for (; i + sizeof(w) <= s.n; i += sizeof(w)) {
        memcpy(&w, s.p + i, sizeof(w));
        if (needs_care(w))
            return false;
    }
    if (i < s.n)
        memcpy(&rest, s.p + i, s.n - i);
    return !needs_care(rest);
}

/* Most texts are plain ASCII: those are copied as they are, the rest takes the careful way. */
static void put_text(struct nj_buf *out, struct nj_str s)
{
    if (s.n == 0 || !is_plain(s)) {
        nj_buf_add_json(out, s);
        return;
    }
    PUT(out, "\"");
    put(out, s.p, s.n);
    PUT(out, "\"");
}

/* A finished JSON value.  Line breaks are only legal between its tokens, where a space does as well; here they would cut the
 * record in two. */
static void put_finished(struct nj_buf *out, struct nj_str json)
{
    size_t from = out->n;
    put(out, json.p, json.n);
    if (nj_str_chr(json, '\n', 0) == NJ_NPOS && nj_str_chr(json, '\r', 0) == NJ_NPOS)
        return;
    for (size_t i = from; i < out->n; i++)
        if (out->p[i] == '\n' || out->p[i] == '\r')
            out->p[i] = ' ';
}

static void put_value(struct nj_buf *out, const struct nj_value *v)
{
    switch (v->type) {
    case NJ_V_STR:
        put_text(out, v->u.s);
        return;
    case NJ_V_I64:
        nj_buf_add_i64(out, v->u.i);
        return;
    case NJ_V_F64:
        nj_buf_add_f64(out, v->u.f);
        return;
    case NJ_V_BOOL:
        nj_buf_addz(out, v->u.b ? "true" : "false");
        return;
    case NJ_V_JSON:
        put_finished(out, v->u.s);
        return;
    }
}

/* Unknown is absent: an empty text says nothing and is left out, and so is a member without a value. */
static bool says_something(const struct nj_attr *a)
{
    return (a->v.type != NJ_V_STR && a->v.type != NJ_V_JSON) || a->v.u.s.n != 0;
}

/* Appends "key":value pairs with commas between them; comma: something stands before the first. */
static void put_members(struct nj_buf *out, const struct nj_attrs *l, bool comma)
{
    for (size_t i = 0; i < l->n; i++) {
        if (!says_something(&l->a[i]))
            continue;
        if (comma)
            PUT(out, ",");
        comma = true;
        put_text(out, l->a[i].key);
        PUT(out, ":");
        put_value(out, &l->a[i].v);
    }
}

/* The resource is the same on thousands of records: it is encoded once for each of its generations. */
static void put_resource(struct nj_buf *out, const struct nj_resource *r, struct nj_encode_cache *cache)
{
    if (cache != NULL && (cache->of != r || cache->generation != r->generation || cache->bytes.err != NJ_OK)) {
        nj_buf_reset(&cache->bytes);
        put_members(&cache->bytes, &r->where, false);
        cache->of = r;
        cache->generation = r->generation;
    }
    if (cache == NULL || cache->bytes.err != NJ_OK)
        put_members(out, &r->where, false);
    else if (cache->bytes.n != 0)
        put(out, cache->bytes.p, cache->bytes.n);
}

static void put_where(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache)
{
    size_t before = out->n;
    if (r->resource != NULL)
        put_resource(out, r->resource, cache);
    put_members(out, &r->where, out->n != before);
}

/* Records come in bursts: down to the second their times are mostly equal. */
static void put_when(struct nj_buf *out, int64_t when_ns, struct nj_encode_cache *cache)
{
    enum { HEAD = sizeof(cache->when_head), SECOND = 1000000000 };
    char text[NJ_TIME_LEN + 1];
    if (cache == NULL || when_ns < SECOND || when_ns / SECOND != cache->second || when_ns % 1000 != 0) {
        struct nj_str s = nj_time_format(text, when_ns);
        put(out, s.p, s.n);
        if (cache != NULL && when_ns >= SECOND) {
            memcpy(cache->when_head, text, HEAD);
            cache->second = when_ns / SECOND;
        }
        return;
    }
    char tail[7] = { 0, 0, 0, 0, 0, 0, 'Z' };
    int64_t micros = when_ns % SECOND / 1000;
    for (int i = 5; i >= 0; i--, micros /= 10)
        tail[i] = (char)('0' + micros % 10);
    put(out, cache->when_head, HEAD);
    put(out, tail, sizeof(tail));
}

static void put_what(struct nj_buf *out, const struct nj_clean *r)
{
    struct nj_str category = nj_category_names[r->category], severity = nj_severity_names[r->severity];
    PUT(out, "\"what\":{\"event\":");
    put_text(out, r->event);
    PUT(out, ",\"category\":\"");
    put(out, category.p, category.n);
    PUT(out, "\",\"severity\":\"");
    put(out, severity.p, severity.n);
    if (r->outcome != NJ_OUTCOME_NONE) {
        PUT(out, "\",\"outcome\":\"");
        put(out, nj_outcome_names[r->outcome].p, nj_outcome_names[r->outcome].n);
    }
    PUT(out, "\"}");
}

void nj_native_record(struct nj_buf *out, const struct nj_clean *r, struct nj_encode_cache *cache)
{
    size_t from = out->n;
    PUT(out, "{\"when\":\"");
    put_when(out, r->when_ns, cache);
    PUT(out, "\",");
    put_what(out, r);
    PUT(out, ",\"who\":{");
    put_members(out, &r->who, false);
    PUT(out, "},\"where\":{");
    put_where(out, r, cache);
    PUT(out, "},\"message\":");
    put_text(out, r->message);
    if (r->data.n != 0) {
        PUT(out, ",\"data\":");
        put_finished(out, r->data);
    }
    if (r->counts.n != 0) {
        PUT(out, ",\"redacted\":");
        put_finished(out, r->counts);
    }
    if (r->audit.n != 0) {
        PUT(out, ",\"redaction\":");
        put_finished(out, r->audit);
    }
    PUT(out, ",\"id\":");
    put_text(out, r->id);
    if (cache != NULL && cache->chain != NULL)
        nj_chain_add(cache->chain, r->id, out, from);
    PUT(out, "}");
}

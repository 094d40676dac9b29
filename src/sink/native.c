/* Writes nightjar's own form of a record: when, what, who, where, message, data, redacted, redaction, id, seq, chain. */
#include "native.h"

#include "nightjar/clock.h"

/* Short pieces, by two words that overlap: a call costs more than the copy. */
static inline void copy(char *to, const char *from, size_t n)
{
    uint64_t head = 0, tail = 0;
    uint32_t half = 0, rest = 0;
    if (n >= sizeof(head) && n <= 2 * sizeof(head)) {
        size_t last = n - sizeof(tail);
        memcpy(&head, from, sizeof(head));
        memcpy(&tail, from + last, sizeof(tail));
        memcpy(to, &head, sizeof(head));
        memcpy(to + last, &tail, sizeof(tail));
    } else if (n >= sizeof(half) && n < sizeof(head)) {
        size_t last = n - sizeof(rest);
        memcpy(&half, from, sizeof(half));
        memcpy(&rest, from + last, sizeof(rest));
        memcpy(to, &half, sizeof(half));
        memcpy(to + last, &rest, sizeof(rest));
    } else {
        memcpy(to, from, n);
    }
}

/* Nearly all of a record is short pieces into a buffer that has room. */
static inline void put(struct nj_buf *out, const char *p, size_t n)
{
    if (out->err != NJ_OK || out->cap - out->n < n) {
        nj_buf_add(out, (struct nj_str){ p, n });
        return;
    }
    copy(out->p + out->n, p, n);
    out->n += n;
}
#define PUT(out, literal) put(out, literal, sizeof(literal) - 1)

/* Sixteen bytes at a time; gcc and clang turn these into SSE2 and NEON. */
typedef uint8_t v16 __attribute__((vector_size(16)));
typedef uint64_t v2 __attribute__((vector_size(16)));

static inline v16 load(const char *p)
{
    v16 v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* Marks bytes below 0x20, at or above 0x7f, quotes and backslashes: one comparison takes both ends, because what is below wraps. */
static inline v16 marks(v16 v)
{
    return (v16)(v - 0x20 >= 0x7f - 0x20) | (v16)(v == '"') | (v16)(v == '\\');
}

static bool is_plain(struct nj_str s)
{
    v16 bad = { 0 };
    char rest[sizeof(v16)];
    size_t i = 0;
    for (; i + sizeof(v16) <= s.n; i += sizeof(v16))
        bad |= marks(load(s.p + i));
    if (i < s.n && s.n >= sizeof(v16)) {
        bad |= marks(load(s.p + s.n - sizeof(v16)));
    } else if (i < s.n) {
        memset(rest, ' ', sizeof(rest));
        copy(rest, s.p, s.n);
        bad |= marks(load(rest));
    }
    v2 w = (v2)bad;
    return (w[0] | w[1]) == 0;
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

/* As put_members(), from memory where they are the list that was encoded last. */
static void put_members_again(struct nj_buf *out, const struct nj_attrs *l, uint32_t number, bool comma, struct nj_encoded_attrs *e)
{
    size_t from = out->n;
    if (e == NULL || number == 0) {
        put_members(out, l, comma);
        return;
    }
    if (e->number == number && e->comma == comma) {
        put(out, e->bytes, e->n);
        return;
    }
    put_members(out, l, comma);
    size_t n = out->n - from;
    e->number = out->err == NJ_OK && n <= sizeof(e->bytes) ? number : 0;
    if (e->number == 0)
        return;
    e->comma = comma;
    e->n = (uint16_t)n;
    if (n != 0)
        memcpy(e->bytes, out->p + from, n);
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
    put_members_again(out, &r->where, r->where_number, out->n != before, cache != NULL ? &cache->where : NULL);
}

/* Records come in bursts: down to the second their times are mostly equal. */
static void put_when(struct nj_buf *out, int64_t when_ns, struct nj_encode_cache *cache)
{
    enum { HEAD = NJ_WHEN_HEAD, SECOND = 1000000000 };
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
    uint32_t micros = (uint32_t)(when_ns % SECOND) / 1000;
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
    put_members_again(out, &r->who, r->who_number, false, cache != NULL ? &cache->who : NULL);
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

/* Writes nightjar's own form of a record: when, what, who, where, message, data, redacted, id. */
#include "native.h"

#include "nightjar/clock.h"

/* A finished JSON value.  Line breaks are only legal between its tokens, where a space does as well; here they would cut the
 * record in two. */
static void add_finished(struct nj_buf *out, struct nj_str json)
{
    size_t from = out->n;
    nj_buf_add(out, json);
    if (nj_str_chr(json, '\n', 0) == NJ_NPOS && nj_str_chr(json, '\r', 0) == NJ_NPOS)
        return;
    for (size_t i = from; i < out->n; i++)
        if (out->p[i] == '\n' || out->p[i] == '\r')
            out->p[i] = ' ';
}

static void add_value(struct nj_buf *out, const struct nj_value *v)
{
    switch (v->type) {
    case NJ_V_STR:
        nj_buf_add_json(out, v->u.s);
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
        add_finished(out, v->u.s);
        return;
    }
}

/* Unknown is absent: an empty text says nothing and is left out, and so is a member without a value. */
static bool says_something(const struct nj_attr *a)
{
    return (a->v.type != NJ_V_STR && a->v.type != NJ_V_JSON) || a->v.u.s.n != 0;
}

/* Appends "key":value pairs with commas between them; true when there was at least one. */
static bool add_members(struct nj_buf *out, const struct nj_attrs *l, bool comma)
{
    for (size_t i = 0; i < l->n; i++) {
        if (!says_something(&l->a[i]))
            continue;
        if (comma)
            nj_buf_addc(out, ',');
        comma = true;
        nj_buf_add_json(out, l->a[i].key);
        nj_buf_addc(out, ':');
        add_value(out, &l->a[i].v);
    }
    return comma;
}

/* The resource is the same on thousands of records: it is encoded once for each of its generations. */
static bool add_resource(struct nj_buf *out, const struct nj_resource *r, struct nj_where_cache *cache)
{
    if (r == NULL)
        return false;
    if (cache == NULL)
        return add_members(out, &r->where, false);
    if (cache->of != r || cache->generation != r->generation || cache->bytes.err != NJ_OK) {
        nj_buf_reset(&cache->bytes);
        add_members(&cache->bytes, &r->where, false);
        cache->of = r;
        cache->generation = r->generation;
    }
    if (cache->bytes.err != NJ_OK)
        return add_members(out, &r->where, false);
    nj_buf_add(out, nj_buf_str(&cache->bytes));
    return cache->bytes.n != 0;
}

static void add_what(struct nj_buf *out, const struct nj_clean *r)
{
    nj_buf_add(out, NJ_STR("\"what\":{\"event\":"));
    nj_buf_add_json(out, r->event);
    nj_buf_add(out, NJ_STR(",\"category\":\""));
    nj_buf_add(out, nj_category_names[r->category]);
    nj_buf_add(out, NJ_STR("\",\"severity\":\""));
    nj_buf_add(out, nj_severity_names[r->severity]);
    if (r->outcome != NJ_OUTCOME_NONE) {
        nj_buf_add(out, NJ_STR("\",\"outcome\":\""));
        nj_buf_add(out, nj_outcome_names[r->outcome]);
    }
    nj_buf_add(out, NJ_STR("\"}"));
}

void nj_native_record(struct nj_buf *out, const struct nj_clean *r, struct nj_where_cache *cache)
{
    char when[NJ_TIME_LEN + 1];
    nj_buf_add(out, NJ_STR("{\"when\":\""));
    nj_buf_add(out, nj_time_format(when, r->when_ns));
    nj_buf_add(out, NJ_STR("\","));
    add_what(out, r);
    nj_buf_add(out, NJ_STR(",\"who\":{"));
    add_members(out, &r->who, false);
    nj_buf_add(out, NJ_STR("},\"where\":{"));
    add_members(out, &r->where, add_resource(out, r->resource, cache));
    nj_buf_add(out, NJ_STR("},\"message\":"));
    nj_buf_add_json(out, r->message);
    if (r->data.n != 0) {
        nj_buf_add(out, NJ_STR(",\"data\":"));
        add_finished(out, r->data);
    }
    if (r->counts.n != 0) {
        nj_buf_add(out, NJ_STR(",\"redacted\":"));
        add_finished(out, r->counts);
    }
    nj_buf_add(out, NJ_STR(",\"id\":"));
    nj_buf_add_json(out, r->id);
    nj_buf_addc(out, '}');
}

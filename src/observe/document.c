/* Payloads as JSON to look things up in. */
#include "document.h"

#include "payload_internal.h"

enum { STORE_MAX = 4 << 20, STORE_KEEP = 64 << 10, COUNT_MAX = 1000000, TEXTS_MAX = 16 << 10 };

static const struct nj_json absent = { .type = NJ_JSON_NONE };

void nj_document_init(struct nj_document *d)
{
    d->root = absent;
    d->n = 0;
    d->more = d->cut = d->dotted = false;
    nj_buf_init(&d->store, STORE_MAX);
}

void nj_document_fini(struct nj_document *d)
{
    nj_buf_fini(&d->store);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* Room is reserved for the mended text and for texts, so that views into the store stay where they are. */
static bool mend(struct nj_document *d, struct nj_str text)
{
    bool half = false;
    if (nj_buf_reserve(&d->store, text.n + NJ_CUT_SPARE + TEXTS_MAX) != NJ_OK || !nj_cut_json(text, &d->store, &half))
        return false;
    return d->store.n != 0 && nj_json_parse(nj_buf_str(&d->store), &d->root) == NJ_OK;
}

static void index_members(struct nj_document *d)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v;
    nj_json_iter_init(&it, d->root);
    while (d->root.type == NJ_JSON_OBJECT && nj_json_next(&it, &key, &v)) {
        if (d->n == NJ_DOC_MEMBERS) {
            d->more = true;
            return;
        }
        d->dotted = d->dotted || nj_str_chr(key, '.', 0) != NJ_NPOS;
        d->top[d->n].key = key;
        d->top[d->n++].v = v;
    }
}

bool nj_document_read(struct nj_document *d, struct nj_str text, uint64_t whole)
{
    d->root = absent;
    d->n = 0;
    d->more = d->dotted = false;
    d->cut = text.n < whole;
    nj_buf_shrink(&d->store, STORE_KEEP);
    text = nj_str_trim(text);
    if (text.n == 0 || (text.p[0] != '{' && text.p[0] != '['))
        return false;
    if (nj_json_parse(text, &d->root) != NJ_OK) {
        d->cut = true;
        if (!mend(d, text)) {
            d->root = absent;
            return false;
        }
    } else if (nj_buf_reserve(&d->store, TEXTS_MAX) != NJ_OK) {
        d->root = absent;
        return false;
    }
    index_members(d);
    return true;
}

/* --- looking up --------------------------------------------------------------------------------------------------- */

static bool is_number(struct nj_str s, uint64_t *out)
{
    return s.n != 0 && s.n < 6 && nj_str_u64(s, out);
}

static struct nj_json element(struct nj_json array, uint64_t index)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v = absent;
    nj_json_iter_init(&it, array);
    for (uint64_t i = 0; nj_json_next(&it, &key, &v); i++)
        if (i == index)
            return v;
    return absent;
}

static struct nj_json step_into(struct nj_json v, struct nj_str step)
{
    uint64_t index = 0;
    if (v.type == NJ_JSON_ARRAY)
        return is_number(step, &index) ? element(v, index) : absent;
    return nj_json_get(v, step);
}

static struct nj_json unless_empty(struct nj_json v)
{
    return v.type == NJ_JSON_NULL || (v.type == NJ_JSON_STRING && v.raw.n == 2) ? absent : v;
}

struct nj_json nj_document_below(struct nj_json v, struct nj_str path)
{
    struct nj_str step;
    while (v.type != NJ_JSON_NONE && nj_str_cut(&path, '.', &step))
        v = step_into(v, step);
    return unless_empty(v);
}

static struct nj_json member(const struct nj_document *d, struct nj_str key)
{
    for (size_t i = 0; i < d->n; i++)
        if (nj_json_key_is(d->top[i].key, key))
            return d->top[i].v;
    return d->more ? nj_json_get(d->root, key) : absent;
}

struct nj_json nj_document_at(const struct nj_document *d, struct nj_str path)
{
    struct nj_str step = { NULL, 0 };
    if (path.n == 0)
        return d->root;
    (void)nj_str_cut(&path, '.', &step);
    struct nj_json v = d->root.type == NJ_JSON_OBJECT ? member(d, step) : step_into(d->root, step);
    if (v.type == NJ_JSON_NONE && d->dotted && path.p != NULL) {
        size_t second = nj_str_chr(path, '.', 0), end = second != NJ_NPOS ? second : path.n;
        v = member(d, (struct nj_str){ step.p, step.n + 1 + end });
        path = second != NJ_NPOS ? nj_str_slice(path, end + 1, path.n) : (struct nj_str){ NULL, 0 };
    }
    return nj_document_below(v, path);
}

struct nj_str nj_document_text(struct nj_document *d, struct nj_json v)
{
    enum { SPARE = 16 };
    bool escaped = false;
    if (v.type == NJ_JSON_NUMBER || v.type == NJ_JSON_TRUE || v.type == NJ_JSON_FALSE)
        return v.raw;
    struct nj_str inner = nj_json_inner(v, &escaped);
    if (!escaped)
        return inner;
    if (inner.n + SPARE > d->store.cap - d->store.n)
        return (struct nj_str){ NULL, 0 };
    size_t from = d->store.n;
    nj_json_unescape(&d->store, inner);
    return nj_str_slice(nj_buf_str(&d->store), from, d->store.n);
}

static struct nj_json named(struct nj_json object, struct nj_str name)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v = absent;
    nj_json_iter_init(&it, object);
    while (object.type == NJ_JSON_OBJECT && nj_json_next(&it, &key, &v))
        if (nj_str_eq_nocase(key, name))
            return v;
    return absent;
}

static struct nj_json last_of(struct nj_json v)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json e = absent, last = absent;
    if (v.type != NJ_JSON_ARRAY)
        return v;
    nj_json_iter_init(&it, v);
    while (nj_json_next(&it, &key, &e))
        last = e;
    return last;
}

struct nj_str nj_document_header(struct nj_document *d, struct nj_str at, struct nj_str name)
{
    static const struct nj_str maps[] = { NJ_STR_INIT("headers"), NJ_STR_INIT("multiValueHeaders"), NJ_STR_INIT("requestHeaders") };
    struct nj_json owner = at.n != 0 ? nj_document_at(d, at) : absent;
    for (size_t i = 0; i < NJ_COUNT(maps); i++) {
        struct nj_json map = at.n != 0 ? nj_json_get(owner, maps[i]) : nj_document_at(d, maps[i]);
        struct nj_str text = nj_document_text(d, last_of(named(map, name)));
        if (text.n != 0)
            return text;
    }
    return (struct nj_str){ NULL, 0 };
}

uint32_t nj_document_count(struct nj_json array)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v;
    uint32_t n = 0;
    if (array.type != NJ_JSON_ARRAY && array.type != NJ_JSON_OBJECT)
        return 0;
    nj_json_iter_init(&it, array);
    while (n < COUNT_MAX && nj_json_next(&it, &key, &v))
        n += array.type == NJ_JSON_OBJECT && v.type == NJ_JSON_ARRAY ? nj_document_count(v) : 1;
    return n;
}

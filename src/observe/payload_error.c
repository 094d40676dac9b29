/* Error documents: {"errorMessage", "errorType", "stackTrace"} as most runtimes post them, "trace" as Node.js does. */
#include "payload_error.h"

static const struct {
    struct nj_str key;
    enum nj_error_part part;
} names[] = {
    { NJ_STR_INIT("errorType"), NJ_ERROR_TYPE },
    { NJ_STR_INIT("errorMessage"), NJ_ERROR_MESSAGE },
    { NJ_STR_INIT("stackTrace"), NJ_ERROR_TRACE },
    { NJ_STR_INIT("trace"), NJ_ERROR_TRACE },
};

/* The part of that name, or NJ_ERROR_DETAILS. */
static enum nj_error_part part_of(struct nj_str key)
{
    for (size_t i = 0; i < NJ_COUNT(names); i++)
        if (nj_json_key_is(key, names[i].key))
            return names[i].part;
    return NJ_ERROR_DETAILS;
}

static struct nj_error_value value_of(struct nj_buf *scratch, struct nj_piece v, bool string)
{
    if (!string)
        return (struct nj_error_value){ .piece = v, .json = true };
    return (struct nj_error_value){ .piece = nj_value_unescape(scratch, v) };
}

/* The views of the iterator point into scratch, which must not move while it runs: two rounds, the first only notes places. */
static void read_parts(struct nj_buf *scratch, struct nj_piece object, struct nj_error *out)
{
    struct nj_json_iter it;
    struct nj_str key, all = nj_piece_view(scratch, object);
    struct nj_json v;
    bool string[NJ_ERROR_PARTS] = { false };
    nj_json_iter_init(&it, (struct nj_json){ .type = NJ_JSON_OBJECT, .raw = all });
    while (nj_json_next(&it, &key, &v)) {
        enum nj_error_part part = part_of(key);
        struct nj_piece *p = &out->part[part].piece;
        if (part == NJ_ERROR_DETAILS || p->from != p->to || v.type == NJ_JSON_NULL)
            continue;
        size_t from = object.from + (size_t)(v.raw.p - all.p);
        *p = (struct nj_piece){ .base = object.base, .from = from, .to = from + v.raw.n };
        string[part] = v.type == NJ_JSON_STRING;
    }
    for (int i = 0; i < NJ_ERROR_DETAILS; i++)
        if (out->part[i].piece.from != out->part[i].piece.to)
            out->part[i] = value_of(scratch, out->part[i].piece, string[i]);
}

/* Is this value the one that was taken as its part?  A name may stand there twice. */
static bool is_taken(const bool seen[static NJ_ERROR_PARTS], enum nj_error_part part, struct nj_json v)
{
    return part != NJ_ERROR_DETAILS && (v.type == NJ_JSON_NULL || !seen[part]);
}

static void read_details(struct nj_buf *scratch, struct nj_piece object, struct nj_error *out)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v;
    bool seen[NJ_ERROR_PARTS] = { false };
    if (nj_buf_reserve(scratch, object.to - object.from + 2) != NJ_OK)
        return;
    size_t from = scratch->n;
    nj_json_iter_init(&it, (struct nj_json){ .type = NJ_JSON_OBJECT, .raw = nj_piece_view(scratch, object) });
    while (nj_json_next(&it, &key, &v)) {
        enum nj_error_part part = part_of(key);
        if (is_taken(seen, part, v)) {
            seen[part] = v.type != NJ_JSON_NULL;
            continue;
        }
        nj_buf_addz(scratch, scratch->n == from ? "{\"" : ",\"");
        nj_buf_add(scratch, key);
        nj_buf_addz(scratch, "\":");
        nj_buf_add(scratch, v.raw);
    }
    if (scratch->n == from)
        return;
    nj_buf_addc(scratch, '}');
    out->part[NJ_ERROR_DETAILS] = (struct nj_error_value){ .piece = { .base = NULL, .from = from, .to = scratch->n }, .json = true };
}

void nj_error_read(struct nj_buf *scratch, struct nj_piece object, struct nj_error *out)
{
    read_parts(scratch, object, out);
    read_details(scratch, object, out);
}

bool nj_error_trailer(struct nj_buf *scratch, struct nj_str base64, struct nj_error *out)
{
    struct nj_json v;
    size_t from = scratch->n, n = 0;
    nj_buf_add(scratch, base64);
    if (scratch->err != NJ_OK || base64.n == 0 || !nj_payload_base64(scratch->p + from, base64.n, false, &n))
        return false;
    nj_buf_cut(scratch, from + n);
    struct nj_str text = nj_str_slice(nj_buf_str(scratch), from, from + n);
    if (nj_json_parse(text, &v) != NJ_OK || v.type != NJ_JSON_OBJECT)
        return false;
    size_t lead = (size_t)(v.raw.p - text.p);
    nj_error_read(scratch, (struct nj_piece){ .base = NULL, .from = from + lead, .to = from + lead + v.raw.n }, out);
    return true;
}

/* A record that was larger than a POST: its opening in one, the rest of it behind a copy of the envelope in the next. */
#include "decode_internal.h"

/* --- how far an element opens ------------------------------------------------------------------------------------- */

struct cursor {
    const char *p, *end;
};

static void skip_space(struct cursor *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n'))
        c->p++;
}

static bool eat(struct cursor *c, char want)
{
    skip_space(c);
    if (c->p == c->end || *c->p != want)
        return false;
    c->p++;
    return true;
}

static bool eat_string(struct cursor *c, struct nj_str *inner)
{
    if (!eat(c, '"'))
        return false;
    const char *from = c->p;
    while (c->p < c->end && *c->p != '"')
        c->p += *c->p == '\\' && c->end - c->p > 1 ? 2 : 1;
    *inner = (struct nj_str){ from, (size_t)(c->p - from) };
    return eat(c, '"');
}

static bool eat_record(struct cursor *c, struct nj_str text, struct nj_opening *out)
{
    skip_space(c);
    bool opens = c->p < c->end && nj_str_chr(NJ_STR("\"{["), *c->p, 0) != NJ_NPOS;
    out->bracket = opens ? *c->p : '\0';
    out->n = (size_t)(c->p - text.p) + (out->bracket != '\0');
    return out->time.p != NULL && out->type.p != NULL;
}

bool nj_decode_opening(struct nj_str text, struct nj_opening *out)
{
    struct cursor c = { text.p, text.p + text.n };
    *out = (struct nj_opening){ .n = 0 };
    if (text.n == 0 || !eat(&c, '{'))
        return false;
    for (int member = 0; member < 3; member++) {
        struct nj_str key, *value = NULL;
        if (!eat_string(&c, &key) || !eat(&c, ':'))
            return false;
        if (nj_str_eq(key, NJ_STR("record")))
            return eat_record(&c, text, out);
        if (nj_str_eq(key, NJ_STR("time")))
            value = &out->time;
        else if (nj_str_eq(key, NJ_STR("type")))
            value = &out->type;
        if (value == NULL || !eat_string(&c, value) || !eat(&c, ','))
            return false;
    }
    return false;
}

/* --- joining ------------------------------------------------------------------------------------------------------ */

/* Without byte order mark, white space and the bracket of the array. */
static struct nj_str inside(struct nj_str body)
{
    if (nj_str_starts(body, NJ_STR("\xEF\xBB\xBF")))
        body = nj_str_slice(body, 3, body.n);
    struct cursor c = { body.p, body.p + body.n };
    if (!eat(&c, '['))
        c.p = body.p;
    skip_space(&c);
    return (struct nj_str){ c.p, (size_t)(c.end - c.p) };
}

/* The elements that follow, or absent. */
static struct nj_str after_element(struct nj_str s)
{
    struct cursor c = { s.p, s.p + s.n };
    eat(&c, ',');
    skip_space(&c);
    struct nj_str rest = { c.p, (size_t)(c.end - c.p) };
    return rest.n == 0 || nj_str_eq(nj_str_trim(rest), NJ_STR("]")) ? (struct nj_str){ NULL, 0 } : rest;
}

/* What head and tail are together: one valid element that reaches beyond head, or the beginning of one. */
static enum nj_join join(struct nj_str head, struct nj_str tail, struct nj_buf *out, struct nj_str *rest)
{
    struct nj_slicer slicer;
    struct nj_str piece;
    struct nj_json checked;
    size_t from = out->n;
    nj_buf_add(out, head);
    nj_buf_add(out, tail);
    struct nj_str both = nj_str_slice(nj_buf_str(out), from, out->n);
    nj_slicer_init(&slicer, both);
    enum nj_slice_kind kind = out->err == NJ_OK ? nj_slicer_next(&slicer, &piece) : NJ_SLICE_BAD;
    if (kind == NJ_SLICE_CUT && piece.p == both.p && tail.n != 0)
        return NJ_JOIN_PART;
    if (kind != NJ_SLICE_ELEMENT || piece.p != both.p || piece.n <= head.n || nj_json_parse(piece, &checked) != NJ_OK) {
        nj_buf_cut(out, from);
        return NJ_JOIN_NO;
    }
    nj_buf_cut(out, from + piece.n);
    *rest = after_element(nj_str_slice(tail, piece.n - head.n, tail.n));
    return NJ_JOIN_WHOLE;
}

/* The rule.  The next POST continues the cut record when
 *   1. its first element opens with the same time, type and kind of record value, and
 *   2. the cut text followed by what comes behind that opening is one valid element, or still ends inside one; or
 *   3. the cut lies inside the envelope: the next POST begins with the very same bytes, and its first element is whole.
 *
 * A record that merely has the same time and type (many lines a millisecond) mostly fails 2: text behind half an escape,
 * or an object's first member behind half of another one, is not valid.  For string records 2 often holds whatever
 * follows, and then joining is still the better guess: the platform has one POST in flight and keeps order, so the second
 * part of a cut record is the first thing that can come.  Should the guess be wrong, two texts became one; none is lost.
 * That the next element is valid alone says nothing: the continuation of a string behind a repeated envelope always is. */
enum nj_join nj_decode_join(struct nj_str cut, struct nj_str next, struct nj_buf *out, struct nj_str *rest)
{
    struct nj_opening a, b;
    *rest = (struct nj_str){ NULL, 0 };
    if (cut.n == 0 || next.n == 0)
        return NJ_JOIN_NO;
    struct nj_str body = inside(next);
    bool opens = nj_decode_opening(cut, &a) && nj_decode_opening(body, &b);
    if (opens && a.bracket == b.bracket && nj_str_eq(a.time, b.time) && nj_str_eq(a.type, b.type))
        return join(cut, nj_str_slice(body, b.n, body.n), out, rest);
    return nj_str_starts(body, cut) ? join(cut, nj_str_slice(body, cut.n, body.n), out, rest) : NJ_JOIN_NO;
}

/* JSON inside text: found at its first name, walked if it is sound, also when the text ends before it does. */
#include "decode.h"

#include "nightjar/json.h"

enum { DEPTH_MAX = NJ_JSON_DEPTH - 8, NAME_MAX = 128, CLOSERS_MAX = DEPTH_MAX + 32 };

/* --- how far it goes ---------------------------------------------------------------------------------------------- */

enum expect { BEGIN, NAME, COLON, VALUE, AFTER };

struct extent {
    struct nj_str t;
    size_t at;
    uint64_t objects[NJ_JSON_DEPTH / 64]; /* one bit a level: object or list */
    size_t depth;
    enum expect expect;
    bool in_string; /* the text ended in one */
    size_t drop;    /* bytes at the end that are half an escape */
};

static bool in_object(const struct extent *e)
{
    return e->depth != 0 && (e->objects[(e->depth - 1) / 64] >> (e->depth - 1) % 64 & 1) != 0;
}

static bool push(struct extent *e, bool object)
{
    if (e->depth == DEPTH_MAX)
        return false;
    uint64_t bit = (uint64_t)1 << e->depth % 64;
    uint64_t *word = &e->objects[e->depth / 64];
    *word = object ? *word | bit : *word & ~bit;
    e->depth++;
    e->expect = BEGIN;
    return true;
}

static void after_value(struct extent *e)
{
    e->expect = e->expect == NAME || (e->expect == BEGIN && in_object(e)) ? COLON : AFTER;
}

/* Behind the closing quote; at the end of the text the half of an escape is told. */
static void skip_string(struct extent *e)
{
    size_t at = e->at + 1;
    for (; at < e->t.n && e->t.p[at] != '"'; at++) {
        if (e->t.p[at] != '\\')
            continue;
        size_t whole = at + 1 < e->t.n && e->t.p[at + 1] == 'u' ? 6 : 2;
        if (e->t.n - at < whole) {
            bool digits = nj_run(e->t, at + 2, NJ_IS_HEX) == e->t.n; /* else it is no escape that is cut */
            if (whole == 2 || digits)
                e->drop = e->t.n - at;
        }
        at++;
    }
    e->in_string = at >= e->t.n;
    e->at = at < e->t.n ? at + 1 : e->t.n;
    if (!e->in_string)
        after_value(e);
}

static bool is_scalar(char c)
{
    return nj_is(c, NJ_IS_ALPHA | NJ_IS_DIGIT) || c == '+' || c == '-' || c == '.' || c == '\0';
}

static bool step(struct extent *e)
{
    char c = e->t.p[e->at];
    size_t end = e->at;
    switch (c) {
    case '"':
        skip_string(e);
        return true;
    case '{':
    case '[':
        e->at++;
        return push(e, c == '{');
    case '}':
    case ']':
        if (in_object(e) != (c == '}'))
            return false;
        e->at++;
        e->depth--;
        e->expect = AFTER;
        return true;
    case ':':
        e->at++;
        e->expect = VALUE;
        return true;
    case ',':
        e->at++;
        e->expect = in_object(e) ? NAME : VALUE;
        return true;
    default:
        while (end < e->t.n && is_scalar(e->t.p[end]))
            end++;
        if (end == e->at && !nj_is(c, NJ_IS_SPACE))
            return false;
        if (end != e->at)
            e->expect = AFTER;
        e->at = end != e->at ? end : end + 1;
        return true;
    }
}

/* --- what would close it ------------------------------------------------------------------------------------------ */

/* "tru" and "-" become "true" and "-0". */
static void close_scalar(struct nj_str t, struct nj_buf *out)
{
    static const struct nj_str words[] = { NJ_STR_INIT("true"), NJ_STR_INIT("false"), NJ_STR_INIT("null") };
    size_t from = t.n;
    while (from > 0 && is_scalar(t.p[from - 1]))
        from--;
    struct nj_str last = nj_str_slice(t, from, t.n);
    for (size_t i = 0; i < NJ_COUNT(words); i++)
        if (last.n != 0 && nj_str_starts(words[i], last))
            nj_buf_add(out, nj_str_slice(words[i], last.n, words[i].n));
    if (last.n != 0 && strchr("+-.eE", last.p[last.n - 1]) != NULL && (nj_is(last.p[0], NJ_IS_DIGIT) || last.p[0] == '-'))
        nj_buf_addc(out, '0');
}

static void close_text(struct extent *e, struct nj_buf *out)
{
    bool name = e->expect == NAME || (e->expect == BEGIN && in_object(e));
    if (e->in_string)
        nj_buf_addz(out, name ? "\":null" : "\"");
    else if (e->expect == NAME)
        nj_buf_addz(out, "\"\":null");
    else if (e->expect == COLON)
        nj_buf_addz(out, ":null");
    else if (e->expect == VALUE)
        nj_buf_addz(out, "null");
    else if (e->expect == AFTER)
        close_scalar(e->t, out);
    for (; e->depth != 0; e->depth--)
        nj_buf_addc(out, in_object(e) ? '}' : ']');
}

/* --- walking it --------------------------------------------------------------------------------------------------- */

/* Rewrites from..to of the text, or leaves it and steps behind it. */
static bool put(struct nj_sweep *s, struct nj_span span, struct nj_str before, struct nj_str after)
{
    if (before.p == after.p) {
        nj_sweep_pass(s, span.to);
        return true;
    }
    return nj_sweep_put(s, span, after);
}

static bool walk_whole(struct nj_sweep *s, struct nj_str json)
{
    struct nj_str out;
    size_t from = (size_t)(json.p - s->text.p);
    struct nj_span span = { from, from + json.n };
    if (!nj_json_walk(s->r, s->level + 1, NULL, json, NJ_KEY_NONE, &out)) {
        nj_withheld(s->r, json);
        return nj_sweep_put(s, span, NJ_STR(NJ_WITHHELD));
    }
    return put(s, span, json, out);
}

/* The text ends first: what would close it is added for the walk and taken off again. */
static bool walk_cut(struct nj_sweep *s, size_t from, struct extent *e)
{
    struct nj_buf *b = &s->r->levels[s->level + 1].decoded;
    struct nj_json json;
    struct nj_str text, out;
    nj_buf_reset(b);
    nj_buf_add(b, nj_str_slice(s->text, from, s->text.n - e->drop));
    size_t closed = b->n;
    close_text(e, b);
    if (nj_buf_finish(b, &text) != NJ_OK || nj_json_parse(text, &json) != NJ_OK)
        return false;
    struct nj_span span = { from, s->text.n };
    struct nj_layer layer = nj_layer_open(s->r, nj_layer_cut, nj_str_slice(s->text, from, s->text.n));
    bool walked = nj_json_walk(s->r, s->level + 1, NULL, json.raw, NJ_KEY_NONE, &out);
    nj_layer_close(s->r, layer);
    if (!walked) {
        nj_withheld(s->r, nj_str_slice(s->text, from, s->text.n));
        return nj_sweep_put(s, span, NJ_STR(NJ_WITHHELD));
    }
    if (out.p != json.raw.p)
        nj_note(s->r, NJ_AUDIT_TRUNCATED);
    struct nj_str closers = nj_str_slice(text, closed, text.n);
    while (out.p != json.raw.p && closers.n != 0 && !nj_str_ends(out, closers))
        closers = nj_str_slice(closers, 1, closers.n); /* members at the end may be gone */
    return put(s, span, json.raw, nj_str_slice(out, 0, out.n - closers.n));
}

/* Behind white space, backwards. */
static size_t back_over_space(struct nj_str t, size_t at, size_t floor)
{
    while (at > floor && nj_is(t.p[at - 1], NJ_IS_SPACE))
        at--;
    return at;
}

/* The brace in front of the name that ends before the colon, with the brackets around it; or NJ_NPOS. */
static size_t find_start(const struct nj_sweep *s, size_t colon)
{
    struct nj_str t = s->text;
    size_t floor = s->done > s->json_read ? s->done : s->json_read;
    size_t close = back_over_space(t, colon, floor);
    if (close <= floor || t.p[close - 1] != '"')
        return NJ_NPOS;
    size_t limit = close > NAME_MAX + floor ? close - NAME_MAX : floor, open = close - 1;
    while (open > limit && t.p[open - 1] != '"')
        open--;
    if (open == limit)
        return NJ_NPOS;
    size_t brace = back_over_space(t, open - 1, floor);
    if (brace <= floor || t.p[brace - 1] != '{')
        return NJ_NPOS;
    size_t start = brace - 1;
    for (size_t at = back_over_space(t, start, floor); at > floor && t.p[at - 1] == '['; at = back_over_space(t, start, floor))
        start = at - 1;
    return start;
}

/* The same where it is not sound, or deep: found by its brackets alone. */
static __attribute__((noinline)) bool walk_loose(struct nj_sweep *s, size_t from)
{
    struct extent e = { .t = s->text, .at = from, .expect = VALUE };
    struct nj_json json;
    do {
        if (!step(&e)) {
            s->json_read = e.at;
            return false;
        }
    } while (e.depth != 0 && e.at < e.t.n);
    s->json_read = e.at;
    if (e.depth != 0)
        return walk_cut(s, from, &e);
    return nj_json_parse(nj_str_slice(s->text, from, e.at), &json) == NJ_OK && walk_whole(s, json.raw);
}

bool nj_decode_json(struct nj_sweep *s, size_t at)
{
    enum { FLAT = 2 * DEPTH_MAX }; /* nothing as short is nested too deep */
    struct nj_json json;
    size_t from = s->level < NJ_NEST_MAX ? find_start(s, at - 1) : NJ_NPOS;
    if (from == NJ_NPOS)
        return false;
    if (nj_json_parse_first(nj_str_slice(s->text, from, s->text.n), &json) != NJ_OK || json.raw.n > FLAT)
        return walk_loose(s, from);
    s->json_read = from + json.raw.n;
    return walk_whole(s, json.raw);
}

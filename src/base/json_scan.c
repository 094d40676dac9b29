/* Walks one JSON value without recursion: a bit per level tells objects from arrays. */
#include "json_scan.h"

#include "nightjar/hex.h"

enum { WORD = 64 };

/* Never handed to a function that is not inlined, so that it stays in registers. */
struct walk {
    const char *first, *p, *end;
    bool strict;
    bool closed; /* the last byte is a closing bracket: but behind one, the end need not be asked for */
    bool object; /* what the innermost open bracket is */
    bool fresh;  /* it has just been opened */
    size_t depth;
    uint64_t *objects;
};

NJ_INLINE bool has_ended(const struct walk *w)
{
    return !w->closed && w->p == w->end;
}

NJ_INLINE void skip_space(struct walk *w)
{
    while (!has_ended(w) && (unsigned char)*w->p <= ' ' && nj_json_is_space(*w->p))
        w->p++;
}

/* --- strings ------------------------------------------------------------------------------------------------------ */

static bool is_hex4(const char *p)
{
    return nj_is_hex(p[0]) && nj_is_hex(p[1]) && nj_is_hex(p[2]) && nj_is_hex(p[3]);
}

/* Length of an escape by the byte behind its backslash; 0 = there is no such escape. */
static const uint8_t escape_len[256] = {
    ['"'] = 2, ['\\'] = 2, ['/'] = 2, ['b'] = 2, ['f'] = 2, ['n'] = 2, ['r'] = 2, ['t'] = 2, ['u'] = 6,
};

/* p is a backslash. */
static enum nj_scan skip_escape(const char **at, const char *end, bool strict)
{
    const char *p = *at;
    ptrdiff_t left = end - p;
    if (left < 2)
        return NJ_SCAN_ENDED;
    ptrdiff_t len = strict ? escape_len[(unsigned char)p[1]] : 2;
    if (len == 0 || (len == 6 && left >= 6 && !is_hex4(p + 2)))
        return NJ_SCAN_BROKEN;
    if (left < len)
        return NJ_SCAN_ENDED;
    *at = p + len;
    return NJ_SCAN_DONE;
}

/* From a stop in a string to behind its closing quote. */
static __attribute__((noinline)) enum nj_scan skip_rest(const char **at, const char *end, bool strict)
{
    enum nj_scan r = NJ_SCAN_DONE;
    const char *p = *at;
    while (r == NJ_SCAN_DONE) {
        p = nj_json_string_stop(p, end, p);
        if (p == end) {
            r = NJ_SCAN_ENDED;
        } else if (*p == '"') {
            p++;
            break;
        } else if (*p == '\\') {
            r = skip_escape(&p, end, strict);
        } else if (strict) {
            r = NJ_SCAN_BROKEN;
        } else {
            p++;
        }
    }
    *at = p;
    return r;
}

/* p is the opening quote. */
NJ_INLINE enum nj_scan skip_string(struct walk *w)
{
    const char *p = nj_json_string_stop(w->p + 1, w->end, w->first);
    enum nj_scan r = NJ_SCAN_DONE;
    if (p != w->end && *p == '"')
        p++;
    else
        r = skip_rest(&p, w->end, w->strict);
    w->p = p;
    return r;
}

/* --- numbers and words -------------------------------------------------------------------------------------------- */

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static __attribute__((noinline)) enum nj_scan skip_number(const char **at, const char *end)
{
    const char *p = *at;
    p += *p == '-';
    const char *digits = p;
    p = skip_digits(p, end);
    if (p == digits)
        return p == end ? NJ_SCAN_ENDED : NJ_SCAN_BROKEN;
    if (*digits == '0')
        p = digits + 1;
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        p = skip_digits(p, end);
        if (p == fraction)
            return p == end ? NJ_SCAN_ENDED : NJ_SCAN_BROKEN;
    }
    if (p < end && (*p | 0x20) == 'e') {
        p++;
        if (p < end && (*p == '+' || *p == '-'))
            p++;
        const char *exponent = p;
        p = skip_digits(p, end);
        if (p == exponent)
            return p == end ? NJ_SCAN_ENDED : NJ_SCAN_BROKEN;
    }
    *at = p;
    return NJ_SCAN_DONE;
}

/* Most are short and whole; how short is as good as random. */
NJ_INLINE enum nj_scan skip_digit(struct walk *w)
{
    const char *p = w->p + 1;
    if (w->end - p >= 16)
        p += nj_json_first((nj_v16)(nj_json_load(p) - '0' > 9));
    while ((w->closed || p < w->end) && *p >= '0' && *p <= '9')
        p++;
    if (*w->p == '0' || ((w->closed || p < w->end) && (*p == '.' || (*p | 0x20) == 'e'))) {
        p = w->p;
        enum nj_scan r = skip_number(&p, w->end);
        w->p = p;
        return r;
    }
    w->p = p;
    return NJ_SCAN_DONE;
}

static __attribute__((noinline)) enum nj_scan skip_word(const char **at, const char *end)
{
    struct nj_str word = **at == 't' ? NJ_STR("true") : **at == 'f' ? NJ_STR("false") : NJ_STR("null");
    size_t left = (size_t)(end - *at);
    size_t n = left < word.n ? left : word.n;
    if (memcmp(*at, word.p, n) != 0)
        return NJ_SCAN_BROKEN;
    if (n < word.n)
        return NJ_SCAN_ENDED;
    *at += n;
    return NJ_SCAN_DONE;
}

NJ_INLINE enum nj_scan skip_loose_scalar(struct walk *w)
{
    const char *p = w->p;
    while (p < w->end && !nj_json_is_space(*p) && *p != ',' && *p != ']' && *p != '}' && *p != ':' && *p != '{' && *p != '[' && *p != '"')
        p++;
    bool empty = p == w->p;
    w->p = p;
    if (p == w->end)
        return NJ_SCAN_ENDED;
    return empty ? NJ_SCAN_BROKEN : NJ_SCAN_DONE;
}

NJ_INLINE enum nj_scan skip_scalar(struct walk *w)
{
    if (!w->strict)
        return skip_loose_scalar(w);
    char c = *w->p;
    if (c >= '0' && c <= '9')
        return skip_digit(w);
    const char *p = w->p;
    enum nj_scan r = c == '-' ? skip_number(&p, w->end) : c == 't' || c == 'f' || c == 'n' ? skip_word(&p, w->end) : NJ_SCAN_BROKEN;
    w->p = p;
    return r;
}

/* --- the walk ----------------------------------------------------------------------------------------------------- */

/* p is an opening bracket. */
NJ_INLINE enum nj_scan enter(struct walk *w)
{
    size_t at = w->depth;
    uint64_t bit = (uint64_t)1 << at % WORD;
    if (at == NJ_JSON_DEPTH)
        return NJ_SCAN_DEEP;
    w->object = *w->p == '{';
    w->objects[at / WORD] = w->object ? w->objects[at / WORD] | bit : w->objects[at / WORD] & ~bit;
    w->depth++;
    w->fresh = true;
    w->p++;
    return NJ_SCAN_DONE;
}

/* p is the closing bracket. */
NJ_INLINE void leave(struct walk *w)
{
    w->p++;
    w->fresh = false;
    if (--w->depth == 0)
        return;
    size_t at = w->depth - 1;
    w->object = (w->objects[at / WORD] >> at % WORD & 1) != 0;
}

/* p is not white space: a value begins there, or whatever it opens. */
NJ_INLINE enum nj_scan begin_value(struct walk *w)
{
    char c = *w->p;
    if (c == '"')
        return skip_string(w);
    return c == '{' || c == '[' ? enter(w) : skip_scalar(w);
}

NJ_INLINE enum nj_scan skip_key(struct walk *w)
{
    if (*w->p != '"')
        return NJ_SCAN_BROKEN;
    enum nj_scan r = skip_string(w);
    if (r != NJ_SCAN_DONE)
        return r;
    skip_space(w);
    if (has_ended(w))
        return NJ_SCAN_ENDED;
    if (*w->p != ':')
        return NJ_SCAN_BROKEN;
    w->p++;
    skip_space(w);
    return has_ended(w) ? NJ_SCAN_ENDED : NJ_SCAN_DONE;
}

/* Inside a bracket: it closes, or one member of it begins. */
NJ_INLINE enum nj_scan step(struct walk *w)
{
    char c = *w->p;
    if (c == (w->object ? '}' : ']')) {
        leave(w);
        return NJ_SCAN_DONE;
    }
    if (!w->fresh) {
        if (c != ',')
            return NJ_SCAN_BROKEN;
        w->p++;
        skip_space(w);
        if (has_ended(w))
            return NJ_SCAN_ENDED;
    }
    w->fresh = false;
    enum nj_scan r = w->object ? skip_key(w) : NJ_SCAN_DONE;
    return r == NJ_SCAN_DONE ? begin_value(w) : r;
}

NJ_INLINE enum nj_scan walk_value(const char **at, const char *end, bool strict, bool closed)
{
    uint64_t objects[NJ_JSON_DEPTH / WORD] = { 0 };
    struct walk w = { .first = *at, .p = nj_json_skip_space(*at, end), .end = end, .strict = strict, .closed = closed, .objects = objects };
    enum nj_scan r = w.p == end ? NJ_SCAN_ENDED : begin_value(&w);
    while (r == NJ_SCAN_DONE && w.depth != 0) {
        if (w.p == end) {
            r = NJ_SCAN_ENDED;
            break;
        }
        skip_space(&w);
        r = has_ended(&w) ? NJ_SCAN_ENDED : step(&w);
    }
    *at = w.p;
    return r;
}

static __attribute__((noinline)) enum nj_scan scan_closed(const char **at, const char *end)
{
    return walk_value(at, end, true, true);
}

static __attribute__((noinline)) enum nj_scan scan_open(const char **at, const char *end)
{
    return walk_value(at, end, true, false);
}

/* Most texts end with the value. */
enum nj_scan nj_json_scan(const char **at, const char *end)
{
    bool closed = end != *at && (end[-1] == '}' || end[-1] == ']');
    return closed ? scan_closed(at, end) : scan_open(at, end);
}

enum nj_scan nj_json_scan_loose(const char **at, const char *end)
{
    return walk_value(at, end, false, false);
}

/* --- text that has been checked before ---------------------------------------------------------------------------- */

/* The next quote or bracket; '[' and ']' are '{' and '}' less one bit. */
NJ_INLINE const char *bracket_stop(const char *p, const char *end)
{
    while (end - p >= 16) {
        nj_v16 v = nj_json_load(p), low = v | 0x20;
        size_t hit = nj_json_first((nj_v16)(v == '"') | (nj_v16)(low == '{') | (nj_v16)(low == '}'));
        p += hit;
        if (hit != 16)
            return p;
    }
    while (p < end && *p != '"' && (*p | 0x20) != '{' && (*p | 0x20) != '}')
        p++;
    return p;
}

const char *nj_json_skip_container(const char *p, const char *end)
{
    size_t depth = 0;
    while ((p = bracket_stop(p, end)) < end) {
        if (*p == '"') {
            p = nj_json_skip_string(p, end);
            continue;
        }
        depth += (*p | 0x20) == '{' ? 1u : (size_t)-1;
        p++;
        if (depth == 0)
            return p;
    }
    return end;
}

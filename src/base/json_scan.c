/* Walks one JSON value without recursion: a bit per level tells objects from arrays. */
#include "json_scan.h"

#define INLINE static inline __attribute__((always_inline))

enum { WORD = 64 };

struct walk {
    const char *p, *end;
    bool strict;
    size_t depth;
    uint64_t objects[NJ_JSON_DEPTH / WORD];
};

enum expect { EXPECT_VALUE, EXPECT_FIRST_VALUE, EXPECT_KEY, EXPECT_FIRST_KEY, EXPECT_AFTER };

INLINE bool in_object(const struct walk *w)
{
    size_t at = w->depth - 1;
    return (w->objects[at / WORD] >> at % WORD & 1) != 0;
}

static bool is_hex4(const char *p)
{
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')))
            return false;
    }
    return true;
}

/* p is a backslash. */
static enum nj_scan skip_escape(struct walk *w)
{
    const char *p = w->p;
    size_t left = (size_t)(w->end - p);
    if (left < 2)
        return NJ_SCAN_ENDED;
    if (w->strict && (p[1] == '\0' || strchr("\"\\/bfnrtu", p[1]) == NULL))
        return NJ_SCAN_BROKEN;
    if (!w->strict || p[1] != 'u') {
        w->p = p + 2;
        return NJ_SCAN_DONE;
    }
    if (left < 6)
        return NJ_SCAN_ENDED;
    if (!is_hex4(p + 2))
        return NJ_SCAN_BROKEN;
    w->p = p + 6;
    return NJ_SCAN_DONE;
}

/* Moves to the next quote, backslash or control character; w->end when there is none. */
INLINE const char *string_stop(const char *p, const char *end)
{
    while (end - p >= 16) {
        nj_v16 v = nj_json_load(p);
        size_t hit = nj_json_first((nj_v16)(v == '"') | (nj_v16)(v == '\\') | (nj_v16)(v < 0x20));
        p += hit;
        if (hit != 16)
            return p;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

/* p is the opening quote. */
INLINE enum nj_scan skip_string(struct walk *w)
{
    w->p++;
    for (;;) {
        w->p = string_stop(w->p, w->end);
        if (w->p == w->end)
            return NJ_SCAN_ENDED;
        if (*w->p == '"') {
            w->p++;
            return NJ_SCAN_DONE;
        }
        if (*w->p == '\\') {
            enum nj_scan r = skip_escape(w);
            if (r != NJ_SCAN_DONE)
                return r;
        } else {
            if (w->strict)
                return NJ_SCAN_BROKEN;
            w->p++;
        }
    }
}

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    return p;
}

static enum nj_scan skip_number(struct walk *w)
{
    const char *p = w->p, *end = w->end;
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
    w->p = p;
    return NJ_SCAN_DONE;
}

static enum nj_scan skip_word(struct walk *w, struct nj_str word)
{
    size_t left = (size_t)(w->end - w->p);
    size_t n = left < word.n ? left : word.n;
    if (memcmp(w->p, word.p, n) != 0)
        return NJ_SCAN_BROKEN;
    if (n < word.n)
        return NJ_SCAN_ENDED;
    w->p += n;
    return NJ_SCAN_DONE;
}

static enum nj_scan skip_loose_scalar(struct walk *w)
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

INLINE enum nj_scan skip_scalar(struct walk *w)
{
    if (!w->strict)
        return skip_loose_scalar(w);
    switch (*w->p) {
    case 't':
        return skip_word(w, NJ_STR("true"));
    case 'f':
        return skip_word(w, NJ_STR("false"));
    case 'n':
        return skip_word(w, NJ_STR("null"));
    default:
        return *w->p == '-' || (*w->p >= '0' && *w->p <= '9') ? skip_number(w) : NJ_SCAN_BROKEN;
    }
}

/* p is an opening bracket. */
INLINE enum nj_scan enter(struct walk *w, enum expect *e)
{
    size_t at = w->depth;
    uint64_t bit = (uint64_t)1 << at % WORD;
    bool object = *w->p == '{';
    if (at == NJ_JSON_DEPTH)
        return NJ_SCAN_DEEP;
    w->depth++;
    w->objects[at / WORD] = object ? w->objects[at / WORD] | bit : w->objects[at / WORD] & ~bit;
    w->p++;
    *e = object ? EXPECT_FIRST_KEY : EXPECT_FIRST_VALUE;
    return NJ_SCAN_DONE;
}

INLINE enum nj_scan step_value(struct walk *w, enum expect *e)
{
    char c = *w->p;
    if (c == '{' || c == '[')
        return enter(w, e);
    if (c == ']' && *e == EXPECT_FIRST_VALUE) {
        w->p++;
        w->depth--;
        *e = EXPECT_AFTER;
        return NJ_SCAN_DONE;
    }
    *e = EXPECT_AFTER;
    return c == '"' ? skip_string(w) : skip_scalar(w);
}

INLINE enum nj_scan step_key(struct walk *w, enum expect *e)
{
    if (*w->p == '}' && *e == EXPECT_FIRST_KEY) {
        w->p++;
        w->depth--;
        *e = EXPECT_AFTER;
        return NJ_SCAN_DONE;
    }
    if (*w->p != '"')
        return NJ_SCAN_BROKEN;
    enum nj_scan r = skip_string(w);
    if (r != NJ_SCAN_DONE)
        return r;
    w->p = nj_json_skip_space(w->p, w->end);
    if (w->p == w->end)
        return NJ_SCAN_ENDED;
    if (*w->p != ':')
        return NJ_SCAN_BROKEN;
    w->p++;
    *e = EXPECT_VALUE;
    return NJ_SCAN_DONE;
}

INLINE enum nj_scan step_after(struct walk *w, enum expect *e)
{
    bool object = in_object(w);
    char c = *w->p;
    if (c == ',')
        *e = object ? EXPECT_KEY : EXPECT_VALUE;
    else if (c == (object ? '}' : ']'))
        w->depth--;
    else
        return NJ_SCAN_BROKEN;
    w->p++;
    return NJ_SCAN_DONE;
}

INLINE enum nj_scan walk_value(const char **at, const char *end, bool strict)
{
    struct walk w;
    w.p = *at;
    w.end = end;
    w.strict = strict;
    w.depth = 0;
    memset(w.objects, 0, sizeof(w.objects));
    enum expect e = EXPECT_VALUE;
    enum nj_scan r = NJ_SCAN_DONE;
    do {
        w.p = nj_json_skip_space(w.p, end);
        if (w.p == end)
            r = NJ_SCAN_ENDED;
        else if (e == EXPECT_AFTER)
            r = step_after(&w, &e);
        else if (e == EXPECT_KEY || e == EXPECT_FIRST_KEY)
            r = step_key(&w, &e);
        else
            r = step_value(&w, &e);
    } while (r == NJ_SCAN_DONE && (w.depth != 0 || e != EXPECT_AFTER));
    *at = w.p;
    return r;
}

enum nj_scan nj_json_scan(const char **at, const char *end)
{
    return walk_value(at, end, true);
}

enum nj_scan nj_json_scan_loose(const char **at, const char *end)
{
    return walk_value(at, end, false);
}

/* --- text that has been checked before ---------------------------------------------------------------------------- */

bool nj_json_scan_string(const char **at, const char *end)
{
    struct walk w;
    w.p = *at;
    w.end = end;
    w.strict = false;
    enum nj_scan r = skip_string(&w);
    *at = w.p;
    return r == NJ_SCAN_DONE;
}

/* The next quote or bracket; '[' and ']' are '{' and '}' less one bit. */
static const char *bracket_stop(const char *p, const char *end)
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

static bool skip_checked_container(const char **at, const char *end)
{
    size_t depth = 0;
    const char *p = *at;
    while ((p = bracket_stop(p, end)) < end) {
        if (*p == '"') {
            if (!nj_json_scan_string(&p, end))
                break;
            continue;
        }
        depth += (*p | 0x20) == '{' ? 1u : (size_t)-1;
        p++;
        if (depth == 0) {
            *at = p;
            return true;
        }
    }
    *at = end;
    return false;
}

bool nj_json_scan_checked(const char **at, const char *end)
{
    const char *p = *at;
    if (p == end)
        return false;
    if (*p == '"')
        return nj_json_scan_string(at, end);
    if (*p == '{' || *p == '[')
        return skip_checked_container(at, end);
    while (p < end && !nj_json_is_space(*p) && *p != ',' && *p != ']' && *p != '}')
        p++;
    bool some = p != *at;
    *at = p;
    return some;
}

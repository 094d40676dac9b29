/* src/base/json_scan.h -- the walk over one JSON value that parsing, iterating and slicing share. */
#ifndef NIGHTJAR_BASE_JSON_SCAN_H
#define NIGHTJAR_BASE_JSON_SCAN_H

#include "nightjar/json.h"

#define NJ_INLINE static inline __attribute__((always_inline))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "nj_json_first() counts bytes from the low end");

/* Sixteen bytes at a time; gcc and clang turn these into SSE2 and NEON. */
typedef uint8_t nj_v16 __attribute__((vector_size(16)));
typedef uint64_t nj_v2 __attribute__((vector_size(16)));

NJ_INLINE nj_v16 nj_json_load(const char *p)
{
    nj_v16 v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* Index of the first marked byte, or 16. */
NJ_INLINE size_t nj_json_first(nj_v16 mask)
{
    nj_v2 w = (nj_v2)mask;
    if (w[0] != 0)
        return (size_t)__builtin_ctzll(w[0]) / 8;
    return w[1] != 0 ? 8 + (size_t)__builtin_ctzll(w[1]) / 8 : 16;
}

NJ_INLINE bool nj_json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

NJ_INLINE const char *nj_json_skip_space(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p <= ' ' && nj_json_is_space(*p))
        p++;
    return p;
}

/* Quotes, backslashes and control characters. */
NJ_INLINE nj_v16 nj_json_stops(nj_v16 v)
{
    return (nj_v16)(v == '"') | (nj_v16)(v == '\\') | (nj_v16)(v < 0x20);
}

/* The next quote, backslash or control character; end when there is none. */
NJ_INLINE const char *nj_json_string_stop(const char *p, const char *end)
{
    const char *from = p;
    while (end - p >= 16) {
        size_t hit = nj_json_first(nj_json_stops(nj_json_load(p)));
        p += hit;
        if (hit != 16)
            return p;
    }
    if (p != from) /* the last sixteen bytes: those before p are none */
        return end - 16 + nj_json_first(nj_json_stops(nj_json_load(end - 16)));
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

/* Behind the string whose opening quote is at p; end when it is not closed.  For text that has been checked. */
NJ_INLINE const char *nj_json_skip_string(const char *p, const char *end)
{
    for (p++; (p = nj_json_string_stop(p, end)) < end;) {
        if (*p == '"')
            return p + 1;
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    }
    return end;
}

enum nj_scan {
    NJ_SCAN_DONE,   /* *at is just behind the value */
    NJ_SCAN_ENDED,  /* the text ends inside the value */
    NJ_SCAN_BROKEN, /* *at is the byte that cannot stand there */
    NJ_SCAN_DEEP    /* more than NJ_JSON_DEPTH levels */
};

/* Strict: RFC 8259, no raw control characters in strings. */
enum nj_scan nj_json_scan(const char **at, const char *end);
/* Loose: brackets, commas, colons and quotes have to fit; what stands between them may be anything.  A scalar that
 * touches the end counts as ended, because more of it may follow. */
enum nj_scan nj_json_scan_loose(const char **at, const char *end);

/* Behind the object or array whose bracket is at p; end when it is not closed.  For text that has been checked. */
const char *nj_json_skip_container(const char *p, const char *end);

/* Undoes the escape at *at (which is a backslash) into out; returns the length and moves *at behind it. */
size_t nj_json_unescape_one(const char **at, const char *end, char out[static 4]);

#endif

/* src/base/json_scan.h -- the walk over one JSON value that parsing, iterating and slicing share. */
#ifndef NIGHTJAR_BASE_JSON_SCAN_H
#define NIGHTJAR_BASE_JSON_SCAN_H

#include "nightjar/json.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "nj_json_first() counts bytes from the low end");

/* Sixteen bytes at a time; gcc and clang turn these into SSE2 and NEON. */
typedef uint8_t nj_v16 __attribute__((vector_size(16)));
typedef uint64_t nj_v2 __attribute__((vector_size(16)));

static inline nj_v16 nj_json_load(const char *p)
{
    nj_v16 v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* Index of the first marked byte, or 16. */
static inline size_t nj_json_first(nj_v16 mask)
{
    nj_v2 w = (nj_v2)mask;
    if (w[0] != 0)
        return (size_t)__builtin_ctzll(w[0]) / 8;
    return w[1] != 0 ? 8 + (size_t)__builtin_ctzll(w[1]) / 8 : 16;
}

static inline bool nj_json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static inline const char *nj_json_skip_space(const char *p, const char *end)
{
    while (p < end && nj_json_is_space(*p))
        p++;
    return p;
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

/* For text that has been checked: the string, or any value, that begins at *at.  False at the end of the text. */
bool nj_json_scan_string(const char **at, const char *end);
bool nj_json_scan_checked(const char **at, const char *end);

/* Undoes the escape at *at (which is a backslash) into out; returns the length and moves *at behind it. */
size_t nj_json_unescape_one(const char **at, const char *end, char out[static 4]);

#endif

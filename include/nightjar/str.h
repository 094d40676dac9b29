/* nightjar/str.h -- borrowed text: pointer and length, passed by value.
 *
 * Ownership  a view never owns; it is valid as long as the bytes it was taken from.
 * Format     any bytes; not NUL-terminated.  An absent view is { NULL, 0 }.
 * Case       the _nocase functions fold ASCII letters only.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_STR_H
#define NIGHTJAR_STR_H

#include "nightjar/status.h"

#include <stdint.h>
#include <string.h>

struct nj_str {
    const char *p;
    size_t n;
};

#define NJ_STR(lit) ((struct nj_str){ (lit), sizeof(lit) - 1 })
#define NJ_STR_INIT(lit)                                                                                                                   \
    {                                                                                                                                      \
        (lit), sizeof(lit) - 1                                                                                                             \
    }                                   /* for static initialisers */
#define NJ_STR_ARG(s) (int)(s).n, (s).p /* for "%.*s" */
#define NJ_NPOS       ((size_t)-1)

static inline struct nj_str nj_str_of(const char *z)
{
    return (struct nj_str){ z, z != NULL ? strlen(z) : 0 };
}

/* The part from..to of s; both ends are clamped to it. */
static inline struct nj_str nj_str_slice(struct nj_str s, size_t from, size_t to)
{
    if (to > s.n)
        to = s.n;
    if (from > to)
        from = to;
    return (struct nj_str){ from != 0 ? s.p + from : s.p, to - from }; /* NULL + 0 is undefined */
}

static inline bool nj_str_eq(struct nj_str a, struct nj_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* A capital of ASCII as the small letter; anything else as it is. */
static inline char nj_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Of the same length: the slow half of what follows. */
bool nj_str_same_nocase(const char *a, const char *b, size_t n);

/* Most comparisons end at the first byte. */
static inline bool nj_str_may_start(struct nj_str s, struct nj_str prefix)
{
    return s.n >= prefix.n && (prefix.n == 0 || ((s.p[0] ^ prefix.p[0]) & ~0x20) == 0);
}

static inline bool nj_str_eq_nocase(struct nj_str a, struct nj_str b)
{
    return a.n == b.n && nj_str_may_start(a, b) && nj_str_same_nocase(a.p, b.p, b.n);
}

static inline bool nj_str_starts(struct nj_str s, struct nj_str prefix)
{
    return nj_str_may_start(s, prefix) && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

static inline bool nj_str_starts_nocase(struct nj_str s, struct nj_str prefix)
{
    return nj_str_may_start(s, prefix) && nj_str_same_nocase(s.p, prefix.p, prefix.n);
}

/* With one of so many prefixes. */
bool nj_str_starts_any(struct nj_str s, const struct nj_str *prefixes, size_t n);
/* Equal to one of so many. */
bool nj_str_is_any(struct nj_str s, const struct nj_str *list, size_t n);
bool nj_str_is_any_nocase(struct nj_str s, const struct nj_str *list, size_t n);
bool nj_str_ends(struct nj_str s, struct nj_str suffix);
/* Index of the first occurrence at or after from, or NJ_NPOS. */
size_t nj_str_find(struct nj_str s, struct nj_str needle, size_t from);
size_t nj_str_chr(struct nj_str s, char c, size_t from);
/* Without white space (space, tab, CR, LF) at either end. */
struct nj_str nj_str_trim(struct nj_str s);
/* Cuts the next piece up to sep off *rest; false when *rest was absent (p == NULL).  The last piece leaves it absent. */
bool nj_str_cut(struct nj_str *rest, char sep, struct nj_str *piece);
/* Whole view is a decimal number without sign that fits; otherwise false and *out is untouched. */
NJ_MUST bool nj_str_u64(struct nj_str s, uint64_t *out);
/* Damerau-Levenshtein distance (no case), cut off at limit+1; for "did you mean".  Views above 64 bytes count as limit+1. */
size_t nj_str_distance(struct nj_str a, struct nj_str b, size_t limit);

#endif

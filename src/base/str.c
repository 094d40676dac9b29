/* Comparing, finding and cutting borrowed text. */
#include "nightjar/str.h"

bool nj_str_same_nocase(const char *a, const char *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nj_lower(a[i]) != nj_lower(b[i]))
            return false;
    return true;
}

bool nj_str_is_any(struct nj_str s, const struct nj_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nj_str_eq(s, list[i]))
            return true;
    return false;
}

bool nj_str_is_any_nocase(struct nj_str s, const struct nj_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nj_str_eq_nocase(s, list[i]))
            return true;
    return false;
}

bool nj_str_starts_any(struct nj_str s, const struct nj_str *prefixes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nj_str_starts(s, prefixes[i]))
            return true;
    return false;
}

bool nj_str_ends(struct nj_str s, struct nj_str suffix)
{
    return s.n >= suffix.n && nj_str_eq(nj_str_slice(s, s.n - suffix.n, s.n), suffix);
}

size_t nj_str_find(struct nj_str s, struct nj_str needle, size_t from)
{
    if (needle.n == 0 || from >= s.n)
        return NJ_NPOS;
    const char *hit = memmem(s.p + from, s.n - from, needle.p, needle.n);
    return hit != NULL ? (size_t)(hit - s.p) : NJ_NPOS;
}

size_t nj_str_chr(struct nj_str s, char c, size_t from)
{
    if (from >= s.n)
        return NJ_NPOS;
    const char *hit = memchr(s.p + from, c, s.n - from);
    return hit != NULL ? (size_t)(hit - s.p) : NJ_NPOS;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct nj_str nj_str_trim(struct nj_str s)
{
    size_t from = 0;
    while (from < s.n && is_space(s.p[from]))
        from++;
    size_t to = s.n;
    while (to > from && is_space(s.p[to - 1]))
        to--;
    return nj_str_slice(s, from, to);
}

bool nj_str_cut(struct nj_str *rest, char sep, struct nj_str *piece)
{
    if (rest->p == NULL)
        return false;
    size_t at = nj_str_chr(*rest, sep, 0);
    if (at == NJ_NPOS) {
        *piece = *rest;
        *rest = (struct nj_str){ NULL, 0 };
    } else {
        *piece = nj_str_slice(*rest, 0, at);
        *rest = nj_str_slice(*rest, at + 1, rest->n);
    }
    return true;
}

bool nj_str_u64(struct nj_str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, (uint64_t)10, &v) || __builtin_add_overflow(v, (uint64_t)(s.p[i] - '0'), &v))
            return false;
    }
    *out = v;
    return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t m = a < b ? a : b;
    return m < c ? m : c;
}

size_t nj_str_distance(struct nj_str a, struct nj_str b, size_t limit)
{
    enum { LONGEST = 64 };
    uint8_t rows[3][LONGEST + 1];
    if (a.n > LONGEST || b.n > LONGEST)
        return limit + 1;
    for (size_t j = 0; j <= b.n; j++)
        rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a.n; i++) {
        const uint8_t *before = rows[(i + 1) % 3], *above = rows[(i - 1) % 3];
        uint8_t *row = rows[i % 3];
        row[0] = (uint8_t)i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t change = nj_lower(a.p[i - 1]) != nj_lower(b.p[j - 1]);
            size_t d = min3(above[j] + 1u, row[j - 1] + 1u, above[j - 1] + change);
            bool swapped = i > 1 && j > 1 && nj_lower(a.p[i - 1]) == nj_lower(b.p[j - 2]) && nj_lower(a.p[i - 2]) == nj_lower(b.p[j - 1]);
            if (swapped && before[j - 2] + 1u < d)
                d = before[j - 2] + 1u;
            row[j] = (uint8_t)d;
        }
    }
    size_t d = rows[a.n % 3][b.n];
    return d > limit ? limit + 1 : d;
}

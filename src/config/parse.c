/* Sizes, durations and URLs: read as users write them, shown as users may see them. */
#include "nightjar/options.h"

struct unit {
    struct nj_str suffix;
    uint64_t factor;
};

/* Largest first: that is the order in which they are tried for showing. */
static const struct unit sizes[] = {
    { NJ_STR_INIT("g"), (uint64_t)1 << 30 },
    { NJ_STR_INIT("m"), (uint64_t)1 << 20 },
    { NJ_STR_INIT("k"), (uint64_t)1 << 10 },
};
static const struct unit durations[] = {
    { NJ_STR_INIT("h"), 3600000 },
    { NJ_STR_INIT("m"), 60000 },
    { NJ_STR_INIT("s"), 1000 },
    { NJ_STR_INIT("ms"), 1 },
};

static bool times(struct nj_str digits, uint64_t factor, uint64_t *out)
{
    uint64_t n;
    if (!nj_str_u64(digits, &n) || __builtin_mul_overflow(n, factor, &n))
        return false;
    *out = n;
    return true;
}

bool nj_parse_size(struct nj_str s, uint64_t *bytes)
{
    for (size_t i = 0; i < NJ_COUNT(sizes); i++) {
        struct nj_str digits = nj_str_slice(s, 0, s.n > 0 ? s.n - 1 : 0);
        if (nj_str_eq_nocase(nj_str_slice(s, digits.n, s.n), sizes[i].suffix))
            return times(digits, sizes[i].factor, bytes);
    }
    return nj_str_u64(s, bytes);
}

bool nj_parse_duration(struct nj_str s, int64_t *ms)
{
    size_t digits = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
        digits++;
    struct nj_str suffix = nj_str_slice(s, digits, s.n);
    uint64_t n = 1;
    if (suffix.n == 0) { /* only nothing at all needs no unit */
        if (!nj_str_u64(s, &n) || n != 0)
            return false;
        *ms = 0;
        return true;
    }
    for (size_t i = 0; i < NJ_COUNT(durations); i++) {
        if (!nj_str_eq(suffix, durations[i].suffix))
            continue;
        if (!times(nj_str_slice(s, 0, digits), durations[i].factor, &n) || n > INT64_MAX)
            return false;
        *ms = (int64_t)n;
        return true;
    }
    return false;
}

static void show(struct nj_buf *out, uint64_t v, const struct unit *units, size_t count, const char *bare)
{
    for (size_t i = 0; v != 0 && i < count; i++) {
        if (v % units[i].factor != 0)
            continue;
        nj_buf_add_u64(out, v / units[i].factor);
        nj_buf_add(out, units[i].suffix);
        return;
    }
    nj_buf_add_u64(out, v);
    nj_buf_addz(out, bare);
}

void nj_show_size(struct nj_buf *out, uint64_t bytes)
{
    show(out, bytes, sizes, NJ_COUNT(sizes), "");
}

void nj_show_duration(struct nj_buf *out, int64_t ms)
{
    show(out, ms > 0 ? (uint64_t)ms : 0, durations, NJ_COUNT(durations), "");
}

/* Something else before the first colon may be half of a credential. */
static bool is_scheme(struct nj_str s)
{
    enum { LONGEST = 16 };
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '+'))
            return false;
    return s.n > 0 && s.n <= LONGEST;
}

/* Webhooks have their key in the path: of a segment long enough to be one only the beginning is shown. */
static void show_path(struct nj_buf *out, struct nj_str rest)
{
    enum { MAY_BE_KEY = 20, BEGINNING = 4 };
    struct nj_str segment;
    size_t slash = nj_str_chr(rest, '/', 0);
    nj_buf_add(out, nj_str_slice(rest, 0, slash));
    if (slash == NJ_NPOS)
        return;
    rest = nj_str_slice(rest, slash + 1, rest.n);
    while (nj_str_cut(&rest, '/', &segment)) {
        nj_buf_addc(out, '/');
        nj_buf_add(out, nj_str_slice(segment, 0, segment.n < MAY_BE_KEY ? segment.n : BEGINNING));
        nj_buf_addz(out, segment.n < MAY_BE_KEY ? "" : "***");
    }
}

/* Passwords may hold any byte when somebody forgot to encode them, '/', '?' and '@' too: so everything up to the last '@'
 * is taken as user information, and where that cannot be told from a query, nothing is shown at all. */
void nj_show_url(struct nj_buf *out, struct nj_str url)
{
    size_t scheme = nj_str_chr(url, ':', 0);
    if (scheme == NJ_NPOS || !is_scheme(nj_str_slice(url, 0, scheme))) {
        nj_buf_addz(out, "***");
        return;
    }
    size_t from = scheme + 1;
    bool slashes = nj_str_starts(nj_str_slice(url, from, url.n), NJ_STR("//"));
    if (slashes)
        from += 2;
    struct nj_str rest = nj_str_slice(url, from, url.n);
    size_t at = NJ_NPOS, query = rest.n;
    for (size_t i = 0; i < rest.n; i++) {
        if (rest.p[i] == '@')
            at = i;
        if ((rest.p[i] == '?' || rest.p[i] == '#') && query == rest.n)
            query = i;
    }
    nj_buf_add(out, nj_str_slice(url, 0, from));
    if (rest.n == 0)
        return;
    if (!slashes || (at != NJ_NPOS && at > query)) {
        nj_buf_addz(out, "***");
        return;
    }
    bool has_query = query < rest.n;
    if (at != NJ_NPOS)
        nj_buf_addz(out, "***@");
    rest = nj_str_slice(rest, 0, query);
    rest = nj_str_slice(rest, at != NJ_NPOS ? at + 1 : 0, query);
    if (nj_str_eq_nocase(nj_str_slice(url, 0, scheme), NJ_STR("file")))
        nj_buf_add(out, rest);
    else
        show_path(out, rest);
    if (has_query)
        nj_buf_addz(out, "?***");
}

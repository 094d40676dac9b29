/* Makes text harmless to whoever displays it: no controls, no terminal sequences, no hidden direction changes, sound UTF-8. */
#include "redact_internal.h"

#include "nightjar/utf8.h"

/* Code points that change how the text around them is shown, or end a line where none ends: C1, line and paragraph
 * separator, marks, overrides and isolates of direction, byte order mark. */
static bool point_is_unsafe(uint32_t c)
{
    if (c < 0x80)
        return false;
    return c <= 0x9f || c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0xfeff;
}

static bool byte_is_plain(unsigned char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

/* As signed bytes, what is not ASCII is below the space, too. */
static inline nj_lane odd_of(const char *p)
{
    typedef int8_t lane_signed __attribute__((vector_size(16)));
    nj_lane v = nj_lane_at(p);
    nj_lane below = (nj_lane)((lane_signed)v < ' '), white = (nj_lane)(v == '\n') | (nj_lane)(v == '\t');
    return (below & ~white) | (nj_lane)(v == 0x7f);
}

static inline bool is_any(nj_lane v)
{
    uint64_t half[2];
    memcpy(half, &v, sizeof(half));
    return (half[0] | half[1]) != 0;
}

/* Index of the next byte that is not plain ASCII text. */
static size_t skip_plain(struct nj_str s, size_t at)
{
    enum { LANE = sizeof(nj_lane) };
    size_t from = at;
    for (; s.n - at >= (size_t)4 * LANE; at += (size_t)4 * LANE) {
        const char *p = s.p + at;
        if (is_any(odd_of(p) | odd_of(p + LANE) | odd_of(p + 2 * LANE) | odd_of(p + 3 * LANE)))
            break;
    }
    for (; s.n - at >= LANE; at += LANE)
        if (is_any(odd_of(s.p + at)))
            break;
    if (at < s.n && s.n - at < LANE && s.n - from >= LANE && !is_any(odd_of(s.p + s.n - LANE)))
        return s.n; /* the last sixteen, of which some are known */
    while (at < s.n && byte_is_plain((unsigned char)s.p[at]))
        at++;
    return at;
}

/* Length of the safe multibyte character at byte at, or 0. */
static size_t safe_char(struct nj_str s, size_t at)
{
    size_t len = nj_utf8_len(s, at);
    return len > 1 && !point_is_unsafe(nj_utf8_point(s, at, len)) ? len : 0;
}

bool nj_is_plain(struct nj_str text)
{
    return skip_plain(text, 0) == text.n;
}

size_t nj_clean_prefix(struct nj_str text)
{
    size_t at = 0, len = 0;
    while ((at = skip_plain(text, at)) < text.n) {
        if ((len = safe_char(text, at)) == 0)
            return at;
        at += len;
    }
    return text.n;
}

static bool between(struct nj_str s, size_t at, unsigned char low, unsigned char high)
{
    return at < s.n && (unsigned char)s.p[at] >= low && (unsigned char)s.p[at] <= high;
}

/* End of the terminal sequence that starts with the ESC at byte at, or at when it is none (ECMA-48 5.4, 5.6).  Stops at the
 * first control character inside, so that no byte is read by two of them. */
static size_t escape_end(struct nj_str s, size_t at)
{
    size_t i = at + 2;
    if (at + 1 >= s.n)
        return at;
    switch (s.p[at + 1]) {
    case '[':
        while (between(s, i, 0x30, 0x3f))
            i++;
        while (between(s, i, 0x20, 0x2f))
            i++;
        return between(s, i, 0x40, 0x7e) ? i + 1 : at;
    case ']':
    case 'P':
    case '^':
    case '_':
        while (i < s.n && (unsigned char)s.p[i] >= 0x20)
            i++;
        if (i < s.n && s.p[i] == '\a')
            return i + 1;
        return i + 1 < s.n && s.p[i] == '\x1b' && s.p[i + 1] == '\\' ? i + 2 : at;
    default:
        i = at + 1;
        while (between(s, i, 0x20, 0x2f))
            i++;
        return between(s, i, 0x30, 0x7e) ? i + 1 : at;
    }
}

static void add_visible(struct nj_buf *out, uint32_t point)
{
    nj_buf_addf(out, point <= 0x7f ? "\\x%02x" : "\\u%04x", (unsigned)point);
}

/* Writes the unsafe text at byte at in a safe form; returns the byte behind it. */
static size_t add_mended(struct nj_buf *out, struct nj_str s, size_t at, struct nj_cleaned *did)
{
    unsigned char c = (unsigned char)s.p[at];
    size_t len = nj_utf8_len(s, at), end = at;
    if (len == 0) {
        nj_buf_add(out, NJ_STR(NJ_UTF8_REPLACEMENT));
        did->malformed = true;
        return at + 1;
    }
    if (c == '\x1b' && (end = escape_end(s, at)) != at) {
        did->escapes++;
        return end;
    }
    if (c == '\r' && (at + 1 == s.n || s.p[at + 1] == '\n'))
        return at + 1; /* the line still ends */
    add_visible(out, nj_utf8_point(s, at, len));
    return at + len;
}

void nj_clean_add(struct nj_buf *out, struct nj_str text, struct nj_cleaned *did)
{
    size_t at = 0;
    while (at < text.n) {
        size_t from = at;
        at += nj_clean_prefix(nj_str_slice(text, at, text.n));
        nj_buf_add(out, nj_str_slice(text, from, at));
        if (at < text.n)
            at = add_mended(out, text, at, did);
    }
}

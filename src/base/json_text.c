/* Strings of checked JSON: escapes undone, and values written again so that strict readers accept them. */
#include "json_scan.h"

#include "nightjar/hex.h"
#include "nightjar/utf8.h"

struct nj_str nj_json_inner(struct nj_json string, bool *escaped)
{
    *escaped = false;
    if (string.type != NJ_JSON_STRING)
        return (struct nj_str){ NULL, 0 };
    struct nj_str inner = nj_str_slice(string.raw, 1, string.raw.n - 1);
    *escaped = memchr(inner.p, '\\', inner.n) != NULL;
    return inner;
}

/* --- undoing escapes ---------------------------------------------------------------------------------------------- */

static bool hex4(const char *p, const char *end, uint32_t *out)
{
    uint32_t v = 0;
    if (end - p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        int digit = nj_hex_value(p[i]);
        if (digit < 0)
            return false;
        v = v << 4 | (uint32_t)digit;
    }
    *out = v;
    return true;
}

/* \uXXXX at p, with its second half where it is the first one of a surrogate pair; lone halves come out as they are. */
static const char *read_u(const char *p, const char *end, uint32_t *point)
{
    uint32_t low = 0;
    *point = 0xfffd;
    if (!hex4(p + 2, end, point))
        return end - p < 2 ? end : p + 2;
    p += 6;
    bool pair = *point >= 0xd800 && *point <= 0xdbff && end - p >= 6 && p[0] == '\\' && p[1] == 'u' && hex4(p + 2, end, &low);
    if (!pair || low < 0xdc00 || low > 0xdfff)
        return p;
    *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
    return p + 6;
}

/* What the byte behind a backslash stands for; 0 where that is not one byte. */
static const char plain[256] = {
    ['"'] = '"', ['\\'] = '\\', ['/'] = '/', ['b'] = '\b', ['f'] = '\f', ['n'] = '\n', ['r'] = '\r', ['t'] = '\t',
};

size_t nj_json_unescape_one(const char **at, const char *end, char out[static 4])
{
    const char *p = *at;
    if (end - p < 2) {
        *at = end;
        out[0] = '\\';
        return 1;
    }
    if (p[1] == 'u') {
        uint32_t point = 0;
        *at = read_u(p, end, &point);
        return nj_utf8_put(out, point);
    }
    char c = plain[(unsigned char)p[1]];
    *at = p + 2;
    out[0] = c != 0 ? c : p[1];
    return 1;
}

/* Copies up to the next backslash, sixteen bytes at a time; out has room for sixteen bytes more than are left. */
static char *copy_plain(char *out, const char **at, const char *end)
{
    const char *p = *at;
    while (end - p >= 16) {
        nj_v16 v = nj_json_load(p);
        size_t n = nj_json_first((nj_v16)(v == '\\'));
        memcpy(out, &v, sizeof(v));
        out += n;
        p += n;
        if (n != 16) {
            *at = p;
            return out;
        }
    }
    while (p < end && *p != '\\')
        *out++ = *p++;
    *at = p;
    return out;
}

void nj_json_unescape(struct nj_buf *out, struct nj_str inner)
{
    enum { SPARE = 16 };
    if (inner.n == 0 || nj_buf_reserve(out, inner.n + SPARE) != NJ_OK)
        return;
    const char *p = inner.p, *end = p + inner.n;
    char *o = out->p + out->n;
    while (p < end) {
        o = copy_plain(o, &p, end);
        char c = end - p > 1 ? plain[(unsigned char)p[1]] : '\0';
        if (c != '\0') {
            *o++ = c;
            p += 2;
        } else if (p < end) {
            o += nj_json_unescape_one(&p, end, o); /* never longer than the escape itself */
        }
    }
    out->n = (size_t)(o - out->p);
}

/* --- writing again ------------------------------------------------------------------------------------------------ */

/* The next byte of a string that is not plain ASCII; quotes stop too. */
static const char *string_stop(const char *p, const char *end)
{
    while (end - p >= 16) {
        nj_v16 v = nj_json_load(p);
        size_t hit = nj_json_first((nj_v16)(v == '"') | (nj_v16)(v == '\\') | (nj_v16)(v >= 0x80));
        p += hit;
        if (hit != 16)
            return p;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p < 0x80)
        p++;
    return p;
}

/* Copies the string at p with its quotes; returns the byte behind it. */
static const char *copy_string(struct nj_buf *out, const char *p, const char *end)
{
    const char *clean = p++;
    while ((p = string_stop(p, end)) < end && *p != '"') {
        const char *from = p;
        bool keep;
        if (*p == '\\') {
            uint32_t point = 0;
            if (end - p >= 2 && p[1] == 'u')
                p = read_u(p, end, &point);
            else
                p = end - p < 2 ? end : p + 2;
            keep = point < 0xd800 || point > 0xdfff;
        } else {
            size_t n = nj_utf8_len((struct nj_str){ p, (size_t)(end - p) }, 0);
            p += n != 0 ? n : 1;
            keep = n != 0;
        }
        if (keep)
            continue;
        nj_buf_add(out, (struct nj_str){ clean, (size_t)(from - clean) });
        nj_buf_add(out, NJ_STR(NJ_UTF8_REPLACEMENT));
        clean = p;
    }
    p += p < end; /* the closing quote */
    nj_buf_add(out, (struct nj_str){ clean, (size_t)(p - clean) });
    return p;
}

void nj_json_copy(struct nj_buf *out, struct nj_json value)
{
    if (value.type == NJ_JSON_NONE || value.raw.n == 0)
        return;
    const char *p = value.raw.p, *end = p + value.raw.n;
    while (p < end) {
        const char *from = p;
        while (p < end && *p != '"' && !nj_json_is_space(*p))
            p++;
        nj_buf_add(out, (struct nj_str){ from, (size_t)(p - from) });
        if (p < end && *p == '"')
            p = copy_string(out, p, end);
        p = nj_json_skip_space(p, end);
    }
}

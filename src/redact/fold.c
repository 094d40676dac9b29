/* Characters that look like ASCII are read as ASCII: full-width forms, other digits, spaces and hyphens; invisible ones are
 * not read at all.  Only for matching: what is left in place keeps its bytes. */
#include "redact_internal.h"

#include "nightjar/utf8.h"

enum { NONE = -1, NOTHING = 0 };

/* What a character is read as: an ASCII byte, NOTHING, or NONE when it is read as it is. */
static int folded(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        return (int)(c - 0xfee0);
    if (c >= 0x660 && c <= 0x669)
        return '0' + (int)(c - 0x660);
    if (c >= 0x6f0 && c <= 0x6f9)
        return '0' + (int)(c - 0x6f0);
    if (c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f || c == 0x3000)
        return ' ';
    if ((c >= 0x2010 && c <= 0x2013) || c == 0x2212)
        return '-';
    return c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0xfeff ? NOTHING : NONE;
}

static size_t skip_ascii(struct nj_str s, size_t at)
{
    while (s.n - at >= sizeof(nj_lane)) {
        uint64_t half[2];
        memcpy(half, s.p + at, sizeof(half));
        if (((half[0] | half[1]) & 0x8080808080808080u) != 0)
            break;
        at += sizeof(half);
    }
    while (at < s.n && (unsigned char)s.p[at] < 0x80)
        at++;
    return at;
}

size_t nj_fold_find(struct nj_str s, size_t at)
{
    while ((at = skip_ascii(s, at)) < s.n) {
        size_t len = nj_utf8_len(s, at);
        if (len > 1 && folded(nj_utf8_point(s, at, len)) != NONE)
            return at;
        at += len != 0 ? len : 1;
    }
    return s.n;
}

/* Behind a character that was folded: from this byte of the folded text on, the original goes on at that byte. */
struct step {
    uint32_t folded, original;
};

bool nj_fold(struct nj_str text, struct nj_buf *out, struct nj_buf *map)
{
    size_t at = 0;
    nj_buf_reset(out);
    nj_buf_reset(map);
    while (at < text.n) {
        size_t next = nj_fold_find(text, at);
        nj_buf_add(out, nj_str_slice(text, at, next));
        if (next == text.n)
            break;
        size_t len = nj_utf8_len(text, next);
        int c = folded(nj_utf8_point(text, next, len));
        if (c != NOTHING)
            nj_buf_addc(out, (char)c);
        at = next + len;
        struct step step = { (uint32_t)out->n, (uint32_t)at };
        nj_buf_add(map, (struct nj_str){ (const char *)&step, sizeof(step) });
    }
    return out->err == NJ_OK && map->err == NJ_OK;
}

static struct step step_at(struct nj_str map, size_t i)
{
    struct step s;
    memcpy(&s, map.p + i * sizeof(s), sizeof(s));
    return s;
}

size_t nj_fold_origin(struct nj_str map, size_t at)
{
    size_t low = 0, high = map.n / sizeof(struct step); /* the last step at or before byte at is below high */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (step_at(map, middle).folded <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return at;
    struct step s = step_at(map, low - 1);
    return s.original + (at - s.folded);
}

/* The growing buffer: doubles up to its ceiling and latches its first failure. */
#include "nightjar/buf.h"

#include "json_scan.h"

#include "nightjar/hex.h"
#include "nightjar/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_CAP = 64 };

void nj_buf_init(struct nj_buf *b, size_t max)
{
    *b = (struct nj_buf){ .max = max };
}

void nj_buf_fini(struct nj_buf *b)
{
    free(b->p);
    *b = (struct nj_buf){ .max = b->max };
}

void nj_buf_shrink(struct nj_buf *b, size_t keep)
{
    nj_buf_reset(b);
    if (b->cap <= keep)
        return;
    free(b->p);
    b->p = NULL;
    b->cap = 0;
}

enum nj_status nj_buf_reserve(struct nj_buf *b, size_t extra)
{
    if (b->err != NJ_OK)
        return b->err;
    if (extra <= b->cap - b->n)
        return NJ_OK;
    if (extra > b->max || b->n > b->max - extra)
        return b->err = NJ_ELIMIT;
    size_t want = b->n + extra;
    size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
    while (cap < want)
        cap = cap > b->max / 2 ? b->max : cap * 2;
    if (cap > b->max)
        cap = b->max;
    char *p = realloc(b->p, cap);
    if (p == NULL)
        return b->err = NJ_ENOMEM;
    b->p = p;
    b->cap = cap;
    return NJ_OK;
}

void nj_buf_add_grow(struct nj_buf *b, struct nj_str s)
{
    if (s.n == 0 || nj_buf_reserve(b, s.n) != NJ_OK)
        return;
    memcpy(b->p + b->n, s.p, s.n);
    b->n += s.n;
}

void nj_buf_addz(struct nj_buf *b, const char *z)
{
    nj_buf_add(b, nj_str_of(z));
}

void nj_buf_addf(struct nj_buf *b, const char *fmt, ...)
{
    char small[256];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(small, sizeof(small), fmt, ap);
    va_end(ap);
    if (n < 0)
        return;
    if ((size_t)n < sizeof(small)) {
        nj_buf_add(b, (struct nj_str){ small, (size_t)n });
        return;
    }
    if (nj_buf_reserve(b, (size_t)n + 1) != NJ_OK)
        return;
    va_start(ap, fmt);
    vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
    va_end(ap);
    b->n += (size_t)n;
}

/* "00" to "99" */
static const char pairs[200] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
                               "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

void nj_buf_add_u64(struct nj_buf *b, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);
    for (; v > UINT32_MAX; v /= 10)
        digits[--at] = (char)('0' + v % 10);
    uint32_t low = (uint32_t)v; /* most numbers are small, and a division of half the width is less than half the work */
    for (; low >= 10; low /= 100)
        memcpy(digits + (at -= 2), pairs + (size_t)2 * (low % 100), 2);
    if (low != 0 || at == sizeof(digits))
        digits[--at] = (char)('0' + low);
    nj_buf_add(b, (struct nj_str){ digits + at, sizeof(digits) - at });
}

void nj_buf_add_i64(struct nj_buf *b, int64_t v)
{
    if (v < 0)
        nj_buf_addc(b, '-');
    nj_buf_add_u64(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void nj_buf_add_f64(struct nj_buf *b, double v)
{
    char text[32];
    if (!isfinite(v)) {
        nj_buf_addz(b, "null");
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
    nj_buf_addz(b, text);
}

/* What a byte needs inside a JSON string: 0 nothing, 'u' \u00XX, 'x' is the start of a multibyte sequence, else \c. */
static const char escape_of[256] = {
    ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"',  ['\\'] = '\\', [0x7f] = 'u', [0x00] = 'u',
    [0x01] = 'u', [0x02] = 'u', [0x03] = 'u', [0x04] = 'u', [0x05] = 'u', [0x06] = 'u', [0x07] = 'u',  [0x0b] = 'u', [0x0e] = 'u',
    [0x0f] = 'u', [0x10] = 'u', [0x11] = 'u', [0x12] = 'u', [0x13] = 'u', [0x14] = 'u', [0x15] = 'u',  [0x16] = 'u', [0x17] = 'u',
    [0x18] = 'u', [0x19] = 'u', [0x1a] = 'u', [0x1b] = 'u', [0x1c] = 'u', [0x1d] = 'u', [0x1e] = 'u',  [0x1f] = 'u', [0x80 ... 0xff] = 'x',
};

static void add_escaped(struct nj_buf *b, unsigned char c, char how)
{
    if (how == 'u') {
        char u[6] = "\\u00";
        nj_hex_write(u + 4, 2, &c);
        nj_buf_add(b, (struct nj_str){ u, sizeof(u) });
    } else {
        char two[2] = { '\\', how };
        nj_buf_add(b, (struct nj_str){ two, sizeof(two) });
    }
}

/* The next byte at or after byte i that needs something, or s.n. */
static size_t escape_stop(struct nj_str s, size_t i)
{
    for (; s.n - i >= sizeof(nj_v16); i += sizeof(nj_v16)) {
        nj_v16 v = nj_json_load(s.p + i);
        size_t n = nj_json_first(nj_json_stops(v) | (nj_v16)(v >= 0x7f));
        if (n != sizeof(v))
            return i + n;
    }
    while (i < s.n && escape_of[(unsigned char)s.p[i]] == 0)
        i++;
    return i;
}

void nj_buf_add_json(struct nj_buf *b, struct nj_str s)
{
    size_t clean = 0, i = 0;
    nj_buf_addc(b, '"');
    while ((i = escape_stop(s, i)) < s.n) {
        unsigned char c = (unsigned char)s.p[i];
        char how = escape_of[c];
        size_t len = how == 'x' ? nj_utf8_len(s, i) : 0;
        if (len != 0) {
            i += len;
            continue;
        }
        nj_buf_add(b, nj_str_slice(s, clean, i));
        if (how == 'x')
            nj_buf_add(b, NJ_STR(NJ_UTF8_REPLACEMENT));
        else
            add_escaped(b, c, how);
        clean = ++i;
    }
    nj_buf_add(b, nj_str_slice(s, clean, s.n));
    nj_buf_addc(b, '"');
}

/* nightjar/hex.h -- digits of base 16, and the %XX of URLs and forms (RFC 3986 section 2.1).
 *
 * Digits are read in both cases and written in lower case.
 * Ownership  writes where the caller says.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_HEX_H
#define NIGHTJAR_HEX_H

#include "nightjar/buf.h"

/* 0 to 15, or -1 for a byte that is no digit. */
static inline int nj_hex_value(char c)
{
    unsigned digit = (unsigned)(unsigned char)c - '0', letter = ((unsigned)(unsigned char)c | 0x20u) - 'a';
    return digit <= 9 ? (int)digit : letter <= 5 ? (int)letter + 10 : -1;
}

static inline bool nj_is_hex(char c)
{
    return nj_hex_value(c) >= 0;
}

/* The byte that two digits at byte at stand for, or -1. */
static inline int nj_hex_byte(struct nj_str s, size_t at)
{
    if (s.n < 2 || at > s.n - 2)
        return -1;
    int high = nj_hex_value(s.p[at]), low = nj_hex_value(s.p[at + 1]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* The text as bytes, text.n / 2 of them; false when it is anything but pairs of digits, and out is of no use then. */
NJ_MUST bool nj_hex_decode(struct nj_str text, uint8_t *out);
/* The first digits digits of bytes; no NUL. */
void nj_hex_write(char *out, size_t digits, const uint8_t *bytes);
/* All 16 digits of a number. */
void nj_hex_write_u64(char out[static 16], uint64_t v);
void nj_hex_add(struct nj_buf *out, const uint8_t *bytes, size_t n);

enum nj_percent {
    NJ_PERCENT_STRICT, /* a '%' without two digits is an error */
    NJ_PERCENT_LOOSE,  /* ... is itself */
    NJ_PERCENT_FORM    /* the same, and '+' is a space */
};
/* Appends in with its %XX undone, never longer than it was; false when it is broken, and what was appended is of no use then. */
NJ_MUST bool nj_percent_decode(struct nj_str in, enum nj_percent how, struct nj_buf *out);

#endif

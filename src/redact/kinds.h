/* src/redact/kinds.h -- of which kinds the bytes of a stretch of text are, found sixteen at a time: a bit for each byte.
 *
 * Limits     64 bytes.  Only bytes of the text are read.  What one byte may belong to is told by a table. */
#ifndef NIGHTJAR_REDACT_KINDS_H
#define NIGHTJAR_REDACT_KINDS_H

#include "lanes.h"

/* What a byte may belong to; the table is in validators.c. */
enum {
    NJ_IS_ALPHA = 1,
    NJ_IS_DIGIT = 2,
    NJ_IS_WORD = 4, /* letters, digits, underscore */
    NJ_IS_B64 = 8,  /* of base64, without padding */
    NJ_IS_B64URL = 16,
    NJ_IS_KEY = 32,   /* of a field name in text */
    NJ_IS_SPACE = 64, /* space, tab, newline, return */
    NJ_IS_HEX = 128,
    NJ_IS_UPPER = 256,
    NJ_IS_LOWER = 512,
    NJ_IS_DOTTED = 1024, /* of base64url, or a dot */
    NJ_IS_MIXED = 2048,  /* of either base64, or its padding */
    NJ_IS_END = 4096,    /* ends a value without quotes */
    NJ_IS_END_AT = 8192  /* ... depending on what follows */
};
extern const uint16_t nj_byte_class[256];

static inline bool nj_is(char c, unsigned classes)
{
    return (nj_byte_class[(unsigned char)c] & classes) != 0;
}

enum { NJ_KINDS_MOST = 64 };

struct nj_kinds {
    uint64_t digit, upper, lower;
    uint64_t behind_f; /* letters in either case that are no hexadecimal digits */
    uint64_t hyphen, under;
};

/* Does what a text begins with fit, of which there are eight bytes at most?  A mask is of as many bytes. */
struct nj_head {
    uint64_t bytes, mask;
};

static inline struct nj_head nj_head(struct nj_str text, size_t n)
{
    struct nj_head h = { 0, 0 };
    for (size_t i = 0; i < n && i < sizeof(h.bytes); i++) {
        h.bytes |= (uint64_t)(unsigned char)text.p[i] << 8 * i;
        h.mask |= (uint64_t)0xff << 8 * i;
    }
    return h;
}

static inline bool nj_head_fits(struct nj_head h, uint64_t eight)
{
    return (eight & h.mask) == h.bytes;
}

/* The lowest n bits. */
static inline uint64_t nj_lowest(size_t n)
{
    return n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
}

/* Those from the lowest on, as far as they are set. */
static inline uint64_t nj_head_of(uint64_t bits)
{
    return bits & ~(bits + 1);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte of a text is the lowest of a word");

/* Eight bytes of a text from byte at on, which is one of it, as many as there are, the others NUL. */
static inline uint64_t nj_eight_at(struct nj_str t, size_t at)
{
    uint64_t w = 0;
    size_t left = t.n - at;
    if (left >= sizeof(w)) {
        memcpy(&w, t.p + at, sizeof(w));
    } else if (t.n >= sizeof(w)) {
        memcpy(&w, t.p + t.n - sizeof(w), sizeof(w));
        w >>= 8 * (sizeof(w) - left);
    } else {
        memcpy(&w, t.p + at, left);
    }
    return w;
}

/* Of sixteen bytes. */
static inline __attribute__((always_inline)) struct nj_kinds nj_kinds_of(nj_lane v)
{
    uint64_t letter = nj_lane_bits(nj_lane_letters(v)), is_small = nj_lane_bits(nj_lane_small(v));
    return (struct nj_kinds){
        .digit = nj_lane_bits(nj_lane_digits(v)),
        .upper = letter & ~is_small,
        .lower = letter & is_small,
        .behind_f = letter & nj_lane_bits((nj_lane)((v | 0x20) > 'f')),
        .hyphen = nj_lane_bits((nj_lane)(v == '-')),
        .under = nj_lane_bits((nj_lane)(v == '_')),
    };
}

typedef uint64_t nj_halves __attribute__((vector_size(16)));

/* The sixteen bytes from byte at on, as many as there are, but nine at least, the others NUL. */
static inline struct nj_kinds nj_kinds_at(struct nj_str t, size_t at)
{
    size_t left = t.n - at;
    if (left >= sizeof(nj_lane))
        return nj_kinds_of(nj_lane_at(t.p + at));
    uint64_t first, last;
    memcpy(&first, t.p + at, sizeof(first));
    memcpy(&last, t.p + t.n - sizeof(last), sizeof(last));
    return nj_kinds_of((nj_lane)(nj_halves){ first, last >> 8 * (sizeof(nj_lane) - left) });
}

/* The same of however many there are, one at least. */
static inline struct nj_kinds nj_kinds_up_to(struct nj_str t, size_t at)
{
    return nj_kinds_of((nj_lane)(nj_halves){ nj_eight_at(t, at), t.n - at > 8 ? nj_eight_at(t, at + 8) : 0 });
}

/* The byte before byte at, or a space; the text is not empty. */
static inline char nj_byte_before(struct nj_str t, size_t at)
{
    char c = t.p[at - (at != 0)];
    return at != 0 ? c : ' ';
}

/* Adds the sixteen bytes at byte at, or the last sixteen of the text, where from + 16 <= text.n; bit 0 stands for byte from, and at is at most
 * 48 behind it. */
static inline __attribute__((always_inline)) void nj_kinds_add(struct nj_kinds *k, struct nj_str t, size_t from, size_t at)
{
    if (t.n - at < sizeof(nj_lane))
        at = t.n - sizeof(nj_lane);
    struct nj_kinds more = nj_kinds_of(nj_lane_at(t.p + at));
    size_t place = at - from;
    k->digit |= more.digit << place;
    k->upper |= more.upper << place;
    k->lower |= more.lower << place;
    k->behind_f |= more.behind_f << place;
    k->hyphen |= more.hyphen << place;
    k->under |= more.under << place;
}

/* Of base64url. */
static inline uint64_t nj_kinds_run(struct nj_kinds k)
{
    return k.digit | k.upper | k.lower | k.hyphen | k.under;
}

/* What the first sixteen bytes must be, a bit each; either: a letter or a digit. */
struct nj_kinds_wanted {
    uint16_t digit, letter, either, hyphen;
};

static inline bool nj_kinds_fit(struct nj_kinds k, struct nj_kinds_wanted w)
{
    uint64_t letter = k.upper | k.lower;
    return ((w.letter & ~letter) | (w.digit & ~k.digit) | (w.either & ~(letter | k.digit)) | (w.hyphen & ~k.hyphen)) == 0;
}

/* Sets of characters by the low bits of each; others may pass for them. */
#define NJ_MEMBER(c) ((uint64_t)1 << ((c)&63))

static inline bool nj_is_member(char c, uint64_t set)
{
    return (set >> (c & 63) & 1) != 0;
}

#endif

/* src/redact/kinds.h -- of which kinds the bytes of a stretch of text are, found sixteen at a time: a bit for each byte.
 *
 * Limits     64 bytes.  Only bytes of the text are read. */
#ifndef NIGHTJAR_REDACT_KINDS_H
#define NIGHTJAR_REDACT_KINDS_H

#include "lanes.h"

enum { NJ_KINDS_MOST = 64 };

struct nj_kinds {
    uint64_t digit, upper, lower;
    uint64_t behind_f; /* letters in either case that are no hexadecimal digits */
    uint64_t hyphen, under;
};

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

/* Of sixteen bytes. */
static inline __attribute__((always_inline)) struct nj_kinds nj_kinds_of(nj_lane v)
{
    typedef uint16_t twos __attribute__((vector_size(16)));
    nj_lane small = v | 0x20;
    uint64_t letter = nj_lane_bits((nj_lane)(small - 'a' < 26)), is_small = nj_lane_bits((nj_lane)((twos)v << 2));
    return (struct nj_kinds){
        .digit = nj_lane_bits((nj_lane)(v - '0' < 10)),
        .upper = letter & ~is_small,
        .lower = letter & is_small,
        .behind_f = letter & nj_lane_bits((nj_lane)(small > 'f')),
        .hyphen = nj_lane_bits((nj_lane)(v == '-')),
        .under = nj_lane_bits((nj_lane)(v == '_')),
    };
}

/* The sixteen bytes from byte at on, as many as there are, the others NUL. */
static inline struct nj_kinds nj_kinds_at(struct nj_str t, size_t at)
{
    nj_lane v = { 0 };
    if (t.n - at >= sizeof(v)) {
        memcpy(&v, t.p + at, sizeof(v));
        return nj_kinds_of(v);
    }
    memcpy(&v, t.p + at, t.n - at);
    return nj_kinds_of(v);
}

/* Adds the sixteen bytes at byte at, or the last sixteen of the text; bit 0 stands for byte from, which is none behind these. */
static inline __attribute__((always_inline)) void nj_kinds_add(struct nj_kinds *k, struct nj_str t, size_t from, size_t at)
{
    nj_lane v;
    if (t.n - at < sizeof(v))
        at = t.n - sizeof(v);
    memcpy(&v, t.p + at, sizeof(v));
    struct nj_kinds more = nj_kinds_of(v);
    size_t place = at - from;
    k->digit |= more.digit << place;
    k->upper |= more.upper << place;
    k->lower |= more.lower << place;
    k->behind_f |= more.behind_f << place;
    k->hyphen |= more.hyphen << place;
    k->under |= more.under << place;
}

/* Of base64url. */
static inline uint64_t nj_kinds_run(const struct nj_kinds *k)
{
    return k->digit | k->upper | k->lower | k->hyphen | k->under;
}

/* Sets of characters by the low bits of each; others may pass for them. */
#define NJ_MEMBER(c) ((uint64_t)1 << ((c)&63))

static inline bool nj_is_member(char c, uint64_t set)
{
    return (set >> (c & 63) & 1) != 0;
}

#endif

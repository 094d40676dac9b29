/* src/redact/lanes.h -- marks the few bytes of a text where something worth a look may stand, 64 at a time.
 *
 * A detector costs nothing until its anchor shows up: an at sign, a separator, eight digits in a row and so on.  Blocks must
 * be fed in order: runs are carried from one into the next.
 *
 * Where a mark stands: behind the separator (SEPARATOR), at the NJ_TOKEN_RUN-th byte of a run of letters, digits, '_' and '-'
 * (TOKEN), at the NJ_NUMBER_RUN-th byte of a run of digits with single gaps (NUMBER), at the last byte of a short mix of
 * letters and digits that some identifiers have (NUMBER too), and for the rare ones at the byte itself (AT, CRYPT, TILDE), at
 * the digit behind a plus (PLUS), at the B behind dashes (PEM), at the third letter of "Bearer" and "Basic" (SCHEME).  The rare
 * ones share their marks; the byte tells which it is. */
#ifndef NIGHTJAR_REDACT_LANES_H
#define NIGHTJAR_REDACT_LANES_H

#include "nightjar/str.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

enum nj_anchor {
    NJ_ANCHOR_SEPARATOR,
    NJ_ANCHOR_TOKEN,
    NJ_ANCHOR_NUMBER,
    NJ_ANCHOR_AT,
    NJ_ANCHOR_CRYPT,
    NJ_ANCHOR_TILDE,
    NJ_ANCHOR_PLUS,
    NJ_ANCHOR_PEM,
    NJ_ANCHOR_SCHEME,
    NJ_ANCHOR_COMPANION, /* never marked: found by another detector */
    NJ_ANCHORS
};

enum { NJ_BLOCK = 64, NJ_BLOCK_BEFORE = 2, NJ_TOKEN_RUN = 12, NJ_NUMBER_RUN = 8 };

typedef uint8_t nj_lane __attribute__((vector_size(16)));
typedef int8_t nj_lane_signed __attribute__((vector_size(16))); /* compares in one instruction where SSE2 has no unsigned form */

/* What the next block needs to know of this one. */
struct nj_marker {
    uint64_t digit, digit2, digit4, letter, letter2, letter5, cell, cell2, cell4, cell8, token, token2, token4, token8, token12;
};

/* One bit a byte.  Sets nobody looks at are not computed: everything here is inlined. */
struct nj_marks {
    uint64_t separator, token, number, rare;
    uint64_t stops; /* quotes and backslashes */
    uint64_t odd;   /* neither printable ASCII nor tab nor newline */
};

static inline uint64_t nj_lane_bits(nj_lane v0, nj_lane v1, nj_lane v2, nj_lane v3)
{
#if defined(__SSE2__)
    uint64_t b0 = (uint32_t)_mm_movemask_epi8((__m128i)v0), b1 = (uint32_t)_mm_movemask_epi8((__m128i)v1);
    uint64_t b2 = (uint32_t)_mm_movemask_epi8((__m128i)v2), b3 = (uint32_t)_mm_movemask_epi8((__m128i)v3);
    return (b0 | b1 << 16) | (b2 | b3 << 16) << 32;
#elif defined(__aarch64__) && defined(__ARM_NEON)
    /* Each byte keeps one bit of its own, then neighbours are added until eight bytes hold them all. */
    const uint8x16_t own = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t low = vpaddq_u8(vandq_u8((uint8x16_t)v0, own), vandq_u8((uint8x16_t)v1, own));
    uint8x16_t high = vpaddq_u8(vandq_u8((uint8x16_t)v2, own), vandq_u8((uint8x16_t)v3, own));
    low = vpaddq_u8(low, high);
    low = vpaddq_u8(low, low);
    return vgetq_lane_u64(vreinterpretq_u64_u8(low), 0);
#else
    uint64_t bits = 0;
    for (unsigned i = 0; i < 16; i++)
        bits |= (uint64_t)(v0[i] & 1) << i | (uint64_t)(v1[i] & 1) << (16 + i) | (uint64_t)(v2[i] & 1) << (32 + i) |
                (uint64_t)(v3[i] & 1) << (48 + i);
    return bits;
#endif
}

#define NJ_LANE(test, v)  nj_lane_bits(test((v)[0]), test((v)[1]), test((v)[2]), test((v)[3]))
#define NJ_LANE_EQ(v, c)  ((nj_lane)((v) == (c)))
#define NJ_LANE_TAB(v)    (NJ_LANE_EQ(v, '\t') | NJ_LANE_EQ(v, '\n'))
#define NJ_LANE_STOP(v)   (NJ_LANE_EQ(v, '"') | NJ_LANE_EQ(v, '\\'))
#define NJ_LANE_COLON(v)  NJ_LANE_EQ(v, ':')
#define NJ_LANE_EQUALS(v) NJ_LANE_EQ(v, '=')
/* Below 0x20 as signed bytes: controls and everything that is not ASCII. */
#define NJ_LANE_ODD(v)   ((nj_lane)((nj_lane_signed)(v) < 0x20) | NJ_LANE_EQ(v, 0x7f))
#define NJ_LANE_DIGIT(v) ((nj_lane)((nj_lane_signed)((v)-0xb0) < -118))
#define NJ_LANE_LETTER(v) ((nj_lane)((nj_lane_signed)(((v) | 0x20) - 0xe1) < -102))
#define NJ_LANE_DASH(v)  (NJ_LANE_EQ(v, '-') | NJ_LANE_EQ(v, '_'))
/* Space, comma, hyphen, dot, slash. */
#define NJ_LANE_GAP(v) (NJ_LANE_EQ(v, ' ') | NJ_LANE_EQ((v) | 3, '/'))

/* The rare anchors at v; before1 and before2 hold the bytes one and two places earlier.  Letters that differ in a bit or two
 * are compared with those bits set; what else gets through is refused by the shapes. */
static inline nj_lane nj_lane_rare(nj_lane v, nj_lane before1, nj_lane before2)
{
    nj_lane single = NJ_LANE_EQ(v, '@') | NJ_LANE_EQ(v, '%') | NJ_LANE_EQ(v, '~');
    nj_lane crypt = NJ_LANE_EQ(v, '$') & (nj_lane)((nj_lane_signed)before1 > '/');
    nj_lane plus = NJ_LANE_EQ(before1, '+') & (nj_lane)((nj_lane_signed)(v - 0xb1) < -119); /* not before a zero: "+00:00" */
    nj_lane pem = NJ_LANE_EQ(v, 'B') & NJ_LANE_EQ(before1, '-');
    nj_lane scheme = NJ_LANE_EQ(before2 | 0x20, 'b') & NJ_LANE_EQ(before1 | 0x24, 'e') & NJ_LANE_EQ(v | 0x32, 's'); /* b, a or e, a or s */
    return single | crypt | plus | pem | scheme;
}

/* What stood k bytes before, as bits of now. */
#define NJ_BEFORE(now, then, k) ((now) << (k) | (then) >> (64 - (k)))

/* Marks the 64 bytes at p, of which the two before p are read too. */
static inline __attribute__((always_inline)) struct nj_marks nj_marks_make(struct nj_marker *m, const char *p)
{
    struct nj_marks k;
    nj_lane v[4], v1[4], v2[4];
    memcpy(v, p, sizeof(v));
    memcpy(v1, p - 1, sizeof(v));
    memcpy(v2, p - 2, sizeof(v));

    k.rare = nj_lane_bits(nj_lane_rare(v[0], v1[0], v2[0]), nj_lane_rare(v[1], v1[1], v2[1]), nj_lane_rare(v[2], v1[2], v2[2]),
                          nj_lane_rare(v[3], v1[3], v2[3]));
    k.stops = NJ_LANE(NJ_LANE_STOP, v);
    k.odd = NJ_LANE(NJ_LANE_ODD, v);
    if (__builtin_expect(k.odd != 0, 0))
        k.odd &= ~NJ_LANE(NJ_LANE_TAB, v);

    uint64_t digit = NJ_LANE(NJ_LANE_DIGIT, v), letter = NJ_LANE(NJ_LANE_LETTER, v);
    uint64_t colon1 = NJ_LANE(NJ_LANE_COLON, v1);
    uint64_t clock = digit & colon1 & NJ_BEFORE(digit, m->digit, 2);
    k.separator = NJ_LANE(NJ_LANE_EQUALS, v1) | (colon1 & ~clock);

    uint64_t token = digit | letter | NJ_LANE(NJ_LANE_DASH, v);
    uint64_t token2 = token & NJ_BEFORE(token, m->token, 1);
    uint64_t token4 = token2 & NJ_BEFORE(token2, m->token2, 2);
    uint64_t token8 = token4 & NJ_BEFORE(token4, m->token4, 4);
    uint64_t token12 = token8 & NJ_BEFORE(token4, m->token4, 8);
    k.token = token12 & ~NJ_BEFORE(token12, m->token12, 1);

    uint64_t cell = digit | (NJ_LANE(NJ_LANE_GAP, v) & NJ_BEFORE(digit, m->digit, 1));
    uint64_t cell2 = cell & NJ_BEFORE(cell, m->cell, 1);
    uint64_t cell4 = cell2 & NJ_BEFORE(cell2, m->cell2, 2);
    uint64_t cell8 = cell4 & NJ_BEFORE(cell4, m->cell4, 4);
    k.number = cell8 & ~NJ_BEFORE(cell8, m->cell8, 1);

    /* A letter and seven digits; two letters, six digits, a letter; five letters, four digits, a letter. */
    uint64_t digit2 = digit & NJ_BEFORE(digit, m->digit, 1);
    uint64_t digit4 = digit2 & NJ_BEFORE(digit2, m->digit2, 2);
    uint64_t letter2 = letter & NJ_BEFORE(letter, m->letter, 1);
    uint64_t letter5 = letter2 & NJ_BEFORE(letter2, m->letter2, 2) & NJ_BEFORE(letter, m->letter, 4);
    k.number |= digit4 & NJ_BEFORE(digit4, m->digit4, 3) & NJ_BEFORE(letter, m->letter, 7);
    k.number |= letter & NJ_BEFORE(digit4, m->digit4, 1) &
                ((NJ_BEFORE(digit2, m->digit2, 5) & NJ_BEFORE(letter2, m->letter2, 7)) | NJ_BEFORE(letter5, m->letter5, 5));
    *m = (struct nj_marker){ digit, digit2, digit4, letter, letter2, letter5, cell, cell2, cell4, cell8,
                             token, token2, token4, token8, token12 };
    return k;
}

/* The block at byte at of a text, whatever lies around it: edges read as NULs. */
static inline __attribute__((always_inline)) struct nj_marks nj_marks_at(struct nj_marker *m, struct nj_str text, size_t at)
{
    char edge[NJ_BLOCK_BEFORE + NJ_BLOCK];
    const char *p = text.p + at;
    uint64_t inside = ~(uint64_t)0;
    if (at < NJ_BLOCK_BEFORE || text.n - at < NJ_BLOCK) {
        size_t before = at < NJ_BLOCK_BEFORE ? at : NJ_BLOCK_BEFORE;
        size_t n = text.n - at < NJ_BLOCK ? text.n - at : NJ_BLOCK;
        memset(edge, 0, sizeof(edge));
        memcpy(edge + NJ_BLOCK_BEFORE - before, p - before, before + n);
        p = edge + NJ_BLOCK_BEFORE;
        inside = n < NJ_BLOCK ? ((uint64_t)1 << n) - 1 : inside;
    }
    struct nj_marks k = nj_marks_make(m, p);
    k.odd &= inside;
    k.separator &= inside; /* a separator at the very end has nothing behind it */
    return k;
}

#endif

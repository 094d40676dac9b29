/* src/redact/lanes.h -- marks the few bytes of a text where something worth a look may stand, 64 at a time.
 *
 * A detector costs nothing until its anchor shows up: an at sign, a separator, eight digits in a row and so on.  Blocks must
 * be fed in order: runs are carried from one into the next.
 *
 * Where a mark stands: behind the separator (SEPARATOR), at the NJ_TOKEN_RUN-th byte of a run of letters, digits, '_' and '-'
 * (TOKEN), at the NJ_NUMBER_RUN-th byte of a run of digits with single gaps (NUMBER), at the last byte of a short mix of
 * letters and digits that some identifiers have and behind two letters, two digits and a gap (NUMBER too), and for the rare ones at the
 * byte itself (AT, CRYPT, TILDE, PLUS; the tilde behind a Q), at the B behind dashes (PEM), at the third letter of "Bearer" and "Basic"
 * (SCHEME).  The rare ones share their marks; the byte tells which it is.  '<' is a separator too.
 *
 * Names that no separator follows, and encoded characters, have marks of their own (words): at the last byte of what lanes_words.h lists. */
#ifndef NIGHTJAR_REDACT_LANES_H
#define NIGHTJAR_REDACT_LANES_H

#include "nightjar/str.h"

#if defined(__x86_64__)
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

enum { NJ_BLOCK = 64, NJ_BLOCK_BEFORE = 2, NJ_TOKEN_RUN = 11, NJ_NUMBER_RUN = 7 };

/* Sixteen bytes at a time, for the code that is not worth more. */
typedef uint8_t nj_lane __attribute__((vector_size(16)));

/* The top bits of its bytes. */
static inline uint64_t nj_lane_bits(nj_lane v)
{
#if defined(__x86_64__)
    return (uint32_t)_mm_movemask_epi8((__m128i)v);
#elif defined(__aarch64__) && defined(__ARM_NEON)
    /* Each byte becomes its top bit everywhere and keeps one bit of its own, then neighbours are added until two bytes hold them all. */
    const uint8x16_t own = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t all = vreinterpretq_u8_s8(vshrq_n_s8(vreinterpretq_s8_u8((uint8x16_t)v), 7)), sum = vandq_u8(all, own);
    sum = vpaddq_u8(sum, sum);
    sum = vpaddq_u8(sum, sum);
    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u16(vreinterpretq_u16_u8(sum), 0);
#else
    uint64_t bits = 0;
    for (unsigned i = 0; i < 16; i++)
        bits |= (uint64_t)(v[i] >> 7) << i;
    return bits;
#endif
}

/* The sixteen bytes from there on. */
static inline __attribute__((always_inline)) nj_lane nj_lane_at(const char *p)
{
    nj_lane v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* Its bytes that are ASCII letters, in either case; its digits. */
static inline __attribute__((always_inline)) nj_lane nj_lane_letters(nj_lane v)
{
    return (nj_lane)((v | 0x20) - 'a' < 26);
}

static inline __attribute__((always_inline)) nj_lane nj_lane_digits(nj_lane v)
{
    return (nj_lane)(v - '0' < 10);
}

/* For nj_lane_bits(): of letters, the small ones, which one bit tells apart. */
static inline __attribute__((always_inline)) nj_lane nj_lane_small(nj_lane v)
{
    typedef uint16_t twos __attribute__((vector_size(16)));
    return (nj_lane)((twos)v << 2);
}

/* What the next block needs to know of this one. */
struct nj_marker {
    /* Which bytes end a run of one, two, four and most of a kind: of tokens eight, of cells seven, of letters five. */
    struct nj_runs {
        uint64_t one[4], two[4], quad[4], most[4]; /* tokens, cells, digits, letters */
    } runs;
    uint64_t token11, clock, clock2;
    uint64_t colon, equals; /* the last byte was one */
};

/* One bit a byte. */
struct nj_marks {
    uint64_t separator, token, number, rare, words;
    uint64_t stops; /* quotes and backslashes */
    uint64_t odd;   /* neither printable ASCII nor tab nor newline */
};

/* Marks the block at byte at of a text, a multiple of NJ_BLOCK below its length; what lies around the text reads as NULs.  *m is all zero at first, and then what the block before
 * left in it; it need not be set again for a text of one block. */
typedef void (*nj_marks_fn)(struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out);
/* The forms this processor has, the fastest first; NULL behind the last. */
nj_marks_fn nj_marks_form(size_t i);

static inline void nj_marks_at(nj_marks_fn make, struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out)
{
    make(m, text, at, out);
}

#endif

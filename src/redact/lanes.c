/* Marks blocks of 64 bytes with the vectors the processor has. */
#include "lanes_words.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Which bytes of a block are what. */
struct sets {
    uint64_t digit, letter, dash, gap, colon, equals, stop, odd, rare, words;
};

enum {
#define NJ_LANE_BYTE(name, c) BYTE_##name = (c),
#include "lanes_bytes.def"
#undef NJ_LANE_BYTE
};

#define INLINE static inline __attribute__((always_inline))

/* The bits of a block n places further on, with those of the block before it shifted in. */
INLINE uint64_t later(uint64_t now, uint64_t before, unsigned n)
{
    return now << n | before >> (64 - n);
}

/* The same of four kinds at once, each by its own number of places. */
typedef uint64_t kinds __attribute__((vector_size(32)));
enum { TOKEN, CELL, DIGIT, LETTER };
#define LATER(now, before, ...) ((now) << (kinds){ __VA_ARGS__ } | (before) >> (64 - (kinds){ __VA_ARGS__ }))

INLINE uint64_t separators(struct nj_marker *m, const struct sets *s)
{
    uint64_t colon1 = s->colon << 1 | m->colon, clock = s->digit & colon1 & later(s->digit, m->runs.one[DIGIT], 2); /* "12:34" */
    uint64_t clock2 = clock & later(clock, m->clock, 3);
    uint64_t device = clock2 & later(clock2, m->clock2, 6); /* "59:21:15:71:2": no time has as many */
    uint64_t behind = (s->equals << 1 | m->equals | colon1) & (~clock | device);
    m->colon = s->colon >> 63;
    m->equals = s->equals >> 63;
    m->clock = clock;
    m->clock2 = clock2;
    return behind;
}

/* From what the bytes are to where a mark stands. */
INLINE void combine(struct nj_marker *m, const struct sets *s, struct nj_marks *out)
{
    kinds one1, two1, quad1, most1; /* of the block before */
    memcpy(&one1, m->runs.one, sizeof(one1));
    memcpy(&two1, m->runs.two, sizeof(two1));
    memcpy(&quad1, m->runs.quad, sizeof(quad1));
    memcpy(&most1, m->runs.most, sizeof(most1));
    out->separator = separators(m, s);

    kinds one = { s->digit | s->letter | s->dash, s->digit | (s->gap & later(s->digit, m->runs.one[DIGIT], 1)), s->digit, s->letter };
    kinds two = one & LATER(one, one1, 1, 1, 1, 1), quad = two & LATER(two, two1, 2, 2, 2, 2);
    kinds most = quad & LATER(quad, quad1, 4, 3, 1, 1), behind = LATER(most, most1, 3, 1, 1, 5);
    uint64_t token11 = most[TOKEN] & behind[TOKEN];
    out->token = token11 & ~later(token11, m->token11, 1);

    /* Two letters, six digits, a letter; five letters, four digits, a letter; two letters, two digits, a gap ("GB29 "). */
    kinds pair = LATER(two, two1, 1, 1, 5, 7), head = LATER(two, two1, 1, 1, 1, 3);
    uint64_t mixes = s->letter & later(quad[DIGIT], quad1[DIGIT], 1) & ((pair[DIGIT] & pair[LETTER]) | behind[LETTER]);
    uint64_t heads = s->gap & head[DIGIT] & head[LETTER];
    out->number = (most[CELL] & ~behind[CELL]) | mixes | heads;

    out->rare = s->rare;
    out->words = s->words;
    out->stops = s->stop;
    out->odd = s->odd;
    m->token11 = token11;
    memcpy(m->runs.one, &one, sizeof(one));
    memcpy(m->runs.two, &two, sizeof(two));
    memcpy(m->runs.quad, &quad, sizeof(quad));
    memcpy(m->runs.most, &most, sizeof(most));
}

/* --- sixteen bytes: SSE2, NEON, or whatever the compiler makes of it ---------------------------------------------- */

typedef int8_t lane_signed __attribute__((vector_size(16)));

INLINE nj_lane lookup16(const uint8_t *table, nj_lane v)
{
#if defined(__aarch64__) && defined(__ARM_NEON)
    return (nj_lane)vqtbl1q_u8(vld1q_u8(table), (uint8x16_t)v);
#else
    for (unsigned i = 0; i < sizeof(v); i++)
        v[i] = table[v[i]];
    return v;
#endif
}

#define NJ_MARKS_NAME mark16
#define NJ_MARKS_SETS sets16
#define NJ_MARKS_TARGET
#define NJ_MARKS_LANE    nj_lane
#define NJ_MARKS_SIGNED  lane_signed
#define NJ_MARKS_BITS(v) nj_lane_bits(v)
#define NJ_MARKS_CONSTANTS
#define NJ_MARKS_ALL(name, c) ((nj_lane){ 0 } + (c))
#define NJ_MARKS_LOOKUP       lookup16
#include "lanes_marks.h"

#if defined(__x86_64__)

/* The same where there is an instruction for look-ups. */
#undef NJ_MARKS_NAME
#undef NJ_MARKS_SETS
#undef NJ_MARKS_TARGET
#undef NJ_MARKS_LOOKUP
#define NJ_MARKS_NAME             mark16_ssse3
#define NJ_MARKS_SETS             sets16_ssse3
#define NJ_MARKS_TARGET           __attribute__((target("ssse3")))
#define NJ_MARKS_LOOKUP(table, v) (nj_lane) _mm_shuffle_epi8(_mm_load_si128((const __m128i *)(table)), (__m128i)(v))
#include "lanes_marks.h"

#endif

/* --- thirty-two bytes: AVX2 --------------------------------------------------------------------------------------- */

#if defined(__x86_64__)

typedef uint8_t lane32 __attribute__((vector_size(32)));
typedef int8_t lane32_signed __attribute__((vector_size(32)));

/* In memory, where an instruction takes them from: the compiler would make each anew for every block. */
static const struct constants {
#define NJ_LANE_BYTE(name, c) lane32 name;
#include "lanes_bytes.def"
#undef NJ_LANE_BYTE
} constants = {
#define NJ_LANE_BYTE(n, c) .n = { c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c, c },
#include "lanes_bytes.def"
#undef NJ_LANE_BYTE
};

#undef NJ_MARKS_NAME
#undef NJ_MARKS_SETS
#undef NJ_MARKS_TARGET
#undef NJ_MARKS_LANE
#undef NJ_MARKS_SIGNED
#undef NJ_MARKS_BITS
#undef NJ_MARKS_CONSTANTS
#undef NJ_MARKS_ALL
#undef NJ_MARKS_LOOKUP
#define NJ_MARKS_NAME    mark32
#define NJ_MARKS_SETS    sets32
#define NJ_MARKS_TARGET  __attribute__((target("avx2,bmi2")))
#define NJ_MARKS_LANE    lane32
#define NJ_MARKS_SIGNED  lane32_signed
#define NJ_MARKS_BITS(v) (uint32_t) _mm256_movemask_epi8((__m256i)(v))
#define NJ_MARKS_CONSTANTS                                                                                                                 \
    const struct constants *k = &constants;                                                                                                \
    __asm__("" : "+r"(k))
#define NJ_MARKS_ALL(name, c)     (k->name)
#define NJ_MARKS_LOOKUP(table, v) (lane32) _mm256_shuffle_epi8(_mm256_load_si256((const __m256i *)(table)), (__m256i)(v))
#include "lanes_marks.h"

#endif

nj_marks_fn nj_marks_form(size_t i)
{
    nj_marks_fn forms[3];
    size_t n = 0;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        forms[n++] = mark32;
    if (__builtin_cpu_supports("ssse3"))
        forms[n++] = mark16_ssse3;
#endif
    forms[n++] = mark16;
    return i < n ? forms[i] : NULL;
}

void nj_marks_edge(nj_marks_fn make, struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out)
{
    nj_lane edge[1 + NJ_BLOCK / sizeof(nj_lane)]; /* the block begins at the second */
    char *p = (char *)(edge + 1);
    size_t before = at < NJ_BLOCK_BEFORE ? at : NJ_BLOCK_BEFORE;
    size_t n = text.n - at < NJ_BLOCK ? text.n - at : NJ_BLOCK;
    for (size_t i = 0; i < NJ_COUNT(edge); i++)
        edge[i] = (nj_lane){ 0 };
    memcpy(p - before, text.p + at - before, before + n);
    make(m, p, n, out);
    uint64_t inside = n < NJ_BLOCK ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
    out->odd &= inside;
    out->separator &= inside; /* a separator at the very end has nothing behind it */
}

/* Marks blocks of 64 bytes with the vectors the processor has. */
#include "lanes.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

/* Which bytes of a block are what. */
struct sets {
    uint64_t digit, letter, dash, gap, colon, equals, stop, odd, line, rare, words;
};

/* Bits of a block with those of the one before it in front: what stood k bytes before is a shift away. */
typedef unsigned __int128 wide;

#define INLINE static inline __attribute__((always_inline))

INLINE wide joined(uint64_t before, uint64_t now)
{
    return (wide)now << 64 | before;
}

INLINE uint64_t block_of(wide w)
{
    return (uint64_t)(w >> 64);
}

/* Two letters, six digits, a letter; five letters, four digits, a letter. */
INLINE uint64_t mixes(wide digit2, wide digit4, wide letter)
{
    wide letter2 = letter & letter << 1, letter5 = letter2 & letter2 << 2 & letter << 4;
    return block_of(letter & digit4 << 1 & ((digit2 << 5 & letter2 << 7) | letter5 << 5));
}

/* From what the bytes are to where a mark stands. */
INLINE void combine(struct nj_marker *m, const struct sets *s, struct nj_marks *out)
{
    wide digit = joined(m->digit, s->digit), letter = joined(m->letter, s->letter);
    uint64_t colon1 = s->colon << 1 | m->colon, clock = s->digit & colon1 & block_of(digit << 2); /* "12:34" */
    out->separator = (s->equals << 1 | m->equals | colon1) & ~clock;

    uint64_t bytes = s->digit | s->letter | s->dash;
    wide token = joined(m->token, bytes), token2 = token & token << 1, token4 = token2 & token2 << 2;
    wide token11 = token4 & token4 << 4 & token4 << 7;
    out->token = block_of(token11 & ~(token11 << 1));

    uint64_t cells = s->digit | (s->gap & block_of(digit << 1));
    wide cell = joined(m->cell, cells), cell2 = cell & cell << 1, cell4 = cell2 & cell2 << 2, cell7 = cell4 & cell4 << 3;
    wide digit2 = digit & digit << 1, digit4 = digit2 & digit2 << 2;
    wide letter2 = letter & letter << 1;
    uint64_t heads = s->gap & block_of(digit2 << 1 & letter2 << 3); /* "GB29 " */
    out->number = block_of(cell7 & ~(cell7 << 1)) | mixes(digit2, digit4, letter) | heads;

    out->rare = s->rare;
    out->words = s->words;
    out->stops = s->stop;
    out->odd = s->odd & ~s->line;
    *m = (struct nj_marker){ s->digit, s->letter, bytes, cells, s->colon >> 63, s->equals >> 63 };
}

/* --- sixteen bytes: SSE2, NEON, or whatever the compiler makes of it ---------------------------------------------- */

typedef int8_t lane_signed __attribute__((vector_size(16)));

INLINE uint64_t bits16(nj_lane v)
{
#if defined(__x86_64__)
    return (uint32_t)_mm_movemask_epi8((__m128i)v);
#elif defined(__aarch64__) && defined(__ARM_NEON)
    /* Each byte keeps one bit of its own, then neighbours are added until two bytes hold them all. */
    const uint8x16_t own = { 1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128 };
    uint8x16_t sum = vandq_u8((uint8x16_t)v, own);
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

#define NJ_MARKS_NAME mark16
#define NJ_MARKS_TARGET
#define NJ_MARKS_LANE    nj_lane
#define NJ_MARKS_SIGNED  lane_signed
#define NJ_MARKS_BITS(v) bits16(v)
#include "lanes_marks.h"
#undef NJ_MARKS_NAME
#undef NJ_MARKS_TARGET
#undef NJ_MARKS_LANE
#undef NJ_MARKS_SIGNED
#undef NJ_MARKS_BITS

nj_marks_fn nj_marks_portable(void)
{
    return mark16;
}

/* --- thirty-two bytes: AVX2 --------------------------------------------------------------------------------------- */

#if defined(__x86_64__)

typedef uint8_t lane32 __attribute__((vector_size(32)));
typedef int8_t lane32_signed __attribute__((vector_size(32)));

#define NJ_MARKS_NAME    mark32
#define NJ_MARKS_TARGET  __attribute__((target("avx2,bmi2")))
#define NJ_MARKS_LANE    lane32
#define NJ_MARKS_SIGNED  lane32_signed
#define NJ_MARKS_BITS(v) (uint32_t) _mm256_movemask_epi8((__m256i)(v))
#include "lanes_marks.h"

nj_marks_fn nj_marks_engine(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? mark32 : mark16;
}

#else

nj_marks_fn nj_marks_engine(void)
{
    return mark16;
}

#endif

void nj_marks_edge(nj_marks_fn make, struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out)
{
    nj_lane edge[1 + NJ_BLOCK / sizeof(nj_lane)]; /* the block begins at the second */
    char *p = (char *)(edge + 1);
    size_t before = at < NJ_BLOCK_BEFORE ? at : NJ_BLOCK_BEFORE;
    size_t n = text.n - at < NJ_BLOCK ? text.n - at : NJ_BLOCK;
    for (size_t i = 0; i < NJ_COUNT(edge); i++)
        edge[i] = (nj_lane){ 0 };
    memcpy(p - before, text.p + at - before, before + n);
    make(m, p, out);
    uint64_t inside = n < NJ_BLOCK ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
    out->odd &= inside;
    out->separator &= inside; /* a separator at the very end has nothing behind it */
}

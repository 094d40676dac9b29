/* Marks blocks of 64 bytes with the vectors the processor has. */
#include "lanes.h"

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

/* Two letters, six digits, a letter; five letters, four digits, a letter. */
INLINE uint64_t mixes(const struct nj_runs *now, const struct nj_runs *before)
{
    uint64_t two = later(now->digit2, before->digit2, 5) & later(now->letter2, before->letter2, 7);
    uint64_t five = later(now->letter5, before->letter5, 5);
    return now->letter & later(now->digit4, before->digit4, 1) & (two | five);
}

/* From what the bytes are to where a mark stands. */
INLINE void combine(struct nj_marker *m, const struct sets *s, struct nj_marks *out)
{
    const struct nj_runs *b = &m->runs;
    uint64_t colon1 = s->colon << 1 | m->colon, clock = s->digit & colon1 & later(s->digit, b->digit, 2); /* "12:34" */

    struct nj_runs r;
    r.clock = clock;
    r.clock2 = clock & later(clock, b->clock, 3);
    uint64_t device = r.clock2 & later(r.clock2, b->clock2, 6); /* "59:21:15:71:2": no time has as many */
    out->separator = (s->equals << 1 | m->equals | colon1) & (~clock | device);

    r.token = s->digit | s->letter | s->dash;
    r.token2 = r.token & later(r.token, b->token, 1);
    r.token4 = r.token2 & later(r.token2, b->token2, 2);
    r.token11 = r.token4 & later(r.token4, b->token4, 4) & later(r.token4, b->token4, 7);
    out->token = r.token11 & ~later(r.token11, b->token11, 1);

    r.cell = s->digit | (s->gap & later(s->digit, b->digit, 1));
    r.cell2 = r.cell & later(r.cell, b->cell, 1);
    r.cell4 = r.cell2 & later(r.cell2, b->cell2, 2);
    r.cell7 = r.cell4 & later(r.cell4, b->cell4, 3);
    r.digit = s->digit;
    r.digit2 = r.digit & later(r.digit, b->digit, 1);
    r.digit4 = r.digit2 & later(r.digit2, b->digit2, 2);
    r.letter = s->letter;
    r.letter2 = r.letter & later(r.letter, b->letter, 1);
    r.letter5 = r.letter2 & later(r.letter2, b->letter2, 2) & later(r.letter, b->letter, 4);
    uint64_t heads = s->gap & later(r.digit2, b->digit2, 1) & later(r.letter2, b->letter2, 3); /* "GB29 " */
    out->number = (r.cell7 & ~later(r.cell7, b->cell7, 1)) | mixes(&r, b) | heads;

    out->rare = s->rare;
    out->words = s->words;
    out->stops = s->stop;
    out->odd = s->odd;
    m->runs = r;
    m->colon = s->colon >> 63;
    m->equals = s->equals >> 63;
}

/* --- sixteen bytes: SSE2, NEON, or whatever the compiler makes of it ---------------------------------------------- */

typedef int8_t lane_signed __attribute__((vector_size(16)));

#define NJ_MARKS_NAME mark16
#define NJ_MARKS_TARGET
#define NJ_MARKS_LANE    nj_lane
#define NJ_MARKS_SIGNED  lane_signed
#define NJ_MARKS_BITS(v) nj_lane_bits(v)
#define NJ_MARKS_CONSTANTS
#define NJ_MARKS_ALL(name, c) ((nj_lane){ 0 } + (c))
#include "lanes_marks.h"
#undef NJ_MARKS_NAME
#undef NJ_MARKS_TARGET
#undef NJ_MARKS_LANE
#undef NJ_MARKS_SIGNED
#undef NJ_MARKS_BITS
#undef NJ_MARKS_CONSTANTS
#undef NJ_MARKS_ALL

nj_marks_fn nj_marks_portable(void)
{
    return mark16;
}

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

#define NJ_MARKS_NAME    mark32
#define NJ_MARKS_TARGET  __attribute__((target("avx2,bmi2")))
#define NJ_MARKS_LANE    lane32
#define NJ_MARKS_SIGNED  lane32_signed
#define NJ_MARKS_BITS(v) (uint32_t) _mm256_movemask_epi8((__m256i)(v))
#define NJ_MARKS_CONSTANTS                                                                                                                 \
    const struct constants *k = &constants;                                                                                                \
    __asm__("" : "+r"(k))
#define NJ_MARKS_ALL(name, c) (k->name)
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

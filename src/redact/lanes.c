/* Marks blocks of 64 bytes with the vectors the processor has. */
#include "lanes_words.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Which bytes of a block are what; common is what is not rare. */
#define SETS(X) X(digit) X(letter) X(dash) X(gap) X(colon) X(equals) X(stop) X(odd) X(common) X(wordless)
struct sets {
#define SET(kind) uint64_t kind;
    SETS(SET)
#undef SET
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

/* A part of a block that begins at that byte of it; what both hold is the same in both. */
INLINE void join(struct sets *s, const struct sets *part, unsigned at)
{
#define JOIN(kind) s->kind |= part->kind << at;
    SETS(JOIN)
#undef JOIN
}

INLINE void drop_first(struct sets *s, unsigned n)
{
#define DROP(kind) s->kind >>= n;
    SETS(DROP)
#undef DROP
}

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

/* From what the bytes are to where a mark stands.  n: bytes that the text has from here on. */
INLINE void combine(struct nj_marker *m, const struct sets *s, size_t n, struct nj_marks *out)
{
    uint64_t inside = ~(uint64_t)0 >> (n < NJ_BLOCK ? NJ_BLOCK - n : 0);
    kinds one1, two1, quad1, most1; /* of the block before */
    memcpy(&one1, m->runs.one, sizeof(one1));
    memcpy(&two1, m->runs.two, sizeof(two1));
    memcpy(&quad1, m->runs.quad, sizeof(quad1));
    memcpy(&most1, m->runs.most, sizeof(most1));
    out->separator = separators(m, s) & inside; /* one at the very end has nothing behind it */

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

    out->rare = ~s->common & inside;
    out->words = ~s->wordless & inside;
    out->stops = s->stop;
    out->odd = s->odd & inside;
    m->token11 = token11;
    memcpy(m->runs.one, &one, sizeof(one));
    memcpy(m->runs.two, &two, sizeof(two));
    memcpy(m->runs.quad, &quad, sizeof(quad));
    memcpy(m->runs.most, &most, sizeof(most));
}

/* The marker of a text of one block is not looked at: nobody made it ready. */
INLINE void finish(struct nj_marker *m, const struct sets *s, struct nj_str text, size_t at, struct nj_marks *out)
{
    if (text.n <= NJ_BLOCK) {
        struct nj_marker none = { 0 };
        combine(&none, s, text.n, out);
    } else {
        combine(m, s, text.n - at < NJ_BLOCK ? text.n - at : NJ_BLOCK, out);
    }
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

#define NJ_MARKS_SETS sets16
#define NJ_MARKS_SEEN seen16
#define NJ_MARKS_TARGET
#define NJ_MARKS_LANE    nj_lane
#define NJ_MARKS_SIGNED  lane_signed
#define NJ_MARKS_BITS(v) nj_lane_bits(v)
#define NJ_MARKS_CONSTANTS
#define NJ_MARKS_ALL(name, c) ((nj_lane){ 0 } + (c))
#define NJ_MARKS_LOOKUP       lookup16
#include "lanes_marks.h"

/* How a lane is read; inline. */
typedef void (*sets16_fn)(struct sets *, const nj_lane v[static 3]);

/* Of the bytes before byte to, which is a constant; the two before p are read too. */
INLINE void sets_by_16(struct sets *all, const char *p, unsigned to, sets16_fn sets)
{
#pragma GCC unroll 4
    for (unsigned i = 0; i < to; i += sizeof(nj_lane)) {
        struct sets part;
        nj_lane v[3];
        for (unsigned k = 0; k < NJ_COUNT(v); k++)
            memcpy(&v[k], p + i - k, sizeof(v[k]));
        sets(&part, v);
        join(all, &part, i);
    }
}

INLINE void mark_by_16(struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out, sets16_fn sets)
{
    char edge[sizeof(nj_lane) + NJ_BLOCK]; /* the block begins behind a lane */
    const char *p = text.p + at;
    size_t before = at < NJ_BLOCK_BEFORE ? at : NJ_BLOCK_BEFORE, n = text.n - at < NJ_BLOCK ? text.n - at : NJ_BLOCK;
    struct sets all = { 0 };
    if (before < NJ_BLOCK_BEFORE || n < NJ_BLOCK) {
        memset(edge, 0, sizeof(edge));
        memcpy(edge + sizeof(nj_lane) - before, p - before, before + n);
        p = edge + sizeof(nj_lane);
    }
    if (n > NJ_BLOCK / 2)
        sets_by_16(&all, p, NJ_BLOCK, sets);
    else
        sets_by_16(&all, p, NJ_BLOCK / 2, sets);
    finish(m, &all, text, at, out);
}

INLINE void lane16(struct sets *s, const nj_lane v[static 3])
{
    sets16(s, &(struct seen16){ .v = v[0], .v1 = v[1], .v2 = v[2] }, NULL, 0);
}

static void mark16(struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out)
{
    mark_by_16(m, text, at, out, lane16);
}

#if defined(__x86_64__)

/* The same where there is an instruction for look-ups. */
#undef NJ_MARKS_SETS
#undef NJ_MARKS_SEEN
#undef NJ_MARKS_TARGET
#undef NJ_MARKS_LOOKUP
#define NJ_MARKS_SETS             sets16_ssse3
#define NJ_MARKS_SEEN             seen16_ssse3
#define NJ_MARKS_TARGET           __attribute__((target("ssse3")))
#define NJ_MARKS_LOOKUP(table, v) (nj_lane) _mm_shuffle_epi8(_mm_load_si128((const __m128i *)(table)), (__m128i)(v))
#include "lanes_marks.h"

__attribute__((target("ssse3"))) INLINE void lane16_ssse3(struct sets *s, const nj_lane v[static 3])
{
    sets16_ssse3(s, &(struct seen16_ssse3){ .v = v[0], .v1 = v[1], .v2 = v[2] }, NULL, 0);
}

__attribute__((target("ssse3"))) static void mark16_ssse3(struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out)
{
    mark_by_16(m, text, at, out, lane16_ssse3);
}

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

#undef NJ_MARKS_SETS
#undef NJ_MARKS_SEEN
#undef NJ_MARKS_TARGET
#undef NJ_MARKS_LANE
#undef NJ_MARKS_SIGNED
#undef NJ_MARKS_BITS
#undef NJ_MARKS_CONSTANTS
#undef NJ_MARKS_ALL
#undef NJ_MARKS_LOOKUP
#define NJ_MARKS_SETS    sets32
#define NJ_MARKS_SEEN    seen32
#define WIDE             __attribute__((target("avx2,bmi2")))
#define NJ_MARKS_TARGET  WIDE
#define NJ_MARKS_LANE    lane32
#define NJ_MARKS_SIGNED  lane32_signed
#define NJ_MARKS_BITS(v) (uint32_t) _mm256_movemask_epi8((__m256i)(v))
#define NJ_MARKS_CONSTANTS                                                                                                                 \
    const struct constants *k = &constants;                                                                                                \
    __asm__("" : "+r"(k))
#define NJ_MARKS_ALL(name, c)     (k->name)
#define NJ_MARKS_LOOKUP(table, v) (lane32) _mm256_shuffle_epi8(_mm256_load_si256((const __m256i *)(table)), (__m256i)(v))
#include "lanes_marks.h"

WIDE INLINE lane32 load32(const char *p)
{
    return (lane32)_mm256_loadu_si256((const __m256i_u *)p);
}

/* One place further on, behind a NUL; and two. */
#define SHIFTED(v, places)                                                                                                                 \
    (lane32) _mm256_alignr_epi8((__m256i)(v), _mm256_permute2x128_si256((__m256i)(v), (__m256i)(v), 0x08), 16 - (places))

INLINE uint64_t load64(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

INLINE uint64_t load_4(const char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* A text of less than 32 bytes, and NULs: of two halves that may overlap. */
WIDE INLINE lane32 load_short(struct nj_str t)
{
    static const _Alignas(16)
        uint8_t down[32] = { 0,    1,    2,    3,    4,    5,    6,    7,    8,    9,    10,   11,   12,   13,   14,   15,
                             0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 };
    const char *p = t.p, *end = t.p + t.n;
    if (t.n >= 16) {
        __m128i order = _mm_loadu_si128((const __m128i_u *)(down + 32 - t.n));
        __m128i last = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i_u *)(end - 16)), order);
        return (lane32)_mm256_set_m128i(last, _mm_loadu_si128((const __m128i_u *)p));
    }
    uint64_t low, high = 0;
    if (t.n >= 8) {
        unsigned half = 4 * (16 - (unsigned)t.n);
        low = load64(p);
        high = load64(end - 8) >> half >> half;
    } else if (t.n >= 4) {
        low = load_4(p) | load_4(end - 4) << 8 * (t.n - 4);
    } else {
        low = (uint64_t)(unsigned char)p[0] | (uint64_t)(unsigned char)p[t.n / 2] << 8 * (t.n / 2) |
              (uint64_t)(unsigned char)end[-1] << 8 * (t.n - 1);
    }
    return (lane32)_mm256_set_epi64x(0, 0, (long long)high, (long long)low);
}

WIDE static void mark32(struct nj_marker *m, struct nj_str text, size_t at, struct nj_marks *out)
{
    struct sets s;
    struct seen32 a, b;
    unsigned up = 32, known = 0;
    const char *p = text.p + at;
    if (text.n - at <= 32) {
        if (at == 0) {
            a.v = text.n < 32 ? load_short(text) : load32(p);
            a.v1 = SHIFTED(a.v, 1);
            a.v2 = SHIFTED(a.v, 2);
        } else {
            known = 32 - (unsigned)(text.n - at);
            p -= known;
            a.v = load32(p);
            a.v1 = load32(p - 1);
            a.v2 = load32(p - 2);
        }
        sets32(&s, &a, NULL, 0);
    } else {
        if (at == 0) {
            a.v = load32(p);
            a.v1 = SHIFTED(a.v, 1);
            a.v2 = SHIFTED(a.v, 2);
            if (text.n < NJ_BLOCK)
                up = (unsigned)text.n - 32;
        } else {
            if (text.n - at < NJ_BLOCK)
                known = NJ_BLOCK - (unsigned)(text.n - at);
            p -= known;
            a.v = load32(p);
            a.v1 = load32(p - 1);
            a.v2 = load32(p - 2);
        }
        p += up;
        b.v = load32(p);
        b.v1 = load32(p - 1);
        b.v2 = p - text.p >= 2 ? load32(p - 2) : a.v1;
        sets32(&s, &a, &b, up);
    }
    if (known != 0)
        drop_first(&s, known);
    finish(m, &s, text, at, out);
}

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

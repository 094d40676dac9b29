/* mem.c -- memcpy and its kin for the static build on x86_64, where musl's are slow for the short pieces records are made of.
 *
 * musl copies with "rep movs", which costs tens of cycles before the first byte; a record is a hundred copies of ten bytes.
 * These use SSE2, which every x86_64 has: overlapping loads and stores instead of loops over a rest.  No byte outside of the
 * given ranges is read.  All loads of a short copy come before its stores, so memcpy may serve as memmove.
 * NJ_MEM_NAME renames them for the unit test.  Compile with -ffreestanding, or the compiler makes memset of memset's loop.
 */
#include <emmintrin.h>
#include <stddef.h>
#include <stdint.h>

#ifndef NJ_MEM_NAME
#define NJ_MEM_NAME(name) name
#endif

void *NJ_MEM_NAME(memmove)(void *to, const void *from, size_t n);
void *NJ_MEM_NAME(memcpy)(void *restrict to, const void *restrict from, size_t n);
void *NJ_MEM_NAME(memset)(void *to, int byte, size_t n);
void *NJ_MEM_NAME(memchr)(const void *in, int byte, size_t n);
int NJ_MEM_NAME(memcmp)(const void *a, const void *b, size_t n);

typedef uint64_t word64 __attribute__((may_alias, aligned(1)));
typedef uint32_t word32 __attribute__((may_alias, aligned(1)));
typedef uint16_t word16 __attribute__((may_alias, aligned(1)));

enum { BLOCK = 16, STEP = 64 };

static inline __m128i load(const unsigned char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

static inline void store(unsigned char *p, __m128i v)
{
    _mm_storeu_si128((__m128i *)(void *)p, v);
}

/* Up to 16 bytes, as two pieces that may overlap. */
static inline void move_short(unsigned char *d, const unsigned char *s, size_t n)
{
    if (n >= 8) {
        word64 a = *(const word64 *)(const void *)s, b = *(const word64 *)(const void *)(s + n - 8);
        *(word64 *)(void *)d = a;
        *(word64 *)(void *)(d + n - 8) = b;
    } else if (n >= 4) {
        word32 a = *(const word32 *)(const void *)s, b = *(const word32 *)(const void *)(s + n - 4);
        *(word32 *)(void *)d = a;
        *(word32 *)(void *)(d + n - 4) = b;
    } else if (n >= 2) {
        word16 a = *(const word16 *)(const void *)s, b = *(const word16 *)(const void *)(s + n - 2);
        *(word16 *)(void *)d = a;
        *(word16 *)(void *)(d + n - 2) = b;
    } else if (n == 1) {
        *d = *s;
    }
}

/* 17 to 64 bytes. */
static inline void move_blocks(unsigned char *d, const unsigned char *s, size_t n)
{
    __m128i first = load(s), last = load(s + n - BLOCK);
    if (n > 2 * (size_t)BLOCK) {
        __m128i second = load(s + BLOCK), third = load(s + n - 2 * (size_t)BLOCK);
        store(d + BLOCK, second);
        store(d + n - 2 * (size_t)BLOCK, third);
    }
    store(d, first);
    store(d + n - BLOCK, last);
}

/* More than 64.  The end (or, going down, the beginning) is read before anything is written over it. */
static void move_up(unsigned char *d, const unsigned char *s, size_t n)
{
    const unsigned char *tail = s + n - STEP;
    unsigned char *end = d + n - STEP;
    __m128i t0 = load(tail), t1 = load(tail + BLOCK), t2 = load(tail + 2 * BLOCK), t3 = load(tail + 3 * BLOCK);
    for (; d < end; d += STEP, s += STEP) {
        __m128i a = load(s), b = load(s + BLOCK), c = load(s + 2 * BLOCK), e = load(s + 3 * BLOCK);
        store(d, a);
        store(d + BLOCK, b);
        store(d + 2 * BLOCK, c);
        store(d + 3 * BLOCK, e);
    }
    store(end, t0);
    store(end + BLOCK, t1);
    store(end + 2 * BLOCK, t2);
    store(end + 3 * BLOCK, t3);
}

static void move_down(unsigned char *d, const unsigned char *s, size_t n)
{
    __m128i h0 = load(s), h1 = load(s + BLOCK), h2 = load(s + 2 * BLOCK), h3 = load(s + 3 * BLOCK);
    size_t left = n;
    for (; left > STEP; left -= STEP) {
        const unsigned char *from = s + left - STEP;
        unsigned char *to = d + left - STEP;
        __m128i a = load(from), b = load(from + BLOCK), c = load(from + 2 * BLOCK), e = load(from + 3 * BLOCK);
        store(to, a);
        store(to + BLOCK, b);
        store(to + 2 * BLOCK, c);
        store(to + 3 * BLOCK, e);
    }
    store(d, h0);
    store(d + BLOCK, h1);
    store(d + 2 * BLOCK, h2);
    store(d + 3 * BLOCK, h3);
}

static inline void *move(void *to, const void *from, size_t n)
{
    unsigned char *d = to;
    const unsigned char *s = from;
    if (n <= BLOCK)
        move_short(d, s, n);
    else if (n <= STEP)
        move_blocks(d, s, n);
    else if ((uintptr_t)d - (uintptr_t)s >= n) /* also when d is below s: the difference wraps */
        move_up(d, s, n);
    else
        move_down(d, s, n);
    return to;
}

void *NJ_MEM_NAME(memmove)(void *to, const void *from, size_t n)
{
    return move(to, from, n);
}

void *NJ_MEM_NAME(memcpy)(void *restrict to, const void *restrict from, size_t n)
{
    return move(to, from, n);
}

void *NJ_MEM_NAME(memset)(void *to, int byte, size_t n)
{
    unsigned char *d = to;
    uint64_t w = (unsigned char)byte * UINT64_C(0x0101010101010101);
    if (n >= BLOCK) {
        __m128i v = _mm_set1_epi8((char)byte);
        for (size_t i = 0; i + BLOCK <= n; i += BLOCK)
            store(d + i, v);
        store(d + n - BLOCK, v);
    } else if (n >= 8) {
        *(word64 *)(void *)d = w;
        *(word64 *)(void *)(d + n - 8) = w;
    } else if (n >= 4) {
        *(word32 *)(void *)d = (uint32_t)w;
        *(word32 *)(void *)(d + n - 4) = (uint32_t)w;
    } else {
        for (size_t i = 0; i < n; i++)
            d[i] = (unsigned char)byte;
    }
    return to;
}

void *NJ_MEM_NAME(memchr)(const void *in, int byte, size_t n)
{
    const unsigned char *p = in;
    size_t i = 0;
    if (n >= BLOCK) {
        __m128i v = _mm_set1_epi8((char)byte);
        for (;;) {
            unsigned hits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(load(p + i), v));
            if (hits != 0)
                return (void *)(uintptr_t)(p + i + __builtin_ctz(hits));
            i += BLOCK;
            if (i == n)
                return NULL;
            if (i > n - BLOCK)
                i = n - BLOCK; /* the last block again, from further up: what was seen held no hit */
        }
    }
    for (; i < n; i++)
        if (p[i] == (unsigned char)byte)
            return (void *)(uintptr_t)(p + i);
    return NULL;
}

int NJ_MEM_NAME(memcmp)(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;
    size_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK) {
        unsigned same = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(load(p + i), load(q + i)));
        if (same != 0xffff) {
            i += (size_t)__builtin_ctz(~same);
            return p[i] - q[i];
        }
    }
    for (; i < n; i++)
        if (p[i] != q[i])
            return p[i] - q[i];
    return 0;
}

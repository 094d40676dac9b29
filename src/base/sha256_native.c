/* SHA-256 blocks with the processor's own instructions: SHA-NI on x86-64, the cryptography extension on arm64. */
#include "sha256_blocks.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define NJ_WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

/* Unaligned by definition; the cast through void keeps the compiler's alignment warnings for real mistakes. */
NJ_WITH_SHA static inline __m128i load(const void *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* Four rounds: state holds ABEF and CDGH as the instructions want them. */
NJ_WITH_SHA static inline void rounds4(__m128i *abef, __m128i *cdgh, __m128i w, unsigned i)
{
    __m128i wk = _mm_add_epi32(w, load(nj_sha256_k + i));
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, wk);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(wk, 0x0e));
}

/* The next four words of the message: w takes the place of the oldest; x, y, z are the four after it, and so on. */
NJ_WITH_SHA static inline __m128i extend4(__m128i w, __m128i x, __m128i y, __m128i z)
{
    return _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w, x), _mm_alignr_epi8(z, y, 4)), z);
}

/* Written out: in a loop the words would live in memory, and the rounds wait for them (1.2 instead of 1.8 GB/s). */
NJ_WITH_SHA static inline void rounds16(__m128i *abef, __m128i *cdgh, __m128i w[static 4], unsigned i)
{
    rounds4(abef, cdgh, w[0], i);
    rounds4(abef, cdgh, w[1], i + 4);
    rounds4(abef, cdgh, w[2], i + 8);
    rounds4(abef, cdgh, w[3], i + 12);
}

NJ_WITH_SHA static inline void extend16(__m128i w[static 4])
{
    w[0] = extend4(w[0], w[1], w[2], w[3]);
    w[1] = extend4(w[1], w[2], w[3], w[0]);
    w[2] = extend4(w[2], w[3], w[0], w[1]);
    w[3] = extend4(w[3], w[0], w[1], w[2]);
}

NJ_WITH_SHA static void blocks_native(uint32_t h[static 8], const unsigned char *p, size_t blocks)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i lo = _mm_shuffle_epi32(load(h), 0xb1), hi = _mm_shuffle_epi32(load(h + 4), 0x1b);
    __m128i abef = _mm_alignr_epi8(lo, hi, 8), cdgh = _mm_blend_epi16(hi, lo, 0xf0);
    for (; blocks > 0; blocks--, p += 64) {
        __m128i abef_in = abef, cdgh_in = cdgh;
        __m128i w[4] = { _mm_shuffle_epi8(load(p), swap), _mm_shuffle_epi8(load(p + 16), swap), _mm_shuffle_epi8(load(p + 32), swap),
                         _mm_shuffle_epi8(load(p + 48), swap) };
        rounds16(&abef, &cdgh, w, 0);
        extend16(w);
        rounds16(&abef, &cdgh, w, 16);
        extend16(w);
        rounds16(&abef, &cdgh, w, 32);
        extend16(w);
        rounds16(&abef, &cdgh, w, 48);
        abef = _mm_add_epi32(abef, abef_in);
        cdgh = _mm_add_epi32(cdgh, cdgh_in);
    }
    lo = _mm_shuffle_epi32(abef, 0x1b);
    hi = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)h, _mm_blend_epi16(lo, hi, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(h + 4), _mm_alignr_epi8(hi, lo, 8));
}

nj_sha256_blocks_fn nj_sha256_blocks_native(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_SSSE3) == 0 || (c & bit_SSE4_1) == 0)
        return NULL;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & (1u << 29)) == 0)
        return NULL;
    return blocks_native;
}

#elif defined(__aarch64__) && defined(__linux__)

#include <sys/auxv.h>

#include <arm_neon.h>

enum { HAS_SHA2 = 1 << 6 }; /* HWCAP_SHA2 of <asm/hwcap.h> */

#if defined(__clang__)
#define NJ_WITH_SHA __attribute__((target("sha2")))
#else
#define NJ_WITH_SHA __attribute__((target("+crypto")))
#endif

NJ_WITH_SHA static inline void rounds4(uint32x4_t *abcd, uint32x4_t *efgh, uint32x4_t w, unsigned i)
{
    uint32x4_t wk = vaddq_u32(w, vld1q_u32(nj_sha256_k + i)), before = *abcd;
    *abcd = vsha256hq_u32(*abcd, *efgh, wk);
    *efgh = vsha256h2q_u32(*efgh, before, wk);
}

NJ_WITH_SHA static inline void rounds16(uint32x4_t *abcd, uint32x4_t *efgh, const uint32x4_t w[static 4], unsigned i)
{
    rounds4(abcd, efgh, w[0], i);
    rounds4(abcd, efgh, w[1], i + 4);
    rounds4(abcd, efgh, w[2], i + 8);
    rounds4(abcd, efgh, w[3], i + 12);
}

NJ_WITH_SHA static inline void extend16(uint32x4_t w[static 4])
{
    w[0] = vsha256su1q_u32(vsha256su0q_u32(w[0], w[1]), w[2], w[3]);
    w[1] = vsha256su1q_u32(vsha256su0q_u32(w[1], w[2]), w[3], w[0]);
    w[2] = vsha256su1q_u32(vsha256su0q_u32(w[2], w[3]), w[0], w[1]);
    w[3] = vsha256su1q_u32(vsha256su0q_u32(w[3], w[0]), w[1], w[2]);
}

NJ_WITH_SHA static inline uint32x4_t words(const unsigned char *p)
{
    return vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p)));
}

NJ_WITH_SHA static void blocks_native(uint32_t h[static 8], const unsigned char *p, size_t blocks)
{
    uint32x4_t abcd = vld1q_u32(h), efgh = vld1q_u32(h + 4);
    for (; blocks > 0; blocks--, p += 64) {
        uint32x4_t abcd_in = abcd, efgh_in = efgh, w[4] = { words(p), words(p + 16), words(p + 32), words(p + 48) };
        rounds16(&abcd, &efgh, w, 0);
        extend16(w);
        rounds16(&abcd, &efgh, w, 16);
        extend16(w);
        rounds16(&abcd, &efgh, w, 32);
        extend16(w);
        rounds16(&abcd, &efgh, w, 48);
        abcd = vaddq_u32(abcd, abcd_in);
        efgh = vaddq_u32(efgh, efgh_in);
    }
    vst1q_u32(h, abcd);
    vst1q_u32(h + 4, efgh);
}

nj_sha256_blocks_fn nj_sha256_blocks_native(void)
{
    return (getauxval(AT_HWCAP) & HAS_SHA2) != 0 ? blocks_native : NULL;
}

#else

nj_sha256_blocks_fn nj_sha256_blocks_native(void)
{
    return NULL;
}

#endif

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

NJ_WITH_SHA static void blocks_native(uint32_t h[static 8], const unsigned char *p, size_t blocks)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL);
    __m128i lo = _mm_shuffle_epi32(load(h), 0xb1), hi = _mm_shuffle_epi32(load(h + 4), 0x1b);
    __m128i abef = _mm_alignr_epi8(lo, hi, 8), cdgh = _mm_blend_epi16(hi, lo, 0xf0);
    for (; blocks > 0; blocks--, p += 64) {
        __m128i abef_in = abef, cdgh_in = cdgh, w[4];
        for (unsigned i = 0; i < 4; i++) {
            w[i] = _mm_shuffle_epi8(load(p + (size_t)i * 16), swap);
            rounds4(&abef, &cdgh, w[i], i * 4);
        }
        for (unsigned i = 16; i < 64; i += 4) {
            unsigned a = i / 4 % 4;
            __m128i t = _mm_add_epi32(_mm_sha256msg1_epu32(w[a], w[(a + 1) % 4]), _mm_alignr_epi8(w[(a + 3) % 4], w[(a + 2) % 4], 4));
            w[a] = _mm_sha256msg2_epu32(t, w[(a + 3) % 4]);
            rounds4(&abef, &cdgh, w[a], i);
        }
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

NJ_WITH_SHA static void blocks_native(uint32_t h[static 8], const unsigned char *p, size_t blocks)
{
    uint32x4_t abcd = vld1q_u32(h), efgh = vld1q_u32(h + 4);
    for (; blocks > 0; blocks--, p += 64) {
        uint32x4_t abcd_in = abcd, efgh_in = efgh, w[4];
        for (unsigned i = 0; i < 16; i++) {
            unsigned a = i % 4;
            if (i < 4)
                w[a] = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(p + (size_t)i * 16)));
            else
                w[a] = vsha256su1q_u32(vsha256su0q_u32(w[a], w[(a + 1) % 4]), w[(a + 2) % 4], w[(a + 3) % 4]);
            uint32x4_t wk = vaddq_u32(w[a], vld1q_u32(nj_sha256_k + (size_t)i * 4)), before = abcd;
            abcd = vsha256hq_u32(abcd, efgh, wk);
            efgh = vsha256h2q_u32(efgh, before, wk);
        }
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

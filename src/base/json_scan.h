/* src/base/json_scan.h -- the walk over one JSON value that parsing, iterating and slicing share. */
#ifndef NIGHTJAR_BASE_JSON_SCAN_H
#define NIGHTJAR_BASE_JSON_SCAN_H

#include "nightjar/json.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__) && defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define NJ_INLINE static inline __attribute__((always_inline))

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "nj_json_first() counts bytes from the low end");

/* Sixteen bytes at a time; gcc and clang turn these into SSE2 and NEON. */
typedef uint8_t nj_v16 __attribute__((vector_size(16)));
typedef uint64_t nj_v2 __attribute__((vector_size(16)));

NJ_INLINE nj_v16 nj_json_load(const char *p)
{
    nj_v16 v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* The bytes that are marked, NJ_JSON_BITS bits for each, from the low end. */
NJ_INLINE uint64_t nj_json_bits(nj_v16 mask)
{
#if defined(__x86_64__)
    return (uint32_t)_mm_movemask_epi8((__m128i)mask);
#elif defined(__aarch64__) && defined(__ARM_NEON)
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8((uint8x16_t)mask), 4)), 0);
#else
    uint64_t bits = 0;
    for (unsigned i = 0; i < sizeof(mask); i++)
        bits |= (uint64_t)(mask[i] & 1) << i;
    return bits;
#endif
}
#if defined(__aarch64__) && defined(__ARM_NEON)
enum { NJ_JSON_BITS = 4 };
#else
enum { NJ_JSON_BITS = 1 };
#endif

/* Index of the first marked byte, or 16. */
NJ_INLINE size_t nj_json_first(nj_v16 mask)
{
    uint64_t bits = nj_json_bits(mask);
    return bits != 0 ? (size_t)__builtin_ctzll(bits) / NJ_JSON_BITS : 16;
}

NJ_INLINE bool nj_json_is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

NJ_INLINE const char *nj_json_skip_space(const char *p, const char *end)
{
    while (p < end && (unsigned char)*p <= ' ' && nj_json_is_space(*p))
        p++;
    return p;
}

/* Quotes, backslashes and control characters. */
NJ_INLINE nj_v16 nj_json_stops(nj_v16 v)
{
    return (nj_v16)(v == '"') | (nj_v16)(v == '\\') | (nj_v16)(v < 0x20);
}

/* The next quote, backslash or control character; end when there is none.  Bytes from first on may be read. */
NJ_INLINE const char *nj_json_string_stop(const char *p, const char *end, const char *first)
{
    while (end - p >= 16) {
        uint64_t bits = nj_json_bits(nj_json_stops(nj_json_load(p)));
        if (bits != 0)
            return p + (size_t)__builtin_ctzll(bits) / NJ_JSON_BITS;
        p += 16;
    }
    if (end - first >= 16) { /* the last sixteen bytes, without those before p */
        uint64_t bits = nj_json_bits(nj_json_stops(nj_json_load(end - 16)));
        bits = p != end ? bits >> (16 - (end - p)) * NJ_JSON_BITS : 0;
        return bits != 0 ? p + (size_t)__builtin_ctzll(bits) / NJ_JSON_BITS : end;
    }
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20)
        p++;
    return p;
}

/* Behind the string whose opening quote is at p; end when it is not closed.  For text that has been checked. */
NJ_INLINE const char *nj_json_skip_string(const char *p, const char *end)
{
    const char *first = p;
    for (p++; (p = nj_json_string_stop(p, end, first)) < end;) {
        if (*p == '"')
            return p + 1;
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    }
    return end;
}

enum nj_scan {
    NJ_SCAN_DONE,   /* *at is just behind the value */
    NJ_SCAN_ENDED,  /* the text ends inside the value */
    NJ_SCAN_BROKEN, /* *at is the byte that cannot stand there */
    NJ_SCAN_DEEP    /* more than NJ_JSON_DEPTH levels */
};

/* Strict: RFC 8259, no raw control characters in strings. */
enum nj_scan nj_json_scan(const char **at, const char *end);
/* Loose: brackets, commas, colons and quotes have to fit; what stands between them may be anything.  A scalar that
 * touches the end counts as ended, because more of it may follow. */
enum nj_scan nj_json_scan_loose(const char **at, const char *end);

/* Behind the object or array whose bracket is at p; end when it is not closed.  For text that has been checked. */
const char *nj_json_skip_container(const char *p, const char *end);

/* Undoes the escape at *at (which is a backslash) into out; returns the length and moves *at behind it. */
size_t nj_json_unescape_one(const char **at, const char *end, char out[static 4]);

#endif

/* SHA-256 (FIPS 180-4): padding and pieces; blocks go to the portable code here or to the processor's own instructions. */
#include "nightjar/sha256.h"

#include "sha256_blocks.h"

#include <stdatomic.h>

const uint32_t nj_sha256_k[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
    0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
    0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
    0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
    0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
    0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t rotr(uint32_t x, unsigned n)
{
    return (x >> n) | (x << (32 - n));
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are turned round as they come and go");

static inline uint32_t load32(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof(v));
    return __builtin_bswap32(v);
}

/* One round; the caller turns the names instead of moving eight words. */
#define ROUND(a, b, c, d, e, f, g, h, i)                                                                                                   \
    do {                                                                                                                                   \
        uint32_t t_ = h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + nj_sha256_k[i] + w[(i) % 16];                   \
        d += t_;                                                                                                                           \
        h = t_ + (rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + ((a & b) | (c & (a | b)));                                                     \
    } while (0)

static inline void extend(uint32_t w[static 16])
{
    for (unsigned i = 0; i < 16; i++) {
        uint32_t x = w[(i + 1) % 16], y = w[(i + 14) % 16];
        w[i] += (rotr(x, 7) ^ rotr(x, 18) ^ (x >> 3)) + w[(i + 9) % 16] + (rotr(y, 17) ^ rotr(y, 19) ^ (y >> 10));
    }
}

static void blocks_portable(uint32_t s[static 8], const unsigned char *p, size_t blocks)
{
    for (; blocks > 0; blocks--, p += NJ_SHA256_BLOCK) {
        uint32_t w[16];
        for (unsigned i = 0; i < 16; i++)
            w[i] = load32(p + (size_t)i * 4);
        uint32_t a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];
        for (unsigned i = 0; i < 64; i += 8) {
            if (i >= 16 && i % 16 == 0)
                extend(w);
            ROUND(a, b, c, d, e, f, g, h, i);
            ROUND(h, a, b, c, d, e, f, g, i + 1);
            ROUND(g, h, a, b, c, d, e, f, i + 2);
            ROUND(f, g, h, a, b, c, d, e, i + 3);
            ROUND(e, f, g, h, a, b, c, d, i + 4);
            ROUND(d, e, f, g, h, a, b, c, i + 5);
            ROUND(c, d, e, f, g, h, a, b, i + 6);
            ROUND(b, c, d, e, f, g, h, a, i + 7);
        }
        s[0] += a, s[1] += b, s[2] += c, s[3] += d, s[4] += e, s[5] += f, s[6] += g, s[7] += h;
    }
}

/* The choice is the same whoever makes it, so threads may race for it. */
static _Atomic(nj_sha256_blocks_fn) engine;

static nj_sha256_blocks_fn engine_now(void)
{
    nj_sha256_blocks_fn f = atomic_load_explicit(&engine, memory_order_relaxed);
    if (f != NULL)
        return f;
    f = nj_sha256_blocks_native();
    if (f == NULL)
        f = blocks_portable;
    atomic_store_explicit(&engine, f, memory_order_relaxed);
    return f;
}

const char *nj_sha256_engine(void)
{
    return engine_now() == blocks_portable ? "portable" : "native";
}

void nj_sha256_portable(bool only)
{
    atomic_store(&engine, only ? blocks_portable : NULL);
}

static const uint32_t start[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };

void nj_sha256_init(struct nj_sha256 *s)
{
    memcpy(s->h, start, sizeof(start));
    s->bytes = 0;
}

void nj_sha256_add(struct nj_sha256 *s, const void *data, size_t n)
{
    if (n == 0)
        return;
    const unsigned char *p = data;
    size_t have = (size_t)(s->bytes % NJ_SHA256_BLOCK);
    s->bytes += n;
    if (have > 0) {
        size_t take = NJ_SHA256_BLOCK - have < n ? NJ_SHA256_BLOCK - have : n;
        memcpy(s->rest + have, p, take);
        if (have + take < NJ_SHA256_BLOCK)
            return;
        engine_now()(s->h, s->rest, 1);
        p += take;
        n -= take;
    }
    if (n >= NJ_SHA256_BLOCK)
        engine_now()(s->h, p, n / NJ_SHA256_BLOCK);
    memcpy(s->rest, p + n / NJ_SHA256_BLOCK * NJ_SHA256_BLOCK, n % NJ_SHA256_BLOCK);
}

static inline void store32(uint8_t *p, uint32_t v)
{
    v = __builtin_bswap32(v);
    memcpy(p, &v, sizeof(v));
}

/* One bit, zeros, and the length in the last eight bytes of a block: rest is what follows the last whole one. */
static void pad(uint32_t h[static 8], struct nj_str rest, uint64_t bytes)
{
    unsigned char tail[2 * NJ_SHA256_BLOCK] = { 0 };
    size_t have = rest.n, whole = have < NJ_SHA256_BLOCK - sizeof(bytes) ? NJ_SHA256_BLOCK : sizeof(tail);
    uint64_t bits = __builtin_bswap64(bytes * 8);
    if (rest.p != NULL)
        memcpy(tail, rest.p, have);
    tail[have] = 0x80;
    memcpy(tail + whole - sizeof(bits), &bits, sizeof(bits));
    engine_now()(h, tail, whole / NJ_SHA256_BLOCK);
}

static void put_digest(uint8_t out[static NJ_SHA256_LEN], const uint32_t h[static 8])
{
    for (size_t i = 0; i < 8; i++)
        store32(out + 4 * i, h[i]);
}

void nj_sha256_finish(struct nj_sha256 *s, uint8_t out[static NJ_SHA256_LEN])
{
    pad(s->h, (struct nj_str){ (const char *)s->rest, (size_t)(s->bytes % NJ_SHA256_BLOCK) }, s->bytes);
    put_digest(out, s->h);
}

/* Every record goes this way, so it goes without the detour over a rest that is kept. */
void nj_sha256_of(uint8_t out[static NJ_SHA256_LEN], struct nj_str in)
{
    uint32_t h[8];
    size_t whole = in.n / NJ_SHA256_BLOCK;
    memcpy(h, start, sizeof(start));
    if (whole != 0)
        engine_now()(h, (const unsigned char *)in.p, whole);
    pad(h, nj_str_slice(in, whole * NJ_SHA256_BLOCK, in.n), in.n);
    put_digest(out, h);
}

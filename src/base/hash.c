/* Four lanes of multiply and rotate over eight bytes each, folded at the end. */
#include "nightjar/hash.h"

#define K1 0x9e3779b185ebca87u
#define K2 0xc2b2ae3d27d4eb4fu

static uint64_t load(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof(w));
    return w;
}

static uint64_t load_rest(const char *p, size_t n)
{
    uint64_t w = 0;
    while (n > 0)
        w = w << 8 | (unsigned char)p[--n];
    return w;
}

static uint64_t mix(uint64_t h, uint64_t w)
{
    h ^= w * K2;
    h = h << 31 | h >> 33;
    return h * K1;
}

uint64_t nj_hash64(struct nj_str s, uint64_t key)
{
    uint64_t a = key + K1, b = key ^ K2, c = key - K1, d = key + s.n;
    size_t i = 0;
    for (; i + 32 <= s.n; i += 32) {
        a = mix(a, load(s.p + i));
        b = mix(b, load(s.p + i + 8));
        c = mix(c, load(s.p + i + 16));
        d = mix(d, load(s.p + i + 24));
    }
    uint64_t h = mix(mix(mix(mix(s.n * K1, a), b), c), d);
    for (; i + 8 <= s.n; i += 8)
        h = mix(h, load(s.p + i));
    if (i < s.n)
        h = mix(h, load_rest(s.p + i, s.n - i));
    h ^= h >> 33;
    h *= K2;
    return h ^ h >> 29;
}

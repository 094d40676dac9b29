/* Tags, HyperLogLog and Count-Min. */
#include "nightjar/counters.h"

#include <math.h>

#include "nightjar/hash.h"

/* Constants of the exported sketches: a change makes the registers of old and new versions impossible to add up. */
#define SEED_HLL  0x6e6a2d686c6c2d31u
#define SEED_CM   0x6e6a2d636d2d3031u
#define SEED_TEXT 0x6e6a2d746578742du

uint64_t nj_tag_mix(uint64_t tag, uint64_t seed)
{
    uint64_t z = tag + seed + 0x9e3779b97f4a7c15u; /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

uint64_t nj_tag_of(struct nj_str text)
{
    return nj_hash64(text, SEED_TEXT);
}

uint64_t nj_tag_pair(uint64_t a, uint64_t b)
{
    return nj_tag_mix(a, nj_tag_mix(b, SEED_TEXT));
}

static unsigned register_at(const uint8_t *r, size_t i)
{
    size_t bit = i * 6;
    unsigned two = r[bit / 8];
    if (bit % 8 > 2) /* the last register ends with the last byte, so this one exists */
        two |= (unsigned)r[bit / 8 + 1] << 8;
    return two >> bit % 8 & 63u;
}

static void register_set(uint8_t *r, size_t i, unsigned v)
{
    size_t bit = i * 6, shift = bit % 8;
    unsigned mask = 63u << shift, bits = v << shift;
    r[bit / 8] = (uint8_t)((r[bit / 8] & ~mask) | bits);
    if (shift > 2)
        r[bit / 8 + 1] = (uint8_t)((r[bit / 8 + 1] & ~(mask >> 8)) | bits >> 8);
}

void nj_hll_add(uint8_t *registers, unsigned bits, uint64_t tag)
{
    uint64_t h = nj_tag_mix(tag, SEED_HLL);
    size_t i = (size_t)(h >> (64 - bits));
    uint64_t rest = h << bits;
    unsigned rank = rest == 0 ? 64 - bits + 1 : (unsigned)__builtin_clzll(rest) + 1;
    if (rank > 63)
        rank = 63;
    if (rank > register_at(registers, i))
        register_set(registers, i, rank);
}

double nj_hll_estimate(const uint8_t *registers, unsigned bits)
{
    size_t m = (size_t)1 << bits, zeros = 0;
    double sum = 0, alpha = bits == NJ_HLL_SMALL ? 0.709 : 0.7213 / (1 + 1.079 / (double)m);
    for (size_t i = 0; i < m; i++) {
        unsigned r = register_at(registers, i);
        zeros += r == 0;
        sum += ldexp(1, -(int)r);
    }
    double e = alpha * (double)m * (double)m / sum;
    if (e <= 2.5 * (double)m && zeros != 0)
        return (double)m * log((double)m / (double)zeros);
    return e;
}

void nj_hll_merge(uint8_t *into, const uint8_t *from, unsigned bits)
{
    for (size_t i = 0; i < (size_t)1 << bits; i++) {
        unsigned r = register_at(from, i);
        if (r > register_at(into, i))
            register_set(into, i, r);
    }
}

uint32_t nj_countmin_add(struct nj_countmin *c, uint64_t tag, uint32_t weight)
{
    uint32_t least = UINT32_MAX;
    for (size_t row = 0; row < NJ_CM_ROWS; row++) {
        uint32_t *cell = &c->cell[row][nj_tag_mix(tag, SEED_CM + row) % NJ_CM_COLUMNS];
        *cell = *cell > UINT32_MAX - weight ? UINT32_MAX : *cell + weight;
        if (*cell < least)
            least = *cell;
    }
    return least;
}

/* observe_kit.h -- streams for the tests of src/observe that are the same on every run and machine. */
#ifndef NIGHTJAR_TESTS_OBSERVE_KIT_H
#define NIGHTJAR_TESTS_OBSERVE_KIT_H

#include <math.h>
#include <stdint.h>

struct dice {
    uint64_t state;
};

static inline uint64_t dice_next(struct dice *d)
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline double dice_01(struct dice *d)
{
    return (double)(dice_next(d) >> 11) / 9007199254740992.0;
}

static inline double dice_normal(struct dice *d)
{
    double u = 1 - dice_01(d), v = dice_01(d);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static inline double dice_lognormal(struct dice *d, double median, double sigma)
{
    return median * exp(sigma * dice_normal(d));
}

/* Rank 1.. of a Zipf distribution with exponent 1 over n keys, by the inverse of its continuous form. */
static inline uint64_t dice_zipf(struct dice *d, double n)
{
    return (uint64_t)exp(dice_01(d) * log(n + 1));
}

#endif

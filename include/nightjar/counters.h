/* nightjar/counters.h -- counting much in little room: top keys, distinct keys, frequencies, durations, rates, expectations.
 *
 * Everything is a plain struct of fixed size that starts as zeros (nj_topk alone borrows its arrays), depends on nothing but what it
 * was given, and answers the same in every sandbox: the seeds are constants, so what two sandboxes export can be added up.
 *
 * Keys       64-bit tags.  Tags of people and addresses are keyed pseudonyms (nobody without the key can aim at a slot); any other
 *            tag is a hash of the thing counted.
 * Time       an argument: seconds or milliseconds of Unix time.  Time that goes back counts as no time passed.
 * Overflow   counts stop at their largest value.
 * Blocking   never.  Globals: constant tables.  Heap: none.
 */
#ifndef NIGHTJAR_COUNTERS_H
#define NIGHTJAR_COUNTERS_H

#include "nightjar/str.h"

/* Spreads the bits of a tag; the same everywhere and for ever, because exported registers depend on it. */
uint64_t nj_tag_mix(uint64_t tag, uint64_t seed);
/* Tag of a text that is no secret and no person: a route, an error type. */
uint64_t nj_tag_of(struct nj_str text);
/* One tag of two: (account, address). */
uint64_t nj_tag_pair(uint64_t a, uint64_t b);

/* --- distinct keys: HyperLogLog ----------------------------------------------------------------------------------- */

/* 2^bits registers of 6 bits, packed: register i begins at bit 6*i, least significant bit first.  Standard error 1.04/sqrt(2^bits):
 * 13 % with 64 registers, 3.3 % with 1024; below two and a half times the registers much better.  Merging takes the larger register
 * and equals having counted both streams in one. */
enum { NJ_HLL_SMALL = 6, NJ_HLL_SMALL_BYTES = 48, NJ_HLL_LARGE = 10, NJ_HLL_LARGE_BYTES = 768 };
void nj_hll_add(uint8_t *registers, unsigned bits, uint64_t tag);
double nj_hll_estimate(const uint8_t *registers, unsigned bits);
void nj_hll_merge(uint8_t *into, const uint8_t *from, unsigned bits);

/* --- top keys: Space-Saving --------------------------------------------------------------------------------------- */

/* A key without slot takes that of the smallest count and inherits the count as its error.  So for each key that has a slot
 *     count - error <= true count <= count,
 * each key seen more than total/capacity times has a slot, and no error is above total/capacity.  Of several smallest counts the
 * victim is the next one in the order of slots: the same stream gives the same table everywhere. */
struct nj_topk_slot {
    uint64_t tag;
    uint32_t count, error;
    uint32_t first_s, last_s;
    uint8_t distinct[NJ_HLL_SMALL_BYTES]; /* of what the caller adds */
};

struct nj_topk {
    struct nj_topk_slot *slots;
    uint16_t *index; /* open addressing over twice the capacity; 0 = free, else slot + 1 */
    uint32_t capacity, used, cursor, smallest;
    uint32_t lost; /* what the key that gave way in the last call had counted for certain */
    uint64_t total;
};

/* capacity is a power of two up to 4096; index has twice as many entries.  Clears both arrays. */
void nj_topk_init(struct nj_topk *t, struct nj_topk_slot *slots, uint16_t *index, uint32_t capacity);
/* Counts the key weight times.  *fresh tells that the slot was another's or nobody's before: what the caller keeps beside it must
 * begin anew.  Never NULL. */
struct nj_topk_slot *nj_topk_add(struct nj_topk *t, uint64_t tag, uint32_t weight, uint32_t now_s, bool *fresh);
struct nj_topk_slot *nj_topk_find(const struct nj_topk *t, uint64_t tag);
static inline size_t nj_topk_at(const struct nj_topk *t, const struct nj_topk_slot *s)
{
    return (size_t)(s - t->slots);
}
/* The n largest, largest first, ties by tag.  Returns how many there are. */
size_t nj_topk_top(const struct nj_topk *t, const struct nj_topk_slot **out, size_t n);

/* --- frequencies: Count-Min --------------------------------------------------------------------------------------- */

/* Never below the true count; above it by more than e/1024 of the total in less than 2 % of the keys.  Merging adds the cells. */
enum { NJ_CM_ROWS = 4, NJ_CM_COLUMNS = 1024 };
struct nj_countmin {
    uint32_t cell[NJ_CM_ROWS][NJ_CM_COLUMNS];
};
/* Adds and returns the new estimate; weight 0 only asks. */
uint32_t nj_countmin_add(struct nj_countmin *c, uint64_t tag, uint32_t weight);

/* --- durations: log-bucketed histogram ---------------------------------------------------------------------------- */

/* Bucket 0 is up to 1 ms, bucket i up to 1.04^i ms, the last one 15 minutes and more: a quantile is off by 2 % at most. */
enum { NJ_HIST_BUCKETS = 352, NJ_HIST_SCALE = 32, NJ_HIST_DECAY_EVERY = 512 };
unsigned nj_hist_bucket(double ms);
double nj_hist_value(unsigned bucket); /* the middle of it */

/* Counts in units of 1/NJ_HIST_SCALE, because all are multiplied by 0.7 every NJ_HIST_DECAY_EVERY samples: older ones fade, a
 * single slow one does not vanish at once, and the sum never leaves 16 bits. */
struct nj_hist {
    uint16_t c[NJ_HIST_BUCKETS];
    uint16_t since_decay;
    uint32_t sum;     /* of c */
    uint32_t samples; /* ever; stops at the largest value */
};
void nj_hist_add(struct nj_hist *h, double ms);
/* q in 0..1; 0 while empty. */
double nj_hist_quantile(const struct nj_hist *h, double q);

/* The plain kind: whole counts that never fade.  Merging adds them up and equals one histogram of both streams. */
struct nj_hist_sum {
    uint32_t c[NJ_HIST_BUCKETS];
    uint64_t samples;
};
void nj_hist_sum_add(struct nj_hist_sum *h, double ms);
double nj_hist_sum_quantile(const struct nj_hist_sum *h, double q);

/* --- rates -------------------------------------------------------------------------------------------------------- */

/* Exponentially weighted mean with a half-life in time.  The first ones make a plain mean: the very first is often that of a window that
 * began in its middle, and must not rule the mean for hours. */
enum { NJ_EWMA_PLAIN = 10 };
struct nj_ewma {
    double mean;
    int64_t last_ms;
    uint32_t samples;
};
void nj_ewma_add(struct nj_ewma *e, double v, int64_t now_ms, int64_t half_life_ms);

/* Events of the last width_s seconds, in a ring of buckets a sixth of it wide.  The sum covers at least width_s and at most a
 * sixth more: what happened within the window is never missed.  width_s must be the same on every call; from 6. */
enum { NJ_WINDOW_PANES = 7 };
struct nj_window {
    uint16_t n[NJ_WINDOW_PANES];
    uint32_t pane; /* number of the newest one since the epoch */
};
void nj_window_add(struct nj_window *w, uint32_t width_s, uint32_t now_s, uint32_t n);
uint32_t nj_window_sum(const struct nj_window *w, uint32_t width_s, uint32_t now_s);

/* What a minute usually holds: an exponentially weighted mean of minutes (half-life one hour), and one each for day (06-18 UTC) and
 * night once a day has been seen.  Minutes without events count as zeros. */
struct nj_season {
    uint32_t first_min, minute, count; /* of the running minute */
    double mean, band[2];
    uint32_t minutes, band_minutes[2];
};
void nj_season_add(struct nj_season *s, int64_t now_ms, uint32_t n);
/* Expected events in so many minutes; the running one is not part of it. */
double nj_season_expect(struct nj_season *s, int64_t now_ms, double minutes);
/* Is count more than expected + deviations * sqrt(max(expected, 4)), and at least 10? */
bool nj_season_spike(double expected, uint32_t count, double deviations);

/* One-sided CUSUM of a yes/no question: adds 1 - allowance on a hit and takes allowance off otherwise.  True when it reaches limit. */
struct nj_cusum {
    double s;
    uint32_t hits; /* since it last was 0 */
};
bool nj_cusum_step(struct nj_cusum *c, bool hit, double allowance, double limit);

/* The largest of 1, 10, 20, 50, 100, 200, ... that lies in (before, after]; 0 = none. */
uint64_t nj_milestone(uint64_t before, uint64_t after);

#endif

/* Histograms, windows, means and expectations. */
#include "nightjar/counters.h"

#include <math.h>

#define LOG_RATIO 0.03922071315328133 /* ln 1.04 */
#define FADE      0.7

unsigned nj_hist_bucket(double ms)
{
    if (!(ms > 1))
        return 0;
    double b = ceil(log(ms) / LOG_RATIO - 1e-9);
    return b < NJ_HIST_BUCKETS - 1 ? (unsigned)b : NJ_HIST_BUCKETS - 1;
}

double nj_hist_value(unsigned bucket)
{
    return bucket == 0 ? 1 : exp(bucket * LOG_RATIO) * (2 / 2.04);
}

static void fade(struct nj_hist *h)
{
    h->sum = 0;
    for (size_t i = 0; i < NJ_HIST_BUCKETS; i++) {
        h->c[i] = (uint16_t)(h->c[i] * FADE);
        h->sum += h->c[i];
    }
    h->since_decay = 0;
}

void nj_hist_add(struct nj_hist *h, double ms)
{
    h->c[nj_hist_bucket(ms)] = (uint16_t)(h->c[nj_hist_bucket(ms)] + NJ_HIST_SCALE);
    h->sum += NJ_HIST_SCALE;
    if (h->samples < UINT32_MAX)
        h->samples++;
    if (++h->since_decay == NJ_HIST_DECAY_EVERY)
        fade(h);
}

/* At most 512 samples beyond 0.7 of what was: the sum stays below 512 / 0.3 samples. */
_Static_assert(NJ_HIST_DECAY_EVERY * 10 / 3 * NJ_HIST_SCALE <= UINT16_MAX, "a bucket that holds everything must not overflow");

double nj_hist_quantile(const struct nj_hist *h, double q)
{
    double want = q * h->sum;
    uint32_t seen = 0;
    if (h->sum == 0)
        return 0;
    for (unsigned i = 0; i < NJ_HIST_BUCKETS; i++) {
        seen += h->c[i];
        if (seen != 0 && seen >= want)
            return nj_hist_value(i);
    }
    return nj_hist_value(NJ_HIST_BUCKETS - 1);
}

void nj_hist_sum_add(struct nj_hist_sum *h, double ms)
{
    uint32_t *c = &h->c[nj_hist_bucket(ms)];
    if (*c < UINT32_MAX)
        ++*c;
    h->samples++;
}

double nj_hist_sum_quantile(const struct nj_hist_sum *h, double q)
{
    double want = q * (double)h->samples;
    uint64_t seen = 0;
    if (h->samples == 0)
        return 0;
    for (unsigned i = 0; i < NJ_HIST_BUCKETS; i++) {
        seen += h->c[i];
        if (seen != 0 && (double)seen >= want)
            return nj_hist_value(i);
    }
    return nj_hist_value(NJ_HIST_BUCKETS - 1);
}

void nj_ewma_add(struct nj_ewma *e, double v, int64_t now_ms, int64_t half_life_ms)
{
    if (e->samples == 0) {
        e->mean = v;
    } else {
        int64_t passed = now_ms > e->last_ms ? now_ms - e->last_ms : 0;
        double fading = 1 - exp2(-(double)passed / (double)half_life_ms), plain = 1.0 / (e->samples + 1.0);
        e->mean += (v - e->mean) * (e->samples < NJ_EWMA_PLAIN && plain > fading ? plain : fading);
    }
    if (e->samples == 0 || now_ms > e->last_ms)
        e->last_ms = now_ms;
    if (e->samples < UINT32_MAX)
        e->samples++;
}

static uint32_t pane_of(uint32_t width_s, uint32_t now_s)
{
    uint32_t pane_s = width_s / (NJ_WINDOW_PANES - 1);
    return now_s / (pane_s != 0 ? pane_s : 1);
}

void nj_window_add(struct nj_window *w, uint32_t width_s, uint32_t now_s, uint32_t n)
{
    uint32_t pane = pane_of(width_s, now_s);
    if (pane > w->pane) {
        uint32_t steps = pane - w->pane;
        for (uint32_t i = 1; i <= steps && i <= NJ_WINDOW_PANES; i++)
            w->n[(w->pane + i) % NJ_WINDOW_PANES] = 0;
        w->pane = pane;
        if (steps > NJ_WINDOW_PANES)
            memset(w->n, 0, sizeof(w->n));
    }
    uint16_t *at = &w->n[w->pane % NJ_WINDOW_PANES];
    *at = n > (uint32_t)(UINT16_MAX - *at) ? UINT16_MAX : (uint16_t)(*at + n);
}

uint32_t nj_window_sum(const struct nj_window *w, uint32_t width_s, uint32_t now_s)
{
    uint32_t pane = pane_of(width_s, now_s), sum = 0;
    uint32_t gone = pane > w->pane ? pane - w->pane : 0;
    for (uint32_t back = 0; back + gone < NJ_WINDOW_PANES; back++)
        sum += w->n[(w->pane + NJ_WINDOW_PANES - back) % NJ_WINDOW_PANES];
    return sum;
}

/* --- seasons ------------------------------------------------------------------------------------------------------ */

enum { HALF_LIFE_MIN = 60, DAY_MIN = 24 * 60, BAND_FROM_MIN = 6 * 60, BAND_TO_MIN = 18 * 60 };

static size_t band_of(uint32_t minute)
{
    return minute % DAY_MIN >= BAND_FROM_MIN && minute % DAY_MIN < BAND_TO_MIN;
}

/* A plain mean until there are as many minutes as the half-life stands for, then the fading one. */
static void learn(double *mean, uint32_t *minutes, double v)
{
    double weight = 1 - exp2(-1.0 / HALF_LIFE_MIN), plain = 1.0 / (*minutes + 1.0);
    *mean += (v - *mean) * (plain > weight ? plain : weight);
    if (*minutes < UINT32_MAX)
        ++*minutes;
}

/* Closes the running minute and those without events since; what lies more than a day back is all the same. */
static void roll(struct nj_season *s, int64_t now_ms)
{
    uint32_t now = (uint32_t)(now_ms / 60000);
    if (s->first_min == 0) {
        s->first_min = s->minute = now;
        return;
    }
    if (now <= s->minute)
        return;
    if (now - s->minute > DAY_MIN) {
        learn(&s->mean, &s->minutes, s->count);
        learn(&s->band[band_of(s->minute)], &s->band_minutes[band_of(s->minute)], s->count);
        s->count = 0;
        s->minute = now - DAY_MIN;
    }
    for (; s->minute < now; s->minute++) {
        learn(&s->mean, &s->minutes, s->count);
        learn(&s->band[band_of(s->minute)], &s->band_minutes[band_of(s->minute)], s->count);
        s->count = 0;
    }
}

void nj_season_add(struct nj_season *s, int64_t now_ms, uint32_t n)
{
    roll(s, now_ms);
    s->count = n > UINT32_MAX - s->count ? UINT32_MAX : s->count + n;
}

double nj_season_expect(struct nj_season *s, int64_t now_ms, double minutes)
{
    roll(s, now_ms);
    size_t band = band_of(s->minute);
    bool day_seen = s->minute - s->first_min >= DAY_MIN;
    return minutes * (day_seen && s->band_minutes[band] != 0 ? s->band[band] : s->mean);
}

bool nj_season_spike(double expected, uint32_t count, double deviations)
{
    return count >= 10 && count > expected + deviations * sqrt(expected > 4 ? expected : 4);
}

/* --- steps -------------------------------------------------------------------------------------------------------- */

bool nj_cusum_step(struct nj_cusum *c, bool hit, double allowance, double limit)
{
    c->s += hit ? 1 - allowance : -allowance;
    c->hits += hit;
    if (c->s <= 0) {
        c->s = 0;
        c->hits = 0;
    }
    return c->s >= limit - 1e-9;
}

uint64_t nj_milestone(uint64_t before, uint64_t after)
{
    static const uint64_t steps[] = { 1, 2, 5 };
    uint64_t found = before < 1 && after >= 1 ? 1 : 0;
    for (uint64_t ten = 10; ten <= after && ten <= UINT64_MAX / 50; ten *= 10)
        for (size_t i = 0; i < NJ_COUNT(steps); i++)
            if (steps[i] * ten > before && steps[i] * ten <= after)
                found = steps[i] * ten;
    return found;
}

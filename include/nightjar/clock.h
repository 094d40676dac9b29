/* nightjar/clock.h -- two clocks that do not mix, and one "now" per turn of the loop.
 *
 * mono  for waits and back-off; never goes back; may or may not stand still while the sandbox is frozen.
 * wall  Unix time; right after a thaw, may step.
 *
 * Units      milliseconds in the structs, nanoseconds where the name ends in _ns.
 * Globals    none; only the system source in clock.c asks the operating system.  Tests install their own source.
 */
#ifndef NIGHTJAR_CLOCK_H
#define NIGHTJAR_CLOCK_H

#include "nightjar/str.h"

struct nj_mono {
    int64_t ms;
};

struct nj_wall {
    int64_t ms;
};

typedef void (*nj_clock_read_fn)(void *ctx, int64_t *mono_ns, int64_t *wall_ns);

struct nj_clock {
    struct nj_mono mono;
    struct nj_wall wall;
    int64_t wall_ns;
    nj_clock_read_fn read;
    void *ctx;
};

/* read == NULL takes the system's clocks.  Ticks once. */
void nj_clock_init(struct nj_clock *c, nj_clock_read_fn read, void *ctx);
void nj_clock_tick(struct nj_clock *c);

/* The moment delta_ms from now; saturates instead of overflowing. */
struct nj_mono nj_mono_after(struct nj_mono m, int64_t delta_ms);
/* Milliseconds from now to then, negative when it is past; saturates likewise. */
static inline int64_t nj_mono_until(struct nj_mono now, struct nj_mono then)
{
    int64_t d = 0;
    return !__builtin_sub_overflow(then.ms, now.ms, &d) ? d : then.ms > now.ms ? INT64_MAX : INT64_MIN;
}

/* An absolute epoch deadline as Lambda gives it (lambda-protocol 1.4).  A number below 1e11 is taken as a duration from
 * now, because the documentation calls it one.  The result is never more than 24 h away. */
struct nj_mono nj_clock_deadline(const struct nj_clock *c, int64_t deadline_ms);

/* RFC 3339 with 0 to 9 fraction digits and Z or an offset.  Years 1970 to 2261. */
NJ_MUST enum nj_status nj_time_parse(struct nj_str s, int64_t *unix_ns);
enum { NJ_TIME_LEN = 30 };
/* UTC with six fraction digits, nine when the value needs them: "2026-11-23T07:15:01.123456Z".  Borrowed from out. */
struct nj_str nj_time_format(char out[static NJ_TIME_LEN + 1], int64_t unix_ns);

#endif

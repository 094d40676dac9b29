/* nightjar/loop.h -- the only poll of the program: curl's transfers, the HTTP server, timers and watched descriptors.
 *
 * One thread.  Each turn has one "now" (loop->clock).  Callbacks run from nj_loop_turn() only, never from the call that
 * armed them, and may arm, stop and free whatever they like, but not the loop.  With nothing to do the loop sleeps until
 * something happens: no wake-ups.  The program must ignore SIGPIPE.
 *
 * Units      milliseconds.
 * Limits     NJ_LOOP_WATCHES watched descriptors.
 * Ownership  timers and watches are embedded in their owners and must be stopped before these go away.
 * Globals    none.  Traps that shaped it: docs/internals/event-loop.md.
 */
#ifndef NIGHTJAR_LOOP_H
#define NIGHTJAR_LOOP_H

#include "nightjar/clock.h"

enum { NJ_LOOP_WATCHES = 64 };

struct nj_loop;
struct nj_http_server;

struct nj_timer {
    void (*fire)(void *ctx); /* set by the owner once */
    void *ctx;
    struct nj_mono at; /* read only */
    bool armed;        /* read only */
    uint64_t armed_in; /* the loop's own, like next */
    struct nj_timer *next;
};

struct nj_watch {
    void (*ready)(void *ctx, short revents);
    void *ctx;
    int fd;
    short events; /* POLLIN, POLLOUT; 0 pauses */
    bool active;  /* read only */
};

/* read == NULL: the system's clocks. */
NJ_MUST enum nj_status nj_loop_new(struct nj_loop **out, nj_clock_read_fn read, void *ctx);
void nj_loop_free(struct nj_loop *l);
const struct nj_clock *nj_loop_clock(const struct nj_loop *l);

/* Sleeps until something happens or max_wait_ms passed (negative: no limit), then runs what is ready. */
void nj_loop_turn(struct nj_loop *l, int64_t max_wait_ms);
/* Turns until stop() was called. */
void nj_loop_run(struct nj_loop *l);
void nj_loop_stop(struct nj_loop *l);
/* Wakes a sleeping loop from another thread or a signal handler. */
void nj_loop_wake(struct nj_loop *l);

/* Re-arming moves the timer.  A timer in the past fires in the next turn. */
void nj_timer_set(struct nj_loop *l, struct nj_timer *t, int64_t in_ms);
void nj_timer_stop(struct nj_loop *l, struct nj_timer *t);

/* NJ_EARG: closed, or a kind that is always ready (a regular file).  Hang-ups (POLLHUP, POLLERR) are told unasked; an owner
 * who ignores them is not told for ever. */
NJ_MUST enum nj_status nj_watch_start(struct nj_loop *l, struct nj_watch *w);
void nj_watch_stop(struct nj_loop *l, struct nj_watch *w);

/* Turns since the start, and how many of them woke up before the caller's limit and found nothing to do: a spinning loop
 * shows here. */
void nj_loop_stats(const struct nj_loop *l, uint64_t *turns, uint64_t *idle_turns);

#endif

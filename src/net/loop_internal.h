/* What the loop offers inside its room: hooks on descriptors, parts that run every turn, and the way it sleeps. */
#ifndef NIGHTJAR_NET_LOOP_INTERNAL_H
#define NIGHTJAR_NET_LOOP_INTERNAL_H

#include "nightjar/loop.h"

#include <sys/epoll.h>

/* A descriptor in the loop's epoll set.  Embedded in its owner; fd is -1 while it is not registered.
 * Any hook may be stopped, and its memory freed, from inside any callback. */
struct nj_hook {
    void (*ready)(struct nj_hook *h, uint32_t events); /* EPOLLIN, ... */
    int fd;
    uint32_t events; /* what epoll was told last */
};

/* Registers or changes; costs nothing when nothing changes.  NJ_EARG: the descriptor is closed or of a kind that cannot be waited for (a regular file). */
NJ_MUST enum nj_status nj_hook_set(struct nj_loop *l, struct nj_hook *h, int fd, uint32_t events);
void nj_hook_stop(struct nj_loop *l, struct nj_hook *h);

/* Runs in every turn, whatever woke it.  run() may remove any source, itself too. */
struct nj_source {
    void (*run)(void *ctx);
    int64_t (*wait_ms)(void *ctx); /* the longest sleep it allows; negative: any.  May be NULL. */
    void *ctx;
    struct nj_source *next;
};

void nj_source_add(struct nj_loop *l, struct nj_source *s);
void nj_source_remove(struct nj_loop *l, struct nj_source *s);

/* Instead of epoll_wait: sleeps until fd is readable, something of its own happens or wait_ms passed. */
typedef void (*nj_sleep_fn)(void *ctx, int fd, int wait_ms);
void nj_loop_set_sleep(struct nj_loop *l, nj_sleep_fn sleep, void *ctx); /* NULL: epoll_wait again */

/* Something useful was done in this turn; see nj_loop_stats(). */
void nj_loop_progress(struct nj_loop *l);
/* The present moment, read again: for durations that callers see. */
int64_t nj_loop_read_ms(struct nj_loop *l);

#endif

/* proxy_ring.h -- hands pointers from one thread to one other, without locks: the proxy's thread must never wait for the reader.
 *
 * Limits     NJ_RING_SLOTS pointers.  Blocking never.
 */
#ifndef NIGHTJAR_LAMBDA_PROXY_RING_H
#define NIGHTJAR_LAMBDA_PROXY_RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { NJ_RING_SLOTS = 512 }; /* a power of two */

struct nj_ring {
    alignas(64) _Atomic size_t put; /* written by the giver only */
    alignas(64) _Atomic size_t got; /* written by the taker only */
    void *slot[NJ_RING_SLOTS];
};

static inline size_t nj_ring_count(struct nj_ring *r)
{
    return atomic_load_explicit(&r->put, memory_order_acquire) - atomic_load_explicit(&r->got, memory_order_acquire);
}

/* False when it is full. */
static inline bool nj_ring_put(struct nj_ring *r, void *p)
{
    size_t at = atomic_load_explicit(&r->put, memory_order_relaxed);
    if (at - atomic_load_explicit(&r->got, memory_order_acquire) == NJ_RING_SLOTS)
        return false;
    r->slot[at % NJ_RING_SLOTS] = p;
    atomic_store_explicit(&r->put, at + 1, memory_order_release);
    return true;
}

/* NULL when it is empty. */
static inline void *nj_ring_get(struct nj_ring *r)
{
    size_t at = atomic_load_explicit(&r->got, memory_order_relaxed);
    if (at == atomic_load_explicit(&r->put, memory_order_acquire))
        return NULL;
    void *p = r->slot[at % NJ_RING_SLOTS];
    atomic_store_explicit(&r->got, at + 1, memory_order_release);
    return p;
}

#endif

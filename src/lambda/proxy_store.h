/* proxy_store.h -- the copies: opened on the proxy's thread, filled while bytes pass, handed to the other thread when they are whole.
 *
 * One thread opens, fills and closes; one other takes and frees.  Neither waits for the other: two rings, one each way, and a count of
 * the memory in use.  What cannot be had is done without and counted.
 */
#ifndef NIGHTJAR_LAMBDA_PROXY_STORE_H
#define NIGHTJAR_LAMBDA_PROXY_STORE_H

#include "nightjar/buf.h"
#include "nightjar/runtime_proxy.h"

#include "proxy_ring.h"
#include "proxy_scan.h"

enum nj_capture_field {
#define NJ_CAPTURE_FIELD(member, header) NJ_FIELD_##member,
    NJ_CAPTURE_FIELDS(NJ_CAPTURE_FIELD)
#undef NJ_CAPTURE_FIELD
        NJ_FIELD_ROWS
};

enum {
    NJ_STORE_SPARES = 8,            /* freed copies kept for the next ones, so that the usual invocation allocates nothing */
    NJ_STORE_SPARE_BODY = 72 << 10, /* the largest body of those: a full one of NJ_OPT_capture_bytes' default, and what is kept beyond */
    NJ_STORE_FOR_ENDS = 64,         /* slots that only the ends of invocations may take */
    NJ_STORE_TEXT_MAX = 256 << 10
};

struct nj_copy {
    struct nj_capture pub; /* first: a capture is its copy */
    struct nj_buf texts;
    struct {
        size_t at, n;
    } field[NJ_FIELD_ROWS];
    char *body;
    size_t body_n, body_cap;
    bool keeping, end_only;
    struct nj_sha256 sum;
    struct nj_scan scan;
};

struct nj_store {
    size_t capture_bytes, queue_bytes;
    bool no_capture;
    void *(*resize)(void *ctx, void *p, size_t n);
    void *ctx;
    int fd; /* eventfd */
    atomic_bool told;
    bool untold;         /* an input waits that nobody was told of yet; the proxy's thread's own */
    _Atomic size_t held; /* bytes of kept bodies, spares included */
    _Atomic uint64_t count[NJ_PROXY_COUNTER_ROWS];
    struct nj_ring ready, spent;
};

NJ_MUST enum nj_status nj_store_init(struct nj_store *s, const struct nj_proxy_options *o);
void nj_store_fini(struct nj_store *s);

static inline void nj_store_add(struct nj_store *s, enum nj_proxy_counter which)
{
    atomic_fetch_add_explicit(&s->count[which], 1, memory_order_relaxed);
}

/* The field of this header, or NJ_FIELD_ROWS. */
enum nj_capture_field nj_capture_field(struct nj_str header);

/* NULL when there is no memory. */
struct nj_copy *nj_copy_open(struct nj_store *s, enum nj_capture_kind kind, int64_t now_ns);
void nj_copy_field(struct nj_copy *c, enum nj_capture_field which, struct nj_str value);
void nj_copy_body(struct nj_store *s, struct nj_copy *c, struct nj_str piece);
/* Both take the copy and null the caller's pointer; NULL is fine.  An input does not wake the other thread up by itself: that would be
 * while the handler begins.  Who gives has it told by the next copy of another kind, or by nj_store_tell(). */
void nj_copy_give(struct nj_store *s, struct nj_copy **c, int64_t now_ns);
void nj_copy_drop(struct nj_store *s, struct nj_copy **c);

/* Wakes the other thread up if copies wait that it does not know of. */
void nj_store_tell(struct nj_store *s);

/* The other thread's side. */
struct nj_capture *nj_store_take(struct nj_store *s);
void nj_store_free(struct nj_store *s, struct nj_capture *c);

#endif

/* How sealed batches leave: one face for HTTP and for descriptors, so that the outlet has one state machine.
 *
 * An attempt ends in exactly one done callback, from the loop and never from inside start(), unless it is cancelled.  The
 * batch is borrowed and stays where it is until then.
 */
#ifndef NJ_DELIVER_SENDER_H
#define NJ_DELIVER_SENDER_H

#include "nightjar/batch.h"
#include "nightjar/http_client.h"
#include "nightjar/verdict.h"

/* What became of an attempt. */
struct nj_answer {
    enum nj_verdict verdict;
    int64_t retry_after_ms; /* -1 when the far end named no time */
    long status;            /* HTTP status, 0 when there was no answer */
    bool timed_out;
    const char *words; /* without secrets; "" when there are none; valid inside the callback */
};

struct nj_attempt {
    const struct nj_sink *sink;
    const struct nj_sealed *batch;
    int64_t timeout_ms, connect_ms;
    void (*done)(void *ctx, const struct nj_answer *a);
    void *ctx;
};

struct nj_sender;

struct nj_sender_ops {
    bool patient; /* attempts have no time limit: a half-written batch cannot be written again */
    NJ_MUST enum nj_status (*start)(struct nj_sender *s, const struct nj_attempt *a);
    void (*cancel)(struct nj_sender *s, enum nj_lane lane); /* ends the lane's attempt, if there is one, without a callback */
    void (*fresh)(struct nj_sender *s);                     /* the next attempt shall not use an old connection */
    void (*free)(struct nj_sender *s);
};

/* First member of each kind of sender. */
struct nj_sender {
    const struct nj_sender_ops *ops;
};

NJ_MUST enum nj_status nj_post_new(struct nj_sender **out, struct nj_loop *l, struct nj_http *h);
/* fd >= 0 is written to and stays open (standard output); otherwise the sink's path is opened for each batch. */
NJ_MUST enum nj_status nj_writer_new(struct nj_sender **out, struct nj_loop *l, int fd);

struct nj_outlet;
struct nj_outlet_options;
/* nj_outlet_new() with a sender of one's own, for tests; takes the sender, also on failure. */
NJ_MUST enum nj_status nj_outlet_new_with(struct nj_outlet **out, struct nj_loop *l, struct nj_sender **sender, const struct nj_sink *sink,
                                          const struct nj_outlet_options *o);
/* Events that met no rule of the state table: a bug, counted. */
uint64_t nj_outlet_illegal(const struct nj_outlet *o);

#endif

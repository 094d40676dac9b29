/* nightjar/outlet.h -- one sink at work: open batches of both lanes, the bounded queue, and the sender with its retries.
 *
 * Each lane has one attempt under way at most, so that a critical batch never waits behind a stalled bulk one.
 * What a status or a curl error means stands in one table (deliver/verdict.def).  When the queue is full the oldest bulk
 * batch goes first and is counted; a critical one only when no bulk batch is left.
 *
 * Units      milliseconds; bytes.
 * Limits     queue_bytes over open, queued and flying batches together.
 * Ownership  the outlet keeps the sink and the loop it was given (borrowed).
 * Blocking   never.
 */
#ifndef NIGHTJAR_OUTLET_H
#define NIGHTJAR_OUTLET_H

#include "nightjar/batch.h"
#include "nightjar/http_client.h"
#include "nightjar/ledger.h"

struct nj_outlet;

enum { NJ_LANE_BIT_CRITICAL = 1 << NJ_LANE_CRITICAL, NJ_LANE_BIT_BULK = 1 << NJ_LANE_BULK, NJ_LANE_BITS_ALL = 3 };

struct nj_outlet_options {
    struct nj_batch_limits batch;
    int64_t batch_age_ms;  /* an open batch is sealed when its first record is this old */
    size_t queue_bytes;
    int64_t timeout_ms;    /* one attempt, always cut to the deadline */
    int64_t connect_ms;    /* 0 = 1,500: a VPC without egress hangs, it does not refuse (lambda-protocol 4.4) */
    /* Called from the loop when something was settled or the state changed: the lifecycle re-examines what it waits for. */
    void (*changed)(void *ctx);
    void *ctx;
};

NJ_MUST enum nj_status nj_outlet_new(struct nj_outlet **out, struct nj_loop *l, struct nj_http *h, const struct nj_sink *sink,
                                     const struct nj_outlet_options *o);
void nj_outlet_free(struct nj_outlet *o);

/* Encodes into the open batch of the record's lane; seals and queues when it is full.  Whatever happens is in the ledger. */
void nj_outlet_offer(struct nj_outlet *o, const struct nj_clean *r);
/* Seals the open batches of these lanes and starts sending. */
void nj_outlet_flush(struct nj_outlet *o, unsigned lane_bits);
/* Is anything of these lanes not settled yet (open, queued or flying)? */
bool nj_outlet_pending(const struct nj_outlet *o, unsigned lane_bits);
/* The sink does not answer and the next attempt waits: holding event/next for it would be in vain. */
bool nj_outlet_backing_off(const struct nj_outlet *o);
/* Bytes in memory, all states. */
size_t nj_outlet_bytes(const struct nj_outlet *o);
/* The moment after which no attempt may run (an invocation's deadline, SHUTDOWN's); pass { INT64_MAX } to lift it. */
void nj_outlet_deadline(struct nj_outlet *o, struct nj_mono deadline);
/* SHUTDOWN: retries come quickly (no back-off above 100 ms), nothing new is kept back for age. */
void nj_outlet_drain(struct nj_outlet *o, struct nj_mono deadline);
/* Drops all that is left, counted under the given reason. */
void nj_outlet_abandon(struct nj_outlet *o, enum nj_drop why);
/* After a thaw: idle connections are dropped, back-off ends now, ages start anew. */
void nj_outlet_thawed(struct nj_outlet *o);
const struct nj_out_ledger *nj_outlet_ledger(struct nj_outlet *o);
const struct nj_sink *nj_outlet_sink(const struct nj_outlet *o);

#endif

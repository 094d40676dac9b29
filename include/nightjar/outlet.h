/* nightjar/outlet.h -- one sink at work: open batches of both lanes, the bounded queue, and the sender with its retries.
 *
 * Each lane has one attempt under way at most, so that a critical batch never waits behind a stalled bulk one.
 * What a status or a curl error means stands in one table (verdict.def).  When the queue is full the oldest bulk batch leaves it
 * first, a critical one only when no bulk batch is left: to disk (spill.h), or where that is not possible it is dropped and
 * counted.  Batches in the middle of an attempt stay.  What is on disk comes back one batch a lane at a time, the oldest first,
 * while the sink takes what it is given.
 *
 * Units      milliseconds; bytes.
 * Limits     queue_bytes over open, queued and flying batches together.  A batch is at most a quarter of it, whatever
 *            batch.max_bytes says.  A record larger than a batch travels alone, up to half of queue_bytes and up to what
 *            the format takes in one body; beyond that it is dropped as too_large.
 * Ownership  the outlet keeps the sink, the loop and the client it was given (borrowed).
 * Ledger     balanced after every call (ledger.h).
 * Signals    SIGPIPE must be ignored by the program: standard output may be a pipe nobody reads.
 * Blocking   on the disk for one batch, where it is used (spill.h); else never.
 */
#ifndef NIGHTJAR_OUTLET_H
#define NIGHTJAR_OUTLET_H

#include "nightjar/batch.h"
#include "nightjar/http_client.h"
#include "nightjar/ledger.h"
#include "nightjar/spill.h"

struct nj_outlet;

struct nj_outlet_options {
    struct nj_batch_limits batch;
    int64_t batch_age_ms; /* an open batch is sealed when its first record is this old */
    size_t queue_bytes;
    int64_t timeout_ms;                  /* one attempt, always cut to the deadline */
    const struct nj_hmac_key *chain_key; /* of the links between its records (chain.h); NULL: plain digests; the caller's */
    struct nj_spill_options spill;       /* base, max_bytes, key; max_bytes 0: what memory has no room for is dropped */
    int64_t connect_ms;                  /* 0 = 1,500: a VPC without egress hangs, it does not refuse (lambda-protocol 4.4) */
    /* Called from the loop when something was settled or the state changed: the lifecycle re-examines what it waits for.
     * It may call the outlet, but not free it. */
    void (*changed)(void *ctx);
    void *ctx;
};

NJ_MUST enum nj_status nj_outlet_new(struct nj_outlet **out, struct nj_loop *l, struct nj_http *h, const struct nj_sink *sink,
                                     const struct nj_outlet_options *o);
void nj_outlet_free(struct nj_outlet *o);

/* Encodes into the open batch of the record's lane; seals and queues when it is full.  Whatever happens is in the ledger. */
void nj_outlet_offer(struct nj_outlet *o, const struct nj_clean *r);
/* The open batches of these lanes shall go: at once, or as soon as the attempt or the wait before them is over (until then
 * they stay open, so that what piles up behind a slow sink travels in few requests). */
void nj_outlet_flush(struct nj_outlet *o, unsigned lane_bits);
/* Is anything of these lanes not settled yet (open, queued, flying or on disk)? */
bool nj_outlet_pending(const struct nj_outlet *o, unsigned lane_bits);
/* Holding event/next for this sink would be in vain: the next attempt is a while off, or the last ones failed and nothing has
 * been taken since, even if a new attempt is under way.  One quick failure alone does not count; a timeout does. */
bool nj_outlet_backing_off(const struct nj_outlet *o);
/* Bytes in memory, all states. */
size_t nj_outlet_bytes(const struct nj_outlet *o);
/* What the compressors hold beside that; none before the first record of a lane. */
size_t nj_outlet_codec_bytes(const struct nj_outlet *o);
/* Age of the oldest bulk record that is not settled (open, queued or flying), 0 when there is none. */
int64_t nj_outlet_oldest_bulk_ms(const struct nj_outlet *o);
/* The moment after which no attempt may run (an invocation's deadline, SHUTDOWN's); pass { INT64_MAX } to lift it. */
void nj_outlet_deadline(struct nj_outlet *o, struct nj_mono deadline);
/* SHUTDOWN: retries come quickly (no back-off above 100 ms; a Retry-After waits for half of the time left at most), what the
 * configuration makes impossible is tried once, nothing new is kept back for age. */
void nj_outlet_drain(struct nj_outlet *o, struct nj_mono deadline);
/* SHUTDOWN: attempts end, and what is left of these lanes goes to disk, the oldest first, until the moment given is nearer than the
 * slowest write so far took. */
void nj_outlet_spill(struct nj_outlet *o, unsigned lane_bits, struct nj_mono until);
/* Drops all that is left in memory, counted under the given reason; what is on disk stays there. */
void nj_outlet_abandon(struct nj_outlet *o, enum nj_drop why);
/* Its spill, for nj_spill_look() and nj_spill_renew(); NULL: off. */
struct nj_spill *nj_outlet_disk(struct nj_outlet *o);
/* nj_spill_look() has found batches for this outlet: they are sent. */
void nj_outlet_found(struct nj_outlet *o);
/* After a thaw: back-off ends now, ages start anew.  Idle connections are the business of nj_http_drop_idle(). */
void nj_outlet_thawed(struct nj_outlet *o);
const struct nj_out_ledger *nj_outlet_ledger(struct nj_outlet *o);
const struct nj_sink *nj_outlet_sink(const struct nj_outlet *o);

#endif

/* nightjar/batch.h -- gathers encoded records and compresses them as they come, until they are worth sending.
 *
 * An open batch holds finished bytes, never trees.  Sealing makes a struct nj_sealed: immutable bytes with an id that
 * stays the same through all attempts.  The compressor is made with the first record and used for all batches after it.
 *
 * Units      bytes (max_bytes and alone_max count before compression); ages in milliseconds.
 * Limits     max_bytes and max_records are hard: nj_batch_add() answers NJ_ELIMIT when the record does not fit any more
 *            (seal, then add again).  A record larger than max_bytes gets a batch of its own, up to alone_max; beyond that
 *            it is NJ_ELIMIT in an empty batch too, and *alone is true.
 * Memory     nj_batch_bytes() is the content; nj_batch_memory() the compressor: 261 KiB (gzip), 521 KiB (zstd), 0 (none).
 * Ownership  add copies.  seal hands the sealed batch to the caller and empties the batch.
 * Errors     NJ_ELIMIT and NJ_ENOMEM leave the batch as it was.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_BATCH_H
#define NIGHTJAR_BATCH_H

#include "nightjar/clock.h"
#include "nightjar/sink.h"

struct nj_batch;

enum { NJ_LANE_BIT_CRITICAL = 1 << NJ_LANE_CRITICAL, NJ_LANE_BIT_BULK = 1 << NJ_LANE_BULK, NJ_LANE_BITS_ALL = 3 };

struct nj_batch_limits {
    size_t max_bytes;
    size_t max_records;
    size_t alone_max; /* 0 = what the format takes in one body */
};

enum { NJ_BATCH_ID_DIGITS = 32 };

struct nj_sealed {
    struct nj_sealed *next;
    char id[NJ_BATCH_ID_DIGITS + 1]; /* random hex digits */
    enum nj_lane lane;
    enum nj_codec codec;
    const struct nj_format *format;
    struct nj_buf bytes; /* the request body, compressed as codec says */
    size_t records;
    size_t raw_bytes;        /* before compression */
    uint32_t *ends;          /* ends[i]: where record i ends in the uncompressed bytes; for splitting */
    uint32_t attempts;       /* begun so far */
    uint32_t config_tries;   /* of them met with NJ_V_CONFIG */
    uint32_t doubt_tries;    /* of them met with NJ_V_DOUBT */
    struct nj_mono opened;   /* when its first record came */
    int64_t seq;             /* order of sealing, given by the outlet; halves keep it; below zero: an earlier process's */
    size_t charged;          /* what it counts against the queue: body, ends and struct */
    bool recovered;          /* it was an earlier process's and is counted apart */
    struct nj_spilled *file; /* where it is on disk; NULL: nowhere (spill.h) */
};

NJ_MUST enum nj_status nj_batch_new(struct nj_batch **out, const struct nj_format *f, enum nj_codec codec, enum nj_lane lane,
                                    struct nj_batch_limits limits);
void nj_batch_free(struct nj_batch *b);
/* Adds the bytes that format->record() made.  They are taken encoded, so that a record is encoded once even when it turns
 * out to belong into the next batch. */
NJ_MUST enum nj_status nj_batch_add(struct nj_batch *b, struct nj_str record, struct nj_mono now, bool *alone);
/* No further record has a place in it: time to seal. */
bool nj_batch_full(const struct nj_batch *b);
size_t nj_batch_records(const struct nj_batch *b);
size_t nj_batch_raw_bytes(const struct nj_batch *b);
size_t nj_batch_bytes(const struct nj_batch *b);
size_t nj_batch_memory(const struct nj_batch *b);
struct nj_mono nj_batch_opened(const struct nj_batch *b); /* when its first record came; meaningless while empty */
/* The sink takes less than was thought: from now on batches are sealed at max_bytes (never larger than before). */
void nj_batch_tighten(struct nj_batch *b, size_t max_bytes);
/* NULL in *out when the batch is empty. */
NJ_MUST enum nj_status nj_batch_seal(struct nj_batch *b, struct nj_sealed **out);
/* Empties it without sealing; returns how many records are gone. */
size_t nj_batch_discard(struct nj_batch *b);

void nj_sealed_free(struct nj_sealed *s);
/* Cuts a batch of two or more records in two at the record boundary next to the middle (new ids), consuming it, also on
 * failure. */
NJ_MUST enum nj_status nj_sealed_split_take(struct nj_sealed **s, struct nj_sealed **first, struct nj_sealed **second);

#endif

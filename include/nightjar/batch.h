/* nightjar/batch.h -- gathers encoded records and compresses them as they come, until they are worth sending.
 *
 * An open batch holds finished bytes, never trees.  Sealing makes a struct nj_sealed: immutable bytes with an id that
 * stays the same through all attempts.
 *
 * Units      bytes (max_bytes counts before compression); ages in milliseconds.
 * Limits     max_bytes and max_records are hard: nj_batch_add() answers NJ_ELIMIT when the record does not fit any more
 *            (seal, then add again); a record that would not fit an empty batch is NJ_ELIMIT there too (*alone is true).
 * Ownership  add copies.  seal hands the sealed batch to the caller and empties the batch.
 * Errors     NJ_ELIMIT and NJ_ENOMEM leave the batch as it was.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_BATCH_H
#define NIGHTJAR_BATCH_H

#include "nightjar/clock.h"
#include "nightjar/sink.h"

struct nj_batch;

struct nj_batch_limits {
    size_t max_bytes;
    size_t max_records;
};

struct nj_sealed {
    struct nj_sealed *next;
    char id[33];              /* 32 hex digits, random */
    enum nj_lane lane;
    enum nj_codec codec;
    const struct nj_format *format;
    struct nj_buf bytes;      /* the request body, compressed as codec says */
    size_t records;
    size_t raw_bytes;         /* before compression */
    uint32_t *ends;           /* ends[i]: where record i ends in the uncompressed bytes; for splitting */
    uint32_t attempts;
    size_t charged;           /* what it counts against the queue: body, ends and struct */
};

NJ_MUST enum nj_status nj_batch_new(struct nj_batch **out, const struct nj_format *f, enum nj_codec codec, enum nj_lane lane,
                                    struct nj_batch_limits limits);
void nj_batch_free(struct nj_batch *b);
NJ_MUST enum nj_status nj_batch_add(struct nj_batch *b, const struct nj_clean *r, struct nj_mono now, bool *alone);
size_t nj_batch_records(const struct nj_batch *b);
size_t nj_batch_raw_bytes(const struct nj_batch *b);
struct nj_mono nj_batch_opened(const struct nj_batch *b); /* when its first record came; meaningless while empty */
/* NULL in *out when the batch is empty. */
NJ_MUST enum nj_status nj_batch_seal(struct nj_batch *b, struct nj_sealed **out);

void nj_sealed_free(struct nj_sealed *s);
/* Cuts a batch of two or more records in two (new ids), consuming it, also on failure. */
NJ_MUST enum nj_status nj_sealed_split_take(struct nj_sealed **s, struct nj_sealed **first, struct nj_sealed **second);

#endif

/* A sealed batch as the bytes of a file, and back.  Pure: no descriptors, no clock.
 *
 *   head (NJ_SPILL_HEAD bytes) | body, as it is sent | where each record ends, 4 bytes each | tag (NJ_SPILL_TAG bytes)
 *
 * The tag is HMAC-SHA-256 of all before it.  Numbers are little-endian.  Other code of the sandbox can write such a file as well: what is
 * read is believed only where the tag and every number fit, and a file is taken whole or not at all.
 *
 * Limits     a body of body_max, raw_max bytes before compression, a record for each byte of these.
 * Ownership  views point into what was given.
 */
#ifndef NJ_DELIVER_SPILL_RECORD_H
#define NJ_DELIVER_SPILL_RECORD_H

#include "nightjar/batch.h"
#include "nightjar/hmac.h"

enum { NJ_SPILL_VERSION = 1, NJ_SPILL_HEAD = 96, NJ_SPILL_TAG = NJ_SHA256_LEN, NJ_SPILL_SINK = 16 };

/* Why a file is not sent. */
enum nj_spill_flaw {
    NJ_SPILL_GOOD,
    NJ_SPILL_CUT,     /* shorter or longer than it says */
    NJ_SPILL_FOREIGN, /* no file of this version */
    NJ_SPILL_ALTERED, /* the tag does not fit */
    NJ_SPILL_SENSE,   /* the numbers in it do not go together */
    NJ_SPILL_OTHER,   /* for another sink, format or compression */
    NJ_SPILL_OLD,     /* or from the future */
    NJ_SPILL_NO_FILE, /* no plain file of ours, or gone */
    NJ_SPILL_FLAWS
};
extern const char *const nj_spill_flaws[NJ_SPILL_FLAWS]; /* what a diagnostic calls it */

/* What a file must fit. */
struct nj_spill_frame {
    const struct nj_sink *sink;
    uint8_t sink_id[NJ_SPILL_SINK];
    const struct nj_hmac_key *key;
    size_t body_max, raw_max;
};

/* Of address, format and compression: the same for the same sink, and without its credential. */
void nj_spill_sink_id(const struct nj_sink *sink, uint8_t out[static NJ_SPILL_SINK]);

/* Head and tag of a batch whose first record came at opened; between them stand its body and its ends as they are. */
void nj_spill_encode(const struct nj_spill_frame *f, const struct nj_sealed *s, struct nj_wall opened, uint8_t head[static NJ_SPILL_HEAD],
                     uint8_t tag[static NJ_SPILL_TAG]);
size_t nj_spill_size(const struct nj_sealed *s);

struct nj_spill_record {
    enum nj_lane lane;
    enum nj_codec codec;
    char id[NJ_BATCH_ID_DIGITS + 1];
    size_t records, raw_bytes;
    struct nj_wall opened;
    struct nj_str body, ends; /* ends: 4 bytes a record, not aligned */
    uint8_t tag[NJ_SPILL_TAG];
};
NJ_MUST enum nj_spill_flaw nj_spill_decode(const struct nj_spill_frame *f, struct nj_str file, struct nj_wall now,
                                           struct nj_spill_record *out);
/* The batch of a record that was decoded from file, whose block becomes that of the body.  NULL: no memory, and file is as it was. */
struct nj_sealed *nj_spill_unpack(const struct nj_spill_frame *f, const struct nj_spill_record *r, struct nj_buf *file);

#endif

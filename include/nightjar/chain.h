/* nightjar/chain.h -- numbers and links the records of one stream, so that one that is missing or was altered shows.
 *
 *   link = first 8 bytes, in hex, of   SHA-256 or HMAC-SHA-256 (key) of   SHA-256(record as far as its seq) link of the one before
 *
 * The digest of each record stands for itself, so that records can be stored in any order and be checked one by one.  Without a key
 * it shows accidents and careless hands; with one nobody who lacks it can take a record out or alter it and make the rest fit.
 * What it cannot show is a missing end: that is what the final nightjar.ledger is for.
 *
 * Ownership  borrows the key.
 * Blocking   never.  Heap: none.  Globals: those of nightjar/sha256.h.
 */
#ifndef NIGHTJAR_CHAIN_H
#define NIGHTJAR_CHAIN_H

#include "nightjar/buf.h"
#include "nightjar/hmac.h"

enum { NJ_CHAIN_LINK = 16, NJ_CHAIN_STREAM = 32 };

struct nj_chain {
    const struct nj_hmac_key *key; /* NULL: plain digests */
    uint64_t seq;                  /* of the last one; the first is 1 */
    char link[NJ_CHAIN_LINK];      /* of the last one */
    char stream[NJ_CHAIN_STREAM];  /* what the ids of the stream begin with */
    size_t stream_n;
};

void nj_chain_init(struct nj_chain *c, const struct nj_hmac_key *key);
/* Appends ,"seq":1,"chain":"0123456789abcdef" to the JSON object that begins at from and lacks only its closing brace.  id is
 * "<stream>-<number>": where the stream changes (after a SnapStart restore) numbers begin anew.  A full buffer changes nothing. */
void nj_chain_add(struct nj_chain *c, struct nj_str id, struct nj_buf *out, size_t from);

/* The pieces, for checking.  previous is the link before it, or absent for the first one. */
void nj_chain_link(char link[static NJ_CHAIN_LINK], const struct nj_hmac_key *key, const uint8_t digest[static NJ_SHA256_LEN],
                   struct nj_str previous);
struct nj_str nj_chain_stream(struct nj_str id); /* what stands before the last dash */

#endif

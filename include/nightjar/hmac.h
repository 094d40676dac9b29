/* nightjar/hmac.h -- HMAC-SHA-256 (RFC 2104) of bytes that come in pieces.
 *
 * A key is prepared once: what it contributes is two blocks, and a message pays for neither again.
 *
 * Ownership  the prepared key is as secret as the key; whoever holds it wipes it.
 * Blocking   never.  Heap: none.  Globals: those of nightjar/sha256.h.
 */
#ifndef NIGHTJAR_HMAC_H
#define NIGHTJAR_HMAC_H

#include "nightjar/sha256.h"

struct nj_hmac_key {
    struct nj_sha256 inner, outer;
};

struct nj_hmac {
    struct nj_sha256 inner;
    const struct nj_hmac_key *key;
};

/* Any length; more than a block is hashed first. */
void nj_hmac_key_init(struct nj_hmac_key *k, struct nj_str key);
/* The key must stay where it is until the end. */
void nj_hmac_init(struct nj_hmac *h, const struct nj_hmac_key *k);
void nj_hmac_add(struct nj_hmac *h, struct nj_str s);
void nj_hmac_finish(struct nj_hmac *h, uint8_t out[static NJ_SHA256_LEN]);

#endif

/* nightjar/sha256.h -- SHA-256 of bytes that come in pieces.
 *
 * Our own and not libcrypto's: the proxy thread needs it before curl and OpenSSL are initialised, which costs a third of a
 * millisecond of every cold start, and the processor's SHA instructions are used here too where it has them.
 *
 * Blocking   never.  Heap: none.  Globals: which of the implementations this processor can run, found once.
 */
#ifndef NIGHTJAR_SHA256_H
#define NIGHTJAR_SHA256_H

#include "nightjar/str.h"

enum { NJ_SHA256_LEN = 32, NJ_SHA256_BLOCK = 64 };

struct nj_sha256 {
    uint32_t h[8];
    uint64_t bytes;
    unsigned char rest[NJ_SHA256_BLOCK];
};

void nj_sha256_init(struct nj_sha256 *s);
void nj_sha256_add(struct nj_sha256 *s, const void *p, size_t n);
/* Ends the computation; the struct must be initialised anew before it is used again. */
void nj_sha256_finish(struct nj_sha256 *s, uint8_t out[static NJ_SHA256_LEN]);
/* All at once. */
void nj_sha256_of(uint8_t out[static NJ_SHA256_LEN], struct nj_str in);

/* For tests and the benchmark: the implementation in use, and whether to use the portable one from now on. */
const char *nj_sha256_engine(void);
void nj_sha256_portable(bool only);

#endif

/* nightjar/hash.h -- a fast keyed 64-bit hash to recognise equal bodies; not for security.
 *
 * Blocking   never.  Globals: none.  Speed: several GB/s.
 */
#ifndef NIGHTJAR_HASH_H
#define NIGHTJAR_HASH_H

#include "nightjar/str.h"

uint64_t nj_hash64(struct nj_str s, uint64_t key);

#endif

/* src/deliver/deflate.h -- gzip of a batch as a whole, for the codec: the fewest cycles that records can be made small with.
 *
 * Records repeat most of the one before them, so matches are long and few.  Of the bytes of a match only its end is entered for later
 * ones, and nobody looks for a better match once there is one; what is left is the Huffman code of its block (RFC 1951), which is
 * stored or in the fixed code where that is shorter.
 *
 * Limits     input below 4 GiB.
 * Ownership  nj_deflate_new() to nj_deflate_free(); nothing is kept of one input for the next.
 * Blocking   never.  Heap: nj_deflate_new() alone.  Globals: constant tables.
 */
#ifndef NIGHTJAR_DELIVER_DEFLATE_H
#define NIGHTJAR_DELIVER_DEFLATE_H

#include "nightjar/str.h"

struct nj_deflate;

NJ_MUST enum nj_status nj_deflate_new(struct nj_deflate **out);
void nj_deflate_free(struct nj_deflate *d);
/* Bytes it takes. */
size_t nj_deflate_memory(void);
/* Room that always does for n bytes of input. */
size_t nj_deflate_bound(size_t n);
/* One gzip member (RFC 1952); returns its length, or 0 when there is no room for it. */
size_t nj_deflate_gzip(struct nj_deflate *d, struct nj_str in, char *out, size_t cap);

#endif

/* sha256_blocks.h -- what sha256.c and the file with the processors' instructions share. */
#ifndef NIGHTJAR_BASE_SHA256_BLOCKS_H
#define NIGHTJAR_BASE_SHA256_BLOCKS_H

#include <stddef.h>
#include <stdint.h>

typedef void (*nj_sha256_blocks_fn)(uint32_t h[static 8], const unsigned char *p, size_t blocks);

extern const uint32_t nj_sha256_k[64];

/* The function for this processor, or NULL when it has no SHA instructions. */
nj_sha256_blocks_fn nj_sha256_blocks_native(void);

#endif

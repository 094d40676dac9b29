/* nightjar/random.h -- bytes from the kernel; never a seed kept in memory, because SnapStart clones memory.
 *
 * Blocking   never in practice: the pool of a running sandbox is seeded.  Globals: none.
 */
#ifndef NIGHTJAR_RANDOM_H
#define NIGHTJAR_RANDOM_H

#include "nightjar/str.h"

void nj_random_fill(void *out, size_t n);
/* For keys: the kernel's bytes or none (false). */
NJ_MUST bool nj_random_secret(void *out, size_t n);
/* [0, 1) */
double nj_random01(void);
/* digits hex characters and a NUL. */
void nj_random_hex(char *out, size_t digits);

#endif

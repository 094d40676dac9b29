/* nightjar/verdict.h -- what an answer (or the lack of one) means for a batch; pure, one table.
 *
 * Sources: sinks.md section 0 (five outcomes), RFC 9110 (Retry-After).  401/402/403/404/405/410 mean that the
 * configuration is wrong: the batch is dropped after NJ_CONFIG_TRIES and the sender rests for long between tries.
 *
 * Blocking   never.  Globals: constant tables.
 */
#ifndef NIGHTJAR_VERDICT_H
#define NIGHTJAR_VERDICT_H

#include "nightjar/http_client.h"

enum nj_verdict {
    NJ_V_DELIVERED,
    NJ_V_RETRY,  /* same bytes, later */
    NJ_V_AGAIN,  /* same bytes, at once on a new connection: a reused one was dead */
    NJ_V_SPLIT,  /* too large: halve it */
    NJ_V_REJECT, /* this batch will never be taken */
    NJ_V_CONFIG, /* no batch will be taken until somebody changes something */
    NJ_VERDICTS
};
extern const char *const nj_verdict_names[NJ_VERDICTS];

enum nj_verdict nj_verdict_of(const struct nj_http_reply *r);

enum { NJ_BACKOFF_FIRST_MS = 100, NJ_BACKOFF_MAX_MS = 30000, NJ_RETRY_AFTER_MAX_MS = 300000 };
/* Wait before attempt number tries + 1 (tries >= 1): full jitter between half and all of the doubled step; retry_after_ms
 * (-1 = none) is a floor.  random01 in [0,1). */
int64_t nj_backoff_ms(uint32_t tries, int64_t retry_after_ms, double random01);

#endif

/* nightjar/verdict.h -- what an answer (or the lack of one) means for a batch; pure, one table (verdict.def).
 *
 * Sources: sinks.md section 0 (five outcomes), RFC 9110 (Retry-After).
 *
 * CONFIG means that no batch will be taken until somebody changes something: the sender rests for NJ_CONFIG_REST_MS
 * between tries and drops a batch after NJ_CONFIG_TRIES.  DOUBT is an answer that makes no sense (a status outside
 * 200..599, garbage instead of HTTP): it is repeated like RETRY, but a batch that met it NJ_DOUBT_TRIES times is dropped,
 * because it may be the batch that breaks the far end.
 *
 * A status of 2xx counts as delivered even when the rest of the reply failed to arrive: the head is the answer.
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
    NJ_V_DOUBT,  /* same bytes, later, a few times */
    NJ_VERDICTS
};
extern const char *const nj_verdict_names[NJ_VERDICTS];

enum { NJ_CONFIG_TRIES = 3, NJ_CONFIG_REST_MS = 60000, NJ_DOUBT_TRIES = 5 };

enum nj_verdict nj_verdict_of(const struct nj_http_reply *r);

enum { NJ_BACKOFF_FIRST_MS = 100, NJ_BACKOFF_MAX_MS = 30000, NJ_RETRY_AFTER_MAX_MS = 300000 };
/* Wait before attempt number tries + 1 (tries >= 1): full jitter between half and all of the doubled step; retry_after_ms
 * (-1 = none) is a floor, itself cut to NJ_RETRY_AFTER_MAX_MS.  random01 in [0,1). */
int64_t nj_backoff_ms(uint32_t tries, int64_t retry_after_ms, double random01);

#endif

/* Retry-After in its three spellings. */
#ifndef NIGHTJAR_NET_HTTP_DATE_H
#define NIGHTJAR_NET_HTTP_DATE_H

#include "nightjar/clock.h"

enum { NJ_RETRY_AFTER_MAX_S = 24 * 3600 };

/* Milliseconds to wait: seconds or an HTTP date (RFC 9110 5.6.7, all three forms) relative to now.  Never above
 * NJ_RETRY_AFTER_MAX_S; 0 for a date in the past; -1 for what is neither. */
int64_t nj_retry_after_ms(struct nj_str value, struct nj_wall now);

#endif

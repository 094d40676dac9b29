/* cap_reply.h -- the answers of a capture sink, right ones and broken ones.
 *
 * Blocking   until the answer is sent, the client is gone or the program has to end.
 */
#ifndef NIGHTJAR_TESTS_CAP_REPLY_H
#define NIGHTJAR_TESTS_CAP_REPLY_H

#include "cap_plan.h"
#include "cap_stream.h"

/* Sends the answer with this status and body, bent as the rule asks.  *keep is cleared when the connection has to end. */
NJ_MUST enum cap_io cap_reply_send(struct cap_stream *s, const struct cap_rule *rule, int status, struct nj_str body, bool *keep);
NJ_MUST enum cap_io cap_reply_continue(struct cap_stream *s);
/* Appends an HTTP date (RFC 9110 5.6.7) for so many seconds of the Unix epoch. */
void cap_http_date(struct nj_buf *out, int64_t unix_s);

#endif

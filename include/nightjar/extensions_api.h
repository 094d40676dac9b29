/* nightjar/extensions_api.h -- what the Extensions API 2020-01-01 says and wants to hear; pure, no sockets.
 *
 * Facts: lambda-protocol 1.3 to 1.6.  Every field of an answer is optional, unknown ones are ignored, names of reasons are
 * compared without case.
 *
 * Ownership  parsed views are copies inside the structs.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_EXTENSIONS_API_H
#define NIGHTJAR_EXTENSIONS_API_H

#include "nightjar/invocation.h"

#define NJ_EXT_PATH           "/2020-01-01/extension"
#define NJ_TELEMETRY_PATH     "/2022-07-01/telemetry"
#define NJ_EXT_ID_HEADER      "Lambda-Extension-Identifier"
#define NJ_EXT_NAME_HEADER    "Lambda-Extension-Name"
#define NJ_EXT_FEATURE_HEADER "Lambda-Extension-Accept-Feature"

struct nj_registered {
    struct nj_short function, version, account;
};
/* An unreadable body leaves everything absent: registration itself succeeded. */
void nj_ext_parse_registered(struct nj_str body, struct nj_registered *out);

enum nj_ext_event_kind { NJ_EXT_UNKNOWN, NJ_EXT_INVOKE, NJ_EXT_SHUTDOWN };
struct nj_ext_event {
    enum nj_ext_event_kind kind;
    int64_t deadline_ms; /* as told; 0 = missing */
    struct nj_short request_id, arn, trace, reason;
};
NJ_MUST enum nj_status nj_ext_parse_event(struct nj_str body, struct nj_ext_event *out);

/* errorType of an error body, or absent. */
void nj_ext_parse_error(struct nj_str body, struct nj_short *error_type);

enum { NJ_EXT_WANT_INVOKE = 1, NJ_EXT_WANT_SHUTDOWN = 2 };
/* {"events":["INVOKE","SHUTDOWN"]}; with no bits set the list is empty. */
void nj_ext_register_body(struct nj_buf *out, unsigned want);

struct nj_subscription {
    struct nj_str schema; /* "2025-01-29" */
    struct nj_str types;  /* "platform,function" */
    struct nj_str uri;    /* http://sandbox.localdomain:PORT/token */
    unsigned max_items, max_bytes, timeout_ms;
};
void nj_telemetry_subscribe_body(struct nj_buf *out, const struct nj_subscription *s);

#endif

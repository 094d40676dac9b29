/* nightjar/lifecycle.h -- register, subscribe, ask for the next event, and never leave before SHUTDOWN.
 *
 *   START -> REGISTERING -> SUBSCRIBING -> POLLING <-> EVENT -> SHUTDOWN
 *
 * States only move forward, except POLLING and EVENT, which alternate.  Whatever the platform answers, the machine goes on
 * as far as it can: refused for INVOKE it registers for SHUTDOWN only, refused a schema it asks for an older one, without
 * telemetry it polls all the same, and a failed event/next is asked for again.  Only a 500 (container error, lambda-protocol
 * 1.6) ends it.  event/next has no timeout: a freeze may outlast any.
 *
 * Facts: lambda-protocol 1.2 to 1.13.
 * Blocking   never.
 */
#ifndef NIGHTJAR_LIFECYCLE_H
#define NIGHTJAR_LIFECYCLE_H

#include "nightjar/extensions_api.h"
#include "nightjar/http_client.h"

enum nj_life {
    NJ_LIFE_START,
    NJ_LIFE_REGISTERING,
    NJ_LIFE_SUBSCRIBING,
    NJ_LIFE_POLLING, /* event/next is pending */
    NJ_LIFE_EVENT,   /* an INVOKE is in hand; nj_lifecycle_next() is owed */
    NJ_LIFE_SHUTDOWN,
    NJ_LIFE_STATES
};
extern const char *const nj_life_names[NJ_LIFE_STATES];

enum nj_telemetry_state { NJ_TELEMETRY_NONE, NJ_TELEMETRY_SUBSCRIBED, NJ_TELEMETRY_UNSUPPORTED, NJ_TELEMETRY_REFUSED };
extern const char *const nj_telemetry_names[];

struct nj_lifecycle;

struct nj_lifecycle_options {
    struct nj_str runtime_api; /* host:port, from AWS_LAMBDA_RUNTIME_API */
    struct nj_str name;        /* file name of the executable */
    struct nj_str types;       /* what to subscribe to */
    bool managed;              /* managed instances: SHUTDOWN only, schema 2025-01-29 */
    /* After registration and subscription, whatever came of the latter; the first event/next is already on its way. */
    void (*ready)(void *ctx, const struct nj_registered *r, enum nj_telemetry_state t);
    void (*invoke)(void *ctx, const struct nj_ext_event *e); /* leads to nj_lifecycle_next(), once */
    void (*shutdown)(void *ctx, const struct nj_ext_event *e);
    void (*container_error)(void *ctx); /* 500: leave promptly */
    void *ctx;
};

/* Sends the registration; views in o must live as long as the lifecycle. */
NJ_MUST enum nj_status nj_lifecycle_new(struct nj_lifecycle **out, struct nj_loop *l, struct nj_http *h,
                                        const struct nj_lifecycle_options *o);
void nj_lifecycle_free(struct nj_lifecycle *f);
/* The listener's URI, a view that must live as long: to be told before the answer to the registration is read, that is before the loop
 * runs.  Never told, or absent: there is no subscription. */
void nj_lifecycle_listener(struct nj_lifecycle *f, struct nj_str uri);
/* The event in hand is dealt with: ask for the next one.  Ignored in other states. */
void nj_lifecycle_next(struct nj_lifecycle *f);
enum nj_life nj_lifecycle_state(const struct nj_lifecycle *f);
bool nj_lifecycle_registered(const struct nj_lifecycle *f);

#endif

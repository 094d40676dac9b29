/* nightjar/observe.h -- derives from what passes by: who did what, were they allowed, how did it end, how often, at what cost.
 *
 * The front desk of the room.  Everything that is known of one invocation is gathered in its case (src/observe/observe_internal.h);
 * the observers, one file and one table row each, read the cases and the lines and say what they find as records.
 *
 * What comes out   records of origin NJ_FROM_DERIVED, by emit(): where has faas.invocation_id and what the case knows of where, who
 *                  what it knows of who.  They are raw: enrich, redact and offer follow as for any record.
 * invocation.summary   exactly one per invocation that was seen in any way, whatever else is switched off.
 *
 * Limits     NJ_CASES invocations at a time, NJ_CASES_CONCURRENT where several run at once (managed instances): the oldest gives way, and
 *            its summary with it.  No table grows.
 * Ownership  copies what it keeps.  What emit() gets is valid during the call.  The pseudonyms stay the caller's.
 * Units      Unix nanoseconds; milliseconds where the name says so.
 * Errors     what there is no room for is left out of the case, never half kept; nothing here fails.
 * Blocking   never.  Globals: constant tables.  Time is an argument.
 */
#ifndef NIGHTJAR_OBSERVE_H
#define NIGHTJAR_OBSERVE_H

#include "nightjar/decode.h"
#include "nightjar/limits.h"
#include "nightjar/payload.h"

struct nj_alert_rules;
struct nj_observe;
struct nj_pseudonyms;

enum { NJ_CASES = 48, NJ_CASES_CONCURRENT = 256 };

struct nj_observe_options {
    struct nj_str categories;                 /* what to derive: "all", "authentication,usage", "all,-usage", "-usage"; absent = all */
    const struct nj_pseudonyms *pseudonyms;   /* NULL: nobody is named at all */
    const struct nj_alert_rules *alert_rules; /* NULL: no alerts; the caller's, for as long as the room lives */
    uint64_t memory_mb;                       /* of the function; 0 = unknown until a report tells */
    bool concurrent;                          /* managed instances: several invocations at a time, a report without an end before it */
    bool cdn;                                 /* a CDN stands in front: cloudfront-viewer-address is believed */
    struct nj_str auth_routes;                /* globs of paths that ask to be let in, besides those known; absent = none; borrowed */
    struct nj_str sensitive_routes;           /* globs of paths whose use is told; borrowed */
    unsigned trusted_hops;                    /* how many entries at the right of x-forwarded-for our own balancers wrote; 0 = 1 */
    uint64_t (*resident_bytes)(void *ctx);    /* our own; NULL = not told */
    const struct nj_limits *limits;           /* thresholds of the findings, copied; NULL: the standard ones */
    void (*emit)(void *ctx, struct nj_record *r);
    void *ctx;
};

/* NJ_EPARSE: a word in categories is no category (the rest is used: *out is there).  NJ_ENOMEM: *out is NULL. */
NJ_MUST enum nj_status nj_observe_new(struct nj_observe **out, const struct nj_observe_options *o);
void nj_observe_free(struct nj_observe *o);
/* What the room takes, in bytes: the tables of all observers and the cases.  It never grows. */
size_t nj_observe_table_bytes(void);

/* Will telemetry come?  Without it the end of an invocation is the answer the proxy saw, or the next INVOKE.  At first: yes. */
void nj_observe_telemetry(struct nj_observe *o, int64_t now_ns, bool comes);
/* INVOKE. */
void nj_observe_invoke(struct nj_observe *o, int64_t now_ns, struct nj_str request_id, int64_t deadline_ms);
/* A copy from the proxy, before it becomes a record: so that its own record can already say who. */
void nj_observe_payload(struct nj_observe *o, int64_t now_ns, const struct nj_payload *p);
/* And its record as it left. */
void nj_observe_clean(struct nj_observe *o, int64_t now_ns, struct nj_str request_id, const struct nj_clean *clean);
/* The proxy saw the answer taken. */
void nj_observe_answered(struct nj_observe *o, int64_t now_ns, struct nj_str request_id);
/* One record of telemetry that went its way: as it came, enriched, and as it left.  clean may be NULL (it was lost). */
void nj_observe_record(struct nj_observe *o, int64_t now_ns, const struct nj_facts *f, const struct nj_record *raw,
                       const struct nj_clean *clean);
/* A record that somebody else wrote, for alert rules to count as they count those that are derived. */
void nj_observe_heard(struct nj_observe *o, int64_t now_ns, const struct nj_record *r);
/* Lets what is due happen. */
void nj_observe_tick(struct nj_observe *o, int64_t now_ns);
/* Milliseconds until nj_observe_tick() has something to do; -1 = nothing is awaited. */
int64_t nj_observe_due_ms(const struct nj_observe *o, int64_t now_ns);
/* SHUTDOWN, after the last telemetry: every open case is closed, every window is told.  reason: spindown, timeout, failure. */
void nj_observe_shutdown(struct nj_observe *o, int64_t now_ns, struct nj_str reason);

/* Puts who and where of the record's invocation (where faas.invocation_id) on it.  brief: only client.address,
 * enduser.pseudo.id and faas.trigger, for the many.  The record then points into the case, until the next call of any other
 * function here. */
void nj_observe_put(struct nj_observe *o, struct nj_record *r, bool brief);

#endif

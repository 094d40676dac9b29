/* nightjar/enrich.h -- puts where and who on a record, as far as telemetry knows them.
 *
 * Resource (same on every record): cloud.provider, cloud.region, cloud.account.id, faas.name, faas.version,
 * faas.instance, service.name, the team's own attributes.  Per record: faas.invocation_id, faas.coldstart, trace_id,
 * span_id, tenant.id (who).
 *
 * Ownership  nj_sandbox copies what it learns.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_ENRICH_H
#define NIGHTJAR_ENRICH_H

#include "nightjar/decode.h"

struct nj_sandbox {
    struct nj_short region, account, function, version, instance, service;
    bool instance_told; /* by the platform, not made up by us */
    struct nj_buf extra_store;
    struct nj_attrs extra; /* NIGHTJAR_ATTRIBUTES and OTEL_RESOURCE_ATTRIBUTES, percent-decoded */
    struct nj_resource resource;
};

/* attributes, otel_attributes: "k=v,k=v" with percent-encoding (W3C baggage form, as OTEL_RESOURCE_ATTRIBUTES); may be
 * absent.  attributes wins over otel_attributes, service over a service.name in either, and what the platform tells over
 * all of them.  Returns the number of pairs it could not take: malformed, without value, beyond NJ_ATTRS_MAX, or a name
 * that each record has of its own (faas.invocation_id, trace_id, ...). */
size_t nj_sandbox_init(struct nj_sandbox *s, struct nj_str region, struct nj_str function, struct nj_str version, struct nj_str service,
                       struct nj_str instance, struct nj_str otel_attributes, struct nj_str attributes);
void nj_sandbox_fini(struct nj_sandbox *s);
/* Account, region and function from a function's ARN, where they were unknown; anything else is ignored. */
void nj_sandbox_learn_arn(struct nj_sandbox *s, struct nj_str arn);
void nj_sandbox_learn_account(struct nj_sandbox *s, struct nj_str account);
/* Told by the platform: replaces what was made up or told before (a SnapStart restore is another instance). */
void nj_sandbox_learn_instance(struct nj_sandbox *s, struct nj_str instance);
/* The same for a name that we make up. */
void nj_sandbox_rename(struct nj_sandbox *s, struct nj_str instance);

/* Moves the contexts on (start, done, report), finds the record's invocation and fills who and where.
 *
 * Which one    platform events: the one they name.  Function logs: the one they name if it is known (a requestId field, or
 *              an id in the first columns of a text line), else by time (nj_invocations_of_text).  Extension logs likewise,
 *              but by time only while the invocation runs: extensions also speak between invocations.
 * late         a function log whose invocation had ended before it arrived.
 * unattributed a function log of no known invocation: written during init, or text under managed instances. */
void nj_enrich(struct nj_sandbox *s, struct nj_invocations *t, const struct nj_facts *facts, struct nj_record *r, bool *late,
               bool *unattributed);

#endif

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
    bool instance_told;        /* by the platform, not made up by us */
    struct nj_buf extra_store;
    struct nj_attrs extra;     /* NIGHTJAR_ATTRIBUTES and OTEL_RESOURCE_ATTRIBUTES, percent-decoded */
    struct nj_resource resource;
};

/* attributes: "k=v,k=v" with percent-encoding (W3C baggage form, as OTEL_RESOURCE_ATTRIBUTES); may be absent.
 * Returns the number of pairs it could not take. */
size_t nj_sandbox_init(struct nj_sandbox *s, struct nj_str region, struct nj_str function, struct nj_str version,
                       struct nj_str service, struct nj_str instance, struct nj_str otel_attributes, struct nj_str attributes);
void nj_sandbox_fini(struct nj_sandbox *s);
/* Account, region and function from an ARN, where they were unknown. */
void nj_sandbox_learn_arn(struct nj_sandbox *s, struct nj_str arn);
void nj_sandbox_learn_account(struct nj_sandbox *s, struct nj_str account);
void nj_sandbox_learn_instance(struct nj_sandbox *s, struct nj_str instance);

/* Moves the contexts on (start, done, report), finds the record's invocation and fills who and where.
 * *late and *unattributed say what the counters want to know. */
void nj_enrich(struct nj_sandbox *s, struct nj_invocations *t, const struct nj_facts *facts, struct nj_record *r,
               bool *late, bool *unattributed);

#endif

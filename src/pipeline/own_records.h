/* own_records.h -- the records nightjar writes about itself.
 *
 * Each fills r; texts live in store, which must outlive the record.
 */
#ifndef NIGHTJAR_PIPELINE_OWN_RECORDS_H
#define NIGHTJAR_PIPELINE_OWN_RECORDS_H

#include "nightjar/lifecycle.h"
#include "nightjar/options.h"
#include "nightjar/outlet.h"
#include "nightjar/redaction.h"

/* degraded: comma separated names of what is missing, or absent; fingerprint: of the configuration. */
void nj_own_start(struct nj_record *r, struct nj_buf *store, const struct nj_options *o, const struct nj_problems *problems,
                  const struct nj_redaction *redaction, struct nj_outlet *const *outlets, size_t outlet_count,
                  enum nj_telemetry_state telemetry, struct nj_str degraded, const char *fingerprint);
/* final: the last one of this sandbox, written at SHUTDOWN before the last flush. */
void nj_own_ledger(struct nj_record *r, struct nj_buf *store, const struct nj_ledger *l, struct nj_outlet *const *outlets,
                   size_t outlet_count, bool final);
void nj_own_redaction_off(struct nj_record *r);
void nj_own_spoofed(struct nj_record *r, struct nj_buf *store, struct nj_str peer, uint64_t more);
void nj_own_ledger_object(struct nj_buf *out, const struct nj_ledger *l, struct nj_outlet *const *outlets, size_t outlet_count);

#endif

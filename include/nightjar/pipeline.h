/* nightjar/pipeline.h -- the way of a record: slice, decode, enrich, redact, offer; one function an arrow.
 *
 * Takes whole telemetry bodies and our own records; hands finished bytes to the outlets.  Every record is in the ledger
 * before this returns: offered, filtered or lost.
 *
 * Limits     one pending cut record (up to the body limit); the last NJ_SEEN_BODIES bodies are remembered as hashes.
 * Ownership  borrows everything in its options.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_PIPELINE_H
#define NIGHTJAR_PIPELINE_H

#include "nightjar/enrich.h"
#include "nightjar/observe.h"
#include "nightjar/outlet.h"
#include "nightjar/payload.h"
#include "nightjar/redact.h"

enum { NJ_SEEN_BODIES = 8, NJ_OUTLETS_MAX = 5, NJ_CUT_LIFE_MS = 10000 };

struct nj_pipeline;

struct nj_pipeline_options {
    const struct nj_clock *clock;
    struct nj_ledger *ledger;
    struct nj_sandbox *sandbox;
    struct nj_invocations *invocations;
    struct nj_redactor *redactor;
    /* Optional: told of each record's facts after it went its way. */
    void (*fact)(void *ctx, const struct nj_facts *f);
    /* Optional: platform.restoreStart is at hand, and has not gone its way yet; without it nj_pipeline_restored() is called. */
    void (*restored)(void *ctx);
    void *ctx;
};

NJ_MUST enum nj_status nj_pipeline_new(struct nj_pipeline **out, const struct nj_pipeline_options *o);
void nj_pipeline_free(struct nj_pipeline *p);
/* The outlet stays the caller's; false when there are NJ_OUTLETS_MAX already. */
NJ_MUST bool nj_pipeline_outlet(struct nj_pipeline *p, struct nj_outlet *o);

/* This is a clone of a snapshot: ids begin anew, and what was cleaned of the resource is cleaned again. */
void nj_pipeline_restored(struct nj_pipeline *p);
/* One POST of the platform, in steps, so that a large body does not keep the loop from sending.  The body must live until
 * nj_pipeline_step() has answered false: nothing is left.  A step ends after the record that passes max_bytes. */
void nj_pipeline_begin(struct nj_pipeline *p, struct nj_str body);
bool nj_pipeline_step(struct nj_pipeline *p, size_t max_bytes);
/* All steps at once. */
void nj_pipeline_post(struct nj_pipeline *p, struct nj_str body);
/* One input, response or error that went through the Runtime API proxy. */
void nj_pipeline_payload(struct nj_pipeline *p, const struct nj_payload *payload);
/* Optional: the room is told of each payload and each record, and puts who and where on them.  It stays the caller's. */
void nj_pipeline_observe(struct nj_pipeline *p, struct nj_observe *o);
/* What the room derived: its emit(). */
void nj_pipeline_derived(struct nj_pipeline *p, struct nj_record *r);
/* A record of our own; when_ns 0 = now.  seq and origin are set here. */
void nj_pipeline_own(struct nj_pipeline *p, struct nj_record *r);
/* A cut record that waits for its second part is given up as text: after NJ_CUT_LIFE_MS (force false) or now. */
void nj_pipeline_settle_cut(struct nj_pipeline *p, bool force);

#endif

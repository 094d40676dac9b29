/* nightjar/invocation.h -- what is known of each invocation, by request id; and which one a text line belongs to.
 *
 * A ring of NJ_INVOCATIONS contexts: the oldest finished one gives way, then the oldest.  Late and unknown ids resolve to
 * "unattributed", never to an allocation.  Under managed instances several run at one time.
 *
 * Units      times in Unix nanoseconds as the platform gave them.
 * Limits     ids, ARN, tenant and trace are copied up to the sizes below; longer ones are cut.
 * Ownership  contexts belong to the table; pointers are valid until the next nj_invocations_* call that may add one.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_INVOCATION_H
#define NIGHTJAR_INVOCATION_H

#include "nightjar/record.h"

enum { NJ_INVOCATIONS = 128, NJ_ID_MAX = 64, NJ_ARN_MAX = 256, NJ_TENANT_MAX = 256 };

struct nj_short {
    char p[NJ_ARN_MAX];
    uint16_t n;
};

struct nj_invocation {
    bool used, started, done, reported, coldstart;
    int64_t start_ns, done_ns;
    int64_t deadline_ms; /* epoch; 0 = unknown */
    uint64_t order;      /* grows with each new context */
    struct nj_short request_id, arn, tenant;
    char trace_id[33], span_id[17]; /* lower-case hex as OpenTelemetry wants it, "" = unknown */
};

struct nj_invocations {
    struct nj_invocation ring[NJ_INVOCATIONS];
    struct nj_invocation nobody;   /* what an empty id gets: never found again */
    uint32_t tags[NJ_INVOCATIONS]; /* of the ids in the ring, 0 = free: looking one up touches 512 bytes, not the ring */
    unsigned newest;               /* the one whose start time is the latest; NJ_INVOCATIONS = none started yet */
    uint64_t orders;
    unsigned open;   /* started and not done (or reported, under managed instances) */
    bool seen_start; /* a platform.start was seen in this sandbox: the next ones are warm */
    bool concurrent; /* managed instances: text lines without an id belong to nobody */
    bool prepared;   /* initialised ahead of time: even the first invocation is warm */
};

void nj_invocations_init(struct nj_invocations *t, bool concurrent);
/* Finds or makes the context; never NULL. */
struct nj_invocation *nj_invocations_at(struct nj_invocations *t, struct nj_str request_id);
struct nj_invocation *nj_invocations_find(struct nj_invocations *t, struct nj_str request_id); /* NULL = unknown */
/* coldstart: the first start seen in a sandbox, if its caller had to wait for the sandbox.  That is so on demand and after
 * a SnapStart restore; not under provisioned concurrency and managed instances, which are prepared ahead of time.
 * A second start of the same invocation changes nothing; events may come in any order. */
void nj_invocation_started(struct nj_invocations *t, struct nj_invocation *i, int64_t start_ns);
void nj_invocation_done(struct nj_invocations *t, struct nj_invocation *i, int64_t done_ns);
/* "Root=1-...;Parent=...;Sampled=1" (lambda-protocol 2.10).  span_id, where given and well-formed, comes before Parent.
 * What is malformed or all zeros leaves the context as it was. */
void nj_invocation_trace(struct nj_invocation *i, struct nj_str xray_value, struct nj_str span_id);

/* The invocation a text line of this time belongs to: a request id (UUID) that starts in its first 64 bytes if it is a known
 * one, else the newest one that began at or before when_ns.  *late is set when the end of that one has been seen already:
 * the line was delivered late, usually after a freeze, or written between invocations.  NULL = nobody: nothing had begun
 * yet, or several run at one time.  An absent line asks for the time alone. */
struct nj_invocation *nj_invocations_of_text(struct nj_invocations *t, struct nj_str line, int64_t when_ns, bool *late);

static inline struct nj_str nj_short_str(const struct nj_short *s)
{
    return (struct nj_str){ s->n != 0 ? s->p : NULL, s->n };
}
void nj_short_set(struct nj_short *s, struct nj_str v);

#endif

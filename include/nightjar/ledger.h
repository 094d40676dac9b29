/* nightjar/ledger.h -- what came in, what went out, and what became of the rest.
 *
 * Intake:  received (by origin) = offered + filtered (by reason) + lost (by reason).
 * Sink:    offered = delivered + dropped (by reason) + unwanted (category not for this sink) + held + spilled (on disk).
 *          What an earlier process of the sandbox left on disk is counted apart, once it was read: recovered = delivered + dropped + held.
 *
 * Globals    none: one struct nj_ledger in the program, handed to those who count.
 */
#ifndef NIGHTJAR_LEDGER_H
#define NIGHTJAR_LEDGER_H

#include "nightjar/record.h"

enum nj_counter {
#define NJ_COUNTER(name, group, unit, text) NJ_CTR_##name,
#include "nightjar/counters.def"
#undef NJ_COUNTER
    NJ_COUNTERS
};

enum nj_drop {
#define NJ_DROP(name, text) NJ_DROP_##name,
#include "nightjar/drops.def"
#undef NJ_DROP
    NJ_DROPS
};
extern const struct nj_str nj_drop_names[NJ_DROPS];

/* One sink's side; counted in records unless the name says otherwise. */
struct nj_out_ledger {
    uint64_t offered, delivered, unwanted, held;
    uint64_t spilled; /* on disk, not in memory */
    uint64_t dropped[NJ_DROPS];
    uint64_t batches, attempts, retries, splits; /* batches delivered; tries to deliver; repeats; halvings after 413 */
    uint64_t bytes, bytes_sent;                  /* delivered: before and after compression */
    struct {
        uint64_t batches, bytes; /* written to disk */
        uint64_t read;           /* batches read back */
        uint64_t failures;       /* batches that the disk did not take */
    } spill;
    struct {
        uint64_t records, delivered, dropped, held; /* held: in memory or on disk */
        uint64_t refused; /* files that were not sent: damaged, too old, no room; nobody knows of how many records */
    } recovered;
};

struct nj_ledger {
    uint64_t c[NJ_COUNTERS];
    uint64_t offered; /* records handed to the sinks: each counts once, however many sinks there are */
};

static inline void nj_count(struct nj_ledger *l, enum nj_counter which, uint64_t by)
{
    l->c[which] += by;
}

uint64_t nj_ledger_received(const struct nj_ledger *l);
uint64_t nj_ledger_filtered(const struct nj_ledger *l);
uint64_t nj_ledger_lost(const struct nj_ledger *l);
bool nj_ledger_balanced(const struct nj_ledger *l);
uint64_t nj_out_ledger_dropped(const struct nj_out_ledger *o);
bool nj_out_ledger_balanced(const struct nj_out_ledger *o);

struct nj_named_out {
    struct nj_str name;
    const struct nj_out_ledger *out;
};
/* Appends the data object of a nightjar.ledger record: every counter that is not zero, each sink, "balanced":true|false. */
void nj_ledger_json(const struct nj_ledger *l, const struct nj_named_out *outs, size_t n, struct nj_buf *out);

#endif

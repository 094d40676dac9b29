/* nightjar/spill.h -- sealed batches of one sink on disk, for as long as they cannot be delivered and memory has no room for them.
 *
 * A directory <base>/nightjar-spill-<sink>-<random>, mode 0700, made when it is needed and removed when it is empty; a file of mode 0600
 * for each batch (spill_record.h).  A lock on the directory says that its nightjar lives: a later one of the same sandbox takes over what a
 * dead one left, if the sink is the same.  Files are there until their batch is settled, so that a crash repeats a batch rather than loses it.
 *
 * Trust      Other code of the sandbox is the same user and may do as it likes with the files.  Of what this process wrote it keeps the tag in
 *            memory, and nothing but those very bytes comes back.  What an earlier process wrote is checked with the key; where there is
 *            none, that finds accidents only (docs/threat-model.md).
 * Units      bytes on disk; milliseconds.
 * Limits     max_bytes and NJ_SPILL_BATCHES in all.  When there is no room the oldest bulk batch goes, and for a critical batch then the
 *            oldest critical one.  Of the file system the last NJ_SPILL_RESERVE bytes (a tenth where that is less) are left to the function.
 * Memory     some 120 bytes for each batch on disk; one batch at a time on its way back.
 * Errors     NJ_ELIMIT: no room for it.  NJ_ESYS: the disk refused, or is being left in peace after it did: errno says why.
 * Blocking   on the disk, for one batch at a time; the proxy has a thread of its own and does not wait.  A write goes to the page cache
 *            and is not synchronised: what is to be survived is the death of this process, and of the sandbox nothing survives.  So it
 *            is some 0.1 ms, unless others keep the disk busy: then a new file may wait for the file system's journal, for hundreds of
 *            milliseconds, and event/next with it.  A disk that is slow like that gets a fifth of the time at most, one that refuses is
 *            asked once a second.
 * Globals    none.
 */
#ifndef NIGHTJAR_SPILL_H
#define NIGHTJAR_SPILL_H

#include "nightjar/batch.h"
#include "nightjar/hmac.h"
#include "nightjar/ledger.h"

struct nj_spill;

enum { NJ_SPILL_BATCHES = 4096, NJ_SPILL_RESERVE = 32 << 20, NJ_SPILL_REST_MS = 1000 };

/* A batch that will not be delivered from here. */
struct nj_spill_loss {
    enum nj_drop why;  /* spill_full or spill_damaged */
    size_t records;    /* 0: nobody knows, it was never read */
    bool recovered;    /* it was an earlier process's */
    const char *words; /* what was wrong with it */
};

struct nj_spill_calls;

struct nj_spill_options {
    struct nj_str base;                 /* the directory in which ours is made: /tmp */
    uint64_t max_bytes;                 /* 0: no spill */
    const struct nj_hmac_key *key;      /* NULL: there is none to share with an earlier process */
    const struct nj_spill_calls *calls; /* NULL: the system's; tests have others */
    /* The rest is the outlet's. */
    const struct nj_sink *sink;
    const struct nj_clock *clock;
    size_t raw_max; /* most bytes of a batch before compression */
    void (*lost)(void *ctx, const struct nj_spill_loss *l);
    void *ctx;
};

NJ_MUST enum nj_status nj_spill_new(struct nj_spill **out, const struct nj_spill_options *o);
/* What is on disk stays there. */
void nj_spill_free(struct nj_spill *sp);

/* Writes the batch.  The caller frees it, or keeps it when the answer is not NJ_OK. */
NJ_MUST enum nj_status nj_spill_put(struct nj_spill *sp, const struct nj_sealed *s);
/* It is not needed in memory any more: its file, which is still there, has its turn again.  Without a file nothing happens. */
void nj_spill_back(struct nj_spill *sp, struct nj_sealed *s);
/* Is there one of this lane on disk that is not in memory, too? */
bool nj_spill_has(const struct nj_spill *sp, enum nj_lane lane);
/* The seq of the oldest of them; INT64_MAX when there is none. */
int64_t nj_spill_oldest(const struct nj_spill *sp, enum nj_lane lane);
/* Reads the oldest one back; NULL when there is none that can be read.  Its file stays until the batch is put back or settled.  *fresh: it is
 * an earlier process's, and nobody knew of its records before. */
struct nj_sealed *nj_spill_take(struct nj_spill *sp, enum nj_lane lane, bool *fresh);
/* It is settled, one way or the other: its file goes.  For batches without a file nothing happens. */
void nj_spill_settled(struct nj_spill *sp, struct nj_sealed *s);
uint64_t nj_spill_bytes(const struct nj_spill *sp); /* on disk */
/* Of the call that answered NJ_ESYS. */
int nj_spill_errno(const struct nj_spill *sp);
/* The disk is left in peace no longer: it is the last chance. */
void nj_spill_wake(struct nj_spill *sp);
/* After a restore from a snapshot: a name of its own for the directory. */
void nj_spill_renew(struct nj_spill *sp);

/* Looks once for what dead processes left: their batches for a sink of the list are taken over, those for others removed.  Lists and
 * checks names only; the files themselves are read one by one when their turn comes. */
struct nj_spill_found {
    size_t taken;   /* batches */
    size_t foreign; /* files removed, because nobody here sends them */
};
struct nj_spill_found nj_spill_look(struct nj_spill *const *list, size_t n);

#endif

/* nightjar/diag.h -- our own diagnostics: one JSON line each on standard error.
 *
 *   {"nightjar":"warn","code":"NJ1203","time":"...","text":"..."}
 *
 * Never a payload, a header, a credential or a record: text is made of our own words, numbers and host names.  What others may
 * have put into it (names of a server, messages of a library) passes the filter, if there is one: the door for diagnostics.
 * A line that would block is dropped and counted, because the platform reads our pipe and we must not wait for it.
 *
 * Limits     1,000 bytes a line; longer text is cut.
 * Errno      kept.  Heap: none, but for the filter's.  Threads: any (one write call a line).
 * Globals    the threshold, the drop counter, the filter.
 */
#ifndef NIGHTJAR_DIAG_H
#define NIGHTJAR_DIAG_H

#include "nightjar/clock.h"

enum nj_level { NJ_LEVEL_ERROR, NJ_LEVEL_WARN, NJ_LEVEL_INFO, NJ_LEVEL_DEBUG, NJ_LEVELS };

extern const char *const nj_level_names[NJ_LEVELS]; /* "error" "warn" "info" "debug" */

void nj_diag_threshold(enum nj_level most_detailed);
bool nj_diag_wants(enum nj_level level);
void nj_diag(enum nj_level level, const char *code, const char *fmt, ...) NJ_PRINTF(3, 4);
/* The same line with one more member, a finished JSON value: ,"name":json.  Up to 4,000 bytes; a longer one is left out. */
void nj_diag_json(enum nj_level level, const char *code, const char *text, const char *name, struct nj_str json);
uint64_t nj_diag_dropped(void);

/* Writes what may be said of text to out, of room bytes, and ends it with a NUL.  Called on any thread, one at a time or not. */
typedef void (*nj_diag_filter_fn)(void *ctx, struct nj_str text, char *out, size_t room);
/* NULL takes it away. */
void nj_diag_filter(nj_diag_filter_fn fn, void *ctx);

/* Is this line one of ours?  Used so that our own output never travels through the pipeline again. */
bool nj_diag_is_own(struct nj_str line);

/* Repeated events: at most one line an interval.  Returns true when the caller should speak now; *missed is how many
 * calls since the last true kept silent. */
struct nj_diag_gate {
    struct nj_mono next;
    uint64_t missed;
    bool used;
};
bool nj_diag_gate(struct nj_diag_gate *g, struct nj_mono now, int64_t interval_ms, uint64_t *missed);

#endif

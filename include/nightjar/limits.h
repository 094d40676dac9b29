/* nightjar/limits.h -- the thresholds of all findings, one table (limits.def), read from one text.
 *
 *     guess.failures=8, stuffing.window=15m, expect=3s
 *
 * Errors     an unknown name, a bad value or one out of its bounds is told to the caller, one sentence each, and the default stays.
 * Ownership  plain numbers.
 * Blocking   never.  Globals: the constant table.
 */
#ifndef NIGHTJAR_LIMITS_H
#define NIGHTJAR_LIMITS_H

#include "nightjar/buf.h"

struct nj_limits {
#define NJ_LIMIT_COUNT(field, name, standard, min, max, text) int64_t field;
#define NJ_LIMIT_TIME(field, name, standard, min, max, text)  int64_t field; /* ms */
#define NJ_LIMIT_RATIO(field, name, standard, min, max, text) double field;
#include "nightjar/limits.def"
};

extern const struct nj_limits nj_limits_standard;

typedef void (*nj_limits_problem_fn)(void *ctx, struct nj_str sentence);
/* Starts from the defaults; later pairs win.  problem may be NULL. */
void nj_limits_read(struct nj_limits *l, struct nj_str text, nj_limits_problem_fn problem, void *ctx);
/* One line of the reference page each: "| `name` | default | bounds | text |". */
void nj_limits_reference(struct nj_buf *out);

#endif

/* cap_plan.h -- the faults a capture sink plays, and on which requests.
 *
 * A plan is a file of JSON objects, one a line; empty lines and lines that begin with # are skipped.  A request takes the
 * first line that fits it.  A line fits by what it names:
 *
 *   "at":n | "from":n | "to":n   the n-th request, from the n-th on, up to the n-th (counted from 1)
 *   "every":n                     each n-th request
 *   "always":true                 every request
 *   "downForMs":n                 requests that arrive within n ms after the first one (answered as the line says; reset
 *                                 before the body is read when it says nothing)
 *   "downUntil":"/file"           requests that arrive while there is no such file; otherwise as before
 *   "path":"/p"                   only requests whose path begins so (goes with any of the above)
 *   none of these                 the 1st such line is for request 1, the 2nd for request 2, and so on
 *
 * What to do with it (cap_plan.def); several may be combined.  An unknown name or a value out of range is an error with its
 * line number: a typing mistake must not make a test pass.
 *
 * Blocking   cap_plan_load() reads a file, cap_plan_find() asks whether one is there.  Globals: none.
 */
#ifndef NIGHTJAR_TESTS_CAP_PLAN_H
#define NIGHTJAR_TESTS_CAP_PLAN_H

#include "nightjar/buf.h"

enum cap_moment { CAP_NEVER, CAP_BEFORE, CAP_AFTER };

struct cap_rule {
    uint64_t from, to, every;
    int64_t down_ms;
    char *down_until, *path;
#define CAP_FIELD_NUMBER(name, key, min, max, text) int64_t name;
#define CAP_FIELD_MOMENT(name, key, text)           enum cap_moment name;
#define CAP_FIELD_FLAG(name, key, text)             bool name;
#define CAP_FIELD_TEXT(name, key, text)             char *name;
#include "cap_plan.def"
};

struct cap_plan {
    struct cap_rule *rules;
    size_t n;
    bool slow_read; /* some line reads slowly: small socket buffers are needed for that to be felt */
};

/* On failure error says what is wrong, and where; the plan is empty then. */
NJ_MUST enum nj_status cap_plan_parse(struct cap_plan *p, struct nj_str text, struct nj_buf *error);
NJ_MUST enum nj_status cap_plan_load(struct cap_plan *p, const char *file, struct nj_buf *error);
void cap_plan_free(struct cap_plan *p);
/* The line for request number n (from 1) of this path, ms after the first one; a rule without any fault when none fits. */
const struct cap_rule *cap_plan_find(const struct cap_plan *p, uint64_t n, int64_t ms, struct nj_str path);
/* Short name of what the rule does, for the log; "" when it does nothing. */
const char *cap_rule_name(const struct cap_rule *r);
/* Appends the list of faults for --help. */
void cap_plan_help(struct nj_buf *out);

#endif

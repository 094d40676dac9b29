/* proxy_scan.h -- finds the first top-level "statusCode" of a JSON object while the body passes.
 *
 * No tree, no copy, constant memory: an HTTP function's status is known even where it stands behind a body too large to keep, and in
 * the prelude of a streamed response.  A body that is no JSON object switches it off at its first byte.
 */
#ifndef NIGHTJAR_LAMBDA_PROXY_SCAN_H
#define NIGHTJAR_LAMBDA_PROXY_SCAN_H

#include "nightjar/str.h"

enum nj_scan_state {
    NJ_SCAN_START, /* before the brace */
    NJ_SCAN_KEY,   /* before a key */
    NJ_SCAN_NAME,  /* in a key */
    NJ_SCAN_COLON,
    NJ_SCAN_VALUE,  /* before a value */
    NJ_SCAN_STRING, /* in a value that is a string */
    NJ_SCAN_NESTED, /* in an object or an array */
    NJ_SCAN_INNER,  /* in a string of it */
    NJ_SCAN_BARE,   /* in a number or a word */
    NJ_SCAN_NUMBER, /* in the one looked for */
    NJ_SCAN_OFF,
    NJ_SCAN_STATES
};

struct nj_scan {
    enum nj_scan_state state;
    bool escaped, quoted;
    unsigned matched; /* bytes of the name seen; more than it has: another name */
    unsigned digits;
    uint64_t depth;
    unsigned number;
    unsigned found; /* 0 = not (yet) */
};

void nj_scan_init(struct nj_scan *s);
void nj_scan_feed(struct nj_scan *s, struct nj_str piece);

#endif

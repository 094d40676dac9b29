/* nightjar/punycode.h -- a label of a domain name in the letters that DNS has (RFC 3492).
 *
 * Limits     a label of NJ_PUNYCODE_POINTS characters at most; DNS has 63 bytes for one.
 * Ownership  writes into the caller's room.  Errors: 0 bytes; there is no other.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_PUNYCODE_H
#define NIGHTJAR_PUNYCODE_H

#include "nightjar/str.h"

enum { NJ_PUNYCODE_POINTS = 63, NJ_PUNYCODE_MAX = 4 + NJ_PUNYCODE_POINTS };

/* The label as "xn--..."; bytes written, or 0: not UTF-8, nothing but ASCII, too long. */
NJ_MUST size_t nj_punycode(struct nj_str label, char out[static NJ_PUNYCODE_MAX]);

#endif

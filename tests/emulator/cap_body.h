/* cap_body.h -- undoes what a client did to a body: decompresses it, and cuts it into records.
 *
 * Own code on purpose: what the program under test wrote is not read back with its own routines.
 *
 * Limits     the decoded size is limited by the buffer given.
 * Errors     NJ_EPARSE: the bytes are not what Content-Encoding claims, or end early; NJ_ELIMIT: too large decoded.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_TESTS_CAP_BODY_H
#define NIGHTJAR_TESTS_CAP_BODY_H

#include "nightjar/buf.h"

/* encoding: the value of Content-Encoding ("", "identity", "gzip", "deflate", "zstd"); others are NJ_EPARSE.
 * Several gzip members or zstd frames in a row are one body. */
NJ_MUST enum nj_status cap_body_decode(struct nj_str encoding, struct nj_str wire, struct nj_buf *out);

/* Cuts a decoded body into records: the elements of a top-level array, the lines of NDJSON, or one piece when it is
 * neither.  Strings and brackets are respected, nothing else is checked. */
struct cap_records {
    struct nj_str body;
    size_t at;
    enum { CAP_BODY_LINES, CAP_BODY_ARRAY, CAP_BODY_WHOLE } form;
};
void cap_records_init(struct cap_records *r, struct nj_str body);
bool cap_records_next(struct cap_records *r, struct nj_str *record);

#endif

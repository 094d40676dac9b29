/* The extra headers and the credential of a sink, as finished lines. */
#ifndef NJ_SINK_HEADERS_H
#define NJ_SINK_HEADERS_H

#include "nightjar/buf.h"

/* What is wrong, for the user; never a value. */
struct header_fault {
    size_t entry;     /* 1 for the first */
    const char *text; /* NULL = nothing is wrong */
    struct nj_str name;
};

/* "name=value,name=value" with percent-encoding.  Appends "Name: value\n" for each; a Content-Type goes to *content_type
 * instead, a credential is noted in *credential. */
NJ_MUST enum nj_status nj_headers_parse(struct nj_str option, struct nj_buf *lines, struct nj_buf *content_type, bool *credential,
                                        struct header_fault *fault);
/* Appends "Authorization: Bearer <token>\n", or the whole token when it names its own scheme ("Basic abc=").  False when the
 * token cannot stand in a header. */
NJ_MUST bool nj_headers_token(struct nj_str token, struct nj_buf *lines);
/* Appends "Authorization: Basic ...\n". */
void nj_headers_basic(struct nj_str user, struct nj_str password, struct nj_buf *lines);

#endif

/* nightjar/sigv4.h -- AWS Signature Version 4 for one request whose body is at hand.
 *
 * Our own and not libcurl's, which signs headers it then does not send or sends twice, differently from release to release;
 * this is checked against AWS's published vectors.
 * Source: "Signature Version 4 signing process", AWS General Reference.
 *
 * Limits     the path is "/" or already percent-encoded; no query.
 * Ownership  views in, header lines out.
 * Errors     those of the buffer.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_SIGV4_H
#define NIGHTJAR_SIGV4_H

#include "nightjar/buf.h"

struct nj_aws_credentials {
    struct nj_str access_key_id, secret_access_key;
    struct nj_str session_token; /* absent for long-lived keys */
};

struct nj_sigv4 {
    struct nj_str method, host, path; /* host with its port, as the Host header will have it */
    struct nj_str service, region;    /* "sns", "eu-west-1" */
    struct nj_str content_type;       /* exactly as it is sent; absent: none is signed */
    struct nj_str body;
    struct nj_aws_credentials credentials;
    int64_t wall_ns; /* Unix epoch; AWS refuses more than five minutes of difference */
};

/* Appends "X-Amz-Date: ...\n", "X-Amz-Security-Token: ...\n" where there is one, and "Authorization: ...\n". */
void nj_sigv4_lines(const struct nj_sigv4 *r, struct nj_buf *out);

#endif

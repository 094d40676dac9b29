/* src/observe/payload_error.h -- what an error document of any runtime says. */
#ifndef NIGHTJAR_OBSERVE_PAYLOAD_ERROR_H
#define NIGHTJAR_OBSERVE_PAYLOAD_ERROR_H

#include "payload_internal.h"

enum nj_error_part { NJ_ERROR_TYPE, NJ_ERROR_MESSAGE, NJ_ERROR_TRACE, NJ_ERROR_DETAILS, NJ_ERROR_PARTS };

/* A piece of text, or of checked JSON. */
struct nj_error_value {
    struct nj_piece piece;
    bool json;
};

struct nj_error {
    struct nj_error_value part[NJ_ERROR_PARTS]; /* details: an object of the members that are none of the others */
};

/* Reads a checked object; what it makes of it is appended to scratch. */
void nj_error_read(struct nj_buf *scratch, struct nj_piece object, struct nj_error *out);
/* The document of a trailer: base64 of JSON.  False: it is something else. */
NJ_MUST bool nj_error_trailer(struct nj_buf *scratch, struct nj_str base64, struct nj_error *out);

#endif

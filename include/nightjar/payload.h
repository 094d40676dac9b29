/* nightjar/payload.h -- one copy of an input, a response or an error becomes one record.
 *
 * invocation.input     category input, INFO, bulk.
 * invocation.response  category response, bulk: 4xx is a WARN, 5xx an ERROR, both failures; so is what the platform refused.
 * invocation.error     category error, ERROR, critical: posted errors (of init and restore with data nightjar.phase) and responses
 *                      whose stream ended with an error trailer.
 *
 * The payload is data "payload": a JSON value where it is JSON, text where it is text, "[binary N bytes]" otherwise.  A top-level
 * "body" that holds JSON as text, or base64, is decoded, so that redaction reaches every key in it; a streamed HTTP response becomes
 * its prelude with the rest as "body".  nightjar.payload.body tells: json, base64, base64_json, binary, stream.
 *
 * A payload is cut in two places.  Only its first bytes are ever held, so what was cut there (kept is shorter than size, or the body
 * broke off) is shortened here to whole values and whole words, before anybody redacts it: half a secret could not be recognised.
 * No half token, string, escape, number or address stays, nor a value whose name may stand behind the cut; a secret is then there as a
 * whole, with its name, and is redacted, or not at all.  The limit of what leaves is the redactor's (redact.h): it holds after
 * redaction, whatever placeholders, pseudonyms and escapes add.
 *
 * Errors     no JSON, no UTF-8, half a body: recorded as what they are.  If scratch has no room or memory is short, the record comes
 *            without the payload and says so (nightjar.payload.lost).
 * Ownership  the record's views point into *p, what it points to, and scratch, all of which must live as long as the record.
 *            scratch is emptied first; it needs at most about eight times kept, most often three times.
 * Units      bytes; Unix nanoseconds.
 * Blocking   never.  Globals: none.  Time: linear in kept.
 */
#ifndef NIGHTJAR_PAYLOAD_H
#define NIGHTJAR_PAYLOAD_H

#include "nightjar/record.h"

enum nj_payload_kind {
    NJ_PAYLOAD_INPUT,
    NJ_PAYLOAD_RESPONSE,
    NJ_PAYLOAD_ERROR,
    NJ_PAYLOAD_INIT_ERROR,
    NJ_PAYLOAD_RESTORE_ERROR,
    NJ_PAYLOAD_KINDS
};

struct nj_payload {
    enum nj_payload_kind kind;
    struct nj_str request_id;
    struct nj_str arn;
    struct nj_str trace; /* not read here: enrichment knows the invocation's */
    struct nj_str tenant;
    struct nj_str client_context, cognito_identity; /* JSON text, as the headers have it */
    struct nj_str content_type;
    struct nj_str error_type; /* header or trailer */
    struct nj_str error_body; /* trailer: base64 of JSON */
    bool streaming;
    bool complete;            /* the body came to its proper end */
    bool metadata_only;       /* sizes, sums, who, what and the types of errors; kept is read, and nothing else of it is told */
    unsigned status_code;     /* top-level "statusCode"; 0 = none */
    unsigned upstream_status; /* the platform's answer; 0 = there was none */
    uint64_t size;            /* of the whole body */
    const uint8_t *sha256;    /* NJ_SHA256_LEN bytes of the whole body, or NULL */
    struct nj_str kept;       /* the first bytes of it */
    int64_t start_ns, end_ns;
};

/* Fills *out but for seq; where has faas.invocation_id and who tenant.id as far as *p knows them.  False: there is nothing to record
 * (an answer to "next" that is no event, an unknown kind). */
NJ_MUST bool nj_payload_decode(const struct nj_payload *p, struct nj_buf *scratch, struct nj_record *out);

#endif

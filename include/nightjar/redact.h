/* nightjar/redact.h -- the door: nothing becomes bytes that has not been through here.
 *
 * Text is scanned once for detectors; JSON is walked in place, and a member whose key names a secret is replaced whatever
 * its value.  Untouched values keep their bytes and their order.
 *
 * Fails closed: text the redactor cannot judge (memory, depth, malformed) is replaced by NJ_WITHHELD, never passed on.
 *
 * Limits     input up to NJ_REDACT_MAX bytes a value; output up to four times that.
 * Ownership  the redactor owns what nj_clean points to; valid until the next nj_redact_record() on it.
 * Errors     NJ_ENOMEM when even the withheld form could not be built: the caller drops and counts the record.
 * Blocking   never.  Globals: none.  Time: linear in the input, whatever it holds.
 */
#ifndef NIGHTJAR_REDACT_H
#define NIGHTJAR_REDACT_H

#include "nightjar/record.h"

enum { NJ_REDACT_MAX = 8 << 20 };
#define NJ_WITHHELD "[withheld]"

struct nj_redactor;

struct nj_redact_options {
    struct nj_str policy;     /* preset name; absent = "default" */
    struct nj_str keys;       /* more field names to redact: comma separated globs; may be absent */
    struct nj_str allow_keys; /* field names never redacted by name: comma separated globs; may be absent */
};

NJ_MUST enum nj_status nj_redactor_new(struct nj_redactor **out, const struct nj_redact_options *o);
void nj_redactor_free(struct nj_redactor *r);

/* Cleans the resource once; keep the result and hand it to every record until its generation changes. */
NJ_MUST enum nj_status nj_redact_resource(struct nj_redactor *r, const struct nj_resource *in, struct nj_resource *out);
NJ_MUST enum nj_status nj_redact_record(struct nj_redactor *r, const struct nj_record *in, const struct nj_resource *clean_resource,
                                        struct nj_str id, struct nj_clean *out);

/* The two workers behind it, for tests, fuzzing and the command line.  They append to out and add to the counts of the
 * current record.  The JSON form needs a value checked by nj_json_parse(). */
void nj_redact_text(struct nj_redactor *r, struct nj_str in, struct nj_buf *out);
void nj_redact_json(struct nj_redactor *r, struct nj_json in, struct nj_buf *out);
/* Counts since the last call as a JSON object ({"email":1,"key.password":1}), or nothing when there were none. */
void nj_redact_counts_take(struct nj_redactor *r, struct nj_buf *out);

#endif

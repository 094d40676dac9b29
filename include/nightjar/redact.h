/* nightjar/redact.h -- the door: nothing becomes bytes that has not been through here.
 *
 * Text is scanned for detectors and for names with values (key=value, "key":"value", headers); JSON is walked in place, and a
 * member whose name is that of a secret is replaced whatever its value.  Text that is JSON, and JSON in strings of JSON, is
 * walked too.  Untouched values keep their bytes and their order; what leaves would not change if it came in again.
 *
 * Placeholders   [secret] for what a name gives away, [custom] for the operator's patterns, [email] [credit_card-4242] [jwt] [vendor_key] [gov_id] [bank] [phone] ... for
 *            what a detector found (detectors.def): a word in brackets, at most a hyphen and four digits more; never anything JSON escapes.
 *            Where the preset asks for a pseudonym, "hmac:<key id>:<16 hex digits>" of the value under its class and the
 *            record's tenant.  What the preset removes is dropped from objects, name and value, and masked elsewhere.
 * Names      two members of one name in an object get names of their own ("#2 a"), also rewritten ones, and those of the log that are
 *            called like a field of ours.
 * Payloads   of records from the proxy strict and hipaa keep the headers and all names; other values become their type.  What is
 *            left is cut to payload_most bytes of JSON, after redaction: behind a whole value, or in the text of a payload or body
 *            behind a whole word, never in an escape or a placeholder; nightjar.payload.truncated says so.  counts still tell all
 *            that was found.
 * Presets    default, strict, pci, hipaa (classes.def), and off, which counts what it finds and leaves it; cleaning is never off.
 * Cleaning   ill-formed UTF-8 becomes U+FFFD, terminal sequences go, controls other than tab and newline, and characters that
 *            change direction or break lines, become visible (\x00, \u202e).  Line breaks between JSON tokens become spaces.
 * Counts     one counter a detector (email, credit_card, jwt, github, us_ssn, iban, ...: detectors.def), key.<rule> from a fixed table (key.custom for the operator's own names), escape_sequence,
 *            withheld.
 * Audit      of a record with anything to say: bytes replaced, up to the next power of two from 64, because the sum of one finding
 *            is its length; depth, how often something had to be decoded for the deepest finding; flags, any of truncated (its line
 *            was cut by the platform, JSON in it has no end, a name was longer than 256 bytes), budget (something was withheld, because
 *            judging it would have taken more than there is for it), malformed (no UTF-8, half a surrogate pair, a name twice), split_state (it goes on
 *            what a record before it began, or leaves something open for the next).
 *
 * Fails closed: text the redactor cannot judge (memory, size, a loop of findings) is replaced by NJ_WITHHELD, never passed on.
 *
 * Limits     input up to NJ_REDACT_MAX bytes a value; output up to four times that.  64 own names of 128 bytes in each list.
 * Ownership  the redactor owns what nj_clean points to; valid until the next nj_redact_record() on it.  A cleaned resource
 *            is valid until the next nj_redact_resource().
 * Errors     NJ_ENOMEM when even the withheld form could not be built: the caller drops and counts the record.
 * Blocking   never.  Globals: constant tables.  Time: linear in the input, whatever it holds.
 */
#ifndef NIGHTJAR_REDACT_H
#define NIGHTJAR_REDACT_H

#include "nightjar/pseudonym.h"
#include "nightjar/record.h"

enum { NJ_REDACT_MAX = 8 << 20 };
#define NJ_WITHHELD "[withheld]"

struct nj_redactor;

/* --- rules of the operator's own: docs/redaction.md has the language ----------------------------------------------- */

enum { NJ_RULES_MAX = 32, NJ_RULES_BYTES = 64 << 10 };
struct nj_rules;
struct nj_rules_error {
    size_t line, column; /* of the JSON, from 1 */
    char text[200];
};
/* json: a list of rules, or an object with "rules".  NJ_EPARSE, NJ_ELIMIT and NJ_ENOMEM with *error. */
NJ_MUST enum nj_status nj_rules_new(struct nj_rules **out, struct nj_str json, struct nj_rules_error *error);
void nj_rules_free(struct nj_rules *rules);

struct nj_redact_options {
    struct nj_str policy;         /* preset name; absent = "default" */
    struct nj_str keys;           /* more field names to redact: comma separated globs; may be absent; wins over allow_keys */
    struct nj_str allow_keys;     /* field names never redacted by name: comma separated globs; may be absent */
    size_t payload_most;          /* most bytes of a payload, or of all an error document holds; 0 = as many as the preset lets through */
    bool withhold;                /* there should be rules and are none: words of the function are withheld */
    const struct nj_rules *rules; /* borrowed, for as long as the redactor lives; may be NULL */
    const struct nj_pseudonyms *pseudonyms; /* borrowed, for as long as the redactor lives; NULL: placeholders take their place */
};

/* NJ_EPARSE: no such preset, or a list with an empty or impossible name (spaces, quotes, "**", too long, too many).  NJ_ENOMEM.
 * Copies what it keeps of o. */
NJ_MUST enum nj_status nj_redactor_new(struct nj_redactor **out, const struct nj_redact_options *o);
void nj_redactor_free(struct nj_redactor *r);
/* Most bytes of a payload the preset wants captured; 0 = as many as the operator likes. */
size_t nj_redact_payload_most(struct nj_str policy);

/* Cleans the resource once; keep the result and hand it to every record until its generation changes. */
NJ_MUST enum nj_status nj_redact_resource(struct nj_redactor *r, const struct nj_resource *in, struct nj_resource *out);
/* Lines of one origin and invocation are a stream: a private key printed line by line is recognised over its records.  What
 * was counted since the last call, also for the resource, is in out->counts. */
NJ_MUST enum nj_status nj_redact_record(struct nj_redactor *r, const struct nj_record *in, const struct nj_resource *clean_resource,
                                        struct nj_str id, struct nj_clean *out);

/* The two workers behind it, for tests, fuzzing and the command line.  They append to out and add to the counts of the
 * current record.  The JSON form needs a value checked by nj_json_parse().  They know no streams. */
void nj_redact_text(struct nj_redactor *r, struct nj_str in, struct nj_buf *out);
void nj_redact_json(struct nj_redactor *r, struct nj_json in, struct nj_buf *out);
/* What was found, for whoever explains it: never the value. */
enum { NJ_LAYERS_MAX = 8 };
struct nj_finding {
    struct nj_str rule; /* as the counts name it, without "key." */
    bool by_name;       /* the name of the value gave it away: counted as key.<rule> */
    bool by_rule;       /* one of the operator's rules: counted as rule.<rule> */
    struct nj_str action;
    size_t at, length;              /* bytes of the text that was given */
    const char *how[NJ_LAYERS_MAX]; /* what was opened to find it, outermost first; at and length are then those of the run that */
    unsigned layers;                /* was opened.  0 = it stands there as it is */
};
typedef void (*nj_finding_fn)(void *ctx, const struct nj_finding *f);
/* From now on fn hears of everything found in views of given (a message, data_json); fn NULL ends it. */
void nj_redact_trace(struct nj_redactor *r, struct nj_str given, nj_finding_fn fn, void *ctx);

/* Counts since the last call as a JSON object ({"email":1,"key.password":1}), or nothing when there were none. */
void nj_redact_counts_take(struct nj_redactor *r, struct nj_buf *out);

#endif

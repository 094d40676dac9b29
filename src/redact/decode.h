/* src/redact/decode.h -- text inside text: what the decoders share with the sweep and the walk.
 *
 * A run that some notation encodes is decoded, judged like any text one level down, and left as it was unless something was
 * found in it.  Notations of single characters (percent, \u, entities) are put back with the finding replaced; base64 is
 * replaced as a whole, or written again where it is the body of a message.
 *
 * Limits     NJ_NEST_MAX levels, and four times the length of the record in all; what would need more is replaced unseen. */
#ifndef NIGHTJAR_REDACT_DECODE_H
#define NIGHTJAR_REDACT_DECODE_H

#include "redact_internal.h"

/* Looks at the run of base64 around byte at; true when it was replaced. */
bool nj_decode_run(struct nj_sweep *s, size_t at);
/* data:text/plain;base64,..., at is its colon. */
bool nj_decode_data_uri(struct nj_sweep *s, size_t colon);
/* The same for characters written as %XX, \uXXXX or &quot; where byte at is the first, second or last of one. */
bool nj_decode_percent(struct nj_sweep *s, size_t at);
bool nj_decode_unicode(struct nj_sweep *s, size_t at);
bool nj_decode_entities(struct nj_sweep *s, size_t at);
/* At a colon behind a quoted name: walks the JSON it stands in, also if the text ends before that does. */
bool nj_decode_json(struct nj_sweep *s, size_t at);

/* A string that is known to hold base64 (body, data, ...), also of gzip; what it becomes, or false when it stays.  Written
 * again as base64 when again is set. */
bool nj_decode_value(struct nj_redactor *r, unsigned level, struct nj_str value, bool again, struct nj_str *out);

#endif

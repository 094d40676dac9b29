/* src/record/decode_internal.h -- what the files of the decoder share. */
#ifndef NIGHTJAR_RECORD_DECODE_INTERNAL_H
#define NIGHTJAR_RECORD_DECODE_INTERNAL_H

#include "nightjar/decode.h"

struct nj_decoding {
    struct nj_buf *scratch; /* never grows while views point into it: see nj_decode() */
    struct nj_record *out;
    struct nj_facts *facts;
};

/* The text of a JSON string; in scratch only where escapes have to be undone.  Absent for other types. */
struct nj_str nj_decode_text(struct nj_decoding *d, struct nj_json string);
/* The same for any value: a string's text, the bytes of everything else. */
struct nj_str nj_decode_as_text(struct nj_decoding *d, struct nj_json value);
/* Without one newline at the end ("\n" or "\r\n"). */
struct nj_str nj_decode_line(struct nj_str text);

/* The record value of a platform event, known or not. */
void nj_decode_platform(struct nj_decoding *d, struct nj_json record);
/* The record value of a function's or an extension's line. */
void nj_decode_log(struct nj_decoding *d, struct nj_json record);

/* Level of a text line, from its first columns: "[WARN]", tab-separated, "ERROR: ...", level=warn. */
bool nj_decode_text_level(struct nj_str line, enum nj_severity *out);

/* An element as far as it opens: {"time":"...","type":"...","record":" or { or [ or the beginning of a scalar. */
struct nj_opening {
    struct nj_str time, type; /* between the quotes */
    size_t n;                 /* bytes up to and including the quote or bracket that opens the record */
    char bracket;             /* that quote or bracket, or '\0' */
};
bool nj_decode_opening(struct nj_str text, struct nj_opening *out);

#endif

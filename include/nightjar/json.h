/* nightjar/json.h -- reads JSON where it lies: no tree, no copies, numbers and unknown fields untouched.
 *
 * jansson builds trees and refuses whole documents for a lone surrogate, an escaped NUL or a 65-bit integer
 * (exemplars 2, reliability 3.4).  Telemetry must survive all three, so records are read through these views;
 * configuration and API answers, which we want strict, go through jansson.
 *
 * Accepts    RFC 8259 structure and tokens.  Inside strings any byte but an unescaped control character below 0x20 is
 *            taken; ill-formed UTF-8 and lone surrogates are for the writer to mend (nj_buf_add_json, nj_json_copy).
 * Limits     NJ_JSON_DEPTH levels of nesting; deeper text is NJ_ELIMIT.
 * Ownership  every view borrows from the text.
 * Blocking   never.  Globals: none.  Time: linear.
 */
#ifndef NIGHTJAR_JSON_H
#define NIGHTJAR_JSON_H

#include "nightjar/buf.h"

enum { NJ_JSON_DEPTH = 256 };

enum nj_json_type {
    NJ_JSON_NONE, /* absent */
    NJ_JSON_NULL,
    NJ_JSON_FALSE,
    NJ_JSON_TRUE,
    NJ_JSON_NUMBER,
    NJ_JSON_STRING,
    NJ_JSON_ARRAY,
    NJ_JSON_OBJECT
};

/* One value; raw holds its exact bytes, quotes or brackets included. */
struct nj_json {
    enum nj_json_type type;
    struct nj_str raw;
};

/* Checks that text is exactly one JSON value (white space around it allowed).  Walks everything once.
 * NJ_EPARSE, NJ_ELIMIT (depth); *out is then NJ_JSON_NONE. */
NJ_MUST enum nj_status nj_json_parse(struct nj_str text, struct nj_json *out);
/* The value that the text begins with, whatever stands behind it. */
NJ_MUST enum nj_status nj_json_parse_first(struct nj_str text, struct nj_json *out);

/* Walks the members of a checked object or the elements of a checked array; anything else has no members.
 * key is the bytes between the quotes, escapes intact (absent for arrays). */
struct nj_json_iter {
    const char *at, *end;
    bool object;
};
void nj_json_iter_init(struct nj_json_iter *it, struct nj_json container);
bool nj_json_next(struct nj_json_iter *it, struct nj_str *key, struct nj_json *value);

/* Is a key as nj_json_next() gives it this one, once its escapes are undone? */
bool nj_json_key_is(struct nj_str raw_key, struct nj_str want);
/* First member with this key (compared with escapes undone), or type NJ_JSON_NONE. */
struct nj_json nj_json_get(struct nj_json object, struct nj_str key);
/* nj_json_get() along a dotted path: "metrics.durationMs". */
struct nj_json nj_json_path(struct nj_json object, struct nj_str path);

/* The bytes between the quotes of a string value, escapes intact; *escaped tells whether undoing them would change anything. */
struct nj_str nj_json_inner(struct nj_json string, bool *escaped);
/* Appends the string with escapes undone as UTF-8; a lone surrogate becomes U+FFFD.  Appends nothing for other types. */
void nj_json_unescape(struct nj_buf *out, struct nj_str inner);

/* The nearest double; false for other types, for numbers beyond its range (1e400) and for more than 511 characters. */
NJ_MUST bool nj_json_f64(struct nj_json number, double *out);
/* Whole numbers that fit; 640.0 and 6.4e2 are whole (emulators write them so) up to 2^53. */
NJ_MUST bool nj_json_i64(struct nj_json number, int64_t *out);

/* Appends the value so that strict readers accept it: ill-formed UTF-8 and lone surrogates become U+FFFD, white space
 * between tokens is dropped; everything else is copied byte for byte. */
void nj_json_copy(struct nj_buf *out, struct nj_json value);

/* --- slicing a telemetry body: elements first, meaning later ------------------------------------------------------ */

enum nj_slice_kind {
    NJ_SLICE_ELEMENT, /* one whole element, tokens not yet checked (give it to nj_json_parse) */
    NJ_SLICE_CUT,     /* the body ends inside this element: text runs to the end of the body */
    NJ_SLICE_BAD,     /* bytes that belong to no element (garbage between elements, or before the array) */
    NJ_SLICE_END
};

/* Finds the elements of a top-level array by brackets, commas, colons and strings; what stands between them is not looked
 * at.  Where these do not fit the element is broken, and the next one begins at the next text that opens an envelope
 * ({"time":"...","type":), so that a bad record does not take its neighbours along.  A body that is one bare object is one
 * element; elements that follow it need no opening bracket.  A byte order mark is skipped.
 *
 * Pieces come in the order of the body and never overlap; only white space, commas, the brackets of the array and the mark
 * are in none.  Time is linear: broken elements are walked again at most eight times the body's length in all. */
struct nj_slicer {
    struct nj_str body;
    size_t at;
    size_t budget; /* bytes that broken elements may still be walked again */
    bool opened, closed;
};
void nj_slicer_init(struct nj_slicer *s, struct nj_str body);
enum nj_slice_kind nj_slicer_next(struct nj_slicer *s, struct nj_str *piece);

/* Nearly all elements are those of function logs, and the platform writes them to the letter alike:
 *     {"time":"2026-11-23T07:15:01.123Z","type":"function","record":
 * Does text begin like that?  The time is at NJ_FUNCTION_TIME and has no quotes or escapes; the record begins at NJ_FUNCTION_RECORD. */
enum { NJ_FUNCTION_TIME = 9, NJ_FUNCTION_TIME_LEN = 24, NJ_FUNCTION_RECORD = 62 };
bool nj_json_is_function_log(struct nj_str text);

#endif

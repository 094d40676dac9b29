/* src/observe/payload_internal.h -- what the files of the payload decoder share. */
#ifndef NIGHTJAR_OBSERVE_PAYLOAD_INTERNAL_H
#define NIGHTJAR_OBSERVE_PAYLOAD_INTERNAL_H

#include "nightjar/payload.h"

/* Bytes of the caller's (base), or of scratch (base is NULL), which moves as it grows.  from == to: nothing. */
struct nj_piece {
    const char *base;
    size_t from, to;
};

static inline struct nj_str nj_piece_view(const struct nj_buf *scratch, struct nj_piece p)
{
    return p.from == p.to ? (struct nj_str){ NULL, 0 } : (struct nj_str){ (p.base != NULL ? p.base : scratch->p) + p.from, p.to - p.from };
}

static inline struct nj_piece nj_piece_of(struct nj_str s)
{
    return (struct nj_piece){ .base = s.p, .from = 0, .to = s.n };
}

/* --- cutting (payload_cut.c) -------------------------------------------------------------------------------------- */

enum { NJ_CUT_SPARE = NJ_JSON_DEPTH + 2 };

/* Appends the longest valid JSON made of whole values of prefix to out, or nothing when no value in it is whole.  False: prefix does
 * not begin a JSON value.  *half, where given, allows one string to be shortened instead of dropped, and tells that it was: a
 * value that is a string itself, or a top-level "body".  Adds at most NJ_CUT_SPARE bytes to what prefix has. */
NJ_MUST bool nj_cut_json(struct nj_str prefix, struct nj_buf *out, bool *half);
/* The part of a text cut at its end that holds nothing the cut may have halved. */
struct nj_str nj_cut_text(struct nj_str prefix);

/* --- values (payload_value.c) ------------------------------------------------------------------------------------- */

enum nj_content { NJ_CONTENT_NONE, NJ_CONTENT_JSON, NJ_CONTENT_TEXT, NJ_CONTENT_BINARY };

/* Some bytes as one JSON value: themselves, what is left of them after a cut, a string, or "[binary N bytes]" with N = whole.
 * scalars: numbers, words and strings count as JSON too.  half as above. */
struct nj_piece nj_value_of(struct nj_buf *scratch, struct nj_piece bytes, bool cut, uint64_t whole, bool scalars, bool *half,
                            enum nj_content *content);
/* The bytes as a JSON string, whatever they are. */
struct nj_piece nj_value_text(struct nj_buf *scratch, struct nj_piece bytes, bool cut);
/* A JSON string that was closed where it was cut: what is left of its text. */
struct nj_piece nj_value_half(struct nj_buf *scratch, struct nj_piece string);
/* The text of a JSON string, appended. */
struct nj_piece nj_value_unescape(struct nj_buf *scratch, struct nj_piece string);
/* Decodes both alphabets, padded or not, white space skipped, over the input.  False: something else is in it.  A cut input ends at
 * its last whole group. */
NJ_MUST bool nj_payload_base64(char *p, size_t n, bool cut, size_t *out);

/* --- bodies (payload_body.c) -------------------------------------------------------------------------------------- */

/* The checked object with its "body" members decoded, or as it was.  half: the last one is cut.  cut: members are missing.  *mark
 * says what was done, or is absent.  The result may be nested deeper than nj_json_parse() takes. */
struct nj_piece nj_body_expand(struct nj_buf *scratch, struct nj_piece object, bool cut, bool half, struct nj_str *mark);
/* A streamed HTTP response: prelude, eight NUL bytes, payload.  False: it is none. */
NJ_MUST bool nj_body_stream(struct nj_buf *scratch, struct nj_str bytes, bool cut, uint64_t size, struct nj_piece *out);

#endif

/* cap_http.h -- reads the head of an HTTP/1.x request, strictly enough that a client's mistake is seen.
 *
 * Ownership  every view borrows from the text that was parsed.
 * Errors     NJ_EPARSE: not HTTP, or the framing is ambiguous (both lengths, lengths that differ).
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_TESTS_CAP_HTTP_H
#define NIGHTJAR_TESTS_CAP_HTTP_H

#include "nightjar/buf.h"

struct cap_head {
    struct nj_str method, target, path, version;
    struct nj_str lines;    /* header lines with their line ends */
    int64_t content_length; /* -1: none given */
    bool chunked, keep_alive, expects_continue;
};

/* Length of the head in text, its empty line included, or 0 when the end has not come yet. */
size_t cap_head_length(struct nj_str text);
NJ_MUST enum nj_status cap_head_parse(struct nj_str head, struct cap_head *out);
/* First header of that name, in any case; an absent view when there is none. */
struct nj_str cap_head_get(const struct cap_head *h, const char *name);
/* Appends the headers as one JSON object; names in lower case, repeated ones joined by ", ". */
void cap_head_json(const struct cap_head *h, struct nj_buf *out);

/* Chunked bodies, fed in pieces of any size. */
struct cap_chunks {
    enum { CAP_CHUNK_SIZE, CAP_CHUNK_DATA, CAP_CHUNK_END, CAP_CHUNK_TRAILER, CAP_CHUNK_DONE } at;
    uint64_t left; /* of the chunk under way */
    size_t line;   /* bytes of the line under way */
    bool digits, extension;
};
/* Takes what it can of in, appends body bytes, tells how much it took; at is CAP_CHUNK_DONE after the last byte. */
NJ_MUST enum nj_status cap_chunks_feed(struct cap_chunks *c, struct nj_str in, struct nj_buf *body, size_t *taken);

#endif

/* Reads one HTTP/1.x reply from bytes in any pieces.  Pure: no sockets, no clock. */
#ifndef NIGHTJAR_NET_HTTP_REPLY_H
#define NIGHTJAR_NET_HTTP_REPLY_H

#include "nightjar/buf.h"

enum {
    NJ_REPLY_HEAD_MAX = 64 << 10, /* headers, those of 1xx answers included */
    NJ_REPLY_LINE_MAX = 1024      /* a chunk's size line, a trailer line */
};

enum nj_reply_state {
    NJ_REPLY_HEAD,
    NJ_REPLY_LENGTH,     /* left bytes of body */
    NJ_REPLY_CHUNK_SIZE, /* a line */
    NJ_REPLY_CHUNK_DATA, /* left bytes */
    NJ_REPLY_CHUNK_END,  /* the line break behind them */
    NJ_REPLY_TRAILER,    /* lines until an empty one */
    NJ_REPLY_UNTIL_CLOSE,
    NJ_REPLY_DONE,
    NJ_REPLY_BROKEN /* error says why */
};

struct nj_reply_reader {
    enum nj_reply_state state;
    struct nj_buf head;           /* status line and headers of the final answer */
    size_t head_bytes, head_line; /* all that came; where the last line began */
    uint64_t left;
    size_t line_n;
    char line[NJ_REPLY_LINE_MAX];
    long status;  /* 0 until the head is complete */
    bool to_head; /* the request was a HEAD: no body follows whatever the headers say */
    bool keep_alive;
    const char *error;
};

void nj_reply_init(struct nj_reply_reader *p, bool to_head);
void nj_reply_fini(struct nj_reply_reader *p);
/* Cuts bytes off the front of *in.  Gives a piece of body (absent: none) and returns true while there is more to look at;
 * false when *in is used up, the reply is complete (what is left in *in does not belong to it) or broken. */
bool nj_reply_feed(struct nj_reply_reader *p, struct nj_str *in, struct nj_str *body);
/* The connection ended: complete (a body without length) or broken. */
void nj_reply_end(struct nj_reply_reader *p);
/* Value of a header of the final answer, any case; absent when missing. */
struct nj_str nj_reply_header(const struct nj_reply_reader *p, struct nj_str name);

#endif

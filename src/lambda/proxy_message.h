/* proxy_message.h -- follows one HTTP/1.x message while its bytes pass, wherever they are cut, without holding or changing them.
 *
 * Reads what decides where the message ends (RFC 9112 6.3), and shows the caller start line, fields, trailers and the pieces of the
 * body.  As liberal as framing allows: what makes the end of the message uncertain is BAD, all else passes.
 *
 * Limits     a line up to NJ_MSG_STASH bytes may be cut anywhere without heap; longer start lines and wanted fields up to
 *            NJ_MSG_LINE_MAX use it; other fields have no limit.
 * Errors     phase BAD.  Blocking never, globals none.
 */
#ifndef NIGHTJAR_LAMBDA_PROXY_MESSAGE_H
#define NIGHTJAR_LAMBDA_PROXY_MESSAGE_H

#include "nightjar/buf.h"

enum { NJ_MSG_STASH = 512, NJ_MSG_LINE_MAX = 64 << 10, NJ_MSG_SPANS = 64 };

enum nj_msg_phase {
    NJ_MSG_START,
    NJ_MSG_FIELDS,
    NJ_MSG_LENGTH,     /* body with Content-Length */
    NJ_MSG_CHUNK_SIZE, /* the line before a chunk */
    NJ_MSG_CHUNK_DATA,
    NJ_MSG_CHUNK_END, /* the line end after a chunk */
    NJ_MSG_TRAILERS,
    NJ_MSG_TO_END, /* body until the connection closes */
    NJ_MSG_DONE,
    NJ_MSG_BAD,
    NJ_MSG_PHASES
};

struct nj_spans {
    struct nj_str at[NJ_MSG_SPANS];
    size_t n;
};

struct nj_msg_reader {
    void (*start)(void *ctx, struct nj_str method, struct nj_str target); /* requests only */
    void (*field)(void *ctx, struct nj_str name, struct nj_str value, bool trailer);
    bool (*wants)(struct nj_str name); /* worth heap when it is long? */
    void *ctx;
};

struct nj_msg {
    const struct nj_msg_reader *reader;
    enum nj_msg_phase phase;
    bool request;
    bool bodiless; /* set before the head ends: the answer to a HEAD */
    bool safe;     /* GET or HEAD */
    bool head_only;
    bool connect;
    bool chunked, has_length, close, keep_alive;
    unsigned minor, status;
    uint64_t length; /* declared */
    uint64_t left;   /* of the body or of the chunk */
    /* The line being read, when its beginning came in an earlier piece. */
    bool in_line, overlong;
    size_t stash_n;
    struct nj_buf line;
    char stash[NJ_MSG_STASH];
};

void nj_msg_init(struct nj_msg *m, bool request, const struct nj_msg_reader *reader);
void nj_msg_fini(struct nj_msg *m);
/* For the next message of the connection. */
void nj_msg_restart(struct nj_msg *m);

/* Takes bytes and says how many.  Comes back early after each line of the head, when the message is done or bad, and when spans is
 * full; body pieces are added to spans, pointing into p. */
size_t nj_msg_feed(struct nj_msg *m, const char *p, size_t n, struct nj_spans *spans);
/* The connection was closed by the sender: true when that is a proper end of the message. */
bool nj_msg_end(struct nj_msg *m);

static inline bool nj_msg_in_head(const struct nj_msg *m)
{
    return m->phase == NJ_MSG_START || m->phase == NJ_MSG_FIELDS;
}

/* 100 Continue and its kin: another head follows. */
static inline bool nj_msg_interim(const struct nj_msg *m)
{
    return !m->request && m->status >= 100 && m->status < 200;
}

/* Will the sender of this message close the connection, or does it expect that? */
static inline bool nj_msg_last(const struct nj_msg *m)
{
    return m->close || (m->minor == 0 && !m->keep_alive);
}

#endif

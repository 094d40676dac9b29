/* nightjar/http_server.h -- a small HTTP/1.1 server on the loop, through libmicrohttpd.
 *
 * A request is handed over when its body is complete (the telemetry listener, the emulator's APIs).  The handler answers
 * at once or keeps the exchange and answers later from the loop, which is how long polls are held.
 *
 * Units      milliseconds; bytes.
 * Limits     connections, body size, total bytes of bodies in memory and an absolute deadline for reading one request;
 *            beyond them the client gets 413, 503 or a closed connection, and the over_limit callback is told.  Between
 *            requests a connection may be silent for ever, until another one needs its place: then the one that has been
 *            silent longest is closed.
 * Ownership  the exchange belongs to the server; it is gone after nj_exchange_reply() or the gone callback.  Views of the
 *            request live as long as the exchange.  Reply bodies are copied.
 * Blocking   never.
 */
#ifndef NIGHTJAR_HTTP_SERVER_H
#define NIGHTJAR_HTTP_SERVER_H

#include "nightjar/buf.h"
#include "nightjar/loop.h"

struct nj_http_server;
struct nj_exchange;

struct nj_server_options {
    const char *address;  /* IPv4 text; NULL = 127.0.0.1 */
    uint16_t port;        /* 0 = any free one; see nj_http_server_port() */
    unsigned connections; /* most at one time; 0 = 16 */
    size_t body_max;      /* one body; 0 = 4 MiB */
    size_t bodies_max;    /* all bodies being read; 0 = 2 * body_max */
    int64_t read_ms;      /* from the first byte of a request to its last; 0 = 10,000 */
    size_t header_max;    /* request line and headers; 0 = 32 KiB */
    /* Called when the whole request is there.  Must lead to exactly one nj_exchange_reply(), now or later. */
    void (*request)(void *ctx, struct nj_exchange *x);
    /* Optional: a kept exchange whose client closed its side; views and nj_exchange_get() still work inside, nothing after. */
    void (*gone)(void *ctx, struct nj_exchange *x);
    /* Optional: a request was refused for its size or its slowness. */
    void (*over_limit)(void *ctx);
    void *ctx;
};

NJ_MUST enum nj_status nj_http_server_new(struct nj_http_server **out, struct nj_loop *l, const struct nj_server_options *o);
void nj_http_server_free(struct nj_http_server *s); /* drops every connection; kept exchanges are gone without callback */
uint16_t nj_http_server_port(const struct nj_http_server *s);

struct nj_str nj_exchange_method(const struct nj_exchange *x);
struct nj_str nj_exchange_path(const struct nj_exchange *x);                     /* as sent, without the query */
struct nj_str nj_exchange_query(const struct nj_exchange *x);                    /* after the "?"; absent without one */
struct nj_str nj_exchange_header(const struct nj_exchange *x, const char *name); /* any case; absent view when missing */
struct nj_str nj_exchange_body(const struct nj_exchange *x);
struct nj_str nj_exchange_peer(const struct nj_exchange *x); /* address without port */
int nj_exchange_fd(const struct nj_exchange *x);             /* the socket, for tests that break it on purpose */

/* Adds a header to the coming reply. */
void nj_exchange_reply_header(struct nj_exchange *x, const char *name, struct nj_str value);
void nj_exchange_reply(struct nj_exchange *x, unsigned status, const char *content_type, struct nj_str body);
/* Closes the connection without an answer. */
void nj_exchange_abort(struct nj_exchange *x);
/* The caller's pointer, NULL at first: to find its own state again in gone(). */
void nj_exchange_set(struct nj_exchange *x, void *user);
void *nj_exchange_get(const struct nj_exchange *x);

#endif

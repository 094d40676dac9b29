/* Shared by the files of the HTTP client: the request, the client, and its two engines.
 *
 * Requests to a numeric IPv4 address by plain http that go through no proxy -- the platform's own APIs -- are spoken by
 * http_plain.c; everything else by libcurl (http_curl.c).  Starting libcurl with TLS costs half a millisecond and a megabyte,
 * which a sandbox must not pay before its first event/next.
 */
#ifndef NIGHTJAR_NET_HTTP_INTERNAL_H
#define NIGHTJAR_NET_HTTP_INTERNAL_H

#include "http_reply.h"
#include "loop_internal.h"

#include "nightjar/http_client.h"

#include <curl/curl.h>
#include <netinet/in.h>

struct nj_engine;
struct nj_tls_trust;

/* A socket that curl holds.  We open and close them ourselves, so that idle ones can be shut after a thaw while a long poll
 * on another one stays untouched. */
struct nj_client_socket {
    curl_socket_t fd;
    struct nj_request *user; /* NULL while the connection is idle */
    unsigned uses;
    struct nj_client_socket *next;
};

/* A connection of the plain engine. */
struct nj_plain {
    struct nj_http *http;
    struct nj_hook hook;
    struct sockaddr_in peer;
    struct nj_request *user; /* NULL while it is idle */
    int fd;
    bool connecting;
    unsigned uses;
    struct nj_plain *next;
};

struct nj_request {
    struct nj_http *http;
    const struct nj_engine *engine;
    char *method;
    char *url;
    struct nj_buf headers; /* "Name: value" or "Name;" for an empty one, and NUL, one after the other */
    struct nj_str body;
    int64_t total_ms, connect_ms;
    size_t reply_max;
    bool direct, has_type, has_host, has_agent;
    enum nj_status err; /* the first failure of a setter */

    nj_http_done_fn done;
    void *ctx;
    uint64_t handle;
    struct nj_request *prev, *next;

    struct nj_buf reply;
    size_t thrown_away;
    bool reused, enough; /* enough: ended by us, the answer is known */
    int64_t since_ms;

    CURL *easy;
    struct curl_slist *lines;
    size_t header_bytes;
    bool started, head_ended;
    const char *refused; /* why we refused it ourselves, NULL otherwise */
    char error[CURL_ERROR_SIZE];

    struct nj_plain *plain;
    struct nj_reply_reader reader;
    struct sockaddr_in to;
    struct nj_buf head; /* request line and headers */
    size_t sent;        /* bytes of head and body */
    struct nj_timer limit;
    int failed; /* CURLcode to report from the next turn */
    bool retried, got_bytes;
};

struct nj_http {
    struct nj_loop *loop;
    struct nj_request *active;
    uint64_t last_handle;
    unsigned busy; /* our own functions on the stack: freeing waits */
    bool dead;

    struct nj_source source;
    CURLM *multi;
    struct nj_client_socket *sockets;
    unsigned curl_active;
    bool curl_started;
    char trust[256];            /* a file of certificates somebody named; "" = none */
    char ca_file[256];          /* "" = curl's default, or the set that was compiled in */
    struct nj_tls_trust *roots; /* that set, once it was asked for */

    struct nj_plain *connections;
    const struct nj_plain *spared; /* its reply is being told: alive, whatever a thaw did to the others */
};

struct nj_engine {
    enum nj_status (*start)(struct nj_http *h, struct nj_request *r);
    /* Takes the request from the engine, whatever it was doing. */
    void (*stop)(struct nj_request *r);
    void (*released)(struct nj_request *r); /* after the callback, or after a cancelled one was stopped */
    struct nj_str (*header)(const struct nj_request *r, const char *name);
    void (*drop_idle)(struct nj_http *h);
    void (*free)(struct nj_http *h);
};

extern const struct nj_engine nj_engine_curl, nj_engine_plain;

/* Is this one for the plain engine?  Then *to and *target (path and query) are set. */
bool nj_plain_takes(const struct nj_request *r, struct sockaddr_in *to, struct nj_str *target);

/* Keeps a piece of the reply's body; false when there has been enough. */
bool nj_request_keep(struct nj_request *r, struct nj_str piece);
/* Tells the reply, once; the request is gone afterwards.  retry_after_ms, took_ms, body and origin are filled in here. */
void nj_http_settle(struct nj_request *r, struct nj_http_reply *reply);

/* Around everything that may end in a callback. */
void nj_http_enter(struct nj_http *h);
void nj_http_leave(struct nj_http *h); /* h may be gone afterwards */

#endif

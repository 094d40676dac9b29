/* nightjar/runtime_proxy.h -- stands between the language runtime and the Runtime API, and keeps a bounded copy of what passes.
 *
 * What the runtime and the platform see through it is, byte for byte, what they would see without it: each client connection has
 * one upstream connection of its own, bytes go on as they came (spelling and order of headers, chunks, trailers, interim and early
 * answers, unknown paths, even what is no HTTP), and a parser only watches them pass.  Exactly two things are ours:
 *   - a Host header that names the proxy is given the platform's address, as it would have been without the proxy;
 *   - an upstream connection that the platform closed between two requests is replaced when the next request comes, and a
 *     safe request (GET, HEAD) that loses a connection gone stale - used before, or open through a freeze, a restore or a long
 *     poll - before a byte of its answer came is sent once more.  Others never are, unless not a byte of them was sent.
 * No answer is ever invented.  Where the platform refuses a connection, resets or closes it, the client's connection ends the
 * same way: a refused connect shows as a reset connection.  Traffic the parser cannot follow goes on unobserved and is counted.
 *
 * Raw sockets and a loop of its own on a thread of its own: work on telemetry must never delay an invocation, and neither
 * libmicrohttpd nor curl keeps spelling, chunks and trailers (docs/internals/runtime-proxy.md).
 *
 * Units      bytes; milliseconds; times in Unix nanoseconds.
 * Limits     NJ_PROXY_LARGE bytes in flight in each direction of a connection, whatever the size of bodies and headers;
 *            capture_bytes of a body kept; queue_bytes of kept bodies at one time.  No timeouts on the invocation path.
 * Ownership  a taken capture belongs to the caller until nj_capture_free(); the proxy must outlive it.
 * Errors     short memory, a full queue or a slow reader cost copies, never bytes on their way; every loss is counted.
 * Blocking   nj_proxy_new() may ask a resolver when the upstream is no address; nj_proxy_free() joins the thread; the rest never.
 * Threads    the functions here are called from one thread, the one that called nj_proxy_new(); nj_proxy_count() from any.
 * Globals    none.
 */
#ifndef NIGHTJAR_RUNTIME_PROXY_H
#define NIGHTJAR_RUNTIME_PROXY_H

#include "nightjar/clock.h"
#include "nightjar/loop.h"
#include "nightjar/sha256.h"

enum { NJ_PROXY_PORT = 9421, NJ_PROXY_SMALL = 4 << 10, NJ_PROXY_LARGE = 64 << 10 };

struct nj_proxy;

enum nj_capture_kind {
    NJ_CAPTURE_INPUT,         /* what GET .../invocation/next answered */
    NJ_CAPTURE_RESPONSE,      /* POST .../invocation/{id}/response */
    NJ_CAPTURE_ERROR,         /* POST .../invocation/{id}/error */
    NJ_CAPTURE_INIT_ERROR,    /* POST .../init/error */
    NJ_CAPTURE_RESTORE_ERROR, /* POST .../restore/error */
    NJ_CAPTURE_END,           /* the platform took a response or an error: the invocation is over.  No body. */
    NJ_CAPTURE_KINDS
};
extern const char *const nj_capture_names[NJ_CAPTURE_KINDS]; /* "input" "response" "error" "init_error" "restore_error" "end" */

/* Texts taken from headers and trailers: member, header, which is looked for whatever its case.  Absent when not sent or empty. */
#define NJ_CAPTURE_FIELDS(X)                                                                                                               \
    X(request_id, "Lambda-Runtime-Aws-Request-Id") /* of responses and errors: the id in the path */                                       \
    X(arn, "Lambda-Runtime-Invoked-Function-Arn")                                                                                          \
    X(trace, "Lambda-Runtime-Trace-Id")                                                                                                    \
    X(client_context, "Lambda-Runtime-Client-Context")                                                                                     \
    X(cognito_identity, "Lambda-Runtime-Cognito-Identity")                                                                                 \
    X(tenant, "Lambda-Runtime-Aws-Tenant-Id")                                                                                              \
    X(deadline, "Lambda-Runtime-Deadline-Ms")                                                                                              \
    X(content_type, "Content-Type")                                                                                                        \
    X(response_mode, "Lambda-Runtime-Function-Response-Mode")                                                                              \
    X(error_type, "Lambda-Runtime-Function-Error-Type") /* header, or trailer of a streamed response */                                    \
    X(error_body, "Lambda-Runtime-Function-Error-Body") /* trailer: base64 JSON */

struct nj_capture {
    enum nj_capture_kind kind;
#define NJ_CAPTURE_MEMBER(member, header) struct nj_str member;
    NJ_CAPTURE_FIELDS(NJ_CAPTURE_MEMBER)
#undef NJ_CAPTURE_MEMBER
    int64_t deadline_ms;           /* the deadline as a number, epoch; 0 = unknown */
    bool streaming;                /* response_mode is "streaming" */
    bool complete;                 /* the body came to its proper end */
    bool starved;                  /* less was kept than capture_bytes because memory was short or the reader slow */
    unsigned upstream_status;      /* what the platform answered; 0 = nothing, it or the runtime went away */
    int64_t declared;              /* Content-Length; -1 = none */
    uint64_t size;                 /* bytes of the body that passed */
    uint8_t sha256[NJ_SHA256_LEN]; /* of those */
    struct nj_str kept;            /* the first of them; shorter than size: cut */
    unsigned status_code;          /* the first top-level "statusCode" of a JSON body, kept or not; 0 = none */
    int64_t start_ns, end_ns;      /* input: first byte of the answer and its end.  Others: first byte of the request, end of the answer */
};

/* What happened so far; each only grows. */
#define NJ_PROXY_COUNTERS(X)                                                                                                               \
    X(connections, "Client connections accepted.")                                                                                         \
    X(exchanges, "Requests that were answered.")                                                                                           \
    X(blind, "Connections whose traffic could not be followed; it went on unobserved.")                                                    \
    X(replayed, "Safe requests sent once more because their upstream connection had gone stale.")                                          \
    X(upstream_lost, "Upstream connections refused, reset or closed while a request was open.")                                            \
    X(client_lost, "Client connections that broke while a request was open.")                                                              \
    X(accept_paused, "Times accepting had to wait because connections, descriptors or memory ran out.")                                    \
    X(captures, "Copies handed over.")                                                                                                     \
    X(captures_starved, "Copies with less of the body than allowed, because memory was short or the reader slow.")                         \
    X(captures_dropped, "Copies given up altogether for the same reasons.")                                                                \
    X(illegal_moves, "Events that the connection's state should not have seen: a bug.")                                                    \
    X(probes, "Probes answered.")

enum nj_proxy_counter {
#define NJ_PROXY_COUNTER(name, text) NJ_PROXY_##name,
    NJ_PROXY_COUNTERS(NJ_PROXY_COUNTER)
#undef NJ_PROXY_COUNTER
        NJ_PROXY_COUNTER_ROWS
};
extern const char *const nj_proxy_counter_names[NJ_PROXY_COUNTER_ROWS];

struct nj_proxy_options {
    uint16_t port;          /* on 127.0.0.1; 0 = any free one */
    struct nj_str upstream; /* host:port of the Runtime API or of the next proxy */
    size_t capture_bytes;   /* most bytes of one body kept; 0 = sizes, sums and headers only */
    size_t queue_bytes;     /* kept bodies at one time; 0 = 4 MiB */
    bool no_capture;        /* only NJ_CAPTURE_END is handed over */
    unsigned connections;   /* most at one time; 0 = from the limit of descriptors, at most 1,000 */
    /* For tests: realloc() and free() of the proxy's thread; NULL = the system's. */
    void *(*resize)(void *ctx, void *p, size_t n);
    nj_clock_read_fn clock;
    void *ctx;
};

/* Binds, starts the thread; from here on the port answers.  NJ_ESYS: port taken, or no descriptors or threads left. */
NJ_MUST enum nj_status nj_proxy_new(struct nj_proxy **out, const struct nj_proxy_options *o);
/* Ends every connection and the thread.  Captures not taken are freed. */
void nj_proxy_free(struct nj_proxy *p);
uint16_t nj_proxy_port(const struct nj_proxy *p);

/* Readable when captures wait; for nj_watch or poll(). */
int nj_proxy_fd(const struct nj_proxy *p);
/* The oldest capture, or NULL when there is none, which also makes the descriptor unreadable again. */
NJ_MUST struct nj_capture *nj_proxy_take(struct nj_proxy *p);
void nj_capture_free(struct nj_proxy *p, struct nj_capture *c);
uint64_t nj_proxy_count(const struct nj_proxy *p, enum nj_proxy_counter which);

/* All of the above on a loop: on_capture is called from nj_loop_turn() with each capture, which is freed afterwards. */
struct nj_proxy_reader {
    struct nj_proxy *proxy;
    void (*on_capture)(void *ctx, const struct nj_capture *c);
    void *ctx;
    struct nj_watch watch; /* the reader's own */
};
NJ_MUST enum nj_status nj_proxy_reader_start(struct nj_proxy_reader *r, struct nj_loop *l);
void nj_proxy_reader_stop(struct nj_proxy_reader *r, struct nj_loop *l);

/* Does nightjar's proxy answer on 127.0.0.1:port, with its upstream being where runtime_api (host:port) points?  Only the ports are
 * compared, since the platform may give the runtime and the extensions different addresses; an absent view compares nothing.
 * Blocks for timeout_ms at most.  NJ_EREMOTE: something else answers;  NJ_EARG: another upstream, so that going through would
 * leave somebody's proxy out;  NJ_ESYS: nobody is there;  NJ_EDEADLINE. */
NJ_MUST enum nj_status nj_proxy_probe(uint16_t port, struct nj_str runtime_api, int timeout_ms);

#endif

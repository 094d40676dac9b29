/* nightjar/http_client.h -- HTTP requests on the loop: by libcurl, and without it to the platform's own APIs.
 *
 * Every request ends in exactly one callback, never from inside nj_http_submit_take(), unless it is cancelled first or submit
 * itself returned a failure.  No redirects, no cookies, http and https only, replies capped, "Expect:" never sent, no signals.
 * Link-local addresses (the metadata service) are refused unless the request is direct.  Callbacks may submit, cancel, drop
 * idle connections and free the client.
 *
 * Units      milliseconds; bytes.
 * Limits     64 KiB of headers each way; reply bodies are kept up to reply_max bytes, 1 MiB more is read and thrown away, and
 *            then the connection is dropped: the reply counts as complete all the same.
 * Ownership  submit takes the request, also on failure (the pointer is NULL afterwards).  The body is borrowed: it must
 *            live until the callback.  The reply is valid inside the callback only.
 * Errors     see struct nj_http_reply; status 0 means no HTTP answer and curl_code says why.
 */
#ifndef NIGHTJAR_HTTP_CLIENT_H
#define NIGHTJAR_HTTP_CLIENT_H

#include "nightjar/buf.h"
#include "nightjar/loop.h"

struct nj_http; /* the client */
struct nj_request;

struct nj_http_reply {
    long status;            /* 100..599, or 0 */
    int curl_code;          /* CURLcode; 0 = the transfer itself went well */
    bool sent_whole;        /* the request body had been handed to the kernel completely */
    bool reused;            /* an older connection was used: after a freeze it may have been dead */
    int64_t retry_after_ms; /* from Retry-After (seconds or date), at most a day; -1 when absent or junk */
    int64_t took_ms;
    struct nj_str body; /* up to reply_max bytes */
    const char *error;  /* curl's words, "" when none; holds no secrets */
    const void *origin; /* for nj_http_reply_header(); NULL in a reply made by hand: no headers */
};

typedef void (*nj_http_done_fn)(void *ctx, const struct nj_http_reply *reply);

NJ_MUST enum nj_status nj_http_new(struct nj_http **out, struct nj_loop *l);
void nj_http_free(struct nj_http *h); /* cancels what is under way */
/* The file of certificates to trust in place of SSL_CERT_FILE's, the system's or the compiled-in ones; "" = as before.  Before the
 * first request. */
void nj_http_trust(struct nj_http *h, struct nj_str file);

NJ_MUST enum nj_status nj_request_new(struct nj_request **out, const char *method, struct nj_str url);
void nj_request_free(struct nj_request *r);                                          /* NULL allowed */
void nj_request_header(struct nj_request *r, const char *name, struct nj_str value); /* failures latch until submit */
void nj_request_header_lines(struct nj_request *r, struct nj_str lines);             /* "Name: value\n"... */
void nj_request_body(struct nj_request *r, struct nj_str body);                      /* borrowed */
void nj_request_timeout(struct nj_request *r, int64_t total_ms, int64_t connect_ms); /* <= 0: none; default none */
void nj_request_reply_max(struct nj_request *r, size_t bytes);                       /* default 64 KiB */
void nj_request_direct(struct nj_request *r); /* never through an HTTP proxy from the environment: platform calls */

/* *handle (may be NULL) names the request for cancel until its callback. */
NJ_MUST enum nj_status nj_http_submit_take(struct nj_http *h, struct nj_request **r, nj_http_done_fn done, void *ctx, uint64_t *handle);
/* Ends it without a callback.  Unknown handles are ignored. */
void nj_http_cancel(struct nj_http *h, uint64_t handle);
/* Reply header of the request being reported, inside the callback only; absent when there is none. */
struct nj_str nj_http_reply_header(const struct nj_http_reply *reply, const char *name);
/* After a thaw: no idle connection is used again. */
void nj_http_drop_idle(struct nj_http *h);

#endif

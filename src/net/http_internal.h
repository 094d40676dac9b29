/* Shared by the files of the HTTP client: the request, the sockets and the client itself. */
#ifndef NIGHTJAR_NET_HTTP_INTERNAL_H
#define NIGHTJAR_NET_HTTP_INTERNAL_H

#include "loop_internal.h"

#include "nightjar/http_client.h"

#include <curl/curl.h>

/* A socket that curl holds.  We open and close them ourselves, so that idle ones can be shut after a thaw while a long poll
 * on another one stays untouched. */
struct nj_client_socket {
    curl_socket_t fd;
    struct nj_request *user; /* NULL while the connection is idle */
    unsigned uses;
    struct nj_client_socket *next;
};

struct nj_request {
    struct nj_http *http;
    char *method;
    char *url;
    struct nj_buf headers; /* "Name: value" and NUL, one after the other */
    struct nj_str body;
    int64_t total_ms, connect_ms;
    size_t reply_max;
    bool direct, has_type;
    enum nj_status err; /* the first failure of a setter */

    CURL *easy;
    struct curl_slist *lines;
    nj_http_done_fn done;
    void *ctx;
    uint64_t handle;
    struct nj_buf reply;
    size_t header_bytes, thrown_away;
    bool reused, started, enough; /* enough: ended by us, the answer is known */
    const char *refused;          /* why we refused it ourselves, NULL otherwise */
    int64_t since_ms;
    char error[CURL_ERROR_SIZE];
    struct nj_request *prev, *next;
};

struct nj_http {
    struct nj_loop *loop;
    struct nj_source source;
    CURLM *multi;
    struct nj_request *active;
    struct nj_client_socket *sockets;
    uint64_t last_handle;
    bool in_run, dead, curl_started;
    char ca_file[256]; /* "" = curl's default */
};

/* Makes r->easy from the request.  NJ_ENOMEM or NJ_EARG. */
NJ_MUST enum nj_status nj_request_prepare(struct nj_request *r);
void nj_request_release_sockets(struct nj_request *r);
/* Picks the file of trusted certificates for https. */
void nj_http_find_ca(struct nj_http *h);

#endif

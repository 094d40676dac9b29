/* Shared by the files of the HTTP server: the server, its connections and the exchanges on them. */
#ifndef NIGHTJAR_NET_SERVER_INTERNAL_H
#define NIGHTJAR_NET_SERVER_INTERNAL_H

#include "loop_internal.h"

#include "nightjar/http_server.h"

#include <microhttpd.h>
#include <netinet/in.h>

enum nj_connection_state {
    NJ_CONN_WAITING,   /* between requests */
    NJ_CONN_READING,   /* a request has begun; its deadline runs */
    NJ_CONN_ANSWERING, /* the request is complete: with the handler, kept by it, or the reply is on its way */
    NJ_CONN_DOOMED     /* shut by us; libmicrohttpd will notice in its next run */
};

/* One TCP connection.  On the server's list, the one that has been silent longest first. */
struct nj_connection {
    struct nj_http_server *server;
    struct MHD_Connection *mhd;
    struct nj_hook hook; /* first byte of a request while waiting; hang-up while the exchange is kept */
    struct nj_timer deadline;
    int fd;
    enum nj_connection_state state;
    struct nj_exchange *x;
    struct nj_connection *prev, *next;
    char peer[INET6_ADDRSTRLEN];
};

struct nj_reply_header {
    struct nj_reply_header *next;
    char *name, *value;
};

/* One request and its answer. */
struct nj_exchange {
    struct nj_connection *c;
    char *target; /* path and query as sent */
    size_t path_n;
    struct nj_str method;
    struct nj_buf body;
    size_t thrown_away;
    unsigned refused; /* status of a refusal, 0 = none */
    bool begun, handed, suspended, aborted;
    struct nj_reply_header *headers, **last_header;
    struct MHD_Response *response;
    unsigned status;
    void *user;
};

struct nj_http_server {
    struct nj_loop *loop;
    struct nj_server_options o;
    struct MHD_Daemon *daemon;
    struct nj_hook hook; /* libmicrohttpd's epoll descriptor */
    struct nj_source source;
    struct nj_connection *first, *last;
    unsigned open; /* connections, those that are doomed left out */
    size_t bodies; /* bytes of all bodies in memory */
    uint16_t port;
    bool in_run, dead;
};

struct nj_exchange *nj_exchange_new(struct nj_connection *c, const char *target);
void nj_exchange_free(struct nj_exchange *x);
/* libmicrohttpd is to call the access handler once more, which finds the answer. */
void nj_exchange_resume(struct nj_exchange *x);

/* libmicrohttpd's callbacks for a connection. */
void nj_connection_notify(void *server, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code);
void nj_connection_set(struct nj_connection *c, enum nj_connection_state state);
/* The exchange is kept: only a hang-up of the client is of interest until the answer. */
void nj_connection_await_hangup(struct nj_connection *c);
/* Ends it from our side. */
void nj_connection_shut(struct nj_connection *c);
void nj_server_over_limit(struct nj_http_server *s);

#endif

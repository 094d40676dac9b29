/* The HTTP server: libmicrohttpd without a thread of its own, run by the loop. */
#include "server_internal.h"

#include "nightjar/diag.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    CONNECTIONS = 16,
    SPARE = 16, /* accepted beyond the limit for the moment it takes to close another one */
    BODY_MAX = 4 << 20,
    READ_MS = 10000,
    HEADER_MAX = 32 << 10,
    READ_STEP = 16 << 10, /* how much libmicrohttpd reads at a time; its own default of 1 KiB makes 4,000 calls of a post */
    RUNS = 16,            /* of libmicrohttpd in one turn while it says there is more */
    BACKLOG = 128
};

static struct nj_connection *connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

/* The request line is there. */
static void *on_target(void *ctx, const char *target, struct MHD_Connection *mhd)
{
    struct nj_http_server *s = ctx;
    struct nj_connection *c = connection_of(mhd);
    nj_loop_progress(s->loop);
    if (c == NULL || c->x != NULL)
        return NULL;
    nj_connection_set(c, NJ_CONN_READING);
    c->x = nj_exchange_new(c, target);
    return c->x;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static void refuse(struct nj_exchange *x, unsigned status)
{
    struct nj_http_server *s = x->c->server;
    x->refused = status;
    x->thrown_away = x->body.n;
    s->bodies -= x->body.n;
    nj_buf_fini(&x->body);
    nj_server_over_limit(s);
}

static enum MHD_Result queue_reply(struct nj_exchange *x)
{
    return MHD_queue_response(x->c->mhd, x->status, x->response);
}

/* What is too large is still read, up to as much again, because a client that is cut off while it writes never sees the 413. */
static enum MHD_Result begin(struct nj_exchange *x, const char *method)
{
    const struct nj_http_server *s = x->c->server;
    uint64_t declared = 0;
    x->begun = true;
    x->method = nj_str_of(method);
    if (!nj_str_u64(nj_exchange_header(x, "Content-Length"), &declared) || declared <= s->o.body_max)
        return MHD_YES;
    refuse(x, 413);
    bool waits = nj_exchange_header(x, "Expect").p != NULL;
    if (!waits && declared - s->o.body_max <= s->o.body_max) /* as take_body() counts */
        return MHD_YES;
    nj_exchange_reply(x, x->refused, "text/plain", NJ_STR("too large\n"));
    return x->response != NULL ? queue_reply(x) : MHD_NO;
}

static enum MHD_Result take_body(struct nj_exchange *x, struct nj_str bytes)
{
    struct nj_http_server *s = x->c->server;
    if (x->refused == 0) {
        bool fits = bytes.n <= s->o.body_max - x->body.n, room = s->bodies <= s->o.bodies_max && bytes.n <= s->o.bodies_max - s->bodies;
        if (fits && room) {
            nj_buf_add(&x->body, bytes);
            if (x->body.err == NJ_OK) {
                s->bodies += bytes.n;
                return MHD_YES;
            }
        }
        refuse(x, fits ? 503 : 413);
    }
    x->thrown_away += bytes.n;
    return x->thrown_away / 2 <= s->o.body_max ? MHD_YES : MHD_NO;
}

/* The request is complete: to the handler, once; later calls find its answer. */
static enum MHD_Result answer(struct nj_exchange *x)
{
    struct nj_http_server *s = x->c->server;
    if (!x->handed) {
        x->handed = true;
        nj_connection_set(x->c, NJ_CONN_ANSWERING);
        if (x->refused != 0)
            nj_exchange_reply(x, x->refused, "text/plain", NJ_STR("over a limit\n"));
        else
            s->o.request(s->o.ctx, x);
    }
    if (s->dead || x->aborted)
        return MHD_NO;
    if (x->response != NULL)
        return queue_reply(x);
    MHD_suspend_connection(x->c->mhd);
    x->suspended = true;
    nj_connection_await_hangup(x->c);
    return MHD_YES;
}

static enum MHD_Result on_access(void *ctx, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                 const char *data, size_t *data_n, void **request)
{
    struct nj_http_server *s = ctx;
    struct nj_exchange *x = *request;
    (void)mhd;
    (void)url;
    (void)version;
    nj_loop_progress(s->loop);
    if (x == NULL || s->dead || x->c->state == NJ_CONN_DOOMED)
        return MHD_NO;
    if (!x->begun)
        return begin(x, method);
    if (*data_n == 0)
        return answer(x);
    enum MHD_Result rc = take_body(x, (struct nj_str){ data, *data_n });
    *data_n = 0;
    return rc;
}

static void on_completed(void *ctx, struct MHD_Connection *mhd, void **request, enum MHD_RequestTerminationCode why)
{
    struct nj_http_server *s = ctx;
    struct nj_exchange *x = *request;
    (void)mhd;
    nj_loop_progress(s->loop);
    *request = NULL;
    if (x == NULL)
        return;
    struct nj_connection *c = x->c;
    c->x = NULL;
    nj_exchange_free(x);
    if (why == MHD_REQUEST_TERMINATED_COMPLETED_OK && !s->dead)
        nj_connection_set(c, NJ_CONN_WAITING);
}

void nj_exchange_resume(struct nj_exchange *x)
{
    if (!x->suspended)
        return;
    x->suspended = false;
    nj_hook_stop(x->c->server->loop, &x->c->hook);
    MHD_resume_connection(x->c->mhd);
}

/* --- the server ---------------------------------------------------------------------------------------------------- */

static void really_free(struct nj_http_server *s)
{
    for (struct nj_connection *c = s->first; c != NULL; c = c->next)
        if (c->x != NULL)
            nj_exchange_resume(c->x); /* libmicrohttpd aborts the process when it is stopped with suspended connections */
    nj_hook_stop(s->loop, &s->hook);
    nj_source_remove(s->loop, &s->source);
    if (s->daemon != NULL)
        MHD_stop_daemon(s->daemon);
    free(s);
}

/* Always, whatever woke the loop: readiness alone does not tell libmicrohttpd everything. */
static void run(void *ctx)
{
    struct nj_http_server *s = ctx;
    s->in_run = true;
    for (int i = 0; i < RUNS && !s->dead; i++) {
        MHD_UNSIGNED_LONG_LONG wait = 1;
        MHD_run(s->daemon);
        if (MHD_get_timeout(s->daemon, &wait) != MHD_YES || wait != 0)
            break;
    }
    s->in_run = false;
    if (s->dead)
        really_free(s);
}

static int64_t wait_ms(void *ctx)
{
    struct nj_http_server *s = ctx;
    MHD_UNSIGNED_LONG_LONG wait = 0;
    if (MHD_get_timeout(s->daemon, &wait) != MHD_YES)
        return -1;
    return wait > INT32_MAX ? INT32_MAX : (int64_t)wait;
}

static void on_epoll(struct nj_hook *h, uint32_t events)
{
    (void)h; /* run() follows in every turn */
    (void)events;
}

static enum nj_status listen_on(const struct nj_server_options *o, int *out, uint16_t *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(o->port) };
    socklen_t n = sizeof(a);
    int on = 1;
    *out = -1;
    if (inet_pton(AF_INET, o->address != NULL ? o->address : "127.0.0.1", &a.sin_addr) != 1)
        return NJ_EARG;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return NJ_ESYS;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
        listen(fd, BACKLOG) != 0 || getsockname(fd, (struct sockaddr *)&a, &n) != 0) {
        close(fd);
        return NJ_ESYS;
    }
    *out = fd;
    *port = ntohs(a.sin_port);
    return NJ_OK;
}

static void set_defaults(struct nj_server_options *o)
{
    o->connections = o->connections != 0 ? o->connections : CONNECTIONS;
    o->body_max = o->body_max != 0 ? o->body_max : BODY_MAX;
    o->bodies_max = o->bodies_max != 0 ? o->bodies_max : 2 * o->body_max;
    o->read_ms = o->read_ms > 0 ? o->read_ms : READ_MS;
    o->header_max = o->header_max != 0 ? o->header_max : HEADER_MAX;
}

static struct MHD_Daemon *start_daemon(struct nj_http_server *s, int fd)
{
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access, s, /* */
                            MHD_OPTION_LISTEN_SOCKET, fd,                                          /* */
                            MHD_OPTION_CONNECTION_LIMIT, s->o.connections + SPARE,                 /* */
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, s->o.header_max,                   /* */
                            MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)(s->o.header_max < READ_STEP ? s->o.header_max : READ_STEP),
                            MHD_OPTION_CONNECTION_TIMEOUT, 0U,                     /* ours is absolute */
                            MHD_OPTION_URI_LOG_CALLBACK, on_target, s,             /* */
                            MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,          /* */
                            MHD_OPTION_NOTIFY_CONNECTION, nj_connection_notify, s, /* */
                            MHD_OPTION_END);
}

enum nj_status nj_http_server_new(struct nj_http_server **out, struct nj_loop *l, const struct nj_server_options *o)
{
    int fd = -1;
    *out = NULL;
    struct nj_http_server *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return NJ_ENOMEM;
    s->loop = l;
    s->o = *o;
    s->hook = (struct nj_hook){ .ready = on_epoll, .fd = -1 };
    s->source = (struct nj_source){ .run = run, .wait_ms = wait_ms, .ctx = s };
    set_defaults(&s->o);
    enum nj_status st = listen_on(o, &fd, &s->port);
    if (st != NJ_OK)
        goto out;
    st = NJ_ESYS;
    s->daemon = start_daemon(s, fd);
    if (s->daemon == NULL) {
        close(fd);
        goto out;
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    if (info == NULL || nj_hook_set(l, &s->hook, info->epoll_fd, EPOLLIN) != NJ_OK)
        goto out;
    nj_source_add(l, &s->source);
    *out = s;
    return NJ_OK;
out:
    really_free(s);
    return st;
}

void nj_http_server_free(struct nj_http_server *s)
{
    if (s == NULL)
        return;
    s->dead = true;
    if (!s->in_run)
        really_free(s);
}

uint16_t nj_http_server_port(const struct nj_http_server *s)
{
    return s->port;
}

/* The connections of the server: their deadlines, hang-ups while an answer is pending, and who leaves when it is full. */
#include "server_internal.h"

#include "nightjar/diag.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>

static void list_remove(struct nj_http_server *s, struct nj_connection *c)
{
    *(c->prev != NULL ? &c->prev->next : &s->first) = c->next;
    *(c->next != NULL ? &c->next->prev : &s->last) = c->prev;
    c->prev = c->next = NULL;
}

static void list_append(struct nj_http_server *s, struct nj_connection *c)
{
    c->prev = s->last;
    c->next = NULL;
    *(s->last != NULL ? &s->last->next : &s->first) = c;
    s->last = c;
}

void nj_server_over_limit(struct nj_http_server *s)
{
    if (!s->dead && s->o.over_limit != NULL)
        s->o.over_limit(s->o.ctx);
}

void nj_connection_shut(struct nj_connection *c)
{
    if (c->state == NJ_CONN_DOOMED)
        return;
    nj_connection_set(c, NJ_CONN_DOOMED);
    shutdown(c->fd, SHUT_RDWR);
}

static void on_deadline(void *ctx)
{
    struct nj_connection *c = ctx;
    struct nj_http_server *s = c->server;
    nj_connection_shut(c);
    nj_server_over_limit(s);
}

static void client_gone(struct nj_connection *c)
{
    struct nj_http_server *s = c->server;
    struct nj_exchange *x = c->x;
    nj_hook_stop(s->loop, &c->hook);
    if (x->response != NULL || x->aborted)
        return;        /* answered in this very turn: libmicrohttpd will find the connection closed */
    x->aborted = true; /* from here the handler's calls do nothing */
    nj_exchange_resume(x);
    if (!s->dead && s->o.gone != NULL) /* last, because it may free the server */
        s->o.gone(s->o.ctx, x);
}

static void on_hook(struct nj_hook *h, uint32_t events)
{
    struct nj_connection *c = (struct nj_connection *)(void *)((char *)h - offsetof(struct nj_connection, hook));
    (void)events;
    nj_loop_progress(c->server->loop);
    if (c->state == NJ_CONN_WAITING)
        nj_connection_set(c, NJ_CONN_READING);
    else if (c->x != NULL && c->x->suspended)
        client_gone(c);
}

void nj_connection_await_hangup(struct nj_connection *c)
{
    if (nj_hook_set(c->server->loop, &c->hook, c->fd, EPOLLRDHUP) != NJ_OK)
        nj_diag(NJ_LEVEL_WARN, "NJ1131", "a kept request's client is not watched");
}

void nj_connection_set(struct nj_connection *c, enum nj_connection_state state)
{
    struct nj_http_server *s = c->server;
    if (c->state == state || c->state == NJ_CONN_DOOMED)
        return;
    if (state == NJ_CONN_DOOMED)
        s->open--;
    c->state = state;
    nj_timer_stop(s->loop, &c->deadline);
    list_remove(s, c);
    list_append(s, c);
    if (state == NJ_CONN_READING)
        nj_timer_set(s->loop, &c->deadline, s->o.read_ms);
    /* Once only, so that a request costs one more system call and no more turns.  libmicrohttpd tells of a request when its
     * first line is complete, which may be never. */
    if (state == NJ_CONN_WAITING && nj_hook_set(s->loop, &c->hook, c->fd, EPOLLIN | EPOLLONESHOT) != NJ_OK)
        nj_diag(NJ_LEVEL_DEBUG, "NJ1132", "a connection is not watched between requests");
    if (state == NJ_CONN_DOOMED)
        nj_hook_stop(s->loop, &c->hook);
}

/* A full house: who has been silent longest between requests leaves, or else who has been reading longest.  Kept exchanges
 * stay.  Without this a handful of idle connections would keep the platform's deliveries out. */
static void make_room(struct nj_http_server *s, struct nj_connection *newcomer)
{
    static const enum nj_connection_state order[] = { NJ_CONN_WAITING, NJ_CONN_READING };
    struct nj_connection *victim = NULL;
    for (size_t i = 0; i < NJ_COUNT(order) && victim == NULL; i++)
        for (struct nj_connection *c = s->first; c != NULL && victim == NULL; c = c->next)
            if (c->state == order[i] && c != newcomer)
                victim = c;
    bool refused = victim == NULL || victim->state != NJ_CONN_WAITING;
    nj_connection_shut(victim != NULL ? victim : newcomer);
    if (refused)
        nj_server_over_limit(s);
}

static void peer_text(const struct sockaddr *a, char out[static INET6_ADDRSTRLEN])
{
    out[0] = '\0';
    if (a != NULL && a->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)a)->sin_addr, out, INET6_ADDRSTRLEN);
    else if (a != NULL && a->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, out, INET6_ADDRSTRLEN);
}

static void opened(struct nj_http_server *s, struct MHD_Connection *mhd, void **context)
{
    /* libmicrohttpd 1.0 answers every question in one and the same place: read before asking the next. */
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    int fd = info != NULL ? info->connect_fd : -1;
    struct nj_connection *c = fd >= 0 ? calloc(1, sizeof(*c)) : NULL;
    *context = c;
    if (c == NULL) {
        if (fd >= 0)
            shutdown(fd, SHUT_RDWR);
        return;
    }
    info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    c->server = s;
    c->mhd = mhd;
    c->fd = fd;
    c->hook = (struct nj_hook){ .ready = on_hook, .fd = -1 };
    c->deadline = (struct nj_timer){ .fire = on_deadline, .ctx = c };
    c->state = NJ_CONN_READING; /* the first request is expected at once */
    peer_text(info != NULL ? info->client_addr : NULL, c->peer);
    list_append(s, c);
    s->open++;
    nj_timer_set(s->loop, &c->deadline, s->o.read_ms);
    if (s->open > s->o.connections)
        make_room(s, c);
}

static void closed(struct nj_http_server *s, struct nj_connection *c)
{
    nj_connection_set(c, NJ_CONN_DOOMED);
    list_remove(s, c);
    nj_exchange_free(c->x);
    free(c);
}

void nj_connection_notify(void *server, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode code)
{
    struct nj_http_server *s = server;
    nj_loop_progress(s->loop);
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        opened(s, mhd, context);
    else if (*context != NULL)
        closed(s, *context);
}

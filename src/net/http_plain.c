/* The engine for the platform's own APIs: HTTP/1.1 on plain TCP to a numeric IPv4 address, without libcurl. */
#include "http_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define READABLE ((uint32_t)(EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))

enum {
    ANSWER_ROOM = 2048,
    IDLE_MAX = 4,
    HEAD_MAX = 128 << 10,
    READ_STEP = 16 << 10,
    READS = 8,                   /* of one connection in one turn */
    QUIET = EPOLLIN | EPOLLRDHUP /* the same for an idle connection and one that awaits its reply: nothing to tell the kernel */
};

/* --- which requests are ours ---------------------------------------------------------------------------------------- */

bool nj_plain_takes(const struct nj_request *r, struct sockaddr_in *to, struct nj_str *target)
{
    static const struct nj_str scheme = NJ_STR_INIT("http://");
    struct nj_str url = nj_str_of(r->url);
    char host[INET_ADDRSTRLEN];
    uint64_t port = 80;
    if (!r->direct || !nj_str_starts(url, scheme))
        return false;
    url = nj_str_slice(url, scheme.n, url.n);
    size_t slash = nj_str_chr(url, '/', 0), end = slash != NJ_NPOS ? slash : url.n;
    struct nj_str authority = nj_str_slice(url, 0, end);
    size_t colon = nj_str_chr(authority, ':', 0);
    struct nj_str name = nj_str_slice(authority, 0, colon);
    if (colon != NJ_NPOS && (!nj_str_u64(nj_str_slice(authority, colon + 1, authority.n), &port) || port == 0 || port > 65535))
        return false;
    if (name.n == 0 || name.n >= sizeof(host))
        return false;
    memcpy(host, name.p, name.n);
    host[name.n] = '\0';
    *to = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, host, &to->sin_addr) != 1)
        return false;
    *target = nj_str_slice(url, end, url.n);
    for (size_t i = 0; i < target->n; i++) /* what needs escaping or cutting is left to curl */
        if ((unsigned char)target->p[i] <= ' ' || (unsigned char)target->p[i] >= 0x7f || target->p[i] == '#')
            return false;
    return true;
}

static enum nj_status write_head(struct nj_request *r)
{
    struct sockaddr_in ignored;
    struct nj_str target, out;
    bool has_body = r->body.n > 0 || strcmp(r->method, "POST") == 0 || strcmp(r->method, "PUT") == 0;
    if (!nj_plain_takes(r, &ignored, &target))
        return NJ_EARG;
    struct nj_str host = nj_str_of(r->url);
    host = nj_str_slice(host, 7, host.n - target.n);
    nj_buf_init(&r->head, HEAD_MAX);
    nj_buf_addf(&r->head, "%s %s%.*s HTTP/1.1\r\n", r->method, target.n > 0 ? "" : "/", NJ_STR_ARG(target));
    if (!r->has_host)
        nj_buf_addf(&r->head, "Host: %.*s\r\n", NJ_STR_ARG(host));
    if (!r->has_agent)
        nj_buf_addz(&r->head, "User-Agent: nightjar/" NJ_VERSION "\r\n");
    nj_buf_addz(&r->head, "Accept: */*\r\n");
    for (size_t at = 0; at < r->headers.n; at += strlen(r->headers.p + at) + 1) {
        struct nj_str line = nj_str_of(r->headers.p + at);
        bool empty = nj_str_chr(line, ':', 0) == NJ_NPOS;
        nj_buf_add(&r->head, empty ? nj_str_slice(line, 0, line.n - 1) : line);
        nj_buf_addz(&r->head, empty ? ":\r\n" : "\r\n");
    }
    if (has_body)
        nj_buf_addf(&r->head, "Content-Length: %zu\r\n", r->body.n);
    nj_buf_addz(&r->head, "\r\n");
    return nj_buf_finish(&r->head, &out);
}

/* --- connections ---------------------------------------------------------------------------------------------------- */

static void close_connection(struct nj_plain *c)
{
    struct nj_plain **at = &c->http->connections;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    if (c->user != NULL)
        c->user->plain = NULL;
    nj_hook_stop(c->http->loop, &c->hook);
    close(c->fd);
    free(c);
}

static void on_hook(struct nj_hook *hook, uint32_t events);

/* On the loopback interface the handshake is over before connect() says that it is in progress.  Looking at once lets the request
 * leave at once: at start that is before the other rooms are built, which then costs no time.  What is wrong waits for the event. */
static bool is_writable(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    return poll(&p, 1, 0) == 1 && p.revents == POLLOUT;
}

static struct nj_plain *open_connection(struct nj_http *h, const struct sockaddr_in *to)
{
    int on = 1;
    struct nj_plain *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NULL;
    c->http = h;
    c->peer = *to;
    c->hook = (struct nj_hook){ .ready = on_hook, .fd = -1 };
    c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    c->next = h->connections;
    if (c->fd < 0) {
        free(c);
        return NULL;
    }
    h->connections = c;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(c->fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    c->connecting = connect(c->fd, (const struct sockaddr *)&c->peer, sizeof(c->peer)) != 0;
    if (c->connecting && errno != EINPROGRESS) {
        close_connection(c);
        return NULL;
    }
    c->connecting = c->connecting && !is_writable(c->fd);
    return c;
}

static struct nj_plain *idle_connection(struct nj_http *h, const struct sockaddr_in *to)
{
    for (struct nj_plain *c = h->connections; c != NULL; c = c->next)
        if (c->user == NULL && c->peer.sin_port == to->sin_port && c->peer.sin_addr.s_addr == to->sin_addr.s_addr)
            return c;
    return NULL;
}

/* Into the pool, unless that is full: then the oldest idle one goes. */
static void keep_connection(struct nj_plain *c)
{
    struct nj_http *h = c->http;
    struct nj_plain *oldest = NULL;
    unsigned idle = 0;
    c->user = NULL;
    for (struct nj_plain *other = h->connections; other != NULL; other = other->next) {
        if (other->user == NULL && other != c) {
            oldest = other; /* new ones are put in front */
            idle++;
        }
    }
    if (idle >= IDLE_MAX)
        close_connection(oldest);
    if (nj_hook_set(h->loop, &c->hook, c->fd, QUIET) != NJ_OK)
        close_connection(c);
}

/* --- one request ---------------------------------------------------------------------------------------------------- */

static void end(struct nj_request *r, CURLcode code, const char *why)
{
    struct nj_http *h = r->http;
    struct nj_plain *c = r->plain;
    struct nj_http_reply reply = { .status = r->reader.status, .curl_code = (int)code, .error = code != CURLE_OK ? why : "" };
    if (r->enough && r->reader.status != 0) {
        reply.curl_code = (int)CURLE_OK;
        reply.error = "";
    }
    reply.sent_whole = r->sent > 0 && r->sent == r->head.n + r->body.n;
    reply.reused = r->reused;
    nj_timer_stop(h->loop, &r->limit);
    r->plain = NULL;
    if (c != NULL) {
        c->user = NULL;
        if (r->reader.state == NJ_REPLY_DONE && r->reader.keep_alive && reply.sent_whole && code == CURLE_OK)
            keep_connection(c);
        else
            close_connection(c);
    }
    /* By its address only: it may have been closed by keep_connection() just now. */
    const struct nj_plain *before = h->spared;
    h->spared = c;
    nj_http_settle(r, &reply);
    h->spared = before;
}

static bool connect_to(struct nj_request *r, bool fresh);

/* A connection from the pool may have died unnoticed: when nothing at all came back the request goes out once more. */
static void lost(struct nj_request *r, CURLcode code, const char *why)
{
    struct nj_plain *c = r->plain;
    if (!r->reused || r->retried || r->got_bytes) {
        end(r, code, why);
        return;
    }
    r->retried = true;
    r->reused = false;
    r->sent = 0;
    close_connection(c);
    if (!connect_to(r, true))
        end(r, CURLE_COULDNT_CONNECT, "cannot connect");
}

static void want(struct nj_request *r, uint32_t events)
{
    if (nj_hook_set(r->http->loop, &r->plain->hook, r->plain->fd, events) == NJ_OK)
        return;
    r->failed = (int)CURLE_OUT_OF_MEMORY;
    nj_timer_set(r->http->loop, &r->limit, 0);
}

/* Sends what the kernel takes.  False when the connection is broken. */
static bool send_some(struct nj_request *r)
{
    size_t all = r->head.n + r->body.n;
    while (r->sent < all) {
        struct iovec parts[2];
        struct nj_str head = nj_str_slice(nj_buf_str(&r->head), r->sent, r->head.n);
        struct nj_str body = r->body.n > 0 ? nj_str_slice(r->body, r->sent > r->head.n ? r->sent - r->head.n : 0, r->body.n) : r->body;
        unsigned short n = 0; /* msg_iovlen is a size_t with glibc, an int with musl */
        union {
            const char *in;
            void *out;
        } p = { .in = head.p }, q = { .in = body.p };
        if (head.n > 0)
            parts[n++] = (struct iovec){ p.out, head.n };
        if (body.n > 0)
            parts[n++] = (struct iovec){ q.out, body.n };
        struct msghdr m = { .msg_iov = parts, .msg_iovlen = n };
        ssize_t sent = sendmsg(r->plain->fd, &m, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            break;
        if (sent < 0)
            return false;
        r->sent += (size_t)sent;
    }
    want(r, r->sent < all ? QUIET | EPOLLOUT : QUIET);
    return true;
}

static void arm_limit(struct nj_request *r)
{
    if (r->failed != 0)
        return;
    int64_t left = r->total_ms > 0 ? r->since_ms + r->total_ms - nj_loop_read_ms(r->http->loop) : -1;
    bool connecting = r->plain != NULL && r->plain->connecting && r->connect_ms > 0;
    if (connecting && (r->total_ms <= 0 || r->connect_ms < left))
        left = r->connect_ms;
    if (r->total_ms > 0 || connecting)
        nj_timer_set(r->http->loop, &r->limit, left);
    else
        nj_timer_stop(r->http->loop, &r->limit);
}

/* Nothing here may call back: a failure is told in the next turn. */
static bool connect_to(struct nj_request *r, bool fresh)
{
    struct nj_plain *c = fresh ? NULL : idle_connection(r->http, &r->to);
    if (c == NULL)
        c = open_connection(r->http, &r->to);
    if (c == NULL)
        return false;
    c->user = r;
    r->plain = c;
    r->reused = c->uses++ > 0;
    if (c->connecting)
        want(r, EPOLLOUT);
    else if (!send_some(r))
        want(r, QUIET); /* the event tells what is wrong */
    arm_limit(r);
    return r->failed == 0;
}

static bool connected(struct nj_request *r)
{
    int error = 0;
    socklen_t n = sizeof(error);
    r->plain->connecting = false;
    if (getsockopt(r->plain->fd, SOL_SOCKET, SO_ERROR, &error, &n) != 0 || error != 0) {
        end(r, CURLE_COULDNT_CONNECT, error == ECONNREFUSED ? "connection refused" : "cannot connect");
        return false;
    }
    arm_limit(r);
    return true;
}

/* Hands bytes to the reader.  False when the request has ended. */
static bool take(struct nj_request *r, struct nj_str in)
{
    struct nj_str body;
    r->got_bytes = true;
    while (nj_reply_feed(&r->reader, &in, &body)) {
        if (body.n > 0 && !nj_request_keep(r, body)) {
            end(r, CURLE_WRITE_ERROR, "the reply is too long");
            return false;
        }
    }
    if (r->reader.state == NJ_REPLY_BROKEN) {
        end(r, CURLE_WEIRD_SERVER_REPLY, r->reader.error);
        return false;
    }
    if (r->reader.state != NJ_REPLY_DONE)
        return true;
    if (in.n > 0) /* more than was asked for: this connection is out of step */
        r->reader.keep_alive = false;
    end(r, CURLE_OK, "");
    return false;
}

static void closed_by_peer(struct nj_request *r)
{
    if (!r->got_bytes) {
        lost(r, CURLE_GOT_NOTHING, "the connection was closed before an answer");
        return;
    }
    nj_reply_end(&r->reader);
    r->reader.keep_alive = false;
    if (r->reader.state == NJ_REPLY_DONE)
        end(r, CURLE_OK, "");
    else
        end(r, r->reader.status != 0 ? CURLE_PARTIAL_FILE : CURLE_WEIRD_SERVER_REPLY, r->reader.error);
}

static void receive(struct nj_request *r)
{
    char bytes[READ_STEP];
    for (int i = 0; i < READS; i++) {
        ssize_t n = recv(r->plain->fd, bytes, sizeof(bytes), 0);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
            return;
        if (n < 0) {
            lost(r, CURLE_RECV_ERROR, "the connection was reset");
            return;
        }
        if (n == 0) {
            closed_by_peer(r);
            return;
        }
        if (!take(r, (struct nj_str){ bytes, (size_t)n }))
            return;
    }
}

static void on_hook(struct nj_hook *hook, uint32_t events)
{
    struct nj_plain *c = (struct nj_plain *)(void *)((char *)hook - offsetof(struct nj_plain, hook));
    struct nj_http *h = c->http;
    struct nj_request *r = c->user;
    nj_loop_progress(h->loop);
    if (r == NULL) { /* an idle connection has nothing to say but good-bye */
        close_connection(c);
        return;
    }
    nj_http_enter(h);
    if (c->connecting && !connected(r))
        goto out;
    /* A server may answer and close before it has read everything; its answer counts more than our failing to send. */
    if ((events & EPOLLOUT) != 0 && (events & READABLE) == 0 && !send_some(r))
        events |= EPOLLIN;
    if ((events & READABLE) != 0)
        receive(r);
out:
    nj_http_leave(h);
}

static void on_limit(void *ctx)
{
    struct nj_request *r = ctx;
    struct nj_http *h = r->http;
    nj_http_enter(h);
    if (r->failed != 0)
        end(r, (CURLcode)r->failed, "cannot connect");
    else
        end(r, CURLE_OPERATION_TIMEDOUT, r->plain != NULL && r->plain->connecting ? "no connection in time" : "no answer in time");
    nj_http_leave(h);
}

/* --- the engine ----------------------------------------------------------------------------------------------------- */

static enum nj_status start(struct nj_http *h, struct nj_request *r)
{
    enum nj_status st = write_head(r);
    if (st != NJ_OK)
        return st;
    nj_reply_init(&r->reader, strcmp(r->method, "HEAD") == 0);
    /* An answer that is lost for want of memory does not come again (an event, SHUTDOWN): room for it is there before it is asked for. */
    size_t room = r->reply_max < ANSWER_ROOM ? r->reply_max : ANSWER_ROOM;
    st = nj_buf_reserve(&r->reader.head, ANSWER_ROOM);
    if (st == NJ_OK)
        st = nj_buf_reserve(&r->reply, room);
    if (st != NJ_OK) {
        nj_reply_fini(&r->reader);
        return st;
    }
    r->limit = (struct nj_timer){ .fire = on_limit, .ctx = r };
    if (connect_to(r, false))
        return NJ_OK;
    r->failed = r->failed != 0 ? r->failed : (int)CURLE_COULDNT_CONNECT;
    nj_timer_set(h->loop, &r->limit, 0);
    return NJ_OK;
}

static void stop(struct nj_request *r)
{
    nj_timer_stop(r->http->loop, &r->limit);
    if (r->plain != NULL)
        close_connection(r->plain);
}

static void released(struct nj_request *r)
{
    (void)r;
}

static struct nj_str header(const struct nj_request *r, const char *name)
{
    return r->reader.status != 0 ? nj_reply_header(&r->reader, nj_str_of(name)) : (struct nj_str){ NULL, 0 };
}

static void drop_idle(struct nj_http *h)
{
    for (struct nj_plain *c = h->connections, *next; c != NULL; c = next) {
        next = c->next;
        if (c->user == NULL && c != h->spared)
            close_connection(c);
    }
}

static void free_engine(struct nj_http *h)
{
    for (struct nj_plain *c = h->connections, *next; c != NULL; c = next) {
        next = c->next;
        close_connection(c);
    }
}

const struct nj_engine nj_engine_plain = {
    .start = start, .stop = stop, .released = released, .header = header, .drop_idle = drop_idle, .free = free_engine
};

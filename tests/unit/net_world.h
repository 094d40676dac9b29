/* tests/unit/net_world.h -- what the tests of the HTTP client and server share: a loop with a server of ours, raw sockets, and a
 * server that says whatever it was told. */
#ifndef NIGHTJAR_TESTS_NET_WORLD_H
#define NIGHTJAR_TESTS_NET_WORLD_H

#include "nightjar/http_client.h"
#include "nightjar/http_server.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Which engine of the client the requests take: its own one for direct requests, or libcurl. */
#ifndef NJ_TEST_CURL
#define NJ_TEST_CURL 0
#endif

enum { KEPT_MAX = 128, LONG_MS = 20000 };

/* --- our server: echoes, and does what the path says ------------------------------------------------------------------ */

struct world {
    struct nj_loop *l;
    struct nj_http *h;
    struct nj_http_server *s;
    struct nj_exchange *kept[KEPT_MAX]; /* paths that begin with /keep */
    unsigned kept_n, requests, gone, over_limit;
    void *gone_user;
    char method[32], path[128], query[128];
    bool frees_server;
};

static inline int64_t now_ms(void)
{
    struct nj_clock c;
    nj_clock_init(&c, NULL, NULL);
    return c.mono.ms;
}

static inline void copy_text(char *out, size_t room, struct nj_str s)
{
    snprintf(out, room, "%.*s", (int)(s.n < room ? s.n : room - 1), s.p != NULL ? s.p : "");
}

static void world_request(void *ctx, struct nj_exchange *x)
{
    struct world *w = ctx;
    struct nj_str path = nj_exchange_path(x), status = nj_str_slice(path, 8, path.n);
    uint64_t code = 0;
    w->requests++;
    copy_text(w->method, sizeof(w->method), nj_exchange_method(x));
    copy_text(w->path, sizeof(w->path), path);
    copy_text(w->query, sizeof(w->query), nj_exchange_query(x));
    if (w->frees_server) {
        nj_http_server_free(w->s);
        w->s = NULL;
    } else if (nj_str_starts(path, NJ_STR("/keep"))) {
        ck_assert_uint_lt(w->kept_n, KEPT_MAX);
        w->kept[w->kept_n++] = x;
        nj_exchange_set(x, w);
    } else if (nj_str_eq(path, NJ_STR("/abort"))) {
        nj_exchange_abort(x);
    } else if (nj_str_starts(path, NJ_STR("/status/")) && nj_str_u64(status, &code)) {
        nj_exchange_reply_header(x, "Retry-After", NJ_STR("7"));
        nj_exchange_reply_header(x, "Location", NJ_STR("/elsewhere"));
        nj_exchange_reply(x, (unsigned)code, "text/plain", NJ_STR("a status\n"));
    } else if (nj_str_eq(path, NJ_STR("/headers"))) {
        static const char *const names[] = {
            "Host", "User-Agent", "Content-Type", "Content-Length", "Expect", "X-One", "x-two", "X-Empty"
        };
        struct nj_buf text;
        nj_buf_init(&text, 4096);
        for (size_t i = 0; i < NJ_COUNT(names); i++) {
            struct nj_str v = nj_exchange_header(x, names[i]);
            if (v.p != NULL)
                nj_buf_addf(&text, "%s=%.*s\n", names[i], NJ_STR_ARG(v));
        }
        nj_exchange_reply(x, 200, "text/plain", nj_buf_str(&text));
        nj_buf_fini(&text);
    } else {
        nj_exchange_reply_header(x, "Lambda-Runtime-Aws-Request-Id", NJ_STR("r1"));
        nj_exchange_reply(x, 200, "application/octet-stream", nj_exchange_body(x));
        nj_exchange_reply(x, 500, NULL, NJ_STR("the second answer is ignored"));
    }
}

static void world_gone(void *ctx, struct nj_exchange *x)
{
    struct world *w = ctx;
    w->gone++;
    w->gone_user = nj_exchange_get(x);
    nj_exchange_reply(x, 200, NULL, NJ_STR("nobody is there to read this"));
}

static void world_over_limit(void *ctx)
{
    struct world *w = ctx;
    w->over_limit++;
}

static inline void world_open(struct world *w, struct nj_server_options o)
{
    static const char *const proxies[] = { "http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY" };
    for (size_t i = 0; i < NJ_COUNT(proxies); i++)
        unsetenv(proxies[i]);
    *w = (struct world){ 0 };
    o.request = world_request;
    o.gone = world_gone;
    o.over_limit = world_over_limit;
    o.ctx = w;
    ck_assert_int_eq(nj_loop_new(&w->l, NULL, NULL), NJ_OK);
    ck_assert_int_eq(nj_http_new(&w->h, w->l), NJ_OK);
    ck_assert_int_eq(nj_http_server_new(&w->s, w->l, &o), NJ_OK);
}

static inline void world_close(struct world *w)
{
    nj_http_free(w->h);
    nj_http_server_free(w->s);
    nj_loop_free(w->l);
}

static inline void turn_for(struct nj_loop *l, int64_t ms)
{
    for (int64_t end = now_ms() + ms, left = ms; left > 0; left = end - now_ms())
        nj_loop_turn(l, left);
}

/* Turns until the condition holds; the test fails when that takes too long. */
#define UNTIL(loop, condition)                                                                                                             \
    do {                                                                                                                                   \
        int64_t end_ = now_ms() + LONG_MS;                                                                                                 \
        while (!(condition)) {                                                                                                             \
            nj_loop_turn(loop, 1000);                                                                                                      \
            ck_assert_msg(now_ms() < end_, "never came true: %s", #condition);                                                             \
        }                                                                                                                                  \
    } while (0)

/* --- a raw client ---------------------------------------------------------------------------------------------------- */

struct raw {
    struct nj_loop *l;
    int fd;
    struct nj_buf got;
    bool closed;
};

static inline void raw_open(struct raw *r, struct nj_loop *l, uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    *r = (struct raw){ .l = l, .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
    nj_buf_init(&r->got, 32 << 20);
    ck_assert_int_ge(r->fd, 0);
    ck_assert_int_eq(connect(r->fd, (struct sockaddr *)&a, sizeof(a)), 0);
    ck_assert_int_eq(fcntl(r->fd, F_SETFL, O_NONBLOCK), 0);
}

static inline void raw_close(struct raw *r)
{
    close(r->fd);
    nj_buf_fini(&r->got);
}

static inline void raw_read(struct raw *r)
{
    while (!r->closed && nj_buf_reserve(&r->got, 65536) == NJ_OK) {
        ssize_t n = read(r->fd, r->got.p + r->got.n, 65536);
        if (n < 0 && errno == EAGAIN)
            return;
        r->closed = n <= 0;
        r->got.n += n > 0 ? (size_t)n : 0;
    }
}

/* Sends all of it while the loop turns; false when the other side closed before the end. */
static inline bool raw_send(struct raw *r, struct nj_str s)
{
    for (int64_t end = now_ms() + LONG_MS; s.n > 0;) {
        ssize_t n = send(r->fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN)
            return false;
        s = nj_str_slice(s, n > 0 ? (size_t)n : 0, s.n);
        nj_loop_turn(r->l, 1);
        raw_read(r);
        ck_assert_int_lt(now_ms(), end);
    }
    return true;
}

static inline bool raw_has(const struct raw *r, const char *text)
{
    return nj_str_find(nj_buf_str(&r->got), nj_str_of(text), 0) != NJ_NPOS;
}

/* Turns the loop and reads until the text or the end of the connection is there. */
static inline void raw_wait(struct raw *r, const char *text)
{
    for (int64_t end = now_ms() + LONG_MS; !r->closed && (text == NULL || !raw_has(r, text)); raw_read(r)) {
        nj_loop_turn(r->l, 5);
        ck_assert_int_lt(now_ms(), end);
    }
}

#define ck_assert_raw_has(raw, text) ck_assert_msg(raw_has(raw, text), "no \"%s\" in \"%.*s\"", text, NJ_STR_ARG(nj_buf_str(&(raw)->got)))

/* --- a request of our client ------------------------------------------------------------------------------------------ */

struct call {
    struct world *w;
    unsigned done;
    struct nj_http_reply r;
    struct nj_buf body;
    char error[300], header[200];
    const char *wants_header;
    uint64_t handle;
    struct call *cancels, *submits;
    bool frees_client, drops_idle;
};

static inline void call_submit(struct call *c, struct nj_request *r);
static inline struct nj_request *request_of(const char *method, uint16_t port, const char *path);

static void call_done(void *ctx, const struct nj_http_reply *reply)
{
    struct call *c = ctx;
    c->done++;
    c->r = *reply;
    copy_text(c->error, sizeof(c->error), nj_str_of(reply->error));
    nj_buf_init(&c->body, 64 << 20);
    nj_buf_add(&c->body, reply->body);
    if (c->wants_header != NULL)
        copy_text(c->header, sizeof(c->header), nj_http_reply_header(reply, c->wants_header));
    if (c->cancels != NULL)
        nj_http_cancel(c->w->h, c->cancels->handle);
    if (c->submits != NULL)
        call_submit(c->submits, request_of("GET", nj_http_server_port(c->w->s), "/echo"));
    if (c->drops_idle)
        nj_http_drop_idle(c->w->h);
    if (c->frees_client) {
        nj_http_free(c->w->h);
        c->w->h = NULL;
    }
}

static inline struct nj_request *request_of(const char *method, uint16_t port, const char *path)
{
    struct nj_request *r = NULL;
    char url[300];
    snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", port, path);
    ck_assert_int_eq(nj_request_new(&r, method, nj_str_of(url)), NJ_OK);
    nj_request_reply_max(r, 64 << 20);
    if (!NJ_TEST_CURL)
        nj_request_direct(r);
    return r;
}

static inline void call_submit(struct call *c, struct nj_request *r)
{
    ck_assert_int_eq(nj_http_submit_take(c->w->h, &r, call_done, c, &c->handle), NJ_OK);
    ck_assert_ptr_null(r);
}

static inline void call_start(struct call *c, struct world *w, const char *method, const char *path, struct nj_str body)
{
    struct nj_request *r = request_of(method, nj_http_server_port(w->s), path);
    nj_request_body(r, body);
    *c = (struct call){ .w = w };
    call_submit(c, r);
}

static inline void call_end(struct call *c)
{
    nj_buf_fini(&c->body);
}

/* One request from start to end. */
static inline void call_run(struct call *c, struct world *w, const char *method, const char *path, struct nj_str body)
{
    call_start(c, w, method, path, body);
    UNTIL(w->l, c->done != 0);
}

/* --- a server that says what it was told ------------------------------------------------------------------------------ */

struct canned {
    struct nj_loop *l;
    struct nj_watch listening, conn;
    uint16_t port;
    const char *first;   /* sent once, before the reply */
    const char *reply;   /* sent when the request's headers are there */
    size_t reply_again;  /* sent this many times more: endless things */
    size_t read_first;   /* answers after this many bytes instead */
    bool closes, resets; /* after the reply */
    unsigned accepted;
    unsigned answers, answered; /* requests answered on one connection before it is closed instead; 0 = any */
    struct nj_buf got;
    size_t sent;
};

static inline void canned_hang_up(struct canned *c)
{
    struct linger hard = { .l_onoff = 1, .l_linger = 0 };
    if (!c->conn.active)
        return;
    if (c->resets)
        setsockopt(c->conn.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
    nj_watch_stop(c->l, &c->conn);
    close(c->conn.fd);
}

static void canned_ready(void *ctx, short revents)
{
    struct canned *c = ctx;
    char bytes[65536];
    size_t total = c->reply != NULL ? strlen(c->reply) * (c->reply_again + 1) : 0;
    if ((revents & POLLIN) != 0) {
        ssize_t n = read(c->conn.fd, bytes, c->read_first != 0 && c->read_first < sizeof(bytes) ? c->read_first : sizeof(bytes));
        if (n <= 0) {
            canned_hang_up(c);
            return;
        }
        nj_buf_add(&c->got, (struct nj_str){ bytes, (size_t)n });
        if (c->read_first != 0 ? c->got.n < c->read_first : nj_str_find(nj_buf_str(&c->got), NJ_STR("\r\n\r\n"), 0) == NJ_NPOS)
            return;
        if (c->answers != 0 && c->answered++ == c->answers) {
            canned_hang_up(c);
            return;
        }
        c->conn.events = POLLIN | POLLOUT;
    }
    if ((c->conn.events & POLLOUT) == 0)
        return;
    if (c->first != NULL)
        ck_assert_int_gt(send(c->conn.fd, c->first, strlen(c->first), MSG_NOSIGNAL | MSG_DONTWAIT), 0);
    c->first = NULL;
    for (ssize_t n = 1; n > 0 && c->sent < total;) {
        size_t at = c->sent % strlen(c->reply);
        n = send(c->conn.fd, c->reply + at, strlen(c->reply) - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        c->sent += n > 0 ? (size_t)n : 0;
        if (n < 0 && errno != EAGAIN) {
            canned_hang_up(c);
            return;
        }
    }
    if (c->sent < total)
        return;
    c->conn.events = POLLIN;
    c->sent = 0;
    nj_buf_reset(&c->got);
    if (c->closes || c->resets)
        canned_hang_up(c);
}

static void canned_accept(void *ctx, short revents)
{
    struct canned *c = ctx;
    (void)revents;
    canned_hang_up(c);
    int fd = accept4(c->listening.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    ck_assert_int_ge(fd, 0);
    c->accepted++;
    c->answered = 0;
    c->sent = 0;
    nj_buf_reset(&c->got);
    c->conn = (struct nj_watch){ .ready = canned_ready, .ctx = c, .fd = fd, .events = POLLIN };
    ck_assert_int_eq(nj_watch_start(c->l, &c->conn), NJ_OK);
}

static inline void canned_open(struct canned *c, struct nj_loop *l)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    ck_assert_int_eq(listen(fd, 16), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    c->l = l;
    c->port = ntohs(a.sin_port);
    nj_buf_init(&c->got, 64 << 20);
    c->listening = (struct nj_watch){ .ready = canned_accept, .ctx = c, .fd = fd, .events = POLLIN };
    ck_assert_int_eq(nj_watch_start(l, &c->listening), NJ_OK);
}

static inline void canned_close(struct canned *c)
{
    canned_hang_up(c);
    nj_watch_stop(c->l, &c->listening);
    close(c->listening.fd);
    nj_buf_fini(&c->got);
}

#endif

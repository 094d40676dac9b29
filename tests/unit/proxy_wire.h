/* proxy_wire.h -- a scripted raw server and a scripted raw client, run with and without the proxy between them, and compared. */
#ifndef NIGHTJAR_TESTS_PROXY_WIRE_H
#define NIGHTJAR_TESTS_PROXY_WIRE_H

#include "nightjar/diag.h"
#include "nightjar/runtime_proxy.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum wire_op {
    W_END_OF_SCRIPT, /* reads until the other side ends */
    W_SEND,          /* text; "{host}" in it becomes the address connected to */
    W_BYTES,         /* n pseudo-random bytes of any value, from the seed */
    W_CHUNKS,        /* the same, as chunks of uneven sizes; without the last chunk */
    W_SLOWLY,        /* text, one byte a write */
    W_UPLOAD,        /* n bytes, but stops when something can be read */
    W_TAKE,          /* reads n bytes */
    W_TAKE_HEAD,     /* reads up to an empty line */
    W_TAKE_TO,       /* reads up to the text */
    W_HALF,          /* shuts down its sending side */
    W_CLOSE,
    W_RESET,
    W_PAUSE /* n milliseconds */
};

struct wire_step {
    enum wire_op op;
    const char *text;
    size_t n;
    unsigned seed;
};

enum wire_end { WIRE_OPEN, WIRE_FIN, WIRE_RST, WIRE_SILENT };
enum { WIRE_KEPT = 8192, WIRE_WAIT_S = 10 };

struct wire_log {
    uint64_t n;
    uint8_t sum[NJ_SHA256_LEN];
    char kept[WIRE_KEPT + 1]; /* the first bytes, for people */
    enum wire_end end;
    bool send_failed, send_was_reset; /* Linux tells a reset once: who hears of it in send() reads an ordinary end afterwards */
    struct nj_sha256 running;
};

struct wire_peer {
    int fd;
    uint16_t port; /* connected to, as a client names it */
    const struct wire_step *steps;
    size_t count;
    struct wire_log log;
    size_t in_at, in_n; /* read, but not asked for yet */
    char in[16384];
};

static inline void wire_options(int fd)
{
    int on = 1;
    struct timeval patience = { .tv_sec = WIRE_WAIT_S };
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

static inline void wire_pause(long ms)
{
    poll(NULL, 0, (int)ms);
}

static inline void wire_note(struct wire_log *l, const char *p, size_t n)
{
    if (l->n < WIRE_KEPT)
        memcpy(l->kept + l->n, p, n < WIRE_KEPT - l->n ? n : WIRE_KEPT - l->n);
    l->n += n;
    nj_sha256_add(&l->running, p, n);
}

static inline void wire_put(struct wire_peer *w, const char *p, size_t n)
{
    while (n > 0 && !w->log.send_failed) {
        ssize_t done = send(w->fd, p, n, MSG_NOSIGNAL);
        if (done < 0) {
            w->log.send_failed = true;
            w->log.send_was_reset = errno == ECONNRESET;
            return;
        }
        p += done;
        n -= (size_t)done;
    }
}

/* The longest end of the first n bytes of a text that is also its beginning. */
static inline size_t wire_fall_back(const char *text, size_t n)
{
    size_t k = n - 1;
    while (k > 0 && memcmp(text, text + n - k, k) != 0)
        k--;
    return k;
}

/* The bytes of p up to and with the text, or 0 when it is not complete there.  *have: of the text, how much is matched so far. */
static inline size_t wire_find(const char *p, size_t n, const char *to, size_t *have)
{
    size_t len = strlen(to);
    for (size_t i = 0; i < n; i++) {
        while (*have > 0 && p[i] != to[*have])
            *have = wire_fall_back(to, *have);
        *have += p[i] == to[*have];
        if (*have == len)
            return i + 1;
    }
    return 0;
}

/* Reads n bytes, or up to a text, or (n = 0) everything. */
static inline void wire_take(struct wire_peer *w, size_t n, const char *to)
{
    size_t taken = 0, matched = 0;
    while (w->log.end == WIRE_OPEN && (n == 0 || taken < n)) {
        if (w->in_at == w->in_n) {
            ssize_t got = recv(w->fd, w->in, sizeof(w->in), 0);
            w->in_at = 0;
            w->in_n = got > 0 ? (size_t)got : 0;
            if (got <= 0)
                w->log.end = got == 0                                ? (w->log.send_was_reset ? WIRE_RST : WIRE_FIN)
                             : errno == ECONNRESET || errno == EPIPE ? WIRE_RST
                                                                     : WIRE_SILENT;
            continue;
        }
        size_t have = w->in_n - w->in_at, use = n == 0 || n - taken > have ? have : n - taken;
        size_t found = to != NULL ? wire_find(w->in + w->in_at, use, to, &matched) : 0;
        use = found > 0 ? found : use;
        wire_note(&w->log, w->in + w->in_at, use);
        w->in_at += use;
        taken += use;
        if (found > 0)
            return;
    }
}

static inline unsigned wire_random(unsigned *x)
{
    *x ^= *x << 13;
    *x ^= *x >> 17;
    *x ^= *x << 5;
    return *x;
}

static inline void wire_bytes(struct wire_peer *w, const struct wire_step *s)
{
    unsigned x = s->seed * 2654435761u + 88172645u;
    char b[16384];
    for (size_t left = s->n; left > 0 && !w->log.send_failed;) {
        size_t n = left < sizeof(b) ? left : sizeof(b);
        for (size_t i = 0; i < n; i++)
            b[i] = (char)wire_random(&x);
        if (s->op == W_CHUNKS) {
            n = 1 + wire_random(&x) % n;
            char size[32];
            wire_put(w, size, (size_t)snprintf(size, sizeof(size), x % 3 == 0 ? "%zX;name=value\r\n" : "%zx\r\n", n));
        }
        if (s->op == W_UPLOAD) {
            struct pollfd p = { .fd = w->fd, .events = POLLIN };
            if (poll(&p, 1, 0) > 0)
                return;
        }
        wire_put(w, b, n);
        if (s->op == W_CHUNKS)
            wire_put(w, "\r\n", 2);
        left -= n;
    }
}

static inline void wire_text(struct wire_peer *w, const struct wire_step *s)
{
    const char *text = s->text, *mark;
    char host[32];
    while ((mark = strstr(text, "{host}")) != NULL) {
        wire_put(w, text, (size_t)(mark - text));
        wire_put(w, host, (size_t)snprintf(host, sizeof(host), "127.0.0.1:%u", w->port));
        text = mark + 6;
    }
    wire_put(w, text, strlen(text));
}

static inline void wire_slowly(struct wire_peer *w, const struct wire_step *s)
{
    char whole[4096], host[32];
    size_t n = 0;
    for (const char *t = s->text; *t != '\0';) {
        if (strncmp(t, "{host}", 6) == 0) {
            n += (size_t)snprintf(host, sizeof(host), "127.0.0.1:%u", w->port);
            memcpy(whole + n - strlen(host), host, strlen(host));
            t += 6;
        } else {
            whole[n++] = *t++;
        }
    }
    for (size_t i = 0; i < n; i++) {
        wire_put(w, whole + i, 1);
        if (i % 16 == 0)
            wire_pause(1);
    }
}

static inline void wire_finish(struct wire_peer *w, bool reset)
{
    if (reset) {
        struct linger at_once = { .l_onoff = 1 };
        setsockopt(w->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    close(w->fd);
    w->fd = -1;
}

static inline void wire_run(struct wire_peer *w)
{
    wire_options(w->fd);
    nj_sha256_init(&w->log.running);
    for (size_t i = 0; i < w->count && w->fd >= 0; i++) {
        const struct wire_step *s = &w->steps[i];
        if (s->op == W_SEND)
            wire_text(w, s);
        else if (s->op == W_SLOWLY)
            wire_slowly(w, s);
        else if (s->op == W_BYTES || s->op == W_CHUNKS || s->op == W_UPLOAD)
            wire_bytes(w, s);
        else if (s->op == W_TAKE)
            wire_take(w, s->n, NULL);
        else if (s->op == W_TAKE_HEAD)
            wire_take(w, SIZE_MAX, "\r\n\r\n");
        else if (s->op == W_TAKE_TO)
            wire_take(w, SIZE_MAX, s->text);
        else if (s->op == W_HALF)
            shutdown(w->fd, SHUT_WR);
        else if (s->op == W_PAUSE)
            wire_pause((long)s->n);
        else if (s->op == W_CLOSE || s->op == W_RESET)
            wire_finish(w, s->op == W_RESET);
        else
            wire_take(w, 0, NULL);
    }
    if (w->fd >= 0)
        wire_finish(w, false);
    nj_sha256_finish(&w->log.running, w->log.sum);
}

/* --- server and client --------------------------------------------------------------------------------------------- */

enum { WIRE_CONNS = 4, WIRE_STEPS = 24 };

/* What each side does: the server on its first, second ... connection; the client on its only one. */
struct wire_story {
    const char *name;
    struct wire_step server[WIRE_CONNS][WIRE_STEPS];
    struct wire_step client[WIRE_STEPS];
    unsigned exchanges;   /* that the proxy followed to their end */
    bool blind;           /* it could not follow the rest */
    bool ends_may_differ; /* how the client's connection ends is up to timing without the proxy too */
};

struct wire_server {
    int listenfd;
    uint16_t port;
    pthread_t thread;
    const struct wire_story *story;
    struct wire_log log[WIRE_CONNS];
    int connections;
};

static inline size_t wire_steps(const struct wire_step *s)
{
    size_t n = 0;
    while (n < WIRE_STEPS - 1 && s[n].op != W_END_OF_SCRIPT)
        n++;
    return n + 1;
}

static inline void *wire_server_main(void *arg)
{
    struct wire_server *s = arg;
    for (int i = 0; i < WIRE_CONNS && (i == 0 || s->story->server[i][0].op != W_END_OF_SCRIPT); i++) {
        int fd = accept(s->listenfd, NULL, NULL);
        if (fd < 0)
            break;
        struct wire_peer *w = calloc(1, sizeof(*w));
        w->fd = fd;
        w->steps = s->story->server[i];
        w->count = wire_steps(w->steps);
        wire_run(w);
        s->log[i] = w->log;
        s->connections++;
        free(w);
    }
    return NULL;
}

static inline int wire_listen(uint16_t *port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, n), 0);
    ck_assert_int_eq(listen(fd, 256), 0);
    ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&a, &n), 0);
    *port = ntohs(a.sin_port);
    return fd;
}

static inline int wire_connect(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    return fd;
}

/* A connection that never comes is a finding, not a hang. */
static inline void wire_server_open(struct wire_server *s)
{
    struct timeval patience = { .tv_sec = WIRE_WAIT_S };
    s->listenfd = wire_listen(&s->port);
    setsockopt(s->listenfd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

static inline void wire_server_start(struct wire_server *s, const struct wire_story *story)
{
    s->story = story;
    s->connections = 0;
    memset(s->log, 0, sizeof(s->log));
    ck_assert_int_eq(pthread_create(&s->thread, NULL, wire_server_main, s), 0);
}

static inline void wire_server_join(struct wire_server *s)
{
    pthread_join(s->thread, NULL);
    close(s->listenfd);
}

static inline struct nj_proxy *wire_proxy(uint16_t upstream, struct nj_proxy_options o)
{
    char authority[32];
    struct nj_proxy *p = NULL;
    snprintf(authority, sizeof(authority), "127.0.0.1:%u", upstream);
    o.upstream = nj_str_of(authority);
    ck_assert_int_eq(nj_proxy_new(&p, &o), NJ_OK);
    return p;
}

/* The client's part, on the calling thread. */
static inline void wire_client(struct wire_log *log, const struct wire_step *steps, uint16_t port)
{
    struct wire_peer *w = calloc(1, sizeof(*w));
    w->fd = wire_connect(port);
    w->port = port;
    w->steps = steps;
    w->count = wire_steps(steps);
    wire_run(w);
    *log = w->log;
    free(w);
}

static inline void wire_same(const char *story, const char *who, const struct wire_log *direct, const struct wire_log *through, bool ends)
{
    if (direct->n != through->n || memcmp(direct->sum, through->sum, NJ_SHA256_LEN) != 0)
        ck_abort_msg("%s: the %s saw %llu bytes without the proxy and %llu with it\n--- without\n%.1500s\n--- with\n%.1500s", story, who,
                     (unsigned long long)direct->n, (unsigned long long)through->n, direct->kept, through->kept);
    ck_assert_msg(direct->end != WIRE_SILENT, "%s: the %s waited in vain without the proxy", story, who);
    ck_assert_msg(through->end != WIRE_SILENT, "%s: the %s waited in vain with the proxy", story, who);
    ck_assert_msg(!ends || direct->end == through->end, "%s: for the %s the connection ended as %d without the proxy and as %d with it",
                  story, who, direct->end, through->end);
}

static inline void wire_proxy_close(struct nj_proxy *p, const struct wire_story *s)
{
    /* The last exchange may still be counted while the client has its bytes already. */
    for (int i = 0; i < 200 && nj_proxy_count(p, NJ_PROXY_exchanges) < s->exchanges; i++)
        wire_pause(5);
    ck_assert_msg(nj_proxy_count(p, NJ_PROXY_exchanges) == s->exchanges, "%s: %llu exchanges followed, not %u", s->name,
                  (unsigned long long)nj_proxy_count(p, NJ_PROXY_exchanges), s->exchanges);
    ck_assert_msg(nj_proxy_count(p, NJ_PROXY_blind) == s->blind, "%s: blind %llu times", s->name,
                  (unsigned long long)nj_proxy_count(p, NJ_PROXY_blind));
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_illegal_moves), 0);
    nj_proxy_free(p);
}

/* Both runs use one listening socket, because the request names its port. */
static inline void wire_compare(const struct wire_story *s)
{
    static struct wire_server server;
    static struct wire_log by_itself, proxied, direct[WIRE_CONNS];
    wire_server_open(&server);
    wire_server_start(&server, s);
    wire_client(&by_itself, s->client, server.port);
    pthread_join(server.thread, NULL);
    memcpy(direct, server.log, sizeof(direct));
    int connections = server.connections;

    wire_server_start(&server, s);
    struct nj_proxy *p = wire_proxy(server.port, (struct nj_proxy_options){ .capture_bytes = 4096 });
    wire_client(&proxied, s->client, nj_proxy_port(p));
    pthread_join(server.thread, NULL);
    close(server.listenfd);
    wire_proxy_close(p, s);

    ck_assert_int_eq(connections, server.connections);
    for (int i = 0; i < connections; i++)
        wire_same(s->name, "server", &direct[i], &server.log[i], !s->ends_may_differ);
    wire_same(s->name, "client", &by_itself, &proxied, !s->ends_may_differ);
}

#endif

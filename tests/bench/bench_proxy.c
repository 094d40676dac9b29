/* bench_proxy.c -- what the Runtime API proxy adds to an invocation, against the same invocation without it.
 *
 * A client asks for an event and posts its response, to a small platform on a thread of its own, directly and through the proxy in
 * turns, in one process; the copies are taken by another thread, as nightjar does.  Again while a thread burns a processor, as the
 * telemetry side does in a flood of logs.  Budgets (design 8): p50 +100 us, p99 +1 ms.
 *
 * Output: one line a case for people, then one JSON object.  Status 1: over budget.
 */
#include "nightjar/buf.h"
#include "nightjar/runtime_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 50, MB = 1 << 20, BODY_MAX = 6 * MB + 1024, HEAD_MAX = 4096, BUDGET_P50_US = 100, BUDGET_P99_US = 1000 };

struct bench_case {
    const char *name;
    size_t event, response;
    bool connection_a_call, flood, budgeted;
    int invocations; /* each way */
};

static const struct bench_case cases[] = {
    { "1 KB in, 1 KB out", 1000, 1000, false, false, true, 3000 },
    { "the same during a flood", 1000, 1000, false, true, true, 3000 },
    { "the same, a connection a call", 1000, 1000, true, false, false, 2000 },
    { "100 KB in, 100 KB out", 100000, 100000, false, false, false, 1000 },
    { "1 KB in, 6 MB out", 1000, 6 * MB, false, false, false, 60 },
    { "6 MB in, 1 KB out", 6 * MB, 1000, false, false, false, 60 },
};

static char *filling;
static _Atomic size_t event_bytes;
static _Atomic double response_at; /* when the first byte of a response reached the platform */
static atomic_bool stop, flooding;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    exit(2);
}

static void send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t done = send(fd, p, n, MSG_NOSIGNAL);
        must(done > 0, "send");
        p += done;
        n -= (size_t)done;
    }
}

static void no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Reads one message; false when the connection ended instead.  *body is how long its body was, *first when its first byte came. */
static bool read_message(int fd, char *b, size_t *body, double *first)
{
    size_t n = 0, want = SIZE_MAX;
    while (n < want) {
        ssize_t got = recv(fd, b + n, BODY_MAX + HEAD_MAX - n, 0);
        if (got <= 0)
            return false;
        if (n == 0)
            *first = now_us();
        n += (size_t)got;
        struct nj_str all = { b, n };
        size_t end = want == SIZE_MAX ? nj_str_find(all, NJ_STR("\r\n\r\n"), 0) : NJ_NPOS;
        if (end == NJ_NPOS)
            continue;
        size_t at = nj_str_find(all, NJ_STR("Content-Length: "), 0);
        *body = at < end ? strtoul(b + at + 16, NULL, 10) : 0;
        want = end + 4 + *body;
    }
    return true;
}

static void *serve(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char *b = malloc(BODY_MAX + HEAD_MAX), head[256];
    size_t body;
    double first;
    while (read_message(fd, b, &body, &first)) {
        size_t n = event_bytes;
        bool next = b[0] == 'G';
        if (!next)
            response_at = first;
        int len = next ? snprintf(head, sizeof(head),
                                  "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
                                  "Lambda-Runtime-Deadline-Ms: 1763881200000\r\nContent-Length: %zu\r\n\r\n",
                                  n)
                       : snprintf(head, sizeof(head), "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n");
        memcpy(b, head, (size_t)len);
        if (next)
            memcpy(b + len, filling, n);
        send_all(fd, b, (size_t)len + (next ? n : 0));
    }
    close(fd);
    free(b);
    return NULL;
}

static void *platform(void *arg)
{
    int listenfd = *(int *)arg;
    while (!stop) {
        struct pollfd p = { .fd = listenfd, .events = POLLIN };
        if (poll(&p, 1, 100) <= 0)
            continue;
        int fd = accept(listenfd, NULL, NULL);
        pthread_t t;
        no_delay(fd);
        must(pthread_create(&t, NULL, serve, (void *)(intptr_t)fd) == 0, "thread");
        pthread_detach(t);
    }
    return NULL;
}

/* The other side of nightjar: takes copies; in a flood it has much else to do. */
static void *observe(void *arg)
{
    struct nj_proxy *p = arg;
    unsigned x = 1;
    while (!stop) {
        struct pollfd pf = { .fd = nj_proxy_fd(p), .events = POLLIN };
        if (poll(&pf, 1, flooding ? 0 : 100) > 0)
            for (struct nj_capture *c; (c = nj_proxy_take(p)) != NULL;)
                nj_capture_free(p, c);
        for (int i = 0; flooding && i < 200000; i++)
            filling[MB - 1 - (x = x * 1103515245u + 12345u) % 1000] ^= 1;
    }
    return NULL;
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0, "connect");
    no_delay(fd);
    return fd;
}

struct client {
    uint16_t port;
    int fd;
    char *b;
    double *took, *first, *last; /* of an invocation; to its event's first byte; of its response's first byte to the platform */
    int n;
};

static void call(struct client *c, const struct bench_case *k, const char *head, size_t body, double *first)
{
    size_t got;
    if (c->fd < 0)
        c->fd = connect_to(c->port);
    size_t n = strlen(head);
    memcpy(c->b, head, n);
    if (body > 0)
        memcpy(c->b + n, filling, body);
    send_all(c->fd, c->b, n + body);
    must(read_message(c->fd, c->b, &got, first), "the answer");
    if (k->connection_a_call) {
        close(c->fd);
        c->fd = -1;
    }
}

static void invoke(struct client *c, const struct bench_case *k)
{
    char head[256];
    double start = now_us(), first, unused;
    call(c, k, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n", 0, &first);
    snprintf(head, sizeof(head),
             "POST /2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response HTTP/1.1\r\nContent-Length: %zu\r\n\r\n",
             k->response);
    double posted = now_us();
    call(c, k, head, k->response, &unused);
    c->took[c->n] = now_us() - start;
    c->last[c->n] = response_at - posted;
    c->first[c->n++] = first - start;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double at(double *sorted, int n, double share)
{
    return sorted[(int)((double)(n - 1) * share)];
}

struct figures {
    double p50, p99, first50, last50;
};

static struct figures figures_of(struct client *c)
{
    qsort(c->took, (size_t)c->n, sizeof(double), compare);
    qsort(c->first, (size_t)c->n, sizeof(double), compare);
    qsort(c->last, (size_t)c->n, sizeof(double), compare);
    return (struct figures){ at(c->took, c->n, 0.5), at(c->took, c->n, 0.99), at(c->first, c->n, 0.5), at(c->last, c->n, 0.5) };
}

static struct figures run(const struct bench_case *k, uint16_t direct, uint16_t proxied, struct figures *without)
{
    struct client c[2] = { { .port = direct, .fd = -1 }, { .port = proxied, .fd = -1 } };
    event_bytes = k->event;
    for (int w = 0; w < 2; w++) {
        c[w].b = malloc(BODY_MAX + HEAD_MAX);
        c[w].took = malloc((size_t)k->invocations * sizeof(double));
        c[w].first = malloc((size_t)k->invocations * sizeof(double));
        c[w].last = malloc((size_t)k->invocations * sizeof(double));
        for (int i = 0; i < 10; i++)
            invoke(&c[w], k);
        c[w].n = 0;
    }
    flooding = k->flood;
    while (c[1].n < k->invocations)
        for (int w = 0; w < 2; w++)
            for (int i = 0; i < BLOCK && c[w].n < k->invocations; i++)
                invoke(&c[w], k);
    flooding = false;
    *without = figures_of(&c[0]);
    struct figures with = figures_of(&c[1]);
    for (int w = 0; w < 2; w++) {
        close(c[w].fd);
        free(c[w].b);
        free(c[w].took);
        free(c[w].first);
        free(c[w].last);
    }
    return with;
}

int main(void)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof(a);
    pthread_t server, reader;
    int listenfd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), over = 0;
    filling = malloc(BODY_MAX);
    memset(filling, 'x', BODY_MAX);
    must(bind(listenfd, (struct sockaddr *)&a, n) == 0 && listen(listenfd, 128) == 0 &&
             getsockname(listenfd, (struct sockaddr *)&a, &n) == 0 && pthread_create(&server, NULL, platform, &listenfd) == 0,
         "platform");
    char authority[32];
    snprintf(authority, sizeof(authority), "127.0.0.1:%u", ntohs(a.sin_port));
    struct nj_proxy_options o = { .upstream = nj_str_of(authority), .capture_bytes = 64 << 10 };
    struct nj_proxy *p;
    must(nj_proxy_new(&p, &o) == NJ_OK && pthread_create(&reader, NULL, observe, p) == 0, "proxy");

    printf("%-32s %21s %21s %21s\n", "an invocation, p50 / p99 in us", "without", "through the proxy", "added");
    struct nj_buf json;
    nj_buf_init(&json, 16 << 10);
    nj_buf_addz(&json, "{\"bench\":\"proxy\"");
    for (size_t i = 0; i < NJ_COUNT(cases); i++) {
        const struct bench_case *k = &cases[i];
        struct figures without, with = run(k, ntohs(a.sin_port), nj_proxy_port(p), &without);
        double p50 = with.p50 - without.p50, p99 = with.p99 - without.p99;
        bool good = !k->budgeted || (p50 <= BUDGET_P50_US && p99 <= BUDGET_P99_US);
        over += !good;
        printf("%-32s %10.0f /%9.0f %10.0f /%9.0f %10.0f /%9.0f  %s\n", k->name, without.p50, without.p99, with.p50, with.p99, p50, p99,
               !k->budgeted ? ""
               : good       ? "ok"
                            : "OVER");
        nj_buf_addf(&json, ",\"p50_us_%zu\":%.0f,\"p99_us_%zu\":%.0f", i, p50, i, p99);
        printf("%-32s %10.0f %20.0f %21.0f\n", "  to the event's first byte", without.first50, with.first50,
               with.first50 - without.first50);
        printf("%-32s %10.0f %20.0f %21.0f\n", "  to the response's first byte", without.last50, with.last50, with.last50 - without.last50);
    }
    stop = true;
    pthread_join(server, NULL);
    pthread_join(reader, NULL);
    printf("copies %llu, short of memory %llu, dropped %llu\n", (unsigned long long)nj_proxy_count(p, NJ_PROXY_captures),
           (unsigned long long)nj_proxy_count(p, NJ_PROXY_captures_starved),
           (unsigned long long)nj_proxy_count(p, NJ_PROXY_captures_dropped));
    nj_buf_addz(&json, "}");
    printf("%.*s\n", NJ_STR_ARG(nj_buf_str(&json)));
    nj_buf_fini(&json);
    nj_proxy_free(p);
    free(filling);
    return over > 0 ? 1 : 0;
}

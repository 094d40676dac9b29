/* bench_proxy.c -- what the Runtime API proxy adds to an invocation, against the same invocation without it.
 *
 * The whole of nightjar, as a process of its own, attached to a small platform here: a client asks for an event and posts its
 * response, directly, through the smallest relay there can be, and through the proxy, in turns, while nightjar makes records of the
 * copies and sends them to a sink that is here too.  The relay is another process, which receives from one socket and sends to the
 * other, and looks at nothing: what it adds is what two more sockets cost on this machine, whoever serves them.  Again in a flood of
 * logs: the platform posts telemetry as fast as nightjar takes it, during the other turns as well, so that the difference is what the
 * proxy adds.  Budgets (design 8): p50 +100 us, p99 +1 ms.
 *
 * Usage: bench_proxy [--one-processor | --apart]: everything on one, as in a function below 1.8 GB; or, of two, relay and nightjar on the
 * other one than client and platform, the worst that the scheduler can do: every wake-up has to reach a processor that sleeps.
 * Output: one line a case for people, then one JSON object.  Status 1: over budget, where the relay is not over it, too.
 */
#include "nightjar/buf.h"

#include <arpa/inet.h>
#include <libgen.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    BLOCK = 50,
    MB = 1 << 20,
    BODY_MAX = 6 * MB + 1024,
    HEAD_MAX = 4096,
    BUDGET_P50_US = 100,
    BUDGET_P99_US = 1000,
    ROUNDS = 5,
    FLOOD_ITEMS = 1000,
    FLOOD_ITEM_MAX = 256
};

#define RATIO_MAX 1.5 /* where this machine has not even the relay within the budget: what the proxy may add, in relays */

struct bench_case {
    const char *name;
    size_t event, response;
    bool connection_a_call, flood, budgeted;
    bool streamed;   /* the response goes out in parts */
    int pause_us;    /* before each invocation: the sandbox has something to do in between, and time for it */
    int invocations; /* each way */
};

enum { PARTS = 4, PART_PAUSE_US = 300 };

static const struct bench_case cases[] = {
    { .name = "1 KB in, 1 KB out", .event = 1000, .response = 1000, .budgeted = true, .pause_us = 200, .invocations = 3000 },
    { .name = "the same during a flood",
      .event = 1000,
      .response = 1000,
      .flood = true,
      .budgeted = true,
      .pause_us = 200,
      .invocations = 3000 },
    { .name = "the same, a connection a call",
      .event = 1000,
      .response = 1000,
      .connection_a_call = true,
      .pause_us = 200,
      .invocations = 2000 },
    { .name = "a stream of 4 parts, 300 us apart", .event = 1000, .response = 4000, .streamed = true, .pause_us = 200, .invocations = 500 },
    { .name = "100 KB in, 100 KB out", .event = 100000, .response = 100000, .pause_us = 200, .invocations = 1000 },
    { .name = "1 KB in, 6 MB out", .event = 1000, .response = 6 * MB, .pause_us = 200, .invocations = 60 },
    { .name = "6 MB in, 1 KB out", .event = 6 * MB, .response = 1000, .pause_us = 200, .invocations = 60 },
};

static char *filling;
static _Atomic size_t event_bytes;
static _Atomic double response_at; /* when the first byte of a response reached the platform */
static atomic_bool stop, flooding;
static atomic_uint telemetry_port; /* of nightjar's listener; 0 until it has subscribed */
static char telemetry_path[128];
static atomic_bool polled; /* nightjar has asked for its first event: init is over */
static _Atomic uint64_t posted_bytes;

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

/* How long the message at b is, or SIZE_MAX if that cannot be told yet. */
static size_t message_length(struct nj_str all, size_t *body)
{
    static const struct nj_str last_chunk = NJ_STR_INIT("0\r\n\r\n"); /* filling has no such bytes */
    size_t end = nj_str_find(all, NJ_STR("\r\n\r\n"), 0);
    if (end == NJ_NPOS)
        return SIZE_MAX;
    if (nj_str_find(nj_str_slice(all, 0, end), NJ_STR("Transfer-Encoding: chunked"), 0) != NJ_NPOS)
        return nj_str_eq(nj_str_slice(all, all.n - last_chunk.n, all.n), last_chunk) ? all.n : SIZE_MAX;
    size_t at = nj_str_find(all, NJ_STR("Content-Length: "), 0);
    *body = at < end ? strtoul(all.p + at + 16, NULL, 10) : 0;
    return end + 4 + *body;
}

/* Reads one message; false when the connection ended instead.  *body is how long its body was, *first when its first byte came. */
static bool read_message(int fd, char *b, size_t *body, double *first)
{
    size_t n = 0, want = SIZE_MAX;
    while (n < want) {
        ssize_t got = recv(fd, b + n, BODY_MAX + HEAD_MAX - n - 1, 0);
        if (got <= 0)
            return false;
        if (n == 0)
            *first = now_us();
        n += (size_t)got;
        b[n] = '\0';
        if (want == SIZE_MAX)
            want = message_length((struct nj_str){ b, n }, body);
    }
    return true;
}

/* --- the platform ------------------------------------------------------------------------------------------------- */

/* What nightjar wants its telemetry sent to: "URI":"http://HOST:PORT/PATH" in the body of its subscription. */
static void subscribe(const char *request)
{
    const char *uri = strstr(request, "http://sandbox.localdomain:");
    must(uri != NULL, "the subscription's URI");
    uri += strlen("http://sandbox.localdomain:");
    char *path;
    unsigned long port = strtoul(uri, &path, 10);
    size_t n = strcspn(path, "\"");
    must(n < sizeof(telemetry_path), "the subscription's path");
    memcpy(telemetry_path, path, n);
    telemetry_port = (unsigned)port;
}

/* Asked for an extension's next event: there is none before the end. */
static void hold(void)
{
    polled = true;
    while (!stop)
        poll(NULL, 0, 10);
}

/* The head of the answer to a request, and how many bytes of filling follow it. */
static int answer(char *request, double first, char *head, size_t size, size_t *body)
{
    *body = 0;
    if (strstr(request, "/runtime/invocation/next ") != NULL) {
        *body = event_bytes;
        return snprintf(head, size,
                        "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n"
                        "Lambda-Runtime-Deadline-Ms: 1763881200000\r\nContent-Length: %zu\r\n\r\n",
                        *body);
    }
    if (strstr(request, "/response ") != NULL) {
        response_at = first;
        return snprintf(head, size, "HTTP/1.1 202 Accepted\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n");
    }
    if (strstr(request, "/extension/register ") != NULL)
        return snprintf(head, size,
                        "HTTP/1.1 200 OK\r\nLambda-Extension-Identifier: 0d8e2f30-2b5b-4c33-9d5c-1f4b8f1f9a11\r\nContent-Length: 66\r\n\r\n"
                        "{\"functionName\":\"bench\",\"functionVersion\":\"$LATEST\",\"handler\":\"h\"}");
    if (strstr(request, "/extension/event/next ") != NULL) {
        static const char event[] = "{\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"spindown\",\"deadlineMs\":%lld}";
        char text[128];
        hold();
        int n = snprintf(text, sizeof(text), event, (long long)time(NULL) * 1000 + 2000);
        return snprintf(head, size, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", n, text);
    }
    return snprintf(head, size, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\"OK\"");
}

static void *serve(void *arg)
{
    int fd = (int)(intptr_t)arg;
    char *b = malloc(BODY_MAX + HEAD_MAX), head[512];
    size_t body;
    double first;
    while (read_message(fd, b, &body, &first)) {
        char *line_end = strchr(b, '\n');
        *line_end = '\0';
        if (strstr(b, "/telemetry ") != NULL)
            subscribe(line_end + 1);
        int n = answer(b, first, head, sizeof(head), &body);
        memcpy(b, head, (size_t)n);
        memcpy(b + n, filling, body);
        send_all(fd, b, (size_t)n + body);
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

static int connect_to(uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0, "connect");
    no_delay(fd);
    return fd;
}

/* --- the flood ---------------------------------------------------------------------------------------------------- */

/* No two bodies are alike: nightjar knows a POST that is repeated. */
static size_t write_logs(char *b, unsigned *line)
{
    size_t n = 0;
    for (int i = 0; i < FLOOD_ITEMS; i++, ++*line)
        n += (size_t)snprintf(
            b + n, FLOOD_ITEM_MAX,
            "%c{\"time\":\"2026-11-23T07:15:%02u.%03uZ\",\"type\":\"function\",\"record\":\"2026-11-23 07:15:01 INFO billing.orders "
            "order %u of customer %u: 3 items, 41.99 EUR, sent to user%u@example.com in %u ms\\n\"}",
            i == 0 ? '[' : ',', *line / 1000 % 60, *line % 1000, *line, *line % 977, *line % 31, *line % 83);
    b[n++] = ']';
    return n;
}

/* Posts telemetry as the platform does, one POST at a time, as fast as they are answered. */
static void *flood(void *arg)
{
    char *b = malloc(HEAD_MAX + FLOOD_ITEMS * FLOOD_ITEM_MAX), *answer_text = malloc(BODY_MAX + HEAD_MAX);
    unsigned line = 0;
    int fd = -1; /* nightjar closes what is idle for long */
    while (!stop) {
        if (!flooding) {
            if (fd >= 0)
                close(fd);
            fd = -1;
            poll(NULL, 0, 1);
            continue;
        }
        size_t n = write_logs(b + HEAD_MAX, &line), ignored;
        double first;
        int head =
            snprintf(b, HEAD_MAX, "POST %s HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                     telemetry_path, n);
        if (fd < 0)
            fd = connect_to((uint16_t)telemetry_port);
        send_all(fd, b, (size_t)head);
        send_all(fd, b + HEAD_MAX, n);
        must(read_message(fd, answer_text, &ignored, &first), "nightjar's answer to telemetry");
        posted_bytes += n;
    }
    if (fd >= 0)
        close(fd);
    free(b);
    free(answer_text);
    return NULL;
}

/* --- nightjar ----------------------------------------------------------------------------------------------------- */

static uint16_t listen_somewhere(int *fd)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof(a);
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(bind(*fd, (struct sockaddr *)&a, n) == 0 && listen(*fd, 128) == 0 && getsockname(*fd, (struct sockaddr *)&a, &n) == 0, "listen");
    return ntohs(a.sin_port);
}

/* From here on this process, and what it starts, is on the one processor. */
static void stay_on(size_t cpu)
{
    cpu_set_t only;
    CPU_ZERO(&only);
    CPU_SET(cpu, &only);
    must(sched_setaffinity(0, sizeof(only), &only) == 0, "one processor");
}

static pid_t start_nightjar(const char *program, uint16_t api, uint16_t proxy)
{
    static char own_name[] = "nightjar";
    char env[4][64];
    snprintf(env[0], sizeof(env[0]), "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%u", api);
    snprintf(env[1], sizeof(env[1]), "NIGHTJAR_PROXY_PORT=%u", proxy);
    snprintf(env[2], sizeof(env[2]), "NIGHTJAR_SINK=http://127.0.0.1:%u/in", api);
    snprintf(env[3], sizeof(env[3]), "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand");
    char *const envp[] = { env[0], env[1], env[2], env[3], NULL };
    char *const argv[] = { own_name, NULL };
    pid_t pid;
    must(posix_spawn(&pid, program, NULL, NULL, argv, envp) == 0, program);
    while (!polled) {
        must(waitpid(pid, NULL, WNOHANG) == 0, program);
        poll(NULL, 0, 1);
    }
    must(telemetry_port != 0, "nightjar's subscription");
    return pid;
}

/* --- the yardstick ------------------------------------------------------------------------------------------------- */

/* Between one client at a time and the platform, until both have left. */
static void relay_between(int client, int upstream)
{
    static char b[64 << 10];
    int from[2] = { client, upstream }, epfd = epoll_create1(0), open = 2;
    for (int i = 0; i < 2; i++)
        must(epoll_ctl(epfd, EPOLL_CTL_ADD, from[i], &(struct epoll_event){ .events = EPOLLIN, .data.u32 = (uint32_t)i }) == 0, "relay");
    while (open > 0) {
        struct epoll_event e;
        if (epoll_wait(epfd, &e, 1, -1) != 1)
            continue;
        int in = from[e.data.u32], out = from[1 - e.data.u32];
        ssize_t n = recv(in, b, sizeof(b), 0);
        if (n > 0) {
            send_all(out, b, (size_t)n);
            continue;
        }
        shutdown(out, SHUT_WR);
        epoll_ctl(epfd, EPOLL_CTL_DEL, in, NULL);
        open--;
    }
    close(epfd);
}

/* This program again: bench_proxy --relay PORT API. */
static _Noreturn void be_relay(uint16_t port, uint16_t api)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int listenfd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* not to be left behind */
    must(bind(listenfd, (struct sockaddr *)&a, sizeof(a)) == 0 && listen(listenfd, 128) == 0, "relay");
    for (;;) {
        int client = accept(listenfd, NULL, NULL), upstream = connect_to(api);
        no_delay(client);
        relay_between(client, upstream);
        close(client);
        close(upstream);
    }
}

static pid_t start_relay(const char *own, uint16_t port, uint16_t api)
{
    static char name[] = "relay", option[] = "--relay";
    char ports[2][8];
    snprintf(ports[0], sizeof(ports[0]), "%u", port);
    snprintf(ports[1], sizeof(ports[1]), "%u", api);
    char *const argv[] = { name, option, ports[0], ports[1], NULL };
    pid_t pid;
    must(posix_spawn(&pid, own, NULL, NULL, argv, NULL) == 0, own);
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    for (bool up = false; !up;) {
        must(waitpid(pid, NULL, WNOHANG) == 0, "relay");
        poll(NULL, 0, 1);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        must(fd >= 0, "socket");
        up = connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
        close(fd);
    }
    return pid;
}

/* --- the client --------------------------------------------------------------------------------------------------- */

struct client {
    uint16_t port;
    int fd;
    char *b;
    double *took, *first, *last; /* of an invocation; to its event's first byte; of its response's first byte to the platform */
    int n;
};

/* As runtimes stream: each part is a chunk of its own, sent when it is there. */
static void send_parts(struct client *c, size_t head, size_t body)
{
    static const struct timespec pause = { .tv_nsec = PART_PAUSE_US * 1000 };
    size_t n = head;
    for (int part = 0; part < PARTS; part++, n = 0) {
        n += (size_t)snprintf(c->b + n, HEAD_MAX, "%zx\r\n", body / PARTS);
        memcpy(c->b + n, filling, body / PARTS);
        memcpy(c->b + n + body / PARTS, "\r\n", 2);
        send_all(c->fd, c->b, n + body / PARTS + 2);
        nanosleep(&pause, NULL);
    }
    send_all(c->fd, "0\r\n\r\n", 5);
}

static void call(struct client *c, const struct bench_case *k, const char *head, size_t body, double *first)
{
    size_t got = 0;
    if (c->fd < 0)
        c->fd = connect_to(c->port);
    size_t n = strlen(head);
    memcpy(c->b, head, n);
    if (body > 0 && k->streamed) {
        send_parts(c, n, body);
    } else {
        memcpy(c->b + n, filling, body);
        send_all(c->fd, c->b, n + body);
    }
    must(read_message(c->fd, c->b, &got, first), "the answer");
    if (k->connection_a_call) {
        close(c->fd);
        c->fd = -1;
    }
}

static void invoke(struct client *c, const struct bench_case *k)
{
    char head[256];
    struct timespec pause = { .tv_nsec = k->pause_us * 1000L };
    nanosleep(&pause, NULL);
    double start = now_us(), first, unused;
    call(c, k, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n", 0, &first);
    char framing[128] = "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked";
    if (!k->streamed)
        snprintf(framing, sizeof(framing), "Content-Length: %zu", k->response);
    snprintf(head, sizeof(head), "POST /2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response HTTP/1.1\r\n%s\r\n\r\n",
             framing);
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

enum way { DIRECT, RELAYED, PROXIED, WAYS };
struct round {
    struct figures way[WAYS];
    double flood_mb_s;
};

static struct figures figures_of(struct client *c)
{
    qsort(c->took, (size_t)c->n, sizeof(double), compare);
    qsort(c->first, (size_t)c->n, sizeof(double), compare);
    qsort(c->last, (size_t)c->n, sizeof(double), compare);
    return (struct figures){
        .p50 = at(c->took, c->n, 0.5), .p99 = at(c->took, c->n, 0.99), .first50 = at(c->first, c->n, 0.5), .last50 = at(c->last, c->n, 0.5)
    };
}

static void client_open(struct client *c, const struct bench_case *k, uint16_t port)
{
    *c = (struct client){ .port = port, .fd = -1, .b = malloc(BODY_MAX + HEAD_MAX) };
    double **times[] = { &c->took, &c->first, &c->last };
    for (size_t i = 0; i < NJ_COUNT(times); i++)
        *times[i] = malloc((size_t)k->invocations * sizeof(double));
    for (int i = 0; i < 10; i++)
        invoke(c, k);
    c->n = 0;
}

static void client_close(struct client *c)
{
    close(c->fd);
    free(c->b);
    free(c->took);
    free(c->first);
    free(c->last);
}

static struct round run(const struct bench_case *k, const uint16_t port[WAYS])
{
    struct client c[WAYS];
    struct round r;
    event_bytes = k->event;
    for (int w = 0; w < WAYS; w++)
        client_open(&c[w], k, port[w]);
    flooding = k->flood;
    posted_bytes = 0;
    double began = now_us();
    while (c[WAYS - 1].n < k->invocations)
        for (int w = 0; w < WAYS; w++)
            for (int i = 0; i < BLOCK && c[w].n < k->invocations; i++)
                invoke(&c[w], k);
    flooding = false;
    r.flood_mb_s = (double)posted_bytes / (now_us() - began);
    for (int w = 0; w < WAYS; w++) {
        r.way[w] = figures_of(&c[w]);
        client_close(&c[w]);
    }
    return r;
}

static void take_least(double *best, double other)
{
    if (other < *best)
        *best = other;
}

/* Whatever else the machine does only adds: each way is judged by the best of its rounds. */
static struct round best_of(const struct bench_case *k, const uint16_t port[WAYS])
{
    struct round best = run(k, port);
    for (int i = 1; k->budgeted && i < ROUNDS; i++) {
        struct round again = run(k, port);
        for (int w = 0; w < WAYS; w++) {
            take_least(&best.way[w].p50, again.way[w].p50);
            take_least(&best.way[w].p99, again.way[w].p99);
            take_least(&best.way[w].first50, again.way[w].first50);
            take_least(&best.way[w].last50, again.way[w].last50);
        }
    }
    return best;
}

/* True when it is within its budget. */
static bool report_case(const struct bench_case *k, const struct round *r, struct figures *added)
{
    const struct figures *without = &r->way[DIRECT], *relay = &r->way[RELAYED], *with = &r->way[PROXIED];
    *added = (struct figures){ .p50 = with->p50 - without->p50, .p99 = with->p99 - without->p99 };
    double relay50 = relay->p50 - without->p50, relay99 = relay->p99 - without->p99;
    bool good = added->p50 <= BUDGET_P50_US && added->p99 <= BUDGET_P99_US;
    bool nobody = (relay50 > BUDGET_P50_US || relay99 > BUDGET_P99_US) && added->p50 <= RATIO_MAX * relay50;
    printf("%-32s %9.0f /%6.0f %9.0f /%6.0f %9.0f /%6.0f %9.0f /%6.0f   %.2f %s\n", k->name, without->p50, without->p99, relay50, relay99,
           with->p50, with->p99, added->p50, added->p99, added->p50 / relay50,
           !k->budgeted ? ""
           : good       ? "ok"
           : nobody     ? "the relay is over, too"
                        : "OVER");
    printf("%-32s %9.0f %17.0f %17.0f %17.0f\n", "  to the event's first byte", without->first50, relay->first50 - without->first50,
           with->first50, with->first50 - without->first50);
    printf("%-32s %9.0f %17.0f %17.0f %17.0f\n", "  to the response's first byte", without->last50, relay->last50 - without->last50,
           with->last50, with->last50 - without->last50);
    if (k->flood)
        printf("%-32s %9.1f MB/s of telemetry meanwhile\n", "  nightjar took", r->flood_mb_s);
    fflush(stdout);
    return good || nobody || !k->budgeted;
}

static int report(const uint16_t port[WAYS], const char *where)
{
    int over = 0;
    struct nj_buf json;
    printf("%-32s %17s %17s %17s %17s   %s\n", "an invocation, p50 / p99 in us", "without", "a relay adds", "through the proxy",
           "the proxy adds", "p50 to the relay's");
    nj_buf_init(&json, 16 << 10);
    nj_buf_addf(&json, "{\"bench\":\"proxy\",\"where\":\"%s\"", where);
    for (size_t i = 0; i < NJ_COUNT(cases); i++) {
        struct figures added;
        struct round r = best_of(&cases[i], port);
        over += !report_case(&cases[i], &r, &added);
        nj_buf_addf(&json, ",\"p50_us_%zu\":%.0f,\"p99_us_%zu\":%.0f,\"relay_p50_us_%zu\":%.0f,\"relay_p99_us_%zu\":%.0f", i, added.p50, i,
                    added.p99, i, r.way[RELAYED].p50 - r.way[DIRECT].p50, i, r.way[RELAYED].p99 - r.way[DIRECT].p99);
    }
    nj_buf_addz(&json, "}");
    printf("%.*s\n", NJ_STR_ARG(nj_buf_str(&json)));
    nj_buf_fini(&json);
    return over;
}

int main(int argc, char **argv)
{
    char program[PATH_MAX];
    pthread_t server, feeder;
    int listenfd, spare[2], status = 0;
    if (argc == 4 && strcmp(argv[1], "--relay") == 0)
        be_relay((uint16_t)strtoul(argv[2], NULL, 10), (uint16_t)strtoul(argv[3], NULL, 10));
    bool one = argc > 1 && strcmp(argv[1], "--one-processor") == 0, apart = argc > 1 && strcmp(argv[1], "--apart") == 0;
    if (one || apart)
        stay_on(0);
    char *own = strdup(argv[0]); /* build/bench/bench_proxy; build/nightjar is above it */
    snprintf(program, sizeof(program), "%s/../nightjar", dirname(own));
    free(own);
    filling = malloc(BODY_MAX);
    memset(filling, 'x', BODY_MAX);
    uint16_t port[WAYS] = { listen_somewhere(&listenfd), listen_somewhere(&spare[0]), listen_somewhere(&spare[1]) };
    close(spare[0]);
    close(spare[1]);
    must(pthread_create(&server, NULL, platform, &listenfd) == 0, "platform");
    if (apart)
        stay_on(1); /* this thread and its children; the platform's were there before */
    pid_t relay = start_relay(argv[0], port[RELAYED], port[DIRECT]);
    pid_t nightjar = start_nightjar(program, port[DIRECT], port[PROXIED]);
    if (apart)
        stay_on(0);
    must(pthread_create(&feeder, NULL, flood, NULL) == 0, "feeder");
    int over = report(port, one ? "one processor" : apart ? "apart" : "anywhere");
    stop = true;
    kill(relay, SIGTERM);
    waitpid(relay, NULL, 0);
    pthread_join(feeder, NULL);
    must(waitpid(nightjar, &status, 0) == nightjar, "nightjar");
    pthread_join(server, NULL);
    free(filling);
    if (status != 0)
        printf("nightjar left with status %d\n", status);
    return over > 0 || status != 0 ? 1 : 0;
}

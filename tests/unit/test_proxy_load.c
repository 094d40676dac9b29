/* The proxy under load: many open polls, 200 MB streams with flat memory, slow ends, headers of megabytes, and quiet when idle. */
#include "proxy_wire.h"

#include "../../src/lambda/proxy_internal.h"

#include <glob.h>
#include <stdatomic.h>

/* Sanitizers keep freed memory to themselves, so it says nothing there. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED true
#elif defined(__has_feature)
#define SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer))
#else
#define SANITIZED false
#endif

enum { MB = 1 << 20, STREAM_MB = 200, PIECE = 64 << 10 };

/* A number of /proc/self/..., such as "VmRSS:" in kB; 0 when it is not there. */
static long proc_number(const char *path, const char *name)
{
    char line[256];
    long value = 0;
    FILE *f = fopen(path, "r");
    while (f != NULL && fgets(line, sizeof(line), f) != NULL)
        if (strncmp(line, name, strlen(name)) == 0)
            value = strtol(line + strlen(name), NULL, 10);
    if (f != NULL)
        fclose(f);
    return value;
}

/* --- many open polls ----------------------------------------------------------------------------------------------- */

enum { POLLS = 64 };

START_TEST(test_proxy_holds_many_polls_and_answers_each_by_itself)
{
    static int clients[POLLS], upstreams[POLLS];
    static char id[POLLS][32];
    char b[512];
    uint16_t port;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 1000 });
    for (int i = 0; i < POLLS; i++) {
        clients[i] = wire_connect(nj_proxy_port(p));
        wire_options(clients[i]);
        int n = snprintf(b, sizeof(b), "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nX-Worker: %d\r\n\r\n", i);
        ck_assert_int_eq(send(clients[i], b, (size_t)n, MSG_NOSIGNAL), n);
    }
    for (int i = 0; i < POLLS; i++) {
        int fd = accept(listenfd, NULL, NULL);
        wire_options(fd);
        ssize_t n = recv(fd, b, sizeof(b) - 1, 0);
        ck_assert_int_gt(n, 0);
        b[n] = '\0';
        const char *worker = strstr(b, "X-Worker: ");
        ck_assert_ptr_nonnull(worker);
        upstreams[strtol(worker + 10, NULL, 10)] = fd;
    }
    /* While all others still wait: each in turn gets its event, answers it, and polls again. */
    for (int round = 0; round < 3; round++)
        for (int k = 0; k < POLLS; k++) {
            int i = (k * 37 + round * 11) % POLLS;
            snprintf(id[i], sizeof(id[i]), "id-%d-%d", round, i);
            int n = snprintf(b, sizeof(b), "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: %s\r\nContent-Length: 2\r\n\r\n{}", id[i]);
            ck_assert_int_eq(send(upstreams[i], b, (size_t)n, MSG_NOSIGNAL), n);
            ck_assert_int_eq(recv(clients[i], b, (size_t)n, MSG_WAITALL), n);
            ck_assert_ptr_nonnull(strstr(b, id[i]));
            n = snprintf(b, sizeof(b), "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nContent-Length: %zu\r\n\r\n%s", id[i],
                         strlen(id[i]), id[i]);
            ck_assert_int_eq(send(clients[i], b, (size_t)n, MSG_NOSIGNAL), n);
            ck_assert_int_eq(recv(upstreams[i], b, (size_t)n, MSG_WAITALL), n);
            ck_assert_int_eq(send(upstreams[i], "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", 44, MSG_NOSIGNAL), 44);
            ck_assert_int_eq(recv(clients[i], b, 44, MSG_WAITALL), 44);
            n = snprintf(b, sizeof(b), "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n");
            ck_assert_int_eq(send(clients[i], b, (size_t)n, MSG_NOSIGNAL), n);
            ck_assert_int_eq(recv(upstreams[i], b, (size_t)n, MSG_WAITALL), n);
            /* Inputs and responses are told apart by id, whatever the order. */
            unsigned seen = 0;
            struct pollfd pf = { .fd = nj_proxy_fd(p), .events = POLLIN };
            while (seen < 3 && poll(&pf, 1, 5000) > 0)
                for (struct nj_capture *c; (c = nj_proxy_take(p)) != NULL; seen++) {
                    ck_assert_view_eq(c->request_id, id[i]);
                    if (c->kind == NJ_CAPTURE_RESPONSE)
                        ck_assert_view_eq(c->kept, id[i]);
                    nj_capture_free(p, c);
                }
            ck_assert_uint_eq(seen, 3);
        }
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_exchanges), 3 * 2 * POLLS);
    for (int i = 0; i < POLLS; i++) {
        close(clients[i]);
        close(upstreams[i]);
    }
    close(listenfd);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_illegal_moves), 0);
    nj_proxy_free(p);
}
END_TEST

/* --- streams ------------------------------------------------------------------------------------------------------- */

struct stream {
    int fd;
    size_t total;
    int pause_every; /* pieces between pauses of a millisecond; 0 = none */
    bool whole;
    uint8_t sum[NJ_SHA256_LEN];
};

static void *pour(void *arg)
{
    struct stream *s = arg;
    char *b = malloc(PIECE);
    struct nj_sha256 sum;
    nj_sha256_init(&sum);
    size_t left = s->total;
    for (int i = 0; left > 0; i++) {
        for (size_t k = 0; k < PIECE; k += 997)
            b[k] = (char)(i * 31 + (int)k);
        size_t n = left < PIECE ? left : PIECE;
        ssize_t done = send(s->fd, b, n, MSG_NOSIGNAL);
        if (done <= 0)
            break;
        nj_sha256_add(&sum, b, (size_t)done);
        left -= (size_t)done;
        if (s->pause_every > 0 && i % s->pause_every == 0)
            wire_pause(1);
    }
    s->whole = left == 0;
    nj_sha256_finish(&sum, s->sum);
    free(b);
    return NULL;
}

static void *drink(void *arg)
{
    struct stream *s = arg;
    char *b = malloc(PIECE);
    struct nj_sha256 sum;
    nj_sha256_init(&sum);
    size_t left = s->total;
    for (int i = 0; left > 0; i++) {
        ssize_t n = recv(s->fd, b, left < PIECE ? left : PIECE, 0);
        if (n <= 0)
            break;
        nj_sha256_add(&sum, b, (size_t)n);
        left -= (size_t)n;
        if (s->pause_every > 0 && i % s->pause_every == 0)
            wire_pause(1);
    }
    s->whole = left == 0;
    nj_sha256_finish(&sum, s->sum);
    free(b);
    return NULL;
}

/* Sends a head and a stream from one socket to the other, through the proxy. */
static void stream_between(int from, int to, const char *head, struct stream *in, struct stream *out)
{
    pthread_t thread;
    char b[1024];
    in->fd = from;
    out->fd = to;
    size_t n = strlen(head);
    ck_assert_int_eq(send(from, head, n, MSG_NOSIGNAL), (ssize_t)n);
    ck_assert_int_eq(recv(to, b, n, MSG_WAITALL), (ssize_t)n);
    ck_assert_int_eq(pthread_create(&thread, NULL, pour, in), 0);
    drink(out);
    pthread_join(thread, NULL);
    ck_assert(in->whole && out->whole);
    ck_assert_mem_eq(in->sum, out->sum, NJ_SHA256_LEN);
}

/* An open request at both ends of a proxy: the client's socket, and upstream's. */
static void open_pair(struct nj_proxy *p, int listenfd, int *client, int *up)
{
    static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n";
    char b[256];
    *client = wire_connect(nj_proxy_port(p));
    wire_options(*client);
    ck_assert_int_eq(send(*client, next, sizeof(next) - 1, MSG_NOSIGNAL), sizeof(next) - 1);
    *up = accept(listenfd, NULL, NULL);
    wire_options(*up);
    ck_assert_int_eq(recv(*up, b, sizeof(next) - 1, MSG_WAITALL), sizeof(next) - 1);
}

START_TEST(test_proxy_streams_200_megabytes_each_way_with_flat_memory)
{
    static const char post[] = "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nContent-Length: 209715200\r\n"
                               "Lambda-Runtime-Function-Response-Mode: streaming\r\n\r\n";
    uint16_t port;
    int client, up;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 64 << 10 });
    open_pair(p, listenfd, &client, &up);
    struct stream in = { .total = (size_t)STREAM_MB * MB }, out = in;
    long before_kb = proc_number("/proc/self/status", "VmRSS:");
    stream_between(up, client, "HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n", &in, &out);
    stream_between(client, up, post, &in, &out);
    long after_kb = proc_number("/proc/self/status", "VmRSS:");
    ck_assert_int_eq(send(up, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n", 44, MSG_NOSIGNAL), 44);
    char b[64];
    ck_assert_int_eq(recv(client, b, 44, MSG_WAITALL), 44);
    ck_assert_msg(SANITIZED || after_kb - before_kb < 2048, "memory grew by %ld kB", after_kb - before_kb);
    /* Kept short, counted and summed whole. */
    struct pollfd pf = { .fd = nj_proxy_fd(p), .events = POLLIN };
    unsigned seen = 0;
    while (seen < 3 && poll(&pf, 1, 5000) > 0)
        for (struct nj_capture *c; (c = nj_proxy_take(p)) != NULL; seen++) {
            if (c->kind == NJ_CAPTURE_RESPONSE) {
                ck_assert_uint_eq(c->size, (uint64_t)STREAM_MB * MB);
                ck_assert_uint_eq(c->kept.n, 64 << 10);
                ck_assert_mem_eq(c->sha256, out.sum, NJ_SHA256_LEN);
                ck_assert(c->streaming && c->complete);
            }
            nj_capture_free(p, c);
        }
    close(client);
    close(up);
    close(listenfd);
    nj_proxy_free(p);
}
END_TEST

START_TEST(test_proxy_waits_for_slow_readers_and_slow_writers)
{
    static const struct {
        int writer, reader;
    } paces[] = { { 4, 0 }, { 0, 4 }, { 2, 3 } };
    uint16_t port;
    int client, up;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 1000 });
    for (size_t i = 0; i < NJ_COUNT(paces); i++) {
        open_pair(p, listenfd, &client, &up);
        struct stream in = { .total = (size_t)20 * MB, .pause_every = paces[i].writer },
                      out = { .total = (size_t)20 * MB, .pause_every = paces[i].reader };
        stream_between(up, client, "HTTP/1.1 200 OK\r\nContent-Length: 20971520\r\n\r\n", &in, &out);
        stream_between(client, up, "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nContent-Length: 20971520\r\n\r\n", &in,
                       &out);
        close(client);
        close(up);
    }
    close(listenfd);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_illegal_moves), 0);
    nj_proxy_free(p);
}
END_TEST

START_TEST(test_proxy_passes_the_first_bytes_of_a_stream_before_the_rest_exists)
{
    static const char *const pieces[] = { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                                          "5\r\nfirst\r\n",
                                          "6\r",
                                          "\nse",
                                          "cond\r\n",
                                          "0\r\n",
                                          "X-Trailer: 1\r\n\r\n" };
    uint16_t port;
    int client, up;
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 1000 });
    open_pair(p, listenfd, &client, &up);
    for (size_t i = 0; i < NJ_COUNT(pieces); i++) {
        char b[128];
        size_t n = strlen(pieces[i]);
        ck_assert_int_eq(send(up, pieces[i], n, MSG_NOSIGNAL), (ssize_t)n);
        ck_assert_int_eq(recv(client, b, n, MSG_WAITALL), (ssize_t)n);
        ck_assert_int_eq(memcmp(b, pieces[i], n), 0);
    }
    close(client);
    close(up);
    close(listenfd);
    nj_proxy_free(p);
}
END_TEST

/* --- heads --------------------------------------------------------------------------------------------------------- */

START_TEST(test_proxy_passes_heads_of_more_than_a_megabyte_both_ways)
{
    enum { CAUSE = 3 * MB / 2 };
    char *request = malloc(CAUSE + 512), *answer = malloc(CAUSE + 512);
    int n = snprintf(request, 512, "POST /2018-06-01/runtime/invocation/1/error HTTP/1.1\r\nLambda-Runtime-Function-XRay-Error-Cause: ");
    memset(request + n, 'c', CAUSE);
    snprintf(request + n + CAUSE, 128, "\r\nHost: {host}\r\nContent-Length: 2\r\n\r\nhi");
    n = snprintf(answer, 512, "HTTP/1.1 202 Accepted\r\nX-Long: ");
    memset(answer + n, 'a', CAUSE);
    snprintf(answer + n + CAUSE, 128, "\r\nContent-Length: 2\r\n\r\nok");
    struct wire_story s = {
        .name = "heads of a megabyte and a half",
        .exchanges = 1,
        .client = { { .op = W_SEND, .text = request }, { .op = W_TAKE_HEAD }, { .op = W_TAKE, .n = 2 }, { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_TAKE, .n = 2 }, { .op = W_SEND, .text = answer } } },
    };
    wire_compare(&s);
    free(request);
    free(answer);
}
END_TEST

/* --- idle ---------------------------------------------------------------------------------------------------------- */

/* A number of the proxy's thread: from its status (name given) or, without, the nanoseconds it was running. */
static long of_thread(const char *name)
{
    glob_t tasks;
    long n = -1;
    if (glob("/proc/self/task/*", 0, NULL, &tasks) != 0)
        return n;
    for (size_t i = 0; i < tasks.gl_pathc; i++) {
        char path[300], comm[32] = { 0 };
        snprintf(path, sizeof(path), "%s/comm", tasks.gl_pathv[i]);
        FILE *f = fopen(path, "r");
        if (f != NULL && fgets(comm, sizeof(comm), f) != NULL && strncmp(comm, "nightjar-proxy", 14) == 0) {
            snprintf(path, sizeof(path), "%s/%s", tasks.gl_pathv[i], name != NULL ? "status" : "schedstat");
            n = proc_number(path, name != NULL ? name : "");
        }
        if (f != NULL)
            fclose(f);
    }
    globfree(&tasks);
    return n;
}

START_TEST(test_proxy_does_not_wake_while_polls_are_open_and_nothing_happens)
{
    uint16_t port;
    int client[4], up[4];
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 1000 });
    for (int i = 0; i < 4; i++)
        open_pair(p, listenfd, &client[i], &up[i]);
    shutdown(client[3], SHUT_WR); /* also when a client has stopped talking */
    wire_pause(100);
    long before = of_thread("voluntary_ctxt_switches:");
    wire_pause(500);
    ck_assert_int_gt(before, 0);
    ck_assert_int_eq(of_thread("voluntary_ctxt_switches:"), before);
    for (int i = 0; i < 4; i++) {
        close(client[i]);
        close(up[i]);
    }
    close(listenfd);
    nj_proxy_free(p);
}
END_TEST

/* Writes until nothing more is taken; returns how much was. */
static size_t fill(int fd)
{
    static char b[PIECE];
    size_t n = 0;
    struct pollfd p = { .fd = fd, .events = POLLOUT };
    while (poll(&p, 1, 100) > 0) {
        ssize_t done = send(fd, b, sizeof(b), MSG_NOSIGNAL | MSG_DONTWAIT);
        n += done > 0 ? (size_t)done : 0;
    }
    return n;
}

static void check_quiet(void)
{
    long before = of_thread(NULL);
    ck_assert_int_gt(before, 0);
    wire_pause(300);
    ck_assert_int_lt(of_thread(NULL) - before, 30000000);
}

START_TEST(test_proxy_rests_while_a_reader_is_stuck_and_the_writer_is_gone)
{
    uint16_t port;
    int client, up;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 1000 });
    open_pair(p, listenfd, &client, &up);
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n";
    ck_assert_int_eq(send(up, head, sizeof(head) - 1, MSG_NOSIGNAL), sizeof(head) - 1);
    size_t sent = fill(up);
    ck_assert_uint_gt(sent, MB);
    check_quiet();
    struct linger at_once = { .l_onoff = 1 };
    setsockopt(up, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(up);
    check_quiet();
    /* What had reached the proxy before the reset reaches the client, and then the reset. */
    size_t got = 0;
    char b[4096];
    ssize_t n;
    while ((n = recv(client, b, sizeof(b), 0)) > 0)
        got += (size_t)n;
    ck_assert_int_eq(n, -1);
    ck_assert_int_eq(errno, ECONNRESET);
    ck_assert_uint_gt(got, MB);
    close(client);
    close(listenfd);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_illegal_moves), 0);
    nj_proxy_free(p);
}
END_TEST

START_TEST(test_proxy_rests_while_more_requests_wait_than_it_has_room_for)
{
    enum { REQUESTS = 3000 };
    static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nX-Fill: ------------------------------------\r\n\r\n";
    static const char answer[] = "HTTP/1.1 204 No Content\r\n\r\n";
    enum { NEXT_LEN = sizeof(next) - 1, ANSWER_LEN = sizeof(answer) - 1 };
    uint16_t port;
    int client, up;
    char b[256];
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 1000 });
    open_pair(p, listenfd, &client, &up);
    for (int i = 0; i < REQUESTS; i++)
        ck_assert_int_eq(send(client, next, NEXT_LEN, MSG_NOSIGNAL), NEXT_LEN);
    check_quiet();
    for (int i = 0; i <= REQUESTS; i++) {
        ck_assert_int_eq(send(up, answer, ANSWER_LEN, MSG_NOSIGNAL), ANSWER_LEN);
        ck_assert_int_eq(recv(client, b, ANSWER_LEN, MSG_WAITALL), ANSWER_LEN);
        if (i < REQUESTS) {
            ck_assert_int_eq(recv(up, b, NEXT_LEN, MSG_WAITALL), NEXT_LEN);
            ck_assert_int_eq(memcmp(b, next, NEXT_LEN), 0);
        }
    }
    close(client);
    close(up);
    close(listenfd);
    nj_proxy_free(p);
}
END_TEST

START_TEST(test_proxy_resets_a_slow_client_only_when_it_has_everything)
{
    enum { BODY = 300000 };
    static const char next[] = "GET / HTTP/1.1\r\n\r\n", head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";
    static char body[BODY];
    uint16_t port;
    int small = 4096;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 1000 });
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(nj_proxy_port(p)), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(client, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    wire_options(client);
    ck_assert_int_eq(connect(client, (struct sockaddr *)&a, sizeof(a)), 0);
    ck_assert_int_eq(send(client, next, sizeof(next) - 1, MSG_NOSIGNAL), sizeof(next) - 1);
    int up = accept(listenfd, NULL, NULL);
    ck_assert_int_eq(send(up, head, sizeof(head) - 1, MSG_NOSIGNAL), sizeof(head) - 1);
    ck_assert_int_eq(send(up, body, BODY, MSG_NOSIGNAL), BODY);
    wire_pause(50);
    struct linger at_once = { .l_onoff = 1 };
    setsockopt(up, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(up);
    wire_pause(50);
    size_t got = 0;
    char b[4096];
    ssize_t n;
    while ((n = recv(client, b, sizeof(b), 0)) > 0)
        got += (size_t)n;
    ck_assert_int_eq(n, -1);
    ck_assert_int_eq(errno, ECONNRESET);
    ck_assert_uint_eq(got, sizeof(head) - 1 + BODY);
    close(client);
    close(listenfd);
    nj_proxy_free(p);
}
END_TEST

/* --- processors ---------------------------------------------------------------------------------------------------- */

START_TEST(test_place_follows_a_client_that_stays_elsewhere_and_not_too_often)
{
    struct nj_place p = { 0 };
    struct nj_mono now = { 1000000 };
    for (int i = 1; i < NJ_PROXY_APART; i++)
        ck_assert(!nj_place_apart(&p, 0, 1, now));
    ck_assert(!nj_place_apart(&p, 1, 1, now)); /* together once: counted anew */
    for (int i = 1; i < NJ_PROXY_APART; i++)
        ck_assert(!nj_place_apart(&p, 0, 1, now));
    ck_assert(nj_place_apart(&p, 0, 1, now));
    for (int i = 0; i < 10 * NJ_PROXY_APART; i++)
        ck_assert(!nj_place_apart(&p, 0, 1, now));
    ck_assert(nj_place_apart(&p, 0, 1, nj_mono_after(now, NJ_PROXY_APART_MS)));
    now = nj_mono_after(now, 2 * NJ_PROXY_APART_MS);
    for (int i = 0; i < 10 * NJ_PROXY_APART; i++)
        ck_assert(!nj_place_apart(&p, 0, -1, now) && !nj_place_apart(&p, -1, 0, now));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_proxy_holds_many_polls_and_answers_each_by_itself)                                                                              \
    X(test_proxy_streams_200_megabytes_each_way_with_flat_memory)                                                                          \
    X(test_proxy_waits_for_slow_readers_and_slow_writers)                                                                                  \
    X(test_proxy_passes_the_first_bytes_of_a_stream_before_the_rest_exists)                                                                \
    X(test_proxy_passes_heads_of_more_than_a_megabyte_both_ways)                                                                           \
    X(test_proxy_does_not_wake_while_polls_are_open_and_nothing_happens)                                                                   \
    X(test_proxy_rests_while_a_reader_is_stuck_and_the_writer_is_gone)                                                                     \
    X(test_proxy_rests_while_more_requests_wait_than_it_has_room_for)                                                                      \
    X(test_proxy_resets_a_slow_client_only_when_it_has_everything)                                                                         \
    X(test_place_follows_a_client_that_stays_elsewhere_and_not_too_often)

NJ_TEST_MAIN("proxy_load")

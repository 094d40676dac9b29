/* What the proxy does when things break: stale and refused connections, early answers, no memory, nobody who takes the copies, probes. */
#include "proxy_wire.h"

#include <time.h>

#include <stdatomic.h>
#include <sys/resource.h>

#define NEXT     "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: {host}\r\n\r\n"
#define RESPONSE "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nHost: {host}\r\n"
#define EVENT    "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nContent-Length: 2\r\n\r\n{}"
#define ACCEPTED "HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"

static struct wire_server server;
static struct wire_log client;

static struct nj_proxy *begin(const struct wire_story *s, struct nj_proxy_options o)
{
    nj_diag_threshold(NJ_LEVEL_ERROR);
    wire_server_open(&server);
    wire_server_start(&server, s);
    return wire_proxy(server.port, o);
}

static void finish(struct nj_proxy *p)
{
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_illegal_moves), 0);
    nj_proxy_free(p);
}

/* Runs the story through a proxy and leaves what each side saw. */
static struct nj_proxy *play(const struct wire_story *s)
{
    struct nj_proxy *p = begin(s, (struct nj_proxy_options){ .capture_bytes = 100 });
    wire_client(&client, s->client, nj_proxy_port(p));
    return p;
}

/* --- stale connections --------------------------------------------------------------------------------------------- */

START_TEST(test_proxy_replaces_an_upstream_connection_that_was_closed_while_idle)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = NEXT },
                    { .op = W_TAKE_TO, .text = "{}" },
                    { .op = W_PAUSE, .n = 40 },
                    { .op = W_SEND, .text = RESPONSE "Content-Length: 2\r\n\r\nhi" },
                    { .op = W_TAKE_TO, .text = "ok" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = EVENT }, { .op = W_CLOSE } },
                    { { .op = W_TAKE_TO, .text = "hi" }, { .op = W_SEND, .text = ACCEPTED } } },
    };
    struct nj_proxy *p = play(&s);
    wire_server_join(&server);
    ck_assert_int_eq(server.connections, 2);
    ck_assert_int_eq(client.end, WIRE_FIN);
    ck_assert_uint_eq(client.n, strlen(EVENT) + strlen(ACCEPTED));
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_replayed), 0);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_upstream_lost), 0);
    finish(p);
}
END_TEST

START_TEST(test_proxy_sends_next_once_more_when_its_connection_was_stale)
{
    static const enum wire_op ways[] = { W_CLOSE, W_RESET };
    for (size_t i = 0; i < NJ_COUNT(ways); i++) {
        struct wire_story s = {
            .client = { { .op = W_SEND, .text = NEXT },
                        { .op = W_TAKE_TO, .text = "{}" },
                        { .op = W_SEND, .text = NEXT },
                        { .op = W_TAKE_TO, .text = "{}" },
                        { .op = W_HALF } },
            .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = EVENT }, { .op = W_TAKE_HEAD }, { .op = ways[i] } },
                        { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = EVENT } } },
        };
        struct nj_proxy *p = play(&s);
        wire_server_join(&server);
        ck_assert_int_eq(server.connections, 2);
        ck_assert_uint_eq(client.n, 2 * strlen(EVENT));
        ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_replayed), 1);
        /* What the second connection got is the whole request, with the platform's name in it. */
        char want[256];
        snprintf(want, sizeof(want), "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n\r\n", server.port);
        ck_assert_str_eq(server.log[1].kept, want);
        finish(p);
    }
}
END_TEST

START_TEST(test_proxy_sends_next_once_more_only_once)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = NEXT }, { .op = W_TAKE_TO, .text = "{}" }, { .op = W_SEND, .text = NEXT } },
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = EVENT }, { .op = W_TAKE_HEAD }, { .op = W_CLOSE } },
                    { { .op = W_TAKE_HEAD }, { .op = W_CLOSE } } },
    };
    struct nj_proxy *p = play(&s);
    wire_server_join(&server);
    ck_assert_int_eq(server.connections, 2);
    ck_assert_uint_eq(client.n, strlen(EVENT));
    ck_assert_int_eq(client.end, WIRE_FIN);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_replayed), 1);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_upstream_lost), 1);
    finish(p);
}
END_TEST

START_TEST(test_proxy_does_not_ask_again_for_a_client_that_has_gone)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = NEXT }, { .op = W_TAKE_TO, .text = "{}" }, { .op = W_SEND, .text = NEXT }, { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD },
                      { .op = W_SEND, .text = EVENT },
                      { .op = W_TAKE_HEAD },
                      { .op = W_TAKE, .n = 0 },
                      { .op = W_CLOSE } } },
    };
    struct nj_proxy *p = play(&s);
    wire_server_join(&server);
    ck_assert_int_eq(server.connections, 1);
    ck_assert_int_eq(server.log[0].end, WIRE_FIN);
    ck_assert_uint_eq(client.n, strlen(EVENT));
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_replayed), 0);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_upstream_lost), 0);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_client_lost), 1);
    finish(p);
}
END_TEST

static const struct {
    const char *request, *upto;
} never[] = {
    { RESPONSE "Content-Length: 2\r\n\r\nhi", "hi" },
    { RESPONSE "Content-Length: 0\r\n\r\n", "\r\n\r\n" },
    { RESPONSE "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "0\r\n\r\n" },
    { "DELETE /x HTTP/1.1\r\n\r\n", "\r\n\r\n" },
    { RESPONSE "Content-Length: 2\r\n\r\nh", "\r\n\r\nh" },
};

START_TEST(test_proxy_never_sends_a_request_again_that_may_have_had_an_effect)
{
    for (size_t i = 0; i < NJ_COUNT(never); i++) {
        struct wire_story s = {
            .client = { { .op = W_SEND, .text = NEXT }, { .op = W_TAKE_TO, .text = "{}" }, { .op = W_SEND, .text = never[i].request } },
            .server = { { { .op = W_TAKE_HEAD },
                          { .op = W_SEND, .text = EVENT },
                          { .op = W_TAKE_TO, .text = never[i].upto },
                          { .op = W_CLOSE } } },
        };
        struct nj_proxy *p = play(&s);
        wire_server_join(&server);
        ck_assert_uint_eq(client.n, strlen(EVENT));
        ck_assert_int_eq(client.end, WIRE_FIN);
        ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_replayed), 0);
        ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_upstream_lost), 1);
        finish(p);
    }
}
END_TEST

START_TEST(test_proxy_does_not_repeat_a_request_on_a_connection_that_was_new)
{
    static const struct wire_story s = { .client = { { .op = W_SEND, .text = NEXT } },
                                         .server = { { { .op = W_TAKE_HEAD }, { .op = W_CLOSE } } } };
    struct nj_proxy *p = play(&s);
    wire_server_join(&server);
    ck_assert_uint_eq(client.n, 0);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_replayed), 0);
    finish(p);
}
END_TEST

START_TEST(test_proxy_asks_again_when_a_long_poll_loses_its_connection)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = NEXT }, { .op = W_TAKE_TO, .text = "{}" }, { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_PAUSE, .n = 150 }, { .op = W_RESET } },
                    { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = EVENT } } },
    };
    struct nj_proxy *p = play(&s);
    wire_server_join(&server);
    ck_assert_int_eq(server.connections, 2);
    ck_assert_uint_eq(client.n, strlen(EVENT));
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_replayed), 1);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_upstream_lost), 0);
    finish(p);
}
END_TEST

/* A clock whose wall runs ahead when told to. */
static _Atomic int64_t slept_ns;

static void thawed_clock(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    struct nj_clock c;
    nj_clock_init(&c, NULL, NULL);
    *mono_ns = c.mono.ms * 1000000;
    *wall_ns = c.wall_ns + atomic_load(&slept_ns);
}

START_TEST(test_proxy_after_a_freeze_posts_on_a_fresh_connection)
{
    static const struct wire_story s = {
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = EVENT } },
                    { { .op = W_TAKE_TO, .text = "hi" }, { .op = W_SEND, .text = ACCEPTED } } },
    };
    static const struct wire_step first[] = { { .op = W_SEND, .text = NEXT }, { .op = W_TAKE_TO, .text = "{}" } };
    static const struct wire_step second[] = { { .op = W_SEND, .text = RESPONSE "Content-Length: 2\r\n\r\nhi" },
                                               { .op = W_TAKE_TO, .text = "ok" },
                                               { .op = W_HALF },
                                               { .op = W_END_OF_SCRIPT } };
    atomic_store(&slept_ns, 0);
    struct nj_proxy *p = begin(&s, (struct nj_proxy_options){ .clock = thawed_clock });
    struct wire_peer *w = calloc(1, sizeof(*w));
    w->fd = wire_connect(nj_proxy_port(p));
    w->port = nj_proxy_port(p);
    nj_sha256_init(&w->log.running);
    wire_options(w->fd);
    wire_text(w, &first[0]);
    wire_take(w, SIZE_MAX, first[1].text);
    atomic_store(&slept_ns, INT64_C(3600000000000));
    w->steps = second;
    w->count = NJ_COUNT(second);
    wire_run(w);
    ck_assert_int_eq(w->log.end, WIRE_FIN);
    free(w);
    wire_server_join(&server);
    ck_assert_int_eq(server.connections, 2);
    ck_assert_int_eq(server.log[0].end, WIRE_FIN);
    finish(p);
}
END_TEST

/* Upstream's end comes in one piece with its answer, and the next request is here already: it never goes into the closed connection. */
START_TEST(test_proxy_does_not_post_into_a_connection_that_ended_with_the_answer)
{
    static const char post[] = "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi";
    static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n";
    char b[512];
    uint16_t port;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ 0 });
    int fd = wire_connect(nj_proxy_port(p));
    wire_options(fd);
    ck_assert_int_eq(send(fd, next, sizeof(next) - 1, MSG_NOSIGNAL | MSG_MORE), sizeof(next) - 1);
    ck_assert_int_eq(send(fd, post, sizeof(post) - 1, MSG_NOSIGNAL), sizeof(post) - 1);
    int up = accept(listenfd, NULL, NULL);
    ck_assert_int_eq(recv(up, b, sizeof(next) - 1, MSG_WAITALL), sizeof(next) - 1);
    ck_assert_int_eq(send(up, EVENT, strlen(EVENT), MSG_NOSIGNAL | MSG_MORE), strlen(EVENT));
    close(up);
    up = accept(listenfd, NULL, NULL);
    wire_options(up);
    ck_assert_int_eq(recv(up, b, sizeof(post) - 1, MSG_WAITALL), sizeof(post) - 1);
    ck_assert_int_eq(send(up, ACCEPTED, strlen(ACCEPTED), MSG_NOSIGNAL), strlen(ACCEPTED));
    ck_assert_int_eq(recv(fd, b, strlen(EVENT) + strlen(ACCEPTED), MSG_WAITALL), strlen(EVENT) + strlen(ACCEPTED));
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_upstream_lost), 0);
    close(fd);
    close(up);
    close(listenfd);
    finish(p);
}
END_TEST

/* --- refusals and early answers ------------------------------------------------------------------------------------ */

START_TEST(test_proxy_shows_a_refused_upstream_as_a_reset_and_invents_nothing)
{
    static const struct wire_step steps[] = { { .op = W_SEND, .text = NEXT }, { .op = W_END_OF_SCRIPT } };
    uint16_t port;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    close(wire_listen(&port));
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ 0 });
    wire_client(&client, steps, nj_proxy_port(p));
    ck_assert_uint_eq(client.n, 0);
    ck_assert_int_eq(client.end, WIRE_RST);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_upstream_lost), 1);
    finish(p);
}
END_TEST

START_TEST(test_proxy_relays_an_early_refusal_while_the_upload_runs)
{
    static const char refusal[] = "HTTP/1.1 413 Request Entity Too Large\r\nConnection: close\r\nContent-Length: 4\r\n\r\nhuge";
    static const enum wire_op ways[] = { W_CLOSE, W_RESET, W_HALF };
    for (size_t i = 0; i < NJ_COUNT(ways); i++) {
        struct wire_story s = {
            .client = { { .op = W_SEND, .text = RESPONSE "Content-Length: 50000000\r\n\r\n" },
                        { .op = W_UPLOAD, .n = 50000000, .seed = 1 } },
            .server = { { { .op = W_TAKE_HEAD },
                          { .op = W_TAKE, .n = 100000 },
                          { .op = W_SEND, .text = refusal },
                          { .op = W_PAUSE, .n = 20 },
                          { .op = ways[i] } } },
        };
        struct nj_proxy *p = play(&s);
        ck_assert_msg(strcmp(client.kept, refusal) == 0, "after %d the client got \"%s\"", ways[i], client.kept);
        wire_server_join(&server);
        finish(p);
    }
}
END_TEST

START_TEST(test_proxy_lets_a_client_finish_its_upload_after_an_early_refusal)
{
    /* A client that does not look before it has sent everything. */
    static const char refusal[] = "HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = RESPONSE "Content-Length: 8000000\r\n\r\n" },
                    { .op = W_BYTES, .n = 8000000, .seed = 1 },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = refusal }, { .op = W_CLOSE } } },
    };
    struct nj_proxy *p = play(&s);
    ck_assert_str_eq(client.kept, refusal);
    ck_assert(!client.send_failed);
    ck_assert_int_eq(client.end, WIRE_FIN);
    wire_server_join(&server);
    finish(p);
}
END_TEST

/* The kernel tells an error once: to the write that was under way, and the read after it sees a plain end. */
START_TEST(test_proxy_shows_a_reset_in_an_upload_as_one_whoever_was_told_of_it)
{
    static const char head[] = "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nContent-Length: 50000000\r\n\r\n";
    static const char some[] = "HTTP/1.1 413 Request Entity Too Large\r\nContent-Length: 100\r\n\r\n{";
    static char b[1 << 20];
    uint16_t port;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ 0 });
    int fd = wire_connect(nj_proxy_port(p));
    wire_options(fd);
    ck_assert_int_eq(send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL), sizeof(head) - 1);
    int up = accept(listenfd, NULL, NULL);
    struct pollfd room = { .fd = fd, .events = POLLOUT };
    while (poll(&room, 1, 100) > 0) /* until the proxy itself waits to write */
        ck_assert_int_gt(send(fd, b, sizeof(b), MSG_NOSIGNAL | MSG_DONTWAIT), 0);
    ck_assert_int_eq(send(up, some, sizeof(some) - 1, MSG_NOSIGNAL), sizeof(some) - 1);
    ck_assert_int_eq(recv(fd, b, sizeof(some) - 1, MSG_WAITALL), sizeof(some) - 1);
    struct linger at_once = { .l_onoff = 1 };
    setsockopt(up, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(up);
    ck_assert_int_eq(recv(fd, b, sizeof(b), 0), -1);
    ck_assert_int_eq(errno, ECONNRESET);
    close(fd);
    close(listenfd);
    finish(p);
}
END_TEST

START_TEST(test_proxy_tells_upstream_at_once_that_the_client_went_away)
{
    static const struct wire_story s = { .client = { { .op = W_SEND, .text = NEXT }, { .op = W_PAUSE, .n = 30 }, { .op = W_CLOSE } } };
    struct nj_proxy *p = play(&s);
    wire_server_join(&server); /* it comes back because its connection ended */
    ck_assert_int_eq(server.log[0].end, WIRE_FIN);
    finish(p);
}
END_TEST

/* --- memory -------------------------------------------------------------------------------------------------------- */

static atomic_int grants, asked_for;

/* As many allocations as were granted, and none after. */
static void *scarce(void *ctx, void *p, size_t n)
{
    if (n == 0) {
        free(p);
        return NULL;
    }
    atomic_fetch_add(&asked_for, 1);
    if (atomic_fetch_sub(&grants, 1) <= 0)
        return NULL;
    return realloc(p, n);
}

static const struct wire_story heavy = {
    .client = { { .op = W_SEND, .text = NEXT },
                { .op = W_TAKE_TO, .text = "{}" },
                { .op = W_SEND, .text = RESPONSE "Content-Length: 300000\r\n\r\n" },
                { .op = W_BYTES, .n = 300000, .seed = 2 },
                { .op = W_TAKE_TO, .text = "ok" },
                { .op = W_SEND, .text = NEXT },
                { .op = W_TAKE_HEAD },
                { .op = W_TAKE, .n = 300000 },
                { .op = W_HALF } },
    .server = { { { .op = W_TAKE_HEAD },
                  { .op = W_SEND, .text = EVENT },
                  { .op = W_TAKE_HEAD },
                  { .op = W_TAKE, .n = 300000 },
                  { .op = W_SEND, .text = ACCEPTED },
                  { .op = W_TAKE_HEAD },
                  { .op = W_SEND, .text = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" },
                  { .op = W_BYTES, .n = 300000, .seed = 3 } } },
};

START_TEST(test_proxy_passes_everything_whichever_allocation_fails)
{
    enum { AT_START = 8 };
    bool some_lost = false;
    int most = 1;
    for (int granted = 0; granted <= most; granted++) {
        atomic_store(&grants, AT_START + granted);
        atomic_store(&asked_for, 0);
        struct nj_proxy *p = begin(&heavy, (struct nj_proxy_options){ .capture_bytes = 4096, .resize = scarce });
        wire_client(&client, heavy.client, nj_proxy_port(p));
        wire_server_join(&server);
        ck_assert_uint_eq(client.n,
                          strlen(EVENT) + strlen(ACCEPTED) + strlen("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n") + 300000);
        ck_assert_int_eq(client.end, WIRE_FIN);
        ck_assert_int_eq(server.log[0].end, WIRE_FIN);
        some_lost = some_lost || nj_proxy_count(p, NJ_PROXY_captures_dropped) + nj_proxy_count(p, NJ_PROXY_captures_starved) > 0;
        if (granted == most && atomic_load(&asked_for) > AT_START + granted)
            most++;
        for (struct nj_capture *c; (c = nj_proxy_take(p)) != NULL;)
            nj_capture_free(p, c);
        finish(p);
    }
    ck_assert(some_lost);
    ck_assert_int_gt(most, 4);
}
END_TEST

START_TEST(test_proxy_lets_connections_wait_while_there_is_no_memory_for_them)
{
    enum { CLIENTS = 20 };
    int fds[CLIENTS];
    uint16_t port;
    nj_diag_threshold(NJ_LEVEL_ERROR);
    int listenfd = wire_listen(&port);
    atomic_store(&grants, 8);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ .no_capture = true, .resize = scarce });
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = wire_connect(nj_proxy_port(p));
        ck_assert_int_eq(send(fds[i], "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18);
    }
    for (int i = 0; i < 100 && nj_proxy_count(p, NJ_PROXY_accept_paused) == 0; i++)
        wire_pause(10);
    ck_assert_uint_gt(nj_proxy_count(p, NJ_PROXY_accept_paused), 0);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_connections), 8);
    atomic_store(&grants, 1000);
    for (int i = 0; i < CLIENTS; i++) {
        char b[64];
        int fd = accept(listenfd, NULL, NULL);
        ck_assert_int_eq(recv(fd, b, sizeof(b), 0), 18);
        close(fd);
    }
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_connections), CLIENTS);
    for (int i = 0; i < CLIENTS; i++)
        close(fds[i]);
    close(listenfd);
    finish(p);
}
END_TEST

START_TEST(test_proxy_lets_connections_wait_while_there_are_no_descriptors_for_them)
{
    static const char get[] = "GET / HTTP/1.1\r\n\r\n";
    static int taken[4096];
    struct rlimit limit;
    uint16_t port;
    int n = 0;
    char b[64];
    nj_diag_threshold(NJ_LEVEL_ERROR);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max < NJ_COUNT(taken) ? limit.rlim_max : NJ_COUNT(taken);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0); /* of this test's own process */
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ 0 });
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(nj_proxy_port(p)), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    wire_options(fd);
    while (n < (int)NJ_COUNT(taken) && (taken[n] = dup(listenfd)) >= 0)
        n++;
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    ck_assert_int_eq(send(fd, get, sizeof(get) - 1, MSG_NOSIGNAL), sizeof(get) - 1);
    for (int i = 0; i < 100 && nj_proxy_count(p, NJ_PROXY_accept_paused) == 0; i++)
        wire_pause(10);
    ck_assert_uint_gt(nj_proxy_count(p, NJ_PROXY_accept_paused), 0);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_connections), 0);
    while (n > 0)
        close(taken[--n]);
    int up = accept(listenfd, NULL, NULL);
    ck_assert_int_eq(recv(up, b, sizeof(get) - 1, MSG_WAITALL), sizeof(get) - 1);
    close(up);
    close(fd);
    close(listenfd);
    finish(p);
}
END_TEST

/* A client and its platform, which exchange response after response through the proxy while nobody looks at the copies. */
struct posting {
    struct wire_peer client, platform;
    int listenfd;
    struct nj_proxy *p;
};

static struct posting *posting_begin(struct nj_proxy_options o)
{
    struct posting *k = calloc(1, sizeof(*k));
    uint16_t port;
    k->listenfd = wire_listen(&port);
    k->p = wire_proxy(port, o);
    k->client.port = nj_proxy_port(k->p);
    k->client.fd = wire_connect(k->client.port);
    k->platform.fd = -1;
    wire_options(k->client.fd);
    nj_sha256_init(&k->client.log.running);
    nj_sha256_init(&k->platform.log.running);
    return k;
}

static void posting_round(struct posting *k)
{
    static const struct wire_step post[] = { { .op = W_SEND, .text = RESPONSE "Content-Length: 8\r\n\r\nresponse" } };
    static const struct wire_step answer[] = { { .op = W_SEND, .text = ACCEPTED } };
    wire_text(&k->client, post);
    if (k->platform.fd < 0) {
        k->platform.fd = accept(k->listenfd, NULL, NULL);
        wire_options(k->platform.fd);
    }
    wire_take(&k->platform, SIZE_MAX, "\r\n\r\nresponse");
    wire_text(&k->platform, answer);
    wire_take(&k->client, SIZE_MAX, "ok");
}

static void posting_wait(struct posting *k, uint64_t rounds)
{
    ck_assert_uint_eq(k->client.log.n, rounds * strlen(ACCEPTED));
    for (int i = 0; i < 200 && nj_proxy_count(k->p, NJ_PROXY_exchanges) < rounds; i++)
        wire_pause(5);
}

static void posting_end(struct posting *k)
{
    close(k->client.fd);
    close(k->platform.fd);
    close(k->listenfd);
    finish(k->p);
    free(k);
}

START_TEST(test_proxy_goes_on_when_nobody_takes_the_copies)
{
    enum { ROUNDS = 700 };
    nj_diag_threshold(NJ_LEVEL_ERROR);
    struct posting *k = posting_begin((struct nj_proxy_options){ .capture_bytes = 100, .queue_bytes = 10000 });
    for (int i = 0; i < ROUNDS; i++)
        posting_round(k);
    posting_wait(k, ROUNDS);
    uint64_t dropped = nj_proxy_count(k->p, NJ_PROXY_captures_dropped), taken = 0, starved = 0, ends = 0;
    for (struct nj_capture *got; (got = nj_proxy_take(k->p)) != NULL; taken++) {
        starved += got->starved;
        ends += got->kind == NJ_CAPTURE_END;
        nj_capture_free(k->p, got);
    }
    ck_assert_uint_eq(taken + dropped, 2 * ROUNDS);
    ck_assert_uint_eq(starved, nj_proxy_count(k->p, NJ_PROXY_captures_starved));
    ck_assert_uint_gt(dropped, 0);
    ck_assert_uint_gt(starved, 0);
    ck_assert_uint_gt(ends, 200);
    posting_end(k);
}
END_TEST

static int compare_us(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* The thread that works on telemetry hangs: invocations take as long as ever, and afterwards every copy is there, in order. */
START_TEST(test_proxy_does_not_notice_that_the_other_thread_hangs_for_two_seconds)
{
    enum { ROUNDS = 100, PAUSE_MS = 20, MEDIAN_US = 20000 };
    double took[ROUNDS];
    struct posting *k = posting_begin((struct nj_proxy_options){ .capture_bytes = 100 });
    double began = now_us();
    for (int i = 0; i < ROUNDS; i++) {
        double start = now_us();
        posting_round(k);
        took[i] = now_us() - start;
        wire_pause(PAUSE_MS);
    }
    ck_assert_double_ge(now_us() - began, 2e6);
    posting_wait(k, ROUNDS);
    qsort(took, ROUNDS, sizeof(took[0]), compare_us);
    ck_assert_double_lt(took[ROUNDS / 2], MEDIAN_US);
    int taken = 0;
    for (struct nj_capture *got; (got = nj_proxy_take(k->p)) != NULL; taken++) {
        ck_assert_int_eq(got->kind, taken % 2 == 0 ? NJ_CAPTURE_RESPONSE : NJ_CAPTURE_END);
        if (got->kind == NJ_CAPTURE_RESPONSE)
            ck_assert_view_eq(got->kept, "response");
        nj_capture_free(k->p, got);
    }
    ck_assert_int_eq(taken, 2 * ROUNDS);
    ck_assert_uint_eq(nj_proxy_count(k->p, NJ_PROXY_captures_dropped) + nj_proxy_count(k->p, NJ_PROXY_captures_starved), 0);
    posting_end(k);
}
END_TEST

/* --- probes and starting ------------------------------------------------------------------------------------------- */

START_TEST(test_probe_knows_our_proxy_and_its_upstream)
{
    uint16_t port;
    int listenfd = wire_listen(&port);
    struct nj_proxy *p = wire_proxy(port, (struct nj_proxy_options){ 0 });
    char api[32];
    snprintf(api, sizeof(api), "169.254.100.1:%u", port);
    ck_assert_int_eq(nj_proxy_probe(nj_proxy_port(p), nj_str_of(api), 2000), NJ_OK);
    ck_assert_int_eq(nj_proxy_probe(nj_proxy_port(p), (struct nj_str){ 0 }, 2000), NJ_OK);
    ck_assert_int_eq(nj_proxy_probe(nj_proxy_port(p), NJ_STR("127.0.0.1:1"), 2000), NJ_EARG);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_probes), 3);
    /* Nobody upstream was bothered. */
    struct pollfd pf = { .fd = listenfd, .events = POLLIN };
    ck_assert_int_eq(poll(&pf, 1, 20), 0);
    close(listenfd);
    finish(p);
}
END_TEST

START_TEST(test_probe_knows_what_is_not_our_proxy)
{
    static const struct wire_story http = {
        .server = { { { .op = W_TAKE, .n = 11 }, { .op = W_SEND, .text = "HTTP/1.1 400 Bad Request\r\n\r\n" }, { .op = W_CLOSE } } }
    };
    static const struct wire_story closes = { .server = { { { .op = W_TAKE, .n = 11 }, { .op = W_CLOSE } } } };
    static const struct wire_story babbles = { .server = { { { .op = W_TAKE, .n = 11 }, { .op = W_BYTES, .n = 100000, .seed = 1 } } } };
    const struct wire_story *others[] = { &http, &closes, &babbles };
    for (size_t i = 0; i < NJ_COUNT(others); i++) {
        wire_server_open(&server);
        wire_server_start(&server, others[i]);
        ck_assert_int_eq(nj_proxy_probe(server.port, (struct nj_str){ 0 }, 2000), NJ_EREMOTE);
        wire_server_join(&server);
    }
    uint16_t port;
    int mute = wire_listen(&port);
    ck_assert_int_eq(nj_proxy_probe(port, (struct nj_str){ 0 }, 50), NJ_EDEADLINE);
    close(mute);
    ck_assert_int_eq(nj_proxy_probe(port, (struct nj_str){ 0 }, 2000), NJ_ESYS);
}
END_TEST

START_TEST(test_probe_in_pieces_is_answered_and_half_a_probe_is_not)
{
    char b[64];
    struct nj_proxy *p = wire_proxy(1, (struct nj_proxy_options){ 0 });
    int fd = wire_connect(nj_proxy_port(p));
    wire_options(fd);
    ck_assert_int_eq(send(fd, "\0night", 6, MSG_NOSIGNAL), 6);
    struct pollfd pf = { .fd = fd, .events = POLLIN };
    ck_assert_int_eq(poll(&pf, 1, 30), 0);
    ck_assert_int_eq(send(fd, "jar?\n", 5, MSG_NOSIGNAL), 5);
    ssize_t n = recv(fd, b, sizeof(b), MSG_WAITALL);
    ck_assert_int_eq(n, 22);
    ck_assert_int_eq(memcmp(b, "\0nightjar 127.0.0.1:1\n", 22), 0);
    close(fd);
    /* What only begins like one is somebody else's traffic, and goes where all of it goes. */
    nj_diag_threshold(NJ_LEVEL_ERROR);
    fd = wire_connect(nj_proxy_port(p));
    ck_assert_int_eq(send(fd, "\0nope", 5, MSG_NOSIGNAL), 5);
    ck_assert_int_le(recv(fd, b, sizeof(b), 0), 0);
    close(fd);
    ck_assert_uint_eq(nj_proxy_count(p, NJ_PROXY_probes), 1);
    finish(p);
}
END_TEST

static const struct {
    const char *upstream;
    enum nj_status want;
} upstreams[] = {
    { "127.0.0.1:9001", NJ_OK },
    { "[::1]:9001", NJ_OK },
    { "localhost:9001", NJ_OK },
    { "127.0.0.1", NJ_EARG },
    { "127.0.0.1:", NJ_EARG },
    { ":9001", NJ_EARG },
    { "", NJ_EARG },
    { "127.0.0.1:0", NJ_EARG },
    { "127.0.0.1:x", NJ_EARG },
    { "127.0.0.1:70000", NJ_EARG },
};

START_TEST(test_proxy_takes_an_upstream_that_is_host_and_port_only)
{
    for (size_t i = 0; i < NJ_COUNT(upstreams); i++) {
        struct nj_proxy_options o = { .upstream = nj_str_of(upstreams[i].upstream) };
        struct nj_proxy *p;
        enum nj_status st = nj_proxy_new(&p, &o);
        ck_assert_msg(st == upstreams[i].want, "%s: %s", upstreams[i].upstream, nj_status_name(st));
        ck_assert((p != NULL) == (st == NJ_OK));
        nj_proxy_free(p);
    }
}
END_TEST

START_TEST(test_proxy_does_not_start_on_a_port_that_is_taken)
{
    uint16_t port;
    int fd = wire_listen(&port);
    struct nj_proxy_options o = { .upstream = NJ_STR("127.0.0.1:1"), .port = port };
    struct nj_proxy *p;
    ck_assert_int_eq(nj_proxy_new(&p, &o), NJ_ESYS);
    ck_assert_ptr_null(p);
    close(fd);
    ck_assert_int_eq(nj_proxy_new(&p, &o), NJ_OK);
    ck_assert_uint_eq(nj_proxy_port(p), port);
    nj_proxy_free(p);
}
END_TEST

START_TEST(test_proxy_can_be_freed_with_requests_open)
{
    static const struct wire_story s = { .server = { { { .op = W_END_OF_SCRIPT } } } };
    struct nj_proxy *p = begin(&s, (struct nj_proxy_options){ .capture_bytes = 10 });
    int fd = wire_connect(nj_proxy_port(p));
    ck_assert_int_gt(send(fd, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n", 52, MSG_NOSIGNAL), 0);
    while (nj_proxy_count(p, NJ_PROXY_connections) == 0)
        wire_pause(5);
    wire_pause(20);
    finish(p);
    wire_server_join(&server);
    ck_assert_uint_eq(server.log[0].n, 52);
    close(fd);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_proxy_replaces_an_upstream_connection_that_was_closed_while_idle)                                                               \
    X(test_proxy_sends_next_once_more_when_its_connection_was_stale)                                                                       \
    X(test_proxy_sends_next_once_more_only_once)                                                                                           \
    X(test_proxy_does_not_ask_again_for_a_client_that_has_gone)                                                                            \
    X(test_proxy_never_sends_a_request_again_that_may_have_had_an_effect)                                                                  \
    X(test_proxy_does_not_repeat_a_request_on_a_connection_that_was_new)                                                                   \
    X(test_proxy_asks_again_when_a_long_poll_loses_its_connection)                                                                         \
    X(test_proxy_after_a_freeze_posts_on_a_fresh_connection)                                                                               \
    X(test_proxy_does_not_post_into_a_connection_that_ended_with_the_answer)                                                               \
    X(test_proxy_shows_a_refused_upstream_as_a_reset_and_invents_nothing)                                                                  \
    X(test_proxy_relays_an_early_refusal_while_the_upload_runs)                                                                            \
    X(test_proxy_lets_a_client_finish_its_upload_after_an_early_refusal)                                                                   \
    X(test_proxy_shows_a_reset_in_an_upload_as_one_whoever_was_told_of_it)                                                                 \
    X(test_proxy_tells_upstream_at_once_that_the_client_went_away)                                                                         \
    X(test_proxy_passes_everything_whichever_allocation_fails)                                                                             \
    X(test_proxy_lets_connections_wait_while_there_is_no_memory_for_them)                                                                  \
    X(test_proxy_lets_connections_wait_while_there_are_no_descriptors_for_them)                                                            \
    X(test_proxy_does_not_notice_that_the_other_thread_hangs_for_two_seconds)                                                              \
    X(test_proxy_goes_on_when_nobody_takes_the_copies)                                                                                     \
    X(test_probe_knows_our_proxy_and_its_upstream)                                                                                         \
    X(test_probe_knows_what_is_not_our_proxy)                                                                                              \
    X(test_probe_in_pieces_is_answered_and_half_a_probe_is_not)                                                                            \
    X(test_proxy_takes_an_upstream_that_is_host_and_port_only)                                                                             \
    X(test_proxy_does_not_start_on_a_port_that_is_taken)                                                                                   \
    X(test_proxy_can_be_freed_with_requests_open)

NJ_TEST_MAIN("proxy_faults")

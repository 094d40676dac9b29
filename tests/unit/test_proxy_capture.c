/* What the proxy keeps of what passes: every kind of copy, its fields, its bounds, and the way to the other thread. */
#include "proxy_wire.h"

#include "../../src/lambda/proxy_internal.h"

#define ID         "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
#define BASE       "/2018-06-01/runtime/"
#define POST(what) "POST " BASE what " HTTP/1.1\r\nHost: {host}\r\n"
#define ACCEPTED   "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"

enum { TAKEN = 16 };

struct stage {
    struct wire_server server;
    struct wire_log client;
    struct nj_proxy *proxy;
    struct nj_capture *taken[TAKEN];
    size_t n;
};
static struct stage stage;

/* Waits for captures until there are want of them, and a moment longer for one too many. */
static void collect(size_t want)
{
    struct pollfd p = { .fd = nj_proxy_fd(stage.proxy), .events = POLLIN };
    while (stage.n < want && poll(&p, 1, 5000) > 0)
        for (struct nj_capture *c; stage.n < TAKEN && (c = nj_proxy_take(stage.proxy)) != NULL;)
            stage.taken[stage.n++] = c;
    ck_assert_int_eq(poll(&p, 1, 20), 0);
    ck_assert_uint_eq(stage.n, want);
}

static void play(const struct wire_story *s, struct nj_proxy_options o, size_t want)
{
    nj_diag_threshold(NJ_LEVEL_ERROR);
    memset(&stage, 0, sizeof(stage));
    wire_server_open(&stage.server);
    wire_server_start(&stage.server, s);
    stage.proxy = wire_proxy(stage.server.port, o);
    wire_client(&stage.client, s->client, nj_proxy_port(stage.proxy));
    wire_server_join(&stage.server);
    collect(want);
}

static void leave(void)
{
    ck_assert_uint_eq(nj_proxy_count(stage.proxy, NJ_PROXY_illegal_moves), 0);
    for (size_t i = 0; i < stage.n; i++)
        nj_capture_free(stage.proxy, stage.taken[i]);
    nj_proxy_free(stage.proxy);
}

static void check_sum(const struct nj_capture *c, struct nj_str whole)
{
    uint8_t sum[NJ_SHA256_LEN];
    nj_sha256_of(sum, whole);
    ck_assert_uint_eq(c->size, whole.n);
    ck_assert_mem_eq(c->sha256, sum, sizeof(sum));
}

START_TEST(test_capture_of_an_input_has_the_fields_of_the_answer_to_next)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = "GET " BASE "invocation/next?x HTTP/1.1\r\nHost: {host}\r\nContent-Type: not/mine\r\n\r\n" },
                    { .op = W_TAKE_TO, .text = "{\"a\":1}" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD },
                      { .op = W_SEND,
                        .text = "HTTP/1.1 100 Continue\r\nLambda-Runtime-Aws-Request-Id: wrong\r\n\r\n"
                                "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: " ID "\r\nlambda-runtime-deadline-ms: 1763881200123\r\n"
                                "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-2:123456789012:function:f:live\r\n"
                                "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1\r\n"
                                "Lambda-Runtime-Client-Context: {\"client\":{}}\r\nLambda-Runtime-Cognito-Identity: "
                                "{\"cognitoIdentityId\":\"x\"}\r\n"
                                "Lambda-Runtime-Aws-Tenant-Id: blue\r\nLambda-Runtime-Function-Error-Type:\r\nContent-Type: "
                                "application/json\r\n"
                                "Content-Length: 7\r\n\r\n{\"a\":1}" } } },
    };
    play(&s, (struct nj_proxy_options){ .capture_bytes = 100 }, 1);
    const struct nj_capture *c = stage.taken[0];
    ck_assert_int_eq(c->kind, NJ_CAPTURE_INPUT);
    ck_assert_view_eq(c->request_id, ID);
    ck_assert_view_eq(c->arn, "arn:aws:lambda:us-east-2:123456789012:function:f:live");
    ck_assert_view_eq(c->trace, "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=1");
    ck_assert_view_eq(c->client_context, "{\"client\":{}}");
    ck_assert_view_eq(c->cognito_identity, "{\"cognitoIdentityId\":\"x\"}");
    ck_assert_view_eq(c->tenant, "blue");
    ck_assert_view_eq(c->content_type, "application/json");
    ck_assert_ptr_null(c->error_type.p);
    ck_assert_ptr_null(c->response_mode.p);
    ck_assert_int_eq(c->deadline_ms, 1763881200123);
    ck_assert_int_eq(c->declared, 7);
    ck_assert_uint_eq(c->upstream_status, 200);
    ck_assert(c->complete && !c->starved && !c->streaming);
    ck_assert_view_eq(c->kept, "{\"a\":1}");
    ck_assert_uint_eq(c->status_code, 0);
    ck_assert_int_gt(c->start_ns, 1500000000000000000);
    ck_assert_int_ge(c->end_ns, c->start_ns);
    check_sum(c, NJ_STR("{\"a\":1}"));
    leave();
}
END_TEST

START_TEST(test_capture_of_a_response_is_followed_by_the_end_of_the_invocation)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND,
                      .text = POST("invocation/" ID "/response") "Content-Type: text/x\r\nContent-Length: 29\r\n\r\n"
                                                                 "{\"body\":\"x\",\"statusCode\":404}" },
                    { .op = W_TAKE_TO, .text = "}\n" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_TO, .text = "404}" }, { .op = W_SEND, .text = ACCEPTED } } },
    };
    play(&s, (struct nj_proxy_options){ .capture_bytes = 10 }, 2);
    const struct nj_capture *c = stage.taken[0], *end = stage.taken[1];
    ck_assert_int_eq(c->kind, NJ_CAPTURE_RESPONSE);
    ck_assert_view_eq(c->request_id, ID);
    ck_assert_view_eq(c->content_type, "text/x");
    ck_assert_uint_eq(c->upstream_status, 202);
    ck_assert_view_eq(c->kept, "{\"body\":\"x");
    ck_assert_uint_eq(c->status_code, 404);
    ck_assert(c->complete && !c->starved && !c->streaming);
    check_sum(c, NJ_STR("{\"body\":\"x\",\"statusCode\":404}"));
    ck_assert_int_eq(end->kind, NJ_CAPTURE_END);
    ck_assert_view_eq(end->request_id, ID);
    ck_assert_uint_eq(end->upstream_status, 202);
    ck_assert_int_ge(end->end_ns, c->start_ns);
    leave();
}
END_TEST

static const struct {
    const char *path;
    enum nj_capture_kind kind;
    const char *id;
    size_t captures;
} errors[] = {
    { "invocation/" ID "/error", NJ_CAPTURE_ERROR, ID, 2 },
    { "init/error", NJ_CAPTURE_INIT_ERROR, NULL, 1 },
    { "restore/error", NJ_CAPTURE_RESTORE_ERROR, NULL, 1 },
};

START_TEST(test_capture_of_errors_has_their_type_and_their_body)
{
    for (size_t i = 0; i < NJ_COUNT(errors); i++) {
        char request[512];
        snprintf(request, sizeof(request),
                 "POST " BASE
                 "%s HTTP/1.1\r\nlambda-runtime-function-error-type: Function.Bad\r\nContent-Length: 21\r\n\r\n{\"errorType\":\"Bad\"}\r\n",
                 errors[i].path);
        struct wire_story s = {
            .client = { { .op = W_SEND, .text = request }, { .op = W_TAKE_TO, .text = "}\n" }, { .op = W_HALF } },
            .server = { { { .op = W_TAKE_TO, .text = "}\r\n" }, { .op = W_SEND, .text = ACCEPTED } } },
        };
        play(&s, (struct nj_proxy_options){ .capture_bytes = 100 }, errors[i].captures);
        const struct nj_capture *c = stage.taken[0];
        ck_assert_int_eq(c->kind, errors[i].kind);
        ck_assert(nj_str_eq(c->request_id, nj_str_of(errors[i].id)));
        ck_assert_view_eq(c->error_type, "Function.Bad");
        ck_assert_view_eq(c->kept, "{\"errorType\":\"Bad\"}\r\n");
        leave();
    }
}
END_TEST

START_TEST(test_capture_of_a_stream_has_its_prelude_status_and_its_trailers)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND,
                      .text = POST("invocation/" ID
                                   "/response") "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
                                                "Content-Type: application/vnd.awslambda.http-integration-response\r\nTrailer: "
                                                "Lambda-Runtime-Function-Error-Type\r\n\r\n"
                                                "12\r\n{\"statusCode\":207}\r\n" },
                    { .op = W_PAUSE, .n = 10 },
                    { .op = W_SEND,
                      .text = "3\r\nabc\r\n0\r\nLambda-Runtime-Function-Error-Type: Function.Broken\r\n"
                              "Lambda-Runtime-Function-Error-Body: e30=\r\n\r\n" },
                    { .op = W_TAKE_TO, .text = "}\n" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_TO, .text = "e30=\r\n\r\n" }, { .op = W_SEND, .text = ACCEPTED } } },
    };
    play(&s, (struct nj_proxy_options){ .capture_bytes = 100 }, 2);
    const struct nj_capture *c = stage.taken[0];
    ck_assert(c->streaming && c->complete);
    ck_assert_int_eq(c->declared, -1);
    ck_assert_view_eq(c->error_type, "Function.Broken");
    ck_assert_view_eq(c->error_body, "e30=");
    ck_assert_uint_eq(c->status_code, 207);
    check_sum(c, NJ_STR("{\"statusCode\":207}abc"));
    leave();
}
END_TEST

START_TEST(test_capture_finds_the_status_behind_a_body_that_is_not_kept)
{
    enum { BODY = 6 << 20 };
    char *body = malloc(BODY + 1);
    memset(body, 'x', BODY);
    memcpy(body, "{\"body\":\"", 9);
    memcpy(body + BODY - 19, "\",\"statusCode\":418}", 19);
    body[BODY] = '\0';
    struct wire_story s = {
        .client = { { .op = W_SEND, .text = "POST " BASE "invocation/x/response HTTP/1.1\r\nContent-Length: 6291456\r\n\r\n" },
                    { .op = W_SEND, .text = body },
                    { .op = W_TAKE_TO, .text = "}\n" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_TAKE, .n = BODY }, { .op = W_SEND, .text = ACCEPTED } } },
    };
    play(&s, (struct nj_proxy_options){ .capture_bytes = 1000 }, 2);
    const struct nj_capture *c = stage.taken[0];
    ck_assert_uint_eq(c->kept.n, 1000);
    ck_assert_int_eq(memcmp(c->kept.p, body, 1000), 0);
    ck_assert_uint_eq(c->status_code, 418);
    check_sum(c, (struct nj_str){ body, BODY });
    leave();
    free(body);
}
END_TEST

START_TEST(test_capture_tells_what_was_refused_or_never_answered)
{
    static const struct wire_story refused = {
        .client = { { .op = W_SEND, .text = POST("invocation/" ID "/response") "Content-Length: 2\r\n\r\nhi" },
                    { .op = W_TAKE_HEAD },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_TO, .text = "hi" },
                      { .op = W_SEND, .text = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n" } } },
    };
    play(&refused, (struct nj_proxy_options){ .capture_bytes = 100 }, 1);
    ck_assert_uint_eq(stage.taken[0]->upstream_status, 403);
    ck_assert(stage.taken[0]->complete);
    leave();

    static const struct wire_story broken_off = {
        .client = { { .op = W_SEND, .text = POST("invocation/" ID "/response") "Content-Length: 20\r\n\r\nhalf of it" },
                    { .op = W_PAUSE, .n = 30 },
                    { .op = W_RESET } },
    };
    play(&broken_off, (struct nj_proxy_options){ .capture_bytes = 100 }, 1);
    ck_assert_uint_eq(stage.taken[0]->upstream_status, 0);
    ck_assert(!stage.taken[0]->complete);
    ck_assert_view_eq(stage.taken[0]->kept, "half of it");
    ck_assert_int_eq(stage.taken[0]->declared, 20);
    ck_assert_uint_eq(nj_proxy_count(stage.proxy, NJ_PROXY_client_lost), 1);
    leave();

    static const struct wire_story no_event = {
        .client = { { .op = W_SEND, .text = "GET " BASE "invocation/next HTTP/1.1\r\n\r\n" },
                    { .op = W_TAKE_TO, .text = "no" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD },
                      { .op = W_SEND, .text = "HTTP/1.1 500 X\r\nLambda-Runtime-Aws-Request-Id: a\r\nContent-Length: 2\r\n\r\nno" } } },
    };
    play(&no_event, (struct nj_proxy_options){ .capture_bytes = 100 }, 0);
    leave();
}
END_TEST

/* A runtime that was killed in its upload: the platform has other things to do than to end that connection. */
START_TEST(test_capture_tells_what_was_broken_off_while_upstream_is_silent)
{
    static const char half[] = "POST " BASE "invocation/" ID "/response HTTP/1.1\r\nContent-Length: 20\r\n\r\nhalf of it";
    uint16_t port;
    memset(&stage, 0, sizeof(stage));
    int listenfd = wire_listen(&port);
    stage.proxy = wire_proxy(port, (struct nj_proxy_options){ .capture_bytes = 100 });
    int fd = wire_connect(nj_proxy_port(stage.proxy));
    ck_assert_int_eq(send(fd, half, sizeof(half) - 1, MSG_NOSIGNAL), sizeof(half) - 1);
    int up = accept(listenfd, NULL, NULL);
    ck_assert_int_ge(up, 0);
    close(fd);
    collect(1);
    ck_assert(!stage.taken[0]->complete);
    ck_assert_view_eq(stage.taken[0]->kept, "half of it");
    close(up);
    close(listenfd);
    leave();
}
END_TEST

START_TEST(test_capture_switched_off_still_tells_the_end_of_invocations)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = "GET " BASE "invocation/next HTTP/1.1\r\n\r\n" },
                    { .op = W_TAKE_TO, .text = "{}" },
                    { .op = W_SEND, .text = POST("invocation/" ID "/error") "Content-Length: 2\r\n\r\nhi" },
                    { .op = W_TAKE_TO, .text = "}\n" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD },
                      { .op = W_SEND, .text = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: " ID "\r\nContent-Length: 2\r\n\r\n{}" },
                      { .op = W_TAKE_TO, .text = "hi" },
                      { .op = W_SEND, .text = ACCEPTED } } },
    };
    play(&s, (struct nj_proxy_options){ .no_capture = true, .capture_bytes = 100 }, 1);
    ck_assert_int_eq(stage.taken[0]->kind, NJ_CAPTURE_END);
    ck_assert_view_eq(stage.taken[0]->request_id, ID);
    ck_assert_uint_eq(stage.taken[0]->kept.n, 0);
    leave();

    play(&s, (struct nj_proxy_options){ .capture_bytes = 0 }, 3);
    ck_assert_uint_eq(stage.taken[0]->kept.n, 0);
    ck_assert(!stage.taken[0]->starved);
    check_sum(stage.taken[0], NJ_STR("{}"));
    leave();
}
END_TEST

START_TEST(test_capture_beyond_the_budget_keeps_less_and_counts_it)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = POST("invocation/1/response") "Content-Length: 20000\r\n\r\n" },
                    { .op = W_BYTES, .n = 20000, .seed = 1 },
                    { .op = W_TAKE_TO, .text = "}\n" },
                    { .op = W_SEND, .text = POST("invocation/2/response") "Content-Length: 20000\r\n\r\n" },
                    { .op = W_BYTES, .n = 20000, .seed = 1 },
                    { .op = W_TAKE_TO, .text = "}\n" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD },
                      { .op = W_TAKE, .n = 20000 },
                      { .op = W_SEND, .text = ACCEPTED },
                      { .op = W_TAKE_HEAD },
                      { .op = W_TAKE, .n = 20000 },
                      { .op = W_SEND, .text = ACCEPTED } } },
    };
    play(&s, (struct nj_proxy_options){ .capture_bytes = 20000, .queue_bytes = 24000 }, 4);
    ck_assert_uint_eq(stage.taken[0]->kept.n, 20000);
    ck_assert(!stage.taken[0]->starved);
    ck_assert_view_eq(stage.taken[2]->request_id, "2");
    ck_assert_uint_eq(stage.taken[2]->kept.n, 0);
    ck_assert(stage.taken[2]->starved);
    ck_assert_uint_eq(stage.taken[2]->size, 20000);
    ck_assert_mem_eq(stage.taken[0]->sha256, stage.taken[2]->sha256, NJ_SHA256_LEN);
    ck_assert_uint_eq(nj_proxy_count(stage.proxy, NJ_PROXY_captures_starved), 1);
    leave();
}
END_TEST

/* --- the store alone ----------------------------------------------------------------------------------------------- */

START_TEST(test_store_that_nobody_reads_drops_copies_but_keeps_room_for_ends)
{
    static struct nj_store s;
    struct nj_proxy_options o = { .capture_bytes = 10 };
    memset(&s, 0, sizeof(s));
    ck_assert_int_eq(nj_store_init(&s, &o), NJ_OK);
    for (int i = 0; i < 2 * NJ_RING_SLOTS; i++) {
        struct nj_copy *c = nj_copy_open(&s, NJ_CAPTURE_INPUT, 0);
        nj_copy_body(&s, c, NJ_STR("body"));
        nj_copy_give(&s, &c, 1);
        ck_assert_ptr_null(c);
    }
    ck_assert_uint_eq(s.count[NJ_PROXY_captures], NJ_RING_SLOTS - NJ_STORE_FOR_ENDS);
    ck_assert_uint_eq(s.count[NJ_PROXY_captures_dropped], NJ_RING_SLOTS + NJ_STORE_FOR_ENDS);
    struct nj_copy *c = nj_copy_open(&s, NJ_CAPTURE_RESPONSE, 0);
    c->pub.upstream_status = 202;
    nj_copy_give(&s, &c, 1); /* the response is dropped, its end is not */
    unsigned seen = 0, ends = 0;
    for (struct nj_capture *got; (got = nj_store_take(&s)) != NULL; seen++) {
        ends += got->kind == NJ_CAPTURE_END;
        nj_store_free(&s, got);
    }
    ck_assert_uint_eq(seen, NJ_RING_SLOTS - NJ_STORE_FOR_ENDS + 1);
    ck_assert_uint_eq(ends, 1);
    nj_store_fini(&s);
    ck_assert_uint_eq(s.held, 0);
}
END_TEST

START_TEST(test_store_uses_freed_copies_again_without_remembering_them)
{
    static struct nj_store s;
    struct nj_proxy_options o = { .capture_bytes = 100 };
    memset(&s, 0, sizeof(s));
    ck_assert_int_eq(nj_store_init(&s, &o), NJ_OK);
    struct nj_copy *c = nj_copy_open(&s, NJ_CAPTURE_RESPONSE, 0), *before = c;
    nj_copy_field(c, NJ_FIELD_tenant, NJ_STR("blue"));
    nj_copy_body(&s, c, NJ_STR("{\"statusCode\":500}"));
    nj_copy_give(&s, &c, 1);
    nj_store_free(&s, nj_store_take(&s));
    c = nj_copy_open(&s, NJ_CAPTURE_INPUT, 0);
    ck_assert_ptr_eq(c, before);
    nj_copy_give(&s, &c, 2);
    struct nj_capture *got = nj_store_take(&s);
    ck_assert_int_eq(got->kind, NJ_CAPTURE_INPUT);
    ck_assert_ptr_null(got->tenant.p);
    ck_assert_uint_eq(got->kept.n, 0);
    ck_assert_uint_eq(got->status_code, 0);
    nj_store_free(&s, got);
    nj_store_fini(&s);
}
END_TEST

static void *fill_store(void *arg)
{
    struct nj_store *s = arg;
    for (uint64_t i = 1; i <= 20000; i++) {
        struct nj_copy *c = nj_copy_open(s, NJ_CAPTURE_END, 0);
        c->pub.declared = (int64_t)i;
        nj_copy_give(s, &c, 1);
    }
    return NULL;
}

START_TEST(test_store_hands_over_in_order_and_wakes_the_reader_each_time)
{
    static struct nj_store s;
    struct nj_proxy_options o = { 0 };
    pthread_t thread;
    memset(&s, 0, sizeof(s));
    ck_assert_int_eq(nj_store_init(&s, &o), NJ_OK);
    ck_assert_int_eq(pthread_create(&thread, NULL, fill_store, &s), 0);
    struct pollfd p = { .fd = s.fd, .events = POLLIN };
    int64_t last = 0;
    uint64_t seen = 0;
    while (seen + s.count[NJ_PROXY_captures_dropped] < 20000 && poll(&p, 1, 5000) > 0)
        for (struct nj_capture *got; (got = nj_store_take(&s)) != NULL; seen++) {
            ck_assert_int_gt(got->declared, last);
            last = got->declared;
            nj_store_free(&s, got);
        }
    pthread_join(thread, NULL);
    ck_assert_uint_eq(seen + s.count[NJ_PROXY_captures_dropped], 20000);
    ck_assert_uint_eq(seen, s.count[NJ_PROXY_captures]);
    nj_store_fini(&s);
}
END_TEST

/* --- when the other thread is woken up ----------------------------------------------------------------------------- */

/* A clock that stands still until it is moved. */
static _Atomic int64_t moved_ns;

static void still_clock(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    *mono_ns = *wall_ns = INT64_C(1000000000000) + atomic_load(&moved_ns);
}

static bool readable_within(int ms)
{
    struct pollfd p = { .fd = nj_proxy_fd(stage.proxy), .events = POLLIN };
    return poll(&p, 1, ms) == 1;
}

#define ASK                                                                                                                                \
    { .op = W_SEND, .text = "GET " BASE "invocation/next HTTP/1.1\r\nHost: {host}\r\n\r\n" },                                              \
    {                                                                                                                                      \
        .op = W_TAKE_TO, .text = "{}"                                                                                                      \
    }
#define EVENT                                                                                                                              \
    { .op = W_TAKE_HEAD },                                                                                                                 \
    {                                                                                                                                      \
        .op = W_SEND, .text = "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\nContent-Length: 2\r\n\r\n{}"                         \
    }
#define ANSWER                                                                                                                             \
    { .op = W_SEND, .text = POST("invocation/1/response") "Content-Length: 0\r\n\r\n" },                                                   \
    {                                                                                                                                      \
        .op = W_TAKE_TO, .text = "}\n"                                                                                                     \
    }

static void open_stage(const struct wire_story *s)
{
    nj_diag_threshold(NJ_LEVEL_ERROR);
    memset(&stage, 0, sizeof(stage));
    atomic_store(&moved_ns, 0);
    wire_server_open(&stage.server);
    wire_server_start(&stage.server, s);
    stage.proxy = wire_proxy(stage.server.port, (struct nj_proxy_options){ .capture_bytes = 10, .clock = still_clock });
}

START_TEST(test_input_wakes_nobody_up_before_a_while_has_passed)
{
    static const struct wire_story s = { .client = { ASK, { .op = W_HALF } }, .server = { { EVENT } } };
    open_stage(&s);
    wire_client(&stage.client, s.client, nj_proxy_port(stage.proxy));
    wire_server_join(&stage.server);
    ck_assert(!readable_within(50));
    atomic_store(&moved_ns, NJ_PROXY_TELL_MS * INT64_C(1000000));
    ck_assert(readable_within(5000));
    collect(1);
    ck_assert_int_eq(stage.taken[0]->kind, NJ_CAPTURE_INPUT);
    leave();
}
END_TEST

START_TEST(test_input_is_told_of_with_the_end_of_its_invocation)
{
    static const struct wire_story s = {
        .client = { ASK, ANSWER, { .op = W_HALF } },
        .server = { { EVENT, { .op = W_TAKE_TO, .text = "\r\n\r\n" }, { .op = W_SEND, .text = ACCEPTED } } },
    };
    open_stage(&s);
    wire_client(&stage.client, s.client, nj_proxy_port(stage.proxy));
    wire_server_join(&stage.server);
    ck_assert(readable_within(5000));
    for (struct nj_capture *c; stage.n < TAKEN && (c = nj_proxy_take(stage.proxy)) != NULL;)
        stage.taken[stage.n++] = c; /* all of them at once */
    ck_assert_uint_eq(stage.n, 3);
    ck_assert_int_eq(stage.taken[0]->kind, NJ_CAPTURE_INPUT);
    ck_assert_int_eq(stage.taken[1]->kind, NJ_CAPTURE_RESPONSE);
    ck_assert_int_eq(stage.taken[2]->kind, NJ_CAPTURE_END);
    ck_assert(!readable_within(20));
    leave();
}
END_TEST

/* --- on a loop ----------------------------------------------------------------------------------------------------- */

static void on_capture(void *ctx, const struct nj_capture *c)
{
    ck_assert_int_lt(c->kind, NJ_CAPTURE_KINDS);
    ++*(int *)ctx;
}

START_TEST(test_capture_arrives_on_the_loop_of_the_reader)
{
    static const struct wire_story s = {
        .client = { { .op = W_SEND, .text = POST("invocation/1/response") "Content-Length: 0\r\n\r\n" },
                    { .op = W_TAKE_TO, .text = "}\n" },
                    { .op = W_HALF } },
        .server = { { { .op = W_TAKE_HEAD }, { .op = W_SEND, .text = ACCEPTED } } },
    };
    struct nj_loop *loop;
    int seen = 0;
    memset(&stage, 0, sizeof(stage));
    ck_assert_int_eq(nj_loop_new(&loop, NULL, NULL), NJ_OK);
    wire_server_open(&stage.server);
    wire_server_start(&stage.server, &s);
    stage.proxy = wire_proxy(stage.server.port, (struct nj_proxy_options){ .capture_bytes = 10 });
    struct nj_proxy_reader reader = { .proxy = stage.proxy, .on_capture = on_capture, .ctx = &seen };
    ck_assert_int_eq(nj_proxy_reader_start(&reader, loop), NJ_OK);
    wire_client(&stage.client, s.client, nj_proxy_port(stage.proxy));
    wire_server_join(&stage.server);
    for (int i = 0; i < 50 && seen < 2; i++)
        nj_loop_turn(loop, 100);
    ck_assert_int_eq(seen, 2);
    nj_proxy_reader_stop(&reader, loop);
    nj_proxy_free(stage.proxy);
    nj_loop_free(loop);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_capture_of_an_input_has_the_fields_of_the_answer_to_next)                                                                       \
    X(test_capture_of_a_response_is_followed_by_the_end_of_the_invocation)                                                                 \
    X(test_capture_of_errors_has_their_type_and_their_body)                                                                                \
    X(test_capture_of_a_stream_has_its_prelude_status_and_its_trailers)                                                                    \
    X(test_capture_finds_the_status_behind_a_body_that_is_not_kept)                                                                        \
    X(test_capture_tells_what_was_refused_or_never_answered)                                                                               \
    X(test_capture_tells_what_was_broken_off_while_upstream_is_silent)                                                                     \
    X(test_capture_switched_off_still_tells_the_end_of_invocations)                                                                        \
    X(test_capture_beyond_the_budget_keeps_less_and_counts_it)                                                                             \
    X(test_store_that_nobody_reads_drops_copies_but_keeps_room_for_ends)                                                                   \
    X(test_store_uses_freed_copies_again_without_remembering_them)                                                                         \
    X(test_store_hands_over_in_order_and_wakes_the_reader_each_time)                                                                       \
    X(test_input_wakes_nobody_up_before_a_while_has_passed)                                                                                \
    X(test_input_is_told_of_with_the_end_of_its_invocation)                                                                                \
    X(test_capture_arrives_on_the_loop_of_the_reader)

NJ_TEST_MAIN("proxy_capture")

/* The telemetry listener: what it takes, what it refuses, and that it answers first. */
#include "nightjar/diag.h"
#include "nightjar/http_client.h"
#include "nightjar/listener.h"
#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct bench {
    struct nj_loop *loop;
    struct nj_http *http;
    struct nj_listener *listener;
    struct nj_ledger ledger;
    int posts, steps, spoofs, replies;
    int64_t wait_ms; /* between the steps */
    long status;
    struct nj_buf last;
};

static void on_post(void *ctx, struct nj_str body)
{
    struct bench *b = ctx;
    b->posts++;
    nj_buf_reset(&b->last);
    nj_buf_add(&b->last, body);
}

/* Every body takes two steps. */
static int64_t on_more(void *ctx)
{
    struct bench *b = ctx;
    return ++b->steps % 2 != 0 ? b->wait_ms : -1;
}

static void on_spoof(void *ctx, struct nj_str peer)
{
    struct bench *b = ctx;
    ck_assert_view_eq(peer, "127.0.0.1");
    b->spoofs++;
}

static void on_reply(void *ctx, const struct nj_http_reply *r)
{
    struct bench *b = ctx;
    b->replies++;
    b->status = r->status;
}

static void start(struct bench *b, uint16_t port)
{
    *b = (struct bench){ 0 };
    nj_buf_init(&b->last, 16 << 20);
    nj_diag_threshold(NJ_LEVEL_ERROR);
    ck_assert_int_eq(nj_loop_new(&b->loop, NULL, NULL), NJ_OK);
    ck_assert_int_eq(nj_http_new(&b->http, b->loop), NJ_OK);
    struct nj_listener_options o = {
        .port = port, .ledger = &b->ledger, .on_post = on_post, .on_more = on_more, .on_spoof = on_spoof, .ctx = b
    };
    ck_assert_int_eq(nj_listener_new(&b->listener, b->loop, &o), NJ_OK);
}

static void stop(struct bench *b)
{
    nj_http_free(b->http);
    nj_listener_free(b->listener);
    nj_loop_free(b->loop);
    nj_buf_fini(&b->last);
}

/* Begins to send to the listener's port; path NULL = the path of the subscription. */
static void submit(struct bench *b, const char *method, const char *path, struct nj_str body)
{
    char url[200];
    struct nj_request *r = NULL;
    struct nj_str uri = nj_listener_uri(b->listener);
    int port = 0;
    ck_assert_int_eq(sscanf(uri.p, "http://sandbox.localdomain:%d/", &port), 1);
    if (path == NULL)
        path = strchr(uri.p + strlen("http://"), '/');
    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, path);
    ck_assert_int_eq(nj_request_new(&r, method, nj_str_of(url)), NJ_OK);
    nj_request_direct(r);
    if (body.n != 0)
        nj_request_body(r, body);
    nj_request_timeout(r, 5000, 0);
    ck_assert_int_eq(nj_http_submit_take(b->http, &r, on_reply, b, NULL), NJ_OK);
}

static long send_to(struct bench *b, const char *method, const char *path, struct nj_str body)
{
    int before = b->replies;
    submit(b, method, path, body);
    while (b->replies == before)
        nj_loop_turn(b->loop, 100);
    nj_listener_drain(b->listener);
    return b->status;
}

START_TEST(test_listener_learns_that_the_path_is_kept_and_refuses_others)
{
    struct bench b;
    start(&b, 0);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("[1]")), 200);
    ck_assert_int_eq(b.posts, 1);
    ck_assert_int_eq(send_to(&b, "POST", "/", NJ_STR("[2]")), 403);
    ck_assert_int_eq(send_to(&b, "POST", "/t/00000000000000000000000000000000", NJ_STR("[2]")), 403);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("[3]")), 200);
    ck_assert_int_eq(b.posts, 2);
    ck_assert_int_eq(b.spoofs, 2);
    ck_assert_uint_eq(b.ledger.c[NJ_CTR_posts_refused], 2);
    ck_assert_view_eq(nj_buf_str(&b.last), "[3]");
    stop(&b);
}
END_TEST

START_TEST(test_listener_learns_that_the_path_is_dropped)
{
    struct bench b;
    start(&b, 0);
    ck_assert_int_eq(send_to(&b, "POST", "/", NJ_STR("[1]")), 200);
    ck_assert_int_eq(send_to(&b, "POST", "/", NJ_STR("[2]")), 200);
    ck_assert_int_eq(send_to(&b, "POST", "/else", NJ_STR("[3]")), 403);
    ck_assert_int_eq(b.posts, 2);
    stop(&b);
}
END_TEST

START_TEST(test_listener_fooled_by_an_early_forger_is_put_right_by_the_token)
{
    struct bench b;
    start(&b, 0);
    ck_assert_int_eq(send_to(&b, "POST", "/", NJ_STR("[1]")), 200);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("[2]")), 200);
    ck_assert_int_eq(b.spoofs, 1);
    ck_assert_int_eq(send_to(&b, "POST", "/", NJ_STR("[3]")), 403);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("[4]")), 200);
    ck_assert_int_eq(b.posts, 3);
    ck_assert_int_eq(b.spoofs, 2);
    stop(&b);
}
END_TEST

START_TEST(test_listener_closed_answers_nobody)
{
    struct bench b;
    start(&b, 0);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("[1]")), 200);
    nj_listener_close(b.listener);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("[2]")), 0);
    ck_assert_int_eq(b.posts, 1);
    stop(&b);
}
END_TEST

START_TEST(test_listener_closed_leaves_what_waits_unanswered_and_finishes_what_it_answered)
{
    enum { LONG_MS = 60000 };
    struct bench b;
    start(&b, 0);
    b.wait_ms = LONG_MS;
    submit(&b, "POST", NULL, NJ_STR("[1]"));
    while (b.replies < 1)
        nj_loop_turn(b.loop, 100);
    ck_assert_int_eq(b.status, 200);
    submit(&b, "POST", NULL, NJ_STR("[2]"));
    for (int i = 0; i < 20; i++)
        nj_loop_turn(b.loop, 5);
    ck_assert_int_eq(b.replies, 1); /* it waits for the first one to be taken */
    nj_listener_close(b.listener);
    while (b.replies < 2)
        nj_loop_turn(b.loop, 100);
    ck_assert_int_eq(b.status, 0);
    nj_listener_drain(b.listener);
    ck_assert_int_eq(b.posts, 1);
    ck_assert_int_eq(b.steps, 2);
    stop(&b);
}
END_TEST

START_TEST(test_listener_refuses_other_methods_and_learns_nothing_from_them)
{
    struct bench b;
    start(&b, 0);
    ck_assert_int_eq(send_to(&b, "GET", "/", NJ_STR("")), 405);
    ck_assert_int_eq(send_to(&b, "PUT", "/", NJ_STR("x")), 405);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("[1]")), 200);
    ck_assert_int_eq(send_to(&b, "POST", "/", NJ_STR("[2]")), 403);
    ck_assert_uint_eq(b.ledger.c[NJ_CTR_posts_refused], 3);
    stop(&b);
}
END_TEST

START_TEST(test_listener_takes_any_body_of_the_platform_and_refuses_a_giant)
{
    struct bench b;
    struct nj_buf big;
    nj_buf_init(&big, 8 << 20);
    start(&b, 0);
    ck_assert_int_eq(send_to(&b, "POST", NULL, NJ_STR("\xff\xfe no json at all")), 200);
    while (big.n < NJ_LISTENER_BODY_MAX)
        nj_buf_addz(&big, "0123456789abcdef");
    ck_assert_int_eq(send_to(&b, "POST", NULL, nj_buf_str(&big)), 200);
    ck_assert_uint_eq(b.last.n, NJ_LISTENER_BODY_MAX);
    nj_buf_addc(&big, 'x');
    ck_assert_int_ne(send_to(&b, "POST", NULL, nj_buf_str(&big)), 200);
    ck_assert_int_eq(b.posts, 2);
    ck_assert_uint_ge(b.ledger.c[NJ_CTR_posts_over_limit], 1); /* curl may try a second time on a fresh connection */
    stop(&b);
    nj_buf_fini(&big);
}
END_TEST

START_TEST(test_listener_with_a_taken_port_takes_a_free_one)
{
    struct bench first, second;
    int port = 0;
    start(&first, 0);
    ck_assert_int_eq(sscanf(nj_listener_uri(first.listener).p, "http://sandbox.localdomain:%d/", &port), 1);
    start(&second, (uint16_t)port);
    ck_assert_int_eq(send_to(&second, "POST", NULL, NJ_STR("[1]")), 200);
    ck_assert_int_eq(second.posts, 1);
    ck_assert_int_eq(first.posts, 0);
    stop(&second);
    stop(&first);
}
END_TEST

START_TEST(test_listener_paths_differ_each_time)
{
    struct bench a, b;
    start(&a, 0);
    start(&b, 0);
    ck_assert_str_ne(strrchr(nj_listener_uri(a.listener).p, '/'), strrchr(nj_listener_uri(b.listener).p, '/'));
    ck_assert_uint_eq(strlen(strrchr(nj_listener_uri(a.listener).p, '/')), 33);
    stop(&a);
    stop(&b);
}
END_TEST

START_TEST(test_listener_address_comes_from_the_hosts_file)
{
    static const struct {
        const char *hosts, *api, *want;
    } rows[] = {
        { "127.0.0.1 localhost\n169.254.79.129\tsandbox.localdomain sandbox # x\n", "169.254.100.1:9001", "169.254.79.129" },
        { "# 1.2.3.4 sandbox.localdomain\n127.0.0.1 localhost", "127.0.0.1:9001", "127.0.0.1" },
        { "", "169.254.100.1:9001", "0.0.0.0" },
        { "::1 sandbox.localdomain\n", "169.254.100.1:9001", "0.0.0.0" },
        { "10.0.0.1 SANDBOX.localdomain", "x", "10.0.0.1" },
    };
    char path[] = "/tmp/nj-hosts-XXXXXX", out[46];
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        ck_assert_int_eq(ftruncate(fd, 0), 0);
        ck_assert_int_eq(pwrite(fd, rows[i].hosts, strlen(rows[i].hosts), 0), (ssize_t)strlen(rows[i].hosts));
        nj_listener_address(nj_str_of(path), nj_str_of(rows[i].api), out);
        ck_assert_str_eq(out, rows[i].want);
    }
    close(fd);
    unlink(path);
    nj_listener_address(NJ_STR("/nowhere/hosts"), NJ_STR("127.0.0.1:9001"), out);
    ck_assert_str_eq(out, "127.0.0.1");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_listener_learns_that_the_path_is_kept_and_refuses_others)                                                                       \
    X(test_listener_fooled_by_an_early_forger_is_put_right_by_the_token)                                                                   \
    X(test_listener_closed_leaves_what_waits_unanswered_and_finishes_what_it_answered)                                                     \
    X(test_listener_closed_answers_nobody)                                                                                                 \
    X(test_listener_learns_that_the_path_is_dropped)                                                                                       \
    X(test_listener_refuses_other_methods_and_learns_nothing_from_them)                                                                    \
    X(test_listener_takes_any_body_of_the_platform_and_refuses_a_giant)                                                                    \
    X(test_listener_with_a_taken_port_takes_a_free_one)                                                                                    \
    X(test_listener_paths_differ_each_time)                                                                                                \
    X(test_listener_address_comes_from_the_hosts_file)

NJ_TEST_MAIN("listener")

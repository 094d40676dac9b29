/* The HTTP client against our own server and against servers that misbehave; test_http_curl.c runs the same with libcurl. */
#include "net_world.h"

#include "../../src/net/http_date.h"

static char *filled(size_t n)
{
    char *p = malloc(n + 1);
    ck_assert_ptr_nonnull(p);
    for (size_t i = 0; i < n; i++)
        p[i] = (char)(i * 31 + i / 251);
    return p;
}

/* --- the good way ---------------------------------------------------------------------------------------------------- */

START_TEST(test_bodies_of_any_size_come_back_as_they_were_sent)
{
    static const size_t sizes[] = { 0, 1, 1000, 65535, 65536, 65537, 1 << 20, 8 << 20 };
    struct world w;
    struct call c;
    char *bytes = filled(8 << 20);
    world_open(&w, (struct nj_server_options){ .body_max = 8 << 20 });
    for (size_t i = 0; i < NJ_COUNT(sizes); i++) {
        call_run(&c, &w, "POST", "/echo", (struct nj_str){ bytes, sizes[i] });
        ck_assert_int_eq(c.r.status, 200);
        ck_assert_int_eq(c.r.curl_code, 0);
        ck_assert_str_eq(c.error, "");
        ck_assert_int_eq(c.r.retry_after_ms, -1);
        ck_assert(c.r.sent_whole);
        ck_assert(c.r.reused == (i > 0));
        ck_assert_msg(nj_str_eq(nj_buf_str(&c.body), (struct nj_str){ bytes, sizes[i] }), "%zu bytes changed", sizes[i]);
        call_end(&c);
    }
    uint64_t turns, idle;
    nj_loop_stats(w.l, &turns, &idle);
    ck_assert_msg(turns < 2000 && idle < turns / 4 + 8, "%lu turns, %lu for nothing", (unsigned long)turns, (unsigned long)idle);
    world_close(&w);
    free(bytes);
}
END_TEST

START_TEST(test_methods_arrive_as_named_and_bodies_only_where_given)
{
    static const struct {
        const char *method, *body;
    } rows[] = { { "GET", "" },  { "HEAD", "" }, { "DELETE", "" }, { "PUT", "" },
                 { "PUT", "x" }, { "POST", "" }, { "PATCH", "x" }, { "DELETE", "x" } };
    struct world w;
    struct call c;
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        call_run(&c, &w, rows[i].method, "/a%20b?q=%41&r", nj_str_of(rows[i].body));
        ck_assert_int_eq(c.r.status, 200);
        ck_assert(c.r.sent_whole);
        ck_assert_str_eq(w.method, rows[i].method);
        ck_assert_str_eq(w.path, "/a%20b");
        ck_assert_str_eq(w.query, "q=%41&r");
        ck_assert_view_eq(nj_buf_str(&c.body), rows[i].body);
        call_end(&c);
    }
    world_close(&w);
}
END_TEST

START_TEST(test_headers_are_ours_and_nothing_that_was_not_asked_for)
{
    struct world w;
    struct call c = { .w = &w };
    char *bytes = filled(2 << 20), want[300];
    world_open(&w, (struct nj_server_options){ 0 });
    struct nj_request *r = request_of("POST", nj_http_server_port(w.s), "/headers");
    nj_request_header(r, "X-One", NJ_STR("1, 2"));
    nj_request_header(r, "X-Empty", NJ_STR(""));
    nj_request_header_lines(r, NJ_STR("x-two: a:b \r\n\n"));
    nj_request_body(r, (struct nj_str){ bytes, 2 << 20 });
    call_submit(&c, r);
    UNTIL(w.l, c.done);
    snprintf(want, sizeof(want),
             "Host=127.0.0.1:%u\nUser-Agent=nightjar/" NJ_VERSION "\nContent-Length=2097152\nX-One=1, 2\nx-two=a:b\nX-Empty=\n",
             nj_http_server_port(w.s));
    ck_assert_view_eq(nj_buf_str(&c.body), want);
    call_end(&c);
    world_close(&w);
    free(bytes);
}
END_TEST

START_TEST(test_headers_that_would_break_the_request_are_refused_at_submit)
{
    static const struct {
        const char *name, *value;
    } rows[] = { { "X-A", "1\r\nX-B: 2" }, { "X-A\r\nX-B", "1" }, { "", "1" }, { "X A", "1" }, { "X:A", "1" }, { "X-A", "a\nb" } };
    struct world w;
    struct call c = { 0 };
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_request *r = request_of("GET", nj_http_server_port(w.s), "/");
        nj_request_header(r, rows[i].name, nj_str_of(rows[i].value));
        ck_assert_int_eq(nj_http_submit_take(w.h, &r, call_done, &c, NULL), NJ_EARG);
        ck_assert_ptr_null(r);
    }
    struct nj_request *r = request_of("GET", nj_http_server_port(w.s), "/");
    nj_request_header_lines(r, NJ_STR("no colon here"));
    ck_assert_int_eq(nj_http_submit_take(w.h, &r, call_done, &c, NULL), NJ_EARG);
    r = request_of("GET", nj_http_server_port(w.s), "/");
    char *big = filled(70 << 10);
    memset(big, 'x', 70 << 10);
    nj_request_header(r, "X-Big", (struct nj_str){ big, 70 << 10 });
    ck_assert_int_eq(nj_http_submit_take(w.h, &r, call_done, &c, NULL), NJ_ELIMIT);
    free(big);
    turn_for(w.l, 20);
    ck_assert_uint_eq(c.done + w.requests, 0);
    world_close(&w);
}
END_TEST

START_TEST(test_reply_headers_are_found_in_any_case_and_only_when_there)
{
    static const struct {
        const char *ask, *value;
    } rows[] = { { "lambda-runtime-aws-request-id", "r1" }, { "LAMBDA-RUNTIME-AWS-REQUEST-ID", "r1" }, { "X-None", "" } };
    struct world w;
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct call c = { .w = &w, .wants_header = rows[i].ask };
        call_submit(&c, request_of("GET", nj_http_server_port(w.s), "/echo"));
        UNTIL(w.l, c.done);
        ck_assert_str_eq(c.header, rows[i].value);
        call_end(&c);
    }
    struct nj_http_reply by_hand = { .status = 200 };
    ck_assert_ptr_null(nj_http_reply_header(&by_hand, "Date").p);
    world_close(&w);
}
END_TEST

START_TEST(test_hundred_requests_at_once_are_each_answered_once)
{
    struct world w;
    static struct call c[100];
    world_open(&w, (struct nj_server_options){ .connections = 128 });
    for (size_t i = 0; i < NJ_COUNT(c); i++) {
        call_start(&c[i], &w, "POST", i % 2 ? "/echo" : "/keep", NJ_STR("body"));
        ck_assert_uint_eq(c[i].done, 0);
    }
    uint64_t turns, idle;
    UNTIL(w.l, w.kept_n >= 32); /* the client opens 64 connections at most; half of the requests wait */
    while (w.requests < 100 || w.kept_n > 0) {
        while (w.kept_n > 0)
            nj_exchange_reply(w.kept[--w.kept_n], 200, NULL, NJ_STR("late"));
        nj_loop_turn(w.l, 1000);
    }
    for (size_t i = 0; i < NJ_COUNT(c); i++) {
        UNTIL(w.l, c[i].done == 1);
        ck_assert_int_eq(c[i].r.status, 200);
        ck_assert_view_eq(nj_buf_str(&c[i].body), i % 2 ? "body" : "late");
        call_end(&c[i]);
    }
    nj_loop_stats(w.l, &turns, &idle);
    ck_assert_msg(turns < 1000, "%lu turns, %lu for nothing", (unsigned long)turns, (unsigned long)idle);
    world_close(&w);
}
END_TEST

START_TEST(test_status_and_retry_after_are_told_and_redirects_are_not_followed)
{
    static const unsigned statuses[] = { 204, 301, 302, 307, 308, 400, 413, 429, 500, 503 };
    struct world w;
    struct call c;
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < NJ_COUNT(statuses); i++) {
        char path[32];
        snprintf(path, sizeof(path), "/status/%u", statuses[i]);
        call_run(&c, &w, "POST", path, NJ_STR("x"));
        ck_assert_int_eq(c.r.status, statuses[i]);
        ck_assert_int_eq(c.r.curl_code, 0);
        ck_assert_int_eq(c.r.retry_after_ms, 7000);
        ck_assert_uint_eq(w.requests, i + 1);
        call_end(&c);
    }
    world_close(&w);
}
END_TEST

START_TEST(test_retry_after_in_all_spellings_is_sane)
{
    static const int64_t now = INT64_C(784111777000); /* Sun, 06 Nov 1994 08:49:37 GMT */
    static const int64_t most = (int64_t)NJ_RETRY_AFTER_MAX_S * 1000;
    const struct {
        const char *value;
        int64_t ms;
    } rows[] = {
        { "0", 0 },
        { "120", 120000 },
        { " 5\t", 5000 },
        { "86399", 86399000 },
        { "86401", most },
        { "18446744073709551616", most },
        { "99999999999999999999999999", most },
        { "-1", -1 },
        { "1.5", -1 },
        { "", -1 },
        { "soon", -1 },
        { "5 s", -1 },
        { "Sun, 06 Nov 1994 08:49:38 GMT", 1000 },
        { "Sunday, 06-Nov-94 08:50:37 GMT", 60000 },
        { "Sun Nov  6 08:49:47 1994", 10000 },
        { "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
        { "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
        { "Thu, 01 Jan 1970 00:00:00 GMT", 0 },
        { "Mon, 01 Jan 1900 00:00:00 GMT", 0 },
        { "Mon, 07 Nov 1994 08:49:36 GMT", 86399000 },
        { "Fri, 31 Dec 9999 23:59:59 GMT", most },
        { "Sun, 06 Nov 1994 08:49:37 CET", -1 },
        { "Sun, 06 Foo 1994 08:49:37 GMT", -1 },
        { "Sun, 36 Nov 1994 08:49:37 GMT", -1 },
        { "Sun, 06 Nov 1994 28:49:37 GMT", -1 },
        { "Sun, xx Nov 1994 08:49:37 GMT", -1 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_msg(nj_retry_after_ms(nj_str_of(rows[i].value), (struct nj_wall){ now }) == rows[i].ms, "\"%s\" gave %ld", rows[i].value,
                      (long)nj_retry_after_ms(nj_str_of(rows[i].value), (struct nj_wall){ now }));
    /* Every piece of a date, and every date with one byte changed, must be survivable. */
    char date[] = "Sunday, 06-Nov-94 08:50:37 GMT";
    for (size_t n = 0; n < sizeof(date); n++)
        for (size_t at = 0; at < n; at++) {
            char kept = date[at];
            date[at] = '\xff';
            ck_assert_int_le(nj_retry_after_ms((struct nj_str){ date, n }, (struct nj_wall){ now }), 60000);
            date[at] = kept;
        }
}
END_TEST

/* --- cancelling, ending, waiting -------------------------------------------------------------------------------------- */

START_TEST(test_cancelled_request_makes_no_callback_and_the_server_notices)
{
    struct world w;
    struct call c;
    world_open(&w, (struct nj_server_options){ 0 });
    call_start(&c, &w, "GET", "/keep", NJ_STR(""));
    UNTIL(w.l, w.kept_n == 1);
    nj_http_cancel(w.h, c.handle);
    nj_http_cancel(w.h, c.handle);
    nj_http_cancel(w.h, 4711);
    UNTIL(w.l, w.gone == 1);
    ck_assert_ptr_eq(w.gone_user, &w);
    turn_for(w.l, 20);
    ck_assert_uint_eq(c.done, 0);
    call_start(&c, &w, "GET", "/echo", NJ_STR("")); /* before it ever ran */
    nj_http_cancel(w.h, c.handle);
    turn_for(w.l, 20);
    ck_assert_uint_eq(c.done, 0);
    world_close(&w);
}
END_TEST

START_TEST(test_callback_may_cancel_and_submit)
{
    struct world w;
    struct call first, second, third = { .w = &w };
    world_open(&w, (struct nj_server_options){ 0 });
    call_start(&first, &w, "GET", "/keep", NJ_STR(""));
    call_start(&second, &w, "GET", "/keep", NJ_STR(""));
    first.cancels = &second;
    first.submits = &third;
    UNTIL(w.l, w.kept_n == 2);
    /* Both answers are on their way in the same turn; whichever is told first silences the other. */
    second.cancels = &first;
    second.submits = &third;
    nj_exchange_reply(w.kept[0], 200, NULL, NJ_STR(""));
    nj_exchange_reply(w.kept[1], 200, NULL, NJ_STR(""));
    UNTIL(w.l, third.done == 1);
    turn_for(w.l, 20);
    ck_assert_uint_eq(first.done + second.done, 1);
    ck_assert_uint_eq(third.done, 1);
    call_end(first.done ? &first : &second);
    call_end(&third);
    world_close(&w);
}
END_TEST

START_TEST(test_callback_may_free_the_client)
{
    struct world w;
    struct call c, other;
    world_open(&w, (struct nj_server_options){ 0 });
    call_start(&other, &w, "GET", "/keep", NJ_STR(""));
    call_start(&c, &w, "GET", "/echo", NJ_STR(""));
    c.frees_client = true;
    UNTIL(w.l, c.done == 1);
    UNTIL(w.l, w.gone == 1 || w.kept_n == 0);
    turn_for(w.l, 20);
    ck_assert_uint_eq(other.done, 0);
    call_end(&c);
    world_close(&w);
}
END_TEST

START_TEST(test_long_poll_costs_no_wake_up_and_has_no_timeout)
{
    struct world w;
    struct call c;
    uint64_t before, after, idle;
    world_open(&w, (struct nj_server_options){ .read_ms = 200 });
    call_start(&c, &w, "GET", "/keep", NJ_STR(""));
    UNTIL(w.l, w.kept_n == 1);
    for (int i = 0; i < 3; i++)
        nj_loop_turn(w.l, 250); /* what is left over from connecting */
    nj_loop_stats(w.l, &before, &idle);
    turn_for(w.l, 1000);
    nj_loop_stats(w.l, &after, &idle);
    ck_assert_uint_eq(after - before, 1);
    nj_exchange_reply(w.kept[0], 200, NULL, NJ_STR("at last"));
    UNTIL(w.l, c.done == 1);
    ck_assert_view_eq(nj_buf_str(&c.body), "at last");
    ck_assert_int_ge(c.r.took_ms, 1000);
    call_end(&c);
    world_close(&w);
}
END_TEST

START_TEST(test_timeout_ends_a_request_that_gets_no_answer)
{
    struct world w;
    struct call c = { .w = &w };
    world_open(&w, (struct nj_server_options){ 0 });
    struct nj_request *r = request_of("POST", nj_http_server_port(w.s), "/keep");
    nj_request_body(r, NJ_STR("was sent"));
    nj_request_timeout(r, 150, 100);
    int64_t start = now_ms();
    call_submit(&c, r);
    UNTIL(w.l, c.done == 1);
    ck_assert_int_eq(c.r.status, 0);
    ck_assert_int_eq(c.r.curl_code, 28);
    ck_assert(c.r.sent_whole);
    ck_assert_str_ne(c.error, "");
    ck_assert_int_ge(now_ms() - start, 145);
    ck_assert_int_lt(now_ms() - start, 5000);
    call_end(&c);
    UNTIL(w.l, w.gone == 1);
    world_close(&w);
}
END_TEST

START_TEST(test_nobody_listening_is_told_in_the_callback)
{
    struct world w;
    struct call c = { .w = &w };
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* bound, so that nobody else gets the port, but deaf */
    ck_assert(bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 && getsockname(fd, (struct sockaddr *)&a, &n) == 0);
    world_open(&w, (struct nj_server_options){ 0 });
    struct nj_request *r = request_of("POST", ntohs(a.sin_port), "/");
    nj_request_body(r, NJ_STR("x"));
    call_submit(&c, r);
    UNTIL(w.l, c.done == 1);
    ck_assert_int_eq(c.r.status, 0);
    ck_assert_int_eq(c.r.curl_code, 7);
    ck_assert(!c.r.sent_whole);
    ck_assert(!c.r.reused);
    ck_assert_str_ne(c.error, "");
    call_end(&c);
    world_close(&w);
    close(fd);
}
END_TEST

START_TEST(test_freeing_the_client_ends_requests_without_callbacks)
{
    struct world w;
    struct call c[3];
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < 3; i++)
        call_start(&c[i], &w, "GET", "/keep", NJ_STR(""));
    UNTIL(w.l, w.kept_n == 3);
    nj_http_free(w.h);
    w.h = NULL;
    UNTIL(w.l, w.gone == 3);
    ck_assert_uint_eq(c[0].done + c[1].done + c[2].done, 0);
    world_close(&w);
}
END_TEST

/* --- connections ------------------------------------------------------------------------------------------------------ */

START_TEST(test_after_drop_idle_no_old_connection_is_used_and_a_long_poll_stays)
{
    struct world w;
    struct call poll_call, a, b, c;
    world_open(&w, (struct nj_server_options){ 0 });
    call_start(&poll_call, &w, "GET", "/keep", NJ_STR(""));
    call_start(&a, &w, "GET", "/echo", NJ_STR(""));
    call_start(&b, &w, "GET", "/echo", NJ_STR(""));
    UNTIL(w.l, a.done && b.done && w.kept_n == 1);
    call_end(&a);
    call_end(&b);
    call_run(&c, &w, "GET", "/echo", NJ_STR(""));
    ck_assert(c.r.reused);
    call_end(&c);
    nj_http_drop_idle(w.h);
    for (int i = 0; i < 3; i++) {
        call_run(&c, &w, "POST", "/echo", NJ_STR("x"));
        ck_assert_int_eq(c.r.status, 200);
        ck_assert(c.r.reused == (i > 0));
        call_end(&c);
    }
    ck_assert_uint_eq(w.gone, 0);
    nj_exchange_reply(w.kept[0], 200, NULL, NJ_STR("still here"));
    UNTIL(w.l, poll_call.done == 1);
    ck_assert_view_eq(nj_buf_str(&poll_call.body), "still here");
    call_end(&poll_call);
    nj_http_drop_idle(w.h); /* the poll's own connection is idle now and goes too */
    call_run(&c, &w, "GET", "/echo", NJ_STR(""));
    ck_assert(!c.r.reused);
    call_end(&c);
    world_close(&w);
}
END_TEST

START_TEST(test_connection_the_server_closed_meanwhile_is_replaced)
{
    struct world w;
    struct canned s = { .reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .closes = true };
    world_open(&w, (struct nj_server_options){ 0 });
    canned_open(&s, w.l);
    for (unsigned i = 1; i <= 3; i++) {
        struct call c = { .w = &w };
        struct nj_request *r = request_of("POST", s.port, "/");
        nj_request_body(r, NJ_STR("x"));
        call_submit(&c, r);
        UNTIL(w.l, c.done);
        ck_assert_int_eq(c.r.status, 200);
        ck_assert(!c.r.reused);
        ck_assert_uint_eq(s.accepted, i);
        call_end(&c);
        turn_for(w.l, 5);
    }
    canned_close(&s);
    world_close(&w);
}
END_TEST

START_TEST(test_connection_that_dies_under_its_second_request_is_replaced_once)
{
    struct world w;
    struct canned s = { .reply = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .answers = 1 };
    world_open(&w, (struct nj_server_options){ 0 });
    canned_open(&s, w.l);
    for (unsigned i = 1; i <= 3; i++) {
        struct call c = { .w = &w };
        struct nj_request *r = request_of("POST", s.port, "/");
        nj_request_body(r, NJ_STR("x"));
        call_submit(&c, r);
        UNTIL(w.l, c.done);
        ck_assert_int_eq(c.r.status, 200);
        ck_assert(!c.r.reused);
        ck_assert(c.r.sent_whole);
        ck_assert_uint_eq(s.accepted, i);
        call_end(&c);
    }
    canned_close(&s);
    world_close(&w);
}
END_TEST

START_TEST(test_idle_connections_dropped_in_a_callback_leave_the_one_that_has_just_answered)
{
    struct world w;
    struct call old[2], c = { .w = &w, .drops_idle = true };
    world_open(&w, (struct nj_server_options){ 0 });
    call_start(&old[0], &w, "GET", "/keep", NJ_STR(""));
    call_start(&old[1], &w, "GET", "/echo", NJ_STR(""));
    UNTIL(w.l, w.kept_n == 1 && old[1].done);
    call_submit(&c, request_of("GET", nj_http_server_port(w.s), "/echo"));
    UNTIL(w.l, c.done);
    ck_assert(c.r.reused);
    call_end(&c);
    call_run(&c, &w, "GET", "/echo", NJ_STR(""));
    ck_assert(c.r.reused);
    call_end(&c);
    nj_exchange_reply(w.kept[0], 200, NULL, NJ_STR(""));
    UNTIL(w.l, old[0].done);
    call_end(&old[0]);
    call_end(&old[1]);
    world_close(&w);
}
END_TEST

START_TEST(test_proxy_of_the_environment_is_used_unless_direct)
{
    struct world w;
    struct canned proxy = { .reply = "HTTP/1.1 418 I am the proxy\r\nContent-Length: 0\r\n\r\n" };
    char url[64];
    world_open(&w, (struct nj_server_options){ 0 });
    canned_open(&proxy, w.l);
    snprintf(url, sizeof(url), "http://127.0.0.1:%u", proxy.port);
    setenv("http_proxy", url, 1);
    for (int direct = 0; direct <= 1; direct++) {
        struct call c = { .w = &w };
        struct nj_request *r = NULL;
        snprintf(url, sizeof(url), "http://127.0.0.1:%u/echo", nj_http_server_port(w.s));
        ck_assert_int_eq(nj_request_new(&r, "GET", nj_str_of(url)), NJ_OK);
        if (direct)
            nj_request_direct(r);
        call_submit(&c, r);
        UNTIL(w.l, c.done);
        ck_assert_int_eq(c.r.status, direct ? 200 : 418);
        call_end(&c);
    }
    unsetenv("http_proxy");
    canned_close(&proxy);
    world_close(&w);
}
END_TEST

/* --- servers that misbehave ------------------------------------------------------------------------------------------- */

START_TEST(test_replies_that_break_the_protocol_end_the_request)
{
    static const struct {
        const char *reply;
        size_t again;
        bool resets;
        long status;
        bool fails;
    } rows[] = {
        { "", 0, false, 0, true },                                                               /* closed without a word */
        { "", 0, true, 0, true },                                                                /* reset */
        { "\x16\x03\x01 garbage\r\n\r\n", 0, false, 0, true },                                   /* not HTTP */
        { "SSH-2.0-OpenSSH_9.2\r\n", 0, false, 0, true },                                        /* wrong port */
        { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", 0, false, 200, true },           /* body cut */
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0, false, 200, true },  /* bad chunk */
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", 0, true, 200, true }, /* reset in a chunk */
        { "HTTP/1.1 200 OK\r\n", 0, false, 0, true },                                            /* headers cut */
        { "HTTP/1.1 100 Continue\r\n\r\n", 100000, false, 0, true },                             /* a storm of 1xx */
        { "HTTP/1.1 100 Continue\r\n\r\n", 0, false, 0, true },                                  /* and nothing after it */
        { "HTTP/1.1 200 OK\r\n\r\nuntil the end", 0, false, 200, false },                        /* body without length */
        { "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", 0, false, 0, true },
        { "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 0, false, 0, true },
    };
    struct world w;
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct canned s = { .reply = rows[i].reply, .reply_again = rows[i].again, .closes = true, .resets = rows[i].resets };
        struct call c = { .w = &w };
        canned_open(&s, w.l);
        struct nj_request *r = request_of("POST", s.port, "/");
        nj_request_body(r, NJ_STR("x"));
        nj_request_timeout(r, 5000, 5000);
        call_submit(&c, r);
        UNTIL(w.l, c.done);
        ck_assert_msg(c.r.status == rows[i].status, "row %zu: status %ld (%d, %s)", i, c.r.status, c.r.curl_code, c.error);
        ck_assert_msg((c.r.curl_code != 0) == rows[i].fails, "row %zu: code %d %s", i, c.r.curl_code, c.error);
        ck_assert((c.error[0] != '\0') == rows[i].fails);
        ck_assert_int_ne(c.r.curl_code, 28);
        ck_assert_uint_eq(s.accepted, 1); /* a fresh connection that fails is not tried again here */
        call_end(&c);
        canned_close(&s);
    }
    world_close(&w);
}
END_TEST

START_TEST(test_endless_headers_are_cut_off)
{
    struct world w;
    struct canned s = { .first = "HTTP/1.1 200 OK\r\n", .reply = "X-More: and more and more\r\n", .reply_again = 10000000 };
    struct call c = { .w = &w };
    world_open(&w, (struct nj_server_options){ 0 });
    canned_open(&s, w.l);
    call_submit(&c, request_of("GET", s.port, "/"));
    UNTIL(w.l, c.done);
    ck_assert_int_ne(c.r.curl_code, 0);
    ck_assert_str_eq(c.error, "the reply's headers do not end");
    call_end(&c);
    canned_close(&s);
    world_close(&w);
}
END_TEST

START_TEST(test_reply_beyond_the_cap_is_cut_and_a_small_rest_keeps_the_connection)
{
    struct world w;
    struct call c = { .w = &w };
    char *bytes = filled(300000);
    world_open(&w, (struct nj_server_options){ 0 });
    for (int i = 0; i < 2; i++) {
        c = (struct call){ .w = &w };
        struct nj_request *r = request_of("POST", nj_http_server_port(w.s), "/echo");
        nj_request_body(r, (struct nj_str){ bytes, 300000 });
        nj_request_reply_max(r, 1000);
        call_submit(&c, r);
        UNTIL(w.l, c.done);
        ck_assert_int_eq(c.r.status, 200);
        ck_assert_int_eq(c.r.curl_code, 0);
        ck_assert(c.r.reused == (i > 0));
        ck_assert(nj_str_eq(nj_buf_str(&c.body), (struct nj_str){ bytes, 1000 }));
        call_end(&c);
    }
    world_close(&w);
    free(bytes);
}
END_TEST

START_TEST(test_reply_of_a_gigabyte_is_not_read_to_its_end)
{
    struct world w;
    struct canned s = { .reply = "HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n", .reply_again = 100000000 };
    struct call c = { .w = &w };
    world_open(&w, (struct nj_server_options){ 0 });
    canned_open(&s, w.l);
    struct nj_request *r = request_of("GET", s.port, "/");
    nj_request_reply_max(r, 100);
    call_submit(&c, r);
    UNTIL(w.l, c.done);
    ck_assert_int_eq(c.r.status, 200);
    ck_assert_int_eq(c.r.curl_code, 0);
    ck_assert_uint_eq(c.body.n, 100);
    ck_assert_int_lt(c.r.took_ms, 5000);
    call_end(&c);
    UNTIL(w.l, !s.conn.active); /* the connection went with it */
    canned_close(&s);
    world_close(&w);
}
END_TEST

START_TEST(test_body_sent_whole_or_not_is_told_apart)
{
    static const struct {
        size_t body, read_first;
        bool whole;
    } rows[] = { { 8 << 20, 1000, false }, { 100, 0, true }, { 60000, 60000, true } };
    struct world w;
    char *bytes = filled(8 << 20);
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct canned s = { .read_first = rows[i].read_first, .resets = true };
        struct call c = { .w = &w };
        canned_open(&s, w.l);
        struct nj_request *r = request_of("POST", s.port, "/");
        nj_request_body(r, (struct nj_str){ bytes, rows[i].body });
        call_submit(&c, r);
        UNTIL(w.l, c.done);
        ck_assert_int_eq(c.r.status, 0);
        ck_assert_int_ne(c.r.curl_code, 0);
        ck_assert_msg(c.r.sent_whole == rows[i].whole, "row %zu", i);
        call_end(&c);
        canned_close(&s);
    }
    world_close(&w);
    free(bytes);
}
END_TEST

START_TEST(test_urls_that_lead_elsewhere_are_refused)
{
    static const char *const urls[] = { "file:///etc/passwd",
                                        "ftp://127.0.0.1/",
                                        "gopher://127.0.0.1/",
                                        "http://169.254.169.254/latest/meta-data/",
                                        "http://[::ffff:169.254.169.254]/",
                                        "http://[fe80::1]/",
                                        "http://[fd00:ec2::254]/",
                                        "http://",
                                        "nonsense:" };
    struct world w;
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t i = 0; i < NJ_COUNT(urls); i++) {
        struct call c = { .w = &w };
        struct nj_request *r = NULL;
        ck_assert_int_eq(nj_request_new(&r, "GET", nj_str_of(urls[i])), NJ_OK);
        nj_request_timeout(r, 2000, 2000);
        call_submit(&c, r);
        UNTIL(w.l, c.done);
        ck_assert_int_eq(c.r.status, 0);
        ck_assert_msg(c.r.curl_code != 0 && c.r.curl_code != 28, "%s: %d %s", urls[i], c.r.curl_code, c.error);
        ck_assert_str_ne(c.error, "");
        bool ours = i >= 3 && i <= 6; /* refused by us before a packet leaves */
        ck_assert((strcmp(c.error, "a link-local address is not a sink") == 0) == ours);
        call_end(&c);
    }
    world_close(&w);
}
END_TEST

START_TEST(test_https_against_a_plain_server_fails_and_never_falls_back)
{
    struct world w;
    struct call c = { .w = &w };
    struct nj_request *r = NULL;
    char url[64];
    world_open(&w, (struct nj_server_options){ 0 });
    snprintf(url, sizeof(url), "https://127.0.0.1:%u/echo", nj_http_server_port(w.s));
    ck_assert_int_eq(nj_request_new(&r, "POST", nj_str_of(url)), NJ_OK);
    nj_request_body(r, NJ_STR("secret"));
    nj_request_direct(r);
    nj_request_timeout(r, 5000, 5000);
    call_submit(&c, r);
    UNTIL(w.l, c.done);
    ck_assert_int_eq(c.r.status, 0);
    ck_assert_int_eq(c.r.curl_code, 35);
    ck_assert(!c.r.sent_whole);
    ck_assert_uint_eq(w.requests, 0);
    call_end(&c);
    world_close(&w);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_bodies_of_any_size_come_back_as_they_were_sent)                                                                                 \
    X(test_methods_arrive_as_named_and_bodies_only_where_given)                                                                            \
    X(test_headers_are_ours_and_nothing_that_was_not_asked_for)                                                                            \
    X(test_headers_that_would_break_the_request_are_refused_at_submit)                                                                     \
    X(test_reply_headers_are_found_in_any_case_and_only_when_there)                                                                        \
    X(test_hundred_requests_at_once_are_each_answered_once)                                                                                \
    X(test_status_and_retry_after_are_told_and_redirects_are_not_followed)                                                                 \
    X(test_retry_after_in_all_spellings_is_sane)                                                                                           \
    X(test_cancelled_request_makes_no_callback_and_the_server_notices)                                                                     \
    X(test_callback_may_cancel_and_submit)                                                                                                 \
    X(test_callback_may_free_the_client)                                                                                                   \
    X(test_long_poll_costs_no_wake_up_and_has_no_timeout)                                                                                  \
    X(test_timeout_ends_a_request_that_gets_no_answer)                                                                                     \
    X(test_nobody_listening_is_told_in_the_callback)                                                                                       \
    X(test_freeing_the_client_ends_requests_without_callbacks)                                                                             \
    X(test_after_drop_idle_no_old_connection_is_used_and_a_long_poll_stays)                                                                \
    X(test_connection_the_server_closed_meanwhile_is_replaced)                                                                             \
    X(test_connection_that_dies_under_its_second_request_is_replaced_once)                                                                 \
    X(test_idle_connections_dropped_in_a_callback_leave_the_one_that_has_just_answered)                                                    \
    X(test_proxy_of_the_environment_is_used_unless_direct)                                                                                 \
    X(test_replies_that_break_the_protocol_end_the_request)                                                                                \
    X(test_endless_headers_are_cut_off)                                                                                                    \
    X(test_reply_beyond_the_cap_is_cut_and_a_small_rest_keeps_the_connection)                                                              \
    X(test_reply_of_a_gigabyte_is_not_read_to_its_end)                                                                                     \
    X(test_body_sent_whole_or_not_is_told_apart)                                                                                           \
    X(test_urls_that_lead_elsewhere_are_refused)                                                                                           \
    X(test_https_against_a_plain_server_fails_and_never_falls_back)

#if NJ_TEST_CURL
NJ_TEST_MAIN("http_curl")
#else
NJ_TEST_MAIN("http_client")
#endif

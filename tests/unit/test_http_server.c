/* The HTTP server against raw sockets: limits, slow and vanished clients, long polls, and clients that talk nonsense. */
#include "net_world.h"

#include <sys/resource.h>

static void raw_say(struct raw *r, const char *text)
{
    ck_assert_msg(raw_send(r, nj_str_of(text)), "closed while \"%s\" was sent", text);
}

/* Sends a request, waits for the end of its answer as given by the marker, and forgets what was read. */
static void raw_ask(struct raw *r, const char *request, const char *marker)
{
    raw_say(r, request);
    raw_wait(r, marker);
    ck_assert_raw_has(r, marker);
    nj_buf_reset(&r->got);
}

static unsigned count_of(const struct raw *r, const char *text)
{
    unsigned n = 0;
    struct nj_str all = nj_buf_str(&r->got), needle = nj_str_of(text);
    for (size_t at = nj_str_find(all, needle, 0); at != NJ_NPOS; at = nj_str_find(all, needle, at + 1))
        n++;
    return n;
}

/* --- requests --------------------------------------------------------------------------------------------------------- */

START_TEST(test_reply_keeps_the_spelling_of_headers)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_say(&r, "POST /x?y=1 HTTP/1.1\r\nHOST: a\r\ncontent-LENGTH: 5\r\n\r\nhello");
    raw_wait(&r, "hello");
    ck_assert_raw_has(&r, "HTTP/1.1 200 OK\r\n");
    ck_assert_raw_has(&r, "\r\nLambda-Runtime-Aws-Request-Id: r1\r\n");
    ck_assert_raw_has(&r, "\r\nContent-Type: application/octet-stream\r\n");
    ck_assert_raw_has(&r, "\r\nContent-Length: 5\r\n");
    ck_assert_raw_has(&r, "\r\n\r\nhello");
    ck_assert_str_eq(w.path, "/x");
    ck_assert_str_eq(w.query, "y=1");
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_chunked_body_in_any_pieces_is_put_together)
{
    static const char request[] = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                  "5\r\nhello\r\nA;ext=1\r\n, world ok\r\n1\r\n!\r\n0\r\nTrailer: x\r\n\r\n";
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    for (size_t step = 1; step < sizeof(request); step += step < 4 ? 1 : 17) {
        raw_open(&r, w.l, nj_http_server_port(w.s));
        for (size_t at = 0; at < sizeof(request) - 1; at += step) {
            ck_assert(raw_send(&r, nj_str_slice(NJ_STR(request), at, at + step)));
            nj_loop_turn(w.l, 0);
        }
        raw_wait(&r, "\r\n\r\nhello, world ok!");
        ck_assert_raw_has(&r, "\r\n\r\nhello, world ok!");
        raw_close(&r);
    }
    world_close(&w);
}
END_TEST

START_TEST(test_methods_without_a_meaning_reach_the_handler_and_head_gets_no_body)
{
    static const char *const methods[] = { "GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND", "BREW" };
    struct world w;
    struct raw r;
    char request[100];
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    for (size_t i = 0; i < NJ_COUNT(methods); i++) {
        snprintf(request, sizeof(request), "%s /status/200 HTTP/1.1\r\nHost: a\r\n\r\n", methods[i]);
        raw_say(&r, request);
        raw_wait(&r, i == 1 ? "\r\n\r\n" : "a status\n");
        ck_assert_str_eq(w.method, methods[i]);
        ck_assert(raw_has(&r, "a status\n") == (i != 1));
        nj_buf_reset(&r.got);
    }
    ck_assert_uint_eq(w.requests, NJ_COUNT(methods));
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_status_without_body_leaves_the_connection_in_step)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_ask(&r, "GET /status/204 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 No Content\r\n");
    raw_ask(&r, "GET /status/304 HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n");
    raw_say(&r, "GET /status/99 HTTP/1.1\r\nHost: a\r\n\r\n"); /* no status at all becomes a 500 */
    raw_wait(&r, "a status\n");
    ck_assert_raw_has(&r, "HTTP/1.1 500");
    ck_assert_uint_eq(count_of(&r, "a status\n"), 1);
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_pipelined_requests_are_answered_in_order_also_behind_a_long_poll)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_say(&r, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\ntwoGET /status/404 "
                "HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(w.l, w.kept_n == 1);
    turn_for(w.l, 30);
    ck_assert_uint_eq(w.requests, 1);
    nj_exchange_reply(w.kept[0], 200, NULL, NJ_STR("one"));
    raw_wait(&r, "a status");
    struct nj_str all = nj_buf_str(&r.got);
    size_t one = nj_str_find(all, NJ_STR("\r\n\r\none"), 0), two = nj_str_find(all, NJ_STR("\r\n\r\ntwo"), 0);
    ck_assert(one != NJ_NPOS && two != NJ_NPOS && one < two);
    ck_assert_uint_eq(w.gone, 0);
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_keep_alive_answers_quickly_a_thousand_times)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    int64_t start = now_ms();
    for (int i = 0; i < 1000; i++)
        raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nping", "\r\n\r\nping");
    ck_assert_int_lt(now_ms() - start, 5000); /* a delayed acknowledgement each would make it forty seconds */
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_reply_of_six_megabytes_reaches_a_slow_reader)
{
    struct world w;
    struct raw r;
    size_t size = 6 << 20;
    char *bytes = malloc(size), head[128];
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 7 + i / 255);
    world_open(&w, (struct nj_server_options){ .body_max = size, .read_ms = 300 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_say(&r, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(w.l, w.kept_n == 1);
    nj_exchange_reply(w.kept[0], 200, NULL, (struct nj_str){ bytes, size });
    turn_for(w.l, 500); /* longer than a request may take to read: writing is another matter */
    while (!r.closed && r.got.n < size) {
        nj_loop_turn(w.l, 2);
        ck_assert_int_eq(nj_buf_reserve(&r.got, 65536), NJ_OK);
        ssize_t n = read(r.fd, r.got.p + r.got.n, 65536);
        r.got.n += n > 0 ? (size_t)n : 0;
        r.closed = n == 0;
    }
    raw_wait(&r, (snprintf(head, sizeof(head), "Content-Length: %zu", size), head));
    size_t at = nj_str_find(nj_buf_str(&r.got), NJ_STR("\r\n\r\n"), 0) + 4;
    for (int64_t end = now_ms() + LONG_MS; r.got.n < at + size; raw_read(&r)) {
        nj_loop_turn(w.l, 5);
        ck_assert_int_lt(now_ms(), end);
    }
    ck_assert(memcmp(r.got.p + at, bytes, size) == 0);
    raw_close(&r);
    world_close(&w);
    free(bytes);
}
END_TEST

/* --- limits ----------------------------------------------------------------------------------------------------------- */

START_TEST(test_body_over_the_limit_gets_413_and_the_connection_lives)
{
    struct world w;
    struct raw r;
    char body[1600];
    memset(body, 'x', sizeof(body));
    world_open(&w, (struct nj_server_options){ .body_max = 1000 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_say(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1600\r\n\r\n");
    ck_assert(raw_send(&r, (struct nj_str){ body, sizeof(body) }));
    raw_wait(&r, "over a limit\n");
    ck_assert_raw_has(&r, "HTTP/1.1 413 ");
    nj_buf_reset(&r.got);
    for (int i = 0; i < 3; i++) { /* what was kept before the refusal is given back */
        raw_say(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n384\r\n");
        ck_assert(raw_send(&r, (struct nj_str){ body, 900 }));
        raw_say(&r, "\r\n258\r\n");
        ck_assert(raw_send(&r, (struct nj_str){ body, 600 }));
        raw_say(&r, "\r\n0\r\n\r\n");
        raw_wait(&r, "over a limit\n");
        ck_assert_raw_has(&r, "HTTP/1.1 413 ");
        nj_buf_reset(&r.got);
    }
    ck_assert_uint_eq(w.requests, 0);
    ck_assert_uint_eq(w.over_limit, 4);
    raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nfine", "\r\n\r\nfine");
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_body_of_exactly_the_limit_is_taken)
{
    struct world w;
    struct call c;
    char *bytes = calloc(1, 100001);
    ck_assert_ptr_nonnull(bytes);
    world_open(&w, (struct nj_server_options){ .body_max = 100000 });
    for (size_t n = 100000; n <= 100001; n++) {
        call_run(&c, &w, "POST", "/echo", (struct nj_str){ bytes, n });
        ck_assert_int_eq(c.r.status, n == 100000 ? 200 : 413);
        call_end(&c);
    }
    world_close(&w);
    free(bytes);
}
END_TEST

START_TEST(test_body_far_over_the_limit_is_not_read)
{
    static const struct {
        const char *head, *body;
        bool answered;
    } rows[] = {
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 999999999\r\n\r\n", "", true },
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1500\r\nExpect: 100-continue\r\n\r\n", "", true },
        { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "400\r\n", false },
    };
    struct world w;
    struct raw r;
    char kilobyte[1024];
    memset(kilobyte, 'x', sizeof(kilobyte));
    world_open(&w, (struct nj_server_options){ .body_max = 1000 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        raw_open(&r, w.l, nj_http_server_port(w.s));
        raw_say(&r, rows[i].head);
        for (int k = 0; k < 50 && rows[i].body[0] != '\0'; k++)
            if (!raw_send(&r, nj_str_of(rows[i].body)) || !raw_send(&r, (struct nj_str){ kilobyte, 1024 }) || !raw_send(&r, NJ_STR("\r\n")))
                break;
        raw_wait(&r, NULL);
        ck_assert(r.closed);
        ck_assert(raw_has(&r, "HTTP/1.1 413 ") == rows[i].answered);
        ck_assert(!raw_has(&r, "100 Continue"));
        ck_assert_uint_eq(w.over_limit, i + 1);
        raw_close(&r);
    }
    ck_assert_uint_eq(w.requests, 0);
    world_close(&w);
}
END_TEST

START_TEST(test_expect_is_answered_when_the_body_is_welcome)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n");
    raw_ask(&r, "later", "\r\n\r\nlater");
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_bodies_together_over_the_limit_get_503_and_the_room_comes_back)
{
    struct world w;
    struct raw a, b;
    char body[1000];
    memset(body, 'x', sizeof(body));
    world_open(&w, (struct nj_server_options){ .body_max = 1000, .bodies_max = 1500 });
    for (int i = 0; i < 2; i++) {
        raw_open(&a, w.l, nj_http_server_port(w.s));
        raw_open(&b, w.l, nj_http_server_port(w.s));
        raw_say(&a, "POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
        ck_assert(raw_send(&a, (struct nj_str){ body, 1000 }));
        UNTIL(w.l, w.kept_n == 1);
        raw_say(&b, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
        ck_assert(raw_send(&b, (struct nj_str){ body, 1000 }));
        raw_wait(&b, "over a limit\n");
        ck_assert_raw_has(&b, "HTTP/1.1 503 ");
        nj_exchange_reply(w.kept[--w.kept_n], 200, NULL, NJ_STR("done"));
        raw_wait(&a, "done");
        raw_close(&a);
        raw_close(&b);
    }
    ck_assert_uint_eq(w.over_limit, 2);
    world_close(&w);
}
END_TEST

/* One byte each 15 ms: MHD's own timeout, counted from the last byte, would never end it. */
static int64_t drip(struct world *w, struct raw *r, const char *text)
{
    int64_t start = now_ms(), end = start + LONG_MS;
    for (size_t i = 0; !r->closed && now_ms() < end; i++) {
        char byte = text[i % strlen(text)];
        (void)!send(r->fd, &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        turn_for(w->l, 15);
        raw_read(r);
    }
    return now_ms() - start;
}

START_TEST(test_slow_requests_are_closed_at_the_absolute_deadline)
{
    static const struct {
        const char *quick, *slow;
    } rows[] = {
        { "", ""
              "GET / HTTP/1.1\r\nX-A" },                                                      /* in the headers, never ending */
        { "", "G" },                                                                          /* in the request line */
        { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", "x" },              /* in the body */
        { "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n" }, /* in chunks */
    };
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ .read_ms = 250 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        raw_open(&r, w.l, nj_http_server_port(w.s));
        raw_say(&r, rows[i].quick);
        int64_t took = drip(&w, &r, rows[i].slow);
        ck_assert_msg(took >= 200 && took < 5000, "row %zu: closed after %ld ms", i, (long)took);
        ck_assert_uint_eq(w.over_limit, i + 1);
        raw_close(&r);
    }
    ck_assert_uint_eq(w.requests, 0);
    world_close(&w);
}
END_TEST

START_TEST(test_second_request_of_a_connection_has_the_deadline_too_and_silence_has_none)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ .read_ms = 200 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
    turn_for(w.l, 500); /* the platform keeps its connection for as long as it likes */
    raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
    ck_assert_uint_eq(w.over_limit, 0);
    int64_t took = drip(&w, &r, "GET");
    ck_assert_msg(took >= 150 && took < 5000, "closed after %ld ms", (long)took);
    ck_assert_uint_eq(w.over_limit, 1);
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_idle_connections_make_room_and_a_new_request_is_answered_at_once)
{
    struct world w;
    static struct raw idle[100];
    struct raw r;
    world_open(&w, (struct nj_server_options){ .connections = 16 });
    for (size_t i = 0; i < NJ_COUNT(idle); i++) {
        raw_open(&idle[i], w.l, nj_http_server_port(w.s));
        if (i % 3 == 0)
            raw_ask(&idle[i], "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
        if (i % 3 == 1)
            raw_say(&idle[i], "GET / HTT");
    }
    int64_t start = now_ms();
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nmine", "\r\n\r\nmine");
    ck_assert_int_lt(now_ms() - start, 500); /* a few turns; a crowded machine may take its time */
    unsigned closed = 0;
    for (size_t i = 0; i < NJ_COUNT(idle); i++) {
        raw_read(&idle[i]);
        closed += idle[i].closed;
        raw_close(&idle[i]);
    }
    ck_assert_uint_ge(closed, 100 + 1 - 16);
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_without_descriptors_the_loop_does_not_spin_and_serves_again_later)
{
    struct world w;
    struct raw r;
    struct rlimit before, tight;
    uint64_t first, last, idle;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s)); /* waits in the kernel's queue */
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    int lowest = dup(0);
    close(lowest);
    tight = before;
    tight.rlim_cur = (rlim_t)lowest; /* accepting it would need this very number */
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &tight), 0);
    nj_loop_stats(w.l, &first, &idle);
    turn_for(w.l, 1200);
    nj_loop_stats(w.l, &last, &idle);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_msg(last - first < 2500, "%lu turns", (unsigned long)(last - first));
    raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_kept_exchanges_are_not_sacrificed_for_newcomers)
{
    struct world w;
    struct raw poll_raw[4], late;
    world_open(&w, (struct nj_server_options){ .connections = 4 });
    for (size_t i = 0; i < 4; i++) {
        raw_open(&poll_raw[i], w.l, nj_http_server_port(w.s));
        raw_say(&poll_raw[i], "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
        UNTIL(w.l, w.kept_n == i + 1);
    }
    raw_open(&late, w.l, nj_http_server_port(w.s));
    (void)raw_send(&late, NJ_STR("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"));
    raw_wait(&late, NULL);
    ck_assert(late.closed);
    ck_assert_uint_eq(w.over_limit, 1);
    ck_assert_uint_eq(w.gone, 0);
    for (size_t i = 0; i < 4; i++) {
        nj_exchange_reply(w.kept[i], 200, NULL, NJ_STR("answer"));
        raw_wait(&poll_raw[i], "answer");
        ck_assert_raw_has(&poll_raw[i], "answer");
    }
    raw_close(&late);
    raw_open(&late, w.l, nj_http_server_port(w.s)); /* now they are idle */
    raw_ask(&late, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
    raw_close(&late);
    for (size_t i = 0; i < 4; i++)
        raw_close(&poll_raw[i]);
    world_close(&w);
}
END_TEST

/* --- nonsense --------------------------------------------------------------------------------------------------------- */

START_TEST(test_nonsense_gets_an_error_or_a_closed_connection_and_hurts_nobody)
{
    static const struct nj_str rows[] = {
        NJ_STR_INIT("\r\n\r\n\r\n"),
        NJ_STR_INIT("GET\r\n\r\n"),
        NJ_STR_INIT("GET /\r\n\r\n"),
        NJ_STR_INIT("GET / HTTP/9.9\r\n\r\n"),
        NJ_STR_INIT("\0\0\0\0\r\n\r\n"),
        NJ_STR_INIT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"),
        NJ_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\n"),
        NJ_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5x\r\n\r\nhello"),
        NJ_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n"),
        NJ_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnothex\r\n"),
        NJ_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n"),
        NJ_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\nabc"),
        NJ_STR_INIT("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nokGARBAGE AFTER IT\r\n\r\n\r\n"),
        NJ_STR_INIT("GET / HTTP/1.1\r\nHost a\r\n : x\r\n\r\n"),
        NJ_STR_INIT("GET / HTTP/1.0\r\n\r\n"),
    };
    struct world w;
    struct raw r;
    uint64_t turns, idle;
    world_open(&w, (struct nj_server_options){ .read_ms = 100 });
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        raw_open(&r, w.l, nj_http_server_port(w.s));
        (void)raw_send(&r, rows[i]);
        shutdown(r.fd, SHUT_WR);
        raw_wait(&r, NULL);
        ck_assert(r.closed);
        raw_close(&r);
        raw_open(&r, w.l, nj_http_server_port(w.s));
        raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
        raw_close(&r);
    }
    nj_loop_stats(w.l, &turns, &idle);
    ck_assert_msg(turns < 2000, "%lu turns", (unsigned long)turns);
    world_close(&w);
}
END_TEST

START_TEST(test_headers_over_the_limit_are_refused)
{
    struct world w;
    struct raw r;
    char line[1024];
    memset(line, 'h', sizeof(line));
    memcpy(line, "X-", 2);
    line[500] = ':';
    memcpy(line + 1022, "\r\n", 2);
    world_open(&w, (struct nj_server_options){ .header_max = 16 << 10 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_say(&r, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (int i = 0; i < 64 && raw_send(&r, (struct nj_str){ line, sizeof(line) }); i++)
        ;
    raw_wait(&r, NULL);
    ck_assert(r.closed);
    ck_assert(!raw_has(&r, "HTTP/1.1 200"));
    ck_assert_uint_eq(w.requests, 0);
    raw_close(&r);
    world_close(&w);
}
END_TEST

/* --- long polls and ends ---------------------------------------------------------------------------------------------- */

START_TEST(test_client_that_leaves_a_long_poll_is_told_once_in_every_manner_of_leaving)
{
    struct world w;
    for (int manner = 0; manner < 3; manner++) {
        struct raw r;
        struct linger hard = { .l_onoff = 1, .l_linger = 0 };
        uint64_t before, after, idle;
        world_open(&w, (struct nj_server_options){ 0 });
        raw_open(&r, w.l, nj_http_server_port(w.s));
        raw_say(&r, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
        UNTIL(w.l, w.kept_n == 1);
        ck_assert_int_ge(nj_exchange_fd(w.kept[0]), 0);
        ck_assert_view_eq(nj_exchange_peer(w.kept[0]), "127.0.0.1");
        if (manner == 0)
            shutdown(r.fd, SHUT_WR);
        else if (manner == 1)
            close(r.fd);
        else if (setsockopt(r.fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)) == 0)
            close(r.fd);
        UNTIL(w.l, w.gone == 1);
        ck_assert_ptr_eq(w.gone_user, &w);
        turn_for(w.l, 30);
        nj_loop_stats(w.l, &before, &idle);
        turn_for(w.l, 50);
        nj_loop_stats(w.l, &after, &idle);
        ck_assert_uint_eq(after - before, 1);
        ck_assert_uint_eq(w.gone, 1);
        if (manner == 0)
            close(r.fd);
        nj_buf_fini(&r.got);
        world_close(&w);
    }
}
END_TEST

START_TEST(test_answer_and_departure_in_the_same_turn_make_no_noise)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_say(&r, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(w.l, w.kept_n == 1);
    raw_close(&r);
    nj_exchange_reply(w.kept[0], 200, NULL, NJ_STR("too late"));
    turn_for(w.l, 30);
    ck_assert_uint_eq(w.gone, 0);
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_ask(&r, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_abort_closes_without_an_answer_at_once_or_later)
{
    struct world w;
    struct raw r;
    world_open(&w, (struct nj_server_options){ 0 });
    for (int later = 0; later <= 1; later++) {
        raw_open(&r, w.l, nj_http_server_port(w.s));
        raw_say(&r, later ? "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n" : "GET /abort HTTP/1.1\r\nHost: a\r\n\r\n");
        if (later) {
            UNTIL(w.l, w.kept_n == 1);
            nj_exchange_abort(w.kept[0]);
        }
        raw_wait(&r, NULL);
        ck_assert(r.closed);
        ck_assert_uint_eq(r.got.n, 0);
        raw_close(&r);
    }
    ck_assert_uint_eq(w.gone, 0);
    world_close(&w);
}
END_TEST

START_TEST(test_long_poll_is_answered_from_a_timer_within_the_turn_or_the_next)
{
    struct world w;
    struct raw r;
    uint64_t before, after, idle;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&r, w.l, nj_http_server_port(w.s));
    raw_say(&r, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(w.l, w.kept_n == 1);
    nj_loop_stats(w.l, &before, &idle);
    nj_exchange_reply(w.kept[0], 200, NULL, NJ_STR("now"));
    int64_t start = now_ms();
    for (int i = 0; i < 2; i++)
        nj_loop_turn(w.l, 1000);
    raw_read(&r);
    nj_loop_stats(w.l, &after, &idle);
    ck_assert_raw_has(&r, "\r\n\r\nnow");
    ck_assert_int_lt(now_ms() - start, 1500);
    raw_close(&r);
    world_close(&w);
}
END_TEST

START_TEST(test_server_freed_with_everything_under_way_leaves_nothing_behind)
{
    struct world w;
    struct raw kept, half, idle, reading;
    world_open(&w, (struct nj_server_options){ 0 });
    raw_open(&kept, w.l, nj_http_server_port(w.s));
    raw_open(&half, w.l, nj_http_server_port(w.s));
    raw_open(&idle, w.l, nj_http_server_port(w.s));
    raw_open(&reading, w.l, nj_http_server_port(w.s));
    raw_say(&kept, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_say(&half, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf");
    raw_ask(&idle, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok", "\r\n\r\nok");
    UNTIL(w.l, w.kept_n == 1);
    nj_http_server_free(w.s);
    w.s = NULL;
    turn_for(w.l, 20);
    ck_assert_uint_eq(w.gone, 0);
    raw_wait(&kept, NULL);
    raw_wait(&half, NULL);
    raw_wait(&idle, NULL);
    raw_wait(&reading, NULL);
    raw_close(&kept);
    raw_close(&half);
    raw_close(&idle);
    raw_close(&reading);
    world_close(&w);
}
END_TEST

START_TEST(test_server_may_be_freed_inside_its_own_callback)
{
    struct world w;
    struct raw r, other;
    world_open(&w, (struct nj_server_options){ 0 });
    uint16_t port = nj_http_server_port(w.s);
    raw_open(&other, w.l, port);
    raw_say(&other, "GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
    UNTIL(w.l, w.kept_n == 1);
    w.frees_server = true;
    raw_open(&r, w.l, port);
    (void)raw_send(&r, NJ_STR("GET /echo HTTP/1.1\r\nHost: a\r\n\r\n"));
    UNTIL(w.l, w.s == NULL);
    raw_wait(&r, NULL);
    raw_wait(&other, NULL);
    ck_assert(r.closed && other.closed);
    ck_assert_uint_eq(w.gone, 0);
    raw_close(&r);
    raw_close(&other);
    world_close(&w);
}
END_TEST

START_TEST(test_two_servers_share_a_loop)
{
    struct world a, b;
    struct raw ra, rb;
    struct nj_server_options o = { .request = world_request, .ctx = &b };
    world_open(&a, (struct nj_server_options){ 0 });
    b = (struct world){ .l = a.l };
    ck_assert_int_eq(nj_http_server_new(&b.s, a.l, &o), NJ_OK);
    raw_open(&ra, a.l, nj_http_server_port(a.s));
    raw_open(&rb, a.l, nj_http_server_port(b.s));
    raw_say(&ra, "GET /status/201 HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_say(&rb, "GET /status/202 HTTP/1.1\r\nHost: a\r\n\r\n");
    raw_wait(&ra, "a status");
    raw_wait(&rb, "a status");
    ck_assert_raw_has(&ra, "HTTP/1.1 201");
    ck_assert_raw_has(&rb, "HTTP/1.1 202");
    nj_http_server_free(b.s);
    raw_wait(&rb, NULL);
    nj_buf_reset(&ra.got);
    raw_ask(&ra, "GET /status/200 HTTP/1.1\r\nHost: a\r\n\r\n", "a status");
    raw_close(&ra);
    raw_close(&rb);
    world_close(&a);
}
END_TEST

START_TEST(test_port_taken_and_bad_address_are_told)
{
    struct world w;
    struct nj_http_server *s = NULL;
    world_open(&w, (struct nj_server_options){ 0 });
    struct nj_server_options o = { .request = world_request, .ctx = &w, .port = nj_http_server_port(w.s) };
    ck_assert_int_eq(nj_http_server_new(&s, w.l, &o), NJ_ESYS);
    ck_assert_ptr_null(s);
    o.address = "localhost";
    ck_assert_int_eq(nj_http_server_new(&s, w.l, &o), NJ_EARG);
    ck_assert_ptr_null(s);
    world_close(&w);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_reply_keeps_the_spelling_of_headers)                                                                                            \
    X(test_chunked_body_in_any_pieces_is_put_together)                                                                                     \
    X(test_methods_without_a_meaning_reach_the_handler_and_head_gets_no_body)                                                              \
    X(test_status_without_body_leaves_the_connection_in_step)                                                                              \
    X(test_pipelined_requests_are_answered_in_order_also_behind_a_long_poll)                                                               \
    X(test_keep_alive_answers_quickly_a_thousand_times)                                                                                    \
    X(test_reply_of_six_megabytes_reaches_a_slow_reader)                                                                                   \
    X(test_body_over_the_limit_gets_413_and_the_connection_lives)                                                                          \
    X(test_body_of_exactly_the_limit_is_taken)                                                                                             \
    X(test_body_far_over_the_limit_is_not_read)                                                                                            \
    X(test_expect_is_answered_when_the_body_is_welcome)                                                                                    \
    X(test_bodies_together_over_the_limit_get_503_and_the_room_comes_back)                                                                 \
    X(test_slow_requests_are_closed_at_the_absolute_deadline)                                                                              \
    X(test_second_request_of_a_connection_has_the_deadline_too_and_silence_has_none)                                                       \
    X(test_idle_connections_make_room_and_a_new_request_is_answered_at_once)                                                               \
    X(test_without_descriptors_the_loop_does_not_spin_and_serves_again_later)                                                              \
    X(test_kept_exchanges_are_not_sacrificed_for_newcomers)                                                                                \
    X(test_nonsense_gets_an_error_or_a_closed_connection_and_hurts_nobody)                                                                 \
    X(test_headers_over_the_limit_are_refused)                                                                                             \
    X(test_client_that_leaves_a_long_poll_is_told_once_in_every_manner_of_leaving)                                                         \
    X(test_answer_and_departure_in_the_same_turn_make_no_noise)                                                                            \
    X(test_abort_closes_without_an_answer_at_once_or_later)                                                                                \
    X(test_long_poll_is_answered_from_a_timer_within_the_turn_or_the_next)                                                                 \
    X(test_server_freed_with_everything_under_way_leaves_nothing_behind)                                                                   \
    X(test_server_may_be_freed_inside_its_own_callback)                                                                                    \
    X(test_two_servers_share_a_loop)                                                                                                       \
    X(test_port_taken_and_bad_address_are_told)

NJ_TEST_MAIN("http_server")

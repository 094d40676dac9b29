/* The parser that watches messages pass: framing at every way to cut them, liberal heads, and what makes it give up. */
#include "../../src/lambda/proxy_message.h"
#include "unit.h"

#include <stdio.h>

/* What a reader was told, as one text. */
struct told {
    struct nj_buf text, body;
};

static void on_start(void *ctx, struct nj_str method, struct nj_str target)
{
    struct told *t = ctx;
    nj_buf_addf(&t->text, "%.*s %.*s\n", NJ_STR_ARG(method), NJ_STR_ARG(target));
}

static void on_field(void *ctx, struct nj_str name, struct nj_str value, bool trailer)
{
    struct told *t = ctx;
    nj_buf_addf(&t->text, "%s%.*s=%.*s\n", trailer ? "+" : "", NJ_STR_ARG(name), NJ_STR_ARG(value));
}

static bool wants_long(struct nj_str name)
{
    return nj_str_eq_nocase(name, NJ_STR("wanted"));
}

struct follower {
    struct told told;
    struct nj_msg_reader reader;
    struct nj_msg m;
    size_t heap; /* the most that a line had of it */
};

static void follow(struct follower *f, bool request)
{
    nj_buf_init(&f->told.text, 1 << 20);
    nj_buf_init(&f->told.body, 1 << 20);
    f->reader = (struct nj_msg_reader){ .start = on_start, .field = on_field, .wants = wants_long, .ctx = &f->told };
    nj_msg_init(&f->m, request, &f->reader);
    f->heap = 0;
}

static void unfollow(struct follower *f)
{
    nj_msg_fini(&f->m);
    nj_buf_fini(&f->told.text);
    nj_buf_fini(&f->told.body);
}

/* Everything is consumed, or the rest is returned when the message was over before. */
static size_t feed(struct follower *f, struct nj_str s)
{
    size_t used = 0;
    while (used < s.n && f->m.phase != NJ_MSG_DONE && f->m.phase != NJ_MSG_BAD) {
        struct nj_spans spans = { .n = 0 };
        size_t n = nj_msg_feed(&f->m, s.p + used, s.n - used, &spans);
        ck_assert_uint_gt(n, 0);
        used += n;
        f->heap = f->m.line.cap > f->heap ? f->m.line.cap : f->heap;
        for (size_t i = 0; i < spans.n; i++)
            nj_buf_add(&f->told.body, spans.at[i]);
    }
    return s.n - used;
}

static const struct good {
    const char *text;
    bool request, bodiless, to_end;
    const char *told, *body;
    size_t left; /* bytes after the message */
} good[] = {
    { "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\nGET", true, false, false, "GET /a?b\nHost=x\n", "", 3 },
    { "\r\nGET /a HTTP/1.1\r\n\r\n", true, false, false, "GET /a\n", "", 0 },
    { "POST /a HTTP/1.1\r\ncontent-LENGTH:  5 \r\n\r\nhelloX", true, false, false, "POST /a\n", "hello", 1 },
    { "POST /a HTTP/1.1\nContent-Length: 5\nContent-Length: 5\nA:b\n\nhello", true, false, false, "POST /a\nA=b\n", "hello", 0 },
    { "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n5\r\nhello\r\n1;a=\"b\"\r\n!\r\n000\r\nX: y\r\n\r\nZ", true,
      false, false, "POST /a\nTrailer=X\n+X=y\n", "hello!", 1 },
    { "POST /a HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 99\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n", true, false, false,
      "POST /a\n", "0123456789", 0 },
    { "POST /a HTTP/1.1\r\nA: b\r\n  folded: c\r\nD: \r\n\r\n", true, false, false, "POST /a\nA=b\nD=\n", "", 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", false, false, false, "", "abc", 0 },
    { "HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc", false, false, false, "", "abc", 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnext", false, true, false, "", "", 4 },
    { "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nnext", false, false, false, "", "", 4 },
    { "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\nnext", false, false, false, "", "", 4 },
    { "HTTP/1.1 100 Continue\r\n\r\nHTTP", false, false, false, "", "", 4 },
    { "HTTP/1.0 200 OK\r\nX: y\r\n\r\nto the end", false, false, true, "X=y\n", "to the end", 0 },
    { "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", false, false, false, "", "", 0 },
};

static void check_good(const struct good *g, const size_t *cuts, size_t n)
{
    struct follower f;
    follow(&f, g->request);
    f.m.bodiless = g->bodiless;
    size_t from = 0, left = 0, len = strlen(g->text);
    for (size_t i = 0; i <= n; i++) {
        size_t to = cuts != NULL && i < n ? cuts[i] : len;
        left += feed(&f, (struct nj_str){ g->text + from, to - from });
        from = to;
    }
    if (g->to_end) {
        ck_assert_int_eq(f.m.phase, NJ_MSG_TO_END);
        ck_assert(nj_msg_end(&f.m));
    }
    ck_assert_msg(f.m.phase == NJ_MSG_DONE, "%s ended in phase %d", g->text, f.m.phase);
    ck_assert_uint_eq(left, g->left);
    ck_assert_view_eq(nj_buf_str(&f.told.text), g->told);
    ck_assert_view_eq(nj_buf_str(&f.told.body), g->body);
    unfollow(&f);
}

START_TEST(test_message_is_the_same_however_it_is_cut_in_two_or_three)
{
    for (size_t i = 0; i < NJ_COUNT(good); i++) {
        size_t n = strlen(good[i].text);
        check_good(&good[i], NULL, 0);
        for (size_t a = 1; a < n; a++)
            for (size_t b = a; b < n; b++)
                check_good(&good[i], (size_t[]){ a, b }, 2);
    }
}
END_TEST

START_TEST(test_message_read_byte_by_byte_is_the_same)
{
    for (size_t i = 0; i < NJ_COUNT(good); i++) {
        size_t cuts[512] = { 0 }, n = strlen(good[i].text);
        ck_assert_uint_lt(n, NJ_COUNT(cuts));
        for (size_t k = 1; k < n; k++)
            cuts[k - 1] = k;
        check_good(&good[i], cuts, n - 1);
    }
}
END_TEST

static const struct {
    bool request;
    const char *text;
} bad[] = {
    { true, "hello\r\n" },
    { true, "GET / HTTP/2.0\r\n" },
    { true, "PRI * HTTP/2.0\r\n" },
    { true, "GET /\r\n" },
    { true, " GET / HTTP/1.1\r\n" },
    { true, "CONNECT x:1 HTTP/1.1\r\n\r\n" },
    { true, "POST / HTTP/1.1\r\nContent-Length: -1\r\n" },
    { true, "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n" },
    { true, "POST / HTTP/1.1\r\nContent-Length:\r\n" },
    { true, "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n" },
    { true, "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n" },
    { true, "POST / HTTP/1.1\r\nContent-Length : 1\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked, gzip\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n" },
    { true, "POST / HTTP/1.1\r\nno colon\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5x\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000000\r\n" },
    { true, "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n" },
    { false, "HTTP/1.1 20 OK\r\n" },
    { false, "HTTP/1.1 099 OK\r\n" },
    { false, "HTTP/1.1 2000 OK\r\n" },
    { false, "HTTP/2 200\r\n" },
    { false, "HTTP/1.1 101 Switching Protocols\r\n\r\n" },
};

START_TEST(test_message_whose_end_is_uncertain_is_bad)
{
    for (size_t i = 0; i < NJ_COUNT(bad); i++) {
        struct follower f;
        follow(&f, bad[i].request);
        feed(&f, nj_str_of(bad[i].text));
        ck_assert_msg(f.m.phase == NJ_MSG_BAD, "taken: %s", bad[i].text);
        ck_assert(!nj_msg_end(&f.m));
        unfollow(&f);
    }
}
END_TEST

static const struct {
    bool request;
    const char *text;
    bool last;
} lasts[] = {
    { true, "GET / HTTP/1.1\r\n\r\n", false },
    { true, "GET / HTTP/1.1\r\nConnection: TE, Close\r\n\r\n", true },
    { true, "GET / HTTP/1.0\r\n\r\n", true },
    { true, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", false },
    { false, "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", true },
    { false, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", false },
    { false, "HTTP/1.1 200 OK\r\n\r\n", true },
};

START_TEST(test_message_tells_whether_it_is_the_last_of_its_connection)
{
    for (size_t i = 0; i < NJ_COUNT(lasts); i++) {
        struct follower f;
        follow(&f, lasts[i].request);
        feed(&f, nj_str_of(lasts[i].text));
        ck_assert_msg(nj_msg_last(&f.m) == lasts[i].last, "%s", lasts[i].text);
        unfollow(&f);
    }
}
END_TEST

/* A head with one long header, fed in pieces. */
static void feed_long(struct follower *f, const char *name, size_t value, size_t piece)
{
    struct nj_buf b;
    nj_buf_init(&b, 4 << 20);
    nj_buf_addf(&b, "POST / HTTP/1.1\r\n%s: ", name);
    for (size_t i = 0; i < value; i++)
        nj_buf_addc(&b, 'v');
    nj_buf_addz(&b, "\r\nContent-Length: 2\r\nAfter: it\r\n\r\nok");
    for (size_t at = 0; at < b.n; at += piece)
        feed(f, nj_str_slice(nj_buf_str(&b), at, at + piece));
    nj_buf_fini(&b);
    ck_assert_int_eq(f->m.phase, NJ_MSG_DONE);
    ck_assert_view_eq(nj_buf_str(&f->told.body), "ok");
}

START_TEST(test_message_passes_a_header_of_two_megabytes_without_memory_for_it)
{
    static const size_t pieces[] = { 100, 511, 512, 513, 4096, 65536 };
    for (size_t i = 0; i < NJ_COUNT(pieces); i++) {
        struct follower f;
        follow(&f, true);
        feed_long(&f, "Lambda-Runtime-Function-XRay-Error-Cause", 2 << 20, pieces[i]);
        ck_assert_view_eq(nj_buf_str(&f.told.text), "POST /\nAfter=it\n");
        ck_assert_uint_eq(f.heap, 0);
        unfollow(&f);
    }
}
END_TEST

START_TEST(test_message_gathers_a_long_header_only_when_it_is_wanted)
{
    static const size_t sizes[] = { 400, 505, 5000, 60000 };
    for (size_t i = 0; i < NJ_COUNT(sizes); i++)
        for (size_t piece = 90; piece < 1200; piece += 183) {
            struct follower f;
            follow(&f, true);
            feed_long(&f, "Wanted", sizes[i], piece);
            ck_assert_uint_eq(f.told.text.n, strlen("POST /\nWanted=\nAfter=it\n") + sizes[i]);
            unfollow(&f);
        }
    struct follower f;
    follow(&f, true);
    feed_long(&f, "Wanted", NJ_MSG_LINE_MAX, 1000);
    ck_assert_view_eq(nj_buf_str(&f.told.text), "POST /\nAfter=it\n");
    unfollow(&f);
}
END_TEST

START_TEST(test_message_gives_up_on_a_framing_header_too_long_to_be_one)
{
    struct follower f;
    follow(&f, true);
    feed(&f, NJ_STR("POST / HTTP/1.1\r\nContent-Length: "));
    char zeros[600];
    memset(zeros, '0', sizeof(zeros));
    feed(&f, (struct nj_str){ zeros, sizeof(zeros) });
    feed(&f, NJ_STR("5\r\n"));
    ck_assert_int_eq(f.m.phase, NJ_MSG_BAD);
    unfollow(&f);
}
END_TEST

START_TEST(test_message_stops_when_the_list_of_pieces_is_full)
{
    struct follower f;
    struct nj_buf b;
    follow(&f, false);
    nj_buf_init(&b, 1 << 20);
    nj_buf_addz(&b, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 500; i++)
        nj_buf_addz(&b, "1\r\nx\r\n");
    nj_buf_addz(&b, "0\r\n\r\n");
    ck_assert_uint_eq(feed(&f, nj_buf_str(&b)), 0);
    ck_assert_int_eq(f.m.phase, NJ_MSG_DONE);
    ck_assert_uint_eq(f.told.body.n, 500);
    nj_buf_fini(&b);
    unfollow(&f);
}
END_TEST

START_TEST(test_message_can_follow_one_after_the_other)
{
    struct follower f;
    follow(&f, true);
    struct nj_str both = NJ_STR("POST /1 HTTP/1.0\r\nConnection: close\r\nContent-Length: 1\r\n\r\naGET /2 HTTP/1.1\r\n\r\n");
    size_t left = feed(&f, both);
    nj_msg_restart(&f.m);
    ck_assert_uint_eq(feed(&f, nj_str_slice(both, both.n - left, both.n)), 0);
    ck_assert_int_eq(f.m.phase, NJ_MSG_DONE);
    ck_assert(!nj_msg_last(&f.m));
    ck_assert(f.m.safe);
    ck_assert_view_eq(nj_buf_str(&f.told.text), "POST /1\nGET /2\n");
    unfollow(&f);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_message_is_the_same_however_it_is_cut_in_two_or_three)                                                                          \
    X(test_message_read_byte_by_byte_is_the_same)                                                                                          \
    X(test_message_whose_end_is_uncertain_is_bad)                                                                                          \
    X(test_message_tells_whether_it_is_the_last_of_its_connection)                                                                         \
    X(test_message_passes_a_header_of_two_megabytes_without_memory_for_it)                                                                 \
    X(test_message_gathers_a_long_header_only_when_it_is_wanted)                                                                           \
    X(test_message_gives_up_on_a_framing_header_too_long_to_be_one)                                                                        \
    X(test_message_stops_when_the_list_of_pieces_is_full)                                                                                  \
    X(test_message_can_follow_one_after_the_other)

NJ_TEST_MAIN("proxy_message")

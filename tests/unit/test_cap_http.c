/* The capture sink reads HTTP as a strict server does. */
#include "../emulator/cap_http.h"
#include "unit.h"

static struct cap_head parsed(const char *text, enum nj_status want)
{
    struct cap_head h;
    ck_assert_int_eq(cap_head_parse(nj_str_of(text), &h), want);
    return h;
}

START_TEST(test_head_ends_at_its_empty_line)
{
    ck_assert_uint_eq(cap_head_length(NJ_STR("GET / HTTP/1.1\r\n\r\nbody")), 18);
    ck_assert_uint_eq(cap_head_length(NJ_STR("GET / HTTP/1.1\r\nA: b\r\n")), 0);
    ck_assert_uint_eq(cap_head_length(NJ_STR("")), 0);
}
END_TEST

START_TEST(test_head_gives_its_parts)
{
    struct cap_head h = parsed("POST /in?x=1 HTTP/1.1\r\nHost: a\r\ncontent-length: 12\r\nX-A:  two words \r\n\r\n", NJ_OK);
    ck_assert_view_eq(h.method, "POST");
    ck_assert_view_eq(h.target, "/in?x=1");
    ck_assert_view_eq(h.path, "/in");
    ck_assert_int_eq(h.content_length, 12);
    ck_assert(h.keep_alive && !h.chunked && !h.expects_continue);
    ck_assert_view_eq(cap_head_get(&h, "x-a"), "two words");
    ck_assert_ptr_null(cap_head_get(&h, "X-B").p);
}
END_TEST

START_TEST(test_head_without_headers_is_taken)
{
    struct cap_head h = parsed("GET / HTTP/1.0\r\n\r\n", NJ_OK);
    ck_assert(!h.keep_alive);
    ck_assert_int_eq(h.content_length, -1);
}
END_TEST

START_TEST(test_head_that_is_ambiguous_or_no_http_is_refused)
{
    static const char *const bad[] = {
        "hello\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/2\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    };
    for (size_t i = 0; i < NJ_COUNT(bad); i++)
        (void)parsed(bad[i], NJ_EPARSE);
}
END_TEST

START_TEST(test_headers_become_one_json_object)
{
    struct cap_head h = parsed("GET / HTTP/1.1\r\nHost: a\r\nX-Twice: 1\r\nA: \"q\"\r\nx-twice: 2\r\n\r\n", NJ_OK);
    struct nj_buf out;
    nj_buf_init(&out, 4096);
    cap_head_json(&h, &out);
    ck_assert_view_eq(nj_buf_str(&out), "{\"host\":\"a\",\"x-twice\":\"1, 2\",\"a\":\"\\\"q\\\"\"}");
    nj_buf_fini(&out);
}
END_TEST

/* Feeds text in pieces of step bytes. */
static enum nj_status feed(const char *text, size_t step, struct nj_buf *body, size_t *used, bool *done)
{
    struct cap_chunks c = { .at = CAP_CHUNK_SIZE };
    struct nj_str all = nj_str_of(text);
    enum nj_status st = NJ_OK;
    *used = 0;
    while (st == NJ_OK && *used < all.n && c.at != CAP_CHUNK_DONE) {
        size_t taken;
        st = cap_chunks_feed(&c, nj_str_slice(all, *used, *used + step), body, &taken);
        *used += taken;
    }
    *done = c.at == CAP_CHUNK_DONE;
    return st;
}

START_TEST(test_chunks_of_any_cut_give_the_same_body)
{
    static const char text[] = "5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nTrailer: x\r\n\r\nGET /next";
    for (size_t step = 1; step < sizeof text; step++) {
        struct nj_buf body;
        size_t used;
        bool done;
        nj_buf_init(&body, 100);
        ck_assert_int_eq(feed(text, step, &body, &used, &done), NJ_OK);
        ck_assert(done);
        ck_assert_view_eq(nj_buf_str(&body), "hello world");
        ck_assert_str_eq(text + used, "GET /next");
        nj_buf_fini(&body);
    }
}
END_TEST

START_TEST(test_chunks_that_lie_are_refused)
{
    static const struct {
        const char *text;
        enum nj_status want;
    } rows[] = {
        { "zz\r\n", NJ_EPARSE },
        { "\r\n", NJ_EPARSE },
        { "2\r\nabc", NJ_EPARSE },
        { "-1\r\n", NJ_EPARSE },
        { "fffffffffffffffff\r\n", NJ_ELIMIT },
        { "40\r\n0123456789012345678901234567890123456789012345678901234567890123", NJ_ELIMIT },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_buf body;
        size_t used;
        bool done;
        nj_buf_init(&body, 32);
        ck_assert_int_eq(feed(rows[i].text, 1000, &body, &used, &done), rows[i].want);
        ck_assert(!done);
        nj_buf_fini(&body);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_head_ends_at_its_empty_line)                                                                                                    \
    X(test_head_gives_its_parts)                                                                                                           \
    X(test_head_without_headers_is_taken)                                                                                                  \
    X(test_head_that_is_ambiguous_or_no_http_is_refused)                                                                                   \
    X(test_headers_become_one_json_object)                                                                                                 \
    X(test_chunks_of_any_cut_give_the_same_body)                                                                                           \
    X(test_chunks_that_lie_are_refused)

NJ_TEST_MAIN("cap_http")

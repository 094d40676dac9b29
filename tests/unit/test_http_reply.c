/* The reader of HTTP replies: every case whole, byte by byte, cut short, and with each byte damaged. */
#include "unit.h"

#include "../../src/net/http_reply.h"

struct result {
    enum nj_reply_state state;
    long status;
    bool keep_alive;
    size_t left_over;
    struct nj_buf body;
};

/* Feeds text in pieces of the given size, then the end of the connection when asked to. */
static void feed(struct nj_reply_reader *p, struct result *out, struct nj_str text, size_t step, bool to_head, bool end)
{
    nj_reply_init(p, to_head);
    *out = (struct result){ 0 };
    nj_buf_init(&out->body, 1 << 20);
    size_t at = 0;
    while (at < text.n && p->state < NJ_REPLY_DONE) {
        struct nj_str in = nj_str_slice(text, at, at + step), piece;
        size_t n = in.n, before = in.n + 1;
        while (nj_reply_feed(p, &in, &piece)) {
            ck_assert_uint_lt(in.n, before); /* always forward */
            before = in.n;
            nj_buf_add(&out->body, piece);
        }
        at += n - in.n;
    }
    if (end)
        nj_reply_end(p);
    out->state = p->state;
    out->status = p->status;
    out->keep_alive = p->keep_alive;
    out->left_over = text.n - at;
    ck_assert((p->state == NJ_REPLY_BROKEN) == (p->error != NULL));
}

static const struct {
    const char *text;
    bool to_head, ends; /* ends: complete only because the connection ended */
    enum nj_reply_state state;
    long status;
    bool keep_alive;
    const char *body;
    size_t left_over;
} rows[] = {
    { "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, false, NJ_REPLY_DONE, 200, true, "hello", 0 },
    { "HTTP/1.1 200\r\ncontent-length:5\r\n\r\nhello", false, false, NJ_REPLY_DONE, 200, true, "hello", 0 },
    { "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", false, false, NJ_REPLY_DONE, 200, true, "hello", 0 },
    { "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, false, NJ_REPLY_DONE, 200, false, "hello", 0 },
    { "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx", false, false, NJ_REPLY_DONE, 200, true, "x", 0 },
    { "HTTP/1.1 202 Accepted\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n", false, false, NJ_REPLY_DONE, 202, false, "", 0 },
    { "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", false, false, NJ_REPLY_DONE, 404, true, "hello", 0 },
    { "HTTP/1.1 200 OK\r\n\r\nto the end", false, true, NJ_REPLY_DONE, 200, false, "to the end", 0 },
    { "HTTP/1.1 204 No Content\r\n\r\n", false, false, NJ_REPLY_DONE, 204, true, "", 0 },
    { "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n", false, false, NJ_REPLY_DONE, 304, true, "", 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", true, false, NJ_REPLY_DONE, 200, true, "", 0 },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nb;x=y\r\n, wonderful\r\n0\r\n\r\n", false, false, NJ_REPLY_DONE,
      200, true, "hello, wonderful", 0 },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n1\nx\n0\nTrailer: t\n\n", false, false, NJ_REPLY_DONE, 200, true, "x", 0 },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\nx\r\n0\r\n\r\n", false, false, NJ_REPLY_DONE, 200,
      false, "x", 0 },
    { "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nrest", false, true, NJ_REPLY_DONE, 200, false, "rest", 0 },
    { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, false,
      NJ_REPLY_DONE, 200, true, "ok", 0 },
    { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK", false, false, NJ_REPLY_DONE, 200, true, "ok", 15 },
};

START_TEST(test_replies_are_read_the_same_in_pieces_of_any_size)
{
    struct nj_reply_reader p;
    struct result r;
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_str text = nj_str_of(rows[i].text);
        for (size_t step = 1; step <= text.n; step++) {
            feed(&p, &r, text, step, rows[i].to_head, rows[i].ends);
            ck_assert_msg(r.state == rows[i].state, "row %zu, step %zu: state %d (%s)", i, step, (int)r.state,
                          p.error != NULL ? p.error : "");
            ck_assert_int_eq(r.status, rows[i].status);
            ck_assert_msg(r.keep_alive == rows[i].keep_alive, "row %zu", i);
            ck_assert_view_eq(nj_buf_str(&r.body), rows[i].body);
            ck_assert_uint_eq(r.left_over, rows[i].left_over);
            nj_buf_fini(&r.body);
            nj_reply_fini(&p);
        }
    }
}
END_TEST

START_TEST(test_reply_cut_short_is_never_complete)
{
    struct nj_reply_reader p;
    struct result r;
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_str text = nj_str_of(rows[i].text);
        for (size_t n = 0; n + rows[i].left_over < text.n; n++) {
            feed(&p, &r, nj_str_slice(text, 0, n), 7, rows[i].to_head, false);
            ck_assert_msg(r.state != NJ_REPLY_DONE && r.state != NJ_REPLY_BROKEN, "row %zu cut at %zu", i, n);
            nj_reply_end(&p);
            ck_assert(p.state == NJ_REPLY_BROKEN || (rows[i].ends && r.status != 0));
            nj_buf_fini(&r.body);
            nj_reply_fini(&p);
        }
    }
}
END_TEST

START_TEST(test_damaged_replies_end_in_some_state_and_hurt_nobody)
{
    static const char bad[] = { '\0', '\n', '\r', ' ', ':', '0', 'f', '\x7f', '\xff' };
    struct nj_reply_reader p;
    struct result r;
    char copy[256];
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        size_t n = strlen(rows[i].text);
        ck_assert_uint_lt(n, sizeof(copy));
        for (size_t at = 0; at < n; at++)
            for (size_t b = 0; b < sizeof(bad); b++) {
                memcpy(copy, rows[i].text, n);
                copy[at] = bad[b];
                feed(&p, &r, (struct nj_str){ copy, n }, 5, rows[i].to_head, true);
                ck_assert(p.state == NJ_REPLY_DONE || p.state == NJ_REPLY_BROKEN);
                ck_assert(r.status == 0 || (r.status >= 200 && r.status <= 599));
                nj_buf_fini(&r.body);
                nj_reply_fini(&p);
            }
    }
}
END_TEST

START_TEST(test_nonsense_is_refused_with_a_reason)
{
    static const char *const texts[] = {
        "SSH-2.0-OpenSSH\r\n",
        "\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 20x OK\r\n\r\n",
        "HTTP/1.1 -20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 600 OK\r\n\r\n",
        "HTTP/1.1 101 Upgrade\r\n\r\n",
        "HTTP/1.1200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: no name\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n@\r\n123456789\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1234567890abcdef0\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n",
    };
    struct nj_reply_reader p;
    struct result r;
    for (size_t i = 0; i < NJ_COUNT(texts); i++) {
        feed(&p, &r, nj_str_of(texts[i]), 3, false, false);
        ck_assert_msg(r.state == NJ_REPLY_BROKEN, "row %zu was taken", i);
        nj_buf_fini(&r.body);
        nj_reply_fini(&p);
    }
}
END_TEST

/* Feeds the piece again and again; returns how many bytes were taken before the reader had enough. */
static size_t feed_for_ever(const char *start, const char *again)
{
    struct nj_reply_reader p;
    struct nj_str in = nj_str_of(start), body;
    size_t taken = 0;
    nj_reply_init(&p, false);
    while (p.state != NJ_REPLY_BROKEN && taken < 10 << 20) {
        while (nj_reply_feed(&p, &in, &body))
            ;
        in = nj_str_of(again);
        taken += in.n;
    }
    nj_reply_fini(&p);
    return taken;
}

START_TEST(test_what_does_not_end_is_cut_off)
{
    static const struct {
        const char *start, *again;
        size_t most;
    } endless[] = {
        { "HTTP/1.1 200 OK\r\n", "X-More: and more\r\n", NJ_REPLY_HEAD_MAX },
        { "HTTP/1.1 200 OK\r\nX: ", "x", NJ_REPLY_HEAD_MAX },
        { "", "HTTP/1.1 100 Continue\r\n\r\n", NJ_REPLY_HEAD_MAX },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;", "xxxxxxxx", NJ_REPLY_LINE_MAX },
        { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-More: and more\r\n", NJ_REPLY_HEAD_MAX },
    };
    for (size_t i = 0; i < NJ_COUNT(endless); i++)
        ck_assert_msg(feed_for_ever(endless[i].start, endless[i].again) <= endless[i].most + 64, "row %zu goes on", i);
}
END_TEST

START_TEST(test_headers_are_found_in_any_case_and_only_those_of_the_final_answer)
{
    struct nj_reply_reader p;
    struct result r;
    feed(&p, &r,
         NJ_STR("HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-One:  a b \r\nX-Empty:\r\nx-one: second\r\nContent-Length: "
                "0\r\n\r\n"),
         4, false, false);
    ck_assert_view_eq(nj_reply_header(&p, NJ_STR("X-ONE")), "a b");
    ck_assert_view_eq(nj_reply_header(&p, NJ_STR("x-empty")), "");
    ck_assert_ptr_nonnull(nj_reply_header(&p, NJ_STR("x-empty")).p);
    ck_assert_ptr_null(nj_reply_header(&p, NJ_STR("X-Early")).p);
    ck_assert_ptr_null(nj_reply_header(&p, NJ_STR("HTTP/1.1 200 OK")).p);
    nj_buf_fini(&r.body);
    nj_reply_fini(&p);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_replies_are_read_the_same_in_pieces_of_any_size)                                                                                \
    X(test_reply_cut_short_is_never_complete)                                                                                              \
    X(test_damaged_replies_end_in_some_state_and_hurt_nobody)                                                                              \
    X(test_nonsense_is_refused_with_a_reason)                                                                                              \
    X(test_what_does_not_end_is_cut_off)                                                                                                   \
    X(test_headers_are_found_in_any_case_and_only_those_of_the_final_answer)

NJ_TEST_MAIN("http_reply")

/* What holds for every input: a second redaction changes nothing, JSON stays JSON, text is sound, time grows with length. */
#include "redact_unit.h"

#include "nightjar/utf8.h"

#include <stdio.h>
#include <time.h>

/* --- texts put together at random from what the detectors wait for ------------------------------------------------ */

static uint64_t seed;

static unsigned pick(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 33) % n);
}

static const char *const pieces[] = {
    "password",
    "token",
    "api key",
    "authorization",
    "cookie",
    "pin",
    "sig",
    "pwd",
    "secret",
    "name",
    "value",
    "key",
    "message",
    "next",
    "=",
    ": ",
    ":",
    "=>",
    "&",
    "?",
    ";",
    ",",
    " ",
    "  ",
    "\n",
    "\t",
    "\r\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "-",
    "--",
    ".",
    "/",
    "//",
    "://",
    "\"",
    "'",
    "`",
    "\\",
    "\\\"",
    "\\\\\\\"",
    "\\n",
    "\\u0070",
    "\\ud800",
    "%40",
    "%3D",
    "@",
    "user",
    "joe",
    "joe@example.com",
    "@example.com",
    ".com",
    "example",
    "4242",
    "4242 "
    "4242 4242 4242",
    CARD,
    "1",
    "99",
    "1735689600000",
    "-4242",
    "eyJ",
    JWT_HEADER,
    JWT_TEXT,
    "AKIA",
    AWS_ID,
    AWS_SECRET,
    "-----",
    "-----BEGIN ",
    PEM_BEGIN,
    PEM_LINE,
    PEM_END,
    "PRIVATE KEY",
    "Bearer ",
    "Basic ",
    "abcd1234efgh",
    "ZGVtbzpw"
    "YXNzd29yZA==",
    "Digest ",
    "[secret]",
    "[email]",
    "[credit_card-4242]",
    "[credential]",
    " is ",
    " is 4821",
    "--password ",
    "--token",
    " -p ",
    "mysql",
    "<password>",
    "</password>",
    "<a key=\"",
    "\" value=\"",
    "name=\"password\"",
    "\n\n",
    "IDENTIFIED BY '",
    "Winter2024!",
    "changed to ",
    "&quot;",
    "&#58;",
    "%22",
    "%3A",
    "%7B",
    "%25",
    "\\u0022",
    "\\u003d",
    "{\"",
    "\":\"",
    "\":{\"",
    "\"}",
    "credentials",
    "SecureString",
    "kty",
    "grant_type",
    "eyJwYXNzd29yZCI6IlJhdmVuOTQyMCIsInVzZXIiOiJib2IifQ==",
    "cGFzc3dvcmQ9UmF2ZW45NDIwJnVzZXI9Ym9iJnN0YXRlPW9wZW4=",
    "data:text/plain;base64,",
    "body",
    "given_name",
    "[jwt]",
    "[",
    "hmac:k1:0123456789abcdef",
    "null",
    "true",
    "${x}",
    "***",
    "https://u:p@h/",
    "https://",
    "\x1b[31m",
    "\x1b]0;",
    "\x1b",
    "\x01",
    "\x7f",
    "\xC3\xA9",
    "\xC3",
    "\xFF",
    RIGHT_TO_LEFT,
    "\xEF\xBB\xBF",
    "\xC2\x9b",
};

static void random_text(struct nj_buf *b, unsigned most)
{
    nj_buf_reset(b);
    for (unsigned n = 1 + pick(most); n > 0; n--)
        nj_buf_addz(b, pieces[pick(NJ_COUNT(pieces))]);
}

static void random_json(struct nj_buf *b, struct nj_buf *scratch, unsigned depth)
{
    unsigned kind = pick(depth == 0 ? 4 : 7), n = pick(4);
    switch (kind) {
    case 0:
        nj_buf_addz(b, pick(2) ? "null" : "true");
        return;
    case 1:
        nj_buf_addz(b, pick(2) ? CARD : "-1.5e3");
        return;
    case 2:
    case 3:
        random_text(scratch, 6);
        nj_buf_add_json(b, nj_buf_str(scratch));
        return;
    case 4:
        nj_buf_addc(b, '[');
        for (unsigned i = 0; i < n; i++) {
            nj_buf_addz(b, i > 0 ? "," : pick(2) ? " " : "");
            random_json(b, scratch, depth - 1);
        }
        nj_buf_addc(b, ']');
        return;
    default:
        nj_buf_addc(b, '{');
        for (unsigned i = 0; i < n; i++) {
            random_text(scratch, 2);
            nj_buf_addz(b, i > 0 ? "," : pick(2) ? "\n" : "");
            nj_buf_add_json(b, nj_buf_str(scratch));
            nj_buf_addc(b, ':');
            random_json(b, scratch, depth - 1);
        }
        nj_buf_addc(b, '}');
    }
}

/* An assertion that holds is not free either: check writes it down. */
static void assert_sound(struct nj_str s)
{
    for (size_t at = 0; at < s.n;) {
        unsigned char c = (unsigned char)s.p[at];
        size_t len = nj_utf8_len(s, at);
        if (len == 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            ck_abort_msg("byte %02x at %zu of \"%.*s\"", c, at, NJ_STR_ARG(s));
        at += len;
    }
}

START_TEST(test_redact_text_a_second_redaction_changes_nothing)
{
    struct nj_buf in, once;
    nj_buf_init(&in, 1 << 20);
    nj_buf_init(&once, 1 << 20);
    seed = 42;
    for (int i = 0; i < 20000; i++) {
        random_text(&in, 24);
        nj_buf_reset(&once);
        nj_redact_text(redactor, nj_buf_str(&in), &once);
        ck_assert_int_eq(once.err, NJ_OK);
        assert_sound(nj_buf_str(&once));
        struct nj_str twice = text_of(nj_buf_str(&once));
        ck_assert_msg(nj_str_eq(twice, nj_buf_str(&once)), "round %d\n in    %.*s\n once  %.*s\n twice %.*s", i,
                      NJ_STR_ARG(nj_buf_str(&in)), NJ_STR_ARG(nj_buf_str(&once)), NJ_STR_ARG(twice));
    }
    nj_buf_fini(&in);
    nj_buf_fini(&once);
}
END_TEST

START_TEST(test_redact_json_stays_json_and_a_second_redaction_changes_nothing)
{
    struct nj_buf in, scratch, once;
    struct nj_json json;
    nj_buf_init(&in, 1 << 20);
    nj_buf_init(&scratch, 1 << 20);
    nj_buf_init(&once, 4 << 20);
    seed = 4711;
    for (int i = 0; i < 20000; i++) {
        nj_buf_reset(&in);
        nj_buf_reset(&once);
        random_json(&in, &scratch, 4);
        ck_assert_int_eq(nj_json_parse(nj_buf_str(&in), &json), NJ_OK);
        nj_redact_json(redactor, json, &once);
        ck_assert_int_eq(once.err, NJ_OK);
        assert_sound(nj_buf_str(&once));
        ck_assert_msg(nj_json_parse(nj_buf_str(&once), &json) == NJ_OK, "round %d: %.*s", i, NJ_STR_ARG(nj_buf_str(&once)));
        struct nj_str twice = json_of(nj_buf_str(&once));
        ck_assert_msg(nj_str_eq(twice, nj_buf_str(&once)), "round %d\n in    %.*s\n once  %.*s\n twice %.*s", i,
                      NJ_STR_ARG(nj_buf_str(&in)), NJ_STR_ARG(nj_buf_str(&once)), NJ_STR_ARG(twice));
    }
    nj_buf_fini(&in);
    nj_buf_fini(&scratch);
    nj_buf_fini(&once);
}
END_TEST

/* --- time --------------------------------------------------------------------------------------------------------- */

/* head, then piece again and again, then tail. */
struct hostile {
    const char *head, *piece, *tail;
};

static const struct hostile hostile[] = {
#define NJ_HOSTILE(head, piece, tail) { head, piece, tail },
#include "redact_hostile.def"
#undef NJ_HOSTILE
};

static void fill(struct nj_buf *b, const struct hostile *h, size_t n)
{
    nj_buf_reset(b);
    nj_buf_addz(b, h->head);
    while (b->n < n)
        nj_buf_addz(b, h->piece);
    nj_buf_addz(b, h->tail);
}

static double seconds_of(struct nj_str in)
{
    double best = 1e9;
    for (int i = 0; i < 3; i++) {
        clock_t from = clock();
        text_of(in);
        double took = (double)(clock() - from) / CLOCKS_PER_SEC;
        best = took < best ? took : best;
    }
    return best;
}

/* Sixteen times the bytes may take 16 times as long, and with an unlucky machine four times that; what is quadratic takes
 * 256 times as long. */
START_TEST(test_redact_time_grows_with_length_for_hostile_text)
{
    enum { SMALL = 64 << 10, FACTOR = 16, SLACK = 4 };
    struct nj_buf small, large;
    nj_buf_init(&small, 4 << 20);
    nj_buf_init(&large, 4 << 20);
    for (size_t i = 0; i < NJ_COUNT(hostile); i++) {
        fill(&small, &hostile[i], SMALL);
        fill(&large, &hostile[i], SMALL * FACTOR);
        double a = seconds_of(nj_buf_str(&small)), b = seconds_of(nj_buf_str(&large));
        double floor = 0.002; /* below this the clock says nothing */
        ck_assert_msg(b <= (a > floor ? a : floor) * FACTOR * SLACK, "\"%s\": %.4f s for 64 KiB, %.4f s for 1 MiB", hostile[i].piece, a, b);
    }
    nj_buf_fini(&small);
    nj_buf_fini(&large);
}
END_TEST

START_TEST(test_redact_hostile_text_is_stable_too)
{
    struct nj_buf in, once;
    nj_buf_init(&in, 1 << 20);
    nj_buf_init(&once, 4 << 20);
    for (size_t i = 0; i < NJ_COUNT(hostile); i++) {
        fill(&in, &hostile[i], 3000);
        nj_buf_reset(&once);
        nj_redact_text(redactor, nj_buf_str(&in), &once);
        assert_sound(nj_buf_str(&once));
        struct nj_str twice = text_of(nj_buf_str(&once));
        ck_assert_msg(nj_str_eq(twice, nj_buf_str(&once)), "\"%s\"", hostile[i].piece);
    }
    nj_buf_fini(&in);
    nj_buf_fini(&once);
}
END_TEST

/* No part of a card, key or password is left wherever a record is cut. */
START_TEST(test_redact_text_cut_anywhere_is_still_sound)
{
    static const char whole[] =
        "{\"user\":\"joe@example.com\",\"password\":\"Tulip77\",\"m\":\"k=" JWT_TEXT " " CARD "\",\"x\":\"\xF0\x9F\x98\x80\"}";
    for (size_t n = 0; n <= sizeof(whole) - 1; n++) {
        struct nj_str out = text_of((struct nj_str){ whole, n });
        assert_sound(out);
        ck_assert_msg(nj_str_find(out, NJ_STR("Tulip77"), 0) == NJ_NPOS, "cut at %zu", n);
        ck_assert_msg(nj_str_find(out, NJ_STR(CARD), 0) == NJ_NPOS, "cut at %zu", n);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_text_a_second_redaction_changes_nothing)                                                                                 \
    X(test_redact_json_stays_json_and_a_second_redaction_changes_nothing)                                                                  \
    X(test_redact_time_grows_with_length_for_hostile_text)                                                                                 \
    X(test_redact_hostile_text_is_stable_too)                                                                                              \
    X(test_redact_text_cut_anywhere_is_still_sound)

REDACT_TEST_MAIN("redact_properties")

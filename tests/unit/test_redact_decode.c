/* Tests of text inside text: JSON in text, base64, gzip, percent, escapes, entities; what is opened, and what stays as it is. */
#include "redact_unit.h"

#include <zlib.h>

static void add_gzip(struct nj_buf *out, struct nj_str in)
{
    z_stream z = { 0 };
    ck_assert_int_eq(deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(nj_buf_reserve(out, in.n + 256), NJ_OK);
    z.next_in = (Bytef *)(uintptr_t)in.p;
    z.avail_in = (uInt)in.n;
    z.next_out = (Bytef *)out->p + out->n;
    z.avail_out = (uInt)(in.n + 256);
    ck_assert_int_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->n += z.total_out;
    (void)deflateEnd(&z);
}

/* head, the text in base64, tail; valid until the next call. */
static struct nj_str around(const char *head, const char *text, const char *tail)
{
    static char place[4096];
    struct nj_buf b = { .p = place, .cap = sizeof(place), .max = sizeof(place) };
    nj_buf_addz(&b, head);
    add_base64(&b, nj_str_of(text), "+/", true);
    nj_buf_addz(&b, tail);
    ck_assert_int_eq(b.err, NJ_OK);
    return nj_buf_str(&b);
}

#define SECRET_JSON "{\"user\":\"bob\",\"password\":\"Raven$quar9420\"}"
#define PLAIN_JSON  "{\"user\":\"bob\",\"order\":\"o-17\",\"state\":\"open\"}"

START_TEST(test_redact_json_in_text_is_walked)
{
    static const struct row rows[] = {
        { "event: {\"a\":{\"credentials\":{\"user\":\"bob\",\"key\":\"x1y2\"}},\"n\":3} done",
          "event: {\"a\":{\"credentials\":{\"user\":\"[secret]\",\"key\":\"[secret]\"}},\"n\":3} done" },
        { "got [{\"value\":\"x1\",\"name\":\"db_password\"}, {\"n\":1}] ok",
          "got [{\"value\":\"[secret]\",\"name\":\"db_password\"}, {\"n\":1}] ok" },
        { "event={\"verify\":{\"otp\":338162},\"n\":90418}", "event={\"verify\":{\"otp\":\"[secret]\"},\"n\":90418}" },
        { "a {\"b\":{\"c\":[1,2]}} {\"otp\":1234} z", "a {\"b\":{\"c\":[1,2]}} {\"otp\":\"[secret]\"} z" },
        { "a {\"b\": oops {\"otp\":1234} z", "a {\"b\": oops {\"otp\":[secret]} z" },
        { "plain {\"b\":[true,null,{\"c\":\"d\"}]} text", NULL },
        { "{\"b\":1} {\"c\":", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_cut_json_is_walked_as_far_as_it_goes)
{
    static const struct row rows[] = {
        { "{\"a\":{\"credentials\":{\"user\":\"bob9\",\"key\":\"Rav", "{\"a\":{\"credentials\":{\"user\":\"[secret]\",\"key\":\"[secret]" },
        { "x {\"credentials\":{\"n\":12", "x {\"credentials\":{\"n\":\"[secret]\"" },
        { "{\"credentials\":[\"a1\",-", "{\"credentials\":[\"[secret]\",\"[secret]\"" },
        { "{\"a\":[{\"value\":\"x1\",\"name\":\"db_password\"},{\"name\":\"x\",\"va",
          "{\"a\":[{\"value\":\"[secret]\",\"name\":\"db_password\"},{\"name\":\"x\",\"va" },
        { "{\"otp\":338162,\"a\":tr", "{\"otp\":\"[secret]\",\"a\":tr" },
        { "{\"otp\":338162,\"a\"", "{\"otp\":\"[secret]\",\"a\"" },
        { "{\"otp\":338162,", "{\"otp\":\"[secret]\"," },
        { "{\"otp\":338162,\"b\":\"{\\\"otp\\\":1234,\\\"c", "{\"otp\":\"[secret]\",\"b\":\"{\\\"otp\\\":\\\"[secret]\\\",\\\"c" },
        { "{\"a\":\"b\\", NULL },
        { "{\"a\":\"b\\u00", NULL },
        { "{\"a\":[1,{\"b\":\"c\"", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_a_secret_in_base64_takes_the_whole_run)
{
    ck_assert_view_eq(text_of(around("got ", SECRET_JSON, " ok")), "got [secret] ok");
    ck_assert_view_eq(text_of(around("GET /p/", "mail=joe@example.com&order=1234567890", "?a=1")), "GET /p/[secret]?a=1");
    ck_assert_view_eq(json_of(around("{\"Records\":[{\"kinesis\":{\"data\":\"", "pin: 1234 ok=1", "\"}}]}")),
                      "{\"Records\":[{\"kinesis\":{\"data\":\"[secret]\"}}]}");
    ck_assert_view_eq(text_of(around("state=", "{\"password\":\"x1\"}", "&n=3")), "state=[secret]&n=3");
    ck_assert_view_eq(text_of(around("x data:text/plain;base64,", "password=Tulip77", " y")), "x data:text/plain;base64,[secret] y");
}
END_TEST

START_TEST(test_redact_both_alphabets_of_base64_are_read_without_padding_too)
{
    struct nj_buf in;
    nj_buf_init(&in, 1 << 20);
    struct nj_str text = NJ_STR("{\"q\":\">?>?>?~~~~\",\"mail\":\"joe@example.com\"}");
    for (int form = 0; form < 4; form++) {
        nj_buf_reset(&in);
        nj_buf_addz(&in, "v ");
        add_base64(&in, text, form < 2 ? "+/" : "-_", form % 2 == 0);
        nj_buf_addz(&in, " w");
        ck_assert_view_eq(text_of(nj_buf_str(&in)), "v [secret] w");
    }
    nj_buf_fini(&in);
}
END_TEST

START_TEST(test_redact_base64_without_findings_stays)
{
    struct nj_str cursor = around("cursor ", PLAIN_JSON, " next");
    ck_assert(nj_str_eq(text_of(cursor), cursor));
    cursor = around("cursor ", "{\"id\":42,\"n\":7}", " next");
    ck_assert(nj_str_eq(text_of(cursor), cursor));
    cursor = around("{\"body\":\"", PLAIN_JSON, "\",\"isBase64Encoded\":true}");
    ck_assert(nj_str_eq(json_of(cursor), cursor));
    ck_assert_counts("");
    static const struct row rows[] = {
        { "icon data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4 end", NULL },
        { "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 ok", NULL },
        { "/var/task/node_modules/express/lib/router/index/handler/password", NULL },
        { "com/acme/service/authentication/internal/TokenRefreshHandlerFactoryImpl", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_a_body_is_written_as_base64_again)
{
    struct nj_buf want;
    nj_buf_init(&want, 1 << 20);
    nj_buf_addz(&want, "{\"isBase64Encoded\":true,\"body\":\"");
    add_base64(&want, NJ_STR("{\"user\":\"bob\",\"password\":\"[secret]\"}"), "+/", true);
    nj_buf_addz(&want, "\"}");
    struct nj_str out = json_of(around("{\"isBase64Encoded\":true,\"body\":\"", SECRET_JSON, "\"}"));
    ck_assert(nj_str_eq(out, nj_buf_str(&want)));
    ck_assert_counts("{\"key.password\":1}");
    nj_buf_fini(&want);
}
END_TEST

START_TEST(test_redact_gzip_in_base64_is_opened_for_the_names_that_have_it)
{
    struct nj_buf packed, in;
    nj_buf_init(&packed, 1 << 20);
    nj_buf_init(&in, 1 << 20);
    static const char *const events[] = { "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"password=Tulip77\"}]}",
                                          "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"message\":\"all is well\"}]}" };
    for (size_t i = 0; i < NJ_COUNT(events); i++) {
        nj_buf_reset(&packed);
        nj_buf_reset(&in);
        add_gzip(&packed, nj_str_of(events[i]));
        nj_buf_addz(&in, "{\"awslogs\":{\"data\":\"");
        add_base64(&in, nj_buf_str(&packed), "+/", true);
        nj_buf_addz(&in, "\"}}");
        struct nj_str out = json_of(nj_buf_str(&in));
        if (i == 0)
            ck_assert_view_eq(out, "{\"awslogs\":{\"data\":\"[secret]\"}}");
        else
            ck_assert(nj_str_eq(out, nj_buf_str(&in)));
    }
    nj_buf_fini(&packed);
    nj_buf_fini(&in);
}
END_TEST

/* A little that unpacks to very much is not looked at, and does not pass. */
START_TEST(test_redact_a_bomb_is_withheld)
{
    struct nj_buf plain, packed, in;
    nj_buf_init(&plain, 8 << 20);
    nj_buf_init(&packed, 8 << 20);
    nj_buf_init(&in, 8 << 20);
    while (plain.n < 4 << 20)
        nj_buf_addz(&plain, "all is well and nothing is to be seen here ");
    add_gzip(&packed, nj_buf_str(&plain));
    nj_buf_addz(&in, "{\"data\":\"");
    add_base64(&in, nj_buf_str(&packed), "+/", true);
    nj_buf_addz(&in, "\"}");
    ck_assert_view_eq(json_of(nj_buf_str(&in)), "{\"data\":\"[withheld]\"}");
    nj_buf_fini(&plain);
    nj_buf_fini(&packed);
    nj_buf_fini(&in);
}
END_TEST

START_TEST(test_redact_percent_escapes_and_entities_are_read_and_put_back)
{
    static const struct row rows[] = {
        { "login=desk4&password%3DRaven9420%26tz%3DUTC", "login=desk4&password%3D[secret]%26tz%3DUTC" },
        { "next=https%3A%2F%2Fh%2Fcb%3Faccess_token%3Dabc123%26mode%3Ddelta&z=1",
          "next=https%3A%2F%2Fh%2Fcb%3Faccess_token%3D[secret]%26mode%3Ddelta&z=1" },
        { "p=%7B%22user%22%3A+%22bob%22%2C+%22password%22%3A+%22x1%22%7D&z=1",
          "p=%7B%22user%22%3A+%22bob%22%2C+%22password%22%3A+%22[secret]%22%7D&z=1" },
        { "p=%7B%22user%22%3A%22bob%22%2C%22password%22%3A%22x1%22%7D&z=1",
          "p=%7B%22user%22%3A%22bob%22%2C%22password%22%3A%22[secret]%22%7D&z=1" },
        { "p=%257B%2522password%2522%253A%2522x1%2522%257D&z=1", "p=%257B%2522password%2522%253A%2522[secret]%2522%257D&z=1" },
        { "user%5Bname%5D=bob&user%5Bpassword%5D=x1&z=1", "user%5Bname%5D=bob&user%5Bpassword%5D=[secret]&z=1" },
        { "q=hello%20world%21&r=100%25&s=%zz%", NULL },
        { "{\\u0022user\\u0022:\\u0022bob\\u0022,\\u0022password\\u0022:\\u0022x1\\u0022}",
          "{\\u0022user\\u0022:\\u0022bob\\u0022,\\u0022password\\u0022:\\u0022[secret]\\u0022}" },
        { "x password\\u003dx1\\u0026n\\u003d3", "x password\\u003d[secret]\\u0026n\\u003d3" },
        { "caf\\u00e9 \\ud83d\\ude00 \\u12", NULL },
        { "{&quot;user&quot;:&quot;bob&quot;,&quot;password&quot;:&quot;x1&quot;}",
          "{&quot;user&quot;:&quot;bob&quot;,&quot;password&quot;:&quot;[secret]&quot;}" },
        { "&lt;password&gt;Raven9420&lt;/password&gt; end", "&lt;password&gt;[secret]&lt;/password&gt; end" },
        { "<p>joe&#64;example.com</p> &amp; &#x26; &unknown; &#;", "<p>[email]</p> &amp; &#x26; &unknown; &#;" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

/* However deep it is hidden: seen, or replaced unseen. */
START_TEST(test_redact_nothing_gets_through_by_being_deep)
{
    struct nj_buf in, next;
    nj_buf_init(&in, 1 << 20);
    nj_buf_init(&next, 1 << 20);
    nj_buf_addz(&in, SECRET_JSON);
    for (int i = 0; i < 9; i++) {
        nj_buf_reset(&next);
        add_base64(&next, nj_buf_str(&in), "+/", true);
        nj_buf_reset(&in);
        nj_buf_add(&in, nj_buf_str(&next));
        nj_buf_reset(&next);
        nj_buf_addz(&next, "v=");
        nj_buf_add(&next, nj_buf_str(&in));
        struct nj_str out = text_of(nj_buf_str(&next));
        ck_assert_msg(nj_str_eq(out, NJ_STR("v=[secret]")) || nj_str_eq(out, NJ_STR("v=[withheld]")), "level %d: %.*s", i, NJ_STR_ARG(out));
    }
    nj_buf_fini(&in);
    nj_buf_fini(&next);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_json_in_text_is_walked)                                                                                                  \
    X(test_redact_cut_json_is_walked_as_far_as_it_goes)                                                                                    \
    X(test_redact_a_secret_in_base64_takes_the_whole_run)                                                                                  \
    X(test_redact_both_alphabets_of_base64_are_read_without_padding_too)                                                                   \
    X(test_redact_base64_without_findings_stays)                                                                                           \
    X(test_redact_a_body_is_written_as_base64_again)                                                                                       \
    X(test_redact_gzip_in_base64_is_opened_for_the_names_that_have_it)                                                                     \
    X(test_redact_a_bomb_is_withheld)                                                                                                      \
    X(test_redact_percent_escapes_and_entities_are_read_and_put_back)                                                                      \
    X(test_redact_nothing_gets_through_by_being_deep)

REDACT_TEST_MAIN("redact_decode")

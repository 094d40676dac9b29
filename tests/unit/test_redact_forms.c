/* Tests of names and values in text: the notations that are read, and the prose that is not. */
#include "redact_unit.h"

START_TEST(test_redact_settings_and_parameters_lose_their_values)
{
    static const struct row rows[] = {
        { "lvl=warn passwd=Raven$quar9420 files=41", "lvl=warn passwd=[secret] files=41" },
        { "a=1&access_token=abc&mode=x", "a=1&access_token=[secret]&mode=x" },
        { "GET /cb?api_key=k1#top", "GET /cb?api_key=[secret]" },
        { "https://h/x?sig=ab12&sv=2", "https://h/x?sig=[secret]&sv=2" },
        { "sig=ab12 signature=ok", NULL },
        { "Signature=0123456789abcdef0123456789abcdef", "Signature=[secret]" },
        { "user[password]=x1&b=2", "user[password]=[secret]&b=2" },
        { "Server=x;Password=y1;Db=z", "Server=x;Password=[secret];Db=z" },
        { "password = \"a b c\" next", "password = \"[secret]\" next" },
        { "password := 'it\\'s' x", "password := '[secret]' x" },
        { ":password=>\"x1\", :a=>1", ":password=>\"[secret]\", :a=>1" },
        { "[password] => Tulip77\n[a] => b", "[password] => [secret]\n[a] => b" },
        { "login(user='joe', password='x1')", "login(user='joe', password='[secret]')" },
        { "--password=x1 --jobs 4", "--password=[secret] --jobs 4" },
        { "export AWS_SECRET_ACCESS_KEY=abc/def+1\n", "export AWS_SECRET_ACCESS_KEY=[secret]\n" },
        { "<cfg password=\"x1\" a=\"b\"/>", "<cfg password=\"[secret]\" a=\"b\"/>" },
        { "PWD=/var/task OLDPWD=/tmp", NULL },
        { "pwd=hunter2", "pwd=[secret]" },
        { "password=", NULL },
        { "password= next=1", NULL },
        { "if (password == null || token != other)", NULL },
        { "max_token=12 next_token=abc tokens_in=811", NULL },
        { "db_pass=12 smtp_pass=x1", "db_pass=12 smtp_pass=[secret]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_colons_bind_data_and_not_prose)
{
    static const struct row rows[] = {
        { "bind, password: \"Meadow!juni737\", attempt 3", "bind, password: \"[secret]\", attempt 3" },
        { "opts={Retries:5 Secret:Maple$quar Verbose:false}", "opts={Retries:5 Secret:[secret] Verbose:false}" },
        { "password: hunter2", "password: [secret]" },
        { "db:\n  password: hunter\n  host: x", "db:\n  password: [secret]\n  host: x" },
        { "{user: joe, password: hunter, a: b}", "{user: joe, password: [secret], a: b}" },
        { "X-API-KEY: abc123\nAccept: a", "X-API-KEY: [secret]\nAccept: a" },
        { "your api key: k-1234 works", "your api key: [secret] works" },
        { "{'broker_password': 'x1', 'n': 16}", "{'broker_password': '[secret]', 'n': 16}" },
        { "Wrong password: try again", NULL },
        { "Invalid token: expected end of input", NULL },
        { "Unexpected token: ')'", NULL },
        { "next page token: abc123 continuation token: def456", NULL },
        { "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db", NULL },
        { "at loadSecret (/var/task/lib/secret.js:19:11)", NULL },
        { "secret.js:19:11 SecretStore.java:88", NULL },
        { "std::token::next Secret::Manager", NULL },
        { "\"credentials\": {\"region\":\"x\"", NULL },
        { "secret: {", NULL },
        { "12:34:56 07:15", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_lines_of_programs_are_left)
{
    static const struct row rows[] = {
        { "    token = lexer.get_token()", NULL },
        { "    password = auth[2]", NULL },
        { "    lasttoken = token", NULL },
        { "    if cookie: cookies.append(cookie)", NULL },
        { "const o = { token: getToken(req), n: 1 }", NULL },
        { "def ask(prompt='Password: ', stream=None, a='b'):", NULL },
        { "print(\"shlex: token=\" + repr(raw))", NULL },
        { "header=\"Set-Cookie:\", sep=\"x\"", NULL },
        { "password = hunter2", "password = [secret]" },
        { "password = hunter", "password = [secret]" },
        { "password = token99", "password = [secret]" },
        { "secret = abc(def", "secret = abc(def" },
        { "secret=abc(def", "secret=[secret]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_json_in_text_is_read_also_when_it_is_cut_or_escaped)
{
    static const struct row rows[] = {
        { "body {\"password\":\"x1\",\"a\":2}", "body {\"password\":\"[secret]\",\"a\":2}" },
        { "{\"a\":\"b\",\"password\":\"x1", "{\"a\":\"b\",\"password\":\"[secret]" },
        { "got {\"otp\":338162,\"seq\":90418}", "got {\"otp\":\"[secret]\",\"seq\":90418}" },
        { "b=\"{\\\"password\\\":\\\"x\\\\\\\"1\\\",\\\"a\\\":2}\"", "b=\"{\\\"password\\\":\\\"[secret]\\\",\\\"a\\\":2}\"" },
        { "x {\"password\" : \"x1\" , \"a\":2}", "x {\"password\" : \"[secret]\" , \"a\":2}" },
        { "x {\"private_key\":\"" PEM_BEGIN "\\n" PEM_LINE "\\n" PEM_END "\\n\",\"b\":1}", "x {\"private_key\":\"[secret]\",\"b\":1}" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_headers_lose_their_credentials)
{
    static const struct row rows[] = {
        { "request.headers.authorization = Basic ZGVtbzpw"
          "YXNz",
          "request.headers.authorization = [secret]" },
        { "Authorization: Bearer secrettoken", "Authorization: [secret]" },
        { "authorization=Bearer abc12345 user=joe", "authorization=[secret] user=joe" },
        { "Authorization: Digest username=\"x\", response=\"y\"\nHost: h", "Authorization: [secret]\nHost: h" },
        { "Authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c\nHost: h", "Authorization: [secret]\nHost: h" },
        { "authorization: denied for bob", NULL },
        { "Authorization: Bearer [credential]", NULL },
        { "Cookie: a=b; c=d\nHost: h", "Cookie: [secret]\nHost: h" },
        { "cookie=a=b; c=d user=joe", "cookie=[secret] user=joe" },
        { "curl -H \"Authorization: Bearer abcdefgh1\" https://h", "curl -H \"Authorization: [secret]\" https://h" },
        { "token: basic plan for everyone", NULL },
        /* What stands behind a credential is no part of it. */
        { "DefaultHttpHeaders[host: a.example, authorization: Bearer abcdefgh1, accept: */*]",
          "DefaultHttpHeaders[host: a.example, authorization: [secret], accept: */*]" },
        { "authorization: Token abcdefgh1 | status 200 in 3 ms", "authorization: [secret] | status 200 in 3 ms" },
        { "Authorization: SSWS 00abcdefgh1]5YT8lwi", "Authorization: [secret]" },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_values_that_are_no_secrets_are_left)
{
    static const char *const values[] = {
        "null",
        "None",
        "nil",
        "undefined",
        "true",
        "FALSE",
        "string",
        "missing",
        "required",
        "invalid",
        "expired",
        "unknown",
        "****",
        "${DB_PASSWORD}",
        "<password>",
        "{{ token }}",
        "?",
        "$1",
        ":name",
        "%s",
        "[secret]",
        "[email]",
        "[credit_card-4242]",
        "[REDACTED]",
        "hmac:k1:0123456789abcdef",
    };
    for (size_t i = 0; i < NJ_COUNT(values); i++) {
        struct nj_buf in;
        nj_buf_init(&in, 1024);
        nj_buf_addf(&in, "{\"password\":\"%s\"}", values[i]);
        nj_buf_addc(&in, '\0');
        ck_assert_json_stays(in.p);
        nj_buf_reset(&in);
        nj_buf_addf(&in, "x \"password\":\"%s\",", values[i]);
        nj_buf_addc(&in, '\0');
        ck_assert_text_stays(in.p);
        nj_buf_fini(&in);
    }
}
END_TEST

START_TEST(test_redact_values_that_only_resemble_placeholders_go)
{
    static const char *const values[] = { "<Winter2024>", "[secret]x", "${x:-hunter2}", "nullx", "$1a", "*a*", "[hunter]", "hmac:k1:123" };
    for (size_t i = 0; i < NJ_COUNT(values); i++) {
        struct nj_buf in;
        nj_buf_init(&in, 1024);
        nj_buf_addf(&in, "{\"password\":\"%s\"}", values[i]);
        nj_buf_addc(&in, '\0');
        ck_assert_json(in.p, "{\"password\":\"[secret]\"}");
        nj_buf_fini(&in);
    }
}
END_TEST

START_TEST(test_redact_an_open_quote_takes_the_rest)
{
    ck_assert_text("password=\"abc def\nghi", "password=\"[secret]");
    ck_assert_text("password='", "password='");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_settings_and_parameters_lose_their_values)                                                                               \
    X(test_redact_colons_bind_data_and_not_prose)                                                                                          \
    X(test_redact_lines_of_programs_are_left)                                                                                              \
    X(test_redact_json_in_text_is_read_also_when_it_is_cut_or_escaped)                                                                     \
    X(test_redact_headers_lose_their_credentials)                                                                                          \
    X(test_redact_values_that_are_no_secrets_are_left)                                                                                     \
    X(test_redact_values_that_only_resemble_placeholders_go)                                                                               \
    X(test_redact_an_open_quote_takes_the_rest)

REDACT_TEST_MAIN("redact_forms")

/* Sink settings: what is taken, what is refused with one clear sentence, and what is never shown. */
#include "nightjar/sink.h"
#include "unit.h"

static enum nj_status init(struct nj_sink *s, const char *url, char why[static 160])
{
    struct nj_sink_options o = { .url = nj_str_of(url) };
    return nj_sink_init(s, &o, why);
}

static void shown(const struct nj_sink *s, char *out, size_t n)
{
    struct nj_buf b;
    nj_buf_init(&b, n - 1);
    nj_sink_describe(s, &b);
    memcpy(out, b.p, b.n);
    out[b.n] = '\0';
    nj_buf_fini(&b);
}

START_TEST(test_sink_nothing_set_is_standard_output)
{
    struct nj_sink s;
    struct nj_sink_options o = { .url = { NULL, 0 } };
    char why[160];
    ck_assert_int_eq(nj_sink_init(&s, &o, why), NJ_OK);
    ck_assert_int_eq(s.transport, NJ_TO_STDOUT);
    ck_assert_ptr_eq(s.format, &nj_format_ndjson);
    ck_assert_int_eq(s.codec, NJ_CODEC_NONE);
    ck_assert_view_eq(s.name, "default");
    for (int c = 0; c < NJ_CATEGORIES; c++)
        ck_assert(nj_sink_wants(&s, (enum nj_category)c, NJ_STR("malicious_sqli")));
    nj_sink_fini(&s);
}
END_TEST

START_TEST(test_sink_urls_that_are_taken)
{
    static const struct {
        const char *url;
        enum nj_transport transport;
        const struct nj_format *format;
        enum nj_codec codec;
        const char *address; /* url or path */
        const char *shown;
        bool cleartext;
    } rows[] = {
        { "stdout:", NJ_TO_STDOUT, &nj_format_ndjson, NJ_CODEC_NONE, "", "stdout: (ndjson, uncompressed)", false },
        { " STDOUT: ", NJ_TO_STDOUT, &nj_format_ndjson, NJ_CODEC_NONE, "", "stdout: (ndjson, uncompressed)", false },
        { "file:///tmp/x.ndjson", NJ_TO_FILE, &nj_format_ndjson, NJ_CODEC_NONE, "/tmp/x.ndjson",
          "file:///tmp/x.ndjson (ndjson, uncompressed)", false },
        { "file:/tmp/a%20b", NJ_TO_FILE, &nj_format_ndjson, NJ_CODEC_NONE, "/tmp/a b", "file:///tmp/a b (ndjson, uncompressed)", false },
        { "file://localhost/tmp/x", NJ_TO_FILE, &nj_format_ndjson, NJ_CODEC_NONE, "/tmp/x", "file:///tmp/x (ndjson, uncompressed)", false },
        { "https://logs.example.com/ingest", NJ_TO_HTTP, &nj_format_ndjson, NJ_CODEC_GZIP, "https://logs.example.com/ingest",
          "https://logs.example.com/ingest (ndjson, gzip)", false },
        { "HTTPS://logs.example.com", NJ_TO_HTTP, &nj_format_ndjson, NJ_CODEC_GZIP, "https://logs.example.com/",
          "https://logs.example.com (ndjson, gzip)", false },
        { "json+https://logs.example.com:8443/a/b/?q=1", NJ_TO_HTTP, &nj_format_json_array, NJ_CODEC_GZIP,
          "https://logs.example.com:8443/a/b/?q=1", "json+https://logs.example.com:8443/a/b/ (json, gzip)", false },
        { "http://127.0.0.1:9000/x", NJ_TO_HTTP, &nj_format_ndjson, NJ_CODEC_GZIP, "http://127.0.0.1:9000/x",
          "http://127.0.0.1:9000/x (ndjson, gzip)", false },
        { "http://[::1]:9000/", NJ_TO_HTTP, &nj_format_ndjson, NJ_CODEC_GZIP, "http://[::1]:9000/", "http://[::1]:9000 (ndjson, gzip)",
          false },
        { "http://10.0.0.7/x", NJ_TO_HTTP, &nj_format_ndjson, NJ_CODEC_GZIP, "http://10.0.0.7/x", "http://10.0.0.7/x (ndjson, gzip)",
          true },
        { "json+http://collector/x#part", NJ_TO_HTTP, &nj_format_json_array, NJ_CODEC_GZIP, "http://collector/x",
          "json+http://collector/x (json, gzip)", true },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        char why[160], text[200];
        ck_assert_msg(init(&s, rows[i].url, why) == NJ_OK, "%s: %s", rows[i].url, why);
        ck_assert_int_eq(s.transport, rows[i].transport);
        ck_assert_ptr_eq(s.format, rows[i].format);
        ck_assert_int_eq(s.codec, rows[i].codec);
        ck_assert_view_eq(rows[i].transport == NJ_TO_FILE ? s.path : s.url, rows[i].address);
        shown(&s, text, sizeof(text));
        ck_assert_str_eq(text, rows[i].shown);
        ck_assert_msg(nj_sink_is_cleartext(&s) == rows[i].cleartext, "%s", rows[i].url);
        ck_assert_view_eq(s.content_type, rows[i].format->content_type);
        nj_sink_fini(&s);
    }
}
END_TEST

#define KNOWN "known: stdout: file: http(s): json+http(s): slack+http(s): alert+http(s): pagerduty: sns:"

START_TEST(test_sink_urls_that_are_refused_say_why)
{
    static const struct {
        const char *url, *why;
    } rows[] = {
        { "otlp+https://host:4318", "NIGHTJAR_SINK: no scheme \"otlp+https\" in this version; " KNOWN },
        { "logs.example.com", "NIGHTJAR_SINK: not a URL; " KNOWN },
        { "s3cr3t p4ss:x", "NIGHTJAR_SINK: not a URL; " KNOWN },
        { ":", "NIGHTJAR_SINK: not a URL; " KNOWN },
        { "stdout://x", "NIGHTJAR_SINK: stdout: takes nothing behind the colon" },
        { "file:relative.txt",
          "NIGHTJAR_SINK: file: needs the absolute path of a file on this machine, as in file:///tmp/nightjar.ndjson" },
        { "file://server/share",
          "NIGHTJAR_SINK: file: needs the absolute path of a file on this machine, as in file:///tmp/nightjar.ndjson" },
        { "file:///tmp/", "NIGHTJAR_SINK: file: needs the absolute path of a file on this machine, as in file:///tmp/nightjar.ndjson" },
        { "file:", "NIGHTJAR_SINK: file: needs the absolute path of a file on this machine, as in file:///tmp/nightjar.ndjson" },
        { "file:///tmp/a%0", "NIGHTJAR_SINK: the path has a broken percent-encoding or control characters" },
        { "file:///tmp/a%00b", "NIGHTJAR_SINK: the path has a broken percent-encoding or control characters" },
        { "https:host", "NIGHTJAR_SINK: not a valid URL: two slashes have to follow https:" },
        { "https:/host//x://", "NIGHTJAR_SINK: not a valid URL: two slashes have to follow https:" },
        { "https://host:99999/", "NIGHTJAR_SINK: not a valid URL (Port number was not a decimal number between 0 and 65535)" },
        { "https://ho st/", NULL },
        { "https://", NULL },
        { "https:///path", NULL },
        { "https://u:p@", NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        char why[160];
        ck_assert_msg(init(&s, rows[i].url, why) != NJ_OK, "%s was taken", rows[i].url);
        if (rows[i].why != NULL)
            ck_assert_str_eq(why, rows[i].why);
        ck_assert_msg(strncmp(why, "NIGHTJAR_SINK: ", 15) == 0, "%s", why);
        nj_sink_fini(&s);
    }
}
END_TEST

static const struct nj_aws_credentials some_credentials = { .access_key_id = NJ_STR_INIT("id"), .secret_access_key = NJ_STR_INIT("key") };

START_TEST(test_sink_addresses_of_alerts_become_their_formats)
{
    static const struct {
        const char *address, *token, *sink_url;
        const struct nj_format *format;
        const char *url, *body_key;
    } rows[] = {
        { "https://hooks.slack.com/services/T/B/x", "", "slack+https://hooks.slack.com/services/T/B/x", &nj_format_slack,
          "https://hooks.slack.com/services/T/B/x", "" },
        { "pagerduty:", "r0uting", "pagerduty:", &nj_format_pagerduty, "https://events.pagerduty.com/v2/enqueue", "r0uting" },
        { "https://events.eu.pagerduty.com/v2/enqueue", "k", "pagerduty+https://events.eu.pagerduty.com/v2/enqueue", &nj_format_pagerduty,
          "https://events.eu.pagerduty.com/v2/enqueue", "k" },
        { " https://alerts.example/in ", "", "alert+https://alerts.example/in", &nj_format_alert, "https://alerts.example/in", "" },
        { "slack+https://chat.example/hooks/x", "", "slack+https://chat.example/hooks/x", &nj_format_slack, "https://chat.example/hooks/x",
          "" },
        { "arn:aws:sns:eu-west-1:123456789012:alerts", "", "sns:arn:aws:sns:eu-west-1:123456789012:alerts", &nj_format_sns,
          "https://sns.eu-west-1.amazonaws.com/", "arn:aws:sns:eu-west-1:123456789012:alerts" },
        { "arn:aws-cn:sns:cn-north-1:123456789012:alerts", "", "sns:arn:aws-cn:sns:cn-north-1:123456789012:alerts", &nj_format_sns,
          "https://sns.cn-north-1.amazonaws.com.cn/", "arn:aws-cn:sns:cn-north-1:123456789012:alerts" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        struct nj_buf url;
        char why[160];
        nj_buf_init(&url, 1024);
        nj_sink_alert_url(nj_str_of(rows[i].address), &url);
        ck_assert_view_eq(nj_buf_str(&url), rows[i].sink_url);
        struct nj_sink_options o = { .url = nj_buf_str(&url), .token = nj_str_of(rows[i].token), .credentials = some_credentials };
        ck_assert_msg(nj_sink_init(&s, &o, why) == NJ_OK, "%s: %s", rows[i].address, why);
        ck_assert_ptr_eq(s.format, rows[i].format);
        ck_assert_int_eq(s.codec, NJ_CODEC_NONE);
        ck_assert_view_eq(s.url, rows[i].url);
        ck_assert_view_eq(s.body_key, rows[i].body_key);
        ck_assert_view_eq(s.headers, ""); /* a routing key is no header */
        ck_assert(nj_sink_wants(&s, NJ_CAT_ALERT, NJ_STR("alert.attack")) && !nj_sink_wants(&s, NJ_CAT_LOG, NJ_STR("function.log")));
        ck_assert(!nj_sink_wants(&s, NJ_CAT_ALERT, NJ_STR("malicious_sqli"))); /* a tool tries thousands; rules count them */
        nj_sink_fini(&s);
        nj_buf_fini(&url);
    }
}
END_TEST

START_TEST(test_sink_topics_are_signed_for_their_region_and_host)
{
    struct nj_sink s;
    char why[160];
    struct nj_sink_options o = { .url = NJ_STR("sns:arn:aws:sns:eu-west-1:123456789012:alerts"), .credentials = some_credentials };
    ck_assert_int_eq(nj_sink_init(&s, &o, why), NJ_OK);
    ck_assert_view_eq(s.aws.service, "sns");
    ck_assert_view_eq(s.aws.region, "eu-west-1");
    ck_assert_view_eq(s.aws.host, "sns.eu-west-1.amazonaws.com");
    ck_assert_view_eq(s.aws.credentials.access_key_id, "id");
    nj_sink_fini(&s);
    o.aws_endpoint = NJ_STR("http://127.0.0.1:4566");
    ck_assert_int_eq(nj_sink_init(&s, &o, why), NJ_OK);
    ck_assert_view_eq(s.aws.host, "127.0.0.1:4566");
    ck_assert_view_eq(s.url, "http://127.0.0.1:4566/");
    nj_sink_fini(&s);
}
END_TEST

START_TEST(test_sink_addresses_of_alerts_that_cannot_work_say_why)
{
    static const struct {
        const char *url, *why;
    } rows[] = {
        { "pagerduty:", "NIGHTJAR_ALERT_TOKEN: PagerDuty needs the routing key of an integration (Events API v2)" },
        { "pagerduty:key", "NIGHTJAR_ALERT_URL: pagerduty: takes nothing behind the colon; the routing key is the token" },
        { "sns:alerts", "NIGHTJAR_ALERT_URL: sns: needs the ARN of a topic, as in sns:arn:aws:sns:eu-west-1:123456789012:alerts" },
        { "sns:arn:aws:sqs:eu-west-1:1:q",
          "NIGHTJAR_ALERT_URL: sns: needs the ARN of a topic, as in sns:arn:aws:sns:eu-west-1:123456789012:alerts" },
        { "sns:arn:aws:sns:evil.example/:1:q",
          "NIGHTJAR_ALERT_URL: sns: needs the ARN of a topic, as in sns:arn:aws:sns:eu-west-1:123456789012:alerts" },
        { "sns:arn:aws:sns:eu-west-1:1:q", "NIGHTJAR_ALERT_URL: there are no AWS credentials in the environment to sign requests with" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        char why[160];
        struct nj_sink_options o = { .name = NJ_STR("alerts"), .variable = NJ_STR("NIGHTJAR_ALERT"), .url = nj_str_of(rows[i].url) };
        ck_assert_msg(nj_sink_init(&s, &o, why) != NJ_OK, "%s was taken", rows[i].url);
        ck_assert_str_eq(why, rows[i].why);
        nj_sink_fini(&s);
    }
}
END_TEST

START_TEST(test_sink_user_information_becomes_a_header_and_is_never_shown)
{
    struct nj_sink s;
    char why[160], text[200];
    ck_assert_int_eq(init(&s, "https://Aladdin:open%20sesame@h.example/x?api_key=SECRETKEY", why), NJ_OK);
    ck_assert_view_eq(s.url, "https://h.example/x?api_key=SECRETKEY");
    ck_assert_view_eq(s.headers, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n");
    shown(&s, text, sizeof(text));
    ck_assert_str_eq(text, "https://h.example/x (ndjson, gzip)");
    nj_sink_fini(&s);
    ck_assert_int_eq(init(&s, "https://ab:c@h/", why), NJ_OK);
    ck_assert_view_eq(s.headers, "Authorization: Basic YWI6Yw==\n");
    nj_sink_fini(&s);
    ck_assert_int_eq(init(&s, "https://token@h/", why), NJ_OK);
    ck_assert_view_eq(s.headers, "Authorization: Basic dG9rZW46\n");
    nj_sink_fini(&s);
    ck_assert_int_ne(init(&s, "https://a%3Ab:c@h/", why), NJ_OK);
}
END_TEST

START_TEST(test_sink_key_in_the_path_is_not_shown)
{
    struct nj_sink s;
    char why[160], text[200];
    ck_assert_int_eq(init(&s, "https://h.example/receiver/v1/http/ZaVnC4dhaV2ZZbaaaaaaaaSECRET==/x", why), NJ_OK);
    shown(&s, text, sizeof(text));
    ck_assert_str_eq(text, "https://h.example/receiver/v1/http/ZaVn***/x (ndjson, gzip)");
    nj_sink_fini(&s);
}
END_TEST

START_TEST(test_sink_token_is_bearer_or_names_its_own_scheme)
{
    static const struct {
        const char *token, *headers;
    } rows[] = {
        { "abc.def", "Authorization: Bearer abc.def\n" },
        { " abc \n", "Authorization: Bearer abc\n" },
        { "Splunk 123-456", "Authorization: Splunk 123-456\n" },
        { "  ", "" },
        { "a\r\nX-Evil: 1", NULL },
        { "arn:aws:secretsmanager:eu-west-1:1:secret:x", NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        char why[160];
        struct nj_sink_options o = { .name = NJ_STR("si-em"), .url = NJ_STR("https://h/"), .token = nj_str_of(rows[i].token) };
        enum nj_status st = nj_sink_init(&s, &o, why);
        ck_assert_msg((st == NJ_OK) == (rows[i].headers != NULL), "row %zu: %s", i, why);
        if (st == NJ_OK)
            ck_assert_view_eq(s.headers, rows[i].headers);
        else
            ck_assert_msg(strncmp(why, "NIGHTJAR_SINK_SI_EM_TOKEN: ", 27) == 0 && strstr(why, "Evil") == NULL, "%s", why);
        nj_sink_fini(&s);
    }
}
END_TEST

START_TEST(test_sink_two_credentials_are_refused)
{
    static const struct nj_sink_options rows[] = {
        { .url = NJ_STR_INIT("https://u:p@h/"), .token = NJ_STR_INIT("t") },
        { .url = NJ_STR_INIT("https://h/"), .token = NJ_STR_INIT("t"), .headers = NJ_STR_INIT("authorization=x") },
        { .url = NJ_STR_INIT("https://u:p@h/"), .headers = NJ_STR_INIT("Authorization=x") },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        char why[160];
        ck_assert_int_eq(nj_sink_init(&s, &rows[i], why), NJ_EPARSE);
        ck_assert_ptr_nonnull(strstr(why, "keep one of them"));
    }
}
END_TEST

START_TEST(test_sink_headers_are_decoded_and_checked)
{
    static const struct {
        const char *option, *headers, *why;
    } rows[] = {
        { "X-Scope-OrgID=blue", "X-Scope-OrgID: blue\n", NULL },
        { " a = b , c=%20d%3D1%2C2 ,, ", "a: b\nc: d=1,2\n", NULL },
        { "a=b=c", "a: b=c\n", NULL },
        { "Host=other", "Host: other\n", NULL },
        { "", "", NULL },
        { "a=b,nothing", NULL, "NIGHTJAR_SINK_HEADERS: entry 2 has no \"=\"" },
        { "=b", NULL, "NIGHTJAR_SINK_HEADERS: entry 1 has no valid header name" },
        { "a b=c", NULL, "NIGHTJAR_SINK_HEADERS: entry 1 has no valid header name" },
        { "a=%0d%0aX-Evil:%201", NULL, "NIGHTJAR_SINK_HEADERS: entry 1, a, has a value with control characters, or one that is too long" },
        { "a=%zz", NULL, "NIGHTJAR_SINK_HEADERS: entry 1, a, has a broken percent-encoding" },
        { "a=%4", NULL, "NIGHTJAR_SINK_HEADERS: entry 1, a, has a broken percent-encoding" },
        { "a=x%41", "a: xA\n", NULL },
        { "a=", NULL, "NIGHTJAR_SINK_HEADERS: entry 1, a, has no value" },
        { "content-length=1", NULL, "NIGHTJAR_SINK_HEADERS: entry 1, content-length, is a header nightjar sets itself" },
        { "Nightjar-Batch-Id=1", NULL, "NIGHTJAR_SINK_HEADERS: entry 1, Nightjar-Batch-Id, is a header nightjar sets itself" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        char why[160];
        struct nj_sink_options o = { .url = NJ_STR("https://h/"), .headers = nj_str_of(rows[i].option) };
        enum nj_status st = nj_sink_init(&s, &o, why);
        ck_assert_msg((st == NJ_OK) == (rows[i].headers != NULL), "\"%s\": %s", rows[i].option, why);
        if (st == NJ_OK)
            ck_assert_view_eq(s.headers, rows[i].headers);
        else
            ck_assert_str_eq(why, rows[i].why);
        nj_sink_fini(&s);
    }
}
END_TEST

START_TEST(test_sink_content_type_can_be_set_instead_of_the_formats)
{
    struct nj_sink s;
    char why[160];
    struct nj_sink_options o = { .url = NJ_STR("https://h/"), .headers = NJ_STR("content-type=application/stream%2Bjson,x=1") };
    ck_assert_int_eq(nj_sink_init(&s, &o, why), NJ_OK);
    ck_assert_view_eq(s.content_type, "application/stream+json");
    ck_assert_view_eq(s.headers, "x: 1\n");
    nj_sink_fini(&s);
}
END_TEST

START_TEST(test_sink_only_takes_categories_by_name)
{
    struct nj_sink s;
    char why[160];
    struct nj_sink_options o = { .url = NJ_STR("stdout:"), .only = NJ_STR(" authentication,ALERT,,ledger ") };
    ck_assert_int_eq(nj_sink_init(&s, &o, why), NJ_OK);
    ck_assert_uint_eq(s.categories, 1u << NJ_CAT_AUTHENTICATION | 1u << NJ_CAT_ALERT | 1u << NJ_CAT_LEDGER);
    ck_assert(nj_sink_wants(&s, NJ_CAT_ALERT, NJ_STR("malicious_sqli")));
    ck_assert(!nj_sink_wants(&s, NJ_CAT_LOG, NJ_STR("function.log")));
    nj_sink_fini(&s);
    o.only = NJ_STR("authentication,authn");
    ck_assert_int_eq(nj_sink_init(&s, &o, why), NJ_EPARSE);
    ck_assert_str_eq(why, "NIGHTJAR_SINK_ONLY: no category \"authn\"; known: log platform input response performance authentication "
                          "authorization usage error alert ledger");
}
END_TEST

START_TEST(test_sink_compression_by_name_but_never_on_standard_output)
{
    static const struct {
        const char *url, *compress;
        int codec; /* -1: refused */
    } rows[] = {
        { "https://h/", "none", NJ_CODEC_NONE }, { "https://h/", "ZSTD", NJ_CODEC_ZSTD },
        { "https://h/", "", NJ_CODEC_GZIP },     { "file:///x", "gzip", NJ_CODEC_GZIP },
        { "file:///x", "zstd", NJ_CODEC_ZSTD },  { "stdout:", "gzip", NJ_CODEC_NONE },
        { "https://h/", "brotli", -1 },          { "stdout:", "brotli", -1 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_sink s;
        char why[160];
        struct nj_sink_options o = { .url = nj_str_of(rows[i].url), .compress = nj_str_of(rows[i].compress) };
        enum nj_status st = nj_sink_init(&s, &o, why);
        if (rows[i].codec < 0)
            ck_assert_str_eq(why, "NIGHTJAR_COMPRESS: \"brotli\" is not known; known: gzip zstd none");
        else
            ck_assert_int_eq(st, NJ_OK);
        if (st == NJ_OK)
            ck_assert_int_eq(s.codec, rows[i].codec);
        nj_sink_fini(&s);
    }
}
END_TEST

START_TEST(test_sink_keeps_copies)
{
    char url[] = "https://h.example/x", token[] = "abc", name[] = "siem";
    struct nj_sink s;
    char why[160];
    struct nj_sink_options o = { .name = nj_str_of(name), .url = nj_str_of(url), .token = nj_str_of(token) };
    ck_assert_int_eq(nj_sink_init(&s, &o, why), NJ_OK);
    memset(url, '#', sizeof(url) - 1);
    memset(token, '#', sizeof(token) - 1);
    memset(name, '#', sizeof(name) - 1);
    ck_assert_view_eq(s.name, "siem");
    ck_assert_view_eq(s.url, "https://h.example/x");
    ck_assert_view_eq(s.headers, "Authorization: Bearer abc\n");
    nj_sink_fini(&s);
}
END_TEST

START_TEST(test_sink_settings_that_are_too_long_are_refused)
{
    static char text[40 << 10];
    struct nj_sink s;
    char why[160];
    memset(text, 'a', sizeof(text) - 1);
    struct nj_sink_options o = { .url = NJ_STR("https://h/"), .token = nj_str_of(text) };
    ck_assert_int_ne(nj_sink_init(&s, &o, why), NJ_OK);
    memcpy(text, "https://h/", 10);
    o = (struct nj_sink_options){ .url = nj_str_of(text) };
    ck_assert_int_ne(nj_sink_init(&s, &o, why), NJ_OK);
    memcpy(text, "file:///tmp", 11);
    ck_assert_int_ne(nj_sink_init(&s, &o, why), NJ_OK);
    ck_assert_ptr_nonnull(strstr(why, "longer"));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_sink_nothing_set_is_standard_output)                                                                                            \
    X(test_sink_urls_that_are_taken)                                                                                                       \
    X(test_sink_urls_that_are_refused_say_why)                                                                                             \
    X(test_sink_addresses_of_alerts_become_their_formats)                                                                                  \
    X(test_sink_topics_are_signed_for_their_region_and_host)                                                                               \
    X(test_sink_addresses_of_alerts_that_cannot_work_say_why)                                                                              \
    X(test_sink_user_information_becomes_a_header_and_is_never_shown)                                                                      \
    X(test_sink_key_in_the_path_is_not_shown)                                                                                              \
    X(test_sink_token_is_bearer_or_names_its_own_scheme)                                                                                   \
    X(test_sink_two_credentials_are_refused)                                                                                               \
    X(test_sink_headers_are_decoded_and_checked)                                                                                           \
    X(test_sink_content_type_can_be_set_instead_of_the_formats)                                                                            \
    X(test_sink_only_takes_categories_by_name)                                                                                             \
    X(test_sink_compression_by_name_but_never_on_standard_output)                                                                          \
    X(test_sink_keeps_copies)                                                                                                              \
    X(test_sink_settings_that_are_too_long_are_refused)

NJ_TEST_MAIN("sink")

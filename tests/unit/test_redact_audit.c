/* Tests of what a record says about its redaction beside the counts: how much went, how deep it lay, and what made judging difficult. */
#include "redact_unit.h"

static struct nj_record record;
static struct nj_resource resource;
static struct nj_clean clean;

static void pass(void)
{
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-1"), &clean), NJ_OK);
}

static struct nj_str line(const char *text)
{
    nj_record_init(&record);
    record.origin = NJ_FROM_FUNCTION;
    record.message = nj_str_of(text);
    pass();
    return clean.audit;
}

static struct nj_str document(const char *json)
{
    nj_record_init(&record);
    record.origin = NJ_FROM_FUNCTION;
    record.data_json = nj_str_of(json);
    pass();
    return clean.audit;
}

START_TEST(test_redact_audit_of_a_record_without_anything_is_absent)
{
    line("all is well");
    ck_assert_ptr_null(clean.audit.p);
    document("{\"level\":\"INFO\",\"n\":[1,2,{\"a\":\"b\"}]}");
    ck_assert_ptr_null(clean.audit.p);
}
END_TEST

START_TEST(test_redact_audit_tells_how_much_but_not_how_long_a_value_was)
{
    struct nj_buf b;
    ck_assert_view_eq(line("password=a1"), "{\"bytes\":64,\"depth\":0}");
    ck_assert_view_eq(clean.counts, "{\"key.password\":1}");
    ck_assert_view_eq(line("password=a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8c9d0a1b2c3d4e5f6a7b8"), "{\"bytes\":64,\"depth\":0}");
    nj_buf_init(&b, 1 << 10);
    for (int i = 0; i < 9; i++)
        nj_buf_addz(&b, "joe@example.com ");
    nj_buf_addc(&b, '\0');
    ck_assert_view_eq(line(b.p), "{\"bytes\":256,\"depth\":0}"); /* 135 */
    nj_buf_fini(&b);
    ck_assert_ptr_null(line("all is well").p); /* it does not go over to the next */
}
END_TEST

START_TEST(test_redact_audit_tells_how_often_something_had_to_be_decoded)
{
    static const struct {
        const char *text;
        bool json;
        const char *want;
    } rows[] = {
        { "{\"password\":\"x1\"}", true, "{\"bytes\":64,\"depth\":0}" },
        { "{\"m\":\"mail joe@example.com\"}", true, "{\"bytes\":64,\"depth\":0}" },
        { "{\"m\":\"{\\\"password\\\":\\\"x1\\\"}\"}", true, "{\"bytes\":64,\"depth\":1}" },
        { "{\"m\":\"{\\\"a\\\":\\\"mail joe@example.com\\\"}\"}", true, "{\"bytes\":64,\"depth\":1}" },
        { "{\"m\":\"{\\\"a\\\":\\\"{\\\\\\\"b\\\\\\\":\\\\\\\"mail joe@example.com\\\\\\\"}\\\"}\"}", true, "{\"bytes\":64,\"depth\":2}" },
        { "got {\"a\":\"mail joe@example.com\"}", false, "{\"bytes\":64,\"depth\":0}" },
        { "q=joe%40example.com%26password%3Dx1y2z3", false, "{\"bytes\":64,\"depth\":1}" },
        { "p cGFzc3dvcmQ9aHVudGVyMiBhbmQgbWFpbCBqb2VAZXhhbXBsZS5jb20K", false, "{\"bytes\":64,\"depth\":1}" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_str got = rows[i].json ? document(rows[i].text) : line(rows[i].text);
        ck_assert_msg(nj_str_eq(got, nj_str_of(rows[i].want)), "%s: %.*s", rows[i].text, NJ_STR_ARG(got));
    }
}
END_TEST

START_TEST(test_redact_audit_says_what_is_malformed)
{
    ck_assert_view_eq(line("all is \xff well"), "{\"flags\":[\"malformed\"]}");
    ck_assert_ptr_null(clean.counts.p);
    ck_assert_view_eq(line("\xff password=x1"), "{\"bytes\":64,\"depth\":0,\"flags\":[\"malformed\"]}");
    ck_assert_view_eq(document("{\"a\":\"\\ud800\"}"), "{\"flags\":[\"malformed\"]}");
    ck_assert_ptr_null(line("a\x1b[31mb").p);
    ck_assert_view_eq(clean.counts, "{\"escape_sequence\":1}");
}
END_TEST

START_TEST(test_redact_audit_says_what_was_cut)
{
    struct nj_buf b;
    ck_assert_view_eq(line("body {\"a\":1,\"password\":\"x1y2"), "{\"bytes\":64,\"depth\":0,\"flags\":[\"truncated\"]}");
    ck_assert_ptr_null(line("body {\"a\":1,\"b\":\"x1y2").p); /* nothing was done to it */
    nj_buf_init(&b, 1 << 20);
    nj_buf_addz(&b, "{\"");
    for (int i = 0; i < 300; i++)
        nj_buf_addc(&b, 'n');
    nj_buf_addz(&b, "\":1}");
    nj_buf_addc(&b, '\0');
    ck_assert_view_eq(document(b.p), "{\"flags\":[\"truncated\"]}");
    nj_buf_reset(&b);
    while (b.n < 256 << 10)
        nj_buf_addz(&b, "all is well ");
    nj_buf_addc(&b, '\0');
    ck_assert_view_eq(line(b.p), "{\"flags\":[\"truncated\"]}");
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_redact_audit_says_what_goes_on_over_records)
{
    ck_assert_view_eq(line("-----BEGIN RSA PRIVATE KEY-----"), "{\"bytes\":64,\"depth\":0,\"flags\":[\"split_state\"]}");
    ck_assert_view_eq(line("MIIEowIBAAKCAQEA7bq4Zs5v1h2J3k4L5m6N7o8P"), "{\"bytes\":64,\"depth\":0,\"flags\":[\"split_state\"]}");
    ck_assert_view_eq(line("-----END RSA PRIVATE KEY-----"), "");
    ck_assert_view_eq(line("the password:"), "{\"flags\":[\"split_state\"]}");
    ck_assert_view_eq(line("x1y2z3"), "{\"bytes\":64,\"depth\":0,\"flags\":[\"split_state\"]}");
    ck_assert_view_eq(line("x1y2z3"), "");
}
END_TEST

START_TEST(test_redact_audit_says_what_was_more_than_there_is_room_for)
{
    /* base64 in base64 in base64 ...: deeper than anybody looks */
    struct nj_buf in, out;
    nj_buf_init(&in, 1 << 20);
    nj_buf_init(&out, 1 << 20);
    nj_buf_addz(&in, "a line of text that holds password=x1y2z3 somewhere in it");
    for (int round = 0; round < 8; round++) {
        nj_buf_reset(&out);
        add_base64(&out, nj_buf_str(&in), "+/", false);
        nj_buf_reset(&in);
        nj_buf_add(&in, nj_buf_str(&out));
    }
    nj_buf_addc(&in, '\0');
    struct nj_str audit = line(in.p);
    ck_assert_msg(nj_str_ends(audit, NJ_STR("\"flags\":[\"budget\"]}")), "%.*s", NJ_STR_ARG(audit));
    ck_assert(nj_str_find(clean.counts, NJ_STR("\"withheld\":1"), 0) != NJ_NPOS);
    nj_buf_fini(&in);
    nj_buf_fini(&out);
}
END_TEST

START_TEST(test_redact_audit_of_what_is_only_counted_says_nothing_went)
{
    use("off", NULL, NULL);
    line("password=x1y2z3");
    ck_assert_view_eq(clean.counts, "{\"key.password\":1}");
    ck_assert_ptr_null(clean.audit.p);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_audit_of_a_record_without_anything_is_absent)                                                                            \
    X(test_redact_audit_tells_how_much_but_not_how_long_a_value_was)                                                                       \
    X(test_redact_audit_tells_how_often_something_had_to_be_decoded)                                                                       \
    X(test_redact_audit_says_what_is_malformed)                                                                                            \
    X(test_redact_audit_says_what_was_cut)                                                                                                 \
    X(test_redact_audit_says_what_goes_on_over_records)                                                                                    \
    X(test_redact_audit_says_what_was_more_than_there_is_room_for)                                                                         \
    X(test_redact_audit_of_what_is_only_counted_says_nothing_went)

REDACT_TEST_MAIN("redact_audit")

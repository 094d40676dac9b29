/* What the Extensions API says and wants to hear. */
#include "nightjar/extensions_api.h"
#include "unit.h"

START_TEST(test_event_invoke_is_read_with_everything_it_tells)
{
    struct nj_ext_event e;
    ck_assert_int_eq(
        nj_ext_parse_event(
            NJ_STR("{\"eventType\":\"INVOKE\",\"deadlineMs\":1795418400123,\"requestId\":\"3d2c5f0a-1111\","
                   "\"invokedFunctionArn\":\"arn:aws:lambda:eu-west-1:123456789012:function:billing:prod\","
                   "\"tracing\":{\"type\":\"X-Amzn-Trace-Id\",\"value\":\"Root=1-65f00000-aa;Parent=bb;Sampled=1\"},\"new\":[]}"),
            &e),
        NJ_OK);
    ck_assert_int_eq(e.kind, NJ_EXT_INVOKE);
    ck_assert_int_eq(e.deadline_ms, 1795418400123);
    ck_assert_view_eq(nj_short_str(&e.request_id), "3d2c5f0a-1111");
    ck_assert_view_eq(nj_short_str(&e.arn), "arn:aws:lambda:eu-west-1:123456789012:function:billing:prod");
    ck_assert_view_eq(nj_short_str(&e.trace), "Root=1-65f00000-aa;Parent=bb;Sampled=1");
}
END_TEST

START_TEST(test_event_shutdown_is_read_in_any_case_and_form)
{
    static const struct {
        struct nj_str body;
        int64_t deadline_ms;
        const char *reason;
    } rows[] = {
        { NJ_STR_INIT("{\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"spindown\",\"deadlineMs\":1795418402123}"), 1795418402123,
          "spindown" },
        { NJ_STR_INIT("{\"eventType\":\"Shutdown\",\"shutdownReason\":\"ReleaseFail\",\"deadlineMs\":2000}"), 2000, "ReleaseFail" },
        { NJ_STR_INIT("{\"eventType\":\"SHUTDOWN\",\"deadlineMs\":1.795418402e12}"), 1795418402000, "" },
        { NJ_STR_INIT("{\"eventType\":\"SHUTDOWN\",\"deadlineMs\":\"soon\"}"), 0, "" },
        { NJ_STR_INIT("{\"eventType\":\"SHUTDOWN\",\"deadlineMs\":-5}"), 0, "" },
        { NJ_STR_INIT("{\"eventType\":\"SHUTDOWN\",\"deadlineMs\":1e400}"), 0, "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_ext_event e;
        ck_assert_int_eq(nj_ext_parse_event(rows[i].body, &e), NJ_OK);
        ck_assert_int_eq(e.kind, NJ_EXT_SHUTDOWN);
        ck_assert_int_eq(e.deadline_ms, rows[i].deadline_ms);
        ck_assert_view_eq(nj_short_str(&e.reason), rows[i].reason);
    }
}
END_TEST

START_TEST(test_event_that_cannot_be_read_is_said_so)
{
    static const char *const bad[] = { "", "null", "[]", "{\"eventType\":\"INV", "\"INVOKE\"" };
    struct nj_ext_event e;
    for (size_t i = 0; i < NJ_COUNT(bad); i++)
        ck_assert_msg(nj_ext_parse_event(nj_str_of(bad[i]), &e) != NJ_OK, "%s", bad[i]);
    ck_assert_int_eq(nj_ext_parse_event(NJ_STR("{\"eventType\":\"SNAPSHOT\"}"), &e), NJ_OK);
    ck_assert_int_eq(e.kind, NJ_EXT_UNKNOWN);
    ck_assert_int_eq(nj_ext_parse_event(NJ_STR("{}"), &e), NJ_OK);
    ck_assert_int_eq(e.kind, NJ_EXT_UNKNOWN);
}
END_TEST

START_TEST(test_event_with_an_endless_id_is_cut_not_refused)
{
    struct nj_buf body;
    struct nj_ext_event e;
    nj_buf_init(&body, 100000);
    nj_buf_addz(&body, "{\"eventType\":\"INVOKE\",\"requestId\":\"");
    for (int i = 0; i < 50000; i++)
        nj_buf_addc(&body, 'a');
    nj_buf_addz(&body, "\"}");
    ck_assert_int_eq(nj_ext_parse_event(nj_buf_str(&body), &e), NJ_OK);
    ck_assert_int_eq(e.kind, NJ_EXT_INVOKE);
    ck_assert_uint_le(e.request_id.n, NJ_ARN_MAX);
    nj_buf_fini(&body);
}
END_TEST

START_TEST(test_registered_takes_what_is_there)
{
    struct nj_registered r;
    nj_ext_parse_registered(NJ_STR("{\"functionName\":\"bill\\u0069ng\",\"functionVersion\":\"$LATEST\",\"accountId\":\"123456789012\"}"),
                            &r);
    ck_assert_view_eq(nj_short_str(&r.function), "billing");
    ck_assert_view_eq(nj_short_str(&r.version), "$LATEST");
    ck_assert_view_eq(nj_short_str(&r.account), "123456789012");
    nj_ext_parse_registered(NJ_STR("no json"), &r);
    ck_assert(r.function.n == 0 && r.version.n == 0 && r.account.n == 0);
}
END_TEST

START_TEST(test_bodies_are_what_the_apis_want)
{
    struct nj_buf b;
    struct nj_subscription s = { .schema = NJ_STR("2025-01-29"),
                                 .types = NJ_STR(" platform, function,,"),
                                 .uri = NJ_STR("http://sandbox.localdomain:9420/t/ab"),
                                 .max_items = 1000,
                                 .max_bytes = 262144,
                                 .timeout_ms = 25 };
    static const char *const register_bodies[] = { "{\"events\":[]}", "{\"events\":[\"INVOKE\"]}", "{\"events\":[\"SHUTDOWN\"]}",
                                                   "{\"events\":[\"INVOKE\",\"SHUTDOWN\"]}" };
    nj_buf_init(&b, 1000);
    for (unsigned want = 0; want < 4; want++) {
        nj_buf_reset(&b);
        nj_ext_register_body(&b, want);
        ck_assert_view_eq(nj_buf_str(&b), register_bodies[want]);
    }
    nj_buf_reset(&b);
    nj_telemetry_subscribe_body(&b, &s);
    ck_assert_view_eq(nj_buf_str(&b), "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\",\"function\"],"
                                      "\"destination\":{\"protocol\":\"HTTP\",\"URI\":\"http://sandbox.localdomain:9420/t/ab\"},"
                                      "\"buffering\":{\"maxItems\":1000,\"maxBytes\":262144,\"timeoutMs\":25}}");
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_error_type_is_found)
{
    struct nj_short t;
    nj_ext_parse_error(NJ_STR("{\"errorType\":\"Extension.InvalidEventType\",\"errorMessage\":\"x\"}"), &t);
    ck_assert_view_eq(nj_short_str(&t), "Extension.InvalidEventType");
    nj_ext_parse_error(NJ_STR("<html>"), &t);
    ck_assert_uint_eq(t.n, 0);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_event_invoke_is_read_with_everything_it_tells)                                                                                  \
    X(test_event_shutdown_is_read_in_any_case_and_form)                                                                                    \
    X(test_event_that_cannot_be_read_is_said_so)                                                                                           \
    X(test_event_with_an_endless_id_is_cut_not_refused)                                                                                    \
    X(test_registered_takes_what_is_there)                                                                                                 \
    X(test_bodies_are_what_the_apis_want)                                                                                                  \
    X(test_error_type_is_found)

NJ_TEST_MAIN("extensions_api")

/* Every status and every curl code, and the waits between attempts. */
#include "nightjar/verdict.h"
#include "unit.h"

#include <curl/curl.h>

static enum nj_verdict of(long status, int code, bool reused)
{
    struct nj_http_reply r = { .status = status, .curl_code = code, .reused = reused, .retry_after_ms = -1, .error = "" };
    return nj_verdict_of(&r);
}

/* Written by hand and apart from the table: what each class of status means, and its exceptions. */
static enum nj_verdict expected_status(long s)
{
    static const struct {
        long status;
        enum nj_verdict want;
    } single[] = {
        { 401, NJ_V_CONFIG }, { 402, NJ_V_CONFIG }, { 403, NJ_V_CONFIG }, { 404, NJ_V_CONFIG }, { 405, NJ_V_CONFIG },
        { 407, NJ_V_CONFIG }, { 408, NJ_V_RETRY },  { 409, NJ_V_DOUBT },  { 410, NJ_V_CONFIG }, { 413, NJ_V_SPLIT },
        { 421, NJ_V_RETRY },  { 423, NJ_V_RETRY },  { 425, NJ_V_RETRY },  { 426, NJ_V_CONFIG }, { 429, NJ_V_RETRY },
        { 431, NJ_V_CONFIG }, { 501, NJ_V_REJECT }, { 505, NJ_V_REJECT }, { 511, NJ_V_CONFIG },
    };
    for (size_t i = 0; i < NJ_COUNT(single); i++)
        if (single[i].status == s)
            return single[i].want;
    static const enum nj_verdict classes[] = { NJ_V_DOUBT, NJ_V_DOUBT, NJ_V_DELIVERED, NJ_V_CONFIG, NJ_V_REJECT, NJ_V_RETRY };
    return s / 100 < (long)NJ_COUNT(classes) ? classes[s / 100] : NJ_V_DOUBT;
}

START_TEST(test_verdict_of_every_status)
{
    for (long s = 100; s < 700; s++)
        ck_assert_msg(of(s, CURLE_OK, s % 2 == 0) == expected_status(s), "status %ld: %s", s, nj_verdict_names[of(s, CURLE_OK, false)]);
    ck_assert_int_eq(of(0, CURLE_OK, false), NJ_V_DOUBT);
}
END_TEST

START_TEST(test_verdict_403_is_never_success)
{
    ck_assert_int_eq(of(403, CURLE_OK, false), NJ_V_CONFIG);
    ck_assert_int_eq(of(401, CURLE_OK, false), NJ_V_CONFIG);
}
END_TEST

START_TEST(test_verdict_of_every_curl_code)
{
    static const int retry[] = { CURLE_COULDNT_RESOLVE_PROXY,
                                 CURLE_COULDNT_RESOLVE_HOST,
                                 CURLE_COULDNT_CONNECT,
                                 CURLE_OPERATION_TIMEDOUT,
                                 CURLE_SSL_CONNECT_ERROR,
                                 CURLE_SEND_ERROR,
                                 CURLE_RECV_ERROR,
                                 CURLE_GOT_NOTHING,
                                 CURLE_PARTIAL_FILE,
                                 CURLE_HTTP2,
                                 CURLE_HTTP2_STREAM,
                                 CURLE_INTERFACE_FAILED,
                                 CURLE_SSL_SHUTDOWN_FAILED,
                                 CURLE_NO_CONNECTION_AVAILABLE,
                                 CURLE_AGAIN,
                                 CURLE_PROXY,
                                 CURLE_FAILED_INIT,
                                 CURLE_OUT_OF_MEMORY,
                                 CURLE_READ_ERROR,
                                 CURLE_SEND_FAIL_REWIND,
                                 CURLE_ABORTED_BY_CALLBACK,
                                 CURLE_UNSUPPORTED_PROTOCOL /* an answer that is no HTTP */ };
    static const int config[] = { CURLE_URL_MALFORMAT,
                                  CURLE_NOT_BUILT_IN,
                                  CURLE_LOGIN_DENIED,
                                  CURLE_AUTH_ERROR,
                                  CURLE_REMOTE_ACCESS_DENIED,
                                  CURLE_TOO_MANY_REDIRECTS,
                                  CURLE_BAD_FUNCTION_ARGUMENT,
                                  CURLE_UNKNOWN_OPTION,
                                  CURLE_PEER_FAILED_VERIFICATION,
                                  CURLE_SSL_ENGINE_NOTFOUND,
                                  CURLE_SSL_ENGINE_SETFAILED,
                                  CURLE_SSL_ENGINE_INITFAILED,
                                  CURLE_SSL_CERTPROBLEM,
                                  CURLE_SSL_CIPHER,
                                  CURLE_SSL_CACERT_BADFILE,
                                  CURLE_SSL_CRL_BADFILE,
                                  CURLE_SSL_ISSUER_ERROR,
                                  CURLE_SSL_PINNEDPUBKEYNOTMATCH,
                                  CURLE_SSL_INVALIDCERTSTATUS,
                                  CURLE_SSL_CLIENTCERT,
                                  CURLE_USE_SSL_FAILED };
    for (int code = 1; code < CURL_LAST + 20; code++) {
        enum nj_verdict want = NJ_V_DOUBT;
        for (size_t i = 0; i < NJ_COUNT(retry); i++)
            want = retry[i] == code ? NJ_V_RETRY : want;
        for (size_t i = 0; i < NJ_COUNT(config); i++)
            want = config[i] == code ? NJ_V_CONFIG : want;
        ck_assert_msg(of(0, code, false) == want, "curl code %d: %s", code, nj_verdict_names[of(0, code, false)]);
        bool dead = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
        ck_assert_int_eq(of(0, code, true), dead ? NJ_V_AGAIN : want);
    }
}
END_TEST

START_TEST(test_verdict_head_of_the_answer_counts_when_its_rest_fails)
{
    ck_assert_int_eq(of(200, CURLE_RECV_ERROR, true), NJ_V_DELIVERED);
    ck_assert_int_eq(of(204, CURLE_OPERATION_TIMEDOUT, false), NJ_V_DELIVERED);
    ck_assert_int_eq(of(413, CURLE_SEND_ERROR, true), NJ_V_SPLIT);
    ck_assert_int_eq(of(100, CURLE_OPERATION_TIMEDOUT, false), NJ_V_RETRY);
}
END_TEST

START_TEST(test_verdict_waits_double_with_jitter_and_stop_at_the_ceiling)
{
    static const int64_t steps[] = { 100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000 };
    for (uint32_t i = 0; i < NJ_COUNT(steps); i++) {
        ck_assert_int_eq(nj_backoff_ms(i + 1, -1, 0.0), steps[i] / 2);
        int64_t most = nj_backoff_ms(i + 1, -1, 0.999999999);
        ck_assert_int_le(most, steps[i]);
        ck_assert_int_ge(most, steps[i] - 1);
    }
    ck_assert_int_eq(nj_backoff_ms(UINT32_MAX, -1, 0.5), 22500);
    ck_assert_int_eq(nj_backoff_ms(0, -1, 0.0), 50);
}
END_TEST

START_TEST(test_verdict_retry_after_is_a_floor_and_has_a_ceiling)
{
    static const struct {
        uint32_t tries;
        int64_t retry_after_ms, want;
    } rows[] = {
        { 1, -1, 50 },         { 1, 0, 50 },          { 1, -5000, 50 },         { 1, 49, 50 }, { 1, 5000, 5000 }, { 12, 5000, 15000 },
        { 1, 300000, 300000 }, { 1, 300001, 300000 }, { 1, INT64_MAX, 300000 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_int_eq(nj_backoff_ms(rows[i].tries, rows[i].retry_after_ms, 0.0), rows[i].want);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_verdict_of_every_status)                                                                                                        \
    X(test_verdict_403_is_never_success)                                                                                                   \
    X(test_verdict_of_every_curl_code)                                                                                                     \
    X(test_verdict_head_of_the_answer_counts_when_its_rest_fails)                                                                          \
    X(test_verdict_waits_double_with_jitter_and_stop_at_the_ceiling)                                                                       \
    X(test_verdict_retry_after_is_a_floor_and_has_a_ceiling)

NJ_TEST_MAIN("verdict")

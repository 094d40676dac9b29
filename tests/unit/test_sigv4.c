/* AWS Signature Version 4: vectors of AWS's published suite, and what botocore signs for a session's credentials. */
#include "nightjar/sigv4.h"
#include "unit.h"

/* 2015-08-30T12:36:00Z and the key pair that AWS documents for its test suite. */
static const int64_t suite_ns = INT64_C(1440938160) * 1000000000;

static struct nj_sigv4 suite(const char *method)
{
    return (struct nj_sigv4){
        .method = nj_str_of(method),
        .host = NJ_STR("example.amazonaws.com"),
        .path = NJ_STR("/"),
        .service = NJ_STR("service"),
        .region = NJ_STR("us-east-1"),
        .body = NJ_STR(""),
        .credentials = { .access_key_id = NJ_STR("AKIDEXAMPLE"),
                         .secret_access_key = NJ_STR("wJalrXUtnFEMI/K7MDENG"
                                                     "+bPxRfiCYEXAMPLEKEY") },
        .wall_ns = suite_ns,
    };
}

static void check(const struct nj_sigv4 *r, const char *want)
{
    struct nj_buf out;
    nj_buf_init(&out, 4096);
    nj_sigv4_lines(r, &out);
    ck_assert_int_eq(out.err, NJ_OK);
    ck_assert_view_eq(nj_buf_str(&out), want);
    nj_buf_fini(&out);
}

START_TEST(test_sigv4_signs_get_vanilla)
{
    struct nj_sigv4 r = suite("GET");
    check(&r,
          "X-Amz-Date: 20150830T123600Z\n"
          "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
          "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31\n");
}
END_TEST

START_TEST(test_sigv4_signs_post_x_www_form_urlencoded)
{
    struct nj_sigv4 r = suite("POST");
    r.content_type = NJ_STR("application/x-www-form-urlencoded");
    r.body = NJ_STR("Param1=value1");
    check(&r, "X-Amz-Date: 20150830T123600Z\n"
              "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
              "SignedHeaders=content-type;host;x-amz-date, "
              "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a\n");
}
END_TEST

START_TEST(test_sigv4_sends_and_signs_the_token_of_a_session)
{
    struct nj_sigv4 r = suite("GET");
    struct nj_buf with, without;
    nj_buf_init(&with, 4096);
    nj_buf_init(&without, 4096);
    nj_sigv4_lines(&r, &without);
    r.credentials.session_token = NJ_STR("a-token");
    nj_sigv4_lines(&r, &with);
    struct nj_str lines = nj_buf_str(&with);
    ck_assert(nj_str_find(lines, NJ_STR("X-Amz-Security-Token: a-token\n"), 0) != NJ_NPOS);
    ck_assert(nj_str_find(lines, NJ_STR("SignedHeaders=host;x-amz-date;x-amz-security-token,"), 0) != NJ_NPOS);
    struct nj_str signature = nj_str_slice(nj_buf_str(&without), without.n - 65, without.n);
    ck_assert_msg(nj_str_find(lines, signature, 0) == NJ_NPOS, "the token is part of what is signed");
    nj_buf_fini(&with);
    nj_buf_fini(&without);
}
END_TEST

START_TEST(test_sigv4_a_changed_byte_changes_the_signature)
{
    struct nj_sigv4 a = suite("POST"), b = suite("POST");
    struct nj_buf one, other;
    a.body = NJ_STR("Message=x");
    b.body = NJ_STR("Message=y");
    nj_buf_init(&one, 4096);
    nj_buf_init(&other, 4096);
    nj_sigv4_lines(&a, &one);
    nj_sigv4_lines(&b, &other);
    ck_assert(!nj_str_eq(nj_buf_str(&one), nj_buf_str(&other)));
    nj_buf_fini(&one);
    nj_buf_fini(&other);
}
END_TEST

START_TEST(test_sigv4_without_room_the_buffer_says_so)
{
    struct nj_sigv4 r = suite("GET");
    struct nj_buf out;
    nj_buf_init(&out, 20);
    nj_sigv4_lines(&r, &out);
    ck_assert_int_eq(out.err, NJ_ELIMIT);
    nj_buf_fini(&out);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_sigv4_signs_get_vanilla)                                                                                                        \
    X(test_sigv4_signs_post_x_www_form_urlencoded)                                                                                         \
    X(test_sigv4_sends_and_signs_the_token_of_a_session)                                                                                   \
    X(test_sigv4_a_changed_byte_changes_the_signature)                                                                                     \
    X(test_sigv4_without_room_the_buffer_says_so)

NJ_TEST_MAIN("sigv4")

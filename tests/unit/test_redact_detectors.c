/* Tests of the value detectors: what each one takes, and what looks alike and must stay. */
#include "redact_unit.h"

START_TEST(test_redact_email_addresses_go_and_their_lookalikes_stay)
{
    static const struct row rows[] = {
        { "mail joe.doe+x@example.com now", "mail [email] now" },
        { "<joe@sub.example.co.uk>", "<[email]>" },
        { "a@b.com,c@d.org", "[email],[email]" },
        { "mailto:joe@example.com?subject=hi", "mailto:[email]?subject=hi" },
        { "to=joe%40example.com&x=1", "to=[email]&x=1" },
        { "q=a%3Djoe%40example.com", "q=a%3D[email]" },
        { "sent to joe@example.com.", "sent to [email]." },
        { "o'brien@example.com", "[email]" },
        { "jos\xC3\xA9@example.com", "[email]" },
        { "\xE8\x81\x94\xE7\xB3\xBB\xEF\xBC\x9Ajoe@example.com", "\xE8\x81\x94\xE7\xB3\xBB\xEF\xBC\x9A[email]" },
        { "joe@b\xC3\xBC"
          "cher.de",
          "[email]" },
        { "joe@xn--bcher-kva.xn--p1ai", "[email]" },
        { "joe@example.com-2024", "[email]-2024" },
        { "icon@2x.png and logo@3x.svg", NULL },
        { "left-pad@1.3.0 react@18.x lib@v2.0.1-beta", NULL },
        { "git@github.com:team/repo.git", NULL },
        { "ssh://git@github.com/team/repo", NULL },
        { "@app.route and @scope/pkg", NULL },
        { "user@localhost", NULL },
        { "java.lang.Object@1b6d3586", NULL },
        { "getty@tty1.service", NULL },
        { "sr_RS@latin.UTF-8", NULL },
        { "a@b.c", NULL },
        { "a@.com a@-x.com @@ a@", NULL },
        { "10@20.30", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_card_numbers_need_brand_check_digit_and_borders)
{
    static const struct row rows[] = {
        { "card " CARD " ok", "card [credit_card-4242] ok" },
        { "4242 "
          "4242 4242 4242",
          "[credit_card-4242]" },
        { "4242-"
          "4242-4242-4242,",
          "[credit_card-4242]," },
        { "amex 3782 "
          "822463 10005",
          "amex [credit_card-0005]" },
        { "amex 378282"
          "246310005",
          "amex [credit_card-0005]" },
        { "diners 3056 "
          "930902 5904",
          "diners [credit_card-5904]" },
        { "visa 13: 42222"
          "22222222",
          "visa 13: [credit_card-2222]" },
        { "mc 55555"
          "55555554444.",
          "mc [credit_card-4444]." },
        { "2223"
          "003122003222",
          "[credit_card-3222]" },
        { "jcb 3566"
          "002020360505",
          "jcb [credit_card-0505]" },
        { "ends 4242 "
          "4242 4242 4242 12/27",
          "ends [credit_card-4242] 12/27" },
        { "4242424242424241", NULL },           /* check digit */
        { "1234567812345670", NULL },           /* no brand */
        { "id 94242424242424242424242", NULL }, /* within a longer number */
        { "x" CARD " " CARD "x", NULL },        /* within a word */
        { "0." CARD, NULL },                    /* a fraction */
        { "ab-" CARD, NULL },                   /* within an identifier */
        { CARD "-ab", NULL },
        { "+49"
          "42424242424242",
          NULL },                        /* a telephone number */
        { "4242 4242-4242 4242", NULL }, /* two kinds of gap */
        { "4242,4242,4242,4242", NULL },
        { "1735689600000 20260101120000", NULL }, /* times */
        { "0000000000000000 4444444444444448x", NULL },
        { "3d2c5f0a-4242-4242-4242-424242424242", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_json_web_tokens_are_told_by_their_header)
{
    static const struct row rows[] = {
        { "got " JWT_TEXT " from", "got [jwt] from" },
        { JWT_HEADER ".eyJ"
                     "hIjoxfQ.",
          "[jwt]." },                                           /* alg none, or cut */
        { JWT_HEADER "..c2lnbmF0dXJl", "[jwt]" },               /* detached payload */
        { JWT_HEADER ".QR1Owv2ug2W.uxs.vfzZ.AA", "[jwt]" },     /* five parts */
        { "cursor eyJwYWdlIjoyLCJzaXplIjo1MH0 end", NULL },     /* no dots */
        { "eyJwYWdlIjoyLCJzaXplIjo1MH0.eyJhIjoxfQ.abc", NULL }, /* header without alg */
        { "x" JWT_TEXT, NULL },                                 /* within a word */
        { "eyJ.eyJ.eyJ eyJhbGciOi.x", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_aws_keys_go_with_the_secret_beside_them)
{
    static const struct row rows[] = {
        { "for " AWS_ID " on", "for [aws_key] on" },
        { "ASIA"
          "QYLPMN5HFIQR7XYA",
          "[aws_key]" },
        { "Cred=" AWS_ID "/20261123/us-east-1", "Cred=[aws_key]/20261123/us-east-1" },
        { AWS_OLD_ID, "[aws_key]" },
        { AWS_ID " " AWS_SECRET, "[aws_key] [aws_key]" },
        { AWS_SECRET " then " AWS_ID, "[aws_key] then [aws_key]" },
        { AWS_ID " " AWS_SECRET " " AWS_ID, "[aws_key] [aws_key] [aws_key]" },
        { AWS_ID " 0123456789abcdef0123456789abcdef01234567", "[aws_key] 0123456789abcdef0123456789abcdef01234567" },
        { "alone " AWS_SECRET, NULL },
        { "AKIA"
          "IOSFODNN7EXAMPLE",
          NULL }, /* of every document */
        { "ASIAPACIFICREGIONALX", NULL },
        { "x" AWS_ID " " AWS_ID "x", NULL },
        { "AKIA"
          "QYLPMN5HFIQR7XY",
          NULL }, /* short */
        { "AKIA"
          "QYLPMN5HFIQR7XY1",
          NULL },                         /* not base32 */
        { "ACCAGTTTAGACCAGATTAG", NULL }, /* DNA */
        { "AROA"
          "QYLPMN5HFIQR7XYA",
          NULL }, /* a role id is no secret */
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_private_keys_go_and_public_ones_stay)
{
    static const struct row rows[] = {
        { "a\n" PEM_BEGIN "\n" PEM_LINE "\n" PEM_LINE "\nAb==\n" PEM_END "\nb", "a\n[private_key]\nb" },
        { "k=" PEM_BEGIN "\\n" PEM_LINE "\\n" PEM_END "\\n;", "k=[private_key]\\n;" },
        { PEM_BEGIN PEM_LINE PEM_END, "[private_key]" },
        { PEM_BEGIN " " PEM_LINE " " PEM_LINE " then words follow", "[private_key] then words follow" },
        { PEM_BEGIN "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n" PEM_LINE "\n-- cut", "[private_key]\n-- cut" },
        { "-----BEGIN PRIVATE"
          " KEY-----\nMII",
          "[private_key]" },
        { "-----BEGIN OPENSSH"
          " PRIVATE KEY-----",
          "[private_key]" },
        { "-----BEGIN PGP"
          " PRIVATE KEY BLOCK-----\nVersion: 1\n\n" PEM_LINE "\n",
          "[private_key]\n" },
        { "-----BEGIN RSA"
          " PRIVATE KEY",
          "[private_key]" },
        { "-----BEGIN CERTIFICATE-----\n" PEM_LINE "\n-----END CERTIFICATE-----", NULL },
        { "-----BEGIN PUBLIC KEY-----\n" PEM_LINE "\n-----END PUBLIC KEY-----", NULL },
        { "----BEGIN RSA"
          " PRIVATE KEY----",
          NULL },
        { "-----BEGIN -----", NULL },
        { PEM_END, NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_bearer_and_basic_credentials_go_and_sentences_stay)
{
    static const struct row rows[] = {
        { "curl -H 'X: Bearer abcd1234efgh5678'", "curl -H 'X: Bearer [credential]'" },
        { "BEARER mF_9.B5f-4.1JqM", "BEARER [credential]" },
        { "bearer%20abcd1234efgh", "bearer%20[credential]" },
        { "Bearer "
          "QWxhZGRpbkpvaG5TbWl0aEFuZE90aGVyTmFtZXM",
          "Bearer [credential]" },
        { "sent Basic ZGVtbzpw"
          "YXNzd29yZA== ok",
          "sent Basic [credential] ok" },
        { "basic ZGVtbzpw"
          "YXNzd29yZA",
          "basic [credential]" },
        { "Bearer token required", NULL },
        { "Bearer authentication failed", NULL },
        { "Bearer token-authentication-is-required-here-now", NULL },
        { "Basic plan, Basic 1234", NULL },
        { "Bearer", NULL },
        { "Forbearer abcd1234efgh", NULL },
        { "the basics of bearers", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_passwords_in_addresses_go_and_the_place_stays)
{
    static const struct row rows[] = {
        { "mysql+pymysql://app:Hunter2@db:3306/kpi", "mysql+pymysql://app:[credential]@db:3306/kpi" },
        { "redis://:s3cr3t@cache/0", "redis://:[credential]@cache/0" },
        { "amqp://u:p@ss:w@rd@host", "amqp://u:[credential]@host" },
        { "postgres://u:pa/ss#x?y@host/db", "postgres://u:[credential]@host/db" },
        { "https://abcdef0123456789abcd@github.com/x", "https://[credential]@github.com/x" },
        { "http://user@host.example.com/", NULL },
        { "https://example.com:8080/a@b", NULL },
        { "https://[::1]:80/x@y", NULL },
        { "https://u:${DB_PASSWORD}@host", NULL },
        { "https://u:***@host", NULL },
        { "https://medium.com/@someone", NULL },
        { "see http:// and ://a:b@c", NULL },
        { "file:///C:/x@y", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_every_detector_is_counted_under_its_name)
{
    static const struct row rows[] = {
        { "joe@example.com ann@example.com", "{\"email\":2}" },
        { CARD, "{\"credit_card\":1}" },
        { JWT_TEXT, "{\"jwt\":1}" },
        { AWS_ID " " AWS_SECRET, "{\"aws_access_key\":1,\"aws_secret_key\":1}" },
        { PEM_BEGIN "\n" PEM_LINE "\n" PEM_END, "{\"private_key\":1}" },
        { "x Bearer abcd1234efgh5678", "{\"bearer\":1}" },
        { "x Basic ZGVtbzpw"
          "YXNzd29yZA==",
          "{\"basic\":1}" },
        { "ftp://u:hunter2@h", "{\"url_credential\":1}" },
        { "nothing here", "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        text_of(nj_str_of(rows[i].in));
        ck_assert_counts(rows[i].want);
    }
    ck_assert_counts("");
}
END_TEST

START_TEST(test_redact_a_refused_candidate_does_not_use_up_what_follows)
{
    ck_assert_text("a@b a@b.com", "a@b [email]");
    ck_assert_text("1111 4242 "
                   "4242 4242 4242",
                   "1111 [credit_card-4242]");
    ck_assert_text("eyJeyJ." JWT_TEXT, "eyJeyJ.[jwt]");
    ck_assert_text("AKIAAKIA " AWS_ID, "AKIAAKIA [aws_key]");
    ck_assert_text("-----BEGIN X-----BEGIN RSA"
                   " PRIVATE KEY-----\n" PEM_LINE,
                   "-----BEGIN X[private_key]");
}
END_TEST

/* Marks are made 64 bytes at a time: what is found must not depend on where a block ends. */
START_TEST(test_redact_findings_do_not_depend_on_their_position)
{
    static const struct row rows[] = {
        { "joe@example.com", "[email]" },
        { CARD, "[credit_card-4242]" },
        { "4242 "
          "4242 4242 4242",
          "[credit_card-4242]" },
        { JWT_TEXT, "[jwt]" },
        { AWS_ID, "[aws_key]" },
        { "Bearer abcd1234efgh", "Bearer [credential]" },
        { PEM_BEGIN PEM_LINE PEM_END, "[private_key]" },
        { "password=hunter2", "password=[secret]" },
        { "ftp://u:hunter2@h", "ftp://u:[credential]@h" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        for (size_t before = 0; before < 140; before++) {
            struct nj_buf in, want;
            nj_buf_init(&in, 4096);
            nj_buf_init(&want, 4096);
            for (size_t k = 0; k < before; k++) {
                nj_buf_addc(&in, ' ');
                nj_buf_addc(&want, ' ');
            }
            nj_buf_addf(&in, "%s tail", rows[i].in);
            nj_buf_addf(&want, "%s tail", rows[i].want);
            nj_buf_addc(&want, '\0');
            ck_assert_view_eq(text_of(nj_buf_str(&in)), want.p);
            nj_buf_fini(&in);
            nj_buf_fini(&want);
        }
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_email_addresses_go_and_their_lookalikes_stay)                                                                            \
    X(test_redact_card_numbers_need_brand_check_digit_and_borders)                                                                         \
    X(test_redact_json_web_tokens_are_told_by_their_header)                                                                                \
    X(test_redact_aws_keys_go_with_the_secret_beside_them)                                                                                 \
    X(test_redact_private_keys_go_and_public_ones_stay)                                                                                    \
    X(test_redact_bearer_and_basic_credentials_go_and_sentences_stay)                                                                      \
    X(test_redact_passwords_in_addresses_go_and_the_place_stays)                                                                           \
    X(test_redact_every_detector_is_counted_under_its_name)                                                                                \
    X(test_redact_a_refused_candidate_does_not_use_up_what_follows)                                                                        \
    X(test_redact_findings_do_not_depend_on_their_position)

REDACT_TEST_MAIN("redact_detectors")

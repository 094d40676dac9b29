/* Tests of the field names: which are secret, what cancels one, and the operator's own lists. */
#include "redact_unit.h"

#include <stdio.h>

/* The value of the member with this name, and the counter it went under. */
static void check_name(const char *name, const char *counter)
{
    char in[256], want[256];
    snprintf(in, sizeof(in), "{\"%s\":\"Tulip77!\"}", name);
    bool removed = counter != NULL && (strcmp(counter, "pin") == 0 || strcmp(counter, "cvv") == 0);
    snprintf(want, sizeof(want), removed ? "{}" : "{\"%s\":\"%s\"}", name, counter != NULL ? "[secret]" : "Tulip77!");
    ck_assert_json(in, want);
    snprintf(want, sizeof(want), "{\"key.%s\":1}", counter != NULL ? counter : "");
    ck_assert_counts(counter != NULL ? want : "");
}

static const char *const spellings[][2] = {
    { "password", "password" },
    { "PASSWORD", "password" },
    { "dbPassword", "password" },
    { "db_password", "password" },
    { "db-passwd", "password" },
    { "dbpassword", "password" },
    { "spring.datasource.password", "password" },
    { "password2", "password" },
    { "newPassword1", "password" },
    { "userPwd", "password" },
    { "passWord", "password" },
    { "SMTP_PASS", "password" },
    { "passwordHash", "password" },
    { "user[password]", "password" },
    { "passphrase", "passphrase" },
    { "passcode", "passcode" },
    { "secret", "secret" },
    { "mySecret", "secret" },
    { "secrets", "secret" },
    { "secret-key", "secret" },
    { "secretString", "secret" },
    { "clientSecret", "client_secret" },
    { "AWS_SECRET_ACCESS_KEY", "secret_access_key" },
    { "SecretAccessKey", "secret_access_key" },
    { "credentials", "credential" },
    { "pin", "pin" },
    { "cardPin", "pin" },
    { "pinBlock", "pin" },
    { "otp", "otp" },
    { "totpCode", "otp" },
    { "mfaCode", "otp" },
    { "CVV", "cvv" },
    { "cvv2", "cvv" },
    { "cid", "cvv" },
    { "security_code", "cvv" },
    { "securityAnswer", "security_answer" },
    { "recoveryCodes", "recovery_code" },
    { "private_key", "private_key" },
    { "rsaPrivateKey", "private_key" },
    { "signingKey", "signing_key" },
    { "sig", "signature" },
    { "encryption-key", "encryption_key" },
    { "apiKey", "api_key" },
    { "x-api-key", "api_key" },
    { "APIKey", "api_key" },
    { "apikey", "api_key" },
    { "AccountKey", "account_key" },
    { "SharedAccessKey", "shared_access_key" },
    { "Ocp-Apim-Subscription-Key", "subscription_key" },
    { "x-functions-key", "functions_key" },
    { "integration_key", "integration_key" },
    { "client_assertion", "assertion" },
    { "Authorization", "authorization" },
    { "proxy-authorization", "authorization" },
    { "authorizationToken", "authorization" },
    { "Cookie", "cookie" },
    { "Set-Cookie", "cookie" },
    { "x-amz-security-token", "token" },
    { "X-Vault-Token", "token" },
    { "x-csrf-token", "token" },
    { "refreshToken", "token" },
    { "id_token", "token" },
    { "bearerToken", "token" },
    { "accesstoken", "token" },
    { "token", "token" },
    { "jwt", "jwt" },
    { "sessionId", "session_id" },
    { "session.id", "session_id" },
    { "JSESSIONID", "session_id" },
    { "PHPSESSID", "session_id" },
    { "connect.sid", "session_id" },
    { "sid", "session_id" },
    { "ConnectionString", "connection_string" },
    { "SENTRY_DSN", "connection_string" },
    { "sasl.jaas.config", "connection_string" },
    { "deviceCode", "device_code" },
    { "ssn", "ssn" },
    { "national_id", "national_id" },
    { "taxId", "national_id" },
    { "iban", "iban" },
    { "cardNumber", "card_number" },
    { "accountNumber", "account_number" },
    { "routing-number", "routing_number" },
    { "sortCode", "sort_code" },
    { "MSISDN", "msisdn" },
    { "pass", "password" },
    { "adminpwd", "password" },
    { "smtppass", "password" },
    { "redis_auth", "password" },
    { "heslo", "password" },
    { "has\xC5\x82o", "password" },
    { "l\xC3\xB6senord", "password" },
    { "salasana", "password" },
    { "senhaAtual", "password" },
    { "userPswd", "password" },
    { "recovery_phrase", "password" },
    { "nameOnCard", "name" },
    { "twoFactorCode", "otp" },
    { "client-key-data", "private_key" },
    { "contrase\xC3\xB1"
      "aNueva",
      "password" },
    { "mot_de_passe_actuel", "password" },
    { "Vorname", "name" },
    { "pr\xC3\xA9nom", "name" },
    { "nomDeFamille", "name" },
    { "segundo_apellido", "name" },
    { "geburtsdatum", "birth" },
    { "dataDeNascimento", "birth" },
    { "X-Amz-Signature", "signature" },
    { "codeParameter", "otp" },
    { "accessKey", "secret_access_key" },
    { "SAMLResponse", "oauth_code" },
    { "code_verifier", "oauth_code" },
    { "identitySource", "authorization" },
    { "p\\u0061ssword", "password" }, /* escapes undone */
    { "pa\\u0073\\u0073word", "password" },
    { "\xEF\xBD\x90\xEF\xBD\x81\xEF\xBD\x93\xEF\xBD\x93word", "password" }, /* full width */
    { "pass\xE2\x80\x8Bword", "password" },                                 /* an invisible character inside */
};

START_TEST(test_redact_names_of_secrets_are_known_in_every_spelling)
{
    for (size_t i = 0; i < NJ_COUNT(spellings); i++)
        check_name(spellings[i][0], spellings[i][1]);
}
END_TEST

static const char *const about_secrets[] = {
    "passwordPolicy",
    "password_rotation_days",
    "passwordLength",
    "secretName",
    "secretArn",
    "secret_id",
    "tokenType",
    "token_count",
    "tokens",
    "tokens_in",
    "maxToken",
    "nextToken",
    "next_page_token",
    "continuationToken",
    "paginationToken",
    "promptToken",
    "completion_token",
    "publicKey",
    "publicApiKey",
    "primaryKey",
    "partition_key",
    "sortKey",
    "cacheKey",
    "idempotency-key",
    "s3Key",
    "bucketKey",
    "objectKey",
    "apiKeyId",
    "apiKeySource",
    "sessionIdLength",
    "authorizationEndpoint",
    "cookieConsent",
    "cookie_banner",
    "credentialsExpired",
    "passwordRequired",
    "secretsLoaded",
    "keySchema",
    "authProvider",
    "author",
    "authority",
    "spinning",
    "pincode",
    "email", /* no address */
    "phone", /* no number */
    "mobile",
    "passport",
    "address",
    "clientIp", /* kept by this preset */
    "latitude",
    "username",
    "imei",
    "code",
    "opinion",
    "passenger",
    "bypass",
    "compass",
    "tokenizer",
    "secretary",
    "passwordless",
    "last4",
    "signature",
    "considerate",
    "residence",
    "assertionError",
    "passwordChangedAt",
    "password-stdin",
    "existingSecret",
    "secretScanning",
    "passwordHashRounds",
    "credentialsExpiration",
    "sequenceToken",
    "syncToken",
    "clientRequestToken",
    "vornameLength",
    "telefon", /* no number */
    "adresse",
    "given", /* without a family */
    "family",
    "auth", /* no token */
    "session",
    "key",
    "code",
    "name",
    "",
};

START_TEST(test_redact_names_that_speak_about_a_secret_are_left)
{
    for (size_t i = 0; i < NJ_COUNT(about_secrets); i++)
        check_name(about_secrets[i], NULL);
}
END_TEST

/* A catalogue of texts has the label under the name; a password that is the word itself is still one. */
START_TEST(test_redact_labels_of_catalogues_are_left)
{
    ck_assert_json("{\"login.password\":\"Password\"}", "{\"login.password\":\"Password\"}");
    ck_assert_json("{\"login.password\":\"password\"}", "{\"login.password\":\"[secret]\"}");
    ck_assert_json("{\"password\":\"Password\"}", "{\"password\":\"[secret]\"}");
    ck_assert_json("{\"password\":\"pw\"}", "{\"password\":\"[secret]\"}");
}
END_TEST

START_TEST(test_redact_names_of_persons_go_by_their_class)
{
    static const char *const rows[][3] = {
        { "default", "{\"firstName\":\"Ada\",\"lastname\":\"B\",\"fullName\":\"Ada B\",\"display_name\":\"Ada\"}",
          "{\"firstName\":\"[secret]\",\"lastname\":\"[secret]\",\"fullName\":\"[secret]\",\"display_name\":\"[secret]\"}" },
        { "default", "{\"dob\":\"1980-02-01\",\"dateOfBirth\":19800201,\"birthdate\":\"1/2/80\"}",
          "{\"dob\":\"[secret]\",\"dateOfBirth\":\"[secret]\",\"birthdate\":\"[secret]\"}" },
        { "default", "{\"phone\":\"020 7946 0018\",\"mobile\":\"ios\",\"phones\":[{\"type\":\"home\",\"number\":5551234}]}",
          "{\"phone\":\"[secret]\",\"mobile\":\"ios\",\"phones\":[{\"type\":\"home\",\"number\":\"[secret]\"}]}" },
        { "default", "{\"email\":\"joe@localhost\",\"emailVerified\":\"a@b\"}", "{\"email\":\"[secret]\",\"emailVerified\":\"a@b\"}" },
        { "default",
          "{\"shippingAddress\":{\"street\":\"Elm 1\",\"type\":\"home\"},\"address\":{\"line\":\"x\"},\"postalCode\":\"AB1 2CD\"}",
          "{\"shippingAddress\":{\"street\":\"[secret]\",\"type\":\"home\"},\"address\":{\"line\":\"[secret]\"},\"postalCode\":\"[secret]"
          "\"}" },
        { "default", "{\"passportNumber\":\"X1234567\",\"passport\":\"initialized\",\"driversLicense\":\"D1234567\"}",
          "{\"passportNumber\":\"[secret]\",\"passport\":\"initialized\",\"driversLicense\":\"[secret]\"}" },
        { "default", "{\"diagnosis\":\"J45\",\"mrn\":123}", "{\"diagnosis\":\"[secret]\",\"mrn\":\"[secret]\"}" },
        { "pci", "{\"diagnosis\":\"J45\",\"mrn\":123}", "{\"diagnosis\":\"J45\",\"mrn\":123}" },
        { "hipaa", "{\"deviceId\":\"d-1\",\"lat\":51.5,\"ip\":\"x\"}", "{\"deviceId\":\"[secret]\",\"lat\":\"[secret]\",\"ip\":\"x\"}" },
        { "pci", "{\"pan\":\"4242424242420001\",\"cardNumber\":\"" CARD "\",\"PAN\":12}",
          "{\"pan\":\"[secret-0001]\",\"cardNumber\":\"[secret-4242]\",\"PAN\":12}" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        use(rows[i][0], NULL, NULL);
        ck_assert_json(rows[i][1], rows[i][2]);
    }
}
END_TEST

START_TEST(test_redact_very_long_names_are_decided_by_their_end)
{
    struct nj_buf in;
    nj_buf_init(&in, 1 << 20);
    nj_buf_addz(&in, "{\"");
    for (int i = 0; i < 5000; i++)
        nj_buf_addz(&in, "a_");
    nj_buf_addz(&in, "password\":\"x1\"}");
    struct nj_str out = json_of(nj_buf_str(&in));
    ck_assert_counts("{\"key.password\":1}");
    ck_assert(out.n < 300);
    ck_assert(nj_str_ends(out, NJ_STR("_password\":\"[secret]\"}")));
    nj_buf_fini(&in);
}
END_TEST

/* More names than the memory of names has places, twice: a remembered answer is the answer. */
START_TEST(test_redact_remembered_names_keep_their_answers)
{
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 3000; i++) {
            char name[64];
            snprintf(name, sizeof(name), i % 3 == 0 ? "f%d_password" : "f%d_passworth", i);
            check_name(name, i % 3 == 0 ? "password" : NULL);
        }
}
END_TEST

START_TEST(test_redact_own_names_are_globs_without_case)
{
    use(NULL, "customer*, *_ref ,x-internal", NULL);
    check_name("customerName", "custom");
    check_name("CUSTOMER", "custom");
    check_name("order_REF", "custom");
    check_name("X-Internal", "custom");
    check_name("x-internal-2", NULL);
    check_name("refs", NULL);
    check_name("password", "password");
    ck_assert_text("order_ref=12 other=13", "order_ref=[secret] other=13");
}
END_TEST

START_TEST(test_redact_allowed_names_are_left_and_their_values_scanned)
{
    use(NULL, NULL, "token,*Cookie");
    check_name("token", NULL);
    check_name("TOKEN", NULL);
    check_name("sessionCookie", NULL);
    check_name("refresh_token", "token");
    ck_assert_json("{\"token\":\"of joe@example.com\"}", "{\"token\":\"of [email]\"}");
}
END_TEST

START_TEST(test_redact_own_names_win_over_allowed_ones)
{
    use(NULL, "tok*", "*en");
    check_name("token", "custom");
    check_name("bearerToken", NULL);
}
END_TEST

START_TEST(test_redact_a_star_takes_every_name_and_keeps_placeholders)
{
    use(NULL, "*", NULL);
    ck_assert_json("{\"a\":1,\"b\":{\"c\":\"x\",\"d\":[true,null,2]}}",
                   "{\"a\":\"[secret]\",\"b\":{\"c\":\"[secret]\",\"d\":[true,null,\"[secret]\"]}}");
    ck_assert_json_stays("{\"a\":\"[credit_card-4242]\",\"b\":\"[email]\"}");
}
END_TEST

START_TEST(test_redact_malformed_name_lists_are_refused)
{
    static const char *const lists[] = { ",",    "a,",   ",a",   "a,,b", " ",   "a b",   "a\tb", "**",
                                         "a**b", "a\"b", "[ab]", "a?",   "{a}", "a\x01", "a\\b" };
    struct nj_redactor *r = NULL;
    for (size_t i = 0; i < NJ_COUNT(lists); i++) {
        struct nj_redact_options keys = { .keys = nj_str_of(lists[i]) }, allow = { .allow_keys = nj_str_of(lists[i]) };
        ck_assert_msg(nj_redactor_new(&r, &keys) == NJ_EPARSE, "keys \"%s\"", lists[i]);
        ck_assert_ptr_null(r);
        ck_assert_msg(nj_redactor_new(&r, &allow) == NJ_EPARSE, "allow_keys \"%s\"", lists[i]);
        ck_assert_ptr_null(r);
    }
}
END_TEST

START_TEST(test_redact_name_lists_have_limits)
{
    struct nj_redactor *r = NULL;
    struct nj_buf list;
    nj_buf_init(&list, 1 << 20);
    for (int i = 0; i < 64; i++)
        nj_buf_addf(&list, "%sname%d", i == 0 ? "" : ",", i);
    ck_assert_int_eq(nj_redactor_new(&r, &(struct nj_redact_options){ .keys = nj_buf_str(&list) }), NJ_OK);
    nj_redactor_free(r);
    nj_buf_addz(&list, ",more");
    ck_assert_int_eq(nj_redactor_new(&r, &(struct nj_redact_options){ .keys = nj_buf_str(&list) }), NJ_EPARSE);
    nj_buf_reset(&list);
    for (int i = 0; i < 129; i++)
        nj_buf_addc(&list, 'a');
    ck_assert_int_eq(nj_redactor_new(&r, &(struct nj_redact_options){ .keys = nj_buf_str(&list) }), NJ_EPARSE);
    ck_assert_int_eq(nj_redactor_new(&r, &(struct nj_redact_options){ .keys = nj_str_slice(nj_buf_str(&list), 0, 128) }), NJ_OK);
    nj_redactor_free(r);
    nj_buf_fini(&list);
}
END_TEST

START_TEST(test_redact_presets_are_known_by_name_and_others_refused)
{
    static const char *const known[] = { "default", "strict", "pci", "hipaa", "off", "PCI", "" };
    static const char *const unknown[] = { "of", "none", "defaults", " default" };
    struct nj_redactor *r = NULL;
    for (size_t i = 0; i < NJ_COUNT(known); i++) {
        ck_assert_int_eq(nj_redactor_new(&r, &(struct nj_redact_options){ .policy = nj_str_of(known[i]) }), NJ_OK);
        nj_redactor_free(r);
    }
    for (size_t i = 0; i < NJ_COUNT(unknown); i++) {
        ck_assert_int_eq(nj_redactor_new(&r, &(struct nj_redact_options){ .policy = nj_str_of(unknown[i]) }), NJ_EPARSE);
        ck_assert_ptr_null(r);
    }
    nj_redactor_free(NULL);
}
END_TEST

START_TEST(test_redact_presets_differ_in_what_a_card_leaves)
{
    static const char *const rows[][2] = {
        { "default", "[credit_card-4242]" },
        { "strict", "[credit_card]" },
        { "pci", "[credit_card-4242]" },
        { "hipaa", "[credit_card]" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        use(rows[i][0], NULL, NULL);
        ck_assert_text(CARD, rows[i][1]);
        ck_assert_text("joe@example.com password=Tulip77", "[email] password=[secret]");
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_names_of_secrets_are_known_in_every_spelling)                                                                            \
    X(test_redact_names_that_speak_about_a_secret_are_left)                                                                                \
    X(test_redact_labels_of_catalogues_are_left)                                                                                           \
    X(test_redact_names_of_persons_go_by_their_class)                                                                                      \
    X(test_redact_very_long_names_are_decided_by_their_end)                                                                                \
    X(test_redact_remembered_names_keep_their_answers)                                                                                     \
    X(test_redact_own_names_are_globs_without_case)                                                                                        \
    X(test_redact_allowed_names_are_left_and_their_values_scanned)                                                                         \
    X(test_redact_own_names_win_over_allowed_ones)                                                                                         \
    X(test_redact_a_star_takes_every_name_and_keeps_placeholders)                                                                          \
    X(test_redact_malformed_name_lists_are_refused)                                                                                        \
    X(test_redact_name_lists_have_limits)                                                                                                  \
    X(test_redact_presets_are_known_by_name_and_others_refused)                                                                            \
    X(test_redact_presets_differ_in_what_a_card_leaves)

REDACT_TEST_MAIN("redact_keys")

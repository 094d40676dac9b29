/* Tests of what operators let be: exact values, given as their pseudonyms, and paths that are safe in what one kind of event source sends. */
#include "redact_rules_unit.h"

#include <stdio.h>

static char file[1024];

/* Rules that let one value be. */
static const char *allowing(enum nj_pseudonym_class class, const char *value)
{
    struct nj_buf b;
    nj_buf_init(&b, 256);
    use_rules(NULL, "[]"); /* makes the key */
    nj_pseudonym_add(pseudonyms, class, (struct nj_str){ NULL, 0 }, nj_str_of(value), &b);
    snprintf(file, sizeof(file), "{\"allow_values\":[\"hmac:k1:0000000000000000\",\"%.*s\"]}", NJ_STR_ARG(nj_buf_str(&b)));
    nj_buf_fini(&b);
    return file;
}

START_TEST(test_allow_an_address_that_is_nobodys)
{
    use_rules(NULL, allowing(NJ_PSEUDONYM_EMAIL, "joe@example.com"));
    (void)counts_of();
    ck_assert_text_stays("mail joe@example.com, or Joe@Example.com ok");
    ck_assert_json_stays("{\"email\":\"joe@example.com\",\"joe@example.com\":1,\"text\":\"from <joe@example.com>\"}");
    ck_assert(counts_of().n == 0 || nj_str_eq(counts_of(), NJ_STR("{}")));
    ck_assert_text("mail joe@example.com, ann@example.com ok", "mail joe@example.com, hmac:k1:ab9154659cc078e7 ok");
    ck_assert_text("mail joe@example.community ok", "mail hmac:k1:de2167cadc925fa3 ok");
}
END_TEST

START_TEST(test_allow_a_value_of_a_secret_name)
{
    use_rules(NULL, allowing(NJ_PSEUDONYM_VALUE, "demo-login-1"));
    ck_assert_json("{\"password\":\"demo-login-1\",\"token\":\"demo-login-2\",\"n\":1}",
                   "{\"password\":\"demo-login-1\",\"token\":\"[secret]\",\"n\":1}");
    ck_assert_text("password=demo-login-1 secret=demo-login-12", "password=demo-login-1 secret=[secret]");
    ck_assert_text("{'password': 'demo-login-1', 'secret': 'x demo-login-1'}", "{'password': 'demo-login-1', 'secret': '[secret]'}");
    use_rules(NULL, allowing(NJ_PSEUDONYM_VALUE, "48291045"));
    ck_assert_json_stays("{\"password\":48291045}");
    ck_assert_json("{\"password\":48291046}", "{\"password\":\"[secret]\"}");
}
END_TEST

START_TEST(test_allow_a_card_for_tests_however_it_is_grouped)
{
    use_rules(NULL, allowing(NJ_PSEUDONYM_PAN, CARD));
    ck_assert_text_stays("paid with 4242 4242 4242 4242 and " CARD);
    ck_assert_json_stays("{\"card\":4242424242424242,\"card_number\":\"4242-4242-4242-4242\"}");
    ck_assert_text("paid with 5555555555554444", "paid with [credit_card-4444]");
}
END_TEST

START_TEST(test_allow_goes_by_the_class_and_the_key)
{
    use_rules(NULL, allowing(NJ_PSEUDONYM_VALUE, "joe@example.com"));
    ck_assert_text("mail joe@example.com", "mail hmac:k1:a4c6589f60ac62e6");
    const char *json = allowing(NJ_PSEUDONYM_EMAIL, "joe@example.com");
    struct nj_pseudonyms *other = NULL;
    ck_assert_int_eq(
        nj_pseudonyms_new(&other, NJ_STR("k2:ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"), NJ_STR(KEY_HEX)), NJ_OK);
    use_rules(NULL, json);
    struct nj_redact_options o = { .rules = rules, .pseudonyms = other };
    nj_redactor_free(redactor);
    ck_assert_int_eq(nj_redactor_new(&redactor, &o), NJ_OK);
    ck_assert_text_stays("mail joe@example.com"); /* the key it was made with is the one before */
    o.pseudonyms = NULL;
    nj_redactor_free(redactor);
    ck_assert_int_eq(nj_redactor_new(&redactor, &o), NJ_OK);
    ck_assert_text("mail joe@example.com", "mail [email]");
    nj_pseudonyms_free(other);
}
END_TEST

static struct nj_str data_of(const char *attr, const char *trigger, const char *json)
{
    static struct nj_resource resource;
    static struct nj_clean clean;
    struct nj_record record;
    nj_record_init(&record);
    record.origin = NJ_FROM_PAYLOAD;
    record.data_json = nj_str_of(json);
    nj_attrs_str(&record.where, nj_str_of(attr), nj_str_of(trigger));
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-1"), &clean), NJ_OK);
    return clean.data;
}

START_TEST(test_allow_paths_of_one_trigger)
{
    static const char in[] = "{\"payload\":{\"item\":{\"token\":\"a1b2c3d4\",\"street\":\"Elm 4\"},\"token\":\"e5f6a7b8\"}}";
    static const char safe[] = "{\"payload\":{\"item\":{\"token\":\"a1b2c3d4\",\"street\":\"Elm 4\"},\"token\":\"[secret]\"}}";
    static const char none[] = "{\"payload\":{\"item\":{\"token\":\"[secret]\",\"street\":\"[secret]\"},\"token\":\"[secret]\"}}";
    use_rules(NULL, "{\"safe_paths\":{\"sqs\":[\"payload.item.*\"],\"http\":[\"other.token\"]}}");
    ck_assert_view_eq(data_of("nightjar.trigger", "sqs", in), safe);
    ck_assert_view_eq(data_of("nightjar.trigger", "s3", in), none);
    ck_assert_view_eq(data_of("faas.trigger", "http", in), none);
    ck_assert_view_eq(data_of("cloud.region", "sqs", in), none);
    ck_assert_json(in, none); /* what was said of a record is not said of what follows */
    use_rules(NULL, "{\"safe_paths\":{\"pubsub\":[\"payload.item.*\"]}}");
    ck_assert_view_eq(data_of("faas.trigger", "pubsub", in), safe);
    /* Only the name is trusted. */
    ck_assert_view_eq(data_of("faas.trigger", "pubsub", "{\"payload\":{\"item\":{\"token\":\"joe@example.com\"}}}"),
                      "{\"payload\":{\"item\":{\"token\":\"hmac:k1:a4c6589f60ac62e6\"}}}");
}
END_TEST

START_TEST(test_allow_what_is_not_understood_is_refused)
{
    static const struct {
        const char *json, *says;
    } rows[] = {
        { "{\"allow_values\":\"x\"}", "no list of pseudonyms" },
        { "{\"allow_values\":[\"joe@example.com\"]}", "as its pseudonym" },
        { "{\"allow_values\":[\"hmac:k1:7c8f36cfc2ffd62\"]}", "as its pseudonym" },
        { "{\"allow_values\":[\"hmac:k1:7c8f36cfc2ffd62c \"]}", "as its pseudonym" },
        { "{\"allow_values\":[7]}", "no string" },
        { "{\"safe_paths\":[]}", "safe_paths is an object" },
        { "{\"safe_paths\":{\"sqs\":\"a.b\"}}", "paths is no list" },
        { "{\"safe_paths\":{\"sqs\":[\"name\"]}}", "a path has dots" },
        { "{\"safe_paths\":{\"\":[\"a.b\"]}}", "1 to 32 bytes" },
        { "{\"actions\":{\"email\":\"bin_last4\"}}", "for the class pan" },
        { "[{\"name\":\"a\",\"pattern\":\"KD-[0-9]{8}\",\"action\":\"bin_last4\"}]", "for the class pan" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_rules *bad = NULL;
        struct nj_rules_error error;
        ck_assert_int_eq(nj_rules_new(&bad, nj_str_of(rows[i].json), &error), NJ_EPARSE);
        ck_assert_msg(strstr(error.text, rows[i].says) != NULL, "%s: %s", rows[i].json, error.text);
    }
}
END_TEST

START_TEST(test_allow_lists_have_limits)
{
    struct nj_rules *bad = NULL;
    struct nj_rules_error error;
    struct nj_buf b;
    nj_buf_init(&b, 64 << 10);
    for (size_t n = 256; n <= 257; n++) {
        nj_buf_reset(&b);
        for (size_t i = 0; i < n; i++)
            nj_buf_addf(&b, "%s\"hmac:k1:%016zx\"", i == 0 ? "{\"allow_values\":[" : ",", i);
        nj_buf_addz(&b, "]}");
        ck_assert_int_eq(nj_rules_new(&bad, nj_buf_str(&b), &error), n == 256 ? NJ_OK : NJ_EPARSE);
        nj_rules_free(bad);
        bad = NULL;
    }
    for (size_t n = 16; n <= 17; n++) {
        nj_buf_reset(&b);
        for (size_t i = 0; i < n; i++)
            nj_buf_addf(&b, "%s\"t%zu\":[\"a.b\"]", i == 0 ? "{\"safe_paths\":{" : ",", i);
        nj_buf_addz(&b, "}}");
        ck_assert_int_eq(nj_rules_new(&bad, nj_buf_str(&b), &error), n == 16 ? NJ_OK : NJ_EPARSE);
        nj_rules_free(bad);
        bad = NULL;
    }
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_allow_the_issuer_of_a_card)
{
    use_rules("pci", "{\"actions\":{\"pan\":\"bin_last4\"}}");
    ck_assert_text("paid with 4242 4242 4242 4242.", "paid with [credit_card-424242-4242].");
    ck_assert_text_stays("paid with [credit_card-424242-4242]. personnummer phone routing");
    ck_assert_json("{\"cardNumber\":\"378282246310005\",\"n\":1}", "{\"cardNumber\":\"[secret-378282-0005]\",\"n\":1}");
    ck_assert_text("card 4222222222222 ok", "card [credit_card-2222] ok"); /* three hidden digits would be none */
    ck_assert_text_stays("[credit_card-42424-4242] [credit_card-424242-424]");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_allow_an_address_that_is_nobodys)                                                                                               \
    X(test_allow_a_value_of_a_secret_name)                                                                                                 \
    X(test_allow_a_card_for_tests_however_it_is_grouped)                                                                                   \
    X(test_allow_goes_by_the_class_and_the_key)                                                                                            \
    X(test_allow_paths_of_one_trigger)                                                                                                     \
    X(test_allow_what_is_not_understood_is_refused)                                                                                        \
    X(test_allow_lists_have_limits)                                                                                                        \
    X(test_allow_the_issuer_of_a_card)

REDACT_TEST_MAIN("redact_allow")

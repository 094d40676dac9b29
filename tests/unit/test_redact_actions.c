/* Tests of what is done with what was found: presets, pseudonyms, members that go, and "off". */
#include "nightjar/random.h"
#include "redact_unit.h"

#include <jansson.h>
#include <stdio.h>

#define KEY_HEX "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
/* Computed with another implementation, see test_pseudonym.c. */
#define ADA      "hmac:k1:7c8f36cfc2ffd62c"
#define ADA_BLUE "hmac:k1:35ae08b416d88bc8"

static struct nj_pseudonyms *pseudonyms;

static void use_key(const char *policy)
{
    struct nj_redact_options o = { .policy = nj_str_of(policy) };
    if (pseudonyms == NULL)
        ck_assert_int_eq(nj_pseudonyms_new(&pseudonyms, NJ_STR(KEY_HEX), (struct nj_str){ NULL, 0 }), NJ_OK);
    o.pseudonyms = pseudonyms;
    nj_redactor_free(redactor);
    ck_assert_int_eq(nj_redactor_new(&redactor, &o), NJ_OK);
}

/* --- removing ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *in, *want;
} removals[] = {
    { "{\"password\":\"x1\"}", "{}" },
    { "{\"password\":\"x1\",\"a\":1}", "{\"a\":1}" },
    { "{\"a\":1,\"password\":\"x1\"}", "{\"a\":1}" },
    { "{\"a\":1,\"password\":\"x1\",\"b\":2}", "{\"a\":1,\"b\":2}" },
    { "{\"password\":\"x1\",\"token\":\"abcd\",\"b\":2}", "{\"b\":2}" },
    { "{\"a\":1,\"password\":\"x1\",\"token\":\"abcd\"}", "{\"a\":1}" },
    { "{\"password\":\"x1\",\"a\":1,\"token\":\"abcd\",\"b\":2,\"secret\":\"q\"}", "{\"a\":1,\"b\":2}" },
    { "{ \"password\" : \"x1\" , \"a\" : 1 }", "{   \"a\" : 1 }" },
    { "[{\"password\":\"x1\"},{\"password\":7}]", "[{},{}]" },
    { "{\"o\":{\"password\":\"x1\",\"k\":[{\"pin\":1}]},\"pin\":2}", "{\"o\":{\"k\":[{}]}}" },
    { "{\"words\":[\"x1\",\"x2\"],\"password\":[\"x1\",{\"a\":\"x2\",\"type\":\"t\"}]}",
      "{\"words\":[\"x1\",\"x2\"],\"password\":[\"[secret]\",{\"type\":\"t\"}]}" },
    { "{\"credentials\":{\"user\":\"u\",\"pw\":\"p\",\"region\":\"r\"}}", "{\"credentials\":{\"region\":\"r\"}}" },
    { "{\"name\":\"password\",\"value\":\"x1\"}", "{\"name\":\"password\"}" },
    { "{\"password\":null,\"token\":true,\"secret\":\"none\"}", "{\"password\":null,\"token\":true,\"secret\":\"none\"}" },
    { "{\"s\":\"{\\\"password\\\":\\\"x1\\\",\\\"a\\\":1}\"}", "{\"s\":\"{\\\"a\\\":1}\"}" },
    { "{\"a\":{},\"password\":\"x1\",\"b\":[]}", "{\"a\":{},\"b\":[]}" },
};

START_TEST(test_redact_remove_takes_the_member_and_one_comma)
{
    use("strict", NULL, NULL);
    for (size_t i = 0; i < NJ_COUNT(removals); i++)
        ck_assert_json(removals[i].in, removals[i].want);
    counts_of();
    ck_assert_json("{\"password\":\"x1\",\"pin\":1}", "{}");
    ck_assert_counts("{\"key.password\":1,\"key.pin\":1}");
}
END_TEST

/* A name that is rewritten before its value goes must go with it. */
START_TEST(test_redact_remove_takes_a_rewritten_name_too)
{
    use_key("strict");
    ck_assert_json("{\"joe@example.com password\":\"x1\",\"b\":1}", "{\"b\":1}");
    ck_assert_json("{\"a\":1,\"joe@example.com password\":\"x1\"}", "{\"a\":1}");
}
END_TEST

START_TEST(test_redact_remove_in_text_leaves_a_placeholder)
{
    use("strict", NULL, NULL);
    ck_assert_text("login password=x1y2z3 ok", "login password=[secret] ok");
    ck_assert_text("cvv=123", "cvv=[secret]");
}
END_TEST

/* Objects of random members, of which about half go, must stay objects with the others in order. */
START_TEST(test_redact_remove_leaves_valid_json_whatever_goes)
{
    static const char *const names[] = { "password", "a", "token", "b", "pin", "c" };
    static const char *const values[] = { "\"v1xyz\"",  "7",    "{\"secret\":\"q9\",\"z\":[1,{\"pin\":3}]}",
                                          "[\"k\",{}]", "null", "\"joe@example.com\"" };
    struct nj_buf in;
    nj_buf_init(&in, 1 << 16);
    use_key("strict");
    for (unsigned round = 0; round < 20000; round++) {
        unsigned char dice[16];
        nj_random_fill(dice, sizeof(dice));
        nj_buf_reset(&in);
        nj_buf_addc(&in, '{');
        for (unsigned i = 0; i < dice[15] % 7u; i++)
            nj_buf_addf(&in, "%s%s\"%s\"%s:%s%s", i != 0 ? "," : "", dice[14] & 1 ? " " : "", names[dice[2 * i] % NJ_COUNT(names)],
                        dice[14] & 2 ? "\n" : "", values[dice[2 * i + 1] % NJ_COUNT(values)], dice[14] & 4 ? "\t" : "");
        nj_buf_addc(&in, '}');
        struct nj_str out = json_of(nj_buf_str(&in));
        struct nj_json v;
        ck_assert_msg(nj_json_parse(out, &v) == NJ_OK, "%.*s became %.*s", NJ_STR_ARG(nj_buf_str(&in)), NJ_STR_ARG(out));
        ck_assert(nj_str_find(out, NJ_STR("v1xyz"), 0) == NJ_NPOS || nj_str_find(nj_buf_str(&in), NJ_STR("\"a\""), 0) != NJ_NPOS ||
                  nj_str_find(nj_buf_str(&in), NJ_STR("\"b\""), 0) != NJ_NPOS ||
                  nj_str_find(nj_buf_str(&in), NJ_STR("\"c\""), 0) != NJ_NPOS);
        json_t *tree = json_loadb(out.p, out.n, 0, NULL);
        ck_assert_msg(tree != NULL, "%.*s", NJ_STR_ARG(out));
        const char *key;
        json_t *member;
        json_object_foreach(tree, key, member)
        {
            bool secret = strcmp(key, "password") == 0 || strcmp(key, "token") == 0 || strcmp(key, "pin") == 0;
            ck_assert_msg(!secret || json_is_null(member) || json_is_object(member) || json_is_array(member), "%s stayed in %.*s", key,
                          NJ_STR_ARG(out));
        }
        json_decref(tree);
    }
    nj_buf_fini(&in);
}
END_TEST

/* --- pseudonyms --------------------------------------------------------------------------------------------------- */

START_TEST(test_redact_email_becomes_a_pseudonym_that_joins)
{
    use_key("default");
    ck_assert_text("from ada@example.com to ADA@Example.com.", "from " ADA " to " ADA ".");
    ck_assert_json("{\"to\":\"ada@example.com\",\"ada@example.com\":1}", "{\"to\":\"" ADA "\",\"" ADA "\":1}");
    ck_assert_text("q=ada%40example.com&r=1", "q=" ADA "&r=1");
    ck_assert_counts("{\"email\":5}");
    ck_assert_json("{\"ada@example.com\":1,\"b\":2,\"Ada@example.com\":3}", "{\"" ADA "\":1,\"b\":2,\"#2 " ADA "\":3}");
}
END_TEST

START_TEST(test_redact_pseudonyms_stay_when_they_come_in_again)
{
    static const char *const rows[] = { ADA, "mail " ADA " ok", "email=" ADA, "token=" ADA, "{\"password\":\"" ADA "\"}",
                                        /* Sixteen digits that look like a card's. */
                                        "hmac:k1:" CARD, "x hmac:k12:" CARD " y", "{\"n\":\"hmac:kabcd:" CARD "\"}" };
    use_key("strict");
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_text_stays(rows[i]);
    ck_assert_text("hmac:" CARD, "hmac:[credit_card]"); /* no pseudonym */
}
END_TEST

START_TEST(test_redact_pseudonyms_of_tenants_differ)
{
    struct nj_record in;
    struct nj_clean out;
    struct nj_resource resource = { .generation = 1 };
    use_key("default");
    for (int tenant = 0; tenant < 2; tenant++) {
        nj_record_init(&in);
        in.message = NJ_STR("ada@example.com");
        if (tenant != 0)
            nj_attrs_str(&in.who, NJ_STR("tenant.id"), NJ_STR("blue"));
        ck_assert_int_eq(nj_redact_record(redactor, &in, &resource, NJ_STR("1"), &out), NJ_OK);
        ck_assert_view_eq(out.message, tenant != 0 ? ADA_BLUE : ADA);
    }
    ck_assert_text("ada@example.com", ADA); /* the tenant was the record's */
}
END_TEST

START_TEST(test_redact_without_pseudonyms_masks)
{
    use("default", NULL, NULL);
    ck_assert_text("ada@example.com", "[email]");
}
END_TEST

/* --- presets ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *policy, *card, *password, *json;
} presets[] = {
    { "default", "[credit_card-4242]", "password=[secret]", "{\"token\":\"[secret]\",\"e\":\"" ADA "\"}" },
    { "strict", "[credit_card]", "password=[secret]", "{\"e\":\"" ADA "\"}" },
    { "pci", "[credit_card-4242]", "password=[secret]", "{\"token\":\"[secret]\",\"e\":\"" ADA "\"}" },
    { "hipaa", "[credit_card]", "password=[secret]", "{\"token\":\"[secret]\",\"e\":\"" ADA "\"}" },
    { "off", CARD, "password=x1y2z3", "{\"token\":\"abcd12\",\"pin\":1,\"e\":\"ada@example.com\"}" },
};

START_TEST(test_redact_presets_do_what_their_table_says)
{
    for (size_t i = 0; i < NJ_COUNT(presets); i++) {
        use_key(presets[i].policy);
        ck_assert_text(CARD, presets[i].card);
        ck_assert_text("password=x1y2z3", presets[i].password);
        ck_assert_json("{\"token\":\"abcd12\",\"pin\":1,\"e\":\"ada@example.com\"}", presets[i].json);
        ck_assert_counts("{\"email\":1,\"credit_card\":1,\"key.password\":1,\"key.pin\":1,\"key.token\":1}");
    }
}
END_TEST

/* Nothing may switch off what protects whoever reads the log. */
START_TEST(test_redact_off_still_cleans_and_counts)
{
    use("off", NULL, NULL);
    ck_assert_text("\x1b[31mpassword=x1y2\x1b[0m\x01", "password=x1y2\\x01");
    ck_assert_counts("{\"escape_sequence\":2,\"key.password\":1}");
    ck_assert_json("{\"password\":\"a\\u001b[31mb\"}", "{\"password\":\"ab\"}");
    ck_assert_json("{\"credentials\":{\"a\":[1,\"x\"]}}", "{\"credentials\":{\"a\":[1,\"x\"]}}");
    struct nj_record in;
    struct nj_clean out;
    struct nj_resource resource = { .generation = 1 };
    nj_record_init(&in);
    nj_attrs_str(&in.who, NJ_STR("session.id"), NJ_STR("ab\x1b[31mc"));
    nj_attrs_i64(&in.data, NJ_STR("pin"), 7);
    ck_assert_int_eq(nj_redact_record(redactor, &in, &resource, NJ_STR("1"), &out), NJ_OK);
    ck_assert_view_eq(out.who.a[0].v.u.s, "abc");
    ck_assert_view_eq(out.data, "{\"pin\":7}");
}
END_TEST

START_TEST(test_redact_last4_of_a_short_number_is_no_number)
{
    use("default", NULL, NULL);
    ck_assert_json("{\"card_number\":\"1234\",\"cardNumber\":\"" CARD "\"}",
                   "{\"card_number\":\"[secret]\",\"cardNumber\":\"[secret-4242]\"}");
    ck_assert_text("card_number=" CARD, "card_number=[secret-4242]");
    ck_assert_text_stays("card_number=[secret-4242]");
}
END_TEST

START_TEST(test_redact_remove_drops_an_attribute)
{
    struct nj_record in;
    struct nj_clean out;
    struct nj_resource resource = { .generation = 1 };
    use("strict", NULL, NULL);
    nj_record_init(&in);
    nj_attrs_str(&in.who, NJ_STR("session.id"), NJ_STR("abc"));
    nj_attrs_str(&in.who, NJ_STR("team"), NJ_STR("blue"));
    nj_attrs_i64(&in.data, NJ_STR("otp"), 123456);
    nj_attrs_bool(&in.data, NJ_STR("ok"), true);
    ck_assert_int_eq(nj_redact_record(redactor, &in, &resource, NJ_STR("1"), &out), NJ_OK);
    ck_assert_uint_eq(out.who.n, 1);
    ck_assert_view_eq(out.who.a[0].key, "team");
    ck_assert_view_eq(out.data, "{\"ok\":true}");
    ck_assert_view_eq(out.counts, "{\"key.otp\":1,\"key.session_id\":1}");
}
END_TEST

/* --- payloads ----------------------------------------------------------------------------------------------------- */

static const struct {
    const char *in, *want;
} payloads[] = {
    { "{\"payload\":{\"headers\":{\"Accept\":\"text/"
      "html\",\"n\":[1,\"a\"]},\"body\":{\"name\":\"Ada\",\"n\":7,\"ok\":true,\"no\":null,\"l\":[1,\"x\",{}]}}}",
      "{\"payload\":{\"headers\":{\"Accept\":\"text/"
      "html\",\"n\":[1,\"a\"]},\"body\":{\"name\":\"[string]\",\"n\":\"[number]\",\"ok\":\"[boolean]\",\"no\":null,"
      "\"l\":[\"[number]\",\"[string]\",{}]}}}" },
    { "{ \"payload\": \"plain \\\" text\" }", "{ \"payload\": \"plain \\\" text\" }" }, /* not as it is made: left to the rest */
    { "{\"payload\":\"plain \\\" text\"}", "{\"payload\":\"[string]\"}" },
    { "{\"payload\":[{\"headers\":{\"a\":1}},-1.5e3]}", "{\"payload\":[{\"headers\":{\"a\":\"[number]\"}},\"[number]\"]}" },
    { "{\"payload\":{\"headers\":\"x\",\"multiValueHeaders\":{\"Cookie\":[\"sid=abcdef123\"]},\"b\":{\"headers\":{\"c\":1}}}}",
      "{\"payload\":{\"headers\":\"[string]\",\"multiValueHeaders\":{\"Cookie\":[\"[secret]\"]},\"b\":{\"headers\":{\"c\":\"[number]\"}}}"
      "}" },
    { "{\"payload\":{\"joe@example.com\":1}}", "{\"payload\":{\"[email]\":\"[number]\"}}" },
};

START_TEST(test_redact_strict_payloads_keep_headers_and_names)
{
    struct nj_record in;
    struct nj_clean out;
    struct nj_resource resource = { .generation = 1 };
    for (size_t i = 0; i < NJ_COUNT(payloads); i++)
        for (int policy = 0; policy < 3; policy++) {
            use(policy == 0 ? "hipaa" : policy == 1 ? "default" : "hipaa", NULL, NULL);
            nj_record_init(&in);
            in.origin = policy == 2 ? NJ_FROM_FUNCTION : NJ_FROM_PAYLOAD;
            in.data_json = nj_str_of(payloads[i].in);
            ck_assert_int_eq(nj_redact_record(redactor, &in, &resource, NJ_STR("1"), &out), NJ_OK);
            if (policy == 0)
                ck_assert_view_eq(out.data, payloads[i].want);
            else
                ck_assert(nj_str_find(out.data, NJ_STR("[string]"), 0) == NJ_NPOS);
        }
    ck_assert_uint_eq(nj_redact_payload_most(NJ_STR("pci")), 16 << 10);
    ck_assert_uint_eq(nj_redact_payload_most(NJ_STR("default")), 0);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_remove_takes_the_member_and_one_comma)                                                                                   \
    X(test_redact_remove_takes_a_rewritten_name_too)                                                                                       \
    X(test_redact_remove_in_text_leaves_a_placeholder)                                                                                     \
    X(test_redact_remove_leaves_valid_json_whatever_goes)                                                                                  \
    X(test_redact_email_becomes_a_pseudonym_that_joins)                                                                                    \
    X(test_redact_pseudonyms_stay_when_they_come_in_again)                                                                                 \
    X(test_redact_pseudonyms_of_tenants_differ)                                                                                            \
    X(test_redact_without_pseudonyms_masks)                                                                                                \
    X(test_redact_presets_do_what_their_table_says)                                                                                        \
    X(test_redact_off_still_cleans_and_counts)                                                                                             \
    X(test_redact_last4_of_a_short_number_is_no_number)                                                                                    \
    X(test_redact_strict_payloads_keep_headers_and_names)                                                                                  \
    X(test_redact_remove_drops_an_attribute)

REDACT_TEST_MAIN("redact_actions")

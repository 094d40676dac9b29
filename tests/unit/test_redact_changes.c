/* Tests of what operators change: the action of a class, numbers that stay numbers, text that ends at a finding, records that go. */
#include "redact_rules_unit.h"

#include <stdio.h>

static struct nj_record record;
static struct nj_resource resource;
static struct nj_clean clean;

static void pass(enum nj_origin origin, const char *message)
{
    nj_record_init(&record);
    record.origin = origin;
    record.message = nj_str_of(message);
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-1"), &clean), NJ_OK);
}

START_TEST(test_changes_of_a_class_stand_before_the_preset)
{
    static const char mail[] = "mail joe@example.com call +49 30 901820 pay " CARD;
    use_rules(NULL, "{\"rules\":[]}");
    ck_assert_text(mail, "mail hmac:k1:a4c6589f60ac62e6 call [phone] pay [credit_card-4242]");
    use_rules(NULL, "{\"actions\":{\"email\":\"mask\",\"PHONE\":\"keep\",\"pan\":\"mask\"}}");
    ck_assert_text(mail, "mail [email] call +49 30 901820 pay [credit_card]");
    ck_assert_json("{\"email\":\"joe@example.com\",\"phone\":\"+49 30 901820\"}", "{\"email\":\"[email]\",\"phone\":\"+49 30 901820\"}");
    use_rules("strict", "{\"actions\":{\"password\":\"mask\",\"name\":\"pseudonym\",\"ip\":\"keep\"}}");
    ck_assert_json("{\"password\":\"x1y2z3\",\"firstName\":\"Ada\",\"ip\":\"203.0.113.7\",\"apiKey\":\"a1b2c3d4\"}",
                   "{\"password\":\"[secret]\",\"firstName\":\"hmac:k1:89dc87af73f82d54\",\"ip\":\"203.0.113.7\"}");
    use_rules(NULL, "{\"actions\":{\"email\":\"count\"}}");
    (void)counts_of();
    ck_assert_text_stays("mail joe@example.com");
    ck_assert_counts("{\"email\":1}");
}
END_TEST

START_TEST(test_changes_leave_off_as_it_is)
{
    use_rules("off",
              "{\"actions\":{\"email\":\"mask\"},\"rules\":[{\"name\":\"a\",\"pattern\":\"KD-[0-9]{8}\",\"action\":\"drop_record\"}]}");
    ck_assert_text_stays("mail joe@example.com KD-12345678");
    pass(NJ_FROM_FUNCTION, "KD-12345678");
    ck_assert(!clean.dropped);
}
END_TEST

START_TEST(test_changes_apply_to_rules_of_the_class)
{
    use_rules(NULL, "{\"actions\":{\"gov_id\":\"partial\"},"
                    "\"rules\":[{\"name\":\"a\",\"pattern\":\"KD-[0-9]{14}\",\"class\":\"gov_id\"}]}");
    ck_assert_text("id KD-12345678901234.", "id [custom-1234].");
}
END_TEST

static const struct {
    const char *in, *want;
} networks[] = {
    { "from 203.0.113.7 ok", "from 203.0.113.0/24 ok" },
    { "from 203.0.113.7:8080 ok", "from 203.0.113.0/24:8080 ok" },
    { "from 203.0.113.0/24 ok", "from 203.0.113.0/24 ok" },
    { "from 203.0.0.0/16 ok", "from 203.0.0.0/16 ok" },
    { "from 203.0.113.7/32 ok", "from 203.0.113.0/24 ok" },
    { "from 2001:db8:1:2:3:4:5:6 ok", "from 2001:db8:1::/48 ok" },
    { "from 2001:0db8:0001:0002::7/64 ok", "from 2001:db8:1::/48 ok" },
    { "from 2001:db8:1::/48 ok", "from 2001:db8:1::/48 ok" },
};

START_TEST(test_changes_partial_leaves_the_network_of_an_address)
{
    char json[128], want[128];
    use_rules(NULL, "{\"actions\":{\"ip\":\"partial\"}}");
    for (size_t i = 0; i < NJ_COUNT(networks); i++) {
        ck_assert_text(networks[i].in, networks[i].want);
        ck_assert_text(networks[i].want, networks[i].want);
        snprintf(json, sizeof(json), "{\"message\":\"%s\"}", networks[i].in);
        snprintf(want, sizeof(want), "{\"message\":\"%s\"}", networks[i].want);
        ck_assert_json(json, want);
    }
    ck_assert_json(
        "{\"ip\":\"203.0.113.7\",\"clientAddress\":\"::ffff:203.0.113.7\",\"ipAddress\":\"203.0.113.0/24\",\"remoteAddr\":\"the proxy 7\"}",
        "{\"ip\":\"203.0.113.0/24\",\"clientAddress\":\"203.0.113.0/24\",\"ipAddress\":\"203.0.113.0/24\",\"remoteAddr\":\"[secret]\"}");
    nj_record_init(&record);
    nj_attrs_str(&record.who, NJ_STR("client.address"), NJ_STR("2001:db8:1:2::7"));
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-1"), &clean), NJ_OK);
    ck_assert_view_eq(clean.who.a[0].v.u.s, "2001:db8:1::/48");
}
END_TEST

START_TEST(test_changes_partial_leaves_the_end_of_long_numbers)
{
    use_rules(NULL, "{\"actions\":{\"bank\":\"partial\",\"password\":\"partial\",\"email\":\"partial\"}}");
    ck_assert_text("iban GB82 WEST 1234 5698 7654 32", "iban [bank-5432]");
    ck_assert_text("password=a1b2c3", "password=[secret]");
    ck_assert_text("mail joe@example.com", "mail [email]");
}
END_TEST

/* One number, once hashed and once cut short, can be worked out. */
START_TEST(test_changes_a_card_is_never_both_hashed_and_cut_short)
{
    static const char rule[] = "[{\"name\":\"a\",\"keys\":[\"loyalty\"],\"action\":\"%s\"}]";
    char json[128];
    snprintf(json, sizeof(json), rule, "hmac");
    use_rules(NULL, json);
    ck_assert_json("{\"loyalty\":\"" CARD "\",\"n\":" CARD "}", "{\"loyalty\":\"[secret-4242]\",\"n\":\"[credit_card-4242]\"}");
    ck_assert_json("{\"loyalty\":\"KD-1\"}", "{\"loyalty\":\"hmac:k1:0a6a4f9f88346464\"}");
    snprintf(json, sizeof(json),
             "{\"actions\":{\"pan\":\"hmac\"},\"rules\":[{\"name\":\"a\",\"keys\":[\"loyalty\"],\"action\":\"last4\"}]}");
    use_rules(NULL, json);
    struct nj_str out = json_of(NJ_STR("{\"loyalty\":\"" CARD "\",\"n\":" CARD "}"));
    ck_assert_uint_eq(nj_str_find(out, NJ_STR("4242"), 0), NJ_NPOS);
    ck_assert(nj_str_starts(out, NJ_STR("{\"loyalty\":\"hmac:k1:")));
}
END_TEST

START_TEST(test_changes_truncate_ends_the_text_at_the_finding)
{
    use_rules(NULL, "[{\"name\":\"dump\",\"pattern\":\"BODY:\",\"action\":\"truncate\"}]");
    ck_assert_text("request BODY: anything at all, joe@example.com\nand more", "request [custom]");
    ck_assert_counts("{\"rule.dump\":1}");
    ck_assert_text("request [custom]", "request [custom]");
    ck_assert_json("{\"m\":\"request BODY: x\",\"n\":1}", "{\"m\":\"request [custom]\",\"n\":1}");
    pass(NJ_FROM_FUNCTION, "joe BODY: x");
    ck_assert_view_eq(clean.message, "joe [custom]");
    ck_assert_view_eq(clean.audit, "{\"bytes\":64,\"depth\":0,\"flags\":[\"truncated\"]}");
    use_rules(NULL, "{\"actions\":{\"session\":\"truncate\"}}");
    ck_assert_text("a sessionId=abc123def ok joe", "a sessionId=[secret]");
    ck_assert_json("{\"sessionId\":\"abc123def\",\"n\":1}", "{\"sessionId\":\"[secret]\",\"n\":1}");
}
END_TEST

START_TEST(test_changes_drop_takes_the_record_and_says_so)
{
    use_rules(NULL, "[{\"name\":\"probe\",\"pattern\":\"health-check\",\"action\":\"drop_record\"}]");
    pass(NJ_FROM_FUNCTION, "GET /health-check joe@example.com");
    ck_assert(clean.dropped);
    ck_assert_ptr_null(clean.message.p);
    ck_assert_view_eq(clean.counts, "{\"email\":1,\"rule.probe\":1}");
    pass(NJ_FROM_FUNCTION, "GET /orders");
    ck_assert(!clean.dropped);
    ck_assert_view_eq(clean.message, "GET /orders");
    pass(NJ_FROM_PAYLOAD, "health-check");
    ck_assert(clean.dropped);
    /* what nightjar and the platform say goes on */
    for (int origin = 0; origin < NJ_ORIGINS; origin++) {
        if (origin == NJ_FROM_FUNCTION || origin == NJ_FROM_EXTENSION || origin == NJ_FROM_PAYLOAD)
            continue;
        pass((enum nj_origin)origin, "health-check");
        ck_assert(!clean.dropped);
        ck_assert_view_eq(clean.message, "[custom]");
    }
}
END_TEST

START_TEST(test_changes_drop_for_the_resource_drops_nothing)
{
    struct nj_resource in = { .generation = 1 };
    use_rules(NULL, "[{\"name\":\"team\",\"keys\":[\"team\"],\"action\":\"drop_record\"}]");
    nj_attrs_str(&in.where, NJ_STR("team"), NJ_STR("blue"));
    ck_assert_int_eq(nj_redact_resource(redactor, &in, &resource), NJ_OK);
    ck_assert_view_eq(resource.where.a[0].v.u.s, "[secret]");
    pass(NJ_FROM_FUNCTION, "all is well");
    ck_assert(!clean.dropped);
}
END_TEST

/* Down to the last of its digits. */
START_TEST(test_changes_patterns_leave_pseudonyms_alone)
{
    use_rules(NULL, "[{\"name\":\"a\",\"pattern\":\"-?\\\\d{3}\"}]");
    ck_assert_text_stays("from hmac:kc1f5:4783cdc0cace0889 and hmac:k1:0000000000000123");
    ck_assert_json_stays("{\"email\":\"hmac:kc1f5:4783cdc0cace0889\"}");
    ck_assert_text("from 4783", "from [custom]3");
}
END_TEST

START_TEST(test_changes_numbers_may_stay_numbers)
{
    static const char in[] = "{\"token\":12345678,\"n\":" CARD ",\"ssn\":\"536-90-4399\",\"ok\":5}";
    use_rules(NULL, "{\"numeric_mask\":\"null\"}");
    ck_assert_json(in, "{\"token\":null,\"n\":null,\"ssn\":\"[secret]\",\"ok\":5}");
    ck_assert_json("{\"token\":null,\"n\":null}", "{\"token\":null,\"n\":null}");
    use_rules(NULL, "{\"numeric_mask\":\"0\"}");
    ck_assert_json(in, "{\"token\":0,\"n\":0,\"ssn\":\"[secret]\",\"ok\":5}");
    ck_assert_json("{\"token\":0}", "{\"token\":0}");
    nj_record_init(&record);
    nj_attrs_i64(&record.where, NJ_STR("token"), 12345678);
    nj_attrs_i64(&record.where, NJ_STR("order"), 4242424242424242);
    nj_attrs_f64(&record.where, NJ_STR("secret"), 0.5);
    nj_attrs_i64(&record.where, NJ_STR("count"), 7);
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-1"), &clean), NJ_OK);
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(clean.where.a[i].v.type, NJ_V_I64);
        ck_assert_int_eq(clean.where.a[i].v.u.i, i == 3 ? 7 : 0);
    }
    use_rules(NULL, "{\"numeric_mask\":\"string\"}");
    ck_assert_json("{\"token\":12345678}", "{\"token\":\"[secret]\"}");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_changes_of_a_class_stand_before_the_preset)                                                                                     \
    X(test_changes_leave_off_as_it_is)                                                                                                     \
    X(test_changes_apply_to_rules_of_the_class)                                                                                            \
    X(test_changes_partial_leaves_the_network_of_an_address)                                                                               \
    X(test_changes_partial_leaves_the_end_of_long_numbers)                                                                                 \
    X(test_changes_a_card_is_never_both_hashed_and_cut_short)                                                                              \
    X(test_changes_truncate_ends_the_text_at_the_finding)                                                                                  \
    X(test_changes_drop_takes_the_record_and_says_so)                                                                                      \
    X(test_changes_drop_for_the_resource_drops_nothing)                                                                                    \
    X(test_changes_patterns_leave_pseudonyms_alone)                                                                                        \
    X(test_changes_numbers_may_stay_numbers)

REDACT_TEST_MAIN("redact_changes")

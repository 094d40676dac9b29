/* Tests of names that hold for some values only. */
#include "redact_unit.h"

START_TEST(test_redact_pin_codes_are_short_and_postal_codes_are_not)
{
    ck_assert_text("pin_code=4711 n=1", "pin_code=[secret] n=1");
    ck_assert_text("your PIN code is 47112.", "your PIN code is [secret]");
    ck_assert_json("{\"pin_code\":\"4711\",\"pinCode\":47112}", "{}");
    ck_assert_text_stays("PIN code is 560001, Bengaluru");
    ck_assert_text_stays("pin_code=110001");
    ck_assert_json_stays("{\"pincode\":\"560001\",\"pin_code\":560001,\"pinCodeLength\":4}");
}
END_TEST

START_TEST(test_redact_the_expiry_of_a_card_goes)
{
    ck_assert_json("{\"card_expiry\":\"12/27\",\"n\":1}", "{\"card_expiry\":\"[secret]\",\"n\":1}");
    ck_assert_json("{\"ccExp\":\"01 / 2029\"}", "{\"ccExp\":\"[secret]\"}");
    ck_assert_text("cardExpirationDate=12/27 n=1", "cardExpirationDate=[secret] n=1");
    ck_assert_json_stays(
        "{\"card_expiry\":\"13/27\",\"cardExpiry\":3600,\"card_exp\":\"00/27\",\"cc_exp\":\"12/2127\",\"ccExpiry\":\"12-27\"}");
    ck_assert_json_stays("{\"expiry\":\"12/27\",\"last4\":\"4242\"}"); /* tells nothing without its card */
}
END_TEST

START_TEST(test_redact_routing_keys_that_are_keys_go)
{
    ck_assert_json("{\"routing_key\":\"R015PVZ4BJL0WTEOIW2XS9Z2J5KGQ1IR\"}", "{\"routing_key\":\"[secret]\"}");
    ck_assert_text("routing_key=0f3a5b7c9d1e2f4a6b8c0d2e4f6a8b0c n=1", "routing_key=[secret] n=1");
    ck_assert_json_stays("{\"routing_key\":\"orders.created.tenant42.eu-west-1\"}");
    ck_assert_json_stays("{\"routingKey\":\"invoicecreatedforcustomers\"}");
    ck_assert_json_stays("{\"routing_key\":\"8476a536-e9f4-11e8-9739-2dfe598c3fcd\"}");
}
END_TEST

START_TEST(test_redact_signatures_in_json_go_and_signals_stay)
{
    ck_assert_json("{\"sig\":\"q8ZkT3vB1nLx0RmWc7Yd5HpJ=\"}", "{\"sig\":\"[secret]\"}");
    ck_assert_json_stays("{\"sig\":\"SIGTERM\",\"use\":\"sig\"}");
    ck_assert_text("run=1 sig=q8ZkT3vB1nLx0RmWc7Yd5HpJ n=1", "run=1 sig=[secret] n=1");
    ck_assert_text_stays("got sig=SIGTERM n=1, then sig=15");
    ck_assert_json_stays("{\"sig\":15}");
    ck_assert_json_stays("{\"signature\":\"q8ZkT3vB1nLx0RmWc7Yd5HpJ=\"}"); /* of a body: nobody can do anything with it */
}
END_TEST

START_TEST(test_redact_braces_hold_a_password_with_a_semicolon)
{
    ck_assert_text("SERVER=h;PWD={a;b9x};X=1", "SERVER=h;PWD={[secret]};X=1");
    ck_assert_text("SERVER=h;PWD={a;b}}c9};X=1", "SERVER=h;PWD={[secret]};X=1");
    ck_assert_text_stays("secret={a=1, type=x}");
}
END_TEST

START_TEST(test_redact_tokens_in_two_halves_go_whole)
{
    ck_assert_text("k 1/1200123456789012:0f3a5b7c9d1e2f4a6b8c0d2e4f6a8b0c ok", "k [vendor_key] ok");
    ck_assert_text("sent Bearer 1/1200123456789012:0f3a5b7c9d1e2f4a6b8c0d2e4f6a8b0c ok", "sent Bearer [credential] ok");
    ck_assert_text("k 2/1200123456789012/1200123456789013:0f3a5b7c9d1e2f4a6b8c0d2e4f6a8b0c", "k [vendor_key]");
    ck_assert_text_stays("page 1/1200123456789012 of build 2/12001234567890/9");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_pin_codes_are_short_and_postal_codes_are_not)                                                                            \
    X(test_redact_the_expiry_of_a_card_goes)                                                                                               \
    X(test_redact_routing_keys_that_are_keys_go)                                                                                           \
    X(test_redact_signatures_in_json_go_and_signals_stay)                                                                                  \
    X(test_redact_braces_hold_a_password_with_a_semicolon)                                                                                 \
    X(test_redact_tokens_in_two_halves_go_whole)

REDACT_TEST_MAIN("redact_shaped")

/* redaction.leak_new: once a rule and place, from what the function logs, with the place where it is told. */
#include "observe_desk.h"

static void line(struct desk *d, enum nj_event_kind kind, const char *data, const char *counts)
{
    struct nj_facts f = { .kind = kind };
    struct nj_record raw;
    struct nj_clean clean = { .message = NJ_STR("m"), .data = nj_str_of(data), .counts = nj_str_of(counts) };
    nj_record_init(&raw);
    raw.message = NJ_STR("m");
    raw.when_ns = d->now_ns;
    nj_observe_record(d->room, d->now_ns, &f, &raw, &clean);
}

START_TEST(test_leaks_are_told_once_a_rule_and_place)
{
    struct desk d;
    desk_open(&d, NULL, NULL);
    line(&d, NJ_EV_FUNCTION, NULL, "{\"email\":1,\"key.password\":2}");
    ck_assert_uint_eq(desk_events(&d, "redaction.leak_new"), 2);
    ck_assert_said(&d, "nightjar.rule=email |");
    ck_assert_said(&d, "nightjar.rule=key.password |");
    line(&d, NJ_EV_FUNCTION, NULL, "{\"email\":7}");
    ck_assert_uint_eq(desk_events(&d, "redaction.leak_new"), 2);
    line(&d, NJ_EV_FUNCTION, "{\"location\":\"handler:12\"}", "{\"email\":1}");
    line(&d, NJ_EV_FUNCTION, "{\"location\":\"handler:12\"}", "{\"email\":1}");
    line(&d, NJ_EV_FUNCTION, "{\"caller\":\"main.go:7\",\"location\":5}", "{\"email\":1}");
    ck_assert_uint_eq(desk_events(&d, "redaction.leak_new"), 4);
    ck_assert_said(&d, "nightjar.rule=email nightjar.location=handler:12 |");
    ck_assert_said(&d, "nightjar.location=main.go:7 |");
    ck_assert_not_said(&d, "alert."); /* each sandbox finds the same ones anew */
    desk_close(&d);
}
END_TEST

START_TEST(test_leaks_are_the_functions_own)
{
    struct desk d;
    desk_open(&d, NULL, NULL);
    line(&d, NJ_EV_EXTENSION, NULL, "{\"email\":1}");
    line(&d, NJ_EV_FUNCTION, NULL, "{\"escape_sequence\":3,\"withheld\":1}");
    line(&d, NJ_EV_FUNCTION, NULL, NULL);
    line(&d, NJ_EV_FUNCTION, NULL, "no JSON");
    ck_assert_uint_eq(desk_events(&d, "redaction.leak_new"), 0);
    desk_close(&d);
}
END_TEST

START_TEST(test_leaks_have_an_end)
{
    struct desk d;
    desk_open(&d, NULL, NULL);
    for (int i = 0; i < 2000; i++) {
        char data[64];
        snprintf(data, sizeof(data), "{\"location\":\"f:%d\"}", i);
        line(&d, NJ_EV_FUNCTION, data, "{\"email\":1}");
    }
    ck_assert_uint_eq(desk_events(&d, "redaction.leak_new"), 384);
    desk_close(&d);
}
END_TEST

START_TEST(test_leaks_can_be_left_out)
{
    struct desk d;
    desk_open(&d, "-alert", NULL);
    line(&d, NJ_EV_FUNCTION, NULL, "{\"email\":1}");
    ck_assert_uint_eq(desk_events(&d, "redaction.leak_new"), 0);
    desk_close(&d);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_leaks_are_told_once_a_rule_and_place)                                                                                           \
    X(test_leaks_are_the_functions_own)                                                                                                    \
    X(test_leaks_have_an_end)                                                                                                              \
    X(test_leaks_can_be_left_out)

NJ_TEST_MAIN("observe_leaks")

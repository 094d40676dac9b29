/* Tests of members of one name in an object, and of names that operators give with the path to them. */
#include "redact_rules_unit.h"

#include <stdio.h>

static struct nj_record record;
static struct nj_resource resource;
static struct nj_clean clean;

static void pass(const char *json)
{
    record.origin = NJ_FROM_FUNCTION;
    record.data_json = nj_str_of(json);
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-1"), &clean), NJ_OK);
}

/* --- twice -------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *in, *want; /* NULL: as it is */
} twice[] = {
    { "{\"role\":\"user\",\"role\":\"admin\"}", "{\"role\":\"user\",\"#2 role\":\"admin\"}" },
    { "{\"a\":1,\"a\":2,\"a\":3,\"b\":4,\"b\":5}", "{\"a\":1,\"#2 a\":2,\"#3 a\":3,\"b\":4,\"#4 b\":5}" },
    { "{\"a\":1,\"#2 a\":2,\"a\":3}", "{\"a\":1,\"#2 a\":2,\"#3 a\":3}" },
    { "{\"a\":1,\"a\":2,\"#2 a\":3}", "{\"a\":1,\"#2 a\":2,\"#3 #2 a\":3}" },
    { "{\"role\":\"user\",\"r\\u006fle\":\"admin\"}", "{\"role\":\"user\",\"#2 role\":\"admin\"}" },
    { "{\"r\\u006fle\":\"user\",\"role\":\"admin\"}", "{\"r\\u006fle\":\"user\",\"#2 role\":\"admin\"}" },
    { "{\"\":1,\"\":2}", "{\"\":1,\"#2 \":2}" },
    { "{\"a\":{\"x\":1,\"x\":2},\"b\":[{\"x\":1},{\"x\":2,\"x\":3}]}",
      "{\"a\":{\"x\":1,\"#2 x\":2},\"b\":[{\"x\":1},{\"x\":2,\"#2 x\":3}]}" },
    { "{\"x\":1,\"a\":{\"x\":2,\"b\":{\"x\":3}},\"x\":4}", "{\"x\":1,\"a\":{\"x\":2,\"b\":{\"x\":3}},\"#2 x\":4}" },
    { "{\"a\":{\"x\":2},\"x\":4,\"b\":{\"x\":5},\"y\":6,\"x\":7}", "{\"a\":{\"x\":2},\"x\":4,\"b\":{\"x\":5},\"y\":6,\"#2 x\":7}" },
    { "{\"password\":\"x1\",\"password\":\"y2\"}", "{\"password\":\"[secret]\",\"#2 password\":\"[secret]\"}" },
    { "{\"pin\":\"x1y2\",\"b\":1,\"pin\":\"y2z3\"}", "{\"b\":1}" },
    { "{\"a_rather_long_name_of_more_than_thirty_two_bytes\":1,\"a_rather_long_name_of_more_than_thirty_two_bytes\":2}",
      "{\"a_rather_long_name_of_more_than_thirty_two_bytes\":1,\"#2 a_rather_long_name_of_more_than_thirty_two_bytes\":2}" },
    { "{\"a\":1,\"A\":2,\"a \":3,\"b\":{\"a\":4},\"c\":[{\"a\":5},{\"a\":6}]}", NULL },
    { "{\"text\":\"{\\\"a\\\":1,\\\"a\\\":2}\",\"n\":\"x {\\\"a\\\":1,\\\"a\\\":2} y\"}",
      NULL }, /* inside text nobody reads it as members */
};

START_TEST(test_members_of_one_name_stay_under_names_of_their_own)
{
    for (size_t i = 0; i < NJ_COUNT(twice); i++) {
        const char *want = twice[i].want != NULL ? twice[i].want : twice[i].in;
        for (int round = 0; round < 3; round++) /* unknown names, known ones */
            ck_assert_json(twice[i].in, want);
        ck_assert_json(want, want);
    }
}
END_TEST

START_TEST(test_members_of_one_name_are_noted)
{
    pass("{\"level\":\"INFO\",\"level\":\"ERROR\"}");
    ck_assert_view_eq(clean.data, "{\"level\":\"INFO\",\"#2 level\":\"ERROR\"}");
    ck_assert_view_eq(clean.audit, "{\"flags\":[\"malformed\"]}");
    pass("{\"ada@example.com\":1,\"joe@example.com\":2}"); /* masks that are equal say nothing of the input */
    ck_assert_view_eq(clean.data, "{\"[email]\":1,\"#2 [email]\":2}");
    ck_assert_view_eq(clean.audit, "{\"bytes\":64,\"depth\":0}");
}
END_TEST

/* Names by the thousand drive each other out of every memory of names; none of them is taken for another. */
START_TEST(test_members_are_told_apart_in_large_objects)
{
    enum { NAMES = 20000 };
    struct nj_buf in, want;
    nj_buf_init(&in, 4 << 20);
    nj_buf_init(&want, 4 << 20);
    nj_buf_addz(&in, "{");
    for (int i = 0; i < NAMES; i++)
        nj_buf_addf(&in, "\"n%d\":{\"id\":%d,\"n%d\":0},", i, i, (i + 1) % NAMES);
    nj_buf_add(&want, nj_buf_str(&in));
    nj_buf_addz(&in, "\"n7\":1,\"n19999\":2,\"last\":3}");
    nj_buf_addz(&want, "\"#2 n7\":1,\"#3 n19999\":2,\"last\":3}");
    for (int round = 0; round < 2; round++)
        ck_assert(nj_str_eq(json_of(nj_buf_str(&in)), nj_buf_str(&want)));
    ck_assert_json("{\"a\":1,\"a\":2}", "{\"a\":1,\"#2 a\":2}");
    nj_buf_fini(&in);
    nj_buf_fini(&want);
}
END_TEST

START_TEST(test_members_of_long_names_leave_room_for_the_number)
{
    struct nj_buf in;
    char name[251];
    memset(name, 'n', sizeof(name));
    name[250] = '\0';
    nj_buf_init(&in, 4 << 10);
    nj_buf_addf(&in, "{\"%s\":1,\"%s\":2}", name, name);
    struct nj_str once = json_of(nj_buf_str(&in));
    ck_assert(nj_str_find(once, NJ_STR("\"#2 nnn"), 0) != NJ_NPOS);
    nj_buf_reset(&in);
    nj_buf_add(&in, once);
    ck_assert(nj_str_eq(json_of(nj_buf_str(&in)), nj_buf_str(&in)));
    nj_buf_fini(&in);
}
END_TEST

/* A name that is written anew is heard to its end, which says what it means. */
START_TEST(test_members_with_a_long_name_are_judged_as_those_with_the_name_that_leaves)
{
    struct nj_buf in, once;
    nj_buf_init(&in, 4 << 10);
    nj_buf_init(&once, 4 << 10);
    for (int n = 0; n < 120; n += 17) {
        nj_buf_reset(&in);
        nj_buf_reset(&once);
        nj_buf_addz(&in, "{\"");
        for (int i = 0; i < n; i++)
            nj_buf_addz(&in, "\xff");
        nj_buf_addz(&in, "continuationToken\":\"FJw9K/G3L[custom]IjBNkS7h7puqM30dBz38EA2FTXGDu1o6mYtWanewl6l/teQd\"}");
        nj_buf_add(&once, json_of(nj_buf_str(&in)));
        ck_assert_view_eq(json_of(nj_buf_str(&once)), (nj_buf_addc(&once, '\0'), once.p));
    }
    nj_buf_fini(&in);
    nj_buf_fini(&once);
}
END_TEST

START_TEST(test_members_with_the_names_of_our_own_fields_step_back)
{
    nj_record_init(&record);
    nj_attrs_str(&record.data, NJ_STR("nightjar.rule"), NJ_STR("ours"));
    pass("{\"nightjar.rule\":\"theirs\",\"n\":{\"nightjar.rule\":1},\"m\":1}");
    ck_assert_view_eq(clean.data, "{\"#2 nightjar.rule\":\"theirs\",\"n\":{\"nightjar.rule\":1},\"m\":1,\"nightjar.rule\":\"ours\"}");
    nj_record_init(&record);
    pass("{\"nightjar.rule\":\"theirs\"}");
    ck_assert_view_eq(clean.data, "{\"nightjar.rule\":\"theirs\"}");
}
END_TEST

/* --- paths -------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *keys, *allow, *in, *want;
} paths[] = {
    { "a.b", "", "{\"a\":{\"b\":\"x\",\"c\":\"y\"},\"b\":\"z\"}", "{\"a\":{\"b\":\"[secret]\",\"c\":\"y\"},\"b\":\"z\"}" },
    { "a.b.*", "", "{\"a\":{\"b\":{\"c\":\"x\",\"d\":{\"e\":7}},\"bb\":{\"c\":\"y\"}}}",
      "{\"a\":{\"b\":{\"c\":\"[secret]\",\"d\":{\"e\":\"[secret]\"}},\"bb\":{\"c\":\"y\"}}}" },
    { "*.note", "", "{\"note\":\"x\",\"a\":{\"note\":\"y\"}}", "{\"note\":\"x\",\"a\":{\"note\":\"[secret]\"}}" },
    { "A.B", "", "{\"a\":{\"b\":\"x\"}}", "{\"a\":{\"b\":\"[secret]\"}}" },
    { "orders.items.sku", "", "{\"orders\":[{\"items\":[{\"sku\":\"x1\"},{\"sku\":\"x2\"}]},{\"sku\":\"x3\"}]}",
      "{\"orders\":[{\"items\":[{\"sku\":\"[secret]\"},{\"sku\":\"[secret]\"}]},{\"sku\":\"x3\"}]}" },
    { "tags.x", "", "{\"tags\":{\"x\":[\"p1\",\"p2\",{\"y\":\"p3\"}]},\"more\":[\"p4\"]}",
      "{\"tags\":{\"x\":[\"[secret]\",\"[secret]\",{\"y\":\"[secret]\"}]},\"more\":[\"p4\"]}" },
    { "payload.body.user.*", "",
      "{\"payload\":{\"body\":\"{\\\"user\\\":{\\\"nick\\\":\\\"x\\\"},\\\"n\\\":1}\",\"user\":{\"nick\":\"y\"}}}",
      "{\"payload\":{\"body\":\"{\\\"user\\\":{\\\"nick\\\":\\\"[secret]\\\"},\\\"n\\\":1}\",\"user\":{\"nick\":\"y\"}}}" },
    { "list.a", "", "{\"list\":[\"{\\\"a\\\":\\\"x\\\"}\",{\"b\":{\"a\":1}},\"{\\\"a\\\":\\\"y\\\"}\"]}",
      "{\"list\":[\"{\\\"a\\\":\\\"[secret]\\\"}\",{\"b\":{\"a\":1}},\"{\\\"a\\\":\\\"[secret]\\\"}\"]}" },
    { "user.mail", "", "{\"user.mail\":\"x\",\"a\":{\"user.mail\":\"y\"}}",
      "{\"user.mail\":\"[secret]\",\"a\":{\"user.mail\":\"[secret]\"}}" },
    { "", "job.token", "{\"job\":{\"token\":\"x1y2\"},\"token\":\"z3w4\"}", "{\"job\":{\"token\":\"x1y2\"},\"token\":\"[secret]\"}" },
    { "", "job.*", "{\"job\":{\"token\":\"x1y2\",\"sub\":{\"password\":\"joe@example.com\"}}}",
      "{\"job\":{\"token\":\"x1y2\",\"sub\":{\"password\":\"[email]\"}}}" },
    { "job.token", "job.*", "{\"job\":{\"token\":\"x1y2\",\"password\":\"z3w4\"}}",
      "{\"job\":{\"token\":\"[secret]\",\"password\":\"z3w4\"}}" },
    { "tok*", "job.*", "{\"job\":{\"token\":\"x1y2\"}}", "{\"job\":{\"token\":\"[secret]\"}}" },
};

START_TEST(test_members_are_found_by_their_path)
{
    for (size_t i = 0; i < NJ_COUNT(paths); i++) {
        use(NULL, paths[i].keys, paths[i].allow);
        for (int round = 0; round < 2; round++)
            ck_assert_json(paths[i].in, paths[i].want);
        ck_assert_json(paths[i].want, paths[i].want);
    }
}
END_TEST

START_TEST(test_members_by_path_in_rules)
{
    use_rules(NULL, "[{\"name\":\"pay\",\"keys\":[\"staff.*.pay\",\"bonus\"],\"action\":\"remove\"}]");
    ck_assert_json("{\"staff\":{\"ada\":{\"pay\":1,\"n\":2}},\"pay\":3,\"bonus\":4}", "{\"staff\":{\"ada\":{\"n\":2}},\"pay\":3}");
    ck_assert_counts("{\"rule.pay\":2}");
}
END_TEST

/* A path nobody can follow is taken for one that is named. */
START_TEST(test_members_behind_a_path_that_is_too_long_are_masked)
{
    struct nj_buf in;
    nj_buf_init(&in, 64 << 10);
    for (int i = 0; i < 30; i++)
        nj_buf_addz(&in, "{\"a_name_of_some_forty_bytes_to_make_it_long\":");
    nj_buf_addz(&in, "\"x\"");
    for (int i = 0; i < 30; i++)
        nj_buf_addz(&in, "}");
    use(NULL, "a.b", NULL);
    ck_assert(nj_str_find(json_of(nj_buf_str(&in)), NJ_STR(":\"[secret]\"}"), 0) != NJ_NPOS);
    use(NULL, NULL, "a.b");
    ck_assert(nj_str_eq(json_of(nj_buf_str(&in)), nj_buf_str(&in)));
    use(NULL, "ab", NULL);
    ck_assert(nj_str_eq(json_of(nj_buf_str(&in)), nj_buf_str(&in)));
    nj_buf_fini(&in);
}
END_TEST

/* A slot that holds names of the operator's is none any more when those were replaced. */
START_TEST(test_members_that_were_harmless_before_something_in_them_went_come_to_rest)
{
    use(NULL, "*", NULL);
    ck_assert_json("{\"password\":\"${ssm:/app/db1/password}\"}", "{\"password\":\"[secret]\"}");
    ck_assert_json("{\"password\":\"[secret]\"}", "{\"password\":\"[secret]\"}");
    use(NULL, NULL, NULL);
    ck_assert_json_stays("{\"password\":\"${ssm:/app/db1/password}\"}");
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_members_of_one_name_stay_under_names_of_their_own)                                                                              \
    X(test_members_of_one_name_are_noted)                                                                                                  \
    X(test_members_are_told_apart_in_large_objects)                                                                                        \
    X(test_members_of_long_names_leave_room_for_the_number)                                                                                \
    X(test_members_with_a_long_name_are_judged_as_those_with_the_name_that_leaves)                                                         \
    X(test_members_with_the_names_of_our_own_fields_step_back)                                                                             \
    X(test_members_are_found_by_their_path)                                                                                                \
    X(test_members_by_path_in_rules)                                                                                                       \
    X(test_members_behind_a_path_that_is_too_long_are_masked)                                                                              \
    X(test_members_that_were_harmless_before_something_in_them_went_come_to_rest)

REDACT_TEST_MAIN("redact_members")

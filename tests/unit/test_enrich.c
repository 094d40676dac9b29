/* Where and who: the sandbox, what it learns, and the attributes of the user's. */
#include "nightjar/enrich.h"
#include "unit.h"

#include <stdio.h>

static const struct nj_str none = { NULL, 0 };
static struct nj_sandbox box;
static struct nj_invocations table;

static size_t fresh(const char *otel, const char *attributes)
{
    memset(&box, 0xa5, sizeof(box));
    nj_invocations_init(&table, false);
    return nj_sandbox_init(&box, NJ_STR("eu-west-1"), NJ_STR("billing"), NJ_STR("7"), none, NJ_STR("made-up"), nj_str_of(otel),
                           nj_str_of(attributes));
}

static const char *resource(const char *key)
{
    static char text[512];
    const struct nj_attr *a = nj_attrs_get(&box.resource.where, nj_str_of(key));
    snprintf(text, sizeof(text), "%.*s", a != NULL ? (int)a->v.u.s.n : 6, a != NULL ? a->v.u.s.p : "absent");
    return text;
}

START_TEST(test_sandbox_resource_has_its_order_and_no_unknowns)
{
    static const char *const keys[] = { "cloud.provider", "cloud.region", "faas.name", "faas.version", "faas.instance", "team" };
    ck_assert_uint_eq(fresh("", "team=red"), 0);
    ck_assert_uint_eq(box.resource.where.n, NJ_COUNT(keys));
    for (size_t i = 0; i < NJ_COUNT(keys); i++)
        ck_assert_view_eq(box.resource.where.a[i].key, keys[i]);
    ck_assert_str_eq(resource("cloud.provider"), "aws");
    ck_assert_str_eq(resource("faas.version"), "7");
    ck_assert(!box.instance_told);
    nj_sandbox_fini(&box);
    ck_assert_uint_eq(nj_sandbox_init(&box, none, none, none, none, none, none, none), 0);
    ck_assert_uint_eq(box.resource.where.n, 1);
    nj_sandbox_fini(&box);
}
END_TEST

START_TEST(test_sandbox_attributes_are_percent_decoded)
{
    ck_assert_uint_eq(fresh("", " team = red%20team ,k%3dk=a%2Cb%3Dc,  , caf%C3%A9=%F0%9F%94%92,x=a=b,"), 0);
    ck_assert_str_eq(resource("team"), "red team");
    ck_assert_str_eq(resource("k=k"), "a,b=c");
    ck_assert_str_eq(resource("caf\xc3\xa9"), "\xf0\x9f\x94\x92");
    ck_assert_str_eq(resource("x"), "a=b");
    nj_sandbox_fini(&box);
}
END_TEST

START_TEST(test_sandbox_counts_pairs_it_cannot_take)
{
    static const struct {
        const char *text;
        size_t refused;
    } rows[] = {
        { "novalue", 1 },
        { "=v", 1 },
        { "k=", 1 },
        { "k=%", 1 },
        { "k=%4", 1 },
        { "k=%zz", 1 },
        { "k=%ff", 1 },
        { "k=%C3", 1 },
        { "trace_id=1", 1 },
        { "faas.coldstart=true", 1 },
        { "a=1,b,c=%,d=4", 2 },
        { "faas.invocation_id=1,span_id=2,faas.trigger=3", 3 },
        { "", 0 },
        { ",,", 0 },
        { "a=%41", 0 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        ck_assert_msg(fresh("", rows[i].text) == rows[i].refused, "%s", rows[i].text);
        nj_sandbox_fini(&box);
        ck_assert_msg(fresh(rows[i].text, "") == rows[i].refused, "%s", rows[i].text);
        nj_sandbox_fini(&box);
    }
}
END_TEST

START_TEST(test_sandbox_takes_as_many_attributes_as_there_is_room_for)
{
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    for (int i = 0; i < 20; i++)
        nj_buf_addf(&b, "k%d=v,", i);
    nj_buf_addc(&b, '\0');
    ck_assert_uint_eq(fresh("", b.p), 3);
    ck_assert_str_eq(resource("k16"), "v");
    ck_assert_str_eq(resource("k17"), "absent");
    /* What is learnt later still finds its place. */
    nj_sandbox_learn_account(&box, NJ_STR("123456789012"));
    ck_assert_str_eq(resource("cloud.account.id"), "123456789012");
    ck_assert_str_eq(resource("k16"), "v");
    nj_sandbox_fini(&box);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_sandbox_precedence_of_names)
{
    /* The team's own list before OTEL's, the platform's word before both. */
    ck_assert_uint_eq(fresh("team=blue,service.name=otel,cloud.region=mars,only=otel", "team=red,cloud.account.id=999"), 0);
    ck_assert_str_eq(resource("team"), "red");
    ck_assert_str_eq(resource("only"), "otel");
    ck_assert_str_eq(resource("service.name"), "otel");
    ck_assert_str_eq(resource("cloud.region"), "eu-west-1");
    ck_assert_str_eq(resource("cloud.account.id"), "999"); /* stands in while unknown */
    nj_sandbox_learn_account(&box, NJ_STR("123456789012"));
    ck_assert_str_eq(resource("cloud.account.id"), "123456789012");
    nj_sandbox_fini(&box);
    nj_sandbox_init(&box, none, none, none, NJ_STR("told"), none, NJ_STR("service.name=otel"), NJ_STR("service.name=mine"));
    ck_assert_str_eq(resource("service.name"), "told");
    nj_sandbox_fini(&box);
}
END_TEST

START_TEST(test_sandbox_learns_from_arns_what_it_did_not_know)
{
    static const char *const bad[] = { "",
                                       "arn",
                                       "arn:aws:lambda:eu-west-1:123",
                                       "arn:aws:s3:eu-west-1:1:function:x",
                                       "arn:aws:lambda:eu-west-1:1:layer:x",
                                       "arm:aws:lambda:eu-west-1:1:function:x" };
    fresh("", "");
    for (size_t i = 0; i < NJ_COUNT(bad); i++)
        nj_sandbox_learn_arn(&box, nj_str_of(bad[i]));
    ck_assert_str_eq(resource("cloud.account.id"), "absent");
    uint32_t before = box.resource.generation;
    nj_sandbox_learn_arn(&box, NJ_STR("arn:aws-cn:lambda:cn-north-1:123456789012:function:other:prod"));
    ck_assert_str_eq(resource("cloud.account.id"), "123456789012");
    ck_assert_str_eq(resource("cloud.region"), "eu-west-1");
    ck_assert_str_eq(resource("faas.name"), "billing");
    ck_assert_uint_ne(box.resource.generation, before);
    before = box.resource.generation;
    nj_sandbox_learn_arn(&box, NJ_STR("arn:aws:lambda:eu-west-1:999999999999:function:billing"));
    ck_assert_uint_eq(box.resource.generation, before);
    nj_sandbox_fini(&box);
    nj_sandbox_init(&box, none, none, none, none, none, none, none);
    nj_sandbox_learn_arn(&box, NJ_STR("arn:aws:lambda:eu-west-1:123456789012:function:billing:prod"));
    ck_assert_str_eq(resource("cloud.region"), "eu-west-1");
    ck_assert_str_eq(resource("faas.name"), "billing");
    nj_sandbox_fini(&box);
}
END_TEST

START_TEST(test_sandbox_instance_told_replaces_the_made_up_one_and_the_last_one)
{
    fresh("", "");
    ck_assert_str_eq(resource("faas.instance"), "made-up");
    nj_sandbox_learn_instance(&box, none);
    ck_assert(!box.instance_told);
    nj_sandbox_learn_instance(&box, NJ_STR("first"));
    ck_assert_str_eq(resource("faas.instance"), "first");
    ck_assert(box.instance_told);
    uint32_t before = box.resource.generation;
    nj_sandbox_learn_instance(&box, NJ_STR("first"));
    ck_assert_uint_eq(box.resource.generation, before);
    nj_sandbox_learn_instance(&box, NJ_STR("second"));
    ck_assert_str_eq(resource("faas.instance"), "second");
    nj_sandbox_fini(&box);
}
END_TEST

/* --- records ------------------------------------------------------------------------------------------------------ */

static struct nj_record record;
static bool late, unattributed;

static void enrich(enum nj_event_kind kind, int64_t when_ns, const char *id, const char *init_type)
{
    struct nj_facts f = { .kind = kind, .request_id = nj_str_of(id), .init_type = nj_str_of(init_type) };
    nj_record_init(&record);
    record.when_ns = when_ns;
    record.message = NJ_STR("text");
    nj_enrich(&box, &table, &f, &record, &late, &unattributed);
}

static int coldstart(void)
{
    const struct nj_attr *a = nj_attrs_get(&record.where, NJ_STR("faas.coldstart"));
    return a != NULL ? a->v.u.b : -1;
}

START_TEST(test_enrich_coldstart_depends_on_who_waited)
{
    static const struct {
        const char *init_type;
        enum nj_event_kind before;
        int want;
    } rows[] = {
        { "on-demand", NJ_EV_OTHER, true },
        { NULL, NJ_EV_OTHER, true },
        { "provisioned-concurrency", NJ_EV_OTHER, false },
        { "lambda-managed-instances", NJ_EV_OTHER, false },
        { "snap-start", NJ_EV_RESTORE_START, true },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        fresh("", "");
        enrich(NJ_EV_INIT_START, 1, NULL, rows[i].init_type);
        if (rows[i].before != NJ_EV_OTHER) {
            enrich(NJ_EV_START, 2, "before the snapshot", NULL);
            enrich(rows[i].before, 2, NULL, NULL);
        }
        enrich(NJ_EV_START, 3, "a", NULL);
        ck_assert_int_eq(coldstart(), rows[i].want);
        enrich(NJ_EV_FUNCTION, 4, NULL, NULL);
        ck_assert_int_eq(coldstart(), table.concurrent ? -1 : rows[i].want);
        enrich(NJ_EV_REPORT, 5, "a", NULL);
        enrich(NJ_EV_START, 6, "b", NULL);
        ck_assert_int_eq(coldstart(), false);
        nj_sandbox_fini(&box);
    }
}
END_TEST

START_TEST(test_enrich_report_ends_an_invocation_without_runtime_done)
{
    fresh("", "");
    enrich(NJ_EV_START, 1, "a", NULL);
    ck_assert_uint_eq(table.open, 1);
    enrich(NJ_EV_REPORT, 2, "a", NULL);
    ck_assert_uint_eq(table.open, 0);
    ck_assert(nj_invocations_find(&table, NJ_STR("a"))->reported);
    enrich(NJ_EV_FUNCTION, 1, NULL, NULL);
    ck_assert(late && !unattributed);
    nj_sandbox_fini(&box);
}
END_TEST

START_TEST(test_enrich_counts_function_lines_of_nobody_and_no_others)
{
    fresh("", "");
    enrich(NJ_EV_FUNCTION, 1, NULL, NULL);
    ck_assert(unattributed && !late);
    ck_assert_uint_eq(record.where.n, 0);
    enrich(NJ_EV_EXTENSION, 1, NULL, NULL);
    ck_assert(!unattributed && !late);
    enrich(NJ_EV_OTHER, 1, "unseen", NULL);
    ck_assert(!unattributed);
    ck_assert_view_eq(record.where.a[0].v.u.s, "unseen");
    ck_assert_ptr_null(nj_invocations_find(&table, NJ_STR("unseen")));
    nj_sandbox_fini(&box);
}
END_TEST

START_TEST(test_enrich_ids_inside_messages_of_structured_logs_prove_nothing)
{
    static const char older[] = "6f0c2b1e-8d3a-4c55-9f21-0b7a64d1c001", newer[] = "b91d7c44-02ae-4f0e-8a6b-5dc0e7a2c002";
    struct nj_facts f = { .kind = NJ_EV_FUNCTION };
    fresh("", "");
    enrich(NJ_EV_START, 1, older, NULL);
    enrich(NJ_EV_START, 2, newer, NULL);
    for (int structured = 0; structured < 2; structured++) {
        nj_record_init(&record);
        record.when_ns = 3;
        record.message = nj_str_of(older);
        record.data_json = structured ? NJ_STR("{}") : none;
        nj_enrich(&box, &table, &f, &record, &late, &unattributed);
        ck_assert_view_eq(record.where.a[0].v.u.s, structured ? newer : older);
    }
    nj_sandbox_fini(&box);
}
END_TEST

START_TEST(test_enrich_ten_thousand_ids_take_no_more_room)
{
    fresh("", "");
    for (int i = 0; i < 10000; i++) {
        char id[40];
        snprintf(id, sizeof(id), "%08d-0000-4000-8000-000000000000", i);
        enrich(NJ_EV_START, i, id, NULL);
        ck_assert_view_eq(record.where.a[0].v.u.s, id);
        enrich(NJ_EV_FUNCTION, i, id, NULL);
        ck_assert_view_eq(record.where.a[0].v.u.s, id);
        if (i % 3 != 0)
            enrich(NJ_EV_RUNTIME_DONE, i, id, NULL);
    }
    ck_assert_uint_le(table.open, NJ_INVOCATIONS);
    nj_sandbox_fini(&box);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_sandbox_resource_has_its_order_and_no_unknowns)                                                                                 \
    X(test_sandbox_attributes_are_percent_decoded)                                                                                         \
    X(test_sandbox_counts_pairs_it_cannot_take)                                                                                            \
    X(test_sandbox_takes_as_many_attributes_as_there_is_room_for)                                                                          \
    X(test_sandbox_precedence_of_names)                                                                                                    \
    X(test_sandbox_learns_from_arns_what_it_did_not_know)                                                                                  \
    X(test_sandbox_instance_told_replaces_the_made_up_one_and_the_last_one)                                                                \
    X(test_enrich_coldstart_depends_on_who_waited)                                                                                         \
    X(test_enrich_report_ends_an_invocation_without_runtime_done)                                                                          \
    X(test_enrich_counts_function_lines_of_nobody_and_no_others)                                                                           \
    X(test_enrich_ids_inside_messages_of_structured_logs_prove_nothing)                                                                    \
    X(test_enrich_ten_thousand_ids_take_no_more_room)

NJ_TEST_MAIN("enrich")

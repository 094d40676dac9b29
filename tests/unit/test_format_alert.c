/* Alerts as their receivers take them: escaped their way, within their limits, and valid whatever is in the record. */
#include "nightjar/sink.h"
#include "unit.h"

#include <jansson.h>
#include <string.h>

static struct nj_resource resource;

static struct nj_clean stuffing(void)
{
    struct nj_clean r = {
        .when_ns = INT64_C(1795418101123456000),
        .event = NJ_STR("alert.stuffing"),
        .category = NJ_CAT_ALERT,
        .severity = NJ_SEV_FATAL,
        .lane = NJ_LANE_CRITICAL,
        .message = NJ_STR("credential stuffing: 52 accounts from one address"),
        .data = NJ_STR("{\"nightjar.count\":52,\"http.route\":\"/login\",\"note\":\"a \\\"b\\\" <c> & d\"}"),
        .id = NJ_STR("i-1"),
        .resource = &resource,
    };
    memset(&resource, 0, sizeof(resource));
    ck_assert(nj_attrs_str(&resource.where, NJ_STR("cloud.account.id"), NJ_STR("123456789012")));
    ck_assert(nj_attrs_str(&resource.where, NJ_STR("faas.name"), NJ_STR("billing")));
    ck_assert(nj_attrs_str(&r.who, NJ_STR("client.address"), NJ_STR("203.0.113.7")));
    return r;
}

static struct nj_buf body;

static struct nj_str encode(const struct nj_format *f, const struct nj_clean *r, const struct nj_sink *sink)
{
    struct nj_encode_cache cache = { .sink = sink };
    struct nj_str out = { NULL, 0 };
    nj_buf_init(&cache.bytes, NJ_ENCODE_CACHE_MAX);
    nj_buf_fini(&body);
    nj_buf_init(&body, 1 << 20);
    nj_buf_add(&body, f->open);
    f->record(&body, r, &cache);
    nj_buf_add(&body, f->close);
    ck_assert_int_eq(nj_buf_finish(&body, &out), NJ_OK);
    nj_buf_fini(&cache.bytes);
    return out;
}

static json_t *parse(struct nj_str text)
{
    json_error_t e;
    json_t *j = json_loadb(text.p, text.n, 0, &e);
    ck_assert_msg(j != NULL, "%s in %.*s", e.text, NJ_STR_ARG(text));
    return j;
}

static const char *text_at(json_t *j, const char *a, const char *b)
{
    json_t *v = json_object_get(j, a);
    return json_string_value(b != NULL ? json_object_get(v, b) : v);
}

START_TEST(test_slack_gets_a_title_and_the_facts)
{
    struct nj_clean r = stuffing();
    json_t *j = parse(encode(&nj_format_slack, &r, NULL));
    ck_assert_str_eq(text_at(j, "text", NULL), "[FATAL] billing: credential stuffing: 52 accounts from one address");
    const char *block = text_at(json_array_get(json_object_get(j, "blocks"), 0), "text", "text");
    ck_assert_ptr_nonnull(strstr(block, "client.address: 203.0.113.7"));
    ck_assert_ptr_nonnull(strstr(block, "http.route: /login"));
    ck_assert_ptr_nonnull(strstr(block, "when: 2026-11-23T07:15:01.123456Z"));
    ck_assert_msg(strstr(block, "note: a \"b\" &lt;c&gt; &amp; d") != NULL, "%s", block);
    json_decref(j);
}
END_TEST

START_TEST(test_slack_blocks_stay_within_their_limit)
{
    static char wide[20000];
    struct nj_clean r = stuffing();
    for (size_t i = 0; i + 3 <= sizeof(wide); i += 3)
        memcpy(wide + i, i % 2 == 0 ? "\xe2\x82\xac" : "<&>", 3);
    r.message = (struct nj_str){ wide, sizeof(wide) / 3 * 3 };
    for (int i = 0; i < 20; i++) {
        static const char keys[20] = "abcdefghijklmnopqrst";
        ck_assert(nj_attrs_str(&r.where, (struct nj_str){ &keys[i], 1 }, r.message));
    }
    json_t *j = parse(encode(&nj_format_slack, &r, NULL));
    ck_assert_uint_le(strlen(text_at(json_array_get(json_object_get(j, "blocks"), 0), "text", "text")), 3000);
    ck_assert_uint_le(strlen(text_at(j, "text", NULL)), 3000);
    json_decref(j);
}
END_TEST

START_TEST(test_webhooks_get_the_text_and_the_whole_record)
{
    struct nj_clean r = stuffing();
    json_t *j = parse(encode(&nj_format_alert, &r, NULL));
    ck_assert_str_eq(text_at(j, "text", NULL), "[FATAL] billing: credential stuffing: 52 accounts from one address");
    ck_assert_str_eq(text_at(json_object_get(j, "alert"), "what", "event"), "alert.stuffing");
    ck_assert_str_eq(text_at(json_object_get(j, "alert"), "where", "faas.name"), "billing");
    json_decref(j);
}
END_TEST

START_TEST(test_pagerduty_events_have_key_severity_and_one_incident_a_rule)
{
    static const struct {
        enum nj_severity ours;
        const char *theirs;
    } rows[] = { { NJ_SEV_INFO, "info" }, { NJ_SEV_WARN, "warning" }, { NJ_SEV_ERROR, "error" }, { NJ_SEV_FATAL, "critical" } };
    const struct nj_sink sink = { .body_key = NJ_STR_INIT("r0uting") };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_clean r = stuffing();
        r.severity = rows[i].ours;
        json_t *j = parse(encode(&nj_format_pagerduty, &r, &sink));
        ck_assert_str_eq(text_at(j, "routing_key", NULL), "r0uting");
        ck_assert_str_eq(text_at(j, "event_action", NULL), "trigger");
        ck_assert_str_eq(text_at(j, "dedup_key", NULL), "123456789012:billing:alert.stuffing");
        ck_assert_str_eq(text_at(j, "payload", "severity"), rows[i].theirs);
        ck_assert_str_eq(text_at(j, "payload", "source"), "billing");
        ck_assert_str_eq(text_at(j, "payload", "timestamp"), "2026-11-23T07:15:01.123456Z");
        ck_assert_str_eq(text_at(json_object_get(j, "payload"), "custom_details", NULL) == NULL ? "object" : "", "object");
        json_decref(j);
    }
}
END_TEST

/* Undoes the form encoding of one member. */
static void form_value(struct nj_str form, const char *name, struct nj_buf *out)
{
    size_t at = nj_str_find(form, nj_str_of(name), 0);
    ck_assert_uint_ne(at, NJ_NPOS);
    at += strlen(name);
    for (; at < form.n && form.p[at] != '&'; at++) {
        unsigned v = (unsigned char)form.p[at];
        if (v == '%') {
            char hex[3] = { form.p[at + 1], form.p[at + 2], '\0' };
            v = (unsigned)strtoul(hex, NULL, 16);
            at += 2;
        }
        nj_buf_addc(out, form.p[at] == '+' ? ' ' : (char)v);
    }
}

START_TEST(test_sns_gets_a_form_with_a_plain_subject)
{
    const struct nj_sink sink = { .body_key = NJ_STR_INIT("arn:aws:sns:eu-west-1:123456789012:alerts") };
    struct nj_clean r = stuffing();
    struct nj_buf subject, message;
    nj_buf_init(&subject, 1 << 16);
    nj_buf_init(&message, 1 << 16);
    r.message =
        NJ_STR("schl\xc3\xbcssel & more\nlines, and so much of it that a subject has no room for the whole of what there is to say");
    struct nj_str form = encode(&nj_format_sns, &r, &sink);
    ck_assert(
        nj_str_starts(form, NJ_STR("Action=Publish&Version=2010-03-31&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Aalerts&")));
    form_value(form, "&Subject=", &subject);
    ck_assert_uint_le(subject.n, 100);
    for (size_t i = 0; i < subject.n; i++)
        ck_assert_int_ge(subject.p[i], 0x20);
    ck_assert(nj_str_starts(nj_buf_str(&subject), NJ_STR("[FATAL] billing: schl??ssel & more lines")));
    form_value(form, "&Message=", &message);
    ck_assert(nj_str_find(nj_buf_str(&message), NJ_STR("schl\xc3\xbcssel"), 0) != NJ_NPOS);
    ck_assert(nj_str_find(nj_buf_str(&message), NJ_STR("\nclient.address: 203.0.113.7\n"), 0) != NJ_NPOS);
    nj_buf_fini(&subject);
    nj_buf_fini(&message);
}
END_TEST

START_TEST(test_alerts_without_anything_known_are_still_sound)
{
    static const struct nj_format *const formats[] = { &nj_format_slack, &nj_format_alert, &nj_format_pagerduty };
    struct nj_clean r = { .when_ns = 0, .event = NJ_STR("alert.x"), .category = NJ_CAT_ALERT, .id = NJ_STR("i-2"), .data = NJ_STR("{bad") };
    r.data = NJ_STR("[1]");
    for (size_t i = 0; i < NJ_COUNT(formats); i++)
        json_decref(parse(encode(formats[i], &r, NULL)));
    ck_assert(nj_str_find(encode(&nj_format_sns, &r, NULL), NJ_STR("&Subject=%5BTRACE%5D+alert.x"), 0) != NJ_NPOS);
}
END_TEST

START_TEST(test_alerts_latch_a_full_buffer)
{
    static const struct nj_format *const formats[] = { &nj_format_slack, &nj_format_alert, &nj_format_pagerduty, &nj_format_sns };
    struct nj_clean r = stuffing();
    for (size_t i = 0; i < NJ_COUNT(formats); i++) {
        struct nj_buf small;
        nj_buf_init(&small, 100);
        formats[i]->record(&small, &r, NULL);
        ck_assert_int_eq(small.err, NJ_ELIMIT);
        nj_buf_fini(&small);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_slack_gets_a_title_and_the_facts)                                                                                               \
    X(test_slack_blocks_stay_within_their_limit)                                                                                           \
    X(test_webhooks_get_the_text_and_the_whole_record)                                                                                     \
    X(test_pagerduty_events_have_key_severity_and_one_incident_a_rule)                                                                     \
    X(test_sns_gets_a_form_with_a_plain_subject)                                                                                           \
    X(test_alerts_without_anything_known_are_still_sound)                                                                                  \
    X(test_alerts_latch_a_full_buffer)

NJ_TEST_MAIN("format_alert")

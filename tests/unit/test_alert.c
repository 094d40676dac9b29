/* Alerts: the first one, those at the steps, none too soon, and the exact number at the end. */
#include "../../src/observe/observe_internal.h"
#include "nightjar/options.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { ALERTS_MAX = 512 };
static const int64_t t0 = INT64_C(1795418101000000000); /* 2026-11-23T07:15:01Z */

struct alert {
    char event[64], message[600], group[64];
    int64_t count;
    enum nj_severity severity;
    bool final;
};

static struct {
    struct nj_observe *room;
    struct nj_alert_rules rules;
    struct alert list[ALERTS_MAX];
    size_t n;
    int64_t now_ns;
} desk;

static void copy(char *to, size_t room, struct nj_str s)
{
    snprintf(to, room, "%.*s", NJ_STR_ARG(s));
}

static void on_emit(void *ctx, struct nj_record *r)
{
    (void)ctx;
    if (r->category != NJ_CAT_ALERT)
        return;
    ck_assert_uint_lt(desk.n, ALERTS_MAX);
    struct alert *a = &desk.list[desk.n++];
    const struct nj_attr *group = nj_attrs_get(&r->data, NJ_STR("http.route"));
    memset(a, 0, sizeof(*a));
    copy(a->event, sizeof(a->event), r->event);
    copy(a->message, sizeof(a->message), r->message);
    if (group != NULL)
        copy(a->group, sizeof(a->group), group->v.u.s);
    a->count = nj_attrs_get(&r->data, NJ_STR("nightjar.count"))->v.u.i;
    a->final = nj_attrs_get(&r->data, NJ_STR("nightjar.final")) != NULL;
    a->severity = r->severity;
    ck_assert_int_eq(r->lane, NJ_LANE_CRITICAL);
}

/* rules NULL: the built-in ones. */
static void open_desk(const char *rules)
{
    char why[NJ_ALERT_WHY];
    memset(&desk, 0, sizeof(desk));
    ck_assert_msg(nj_alert_rules_read(&desk.rules, nj_str_of(rules), why), "%s", why);
    struct nj_observe_options o = { .alert_rules = &desk.rules, .emit = on_emit };
    ck_assert_int_eq(nj_observe_new(&desk.room, &o), NJ_OK);
    desk.now_ns = t0;
    nj_observe_tick(desk.room, t0);
}

static void close_desk(void)
{
    nj_observe_free(desk.room);
}

/* Time passes as in the program: what is due in between happens when it is due. */
static void wait_s(int64_t seconds)
{
    int64_t until = desk.now_ns + seconds * 1000000000;
    for (;;) {
        int64_t due = nj_observe_due_ms(desk.room, desk.now_ns);
        if (due < 0 || desk.now_ns + due * 1000000 > until)
            break;
        desk.now_ns += (due > 0 ? due : 1) * 1000000;
        nj_observe_tick(desk.room, desk.now_ns);
    }
    desk.now_ns = until;
    nj_observe_tick(desk.room, until);
}

static void say(const char *event, enum nj_severity severity, const char *route, const char *message)
{
    struct nj_record *r = nj_observe_record_of(desk.room, nj_str_of(event), NJ_CAT_AUTHENTICATION);
    r->severity = severity;
    r->message = nj_str_of(message);
    nj_attrs_str(&r->data, NJ_STR("http.route"), nj_str_of(route));
    nj_observe_say(desk.room, NULL, r);
}

START_TEST(test_alert_tells_34985_failed_logins_in_a_dozen_messages_and_then_exactly)
{
    open_desk(NULL);
    for (int i = 0; i < 34985; i++) {
        say("authn_login_fail", NJ_SEV_WARN, "/login", "POST /login answered 401");
        if (i % 50 == 49)
            wait_s(1);
    }
    size_t during = desk.n;
    ck_assert_uint_ge(during, 5);
    ck_assert_uint_le(during, 13);
    ck_assert_int_eq(desk.list[0].count, 20);
    ck_assert_str_eq(desk.list[0].event, "alert.authentication");
    wait_s(3600);
    ck_assert_uint_eq(desk.n, during + 1);
    ck_assert_int_eq(desk.list[during].count, 34985);
    ck_assert(desk.list[during].final);
    ck_assert_str_eq(desk.list[during].message,
                     "authn_login_fail 34,985 times today, and silent now; the last one: POST /login answered 401");
    wait_s(3600);
    ck_assert_uint_eq(desk.n, during + 1);
    close_desk();
}
END_TEST

START_TEST(test_alert_below_the_count_nobody_is_woken)
{
    open_desk(NULL);
    for (int i = 0; i < 19; i++)
        say("authn_login_fail", NJ_SEV_WARN, "/login", "no");
    wait_s(3600);
    for (int i = 0; i < 19; i++) { /* never twenty within ten minutes */
        say("authn_login_fail", NJ_SEV_WARN, "/login", "no");
        wait_s(60);
    }
    nj_observe_shutdown(desk.room, desk.now_ns, NJ_STR("spindown"));
    ck_assert_uint_eq(desk.n, 0);
    close_desk();
}
END_TEST

START_TEST(test_alert_one_finding_is_one_alert_with_its_words)
{
    open_desk(NULL);
    say("authn.stuffing", NJ_SEV_FATAL, "/login", "52 accounts from one address");
    ck_assert_uint_eq(desk.n, 1);
    ck_assert_str_eq(desk.list[0].event, "alert.attack");
    ck_assert_str_eq(desk.list[0].message, "52 accounts from one address");
    ck_assert_int_eq(desk.list[0].severity, NJ_SEV_FATAL);
    say("authn.spray", NJ_SEV_ERROR, "/login", "another kind is another group");
    ck_assert_uint_eq(desk.n, 2);
    close_desk();
}
END_TEST

START_TEST(test_alert_severity_keeps_the_small_ones_out)
{
    open_desk(NULL);
    say("authz_fail", NJ_SEV_WARN, "/admin", "one 403 pages nobody");
    ck_assert_uint_eq(desk.n, 0);
    say("authz_fail", NJ_SEV_ERROR, "/admin", "a sweep does");
    ck_assert_uint_eq(desk.n, 1);
    close_desk();
}
END_TEST

START_TEST(test_alert_groups_are_told_apart_by_their_attribute)
{
    open_desk("[{\"name\":\"mine\",\"events\":[\"authn_login_*\"],\"count\":2,\"window\":\"1m\",\"every\":\"1m\",\"by\":\"http.route\"},"
              "{\"name\":\"authentication\",\"off\":true}]");
    say("authn_login_fail", NJ_SEV_WARN, "/a", "a");
    say("authn_login_fail", NJ_SEV_WARN, "/b", "b");
    ck_assert_uint_eq(desk.n, 0);
    say("authn_login_lock", NJ_SEV_WARN, "/b", "b");
    ck_assert_uint_eq(desk.n, 1);
    ck_assert_str_eq(desk.list[0].event, "alert.mine");
    ck_assert_str_eq(desk.list[0].group, "/b");
    close_desk();
}
END_TEST

START_TEST(test_alert_what_came_too_soon_is_told_when_it_may)
{
    open_desk("[{\"name\":\"mine\",\"events\":[\"x\"],\"every\":\"5m\",\"window\":\"10m\"}]");
    say("x", NJ_SEV_WARN, "/", "first");
    for (int i = 0; i < 30; i++)
        say("x", NJ_SEV_WARN, "/", "more");
    ck_assert_uint_eq(desk.n, 1);
    wait_s(301);
    ck_assert_uint_eq(desk.n, 2);
    ck_assert_int_eq(desk.list[1].count, 31);
    close_desk();
}
END_TEST

START_TEST(test_alert_at_shutdown_the_exact_number_is_told)
{
    open_desk("[{\"name\":\"mine\",\"events\":[\"x\"]}]");
    for (int i = 0; i < 7; i++)
        say("x", NJ_SEV_WARN, "/", "m");
    ck_assert_uint_eq(desk.n, 1);
    nj_observe_shutdown(desk.room, desk.now_ns, NJ_STR("spindown"));
    ck_assert_uint_eq(desk.n, 2);
    ck_assert_int_eq(desk.list[1].count, 7);
    ck_assert(desk.list[1].final);
    close_desk();
}
END_TEST

START_TEST(test_alert_a_new_day_counts_anew)
{
    open_desk("[{\"name\":\"mine\",\"events\":[\"x\"]}]");
    for (int i = 0; i < 7; i++)
        say("x", NJ_SEV_WARN, "/", "m");
    wait_s(86400);
    size_t before = desk.n;
    say("x", NJ_SEV_WARN, "/", "m");
    ck_assert_uint_eq(desk.n, before + 1);
    ck_assert_int_eq(desk.list[before].count, 1);
    close_desk();
}
END_TEST

START_TEST(test_alert_more_groups_than_places_lose_none_in_silence)
{
    open_desk("[{\"name\":\"mine\",\"events\":[\"x\"],\"by\":\"http.route\"}]");
    for (int i = 0; i < 300; i++) {
        char route[16];
        snprintf(route, sizeof(route), "/%d", i);
        say("x", NJ_SEV_WARN, route, "m");
        wait_s(1);
    }
    ck_assert_uint_eq(desk.n, 300);
    close_desk();
}
END_TEST

START_TEST(test_alert_long_and_broken_messages_are_cut_between_characters)
{
    char wide[2000];
    open_desk("[{\"name\":\"mine\",\"events\":[\"x\"]}]");
    for (size_t i = 0; i + 3 < sizeof(wide); i += 3)
        memcpy(wide + i, "\xe2\x82\xac", 3);
    wide[1998] = '\0';
    say("x", NJ_SEV_WARN, "/", wide);
    size_t n = strlen(desk.list[0].message);
    ck_assert_uint_gt(n, 100);
    ck_assert_uint_eq(n % 3, 0);
    close_desk();
}
END_TEST

START_TEST(test_alert_rules_that_cannot_be_used_say_where_and_why)
{
    static const struct {
        const char *text, *why;
    } rows[] = {
        { "[{]", "no JSON: line 1, column 3" },
        { "{}", "must be a JSON list of rules, such as [{\"name\":\"errors\",\"count\":5}]" },
        { "[1]", "rule 1: needs a \"name\" of up to 31 letters, digits, _ and -" },
        { "[{\"name\":\"a b\"}]", "rule 1: needs a \"name\" of up to 31 letters, digits, _ and -" },
        { "[{\"name\":\"x\"}]", "rule 1: needs \"events\"" },
        { "[{\"name\":\"cost\"},{\"name\":\"x\",\"events\":\"y\"}]", "rule 2: \"events\" must be a list of event names" },
        { "[{\"name\":\"x\",\"events\":[\"a*b\"]}]", "rule 1: an entry of \"events\" is no name, or has a * elsewhere than at its end" },
        { "[{\"name\":\"x\",\"events\":[\"a\"],\"count\":0}]", "rule 1: \"count\" must be a number from 1 to 1000000" },
        { "[{\"name\":\"x\",\"events\":[\"a\"],\"window\":\"10\"}]",
          "rule 1: \"window\" must be a duration from 1s to 24h, such as \"10m\"" },
        { "[{\"name\":\"x\",\"events\":[\"a\"],\"severity\":\"LOUD\"}]",
          "rule 1: \"severity\" must be one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL" },
        { "[{\"name\":\"x\",\"events\":[\"a\"],\"s3cr3t p4ss\":1}]",
          "rule 1: there is no \"s3cr3t?p4ss\"; known: name events severity count window every by off" },
        { "[{\"name\":\"none\",\"off\":true}]", "rule 1: there is no rule to take away by this name" },
        { "/no/such/file", "the file cannot be read" },
    };
    struct nj_alert_rules standard, got;
    nj_alert_rules_standard(&standard);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char why[NJ_ALERT_WHY];
        ck_assert_msg(!nj_alert_rules_read(&got, nj_str_of(rows[i].text), why), "%s was taken", rows[i].text);
        ck_assert_str_eq(why, rows[i].why);
        ck_assert_uint_eq(got.n, standard.n);
        ck_assert_str_eq(got.rule[0].name, standard.rule[0].name);
    }
}
END_TEST

START_TEST(test_alert_rules_change_what_they_name_and_keep_the_rest)
{
    struct nj_alert_rules standard, got;
    char why[NJ_ALERT_WHY];
    nj_alert_rules_standard(&standard);
    ck_assert(nj_alert_rules_read(
        &got,
        NJ_STR("[{\"name\":\"authentication\",\"count\":3},{\"name\":\"cost\",\"off\":true},{\"name\":\"new\",\"events\":[\"a\",\"b*\"]}]"),
        why));
    ck_assert_uint_eq(got.n, standard.n);
    ck_assert_uint_eq(got.rule[0].count, 3);
    ck_assert_str_eq(got.rule[0].events, standard.rule[0].events);
    const struct nj_alert_rule *last = &got.rule[got.n - 1];
    ck_assert_str_eq(last->name, "new");
    ck_assert(nj_alert_rule_wants(last, NJ_STR("a"), NJ_SEV_WARN) && nj_alert_rule_wants(last, NJ_STR("bc"), NJ_SEV_FATAL));
    ck_assert(!nj_alert_rule_wants(last, NJ_STR("ab"), NJ_SEV_WARN) && !nj_alert_rule_wants(last, NJ_STR("a"), NJ_SEV_INFO));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_alert_tells_34985_failed_logins_in_a_dozen_messages_and_then_exactly)                                                           \
    X(test_alert_below_the_count_nobody_is_woken)                                                                                          \
    X(test_alert_one_finding_is_one_alert_with_its_words)                                                                                  \
    X(test_alert_severity_keeps_the_small_ones_out)                                                                                        \
    X(test_alert_groups_are_told_apart_by_their_attribute)                                                                                 \
    X(test_alert_what_came_too_soon_is_told_when_it_may)                                                                                   \
    X(test_alert_at_shutdown_the_exact_number_is_told)                                                                                     \
    X(test_alert_a_new_day_counts_anew)                                                                                                    \
    X(test_alert_more_groups_than_places_lose_none_in_silence)                                                                             \
    X(test_alert_long_and_broken_messages_are_cut_between_characters)                                                                      \
    X(test_alert_rules_that_cannot_be_used_say_where_and_why)                                                                              \
    X(test_alert_rules_change_what_they_name_and_keep_the_rest)

NJ_TEST_MAIN("alert")

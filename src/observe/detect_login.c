/* Findings about logins: guessing, stuffing, spraying, many addresses on one account, success after failures, MFA fatigue. */
#include "detectors.h"
#include "judge.h"

#include <stdio.h>

/* What the sentence counts, and the word for it. */
enum counted { FAILURES, CHALLENGES, ACCOUNTS, ADDRESSES };
static const char *const words[] = {
    [FAILURES] = "failed logins", [CHALLENGES] = "challenges", [ACCOUNTS] = "accounts", [ADDRESSES] = "addresses"
};

static const struct {
    enum nj_find find;
    const char *scope;
    enum counted of;
    const char *text; /* "5 failed logins" "of one account"; NULL: it is a success after failures */
    enum nj_severity severity;
} kinds[NJ_LOGIN_ALARM_KINDS] = {
    [NJ_ALARM_GUESS_ACCOUNT] = { NJ_FIND_GUESS, "account", FAILURES, "of one account", NJ_SEV_WARN },
    [NJ_ALARM_GUESS_ADDRESS] = { NJ_FIND_GUESS, "ip", FAILURES, "from one address", NJ_SEV_WARN },
    [NJ_ALARM_STUFFING_ADDRESS] = { NJ_FIND_STUFFING, "ip", ACCOUNTS, "tried from one address, one after the other", NJ_SEV_ERROR },
    [NJ_ALARM_STUFFING_FLEET] = { NJ_FIND_STUFFING, "fleet", ACCOUNTS, "fail at once, whatever the address", NJ_SEV_ERROR },
    [NJ_ALARM_SPRAY] = { NJ_FIND_SPRAY, "fleet", ACCOUNTS, "tried a time or two each, with the same", NJ_SEV_ERROR },
    [NJ_ALARM_DISTRIBUTED] = { NJ_FIND_DISTRIBUTED, "account", ADDRESSES, "fail to log in to one account", NJ_SEV_ERROR },
    [NJ_ALARM_AFTER_FAILURES] = { NJ_FIND_AFTER_FAILURES, "account", FAILURES, NULL, NJ_SEV_INFO },
    [NJ_ALARM_TAKEOVER] = { NJ_FIND_AFTER_FAILURES, "account", FAILURES, NULL, NJ_SEV_FATAL },
    [NJ_ALARM_MFA_FATIGUE] = { NJ_FIND_MFA_FATIGUE, "account", CHALLENGES, "for the second factor of one account", NJ_SEV_ERROR },
};

enum { TOP = 50 };

struct login_state {
    struct nj_logins logins;
    uint64_t told; /* attempts at the last sketch */
    int64_t minute_ns;
};

static void start(struct nj_observe *o, void *state)
{
    struct login_state *s = state;
    (void)o;
    nj_logins_init(&s->logins);
}

/* What a backend adds up over a fleet: each of these stays below every threshold of one sandbox when an attack is slow and wide. */
static void say_sketch(struct nj_observe *o, struct login_state *s)
{
    const struct nj_logins *l = &s->logins;
    s->minute_ns = 0;
    if (s->told == l->failed + l->passed)
        return;
    s->told = l->failed + l->passed;
    struct nj_finding f = nj_finding_open(o, NJ_FIND_SKETCH, NJ_SEV_INFO);
    nj_finding_message(&f, "%llu failed logins and %llu others since the start", (unsigned long long)l->failed,
                       (unsigned long long)l->passed);
    nj_finding_str(&f, "nightjar.sketch", NJ_STR("logins"));
    nj_finding_i64(&f, "nightjar.sketch.version", 1);
    nj_finding_i64(&f, "nightjar.failed", (int64_t)l->failed);
    nj_finding_i64(&f, "nightjar.passed", (int64_t)l->passed);
    nj_finding_f64(&f, "nightjar.accounts.day", nj_hll_estimate(l->day_accounts, NJ_HLL_LARGE));
    nj_finding_registers(&f, "nightjar.accounts.day.registers", l->day_accounts, sizeof(l->day_accounts));
    nj_finding_top(&f, "nightjar.top.accounts", &l->accounts, TOP);
    nj_finding_i64(&f, "nightjar.top.accounts.total", (int64_t)l->accounts.total);
    nj_finding_say(&f, NULL);
    f = nj_finding_open(o, NJ_FIND_SKETCH, NJ_SEV_INFO);
    nj_finding_message(&f, "addresses of failed logins");
    nj_finding_str(&f, "nightjar.sketch", NJ_STR("login_addresses"));
    nj_finding_i64(&f, "nightjar.sketch.version", 1);
    nj_finding_top(&f, "nightjar.top.addresses", &l->addresses, TOP);
    nj_finding_i64(&f, "nightjar.top.addresses.total", (int64_t)l->addresses.total);
    nj_finding_say(&f, NULL);
}

static void put_ratio(struct nj_finding *f, const char *key, double v)
{
    if (v > 0)
        nj_finding_f64(f, key, v);
}

/* "10 accounts tried from one address, one after the other, within 10 min" */
static void say_sentence(struct nj_finding *f, const struct nj_login_alarm *a)
{
    enum { MINUTE = 60 };
    const char *maybe = a->kind == NJ_ALARM_TAKEOVER ? ": it may be a takeover" : "";
    if (kinds[a->kind].text == NULL && a->count == 0) {
        nj_finding_message(f, "a login succeeded from an address of many failures%s", maybe);
        return;
    }
    if (kinds[a->kind].text == NULL) {
        nj_finding_message(f, "a login succeeded after %u failure%s%s", a->count, a->count == 1 ? "" : "s", maybe);
        return;
    }
    enum counted of = kinds[a->kind].of;
    double n = of == ACCOUNTS ? a->accounts : of == ADDRESSES ? a->addresses : (double)a->count;
    const char *same = a->kind != NJ_ALARM_SPRAY ? "" : a->by_secret ? " secret" : " user agent";
    char window[32] = "since the last success";
    if (a->window_s != 0)
        (void)snprintf(window, sizeof(window), "within %u min", (a->window_s + MINUTE - 1) / MINUTE);
    nj_finding_message(f, "%.0f %s %s%s, %s", n, words[of], kinds[a->kind].text, same, window);
}

static void say(struct nj_observe *o, struct nj_case *c, const struct nj_login_alarm *a)
{
    enum nj_severity severity = kinds[a->kind].severity;
    if (a->critical)
        severity = NJ_SEV_FATAL;
    else if (a->kind == NJ_ALARM_AFTER_FAILURES && a->count >= 5)
        severity = NJ_SEV_WARN;
    struct nj_finding f = nj_finding_open(o, kinds[a->kind].find, severity);
    bool success = kinds[a->kind].text == NULL;
    f.r->outcome = success ? NJ_OUTCOME_SUCCESS : NJ_OUTCOME_FAILURE;
    f.r->lane = NJ_LANE_CRITICAL;
    say_sentence(&f, a);
    if (c == NULL && a->subject != 0)
        nj_finding_about(&f, a->subject);
    nj_finding_bool(&f, "nightjar.security", true);
    nj_finding_str(&f, "nightjar.scope", nj_str_of(kinds[a->kind].scope));
    nj_finding_i64(&f, success ? "nightjar.retries" : "nightjar.count", (int64_t)a->count);
    if (a->window_s != 0)
        nj_finding_i64(&f, "nightjar.window_s", (int64_t)a->window_s);
    if (a->error != 0)
        nj_finding_i64(&f, "nightjar.count_error", (int64_t)a->error);
    put_ratio(&f, "nightjar.accounts", a->accounts);
    put_ratio(&f, "nightjar.addresses", a->addresses);
    put_ratio(&f, "nightjar.failure_share", a->share);
    put_ratio(&f, "nightjar.unknown_share", a->unknown_share);
    put_ratio(&f, "nightjar.expected", a->expected);
    if (a->kind == NJ_ALARM_SPRAY)
        nj_finding_str(&f, "nightjar.common", a->by_secret ? NJ_STR("secret") : NJ_STR("user_agent"));
    if (a->flagged)
        nj_finding_bool(&f, "nightjar.address_flagged", true);
    nj_finding_whos(&f, a->kind == NJ_ALARM_DISTRIBUTED ? "nightjar.address_pseudonyms" : "nightjar.account_pseudonyms", a->whos,
                    a->whos_n);
    nj_finding_say(&f, c);
}

/* A login, or what an application calls one where nobody saw the input. */
static bool is_login(const struct nj_case *c)
{
    if (c->authn.source == NJ_AUTH_NOBODY || (c->authn.outcome != NJ_OUTCOME_SUCCESS && c->authn.outcome != NJ_OUTCOME_FAILURE))
        return false;
    return nj_case_asks(c) || (!c->input_seen && c->authn.source == NJ_AUTH_APPLICATION);
}

static bool is_reason(const struct nj_case *c, const char *reason)
{
    return c->authn.reason != NULL && nj_str_eq(nj_str_of(c->authn.reason), nj_str_of(reason));
}

static void take(struct nj_observe *o, struct login_state *s, struct nj_case *c, const struct nj_login *a)
{
    struct nj_login_alarm alarms[NJ_LOGIN_ALARMS];
    if (s->minute_ns == 0) {
        s->minute_ns = nj_next_minute_ns(nj_observe_now(o));
        nj_observe_wake(o, s->minute_ns);
    }
    size_t n = nj_logins_take(&s->logins, nj_observe_limits(o), a, nj_observe_now_ms(o), alarms);
    for (size_t i = 0; i < n; i++)
        say(o, c, &alarms[i]);
}

static void on_login(struct nj_observe *o, void *state, const struct nj_login *l)
{
    take(o, state, NULL, l);
}

static void on_done(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct nj_login a = { .account = c->actor.tag, .address = c->actor.address_tag };
    if (!is_login(c) || (a.account == 0 && a.address == 0))
        return;
    a.agent = c->actor.user_agent.n != 0 ? nj_tag_of(c->actor.user_agent) : 0;
    a.secret = c->request.ask == NJ_ASK_LOGIN || c->request.ask == NJ_ASK_TOKEN ? c->request.secret_tag : 0;
    a.success = c->authn.outcome == NJ_OUTCOME_SUCCESS;
    a.unknown_user = c->actor.unknown_user || is_reason(c, "unknown_user");
    a.second_factor = c->request.ask == NJ_ASK_MFA || is_reason(c, "mfa");
    take(o, state, c, &a);
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct login_state *s = state;
    if (s->minute_ns != 0 && nj_observe_now(o) >= s->minute_ns)
        say_sketch(o, s);
    return s->minute_ns != 0 ? s->minute_ns : INT64_MAX;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)reason;
    say_sketch(o, state);
}

const struct nj_observer nj_login_detector = {
    .name = "logins",
    .category = NJ_CAT_AUTHENTICATION,
    .state = sizeof(struct login_state),
    .start = start,
    .on_done = on_done,
    .on_login = on_login,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
};

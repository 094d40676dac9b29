/* A day of honest traffic at the front desk, then incidents: how many findings were false, and how soon the true ones came.
 *
 * The honest day has what is mistaken for attacks elsewhere: mistyped passwords, an office behind one address, a mobile client whose token
 * expired, a picture that is gone, a route with two modes, a nightly batch, a load test, a deployment's errors.  The dice are fixed:
 * the figures are the same on every run. */
#include "observe_desk.h"
#include "observe_kit.h"

enum { HOUR_MS = 3600000, MINUTE_MS = 60000, USERS = 400 };

static struct desk d;
static struct dice dice;
static char input[2048];

struct visit {
    const char *method, *route, *path, *address, *user, *body; /* user: of a token; NULL = none */
    unsigned status, protected;
    double ms;
    int used_mb;
    const char *line;
};

static void visit(const struct visit *v)
{
    char auth[200] = "", response[64], counts[64];
    struct nj_clean clean = { .category = NJ_CAT_RESPONSE };
    if (v->user != NULL)
        snprintf(auth, sizeof(auth), ",\"authorizer\":{\"jwt\":{\"claims\":{\"sub\":\"%s\"}}}", v->user);
    snprintf(
        input, sizeof(input),
        "{\"version\":\"2.0\",\"routeKey\":\"%s %s\",\"rawPath\":\"%s\",\"headers\":{\"user-agent\":\"Mozilla/5.0\",\"content-type\":"
        "\"application/json\"},\"requestContext\":{\"http\":{\"method\":\"%s\",\"path\":\"%s\",\"sourceIp\":\"%s\"}%s},\"body\":\"%s\","
        "\"isBase64Encoded\":false}",
        v->method, v->route, v->path, v->method, v->path, v->address, auth, v->body != NULL ? v->body : "");
    snprintf(response, sizeof(response), "{\"statusCode\":%u}", v->status);
    snprintf(counts, sizeof(counts), "{\"email\":%u}", v->protected);
    struct call c = { .ms = v->ms, .memory_mb = 512, .used_mb = v->used_mb != 0 ? v->used_mb : 180, .input = input, .line = v->line };
    desk_begin(&d, &c);
    desk_pass(&d, v->ms);
    c.response = response;
    c.status_code = v->status;
    if (v->protected != 0) {
        clean.counts = nj_str_of(counts);
        nj_observe_clean(d.room, d.now_ns, nj_str_of(desk_id(&d)), &clean);
    }
    desk_end(&d, &c);
}

static void login(const char *user, unsigned secret, const char *address, bool good)
{
    char body[160];
    snprintf(body, sizeof(body), "{\\\"username\\\":\\\"%s\\\",\\\"password\\\":\\\"Pw-%u\\\"}", user, secret);
    visit(&(struct visit){ .method = "POST",
                           .route = "/login",
                           .path = "/login",
                           .address = address,
                           .body = body,
                           .status = good ? 200 : 401,
                           .ms = dice_lognormal(&dice, 90, 0.3) });
}

/* A person at home, or in the office that everybody shares. */
static void someone(char user[static 24], char address[static 24])
{
    unsigned n = (unsigned)(dice_next(&dice) % USERS);
    snprintf(user, 24, "user%u", n);
    if (n % 4 == 0)
        snprintf(address, 24, "203.0.113.10");
    else
        snprintf(address, 24, "198.51.%u.%u", n / 200, 1 + n % 200);
}

static void honest_call(void)
{
    char user[24], address[24], path[40];
    double what = dice_01(&dice);
    const char *line = dice_01(&dice) < 0.003 ? "{\"level\":\"ERROR\",\"message\":\"upstream answered 503 after 3 tries\"}"
                                              : "{\"level\":\"INFO\",\"message\":\"request handled\",\"ms\":12}";
    someone(user, address);
    if (what < 0.03) {
        for (int wrong = dice_01(&dice) < 0.1 ? 1 + (int)(dice_next(&dice) % 3) : 0; wrong > 0; wrong--)
            login(user, (unsigned)dice_next(&dice), address, false);
        login(user, 1, address, true);
    } else if (what < 0.05) {
        visit(&(struct visit){
            .method = "GET", .route = "$default", .path = "/favicon.ico", .address = address, .status = 404, .ms = 3, .line = line });
    } else if (what < 0.06) {
        visit(&(struct visit){
            .method = "GET", .route = "/admin", .path = "/admin", .address = address, .user = user, .status = 403, .ms = 4, .line = line });
    } else if (what < 0.40) {
        double ms = dice_lognormal(&dice, dice_01(&dice) < 0.7 ? 40 : 600, 0.2);
        visit(&(struct visit){ .method = "GET",
                               .route = "/search",
                               .path = "/search",
                               .address = address,
                               .user = user,
                               .status = 200,
                               .ms = ms,
                               .line = line });
    } else {
        snprintf(path, sizeof(path), "/orders/%u", (unsigned)(dice_next(&dice) % 100000));
        visit(&(struct visit){ .method = "GET",
                               .route = "/orders/{id}",
                               .path = path,
                               .address = address,
                               .user = user,
                               .status = 200,
                               .protected = 1 + (unsigned)(dice_next(&dice) % 3),
                               .ms = dice_lognormal(&dice, 120, 0.3),
                               .line = line });
    }
}

/* What would wake somebody: not what is only written down. */
static size_t findings(bool tell)
{
    static const char *const quiet[] = {
        "invocation.summary|", "sketch|",           "usage.summary|", "cost.summary|", "error.", "sys_",
        "authn_login_success", "authn_login_fail|", "session_",       "authn_token",   "user_",  "input_validation"
    };
    struct nj_str rest = nj_buf_str(&d.said), line;
    size_t n = 0;
    while (nj_str_cut(&rest, '\n', &line)) {
        bool counts = line.n != 0;
        for (size_t i = 0; i < NJ_COUNT(quiet); i++)
            counts = counts && !nj_str_starts(line, nj_str_of(quiet[i]));
        /* A denial and an expired token are records of their own; the sweep and the takeover are findings. */
        if (nj_str_starts(line, NJ_STR("authz_fail|WARN")))
            counts = false;
        if (nj_str_starts(line, NJ_STR("authn_login_successafterfail|FATAL")))
            counts = true;
        n += counts;
        if (counts && tell)
            printf("  false: %.*s\n", (int)(line.n < 300 ? line.n : 300), line.p);
    }
    return n;
}

static size_t false_findings;
static bool show; /* what was false */

static void honest_hours(int hours)
{
    for (int h = 0; h < hours; h++) {
        int64_t end = d.now_ns + (int64_t)HOUR_MS * 1000000;
        bool day = h % 24 >= 7 && h % 24 < 20;
        if (h == 3) /* nightly batch: long calls of a service, many records each */
            for (int i = 0; i < 150; i++) {
                visit(&(struct visit){ .method = "POST",
                                       .route = "/batch",
                                       .path = "/batch",
                                       .address = "192.0.2.1",
                                       .user = "batch",
                                       .status = 200,
                                       .protected = 400 + (unsigned)(dice_next(&dice) % 200),
                                       .ms = dice_lognormal(&dice, 9000, 0.2) });
                desk_pass(&d, 100);
            }
        if (h == 14) /* a load test: everybody at once */
            for (int i = 0; i < 3000; i++) {
                honest_call();
                desk_pass(&d, 20);
            }
        while (d.now_ns < end) {
            honest_call();
            if (dice_01(&dice) < 0.2) /* the phone in a drawer */
                visit(
                    &(struct visit){ .method = "GET", .route = "/feed", .path = "/feed", .address = "198.51.9.9", .status = 401, .ms = 2 });
            desk_pass(&d, -log(1 - dice_01(&dice)) * (day ? 1500 : 15000));
        }
        false_findings += findings(show);
        desk_forget(&d);
    }
}

static void begin(int hours)
{
    dice.state = 20261123;
    desk_open(&d, "all", "");
    d.now_ns = desk_t0 / 86400000000000 * 86400000000000; /* midnight */
    honest_hours(hours);
}

START_TEST(test_day_of_honest_traffic_has_less_than_one_false_finding_in_two_thousand)
{
    dice.state = 20261123;
    desk_open(&d, "all", "");
    d.now_ns = desk_t0 / 86400000000000 * 86400000000000;
    show = true;
    honest_hours(24);
    show = false;
    size_t n = false_findings;
    double rate = (double)n * 1000 / d.calls;
    printf("honest day: %u invocations, %zu false findings, %.3f per 1,000\n", d.calls, n, rate);
    fflush(stdout);
    ck_assert_uint_gt(d.calls, 30000);
    ck_assert_double_lt(rate, 0.5);
    desk_close(&d);
}
END_TEST

static void report(const char *incident, unsigned attempts, int64_t since_ns)
{
    printf("%-48s found after %u attempts, %.0f s\n", incident, attempts, (double)(d.now_ns - since_ns) / 1e9);
    fflush(stdout);
}

START_TEST(test_day_stuffing_is_found_within_thirty_attempts_at_any_rate)
{
    static const double gaps_ms[] = { 200, 2000, 10000, 40000 };
    for (size_t r = 0; r < NJ_COUNT(gaps_ms); r++) {
        char user[24], what[64];
        unsigned n = 0;
        begin(10);
        int64_t since = d.now_ns;
        for (; n < 200 && desk_events(&d, "authn.stuffing") == 0; n++) {
            snprintf(user, sizeof(user), "leaked%u", n);
            login(user, 5000 + n, "192.0.2.77", false);
            desk_pass(&d, gaps_ms[r]);
            if (n % 4 == 0)
                honest_call();
        }
        snprintf(what, sizeof(what), "stuffing from one address, one in %.1f s", gaps_ms[r] / 1000);
        report(what, n, since);
        ck_assert_uint_le(n, 30);
        desk_close(&d);
    }
}
END_TEST

START_TEST(test_day_other_attacks_are_found)
{
    unsigned n = 0;
    char user[24], address[24];
    begin(10);
    int64_t since = d.now_ns;
    for (; n < 100 && desk_events(&d, "authn_login_fail_max") == 0; n++) {
        login("user7", 7000 + n, "192.0.2.78", false);
        desk_pass(&d, 15000);
        honest_call();
    }
    report("guessing one account from one address", n, since);
    ck_assert_uint_le(n, 5);
    desk_forget(&d);
    since = d.now_ns;
    for (n = 0; n < 300 && desk_events(&d, "authn.stuffing") == 0; n++) {
        snprintf(user, sizeof(user), "leak%u", n);
        snprintf(address, sizeof(address), "100.64.%u.%u", n / 200, 1 + n % 200);
        login(user, 9000 + n, address, false);
        desk_pass(&d, 3000);
        if (n % 3 == 0)
            honest_call();
    }
    report("stuffing, each attempt from another address", n, since);
    ck_assert_uint_le(n, 80);
    desk_close(&d);
}
END_TEST

START_TEST(test_day_incidents_of_speed_memory_and_data_are_found)
{
    unsigned n = 0;
    begin(10);
    int64_t since = d.now_ns;
    for (; n < 50 && desk_events(&d, "performance.stalled") + desk_events(&d, "performance.slow") == 0; n++)
        visit(&(struct visit){ .method = "GET",
                               .route = "/orders/{id}",
                               .path = "/orders/1",
                               .address = "198.51.1.1",
                               .user = "user1",
                               .status = 200,
                               .ms = 1200 });
    report("a route ten times slower: first word", n, since);
    ck_assert_uint_eq(n, 1);
    for (; n < 50 && desk_events(&d, "performance.shift") == 0; n++)
        visit(&(struct visit){ .method = "GET",
                               .route = "/orders/{id}",
                               .path = "/orders/1",
                               .address = "198.51.1.1",
                               .user = "user1",
                               .status = 200,
                               .ms = 1200 });
    report("a route ten times slower: shift", n, since);
    ck_assert_uint_le(n, 6);
    desk_forget(&d);
    since = d.now_ns;
    for (n = 0; n < 300 && desk_events(&d, "memory.leak") == 0; n++) {
        visit(&(struct visit){ .method = "GET",
                               .route = "/search",
                               .path = "/search",
                               .address = "198.51.1.1",
                               .user = "user1",
                               .status = 200,
                               .ms = 40,
                               .used_mb = 180 + (int)n });
        desk_pass(&d, 1000);
    }
    report("a leak of 1 MB a call", n, since);
    ck_assert_uint_le(n, 60);
    desk_forget(&d);
    since = d.now_ns;
    visit(&(struct visit){ .method = "GET",
                           .route = "/orders/{id}",
                           .path = "/orders/2",
                           .address = "198.51.1.1",
                           .user = "user1",
                           .status = 200,
                           .protected = 5000,
                           .ms = 150 });
    report("an export of 5,000 e-mail addresses", 1, since);
    ck_assert_events(&d, "sensitive_read", 1);
    desk_close(&d);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_day_of_honest_traffic_has_less_than_one_false_finding_in_two_thousand)                                                          \
    X(test_day_stuffing_is_found_within_thirty_attempts_at_any_rate)                                                                       \
    X(test_day_other_attacks_are_found)                                                                                                    \
    X(test_day_incidents_of_speed_memory_and_data_are_found)

NJ_TEST_MAIN("observe_day")

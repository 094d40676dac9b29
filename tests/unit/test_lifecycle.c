/* The extension's life against a scripted platform: what is asked in which order, whatever is answered. */
#include "nightjar/diag.h"
#include "nightjar/http_server.h"
#include "nightjar/lifecycle.h"
#include "unit.h"

#include <stdio.h>

enum { ASKED_MAX = 32, TURN_MS = 2000 };

/* One answer of the script, used up in order by calls whose path ends so. */
struct answer {
    const char *path;
    unsigned status;
    const char *body;
};

struct platform {
    struct nj_loop *loop;
    struct nj_http *http;
    struct nj_http_server *server;
    struct nj_lifecycle *life;
    const struct answer *script;
    size_t next;
    char asked[ASKED_MAX][400]; /* "POST /register {body}" */
    size_t asked_n;
    int ready, invokes, shutdowns, container_errors;
    enum nj_telemetry_state telemetry;
    struct nj_ext_event last;
    char address[40];
};

static void on_request(void *ctx, struct nj_exchange *x)
{
    struct platform *p = ctx;
    struct nj_str path = nj_exchange_path(x), body = nj_exchange_body(x), id = nj_exchange_header(x, NJ_EXT_ID_HEADER);
    if (p->asked_n < ASKED_MAX)
        snprintf(p->asked[p->asked_n++], sizeof(p->asked[0]), "%.*s %.*s id=%.*s name=%.*s %.*s", NJ_STR_ARG(nj_exchange_method(x)),
                 NJ_STR_ARG(path), NJ_STR_ARG(id), NJ_STR_ARG(nj_exchange_header(x, NJ_EXT_NAME_HEADER)), NJ_STR_ARG(body));
    const struct answer *a = &p->script[p->next];
    if (a->path == NULL || !nj_str_ends(path, nj_str_of(a->path)))
        return; /* kept open: a long poll */
    p->next++;
    if (a->status == 0) {
        nj_exchange_abort(x);
        return;
    }
    nj_exchange_reply_header(x, NJ_EXT_ID_HEADER, NJ_STR("the-id"));
    nj_exchange_reply(x, a->status, "application/json", nj_str_of(a->body));
}

static void on_ready(void *ctx, const struct nj_registered *r, enum nj_telemetry_state t)
{
    struct platform *p = ctx;
    (void)r;
    p->ready++;
    p->telemetry = t;
}

static void on_invoke(void *ctx, const struct nj_ext_event *e)
{
    struct platform *p = ctx;
    p->invokes++;
    p->last = *e;
}

static void on_shutdown(void *ctx, const struct nj_ext_event *e)
{
    struct platform *p = ctx;
    p->shutdowns++;
    p->last = *e;
}

static void on_container_error(void *ctx)
{
    struct platform *p = ctx;
    p->container_errors++;
}

static void start(struct platform *p, const struct answer *script, bool managed, bool listening)
{
    *p = (struct platform){ .script = script };
    nj_diag_threshold(NJ_LEVEL_ERROR);
    ck_assert_int_eq(nj_loop_new(&p->loop, NULL, NULL), NJ_OK);
    ck_assert_int_eq(nj_http_new(&p->http, p->loop), NJ_OK);
    struct nj_server_options so = { .request = on_request, .ctx = p };
    ck_assert_int_eq(nj_http_server_new(&p->server, p->loop, &so), NJ_OK);
    snprintf(p->address, sizeof(p->address), "127.0.0.1:%u", nj_http_server_port(p->server));
    struct nj_lifecycle_options lo = {
        .runtime_api = nj_str_of(p->address),
        .name = NJ_STR("nightjar"),
        .types = NJ_STR("platform"),
        .managed = managed,
        .ready = on_ready,
        .invoke = on_invoke,
        .shutdown = on_shutdown,
        .container_error = on_container_error,
        .ctx = p,
    };
    ck_assert_int_eq(nj_lifecycle_new(&p->life, p->loop, p->http, &lo), NJ_OK);
    if (listening)
        nj_lifecycle_listener(p->life, NJ_STR("http://sandbox.localdomain:1/t"));
}

/* Turns until *what reaches want, or fails. */
static void until(struct platform *p, const int *what, int want)
{
    const struct nj_clock *c = nj_loop_clock(p->loop);
    struct nj_mono end = nj_mono_after(c->mono, TURN_MS);
    while (*what < want && nj_mono_until(c->mono, end) > 0)
        nj_loop_turn(p->loop, 50);
    ck_assert_int_eq(*what, want);
}

static void until_asked(struct platform *p, size_t n)
{
    const struct nj_clock *c = nj_loop_clock(p->loop);
    struct nj_mono end = nj_mono_after(c->mono, TURN_MS);
    while (p->asked_n < n && nj_mono_until(c->mono, end) > 0)
        nj_loop_turn(p->loop, 50);
    ck_assert_uint_ge(p->asked_n, n);
}

static void stop(struct platform *p)
{
    nj_lifecycle_free(p->life);
    nj_http_server_free(p->server);
    nj_http_free(p->http);
    nj_loop_free(p->loop);
}

static void ck_asked(const struct platform *p, size_t i, const char *part)
{
    ck_assert_msg(strstr(p->asked[i], part) != NULL, "call %zu was \"%s\", want \"%s\"", i, p->asked[i], part);
}

#define INVOKE   "{\"eventType\":\"INVOKE\",\"deadlineMs\":1795418400123,\"requestId\":\"r-1\"}"
#define SHUTDOWN "{\"eventType\":\"SHUTDOWN\",\"shutdownReason\":\"spindown\",\"deadlineMs\":1795418400123}"

START_TEST(test_life_goes_from_register_to_shutdown)
{
    static const struct answer script[] = { { "/register", 200, "{}" },       { "/telemetry", 200, "\"OK\"" },
                                            { "/event/next", 200, INVOKE },   { "/event/next", 200, INVOKE },
                                            { "/event/next", 200, SHUTDOWN }, { NULL, 0, NULL } };
    struct platform p;
    start(&p, script, false, true);
    until(&p, &p.invokes, 1);
    ck_assert_int_eq(p.ready, 1);
    ck_assert_int_eq(p.telemetry, NJ_TELEMETRY_SUBSCRIBED);
    ck_assert_int_eq(nj_lifecycle_state(p.life), NJ_LIFE_EVENT);
    ck_assert_uint_eq(p.asked_n, 3);
    ck_asked(&p, 0, "POST /2020-01-01/extension/register id= name=nightjar {\"events\":[\"INVOKE\",\"SHUTDOWN\"]}");
    ck_asked(&p, 1, "PUT /2022-07-01/telemetry id=the-id");
    ck_asked(&p, 1, "\"schemaVersion\":\"2025-01-29\"");
    ck_asked(&p, 2, "GET /2020-01-01/extension/event/next id=the-id");
    nj_lifecycle_next(p.life);
    nj_lifecycle_next(p.life); /* asked twice, sent once */
    until(&p, &p.invokes, 2);
    nj_lifecycle_next(p.life);
    until(&p, &p.shutdowns, 1);
    ck_assert_uint_eq(p.asked_n, 5);
    nj_lifecycle_next(p.life); /* after SHUTDOWN event/next must not be called again */
    for (int i = 0; i < 5; i++)
        nj_loop_turn(p.loop, 10);
    ck_assert_uint_eq(p.asked_n, 5);
    stop(&p);
}
END_TEST

START_TEST(test_life_without_a_listener_polls_without_subscribing)
{
    static const struct answer script[] = { { "/register", 200, "{}" }, { "/event/next", 200, INVOKE }, { NULL, 0, NULL } };
    struct platform p;
    start(&p, script, false, false);
    until(&p, &p.invokes, 1);
    ck_assert_int_eq(p.telemetry, NJ_TELEMETRY_NONE);
    ck_assert_uint_eq(p.asked_n, 2);
    stop(&p);
}
END_TEST

START_TEST(test_life_refused_for_invoke_registers_for_shutdown_only)
{
    static const struct answer script[] = { { "/register", 403, "{\"errorType\":\"Extension.InvalidEventType\"}" },
                                            { "/register", 200, "{}" },
                                            { "/telemetry", 200, "\"OK\"" },
                                            { NULL, 0, NULL } };
    struct platform p;
    start(&p, script, false, true);
    until(&p, &p.ready, 1);
    ck_asked(&p, 1, "{\"events\":[\"SHUTDOWN\"]}");
    stop(&p);
}
END_TEST

START_TEST(test_life_taken_for_internal_still_polls)
{
    static const struct answer script[] = { { "/register", 403, "{\"errorType\":\"Extension.InvalidEventType\"}" },
                                            { "/register", 403, "{\"errorType\":\"Extension.InvalidEventType\"}" },
                                            { "/register", 200, "{}" },
                                            { "/telemetry", 403, "{}" },
                                            { NULL, 0, NULL } };
    struct platform p;
    start(&p, script, false, true);
    until_asked(&p, 5);
    ck_asked(&p, 2, "{\"events\":[]}");
    ck_asked(&p, 4, "/event/next");
    stop(&p);
}
END_TEST

START_TEST(test_life_of_managed_instances_asks_for_shutdown_at_once)
{
    static const struct answer script[] = { { "/register", 200, "{}" }, { NULL, 0, NULL } };
    struct platform p;
    start(&p, script, true, true);
    until_asked(&p, 1);
    ck_asked(&p, 0, "{\"events\":[\"SHUTDOWN\"]}");
    stop(&p);
}
END_TEST

START_TEST(test_life_goes_on_whatever_the_subscription_answers)
{
    static const struct {
        unsigned status;
        enum nj_telemetry_state want;
    } rows[] = { { 202, NJ_TELEMETRY_UNSUPPORTED },
                 { 404, NJ_TELEMETRY_UNSUPPORTED },
                 { 403, NJ_TELEMETRY_REFUSED },
                 { 500, NJ_TELEMETRY_REFUSED },
                 { 418, NJ_TELEMETRY_REFUSED } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct answer script[] = {
            { "/register", 200, "{}" }, { "/telemetry", rows[i].status, "{}" }, { "/event/next", 200, INVOKE }, { NULL, 0, NULL }
        };
        struct platform p;
        start(&p, script, false, true);
        until(&p, &p.invokes, 1);
        ck_assert_int_eq(p.telemetry, rows[i].want);
        ck_assert_int_eq(p.ready, 1);
        stop(&p);
    }
}
END_TEST

START_TEST(test_life_asks_for_older_schemas_when_refused)
{
    static const struct answer script[] = {
        { "/register", 200, "{}" }, { "/telemetry", 400, "{}" }, { "/telemetry", 400, "{}" }, { "/telemetry", 200, "OK" }, { NULL, 0, NULL }
    };
    struct platform p;
    start(&p, script, false, true);
    until(&p, &p.ready, 1);
    ck_asked(&p, 2, "2022-12-13");
    ck_asked(&p, 3, "2022-07-01");
    ck_assert_int_eq(p.telemetry, NJ_TELEMETRY_SUBSCRIBED);
    stop(&p);
}
END_TEST

START_TEST(test_life_asks_again_after_broken_connections)
{
    static const struct answer script[] = { { "/register", 0, NULL },       { "/register", 500, "{}" },
                                            { "/register", 200, "{}" },     { "/telemetry", 0, NULL },
                                            { "/telemetry", 200, "" },      { "/event/next", 0, NULL },
                                            { "/event/next", 403, "{}" },   { "/event/next", 200, "{}" },
                                            { "/event/next", 200, INVOKE }, { NULL, 0, NULL } };
    struct platform p;
    start(&p, script, false, true);
    until(&p, &p.invokes, 1);
    ck_assert_int_eq(p.ready, 1);
    ck_assert_int_eq(p.telemetry, NJ_TELEMETRY_SUBSCRIBED);
    ck_assert_view_eq(nj_short_str(&p.last.request_id), "r-1");
    stop(&p);
}
END_TEST

START_TEST(test_life_ends_with_a_container_error)
{
    static const struct answer script[] = { { "/register", 200, "{}" }, { "/event/next", 500, "{}" }, { NULL, 0, NULL } };
    struct platform p;
    start(&p, script, false, false);
    until(&p, &p.container_errors, 1);
    ck_assert_int_eq(nj_lifecycle_state(p.life), NJ_LIFE_SHUTDOWN);
    stop(&p);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_life_goes_from_register_to_shutdown)                                                                                            \
    X(test_life_without_a_listener_polls_without_subscribing)                                                                              \
    X(test_life_refused_for_invoke_registers_for_shutdown_only)                                                                            \
    X(test_life_taken_for_internal_still_polls)                                                                                            \
    X(test_life_of_managed_instances_asks_for_shutdown_at_once)                                                                            \
    X(test_life_goes_on_whatever_the_subscription_answers)                                                                                 \
    X(test_life_asks_for_older_schemas_when_refused)                                                                                       \
    X(test_life_asks_again_after_broken_connections)                                                                                       \
    X(test_life_ends_with_a_container_error)

NJ_TEST_MAIN("lifecycle")

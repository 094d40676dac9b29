/* The front desk: when a case is opened, done and closed, and that each invocation is summed up once. */
#include "nightjar/observe.h"
#include "unit.h"

#include <stdio.h>

#define ID  "3d2c5f0a-1111-4222-8333-444455556666"
#define ID2 "3d2c5f0a-1111-4222-8333-444455557777"

enum { SAID_MAX = 256, TEXT_MAX = 1 << 20 };
static const int64_t t0 = 1795418101000000000; /* 2026-11-23T07:15:01Z */

/* What the room said, one line a record: "event outcome" and data name=value pairs. */
struct desk {
    struct nj_observe *room;
    struct nj_buf said;
    size_t n;
};

static void add_attrs(struct nj_buf *b, const struct nj_attrs *l)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct nj_value *v = &l->a[i].v;
        nj_buf_addc(b, ' ');
        nj_buf_add(b, l->a[i].key);
        nj_buf_addc(b, '=');
        if (v->type == NJ_V_STR || v->type == NJ_V_JSON)
            nj_buf_add(b, v->u.s);
        else if (v->type == NJ_V_I64)
            nj_buf_add_i64(b, v->u.i);
        else if (v->type == NJ_V_F64)
            nj_buf_add_f64(b, v->u.f);
        else
            nj_buf_addz(b, v->u.b ? "true" : "false");
    }
}

static void on_emit(void *ctx, struct nj_record *r)
{
    struct desk *d = ctx;
    nj_buf_add(&d->said, r->event);
    nj_buf_addc(&d->said, '|');
    add_attrs(&d->said, &r->who);
    nj_buf_addc(&d->said, '|');
    add_attrs(&d->said, &r->where);
    nj_buf_addc(&d->said, '|');
    add_attrs(&d->said, &r->data);
    nj_buf_addc(&d->said, '\n');
    d->n++;
}

static void open_desk(struct desk *d, bool concurrent)
{
    struct nj_observe_options o = { .concurrent = concurrent, .emit = on_emit, .ctx = d };
    *d = (struct desk){ .n = 0 };
    nj_buf_init(&d->said, TEXT_MAX);
    ck_assert_int_eq(nj_observe_new(&d->room, &o), NJ_OK);
}

static void close_desk(struct desk *d)
{
    nj_observe_free(d->room);
    nj_buf_fini(&d->said);
}

static bool said(const struct desk *d, const char *text)
{
    return nj_str_find(nj_buf_str(&d->said), nj_str_of(text), 0) != NJ_NPOS;
}

static size_t count(const struct desk *d, const char *text)
{
    size_t n = 0, at = 0;
    while ((at = nj_str_find(nj_buf_str(&d->said), nj_str_of(text), at)) != NJ_NPOS) {
        at++;
        n++;
    }
    return n;
}

/* One element of telemetry on its usual way. */
static void tell(struct desk *d, const char *element)
{
    struct nj_buf scratch;
    struct nj_record r;
    struct nj_facts f;
    nj_buf_init(&scratch, 1 << 20);
    nj_decode(nj_str_of(element), t0, &scratch, &r, &f);
    if (f.request_id.n != 0)
        nj_attrs_str(&r.where, NJ_STR("faas.invocation_id"), f.request_id);
    nj_observe_record(d->room, t0, &f, &r, NULL);
    nj_buf_fini(&scratch);
}

static void tell_start(struct desk *d, const char *id)
{
    char text[256];
    snprintf(text, sizeof(text), "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"platform.start\",\"record\":{\"requestId\":\"%s\"}}",
             id);
    tell(d, text);
}

static void tell_end(struct desk *d, const char *type, const char *id, const char *rest)
{
    char text[512];
    snprintf(text, sizeof(text), "{\"time\":\"2026-11-23T07:15:01.202Z\",\"type\":\"platform.%s\",\"record\":{\"requestId\":\"%s\"%s}}",
             type, id, rest);
    tell(d, text);
}

static struct nj_payload payload(enum nj_payload_kind kind, const char *id, const char *text)
{
    return (struct nj_payload){ .kind = kind,
                                .request_id = nj_str_of(id),
                                .complete = true,
                                .size = strlen(text),
                                .kept = nj_str_of(text),
                                .start_ns = t0,
                                .end_ns = t0 + 1000000 };
}

START_TEST(test_observe_one_summary_comes_with_the_report)
{
    struct desk d;
    open_desk(&d, false);
    nj_observe_invoke(d.room, t0, NJ_STR(ID), 1795418104000);
    tell_start(&d, ID);
    tell_end(&d, "runtimeDone", ID, ",\"status\":\"success\",\"metrics\":{\"durationMs\":12.5,\"producedBytes\":40}");
    ck_assert_uint_eq(count(&d, "invocation.summary"), 0);
    tell_end(
        &d, "report", ID,
        ",\"status\":\"success\",\"metrics\":{\"durationMs\":12.5,\"billedDurationMs\":13,\"memorySizeMB\":512,\"maxMemoryUsedMB\":90}");
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    ck_assert(said(&d, "nightjar.outcome=success"));
    ck_assert(said(&d, "nightjar.billed_ms=13"));
    ck_assert(said(&d, "nightjar.bytes_out=40"));
    ck_assert(said(&d, "faas.invocation_id=" ID));
    nj_observe_shutdown(d.room, t0, NJ_STR("spindown"));
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    close_desk(&d);
}
END_TEST

/* What the platform says last, and what has to come of it. */
static const struct {
    const char *done, *report, *shutdown, *want;
} endings[] = {
    { ",\"status\":\"timeout\"", ",\"status\":\"timeout\",\"metrics\":{\"durationMs\":3000}", NULL, "nightjar.outcome=timeout" },
    { ",\"status\":\"failure\",\"errorType\":\"Runtime.ExitError\"", ",\"status\":\"failure\"", NULL, "nightjar.outcome=crash" },
    { ",\"status\":\"error\",\"errorType\":\"Runtime.ExitError\"", NULL, "failure", "nightjar.outcome=crash" },
    { ",\"status\":\"error\",\"errorType\":\"Function.Broken\"", NULL, "spindown", "nightjar.outcome=error" },
    { ",\"status\":\"error\",\"errorType\":\"Runtime.OutOfMemory\"", NULL, "failure", "nightjar.outcome=out_of_memory" },
    { ",\"status\":\"failure\"", ",\"status\":\"failure\",\"metrics\":{\"memorySizeMB\":128,\"maxMemoryUsedMB\":128}", NULL,
      "nightjar.outcome=out_of_memory" },
    { ",\"status\":\"success\"", NULL, "spindown", "nightjar.outcome=success" },
    { NULL, NULL, "timeout", "nightjar.outcome=timeout" },
    { NULL, NULL, "failure", "nightjar.outcome=crash" },
    { NULL, NULL, "spindown", "nightjar.outcome=unknown" },
    { NULL, NULL, "SandboxTerminated", "nightjar.outcome=unknown" }, /* a word of another platform blames nobody */
};

START_TEST(test_observe_every_ending_is_summed_up_once)
{
    for (size_t i = 0; i < NJ_COUNT(endings); i++) {
        struct desk d;
        open_desk(&d, false);
        nj_observe_invoke(d.room, t0, NJ_STR(ID), 0);
        tell_start(&d, ID);
        if (endings[i].done != NULL)
            tell_end(&d, "runtimeDone", ID, endings[i].done);
        if (endings[i].report != NULL)
            tell_end(&d, "report", ID, endings[i].report);
        if (endings[i].shutdown != NULL)
            nj_observe_shutdown(d.room, t0, nj_str_of(endings[i].shutdown));
        ck_assert_msg(count(&d, "invocation.summary") == 1, "ending %zu: %zu summaries", i, count(&d, "invocation.summary"));
        ck_assert_msg(said(&d, endings[i].want), "ending %zu: want %s in %.*s", i, endings[i].want, NJ_STR_ARG(nj_buf_str(&d.said)));
        close_desk(&d);
    }
}
END_TEST

START_TEST(test_observe_without_telemetry_the_answer_is_the_end)
{
    struct desk d;
    open_desk(&d, false);
    nj_observe_telemetry(d.room, t0, false);
    nj_observe_invoke(d.room, t0, NJ_STR(ID), 0);
    struct nj_payload in = payload(NJ_PAYLOAD_INPUT, ID, "{}"), out = payload(NJ_PAYLOAD_RESPONSE, ID, "{\"statusCode\":404}");
    out.status_code = 404;
    nj_observe_payload(d.room, t0, &in);
    nj_observe_payload(d.room, t0, &out);
    ck_assert_uint_eq(count(&d, "invocation.summary"), 0);
    nj_observe_answered(d.room, t0, NJ_STR(ID));
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    ck_assert(said(&d, "nightjar.outcome=client_error"));
    ck_assert(said(&d, "nightjar.bytes_in=2"));
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_without_telemetry_or_proxy_the_next_one_ends_it)
{
    struct desk d;
    open_desk(&d, false);
    nj_observe_telemetry(d.room, t0, false);
    nj_observe_invoke(d.room, t0, NJ_STR(ID), 0);
    nj_observe_invoke(d.room, t0 + 1, NJ_STR(ID2), 0);
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    ck_assert(said(&d, "faas.invocation_id=" ID "|"));
    nj_observe_shutdown(d.room, t0 + 2, NJ_STR("spindown"));
    ck_assert_uint_eq(count(&d, "invocation.summary"), 2);
    close_desk(&d);
}
END_TEST

/* The copy of the answer takes another way than telemetry; a success is not done before it is here. */
START_TEST(test_observe_the_copy_of_the_answer_may_come_after_the_end)
{
    struct desk d;
    open_desk(&d, false);
    struct nj_payload in = payload(NJ_PAYLOAD_INPUT, ID, "{}"), out = payload(NJ_PAYLOAD_RESPONSE, ID, "{\"statusCode\":500}");
    out.status_code = 500;
    nj_observe_payload(d.room, t0, &in);
    tell_end(&d, "runtimeDone", ID, ",\"status\":\"success\"");
    nj_observe_payload(d.room, t0, &out);
    nj_observe_answered(d.room, t0, NJ_STR(ID));
    tell_end(&d, "report", ID, ",\"status\":\"success\"");
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    ck_assert(said(&d, "nightjar.outcome=error"));
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_more_invocations_than_cases_each_have_their_summary)
{
    enum { MANY = 3 * NJ_CASES_CONCURRENT };
    struct desk d;
    open_desk(&d, true);
    for (int i = 0; i < MANY; i++) {
        char id[40];
        snprintf(id, sizeof(id), "3d2c5f0a-1111-4222-8333-%012d", i);
        tell_start(&d, id);
    }
    ck_assert_uint_eq(count(&d, "invocation.summary"), MANY - NJ_CASES_CONCURRENT);
    nj_observe_shutdown(d.room, t0, NJ_STR("spindown"));
    ck_assert_uint_eq(count(&d, "invocation.summary"), MANY);
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_lost_reports_do_not_pile_up)
{
    enum { MANY = 10 };
    const int64_t ms = 1000000;
    struct desk d;
    open_desk(&d, false);
    for (int i = 0; i < MANY; i++) {
        char id[40];
        snprintf(id, sizeof(id), "3d2c5f0a-1111-4222-8333-%012d", i);
        nj_observe_invoke(d.room, t0 + i * 100 * ms, nj_str_of(id), 0);
    }
    ck_assert_uint_eq(count(&d, "invocation.summary"), 0); /* the platform's buffer may hold them */
    nj_observe_invoke(d.room, t0 + 4000 * ms, NJ_STR("3d2c5f0a-1111-4222-8333-000000000099"), 0);
    ck_assert_uint_eq(count(&d, "invocation.summary"), MANY - 2);
    close_desk(&d);
}
END_TEST

/* Long texts of one call at a time find room; of many at once some are left out, none is half there, and the end of none is lost. */
START_TEST(test_observe_calls_with_long_texts_share_their_room)
{
    enum { MANY = 3 * NJ_CASES_CONCURRENT };
    struct desk d;
    char agent[257] = "", path[250] = "", input[2048];
    memset(agent, 'a', 256);
    memset(path, 'p', sizeof(path) - 1);
    snprintf(input, sizeof(input),
             "{\"version\":\"2.0\",\"rawPath\":\"/"
             "%s\",\"requestContext\":{\"http\":{\"method\":\"GET\",\"sourceIp\":\"203.0.113.7\",\"userAgent\":"
             "\"%s\"}}}",
             path, agent);
    for (int together = 0; together < 2; together++) {
        open_desk(&d, true);
        for (int i = 0; i < MANY; i++) {
            char id[40];
            snprintf(id, sizeof(id), "3d2c5f0a-1111-4222-8333-%012d", i);
            struct nj_payload in = payload(NJ_PAYLOAD_INPUT, id, input);
            nj_observe_payload(d.room, t0, &in);
            if (together == 0)
                tell_end(&d, "report", id, ",\"status\":\"success\"");
        }
        nj_observe_shutdown(d.room, t0, NJ_STR("spindown"));
        ck_assert_uint_eq(count(&d, "invocation.summary"), MANY);
        ck_assert_uint_eq(count(&d, "client.address=203.0.113.7"), MANY);
        size_t whole = count(&d, path), some = count(&d, "ppp") / (sizeof(path) - 3);
        ck_assert_uint_eq(whole, some);
        if (together == 0)
            ck_assert_uint_eq(whole, MANY);
        else
            ck_assert_uint_ge(whole, 5);
        close_desk(&d);
    }
}
END_TEST

/* What comes after the summary finds its case closed, and opens no second one. */
START_TEST(test_observe_what_comes_late_is_not_summed_up_again)
{
    struct desk d;
    open_desk(&d, false);
    struct nj_payload in = payload(NJ_PAYLOAD_INPUT, ID, "{}"), out = payload(NJ_PAYLOAD_RESPONSE, ID, "{}");
    in.tenant = NJ_STR("blue");
    nj_observe_payload(d.room, t0, &in);
    tell_end(&d, "report", ID, ",\"status\":\"success\"");
    nj_observe_payload(d.room, t0, &out);
    nj_observe_answered(d.room, t0, NJ_STR(ID));
    tell_end(&d, "report", ID, ",\"status\":\"success\"");
    nj_observe_shutdown(d.room, t0, NJ_STR("spindown"));
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    struct nj_record r;
    nj_record_init(&r);
    nj_attrs_str(&r.where, NJ_STR("faas.invocation_id"), NJ_STR(ID));
    nj_observe_put(d.room, &r, false);
    ck_assert_ptr_nonnull(nj_attrs_get(&r.who, NJ_STR("tenant.id")));
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_words_that_are_no_category_are_refused)
{
    static const struct {
        const char *list;
        enum nj_status want;
    } rows[] = { { "", NJ_OK },       { "all", NJ_OK },        { "-usage", NJ_OK },          { "authentication, error", NJ_OK },
                 { "usage,", NJ_OK }, { "-usgae", NJ_EPARSE }, { "all,platform", NJ_EPARSE } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_observe *room = NULL;
        struct desk d = { .n = 0 };
        struct nj_observe_options o = { .categories = nj_str_of(rows[i].list), .emit = on_emit, .ctx = &d };
        ck_assert_msg(nj_observe_new(&room, &o) == rows[i].want, "\"%s\"", rows[i].list);
        ck_assert_ptr_nonnull(room);
        nj_observe_free(room);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_observe_one_summary_comes_with_the_report)                                                                                      \
    X(test_observe_every_ending_is_summed_up_once)                                                                                         \
    X(test_observe_without_telemetry_the_answer_is_the_end)                                                                                \
    X(test_observe_without_telemetry_or_proxy_the_next_one_ends_it)                                                                        \
    X(test_observe_the_copy_of_the_answer_may_come_after_the_end)                                                                          \
    X(test_observe_more_invocations_than_cases_each_have_their_summary)                                                                    \
    X(test_observe_calls_with_long_texts_share_their_room)                                                                                 \
    X(test_observe_lost_reports_do_not_pile_up)                                                                                            \
    X(test_observe_what_comes_late_is_not_summed_up_again) X(test_observe_words_that_are_no_category_are_refused)

NJ_TEST_MAIN("observe")

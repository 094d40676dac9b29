/* Fault plans are read strictly and found in order. */
#include "../emulator/cap_plan.h"
#include "../emulator/cap_reply.h"
#include "unit.h"

static const struct nj_str root = NJ_STR_INIT("/");

static struct cap_plan plan_of(const char *text)
{
    struct cap_plan p;
    struct nj_buf error;
    nj_buf_init(&error, 1000);
    enum nj_status st = cap_plan_parse(&p, nj_str_of(text), &error);
    ck_assert_msg(st == NJ_OK, "%.*s", NJ_STR_ARG(nj_buf_str(&error)));
    nj_buf_fini(&error);
    return p;
}

START_TEST(test_lines_without_a_number_are_for_the_requests_in_turn)
{
    struct cap_plan p = plan_of("# first two\n{\"status\":503}\n\n{\"status\":429,\"retryAfter\":2}\n");
    ck_assert_int_eq(cap_plan_find(&p, 1, 0, root)->status, 503);
    ck_assert_int_eq(cap_plan_find(&p, 2, 0, root)->status, 429);
    ck_assert_str_eq(cap_plan_find(&p, 2, 0, root)->retry_after, "2");
    ck_assert_int_eq(cap_plan_find(&p, 3, 0, root)->status, 0);
    ck_assert_str_eq(cap_rule_name(cap_plan_find(&p, 3, 0, root)), "");
    cap_plan_free(&p);
}
END_TEST

START_TEST(test_first_line_that_fits_is_taken)
{
    struct cap_plan p = plan_of("{\"at\":4,\"status\":500}\n{\"from\":3,\"to\":5,\"delayMs\":7}\n{\"every\":2,\"reset\":\"after\"}\n"
                                "{\"path\":\"/a\",\"always\":true,\"close\":true}\n");
    static const struct {
        uint64_t n;
        const char *path, *want;
    } rows[] = {
        { 1, "/", "" },        { 2, "/", "reset" },  { 3, "/", "delayMs" },  { 4, "/", "status" },
        { 5, "/", "delayMs" }, { 6, "/a", "reset" }, { 7, "/a/b", "close" }, { 7, "/b", "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_str_eq(cap_rule_name(cap_plan_find(&p, rows[i].n, 0, nj_str_of(rows[i].path))), rows[i].want);
    cap_plan_free(&p);
}
END_TEST

START_TEST(test_down_time_is_over_after_its_milliseconds)
{
    struct cap_plan p = plan_of("{\"downForMs\":500}\n{\"downForMs\":900,\"status\":503}\n");
    ck_assert_int_eq(cap_plan_find(&p, 1, 0, root)->reset, CAP_BEFORE);
    ck_assert_int_eq(cap_plan_find(&p, 9, 499, root)->reset, CAP_BEFORE);
    ck_assert_int_eq(cap_plan_find(&p, 2, 500, root)->status, 503);
    ck_assert_str_eq(cap_rule_name(cap_plan_find(&p, 2, 900, root)), "");
    cap_plan_free(&p);
}
END_TEST

START_TEST(test_down_time_is_over_when_the_file_is_there)
{
    struct cap_plan p = plan_of("{\"downUntil\":\"/nowhere/at/all\"}\n"), q = plan_of("{\"downUntil\":\"/\",\"status\":503}\n");
    ck_assert_int_eq(cap_plan_find(&p, 9, 1000, root)->reset, CAP_BEFORE);
    ck_assert_str_eq(cap_rule_name(cap_plan_find(&q, 1, 0, root)), "");
    cap_plan_free(&p);
    cap_plan_free(&q);
}
END_TEST

START_TEST(test_a_size_limit_answers_413_unless_told_otherwise)
{
    struct cap_plan p = plan_of("{\"maxBytes\":10}\n{\"maxRecords\":10,\"status\":400}\n{\"slowRead\":9}");
    ck_assert_int_eq(cap_plan_find(&p, 1, 0, root)->status, 413);
    ck_assert_int_eq(cap_plan_find(&p, 2, 0, root)->status, 400);
    ck_assert(p.slow_read);
    cap_plan_free(&p);
}
END_TEST

START_TEST(test_a_mistake_is_named_with_its_line)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "{\"status\":200}\n{\"statsu\":500}", "line 2: \"statsu\"" },
        { "{\"status\":99}", "line 1: \"status\"" },
        { "{\"status\":\"503\"}", "line 1: \"status\"" },
        { "{\"reset\":\"sometimes\"}", "line 1: \"reset\"" },
        { "{\"garbage\":false}", "line 1: \"garbage\"" },
        { "{\"at\":0}", "line 1: \"at\"" },
        { "[1]", "line 1: not a JSON object" },
        { "#\n\n{\"status\":1", "line 3: " },
        { "{\"status\":500,\"status\":501}", "line 1: " },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct cap_plan p;
        struct nj_buf error;
        nj_buf_init(&error, 1000);
        ck_assert_int_eq(cap_plan_parse(&p, nj_str_of(rows[i].text), &error), NJ_EPARSE);
        ck_assert_msg(nj_str_starts(nj_buf_str(&error), nj_str_of(rows[i].want)), "%.*s", NJ_STR_ARG(nj_buf_str(&error)));
        ck_assert_uint_eq(p.n, 0);
        nj_buf_fini(&error);
    }
}
END_TEST

START_TEST(test_a_file_that_cannot_be_read_is_an_error)
{
    struct cap_plan p;
    struct nj_buf error;
    nj_buf_init(&error, 1000);
    ck_assert_int_eq(cap_plan_load(&p, "/nonexistent/plan", &error), NJ_ESYS);
    ck_assert_uint_gt(error.n, 0);
    nj_buf_fini(&error);
}
END_TEST

START_TEST(test_dates_are_written_as_http_wants_them)
{
    struct nj_buf b;
    nj_buf_init(&b, 100);
    cap_http_date(&b, 784111777);
    ck_assert_view_eq(nj_buf_str(&b), "Sun, 06 Nov 1994 08:49:37 GMT");
    nj_buf_fini(&b);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_lines_without_a_number_are_for_the_requests_in_turn)                                                                            \
    X(test_first_line_that_fits_is_taken)                                                                                                  \
    X(test_down_time_is_over_after_its_milliseconds)                                                                                       \
    X(test_down_time_is_over_when_the_file_is_there)                                                                                       \
    X(test_a_size_limit_answers_413_unless_told_otherwise)                                                                                 \
    X(test_a_mistake_is_named_with_its_line)                                                                                               \
    X(test_a_file_that_cannot_be_read_is_an_error)                                                                                         \
    X(test_dates_are_written_as_http_wants_them)

NJ_TEST_MAIN("cap_plan")

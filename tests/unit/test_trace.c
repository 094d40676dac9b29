/* Tests of traces that come line by line: which lines belong together, in each language, and which do not. */
#include "unit.h"

#include "../../src/observe/stack.h"
#include "../../src/observe/trace.h"
#include "observe_desk.h"

static struct desk d;

/* Lines separated by line feeds; the last one belongs no more.  How many lines were taken before it. */
static size_t taken(const char *lines, struct nj_trace *t, bool error)
{
    struct nj_str rest = nj_str_of(lines), line;
    size_t n = 0;
    while (nj_str_cut(&rest, '\n', &line)) {
        if (n == 0) {
            ck_assert_msg(error || nj_trace_begins(line), "does not begin: %s", lines);
            nj_trace_open(t, line, error);
        } else if (nj_trace_continues(t, line)) {
            nj_trace_add(t, line, false);
        } else {
            ck_assert_msg(rest.p == NULL, "ended after %zu lines: %s", n, lines);
            return n;
        }
        n++;
    }
    ck_abort_msg("took the last line, too: %s", lines);
}

START_TEST(test_trace_each_language_is_joined_to_its_end)
{
    static const struct {
        const char *lines, *type, *first_frame;
    } rows[] = {
        { "Traceback (most recent call last):\n  File \"/var/task/app.py\", line 12, in handler\n    pay(event)\nValueError: no such "
          "account\nnext line",
          "ValueError", "app.py handler" },
        { "Traceback (most recent call last):\n  File \"/var/task/a.py\", line 1, in f\n    x\nKeyError: 'x'\n\nDuring handling of the "
          "above "
          "exception, another exception occurred:\n\nTraceback (most recent call last):\n  File \"/var/task/b.py\", line 2, in g\n    "
          "y\napp.NoStock: gone\nValueError: of another kind, said later",
          "app.NoStock", "b.py g" },
        { "TypeError: Cannot read properties of undefined\n    at charge (/var/task/pay.js:10:5)\n    at async handler "
          "(/var/task/index.mjs:22:9)\nrequest done",
          "TypeError", "pay.js charge" },
        { "com.example.NoStockException: sold out\n\tat com.example.Shop.buy(Shop.java:25)\nCaused by: java.sql.SQLException: x\n\tat "
          "com.example.Db.get(Db.java:1)\n\t... 3 more\nnext",
          "com.example.NoStockException", "com.example.Shop.buy" },
        { "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.pick(0xc00001c0a8, "
          "0x5)\n\t/build/pick.go:12 +0x1d\nmain.(*Shop).Handle(...)\n\t/build/shop.go:44 +0x2b\nexit status 2",
          "panic", "pick.go main.pick" },
        { "Unhandled exception. System.InvalidOperationException: sold out\n   at Shop.Stock.Take(String id) in /src/Stock.cs:line "
          "12\nnext",
          "System.InvalidOperationException", "Stock.cs Shop.Stock.Take" },
        { "thread 'main' panicked at src/main.rs:7:5:\nsold out\nstack backtrace:\n   0: rust_begin_unwind\n             at "
          "/rustc/x/library/std/src/panicking.rs:5:5\n   1: shop::take\n             at ./src/main.rs:7:5\nnote: run with "
          "`RUST_BACKTRACE=full` for a verbose backtrace.\nnext",
          "panic", NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_trace t = { .open = false };
        struct nj_stack stack = { .n = 0 };
        size_t lines = 0;
        for (const char *p = rows[i].lines; *p != '\0'; p++)
            lines += *p == '\n';
        ck_assert_uint_eq(taken(rows[i].lines, &t, false), lines);
        nj_stack_of_text(&stack, nj_trace_text(&t));
        ck_assert_view_eq(nj_stack_type(&stack), rows[i].type);
        if (rows[i].first_frame != NULL)
            ck_assert_view_eq(nj_frame_str(&stack.f[0]), rows[i].first_frame);
    }
}
END_TEST

START_TEST(test_trace_a_line_of_an_error_takes_only_what_goes_on_with_it)
{
    static const char *const rows[] = {
        "[ERROR] payment refused\nanother line",
        "[ERROR] payment refused\n{\"level\":\"INFO\"}",
        "[ERROR] payment refused\nValueError: of another kind",
        "[ERROR] payment refused\nmain.pick(0x5)",
        "ValueError: handled\nretrying",
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_trace t = { .open = false };
        ck_assert_uint_eq(taken(rows[i], &t, true), 1);
    }
    struct nj_trace t = { .open = false };
    ck_assert(!nj_trace_continues(&t, NJ_STR("    at f (/x.js:1:1)")));
    ck_assert(!nj_trace_begins(NJ_STR("order 4711 was shipped")));
    ck_assert(!nj_trace_begins(NJ_STR("Errors: none")));
    ck_assert(!nj_trace_begins(NJ_STR("")));
}
END_TEST

START_TEST(test_trace_keeps_its_beginning_and_never_more_than_its_room)
{
    struct nj_trace t = { .open = false };
    nj_trace_open(&t, NJ_STR("TypeError: x"), false);
    for (int i = 0; i < 1000; i++)
        nj_trace_add(&t, NJ_STR("    at charge (/var/task/pay.js:10:5)"), false);
    ck_assert_uint_eq(nj_trace_text(&t).n, NJ_TRACE_MAX);
    ck_assert(nj_str_starts(nj_trace_text(&t), NJ_STR("TypeError: x\n    at charge")));
    ck_assert(nj_trace_continues(&t, NJ_STR("    at charge (/var/task/pay.js:10:5)")));
}
END_TEST

/* --- at the desk ---------------------------------------------------------------------------------------------------- */

static void print_trace(const char *account)
{
    desk_tell(&d, "function", "\"Traceback (most recent call last):\"");
    desk_tell(&d, "function", "\"  File \\\"/var/task/app.py\\\", line 12, in handler\"");
    desk_tell(&d, "function", "\"    pay(event)\"");
    desk_tell(&d, "function", "\"ValueError: no account %s\"", account);
}

START_TEST(test_trace_line_by_line_is_one_kind_of_error_whatever_its_message)
{
    static const char *const accounts[] = { "4711", "x-17", "of yours" };
    desk_open(&d, "error", "");
    for (size_t i = 0; i < NJ_COUNT(accounts); i++) {
        desk_begin(&d, &(struct call){ 0 });
        print_trace(accounts[i]);
        desk_tell(&d, "function", "\"done\"");
        desk_end(&d, &(struct call){ 0 });
    }
    ck_assert_events(&d, "error.new", 1);
    ck_assert_said(&d, "error.type=ValueError");
    ck_assert_said(&d, "nightjar.error.frames=[\"app.py handler\"]");
    ck_assert_said(&d, "nightjar.error.title=ValueError in app.py handler");
    desk_pass(&d, 60000);
    ck_assert_said(&d, "nightjar.error.count=3 ");
    desk_close(&d);
}
END_TEST

START_TEST(test_trace_is_counted_when_nothing_follows_it)
{
    desk_open(&d, "error", "");
    desk_begin(&d, &(struct call){ 0 });
    print_trace("1");
    ck_assert_events(&d, "error.new", 0);
    desk_pass(&d, 1000); /* the call goes on, without a word */
    ck_assert_events(&d, "error.new", 1);
    desk_tell(&d, "function", "\"[ERROR] stock of item 4711 is gone\"");
    desk_end(&d, &(struct call){ .error_type = "ValueError", .status = "error" });
    ck_assert_events(&d, "error.new", 2); /* the posted type alone is no third kind */
    print_trace("2");                     /* late, after the report */
    nj_observe_shutdown(d.room, d.now_ns, NJ_STR("spindown"));
    ck_assert_said(&d, "2 since the start: ValueError in app.py handler");
    desk_close(&d);
}
END_TEST

START_TEST(test_trace_a_name_of_an_error_without_frames_is_no_error)
{
    desk_open(&d, "error", "");
    desk_begin(&d, &(struct call){ 0 });
    desk_tell(&d, "function", "\"ValidationError: the form was filled in wrongly, asked again\"");
    desk_tell(&d, "function", "\"Traceback (most recent call last):\"");
    desk_tell(&d, "function", "\"is what Python prints\"");
    desk_end(&d, &(struct call){ 0 });
    nj_observe_shutdown(d.room, d.now_ns, NJ_STR("spindown"));
    ck_assert_not_said(&d, "error.new");
    desk_close(&d);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_trace_each_language_is_joined_to_its_end)                                                                                       \
    X(test_trace_a_line_of_an_error_takes_only_what_goes_on_with_it)                                                                       \
    X(test_trace_keeps_its_beginning_and_never_more_than_its_room)                                                                         \
    X(test_trace_line_by_line_is_one_kind_of_error_whatever_its_message)                                                                   \
    X(test_trace_is_counted_when_nothing_follows_it)                                                                                       \
    X(test_trace_a_name_of_an_error_without_frames_is_no_error)

NJ_TEST_MAIN("trace")

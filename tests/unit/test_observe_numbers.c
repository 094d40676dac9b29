/* Performance, memory, cost and errors at the front desk: what is said, when, how often, and what honest traffic looks like. */
#include "observe_desk.h"
#include "observe_kit.h"

static struct desk d;

static void settle(double ms, int calls)
{
    for (int i = 0; i < calls; i++)
        desk_call(&d, &(struct call){ .ms = ms + i % 5 }, 200);
}

/* --- performance ---------------------------------------------------------------------------------------------------- */

START_TEST(test_performance_three_seconds_that_become_thirty_are_told_before_the_call_has_ended)
{
    desk_open(&d, "performance", "");
    settle(3000, 70);
    ck_assert_not_said(&d, "performance.");
    desk_begin(&d, &(struct call){ .deadline_ms = 60000 });
    desk_pass(&d, 8000);
    ck_assert_events(&d, "performance.stalled", 0);
    desk_pass(&d, 2000);
    ck_assert_events(&d, "performance.stalled", 1);
    ck_assert_said(&d, "performance.stalled|WARN critical|");
    ck_assert_said(&d, "nightjar.stalled.reason=history");
    ck_assert_said(&d, "faas.invocation_id=00000000-0000-4000-8000-000000000071");
    desk_pass(&d, 20000);
    ck_assert_events(&d, "performance.slow", 0);
    desk_end(&d, &(struct call){ .ms = 30000 });
    ck_assert_events(&d, "performance.slow", 1);
    ck_assert_said(&d, "nightjar.duration_ms=30000");
    for (int i = 2; i <= 5; i++) {
        ck_assert_events(&d, "performance.shift", 0);
        desk_call(&d, &(struct call){ .ms = 30000, .deadline_ms = 60000 }, 100);
    }
    ck_assert_events(&d, "performance.shift", 1);
    ck_assert_said(&d, "nightjar.shift.state=began");
    settle(3000, 60);
    ck_assert_events(&d, "performance.shift", 2);
    ck_assert_said(&d, "performance.shift|INFO bulk|");
    desk_close(&d);
}
END_TEST

START_TEST(test_performance_deadline_that_comes_near_is_told_without_any_history)
{
    desk_open(&d, "performance", "");
    desk_begin(&d, &(struct call){ .deadline_ms = 10000 });
    desk_pass(&d, 7900);
    ck_assert_not_said(&d, "performance.stalled");
    desk_pass(&d, 200);
    ck_assert_events(&d, "performance.stalled", 1);
    ck_assert_said(&d, "nightjar.stalled.reason=deadline");
    ck_assert_said(&d, "nightjar.remaining_ms=2000");
    desk_pass(&d, 1900);
    desk_end(&d, &(struct call){ .ms = 10000, .status = "timeout" });
    ck_assert_events(&d, "invocation.timeout", 1);
    ck_assert_said(&d, "invocation.timeout|ERROR critical|");
    desk_pass(&d, 100000);
    ck_assert_events(&d, "performance.stalled", 1);
    desk_close(&d);
}
END_TEST

START_TEST(test_performance_declared_expectation)
{
    desk_open(&d, "performance", "expect=1s");
    desk_begin(&d, &(struct call){ .ms = 5000 });
    desk_pass(&d, 3100);
    ck_assert_said(&d, "nightjar.stalled.reason=expectation");
    desk_end(&d, &(struct call){ .ms = 3100 });
    for (int i = 0; i < 19; i++)
        desk_call(&d, &(struct call){ .ms = 2100 }, 10);
    ck_assert_events(&d, "performance.expectation", 1);
    ck_assert_said(&d, "nightjar.expectation.ms=1000");
    for (int i = 0; i < 20; i++)
        desk_call(&d, &(struct call){ .ms = 300 }, 10);
    ck_assert_events(&d, "performance.expectation", 2);
    desk_close(&d);
}
END_TEST

START_TEST(test_performance_many_slow_calls_are_one_record_a_minute_with_their_number)
{
    desk_open(&d, "performance", "");
    settle(100, 100);
    for (int i = 0; i < 3; i++)
        desk_call(&d, &(struct call){ .ms = 2000 }, 1000);
    ck_assert_events(&d, "performance.slow", 1);
    desk_pass(&d, 60000);
    desk_call(&d, &(struct call){ .ms = 2000 }, 1000);
    ck_assert_events(&d, "performance.slow", 2);
    ck_assert_said(&d, "nightjar.count=3 ");
    desk_close(&d);
}
END_TEST

START_TEST(test_performance_two_modes_and_a_nightly_batch_are_silent)
{
    struct dice dice = { 5 };
    desk_open(&d, "performance", "");
    for (int i = 0; i < 3000; i++)
        desk_call(&d, &(struct call){ .ms = dice_lognormal(&dice, dice_01(&dice) < 0.7 ? 60 : 900, 0.15) }, 50);
    ck_assert_not_said(&d, "performance.slow");
    ck_assert_not_said(&d, "performance.shift");
    ck_assert_not_said(&d, "performance.stalled");
    desk_close(&d);
}
END_TEST

/* --- memory --------------------------------------------------------------------------------------------------------- */

START_TEST(test_memory_each_signal_of_exhaustion_is_one_record_a_request)
{
    static const struct call rows[] = {
        { .status = "error", .error_type = "Runtime.OutOfMemory" },
        { .status = "failure", .error_type = "Runtime.ExitError", .used_mb = 128 },
        { .status = "error",
          .error_type = "java.lang.OutOfMemoryError",
          .line = "\"java.lang.OutOfMemoryError: Java heap space\\n\\tat a.B.c(B.java:1)\"" },
        { .status = "failure",
          .error_type = "Runtime.ExitError",
          .line = "\"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\"" },
        { .status = "failure",
          .error_type = "Runtime.ExitError",
          .line = "\"RequestId: x Error: Runtime exited with error: signal: killed\"" },
        { .status = "error", .error_type = "x", .line = "\"Unhandled exception. System.OutOfMemoryException: x\"" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        desk_open(&d, "performance", "");
        desk_call(&d, &rows[i], 10);
        ck_assert_events(&d, "memory.oom", 1);
        ck_assert_said(&d, "memory.oom|ERROR critical|");
        desk_close(&d);
    }
}
END_TEST

START_TEST(test_memory_exhaustion_that_was_survived_or_only_spoken_of_is_none)
{
    desk_open(&d, "performance", "");
    desk_call(&d, &(struct call){ .line = "\"java.lang.OutOfMemoryError: Java heap space, caught\"" }, 10);
    desk_call(
        &d,
        &(struct call){ .used_mb = 100, .status = "error", .error_type = "ValueError", .line = "\"how to avoid OutOfMemoryException\"" },
        10);
    ck_assert_events(&d, "memory.oom", 0);
    desk_close(&d);
}
END_TEST

START_TEST(test_memory_timeout_with_all_memory_in_use_is_tagged)
{
    desk_open(&d, "performance", "");
    desk_call(&d, &(struct call){ .ms = 3000, .status = "timeout", .used_mb = 126 }, 10);
    ck_assert_events(&d, "memory.thrash", 1);
    desk_call(&d, &(struct call){ .ms = 3000, .status = "timeout", .used_mb = 120 }, 10);
    ck_assert_events(&d, "memory.thrash", 1);
    ck_assert_events(&d, "memory.oom", 0);
    desk_close(&d);
}
END_TEST

START_TEST(test_memory_headroom_is_told_once_a_level)
{
    static const int used[] = { 100, 114, 116, 117, 118, 120, 125, 126, 127 };
    desk_open(&d, "performance", "");
    for (size_t i = 0; i < NJ_COUNT(used); i++)
        desk_call(&d, &(struct call){ .used_mb = used[i] }, 10);
    ck_assert_events(&d, "memory.headroom", 2);
    ck_assert_said(&d, "memory.headroom|WARN critical|");
    ck_assert_said(&d, "memory.headroom|ERROR critical|");
    desk_close(&d);
}
END_TEST

START_TEST(test_memory_leak_is_found_and_warming_up_is_none)
{
    desk_open(&d, "performance", "");
    for (int i = 0; i < 200; i++) /* a cache that fills: high-water mark with a plateau */
        desk_call(&d, &(struct call){ .memory_mb = 512, .used_mb = i < 40 ? 60 + i : 100 }, 10);
    ck_assert_events(&d, "memory.leak", 0);
    for (int i = 0; i < 200; i++)
        desk_call(&d, &(struct call){ .memory_mb = 512, .used_mb = 100 + i }, 10);
    ck_assert_said(&d, "memory.leak|WARN critical|");
    ck_assert_said(&d, "nightjar.memory.slope_mb=1 ");
    ck_assert(desk_events(&d, "memory.leak") <= 3); /* again when half of what was left is gone */
    desk_close(&d);
    desk_open(&d, "performance", "");
    for (int i = 0; i < 2000; i++) /* a megabyte in a hundred calls: 4,000 calls away */
        desk_call(&d, &(struct call){ .memory_mb = 512, .used_mb = 100 + i / 100 }, 10);
    ck_assert_events(&d, "memory.leak", 0);
    desk_close(&d);
}
END_TEST

/* --- cost ----------------------------------------------------------------------------------------------------------- */

START_TEST(test_cost_is_billed_time_by_memory_and_the_request)
{
    desk_open(&d, "usage", "cost.gb_second=0.0000166667,cost.requests=0.2");
    desk_call(&d, &(struct call){ .ms = 1000, .billed_ms = 1000, .memory_mb = 1024, .init_ms = 500 }, 10);
    desk_call(&d, &(struct call){ .ms = 1000, .billed_ms = 1000, .memory_mb = 1024, .status = "timeout" }, 10);
    ck_assert_events(&d, "cost.summary", 0);
    desk_pass(&d, 60000);
    ck_assert_events(&d, "cost.summary", 1);
    ck_assert_said(&d, "nightjar.cost.usd=3.3733e-05 ");       /* 2 x (0.0000166667 + 0.0000002) */
    ck_assert_said(&d, "nightjar.cost.waste_usd=1.6867e-05 "); /* the timeout */
    ck_assert_said(&d, "nightjar.cost.init_usd=8.333e-06 ");
    ck_assert_said(&d, "nightjar.cost.gb_seconds=2 ");
    desk_pass(&d, 300000);
    ck_assert_events(&d, "cost.summary", 1); /* silence is not summed up, and nobody is woken for it */
    ck_assert_int_eq(nj_observe_due_ms(d.room, d.now_ns), -1);
    desk_close(&d);
}
END_TEST

START_TEST(test_cost_that_burns_is_told_and_a_steady_load_is_not)
{
    desk_open(&d, "usage", "burn.floor=0");
    for (int m = 0; m < 20; m++)
        for (int i = 0; i < 10; i++)
            desk_call(&d, &(struct call){ .ms = 1000 }, 5000);
    ck_assert_events(&d, "cost.burn", 0);
    for (int i = 0; i < 30; i++)
        desk_call(&d, &(struct call){ .ms = 5900 }, 100);
    ck_assert_events(&d, "cost.burn", 1);
    desk_close(&d);
    desk_open(&d, "usage", "burn.floor=0");
    desk_pass(&d, 57000); /* a sandbox that began at the end of a minute: that one was cheap */
    for (int i = 0; i < 900; i++)
        desk_call(&d, &(struct call){ .ms = 500 }, 500);
    ck_assert_events(&d, "cost.burn", 0);
    desk_close(&d);
    desk_open(&d, "usage", ""); /* below a dollar a day nothing burns */
    for (int m = 0; m < 20; m++)
        desk_call(&d, &(struct call){ .ms = 10 }, 60000);
    for (int i = 0; i < 100; i++)
        desk_call(&d, &(struct call){ .ms = 100 }, 1000);
    ck_assert_events(&d, "cost.burn", 0);
    desk_close(&d);
}
END_TEST

/* --- errors --------------------------------------------------------------------------------------------------------- */

START_TEST(test_errors_34985_lines_are_thirteen_messages_and_the_exact_number)
{
    desk_open(&d, "error", "");
    desk_begin(&d, &(struct call){ 0 });
    for (int i = 0; i < 34985; i++)
        desk_tell(&d, "function", "{\"level\":\"ERROR\",\"message\":\"stock of item %d is gone\"}", i);
    ck_assert_events(&d, "error.new", 1);
    ck_assert_events(&d, "error.summary", 11);
    nj_observe_shutdown(d.room, d.now_ns, NJ_STR("spindown"));
    ck_assert_events(&d, "error.summary", 12);
    ck_assert_said(&d, "nightjar.error.count=34985 ");
    ck_assert_said(&d, "nightjar.error.total=34985 ");
    ck_assert_said(&d, "nightjar.error.title=stock of item <num> is gone");
    ck_assert_said(&d, "nightjar.error.milestone=20000 ");
    desk_close(&d);
}
END_TEST

START_TEST(test_errors_line_posted_error_and_platform_are_one)
{
    static const struct call call = {
        .status = "error",
        .error_type = "ValueError",
        .input = "{}",
        .line = "\"[ERROR] ValueError: no\\nTraceback (most recent call last):\\n  File \\\"/var/task/a.py\\\", line 1, in h\\n    x\\n\"",
        .error = "{\"errorType\":\"ValueError\",\"errorMessage\":\"no\",\"stackTrace\":[\"  File \\\"/var/task/a.py\\\", line 1, in h\\n   "
                 " x\\n\"]}",
    };
    desk_open(&d, "error", "");
    for (int i = 0; i < 3; i++)
        desk_call(&d, &call, 10);
    ck_assert_events(&d, "error.new", 1);
    ck_assert_said(&d, "error.type=ValueError");
    ck_assert_said(&d, "nightjar.error.frames=[\"a.py h\"]");
    ck_assert_said(&d, "nightjar.error.regression_candidate=true");
    desk_pass(&d, 60000);
    ck_assert_events(&d, "error.summary", 1);
    ck_assert_said(&d, "nightjar.error.count=3 ");
    ck_assert_said(&d, "nightjar.error.requests=3 ");
    desk_pass(&d, 600000);
    ck_assert_events(&d, "error.summary", 1); /* nothing new, nothing told */
    desk_close(&d);
}
END_TEST

START_TEST(test_errors_of_the_platform_alone_are_counted_too)
{
    desk_open(&d, "error", "");
    desk_call(&d, &(struct call){ .status = "timeout", .ms = 3000 }, 10);
    desk_call(&d, &(struct call){ .status = "error", .error_type = "KeyError" }, 10);
    desk_call(&d, &(struct call){ .status = "failure", .error_type = "Runtime.ExitError" }, 10);
    ck_assert_events(&d, "error.new", 3);
    ck_assert_said(&d, "nightjar.error.title=timeout");
    ck_assert_said(&d, "nightjar.error.title=KeyError");
    desk_call(&d, &(struct call){ .line = "{\"level\":\"INFO\",\"message\":\"no error here\"}" }, 10);
    desk_call(&d, &(struct call){ .line = "\"just a line\"" }, 10);
    ck_assert_events(&d, "error.new", 3);
    desk_close(&d);
}
END_TEST

START_TEST(test_errors_many_kinds_a_minute_are_told_as_the_rest)
{
    desk_open(&d, "error", "");
    desk_begin(&d, &(struct call){ 0 });
    for (int i = 0; i < 60; i++)
        desk_tell(&d, "function", "{\"level\":\"ERROR\",\"error_code\":\"E-%d\",\"message\":\"x\"}", i);
    desk_forget(&d);
    desk_pass(&d, 60000);
    ck_assert_events(&d, "error.summary", 33);
    ck_assert_said(&d, "nightjar.error.kind=other nightjar.error.count=28 nightjar.error.kinds=28");
    desk_close(&d);
}
END_TEST

/* --- memory of the tables ------------------------------------------------------------------------------------------ */

START_TEST(test_observe_all_tables_and_cases_together_are_within_512_kib)
{
    ck_assert_msg(nj_observe_table_bytes() <= 512 << 10, "%zu bytes", nj_observe_table_bytes());
    ck_assert_uint_gt(nj_observe_table_bytes(), 200 << 10); /* it is not the sum of nothing */
}
END_TEST

START_TEST(test_errors_what_a_runtime_logs_and_posts_is_one_kind)
{
    static const char posted[] = "{\"errorType\":\"LedgerError\",\"errorMessage\":\"gone\",\"trace\":[\"LedgerError: gone\",\"    at load "
                                 "(/var/task/app.js:3:9)\"]}";
    desk_open(&d, "error", "");
    for (int i = 0; i < 3; i++)
        desk_call(&d,
                  &(struct call){ .ms = 5,
                                  .line = "\"2026-11-23T07:15:01.123Z\\t3d2c5f0a-1111-4222-8333-444444444444\\tERROR\\tInvoke Error "
                                          "\\t{\\\"errorType\\\":\\\"LedgerError\\\",\\\"errorMessage\\\":\\\"gone\\\",\\\"stack\\\":"
                                          "[\\\"LedgerError: gone\\\",\\\"    at load (/var/task/app.js:3:9)\\\"]}\"",
                                  .error = posted },
                  1000);
    ck_assert_events(&d, "error.new", 1);
    ck_assert_said(&d, "error.type=LedgerError");
    ck_assert_not_said(&d, "<time>");
    nj_observe_shutdown(d.room, d.now_ns, NJ_STR("spindown"));
    ck_assert_said(&d, "3 times in the last minute");
    desk_close(&d);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_errors_what_a_runtime_logs_and_posts_is_one_kind)                                                                               \
    X(test_performance_three_seconds_that_become_thirty_are_told_before_the_call_has_ended)                                                \
    X(test_performance_deadline_that_comes_near_is_told_without_any_history)                                                               \
    X(test_performance_declared_expectation)                                                                                               \
    X(test_performance_many_slow_calls_are_one_record_a_minute_with_their_number)                                                          \
    X(test_performance_two_modes_and_a_nightly_batch_are_silent)                                                                           \
    X(test_memory_each_signal_of_exhaustion_is_one_record_a_request)                                                                       \
    X(test_memory_exhaustion_that_was_survived_or_only_spoken_of_is_none)                                                                  \
    X(test_memory_timeout_with_all_memory_in_use_is_tagged)                                                                                \
    X(test_memory_headroom_is_told_once_a_level)                                                                                           \
    X(test_memory_leak_is_found_and_warming_up_is_none)                                                                                    \
    X(test_cost_is_billed_time_by_memory_and_the_request)                                                                                  \
    X(test_cost_that_burns_is_told_and_a_steady_load_is_not)                                                                               \
    X(test_errors_34985_lines_are_thirteen_messages_and_the_exact_number)                                                                  \
    X(test_errors_line_posted_error_and_platform_are_one)                                                                                  \
    X(test_errors_of_the_platform_alone_are_counted_too)                                                                                   \
    X(test_errors_many_kinds_a_minute_are_told_as_the_rest)                                                                                \
    X(test_observe_all_tables_and_cases_together_are_within_512_kib)

NJ_TEST_MAIN("observe_numbers")

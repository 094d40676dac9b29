/* Tests of stack traces: as each runtime prints them, as each runtime posts them, and as nobody should. */
#include "unit.h"

#include "../../src/observe/stack.h"
#include "observe_kit.h"

static struct nj_stack st;
static struct nj_buf all;

/* "type | code | frame, frame" */
static struct nj_str told(void)
{
    nj_buf_init(&all, 1 << 16);
    nj_buf_add(&all, nj_stack_type(&st));
    nj_buf_addz(&all, " | ");
    nj_buf_add(&all, (struct nj_str){ st.code, st.code_n });
    nj_buf_addz(&all, " | ");
    for (size_t i = 0; i < st.n; i++) {
        if (i != 0)
            nj_buf_addz(&all, ", ");
        nj_buf_add(&all, nj_frame_str(&st.f[i]));
    }
    return nj_buf_str(&all);
}

static void check_text(const char *in, const char *want)
{
    st = (struct nj_stack){ .n = 0 };
    nj_stack_of_text(&st, nj_str_of(in));
    ck_assert_view_eq(told(), want);
    nj_buf_fini(&all);
}

static void check_json(const char *in, const char *want)
{
    struct nj_json v;
    ck_assert_int_eq(nj_json_parse(nj_str_of(in), &v), NJ_OK);
    st = (struct nj_stack){ .n = 0 };
    nj_stack_of_json(&st, v);
    ck_assert_view_eq(told(), want);
    nj_buf_fini(&all);
}

START_TEST(test_stack_python)
{
    check_text("[ERROR] ValueError: no such account\nTraceback (most recent call last):\n"
               "  File \"/var/task/app.py\", line 12, in handler\n    return pay(event)\n"
               "  File \"/var/task/lib/pay.py\", line 88, in pay\n    raise ValueError(x)\n",
               "ValueError |  | pay.py pay, app.py handler");
    check_text("Traceback (most recent call last):\n  File \"/var/task/app.py\", line 3, in handler\n    x()\n"
               "  File \"/var/lang/lib/python3.12/json/__init__.py\", line 346, in loads\n    return _d.decode(s)\n"
               "  File \"/var/task/site-packages/x/y.py\", line 3, in z\n    q\njson.decoder.JSONDecodeError: Expecting value",
               "json.decoder.JSONDecodeError |  | app.py handler");
    check_text("  File \"/var/lang/lib/python3.12/a.py\", line 1, in b\n  File \"/var/runtime/c.py\", line 1, in d\nKeyError: 'x'",
               "KeyError |  | c.py d, a.py b");
    check_json(
        "{\"errorMessage\":\"no\",\"errorType\":\"ValueError\",\"requestId\":\"x\",\"stackTrace\":[\"  File \\\"/var/task/app.py\\\", line "
        "12, in handler\\n    return pay(event)\\n\",\"  File \\\"/var/task/lib/pay.py\\\", line 88, in pay\\n    raise\\n\"]}",
        "ValueError |  | pay.py pay, app.py handler");
}
END_TEST

START_TEST(test_stack_node)
{
    check_text("TypeError: Cannot read properties of undefined (reading 'id')\n    at charge (/var/task/pay.js:10:5)\n"
               "    at async Runtime.handler (file:///var/task/index.mjs:22:9)\n    at /var/task/index.js:3:1\n"
               "    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)\n"
               "    at /var/task/node_modules/a/b.js:1:1",
               "TypeError |  | pay.js charge, index.mjs Runtime.handler, index.js");
    check_text(
        "2026-11-23T07:15:01.123Z\t3d2c5f0a-1b2c-4d5e-8f90-a1b2c3d4e5f6\tERROR\tInvoke Error \t{}\nRangeError: deep\n"
        "    at f (/var/task/main.3f9a2c1b.js?v=2:1:1)\n    at f (/var/task/main.3f9a2c1b.js:1:1)\n    at new C (/var/task/c.js:2:2)\n"
        "    at Object.<anonymous> (/var/task/d.js:1:1)\n    at g [as h] (/var/task/e.js:1:1)",
        "RangeError |  | main..js f, c.js C, d.js Object.<anonymous>, e.js g");
    check_json(
        "{\"errorType\":\"TypeError\",\"errorMessage\":\"x\",\"trace\":[\"TypeError: x\",\"    at charge (/var/task/pay.js:10:5)\"]}",
        "TypeError |  | pay.js charge");
    check_json(
        "{\"level\":\"error\",\"msg\":\"failed\",\"err\":{\"type\":\"StockError\",\"message\":\"m\",\"stack\":\"StockError: m\\n    at q "
        "(/var/task/s.js:1:2)\"}}",
        "StockError |  | s.js q");
}
END_TEST

START_TEST(test_stack_java)
{
    check_text("com.example.NoStockException: sold out\n\tat com.example.Shop.buy(Shop.java:25)\n"
               "\tat com.example.Shop.lambda$handle$0(Shop.java:12)\n\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)\n"
               "\tat com.example.Shop$$Lambda$14/0x00000008000c.accept(Unknown Source)\n"
               "\tat com.example.Handler.handleRequest(Handler.java:9)\n"
               "Caused by: java.sql.SQLException: x\n\tat com.example.Db.get(Db.java:1)\n\t... 3 more",
               "com.example.NoStockException |  | com.example.Shop.buy, com.example.Shop.lambda$handle$, com.example.Shop, "
               "com.example.Handler.handleRequest, com.example.Db.get");
    check_json("{\"errorMessage\":\"sold "
               "out\",\"errorType\":\"com.example.NoStockException\",\"stackTrace\":[\"com.example.Shop.buy(Shop.java:25)\","
               "\"java.base/java.lang.Thread.run(Thread.java:1)\"]}",
               "com.example.NoStockException |  | com.example.Shop.buy");
}
END_TEST

START_TEST(test_stack_go)
{
    check_text("panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\nmain.pick(0xc00001c0a8, 0x5)\n"
               "\t/build/pick.go:12 +0x1d\nmain.(*Shop).Handle(...)\n\t/build/shop.go:44 "
               "+0x2b\nruntime.main()\n\t/usr/local/go/src/runtime/proc.go:250 "
               "+0x1c\n",
               "panic |  | pick.go main.pick, shop.go main.(*Shop).Handle");
    check_json(
        "{\"errorMessage\":\"index out of range\",\"errorType\":\"boundsError\",\"stackTrace\":[{\"path\":\"github.com/acme/shop/pick.go\","
        "\"line\":12,\"label\":\"pick\"},{\"path\":\"runtime/panic.go\",\"line\":884,\"label\":\"runtime.gopanic\"}]}",
        "boundsError |  | pick.go pick");
}
END_TEST

START_TEST(test_stack_dotnet)
{
    check_text("System.InvalidOperationException: sold out\n   at Shop.Stock.Take(String id, Int32 n) in /src/Stock.cs:line 12\n"
               "   at Shop.Handler.<Run>d__3.MoveNext()\n   at System.Runtime.CompilerServices.TaskAwaiter.Wait(Task t)\n",
               "System.InvalidOperationException |  | Stock.cs Shop.Stock.Take, Shop.Handler.<Run>d__.MoveNext");
    check_json("{\"errorType\":\"InvalidOperationException\",\"errorMessage\":\"x\",\"stackTrace\":[\"at Shop.Stock.Take(String id) in "
               "/src/Stock.cs:line 12\"]}",
               "InvalidOperationException |  | Stock.cs Shop.Stock.Take");
}
END_TEST

START_TEST(test_stack_ruby)
{
    check_text("/var/task/app.rb:12:in `pay': sold out (NoStockError)\n\tfrom /var/task/app.rb:4:in `block in handler'\n"
               "\tfrom /var/runtime/gems/a/b.rb:1:in `run'",
               "NoStockError |  | app.rb pay, app.rb handler");
    check_json("{\"errorMessage\":\"x\",\"errorType\":\"Function<StandardError>\",\"stackTrace\":[\"/var/task/app.rb:10:in 'Shop#pay'\"]}",
               "Function<StandardError> |  | app.rb Shop#pay");
}
END_TEST

START_TEST(test_stack_rust)
{
    check_text("thread 'main' panicked at src/pay.rs:10:5:\nsold out\nstack backtrace:\n   0: rust_begin_unwind\n"
               "             at /rustc/abc/library/std/src/panicking.rs:645:5\n   1: shop::pay::take::h0123456789abcdef\n"
               "             at ./src/pay.rs:10:5\n   2: shop::main::{{closure}}\n             at ./src/main.rs:4:9",
               "panic |  | pay.rs shop::pay::take, main.rs shop::main::{{closure}}");
}
END_TEST

START_TEST(test_stack_same_place_in_text_and_in_the_posted_error_is_the_same)
{
    struct nj_stack one = { .n = 0 }, two = { .n = 0 };
    struct nj_json v;
    nj_stack_of_text(&one,
                     NJ_STR("[ERROR] KeyError: 'a'\nTraceback (most recent call last):\n  File \"/var/task/a.py\", line 1, in h\n    x\n"));
    ck_assert_int_eq(
        nj_json_parse(NJ_STR("{\"errorType\":\"KeyError\",\"errorMessage\":\"'a'\",\"stackTrace\":[\"  File \\\"/var/task/a.py\\\", "
                             "line 99, in h\\n    y\\n\"]}"),
                      &v),
        NJ_OK);
    nj_stack_of_json(&two, v);
    ck_assert_view_eq(nj_stack_type(&one), "KeyError");
    ck_assert(nj_str_eq(nj_stack_type(&one), nj_stack_type(&two)));
    ck_assert_uint_eq(one.n, 1);
    ck_assert(nj_str_eq(nj_frame_str(&one.f[0]), nj_frame_str(&two.f[0])));
}
END_TEST

START_TEST(test_stack_explicit_code_and_message_are_taken)
{
    check_json("{\"level\":\"ERROR\",\"error_code\":\"PAY-17\",\"message\":\"x\"}", " | PAY-17 | ");
    check_json("{\"fingerprint\":42}", " | 42 | ");
    check_json("{\"error\":{\"name\":\"AbortError\",\"message\":\"stopped\"}}", "AbortError |  | ");
    ck_assert_view_eq(((struct nj_str){ st.message, st.message_n }), "stopped");
    check_json("{\"errorMessage\":\"told\"}", " |  | ");
    ck_assert_view_eq(((struct nj_str){ st.message, st.message_n }), "told");
    check_json("{\"a\":1}", " |  | ");
    check_json("{}", " |  | ");
}
END_TEST

START_TEST(test_stack_ordinary_lines_have_neither_type_nor_frames)
{
    static const char *const lines[] = {
        "looked at the file (again)",
        "at noon we start",
        "at 12:30 the job runs",
        "12: nothing here",
        "No Error found",
        "Errors: 0",
        "File \"x\" was read",
        "price is 12:in stock",
        "https://example.com/a(b)",
        "Default: yes",
        "",
    };
    for (size_t i = 0; i < NJ_COUNT(lines); i++)
        check_text(lines[i], " |  | ");
    check_text("time=1 level=error IOException: disk", "IOException |  | ");
    check_text("Error: plain", "Error |  | ");
}
END_TEST

START_TEST(test_stack_recursion_counts_once_and_eight_frames_are_kept)
{
    struct nj_buf b;
    nj_buf_init(&b, 1 << 20);
    nj_buf_addz(&b, "Error: x\n");
    for (int i = 0; i < 300; i++)
        nj_buf_addf(&b, "    at f%c (/var/task/a.js:%d:1)\n", 'a' + i % 12, i);
    st = (struct nj_stack){ .n = 0 };
    nj_stack_of_text(&st, nj_buf_str(&b));
    ck_assert_uint_eq(st.n, NJ_FRAMES);
    ck_assert_view_eq(nj_frame_str(&st.f[0]), "a.js fa");
    nj_buf_reset(&b);
    for (int i = 0; i < 20; i++)
        nj_buf_addf(&b, "  File \"/var/task/a.py\", line 1, in f%c\n", 'a' + i);
    st = (struct nj_stack){ .n = 0 };
    nj_stack_of_text(&st, nj_buf_str(&b));
    ck_assert_uint_eq(st.n, NJ_FRAMES);
    ck_assert_view_eq(nj_frame_str(&st.f[0]), "a.py ft"); /* the innermost, which Python prints last */
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_stack_any_bytes_are_read_within_their_end)
{
    static const char *const pieces[] = { "at ",   " (", ")",       ":1:2",  "\n",    "File \"", "\", line 1", ", in ",
                                          ":in `", "'",  "\t",      ".go:1", "::h01", "1: ",     "a.b(",       ".java",
                                          "x",     " ",  "panic: ", "Error", ":",     "0x - ",   "\xff",       "" };
    struct dice d = { 12 };
    for (int i = 0; i < 60000; i++) {
        char line[256];
        size_t n = 0;
        for (size_t k = dice_next(&d) % 14; k > 0; k--) {
            const char *p = pieces[dice_next(&d) % NJ_COUNT(pieces)];
            memcpy(line + n, p, strlen(p));
            n += strlen(p);
        }
        char *exact = malloc(n + (n == 0));
        memcpy(exact, line, n);
        st = (struct nj_stack){ .n = 0 };
        nj_stack_of_text(&st, (struct nj_str){ exact, n });
        ck_assert_uint_le(st.n, NJ_FRAMES);
        free(exact);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_stack_python)                                                                                                                   \
    X(test_stack_node)                                                                                                                     \
    X(test_stack_java)                                                                                                                     \
    X(test_stack_go)                                                                                                                       \
    X(test_stack_dotnet)                                                                                                                   \
    X(test_stack_ruby)                                                                                                                     \
    X(test_stack_rust)                                                                                                                     \
    X(test_stack_same_place_in_text_and_in_the_posted_error_is_the_same)                                                                   \
    X(test_stack_explicit_code_and_message_are_taken)                                                                                      \
    X(test_stack_ordinary_lines_have_neither_type_nor_frames)                                                                              \
    X(test_stack_recursion_counts_once_and_eight_frames_are_kept)                                                                          \
    X(test_stack_any_bytes_are_read_within_their_end)

NJ_TEST_MAIN("stack")

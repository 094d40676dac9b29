/* The emulator's pure parts besides telemetry: options, script, lines, environments, phases. */
#include "../emulator/emu_env.h"
#include "../emulator/emu_lines.h"
#include "../emulator/emu_options.h"
#include "../emulator/emu_phase.h"
#include "../emulator/emu_script.h"
#include "unit.h"

/* --- options --------------------------------------------------------------------------------------------------------- */

static enum nj_status read_args(struct emu_options *o, char *error, const char *const *args)
{
    static char texts[32][128];
    static char *argv[32];
    int argc = 1;
    argv[0] = texts[0];
    for (; args[argc - 1] != NULL; argc++) {
        (void)snprintf(texts[argc], sizeof(texts[argc]), "%s", args[argc - 1]);
        argv[argc] = texts[argc];
    }
    argv[argc] = NULL;
    return emu_options_read(o, argc, argv, error);
}

START_TEST(test_options_have_defaults_and_take_units)
{
    struct emu_options o;
    char error[EMU_OPTION_ERROR_MAX];
    static const char *const none[] = { NULL };
    static const char *const some[] = { "--timeout", "2",           "--memory=128", "--init-type", "snap-start", "--cut-bytes",
                                        "64k",       "--env",       "A=1",          "--env",       "B",          "--post-timeout",
                                        "250ms",     "--no-freeze", "--",           "/bin/echo",   "--timeout",  NULL };
    ck_assert_int_eq(read_args(&o, error, none), NJ_OK);
    ck_assert_int_eq(o.timeout_ms, 3000);
    ck_assert_int_eq(o.listen, -1);
    ck_assert_int_eq(o.shutdown_ms, 2000);
    ck_assert_ptr_null(o.command);
    ck_assert_int_eq(read_args(&o, error, some), NJ_OK);
    ck_assert_int_eq(o.timeout_ms, 2000);
    ck_assert_int_eq(o.memory_mb, 128);
    ck_assert_int_eq(o.init_type, EMU_SNAP_START);
    ck_assert_int_eq(o.cut_bytes, 65536);
    ck_assert_int_eq(o.post_timeout_ms, 250);
    ck_assert_uint_eq(o.env.n, 2);
    ck_assert(o.no_freeze);
    ck_assert_str_eq(o.command[0], "/bin/echo");
    ck_assert_str_eq(o.command[1], "--timeout");
}
END_TEST

START_TEST(test_wrong_options_are_named_in_one_sentence)
{
    static const struct {
        const char *args[8], *want;
    } rows[] = {
        { { "--memoy", "1" }, "did you mean --memory?" },
        { { "--qqqqqqqqqq" }, "unknown option --qqqqqqqqqq; --help lists them" },
        { { "stray" }, "unexpected argument \"stray\"" },
        { { "--memory", "127" }, "--memory: \"127\" is not allowed; it is a number, 128..32768" },
        { { "--memory", "12x" }, "is not allowed" },
        { { "--memory" }, "--memory needs a value" },
        { { "--init-type", "warm" }, "one of on-demand|provisioned-concurrency" },
        { { "--shutdown-deadline", "300" }, "a duration such as 250ms or 2s" },
        { { "--no-freeze=1" }, "takes no value" },
        { { "--" }, "no command after --" },
        { { "--tenant", "blue", "--init-type", "snap-start" }, "--tenant cannot be combined" },
        { { "--retry-first", "3s" }, "--retry-first is longer than --retry-max" },
        { { "--extension", "/x/a", "--extension", "/x/a" }, "is given twice" },
        { { "--port", "99999999999999999999" }, "is not allowed" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct emu_options o;
        char error[EMU_OPTION_ERROR_MAX] = "";
        ck_assert_msg(read_args(&o, error, rows[i].args) == NJ_EPARSE, "row %zu was taken", i);
        ck_assert_msg(strstr(error, rows[i].want) != NULL, "row %zu: %s", i, error);
    }
}
END_TEST

/* --- script ---------------------------------------------------------------------------------------------------------- */

START_TEST(test_script_lines_become_steps)
{
    struct emu_script s;
    char error[EMU_SCRIPT_ERROR_MAX];
    static const char text[] = "# comment\n\n"
                               "{\"event\": {\"a\": [1, 2.5, null]}, \"gapMs\": 50, \"repeat\": 3, \"expect\": \"timeout\"}\r\n"
                               "  {\"raw\": \"not json\", \"clientContext\": {\"k\": 1}, \"oomAfterMs\": 5}\n"
                               "{\"shutdown\": true, \"reason\": \"failure\"}";
    ck_assert_int_eq(emu_script_read(&s, NJ_STR(text), error), NJ_OK);
    ck_assert_uint_eq(s.n, 3);
    ck_assert_int_eq(s.steps[0].line, 3);
    ck_assert_str_eq(s.steps[0].payload, "{\"a\":[1,2.5,null]}");
    ck_assert_int_eq(s.steps[0].gap_ms, 50);
    ck_assert_uint_eq(s.steps[0].repeat, 3);
    ck_assert_int_eq(s.steps[0].expect, EMU_TIMEOUT);
    ck_assert_int_eq(s.steps[0].oom_ms, -1);
    ck_assert_str_eq(s.steps[1].payload, "not json");
    ck_assert_uint_eq(s.steps[1].payload_len, 8);
    ck_assert_str_eq(s.steps[1].client_context, "{\"k\":1}");
    ck_assert_int_eq(s.steps[1].oom_ms, 5);
    ck_assert(s.steps[2].shutdown);
    ck_assert_str_eq(s.steps[2].reason, "failure");
    emu_script_fini(&s);
}
END_TEST

START_TEST(test_faulty_script_is_refused_with_its_line)
{
    static const struct {
        const char *text, *want;
    } rows[] = {
        { "\n{\"event\":1", "script line 2: " },
        { "[]", "a line is one JSON object" },
        { "{\"event\":1,\"expct\":\"success\"}", "did you mean \"expect\"?" },
        { "{\"event\":1,\"zzzzzzzzzzzz\":1}", "unknown member \"zzzzzzzzzzzz\"" },
        { "{\"event\":1,\"expect\":\"fine\"}", "\"expect\" does not take this value; it is: success, error" },
        { "{\"event\":1,\"gapMs\":-1}", "\"gapMs\" does not take" },
        { "{\"event\":1,\"gapMs\":\"5\"}", "\"gapMs\" does not take" },
        { "{\"event\":1,\"repeat\":0}", "\"repeat\" does not take" },
        { "{\"event\":1,\"expectText\":5}", "\"expectText\" does not take" },
        { "{\"gapMs\":5}", "an invocation needs" },
        { "{\"shutdown\":true,\"event\":1}", "a line of its own" },
        { "{\"shutdown\":1}", "\"shutdown\" does not take" },
        { "{\"event\":1,\"event\":2}", "duplicate" },
        { "{\"raw\":5}", "\"raw\" does not take" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct emu_script s;
        char error[EMU_SCRIPT_ERROR_MAX] = "";
        ck_assert_msg(emu_script_read(&s, nj_str_of(rows[i].text), error) == NJ_EPARSE, "row %zu was taken", i);
        ck_assert_msg(strstr(error, rows[i].want) != NULL, "row %zu: %s", i, error);
        ck_assert_uint_eq(s.n, 0);
    }
}
END_TEST

START_TEST(test_empty_script_has_no_steps)
{
    struct emu_script s;
    char error[EMU_SCRIPT_ERROR_MAX];
    ck_assert_int_eq(emu_script_read(&s, (struct nj_str){ NULL, 0 }, error), NJ_OK);
    ck_assert_uint_eq(s.n, 0);
    emu_script_fini(&s);
}
END_TEST

/* --- lines ----------------------------------------------------------------------------------------------------------- */

static void collect(void *ctx, struct nj_str line)
{
    nj_buf_addc(ctx, '<');
    nj_buf_add(ctx, line);
    nj_buf_addc(ctx, '>');
}

START_TEST(test_lines_come_whole_however_the_bytes_arrive)
{
    static const char text[] = "one\ntwo\n\n12345678901\nlast";
    for (size_t step = 1; step < sizeof(text); step++) {
        struct nj_buf out;
        struct emu_lines l;
        nj_buf_init(&out, 4096);
        emu_lines_init(&l, 8, collect, &out);
        for (size_t at = 0; at < sizeof(text) - 1; at += step)
            emu_lines_feed(&l, nj_str_slice(NJ_STR(text), at, at + step));
        emu_lines_flush(&l);
        emu_lines_flush(&l);
        ck_assert_view_eq(nj_buf_str(&out), "<one\n><two\n><\n><12345678><901\n><last>");
        emu_lines_fini(&l);
        nj_buf_fini(&out);
    }
}
END_TEST

START_TEST(test_line_of_exactly_the_limit_keeps_its_newline_apart)
{
    struct nj_buf out;
    struct emu_lines l;
    nj_buf_init(&out, 4096);
    emu_lines_init(&l, 4, collect, &out);
    emu_lines_feed(&l, NJ_STR("abc\nabcd\n"));
    ck_assert_view_eq(nj_buf_str(&out), "<abc\n><abcd><\n>");
    emu_lines_fini(&l);
    nj_buf_fini(&out);
}
END_TEST

/* --- environments ----------------------------------------------------------------------------------------------------- */

START_TEST(test_extension_lacks_what_only_the_runtime_sees)
{
    static const char *const runtime_only[] = { "AWS_EXECUTION_ENV",          "AWS_LAMBDA_LOG_GROUP_NAME",
                                                "AWS_LAMBDA_LOG_STREAM_NAME", "_HANDLER",
                                                "LAMBDA_TASK_ROOT",           "LAMBDA_RUNTIME_DIR",
                                                "AWS_XRAY_DAEMON_ADDRESS",    "AWS_XRAY_CONTEXT_MISSING",
                                                "_AWS_XRAY_DAEMON_PORT" };
    static const char *const both[] = { "AWS_REGION",
                                        "AWS_DEFAULT_REGION",
                                        "AWS_LAMBDA_FUNCTION_NAME",
                                        "AWS_LAMBDA_FUNCTION_VERSION",
                                        "AWS_LAMBDA_RUNTIME_API",
                                        "AWS_ACCESS_KEY_ID",
                                        "AWS_LAMBDA_INITIALIZATION_TYPE",
                                        "PATH",
                                        "LANG",
                                        "TZ",
                                        "CUSTOM" };
    struct emu_options o;
    struct emu_env ext, rt;
    char error[EMU_OPTION_ERROR_MAX];
    static const char *const args[] = { "--env", "CUSTOM=a=b", "--env", "AWS_LAMBDA_RUNTIME_API=evil", "--env", "NOT_SET_ANYWHERE_AT_ALL",
                                        NULL };
    ck_assert_int_eq(read_args(&o, error, args), NJ_OK);
    const struct emu_env_facts facts = { &o, 9100, "token", "stream" };
    emu_env_extension(&ext, &facts);
    emu_env_runtime(&rt, &facts);
    for (size_t i = 0; i < NJ_COUNT(runtime_only); i++) {
        ck_assert_msg(emu_env_get(&ext, runtime_only[i]) == NULL, "%s", runtime_only[i]);
        ck_assert_msg(emu_env_get(&rt, runtime_only[i]) != NULL, "%s", runtime_only[i]);
    }
    for (size_t i = 0; i < NJ_COUNT(both); i++) {
        ck_assert_msg(emu_env_get(&ext, both[i]) != NULL, "%s", both[i]);
        ck_assert_msg(emu_env_get(&rt, both[i]) != NULL, "%s", both[i]);
    }
    ck_assert_str_eq(emu_env_get(&ext, "CUSTOM"), "a=b");
    ck_assert_str_eq(emu_env_get(&ext, "AWS_LAMBDA_RUNTIME_API"), "127.0.0.1:9100");
    ck_assert_ptr_null(emu_env_get(&ext, "NOT_SET_ANYWHERE_AT_ALL"));
    ck_assert_ptr_null(emu_env_get(&ext, "AWS_LAMBDA_MAX_CONCURRENCY"));
    ck_assert(!ext.failed && !rt.failed);
    emu_env_fini(&ext);
    emu_env_fini(&rt);
}
END_TEST

START_TEST(test_snap_start_has_an_endpoint_instead_of_keys_and_none_without_credentials)
{
    static const char *const snap[] = { "--init-type", "snap-start", NULL };
    static const char *const bare[] = { "--no-credentials", NULL };
    struct emu_options o;
    struct emu_env e;
    char error[EMU_OPTION_ERROR_MAX];
    const struct emu_env_facts facts = { &o, 9100, "token", "stream" };
    ck_assert_int_eq(read_args(&o, error, snap), NJ_OK);
    emu_env_extension(&e, &facts);
    ck_assert_ptr_null(emu_env_get(&e, "AWS_SECRET_ACCESS_KEY"));
    ck_assert_str_eq(emu_env_get(&e, "AWS_CONTAINER_CREDENTIALS_FULL_URI"), "http://127.0.0.1:9100/2021-04-23/credentials");
    ck_assert_str_eq(emu_env_get(&e, "AWS_CONTAINER_AUTHORIZATION_TOKEN"), "token");
    emu_env_fini(&e);
    ck_assert_int_eq(read_args(&o, error, bare), NJ_OK);
    emu_env_extension(&e, &facts);
    ck_assert_ptr_null(emu_env_get(&e, "AWS_ACCESS_KEY_ID"));
    ck_assert_ptr_null(emu_env_get(&e, "AWS_SESSION_TOKEN"));
    emu_env_fini(&e);
}
END_TEST

START_TEST(test_managed_runtime_knows_its_concurrency_and_the_extension_the_log_format)
{
    static const char *const args[] = { "--init-type", "lambda-managed-instances", "--concurrency", "7", "--log-format", "JSON", NULL };
    struct emu_options o;
    struct emu_env ext, rt;
    char error[EMU_OPTION_ERROR_MAX];
    const struct emu_env_facts facts = { &o, 9100, "token", "stream" };
    ck_assert_int_eq(read_args(&o, error, args), NJ_OK);
    emu_env_extension(&ext, &facts);
    emu_env_runtime(&rt, &facts);
    ck_assert_str_eq(emu_env_get(&rt, "AWS_LAMBDA_MAX_CONCURRENCY"), "7");
    ck_assert_ptr_null(emu_env_get(&ext, "AWS_LAMBDA_MAX_CONCURRENCY"));
    ck_assert_str_eq(emu_env_get(&ext, "AWS_LAMBDA_LOG_FORMAT"), "JSON");
    emu_env_fini(&ext);
    emu_env_fini(&rt);
}
END_TEST

START_TEST(test_environment_that_is_too_large_says_so)
{
    struct emu_env e = { 0 };
    char name[16];
    for (int i = 0; i < EMU_ENV_MAX; i++) {
        (void)snprintf(name, sizeof(name), "N%d", i);
        emu_env_set(&e, name, "v");
    }
    ck_assert(!e.failed);
    emu_env_set(&e, "N0", "replaced");
    ck_assert(!e.failed);
    ck_assert_str_eq(emu_env_get(&e, "N0"), "replaced");
    emu_env_set(&e, "ONE_MORE", "v");
    ck_assert(e.failed);
    emu_env_fini(&e);
}
END_TEST

/* --- phases ----------------------------------------------------------------------------------------------------------- */

START_TEST(test_phases_follow_a_life_with_a_reset)
{
    static const struct {
        enum emu_move move;
        enum emu_phase to;
    } life[] = {
        { EMU_MOVE_START, EMU_INIT },    { EMU_MOVE_READY, EMU_IDLE },    { EMU_MOVE_INVOKE, EMU_INVOKE }, { EMU_MOVE_READY, EMU_IDLE },
        { EMU_MOVE_INVOKE, EMU_INVOKE }, { EMU_MOVE_FAIL, EMU_RESET },    { EMU_MOVE_EMPTY, EMU_DOWN },    { EMU_MOVE_START, EMU_INIT },
        { EMU_MOVE_READY, EMU_IDLE },    { EMU_MOVE_STOP, EMU_SHUTDOWN }, { EMU_MOVE_EMPTY, EMU_GONE },    { EMU_MOVE_START, EMU_INIT },
    };
    enum emu_phase p = EMU_COLD;
    for (size_t i = 0; i < NJ_COUNT(life); i++) {
        ck_assert_msg(emu_phase_move(&p, life[i].move), "step %zu", i);
        ck_assert_int_eq(p, life[i].to);
    }
}
END_TEST

START_TEST(test_impossible_moves_change_nothing)
{
    static const struct {
        enum emu_phase from;
        enum emu_move move;
    } rows[] = { { EMU_COLD, EMU_MOVE_INVOKE }, { EMU_IDLE, EMU_MOVE_EMPTY },  { EMU_RESET, EMU_MOVE_INVOKE },
                 { EMU_GONE, EMU_MOVE_READY },  { EMU_DOWN, EMU_MOVE_INVOKE }, { EMU_SHUTDOWN, EMU_MOVE_FAIL } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        enum emu_phase p = rows[i].from;
        ck_assert(!emu_phase_move(&p, rows[i].move));
        ck_assert_int_eq(p, rows[i].from);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_options_have_defaults_and_take_units)                                                                                           \
    X(test_wrong_options_are_named_in_one_sentence)                                                                                        \
    X(test_script_lines_become_steps)                                                                                                      \
    X(test_faulty_script_is_refused_with_its_line)                                                                                         \
    X(test_empty_script_has_no_steps)                                                                                                      \
    X(test_lines_come_whole_however_the_bytes_arrive)                                                                                      \
    X(test_line_of_exactly_the_limit_keeps_its_newline_apart)                                                                              \
    X(test_extension_lacks_what_only_the_runtime_sees)                                                                                     \
    X(test_snap_start_has_an_endpoint_instead_of_keys_and_none_without_credentials)                                                        \
    X(test_managed_runtime_knows_its_concurrency_and_the_extension_the_log_format)                                                         \
    X(test_environment_that_is_too_large_says_so)                                                                                          \
    X(test_phases_follow_a_life_with_a_reset)                                                                                              \
    X(test_impossible_moves_change_nothing)

NJ_TEST_MAIN("emu_input")

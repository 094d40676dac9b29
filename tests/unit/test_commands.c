/* The command line: what each word prints and answers, and that no secret gets out by any of them. */
#include "nightjar/commands.h"
#include "unit.h"

#include <stdio.h>

#define CANARY "c4n4ry-S3CR3T"

static char *out_text, *err_text;
static bool handled;

static int run_env(const char *const *environ_, const char *one, const char *two)
{
    char zero[] = "nightjar", first[300] = "", second[100] = "";
    char *argv[] = { zero, NULL, NULL, NULL };
    int argc = 1;
    size_t n;
    if (one != NULL) {
        snprintf(first, sizeof(first), "%s", one);
        argv[argc++] = first;
    }
    if (two != NULL) {
        snprintf(second, sizeof(second), "%s", two);
        argv[argc++] = second;
    }
    free(out_text);
    free(err_text);
    FILE *out = open_memstream(&out_text, &n), *err = open_memstream(&err_text, &n);
    int code = nj_command(argc, argv, environ_, out, err, &handled);
    fclose(out);
    fclose(err);
    return code;
}

#define RUN(one, two, ...) run_env((const char *const[]){ __VA_ARGS__, NULL }, one, two)

static bool has(const char *text, const char *needle)
{
    return strstr(text, needle) != NULL;
}

static void forget(void)
{
    free(out_text);
    free(err_text);
    out_text = err_text = NULL;
}

START_TEST(test_without_arguments_the_extension_runs)
{
    ck_assert_int_eq(RUN(NULL, NULL, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001"), 0);
    ck_assert(!handled);
    ck_assert_str_eq(out_text, "");
    ck_assert_str_eq(err_text, "");
    forget();
}
END_TEST

START_TEST(test_by_hand_without_a_platform_it_says_so)
{
    static const char *const environments[] = { "PATH=/bin", "AWS_LAMBDA_RUNTIME_API=", "AWS_LAMBDA_RUNTIME_API= " };
    for (size_t i = 0; i < NJ_COUNT(environments); i++) {
        ck_assert_int_eq(RUN(NULL, NULL, environments[i]), 1);
        ck_assert(handled);
        ck_assert(has(err_text, "AWS_LAMBDA_RUNTIME_API is not set") && has(err_text, "--check"));
    }
    ck_assert_int_eq(run_env(NULL, NULL, NULL), 1);
    char **no_argv = NULL;
    ck_assert_int_eq(nj_command(0, no_argv, NULL, stdout, stderr, &handled), 1);
    forget();
}
END_TEST

START_TEST(test_help_and_version_answer_also_inside_a_sandbox)
{
    ck_assert_int_eq(RUN("--help", NULL, "AWS_LAMBDA_RUNTIME_API=x"), 0);
    ck_assert(handled);
    ck_assert(has(out_text, "--check") && has(out_text, "--reference") && has(out_text, "NIGHTJAR_SINK"));
    ck_assert_int_eq(RUN("-h", NULL, "A=b"), 0);
    ck_assert(has(out_text, "usage:"));
    ck_assert_int_eq(RUN("--version", NULL, "AWS_LAMBDA_RUNTIME_API=x"), 0);
    static const char *const parts[] = {
        "nightjar " NJ_VERSION "\n", "\nlibcurl 7", "\nTLS ", "\nlibmicrohttpd ", "\njansson ", "\nzlib ", "\nlibdeflate ", "\nzstd "
    };
    for (size_t i = 0; i < NJ_COUNT(parts); i++)
        ck_assert_msg(has(out_text, parts[i]) || (i == 1 && has(out_text, "\nlibcurl 8")), "%s is missing: %s", parts[i], out_text);
    forget();
}
END_TEST

START_TEST(test_a_misspelt_option_is_answered_with_the_nearest_one)
{
    static const struct {
        const char *given, *nearest;
    } rows[] = { { "--chek", "--check" }, { "--Reference", "--reference" }, { "-version", "--version" }, { "help", "--help" } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        ck_assert_int_eq(RUN(rows[i].given, NULL, "A=b"), 2);
        ck_assert(handled);
        ck_assert_msg(has(err_text, rows[i].given) && has(err_text, rows[i].nearest), "%s", err_text);
        ck_assert_str_eq(out_text, "");
    }
    char endless[300];
    memset(endless, 'x', sizeof(endless) - 1);
    endless[sizeof(endless) - 1] = '\0';
    ck_assert_int_eq(RUN(endless, NULL, "A=b"), 2);
    ck_assert_uint_lt(strlen(err_text), 150);
    ck_assert_int_eq(RUN("\x1b[31m", NULL, "A=b"), 2);
    ck_assert(!has(err_text, "\x1b"));
    ck_assert_int_eq(RUN("", NULL, "A=b"), 2);
    forget();
}
END_TEST

START_TEST(test_commands_stand_alone)
{
    ck_assert_int_eq(RUN("--check", "--version", "A=b"), 2);
    ck_assert(has(err_text, "--check stands alone") && has(err_text, "--version"));
    ck_assert_str_eq(out_text, "");
    forget();
}
END_TEST

START_TEST(test_check_of_a_good_configuration_finds_nothing)
{
    ck_assert_int_eq(RUN("--check", NULL, "NIGHTJAR_SINK=https://logs.example.com/in", "NIGHTJAR_SINK_TOKEN=" CANARY, "NIGHTJAR_FLUSH=2s"),
                     0);
    ck_assert(has(out_text, "NIGHTJAR_FLUSH=2s\n") && has(out_text, "NIGHTJAR_BATCH_AGE=5s   (default)"));
    ck_assert(has(out_text, "default: https://logs.example.com/in (ndjson, gzip)"));
    ck_assert(has(out_text, "Redaction: preset default"));
    ck_assert(has(out_text, "No problems."));
    ck_assert(!has(out_text, CANARY));
    ck_assert_str_eq(err_text, "");
    forget();
}
END_TEST

START_TEST(test_check_lists_problems_and_answers_one)
{
    ck_assert_int_eq(
        RUN("--check", NULL, "NIGHTJAR_SINK=gopher://u:" CANARY "@x/", "NIGHTJAR_FLUHS=end", "NIGHTJAR_TIMEOUT=9h", "NIGHTJAR_REDACT=off"),
        1);
    ck_assert_msg(has(out_text, "Problems:\n"), "%s", out_text);
    ck_assert(has(out_text, "did you mean NIGHTJAR_FLUSH?"));
    ck_assert(has(out_text, "NIGHTJAR_TIMEOUT=\"9h\" is above the largest value; allowed: 100ms to 1m; using 5s."));
    ck_assert(has(out_text, "refused without NIGHTJAR_REDACT_OFF"));
    ck_assert(has(out_text, "gopher") && has(out_text, "stdout: takes its place"));
    ck_assert(!has(out_text, CANARY) && !has(out_text, "No problems"));
    forget();
}
END_TEST

START_TEST(test_check_remarks_on_cleartext_to_another_machine_only)
{
    ck_assert_int_eq(RUN("--check", NULL, "NIGHTJAR_SINK=http://logs.example.com/in"), 0);
    ck_assert(has(out_text, "Remarks:\n") && has(out_text, "unencrypted"));
    ck_assert_int_eq(RUN("--check", NULL, "NIGHTJAR_SINK=http://127.0.0.1:8080/in"), 0);
    ck_assert(!has(out_text, "unencrypted"));
    forget();
}
END_TEST

START_TEST(test_check_builds_each_named_sink)
{
    ck_assert_int_eq(RUN("--check", NULL, "NIGHTJAR_SINKS=a,b", "NIGHTJAR_SINK_A=file:///tmp/a.ndjson",
                         "NIGHTJAR_SINK_B=stdout:", "NIGHTJAR_SINK_B_ONLY=nosuch"),
                     1);
    ck_assert(has(out_text, "a: file:///tmp/a.ndjson (ndjson, uncompressed)"));
    ck_assert_msg(has(out_text, "NIGHTJAR_SINK_B_ONLY") && has(out_text, "nosuch"), "%s", out_text);
    forget();
}
END_TEST

START_TEST(test_check_counts_the_problems_it_cannot_list)
{
    char store[50][40];
    const char *environ_[51] = { NULL };
    for (int i = 0; i < 50; i++) {
        snprintf(store[i], sizeof(store[i]), "NIGHTJAR_NOSUCH%d=1", i);
        environ_[i] = store[i];
    }
    ck_assert_int_eq(run_env(environ_, "--check", NULL), 1);
    ck_assert(has(out_text, "and 18 more"));
    forget();
}
END_TEST

/* The secrets of one environment, wherever a user may put them, against every command. */
START_TEST(test_no_command_shows_a_secret)
{
    static const char *const commands[] = { "--check", "--reference", "--version", "--help", "--nosuch" };
    for (size_t i = 0; i < NJ_COUNT(commands); i++) {
        RUN(commands[i], NULL, "NIGHTJAR_SINK=https://u:" CANARY "@h.example.com/" CANARY CANARY "?k=" CANARY,
            "NIGHTJAR_SINK_TOKEN=" CANARY, "NIGHTJAR_SINK_HEADERS=x=" CANARY ",broken" CANARY, "NIGHTJAR_SINKS=a,b,c",
            "NIGHTJAR_SINK_A=" CANARY, "NIGHTJAR_SINK_A_TOKEN=" CANARY "\x01", "NIGHTJAR_SINK_B=https://" CANARY "@h",
            "NIGHTJAR_SINK_B_HEADERS=name=%zz" CANARY "," CANARY, "NIGHTJAR_SINK_C=datadog:" CANARY, "NIGHTJAR_SINK_TOKEM=" CANARY,
            "NIGHTJAR_PSEUDONYM_KEY=" CANARY, "AWS_SECRET_ACCESS_KEY=" CANARY);
        ck_assert_msg(!has(out_text, CANARY), "%s: %s", commands[i], out_text);
        ck_assert(!has(err_text, CANARY));
    }
    forget();
}
END_TEST

START_TEST(test_reference_is_complete_and_well_formed)
{
    ck_assert_int_eq(RUN("--reference", NULL, "A=b"), 0);
    static const char *const parts[] = {
#define NJ_EVENT(enumerator, type, category, severity, lane) "| `" type "` |",
#include "nightjar/events.def"
#undef NJ_EVENT
#define NJ_COUNTER(name, group, unit, text) "| `" #name "` |",
#include "nightjar/counters.def"
#undef NJ_COUNTER
#define NJ_DROP(name, text) "| `" #name "` |",
#include "nightjar/drops.def"
#undef NJ_DROP
#define NJ_CATEGORY(name, text) " `" text "`",
#include "nightjar/categories.def"
#undef NJ_CATEGORY
#define NJ_DIAG_CODE(code, meaning, advice) "| `" #code "` |",
#include "nightjar/diag_codes.def"
#undef NJ_DIAG_CODE
        "## Commands", "## Variables", "## Sinks", "## Events", "## The ledger", "## Diagnostics",
    };
    for (size_t i = 0; i < NJ_COUNT(parts); i++)
        ck_assert_msg(has(out_text, parts[i]), "%s is missing", parts[i]);
    char *line = out_text, *next, *first = NULL;
    size_t want = 0;
    for (; *line != '\0'; line = next) { /* each row of a table has as many columns as its head */
        size_t n = strcspn(line, "\n"), bars = 0;
        next = line + n + (line[n] == '\n');
        for (size_t i = 0; i < n; i++)
            bars += line[i] == '|';
        if (line[0] != '|') {
            first = NULL;
            continue;
        }
        want = first == NULL ? bars : want;
        first = line;
        ck_assert_msg(bars == want, "%zu columns instead of %zu: %.*s", bars - 1, want - 1, (int)n, line);
    }
    forget();
}
END_TEST

START_TEST(test_output_that_cannot_be_written_is_an_error)
{
    char zero[] = "nightjar", one[] = "--reference", *argv[] = { zero, one, NULL }, *text = NULL;
    size_t n;
    FILE *full = fopen("/dev/full", "w"), *err = open_memstream(&text, &n);
    ck_assert_ptr_nonnull(full);
    int code = nj_command(2, argv, NULL, full, err, &handled);
    fclose(full);
    fclose(err);
    ck_assert_int_eq(code, 1);
    ck_assert(has(text, "could not be written"));
    free(text);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_without_arguments_the_extension_runs)                                                                                           \
    X(test_by_hand_without_a_platform_it_says_so)                                                                                          \
    X(test_help_and_version_answer_also_inside_a_sandbox)                                                                                  \
    X(test_a_misspelt_option_is_answered_with_the_nearest_one)                                                                             \
    X(test_commands_stand_alone)                                                                                                           \
    X(test_check_of_a_good_configuration_finds_nothing)                                                                                    \
    X(test_check_lists_problems_and_answers_one)                                                                                           \
    X(test_check_remarks_on_cleartext_to_another_machine_only)                                                                             \
    X(test_check_builds_each_named_sink)                                                                                                   \
    X(test_check_counts_the_problems_it_cannot_list)                                                                                       \
    X(test_no_command_shows_a_secret)                                                                                                      \
    X(test_reference_is_complete_and_well_formed)                                                                                          \
    X(test_output_that_cannot_be_written_is_an_error)

NJ_TEST_MAIN("commands")

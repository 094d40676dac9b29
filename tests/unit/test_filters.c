/* nightjar redact and nightjar pseudonym: lines in, lines out, findings where they are, and clear words when something is wrong. */
#include "nightjar/commands.h"
#include "nightjar/redact.h"
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define KEY     "k1:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define ADA     "hmac:k1:7c8f36cfc2ffd62c" /* see test_pseudonym.c */
#define NO_KEY  "NIGHTJAR_PSEUDONYM_KEY="
#define HAS_KEY "NIGHTJAR_PSEUDONYM_KEY=" KEY

static char *out_text, *err_text;
static size_t out_n, err_n;

static int feed(struct nj_str text)
{
    FILE *f = tmpfile();
    ck_assert(f != NULL);
    ck_assert_uint_eq(fwrite(text.p != NULL ? text.p : "", 1, text.n, f), text.n);
    fflush(f);
    int fd = dup(fileno(f));
    fclose(f);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static FILE *terminal; /* stands in for standard error, if there is one */

static int run_on(int in, FILE *out, const char *environment, const char *const *words)
{
    char store[8][4096] = { "nightjar" }, *argv[9] = { store[0], store[1] };
    const char *environ_[] = { environment, NULL };
    int argc = 2;
    snprintf(store[1], sizeof(store[1]), "%s", words[0]);
    for (const char *const *more = words + 1; *more != NULL; more++, argc++) {
        snprintf(store[argc], sizeof(store[argc]), "%s", *more);
        argv[argc] = store[argc];
    }
    free(err_text);
    FILE *err = open_memstream(&err_text, &err_n);
    struct nj_stream io = { argc, argv, environ_, in, out, terminal != NULL ? terminal : err };
    int code = strcmp(words[0], "redact") == 0 ? nj_command_redact(&io) : nj_command_pseudonym(&io);
    fclose(err);
    close(in);
    return code;
}

static int run_text(struct nj_str text, const char *environment, const char *const *words)
{
    free(out_text);
    FILE *out = open_memstream(&out_text, &out_n);
    int code = run_on(feed(text), out, environment, words);
    fclose(out);
    return code;
}

#define RUN(text, environment, ...) run_text(nj_str_of(text), environment, (const char *const[]){ __VA_ARGS__, NULL })

static void teardown(void)
{
    free(out_text);
    free(err_text);
    out_text = err_text = NULL;
}

START_TEST(test_redact_command_keeps_lines_and_their_ends)
{
    static const char in[] =
        "user ada@example.com\r\n\n{\"a\": 1, \"password\":\"x1\"}\r\n  [1,{\"token\":\"abcdefgh\"}]\nplain \xff\n{\"cut\":\nlast";
    ck_assert_int_eq(RUN(in, HAS_KEY, "redact"), 0);
    ck_assert_str_eq(out_text,
                     "user " ADA
                     "\r\n\n{\"a\": 1, \"password\":\"[secret]\"}\r\n  [1,{\"token\":\"[secret]\"}]\nplain \xef\xbf\xbd\n{\"cut\":\nlast");
    ck_assert_str_eq(err_text, "");
    ck_assert_int_eq(RUN("", HAS_KEY, "redact"), 0);
    ck_assert_str_eq(out_text, "");
}
END_TEST

/* What comes out does not change when it goes in again. */
START_TEST(test_redact_command_twice_is_once)
{
    static const char *const policies[] = { "default", "strict", "pci", "hipaa" };
    for (size_t i = 0; i < NJ_COUNT(policies); i++) {
        ck_assert_int_eq(RUN("{\"e\":\"ada@example.com\",\"pin\":1,\"s\":\"a@example.com b\"}\npin=1 mail a@example.com\n", HAS_KEY,
                             "redact", "--policy", policies[i]),
                         0);
        char *once = strdup(out_text);
        ck_assert_int_eq(RUN(once, HAS_KEY, "redact", "--policy", policies[i]), 0);
        ck_assert_str_eq(out_text, once);
        free(once);
    }
}
END_TEST

START_TEST(test_redact_command_remembers_a_key_over_its_lines)
{
    ck_assert_int_eq(RUN("-----BEGIN"
                         " RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx7nQ9b2vT0mYw5rFzK3dJ8hLpXc1sVgUeNiBqOaWtRyZkMjH\n-----END"
                         " RSA PRIVATE KEY-----\nafter\n",
                         HAS_KEY, "redact"),
                     0);
    ck_assert_str_eq(out_text, "[private_key]\n[private_key]\n-----END"
                               " RSA PRIVATE KEY-----\nafter\n");
}
END_TEST

START_TEST(test_redact_command_takes_settings_from_flags_before_the_environment)
{
    ck_assert_int_eq(RUN("{\"a\":1,\"b\":2}", "NIGHTJAR_REDACT_KEYS=a", "redact"), 0);
    ck_assert_str_eq(out_text, "{\"a\":\"[secret]\",\"b\":2}");
    ck_assert_int_eq(RUN("{\"a\":1,\"b\":2}", "NIGHTJAR_REDACT_KEYS=a", "redact", "--keys=b"), 0);
    ck_assert_str_eq(out_text, "{\"a\":1,\"b\":\"[secret]\"}");
    ck_assert_int_eq(RUN("{\"token\":\"abcd\",\"password\":\"x\"}", NO_KEY, "redact", "--allow-keys", "token", "--policy=strict"), 0);
    ck_assert_str_eq(out_text, "{\"token\":\"abcd\"}");
    ck_assert_int_eq(
        RUN("{\"a\":{\"token\":\"abcd\"}}", "NIGHTJAR_REDACT_RULES={\"safe_paths\":{\"sqs\":[\"a.token\"]}}", "redact", "--trigger=sqs"),
        0);
    ck_assert_str_eq(out_text, "{\"a\":{\"token\":\"abcd\"}}");
    ck_assert_int_eq(
        RUN("{\"a\":{\"token\":\"abcd\"}}", "NIGHTJAR_REDACT_RULES={\"safe_paths\":{\"sqs\":[\"a.token\"]}}", "redact", "--trigger=s3"), 0);
    ck_assert_str_eq(out_text, "{\"a\":{\"token\":\"[secret]\"}}");
    ck_assert_int_eq(RUN("{\"password\":\"x\"}\x1b[1m", "NIGHTJAR_REDACT=strict", "redact", "--policy", "off"), 0);
    ck_assert_str_eq(out_text, "{\"password\":\"x\"}");
}
END_TEST

START_TEST(test_redact_command_withholds_a_line_nobody_can_judge)
{
    struct nj_buf in;
    nj_buf_init(&in, NJ_REDACT_MAX + (1 << 20));
    nj_buf_addz(&in, "before\n");
    for (size_t i = 0; i < NJ_REDACT_MAX / 16 + 2; i++)
        nj_buf_addz(&in, "0123456789abcde ");
    nj_buf_addz(&in, "\nafter\n");
    ck_assert_int_eq(run_text(nj_buf_str(&in), HAS_KEY, (const char *const[]){ "redact", NULL }), 0);
    ck_assert_str_eq(out_text, "before\n" NJ_WITHHELD "\nafter\n");
    nj_buf_fini(&in);
}
END_TEST

START_TEST(test_redact_command_drops_lines_and_tells_how_many)
{
    static const char rules[] = "NIGHTJAR_REDACT_RULES=[{\"name\":\"probe\",\"pattern\":\"health-check\",\"action\":\"drop_record\"}]";
    ck_assert_int_eq(RUN("a\nGET /health-check\nb\n", rules, "redact"), 0);
    ck_assert_str_eq(out_text, "a\nb\n");
    ck_assert(strstr(err_text, "1 of 3 lines dropped") != NULL);
    ck_assert_int_eq(RUN("a\nGET /health-check\nb\n", rules, "redact", "--explain"), 0);
    ck_assert_str_eq(out_text, "line 2: rule.probe at 5, 12 bytes: drop_record\n");
}
END_TEST

static const struct {
    const char *line, *want;
} explained[] = {
    { "user ada@example.com", "line 1: email at 5, 15 bytes: hmac\n" },
    { "x password=hunter2 y", "line 1: key.password at 11, 7 bytes: mask\n" },
    { "{\"a\":{\"password\":\"hunter2\"}}", "line 1: key.password at 18, 7 bytes: mask\n" },
    { "{\"pin\":1234}", "line 1: key.pin at 7, 4 bytes: remove\n" },
    { "{\"s\":\"{\\\"token\\\":\\\"abcdefgh\\\"}\"}", "line 1: key.token at 6, 24 bytes: mask, in json string\n" },
    { "nothing here", "" },
};

START_TEST(test_redact_command_explains_what_it_found_where)
{
    for (size_t i = 0; i < NJ_COUNT(explained); i++) {
        ck_assert_int_eq(RUN(explained[i].line, HAS_KEY, "redact", "--explain"), 0);
        ck_assert_str_eq(out_text, explained[i].want);
    }
    ck_assert(strstr(err_text, "0 findings in 0 of 1 lines") != NULL);
    ck_assert_int_eq(RUN("a\nb password=\"hunter2\"\n", HAS_KEY, "redact", "--explain=json"), 0);
    ck_assert_str_eq(out_text, "{\"line\":2,\"rule\":\"key.password\",\"offset\":12,\"length\":7,\"action\":\"mask\"}\n");
    ck_assert(strstr(err_text, "1 findings in 1 of 2 lines") != NULL);
    ck_assert(strstr(out_text, "hunter2") == NULL);
}
END_TEST

START_TEST(test_pseudonym_command_joins_a_list_with_the_log)
{
    ck_assert_int_eq(RUN("Ada@example.com\r\n\n  \nada@example.com", HAS_KEY, "pseudonym"), 0);
    ck_assert_str_eq(out_text, "Ada@example.com\t" ADA "\nada@example.com\t" ADA "\n");
    ck_assert_int_eq(RUN("ada@example.com\n", HAS_KEY, "pseudonym", "--class", "user"), 0);
    ck_assert_str_eq(out_text, "ada@example.com\thmac:k1:fbbf6907d540344e\n");
    ck_assert_int_eq(RUN("ada@example.com\n", HAS_KEY, "pseudonym", "--tenant=blue"), 0);
    ck_assert_str_eq(out_text, "ada@example.com\thmac:k1:35ae08b416d88bc8\n");
    ck_assert_str_eq(err_text, "");
}
END_TEST

START_TEST(test_filters_read_the_key_from_a_file)
{
    char path[] = "/tmp/nightjar-key-XXXXXX", missing[64];
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, KEY "\n", sizeof(KEY)), sizeof(KEY));
    close(fd);
    ck_assert_int_eq(RUN("ada@example.com", NO_KEY, "pseudonym", "--key-file", path), 0);
    ck_assert_str_eq(out_text, "ada@example.com\t" ADA "\n");
    ck_assert_int_eq(RUN("ada@example.com", NO_KEY, "redact", "--key-file", path), 0);
    ck_assert_str_eq(out_text, ADA);
    unlink(path);
    snprintf(missing, sizeof(missing), "%s", path);
    ck_assert_int_eq(RUN("ada@example.com", NO_KEY, "redact", "--key-file", missing), 2);
    ck_assert_int_eq(RUN("ada@example.com", NO_KEY, "pseudonym", "--key-file", "/dev/zero"), 2);
    ck_assert(strstr(err_text, "too large") != NULL);
    ck_assert_str_eq(out_text, "");
}
END_TEST

static const struct {
    const char *command, *a, *b, *says;
} wrong[] = {
    { "redact", "--polcy", "x", "--polcy is not understood" },
    { "redact", "file.log", NULL, "file.log is not understood" },
    { "redact", "--policy", NULL, "--policy needs a value" },
    { "redact", "--policy", "none", "--policy is one of" },
    { "redact", "--keys", "a b", "list of names" },
    { "redact", "--help=x", NULL, "takes no value" },
    { "redact", "--explain=xml", NULL, "text or json" },
    { "pseudonym", NULL, NULL, "there is no key" },
    { "pseudonym", "--class", "mail", "--class is one of" },
    { "pseudonym", "--class", "secret", "--class is one of" },
};

START_TEST(test_filters_say_what_is_wrong_and_read_nothing)
{
    for (size_t i = 0; i < NJ_COUNT(wrong); i++) {
        ck_assert_int_eq(RUN("ada@example.com", NO_KEY, wrong[i].command, wrong[i].a, wrong[i].a != NULL ? wrong[i].b : NULL), 2);
        ck_assert_msg(strstr(err_text, wrong[i].says) != NULL, "row %zu: %s", i, err_text);
        ck_assert_str_eq(out_text, "");
    }
    ck_assert_int_eq(RUN("", NO_KEY, "redact", "--help"), 0);
    ck_assert(strstr(out_text, "--explain") != NULL && strstr(out_text, "--policy") != NULL);
    ck_assert_int_eq(RUN("", NO_KEY, "pseudonym", "--help"), 0);
    ck_assert(strstr(out_text, "--key-file") != NULL);
}
END_TEST

START_TEST(test_filters_report_input_and_output_that_fail)
{
    FILE *full = fopen("/dev/full", "w");
    if (full != NULL) {
        ck_assert_int_eq(run_on(feed(NJ_STR("hello\n")), full, HAS_KEY, (const char *const[]){ "redact", NULL }), 1);
        ck_assert(strstr(err_text, "output could not be written") != NULL);
        fclose(full);
    }
    FILE *out = tmpfile();
    int closed = dup(0);
    close(closed);
    ck_assert_int_eq(run_on(closed, out, HAS_KEY, (const char *const[]){ "redact", NULL }), 1);
    ck_assert(strstr(err_text, "input could not be read") != NULL);
    fclose(out);
}
END_TEST

/* head(1) has seen enough: that is nobody's mistake. */
START_TEST(test_filters_leave_quietly_when_nobody_reads)
{
    int ends[2];
    struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
    ck_assert_int_eq(pipe(ends), 0);
    sigaction(SIGPIPE, &ignore, &before);
    close(ends[0]);
    FILE *out = fdopen(ends[1], "w");
    ck_assert_int_eq(run_on(feed(NJ_STR("hello\n")), out, HAS_KEY, (const char *const[]){ "redact", NULL }), 1);
    ck_assert_str_eq(err_text, "");
    fclose(out);
    sigaction(SIGPIPE, &before, NULL);
}
END_TEST

/* What is complete comes out before the next line does: tail -f | nightjar redact. */
START_TEST(test_filters_do_not_hold_back_what_is_complete)
{
    int in[2], out[2];
    char got[64] = "";
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    ck_assert_int_eq(write(in[1], "one\ntwo", 7), 7);
    FILE *to = fdopen(out[1], "w");
    close(in[1]);
    ck_assert_int_eq(run_on(in[0], to, HAS_KEY, (const char *const[]){ "redact", NULL }), 0);
    ck_assert_int_eq(read(out[0], got, sizeof(got) - 1), 7); /* without fclose: it was flushed */
    ck_assert_str_eq(got, "one\ntwo");
    fclose(to);
    close(out[0]);
}
END_TEST

/* What was written to the terminal whose other end this is: it comes in pieces, and not at once. */
static size_t read_terminal(int other_end, char *text, size_t size)
{
    enum { PATIENCE_MS = 200 };
    struct pollfd ready = { .fd = other_end, .events = POLLIN };
    size_t n = 0;
    while (n + 1 < size && poll(&ready, 1, PATIENCE_MS) == 1) {
        ssize_t piece = read(other_end, text + n, size - 1 - n);
        if (piece <= 0)
            break;
        n += (size_t)piece;
    }
    text[n] = '\0';
    return n;
}

START_TEST(test_filters_show_progress_on_a_terminal_while_the_output_goes_elsewhere)
{
    char text[4096];
    struct nj_buf in;
    int other_end = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
    ck_assert(other_end >= 0 && grantpt(other_end) == 0 && unlockpt(other_end) == 0);
    terminal = fopen(ptsname(other_end), "r+");
    ck_assert(terminal != NULL);
    nj_buf_init(&in, 32 << 20);
    while (in.n < 17 << 20)
        nj_buf_addz(&in, "all is well, and this line is as long as lines are\n");
    FILE *out = fopen("/dev/null", "w");
    ck_assert_int_eq(run_on(feed(nj_buf_str(&in)), out, HAS_KEY, (const char *const[]){ "redact", NULL }), 0);
    fclose(out);
    ck_assert(read_terminal(other_end, text, sizeof(text)) > 0);
    ck_assert_msg(strstr(text, "\r8 MB, ") != NULL && strstr(text, "\r16 MB, ") != NULL, "%s", text);
    ck_assert_msg(strstr(text, "\r\x1b[K") != NULL, "it is wiped at the end: %s", text);
    /* where the output is the terminal, progress would stand in it: nothing is found here, so that nothing fills it */
    ck_assert_int_eq(run_on(feed(nj_buf_str(&in)), terminal, HAS_KEY, (const char *const[]){ "redact", "--explain", NULL }), 0);
    ck_assert(read_terminal(other_end, text, sizeof(text)) > 0);
    ck_assert_msg(strstr(text, "0 findings") != NULL && strstr(text, "MB, ") == NULL, "%s", text);
    fclose(terminal);
    terminal = NULL;
    close(other_end);
    nj_buf_fini(&in);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_command_keeps_lines_and_their_ends)                                                                                      \
    X(test_redact_command_twice_is_once)                                                                                                   \
    X(test_redact_command_remembers_a_key_over_its_lines)                                                                                  \
    X(test_redact_command_takes_settings_from_flags_before_the_environment)                                                                \
    X(test_redact_command_withholds_a_line_nobody_can_judge)                                                                               \
    X(test_redact_command_drops_lines_and_tells_how_many)                                                                                  \
    X(test_redact_command_explains_what_it_found_where)                                                                                    \
    X(test_pseudonym_command_joins_a_list_with_the_log)                                                                                    \
    X(test_filters_read_the_key_from_a_file)                                                                                               \
    X(test_filters_say_what_is_wrong_and_read_nothing)                                                                                     \
    X(test_filters_report_input_and_output_that_fail)                                                                                      \
    X(test_filters_leave_quietly_when_nobody_reads)                                                                                        \
    X(test_filters_do_not_hold_back_what_is_complete)                                                                                      \
    X(test_filters_show_progress_on_a_terminal_while_the_output_goes_elsewhere)

int main(void)
{
    Suite *s = suite_create("filters");
    TCase *tc = tcase_create("filters");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, NULL, teardown);
    NJ_TESTS(NJ_ADD_TEST)
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

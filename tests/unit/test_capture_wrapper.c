/* The exec wrapper: redirects only what nightjar's own probe approves of, and otherwise starts the runtime as if it were not there. */
#include "unit.h"

#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];
static char out[8192], err[8192];

static void write_file(const char *name, const char *text, mode_t mode)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_int_ge(fputs(text, f), 0);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
}

static void read_file(const char *name, char *to, size_t size)
{
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    size_t n = f != NULL ? fread(to, 1, size - 1, f) : 0;
    to[n] = '\0';
    if (f != NULL)
        fclose(f);
}

/* A layer: the wrapper, a nightjar whose probe ends with this status (negative: none), and a runtime that shows what it got. */
static void layer(int probe)
{
    static char text[16384];
    memcpy(dir, "/tmp/nightjar-wrapper-XXXXXX", 29);
    ck_assert_ptr_nonnull(mkdtemp(dir));
    FILE *f = fopen("extension/nightjar-capture", "r");
    ck_assert_msg(f != NULL, "run this from the top of the source tree");
    text[fread(text, 1, sizeof(text) - 1, f)] = '\0';
    fclose(f);
    write_file("nightjar-capture", text, 0755);
    char path[128];
    snprintf(path, sizeof(path), "%s/extensions", dir);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    if (probe >= 0) {
        snprintf(text, sizeof(text), "#!/bin/sh\necho \"$*\"\nexit %d\n", probe);
        write_file("extensions/nightjar", text, 0755);
    }
    write_file("runtime",
               "#!/bin/sh\necho \"api=$AWS_LAMBDA_RUNTIME_API next=$NIGHTJAR_NEXT_WRAPPER\"\nfor a; do echo \"[$a]\"; done\nexit 42\n",
               0755);
    write_file("second", "#!/bin/sh\necho \"second sees $AWS_LAMBDA_RUNTIME_API\"\nexec \"$@\"\n", 0755);
}

static void tear_down(void)
{
    static const char *const files[] = {
        "nightjar-capture", "extensions/nightjar", "extensions", "runtime", "second", "plain", "out", "err"
    };
    char path[128];
    for (size_t i = 0; i < NJ_COUNT(files); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
        if (unlink(path) != 0)
            rmdir(path);
    }
    ck_assert_int_eq(rmdir(dir), 0);
}

/* Starts the wrapper with up to six environment variables and three arguments; returns its exit status. */
static int start(const char *const *environment, const char *const *arguments)
{
    char wrapper[128], paths[2][128], values[8][128];
    char *argv[8] = { wrapper }, *env[10] = { 0 };
    posix_spawn_file_actions_t files;
    pid_t pid;
    int status;
    snprintf(wrapper, sizeof(wrapper), "%s/nightjar-capture", dir);
    snprintf(paths[0], sizeof(paths[0]), "%s/out", dir);
    snprintf(paths[1], sizeof(paths[1]), "%s/err", dir);
    for (int i = 0; arguments[i] != NULL; i++) {
        snprintf(values[i], sizeof(values[i]), arguments[i][0] == '@' ? "%2$s/%1$s" : "%1$s", arguments[i] + (arguments[i][0] == '@'), dir);
        argv[i + 1] = values[i];
        argv[i + 2] = NULL;
    }
    char named[6][128];
    env[0] = (char[]){ "PATH=/usr/bin:/bin" };
    for (int i = 0; environment[i] != NULL; i++) {
        const char *at = strstr(environment[i], "=@");
        if (at == NULL)
            snprintf(named[i], sizeof(named[i]), "%s", environment[i]);
        else
            snprintf(named[i], sizeof(named[i]), "%.*s=%s/%s", (int)(at - environment[i]), environment[i], dir, at + 2);
        env[i + 1] = named[i];
    }
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 1, paths[0], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&files, 2, paths[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert_int_eq(posix_spawn(&pid, wrapper, &files, NULL, argv, env), 0);
    posix_spawn_file_actions_destroy(&files);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    read_file("out", out, sizeof(out));
    read_file("err", err, sizeof(err));
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

#define API "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001"

static const struct row {
    const char *story;
    int probe;
    const char *environment[5], *arguments[4], *out, *err;
    int status;
} rows[] = {
    { "the probe approves",
      0,
      { API },
      { "@runtime", "a b", "" },
      "api=127.0.0.1:9421 next=\n[a b]\n[]\n",
      "--probe 9421 127.0.0.1:9001\n",
      42 },
    { "another port",
      0,
      { API, "NIGHTJAR_PROXY_PORT=1234" },
      { "@runtime" },
      "api=127.0.0.1:1234 next=\n",
      "--probe 1234 127.0.0.1:9001\n",
      42 },
    { "another upstream",
      0,
      { API, "NIGHTJAR_PROXY_UPSTREAM=127.0.0.1:9009" },
      { "@runtime" },
      "api=127.0.0.1:9421 next=\n",
      "--probe 9421 127.0.0.1:9009\n",
      42 },
    { "the probe refuses",
      1,
      { API },
      { "@runtime" },
      "api=127.0.0.1:9001 next=\n",
      "port 9421 is not nightjar's way to 127.0.0.1:9001",
      42 },
    { "no nightjar", -1, { API }, { "@runtime" }, "api=127.0.0.1:9001 next=\n", "nightjar is not in this sandbox", 42 },
    { "a port that is none",
      0,
      { API, "NIGHTJAR_PROXY_PORT=9421;reboot" },
      { "@runtime" },
      "api=127.0.0.1:9001 next=\n",
      "NIGHTJAR_PROXY_PORT is not a number",
      42 },
    { "capture switched off", 0, { API, "NIGHTJAR_CAPTURE=off" }, { "@runtime" }, "api=127.0.0.1:9001 next=\n", "", 42 },
    { "not on Lambda", 0, { NULL }, { "@runtime" }, "api= next=\n", "", 42 },
    { "a second wrapper",
      0,
      { API, "NIGHTJAR_NEXT_WRAPPER=@second" },
      { "@runtime", "x" },
      "second sees 127.0.0.1:9421\napi=127.0.0.1:9421 next=\n[x]\n",
      "--probe",
      42 },
    { "a second wrapper without capture",
      1,
      { API, "NIGHTJAR_NEXT_WRAPPER=@second" },
      { "@runtime" },
      "second sees 127.0.0.1:9001\napi=127.0.0.1:9001 next=\n",
      "is not nightjar's way",
      42 },
    { "a second wrapper that is missing",
      0,
      { API, "NIGHTJAR_NEXT_WRAPPER=@nothing" },
      { "@runtime" },
      "api=127.0.0.1:9421 next=\n",
      "NIGHTJAR_NEXT_WRAPPER is not an executable file",
      42 },
    { "itself as the second wrapper",
      0,
      { API, "NIGHTJAR_NEXT_WRAPPER=@nightjar-capture" },
      { "@runtime" },
      "api=127.0.0.1:9421 next=\n",
      "--probe 9421 127.0.0.1:9421\n",
      42 },
    { "no command", 0, { API }, { NULL }, "", "usage: nightjar-capture COMMAND", 127 },
    { "a command that does not exist", 0, { API }, { "@nothing" }, "", "nothing", 127 },
};

START_TEST(test_wrapper_redirects_when_the_probe_approves_and_otherwise_leaves_all_alone)
{
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        layer(rows[i].probe);
        int status = start(rows[i].environment, rows[i].arguments);
        ck_assert_msg(status == rows[i].status, "%s: status %d, %s", rows[i].story, status, err);
        ck_assert_msg(strcmp(out, rows[i].out) == 0, "%s: the runtime says %s", rows[i].story, out);
        ck_assert_msg(rows[i].err[0] == '\0' ? err[0] == '\0' : strstr(err, rows[i].err) != NULL, "%s: %s", rows[i].story, err);
        tear_down();
    }
}
END_TEST

START_TEST(test_wrapper_takes_a_file_that_cannot_run_for_none)
{
    layer(-1);
    write_file("extensions/nightjar", "not a program", 0644);
    ck_assert_int_eq(start((const char *const[]){ API, NULL }, (const char *const[]){ "@runtime", NULL }), 42);
    ck_assert_str_eq(out, "api=127.0.0.1:9001 next=\n");
    write_file("extensions/nightjar", "not a program", 0755);
    ck_assert_int_eq(start((const char *const[]){ API, NULL }, (const char *const[]){ "@runtime", NULL }), 42);
    ck_assert_str_eq(out, "api=127.0.0.1:9001 next=\n");
    tear_down();
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_wrapper_redirects_when_the_probe_approves_and_otherwise_leaves_all_alone)                                                       \
    X(test_wrapper_takes_a_file_that_cannot_run_for_none)

NJ_TEST_MAIN("capture_wrapper")

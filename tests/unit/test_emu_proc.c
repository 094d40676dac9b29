/* Processes of the emulated sandbox: how they start, what they see, how they end. */
#include "../emulator/emu_proc.h"
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static struct nj_buf seen;

static void collect(void *ctx, struct nj_str line)
{
    nj_buf_add(&seen, line);
}

static char env_a[] = "A=1", env_b[] = "B=two words";
static char *env[] = { env_a, env_b, NULL };

static int start(struct emu_proc *p, struct nj_loop *loop, const char *path, char *const *argv)
{
    const struct emu_spawn s = { .path = path, .argv = argv, .env = env, .cwd = "/", .line_limit = 4096, .line = collect };
    nj_buf_init(&seen, 1 << 16);
    return emu_proc_spawn(p, loop, &s);
}

static void wait_for(struct emu_proc *p)
{
    struct rusage ru;
    int status = 0;
    ck_assert_int_eq(wait4(p->pid, &status, 0, &ru), p->pid);
    emu_proc_reaped(p, status, &ru);
}

/* Runs a shell line to its end; the output is in seen. */
static void run(struct nj_loop *loop, struct emu_proc *p, const char *line)
{
    char text[512];
    (void)snprintf(text, sizeof(text), "%s", line);
    char sh[] = "sh", c[] = "-c";
    char *argv[] = { sh, c, text, NULL };
    ck_assert_int_eq(start(p, loop, "/bin/sh", argv), 0);
    wait_for(p);
}

START_TEST(test_process_sees_only_what_it_is_given)
{
    struct nj_loop *loop = NULL;
    struct emu_proc p;
    ck_assert_int_eq(nj_loop_new(&loop, NULL, NULL), NJ_OK);
    run(loop, &p, "echo \"$A|$B|${HOME-none}|$(pwd)\" >&2; cat; ls /proc/self/fd | tr '\\n' ' '; grep SigBlk /proc/self/status");
    /* 3 is the descriptor with which ls reads the directory */
    ck_assert_view_eq(nj_buf_str(&seen), "1|two words|none|/\n0 1 2 3 SigBlk:\t0000000000000000\n");
    ck_assert(emu_proc_ended_well(&p));
    ck_assert_uint_eq((unsigned)p.running, 0);
    emu_proc_fini(&p);
    nj_buf_fini(&seen);
    nj_loop_free(loop);
}
END_TEST

START_TEST(test_process_that_cannot_be_executed_tells_why)
{
    struct nj_loop *loop = NULL;
    struct emu_proc p;
    char dir[] = "/tmp/emu-proc-XXXXXX", plain[64], text[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    (void)snprintf(plain, sizeof(plain), "%s/plain", dir);
    (void)snprintf(text, sizeof(text), "%s/text", dir);
    close(open(plain, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    int fd = open(text, O_CREAT | O_WRONLY | O_CLOEXEC, 0700);
    ck_assert_int_eq(write(fd, "no program\n", 11), 11);
    close(fd);
    const struct {
        const char *path;
        int error;
    } rows[] = { { "/nonexistent/program", ENOENT }, { plain, EACCES }, { text, ENOEXEC }, { dir, EACCES } };
    ck_assert_int_eq(nj_loop_new(&loop, NULL, NULL), NJ_OK);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char *argv[] = { text, NULL };
        ck_assert_msg(start(&p, loop, rows[i].path, argv) == rows[i].error, "%s", rows[i].path);
        ck_assert(!p.running);
        emu_proc_fini(&p);
        nj_buf_fini(&seen);
    }
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left to wait for */
    nj_loop_free(loop);
    unlink(plain);
    unlink(text);
    rmdir(dir);
}
END_TEST

START_TEST(test_output_without_newline_and_from_children_is_kept)
{
    struct nj_loop *loop = NULL;
    struct emu_proc p;
    ck_assert_int_eq(nj_loop_new(&loop, NULL, NULL), NJ_OK);
    run(loop, &p, "(echo from a child); printf unfinished; exit 7");
    ck_assert_view_eq(nj_buf_str(&seen), "from a child\nunfinished");
    char end[64];
    ck_assert_str_eq(emu_proc_end(&p, end), "exit 7");
    ck_assert(!emu_proc_ended_well(&p));
    emu_proc_fini(&p);
    nj_buf_fini(&seen);
    nj_loop_free(loop);
}
END_TEST

START_TEST(test_signals_reach_the_whole_group)
{
    struct nj_loop *loop = NULL;
    struct emu_proc p;
    char end[64];
    char sh[] = "sh", c[] = "-c", line[] = "sleep 60 & echo ready; wait";
    char *argv[] = { sh, c, line, NULL };
    ck_assert_int_eq(nj_loop_new(&loop, NULL, NULL), NJ_OK);
    ck_assert_int_eq(start(&p, loop, "/bin/sh", argv), 0);
    while (seen.n == 0)
        nj_loop_turn(loop, 1000);
    ck_assert_int_gt(emu_proc_rss_kb(&p), 0);
    emu_proc_sample(&p);
    ck_assert_int_gt(p.peak_kb, 0);
    emu_proc_signal(&p, SIGKILL);
    wait_for(&p);
    ck_assert_str_eq(emu_proc_end(&p, end), "signal 9 (Killed)");
    /* the sleeper dies too; its death may take a moment */
    bool gone = false;
    for (int i = 0; i < 2000 && !gone; i++) {
        gone = kill(-p.pid, 0) != 0 && errno == ESRCH;
        if (!gone)
            usleep(1000);
    }
    ck_assert(gone);
    emu_proc_fini(&p);
    nj_buf_fini(&seen);
    nj_loop_free(loop);
}
END_TEST

START_TEST(test_forgotten_process_is_killed_by_fini)
{
    struct nj_loop *loop = NULL;
    struct emu_proc p;
    char sleeper[] = "sleep", n[] = "60";
    char *argv[] = { sleeper, n, NULL };
    ck_assert_int_eq(nj_loop_new(&loop, NULL, NULL), NJ_OK);
    ck_assert_int_eq(start(&p, loop, "/bin/sleep", argv), 0);
    pid_t pid = p.pid;
    emu_proc_fini(&p);
    ck_assert_int_eq(kill(pid, 0), -1);
    nj_buf_fini(&seen);
    nj_loop_free(loop);
}
END_TEST

START_TEST(test_commands_are_found_in_the_path_and_keep_their_name)
{
    char out[256], dir[] = "/tmp/emu-find-XXXXXX", link[64];
    ck_assert_ptr_nonnull(mkdtemp(dir));
    (void)snprintf(link, sizeof(link), "%s/my-name", dir);
    ck_assert_int_eq(symlink("/bin/sh", link), 0);
    ck_assert(emu_proc_find("sh", "/nonexistent:/bin", out, sizeof(out)));
    ck_assert_str_eq(out, "/bin/sh");
    ck_assert(!emu_proc_find("no-such-command-anywhere", "/bin:/usr/bin", out, sizeof(out)));
    ck_assert(!emu_proc_find("sh", NULL, out, sizeof(out)));
    ck_assert(emu_proc_find(link, NULL, out, sizeof(out)));
    ck_assert_str_eq(out, link);
    ck_assert(!emu_proc_find("/nonexistent/x", NULL, out, sizeof(out)));
    unlink(link);
    rmdir(dir);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_process_sees_only_what_it_is_given)                                                                                             \
    X(test_process_that_cannot_be_executed_tells_why)                                                                                      \
    X(test_output_without_newline_and_from_children_is_kept)                                                                               \
    X(test_signals_reach_the_whole_group)                                                                                                  \
    X(test_forgotten_process_is_killed_by_fini)                                                                                            \
    X(test_commands_are_found_in_the_path_and_keep_their_name)

NJ_TEST_MAIN("emu_proc")

/* Starting, watching and ending the processes of the sandbox. */
#include "emu_proc.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 65536, DRAIN_MAX = 4 << 20, TREE_MAX = 512 };

/* --- start ---------------------------------------------------------------------------------------------------------- */

static _Noreturn void child_fail(int error_fd)
{
    int e = errno;
    (void)!write(error_fd, &e, sizeof(e));
    _exit(127);
}

/* Between fork and exec: async-signal-safe calls only. */
static _Noreturn void child_run(const struct emu_spawn *s, int out, int error_fd, pid_t parent)
{
    struct sigaction standard = { .sa_handler = SIG_DFL };
    sigset_t none;
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(127);
    (void)sigemptyset(&none);
    for (int sig = 1; sig < NSIG; sig++)
        (void)sigaction(sig, &standard, NULL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
        child_fail(error_fd);
    if (s->cwd != NULL && chdir(s->cwd) != 0)
        child_fail(error_fd);
    (void)syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC);
    (void)execve(s->path, s->argv, s->env);
    child_fail(error_fd);
}

static int wait_for_exec(int error_fd)
{
    int error = 0;
    ssize_t n = 0;
    do {
        n = read(error_fd, &error, sizeof(error));
    } while (n < 0 && errno == EINTR);
    return n == (ssize_t)sizeof(error) ? error : 0;
}

static void on_readable(void *ctx, short revents);

static int start_child(struct emu_proc *p, const struct emu_spawn *s, int out[2], int err[2])
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0)
        return errno;
    if (pid == 0)
        child_run(s, out[1], err[1], parent);
    (void)setpgid(pid, pid);
    close(err[1]);
    err[1] = -1;
    int error = wait_for_exec(err[0]);
    if (error != 0) {
        (void)waitpid(pid, NULL, 0);
        return error;
    }
    p->pid = pid;
    p->running = true;
    return 0;
}

static void close_pair(int fds[2])
{
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0)
            close(fds[i]);
}

int emu_proc_spawn(struct emu_proc *p, struct nj_loop *loop, const struct emu_spawn *s)
{
    int out[2] = { -1, -1 }, err[2] = { -1, -1 };
    *p = (struct emu_proc){ .loop = loop, .pipe = -1, .started = emu_now() };
    if (pipe2(out, O_CLOEXEC) != 0)
        return errno;
    int error = pipe2(err, O_CLOEXEC) != 0 ? errno : start_child(p, s, out, err);
    if (error == 0) {
        p->pipe = out[0];
        out[0] = -1;
        (void)fcntl(p->pipe, F_SETFL, O_NONBLOCK);
        emu_lines_init(&p->lines, s->line_limit, s->line, s->ctx);
        p->watch = (struct nj_watch){ .ready = on_readable, .ctx = p, .fd = p->pipe, .events = POLLIN };
        if (nj_watch_start(loop, &p->watch) != NJ_OK)
            error = ENOBUFS;
    }
    close_pair(out);
    close_pair(err);
    if (error == ENOBUFS)
        emu_proc_fini(p);
    return error;
}

bool emu_proc_find(const char *command, const char *path_list, char *out, size_t n)
{
    struct nj_str rest = nj_str_of(path_list), dir;
    if (strchr(command, '/') != NULL) {
        char *full = realpath(command, NULL);
        /* The last link stays: its name is what the process is called. */
        bool ok = full != NULL && access(command, F_OK) == 0;
        char cwd[4096];
        if (ok && command[0] == '/')
            ok = snprintf(out, n, "%s", command) < (int)n;
        else if (ok)
            ok = getcwd(cwd, sizeof(cwd)) != NULL && snprintf(out, n, "%s/%s", cwd, command) < (int)n;
        free(full);
        return ok;
    }
    while (nj_str_cut(&rest, ':', &dir)) {
        if (dir.n == 0 || snprintf(out, n, "%.*s/%s", NJ_STR_ARG(dir), command) >= (int)n)
            continue;
        if (access(out, X_OK) == 0)
            return true;
    }
    return false;
}

/* --- output --------------------------------------------------------------------------------------------------------- */

static ssize_t read_some(struct emu_proc *p)
{
    static char chunk[CHUNK];
    ssize_t n = 0;
    do {
        n = read(p->pipe, chunk, sizeof(chunk));
    } while (n < 0 && errno == EINTR);
    if (n > 0)
        emu_lines_feed(&p->lines, (struct nj_str){ chunk, (size_t)n });
    return n;
}

static void close_pipe(struct emu_proc *p)
{
    if (p->pipe < 0)
        return;
    nj_watch_stop(p->loop, &p->watch);
    close(p->pipe);
    p->pipe = -1;
    emu_lines_flush(&p->lines);
}

static void on_readable(void *ctx, short revents)
{
    struct emu_proc *p = ctx;
    ssize_t n = read_some(p);
    if (n == 0 || (n < 0 && errno != EAGAIN))
        close_pipe(p);
}

void emu_proc_drain(struct emu_proc *p)
{
    ssize_t n = 0;
    for (size_t sum = 0; p->pipe >= 0 && sum < DRAIN_MAX; sum += (size_t)n)
        if ((n = read_some(p)) <= 0)
            break;
}

void emu_proc_read(struct emu_proc *p, bool on)
{
    if (p->pipe >= 0)
        p->watch.events = on ? POLLIN : 0;
}

/* --- account -------------------------------------------------------------------------------------------------------- */

/* The number behind a key such as "VmHWM:" in /proc/<pid>/status; 0 when it cannot be read. */
static long status_kb(pid_t pid, const char *key)
{
    char path[64], text[4096];
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    const char *at = strstr(text, key);
    return at != NULL ? strtol(at + strlen(key), NULL, 10) : 0;
}

void emu_proc_sample(struct emu_proc *p)
{
    if (!p->running)
        return;
    long kb = status_kb(p->pid, "VmHWM:");
    if (kb > p->peak_kb)
        p->peak_kb = kb;
}

/* The children of a process, appended to the list; processes without the file have none. */
static size_t add_children(pid_t pid, pid_t *list, size_t n)
{
    char path[64], text[8192];
    (void)snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return n;
    ssize_t got = read(fd, text, sizeof(text) - 1);
    close(fd);
    text[got > 0 ? got : 0] = 0;
    char *at = text, *end = NULL;
    for (long v = strtol(at, &end, 10); end != at && n < TREE_MAX; v = strtol(at, &end, 10)) {
        list[n++] = (pid_t)v;
        at = end;
    }
    return n;
}

static size_t collect_tree(pid_t root, pid_t list[static TREE_MAX])
{
    size_t n = add_children(root, list, 0);
    for (size_t i = 0; i < n; i++)
        n = add_children(list[i], list, n);
    return n;
}

long emu_proc_rss_kb(const struct emu_proc *p)
{
    pid_t list[TREE_MAX];
    if (!p->running)
        return 0;
    long sum = status_kb(p->pid, "VmRSS:");
    size_t n = collect_tree(p->pid, list);
    for (size_t i = 0; i < n; i++)
        sum += status_kb(list[i], "VmRSS:");
    return sum;
}

void emu_proc_sweep(void)
{
    pid_t list[TREE_MAX];
    size_t n = collect_tree(getpid(), list);
    for (size_t i = 0; i < n; i++)
        (void)kill(list[i], SIGKILL);
}

/* --- end ------------------------------------------------------------------------------------------------------------ */

void emu_proc_signal(const struct emu_proc *p, int sig)
{
    if (p->running)
        (void)kill(-p->pid, sig);
}

void emu_proc_reaped(struct emu_proc *p, int wait_status, const struct rusage *ru)
{
    (void)kill(-p->pid, SIGKILL); /* what it left behind in its group */
    p->running = false;
    p->wait_status = wait_status;
    p->exited = emu_now();
    p->cpu_ms = emu_ms(((int64_t)ru->ru_utime.tv_sec + ru->ru_stime.tv_sec) * 1000000000 +
                       ((int64_t)ru->ru_utime.tv_usec + ru->ru_stime.tv_usec) * 1000);
    /* The kernel's figure also covers the moment between fork and exec, when the child still was a copy of the emulator:
     * it is only believed when it is larger than that copy can have been. */
    if (ru->ru_maxrss > status_kb(getpid(), "VmHWM:") && ru->ru_maxrss > p->peak_kb)
        p->peak_kb = ru->ru_maxrss;
    emu_proc_drain(p);
    close_pipe(p);
}

void emu_proc_fini(struct emu_proc *p)
{
    if (p->running) {
        emu_proc_signal(p, SIGKILL);
        (void)waitpid(p->pid, &p->wait_status, 0);
        p->running = false;
    }
    if (p->loop != NULL)
        close_pipe(p);
    emu_lines_fini(&p->lines);
}

const char *emu_proc_end(const struct emu_proc *p, char out[static 64])
{
    if (WIFSIGNALED(p->wait_status))
        (void)snprintf(out, 64, "signal %d (%s)", WTERMSIG(p->wait_status), strsignal(WTERMSIG(p->wait_status)));
    else
        (void)snprintf(out, 64, "exit %d", WEXITSTATUS(p->wait_status));
    return out;
}

bool emu_proc_ended_well(const struct emu_proc *p)
{
    return WIFEXITED(p->wait_status) && WEXITSTATUS(p->wait_status) == 0;
}

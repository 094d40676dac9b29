/* lambda-emulator: the local Lambda.  Sets the world up, runs it, writes the report. */
#include "emu_api.h"
#include "emu_front.h"
#include "emu_phases.h"
#include "emu_report.h"
#include "emu_timeline.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    EXIT_UNEXPECTED = 1,
    EXIT_USAGE = 2,
    EXIT_WATCHDOG = 3,
    EXIT_BROKEN = 4,
    EXIT_INTERRUPTED = 130,
    LAST_CHANCE_S = 15,
    SCRIPT_MAX = 64 << 20
};

/* What happens without a script: the sample function's ordinary day. */
#define HTTP(method, path, query)                                                                                                          \
    "{\"event\":{\"version\":\"2.0\",\"rawPath\":\"" path "\",\"rawQueryString\":\"" query                                                 \
    "\",\"headers\":{\"user-agent\":\"curl/8.5\"},\"requestContext\":{\"http\":{\"method\":\"" method "\",\"path\":\"" path                \
    "\",\"sourceIp\":\"203.0.113.7\"}}}"
static const char default_script[] = HTTP("GET", "/account", "user=1") ",\"expect\":\"success\"}\n" HTTP(
    "GET", "/search", "q=invoices") ",\"gapMs\":300,\"expect\":\"success\"}\n" HTTP("GET", "/error",
                                                                                    "") ",\"gapMs\":100,\"expect\":\"error\"}\n";

struct signals {
    struct emu *w;
    struct nj_watch watch;
    int fd;
};

/* --- signals and the watchdog ----------------------------------------------------------------------------------------- */

static void reap(struct emu *w)
{
    struct rusage ru;
    int status = 0;
    for (pid_t pid = 0; (pid = wait4(-1, &status, WNOHANG, &ru)) > 0;)
        emu_on_exit(w, pid, status, &ru);
}

static void on_signal(void *ctx, short revents)
{
    struct signals *s = ctx;
    struct signalfd_siginfo info;
    while (read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        if (info.ssi_signo == SIGCHLD)
            continue;
        if (s->w->interrupted) { /* the second time: now */
            nj_loop_stop(s->w->loop);
            continue;
        }
        s->w->interrupted = true;
        emu_say(s->w, EMU_TAG_SHUTDOWN, "interrupted: shutting down; once more to stop at once");
        emu_driver_stop(s->w);
    }
    reap(s->w);
}

static bool open_signals(struct signals *s, struct emu *w)
{
    static const int wanted[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < NJ_COUNT(wanted); i++)
        (void)sigaddset(&set, wanted[i]);
    (void)sigaction(SIGPIPE, &ignore, NULL);
    (void)sigprocmask(SIG_BLOCK, &set, NULL);
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    s->w = w;
    s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    s->watch = (struct nj_watch){ .ready = on_signal, .ctx = s, .fd = s->fd, .events = POLLIN };
    return s->fd >= 0 && nj_watch_start(w->loop, &s->watch) == NJ_OK;
}

static void on_watchdog(void *ctx)
{
    struct emu *w = ctx;
    emu_problem(w, EXIT_WATCHDOG, "--max-seconds %lld reached in phase %s: everything is killed", (long long)w->o.max_seconds,
                emu_phase_names[w->phase]);
    w->exit_status = EXIT_WATCHDOG;
    nj_loop_stop(w->loop);
}

/* --- preparation ------------------------------------------------------------------------------------------------------ */

static bool read_file(const char *path, struct nj_buf *out)
{
    bool in = strcmp(path, "-") == 0;
    FILE *f = in ? stdin : fopen(path, "re");
    size_t n = 1;
    while (f != NULL && n != 0 && nj_buf_reserve(out, 65536) == NJ_OK) {
        n = fread(out->p + out->n, 1, 65536, f);
        out->n += n;
    }
    bool ok = f != NULL && !ferror(f) && out->err == NJ_OK;
    if (!ok)
        (void)fprintf(stderr, "lambda-emulator: --script %s: %s\n", path, out->err != NJ_OK ? "too large" : strerror(errno));
    if (f != NULL && !in)
        (void)fclose(f);
    return ok;
}

static bool load_script(struct emu *w)
{
    char error[EMU_SCRIPT_ERROR_MAX] = "";
    struct nj_buf text;
    nj_buf_init(&text, SCRIPT_MAX);
    bool ok = true;
    if (w->o.script[0] != 0)
        ok = read_file(w->o.script, &text);
    else if (w->o.listen < 0)
        nj_buf_addz(&text, default_script);
    if (ok && emu_script_read(&w->script, nj_buf_str(&text), error) != NJ_OK) {
        (void)fprintf(stderr, "lambda-emulator: %s\n", error);
        ok = false;
    }
    nj_buf_fini(&text);
    return ok;
}

/* The sample function lies beside this program. */
static bool find_runtime(struct emu *w)
{
    if (w->o.command != NULL)
        return true;
    ssize_t n = readlink("/proc/self/exe", w->runtime_path, sizeof(w->runtime_path) - 1);
    w->runtime_path[n > 0 ? n : 0] = 0;
    char *slash = strrchr(w->runtime_path, '/');
    static const char name[] = "/sample-function";
    if (slash == NULL || (size_t)(slash - w->runtime_path) + sizeof(name) > sizeof(w->runtime_path))
        return false;
    memcpy(slash, name, sizeof(name));
    w->default_argv[0] = w->runtime_path;
    if (access(w->runtime_path, X_OK) == 0)
        return true;
    (void)fprintf(stderr, "lambda-emulator: %s: %s; build it or give the runtime's command after --\n", w->runtime_path, strerror(errno));
    return false;
}

static bool prepare_paths(struct emu *w)
{
    static char cwd[4096];
    if (w->o.task_root[0] == 0) {
        if (getcwd(cwd, sizeof(cwd)) == NULL)
            return false;
        w->o.task_root = cwd;
    }
    if (emu_is_managed(w))
        w->o.log_format = EMU_LOG_JSON; /* the only one there */
    return true;
}

static bool open_world(struct emu *w, struct signals *s)
{
    w->epoch = emu_now();
    nj_buf_init(&w->init_error_body, 8192);
    if (nj_loop_new(&w->loop, NULL, NULL) != NJ_OK || nj_http_new(&w->http, w->loop) != NJ_OK || !open_signals(s, w) ||
        emu_report_new(w) != NJ_OK || emu_driver_new(w) != NJ_OK) {
        (void)fprintf(stderr, "lambda-emulator: cannot start: %s\n", strerror(errno));
        return false;
    }
    if (!emu_timeline_open(w) || emu_stream_new(&w->stream, w) != NJ_OK)
        return false;
    if (emu_api_open(w) != NJ_OK) {
        (void)fprintf(stderr, "lambda-emulator: port %lld on 127.0.0.1 cannot be used: %s\n", (long long)w->o.port, strerror(errno));
        return false;
    }
    return true;
}

static void close_world(struct emu *w, struct signals *s)
{
    if (w->loop == NULL)
        return;
    emu_driver_free(w);
    emu_invocations_abandon(w);
    for (size_t i = 0; i < w->n_exts; i++) {
        emu_proc_fini(&w->exts[i]->proc);
        json_decref(w->exts[i]->overheads);
        free(w->exts[i]);
    }
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_fini(&w->workers[i].proc);
    w->n_exts = w->n_workers = 0;
    emu_proc_sweep();
    nj_timer_stop(w->loop, &w->memory_watch);
    nj_timer_stop(w->loop, &w->init_limit);
    nj_timer_stop(w->loop, &w->restore_limit);
    nj_timer_stop(w->loop, &w->stop.step);
    nj_timer_stop(w->loop, &w->stop.deadline);
    nj_timer_stop(w->loop, &w->stop.flush);
    if (w->stream != NULL && !emu_report_write(w) && w->exit_status == 0)
        w->exit_status = EXIT_BROKEN;
    emu_stream_free(w->stream);
    emu_timeline_close(w);
    emu_report_free(w);
    nj_http_server_free(w->api);
    emu_front_close(w);
    nj_http_free(w->http);
    if (s->watch.active)
        nj_watch_stop(w->loop, &s->watch);
    if (s->fd >= 0)
        close(s->fd);
    nj_loop_free(w->loop);
    nj_buf_fini(&w->init_error_body);
    emu_script_fini(&w->script);
}

static void run(struct emu *w)
{
    struct nj_timer watchdog = { .fire = on_watchdog, .ctx = w };
    if (w->o.max_seconds > 0) {
        nj_timer_set(w->loop, &watchdog, w->o.max_seconds * 1000);
        /* If even the loop should hang: the default action of SIGALRM ends us, and PDEATHSIG our children. */
        (void)alarm((unsigned)w->o.max_seconds + LAST_CHANCE_S);
    }
    emu_say(w, EMU_TAG_INIT, "APIs at 127.0.0.1:%u, function %s, %lld MB, timeout %.1f s", nj_http_server_port(w->api), w->o.function_name,
            (long long)w->o.memory_mb, (double)w->o.timeout_ms / 1000.0);
    if (w->o.listen >= 0 && emu_front_open(w) != NJ_OK) {
        emu_problem(w, EXIT_BROKEN, "--listen %lld: the port cannot be used", (long long)w->o.listen);
        return;
    }
    emu_driver_step(w);
    nj_loop_run(w->loop);
    nj_timer_stop(w->loop, &watchdog);
    if (w->interrupted && w->exit_status == 0 && w->front == NULL)
        w->exit_status = EXIT_INTERRUPTED;
}

int main(int argc, char *argv[])
{
    static struct emu world; /* large, and children do not need it on the stack */
    struct emu *w = &world;
    struct signals s = { .fd = -1 };
    char error[EMU_OPTION_ERROR_MAX];
    if (emu_options_read(&w->o, argc, argv, error) != NJ_OK) {
        (void)fprintf(stderr, "lambda-emulator: %s\n", error);
        return EXIT_USAGE;
    }
    if (w->o.help || w->o.version) {
        if (w->o.help)
            emu_options_help(stdout);
        else
            (void)printf("lambda-emulator %s\n", NJ_VERSION);
        return EXIT_SUCCESS;
    }
    if (!load_script(w)) {
        emu_script_fini(&w->script);
        return EXIT_USAGE;
    }
    bool ok = find_runtime(w) && prepare_paths(w) && open_world(w, &s);
    if (ok)
        run(w);
    else
        w->exit_status = EXIT_BROKEN;
    close_world(w, &s);
    return w->exit_status;
}

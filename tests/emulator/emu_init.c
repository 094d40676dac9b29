/* The init phase: extensions first, then the runtime, until all are ready; SnapStart's restore. */
#include "emu_api.h"
#include "emu_events.h"
#include "emu_phases.h"
#include "emu_report.h"
#include "emu_timeline.h"
#include "nightjar/random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ON_DEMAND_MS = 10000, LONG_INIT_MS = 130000, LONGEST_MS = 900000, ARGS_MAX = 256 };

/* --- a fresh start ---------------------------------------------------------------------------------------------------- */

static void forget_processes(struct emu *w)
{
    emu_api_drop_polls(w);
    for (size_t i = 0; i < w->n_exts; i++) {
        emu_proc_fini(&w->exts[i]->proc);
        json_decref(w->exts[i]->overheads);
        free(w->exts[i]);
    }
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_fini(&w->workers[i].proc);
    w->n_exts = w->n_workers = 0;
}

static void name_sandbox(struct emu *w)
{
    char time[EMU_TIME_LEN + 1], hex[33];
    emu_time_format(time, emu_now().wall_ns);
    nj_random_hex(hex, 32);
    nj_random_hex(w->token, 32);
    (void)snprintf(w->instance, sizeof(w->instance), "%.4s/%.2s/%.2s/[%.32s]%s", time, time + 5, time + 8, w->o.function_version, hex);
    w->sandbox++;
    w->memory_peak_kb = 0;
    w->init_ms = w->restore_ms = -1;
    w->restored = w->snapshot = false;
}

static void extension_line(void *ctx, struct nj_str line)
{
    struct emu_ext *x = ctx;
    x->proc.output_lines++;
    emu_say_line(x->world, x->name, true, line);
    emu_emit_line(x->world, EMU_T_EXTENSION_LINE, line, 0);
}

static void function_line(void *ctx, struct nj_str line)
{
    struct emu_worker *k = ctx;
    k->proc.output_lines++;
    emu_say_line(k->world, "function", false, line);
    emu_emit_line(k->world, EMU_T_FUNCTION_LINE, line, 0);
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool start_extension(struct emu *w, const char *path, struct emu_env *env)
{
    char full[4096];
    struct emu_ext *x = calloc(1, sizeof(*x));
    if (x == NULL || w->n_exts == EMU_EXT_MAX) {
        free(x);
        return false;
    }
    x->world = w;
    x->path = path;
    x->overheads = json_array();
    (void)snprintf(x->name, sizeof(x->name), "%s", base_name(path));
    w->exts[w->n_exts++] = x;
    int error = ENOENT;
    if (emu_proc_find(path, NULL, full, sizeof(full))) {
        char *argv[] = { full, NULL };
        const struct emu_spawn s = { .path = full,
                                     .argv = argv,
                                     .env = env->vars,
                                     .cwd = "/",
                                     .line_limit = (size_t)w->o.line_limit,
                                     .line = extension_line,
                                     .ctx = x };
        error = emu_proc_spawn(&x->proc, w->loop, &s);
    }
    if (error == 0) {
        emu_say(w, EMU_TAG_EXTENSION, "%s started, pid %d", x->name, (int)x->proc.pid);
        return true;
    }
    emu_ext_move(x, EMU_EXT_LAUNCH_ERROR);
    (void)snprintf(x->error_type, sizeof(x->error_type), "%s", error == EACCES ? "PermissionDenied" : "UnknownError");
    emu_say(w, EMU_TAG_BAD, "%s cannot be started: %s", path, strerror(error));
    emu_event_extension(x);
    emu_report_extension(x);
    return false;
}

static bool start_extensions(struct emu *w)
{
    struct emu_env env;
    const struct emu_env_facts facts = { &w->o, nj_http_server_port(w->api), w->token, w->instance };
    bool ok = true;
    emu_env_extension(&env, &facts);
    for (size_t i = 0; i < w->o.extension.n; i++)
        ok = start_extension(w, w->o.extension.items[i], &env) && ok;
    emu_env_fini(&env);
    return ok;
}

static void on_init_limit(void *ctx)
{
    struct emu *w = ctx;
    for (size_t i = 0; i < w->n_exts; i++)
        if (w->exts[i]->state != EMU_EXT_READY)
            emu_say(w, EMU_TAG_BAD, "init: %s is still %s", w->exts[i]->name, emu_ext_state_names[w->exts[i]->state]);
    if (!w->runtime_ready)
        emu_say(w, EMU_TAG_BAD, "init: the runtime %s", w->runtime_started ? "has not asked for next" : "is not started");
    emu_init_fail(w, "timeout", NULL);
}

static int64_t init_limit_ms(const struct emu *w)
{
    int64_t ms = w->o.timeout_ms > LONG_INIT_MS ? w->o.timeout_ms : LONG_INIT_MS;
    if (w->o.init_timeout_ms > 0)
        return w->o.init_timeout_ms;
    if (w->o.init_type == EMU_ON_DEMAND)
        return ON_DEMAND_MS;
    return ms < LONGEST_MS ? ms : LONGEST_MS;
}

void emu_init_begin(struct emu *w)
{
    bool suppressed = w->phase == EMU_DOWN;
    emu_move(w, EMU_MOVE_START);
    forget_processes(w);
    if (!suppressed)
        name_sandbox(w);
    w->suppressed = suppressed;
    w->generation++;
    w->runtime_started = w->runtime_ready = w->runtime_init_done = false;
    w->init_error[0] = 0;
    nj_buf_reset(&w->init_error_body);
    w->init_begin = emu_now();
    emu_say_break(w);
    emu_say(w, EMU_TAG_INIT, "%s %s, %zu extension%s", suppressed ? "suppressed init," : "cold start,", emu_init_type_name(w->o.init_type),
            w->o.extension.n, w->o.extension.n == 1 ? "" : "s");
    emu_stream_open(w->stream);
    emu_event_init_start(w);
    w->init_limit = (struct nj_timer){ .fire = on_init_limit, .ctx = w };
    if (!suppressed) /* a suppressed one runs under the function timeout */
        nj_timer_set(w->loop, &w->init_limit, init_limit_ms(w));
    if (!start_extensions(w)) {
        emu_init_fail(w, "error", "Extension.LaunchError");
        return;
    }
    emu_memory_watch(w, true);
    emu_init_check(w);
}

/* --- the runtime ------------------------------------------------------------------------------------------------------ */

static char *const *runtime_command(const struct emu *w)
{
    return w->o.command != NULL ? w->o.command : w->default_argv;
}

static int spawn_worker(struct emu *w, struct emu_worker *k, struct emu_env *env)
{
    char full[4096];
    char *argv[ARGS_MAX];
    size_t n = 0;
    const char *wrapper = emu_env_get(env, "AWS_LAMBDA_EXEC_WRAPPER");
    char *wrapper_copy = wrapper != NULL && wrapper[0] != 0 ? strdup(wrapper) : NULL;
    if (wrapper_copy != NULL)
        argv[n++] = wrapper_copy;
    for (char *const *c = runtime_command(w); *c != NULL && n < ARGS_MAX - 1; c++)
        argv[n++] = *c;
    argv[n] = NULL;
    int error = ENOENT;
    if (emu_proc_find(argv[0], getenv("PATH"), full, sizeof(full))) {
        const struct emu_spawn s = { .path = full,
                                     .argv = argv,
                                     .env = env->vars,
                                     .cwd = w->o.task_root,
                                     .line_limit = (size_t)w->o.line_limit,
                                     .line = function_line,
                                     .ctx = k };
        error = emu_proc_spawn(&k->proc, w->loop, &s);
    }
    if (error != 0)
        emu_say(w, EMU_TAG_BAD, "the runtime %s cannot be started: %s", argv[0], strerror(error));
    else
        emu_say(w, EMU_TAG_RUNTIME, "started, pid %d: %s", (int)k->proc.pid, argv[0]);
    free(wrapper_copy);
    return error;
}

static bool start_runtime(struct emu *w)
{
    struct emu_env env;
    const struct emu_env_facts facts = { &w->o, nj_http_server_port(w->api), w->token, w->instance };
    size_t n = emu_is_managed(w) ? (size_t)w->o.workers : 1;
    bool ok = true;
    w->runtime_started = true;
    emu_env_runtime(&env, &facts);
    for (size_t i = 0; i < n && ok; i++) {
        struct emu_worker *k = &w->workers[w->n_workers++];
        *k = (struct emu_worker){ .world = w };
        ok = spawn_worker(w, k, &env) == 0;
    }
    emu_env_fini(&env);
    return ok;
}

/* --- readiness -------------------------------------------------------------------------------------------------------- */

static void on_ready(struct emu *w)
{
    nj_timer_stop(w->loop, &w->init_limit);
    w->init_end = emu_now();
    w->init_ms = emu_ms(w->init_end.mono_ns - w->init_begin.mono_ns);
    emu_say(w, EMU_TAG_INIT, "done in %.1f ms", w->init_ms);
    emu_event_init_report(w, "success", NULL, w->init_ms);
    emu_report_phase(w, "init", w->suppressed ? "suppressed" : "cold", w->init_begin.mono_ns, "success");
    emu_stream_close_window(w->stream);
    emu_move(w, EMU_MOVE_READY);
    w->snapshot = w->o.init_type == EMU_SNAP_START && !w->suppressed;
    if (w->snapshot || (w->o.init_type == EMU_PROVISIONED && w->waiting == NULL))
        emu_freeze(w);
    if (w->waiting != NULL && !w->snapshot)
        emu_invoke_waiting(w);
    emu_driver_step(w);
}

void emu_init_check(struct emu *w)
{
    bool registered = true, ready = true;
    if (w->phase != EMU_INIT)
        return;
    for (size_t i = 0; i < w->n_exts; i++) {
        registered = registered && (w->exts[i]->state != EMU_EXT_STARTED || !emu_is_external(w->exts[i]));
        ready = ready && w->exts[i]->state == EMU_EXT_READY;
    }
    if (registered && !w->runtime_started && !start_runtime(w)) {
        emu_init_fail(w, "error", "Runtime.InvalidEntrypoint");
        return;
    }
    if (ready && w->runtime_ready)
        on_ready(w);
}

void emu_init_runtime_ready(struct emu *w)
{
    if (w->phase != EMU_INIT || w->runtime_ready)
        return;
    w->runtime_ready = w->runtime_init_done = true;
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_drain(&w->workers[i].proc);
    emu_say(w, EMU_TAG_RUNTIME, "is ready, %.1f ms after its start", emu_ms(emu_now().mono_ns - w->workers[0].proc.started.mono_ns));
    emu_event_init_runtime_done(w, "success", NULL);
    emu_init_check(w);
}

void emu_init_fail(struct emu *w, const char *status, const char *error_type)
{
    if (w->phase != EMU_INIT)
        return;
    nj_timer_stop(w->loop, &w->init_limit);
    double ms = emu_ms(emu_now().mono_ns - w->init_begin.mono_ns);
    bool timeout = strcmp(status, "timeout") == 0;
    emu_say(w, EMU_TAG_BAD, "init failed after %.1f ms: %s%s%s", ms, status, error_type != NULL ? " " : "",
            error_type != NULL ? error_type : "");
    if (w->runtime_started && !w->runtime_init_done)
        emu_event_init_runtime_done(w, status, error_type);
    w->runtime_init_done = true;
    emu_event_init_report(w, status, error_type, ms);
    emu_report_phase(w, "init", w->suppressed ? "suppressed" : "cold", w->init_begin.mono_ns, status);
    emu_stream_close_window(w->stream);
    const char *reason = timeout ? "timeout" : "failure";
    /* The first init of an environment is tried again inside the invocation; that one's failure is the invocation's. */
    if (w->suppressed || emu_is_managed(w))
        emu_invoke_fail(w, timeout ? EMU_TIMEOUT : EMU_INIT_ERROR, timeout ? "timeout" : "error", error_type, reason);
    else
        emu_stop(w, EMU_MOVE_FAIL, reason);
}

/* --- SnapStart -------------------------------------------------------------------------------------------------------- */

static void on_restore_limit(void *ctx)
{
    struct emu *w = ctx;
    emu_event_restore_report(w, "timeout", "Runtime.Unknown", emu_ms(emu_now().mono_ns - w->restore_begin.mono_ns));
    emu_report_phase(w, "restore", NULL, w->restore_begin.mono_ns, "timeout");
    emu_invoke_fail(w, EMU_INIT_ERROR, "error", "Runtime.Unknown", "timeout");
}

void emu_restore_begin(struct emu *w)
{
    emu_move(w, EMU_MOVE_RESTORE);
    w->restored = true;
    w->restore_begin = emu_now();
    emu_say(w, EMU_TAG_INIT, "restore from the snapshot");
    struct nj_exchange *x = w->restore_poll;
    w->restore_poll = NULL; /* it is answered whatever else breaks: the supervisor takes no second one, and no runtime sends it */
    if (w->o.snapshot_drop)
        emu_api_drop_polls(w);
    emu_thaw(w);
    emu_event_restore_start(w);
    w->restore_limit = (struct nj_timer){ .fire = on_restore_limit, .ctx = w };
    nj_timer_set(w->loop, &w->restore_limit, w->o.restore_timeout_ms);
    if (x != NULL && w->o.snapshot_drop)
        nj_exchange_reply_header(x, "Connection", NJ_STR("close"));
    if (x != NULL)
        nj_exchange_reply(x, 200, NULL, NJ_STR(""));
    else if (w->n_polls != 0)
        emu_restore_runtime_done(w, NULL);
}

void emu_restore_runtime_done(struct emu *w, const char *error_type)
{
    if (w->phase != EMU_RESTORE)
        return;
    const char *status = error_type == NULL ? "success" : "error";
    nj_timer_stop(w->loop, &w->restore_limit);
    w->restore_ms = emu_ms(emu_now().mono_ns - w->restore_begin.mono_ns);
    emu_event_restore_runtime_done(w, status, error_type);
    emu_event_restore_report(w, status, error_type, w->restore_ms);
    emu_report_phase(w, "restore", NULL, w->restore_begin.mono_ns, status);
    emu_say(w, EMU_TAG_INIT, "restore %s in %.1f ms", error_type == NULL ? "done" : "failed", w->restore_ms);
    if (error_type != NULL) {
        emu_invoke_fail(w, EMU_INIT_ERROR, "error", error_type, "failure");
        return;
    }
    emu_move(w, EMU_MOVE_READY);
    emu_invoke_waiting(w);
}

/* Ends of processes: expected ones in a shutdown or reset, unexpected ones at any other time. */
#include "emu_api.h"
#include "emu_events.h"
#include "emu_phases.h"
#include "emu_report.h"
#include "emu_timeline.h"

#include <signal.h>
#include <stdio.h>

enum { INTERNAL_ONLY_MS = 500, MANAGED_FLUSH_MS = 1000, FLUSH_LOOK_MS = 10 };

static bool workers_alive(const struct emu *w)
{
    for (size_t i = 0; i < w->n_workers; i++)
        if (w->workers[i].proc.running)
            return true;
    return false;
}

static bool extensions_alive(const struct emu *w)
{
    for (size_t i = 0; i < w->n_exts; i++)
        if (emu_ext_alive(w->exts[i]))
            return true;
    return false;
}

static void signal_workers(struct emu *w, int sig)
{
    for (size_t i = 0; i < w->n_workers; i++) {
        if (sig == SIGKILL && w->workers[i].proc.running)
            w->workers[i].killed = true;
        emu_proc_signal(&w->workers[i].proc, sig);
    }
}

static void kill_extension(struct emu_ext *x)
{
    if (!emu_ext_alive(x))
        return;
    x->killed = true;
    emu_proc_signal(&x->proc, SIGKILL);
}

/* --- the end of the end ----------------------------------------------------------------------------------------------- */

static void finish(struct emu *w)
{
    struct emu_stopping *s = &w->stop;
    nj_timer_stop(w->loop, &s->step);
    nj_timer_stop(w->loop, &s->deadline);
    nj_timer_stop(w->loop, &s->flush);
    s->active = false;
    emu_report_phase(w, emu_phase_names[w->phase], s->reason, s->begin.mono_ns, NULL);
    emu_say(w, EMU_TAG_SHUTDOWN, "%s over after %.1f ms", emu_phase_names[w->phase], emu_ms(emu_now().mono_ns - s->begin.mono_ns));
    emu_say_break(w);
    emu_memory_watch(w, false);
    emu_api_drop_polls(w);
    for (size_t i = 0; i < w->n_exts; i++) {
        if (!emu_is_external(w->exts[i]))
            emu_report_extension(w->exts[i]);
        emu_stream_leave(w->stream, w->exts[i]->sub);
    }
    emu_move(w, EMU_MOVE_EMPTY);
    if (w->waiting != NULL && w->phase == EMU_DOWN && !w->finishing)
        emu_invoke_init(w); /* its first init failed */
    else if (w->waiting != NULL && !w->finishing)
        emu_init_begin(w); /* a new environment in place of the broken one */
    emu_driver_step(w);
}

static void check_finished(struct emu *w)
{
    if (w->stop.active && !workers_alive(w) && !extensions_alive(w) && !emu_stream_is_leaving(w->stream))
        finish(w);
}

void emu_on_subscribers_left(struct emu *w)
{
    check_finished(w);
}

/* --- steps of a shutdown ---------------------------------------------------------------------------------------------- */

static void on_deadline(void *ctx)
{
    struct emu *w = ctx;
    for (size_t i = 0; i < w->n_exts; i++) {
        if (emu_ext_alive(w->exts[i]) && !w->exts[i]->killed)
            emu_say(w, EMU_TAG_BAD, "%s is still there at the deadline: SIGKILL", w->exts[i]->name);
        kill_extension(w->exts[i]);
    }
    signal_workers(w, SIGKILL);
}

static void tell_extensions(struct emu *w)
{
    struct emu_stopping *s = &w->stop;
    if (s->extensions_told)
        return;
    s->extensions_told = true;
    nj_timer_stop(w->loop, &s->step);
    nj_timer_stop(w->loop, &s->flush);
    for (size_t i = 0; i < w->n_exts; i++) {
        struct emu_ext *x = w->exts[i];
        if (!emu_ext_alive(x))
            continue;
        bool listens = x->state == EMU_EXT_REGISTERED || x->state == EMU_EXT_READY || x->state == EMU_EXT_RUNNING;
        bool gave_up = x->state == EMU_EXT_INIT_ERROR || x->state == EMU_EXT_EXIT_ERROR;
        if (listens && (x->events & EMU_EVENT_SHUTDOWN) != 0)
            emu_extension_give_shutdown(x);
        else if (!gave_up) /* who gave up leaves by itself, until the deadline */
            kill_extension(x);
    }
    check_finished(w);
}

/* Managed instances flush telemetry between the runtime and the extensions. */
static void on_flush(void *ctx)
{
    struct emu *w = ctx;
    double ms = emu_ms(emu_now().mono_ns - w->stop.begin.mono_ns);
    if (emu_stream_is_empty(w->stream) || ms >= MANAGED_FLUSH_MS)
        tell_extensions(w);
    else
        nj_timer_set(w->loop, &w->stop.flush, FLUSH_LOOK_MS);
}

static void runtime_is_gone(struct emu *w)
{
    if (!w->stop.active || w->stop.extensions_told || w->stop.flush.armed || workers_alive(w))
        return;
    if (emu_is_managed(w))
        on_flush(w);
    else
        tell_extensions(w);
}

static void on_share_over(void *ctx)
{
    struct emu *w = ctx;
    emu_say(w, EMU_TAG_SHUTDOWN, "the runtime's share is over: SIGKILL");
    signal_workers(w, SIGKILL);
}

static int64_t total_ms(const struct emu *w)
{
    if (emu_count_registered(w, true) != 0)
        return w->o.shutdown_ms;
    return emu_count_registered(w, false) == 0 ? 0 : w->o.shutdown_ms < INTERNAL_ONLY_MS ? w->o.shutdown_ms : INTERNAL_ONLY_MS;
}

static void begin(struct emu *w, const char *reason)
{
    struct emu_stopping *s = &w->stop;
    *s = (struct emu_stopping){ .active = true, .begin = emu_now(), .total_ms = total_ms(w) };
    (void)snprintf(s->reason, sizeof(s->reason), "%s", reason);
    s->deadline_ns = s->begin.mono_ns + s->total_ms * 1000000;
    s->step = (struct nj_timer){ .fire = on_share_over, .ctx = w };
    s->deadline = (struct nj_timer){ .fire = on_deadline, .ctx = w };
    s->flush = (struct nj_timer){ .fire = on_flush, .ctx = w };
}

void emu_stop(struct emu *w, enum emu_move move, const char *reason)
{
    struct emu_stopping *s = &w->stop;
    if (s->active) {
        if (move == EMU_MOVE_STOP && w->phase == EMU_RESET)
            emu_move(w, move);
        return;
    }
    emu_move(w, move);
    if (w->phase == EMU_GONE) /* there was nothing to stop */
        return;
    emu_say_break(w);
    nj_timer_stop(w->loop, &w->init_limit);
    nj_timer_stop(w->loop, &w->restore_limit);
    begin(w, reason);
    emu_thaw(w);
    emu_stream_hurry(w->stream);
    emu_say(w, EMU_TAG_SHUTDOWN, "%s, reason %s, %lld ms", w->phase == EMU_RESET ? "reset" : "shutdown", reason, (long long)s->total_ms);
    if (s->total_ms == 0) {
        on_deadline(w);
        check_finished(w);
        return;
    }
    nj_timer_set(w->loop, &s->deadline, s->total_ms);
    nj_timer_set(w->loop, &s->step, s->total_ms * w->o.runtime_share / 100);
    signal_workers(w, SIGTERM);
    runtime_is_gone(w);
    check_finished(w);
}

/* --- exits ------------------------------------------------------------------------------------------------------------ */

static void crashed(struct emu *w, enum emu_outcome outcome, const char *error_type)
{
    switch (w->phase) {
    case EMU_INIT:
        emu_init_fail(w, "error", error_type);
        break;
    case EMU_RESTORE:
        emu_restore_runtime_done(w, error_type);
        break;
    case EMU_IDLE:
        emu_stop(w, emu_is_managed(w) ? EMU_MOVE_STOP : EMU_MOVE_FAIL, "failure");
        break;
    case EMU_INVOKE:
        emu_invoke_fail(w, outcome, "error", error_type, "failure");
        break;
    default:
        break;
    }
}

static void on_extension_exit(struct emu_ext *x)
{
    struct emu *w = x->world;
    char end[64];
    bool expected = w->stop.active, well = emu_proc_ended_well(&x->proc);
    double left = emu_ms(w->stop.deadline_ns - x->proc.exited.mono_ns);
    emu_proc_end(&x->proc, end);
    if (expected) {
        emu_say(w, well ? EMU_TAG_EXTENSION : EMU_TAG_BAD, "%s left: %s, %.1f ms %s the deadline", x->name, end, left < 0 ? -left : left,
                left < 0 ? "after" : "before");
        emu_ext_move(x, well ? EMU_EXT_EXITED : EMU_EXT_SHUTDOWN_FAILED);
    } else {
        emu_say(w, EMU_TAG_BAD, "%s left: %s, which is a crash", x->name, end);
        if (x->error_type[0] == 0)
            (void)snprintf(x->error_type, sizeof(x->error_type), "Extension.Crash");
        emu_ext_move(x, w->phase == EMU_INIT ? EMU_EXT_INIT_ERROR : EMU_EXT_EXIT_ERROR);
    }
    emu_stream_leave(w->stream, x->sub);
    emu_event_extension(x);
    emu_report_extension(x);
    if (expected)
        check_finished(w);
    else
        crashed(w, EMU_EXTENSION_CRASH, x->error_type);
}

static void on_worker_exit(struct emu_worker *k, size_t number)
{
    struct emu *w = k->world;
    char end[64];
    emu_say(w, w->stop.active ? EMU_TAG_RUNTIME : EMU_TAG_BAD, "the runtime left: %s", emu_proc_end(&k->proc, end));
    if (w->stop.active) {
        emu_report_worker(k, number);
        runtime_is_gone(w);
        check_finished(w);
        return;
    }
    emu_report_worker(k, number);
    if (k->oom)
        w->memory_peak_kb = (long)w->o.memory_mb * 1024;
    static const char *const oom_errors[] = { "Runtime.OutOfMemory", "Runtime.ExitError" };
    crashed(w, k->oom ? EMU_OOM : EMU_CRASH, k->oom ? oom_errors[w->o.oom_error] : "Runtime.ExitError");
}

void emu_on_exit(struct emu *w, pid_t pid, int wait_status, const struct rusage *ru)
{
    for (size_t i = 0; i < w->n_exts; i++)
        if (w->exts[i]->proc.running && w->exts[i]->proc.pid == pid) {
            emu_proc_reaped(&w->exts[i]->proc, wait_status, ru);
            on_extension_exit(w->exts[i]);
            return;
        }
    for (size_t i = 0; i < w->n_workers; i++)
        if (w->workers[i].proc.running && w->workers[i].proc.pid == pid) {
            emu_proc_reaped(&w->workers[i].proc, wait_status, ru);
            on_worker_exit(&w->workers[i], i);
            return;
        }
}

void emu_on_ext_gave_up(struct emu_ext *x, bool in_init)
{
    crashed(x->world, EMU_EXTENSION_CRASH, x->error_type);
}

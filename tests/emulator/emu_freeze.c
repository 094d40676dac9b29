/* Freezing and thawing the sandbox, and watching its memory while it runs. */
#include "emu_phases.h"
#include "emu_report.h"
#include "emu_timeline.h"

#include <signal.h>

enum { MEMORY_EVERY_MS = 50 };

static void signal_all(const struct emu *w, int sig)
{
    for (size_t i = 0; i < w->n_exts; i++)
        emu_proc_signal(&w->exts[i]->proc, sig);
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_signal(&w->workers[i].proc, sig);
}

void emu_freeze(struct emu *w)
{
    if (w->frozen || w->o.no_freeze || emu_is_managed(w))
        return;
    for (size_t i = 0; i < w->n_exts; i++)
        emu_proc_sample(&w->exts[i]->proc);
    emu_memory_watch(w, false);
    signal_all(w, SIGSTOP);
    w->frozen = true;
    w->frozen_since_ns = emu_now().mono_ns;
    emu_stream_freeze(w->stream, true);
    emu_say_break(w);
    emu_say(w, EMU_TAG_FREEZE, "frozen");
}

void emu_thaw(struct emu *w)
{
    if (!w->frozen)
        return;
    w->frozen = false;
    emu_report_phase(w, "frozen", NULL, w->frozen_since_ns, NULL);
    emu_say(w, EMU_TAG_FREEZE, "thawed after %.1f ms", emu_ms(emu_now().mono_ns - w->frozen_since_ns));
    signal_all(w, SIGCONT);
    emu_stream_freeze(w->stream, false);
    emu_memory_watch(w, true);
}

/* --- memory ----------------------------------------------------------------------------------------------------------- */

static void kill_for_memory(struct emu *w, struct emu_worker *worker, struct emu_ext *ext)
{
    w->memory_peak_kb = (long)w->o.memory_mb * 1024;
    emu_say(w, EMU_TAG_BAD, "out of memory: more than %lld MB in use, killing %s", (long long)w->o.memory_mb,
            ext != NULL ? ext->name : "the runtime");
    if (worker != NULL)
        worker->oom = true;
    emu_proc_signal(ext != NULL ? &ext->proc : &worker->proc, SIGKILL);
}

static void on_memory(void *ctx)
{
    struct emu *w = ctx;
    struct emu_worker *worker = NULL;
    struct emu_ext *ext = NULL;
    long sum = 0, largest = 0;
    for (size_t i = 0; i < w->n_workers; i++) {
        long kb = emu_proc_rss_kb(&w->workers[i].proc);
        emu_proc_sample(&w->workers[i].proc);
        sum += kb;
        if (kb > largest) {
            largest = kb;
            worker = &w->workers[i];
        }
    }
    for (size_t i = 0; i < w->n_exts; i++) {
        long kb = emu_proc_rss_kb(&w->exts[i]->proc);
        emu_proc_sample(&w->exts[i]->proc);
        sum += kb;
        if (kb > largest) {
            largest = kb;
            ext = w->exts[i];
        }
    }
    if (sum > w->memory_peak_kb)
        w->memory_peak_kb = sum;
    if (sum > w->o.memory_mb * 1024 && !w->o.no_memory_limit && largest != 0)
        kill_for_memory(w, worker, ext);
    nj_timer_set(w->loop, &w->memory_watch, MEMORY_EVERY_MS);
}

void emu_memory_watch(struct emu *w, bool on)
{
    nj_timer_stop(w->loop, &w->memory_watch);
    w->memory_watch.fire = on_memory;
    w->memory_watch.ctx = w;
    on_memory(w); /* a sample at both ends */
    if (!on)
        nj_timer_stop(w->loop, &w->memory_watch);
}

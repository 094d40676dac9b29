/* Plays the script: what comes next, when, and whether it ended as expected. */
#include "emu_front.h"
#include "emu_phases.h"
#include "emu_report.h"
#include "emu_timeline.h"

#include <stdio.h>
#include <stdlib.h>

struct emu_driver {
    size_t at;        /* step of the script */
    unsigned done;    /* how often it was played */
    bool gap_over;    /* its gap has been waited for */
    bool init_wanted; /* environments that are initialised before their first invocation */
    struct nj_timer gap, soon;
};

static void on_soon(void *ctx);
static void on_gap(void *ctx);

enum nj_status emu_driver_new(struct emu *w)
{
    struct emu_driver *d = calloc(1, sizeof(*d));
    if (d == NULL)
        return NJ_ENOMEM;
    w->driver = d;
    d->init_wanted = w->o.init_type != EMU_ON_DEMAND;
    d->soon = (struct nj_timer){ .fire = on_soon, .ctx = w };
    d->gap = (struct nj_timer){ .fire = on_gap, .ctx = w };
    return NJ_OK;
}

void emu_driver_free(struct emu *w)
{
    if (w->driver == NULL)
        return;
    nj_timer_stop(w->loop, &w->driver->soon);
    nj_timer_stop(w->loop, &w->driver->gap);
    free(w->driver);
    w->driver = NULL;
}

/* Always from the loop, so that no phase changes under the feet of who reports something. */
void emu_driver_step(struct emu *w)
{
    if (w->driver != NULL && !w->driver->soon.armed)
        nj_timer_set(w->loop, &w->driver->soon, 0);
}

static bool may_invoke(const struct emu *w)
{
    if (w->stop.active || w->phase == EMU_INIT || w->phase == EMU_RESTORE)
        return false;
    if (!emu_is_managed(w))
        return w->phase != EMU_INVOKE && w->waiting == NULL;
    size_t n = w->n_running;
    for (const struct emu_invocation *i = w->waiting; i != NULL; i = i->next)
        n++;
    return n < (size_t)w->o.concurrency;
}

static bool is_empty(const struct emu *w)
{
    return w->phase == EMU_COLD || w->phase == EMU_GONE || w->phase == EMU_DOWN;
}

static bool wait_gap(struct emu *w, const struct emu_step *s)
{
    struct emu_driver *d = w->driver;
    int64_t gap = s->gap_ms;
    if (w->snapshot && !w->restored && !s->shutdown)
        gap += w->o.snapshot_gap_ms;
    if (gap == 0 || d->gap_over)
        return false;
    if (!d->gap.armed)
        nj_timer_set(w->loop, &d->gap, gap);
    return true;
}

static void on_gap(void *ctx)
{
    struct emu *w = ctx;
    w->driver->gap_over = true;
    emu_driver_step(w);
}

static void advance(struct emu_driver *d, const struct emu_step *s)
{
    d->gap_over = false;
    if (++d->done < s->repeat)
        return;
    d->done = 0;
    d->at++;
}

static void play_shutdown(struct emu *w, const struct emu_step *s)
{
    advance(w->driver, s);
    w->driver->init_wanted = w->o.init_type != EMU_ON_DEMAND;
    emu_stop(w, EMU_MOVE_STOP, s->reason != NULL ? s->reason : "spindown");
    if (w->phase == EMU_GONE)
        emu_driver_step(w);
}

static void play(struct emu *w)
{
    struct emu_driver *d = w->driver;
    while (d->at < w->script.n && may_invoke(w)) {
        const struct emu_step *s = &w->script.steps[d->at];
        if (s->shutdown && w->n_running + (w->waiting != NULL) != 0)
            return;
        if (wait_gap(w, s))
            return;
        if (s->shutdown) {
            play_shutdown(w, s);
            return;
        }
        advance(d, s);
        emu_invoke(w, s, NULL);
    }
    const struct emu_step *asked = NULL;
    struct nj_exchange *caller = NULL;
    while (d->at == w->script.n && may_invoke(w) && emu_front_take(w, &asked, &caller))
        emu_invoke(w, asked, caller);
}

static void on_soon(void *ctx)
{
    struct emu *w = ctx;
    struct emu_driver *d = w->driver;
    if (w->stop.active)
        return;
    if (w->finishing) {
        if (!is_empty(w))
            emu_stop(w, EMU_MOVE_STOP, "spindown");
        if (is_empty(w))
            nj_loop_stop(w->loop);
        return;
    }
    if (d->init_wanted && is_empty(w)) {
        d->init_wanted = false;
        emu_init_begin(w);
        return;
    }
    play(w);
    if (d->at < w->script.n || (w->front != NULL && !w->interrupted) || w->n_running != 0 || w->waiting != NULL || w->stop.active ||
        w->phase == EMU_INIT)
        return;
    w->finishing = true;
    emu_driver_step(w);
}

void emu_driver_stop(struct emu *w)
{
    w->finishing = true;
    emu_invocations_abandon(w);
    emu_driver_step(w);
}

void emu_driver_tell(const struct emu_invocation *inv)
{
    emu_say_result(inv->world, nj_buf_str(&inv->result));
    emu_say(inv->world, EMU_TAG_INVOKE, "over: %s%s%s, %.1f ms, extensions %.1f ms", emu_outcome_names[inv->outcome],
            inv->error_type[0] != 0 ? " " : "", inv->error_type, emu_ms(inv->over_ns - inv->start.mono_ns),
            inv->runtime_done_ns != 0 ? emu_ms(inv->over_ns - inv->runtime_done_ns) : 0.0);
}

void emu_driver_result(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    const struct emu_step *s = inv->step;
    bool ok = s->expect == EMU_ANY || s->expect == inv->outcome;
    if (!ok)
        emu_problem(w, 1, "script line %d: expected %s, got %s%s%s", s->line, emu_outcome_names[s->expect], emu_outcome_names[inv->outcome],
                    inv->error_type[0] != 0 ? " " : "", inv->error_type);
    if (s->expect_text != NULL && nj_str_find(nj_buf_str(&inv->result), nj_str_of(s->expect_text), 0) == NJ_NPOS) {
        ok = false;
        emu_problem(w, 1, "script line %d: the result does not contain \"%.80s\"; it begins with \"%.*s\"", s->line, s->expect_text,
                    NJ_STR_ARG(nj_str_slice(nj_buf_str(&inv->result), 0, 160)));
    }
    emu_report_invocation(inv, ok);
}

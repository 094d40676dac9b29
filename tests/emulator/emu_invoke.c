/* Invocations: from the event of the script to the platform's report. */
#include "emu_api.h"
#include "emu_events.h"
#include "emu_phases.h"
#include "emu_report.h"
#include "emu_timeline.h"
#include "nightjar/random.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

enum { RESULT_MAX = 256 << 20 };

/* --- making ----------------------------------------------------------------------------------------------------------- */

static void on_limit(void *ctx);
static void on_kill(void *ctx);
static void on_oom(void *ctx);

static void name_trace(struct emu_invocation *inv)
{
    char root[25], parent[17];
    nj_random_hex(root, 24);
    nj_random_hex(parent, 16);
    nj_random_hex(inv->span_id, 16);
    if (inv->step->trace != NULL)
        (void)snprintf(inv->trace, sizeof(inv->trace), "%s", inv->step->trace);
    else
        (void)snprintf(inv->trace, sizeof(inv->trace), "Root=1-%08llx-%s;Parent=%s;Sampled=1",
                       (unsigned long long)(inv->asked.wall_ns / 1000000000), root, parent);
}

static struct emu_invocation *make(struct emu *w, const struct emu_step *step, struct nj_exchange *caller)
{
    struct emu_invocation *inv = calloc(1, sizeof(*inv));
    const char *qualifier = step->qualifier != NULL ? step->qualifier : w->o.alias;
    char uuid[EMU_UUID_LEN + 1];
    if (inv == NULL)
        return NULL;
    inv->world = w;
    inv->step = step;
    inv->caller = caller;
    inv->asked = emu_now();
    inv->tenant = step->tenant != NULL ? step->tenant : w->o.tenant;
    emu_uuid(uuid);
    (void)snprintf(inv->id, sizeof(inv->id), "%s", step->request_id != NULL ? step->request_id : uuid);
    (void)snprintf(inv->arn, sizeof(inv->arn), "arn:aws:lambda:%s:%s:function:%s%s%s", w->o.region, w->o.account, w->o.function_name,
                   qualifier[0] != 0 ? ":" : "", qualifier);
    name_trace(inv);
    nj_buf_init(&inv->result, RESULT_MAX);
    inv->limit = (struct nj_timer){ .fire = on_limit, .ctx = inv };
    inv->kill = (struct nj_timer){ .fire = on_kill, .ctx = inv };
    inv->oom = (struct nj_timer){ .fire = on_oom, .ctx = inv };
    return inv;
}

static void release(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    nj_timer_stop(w->loop, &inv->limit);
    nj_timer_stop(w->loop, &inv->kill);
    nj_timer_stop(w->loop, &inv->oom);
    for (size_t i = 0; i < w->n_exts; i++)
        if (w->exts[i]->invoke_due == inv)
            w->exts[i]->invoke_due = NULL;
    nj_buf_fini(&inv->result);
    free(inv);
}

static void push(struct emu_invocation **list, struct emu_invocation *inv)
{
    inv->next = NULL;
    while (*list != NULL)
        list = &(*list)->next;
    *list = inv;
}

static void unlink_from(struct emu_invocation **list, const struct emu_invocation *inv)
{
    while (*list != NULL && *list != inv)
        list = &(*list)->next;
    if (*list != NULL)
        *list = inv->next;
}

struct emu_invocation *emu_invocation_by_id(struct emu *w, struct nj_str id)
{
    struct emu_invocation *const lists[] = { w->running, w->late };
    for (size_t i = 0; i < NJ_COUNT(lists); i++)
        for (struct emu_invocation *inv = lists[i]; inv != NULL; inv = inv->next)
            if (nj_str_eq(id, nj_str_of(inv->id)))
                return inv;
    return NULL;
}

void emu_invocation_forget_late(struct emu_invocation *inv)
{
    unlink_from(&inv->world->late, inv);
    release(inv);
}

/* --- handing out ------------------------------------------------------------------------------------------------------ */

/* SIGKILL on the script's demand. */
static void on_kill(void *ctx)
{
    const struct emu_invocation *inv = ctx;
    struct emu *w = inv->world;
    const char *who = inv->step->kill != NULL ? inv->step->kill : "runtime";
    struct emu_ext *x = emu_ext_by_name(w, nj_str_of(who));
    emu_say(w, EMU_TAG_INVOKE, "the script kills %s", who);
    if (strcmp(who, "runtime") == 0)
        for (size_t i = 0; i < w->n_workers; i++)
            emu_proc_signal(&w->workers[i].proc, SIGKILL);
    else if (x != NULL)
        emu_proc_signal(&x->proc, SIGKILL);
    else
        emu_problem(w, 1, "script line %d: there is no extension %s to kill", inv->step->line, who);
}

static void on_oom(void *ctx)
{
    const struct emu_invocation *inv = ctx;
    struct emu *w = inv->world;
    emu_say(w, EMU_TAG_INVOKE, "the script lets the runtime run out of memory");
    for (size_t i = 0; i < w->n_workers; i++) {
        w->workers[i].oom = true;
        emu_proc_signal(&w->workers[i].proc, SIGKILL);
    }
}

static void reply_header(struct nj_exchange *x, const char *name, const char *value)
{
    if (value != NULL && value[0] != 0)
        nj_exchange_reply_header(x, name, nj_str_of(value));
}

static void give_to_runtime(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    struct nj_exchange *x = w->polls[0];
    char deadline[32];
    memmove(w->polls, w->polls + 1, --w->n_polls * sizeof(*w->polls));
    (void)snprintf(deadline, sizeof(deadline), "%lld", (long long)inv->deadline_ms);
    reply_header(x, "Lambda-Runtime-Aws-Request-Id", inv->id);
    reply_header(x, "Lambda-Runtime-Deadline-Ms", deadline);
    reply_header(x, "Lambda-Runtime-Invoked-Function-Arn", inv->arn);
    reply_header(x, "Lambda-Runtime-Trace-Id", inv->trace);
    reply_header(x, "Lambda-Runtime-Client-Context", inv->step->client_context);
    reply_header(x, "Lambda-Runtime-Cognito-Identity", inv->step->identity);
    reply_header(x, "Lambda-Runtime-Aws-Tenant-Id", inv->tenant);
    inv->handed_out = true;
    nj_exchange_reply(x, 200, "application/json", (struct nj_str){ inv->step->payload, inv->step->payload_len });
}

static void arm(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    if (!inv->limit.armed)
        nj_timer_set(w->loop, &inv->limit, w->o.timeout_ms);
    if (inv->step->kill != NULL)
        nj_timer_set(w->loop, &inv->kill, inv->step->kill_ms);
    if (inv->step->oom_ms >= 0)
        nj_timer_set(w->loop, &inv->oom, inv->step->oom_ms);
}

static void dispatch(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    unlink_from(&w->waiting, inv);
    push(&w->running, inv);
    w->n_running++;
    emu_thaw(w);
    emu_move(w, EMU_MOVE_INVOKE);
    emu_say_break(w);
    inv->start = emu_now();
    inv->cold = w->init_ms >= 0 && w->o.init_type == EMU_ON_DEMAND && !w->suppressed;
    const struct emu_time *from = w->suppressed && inv->limit.armed ? &inv->asked : &inv->start;
    inv->deadline_ms = from->wall_ns / 1000000 + w->o.timeout_ms;
    emu_say(w, EMU_TAG_INVOKE, "start %s, %zu bytes", inv->id, inv->step->payload_len);
    emu_event_start(inv);
    for (size_t i = 0; i < w->n_exts; i++)
        if ((w->exts[i]->events & EMU_EVENT_INVOKE) != 0)
            emu_extension_give_invoke(w->exts[i], inv);
    arm(inv);
    give_to_runtime(inv);
}

void emu_invoke_waiting(struct emu *w)
{
    if (w->phase != EMU_IDLE && !(emu_is_managed(w) && w->phase == EMU_INVOKE))
        return;
    while (w->waiting != NULL && w->n_polls != 0 && (emu_is_managed(w) || w->n_running == 0))
        dispatch(w->waiting);
}

void emu_managed_dispatch(struct emu *w)
{
    emu_invoke_waiting(w);
}

void emu_invoke_init(struct emu *w)
{
    struct emu_invocation *inv = w->waiting;
    inv->asked = emu_now();
    nj_timer_set(w->loop, &inv->limit, w->o.timeout_ms);
    emu_init_begin(w);
}

void emu_invoke(struct emu *w, const struct emu_step *step, struct nj_exchange *caller)
{
    struct emu_invocation *inv = make(w, step, caller);
    if (inv == NULL) {
        emu_problem(w, 4, "memory exhausted");
        return;
    }
    push(&w->waiting, inv);
    switch (w->phase) {
    case EMU_DOWN:
        emu_invoke_init(w);
        break;
    case EMU_COLD:
    case EMU_GONE:
        emu_init_begin(w);
        break;
    case EMU_IDLE:
        if (w->snapshot && !w->restored) {
            emu_restore_begin(w);
            break;
        }
        emu_invoke_waiting(w);
        break;
    default:
        emu_invoke_waiting(w);
    }
}

/* --- answers ---------------------------------------------------------------------------------------------------------- */

static void answer_caller(struct emu_invocation *inv)
{
    struct nj_exchange *x = inv->caller;
    inv->caller = NULL;
    if (x == NULL)
        return;
    if (inv->outcome != EMU_SUCCESS)
        nj_exchange_reply_header(x, "X-Amz-Function-Error", NJ_STR("Unhandled"));
    nj_exchange_reply_header(x, "X-Amzn-Requestid", nj_str_of(inv->id));
    nj_exchange_reply_header(x, "X-Amz-Executed-Version", nj_str_of(inv->world->o.function_version));
    nj_exchange_reply(x, 200, "application/json", nj_buf_str(&inv->result));
}

static void managed_over(struct emu_invocation *inv);

void emu_on_answer(struct emu_invocation *inv, struct nj_str body, bool error, struct nj_str error_type)
{
    struct emu *w = inv->world;
    inv->answered = true;
    inv->answered_ns = w->heard.mono_ns;
    inv->produced = body.n;
    inv->outcome = error ? EMU_ERROR : EMU_SUCCESS;
    (void)snprintf(inv->status, sizeof(inv->status), "success"); /* handled errors too: lambda-protocol 2.6, runtimeDone */
    (void)snprintf(inv->function_error, sizeof(inv->function_error), "%.*s", NJ_STR_ARG(error_type));
    nj_buf_add(&inv->result, body);
    emu_say(w, EMU_TAG_INVOKE, "%s %s after %.1f ms, %zu bytes", error ? "error" : "response", error ? inv->function_error : inv->id,
            emu_ms(inv->answered_ns - inv->start.mono_ns), body.n);
    answer_caller(inv);
    if (!emu_is_managed(w))
        return;
    if (error) {
        (void)snprintf(inv->status, sizeof(inv->status), "error");
        (void)snprintf(inv->error_type, sizeof(inv->error_type), "%s", inv->function_error);
    }
    managed_over(inv);
}

void emu_on_too_large(struct emu_invocation *inv, size_t bytes)
{
    inv->answered = inv->refused_413 = true;
    inv->answered_ns = inv->world->heard.mono_ns;
    inv->outcome = EMU_ERROR;
    (void)snprintf(inv->status, sizeof(inv->status), "error");
    (void)snprintf(inv->error_type, sizeof(inv->error_type), "Function.ResponseSizeTooLarge");
    nj_buf_addf(
        &inv->result,
        "{\"errorType\":\"Function.ResponseSizeTooLarge\",\"errorMessage\":\"Response payload size (%zu bytes) exceeded maximum allowed "
        "payload size (%d bytes).\"}",
        bytes, EMU_RESPONSE_MAX);
    emu_say(inv->world, EMU_TAG_INVOKE, "response of %zu bytes refused: too large", bytes);
    answer_caller(inv);
    if (emu_is_managed(inv->world))
        managed_over(inv);
}

/* --- the end ---------------------------------------------------------------------------------------------------------- */

static void finish(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    unlink_from(&w->running, inv);
    unlink_from(&w->waiting, inv);
    if (w->n_running != 0 && inv->handed_out)
        w->n_running--;
    (void)snprintf(w->last_id, sizeof(w->last_id), "%s", inv->id);
    nj_timer_stop(w->loop, &inv->limit);
    nj_timer_stop(w->loop, &inv->kill);
    nj_timer_stop(w->loop, &inv->oom);
    answer_caller(inv);
    emu_driver_result(inv);
    if (inv->late && emu_is_managed(w))
        push(&w->late, inv);
    else
        release(inv);
}

static void note_memory(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    emu_memory_watch(w, true);
    inv->memory_mb = (w->memory_peak_kb + 1023) / 1024;
    if (inv->memory_mb > w->o.memory_mb)
        inv->memory_mb = (long)w->o.memory_mb;
}

static void managed_over(struct emu_invocation *inv)
{
    struct emu *w = inv->world;
    inv->over_ns = inv->late ? emu_now().mono_ns : w->heard.mono_ns;
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_drain(&w->workers[i].proc);
    note_memory(inv);
    emu_event_report(inv);
    emu_driver_tell(inv);
    finish(inv);
    if (w->running == NULL)
        emu_move(w, EMU_MOVE_READY);
    emu_driver_step(w);
}

void emu_on_runtime_idle(struct emu *w)
{
    struct emu_invocation *inv = w->running;
    emu_init_runtime_ready(w);
    if (w->phase == EMU_RESTORE) {
        emu_restore_runtime_done(w, NULL);
        return;
    }
    if (emu_is_managed(w)) {
        emu_managed_dispatch(w);
        return;
    }
    if (w->phase != EMU_INVOKE || inv == NULL || !inv->answered || inv->runtime_done)
        return;
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_drain(&w->workers[i].proc);
    inv->runtime_done = true;
    inv->runtime_done_ns = w->heard.mono_ns;
    emu_event_runtime_done(inv);
    emu_invoke_check_over(w);
}

static void note_overheads(const struct emu_invocation *inv)
{
    const struct emu *w = inv->world;
    for (size_t i = 0; i < w->n_exts; i++) {
        const struct emu_ext *x = w->exts[i];
        int64_t ns = x->done_ns - inv->runtime_done_ns;
        if ((x->events & EMU_EVENT_INVOKE) != 0)
            (void)json_array_append_new(x->overheads, json_real(emu_ms(ns > 0 ? ns : 0)));
    }
}

void emu_invoke_check_over(struct emu *w)
{
    struct emu_invocation *inv = w->running;
    if (w->phase != EMU_INVOKE || emu_is_managed(w) || inv == NULL || !inv->runtime_done)
        return;
    for (size_t i = 0; i < w->n_exts; i++)
        if ((w->exts[i]->events & EMU_EVENT_INVOKE) != 0 && w->exts[i]->state != EMU_EXT_READY)
            return;
    inv->over_ns = w->heard.mono_ns;
    note_memory(inv);
    note_overheads(inv);
    emu_event_report(inv);
    emu_driver_tell(inv);
    emu_move(w, EMU_MOVE_READY);
    emu_freeze(w);
    inv->frozen_ns = w->frozen ? w->frozen_since_ns : 0;
    finish(inv);
    emu_driver_step(w);
}

/* --- failure ---------------------------------------------------------------------------------------------------------- */

static void write_failure(struct emu_invocation *inv)
{
    const struct emu *w = inv->world;
    char time[EMU_TIME_LEN + 1];
    if (inv->answered)
        return;
    emu_time_format(time, emu_now().wall_ns);
    if (inv->outcome == EMU_TIMEOUT)
        nj_buf_addf(&inv->result, "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"%s %s Task timed out after %.2f seconds\"}", time,
                    inv->id, (double)w->o.timeout_ms / 1000.0);
    else if (inv->outcome == EMU_INIT_ERROR && w->init_error_body.n != 0)
        nj_buf_add(&inv->result, nj_buf_str(&w->init_error_body));
    else
        nj_buf_addf(&inv->result, "{\"errorType\":\"%s\",\"errorMessage\":\"RequestId: %s Error: %s\"}", inv->error_type, inv->id,
                    emu_outcome_names[inv->outcome]);
}

static void fail_one(struct emu_invocation *inv, enum emu_outcome outcome, const char *status, const char *error_type)
{
    struct emu *w = inv->world;
    if (inv->start.mono_ns == 0) { /* it waited for an init that did not come off */
        inv->start = inv->asked;
        emu_event_start(inv);
    }
    inv->outcome = outcome;
    (void)snprintf(inv->status, sizeof(inv->status), "%s", status);
    (void)snprintf(inv->error_type, sizeof(inv->error_type), "%s", error_type != NULL ? error_type : "");
    note_memory(inv);
    if (!inv->runtime_done && !emu_is_managed(w))
        emu_event_runtime_done(inv);
    inv->over_ns = emu_now().mono_ns;
    emu_event_report(inv);
    write_failure(inv);
    emu_driver_tell(inv);
    finish(inv);
}

void emu_invoke_fail(struct emu *w, enum emu_outcome outcome, const char *status, const char *error_type, const char *reason)
{
    while (w->running != NULL)
        fail_one(w->running, outcome, status, error_type);
    /* An invocation that waits for an init fails with it; otherwise it goes to the next environment. */
    if (w->phase == EMU_INIT || w->phase == EMU_RESTORE)
        while (w->waiting != NULL)
            fail_one(w->waiting, outcome, status, error_type);
    emu_stop(w, emu_is_managed(w) ? EMU_MOVE_STOP : EMU_MOVE_FAIL, reason);
}

static void on_limit(void *ctx)
{
    struct emu_invocation *inv = ctx;
    struct emu *w = inv->world;
    if (emu_is_managed(w)) { /* the environment goes on; the worker will hear 410 */
        inv->late = true;
        emu_say(w, EMU_TAG_BAD, "%s has run out of time", inv->id);
        bool last = w->running == inv && inv->next == NULL;
        fail_one(inv, EMU_TIMEOUT, "timeout", NULL);
        if (last)
            emu_move(w, EMU_MOVE_READY);
        emu_driver_step(w);
        return;
    }
    if (w->phase == EMU_INIT) {
        emu_init_fail(w, "timeout", NULL);
        return;
    }
    for (size_t i = 0; i < w->n_exts && inv->runtime_done; i++)
        if ((w->exts[i]->events & EMU_EVENT_INVOKE) != 0 && w->exts[i]->state != EMU_EXT_READY)
            emu_say(w, EMU_TAG_BAD, "%s has not asked for next", w->exts[i]->name);
    emu_say(w, EMU_TAG_BAD, "function timeout after %lld ms", (long long)w->o.timeout_ms);
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_drain(&w->workers[i].proc);
    emu_invoke_fail(w, EMU_TIMEOUT, "timeout", NULL, "timeout");
}

void emu_invocations_abandon(struct emu *w)
{
    struct emu_invocation **const lists[] = { &w->running, &w->waiting, &w->late };
    for (size_t i = 0; i < NJ_COUNT(lists); i++)
        while (*lists[i] != NULL) {
            struct emu_invocation *inv = *lists[i];
            *lists[i] = inv->next;
            if (inv->caller != NULL)
                nj_exchange_abort(inv->caller);
            release(inv);
        }
    w->n_running = 0;
}

/* The Runtime API 2018-06-01. */
#include "emu_api.h"
#include "emu_phases.h"
#include "emu_timeline.h"

#include <stdio.h>

static const char json[] = "application/json";

static void hold_poll(struct emu *w, struct nj_exchange *x)
{
    if (w->n_polls == EMU_POLLS_MAX) {
        emu_api_error(x, 500, "InternalServerError", "more than %d pending calls of invocation/next", EMU_POLLS_MAX);
        return;
    }
    w->polls[w->n_polls++] = x;
}

/* next is out of order while the invocation before it has no answer, and while the environment goes away. */
static bool next_is_refused(const struct emu *w)
{
    if (w->phase == EMU_RESET || w->phase == EMU_SHUTDOWN || w->phase == EMU_GONE || w->phase == EMU_DOWN)
        return !w->stop.active;
    return !emu_is_managed(w) && w->running != NULL && w->running->handed_out && !w->running->answered;
}

void emu_runtime_next(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    if (next_is_refused(w)) {
        emu_say(w, EMU_TAG_RUNTIME, "invocation/next refused: the invocation before it has no answer");
        emu_api_error(x, 403, "InvalidStateTransition", "Transition from Running to Ready is not allowed");
        return;
    }
    hold_poll(w, x);
    for (size_t i = 0; i < w->n_workers; i++)
        emu_proc_sample(&w->workers[i].proc);
    emu_on_runtime_idle(w);
}

static bool is_streaming(struct nj_exchange *x, bool *known)
{
    struct nj_str mode = nj_exchange_header(x, "Lambda-Runtime-Function-Response-Mode");
    *known = mode.n == 0 || nj_str_eq_nocase(mode, NJ_STR("streaming")) || nj_str_eq_nocase(mode, NJ_STR("buffered"));
    return nj_str_eq_nocase(mode, NJ_STR("streaming"));
}

/* The invocation an answer is for, or NULL when the exchange has been answered. */
static struct emu_invocation *answer_target(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    struct emu_invocation *inv = emu_invocation_by_id(w, id);
    if (inv == NULL && nj_str_eq(id, nj_str_of(w->last_id))) {
        emu_api_error(x, 403, "InvalidStateTransition", "The invocation is over");
        return NULL;
    }
    if (inv == NULL || !inv->handed_out) {
        emu_say(w, EMU_TAG_RUNTIME, "answer for an unknown request id %.*s", NJ_STR_ARG(nj_str_slice(id, 0, 64)));
        emu_api_error(x, 400, "InvalidRequestID", "Invalid request ID");
        return NULL;
    }
    if (emu_is_managed(w) && inv->late) {
        emu_api_error(x, 410, "InvokeTimeout", "Invoke timeout");
        emu_invocation_forget_late(inv);
        return NULL;
    }
    if (inv->answered) {
        emu_api_error(x, 403, "InvalidStateTransition", "Transition from Ready to ResponseSent is not allowed");
        return NULL;
    }
    return inv;
}

void emu_runtime_response(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    struct nj_str body = nj_exchange_body(x);
    bool known_mode = true, streaming = is_streaming(x, &known_mode);
    struct emu_invocation *inv = answer_target(w, x, id);
    if (inv == NULL)
        return;
    if (!known_mode) {
        emu_api_error(x, 400, "InvalidFunctionResponseMode", "Invalid function response mode");
        return;
    }
    if (!streaming && body.n > EMU_RESPONSE_MAX) {
        emu_api_error(x, 413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (%d bytes).", EMU_RESPONSE_MAX);
        emu_on_too_large(inv, body.n);
        return;
    }
    emu_on_answer(inv, body, false, (struct nj_str){ NULL, 0 });
    emu_api_ok(x, 202);
    emu_driver_step(w);
}

/* (Runtime|Function). and letters, or what the platform puts in its place. */
static struct nj_str checked_error_type(struct nj_str given)
{
    static const struct nj_str prefixes[] = { NJ_STR_INIT("Runtime."), NJ_STR_INIT("Function.") };
    for (size_t i = 0; i < NJ_COUNT(prefixes); i++) {
        size_t at = prefixes[i].n;
        if (!nj_str_starts(given, prefixes[i]))
            continue;
        while (at < given.n && ((given.p[at] | 0x20) >= 'a' && (given.p[at] | 0x20) <= 'z'))
            at++;
        if (at == given.n && given.n > prefixes[i].n)
            return given;
        return i == 0 ? NJ_STR("Runtime.Unknown") : NJ_STR("Function.Unknown");
    }
    return NJ_STR("Function.Unknown");
}

void emu_runtime_error(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    struct nj_str type = checked_error_type(nj_exchange_header(x, "Lambda-Runtime-Function-Error-Type"));
    struct nj_str body = nj_exchange_body(x);
    struct emu_invocation *inv = emu_invocation_by_id(w, id);
    if (inv != NULL && inv->refused_413 && !inv->runtime_done) { /* the size has been reported already */
        emu_api_ok(x, 202);
        return;
    }
    inv = answer_target(w, x, id);
    if (inv == NULL)
        return;
    if (body.n > EMU_RESPONSE_MAX) {
        emu_api_error(x, 413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size (%d bytes).", EMU_RESPONSE_MAX);
        return;
    }
    emu_on_answer(inv, body, true, type);
    emu_api_ok(x, 202);
    emu_driver_step(w);
}

void emu_runtime_init_error(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    struct nj_str given = nj_exchange_header(x, "Lambda-Runtime-Function-Error-Type");
    struct nj_str type = given.n == 0 ? NJ_STR("Runtime.InitError") : checked_error_type(given);
    if (w->phase != EMU_INIT || w->runtime_ready) {
        emu_api_error(x, 403, "InvalidStateTransition", "Transition from Ready to InitError is not allowed");
        return;
    }
    (void)snprintf(w->init_error, sizeof(w->init_error), "%.*s", NJ_STR_ARG(type));
    nj_buf_reset(&w->init_error_body);
    nj_buf_add(&w->init_error_body, nj_str_slice(nj_exchange_body(x), 0, 4096));
    emu_say(w, EMU_TAG_RUNTIME, "init/error %s", w->init_error);
    emu_api_ok(x, 202);
    emu_init_fail(w, "error", w->init_error);
}

void emu_runtime_restore_next(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    if (w->o.init_type != EMU_SNAP_START || w->phase != EMU_INIT || w->restore_poll != NULL) {
        emu_api_error(x, 403, "InvalidStateTransition", "restore/next is for SnapStart, before the snapshot");
        return;
    }
    w->restore_poll = x;
    emu_init_runtime_ready(w);
}

void emu_runtime_restore_error(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    struct nj_str given = nj_exchange_header(x, "Lambda-Runtime-Function-Error-Type");
    char type[64];
    if (w->phase != EMU_RESTORE) {
        emu_api_error(x, 403, "InvalidStateTransition", "restore/error is for the restore phase");
        return;
    }
    (void)snprintf(type, sizeof(type), "%.*s", NJ_STR_ARG(given.n == 0 ? NJ_STR("Runtime.RestoreError") : checked_error_type(given)));
    emu_say(w, EMU_TAG_RUNTIME, "restore/error %s", type);
    nj_exchange_reply(x, 202, json, NJ_STR("{\"status\":\"OK\"}\n"));
    emu_restore_runtime_done(w, type);
}

/* Takes invocations over HTTP and keeps their events until the sandbox is free. */
#include "emu_front.h"

#include "emu_api.h"
#include "emu_phases.h"
#include "emu_timeline.h"

#include <stdio.h>
#include <stdlib.h>

enum { CALLERS_MAX = 256, EVENT_MAX = 6 << 20 };

struct asked {
    struct asked *next;
    struct emu_step step;
    struct nj_exchange *caller; /* NULL: asynchronous, or its client went away */
};

/* Steps live until the emulator ends: invocations and the report point at them. */
struct emu_front {
    struct asked *waiting, *taken;
    size_t n;
};

static char *copy(struct nj_str s)
{
    char *z = s.p != NULL ? malloc(s.n + 1) : NULL;
    if (z == NULL)
        return NULL;
    memcpy(z, s.p, s.n);
    z[s.n] = 0;
    return z;
}

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != 0 ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* NULL when it is not base64. */
static char *decode_base64(struct nj_str s)
{
    char *out = malloc(s.n + 1);
    size_t n = 0;
    unsigned bits = 0, have = 0;
    for (size_t i = 0; out != NULL && i < s.n && s.p[i] != '='; i++) {
        int v = base64_value(s.p[i]);
        if (v < 0) {
            free(out);
            return NULL;
        }
        bits = bits << 6 | (unsigned)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 0xff);
        }
    }
    if (out != NULL)
        out[n] = 0;
    return out;
}

static void free_asked(struct asked *a)
{
    free(a->step.payload);
    free(a->step.trace);
    free(a->step.tenant);
    free(a->step.client_context);
    free(a);
}

static struct asked *read_call(struct nj_exchange *x)
{
    struct nj_str body = nj_exchange_body(x), context = nj_exchange_header(x, "X-Amz-Client-Context");
    struct asked *a = calloc(1, sizeof(*a));
    if (a == NULL)
        return NULL;
    a->step = (struct emu_step){ .repeat = 1, .oom_ms = -1 };
    a->step.payload = copy(body.n == 0 ? NJ_STR("{}") : body);
    a->step.payload_len = body.n == 0 ? 2 : body.n;
    a->step.trace = copy(nj_exchange_header(x, "X-Amzn-Trace-Id"));
    a->step.tenant = copy(nj_exchange_header(x, "X-Amz-Tenant-Id"));
    if (context.n != 0 && (a->step.client_context = decode_base64(context)) == NULL) {
        emu_api_error(x, 400, "InvalidRequestContentException", "X-Amz-Client-Context is not base64");
        free_asked(a);
        return NULL;
    }
    if (a->step.payload != NULL)
        return a;
    free_asked(a);
    emu_api_error(x, 500, "ServiceException", "memory exhausted");
    return NULL;
}

static bool is_invoke(struct nj_str path)
{
    static const struct nj_str prefix = NJ_STR_INIT("/2015-03-31/functions/"), suffix = NJ_STR_INIT("/invocations");
    return path.n > prefix.n + suffix.n && nj_str_starts(path, prefix) && nj_str_ends(path, suffix);
}

static void on_call(void *ctx, struct nj_exchange *x)
{
    struct emu *w = ctx;
    struct emu_front *f = w->front_state;
    struct nj_str type = nj_exchange_header(x, "X-Amz-Invocation-Type");
    if (!is_invoke(nj_exchange_path(x))) {
        emu_api_error(x, 404, "ResourceNotFoundException", "POST /2015-03-31/functions/function/invocations is what there is");
        return;
    }
    if (!nj_str_eq(nj_exchange_method(x), NJ_STR("POST"))) {
        nj_exchange_reply(x, 405, "text/plain", NJ_STR("405 method not allowed\n"));
        return;
    }
    if (nj_str_eq(type, NJ_STR("DryRun"))) {
        nj_exchange_reply(x, 204, NULL, NJ_STR(""));
        return;
    }
    if (f->n >= CALLERS_MAX || w->finishing) {
        emu_api_error(x, 429, "TooManyRequestsException", "Rate Exceeded.");
        return;
    }
    struct asked *a = read_call(x), **end = &f->waiting;
    if (a == NULL)
        return;
    bool asynchronous = nj_str_eq(type, NJ_STR("Event"));
    a->caller = asynchronous ? NULL : x;
    if (!asynchronous)
        nj_exchange_set(x, a);
    while (*end != NULL)
        end = &(*end)->next;
    *end = a;
    f->n++;
    if (asynchronous)
        nj_exchange_reply(x, 202, NULL, NJ_STR(""));
    emu_driver_step(w);
}

/* The caller hung up: its invocation goes on without it. */
static void on_gone(void *ctx, struct nj_exchange *x)
{
    struct emu *w = ctx;
    struct asked *a = nj_exchange_get(x);
    if (a != NULL)
        a->caller = NULL;
    struct emu_invocation *const lists[] = { w->running, w->waiting };
    for (size_t i = 0; i < NJ_COUNT(lists); i++)
        for (struct emu_invocation *inv = lists[i]; inv != NULL; inv = inv->next)
            if (inv->caller == x)
                inv->caller = NULL;
}

enum nj_status emu_front_open(struct emu *w)
{
    const struct nj_server_options o = { .port = (uint16_t)w->o.listen,
                                         .connections = CALLERS_MAX + 16,
                                         .body_max = EVENT_MAX,
                                         .bodies_max = (size_t)EVENT_MAX * 8,
                                         .request = on_call,
                                         .gone = on_gone,
                                         .ctx = w };
    w->front_state = calloc(1, sizeof(*w->front_state));
    if (w->front_state == NULL)
        return NJ_ENOMEM;
    enum nj_status st = nj_http_server_new(&w->front, w->loop, &o);
    if (st == NJ_OK)
        emu_say(w, EMU_TAG_INVOKE, "invoke with POST http://127.0.0.1:%u/2015-03-31/functions/function/invocations",
                nj_http_server_port(w->front));
    return st;
}

void emu_front_close(struct emu *w)
{
    struct emu_front *f = w->front_state;
    nj_http_server_free(w->front);
    w->front = NULL;
    if (f == NULL)
        return;
    struct asked *const lists[] = { f->waiting, f->taken };
    for (size_t i = 0; i < NJ_COUNT(lists); i++)
        for (struct asked *a = lists[i], *next = NULL; a != NULL; a = next) {
            next = a->next;
            free_asked(a);
        }
    free(f);
    w->front_state = NULL;
}

bool emu_front_has(const struct emu *w)
{
    return w->front_state != NULL && w->front_state->waiting != NULL;
}

bool emu_front_take(struct emu *w, const struct emu_step **step, struct nj_exchange **caller)
{
    struct emu_front *f = w->front_state;
    if (!emu_front_has(w))
        return false;
    struct asked *a = f->waiting;
    f->waiting = a->next;
    f->n--;
    a->next = f->taken;
    f->taken = a;
    *step = &a->step;
    *caller = a->caller;
    if (a->caller != NULL)
        nj_exchange_set(a->caller, NULL);
    return true;
}

/* Routes of the emulated platform, and what all answers have in common. */
#include "emu_api.h"

#include "emu_timeline.h"

#include <stdarg.h>
#include <stdio.h>

enum { CONNECTIONS = 512, HEADER_MAX = (1 << 20) + 65536, READ_MS = 900000 };

static void ping(struct emu *w, struct nj_exchange *x, struct nj_str id)
{
    nj_exchange_reply(x, 200, "text/plain", NJ_STR("pong"));
}

/* A path is prefix + id + suffix; without id it is the prefix alone. */
static const struct route {
    const char *method;
    struct nj_str prefix, suffix;
    void (*handle)(struct emu *w, struct nj_exchange *x, struct nj_str id);
    size_t body_max;
} routes[] = {
#define S(lit) NJ_STR_INIT(lit)
    { "GET", S("/2018-06-01/runtime/invocation/next"), S(""), emu_runtime_next, 0 },
    { "POST", S("/2018-06-01/runtime/invocation/"), S("/response"), emu_runtime_response, 0 },
    { "POST", S("/2018-06-01/runtime/invocation/"), S("/error"), emu_runtime_error, 0 },
    { "POST", S("/2018-06-01/runtime/init/error"), S(""), emu_runtime_init_error, 0 },
    { "GET", S("/2018-06-01/runtime/restore/next"), S(""), emu_runtime_restore_next, 0 },
    { "POST", S("/2018-06-01/runtime/restore/error"), S(""), emu_runtime_restore_error, 0 },
    { "GET", S("/2018-06-01/ping"), S(""), ping, 0 },
    { "POST", S("/2020-01-01/extension/register"), S(""), emu_extension_register, EMU_API_BODY_MAX },
    { "GET", S("/2020-01-01/extension/event/next"), S(""), emu_extension_next, EMU_API_BODY_MAX },
    { "POST", S("/2020-01-01/extension/init/error"), S(""), emu_extension_init_error, EMU_API_BODY_MAX },
    { "POST", S("/2020-01-01/extension/exit/error"), S(""), emu_extension_exit_error, EMU_API_BODY_MAX },
    { "PUT", S("/2022-07-01/telemetry"), S(""), emu_telemetry_subscribe, EMU_API_BODY_MAX },
    { "PUT", S("/2022-07-01/telemetry/"), S(""), emu_telemetry_subscribe, EMU_API_BODY_MAX },
    { "PUT", S("/2020-08-15/logs"), S(""), emu_logs_subscribe, EMU_API_BODY_MAX },
    { "GET", S("/2021-04-23/credentials"), S(""), emu_credentials, 0 },
#undef S
};

static bool matches(const struct route *r, struct nj_str path, struct nj_str *id)
{
    *id = (struct nj_str){ NULL, 0 };
    if (r->suffix.n == 0)
        return nj_str_eq(path, r->prefix);
    if (path.n <= r->prefix.n + r->suffix.n || !nj_str_starts(path, r->prefix) || !nj_str_ends(path, r->suffix))
        return false;
    *id = nj_str_slice(path, r->prefix.n, path.n - r->suffix.n);
    return nj_str_chr(*id, '/', 0) == NJ_NPOS;
}

static void on_request(void *ctx, struct nj_exchange *x)
{
    struct emu *w = ctx;
    struct nj_str path = nj_exchange_path(x), method = nj_exchange_method(x), id;
    bool known_path = false;
    w->heard = emu_now();
    for (size_t i = 0; i < NJ_COUNT(routes); i++) {
        const struct route *r = &routes[i];
        if (!matches(r, path, &id))
            continue;
        known_path = true;
        if (!nj_str_eq(method, nj_str_of(r->method)))
            continue;
        if (r->body_max != 0 && nj_exchange_body(x).n > r->body_max)
            emu_api_error(x, 413, "RequestEntityTooLarge", "the body is larger than %zu bytes", r->body_max);
        else
            r->handle(w, x, id);
        return;
    }
    emu_say(w, EMU_TAG_RUNTIME, "%.*s %.*s: %s", NJ_STR_ARG(method), NJ_STR_ARG(nj_str_slice(path, 0, 200)),
            known_path ? "wrong method" : "no such path");
    if (known_path)
        nj_exchange_reply(x, 405, "text/plain", NJ_STR("405 method not allowed\n"));
    else
        nj_exchange_reply(x, 404, "text/plain", NJ_STR("404 page not found\n"));
}

static void forget_poll(struct emu *w, const struct nj_exchange *x)
{
    size_t kept = 0;
    for (size_t i = 0; i < w->n_polls; i++)
        if (w->polls[i] != x)
            w->polls[kept++] = w->polls[i];
    w->n_polls = kept;
    if (w->restore_poll == x)
        w->restore_poll = NULL;
    for (size_t i = 0; i < w->n_exts; i++)
        if (w->exts[i]->poll == x)
            w->exts[i]->poll = NULL;
}

static void on_gone(void *ctx, struct nj_exchange *x)
{
    forget_poll(ctx, x);
}

enum nj_status emu_api_open(struct emu *w)
{
    const struct nj_server_options o = {
        .port = (uint16_t)w->o.port,
        .connections = CONNECTIONS,
        .body_max = EMU_STREAM_MAX,
        .bodies_max = (size_t)EMU_STREAM_MAX * 2,
        .header_max = HEADER_MAX,
        .read_ms = READ_MS, /* a client that is frozen in the middle of a request is not slow */
        .request = on_request,
        .gone = on_gone,
        .ctx = w,
    };
    return nj_http_server_new(&w->api, w->loop, &o);
}

static void drop(struct nj_exchange **x)
{
    struct nj_exchange *old = *x;
    *x = NULL;
    if (old != NULL)
        nj_exchange_abort(old);
}

void emu_api_drop_polls(struct emu *w)
{
    while (w->n_polls != 0)
        drop(&w->polls[--w->n_polls]);
    drop(&w->restore_poll);
    for (size_t i = 0; i < w->n_exts; i++)
        drop(&w->exts[i]->poll);
}

void emu_api_ok(struct nj_exchange *x, unsigned status)
{
    nj_exchange_reply(x, status, "application/json", NJ_STR("{\"status\":\"OK\"}\n"));
}

void emu_api_error(struct nj_exchange *x, unsigned status, const char *type, const char *fmt, ...)
{
    char message[512];
    struct nj_buf body;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(message, sizeof(message), fmt, ap);
    va_end(ap);
    nj_buf_init(&body, 4096);
    nj_buf_addz(&body, "{\"errorType\":");
    nj_buf_add_json(&body, nj_str_of(type));
    nj_buf_addz(&body, ",\"errorMessage\":");
    nj_buf_add_json(&body, nj_str_of(message));
    nj_buf_addz(&body, "}\n");
    nj_exchange_reply(x, status, "application/json", nj_buf_str(&body));
    nj_buf_fini(&body);
}

/* The extension's life as a table of answers: what was asked, what came back, what to do now. */
#include "nightjar/lifecycle.h"

#include "nightjar/diag.h"

#include <stdio.h>
#include <stdlib.h>

enum { RETRY_FIRST_MS = 10, RETRY_MAX_MS = 60000, UNHEARD_MAX_MS = 200, CALL_MS = 5000, SUBSCRIBE_TRIES = 5 };
enum { BUFFER_ITEMS = 1000, BUFFER_BYTES = 1 << 20, BUFFER_MS = 25 }; /* lambda-protocol 2.1; peers.md section 6.3 */

const char *const nj_life_names[NJ_LIFE_STATES] = { "start", "registering", "subscribing", "polling", "event", "shutdown" };
const char *const nj_telemetry_names[] = { "none", "subscribed", "unsupported", "refused" };

static const struct nj_str schemas[] = { NJ_STR_INIT("2025-01-29"), NJ_STR_INIT("2022-12-13"), NJ_STR_INIT("2022-07-01") };

/* Registrations in the order they are tried: a refused INVOKE means managed instances, a refused SHUTDOWN that the platform
 * takes us for an internal extension (a wrong name).  Even then event/next must be asked for, or init never ends. */
static const unsigned wants[] = { NJ_EXT_WANT_INVOKE | NJ_EXT_WANT_SHUTDOWN, NJ_EXT_WANT_SHUTDOWN, 0 };

struct nj_lifecycle {
    struct nj_lifecycle_options o;
    struct nj_str uri;
    struct nj_loop *loop;
    struct nj_http *http;
    enum nj_life state;
    enum nj_telemetry_state telemetry;
    struct nj_registered registered;
    struct nj_short id;
    struct nj_buf body;
    struct nj_timer retry;
    struct nj_diag_gate trouble;
    uint64_t call;
    int64_t wait_ms;
    unsigned want, schema, tries;
    bool is_registered, was_ready;
};

static void ask(struct nj_lifecycle *f);

static void move(struct nj_lifecycle *f, enum nj_life to)
{
    if (f->state == to)
        return;
    nj_diag(NJ_LEVEL_DEBUG, "NJ1201", "lifecycle: %s -> %s", nj_life_names[f->state], nj_life_names[to]);
    f->state = to;
    f->wait_ms = 0;
    f->tries = 0;
}

static void ask_again_later(struct nj_lifecycle *f, const char *what, const struct nj_http_reply *r)
{
    uint64_t missed = 0;
    f->tries++;
    f->wait_ms = f->wait_ms == 0 ? RETRY_FIRST_MS : f->wait_ms * 2;
    /* Without any answer nobody has refused anything: memory is short here, or the platform is not up yet, and an invocation waits. */
    int64_t most = r->status != 0 ? RETRY_MAX_MS : UNHEARD_MAX_MS;
    if (f->wait_ms > most)
        f->wait_ms = most;
    if (nj_diag_gate(&f->trouble, nj_loop_clock(f->loop)->mono, RETRY_MAX_MS, &missed))
        nj_diag(NJ_LEVEL_WARN, "NJ1202", "%s failed (%s%ld), trying again; %llu more failures since the last line", what,
                r->status != 0 ? "status " : "connection, curl ", r->status != 0 ? r->status : (long)r->curl_code,
                (unsigned long long)missed);
    nj_timer_set(f->loop, &f->retry, f->wait_ms);
}

static void poll_next(struct nj_lifecycle *f)
{
    move(f, NJ_LIFE_POLLING);
    ask(f);
}

static void finish_start(struct nj_lifecycle *f, enum nj_telemetry_state t)
{
    f->telemetry = t;
    poll_next(f);
    if (!f->was_ready) {
        f->was_ready = true;
        f->o.ready(f->o.ctx, &f->registered, t);
    }
}

static void on_registered(struct nj_lifecycle *f, const struct nj_http_reply *r)
{
    nj_short_set(&f->id, nj_http_reply_header(r, NJ_EXT_ID_HEADER));
    nj_ext_parse_registered(r->body, &f->registered);
    f->is_registered = true;
    if (f->uri.n == 0) {
        finish_start(f, NJ_TELEMETRY_NONE);
        return;
    }
    move(f, NJ_LIFE_SUBSCRIBING);
    ask(f);
}

static void answer_register(struct nj_lifecycle *f, const struct nj_http_reply *r)
{
    struct nj_short type;
    if (r->status == 200) {
        on_registered(f, r);
        return;
    }
    nj_ext_parse_error(r->body, &type);
    if (r->status == 403 && nj_str_eq(nj_short_str(&type), NJ_STR("Extension.InvalidEventType")) && f->want + 1 < NJ_COUNT(wants)) {
        f->want++;
        nj_diag(f->want == 1 ? NJ_LEVEL_INFO : NJ_LEVEL_WARN, "NJ1203", "the platform refused the event types; registering for %s",
                f->want == 1 ? "SHUTDOWN only" : "no event: is the file name unchanged?");
        ask(f);
        return;
    }
    ask_again_later(f, "register", r);
}

static void answer_subscribe(struct nj_lifecycle *f, const struct nj_http_reply *r)
{
    if (r->status == 200) {
        finish_start(f, NJ_TELEMETRY_SUBSCRIBED);
    } else if (r->status == 400 && f->schema + 1 < NJ_COUNT(schemas)) {
        f->schema++;
        ask(f);
    } else if (r->status == 0 && f->tries < SUBSCRIBE_TRIES) {
        ask_again_later(f, "telemetry subscription", r);
    } else {
        bool unsupported = r->status == 202 || r->status == 404;
        nj_diag(unsupported ? NJ_LEVEL_INFO : NJ_LEVEL_ERROR, "NJ1204",
                "no telemetry in this sandbox (subscribe answered %ld); going on without", r->status);
        finish_start(f, unsupported ? NJ_TELEMETRY_UNSUPPORTED : NJ_TELEMETRY_REFUSED);
    }
}

static void answer_next(struct nj_lifecycle *f, const struct nj_http_reply *r)
{
    struct nj_ext_event e;
    if (r->status == 500) {
        nj_diag(NJ_LEVEL_ERROR, "NJ1205", "the platform reports a container error; leaving");
        move(f, NJ_LIFE_SHUTDOWN);
        f->o.container_error(f->o.ctx);
        return;
    }
    if (r->status != 200) {
        ask_again_later(f, "event/next", r);
        return;
    }
    if (nj_ext_parse_event(r->body, &e) != NJ_OK || e.kind == NJ_EXT_UNKNOWN) {
        nj_diag(NJ_LEVEL_WARN, "NJ1206", "an event of an unknown kind was passed over");
        f->wait_ms = 0;
        ask_again_later(f, "reading the event", r);
        return;
    }
    move(f, e.kind == NJ_EXT_INVOKE ? NJ_LIFE_EVENT : NJ_LIFE_SHUTDOWN);
    if (e.kind == NJ_EXT_INVOKE)
        f->o.invoke(f->o.ctx, &e);
    else
        f->o.shutdown(f->o.ctx, &e);
}

/* What each state asks, and who reads the answer. */
static const struct call {
    const char *method, *path;
    bool identified;  /* carries the identifier */
    int64_t total_ms; /* 0: none */
    void (*answer)(struct nj_lifecycle *f, const struct nj_http_reply *r);
} calls[NJ_LIFE_STATES] = {
    [NJ_LIFE_REGISTERING] = { "POST", NJ_EXT_PATH "/register", false, CALL_MS, answer_register },
    [NJ_LIFE_SUBSCRIBING] = { "PUT", NJ_TELEMETRY_PATH, true, CALL_MS, answer_subscribe },
    [NJ_LIFE_POLLING] = { "GET", NJ_EXT_PATH "/event/next", true, 0, answer_next },
};

static void on_answer(void *ctx, const struct nj_http_reply *r)
{
    struct nj_lifecycle *f = ctx;
    f->call = 0;
    if (calls[f->state].answer != NULL)
        calls[f->state].answer(f, r);
}

static void write_body(struct nj_lifecycle *f)
{
    nj_buf_reset(&f->body);
    if (f->state == NJ_LIFE_REGISTERING)
        nj_ext_register_body(&f->body, wants[f->want]);
    if (f->state == NJ_LIFE_SUBSCRIBING)
        nj_telemetry_subscribe_body(&f->body, &(struct nj_subscription){
                                                  .schema = schemas[f->schema],
                                                  .types = f->o.types,
                                                  .uri = f->uri,
                                                  .max_items = BUFFER_ITEMS,
                                                  .max_bytes = BUFFER_BYTES,
                                                  .timeout_ms = BUFFER_MS,
                                              });
}

static void ask(struct nj_lifecycle *f)
{
    const struct call *c = &calls[f->state];
    struct nj_request *r = NULL;
    char url[512];
    snprintf(url, sizeof(url), "http://%.*s%s", NJ_STR_ARG(f->o.runtime_api), c->path);
    write_body(f);
    enum nj_status st = nj_request_new(&r, c->method, nj_str_of(url));
    if (st == NJ_OK) {
        nj_request_direct(r);
        nj_request_timeout(r, c->total_ms, 0);
        if (c->identified)
            nj_request_header(r, NJ_EXT_ID_HEADER, nj_short_str(&f->id));
        if (f->state == NJ_LIFE_REGISTERING) {
            nj_request_header(r, NJ_EXT_NAME_HEADER, f->o.name);
            nj_request_header(r, NJ_EXT_FEATURE_HEADER, NJ_STR("accountId"));
        }
        if (f->body.n != 0) {
            nj_request_header(r, "Content-Type", NJ_STR("application/json"));
            nj_request_body(r, nj_buf_str(&f->body));
        }
        st = nj_http_submit_take(f->http, &r, on_answer, f, &f->call);
    }
    if (st != NJ_OK)
        ask_again_later(f, "asking the platform", &(struct nj_http_reply){ .status = 0 });
}

static void on_retry(void *ctx)
{
    struct nj_lifecycle *f = ctx;
    if (calls[f->state].answer != NULL)
        ask(f);
}

enum nj_status nj_lifecycle_new(struct nj_lifecycle **out, struct nj_loop *l, struct nj_http *h, const struct nj_lifecycle_options *o)
{
    struct nj_lifecycle *f = calloc(1, sizeof(*f));
    *out = f;
    if (f == NULL)
        return NJ_ENOMEM;
    f->o = *o;
    f->loop = l;
    f->http = h;
    f->want = o->managed ? 1 : 0;
    f->retry = (struct nj_timer){ .fire = on_retry, .ctx = f };
    nj_buf_init(&f->body, 4096);
    move(f, NJ_LIFE_REGISTERING);
    ask(f);
    return NJ_OK;
}

void nj_lifecycle_free(struct nj_lifecycle *f)
{
    if (f == NULL)
        return;
    nj_timer_stop(f->loop, &f->retry);
    if (f->call != 0)
        nj_http_cancel(f->http, f->call);
    nj_buf_fini(&f->body);
    free(f);
}

void nj_lifecycle_listener(struct nj_lifecycle *f, struct nj_str uri)
{
    f->uri = uri;
}

void nj_lifecycle_next(struct nj_lifecycle *f)
{
    if (f->state == NJ_LIFE_EVENT)
        poll_next(f);
}

enum nj_life nj_lifecycle_state(const struct nj_lifecycle *f)
{
    return f->state;
}

bool nj_lifecycle_registered(const struct nj_lifecycle *f)
{
    return f->is_registered;
}

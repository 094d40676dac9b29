/* probe-extension: a small extension that behaves, misbehaves or checks the platform's answers, as its environment tells it.
 *
 *   PROBE_EVENTS=INVOKE,SHUTDOWN   what it registers for
 *   PROBE_SUBSCRIBE=2025-01-29     schema of its telemetry subscription; empty: none
 *   PROBE_TCP=1                    subscribes over TCP
 *   PROBE_MAX_BYTES, PROBE_BUFFER_MS   its buffering (262144, 25)
 *   PROBE_STORE=FILE               every body it is sent, each followed by a newline
 *   PROBE_REFUSE=N                 answers the first N deliveries with 503
 *   PROBE_CHECKS=1                 tries wrong calls and says on standard output what was answered wrongly
 *   PROBE_BUSY_MS=N                works so long after each INVOKE; -1: never asks for next again
 *   PROBE_EXIT=register|subscribe|next|invoke   exits with status 3 there
 *   PROBE_EXIT_ONCE=FILE           ... unless this file exists; it is made before the exit
 *   PROBE_GIVE_UP=init|exit        init/error after register, or exit/error at the first INVOKE
 *   PROBE_LINGER_MS=N              stays so long after SHUTDOWN, for the last telemetry (100); -1: for ever
 */
#include "nightjar/http_client.h"
#include "nightjar/http_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXIT_ON_DEMAND = 3, URL_MAX = 512 };

struct probe {
    struct nj_loop *loop;
    struct nj_http *http;
    struct nj_http_server *server;
    char base[128], name[128], id[64];
    struct nj_buf body;
    struct nj_timer busy;
    struct nj_watch tcp;
    size_t check;
    long invokes, deliveries, failures;
    const char *const *path; /* of the check under way */
    bool checked_after;
};

static const char *setting(const char *name, const char *standard)
{
    const char *v = getenv(name);
    return v != NULL ? v : standard;
}

static long number(const char *name, const char *standard)
{
    return strtol(setting(name, standard), NULL, 10);
}

static void leave_here(const char *where)
{
    const char *once = getenv("PROBE_EXIT_ONCE");
    if (strcmp(setting("PROBE_EXIT", ""), where) != 0 || (once != NULL && access(once, F_OK) == 0))
        return;
    if (once != NULL)
        close(open(once, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    printf("probe: exits at %s\n", where);
    (void)fflush(stdout);
    _exit(EXIT_ON_DEMAND);
}

/* --- calls ------------------------------------------------------------------------------------------------------------ */

struct call {
    const char *method, *path, *body;
    const char *name, *id, *error_type; /* headers; NULL: none */
};

static void call(struct probe *p, const struct call *c, nj_http_done_fn done)
{
    char url[URL_MAX];
    struct nj_request *r = NULL;
    (void)snprintf(url, sizeof(url), "%s%s", p->base, c->path);
    if (nj_request_new(&r, c->method, nj_str_of(url)) != NJ_OK)
        abort();
    if (c->name != NULL)
        nj_request_header(r, "Lambda-Extension-Name", nj_str_of(c->name));
    if (c->id != NULL)
        nj_request_header(r, "Lambda-Extension-Identifier", nj_str_of(c->id));
    if (c->error_type != NULL)
        nj_request_header(r, "Lambda-Extension-Function-Error-Type", nj_str_of(c->error_type));
    nj_buf_reset(&p->body);
    nj_buf_addz(&p->body, c->body != NULL ? c->body : "");
    if (c->body != NULL)
        nj_request_body(r, nj_buf_str(&p->body));
    nj_request_direct(r);
    if (nj_http_submit_take(p->http, &r, done, p, NULL) != NJ_OK)
        abort();
}

/* --- checks of the platform ------------------------------------------------------------------------------------------- */

enum moment { BEFORE_REGISTER, BEFORE_NEXT, AFTER_NEXT };

#define EXT    "/2020-01-01/extension/"
#define RT     "/2018-06-01/runtime/"
#define TEL    "/2022-07-01/telemetry"
#define NOBODY "11111111-2222-4333-8444-555555555555"
#define SELF   "self"
#define SUB(schema, types, uri, more)                                                                                                      \
    "{\"schemaVersion\":\"" schema "\",\"types\":[" types "],\"destination\":{\"protocol\":\"HTTP\",\"URI\":\"" uri "\"}" more "}"
#define GOOD_URI "http://sandbox.localdomain:9999/x"

static const struct check {
    enum moment when;
    struct call call;
    long status;
    const char *want; /* must occur in the answer */
} checks[] = {
    { BEFORE_REGISTER, { "GET", "/2018-06-01/ping", NULL, NULL, NULL, NULL }, 200, "" },
    { BEFORE_REGISTER, { "GET", "/2018-06-01/unknown", NULL, NULL, NULL, NULL }, 404, "" },
    { BEFORE_REGISTER, { "GET", EXT "register", NULL, NULL, NULL, NULL }, 405, "" },
    { BEFORE_REGISTER, { "POST", EXT "register", "{}", NULL, NULL, NULL }, 403, "Extension.InvalidExtensionName" },
    { BEFORE_REGISTER, { "POST", EXT "register", "", SELF, NULL, NULL }, 403, "InvalidRequestFormat" },
    { BEFORE_REGISTER, { "POST", EXT "register", "{", SELF, NULL, NULL }, 403, "InvalidRequestFormat" },
    { BEFORE_REGISTER, { "POST", EXT "register", "[]", SELF, NULL, NULL }, 403, "InvalidRequestFormat" },
    { BEFORE_REGISTER, { "POST", EXT "register", "{\"configurationKeys\":[\"a\"]}", SELF, NULL, NULL }, 403, "InvalidRequestFormat" },
    { BEFORE_REGISTER, { "POST", EXT "register", "{\"events\":[\"START\"]}", SELF, NULL, NULL }, 403, "Extension.InvalidEventType" },
    { BEFORE_REGISTER,
      { "POST", EXT "register", "{\"events\":[\"SHUTDOWN\"]}", "misspelt", NULL, NULL },
      403,
      "Extension.InvalidEventType" },
    { BEFORE_REGISTER, { "GET", EXT "event/next", NULL, NULL, NULL, NULL }, 403, "Extension.MissingExtensionIdentifier" },
    { BEFORE_REGISTER, { "GET", EXT "event/next", NULL, NULL, "no-uuid", NULL }, 403, "Extension.InvalidExtensionIdentifier" },
    { BEFORE_REGISTER, { "GET", EXT "event/next", NULL, NULL, NOBODY, NULL }, 403, "Extension.UnknownExtensionIdentifier" },
    { BEFORE_REGISTER, { "PUT", TEL, "{}", NULL, NULL, NULL }, 403, "Extension.MissingExtensionIdentifier" },
    { BEFORE_REGISTER, { "PUT", TEL, "{}", NULL, NOBODY, NULL }, 403, "Extension.UnknownExtensionIdentifier" },
    { BEFORE_REGISTER, { "POST", RT "invocation/nobody/response", "{}", NULL, NULL, NULL }, 400, "InvalidRequestID" },
    { BEFORE_REGISTER, { "GET", RT "restore/next", NULL, NULL, NULL, NULL }, 403, "InvalidStateTransition" },

    { BEFORE_NEXT, { "POST", EXT "register", "{}", SELF, NULL, NULL }, 403, "Extension.InvalidExtensionState" },
    { BEFORE_NEXT, { "POST", EXT "init/error", "{}", NULL, SELF, NULL }, 403, "Extension.MissingHeader" },
    { BEFORE_NEXT, { "POST", EXT "exit/error", "{}", NULL, SELF, "Extension.Bad" }, 403, "Extension.InvalidExtensionState" },
    { BEFORE_NEXT, { "PUT", "/2020-08-15/logs", "{}", NULL, SELF, NULL }, 202, "Logs.NotSupported" },
    { BEFORE_NEXT, { "PUT", TEL, "", NULL, SELF, NULL }, 400, "ValidationError" },
    { BEFORE_NEXT, { "PUT", TEL, "{}", NULL, SELF, NULL }, 400, "types should not be empty" },
    { BEFORE_NEXT,
      { "PUT", TEL, SUB("2025-01-29", "", "http://sandbox.localdomain/x", ""), NULL, SELF, NULL },
      400,
      "URI port is not provided" },
    { BEFORE_NEXT, { "PUT", TEL, SUB("2025-01-29", "\"logs\"", GOOD_URI, ""), NULL, SELF, NULL }, 400, "unknown value: logs" },
    { BEFORE_NEXT, { "PUT", TEL, SUB("2021-01-01", "\"platform\"", GOOD_URI, ""), NULL, SELF, NULL }, 400, "schemaVersion" },
    { BEFORE_NEXT,
      { "PUT", TEL, SUB("2025-01-29", "\"platform\"", "http://sandbox.localdomain:9001", ""), NULL, SELF, NULL },
      400,
      "reserved" },
    { BEFORE_NEXT, { "PUT", TEL, SUB("2025-01-29", "\"platform\"", "http://example.com:9999", ""), NULL, SELF, NULL }, 400, "URI host" },
    { BEFORE_NEXT,
      { "PUT", TEL, SUB("2025-01-29", "\"platform\"", GOOD_URI, ",\"buffering\":{\"timeoutMs\":24}"), NULL, SELF, NULL },
      400,
      "timeoutMs" },

    { AFTER_NEXT, { "PUT", TEL, SUB("2025-01-29", "\"platform\"", GOOD_URI, ""), NULL, SELF, NULL }, 403, "Telemetry.SubscriptionClosed" },
    { AFTER_NEXT, { "POST", EXT "init/error", "{}", NULL, SELF, "Extension.Bad" }, 403, "Extension.InvalidExtensionState" },
    { AFTER_NEXT, { "POST", EXT "register", "{}", SELF, NULL, NULL }, 403, "Extension.InvalidExtensionState" },
    { AFTER_NEXT, { "POST", EXT "register", "{}", "latecomer", NULL, NULL }, 403, "Extension.RegistrationClosed" },
    { AFTER_NEXT, { "POST", RT "init/error", "{}", NULL, NULL, NULL }, 403, "InvalidStateTransition" },
};

static void go_on(struct probe *p, enum moment when);
static void run_checks(struct probe *p, enum moment when);

static void on_check(void *ctx, const struct nj_http_reply *r)
{
    struct probe *p = ctx;
    const struct check *c = &checks[p->check];
    if (r->status != c->status || nj_str_find(r->body, nj_str_of(c->want), 0) == NJ_NPOS) {
        if (c->want[0] != 0 || r->status != c->status) {
            p->failures++;
            printf("probe: FAILED %s %s: %ld %.*s, wanted %ld %s\n", c->call.method, c->call.path, r->status, NJ_STR_ARG(r->body),
                   c->status, c->want);
        }
    }
    p->check++;
    run_checks(p, c->when);
}

static void run_checks(struct probe *p, enum moment when)
{
    bool wanted = number("PROBE_CHECKS", "0") != 0;
    while (wanted && p->check < NJ_COUNT(checks) && checks[p->check].when < when)
        p->check++;
    if (!wanted || p->check == NJ_COUNT(checks) || checks[p->check].when != when) {
        if (wanted)
            printf("probe: checks of moment %d done, %ld failed\n", (int)when, p->failures);
        go_on(p, when);
        return;
    }
    struct call c = checks[p->check].call;
    if (c.name != NULL && strcmp(c.name, SELF) == 0)
        c.name = p->name;
    if (c.id != NULL && strcmp(c.id, SELF) == 0)
        c.id = p->id;
    call(p, &c, on_check);
}

/* --- life ------------------------------------------------------------------------------------------------------------- */

static void ask_next(struct probe *p);

static void on_busy_over(void *ctx)
{
    ask_next(ctx);
}

static void on_lingered(void *ctx)
{
    (void)fflush(stdout);
    _exit(0);
}

static void stop_at_shutdown(struct probe *p)
{
    long linger = number("PROBE_LINGER_MS", "100");
    p->busy.fire = on_lingered;
    if (linger >= 0)
        nj_timer_set(p->loop, &p->busy, linger);
}

static void on_gave_up(void *ctx, const struct nj_http_reply *r)
{
    printf("probe: gave up, status %ld\n", r->status);
    (void)fflush(stdout);
    _exit(1);
}

static void give_up(struct probe *p, const char *path)
{
    const struct call c = { "POST", path, "{\"errorMessage\":\"told to\"}", NULL, p->id, "Extension.ToldTo" };
    call(p, &c, on_gave_up);
}

static void on_invoke(struct probe *p)
{
    long busy = number("PROBE_BUSY_MS", "0");
    p->invokes++;
    leave_here("invoke");
    if (strcmp(setting("PROBE_GIVE_UP", ""), "exit") == 0) {
        give_up(p, EXT "exit/error");
        return;
    }
    if (!p->checked_after) {
        p->checked_after = true;
        run_checks(p, AFTER_NEXT);
    } else if (busy == 0) {
        ask_next(p);
    } else if (busy > 0) {
        nj_timer_set(p->loop, &p->busy, busy);
    }
}

static void on_event(void *ctx, const struct nj_http_reply *r)
{
    struct probe *p = ctx;
    json_t *event = json_loadb(r->body.p, r->body.n, 0, NULL);
    const char *type = json_string_value(json_object_get(event, "eventType"));
    const char *reason = json_string_value(json_object_get(event, "shutdownReason"));
    printf("probe: event %s status %ld%s%s\n", type != NULL ? type : "none", r->status, reason != NULL ? " reason " : "",
           reason != NULL ? reason : "");
    if (type != NULL && strcmp(type, "INVOKE") == 0)
        on_invoke(p);
    else if (type != NULL)
        stop_at_shutdown(p);
    else /* a dead connection, as after a restore */
        nj_timer_set(p->loop, &p->busy, 20);
    json_decref(event);
}

static void ask_next(struct probe *p)
{
    const struct call c = { "GET", EXT "event/next", NULL, NULL, p->id, NULL };
    leave_here("next");
    call(p, &c, on_event);
}

static void on_subscribed(void *ctx, const struct nj_http_reply *r)
{
    printf("probe: subscribe answered %ld %.*s\n", r->status, NJ_STR_ARG(r->body));
    leave_here("subscribe");
    run_checks(ctx, BEFORE_NEXT);
}

/* --- its TCP listener: one connection, stored as it comes -------------------------------------------------------------- */

static void store(struct nj_str bytes)
{
    const char *path = getenv("PROBE_STORE");
    FILE *f = path != NULL ? fopen(path, "ae") : NULL;
    if (f == NULL)
        return;
    (void)fwrite(bytes.p, 1, bytes.n, f);
    (void)fclose(f);
}

static void on_tcp_bytes(void *ctx, short revents)
{
    static char chunk[65536];
    struct probe *p = ctx;
    ssize_t n = read(p->tcp.fd, chunk, sizeof(chunk));
    if (n > 0)
        store((struct nj_str){ chunk, (size_t)n });
    else
        nj_watch_stop(p->loop, &p->tcp);
}

static void on_tcp_connection(void *ctx, short revents)
{
    struct probe *p = ctx;
    int fd = accept4(p->tcp.fd, NULL, NULL, SOCK_CLOEXEC);
    if (fd < 0)
        return;
    nj_watch_stop(p->loop, &p->tcp);
    p->tcp = (struct nj_watch){ .ready = on_tcp_bytes, .ctx = p, .fd = fd, .events = POLLIN };
    if (nj_watch_start(p->loop, &p->tcp) != NJ_OK)
        abort();
}

static unsigned listen_tcp(struct probe *p)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof(at);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    p->tcp = (struct nj_watch){ .ready = on_tcp_connection, .ctx = p, .fd = fd, .events = POLLIN };
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) != 0 || listen(fd, 1) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &size) != 0 || nj_watch_start(p->loop, &p->tcp) != NJ_OK)
        abort();
    return ntohs(at.sin_port);
}

static void subscribe(struct probe *p)
{
    char body[1024];
    const char *schema = setting("PROBE_SUBSCRIBE", "2025-01-29");
    if (schema[0] == 0) {
        run_checks(p, BEFORE_NEXT);
        return;
    }
    char to[128];
    if (number("PROBE_TCP", "0") != 0)
        (void)snprintf(to, sizeof(to), "\"TCP\",\"port\":%u", listen_tcp(p));
    else
        (void)snprintf(to, sizeof(to), "\"HTTP\",\"URI\":\"http://sandbox.localdomain:%u/probe\"", nj_http_server_port(p->server));
    (void)snprintf(body, sizeof(body),
                   "{\"schemaVersion\":\"%s\",\"types\":[\"platform\",\"function\",\"extension\"],\"destination\":{\"protocol\":%s},"
                   "\"buffering\":{\"maxItems\":1000,\"maxBytes\":%ld,\"timeoutMs\":%ld}}",
                   schema, to, number("PROBE_MAX_BYTES", "262144"), number("PROBE_BUFFER_MS", "25"));
    const struct call c = { "PUT", TEL, body, NULL, p->id, NULL };
    call(p, &c, on_subscribed);
}

static void on_registered(void *ctx, const struct nj_http_reply *r)
{
    struct probe *p = ctx;
    struct nj_str id = nj_http_reply_header(r, "lambda-extension-identifier");
    printf("probe: register answered %ld %.*s\n", r->status, NJ_STR_ARG(r->body));
    (void)snprintf(p->id, sizeof(p->id), "%.*s", NJ_STR_ARG(id));
    leave_here("register");
    if (strcmp(setting("PROBE_GIVE_UP", ""), "init") == 0)
        give_up(p, EXT "init/error");
    else
        subscribe(p);
}

static void enroll(struct probe *p)
{
    char body[256] = "{\"events\":[";
    size_t at = strlen(body);
    struct nj_str rest = nj_str_of(setting("PROBE_EVENTS", "INVOKE,SHUTDOWN")), word;
    for (bool first = true; nj_str_cut(&rest, ',', &word) && word.n != 0 && word.n < 64; first = false)
        at += (size_t)snprintf(body + at, sizeof(body) - at, "%s\"%.*s\"", first ? "" : ",", NJ_STR_ARG(word));
    (void)snprintf(body + at, sizeof(body) - at, "]}");
    const struct call c = { "POST", EXT "register", body, p->name, NULL, NULL };
    call(p, &c, on_registered);
}

static void go_on(struct probe *p, enum moment when)
{
    if (when == BEFORE_REGISTER) {
        enroll(p);
        return;
    }
    if (when == AFTER_NEXT && number("PROBE_BUSY_MS", "0") != 0) {
        if (number("PROBE_BUSY_MS", "0") > 0)
            nj_timer_set(p->loop, &p->busy, number("PROBE_BUSY_MS", "0"));
        return;
    }
    ask_next(p);
}

/* --- its listener ----------------------------------------------------------------------------------------------------- */

static void on_delivery(void *ctx, struct nj_exchange *x)
{
    struct probe *p = ctx;
    struct nj_str body = nj_exchange_body(x);
    if (++p->deliveries <= number("PROBE_REFUSE", "0")) {
        nj_exchange_reply(x, 503, NULL, NJ_STR(""));
        return;
    }
    store(body);
    store(NJ_STR("\n"));
    nj_exchange_reply(x, 200, NULL, NJ_STR(""));
}

int main(int argc, char *argv[])
{
    static struct probe probe;
    struct probe *p = &probe;
    const struct nj_server_options so = { .body_max = 16 << 20, .request = on_delivery, .ctx = p };
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL, *api = getenv("AWS_LAMBDA_RUNTIME_API");
    if (api == NULL || slash == NULL) {
        (void)fputs("probe-extension is started by lambda-emulator --extension; its environment tells it what to do\n", stderr);
        return EXIT_FAILURE;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    (void)snprintf(p->base, sizeof(p->base), "http://%s", api);
    (void)snprintf(p->name, sizeof(p->name), "%s", slash + 1);
    nj_buf_init(&p->body, 8192);
    p->busy = (struct nj_timer){ .fire = on_busy_over, .ctx = p };
    if (nj_loop_new(&p->loop, NULL, NULL) != NJ_OK || nj_http_new(&p->http, p->loop) != NJ_OK ||
        nj_http_server_new(&p->server, p->loop, &so) != NJ_OK)
        return EXIT_FAILURE;
    run_checks(p, BEFORE_REGISTER);
    nj_loop_run(p->loop);
    return EXIT_SUCCESS;
}

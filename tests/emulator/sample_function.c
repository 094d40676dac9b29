/* sample_function.c -- a function to watch: an HTTP-style application that speaks Lambda's Runtime API and logs carelessly. */
#include "nightjar/clock.h"
#include "sf_app.h"

#include <curl/curl.h>
#include <inttypes.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD_MAX = 16 << 20, URL_SIZE = 512, WORKERS_MAX = 64, CONNECT_TRIES = 3 };

struct worker {
    CURL *curl;
    char base[URL_SIZE]; /* http://host:port/2018-06-01/runtime */
    struct nj_buf reply;
    struct nj_buf id, trace, tenant;
};

static const char usage[] =
    "Usage: sample-function [--secrets | --help]\n"
    "A function for the local Lambda: started by it, it asks for invocations at AWS_LAMBDA_RUNTIME_API and answers them.\n"
    "Events shaped as requests of an HTTP API (version 2.0) go to a route, others are echoed.\n"
    "\n"
    "  --secrets   list every personal value and credential it may write, one NAME:NUMBER<tab>VALUE a line\n"
    "\n"
    "Environment: SAMPLE_WORKERS (or AWS_LAMBDA_MAX_CONCURRENCY) threads ask for invocations; AWS_LAMBDA_LOG_FORMAT=JSON;\n"
    "SAMPLE_INIT_MS makes init last; SAMPLE_INIT_ERROR=report or exit makes it fail.\n"
    "\n"
    "Routes (parameters may also stand in rawPath behind a question mark):\n";

static void print_help(void)
{
    struct nj_buf routes;
    nj_buf_init(&routes, 64 << 10);
    sf_routes_help(&routes);
    printf("%s%.*s", usage, NJ_STR_ARG(nj_buf_str(&routes)));
    nj_buf_fini(&routes);
}

static void print_secrets(void)
{
    struct nj_buf b;
    nj_buf_init(&b, 1 << 20);
    for (int kind = 0; kind < SF_KINDS; kind++) {
        if (kind == SF_PEM) /* several lines; its body is listed */
            continue;
        for (unsigned i = 1; i <= sf_secret_count((enum sf_kind)kind); i++) {
            nj_buf_addf(&b, "%s:%u\t", sf_secret_name((enum sf_kind)kind), i);
            sf_secret_add(&b, (enum sf_kind)kind, i);
            nj_buf_addc(&b, '\n');
        }
    }
    printf("%.*s", NJ_STR_ARG(nj_buf_str(&b)));
    nj_buf_fini(&b);
}

static size_t on_body(char *data, size_t size, size_t n, void *ctx)
{
    struct nj_buf *b = ctx;
    nj_buf_add(b, (struct nj_str){ data, size * n });
    return b->err == NJ_OK ? size * n : 0;
}

static size_t on_header(char *data, size_t size, size_t n, void *ctx)
{
    struct worker *w = ctx;
    const struct {
        struct nj_str name;
        struct nj_buf *to;
    } wanted[] = {
        { NJ_STR("Lambda-Runtime-Aws-Request-Id"), &w->id },
        { NJ_STR("Lambda-Runtime-Trace-Id"), &w->trace },
        { NJ_STR("Lambda-Runtime-Aws-Tenant-Id"), &w->tenant },
    };
    struct nj_str line = { data, size * n };
    size_t colon = nj_str_chr(line, ':', 0);
    for (size_t i = 0; colon != NJ_NPOS && i < NJ_COUNT(wanted); i++) {
        if (!nj_str_eq_nocase(nj_str_slice(line, 0, colon), wanted[i].name))
            continue;
        nj_buf_reset(wanted[i].to);
        nj_buf_add(wanted[i].to, nj_str_trim(nj_str_slice(line, colon + 1, line.n)));
    }
    return size * n;
}

/* One call of the Runtime API.  body absent: GET.  Returns the status, 0 when there was no answer. */
static long call(struct worker *w, const char *path, struct nj_str body, const char *header)
{
    char url[URL_SIZE * 2];
    int n = snprintf(url, sizeof url, "%s%s", w->base, path);
    if (n < 0 || (size_t)n >= sizeof url)
        return 0;
    struct curl_slist *headers = curl_slist_append(NULL, "Expect:");
    if (header != NULL)
        headers = curl_slist_append(headers, header);
    nj_buf_reset(&w->reply);
    curl_easy_reset(w->curl); /* connections stay */
    curl_easy_setopt(w->curl, CURLOPT_URL, url);
    curl_easy_setopt(w->curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(w->curl, CURLOPT_PROXY, "");
    curl_easy_setopt(w->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(w->curl, CURLOPT_CONNECTTIMEOUT_MS, 1000L);
    curl_easy_setopt(w->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(w->curl, CURLOPT_WRITEDATA, &w->reply);
    curl_easy_setopt(w->curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(w->curl, CURLOPT_HEADERDATA, w);
    if (body.p != NULL) {
        curl_easy_setopt(w->curl, CURLOPT_POSTFIELDS, body.p);
        curl_easy_setopt(w->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    }
    long status = 0;
    if (curl_easy_perform(w->curl) == CURLE_OK)
        curl_easy_getinfo(w->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    return status;
}

static struct nj_str text_of(json_t *object, const char *name)
{
    json_t *v = json_object_get(object, name);
    return json_is_string(v) ? (struct nj_str){ json_string_value(v), json_string_length(v) } : (struct nj_str){ NULL, 0 };
}

/* Fills what an HTTP API event says; the views borrow from event. */
static void read_event(struct sf_request *r, json_t *event)
{
    json_t *http = json_object_get(json_object_get(event, "requestContext"), "http");
    struct nj_str target = text_of(event, "rawPath");
    size_t mark = nj_str_chr(target, '?', 0);
    r->http = target.p != NULL;
    r->path = nj_str_slice(target, 0, mark);
    r->query = mark != NJ_NPOS ? nj_str_slice(target, mark + 1, target.n) : text_of(event, "rawQueryString");
    r->method = text_of(http, "method");
    r->source_ip = text_of(http, "sourceIp");
    r->user_agent = text_of(http, "userAgent");
    r->body = text_of(event, "body");
    if (r->source_ip.p == NULL)
        r->source_ip = NJ_STR("-");
}

struct late {
    unsigned lines, after_ms;
    char id[64];
};

static void pause_ms(unsigned ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (nanosleep(&t, &t) != 0)
        continue;
}

static void *talk_late(void *arg)
{
    struct late *l = arg;
    pause_ms(l->after_ms);
    for (unsigned i = 1; i <= l->lines; i++)
        sf_log(nj_str_of(l->id), SF_INFO, NULL, "afterthought %u of %u", i, l->lines);
    free(l);
    return NULL;
}

static void talk_after_answer(const struct sf_request *r, const struct sf_reply *a)
{
    struct late *l = a->late_lines > 0 ? calloc(1, sizeof *l) : NULL;
    if (l == NULL)
        return;
    *l = (struct late){ .lines = a->late_lines, .after_ms = a->late_after_ms };
    snprintf(l->id, sizeof l->id, "%.*s", NJ_STR_ARG(r->id));
    pthread_t thread;
    if (l->after_ms == 0)
        talk_late(l);
    else if (pthread_create(&thread, NULL, talk_late, l) == 0)
        pthread_detach(thread);
    else
        free(l);
}

/* The answer of an HTTP route in the shape that HTTP APIs expect. */
static void wrap_http(struct nj_buf *out, const struct sf_reply *a)
{
    nj_buf_addf(out, "{\"statusCode\":%d,\"headers\":{\"content-type\":\"application/json\"},\"body\":", a->status);
    nj_buf_add_json(out, nj_buf_str(&a->body));
    nj_buf_addc(out, '}');
}

static void send_answer(struct worker *w, const struct sf_request *r, const struct sf_reply *a)
{
    char path[URL_SIZE];
    struct nj_buf body;
    nj_buf_init(&body, 2 * (size_t)PAYLOAD_MAX);
    if (a->failed || a->raw)
        nj_buf_add(&body, nj_buf_str(&a->body));
    else
        wrap_http(&body, a);
    int n = snprintf(path, sizeof path, "/invocation/%.*s/%s", NJ_STR_ARG(r->id), a->failed ? "error" : "response");
    const char *header = a->failed ? "Lambda-Runtime-Function-Error-Type: Function.LedgerError" : NULL;
    if (n > 0 && (size_t)n < sizeof path && body.err == NJ_OK) {
        long status = call(w, path, nj_buf_str(&body), header);
        if (status != 202)
            sf_log(r->id, SF_ERROR, NULL, "the platform answered %ld to the response", status);
    }
    nj_buf_fini(&body);
}

/* One invocation, whose payload is in w->reply. */
static void handle(struct worker *w)
{
    struct nj_buf payload, id;
    nj_buf_init(&payload, PAYLOAD_MAX);
    nj_buf_init(&id, 256);
    nj_buf_add(&payload, nj_buf_str(&w->reply));
    nj_buf_add(&id, nj_buf_str(&w->id));
    struct sf_request r = { .id = nj_buf_str(&id), .payload = nj_buf_str(&payload) };
    r.trace = nj_buf_str(&w->trace);
    r.tenant = nj_buf_str(&w->tenant);
    struct sf_reply a = { .status = 200 };
    nj_buf_init(&a.body, PAYLOAD_MAX);
    json_t *event = payload.n > 0 ? json_loadb(payload.p, payload.n, JSON_DECODE_ANY, NULL) : NULL;
    read_event(&r, event);
    if (r.http) {
        sf_route(&r, &a);
    } else {
        a.raw = true;
        nj_buf_add(&a.body, r.payload.n > 0 ? r.payload : NJ_STR("null"));
        sf_log(r.id, SF_INFO, NULL, "echo of %zu bytes", r.payload.n);
    }
    send_answer(w, &r, &a);
    talk_after_answer(&r, &a);
    json_decref(event);
    nj_buf_fini(&a.body);
    nj_buf_fini(&payload);
    nj_buf_fini(&id);
}

static struct worker *worker_new(void)
{
    const char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    struct worker *w = calloc(1, sizeof *w);
    if (w == NULL || api == NULL || (w->curl = curl_easy_init()) == NULL) {
        free(w);
        return NULL;
    }
    snprintf(w->base, sizeof w->base, "http://%s/2018-06-01/runtime", api);
    nj_buf_init(&w->reply, PAYLOAD_MAX);
    nj_buf_init(&w->id, 256);
    nj_buf_init(&w->trace, 1024);
    nj_buf_init(&w->tenant, 256);
    return w;
}

static void worker_free(struct worker *w)
{
    if (w == NULL)
        return;
    curl_easy_cleanup(w->curl);
    nj_buf_fini(&w->reply);
    nj_buf_fini(&w->id);
    nj_buf_fini(&w->trace);
    nj_buf_fini(&w->tenant);
    free(w);
}

static void *work(void *arg)
{
    struct worker *w = worker_new();
    int failures = 0;
    while (w != NULL && failures < CONNECT_TRIES) {
        nj_buf_reset(&w->trace);
        nj_buf_reset(&w->tenant);
        long status = call(w, "/invocation/next", (struct nj_str){ NULL, 0 }, NULL);
        if (status == 200) {
            failures = 0;
            handle(w);
        } else if (status != 0) {
            break; /* the platform says no: runtimes leave */
        } else {
            failures++;
            pause_ms(20);
        }
    }
    worker_free(w);
    return NULL;
}

static uint64_t number_from(const char *name, uint64_t otherwise, uint64_t max)
{
    const char *text = getenv(name);
    uint64_t n;
    if (text == NULL || !nj_str_u64(nj_str_of(text), &n))
        return otherwise;
    return n > max ? max : n;
}

/* What happens before the first invocation; false when init is to fail. */
static bool init_phase(void)
{
    struct nj_str none = { NULL, 0 };
    const char *fail = getenv("SAMPLE_INIT_ERROR");
    const char *type = getenv("AWS_LAMBDA_INITIALIZATION_TYPE");
    sf_log(none, SF_INFO, NULL, "sample bank is starting");
    sf_log_json(none, SF_INFO, "\"event\":\"config.loaded\",\"features\":{\"transfers\":true,\"limit\":10000}");
    pause_ms((unsigned)number_from("SAMPLE_INIT_MS", 0, 600000));
    if (fail != NULL && strcmp(fail, "exit") == 0) {
        sf_log(none, SF_ERROR, NULL, "init gives up");
        return false;
    }
    struct worker *w = worker_new();
    if (w != NULL && fail != NULL && strcmp(fail, "report") == 0) {
        sf_log(none, SF_ERROR, NULL, "init reports an error");
        (void)call(w, "/init/error",
                   NJ_STR("{\"errorMessage\":\"no configuration\",\"errorType\":\"Runtime.InitError\",\"stackTrace\":[]}"),
                   "Lambda-Runtime-Function-Error-Type: Runtime.InitError");
    }
    if (w != NULL && type != NULL && strcmp(type, "snap-start") == 0) {
        sf_log(none, SF_INFO, NULL, "ready for the snapshot");
        (void)call(w, "/restore/next", none, NULL);
        sf_log(none, SF_INFO, NULL, "restored");
    }
    worker_free(w);
    sf_log(none, SF_INFO, NULL, "warmed up");
    return fail == NULL || strcmp(fail, "report") != 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        bool secrets = strcmp(argv[1], "--secrets") == 0, help = strcmp(argv[1], "--help") == 0;
        if (secrets)
            print_secrets();
        else if (help)
            print_help();
        else
            fprintf(stderr, "sample-function: what is \"%s\"? Try --help\n", argv[1]);
        return secrets || help ? EXIT_SUCCESS : 2;
    }
    if (getenv("AWS_LAMBDA_RUNTIME_API") == NULL) {
        fprintf(stderr, "sample-function: AWS_LAMBDA_RUNTIME_API is not set; the local Lambda starts this program. Try --help\n");
        return 2;
    }
    const char *format = getenv("AWS_LAMBDA_LOG_FORMAT");
    sf_log_setup(format != NULL && nj_str_eq_nocase(nj_str_of(format), NJ_STR("JSON")));
    curl_global_init(CURL_GLOBAL_NOTHING);
    if (!init_phase())
        return EXIT_FAILURE;
    uint64_t many = number_from("SAMPLE_WORKERS", number_from("AWS_LAMBDA_MAX_CONCURRENCY", 1, WORKERS_MAX), WORKERS_MAX);
    pthread_t threads[WORKERS_MAX];
    uint64_t started = 0;
    while (started + 1 < many && pthread_create(&threads[started], NULL, work, NULL) == 0)
        started++;
    work(NULL);
    for (uint64_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    curl_global_cleanup();
    return EXIT_FAILURE; /* a runtime that stops asking for work has failed */
}

/* The HTTP client: requests under way in one curl multi handle, driven by the loop and settled exactly once. */
#include "http_internal.h"

#include "http_date.h"
#include "nightjar/diag.h"

#include <stdlib.h>
#include <sys/socket.h>

enum { IDLE_CONNECTIONS = 8, CONNECTIONS = 64 };

static void unlink_request(struct nj_http *h, struct nj_request *r)
{
    if (r->prev != NULL)
        r->prev->next = r->next;
    else
        h->active = r->next;
    if (r->next != NULL)
        r->next->prev = r->prev;
    r->prev = r->next = NULL;
    curl_multi_remove_handle(h->multi, r->easy);
    nj_request_release_sockets(r);
}

static void fill_reply(struct nj_request *r, CURLcode code, struct nj_http_reply *out)
{
    curl_off_t sent = 0;
    long request_bytes = 0;
    struct nj_wall wall = nj_loop_clock(r->http->loop)->wall;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(r->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    curl_easy_getinfo(r->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    if (out->status < 200 || out->status > 599)
        out->status = 0;
    if (r->enough && out->status != 0)
        code = CURLE_OK; /* the answer is known and complete enough; the rest was refused by us */
    if (out->status == 0 && code == CURLE_OK)
        code = CURLE_WEIRD_SERVER_REPLY;
    out->curl_code = (int)code;
    out->sent_whole = r->started && request_bytes > 0 && (size_t)sent >= r->body.n;
    out->reused = r->reused;
    out->took_ms = nj_loop_read_ms(r->http->loop) - r->since_ms;
    out->body = nj_buf_str(&r->reply);
    out->error = "";
    if (code != CURLE_OK)
        out->error = r->refused != NULL ? r->refused : r->error[0] != '\0' ? r->error : curl_easy_strerror(code);
    out->origin = r;
    struct nj_str value = nj_http_reply_header(out, "Retry-After");
    out->retry_after_ms = value.p != NULL ? nj_retry_after_ms(value, wall) : -1;
}

struct nj_str nj_http_reply_header(const struct nj_http_reply *reply, const char *name)
{
    const struct nj_request *r = reply->origin;
    struct curl_header *found = NULL;
    if (r == NULL || curl_easy_header(r->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return (struct nj_str){ NULL, 0 };
    return nj_str_of(found->value);
}

static void settle(struct nj_http *h, CURL *easy, CURLcode code)
{
    struct nj_http_reply reply = { 0 };
    char *p = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &p);
    struct nj_request *r = (struct nj_request *)(void *)p;
    fill_reply(r, code, &reply);
    unlink_request(h, r);
    nj_loop_progress(h->loop);
    r->done(r->ctx, &reply);
    nj_request_free(r);
}

static void really_free(struct nj_http *h);

static void run(void *ctx)
{
    struct nj_http *h = ctx;
    int running = 0, left = 0;
    CURLMsg *msg;
    if (h->active == NULL)
        return;
    h->in_run = true;
    curl_multi_perform(h->multi, &running);
    while (!h->dead && (msg = curl_multi_info_read(h->multi, &left)) != NULL)
        if (msg->msg == CURLMSG_DONE)
            settle(h, msg->easy_handle, msg->data.result);
    h->in_run = false;
    if (h->dead)
        really_free(h);
    else if (h->active == NULL)
        nj_loop_set_sleep(h->loop, NULL, NULL);
}

static void sleep_in_curl(void *ctx, int fd, int wait_ms)
{
    struct nj_http *h = ctx;
    struct curl_waitfd extra = { .fd = fd, .events = CURL_WAIT_POLLIN };
    int ready = 0;
    if (curl_multi_poll(h->multi, &extra, 1, wait_ms, &ready) != CURLM_OK)
        nj_diag(NJ_LEVEL_DEBUG, "NJ1111", "waiting for transfers failed");
}

enum nj_status nj_http_new(struct nj_http **out, struct nj_loop *l)
{
    struct nj_http *h = calloc(1, sizeof(*h));
    *out = h;
    if (h == NULL)
        return NJ_ENOMEM;
    h->loop = l;
    h->source = (struct nj_source){ .run = run, .ctx = h };
    nj_source_add(l, &h->source);
    return NJ_OK;
}

/* Loading TLS costs a third of a millisecond and a megabyte, so nothing of curl is touched before the first request. */
static enum nj_status start_curl(struct nj_http *h)
{
    if (h->multi != NULL)
        return NJ_OK;
    if (!h->curl_started && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NJ_ENOMEM;
    h->curl_started = true;
    h->multi = curl_multi_init();
    if (h->multi == NULL)
        return NJ_ENOMEM;
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
    curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CONNECTIONS);
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    nj_http_find_ca(h);
    return NJ_OK;
}

enum nj_status nj_http_submit_take(struct nj_http *h, struct nj_request **request, nj_http_done_fn done, void *ctx, uint64_t *handle)
{
    struct nj_request *r = *request;
    *request = NULL;
    r->http = h;
    r->done = done;
    r->ctx = ctx;
    enum nj_status st = h->dead ? NJ_ECLOSED : start_curl(h);
    if (st == NJ_OK)
        st = nj_request_prepare(r);
    if (st == NJ_OK && curl_multi_add_handle(h->multi, r->easy) != CURLM_OK)
        st = NJ_ENOMEM;
    if (st != NJ_OK) {
        nj_request_free(r);
        return st;
    }
    r->handle = ++h->last_handle;
    r->since_ms = nj_loop_read_ms(h->loop);
    r->next = h->active;
    if (h->active != NULL)
        h->active->prev = r;
    h->active = r;
    nj_loop_set_sleep(h->loop, sleep_in_curl, h);
    if (handle != NULL)
        *handle = r->handle;
    return NJ_OK;
}

void nj_http_cancel(struct nj_http *h, uint64_t handle)
{
    for (struct nj_request *r = h->active; r != NULL; r = r->next) {
        if (r->handle == handle) {
            unlink_request(h, r);
            nj_request_free(r);
            return;
        }
    }
}

void nj_http_drop_idle(struct nj_http *h)
{
    /* curl looks at a connection before it uses it again: a shut one is found dead and replaced. */
    for (struct nj_client_socket *s = h->sockets; s != NULL; s = s->next)
        if (s->user == NULL)
            shutdown(s->fd, SHUT_RDWR);
}

static void really_free(struct nj_http *h)
{
    while (h->active != NULL)
        nj_http_cancel(h, h->active->handle);
    nj_loop_set_sleep(h->loop, NULL, NULL);
    nj_source_remove(h->loop, &h->source);
    if (h->multi != NULL)
        curl_multi_cleanup(h->multi);
    if (h->curl_started)
        curl_global_cleanup();
    free(h);
}

void nj_http_free(struct nj_http *h)
{
    if (h == NULL)
        return;
    h->dead = true;
    if (!h->in_run)
        really_free(h);
}

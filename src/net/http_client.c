/* The HTTP client: requests under way, each ended by exactly one callback or by cancelling it. */
#include "http_internal.h"

#include "http_date.h"

#include <stdio.h>
#include <stdlib.h>

static const struct nj_engine *const engines[] = { &nj_engine_plain, &nj_engine_curl };

static void unlink_request(struct nj_request *r)
{
    *(r->prev != NULL ? &r->prev->next : &r->http->active) = r->next;
    if (r->next != NULL)
        r->next->prev = r->prev;
    r->prev = r->next = NULL;
    r->engine->stop(r);
}

static void finish(struct nj_request *r)
{
    r->engine->released(r);
    nj_request_free(r);
}

struct nj_str nj_http_reply_header(const struct nj_http_reply *reply, const char *name)
{
    const struct nj_request *r = reply->origin;
    return r != NULL ? r->engine->header(r, name) : (struct nj_str){ NULL, 0 };
}

void nj_http_settle(struct nj_request *r, struct nj_http_reply *reply)
{
    struct nj_http *h = r->http;
    reply->origin = r;
    reply->took_ms = nj_loop_read_ms(h->loop) - r->since_ms;
    reply->body = nj_buf_str(&r->reply);
    if (r->reply.err != NJ_OK && reply->curl_code == 0) {
        reply->curl_code = (int)CURLE_OUT_OF_MEMORY;
        reply->error = "no memory for the reply";
    }
    struct nj_str value = nj_http_reply_header(reply, "Retry-After");
    reply->retry_after_ms = value.p != NULL ? nj_retry_after_ms(value, nj_loop_clock(h->loop)->wall) : -1;
    unlink_request(r);
    nj_loop_progress(h->loop);
    r->done(r->ctx, reply);
    finish(r);
}

static void really_free(struct nj_http *h)
{
    while (h->active != NULL)
        nj_http_cancel(h, h->active->handle);
    for (size_t i = 0; i < NJ_COUNT(engines); i++)
        engines[i]->free(h);
    free(h);
}

void nj_http_enter(struct nj_http *h)
{
    h->busy++;
}

void nj_http_leave(struct nj_http *h)
{
    if (--h->busy == 0 && h->dead)
        really_free(h);
}

enum nj_status nj_http_new(struct nj_http **out, struct nj_loop *l)
{
    struct nj_http *h = calloc(1, sizeof(*h));
    *out = h;
    if (h == NULL)
        return NJ_ENOMEM;
    h->loop = l;
    return NJ_OK;
}

void nj_http_trust(struct nj_http *h, struct nj_str file)
{
    snprintf(h->trust, sizeof(h->trust), "%.*s", NJ_STR_ARG(file));
}

void nj_http_free(struct nj_http *h)
{
    if (h == NULL)
        return;
    h->dead = true;
    nj_http_enter(h);
    nj_http_leave(h);
}

static enum nj_status check(const struct nj_http *h, const struct nj_request *r)
{
    struct nj_str ignored;
    if (h->dead)
        return NJ_ECLOSED;
    return r->err != NJ_OK ? r->err : nj_buf_finish(&r->headers, &ignored);
}

enum nj_status nj_http_submit_take(struct nj_http *h, struct nj_request **request, nj_http_done_fn done, void *ctx, uint64_t *handle)
{
    struct nj_request *r = *request;
    struct nj_str ignored;
    *request = NULL;
    r->http = h;
    r->done = done;
    r->ctx = ctx;
    r->since_ms = nj_loop_read_ms(h->loop);
    nj_buf_init(&r->reply, r->reply_max);
    r->engine = nj_plain_takes(r, &r->to, &ignored) ? &nj_engine_plain : &nj_engine_curl;
    enum nj_status st = check(h, r);
    if (st == NJ_OK)
        st = r->engine->start(h, r);
    if (st != NJ_OK) {
        nj_request_free(r);
        return st;
    }
    r->handle = ++h->last_handle;
    r->next = h->active;
    if (h->active != NULL)
        h->active->prev = r;
    h->active = r;
    if (handle != NULL)
        *handle = r->handle;
    return NJ_OK;
}

void nj_http_cancel(struct nj_http *h, uint64_t handle)
{
    for (struct nj_request *r = h->active; r != NULL; r = r->next) {
        if (r->handle == handle) {
            unlink_request(r);
            finish(r);
            return;
        }
    }
}

void nj_http_drop_idle(struct nj_http *h)
{
    for (size_t i = 0; i < NJ_COUNT(engines); i++)
        engines[i]->drop_idle(h);
}

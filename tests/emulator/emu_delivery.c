/* Posts batches to one subscriber: one at a time, again after a refusal, twice when asked to. */
#include "emu_phases.h"
#include "emu_timeline.h"

#include <stdio.h>
#include <stdlib.h>

enum { POSTS_KEPT = 5000, HURRY_MS = 0, LAST_ANSWER_MS = 500, TCP_TAKEN = 200 };

static void on_due(void *ctx)
{
    emu_delivery_pump(ctx);
}

static int64_t ns_since_start(const struct emu *w, int64_t mono_ns)
{
    return mono_ns - w->epoch.mono_ns;
}

static struct nj_str body_of(const struct emu_subscriber *s)
{
    return s->garbling ? NJ_STR("<html>this is no telemetry</html>") : nj_buf_str(&s->buf.body);
}

static void note_post(struct emu_subscriber *s, long status, const char *result)
{
    int64_t now = emu_now().mono_ns;
    s->posts_sent++;
    if (json_array_size(s->posts) >= POSTS_KEPT)
        return;
    json_t *post = json_pack("{s:f,s:I,s:I,s:i,s:f,s:i,s:s}", "atMs", emu_ms(ns_since_start(s->world, s->post_begin_ns)), "items",
                             (json_int_t)(s->garbling ? 0 : s->buf.batch_items), "bytes", (json_int_t)body_of(s).n, "status", (int)status,
                             "tookMs", emu_ms(now - s->post_begin_ns), "attempt", (int)s->tries, "result", result);
    if (post != NULL && s->buf.had_cut)
        json_object_set_new(post, "cut", json_true());
    json_array_append_new(s->posts, post);
}

static void settle(struct emu_subscriber *s)
{
    s->tries = 0;
    s->wait_ms = 0;
    s->repeating = false;
    emu_stream_progress(s->world->stream, s);
    emu_delivery_pump(s);
}

static void post(struct emu_subscriber *s);

static void garbage_over(struct emu_subscriber *s, long status)
{
    note_post(s, status, "garbage");
    s->garbling = false;
    s->garbage++;
    settle(s);
}

static void on_accepted(struct emu_subscriber *s, long status)
{
    const struct emu *w = s->world;
    if (s->garbling) {
        garbage_over(s, status);
        return;
    }
    if (s->repeating) {
        note_post(s, status, "duplicate");
        emu_buffer_duplicated(&s->buf);
    } else {
        note_post(s, status, s->buf.had_cut ? "cut" : "delivered");
        s->acknowledged++;
        if (w->o.duplicate_every > 0 && s->acknowledged % (uint64_t)w->o.duplicate_every == 0) {
            s->repeating = true;
            emu_delivery_pump(s);
            return;
        }
    }
    emu_buffer_delivered(&s->buf);
    if (w->o.garbage_every > 0 && s->acknowledged % (uint64_t)w->o.garbage_every == 0 && !s->what.tcp && !emu_stream_is_frozen(w->stream)) {
        s->repeating = false;
        s->garbling = true;
        s->tries = 0;
        post(s);
        return;
    }
    settle(s);
}

static bool may_retry(const struct emu_subscriber *s)
{
    const struct emu_options *o = &s->world->o;
    bool drop = o->on_refusal == EMU_REFUSAL_DROP || (o->on_refusal == EMU_REFUSAL_AUTO && o->init_type == EMU_MANAGED);
    return !drop && (o->refusal_retries == 0 || s->tries <= (uint64_t)o->refusal_retries);
}

static const char *reason(long status, const char *why, char out[static 160])
{
    if (status != 0)
        (void)snprintf(out, 160, "status %ld", status);
    else
        (void)snprintf(out, 160, "%s", why);
    return out;
}

static void on_refused(struct emu_subscriber *s, long status, const char *why)
{
    char text[160];
    struct emu *w = s->world;
    uint64_t records = 0, bytes = 0;
    if (s->garbling) {
        garbage_over(s, status);
        return;
    }
    s->refusals++;
    if (s->repeating) { /* the first copy had arrived */
        note_post(s, status, "duplicate-refused");
        emu_buffer_delivered(&s->buf);
        settle(s);
        return;
    }
    if (may_retry(s)) {
        note_post(s, status, "retry");
        s->retries++;
        s->wait_ms = s->wait_ms == 0 ? w->o.retry_first_ms : s->wait_ms * 2;
        if (s->wait_ms > w->o.retry_max_ms)
            s->wait_ms = w->o.retry_max_ms;
        emu_say(w, EMU_TAG_TELEMETRY, "%s refused a batch (%s), again in %lld ms", s->name, reason(status, why, text),
                (long long)s->wait_ms);
        nj_timer_set(w->loop, &s->retry, s->wait_ms);
        return;
    }
    note_post(s, status, "dropped");
    emu_buffer_dropped(&s->buf, &records, &bytes);
    emu_say(w, EMU_TAG_TELEMETRY, "%s refused a batch (%s), %llu records dropped", s->name, reason(status, why, text),
            (unsigned long long)records);
    s->lost_records += records;
    s->lost_bytes += bytes;
    settle(s);
}

static void note_lost(struct emu_subscriber *s)
{
    note_post(s, 0, "lost");
    if (!s->repeating && !s->garbling)
        s->uncertain += s->buf.flight.n;
}

static void close_subscriber(struct emu_subscriber *s);

/* The process is gone; this was the answer to its last POST, or the news that none will come. */
static void on_last_reply(struct emu_subscriber *s, long status)
{
    if (s->garbling) {
        note_post(s, status, "garbage");
    } else if (status >= 200 && status < 300) {
        note_post(s, status, s->repeating ? "duplicate" : "delivered");
        if (s->repeating)
            emu_buffer_duplicated(&s->buf);
        else
            s->acknowledged++;
        emu_buffer_delivered(&s->buf);
    } else if (s->repeating) {
        note_lost(s);
        emu_buffer_delivered(&s->buf);
    } else {
        note_lost(s);
    }
    close_subscriber(s);
    emu_on_subscribers_left(s->world);
}

static void on_reply(void *ctx, const struct nj_http_reply *r)
{
    struct emu_subscriber *s = ctx;
    s->posting = false;
    s->handle = 0;
    nj_timer_stop(s->world->loop, &s->limit);
    if (s->leaving) {
        on_last_reply(s, r->status);
        return;
    }
    if (r->status >= 200 && r->status < 300)
        on_accepted(s, r->status);
    else
        on_refused(s, r->status, r->status != 0 ? "" : r->error);
}

static void on_tcp(struct emu_subscriber *s, int error)
{
    s->posting = false;
    nj_timer_stop(s->world->loop, &s->limit);
    if (s->leaving)
        on_last_reply(s, error == 0 ? TCP_TAKEN : 0);
    else if (error == 0)
        on_accepted(s, TCP_TAKEN);
    else
        on_refused(s, 0, strerror(error));
}

static void cancel_post(struct emu_subscriber *s)
{
    if (s->what.tcp)
        emu_tcp_close(s);
    else
        nj_http_cancel(s->world->http, s->handle);
    s->posting = false;
    s->handle = 0;
}

/* No answer in time.  The subscriber may have it all the same. */
static void on_limit(void *ctx)
{
    struct emu_subscriber *s = ctx;
    cancel_post(s);
    if (s->leaving)
        on_last_reply(s, 0);
    else
        on_refused(s, 0, "no answer in time");
}

static struct nj_request *make_request(struct emu_subscriber *s)
{
    const struct emu *w = s->world;
    struct nj_request *r = NULL;
    char url[EMU_URI_MAX + 64], host[96], number[32];
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s", s->what.port, w->o.uri_path == 0 ? s->what.path : "/");
    (void)snprintf(host, sizeof(host), "%s:%u", s->what.host, s->what.port);
    if (nj_request_new(&r, "POST", nj_str_of(url)) != NJ_OK)
        return NULL;
    nj_request_header(r, "Host", nj_str_of(host));
    nj_request_header(r, "Content-Type", NJ_STR("application/json"));
    if (w->o.sequence_id) {
        (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)s->sequence);
        nj_request_header(r, "Sequence-Id", nj_str_of(number));
    }
    nj_request_direct(r);
    nj_request_body(r, body_of(s));
    return r;
}

static bool submit(struct emu_subscriber *s)
{
    if (s->what.tcp)
        return emu_tcp_send(s) == 0;
    struct nj_request *r = make_request(s);
    return r != NULL && nj_http_submit_take(s->world->http, &r, on_reply, s, &s->handle) == NJ_OK;
}

static void post(struct emu_subscriber *s)
{
    s->post_begin_ns = emu_now().mono_ns;
    s->tries++;
    if (!submit(s)) {
        nj_timer_set(s->world->loop, &s->retry, s->world->o.retry_max_ms);
        return;
    }
    s->posting = true;
    nj_timer_set(s->world->loop, &s->limit, s->world->o.post_timeout_ms);
}

static void on_retry(void *ctx)
{
    struct emu_subscriber *s = ctx;
    if (!s->closed && !s->leaving && !s->posting && !emu_stream_is_frozen(s->world->stream))
        post(s);
}

void emu_delivery_init(struct emu_subscriber *s)
{
    s->due = (struct nj_timer){ .fire = on_due, .ctx = s };
    s->retry = (struct nj_timer){ .fire = on_retry, .ctx = s };
    s->limit = (struct nj_timer){ .fire = on_limit, .ctx = s };
    s->tcp_done = on_tcp;
}

void emu_delivery_pump(struct emu_subscriber *s)
{
    struct emu *w = s->world;
    if (s->closed || s->leaving || s->posting || s->retry.armed || emu_stream_is_frozen(w->stream))
        return;
    if (s->buf.under_way) {
        post(s);
        return;
    }
    int64_t due = emu_buffer_due_ms(&s->buf, nj_loop_clock(w->loop)->mono.ms);
    if (due > 0 && emu_stream_hurries(w->stream))
        due = HURRY_MS;
    if (due > 0)
        nj_timer_set(w->loop, &s->due, due);
    if (due != 0)
        return;
    nj_timer_stop(w->loop, &s->due);
    emu_buffer_take(&s->buf);
    s->sequence++;
    post(s);
}

/* A POST that is under way at the freeze stays so: the kernel holds its bytes, and its answer comes after the thaw. */
void emu_delivery_freeze(struct emu_subscriber *s, bool frozen)
{
    struct emu *w = s->world;
    if (s->closed || s->leaving)
        return;
    if (frozen) {
        nj_timer_stop(w->loop, &s->due);
        nj_timer_stop(w->loop, &s->retry);
        nj_timer_stop(w->loop, &s->limit);
    } else if (s->posting) {
        nj_timer_set(w->loop, &s->limit, w->o.post_timeout_ms);
    } else {
        nj_timer_stop(w->loop, &s->retry); /* set by an answer that arrived during the freeze */
        emu_delivery_pump(s);
    }
}

static void close_subscriber(struct emu_subscriber *s)
{
    const struct emu *w = s->world;
    nj_timer_stop(w->loop, &s->due);
    nj_timer_stop(w->loop, &s->retry);
    nj_timer_stop(w->loop, &s->limit);
    emu_tcp_close(s);
    s->closed = true;
    emu_buffer_close(&s->buf);
}

void emu_delivery_leave(struct emu_subscriber *s, bool now)
{
    const struct emu *w = s->world;
    if (s->closed)
        return;
    s->leaving = true;
    if (s->posting && !now) {
        nj_timer_set(w->loop, &s->limit, LAST_ANSWER_MS);
        return;
    }
    if (s->posting) {
        cancel_post(s);
        note_lost(s);
    }
    close_subscriber(s);
}

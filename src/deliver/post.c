/* Sends a batch as one HTTP POST. */
#include "sender.h"

#include <curl/curl.h>
#include <stdlib.h>

enum { REPLY_MAX = 4 << 10 }; /* only AWS tells more in the body than in the status; the rest is read and thrown away */
enum { SIGNATURE_MAX = 16 << 10 };

struct post;

struct flight {
    struct post *post;
    bool signs;      /* the far end is a service of AWS */
    uint64_t handle; /* 0 = nothing under way */
    void (*done)(void *ctx, const struct nj_answer *a);
    void *ctx;
};

struct post {
    struct nj_sender sender;
    const struct nj_clock *clock;
    struct nj_http *http;
    struct flight flights[NJ_LANES];
};

/* Services of AWS answer 400 also to what only came too fast, or with credentials that are about to be renewed.
 * Source: "Common error types" of the services' API references. */
static enum nj_verdict verdict_of_aws(const struct nj_http_reply *r)
{
    static const struct nj_str passing[] = { NJ_STR_INIT("Throttl"), NJ_STR_INIT("RequestLimitExceeded"), NJ_STR_INIT("TooManyRequests"),
                                             NJ_STR_INIT("SlowDown") };
    if (r->status == 400)
        for (size_t i = 0; i < NJ_COUNT(passing); i++)
            if (nj_str_find(r->body, passing[i], 0) != NJ_NPOS)
                return NJ_V_RETRY;
    return nj_verdict_of(r);
}

static void on_reply(void *ctx, const struct nj_http_reply *r)
{
    struct flight *f = ctx;
    struct nj_answer a = {
        .verdict = f->signs ? verdict_of_aws(r) : nj_verdict_of(r),
        .retry_after_ms = r->retry_after_ms,
        .status = r->status,
        .timed_out = r->status == 0 && r->curl_code == CURLE_OPERATION_TIMEDOUT,
        .words = r->error != NULL ? r->error : "",
    };
    f->handle = 0;
    f->done(f->ctx, &a);
}

static void header_number(struct nj_request *r, const char *name, uint64_t value)
{
    char digits[21];
    struct nj_buf b = { .p = digits, .cap = sizeof(digits), .max = sizeof(digits) };
    nj_buf_add_u64(&b, value);
    nj_request_header(r, name, nj_buf_str(&b));
}

/* Each attempt anew: a signature is good for five minutes. */
static enum nj_status add_signature(const struct post *p, const struct nj_attempt *a, struct nj_request *r)
{
    struct nj_buf lines;
    const struct nj_sink *sink = a->sink;
    struct nj_sigv4 s = { .method = NJ_STR("POST"),
                          .host = sink->aws.host,
                          .path = NJ_STR("/"),
                          .service = sink->aws.service,
                          .region = sink->aws.region,
                          .content_type = sink->content_type,
                          .body = nj_buf_str(&a->batch->bytes),
                          .credentials = sink->aws.credentials,
                          .wall_ns = p->clock->wall_ns };
    nj_buf_init(&lines, SIGNATURE_MAX);
    nj_sigv4_lines(&s, &lines);
    enum nj_status st = lines.err;
    if (st == NJ_OK)
        nj_request_header_lines(r, nj_buf_str(&lines));
    nj_buf_fini(&lines);
    return st;
}

static enum nj_status post_start(struct nj_sender *s, const struct nj_attempt *a)
{
    struct post *p = (struct post *)s;
    const struct nj_sealed *b = a->batch;
    struct flight *f = &p->flights[b->lane];
    struct nj_request *r = NULL;
    enum nj_status st = nj_request_new(&r, "POST", a->sink->url);
    if (st != NJ_OK)
        return st;
    struct nj_str id = nj_str_of(b->id);
    nj_request_header(r, "Content-Type", a->sink->content_type); /* never left to curl, which would say it is a form */
    if (b->codec != NJ_CODEC_NONE)
        nj_request_header(r, "Content-Encoding", nj_str_of(nj_codec_names[b->codec]));
    nj_request_header(r, "Nightjar-Batch-Id", id);
    nj_request_header(r, "Idempotency-Key", id);
    header_number(r, "Nightjar-Batch-Records", b->records);
    header_number(r, "Nightjar-Attempt", b->attempts);
    nj_request_header_lines(r, a->sink->headers);
    bool signs = a->sink->aws.service.n != 0;
    st = signs ? add_signature(p, a, r) : NJ_OK;
    if (st != NJ_OK) {
        nj_request_free(r);
        return st;
    }
    nj_request_body(r, nj_buf_str(&b->bytes));
    nj_request_timeout(r, a->timeout_ms, a->connect_ms);
    nj_request_reply_max(r, REPLY_MAX);
    *f = (struct flight){ .post = p, .signs = signs, .done = a->done, .ctx = a->ctx };
    return nj_http_submit_take(p->http, &r, on_reply, f, &f->handle);
}

static void post_cancel(struct nj_sender *s, enum nj_lane lane)
{
    struct post *p = (struct post *)s;
    uint64_t handle = p->flights[lane].handle;
    p->flights[lane].handle = 0;
    if (handle != 0)
        nj_http_cancel(p->http, handle);
}

static void post_fresh(struct nj_sender *s)
{
    nj_http_drop_idle(((struct post *)s)->http);
}

static void post_free(struct nj_sender *s)
{
    for (int lane = 0; lane < NJ_LANES; lane++)
        post_cancel(s, (enum nj_lane)lane);
    free(s);
}

static const struct nj_sender_ops post_ops = { .start = post_start, .cancel = post_cancel, .fresh = post_fresh, .free = post_free };

enum nj_status nj_post_new(struct nj_sender **out, struct nj_loop *l, struct nj_http *h)
{
    *out = NULL;
    struct post *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return NJ_ENOMEM;
    p->sender.ops = &post_ops;
    p->clock = nj_loop_clock(l);
    p->http = h;
    *out = &p->sender;
    return NJ_OK;
}

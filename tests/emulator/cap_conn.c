/* cap_conn.c -- the life of one connection. */
#include "cap_conn.h"

#include "cap_body.h"
#include "cap_http.h"
#include "cap_reply.h"

#include <inttypes.h>
#include <stdio.h>

enum { IDLE_MS = 600000, READ_MS = 120000, READ_STEP = 64 << 10, HEAD_STEP = 256 };

/* A request on its way through the sink. */
struct exchange {
    struct cap_sink *sink;
    struct cap_stream *stream;
    uint64_t connection, n;
    struct cap_head head;
    const struct cap_rule *rule;
    struct nj_clock came;
    struct nj_buf wire, body;
    uint64_t records, first;
    int status; /* 0: not answered */
    bool taken, decoded;
    const char *error;
};

static void number_request(struct exchange *x)
{
    struct cap_sink *k = x->sink;
    pthread_mutex_lock(&k->lock);
    x->n = ++k->requests;
    if (k->first_ms < 0)
        k->first_ms = x->came.mono.ms;
    int64_t since = x->came.mono.ms - k->first_ms;
    pthread_mutex_unlock(&k->lock);
    x->rule = cap_plan_find(k->plan, x->n, since, x->head.path);
}

/* Reads until the head is complete; bytes behind it stay in. */
static enum cap_io read_head(struct cap_stream *s, struct nj_buf *in, size_t step, size_t *head)
{
    while ((*head = cap_head_length(nj_buf_str(in))) == 0) {
        if (nj_buf_reserve(in, step) != NJ_OK)
            return CAP_IO_ERROR;
        size_t got;
        enum cap_io io = cap_stream_read(s, in->p + in->n, step, &got, in->n == 0 ? IDLE_MS : READ_MS);
        if (io != CAP_IO_OK)
            return io;
        in->n += got;
    }
    return CAP_IO_OK;
}

static enum cap_io take_piece(struct exchange *x, struct cap_chunks *chunks, struct nj_str piece, size_t *taken)
{
    if (x->head.chunked)
        return cap_chunks_feed(chunks, piece, &x->wire, taken) == NJ_OK ? CAP_IO_OK : CAP_IO_ERROR;
    uint64_t left = (uint64_t)x->head.content_length - x->wire.n;
    *taken = piece.n < left ? piece.n : (size_t)left;
    nj_buf_add(&x->wire, nj_str_slice(piece, 0, *taken));
    return x->wire.err == NJ_OK ? CAP_IO_OK : CAP_IO_ERROR;
}

static bool body_complete(const struct exchange *x, const struct cap_chunks *chunks)
{
    if (x->head.chunked)
        return chunks->at == CAP_CHUNK_DONE;
    return x->head.content_length <= 0 || x->wire.n == (uint64_t)x->head.content_length;
}

/* Takes the next bytes of the body, out of rest first; what belongs to the next request stays in rest. */
static enum cap_io body_step(struct exchange *x, struct cap_chunks *chunks, struct nj_buf *rest, size_t step)
{
    if (rest->n == 0) {
        if (nj_buf_reserve(rest, step) != NJ_OK)
            return CAP_IO_ERROR;
        enum cap_io io = cap_stream_read(x->stream, rest->p, step, &rest->n, READ_MS);
        if (io != CAP_IO_OK)
            return io;
    }
    size_t taken;
    enum cap_io io = take_piece(x, chunks, nj_str_slice(nj_buf_str(rest), 0, step), &taken);
    memmove(rest->p, rest->p + taken, rest->n - taken);
    nj_buf_cut(rest, rest->n - taken);
    if (io == CAP_IO_OK && x->rule->slow_read > 0)
        io = cap_stream_wait(x->stream, (int64_t)taken * 1000 / x->rule->slow_read);
    return io;
}

static enum cap_io read_body(struct exchange *x, struct nj_buf *rest)
{
    struct cap_chunks chunks = { .at = CAP_CHUNK_SIZE };
    size_t step = READ_STEP;
    if (x->rule->slow_read > 0)
        step = x->rule->slow_read > 20 ? (size_t)x->rule->slow_read / 20 : 1;
    enum cap_io io = CAP_IO_OK;
    while (io == CAP_IO_OK && !body_complete(x, &chunks))
        io = body_step(x, &chunks, rest, step < READ_STEP ? step : READ_STEP);
    return io;
}

static uint64_t count_records(struct nj_str body)
{
    struct cap_records r;
    struct nj_str record;
    uint64_t n = 0;
    cap_records_init(&r, body);
    while (cap_records_next(&r, &record))
        n += record.n > 0;
    return n;
}

/* Does the limit of the rule, if it has one, refuse this body? */
static bool over_limit(const struct exchange *x)
{
    const struct cap_rule *r = x->rule;
    return (r->max_bytes > 0 && x->wire.n > (size_t)r->max_bytes) || (r->max_body_bytes > 0 && x->body.n > (size_t)r->max_body_bytes) ||
           (r->max_records > 0 && count_records(nj_buf_str(&x->body)) > (uint64_t)r->max_records);
}

static bool has_limit(const struct cap_rule *r)
{
    return r->max_bytes > 0 || r->max_body_bytes > 0 || r->max_records > 0;
}

/* Decides on the status and files the records.  A request whose answer is lost counts as taken: the sink has it. */
static void settle_body(struct exchange *x)
{
    x->decoded = cap_body_decode(cap_head_get(&x->head, "Content-Encoding"), nj_buf_str(&x->wire), &x->body) == NJ_OK;
    x->status = x->sink->status;
    if (!x->decoded) {
        x->status = 400;
        x->error = "the body is not what Content-Encoding says";
    } else if (has_limit(x->rule)) {
        x->status = over_limit(x) ? (int)x->rule->status : x->status;
    } else if (x->rule->status > 0) {
        x->status = (int)x->rule->status;
    }
    x->taken = x->status >= 200 && x->status < 300;
    if (x->decoded)
        cap_store_records(x->sink->store, nj_buf_str(&x->body), x->taken, &x->records, &x->first);
    if (!x->decoded || x->sink->keep_bodies)
        cap_store_body(x->sink->store, x->n, nj_buf_str(&x->wire));
}

static enum cap_io answer(struct exchange *x, bool *keep)
{
    enum cap_io io = x->rule->delay_ms > 0 ? cap_stream_wait(x->stream, x->rule->delay_ms) : CAP_IO_OK;
    int status = x->status;
    if (io == CAP_IO_OK && (x->rule->reset == CAP_AFTER || x->rule->close || x->rule->stall_ms > 0)) {
        x->status = 0;
        *keep = false;
        if (x->rule->stall_ms > 0)
            io = cap_stream_wait(x->stream, x->rule->stall_ms);
        if (x->rule->reset == CAP_AFTER)
            cap_stream_reset(x->stream);
        return io;
    }
    const char *body = x->rule->reply != NULL ? x->rule->reply : x->sink->reply;
    if (io == CAP_IO_OK)
        io = cap_reply_send(x->stream, x->rule, status, nj_str_of(body), keep);
    if (io != CAP_IO_OK || x->rule->garbage || x->rule->endless_headers)
        x->status = 0;
    return io;
}

/* What the rule wants before the body is read; false when the connection is over. */
static bool before_body(struct exchange *x)
{
    if (x->rule->reset == CAP_BEFORE) {
        cap_stream_reset(x->stream);
        x->error = "reset before the body was read";
        return false;
    }
    if (x->rule->no_read_ms > 0) {
        enum cap_io io = cap_stream_wait(x->stream, x->rule->no_read_ms);
        x->error = io == CAP_IO_OK ? "left unread" : cap_io_name(io);
        return false;
    }
    if (x->head.expects_continue && cap_reply_continue(x->stream) != CAP_IO_OK) {
        x->error = "closed by the client";
        return false;
    }
    return true;
}

static void log_exchange(struct exchange *x)
{
    struct nj_clock now;
    nj_clock_init(&now, NULL, NULL);
    char at[NJ_TIME_LEN + 1];
    struct nj_buf line;
    nj_buf_init(&line, 2 * CAP_HEAD_MAX);
    nj_buf_addf(&line, "{\"n\":%" PRIu64 ",\"at\":", x->n);
    nj_buf_add_json(&line, nj_time_format(at, x->came.wall_ns));
    nj_buf_addf(&line, ",\"ms\":%" PRId64 ",\"connection\":%" PRIu64 ",\"method\":", x->came.mono.ms - x->sink->started_ms, x->connection);
    nj_buf_add_json(&line, x->head.method);
    nj_buf_addz(&line, ",\"path\":");
    nj_buf_add_json(&line, x->head.target);
    nj_buf_addz(&line, ",\"headers\":");
    cap_head_json(&x->head, &line);
    nj_buf_addf(&line, ",\"wire_bytes\":%zu,\"body_bytes\":%zu,\"records\":%" PRIu64 ",\"first\":%" PRIu64 ",\"taken\":%s", x->wire.n,
                x->body.n, x->records, x->first, x->taken ? "true" : "false");
    nj_buf_addf(&line, ",\"fault\":\"%s\",\"status\":%d,\"took_ms\":%" PRId64, cap_rule_name(x->rule), x->status,
                now.mono.ms - x->came.mono.ms);
    if (x->error != NULL && *x->error != '\0')
        nj_buf_addf(&line, ",\"error\":\"%s\"", x->error);
    nj_buf_addc(&line, '}');
    if (line.err == NJ_OK)
        cap_store_request(x->sink->store, nj_buf_str(&line));
    nj_buf_fini(&line);
    if (x->sink->verbose) {
        printf("%6" PRId64 " ms  #%" PRIu64 " %.*s %.*s  %" PRIu64 " records, %zu bytes (%zu sent)  %s%s%d\n",
               x->came.mono.ms - x->sink->started_ms, x->n, NJ_STR_ARG(x->head.method), NJ_STR_ARG(x->head.target), x->records, x->body.n,
               x->wire.n, cap_rule_name(x->rule), *cap_rule_name(x->rule) != '\0' ? " -> " : "", x->status);
        fflush(stdout);
    }
}

/* One request; false when the connection is over. */
static bool serve_request(struct exchange *x, struct nj_buf *in)
{
    size_t head;
    struct nj_buf text; /* the head, kept apart because in moves on */
    if (read_head(x->stream, in, x->sink->plan->slow_read ? HEAD_STEP : READ_STEP, &head) != CAP_IO_OK)
        return false;
    nj_clock_init(&x->came, NULL, NULL);
    nj_buf_init(&text, CAP_HEAD_MAX);
    nj_buf_add(&text, nj_str_slice(nj_buf_str(in), 0, head));
    memmove(in->p, in->p + head, in->n - head);
    nj_buf_cut(in, in->n - head);
    enum nj_status st = cap_head_parse(nj_buf_str(&text), &x->head);
    number_request(x);
    bool keep = x->head.keep_alive;
    if (st != NJ_OK) {
        keep = false;
        x->error = "not an HTTP request";
        x->status = cap_reply_send(x->stream, x->rule, 400, nj_str_of("{}"), &keep) == CAP_IO_OK ? 400 : 0;
    } else if (!before_body(x)) {
        keep = false;
    } else {
        enum cap_io io = read_body(x, in);
        if (io == CAP_IO_OK) {
            settle_body(x);
            io = answer(x, &keep);
            if (io == CAP_IO_OK && keep && x->rule->drop_after_ms > 0) { /* what the client sends meanwhile is lost */
                io = cap_stream_wait(x->stream, x->rule->drop_after_ms);
                keep = false;
            }
        } else {
            cap_store_body(x->sink->store, x->n, nj_buf_str(&x->wire)); /* what came is looked at for secrets all the same */
        }
        if (io != CAP_IO_OK) {
            x->error = cap_io_name(io);
            keep = false;
        }
    }
    log_exchange(x);
    nj_buf_fini(&text);
    return keep;
}

void cap_conn_serve(struct cap_sink *sink, int fd, uint64_t connection)
{
    struct cap_stream stream = { .fd = fd, .stop_fd = sink->stop_fd };
    if (sink->mute_ms > 0 && cap_stream_wait(&stream, sink->mute_ms) != CAP_IO_OK) {
        cap_stream_close(&stream);
        return;
    }
    if (cap_stream_open(&stream, fd, sink->stop_fd, sink->tls) != CAP_IO_OK)
        return;
    struct nj_buf in;
    nj_buf_init(&in, CAP_HEAD_MAX + READ_STEP);
    bool more = true;
    while (more) {
        struct exchange x = { .sink = sink, .stream = &stream, .connection = connection };
        nj_buf_init(&x.wire, CAP_BODY_MAX);
        nj_buf_init(&x.body, CAP_DECODED_MAX);
        more = serve_request(&x, &in) && in.err == NJ_OK;
        nj_buf_fini(&x.wire);
        nj_buf_fini(&x.body);
    }
    nj_buf_fini(&in);
    cap_stream_close(&stream);
}

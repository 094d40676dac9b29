/* The copies of what passed: bounded bodies with size and sum of the whole, texts of headers, and the way to the other thread. */
#include "proxy_store.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { BODY_FIRST = 4096, QUEUE_DEFAULT = 4 << 20 };

const char *const nj_capture_names[NJ_CAPTURE_KINDS] = { "input", "response", "error", "init_error", "restore_error", "end" };

static const struct {
    struct nj_str header;
    size_t member; /* where struct nj_capture has it */
} fields[NJ_FIELD_ROWS] = {
#define NJ_CAPTURE_ROW(name, text) { NJ_STR_INIT(text), offsetof(struct nj_capture, name) },
    NJ_CAPTURE_FIELDS(NJ_CAPTURE_ROW)
#undef NJ_CAPTURE_ROW
};

static void *system_resize(void *ctx, void *p, size_t n)
{
    (void)ctx;
    if (n > 0)
        return realloc(p, n);
    free(p);
    return NULL;
}

enum nj_status nj_store_init(struct nj_store *s, const struct nj_proxy_options *o)
{
    s->capture_bytes = o->capture_bytes;
    s->queue_bytes = o->queue_bytes != 0 ? o->queue_bytes : QUEUE_DEFAULT;
    s->no_capture = o->no_capture;
    s->resize = o->resize != NULL ? o->resize : system_resize;
    s->ctx = o->ctx;
    s->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return s->fd >= 0 ? NJ_OK : NJ_ESYS;
}

static void destroy(struct nj_store *s, struct nj_copy *c)
{
    atomic_fetch_sub(&s->held, c->body_cap);
    s->resize(s->ctx, c->body, 0);
    nj_buf_fini(&c->texts);
    s->resize(s->ctx, c, 0);
}

void nj_store_fini(struct nj_store *s)
{
    struct nj_ring *rings[] = { &s->ready, &s->spent };
    for (size_t i = 0; i < NJ_COUNT(rings); i++)
        for (struct nj_copy *c; (c = nj_ring_get(rings[i])) != NULL;)
            destroy(s, c);
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

enum nj_capture_field nj_capture_field(struct nj_str header)
{
    unsigned i = 0;
    while (i < NJ_FIELD_ROWS && (header.n != fields[i].header.n || !nj_str_eq_nocase(header, fields[i].header)))
        i++;
    return (enum nj_capture_field)i;
}

/* --- the proxy's thread -------------------------------------------------------------------------------------------- */

struct nj_copy *nj_copy_open(struct nj_store *s, enum nj_capture_kind kind, int64_t now_ns)
{
    struct nj_copy *c = nj_ring_get(&s->spent);
    if (c == NULL) {
        c = s->resize(s->ctx, NULL, sizeof(*c));
        if (c == NULL) {
            nj_store_add(s, NJ_PROXY_captures_dropped);
            return NULL;
        }
        memset(c, 0, sizeof(*c));
        nj_buf_init(&c->texts, NJ_STORE_TEXT_MAX);
    }
    nj_buf_reset(&c->texts);
    memset(c->field, 0, sizeof(c->field));
    c->pub = (struct nj_capture){ .kind = kind, .declared = -1, .start_ns = now_ns };
    c->body_n = 0;
    c->end_only = s->no_capture;
    c->keeping = s->capture_bytes > 0 && !c->end_only;
    nj_sha256_init(&c->sum);
    nj_scan_init(&c->scan);
    return c;
}

void nj_copy_field(struct nj_copy *c, enum nj_capture_field which, struct nj_str value)
{
    if (value.n == 0 || c->field[which].n > 0)
        return;
    size_t at = c->texts.n;
    nj_buf_add(&c->texts, value);
    if (c->texts.err != NJ_OK) {
        c->texts.err = NJ_OK;
        c->pub.starved = true;
        return;
    }
    c->field[which].at = at;
    c->field[which].n = value.n;
}

/* Room for more bytes of the body, if the budget has it. */
static bool grow(struct nj_store *s, struct nj_copy *c, size_t want)
{
    size_t cap = c->body_cap > 0 ? c->body_cap : s->capture_bytes < BODY_FIRST ? s->capture_bytes : BODY_FIRST;
    if (c->pub.declared > 0 && (uint64_t)c->pub.declared > cap)
        cap = (uint64_t)c->pub.declared < s->capture_bytes ? (size_t)c->pub.declared : s->capture_bytes;
    while (cap < want)
        cap = cap > s->capture_bytes / 2 ? s->capture_bytes : cap * 2;
    size_t more = cap - c->body_cap;
    if (atomic_fetch_add(&s->held, more) + more <= s->queue_bytes) {
        char *p = s->resize(s->ctx, c->body, cap);
        if (p != NULL) {
            c->body = p;
            c->body_cap = cap;
            return true;
        }
    }
    atomic_fetch_sub(&s->held, more);
    return false;
}

void nj_copy_body(struct nj_store *s, struct nj_copy *c, struct nj_str piece)
{
    c->pub.size += piece.n;
    if (c->end_only)
        return;
    nj_sha256_add(&c->sum, piece.p, piece.n);
    if (c->pub.kind == NJ_CAPTURE_RESPONSE)
        nj_scan_feed(&c->scan, piece);
    if (!c->keeping)
        return;
    size_t take = s->capture_bytes - c->body_n < piece.n ? s->capture_bytes - c->body_n : piece.n;
    if (take == 0)
        return;
    if (c->body_n + take > c->body_cap && !grow(s, c, c->body_n + take)) {
        /* A hole would be worse than an end. */
        take = c->body_cap - c->body_n;
        c->keeping = false;
        c->pub.starved = true;
    }
    if (take > 0)
        memcpy(c->body + c->body_n, piece.p, take);
    c->body_n += take;
}

/* Back to the spares, from the proxy's own side: it may not put into a ring that the other thread fills. */
void nj_copy_drop(struct nj_store *s, struct nj_copy **copy)
{
    struct nj_copy *c = *copy;
    *copy = NULL;
    if (c != NULL)
        destroy(s, c);
}

static bool hand_over(struct nj_store *s, struct nj_copy *c)
{
    size_t most = c->pub.kind == NJ_CAPTURE_END ? NJ_RING_SLOTS : NJ_RING_SLOTS - NJ_STORE_FOR_ENDS;
    bool put = nj_ring_count(&s->ready) < most && nj_ring_put(&s->ready, c);
    s->untold = s->untold || put;
    return put;
}

void nj_store_tell(struct nj_store *s)
{
    if (s->untold && !atomic_exchange(&s->told, true)) {
        uint64_t one = 1;
        ssize_t n = write(s->fd, &one, sizeof(one));
        (void)n; /* it can only be full, and then it is readable */
    }
    s->untold = false;
}

/* Texts may have moved while they were gathered; from here on they stay. */
static void seal(struct nj_copy *c, int64_t now_ns)
{
    struct nj_capture *pub = &c->pub;
    for (size_t i = 0; i < NJ_FIELD_ROWS; i++)
        if (c->field[i].n > 0)
            *(struct nj_str *)(void *)((char *)pub + fields[i].member) = (struct nj_str){ c->texts.p + c->field[i].at, c->field[i].n };
    uint64_t deadline = 0;
    if (nj_str_u64(pub->deadline, &deadline) && deadline < INT64_MAX)
        pub->deadline_ms = (int64_t)deadline;
    pub->streaming = nj_str_eq_nocase(pub->response_mode, NJ_STR("streaming"));
    pub->kept = (struct nj_str){ c->body, c->body_n };
    pub->status_code = c->scan.found;
    pub->end_ns = now_ns;
    nj_sha256_finish(&c->sum, pub->sha256);
}

void nj_copy_give(struct nj_store *s, struct nj_copy **copy, int64_t now_ns)
{
    struct nj_copy *c = *copy;
    *copy = NULL;
    if (c == NULL)
        return;
    seal(c, now_ns);
    bool over = (c->pub.kind == NJ_CAPTURE_RESPONSE || c->pub.kind == NJ_CAPTURE_ERROR) && c->pub.upstream_status / 100 == 2;
    struct nj_copy *end = NULL;
    if (over && !c->end_only) {
        end = nj_copy_open(s, NJ_CAPTURE_END, c->pub.start_ns);
        if (end != NULL) {
            nj_copy_field(end, NJ_FIELD_request_id, c->pub.request_id);
            end->pub.upstream_status = c->pub.upstream_status;
            seal(end, now_ns);
        }
    } else if (over) {
        c->pub.kind = NJ_CAPTURE_END;
    }
    if (c->end_only && !over) {
        destroy(s, c);
        return;
    }
    bool starved = c->pub.starved, soon = c->pub.kind != NJ_CAPTURE_INPUT;
    if (hand_over(s, c)) {
        nj_store_add(s, NJ_PROXY_captures);
        if (starved)
            nj_store_add(s, NJ_PROXY_captures_starved);
    } else {
        nj_store_add(s, NJ_PROXY_captures_dropped);
        destroy(s, c);
    }
    if (end != NULL && !hand_over(s, end)) {
        nj_store_add(s, NJ_PROXY_captures_dropped);
        destroy(s, end);
    }
    if (soon)
        nj_store_tell(s);
}

/* --- the other thread ---------------------------------------------------------------------------------------------- */

struct nj_capture *nj_store_take(struct nj_store *s)
{
    struct nj_copy *c = nj_ring_get(&s->ready);
    if (c == NULL) {
        /* Silence first, then look again: what is put in between writes to the descriptor anew. */
        uint64_t n;
        ssize_t got = read(s->fd, &n, sizeof(n));
        (void)got;
        atomic_store(&s->told, false);
        c = nj_ring_get(&s->ready);
    }
    return c != NULL ? &c->pub : NULL;
}

void nj_store_free(struct nj_store *s, struct nj_capture *capture)
{
    if (capture == NULL)
        return;
    struct nj_copy *c = (struct nj_copy *)(void *)capture;
    if (nj_ring_count(&s->spent) < NJ_STORE_SPARES && c->body_cap <= NJ_STORE_SPARE_BODY && c->texts.cap <= NJ_PROXY_SMALL &&
        nj_ring_put(&s->spent, c))
        return;
    destroy(s, c);
}

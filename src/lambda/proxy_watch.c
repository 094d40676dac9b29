/* What passes: which requests are worth a copy, and where the copy's fields come from. */
#include "proxy_internal.h"

/* After the version in the path; * stands for one segment, the request id. */
static const struct endpoint {
    struct nj_str method, path;
    enum nj_capture_kind kind;
    bool of_answer; /* the copy is of the answer's body, not of the request's */
} endpoints[] = {
    { NJ_STR_INIT("GET"), NJ_STR_INIT("runtime/invocation/next"), NJ_CAPTURE_INPUT, true },
    { NJ_STR_INIT("POST"), NJ_STR_INIT("runtime/invocation/*/response"), NJ_CAPTURE_RESPONSE, false },
    { NJ_STR_INIT("POST"), NJ_STR_INIT("runtime/invocation/*/error"), NJ_CAPTURE_ERROR, false },
    { NJ_STR_INIT("POST"), NJ_STR_INIT("runtime/init/error"), NJ_CAPTURE_INIT_ERROR, false },
    { NJ_STR_INIT("POST"), NJ_STR_INIT("runtime/restore/error"), NJ_CAPTURE_RESTORE_ERROR, false },
};

static bool path_is(struct nj_str path, struct nj_str pattern, struct nj_str *id)
{
    struct nj_str want, have;
    *id = (struct nj_str){ 0 };
    while (nj_str_cut(&pattern, '/', &want)) {
        if (!nj_str_cut(&path, '/', &have))
            return false;
        if (nj_str_eq(want, NJ_STR("*")) && have.n > 0)
            *id = have;
        else if (!nj_str_eq(want, have))
            return false;
    }
    return path.p == NULL;
}

/* "/2018-06-01/runtime/..." without the version; also of the absolute form that clients use towards HTTP proxies. */
static struct nj_str path_of(struct nj_str target)
{
    size_t end = nj_str_chr(target, '?', 0);
    struct nj_str path = nj_str_slice(target, 0, end);
    if (nj_str_starts_nocase(path, NJ_STR("http://"))) {
        size_t slash = nj_str_chr(path, '/', 7);
        path = nj_str_slice(path, slash, path.n);
    }
    size_t after_version = nj_str_chr(path, '/', 1);
    return after_version == NJ_NPOS ? (struct nj_str){ 0 } : nj_str_slice(path, after_version + 1, path.n);
}

static void on_request(void *ctx, struct nj_str method, struct nj_str target)
{
    struct nj_pair *p = ctx;
    struct nj_str path = path_of(target), id;
    for (size_t i = 0; i < NJ_COUNT(endpoints); i++) {
        const struct endpoint *e = &endpoints[i];
        if (!nj_str_eq(method, e->method) || !path_is(path, e->path, &id))
            continue;
        p->copy = nj_copy_open(&p->proxy->store, e->kind, p->proxy->clock.wall_ns);
        p->copy_of_answer = e->of_answer;
        if (p->copy != NULL)
            nj_copy_field(p->copy, NJ_FIELD_request_id, id);
        return;
    }
}

static void take_field(struct nj_pair *p, struct nj_str name, struct nj_str value)
{
    enum nj_capture_field which = nj_capture_field(name);
    if (which < NJ_FIELD_ROWS)
        nj_copy_field(p->copy, which, value);
}

static void on_request_field(void *ctx, struct nj_str name, struct nj_str value, bool trailer)
{
    struct nj_pair *p = ctx;
    if (p->copy != NULL && !p->copy_of_answer)
        take_field(p, name, value);
}

static void on_answer_field(void *ctx, struct nj_str name, struct nj_str value, bool trailer)
{
    struct nj_pair *p = ctx;
    if (p->copy != NULL && p->copy_of_answer && p->answer.status == 200)
        take_field(p, name, value);
}

static bool wanted(struct nj_str name)
{
    return nj_capture_field(name) < NJ_FIELD_ROWS;
}

void nj_pair_watch(struct nj_pair *p)
{
    p->request_reader = (struct nj_msg_reader){ .start = on_request, .field = on_request_field, .wants = wanted, .ctx = p };
    p->answer_reader = (struct nj_msg_reader){ .field = on_answer_field, .wants = wanted, .ctx = p };
    nj_msg_init(&p->request, true, &p->request_reader);
    nj_msg_init(&p->answer, false, &p->answer_reader);
}

void nj_pair_head_over(struct nj_pair *p, bool of_answer)
{
    const struct nj_msg *m = of_answer ? &p->answer : &p->request;
    if (p->copy != NULL && p->copy_of_answer == of_answer && m->has_length && !m->chunked && m->length < INT64_MAX)
        p->copy->pub.declared = (int64_t)m->length;
}

void nj_pair_copy_spans(struct nj_pair *p, const struct nj_spans *spans, bool of_answer)
{
    if (p->copy == NULL || p->copy_of_answer != of_answer || (of_answer && p->answer.status != 200))
        return;
    for (size_t i = 0; i < spans->n; i++)
        nj_copy_body(&p->proxy->store, p->copy, spans->at[i]);
}

void nj_pair_settle_copy(struct nj_pair *p)
{
    if (p->copy == NULL)
        return;
    struct nj_capture *c = &p->copy->pub;
    const struct nj_msg *body = p->copy_of_answer ? &p->answer : &p->request;
    bool answered = !nj_msg_in_head(&p->answer) && !nj_msg_interim(&p->answer);
    c->complete = body->phase == NJ_MSG_DONE;
    c->upstream_status = answered ? p->answer.status : 0;
    /* An answer to next that is no event is the platform's word to the runtime, not an input. */
    if (p->copy_of_answer && c->upstream_status != 200)
        nj_copy_drop(&p->proxy->store, &p->copy);
    else
        nj_copy_give(&p->proxy->store, &p->copy, p->proxy->clock.wall_ns);
}

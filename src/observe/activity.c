/* What was done, where the vocabulary has a word for it: users and rights changed, sensitive things touched, files stored. */
#include "judge.h"

/* On the last word of the route; method: the one that counts, NULL = any that writes. */
static const struct {
    struct nj_str word;
    const char *method;
    enum nj_word said;
} by_route[] = {
    { NJ_STR_INIT("users"), "POST", NJ_WORD_USER_CREATED },      { NJ_STR_INIT("users"), "PUT", NJ_WORD_USER_UPDATED },
    { NJ_STR_INIT("users"), "PATCH", NJ_WORD_USER_UPDATED },     { NJ_STR_INIT("users"), "DELETE", NJ_WORD_USER_DELETED },
    { NJ_STR_INIT("user"), "POST", NJ_WORD_USER_CREATED },       { NJ_STR_INIT("user"), "PUT", NJ_WORD_USER_UPDATED },
    { NJ_STR_INIT("user"), "PATCH", NJ_WORD_USER_UPDATED },      { NJ_STR_INIT("user"), "DELETE", NJ_WORD_USER_DELETED },
    { NJ_STR_INIT("signup"), "POST", NJ_WORD_USER_CREATED },     { NJ_STR_INIT("register"), "POST", NJ_WORD_USER_CREATED },
    { NJ_STR_INIT("roles"), NULL, NJ_WORD_AUTHZ_CHANGE },        { NJ_STR_INIT("permissions"), NULL, NJ_WORD_PRIVILEGES_CHANGED },
    { NJ_STR_INIT("groups"), NULL, NJ_WORD_AUTHZ_CHANGE },       { NJ_STR_INIT("policies"), NULL, NJ_WORD_AUTHZ_CHANGE },
    { NJ_STR_INIT("grants"), NULL, NJ_WORD_PRIVILEGES_CHANGED },
};

static const struct {
    struct nj_str trigger, operation; /* operation: how it begins */
    enum nj_word said;
} by_operation[] = {
    { NJ_STR_INIT("s3"), NJ_STR_INIT("ObjectCreated"), NJ_WORD_UPLOAD_STORED },
    { NJ_STR_INIT("s3"), NJ_STR_INIT("ObjectRemoved"), NJ_WORD_UPLOAD_DELETE },
    { NJ_STR_INIT("eventbridge.s3"), NJ_STR_INIT("Object Created"), NJ_WORD_UPLOAD_STORED },
    { NJ_STR_INIT("eventbridge.s3"), NJ_STR_INIT("Object Deleted"), NJ_WORD_UPLOAD_DELETE },
};

static const struct {
    struct nj_str method;
    enum nj_word said;
} sensitive[] = {
    { NJ_STR_INIT("POST"), NJ_WORD_SENSITIVE_CREATE },  { NJ_STR_INIT("PUT"), NJ_WORD_SENSITIVE_UPDATE },
    { NJ_STR_INIT("PATCH"), NJ_WORD_SENSITIVE_UPDATE }, { NJ_STR_INIT("DELETE"), NJ_WORD_SENSITIVE_DELETE },
    { NJ_STR_INIT(""), NJ_WORD_SENSITIVE_READ },
};

/* The last segment that is no place for an id. */
static struct nj_str last_word(struct nj_str route)
{
    struct nj_str rest = route, segment, last = { NULL, 0 };
    while (nj_str_cut(&rest, '/', &segment))
        if (segment.n != 0 && segment.p[0] != '{' && segment.p[0] != ':')
            last = segment;
    return last;
}

static bool writes(struct nj_str method)
{
    return method.n != 0 && !nj_str_eq_nocase(method, NJ_STR("GET")) && !nj_str_eq_nocase(method, NJ_STR("HEAD")) &&
           !nj_str_eq_nocase(method, NJ_STR("OPTIONS"));
}

static bool has_segment(struct nj_str path, struct nj_str want)
{
    struct nj_str segment;
    while (nj_str_cut(&path, '/', &segment))
        if (nj_str_eq_nocase(segment, want))
            return true;
    return false;
}

static void of_http(struct nj_observe *o, struct nj_case *c)
{
    const struct nj_request *q = &c->request;
    struct nj_str path = q->path.n != 0 ? q->path : q->route, last = last_word(q->route.n != 0 ? q->route : q->path);
    for (size_t i = 0; i < NJ_COUNT(by_route); i++) {
        bool method = by_route[i].method != NULL ? nj_str_eq_nocase(q->method, nj_str_of(by_route[i].method)) : writes(q->method);
        if (method && nj_str_eq_nocase(last, by_route[i].word))
            nj_judge_event(c, by_route[i].said, NJ_AUTH_RESPONSE);
    }
    if (writes(q->method) && has_segment(path, NJ_STR("admin")))
        nj_judge_event(c, NJ_WORD_AUTHZ_ADMIN, NJ_AUTH_RESPONSE);
    if (q->upload)
        nj_judge_event(c, NJ_WORD_UPLOAD_COMPLETE, NJ_AUTH_RESPONSE);
    if (!nj_route_listed(nj_observe_config(o)->sensitive_routes, path))
        return;
    size_t i = 0;
    while (i + 1 < NJ_COUNT(sensitive) && !nj_str_eq_nocase(q->method, sensitive[i].method))
        i++;
    nj_judge_event(c, sensitive[i].said, NJ_AUTH_RESPONSE);
}

void nj_activity_read(struct nj_observe *o, struct nj_case *c)
{
    const struct nj_trigger *t = c->request.trigger;
    if (t == NULL || c->end != NJ_END_SUCCESS)
        return;
    for (size_t i = 0; i < NJ_COUNT(by_operation); i++)
        if (nj_str_eq(t->name, by_operation[i].trigger) && nj_str_starts(c->request.operation, by_operation[i].operation))
            nj_judge_event(c, by_operation[i].said, NJ_AUTH_TRIGGER);
    if (t->answer == NJ_ANSWER_HTTP && c->response_seen)
        of_http(o, c);
}

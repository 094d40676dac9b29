/* Recognises the event source of an input and takes who and what from where its table says they are. */
#include "observe_internal.h"

enum { PATH_MAX_KEPT = 256, ROUTE_MAX = 128, METHOD_MAX = 16, OPERATION_MAX = 64, OBJECT_MAX = 160, ID_MAX = 64 };

/* --- which one ---------------------------------------------------------------------------------------------------- */

static struct nj_str bare_text(struct nj_json v)
{
    bool escaped = false;
    return v.type == NJ_JSON_STRING ? nj_json_inner(v, &escaped) : v.raw;
}

static bool holds(const struct nj_document *d, struct nj_str term)
{
    if (term.p[0] == '!')
        return nj_document_at(d, nj_str_slice(term, 1, term.n)).type == NJ_JSON_NONE;
    size_t equals = nj_str_chr(term, '=', 0), part = nj_str_chr(term, '~', 0);
    size_t end = equals < part ? equals : part;
    struct nj_json v = nj_document_at(d, nj_str_slice(term, 0, end));
    if (v.type == NJ_JSON_NONE || end == NJ_NPOS)
        return v.type != NJ_JSON_NONE;
    struct nj_str want = nj_str_slice(term, end + 1, term.n), got = bare_text(v);
    return equals < part ? nj_str_eq(got, want) : nj_str_find(got, want, 0) != NJ_NPOS;
}

static bool fits(const struct nj_document *d, struct nj_str test)
{
    struct nj_str term;
    while (nj_str_cut(&test, '&', &term))
        if (!holds(d, term))
            return false;
    return true;
}

const struct nj_trigger *nj_trigger_of(const struct nj_document *d)
{
    size_t i = 0;
    while (i + 1 < nj_trigger_count && !fits(d, nj_triggers[i].test))
        i++;
    return &nj_triggers[i];
}

/* --- its facts ---------------------------------------------------------------------------------------------------- */

struct reading {
    struct nj_observe *o;
    struct nj_case *c;
    struct nj_document *d;
    const struct nj_fact_row *row;
};

static struct nj_str text_at(struct reading *g)
{
    struct nj_str path = g->row->path, owner = { NULL, 0 };
    if (path.n != 0 && path.p[0] == '=')
        return nj_str_slice(path, 1, path.n);
    size_t colon = nj_str_chr(path, ':', 0);
    struct nj_str head = nj_str_slice(path, 0, colon);
    if (colon == NJ_NPOS || !nj_str_ends(head, NJ_STR("headers")))
        return nj_document_text(g->d, nj_document_at(g->d, path));
    if (head.n > sizeof("headers"))
        owner = nj_str_slice(head, 0, head.n - sizeof("headers"));
    return nj_document_header(g->d, owner, nj_str_slice(path, colon + 1, path.n));
}

static void keep(struct reading *g, struct nj_str *to, struct nj_str text, size_t max)
{
    if (to->n == 0)
        *to = nj_case_keep(g->c, text, max);
}

static void take_route(struct reading *g, struct nj_str text)
{
    bool greedy = nj_str_find(text, NJ_STR("+}"), 0) != NJ_NPOS || nj_str_eq(text, NJ_STR("$default"));
    if (!greedy)
        keep(g, &g->c->request.route, text, ROUTE_MAX);
}

/* "GET /x/{id}" */
static void take_route_key(struct reading *g, struct nj_str text)
{
    size_t space = nj_str_chr(text, ' ', 0);
    take_route(g, space == NJ_NPOS ? text : nj_str_slice(text, space + 1, text.n));
}

/* arn:aws:execute-api:region:account:api/stage/METHOD/path */
static void take_method_arn(struct reading *g, struct nj_str text)
{
    enum { BEFORE = 5, WITHIN = 3 };
    struct nj_str rest = text, part = { NULL, 0 };
    for (int i = 0; i < BEFORE; i++)
        if (!nj_str_cut(&rest, ':', &part))
            return;
    keep(g, &g->c->request.object, rest, OBJECT_MAX);
    for (int i = 0; i < WITHIN; i++)
        if (!nj_str_cut(&rest, '/', &part))
            return;
    keep(g, &g->c->request.method, part, METHOD_MAX);
    if (rest.n != 0 && g->c->request.path.n == 0) {
        char path[PATH_MAX_KEPT];
        size_t n = rest.n < sizeof(path) - 1 ? rest.n : sizeof(path) - 1;
        path[0] = '/';
        memcpy(path + 1, rest.p, n);
        keep(g, &g->c->request.path, (struct nj_str){ path, n + 1 }, PATH_MAX_KEPT);
    }
}

static void take_address(struct reading *g, struct nj_str text)
{
    const struct nj_observe_options *config = nj_observe_config(g->o);
    unsigned hops = config->trusted_hops != 0 ? config->trusted_hops : 1;
    struct nj_str address = { NULL, 0 };
    if (g->row->field == NJ_FACT_ADDRESS) {
        address = nj_address_of(text);
    } else if (g->row->field == NJ_FACT_FORWARDED) {
        address = nj_address_forwarded(text, hops);
    } else if (g->row->field == NJ_FACT_BEHIND_CDN) {
        address = nj_address_forwarded(text, hops + 1);
    } else if (config->cdn) { /* the port stands behind the last colon, also of an IPv6 address without brackets */
        size_t end = text.n;
        while (end != 0 && text.p[end - 1] != ':')
            end--;
        address = nj_address_of(nj_str_slice(text, 0, end != 0 ? end - 1 : 0));
    }
    nj_actor_address(g->o, g->c, address, g->row->source);
}

static void take_text(struct reading *g, struct nj_str text)
{
    struct nj_actor *a = &g->c->actor;
    struct nj_request *q = &g->c->request;
    switch (g->row->field) {
    case NJ_FACT_ADDRESS:
    case NJ_FACT_FORWARDED:
    case NJ_FACT_BEHIND_CDN:
    case NJ_FACT_VIEWER:
        take_address(g, text);
        break;
    case NJ_FACT_AGENT:
        keep(g, &a->user_agent, text, NJ_AGENT_MAX);
        break;
    case NJ_FACT_METHOD:
        keep(g, &q->method, text, METHOD_MAX);
        break;
    case NJ_FACT_PATH:
        keep(g, &q->path, text, PATH_MAX_KEPT);
        break;
    case NJ_FACT_ROUTE:
        take_route(g, text);
        break;
    case NJ_FACT_ROUTE_KEY:
        take_route_key(g, text);
        break;
    case NJ_FACT_METHOD_ARN:
        take_method_arn(g, text);
        break;
    case NJ_FACT_OPERATION:
        keep(g, &q->operation, text, OPERATION_MAX);
        break;
    case NJ_FACT_OBJECT:
        keep(g, &q->object, text, OBJECT_MAX);
        break;
    case NJ_FACT_USER:
        nj_actor_name(g->o, g->c, text, NJ_WHO_USER, false);
        break;
    case NJ_FACT_ROLE:
        nj_actor_name(g->o, g->c, text, NJ_WHO_ROLE, false);
        break;
    case NJ_FACT_SERVICE:
        nj_actor_name(g->o, g->c, text, NJ_WHO_SERVICE, false);
        break;
    case NJ_FACT_CLAIMED:
        nj_actor_name(g->o, g->c, text, NJ_WHO_USER, true);
        break;
    case NJ_FACT_KEY:
        keep(g, &a->api_key_id, text, ID_MAX);
        break;
    case NJ_FACT_TENANT:
        keep(g, &a->tenant, text, NJ_TENANT_MAX);
        break;
    case NJ_FACT_SESSION:
        nj_actor_session(g->o, g->c, text);
        break;
    default:
        break;
    }
}

/* The tenant is part of every pseudonym, so it has to be known before the first one is made. */
static void take_facts(struct reading *g, const struct nj_trigger *t, bool tenant)
{
    for (size_t i = 0; i < t->fact_count; i++) {
        g->row = &t->facts[i];
        if ((g->row->field == NJ_FACT_TENANT) != tenant)
            continue;
        if (g->row->field == NJ_FACT_BATCH) {
            uint32_t n = nj_document_count(nj_document_at(g->d, g->row->path));
            g->c->request.batch = g->c->request.batch == 0 ? n : g->c->request.batch;
            continue;
        }
        struct nj_str text = text_at(g);
        if (text.n != 0)
            take_text(g, text);
    }
}

/* What the Runtime API's headers say of a caller that the payload does not name. */
static void take_headers(struct reading *g, const struct nj_payload *p)
{
    struct nj_json v;
    if (nj_json_parse(p->cognito_identity, &v) != NJ_OK)
        return;
    struct nj_str id = nj_document_text(g->d, nj_document_below(v, NJ_STR("cognitoIdentityId")));
    if (id.n == 0)
        id = nj_document_text(g->d, nj_document_below(v, NJ_STR("identity_id")));
    nj_actor_name(g->o, g->c, id, NJ_WHO_USER, false);
}

static void settle_kind(struct nj_case *c, const struct nj_trigger *t)
{
    struct nj_actor *a = &c->actor;
    if (a->kind != NJ_WHO_UNKNOWN)
        return;
    if (a->api_key_id.n != 0)
        a->kind = NJ_WHO_APIKEY;
    else if (t->answer == NJ_ANSWER_HTTP || t->answer == NJ_ANSWER_GRAPHQL)
        a->kind = NJ_WHO_ANONYMOUS;
}

void nj_trigger_read(struct nj_observe *o, struct nj_case *c, const struct nj_payload *p, struct nj_document *d)
{
    const struct nj_trigger *t = nj_trigger_of(d);
    struct reading g = { .o = o, .c = c, .d = d };
    c->request.trigger = t;
    take_facts(&g, t, true);
    take_facts(&g, t, false);
    take_headers(&g, p);
    if (c->request.route.n == 0 && c->request.path.n != 0) {
        char route[ROUTE_MAX];
        c->request.route = nj_case_keep(c, nj_route_of_path(c->request.path, route, sizeof(route)), ROUTE_MAX);
    }
    nj_credentials_read(o, c, d);
    settle_kind(c, t);
}

/* The ring of cases: what is known of each invocation, from its first sign to its report. */
#include "observe_internal.h"

#include "nightjar/utf8.h"

const char *const nj_end_names[NJ_ENDS] = {
    [NJ_END_OPEN] = "open",       [NJ_END_SUCCESS] = "success", [NJ_END_DENIED] = "denied", [NJ_END_CLIENT_ERROR] = "client_error",
    [NJ_END_ERROR] = "error",     [NJ_END_TIMEOUT] = "timeout", [NJ_END_CRASH] = "crash",   [NJ_END_OUT_OF_MEMORY] = "out_of_memory",
    [NJ_END_UNKNOWN] = "unknown",
};

const char *const nj_who_kind_names[NJ_WHO_KINDS] = {
    [NJ_WHO_UNKNOWN] = "",        [NJ_WHO_ANONYMOUS] = "anonymous", [NJ_WHO_USER] = "user",
    [NJ_WHO_SERVICE] = "service", [NJ_WHO_ROLE] = "role",           [NJ_WHO_APIKEY] = "apikey",
};

/* --- the ring ----------------------------------------------------------------------------------------------------- */

static struct nj_str id_of(struct nj_str id)
{
    return nj_str_slice(id, 0, NJ_ID_MAX);
}

struct nj_case *nj_cases_find(struct nj_cases *t, struct nj_str id)
{
    id = id_of(id);
    if (id.n == 0)
        return NULL;
    if (t->last != NULL && t->last->used && nj_str_eq(t->last->id, id))
        return t->last;
    for (size_t i = 0; i < t->places; i++)
        if (t->ring[i].used && nj_str_eq(t->ring[i].id, id))
            return t->last = &t->ring[i];
    return NULL;
}

struct nj_case *nj_cases_oldest(struct nj_cases *t, bool closed)
{
    struct nj_case *best = NULL;
    for (size_t i = 0; i < t->places; i++)
        if (t->ring[i].used && t->ring[i].closed == closed && (best == NULL || t->ring[i].order < best->order))
            best = &t->ring[i];
    return best;
}

struct nj_case *nj_cases_place(struct nj_cases *t)
{
    for (size_t i = 0; i < t->places; i++)
        if (!t->ring[i].used)
            return &t->ring[i];
    struct nj_case *closed = nj_cases_oldest(t, true);
    return closed != NULL ? closed : nj_cases_oldest(t, false);
}

void nj_case_open(struct nj_cases *t, struct nj_case *c, struct nj_str id)
{
    if (c->more != NULL)
        c->more->owner = NULL;
    memset(c, 0, offsetof(struct nj_case, text));
    c->home = t;
    c->used = true;
    c->order = ++t->orders;
    c->authn.source = c->authz.source = NJ_AUTH_NOBODY;
    c->duration_ms = c->billed_ms = c->init_ms = c->restore_ms = -1;
    c->bytes_in = c->bytes_out = -1;
    c->id = nj_case_keep(c, id_of(id), NJ_ID_MAX);
    t->last = c;
}

/* A closed case that lived on one keeps its id and how it ended; who and what of it is forgotten. */
static struct nj_case_block *take_block(struct nj_cases *t, struct nj_case *c)
{
    struct nj_case_block *best = NULL;
    for (size_t i = 0; i < NJ_CASE_BLOCKS; i++) {
        struct nj_case_block *b = &t->blocks[i];
        if (b->owner == NULL) {
            best = b;
            break;
        }
        if (b->owner->closed && (best == NULL || b->owner->order < best->owner->order))
            best = b;
    }
    if (best == NULL)
        return NULL;
    if (best->owner != NULL) {
        best->owner->more = NULL;
        best->owner->actor = (struct nj_actor){ .kind = NJ_WHO_UNKNOWN };
        best->owner->request = (struct nj_request){ .trigger = NULL };
        best->owner->error_type = best->owner->platform_status = (struct nj_str){ NULL, 0 };
    }
    best->owner = c;
    best->n = 0;
    return best;
}

static char *room_for(struct nj_case *c, size_t n)
{
    if (n <= (size_t)NJ_CASE_TEXT - c->text_n) {
        c->text_n = (uint16_t)(c->text_n + n);
        return c->text + c->text_n - n;
    }
    if (c->more == NULL)
        c->more = take_block(c->home, c);
    if (c->more == NULL || n > NJ_CASE_MORE - c->more->n)
        return NULL;
    c->more->n += n;
    return c->more->text + c->more->n - n;
}

struct nj_str nj_case_keep(struct nj_case *c, struct nj_str s, size_t max)
{
    size_t n = s.n < max ? s.n : max;
    for (size_t back = 0; n < s.n && n != 0 && back < 3 && ((unsigned char)s.p[n] & 0xc0) == 0x80; back++)
        n--;
    char *to = n != 0 ? room_for(c, n) : NULL;
    if (to == NULL)
        return (struct nj_str){ NULL, 0 };
    memcpy(to, s.p, n);
    return (struct nj_str){ to, n };
}

/* --- the platform's word ------------------------------------------------------------------------------------------ */

static double number_at(struct nj_json object, struct nj_str key, double standard)
{
    double v = standard;
    return nj_json_f64(nj_json_get(object, key), &v) && v >= 0 ? v : standard;
}

static int64_t whole_at(struct nj_json object, struct nj_str key, int64_t standard)
{
    int64_t v = standard;
    return nj_json_i64(nj_json_get(object, key), &v) && v >= 0 ? v : standard;
}

static void take_metrics(struct nj_case *c, const struct nj_facts *f, const struct nj_record *r)
{
    struct nj_json metrics = nj_json_get((struct nj_json){ .type = NJ_JSON_OBJECT, .raw = r->data_json }, NJ_STR("metrics"));
    if (metrics.type != NJ_JSON_OBJECT)
        return;
    if (f->kind == NJ_EV_RUNTIME_DONE) {
        c->duration_ms = number_at(metrics, NJ_STR("durationMs"), c->duration_ms);
        if (c->bytes_out < 0)
            c->bytes_out = whole_at(metrics, NJ_STR("producedBytes"), c->bytes_out);
        return;
    }
    c->duration_ms = number_at(metrics, NJ_STR("durationMs"), c->duration_ms);
    c->billed_ms = number_at(metrics, NJ_STR("billedDurationMs"), c->billed_ms);
    c->init_ms = number_at(metrics, NJ_STR("initDurationMs"), c->init_ms);
    c->restore_ms = number_at(metrics, NJ_STR("restoreDurationMs"), c->restore_ms);
    c->memory_mb = whole_at(metrics, NJ_STR("memorySizeMB"), c->memory_mb);
    c->max_memory_mb = whole_at(metrics, NJ_STR("maxMemoryUsedMB"), c->max_memory_mb);
}

static void take_error_type(struct nj_case *c, const struct nj_record *r)
{
    enum { LONGEST = 128 };
    bool escaped = false;
    struct nj_json type = nj_json_get((struct nj_json){ .type = NJ_JSON_OBJECT, .raw = r->data_json }, NJ_STR("errorType"));
    struct nj_str text = nj_json_inner(type, &escaped);
    if (c->error_type.n == 0 && !escaped)
        c->error_type = nj_case_keep(c, text, LONGEST);
}

/* The report's word counts more than runtimeDone's, except that a success there undoes no failure. */
void nj_case_status(struct nj_case *c, struct nj_str status)
{
    enum { LONGEST = 32 };
    if (status.n == 0 || (c->platform_status.n != 0 && nj_str_eq(status, NJ_STR("success"))))
        return;
    if (!nj_str_eq(status, c->platform_status))
        c->platform_status = nj_case_keep(c, status, LONGEST);
}

static void take_coldstart(struct nj_case *c, const struct nj_record *r)
{
    const struct nj_attr *a = nj_attrs_get(&r->where, NJ_STR("faas.coldstart"));
    if (a == NULL || a->v.type != NJ_V_BOOL)
        return;
    c->coldstart = a->v.u.b;
    c->coldstart_known = true;
}

void nj_case_platform(struct nj_case *c, const struct nj_facts *f, const struct nj_record *r)
{
    if (f->kind == NJ_EV_START) {
        c->started = true;
        c->start_ns = r->when_ns;
    } else if (f->kind == NJ_EV_RUNTIME_DONE || f->kind == NJ_EV_REPORT) {
        nj_case_status(c, f->status);
        if (r->data_json.n != 0) {
            take_metrics(c, f, r);
            take_error_type(c, r);
        }
        if (f->kind == NJ_EV_RUNTIME_DONE || c->end_ns == 0)
            c->end_ns = r->when_ns;
        c->reported = c->reported || f->kind == NJ_EV_REPORT;
    }
    take_coldstart(c, r);
    if (c->actor.tenant.n == 0)
        c->actor.tenant = nj_case_keep(c, f->tenant_id, NJ_TENANT_MAX);
}

/* --- how it ended ------------------------------------------------------------------------------------------------- */

static bool out_of_memory(const struct nj_case *c, bool failed)
{
    if (nj_str_find(c->error_type, NJ_STR("OutOfMemory"), 0) != NJ_NPOS)
        return true;
    return failed && c->memory_mb != 0 && c->max_memory_mb >= c->memory_mb;
}

static enum nj_end of_response(const struct nj_case *c)
{
    bool denied = c->status_code == 401 || c->status_code == 403;
    if (c->request.error_response || c->request.malformed || c->status_code >= 500)
        return NJ_END_ERROR;
    if (denied || c->authn.outcome == NJ_OUTCOME_FAILURE || c->authz.outcome == NJ_OUTCOME_FAILURE)
        return NJ_END_DENIED;
    return c->status_code >= 400 ? NJ_END_CLIENT_ERROR : NJ_END_SUCCESS;
}

enum nj_end nj_case_verdict(const struct nj_case *c)
{
    bool success = nj_str_eq(c->platform_status, NJ_STR("success"));
    bool timeout = nj_str_eq(c->platform_status, NJ_STR("timeout"));
    bool told = c->platform_status.n != 0;
    if (told && !success && out_of_memory(c, !timeout))
        return NJ_END_OUT_OF_MEMORY;
    if (timeout)
        return NJ_END_TIMEOUT;
    /* An error that the function posted is no crash, whatever telemetry calls it. */
    if (told && !success && !c->request.error_response)
        return nj_str_eq(c->platform_status, NJ_STR("error")) && !nj_str_starts(c->error_type, NJ_STR("Runtime.")) ? NJ_END_ERROR
                                                                                                                   : NJ_END_CRASH;
    if (told && !success)
        return NJ_END_ERROR;
    if (c->response_seen || success)
        return of_response(c);
    return NJ_END_UNKNOWN;
}

/* --- on records --------------------------------------------------------------------------------------------------- */

static void put_word(struct nj_attrs *l, struct nj_str key, const char *word)
{
    if (word != NULL && word[0] != '\0')
        nj_attrs_str(l, key, nj_str_of(word));
}

void nj_case_put(const struct nj_case *c, struct nj_record *r, bool brief)
{
    const struct nj_actor *a = &c->actor;
    const struct nj_request *q = &c->request;
    nj_attrs_str(&r->who, NJ_STR("client.address"), a->address);
    nj_attrs_str(&r->who, NJ_STR("enduser.pseudo.id"), a->pseudonym);
    put_word(&r->where, NJ_STR("faas.trigger"), q->trigger != NULL ? q->trigger->faas : NULL);
    if (brief)
        return;
    put_word(&r->who, NJ_STR("nightjar.client.address_source"), a->address_source);
    put_word(&r->who, NJ_STR("nightjar.who.kind"), nj_who_kind_names[a->kind]);
    if (a->claimed)
        nj_attrs_bool(&r->who, NJ_STR("nightjar.who.claimed"), true);
    if (a->unknown_user)
        nj_attrs_bool(&r->who, NJ_STR("nightjar.who.unknown_user"), true);
    nj_attrs_str(&r->who, NJ_STR("nightjar.who.service"), a->service);
    nj_attrs_str(&r->who, NJ_STR("nightjar.api_key.id"), a->api_key_id);
    nj_attrs_str(&r->who, NJ_STR("tenant.id"), a->tenant);
    nj_attrs_str(&r->who, NJ_STR("user_agent.original"), a->user_agent);
    nj_attrs_str(&r->who, NJ_STR("session.id"), a->session);
    if (q->trigger != NULL)
        nj_attrs_str(&r->where, NJ_STR("nightjar.trigger"), q->trigger->name);
    nj_attrs_str(&r->where, NJ_STR("http.request.method"), q->method);
    nj_attrs_str(&r->where, NJ_STR("http.route"), q->route);
    nj_attrs_str(&r->where, NJ_STR("url.path"), q->path);
}

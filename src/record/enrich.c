/* Where and who, as far as the environment and the platform's events tell. */
#include "nightjar/enrich.h"

#include "nightjar/hex.h"
#include "nightjar/utf8.h"

/* --- the sandbox -------------------------------------------------------------------------------------------------- */

/* What the sandbox itself says of where; an attribute of the user's with such a name only stands in while it is unknown. */
static void build_resource(struct nj_sandbox *s)
{
    struct nj_attrs *w = &s->resource.where;
    w->n = 0;
    nj_attrs_str(w, NJ_STR("cloud.provider"), NJ_STR("aws"));
    nj_attrs_str(w, NJ_STR("cloud.region"), nj_short_str(&s->region));
    nj_attrs_str(w, NJ_STR("cloud.account.id"), nj_short_str(&s->account));
    nj_attrs_str(w, NJ_STR("faas.name"), nj_short_str(&s->function));
    nj_attrs_str(w, NJ_STR("faas.version"), nj_short_str(&s->version));
    nj_attrs_str(w, NJ_STR("faas.instance"), nj_short_str(&s->instance));
    nj_attrs_str(w, NJ_STR("service.name"), nj_short_str(&s->service));
    for (size_t i = 0; i < s->extra.n; i++)
        if (nj_attrs_get(w, s->extra.a[i].key) == NULL)
            nj_attrs_str(w, s->extra.a[i].key, s->extra.a[i].v.u.s);
    s->resource.generation++;
}

/* --- attributes of the user's ------------------------------------------------------------------------------------- */

/* Decodes into the store, where room for all of it was reserved; absent when malformed or empty. */
static struct nj_str decode_percent(struct nj_buf *store, struct nj_str s)
{
    size_t from = store->n;
    if (!nj_percent_decode(s, NJ_PERCENT_STRICT, store))
        return (struct nj_str){ NULL, 0 };
    struct nj_str out = nj_str_slice(nj_buf_str(store), from, store->n);
    for (size_t i = 0, n = 0; i < out.n; i += n)
        if ((n = nj_utf8_len(out, i)) == 0)
            return (struct nj_str){ NULL, 0 };
    return out.n != 0 ? out : (struct nj_str){ NULL, 0 };
}

static bool belongs_to_records(struct nj_str key)
{
    static const struct nj_str names[] = { NJ_STR_INIT("faas.invocation_id"), NJ_STR_INIT("faas.trigger"), NJ_STR_INIT("faas.coldstart"),
                                           NJ_STR_INIT("trace_id"), NJ_STR_INIT("span_id") };
    return nj_str_is_any(key, names, NJ_COUNT(names));
}

static bool take_pair(struct nj_sandbox *s, struct nj_str pair)
{
    enum { OWN = 7 }; /* those of build_resource() */
    struct nj_str value = pair, key = { NULL, 0 };
    if (!nj_str_cut(&value, '=', &key) || value.p == NULL)
        return false;
    key = decode_percent(&s->extra_store, nj_str_trim(key));
    value = decode_percent(&s->extra_store, nj_str_trim(value));
    if (key.n == 0 || value.n == 0 || belongs_to_records(key))
        return false;
    if (nj_attrs_get(&s->extra, key) != NULL)
        return true; /* the one that counts more was there first */
    return s->extra.n < NJ_ATTRS_MAX - OWN && nj_attrs_str(&s->extra, key, value);
}

static size_t take_pairs(struct nj_sandbox *s, struct nj_str list)
{
    struct nj_str pair;
    size_t refused = 0;
    while (nj_str_cut(&list, ',', &pair))
        if (nj_str_trim(pair).n != 0 && !take_pair(s, pair))
            refused++;
    return refused;
}

size_t nj_sandbox_init(struct nj_sandbox *s, struct nj_str region, struct nj_str function, struct nj_str version, struct nj_str service,
                       struct nj_str instance, struct nj_str otel_attributes, struct nj_str attributes)
{
    size_t refused = 0;
    memset(s, 0, sizeof(*s));
    nj_short_set(&s->region, region);
    nj_short_set(&s->function, function);
    nj_short_set(&s->version, version);
    nj_short_set(&s->service, service);
    nj_short_set(&s->instance, instance);
    /* Decoding never makes text longer, so the views stay where they are. */
    nj_buf_init(&s->extra_store, attributes.n + otel_attributes.n);
    if (nj_buf_reserve(&s->extra_store, attributes.n + otel_attributes.n) == NJ_OK)
        refused = take_pairs(s, attributes) + take_pairs(s, otel_attributes);
    build_resource(s);
    return refused;
}

void nj_sandbox_fini(struct nj_sandbox *s)
{
    nj_buf_fini(&s->extra_store);
    s->extra.n = 0;
    s->resource.where.n = 0;
}

/* --- learning ----------------------------------------------------------------------------------------------------- */

static bool learn(struct nj_short *known, struct nj_str told)
{
    if (known->n != 0 || told.n == 0)
        return false;
    nj_short_set(known, told);
    return true;
}

/* arn:partition:lambda:region:account:function:name[:qualifier] */
void nj_sandbox_learn_arn(struct nj_sandbox *s, struct nj_str arn)
{
    enum { ARN, PARTITION, SERVICE, REGION, ACCOUNT, KIND, NAME, PARTS };
    struct nj_str part[PARTS], rest = arn;
    for (size_t i = 0; i < PARTS; i++)
        if (!nj_str_cut(&rest, ':', &part[i]))
            return;
    if (!nj_str_eq(part[ARN], NJ_STR("arn")) || !nj_str_eq(part[SERVICE], NJ_STR("lambda")) || !nj_str_eq(part[KIND], NJ_STR("function")))
        return;
    bool region = learn(&s->region, part[REGION]), account = learn(&s->account, part[ACCOUNT]), name = learn(&s->function, part[NAME]);
    if (region || account || name)
        build_resource(s);
}

void nj_sandbox_learn_account(struct nj_sandbox *s, struct nj_str account)
{
    if (learn(&s->account, account))
        build_resource(s);
}

void nj_sandbox_rename(struct nj_sandbox *s, struct nj_str instance)
{
    nj_short_set(&s->instance, instance);
    build_resource(s);
}

void nj_sandbox_learn_instance(struct nj_sandbox *s, struct nj_str instance)
{
    if (instance.n == 0)
        return;
    s->instance_told = true;
    if (!nj_str_eq(nj_short_str(&s->instance), nj_str_slice(instance, 0, sizeof(s->instance.p))))
        nj_sandbox_rename(s, instance);
}

static void learn_facts(struct nj_sandbox *s, struct nj_invocations *t, const struct nj_facts *f)
{
    if (f->kind == NJ_EV_INIT_START) {
        bool managed = nj_str_eq(f->init_type, NJ_STR("lambda-managed-instances"));
        t->concurrent = t->concurrent || managed;
        t->prepared = t->prepared || managed || nj_str_eq(f->init_type, NJ_STR("provisioned-concurrency"));
    } else if (f->kind == NJ_EV_RESTORE_START) {
        t->seen_start = false; /* a clone of the snapshot: its first caller waits for the restore */
    } else if (f->kind != NJ_EV_START) {
        return;
    }
    if (f->function_arn.n != 0)
        nj_sandbox_learn_arn(s, f->function_arn);
    bool function = learn(&s->function, f->function_name), version = learn(&s->version, f->function_version);
    if (function || version)
        build_resource(s);
    nj_sandbox_learn_instance(s, f->instance_id);
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static struct nj_invocation *of_platform(struct nj_invocations *t, const struct nj_facts *f, int64_t when_ns)
{
    bool starts = f->kind == NJ_EV_START, ends = f->kind == NJ_EV_RUNTIME_DONE || f->kind == NJ_EV_END || f->kind == NJ_EV_REPORT;
    if (f->request_id.n == 0)
        return NULL;
    if (!starts && !ends)
        return nj_invocations_find(t, f->request_id);
    struct nj_invocation *i = nj_invocations_at(t, f->request_id);
    if (f->function_arn.n != 0)
        nj_short_set(&i->arn, f->function_arn);
    if (f->tenant_id.n != 0)
        nj_short_set(&i->tenant, f->tenant_id);
    nj_invocation_trace(i, f->trace_value, f->trace_span);
    if (starts)
        nj_invocation_started(t, i, when_ns);
    else
        nj_invocation_done(t, i, when_ns); /* managed instances send no runtimeDone: there the report is the end */
    i->reported = i->reported || f->kind == NJ_EV_REPORT;
    return i;
}

static struct nj_invocation *of_log(struct nj_invocations *t, const struct nj_facts *f, const struct nj_record *r, bool *late)
{
    struct nj_invocation *i = nj_invocations_find(t, f->request_id);
    *late = i != NULL && i->done;
    if (i == NULL) /* the message of a structured log is free text, where an id proves nothing */
        i = nj_invocations_of_text(t, r->data_json.n == 0 ? r->message : (struct nj_str){ NULL, 0 }, r->when_ns, late);
    if (f->kind == NJ_EV_EXTENSION && *late && f->request_id.n == 0)
        i = NULL;
    return i;
}

static void put_invocation(struct nj_record *r, const struct nj_invocation *i)
{
    nj_attrs_str(&r->where, NJ_STR("faas.invocation_id"), nj_short_str(&i->request_id));
    if (i->started)
        nj_attrs_bool(&r->where, NJ_STR("faas.coldstart"), i->coldstart);
    nj_attrs_str(&r->where, NJ_STR("trace_id"), nj_str_of(i->trace_id));
    nj_attrs_str(&r->where, NJ_STR("span_id"), nj_str_of(i->span_id));
    nj_attrs_str(&r->who, NJ_STR("tenant.id"), nj_short_str(&i->tenant));
}

void nj_enrich(struct nj_sandbox *s, struct nj_invocations *t, const struct nj_facts *facts, struct nj_record *r, bool *late,
               bool *unattributed)
{
    struct nj_invocation *i = NULL;
    bool log = facts->kind == NJ_EV_FUNCTION || facts->kind == NJ_EV_EXTENSION;
    *late = *unattributed = false;
    learn_facts(s, t, facts);
    i = log ? of_log(t, facts, r, late) : of_platform(t, facts, r->when_ns);
    if (i != NULL)
        put_invocation(r, i);
    else if (!log) /* the platform names it, whether we still know it or not */
        nj_attrs_str(&r->where, NJ_STR("faas.invocation_id"), facts->request_id);
    if (facts->tenant_id.n != 0)
        nj_attrs_str(&r->who, NJ_STR("tenant.id"), facts->tenant_id);
    *late = *late && i != NULL && facts->kind == NJ_EV_FUNCTION;
    *unattributed = i == NULL && facts->kind == NJ_EV_FUNCTION;
}

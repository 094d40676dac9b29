/* The door: takes a record's parts through the redactor and hands out the only form that may become bytes. */
#include "redact_internal.h"

#include "nightjar/hash.h"

#include <stdlib.h>

enum { OUT_MAX = 4 * NJ_REDACT_MAX + (64 << 10), SCRATCH_KEEP = 64 << 10, LARGE = 8 << 10, GIVE_BACK_EVERY = 64 };

#define WITHHELD_JSON   NJ_STR("\"" NJ_WITHHELD "\"")
#define WITHHELD_OBJECT NJ_STR("{\"nightjar.withheld\":true}")
#define PAYLOAD_OPEN    NJ_STR("{\"payload\":")
#define TRUNCATED       NJ_STR("nightjar.payload.truncated")

/* --- life --------------------------------------------------------------------------------------------------------- */

static void level_init(struct nj_level *l)
{
    nj_buf_init(&l->folded, OUT_MAX);
    nj_buf_init(&l->steps, OUT_MAX);
    nj_buf_init(&l->plain, OUT_MAX);
    nj_buf_init(&l->clean, OUT_MAX);
    nj_buf_init(&l->swept[0], OUT_MAX);
    nj_buf_init(&l->swept[1], OUT_MAX);
    nj_buf_init(&l->walked, OUT_MAX);
    nj_buf_init(&l->key, OUT_MAX);
    nj_buf_init(&l->decoded, OUT_MAX);
    nj_buf_init(&l->inflated, OUT_MAX);
    nj_buf_init(&l->encoded, OUT_MAX);
}

static void each_scratch(struct nj_redactor *r, void (*visit)(struct nj_buf *))
{
    for (size_t i = 0; i < NJ_LEVELS; i++) {
        struct nj_level *l = &r->levels[i];
        visit(&l->folded);
        visit(&l->steps);
        visit(&l->plain);
        visit(&l->clean);
        visit(&l->swept[0]);
        visit(&l->swept[1]);
        visit(&l->walked);
        visit(&l->key);
        visit(&l->decoded);
        visit(&l->inflated);
        visit(&l->encoded);
    }
}

/* One large record must not hold its memory for ever; a small one that was packed, only for a while. */
static void give_back(struct nj_buf *b)
{
    nj_buf_shrink(b, SCRATCH_KEEP);
}

enum nj_status nj_redactor_new(struct nj_redactor **out, const struct nj_redact_options *o)
{
    *out = NULL;
    const struct nj_policy *policy = nj_policy_find(o->policy);
    if (policy == NULL)
        return NJ_EPARSE;
    struct nj_redactor *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return NJ_ENOMEM;
    r->policy = *policy;
    nj_rules_change(o->rules, &r->policy);
    r->numeric = nj_rules_numeric(o->rules);
    r->pseudonyms = o->pseudonyms;
    r->rules = o->rules;
    r->read_all = nj_rules_want_all(o->rules);
    r->withhold = o->withhold;
    r->payload_most = policy->payload_most;
    if (o->payload_most != 0 && (r->payload_most == 0 || o->payload_most < r->payload_most))
        r->payload_most = o->payload_most;
    for (size_t i = 0; i < NJ_LEVELS; i++)
        level_init(&r->levels[i]);
    nj_buf_init(&r->out, OUT_MAX);
    nj_buf_init(&r->counts_out, 64 << 10);
    nj_buf_init(&r->fields, OUT_MAX);
    nj_buf_init(&r->skeleton, OUT_MAX);
    nj_buf_init(&r->resource, 1 << 20);
    r->marks = nj_marks_engine();
    nj_keys_init(r);
    nj_prefixes_init(r);
    nj_anchors_init(r);
    nj_numbers_init(r);
    nj_contexts_init(r);
    nj_ids_init(r);
    enum nj_status st = nj_globs_init(&r->keys, o->keys);
    if (st == NJ_OK)
        st = nj_globs_init(&r->allow_keys, o->allow_keys);
    r->paths = r->keys.dotted != 0 || r->allow_keys.dotted != 0 || nj_rules_have_paths(o->rules);
    if (st != NJ_OK) {
        nj_redactor_free(r);
        return st;
    }
    *out = r;
    return NJ_OK;
}

void nj_redactor_free(struct nj_redactor *r)
{
    if (r == NULL)
        return;
    each_scratch(r, nj_buf_fini);
    nj_buf_fini(&r->out);
    nj_buf_fini(&r->counts_out);
    nj_buf_fini(&r->fields);
    nj_buf_fini(&r->skeleton);
    nj_buf_fini(&r->resource);
    nj_globs_fini(&r->keys);
    nj_globs_fini(&r->allow_keys);
    nj_members_free(&r->members);
    free(r);
}

/* --- the workers -------------------------------------------------------------------------------------------------- */

static void add_withheld(struct nj_redactor *r, struct nj_str in, struct nj_buf *out)
{
    nj_withheld(r, in);
    nj_buf_add(out, NJ_STR(NJ_WITHHELD));
}

static void add_text(struct nj_redactor *r, struct nj_carry *carry, struct nj_str in, struct nj_buf *out)
{
    struct nj_str clean;
    if (nj_text_redact(r, 0, carry, in, &clean))
        nj_buf_add(out, clean);
    else
        add_withheld(r, in, out);
}

/* An attribute or name: as add_text(), but what passed unchanged lately is not judged again. */
static void add_short_text(struct nj_redactor *r, struct nj_str in, struct nj_buf *out)
{
    struct nj_str clean;
    if (in.n == 0 || in.n > NJ_KNOWN_LEN) {
        add_text(r, NULL, in, out);
        return;
    }
    struct nj_known *known = &r->known[nj_known_hash(in) % NJ_KNOWN_SLOTS];
    if (nj_is_known(known, in)) {
        nj_buf_add(out, in);
        return;
    }
    if (!nj_text_redact(r, 0, NULL, in, &clean)) {
        add_withheld(r, in, out);
        return;
    }
    nj_buf_add(out, clean);
    if (clean.p == in.p)
        nj_know(known, in);
}

/* White space between tokens stays, but a line break would end the line the value is written into. */
static void flatten(char *p, size_t n)
{
    for (char *at = memchr(p, '\n', n); at != NULL; at = memchr(at, '\n', n - (size_t)(at - p)))
        *at = ' ';
    for (char *at = memchr(p, '\r', n); at != NULL; at = memchr(at, '\r', n - (size_t)(at - p)))
        *at = ' ';
}

static void add_json(struct nj_redactor *r, struct nj_carry *carry, struct nj_str in, int rule, struct nj_str withheld, struct nj_buf *out)
{
    struct nj_str clean;
    size_t from = out->n;
    if (in.n <= NJ_REDACT_MAX && nj_json_walk(r, 0, carry, in, rule, &clean)) {
        nj_buf_add(out, clean);
        if (out->n > from)
            flatten(out->p + from, out->n - from);
        return;
    }
    nj_withheld(r, in);
    nj_buf_add(out, withheld);
}

void nj_redact_text(struct nj_redactor *r, struct nj_str in, struct nj_buf *out)
{
    add_text(r, NULL, in, out);
}

void nj_redact_json(struct nj_redactor *r, struct nj_json in, struct nj_buf *out)
{
    if (in.type != NJ_JSON_NONE)
        add_json(r, NULL, in.raw, NJ_KEY_NONE, WITHHELD_JSON, out);
}

/* --- attributes --------------------------------------------------------------------------------------------------- */

/* What is written into one buffer that may still move: views are set when it has come to rest. */
struct writer {
    struct nj_redactor *r;
    struct nj_buf *out;
    bool withhold; /* memory was short: nothing but the fixed text */
    size_t n;
    struct nj_written *views; /* room for NJ_WRITTEN_MAX */
};

static void view_since(struct writer *w, struct nj_str *view, size_t from)
{
    w->views[w->n].view = view;
    w->views[w->n].from = from;
    w->views[w->n++].to = w->out->n;
}

static void settle(struct writer *w)
{
    const char *base = w->out->p != NULL ? w->out->p : ""; /* empty is not absent */
    for (size_t i = 0; i < w->n; i++)
        *w->views[i].view = (struct nj_str){ base + w->views[i].from, w->views[i].to - w->views[i].from };
}

static void put_text(struct writer *w, struct nj_carry *carry, struct nj_str in, struct nj_str *view)
{
    size_t from = w->out->n;
    *view = (struct nj_str){ NULL, 0 };
    if (in.p == NULL)
        return;
    if (w->withhold)
        nj_buf_add(w->out, NJ_STR(NJ_WITHHELD));
    else if (carry != NULL)
        add_text(w->r, carry, in, w->out);
    else
        add_short_text(w->r, in, w->out);
    view_since(w, view, from);
}

/* The rule an attribute's value is secret under. */
static int rule_of_attr(struct nj_redactor *r, struct nj_str key)
{
    int rule = nj_rule_but(nj_key_classify(r, key).rule, NJ_HOW_ASIDE | NJ_HOW_DETECTED);
    return rule != NJ_KEY_NONE && nj_key_action(r, rule) != NJ_ACT_KEEP ? rule : NJ_KEY_NONE;
}

/* What the name of a value asks for, when it is that of a secret.  KEPT: the value is to be looked at as any other. */
enum fate { KEPT, MASKED, REMOVED };

/* What stands in place of a number since byte from; whoever reads it may want numbers there. */
static void settle_number(struct writer *w, size_t from, struct nj_value *v)
{
    if (w->r->numeric == NJ_NUMERIC_STRING) {
        v->type = NJ_V_STR;
        view_since(w, &v->u.s, from);
        return;
    }
    if (w->out->err == NJ_OK)
        nj_buf_cut(w->out, from);
    v->type = w->r->numeric == NJ_NUMERIC_ZERO ? NJ_V_I64 : NJ_V_JSON;
    if (v->type == NJ_V_I64)
        v->u.i = 0;
    else
        v->u.s = NJ_STR("null");
}

static enum fate put_masked(struct writer *w, int rule, struct nj_str text, bool number, struct nj_value *v)
{
    size_t from = w->out->n;
    enum nj_class class = nj_key_class(w->r, rule);
    enum nj_action action = nj_key_action(w->r, rule);
    nj_found(w->r, NJ_COUNT_KEYS + (unsigned)rule, action, text);
    if (action == NJ_ACT_REMOVE || action == NJ_ACT_COUNT)
        return action == NJ_ACT_REMOVE ? REMOVED : KEPT;
    nj_replacement_add(w->r, class, action, text, NJ_STR("[secret]"), w->out);
    if (number) {
        settle_number(w, from, v);
        return MASKED;
    }
    v->type = NJ_V_STR;
    view_since(w, &v->u.s, from);
    return MASKED;
}

static enum fate put_secret(struct writer *w, int rule, const struct nj_value *in, struct nj_value *out)
{
    char digits[32];
    struct nj_buf text = { .p = digits, .cap = sizeof(digits), .max = sizeof(digits) };
    if (in->type == NJ_V_STR)
        return !nj_key_takes(rule, in->u.s) ? KEPT : put_masked(w, rule, in->u.s, false, out);
    if (in->type == NJ_V_I64)
        nj_buf_add_i64(&text, in->u.i);
    else if (in->type == NJ_V_F64)
        nj_buf_add_f64(&text, in->u.f);
    else
        return KEPT;
    return put_masked(w, rule, nj_buf_str(&text), true, out);
}

/* A whole number may be a card's. */
static void put_integer(struct writer *w, int64_t i, struct nj_value *v)
{
    char digits[24];
    struct nj_buf text = { .p = digits, .cap = sizeof(digits), .max = sizeof(digits) };
    if (i < 1000000000000)
        return;
    nj_buf_add_i64(&text, i);
    size_t from = w->out->n;
    add_text(w->r, NULL, nj_buf_str(&text), w->out);
    if (w->out->err == NJ_OK && nj_str_eq(nj_str_slice(nj_buf_str(w->out), from, w->out->n), nj_buf_str(&text))) {
        nj_buf_cut(w->out, from);
        return;
    }
    settle_number(w, from, v);
}

/* False: the attribute is to be left out. */
static bool put_value(struct writer *w, struct nj_str key, const struct nj_value *in, struct nj_value *out)
{
    int rule = rule_of_attr(w->r, key);
    enum fate fate = rule != NJ_KEY_NONE ? put_secret(w, rule, in, out) : KEPT;
    if (fate != KEPT)
        return fate == MASKED;
    size_t from = w->out->n;
    *out = *in;
    switch (in->type) {
    case NJ_V_STR:
        put_text(w, NULL, in->u.s, &out->u.s);
        break;
    case NJ_V_JSON:
        if (w->withhold)
            nj_buf_add(w->out, WITHHELD_JSON);
        else
            add_json(w->r, NULL, in->u.s, rule, WITHHELD_JSON, w->out);
        view_since(w, &out->u.s, from);
        break;
    case NJ_V_I64:
        put_integer(w, in->u.i, out);
        break;
    case NJ_V_F64:
    case NJ_V_BOOL:
        break;
    }
    return true;
}

static void put_attrs(struct writer *w, const struct nj_attrs *in, struct nj_attrs *out)
{
    out->n = 0;
    for (size_t i = 0; i < in->n; i++) {
        struct nj_attr *a = &out->a[out->n];
        if (!put_value(w, in->a[i].key, &in->a[i].v, &a->v))
            continue;
        put_text(w, NULL, in->a[i].key, &a->key);
        out->n++;
    }
}

/* --- resource ----------------------------------------------------------------------------------------------------- */

static enum nj_status clean_resource(struct nj_redactor *r, const struct nj_resource *in, bool withhold, struct nj_resource *out)
{
    struct writer w = { .r = r, .out = &r->resource, .withhold = withhold, .views = r->written };
    nj_buf_reset(w.out);
    put_attrs(&w, &in->where, &out->where);
    out->generation = in->generation;
    if (w.out->err == NJ_OK)
        settle(&w);
    r->drop = false; /* a resource is on all records */
    return w.out->err;
}

enum nj_status nj_redact_resource(struct nj_redactor *r, const struct nj_resource *in, struct nj_resource *out)
{
    if (clean_resource(r, in, false, out) == NJ_OK || clean_resource(r, in, true, out) == NJ_OK)
        return NJ_OK;
    return NJ_ENOMEM;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

/* What a record's line may continue: lines of one origin and invocation belong together. */
static struct nj_carry *stream_of(struct nj_redactor *r, const struct nj_record *in)
{
    if (in->origin != NJ_FROM_FUNCTION && in->origin != NJ_FROM_EXTENSION)
        return NULL;
    const struct nj_attr *id = nj_attrs_get(&in->where, NJ_STR("faas.invocation_id"));
    struct nj_str name = id != NULL && id->v.type == NJ_V_STR ? id->v.u.s : (struct nj_str){ NULL, 0 };
    uint64_t key = nj_hash64(name, (uint64_t)in->origin + 1);
    struct nj_stream *oldest = &r->streams[0];
    for (size_t i = 0; i < NJ_STREAMS; i++) {
        struct nj_stream *s = &r->streams[i];
        if (s->used != 0 && s->key == key) {
            s->used = r->records;
            return &s->carry;
        }
        if (s->used < oldest->used)
            oldest = s;
    }
    *oldest = (struct nj_stream){ .key = key, .used = r->records };
    return &oldest->carry;
}

/* Where its value begins. */
static size_t add_attr_member(struct nj_buf *out, const struct nj_attr *a)
{
    nj_buf_add_json(out, a->key);
    nj_buf_addc(out, ':');
    size_t from = out->n;
    switch (a->v.type) {
    case NJ_V_STR:
        nj_buf_add_json(out, a->v.u.s);
        break;
    case NJ_V_I64:
        nj_buf_add_i64(out, a->v.u.i);
        break;
    case NJ_V_F64:
        nj_buf_add_f64(out, a->v.u.f);
        break;
    case NJ_V_BOOL:
        nj_buf_addz(out, a->v.u.b ? "true" : "false");
        break;
    case NJ_V_JSON:
        nj_buf_add(out, a->v.u.s);
        break;
    }
    return from;
}

/* What the preset keeps of a payload, before it is redacted like everything else.  False: no memory for it. */
static bool shape_payload(struct nj_redactor *r, const struct nj_record *in, struct nj_str *json)
{
    if (!r->policy.names_only || in->origin != NJ_FROM_PAYLOAD || !nj_str_starts(*json, PAYLOAD_OPEN))
        return true;
    nj_buf_reset(&r->skeleton);
    nj_skeleton_add(*json, &r->skeleton);
    return nj_buf_finish(&r->skeleton, json) == NJ_OK;
}

/* What may leave of a payload, or of the parts of an error document together: bytes of their JSON. */
struct quota {
    bool limited, cut;
    size_t left;
};

/* The value at the end of out, from byte from on, is cut to what may still leave. */
static void take_quota(struct quota *q, struct nj_buf *out, size_t from)
{
    if (!q->limited || out->err != NJ_OK)
        return;
    size_t n = out->n - from, fits = nj_shorten(out->p + from, n, q->left);
    q->cut = q->cut || fits != n;
    q->left -= fits;
    nj_buf_cut(out, from + fits);
}

static void add_data_json(struct writer *w, struct nj_carry *carry, const struct nj_record *in, struct quota *q)
{
    struct nj_buf *out = w->out;
    struct nj_str json = nj_str_trim(in->data_json);
    size_t from = out->n;
    if (in->data_json.p == NULL)
        return;
    if (w->withhold || !shape_payload(w->r, in, &json)) {
        nj_buf_add(out, WITHHELD_OBJECT);
        return;
    }
    w->r->reserved = in->data.n != 0 ? &in->data : NULL;
    add_json(w->r, carry, json, NJ_KEY_NONE, WITHHELD_OBJECT, out);
    w->r->reserved = NULL;
    if (out->err != NJ_OK || !nj_str_starts(nj_str_slice(nj_buf_str(out), from, out->n), PAYLOAD_OPEN))
        return;
    nj_buf_cut(out, out->n - 1);
    take_quota(q, out, from + PAYLOAD_OPEN.n);
    nj_buf_addc(out, '}');
}

/* Words of an error document, as against facts of ours. */
static bool is_of_document(struct nj_str key)
{
    return nj_str_starts(key, NJ_STR("exception.")) || nj_str_starts(key, NJ_STR("nightjar.error."));
}

static void add_members(struct nj_buf *out, const struct nj_attrs *members, bool empty, struct quota *q)
{
    bool told = false;
    for (size_t i = 0; i < members->n && out->err == NJ_OK; i++) {
        const struct nj_attr *a = &members->a[i];
        bool of_document = q->limited && is_of_document(a->key);
        q->cut = q->cut || (of_document && q->left < 2);
        if (of_document && q->left < 2)
            continue;
        if (!empty)
            nj_buf_addc(out, ',');
        empty = false;
        size_t from = add_attr_member(out, a);
        if (of_document)
            take_quota(q, out, from);
        told = told || nj_str_eq(a->key, TRUNCATED);
    }
    if (!q->cut || told)
        return;
    nj_buf_add(out, nj_str_slice(NJ_STR(","), empty, 1));
    (void)add_attr_member(out, &(struct nj_attr){ .key = TRUNCATED, .v = { .type = NJ_V_BOOL, .u.b = true } });
}

/* Our own fields behind those of the log, in one object. */
static void add_data(struct writer *w, struct nj_carry *carry, const struct nj_record *in)
{
    struct nj_buf *out = w->out;
    struct quota q = { .limited = w->r->payload_most != 0 && in->origin == NJ_FROM_PAYLOAD, .left = w->r->payload_most };
    size_t from = out->n;
    add_data_json(w, carry, in, &q);
    if (in->data.n == 0 && !q.cut)
        return;
    if (in->data_json.p == NULL)
        nj_buf_addz(out, "{");
    else if (out->err == NJ_OK && out->n > from)
        nj_buf_cut(out, out->n - 1); /* the closing brace */
    bool empty = nj_str_trim(nj_str_slice(nj_buf_str(out), from, out->n)).n <= 1;
    struct nj_attrs clean;
    struct writer own = { .r = w->r, .out = &w->r->fields, .withhold = w->withhold, .views = w->r->written_fields };
    nj_buf_reset(own.out);
    put_attrs(&own, &in->data, &clean);
    if (own.out->err != NJ_OK)
        out->err = own.out->err;
    settle(&own);
    add_members(out, &clean, empty, &q);
    nj_buf_addc(out, '}');
}

/* Does a record hold words of the function?  Errors we derive quote them. */
static bool quotes_function(const struct nj_record *in)
{
    return in->origin == NJ_FROM_FUNCTION || in->origin == NJ_FROM_EXTENSION || in->origin == NJ_FROM_PAYLOAD ||
           in->category == NJ_CAT_ERROR;
}

static enum nj_status clean_record(struct nj_redactor *r, const struct nj_record *in, struct nj_str id, bool withhold, struct nj_clean *out)
{
    struct writer w = { .r = r, .out = &r->out, .withhold = withhold, .views = r->written };
    struct nj_carry *carry = stream_of(r, in);
    nj_buf_reset(w.out);
    put_text(&w, NULL, in->event, &out->event);
    put_attrs(&w, &in->who, &out->who);
    put_attrs(&w, &in->where, &out->where);
    if (r->withhold && quotes_function(in)) {
        nj_count(r, NJ_COUNT_WITHHELD);
        w.withhold = true;
    }
    put_text(&w, carry, in->message, &out->message);

    size_t from = w.out->n;
    out->data = (struct nj_str){ NULL, 0 };
    add_data(&w, carry, in);
    if (w.out->n > from)
        view_since(&w, &out->data, from);

    from = w.out->n;
    nj_buf_add(w.out, id);
    view_since(&w, &out->id, from);
    if (w.out->err == NJ_OK)
        settle(&w);
    return w.out->err;
}

/* What was counted and noted goes out with the record; most have neither. */
static bool take_audit(struct nj_redactor *r, struct nj_clean *out)
{
    struct nj_buf *b = &r->counts_out;
    out->counts = out->audit = (struct nj_str){ NULL, 0 };
    if (!nj_redact_noted(r))
        return true;
    nj_buf_reset(b);
    nj_redact_counts_take(r, b);
    size_t counts = b->n;
    nj_redact_audit_take(r, b);
    if (b->err != NJ_OK)
        return false;
    if (counts != 0)
        out->counts = nj_str_slice(nj_buf_str(b), 0, counts);
    if (b->n != counts)
        out->audit = nj_str_slice(nj_buf_str(b), counts, b->n);
    return true;
}

/* A rule asks for the whole record.  What platform and nightjar themselves say goes on, redacted: a pattern in somebody's log must not
 * silence who was let in, or what failed. */
static void drop_if_asked(struct nj_redactor *r, const struct nj_record *in, struct nj_clean *out)
{
    out->dropped = r->drop && (in->origin == NJ_FROM_FUNCTION || in->origin == NJ_FROM_EXTENSION || in->origin == NJ_FROM_PAYLOAD);
    r->drop = false;
    if (out->dropped)
        out->message = out->data = (struct nj_str){ NULL, 0 };
}

enum nj_status nj_redact_record(struct nj_redactor *r, const struct nj_record *in, const struct nj_resource *clean_resource,
                                struct nj_str id, struct nj_clean *out)
{
    const struct nj_attr *tenant = nj_attrs_get(&in->who, NJ_STR("tenant.id"));
    r->tenant = tenant != NULL && tenant->v.type == NJ_V_STR ? tenant->v.u.s : (struct nj_str){ NULL, 0 };
    r->records++;
    if (r->was_large || r->records % GIVE_BACK_EVERY == 0) {
        each_scratch(r, give_back);
        give_back(&r->out);
        give_back(&r->fields);
        give_back(&r->skeleton);
    }
    r->was_large = in->message.n + in->data_json.n > LARGE;
    out->when_ns = in->when_ns;
    out->category = in->category;
    out->severity = in->severity;
    out->outcome = in->outcome;
    out->lane = in->lane;
    out->resource = clean_resource;
    enum nj_status st = clean_record(r, in, id, false, out);
    if (st != NJ_OK) {
        nj_withheld(r, (struct nj_str){ NULL, 0 });
        st = clean_record(r, in, id, true, out);
    }
    r->tenant = (struct nj_str){ NULL, 0 };
    drop_if_asked(r, in, out);
    return st == NJ_OK && take_audit(r, out) ? NJ_OK : NJ_ENOMEM;
}

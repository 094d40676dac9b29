/* The door: takes a record's parts through the redactor and hands out the only form that may become bytes. */
#include "attributes.h"

#include "nightjar/hash.h"

#include <stdlib.h>

enum { OUT_MAX = 4 * NJ_REDACT_MAX + (64 << 10), SCRATCH_KEEP = 64 << 10, LARGE = 8 << 10, GIVE_BACK_EVERY = 64 };

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
    r->marks = nj_marks_form(0);
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
    r->allows = r->pseudonyms != NULL && nj_rules_have_values(o->rules);
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

void nj_redact_text(struct nj_redactor *r, struct nj_str in, struct nj_buf *out)
{
    nj_put_text(r, NULL, in, out);
}

void nj_redact_json(struct nj_redactor *r, struct nj_json in, struct nj_buf *out)
{
    if (in.type != NJ_JSON_NONE)
        nj_put_json(r, NULL, in.raw, NJ_KEY_NONE, NJ_WITHHELD_JSON, out);
}

/* --- resource ----------------------------------------------------------------------------------------------------- */

static enum nj_status clean_resource(struct nj_redactor *r, const struct nj_resource *in, bool withhold, struct nj_resource *out)
{
    struct nj_writer w = { .r = r, .out = &r->resource, .withhold = withhold, .views = r->written };
    nj_buf_reset(w.out);
    nj_write_attrs(&w, &in->where, &out->where);
    out->generation = in->generation;
    if (w.out->err == NJ_OK)
        nj_written_settle(&w);
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

static struct nj_str text_attr(const struct nj_attrs *attrs, struct nj_str name)
{
    const struct nj_attr *a = nj_attrs_get(attrs, name);
    return a != NULL && a->v.type == NJ_V_STR ? a->v.u.s : (struct nj_str){ NULL, 0 };
}

/* What a record's line may continue: lines of one origin and invocation belong together. */
static struct nj_carry *stream_of(struct nj_redactor *r, const struct nj_record *in)
{
    if (in->origin != NJ_FROM_FUNCTION && in->origin != NJ_FROM_EXTENSION)
        return NULL;
    uint64_t key = nj_hash64(text_attr(&in->where, NJ_STR("faas.invocation_id")), (uint64_t)in->origin + 1);
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

static void add_data_json(struct nj_writer *w, struct nj_carry *carry, const struct nj_record *in, struct quota *q)
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
    nj_put_json(w->r, carry, json, NJ_KEY_NONE, WITHHELD_OBJECT, out);
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
static void add_data(struct nj_writer *w, struct nj_carry *carry, const struct nj_record *in)
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
    struct nj_writer own = { .r = w->r, .out = &w->r->fields, .withhold = w->withhold, .views = w->r->written_fields };
    nj_buf_reset(own.out);
    nj_write_attrs(&own, &in->data, &clean);
    if (own.out->err != NJ_OK)
        out->err = own.out->err;
    nj_written_settle(&own);
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
    struct nj_writer w = { .r = r, .out = &r->out, .withhold = withhold, .views = r->written };
    struct nj_carry *carry = stream_of(r, in);
    nj_buf_reset(w.out);
    nj_write_text(&w, NULL, in->event, &out->event);
    out->who_number = nj_write_attrs_again(&w, &r->who, &in->who, &out->who);
    out->where_number = nj_write_attrs_again(&w, &r->where, &in->where, &out->where);
    if (r->withhold && quotes_function(in)) {
        nj_count(r, NJ_COUNT_WITHHELD);
        w.withhold = true;
    }
    nj_write_text(&w, carry, in->message, &out->message);

    size_t from = w.out->n;
    out->data = (struct nj_str){ NULL, 0 };
    add_data(&w, carry, in);
    if (w.out->n > from)
        nj_written_since(&w, &out->data, from);

    from = w.out->n;
    nj_buf_add(w.out, id);
    nj_written_since(&w, &out->id, from);
    if (w.out->err == NJ_OK)
        nj_written_settle(&w);
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

/* The same paths are harmless in what one kind of event source sends, and not in another's. */
static void note_trigger(struct nj_redactor *r, const struct nj_attrs *where)
{
    static const struct nj_str names[] = { NJ_STR_INIT("nightjar.trigger"), NJ_STR_INIT("faas.trigger") };
    for (size_t i = 0; r->rules != NULL && i < NJ_COUNT(names); i++)
        r->safe[i] = nj_rules_safe_paths(r->rules, text_attr(where, names[i]));
}

enum nj_status nj_redact_record(struct nj_redactor *r, const struct nj_record *in, const struct nj_resource *clean_resource,
                                struct nj_str id, struct nj_clean *out)
{
    r->tenant = text_attr(&in->who, NJ_STR("tenant.id"));
    r->records++;
    note_trigger(r, &in->where);
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
    memset(r->safe, 0, sizeof(r->safe));
    drop_if_asked(r, in, out);
    return st == NJ_OK && take_audit(r, out) ? NJ_OK : NJ_ENOMEM;
}

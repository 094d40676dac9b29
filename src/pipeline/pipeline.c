/* From a telemetry body to bytes in the outlets. */
#include "nightjar/pipeline.h"

#include "nightjar/diag.h"
#include "nightjar/hash.h"
#include "nightjar/random.h"

#include <stdlib.h>

enum { ID_DIGITS = 16, ID_MAX = 64, SCRATCH_MAX = 32 << 20, SCRATCH_KEEP = 256 << 10 };

/* A body seen before.  Only one that cannot come about twice by itself counts as a repeat: it holds a platform event or
 * records of different times.  A thousand equal lines of one millisecond may really have been written twice. */
struct seen {
    uint64_t hash;
    bool distinctive;
};

struct nj_pipeline {
    struct nj_pipeline_options o;
    struct nj_observe *observe; /* NULL: nothing is derived */
    struct nj_outlet *outlets[NJ_OUTLETS_MAX];
    size_t outlet_count;
    struct nj_resource clean_resource;
    bool resource_cleaned;
    struct nj_buf scratch, joined, cut;
    struct nj_mono cut_since;
    struct seen seen[NJ_SEEN_BODIES];
    size_t seen_at;
    uint64_t hash_key, seq;
    struct nj_buf id; /* 16 random digits, a dash, and the number of the record at hand */
    /* Several KiB each, filled anew for every record; on the stack they would be zeroed each time. */
    struct nj_record record;
    struct nj_facts facts;
    struct nj_clean clean;
    /* of the body at hand */
    struct nj_slicer slicer;
    bool at_work; /* between begin and the last step */
    bool slicing;
    uint64_t hash;
    bool repeat, distinctive;
    int64_t first_ns;
    size_t readable, unreadable;
};

/* Ids of this sandbox begin alike and differently from those of every other. */
static void new_prefix(struct nj_pipeline *p)
{
    char digits[ID_DIGITS + 1];
    nj_random_hex(digits, ID_DIGITS);
    nj_buf_reset(&p->id);
    nj_buf_addz(&p->id, digits);
    nj_buf_addc(&p->id, '-');
}

void nj_pipeline_restored(struct nj_pipeline *p)
{
    new_prefix(p);
    p->resource_cleaned = false;
}

enum nj_status nj_pipeline_new(struct nj_pipeline **out, const struct nj_pipeline_options *o)
{
    struct nj_pipeline *p = calloc(1, sizeof(*p));
    *out = p;
    if (p == NULL)
        return NJ_ENOMEM;
    p->o = *o;
    nj_buf_init(&p->scratch, SCRATCH_MAX);
    nj_buf_init(&p->joined, SCRATCH_MAX);
    nj_buf_init(&p->cut, SCRATCH_MAX);
    nj_random_fill(&p->hash_key, sizeof(p->hash_key));
    nj_buf_init(&p->id, ID_MAX);
    new_prefix(p);
    return NJ_OK;
}

void nj_pipeline_free(struct nj_pipeline *p)
{
    if (p == NULL)
        return;
    nj_buf_fini(&p->scratch);
    nj_buf_fini(&p->joined);
    nj_buf_fini(&p->cut);
    nj_buf_fini(&p->id);
    free(p);
}

bool nj_pipeline_outlet(struct nj_pipeline *p, struct nj_outlet *o)
{
    if (p->outlet_count == NJ_OUTLETS_MAX)
        return false;
    p->outlets[p->outlet_count++] = o;
    return true;
}

/* --- redact and offer --------------------------------------------------------------------------------------------- */

static bool clean_resource(struct nj_pipeline *p)
{
    const struct nj_resource *now = &p->o.sandbox->resource;
    if (p->resource_cleaned && p->clean_resource.generation == now->generation)
        return true;
    p->resource_cleaned = nj_redact_resource(p->o.redactor, now, &p->clean_resource) == NJ_OK;
    return p->resource_cleaned;
}

/* False: the record is lost. */
static bool offer(struct nj_pipeline *p, struct nj_record *r)
{
    r->seq = ++p->seq;
    nj_buf_cut(&p->id, ID_DIGITS + 1);
    nj_buf_add_u64(&p->id, r->seq);
    if (p->id.err != NJ_OK || !clean_resource(p) ||
        nj_redact_record(p->o.redactor, r, &p->clean_resource, nj_buf_str(&p->id), &p->clean) != NJ_OK) {
        nj_count(p->o.ledger, NJ_CTR_lost_memory, 1);
        return false;
    }
    if (p->clean.dropped) {
        nj_count(p->o.ledger, NJ_CTR_filtered_by_rule, 1);
        return true;
    }
    p->o.ledger->offered++;
    for (size_t i = 0; i < p->outlet_count; i++)
        nj_outlet_offer(p->outlets[i], &p->clean);
    return true;
}

void nj_pipeline_own(struct nj_pipeline *p, struct nj_record *r)
{
    r->origin = NJ_FROM_OWN;
    if (r->when_ns == 0)
        r->when_ns = p->o.clock->wall_ns / 1000 * 1000; /* the platform's own times end at microseconds at most */
    nj_count(p->o.ledger, NJ_CTR_received_own, 1);
    (void)offer(p, r);
}

void nj_pipeline_observe(struct nj_pipeline *p, struct nj_observe *o)
{
    p->observe = o;
}

/* May come in the middle of another record's way: that one has been offered by then, and only its raw form is looked at. */
void nj_pipeline_derived(struct nj_pipeline *p, struct nj_record *r)
{
    bool late = false, unattributed = false;
    const struct nj_attr *id = nj_attrs_get(&r->where, NJ_STR("faas.invocation_id"));
    struct nj_facts f = { .kind = NJ_EV_OTHER };
    if (id != NULL)
        f.request_id = id->v.u.s;
    r->origin = NJ_FROM_DERIVED;
    nj_count(p->o.ledger, NJ_CTR_received_derived, 1);
    nj_enrich(p->o.sandbox, p->o.invocations, &f, r, &late, &unattributed);
    (void)offer(p, r);
}

/* The proxy often sees an invocation before any telemetry tells of it, and alone sees its tenant. */
static void learn_invocation(struct nj_pipeline *p, const struct nj_payload *payload)
{
    if (payload->kind != NJ_PAYLOAD_INPUT || payload->request_id.n == 0)
        return;
    struct nj_invocation *i = nj_invocations_at(p->o.invocations, payload->request_id);
    if (i->trace_id[0] == '\0' && payload->trace.n != 0)
        nj_invocation_trace(i, payload->trace, (struct nj_str){ NULL, 0 });
    if (i->tenant.n == 0)
        nj_short_set(&i->tenant, payload->tenant);
    if (i->arn.n == 0)
        nj_short_set(&i->arn, payload->arn);
    if (payload->arn.n != 0)
        nj_sandbox_learn_arn(p->o.sandbox, payload->arn);
}

void nj_pipeline_payload(struct nj_pipeline *p, const struct nj_payload *payload)
{
    struct nj_record *r = &p->record;
    bool late = false, unattributed = false;
    nj_buf_reset(&p->scratch);
    if (!nj_payload_decode(payload, &p->scratch, r))
        return;
    learn_invocation(p, payload);
    if (p->observe != NULL)
        nj_observe_payload(p->observe, p->o.clock->wall_ns, payload);
    p->facts = (struct nj_facts){ .kind = NJ_EV_OTHER, .request_id = payload->request_id };
    r->origin = NJ_FROM_PAYLOAD;
    nj_count(p->o.ledger, NJ_CTR_received_payload, 1);
    nj_enrich(p->o.sandbox, p->o.invocations, &p->facts, r, &late, &unattributed);
    if (p->observe != NULL)
        nj_observe_put(p->observe, r, false);
    if (offer(p, r) && p->observe != NULL)
        nj_observe_clean(p->observe, p->o.clock->wall_ns, payload->request_id, &p->clean);
}

/* --- one element -------------------------------------------------------------------------------------------------- */

static enum nj_counter received_as(const struct nj_facts *f, const struct nj_record *r)
{
    if (nj_attrs_get(&r->data, NJ_STR("nightjar.unreadable")) != NULL)
        return NJ_CTR_received_unreadable;
    if (f->kind == NJ_EV_FUNCTION)
        return NJ_CTR_received_function;
    return f->kind == NJ_EV_EXTENSION ? NJ_CTR_received_extension : NJ_CTR_received_platform;
}

static void take_facts(struct nj_pipeline *p, const struct nj_facts *f)
{
    if (f->kind == NJ_EV_LOGS_DROPPED) {
        nj_count(p->o.ledger, NJ_CTR_platform_dropped_records, f->dropped_records);
        nj_count(p->o.ledger, NJ_CTR_platform_dropped_bytes, f->dropped_bytes);
    }
    if (f->kind == NJ_EV_RESTORE_START && p->o.restored != NULL)
        p->o.restored(p->o.ctx);
    else if (f->kind == NJ_EV_RESTORE_START)
        nj_pipeline_restored(p);
}

/* Does this body say something that no second body would say by chance? */
static void note_distinctive(struct nj_pipeline *p, const struct nj_facts *f, int64_t when_ns)
{
    if (p->readable++ == 0)
        p->first_ns = when_ns;
    if (f->kind != NJ_EV_FUNCTION && f->kind != NJ_EV_EXTENSION)
        p->distinctive = true;
    if (when_ns != p->first_ns)
        p->distinctive = true;
}

static void take_element(struct nj_pipeline *p, struct nj_str element)
{
    struct nj_record *r = &p->record;
    struct nj_facts *f = &p->facts;
    bool late = false, unattributed = false;
    nj_buf_reset(&p->scratch);
    nj_decode(element, p->o.clock->wall_ns, &p->scratch, r, f);
    enum nj_counter as = received_as(f, r);
    nj_count(p->o.ledger, as, 1);
    if (as == NJ_CTR_received_unreadable)
        p->unreadable++;
    else
        note_distinctive(p, f, r->when_ns);
    if (p->repeat) {
        nj_count(p->o.ledger, NJ_CTR_filtered_duplicate, 1);
        return;
    }
    /* Our diagnostics are JSON, so they come back as text or as a structured log, as the log format wants. */
    if (f->kind == NJ_EV_EXTENSION && (nj_diag_is_own(r->message) || nj_diag_is_own(r->data_json))) {
        nj_count(p->o.ledger, NJ_CTR_filtered_own_lines, 1);
        return;
    }
    take_facts(p, f);
    nj_enrich(p->o.sandbox, p->o.invocations, f, r, &late, &unattributed);
    nj_count(p->o.ledger, NJ_CTR_records_late, late);
    nj_count(p->o.ledger, NJ_CTR_records_unattributed, unattributed);
    bool log = f->kind == NJ_EV_FUNCTION;
    if (p->observe != NULL && log)
        nj_observe_put(p->observe, r, true);
    bool offered = offer(p, r);
    if (p->observe != NULL)
        nj_observe_record(p->observe, p->o.clock->wall_ns, f, r, offered ? &p->clean : NULL);
    if (p->o.fact != NULL)
        p->o.fact(p->o.ctx, f);
}

static void take_unreadable(struct nj_pipeline *p, struct nj_str piece, struct nj_str reason)
{
    if (nj_str_trim(piece).n == 0)
        return;
    nj_count(p->o.ledger, NJ_CTR_received_unreadable, 1);
    p->unreadable++;
    if (p->repeat) {
        nj_count(p->o.ledger, NJ_CTR_filtered_duplicate, 1);
        return;
    }
    nj_buf_reset(&p->scratch);
    nj_decode_unreadable(piece, reason, p->o.clock->wall_ns, &p->scratch, &p->record);
    (void)offer(p, &p->record);
}

/* --- one body ----------------------------------------------------------------------------------------------------- */

static void keep_cut(struct nj_pipeline *p, struct nj_str piece)
{
    nj_buf_reset(&p->cut);
    nj_buf_add(&p->cut, piece);
    p->cut_since = p->o.clock->mono;
    if (p->cut.err == NJ_OK)
        return;
    nj_buf_shrink(&p->cut, 0);
    nj_count(p->o.ledger, NJ_CTR_records_cut, 1);
    take_unreadable(p, piece, NJ_STR("cut"));
}

void nj_pipeline_settle_cut(struct nj_pipeline *p, bool force)
{
    if (p->cut.n == 0 || (!force && nj_mono_until(p->cut_since, p->o.clock->mono) < NJ_CUT_LIFE_MS))
        return;
    nj_count(p->o.ledger, NJ_CTR_records_cut, 1);
    take_unreadable(p, nj_buf_str(&p->cut), NJ_STR("cut"));
    nj_buf_shrink(&p->cut, 0);
}

/* The pending cut record and the body that may continue it; what is left of the body then, or an absent view. */
static struct nj_str join(struct nj_pipeline *p, struct nj_str body)
{
    struct nj_str rest = body;
    nj_buf_reset(&p->joined);
    enum nj_join how = nj_decode_join(nj_buf_str(&p->cut), body, &p->joined, &rest);
    if (how == NJ_JOIN_NO || p->joined.err != NJ_OK) {
        nj_pipeline_settle_cut(p, true);
        return body;
    }
    if (how == NJ_JOIN_PART) {
        keep_cut(p, nj_buf_str(&p->joined));
        return (struct nj_str){ NULL, 0 };
    }
    nj_count(p->o.ledger, NJ_CTR_records_joined, 1);
    nj_buf_shrink(&p->cut, 0);
    take_element(p, nj_buf_str(&p->joined));
    return rest;
}

static struct seen *recall(struct nj_pipeline *p, uint64_t hash)
{
    for (size_t i = 0; i < NJ_SEEN_BODIES; i++)
        if (p->seen[i].distinctive && p->seen[i].hash == hash)
            return &p->seen[i];
    return NULL;
}

void nj_pipeline_begin(struct nj_pipeline *p, struct nj_str body)
{
    p->hash = nj_hash64(body, p->hash_key);
    nj_count(p->o.ledger, NJ_CTR_posts, 1);
    nj_count(p->o.ledger, NJ_CTR_post_bytes, body.n);
    p->repeat = recall(p, p->hash) != NULL;
    p->distinctive = false;
    p->readable = p->unreadable = 0;
    if (p->cut.n != 0 && !p->repeat)
        body = join(p, body);
    p->at_work = true;
    p->slicing = body.p != NULL;
    if (p->slicing)
        nj_slicer_init(&p->slicer, body);
}

static void end_of_body(struct nj_pipeline *p)
{
    p->at_work = p->slicing = false;
    if (p->repeat) {
        nj_count(p->o.ledger, NJ_CTR_posts_duplicate, 1);
    } else {
        p->seen[p->seen_at] = (struct seen){ .hash = p->hash, .distinctive = p->distinctive };
        p->seen_at = (p->seen_at + 1) % NJ_SEEN_BODIES;
    }
    nj_count(p->o.ledger, NJ_CTR_posts_unreadable, p->readable == 0 && p->unreadable != 0);
    p->repeat = false;
    nj_buf_shrink(&p->scratch, SCRATCH_KEEP);
    nj_buf_shrink(&p->joined, SCRATCH_KEEP);
}

static bool take_slice(struct nj_pipeline *p)
{
    struct nj_str piece;
    enum nj_slice_kind kind = nj_slicer_next(&p->slicer, &piece);
    if (kind == NJ_SLICE_END)
        return false;
    if (kind == NJ_SLICE_ELEMENT)
        take_element(p, piece);
    else if (kind == NJ_SLICE_CUT && !p->repeat)
        keep_cut(p, piece);
    else
        take_unreadable(p, piece, NJ_STR("no record"));
    return true;
}

bool nj_pipeline_step(struct nj_pipeline *p, size_t max_bytes)
{
    size_t start = p->slicer.at;
    if (!p->at_work)
        return false;
    while (p->slicing && take_slice(p))
        if (p->slicer.at - start >= max_bytes)
            return true;
    end_of_body(p);
    return false;
}

void nj_pipeline_post(struct nj_pipeline *p, struct nj_str body)
{
    nj_pipeline_begin(p, body);
    while (nj_pipeline_step(p, SIZE_MAX))
        ;
}

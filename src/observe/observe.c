/* The front desk: opens and closes cases, and tells the observers. */
#include "detectors.h"
#include "judge.h"
#include "trace.h"

#include <stdlib.h>

static const struct nj_observer *const table[] = {
    /* who and what first, then what is counted of it, then who is told */
    &nj_system_observer, &nj_authentication_observer, &nj_authorization_observer, &nj_relay_observer,  &nj_performance_observer,
    &nj_memory_observer, &nj_cost_observer,           &nj_errors_observer,        &nj_login_detector,  &nj_access_detector,
    &nj_data_detector,   &nj_volume_detector,         &nj_usage_observer,         &nj_sketch_observer, &nj_leaks_observer,
    &nj_alert_observer,  &nj_summary_observer, /* the last one: its record sums up what the others found */
};
enum { OBSERVERS = NJ_COUNT(table), CLEAN_MAX = 8192, SCRATCH_MAX = 1 << 20, SCRATCH_KEEP = 64 << 10 };

/* What NIGHTJAR_OBSERVE may name: the categories that are derived.  The others are not made here. */
static const enum nj_category derived[] = { NJ_CAT_PERFORMANCE, NJ_CAT_AUTHENTICATION, NJ_CAT_AUTHORIZATION,
                                            NJ_CAT_USAGE,       NJ_CAT_ERROR,          NJ_CAT_ALERT };

struct nj_observe {
    struct nj_observe_options o;
    struct nj_limits limits;
    int64_t now_ns;
    int64_t due_ns[OBSERVERS]; /* INT64_MAX: not before something happens */
    const struct nj_observer *at_work;
    size_t at_work_index;
    bool on[OBSERVERS], off_category[NJ_CATEGORIES];
    uint8_t liners[OBSERVERS]; /* those who hear of lines: there are few, and lines are many */
    size_t liner_count;
    bool telemetry, listening;
    void *state[OBSERVERS];
    struct nj_buf scratch, clean;
    struct nj_record record;
    struct nj_document document;
    struct nj_body body;
    struct nj_text_scan *text_scan;
    struct nj_cases cases;
};

/* --- what to derive ----------------------------------------------------------------------------------------------- */

static bool switch_word(struct nj_observe *o, struct nj_str word, bool off)
{
    if (nj_str_eq_nocase(word, NJ_STR("all"))) {
        for (size_t i = 0; i < NJ_COUNT(derived); i++)
            o->off_category[derived[i]] = off;
        return true;
    }
    for (size_t i = 0; i < NJ_COUNT(derived); i++) {
        if (!nj_str_eq_nocase(word, nj_category_names[derived[i]]))
            continue;
        o->off_category[derived[i]] = off;
        return true;
    }
    return false;
}

/* A list that begins with a minus sign leaves out of all, any other adds to nothing. */
static bool read_categories(struct nj_observe *o, struct nj_str list)
{
    struct nj_str word;
    bool good = true;
    list = nj_str_trim(list);
    if (list.n != 0 && list.p[0] != '-')
        (void)switch_word(o, NJ_STR("all"), true);
    while (nj_str_cut(&list, ',', &word)) {
        word = nj_str_trim(word);
        bool off = word.n != 0 && word.p[0] == '-';
        if (word.n != 0 && !switch_word(o, nj_str_slice(word, off, word.n), off))
            good = false;
    }
    return good;
}

/* --- life --------------------------------------------------------------------------------------------------------- */

static bool start_observer(struct nj_observe *o, size_t i)
{
    o->due_ns[i] = INT64_MAX;
    o->on[i] = table[i]->always || !o->off_category[table[i]->category];
    if (!o->on[i])
        return true;
    if (table[i]->state != 0 && (o->state[i] = calloc(1, table[i]->state)) == NULL)
        return false;
    o->at_work_index = i;
    if (table[i]->start != NULL)
        table[i]->start(o, o->state[i]);
    if (table[i]->on_line != NULL)
        o->liners[o->liner_count++] = (uint8_t)i;
    return true;
}

enum nj_status nj_observe_new(struct nj_observe **out, const struct nj_observe_options *options)
{
    struct nj_observe *o = calloc(1, sizeof(*o));
    *out = o;
    if (o == NULL)
        return NJ_ENOMEM;
    o->o = *options;
    o->limits = options->limits != NULL ? *options->limits : nj_limits_standard;
    o->telemetry = true;
    nj_buf_init(&o->scratch, SCRATCH_MAX);
    nj_buf_init(&o->clean, 3 * CLEAN_MAX);
    nj_document_init(&o->document);
    nj_body_init(&o->body);
    o->cases.places = options->concurrent ? NJ_CASES_CONCURRENT : NJ_CASES;
    o->cases.ring = calloc(o->cases.places, sizeof(*o->cases.ring));
    o->text_scan = malloc(nj_text_scan_size());
    if (o->text_scan == NULL || o->cases.ring == NULL) {
        nj_observe_free(o);
        *out = NULL;
        return NJ_ENOMEM;
    }
    nj_text_scan_init(o->text_scan);
    bool good = read_categories(o, options->categories);
    for (size_t i = 0; i < OBSERVERS; i++) {
        if (!start_observer(o, i)) {
            nj_observe_free(o);
            *out = NULL;
            return NJ_ENOMEM;
        }
    }
    return good ? NJ_OK : NJ_EPARSE;
}

void nj_observe_free(struct nj_observe *o)
{
    if (o == NULL)
        return;
    for (size_t i = 0; i < OBSERVERS; i++) {
        if (o->state[i] != NULL && table[i]->stop != NULL)
            table[i]->stop(o->state[i]);
        free(o->state[i]);
    }
    nj_buf_fini(&o->scratch);
    nj_buf_fini(&o->clean);
    nj_document_fini(&o->document);
    nj_body_fini(&o->body);
    free(o->text_scan);
    free(o->cases.ring);
    free(o);
}

size_t nj_observe_table_bytes(void)
{
    size_t n = sizeof(struct nj_observe) + NJ_CASES * sizeof(struct nj_case) + nj_text_scan_size();
    for (size_t i = 0; i < OBSERVERS; i++)
        n += table[i]->state + table[i]->on_demand;
    return n;
}

/* --- for the observers -------------------------------------------------------------------------------------------- */

int64_t nj_observe_now(const struct nj_observe *o)
{
    return o->now_ns;
}

const struct nj_observe_options *nj_observe_config(const struct nj_observe *o)
{
    return &o->o;
}

struct nj_document *nj_observe_document(struct nj_observe *o)
{
    return &o->document;
}

struct nj_body *nj_observe_body(struct nj_observe *o)
{
    return &o->body;
}

struct nj_text_finding nj_observe_text(struct nj_observe *o, struct nj_str text)
{
    return nj_auth_text(o->text_scan, text);
}

const struct nj_limits *nj_observe_limits(const struct nj_observe *o)
{
    return &o->limits;
}

void nj_observe_listen(struct nj_observe *o, bool on)
{
    o->listening = on;
}

void nj_observe_wake(struct nj_observe *o, int64_t at_ns)
{
    int64_t *due = &o->due_ns[o->at_work_index];
    *due = at_ns < *due ? at_ns : *due;
}

struct nj_buf *nj_observe_scratch(struct nj_observe *o)
{
    nj_buf_shrink(&o->scratch, SCRATCH_KEEP);
    return &o->scratch;
}

struct nj_record *nj_observe_record_of(struct nj_observe *o, struct nj_str event, enum nj_category category)
{
    struct nj_record *r = &o->record;
    nj_record_init(r);
    r->event = event;
    r->category = category;
    r->message = event;
    r->origin = NJ_FROM_DERIVED;
    return r;
}

/* Runs a hook of every observer that has it.  The body sees: i, w (the observer), state. */
#define EACH(o, hook, ...)                                                                                                                 \
    for (size_t i = 0; i < OBSERVERS; i++) {                                                                                               \
        if (!(o)->on[i] || table[i]->hook == NULL)                                                                                         \
            continue;                                                                                                                      \
        (o)->at_work_index = i;                                                                                                            \
        table[i]->hook((o), (o)->state[i], __VA_ARGS__);                                                                                   \
    }

void nj_observe_login(struct nj_observe *o, const struct nj_login *l)
{
    size_t speaker = o->at_work_index;
    EACH(o, on_login, l)
    o->at_work_index = speaker;
}

/* Those who listen to the others.  The hook that said it goes on afterwards as if nothing had been. */
static void pass_on(struct nj_observe *o, struct nj_case *c, const struct nj_record *r)
{
    size_t speaker = o->at_work_index;
    for (size_t i = 0; i < OBSERVERS; i++) {
        if (!o->on[i] || table[i]->on_said == NULL)
            continue;
        o->at_work_index = i;
        table[i]->on_said(o, o->state[i], c, r);
    }
    o->at_work_index = speaker;
}

void nj_observe_say(struct nj_observe *o, struct nj_case *c, struct nj_record *r)
{
    if (o->off_category[r->category])
        return;
    if (r->when_ns == 0)
        r->when_ns = o->now_ns / 1000 * 1000;
    if (c != NULL) {
        nj_attrs_str(&r->where, NJ_STR("faas.invocation_id"), c->id);
        nj_case_put(c, r, false);
    }
    o->o.emit(o->o.ctx, r);
    if (!nj_str_starts(r->event, NJ_STR("alert."))) /* findings about attacks have that category, too */
        pass_on(o, c, r);
}

/* --- the way of a case -------------------------------------------------------------------------------------------- */

/* A response that refused nothing is a word, too: what logs told then was about another call, or was dealt with. */
static void overrule(struct nj_case *c)
{
    struct nj_judgement *const both[] = { &c->authn, &c->authz };
    bool good = c->response_seen && !c->request.error_response && c->status_code >= 200 && c->status_code < 400;
    for (size_t i = 0; i < NJ_COUNT(both) && good && !nj_case_asks(c); i++)
        if (both[i]->source == NJ_AUTH_LOG_STATUS || both[i]->source == NJ_AUTH_TEXT)
            *both[i] = (struct nj_judgement){ .source = NJ_AUTH_NOBODY };
}

static void be_done(struct nj_observe *o, struct nj_case *c)
{
    if (c->done)
        return;
    c->done = true;
    overrule(c);
    c->end = nj_case_verdict(c);
    nj_activity_read(o, c);
    EACH(o, on_done, c)
}

static void close_case(struct nj_observe *o, struct nj_case *c)
{
    be_done(o, c);
    c->end = nj_case_verdict(c); /* the report may have told that it was memory */
    EACH(o, on_end, c)
    c->closed = true;
}

/* The case if it is open. */
static struct nj_case *find_case(struct nj_observe *o, struct nj_str id)
{
    struct nj_case *c = nj_cases_find(&o->cases, id);
    return c != NULL && !c->closed ? c : NULL;
}

struct nj_case *nj_observe_case(struct nj_observe *o, struct nj_str id)
{
    return find_case(o, id);
}

/* NULL: there is no id, or that case is closed. */
static struct nj_case *open_case(struct nj_observe *o, struct nj_str id)
{
    struct nj_case *c = nj_cases_find(&o->cases, id);
    if (c != NULL || id.n == 0)
        return c != NULL && !c->closed ? c : NULL;
    c = nj_cases_place(&o->cases);
    if (c->used && !c->closed)
        close_case(o, c);
    nj_case_open(&o->cases, c, id);
    return c;
}

/* An invocation is over for us when the platform says so and what the proxy has of it is here as well: the copy of the
 * answer takes another way and may come later. */
static void look_for_the_end(struct nj_observe *o, struct nj_case *c)
{
    bool success = nj_str_eq(c->platform_status, NJ_STR("success"));
    bool answer_owed = c->input_seen && success && !c->response_seen && !c->answered;
    bool told = c->platform_status.n != 0 || c->reported;
    if ((told && (!answer_owed || c->reported)) || (!o->telemetry && c->answered))
        be_done(o, c);
    if (c->done && (c->reported || !o->telemetry))
        close_case(o, c);
}

/* The next ones have come: what is still open of those before will hear nothing more.  If there are reports, they come through a
 * buffer of the platform, and a busy sandbox is dozens of short calls further by then. */
static void close_those_before(struct nj_observe *o, const struct nj_case *c)
{
    enum { PATIENCE = 2, LATE_MS = 2000 };
    for (size_t i = 0; i < o->cases.places && !o->o.concurrent; i++) {
        struct nj_case *other = &o->cases.ring[i];
        int64_t seen_ns = other->end_ns > other->start_ns ? other->end_ns : other->start_ns;
        bool may_come = o->telemetry && (other->order + PATIENCE >= c->order || o->now_ns - seen_ns < (int64_t)LATE_MS * 1000000);
        if (other->used && !other->closed && other != c && other->order < c->order && !may_come)
            close_case(o, other);
    }
}

/* --- what comes in ------------------------------------------------------------------------------------------------- */

void nj_observe_telemetry(struct nj_observe *o, int64_t now_ns, bool comes)
{
    o->now_ns = now_ns;
    o->telemetry = comes;
    EACH(o, on_watched, comes)
}

void nj_observe_invoke(struct nj_observe *o, int64_t now_ns, struct nj_str request_id, int64_t deadline_ms)
{
    o->now_ns = now_ns;
    struct nj_case *c = open_case(o, request_id);
    if (c == NULL)
        return;
    c->invoked = true;
    c->deadline_ms = deadline_ms;
    if (c->start_ns == 0)
        c->start_ns = now_ns;
    close_those_before(o, c);
    EACH(o, on_invoke, c)
}

static void take_payload(struct nj_case *c, const struct nj_payload *p)
{
    if (p->kind == NJ_PAYLOAD_INPUT) {
        c->input_seen = true;
        c->bytes_in = p->size < INT64_MAX ? (int64_t)p->size : INT64_MAX;
        if (c->start_ns == 0)
            c->start_ns = p->end_ns;
        if (c->actor.tenant.n == 0)
            c->actor.tenant = nj_case_keep(c, p->tenant, NJ_TENANT_MAX);
        return;
    }
    enum { LONGEST = 128 };
    c->response_seen = true;
    c->request.error_response = p->kind == NJ_PAYLOAD_ERROR || p->error_type.n != 0 || p->error_body.n != 0;
    if (c->status_code == 0)
        c->status_code = p->status_code;
    c->bytes_out = p->size < INT64_MAX ? (int64_t)p->size : INT64_MAX;
    if (c->error_type.n == 0)
        c->error_type = nj_case_keep(c, p->error_type, LONGEST);
    if (c->end_ns == 0)
        c->end_ns = p->end_ns;
}

void nj_observe_payload(struct nj_observe *o, int64_t now_ns, const struct nj_payload *p)
{
    o->now_ns = now_ns;
    struct nj_case *c = p->kind > NJ_PAYLOAD_ERROR ? NULL : open_case(o, p->request_id);
    if (c == NULL)
        return;
    take_payload(c, p);
    (void)nj_document_read(&o->document, p->kept, p->size); /* no JSON: an empty one, a direct invocation */
    if (p->kind == NJ_PAYLOAD_INPUT) {
        nj_trigger_read(o, c, p, &o->document);
        nj_ask_read(o, c, &o->document);
    } else {
        nj_answer_read(o, c, p, &o->document);
    }
    EACH(o, on_payload, c, p)
}

void nj_observe_clean(struct nj_observe *o, int64_t now_ns, struct nj_str request_id, const struct nj_clean *clean)
{
    o->now_ns = now_ns;
    struct nj_case *c = find_case(o, request_id);
    if (c == NULL)
        return;
    EACH(o, on_clean, c, clean)
}

void nj_observe_answered(struct nj_observe *o, int64_t now_ns, struct nj_str request_id)
{
    o->now_ns = now_ns;
    struct nj_case *c = find_case(o, request_id);
    if (c == NULL)
        return;
    c->answered = true;
    look_for_the_end(o, c);
}

static struct nj_str keep_clean(struct nj_observe *o, struct nj_str s)
{
    size_t from = o->clean.n;
    nj_buf_add(&o->clean, nj_str_slice(s, 0, CLEAN_MAX));
    return nj_str_slice(nj_buf_str(&o->clean), from, o->clean.n);
}

static void observe_line(struct nj_observe *o, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw,
                         const struct nj_clean *clean)
{
    struct nj_line l = { .facts = f, .raw = raw };
    if (c != NULL && f->kind == NJ_EV_FUNCTION) {
        c->lines++;
        c->line_bytes += raw->data_json.n != 0 ? raw->data_json.n : raw->message.n;
    }
    nj_line_read(o, c, f, raw);
    if (o->liner_count == 0)
        return;
    nj_buf_reset(&o->clean);
    bool telling = raw->severity >= NJ_SEV_WARN || (raw->data_json.n == 0 && nj_trace_begins(raw->message));
    bool wanted = clean != NULL && (telling || o->listening || clean->counts.n != 0);
    if (wanted && nj_buf_reserve(&o->clean, 3 * CLEAN_MAX) == NJ_OK) {
        l.clean_message = keep_clean(o, clean->message);
        l.clean_data = keep_clean(o, clean->data);
        l.clean_counts = keep_clean(o, clean->counts);
    }
    for (size_t i = 0; i < o->liner_count; i++) {
        o->at_work_index = o->liners[i];
        table[o->at_work_index]->on_line(o, o->state[o->at_work_index], c, &l);
    }
}

void nj_observe_record(struct nj_observe *o, int64_t now_ns, const struct nj_facts *f, const struct nj_record *raw,
                       const struct nj_clean *clean)
{
    o->now_ns = now_ns;
    const struct nj_attr *id = nj_attrs_get(&raw->where, NJ_STR("faas.invocation_id"));
    struct nj_str request_id = id != NULL ? id->v.u.s : (struct nj_str){ NULL, 0 };
    if (f->kind == NJ_EV_FUNCTION || f->kind == NJ_EV_EXTENSION) {
        observe_line(o, find_case(o, request_id), f, raw, clean);
        return;
    }
    bool opens = f->kind == NJ_EV_START || f->kind == NJ_EV_RUNTIME_DONE || f->kind == NJ_EV_REPORT;
    struct nj_case *c = opens ? open_case(o, f->request_id) : find_case(o, request_id);
    if (c != NULL)
        nj_case_platform(c, f, raw);
    EACH(o, on_platform, c, f, raw)
    if (c != NULL)
        look_for_the_end(o, c);
}

void nj_observe_heard(struct nj_observe *o, int64_t now_ns, const struct nj_record *r)
{
    o->now_ns = now_ns;
    pass_on(o, NULL, r);
}

/* --- time --------------------------------------------------------------------------------------------------------- */

void nj_observe_tick(struct nj_observe *o, int64_t now_ns)
{
    o->now_ns = now_ns;
    for (size_t i = 0; i < OBSERVERS; i++) {
        if (!o->on[i] || table[i]->on_tick == NULL || o->due_ns[i] > now_ns)
            continue;
        o->at_work_index = i;
        o->due_ns[i] = INT64_MAX;
        int64_t next_ns = table[i]->on_tick(o, o->state[i]);
        nj_observe_wake(o, next_ns);
    }
}

int64_t nj_observe_due_ms(const struct nj_observe *o, int64_t now_ns)
{
    int64_t due = INT64_MAX;
    for (size_t i = 0; i < OBSERVERS; i++)
        due = o->due_ns[i] < due ? o->due_ns[i] : due;
    if (due == INT64_MAX)
        return -1;
    return due <= now_ns ? 0 : (due - now_ns + 999999) / 1000000;
}

/* Other reasons than these, whatever they are called, say nothing of the last invocation. */
static bool blames_the_last(struct nj_str reason)
{
    return nj_str_eq_nocase(reason, NJ_STR("timeout")) || nj_str_eq_nocase(reason, NJ_STR("failure"));
}

void nj_observe_shutdown(struct nj_observe *o, int64_t now_ns, struct nj_str reason)
{
    struct nj_case *c = NULL;
    o->now_ns = now_ns;
    while ((c = nj_cases_oldest(&o->cases, false)) != NULL) {
        bool last = c->order == o->cases.orders;
        if (last && !c->answered && blames_the_last(reason))
            nj_case_status(c, reason); /* its runtimeDone was lost, and it is what we are shut down for */
        close_case(o, c);
    }
    EACH(o, on_shutdown, reason)
}

/* --- who and where ------------------------------------------------------------------------------------------------- */

void nj_observe_put(struct nj_observe *o, struct nj_record *r, bool brief)
{
    const struct nj_attr *id = nj_attrs_get(&r->where, NJ_STR("faas.invocation_id"));
    const struct nj_case *c = id != NULL ? nj_cases_find(&o->cases, id->v.u.s) : NULL;
    if (c != NULL)
        nj_case_put(c, r, brief);
}

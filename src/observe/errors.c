/* error.new, error.summary: what went wrong, how often, since when, for how many. */
#include "error_groups.h"
#include "finding.h"
#include "logins.h"
#include "template.h"
#include "trace.h"

#include <math.h>
#include <stdio.h>

enum { SUMMARIES = 32, SETTLED_S = 3600, REQUESTS = 64, TITLE_ROOM = 512 };
static const int64_t trace_ns = 1000000000; /* how long a trace waits for its next line */

/* Failures of the platform count only where nothing else told of an error in that request. */
struct request {
    uint64_t tag;
    bool told;
};

struct errors_state {
    struct nj_errors errors;
    struct nj_templates templates;
    struct request requests[REQUESTS];
    size_t next;
    uint32_t first_s; /* when this sandbox was first heard of */
    int64_t minute_ns;
    struct nj_trace trace; /* the one under way */
    int64_t trace_ns;      /* of its last line */
    char trace_id[NJ_ID_MAX];
    size_t trace_id_n;
};

static void start(struct nj_observe *o, void *state)
{
    struct errors_state *s = state;
    (void)o;
    nj_errors_init(&s->errors);
}

/* --- what is told --------------------------------------------------------------------------------------------------- */

static void put_group(struct nj_finding *f, const struct nj_errors *e, const struct nj_topk_slot *s)
{
    const struct nj_error_group *g = &e->g[nj_topk_at(&e->top, s)];
    char text[32];
    snprintf(text, sizeof(text), "e1:%016llx", (unsigned long long)s->tag);
    nj_finding_str(f, "nightjar.error.fingerprint", nj_str_of(text));
    nj_finding_str(f, "nightjar.error.kind", nj_str_of(nj_error_kind_names[g->kind]));
    nj_finding_str(f, "nightjar.error.title", (struct nj_str){ g->title, g->title_n });
}

static void put_counts(struct nj_finding *f, const struct nj_errors *e, const struct nj_topk_slot *s)
{
    const struct nj_error_group *g = &e->g[nj_topk_at(&e->top, s)];
    double requests = nj_hll_estimate(s->distinct, NJ_HLL_SMALL), principals = nj_hll_estimate(g->principals, NJ_HLL_SMALL);
    nj_finding_i64(f, "nightjar.error.total", (int64_t)s->count - (int64_t)s->error);
    if (s->error != 0) /* of kinds that gave way: they may have been some of these */
        nj_finding_i64(f, "nightjar.error.total_error", (int64_t)s->error);
    nj_finding_i64(f, "nightjar.error.day", (int64_t)g->day_count);
    nj_finding_i64(f, "nightjar.error.last_hour", (int64_t)nj_error_last_hour(g, nj_observe_now_ms(f->o)));
    nj_finding_time(f, "nightjar.error.first_seen", (int64_t)s->first_s * 1000000000);
    nj_finding_time(f, "nightjar.error.last_seen", (int64_t)s->last_s * 1000000000);
    if (requests > 0)
        nj_finding_i64(f, "nightjar.error.requests", (int64_t)llround(requests));
    if (principals > 0)
        nj_finding_i64(f, "nightjar.error.principals", (int64_t)llround(principals));
}

static void say_new(struct nj_observe *o, struct errors_state *s, struct nj_case *c, const struct nj_error_told *t,
                    const struct nj_stack *stack)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_ERROR_NEW, NJ_SEV_ERROR);
    bool settled = nj_observe_now_s(o) - s->first_s >= SETTLED_S;
    nj_finding_message(&f, "a new kind of error: %.*s", (int)t->group->title_n, t->group->title);
    put_group(&f, &s->errors, t->slot);
    if (stack != NULL && stack->type_n != 0)
        nj_finding_str(&f, "error.type", nj_stack_type(stack));
    if (stack != NULL && stack->n != 0) {
        size_t from = nj_finding_json_begin(&f);
        for (size_t i = 0; i < stack->n; i++) {
            nj_buf_addc(f.b, i == 0 ? '[' : ',');
            nj_buf_add_json(f.b, nj_frame_str(&stack->f[i]));
        }
        nj_buf_addc(f.b, ']');
        nj_finding_json_end(&f, "nightjar.error.frames", from);
    }
    nj_finding_str(&f, "nightjar.error.exemplar", nj_error_exemplar(&s->errors, t->slot->tag));
    if (!settled) /* seen since this version began here: it may have come with it */
        nj_finding_bool(&f, "nightjar.error.regression_candidate", true);
    nj_finding_say(&f, c);
}

static void say_milestone(struct nj_observe *o, struct errors_state *s, struct nj_case *c, const struct nj_error_told *t)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_ERROR_SUMMARY, NJ_SEV_ERROR);
    nj_finding_message(&f, "%llu times today: %.*s", (unsigned long long)t->group->day_count, (int)t->group->title_n, t->group->title);
    put_group(&f, &s->errors, t->slot);
    nj_finding_i64(&f, "nightjar.error.milestone", (int64_t)t->milestone);
    put_counts(&f, &s->errors, t->slot);
    nj_finding_say(&f, c);
}

static void say_summary(struct nj_observe *o, struct errors_state *s, const struct nj_topk_slot *slot, uint32_t count, bool last)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_ERROR_SUMMARY, NJ_SEV_ERROR);
    const struct nj_error_group *g = &s->errors.g[nj_topk_at(&s->errors.top, slot)];
    f.r->lane = last ? NJ_LANE_CRITICAL : NJ_LANE_BULK;
    nj_finding_message(&f, "%u time%s in the last minute, %u since %s: %.*s", count, count == 1 ? "" : "s", slot->count - slot->error,
                       slot->error == 0 ? "the start" : "it was noticed", (int)g->title_n, g->title);
    put_group(&f, &s->errors, slot);
    nj_finding_i64(&f, "nightjar.error.count", (int64_t)count);
    nj_finding_i64(&f, "nightjar.window_s", 60);
    put_counts(&f, &s->errors, slot);
    nj_finding_str(&f, "nightjar.error.exemplar", nj_error_exemplar(&s->errors, slot->tag));
    nj_finding_say(&f, NULL);
}

static void say_rest(struct nj_observe *o, uint64_t count, size_t kinds)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_ERROR_SUMMARY, NJ_SEV_ERROR);
    f.r->lane = NJ_LANE_BULK;
    nj_finding_message(&f, "%llu time%s in the last minute: errors of other kinds", (unsigned long long)count, count == 1 ? "" : "s");
    nj_finding_str(&f, "nightjar.error.kind", NJ_STR("other"));
    nj_finding_i64(&f, "nightjar.error.count", (int64_t)count);
    nj_finding_i64(&f, "nightjar.error.kinds", (int64_t)kinds);
    nj_finding_i64(&f, "nightjar.window_s", 60);
    nj_finding_say(&f, NULL);
}

static void close_minute(struct nj_observe *o, struct errors_state *s, bool last)
{
    const struct nj_topk_slot *slot = NULL;
    uint64_t rest = nj_errors_other_untold(&s->errors);
    uint32_t count = 0;
    size_t told = 0, untold = 0;
    while ((slot = nj_errors_untold(&s->errors, &count)) != NULL) {
        if (told++ < SUMMARIES) {
            say_summary(o, s, slot, count, last);
            continue;
        }
        untold++;
        rest += count;
    }
    if (rest != 0)
        say_rest(o, rest, untold);
    s->minute_ns = 0;
}

/* --- what is counted ------------------------------------------------------------------------------------------------ */

static void note_request(struct errors_state *s, const struct nj_case *c)
{
    uint64_t tag = nj_case_tag(c);
    if (tag == 0)
        return;
    for (size_t i = 0; i < REQUESTS; i++)
        if (s->requests[i].tag == tag)
            return;
    s->requests[s->next++ % REQUESTS] = (struct request){ .tag = tag, .told = true };
}

static bool was_noted(const struct errors_state *s, const struct nj_case *c)
{
    uint64_t tag = nj_case_tag(c);
    for (size_t i = 0; i < REQUESTS; i++)
        if (tag != 0 && s->requests[i].tag == tag)
            return true;
    return false;
}

static void take(struct nj_observe *o, struct errors_state *s, struct nj_case *c, struct nj_error_seen *seen, const struct nj_stack *stack)
{
    struct nj_error_told t;
    seen->request = nj_case_tag(c);
    seen->principal = c != NULL ? c->actor.tag : seen->principal;
    if (s->minute_ns != 0 && nj_observe_now(o) >= s->minute_ns)
        close_minute(o, s, false);
    if (s->minute_ns == 0) {
        s->minute_ns = nj_next_minute_ns(nj_observe_now(o));
        nj_observe_wake(o, s->minute_ns);
    }
    if (s->first_s == 0)
        s->first_s = nj_observe_now_s(o);
    nj_errors_count(&s->errors, seen, nj_observe_now_ms(o), &t);
    if (c != NULL && seen->kind != NJ_ERROR_EVENT)
        note_request(s, c);
    if (!t.counted)
        return;
    if (t.fresh && seen->kind == NJ_ERROR_EVENT) /* its own record tells of the first one */
        return;
    if (t.fresh)
        say_new(o, s, c, &t, stack);
    else if (t.milestone != 0)
        say_milestone(o, s, c, &t);
}

/* What was said, without what runtimes put before it: time, request id and level, parted by tabs (Node.js and those like it). */
static struct nj_str without_prefix(struct nj_str text)
{
    struct nj_str rest = text, time, id, level;
    if (!nj_str_cut(&rest, '\t', &time) || !nj_str_cut(&rest, '\t', &id) || !nj_str_cut(&rest, '\t', &level) || rest.p == NULL)
        return text;
    bool dated = time.n >= 20 && time.n <= 35 && time.p[4] == '-' && time.p[10] == 'T';
    bool named = level.n >= 4 && level.n <= 8 && level.p[0] >= 'A' && level.p[0] <= 'Z';
    return dated && named ? rest : text;
}

/* "Invoke Error \t{...}": the document has type and frames.  Returns what is before it. */
static struct nj_str read_tail(struct nj_str said, struct nj_stack *stack)
{
    size_t at = nj_str_find(said, NJ_STR("\t{"), 0);
    struct nj_json v;
    if (at == NJ_NPOS || nj_json_parse(nj_str_trim(nj_str_slice(said, at + 1, said.n)), &v) != NJ_OK)
        return said;
    nj_stack_of_json(stack, v);
    return nj_str_slice(said, 0, at);
}

/* Several lines may be one error: the first line that says something is its template. */
static struct nj_str headline(struct nj_str text)
{
    struct nj_str line = { NULL, 0 };
    while (nj_str_cut(&text, '\n', &line))
        if (nj_str_trim(line).n != 0)
            break;
    return nj_str_trim(line);
}

/* What a line, or the lines of a trace, tell of; surely: it is an error for its level, else only if it has frames. */
static void take_text(struct nj_observe *o, struct errors_state *s, struct nj_case *c, struct nj_str message, struct nj_str data,
                      bool surely)
{
    struct nj_stack stack = { .n = 0 };
    struct nj_json v = { .type = NJ_JSON_NONE };
    struct nj_buf title, text;
    if (data.n != 0 && nj_json_parse(data, &v) == NJ_OK)
        nj_stack_of_json(&stack, v);
    struct nj_str said = read_tail(without_prefix(message), &stack);
    nj_stack_of_text(&stack, said);
    if (!surely && stack.n == 0)
        return;
    const struct nj_cluster *cluster = nj_templates_learn(&s->templates, headline(said));
    struct nj_error_seen seen = { .source = NJ_ERROR_OF_LINE };
    seen.tag = nj_error_of_stack(&stack, cluster != NULL ? cluster->id : 0, &seen.kind);
    if (seen.tag == 0)
        return;
    nj_buf_init(&title, TITLE_ROOM);
    nj_buf_init(&text, TITLE_ROOM);
    if (cluster != NULL)
        nj_template_text(&s->templates, cluster, &text);
    nj_error_title(&stack, nj_buf_str(&text), &title);
    seen.title = nj_buf_str(&title);
    seen.exemplar = message.n != 0 ? message : data;
    take(o, s, c, &seen, &stack);
    nj_buf_fini(&title);
    nj_buf_fini(&text);
}

/* --- traces line by line -------------------------------------------------------------------------------------------- */

static bool is_of_trace(const struct errors_state *s, const struct nj_case *c)
{
    struct nj_str id = c != NULL ? c->id : (struct nj_str){ NULL, 0 };
    return s->trace.open && nj_str_eq(id, (struct nj_str){ s->trace_id, s->trace_id_n });
}

static void close_trace(struct nj_observe *o, struct errors_state *s)
{
    if (!s->trace.open)
        return;
    s->trace.open = false;
    nj_observe_listen(o, false);
    struct nj_case *c = nj_observe_case(o, (struct nj_str){ s->trace_id, s->trace_id_n });
    struct nj_str text = nj_trace_text(&s->trace);
    take_text(o, s, c, nj_str_slice(text, 0, text.n - (text.n != 0 && text.p[text.n - 1] == '\n')), (struct nj_str){ NULL, 0 },
              s->trace.error);
}

static void open_trace(struct nj_observe *o, struct errors_state *s, const struct nj_case *c, const struct nj_line *l)
{
    s->trace_id_n = c != NULL && c->id.n <= sizeof(s->trace_id) ? c->id.n : 0;
    if (s->trace_id_n != 0)
        memcpy(s->trace_id, c->id.p, s->trace_id_n);
    s->trace_ns = nj_observe_now(o);
    nj_trace_open(&s->trace, l->clean_message, l->raw->severity >= NJ_SEV_ERROR);
    nj_observe_listen(o, true);
    nj_observe_wake(o, s->trace_ns + trace_ns);
}

static void on_line(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_line *l)
{
    struct errors_state *s = state;
    bool error = l->raw->severity >= NJ_SEV_ERROR, text = l->raw->data_json.n == 0;
    if (s->first_s == 0)
        s->first_s = nj_observe_now_s(o);
    if (l->facts->kind != NJ_EV_FUNCTION)
        return;
    if (text && is_of_trace(s, c) && nj_trace_continues(&s->trace, l->raw->message)) {
        nj_trace_add(&s->trace, l->clean_message, error);
        s->trace_ns = nj_observe_now(o);
        return;
    }
    close_trace(o, s);
    if (l->clean_message.n == 0 && l->clean_data.n == 0)
        return;
    if (text && (error || nj_trace_begins(l->raw->message)))
        open_trace(o, s, c, l);
    else if (error)
        take_text(o, s, c, l->clean_message, l->clean_data, true);
}

/* What was posted is raw here: only its type and frames are used, which are names in the code. */
static void on_payload(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_payload *p)
{
    struct errors_state *s = state;
    struct nj_stack stack = { .n = 0 };
    struct nj_json v;
    if (p->kind != NJ_PAYLOAD_ERROR)
        return;
    if (nj_json_parse(p->kept, &v) == NJ_OK)
        nj_stack_of_json(&stack, v);
    stack.code_n = 0; /* a value, not a name */
    if (stack.type_n == 0 && p->error_type.n != 0) {
        stack.type_n = p->error_type.n < NJ_TYPE_MAX ? p->error_type.n : NJ_TYPE_MAX;
        memcpy(stack.type, p->error_type.p, stack.type_n);
    }
    struct nj_error_seen seen = { .source = NJ_ERROR_OF_PAYLOAD };
    seen.tag = nj_error_of_stack(&stack, 0, &seen.kind);
    if (seen.tag == 0 || (stack.n == 0 && was_noted(s, c)))
        return;
    struct nj_buf title;
    nj_buf_init(&title, TITLE_ROOM);
    nj_error_title(&stack, (struct nj_str){ NULL, 0 }, &title);
    seen.title = nj_buf_str(&title);
    take(o, s, c, &seen, &stack);
    nj_buf_fini(&title);
}

static void take_event(struct nj_observe *o, struct errors_state *s, struct nj_case *c, struct nj_str name, uint64_t principal)
{
    struct nj_error_seen seen = { .kind = NJ_ERROR_EVENT, .source = NJ_ERROR_OF_PLATFORM, .title = name, .principal = principal };
    seen.tag = nj_tag_pair(NJ_ERROR_EVENT, nj_tag_of(name));
    take(o, s, c, &seen, NULL);
}

/* Refusals and ends that are counted like errors. */
static void on_done(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct errors_state *s = state;
    if (is_of_trace(s, c))
        close_trace(o, s);
    if (c->authn.source != NJ_AUTH_NOBODY && c->authn.outcome == NJ_OUTCOME_FAILURE)
        take_event(o, s, c, !nj_case_asks(c) ? NJ_STR("authn_login_fail by token") : NJ_STR("authn_login_fail"), 0);
    if (c->authz.source != NJ_AUTH_NOBODY && c->authz.outcome == NJ_OUTCOME_FAILURE)
        take_event(o, s, c, NJ_STR("authz_fail"), 0);
    bool ended_badly = c->end == NJ_END_TIMEOUT || c->end == NJ_END_CRASH || c->end == NJ_END_OUT_OF_MEMORY;
    if (ended_badly || (c->end == NJ_END_ERROR && c->error_type.n != 0 && !was_noted(s, c))) {
        struct nj_error_seen seen = { .kind = NJ_ERROR_TYPE, .source = NJ_ERROR_OF_PLATFORM, .title = c->error_type };
        if (ended_badly)
            seen.title = nj_str_of(nj_end_names[c->end]);
        seen.tag = nj_tag_pair(NJ_ERROR_TYPE, nj_tag_of(seen.title));
        take(o, s, c, &seen, NULL);
    }
}

static void on_login(struct nj_observe *o, void *state, const struct nj_login *l)
{
    if (!l->success)
        take_event(o, state, NULL, NJ_STR("authn_login_fail"), l->account);
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct errors_state *s = state;
    if (s->minute_ns != 0 && nj_observe_now(o) >= s->minute_ns)
        close_minute(o, s, false);
    if (s->trace.open && nj_observe_now(o) - s->trace_ns >= trace_ns)
        close_trace(o, s);
    int64_t next_ns = s->minute_ns != 0 ? s->minute_ns : INT64_MAX;
    return s->trace.open && s->trace_ns + trace_ns < next_ns ? s->trace_ns + trace_ns : next_ns;
}

/* Of lines that came after the end. */
static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    if (is_of_trace(state, c))
        close_trace(o, state);
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)reason;
    close_trace(o, state);
    close_minute(o, state, true);
}

const struct nj_observer nj_errors_observer = {
    .name = "errors",
    .category = NJ_CAT_ERROR,
    .state = sizeof(struct errors_state),
    .start = start,
    .on_line = on_line,
    .on_payload = on_payload,
    .on_done = on_done,
    .on_login = on_login,
    .on_end = on_end,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
};

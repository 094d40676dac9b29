/* What happens at INVOKE, at the end of an invocation, and at SHUTDOWN; and how long event/next is held for it. */
#include "sidecar_internal.h"

#include "nightjar/diag.h"

enum {
    /* An invocation whose end does not come: long calls are normal, a lost runtimeDone is rare, and holding event/next for
     * one that will never come would cost the function its time.  So the wait has an end, learned from what was seen. */
    WAIT_AT_LEAST_MS = 10000,
    /* No telemetry has ever come, so nobody would tell of a crash, and the platform waits two seconds for us after one. */
    WAIT_UNPROVEN_MS = 1000,
    WAIT_EVIDENCE_MS = 250, /* something was lost or unreadable: the end may be in it */
    MISSES_TO_STOP = 2,
    LENGTH_MAX_MS = 900000, /* no invocation is longer, under managed instances nobody waits */
    DEADLINE_MARGIN_MS = 100,
    /* SHUTDOWN: the platform buffers telemetry for 25 ms, and the last report comes some milliseconds after the event. */
    GRACE_MS = 60,
    GRACE_REPORT_MS = 120,
    MARGIN_MIN_MS = 30,
    MARGIN_MAX_MS = 150,
    SHUTDOWN_UNKNOWN_MS = 1000,
    THAW_GAP_MS = 2000, /* after that long without a sign of life, idle connections are not trusted */
    THAW_SKEW_MS = 500,
};

static const char *const turn_names[NJ_TURNS] = { "idle", "running", "flushing", "grace", "draining", "gone" };

static void turn_to(struct nj_sidecar *s, enum nj_turn to, int64_t give_up_ms)
{
    nj_diag(NJ_LEVEL_DEBUG, "NJ1401", "turn: %s -> %s", turn_names[s->turn], turn_names[to]);
    s->turn = to;
    if (give_up_ms >= 0)
        nj_timer_set(s->loop, &s->turn_timer, give_up_ms);
    else
        nj_timer_stop(s->loop, &s->turn_timer);
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* --- the outlets together ----------------------------------------------------------------------------------------- */

void nj_turn_flush_all(struct nj_sidecar *s, unsigned lanes)
{
    for (size_t i = 0; i < s->outlet_count && lanes != 0; i++)
        nj_outlet_flush(s->outlets[i], lanes);
}

bool nj_turn_pending(const struct nj_sidecar *s, unsigned lanes)
{
    for (size_t i = 0; i < s->outlet_count; i++)
        if (nj_outlet_pending(s->outlets[i], lanes))
            return true;
    return false;
}

/* Is there still an outlet for which waiting makes sense? */
static bool worth_waiting(const struct nj_sidecar *s, unsigned lanes)
{
    for (size_t i = 0; i < s->outlet_count; i++)
        if (nj_outlet_pending(s->outlets[i], lanes) && !nj_outlet_backing_off(s->outlets[i]))
            return true;
    return false;
}

/* Little room is left in a queue whose sink is taking batches. */
bool nj_turn_congested(const struct nj_sidecar *s)
{
    for (size_t i = 0; i < s->outlet_count; i++)
        if (nj_outlet_bytes(s->outlets[i]) > s->o->queue_bytes / s->o->sink_count / 4 * 3 && !nj_outlet_backing_off(s->outlets[i]))
            return true;
    return false;
}

static struct nj_flush_load load_of(const struct nj_sidecar *s)
{
    struct nj_flush_load load = {
        .critical = nj_turn_pending(s, NJ_LANE_BIT_CRITICAL),
        .bulk = nj_turn_pending(s, NJ_LANE_BIT_BULK),
        .limit = (size_t)s->o->queue_bytes / s->o->sink_count,
    };
    for (size_t i = 0; i < s->outlet_count; i++) {
        size_t bytes = nj_outlet_bytes(s->outlets[i]);
        int64_t age = nj_outlet_oldest_bulk_ms(s->outlets[i]);
        load.bytes = bytes > load.bytes ? bytes : load.bytes;
        load.oldest_bulk_ms = max64(load.oldest_bulk_ms, age);
    }
    return load;
}

/* Lets the policy act, and wakes up again when it wants to. */
static void let_policy_act(struct nj_sidecar *s)
{
    struct nj_flush_load load = load_of(s);
    nj_turn_flush_all(s, nj_flush_now(&s->flush, s->clock->mono, &load));
    load = load_of(s);
    int64_t in_ms = nj_flush_next_ms(&s->flush, s->clock->mono, &load);
    if (in_ms >= 0)
        nj_timer_set(s->loop, &s->flush_timer, in_ms);
    else
        nj_timer_stop(s->loop, &s->flush_timer);
}

/* --- freeze and thaw ---------------------------------------------------------------------------------------------- */

static void awake(struct nj_sidecar *s)
{
    s->seen_wall = s->clock->wall;
    s->seen_mono = s->clock->mono;
}

/* Whether the monotonic clock ran on during the freeze is not known for all platforms, so both clocks are asked. */
static void look_for_thaw(struct nj_sidecar *s)
{
    int64_t wall_gap = s->clock->wall.ms - s->seen_wall.ms;
    int64_t mono_gap = s->clock->mono.ms - s->seen_mono.ms;
    if (wall_gap - mono_gap > THAW_SKEW_MS)
        nj_flush_slept(&s->flush, wall_gap - mono_gap);
    if (wall_gap > THAW_GAP_MS || wall_gap - mono_gap > THAW_SKEW_MS) {
        nj_count(&s->ledger, NJ_CTR_thaws, 1);
        nj_http_drop_idle(s->http);
        for (size_t i = 0; i < s->outlet_count; i++)
            nj_outlet_thawed(s->outlets[i]);
    }
    awake(s);
}

/* --- one invocation ----------------------------------------------------------------------------------------------- */

static void release_next(struct nj_sidecar *s)
{
    turn_to(s, NJ_TURN_IDLE, -1);
    awake(s);
    nj_lifecycle_next(s->life);
}

static void write_ledger_if_due(struct nj_sidecar *s)
{
    if (nj_mono_until(s->ledger_at, s->clock->mono) >= s->o->ledger_ms)
        nj_sidecar_write_ledger(s, false);
}

static int64_t left_ms(const struct nj_sidecar *s)
{
    return nj_mono_until(s->clock->mono, s->deadline) - DEADLINE_MARGIN_MS;
}

/* How long the end of this invocation is waited for; 0 = not at all. */
static int64_t wait_for_end_ms(struct nj_sidecar *s)
{
    bool proxied = nj_capture_in_path(s);
    if (!proxied && (!s->telemetry || s->ends_missed >= MISSES_TO_STOP))
        return 0;
    bool proven = s->ledger.c[NJ_CTR_posts] != 0;
    int64_t ms = proven ? max64(WAIT_AT_LEAST_MS, 4 * s->longest_ms) : WAIT_UNPROVEN_MS;
    return max64(0, min64(ms, left_ms(s)));
}

static void invocation_ended(struct nj_sidecar *s)
{
    struct nj_flush_load load;
    write_ledger_if_due(s);
    load = load_of(s);
    s->holding_for = nj_flush_end(&s->flush, s->clock->mono, &load);
    nj_turn_flush_all(s, s->holding_for);
    int64_t budget = min64(s->o->flush_wait_ms, left_ms(s));
    if (budget <= 0 || !worth_waiting(s, s->holding_for)) {
        release_next(s);
        return;
    }
    nj_count(&s->ledger, NJ_CTR_next_held, 1);
    turn_to(s, NJ_TURN_FLUSHING, budget);
}

/* The proxy saw the response taken: the true end.  The lines of the invocation and its runtimeDone are on their way through
 * the platform's buffer, and a lost runtimeDone costs no more than a moment now. */
static void act_on_answer(struct nj_sidecar *s)
{
    if (s->turn != NJ_TURN_RUNNING || s->request_id.n == 0 || !nj_str_eq(nj_short_str(&s->answered), nj_short_str(&s->request_id)))
        return;
    if (s->telemetry)
        nj_timer_set(s->loop, &s->turn_timer, min64(WAIT_EVIDENCE_MS, max64(0, left_ms(s))));
    else
        invocation_ended(s);
}

/* A fast function answers before its INVOKE has been read; so the id is kept for it. */
void nj_turn_answered(struct nj_sidecar *s, struct nj_str request_id)
{
    nj_short_set(&s->answered, request_id);
    nj_observing_answered(s, request_id);
    if (s->turn == NJ_TURN_IDLE && !s->telemetry) { /* longer than we could wait: what it left behind goes all the same */
        struct nj_flush_load load = load_of(s);
        nj_turn_flush_all(s, nj_flush_end(&s->flush, s->clock->mono, &load));
    }
    act_on_answer(s);
}

void nj_turn_invoke(struct nj_sidecar *s, const struct nj_ext_event *e)
{
    struct nj_str arn = nj_short_str(&e->arn);
    nj_count(&s->ledger, NJ_CTR_invocations, 1);
    look_for_thaw(s);
    nj_clone_used(s);
    s->request_id = e->request_id;
    s->deadline = nj_clock_deadline(s->clock, e->deadline_ms > 0 ? e->deadline_ms : s->clock->wall.ms + WAIT_AT_LEAST_MS);
    s->posts_before = s->ledger.c[NJ_CTR_posts];
    struct nj_invocation *i = nj_invocations_at(&s->invocations, nj_short_str(&e->request_id));
    i->deadline_ms = e->deadline_ms;
    if (arn.n != 0) {
        i->arn = e->arn;
        nj_sandbox_learn_arn(&s->sandbox, arn);
    }
    if (e->trace.n != 0 && i->trace_id[0] == '\0')
        nj_invocation_trace(i, nj_short_str(&e->trace), (struct nj_str){ NULL, 0 });
    nj_observing_invoke(s, e);
    nj_changes_start(s, (struct nj_str){ NULL, 0 }); /* nobody told of the init */
    nj_changes_look(s);
    nj_spilling_look(s);
    struct nj_flush_load load = load_of(s);
    bool at_once = nj_flush_invoke(&s->flush, s->clock->mono, &load);
    int64_t wait_ms = wait_for_end_ms(s);
    let_policy_act(s);
    if (at_once || wait_ms == 0) {
        write_ledger_if_due(s);
        release_next(s);
        return;
    }
    turn_to(s, NJ_TURN_RUNNING, wait_ms);
    if (i->done)
        invocation_ended(s);
    else
        act_on_answer(s);
}

static void end_never_came(struct nj_sidecar *s)
{
    s->ends_missed++;
    nj_diag(NJ_LEVEL_INFO, "NJ1402", "the end of an invocation was not reported in time; asking for the next event without it");
    nj_turn_flush_all(s, NJ_LANE_BITS_ALL);
    release_next(s);
}

/* --- telemetry moves things on ------------------------------------------------------------------------------------ */

/* How long invocations take, by the platform's own times: the end may reach us only after a freeze. */
static void learn_length(struct nj_sidecar *s, struct nj_str request_id)
{
    const struct nj_invocation *i = nj_invocations_find(&s->invocations, request_id);
    if (i != NULL && i->started && i->done && i->done_ns > i->start_ns)
        s->longest_ms = max64(s->longest_ms, min64((i->done_ns - i->start_ns) / 1000000, LENGTH_MAX_MS));
}

void nj_turn_fact(struct nj_sidecar *s, const struct nj_facts *f)
{
    bool ours = nj_str_eq(f->request_id, nj_short_str(&s->request_id)) && f->request_id.n != 0;
    if (f->kind == NJ_EV_INIT_START)
        nj_changes_start(s, f->runtime_arn);
    if (f->kind == NJ_EV_RUNTIME_DONE || f->kind == NJ_EV_REPORT) {
        s->ends_missed = 0;
        s->end_seen = s->end_seen || ours || s->managed;
        learn_length(s, f->request_id);
    }
    if (f->kind == NJ_EV_REPORT && ours && s->turn == NJ_TURN_GRACE)
        nj_timer_set(s->loop, &s->turn_timer, 0);
    /* The platform lost something: the end of this invocation may be in it. */
    if (f->kind == NJ_EV_LOGS_DROPPED && s->turn == NJ_TURN_RUNNING)
        nj_timer_set(s->loop, &s->turn_timer, min64(WAIT_EVIDENCE_MS, max64(0, left_ms(s))));
}

void nj_turn_posted(struct nj_sidecar *s)
{
    bool ended = s->end_seen;
    s->end_seen = false;
    nj_changes_look(s);
    if (s->managed) /* there is no INVOKE */
        nj_spilling_look(s);
    awake(s);
    switch (s->turn) {
    case NJ_TURN_RUNNING:
        if (ended) {
            invocation_ended(s);
            return;
        }
        if (s->posts_before == 0) { /* the first telemetry of all: it does come, so the end will, too */
            s->posts_before = s->ledger.c[NJ_CTR_posts];
            nj_timer_set(s->loop, &s->turn_timer, wait_for_end_ms(s));
        }
        let_policy_act(s);
        return;
    case NJ_TURN_GRACE:
    case NJ_TURN_DRAINING:
        nj_turn_flush_all(s, NJ_LANE_BITS_ALL);
        return;
    default:
        if (ended && s->managed) { /* nobody waits, but the end of an invocation is a good moment all the same */
            struct nj_flush_load load = load_of(s);
            write_ledger_if_due(s);
            nj_turn_flush_all(s, nj_flush_end(&s->flush, s->clock->mono, &load));
        }
        let_policy_act(s);
    }
}

void nj_turn_said(struct nj_sidecar *s)
{
    if (s->turn == NJ_TURN_IDLE || s->turn == NJ_TURN_RUNNING)
        let_policy_act(s);
}

static void gone(struct nj_sidecar *s)
{
    turn_to(s, NJ_TURN_GONE, -1);
    if (s->listener != NULL)
        nj_listener_close(s->listener);
    nj_loop_stop(s->loop);
}

/* What was answered 200 in this very turn is ours too, and has its place in the ledger. */
static bool all_settled(struct nj_sidecar *s)
{
    if (!nj_turn_pending(s, NJ_LANE_BITS_ALL) && s->listener != NULL)
        nj_listener_drain(s->listener);
    return !nj_turn_pending(s, NJ_LANE_BITS_ALL);
}

void nj_turn_settled(struct nj_sidecar *s)
{
    if (s->turn == NJ_TURN_FLUSHING && !worth_waiting(s, s->holding_for))
        release_next(s);
    else if (s->turn == NJ_TURN_DRAINING && all_settled(s))
        gone(s);
}

/* --- shutdown ----------------------------------------------------------------------------------------------------- */

static bool report_owed(struct nj_sidecar *s)
{
    const struct nj_invocation *i = nj_invocations_find(&s->invocations, nj_short_str(&s->request_id));
    return s->telemetry && i != NULL && i->started && !i->reported;
}

void nj_turn_shutdown(struct nj_sidecar *s, int64_t deadline_ms)
{
    look_for_thaw(s);
    nj_spilling_look(s);
    nj_timer_stop(s->loop, &s->flush_timer);
    struct nj_mono kill = nj_clock_deadline(s->clock, deadline_ms > 0 ? deadline_ms : SHUTDOWN_UNKNOWN_MS);
    int64_t left = max64(0, nj_mono_until(s->clock->mono, kill));
    int64_t margin = max64(MARGIN_MIN_MS, min64(left / 10, MARGIN_MAX_MS));
    s->deadline = nj_mono_after(kill, -margin);
    for (size_t i = 0; i < s->outlet_count; i++)
        nj_outlet_drain(s->outlets[i], s->deadline);
    nj_turn_flush_all(s, NJ_LANE_BITS_ALL);
    int64_t grace = s->telemetry ? min64(report_owed(s) ? GRACE_REPORT_MS : GRACE_MS, left / 5) : 0;
    turn_to(s, NJ_TURN_GRACE, grace);
}

static void drain(struct nj_sidecar *s)
{
    nj_capture_drain(s);
    if (s->listener != NULL)
        nj_listener_drain(s->listener);
    if (s->pipeline != NULL)
        nj_pipeline_settle_cut(s->pipeline, true);
    nj_observing_shutdown(s);
    nj_sidecar_write_ledger(s, true);
    nj_turn_flush_all(s, NJ_LANE_BITS_ALL);
    int64_t left = max64(0, nj_mono_until(s->clock->mono, s->deadline));
    turn_to(s, NJ_TURN_DRAINING, left - nj_spilling_time_ms(s, left));
    nj_turn_settled(s);
}

static void abandon(struct nj_sidecar *s)
{
    if (s->listener != NULL) {
        nj_listener_close(s->listener); /* no time for more than what was answered */
        nj_listener_drain(s->listener);
    }
    nj_spilling_rest(s, s->deadline);
    for (size_t i = 0; i < s->outlet_count; i++)
        nj_outlet_abandon(s->outlets[i], NJ_DROP_deadline);
    gone(s);
}

/* --- timers ------------------------------------------------------------------------------------------------------- */

static void flush_gave_up(struct nj_sidecar *s)
{
    nj_count(&s->ledger, NJ_CTR_next_gave_up, 1);
    release_next(s);
}

static void (*const give_up[NJ_TURNS])(struct nj_sidecar *s) = {
    [NJ_TURN_RUNNING] = end_never_came, [NJ_TURN_FLUSHING] = flush_gave_up, [NJ_TURN_GRACE] = drain, [NJ_TURN_DRAINING] = abandon
};

static void on_turn_timer(void *ctx)
{
    struct nj_sidecar *s = ctx;
    if (give_up[s->turn] != NULL)
        give_up[s->turn](s);
}

static void on_flush_timer(void *ctx)
{
    let_policy_act(ctx);
}

void nj_turns_init(struct nj_sidecar *s)
{
    s->turn_timer = (struct nj_timer){ .fire = on_turn_timer, .ctx = s };
    s->flush_timer = (struct nj_timer){ .fire = on_flush_timer, .ctx = s };
    s->ledger_at = s->clock->mono;
    nj_flush_init(&s->flush, s->o->flush_mode, s->o->flush_period_ms, s->clock->mono);
    awake(s);
}

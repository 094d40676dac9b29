/* The state machine of one lane: a table of rules, one step function, and the actions. */
#include "nightjar/random.h"
#include "outlet_internal.h"

enum {
    CONNECT_MS = 1500,
    ATTEMPT_MIN_MS = 10,    /* with less time left an attempt is not begun */
    DRAIN_BACKOFF_MS = 100, /* longest wait while draining */
    TIMEOUT_STRIKES = 2,
    TROUBLE_STRIKES = 2,
    STUCK_TRIES = 5, /* a batch that the far end fails on this often lets the others pass */
};

static const char *const state_names[LANE_STATES] = { "idle", "sending", "waiting", "resting" };
static const char *const event_names[LANE_EVENTS] = { "start",  "hold",  "delivered", "retry",     "again", "split", "reject",
                                                      "config", "timer", "thaw",      "recovered", "drain", "stop" };

typedef void action_fn(struct nj_lane_work *l, const struct nj_answer *a);

static action_fn begin_attempt, repeat_attempt, arm_hold, settle_delivered, arm_backoff, cut_attempt, split, settle_rejected, arm_rest,
    stop_attempt, disarm, go_on, recut, nothing;

/* A pair that is not here cannot happen; when it does, it is counted and changes nothing. */
static const struct rule {
    enum lane_state from;
    enum lane_event event;
    enum lane_state to;
    action_fn *action;
} rules[] = {
    { LANE_IDLE, EV_START, LANE_SENDING, begin_attempt },
    { LANE_IDLE, EV_HOLD, LANE_WAITING, arm_hold },
    { LANE_IDLE, EV_THAW, LANE_IDLE, go_on },
    { LANE_IDLE, EV_RECOVERED, LANE_IDLE, go_on },
    { LANE_IDLE, EV_DRAIN, LANE_IDLE, go_on },
    { LANE_IDLE, EV_STOP, LANE_IDLE, nothing },
    { LANE_SENDING, EV_DELIVERED, LANE_IDLE, settle_delivered },
    { LANE_SENDING, EV_RETRY, LANE_WAITING, arm_backoff },
    { LANE_SENDING, EV_AGAIN, LANE_SENDING, repeat_attempt },
    { LANE_SENDING, EV_SPLIT, LANE_IDLE, split },
    { LANE_SENDING, EV_REJECT, LANE_IDLE, settle_rejected },
    { LANE_SENDING, EV_CONFIG, LANE_RESTING, arm_rest },
    { LANE_SENDING, EV_TIMER, LANE_WAITING, cut_attempt },
    { LANE_SENDING, EV_THAW, LANE_SENDING, nothing }, /* it fails or succeeds; a repeat carries the same id */
    { LANE_SENDING, EV_RECOVERED, LANE_SENDING, nothing },
    { LANE_SENDING, EV_DRAIN, LANE_SENDING, recut },
    { LANE_SENDING, EV_STOP, LANE_IDLE, stop_attempt },
    { LANE_WAITING, EV_TIMER, LANE_IDLE, go_on },
    { LANE_WAITING, EV_THAW, LANE_IDLE, go_on },
    { LANE_WAITING, EV_RECOVERED, LANE_IDLE, go_on },
    { LANE_WAITING, EV_DRAIN, LANE_IDLE, go_on },
    { LANE_WAITING, EV_STOP, LANE_IDLE, disarm },
    { LANE_RESTING, EV_TIMER, LANE_IDLE, go_on },
    { LANE_RESTING, EV_THAW, LANE_RESTING, nothing }, /* a freeze mends no configuration */
    { LANE_RESTING, EV_RECOVERED, LANE_IDLE, go_on },
    { LANE_RESTING, EV_DRAIN, LANE_IDLE, go_on },
    { LANE_RESTING, EV_STOP, LANE_IDLE, disarm },
};

void nj_lane_step(struct nj_lane_work *l, enum lane_event ev, const struct nj_answer *a)
{
    for (size_t i = 0; i < NJ_COUNT(rules); i++) {
        if (rules[i].from != l->state || rules[i].event != ev)
            continue;
        nj_diag(NJ_LEVEL_DEBUG, "NJ1690", "sink %.*s, %.*s lane: %s -> %s (%s)", NJ_STR_ARG(l->o->sink->name),
                NJ_STR_ARG(nj_lane_names[l->id]), state_names[l->state], state_names[rules[i].to], event_names[ev]);
        l->state = rules[i].to;
        rules[i].action(l, a);
        return;
    }
    l->o->illegal++;
    nj_diag(NJ_LEVEL_WARN, "NJ1691", "a lane was told %s while %s: a mistake in nightjar, ignored", event_names[ev], state_names[l->state]);
}

/* --- what starts attempts ----------------------------------------------------------------------------------------- */

void nj_lane_poke(struct nj_lane_work *l)
{
    struct nj_outlet *o = l->o;
    if (l->state != LANE_IDLE || nj_outlet_left_ms(o) < ATTEMPT_MIN_MS)
        return;
    bool hold = nj_mono_until(o->clock->mono, o->not_before) > 0;
    if (!hold)
        nj_outlet_refill(l);
    if (l->queue.head == NULL && l->due)
        nj_outlet_seal(l);
    bool on_disk = hold && o->spill != NULL && nj_spill_has(o->spill, l->id);
    if (l->queue.head != NULL || on_disk)
        nj_lane_step(l, hold ? EV_HOLD : EV_START, NULL);
}

static int64_t min64(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void on_answer(void *ctx, const struct nj_answer *a);

static void send_flying(struct nj_lane_work *l)
{
    struct nj_outlet *o = l->o;
    struct nj_attempt attempt = { .sink = o->sink, .batch = l->flying, .done = on_answer, .ctx = l };
    attempt.timeout_ms = min64(o->opt.timeout_ms, nj_outlet_left_ms(o));
    attempt.connect_ms = min64(o->opt.connect_ms > 0 ? o->opt.connect_ms : CONNECT_MS, attempt.timeout_ms);
    l->attempt_end = nj_mono_after(o->clock->mono, attempt.timeout_ms);
    l->flying->attempts++;
    o->ledger.attempts++;
    o->ledger.retries += l->flying->attempts > 1;
    enum nj_status st = o->sender->ops->start(o->sender, &attempt);
    if (st == NJ_OK)
        return;
    struct nj_answer failed = { .verdict = NJ_V_RETRY, .retry_after_ms = -1, .words = nj_status_text(st) };
    nj_lane_step(l, EV_RETRY, &failed);
}

static void begin_attempt(struct nj_lane_work *l, const struct nj_answer *a)
{
    (void)a;
    l->again_used = false;
    l->flying = nj_queue_pop(&l->queue);
    nj_outlet_make_room(l->o); /* it may have come from disk */
    send_flying(l);
}

/* The connection had died unseen: the same bytes at once on a new one.  That is no failure of the sink. */
static void repeat_attempt(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_outlet *o = l->o;
    l->again_used = true;
    o->sender->ops->fresh(o->sender);
    if (nj_outlet_left_ms(o) < ATTEMPT_MIN_MS)
        nj_lane_step(l, EV_RETRY, a);
    else
        send_flying(l);
}

static void go_on(struct nj_lane_work *l, const struct nj_answer *a)
{
    (void)a;
    nj_timer_stop(l->o->loop, &l->timer);
    nj_lane_poke(l);
}

static void arm_hold(struct nj_lane_work *l, const struct nj_answer *a)
{
    (void)a;
    nj_timer_set(l->o->loop, &l->timer, nj_mono_until(l->o->clock->mono, l->o->not_before));
}

/* --- what ends them ----------------------------------------------------------------------------------------------- */

/* The sink has spoken, for or against: it is there. */
static void note_alive(struct nj_outlet *o)
{
    nj_say_recovered(o);
    o->strikes = 0;
    o->failed_attempts = 0;
}

static struct nj_sealed *take_flying(struct nj_lane_work *l)
{
    struct nj_sealed *s = l->flying;
    l->flying = NULL;
    nj_timer_stop(l->o->loop, &l->timer);
    return s;
}

static void settle_delivered(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_outlet *o = l->o;
    struct nj_sealed *s = take_flying(l);
    (void)a;
    nj_outlet_delivered(o, s);
    bool was_in_trouble = o->strikes > 0;
    note_alive(o);
    l->fails = 0;
    for (int i = 0; was_in_trouble && i < NJ_LANES; i++)
        if (&o->lanes[i] != l)
            nj_lane_step(&o->lanes[i], EV_RECOVERED, NULL);
    nj_lane_poke(l);
}

static void settle_rejected(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_sealed *s = take_flying(l);
    if (a->status != 0)
        note_alive(l->o);
    l->fails = 0;
    nj_say_rejected(l->o, a, s->records);
    nj_outlet_drop_batch(l->o, s, NJ_DROP_rejected);
    nj_lane_poke(l);
}

static void split(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_outlet *o = l->o;
    struct nj_sealed *s = take_flying(l), *first = NULL, *second = NULL;
    size_t records = s->records, half = s->raw_bytes / 2;
    bool recovered = s->recovered;
    (void)a;
    note_alive(o);
    l->fails = 0;
    nj_outlet_unfile(o, s); /* the halves are other batches */
    if (records < 2) {
        nj_outlet_drop_batch(o, s, NJ_DROP_too_large);
    } else if (nj_sealed_split_take(&s, &first, &second) != NJ_OK) {
        nj_outlet_drop(o, records, recovered, NJ_DROP_memory);
    } else {
        o->ledger.splits++;
        for (int i = 0; i < NJ_LANES; i++)
            nj_batch_tighten(o->lanes[i].open, half);
        nj_queue_push_front(&l->queue, second);
        nj_queue_push_front(&l->queue, first);
        nj_outlet_make_room(o);
    }
    nj_lane_poke(l);
}

/* A batch that makes the far end fail must not block those behind it for ever: it goes to the end. */
static void put_back(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_sealed *s = take_flying(l);
    bool stuck = a->status >= 500 && a->status != 503 && s->attempts % STUCK_TRIES == 0;
    if (stuck)
        nj_queue_push(&l->queue, s);
    else
        nj_queue_push_front(&l->queue, s);
}

static void note_failure(struct nj_outlet *o, const struct nj_answer *a)
{
    if (o->strikes == 0)
        o->trouble_since = o->clock->mono;
    o->strikes += a->timed_out ? TIMEOUT_STRIKES : 1;
    o->failed_attempts++;
    if (o->strikes >= TROUBLE_STRIKES)
        nj_say_trouble(o, a);
}

static void arm_backoff(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_outlet *o = l->o;
    put_back(l, a);
    l->fails++;
    note_failure(o, a);
    bool told = a->retry_after_ms > 0;
    int64_t wait = nj_backoff_ms(l->fails, a->retry_after_ms, nj_random01());
    if (o->draining) /* the far end asks for time that we may not have: half of what is left, then try */
        wait = min64(wait, told ? nj_outlet_left_ms(o) / 2 : DRAIN_BACKOFF_MS);
    if (told) /* it said so to us, not to this lane */
        o->not_before = nj_mono_after(o->clock->mono, o->draining ? wait : min64(a->retry_after_ms, NJ_RETRY_AFTER_MAX_MS));
    nj_timer_set(o->loop, &l->timer, wait);
}

/* The deadline came while the attempt was under way. */
static void cut_attempt(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_answer cut = { .verdict = NJ_V_RETRY, .retry_after_ms = -1, .timed_out = true, .words = "no time left" };
    (void)a;
    l->o->sender->ops->cancel(l->o->sender, l->id);
    arm_backoff(l, &cut);
}

static void arm_rest(struct nj_lane_work *l, const struct nj_answer *a)
{
    struct nj_outlet *o = l->o;
    struct nj_sealed *s = take_flying(l);
    size_t dropped = 0;
    s->config_tries++;
    if (s->config_tries >= NJ_CONFIG_TRIES || o->draining) {
        dropped = s->records;
        nj_outlet_drop_batch(o, s, NJ_DROP_rejected);
    } else {
        nj_queue_push_front(&l->queue, s);
    }
    o->strikes = o->strikes > TROUBLE_STRIKES ? o->strikes : TROUBLE_STRIKES;
    nj_say_config(o, a, dropped);
    nj_timer_set(o->loop, &l->timer, o->draining ? 0 : NJ_CONFIG_REST_MS);
}

static void stop_attempt(struct nj_lane_work *l, const struct nj_answer *a)
{
    (void)a;
    l->o->sender->ops->cancel(l->o->sender, l->id);
    nj_queue_push_front(&l->queue, take_flying(l));
}

static void disarm(struct nj_lane_work *l, const struct nj_answer *a)
{
    (void)a;
    nj_timer_stop(l->o->loop, &l->timer);
}

static void recut(struct nj_lane_work *l, const struct nj_answer *a)
{
    (void)a;
    nj_lane_cut(l);
}

static void nothing(struct nj_lane_work *l, const struct nj_answer *a)
{
    (void)l;
    (void)a;
}

void nj_lane_cut(struct nj_lane_work *l)
{
    struct nj_outlet *o = l->o;
    if (l->state != LANE_SENDING || o->sender->ops->patient || o->deadline.ms >= l->attempt_end.ms)
        return;
    nj_timer_set(o->loop, &l->timer, nj_outlet_left_ms(o));
}

/* --- callbacks ---------------------------------------------------------------------------------------------------- */

static enum lane_event event_of(struct nj_lane_work *l, const struct nj_answer *a)
{
    static const enum lane_event events[NJ_VERDICTS] = {
        [NJ_V_DELIVERED] = EV_DELIVERED, [NJ_V_RETRY] = EV_RETRY,   [NJ_V_AGAIN] = EV_AGAIN, [NJ_V_SPLIT] = EV_SPLIT,
        [NJ_V_REJECT] = EV_REJECT,       [NJ_V_CONFIG] = EV_CONFIG, [NJ_V_DOUBT] = EV_RETRY,
    };
    if (a->verdict == NJ_V_AGAIN && l->again_used)
        return EV_RETRY;
    if (a->verdict == NJ_V_DOUBT && ++l->flying->doubt_tries >= NJ_DOUBT_TRIES)
        return EV_REJECT;
    return events[a->verdict];
}

static void on_answer(void *ctx, const struct nj_answer *a)
{
    struct nj_lane_work *l = ctx;
    nj_lane_step(l, event_of(l, a), a);
    nj_outlet_notify(l->o);
}

static void on_timer(void *ctx)
{
    struct nj_lane_work *l = ctx;
    nj_lane_step(l, EV_TIMER, NULL);
    nj_outlet_notify(l->o);
}

void nj_lane_init(struct nj_lane_work *l, struct nj_outlet *o, enum nj_lane id)
{
    l->o = o;
    l->id = id;
    l->timer = (struct nj_timer){ .fire = on_timer, .ctx = l };
}

/* Hands telemetry events to subscribers, replays an init to late ones, and makes writers wait when a queue is full. */
#include "emu_stream.h"

#include "emu_world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPLAY_MAX = 64 << 20, SLACK = 2 << 20, RENDER_MAX = 512 << 20 };

/* One kept event: of the current init for late subscribers, or a function line that is to come late. */
struct kept {
    struct kept *next;
    struct emu_source source;
    char line[];
};

struct kept_list {
    struct kept *first, **last;
    size_t n, bytes;
};

struct emu_stream {
    struct emu *w;
    struct emu_subscriber *subs;
    struct kept_list replay, late;
    bool open, frozen, hurry, pressed, overflowing;
    struct nj_timer overflow;
    struct nj_buf scratch;
    FILE *log;
    uint64_t emitted[EMU_TYPES];
};

/* --- kept events ---------------------------------------------------------------------------------------------------- */

static void kept_push(struct kept_list *l, const struct emu_source *s)
{
    struct kept *k = malloc(sizeof(*k) + s->line.n);
    if (k == NULL)
        return;
    *k = (struct kept){ .source = *s };
    json_incref(k->source.record);
    if (s->line.n != 0)
        memcpy(k->line, s->line.p, s->line.n);
    k->source.line.p = s->line.p != NULL ? k->line : NULL;
    if (l->last == NULL)
        l->last = &l->first;
    *l->last = k;
    l->last = &k->next;
    l->n++;
    l->bytes += s->line.n;
}

static struct kept *kept_pop(struct kept_list *l)
{
    struct kept *k = l->first;
    if (k == NULL)
        return NULL;
    l->first = k->next;
    if (l->first == NULL)
        l->last = &l->first;
    l->n--;
    l->bytes -= k->source.line.n;
    return k;
}

static void kept_free(struct kept *k)
{
    json_decref(k->source.record);
    free(k);
}

static void kept_clear(struct kept_list *l)
{
    for (struct kept *k = NULL; (k = kept_pop(l)) != NULL;)
        kept_free(k);
}

/* --- life ----------------------------------------------------------------------------------------------------------- */

static void on_overflow(void *ctx);

enum nj_status emu_stream_new(struct emu_stream **out, struct emu *w)
{
    struct emu_stream *s = calloc(1, sizeof(*s));
    *out = s;
    if (s == NULL)
        return NJ_ENOMEM;
    s->w = w;
    s->overflow = (struct nj_timer){ .fire = on_overflow, .ctx = s };
    nj_buf_init(&s->scratch, RENDER_MAX);
    if (w->o.telemetry_log[0] == 0)
        return NJ_OK;
    s->log = fopen(w->o.telemetry_log, "we");
    if (s->log == NULL)
        (void)fprintf(stderr, "lambda-emulator: --telemetry-log %s: %s\n", w->o.telemetry_log, strerror(errno));
    return s->log != NULL ? NJ_OK : NJ_ESYS;
}

void emu_stream_free(struct emu_stream *s)
{
    if (s == NULL)
        return;
    nj_timer_stop(s->w->loop, &s->overflow);
    while (s->subs != NULL) {
        struct emu_subscriber *sub = s->subs;
        s->subs = sub->next;
        emu_delivery_leave(sub, true);
        emu_buffer_fini(&sub->buf);
        json_decref(sub->posts);
        free(sub);
    }
    kept_clear(&s->replay);
    kept_clear(&s->late);
    nj_buf_fini(&s->scratch);
    if (s->log != NULL)
        (void)fclose(s->log);
    free(s);
}

/* --- into the buffers ----------------------------------------------------------------------------------------------- */

static bool json_logs(const struct emu_stream *s)
{
    return s->w->o.log_format == EMU_LOG_JSON;
}

static void give(struct emu_stream *s, struct emu_subscriber *sub, const struct emu_source *e)
{
    size_t head = 0;
    if (sub->closed || sub->leaving || (sub->what.want & emu_type_want(e->type)) == 0)
        return;
    nj_buf_reset(&s->scratch);
    emu_render(&s->scratch, &head, e, sub->what.schema, json_logs(s));
    if (s->scratch.err != NJ_OK ||
        emu_buffer_add(&sub->buf, e->type, nj_loop_clock(s->w->loop)->mono.ms, nj_buf_str(&s->scratch), head) != NJ_OK) {
        sub->lost_records++;
        sub->lost_bytes += s->scratch.n;
    }
    emu_delivery_pump(sub);
}

static void write_log(struct emu_stream *s, const struct emu_source *e)
{
    size_t head = 0;
    if (s->log == NULL)
        return;
    nj_buf_reset(&s->scratch);
    emu_render(&s->scratch, &head, e, EMU_SCHEMA_2025_01, json_logs(s));
    nj_buf_addc(&s->scratch, '\n');
    (void)fwrite(s->scratch.p, 1, s->scratch.n, s->log);
}

static void set_pressure(struct emu_stream *s, bool on)
{
    if (s->pressed == on)
        return;
    s->pressed = on;
    for (size_t i = 0; i < s->w->n_workers; i++)
        emu_proc_read(&s->w->workers[i].proc, !on);
    if (on)
        nj_timer_set(s->w->loop, &s->overflow, s->w->o.overflow_ms);
    else
        nj_timer_stop(s->w->loop, &s->overflow);
}

static void check_pressure(struct emu_stream *s)
{
    bool full = false, empty_enough = true;
    size_t limit = (size_t)s->w->o.queue_bytes;
    for (const struct emu_subscriber *sub = s->subs; sub != NULL; sub = sub->next) {
        full = full || (!sub->closed && sub->buf.waiting_bytes > limit);
        empty_enough = empty_enough && (sub->closed || sub->buf.waiting_bytes <= limit / 2);
    }
    if (empty_enough)
        s->overflowing = false;
    if (full && !s->overflowing)
        set_pressure(s, true);
    else if (empty_enough)
        set_pressure(s, false);
}

/* The writers waited long enough for a subscriber that takes nothing: from now on what does not fit is dropped. */
static void on_overflow(void *ctx)
{
    struct emu_stream *s = ctx;
    int64_t latest = 0, now = nj_loop_clock(s->w->loop)->mono.ms;
    for (const struct emu_subscriber *sub = s->subs; sub != NULL; sub = sub->next)
        if (!sub->closed && sub->progress_ms > latest)
            latest = sub->progress_ms;
    if (s->frozen || now - latest < s->w->o.overflow_ms) {
        nj_timer_set(s->w->loop, &s->overflow, s->w->o.overflow_ms);
        return;
    }
    set_pressure(s, false);
    s->overflowing = true;
}

static void spread(struct emu_stream *s, const struct emu_source *e)
{
    s->emitted[e->type]++;
    write_log(s, e);
    if (s->open && s->replay.bytes < REPLAY_MAX)
        kept_push(&s->replay, e);
    for (struct emu_subscriber *sub = s->subs; sub != NULL; sub = sub->next)
        give(s, sub, e);
    check_pressure(s);
}

static void release_late(struct emu_stream *s)
{
    for (struct kept *k = NULL; (k = kept_pop(&s->late)) != NULL; kept_free(k))
        spread(s, &k->source);
}

void emu_emit(struct emu *w, enum emu_type type, json_t *record_take)
{
    struct emu_source e = { .type = type, .wall_ns = emu_now().wall_ns, .record = record_take };
    if (record_take != NULL)
        spread(w->stream, &e);
    json_decref(record_take);
    if (type == EMU_T_START)
        release_late(w->stream);
}

void emu_emit_line(struct emu *w, enum emu_type type, struct nj_str line, int64_t wall_ns)
{
    struct emu_stream *s = w->stream;
    struct emu_source e = { .type = type, .wall_ns = wall_ns != 0 ? wall_ns : emu_now().wall_ns, .line = line };
    if (type != EMU_T_FUNCTION_LINE || w->o.late_lines == 0 || w->phase != EMU_INVOKE) {
        spread(s, &e);
        return;
    }
    kept_push(&s->late, &e);
    if (s->late.n > (size_t)w->o.late_lines) {
        struct kept *k = kept_pop(&s->late);
        spread(s, &k->source);
        kept_free(k);
    }
}

/* --- subscriptions -------------------------------------------------------------------------------------------------- */

void emu_stream_open(struct emu_stream *s)
{
    release_late(s);
    kept_clear(&s->replay);
    s->open = true;
    s->hurry = false;
}

void emu_stream_close_window(struct emu_stream *s)
{
    s->open = false;
    kept_clear(&s->replay);
}

bool emu_stream_is_open(const struct emu_stream *s)
{
    return s->open;
}

static size_t cut_limit(const struct emu_options *o, const struct emu_subscription *what)
{
    return o->cut_bytes > 0 ? (size_t)o->cut_bytes : what->max_bytes;
}

struct emu_subscriber *emu_stream_subscribe(struct emu_stream *s, const char *name, unsigned generation,
                                            const struct emu_subscription *what)
{
    struct emu_subscriber *sub = calloc(1, sizeof(*sub));
    struct emu_subscriber **end = &s->subs;
    if (sub == NULL)
        return NULL;
    sub->world = s->w;
    sub->generation = generation;
    sub->what = *what;
    sub->posts = json_array();
    sub->progress_ms = nj_loop_clock(s->w->loop)->mono.ms;
    (void)snprintf(sub->name, sizeof(sub->name), "%s", name);
    emu_buffer_init(&sub->buf);
    sub->buf.max_items = what->max_items;
    sub->buf.max_bytes = what->max_bytes;
    sub->buf.timeout_ms = what->timeout_ms;
    sub->buf.cut_bytes = cut_limit(&s->w->o, what);
    sub->buf.queue_bytes = (size_t)s->w->o.queue_bytes + SLACK;
    sub->buf.lines = what->tcp;
    sub->buf.bad_every = (uint64_t)s->w->o.bad_every;
    emu_delivery_init(sub);
    while (*end != NULL)
        end = &(*end)->next;
    *end = sub;
    for (struct kept *k = s->replay.first; k != NULL; k = k->next)
        give(s, sub, &k->source);
    return sub;
}

void emu_stream_leave(struct emu_stream *s, struct emu_subscriber *sub)
{
    if (sub == NULL || sub->closed || sub->leaving)
        return;
    emu_delivery_leave(sub, false);
    check_pressure(s);
}

bool emu_stream_is_leaving(const struct emu_stream *s)
{
    for (const struct emu_subscriber *sub = s->subs; sub != NULL; sub = sub->next)
        if (sub->leaving && !sub->closed)
            return true;
    return false;
}

/* --- rhythm --------------------------------------------------------------------------------------------------------- */

void emu_stream_freeze(struct emu_stream *s, bool frozen)
{
    if (s->frozen == frozen)
        return;
    s->frozen = frozen;
    for (struct emu_subscriber *sub = s->subs; sub != NULL; sub = sub->next)
        emu_delivery_freeze(sub, frozen);
}

bool emu_stream_is_frozen(const struct emu_stream *s)
{
    return s->frozen;
}

bool emu_stream_hurries(const struct emu_stream *s)
{
    return s->hurry;
}

void emu_stream_hurry(struct emu_stream *s)
{
    s->hurry = true;
    release_late(s);
    for (struct emu_subscriber *sub = s->subs; sub != NULL; sub = sub->next)
        emu_delivery_pump(sub);
}

bool emu_stream_is_empty(const struct emu_stream *s)
{
    for (const struct emu_subscriber *sub = s->subs; sub != NULL; sub = sub->next)
        if (!sub->closed && (sub->buf.under_way || sub->buf.waiting.n != 0))
            return false;
    return true;
}

static void tell_losses(struct emu_stream *s, struct emu_subscriber *sub)
{
    if (sub->lost_records == 0 || sub->closed || sub->leaving || (sub->what.want & EMU_WANT_PLATFORM) == 0)
        return;
    struct emu_source e = { .type = EMU_T_LOGS_DROPPED, .wall_ns = emu_now().wall_ns };
    e.record = json_pack("{s:I,s:I,s:s}", "droppedBytes", (json_int_t)sub->lost_bytes, "droppedRecords", (json_int_t)sub->lost_records,
                         "reason", "Consumer seems to have fallen behind: log records were dropped");
    sub->lost_records = sub->lost_bytes = 0;
    if (e.record == NULL)
        return;
    s->emitted[e.type]++;
    write_log(s, &e);
    give(s, sub, &e);
    json_decref(e.record);
}

void emu_stream_progress(struct emu_stream *s, struct emu_subscriber *sub)
{
    sub->progress_ms = nj_loop_clock(s->w->loop)->mono.ms;
    if (emu_buffer_has_room(&sub->buf, SLACK))
        tell_losses(s, sub);
    check_pressure(s);
}

const struct emu_subscriber *emu_stream_subscribers(const struct emu_stream *s)
{
    return s->subs;
}

const uint64_t *emu_stream_emitted(const struct emu_stream *s)
{
    return s->emitted;
}

/* One sink at work: takes records in, keeps within its memory, and keeps the ledger. */
#include "outlet_internal.h"

#include <stdlib.h>
#include <unistd.h>

enum { SCRATCH_KEEP = 64 << 10, TITLE_MAX = 256, BATCH_SHARE = 4, ALONE_SHARE = 2, BATCH_LEAST = 1024 };

/* --- building ----------------------------------------------------------------------------------------------------- */

static struct nj_batch_limits fitting_limits(const struct nj_sink *sink, const struct nj_outlet_options *opt)
{
    struct nj_batch_limits limits = opt->batch;
    size_t share = opt->queue_bytes / BATCH_SHARE, alone = opt->queue_bytes / ALONE_SHARE;
    if (limits.max_bytes > share)
        limits.max_bytes = share;
    if (limits.max_bytes < BATCH_LEAST)
        limits.max_bytes = BATCH_LEAST;
    if (limits.max_bytes > sink->format->body_max)
        limits.max_bytes = sink->format->body_max;
    if (sink->format->records_max != 0 && limits.max_records > sink->format->records_max)
        limits.max_records = sink->format->records_max;
    limits.alone_max = alone < sink->format->body_max ? alone : sink->format->body_max;
    if (limits.alone_max < limits.max_bytes)
        limits.alone_max = limits.max_bytes;
    return limits;
}

static void on_age(void *ctx);

enum nj_status nj_outlet_new_with(struct nj_outlet **out, struct nj_loop *l, struct nj_sender **sender, const struct nj_sink *sink,
                                  const struct nj_outlet_options *opt)
{
    *out = NULL;
    struct nj_batch_limits limits = fitting_limits(sink, opt);
    enum nj_status st = NJ_OK;
    struct nj_outlet *o = calloc(1, sizeof(*o));
    if (o == NULL) {
        (*sender)->ops->free(*sender);
        *sender = NULL;
        return NJ_ENOMEM;
    }
    o->loop = l;
    o->clock = nj_loop_clock(l);
    o->sink = sink;
    o->opt = *opt;
    o->sender = *sender;
    o->deadline = (struct nj_mono){ INT64_MAX };
    o->not_before = (struct nj_mono){ INT64_MIN };
    *sender = NULL;
    nj_buf_init(&o->scratch, limits.alone_max);
    nj_buf_init(&o->cache.bytes, NJ_ENCODE_CACHE_MAX);
    nj_chain_init(&o->chain, opt->chain_key);
    o->cache.sink = sink;
    o->cache.chain = &o->chain;
    nj_buf_init(&o->title, TITLE_MAX);
    nj_buf_add(&o->title, sink->name);
    nj_buf_addz(&o->title, ", ");
    nj_sink_describe(sink, &o->title);
    for (int i = 0; i < NJ_LANES && st == NJ_OK; i++) {
        nj_lane_init(&o->lanes[i], o, (enum nj_lane)i);
        o->lanes[i].age_timer = (struct nj_timer){ .fire = on_age, .ctx = &o->lanes[i] };
        st = nj_batch_new(&o->lanes[i].open, sink->format, sink->codec, (enum nj_lane)i, limits);
    }
    if (st == NJ_OK)
        st = nj_outlet_disk_new(o, limits.alone_max);
    if (st != NJ_OK) {
        nj_outlet_free(o);
        return st;
    }
    *out = o;
    return NJ_OK;
}

enum nj_status nj_outlet_new(struct nj_outlet **out, struct nj_loop *l, struct nj_http *h, const struct nj_sink *sink,
                             const struct nj_outlet_options *opt)
{
    struct nj_sender *sender = NULL;
    *out = NULL;
    enum nj_status st = sink->transport == NJ_TO_HTTP ? nj_post_new(&sender, l, h)
                                                      : nj_writer_new(&sender, l, sink->transport == NJ_TO_STDOUT ? STDOUT_FILENO : -1);
    return st != NJ_OK ? st : nj_outlet_new_with(out, l, &sender, sink, opt);
}

void nj_outlet_free(struct nj_outlet *o)
{
    if (o == NULL)
        return;
    o->sender->ops->free(o->sender); /* ends the attempts that borrow flying batches */
    for (int i = 0; i < NJ_LANES; i++) {
        struct nj_lane_work *l = &o->lanes[i];
        nj_timer_stop(o->loop, &l->timer);
        nj_timer_stop(o->loop, &l->age_timer);
        if (l->flying != NULL)
            nj_queue_push(&l->queue, l->flying);
        for (struct nj_sealed *s = nj_queue_pop(&l->queue); s != NULL; s = nj_queue_pop(&l->queue)) {
            if (s->file != NULL)
                nj_spill_back(o->spill, s);
            nj_sealed_free(s);
        }
        nj_batch_free(l->open);
    }
    nj_spill_free(o->spill);
    nj_buf_fini(&o->scratch);
    nj_buf_fini(&o->cache.bytes);
    nj_buf_fini(&o->title);
    free(o);
}

/* --- ledger and memory -------------------------------------------------------------------------------------------- */

void nj_outlet_drop(struct nj_outlet *o, size_t records, bool recovered, enum nj_drop why)
{
    if (records == 0)
        return;
    if (recovered) {
        o->ledger.recovered.dropped += records;
        o->ledger.recovered.held -= records;
    } else {
        o->ledger.dropped[why] += records;
        o->ledger.held -= records;
    }
    nj_say_dropped(o, records, why);
}

size_t nj_outlet_bytes(const struct nj_outlet *o)
{
    size_t sum = 0;
    for (int i = 0; i < NJ_LANES; i++) {
        const struct nj_lane_work *l = &o->lanes[i];
        sum += nj_batch_bytes(l->open) + l->queue.bytes + (l->flying != NULL ? l->flying->charged : 0);
    }
    return sum;
}

size_t nj_outlet_codec_bytes(const struct nj_outlet *o)
{
    size_t sum = 0;
    for (int i = 0; i < NJ_LANES; i++)
        sum += nj_batch_memory(o->lanes[i].open);
    return sum;
}

/* The open batch is given up. */
static size_t drop_open(struct nj_lane_work *l, enum nj_drop why)
{
    size_t gone = nj_batch_discard(l->open);
    l->due = false;
    nj_timer_stop(l->o->loop, &l->age_timer);
    nj_outlet_drop(l->o, gone, false, why);
    return gone;
}

/* One batch of this lane leaves memory: the oldest queued one, else the open one. */
static bool evict(struct nj_outlet *o, enum nj_lane lane)
{
    struct nj_lane_work *l = &o->lanes[lane];
    struct nj_sealed *s = nj_queue_pop_oldest(&l->queue);
    if (s == NULL && o->spill != NULL)
        s = nj_outlet_seal_only(l);
    if (s == NULL)
        return drop_open(l, NJ_DROP_queue_full) != 0;
    nj_outlet_push_out(o, s, NJ_DROP_queue_full);
    return true;
}

/* On disk a critical batch is not lost; so it may go before an open bulk one, which would be lost or a small file. */
static bool evict_critical_to_disk(struct nj_outlet *o)
{
    struct nj_queue *q = &o->lanes[NJ_LANE_CRITICAL].queue;
    if (o->spill == NULL || q->head == NULL || o->lanes[NJ_LANE_BULK].queue.head != NULL)
        return false;
    struct nj_sealed *s = nj_queue_pop_oldest(q);
    if (nj_outlet_store(o, s) == NJ_OK)
        return true;
    nj_queue_push_front(q, s);
    return false;
}

void nj_outlet_make_room(struct nj_outlet *o)
{
    while (nj_outlet_bytes(o) > o->opt.queue_bytes)
        if (!evict_critical_to_disk(o) && !evict(o, NJ_LANE_BULK) && !evict(o, NJ_LANE_CRITICAL))
            return; /* the rest is in the middle of an attempt */
}

void nj_outlet_notify(struct nj_outlet *o)
{
    if (o->opt.changed != NULL)
        o->opt.changed(o->opt.ctx);
}

int64_t nj_outlet_left_ms(const struct nj_outlet *o)
{
    if (o->deadline.ms == INT64_MAX)
        return INT64_MAX;
    int64_t left = nj_mono_until(o->clock->mono, o->deadline);
    return left > 0 ? left : 0;
}

/* --- records in --------------------------------------------------------------------------------------------------- */

struct nj_sealed *nj_outlet_seal_only(struct nj_lane_work *l)
{
    struct nj_outlet *o = l->o;
    struct nj_sealed *s = NULL;
    if (nj_batch_seal(l->open, &s) != NJ_OK) {
        drop_open(l, NJ_DROP_memory);
        return NULL;
    }
    l->due = false;
    nj_timer_stop(o->loop, &l->age_timer);
    if (s != NULL)
        s->seq = o->seq++;
    return s;
}

void nj_outlet_seal(struct nj_lane_work *l)
{
    struct nj_sealed *s = nj_outlet_seal_only(l);
    if (s == NULL)
        return;
    nj_queue_push(&l->queue, s);
    nj_outlet_make_room(l->o); /* the compressor gave out what it had held back */
}

static void arm_age(struct nj_lane_work *l)
{
    nj_timer_set(l->o->loop, &l->age_timer, l->o->draining ? 0 : l->o->opt.batch_age_ms);
}

static enum nj_status add_encoded(struct nj_lane_work *l, struct nj_str record)
{
    bool alone = false;
    struct nj_mono now = l->o->clock->mono;
    enum nj_status st = nj_batch_add(l->open, record, now, &alone);
    if (st == NJ_ELIMIT && !alone) {
        nj_outlet_seal(l);
        st = nj_batch_add(l->open, record, now, &alone);
    }
    if (st == NJ_EARG) /* the compressor is broken; nothing in it can be saved */
        drop_open(l, NJ_DROP_memory);
    return st;
}

void nj_outlet_offer(struct nj_outlet *o, const struct nj_clean *r)
{
    struct nj_lane_work *l = &o->lanes[r->lane];
    struct nj_str record;
    o->ledger.offered++;
    if (!nj_sink_wants(o->sink, r->category, r->event)) {
        o->ledger.unwanted++;
        return;
    }
    o->ledger.held++;
    nj_buf_reset(&o->scratch);
    o->sink->format->record(&o->scratch, r, &o->cache);
    enum nj_status st = nj_buf_finish(&o->scratch, &record);
    if (st == NJ_OK)
        st = add_encoded(l, record);
    if (st != NJ_OK)
        nj_outlet_drop(o, 1, false, st == NJ_ELIMIT ? NJ_DROP_too_large : NJ_DROP_memory);
    if (o->scratch.cap > SCRATCH_KEEP)
        nj_buf_shrink(&o->scratch, SCRATCH_KEEP);
    if (nj_batch_records(l->open) != 0 && nj_batch_full(l->open))
        nj_outlet_seal(l);
    else if (nj_batch_records(l->open) != 0 && !l->due && !l->age_timer.armed)
        arm_age(l);
    nj_outlet_make_room(o);
    nj_lane_poke(l);
}

/* The open batch shall go.  While the lane is busy it stays open: what comes meanwhile travels with it, in one request. */
static void set_due(struct nj_lane_work *l)
{
    l->due = nj_batch_records(l->open) != 0;
    if (l->due)
        nj_timer_stop(l->o->loop, &l->age_timer);
}

static void on_age(void *ctx)
{
    struct nj_lane_work *l = ctx;
    set_due(l);
    nj_lane_poke(l);
    nj_outlet_notify(l->o);
}

/* --- orders from outside ------------------------------------------------------------------------------------------ */

void nj_outlet_flush(struct nj_outlet *o, unsigned lane_bits)
{
    for (int i = 0; i < NJ_LANES; i++) {
        if ((lane_bits & 1u << i) == 0)
            continue;
        set_due(&o->lanes[i]);
        nj_lane_poke(&o->lanes[i]);
    }
}

bool nj_outlet_pending(const struct nj_outlet *o, unsigned lane_bits)
{
    for (int i = 0; i < NJ_LANES; i++) {
        const struct nj_lane_work *l = &o->lanes[i];
        bool pending = nj_batch_records(l->open) != 0 || l->queue.head != NULL || l->flying != NULL ||
                       (o->spill != NULL && nj_spill_has(o->spill, (enum nj_lane)i));
        if ((lane_bits & 1u << i) != 0 && pending)
            return true;
    }
    return false;
}

bool nj_outlet_backing_off(const struct nj_outlet *o)
{
    enum { STRIKES = 2, SHORT_WAIT_MS = 250 };
    if (o->strikes >= STRIKES)
        return true;
    for (int i = 0; i < NJ_LANES; i++) {
        const struct nj_lane_work *l = &o->lanes[i];
        if (l->state == LANE_WAITING && nj_mono_until(o->clock->mono, l->timer.at) > SHORT_WAIT_MS)
            return true;
    }
    return false;
}

int64_t nj_outlet_oldest_bulk_ms(const struct nj_outlet *o)
{
    const struct nj_lane_work *l = &o->lanes[NJ_LANE_BULK];
    struct nj_mono oldest = nj_queue_oldest(&l->queue);
    if (l->flying != NULL && l->flying->opened.ms < oldest.ms)
        oldest = l->flying->opened;
    if (nj_batch_records(l->open) != 0 && nj_batch_opened(l->open).ms < oldest.ms)
        oldest = nj_batch_opened(l->open);
    int64_t age = oldest.ms == INT64_MAX ? 0 : nj_mono_until(oldest, o->clock->mono);
    return age > 0 ? age : 0;
}

void nj_outlet_deadline(struct nj_outlet *o, struct nj_mono deadline)
{
    o->deadline = deadline;
    for (int i = 0; i < NJ_LANES; i++) {
        nj_lane_cut(&o->lanes[i]);
        nj_lane_poke(&o->lanes[i]);
    }
}

void nj_outlet_drain(struct nj_outlet *o, struct nj_mono deadline)
{
    o->draining = true;
    o->deadline = deadline;
    struct nj_mono half = nj_mono_after(o->clock->mono, nj_outlet_left_ms(o) / 2);
    if (o->not_before.ms > half.ms) /* a Retry-After that outlasts us */
        o->not_before = half;
    for (int i = 0; i < NJ_LANES; i++) {
        set_due(&o->lanes[i]);
        nj_lane_step(&o->lanes[i], EV_DRAIN, NULL);
    }
}

void nj_outlet_abandon(struct nj_outlet *o, enum nj_drop why)
{
    for (int i = 0; i < NJ_LANES; i++) {
        struct nj_lane_work *l = &o->lanes[i];
        nj_lane_step(l, EV_STOP, NULL);
        drop_open(l, why);
        for (struct nj_sealed *s = nj_queue_pop(&l->queue); s != NULL; s = nj_queue_pop(&l->queue)) {
            if (s->file != NULL)
                nj_outlet_push_out(o, s, why);
            else
                nj_outlet_drop_batch(o, s, why);
        }
    }
}

void nj_outlet_thawed(struct nj_outlet *o)
{
    for (int i = 0; i < NJ_LANES; i++) {
        struct nj_lane_work *l = &o->lanes[i];
        if (nj_batch_records(l->open) != 0 && !l->due)
            arm_age(l);
        nj_lane_step(l, EV_THAW, NULL);
    }
}

const struct nj_out_ledger *nj_outlet_ledger(struct nj_outlet *o)
{
    return &o->ledger;
}

const struct nj_sink *nj_outlet_sink(const struct nj_outlet *o)
{
    return o->sink;
}

uint64_t nj_outlet_illegal(const struct nj_outlet *o)
{
    return o->illegal;
}

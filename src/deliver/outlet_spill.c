/* Where a batch is, in memory or on disk, and how the ledger says so. */
#include "outlet_internal.h"

/* --- the fate of a batch ------------------------------------------------------------------------------------------ */

void nj_outlet_unfile(struct nj_outlet *o, struct nj_sealed *s)
{
    if (s->file != NULL)
        nj_spill_settled(o->spill, s);
}

void nj_outlet_delivered(struct nj_outlet *o, struct nj_sealed *s)
{
    struct nj_out_ledger *l = &o->ledger;
    *(s->recovered ? &l->recovered.delivered : &l->delivered) += s->records;
    *(s->recovered ? &l->recovered.held : &l->held) -= s->records;
    l->batches++;
    l->bytes += s->raw_bytes;
    l->bytes_sent += s->bytes.n;
    nj_outlet_unfile(o, s);
    nj_sealed_free(s);
}

void nj_outlet_drop_batch(struct nj_outlet *o, struct nj_sealed *s, enum nj_drop why)
{
    nj_outlet_drop(o, s->records, s->recovered, why);
    nj_outlet_unfile(o, s);
    nj_sealed_free(s);
}

static enum nj_status write_out(struct nj_outlet *o, const struct nj_sealed *s)
{
    enum nj_status st = o->spill != NULL ? nj_spill_put(o->spill, s) : NJ_ESYS;
    if (st == NJ_OK) {
        o->ledger.spill.batches++;
        o->ledger.spill.bytes += s->bytes.n;
        nj_say_spilled(o, s->records);
    } else if (o->spill != NULL && st == NJ_ESYS) {
        o->ledger.spill.failures++;
        nj_say_spill_failed(o, nj_spill_errno(o->spill));
    }
    return st;
}

enum nj_status nj_outlet_store(struct nj_outlet *o, struct nj_sealed *s)
{
    enum nj_status st = NJ_OK;
    if (s->file != NULL) /* it was read back, and its file waits for it */
        nj_spill_back(o->spill, s);
    else
        st = write_out(o, s);
    if (st != NJ_OK)
        return st;
    if (!s->recovered) {
        o->ledger.held -= s->records;
        o->ledger.spilled += s->records;
    }
    nj_sealed_free(s);
    return NJ_OK;
}

void nj_outlet_push_out(struct nj_outlet *o, struct nj_sealed *s, enum nj_drop otherwise)
{
    enum nj_status st = nj_outlet_store(o, s);
    if (st != NJ_OK)
        nj_outlet_drop_batch(o, s, st == NJ_ELIMIT ? NJ_DROP_spill_full : otherwise);
}

/* --- the disk ----------------------------------------------------------------------------------------------------- */

static void on_lost(void *ctx, const struct nj_spill_loss *loss)
{
    struct nj_outlet *o = ctx;
    struct nj_out_ledger *l = &o->ledger;
    if (loss->records == 0) {
        l->recovered.refused++;
    } else if (loss->recovered) {
        l->recovered.dropped += loss->records;
        l->recovered.held -= loss->records;
    } else {
        l->dropped[loss->why] += loss->records;
        l->spilled -= loss->records;
    }
    nj_say_spill_lost(o, loss);
}

enum nj_status nj_outlet_disk_new(struct nj_outlet *o, size_t raw_max)
{
    struct nj_spill_options so = o->opt.spill;
    if (so.max_bytes == 0)
        return NJ_OK;
    so.sink = o->sink;
    so.clock = o->clock;
    so.raw_max = raw_max;
    so.lost = on_lost;
    so.ctx = o;
    return nj_spill_new(&o->spill, &so);
}

/* The oldest goes first: what is on disk before what is in memory.  While the sink does not take anything it is asked with what is at
 * hand. */
void nj_outlet_refill(struct nj_lane_work *l)
{
    struct nj_outlet *o = l->o;
    bool fresh = false;
    if (o->spill == NULL || !nj_spill_has(o->spill, l->id))
        return;
    if (l->queue.head != NULL && (o->strikes > 0 || l->queue.head->seq < nj_spill_oldest(o->spill, l->id)))
        return;
    struct nj_sealed *s = nj_spill_take(o->spill, l->id, &fresh);
    if (s == NULL)
        return;
    o->ledger.spill.read++;
    if (!s->recovered) {
        o->ledger.spilled -= s->records;
        o->ledger.held += s->records;
    } else if (fresh) {
        o->ledger.recovered.records += s->records;
        o->ledger.recovered.held += s->records;
    }
    nj_queue_push_front(&l->queue, s);
}

/* Ticks; false when there may not be time for one more write. */
static bool in_time(struct nj_clock *clock, struct nj_mono until, int64_t *slowest_ms)
{
    int64_t before_ms = clock->mono.ms;
    nj_clock_tick(clock);
    if (clock->mono.ms - before_ms > *slowest_ms)
        *slowest_ms = clock->mono.ms - before_ms;
    return nj_mono_until(clock->mono, until) > *slowest_ms;
}

void nj_outlet_spill(struct nj_outlet *o, unsigned lane_bits, struct nj_mono until)
{
    struct nj_clock clock = *o->clock; /* of our own, because this is one turn of the loop */
    int64_t slowest_ms = 0;
    if (o->spill == NULL)
        return;
    nj_spill_wake(o->spill);
    nj_clock_tick(&clock);
    for (int i = 0; i < NJ_LANES; i++) {
        struct nj_lane_work *l = &o->lanes[i];
        if ((lane_bits & 1u << i) == 0)
            continue;
        nj_lane_step(l, EV_STOP, NULL);
        struct nj_sealed *s = in_time(&clock, until, &slowest_ms) ? nj_outlet_seal_only(l) : NULL;
        if (s != NULL)
            nj_queue_push(&l->queue, s);
        while (in_time(&clock, until, &slowest_ms) && (s = nj_queue_pop_oldest(&l->queue)) != NULL)
            nj_outlet_push_out(o, s, NJ_DROP_deadline);
    }
}

struct nj_spill *nj_outlet_disk(struct nj_outlet *o)
{
    return o->spill;
}

void nj_outlet_found(struct nj_outlet *o)
{
    for (int i = 0; i < NJ_LANES; i++)
        nj_lane_poke(&o->lanes[i]);
}

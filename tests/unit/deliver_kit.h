/* What the tests of the outlet share: a clock that only moves when told, records of a given size, a sender that does what
 * the test says, and the checks that must hold after every step. */
#ifndef NIGHTJAR_TESTS_DELIVER_KIT_H
#define NIGHTJAR_TESTS_DELIVER_KIT_H

#include "../../src/deliver/sender.h"
#include "nightjar/diag.h"
#include "nightjar/outlet.h"
#include "unit.h"

#include <stdio.h>
#include <unistd.h>

/* --- clock -------------------------------------------------------------------------------------------------------- */

struct kit_clock {
    int64_t ms;
};

static inline void kit_read_clock(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    const struct kit_clock *c = ctx;
    *mono_ns = c->ms * 1000000;
    *wall_ns = INT64_C(1795418101000) * 1000000 + *mono_ns;
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static inline void kit_offer(struct nj_outlet *o, enum nj_lane lane, unsigned number, size_t message_bytes)
{
    static char text[8 << 20];
    char id[32];
    struct nj_clean r = {
        .when_ns = 1,
        .event = NJ_STR("function.log"),
        .category = NJ_CAT_LOG,
        .severity = NJ_SEV_INFO,
        .lane = lane,
    };
    if (text[0] != 'm')
        memset(text, 'm', sizeof(text));
    snprintf(id, sizeof(id), "r-%u", number);
    r.id = nj_str_of(id);
    r.message = (struct nj_str){ text, message_bytes };
    nj_outlet_offer(o, &r);
}

/* --- a sender in the hand of the test ----------------------------------------------------------------------------- */

struct kit_sender {
    struct nj_sender sender;
    struct nj_attempt at[NJ_LANES];
    bool busy[NJ_LANES];
    unsigned starts, cancels, fresh;
    enum nj_status refuse; /* what start() answers */
    bool freed;
};

static inline enum nj_status kit_start(struct nj_sender *s, const struct nj_attempt *a)
{
    struct kit_sender *k = (struct kit_sender *)s;
    enum nj_lane lane = a->batch->lane;
    k->starts++;
    ck_assert_msg(!k->busy[lane], "two attempts under way in one lane");
    if (k->refuse != NJ_OK)
        return k->refuse;
    k->at[lane] = *a;
    k->busy[lane] = true;
    return NJ_OK;
}

static inline void kit_cancel(struct nj_sender *s, enum nj_lane lane)
{
    struct kit_sender *k = (struct kit_sender *)s;
    k->cancels += k->busy[lane];
    k->busy[lane] = false;
}

static inline void kit_fresh(struct nj_sender *s)
{
    ((struct kit_sender *)s)->fresh++;
}

static inline void kit_free(struct nj_sender *s)
{
    ((struct kit_sender *)s)->freed = true;
}

static const struct nj_sender_ops kit_ops = { .start = kit_start, .cancel = kit_cancel, .fresh = kit_fresh, .free = kit_free };

/* --- the bench ---------------------------------------------------------------------------------------------------- */

struct kit {
    struct kit_clock clock;
    struct nj_loop *loop;
    struct nj_sink sink;
    struct kit_sender sender;
    struct nj_outlet *o;
    unsigned changed, number;
    size_t queue_bytes;
    const char *compress; /* NULL = none */
};

static inline void kit_changed(void *ctx)
{
    ((struct kit *)ctx)->changed++;
}

static inline struct nj_outlet_options kit_options(struct kit *k)
{
    return (struct nj_outlet_options){
        .batch = { .max_bytes = 16 << 10, .max_records = 4 },
        .batch_age_ms = 5000,
        .queue_bytes = 1 << 20,
        .timeout_ms = 5000,
        .changed = kit_changed,
        .ctx = k,
    };
}

static inline void kit_open_with(struct kit *k, const struct nj_outlet_options *o)
{
    char why[160];
    struct nj_sender *sender = &k->sender.sender;
    struct nj_sink_options so = { .url = NJ_STR("https://logs.example.com/x"),
                                  .compress = nj_str_of(k->compress != NULL ? k->compress : "none") };
    k->clock.ms = 1000000;
    k->sender.sender.ops = &kit_ops;
    k->queue_bytes = o->queue_bytes;
    ck_assert_int_eq(nj_loop_new(&k->loop, kit_read_clock, &k->clock), NJ_OK);
    ck_assert_int_eq(nj_sink_init(&k->sink, &so, why), NJ_OK);
    ck_assert_int_eq(nj_outlet_new_with(&k->o, k->loop, &sender, &k->sink, o), NJ_OK);
}

static inline void kit_open(struct kit *k)
{
    *k = (struct kit){ .changed = 0 };
    struct nj_outlet_options o = kit_options(k);
    kit_open_with(k, &o);
}

/* What holds after every step, whatever happened. */
static inline void kit_check(const struct kit *k)
{
    const struct nj_out_ledger *l = nj_outlet_ledger(k->o);
    size_t flying = 0;
    for (int i = 0; i < NJ_LANES; i++)
        flying += k->sender.busy[i] ? k->sender.at[i].batch->charged : 0;
    if (!nj_out_ledger_balanced(l))
        ck_abort_msg("offered %llu, delivered %llu, dropped %llu, held %llu", (unsigned long long)l->offered,
                     (unsigned long long)l->delivered, (unsigned long long)nj_out_ledger_dropped(l), (unsigned long long)l->held);
    if (nj_outlet_illegal(k->o) != 0)
        ck_abort_msg("the state table met a pair it does not have, see NJ1691");
    if (nj_outlet_bytes(k->o) > k->queue_bytes && nj_outlet_bytes(k->o) != flying)
        ck_abort_msg("%zu bytes in memory, %zu of them flying", nj_outlet_bytes(k->o), flying);
    bool left = l->held + l->spilled + l->recovered.held != 0; /* a recovered batch that was not read is not counted yet */
    if (left ? !nj_outlet_pending(k->o, NJ_LANE_BITS_ALL) : nj_outlet_pending(k->o, NJ_LANE_BITS_ALL) && nj_outlet_disk(k->o) == NULL)
        ck_abort_msg("held and pending do not agree");
    if (l->recovered.records == 0 && (nj_outlet_bytes(k->o) != 0) != (l->held != 0))
        ck_abort_msg("held and bytes do not agree");
}

static inline void kit_close(struct kit *k)
{
    kit_check(k);
    nj_outlet_free(k->o);
    ck_assert(k->sender.freed);
    nj_sink_fini(&k->sink);
    nj_loop_free(k->loop);
}

static inline void kit_put(struct kit *k, enum nj_lane lane, unsigned records)
{
    for (unsigned i = 0; i < records; i++)
        kit_offer(k->o, lane, k->number++, 100);
    kit_check(k);
}

/* Moves the clock and lets every timer fire that is due on the way. */
static inline void kit_pass(struct kit *k, int64_t ms)
{
    int64_t end = k->clock.ms + ms;
    nj_loop_turn(k->loop, 0);
    while (k->clock.ms < end) {
        k->clock.ms += end - k->clock.ms > 10 ? 10 : end - k->clock.ms;
        nj_loop_turn(k->loop, 0);
    }
    kit_check(k);
}

/* Ends the lane's attempt. */
static inline void kit_answer_full(struct kit *k, enum nj_lane lane, struct nj_answer a)
{
    ck_assert_msg(k->sender.busy[lane], "no attempt to answer");
    nj_loop_turn(k->loop, 0); /* a callback comes from a turn, with a fresh "now"; the turn may have cut the attempt */
    if (!k->sender.busy[lane])
        return;
    k->sender.busy[lane] = false;
    k->sender.at[lane].done(k->sender.at[lane].ctx, &a);
    kit_check(k);
}

static inline void kit_answer(struct kit *k, enum nj_lane lane, enum nj_verdict v)
{
    static const long status[NJ_VERDICTS] = {
        [NJ_V_DELIVERED] = 200, [NJ_V_RETRY] = 503, [NJ_V_SPLIT] = 413, [NJ_V_REJECT] = 400, [NJ_V_CONFIG] = 403
    };
    kit_answer_full(k, lane, (struct nj_answer){ .verdict = v, .retry_after_ms = -1, .status = status[v], .words = "no luck" });
}

/* --- standard error as a text ------------------------------------------------------------------------------------- */

struct kit_stderr {
    int kept;
    FILE *file;
};

static inline void kit_stderr_begin(struct kit_stderr *s)
{
    s->file = tmpfile();
    ck_assert_ptr_nonnull(s->file);
    s->kept = dup(STDERR_FILENO);
    dup2(fileno(s->file), STDERR_FILENO);
}

static inline void kit_stderr_end(struct kit_stderr *s, char *out, size_t n)
{
    dup2(s->kept, STDERR_FILENO);
    close(s->kept);
    rewind(s->file);
    size_t got = fread(out, 1, n - 1, s->file);
    out[got] = '\0';
    fclose(s->file);
}

static inline unsigned kit_times(const char *text, const char *needle)
{
    unsigned n = 0;
    for (const char *p = strstr(text, needle); p != NULL; p = strstr(p + 1, needle))
        n++;
    return n;
}

#endif

/* What the outlet says about its sink: one line a kind and minute, with the sum of what was not said. */
#include "outlet_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

enum { SAY_EVERY_MS = 60000 };

/* "answered 503" or curl's own words. */
static const char *answer_text(char *out, size_t n, const struct nj_answer *a)
{
    if (a->status != 0)
        snprintf(out, n, "answered %ld", a->status);
    else
        snprintf(out, n, "no answer (%s)", a->words[0] != '\0' ? a->words : nj_verdict_names[a->verdict]);
    return out;
}

static bool may_speak(struct nj_outlet *o, enum gate gate, size_t records)
{
    uint64_t missed = 0;
    o->unsaid[gate] += records;
    return nj_diag_gate(&o->gates[gate], o->clock->mono, SAY_EVERY_MS, &missed);
}

static uint64_t take_unsaid(struct nj_outlet *o, enum gate gate)
{
    uint64_t n = o->unsaid[gate];
    o->unsaid[gate] = 0;
    return n;
}

void nj_say_trouble(struct nj_outlet *o, const struct nj_answer *a)
{
    char what[200];
    if (!may_speak(o, GATE_TROUBLE, 1))
        return;
    o->said_trouble = true;
    take_unsaid(o, GATE_TROUBLE);
    nj_diag(NJ_LEVEL_WARN, "NJ1601", "sink %.*s: %s; %" PRIu64 " attempts failed since it last worked, %" PRIu64 " records held, trying on",
            NJ_STR_ARG(nj_buf_str(&o->title)), answer_text(what, sizeof(what), a), o->failed_attempts, o->ledger.held);
}

void nj_say_recovered(struct nj_outlet *o)
{
    if (!o->said_trouble)
        return;
    o->said_trouble = false;
    nj_diag(NJ_LEVEL_INFO, "NJ1602", "sink %.*s works again after %" PRIu64 " failed attempts in %" PRId64 " ms",
            NJ_STR_ARG(nj_buf_str(&o->title)), o->failed_attempts, nj_mono_until(o->trouble_since, o->clock->mono));
}

void nj_say_config(struct nj_outlet *o, const struct nj_answer *a, size_t dropped)
{
    char what[200];
    if (!may_speak(o, GATE_CONFIG, dropped))
        return;
    nj_diag(NJ_LEVEL_ERROR, "NJ1603",
            "sink %.*s: %s: its address or credential must be changed; tries are %d s apart and a batch is dropped after %d; dropped "
            "%" PRIu64 " records, %" PRIu64 " held",
            NJ_STR_ARG(nj_buf_str(&o->title)), answer_text(what, sizeof(what), a), NJ_CONFIG_REST_MS / 1000, NJ_CONFIG_TRIES,
            take_unsaid(o, GATE_CONFIG), o->ledger.held);
}

void nj_say_rejected(struct nj_outlet *o, const struct nj_answer *a, size_t records)
{
    char what[200];
    if (!may_speak(o, GATE_REJECTED, records))
        return;
    nj_diag(NJ_LEVEL_ERROR, "NJ1604", "sink %.*s: %s: it will never take this; dropped %" PRIu64 " records",
            NJ_STR_ARG(nj_buf_str(&o->title)), answer_text(what, sizeof(what), a), take_unsaid(o, GATE_REJECTED));
}

void nj_say_dropped(struct nj_outlet *o, size_t records, enum nj_drop why)
{
    static const struct {
        enum gate gate;
        const char *code, *text;
    } lines[NJ_DROPS] = {
        [NJ_DROP_queue_full] = { GATE_FULL, "NJ1605",
                                 "the queue is full, the oldest went; raise NIGHTJAR_QUEUE_BYTES or look at the sink" },
        [NJ_DROP_spill_full] = { GATE_SPILL_FULL, "NJ1612",
                                 "memory and disk are full; raise NIGHTJAR_SPILL_BYTES (or NIGHTJAR_BATCH_BYTES: 4,096 batches at most), "
                                 "or look at the sink" },
        [NJ_DROP_too_large] = { GATE_TOO_LARGE, "NJ1606", "one record alone is larger than a request may be" },
        [NJ_DROP_memory] = { GATE_MEMORY, "NJ1607", "there was no memory" },
    };
    if (lines[why].code == NULL || !may_speak(o, lines[why].gate, records))
        return;
    nj_diag(NJ_LEVEL_WARN, lines[why].code, "sink %.*s: dropped %" PRIu64 " records: %s", NJ_STR_ARG(nj_buf_str(&o->title)),
            take_unsaid(o, lines[why].gate), lines[why].text);
}

void nj_say_spilled(struct nj_outlet *o, size_t records)
{
    if (!may_speak(o, GATE_SPILLED, records))
        return;
    nj_diag(NJ_LEVEL_INFO, "NJ1608", "sink %.*s: %" PRIu64 " records more wait on disk, where %" PRIu64 " bytes are now",
            NJ_STR_ARG(nj_buf_str(&o->title)), take_unsaid(o, GATE_SPILLED), nj_spill_bytes(o->spill));
}

void nj_say_spill_failed(struct nj_outlet *o, int sys)
{
    if (sys == EAGAIN || !may_speak(o, GATE_SPILL_FAILED, 1)) /* EAGAIN: it was said why */
        return;
    nj_diag(NJ_LEVEL_WARN, "NJ1609", "sink %.*s: batches cannot go to disk (%s); those that memory has no room for are dropped",
            NJ_STR_ARG(nj_buf_str(&o->title)), strerror(sys)); /* strerror_r means two things, by the C library */
    take_unsaid(o, GATE_SPILL_FAILED);
}

void nj_say_spill_lost(struct nj_outlet *o, const struct nj_spill_loss *l)
{
    if (l->why == NJ_DROP_spill_full) {
        nj_say_dropped(o, l->records, l->why);
        return;
    }
    if (!may_speak(o, GATE_SPILL_DAMAGED, 1))
        return;
    nj_diag(NJ_LEVEL_WARN, "NJ1610", "sink %.*s: %" PRIu64 " of the files on disk were not sent; the last one was %s",
            NJ_STR_ARG(nj_buf_str(&o->title)), take_unsaid(o, GATE_SPILL_DAMAGED), l->words);
}

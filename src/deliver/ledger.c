/* Sums over the counters, the two balances, and the data object of a nightjar.ledger record. */
#include "nightjar/ledger.h"

enum group { GROUP_RECEIVED, GROUP_FILTERED, GROUP_LOST, GROUP_INFO };

static const struct counter_row {
    struct nj_str name;
    enum group group;
} counter_rows[NJ_COUNTERS] = {
#define NJ_COUNTER(name, group, unit, text) { NJ_STR_INIT(#name), GROUP_##group },
#include "nightjar/counters.def"
#undef NJ_COUNTER
};

const struct nj_str nj_drop_names[NJ_DROPS] = {
#define NJ_DROP(name, text) NJ_STR_INIT(#name),
#include "nightjar/drops.def"
#undef NJ_DROP
};

static uint64_t group_sum(const struct nj_ledger *l, enum group group)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < NJ_COUNTERS; i++)
        if (counter_rows[i].group == group)
            sum += l->c[i];
    return sum;
}

uint64_t nj_ledger_received(const struct nj_ledger *l)
{
    return group_sum(l, GROUP_RECEIVED);
}

uint64_t nj_ledger_filtered(const struct nj_ledger *l)
{
    return group_sum(l, GROUP_FILTERED);
}

uint64_t nj_ledger_lost(const struct nj_ledger *l)
{
    return group_sum(l, GROUP_LOST);
}

bool nj_ledger_balanced(const struct nj_ledger *l)
{
    return nj_ledger_received(l) == l->offered + nj_ledger_filtered(l) + nj_ledger_lost(l);
}

uint64_t nj_out_ledger_dropped(const struct nj_out_ledger *o)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < NJ_DROPS; i++)
        sum += o->dropped[i];
    return sum;
}

bool nj_out_ledger_balanced(const struct nj_out_ledger *o)
{
    return o->offered == o->delivered + nj_out_ledger_dropped(o) + o->unwanted + o->held + o->spilled &&
           o->recovered.records == o->recovered.delivered + o->recovered.dropped + o->recovered.held;
}

static void add_member(struct nj_buf *out, struct nj_str name, uint64_t value)
{
    nj_buf_add_json(out, name);
    nj_buf_addc(out, ':');
    nj_buf_add_u64(out, value);
}

/* {"queue_full":3}: reasons that never happened are left out. */
static void add_drops(struct nj_buf *out, const struct nj_out_ledger *o)
{
    bool first = true;
    nj_buf_addz(out, ",\"dropped\":{");
    for (size_t i = 0; i < NJ_DROPS; i++) {
        if (o->dropped[i] == 0)
            continue;
        if (!first)
            nj_buf_addc(out, ',');
        first = false;
        add_member(out, nj_drop_names[i], o->dropped[i]);
    }
    nj_buf_addc(out, '}');
}

struct row {
    struct nj_str name;
    uint64_t value;
};

static void add_rows(struct nj_buf *out, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            nj_buf_addc(out, ',');
        add_member(out, rows[i].name, rows[i].value);
    }
}

/* ,"spill":{...}: left out while there is nothing to tell. */
static void add_part(struct nj_buf *out, const char *name, const struct row *rows, size_t n)
{
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++)
        any |= rows[i].value;
    if (any == 0)
        return;
    nj_buf_addf(out, ",\"%s\":{", name);
    add_rows(out, rows, n);
    nj_buf_addc(out, '}');
}

static void add_out(struct nj_buf *out, const struct nj_out_ledger *o)
{
    const struct row rows[] = {
        { NJ_STR("offered"), o->offered },   { NJ_STR("delivered"), o->delivered },   { NJ_STR("unwanted"), o->unwanted },
        { NJ_STR("held"), o->held },         { NJ_STR("spilled"), o->spilled },       { NJ_STR("batches"), o->batches },
        { NJ_STR("attempts"), o->attempts }, { NJ_STR("retries"), o->retries },       { NJ_STR("splits"), o->splits },
        { NJ_STR("bytes"), o->bytes },       { NJ_STR("bytes_sent"), o->bytes_sent },
    };
    const struct row spill[] = {
        { NJ_STR("batches"), o->spill.batches },
        { NJ_STR("bytes"), o->spill.bytes },
        { NJ_STR("read"), o->spill.read },
        { NJ_STR("failures"), o->spill.failures },
    };
    const struct row recovered[] = {
        { NJ_STR("records"), o->recovered.records }, { NJ_STR("delivered"), o->recovered.delivered },
        { NJ_STR("dropped"), o->recovered.dropped }, { NJ_STR("held"), o->recovered.held },
        { NJ_STR("refused"), o->recovered.refused },
    };
    nj_buf_addc(out, '{');
    add_rows(out, rows, NJ_COUNT(rows));
    add_drops(out, o);
    add_part(out, "spill", spill, NJ_COUNT(spill));
    add_part(out, "recovered", recovered, NJ_COUNT(recovered));
    nj_buf_addc(out, '}');
}

void nj_ledger_json(const struct nj_ledger *l, const struct nj_named_out *outs, size_t n, struct nj_buf *out)
{
    bool balanced = nj_ledger_balanced(l);
    nj_buf_addc(out, '{');
    add_member(out, NJ_STR("received"), nj_ledger_received(l));
    nj_buf_addc(out, ',');
    add_member(out, NJ_STR("offered"), l->offered);
    nj_buf_addc(out, ',');
    add_member(out, NJ_STR("filtered"), nj_ledger_filtered(l));
    nj_buf_addc(out, ',');
    add_member(out, NJ_STR("lost"), nj_ledger_lost(l));
    nj_buf_addz(out, ",\"counters\":{");
    bool first = true;
    for (size_t i = 0; i < NJ_COUNTERS; i++) {
        if (l->c[i] == 0)
            continue;
        if (!first)
            nj_buf_addc(out, ',');
        first = false;
        add_member(out, counter_rows[i].name, l->c[i]);
    }
    nj_buf_addz(out, "},\"sinks\":{");
    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            nj_buf_addc(out, ',');
        nj_buf_add_json(out, outs[i].name);
        nj_buf_addc(out, ':');
        add_out(out, outs[i].out);
        balanced = balanced && nj_out_ledger_balanced(outs[i].out);
    }
    nj_buf_addz(out, balanced ? "},\"balanced\":true}" : "},\"balanced\":false}");
}

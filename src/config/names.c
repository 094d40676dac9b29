/* Variables nobody reads: named with their nearest neighbour, because a misspelt option is a silent one. */
#include "table.h"

static const struct nj_str prefix = NJ_STR_INIT("NIGHTJAR_");

struct nearest {
    struct nj_str wanted;
    struct config_name best;
    size_t distance;
    bool exact;
};

static void consider(struct nearest *n, struct nj_str known)
{
    if (nj_str_eq(known, n->wanted))
        n->exact = true;
    /* A name cut short means what it begins: NIGHTJAR_BATCH is nearer to NIGHTJAR_BATCH_AGE than to NIGHTJAR_CAPTURE. */
    bool begins = nj_str_starts_nocase(known, n->wanted) && n->wanted.n > prefix.n;
    size_t d = begins ? (known.n > n->wanted.n ? 1 : 0) : nj_str_distance(known, n->wanted, 64);
    if (d >= n->distance || known.n > sizeof(n->best.p))
        return;
    n->distance = d;
    memcpy(n->best.p, known.p, known.n);
    n->best.n = known.n;
}

static void consider_all(struct nearest *n, const struct nj_options *o)
{
    struct config_name variable;
    for (size_t i = 0; i < NJ_OPTION_ROWS; i++)
        consider(n, config_rows[i].variable);
    for (size_t i = 0; i < config_later_count; i++)
        consider(n, config_later[i].variable);
    if (o->sinks.n == 0)
        return;
    for (size_t i = 0; i < o->sink_count; i++)
        for (int part = 0; part < CONFIG_PARTS; part++) {
            config_sink_variable(o->sink_list[i].name, (enum config_part)part, &variable);
            consider(n, config_name_str(&variable));
        }
}

/* A sink that NIGHTJAR_SINKS names but which was left out still owns its variables. */
static bool belongs_to_named_sink(const struct nj_options *o, struct nj_str name)
{
    struct nj_str rest = o->sinks, sink;
    struct config_name variable;
    while (rest.n != 0 && nj_str_cut(&rest, ',', &sink)) {
        sink = nj_str_trim(sink);
        for (int part = 0; sink.n != 0 && sink.n <= CONFIG_SINK_NAME_MAX && part < CONFIG_PARTS; part++) {
            config_sink_variable(sink, (enum config_part)part, &variable);
            if (nj_str_eq(config_name_str(&variable), name))
                return true;
        }
    }
    return false;
}

static const struct config_later *later_of(struct nj_str name)
{
    for (size_t i = 0; i < config_later_count; i++)
        if (nj_str_eq(config_later[i].variable, name))
            return &config_later[i];
    return NULL;
}

static void report_unknown(struct config_reading *r, struct nj_str name)
{
    enum { CLOSE = 2 };
    char shown[80];
    struct nearest n = { .wanted = name, .distance = NJ_NPOS };
    consider_all(&n, r->o);
    if (n.exact || belongs_to_named_sink(r->o, name))
        return;
    config_excerpt(shown, sizeof(shown), name, CONFIG_PUBLIC);
    if (n.distance > CLOSE && nj_str_starts(name, NJ_STR("NIGHTJAR_SINK_")))
        nj_problem_add(r->problems, true, "%s belongs to no sink that NIGHTJAR_SINKS names; it has no effect (nearest option: %.*s).",
                       shown, NJ_STR_ARG(config_name_str(&n.best)));
    else
        nj_problem_add(r->problems, true, "%s is not an option and has no effect; %s %.*s%c", shown,
                       n.distance <= CLOSE ? "did you mean" : "the nearest one is", NJ_STR_ARG(config_name_str(&n.best)),
                       n.distance <= CLOSE ? '?' : '.');
}

static bool seen_before(const char *const *environ_, size_t at, struct nj_str name)
{
    for (size_t i = 0; i < at; i++) {
        struct nj_str entry = nj_str_of(environ_[i]);
        if (entry.n > name.n && entry.p[name.n] == '=' && nj_str_starts(entry, name))
            return true;
    }
    return false;
}

void config_report_names(struct config_reading *r)
{
    enum { MOST = 1000 }; /* each is compared with all before it */
    size_t names = 0;
    for (size_t i = 0; r->environ_[i] != NULL && names < MOST; i++) {
        struct nj_str entry = nj_str_of(r->environ_[i]);
        size_t eq = nj_str_chr(entry, '=', 0);
        if (eq == NJ_NPOS || !nj_str_starts_nocase(entry, prefix))
            continue;
        names++;
        struct nj_str name = nj_str_slice(entry, 0, eq);
        const struct config_later *later = later_of(name);
        if (seen_before(r->environ_, i, name)) {
            char shown[80];
            config_excerpt(shown, sizeof(shown), name, CONFIG_PUBLIC);
            nj_problem_add(r->problems, true, "%s is set more than once; the first value counts.", shown);
        } else if (later != NULL) {
            nj_problem_add(r->problems, true, "%.*s is not supported by this version and has no effect (%s).", NJ_STR_ARG(name),
                           later->text);
        } else {
            report_unknown(r, name);
        }
    }
}

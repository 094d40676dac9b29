/* NIGHTJAR_SINKS: several sinks by name, each with variables of its own. */
#include "table.h"

const struct config_sink_part config_sink_parts[CONFIG_PARTS] = {
    [CONFIG_PART_URL] = { NJ_STR_INIT(""), CONFIG_URL, "Where this sink's records go; like NIGHTJAR_SINK." },
    [CONFIG_PART_TOKEN] = { NJ_STR_INIT("_TOKEN"), CONFIG_SECRET, "Its credential; like NIGHTJAR_SINK_TOKEN." },
    [CONFIG_PART_HEADERS] = { NJ_STR_INIT("_HEADERS"), CONFIG_SECRET, "Its extra headers; like NIGHTJAR_SINK_HEADERS." },
    [CONFIG_PART_ONLY] = { NJ_STR_INIT("_ONLY"), CONFIG_PUBLIC, "Categories this sink wants, such as `error,ledger`; by default all." },
};

static char upper(char c)
{
    if (c == '-')
        return '_';
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

struct nj_str config_name_str(const struct config_name *n)
{
    return (struct nj_str){ n->p, n->n };
}

static void name_add(struct config_name *n, struct nj_str s)
{
    for (size_t i = 0; i < s.n && n->n < sizeof(n->p); i++)
        n->p[n->n++] = upper(s.p[i]);
}

void config_sink_variable(struct nj_str sink, enum config_part part, struct config_name *out)
{
    out->n = 0;
    name_add(out, NJ_STR("NIGHTJAR_SINK_"));
    name_add(out, sink);
    name_add(out, config_sink_parts[part].ending);
}
_Static_assert(sizeof("NIGHTJAR_SINK_") + CONFIG_SINK_NAME_MAX + sizeof("_HEADERS") <= CONFIG_NAME_MAX, "every sink variable fits");

/* Names become parts of variable names.  One that is or ends in a part's ending could not be told from it. */
static bool name_is_usable(struct nj_str name)
{
    if (name.n == 0 || name.n > CONFIG_SINK_NAME_MAX)
        return false;
    struct config_name up = { .n = 0 };
    name_add(&up, NJ_STR("_"));
    name_add(&up, name);
    for (size_t i = 1; i < up.n; i++) {
        char c = up.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'))
            return false;
    }
    for (int part = CONFIG_PART_TOKEN; part < CONFIG_PARTS; part++)
        if (nj_str_ends(config_name_str(&up), config_sink_parts[part].ending))
            return false;
    return true;
}

static bool same_variable(struct nj_str a, struct nj_str b)
{
    struct config_name x, y;
    config_sink_variable(a, CONFIG_PART_URL, &x);
    config_sink_variable(b, CONFIG_PART_URL, &y);
    return nj_str_eq(config_name_str(&x), config_name_str(&y));
}

static bool is_listed(const struct nj_options *o, struct nj_str name)
{
    for (size_t i = 0; i < o->sink_count; i++)
        if (same_variable(o->sink_list[i].name, name))
            return true;
    return false;
}

static void read_one(struct config_reading *r, struct nj_str name)
{
    static const char *const instead[CONFIG_PARTS] = { "the sink is left out", "none is sent", "none are sent", "the sink gets all" };
    struct nj_str got[CONFIG_PARTS];
    struct config_name variable;
    for (int part = 0; part < CONFIG_PARTS; part++) {
        bool refused = false;
        config_sink_variable(name, (enum config_part)part, &variable);
        got[part] = config_value(r, config_name_str(&variable), instead[part], &refused);
        if (part == CONFIG_PART_URL && got[part].n == 0) {
            if (!refused)
                nj_problem_add(r->problems, true, "NIGHTJAR_SINKS names %.*s, but %.*s is not set; the sink is left out.", NJ_STR_ARG(name),
                               NJ_STR_ARG(config_name_str(&variable)));
            return;
        }
    }
    r->o->sink_list[r->o->sink_count++] = (struct nj_sink_options){
        .name = name,
        .url = got[CONFIG_PART_URL],
        .token = got[CONFIG_PART_TOKEN],
        .headers = got[CONFIG_PART_HEADERS],
        .only = got[CONFIG_PART_ONLY],
    };
}

void config_read_named_sinks(struct config_reading *r)
{
    struct nj_str rest = r->o->sinks, name;
    size_t over = 0;
    while (rest.n != 0 && nj_str_cut(&rest, ',', &name)) {
        char excerpt[80];
        name = nj_str_trim(name);
        config_excerpt(excerpt, sizeof(excerpt), name, CONFIG_PUBLIC);
        if (name.n == 0)
            continue;
        if (!name_is_usable(name))
            nj_problem_add(
                r->problems, true,
                "NIGHTJAR_SINKS: \"%s\" cannot be a sink's name (letters, digits, - and _, up to %d, not ending in token, headers "
                "or only); it is left out.",
                excerpt, CONFIG_SINK_NAME_MAX);
        else if (is_listed(r->o, name))
            nj_problem_add(r->problems, true, "NIGHTJAR_SINKS names %s twice; the first one counts.", excerpt);
        else if (r->o->sink_count == NJ_SINKS_MAX)
            over++;
        else
            read_one(r, name);
    }
    if (over != 0)
        nj_problem_add(r->problems, true, "NIGHTJAR_SINKS names %zu sinks more than the %d this version takes; they are left out.", over,
                       NJ_SINKS_MAX);
}

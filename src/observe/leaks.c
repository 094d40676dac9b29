/* redaction.leak_new: a rule of the redactor fired for the first time on a route or a line of code, so that the source gets fixed.
 *
 * Only what the function logs counts: that inputs hold passwords is what inputs are for. */
#include "finding.h"

#include "nightjar/hash.h"

enum { SEEN = 512, MOST = SEEN * 3 / 4, LOCATION_MAX = 128 };

struct leaks {
    uint32_t seen[SEEN]; /* 0 = free; when it is nearly full nothing more is new */
    unsigned n;
};

/* Where loggers say which line of code spoke: Powertools, zap, Python, log4j, ... */
static struct nj_str location_of(const struct nj_line *l)
{
    static const struct nj_str names[] = { NJ_STR_INIT("location"), NJ_STR_INIT("caller"), NJ_STR_INIT("file"), NJ_STR_INIT("logger"),
                                           NJ_STR_INIT("loggerName") };
    struct nj_json v, data;
    bool escaped = true;
    if (l->clean_data.n == 0 || nj_json_parse(l->clean_data, &data) != NJ_OK)
        return (struct nj_str){ NULL, 0 };
    for (size_t i = 0; i < NJ_COUNT(names); i++) {
        v = nj_json_get(data, names[i]);
        if (v.type != NJ_JSON_STRING)
            continue;
        struct nj_str inner = nj_json_inner(v, &escaped);
        if (!escaped && inner.n <= LOCATION_MAX)
            return inner;
    }
    return (struct nj_str){ NULL, 0 };
}

static bool is_new(struct leaks *s, struct nj_str rule, struct nj_str route, struct nj_str location)
{
    uint32_t key = (uint32_t)nj_hash64(rule, nj_hash64(route, nj_hash64(location, 1)) | 1) | 1;
    size_t at = key % SEEN;
    for (; s->seen[at] != 0; at = (at + 1) % SEEN)
        if (s->seen[at] == key)
            return false;
    if (s->n == MOST)
        return false;
    s->seen[at] = key;
    s->n++;
    return true;
}

static void tell(struct nj_observe *o, struct nj_case *c, struct nj_str rule, struct nj_str location)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_LEAK_NEW, NJ_SEV_WARN);
    f.r->lane = NJ_LANE_BULK;
    f.r->outcome = NJ_OUTCOME_NONE;
    nj_finding_message(&f, "redaction took something out of the function's log for the first time here: %.*s", NJ_STR_ARG(rule));
    nj_finding_str(&f, "nightjar.rule", rule);
    nj_finding_str(&f, "nightjar.location", location);
    if (c != NULL)
        nj_finding_str(&f, "http.route", c->request.route);
    nj_finding_say(&f, c);
}

static void on_line(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_line *l)
{
    struct leaks *s = state;
    struct nj_json counts, v;
    struct nj_json_iter it;
    struct nj_str rule;
    if (l->facts->kind != NJ_EV_FUNCTION || l->clean_counts.n == 0 || nj_json_parse(l->clean_counts, &counts) != NJ_OK)
        return;
    struct nj_str location = location_of(l), route = c != NULL ? c->request.route : (struct nj_str){ NULL, 0 };
    nj_json_iter_init(&it, counts);
    while (nj_json_next(&it, &rule, &v)) {
        bool own = nj_str_eq(rule, NJ_STR("escape_sequence")) || nj_str_eq(rule, NJ_STR("withheld"));
        if (!own && is_new(s, rule, route, location))
            tell(o, c, rule, location);
    }
}

const struct nj_observer nj_leaks_observer = {
    .name = "leaks", .category = NJ_CAT_ALERT, .state = sizeof(struct leaks), .on_line = on_line
};

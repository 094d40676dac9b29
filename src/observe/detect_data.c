/* sensitive_read: a response with far more protected values than its route ever returns.  What redaction found is counted, never kept. */
#include "detectors.h"
#include "slot.h"

enum { ROUTES = 32, BUCKETS = 24, HALVE_AT = 50000, CLASSES_ROOM = 1024 };

/* How many protected values the responses of a route hold: bucket 0 is none, bucket i up to 2^i - 1. */
struct amounts {
    struct nj_slot slot; /* of the route */
    uint32_t responses;
    uint16_t n[BUCKETS];
};

struct data {
    struct amounts routes[ROUTES];
};

static unsigned bucket_of(int64_t n)
{
    unsigned b = 0;
    for (; n > 0 && b < BUCKETS - 1; n >>= 1)
        b++;
    return b;
}

/* The most that 99 in 100 responses hold. */
static int64_t usual(const struct amounts *a)
{
    uint64_t sum = 0, seen = 0;
    for (size_t i = 0; i < BUCKETS; i++)
        sum += a->n[i];
    for (unsigned i = 0; i < BUCKETS; i++) {
        seen += a->n[i];
        if (seen * 100 >= sum * 99)
            return ((int64_t)1 << i) - 1;
    }
    return INT64_MAX;
}

static void learn(struct amounts *a, int64_t n)
{
    uint16_t *at = &a->n[bucket_of(n)];
    if (a->responses < UINT32_MAX)
        a->responses++;
    if (++*at < HALVE_AT)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        a->n[i] /= 2;
}

/* Everything that redaction counts is a value it protects, but for what it cleaned for other reasons. */
static int64_t protected_values(struct nj_str counts)
{
    struct nj_json v, n;
    struct nj_json_iter it;
    struct nj_str key;
    int64_t sum = 0, one = 0;
    if (counts.n == 0 || nj_json_parse(counts, &v) != NJ_OK)
        return 0;
    nj_json_iter_init(&it, v);
    while (nj_json_next(&it, &key, &n))
        if (!nj_str_eq(key, NJ_STR("escape_sequence")) && !nj_str_eq(key, NJ_STR("withheld")) && nj_json_i64(n, &one))
            sum += one;
    return sum;
}

static void on_clean(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_clean *clean)
{
    char name[NJ_CASE_NAME];
    const struct nj_limits *l = nj_observe_limits(o);
    if (clean->category != NJ_CAT_RESPONSE)
        return;
    struct data *d = state;
    struct amounts *a = nj_slot_of(d->routes, ROUTES, sizeof(*a), nj_case_route_tag(c));
    a->slot.last_s = nj_observe_now_s(o);
    int64_t n = protected_values(clean->counts), most = usual(a);
    bool judged = a->responses >= (uint32_t)l->sensitive_learn;
    if (!judged || n < l->sensitive_floor || (double)n <= l->sensitive_factor * (double)(most > 0 ? most : 1)) {
        learn(a, n);
        return;
    }
    struct nj_finding f = nj_finding_open(o, NJ_FIND_SENSITIVE_READ, NJ_SEV_FATAL);
    f.r->outcome = NJ_OUTCOME_SUCCESS; /* of the reader */
    nj_finding_message(&f, "a response of %s with %lld protected values, where it returns up to %lld", nj_case_name(c, name), (long long)n,
                       (long long)most);
    nj_finding_bool(&f, "nightjar.security", true);
    nj_finding_i64(&f, "nightjar.count", n);
    nj_finding_i64(&f, "nightjar.usual", most);
    nj_finding_i64(&f, "nightjar.responses", (int64_t)a->responses);
    if (clean->counts.n <= CLASSES_ROOM) {
        size_t from = nj_finding_json_begin(&f);
        nj_buf_add(f.b, clean->counts);
        nj_finding_json_end(&f, "nightjar.classes", from);
    }
    nj_finding_whos(&f, "nightjar.pseudonyms", &c->actor.tag, c->actor.tag != 0);
    nj_finding_say(&f, c);
}

const struct nj_observer nj_data_detector = {
    .name = "data",
    .category = NJ_CAT_AUTHORIZATION,
    .state = sizeof(struct data),
    .on_clean = on_clean,
};

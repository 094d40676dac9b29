/* Says who was let in and who was not; and, for user pools, whose attempt had no good end. */
#include "finding.h"
#include "judge.h"
#include "logins.h"

enum {
    ALLOWED_SAMPLE = 10, /* an authorizer allows every call: one in ten is told */
    PENDING = 64,
    REMEMBERED = 1000 /* successes after which older ones count half */
};

/* An attempt at a user pool: a wrong password inside the pool leaves no other trace than a missing PostAuthentication. */
struct pending {
    uint64_t tag; /* of the account; 0 = free */
    int64_t at_ns;
    uint32_t pool; /* of state.pool, if it still is that one's */
    bool unknown_user;
};

struct state {
    uint64_t allowed;
    uint32_t matched, orphans; /* PostAuthentication with and without its PreAuthentication */
    struct pending pending[PENDING];
    char pool[NJ_PSEUDONYM_MAX]; /* the last one */
    size_t pool_n;
};

static const char *kind_of(const struct nj_case *c)
{
    if (!c->input_seen) /* nobody knows what was asked for */
        return NULL;
    switch (c->request.ask) {
    case NJ_ASK_LOGIN:
        return "login";
    case NJ_ASK_MFA:
        return "mfa";
    case NJ_ASK_REFRESH:
    case NJ_ASK_TOKEN:
        return "token_grant";
    case NJ_ASK_TRIGGER:
        return "user_pool";
    default:
        return "token";
    }
}

/* --- user pools --------------------------------------------------------------------------------------------------- */

/* A missing partner means something only where partners come to this sandbox: with many sandboxes they go anywhere, and then some come
 * here whose attempt was seen elsewhere. */
static bool sees_pairs(const struct state *st)
{
    enum { FEW = 10 };
    return st->matched != 0 && st->orphans * FEW <= st->matched;
}

/* When its PostAuthentication should have come. */
static int64_t due_ns(struct nj_observe *o, const struct pending *p)
{
    return p->at_ns + nj_observe_limits(o)->pool_partner * 1000000;
}

static uint32_t pool_tag(struct nj_str pool)
{
    return (uint32_t)nj_tag_of(nj_str_slice(pool, 0, NJ_PSEUDONYM_MAX));
}

static void say_missing(struct nj_observe *o, struct state *st, struct pending *p)
{
    struct nj_str pool = { st->pool, st->pool_n };
    bool waited = nj_observe_now(o) >= due_ns(o, p);
    struct nj_finding f = nj_finding_open(o, NJ_FIND_NO_PARTNER, NJ_SEV_WARN);
    f.r->when_ns = p->at_ns / 1000 * 1000;
    if (waited)
        nj_finding_message(&f, "an attempt at the user pool was not followed by a successful authentication within %lld s",
                           (long long)(nj_observe_limits(o)->pool_partner / 1000));
    else
        nj_finding_message(&f, "an attempt at the user pool was not followed by a successful authentication before others came");
    nj_finding_about(&f, p->tag);
    nj_finding_bool(&f, "nightjar.security", true);
    if (p->pool == pool_tag(pool))
        nj_finding_str(&f, "nightjar.object", pool);
    nj_finding_str(&f, "nightjar.auth.kind", NJ_STR("user_pool"));
    nj_finding_str(&f, "nightjar.reason", p->unknown_user ? NJ_STR("unknown_user") : NJ_STR("unknown"));
    nj_finding_str(&f, "nightjar.auth.source", NJ_STR("trigger"));
    nj_finding_str(&f, "nightjar.confidence", NJ_STR("low"));
    nj_finding_say(&f, NULL);
    struct nj_login login = { .account = p->tag, .unknown_user = p->unknown_user };
    p->tag = 0;
    nj_observe_login(o, &login);
}

static void remember(struct nj_observe *o, struct state *st, const struct nj_case *c)
{
    struct pending *best = &st->pending[0];
    for (size_t i = 0; i < PENDING && best->tag != 0; i++)
        if (st->pending[i].tag == 0 || st->pending[i].at_ns < best->at_ns)
            best = &st->pending[i];
    if (best->tag != 0 && sees_pairs(st)) /* so many without a good end are no people who are slow */
        say_missing(o, st, best);
    struct nj_str pool = nj_str_slice(c->request.object, 0, NJ_PSEUDONYM_MAX);
    st->pool_n = pool.n;
    if (pool.n != 0)
        memcpy(st->pool, pool.p, pool.n);
    *best = (struct pending){ .tag = c->actor.tag,
                              .at_ns = c->end_ns != 0 ? c->end_ns : nj_observe_now(o),
                              .pool = pool_tag(pool),
                              .unknown_user = c->actor.unknown_user };
    if (sees_pairs(st))
        nj_observe_wake(o, due_ns(o, best));
}

/* A success belongs to the newest attempt of its account; those before it had none. */
static void settle(struct nj_observe *o, struct state *st, uint64_t tag, bool post)
{
    struct pending *newest = NULL;
    for (size_t i = 0; i < PENDING; i++)
        if (st->pending[i].tag == tag && (newest == NULL || st->pending[i].at_ns >= newest->at_ns))
            newest = &st->pending[i];
    if (newest != NULL)
        newest->tag = 0;
    st->matched += post && newest != NULL;
    st->orphans += post && newest == NULL;
    if (st->matched + st->orphans >= REMEMBERED) {
        st->matched /= 2;
        st->orphans /= 2;
    }
    for (size_t i = 0; i < PENDING && sees_pairs(st); i++) {
        if (st->pending[i].tag == tag)
            say_missing(o, st, &st->pending[i]);
        else if (st->pending[i].tag != 0)
            nj_observe_wake(o, due_ns(o, &st->pending[i]));
    }
}

static void watch_pool(struct nj_observe *o, struct state *st, const struct nj_case *c)
{
    if (c->request.ask != NJ_ASK_TRIGGER || c->actor.tag == 0)
        return;
    if (nj_str_starts(c->request.operation, NJ_STR("PreAuthentication_")) && c->authn.source == NJ_AUTH_NOBODY)
        remember(o, st, c);
    else if (c->authn.source != NJ_AUTH_NOBODY) /* whatever its end was, it is known */
        settle(o, st, c->actor.tag, nj_str_starts(c->request.operation, NJ_STR("PostAuthentication_")));
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct state *st = state;
    int64_t now_ns = nj_observe_now(o), next_ns = INT64_MAX;
    for (size_t i = 0; i < PENDING && sees_pairs(st); i++) {
        struct pending *p = &st->pending[i];
        if (p->tag != 0 && now_ns >= due_ns(o, p))
            say_missing(o, st, p);
        if (p->tag != 0 && due_ns(o, p) < next_ns)
            next_ns = due_ns(o, p);
    }
    return next_ns;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    (void)reason;
    (void)on_tick(o, state);
}

/* --- outcomes ----------------------------------------------------------------------------------------------------- */

/* An authorizer's yes to an ordinary call: many, and all alike. */
static bool is_left_out(struct state *st, const struct nj_case *c)
{
    if (c->request.ask != NJ_ASK_DECISION || c->authn.outcome != NJ_OUTCOME_SUCCESS || c->authn.said)
        return false;
    return st->allowed++ % ALLOWED_SAMPLE != 0;
}

static void say(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct state *st = state;
    bool good = c->authn.outcome == NJ_OUTCOME_SUCCESS;
    bool allowed = c->request.ask == NJ_ASK_DECISION && good;
    if (is_left_out(st, c))
        c->authn.said = true;
    nj_word_say_outcome(o, c, &c->authn, good ? NJ_WORD_LOGIN_SUCCESS : NJ_WORD_LOGIN_FAIL, kind_of(c), allowed ? ALLOWED_SAMPLE : 1);
    nj_word_say_events(o, c, NJ_CAT_AUTHENTICATION);
}

static void on_done(struct nj_observe *o, void *state, struct nj_case *c)
{
    watch_pool(o, state, c);
    say(o, state, c);
}

/* on_end: what was only found after the end, in late lines. */
const struct nj_observer nj_authentication_observer = { .name = "authentication",
                                                        .category = NJ_CAT_AUTHENTICATION,
                                                        .state = sizeof(struct state),
                                                        .on_done = on_done,
                                                        .on_end = say,
                                                        .on_tick = on_tick,
                                                        .on_shutdown = on_shutdown };

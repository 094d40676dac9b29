/* Says who was let in and who was not; and, for user pools, whose attempt had no good end. */
#include "judge.h"

enum {
    ALLOWED_SAMPLE = 10, /* an authorizer allows every call: one in ten is told */
    PENDING = 16
};
static const int64_t partner_ns = 60000000000; /* how long after PreAuthentication its PostAuthentication may come */

/* An attempt at a user pool: a wrong password inside the pool leaves no other trace than a missing PostAuthentication. */
struct pending {
    uint64_t tag; /* 0 = free */
    int64_t at_ns;
    char pseudonym[NJ_PSEUDONYM_MAX], pool[NJ_PSEUDONYM_MAX];
    size_t pseudonym_n, pool_n;
    bool unknown_user;
};

struct state {
    uint64_t allowed;
    bool serves_both; /* a PostAuthentication was seen here, so a missing one means something */
    struct pending pending[PENDING];
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

static size_t keep(char *to, struct nj_str s)
{
    size_t n = s.n < NJ_PSEUDONYM_MAX ? s.n : NJ_PSEUDONYM_MAX;
    if (n != 0)
        memcpy(to, s.p, n);
    return n;
}

static void remember(struct nj_observe *o, struct state *st, const struct nj_case *c)
{
    struct pending *best = &st->pending[0];
    for (size_t i = 0; i < PENDING; i++) {
        struct pending *p = &st->pending[i];
        if (p->tag == 0 || p->at_ns < best->at_ns)
            best = p;
        if (p->tag == 0)
            break;
    }
    *best = (struct pending){ .tag = c->actor.tag, .at_ns = nj_observe_now(o), .unknown_user = c->actor.unknown_user };
    best->pseudonym_n = keep(best->pseudonym, c->actor.pseudonym);
    best->pool_n = keep(best->pool, c->request.object);
    if (st->serves_both)
        nj_observe_wake(o, best->at_ns + partner_ns);
}

static void settle(struct nj_observe *o, struct state *st, uint64_t tag)
{
    for (size_t i = 0; i < PENDING; i++) {
        if (st->pending[i].tag == tag)
            st->pending[i].tag = 0;
        else if (st->pending[i].tag != 0 && !st->serves_both)
            nj_observe_wake(o, st->pending[i].at_ns + partner_ns);
    }
    st->serves_both = true;
}

static void watch_pool(struct nj_observe *o, struct state *st, const struct nj_case *c)
{
    if (c->request.ask != NJ_ASK_TRIGGER || c->actor.tag == 0)
        return;
    if (nj_str_starts(c->request.operation, NJ_STR("PreAuthentication_")) && c->authn.source == NJ_AUTH_NOBODY)
        remember(o, st, c);
    else if (c->authn.source != NJ_AUTH_NOBODY) /* whatever its end was, it is known */
        settle(o, st, c->actor.tag);
}

static void say_missing(struct nj_observe *o, struct pending *p)
{
    struct nj_record *r = nj_word_record(o, NULL, NJ_WORD_LOGIN_FAIL);
    struct nj_attrs *l = &r->data;
    r->when_ns = p->at_ns / 1000 * 1000;
    r->message = NJ_STR("an attempt at the user pool was not followed by a successful authentication within 60 s");
    nj_attrs_str(&r->who, NJ_STR("enduser.pseudo.id"), (struct nj_str){ p->pseudonym, p->pseudonym_n });
    nj_attrs_str(&r->who, NJ_STR("nightjar.who.kind"), NJ_STR("user"));
    nj_attrs_bool(&r->who, NJ_STR("nightjar.who.claimed"), true);
    nj_attrs_str(l, NJ_STR("nightjar.object"), (struct nj_str){ p->pool, p->pool_n });
    nj_attrs_str(l, NJ_STR("nightjar.auth.kind"), NJ_STR("user_pool"));
    nj_attrs_str(l, NJ_STR("nightjar.reason"), p->unknown_user ? NJ_STR("unknown_user") : NJ_STR("unknown"));
    nj_attrs_str(l, NJ_STR("nightjar.auth.source"), NJ_STR("trigger"));
    nj_attrs_str(l, NJ_STR("nightjar.confidence"), NJ_STR("low"));
    nj_observe_say(o, NULL, r);
}

static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct state *st = state;
    int64_t now_ns = nj_observe_now(o), next_ns = INT64_MAX;
    for (size_t i = 0; i < PENDING && st->serves_both; i++) {
        struct pending *p = &st->pending[i];
        if (p->tag == 0)
            continue;
        if (now_ns - p->at_ns >= partner_ns) {
            say_missing(o, p);
            p->tag = 0;
        } else if (p->at_ns + partner_ns < next_ns) {
            next_ns = p->at_ns + partner_ns;
        }
    }
    return next_ns;
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
    if (is_left_out(st, c))
        c->authn.said = true;
    nj_word_say_outcome(o, c, &c->authn, good ? NJ_WORD_LOGIN_SUCCESS : NJ_WORD_LOGIN_FAIL, kind_of(c));
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
                                                        .on_tick = on_tick };

/* Counts logins and finds attacks among them. */
#include "logins.h"

enum { PAIR_LIFE_S = 3600, ORDINARY_PAIRS = NJ_LOGIN_PAIRS / 4, CEILING_AGAIN = 2, SEEN = 1024 };

void nj_logins_init(struct nj_logins *l)
{
    memset(l, 0, sizeof(*l));
    nj_topk_init(&l->accounts, l->account_slots, l->account_index, NJ_LOGIN_SLOTS);
    nj_topk_init(&l->addresses, l->address_slots, l->address_index, NJ_LOGIN_SLOTS);
}

static uint32_t secs(int64_t ms)
{
    return (uint32_t)(ms / 1000);
}

static void count(uint16_t *n)
{
    if (*n < UINT16_MAX)
        ++*n;
}

/* Within so many milliseconds before now; nothing is before the beginning. */
static bool within(uint32_t then_s, uint32_t now_s, int64_t window_ms)
{
    return then_s != 0 && (now_s < then_s || now_s - then_s <= secs(window_ms));
}

/* --- pairs ---------------------------------------------------------------------------------------------------------- */

static struct nj_login_pair *pair_place(struct nj_logins *l, const struct nj_login *a)
{
    struct nj_login_pair *oldest = NULL, *ordinary = NULL;
    uint32_t ordinaries = 0;
    for (uint32_t i = 0; i < l->pairs; i++) {
        struct nj_login_pair *p = &l->pair[i];
        if (p->account == a->account && p->address == a->address)
            return p;
        if (oldest == NULL || p->last_s < oldest->last_s)
            oldest = p;
        if (p->failed != 0)
            continue;
        ordinaries++;
        if (ordinary == NULL || p->last_s < ordinary->last_s)
            ordinary = p;
    }
    struct nj_login_pair *p = l->pairs < NJ_LOGIN_PAIRS ? &l->pair[l->pairs++] : ordinaries > ORDINARY_PAIRS ? ordinary : oldest;
    *p = (struct nj_login_pair){ .account = a->account, .address = a->address };
    return p;
}

static void note_pair(struct nj_logins *l, const struct nj_login *a, uint32_t now_s)
{
    struct nj_login_pair *p = pair_place(l, a);
    if (!within(p->last_s, now_s, PAIR_LIFE_S * 1000))
        p->failed = p->passed = 0;
    p->last_s = now_s;
    if (a->success) {
        count(&p->passed);
        return;
    }
    count(&p->failed);
    p->fail_s = now_s;
    p->agent = (uint32_t)a->agent;
    p->secret = (uint32_t)a->secret;
    p->unknown_user = a->unknown_user;
}

/* What the pairs that match tell together. */
struct sum {
    uint64_t distinct[NJ_LOGIN_PAIRS]; /* accounts, or addresses */
    uint16_t seen[SEEN];               /* by tag: where in distinct, + 1 */
    size_t n;
    uint32_t failed, passed, unknown; /* unknown: accounts that do not exist */
};

struct question {
    uint64_t account, address, agent, secret; /* 0 = any */
    bool addresses;                           /* count addresses, not accounts */
    int64_t window_ms;
    uint32_t most; /* attempts of one pair; 0 = any number */
};

static bool matches(const struct nj_login_pair *p, const struct question *q)
{
    return (q->account == 0 || p->account == q->account) && (q->address == 0 || p->address == q->address) &&
           (q->agent == 0 || p->agent == (uint32_t)q->agent) && (q->secret == 0 || p->secret == (uint32_t)q->secret);
}

/* Was it not there before? */
static bool note_distinct(struct sum *s, uint64_t tag)
{
    size_t at = (size_t)(tag ^ tag >> 32) % SEEN; /* tags are hashes */
    for (; s->seen[at] != 0; at = (at + 1) % SEEN)
        if (s->distinct[s->seen[at] - 1] == tag)
            return false;
    s->distinct[s->n++] = tag;
    s->seen[at] = (uint16_t)s->n;
    return true;
}

static void sum_up(const struct nj_logins *l, const struct question *q, uint32_t now_s, struct sum *s)
{
    s->n = 0;
    s->failed = s->passed = s->unknown = 0;
    memset(s->seen, 0, sizeof(s->seen));
    for (uint32_t i = 0; i < l->pairs; i++) {
        const struct nj_login_pair *p = &l->pair[i];
        uint64_t tag = q->addresses ? p->address : p->account;
        if (!matches(p, q) || !within(p->last_s, now_s, q->window_ms))
            continue;
        s->passed += p->passed;
        if (p->failed == 0 || !within(p->fail_s, now_s, q->window_ms) || tag == 0)
            continue;
        if (q->most != 0 && p->failed > q->most)
            continue;
        s->failed += p->failed;
        s->unknown += note_distinct(s, tag) && p->unknown_user;
    }
}

static double share_of(const struct sum *s)
{
    return s->failed != 0 ? (double)s->failed / (double)(s->failed + s->passed) : 0;
}

/* --- alarms --------------------------------------------------------------------------------------------------------- */

struct alarms {
    struct nj_login_alarm *a;
    size_t n;
};

/* One attempt raises at most seven: there is one place to each kind. */
static struct nj_login_alarm *alarm_of(struct alarms *out, enum nj_login_alarm_kind kind, uint64_t subject, uint32_t n, int64_t window_ms)
{
    struct nj_login_alarm *a = &out->a[out->n < NJ_LOGIN_ALARMS ? out->n++ : NJ_LOGIN_ALARMS - 1];
    *a = (struct nj_login_alarm){ .kind = kind, .subject = subject, .count = n, .window_s = secs(window_ms) };
    return a;
}

static void put_whos(struct nj_login_alarm *a, const struct sum *s)
{
    a->whos_n = s->n < NJ_LOGIN_WHOS ? s->n : NJ_LOGIN_WHOS;
    memcpy(a->whos, s->distinct, a->whos_n * sizeof(a->whos[0]));
}

/* Many of one account: fast or slow guessing, from one address or from many. */
static void judge_account(struct nj_logins *l, const struct nj_limits *m, const struct nj_login *a, uint32_t now_s, struct sum *s,
                          struct alarms *out)
{
    bool fresh = false;
    struct nj_topk_slot *slot = nj_topk_add(&l->accounts, a->account, 1, now_s, &fresh);
    struct nj_login_account *c = &l->account[nj_topk_at(&l->accounts, slot)];
    if (fresh)
        *c = (struct nj_login_account){ .unbroken = 0 };
    if (a->address != 0)
        nj_hll_add(slot->distinct, NJ_HLL_SMALL, a->address);
    nj_window_add(&c->fast, secs(m->guess_window), now_s, 1);
    nj_window_add(&c->slow, secs(m->guess_long_window), now_s, 1);
    count(&c->unbroken);
    uint32_t fast = nj_window_sum(&c->fast, secs(m->guess_window), now_s);
    uint32_t slow = nj_window_sum(&c->slow, secs(m->guess_long_window), now_s);
    bool ceiling = c->unbroken >= m->guess_ceiling && c->unbroken >= CEILING_AGAIN * c->ceiling;
    bool guessed = (fast >= m->guess_failures || slow >= m->guess_long_failures) && !within(c->guess_s, now_s, m->guess_long_window);
    if (ceiling || guessed) {
        struct nj_login_alarm *x =
            alarm_of(out, NJ_ALARM_GUESS_ACCOUNT, a->account, ceiling ? c->unbroken : fast, ceiling ? 0 : m->guess_window);
        if (!ceiling && fast < m->guess_failures) {
            x->count = slow;
            x->window_s = secs(m->guess_long_window);
        }
        x->critical = ceiling;
        x->addresses = nj_hll_estimate(slot->distinct, NJ_HLL_SMALL);
        x->error = slot->error;
        c->guess_s = now_s;
        if (ceiling)
            c->ceiling = c->unbroken;
    }
    if (within(c->spread_s, now_s, m->distributed_window))
        return;
    sum_up(l, &(struct question){ .account = a->account, .addresses = true, .window_ms = m->distributed_window }, now_s, s);
    if (s->n < (size_t)m->distributed_addresses)
        return;
    c->spread_s = now_s;
    struct nj_login_alarm *x = alarm_of(out, NJ_ALARM_DISTRIBUTED, a->account, s->failed, m->distributed_window);
    x->addresses = (double)s->n;
    put_whos(x, s);
}

/* Many from one address: guessing, or a list of accounts.  Behind one address may be an office: its logins mostly succeed. */
static void judge_address(struct nj_logins *l, const struct nj_limits *m, const struct nj_login *a, uint32_t now_s, struct sum *s,
                          struct alarms *out)
{
    bool fresh = false;
    struct nj_topk_slot *slot = nj_topk_add(&l->addresses, a->address, 1, now_s, &fresh);
    struct nj_login_address *c = &l->address[nj_topk_at(&l->addresses, slot)];
    if (fresh)
        *c = (struct nj_login_address){ .guess_s = 0 };
    if (a->account != 0)
        nj_hll_add(slot->distinct, NJ_HLL_SMALL, a->account);
    nj_window_add(&c->failures, secs(m->address_window), now_s, 1);
    uint32_t failures = nj_window_sum(&c->failures, secs(m->address_window), now_s);
    sum_up(l, &(struct question){ .address = a->address, .window_ms = m->stuffing_window }, now_s, s);
    double share = share_of(s);
    if (failures >= m->address_failures && share >= m->address_share && !within(c->guess_s, now_s, m->address_window)) {
        struct nj_login_alarm *x = alarm_of(out, NJ_ALARM_GUESS_ADDRESS, a->address, failures, m->address_window);
        x->accounts = nj_hll_estimate(slot->distinct, NJ_HLL_SMALL);
        x->share = share;
        x->error = slot->error;
        put_whos(x, s);
        c->guess_s = c->flagged_s = now_s;
    }
    bool critical = s->n >= (size_t)m->stuffing_critical;
    bool told = within(c->stuffing_s, now_s, m->stuffing_window) && (c->stuffing_critical || !critical);
    if (s->n < (size_t)m->stuffing_accounts || share < m->stuffing_share || told)
        return;
    c->stuffing_s = c->flagged_s = now_s;
    c->stuffing_critical = critical;
    struct nj_login_alarm *x = alarm_of(out, NJ_ALARM_STUFFING_ADDRESS, a->address, s->failed, m->stuffing_window);
    x->critical = critical;
    x->accounts = (double)s->n;
    x->share = share;
    x->unknown_share = (double)s->unknown / (double)s->n;
    put_whos(x, s);
}

/* Many accounts, whatever the address: residential proxies give each attempt its own. */
static void judge_fleet(struct nj_logins *l, const struct nj_limits *m, const struct nj_login *a, int64_t now_ms, struct sum *s,
                        struct alarms *out)
{
    uint32_t now_s = secs(now_ms);
    if (within(l->fleet_s, now_s, m->stuffing_window))
        return;
    sum_up(l, &(struct question){ .window_ms = m->stuffing_window }, now_s, s);
    if (s->n < (size_t)m->stuffing_fleet)
        return;
    uint32_t failures = nj_window_sum(&l->all, secs(m->stuffing_window), now_s), from_here = 0;
    double expected = nj_season_expect(&l->failures, now_ms, (double)m->stuffing_window / 60000);
    double unknown = (double)s->unknown / (double)s->n, spread = (double)s->n / (double)s->failed;
    for (uint32_t i = 0; i < l->pairs; i++)
        from_here += l->pair[i].address == a->address && l->pair[i].failed != 0 && within(l->pair[i].fail_s, now_s, m->stuffing_window);
    bool one_address = a->address != 0 && from_here * 2 > s->n; /* told of already, as concentrated */
    bool attack =
        unknown >= m->stuffing_unknown || (spread >= m->stuffing_spread && nj_season_spike(expected, failures, m->stuffing_deviations));
    if (!attack || one_address)
        return;
    l->fleet_s = now_s;
    struct nj_login_alarm *x = alarm_of(out, NJ_ALARM_STUFFING_FLEET, 0, failures, m->stuffing_window);
    x->critical = true;
    x->accounts = (double)s->n;
    x->unknown_share = unknown;
    x->share = share_of(s);
    x->expected = expected;
    put_whos(x, s);
}

/* One or two attempts on each of many accounts, with one secret; or by one agent, if hardly anybody with that agent gets in: many
 * honest people have the same browser. */
static void judge_spray(struct nj_logins *l, const struct nj_limits *m, const struct nj_login *a, uint32_t now_s, struct sum *s,
                        struct alarms *out)
{
    struct question q = { .secret = a->secret, .window_ms = m->spray_window, .most = (uint32_t)m->spray_attempts };
    if (within(l->spray_s, now_s, m->spray_window))
        return;
    s->n = 0;
    if (a->secret != 0)
        sum_up(l, &q, now_s, s);
    bool by_secret = s->n >= (size_t)m->spray_accounts;
    if (!by_secret && a->agent != 0) {
        q.secret = 0;
        q.agent = a->agent;
        sum_up(l, &q, now_s, s);
    }
    if (s->n < (size_t)m->spray_accounts || (!by_secret && share_of(s) < m->stuffing_share))
        return;
    l->spray_s = now_s;
    struct nj_login_alarm *x = alarm_of(out, NJ_ALARM_SPRAY, 0, s->failed, m->spray_window);
    x->accounts = (double)s->n;
    x->by_secret = by_secret;
    x->share = share_of(s);
    put_whos(x, s);
}

/* Challenges count, too, whether or not they are failures. */
static void judge_factor(struct nj_logins *l, const struct nj_limits *m, const struct nj_login *a, uint32_t now_s, struct alarms *out)
{
    struct nj_login_factor *f = nj_slot_of(l->factor, NJ_LOGIN_FACTORS, sizeof(*f), a->account);
    f->slot.last_s = now_s;
    nj_window_add(&f->asked, secs(m->mfa_window), now_s, 1);
    uint32_t n = nj_window_sum(&f->asked, secs(m->mfa_window), now_s);
    if (n < m->mfa_failures || within(f->slot.told_s, now_s, m->mfa_window))
        return;
    f->slot.told_s = now_s;
    alarm_of(out, NJ_ALARM_MFA_FATIGUE, a->account, n, m->mfa_window);
}

static void judge_success(struct nj_logins *l, const struct nj_limits *m, const struct nj_login *a, uint32_t now_s, struct alarms *out)
{
    struct nj_topk_slot *who = a->account != 0 ? nj_topk_find(&l->accounts, a->account) : NULL;
    struct nj_topk_slot *from = a->address != 0 ? nj_topk_find(&l->addresses, a->address) : NULL;
    struct nj_login_account *c = who != NULL ? &l->account[nj_topk_at(&l->accounts, who)] : NULL;
    bool flagged = from != NULL && within(l->address[nj_topk_at(&l->addresses, from)].flagged_s, now_s, m->takeover_window);
    uint32_t before = c != NULL && within(who->last_s, now_s, m->takeover_window) ? c->unbroken : 0;
    if (before != 0 || flagged) {
        bool takeover = before >= m->takeover_failures || flagged;
        struct nj_login_alarm *x = alarm_of(out, takeover ? NJ_ALARM_TAKEOVER : NJ_ALARM_AFTER_FAILURES, a->account, before, 0);
        x->critical = takeover;
        x->flagged = flagged;
        if (who != NULL)
            x->addresses = nj_hll_estimate(who->distinct, NJ_HLL_SMALL);
    }
    if (c == NULL)
        return;
    c->fast = c->slow = (struct nj_window){ .pane = 0 };
    c->unbroken = 0;
    c->ceiling = c->guess_s = 0;
}

static void note_day(struct nj_logins *l, const struct nj_login *a, int64_t now_ms)
{
    uint32_t day = (uint32_t)(now_ms / 86400000);
    if (day != l->day) {
        l->day = day;
        memset(l->day_accounts, 0, sizeof(l->day_accounts));
    }
    if (a->account != 0)
        nj_hll_add(l->day_accounts, NJ_HLL_LARGE, a->account);
}

size_t nj_logins_take(struct nj_logins *l, const struct nj_limits *m, const struct nj_login *a, int64_t now_ms,
                      struct nj_login_alarm out[static NJ_LOGIN_ALARMS])
{
    struct alarms found = { .a = out };
    struct sum s;
    uint32_t now_s = secs(now_ms);
    if (a->second_factor && a->account != 0)
        judge_factor(l, m, a, now_s, &found);
    note_pair(l, a, now_s);
    if (a->success) {
        l->passed++;
        judge_success(l, m, a, now_s, &found);
        return found.n;
    }
    l->failed++;
    note_day(l, a, now_ms);
    nj_window_add(&l->all, secs(m->stuffing_window), now_s, 1);
    if (a->account != 0)
        judge_account(l, m, a, now_s, &s, &found);
    if (a->address != 0)
        judge_address(l, m, a, now_s, &s, &found);
    judge_fleet(l, m, a, now_ms, &s, &found);
    judge_spray(l, m, a, now_s, &s, &found);
    nj_season_add(&l->failures, now_ms, 1);
    return found.n;
}

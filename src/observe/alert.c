/* alert.<rule>: what the other observers found, counted, rate limited, and told to people. */
#include "observe_internal.h"

#include "nightjar/alert_rules.h"
#include "nightjar/counters.h"

enum { GROUPS = 64, SECOND = 1000000000, DAY_S = 86400, EVENT_MAX = 64, MESSAGE_MAX = 160, TEXT_MAX = EVENT_MAX + MESSAGE_MAX + 128 };

/* What is known of one rule and one value of its attribute, today. */
struct group {
    uint64_t tag; /* 0 = free */
    const struct nj_alert_rule *rule;
    struct nj_window window;
    uint32_t first_s, last_s, told_s; /* told_s: of the last alert, 0 = none yet */
    uint64_t count, told;             /* today; told: what the last alert said */
    bool owed;                        /* a milestone was passed too soon after the last alert */
    bool over;                        /* its exact number was told: stragglers are no news, only as many as made the first alert are */
    enum nj_severity severity;        /* the worst */
    char event[EVENT_MAX], message[MESSAGE_MAX], by[NJ_ALERT_BY];
    uint16_t event_n, message_n, by_n;
};

struct alerts {
    const struct nj_alert_rules *rules; /* NULL: no alerts */
    struct group groups[GROUPS];
    uint64_t evicted; /* groups that had to go with something untold */
    char store[TEXT_MAX];
};

/* --- rules -------------------------------------------------------------------------------------------------------- */

static void set(char *to, size_t room, const char *text)
{
    size_t n = strlen(text);
    n = n < room ? n : room - 1;
    memcpy(to, text, n);
    to[n] = '\0';
}

void nj_alert_rules_standard(struct nj_alert_rules *r)
{
    static const struct {
        const char *name, *events;
        enum nj_severity severity;
        uint32_t count, window_s, every_s;
        const char *by;
    } rows[] = {
#define NJ_ALERT_RULE(name, events, severity, count, window, every, by, text) { name, events, NJ_SEV_##severity, count, window, every, by },
#include "nightjar/alert_rules.def"
    };
    _Static_assert(NJ_COUNT(rows) <= NJ_ALERT_RULES, "there is room for the built-in rules");
    r->n = NJ_COUNT(rows);
    for (size_t i = 0; i < r->n; i++) {
        struct nj_alert_rule *rule = &r->rule[i];
        set(rule->name, sizeof(rule->name), rows[i].name);
        set(rule->events, sizeof(rule->events), rows[i].events);
        set(rule->by, sizeof(rule->by), rows[i].by);
        rule->severity = rows[i].severity;
        rule->count = rows[i].count;
        rule->window_s = rows[i].window_s;
        rule->every_s = rows[i].every_s;
    }
}

bool nj_alert_rule_wants(const struct nj_alert_rule *r, struct nj_str event, enum nj_severity severity)
{
    struct nj_str rest = nj_str_of(r->events), name;
    if (severity < r->severity)
        return false;
    while (nj_str_cut(&rest, ',', &name)) {
        name = nj_str_trim(name);
        if (name.n != 0 && name.p[name.n - 1] == '*' ? nj_str_starts(event, nj_str_slice(name, 0, name.n - 1)) : nj_str_eq(event, name))
            return true;
    }
    return false;
}

static void start(struct nj_observe *o, void *state)
{
    struct alerts *a = state;
    a->rules = nj_observe_config(o)->alert_rules;
}

/* --- groups ------------------------------------------------------------------------------------------------------- */

static struct nj_str keep(char *to, size_t room, struct nj_str s)
{
    size_t n = s.n < room ? s.n : room;
    while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
        n--;
    if (n != 0)
        memcpy(to, s.p, n);
    return (struct nj_str){ to, n };
}

/* The value a rule tells its groups apart by; a number is told by its digits. */
static struct nj_str value_of(const struct nj_alert_rule *rule, const struct nj_record *r, char room[static 32])
{
    struct nj_str by = nj_str_of(rule->by);
    const struct nj_attrs *places[] = { &r->who, &r->where, &r->data };
    if (nj_str_eq(by, NJ_STR("event")))
        return r->event;
    for (size_t i = 0; by.n != 0 && i < NJ_COUNT(places); i++) {
        const struct nj_attr *at = nj_attrs_get(places[i], by);
        struct nj_buf number = { .p = room, .cap = 32, .max = 32 };
        if (at == NULL)
            continue;
        if (at->v.type == NJ_V_STR)
            return at->v.u.s;
        if (at->v.type == NJ_V_I64)
            nj_buf_add_i64(&number, at->v.u.i);
        return nj_buf_str(&number);
    }
    return (struct nj_str){ NULL, 0 };
}

/* The group's place: its own, a free one, or that of the one that has been silent longest. */
static struct group *group_of(struct alerts *a, const struct nj_alert_rule *rule, struct nj_str value)
{
    uint64_t tag = nj_tag_pair(nj_tag_of(nj_str_of(rule->name)), nj_tag_of(value)) | 1;
    struct group *best = &a->groups[0];
    for (size_t i = 0; i < GROUPS; i++) {
        struct group *g = &a->groups[i];
        if (g->tag == tag && g->rule == rule)
            return g;
        if (g->tag == 0 ? best->tag != 0 : best->tag != 0 && g->last_s < best->last_s)
            best = g;
    }
    a->evicted += best->tag != 0 && best->count > best->told;
    *best = (struct group){ .tag = tag, .rule = rule };
    best->by_n = (uint16_t)keep(best->by, sizeof(best->by), value).n;
    return best;
}

/* A day is over: its counts are, too. */
static void turn_day(struct group *g, uint32_t now_s)
{
    if (g->first_s / DAY_S == now_s / DAY_S)
        return;
    g->count = g->told = 0;
    g->owed = g->over = false;
    g->first_s = now_s;
    g->severity = NJ_SEV_TRACE;
}

/* --- telling ------------------------------------------------------------------------------------------------------ */

/* 34,985 */
static void add_number(struct nj_buf *out, uint64_t n)
{
    char room[24];
    struct nj_buf digits = { .p = room, .cap = sizeof(room), .max = sizeof(room) };
    nj_buf_add_u64(&digits, n);
    for (size_t i = 0; i < digits.n; i++) {
        if (i != 0 && (digits.n - i) % 3 == 0)
            nj_buf_addc(out, ',');
        nj_buf_addc(out, room[i]);
    }
}

/* Why the number is told now. */
enum why { MORE, SILENT, ENDING };

static struct nj_str sentence(struct alerts *a, const struct group *g, enum why why)
{
    struct nj_buf text = { .p = a->store, .cap = sizeof(a->store), .max = sizeof(a->store) };
    struct nj_str message = { g->message, g->message_n };
    static const char *const words[] = { [MORE] = " times today; the last one: ",
                                         [SILENT] = " times today, and silent now; the last one: ",
                                         [ENDING] = " times today until this sandbox ended; the last one: " };
    if (g->count > 1) {
        nj_buf_add(&text, (struct nj_str){ g->event, g->event_n });
        nj_buf_addc(&text, ' ');
        add_number(&text, g->count);
        nj_buf_addz(&text, words[why]);
    }
    nj_buf_add(&text, message);
    return nj_buf_str(&text);
}

static void tell(struct nj_observe *o, struct alerts *a, struct nj_case *c, struct group *g, uint32_t now_s, enum why why)
{
    char event[sizeof("alert.") + NJ_ALERT_NAME];
    struct nj_buf name = { .p = event, .cap = sizeof(event), .max = sizeof(event) };
    nj_buf_addz(&name, "alert.");
    nj_buf_addz(&name, g->rule->name);
    struct nj_record *r = nj_observe_record_of(o, nj_buf_str(&name), NJ_CAT_ALERT);
    r->severity = g->severity;
    r->outcome = NJ_OUTCOME_FAILURE;
    r->lane = NJ_LANE_CRITICAL;
    r->message = sentence(a, g, why);
    nj_attrs_str(&r->data, NJ_STR("nightjar.rule"), nj_str_of(g->rule->name));
    nj_attrs_str(&r->data, NJ_STR("nightjar.event"), (struct nj_str){ g->event, g->event_n });
    nj_attrs_i64(&r->data, NJ_STR("nightjar.count"), (int64_t)g->count);
    nj_attrs_i64(&r->data, NJ_STR("nightjar.since_s"), (int64_t)(now_s - g->first_s));
    if (g->rule->by[0] != '\0' && g->by_n != 0 && strcmp(g->rule->by, "event") != 0)
        nj_attrs_str(&r->data, nj_str_of(g->rule->by), (struct nj_str){ g->by, g->by_n });
    if (why != MORE)
        nj_attrs_bool(&r->data, NJ_STR("nightjar.final"), true);
    if (a->evicted != 0)
        nj_attrs_i64(&r->data, NJ_STR("nightjar.groups_given_up"), (int64_t)a->evicted);
    g->told = g->count;
    g->told_s = now_s;
    g->owed = false;
    g->over = why != MORE;
    nj_observe_say(o, c, r);
}

static bool too_soon(const struct group *g, uint32_t now_s)
{
    return g->told_s != 0 && now_s - g->told_s < g->rule->every_s;
}

static uint32_t now_of(const struct nj_observe *o)
{
    return (uint32_t)(nj_observe_now(o) / SECOND);
}

/* When the group has been silent for so long, its exact number is told. */
static uint32_t quiet_at(const struct group *g)
{
    uint32_t silence = g->rule->window_s > g->rule->every_s ? g->rule->window_s : g->rule->every_s;
    return g->last_s + silence;
}

static void count(struct nj_observe *o, struct alerts *a, struct nj_case *c, const struct nj_alert_rule *rule, const struct nj_record *r)
{
    char room[32];
    uint32_t now_s = now_of(o);
    struct group *g = group_of(a, rule, value_of(rule, r, room));
    turn_day(g, now_s);
    uint64_t before = g->count++;
    g->last_s = now_s;
    g->severity = r->severity > g->severity ? r->severity : g->severity;
    g->event_n = (uint16_t)keep(g->event, sizeof(g->event), r->event).n;
    g->message_n = (uint16_t)keep(g->message, sizeof(g->message), r->message).n;
    nj_window_add(&g->window, rule->window_s, now_s, 1);
    if (g->told == 0 || g->over) /* the first alert of the day, or anew after silence */
        g->owed = nj_window_sum(&g->window, rule->window_s, now_s) >= rule->count;
    else
        g->owed = g->owed || nj_milestone(before, g->count) != 0;
    if (g->owed && !too_soon(g, now_s))
        tell(o, a, c, g, now_s, MORE);
    else if (g->told != 0 && (g->owed || !g->over))
        nj_observe_wake(o, (int64_t)(g->owed ? g->told_s + rule->every_s : quiet_at(g)) * SECOND);
}

/* The token of an ordinary call that expired is no login: one forgotten client has thousands of them.  A rule may ask for them by a
 * name of their own. */
static struct nj_str name_of(const struct nj_record *r)
{
    const struct nj_attr *kind = nj_attrs_get(&r->data, NJ_STR("nightjar.auth.kind"));
    bool token = kind != NULL && kind->v.type == NJ_V_STR && nj_str_eq(kind->v.u.s, NJ_STR("token"));
    return token && nj_str_eq(r->event, NJ_STR("authn_login_fail")) ? NJ_STR("authn_login_fail.token") : r->event;
}

static void on_said(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_record *said)
{
    struct alerts *a = state;
    struct nj_record r = *said; /* the room has one record at a time, and telling takes it */
    const struct nj_str name = name_of(said);
    for (size_t i = 0; a->rules != NULL && i < a->rules->n; i++)
        if (nj_alert_rule_wants(&a->rules->rule[i], name, r.severity))
            count(o, a, c, &a->rules->rule[i], &r);
}

/* What is owed and due, and what has been silent long enough to be summed up. */
static int64_t on_tick(struct nj_observe *o, void *state)
{
    struct alerts *a = state;
    int64_t next = INT64_MAX;
    uint32_t now_s = now_of(o);
    for (size_t i = 0; i < GROUPS; i++) {
        struct group *g = &a->groups[i];
        if (g->tag == 0 || g->told == 0 || g->count == g->told || (g->over && !g->owed))
            continue;
        bool quiet = now_s >= quiet_at(g);
        if (quiet || (g->owed && !too_soon(g, now_s))) {
            tell(o, a, NULL, g, now_s, quiet ? SILENT : MORE);
            continue;
        }
        int64_t at = (int64_t)(g->owed ? g->told_s + g->rule->every_s : quiet_at(g)) * SECOND;
        next = at < next ? at : next;
    }
    return next;
}

static void on_shutdown(struct nj_observe *o, void *state, struct nj_str reason)
{
    struct alerts *a = state;
    (void)reason;
    for (size_t i = 0; i < GROUPS; i++)
        if (a->groups[i].tag != 0 && a->groups[i].told != 0 && !a->groups[i].over && a->groups[i].count > a->groups[i].told)
            tell(o, a, NULL, &a->groups[i], now_of(o), ENDING);
}

const struct nj_observer nj_alert_observer = {
    .name = "alert",
    .category = NJ_CAT_ALERT,
    .state = sizeof(struct alerts),
    .start = start,
    .on_said = on_said,
    .on_tick = on_tick,
    .on_shutdown = on_shutdown,
};

/* Findings about requests: sweeps over what one may not do, scanning, attack tools, injection, fields that do not belong. */
#include "detectors.h"
#include "injection.h"
#include "judge.h"
#include "slot.h"

enum {
    SWEEPERS = 32,
    OBJECTS = 16,
    SCANNERS = 64,
    ROUTES = 32,
    KEYS = 48,
    PENDING = 40, /* a busy sandbox is dozens of short calls further before the end of one is told */
    PENDING_KEYS = 24,
    KNOWN_FOR = 2000, /* accepted requests of a route a field is remembered for */
    TOOL_QUIET_S = 3600,
    RULE_QUIET_S = 60,
    DEPTH = 4,
    VALUES = 256,     /* looked at in one request */
    SHORT_VALUE = 256 /* bytes of a field of a body that is no text of some length */
};

/* Different things asked for, with when: the last ones. */
struct objects {
    uint32_t tag[OBJECTS], at_s[OBJECTS];
};

struct sweeper {
    struct nj_slot slot; /* of who */
    struct nj_window denials;
    struct objects objects;
    uint64_t route; /* of the denials, while it is one and the same */
    bool many;      /* it is not */
};

struct scanner {
    struct nj_slot slot; /* of the address */
    struct nj_window misses, bait;
    struct objects paths;
    uint32_t tool_s, rule_s;
};

struct route {
    struct nj_slot slot; /* of the route */
    uint32_t accepted;
    struct {
        uint32_t key, seen; /* seen: at how many accepted requests */
    } keys[KEYS];
};

/* Fields of a request whose answer is not known yet. */
struct pending {
    uint64_t request;
    uint32_t route, n, keys[PENDING_KEYS];
};

struct access {
    struct sweeper sweepers[SWEEPERS];
    struct scanner scanners[SCANNERS];
    struct route routes[ROUTES];
    struct pending pending[PENDING];
    size_t next;
};

/* --- small tables --------------------------------------------------------------------------------------------------- */

static void note_object(struct objects *l, uint64_t tag, uint32_t now_s)
{
    size_t oldest = 0;
    for (size_t i = 0; i < OBJECTS; i++) {
        if (l->tag[i] == (uint32_t)tag) {
            l->at_s[i] = now_s;
            return;
        }
        if (l->at_s[i] < l->at_s[oldest])
            oldest = i;
    }
    l->tag[oldest] = (uint32_t)tag;
    l->at_s[oldest] = now_s;
}

static bool recent(uint32_t then_s, uint32_t now_s, uint32_t window_s)
{
    return then_s != 0 && (now_s < then_s || now_s - then_s <= window_s);
}

static uint32_t count_objects(const struct objects *l, uint32_t now_s, uint32_t window_s)
{
    uint32_t n = 0;
    for (size_t i = 0; i < OBJECTS; i++)
        n += recent(l->at_s[i], now_s, window_s);
    return n;
}

/* Those without an address are one. */
static struct scanner *scanner_of(struct access *a, uint64_t address, uint32_t now_s)
{
    struct scanner *s = nj_slot_of(a->scanners, SCANNERS, sizeof(*s), address != 0 ? address : 1);
    s->slot.last_s = now_s;
    return s;
}

static uint64_t address_of(const struct nj_case *c)
{
    return c->actor.address_tag != 0 ? c->actor.address_tag : c->actor.address.n != 0 ? nj_tag_of(c->actor.address) : 0;
}

static uint64_t who_of(const struct nj_case *c)
{
    return c->actor.tag != 0 ? c->actor.tag : address_of(c);
}

static struct nj_finding open_attack(struct nj_observe *o, enum nj_find find, enum nj_severity severity)
{
    struct nj_finding f = nj_finding_open(o, find, severity);
    nj_finding_bool(&f, "nightjar.security", true);
    return f;
}

/* --- sweeps --------------------------------------------------------------------------------------------------------- */

static void say_sweep(struct nj_observe *o, struct nj_case *c, enum nj_find find, uint32_t denials, uint32_t objects)
{
    bool reference = find == NJ_FIND_DIRECT_REFERENCE;
    struct nj_finding f = open_attack(o, find, NJ_SEV_FATAL);
    nj_finding_message(
        &f, reference ? "denied %u times for %u objects of one route: one id after the other" : "denied %u times for %u routes or objects",
        denials, objects);
    nj_finding_str(&f, "nightjar.scope", NJ_STR("sweep"));
    nj_finding_i64(&f, "nightjar.count", (int64_t)denials);
    nj_finding_i64(&f, "nightjar.objects", (int64_t)objects); /* 16 stands for 16 and more */
    nj_finding_i64(&f, "nightjar.window_s", nj_observe_limits(o)->sweep_window / 1000);
    nj_finding_whos(&f, "nightjar.pseudonyms", &c->actor.tag, c->actor.tag != 0);
    nj_finding_say(&f, c);
}

static void judge_sweep(struct nj_observe *o, struct access *a, struct nj_case *c)
{
    const struct nj_limits *l = nj_observe_limits(o);
    uint32_t now_s = nj_observe_now_s(o), window_s = (uint32_t)(l->sweep_window / 1000);
    bool denied = c->status_code == 403 || (c->authz.source != NJ_AUTH_NOBODY && c->authz.outcome == NJ_OUTCOME_FAILURE);
    uint64_t who = who_of(c);
    if (!denied || who == 0)
        return;
    struct sweeper *s = nj_slot_of(a->sweepers, SWEEPERS, sizeof(*s), who);
    struct nj_str what = c->request.path.n != 0 ? c->request.path : c->request.operation;
    uint64_t route = nj_tag_pair(nj_tag_of(c->request.method), nj_tag_of(c->request.route));
    if (!recent(s->slot.last_s, now_s, window_s)) {
        s->route = route;
        s->many = false;
    }
    s->many = s->many || s->route != route;
    s->slot.last_s = now_s;
    nj_window_add(&s->denials, window_s, now_s, 1);
    note_object(&s->objects, nj_tag_pair(route, nj_tag_of(what)), now_s);
    uint32_t denials = nj_window_sum(&s->denials, window_s, now_s), objects = count_objects(&s->objects, now_s, window_s);
    if (denials < l->sweep_denials || objects < l->sweep_objects || recent(s->slot.told_s, now_s, window_s))
        return;
    s->slot.told_s = now_s;
    say_sweep(o, c, NJ_FIND_SWEEP, denials, objects);
    if (!s->many && c->request.route.n != 0)
        say_sweep(o, c, NJ_FIND_DIRECT_REFERENCE, denials, objects);
}

/* --- scanning ------------------------------------------------------------------------------------------------------- */

static bool is_bait(struct nj_str path)
{
    static const struct nj_str baits[] = { NJ_STR_INIT("/.env"),     NJ_STR_INIT("/.git"),          NJ_STR_INIT("/wp-login"),
                                           NJ_STR_INIT("/wp-admin"), NJ_STR_INIT("/phpmyadmin"),    NJ_STR_INIT("/actuator"),
                                           NJ_STR_INIT("/cgi-bin"),  NJ_STR_INIT("/.aws/"),         NJ_STR_INIT("/xmlrpc.php"),
                                           NJ_STR_INIT("/.svn"),     NJ_STR_INIT("/vendor/phpunit") };
    for (size_t i = 0; i < NJ_COUNT(baits); i++)
        for (size_t at = 0; at < path.n && at < 512; at++)
            if (path.p[at] == '/' && nj_str_starts_nocase(nj_str_slice(path, at, path.n), baits[i]))
                return true;
    return false;
}

static void judge_scan(struct nj_observe *o, struct access *a, struct nj_case *c)
{
    const struct nj_limits *l = nj_observe_limits(o);
    uint32_t now_s = nj_observe_now_s(o), window_s = (uint32_t)(l->scan_window / 1000), bait_s = 10 * window_s;
    uint64_t address = address_of(c);
    bool bait = c->status_code >= 400 && is_bait(c->request.path), missed = c->status_code == 404;
    if ((!bait && !missed) || address == 0)
        return;
    struct scanner *s = scanner_of(a, address, now_s);
    if (missed) {
        nj_window_add(&s->misses, window_s, now_s, 1);
        note_object(&s->paths, nj_tag_of(c->request.path), now_s);
    }
    if (bait)
        nj_window_add(&s->bait, bait_s, now_s, 1);
    uint32_t misses = nj_window_sum(&s->misses, window_s, now_s), paths = count_objects(&s->paths, now_s, window_s);
    uint32_t baits = nj_window_sum(&s->bait, bait_s, now_s);
    bool lured = baits >= l->scan_bait;
    if ((!lured && (misses < l->scan_misses || paths < l->scan_paths)) || recent(s->slot.told_s, now_s, bait_s))
        return;
    s->slot.told_s = now_s;
    struct nj_finding f = open_attack(o, NJ_FIND_EXCESS_404, NJ_SEV_WARN);
    nj_finding_message(
        &f, lured ? "one address asks for what only scanners ask for: %u times" : "one address asks for what is not there: %u times",
        lured ? baits : misses);
    nj_finding_str(&f, "nightjar.rule", lured ? NJ_STR("bait") : NJ_STR("not_found"));
    nj_finding_i64(&f, "nightjar.count", (int64_t)(lured ? baits : misses));
    nj_finding_i64(&f, "nightjar.paths", (int64_t)paths);
    nj_finding_i64(&f, "nightjar.window_s", (int64_t)(lured ? bait_s : window_s));
    nj_finding_say(&f, c);
}

/* --- attack tools --------------------------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* As a word of its own: "hydrate" is no hydra. */
static const char *tool_of(struct nj_str agent)
{
    static const char *const tools[] = { "sqlmap", "nikto", "nmap",   "nuclei",   "masscan", "zgrab", "dirbuster",  "gobuster",
                                         "ffuf",   "hydra", "wpscan", "acunetix", "nessus",  "wfuzz", "feroxbuster" };
    for (size_t at = 0; at < agent.n; at++)
        for (size_t i = 0; (at == 0 || !is_letter(agent.p[at - 1])) && i < NJ_COUNT(tools); i++) {
            size_t end = at + strlen(tools[i]);
            if (nj_str_starts_nocase(nj_str_slice(agent, at, agent.n), nj_str_of(tools[i])) && (end == agent.n || !is_letter(agent.p[end])))
                return tools[i];
        }
    return NULL;
}

static void judge_tool(struct nj_observe *o, struct access *a, struct nj_case *c)
{
    const char *tool = tool_of(c->actor.user_agent);
    uint32_t now_s = nj_observe_now_s(o);
    if (tool == NULL)
        return;
    struct scanner *s = scanner_of(a, address_of(c), now_s);
    if (recent(s->tool_s, now_s, TOOL_QUIET_S))
        return;
    s->tool_s = now_s;
    struct nj_finding f = open_attack(o, NJ_FIND_ATTACK_TOOL, NJ_SEV_FATAL);
    nj_finding_message(&f, "the client calls itself %s", tool);
    nj_finding_str(&f, "nightjar.rule", nj_str_of(tool));
    nj_finding_i64(&f, "nightjar.count", 1);
    nj_finding_say(&f, c);
}

/* --- injection ------------------------------------------------------------------------------------------------------ */

struct search {
    struct nj_buf text; /* a value with its escapes undone */
    size_t values;
    enum nj_injection found;
    char parameter[64];
    size_t parameter_n;
    const char *place;
};

static void look_at(struct search *s, struct nj_str name, struct nj_str value, const char *place)
{
    if (s->found != NJ_INJECTION_NONE || s->values++ >= VALUES)
        return;
    enum nj_injection found = nj_injection_of(value);
    /* Headers have quotes, semicolons and numbers of their own; and who writes to a support desk quotes lines of a log, many of them. */
    bool header = nj_str_eq(nj_str_of(place), NJ_STR("headers")), body = nj_str_eq(nj_str_of(place), NJ_STR("body"));
    if (header && found != NJ_INJECTION_JNDI && found != NJ_INJECTION_LOG)
        return;
    if (body && found == NJ_INJECTION_LOG && value.n > SHORT_VALUE)
        return;
    s->found = found;
    s->place = place;
    s->parameter_n = name.n < sizeof(s->parameter) ? name.n : sizeof(s->parameter);
    if (s->parameter_n != 0)
        memcpy(s->parameter, name.p, s->parameter_n);
}

static void look_into(struct search *s, struct nj_str name, struct nj_json v, const char *place, int depth)
{
    struct nj_json_iter it;
    struct nj_json e;
    struct nj_str key;
    bool escaped = false;
    if (v.type == NJ_JSON_STRING) {
        struct nj_str inner = nj_json_inner(v, &escaped);
        if (escaped) {
            nj_buf_reset(&s->text);
            nj_json_unescape(&s->text, nj_str_slice(inner, 0, NJ_INJECTION_VALUE));
            inner = nj_buf_str(&s->text);
        }
        look_at(s, name, inner, place);
        return;
    }
    if ((v.type != NJ_JSON_OBJECT && v.type != NJ_JSON_ARRAY) || depth == DEPTH)
        return;
    nj_json_iter_init(&it, v);
    while (s->found == NJ_INJECTION_NONE && s->values < VALUES && nj_json_next(&it, &key, &e))
        look_into(s, v.type == NJ_JSON_OBJECT ? key : name, e, place, depth + 1);
}

static void look_into_form(struct search *s, struct nj_str form)
{
    struct nj_str pair, name;
    while (nj_str_cut(&form, '&', &pair))
        if (nj_str_cut(&pair, '=', &name) && pair.p != NULL)
            look_at(s, name, pair, "body");
}

static void judge_injection(struct nj_observe *o, struct access *a, struct nj_case *c)
{
    char name[NJ_CASE_NAME];
    static const enum nj_find finds[NJ_INJECTIONS] = {
        [NJ_INJECTION_TAUTOLOGY] = NJ_FIND_SQLI,      [NJ_INJECTION_UNION] = NJ_FIND_SQLI,        [NJ_INJECTION_STACKED] = NJ_FIND_SQLI,
        [NJ_INJECTION_COMMENT] = NJ_FIND_SQLI,        [NJ_INJECTION_TEMPLATE] = NJ_FIND_TEMPLATE, [NJ_INJECTION_JNDI] = NJ_FIND_JNDI,
        [NJ_INJECTION_TRAVERSAL] = NJ_FIND_TRAVERSAL, [NJ_INJECTION_LOG] = NJ_FIND_LOG_INJECTION,
    };
    static const struct {
        struct nj_str at;
        const char *place;
    } places[] = { { NJ_STR_INIT("queryStringParameters"), "query" },
                   { NJ_STR_INIT("multiValueQueryStringParameters"), "query" },
                   { NJ_STR_INIT("pathParameters"), "path" },
                   { NJ_STR_INIT("arguments"), "arguments" },
                   { NJ_STR_INIT("headers"), "headers" } };
    struct nj_document *d = nj_observe_document(o);
    struct nj_body *b = nj_observe_body(o);
    struct search s = { .found = NJ_INJECTION_NONE };
    nj_buf_init(&s.text, 4 * NJ_INJECTION_VALUE);
    for (size_t i = 0; i < NJ_COUNT(places); i++)
        look_into(&s, NJ_STR(""), nj_document_at(d, places[i].at), places[i].place, 0);
    if (b->kind == NJ_BODY_JSON)
        look_into(&s, NJ_STR(""), b->document.root, "body", 0);
    else if (b->kind == NJ_BODY_FORM)
        look_into_form(&s, b->text);
    nj_buf_fini(&s.text);
    uint32_t now_s = nj_observe_now_s(o);
    if (s.found == NJ_INJECTION_NONE)
        return;
    struct scanner *from = scanner_of(a, address_of(c), now_s);
    if (recent(from->rule_s, now_s, RULE_QUIET_S)) /* a tool tries thousands */
        return;
    from->rule_s = now_s;
    struct nj_finding f = open_attack(o, finds[s.found], NJ_SEV_FATAL);
    nj_finding_message(&f, "a parameter of %s looks like an attack: %s", nj_case_name(c, name), nj_injection_rules[s.found]);
    nj_finding_str(&f, "nightjar.rule", nj_str_of(nj_injection_rules[s.found]));
    nj_finding_str(&f, "nightjar.parameter", (struct nj_str){ s.parameter, s.parameter_n });
    nj_finding_str(&f, "nightjar.parameter.in", nj_str_of(s.place));
    nj_finding_i64(&f, "nightjar.count", 1);
    nj_finding_say(&f, c);
}

/* --- fields that do not belong -------------------------------------------------------------------------------------- */

static bool is_privilege(struct nj_str key)
{
    static const struct nj_str words[] = { NJ_STR_INIT("role"),        NJ_STR_INIT("roles"),      NJ_STR_INIT("admin"),
                                           NJ_STR_INIT("isadmin"),     NJ_STR_INIT("is_admin"),   NJ_STR_INIT("permission"),
                                           NJ_STR_INIT("permissions"), NJ_STR_INIT("privileges"), NJ_STR_INIT("balance"),
                                           NJ_STR_INIT("superuser"),   NJ_STR_INIT("is_staff"),   NJ_STR_INIT("is_superuser"),
                                           NJ_STR_INIT("user_role"),   NJ_STR_INIT("userrole") };
    return nj_str_is_any_nocase(key, words, NJ_COUNT(words));
}

static bool is_known(const struct route *r, uint32_t key)
{
    for (size_t i = 0; i < KEYS; i++)
        if (r->keys[i].key == key && r->keys[i].seen != 0)
            return r->accepted - r->keys[i].seen < KNOWN_FOR;
    return false;
}

static void learn_key(struct route *r, uint32_t key)
{
    size_t oldest = 0;
    for (size_t i = 0; i < KEYS; i++) {
        if (r->keys[i].key == key) {
            oldest = i;
            break;
        }
        if (r->keys[i].seen < r->keys[oldest].seen)
            oldest = i;
    }
    r->keys[oldest].key = key;
    r->keys[oldest].seen = r->accepted;
}

static void say_extraneous(struct nj_observe *o, struct nj_case *c, const struct route *r, struct nj_str key)
{
    char name[NJ_CASE_NAME];
    struct nj_finding f = open_attack(o, NJ_FIND_EXTRANEOUS, NJ_SEV_FATAL);
    nj_finding_message(&f, "a field that %s never had tells of privileges", nj_case_name(c, name));
    nj_finding_str(&f, "nightjar.parameter", nj_str_slice(key, 0, 64));
    nj_finding_i64(&f, "nightjar.count", 1);
    nj_finding_i64(&f, "nightjar.accepted", (int64_t)r->accepted);
    nj_finding_say(&f, c);
}

static void judge_fields(struct nj_observe *o, struct access *a, struct nj_case *c)
{
    struct nj_body *b = nj_observe_body(o);
    struct nj_json_iter it;
    struct nj_json v;
    struct nj_str key;
    if (b->kind != NJ_BODY_JSON || b->document.root.type != NJ_JSON_OBJECT || c->request.graphql)
        return;
    struct route *r = nj_slot_of(a->routes, ROUTES, sizeof(*r), nj_case_route_tag(c));
    struct pending *p = &a->pending[a->next++ % PENDING];
    *p = (struct pending){ .request = nj_case_tag(c), .route = (uint32_t)(r - a->routes) };
    r->slot.last_s = nj_observe_now_s(o);
    bool told = false;
    nj_json_iter_init(&it, b->document.root);
    while (nj_json_next(&it, &key, &v) && p->n < PENDING_KEYS) {
        uint32_t tag = (uint32_t)nj_tag_of(key) | 1u;
        p->keys[p->n++] = tag;
        if (told || r->accepted < nj_observe_limits(o)->extraneous_learn || !is_privilege(key) || is_known(r, tag))
            continue;
        told = true;
        say_extraneous(o, c, r, key);
    }
    if (told)
        p->n = 0; /* such a request teaches nothing */
}

static void learn_fields(struct nj_observe *o, struct access *a, const struct nj_case *c)
{
    bool accepted = c->end == NJ_END_SUCCESS && (c->status_code == 0 || (c->status_code >= 200 && c->status_code < 400));
    (void)o;
    for (size_t i = 0; i < PENDING; i++) {
        struct pending *p = &a->pending[i];
        if (p->request == 0 || p->request != nj_case_tag(c))
            continue;
        struct route *r = &a->routes[p->route];
        if (accepted && p->n != 0) {
            r->accepted++;
            for (uint32_t k = 0; k < p->n; k++)
                learn_key(r, p->keys[k]);
        }
        p->request = 0;
    }
}

/* --- hooks ---------------------------------------------------------------------------------------------------------- */

static void on_payload(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_payload *p)
{
    if (p->kind != NJ_PAYLOAD_INPUT || c->request.trigger == NULL)
        return;
    judge_tool(o, state, c);
    judge_injection(o, state, c);
    judge_fields(o, state, c);
}

static void on_done(struct nj_observe *o, void *state, struct nj_case *c)
{
    judge_sweep(o, state, c);
    judge_scan(o, state, c);
    learn_fields(o, state, c);
}

const struct nj_observer nj_access_detector = {
    .name = "access",
    .category = NJ_CAT_ALERT,
    .state = sizeof(struct access),
    .on_payload = on_payload,
    .on_done = on_done,
};

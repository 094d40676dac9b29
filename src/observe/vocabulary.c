/* The words of the vocabulary, whose word counts, and the record of one. */
#include "judge.h"

const struct nj_word_row nj_words[NJ_WORDS] = {
#define NJ_WORD(enumerator, event, category, severity, outcome, lane, part, text)                                                          \
    { NJ_STR_INIT(event), NJ_CAT_##category, NJ_SEV_##severity, NJ_OUTCOME_##outcome, NJ_LANE_##lane, NJ_PART_##part },
#include "nightjar/vocabulary.def"
#undef NJ_WORD
};

const char *const nj_auth_source_names[NJ_AUTH_NOBODY] = {
    [NJ_AUTH_APPLICATION] = "application", [NJ_AUTH_RESPONSE] = "response", [NJ_AUTH_TRIGGER] = "trigger",
    [NJ_AUTH_LOG_STATUS] = "log_status",   [NJ_AUTH_TEXT] = "text",
};

static const char *const confidence[NJ_AUTH_NOBODY] = {
    [NJ_AUTH_APPLICATION] = "high",  [NJ_AUTH_RESPONSE] = "high", [NJ_AUTH_TRIGGER] = "high",
    [NJ_AUTH_LOG_STATUS] = "medium", [NJ_AUTH_TEXT] = "low",
};

enum nj_word nj_word_named(struct nj_str text, struct nj_str *args)
{
    struct nj_str name = text;
    size_t colon = nj_str_chr(text, ':', 0);
    *args = (struct nj_str){ NULL, 0 };
    if (colon != NJ_NPOS) {
        name = nj_str_slice(text, 0, colon);
        *args = nj_str_slice(text, colon + 1, text.n);
    }
    name = nj_str_trim(name);
    for (size_t i = 0; i < NJ_WORDS; i++)
        if (nj_str_eq_nocase(name, nj_words[i].event))
            return (enum nj_word)i;
    return NJ_WORDS;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

void nj_judge(struct nj_case *c, enum nj_word word, enum nj_auth_source source, const char *reason)
{
    struct nj_judgement *j = nj_words[word].part == NJ_PART_AUTHZ ? &c->authz : &c->authn;
    enum nj_outcome outcome = nj_words[word].outcome;
    if (j->said)
        return;
    if (source < j->source) {
        const char *known = j->source != NJ_AUTH_NOBODY && j->outcome == outcome ? j->reason : NULL;
        *j = (struct nj_judgement){ .source = source, .outcome = outcome, .reason = reason != NULL ? reason : known };
    } else if (j->outcome == outcome && j->reason == NULL) {
        j->reason = reason;
    }
}

void nj_judge_event(struct nj_case *c, enum nj_word word, enum nj_auth_source source)
{
    uint64_t bit = (uint64_t)1 << word;
    if ((c->events & bit) == 0 || source < c->event_sources[word])
        c->event_sources[word] = (uint8_t)source;
    c->events |= bit;
}

/* A 401 is a failed authentication wherever it comes; what else a status means depends on what was asked for. */
static const struct {
    unsigned from, to;
    enum nj_word asked, otherwise; /* NJ_WORDS = nothing */
    const char *reason;
} statuses[] = {
    { 200, 399, NJ_WORD_LOGIN_SUCCESS, NJ_WORDS, NULL },
    { 401, 401, NJ_WORD_LOGIN_FAIL, NJ_WORD_LOGIN_FAIL, NULL },
    { 403, 403, NJ_WORD_LOGIN_FAIL, NJ_WORD_AUTHZ_FAIL, "locked" },
    { 423, 423, NJ_WORD_LOGIN_FAIL, NJ_WORD_LOGIN_LOCK, "locked" },
    { 429, 429, NJ_WORD_RATE_EXCEEDED, NJ_WORD_RATE_EXCEEDED, NULL },
};

/* A reset that was asked for, a logout, a changed password: done, but nobody was let in by it. */
static const struct {
    enum nj_ask ask;
    enum nj_word good, bad;
} acts[] = {
    { NJ_ASK_LOGOUT, NJ_WORD_SESSION_LOGOUT, NJ_WORDS },
    { NJ_ASK_REVOKE, NJ_WORD_TOKEN_REVOKED, NJ_WORDS },
    { NJ_ASK_REFRESH, NJ_WORD_SESSION_RENEWED, NJ_WORDS },
    { NJ_ASK_RESET, NJ_WORD_RESET_REQUESTED, NJ_WORDS },
    { NJ_ASK_PASSWORD, NJ_WORD_PASSWORD_CHANGE, NJ_WORD_PASSWORD_CHANGE_FAIL },
};

static bool judge_act(struct nj_case *c, unsigned status, enum nj_auth_source source)
{
    for (size_t i = 0; i < NJ_COUNT(acts); i++) {
        if (acts[i].ask != c->request.ask)
            continue;
        enum nj_word word = status < 400 ? acts[i].good : status < 500 && status != 429 ? acts[i].bad : NJ_WORDS;
        if (word != NJ_WORDS)
            nj_judge_event(c, word, source);
        return status < 400 || (word != NJ_WORDS && status != 429);
    }
    return false;
}

static void judge_word(struct nj_case *c, enum nj_word word, enum nj_auth_source source, const char *reason)
{
    if (word == NJ_WORDS)
        return;
    if (nj_words[word].part == NJ_PART_EVENT)
        nj_judge_event(c, word, source);
    else
        nj_judge(c, word, source, reason);
}

void nj_judge_status(struct nj_case *c, unsigned status, enum nj_auth_source source, const char *reason)
{
    bool asks = nj_case_asks(c);
    if (judge_act(c, status, source))
        return;
    for (size_t i = 0; i < NJ_COUNT(statuses); i++) {
        if (status < statuses[i].from || status > statuses[i].to)
            continue;
        const char *why = statuses[i].reason != NULL && asks && reason == NULL ? statuses[i].reason : reason;
        judge_word(c, asks ? statuses[i].asked : statuses[i].otherwise, source, why);
    }
    if (status == 423 && asks)
        nj_judge_event(c, NJ_WORD_LOGIN_LOCK, source);
}

/* --- records ------------------------------------------------------------------------------------------------------ */

static struct nj_str sentence(struct nj_observe *o, const struct nj_case *c, enum nj_word word)
{
    const struct nj_request *q = &c->request;
    struct nj_str what = q->route.n != 0 ? q->route : q->operation;
    if (what.n == 0)
        return nj_words[word].event;
    struct nj_buf *b = nj_observe_scratch(o);
    if (q->method.n != 0) {
        nj_buf_add(b, q->method);
        nj_buf_addc(b, ' ');
    }
    nj_buf_add(b, what);
    if (c->status_code != 0)
        nj_buf_addf(b, " answered %u", c->status_code);
    nj_buf_addz(b, ": ");
    nj_buf_add(b, nj_words[word].event);
    return b->err == NJ_OK ? nj_buf_str(b) : nj_words[word].event;
}

struct nj_record *nj_word_record(struct nj_observe *o, const struct nj_case *c, enum nj_word word)
{
    const struct nj_word_row *row = &nj_words[word];
    struct nj_record *r = nj_observe_record_of(o, row->event, row->category);
    r->severity = row->severity;
    r->outcome = row->outcome;
    r->lane = row->lane;
    nj_attrs_bool(&r->data, NJ_STR("nightjar.security"), true);
    if (c == NULL)
        return r;
    r->when_ns = (c->end_ns != 0 ? c->end_ns : c->start_ns) / 1000 * 1000;
    r->message = sentence(o, c, word);
    if (c->status_code != 0)
        nj_attrs_i64(&r->data, NJ_STR("http.response.status_code"), (int64_t)c->status_code);
    nj_attrs_str(&r->data, NJ_STR("nightjar.operation"), c->request.operation);
    nj_attrs_str(&r->data, NJ_STR("nightjar.object"), c->request.object);
    return r;
}

static void put_source(struct nj_record *r, enum nj_auth_source source)
{
    nj_attrs_str(&r->data, NJ_STR("nightjar.auth.source"), nj_str_of(nj_auth_source_names[source]));
    nj_attrs_str(&r->data, NJ_STR("nightjar.confidence"), nj_str_of(confidence[source]));
}

void nj_word_say_outcome(struct nj_observe *o, struct nj_case *c, struct nj_judgement *j, enum nj_word word, const char *kind,
                         unsigned stands_for)
{
    if (j->said || j->source == NJ_AUTH_NOBODY)
        return;
    j->said = true;
    struct nj_record *r = nj_word_record(o, c, word);
    if (kind != NULL)
        nj_attrs_str(&r->data, NJ_STR("nightjar.auth.kind"), nj_str_of(kind));
    if (word == NJ_WORD_LOGIN_FAIL)
        nj_attrs_str(&r->data, NJ_STR("nightjar.reason"), nj_str_of(j->reason != NULL ? j->reason : "unknown"));
    put_source(r, j->source);
    if (stands_for > 1)
        nj_attrs_i64(&r->data, NJ_STR("nightjar.sample.rate"), stands_for);
    nj_observe_say(o, c, r);
}

void nj_word_say_events(struct nj_observe *o, struct nj_case *c, enum nj_category category)
{
    uint64_t open = c->events & ~c->events_said;
    for (unsigned w = 0; w < NJ_WORDS && open != 0; w++) {
        if ((open >> w & 1) == 0 || nj_words[w].category != category)
            continue;
        c->events_said |= (uint64_t)1 << w;
        struct nj_record *r = nj_word_record(o, c, (enum nj_word)w);
        put_source(r, (enum nj_auth_source)c->event_sources[w]);
        nj_observe_say(o, c, r);
    }
}

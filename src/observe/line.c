/* What a line of the function says of who was let in and what was refused. */
#include "judge.h"

/* "joe" of authn_login_fail:joe, "joe,203.0.113.7" and the like: the vocabulary puts the user first. */
static struct nj_str first_argument(struct nj_str args)
{
    return nj_str_trim(nj_str_slice(args, 0, nj_str_chr(args, ',', 0)));
}

static void take_who(struct nj_observe *o, struct nj_case *c, const struct nj_facts *f, struct nj_str user)
{
    struct nj_str address = f->log_address;
    if (nj_str_chr(address, ',', 0) != NJ_NPOS)
        address = nj_address_forwarded(address, nj_observe_config(o)->trusted_hops);
    else
        address = nj_address_of(address);
    nj_actor_address(o, c, address, "log");
    nj_actor_name(o, c, user.n != 0 ? user : f->log_user, NJ_WHO_USER, true);
}

/* "login failed for joe from 203.0.113.7" */
static void take_address_in(struct nj_observe *o, struct nj_case *c, struct nj_str text)
{
    static const struct nj_str from = NJ_STR_INIT(" from ");
    for (size_t at = nj_str_find(text, from, 0); at != NJ_NPOS; at = nj_str_find(text, from, at + 1)) {
        struct nj_str word = nj_str_slice(text, at + from.n, text.n);
        size_t end = 0;
        while (end < word.n && word.p[end] != ' ' && word.p[end] != ',' && word.p[end] != '\n' && word.p[end] != ')')
            end++;
        struct nj_str address = nj_address_of(nj_str_slice(word, 0, end));
        if (address.n != 0) {
            nj_actor_address(o, c, address, "log");
            return;
        }
    }
}

/* Outside of an invocation, or after its end: said as it is. */
static void relay(struct nj_observe *o, const struct nj_record *raw, enum nj_word word)
{
    struct nj_record *r = nj_word_record(o, NULL, word);
    r->when_ns = raw->when_ns;
    nj_attrs_str(&r->data, NJ_STR("nightjar.auth.source"), nj_str_of(nj_auth_source_names[NJ_AUTH_APPLICATION]));
    nj_observe_say(o, NULL, r);
}

static bool read_vocabulary(struct nj_observe *o, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw)
{
    struct nj_str args;
    enum nj_word word = f->log_event.n != 0 ? nj_word_named(f->log_event, &args) : NJ_WORDS;
    if (word == NJ_WORDS)
        return false;
    if (c == NULL) {
        relay(o, raw, word);
        return true;
    }
    take_who(o, c, f, first_argument(args));
    if (nj_words[word].part == NJ_PART_AUTHN || nj_words[word].part == NJ_PART_AUTHZ)
        nj_judge(c, word, NJ_AUTH_APPLICATION, nj_observe_text(o, raw->message).reason);
    else
        nj_judge_event(c, word, NJ_AUTH_APPLICATION);
    return true;
}

/* Events are left to better sources: a status in a log may be that of a call the function made itself. */
static bool read_status(struct nj_observe *o, struct nj_case *c, const struct nj_facts *f)
{
    bool refused = f->log_status == 401 || f->log_status == 403;
    bool good = nj_case_asks(c) && f->log_status >= 200 && f->log_status < 400;
    if (!refused && !good)
        return false;
    nj_judge_status(c, (unsigned)f->log_status, NJ_AUTH_LOG_STATUS, NULL);
    take_who(o, c, f, (struct nj_str){ NULL, 0 });
    return true;
}

static void read_text(struct nj_observe *o, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw)
{
    /* Where the proxy sees the answer to an ordinary call, that will tell; the many lines of such calls need no reading. */
    bool answer_tells = c->input_seen && !nj_case_asks(c) && c->request.trigger->answer == NJ_ANSWER_HTTP;
    if (raw->severity < NJ_SEV_WARN && (raw->data_json.n != 0 || answer_tells))
        return;
    struct nj_text_finding found = nj_observe_text(o, raw->message);
    if (found.word == NJ_WORDS)
        return;
    if (nj_words[found.word].part == NJ_PART_EVENT)
        nj_judge_event(c, found.word, NJ_AUTH_TEXT);
    else
        nj_judge(c, found.word, NJ_AUTH_TEXT, found.reason);
    if (found.locked)
        nj_judge_event(c, NJ_WORD_LOGIN_LOCK, NJ_AUTH_TEXT);
    take_who(o, c, f, (struct nj_str){ NULL, 0 });
    if (raw->data_json.n == 0)
        take_address_in(o, c, raw->message);
}

void nj_line_read(struct nj_observe *o, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw)
{
    if (f->kind != NJ_EV_FUNCTION || read_vocabulary(o, c, f, raw) || c == NULL)
        return;
    if (!read_status(o, c, f))
        read_text(o, c, f, raw);
}

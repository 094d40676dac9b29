/* What a request asks for, as far as that is about being let in: by its route, its operation, and the names in its body. */
#include "judge.h"

#include "nightjar/pseudonym.h"

/* The last word of a route that says something, without hyphens and underscores, in lower case. */
static const struct {
    struct nj_str word;
    enum nj_ask ask;
    bool read_too; /* also with GET */
} words[] = {
    { NJ_STR_INIT("login"), NJ_ASK_LOGIN, false },
    { NJ_STR_INIT("logon"), NJ_ASK_LOGIN, false },
    { NJ_STR_INIT("signin"), NJ_ASK_LOGIN, false },
    { NJ_STR_INIT("authenticate"), NJ_ASK_LOGIN, false },
    { NJ_STR_INIT("session"), NJ_ASK_LOGIN, false },
    { NJ_STR_INIT("sessions"), NJ_ASK_LOGIN, false },
    { NJ_STR_INIT("sso"), NJ_ASK_LOGIN, false },
    { NJ_STR_INIT("acs"), NJ_ASK_LOGIN, false }, /* of SAML */
    { NJ_STR_INIT("callback"), NJ_ASK_LOGIN, true },
    { NJ_STR_INIT("token"), NJ_ASK_TOKEN, false },
    { NJ_STR_INIT("refresh"), NJ_ASK_REFRESH, false },
    { NJ_STR_INIT("mfa"), NJ_ASK_MFA, false },
    { NJ_STR_INIT("otp"), NJ_ASK_MFA, false },
    { NJ_STR_INIT("totp"), NJ_ASK_MFA, false },
    { NJ_STR_INIT("2fa"), NJ_ASK_MFA, false },
    { NJ_STR_INIT("verify"), NJ_ASK_MFA, false },
    { NJ_STR_INIT("logout"), NJ_ASK_LOGOUT, true },
    { NJ_STR_INIT("logoff"), NJ_ASK_LOGOUT, true },
    { NJ_STR_INIT("signout"), NJ_ASK_LOGOUT, true },
    { NJ_STR_INIT("revoke"), NJ_ASK_REVOKE, false },
    { NJ_STR_INIT("forgot"), NJ_ASK_RESET, false },
    { NJ_STR_INIT("forgotpassword"), NJ_ASK_RESET, false },
    { NJ_STR_INIT("resetpassword"), NJ_ASK_PASSWORD, false },
    { NJ_STR_INIT("passwordreset"), NJ_ASK_PASSWORD, false },
    { NJ_STR_INIT("changepassword"), NJ_ASK_PASSWORD, false },
    { NJ_STR_INIT("passwordchange"), NJ_ASK_PASSWORD, false },
};
enum { WORD_MAX = 48 };

/* Names of a field that says who somebody is, best first. */
static const struct nj_str identifiers[] = {
    NJ_STR_INIT("username"), NJ_STR_INIT("email"),     NJ_STR_INIT("user"),      NJ_STR_INIT("login"),   NJ_STR_INIT("user_name"),
    NJ_STR_INIT("userName"), NJ_STR_INIT("client_id"), NJ_STR_INIT("accountId"), NJ_STR_INIT("account"), NJ_STR_INIT("identifier"),
    NJ_STR_INIT("phone"),    NJ_STR_INIT("user_id"),   NJ_STR_INIT("userId"),
};
static const struct nj_str secrets[] = {
    NJ_STR_INIT("password"), NJ_STR_INIT("passwd"), NJ_STR_INIT("pwd"),           NJ_STR_INIT("passphrase"), NJ_STR_INIT("pin"),
    NJ_STR_INIT("otp"),      NJ_STR_INIT("secret"), NJ_STR_INIT("client_secret"), NJ_STR_INIT("code"),       NJ_STR_INIT("totp"),
};
/* Where a body may have them. */
static const struct nj_str places[] = { NJ_STR_INIT(""), NJ_STR_INIT("variables"), NJ_STR_INIT("variables.input"), NJ_STR_INIT("user"),
                                        NJ_STR_INIT("credentials") };

/* --- words -------------------------------------------------------------------------------------------------------- */

static struct nj_str plain_word(struct nj_str s, char out[static WORD_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < WORD_MAX; i++) {
        char c = s.p[i];
        if (c == '-' || c == '_' || c == '.')
            continue;
        out[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    return (struct nj_str){ out, n };
}

static bool says_nothing(struct nj_str s)
{
    bool version = s.n >= 2 && s.n <= 3 && (s.p[0] | 0x20) == 'v' && s.p[1] >= '0' && s.p[1] <= '9';
    return s.n == 0 || s.p[0] == '{' || s.p[0] == ':' || version;
}

/* The last two words of a path that say something; the former may be absent. */
static void last_words(struct nj_str path, struct nj_str *before, struct nj_str *last)
{
    struct nj_str rest = nj_str_slice(path, 0, nj_str_chr(path, '?', 0)), segment;
    *before = *last = (struct nj_str){ NULL, 0 };
    while (nj_str_cut(&rest, '/', &segment)) {
        if (says_nothing(segment))
            continue;
        *before = *last;
        *last = segment;
    }
}

static bool reads(const struct nj_case *c)
{
    struct nj_str m = c->request.method;
    return nj_str_eq_nocase(m, NJ_STR("GET")) || nj_str_eq_nocase(m, NJ_STR("HEAD")) || nj_str_eq_nocase(m, NJ_STR("OPTIONS"));
}

static enum nj_ask ask_of_word(const struct nj_case *c, struct nj_str word)
{
    char plain[WORD_MAX];
    word = plain_word(word, plain);
    for (size_t i = 0; i < NJ_COUNT(words); i++)
        if (nj_str_eq(word, words[i].word))
            return reads(c) && !words[i].read_too ? NJ_ASK_NONE : words[i].ask;
    return NJ_ASK_NONE;
}

/* A session that is deleted is a logout; a callback is a login if it brings a code. */
static enum nj_ask refine(const struct nj_case *c, enum nj_ask ask, struct nj_str last, struct nj_document *d)
{
    bool deletes = nj_str_eq_nocase(c->request.method, NJ_STR("DELETE"));
    bool callback = nj_str_eq_nocase(last, NJ_STR("callback"));
    if (ask == NJ_ASK_LOGIN && deletes)
        return NJ_ASK_LOGOUT;
    if (callback && nj_document_at(d, NJ_STR("queryStringParameters.code")).type == NJ_JSON_NONE)
        return NJ_ASK_NONE;
    return ask;
}

static enum nj_ask ask_of_path(const struct nj_case *c, struct nj_str path, struct nj_document *d)
{
    static const struct nj_str password = NJ_STR_INIT("password");
    struct nj_str before, last;
    char joined[2 * WORD_MAX];
    last_words(path, &before, &last);
    if (nj_str_eq_nocase(before, password) && last.n != 0 && last.n <= WORD_MAX) { /* password/reset, password/forgot */
        memcpy(joined, password.p, password.n);
        memcpy(joined + password.n, last.p, last.n);
        enum nj_ask both = ask_of_word(c, (struct nj_str){ joined, password.n + last.n });
        if (both != NJ_ASK_NONE)
            return both;
    }
    return refine(c, ask_of_word(c, last), last, d);
}

/* "login", "loginUser", "userLogin", "signIn" */
static enum nj_ask ask_of_operation(const struct nj_case *c, struct nj_str operation)
{
    static const struct nj_str roots[] = { NJ_STR_INIT("login"), NJ_STR_INIT("logon"), NJ_STR_INIT("signin"), NJ_STR_INIT("authenticate") };
    char plain[WORD_MAX];
    enum nj_ask ask = ask_of_word(c, operation);
    struct nj_str word = plain_word(operation, plain);
    for (size_t i = 0; i < NJ_COUNT(roots) && ask == NJ_ASK_NONE; i++)
        if (nj_str_starts(word, roots[i]) || nj_str_ends(word, roots[i]))
            ask = NJ_ASK_LOGIN;
    return ask;
}

/* --- the operator's own routes ------------------------------------------------------------------------------------ */

bool nj_route_listed(struct nj_str list, struct nj_str path)
{
    struct nj_str glob;
    while (nj_str_cut(&list, ',', &glob)) {
        glob = nj_str_trim(glob);
        size_t g = 0, p = 0, star = NJ_NPOS, retry = 0;
        while (p < path.n) {
            if (g < glob.n && glob.p[g] == '*') {
                star = g++;
                retry = p;
            } else if (g < glob.n && glob.p[g] == path.p[p]) {
                g++;
                p++;
            } else if (star != NJ_NPOS) {
                g = star + 1;
                p = ++retry;
            } else {
                break;
            }
        }
        while (g < glob.n && glob.p[g] == '*')
            g++;
        if (glob.n != 0 && p == path.n && g == glob.n)
            return true;
    }
    return false;
}

/* --- bodies ------------------------------------------------------------------------------------------------------- */

static struct nj_str field_of(struct nj_body *b, struct nj_str place, struct nj_str name)
{
    if (b->kind == NJ_BODY_FORM)
        return place.n == 0 ? nj_body_field(b, name) : (struct nj_str){ NULL, 0 };
    struct nj_json v = nj_document_below(nj_document_at(&b->document, place), name);
    return v.type == NJ_JSON_STRING || v.type == NJ_JSON_NUMBER ? nj_document_text(&b->document, v) : (struct nj_str){ NULL, 0 };
}

static struct nj_str find_any(struct nj_body *b, const struct nj_str *names, size_t n)
{
    for (size_t at = 0; at < NJ_COUNT(places); at++) {
        for (size_t i = 0; i < n; i++) {
            struct nj_str v = field_of(b, places[at], names[i]);
            if (v.n != 0)
                return v;
        }
    }
    return (struct nj_str){ NULL, 0 };
}

static void read_body(struct nj_observe *o, struct nj_case *c, struct nj_body *b)
{
    struct nj_str user = find_any(b, identifiers, NJ_COUNT(identifiers)), secret = find_any(b, secrets, NJ_COUNT(secrets));
    struct nj_str grant = field_of(b, NJ_STR(""), NJ_STR("grant_type"));
    const struct nj_pseudonyms *p = nj_observe_config(o)->pseudonyms;
    c->request.secret = secret.n != 0;
    if (secret.n != 0 && p != NULL)
        c->request.secret_tag = nj_pseudonym_tag(p, NJ_PSEUDONYM_SECRET, c->actor.tenant, secret);
    if (c->request.ask == NJ_ASK_NONE && user.n != 0 && secret.n != 0 && nj_str_eq_nocase(c->request.method, NJ_STR("POST")) &&
        !c->request.graphql)
        c->request.ask = NJ_ASK_LOGIN;
    if (c->request.ask == NJ_ASK_TOKEN && nj_str_eq(grant, NJ_STR("refresh_token")))
        c->request.ask = NJ_ASK_REFRESH;
    if (c->request.ask != NJ_ASK_NONE)
        nj_actor_name(o, c, user, NJ_WHO_USER, true);
}

static void read_graphql(struct nj_case *c, struct nj_body *b)
{
    struct nj_str before, last, operation = field_of(b, NJ_STR(""), NJ_STR("operationName"));
    last_words(c->request.path, &before, &last);
    c->request.graphql = nj_str_eq_nocase(last, NJ_STR("graphql"));
    if (!c->request.graphql || operation.n == 0)
        return;
    c->request.operation = nj_case_keep(c, operation, WORD_MAX);
    if (c->request.ask == NJ_ASK_NONE)
        c->request.ask = ask_of_operation(c, operation);
}

static void read_arguments(struct nj_observe *o, struct nj_case *c, struct nj_document *d)
{
    struct nj_json arguments = nj_document_at(d, NJ_STR("arguments"));
    for (size_t i = 0; i < NJ_COUNT(identifiers); i++) {
        struct nj_json v = nj_document_below(arguments, identifiers[i]);
        if (v.type == NJ_JSON_NONE)
            v = nj_document_below(nj_document_below(arguments, NJ_STR("input")), identifiers[i]);
        nj_actor_name(o, c, nj_document_text(d, v), NJ_WHO_USER, true);
    }
}

/* Who a pool's trigger names has proved it only where the pool has let them in. */
static void read_pool(struct nj_case *c, struct nj_document *d)
{
    static const struct nj_str proved[] = { NJ_STR_INIT("PostAuthentication_"), NJ_STR_INIT("TokenGeneration_"),
                                            NJ_STR_INIT("PostConfirmation_") };
    c->request.ask = NJ_ASK_TRIGGER;
    c->actor.unknown_user = nj_document_at(d, NJ_STR("request.userNotFound")).type == NJ_JSON_TRUE;
    c->actor.claimed = c->actor.kind == NJ_WHO_USER;
    for (size_t i = 0; i < NJ_COUNT(proved); i++)
        if (nj_str_starts(c->request.operation, proved[i]))
            c->actor.claimed = false;
}

void nj_ask_read(struct nj_observe *o, struct nj_case *c, struct nj_document *d)
{
    struct nj_request *q = &c->request;
    struct nj_body *b = nj_observe_body(o);
    b->kind = NJ_BODY_NONE;
    switch (q->trigger->answer) {
    case NJ_ANSWER_AUTHORIZER:
        q->ask = NJ_ASK_DECISION;
        return;
    case NJ_ANSWER_COGNITO:
        read_pool(c, d);
        return;
    case NJ_ANSWER_GRAPHQL:
        q->ask = ask_of_operation(c, q->operation);
        if (q->ask != NJ_ASK_NONE)
            read_arguments(o, c, d);
        return;
    case NJ_ANSWER_HTTP:
        break;
    default:
        return;
    }
    struct nj_str path = q->path.n != 0 ? q->path : q->route, route = q->route.n != 0 ? q->route : q->path;
    q->ask = nj_route_listed(nj_observe_config(o)->auth_routes, path) ? NJ_ASK_LOGIN : ask_of_path(c, route, d);
    if (reads(c))
        return;
    q->upload = nj_str_find(nj_document_header(d, NJ_STR(""), NJ_STR("content-type")), NJ_STR("multipart/form-data"), 0) != NJ_NPOS;
    nj_body_read(b, d);
    if (b->kind != NJ_BODY_JSON && b->kind != NJ_BODY_FORM)
        return;
    read_graphql(c, b);
    read_body(o, c, b);
}

/* What a request brings to say who it is, where no gateway has checked it: the subject of a bearer token, the cookie of a session.
 *
 * A subject is a claim: the function is there to check the signature.  Neither token nor cookie is kept, only their pseudonyms. */
#include "observe_internal.h"

#include "payload_internal.h"

enum { CLAIMS_MAX = 8192 };

static const struct nj_str session_cookies[] = {
    NJ_STR_INIT("session"),
    NJ_STR_INIT("sessionid"),
    NJ_STR_INIT("session_id"),
    NJ_STR_INIT("sid"),
    NJ_STR_INIT("JSESSIONID"),
    NJ_STR_INIT("PHPSESSID"),
    NJ_STR_INIT("connect.sid"),
    NJ_STR_INIT("ASP.NET_SessionId"),
    NJ_STR_INIT("_session"),
    NJ_STR_INIT("auth"),
    NJ_STR_INIT("laravel_session"),
    NJ_STR_INIT("__Host-session"),
    NJ_STR_INIT("next-auth.session-token"),
    NJ_STR_INIT("__Secure-next-auth.session-token"),
};

/* --- tokens ------------------------------------------------------------------------------------------------------- */

/* The claims of a JWT: the second of its three parts. */
static struct nj_str claims_of(struct nj_str token)
{
    struct nj_str head, claims;
    if (!nj_str_cut(&token, '.', &head) || !nj_str_cut(&token, '.', &claims) || token.n == 0 || head.n == 0)
        return (struct nj_str){ NULL, 0 };
    return claims;
}

static void read_claims(struct nj_observe *o, struct nj_case *c, struct nj_str base64)
{
    static const struct nj_str subjects[] = { NJ_STR_INIT("sub"), NJ_STR_INIT("username"), NJ_STR_INIT("client_id"), NJ_STR_INIT("email") };
    struct nj_buf text;
    struct nj_json claims;
    size_t n = 0;
    nj_buf_init(&text, CLAIMS_MAX);
    nj_buf_add(&text, base64);
    if (text.err == NJ_OK && nj_payload_base64(text.p, text.n, false, &n) &&
        nj_json_parse((struct nj_str){ text.p, n }, &claims) == NJ_OK) {
        for (size_t i = 0; i < NJ_COUNT(subjects); i++) {
            bool escaped = false;
            struct nj_str subject = nj_json_inner(nj_json_get(claims, subjects[i]), &escaped);
            if (!escaped)
                nj_actor_name(o, c, subject, NJ_WHO_USER, true);
        }
    }
    nj_buf_fini(&text);
}

static void read_bearer(struct nj_observe *o, struct nj_case *c, struct nj_str header)
{
    static const struct nj_str bearer = NJ_STR_INIT("bearer ");
    if (nj_str_starts_nocase(header, bearer))
        header = nj_str_slice(header, bearer.n, header.n);
    struct nj_str claims = claims_of(nj_str_trim(header));
    if (claims.n != 0)
        read_claims(o, c, claims);
}

/* --- cookies ------------------------------------------------------------------------------------------------------ */

static void read_cookies(struct nj_observe *o, struct nj_case *c, struct nj_str list)
{
    struct nj_str pair, name;
    while (nj_str_cut(&list, ';', &pair)) {
        struct nj_str value = nj_str_trim(pair);
        if (!nj_str_cut(&value, '=', &name))
            continue;
        if (nj_str_is_any_nocase(name, session_cookies, NJ_COUNT(session_cookies)))
            nj_actor_session(o, c, value);
    }
}

void nj_credentials_read(struct nj_observe *o, struct nj_case *c, struct nj_document *d)
{
    enum nj_answer answer = c->request.trigger->answer;
    struct nj_str at = answer == NJ_ANSWER_GRAPHQL ? NJ_STR("request") : NJ_STR("");
    if (answer != NJ_ANSWER_HTTP && answer != NJ_ANSWER_GRAPHQL)
        return;
    read_bearer(o, c, nj_document_header(d, at, NJ_STR("authorization")));
    read_cookies(o, c, nj_document_header(d, at, NJ_STR("cookie")));
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v;
    nj_json_iter_init(&it, nj_document_at(d, NJ_STR("cookies"))); /* HTTP APIs take them apart */
    while (nj_json_next(&it, &key, &v))
        read_cookies(o, c, nj_document_text(d, v));
}

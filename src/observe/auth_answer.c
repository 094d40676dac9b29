/* What an answer says: the status and body of an HTTP response, an authorizer's decision, errors of GraphQL, a posted error. */
#include "judge.h"

/* Where an error's name may stand, and where its words. */
static const struct nj_str code_places[] = {
    NJ_STR_INIT("error.code"),
    NJ_STR_INIT("error.type"),
    NJ_STR_INIT("error.status"),
    NJ_STR_INIT("error"),
    NJ_STR_INIT("code"),
    NJ_STR_INIT("errorCode"),
    NJ_STR_INIT("error_code"),
    NJ_STR_INIT("__type"),
    NJ_STR_INIT("errorType"),
    NJ_STR_INIT("name"),
    NJ_STR_INIT("type"),
    NJ_STR_INIT("reason"),
    NJ_STR_INIT("errors.0.code"),
    NJ_STR_INIT("errors.0.extensions.code"),
    NJ_STR_INIT("errors.0.errorType"),
    NJ_STR_INIT("message"),
};
static const struct nj_str word_places[] = { NJ_STR_INIT("message"),         NJ_STR_INIT("error_description"),
                                             NJ_STR_INIT("error.message"),   NJ_STR_INIT("detail"),
                                             NJ_STR_INIT("title"),           NJ_STR_INIT("errorMessage"),
                                             NJ_STR_INIT("error"),           NJ_STR_INIT("msg"),
                                             NJ_STR_INIT("errors.0.message") };

static struct nj_str text_at(struct nj_document *d, struct nj_str path)
{
    struct nj_json v = nj_document_at(d, path);
    return v.type == NJ_JSON_STRING ? nj_document_text(d, v) : (struct nj_str){ NULL, 0 };
}

static const struct nj_code *code_in(struct nj_document *d)
{
    for (size_t i = 0; i < NJ_COUNT(code_places); i++) {
        const struct nj_code *code = nj_code_find(text_at(d, code_places[i]));
        if (code != NULL)
            return code;
    }
    return NULL;
}

static const char *reason_in(struct nj_observe *o, struct nj_document *d)
{
    for (size_t i = 0; i < NJ_COUNT(word_places); i++) {
        struct nj_text_finding f = nj_observe_text(o, text_at(d, word_places[i]));
        if (f.word == NJ_WORD_LOGIN_FAIL && f.reason != NULL)
            return f.reason;
    }
    return NULL;
}

static bool is_false(struct nj_document *d, struct nj_str path)
{
    return nj_document_at(d, path).type == NJ_JSON_FALSE;
}

static bool is_there(struct nj_document *d, struct nj_str path)
{
    return nj_document_at(d, path).type != NJ_JSON_NONE;
}

/* --- validation ---------------------------------------------------------------------------------------------------- */

/* A list of what is wrong with which field: pydantic, zod, joi, express-validator, Spring, Laravel, problem details. */
static struct nj_json complaints_in(struct nj_document *d)
{
    static const struct nj_str lists[] = { NJ_STR_INIT("errors"),        NJ_STR_INIT("detail"),        NJ_STR_INIT("issues"),
                                           NJ_STR_INIT("error.issues"),  NJ_STR_INIT("details"),       NJ_STR_INIT("validationErrors"),
                                           NJ_STR_INIT("violations"),    NJ_STR_INIT("fieldErrors"),   NJ_STR_INIT("invalid-params"),
                                           NJ_STR_INIT("invalidParams"), NJ_STR_INIT("error.details"), NJ_STR_INIT("message") };
    for (size_t i = 0; i < NJ_COUNT(lists); i++) {
        struct nj_json v = nj_document_at(d, lists[i]);
        if (v.type == NJ_JSON_ARRAY || (v.type == NJ_JSON_OBJECT && i == 0))
            return v;
    }
    return (struct nj_json){ .type = NJ_JSON_NONE };
}

/* A value that is none of those allowed: the interface offers no way to send it. */
static bool is_discrete(struct nj_json complaints)
{
    static const struct nj_str keys[] = { NJ_STR_INIT("type"), NJ_STR_INIT("code"), NJ_STR_INIT("keyword"), NJ_STR_INIT("constraint") };
    static const struct nj_str words[] = {
        NJ_STR_INIT("\"enum\""),     NJ_STR_INIT("\"invalid_enum_value\""), NJ_STR_INIT("\"literal_error\""),
        NJ_STR_INIT("\"any.only\""), NJ_STR_INIT("\"type_error.enum\""),    NJ_STR_INIT("\"isIn\""),
        NJ_STR_INIT("\"isEnum\""),   NJ_STR_INIT("\"invalid_literal\"")
    };
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json v;
    nj_json_iter_init(&it, complaints);
    while (nj_json_next(&it, &key, &v))
        for (size_t k = 0; k < NJ_COUNT(keys); k++)
            for (size_t w = 0; w < NJ_COUNT(words); w++)
                if (nj_str_eq(nj_json_get(v, keys[k]).raw, words[w]))
                    return true;
    return false;
}

static void judge_validation(struct nj_case *c, struct nj_json complaints)
{
    nj_judge_event(c, is_discrete(complaints) ? NJ_WORD_VALIDATION_DISCRETE_FAIL : NJ_WORD_VALIDATION_FAIL, NJ_AUTH_RESPONSE);
}

/* --- HTTP ---------------------------------------------------------------------------------------------------------- */

static void judge_code(struct nj_case *c, const struct nj_code *code, const char *reason, enum nj_auth_source source)
{
    if (code->word == NJ_WORD_TOKEN_REUSE)
        nj_judge(c, NJ_WORD_LOGIN_FAIL, source, reason);
    if (nj_words[code->word].part == NJ_PART_EVENT)
        nj_judge_event(c, code->word, source);
    else
        nj_judge(c, code->word, source, code->reason != NULL ? code->reason : reason);
    if (code->reason != NULL && nj_str_eq(nj_str_of(code->reason), NJ_STR("unknown_user")))
        c->actor.unknown_user = true;
}

/* 400 and 422 say little; the names in the body say which they are. */
static void read_refusal(struct nj_observe *o, struct nj_case *c, unsigned status, struct nj_body *b)
{
    const struct nj_code *code = b->kind == NJ_BODY_JSON ? code_in(&b->document) : NULL;
    const char *reason = code != NULL && code->reason != NULL ? code->reason : NULL;
    if (reason == NULL && b->kind == NJ_BODY_JSON)
        reason = reason_in(o, &b->document);
    else if (reason == NULL && b->kind == NJ_BODY_TEXT)
        reason = nj_observe_text(o, b->text).reason;
    if (reason != NULL && nj_str_eq(nj_str_of(reason), NJ_STR("unknown_user")))
        c->actor.unknown_user = true;
    nj_judge_status(c, status, NJ_AUTH_RESPONSE, reason);
    if (code != NULL && code->word == NJ_WORD_TOKEN_REUSE)
        nj_judge_event(c, code->word, NJ_AUTH_RESPONSE);
    if (status != 400 && status != 422)
        return;
    struct nj_json complaints = b->kind == NJ_BODY_JSON ? complaints_in(&b->document) : (struct nj_json){ .type = NJ_JSON_NONE };
    if (code != NULL && code->word != NJ_WORD_VALIDATION_FAIL)
        judge_code(c, code, reason, NJ_AUTH_RESPONSE);
    else if (complaints.type != NJ_JSON_NONE || code != NULL || status == 422)
        judge_validation(c, complaints);
    else if (nj_case_asks(c) && reason != NULL)
        nj_judge(c, NJ_WORD_LOGIN_FAIL, NJ_AUTH_RESPONSE, reason);
}

/* GraphQL over HTTP: 200 whatever happened. */
static bool read_graphql_errors(struct nj_case *c, struct nj_document *d)
{
    struct nj_json errors = nj_document_at(d, NJ_STR("errors"));
    if (errors.type != NJ_JSON_ARRAY || nj_document_count(errors) == 0)
        return false;
    const struct nj_code *code = code_in(d);
    if (code != NULL && code->word == NJ_WORD_VALIDATION_FAIL)
        judge_validation(c, errors);
    else if (code != NULL)
        judge_code(c, code, NULL, NJ_AUTH_RESPONSE);
    return true;
}

/* A login that is answered 200 and yet is none: there is another step, or the body says no. */
static bool read_unfinished(struct nj_observe *o, struct nj_case *c, struct nj_document *d)
{
    static const struct nj_str steps[] = { NJ_STR_INIT("challengeName"), NJ_STR_INIT("ChallengeName"), NJ_STR_INIT("challenge"),
                                           NJ_STR_INIT("mfa_required"),  NJ_STR_INIT("mfaRequired"),   NJ_STR_INIT("mfa_token") };
    static const struct nj_str words[] = { NJ_STR_INIT("success"), NJ_STR_INIT("ok"), NJ_STR_INIT("authenticated"), NJ_STR_INIT("valid") };
    for (size_t i = 0; i < NJ_COUNT(steps); i++)
        if (is_there(d, steps[i]) && !is_false(d, steps[i]))
            return true;
    const struct nj_code *code = code_in(d);
    bool no = code != NULL && code->word == NJ_WORD_LOGIN_FAIL;
    for (size_t i = 0; i < NJ_COUNT(words); i++)
        no = no || is_false(d, words[i]);
    if (no)
        nj_judge(c, NJ_WORD_LOGIN_FAIL, NJ_AUTH_RESPONSE, code != NULL && code->reason != NULL ? code->reason : reason_in(o, d));
    return no;
}

static void read_good(struct nj_observe *o, struct nj_case *c, unsigned status, struct nj_document *d, struct nj_body *b)
{
    bool json = b->kind == NJ_BODY_JSON;
    if (json && c->request.graphql && read_graphql_errors(c, &b->document))
        return;
    if (json && nj_case_asks(c) && read_unfinished(o, c, &b->document))
        return;
    struct nj_str type = nj_document_header(d, NJ_STR(""), NJ_STR("content-type"));
    if (nj_case_asks(c) && status == 200 && nj_str_find(type, NJ_STR("text/html"), 0) != NJ_NPOS)
        return; /* a page: the form again, or what is behind it; lines may tell */
    nj_judge_status(c, status, NJ_AUTH_RESPONSE, NULL);
    if (c->request.ask == NJ_ASK_TOKEN)
        nj_judge_event(c, NJ_WORD_TOKEN_CREATED, NJ_AUTH_RESPONSE);
    bool cookie = nj_document_header(d, NJ_STR(""), NJ_STR("set-cookie")).n != 0 || is_there(d, NJ_STR("cookies.0"));
    if (cookie && (c->request.ask == NJ_ASK_LOGIN || c->request.ask == NJ_ASK_MFA))
        nj_judge_event(c, NJ_WORD_SESSION_CREATED, NJ_AUTH_RESPONSE);
}

/* What the gateway or the balancer refuses to pass on: the client gets a 502, and nobody else would tell.  REST APIs and load balancers
 * want a status; the others take an answer without one as a body. */
static bool is_malformed(const struct nj_case *c, const struct nj_payload *p, struct nj_document *d)
{
    const struct nj_str name = c->request.trigger->name;
    bool strict = nj_str_eq(name, NJ_STR("apigateway.rest")) || nj_str_eq(name, NJ_STR("alb"));
    struct nj_json status = nj_json_get(d->root, NJ_STR("statusCode")), body = nj_json_get(d->root, NJ_STR("body"));
    uint64_t n = 0;
    if (!p->complete || d->cut || (!strict && (d->root.type != NJ_JSON_OBJECT || status.type == NJ_JSON_NONE)))
        return false;
    bool plain = body.type == NJ_JSON_NONE || body.type == NJ_JSON_STRING || body.type == NJ_JSON_NULL;
    bool told = nj_str_u64(nj_document_text(d, status), &n) && n >= 100 && n <= 599;
    return d->root.type != NJ_JSON_OBJECT || !told || !plain;
}

static void read_http(struct nj_observe *o, struct nj_case *c, struct nj_document *d)
{
    /* Without a statusCode a gateway takes the whole answer as the body of a 200. */
    unsigned status = c->status_code != 0 ? c->status_code : 200;
    struct nj_body *b = nj_observe_body(o);
    b->kind = NJ_BODY_NONE;
    if (status >= 400 || nj_case_asks(c) || c->request.graphql)
        nj_body_read(b, d);
    if (c->status_code == 0 && d->root.type == NJ_JSON_OBJECT && nj_document_read(&b->document, d->root.raw, d->root.raw.n))
        b->kind = NJ_BODY_JSON;
    if (status >= 400)
        read_refusal(o, c, status, b);
    else
        read_good(o, c, status, d, b);
}

/* --- authorizers ---------------------------------------------------------------------------------------------------- */

/* *allowed, if the answer is a decision at all. */
static bool decision_in(struct nj_document *d, bool *allowed)
{
    static const struct nj_str flags[] = { NJ_STR_INIT("isAuthorized"), NJ_STR_INIT("isAuthenticated") };
    for (size_t i = 0; i < NJ_COUNT(flags); i++) {
        struct nj_json v = nj_document_at(d, flags[i]);
        *allowed = v.type == NJ_JSON_TRUE;
        if (v.type == NJ_JSON_TRUE || v.type == NJ_JSON_FALSE)
            return true;
    }
    struct nj_json statements = nj_document_at(d, NJ_STR("policyDocument.Statement")), v = statements;
    struct nj_json_iter it;
    struct nj_str key;
    bool any = false;
    *allowed = true;
    nj_json_iter_init(&it, statements.type == NJ_JSON_ARRAY ? statements : (struct nj_json){ .type = NJ_JSON_NONE });
    while (statements.type == NJ_JSON_OBJECT ? !any : nj_json_next(&it, &key, &v)) {
        any = true;
        if (nj_str_eq_nocase(nj_json_get(v, NJ_STR("Effect")).raw, NJ_STR("\"Deny\"")))
            *allowed = false;
    }
    return any;
}

static void read_decision(struct nj_observe *o, struct nj_case *c, struct nj_document *d)
{
    bool allowed = false;
    nj_actor_name(o, c, text_at(d, NJ_STR("principalId")), NJ_WHO_USER, false);
    if (!decision_in(d, &allowed))
        return;
    struct nj_json fields = nj_document_at(d, NJ_STR("deniedFields"));
    if (nj_document_at(d, NJ_STR("isAuthenticated")).type == NJ_JSON_FALSE)
        nj_judge(c, NJ_WORD_LOGIN_FAIL, NJ_AUTH_TRIGGER, NULL);
    else if (!allowed || nj_document_count(fields) != 0)
        nj_judge(c, NJ_WORD_AUTHZ_FAIL, NJ_AUTH_TRIGGER, NULL);
    if (allowed)
        nj_judge(c, NJ_WORD_LOGIN_SUCCESS, NJ_AUTH_TRIGGER, NULL);
}

/* --- errors --------------------------------------------------------------------------------------------------------- */

/* The function failed: that is nobody's failed login unless the error's own type says so. */
static void read_error(struct nj_observe *o, struct nj_case *c, const struct nj_payload *p, struct nj_document *d)
{
    const struct nj_code *code = nj_code_find(p->error_type);
    struct nj_str message = text_at(d, NJ_STR("errorMessage"));
    (void)o;
    if (code == NULL)
        code = nj_code_find(text_at(d, NJ_STR("errorType")));
    if (c->request.ask == NJ_ASK_DECISION && nj_str_eq(message, NJ_STR("Unauthorized")))
        nj_judge(c, NJ_WORD_LOGIN_FAIL, NJ_AUTH_TRIGGER, NULL);
    else if (code != NULL && c->request.trigger != NULL)
        judge_code(c, code, NULL, NJ_AUTH_RESPONSE);
    else if (c->request.trigger != NULL && c->request.trigger->answer == NJ_ANSWER_GRAPHQL &&
             nj_str_eq(text_at(d, NJ_STR("errorType")), NJ_STR("Unauthorized")))
        nj_judge(c, NJ_WORD_AUTHZ_FAIL, NJ_AUTH_RESPONSE, NULL);
}

void nj_answer_read(struct nj_observe *o, struct nj_case *c, const struct nj_payload *p, struct nj_document *d)
{
    enum nj_answer answer = c->request.trigger != NULL ? c->request.trigger->answer : NJ_ANSWER_OTHER;
    if (answer == NJ_ANSWER_COGNITO) {
        nj_cognito_answer(c, d, c->request.error_response);
        return;
    }
    if (c->request.error_response) {
        read_error(o, c, p, d);
        return;
    }
    switch (answer) {
    case NJ_ANSWER_HTTP:
        c->request.malformed = is_malformed(c, p, d);
        if (c->request.malformed)
            nj_judge_event(c, NJ_WORD_OUTPUT_INVALID, NJ_AUTH_RESPONSE);
        read_http(o, c, d);
        break;
    case NJ_ANSWER_AUTHORIZER:
        read_decision(o, c, d);
        break;
    case NJ_ANSWER_GRAPHQL:
        if (nj_case_asks(c))
            nj_judge(c, NJ_WORD_LOGIN_SUCCESS, NJ_AUTH_RESPONSE, NULL);
        break;
    default:
        if (c->status_code >= 400) /* an event of no known source whose answer has a status all the same */
            read_http(o, c, d);
    }
}

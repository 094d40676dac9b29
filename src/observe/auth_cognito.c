/* User pools: what their triggers mean, by their source and by what the function made of them. */
#include "judge.h"

enum rule {
    ATTEMPT, /* refused if the function throws; whether it succeeds, another trigger tells */
    SUCCESS,
    CHALLENGE, /* failAuthentication, issueTokens */
    ANSWER,    /* answerCorrect */
    MIGRATION, /* attributes, or no such user */
    EVENT      /* it is told unless the function throws */
};

/* The first row whose source begins the trigger's. */
static const struct {
    struct nj_str source;
    enum rule rule;
    enum nj_word word; /* EVENT */
} rows[] = {
    { NJ_STR_INIT("PreAuthentication_"), ATTEMPT, NJ_WORDS },
    { NJ_STR_INIT("PostAuthentication_"), SUCCESS, NJ_WORDS },
    { NJ_STR_INIT("DefineAuthChallenge_"), CHALLENGE, NJ_WORDS },
    { NJ_STR_INIT("VerifyAuthChallengeResponse_"), ANSWER, NJ_WORDS },
    { NJ_STR_INIT("UserMigration_Authentication"), MIGRATION, NJ_WORDS },
    { NJ_STR_INIT("UserMigration_ForgotPassword"), EVENT, NJ_WORD_RESET_REQUESTED },
    { NJ_STR_INIT("PreSignUp_"), EVENT, NJ_WORD_USER_CREATED },
    { NJ_STR_INIT("PostConfirmation_ConfirmForgotPassword"), EVENT, NJ_WORD_PASSWORD_CHANGE },
    { NJ_STR_INIT("PostConfirmation_"), EVENT, NJ_WORD_USER_CREATED },
    { NJ_STR_INIT("CustomMessage_ForgotPassword"), EVENT, NJ_WORD_RESET_REQUESTED },
    { NJ_STR_INIT("CustomMessage_AdminCreateUser"), EVENT, NJ_WORD_USER_CREATED },
    { NJ_STR_INIT("CustomEmailSender_ForgotPassword"), EVENT, NJ_WORD_RESET_REQUESTED },
    { NJ_STR_INIT("CustomEmailSender_AdminCreateUser"), EVENT, NJ_WORD_USER_CREATED },
    { NJ_STR_INIT("CustomSMSSender_ForgotPassword"), EVENT, NJ_WORD_RESET_REQUESTED },
    { NJ_STR_INIT("CustomSMSSender_AdminCreateUser"), EVENT, NJ_WORD_USER_CREATED },
    { NJ_STR_INIT("TokenGeneration_RefreshTokens"), EVENT, NJ_WORD_SESSION_RENEWED },
    { NJ_STR_INIT("TokenGeneration_NewPasswordChallenge"), EVENT, NJ_WORD_PASSWORD_CHANGE },
    { NJ_STR_INIT("TokenGeneration_"), EVENT, NJ_WORD_TOKEN_CREATED },
    { NJ_STR_INIT("InboundFederation_"), ATTEMPT, NJ_WORDS },
};

static bool is_true(struct nj_document *d, struct nj_str path)
{
    return nj_document_at(d, path).type == NJ_JSON_TRUE;
}

static void judge(struct nj_case *c, bool good, const char *reason)
{
    nj_judge(c, good ? NJ_WORD_LOGIN_SUCCESS : NJ_WORD_LOGIN_FAIL, NJ_AUTH_TRIGGER, reason);
}

void nj_cognito_answer(struct nj_case *c, struct nj_document *d, bool thrown)
{
    struct nj_str source = c->request.operation;
    const char *unknown = c->actor.unknown_user ? "unknown_user" : NULL;
    size_t i = 0;
    while (i < NJ_COUNT(rows) && !nj_str_starts(source, rows[i].source))
        i++;
    if (i == NJ_COUNT(rows))
        return;
    if (thrown) {
        if (rows[i].rule != EVENT)
            judge(c, false, unknown);
        return;
    }
    switch (rows[i].rule) {
    case ATTEMPT:
        break;
    case SUCCESS:
        judge(c, true, NULL);
        break;
    case CHALLENGE:
        if (is_true(d, NJ_STR("response.failAuthentication")) || is_true(d, NJ_STR("response.issueTokens")))
            judge(c, is_true(d, NJ_STR("response.issueTokens")) && !is_true(d, NJ_STR("response.failAuthentication")), unknown);
        break;
    case ANSWER:
        if (nj_document_at(d, NJ_STR("response.answerCorrect")).type == NJ_JSON_FALSE)
            judge(c, false, "mfa");
        break;
    case MIGRATION: {
        bool found = nj_document_count(nj_document_at(d, NJ_STR("response.userAttributes"))) != 0;
        judge(c, found, found ? NULL : "unknown_user");
        c->actor.unknown_user = c->actor.unknown_user || !found;
        break;
    }
    case EVENT:
        nj_judge_event(c, rows[i].word, NJ_AUTH_TRIGGER);
        break;
    }
}

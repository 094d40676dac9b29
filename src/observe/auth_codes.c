/* Names that errors go by: of OAuth, of Cognito, of common libraries and frameworks, and what each of them means. */
#include "judge.h"

#define ROW(name, word, reason)                                                                                                            \
    {                                                                                                                                      \
        NJ_STR_INIT(name), NJ_WORD_##word, reason                                                                                          \
    }

static const char bad_secret[] = "bad_secret", unknown_user[] = "unknown_user", locked[] = "locked", mfa[] = "mfa", expired[] = "expired",
                  malformed[] = "malformed";

static const struct nj_code codes[] = {
    ROW("invalid_grant", LOGIN_FAIL, bad_secret),
    ROW("invalid_credentials", LOGIN_FAIL, bad_secret),
    ROW("bad_credentials", LOGIN_FAIL, bad_secret),
    ROW("BadCredentialsException", LOGIN_FAIL, bad_secret),
    ROW("invalid_login", LOGIN_FAIL, bad_secret),
    ROW("invalid_password", LOGIN_FAIL, bad_secret),
    ROW("wrong_password", LOGIN_FAIL, bad_secret),
    ROW("auth/wrong-password", LOGIN_FAIL, bad_secret),
    ROW("auth/invalid-credential", LOGIN_FAIL, bad_secret),
    ROW("InvalidCredentials", LOGIN_FAIL, bad_secret),
    ROW("InvalidCredentialsError", LOGIN_FAIL, bad_secret),
    ROW("NotAuthorizedException", LOGIN_FAIL, bad_secret),
    ROW("InvalidPasswordException", LOGIN_FAIL, bad_secret),
    ROW("invalid_client", LOGIN_FAIL, bad_secret),
    ROW("UserNotFoundException", LOGIN_FAIL, unknown_user),
    ROW("UserNotFoundError", LOGIN_FAIL, unknown_user),
    ROW("UsernameNotFoundException", LOGIN_FAIL, unknown_user),
    ROW("user_not_found", LOGIN_FAIL, unknown_user),
    ROW("unknown_user", LOGIN_FAIL, unknown_user),
    ROW("auth/user-not-found", LOGIN_FAIL, unknown_user),
    ROW("account_locked", LOGIN_FAIL, locked),
    ROW("user_locked", LOGIN_FAIL, locked),
    ROW("account_disabled", LOGIN_FAIL, locked),
    ROW("user_disabled", LOGIN_FAIL, locked),
    ROW("auth/user-disabled", LOGIN_FAIL, locked),
    ROW("LockedException", LOGIN_FAIL, locked),
    ROW("DisabledException", LOGIN_FAIL, locked),
    ROW("UserNotConfirmedException", LOGIN_FAIL, locked),
    ROW("TooManyFailedAttemptsException", LOGIN_FAIL, locked),
    ROW("auth/too-many-requests", LOGIN_FAIL, locked),
    ROW("PasswordResetRequired", LOGIN_FAIL, expired),
    ROW("PasswordResetRequiredException", LOGIN_FAIL, expired),
    ROW("CredentialsExpiredException", LOGIN_FAIL, expired),
    ROW("password_expired", LOGIN_FAIL, expired),
    ROW("CodeMismatchException", LOGIN_FAIL, mfa),
    ROW("ExpiredCodeException", LOGIN_FAIL, mfa),
    ROW("invalid_otp", LOGIN_FAIL, mfa),
    ROW("mfa_failed", LOGIN_FAIL, mfa),
    ROW("invalid_mfa_code", LOGIN_FAIL, mfa),
    ROW("token_expired", LOGIN_FAIL, expired),
    ROW("TokenExpiredError", LOGIN_FAIL, expired),
    ROW("TokenExpiredException", LOGIN_FAIL, expired),
    ROW("ExpiredSignatureError", LOGIN_FAIL, expired),
    ROW("ExpiredJwtException", LOGIN_FAIL, expired),
    ROW("ExpiredTokenException", LOGIN_FAIL, expired),
    ROW("invalid_token", LOGIN_FAIL, malformed),
    ROW("InvalidTokenError", LOGIN_FAIL, malformed),
    ROW("InvalidSignatureException", LOGIN_FAIL, malformed),
    ROW("InvalidSignatureError", LOGIN_FAIL, malformed),
    ROW("SignatureException", LOGIN_FAIL, malformed),
    ROW("JsonWebTokenError", LOGIN_FAIL, malformed),
    ROW("MalformedJwtException", LOGIN_FAIL, malformed),
    ROW("DecodeError", LOGIN_FAIL, malformed),
    ROW("UnrecognizedClientException", LOGIN_FAIL, NULL),
    ROW("AuthenticationError", LOGIN_FAIL, NULL),
    ROW("AuthenticationException", LOGIN_FAIL, NULL),
    ROW("AuthenticationFailed", LOGIN_FAIL, NULL),
    ROW("authentication_failed", LOGIN_FAIL, NULL),
    ROW("UNAUTHENTICATED", LOGIN_FAIL, NULL),
    ROW("UnauthenticatedError", LOGIN_FAIL, NULL),
    ROW("login_required", LOGIN_FAIL, NULL),
    ROW("invalid_session", LOGIN_FAIL, expired),
    ROW("session_expired", LOGIN_FAIL, expired),
    ROW("FORBIDDEN", AUTHZ_FAIL, NULL),
    ROW("ForbiddenError", AUTHZ_FAIL, NULL),
    ROW("ForbiddenException", AUTHZ_FAIL, NULL),
    ROW("AccessDeniedException", AUTHZ_FAIL, NULL),
    ROW("AccessDenied", AUTHZ_FAIL, NULL),
    ROW("access_denied", AUTHZ_FAIL, NULL),
    ROW("PermissionError", AUTHZ_FAIL, NULL),
    ROW("PermissionDenied", AUTHZ_FAIL, NULL),
    ROW("permission_denied", AUTHZ_FAIL, NULL),
    ROW("insufficient_scope", AUTHZ_FAIL, NULL),
    ROW("UnauthorizedAccessException", AUTHZ_FAIL, NULL),
    ROW("AuthorizationException", AUTHZ_FAIL, NULL),
    ROW("AuthorizationError", AUTHZ_FAIL, NULL),
    ROW("ValidationException", VALIDATION_FAIL, NULL),
    ROW("ValidationError", VALIDATION_FAIL, NULL),
    ROW("validation_error", VALIDATION_FAIL, NULL),
    ROW("ZodError", VALIDATION_FAIL, NULL),
    ROW("BAD_USER_INPUT", VALIDATION_FAIL, NULL),
    ROW("GRAPHQL_VALIDATION_FAILED", VALIDATION_FAIL, NULL),
    ROW("ConstraintViolationException", VALIDATION_FAIL, NULL),
    ROW("InvalidParameterException", VALIDATION_FAIL, NULL),
    ROW("TooManyRequestsException", RATE_EXCEEDED, NULL),
    ROW("LimitExceededException", RATE_EXCEEDED, NULL),
    ROW("rate_limit_exceeded", RATE_EXCEEDED, NULL),
    ROW("token_reuse", TOKEN_REUSE, NULL),
    ROW("refresh_token_reused", TOKEN_REUSE, NULL),
    ROW("jti_replayed", TOKEN_REUSE, NULL),
};

/* Without package, namespace or shape prefix and without what follows the name. */
static struct nj_str bare(struct nj_str s)
{
    static const char separators[] = "#.$\\";
    size_t end = 0;
    s = nj_str_trim(s);
    while (end < s.n && s.p[end] != ':' && s.p[end] != ' ' && s.p[end] != '(')
        end++;
    s = nj_str_slice(s, 0, end);
    for (size_t i = s.n; i-- > 0;)
        if (memchr(separators, s.p[i], sizeof(separators) - 1) != NULL)
            return nj_str_slice(s, i + 1, s.n);
    return s;
}

const struct nj_code *nj_code_find(struct nj_str text)
{
    text = bare(text);
    if (text.n == 0)
        return NULL;
    for (size_t i = 0; i < NJ_COUNT(codes); i++)
        if (nj_str_eq_nocase(text, codes[i].name))
            return &codes[i];
    return NULL;
}

/* The rules behind the cases: addresses, routes, words, text, who counts, and what is remembered from one invocation to another. */
#include "../../src/observe/judge.h"
#include "nightjar/pseudonym.h"
#include "unit.h"

#include <stdio.h>

enum { TEXT_MAX = 256 << 10 };
static const int64_t t0 = 1795418101000000000, second = 1000000000;

/* --- addresses and routes ------------------------------------------------------------------------------------------ */

START_TEST(test_observe_what_is_no_address_is_none)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        { "203.0.113.7", "203.0.113.7" },
        { "  203.0.113.7 ", "203.0.113.7" },
        { "203.0.113.7:443", "203.0.113.7" },
        { "[2001:db8::1]:443", "2001:db8::1" },
        { "[2001:db8::1]", "2001:db8::1" },
        { "fe80::1%eth0", "fe80::1" },
        { "::1", "::1" },
        { "::ffff:203.0.113.7", "::ffff:203.0.113.7" },
        { "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6" },
        { "203.0.113.256", "" },
        { "203.0.113", "" },
        { "203.0.113.7.8", "" },
        { "1.2.3.0x10", "" },
        { "unknown", "" },
        { "s3.amazonaws.com", "" },
        { "12:34", "" },
        { "2001:db8:1:2:3:4:5:6:7:8", "" },
        { "<script>", "" },
        { "[203.0.113.7", "" },
        { "", "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_msg(nj_str_eq(nj_address_of(nj_str_of(rows[i].in)), nj_str_of(rows[i].want)), "%s", rows[i].in);
}
END_TEST

START_TEST(test_observe_forwarded_addresses_count_from_the_right)
{
    static const struct {
        const char *list;
        unsigned hops;
        const char *want;
    } rows[] = {
        { "203.0.113.7", 1, "203.0.113.7" },
        { "192.0.2.1, 203.0.113.7", 1, "203.0.113.7" },
        { "192.0.2.1, 203.0.113.7", 0, "203.0.113.7" },
        { "192.0.2.1,203.0.113.7,10.0.0.1", 2, "203.0.113.7" },
        { "192.0.2.1", 2, "" }, /* the client's own word */
        { "192.0.2.1, evil", 1, "" },
        { "192.0.2.1, ", 1, "" },
        { "", 1, "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_msg(nj_str_eq(nj_address_forwarded(nj_str_of(rows[i].list), rows[i].hops), nj_str_of(rows[i].want)), "%s", rows[i].list);
}
END_TEST

START_TEST(test_observe_routes_have_few_forms)
{
    static const struct {
        const char *path, *want;
    } rows[] = {
        { "/", "/" },
        { "", "/" },
        { "/users/17", "/users/{id}" },
        { "/v1/users/17/cards/4", "/v1/users/{id}/cards/{id}" },
        { "/files/a%2Fb", "/files/{id}" },
        { "/who/joe@example.com?x=1", "/who/{id}" },
        { "/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h" },
        { "//double//slash/", "/double/slash" },
        { "/3f2504e0-4f89-11d3-9a0c-0305e82c3301", "/{id}" },
        { "/averylongwordthatnobodywouldnamearoute", "/{id}" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char out[128];
        struct nj_str got = nj_route_of_path(nj_str_of(rows[i].path), out, sizeof(out));
        ck_assert_msg(nj_str_eq(got, nj_str_of(rows[i].want)), "%s gives %.*s", rows[i].path, NJ_STR_ARG(got));
    }
}
END_TEST

START_TEST(test_observe_a_route_stays_within_its_room)
{
    char path[4096], out[16];
    for (size_t room = 0; room <= sizeof(out); room++) {
        memset(path, 'a', sizeof(path));
        for (size_t i = 0; i < sizeof(path); i += 5)
            path[i] = '/';
        struct nj_str got = nj_route_of_path((struct nj_str){ path, sizeof(path) }, out, room);
        ck_assert_uint_le(got.n, room);
    }
}
END_TEST

START_TEST(test_observe_globs_match_whole_paths)
{
    struct nj_str list = NJ_STR(" /patients/*, /export ,*/secret,");
    static const struct {
        const char *path;
        bool want;
    } rows[] = { { "/patients/1", true }, { "/patients/", true }, { "/patients", false }, { "/export", true }, { "/export/1", false },
                 { "/a/b/secret", true }, { "/secret", true },    { "/secrets", false },  { "", false },       { "/", false } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_msg(nj_route_listed(list, nj_str_of(rows[i].path)) == rows[i].want, "%s", rows[i].path);
    ck_assert(!nj_route_listed((struct nj_str){ NULL, 0 }, NJ_STR("/x")));
}
END_TEST

/* --- words and text ------------------------------------------------------------------------------------------------- */

START_TEST(test_observe_words_come_with_arguments)
{
    struct nj_str args;
    ck_assert_int_eq(nj_word_named(NJ_STR("authn_login_fail:joe,3"), &args), NJ_WORD_LOGIN_FAIL);
    ck_assert_view_eq(args, "joe,3");
    ck_assert_int_eq(nj_word_named(NJ_STR("AUTHZ_FAIL"), &args), NJ_WORD_AUTHZ_FAIL);
    ck_assert_uint_eq(args.n, 0);
    ck_assert_int_eq(nj_word_named(NJ_STR("authn_"), &args), NJ_WORDS);
    ck_assert_int_eq(nj_word_named(NJ_STR("user_login"), &args), NJ_WORDS);
    ck_assert_int_eq(nj_word_named(NJ_STR(""), &args), NJ_WORDS);
}
END_TEST

START_TEST(test_observe_codes_are_found_without_their_packages)
{
    static const struct {
        const char *text;
        enum nj_word want;
    } rows[] = {
        { "invalid_grant", NJ_WORD_LOGIN_FAIL },
        { "com.amazonaws#NotAuthorizedException", NJ_WORD_LOGIN_FAIL },
        { "UserNotFoundException: User does not exist.", NJ_WORD_LOGIN_FAIL },
        { "org.springframework.security.authentication.BadCredentialsException", NJ_WORD_LOGIN_FAIL },
        { "jwt.exceptions.ExpiredSignatureError", NJ_WORD_LOGIN_FAIL },
        { "FORBIDDEN", NJ_WORD_AUTHZ_FAIL },
        { "TooManyRequestsException", NJ_WORD_RATE_EXCEEDED },
        { "TypeError", NJ_WORDS },
        { "", NJ_WORDS },
        { "...", NJ_WORDS },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        const struct nj_code *code = nj_code_find(nj_str_of(rows[i].text));
        ck_assert_msg((code != NULL ? code->word : NJ_WORDS) == rows[i].want, "%s", rows[i].text);
    }
}
END_TEST

static const struct {
    const char *text;
    enum nj_word word;
    const char *reason;
} texts[] = {
    { "login failed for user 17", NJ_WORD_LOGIN_FAIL, NULL },
    { "Login Failed: wrong password", NJ_WORD_LOGIN_FAIL, "bad_secret" },
    { "2026-11-23 ERROR auth: invalid credentials", NJ_WORD_LOGIN_FAIL, "bad_secret" },
    { "authentication failure; user=joe", NJ_WORD_LOGIN_FAIL, NULL },
    { "loginFailed user=17", NJ_WORD_LOGIN_FAIL, NULL },
    { "token expired at 12:00", NJ_WORD_LOGIN_FAIL, "expired" },
    { "jwt rejected", NJ_WORD_LOGIN_FAIL, NULL },
    { "MFA code mismatch", NJ_WORD_LOGIN_FAIL, "mfa" },
    { "api key revoked", NJ_WORD_LOGIN_FAIL, "expired" },
    { "NotAuthorizedException: Incorrect username or password.", NJ_WORD_LOGIN_FAIL, "bad_secret" },
    { "UserNotFoundException", NJ_WORD_LOGIN_FAIL, "unknown_user" },
    { "login failed: no such user", NJ_WORD_LOGIN_FAIL, "unknown_user" },
    { "io.jsonwebtoken: JsonWebTokenError: invalid signature", NJ_WORD_LOGIN_FAIL, "malformed" },
    { "Permission denied: '/var/task/x'", NJ_WORD_AUTHZ_FAIL, NULL },
    { "An error occurred (AccessDeniedException)", NJ_WORD_AUTHZ_FAIL, NULL },
    { "access denied for role reader", NJ_WORD_AUTHZ_FAIL, NULL },
    { "is not allowed to perform kms:Decrypt on key", NJ_WORD_DECRYPT_FAIL, NULL },
    /* and the honest ones */
    { "login ok", NJ_WORDS, NULL },
    { "0 failed logins", NJ_WORDS, NULL },
    { "no failed logins today", NJ_WORDS, NULL },
    { "failed logins: 0", NJ_WORDS, NULL },
    { "auth_failed=false", NJ_WORDS, NULL },
    { "\"authFailed\":false", NJ_WORDS, NULL },
    { "authentication did not fail", NJ_WORDS, NULL },
    { "If the password is incorrect, an error is shown", NJ_WORDS, NULL },
    { "should reject an invalid token", NJ_WORDS, NULL },
    { "PASS test_invalid_password", NJ_WORDS, NULL },
    { "--- PASS: TestInvalidToken (0.00s)", NJ_WORDS, NULL },
    { "build failed", NJ_WORDS, NULL },
    { "connection failed", NJ_WORDS, NULL },
    { "invalid date", NJ_WORDS, NULL },
    { "author of the failed import", NJ_WORDS, NULL },
    { "authority file is wrong", NJ_WORDS, NULL },
    { "the download failed, and much later in this very long line of text we come to speak of a password", NJ_WORDS, NULL },
    { "unblocked the queue", NJ_WORDS, NULL },
    { "", NJ_WORDS, NULL },
    { "fai", NJ_WORDS, NULL },
};

START_TEST(test_observe_text_speaks_of_failures_that_happened)
{
    struct nj_text_scan *scan = malloc(nj_text_scan_size());
    ck_assert_ptr_nonnull(scan);
    nj_text_scan_init(scan);
    for (size_t i = 0; i < NJ_COUNT(texts); i++) {
        struct nj_text_finding f = nj_auth_text(scan, nj_str_of(texts[i].text));
        ck_assert_msg(f.word == texts[i].word, "\"%s\": %d, want %d", texts[i].text, (int)f.word, (int)texts[i].word);
        bool same = f.reason == NULL ? texts[i].reason == NULL : texts[i].reason != NULL && strcmp(f.reason, texts[i].reason) == 0;
        ck_assert_msg(same, "\"%s\": reason %s", texts[i].text, f.reason != NULL ? f.reason : "none");
    }
    free(scan);
}
END_TEST

/* Whatever comes before it, a failure is found: the pass skips nothing it should not. */
START_TEST(test_observe_text_is_found_at_every_offset)
{
    struct nj_text_scan *scan = malloc(nj_text_scan_size());
    char text[256];
    ck_assert_ptr_nonnull(scan);
    nj_text_scan_init(scan);
    for (size_t at = 0; at < 64; at++) {
        memset(text, 'x', at);
        snprintf(text + at, sizeof(text) - at, "%slogin failed", at != 0 ? " " : "");
        ck_assert_msg(nj_auth_text(scan, nj_str_of(text)).word == NJ_WORD_LOGIN_FAIL, "at %zu", at);
    }
    free(scan);
}
END_TEST

/* --- bodies --------------------------------------------------------------------------------------------------------- */

START_TEST(test_observe_forms_are_decoded)
{
    struct nj_body b;
    struct nj_document d;
    nj_body_init(&b);
    nj_document_init(&d);
    struct nj_str text = NJ_STR("{\"body\":\"user=joe%40example.com&password=a+b%2&empty=&x\"}");
    ck_assert(nj_document_read(&d, text, text.n));
    nj_body_read(&b, &d);
    ck_assert_int_eq(b.kind, NJ_BODY_FORM);
    ck_assert_view_eq(nj_body_field(&b, NJ_STR("user")), "joe@example.com");
    ck_assert_view_eq(nj_body_field(&b, NJ_STR("PASSWORD")), "a b%2");
    ck_assert_uint_eq(nj_body_field(&b, NJ_STR("empty")).n, 0);
    ck_assert_uint_eq(nj_body_field(&b, NJ_STR("x")).n, 0);
    nj_body_fini(&b);
    nj_document_fini(&d);
}
END_TEST

START_TEST(test_observe_a_cut_document_is_read_as_far_as_it_goes)
{
    struct nj_document d;
    nj_document_init(&d);
    struct nj_str text =
        NJ_STR("{\"version\":\"2.0\",\"requestContext\":{\"http\":{\"method\":\"POST\",\"sourceIp\":\"203.0.113.7\"},\"stage\":\"pr");
    ck_assert(nj_document_read(&d, text, 100000));
    ck_assert(d.cut);
    ck_assert_view_eq(nj_document_text(&d, nj_document_at(&d, NJ_STR("requestContext.http.sourceIp"))), "203.0.113.7");
    ck_assert_int_eq(nj_document_at(&d, NJ_STR("requestContext.stage")).type, NJ_JSON_NONE);
    ck_assert(!nj_document_read(&d, NJ_STR("hello"), 5));
    ck_assert_int_eq(nj_document_at(&d, NJ_STR("version")).type, NJ_JSON_NONE);
    ck_assert(!nj_document_read(&d, NJ_STR(""), 0));
    nj_document_fini(&d);
}
END_TEST

START_TEST(test_observe_every_trigger_is_reachable_and_named)
{
    for (size_t i = 0; i < nj_trigger_count; i++) {
        ck_assert(nj_triggers[i].name.n != 0);
        ck_assert((nj_triggers[i].test.n == 0) == (i + 1 == nj_trigger_count));
        for (size_t f = 0; f < nj_triggers[i].fact_count; f++) {
            enum nj_fact field = nj_triggers[i].facts[f].field;
            bool address = field == NJ_FACT_ADDRESS || field == NJ_FACT_FORWARDED || field == NJ_FACT_BEHIND_CDN || field == NJ_FACT_VIEWER;
            ck_assert_msg((nj_triggers[i].facts[f].source != NULL) == address, "%s", nj_triggers[i].name.p);
        }
    }
}
END_TEST

/* --- judgements ----------------------------------------------------------------------------------------------------- */

START_TEST(test_observe_the_better_source_counts_and_others_add_the_reason)
{
    static const enum nj_auth_source all[] = { NJ_AUTH_APPLICATION, NJ_AUTH_RESPONSE, NJ_AUTH_TRIGGER, NJ_AUTH_LOG_STATUS, NJ_AUTH_TEXT };
    for (size_t i = 0; i < NJ_COUNT(all); i++) {
        for (size_t k = 0; k < NJ_COUNT(all); k++) {
            struct nj_case c = { .authn.source = NJ_AUTH_NOBODY, .authz.source = NJ_AUTH_NOBODY };
            nj_judge(&c, NJ_WORD_LOGIN_FAIL, all[i], i < k ? NULL : "mfa");
            nj_judge(&c, NJ_WORD_LOGIN_FAIL, all[k], i < k ? "mfa" : NULL);
            ck_assert_int_eq(c.authn.source, all[i] < all[k] ? all[i] : all[k]);
            ck_assert_str_eq(c.authn.reason, "mfa");
            ck_assert_int_eq(c.authz.source, NJ_AUTH_NOBODY);
        }
    }
    struct nj_case c = { .authn.source = NJ_AUTH_NOBODY };
    nj_judge(&c, NJ_WORD_LOGIN_FAIL, NJ_AUTH_TEXT, "expired");
    nj_judge(&c, NJ_WORD_LOGIN_SUCCESS, NJ_AUTH_RESPONSE, NULL);
    ck_assert_int_eq(c.authn.outcome, NJ_OUTCOME_SUCCESS);
    ck_assert_ptr_null(c.authn.reason); /* of another outcome */
}
END_TEST

/* --- from one invocation to another ----------------------------------------------------------------------------------- */

struct desk {
    struct nj_observe *room;
    struct nj_pseudonyms *pseudonyms;
    struct nj_buf said;
    int number;
};

static void on_emit(void *ctx, struct nj_record *r)
{
    struct desk *d = ctx;
    const struct nj_attr *who = nj_attrs_get(&r->who, NJ_STR("enduser.pseudo.id"));
    const struct nj_attr *confidence = nj_attrs_get(&r->data, NJ_STR("nightjar.confidence"));
    nj_buf_add(&d->said, r->event);
    if (who != NULL)
        nj_buf_addf(&d->said, " %.*s", NJ_STR_ARG(who->v.u.s));
    if (confidence != NULL)
        nj_buf_addf(&d->said, " %.*s", NJ_STR_ARG(confidence->v.u.s));
    nj_buf_addc(&d->said, '\n');
}

static void open_desk(struct desk *d, struct nj_str categories)
{
    *d = (struct desk){ .number = 0 };
    nj_buf_init(&d->said, TEXT_MAX);
    ck_assert_int_eq(nj_pseudonyms_new(&d->pseudonyms, NJ_STR("k1:a key that is long enough for tests of this kind"), NJ_STR("")), NJ_OK);
    struct nj_observe_options o = { .categories = categories, .pseudonyms = d->pseudonyms, .emit = on_emit, .ctx = d };
    ck_assert_int_eq(nj_observe_new(&d->room, &o), NJ_OK);
    nj_observe_telemetry(d->room, t0, false);
    nj_buf_reset(&d->said);
}

static void close_desk(struct desk *d)
{
    nj_observe_free(d->room);
    nj_pseudonyms_free(d->pseudonyms);
    nj_buf_fini(&d->said);
}

static size_t count(const struct desk *d, const char *text)
{
    size_t n = 0, at = 0;
    while ((at = nj_str_find(nj_buf_str(&d->said), nj_str_of(text), at)) != NJ_NPOS) {
        at++;
        n++;
    }
    return n;
}

static void invoke(struct desk *d, int64_t now_ns, const char *input, const char *output)
{
    char id[40];
    snprintf(id, sizeof(id), "3d2c5f0a-1111-4222-8333-%012d", d->number++);
    struct nj_payload in = { .kind = NJ_PAYLOAD_INPUT,
                             .request_id = nj_str_of(id),
                             .complete = true,
                             .size = strlen(input),
                             .kept = nj_str_of(input),
                             .start_ns = now_ns,
                             .end_ns = now_ns };
    struct nj_payload out = { .kind = NJ_PAYLOAD_RESPONSE,
                              .request_id = nj_str_of(id),
                              .complete = true,
                              .size = strlen(output),
                              .kept = nj_str_of(output),
                              .start_ns = now_ns,
                              .end_ns = now_ns };
    nj_observe_invoke(d->room, now_ns, nj_str_of(id), 0);
    nj_observe_payload(d->room, now_ns, &in);
    nj_observe_payload(d->room, now_ns, &out);
    nj_observe_answered(d->room, now_ns, nj_str_of(id));
}

#define POOL(source, user)                                                                                                                 \
    "{\"version\":\"1\",\"triggerSource\":\"" source "\",\"userPoolId\":\"p\",\"userName\":\"" user "\",\"request\":{},\"response\":{}}"
#define PRE(user)  POOL("PreAuthentication_Authentication", user)
#define POST(user) POOL("PostAuthentication_Authentication", user)

START_TEST(test_observe_an_attempt_without_its_partner_is_a_failure_after_a_minute)
{
    struct desk d;
    open_desk(&d, NJ_STR("-usage")); /* whose minutes would be due as well */
    invoke(&d, t0, PRE("joe"), PRE("joe"));
    ck_assert_int_eq(nj_observe_due_ms(d.room, t0), -1); /* does this function see the other trigger at all? */
    invoke(&d, t0 + second, PRE("ann"), PRE("ann"));
    invoke(&d, t0 + 2 * second, POST("ann"), POST("ann"));
    ck_assert_uint_eq(count(&d, "authn_login_success"), 1);
    int64_t due_ms = nj_observe_due_ms(d.room, t0 + 2 * second);
    ck_assert_msg(due_ms > 0 && due_ms <= 58000, "%lld", (long long)due_ms);
    nj_observe_tick(d.room, t0 + 30 * second);
    ck_assert_uint_eq(count(&d, "authn_login_fail"), 0);
    nj_observe_tick(d.room, t0 + 61 * second);
    ck_assert_uint_eq(count(&d, "authn_login_fail"), 1);
    ck_assert_uint_eq(count(&d, " low\n"), 1);
    nj_observe_tick(d.room, t0 + 600 * second);
    ck_assert_uint_eq(count(&d, "authn_login_fail"), 1);
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_attempts_without_partner_are_counted_as_logins_are)
{
    struct desk d;
    open_desk(&d, NJ_STR("all,-usage"));
    invoke(&d, t0, PRE("ann"), PRE("ann"));
    invoke(&d, t0 + second, POST("ann"), POST("ann"));
    for (int i = 0; i < 6; i++)
        invoke(&d, t0 + (2 + i) * second, PRE("joe"), PRE("joe"));
    nj_observe_tick(d.room, t0 + 100 * second);
    ck_assert_uint_eq(count(&d, "authn_login_fail "), 6);
    ck_assert_uint_eq(count(&d, "authn_login_fail_max"), 1);
    ck_assert_uint_eq(count(&d, "authn_login_successafterfail"), 0);
    for (int i = 0; i < 12; i++) /* and then the right one: eleven before it were not */
        invoke(&d, t0 + (110 + i) * second, PRE("eve"), PRE("eve"));
    invoke(&d, t0 + 125 * second, POST("eve"), POST("eve"));
    ck_assert_uint_eq(count(&d, "authn_login_fail "), 6 + 11);
    ck_assert_uint_eq(count(&d, "authn_login_successafterfail"), 1);
    nj_observe_tick(d.room, t0 + 600 * second);
    ck_assert_uint_eq(count(&d, "authn_login_fail "), 6 + 11);
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_a_flood_of_attempts_without_partner_loses_none)
{
    struct desk d;
    open_desk(&d, NJ_STR("all,-usage"));
    invoke(&d, t0, PRE("ann"), PRE("ann"));
    invoke(&d, t0 + second, POST("ann"), POST("ann"));
    for (int i = 0; i < 200; i++)
        invoke(&d, t0 + 2 * second + i * (second / 10), PRE("joe"), PRE("joe"));
    nj_observe_tick(d.room, t0 + 100 * second);
    ck_assert_uint_eq(count(&d, "authn_login_fail "), 200);
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_partners_that_go_to_other_sandboxes_are_not_missed)
{
    struct desk d;
    open_desk(&d, NJ_STR("all,-usage"));
    char pre[200], post[200];
    for (int i = 0; i < 300; i++) { /* of three sandboxes each sees a third of either */
        snprintf(pre, sizeof(pre), PRE("u%d"), i);
        snprintf(post, sizeof(post), POST("u%d"), i);
        if (i % 3 == 0)
            invoke(&d, t0 + i * second, pre, pre);
        if (i % 3 == (i / 3) % 3)
            invoke(&d, t0 + i * second + 1, post, post);
        nj_observe_tick(d.room, t0 + i * second + 2);
    }
    nj_observe_tick(d.room, t0 + 600 * second);
    size_t told = count(&d, "authn_login_fail ");
    ck_assert_msg(told == 0, "%zu", told);
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_without_the_other_trigger_nothing_is_missed)
{
    struct desk d;
    open_desk(&d, NJ_STR(""));
    for (int i = 0; i < 40; i++) /* more than are remembered */
        invoke(&d, t0 + i * second, PRE("joe"), PRE("joe"));
    nj_observe_tick(d.room, t0 + 600 * second);
    ck_assert_uint_eq(count(&d, "authn_login_fail"), 0);
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_an_authorizers_yes_is_told_once_in_ten_and_every_no)
{
    static const char input[] = "{\"type\":\"TOKEN\",\"authorizationToken\":\"x\",\"methodArn\":\"arn:aws:execute-api:e:1:a/prod/GET/x\"}";
    static const char yes[] = "{\"principalId\":\"p\",\"policyDocument\":{\"Statement\":[{\"Effect\":\"Allow\"}]}}";
    static const char no[] = "{\"principalId\":\"p\",\"policyDocument\":{\"Statement\":[{\"Effect\":\"Allow\"},{\"Effect\":\"Deny\"}]}}";
    struct desk d;
    open_desk(&d, NJ_STR(""));
    for (int i = 0; i < 20; i++)
        invoke(&d, t0 + i * second, input, yes);
    for (int i = 0; i < 5; i++)
        invoke(&d, t0 + i * second, input, no);
    ck_assert_uint_eq(count(&d, "authn_login_success"), 2);
    ck_assert_uint_eq(count(&d, "authz_fail"), 5);
    ck_assert_uint_eq(count(&d, "invocation.summary"), 25);
    close_desk(&d);
}
END_TEST

#define LOGIN                                                                                                                              \
    "{\"version\":\"2.0\",\"rawPath\":\"/login\",\"requestContext\":{\"http\":{\"method\":\"POST\",\"sourceIp\":\"203.0.113.7\"}},"        \
    "\"body\":\"{\\\"username\\\":\\\"%s\\\",\\\"password\\\":\\\"x\\\"}\"}"

START_TEST(test_observe_what_is_left_out_is_not_said_and_the_summary_is)
{
    char input[400];
    struct desk d;
    snprintf(input, sizeof(input), LOGIN, "joe");
    open_desk(&d, NJ_STR("-authentication"));
    invoke(&d, t0, input, "{\"success\":false}");
    ck_assert_uint_eq(count(&d, "authn_"), 0);
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    close_desk(&d);
    open_desk(&d, NJ_STR("authentication"));
    invoke(&d, t0, input, "{\"success\":false}");
    ck_assert_uint_eq(count(&d, "authn_login_fail"), 1);
    close_desk(&d);
}
END_TEST

START_TEST(test_observe_one_person_has_one_pseudonym_and_no_name_leaves)
{
    char input[400];
    struct desk d;
    open_desk(&d, NJ_STR("all,-alert"));
    static const char *const names[] = { "Joe@Example.com", " joe@example.com ", "JOE@EXAMPLE.COM" };
    for (size_t i = 0; i < NJ_COUNT(names); i++) {
        snprintf(input, sizeof(input), LOGIN, names[i]);
        invoke(&d, t0, input, "{\"success\":false}");
    }
    struct nj_buf want;
    nj_buf_init(&want, 256);
    nj_buf_addz(&want, "authn_login_fail ");
    nj_pseudonym_add(d.pseudonyms, NJ_PSEUDONYM_EMAIL, NJ_STR(""), NJ_STR("joe@example.com"), &want);
    nj_buf_addc(&want, ' ');
    nj_buf_addc(&want, '\0');
    ck_assert_uint_eq(count(&d, want.p), NJ_COUNT(names));
    ck_assert_uint_eq(count(&d, "xample"), 0);
    nj_buf_fini(&want);
    close_desk(&d);
}
END_TEST

/* Three parts, of which the second is the claims; made here, so that no token stands in the source. */
static void add_token(struct nj_buf *out, const char *claims)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    uint32_t bits = 0;
    unsigned held = 0;
    nj_buf_addz(out, "e30.");
    for (const char *p = claims; *p != '\0'; p++) {
        bits = bits << 8 | (unsigned char)*p;
        for (held += 8; held >= 6; held -= 6)
            nj_buf_addc(out, digits[bits >> (held - 6) & 63]);
    }
    if (held != 0)
        nj_buf_addc(out, digits[bits << (6 - held) & 63]);
    nj_buf_addz(out, ".c2ln");
}

START_TEST(test_observe_the_subject_of_a_token_is_a_claim)
{
    static const struct {
        const char *claims;
        bool named;
    } rows[] = { { "{\"sub\":\"joe\"}", true },
                 { "{\"sub\":\"joe\",\"exp\":1795418101}", true },
                 { "{\"iss\":\"x\"}", false },
                 { "no json", false },
                 { "{\"sub\":17}", false } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct desk d;
        struct nj_buf b, want;
        open_desk(&d, NJ_STR("authentication"));
        nj_buf_init(&b, 4096);
        nj_buf_init(&want, 256);
        nj_buf_addz(&b, "{\"version\":\"2.0\",\"rawPath\":\"/orders\",\"headers\":{\"authorization\":\"Bearer ");
        add_token(&b, rows[i].claims);
        nj_buf_addz(&b, "\"},\"cookies\":[\"theme=dark\",\"sid=abc\"],\"requestContext\":{\"http\":{\"method\":\"GET\"}}}");
        nj_buf_addc(&b, '\0');
        invoke(&d, t0, b.p, "{}");
        nj_pseudonym_add(d.pseudonyms, NJ_PSEUDONYM_USER, NJ_STR(""), NJ_STR("joe"), &want);
        nj_buf_addc(&want, '\0');
        ck_assert_msg((count(&d, want.p) != 0) == rows[i].named, "%s", rows[i].claims);
        ck_assert_uint_eq(count(&d, "joe"), 0);
        nj_buf_fini(&b);
        nj_buf_fini(&want);
        close_desk(&d);
    }
}
END_TEST

/* Texts of any length never write beyond the case, and what does not fit is absent. */
START_TEST(test_observe_long_texts_stay_within_the_case)
{
    enum { LONG = 60000 };
    struct desk d;
    struct nj_buf b;
    open_desk(&d, NJ_STR(""));
    nj_buf_init(&b, 4 << 20);
    nj_buf_addz(&b, "{\"version\":\"2.0\",\"routeKey\":\"GET /");
    for (int i = 0; i < LONG; i++)
        nj_buf_addc(&b, 'r');
    nj_buf_addz(&b, "\",\"rawPath\":\"/");
    for (int i = 0; i < LONG; i++)
        nj_buf_addz(&b, i % 2 != 0 ? "\\u00e4" : "\xc3\xa4");
    nj_buf_addz(&b, "\",\"headers\":{\"user-agent\":\"");
    for (int i = 0; i < LONG; i++)
        nj_buf_addc(&b, 'u');
    nj_buf_addz(&b, "\"},\"requestContext\":{\"http\":{\"method\":\"GET\",\"sourceIp\":\"203.0.113.7\"}}}");
    nj_buf_addc(&b, '\0');
    ck_assert_int_eq(b.err, NJ_OK);
    invoke(&d, t0, b.p, "{}");
    ck_assert_uint_eq(count(&d, "invocation.summary"), 1);
    nj_buf_fini(&b);
    close_desk(&d);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_observe_what_is_no_address_is_none)                                                                                             \
    X(test_observe_forwarded_addresses_count_from_the_right)                                                                               \
    X(test_observe_routes_have_few_forms)                                                                                                  \
    X(test_observe_a_route_stays_within_its_room)                                                                                          \
    X(test_observe_globs_match_whole_paths)                                                                                                \
    X(test_observe_words_come_with_arguments)                                                                                              \
    X(test_observe_codes_are_found_without_their_packages)                                                                                 \
    X(test_observe_text_speaks_of_failures_that_happened)                                                                                  \
    X(test_observe_text_is_found_at_every_offset)                                                                                          \
    X(test_observe_forms_are_decoded)                                                                                                      \
    X(test_observe_a_cut_document_is_read_as_far_as_it_goes)                                                                               \
    X(test_observe_every_trigger_is_reachable_and_named)                                                                                   \
    X(test_observe_the_better_source_counts_and_others_add_the_reason)                                                                     \
    X(test_observe_an_attempt_without_its_partner_is_a_failure_after_a_minute)                                                             \
    X(test_observe_attempts_without_partner_are_counted_as_logins_are)                                                                     \
    X(test_observe_a_flood_of_attempts_without_partner_loses_none)                                                                         \
    X(test_observe_partners_that_go_to_other_sandboxes_are_not_missed)                                                                     \
    X(test_observe_without_the_other_trigger_nothing_is_missed)                                                                            \
    X(test_observe_an_authorizers_yes_is_told_once_in_ten_and_every_no)                                                                    \
    X(test_observe_what_is_left_out_is_not_said_and_the_summary_is)                                                                        \
    X(test_observe_one_person_has_one_pseudonym_and_no_name_leaves)                                                                        \
    X(test_observe_the_subject_of_a_token_is_a_claim) X(test_observe_long_texts_stay_within_the_case)

NJ_TEST_MAIN("observe rules")

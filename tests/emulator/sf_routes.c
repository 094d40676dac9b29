/* sf_routes.c -- the sample application: a small bank that writes far too much into its log. */
#include "sf_app.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SMALL = 8192, TRANSFER_LIMIT = 10000 };

struct route {
    const char *method; /* NULL: any */
    const char *path;
    void (*run)(const struct sf_request *r, struct sf_reply *out);
    const char *text;
};

static void answer(struct sf_reply *out, int status, const char *json)
{
    out->status = status;
    nj_buf_addz(&out->body, json);
}

static void add_member(struct nj_buf *b, const char *name, struct nj_str value)
{
    nj_buf_addf(b, "%s\"%s\":", b->n > 0 ? "," : "", name);
    nj_buf_add_json(b, value);
}

/* NUL-terminated text of a secret, for printf; the buffer is the caller's. */
static const char *secret(struct nj_buf *b, enum sf_kind kind, unsigned i)
{
    nj_buf_reset(b);
    sf_secret_add(b, kind, i);
    nj_buf_addc(b, '\0');
    return b->err == NJ_OK ? b->p : "";
}

/* The JSON log line of a login attempt; it has the password in it, as such lines in the wild have. */
static void log_attempt(const struct sf_request *r, struct nj_str email, struct nj_str password, bool ok)
{
    struct nj_buf m;
    nj_buf_init(&m, SMALL);
    add_member(&m, "event", NJ_STR("login"));
    add_member(&m, "email", email);
    add_member(&m, "password", password);
    add_member(&m, "sourceIp", r->source_ip);
    nj_buf_addf(&m, ",\"ok\":%s%c", ok ? "true" : "false", '\0');
    sf_log_json(r->id, ok ? SF_INFO : SF_WARN, m.p);
    nj_buf_fini(&m);
}

static void do_login(const struct sf_request *r, struct sf_reply *out)
{
    struct nj_buf email, password, token;
    nj_buf_init(&email, SMALL);
    nj_buf_init(&password, SMALL);
    nj_buf_init(&token, SMALL);
    if (!sf_json_text(r->body, "email", &email) || !sf_json_text(r->body, "password", &password)) {
        sf_log(r->id, SF_WARN, NULL, "login without e-mail or password");
        answer(out, 400, "{\"error\":\"email and password are needed\"}");
    } else {
        unsigned who = sf_person(nj_buf_str(&email));
        bool ok = who > 0 && sf_secret_is(SF_PASSWORD, who, nj_buf_str(&password));
        sf_log(r->id, SF_INFO, NULL, "login attempt for %.*s from %.*s", NJ_STR_ARG(nj_buf_str(&email)), NJ_STR_ARG(r->source_ip));
        log_attempt(r, nj_buf_str(&email), nj_buf_str(&password), ok);
        if (ok) {
            const char *jwt = secret(&token, SF_JWT, who);
            sf_log(r->id, SF_DEBUG, NULL, "issued session, client must send: Authorization: Bearer %s", jwt);
            nj_buf_addf(&out->body, "{\"token\":\"%s\"}", jwt);
            out->status = 200;
        } else {
            sf_log(r->id, SF_WARN, NULL, "login failed for %.*s: wrong password", NJ_STR_ARG(nj_buf_str(&email)));
            answer(out, 401, "{\"error\":\"wrong e-mail or password\"}");
        }
    }
    nj_buf_fini(&email);
    nj_buf_fini(&password);
    nj_buf_fini(&token);
}

static void do_account(const struct sf_request *r, struct sf_reply *out)
{
    unsigned who = (unsigned)sf_query_number(r->query, "user", 1, SF_PEOPLE);
    struct nj_buf m, s;
    nj_buf_init(&m, SMALL);
    nj_buf_init(&s, SMALL);
    nj_buf_addf(&m, "\"event\":\"account.loaded\",\"account\":{\"id\":\"acc-%u\",\"owner\":{", who);
    nj_buf_addf(&m, "\"email\":\"%s\",\"api_key\":", secret(&s, SF_EMAIL, who));
    nj_buf_addf(&m, "\"%s\"},\"cards\":[{\"number\":", secret(&s, SF_TOKEN, who));
    nj_buf_addf(&m, "\"%s\",\"brand\":\"visa\"}],", secret(&s, SF_CARD, who));
    nj_buf_addf(&m, "\"balance\":%u.%02u,\"limits\":[100,2500,null]}%c", 100 * who, who % 100, '\0');
    sf_log_json(r->id, SF_INFO, m.p);
    sf_log(r->id, SF_INFO, NULL, "account acc-%u of %s loaded", who, secret(&s, SF_EMAIL, who));
    sf_log(r->id, SF_INFO, NULL, "default card is %s, valid", secret(&s, SF_CARD_SPACED, who));
    nj_buf_addf(&out->body, "{\"id\":\"acc-%u\",\"balance\":%u}", who, 100 * who);
    out->status = 200;
    nj_buf_fini(&m);
    nj_buf_fini(&s);
}

static void do_transfer(const struct sf_request *r, struct sf_reply *out)
{
    unsigned who = (unsigned)sf_query_number(r->query, "user", 1, SF_PEOPLE);
    uint64_t amount = sf_query_number(r->query, "amount", 50, 100000000);
    struct nj_buf m, s;
    nj_buf_init(&m, SMALL);
    nj_buf_init(&s, SMALL);
    sf_log(r->id, SF_DEBUG, NULL, "calling ledger with Authorization: Basic %s", secret(&s, SF_BASIC, who));
    sf_log(r->id, SF_INFO, NULL, "charging card %s", secret(&s, SF_CARD_DASHED, who));
    sf_log(r->id, SF_DEBUG, NULL, "archive uses credential %s", secret(&s, SF_AWS_KEY, who));
    nj_buf_addf(&m, "\"event\":\"transfer\",\"amount\":%llu,\"currency\":\"EUR\",\"request\":{\"headers\":{\"authorization\":",
                (unsigned long long)amount);
    nj_buf_addf(&m, "\"Bearer %s\"},\"client_secret\":", secret(&s, SF_JWT, who));
    nj_buf_addf(&m, "\"%s\"}%c", secret(&s, SF_AWS_SECRET, who), '\0');
    bool allowed = amount <= TRANSFER_LIMIT;
    sf_log_json(r->id, allowed ? SF_INFO : SF_WARN, m.p);
    if (!allowed)
        sf_log(r->id, SF_WARN, NULL, "transfer of %llu refused: above the limit of user-%u", (unsigned long long)amount, who);
    answer(out, allowed ? 200 : 403, allowed ? "{\"state\":\"booked\"}" : "{\"error\":\"not allowed\"}");
    nj_buf_fini(&m);
    nj_buf_fini(&s);
}

static void do_search(const struct sf_request *r, struct sf_reply *out)
{
    struct nj_buf q;
    nj_buf_init(&q, SMALL);
    sf_query_text(r->query, "q", &q);
    bool bad = nj_str_chr(nj_buf_str(&q), '\'', 0) != NJ_NPOS;
    sf_log(r->id, bad ? SF_WARN : SF_INFO, NULL, "search for \"%.*s\": %s", NJ_STR_ARG(nj_buf_str(&q)), bad ? "refused" : "3 results");
    answer(out, bad ? 400 : 200, bad ? "{\"error\":\"unexpected character\"}" : "{\"results\":3}");
    nj_buf_fini(&q);
}

static void sleep_ms(uint64_t ms)
{
    struct timespec t = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };
    while (nanosleep(&t, &t) != 0)
        continue;
}

static void do_slow(const struct sf_request *r, struct sf_reply *out)
{
    uint64_t ms = sf_query_number(r->query, "ms", 1000, 900000);
    sf_log(r->id, SF_INFO, NULL, "waiting %llu ms for the ledger", (unsigned long long)ms);
    sleep_ms(ms);
    sf_log(r->id, SF_INFO, NULL, "the ledger answered");
    answer(out, 200, "{\"state\":\"done\"}");
}

static void do_crash(const struct sf_request *r, struct sf_reply *out)
{
    sf_log(r->id, SF_ERROR, NULL, "cannot go on: ledger page is corrupt");
    abort();
}

static void do_exit(const struct sf_request *r, struct sf_reply *out)
{
    int code = (int)sf_query_number(r->query, "code", 1, 255);
    sf_log(r->id, SF_ERROR, NULL, "leaving with status %d", code);
    _exit(code);
}

static void do_error(const struct sf_request *r, struct sf_reply *out)
{
    static const char error[] =
        "\"errorType\":\"LedgerError\",\"errorMessage\":\"account not found\",\"stackTrace\":[\"at handler (sample.c:1)\"]";
    if (sf_log_is_json()) /* as Node.js does in either format */
        sf_log(r->id, SF_ERROR, error, "Invoke Error");
    else
        sf_log(r->id, SF_ERROR, NULL, "Invoke Error \t{%s}", error);
    out->failed = true;
    char json[SMALL];
    snprintf(json, sizeof json, "{%s}", error);
    answer(out, 0, json);
}

static void do_late(const struct sf_request *r, struct sf_reply *out)
{
    out->late_lines = (unsigned)sf_query_number(r->query, "n", 3, 1000);
    out->late_after_ms = (unsigned)sf_query_number(r->query, "ms", 0, 60000);
    sf_log(r->id, SF_INFO, NULL, "answering first, talking later");
    answer(out, 200, "{\"state\":\"late\"}");
}

static void do_key(const struct sf_request *r, struct sf_reply *out)
{
    unsigned which = (unsigned)sf_query_number(r->query, "n", 1, SF_OTHERS);
    struct nj_buf m, s;
    nj_buf_init(&m, SMALL);
    nj_buf_init(&s, SMALL);
    nj_buf_addz(&m, "\"event\":\"key.loaded\",\"material\":");
    (void)secret(&s, SF_PEM, which);
    nj_buf_add_json(&m, nj_str_of(s.p));
    nj_buf_addc(&m, '\0');
    sf_log_json(r->id, SF_DEBUG, m.p);
    answer(out, 200, "{\"state\":\"loaded\"}");
    nj_buf_fini(&m);
    nj_buf_fini(&s);
}

static const struct route routes[] = {
    { "POST", "/login", do_login, "{\"email\",\"password\"}: 200 with a token, or 401" },
    { NULL, "/account", do_account, "?user=N: logs an account with e-mail, API key and card number" },
    { NULL, "/transfer", do_transfer, "?user=N&amount=N: logs credentials; 403 above 10000" },
    { NULL, "/search", do_search, "?q=TEXT: 400 when it has an apostrophe" },
    { NULL, "/key", do_key, "?n=N: logs a private key" },
    { NULL, "/slow", do_slow, "?ms=N: takes that long" },
    { NULL, "/error", do_error, "fails with a handled error" },
    { NULL, "/crash", do_crash, "aborts" },
    { NULL, "/exit", do_exit, "?code=N: exits" },
    { NULL, "/oom", sf_trouble_oom, "?mb=N: uses so much memory, or as much as it gets" },
    { NULL, "/burn", sf_trouble_burn, "?ms=N&threads=N: keeps every processor busy that long and logs a line each millisecond" },
    { NULL, "/flood", sf_trouble_flood, "?mb=N: writes so many megabytes of log lines" },
    { NULL, "/log", sf_trouble_log, "?text=T | base64=B | as=text|json, &repeat=N &bytes=N &stream=stderr: writes what it is told" },
    { NULL, "/late", do_late, "?n=N&ms=N: writes N lines after its answer, at once or so much later" },
};

void sf_route(const struct sf_request *r, struct sf_reply *out)
{
    for (size_t i = 0; i < NJ_COUNT(routes); i++) {
        if (!nj_str_eq(r->path, nj_str_of(routes[i].path)))
            continue;
        if (routes[i].method != NULL && !nj_str_eq(r->method, nj_str_of(routes[i].method))) {
            answer(out, 405, "{\"error\":\"method not allowed\"}");
            return;
        }
        routes[i].run(r, out);
        return;
    }
    sf_log(r->id, SF_WARN, NULL, "nothing at %.*s", NJ_STR_ARG(r->path));
    answer(out, 404, "{\"error\":\"not found\"}");
}

void sf_routes_help(struct nj_buf *out)
{
    for (size_t i = 0; i < NJ_COUNT(routes); i++)
        nj_buf_addf(out, "  %-5s%-11s %s\n", routes[i].method != NULL ? routes[i].method : "", routes[i].path, routes[i].text);
}

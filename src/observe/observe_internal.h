/* src/observe/observe_internal.h -- the case of an invocation, and what an observer is.
 *
 * An observer is one file with a struct nj_observer; a line in observe.c's table brings it to life.  Its hooks get the room,
 * its own state and, where there is one, the case.  What it finds it says with nj_observe_say().  It keeps no pointers into
 * cases or records between calls.
 */
#ifndef NIGHTJAR_OBSERVE_OBSERVE_INTERNAL_H
#define NIGHTJAR_OBSERVE_OBSERVE_INTERNAL_H

#include "nightjar/observe.h"
#include "trigger.h"

/* --- the case ----------------------------------------------------------------------------------------------------- */

enum {
    NJ_CASE_TEXT = 352,  /* texts of one case: enough for nearly all */
    NJ_CASE_MORE = 1280, /* and where it is not, a block of these */
    NJ_CASE_BLOCKS = 8,
    NJ_AGENT_MAX = 256,
    NJ_ADDRESS_MAX = 46,
    NJ_PSEUDONYM_MAX = 64
};

enum nj_who_kind { NJ_WHO_UNKNOWN, NJ_WHO_ANONYMOUS, NJ_WHO_USER, NJ_WHO_SERVICE, NJ_WHO_ROLE, NJ_WHO_APIKEY, NJ_WHO_KINDS };

struct nj_actor {
    struct nj_str address;      /* of the client, canonical as it came */
    const char *address_source; /* "gateway", "x-forwarded-for", "log", ...; NULL = unknown */
    enum nj_who_kind kind;
    bool claimed;                                          /* somebody said to be this one; nobody has proved it */
    bool unknown_user;                                     /* the application says there is no such account */
    struct nj_str pseudonym;                               /* enduser.pseudo.id; absent = nobody, or no key */
    uint64_t tag;                                          /* the same as a number, for tables; 0 = none */
    uint64_t address_tag;                                  /* of the address (IPv6 by /64), 0 = none */
    struct nj_str service;                                 /* the name of a service of the platform's: no person, so it is on the records */
    struct nj_str api_key_id, tenant, user_agent, session; /* session: its pseudonym */
};

/* What a request asks for, as far as it is about being let in. */
enum nj_ask {
    NJ_ASK_NONE, /* an ordinary call */
    NJ_ASK_LOGIN,
    NJ_ASK_TOKEN,
    NJ_ASK_REFRESH, /* a token for a token */
    NJ_ASK_MFA,
    NJ_ASK_LOGOUT,
    NJ_ASK_REVOKE,
    NJ_ASK_RESET,    /* forgot it */
    NJ_ASK_PASSWORD, /* change it */
    NJ_ASK_DECISION, /* an authorizer */
    NJ_ASK_TRIGGER   /* a user pool */
};

struct nj_request {
    const struct nj_trigger *trigger; /* NULL: no input was seen */
    struct nj_str method, path, route;
    struct nj_str operation, object; /* "ObjectCreated:Put", the bucket or queue */
    uint32_t batch;                  /* records in it; 0 = it is none */
    enum nj_ask ask;                 /* what it wants, where that is about being let in */
    bool secret;                     /* a secret was submitted with it */
    uint64_t secret_tag;             /* its pseudonym, for comparing in memory; 0 = none */
    bool upload;                     /* its body is a form with files */
    bool graphql;                    /* its answer is 200 whatever happened: the errors are in the body */
    bool error_response;             /* the function posted an error instead of a response */
    bool malformed;                  /* nobody can pass its answer on */
};

enum nj_end {
    NJ_END_OPEN,
    NJ_END_SUCCESS,
    NJ_END_DENIED,
    NJ_END_CLIENT_ERROR,
    NJ_END_ERROR,
    NJ_END_TIMEOUT,
    NJ_END_CRASH,
    NJ_END_OUT_OF_MEMORY,
    NJ_END_UNKNOWN,
    NJ_ENDS
};

/* Who says so; a lower one counts more (critical logging a.7). */
enum nj_auth_source { NJ_AUTH_APPLICATION, NJ_AUTH_RESPONSE, NJ_AUTH_TRIGGER, NJ_AUTH_LOG_STATUS, NJ_AUTH_TEXT, NJ_AUTH_NOBODY };

/* One authentication or authorization outcome. */
struct nj_judgement {
    enum nj_auth_source source; /* NJ_AUTH_NOBODY: there is none */
    enum nj_outcome outcome;
    const char *reason; /* bad_secret, unknown_user, locked, mfa, expired, malformed, unknown; or NULL */
    bool said;          /* its record is out */
};

struct nj_case {
    bool used;
    bool closed;                                     /* summed up; kept as long as its place is not needed, for what comes late */
    bool invoked, started, answered, done, reported; /* what was seen of it */
    bool input_seen, response_seen;                  /* by the proxy */
    uint64_t order;
    struct nj_str id;

    struct nj_actor actor;
    struct nj_request request;

    unsigned status_code; /* of the response; 0 = none */
    struct nj_judgement authn, authz;
    struct nj_str error_type;      /* the platform's or the function's */
    struct nj_str platform_status; /* success, failure, error, timeout */
    enum nj_end end;               /* NJ_END_OPEN until on_done */
    uint8_t event_sources[64];     /* enum nj_auth_source of each */
    uint64_t events, events_said;  /* bits of the vocabulary, so that none is said twice */

    int64_t start_ns, end_ns;                           /* the platform's; the proxy's or INVOKE's where there are none */
    int64_t deadline_ms;                                /* epoch; 0 = unknown */
    double duration_ms, billed_ms, init_ms, restore_ms; /* of the report; < 0 = not told */
    int64_t memory_mb, max_memory_mb;                   /* of the report; 0 = not told */
    double usual_ms;                                    /* median of its series; 0 = not known */
    double cost_usd;                                    /* estimate; known from on_end of the cost observer on */
    bool coldstart, coldstart_known;
    int64_t bytes_in, bytes_out; /* of input and response; < 0 = not told */
    uint64_t lines, line_bytes;  /* function logs */

    struct nj_cases *home;
    struct nj_case_block *more; /* NULL: it needs none, or there is none left */
    uint16_t text_n;
    char text[NJ_CASE_TEXT];
};

struct nj_case_block {
    struct nj_case *owner; /* NULL = free */
    size_t n;
    char text[NJ_CASE_MORE];
};

/* Keeps a copy in the case, cut to at most max bytes at a character; absent when there is no room or nothing to keep. */
struct nj_str nj_case_keep(struct nj_case *c, struct nj_str s, size_t max);

/* --- observers ---------------------------------------------------------------------------------------------------- */

/* A line of the function (or of an extension: facts->kind tells), raw and as it left. */
struct nj_line {
    const struct nj_facts *facts;
    const struct nj_record *raw;
    /* Of WARN and worse, where redaction found something, of what looks like the beginning of a stack trace, and of all while somebody
     * listens: copies, valid during the hook whatever it says; absent when it was lost. */
    struct nj_str clean_message, clean_data;
    struct nj_str clean_counts; /* what redaction found, by rule */
};

struct nj_login;

struct nj_observer {
    const char *name;
    enum nj_category category; /* NIGHTJAR_OBSERVE leaves it out by this */
    bool always;               /* it cannot be left out */
    size_t state;              /* bytes, zeroed at the start; 0 = none */
    size_t on_demand;          /* and what start() may add where the configuration asks for it */
    void (*start)(struct nj_observe *o, void *state);
    void (*on_payload)(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_payload *p);
    void (*on_line)(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_line *l); /* c may be NULL */
    /* The record of a payload as it left: what redaction counted in it is in clean->counts. */
    void (*on_clean)(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_clean *clean);
    void (*on_platform)(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw);
    void (*on_watched)(struct nj_observe *o, void *state, bool comes); /* is there telemetry of the platform? */
    void (*on_invoke)(struct nj_observe *o, void *state, struct nj_case *c);
    void (*on_done)(struct nj_observe *o, void *state, struct nj_case *c); /* it is over: c->end, lines and answer are known */
    void (*on_end)(struct nj_observe *o, void *state, struct nj_case *c);  /* it goes: with its report, or there will be none */
    /* A login that is told of apart from its invocation: one that never had a good end. */
    void (*on_login)(struct nj_observe *o, void *state, const struct nj_login *l);
    /* A record that another observer said, on its way out; c may be NULL.  Alerts are not told of: they come of this. */
    void (*on_said)(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_record *r);
    /* Does what is due at nj_observe_now(); returns when it wants to be called again (INT64_MAX: not before something happens).
     * Also called after every hook of its own that asked for it with nj_observe_wake(). */
    int64_t (*on_tick)(struct nj_observe *o, void *state);
    void (*on_shutdown)(struct nj_observe *o, void *state, struct nj_str reason);
    void (*stop)(void *state);
};

int64_t nj_observe_now(const struct nj_observe *o);
/* Is an authentication outcome of this case about a login (or the like), or about the token of an ordinary call? */
static inline bool nj_case_asks(const struct nj_case *c)
{
    enum nj_ask a = c->request.ask;
    return a == NJ_ASK_LOGIN || a == NJ_ASK_TOKEN || a == NJ_ASK_REFRESH || a == NJ_ASK_MFA || a == NJ_ASK_TRIGGER;
}

/* During on_payload: the payload as far as it is JSON; empty otherwise. */
struct nj_document *nj_observe_document(struct nj_observe *o);
const struct nj_observe_options *nj_observe_config(const struct nj_observe *o);
const struct nj_limits *nj_observe_limits(const struct nj_observe *o);
/* The open case of that id; NULL = there is none. */
struct nj_case *nj_observe_case(struct nj_observe *o, struct nj_str id);
/* From now on (or no longer) every line comes with its clean text, not only those of WARN and worse. */
void nj_observe_listen(struct nj_observe *o, bool on);
/* on_tick at or before that moment. */
void nj_observe_wake(struct nj_observe *o, int64_t at_ns);
/* An empty buffer for the length of a hook; what nj_observe_say() was given may lie in it. */
struct nj_buf *nj_observe_scratch(struct nj_observe *o);
/* A record of this event, to be filled in: when, category, severity, lane and outcome are usual ones. */
struct nj_record *nj_observe_record_of(struct nj_observe *o, struct nj_str event, enum nj_category category);
/* Hands a login without a case to those who count them. */
void nj_observe_login(struct nj_observe *o, const struct nj_login *l);
/* Puts who and where of the case on it (c may be NULL) and hands it over.  Of several records one is made, filled and said at a time. */
void nj_observe_say(struct nj_observe *o, struct nj_case *c, struct nj_record *r);

/* --- cases (cases.c) ---------------------------------------------------------------------------------------------- */

struct nj_cases {
    struct nj_case *ring;
    size_t places;
    struct nj_case_block blocks[NJ_CASE_BLOCKS];
    struct nj_case *last; /* the one asked for last */
    uint64_t orders;
};

struct nj_case *nj_cases_find(struct nj_cases *t, struct nj_str id); /* NULL = unknown */
/* The place for a new one: empty, or the oldest closed one, or the oldest, which the caller has to close before it calls nj_case_open(). */
struct nj_case *nj_cases_place(struct nj_cases *t);
void nj_case_open(struct nj_cases *t, struct nj_case *c, struct nj_str id);
struct nj_case *nj_cases_oldest(struct nj_cases *t, bool closed); /* of those that are closed, or of those that are not; NULL = none */
void nj_case_status(struct nj_case *c, struct nj_str status);
/* What platform.start, runtimeDone and report say. */
void nj_case_platform(struct nj_case *c, const struct nj_facts *f, const struct nj_record *r);
/* How it ended, from all that is known. */
enum nj_end nj_case_verdict(const struct nj_case *c);
extern const char *const nj_end_names[NJ_ENDS];
extern const char *const nj_who_kind_names[NJ_WHO_KINDS];
void nj_case_put(const struct nj_case *c, struct nj_record *r, bool brief);

/* --- who (trigger.c, actor.c) ------------------------------------------------------------------------------------- */

/* Takes the input's who and what into the case: which source it is, and the facts of its rows. */
void nj_trigger_read(struct nj_observe *o, struct nj_case *c, const struct nj_payload *p, struct nj_document *d);
/* An address if it is one: trimmed, without brackets, zone and port; else absent. */
struct nj_str nj_address_of(struct nj_str s);
/* The entry that the outermost of our own balancers wrote: hops counted from the right, 1 = the last.  Absent when the list is
 * shorter than that: what is left of it is the client's own word. */
struct nj_str nj_address_forwarded(struct nj_str list, unsigned hops);
/* "/users/{id}/cards/{id}": a path with what varies taken out, at most max bytes of it in out. */
struct nj_str nj_route_of_path(struct nj_str path, char *out, size_t max);
/* Who is behind the case, unless somebody is known already who is no mere claim.  Only the pseudonym is kept. */
void nj_actor_name(struct nj_observe *o, struct nj_case *c, struct nj_str principal, enum nj_who_kind kind, bool claimed);
void nj_actor_address(struct nj_observe *o, struct nj_case *c, struct nj_str address, const char *source);
void nj_actor_session(struct nj_observe *o, struct nj_case *c, struct nj_str session);
/* credentials.c: the subject of a bearer token that no gateway has checked, as a claim; the cookie of a session. */
void nj_credentials_read(struct nj_observe *o, struct nj_case *c, struct nj_document *d);

/* --- the observers, one a file ------------------------------------------------------------------------------------- */

extern const struct nj_observer nj_alert_observer;          /* alert.c: alert.<rule> */
extern const struct nj_observer nj_authentication_observer; /* authentication.c: authn_*, session_*, user_* */
extern const struct nj_observer nj_authorization_observer;  /* authorization.c: authz_*, sensitive_*, input_*, upload_*, excess_* */
extern const struct nj_observer nj_relay_observer;          /* authorization.c: what applications say in the words of others */
extern const struct nj_observer nj_system_observer;         /* system.c: sys_* */
extern const struct nj_observer nj_leaks_observer;          /* leaks.c: redaction.leak_new */
extern const struct nj_observer nj_performance_observer;    /* performance.c: performance.*, invocation.timeout */
extern const struct nj_observer nj_memory_observer;         /* memory.c: memory.* */
extern const struct nj_observer nj_cost_observer;           /* cost.c: cost.* */
extern const struct nj_observer nj_usage_observer;          /* usage.c: usage.* */
extern const struct nj_observer nj_sketch_observer;         /* sketch.c: sketch */
extern const struct nj_observer nj_errors_observer;         /* errors.c: error.* */
extern const struct nj_observer nj_summary_observer;        /* summary.c: invocation.summary */

#endif

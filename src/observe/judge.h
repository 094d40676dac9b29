/* src/observe/judge.h -- was somebody let in, was something refused: what each source says, and whose word counts.
 *
 * Five sources may speak of one request: the application's own vocabulary events, the response, the semantics of the event source,
 * a status in a structured log, text.  Each calls nj_judge(); of each part (authentication, authorization) the word of the lowest
 * enum nj_auth_source stays, and others of the same outcome only add the reason.
 */
#ifndef NIGHTJAR_OBSERVE_JUDGE_H
#define NIGHTJAR_OBSERVE_JUDGE_H

#include "observe_internal.h"

enum nj_word {
#define NJ_WORD(enumerator, event, category, severity, outcome, lane, part, text) NJ_WORD_##enumerator,
#include "nightjar/vocabulary.def"
#undef NJ_WORD
    NJ_WORDS
};
_Static_assert(NJ_WORDS <= 64, "a case has one bit for each");

enum nj_word_part { NJ_PART_AUTHN, NJ_PART_AUTHZ, NJ_PART_EVENT, NJ_PART_SANDBOX };

struct nj_word_row {
    struct nj_str event;
    enum nj_category category;
    enum nj_severity severity;
    enum nj_outcome outcome;
    enum nj_lane lane;
    enum nj_word_part part;
};
extern const struct nj_word_row nj_words[NJ_WORDS];

/* The word that a text names: "authn_login_fail", "AUTHN_LOGIN_FAIL:joe,5".  *args is what follows the colon.  NJ_WORDS = none. */
enum nj_word nj_word_named(struct nj_str text, struct nj_str *args);

/* One source's word on one part.  reason may be NULL. */
void nj_judge(struct nj_case *c, enum nj_word word, enum nj_auth_source source, const char *reason);
/* An event beside the outcomes; said once, when the case is done. */
void nj_judge_event(struct nj_case *c, enum nj_word word, enum nj_auth_source source);
/* What a status means for this case: 401, 403, 423, 429; success counts only where the request asked to be let in. */
void nj_judge_status(struct nj_case *c, unsigned status, enum nj_auth_source source, const char *reason);
extern const char *const nj_auth_source_names[NJ_AUTH_NOBODY];
/* The record of a word, with what the case (which may be NULL) knows; to be said. */
struct nj_record *nj_word_record(struct nj_observe *o, const struct nj_case *c, enum nj_word word);

/* Says an outcome, once.  stands_for: one in so many is told. */
void nj_word_say_outcome(struct nj_observe *o, struct nj_case *c, struct nj_judgement *j, enum nj_word word, const char *kind,
                         unsigned stands_for);
/* Says the events of one category that are not said yet. */
void nj_word_say_events(struct nj_observe *o, struct nj_case *c, enum nj_category category);

/* --- what a request asks for (ask.c) ------------------------------------------------------------------------------- */

/* From method, route or path, operation, and the names in the body. */
void nj_ask_read(struct nj_observe *o, struct nj_case *c, struct nj_document *d);
/* Does one of a list of globs ("/export,/reports-*") match the path? */
bool nj_route_listed(struct nj_str list, struct nj_str path);

/* --- bodies (body.c) ------------------------------------------------------------------------------------------------ */

/* The text of a "body" within a payload, base64 undone. */
enum nj_body_kind { NJ_BODY_NONE, NJ_BODY_JSON, NJ_BODY_FORM, NJ_BODY_TEXT };
struct nj_body {
    enum nj_body_kind kind;
    struct nj_document document; /* JSON */
    struct nj_str text;
    struct nj_buf store;
};
/* The one of the room, for the payload at hand. */
struct nj_body *nj_observe_body(struct nj_observe *o);
void nj_body_init(struct nj_body *b);
void nj_body_fini(struct nj_body *b);
void nj_body_read(struct nj_body *b, struct nj_document *payload);
/* One field of a form, percent-decoded into the store. */
struct nj_str nj_body_field(struct nj_body *b, struct nj_str name);

/* --- names of errors (auth_codes.c) --------------------------------------------------------------------------------- */

/* "NotAuthorizedException", "invalid_grant", "com.x#UserNotFoundException: ..." */
struct nj_code {
    struct nj_str name;
    enum nj_word word; /* LOGIN_FAIL, AUTHZ_FAIL, VALIDATION_FAIL, RATE_EXCEEDED, ... */
    const char *reason;
};
const struct nj_code *nj_code_find(struct nj_str text); /* NULL = none */

/* --- text (auth_text.c) ---------------------------------------------------------------------------------------------- */

struct nj_text_finding {
    enum nj_word word; /* NJ_WORDS = nothing */
    const char *reason;
    bool locked;
};
/* The table of the pass; some kilobytes, the same for every text. */
struct nj_text_scan;
size_t nj_text_scan_size(void);
void nj_text_scan_init(struct nj_text_scan *t);
/* With the table of the room. */
struct nj_text_finding nj_observe_text(struct nj_observe *o, struct nj_str text);
struct nj_text_finding nj_auth_text(const struct nj_text_scan *t, struct nj_str text);

/* --- answers (auth_answer.c, auth_cognito.c) ------------------------------------------------------------------------- */

void nj_answer_read(struct nj_observe *o, struct nj_case *c, const struct nj_payload *p, struct nj_document *d);
/* thrown: the function posted an error instead. */
void nj_cognito_answer(struct nj_case *c, struct nj_document *d, bool thrown);

/* --- lines and activity (line.c, activity.c) ------------------------------------------------------------------------- */

/* c may be NULL: the line belongs to no open case. */
void nj_line_read(struct nj_observe *o, struct nj_case *c, const struct nj_facts *f, const struct nj_record *raw);
/* When the end is known. */
void nj_activity_read(struct nj_observe *o, struct nj_case *c);

#endif

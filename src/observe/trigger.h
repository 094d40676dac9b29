/* src/observe/trigger.h -- which event source an input comes from, and where in it who and what are (lambda-protocol 5).
 *
 * Recognition is a hint, not proof: whoever may invoke the function chooses the payload.
 */
#ifndef NIGHTJAR_OBSERVE_TRIGGER_H
#define NIGHTJAR_OBSERVE_TRIGGER_H

#include "document.h"

/* What kind of a question the source asks of the function: decides how its answer is read. */
enum nj_answer {
    NJ_ANSWER_OTHER,      /* asynchronous, or anything */
    NJ_ANSWER_HTTP,       /* statusCode, headers, body */
    NJ_ANSWER_AUTHORIZER, /* a policy, or isAuthorized */
    NJ_ANSWER_COGNITO,    /* the event itself, with its response filled in */
    NJ_ANSWER_GRAPHQL     /* a field's value */
};

/* Where a fact goes.  Of several rows of one field the first that finds something counts. */
enum nj_fact {
    NJ_FACT_ADDRESS,    /* one address, as the source vouches for it */
    NJ_FACT_FORWARDED,  /* a list of addresses: counted from the right */
    NJ_FACT_BEHIND_CDN, /* the same, where the service itself has a CDN in front: one further to the left */
    NJ_FACT_VIEWER,     /* address:port of a CDN: only where one was declared */
    NJ_FACT_AGENT,
    NJ_FACT_METHOD,
    NJ_FACT_PATH,
    NJ_FACT_ROUTE,      /* a template */
    NJ_FACT_ROUTE_KEY,  /* "GET /x/{id}", "$default" */
    NJ_FACT_METHOD_ARN, /* arn:...:api/stage/METHOD/path */
    NJ_FACT_OPERATION,
    NJ_FACT_OBJECT,
    NJ_FACT_USER,
    NJ_FACT_ROLE,
    NJ_FACT_SERVICE,
    NJ_FACT_CLAIMED, /* a name that somebody gave; the function is there to check it */
    NJ_FACT_KEY,     /* id of an API key, never the key */
    NJ_FACT_TENANT,
    NJ_FACT_SESSION,
    NJ_FACT_BATCH, /* an array: how many elements */
    NJ_FACTS
};

/* path: dotted; "headers:name" looks a header up, "a.b:name" one of the headers of that object; "=text" is a constant. */
struct nj_fact_row {
    enum nj_fact field;
    struct nj_str path;
    const char *source; /* of an address */
};

struct nj_trigger {
    struct nj_str name; /* nightjar.trigger */
    const char *faas;   /* faas.trigger */
    enum nj_answer answer;
    /* Terms joined by '&', all of which must hold: "path" is there, "path=value", "path~part of it", "!path" is not there. */
    struct nj_str test;
    const struct nj_fact_row *facts;
    size_t fact_count;
};

extern const struct nj_trigger nj_triggers[];
extern const size_t nj_trigger_count;
/* Never NULL: the last row holds always. */
const struct nj_trigger *nj_trigger_of(const struct nj_document *d);

#endif

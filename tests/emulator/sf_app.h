/* sf_app.h -- the sample function's own small framework: requests, replies and careless logs.
 *
 * Threads    one request belongs to one worker; log lines are written whole.
 * Blocking   log lines wait for the platform to read them, as any function's do.
 */
#ifndef NIGHTJAR_TESTS_SF_APP_H
#define NIGHTJAR_TESTS_SF_APP_H

#include "sf_secrets.h"

/* One invocation.  Views live as long as the invocation. */
struct sf_request {
    struct nj_str id, trace, tenant;
    struct nj_str payload;
    bool http; /* the payload is shaped like a request of an HTTP API */
    struct nj_str method, path, query, source_ip, user_agent, body;
};

struct sf_reply {
    int status;
    struct nj_buf body;     /* JSON */
    bool failed;            /* reported through /error */
    bool raw;               /* body is the whole answer, not the body of an HTTP one */
    unsigned late_lines;    /* to write after the answer */
    unsigned late_after_ms; /* that long after; 0 = at once */
};

enum sf_level { SF_DEBUG, SF_INFO, SF_WARN, SF_ERROR };

/* Format of the log, from AWS_LAMBDA_LOG_FORMAT. */
void sf_log_setup(bool json);
bool sf_log_is_json(void);
/* A line as the runtime's console writes it: tab-separated text, or JSON under the JSON format.  fields: more JSON
 * members ("\"a\":1") or NULL; the text format leaves them out. */
void sf_log(struct nj_str request, enum sf_level level, const char *fields, const char *fmt, ...) NJ_PRINTF(4, 5);
/* A line that is JSON in either format, as logging libraries write it. */
void sf_log_json(struct nj_str request, enum sf_level level, const char *members);
/* Exactly these bytes. */
void sf_log_bytes(int fd, struct nj_str bytes);

/* "" when the query has no such member; percent signs and pluses are undone.  Appends to out. */
void sf_query_text(struct nj_str query, const char *name, struct nj_buf *out);
uint64_t sf_query_number(struct nj_str query, const char *name, uint64_t otherwise, uint64_t max);
/* Appends the string member of a JSON object in text, unescaped; false when there is none. */
bool sf_json_text(struct nj_str text, const char *name, struct nj_buf *out);

/* Answers a request that is an HTTP one. */
void sf_route(const struct sf_request *r, struct sf_reply *out);
/* Lists the routes for --help. */
void sf_routes_help(struct nj_buf *out);

/* Routes that exist to make trouble (sf_trouble.c). */
void sf_trouble_flood(const struct sf_request *r, struct sf_reply *out);
void sf_trouble_log(const struct sf_request *r, struct sf_reply *out);
void sf_trouble_burn(const struct sf_request *r, struct sf_reply *out);
void sf_trouble_oom(const struct sf_request *r, struct sf_reply *out);

#endif

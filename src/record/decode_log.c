/* Lines of functions and extensions: text, JSON objects, and JSON objects that come as text. */
#include "decode_internal.h"

/* What we look for in a structured log; every field stays in data_json all the same. */
enum pick { LEVEL, MESSAGE, REQUEST, TENANT, ERROR_TYPE, PICKS };

/* Of several names of one thing the first in the table wins.  Letter case does not matter. */
static const struct {
    struct nj_str key;
    enum pick what;
} names[] = {
    { NJ_STR_INIT("level"), LEVEL },
    { NJ_STR_INIT("severity"), LEVEL },
    { NJ_STR_INIT("lvl"), LEVEL },
    { NJ_STR_INIT("log_level"), LEVEL },
    { NJ_STR_INIT("levelname"), LEVEL },
    { NJ_STR_INIT("loglevel"), LEVEL },
    { NJ_STR_INIT("log.level"), LEVEL },
    { NJ_STR_INIT("severity_text"), LEVEL },
    { NJ_STR_INIT("severitytext"), LEVEL },
    { NJ_STR_INIT("message"), MESSAGE },
    { NJ_STR_INIT("msg"), MESSAGE },
    { NJ_STR_INIT("log"), MESSAGE },
    { NJ_STR_INIT("event"), MESSAGE },
    { NJ_STR_INIT("errormessage"), MESSAGE }, /* Python's uncaught exceptions have no message */
    { NJ_STR_INIT("requestid"), REQUEST },
    { NJ_STR_INIT("awsrequestid"), REQUEST },
    { NJ_STR_INIT("aws_request_id"), REQUEST },
    { NJ_STR_INIT("function_request_id"), REQUEST },
    { NJ_STR_INIT("faas.invocation_id"), REQUEST },
    { NJ_STR_INIT("tenantid"), TENANT },
    { NJ_STR_INIT("tenant_id"), TENANT },
    { NJ_STR_INIT("errortype"), ERROR_TYPE },
};

struct picked {
    struct nj_json v[PICKS];
    size_t rank[PICKS];
    enum nj_severity severity;
};

static bool level_of(struct nj_decoding *d, struct nj_json v, enum nj_severity *out)
{
    return (v.type == NJ_JSON_STRING || v.type == NJ_JSON_NUMBER) && nj_severity_parse(nj_decode_as_text(d, v), out);
}

/* A level has to be one, an id has to be text; a message may be anything but null. */
static bool usable(struct nj_decoding *d, enum pick what, struct nj_json v, struct picked *p)
{
    if (what == LEVEL)
        return level_of(d, v, &p->severity);
    return what == MESSAGE ? v.type != NJ_JSON_NULL : v.type == NJ_JSON_STRING;
}

static void pick_member(struct nj_decoding *d, struct nj_str key, struct nj_json v, struct picked *p)
{
    for (size_t i = 0; i < NJ_COUNT(names); i++) {
        if (key.n != names[i].key.n || !nj_str_eq_nocase(key, names[i].key))
            continue;
        enum pick what = names[i].what;
        if (i < p->rank[what] && usable(d, what, v, p)) {
            p->rank[what] = i;
            p->v[what] = v;
        }
        return;
    }
}

static void structured(struct nj_decoding *d, struct nj_json object)
{
    struct picked p = { .severity = NJ_SEV_INFO };
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json value;
    for (size_t i = 0; i < PICKS; i++)
        p.rank[i] = NJ_COUNT(names);
    nj_json_iter_init(&it, object);
    while (nj_json_next(&it, &key, &value))
        pick_member(d, key, value, &p);
    d->out->data_json = object.raw;
    d->out->message = p.v[MESSAGE].type != NJ_JSON_NONE ? nj_decode_as_text(d, p.v[MESSAGE]) : object.raw;
    d->facts->request_id = nj_decode_text(d, p.v[REQUEST]);
    d->facts->tenant_id = nj_decode_text(d, p.v[TENANT]);
    if (p.v[LEVEL].type != NJ_JSON_NONE)
        d->out->severity = p.severity;
    else if (p.v[ERROR_TYPE].type != NJ_JSON_NONE) /* an error object without a level is an error */
        d->out->severity = NJ_SEV_ERROR;
}

/* Schema 2022-07-01 has JSON logs as text; so has any function that writes JSON under the text log format. */
static bool is_object_text(struct nj_str text, struct nj_json *out)
{
    struct nj_str t = nj_str_trim(text);
    return t.n >= 2 && t.p[0] == '{' && t.p[t.n - 1] == '}' && nj_json_parse(t, out) == NJ_OK;
}

void nj_decode_log(struct nj_decoding *d, struct nj_json record)
{
    struct nj_json object = record;
    if (record.type == NJ_JSON_STRING) {
        d->out->message = nj_decode_line(nj_decode_text(d, record));
        if (is_object_text(d->out->message, &object))
            structured(d, object);
        else
            nj_decode_text_level(d->out->message, &d->out->severity);
    } else if (record.type == NJ_JSON_OBJECT) {
        structured(d, object);
    } else {
        d->out->message = record.raw;
    }
    if (d->out->severity >= NJ_SEV_ERROR)
        d->out->lane = NJ_LANE_CRITICAL;
}

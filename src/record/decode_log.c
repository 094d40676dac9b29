/* Lines of functions and extensions: text, JSON objects, and JSON objects that come as text. */
#include "decode_internal.h"

/* What we look for in a structured log; every field stays in data_json all the same. */
enum pick { LEVEL, MESSAGE, REQUEST, TENANT, ERROR_TYPE, PICKS };

/* Of several names of one thing the one with the lower rank wins.  Letter case does not matter.  By first letter, because
 * every key of every log passes here. */
struct name {
    struct nj_str key;
    enum pick what;
    unsigned rank;
};

#define NAME(text, what, rank)                                                                                                             \
    {                                                                                                                                      \
        NJ_STR_INIT(text), what, rank                                                                                                      \
    }

static const struct name a_names[] = { NAME("awsrequestid", REQUEST, 1), NAME("aws_request_id", REQUEST, 2) };
static const struct name e_names[] = {
    NAME("event", MESSAGE, 3),
    NAME("errormessage", MESSAGE, 4), /* Python's uncaught exceptions have no message */
    NAME("errortype", ERROR_TYPE, 0),
};
static const struct name f_names[] = { NAME("function_request_id", REQUEST, 3), NAME("faas.invocation_id", REQUEST, 4) };
static const struct name l_names[] = {
    NAME("level", LEVEL, 0),    NAME("lvl", LEVEL, 2),       NAME("log_level", LEVEL, 3), NAME("levelname", LEVEL, 4),
    NAME("loglevel", LEVEL, 5), NAME("log.level", LEVEL, 6), NAME("log", MESSAGE, 2),
};
static const struct name m_names[] = { NAME("message", MESSAGE, 0), NAME("msg", MESSAGE, 1) };
static const struct name r_names[] = { NAME("requestid", REQUEST, 0) };
static const struct name s_names[] = { NAME("severity", LEVEL, 1), NAME("severity_text", LEVEL, 7), NAME("severitytext", LEVEL, 8) };
static const struct name t_names[] = { NAME("tenantid", TENANT, 0), NAME("tenant_id", TENANT, 1) };

#define NAMES(letter, list) [letter - 'a'] = { list, NJ_COUNT(list) }

static const struct {
    const struct name *p;
    size_t n;
} names[26] = {
    NAMES('a', a_names), NAMES('e', e_names), NAMES('f', f_names), NAMES('l', l_names),
    NAMES('m', m_names), NAMES('r', r_names), NAMES('s', s_names), NAMES('t', t_names),
};

enum { NO_RANK = 100 };

struct picked {
    struct nj_json v[PICKS];
    unsigned rank[PICKS];
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

static const struct name *name_of(struct nj_str key)
{
    size_t letter = key.n != 0 ? (size_t)(unsigned char)(key.p[0] | 0x20) - 'a' : 26;
    if (letter >= 26)
        return NULL;
    for (size_t i = 0; i < names[letter].n; i++) {
        const struct name *n = &names[letter].p[i];
        if (key.n == n->key.n && (nj_str_eq(key, n->key) || nj_str_eq_nocase(key, n->key)))
            return n;
    }
    return NULL;
}

static void pick_member(struct nj_decoding *d, struct nj_str key, struct nj_json v, struct picked *p)
{
    const struct name *name = name_of(key);
    if (name == NULL || name->rank >= p->rank[name->what] || !usable(d, name->what, v, p))
        return;
    p->rank[name->what] = name->rank;
    p->v[name->what] = v;
}

static void structured(struct nj_decoding *d, struct nj_json object)
{
    struct picked p = { .severity = NJ_SEV_INFO };
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json value;
    for (size_t i = 0; i < PICKS; i++)
        p.rank[i] = NO_RANK;
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

/* Lines of functions and extensions: text, JSON objects, and JSON objects that come as text. */
#include "decode_internal.h"

/* What we look for in a structured log; every field stays in data_json all the same. */
enum pick { LEVEL, MESSAGE, REQUEST, TENANT, ERROR_TYPE, EVENT, STATUS, ADDRESS, USER, PICKS };

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

static const struct name a_names[] = { NAME("awsrequestid", REQUEST, 1), NAME("aws_request_id", REQUEST, 2), NAME("action", EVENT, 4) };
static const struct name c_names[] = { NAME("client_ip", ADDRESS, 0), NAME("clientip", ADDRESS, 1), NAME("client.address", ADDRESS, 2) };
static const struct name e_names[] = {
    NAME("event", MESSAGE, 3),        NAME("event", EVENT, 0),          NAME("event_name", EVENT, 1),
    NAME("eventname", EVENT, 2),      NAME("event.name", EVENT, 2),     NAME("eventtype", EVENT, 3),
    NAME("email", USER, 3),           NAME("errormessage", MESSAGE, 4), /* Python's uncaught exceptions have no message */
    NAME("errortype", ERROR_TYPE, 0),
};
static const struct name f_names[] = { NAME("function_request_id", REQUEST, 3), NAME("faas.invocation_id", REQUEST, 4) };
static const struct name h_names[] = { NAME("http.status_code", STATUS, 2), NAME("http.response.status_code", STATUS, 3) };
static const struct name i_names[] = { NAME("ip", ADDRESS, 6) };
static const struct name l_names[] = {
    NAME("level", LEVEL, 0),    NAME("lvl", LEVEL, 2),       NAME("log_level", LEVEL, 3), NAME("levelname", LEVEL, 4),
    NAME("loglevel", LEVEL, 5), NAME("log.level", LEVEL, 6), NAME("log", MESSAGE, 2),
};
static const struct name m_names[] = { NAME("message", MESSAGE, 0), NAME("msg", MESSAGE, 1), NAME("msg", EVENT, 5) };
static const struct name r_names[] = { NAME("requestid", REQUEST, 0), NAME("remote_addr", ADDRESS, 5) };
static const struct name s_names[] = {
    NAME("severity", LEVEL, 1),    NAME("severity_text", LEVEL, 7), NAME("severitytext", LEVEL, 8), NAME("status", STATUS, 0),
    NAME("statuscode", STATUS, 1), NAME("status_code", STATUS, 1),  NAME("source_ip", ADDRESS, 3),  NAME("sourceip", ADDRESS, 4),
};
static const struct name u_names[] = { NAME("username", USER, 0), NAME("user", USER, 1), NAME("user_id", USER, 4),
                                       NAME("userid", USER, 5) };
static const struct name x_names[] = { NAME("x-forwarded-for", ADDRESS, 7) };
static const struct name t_names[] = { NAME("tenantid", TENANT, 0), NAME("tenant_id", TENANT, 1) };

#define NAMES(letter, list) [letter - 'a'] = { list, NJ_COUNT(list) }

static const struct {
    const struct name *p;
    size_t n;
} names[26] = {
    NAMES('a', a_names), NAMES('c', c_names), NAMES('e', e_names), NAMES('f', f_names), NAMES('h', h_names),
    NAMES('i', i_names), NAMES('l', l_names), NAMES('m', m_names), NAMES('r', r_names), NAMES('s', s_names),
    NAMES('t', t_names), NAMES('u', u_names), NAMES('x', x_names),
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

/* Does the text of a string begin like an event of OWASP's vocabulary? */
static bool is_vocabulary(struct nj_str quoted)
{
    static const struct nj_str prefixes[] = {
        NJ_STR_INIT("authn_"),  NJ_STR_INIT("authz_"),  NJ_STR_INIT("session_"), NJ_STR_INIT("sensitive_"), NJ_STR_INIT("malicious_"),
        NJ_STR_INIT("input_"),  NJ_STR_INIT("excess_"), NJ_STR_INIT("user_"),    NJ_STR_INIT("privilege_"), NJ_STR_INIT("sequence_"),
        NJ_STR_INIT("upload_"), NJ_STR_INIT("crypt_"),  NJ_STR_INIT("sys_"),     NJ_STR_INIT("mcp_"),
    };
    struct nj_str text = nj_str_slice(quoted, 1, quoted.n);
    for (size_t i = 0; i < NJ_COUNT(prefixes); i++)
        if (nj_str_starts_nocase(text, prefixes[i]))
            return true;
    return false;
}

/* A level has to be one, an id has to be text; a message may be anything but null. */
static bool usable(struct nj_decoding *d, enum pick what, struct nj_json v, struct picked *p)
{
    if (what == LEVEL)
        return level_of(d, v, &p->severity);
    if (what == EVENT)
        return v.type == NJ_JSON_STRING && is_vocabulary(v.raw);
    if (what == STATUS)
        return v.type == NJ_JSON_NUMBER;
    return what == MESSAGE ? v.type != NJ_JSON_NULL : v.type == NJ_JSON_STRING;
}

static void pick_member(struct nj_decoding *d, struct nj_str key, struct nj_json v, struct picked *p)
{
    size_t letter = key.n != 0 ? (size_t)(unsigned char)(key.p[0] | 0x20) - 'a' : 26;
    for (size_t i = 0; letter < 26 && i < names[letter].n; i++) {
        const struct name *n = &names[letter].p[i];
        if (key.n != n->key.n || !(nj_str_eq(key, n->key) || nj_str_eq_nocase(key, n->key)))
            continue;
        if (n->rank >= p->rank[n->what] || !usable(d, n->what, v, p))
            continue;
        p->rank[n->what] = n->rank;
        p->v[n->what] = v;
    }
}

/* Text without escapes: what would have to be undone is left out, so that scratch keeps its bound. */
static struct nj_str plain(struct nj_json v)
{
    bool escaped = false;
    struct nj_str inner = nj_json_inner(v, &escaped);
    return escaped ? (struct nj_str){ NULL, 0 } : inner;
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
    d->facts->log_event = plain(p.v[EVENT]);
    d->facts->log_address = plain(p.v[ADDRESS]);
    d->facts->log_user = plain(p.v[USER]);
    if (!nj_json_i64(p.v[STATUS], &d->facts->log_status))
        d->facts->log_status = 0;
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

/* The line without its newline.  That is mostly the only escape in it: then there is nothing to undo. */
static struct nj_str line_of(struct nj_decoding *d, struct nj_json string)
{
    bool escaped = false;
    struct nj_str inner = nj_json_inner(string, &escaped);
    if (!escaped)
        return inner;
    if (nj_str_ends(inner, NJ_STR("\\n")) && nj_str_chr(inner, '\\', 0) == inner.n - 2)
        return nj_str_slice(inner, 0, inner.n - 2);
    return nj_decode_line(nj_decode_text(d, string));
}

void nj_decode_log(struct nj_decoding *d, struct nj_json record)
{
    struct nj_json object = record;
    if (record.type == NJ_JSON_STRING) {
        d->out->message = line_of(d, record);
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

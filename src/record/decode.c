/* One telemetry element becomes one record: the envelope, and what happens when there is none. */
#include "decode_internal.h"

#include "nightjar/clock.h"

static const struct {
    struct nj_str type;
    enum nj_category category;
    enum nj_severity severity;
    enum nj_lane lane;
} events[NJ_EVENT_KINDS] = {
#define NJ_EVENT(enumerator, type, category, severity, lane)                                                                               \
    [NJ_EV_##enumerator] = { NJ_STR_INIT(type), NJ_CAT_##category, NJ_SEV_##severity, NJ_LANE_##lane },
#include "nightjar/events.def"
#undef NJ_EVENT
};

/* --- texts -------------------------------------------------------------------------------------------------------- */

struct nj_str nj_decode_text(struct nj_decoding *d, struct nj_json string)
{
    bool escaped = false;
    struct nj_str inner = nj_json_inner(string, &escaped);
    if (!escaped)
        return inner;
    size_t from = d->scratch->n;
    nj_json_unescape(d->scratch, inner);
    return nj_str_slice(nj_buf_str(d->scratch), from, d->scratch->n);
}

struct nj_str nj_decode_as_text(struct nj_decoding *d, struct nj_json value)
{
    return value.type == NJ_JSON_STRING ? nj_decode_text(d, value) : value.raw;
}

struct nj_str nj_decode_line(struct nj_str text)
{
    if (text.n == 0 || text.p[text.n - 1] != '\n')
        return text;
    text.n--;
    text.n -= text.n != 0 && text.p[text.n - 1] == '\r';
    return text;
}

/* --- the envelope ------------------------------------------------------------------------------------------------- */

struct envelope {
    struct nj_json time, type, record;
    /* Of a usual one both are read already. */
    bool usual;
    enum nj_event_kind kind;
    int64_t when_ns;
};

static enum nj_event_kind kind_of(struct nj_str type)
{
    for (size_t k = NJ_EV_OTHER + 1; k < NJ_EVENT_KINDS; k++)
        if (nj_str_eq(events[k].type, type))
            return (enum nj_event_kind)k;
    return NJ_EV_OTHER;
}

/* The text up to the next quote, if expected stands at *at; moves to that quote. */
static bool take_text(const char **at, const char *end, struct nj_str expected, struct nj_str *out)
{
    enum { LONGEST = 64 };
    const char *p = *at;
    if ((size_t)(end - p) <= expected.n || memcmp(p, expected.p, expected.n) != 0)
        return false;
    p += expected.n;
    const char *quote = memchr(p, '"', (size_t)(end - p) < LONGEST ? (size_t)(end - p) : LONGEST);
    if (quote == NULL)
        return false;
    *out = (struct nj_str){ p, (size_t)(quote - p) };
    *at = quote;
    return true;
}

/* The platform writes time, type, record and nothing else, without white space.  If the first two turn out to be ones we
 * can read, there is nothing in them to undo or to refuse: only the record has to be checked, and it is walked once
 * instead of three times.  Anything else goes the long way. */
static bool read_usual(struct nj_str element, struct envelope *e)
{
    if (nj_json_is_function_log(element) && element.p[element.n - 1] == '}') {
        struct nj_str when = nj_str_slice(element, NJ_FUNCTION_TIME, NJ_FUNCTION_TIME + NJ_FUNCTION_TIME_LEN);
        e->kind = NJ_EV_FUNCTION;
        e->usual = nj_time_parse(when, &e->when_ns) == NJ_OK &&
                   nj_json_parse(nj_str_slice(element, NJ_FUNCTION_RECORD, element.n - 1), &e->record) == NJ_OK;
        return e->usual;
    }
    static const struct nj_str record = NJ_STR_INIT("\",\"record\":");
    const char *p = element.p, *end = element.p + element.n;
    struct nj_str time, type;
    if (!take_text(&p, end, NJ_STR("{\"time\":\""), &time) || !take_text(&p, end, NJ_STR("\",\"type\":\""), &type))
        return false;
    if ((size_t)(end - p) <= record.n || memcmp(p, record.p, record.n) != 0 || end[-1] != '}')
        return false;
    p += record.n;
    e->kind = kind_of(type);
    e->usual = e->kind != NJ_EV_OTHER && nj_time_parse(time, &e->when_ns) == NJ_OK &&
               nj_json_parse((struct nj_str){ p, (size_t)(end - 1 - p) }, &e->record) == NJ_OK;
    return e->usual;
}

/* The place of a member of the envelope that is not taken yet, or NULL. */
static struct nj_json *place_of(struct envelope *e, struct nj_str key)
{
    struct nj_json *m = NULL;
    if (nj_json_key_is(key, NJ_STR("time")))
        m = &e->time;
    else if (nj_json_key_is(key, NJ_STR("type")))
        m = &e->type;
    else if (nj_json_key_is(key, NJ_STR("record")))
        m = &e->record;
    return m != NULL && m->type == NJ_JSON_NONE ? m : NULL;
}

/* Members of other names, and repeated ones, stay as {"name":value,...} in nightjar.envelope: no schema we know has them. */
static void keep_member(struct nj_buf *scratch, size_t from, struct nj_str key, struct nj_json value)
{
    nj_buf_addz(scratch, scratch->n == from ? "{\"" : ",\"");
    nj_buf_add(scratch, key);
    nj_buf_addz(scratch, "\":");
    nj_buf_add(scratch, value.raw);
}

static void read_members(struct nj_decoding *d, struct nj_json element, struct envelope *e)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json value;
    size_t from = d->scratch->n;
    nj_json_iter_init(&it, element);
    while (nj_json_next(&it, &key, &value)) {
        struct nj_json *m = place_of(e, key);
        if (m != NULL)
            *m = value;
        else
            keep_member(d->scratch, from, key, value);
    }
    if (d->scratch->n == from)
        return;
    nj_buf_addc(d->scratch, '}');
    nj_attrs_json(&d->out->data, NJ_STR("nightjar.envelope"), nj_str_slice(nj_buf_str(d->scratch), from, d->scratch->n));
}

static void take_time(struct nj_decoding *d, struct nj_json time)
{
    struct nj_record *out = d->out;
    int64_t when_ns;
    if (time.type == NJ_JSON_NONE)
        return;
    struct nj_str text = nj_decode_text(d, time);
    if (nj_time_parse(text, &when_ns) == NJ_OK)
        out->when_ns = when_ns;
    else if (time.type == NJ_JSON_STRING)
        nj_attrs_str(&out->data, NJ_STR("nightjar.time"), text);
    else
        nj_attrs_json(&out->data, NJ_STR("nightjar.time"), time.raw);
}

static void take_type(struct nj_decoding *d, enum nj_event_kind kind, struct nj_str type)
{
    struct nj_record *out = d->out;
    d->facts->kind = kind;
    out->event = type;
    out->origin = NJ_FROM_PLATFORM;
    out->category = NJ_CAT_PLATFORM;
    if (kind == NJ_EV_OTHER)
        return;
    out->category = events[kind].category;
    out->severity = events[kind].severity;
    out->lane = events[kind].lane;
    if (kind == NJ_EV_FUNCTION) {
        out->event = NJ_STR("function.log");
        out->origin = NJ_FROM_FUNCTION;
    } else if (kind == NJ_EV_EXTENSION) {
        out->event = NJ_STR("extension.log");
        out->origin = NJ_FROM_EXTENSION;
    }
}

/* The long way; NULL, or why the element cannot be read as a record. */
static const char *read_unusual(struct nj_decoding *d, struct nj_str element, struct envelope *e)
{
    struct nj_json value;
    enum nj_status st = nj_json_parse(element, &value);
    *e = (struct envelope){ .usual = false };
    if (st != NJ_OK)
        return st == NJ_ELIMIT ? "nested too deeply" : "not valid JSON";
    if (value.type != NJ_JSON_OBJECT)
        return "not an object";
    read_members(d, value, e);
    take_time(d, e->time);
    struct nj_str type = nj_decode_text(d, e->type);
    if (type.n == 0)
        return "no type";
    if (e->record.type == NJ_JSON_NONE)
        return "no record";
    take_type(d, kind_of(type), type);
    return NULL;
}

static const char *decode_element(struct nj_decoding *d, struct nj_str element)
{
    struct envelope e = { .usual = false };
    if (read_usual(element, &e)) {
        d->out->when_ns = e.when_ns;
        take_type(d, e.kind, events[e.kind].type);
    } else {
        const char *why = read_unusual(d, element, &e);
        if (why != NULL)
            return why;
    }
    if (d->facts->kind == NJ_EV_FUNCTION || d->facts->kind == NJ_EV_EXTENSION)
        nj_decode_log(d, e.record);
    else
        nj_decode_platform(d, e.record);
    return d->scratch->err == NJ_OK ? NULL : "larger than its budget";
}

/* --- the doors ---------------------------------------------------------------------------------------------------- */

void nj_decode_unreadable(struct nj_str piece, struct nj_str reason, int64_t now_ns, struct nj_buf *scratch, struct nj_record *out)
{
    struct nj_opening o;
    (void)scratch;
    nj_record_init(out);
    out->when_ns = now_ns;
    if (nj_decode_opening(piece, &o) && nj_time_parse(o.time, &out->when_ns) != NJ_OK)
        out->when_ns = now_ns;
    out->event = NJ_STR("function.log");
    out->severity = NJ_SEV_WARN;
    out->message = piece;
    nj_attrs_str(&out->data, NJ_STR("nightjar.unreadable"), reason);
}

/* What a record puts into scratch is bounded by its element: each of its bytes is unescaped at most twice (a JSON log that
 * came as a string; a platform field in facts and sentence).  So the room is reserved first, and meanwhile the ceiling is
 * lowered to it: nothing can move the buffer under the views. */
void nj_decode(struct nj_str element, int64_t now_ns, struct nj_buf *scratch, struct nj_record *out, struct nj_facts *facts)
{
    enum { WORDS = 1024 }; /* our own words in sentences */
    struct nj_decoding d = { .scratch = scratch, .out = out, .facts = facts };
    const char *why = "larger than its budget";
    nj_record_init(out);
    out->when_ns = now_ns;
    *facts = (struct nj_facts){ .kind = NJ_EV_OTHER };
    if (element.n < SIZE_MAX / 4 && nj_buf_reserve(scratch, 2 * element.n + WORDS) == NJ_OK) {
        size_t max = scratch->max;
        scratch->max = scratch->cap;
        why = decode_element(&d, element);
        scratch->max = max;
    }
    if (why == NULL)
        return;
    *facts = (struct nj_facts){ .kind = NJ_EV_FUNCTION };
    nj_decode_unreadable(element, nj_str_of(why), out->when_ns, scratch, out);
}

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
};

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

static void read_envelope(struct nj_decoding *d, struct nj_json element, struct envelope *e)
{
    struct nj_json_iter it;
    struct nj_str key;
    struct nj_json value;
    size_t from = d->scratch->n;
    *e = (struct envelope){ .time = { .type = NJ_JSON_NONE } };
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

static void take_time(struct nj_decoding *d, struct nj_json time, int64_t now_ns)
{
    struct nj_record *out = d->out;
    out->when_ns = now_ns;
    if (time.type == NJ_JSON_NONE)
        return;
    if (time.type != NJ_JSON_STRING) {
        nj_attrs_json(&out->data, NJ_STR("nightjar.time"), time.raw);
        return;
    }
    struct nj_str text = nj_decode_text(d, time);
    if (nj_time_parse(text, &out->when_ns) == NJ_OK)
        return;
    out->when_ns = now_ns;
    nj_attrs_str(&out->data, NJ_STR("nightjar.time"), text);
}

static enum nj_event_kind kind_of(struct nj_str type)
{
    for (size_t k = NJ_EV_OTHER + 1; k < NJ_EVENT_KINDS; k++)
        if (nj_str_eq(events[k].type, type))
            return (enum nj_event_kind)k;
    return NJ_EV_OTHER;
}

static void take_type(struct nj_decoding *d, struct nj_str type)
{
    struct nj_record *out = d->out;
    enum nj_event_kind kind = kind_of(type);
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

/* NULL, or why the element cannot be read as a record. */
static const char *decode_element(struct nj_decoding *d, struct nj_str element, int64_t now_ns)
{
    struct nj_json value;
    struct envelope e;
    enum nj_status st = nj_json_parse(element, &value);
    if (st != NJ_OK)
        return st == NJ_ELIMIT ? "nested too deeply" : "not valid JSON";
    if (value.type != NJ_JSON_OBJECT)
        return "not an object";
    read_envelope(d, value, &e);
    take_time(d, e.time, now_ns);
    struct nj_str type = nj_decode_text(d, e.type);
    if (type.n == 0)
        return "no type";
    if (e.record.type == NJ_JSON_NONE)
        return "no record";
    take_type(d, type);
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
        why = decode_element(&d, element, now_ns);
        scratch->max = max;
    }
    if (why == NULL)
        return;
    *facts = (struct nj_facts){ .kind = NJ_EV_FUNCTION };
    nj_decode_unreadable(element, nj_str_of(why), out->when_ns, scratch, out);
}

/* One record as a few lines for a person. */
#include "alert_text.h"

#include "nightjar/clock.h"
#include "nightjar/json.h"

enum { VALUE_MAX = 200, LINES_MAX = 40 };

/* The longest prefix of at most max bytes that ends between characters. */
static struct nj_str cut(struct nj_str s, size_t max)
{
    if (s.n <= max)
        return s;
    while (max > 0 && ((unsigned char)s.p[max] & 0xc0) == 0x80)
        max--;
    return nj_str_slice(s, 0, max);
}

struct nj_str nj_alert_attr(const struct nj_clean *r, struct nj_str key)
{
    const struct nj_attrs *places[] = { &r->who, &r->where, r->resource != NULL ? &r->resource->where : NULL };
    for (size_t i = 0; i < NJ_COUNT(places); i++) {
        const struct nj_attr *a = places[i] != NULL ? nj_attrs_get(places[i], key) : NULL;
        if (a != NULL && a->v.type == NJ_V_STR)
            return a->v.u.s;
    }
    return (struct nj_str){ NULL, 0 };
}

/* Line breaks would end the title. */
static void add_flat(struct nj_buf *out, struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        nj_buf_addc(out, (unsigned char)s.p[i] < 0x20 ? ' ' : s.p[i]);
}

void nj_alert_title(struct nj_buf *out, const struct nj_clean *r)
{
    struct nj_str function = nj_alert_attr(r, NJ_STR("faas.name"));
    size_t from = out->n;
    nj_buf_addc(out, '[');
    nj_buf_add(out, nj_severity_names[r->severity]);
    nj_buf_addz(out, "] ");
    add_flat(out, function);
    nj_buf_addz(out, function.n != 0 ? ": " : "");
    add_flat(out, r->message.n != 0 ? r->message : r->event);
    if (out->err == NJ_OK)
        nj_buf_cut(out, from + cut(nj_str_slice(nj_buf_str(out), from, out->n), ALERT_TITLE_MAX).n);
}

static void add_line(struct nj_buf *out, size_t from, struct nj_str name, struct nj_str value)
{
    if (value.n == 0 || out->n - from + name.n + VALUE_MAX > ALERT_TEXT_MAX)
        return;
    struct nj_str shown = cut(value, VALUE_MAX);
    add_flat(out, name);
    nj_buf_addz(out, ": ");
    add_flat(out, shown);
    nj_buf_addz(out, shown.n < value.n ? "…\n" : "\n");
}

static void add_attrs(struct nj_buf *out, size_t from, const struct nj_attrs *l)
{
    char room[32];
    for (size_t i = 0; i < l->n; i++) {
        const struct nj_value *v = &l->a[i].v;
        struct nj_buf number = { .p = room, .cap = sizeof(room), .max = sizeof(room) };
        if (v->type == NJ_V_STR || v->type == NJ_V_JSON) {
            add_line(out, from, l->a[i].key, v->u.s);
            continue;
        }
        if (v->type == NJ_V_BOOL)
            nj_buf_addz(&number, v->u.b ? "true" : "false");
        else if (v->type == NJ_V_I64)
            nj_buf_add_i64(&number, v->u.i);
        else
            nj_buf_add_f64(&number, v->u.f);
        add_line(out, from, l->a[i].key, nj_buf_str(&number));
    }
}

/* The members of data; strings without their quotes. */
static void add_data(struct nj_buf *out, size_t from, struct nj_str data)
{
    struct nj_json object, value;
    struct nj_str key;
    struct nj_json_iter it;
    int lines = 0;
    if (data.n == 0 || nj_json_parse(data, &object) != NJ_OK)
        return;
    nj_json_iter_init(&it, object);
    while (lines++ < LINES_MAX && nj_json_next(&it, &key, &value)) {
        bool escaped = false;
        struct nj_buf text;
        nj_buf_init(&text, ALERT_TEXT_MAX);
        if (value.type == NJ_JSON_STRING)
            nj_json_unescape(&text, nj_json_inner(value, &escaped));
        add_line(out, from, key, value.type == NJ_JSON_STRING ? nj_buf_str(&text) : value.raw);
        nj_buf_fini(&text);
    }
}

void nj_alert_lines(struct nj_buf *out, const struct nj_clean *r)
{
    char when[NJ_TIME_LEN + 1];
    size_t from = out->n;
    add_line(out, from, NJ_STR("event"), r->event);
    add_line(out, from, NJ_STR("when"), nj_time_format(when, r->when_ns));
    add_attrs(out, from, &r->who);
    add_attrs(out, from, &r->where);
    if (r->resource != NULL)
        add_attrs(out, from, &r->resource->where);
    add_data(out, from, r->data);
    add_line(out, from, NJ_STR("id"), r->id);
}

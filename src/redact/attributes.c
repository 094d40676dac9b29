/* The parts of a record that are short: attributes and names, by what they are called and by what they hold. */
#include "attributes.h"

/* --- the workers -------------------------------------------------------------------------------------------------- */

static void add_withheld(struct nj_redactor *r, struct nj_str in, struct nj_buf *out)
{
    nj_withheld(r, in);
    nj_buf_add(out, NJ_STR(NJ_WITHHELD));
}

void nj_put_text(struct nj_redactor *r, struct nj_carry *carry, struct nj_str in, struct nj_buf *out)
{
    struct nj_str clean;
    if (nj_text_redact(r, 0, carry, in, &clean))
        nj_buf_add(out, clean);
    else
        add_withheld(r, in, out);
}

/* An attribute or name: as nj_put_text(), but what passed unchanged lately is not judged again. */
static void add_short_text(struct nj_redactor *r, struct nj_str in, struct nj_buf *out)
{
    struct nj_str clean;
    if (in.n == 0 || in.n > NJ_KNOWN_LEN) {
        nj_put_text(r, NULL, in, out);
        return;
    }
    struct nj_known *known = &r->known[nj_known_hash(in) % NJ_KNOWN_SLOTS];
    if (nj_is_known(known, in)) {
        nj_buf_add(out, in);
        return;
    }
    if (!nj_text_redact(r, 0, NULL, in, &clean)) {
        add_withheld(r, in, out);
        return;
    }
    nj_buf_add(out, clean);
    if (clean.p == in.p)
        nj_know(known, in);
}

/* White space between tokens stays, but a line break would end the line the value is written into. */
static void flatten(char *p, size_t n)
{
    for (char *at = memchr(p, '\n', n); at != NULL; at = memchr(at, '\n', n - (size_t)(at - p)))
        *at = ' ';
    for (char *at = memchr(p, '\r', n); at != NULL; at = memchr(at, '\r', n - (size_t)(at - p)))
        *at = ' ';
}

void nj_put_json(struct nj_redactor *r, struct nj_carry *carry, struct nj_str in, int rule, struct nj_str withheld, struct nj_buf *out)
{
    struct nj_str clean;
    size_t from = out->n;
    if (in.n <= NJ_REDACT_MAX && nj_json_walk(r, 0, carry, in, rule, &clean)) {
        nj_buf_add(out, clean);
        if (r->breaks && out->n > from)
            flatten(out->p + from, out->n - from);
        return;
    }
    nj_withheld(r, in);
    nj_buf_add(out, withheld);
}

/* --- attributes --------------------------------------------------------------------------------------------------- */

void nj_written_since(struct nj_writer *w, struct nj_str *view, size_t from)
{
    w->views[w->n].view = view;
    w->views[w->n].from = from;
    w->views[w->n++].to = w->out->n;
}

void nj_written_settle(struct nj_writer *w)
{
    const char *base = w->out->p != NULL ? w->out->p : ""; /* empty is not absent */
    for (size_t i = 0; i < w->n; i++)
        *w->views[i].view = (struct nj_str){ base + w->views[i].from, w->views[i].to - w->views[i].from };
}

void nj_write_text(struct nj_writer *w, struct nj_carry *carry, struct nj_str in, struct nj_str *view)
{
    size_t from = w->out->n;
    *view = (struct nj_str){ NULL, 0 };
    if (in.p == NULL)
        return;
    if (w->withhold)
        nj_buf_add(w->out, NJ_STR(NJ_WITHHELD));
    else if (carry != NULL)
        nj_put_text(w->r, carry, in, w->out);
    else
        add_short_text(w->r, in, w->out);
    nj_written_since(w, view, from);
}

/* The rule an attribute's value is secret under. */
static int rule_of_attr(struct nj_redactor *r, struct nj_str key)
{
    int rule = nj_rule_but(nj_key_classify(r, key).rule, NJ_HOW_ASIDE | NJ_HOW_DETECTED);
    return rule != NJ_KEY_NONE && nj_key_action(r, rule) != NJ_ACT_KEEP ? rule : NJ_KEY_NONE;
}

/* What the name of a value asks for, when it is that of a secret.  KEPT: the value is to be looked at as any other. */
enum fate { KEPT, MASKED, REMOVED };

/* What stands in place of a number since byte from; whoever reads it may want numbers there. */
static void settle_number(struct nj_writer *w, size_t from, struct nj_value *v)
{
    if (w->r->numeric == NJ_NUMERIC_STRING) {
        v->type = NJ_V_STR;
        nj_written_since(w, &v->u.s, from);
        return;
    }
    if (w->out->err == NJ_OK)
        nj_buf_cut(w->out, from);
    v->type = w->r->numeric == NJ_NUMERIC_ZERO ? NJ_V_I64 : NJ_V_JSON;
    if (v->type == NJ_V_I64)
        v->u.i = 0;
    else
        v->u.s = NJ_STR("null");
}

static enum fate put_masked(struct nj_writer *w, int rule, struct nj_str text, bool number, struct nj_value *v)
{
    size_t from = w->out->n;
    enum nj_class class = nj_key_class(w->r, rule);
    enum nj_action action = nj_key_action(w->r, rule);
    nj_found(w->r, NJ_COUNT_KEYS + (unsigned)rule, action, text);
    if (action == NJ_ACT_REMOVE || action == NJ_ACT_COUNT)
        return action == NJ_ACT_REMOVE ? REMOVED : KEPT;
    nj_replacement_add(w->r, class, action, text, NJ_STR("[secret]"), w->out);
    if (number) {
        settle_number(w, from, v);
        return MASKED;
    }
    v->type = NJ_V_STR;
    nj_written_since(w, &v->u.s, from);
    return MASKED;
}

static enum fate put_secret(struct nj_writer *w, int rule, const struct nj_value *in, struct nj_value *out)
{
    char digits[32];
    struct nj_buf text = { .p = digits, .cap = sizeof(digits), .max = sizeof(digits) };
    if (in->type == NJ_V_STR)
        return !nj_key_takes(rule, in->u.s) ? KEPT : put_masked(w, rule, in->u.s, false, out);
    if (in->type == NJ_V_I64)
        nj_buf_add_i64(&text, in->u.i);
    else if (in->type == NJ_V_F64)
        nj_buf_add_f64(&text, in->u.f);
    else
        return KEPT;
    return put_masked(w, rule, nj_buf_str(&text), true, out);
}

/* A whole number may be a card's. */
static void put_integer(struct nj_writer *w, int64_t i, struct nj_value *v)
{
    char digits[24];
    struct nj_buf text = { .p = digits, .cap = sizeof(digits), .max = sizeof(digits) };
    if (i < 1000000000000)
        return;
    nj_buf_add_i64(&text, i);
    size_t from = w->out->n;
    nj_put_text(w->r, NULL, nj_buf_str(&text), w->out);
    if (w->out->err == NJ_OK && nj_str_eq(nj_str_slice(nj_buf_str(w->out), from, w->out->n), nj_buf_str(&text))) {
        nj_buf_cut(w->out, from);
        return;
    }
    settle_number(w, from, v);
}

/* False: the attribute is to be left out. */
static bool put_value(struct nj_writer *w, struct nj_str key, const struct nj_value *in, struct nj_value *out)
{
    int rule = rule_of_attr(w->r, key);
    enum fate fate = rule != NJ_KEY_NONE ? put_secret(w, rule, in, out) : KEPT;
    if (fate != KEPT)
        return fate == MASKED;
    size_t from = w->out->n;
    *out = *in;
    switch (in->type) {
    case NJ_V_STR:
        nj_write_text(w, NULL, in->u.s, &out->u.s);
        break;
    case NJ_V_JSON:
        if (w->withhold)
            nj_buf_add(w->out, NJ_WITHHELD_JSON);
        else
            nj_put_json(w->r, NULL, in->u.s, rule, NJ_WITHHELD_JSON, w->out);
        nj_written_since(w, &out->u.s, from);
        break;
    case NJ_V_I64:
        put_integer(w, in->u.i, out);
        break;
    case NJ_V_F64:
    case NJ_V_BOOL:
        break;
    }
    return true;
}

void nj_write_attrs(struct nj_writer *w, const struct nj_attrs *in, struct nj_attrs *out)
{
    out->n = 0;
    for (size_t i = 0; i < in->n; i++) {
        struct nj_attr *a = &out->a[out->n];
        if (!put_value(w, in->a[i].key, &in->a[i].v, &a->v))
            continue;
        nj_write_text(w, NULL, in->a[i].key, &a->key);
        out->n++;
    }
}

/* --- lists that come again ---------------------------------------------------------------------------------------- */

/* Of one length; mostly equal. */
static inline bool same_bytes(const char *a, const char *b, size_t n)
{
    uint64_t x, y, other = 0;
    if (n < sizeof(x))
        return memcmp(a, b, n) == 0;
    for (size_t i = 0; i + sizeof(x) < n; i += sizeof(x)) {
        memcpy(&x, a + i, sizeof(x));
        memcpy(&y, b + i, sizeof(y));
        other |= x ^ y;
    }
    memcpy(&x, a + n - sizeof(x), sizeof(x));
    memcpy(&y, b + n - sizeof(y), sizeof(y));
    return (other | (x ^ y)) == 0;
}

static inline bool same_text(struct nj_str a, struct nj_str b)
{
    if (a.p == NULL || b.p == NULL)
        return a.p == b.p; /* absent is not empty */
    return a.n == b.n && same_bytes(a.p, b.p, a.n);
}

static inline bool is_text(const struct nj_value *v)
{
    return v->type == NJ_V_STR || v->type == NJ_V_JSON;
}

static bool same_value(const struct nj_value *a, const struct nj_value *b)
{
    if (a->type != b->type)
        return false;
    if (is_text(a))
        return same_text(a->u.s, b->u.s);
    return a->type == NJ_V_BOOL ? a->u.b == b->u.b : memcmp(&a->u, &b->u, sizeof(int64_t)) == 0;
}

static bool is_remembered(const struct nj_attrs_memory *m, const struct nj_attrs *in)
{
    if (m->number == 0 || m->given.n != in->n)
        return false;
    for (size_t i = 0; i < in->n; i++)
        if (!same_value(&m->given.a[i].v, &in->a[i].v) || !same_text(m->given.a[i].key, in->a[i].key))
            return false;
    return true;
}

/* Copies a list with its texts behind *at, where there is room for it. */
static bool copy_list(struct nj_attrs_memory *m, size_t *at, const struct nj_attrs *from, struct nj_attrs *to)
{
    to->n = from->n;
    for (size_t i = 0; i < from->n; i++) {
        to->a[i] = from->a[i];
        struct nj_str *texts[] = { is_text(&to->a[i].v) ? &to->a[i].v.u.s : NULL, &to->a[i].key };
        for (size_t k = 0; k < NJ_COUNT(texts); k++) {
            if (texts[k] == NULL || texts[k]->p == NULL)
                continue;
            if (texts[k]->n > sizeof(m->text) - *at)
                return false;
            memcpy(m->text + *at, texts[k]->p, texts[k]->n);
            texts[k]->p = m->text + *at;
            *at += texts[k]->n;
        }
    }
    return true;
}

/* With what was written, which lies at its place only now. */
static void remember(struct nj_writer *w, struct nj_attrs_memory *m, const struct nj_attrs *in, struct nj_attrs *out, size_t first)
{
    size_t at = 0;
    struct nj_writer own = { .out = w->out, .n = w->n - first, .views = w->views + first };
    nj_written_settle(&own);
    m->number = 0;
    if (!copy_list(m, &at, in, &m->given) || !copy_list(m, &at, out, &m->clean))
        return;
    w->n = first;
    *out = m->clean;
    m->number = ++w->r->lists != 0 ? w->r->lists : ++w->r->lists;
}

uint32_t nj_write_attrs_again(struct nj_writer *w, struct nj_attrs_memory *m, const struct nj_attrs *in, struct nj_attrs *out)
{
    out->n = in->n;
    if (in->n == 0)
        return 0;
    if (!w->withhold && is_remembered(m, in)) {
        memcpy(out->a, m->clean.a, m->clean.n * sizeof(m->clean.a[0]));
        out->n = m->clean.n;
        return m->number;
    }
    size_t first = w->n;
    nj_write_attrs(w, in, out);
    if (w->withhold || w->out->err != NJ_OK || w->r->drop || nj_redact_noted(w->r)) /* what was found is told with each record */
        return 0;
    remember(w, m, in, out, first);
    return m->number;
}

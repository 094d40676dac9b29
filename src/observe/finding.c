/* Fills findings. */
#include "finding.h"

#include "nightjar/clock.h"
#include "nightjar/hex.h"
#include "nightjar/pseudonym.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

static const struct {
    struct nj_str event;
    enum nj_category category;
} finds[NJ_FINDS] = {
#define NJ_FINDING(enumerator, event, category, kind, told_apart, text) { NJ_STR_INIT(event), NJ_CAT_##category },
#include "nightjar/findings.def"
#undef NJ_FINDING
};

struct nj_finding nj_finding_open(struct nj_observe *o, enum nj_find find, enum nj_severity severity)
{
    struct nj_finding f = { .o = o, .r = nj_observe_record_of(o, finds[find].event, finds[find].category), .b = nj_observe_scratch(o) };
    f.r->severity = severity;
    f.r->lane = severity >= NJ_SEV_WARN ? NJ_LANE_CRITICAL : NJ_LANE_BULK;
    f.r->outcome = severity >= NJ_SEV_WARN ? NJ_OUTCOME_FAILURE : NJ_OUTCOME_NONE;
    f.max = f.b->max;
    bool there = nj_buf_reserve(f.b, NJ_FINDING_ROOM) == NJ_OK;
    f.b->max = there ? f.b->cap : 0; /* it must not move any more; without memory nothing fits, and the record is bare */
    return f;
}

/* What was written since from, or nothing where there was no room. */
static struct nj_str kept(struct nj_finding *f, size_t from)
{
    if (f->b->err != NJ_OK)
        return (struct nj_str){ NULL, 0 };
    return nj_str_slice(nj_buf_str(f->b), from, f->b->n);
}

static bool room(const struct nj_finding *f, size_t n)
{
    return f->b->err == NJ_OK && f->b->cap >= f->b->n && f->b->cap - f->b->n > n;
}

void nj_finding_message(struct nj_finding *f, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    size_t from = f->b->n, bytes = n < 0 ? 0 : (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
    if (bytes == 0 || !room(f, bytes))
        return;
    nj_buf_add(f->b, (struct nj_str){ text, bytes });
    f->r->message = kept(f, from);
}

void nj_finding_f64(struct nj_finding *f, const char *key, double v)
{
    nj_attrs_f64(&f->r->data, nj_str_of(key), fabs(v) < 1e12 ? round(v * 1000) / 1000 : v);
}

void nj_finding_i64(struct nj_finding *f, const char *key, int64_t v)
{
    nj_attrs_i64(&f->r->data, nj_str_of(key), v);
}

void nj_finding_bool(struct nj_finding *f, const char *key, bool v)
{
    nj_attrs_bool(&f->r->data, nj_str_of(key), v);
}

void nj_finding_str(struct nj_finding *f, const char *key, struct nj_str v)
{
    size_t from = f->b->n;
    if (v.n == 0 || !room(f, v.n))
        return;
    nj_buf_add(f->b, v);
    nj_attrs_str(&f->r->data, nj_str_of(key), kept(f, from));
}

static bool add_who(struct nj_finding *f, uint64_t tag)
{
    const struct nj_pseudonyms *p = nj_observe_config(f->o)->pseudonyms;
    if (p == NULL || tag == 0 || !room(f, NJ_PSEUDONYM_MAX))
        return false;
    nj_pseudonym_add_tag(p, tag, f->b);
    return true;
}

void nj_finding_who(struct nj_finding *f, const char *key, uint64_t tag)
{
    size_t from = f->b->n;
    if (add_who(f, tag))
        nj_attrs_str(&f->r->data, nj_str_of(key), kept(f, from));
}

void nj_finding_about(struct nj_finding *f, uint64_t account)
{
    size_t from = f->b->n;
    if (!add_who(f, account))
        return;
    nj_attrs_str(&f->r->who, NJ_STR("enduser.pseudo.id"), kept(f, from));
    nj_attrs_str(&f->r->who, NJ_STR("nightjar.who.kind"), NJ_STR("user"));
    nj_attrs_bool(&f->r->who, NJ_STR("nightjar.who.claimed"), true);
}

void nj_finding_whos(struct nj_finding *f, const char *key, const uint64_t *tags, size_t n)
{
    size_t from = nj_finding_json_begin(f), told = 0;
    nj_buf_addc(f->b, '[');
    for (size_t i = 0; i < n && told < NJ_FINDING_WHOS && room(f, NJ_PSEUDONYM_MAX); i++) {
        nj_buf_addz(f->b, told != 0 ? ",\"" : "\"");
        if (!add_who(f, tags[i])) {
            nj_buf_cut(f->b, f->b->n - (told != 0 ? 2 : 1));
            continue;
        }
        nj_buf_addc(f->b, '"');
        told++;
    }
    nj_buf_addc(f->b, ']');
    if (told != 0)
        nj_finding_json_end(f, key, from);
}

size_t nj_finding_json_begin(struct nj_finding *f)
{
    return f->b->n;
}

void nj_finding_json_end(struct nj_finding *f, const char *key, size_t from)
{
    struct nj_str json = kept(f, from);
    if (json.n != 0)
        nj_attrs_json(&f->r->data, nj_str_of(key), json);
}

void nj_finding_registers(struct nj_finding *f, const char *key, const uint8_t *registers, size_t bytes)
{
    size_t from = f->b->n;
    if (!room(f, 2 * bytes))
        return;
    nj_hex_add(f->b, registers, bytes);
    nj_attrs_str(&f->r->data, nj_str_of(key), kept(f, from));
}

void nj_finding_top(struct nj_finding *f, const char *key, const struct nj_topk *t, size_t n)
{
    enum { ONE = 320, MOST = 64 };
    const struct nj_topk_slot *top[MOST];
    size_t have = nj_topk_top(t, top, n < MOST ? n : MOST), from = f->b->n, told = 0;
    nj_buf_addc(f->b, '[');
    for (size_t i = 0; i < have && room(f, ONE); i++) {
        const struct nj_topk_slot *s = top[i];
        nj_buf_addz(f->b, told++ != 0 ? ",{\"key\":\"" : "{\"key\":\"");
        if (!add_who(f, s->tag))
            nj_buf_addf(f->b, "%016llx", (unsigned long long)s->tag);
        nj_buf_addf(f->b, "\",\"count\":%u,\"error\":%u,\"first\":%u,\"last\":%u,\"distinct\":\"", s->count, s->error, s->first_s,
                    s->last_s);
        nj_hex_add(f->b, s->distinct, sizeof(s->distinct));
        nj_buf_addz(f->b, "\"}");
    }
    nj_buf_addc(f->b, ']');
    if (told != 0)
        nj_finding_json_end(f, key, from);
}

void nj_finding_time(struct nj_finding *f, const char *key, int64_t unix_ns)
{
    char text[NJ_TIME_LEN + 1];
    nj_finding_str(f, key, nj_time_format(text, unix_ns));
}

void nj_finding_say(struct nj_finding *f, struct nj_case *c)
{
    f->b->max = f->max;
    nj_observe_say(f->o, c, f->r);
}

const char *nj_case_name(const struct nj_case *c, char out[static NJ_CASE_NAME])
{
    const struct nj_request *q = &c->request;
    struct nj_str what = q->route.n != 0 ? q->route : q->operation;
    if (what.n == 0)
        return "the invocation";
    (void)snprintf(out, NJ_CASE_NAME, "%.*s%s%.*s", NJ_STR_ARG(q->method), q->method.n != 0 ? " " : "", NJ_STR_ARG(what));
    return out;
}

double nj_case_duration_ms(const struct nj_case *c)
{
    if (c->duration_ms >= 0)
        return c->duration_ms;
    if (c->end_ns > c->start_ns && c->start_ns != 0)
        return round((double)(c->end_ns - c->start_ns) / 1000) / 1000.0;
    return -1;
}

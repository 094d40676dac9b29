/* cap_plan.c -- reads fault plans and finds the line for a request. */
#include "cap_plan.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PLAN_MAX = 1 << 20 };

enum field_type { NUMBER, MOMENT, FLAG, TEXT };

struct field {
    const char *key;
    enum field_type type;
    size_t offset;
    int64_t min, max;
    const char *text;
};

static const struct field fields[] = {
#define CAP_FIELD_NUMBER(name, key, min, max, text) { key, NUMBER, offsetof(struct cap_rule, name), min, max, text },
#define CAP_FIELD_MOMENT(name, key, text)           { key, MOMENT, offsetof(struct cap_rule, name), 0, 0, text },
#define CAP_FIELD_FLAG(name, key, text)             { key, FLAG, offsetof(struct cap_rule, name), 0, 0, text },
#define CAP_FIELD_TEXT(name, key, text)             { key, TEXT, offsetof(struct cap_rule, name), 0, 0, text },
#include "cap_plan.def"
};

/* What a line says about when; several of them make one range. */
struct when {
    int64_t at, from, to, every, down_ms;
    bool always;
};

struct selector {
    const char *key;
    size_t offset;
};

static const struct selector selectors[] = {
    { "at", offsetof(struct when, at) },       { "from", offsetof(struct when, from) },         { "to", offsetof(struct when, to) },
    { "every", offsetof(struct when, every) }, { "downForMs", offsetof(struct when, down_ms) },
};

static const struct cap_rule no_fault = { 0 };

static bool set_number(json_t *value, int64_t min, int64_t max, int64_t *out)
{
    if (!json_is_integer(value) || json_integer_value(value) < min || json_integer_value(value) > max)
        return false;
    *out = json_integer_value(value);
    return true;
}

static bool set_text(json_t *value, char **out)
{
    char number[32];
    const char *text = json_string_value(value);
    if (json_is_integer(value)) { /* "retryAfter":2 reads naturally */
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        text = number;
    }
    if (text == NULL || *out != NULL)
        return false;
    *out = strdup(text);
    return *out != NULL;
}

static bool set_moment(json_t *value, enum cap_moment *out)
{
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    *out = strcmp(text, "before") == 0 ? CAP_BEFORE : strcmp(text, "after") == 0 ? CAP_AFTER : CAP_NEVER;
    return *out != CAP_NEVER;
}

static bool set_field(struct cap_rule *r, const struct field *f, json_t *value)
{
    void *at = (char *)r + f->offset;
    switch (f->type) {
    case NUMBER:
        return set_number(value, f->min, f->max, at);
    case MOMENT:
        return set_moment(value, at);
    case FLAG:
        *(bool *)at = json_is_true(value);
        return json_is_true(value);
    default:
        return set_text(value, at);
    }
}

/* False: an unknown name, or a value that it cannot have. */
static bool set_member(struct cap_rule *r, struct when *w, const char *key, json_t *value)
{
    for (size_t i = 0; i < NJ_COUNT(selectors); i++)
        if (strcmp(key, selectors[i].key) == 0)
            return set_number(value, 1, INT64_MAX, (int64_t *)(void *)((char *)w + selectors[i].offset));
    if (strcmp(key, "always") == 0)
        return w->always = json_is_true(value);
    if (strcmp(key, "path") == 0)
        return set_text(value, &r->path);
    if (strcmp(key, "downUntil") == 0)
        return set_text(value, &r->down_until);
    for (size_t i = 0; i < NJ_COUNT(fields); i++)
        if (strcmp(key, fields[i].key) == 0)
            return set_field(r, &fields[i], value);
    return false;
}

static void settle_range(struct cap_rule *r, const struct when *w, uint64_t *numbered)
{
    bool named = w->at || w->from || w->to || w->every || w->down_ms || w->always || r->down_until != NULL;
    uint64_t only = w->at ? (uint64_t)w->at : 0;
    if (!named)
        only = ++*numbered;
    r->from = only ? only : w->from ? (uint64_t)w->from : 1;
    r->to = only ? only : w->to ? (uint64_t)w->to : UINT64_MAX;
    r->every = (uint64_t)w->every;
    r->down_ms = w->down_ms;
    if ((r->down_ms > 0 || r->down_until != NULL) && *cap_rule_name(r) == '\0')
        r->reset = CAP_BEFORE;
    if ((r->max_bytes > 0 || r->max_body_bytes > 0 || r->max_records > 0) && r->status == 0)
        r->status = 413;
}

static enum nj_status parse_line(struct cap_rule *r, struct nj_str line, size_t number, uint64_t *numbered, struct nj_buf *error)
{
    json_error_t bad;
    json_t *root = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, &bad);
    if (!json_is_object(root)) {
        nj_buf_addf(error, "line %zu: %s", number, root != NULL ? "not a JSON object" : bad.text);
        json_decref(root);
        return NJ_EPARSE;
    }
    struct when w = { 0 };
    enum nj_status st = NJ_OK;
    const char *key;
    json_t *value;
    json_object_foreach(root, key, value)
    {
        if (st != NJ_OK || set_member(r, &w, key, value))
            continue;
        nj_buf_addf(error, "line %zu: \"%.40s\" is unknown, or cannot have this value", number, key);
        st = NJ_EPARSE;
    }
    json_decref(root);
    if (st == NJ_OK)
        settle_range(r, &w, numbered);
    return st;
}

static void free_rule(struct cap_rule *r)
{
    free(r->path);
    free(r->down_until);
#define CAP_FIELD_TEXT(name, key, text) free(r->name);
#include "cap_plan.def"
}

void cap_plan_free(struct cap_plan *p)
{
    for (size_t i = 0; i < p->n; i++)
        free_rule(&p->rules[i]);
    free(p->rules);
    *p = (struct cap_plan){ 0 };
}

enum nj_status cap_plan_parse(struct cap_plan *p, struct nj_str text, struct nj_buf *error)
{
    *p = (struct cap_plan){ 0 };
    struct nj_str line;
    size_t number = 0;
    uint64_t numbered = 0;
    enum nj_status st = NJ_OK;
    while (st == NJ_OK && nj_str_cut(&text, '\n', &line)) {
        number++;
        line = nj_str_trim(line);
        if (line.n == 0 || line.p[0] == '#')
            continue;
        struct cap_rule *more = realloc(p->rules, (p->n + 1) * sizeof *more);
        if (more == NULL) {
            st = NJ_ENOMEM;
            break;
        }
        p->rules = more;
        more[p->n] = (struct cap_rule){ 0 };
        st = parse_line(&more[p->n++], line, number, &numbered, error);
        p->slow_read = p->slow_read || more[p->n - 1].slow_read > 0 || more[p->n - 1].no_read_ms > 0;
    }
    if (st != NJ_OK)
        cap_plan_free(p);
    return st;
}

enum nj_status cap_plan_load(struct cap_plan *p, const char *file, struct nj_buf *error)
{
    *p = (struct cap_plan){ 0 };
    FILE *f = fopen(file, "rb");
    if (f == NULL) {
        nj_buf_addf(error, "cannot read it");
        return NJ_ESYS;
    }
    struct nj_buf text;
    nj_buf_init(&text, PLAN_MAX);
    char piece[4096];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        nj_buf_add(&text, (struct nj_str){ piece, n });
    fclose(f);
    enum nj_status st = text.err;
    if (st == NJ_OK)
        st = cap_plan_parse(p, nj_buf_str(&text), error);
    else
        nj_buf_addf(error, "it is larger than %d bytes", PLAN_MAX);
    nj_buf_fini(&text);
    return st;
}

static bool fits(const struct cap_rule *r, uint64_t n, int64_t ms, struct nj_str path)
{
    return n >= r->from && n <= r->to && (r->every == 0 || n % r->every == 0) && (r->down_ms == 0 || ms < r->down_ms) &&
           (r->down_until == NULL || access(r->down_until, F_OK) != 0) && (r->path == NULL || nj_str_starts(path, nj_str_of(r->path)));
}

const struct cap_rule *cap_plan_find(const struct cap_plan *p, uint64_t n, int64_t ms, struct nj_str path)
{
    for (size_t i = 0; i < p->n; i++)
        if (fits(&p->rules[i], n, ms, path))
            return &p->rules[i];
    return &no_fault;
}

static bool is_set(const struct cap_rule *r, const struct field *f)
{
    const void *at = (const char *)r + f->offset;
    switch (f->type) {
    case NUMBER:
        return *(const int64_t *)at != 0;
    case MOMENT:
        return *(const enum cap_moment *)at != CAP_NEVER;
    case FLAG:
        return *(const bool *)at;
    default:
        return *(char *const *)at != NULL;
    }
}

const char *cap_rule_name(const struct cap_rule *r)
{
    for (size_t i = 0; i < NJ_COUNT(fields); i++)
        if (is_set(r, &fields[i]))
            return fields[i].key;
    return "";
}

void cap_plan_help(struct nj_buf *out)
{
    for (size_t i = 0; i < NJ_COUNT(fields); i++)
        nj_buf_addf(out, "  %-16s %s\n", fields[i].key, fields[i].text);
}

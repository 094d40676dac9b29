/* Reads NIGHTJAR_DETECT by the table. */
#include "nightjar/limits.h"

#include <stdlib.h>

const struct nj_limits nj_limits_standard = {
#define NJ_LIMIT_COUNT(field, name, standard, min, max, text) .field = (standard),
#define NJ_LIMIT_TIME(field, name, standard, min, max, text)  .field = (standard),
#define NJ_LIMIT_RATIO(field, name, standard, min, max, text) .field = (standard),
#include "nightjar/limits.def"
};

enum kind { COUNT, TIME, RATIO };

static const struct row {
    struct nj_str name;
    enum kind kind;
    size_t at;
    double standard, min, max;
    const char *text;
} rows[] = {
#define NJ_LIMIT_COUNT(field, name, standard, min, max, text)                                                                              \
    { NJ_STR_INIT(name), COUNT, offsetof(struct nj_limits, field), (standard), (min), (max), (text) },
#define NJ_LIMIT_TIME(field, name, standard, min, max, text)                                                                               \
    { NJ_STR_INIT(name), TIME, offsetof(struct nj_limits, field), (standard), (min), (max), (text) },
#define NJ_LIMIT_RATIO(field, name, standard, min, max, text)                                                                              \
    { NJ_STR_INIT(name), RATIO, offsetof(struct nj_limits, field), (standard), (min), (max), (text) },
#include "nightjar/limits.def"
};

static const struct {
    struct nj_str suffix;
    double ms;
} units[] = { { NJ_STR_INIT("ms"), 1 },
              { NJ_STR_INIT("s"), 1000 },
              { NJ_STR_INIT("m"), 60000 },
              { NJ_STR_INIT("h"), 3600000 },
              { NJ_STR_INIT("d"), 86400000 } };

static const struct row *row_of(struct nj_str name)
{
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        if (nj_str_eq(rows[i].name, name))
            return &rows[i];
    return NULL;
}

/* Digits with at most one point: strtod() takes far more (0x, inf, nan, exponents). */
static bool decimal(struct nj_str s, double *out)
{
    char z[32];
    size_t digits = 0, points = 0;
    for (size_t i = 0; i < s.n; i++) {
        digits += s.p[i] >= '0' && s.p[i] <= '9';
        points += s.p[i] == '.';
    }
    if (digits == 0 || points > 1 || digits + points != s.n || s.n >= sizeof(z))
        return false;
    memcpy(z, s.p, s.n);
    z[s.n] = '\0';
    *out = strtod(z, NULL);
    return true;
}

static bool value_of(const struct row *row, struct nj_str s, double *out)
{
    uint64_t whole = 0;
    if (row->kind == RATIO)
        return decimal(s, out);
    if (row->kind == COUNT) {
        if (!nj_str_u64(s, &whole))
            return false;
        *out = (double)whole;
        return true;
    }
    for (size_t i = 0; i < NJ_COUNT(units); i++) {
        if (!nj_str_ends(s, units[i].suffix) || !nj_str_u64(nj_str_slice(s, 0, s.n - units[i].suffix.n), &whole))
            continue;
        *out = (double)whole * units[i].ms;
        return true;
    }
    return decimal(s, out) && *out == 0; /* 0 needs no unit */
}

static void add_value(struct nj_buf *b, const struct row *row, double v)
{
    if (row->kind != TIME) {
        nj_buf_add_f64(b, v);
        return;
    }
    size_t unit = 0;
    for (size_t i = 1; i < NJ_COUNT(units); i++)
        if (v != 0 && (int64_t)v % (int64_t)units[i].ms == 0)
            unit = i;
    nj_buf_addf(b, "%.0f", v / units[unit].ms);
    nj_buf_add(b, units[unit].suffix);
}

static void add_bounds(struct nj_buf *b, const struct row *row, const char *between)
{
    add_value(b, row, row->min);
    nj_buf_addz(b, between);
    add_value(b, row, row->max);
}

static const struct row *nearest(struct nj_str name)
{
    const struct row *best = NULL;
    size_t least = 4;
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        size_t d = nj_str_distance(name, rows[i].name, least);
        if (d < least) {
            least = d;
            best = &rows[i];
        }
    }
    return best;
}

static void complain(const struct row *row, struct nj_str name, struct nj_str value, nj_limits_problem_fn problem, void *ctx)
{
    struct nj_buf b;
    if (problem == NULL)
        return;
    nj_buf_init(&b, 512);
    if (row == NULL) {
        const struct row *like = nearest(name);
        nj_buf_addf(&b, "NIGHTJAR_DETECT: there is no %.*s", NJ_STR_ARG(nj_str_slice(name, 0, 64)));
        if (like != NULL)
            nj_buf_addf(&b, "; did you mean %.*s?", NJ_STR_ARG(like->name));
    } else {
        nj_buf_addf(&b, "NIGHTJAR_DETECT: %.*s=%.*s is not from ", NJ_STR_ARG(name), NJ_STR_ARG(nj_str_slice(value, 0, 32)));
        add_bounds(&b, row, " to ");
        nj_buf_addz(&b, "; ");
        add_value(&b, row, row->standard);
        nj_buf_addz(&b, " is used");
    }
    problem(ctx, nj_buf_str(&b));
    nj_buf_fini(&b);
}

void nj_limits_read(struct nj_limits *l, struct nj_str text, nj_limits_problem_fn problem, void *ctx)
{
    struct nj_str pair, value, name;
    *l = nj_limits_standard;
    while (nj_str_cut(&text, ',', &pair)) {
        double v = 0;
        value = nj_str_trim(pair);
        if (value.n == 0)
            continue;
        if (!nj_str_cut(&value, '=', &name))
            continue;
        name = nj_str_trim(name);
        value = nj_str_trim(value);
        const struct row *row = row_of(name);
        if (row == NULL || !value_of(row, value, &v) || v < row->min || v > row->max) {
            complain(row, name, value, problem, ctx);
            continue;
        }
        char *field = (char *)l + row->at;
        int64_t whole = (int64_t)v;
        if (row->kind == RATIO)
            memcpy(field, &v, sizeof(v));
        else
            memcpy(field, &whole, sizeof(whole));
    }
}

void nj_limits_reference(struct nj_buf *out)
{
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        nj_buf_addf(out, "| `%.*s` | ", NJ_STR_ARG(rows[i].name));
        add_value(out, &rows[i], rows[i].standard);
        nj_buf_addz(out, " | ");
        add_bounds(out, &rows[i], " to ");
        nj_buf_addf(out, " | %s |\n", rows[i].text);
    }
}

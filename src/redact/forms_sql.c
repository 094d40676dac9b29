/* INSERT INTO users (email, password) VALUES ('a@b.c', 'x1'), (...): the names stand in one list and the values in others.
 *
 * Entered at one of the names, for all of them.  What lies ahead is kept with nj_sweep_wait_key(); where there are more
 * values than can be kept, all the rest of the statement is secret: better too much than one row too few. */
#include "forms.h"

enum { COLUMNS_MAX = 64, LIST_MAX = 1024, INTO_MAX = 96, DEPTH_MAX = 16 };

struct insert {
    struct nj_form *f;
    size_t n;
    int rules[COLUMNS_MAX]; /* of each column, or NJ_KEY_NONE */
    bool bound;             /* one has a place, and its value stands elsewhere */
};

static size_t skip_space(struct nj_str t, size_t at)
{
    while (at < t.n && (nj_is(t.p[at], NJ_IS_SPACE) || (t.p[at] == '\\' && (nj_byte(t, at + 1) == 'n' || nj_byte(t, at + 1) == 't'))))
        at += t.p[at] == '\\' ? 2 : 1;
    return at;
}

static bool is_column_byte(char c)
{
    static const uint8_t signs[256] = { [','] = 1, ['"'] = 1, ['\''] = 1, ['`'] = 1, ['['] = 1, [']'] = 1, ['\\'] = 1 };
    return (signs[(unsigned char)c] | (nj_byte_class[(unsigned char)c] & (NJ_IS_KEY | NJ_IS_SPACE))) != 0;
}

/* The bracket that opens the list of columns byte at lies in, with "INTO table" in front of it; or NJ_NPOS. */
static size_t list_start(struct nj_str t, size_t floor, size_t at)
{
    size_t limit = at - floor > LIST_MAX ? at - LIST_MAX : floor;
    while (at > limit && is_column_byte(t.p[at - 1]))
        at--;
    if (at == limit || t.p[at - 1] != '(')
        return NJ_NPOS;
    at--;
    size_t from = at > INTO_MAX ? at - INTO_MAX : 0;
    for (size_t i = at; i > from + 4; i--)
        if ((t.p[i - 2] | 0x20) == 'o' && (t.p[i - 1] == ' ' || t.p[i - 1] == '\n') &&
            nj_str_eq_nocase(nj_str_slice(t, i - 5, i - 1), NJ_STR("into")))
            return at;
    return NJ_NPOS;
}

/* Reads the names from behind the bracket; answers the byte behind the one that closes them, or NJ_NPOS. */
static size_t read_columns(struct insert *in, size_t at)
{
    struct nj_str t = nj_str_slice(in->f->t, 0, at + LIST_MAX);
    bool any = false;
    while (at < t.n && in->n < COLUMNS_MAX) {
        size_t from = at;
        while (at < t.n && t.p[at] != ',' && t.p[at] != ')')
            at++;
        struct nj_str name = nj_str_trim(nj_str_slice(t, from, at));
        while (name.n > 1 && (nj_is_quote(name.p[0]) || name.p[0] == '[' || name.p[0] == '\\'))
            name = nj_str_slice(name, 1, name.n);
        while (name.n > 1 && !nj_is(name.p[name.n - 1], NJ_IS_WORD))
            name.n--;
        int rule = nj_rule_but(nj_key_classify(in->f->s->r, name).rule, NJ_HOW_ASIDE | NJ_HOW_MAIL);
        any |= rule != NJ_KEY_NONE;
        in->rules[in->n++] = rule;
        if (nj_byte(t, at++) == ')')
            return any && at <= t.n ? at : NJ_NPOS;
    }
    return NJ_NPOS;
}

/* One value from byte at to the comma or bracket behind it: a literal in quotes (value is what they hold), or anything. */
static size_t read_cell(const struct insert *in, size_t at, struct nj_span *value)
{
    struct nj_str t = in->f->t;
    size_t depth = 0;
    char prefix = (char)(nj_byte(t, at) & ~0x20);
    if ((prefix == 'N' || prefix == 'E' || prefix == 'X') && nj_byte(t, at + 1) == '\'')
        at++;
    if (nj_is_quote(nj_byte(t, at)) || nj_byte(t, at) == '\\') {
        struct nj_form g = *in->f;
        nj_form_open(&g, at);
        if (g.quote != 0) {
            *value = (struct nj_span){ g.value, nj_form_end(&g) };
            at = value->to + g.slashes + 1;
            return at < t.n ? skip_space(t, at) : t.n;
        }
    }
    value->from = at;
    for (; at < t.n; at++) {
        if (t.p[at] == '(' && ++depth > DEPTH_MAX)
            return t.n;
        if ((t.p[at] == ',' && depth == 0) || (t.p[at] == ')' && depth-- == 0))
            break;
    }
    value->to = at;
    while (value->to > value->from && nj_is(t.p[value->to - 1], NJ_IS_SPACE))
        value->to--;
    return at;
}

/* ?, $1, %s, :name, @p1, NULL, now(), a number of a row: what says nothing. */
static bool is_slot(struct nj_str v)
{
    if (v.n == 0 || strchr("?$%:@", v.p[0]) != NULL)
        return true;
    return nj_str_chr(v, '(', 0) != NJ_NPOS && nj_str_chr(v, '\'', 0) == NJ_NPOS;
}

/* The cells of one row, from behind its bracket; answers the byte behind the row, or NJ_NPOS when it ends nowhere. */
static size_t read_row(struct insert *in, size_t at)
{
    struct nj_sweep *s = in->f->s;
    struct nj_str t = in->f->t;
    for (size_t i = 0; at < t.n; i++) {
        struct nj_span value = { 0, 0 };
        size_t from = skip_space(t, at);
        at = read_cell(in, from, &value);
        struct nj_str v = nj_part(t, value);
        bool literal = value.from > 0 && nj_is_quote(t.p[value.from - 1]);
        in->bound |= i < in->n && in->rules[i] != NJ_KEY_NONE && !literal && is_slot(v);
        if (i < in->n && in->rules[i] != NJ_KEY_NONE && (literal || !is_slot(v)) && nj_key_takes(in->rules[i], v)) {
            if (s->waiting_n == NJ_WAITING_MAX - 1) {
                nj_sweep_wait_key(s, (struct nj_span){ value.from, t.n }, in->rules[i]);
                return NJ_NPOS;
            }
            nj_sweep_wait_key(s, value, in->rules[i]);
        }
        if (nj_byte(t, at) != ',')
            return nj_byte(t, at) == ')' ? at + 1 : NJ_NPOS;
        at++;
    }
    return NJ_NPOS;
}

bool nj_form_is_in_columns(struct nj_str t, size_t floor, size_t at)
{
    return list_start(t, floor, at) != NJ_NPOS;
}

void nj_form_columns(struct nj_form *f)
{
    struct nj_sweep *s = f->s;
    struct nj_str t = f->t;
    size_t next = skip_space(t, f->key.to);
    while (next < t.n && (nj_is_quote(t.p[next]) || t.p[next] == ']' || t.p[next] == '\\'))
        next++;
    next = skip_space(t, next);
    if ((nj_byte(t, next) != ',' && nj_byte(t, next) != ')') || f->key.from < s->columns_read)
        return;
    s->columns_read = f->key.to;
    struct insert in = { .f = f };
    size_t start = list_start(t, f->floor, f->key.from);
    size_t at = start != NJ_NPOS ? read_columns(&in, start + 1) : NJ_NPOS;
    if (at == NJ_NPOS)
        return;
    at = skip_space(t, at);
    s->columns_read = at;
    if (!nj_str_starts_nocase(nj_str_slice(t, at, t.n), NJ_STR("values")))
        return;
    at = skip_space(t, at + 6);
    while (at != NJ_NPOS && nj_byte(t, at) == '(') {
        at = read_row(&in, at + 1);
        if (at == NJ_NPOS)
            break;
        at = skip_space(t, at);
        if (nj_byte(t, at) == ',')
            at = skip_space(t, at + 1);
    }
    if (in.bound)
        nj_form_bound(f);
}

/* --- passwords of statements -------------------------------------------------------------------------------------- */

/* SELECT 'x1' AS password */
bool nj_form_selected(struct nj_form *f, struct nj_span *value)
{
    enum { LONGEST = 128, SHORTEST = 3, RANDOM = 8 };
    struct nj_str t = f->t, as = NJ_STR(" as ");
    size_t to = f->key.from;
    to -= to > f->floor && nj_is_quote(t.p[to - 1]) ? 1 : 0;
    if (to < f->floor + as.n + SHORTEST + 2 || !nj_str_eq_nocase(nj_str_slice(t, to - as.n, to), as) || t.p[to - as.n - 1] != '\'')
        return false;
    to -= as.n + 1;
    size_t from = to, floor = to - f->floor > LONGEST ? to - LONGEST : f->floor;
    while (from > floor && t.p[from - 1] != '\'' && t.p[from - 1] != '\n')
        from--;
    *value = (struct nj_span){ from, to };
    struct nj_str v = nj_part(t, *value);
    bool password = nj_secret_keys[f->rule].class == NJ_CLASS_PASSWORD;
    return from > floor && t.p[from - 1] == '\'' && v.n >= SHORTEST && (password || nj_form_is_made_up(v, RANDOM));
}

/* IDENTIFIED BY new REPLACE old: the old one is kept until the sweep gets there. */
static void wait_for_replaced(const struct nj_form *f, size_t at)
{
    static const struct nj_str replace = NJ_STR_INIT(" REPLACE ");
    if (nj_has_at(f->t, at, replace))
        nj_form_wait(f->s, (struct nj_span){ at + replace.n, nj_form_bare_end(f->s, at + replace.n) }, f->rule);
}

bool nj_form_identified(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { LOOK_BACK = 64 };
    static const struct nj_str values = NJ_STR_INIT("VALUES ");
    struct nj_str t = f->t;
    if (at < 3 || !nj_str_eq_nocase(nj_str_slice(t, at - 3, at - 1), NJ_STR("by")) ||
        !nj_stands_before(t, at, LOOK_BACK, NJ_STR("identified")) || !nj_form_set_password(f))
        return false;
    at += nj_has_at(t, at, values) ? values.n : 0; /* of the hash, as Oracle exports it */
    *value = nj_form_read(f, at);
    if (value->to == value->from || f->quote != 0)
        return value->to > value->from;
    wait_for_replaced(f, value->to);
    struct nj_str v = nj_part(t, *value);
    return strchr(":&?$%@<{([", v.p[0]) == NULL && !nj_form_is_metavariable(v);
}

/* UPDATE users SET password = $1 WHERE id = $2; ["x1", 4]: a statement of SQL has places for values, and the values stand in a list of
 * their own, behind it in the text or beside it in an object. */
#include "forms.h"

enum { STATEMENT = 1024, AHEAD = 2048 };

struct statement {
    struct nj_redactor *r;
    struct nj_str t;
    int16_t column[NJ_BOUND_MAX]; /* of INSERT INTO table (...): the rules of their names */
    size_t columns, cell, places, depth;
    enum { PLAIN, INTO, COLUMNS, VALUES } part;
    struct nj_str name; /* the one read last */
    bool equals;        /* ... and an equals sign behind it */
};

static int16_t rule_of(const struct statement *st, struct nj_str name)
{
    return (int16_t)nj_rule_but(nj_key_classify(st->r, name).rule, NJ_HOW_ASIDE);
}

static void read_word(struct statement *st, struct nj_str word)
{
    if (nj_str_eq_nocase(word, NJ_STR("into"))) {
        st->part = INTO;
    } else if (nj_str_eq_nocase(word, NJ_STR("values"))) {
        st->part = VALUES;
        st->depth = 0;
    } else if (st->part == COLUMNS && st->columns < NJ_BOUND_MAX) {
        st->column[st->columns++] = rule_of(st, word);
    } else {
        st->name = word;
        st->equals = false;
    }
}

static void read_sign(struct statement *st, char c)
{
    bool values = st->part == VALUES;
    switch (c) {
    case '(':
        st->part = st->part == INTO ? COLUMNS : st->part;
        st->cell = values && st->depth == 0 ? 0 : st->cell;
        st->depth += values ? 1 : 0;
        break;
    case ')':
        st->part = st->part == COLUMNS ? PLAIN : st->part;
        st->depth -= values && st->depth > 0 ? 1 : 0;
        break;
    case ',':
        st->cell += values && st->depth == 1 ? 1 : 0;
        break;
    case '=':
        st->equals = true;
        break;
    default:
        break;
    }
}

/* "?", "%s", "$2", ":2", "@p2" at byte at: where it ends, and which value goes there; or 0. */
static size_t read_place(struct statement *st, size_t at, size_t *which)
{
    struct nj_str t = st->t;
    size_t from = at + 1 + (t.p[at] == '@' && (nj_byte(t, at + 1) | 0x20) == 'p' ? 1 : 0);
    if (t.p[at] == '?' || (t.p[at] == '%' && nj_byte(t, at + 1) == 's')) {
        *which = st->places++;
        return at + (t.p[at] == '?' ? 1 : 2);
    }
    size_t to = strchr("$:@", t.p[at]) != NULL ? nj_run(t, from, NJ_IS_DIGIT) : from;
    if (to == from || to - from > 2)
        return 0;
    *which = (size_t)(t.p[from] - '0');
    if (to - from == 2)
        *which = *which * 10 + (size_t)(t.p[from + 1] - '0');
    *which -= *which != 0 && t.p[at] != '@' ? 1 : 0; /* .NET begins with 0 */
    return to;
}

/* A literal in quotes is skipped; names may be in others. */
static size_t skip_literal(struct nj_str t, size_t at)
{
    size_t end = nj_str_chr(t, '\'', at + 1);
    return end == NJ_NPOS ? t.n : end + 1;
}

bool nj_sql_bound(struct nj_redactor *r, struct nj_str sql, int16_t rules[static NJ_BOUND_MAX])
{
    struct statement st = { .r = r, .t = sql };
    bool any = false;
    for (size_t i = 0; i < NJ_BOUND_MAX; i++)
        rules[i] = NJ_KEY_NONE;
    for (size_t at = 0, to; at < sql.n; at = to) {
        size_t which = 0;
        char c = sql.p[at];
        if (nj_is(c, NJ_IS_ALPHA) || c == '_') {
            to = nj_run(sql, at, NJ_IS_WORD);
            read_word(&st, nj_str_slice(sql, at, to));
        } else if (c == '\\') {
            to = at + (strchr("nrt", nj_byte(sql, at + 1)) != NULL ? 2 : 1);
        } else if (c == '\'') {
            to = skip_literal(sql, at);
        } else if ((to = read_place(&st, at, &which)) != 0) {
            bool cell = st.part == VALUES && st.depth > 0;
            int rule = cell ? (st.cell < st.columns ? st.column[st.cell] : NJ_KEY_NONE) : st.equals ? rule_of(&st, st.name) : NJ_KEY_NONE;
            if (which < NJ_BOUND_MAX && rule != NJ_KEY_NONE)
                rules[which] = (int16_t)rule;
            any |= which < NJ_BOUND_MAX && rule != NJ_KEY_NONE;
            st.equals = false;
        } else {
            to = at + 1;
            read_sign(&st, c);
        }
    }
    return any;
}

/* --- in text ------------------------------------------------------------------------------------------------------ */

/* Where the statement around byte at begins, or NJ_NPOS. */
static size_t statement_start(const struct nj_form *f, size_t at)
{
    static const struct nj_str verbs[] = { NJ_STR_INIT("insert "), NJ_STR_INIT("update "), NJ_STR_INIT("select "), NJ_STR_INIT("delete "),
                                           NJ_STR_INIT("merge ") };
    enum { FIRSTS = 1u << ('i' & 31) | 1u << ('u' & 31) | 1u << ('s' & 31) | 1u << ('d' & 31) | 1u << ('m' & 31) };
    size_t limit = at > f->floor + STATEMENT ? at - STATEMENT : f->floor, shortest = NJ_STR("merge ").n;
    /* The byte at which the name begins, at, may be read too. */
    for (size_t i = at - limit >= shortest ? at - shortest + 1 : limit; i > limit; i--) {
        const char *p = f->t.p + i - 1;
        if ((FIRSTS >> (p[0] & 31) & 1) == 0 || ((p[5] != ' ' || (p[4] | 0x20) != 'e') && p[6] != ' '))
            continue;
        for (size_t v = 0; v < NJ_COUNT(verbs); v++)
            if (nj_str_starts_nocase(nj_str_slice(f->t, i - 1, at), verbs[v]))
                return i - 1;
    }
    return NJ_NPOS;
}

/* "; [", "PARAMETERS: [", "args=(", "[generated in 0.1s] (" */
static bool is_list(struct nj_str t, size_t at)
{
    static const struct nj_str names[] = { NJ_STR_INIT("args"), NJ_STR_INIT("params"), NJ_STR_INIT("parameters"), NJ_STR_INIT("arguments"),
                                           NJ_STR_INIT("bindings") };
    size_t end = at;
    while (end > 0 && nj_is_blank(t.p[end - 1]))
        end--;
    char before = end > 0 ? t.p[end - 1] : '\n', next = nj_byte(t, at + 1);
    if (t.p[at] == '[')
        return strchr(":=;\n", before) != NULL && next != '[';
    if (before == ']')
        return nj_is_quote(next) || nj_is(next, NJ_IS_DIGIT);
    for (size_t i = 0; (before == '=' || before == ':') && i < NJ_COUNT(names); i++)
        if (end > names[i].n && nj_str_eq_nocase(nj_str_slice(t, end - 1 - names[i].n, end - 1), names[i]))
            return true;
    return false;
}

/* What stands in the list that opens at byte at and belongs to a rule is kept. */
static void wait_for_values(const struct nj_form *f, size_t at, const int16_t *rules)
{
    struct nj_str t = nj_str_slice(f->t, 0, at + AHEAD);
    char close = t.p[at] == '[' ? ']' : ')', c = ',';
    for (size_t i = 0; i < NJ_BOUND_MAX && c == ','; i++) {
        struct nj_form g = *f;
        at++;
        while (at < t.n && nj_is(t.p[at], NJ_IS_SPACE))
            at++;
        nj_form_open(&g, at);
        struct nj_span value = { g.value, g.value };
        if (g.quote != 0) {
            value.to = nj_form_end(&g);
            at = value.to + g.slashes + 1;
        } else {
            while (value.to < t.n && t.p[value.to] != ',' && t.p[value.to] != close)
                value.to++;
            at = value.to;
        }
        if (g.open)
            return;
        if (rules[i] != NJ_KEY_NONE)
            nj_form_wait(f->s, value, rules[i]);
        while (at < t.n && nj_is(t.p[at], NJ_IS_SPACE))
            at++;
        c = nj_byte(t, at);
    }
}

void nj_form_bound(struct nj_form *f)
{
    struct nj_sweep *s = f->s;
    if (f->key.from < s->bound_read)
        return;
    int16_t rules[NJ_BOUND_MAX];
    struct nj_str t = nj_str_slice(f->t, 0, f->key.to + AHEAD);
    size_t start = statement_start(f, f->key.from), at = f->key.to;
    s->bound_read = t.n;
    if (start == NJ_NPOS)
        return;
    while (at < t.n && ((t.p[at] != '[' && t.p[at] != '(') || !is_list(t, at)))
        at++;
    if (at < t.n && nj_sql_bound(s->r, nj_str_slice(t, start, at), rules))
        wait_for_values(f, at, rules);
}

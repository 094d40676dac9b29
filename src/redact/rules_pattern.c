/* The pattern language: literals, classes, groups, alternatives, bounded repeats, edges; read into rows of byte classes. */
#include "rules.h"

#include <stdlib.h>

enum { DEPTH_MAX = 8, REPEAT_MAX = NJ_PATTERN_POSITIONS };

struct rows {
    struct nj_pattern_row *row;
    size_t n;
};

struct reading {
    struct nj_str p;
    size_t at;
    bool ignore_case;
    unsigned depth;
    struct nj_pattern_error *error;
    enum nj_status st;
};

static bool fail_at(struct reading *r, size_t at, const char *text)
{
    if (r->st == NJ_OK) {
        r->st = NJ_EPARSE;
        *r->error = (struct nj_pattern_error){ at, text };
    }
    return false;
}

static bool fail(struct reading *r, const char *text)
{
    return fail_at(r, r->at, text);
}

/* --- lists of rows ------------------------------------------------------------------------------------------------ */

static bool rows_new(struct reading *r, struct rows *out)
{
    *out = (struct rows){ .row = calloc(NJ_PATTERN_ROWS, sizeof(*out->row)) };
    if (out->row == NULL)
        r->st = NJ_ENOMEM;
    return out->row != NULL;
}

static void rows_free(struct rows *rows)
{
    free(rows->row);
    rows->row = NULL;
}

/* One row that matches nothing at all yet. */
static bool rows_empty(struct reading *r, struct rows *out)
{
    if (!rows_new(r, out))
        return false;
    out->n = 1;
    return true;
}

static bool join(struct reading *r, struct nj_pattern_row *to, const struct nj_pattern_row *more)
{
    if (to->end != NJ_EDGE_NONE && more->n != 0)
        return fail(r, "^, $ and \\b may only stand at an end of the pattern");
    if (to->n + more->n > NJ_PATTERN_ITEMS)
        return fail(r, "too many parts");
    memcpy(to->item + to->n, more->item, more->n * sizeof(more->item[0]));
    if (to->n == 0)
        to->begin |= more->begin;
    else if (more->n != 0 && more->begin != NJ_EDGE_NONE)
        return fail(r, "^, $ and \\b may only stand at an end of the pattern");
    else
        to->end |= more->begin;
    to->n += more->n;
    to->end |= more->end;
    return true;
}

/* Each row of a continued by each of b. */
static bool rows_times(struct reading *r, struct rows *a, const struct rows *b)
{
    struct rows out;
    if (a->n * b->n > NJ_PATTERN_ROWS)
        return fail(r, "too many alternatives once groups are multiplied out");
    if (!rows_new(r, &out))
        return false;
    bool good = true;
    for (size_t i = 0; i < a->n && good; i++)
        for (size_t j = 0; j < b->n && good; j++) {
            out.row[out.n] = a->row[i];
            good = join(r, &out.row[out.n++], &b->row[j]);
        }
    rows_free(a);
    *a = out;
    return good;
}

static bool rows_add(struct reading *r, struct rows *a, const struct rows *b)
{
    if (a->n + b->n > NJ_PATTERN_ROWS)
        return fail(r, "too many alternatives once groups are multiplied out");
    memcpy(a->row + a->n, b->row, b->n * sizeof(b->row[0]));
    a->n += b->n;
    return true;
}

/* --- classes of bytes --------------------------------------------------------------------------------------------- */

static void set_add(struct nj_byte_set *s, unsigned char c)
{
    s->bits[c / 64] |= (uint64_t)1 << c % 64;
}

static bool set_has(const struct nj_byte_set *s, unsigned char c)
{
    return (s->bits[c / 64] >> c % 64 & 1) != 0;
}

static void set_range(struct nj_byte_set *s, unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to; c++)
        set_add(s, (unsigned char)c);
}

static void set_invert(struct nj_byte_set *s)
{
    for (size_t i = 0; i < NJ_COUNT(s->bits); i++)
        s->bits[i] = ~s->bits[i];
}

static void set_fold(struct nj_byte_set *s)
{
    for (unsigned c = 'a'; c <= 'z'; c++) {
        if (set_has(s, (unsigned char)c) || set_has(s, (unsigned char)(c - 32))) {
            set_add(s, (unsigned char)c);
            set_add(s, (unsigned char)(c - 32));
        }
    }
}

/* What an escape stands for; false for \b, which stands for no byte, and for those that are none. */
static bool escape(struct reading *r, struct nj_byte_set *s)
{
    static const char plain[] = ".\\[](){}?*+|^$-/ \"':,;=&#@!<>~%_`";
    char c = r->at < r->p.n ? r->p.p[r->at] : '\0';
    switch (c) {
    case 'd':
    case 'D':
        set_range(s, '0', '9');
        break;
    case 'w':
    case 'W':
        set_range(s, '0', '9');
        set_range(s, 'A', 'Z');
        set_range(s, 'a', 'z');
        set_add(s, '_');
        break;
    case 's':
    case 'S':
        for (const char *p = " \t\n\r"; *p != '\0'; p++)
            set_add(s, (unsigned char)*p);
        break;
    case 't':
        set_add(s, '\t');
        break;
    case 'n':
        set_add(s, '\n');
        break;
    default:
        if (c == '\0' || strchr(plain, c) == NULL)
            return fail_at(r, r->at - 1, "no such escape");
        set_add(s, (unsigned char)c);
    }
    if (c == 'D' || c == 'W' || c == 'S')
        set_invert(s);
    r->at++;
    return true;
}

/* One byte of a class; *single tells whether it may begin or end a range. */
static bool class_byte(struct reading *r, struct nj_byte_set *s, unsigned char *byte, bool *single)
{
    struct nj_byte_set one = { { 0 } };
    char c = r->p.p[r->at++];
    *byte = (unsigned char)c;
    *single = true;
    if (*byte >= 0x80)
        return fail_at(r, r->at - 1, "a class holds ASCII only");
    if (c != '\\') {
        set_add(s, *byte);
        return true;
    }
    if (r->at < r->p.n)
        *byte = (unsigned char)r->p.p[r->at];
    *single = strchr("dDwWsStn", (char)*byte) == NULL;
    if (!escape(r, &one))
        return false;
    for (size_t i = 0; i < NJ_COUNT(s->bits); i++)
        s->bits[i] |= one.bits[i];
    return true;
}

/* "[a-z0-9_]", "[^,;]": at is behind the bracket. */
static bool class(struct reading *r, struct nj_byte_set *s)
{
    size_t open = r->at - 1;
    bool invert = r->at < r->p.n && r->p.p[r->at] == '^';
    r->at += invert;
    if (r->at < r->p.n && r->p.p[r->at] == ']')
        return fail(r, "an empty class");
    while (r->at < r->p.n && r->p.p[r->at] != ']') {
        unsigned char low, high;
        bool single, both;
        size_t from = r->at;
        if (!class_byte(r, s, &low, &single))
            return false;
        if (!(r->at + 1 < r->p.n && r->p.p[r->at] == '-' && r->p.p[r->at + 1] != ']'))
            continue;
        r->at++;
        if (!class_byte(r, s, &high, &both))
            return false;
        if (!single || !both || low > high)
            return fail_at(r, from, "no range");
        set_range(s, low, high);
    }
    if (r->at >= r->p.n)
        return fail_at(r, open, "a class without its ]");
    r->at++;
    if (r->ignore_case)
        set_fold(s);
    if (invert)
        set_invert(s);
    return true;
}

/* --- repeats ------------------------------------------------------------------------------------------------------ */

static bool number(struct reading *r, unsigned *out)
{
    size_t from = r->at;
    *out = 0;
    while (r->at < r->p.n && nj_is(r->p.p[r->at], NJ_IS_DIGIT) && *out <= REPEAT_MAX)
        *out = *out * 10 + (unsigned)(r->p.p[r->at++] - '0');
    return r->at > from;
}

/* "?", "{3}", "{3,8}"; without any, once. */
static bool repeat(struct reading *r, unsigned *least, unsigned *most)
{
    char c = r->at < r->p.n ? r->p.p[r->at] : '\0';
    *least = *most = 1;
    if (c == '*' || c == '+')
        return fail(r, "repeats have an end here: write {1,40} in place of +, {0,40} in place of *");
    if (c == '?') {
        *least = 0;
        r->at++;
    }
    if (c != '{')
        return true;
    size_t from = r->at++;
    if (!number(r, least))
        return fail_at(r, from, "a repeat is {3} or {3,8}");
    *most = *least;
    if (r->at < r->p.n && r->p.p[r->at] == ',') {
        r->at++;
        if (!number(r, most))
            return fail_at(r, from, "a repeat needs an end: {3,8}");
    }
    if (r->at >= r->p.n || r->p.p[r->at] != '}' || *most < *least || *most == 0 || *most > REPEAT_MAX)
        return fail_at(r, from, "a repeat is {3} or {3,8}, at most 120");
    r->at++;
    if (r->at < r->p.n && strchr("?*+{", r->p.p[r->at]) != NULL)
        return fail(r, "a repeat of a repeat");
    return true;
}

/* a, least to most times in a row. */
static bool rows_repeat(struct reading *r, struct rows *a, unsigned least, unsigned most)
{
    if (a->n == 1 && a->row[0].n == 1 && a->row[0].item[0].least == 1 && a->row[0].item[0].most == 1) {
        a->row[0].item[0].least = (uint8_t)least;
        a->row[0].item[0].most = (uint8_t)most;
        return true;
    }
    struct rows power, sum;
    if (!rows_empty(r, &power))
        return false;
    if (!rows_new(r, &sum)) {
        rows_free(&power);
        return false;
    }
    bool good = true;
    for (unsigned k = 0; k <= most && good; k++) {
        if (k >= least)
            good = rows_add(r, &sum, &power);
        if (k < most && good)
            good = rows_times(r, &power, a);
    }
    rows_free(&power);
    rows_free(a);
    *a = sum;
    return good;
}

/* --- the grammar -------------------------------------------------------------------------------------------------- */

static bool alternatives(struct reading *r, struct rows *out);

static bool one_set(struct reading *r, const struct nj_byte_set *s, struct rows *out)
{
    if (!rows_empty(r, out))
        return false;
    out->row[0].item[0] = (struct nj_pattern_item){ .set = *s, .least = 1, .most = 1 };
    out->row[0].n = 1;
    return true;
}

static bool edge(struct reading *r, uint8_t which, struct rows *out)
{
    if (!rows_empty(r, out))
        return false;
    out->row[0].begin = which;
    return true;
}

static bool group(struct reading *r, struct rows *out)
{
    size_t open = r->at - 1;
    if (r->at < r->p.n && r->p.p[r->at] == '?')
        return fail(r, "groups have no options here");
    if (++r->depth > DEPTH_MAX)
        return fail(r, "groups in groups in groups");
    if (!alternatives(r, out))
        return false;
    r->depth--;
    if (r->at < r->p.n && r->p.p[r->at] == ')') {
        r->at++;
        return true;
    }
    return fail_at(r, open, "a group without its )");
}

static bool atom(struct reading *r, struct rows *out)
{
    struct nj_byte_set s = { { 0 } };
    char c = r->p.p[r->at++];
    switch (c) {
    case '(':
        return group(r, out);
    case '[':
        return class(r, &s) && one_set(r, &s, out);
    case '^':
    case '$':
        return edge(r, NJ_EDGE_LINE, out);
    case '.':
        set_add(&s, '\n');
        set_invert(&s);
        return one_set(r, &s, out);
    case '\\':
        if (r->at < r->p.n && r->p.p[r->at] == 'b') {
            r->at++;
            return edge(r, NJ_EDGE_WORD, out);
        }
        if (!escape(r, &s))
            return false;
        break;
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ']':
        return fail_at(r, r->at - 1, "nothing to repeat; a literal one is written with a \\ before it");
    default:
        set_add(&s, (unsigned char)c);
    }
    if (r->ignore_case)
        set_fold(&s);
    return one_set(r, &s, out);
}

static bool sequence(struct reading *r, struct rows *out)
{
    if (!rows_empty(r, out))
        return false;
    while (r->at < r->p.n && r->p.p[r->at] != '|' && r->p.p[r->at] != ')') {
        struct rows next = { NULL, 0 };
        unsigned least, most;
        bool good = atom(r, &next) && repeat(r, &least, &most) && ((least == 1 && most == 1) || rows_repeat(r, &next, least, most)) &&
                    rows_times(r, out, &next);
        rows_free(&next);
        if (!good)
            return false;
    }
    return true;
}

static bool alternatives(struct reading *r, struct rows *out)
{
    if (!sequence(r, out))
        return false;
    while (r->at < r->p.n && r->p.p[r->at] == '|') {
        struct rows next = { NULL, 0 };
        r->at++;
        bool good = sequence(r, &next) && rows_add(r, out, &next);
        rows_free(&next);
        if (!good)
            return false;
    }
    return true;
}

static bool is_bounded(struct reading *r, const struct nj_pattern_row *row)
{
    size_t least = 0, most = 0;
    for (size_t i = 0; i < row->n; i++) {
        least += row->item[i].least;
        most += row->item[i].most;
    }
    if (least < NJ_PATTERN_SHORTEST)
        return fail_at(r, 0, "it can match less than three bytes, which would be anywhere");
    if (most > NJ_PATTERN_POSITIONS)
        return fail_at(r, 0, "it can match more than 120 bytes");
    return true;
}

enum nj_status nj_pattern_read(struct nj_str pattern, bool ignore_case, struct nj_pattern_row rows[static NJ_PATTERN_ROWS], size_t *n,
                               struct nj_pattern_error *error)
{
    struct reading r = { .p = pattern, .ignore_case = ignore_case, .error = error, .st = NJ_OK };
    struct rows out = { NULL, 0 };
    *n = 0;
    if (pattern.n > NJ_PATTERN_BYTES)
        (void)fail_at(&r, NJ_PATTERN_BYTES, "longer than 512 bytes");
    bool good = r.st == NJ_OK && alternatives(&r, &out);
    if (good && r.at < pattern.n)
        good = fail(&r, "a ) without its (");
    for (size_t i = 0; i < out.n && good; i++)
        good = is_bounded(&r, &out.row[i]);
    if (good) {
        memcpy(rows, out.row, out.n * sizeof(rows[0]));
        *n = out.n;
    }
    rows_free(&out);
    return good ? NJ_OK : r.st;
}

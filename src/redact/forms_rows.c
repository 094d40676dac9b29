/* Names apart from their values: s:8:"password";s:2:"x1", lines of dots, columns of a file whose first line has the names. */
#include "forms.h"

enum { BACK = 256, AHEAD = 1024 };

/* s:8:"password";s:2:"x1": as PHP writes an array.  at is behind the closing quote. */
static bool serialized(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    if (nj_byte(t, at) != ';' || nj_byte(t, at + 1) != 's' || nj_byte(t, at + 2) != ':')
        return false;
    size_t digits = nj_run(nj_str_slice(t, 0, at + 9), at + 3, NJ_IS_DIGIT);
    if (digits == at + 3 || nj_byte(t, digits) != ':')
        return false;
    *value = nj_form_read(f, digits + 1);
    return f->quote != 0 && value->to > value->from;
}

/* password........x1: at is behind the name. */
static bool dotted(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { FEWEST = 4 };
    size_t to = at;
    while (nj_byte(f->t, to) == '.')
        to++;
    if (to - at < FEWEST)
        return false;
    *value = nj_form_read(f, nj_skip_blanks(f->t, to));
    return f->quote != 0 || !nj_form_is_prose(nj_part(f->t, *value));
}

/* Does a line of names go from its beginning to the name at byte at?  *before: how many stand before it. */
static bool opens_line(const struct nj_form *f, size_t at, size_t *before)
{
    size_t floor = at > f->floor + BACK ? at - BACK : f->floor;
    *before = 0;
    for (; at > floor; at--) {
        char c = f->t.p[at - 1];
        if (c == '\n')
            return true;
        if (c == ',')
            ++*before;
        else if (!nj_is(c, NJ_IS_WORD) && strchr(" .\"`[]", c) == NULL)
            return false;
    }
    return at == 0;
}

/* The cell with so many before it of the line at byte at, of which it must have names in all; the end of the line, or 0. */
static size_t read_line(struct nj_str t, size_t at, size_t before, size_t names, struct nj_span *cell)
{
    size_t cells = 0, from = at, limit = at + AHEAD < t.n ? at + AHEAD : t.n;
    for (; at <= limit; at++) {
        char c = at < t.n ? t.p[at] : '\n';
        if (c != ',' && c != '\n')
            continue;
        if (cells++ == before)
            *cell = (struct nj_span){ from, at };
        from = at + 1;
        if (c == '\n')
            break;
    }
    while (cell->to > cell->from && strchr("\r\"", t.p[cell->to - 1]) != NULL)
        cell->to--;
    cell->from += nj_byte(t, cell->from) == '"' ? 1 : 0;
    return cells == names && cell->to > cell->from ? at : 0;
}

/* id,login,password\n7,a,x1: the names stand on the line before, and the lines below have as many cells. */
static void below(struct nj_form *f, size_t at)
{
    enum { ROWS = NJ_WAITING_MAX - 1 };
    struct nj_str t = f->t;
    size_t before = 0;
    if (!opens_line(f, f->key.from, &before))
        return;
    size_t names = before + 1;
    for (; at < t.n && at - f->key.to < BACK && t.p[at] != '\n'; at++) {
        if (!nj_is(t.p[at], NJ_IS_WORD) && strchr(", \"\r", t.p[at]) == NULL)
            return;
        names += t.p[at] == ',' ? 1 : 0;
    }
    for (size_t i = 0; names >= 2 && nj_byte(t, at) == '\n' && i < ROWS; i++) {
        struct nj_span cell = { 0, 0 };
        at = read_line(t, at + 1, before, names, &cell);
        if (at == 0)
            return;
        if (nj_form_is_made_up(nj_part(t, cell), 4))
            nj_form_wait(f->s, cell, f->rule);
    }
}

bool nj_form_row(struct nj_form *f, size_t at, struct nj_span *value)
{
    char c = nj_byte(f->t, at), open = f->key.from > f->floor ? f->t.p[f->key.from - 1] : '\n';
    if (c == '.' || (c == ' ' && nj_byte(f->t, at + 1) == '.'))
        return dotted(f, at + (c == ' ' ? 1 : 0), value);
    if (c == ';')
        return serialized(f, at, value);
    if (strchr("\n, \"", open) != NULL && strchr(",\n\r\"", c) != NULL && c != '\0')
        below(f, at);
    return false;
}

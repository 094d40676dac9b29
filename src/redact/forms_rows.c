/* Names apart from their values: s:8:"password";s:2:"x1", lines of dots, columns of a file or a table whose first line has the names. */
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
    while (nj_byte(f->t, to) == '.' || (to > at && nj_byte(f->t, to) == ' ' && nj_byte(f->t, to + 1) == '.'))
        to++; /* also ". . . ." */
    if (to - at < FEWEST)
        return false;
    to = nj_skip_blanks(f->t, to);
    if (nj_byte(f->t, to) == ':' || nj_byte(f->t, to) == '=')
        to = nj_skip_blanks(f->t, to + 1);
    *value = nj_form_read(f, to);
    return f->quote != 0 || !nj_form_is_prose(nj_part(f->t, *value));
}

/* How cells are parted: by commas or tabs, or by bars with blanks around. */
struct table {
    char parting;
    size_t before, names; /* cells of the line of names, and those before the one at hand */
};

/* What may stand between names besides letters and digits: anywhere, and where tabs part them. */
enum { AMONG_NAMES = 1, AMONG_TABS = 2 };
static const uint8_t among[256] = {
    [' '] = AMONG_NAMES | AMONG_TABS,
    ['.'] = AMONG_NAMES | AMONG_TABS,
    ['"'] = AMONG_NAMES | AMONG_TABS,
    ['`'] = AMONG_NAMES | AMONG_TABS,
    ['['] = AMONG_NAMES | AMONG_TABS,
    [']'] = AMONG_NAMES | AMONG_TABS,
    ['\0'] = AMONG_NAMES | AMONG_TABS,
    ['-'] = AMONG_TABS,
    [':'] = AMONG_TABS,
};

/* Does a line of names go from its beginning to the name at byte at?  Counts what stands before it. */
static bool opens_line(const struct nj_form *f, size_t at, struct table *table)
{
    size_t floor = at > f->floor + BACK ? at - BACK : f->floor;
    table->before = 0;
    for (; at > floor; at--) {
        char c = f->t.p[at - 1];
        if (c == '\n' || (c == '\t' && table->parting != '\t'))
            return true; /* tabs end the head of a log line */
        if (c == table->parting)
            table->before++;
        else if (!nj_is(c, NJ_IS_WORD) && (among[(unsigned char)c] & (table->parting == '\t' ? AMONG_TABS : AMONG_NAMES)) == 0)
            return false;
    }
    return at == 0;
}

/* Nothing but "+-----+", "|:--|---|": a line between the names and the rows; where it ends, or at. */
static size_t skip_rule(struct nj_str t, size_t at)
{
    size_t end = at, limit = at + AHEAD < t.n ? at + AHEAD : t.n;
    while (end < limit && t.p[end] != '\n' && strchr("+-|:= \r", t.p[end]) != NULL)
        end++;
    bool whole = end >= t.n || t.p[end] == '\n';
    return whole && end > at + 2 && nj_str_find(nj_str_slice(t, at, end), NJ_STR("--"), 0) != NJ_NPOS ? end : at;
}

static bool is_around_cell(char c, char parting)
{
    return c == '\r' || c == '"' || (parting == '|' && nj_is_blank(c));
}

/* The cell below the name of the line at byte at, of which it must have as many; the end of the line, or 0. */
static size_t read_line(struct nj_str t, size_t at, const struct table *table, struct nj_span *cell)
{
    size_t cells = 0, from = at, limit = at + AHEAD < t.n ? at + AHEAD : t.n;
    for (; at <= limit; at++) {
        char c = at < t.n ? t.p[at] : '\n';
        if (c != table->parting && c != '\n')
            continue;
        if (cells++ == table->before)
            *cell = (struct nj_span){ from, at };
        from = at + 1;
        if (c == '\n')
            break;
    }
    while (cell->to > cell->from && is_around_cell(t.p[cell->to - 1], table->parting))
        cell->to--;
    while (cell->from < cell->to && is_around_cell(t.p[cell->from], table->parting))
        cell->from++;
    return cells == table->names ? at : 0;
}

/* What stands between two lines of a table says that it is one; elsewhere a value must look like one. */
static bool is_value(const struct nj_form *f, struct nj_span cell, bool ruled)
{
    struct nj_str v = nj_part(f->t, cell);
    return v.n != 0 && (nj_form_is_made_up(v, 4) || (ruled && nj_str_chr(v, ' ', 0) == NJ_NPOS));
}

/* Parted by tabs, the head of a log line before the names looks like more names: the first row has only as many cells as it has. */
static void without_head(struct nj_str t, size_t at, struct table *table)
{
    size_t cells = 1, head;
    for (size_t end = at; end < t.n && end - at < AHEAD && t.p[end] != '\n'; end++)
        cells += t.p[end] == '\t';
    head = table->names > cells ? table->names - cells : 0;
    if (head <= table->before) {
        table->before -= head;
        table->names -= head;
    }
}

/* A line of names and nothing else, which is the last of the text: its rows may be records of their own. */
static void open_table(const struct nj_form *f, const struct table *table)
{
    size_t from = f->key.from, floor = from > f->floor + BACK ? from - BACK : f->floor;
    while (from > floor && f->t.p[from - 1] != '\n' && f->t.p[from - 1] != '\t')
        from--;
    struct nj_str line = nj_str_slice(f->t, from, f->t.n), cell;
    for (struct nj_str rest = line; nj_str_cut(&rest, table->parting, &cell);) {
        cell = table->parting == '|' ? nj_str_trim(cell) : cell;
        if (nj_str_chr(cell, ' ', 0) != NJ_NPOS || (cell.n == 0 && table->parting == ','))
            return; /* a sentence */
    }
    if (table->parting != '\t' && table->names >= 2 && table->names < UINT16_MAX)
        f->s->carry->table = (struct nj_table){ table->parting, false, (uint16_t)table->before, (uint16_t)table->names, (int16_t)f->rule };
}

/* id,login,password\n7,a,x1: the names stand on the line before, and the lines below have as many cells. */
static void below(struct nj_form *f, size_t at, char parting)
{
    enum { ROWS = NJ_WAITING_MAX - 1 };
    struct nj_str t = f->t;
    struct table table = { .parting = parting };
    if (!opens_line(f, f->key.from, &table))
        return;
    table.names = table.before + 1;
    if (at >= t.n && table.before == 0)
        return; /* one name is none */
    for (; at < t.n && at - f->key.to < BACK && t.p[at] != '\n'; at++) {
        if (t.p[at] != parting && !nj_is(t.p[at], NJ_IS_WORD) && strchr(" \"\r", t.p[at]) == NULL)
            return;
        table.names += t.p[at] == parting ? 1 : 0;
    }
    if (at >= t.n)
        open_table(f, &table);
    size_t rule = nj_byte(t, at) == '\n' && parting == '|' ? skip_rule(t, at + 1) : at + 1;
    bool ruled = rule > at + 1;
    at = ruled ? rule : at;
    if (parting == '\t')
        without_head(t, at + 1, &table);
    for (size_t i = 0; table.names >= 2 && nj_byte(t, at) == '\n' && i < ROWS; i++) {
        struct nj_span cell = { 0, 0 };
        at = read_line(t, at + 1, &table, &cell);
        if (at == 0)
            return;
        if (is_value(f, cell, ruled))
            nj_form_wait(f->s, cell, f->rule);
    }
}

/* id  login  password\n7   a      x1: the values begin where the name does, and two blanks part them. */
static void aligned(struct nj_form *f, size_t at)
{
    enum { ROWS = 8, LONGEST = 256 };
    struct nj_str t = f->t;
    size_t line = f->key.from, end = at, limit = line > f->floor + BACK ? line - BACK : f->floor;
    while (line > limit && (nj_is(t.p[line - 1], NJ_IS_KEY) || t.p[line - 1] == ' '))
        line--;
    while (end < t.n && end - at < BACK && (nj_is(t.p[end], NJ_IS_KEY) || t.p[end] == ' '))
        end++;
    size_t column = f->key.from - line;
    if (line != 0 && t.p[line - 1] != '\n' && t.p[line - 1] != '\t')
        return;
    for (size_t i = 0; i < ROWS && nj_byte(t, end) == '\n'; i++) {
        line = end + 1;
        for (end = line; end < t.n && end - line < LONGEST && t.p[end] != '\n';)
            end++;
        size_t from = line + column, to = from;
        if (from >= end || (column != 0 && t.p[from - 1] != ' '))
            continue;
        while (to < end && !nj_is(t.p[to], NJ_IS_SPACE))
            to++;
        struct nj_span cell = { from, to };
        if (nj_form_is_made_up(nj_part(t, cell), 4))
            nj_form_wait(f->s, cell, f->rule);
    }
}

/* Is the name the cell of a table, with bars or with blanks around? */
static void table(struct nj_form *f, size_t at)
{
    struct nj_str t = f->t;
    size_t from = f->key.from, to = nj_skip_blanks(t, at);
    while (from > f->floor && t.p[from - 1] == ' ')
        from--;
    char open = from > f->floor && t.p[from - 1] != '\t' ? t.p[from - 1] : '\n', close = nj_byte(t, to);
    if (open != '|' && open != '\n' && f->key.from <= from + 1)
        return; /* a word of a sentence */
    bool first = open == '\n', last = close == '\n' || close == '\r';
    bool more = nj_str_chr(nj_str_slice(t, to, to + BACK), '\n', 0) != NJ_NPOS;
    last = last || to >= t.n;
    if ((open == '|' || first) && (close == '|' || last) && !(first && last))
        below(f, at, '|');
    else if (more && (first || f->key.from > from + 1) && (last || to > at + 1) && !(first && last))
        aligned(f, at);
}

/* What may stand before and behind the name of a column. */
enum { BEFORE_COMMAS = 1, AT_COMMA = 2, AT_TAB = 4, AT_BAR = 8 };
static const uint8_t around[256] = {
    ['\n'] = BEFORE_COMMAS | AT_COMMA | AT_TAB | AT_BAR,
    ['\0'] = BEFORE_COMMAS | AT_COMMA | AT_TAB | AT_BAR,
    ['\r'] = AT_COMMA | AT_TAB | AT_BAR,
    [','] = BEFORE_COMMAS | AT_COMMA,
    ['"'] = BEFORE_COMMAS | AT_COMMA,
    [' '] = BEFORE_COMMAS,
    ['\t'] = AT_TAB,
    ['|'] = AT_BAR,
};

bool nj_form_row(struct nj_form *f, size_t at, struct nj_span *value)
{
    char c = nj_byte(f->t, at), open = f->key.from > f->floor ? f->t.p[f->key.from - 1] : '\n';
    if (c == '.' || (c == ' ' && nj_byte(f->t, at + 1) == '.'))
        return dotted(f, at + (c == ' ' ? 1 : 0), value);
    if (c == ';')
        return serialized(f, at, value);
    if (c == '\0' && at < f->t.n)
        return false;
    unsigned behind = around[(unsigned char)c];
    if ((behind & AT_COMMA) != 0 && (around[(unsigned char)open] & BEFORE_COMMAS) != 0)
        below(f, at, ',');
    if ((behind & AT_TAB) != 0 && (open == '\t' || (open == '\n' && c == '\t')))
        below(f, at, '\t');
    char next = nj_byte(f->t, at + 1);
    if ((behind & AT_BAR) != 0 || (c == ' ' && (next == ' ' || next == '|' || next == '\n' || next == '\0')))
        table(f, at);
    return false;
}

bool nj_form_is_flat(const struct nj_form *f, size_t at)
{
    enum { LOOK_BACK = 1024 };
    static const struct nj_str list = NJ_STR_INIT("awHeaders");
    size_t floor = at > LOOK_BACK ? at - LOOK_BACK : 0;
    if (f->t.p[at - 1] != ',' && f->t.p[at - 1] != '[')
        return false;
    while (at > floor && f->t.p[at - 1] != '[')
        at--;
    return at > floor && nj_stands_before(f->t, at, list.n + 4, list);
}

bool nj_form_table_goes_on(struct nj_sweep *s, struct nj_table *table)
{
    struct nj_str t = s->text;
    struct nj_form f = { .s = s, .t = t, .rule = table->rule };
    struct table as = { .parting = table->parting, .before = table->column, .names = table->all };
    struct nj_span cell = { 0, 0 };
    size_t from = nj_carry_line(t);
    if (table->parting == '|' && skip_rule(t, from) > from) {
        table->ruled = true;
        return true;
    }
    if ((table->parting == '|' && !table->ruled) || read_line(t, from, &as, &cell) != t.n)
        return false;
    if (is_value(&f, cell, table->ruled)) {
        nj_form_wait(s, cell, table->rule);
        nj_note(s->r, NJ_AUDIT_SPLIT_STATE);
    }
    return true;
}

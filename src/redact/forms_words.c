/* Names and values without a separator: sentences ("the password is x1"), SQL, one-time codes; forms_options.c has commands.
 *
 * Here nothing but the wording says that the next word is a value.  So it must look like one: be in quotes, or made of
 * letters and digits, or stand where an option has its argument. */
#include "forms.h"

/* --- what stands between a name and its value --------------------------------------------------------------------- */

enum gap { GAP_NONE, GAP_BLANK, GAP_TAB, GAP_LINK, GAP_LINE };

/* What says that the value comes: verbs are prose, arrows and bars are tables.  Of those with one first byte the longer ones first. */
struct link {
    struct nj_str text;
    enum gap gap;
};
/* clang-format off */
#define LINKS(...) (const struct link[]){ __VA_ARGS__, { .gap = GAP_NONE } }
#define LINK(text) { NJ_STR_INIT(text), GAP_LINK }
#define CELL(text) { NJ_STR_INIT(text), GAP_TAB }
/* clang-format on */
/* By the low bits of that byte, in either case. */
static const struct link *const links[32] = {
    ['i' & 31] = LINKS(LINK("is still "), LINK("is now "), LINK("is set to "), LINK("is currently "), LINK("is "), LINK("ist ")),
    ['w' & 31] = LINKS(LINK("was set to "), LINK("was "), LINK("with value ")),
    ['r' & 31] = LINKS(LINK("remains "), LINK("reset to ")),
    ['t' & 31] = LINKS(LINK("to ")),
    ['s' & 31] = LINKS(LINK("set to ")),
    ['c' & 31] = LINKS(LINK("changed to ")),
    ['u' & 31] = LINKS(LINK("updated to ")),
    ['l' & 31] = LINKS(LINK("lautet ")),
    ['e' & 31] = LINKS(LINK("es ")),
    ['v' & 31] = LINKS({ NJ_STR_INIT("value "), GAP_BLANK }),
    ['h' & 31] = LINKS(LINK("has value ")),
    ['-' & 31] = LINKS(CELL("-> ")),
    ['<' & 31] = LINKS(CELL("<- "), CELL("| "), CELL("</td><td>"), CELL("</th><td>"), CELL("</dt><dd>")),
    ['\xE2' & 31] = LINKS(CELL("\xE2\x94\x82 "), CELL("\xE2\x94\x83 "), CELL("\xE2\x95\x91 "), CELL("\xE2\x86\x92 ")),
};
_Static_assert(('<' & 31) == ('|' & 31), "they share a list");
#undef LINKS
#undef LINK
#undef CELL

/* A bit for each second byte that they may have. */
#define BIT(c) 1u << ((c)&31)
static const uint32_t link_seconds[32] = {
    ['i' & 31] = BIT('s'),
    ['w' & 31] = BIT('a') | BIT('i'),
    ['r' & 31] = BIT('e'),
    ['t' & 31] = BIT('o'),
    ['s' & 31] = BIT('e'),
    ['c' & 31] = BIT('h'),
    ['u' & 31] = BIT('p'),
    ['l' & 31] = BIT('a'),
    ['e' & 31] = BIT('s'),
    ['v' & 31] = BIT('a'),
    ['h' & 31] = BIT('a'),
    ['-' & 31] = BIT('>'),
    ['<' & 31] = BIT('-') | BIT(' ') | BIT('/'),
    ['\xE2' & 31] = BIT('\x94') | BIT('\x95') | BIT('\x86'),
};
#undef BIT

/* Steps over blanks and links to where the value begins. */
static enum gap skip_gap(struct nj_str t, size_t *at)
{
    enum gap gap = GAP_NONE;
    size_t from = *at, to = from;
    while (to < t.n && to - from < NJ_FORM_GAP && nj_is_blank(t.p[to])) {
        gap = t.p[to] == '\t' ? GAP_TAB : gap == GAP_TAB ? gap : GAP_BLANK;
        to++;
    }
    if (nj_byte(t, to) == '\n')
        gap = GAP_LINE;
    if (nj_byte(t, to) == '\\' && nj_byte(t, to + 1) == 't') { /* as it is written in a string */
        to += 2;
        gap = GAP_TAB;
    }
    bool may_link = gap != GAP_LINE && to + 1 < t.n && (link_seconds[t.p[to] & 31] >> (t.p[to + 1] & 31) & 1) != 0;
    for (const struct link *l = may_link ? links[t.p[to] & 31] : NULL; l != NULL && l->text.n != 0; l++) {
        if (!nj_str_starts_nocase(nj_str_slice(t, to, t.n), l->text))
            continue;
        to = nj_skip_blanks(t, to + l->text.n);
        gap = l->gap;
        break;
    }
    *at = to + (gap == GAP_LINE ? 1 : 0);
    return gap;
}

/* --- does it look like a value? ----------------------------------------------------------------------------------- */

static bool is_number_secret(int rule)
{
    struct nj_str counter = nj_secret_keys[rule].counter;
    return nj_secret_keys[rule].class == NJ_CLASS_CVV || nj_str_eq(counter, NJ_STR("otp")) || nj_str_eq(counter, NJ_STR("passcode")) ||
           nj_str_eq(counter, NJ_STR("recovery_code")) || nj_str_eq(counter, NJ_STR("sort_code"));
}

static bool is_digits(struct nj_str v, size_t shortest, size_t longest)
{
    while (v.n != 0 && strchr(".,!", v.p[v.n - 1]) != NULL)
        v.n--;
    return v.n >= shortest && v.n <= longest && nj_run(v, 0, NJ_IS_DIGIT) == v.n;
}

static bool opens_with_uuid(struct nj_str v)
{
    return nj_is_uuid(nj_str_slice(v, 0, 36));
}

/* "n=7": a name with a value of its own. */
static bool is_member(struct nj_str v)
{
    size_t name = nj_run(v, 0, NJ_IS_KEY);
    return name != 0 && name < v.n && v.p[name] == '=';
}

static bool bare_fits(int rule, enum gap gap, struct nj_str v)
{
    if (gap == GAP_NONE || v.n == 0)
        return false;
    if (nj_secret_keys[rule].class == NJ_CLASS_CVV)
        return gap == GAP_LINK || gap == GAP_TAB
                   ? is_digits(v, 3, 8)
                   : gap == GAP_BLANK && is_digits(v, 3, 4) && nj_str_eq(nj_secret_keys[rule].counter, NJ_STR("cvv"));
    if (gap == GAP_TAB && (is_member(v) || memchr("{[(", v.p[0], 3) != NULL))
        return false;
    if (gap == GAP_TAB)
        return !nj_form_is_prose(v) && ((nj_form_is_chosen(rule) && (nj_form_has_sign(v) || nj_form_is_made_up(v, 4))) ||
                                        nj_form_is_made_up(v, 8) || (is_number_secret(rule) && is_digits(v, 3, 8)));
    if (gap == GAP_LINK && is_number_secret(rule) && is_digits(v, 3, 8))
        return true;
    if (nj_form_is_chosen(rule))
        return nj_form_is_made_up(v, gap == GAP_LINK ? 4 : 6) || (gap == GAP_LINK && is_digits(v, 6, 32));
    return gap == GAP_LINK ? nj_form_is_made_up(v, 8) : nj_form_is_made_up(v, 16) && !opens_with_uuid(v);
}

static bool quoted_fits(int rule, struct nj_str v)
{
    bool blank = nj_str_chr(v, ' ', 0) != NJ_NPOS, digit = false;
    for (size_t i = 0; i < v.n; i++)
        digit |= nj_is(v.p[i], NJ_IS_DIGIT);
    if (v.n < 3 || v.n > 256 || nj_str_chr(v, '\n', 0) != NJ_NPOS)
        return false;
    if (nj_form_is_chosen(rule))
        return !blank || digit || nj_form_is_phrase(v);
    return nj_form_is_made_up(v, 8) || (is_number_secret(rule) && is_digits(v, 3, 8));
}

/* Where a bare value ends in a sentence: an ampersand that begins no parameter belongs to it. */
static size_t prose_end(const struct nj_form *f, size_t from)
{
    enum { MOST = 4 };
    struct nj_str t = f->t;
    size_t to = nj_form_bare_end(f->s, from);
    for (int i = 0; i < MOST && to > from && nj_byte(t, to) == '&' && to + 1 < t.n && nj_is(t.p[to + 1], NJ_IS_WORD); i++) {
        char behind = nj_byte(t, nj_run(nj_str_slice(t, 0, to + NJ_FORM_KEY), to + 1, NJ_IS_KEY));
        if (behind == '=' || behind == ';')
            break;
        to = nj_form_bare_end(f->s, to + 1);
    }
    return to;
}

/* A value behind a gap, in quotes or not. */
static bool read_value(struct nj_form *f, enum gap gap, size_t at, struct nj_span *value)
{
    nj_form_open(f, at);
    size_t from = f->value;
    if (f->quote != 0) {
        struct nj_str rest = nj_str_slice(f->t, 0, from + 512);
        struct nj_form in = *f;
        in.t = rest; /* not to the end of a long text for each apostrophe */
        size_t to = nj_form_end(&in);
        *value = (struct nj_span){ from, to };
        return !in.open && quoted_fits(f->rule, nj_part(f->t, *value));
    }
    *value = (struct nj_span){ from, prose_end(f, from) };
    return bare_fits(f->rule, gap, nj_part(f->t, *value));
}

bool nj_form_blank_value(struct nj_form *f, size_t at, struct nj_span *value)
{
    return read_value(f, GAP_BLANK, at, value);
}

bool nj_form_linked_value(struct nj_form *f, size_t at, struct nj_span *value)
{
    return read_value(f, GAP_LINK, at, value);
}

bool nj_form_unlinked_value(struct nj_form *f, size_t at, struct nj_span *value)
{
    return read_value(f, GAP_NONE, at, value);
}

/* Capitals: what stands for something else in a usage text, and statements of SQL. */
bool nj_form_is_metavariable(struct nj_str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!((v.p[i] >= 'A' && v.p[i] <= 'Z') || v.p[i] == '_' || v.p[i] == '.'))
            return false;
    return true;
}

/* --- sentences and SQL -------------------------------------------------------------------------------------------- */

/* The name opens its line, or has one word before it ("Client Secret"), and the value is the next one. */
static bool next_line(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t from = f->key.from;
    while (from > f->floor && nj_is_blank(t.p[from - 1]))
        from--;
    while (from > f->floor && nj_is(t.p[from - 1], NJ_IS_ALPHA))
        from--;
    while (from > f->floor && nj_is_blank(t.p[from - 1]))
        from--;
    if (from > f->floor && t.p[from - 1] != '\n')
        return false;
    at = nj_skip_blanks(t, at);
    *value = (struct nj_span){ at, nj_form_bare_end(f->s, at) };
    char after = nj_byte(t, nj_skip_blanks(t, value->to));
    return (after == '\n' || after == '\0') && nj_form_is_made_up(nj_part(t, *value), 5);
}

enum { PASS = 4 };

/* "user a and pass x1", "PASS x1" on a line of its own, "requirepass x1"; and not "3 tests pass v1.2". */
static bool is_pass(const struct nj_form *f)
{
    enum { LOOK_BACK = 64 };
    static const struct nj_str users[] = { NJ_STR_INIT("user"), NJ_STR_INIT("login"), NJ_STR_INIT("account") };
    struct nj_str t = f->t, key = nj_part(t, f->key);
    if (!nj_str_eq_nocase(key, NJ_STR("pass")))
        return true;
    size_t from = f->key.from;
    for (size_t i = 0; i < NJ_COUNT(users); i++)
        if (nj_stands_before(t, from, LOOK_BACK, users[i]))
            return true;
    if (nj_str_eq(key, NJ_STR("PASS")) && from > f->floor && t.p[from - 1] == '"')
        return true;
    return nj_str_eq(key, NJ_STR("PASS")) && from > 1 && t.p[from - 1] == ' ' &&
           (t.p[from - 2] == '>' || nj_str_ends(nj_str_slice(t, f->floor, from), NJ_STR("command: ")));
}

/* "one-time password 482913": a number without a verb. */
static bool one_time(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str before = nj_str_slice(f->t, f->floor, f->key.from);
    if (before.n < 5 || !nj_str_eq_nocase(nj_str_slice(before, before.n - 5, before.n - 1), NJ_STR("time")))
        return false;
    *value = (struct nj_span){ at, nj_form_bare_end(f->s, at) };
    return is_digits(nj_part(f->t, *value), 4, 8);
}

/* "password\n  Too short [..., input_value='x1', ...]", "('body', 'password'), 'msg': '..', 'input': 'x1'": as pydantic says what
 * was wrong; kept until the sweep gets there. */
static void wait_for_input(const struct nj_form *f, bool quoted, size_t at)
{
    enum { AHEAD = 320 };
    char c = nj_byte(f->t, at);
    if (quoted ? c != ',' && c != ')' && c != ']' : c != '\n')
        return;
    struct nj_str rest = nj_str_slice(f->t, at, at + AHEAD), mark = quoted ? NJ_STR("'input': ") : NJ_STR("input_value=");
    if (quoted && rest.n > 1 && rest.p[0] == ',' && rest.p[1] == ')')
        rest = nj_str_slice(rest, 1, rest.n), at++; /* a list of one: ('password',) */
    if (rest.n == 0 || (quoted ? rest.p[0] != ')' && rest.p[0] != ']' : rest.p[0] != '\n'))
        return;
    size_t end = quoted ? nj_str_chr(rest, '}', 0) : nj_str_chr(rest, '\n', 1), found = nj_str_find(rest, mark, 0);
    if (found != NJ_NPOS && found <= end)
        nj_form_wait_quoted(f, at + found + mark.n);
}

/* What the byte behind a name may lead to. */
enum { TO_COLUMNS = 1, TO_MORE = 2, TO_ROWS = 4 };
static const uint8_t leads[256] = {
    [','] = TO_COLUMNS | TO_ROWS,
    [')'] = TO_COLUMNS,
    ['\\'] = TO_COLUMNS,
    [' '] = TO_MORE | TO_ROWS,
    ['\t'] = TO_MORE | TO_ROWS,
    ['\n'] = TO_MORE | TO_ROWS,
    ['\r'] = TO_MORE | TO_ROWS,
    ['"'] = TO_MORE | TO_ROWS,
    ['\''] = TO_MORE,
    ['`'] = TO_MORE,
    [']'] = TO_MORE,
    ['.'] = TO_ROWS,
    [';'] = TO_ROWS,
    ['|'] = TO_ROWS,
    ['\0'] = TO_ROWS,
};

static unsigned leads_to(struct nj_str t, size_t at)
{
    return leads[(unsigned char)nj_byte(t, at)];
}

/* May the name that ends at byte to be a column of a list?  Right whenever it says no. */
static bool may_be_column(struct nj_str t, size_t to)
{
    while (leads_to(t, to) & TO_MORE)
        to++;
    return (leads_to(t, to) & TO_COLUMNS) != 0;
}

/* May a row follow it, or the dots before its value?  The same. */
static bool may_be_row(struct nj_str t, size_t at)
{
    char next = nj_byte(t, at + 1);
    if ((leads_to(t, at) & TO_ROWS) == 0)
        return false;
    return nj_byte(t, at) != ' ' || next == ' ' || next == '.' || next == '|' || next == '\n' || next == '\0';
}

/* Behind a name in quotes, of which the closing one stands before byte at. */
static bool behind_quotes(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t to = at;
    char c = nj_byte(t, at);
    if ((c == ',' || c == '>') && nj_form_tuple(f, true, at, value))
        return true;
    if (f->key.from > f->floor + 1 && t.p[f->key.from - 2] == ' ' && nj_form_value_before(f, value))
        return true;
    if (c == ':' || c == '=')
        return false; /* has a separator */
    if (nj_form_row(f, at, value))
        return true;
    wait_for_input(f, true, at);
    if (c == ' ' && nj_byte(t, at + 1) == '{')
        nj_form_default(f, at);
    if (f->key.to - f->key.from == PASS && !is_pass(f))
        return false;
    enum gap gap = skip_gap(t, &at);
    if (gap == GAP_LINE)
        return next_line(f, at, value);
    if (gap == GAP_TAB && (nj_byte(t, at) == '=' || nj_byte(t, at) == ':'))
        return false; /* has a separator further on */
    if (gap != GAP_NONE && at < t.n && read_value(f, gap, at, value))
        return !(f->quote != 0 && gap == GAP_BLANK);
    return nj_form_is_chosen(f->rule) && nj_form_in_quoted_sentence(f, to, value);
}

/* Behind a name without quotes that ends at byte at. */
static bool behind_name(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t to = at;
    char c = nj_byte(t, at), next = nj_byte(t, at + 1);
    bool bracket = c == ' ' && next == '(';
    if (c == ',' && (nj_form_tuple(f, false, at, value) || nj_form_bare_tuple(f, at, value)))
        return true;
    if (bracket && nj_form_in_brackets(f, at, value))
        return true;
    if (may_be_row(t, at) && nj_form_row(f, at, value))
        return true;
    if (c == '\n')
        wait_for_input(f, false, at);
    if (f->key.to - f->key.from == PASS && !is_pass(f))
        return false;
    if (bracket && nj_form_quoted_in_brackets(f, at, value))
        return true;
    enum gap gap = skip_gap(t, &at);
    if (gap == GAP_LINE)
        return next_line(f, at, value);
    if (gap == GAP_TAB && (nj_byte(t, at) == '=' || nj_byte(t, at) == ':'))
        return false; /* has a separator further on */
    if (gap == GAP_BLANK && one_time(f, at, value))
        return true;
    bool assigned = gap != GAP_TAB && nj_byte(t, at) == '='; /* what stands there has a separator */
    if (gap != GAP_NONE && at < t.n && !assigned && !nj_form_is_plain_word(t, at) && read_value(f, gap, at, value))
        return true;
    return nj_form_is_chosen(f->rule) && nj_form_in_sentence(f, to, value);
}

/* Where the name ends in which byte at lies, or NJ_NPOS when it has a separator; of a longer one a stretch. */
static size_t name_end(struct nj_sweep *s, size_t at)
{
    static const struct nj_str leader = NJ_STR_INIT("....");
    struct nj_str t = s->text;
    size_t to = nj_run(nj_str_slice(t, 0, at + NJ_FORM_KEY), at, NJ_IS_KEY);
    s->word_read = to;
    if (nj_byte(t, to) == '=' || nj_byte(t, to) == ':')
        return NJ_NPOS;
    if (to - at >= leader.n && (to - at < 2 * leader.n ? t.p[at + leader.n - 1] == '.' : memchr(t.p + at, '.', to - at) != NULL)) {
        size_t dots = nj_str_find(nj_str_slice(t, 0, to), leader, at);
        to = dots != NJ_NPOS ? dots : to;
    }
    while (to > at && !nj_is(t.p[to - 1], NJ_IS_WORD))
        to--;
    return to;
}

/* May it be the alias of a column? */
static bool may_be_alias(const struct nj_form *f)
{
    size_t to = f->key.from - (f->key.from > f->floor && nj_is_quote(f->t.p[f->key.from - 1]) ? 1 : 0);
    return to > f->floor + 2 && f->t.p[to - 1] == ' ' && (f->t.p[to - 2] | 0x20) == 's';
}

/* Do the words of a command that end like this have a password behind them: htpasswd, change_password, wpa_passphrase? */
static inline bool is_command(struct nj_str key)
{
    enum { SHORTEST = 6, PASSWORD = 9, PASSPHRASE = 11 };
    const char *end = key.p + key.n;
    if (key.n < SHORTEST)
        return false;
    if (end[-2] == 'w')
        return memcmp(end - SHORTEST, "passwd", SHORTEST) == 0;
    return (key.n >= PASSWORD && end[-PASSWORD] == '_' && memcmp(end - PASSWORD, "_password", PASSWORD) == 0) ||
           (key.n >= PASSPHRASE && end[-PASSPHRASE] == '_' && memcmp(end - PASSPHRASE, "_passphrase", PASSPHRASE) == 0);
}

/* "[secret]", "[vendor_key]": what was put there, and is in no list of columns. */
static bool is_put(struct nj_str t, size_t floor, struct nj_span name)
{
    static const struct nj_str names[] = { NJ_STR_INIT("secret"), NJ_STR_INIT("vendor_key"), NJ_STR_INIT("private_key"),
                                           NJ_STR_INIT("aws_key") };
    return nj_byte(t, name.to) == ']' && nj_str_is_any(nj_part(t, name), names, NJ_COUNT(names)) &&
           !(may_be_column(t, name.to) && nj_form_is_in_columns(t, floor, name.from));
}

/* "'password':" has a separator, and is neither an alias nor what an error speaks of: "for parameter 'password'". */
static bool is_only_quoted(struct nj_str t, size_t floor, struct nj_span name)
{
    char quote = t.p[name.from - 1], behind = nj_byte(t, name.to + 1);
    if (nj_byte(t, name.to) != quote || (behind != ':' && behind != '='))
        return false;
    if (name.from < floor + 3 || t.p[name.from - 2] != ' ')
        return true;
    char last = t.p[name.from - 3];
    return last != 'r' && last != 'd' && last != 'y' && last != 'n' && last != 't' && (last | 0x20) != 's';
}

/* Does nothing follow from a name here, whatever it is?  Right whenever it says yes. */
static bool is_dull(struct nj_str t, size_t floor, struct nj_span name)
{
    if (name.from == floor)
        return name.to == t.n;
    switch (t.p[name.from - 1]) {
    case '[':
        return is_put(t, floor, name);
    case '/': /* a path */
        return nj_byte(t, name.to) != ' ' || !is_command(nj_part(t, name));
    case '"':
    case '\'':
    case '`':
        return is_only_quoted(t, floor, name);
    default:
        return false;
    }
}

/* At the name f->key. */
static bool named(struct nj_form *f, bool is_option, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t to = f->key.to;
    if (is_option && nj_str_ends(nj_part(t, f->key), NJ_STR("-stdin")))
        return nj_form_piped(f, f->key.from, value);
    f->rule = nj_rule_but(nj_form_classify(f).rule, NJ_HOW_ASIDE | NJ_HOW_MAIL);
    if (f->rule == NJ_KEY_NONE)
        return false;
    if (is_command(nj_part(t, f->key)) && ((nj_byte(t, to) == ' ' && nj_form_place(f, to, value)) || nj_form_passwd(f, value)))
        return true;
    if (is_option && nj_form_option_value(f, to, value))
        return true;
    char before = f->key.from > f->floor ? t.p[f->key.from - 1] : '\0';
    if (before == '/')
        return false; /* a path */
    if (nj_byte(t, to) == '(')
        return nj_form_called(f, to, value);
    if (may_be_column(t, to))
        nj_form_columns(f);
    if (may_be_alias(f) && nj_form_selected(f, value))
        return true;
    return nj_is_quote(before) && nj_byte(t, to) == before ? behind_quotes(f, to + 1, value) : behind_name(f, to, value);
}

/* The number of a request, as a log has it behind a tab: of words in the tables that are hexadecimal there is only "aba". */
static bool is_number_of_request(const struct nj_redactor *r, struct nj_str v)
{
    enum { LENGTH = 36 };
    if (v.n != LENGTH || !nj_is_uuid(v) || r->keys.n != 0 || r->rules != NULL || (v.p[v.n - 1] | 0x20) == 'a')
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (!nj_is(v.p[i], NJ_IS_HEX) && v.p[i] != '-')
            return false;
    return true;
}

/* A word with the letters of a secret's name, of which byte at is one, and which ends at byte to. */
static __attribute__((noinline)) bool word(struct nj_sweep *s, size_t at, size_t to, struct nj_span *value, int *rule)
{
    struct nj_str t = s->text;
    size_t from = nj_run_back(s->text, s->done, at);
    bool is_option = t.p[from] == '-';
    while (from < to && !nj_is(t.p[from], NJ_IS_WORD))
        from++;
    if (is_option && to - from == 1 && s->r->keys.n == 0 && s->r->rules == NULL)
        return false; /* one letter is no name of ours */
    struct nj_span name = { from, to };
    if (is_dull(t, s->done, name) || is_number_of_request(s->r, nj_part(t, name)))
        return false;
    struct nj_form f = { .s = s, .t = t, .floor = s->done, .sep = at, .key = name, .rule = NJ_KEY_NONE };
    if (!named(&f, is_option, value))
        return false;
    *rule = f.rule;
    return true;
}

/* "OTP 482910", "PIN 4829", "login code 482910": without a verb only what is a number, and no more than that. */
static bool is_number_alone(struct nj_form *f, size_t at, struct nj_span *value)
{
    f->key = (struct nj_span){ nj_form_run_back(f, at - 1), at - 1 };
    if (f->key.to - f->key.from < 3)
        return false;
    f->rule = nj_form_classify(f).rule;
    if (f->rule == NJ_KEY_NONE || !is_number_secret(f->rule))
        return false;
    *value = (struct nj_span){ at, nj_form_bare_end(f->s, at) };
    while (value->to > at && strchr(".!?:", f->t.p[value->to - 1]) != NULL)
        value->to--;
    size_t digits = value->to - at;
    size_t least = nj_secret_keys[f->rule].class != NJ_CLASS_CVV ? 6 : nj_str_eq(nj_secret_keys[f->rule].counter, NJ_STR("pin")) ? 4 : 3;
    return nj_run(f->t, at, NJ_IS_DIGIT) == value->to && digits >= least && digits <= 8;
}

/* "482913 is your code", "use G-482913 as your verification code": at the last letter of "your"; the number stands before it. */
static bool your_code(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { BEHIND_NUMBER = 7, AHEAD = 48 };
    static const struct nj_str codes[] = { NJ_STR_INIT("code"), NJ_STR_INIT("otp"), NJ_STR_INIT("pin"), NJ_STR_INIT("pass"),
                                           NJ_STR_INIT("verification") };
    struct nj_str t = f->t;
    size_t to = at - BEHIND_NUMBER, from = to, end = at + 1;
    while (from > f->floor && to - from <= 8 && nj_is(t.p[from - 1], NJ_IS_DIGIT))
        from--;
    size_t prefix = from > f->floor + 1 && t.p[from - 1] == '-' && nj_is(t.p[from - 2], NJ_IS_UPPER) ? 2 : 0;
    if (to - from < 4 || to - from > 8 || (from - prefix > f->floor && nj_is(t.p[from - prefix - 1], NJ_IS_KEY)))
        return false;
    while (end < t.n && end - at < AHEAD && strchr(".\n;\"", t.p[end]) == NULL)
        end++;
    f->rule = nj_key_classify(f->s->r, NJ_STR("verification code")).rule;
    *value = (struct nj_span){ from, to };
    for (size_t i = at + 2; i < end; i++)
        for (size_t k = 0; k < NJ_COUNT(codes) && nj_begins_word(t, i); k++)
            if (nj_str_starts_nocase(nj_str_slice(t, i, end), codes[k]))
                return f->rule != NJ_KEY_NONE;
    return false;
}

/* "your OTP is 482910": at the digit. */
static bool is_number(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t verb = nj_form_run_back(f, at - 1);
    struct nj_str v = nj_str_slice(t, verb, at - 1);
    if (v.n >= 3 && is_number_alone(f, at, value))
        return true;
    if ((!nj_str_eq_nocase(v, NJ_STR("is")) && !nj_str_eq_nocase(v, NJ_STR("was"))) || verb <= f->floor || t.p[verb - 1] != ' ')
        return false;
    f->key = (struct nj_span){ verb, at - 1 };
    nj_form_skip_verb(f); /* "OTP for txn is" */
    struct nj_span spoken = f->key;
    nj_form_skip_verb(f); /* "MFA code entered was" */
    if (f->key.from == f->key.to || spoken.from == verb)
        return false;
    f->rule = nj_rule_but(nj_form_classify(f).rule, NJ_HOW_QUERY | NJ_HOW_GRANT);
    return f->rule != NJ_KEY_NONE && read_value(f, GAP_LINK, at, value);
}

/* "recovery_code<tab>x": at the byte behind the tab. */
static __attribute__((noinline)) bool tab_value(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule)
{
    struct nj_str t = s->text;
    size_t to = at - 1, from = nj_run_back(s->text, s->done, to);
    if (to <= from || (nj_is(t.p[from], NJ_IS_DIGIT) && to - from > 1 && nj_is(t.p[from + 1], NJ_IS_DIGIT)))
        return false; /* the columns of a log */
    if (t.p[at] == '=' || t.p[at] == ':' || t.p[at] == '|' || t.p[at] == '\0' || opens_with_uuid(nj_str_slice(t, from, to)))
        return false;
    struct nj_form f = { .s = s, .t = t, .floor = s->done, .sep = at, .key = { from, to }, .rule = NJ_KEY_NONE };
    f.rule = nj_rule_but(nj_form_classify(&f).rule, NJ_HOW_ASIDE | NJ_HOW_MAIL);
    *rule = f.rule;
    return f.rule != NJ_KEY_NONE && read_value(&f, GAP_TAB, at, value);
}

/* At a mark that is no letter behind a letter, or may be something else besides. */
static bool at_place(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    char c = t.p[at], before = at > f->floor ? t.p[at - 1] : '\0', first = at > f->floor + 1 ? t.p[at - 2] : '\0';
    switch (before) {
    case '-':
        return (first == ' ' || nj_is_quote(first)) && nj_form_option(f, at, value);
    case ' ':
        if (nj_is(c, NJ_IS_DIGIT))
            return is_number(f, at, value);
        if (nj_is_quote(c))
            return nj_form_identified(f, at, value);
        return (c == 'l' || c == 'u') && nj_form_place(f, at, value);
    case '_':
        return c == 'u' && nj_form_place(f, at, value);
    case 'N':
    case 'H':
        if (c == ' ')
            return nj_form_command(f, at, value);
        break;
    case 'Y':
        if (c == ' ')
            return nj_form_identified(f, at + 1, value);
        break;
    case 'u':
    case 'U':
        if ((c | 0x20) == 'r')
            return nj_yours_may(t, at) && your_code(f, at, value);
        break;
    default:
        break;
    }
    return (c == 'h' || c == 'H') && nj_form_scheme(f, at, value);
}

static __attribute__((noinline)) bool place(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule)
{
    struct nj_form f = { .s = s, .t = s->text, .floor = s->done, .sep = at, .rule = NJ_KEY_NONE };
    if (!at_place(&f, at, value))
        return false;
    *rule = f.rule;
    return true;
}

bool nj_form_words(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule)
{
    struct nj_str t = s->text;
    char c = t.p[at], before = at > s->done ? t.p[at - 1] : '\0';
    bool letter = nj_is(c, NJ_IS_ALPHA), inside = letter && nj_is(before, NJ_IS_ALPHA);
    bool found = false;
    if (before == '\t') {
        found = tab_value(s, at, value, rule);
    } else if (!inside || (c | 0x20) == 'h' || ((c | 0x20) == 'r' && (before | 0x20) == 'u')) {
        found = place(s, at, value, rule);
    }
    if (!found && (letter || c == ' ') && at >= s->word_read) {
        size_t to = name_end(s, at);
        found = to != NJ_NPOS && word(s, at, to, value, rule);
    }
    return found && nj_key_takes(*rule, nj_part(t, *value));
}

/* Names and values in text with a separator between them: key=value, key: value, "key":"value", also with escaped quotes.
 *
 * Prose is full of "token: expected" and "wrong password: try again", so a bare word behind a colon counts as a value only
 * where the text around it is built like data. */
#include "forms.h"

/* --- the value ---------------------------------------------------------------------------------------------------- */

/* The mark of a text that follows on lines of its own: "password: |". */
static NJ_RARE size_t skip_block_mark(struct nj_str t, size_t at)
{
    size_t i = at;
    if (nj_byte(t, i) == '|' || nj_byte(t, i) == '>')
        i++;
    if (i > at && (nj_byte(t, i) == '-' || nj_byte(t, i) == '+'))
        i++;
    i = nj_skip_blanks(t, i);
    return i > at && (i >= t.n || t.p[i] == '\n') ? i : at;
}

/* **Password:** x, <b>Password:</b> x: behind what ends the emphasis on the name. */
static NJ_RARE size_t skip_emphasis(struct nj_str t, size_t at)
{
    static const struct nj_str ends[] = { NJ_STR_INIT("**"),    NJ_STR_INIT("</b>"),      NJ_STR_INIT("</strong>"),
                                          NJ_STR_INIT("</em>"), NJ_STR_INIT("</td><td>"), NJ_STR_INIT("</dt><dd>") };
    for (size_t i = 0; i < NJ_COUNT(ends); i++)
        if (nj_str_starts(nj_str_slice(t, at, t.n), ends[i]))
            return at + ends[i].n;
    return at;
}

/* The rare half of find_value(). */
static __attribute__((noinline)) void find_value_ahead(struct nj_form *f)
{
    struct nj_str t = f->t;
    size_t at = f->sep + 1;
    char sign = t.p[f->sep], c = nj_byte(t, at);
    if (sign == '=' && c == '>') /* => */
        c = nj_byte(t, ++at);
    size_t tight = at;
    if (sign == ':' && (c == '*' || c == '<'))
        at = skip_emphasis(t, at);
    while (at < t.n && at - tight < NJ_FORM_GAP && nj_is_blank(t.p[at]))
        at++;
    c = nj_byte(t, at);
    if (c == '|' || c == '>' || nj_is_blank(c))
        at = skip_block_mark(t, at);
    if (c == 'r' && f->key_quote != 0 && nj_str_starts(nj_str_slice(t, at, t.n), NJ_STR("rejected value [")))
        at += NJ_STR("rejected value ").n; /* on field 'password': rejected value [x1]; codes ... */
    if (nj_byte(t, at) == '\n') {
        size_t line = at + 1 + (nj_byte(t, at + 1) == '\n' ? 1 : 0);
        while (line < t.n && line - at < NJ_FORM_GAP && nj_is_blank(t.p[line]))
            line++;
        f->line_after = true;
        at = line;
    }
    f->gap_after = at > tight;
    nj_form_open(f, at);
}

/* Is the byte one that opens a value, a letter or a digit or a quote? */
static inline bool opens_value(char c)
{
    return nj_is(c, NJ_IS_WORD) || nj_is_quote(c);
}

static inline void find_value(struct nj_form *f)
{
    size_t at = f->sep + 1;
    char c = nj_byte(f->t, at);
    bool gap = c == ' ';
    c = gap ? nj_byte(f->t, ++at) : c;
    if (!opens_value(c) || (c == 'r' && f->key_quote != 0)) {
        find_value_ahead(f);
        return;
    }
    f->gap_after = gap;
    nj_form_open(f, at);
}

/* In 'Password: ', the quote behind the name closes what began before it: something that ends a value follows, and no
 * other quote on the line. */
static __attribute__((noinline)) bool is_closing_quote(const struct nj_form *f)
{
    struct nj_str t = f->t;
    size_t at = f->value;
    if (f->slashes != 0)
        return false;
    if (f->key.from > f->floor && t.p[f->key.from - 1] == f->quote)
        return true;
    if (at < t.n && strchr(" ,;)]}.\t\n", t.p[at]) == NULL)
        return false;
    while (at < t.n && t.p[at] != '\n' && t.p[at] != f->quote)
        at++;
    return at >= t.n || t.p[at] == '\n';
}

/* --- is it one? --------------------------------------------------------------------------------------------------- */

/* Does the name open a line of settings or a member of a list, and the value close it? */
static NJ_RARE bool is_whole_member(const struct nj_form *f, size_t end)
{
    struct nj_str t = f->t;
    size_t at = f->key.from;
    while (at > f->floor && nj_is_blank(t.p[at - 1]))
        at--;
    bool last = end >= t.n || t.p[end] == '\n' || t.p[end] == '\r';
    if (at == f->floor)
        return f->floor == 0 && last;
    if (t.p[at - 1] == '\n' || t.p[at - 1] == '-')
        return last;
    if (strchr("{[(,;&?", t.p[at - 1]) == NULL)
        return false;
    char closer = nj_byte(t, nj_skip_blanks(t, end));
    return last || !nj_is_blank(t.p[end]) || closer == '}' || closer == ']' || closer == ',';
}

/* "given_name: Ada, ...": a name nobody writes in a sentence, and a value that ends like a member. */
static NJ_RARE bool is_identified_member(const struct nj_form *f, size_t end)
{
    struct nj_str key = nj_part(f->t, f->key);
    bool identifier = nj_str_chr(key, '_', 0) != NJ_NPOS;
    for (size_t i = 1; i < key.n; i++)
        identifier |= key.p[i] >= 'A' && key.p[i] <= 'Z' && key.p[i - 1] >= 'a' && key.p[i - 1] <= 'z';
    return identifier && (end >= f->t.n || strchr(",;\n}])|", f->t.p[end]) != NULL);
}

/* The value stands on the next line: alone there, and no word of prose, no member of its own. */
static NJ_RARE bool is_alone_on_line(const struct nj_form *f, struct nj_span v)
{
    char after = nj_byte(f->t, nj_skip_blanks(f->t, v.to)), last = f->t.p[v.to - 1];
    if (f->quote != 0)
        return f->key_quote != 0 || f->t.p[f->sep] == '=';
    return (after == '\0' || after == '\n') && last != ':' && last != '-' && !nj_form_is_prose(nj_part(f->t, v)) &&
           nj_str_chr(nj_part(f->t, v), '=', 0) == NJ_NPOS && f->t.p[v.from] != '-' && f->t.p[v.from] != '#';
}

static bool is_data(const struct nj_form *f, struct nj_span v)
{
    struct nj_str t = f->t;
    bool tight = !f->gap_before && !f->gap_after;
    if (f->line_after)
        return is_alone_on_line(f, v);
    if (f->key_quote != 0 || f->quote != 0)
        return true;
    if (t.p[f->sep] == ':' && tight && f->key.from == 0 && v.to == t.n && nj_form_is_prose(nj_part(t, v)))
        return false;                                                                  /* all of a text: a scope, "secret:list" */
    if (t.p[f->sep] == ':' && tight && f->key.from > 1 && t.p[f->key.from - 1] == '/') /* "/password:x1" of Windows; no path */
        return t.p[f->key.from - 2] == ' ' && nj_form_is_made_up(nj_part(t, v), 5);
    if (t.p[f->sep] == ':' && tight && (nj_form_is_scope(nj_part(t, v)) || nj_form_is_service(f, v)))
        return false;
    if (t.p[f->sep] == ':' && f->gap_before && !f->gap_after && nj_form_is_symbol(f, nj_part(t, v)))
        return false;
    if (t.p[f->sep] == ':' && tight && t.p[v.from - 1] == '/' && nj_run(t, v.from, NJ_IS_ALPHA) == v.to)
        return false; /* "CredentialAccess:IAMUser/AnomalousBehavior" of GuardDuty */
    if (t.p[f->sep] == ':' && tight)
        return f->key.from == 0 || strchr(":/", t.p[f->key.from - 1]) == NULL; /* arn:aws:...:secret:name */
    if (t.p[f->sep] == '=' && !f->gap_before)
        return !nj_form_ends_with(f, f->key.from, NJ_STR("--from-file="));
    if (f->gap_after && nj_form_is_code(f, nj_part(t, v)))
        return false;
    if (nj_str_eq(nj_secret_keys[f->rule].counter, NJ_STR("security_answer")))
        return true; /* answers are words */
    if (t.p[v.to - 1] == '.' && nj_str_ends(nj_part(t, v), NJ_STR("...")) && nj_form_is_prose(nj_part(t, v)))
        return false; /* "aws_secretsmanager_secret.db: Creating..." */
    return !nj_form_is_prose(nj_part(t, v)) || is_whole_member(f, v.to) || is_identified_member(f, v.to);
}

/* "secret.js:19:11" is a place in a source file, "credentials: {" opens a container whose members are looked at one by one. */
static bool is_place_or_container(const struct nj_form *f, struct nj_str value)
{
    size_t i = 0;
    if (f->quote == 0 && (value.p[0] == '{' || value.p[0] == '(' || (value.p[0] == '[' && nj_placeholder_len(value, 0) == 0)))
        return true;
    if (f->quote == 0 && nj_form_is_object(f, value))
        return true;
    if (f->t.p[f->sep] != ':' || f->gap_after || f->key_quote != 0 || !(nj_is(value.p[0], NJ_IS_DIGIT) || value.p[0] == ':') ||
        memchr(f->t.p + f->key.from, '.', f->key.to - f->key.from) == NULL)
        return false;
    while (i < value.n && (nj_is(value.p[i], NJ_IS_DIGIT) || value.p[i] == ':'))
        i++;
    return i == value.n;
}

/* ":protected]" behind a name: the value stands behind the bracket. */
static __attribute__((noinline)) bool is_visibility(const struct nj_form *f)
{
    enum { LONGEST = 64 };
    struct nj_str t = f->t;
    char before = t.p[f->key.from - 1];
    if (before != '[' && before != '"' && before != '\0')
        return false;
    struct nj_str rest = nj_str_slice(t, f->sep, f->sep + LONGEST);
    size_t close = nj_str_chr(rest, ']', 0);
    rest.n = close == NJ_NPOS ? 0 : close;
    return nj_str_ends(rest, NJ_STR(":protected")) || nj_str_ends(rest, NJ_STR(":private"));
}

/* "${DB_PASSWORD}", "{{ token }}", "$password": the bare value ended too early, or says no more than the name. */
static NJ_RARE bool is_slot(const struct nj_form *f, struct nj_span v)
{
    enum { LONGEST = 64 };
    struct nj_str value = nj_part(f->t, v), rest = nj_str_slice(f->t, v.from, v.from + LONGEST);
    if (value.p[0] == '?' && nj_form_ends_with(f, f->key.from, NJ_STR("${")))
        return true; /* ${DB_PASSWORD:?must be set} */
    if (value.p[0] == '$' && nj_str_eq_nocase(nj_str_slice(value, 1, value.n), nj_part(f->t, f->key)))
        return true;
    size_t end = strchr("${%", value.p[0]) != NULL ? nj_str_chr(rest, '}', 0) : NJ_NPOS;
    if (end == NJ_NPOS)
        return false;
    end += end + 1 < rest.n && rest.p[end + 1] == '}' ? 2 : 1;
    return nj_value_is_harmless(nj_str_slice(rest, 0, end));
}

/* A container that is secret as a whole: { session: 'x', ... }; its members are judged when the sweep gets there. */
static NJ_RARE void open_container(struct nj_form *f)
{
    enum { LONGEST = 4096 };
    struct nj_str t = nj_str_slice(f->t, 0, f->value + LONGEST);
    size_t depth = 0, at = f->value;
    bool arrow = f->t.p[f->sep] == '=' && nj_byte(f->t, f->sep + 1) == '>';
    bool spreads = (nj_secret_keys[f->rule].how & NJ_HOW_ITSELF) == 0;
    if (nj_form_ends_with(f, f->key.from, NJ_STR("type ")))
        return; /* type Token = { kind: 'word' }: of a program */
    if (!spreads || f->s->under.to > at || f->s->under.read > at || (arrow && f->key_quote == 0))
        return;
    do {
        depth += t.p[at] == '{' ? 1 : 0;
        depth -= t.p[at] == '}' ? 1 : 0;
        at++;
    } while (at < t.n && depth != 0);
    f->s->under.read = at;
    if (depth == 0 || t.n == f->t.n) {
        f->s->under.to = at;
        f->s->under.rule = f->rule;
    }
}

/* "credentials: deploy / x1": the user stands before the password. */
static NJ_RARE void skip_user(struct nj_form *f)
{
    enum { LONGEST = 40 };
    struct nj_str t = nj_str_slice(f->t, 0, f->value + LONGEST);
    size_t user = nj_run(t, f->value, NJ_IS_KEY), slash = user;
    slash += f->quote != 0 && nj_byte(t, user) == f->quote ? 1 : 0;
    slash = nj_skip_blanks(t, slash);
    if (user == f->value || nj_byte(t, slash) != '/')
        return;
    size_t password = nj_skip_blanks(t, slash + 1);
    if (password < t.n && !nj_is(t.p[password], NJ_IS_SPACE))
        nj_form_open(f, password);
}

/* "[ip]:8080" holds no value of a name; "[secret] => x" does. */
static bool is_placeholder(const struct nj_form *f)
{
    size_t from = f->key.from;
    bool arrow = nj_byte(f->t, f->sep + 1) == '>';
    return !arrow && from > f->floor && f->t.p[from - 1] == '[' && nj_placeholder_len(f->t, from - 1) != 0;
}

/* 'd': 'x' beside 'kty': a private number of a JSON web key. */
static NJ_RARE void find_key_part(struct nj_form *f)
{
    enum { SHORTEST = 16 };
    struct nj_sweep *s = f->s;
    if (!nj_is_key_part(nj_part(f->t, f->key)))
        return;
    if (!s->kty_read) {
        s->kty_read = true;
        s->kty = nj_str_find(f->t, NJ_STR("kty"), 0) != NJ_NPOS;
    }
    struct nj_form g = *f;
    find_value(&g);
    if (s->kty && g.quote != 0 && nj_run(f->t, g.value, NJ_IS_B64URL) - g.value >= SHORTEST)
        f->rule = nj_key_classify(s->r, NJ_STR("private_key")).rule;
}

/* Rules that hold for some values only say less than a container that is secret as a whole. */
static bool is_weak(int rule)
{
    return (nj_secret_keys[rule].how & NJ_HOW_SOME) != 0;
}

/* The rare half of holds_placeholder(): at the bracket. */
static __attribute__((noinline)) bool is_filled(struct nj_str t, size_t at, bool quoted, bool line)
{
    size_t n = nj_placeholder_len(t, at), to = at + n;
    if (quoted)
        return n != 0 && nj_byte(t, to) == t.p[at - 1] && nj_byte(t, to + 1) != t.p[at - 1];
    if (line && nj_is(nj_byte(t, to + 1), NJ_IS_WORD) && strchr(")]}", nj_byte(t, to)) != NULL)
        return false; /* a credential of a strange alphabet */
    return n != 0 && (to >= t.n || (nj_is(t.p[to], NJ_IS_END) && !nj_is(t.p[to], NJ_IS_END_AT)));
}

/* password=[secret], password="[secret]": the value is what was put there, and nothing else.  Cheap, and right whenever it says yes. */
static inline bool holds_placeholder(struct nj_str t, size_t sep, int rule)
{
    size_t at = nj_skip_blanks(t, sep + 1);
    bool quoted = nj_is_quote(nj_byte(t, at));
    at += quoted ? 1 : 0;
    return nj_byte(t, at) == '[' && at - sep <= NJ_FORM_GAP && is_filled(t, at, quoted, (nj_secret_keys[rule].how & NJ_HOW_LINE) != 0);
}

/* --- names as most are ---------------------------------------------------------------------------------------------- */

/* Roles of names that mean something to what follows. */
enum { TELLING = NJ_ROLE_NAME | NJ_ROLE_VALUE | NJ_ROLE_ENDING | NJ_ROLE_TEXT };

/* A name of nothing but letters, digits and what may stand between them before the separator, in quotes or without, behind blanks or not. */
struct plain {
    struct nj_span span;
    char before; /* the byte in front of it, or NUL */
};

/* What can be told of a name at first sight. */
enum sight { NO_NAME, A_NAME, A_PLAIN_NAME };

/* May what ends in this byte before the separator have a name, as nj_form_find_key() reads it? */
static bool may_end_name(char c, char last, char after, bool gap)
{
    if (last == ':' && !gap)
        return c == '=' || (c == ':' && after == ' '); /* :=, LDIF */
    return nj_is(last, NJ_IS_KEY) || nj_is_high(last) || last == ']' || last == ')' || last == '*';
}

/* Bytes before a plain name that may make more of the colon behind it: an option, a quote, a slash; with a blank between, the last ones of
 * what may stand there. */
enum { BEFORE = 1, BEFORE_BLANK = 2 };
static const uint8_t placing[256] = {
    ['-'] = BEFORE,
    ['/'] = BEFORE,
    ['"'] = BEFORE,
    ['\''] = BEFORE,
    ['`'] = BEFORE,
    ['\t'] = BEFORE | BEFORE_BLANK,
    [','] = BEFORE | BEFORE_BLANK,
    ['='] = BEFORE | BEFORE_BLANK,
    [' '] = BEFORE_BLANK,
    ['u'] = BEFORE_BLANK,
    ['U'] = BEFORE_BLANK,
    ['r'] = BEFORE_BLANK,
    ['s'] = BEFORE_BLANK,
    ['S'] = BEFORE_BLANK,
};

/* Does the colon behind a plain name without quotes ask for more than the name says?  These bytes are what may_be_placed() saw. */
static __attribute__((noinline)) bool is_placed(const struct nj_sweep *s, size_t sep, struct nj_span name, char before)
{
    struct nj_str t = s->text;
    size_t from = name.from, n = name.to - from;
    bool number = nj_is(t.p[name.to - 1], NJ_IS_DIGIT), gap = name.to != sep;
    char after = nj_byte(t, sep + 1);
    if (number && n <= 2 && before == ' ')
        return true; /* Unseal Key 1: x */
    if (gap)
        return false;
    if (before == '-' || (n <= 2 && before == '/') || (number && n <= 5 && (nj_is(after, NJ_IS_ALPHA) || after == '*')))
        return true; /* h:5432:db:user:x */
    if (from < s->done + 3)
        return false;
    char last = t.p[from - 2];
    bool parted = nj_is_blank(last) || last == ',' || last == '=';
    if (nj_is_quote(before))
        return parted || last == '(' || last == 'u' || last == 'U' || last == 'r'; /* PDO('mysql:, curl -u 'user:x' */
    if (n <= 2 && parted)
        return true;
    if (last == 'u' || last == 'U')
        return t.p[from - 3] == '-'; /* curl -u user:x */
    if (last == 'r')
        return t.p[from - 3] == 'e' && from > 3 && t.p[from - 4] == 's'; /* --user */
    bool word = n <= 2 || t.p[from - 3] == 'l' || t.p[from - 3] == 'd';  /* credentials, creds */
    return (last | 0x20) == 's' && word && (before == ' ' || before == '=') && nj_form_behind_credentials(t, s->done, from);
}

/* The same at a glance: right whenever it says no. */
static inline bool may_be_placed(struct nj_str t, struct nj_span name, char before)
{
    char last = name.from > 1 ? t.p[name.from - 2] : '\0';
    bool blank = (before == ' ') & (placing[(unsigned char)last] / BEFORE_BLANK);
    return (placing[(unsigned char)before] & BEFORE) | blank | nj_is(t.p[name.to - 1], NJ_IS_DIGIT);
}

/* Reads the name before the separator, if it is a plain one. */
static inline enum sight look_at_name(const struct nj_sweep *s, size_t sep, struct plain *name)
{
    struct nj_str t = s->text;
    size_t floor = s->done, to = sep;
    char c = t.p[sep], after = nj_byte(t, sep + 1);
    if (sep <= floor || after == c || (c == ':' && after == '='))
        return NO_NAME;
    char last = t.p[to - 1];
    bool gap = nj_is_blank(last);
    while (nj_is_blank(last) && sep - to < NJ_FORM_GAP && --to > floor)
        last = t.p[to - 1];
    bool quoted = nj_is_quote(last);
    if (quoted && (--to == floor || !nj_is(t.p[to - 1], NJ_IS_WORD)))
        return A_NAME;
    if (!quoted && !nj_is(last, NJ_IS_WORD))
        return to > floor && may_end_name(c, last, after, gap) ? A_NAME : NO_NAME;
    size_t from = nj_run_back(t, floor, to);
    bool cut = to - from == NJ_FORM_KEY && from != floor;
    char before = from > floor ? t.p[from - 1] : '\0';
    if (cut || nj_is_high(before) || before == '%' || (before == '[' && nj_placeholder_len(t, from - 1) != 0))
        return A_NAME;
    while (!nj_is(t.p[from], NJ_IS_WORD))
        before = t.p[from++]; /* "--password", "$token" */
    name->span = (struct nj_span){ from, to };
    name->before = before;
    if (quoted)
        return before == '/' || (to - from <= 2 && strchr("dpqk", t.p[from] | 0x20) != NULL) ? A_NAME : A_PLAIN_NAME;
    if (c != ':')
        return A_PLAIN_NAME;
    return may_be_placed(t, name->span, before) && is_placed(s, sep, name->span, before) ? A_NAME : A_PLAIN_NAME;
}

/* A number alone: no row has one, and to remember it would be to forget a name. */
static inline bool is_number(const struct nj_sweep *s, struct nj_span name)
{
    return nj_is(s->text.p[name.from], NJ_IS_DIGIT) && s->r->keys.n == 0 && s->r->rules == NULL &&
           nj_run(s->text, name.from, NJ_IS_DIGIT) == name.to;
}

/* Does a plain name say nothing, as most do, or is its value gone already?  Right whenever it says yes. */
static inline bool is_dull(const struct nj_sweep *s, size_t sep, char before, const struct nj_key *key)
{
    bool alone = before != ' ' && before != '/';
    if (key->rule == NJ_KEY_NONE)
        return (key->roles & (alone ? NJ_ROLE_NAME | NJ_ROLE_VALUE : TELLING)) == 0;
    return (key->roles & TELLING & ~NJ_ROLE_ENDING) == 0 && (nj_secret_keys[key->rule].how & NJ_FORM_CANCELLABLE) == 0 &&
           holds_placeholder(s->text, sep, key->rule);
}

/* "h:5432:db:user:x" and "*:*:*:user:x", at the second colon. */
static inline bool is_port(const struct nj_form *f)
{
    char before = f->sep > f->floor ? f->t.p[f->sep - 1] : ' ', after = nj_byte(f->t, f->sep + 1);
    return f->t.p[f->sep] == ':' && (before == '*' || nj_is(before, NJ_IS_DIGIT)) && (after == '*' || nj_is(after, NJ_IS_ALPHA));
}

/* What is open when the text ends is closed by a later one. */
static void note_open(const struct nj_form *f)
{
    f->s->open = (struct nj_open_quote){ f->quote, (uint8_t)f->slashes, (int16_t)f->rule };
}

/* Where the value of f ends that find_value() found, without what only encloses it. */
static struct nj_span read_span(struct nj_form *f)
{
    struct nj_span v = { .from = 0, .to = nj_form_end(f) };
    v.from = f->value; /* the end may have moved it */
    if (f->quote != 0)
        return v;
    if (nj_byte(f->t, v.from) == '{')
        nj_form_skip_brace(f, &v);
    char after = nj_byte(f->t, v.to);
    if (after == ')' || after == ']')
        nj_form_close(f, &v);
    return v;
}

/* The value of a name whose rule is known, if it is one. */
static bool take_value(struct nj_form *f, struct nj_span *value, int *rule)
{
    struct nj_str t = f->t;
    char sign = t.p[f->sep];
    find_value(f);
    if (nj_byte(t, f->value) == '[' && holds_placeholder(t, f->sep, f->rule))
        return false;
    if (sign == '=' && f->gap_after && !f->gap_before && f->quote == 0 && !f->line_after && nj_byte(t, f->sep + 1) != '>')
        return false; /* "password= next=1": no value */
    if (f->quote != 0 && f->key_quote == 0 && is_closing_quote(f))
        return false;
    if (sign == ':' && !f->gap_after && f->key.from != f->floor && is_visibility(f))
        return false;
    if (f->quote == 0 && nj_byte(t, f->value) == '{')
        open_container(f);
    if (nj_str_starts(nj_secret_keys[f->rule].counter, NJ_STR("credential")))
        skip_user(f);
    struct nj_span v = read_span(f);
    struct nj_str text = nj_part(t, v);
    if (is_weak(f->rule) && f->sep + 1 < f->s->under.to && !nj_key_takes(f->rule, text))
        f->rule = f->s->under.rule;
    if (f->quote != 0 && !f->open && (nj_is_blank(nj_byte(t, v.to + 1)) || t.p[f->value - f->slashes - 2] == '{'))
        nj_form_wait_behind(f, v.to);
    if (text.n == 0) {
        if (f->open)
            note_open(f);
        return false;
    }
    bool word = nj_is(text.p[0], NJ_IS_WORD);
    if (!word && strchr("?$%:@", text.p[0]) != NULL)
        nj_form_bound(f);
    if (!word && f->quote == 0 && strchr("?${%", text.p[0]) != NULL && is_slot(f, v))
        return false;
    if (nj_value_is_harmless(text) || nj_str_starts(text, NJ_STR("-----BEGIN")) || nj_str_starts(text, NJ_STR("//")))
        return false;
    if (is_place_or_container(f, text) || (sign == ':' && nj_form_is_name_of_next(f, v)) || !nj_form_takes(f, v) || !is_data(f, v))
        return false;
    if (f->open)
        note_open(f);
    *value = v;
    *rule = f->rule;
    return true;
}

/* The value of the name f->key, of which this is known. */
static bool find_by_name(struct nj_form *f, struct nj_key key, struct nj_span *value, int *rule)
{
    struct nj_sweep *s = f->s;
    bool outside = f->sep + 1 >= s->under.to;
    char before = f->key.from > f->floor ? f->t.p[f->key.from - 1] : '\0';
    if (nj_form_may_be_option_value(f) && nj_form_is_option_value(f))
        return nj_form_option_password(f, value, rule);
    if ((key.roles & NJ_ROLE_TEXT) != 0 && before == '/' && nj_form_net_use(f, value)) {
        *rule = nj_key_classify(s->r, NJ_STR("password")).rule;
        return *rule != NJ_KEY_NONE;
    }
    if ((key.roles & NJ_ROLE_TEXT) != 0 && before == ' ') {
        nj_form_skip_verb(f);
        key = nj_key_classify(s->r, nj_part(f->t, f->key));
    }
    key = nj_form_with_words_before(f, key);
    if (key.rule == NJ_KEY_NONE && !outside && (key.roles & NJ_ROLE_SAFE) == 0)
        key.rule = (int16_t)s->under.rule;
    if (key.rule == NJ_KEY_NONE) {
        if (f->key_quote != 0 && f->key.to - f->key.from <= 2)
            find_key_part(f);
        if (f->rule == NJ_KEY_NONE && (key.roles & (NJ_ROLE_NAME | NJ_ROLE_VALUE))) {
            find_value(f);
            nj_form_pair(f, key);
            f->rule = nj_form_key_of_object(f);
        }
        if (f->rule == NJ_KEY_NONE)
            return false;
        key.rule = (int16_t)f->rule;
    }
    f->rule = key.rule;
    return take_value(f, value, rule);
}

/* At a separator with anything else before it than a plain name. */
static __attribute__((noinline)) bool find_by_other_name(struct nj_sweep *s, size_t sep, struct nj_span *value, int *rule)
{
    struct nj_form f = { .s = s, .t = s->text, .floor = s->done, .sep = sep, .rule = NJ_KEY_NONE };
    if (nj_form_is_operator(&f))
        return false;
    if (is_port(&f) && nj_form_pgpass(&f, value)) {
        *rule = f.rule;
        return true;
    }
    if (!nj_form_find_key(&f)) {
        *rule = nj_form_traced(&f, value) ? f.rule : NJ_KEY_NONE;
        return *rule != NJ_KEY_NONE;
    }
    if (is_placeholder(&f))
        return false;
    nj_form_skip_count(&f);
    if (f.t.p[sep] == ':' && nj_form_is_user_option(&f))
        return nj_form_option_password(&f, value, rule);
    struct nj_key key = nj_key_classify(s->r, nj_part(f.t, f.key));
    if (key.rule == NJ_KEY_NONE && (key.roles & TELLING) == 0 && sep + 1 >= s->under.to) {
        char before = f.key.from > f.floor ? f.t.p[f.key.from - 1] : '\0';
        bool part = f.key_quote != 0 && nj_is_key_part(nj_part(f.t, f.key));
        bool opens = f.t.p[f.sep] == ':' && !f.gap_before && f.key_quote == 0 && (before == ' ' || before == '=' || nj_is_quote(before));
        if (opens && nj_form_unnamed(&f, value)) {
            *rule = f.rule;
            return true;
        }
        if (!part && !(nj_form_may_be_option_value(&f) && f.key.to - f.key.from <= 2))
            return false; /* as most */
    }
    return find_by_name(&f, key, value, rule);
}

static inline struct nj_form form_of_plain(struct nj_sweep *s, size_t sep, struct nj_span name)
{
    char behind = s->text.p[name.to];
    struct nj_form f = { .s = s, .t = s->text, .floor = s->done, .sep = sep, .key = name, .rule = NJ_KEY_NONE };
    f.key_quote = nj_is_quote(behind) ? behind : '\0';
    f.gap_before = nj_is_blank(s->text.p[sep - 1]);
    return f;
}

/* At a separator with a plain name before it that says something. */
static __attribute__((noinline)) bool find_by_plain_name(struct nj_sweep *s, size_t sep, const struct nj_key_slot *slot, size_t to,
                                                         struct nj_span *value, int *rule)
{
    struct nj_form f = form_of_plain(s, sep, (struct nj_span){ to - slot->n, to });
    return find_by_name(&f, slot->key, value, rule);
}

/* The same of one that is too long to be remembered. */
static NJ_RARE bool find_by_long_name(struct nj_sweep *s, size_t sep, struct nj_span name, struct nj_span *value, int *rule)
{
    struct nj_key key = nj_key_of_long(s->r, nj_part(s->text, name));
    char before = name.from > s->done ? s->text.p[name.from - 1] : '\0';
    if (sep + 1 >= s->under.to && is_dull(s, sep, before, &key))
        return false;
    struct nj_form f = form_of_plain(s, sep, name);
    return find_by_name(&f, key, value, rule);
}

bool nj_form_find(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule)
{
    struct plain name;
    size_t sep = at - 1;
    bool outside = at >= s->under.to;
    enum sight sight = look_at_name(s, sep, &name);
    if (sight == NO_NAME)
        return false;
    if (sight == A_NAME)
        return find_by_other_name(s, sep, value, rule);
    if (outside && is_number(s, name.span))
        return false;
    const struct nj_key_slot *slot = nj_key_slot(s->r, nj_part(s->text, name.span));
    if (slot == NULL)
        return find_by_long_name(s, sep, name.span, value, rule);
    if (outside && is_dull(s, sep, name.before, &slot->key))
        return false;
    return find_by_plain_name(s, sep, slot, name.span.to, value, rule);
}

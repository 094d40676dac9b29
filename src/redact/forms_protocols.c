/* Passwords that a protocol or a call has in a place of its own, without a name: LOGIN u x, AUTH x, host:port:db:u:x, PDO(dsn, u, x). */
#include "forms.h"

static bool ends_line(struct nj_str t, size_t at)
{
    at = nj_skip_blanks(t, at);
    return at >= t.n || t.p[at] == '\n' || t.p[at] == '\r';
}

/* A word, or what stands in quotes, at byte at; where it ends, its quote included. */
static size_t read_word(struct nj_form *f, size_t at, struct nj_span *word)
{
    enum { LONGEST = 256 };
    struct nj_str t = nj_str_slice(f->t, 0, at + LONGEST);
    f->quote = nj_is_quote(nj_byte(t, at)) ? t.p[at] : 0;
    word->from = at + (f->quote != 0 ? 1 : 0);
    word->to = f->quote != 0 ? nj_str_chr(t, f->quote, word->from) : word->from;
    if (word->to == NJ_NPOS)
        word->to = word->from;
    while (f->quote == 0 && word->to < t.n && !nj_is(t.p[word->to], NJ_IS_SPACE))
        word->to++;
    return word->to + (f->quote != 0 ? 1 : 0);
}

/* Something a person or a machine made up, or in quotes; methods such as SCRAM-SHA-256 are in capitals. */
static bool is_password(const struct nj_form *f, struct nj_span word)
{
    struct nj_str v = nj_part(f->t, word);
    size_t lower = 0;
    while (lower < v.n && !nj_is(v.p[lower], NJ_IS_LOWER))
        lower++;
    return v.n >= 4 && lower < v.n && (f->quote != 0 || nj_form_is_made_up(v, 6)) && !nj_value_is_harmless(v);
}

/* The last word of the line that goes on at byte at, of up to so many. */
static bool last_word(struct nj_form *f, size_t at, size_t most, struct nj_span *value)
{
    for (size_t words = 0; words < most; words++) {
        at = read_word(f, nj_skip_blanks(f->t, at), value);
        if (value->to == value->from)
            return false;
        if (ends_line(f->t, at))
            return is_password(f, *value) && nj_form_set_password(f);
        if (nj_byte(f->t, at) != ' ')
            return false;
    }
    return false;
}

/* "a001 LOGIN kim x1": a tag with a digit stands before it; at is behind the word. */
static bool imap_login(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t to = at - NJ_STR("LOGIN").n - 1, from = to + 1 > at ? 0 : to;
    if (at < f->floor + NJ_STR("A1 LOGIN").n || t.p[to] != ' ')
        return false;
    while (from > f->floor && to - from < 8 && nj_is(t.p[from - 1], NJ_IS_ALPHA | NJ_IS_DIGIT))
        from--;
    bool tag = to > from && nj_is(t.p[to - 1], NJ_IS_DIGIT) && nj_is(t.p[from], NJ_IS_ALPHA);
    struct nj_span user;
    size_t second = read_word(f, at + 1, &user);
    return tag && user.to > user.from && nj_byte(t, second) == ' ' && last_word(f, second, 1, value);
}

/* "AUTH x1", "redis> AUTH kim x1", "AUTH PLAIN x1": it opens the line, or stands behind a prompt. */
static bool auth(struct nj_form *f, size_t at, struct nj_span *value)
{
    size_t from = at - NJ_STR("AUTH").n;
    bool prompt = from > f->floor + 1 && f->t.p[from - 1] == ' ' && (f->t.p[from - 2] == '>' || f->t.p[from - 2] == ':');
    return (from == 0 || f->t.p[from - 1] == '\n' || f->t.p[from - 1] == '\t' || prompt) && last_word(f, at, 2, value);
}

bool nj_form_command(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str before = nj_str_slice(f->t, f->floor, at);
    if (nj_str_ends(before, NJ_STR("LOGIN")))
        return imap_login(f, at, value);
    return nj_str_ends(before, NJ_STR("AUTH")) && auth(f, at, value);
}

/* "db.example.com:5432:app:kim:x1": a line of .pgpass, at the colon behind the port. */
bool nj_form_pgpass(struct nj_form *f, struct nj_span *value)
{
    enum { LONGEST = 256, FIELDS = 2 };
    struct nj_str t = nj_str_slice(f->t, 0, f->sep + LONGEST);
    size_t at = f->sep + 1, port = f->sep;
    while (port > f->floor && f->sep - port < 5 && (nj_is(t.p[port - 1], NJ_IS_DIGIT) || t.p[port - 1] == '*'))
        port--;
    struct nj_str number = nj_str_slice(t, port, f->sep);
    bool known =
        nj_str_eq(number, NJ_STR("*")) || nj_str_eq(number, NJ_STR("6432")) || (number.n == 4 && nj_str_starts(number, NJ_STR("543")));
    if (!known || port <= f->floor + 1 || t.p[port - 1] != ':' || (!nj_is(t.p[port - 2], NJ_IS_WORD) && t.p[port - 2] != '*'))
        return false;
    size_t host = port - 1;
    while (host > f->floor && (nj_is(t.p[host - 1], NJ_IS_KEY) || t.p[host - 1] == '*'))
        host--;
    if (host > f->floor && t.p[host - 1] == ':')
        return false; /* arn:aws:secretsmanager:*:*:secret:name */
    for (size_t field = 0; field < FIELDS; field++, at++) {
        size_t from = at;
        while (at < t.n && (nj_is(t.p[at], NJ_IS_KEY) || t.p[at] == '*'))
            at++;
        if (at == from || nj_byte(t, at) != ':')
            return false;
    }
    size_t end = at;
    while (end < t.n && !nj_is(t.p[end], NJ_IS_SPACE) && (t.p[end] != ':' || t.p[end - 1] == '\\'))
        end++;
    *value = (struct nj_span){ at, end };
    return end > at && ends_line(t, end) && t.p[at] != '/' && !nj_value_is_harmless(nj_part(f->t, *value)) && nj_form_set_password(f);
}

/* PDO->__construct('mysql:host=h', 'kim', 'x1'), new PDO("pgsql:...", "kim", "x1"): at the colon of the address. */
static bool pdo(struct nj_form *f, struct nj_span *value)
{
    enum { LONGEST = 512 };
    struct nj_str t = nj_str_slice(f->t, 0, f->sep + LONGEST);
    size_t quote = f->key.from - 1, close;
    struct nj_span user;
    if (f->key.from < f->floor + 5 || !nj_is_quote(t.p[quote]) || t.p[quote - 1] != '(')
        return false;
    struct nj_str before = nj_str_slice(t, f->floor, quote - 1);
    if (!nj_str_ends(before, NJ_STR("PDO")) && !nj_str_ends(before, NJ_STR("PDO->__construct")) &&
        !nj_str_ends(before, NJ_STR("PDO::__construct")) && !nj_str_ends(before, NJ_STR("PDO::connect")))
        return false;
    close = nj_str_chr(t, t.p[quote], f->sep);
    if (close == NJ_NPOS || nj_byte(t, close + 1) != ',')
        return false;
    size_t at = read_word(f, nj_skip_blanks(t, close + 2), &user);
    if (f->quote == 0 || nj_byte(t, at) != ',')
        return false;
    (void)read_word(f, nj_skip_blanks(t, at + 1), value);
    return f->quote != 0 && value->to > value->from && !nj_value_is_harmless(nj_part(f->t, *value)) && nj_form_set_password(f);
}

/* "credentials kim:x1": at the colon. */
static bool of_user(struct nj_form *f, struct nj_span *value)
{
    if (!nj_form_behind_credentials(f->t, f->floor, f->key.from))
        return false;
    *value = (struct nj_span){ f->sep + 1, nj_form_bare_end(f->s, f->sep + 1) };
    struct nj_str v = nj_part(f->t, *value);
    return nj_form_is_made_up(v, 5) && nj_str_chr(v, '.', 0) == NJ_NPOS && nj_form_set_password(f);
}

bool nj_form_behind_credentials(struct nj_str t, size_t floor, size_t at)
{
    static const struct nj_str words[] = { NJ_STR_INIT("credentials "), NJ_STR_INIT("creds "), NJ_STR_INIT("creds=") };
    for (size_t i = 0; i < NJ_COUNT(words); i++)
        if (at >= floor + words[i].n && nj_str_starts_nocase(nj_str_slice(t, at - words[i].n, at), words[i]))
            return true;
    return false;
}

bool nj_form_unnamed(struct nj_form *f, struct nj_span *value)
{
    return pdo(f, value) || of_user(f, value);
}

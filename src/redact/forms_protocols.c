/* Passwords that a protocol or a call has in a place of its own, without a name: LOGIN u x, AUTH x, host:port:db:u:x, PDO(dsn, u, x),
 * {SSHA}x. */
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

/* --- calls -------------------------------------------------------------------------------------------------------- */

/* Calls that log in, as programs write them and traces show them, and how many arguments stand before the password. */
static const struct call {
    struct nj_str name;
    uint8_t before;
} calls[] = {
    { NJ_STR_INIT("PDO"), 2 },
    { NJ_STR_INIT("PDO->__construct"), 2 },
    { NJ_STR_INIT("PDO::__construct"), 2 },
    { NJ_STR_INIT("PDO::connect"), 2 },
    { NJ_STR_INIT("mysqli"), 2 },
    { NJ_STR_INIT("mysqli->__construct"), 2 },
    { NJ_STR_INIT("mysqli::__construct"), 2 },
    { NJ_STR_INIT("mysqli_connect"), 2 },
    { NJ_STR_INIT("mysqli->real_connect"), 2 },
    { NJ_STR_INIT("mysqli_real_connect"), 3 },
    { NJ_STR_INIT("mysql_connect"), 2 },
    { NJ_STR_INIT("mysql_pconnect"), 2 },
    { NJ_STR_INIT("ldap_bind"), 2 },
    { NJ_STR_INIT("ftp_login"), 2 },
    { NJ_STR_INIT("imap_open"), 2 },
    { NJ_STR_INIT("oci_connect"), 1 },
    { NJ_STR_INIT("odbc_connect"), 2 },
    { NJ_STR_INIT("ssh2_auth_password"), 2 },
};

/* The password among the arguments from behind the bracket at byte at. */
static bool argument(struct nj_form *f, size_t at, size_t before, struct nj_span *value)
{
    enum { LONGEST = 512, BARE = 64 };
    struct nj_str t = nj_str_slice(f->t, 0, at + LONGEST);
    at = nj_skip_blanks(t, at + 1);
    for (size_t i = 0; i < before; i++) {
        size_t end = at;
        if (nj_is_quote(nj_byte(t, at)))
            end = read_word(f, at, value);
        else
            while (end < t.n && end - at < BARE && memchr(",)\n", t.p[end], 3) == NULL)
                end++; /* $link, Object(PDO) */
        end += nj_byte(t, end) == ')' ? 1 : 0;
        if (nj_byte(t, end) != ',')
            return false;
        at = nj_skip_blanks(t, end + 1);
    }
    at = read_word(f, at, value);
    char after = nj_byte(t, nj_skip_blanks(t, at));
    return f->quote != 0 && value->to > value->from && (after == ',' || after == ')' || after == '\0') &&
           !nj_value_is_harmless(nj_part(f->t, *value)) && nj_form_set_password(f);
}

/* The password of the call whose name ends before the bracket at byte at. */
static bool call(struct nj_form *f, size_t at, struct nj_span *value)
{
    for (size_t i = 0; nj_byte(f->t, at) == '(' && i < NJ_COUNT(calls); i++)
        if (nj_form_ends_with(f, at, calls[i].name) && nj_begins_word(f->t, at - calls[i].name.n))
            return argument(f, at, calls[i].before, value);
    return false;
}

/* Where the name of a call that begins at byte at ends. */
static size_t callee_end(struct nj_str t, size_t at)
{
    enum { LONGEST = 40 };
    size_t from = at;
    while (at < t.n && at - from < LONGEST && (nj_is(t.p[at], NJ_IS_WORD) || memchr("->:", t.p[at], 3) != NULL))
        at++;
    return at;
}

bool nj_form_traced(struct nj_form *f, struct nj_span *value)
{
    size_t at = f->sep + 1;
    if (f->sep <= f->floor || f->t.p[f->sep] != ':' || f->t.p[f->sep - 1] != ')' || nj_byte(f->t, at) != ' ')
        return false;
    return call(f, callee_end(f->t, at + 1), value);
}

/* PDO('mysql:host=h', 'kim', 'x1'): at the colon of the address. */
static bool pdo(struct nj_form *f, struct nj_span *value)
{
    return f->key.from >= f->floor + 5 && nj_is_quote(f->t.p[f->key.from - 1]) && call(f, f->key.from - 2, value);
}

/* $db = new mysqli("h", "kim", "x1"): at is the dollar. */
static bool assigned_call(struct nj_form *f, size_t at, struct nj_span *value)
{
    static const struct nj_str new = NJ_STR_INIT("new ");
    struct nj_str t = f->t;
    at = nj_skip_blanks(t, callee_end(t, at + 1));
    if (nj_byte(t, at) != '=')
        return false;
    at = nj_skip_blanks(t, at + 1);
    return call(f, callee_end(t, at + (nj_has_at(t, at, new) ? new.n : 0)), value);
}

/* --- Redis on the wire -------------------------------------------------------------------------------------------- */

/* Behind the end of a line, also where it is written as an escape; or at. */
static size_t skip_line_end(struct nj_str t, size_t at)
{
    static const struct nj_str ends[] = { NJ_STR_INIT("\r\n"), NJ_STR_INIT("\n"), NJ_STR_INIT("\\r\\n"), NJ_STR_INIT("\\n") };
    for (size_t i = 0; i < NJ_COUNT(ends); i++)
        if (nj_has_at(t, at, ends[i]))
            return at + ends[i].n;
    return at;
}

/* $8, a line end and as many bytes, at byte at; where they end, or at. */
static size_t read_bulk(struct nj_str t, size_t at, struct nj_span *bulk)
{
    enum { DIGITS = 3 };
    struct nj_str digits = nj_str_slice(t, at + 1, nj_run(nj_str_slice(t, 0, at + 1 + DIGITS), at + 1, NJ_IS_DIGIT));
    uint64_t n = 0;
    if (nj_byte(t, at) != '$' || !nj_str_u64(digits, &n))
        return at;
    size_t from = skip_line_end(t, at + 1 + digits.n);
    if (from == at + 1 + digits.n || n == 0 || from + n > t.n || nj_placeholder_len(t, from) != 0)
        return at; /* what was put there is not as long */
    if (from + n < t.n && skip_line_end(t, from + n) == from + n && !nj_is_quote(t.p[from + n]))
        return at;
    *bulk = (struct nj_span){ from, from + n };
    return from + n;
}

/* *2 $4 AUTH $8 x1, *3 $4 AUTH $3 kim $8 x1, each on its line: at is the dollar of AUTH. */
static bool resp(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_span word;
    struct nj_str t = f->t, before = nj_str_slice(t, f->floor, at);
    size_t end = read_bulk(t, at, &word);
    if (end == at || !nj_str_eq_nocase(nj_part(t, word), NJ_STR("AUTH")))
        return false;
    size_t first = skip_line_end(t, end);
    end = read_bulk(t, first, value);
    if (end == first || !nj_form_set_password(f))
        return false;
    size_t second = skip_line_end(t, end);
    bool alone = nj_str_find(before, NJ_STR("*2"), before.n > 6 ? before.n - 6 : 0) != NJ_NPOS;
    return alone || nj_byte(t, second) != '$' || read_bulk(t, second, value) != second; /* else a user stands before it */
}

void nj_form_dollar(struct nj_sweep *s, size_t at)
{
    struct nj_form f = { .s = s, .t = s->text, .floor = s->done, .sep = at, .rule = NJ_KEY_NONE };
    struct nj_span value;
    char next = nj_byte(f.t, at + 1);
    if (next == '4' ? resp(&f, at, &value) : nj_is(next, NJ_IS_WORD) && assigned_call(&f, at, &value))
        nj_form_wait(s, value, f.rule);
}

/* --- hashes of directories ---------------------------------------------------------------------------------------- */

bool nj_form_scheme(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { SHORTEST = 24, LONGEST = 256 };
    static const struct nj_str schemes[] = { NJ_STR_INIT("{SSHA}"), NJ_STR_INIT("{SSHA256}"), NJ_STR_INIT("{SSHA384}"),
                                             NJ_STR_INIT("{SSHA512}") };
    struct nj_str t = f->t;
    for (size_t i = 0; at >= f->floor + 3 && i < NJ_COUNT(schemes); i++) {
        if (!nj_str_starts_nocase(nj_str_slice(t, at - 3, t.n), schemes[i]))
            continue;
        size_t from = at - 3 + schemes[i].n;
        *value = (struct nj_span){ from, nj_run(nj_str_slice(t, 0, from + LONGEST), from, NJ_IS_MIXED) };
        return value->to - from >= SHORTEST && nj_form_set_password(f);
    }
    return false;
}

/* --- users and passwords ------------------------------------------------------------------------------------------ */

bool nj_form_value_before(struct nj_form *f, struct nj_span *value)
{
    enum { LONGEST = 128 };
    static const struct nj_str links[] = { NJ_STR_INIT(" for "),      NJ_STR_INIT(" for parameter "), NJ_STR_INIT(" for field "),
                                           NJ_STR_INIT(" for key "),  NJ_STR_INIT(" for property "),  NJ_STR_INIT(" for option "),
                                           NJ_STR_INIT(" of field "), NJ_STR_INIT(" of property "),   NJ_STR_INIT(" for argument ") };
    static const struct nj_str value_word = NJ_STR_INIT("value ");
    struct nj_str t = f->t;
    size_t close = 0;
    for (size_t i = 0; i < NJ_COUNT(links); i++)
        if (nj_form_ends_with(f, f->key.from - 1, links[i]))
            close = f->key.from - 1 - links[i].n;
    if (close <= f->floor + value_word.n + 2 || !nj_is_quote(t.p[close - 1]))
        return false;
    size_t to = close - 1, from = to;
    while (from > f->floor && to - from < LONGEST && t.p[from - 1] != t.p[to])
        from--;
    if (from <= f->floor || t.p[from - 1] != t.p[to] || !nj_form_ends_with(f, from - 1, value_word))
        return false;
    *value = (struct nj_span){ from, to };
    return to - from >= 4 && !nj_value_is_harmless(nj_part(t, *value));
}

/* "credentials kim:x1": at the colon. */
static bool of_user(struct nj_form *f, struct nj_span *value)
{
    if (!nj_form_behind_credentials(f->t, f->floor, f->key.from))
        return false;
    *value = (struct nj_span){ f->sep + 1, nj_form_bare_end(f->s, f->sep + 1) };
    struct nj_str v = nj_part(f->t, *value);
    bool option = nj_form_ends_with(f, f->key.from, NJ_STR("--creds ")) || nj_form_ends_with(f, f->key.from, NJ_STR("--creds="));
    return nj_form_is_made_up(v, 5) && (option || nj_str_chr(v, '.', 0) == NJ_NPOS) && nj_form_set_password(f);
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

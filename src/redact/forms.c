/* Names and values in text: key=value, key: value, "key":"value", also with escaped quotes.
 *
 * Prose is full of "token: expected" and "wrong password: try again", so a bare word behind a colon counts as a value only
 * where the text around it is built like data. */
#include "redact_internal.h"

enum { KEY_MAX = 64, GAP_MAX = 8, SLASHES_MAX = 16, PHRASE_WORDS = 3 };

struct form {
    struct nj_sweep *s;
    struct nj_str t;
    size_t floor;       /* nothing before this may be read */
    size_t sep;         /* the separator */
    struct nj_span key; /* its name, without quotes */
    char key_quote;     /* the quote that closes the name, or 0 */
    bool gap_before;    /* white space between name and separator */
    size_t value;       /* first byte behind separator and white space */
    bool gap_after;     /* white space between separator and value */
    char quote;         /* the quote that opens the value, or 0 */
    size_t slashes;     /* backslashes in front of it */
    int rule;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'' || c == '`';
}

static struct nj_str part(struct nj_str t, struct nj_span s)
{
    return nj_str_slice(t, s.from, s.to);
}

/* --- the name, read backwards ------------------------------------------------------------------------------------- */

/* "==", "!=", "<=", "+=", "::" compare or name, they do not assign; ":=" does. */
static bool is_operator(const struct form *f)
{
    char c = f->t.p[f->sep], before = f->sep > f->floor ? f->t.p[f->sep - 1] : '\0';
    char after = f->sep + 1 < f->t.n ? f->t.p[f->sep + 1] : '\0';
    if (after == c || before == c || (c == ':' && after == '='))
        return true;
    return c == '=' && before != '\0' && strchr("!<>~+*/%^|&", before) != NULL;
}

/* Start of the run of name bytes that ends before byte at. */
static size_t run_back(const struct form *f, size_t at)
{
    size_t limit = at - f->floor > KEY_MAX ? at - KEY_MAX : f->floor;
    while (at > limit && nj_is(f->t.p[at - 1], NJ_IS_KEY))
        at--;
    return at;
}

static bool find_key(struct form *f)
{
    size_t at = f->sep;
    if (f->t.p[at] == '=' && at > f->floor && f->t.p[at - 1] == ':')
        at--; /* := */
    while (at > f->floor && f->sep - at < GAP_MAX && is_blank(f->t.p[at - 1])) {
        at--;
        f->gap_before = true;
    }
    if (at > f->floor && f->t.p[at - 1] == ']') /* user[password]=, params["token"]= */
        at--;
    if (at > f->floor && is_quote(f->t.p[at - 1])) {
        f->key_quote = f->t.p[--at];
        for (size_t n = 0; n < SLASHES_MAX && at > f->floor && f->t.p[at - 1] == '\\'; n++)
            at--;
    }
    f->key = (struct nj_span){ run_back(f, at), at };
    while (f->key.from < f->key.to && !nj_is(f->t.p[f->key.from], NJ_IS_WORD))
        f->key.from++; /* "--password", "$token" */
    return f->key.to > f->key.from;
}

/* The words before the name may belong to it ("api key: x") or cancel it ("next page token: x"). */
static struct nj_key classify(struct nj_redactor *r, struct form *f)
{
    struct nj_key key = nj_key_classify(r, part(f->t, f->key));
    struct nj_span longer = f->key;
    bool cancellable = key.rule != NJ_KEY_NONE && (nj_secret_keys[key.rule].how & NJ_HOW_TOKEN);
    if (key.rule == NJ_KEY_NONE ? !(key.roles & NJ_ROLE_ENDING) : !cancellable)
        return key;
    for (int words = 1; words < PHRASE_WORDS && longer.from > f->floor + 1 && f->t.p[longer.from - 1] == ' '; words++) {
        size_t from = run_back(f, longer.from - 1);
        if (from == longer.from - 1)
            break;
        longer.from = from;
        struct nj_key more = nj_key_classify(r, part(f->t, longer));
        if (more.rule == key.rule)
            continue;
        f->key = longer;
        return more;
    }
    return key;
}

/* --- the value ---------------------------------------------------------------------------------------------------- */

static void find_value(struct form *f)
{
    struct nj_str t = f->t;
    size_t at = f->sep + 1;
    if (t.p[f->sep] == '=' && at < t.n && t.p[at] == '>') /* => */
        at++;
    size_t tight = at;
    while (at < t.n && at - tight < GAP_MAX && is_blank(t.p[at]))
        at++;
    f->gap_after = at > tight;
    f->value = at;
    size_t slashes = 0;
    while (at < t.n && slashes < SLASHES_MAX && t.p[at] == '\\') {
        at++;
        slashes++;
    }
    if (at >= t.n || (t.p[at] != '"' && t.p[at] != '\''))
        return;
    f->quote = t.p[at];
    f->slashes = slashes;
    f->value = at + 1;
}

/* The quote that closes the value has as many backslashes as the one that opened it; without one the text is cut and the
 * value goes on to its end. */
static size_t quoted_end(const struct form *f)
{
    struct nj_str t = f->t;
    size_t at = f->value, slashes = 0;
    for (; at < t.n; at++) {
        if (t.p[at] == '\\') {
            slashes++;
            continue;
        }
        bool even = f->slashes == 0 ? slashes % 2 == 0 : slashes <= f->slashes;
        if (t.p[at] == f->quote && even)
            return at - (f->slashes == 0 ? 0 : slashes);
        slashes = 0;
    }
    return t.n;
}

/* In 'Password: ', the quote behind the name closes what began before it: something that ends a value follows, and no
 * other quote on the line. */
static bool is_closing_quote(const struct form *f)
{
    struct nj_str t = f->t;
    size_t at = f->value;
    if (f->quote == 0 || f->key_quote != 0 || f->slashes != 0)
        return false;
    if (f->key.from > f->floor && t.p[f->key.from - 1] == f->quote)
        return true;
    if (at < t.n && strchr(" ,;)]}.\t\n", t.p[at]) == NULL)
        return false;
    while (at < t.n && t.p[at] != '\n' && t.p[at] != f->quote)
        at++;
    return at >= t.n || t.p[at] == '\n';
}

static bool ends_value(struct nj_str t, size_t at)
{
    char c = t.p[at];
    if (nj_is(c, NJ_IS_SPACE) || is_quote(c) || (c != '\0' && strchr("&;,)]}<", c) != NULL))
        return true;
    return c == '\\' && at + 1 < t.n && strchr("nrt\"'\\", t.p[at + 1]) != NULL;
}

/* Remembers the stretch it read: a name may stand at every byte of it. */
static size_t bare_end(struct nj_sweep *s, size_t at)
{
    at += at < s->text.n ? nj_placeholder_len(s->text, at) : 0;
    if (at >= s->bare.from && at < s->bare.to)
        return s->bare.to;
    s->bare.from = at;
    while (at < s->text.n && !ends_value(s->text, at))
        at++;
    s->bare.to = at;
    return at;
}

static size_t line_end(struct nj_str t, size_t at)
{
    while (at < t.n && t.p[at] != '\n' && !is_quote(t.p[at]) && !(t.p[at] == '\\' && ends_value(t, at)))
        at++;
    return at;
}

/* "a=b; c=d": a cookie goes on behind its semicolons. */
static size_t cookie_end(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    size_t end = bare_end(s, at);
    while (end < t.n && t.p[end] == ';') {
        size_t next = end + 1;
        while (next < t.n && is_blank(t.p[next]))
            next++;
        size_t stop = bare_end(s, next);
        if (memchr(t.p + next, '=', stop - next) == NULL)
            break;
        end = stop;
    }
    return end;
}

/* Words that say how the credential behind them is meant; the flag: it goes to the end of the line. */
static const struct {
    struct nj_str word;
    bool line;
} schemes[] = {
    { NJ_STR_INIT("bearer "), false }, { NJ_STR_INIT("basic "), false },           { NJ_STR_INIT("token "), false },
    { NJ_STR_INIT("ssws "), false },   { NJ_STR_INIT("apikey "), false },          { NJ_STR_INIT("negotiate "), false },
    { NJ_STR_INIT("digest "), true },  { NJ_STR_INIT("aws4-hmac-sha256 "), true },
};

/* --- is it one? --------------------------------------------------------------------------------------------------- */

/* Letters only, not mixed in case: as likely a word of the sentence as a value. */
static bool is_word_of_prose(struct nj_str v)
{
    while (v.n != 0 && strchr(".!?:", v.p[v.n - 1]) != NULL)
        v.n--;
    for (size_t i = 0; i < v.n; i++) {
        bool upper_inside = i > 0 && v.p[i] >= 'A' && v.p[i] <= 'Z' && v.p[i - 1] >= 'a' && v.p[i - 1] <= 'z';
        if (upper_inside || !(nj_is(v.p[i], NJ_IS_ALPHA) || v.p[i] == '-' || (unsigned char)v.p[i] >= 0x80))
            return false;
    }
    return v.n < 24;
}

/* Does the name open a line of settings or a member of a list, and the value close it? */
static bool is_whole_member(const struct form *f, size_t end)
{
    struct nj_str t = f->t;
    size_t at = f->key.from;
    while (at > f->floor && is_blank(t.p[at - 1]))
        at--;
    bool last = end >= t.n || t.p[end] == '\n' || t.p[end] == '\r';
    if (at == f->floor)
        return f->floor == 0 && last;
    if (t.p[at - 1] == '\n' || t.p[at - 1] == '-')
        return last;
    return strchr("{[(,;&?", t.p[at - 1]) != NULL && (last || !is_blank(t.p[end]));
}

/* "token = lexer.get_token()", "lasttoken = token": a line of a program, as stack traces show them. */
static bool is_code(const struct form *f, struct nj_str v)
{
    if (f->quote != 0 || !f->gap_after || (f->t.p[f->sep] == '=' && !f->gap_before))
        return false;
    size_t name = 0;
    while (name < v.n && (nj_is(v.p[name], NJ_IS_WORD) || v.p[name] == '.'))
        name++;
    if (name < v.n)
        return name > 0 && (v.p[name] == '(' || v.p[name] == '[');
    for (size_t i = 0; i < v.n; i++)
        if (nj_is(v.p[i], NJ_IS_DIGIT))
            return false;
    return nj_key_classify(f->s->r, v).rule != NJ_KEY_NONE;
}

static bool is_data(const struct form *f, struct nj_span v)
{
    struct nj_str t = f->t;
    bool tight = !f->gap_before && !f->gap_after;
    if (f->key_quote != 0 || f->quote != 0)
        return true;
    if (t.p[f->sep] == ':' && tight)
        return f->key.from == 0 || strchr(":/", t.p[f->key.from - 1]) == NULL; /* arn:aws:...:secret:name */
    if (t.p[f->sep] == '=' && !f->gap_before)
        return true;
    if (is_code(f, part(t, v)))
        return false;
    return !is_word_of_prose(part(t, v)) || is_whole_member(f, v.to);
}

/* "secret.js:19:11" is a place in a source file, "credentials: {" opens a container whose members are looked at one by one. */
static bool is_place_or_container(const struct form *f, struct nj_str value)
{
    size_t i = 0;
    if (f->quote == 0 && (value.p[0] == '{' || value.p[0] == '(' || (value.p[0] == '[' && nj_placeholder_len(value, 0) == 0)))
        return true;
    if (f->gap_after || f->t.p[f->sep] != ':' || memchr(f->t.p + f->key.from, '.', f->key.to - f->key.from) == NULL)
        return false;
    while (i < value.n && (nj_is(value.p[i], NJ_IS_DIGIT) || value.p[i] == ':'))
        i++;
    return i == value.n;
}

static bool looks_like_digest(struct nj_str v)
{
    return v.n >= 32 && nj_run(v, 0, NJ_IS_HEX) == v.n;
}

/* Rules that hold for some of the values only. */
static bool rule_allows(const struct form *f, struct nj_span v)
{
    unsigned how = nj_secret_keys[f->rule].how;
    struct nj_str value = part(f->t, v);
    char before = f->key.from > 0 ? f->t.p[f->key.from - 1] : '\0';
    if (!nj_key_takes(f->rule, value) || (how & (NJ_HOW_SUBTREE | NJ_HOW_GRANT | NJ_HOW_MAIL | NJ_HOW_LONG)))
        return false;
    if ((how & NJ_HOW_TEXT) && nj_run(value, 0, NJ_IS_DIGIT) == value.n)
        return false;
    if ((how & NJ_HOW_TOKEN) && f->gap_after && value.n < 4)
        return false;
    if (how & NJ_HOW_QUERY)
        return before == '&' || before == '?' || looks_like_digest(value);
    return true;
}

/* End of a value that begins with a scheme, or 0: "Basic plan" begins with none, except where one has to stand. */
static size_t scheme_end(const struct form *f, bool expected)
{
    struct nj_str t = f->t, rest = nj_str_slice(t, f->value, t.n);
    for (size_t i = 0; i < NJ_COUNT(schemes); i++) {
        if (!nj_str_starts_nocase(rest, schemes[i].word))
            continue;
        size_t token = f->value + schemes[i].word.n, end = schemes[i].line ? line_end(t, token) : bare_end(f->s, token);
        struct nj_str v = nj_str_slice(t, token, end);
        return nj_value_is_harmless(v) || (!expected && is_word_of_prose(v)) ? 0 : end;
    }
    return 0;
}

static size_t value_end(const struct form *f)
{
    size_t scheme = 0;
    unsigned how = nj_secret_keys[f->rule].how;
    if (f->quote != 0)
        return quoted_end(f);
    if ((scheme = scheme_end(f, (how & NJ_HOW_LINE) != 0)) != 0)
        return scheme;
    if ((how & NJ_HOW_LINE) == 0)
        return bare_end(f->s, f->value);
    if (nj_secret_keys[f->rule].class == NJ_CLASS_SESSION)
        return cookie_end(f->s, f->value);
    struct nj_span first = { f->value, bare_end(f->s, f->value) };
    return f->t.p[f->sep] == ':' && is_data(f, first) ? line_end(f->t, f->value) : first.to;
}

bool nj_form_find(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule)
{
    struct form f = { .s = s, .t = s->text, .floor = s->done, .sep = at - 1 };
    if (f.sep < f.floor || is_operator(&f) || !find_key(&f))
        return false;
    struct nj_key key = classify(s->r, &f);
    if (key.rule == NJ_KEY_NONE)
        return false;
    f.rule = key.rule;
    find_value(&f);
    if (f.t.p[f.sep] == '=' && f.gap_after && !f.gap_before && f.quote == 0)
        return false; /* "password= next=1": no value */
    if (is_closing_quote(&f))
        return false;
    struct nj_span v = { f.value, value_end(&f) };
    struct nj_str text = part(f.t, v);
    if (nj_value_is_harmless(text) || nj_str_starts(text, NJ_STR("-----BEGIN")) || nj_str_starts(text, NJ_STR("//")))
        return false;
    if (is_place_or_container(&f, text) || !rule_allows(&f, v) || !is_data(&f, v))
        return false;
    *value = v;
    *rule = f.rule;
    return true;
}

/* Where a value in text begins and ends, and whether it looks like one. */
#include "forms.h"

/* --- the beginning ------------------------------------------------------------------------------------------------ */

/* What may stand right before the quote of a literal: "db'" ends another one. */
static bool is_prefix(struct nj_str v)
{
    static const char letters[] = "bBrRuUfFNnEeXxLl@&*$<";
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] == '\0' || strchr(letters, v.p[i]) == NULL)
            return false;
    return true;
}

/* What may stand before the quotes with a blank between: chr "x", 0x55f2c0 "x". */
static bool is_type(struct nj_str v)
{
    return nj_str_eq(v, NJ_STR("chr")) || (v.n > 2 && v.p[0] == '0' && v.p[1] == 'x' && nj_run(v, 2, NJ_IS_HEX) == v.n);
}

/* []string{"x"}, []interface {}{"x"}, [1]main.Key{"x"}: a list of Go's says of what type it is.  Behind its brace, where a quote follows. */
static size_t skip_list_type(struct nj_str t, size_t at)
{
    enum { LONGEST = 64 };
    struct nj_str head = nj_str_slice(t, 0, at + LONGEST);
    size_t type = nj_run(head, at + 1, NJ_IS_DIGIT) + 1;
    if (nj_byte(head, type - 1) != ']')
        return at;
    type += nj_byte(head, type) == '*' ? 1 : 0;
    size_t brace = nj_run(head, type, NJ_IS_KEY);
    if (brace == type)
        return at;
    brace += nj_has_at(head, brace, NJ_STR(" {}")) ? 3 : 0;
    size_t quote = brace + 1;
    while (nj_byte(head, quote) == '\\')
        quote++;
    return nj_byte(head, brace) == '{' && nj_is_quote(nj_byte(head, quote)) ? brace + 1 : at;
}

/* Wrappings of a quoted value or of a number: Some("x"), Some(12), Optional["x"], string(8) "x", b'x'. */
static size_t skip_wrapping(struct nj_str t, size_t at)
{
    enum { LONGEST = 16 };
    size_t i = at;
    if (t.p[at] == '[')
        return skip_list_type(t, at);
    while (i < t.n && i - at < LONGEST && nj_is(t.p[i], NJ_IS_WORD))
        i++;
    if (i > at && nj_byte(t, i) == '(' && nj_is(nj_byte(t, i + 1), NJ_IS_DIGIT)) { /* string(8) */
        size_t digits = nj_run(nj_str_slice(t, 0, i + LONGEST), i + 1, NJ_IS_DIGIT);
        if (nj_byte(t, digits) == ')' && nj_byte(t, digits + 1) == ' ' && nj_is_quote(nj_byte(t, digits + 2)))
            return digits + 2;
        if (nj_byte(t, digits) == ')' &&
            (nj_str_eq(nj_str_slice(t, at, i), NJ_STR("Some")) || nj_str_eq(nj_str_slice(t, at, i), NJ_STR("Just"))))
            return i + 1;
    }
    if (i == at && nj_str_starts(nj_str_slice(t, at, t.n), NJ_STR("(string) (len="))) { /* of Go's spew */
        size_t digits = nj_run(nj_str_slice(t, 0, at + 2 * LONGEST), at + 14, NJ_IS_DIGIT);
        return nj_str_starts(nj_str_slice(t, digits, t.n), NJ_STR(") \"")) ? digits + 2 : at;
    }
    if (nj_byte(t, i) == ' ' && nj_is_quote(nj_byte(t, i + 1)) && is_type(nj_str_slice(t, at, i)))
        return i + 1; /* of R and of a debugger */
    if (i == at && t.p[at] == '<' && nj_byte(t, at + 1) == '<')
        i += 2; /* <<"x">> */
    if (i == at && (t.p[at] == '&' || t.p[at] == '*' || t.p[at] == '@' || t.p[at] == '$'))
        i++;
    if (i - at <= 2 && is_prefix(nj_str_slice(t, at, i)) && nj_is_quote(nj_byte(t, i)))
        return i; /* b'', rb'', @"", &"" */
    /* A word without a bracket is the value, and the quote behind it closes something else: msg="password=x". */
    char c = nj_byte(t, i);
    bool wrapped = (c == '(' || (c == '[' && !nj_str_starts(nj_str_slice(t, at, i), NJ_STR("Config")))) && i > at + 1 && t.p[at] >= 'A' &&
                   t.p[at] <= 'Z' && nj_is(t.p[at + 1], NJ_IS_LOWER); /* not ENV["x"] */
    size_t inner = wrapped ? nj_run(nj_str_slice(t, 0, i + 1 + LONGEST), i + 1, NJ_IS_WORD) : i;
    if (inner > i + 1 && nj_byte(t, inner) == '=' && nj_is_quote(nj_byte(t, inner + 1)))
        return inner + 1; /* Password(value="x") */
    return wrapped && nj_is_quote(nj_byte(t, i + 1)) ? i + 1 : at;
}

/* May something be wrapped around the value that begins with this byte, which is no quote?  Right whenever it says no, as mostly. */
static bool may_be_wrapped(struct nj_str t, size_t at)
{
    enum { LONGEST = 16 };
    char c = t.p[at];
    size_t end = at, limit = t.n - at > LONGEST ? at + LONGEST : t.n;
    while (end < limit && nj_is(t.p[end], NJ_IS_WORD))
        end++;
    char after = nj_byte(t, end);
    if (end > at)
        return after == '(' || after == '[' || (nj_is_quote(after) && end - at <= 2) || (after == ' ' && nj_is_quote(nj_byte(t, end + 1)));
    switch (c) {
    case '\\':
        return true;
    case '&':
    case '*':
    case '@':
    case '$':
        return nj_is_quote(nj_byte(t, at + 1));
    case '[':
        return nj_byte(t, at + 1) == ']' || nj_is(nj_byte(t, at + 1), NJ_IS_DIGIT);
    case '(':
        return nj_byte(t, at + 1) == 's';
    case '<':
    case '!':
        return nj_byte(t, at + 1) == c;
    default:
        return false;
    }
}

/* The rare half of nj_form_open(). */
static NJ_RARE void open_wrapped(struct nj_form *f, size_t at)
{
    struct nj_str t = f->t;
    size_t slashes = 0;
    if (nj_str_starts(nj_str_slice(t, at, t.n), NJ_STR("!!str ")))
        f->value = at = nj_skip_blanks(t, at + 6); /* a tag of YAML */
    at = at < t.n ? skip_wrapping(t, at) : at;
    while (at < t.n && slashes < NJ_FORM_SLASHES && t.p[at] == '\\') {
        at++;
        slashes++;
    }
    if (at < t.n && nj_is(t.p[at], NJ_IS_DIGIT) && slashes == 0)
        f->value = at;
    if (at >= t.n || !nj_is_quote(t.p[at]))
        return;
    f->quote = t.p[at];
    f->slashes = slashes;
    f->value = at + 1;
}

void nj_form_open(struct nj_form *f, size_t at)
{
    char c = nj_byte(f->t, at);
    bool quoted = nj_is_quote(c);
    f->quote = quoted ? c : '\0';
    f->slashes = 0;
    f->value = quoted ? at + 1 : at;
    if (!quoted && at < f->t.n && may_be_wrapped(f->t, at))
        open_wrapped(f, at);
}

/* --- the end ------------------------------------------------------------------------------------------------------ */

/* The quote that closes the value has as many backslashes as the one that opened it; without one the text is cut and the
 * value goes on to its end.  A doubled quote stands for itself. */
static NJ_RARE size_t quoted_end_ahead(struct nj_form *f, size_t at)
{
    struct nj_str t = f->t;
    for (; (at = nj_str_chr(t, f->quote, at)) != NJ_NPOS; at++) {
        size_t slashes = 0;
        while (at - slashes > f->value && t.p[at - slashes - 1] == '\\')
            slashes++;
        bool even = f->slashes == 0 ? slashes % 2 == 0 : slashes <= f->slashes;
        if (!even)
            continue;
        bool doubled = f->slashes == 0 && at > f->value && nj_byte(t, at + 1) == f->quote && nj_byte(t, at + 2) != f->quote;
        if (!doubled)
            return at - (f->slashes == 0 ? 0 : slashes);
        at++;
    }
    f->open = true;
    return t.n;
}

/* The same where, as mostly, the first quote is the one. */
static inline size_t quoted_end(struct nj_form *f)
{
    struct nj_str t = f->t;
    size_t at = nj_str_chr(t, f->quote, f->value);
    bool plain = at < t.n && f->slashes == 0 && (at == f->value || t.p[at - 1] != '\\') && nj_byte(t, at + 1) != f->quote;
    return plain ? at : quoted_end_ahead(f, at);
}

bool nj_form_ends_value(struct nj_str t, size_t at)
{
    char c = t.p[at];
    if (!nj_is(c, NJ_IS_END_AT))
        return nj_is(c, NJ_IS_END);
    if (c == '|') { /* parts fields where another one follows */
        size_t name = nj_run(nj_str_slice(t, 0, at + NJ_FORM_KEY), at + 1, NJ_IS_KEY);
        return name > at + 1 && (nj_byte(t, name) == '=' || nj_byte(t, name) == ':');
    }
    return at + 1 < t.n && strchr("nrt\"'\\", t.p[at + 1]) != NULL;
}

size_t nj_form_bare_end(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    at += nj_placeholder_len(t, at);
    if (at >= s->bare.from && at < s->bare.to)
        return s->bare.to;
    s->bare.from = at;
    while (at < t.n && (!nj_is(t.p[at], NJ_IS_END | NJ_IS_END_AT) || (nj_is(t.p[at], NJ_IS_END_AT) && !nj_form_ends_value(t, at))))
        at++;
    s->bare.to = at;
    return at;
}

static NJ_RARE size_t line_end(struct nj_str t, size_t at)
{
    while (at < t.n && t.p[at] != '\n' && !nj_is_quote(t.p[at]) && !(t.p[at] == '\\' && nj_form_ends_value(t, at)))
        at++;
    return at;
}

/* "a=b; c=d": a cookie goes on behind its semicolons. */
static NJ_RARE size_t cookie_end(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    size_t end = nj_form_bare_end(s, at);
    while (end < t.n && t.p[end] == ';') {
        size_t next = nj_skip_blanks(t, end + 1);
        size_t stop = nj_form_bare_end(s, next);
        bool flag = nj_str_starts_nocase(nj_str_slice(t, next, stop), NJ_STR("HttpOnly")) ||
                    nj_str_starts_nocase(nj_str_slice(t, next, stop), NJ_STR("Secure"));
        if (memchr(t.p + next, '=', stop - next) == NULL && !flag)
            break;
        end = stop;
    }
    return end;
}

/* name="value", name=value, ...: the parameters of a Digest or a signature, to the last of them. */
static NJ_RARE size_t params_end(struct nj_str t, size_t at)
{
    size_t end = at;
    for (;;) {
        size_t name = nj_skip_blanks(t, at), equals = nj_run(t, name, NJ_IS_WORD | NJ_IS_KEY);
        if (equals == name || nj_byte(t, equals) != '=')
            return end;
        size_t value = equals + 1, slashes = value;
        while (nj_byte(t, slashes) == '\\')
            slashes++;
        if (nj_byte(t, slashes) == '"') {
            size_t close = nj_str_chr(t, '"', slashes + 1);
            end = close == NJ_NPOS ? t.n : close + 1;
        } else {
            for (end = value; end < t.n && !nj_is(t.p[end], NJ_IS_SPACE) && t.p[end] != ',' && !nj_is_quote(t.p[end]);)
                end++;
        }
        at = nj_skip_blanks(t, end);
        if (nj_byte(t, at) != ',')
            return end;
        at++;
    }
}

/* Words that say how the credential behind them is meant; the flag: parameters follow. */
static const struct {
    struct nj_str word;
    bool params;
} schemes[] = {
    { NJ_STR_INIT("bearer "), false }, { NJ_STR_INIT("basic "), false },           { NJ_STR_INIT("token "), true },
    { NJ_STR_INIT("ssws "), false },   { NJ_STR_INIT("apikey "), false },          { NJ_STR_INIT("negotiate "), false },
    { NJ_STR_INIT("digest "), true },  { NJ_STR_INIT("aws4-hmac-sha256 "), true }, { NJ_STR_INIT("oauth "), true },
    { NJ_STR_INIT("hawk "), true },    { NJ_STR_INIT("signature "), true },        { NJ_STR_INIT("sharedaccesssignature "), false },
};

/* End of a value that begins with a word, which ends before byte gap, if that is a scheme; or 0: "Basic plan" begins with none, except where
 * one has to stand. */
static size_t scheme_end(const struct nj_form *f, size_t gap, bool expected)
{
    struct nj_str t = f->t, word = nj_str_slice(t, f->value, gap + 1);
    for (size_t i = 0; i < NJ_COUNT(schemes); i++) {
        if (!nj_str_eq_nocase(word, schemes[i].word))
            continue;
        size_t token = gap + 1, params = schemes[i].params ? params_end(t, token) : token;
        size_t end = params > token ? params : nj_form_bare_end(f->s, token);
        struct nj_str v = nj_str_slice(t, token, end);
        return nj_value_is_harmless(v) || nj_str_eq(v, NJ_STR("{")) || (!expected && nj_form_is_prose(v)) ? 0 : end;
    }
    return 0;
}

/* [x, y] right behind the separator: the list of a header's values, on one line. */
static NJ_RARE size_t list_end(struct nj_str t, size_t at)
{
    enum { LONGEST = 4096 };
    struct nj_str line = nj_str_slice(t, 0, at + LONGEST);
    size_t end = at + 1;
    while (end < line.n && t.p[end] != ']' && t.p[end] != '[' && t.p[end] != '\n' && t.p[end] != '{')
        end++;
    return end < line.n && t.p[end] == ']' ? end : 0;
}

size_t nj_form_end(struct nj_form *f)
{
    enum { LONGEST_SCHEME = 21 };
    size_t end = 0;
    unsigned how = f->rule == NJ_KEY_NONE ? 0 : nj_secret_keys[f->rule].how; /* an argument of a command has no name */
    f->open = false;
    if (f->quote != 0)
        return quoted_end(f);
    if (nj_byte(f->t, f->value) == '[' && nj_placeholder_len(f->t, f->value) == 0 && (end = list_end(f->t, f->value)) != 0) {
        bool quoted = end - f->value > 3 && nj_is_quote(f->t.p[f->value + 1]) && f->t.p[end - 1] == f->t.p[f->value + 1];
        f->value += quoted ? 2 : 1;
        return end - (quoted ? 1 : 0);
    }
    size_t bare = nj_form_bare_end(f->s, f->value);
    if (nj_byte(f->t, bare) == ' ' && bare - f->value <= LONGEST_SCHEME && (end = scheme_end(f, bare, (how & NJ_HOW_LINE) != 0)) != 0)
        return end;
    if ((how & NJ_HOW_LINE) == 0)
        return bare;
    if (nj_secret_keys[f->rule].class == NJ_CLASS_SESSION)
        return cookie_end(f->s, f->value);
    bool to_line_end = f->t.p[f->sep] == ':' && !nj_form_is_prose(nj_str_slice(f->t, f->value, bare));
    return to_line_end ? line_end(f->t, f->value) : bare;
}

struct nj_span nj_form_read(struct nj_form *f, size_t at)
{
    nj_form_open(f, at);
    struct nj_span value = { f->value, 0 };
    value.to = nj_form_end(f);
    return value;
}

void nj_form_skip_brace(const struct nj_form *f, struct nj_span *v)
{
    enum { LONGEST = 128 };
    struct nj_str t = nj_str_slice(f->t, 0, v->from + LONGEST);
    if (nj_byte(t, v->from) != '{' || f->quote != 0 || f->gap_after || t.p[f->sep] != '=')
        return;
    size_t at = v->from + 1;
    while (at < t.n && strchr("{=:\n", t.p[at]) == NULL && (t.p[at] != '}' || nj_byte(t, at + 1) == '}'))
        at += t.p[at] == '}' ? 2 : 1; /* doubled, it is one of the password */
    char after = nj_byte(f->t, at + 1);
    if (nj_byte(t, at) == '}' && at > v->from + 1 && (after == ';' || after == '\0' || after == '"' || after == '\n'))
        *v = (struct nj_span){ v->from + 1, at };
}

void nj_form_close(const struct nj_form *f, struct nj_span *v)
{
    enum { LONGEST = 256 }; /* a value may be refused, and the next one be as long */
    char close = nj_byte(f->t, v->to), open = close == ']' ? '[' : '(';
    size_t opened = 0;
    if (f->quote != 0 || (close != ']' && close != ')'))
        return;
    for (size_t i = v->to - v->from > LONGEST ? v->to - LONGEST : v->from; i < v->to; i++) {
        opened += f->t.p[i] == open ? 1 : 0;
        opened -= f->t.p[i] == close && opened != 0 ? 1 : 0;
    }
    v->to += opened != 0 ? 1 : 0;
}

void nj_form_wait(struct nj_sweep *s, struct nj_span value, int rule)
{
    if (nj_key_takes(rule, nj_part(s->text, value)))
        nj_sweep_wait_key(s, value, rule);
}

void nj_form_wait_quoted(const struct nj_form *f, size_t at)
{
    struct nj_form g = *f;
    struct nj_span value = nj_form_read(&g, at);
    if (g.quote != 0 && !g.open)
        nj_form_wait(f->s, value, f->rule);
}

/* []string{"x", "y"}: the elements behind the one that ends at byte to.  Of more than may wait, another sweep takes the rest. */
static void wait_for_elements(const struct nj_form *f, size_t to)
{
    struct nj_form g = *f;
    while (f->s->waiting_n < NJ_WAITING_MAX) {
        size_t at = to + g.slashes + 1;
        if (nj_byte(f->t, at) != ',')
            return;
        struct nj_span value = nj_form_read(&g, nj_skip_blanks(f->t, at + 1));
        if (g.quote != f->quote || g.open)
            return;
        nj_form_wait(f->s, value, f->rule);
        to = value.to;
    }
}

void nj_form_wait_behind(const struct nj_form *f, size_t to)
{
    struct nj_str t = f->t;
    if (f->quote == 0 || f->open)
        return;
    size_t opening = f->value - f->slashes - 1, arrow = nj_skip_blanks(t, to + 1);
    if (opening > f->sep && t.p[opening - 1] == '{')
        wait_for_elements(f, to);
    else if (arrow > to + 1 && nj_str_starts(nj_str_slice(t, arrow, t.n), NJ_STR("-> "))) /* password = "x" -> "y" */
        nj_form_wait_quoted(f, nj_skip_blanks(t, arrow + 3));
}

bool nj_form_set_password(struct nj_form *f)
{
    f->rule = nj_key_classify(f->s->r, NJ_STR("password")).rule;
    return f->rule != NJ_KEY_NONE;
}

/* --- what it looks like ------------------------------------------------------------------------------------------- */

/* "AccessDenied", "ResourceNotFoundException": what went wrong, in one word. */
static bool is_error_name(struct nj_str v)
{
    static const struct nj_str ends[] = { NJ_STR_INIT("Error"),    NJ_STR_INIT("Exception"), NJ_STR_INIT("Denied"),
                                          NJ_STR_INIT("NotFound"), NJ_STR_INIT("Failure"),   NJ_STR_INIT("Fault"),
                                          NJ_STR_INIT("Mismatch"), NJ_STR_INIT("Expired"),   NJ_STR_INIT("Failed"),
                                          NJ_STR_INIT("Missing"),  NJ_STR_INIT("Invalid"),   NJ_STR_INIT("Exceeded") };
    if (v.n == 0 || !nj_is(v.p[0], NJ_IS_UPPER) || nj_run(v, 0, NJ_IS_ALPHA) != v.n)
        return false;
    for (size_t i = 0; i < NJ_COUNT(ends); i++)
        if (nj_str_ends(v, ends[i]))
            return true;
    return false;
}

/* Does a sentence, or a part of one, end with this? */
static inline bool ends_sentence(char c)
{
    return c == '.' || c == '!' || c == '?' || c == ':' || c == '\0';
}

bool nj_form_is_prose(struct nj_str v)
{
    while (v.n != 0 && ends_sentence(v.p[v.n - 1]))
        v.n--;
    if (is_error_name(v))
        return true;
    for (size_t i = 0; i < v.n; i++) {
        bool upper_inside = i > 0 && v.p[i] >= 'A' && v.p[i] <= 'Z' && v.p[i - 1] >= 'a' && v.p[i - 1] <= 'z';
        if (upper_inside || !(nj_is(v.p[i], NJ_IS_ALPHA) || v.p[i] == '-' || (unsigned char)v.p[i] >= 0x80))
            return false;
    }
    return v.n < 24;
}

bool nj_form_is_made_up(struct nj_str v, size_t shortest)
{
    size_t digits = 0, letters = 0, other = 0;
    while (v.n != 0 && ends_sentence(v.p[v.n - 1]))
        v.n--;
    for (size_t i = 0; i < v.n; i++) {
        if (nj_is(v.p[i], NJ_IS_DIGIT))
            digits++;
        else if (nj_is(v.p[i], NJ_IS_ALPHA))
            letters++;
        else if (nj_is_quote(v.p[i]) || strchr("/:(=,", v.p[i]) != NULL)
            return false; /* a path, a time, a call, a list */
        else
            other++;
    }
    if (v.n < shortest || digits == 0 || letters == 0)
        return false;
    if (digits < v.n && nj_is(v.p[0], NJ_IS_DIGIT) && letters <= 2 && other == 0)
        return false; /* 30d, 12ms, 2nd */
    return true;
}

/* Words that sentences about passwords are built with, and passphrases are not. */
static bool is_sentence_word(struct nj_str word)
{
    static const struct nj_str words[] = {
        NJ_STR_INIT("a"),      NJ_STR_INIT("an"),     NJ_STR_INIT("the"),      NJ_STR_INIT("is"),       NJ_STR_INIT("are"),
        NJ_STR_INIT("was"),    NJ_STR_INIT("were"),   NJ_STR_INIT("be"),       NJ_STR_INIT("been"),     NJ_STR_INIT("to"),
        NJ_STR_INIT("of"),     NJ_STR_INIT("in"),     NJ_STR_INIT("on"),       NJ_STR_INIT("at"),       NJ_STR_INIT("by"),
        NJ_STR_INIT("for"),    NJ_STR_INIT("from"),   NJ_STR_INIT("with"),     NJ_STR_INIT("and"),      NJ_STR_INIT("or"),
        NJ_STR_INIT("not"),    NJ_STR_INIT("no"),     NJ_STR_INIT("but"),      NJ_STR_INIT("if"),       NJ_STR_INIT("must"),
        NJ_STR_INIT("may"),    NJ_STR_INIT("can"),    NJ_STR_INIT("cannot"),   NJ_STR_INIT("should"),   NJ_STR_INIT("will"),
        NJ_STR_INIT("has"),    NJ_STR_INIT("have"),   NJ_STR_INIT("does"),     NJ_STR_INIT("too"),      NJ_STR_INIT("this"),
        NJ_STR_INIT("that"),   NJ_STR_INIT("it"),     NJ_STR_INIT("you"),      NJ_STR_INIT("your"),     NJ_STR_INIT("please"),
        NJ_STR_INIT("failed"), NJ_STR_INIT("sent"),   NJ_STR_INIT("reset"),    NJ_STR_INIT("changed"),  NJ_STR_INIT("updated"),
        NJ_STR_INIT("field"),  NJ_STR_INIT("value"),  NJ_STR_INIT("required"), NJ_STR_INIT("invalid"),  NJ_STR_INIT("expired"),
        NJ_STR_INIT("error"),  NJ_STR_INIT("length"), NJ_STR_INIT("password"), NJ_STR_INIT("set"),      NJ_STR_INIT("validation"),
        NJ_STR_INIT("least"),  NJ_STR_INIT("match"),  NJ_STR_INIT("found"),    NJ_STR_INIT("rejected"), NJ_STR_INIT("characters"),
    };
    return nj_str_is_any(word, words, NJ_COUNT(words));
}

bool nj_form_is_phrase(struct nj_str v)
{
    enum { FEWEST = 3, LONGEST = 80 };
    struct nj_str word;
    size_t words = 0;
    if (v.n > LONGEST)
        return false;
    while (nj_str_cut(&v, ' ', &word)) {
        if (word.n < 2 || nj_run(word, 0, NJ_IS_LOWER) != word.n || is_sentence_word(word))
            return false;
        words++;
    }
    return words >= FEWEST;
}

/* "com.acme.Token" */
static bool is_class(struct nj_str v)
{
    size_t name = v.n;
    while (name > 0 && v.p[name - 1] != '.')
        name--;
    return name > 1 && name < v.n && nj_is(v.p[name], NJ_IS_UPPER) && nj_run(v, 0, NJ_IS_DOTTED) == v.n;
}

/* com.acme.Token@1b6d3586: where the sign stands before the number of an object, which has so many digits; or NJ_NPOS. */
static size_t sign_of_object(struct nj_str v)
{
    enum { FEWEST = 4, MOST = 8 };
    size_t sign = nj_str_chr(v, '@', 0);
    bool number = sign != NJ_NPOS && v.n - sign > FEWEST && v.n - sign <= MOST + 1 && nj_run(v, sign + 1, NJ_IS_HEX) == v.n;
    return number ? sign : NJ_NPOS;
}

bool nj_form_is_object(const struct nj_form *f, struct nj_str value)
{
    enum { LONGEST = 160, SHORTEST = 8 };
    if (value.n > LONGEST)
        return false;
    bool number = value.n >= SHORTEST && nj_is(value.p[value.n - 1], NJ_IS_HEX) && nj_is(value.p[value.n - 4], NJ_IS_HEX);
    size_t sign = number ? sign_of_object(value) : NJ_NPOS;
    if (sign != NJ_NPOS)
        return is_class(nj_str_slice(value, 0, sign));
    if (value.n < 4 || !nj_is(value.p[0], NJ_IS_UPPER) || !nj_is(value.p[1], NJ_IS_LOWER))
        return false;
    if (nj_str_eq(value, NJ_STR("System.Security.SecureString")))
        return true;
    size_t name = nj_run(value, 0, NJ_IS_ALPHA), end = (size_t)(value.p - f->t.p) + value.n;
    if (name < 4)
        return false;
    return name < value.n ? value.p[name] == '{' : nj_str_starts(nj_str_slice(f->t, end, f->t.n), NJ_STR(" {"));
}

bool nj_form_is_scope(struct nj_str v)
{
    static const struct nj_str verbs[] = { NJ_STR_INIT("read"),     NJ_STR_INIT("write"), NJ_STR_INIT("list"),     NJ_STR_INIT("view"),
                                           NJ_STR_INIT("create"),   NJ_STR_INIT("issue"), NJ_STR_INIT("update"),   NJ_STR_INIT("delete"),
                                           NJ_STR_INIT("revoke"),   NJ_STR_INIT("admin"), NJ_STR_INIT("manage"),   NJ_STR_INIT("rotate"),
                                           NJ_STR_INIT("refresh"),  NJ_STR_INIT("reset"), NJ_STR_INIT("generate"), NJ_STR_INIT("verify"),
                                           NJ_STR_INIT("validate"), NJ_STR_INIT("check"), NJ_STR_INIT("clear"),    NJ_STR_INIT("edit"),
                                           NJ_STR_INIT("show") };
    return nj_str_is_any(v, verbs, NJ_COUNT(verbs));
}

bool nj_form_is_code(const struct nj_form *f, struct nj_str v)
{
    if (f->quote != 0 || !f->gap_after || (f->t.p[f->sep] == '=' && !f->gap_before))
        return false;
    size_t name = 0;
    while (name < v.n && (nj_is(v.p[name], NJ_IS_WORD) || v.p[name] == '.' || v.p[name] == ':'))
        name++;
    if (name < v.n)
        return name > 0 && (v.p[name] == '(' || v.p[name] == '[');
    for (size_t i = 0; i < v.n; i++)
        if (nj_is(v.p[i], NJ_IS_DIGIT))
            return false;
    return nj_key_classify(f->s->r, v).rule != NJ_KEY_NONE;
}

bool nj_form_is_symbol(const struct nj_form *f, struct nj_str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (!nj_is(v.p[i], NJ_IS_LOWER) && v.p[i] != '_')
            return false;
    return v.n != 0 && nj_key_classify(f->s->r, v).rule != NJ_KEY_NONE;
}

bool nj_form_is_service(const struct nj_form *f, struct nj_span v)
{
    size_t from = f->key.from;
    struct nj_str rest = nj_str_slice(f->t, v.to, f->t.n);
    if (nj_str_starts(rest, NJ_STR(" {")) && memchr(f->t.p + from, '.', f->key.to - from) != NULL)
        return nj_form_is_prose(nj_part(f->t, v)); /* #password.form-control:focus { ... }: of a style sheet */
    return from > f->floor + 1 && f->t.p[from - 1] == '(' && nj_is(f->t.p[from - 2], NJ_IS_WORD) && nj_byte(f->t, v.to) == ')' &&
           nj_form_is_prose(nj_part(f->t, v));
}

bool nj_form_is_name_of_next(const struct nj_form *f, struct nj_span v)
{
    struct nj_str t = f->t;
    size_t equals = nj_skip_blanks(t, v.to);
    if (f->quote != 0 || f->t.p[f->sep] != ':' || equals == v.to || nj_byte(t, equals) != '=' || nj_byte(t, equals + 1) == '=')
        return false;
    struct nj_str name = nj_part(t, v);
    const char *colon = name.n != 0 ? memrchr(name.p, ':', name.n) : NULL;
    if (colon != NULL)
        name = nj_str_slice(name, (size_t)(colon - name.p) + 1, name.n);
    return nj_run(name, 0, NJ_IS_KEY) == name.n && nj_key_classify(f->s->r, name).rule != NJ_KEY_NONE;
}

static bool looks_like_digest(struct nj_str v)
{
    return v.n >= 32 && nj_run(v, 0, NJ_IS_HEX) == v.n;
}

/* Does another name stand near the one at hand, in quotes like that: a member of the same object, as far as can be seen? */
static bool is_beside(const struct nj_form *f, struct nj_str name)
{
    enum { AROUND = 160 };
    size_t from = f->key.from > f->floor + AROUND ? f->key.from - AROUND : f->floor;
    struct nj_str near = nj_str_slice(f->t, from, f->key.to + AROUND);
    if (f->key_quote == 0)
        return false;
    for (size_t at = 0; (at = nj_str_find(near, name, at)) != NJ_NPOS; at += name.n)
        if (at > 0 && near.p[at - 1] == f->key_quote && nj_byte(near, at + name.n) == f->key_quote &&
            nj_byte(near, nj_skip_blanks(near, at + name.n + 1)) == ':')
            return true;
    return false;
}

/* {'queryStringParameters': {'code': 'x1', 'state': 'y'}} */
static bool is_callback(const struct nj_form *f)
{
    enum { REACH = 160 };
    size_t from = f->key.from > f->floor + REACH ? f->key.from - REACH : f->floor;
    return is_beside(f, NJ_STR("state")) && nj_str_find(nj_str_slice(f->t, from, f->key.from), NJ_STR("uery"), 0) != NJ_NPOS;
}

/* "grant_type=" makes a code one of OAuth, and so does "state=" in the address that carries it. */
static bool is_granted(const struct nj_form *f)
{
    struct nj_sweep *s = f->s;
    if (!s->grant_read) {
        s->grant_read = true;
        s->grant = nj_str_find(s->text, NJ_STR("grant_type"), 0) != NJ_NPOS || nj_str_find(s->text, NJ_STR("rantType"), 0) != NJ_NPOS;
    }
    char before = f->key.from > 0 ? f->t.p[f->key.from - 1] : '\0';
    return s->grant || before == '?' || before == '&' || is_callback(f);
}

/* "0.25" */
static bool is_share(struct nj_str v)
{
    enum { LONGEST = 8 };
    size_t dot = nj_run(v, 0, NJ_IS_DIGIT);
    return v.n <= LONGEST && dot > 0 && dot + 1 < v.n && v.p[dot] == '.' && nj_run(v, dot + 1, NJ_IS_DIGIT) == v.n;
}

/* What rules ask that hold under a few names only. */
static NJ_RARE bool takes_particular(const struct nj_form *f, struct nj_str value, unsigned how)
{
    if (how & NJ_HOW_SUBTREE)
        return f->quote != 0 && nj_value_is_street(value);
    if ((how & NJ_HOW_GRANT) && (value.n < 6 || !is_granted(f)))
        return false;
    if ((how & NJ_HOW_TEXT) && nj_run(value, 0, NJ_IS_DIGIT) == value.n)
        return false;
    return (how & NJ_HOW_QUERY) == 0 || looks_like_digest(value) || (how & NJ_HOW_MIXED) != 0;
}

bool nj_form_takes(const struct nj_form *f, struct nj_span v)
{
    enum { PARTICULAR = NJ_HOW_SUBTREE | NJ_HOW_GRANT | NJ_HOW_TEXT | NJ_HOW_QUERY };
    unsigned how = nj_secret_keys[f->rule].how;
    struct nj_str value = nj_part(f->t, v);
    if (how & (NJ_HOW_QUERY | NJ_HOW_DETECTED | NJ_HOW_BESIDE)) {
        char before = f->key.from > 0 ? f->t.p[f->key.from - 1] : '\0';
        if ((how & NJ_HOW_QUERY) && (before == '&' || before == '?' || before == ';'))
            return true;
        if ((how & NJ_HOW_DETECTED) ||
            ((how & NJ_HOW_BESIDE) && !is_beside(f, nj_secret_keys[f->rule].phrase.p[0] == 'f' ? NJ_STR("given") : NJ_STR("family"))))
            return false;
    }
    if (!nj_key_takes_telling(f->rule, value))
        return nj_key_takes_beside(f->rule, nj_str_slice(f->t, f->floor, f->key.from), value);
    if ((how & PARTICULAR) && !takes_particular(f, value, how))
        return false;
    if (how & NJ_HOW_SUBTREE)
        return true;
    if (f->quote != 0 && nj_str_chr(nj_part(f->t, f->key), '.', 0) != NJ_NPOS && nj_value_is_label(f->s->r, f->rule, value))
        return false; /* of a text with a name of its own */
    bool digit = nj_is(value.p[0], NJ_IS_DIGIT) && nj_secret_keys[f->rule].class <= NJ_CLASS_CVV;
    if (digit && (is_share(value) || (value.n <= 2 && nj_run(value, 0, NJ_IS_DIGIT) == value.n)))
        return false; /* or a count, a flag, the number of a field */
    /* token=RBRACE, of a parser */
    return (how & NJ_HOW_TOKEN) == 0 || !((f->gap_after && value.n < 4) || (value.n <= 12 && nj_form_is_metavariable(value)));
}

/* The name before a separator, read backwards: what may stand between the two, the words before it that belong to it, and the words behind it
 * that do not. */
#include "forms.h"

enum { PHRASE_WORDS = 3 };

/* "userPassword:: aHVudGVy": LDIF puts base64 behind two colons; at the second, of a line that begins with its name. */
static bool is_ldif(const struct nj_form *f)
{
    size_t name = f->sep - 1, from = nj_form_run_back(f, name);
    return from < name && (from == 0 || f->t.p[from - 1] == '\n' || f->t.p[from - 1] == '\t');
}

bool nj_form_is_operator(const struct nj_form *f)
{
    char c = f->t.p[f->sep], before = f->sep > f->floor ? f->t.p[f->sep - 1] : '\0', after = nj_byte(f->t, f->sep + 1);
    if (c == ':' && before == ':' && after == ' ')
        return !is_ldif(f);
    if (after == c || before == c || (c == ':' && after == '='))
        return true;
    return c == '=' && before != '\0' && !nj_is(before, NJ_IS_WORD | NJ_IS_SPACE) && strchr("!<>~+*/%^|&", before) != NULL;
}

size_t nj_run_back_far(struct nj_str t, size_t floor, size_t at)
{
    size_t limit = at - floor > NJ_FORM_KEY ? at - NJ_FORM_KEY : floor;
    while (at > limit && nj_is(t.p[at - 1], NJ_IS_KEY))
        at--;
    return at;
}

size_t nj_form_run_back(const struct nj_form *f, size_t at)
{
    return nj_run_back(f->t, f->floor, at);
}

/* Quotes and brackets behind a name, as they are written in URLs and markup. */
static const struct nj_str name_closers[] = {
    NJ_STR_INIT("%5D"),
    NJ_STR_INIT("%5d"),
    NJ_STR_INIT("%22"),
    NJ_STR_INIT("%27"),
};

/* Start of the run of name bytes and letters of any script that ends before byte at. */
static size_t run_back_any(const struct nj_form *f, size_t at)
{
    size_t limit = at - f->floor > NJ_FORM_KEY ? at - NJ_FORM_KEY : f->floor;
    while (at > limit && (nj_is(f->t.p[at - 1], NJ_IS_KEY) || nj_is_high(f->t.p[at - 1])))
        at--;
    return at;
}

/* "secretKey(base64): x", "token (hex)=x": how the value is written stands behind its name.  Where the name ends. */
static size_t skip_notation(const struct nj_form *f, size_t at)
{
    static const struct nj_str notations[] = {
        NJ_STR_INIT("(base64)"), NJ_STR_INIT("(base64url)"), NJ_STR_INIT("(b64)"),     NJ_STR_INIT("(hex)"),        NJ_STR_INIT("(raw)"),
        NJ_STR_INIT("(plain)"),  NJ_STR_INIT("(plaintext)"), NJ_STR_INIT("(encoded)"), NJ_STR_INIT("(urlencoded)"),
    };
    for (size_t i = 0; f->t.p[at - 1] == ')' && i < NJ_COUNT(notations); i++) {
        if (!nj_form_ends_with(f, at, notations[i]))
            continue;
        at -= notations[i].n;
        return at > f->floor && f->t.p[at - 1] == ' ' ? at - 1 : at;
    }
    return at;
}

/* [password:protected] => x, ["password":"Client":private]=> x: PHP says who may see a member, between the name and its bracket.
 * Where the name ends; or at, which is behind the bracket. */
static size_t skip_visibility(const struct nj_form *f, size_t at)
{
    enum { LONGEST = 64 };
    size_t to = at - 1, limit = to - f->floor > LONGEST ? to - LONGEST : f->floor;
    if (nj_form_ends_with(f, to, NJ_STR(":protected")))
        return to - NJ_STR(":protected").n;
    if (!nj_form_ends_with(f, to, NJ_STR(":private")))
        return at;
    to -= NJ_STR(":private").n;
    for (size_t class = to; class > limit && f->t.p[class - 1] != '[' && f->t.p[class - 1] != ' '; class --)
        if (f->t.p[class - 1] == ':')
            return class - 1;
    return to;
}

bool nj_form_find_key(struct nj_form *f)
{
    size_t at = f->sep;
    if (f->t.p[at] == '=' && at > f->floor && f->t.p[at - 1] == ':')
        at--; /* := */
    if (f->t.p[at] == ':' && at > f->floor && f->t.p[at - 1] == ':')
        at--; /* :: */
    while (at > f->floor && f->sep - at < NJ_FORM_GAP && nj_is_blank(f->t.p[at - 1])) {
        at--;
        f->gap_before = true;
    }
    if (at > f->floor)
        at = skip_notation(f, at);
    for (int stars = 0; stars < 2 && at > f->floor && f->t.p[at - 1] == '*'; stars++)
        at--;                                     /* **password**: x */
    if (at > f->floor && f->t.p[at - 1] == ']') { /* user[password]=, params["token"]= */
        size_t name = skip_visibility(f, at);
        at = name < at ? name : at - 1;
    }
    bool escaped = at - f->floor >= 3 && f->t.p[at - 3] == '%', closed = false;
    for (size_t i = 0; escaped && i < NJ_COUNT(name_closers); i++)
        if (nj_form_ends_with(f, at, name_closers[i])) {
            at -= name_closers[i].n;
            closed = true;
        }
    if (at > f->floor && nj_is_quote(f->t.p[at - 1])) {
        f->key_quote = f->t.p[--at];
        for (size_t n = 0; n < NJ_FORM_SLASHES && at > f->floor && f->t.p[at - 1] == '\\'; n++)
            at--;
    }
    f->key = (struct nj_span){ nj_form_run_back(f, at), at };
    if (f->key.from > f->floor && nj_is_high(f->t.p[f->key.from - 1]))
        f->key.from = run_back_any(f, at); /* "contrase\xc3\xb1a" */
    if (closed && f->key.from > f->floor && f->t.p[f->key.from - 1] == '%' && f->key.to - f->key.from > 2)
        f->key.from += 2; /* card%5Bcvc%5D= */
    while (f->key.from < f->key.to && !nj_is(f->t.p[f->key.from], NJ_IS_WORD) && !nj_is_high(f->t.p[f->key.from]))
        f->key.from++; /* "--password", "$token" */
    return f->key.to > f->key.from;
}

struct nj_key nj_form_longer_name(struct nj_form *f, struct nj_key key)
{
    struct nj_redactor *r = f->s->r;
    struct nj_span longer = f->key;
    for (int words = 1; words < PHRASE_WORDS && longer.from > f->floor + 1 && f->t.p[longer.from - 1] == ' '; words++) {
        size_t from = nj_form_run_back(f, longer.from - 1);
        if (from == longer.from - 1)
            break;
        longer.from = from;
        struct nj_key more = nj_key_classify(r, nj_part(f->t, longer));
        if (more.rule == key.rule || (more.rule != NJ_KEY_NONE && (nj_secret_keys[more.rule].how & NJ_HOW_RANDOM)))
            continue; /* "found key: x" has no name of two words */
        f->key = longer;
        return more;
    }
    return key;
}

struct nj_key nj_form_classify(struct nj_form *f)
{
    return nj_form_with_words_before(f, nj_key_classify(f->s->r, nj_part(f->t, f->key)));
}

/* "password for joe", "PIN of card 12": where the name before "for" or "of" ends, or to. */
static size_t skip_owner(const struct nj_form *f, size_t to)
{
    enum { WORDS = 3 };
    size_t at = to;
    for (int words = 0; words <= WORDS && at > f->floor; words++) {
        size_t end = at;
        while (at > f->floor && end - at < NJ_FORM_KEY && !nj_is(f->t.p[at - 1], NJ_IS_SPACE))
            at--;
        struct nj_str word = nj_str_slice(f->t, at, end);
        if (at <= f->floor || f->t.p[at - 1] != ' ' || word.n == 0)
            return to;
        at--;
        if (words > 0 && (nj_str_eq(word, NJ_STR("for")) || nj_str_eq(word, NJ_STR("of"))))
            return at;
    }
    return to;
}

/* Who it is that enters something. */
static bool is_pronoun(struct nj_str word)
{
    static const struct nj_str words[] = { NJ_STR_INIT("you"),      NJ_STR_INIT("i"),     NJ_STR_INIT("he"), NJ_STR_INIT("she"),
                                           NJ_STR_INIT("they"),     NJ_STR_INIT("we"),    NJ_STR_INIT("it"), NJ_STR_INIT("user"),
                                           NJ_STR_INIT("customer"), NJ_STR_INIT("client") };
    return nj_str_is_any_nocase(word, words, NJ_COUNT(words));
}

/* What was done to it, before "to". */
static bool is_setting(struct nj_str word)
{
    static const struct nj_str words[] = { NJ_STR_INIT("set"), NJ_STR_INIT("reset"), NJ_STR_INIT("changed"), NJ_STR_INIT("updated") };
    return nj_str_is_any_nocase(word, words, NJ_COUNT(words));
}

void nj_form_skip_verb(struct nj_form *f)
{
    static const struct nj_str verbs[] = { NJ_LINK_VERBS(NJ_STR_INIT), NJ_SPOKEN_VERBS(NJ_STR_INIT) };
    enum { LONGEST = 8, SPOKEN = NJ_COUNT(verbs) - NJ_COUNT(((struct nj_str[]){ NJ_SPOKEN_VERBS(NJ_STR_INIT) })) };
    struct nj_str key = nj_part(f->t, f->key);
    size_t to = f->key.from;
    if (key.n > LONGEST || to <= f->floor || f->t.p[to - 1] != ' ')
        return;
    for (size_t i = 0; i < NJ_COUNT(verbs); i++) {
        if (!nj_str_eq_nocase(key, verbs[i]))
            continue;
        to = skip_owner(f, to - 1);
        size_t from = nj_form_run_back(f, to);
        bool spoken = i >= SPOKEN && from > f->floor + 1 && f->t.p[from - 1] == ' ';
        if (spoken && is_pronoun(nj_str_slice(f->t, from, to))) { /* "password you entered:" */
            to = from - 1;
            from = nj_form_run_back(f, to);
        }
        if (from > f->floor + 1 && f->t.p[from - 1] == ' ' && is_setting(nj_str_slice(f->t, from, to))) { /* "password set to:" */
            to = from - 1;
            from = nj_form_run_back(f, to);
        }
        if (from < to)
            f->key = (struct nj_span){ from, to };
        return;
    }
}

int nj_form_pending(struct nj_sweep *s, size_t sep)
{
    struct nj_form f = { .s = s, .t = s->text, .floor = s->done, .sep = sep };
    if (nj_form_is_operator(&f) || !nj_form_find_key(&f))
        return NJ_KEY_NONE;
    nj_form_skip_verb(&f);
    return nj_rule_but(nj_form_classify(&f).rule, NJ_HOW_ASIDE | NJ_HOW_DETECTED);
}

void nj_form_skip_count(struct nj_form *f)
{
    struct nj_str number = nj_part(f->t, f->key);
    if (f->t.p[f->sep] != ':' || f->key_quote != 0 || number.n > 2 || nj_run(number, 0, NJ_IS_DIGIT) != number.n ||
        f->key.from < f->floor + 4 || f->t.p[f->key.from - 1] != ' ')
        return;
    struct nj_form g = *f;
    g.key = (struct nj_span){ nj_form_run_back(f, f->key.from - 1), f->key.from - 1 };
    size_t value = nj_skip_blanks(f->t, f->sep + 1), member = nj_run(nj_str_slice(f->t, 0, value + NJ_FORM_KEY), value, NJ_IS_KEY);
    if (nj_byte(f->t, member) == '=' && (nj_is(nj_byte(f->t, member + 1), NJ_IS_WORD) || nj_placeholder_len(f->t, member + 1) != 0))
        return; /* "code 1: OTP=482913" has a name of its own */
    int rule = g.key.to - g.key.from < 3 ? NJ_KEY_NONE : nj_form_classify(&g).rule;
    if (rule != NJ_KEY_NONE && nj_secret_keys[rule].class != NJ_CLASS_CVV)
        f->key = g.key;
}

/* Cuts a line into words and punctuation, and recognises what varies. */
#include "template.h"

#include "nightjar/hex.h"

#define CLASS(name) NJ_STR("<" name ">")

enum { QUOTED_MAX = 16, HEX_MIN = 6, ID_MIN = 10, PLACEHOLDER_MAX = 80 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes above 127 are letters: what matters is that they stay together. */
static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static char at(struct nj_str s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

static size_t digits(struct nj_str s, size_t i)
{
    size_t n = 0;
    while (is_digit(at(s, i + n)))
        n++;
    return n;
}

/* A pattern of '9' (a digit), 'f' (a hex digit) and literal characters at i: its length, or 0. */
static size_t fits(struct nj_str s, size_t i, const char *pattern)
{
    size_t n = 0;
    for (; pattern[n] != '\0'; n++) {
        char c = at(s, i + n);
        if (pattern[n] == '9' ? !is_digit(c) : pattern[n] == 'f' ? !nj_is_hex(c) : c != pattern[n])
            return 0;
    }
    return n;
}

static size_t clock_time(struct nj_str s, size_t i)
{
    size_t n = fits(s, i, "99:99:99"), zone = 0;
    if (n == 0)
        return 0;
    if ((at(s, i + n) == '.' || at(s, i + n) == ',') && is_digit(at(s, i + n + 1)))
        n += 1 + digits(s, i + n + 1);
    if (at(s, i + n) == 'Z')
        return n + 1;
    if (at(s, i + n) == '+' || at(s, i + n) == '-')
        zone = (zone = fits(s, i + n + 1, "99:99")) != 0 ? zone : fits(s, i + n + 1, "9999");
    return zone != 0 ? n + 1 + zone : n;
}

static size_t timestamp(struct nj_str s, size_t i)
{
    size_t n = fits(s, i, "9999-99-99");
    if (n == 0)
        n = fits(s, i, "9999/99/99");
    if (n == 0)
        return clock_time(s, i);
    char between = at(s, i + n);
    size_t clock = between == 'T' || between == ' ' ? clock_time(s, i + n + 1) : 0;
    return clock != 0 ? n + 1 + clock : is_digit(between) ? 0 : n;
}

static size_t ipv4(struct nj_str s, size_t i)
{
    size_t n = 0;
    for (int part = 0; part < 4; part++) {
        size_t d = digits(s, i + n);
        if (d == 0 || d > 3)
            return 0;
        n += d;
        if (part < 3 && at(s, i + n++) != '.')
            return 0;
    }
    return at(s, i + n) == '.' && is_digit(at(s, i + n + 1)) ? 0 : n;
}

/* Groups of up to four hex digits: eight, or fewer around one "::".  With a digit: a::b is a name. */
static size_t ipv6(struct nj_str s, size_t i)
{
    size_t n = 0, groups = 0, gaps = 0, numerals = 0;
    for (;;) {
        size_t h = 0;
        for (; h < 5 && nj_is_hex(at(s, i + n + h)); h++)
            numerals += is_digit(at(s, i + n + h));
        if (h > 4)
            return 0;
        groups += h != 0;
        n += h;
        if (at(s, i + n) != ':')
            break;
        if (at(s, i + n + 1) == ':') {
            gaps++;
            n++;
        }
        n++;
    }
    bool whole = (groups == 8 && gaps == 0) || (gaps == 1 && groups >= 2 && groups < 8);
    return whole && numerals != 0 ? n : 0;
}

static size_t uuid(struct nj_str s, size_t i)
{
    size_t n = fits(s, i, "ffffffff-ffff-ffff-ffff-ffffffffffff");
    return n != 0 && !nj_is_hex(at(s, i + n)) ? n : 0;
}

/* [word], [word-1234] or [word:...] as redaction leaves it: the length, and how much of it is the word. */
static size_t placeholder(struct nj_str s, size_t i, size_t *word)
{
    size_t n = 1;
    while ((at(s, i + n) >= 'a' && at(s, i + n) <= 'z') || at(s, i + n) == '_' || at(s, i + n) == '.')
        n++;
    *word = n;
    if (n == 1)
        return 0;
    if (at(s, i + n) == '-' || at(s, i + n) == ':')
        while (n < PLACEHOLDER_MAX && at(s, i + n) != ']' && at(s, i + n) > ' ')
            n++;
    return at(s, i + n) == ']' ? n + 1 : 0;
}

static size_t quoted(struct nj_str s, size_t i)
{
    char quote = s.p[i];
    size_t n = 1;
    while (i + n < s.n && s.p[i + n] != quote && s.p[i + n] != '\n')
        n += s.p[i + n] == '\\' && i + n + 1 < s.n ? 2 : 1;
    return at(s, i + n) == quote && n - 1 > QUOTED_MAX ? n + 1 : 0;
}

/* Between slashes: letters, digits and what paths are made of, with a digit in it. */
static size_t path_segment(struct nj_str s, size_t i)
{
    size_t n = 0, seen = 0;
    for (; i + n < s.n; n++) {
        char c = s.p[i + n];
        if (!is_letter(c) && !is_digit(c) && strchr("-.~%@+", c) == NULL)
            break;
        seen += is_digit(c);
    }
    return seen != 0 ? n : 0;
}

struct run {
    size_t n, digits, turns; /* turns: a letter after a digit */
    bool hex;
};

static struct run alphanumeric(struct nj_str s, size_t i)
{
    struct run r = { .hex = true };
    for (; i + r.n < s.n && (is_letter(s.p[i + r.n]) || is_digit(s.p[i + r.n])); r.n++) {
        r.digits += is_digit(s.p[i + r.n]);
        r.turns += r.n != 0 && is_letter(s.p[i + r.n]) && is_digit(s.p[i + r.n - 1]);
        r.hex = r.hex && nj_is_hex(s.p[i + r.n]);
    }
    return r;
}

static struct nj_token variable(struct nj_str class)
{
    return (struct nj_token){ .text = class, .varies = true };
}

/* What begins at i and varies by nature; 0 = nothing. */
static size_t special(struct nj_str s, size_t i, struct nj_token *t)
{
    static const struct {
        size_t (*length)(struct nj_str, size_t);
        struct nj_str class;
    } kinds[] = {
        { uuid, NJ_STR_INIT("<uuid>") }, { timestamp, NJ_STR_INIT("<time>") }, { ipv4, NJ_STR_INIT("<ip>") }, { ipv6, NJ_STR_INIT("<ip>") }
    };
    char c = s.p[i];
    size_t n = 0, word = 0;
    if (c == '[' && (n = placeholder(s, i, &word)) != 0) {
        *t = (struct nj_token){ .text = nj_str_slice(s, i, i + word), .word = true };
        return n;
    }
    if ((c == '"' || c == '\'' || c == '`') && (n = quoted(s, i)) != 0) {
        *t = variable(CLASS("str"));
        return n;
    }
    if (i != 0 && s.p[i - 1] == '/' && (n = path_segment(s, i)) != 0) {
        *t = variable(CLASS("path"));
        return n;
    }
    for (size_t k = 0; k < NJ_COUNT(kinds) && (nj_is_hex(c) || c == ':'); k++) {
        if ((n = kinds[k].length(s, i)) == 0)
            continue;
        *t = variable(kinds[k].class);
        return n;
    }
    return 0;
}

static size_t number(struct nj_str s, size_t i)
{
    size_t n = digits(s, i);
    while ((at(s, i + n) == '.' || at(s, i + n) == ',') && is_digit(at(s, i + n + 1)))
        n += 1 + digits(s, i + n + 1);
    return n;
}

static size_t word_or_number(struct nj_str s, size_t i, struct nj_token *t)
{
    struct run r = alphanumeric(s, i);
    size_t n = 0;
    if (r.n > 2 && s.p[i] == '0' && s.p[i + 1] == 'x') {
        *t = variable(CLASS("hex"));
        return r.n;
    }
    if (r.digits != 0 && r.digits != r.n && r.hex && r.n >= HEX_MIN) {
        *t = variable(CLASS("hex"));
        return r.n;
    }
    if (r.turns != 0 && r.n >= ID_MIN) {
        *t = variable(CLASS("id"));
        return r.n;
    }
    if (is_digit(s.p[i])) {
        *t = variable(CLASS("num"));
        return number(s, i);
    }
    while (n < r.n && !is_digit(s.p[i + n]))
        n++;
    *t = (struct nj_token){ .text = nj_str_slice(s, i, i + n), .word = true };
    return n;
}

void nj_tokens_of(struct nj_tokens *out, struct nj_str line)
{
    bool space = false, fresh = true; /* fresh: not in the middle of letters and digits */
    out->n = 0;
    for (size_t i = 0; i < line.n && out->n < NJ_TOKENS;) {
        char c = line.p[i];
        if (is_space(c)) {
            space = true;
            fresh = true;
            i++;
            continue;
        }
        struct nj_token *t = &out->t[out->n];
        size_t n = fresh ? special(line, i, t) : 0;
        if (n == 0 && (is_letter(c) || is_digit(c))) {
            n = word_or_number(line, i, t);
            fresh = false;
        } else if (n == 0) {
            *t = (struct nj_token){ .text = nj_str_slice(line, i, i + 1) };
            n = 1;
            fresh = true;
        } else {
            fresh = false;
        }
        t->space = space;
        space = false;
        i += n;
        out->n++;
    }
}

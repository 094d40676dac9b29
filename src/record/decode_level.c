/* The level that a line of text says it has, as the loggers of the Lambda runtimes write it. */
#include "decode_internal.h"

/* A level stands among the first columns: time, request id, thread, level.
 *
 *   [ERROR]\t2026-11-23T07:15:01.043Z\t6f0c...\t...      Python           2026-11-23T07:15:01.043Z\t6f0c...\tERROR\t...   Node.js
 *   2026-11-23 07:15:01 6f0c... WARN  Billing - ...      log4j            W, [2026-11-23T07:15:01 #8]  WARN -- : ...      Ruby
 *   time=2026-11-23T07:15:01Z level=warn msg=...         logfmt           ERROR: ...   WARNING:root:...                   prefixes
 */
enum { COLUMNS = 100 };

struct token {
    struct nj_str text;
    char before, after; /* the separators, or '\0' at the edges of the line */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of a colour sequence (ESC [ 3 1 m) at s.p[at], or 0. */
static size_t colour_len(struct nj_str s, size_t at)
{
    if (s.n - at < 3 || s.p[at] != '\x1b' || s.p[at + 1] != '[')
        return 0;
    for (size_t i = at + 2; i < s.n; i++) {
        if (is_letter(s.p[i]))
            return i + 1 - at;
        if (!is_digit(s.p[i]) && s.p[i] != ';')
            return 0;
    }
    return 0;
}

/* Colours count as blanks. */
static size_t skip_blanks(struct nj_str line, size_t at, char *last)
{
    while (at < line.n) {
        size_t n = colour_len(line, at);
        if (n == 0 && !is_blank(line.p[at]))
            break;
        *last = n != 0 ? ' ' : line.p[at];
        at += n != 0 ? n : 1;
    }
    return at;
}

static bool next_token(struct nj_str line, size_t *at, struct token *t)
{
    t->before = '\0';
    size_t from = skip_blanks(line, *at, &t->before);
    if (from >= line.n || from >= COLUMNS)
        return false;
    size_t to = from;
    while (to < line.n && !is_blank(line.p[to]) && line.p[to] != '\x1b' && to - from < COLUMNS)
        to++;
    if (to == from)
        return false;
    t->text = nj_str_slice(line, from, to);
    t->after = to < line.n ? line.p[to] : '\0';
    *at = to;
    return true;
}

/* The letters at the beginning of s. */
static struct nj_str word_of(struct nj_str s)
{
    size_t n = 0;
    while (n < s.n && is_letter(s.p[n]))
        n++;
    return nj_str_slice(s, 0, n);
}

static bool is_upper(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] < 'A' || s.p[i] > 'Z')
            return false;
    return true;
}

/* [WARN]  <warn>  (warn)  |WARN| */
static bool enclosed(struct nj_str s, enum nj_severity *out)
{
    static const struct nj_str left = NJ_STR_INIT("[<(|"), right = NJ_STR_INIT("]>)|");
    size_t kind = s.n != 0 ? nj_str_chr(left, s.p[0], 0) : NJ_NPOS;
    if (kind == NJ_NPOS)
        return false;
    struct nj_str word = word_of(nj_str_slice(s, 1, s.n));
    return word.n + 1 < s.n && s.p[word.n + 1] == right.p[kind] && nj_severity_parse(word, out);
}

/* level=warn  lvl="warn" */
static bool assigned(struct nj_str s, enum nj_severity *out)
{
    static const struct nj_str keys[] = { NJ_STR_INIT("level"), NJ_STR_INIT("lvl"), NJ_STR_INIT("severity"), NJ_STR_INIT("loglevel") };
    struct nj_str key = { NULL, 0 };
    if (!nj_str_cut(&s, '=', &key) || s.p == NULL)
        return false;
    if (s.n != 0 && s.p[0] == '"')
        s = nj_str_slice(s, 1, s.n);
    for (size_t i = 0; i < NJ_COUNT(keys); i++)
        if (nj_str_eq_nocase(key, keys[i]))
            return nj_severity_parse(word_of(s), out);
    return false;
}

/* Times, request ids, thread names in brackets and Ruby's single letter come before a level; ordinary words do not. */
static bool is_heading(struct nj_str s)
{
    if (s.n <= 2 || s.p[0] == '[')
        return true;
    for (size_t i = 0; i < s.n; i++)
        if (is_digit(s.p[i]))
            return true;
    return false;
}

static bool level_in(const struct token *t, bool heading, bool first, enum nj_severity *out)
{
    if (enclosed(t->text, out) || assigned(t->text, out))
        return true;
    struct nj_str word = word_of(t->text);
    bool whole = word.n == t->text.n, colon = !whole && t->text.p[word.n] == ':';
    if (!heading || (!whole && !colon) || !nj_severity_parse(word, out))
        return false;
    bool column = whole && t->after == '\t' && (first || t->before == '\t');
    return column || is_upper(word) || (first && colon);
}

bool nj_decode_text_level(struct nj_str line, enum nj_severity *out)
{
    struct token t;
    enum nj_severity found = NJ_SEV_INFO;
    bool heading = true, first = true;
    for (size_t at = 0; next_token(line, &at, &t); first = false) {
        if (level_in(&t, heading, first, &found)) {
            *out = found;
            return true;
        }
        heading = heading && is_heading(t.text);
    }
    return false;
}

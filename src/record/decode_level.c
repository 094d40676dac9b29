/* The level that a line of text says it has, as the loggers of the Lambda runtimes write it. */
#include "decode_internal.h"

/* A level stands among the first columns: time, request id, thread, level.
 *
 *   [ERROR]\t2026-11-23T07:15:01.043Z\t6f0c...\t...      Python           2026-11-23T07:15:01.043Z\t6f0c...\tERROR\t...   Node.js
 *   2026-11-23 07:15:01 6f0c... WARN  Billing - ...      log4j            W, [2026-11-23T07:15:01 #8]  WARN -- : ...      Ruby
 *   time=2026-11-23T07:15:01Z level=warn msg=...         logfmt           ERROR: ...   WARNING:root:...                   prefixes
 */
enum { COLUMNS = 100 };

enum { BLANK = 1, ESCAPE = 2, DIGIT = 4, LETTER = 8, EQUALS = 16 };

static const uint8_t classes[256] = {
    [' '] = BLANK, ['\t'] = BLANK, [0x1b] = ESCAPE, ['0' ... '9'] = DIGIT, ['A' ... 'Z'] = LETTER, ['a' ... 'z'] = LETTER, ['='] = EQUALS,
};

struct token {
    struct nj_str text;
    char before, after; /* the separators, or '\0' at the edges of the line */
    uint8_t seen;       /* classes of its bytes */
};

static uint8_t class_of(char c)
{
    return classes[(unsigned char)c];
}

/* Length of a colour sequence (ESC [ 3 1 m) at s.p[at], or 0. */
static size_t colour_len(struct nj_str s, size_t at)
{
    if (s.n - at < 3 || s.p[at + 1] != '[')
        return 0;
    for (size_t i = at + 2; i < s.n; i++) {
        if (class_of(s.p[i]) == LETTER)
            return i + 1 - at;
        if (class_of(s.p[i]) != DIGIT && s.p[i] != ';')
            return 0;
    }
    return 0;
}

/* Colours count as blanks. */
static size_t skip_blanks(struct nj_str line, size_t at, char *last)
{
    while (at < line.n) {
        uint8_t class = class_of(line.p[at]);
        size_t n = class == BLANK ? 1 : class == ESCAPE ? colour_len(line, at) : 0;
        if (n == 0)
            break;
        *last = class == BLANK ? line.p[at] : ' ';
        at += n;
    }
    return at;
}

/* To the next byte below 0x21, eight at a time. */
static size_t skip_visible(struct nj_str line, size_t at, size_t end)
{
    const uint64_t low = 0x2121212121212121u, high = 0x8080808080808080u;
    for (uint64_t x; end - at >= sizeof(x); at += sizeof(x)) {
        memcpy(&x, line.p + at, sizeof(x));
        if (((x - low) & ~x & high) != 0)
            break;
    }
    while (at < end && (unsigned char)line.p[at] > ' ')
        at++;
    return at;
}

static bool next_token(struct nj_str line, size_t *at, struct token *t)
{
    t->before = '\0';
    size_t from = skip_blanks(line, *at, &t->before);
    if (from >= line.n || from >= COLUMNS)
        return false;
    size_t to = from, end = line.n - from < COLUMNS ? line.n : from + COLUMNS;
    uint8_t seen = class_of(line.p[from]), class;
    if (seen == DIGIT) /* a time or an id: nothing else in it matters */
        to = skip_visible(line, to, end);
    for (; to < end && ((class = class_of(line.p[to])) & (BLANK | ESCAPE)) == 0; to++)
        seen |= class;
    if (to == from)
        return false;
    t->text = nj_str_slice(line, from, to);
    t->after = to < line.n ? line.p[to] : '\0';
    t->seen = seen;
    *at = to;
    return true;
}

/* The letters at the beginning of s. */
static struct nj_str word_of(struct nj_str s)
{
    size_t n = 0;
    while (n < s.n && class_of(s.p[n]) == LETTER)
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
    static const char closing[256] = { ['['] = ']', ['<'] = '>', ['('] = ')', ['|'] = '|' };
    char close = closing[(unsigned char)s.p[0]];
    if (close == '\0')
        return false;
    struct nj_str word = word_of(nj_str_slice(s, 1, s.n));
    return word.n + 1 < s.n && s.p[word.n + 1] == close && nj_severity_parse(word, out);
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
    return nj_str_is_any_nocase(key, keys, NJ_COUNT(keys)) && nj_severity_parse(word_of(s), out);
}

/* Times, request ids, thread names in brackets and Ruby's single letter come before a level; ordinary words do not. */
static bool is_heading(const struct token *t)
{
    return t->text.n <= 2 || t->text.p[0] == '[' || (t->seen & DIGIT) != 0;
}

static bool level_in(const struct token *t, bool heading, bool first, enum nj_severity *out)
{
    if (enclosed(t->text, out) || ((t->seen & EQUALS) != 0 && assigned(t->text, out)))
        return true;
    if (!heading || class_of(t->text.p[0]) != LETTER)
        return false;
    struct nj_str word = word_of(t->text);
    bool whole = word.n == t->text.n, colon = !whole && t->text.p[word.n] == ':';
    bool column = whole && t->after == '\t' && (first || t->before == '\t');
    bool placed = column || (first && colon) || ((whole || colon) && is_upper(word));
    return placed && nj_severity_parse(word, out);
}

/* Behind the heading only brackets and assignments count: is there any where a token may be? */
static bool may_follow(struct nj_str line, size_t at)
{
    static const char marks[] = { '=', '[', '<', '(', '|' };
    struct nj_str rest = nj_str_slice(line, at, (size_t)2 * COLUMNS); /* a token that begins in the columns may end behind them */
    for (size_t i = 0; i < NJ_COUNT(marks); i++)
        if (nj_str_chr(rest, marks[i], 0) != NJ_NPOS)
            return true;
    return false;
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
        if (heading && !is_heading(&t)) {
            heading = false;
            if (!may_follow(line, at))
                return false;
        }
    }
    return false;
}

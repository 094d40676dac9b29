/* Shortens what was cut off somewhere to what is whole, so that redaction never meets half a secret it cannot know. */
#include "payload_internal.h"

/* --- JSON --------------------------------------------------------------------------------------------------------- */

struct level {
    bool object, fresh;
    bool named;      /* has a member that may name the value of another: {"name": "password", "value": ...} */
    bool in_body;    /* the member at hand is called body */
    size_t value_at; /* where the text may end so that such a value is not in it; NJ_NPOS = there is none */
    unsigned after;  /* members behind that value */
};

struct cutter {
    struct nj_str t;
    size_t at;
    size_t safe;  /* everything before is whole, but for open brackets */
    size_t whole; /* in a string: behind the last whole character or escape */
    size_t half;  /* the quote of the string that may be shortened, or NJ_NPOS */
    size_t depth;
    struct level levels[NJ_JSON_DEPTH];
};

enum step { GO, ENDED, BROKEN };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool skip_space(struct cutter *c)
{
    while (c->at < c->t.n && is_space(c->t.p[c->at]))
        c->at++;
    return c->at < c->t.n;
}

/* The escape at the backslash: its length, 0 when the text ends in it, NJ_NPOS when there is no such escape. */
static size_t escape_length(struct nj_str t, size_t at)
{
    if (at + 1 == t.n)
        return 0;
    if (t.p[at + 1] != 'u')
        return memchr("\"\\/bfnrt", t.p[at + 1], 8) != NULL ? 2 : NJ_NPOS;
    for (size_t i = at + 2; i < at + 6; i++) {
        if (i == t.n)
            return 0;
        char low = (char)(t.p[i] | 0x20);
        if (!((t.p[i] >= '0' && t.p[i] <= '9') || (low >= 'a' && low <= 'f')))
            return NJ_NPOS;
    }
    return 6;
}

static enum step string(struct cutter *c)
{
    for (c->whole = ++c->at; c->at < c->t.n; c->whole = c->at) {
        char ch = c->t.p[c->at];
        size_t n = 1;
        if (ch == '"') {
            c->at++;
            return GO;
        }
        if ((unsigned char)ch < 0x20)
            return BROKEN;
        if (ch == '\\') {
            n = escape_length(c->t, c->at);
            if (n == 0 || n == NJ_NPOS)
                return n == 0 ? ENDED : BROKEN;
        }
        c->at += n;
    }
    return ENDED;
}

/* A number or a word; at the end of the text it may be half of one. */
static enum step bare(struct cutter *c)
{
    static const struct nj_str words[] = { NJ_STR_INIT("true"), NJ_STR_INIT("false"), NJ_STR_INIT("null") };
    struct nj_json v;
    size_t from = c->at;
    while (c->at < c->t.n && strchr(",]} \t\r\n", c->t.p[c->at]) == NULL)
        c->at++;
    struct nj_str token = nj_str_slice(c->t, from, c->at);
    if (c->at < c->t.n)
        return nj_json_parse(token, &v) == NJ_OK ? GO : BROKEN;
    for (size_t i = 0; i < NJ_COUNT(words); i++)
        if (nj_str_starts(words[i], token))
            return ENDED;
    for (size_t i = 0; i < token.n; i++)
        if (strchr("0123456789+-.eE", token.p[i]) == NULL || token.p[i] == '\0')
            return BROKEN;
    return token.p[0] == '-' || (token.p[0] >= '0' && token.p[0] <= '9') ? ENDED : BROKEN;
}

static enum step value(struct cutter *c)
{
    char first = c->t.p[c->at];
    size_t from = c->at;
    enum step s = GO;
    if (first == '{' || first == '[') {
        if (c->depth == NJ_JSON_DEPTH)
            return BROKEN;
        c->levels[c->depth++] = (struct level){ .object = first == '{', .fresh = true, .value_at = NJ_NPOS };
        c->at++;
    } else if (first == '"') {
        s = string(c);
        if (s == ENDED && (c->depth == 0 || (c->depth == 1 && c->levels[0].in_body)))
            c->half = from;
    } else {
        s = bare(c);
    }
    if (s == GO)
        c->safe = c->at;
    return s;
}

static bool ends_nocase(struct nj_str s, struct nj_str end)
{
    return s.n >= end.n && nj_str_eq_nocase(nj_str_slice(s, s.n - end.n, s.n), end);
}

/* Redaction judges a value by a name that stands beside it, even behind it.  Is this the key of such a name? */
static bool note_key(struct cutter *c, struct level *l, struct nj_str key)
{
    bool odd = memchr(key.p, '\\', key.n) != NULL;
    l->in_body = nj_json_key_is(key, NJ_STR("body"));
    if (odd || ends_nocase(key, NJ_STR("value")) || ends_nocase(key, NJ_STR("values"))) {
        l->value_at = c->safe;
        l->after = 0;
        return false;
    }
    l->after++;
    return ends_nocase(key, NJ_STR("name")) || ends_nocase(key, NJ_STR("key"));
}

static enum step member(struct cutter *c, struct level *l)
{
    size_t from = c->at + 1;
    if (c->t.p[c->at] != '"')
        return BROKEN;
    enum step s = string(c);
    if (s != GO)
        return s;
    struct nj_str key = nj_str_slice(c->t, from, c->at - 1);
    if (!skip_space(c))
        return ENDED;
    if (c->t.p[c->at++] != ':')
        return BROKEN;
    if (!skip_space(c))
        return ENDED;
    bool names = note_key(c, l, key);
    s = value(c);
    l->named = l->named || (names && s == GO); /* half a name is none */
    return s;
}

/* Inside a bracket, at what is no white space. */
static enum step inside(struct cutter *c)
{
    struct level *l = &c->levels[c->depth - 1];
    if (c->t.p[c->at] == (l->object ? '}' : ']')) {
        c->safe = ++c->at;
        c->depth--;
        return GO;
    }
    if (!l->fresh) {
        if (c->t.p[c->at++] != ',')
            return BROKEN;
        if (!skip_space(c))
            return ENDED;
    }
    l->fresh = false;
    return l->object ? member(c, l) : value(c);
}

/* A value that is in, and the name of which may stand behind the cut, has to go. */
static void drop_unnamed(struct cutter *c)
{
    enum { MEMBERS = 8 }; /* as far as the redactor looks for a name */
    for (size_t i = 0; i < c->depth; i++) {
        const struct level *l = &c->levels[i];
        bool last = i + 1 == c->depth || l->after == 0; /* otherwise a container stands between, where the redactor looks no further */
        if (l->named || l->value_at == NJ_NPOS || l->after > MEMBERS || !last)
            continue;
        c->safe = l->value_at;
        c->depth = i + 1;
        c->half = NJ_NPOS;
    }
}

bool nj_cut_json(struct nj_str prefix, struct nj_buf *out, bool *half)
{
    struct cutter c = { .t = prefix, .half = NJ_NPOS };
    enum step s = skip_space(&c) ? value(&c) : ENDED;
    while (s == GO && c.depth != 0)
        s = skip_space(&c) ? inside(&c) : ENDED;
    if (s == BROKEN || (s == GO && skip_space(&c)) || prefix.n == 0)
        return false;
    if (s == ENDED)
        drop_unnamed(&c);
    if (half != NULL)
        *half = c.half != NJ_NPOS;
    if (half != NULL && *half) {
        nj_buf_add(out, nj_str_slice(prefix, 0, c.whole));
        nj_buf_addc(out, '"');
    } else {
        nj_buf_add(out, nj_str_slice(prefix, 0, c.safe));
    }
    while (c.depth-- != 0)
        nj_buf_addc(out, c.levels[c.depth].object ? '}' : ']');
    return true;
}

/* --- text --------------------------------------------------------------------------------------------------------- */

/* Does s[0..at) end with what stands in no secret?  Punctuation of addresses, numbers, tokens and escapes is not that. */
static bool is_boundary(struct nj_str s, size_t at)
{
    unsigned char c = (unsigned char)s.p[at - 1];
    if (c < 0x80)
        return c != '\0' && strchr(" \t\r\n\v\f,;&>()[]{}\"'|`", c) != NULL;
    /* U+3000 to U+303F: the punctuation of scripts that have no spaces */
    return at >= 3 && c <= 0xbf && s.p[at - 3] == '\xe3' && s.p[at - 2] == '\x80';
}

static size_t word_start(struct nj_str s, size_t at)
{
    while (at != 0 && !is_boundary(s, at))
        at--;
    return at;
}

static bool has_digit(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            return true;
    return false;
}

static bool joins_groups(char c)
{
    return is_space(c) || c == '(' || c == ')';
}

/* Cards, accounts and telephones are written in groups: if the cut may be in one, all its groups go. */
static size_t before_groups(struct nj_str s, size_t at)
{
    enum { GROUP = 34, NUMBER = 64 };
    size_t floor = at > NUMBER ? at - NUMBER : 0;
    while (at > floor) {
        size_t to = at;
        while (to > floor && joins_groups(s.p[to - 1]))
            to--;
        size_t from = word_start(s, to);
        if (to - from > GROUP || !has_digit(nj_str_slice(s, from, to)))
            break;
        at = from;
    }
    return at;
}

/* scheme://user:pass,word@ : what stands before the host may hold any character. */
static size_t before_authority(struct nj_str s, size_t at)
{
    enum { LONGEST = 512 };
    size_t floor = at > LONGEST ? at - LONGEST : 0;
    for (size_t i = at; i > floor + 2; i--) {
        char c = s.p[i - 1];
        if (is_space(c) || c == '@' || c == '?' || c == '#')
            break;
        if (c == '/' && s.p[i - 2] == '/' && s.p[i - 3] == ':')
            return word_start(s, i - 3);
        if (c == '/' && s.p[i - 2] != '/')
            break;
    }
    return at;
}

struct nj_str nj_cut_text(struct nj_str prefix)
{
    enum { SHORT = 5 };
    size_t at = word_start(prefix, prefix.n);
    struct nj_str tail = nj_str_slice(prefix, at, prefix.n);
    if (tail.n < SHORT || has_digit(tail))
        at = before_groups(prefix, at);
    return nj_str_slice(prefix, 0, before_authority(prefix, at));
}

/* Shortens redacted JSON to what may leave of it: whole values, whole words, whole placeholders. */
#include "redact_internal.h"

enum { WORD_MAX = 512, PLACEHOLDER_MAX = 64 };

struct shortener {
    char *p;
    size_t n, most;
    size_t at;
    size_t safe; /* everything before is whole, but for open brackets, and fits with those closed */
    size_t depth;
    bool name_next; /* a string here is the name of a member */
    bool in_body;   /* the member at hand is called body */
    char closers[NJ_JSON_DEPTH];
};

/* --- strings ------------------------------------------------------------------------------------------------------ */

/* Bytes that are one character of a JSON string: an escape, both halves of a pair of them, a run of UTF-8. */
static size_t character(const char *p, size_t left)
{
    static const size_t pair = 12;
    size_t n = 1;
    if (p[0] == '\\' && left > 1) {
        n = p[1] == 'u' ? 6 : 2;
        bool high =
            n == 6 && left >= pair && (p[2] | 0x20) == 'd' && ((p[3] | 0x20) == 'a' || (p[3] | 0x20) == 'b' || p[3] == '8' || p[3] == '9');
        return high && p[6] == '\\' && p[7] == 'u' ? pair : n < left ? n : left;
    }
    while (n < left && ((unsigned char)p[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* Stands in no word and in no placeholder. */
static bool separates(const char *p, size_t n)
{
    return n == 1 ? nj_str_chr(NJ_STR(" ,;&<>"), p[0], 0) != NJ_NPOS : n == 2 && nj_str_chr(NJ_STR("nrt\""), p[1], 0) != NJ_NPOS;
}

static bool in_pseudonym(char c)
{
    return nj_is(c, NJ_IS_DIGIT) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == ':' || c == '_' || c == '-' || c == '.';
}

/* The end of text that would end in the middle of "[email]" or "hmac:k1:0123456789abcdef" is moved before it. */
static size_t before_placeholder(struct nj_str text, size_t end)
{
    size_t floor = end > PLACEHOLDER_MAX ? end - PLACEHOLDER_MAX : 0;
    size_t to = end;
    bool pseudonym = true; /* so far, backwards */
    for (size_t i = end; i > floor; i--) {
        char c = text.p[i - 1];
        if (c == ']')
            break;
        pseudonym = pseudonym && in_pseudonym(c);
        if (c == '[' || (pseudonym && nj_str_starts(nj_str_slice(text, i - 1, text.n), NJ_STR("hmac:"))))
            to = i - 1;
    }
    return to;
}

/* Where the text of a string may end, given that no more than most bytes of it fit. */
static size_t text_end(struct nj_str text, size_t most)
{
    size_t word = 0, at = 0;
    while (at < text.n) {
        size_t n = character(text.p + at, text.n - at);
        if (at + n > most)
            break;
        if (separates(text.p + at, n))
            word = at + n;
        at += n;
    }
    return before_placeholder(text, at - word <= WORD_MAX ? word : at);
}

/* The byte behind the string that begins at the quote. */
static size_t string_end(const struct shortener *s)
{
    size_t at = s->at + 1;
    while (s->p[at] != '"')
        at += s->p[at] == '\\' ? 2 : 1;
    return at + 1;
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/* False: what stands at p + at does not fit any more. */
static bool bracket(struct shortener *s, char c)
{
    bool opens = c == '{' || c == '[';
    size_t closing = opens ? s->depth + 1 : s->depth - 1;
    if (s->at + 1 + closing > s->most)
        return false;
    if (opens)
        s->closers[s->depth] = c == '{' ? '}' : ']';
    s->depth = closing;
    s->name_next = c == '{';
    s->safe = ++s->at;
    return true;
}

/* A string that may be shortened: the value itself, or its "body". */
static void half(struct shortener *s, size_t end)
{
    if (s->p[s->at] != '"' || !(s->depth == 0 || (s->depth == 1 && s->in_body)) || s->at + 2 + s->depth > s->most)
        return;
    size_t from = s->at + 1;
    struct nj_str text = { s->p + from, end - 1 - from };
    size_t to = from + text_end(text, s->most - s->depth - 1 - from);
    s->p[to] = '"';
    s->safe = to + 1;
}

static bool token(struct shortener *s)
{
    bool string = s->p[s->at] == '"';
    size_t end = s->at + 1;
    if (string)
        end = string_end(s);
    else
        while (end < s->n && nj_str_chr(NJ_STR(",]} \t\r\n"), s->p[end], 0) == NJ_NPOS)
            end++;
    if (string && s->name_next) {
        if (s->depth == 1)
            s->in_body = nj_json_key_is((struct nj_str){ s->p + s->at + 1, end - s->at - 2 }, NJ_STR("body"));
        s->name_next = false;
    } else if (end + s->depth > s->most) {
        half(s, end);
        return false;
    } else {
        s->safe = end;
    }
    s->at = end;
    return true;
}

static bool step(struct shortener *s)
{
    char c = s->p[s->at];
    if (c == '{' || c == '[' || c == '}' || c == ']')
        return bracket(s, c);
    if (nj_str_chr(NJ_STR(",: \t\r\n"), c, 0) == NJ_NPOS)
        return token(s);
    if (c == ',')
        s->name_next = s->closers[s->depth - 1] == '}';
    s->at++;
    return true;
}

size_t nj_shorten(char *json, size_t n, size_t most)
{
    struct shortener s = { .p = json, .n = n, .most = most };
    if (n <= most)
        return n;
    while (s.at < n && step(&s))
        ;
    if (s.safe == 0 && most >= 2) { /* a number longer than everything that may be kept */
        json[0] = json[1] = '"';
        return 2;
    }
    while (s.depth != 0)
        json[s.safe++] = s.closers[--s.depth];
    return s.safe;
}

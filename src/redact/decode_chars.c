/* Notations of single characters: %22, \u0022, &quot;.  A stretch of them is decoded, judged, and where something was found
 * put back with what is left encoded as it was. */
#include "decode.h"

#include "nightjar/hex.h"
#include "nightjar/utf8.h"

struct codec {
    /* The character written at byte at, as UTF-8; bytes it takes, or 0 when nothing is encoded there. */
    size_t (*read)(struct nj_str t, size_t at, char out[static 4], size_t *n);
    void (*write)(struct nj_buf *out, char c);
    const char *name;
    char sign;     /* that a written character begins with */
    uint8_t codec; /* bytes that end a stretch have this bit */
};

/* The value of n digits of base 16 at byte at, or -1. */
static int32_t hex_value(struct nj_str t, size_t at, size_t n)
{
    int32_t v = 0;
    if (t.n < n || at > t.n - n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        int d = nj_hex_value(t.p[at + i]);
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* --- percent ------------------------------------------------------------------------------------------------------ */

/* A blank of JSON is a plus in a form: %22password%22%3A+%22x1%22. */
static size_t read_percent(struct nj_str t, size_t at, char out[static 4], size_t *n)
{
    int32_t v = t.p[at] == '%' ? nj_hex_byte(t, at + 1) : -1;
    if (v < 0)
        return 0;
    bool blank = (v == ':' || v == ',') && at + 3 < t.n && t.p[at + 3] == '+';
    out[0] = (char)v;
    out[1] = ' ';
    *n = blank ? 2 : 1;
    return blank ? 4 : 3;
}

/* Placeholders stay readable. */
static void write_percent(struct nj_buf *out, char c)
{
    if (nj_is(c, NJ_IS_ALPHA | NJ_IS_DIGIT) || (c != '\0' && strchr("-_.~[]", c) != NULL))
        nj_buf_addc(out, c);
    else
        nj_buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
}

/* --- \u and \x ---------------------------------------------------------------------------------------------------- */

static size_t read_unicode(struct nj_str t, size_t at, char out[static 4], size_t *n)
{
    if (t.p[at] != '\\' || at + 1 >= t.n)
        return 0;
    size_t digits = t.p[at + 1] == 'u' ? 4 : t.p[at + 1] == 'x' ? 2 : 0;
    int32_t v = digits != 0 ? hex_value(t, at + 2, digits) : -1;
    if (v < 0x20 || v > 0x7e) /* names and separators are ASCII; what is not would be cleaned and written as an escape again */
        return 0;
    *n = nj_utf8_put(out, (uint32_t)v);
    return 2 + digits;
}

static void write_unicode(struct nj_buf *out, char c)
{
    if (c != '\0' && strchr("\"'<>&=\\", c) != NULL)
        nj_buf_addf(out, "\\u%04x", (unsigned)(unsigned char)c);
    else
        nj_buf_addc(out, c);
}

/* --- entities ----------------------------------------------------------------------------------------------------- */

static const struct {
    struct nj_str text;
    char c;
} entities[] = {
    { NJ_STR_INIT("&quot;"), '"' },   { NJ_STR_INIT("&apos;"), '\'' }, { NJ_STR_INIT("&amp;"), '&' },    { NJ_STR_INIT("&lt;"), '<' },
    { NJ_STR_INIT("&gt;"), '>' },     { NJ_STR_INIT("&nbsp;"), ' ' },  { NJ_STR_INIT("&equals;"), '=' }, { NJ_STR_INIT("&colon;"), ':' },
    { NJ_STR_INIT("&commat;"), '@' }, { NJ_STR_INIT("&lcub;"), '{' },  { NJ_STR_INIT("&rcub;"), '}' },
};

/* &#34; and &#x22; */
static size_t read_number_entity(struct nj_str t, size_t at, char out[static 4], size_t *n)
{
    enum { DIGITS_MAX = 6 };
    bool hex = at + 2 < t.n && (t.p[at + 2] | 0x20) == 'x';
    size_t from = at + (hex ? 3 : 2), end = from;
    uint32_t v = 0;
    while (end < t.n && end - from < DIGITS_MAX && nj_is(t.p[end], hex ? NJ_IS_HEX : NJ_IS_DIGIT))
        v = v * (hex ? 16 : 10) + (uint32_t)nj_hex_value(t.p[end++]);
    if (end == from || end >= t.n || t.p[end] != ';' || v < 0x20 || v > 0x7e)
        return 0;
    *n = nj_utf8_put(out, v);
    return end + 1 - at;
}

static size_t read_entity(struct nj_str t, size_t at, char out[static 4], size_t *n)
{
    if (t.p[at] != '&' || at + 1 >= t.n)
        return 0;
    if (t.p[at + 1] == '#')
        return read_number_entity(t, at, out, n);
    for (size_t i = 0; i < NJ_COUNT(entities); i++) {
        if (!nj_str_starts(nj_str_slice(t, at, at + entities[i].text.n), entities[i].text))
            continue;
        out[0] = entities[i].c;
        *n = 1;
        return entities[i].text.n;
    }
    return 0;
}

static void write_entity(struct nj_buf *out, char c)
{
    switch (c) {
    case '"':
        nj_buf_addz(out, "&quot;");
        break;
    case '\'':
        nj_buf_addz(out, "&#39;");
        break;
    case '<':
        nj_buf_addz(out, "&lt;");
        break;
    case '>':
        nj_buf_addz(out, "&gt;");
        break;
    case '&':
        nj_buf_addz(out, "&amp;");
        break;
    default:
        nj_buf_addc(out, c);
    }
}

/* --- a stretch ---------------------------------------------------------------------------------------------------- */

enum { PERCENT = 1, UNICODE = 2, ENTITY = 4, EACH = PERCENT | UNICODE | ENTITY };

static const struct codec percent = { read_percent, write_percent, "percent", '%', PERCENT };
static const struct codec unicode = { read_unicode, write_unicode, "unicode", '\\', UNICODE };
static const struct codec entity = { read_entity, write_entity, "entity", '&', ENTITY };

static const uint8_t ends[256] = {
    ['\0'] = EACH,
    ['\n'] = EACH,
    ['\r'] = EACH,
    ['"'] = EACH,
    ['\''] = EACH,
    ['`'] = EACH,
    ['<'] = PERCENT | ENTITY,
    ['>'] = PERCENT | ENTITY,
    [' '] = PERCENT,
    ['\t'] = PERCENT,
    ['&'] = PERCENT,
    ['='] = PERCENT,
    ['?'] = PERCENT,
    ['#'] = PERCENT,
    [';'] = PERCENT,
    [','] = PERCENT,
    ['('] = PERCENT,
    [')'] = PERCENT,
    ['{'] = PERCENT,
    ['}'] = PERCENT,
    ['['] = PERCENT,
    [']'] = PERCENT,
    ['\\'] = PERCENT,
    ['|'] = PERCENT,
};

static bool ends_stretch(const struct codec *c, char byte)
{
    return (ends[(unsigned char)byte] & c->codec) != 0;
}

/* Appends the text of from..to decoded; how many characters were encoded. */
static size_t decode(const struct codec *c, struct nj_str t, struct nj_span s, struct nj_buf *out)
{
    char piece[4];
    size_t encoded = 0, n = 0, plain = s.from;
    for (size_t at = s.from; at < s.to;) {
        size_t len = t.p[at] == c->sign ? c->read(nj_str_slice(t, 0, s.to), at, piece, &n) : 0;
        if (len == 0) {
            at++;
            continue;
        }
        nj_buf_add(out, nj_str_slice(t, plain, at));
        nj_buf_add(out, (struct nj_str){ piece, n });
        at += len;
        plain = at;
        encoded++;
    }
    nj_buf_add(out, nj_str_slice(t, plain, s.to));
    return encoded;
}

/* Where the decoded byte at index n is written, or the byte behind the character it is part of. */
static size_t source_of(const struct codec *c, struct nj_str t, struct nj_span s, size_t n)
{
    char piece[4];
    size_t at = s.from, seen = 0, got = 0;
    while (at < s.to && seen < n) {
        size_t len = t.p[at] == c->sign ? c->read(nj_str_slice(t, 0, s.to), at, piece, &got) : 0;
        at += len != 0 ? len : 1;
        seen += len != 0 ? got : 1;
    }
    return at;
}

/* Whole characters that two texts have in common at their beginnings. */
static size_t common_head(struct nj_str a, struct nj_str b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n])
        n++;
    while (n > 0 && n < a.n && ((unsigned char)a.p[n] & 0xc0) == 0x80)
        n--;
    return n;
}

static size_t common_tail(struct nj_str a, struct nj_str b, size_t head)
{
    size_t n = 0;
    while (n < a.n - head && n < b.n - head && a.p[a.n - 1 - n] == b.p[b.n - 1 - n])
        n++;
    while (n > 0 && ((unsigned char)a.p[a.n - n] & 0xc0) == 0x80)
        n--;
    return n;
}

/* The stretch with what changed between plain and clean encoded again. */
static bool put_back(struct nj_sweep *s, const struct codec *c, struct nj_span span, struct nj_str plain, struct nj_str clean)
{
    struct nj_buf *b = &s->r->levels[s->level + 1].encoded;
    struct nj_str t = s->text;
    size_t head = common_head(plain, clean), tail = common_tail(plain, clean, head);
    size_t from = source_of(c, t, span, head), to = source_of(c, t, span, plain.n - tail);
    nj_buf_reset(b);
    for (size_t i = head; i < clean.n - tail; i++)
        c->write(b, clean.p[i]);
    struct nj_str middle = NJ_STR(NJ_WITHHELD);
    if (b->err == NJ_OK)
        middle = nj_buf_str(b);
    (void)nj_sweep_put(s, (struct nj_span){ from, to }, middle);
    return true;
}

static bool judge(struct nj_sweep *s, const struct codec *c, struct nj_span span)
{
    struct nj_redactor *r = s->r;
    if (s->level >= NJ_NEST_MAX || span.to - span.from > r->decode_left) {
        nj_withheld(r, nj_str_slice(s->text, span.from, span.to));
        return nj_sweep_put(s, span, NJ_STR(NJ_WITHHELD));
    }
    struct nj_buf *b = &r->levels[s->level + 1].decoded;
    struct nj_str plain, clean;
    uint64_t before = r->findings;
    r->decode_left -= span.to - span.from;
    nj_buf_reset(b);
    if (decode(c, s->text, span, b) == 0)
        return false;
    struct nj_layer layer = nj_layer_open(r, c->name, nj_str_slice(s->text, span.from, span.to));
    bool seen = nj_buf_finish(b, &plain) == NJ_OK && nj_text_redact(r, s->level + 1, NULL, plain, &clean);
    nj_layer_close(r, layer);
    if (!seen) {
        nj_withheld(r, nj_str_slice(s->text, span.from, span.to));
        return nj_sweep_put(s, span, NJ_STR(NJ_WITHHELD));
    }
    if (clean.p == plain.p || r->findings == before)
        return false;
    return put_back(s, c, span, plain, clean);
}

static bool stretch(struct nj_sweep *s, const struct codec *c, size_t at, size_t *read)
{
    struct nj_str t = s->text;
    size_t from = at, to = at;
    if (at < *read)
        return false;
    while (from > s->done && from > *read && !ends_stretch(c, t.p[from - 1]))
        from--;
    while (to < t.n && !ends_stretch(c, t.p[to]))
        to++;
    *read = to;
    return judge(s, c, (struct nj_span){ from, to });
}

bool nj_decode_percent(struct nj_sweep *s, size_t at)
{
    return nj_hex_byte(s->text, at + 1) >= 0 && stretch(s, &percent, at, &s->percent_read);
}

bool nj_decode_unicode(struct nj_sweep *s, size_t at)
{
    return hex_value(s->text, at + 1, s->text.p[at] == 'u' ? 4 : 2) >= 0 && stretch(s, &unicode, at - 1, &s->unicode_read);
}

bool nj_decode_entities(struct nj_sweep *s, size_t at)
{
    enum { LONGEST = 10 };
    for (size_t from = at; from > s->done && at - from < LONGEST; from--)
        if (s->text.p[from - 1] == '&')
            return stretch(s, &entity, from - 1, &s->entity_read);
    return false;
}

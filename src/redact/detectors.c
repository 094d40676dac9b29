/* From an anchor to the stretch of text that may be something: the shapes of the detector table. */
#include "redact_internal.h"

#include "nightjar/hex.h"

const struct nj_detector nj_detectors[NJ_DETECTORS] = {
#define NJ_DETECTOR(id, counter, class, anchor, shape, validator, companion, placeholder)                                                  \
    { NJ_STR_INIT(counter), NJ_CLASS_##class, NJ_ANCHOR_##anchor, shape, validator, companion, NJ_STR_INIT(placeholder) },
#include "detectors.def"
#undef NJ_DETECTOR
};

void nj_anchors_init(struct nj_redactor *r)
{
    struct nj_anchor_index *x = &r->anchors;
    memset(x->first, 0xff, sizeof(x->first)); /* -1 */
    for (int i = NJ_DETECTORS - 1; i >= 0; i--) {
        if (nj_detectors[i].shape == NULL)
            continue;
        x->next[i] = x->first[nj_detectors[i].anchor];
        x->first[nj_detectors[i].anchor] = (int16_t)i;
    }
}

/* --- scheme://user:password@host ---------------------------------------------------------------------------------- */

static bool ends_word(char c)
{
    return (unsigned char)c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>' || c == '`' || c == '\\';
}

/* Last '@' of the word around byte at: found once for all addresses that one word may hold. */
static size_t last_at_of_word(struct nj_sweep *s, size_t at)
{
    if (at >= s->word.to || at < s->word.from) {
        s->word.from = at;
        s->word.last_at = NJ_NPOS;
        for (s->word.to = at; s->word.to < s->text.n && !ends_word(s->text.p[s->word.to]); s->word.to++)
            if (s->text.p[s->word.to] == '@')
                s->word.last_at = s->word.to;
    }
    return s->word.last_at != NJ_NPOS && s->word.last_at >= at ? s->word.last_at : NJ_NPOS;
}

/* "host:8080", "[::1]" and "C:" are no user and password. */
static bool may_be_userinfo(struct nj_str authority)
{
    size_t colon = nj_str_chr(authority, ':', 0);
    if (colon == NJ_NPOS || (authority.n != 0 && authority.p[0] == '['))
        return false;
    return nj_run(authority, colon + 1, NJ_IS_DIGIT) != authority.n;
}

/* A user name alone is a credential when it looks like a token: https://<token>@host. */
static bool is_token_like(struct nj_str user)
{
    bool digit = false;
    for (size_t i = 0; i < user.n; i++)
        digit |= nj_is(user.p[i], NJ_IS_DIGIT);
    return digit && user.n >= 16 && nj_run(user, 0, NJ_IS_B64URL) == user.n;
}

/* "1433;user=app;password=x": settings behind a host, and the at sign is one of a value. */
static bool holds_setting(struct nj_str v)
{
    for (size_t at = nj_str_chr(v, ';', 0); at != NJ_NPOS; at = nj_str_chr(v, ';', at + 1)) {
        size_t name = nj_run(v, at + 1, NJ_IS_ALPHA);
        if (name > at + 3 && name < v.n && v.p[name] == '=')
            return true;
    }
    return false;
}

/* End of the part of an address that begins at byte at, up to its path; and the last '@' in it. */
static size_t authority_end(struct nj_str t, size_t at, size_t *last_at)
{
    for (; t.n - at >= sizeof(nj_lane); at += sizeof(nj_lane)) {
        nj_lane v = nj_lane_at(t.p + at);
        nj_lane quotes = (nj_lane)((v | 1) == '#') | (nj_lane)(v == '`') | (nj_lane)((v | 8) == '/'); /* '"' and the apostrophe, too */
        nj_lane others = (nj_lane)(v <= ' ') | (nj_lane)((v | 2) == '>') | (nj_lane)(v == '?') | (nj_lane)(v == '\\');
        uint64_t ends = nj_lane_bits(quotes | others), ats = nj_lane_bits((nj_lane)(v == '@')) & ~ends & (ends - 1);
        if (ats != 0)
            *last_at = at + 63 - (size_t)__builtin_clzll(ats);
        if (ends != 0)
            return at + (size_t)__builtin_ctzll(ends);
    }
    for (; at < t.n && !ends_word(t.p[at]) && t.p[at] != '/' && t.p[at] != '?' && t.p[at] != '#'; at++)
        if (t.p[at] == '@')
            *last_at = at;
    return at;
}

bool nj_shape_url(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    struct nj_str t = s->text;
    if (t.p[at - 1] != ':' || at < 2 || !nj_is(t.p[at - 2], NJ_IS_WORD) || !nj_has_at(t, at, NJ_STR("//")))
        return false;
    size_t from = at + 2, last_at = NJ_NPOS, end = authority_end(t, from, &last_at);
    bool web = at >= 6 && (nj_str_starts_nocase(nj_str_slice(t, at - 5, at), NJ_STR("http")) || nj_has_at(t, at - 6, NJ_STR("https")));
    bool fragment = end < t.n && t.p[end] == '#' && !web; /* of a page; a database has none */
    if (last_at == NJ_NPOS && (fragment || may_be_userinfo(nj_str_slice(t, from, end))))
        last_at = last_at_of_word(s, from); /* a password with a slash in it */
    if (last_at == NJ_NPOS)
        return false;
    struct nj_str user = nj_str_slice(t, from, last_at);
    size_t colon = nj_str_chr(user, ':', 0);
    if (colon == NJ_NPOS ? !is_token_like(user) : holds_setting(nj_str_slice(user, colon + 1, user.n)))
        return false;
    *out = (struct nj_span){ colon == NJ_NPOS ? from : from + colon + 1, last_at };
    return out->to > out->from;
}

/* --- local@domain ------------------------------------------------------------------------------------------------- */

enum { LOCAL_MAX = 128, DOMAIN_MAX = 255 };

static bool is_local(char c)
{
    return nj_is(c, NJ_IS_WORD) || c == '.' || c == '+' || c == '-' || c == '%' || c == '\'';
}

/* Does "%XX" at byte at stand for a character that ends an address? */
static bool percent_ends(struct nj_str t, size_t at, size_t limit)
{
    int c = at + 2 < limit ? nj_hex_byte(t, at + 1) : -1;
    return c >= 0 && c < 0x80 && !is_local((char)c);
}

/* Start of the multibyte character that ends before byte at, or at when it is punctuation (General, CJK, full-width). */
static size_t letter_before(struct nj_str t, size_t at, size_t floor)
{
    size_t i = at - 1;
    while (i > floor && at - i < 4 && ((unsigned char)t.p[i] & 0xc0) == 0x80)
        i--;
    unsigned char lead = (unsigned char)t.p[i], second = i + 1 < at ? (unsigned char)t.p[i + 1] : 0;
    bool punctuation = (lead == 0xe2 && second <= 0x81) || (lead == 0xe3 && second == 0x80) || (lead == 0xef && second >= 0xbc);
    return lead < 0xc2 || punctuation ? at : i;
}

/* Where it starts, if that is among the sixteen bytes before and none of these needs a closer look; or byte at. */
static size_t near_start(const struct nj_sweep *s, size_t at)
{
    if (at - s->done < sizeof(nj_lane))
        return at;
    const char *p = s->text.p + at - sizeof(nj_lane);
    nj_lane v = nj_lane_at(p);
    nj_lane plain = nj_lane_letters(v) | nj_lane_digits(v) | (nj_lane)(v == '_');
    nj_lane sign = (nj_lane)(v == '.') | (nj_lane)(v == '+') | (nj_lane)(v == '-') | (nj_lane)(v == '\'');
    uint64_t others = ~nj_lane_bits(plain | sign) & 0xffff;
    size_t last = others != 0 ? 63 - (size_t)__builtin_clzll(others) : 0;
    bool told = others != 0 && (unsigned char)p[last] < 0x80 && p[last] != '%';
    return told ? at - sizeof(v) + last + 1 : at;
}

static size_t far_start(const struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    size_t floor = at - s->done > LOCAL_MAX ? at - LOCAL_MAX : s->done;
    size_t from = at;
    while (from > floor) {
        size_t step = from - 1;
        if ((unsigned char)t.p[step] >= 0x80)
            step = letter_before(t, from, floor);
        else if (!is_local(t.p[step]))
            break;
        if (step == from)
            break;
        if (t.p[step] == '%' && percent_ends(t, step, at)) {
            from = step + 3;
            break;
        }
        from = step;
    }
    return from;
}

static size_t local_start(const struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    size_t from = near_start(s, at);
    if (from == at)
        from = far_start(s, at);
    while (from < at && !nj_is(t.p[from], NJ_IS_WORD) && (unsigned char)t.p[from] < 0xc2)
        from++; /* starts with a letter or digit, and not within a character */
    return from;
}

/* message-id=<x@host>, Message-ID: <x@host>, {"messageId": "<x@host>"}: of a mail, not of a person. */
static bool is_message_id(const struct nj_sweep *s, size_t from)
{
    struct nj_str before = nj_str_slice(s->text, from > 16 ? from - 16 : 0, from);
    if (before.n == 0 || before.p[before.n - 1] != '<')
        return false;
    before.n--;
    while (before.n != 0 && memchr("=: \"'\\", before.p[before.n - 1], 6) != NULL)
        before.n--;
    struct nj_str name = before.n != 0 ? before : s->r->context;
    static const struct nj_str names[] = { NJ_STR_INIT("message-id"), NJ_STR_INIT("messageid"), NJ_STR_INIT("message_id"),
                                           NJ_STR_INIT("msgid") };
    for (size_t i = 0; i < NJ_COUNT(names); i++)
        if (name.n >= names[i].n && nj_str_eq_nocase(nj_str_slice(name, name.n - names[i].n, name.n), names[i]))
            return true;
    return false;
}

static inline bool is_domain(char c)
{
    return nj_is(c, NJ_IS_ALPHA | NJ_IS_DIGIT) || c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

/* How many of sixteen bytes are, from the first on. */
static inline size_t domain_head(const char *p)
{
    nj_lane v = nj_lane_at(p);
    nj_lane in = nj_lane_letters(v) | nj_lane_digits(v) | (nj_lane)(v == '.') | (nj_lane)(v == '-') | v;
    return (size_t)__builtin_ctzll(~nj_lane_bits(in));
}

bool nj_shape_email(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    struct nj_str t = s->text;
    if (t.p[at] == '%' && !nj_has_at(t, at, NJ_STR("%40")))
        return false;
    if (at <= s->done)
        return false;
    size_t domain = at + (t.p[at] == '%' ? 3 : 1), to = domain;
    if (domain >= t.n || !(nj_is(t.p[domain], NJ_IS_ALPHA | NJ_IS_DIGIT) || (unsigned char)t.p[domain] >= 0x80))
        return false;
    for (size_t n = sizeof(nj_lane); n == sizeof(nj_lane) && t.n - to >= n && to - domain < DOMAIN_MAX - sizeof(nj_lane); to += n)
        n = domain_head(t.p + to);
    while (to < t.n && to - domain < DOMAIN_MAX && is_domain(t.p[to]))
        to++;
    *out = (struct nj_span){ local_start(s, at), to };
    return out->from < at && !is_message_id(s, out->from);
}

/* --- JSON web tokens ---------------------------------------------------------------------------------------------- */

/* from is where a run of base64url begins, or goes on behind a hyphen. */
bool nj_shape_jwt(struct nj_sweep *s, size_t from, struct nj_span *out)
{
    enum { HEADER_MIN = 14, PARTS_MAX = 5 };
    struct nj_str t = s->text;
    if (!nj_has_at(t, from, NJ_STR("eyJ")))
        return false;
    size_t end = nj_run(t, from, NJ_IS_B64URL);
    if (end - from < HEADER_MIN)
        return false;
    int parts = 1;
    while (parts < PARTS_MAX && end < t.n && t.p[end] == '.') {
        size_t next = nj_run(t, end + 1, NJ_IS_B64URL);
        if (next == end + 1 && !(next + 1 < t.n && t.p[next] == '.' && nj_is(t.p[next + 1], NJ_IS_B64URL)))
            break;
        end = next;
        parts++;
    }
    *out = (struct nj_span){ from, end };
    return parts > 1;
}

/* --- AWS keys ----------------------------------------------------------------------------------------------------- */

/* The next run of exactly forty characters of base64 that begins in from..to. */
static bool next_secret(struct nj_str t, size_t from, size_t to, struct nj_span *out)
{
    enum { KEY = 40 };
    while (from < to) {
        size_t end = nj_run(nj_str_slice(t, 0, to + KEY + 1), from, NJ_IS_B64); /* a longer one is none, wherever it ends */
        *out = (struct nj_span){ from, end };
        if (end - from == KEY && (end >= t.n || (t.p[end] != '=' && !nj_is(t.p[end], NJ_IS_WORD))) && nj_valid_aws_secret(t, out))
            return true;
        from = end > from ? end : from + 1;
    }
    return false;
}

/* A key id rarely stands alone: its secret is looked for 200 bytes to either side. */
void nj_companion_aws(struct nj_sweep *s, struct nj_span id)
{
    enum { WINDOW = 200 };
    struct nj_span found;
    size_t from = id.from > WINDOW ? id.from - WINDOW : 0;
    if (from < s->done)
        from = s->done;
    if (from < s->aws_read)
        from = s->aws_read;
    while (from > s->done && from < id.from && nj_is(s->text.p[from - 1], NJ_IS_B64))
        from++; /* not within a run */
    while (from < id.from && next_secret(s->text, from, id.from, &found)) {
        nj_sweep_wait(s, found, NJ_DET_AWS_SECRET_KEY);
        from = found.to;
    }
    nj_sweep_wait(s, id, NJ_DET_AWS_ACCESS_KEY);
    size_t to = s->text.n - id.to > WINDOW ? id.to + WINDOW : s->text.n;
    from = id.to > s->aws_read ? id.to : s->aws_read;
    while (from < to && next_secret(s->text, from, to, &found)) {
        nj_sweep_wait(s, found, NJ_DET_AWS_SECRET_KEY);
        from = found.to;
    }
    if (to > s->aws_read)
        s->aws_read = to;
}

/* --- Bearer and Basic --------------------------------------------------------------------------------------------- */

/* The word after the scheme that ends at byte at, which must begin like it. */
static bool shape_scheme(struct nj_sweep *s, size_t at, struct nj_str scheme, struct nj_span *out)
{
    enum { SECOND_HALF = 24 };
    struct nj_str t = s->text;
    size_t from = at - 2;
    if (at < 2 || from < s->done || !nj_str_starts_nocase(nj_str_slice(t, from, t.n), scheme))
        return false;
    if (from > 0 && nj_is(t.p[from - 1], NJ_IS_B64URL))
        return false;
    size_t token = from + scheme.n, gap = token;
    if (nj_has_at(t, token, NJ_STR("%20")))
        token += 3;
    else if (nj_has_at(t, token, NJ_STR(": ")))
        token++; /* said as a name */
    while (token < t.n && token - gap < 8 && (t.p[token] == ' ' || t.p[token] == '\t' || t.p[token] == '+'))
        token++;
    size_t to = token;
    while (to < t.n && (nj_is(t.p[to], NJ_IS_B64 | NJ_IS_B64URL) || t.p[to] == '.' || t.p[to] == '~' || t.p[to] == '='))
        to++;
    if (to < t.n && t.p[to] == ':' && nj_run(t, to + 1, NJ_IS_HEX) >= to + 1 + SECOND_HALF)
        to = nj_run(t, to + 1, NJ_IS_HEX); /* "1/1200123456789012:0f3c..." */
    size_t equals = token;
    while (equals < to && t.p[equals] != '=')
        equals++;
    if (equals < to && nj_is(nj_str_slice(t, equals, to).p[to - equals - 1], NJ_IS_B64URL))
        return false; /* "bearer expires_in=3600": a name with its value; padding stands at the end */
    while (to > token && t.p[to - 1] == '.')
        to--;
    *out = (struct nj_span){ token, to };
    return token > gap && to > token;
}

bool nj_shape_bearer(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    return shape_scheme(s, at, NJ_STR("bearer"), out);
}

bool nj_shape_basic(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    return shape_scheme(s, at, NJ_STR("basic"), out);
}

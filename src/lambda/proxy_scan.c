/* Finds a top-level "statusCode": one small state machine, strings skipped eight bytes at a time. */
#include "proxy_scan.h"

static const char WANTED[] = "statusCode";
enum { WANTED_LEN = sizeof(WANTED) - 1, OTHER_NAME = WANTED_LEN + 1 };

void nj_scan_init(struct nj_scan *s)
{
    *s = (struct nj_scan){ 0 };
}

static bool space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Bytes at p without a quote or a backslash among them; may stop early. */
static size_t plain(const char *p, size_t n)
{
    const uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint64_t w;
        memcpy(&w, p + i, sizeof(w));
        uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
        if ((((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & high)
            break;
    }
    return i;
}

/* Runs to the end of a string; returns bytes used and goes to `then` when the closing quote was among them. */
static size_t skip_string(struct nj_scan *s, const char *p, size_t n, enum nj_scan_state then)
{
    size_t i = 0;
    while (i < n) {
        if (s->escaped) {
            s->escaped = false;
            i++;
            continue;
        }
        i += plain(p + i, n - i);
        size_t stop = i + 8 < n ? i + 8 : n;
        while (i < stop && p[i] != '"' && p[i] != '\\')
            i++;
        if (i == stop)
            continue;
        if (p[i++] == '"') {
            s->state = then;
            return i;
        }
        s->escaped = true;
    }
    return n;
}

static size_t skip_nested(struct nj_scan *s, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c == '"') {
            s->state = NJ_SCAN_INNER;
            return i + 1;
        }
        char folded = (char)(c | 0x20); /* '[' and '{', ']' and '}' differ in this bit */
        if (folded == '{') {
            s->depth++;
        } else if (folded == '}' && --s->depth == 0) {
            s->state = NJ_SCAN_KEY;
            return i + 1;
        }
    }
    return n;
}

static void name_byte(struct nj_scan *s, char c)
{
    if (c == '"' && !s->escaped) {
        s->state = NJ_SCAN_COLON;
        return;
    }
    s->escaped = c == '\\' && !s->escaped;
    if (s->matched < WANTED_LEN && c == WANTED[s->matched])
        s->matched++;
    else
        s->matched = OTHER_NAME;
}

static void value_byte(struct nj_scan *s, char c)
{
    bool wanted = s->matched == WANTED_LEN;
    if (space(c))
        return;
    if (c == '{' || c == '[') {
        s->depth = 1;
        s->state = NJ_SCAN_NESTED;
    } else if (c == '"' && !wanted) {
        s->state = NJ_SCAN_STRING;
    } else if (wanted && (c == '"' || (c >= '1' && c <= '9'))) {
        /* Some frameworks write the number as a string, and the gateways take it. */
        s->quoted = c == '"';
        s->digits = s->quoted ? 0 : 1;
        s->number = s->quoted ? 0 : (unsigned)(c - '0');
        s->state = NJ_SCAN_NUMBER;
    } else {
        s->state = c == ',' || c == '}' ? NJ_SCAN_OFF : NJ_SCAN_BARE;
    }
}

static void number_byte(struct nj_scan *s, char c)
{
    if (c >= '0' && c <= '9' && s->digits < 3) {
        s->number = s->number * 10 + (unsigned)(c - '0');
        s->digits++;
        return;
    }
    bool ended = s->quoted ? c == '"' : c == ',' || c == '}' || c == '.' || space(c);
    if (ended && s->digits == 3 && s->number >= 100 && s->number <= 599)
        s->found = s->number;
    s->state = NJ_SCAN_OFF;
}

static void other_byte(struct nj_scan *s, char c)
{
    switch (s->state) {
    case NJ_SCAN_START:
        s->state = c == '{' ? NJ_SCAN_KEY : space(c) ? NJ_SCAN_START : NJ_SCAN_OFF;
        break;
    case NJ_SCAN_KEY:
        if (c == '"') {
            s->matched = 0;
            s->state = NJ_SCAN_NAME;
        } else if (c != ',' && !space(c)) {
            s->state = NJ_SCAN_OFF; /* the end of the object, or no JSON */
        }
        break;
    case NJ_SCAN_NAME:
        name_byte(s, c);
        break;
    case NJ_SCAN_COLON:
        if (!space(c))
            s->state = c == ':' ? NJ_SCAN_VALUE : NJ_SCAN_OFF;
        break;
    case NJ_SCAN_VALUE:
        value_byte(s, c);
        break;
    case NJ_SCAN_BARE:
        s->state = c == ',' ? NJ_SCAN_KEY : c == '}' ? NJ_SCAN_OFF : NJ_SCAN_BARE;
        break;
    default:
        number_byte(s, c);
        break;
    }
}

void nj_scan_feed(struct nj_scan *s, struct nj_str piece)
{
    size_t i = 0;
    while (i < piece.n && s->state != NJ_SCAN_OFF) {
        const char *p = piece.p + i;
        size_t n = piece.n - i;
        if (s->state == NJ_SCAN_STRING)
            i += skip_string(s, p, n, NJ_SCAN_KEY);
        else if (s->state == NJ_SCAN_INNER)
            i += skip_string(s, p, n, NJ_SCAN_NESTED);
        else if (s->state == NJ_SCAN_NESTED)
            i += skip_nested(s, p, n);
        else {
            other_byte(s, *p);
            i++;
        }
    }
}

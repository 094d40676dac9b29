/* Digits in groups: cards and national identifiers, by the table of numbers.def. */
#include "redact_internal.h"

#include <stdlib.h>

enum { GROUPS = 8, DIGITS = NJ_NUMBER_DIGITS };

struct number {
    const char *pattern;
    bool (*valid)(const uint8_t *digits, size_t n);
    uint64_t topics;
    enum nj_detector_id id;
};

#define FREE        0
#define NEAR(topic) NJ_TOPIC_BIT(NJ_TOPIC_##topic)

static const struct number numbers[NJ_NUMBERS] = {
#define NJ_NUMBER(detector, pattern, validator, topics) { pattern, validator, topics, NJ_DET_##detector },
#include "numbers.def"
#undef NJ_NUMBER
};

/* Groups of digits with single gaps between them, as many as matter. */
struct groups {
    size_t n;
    size_t from[GROUPS];
    uint8_t size[GROUPS]; /* DIGITS + 1: longer than any identifier */
    char gap[GROUPS];     /* behind it, or 0 */
};

static bool is_digit(struct nj_str t, size_t at)
{
    return at < t.n && nj_is(t.p[at], NJ_IS_DIGIT);
}

static bool is_gap(char c)
{
    return c == ' ' || (c >= ',' && c <= '/');
}

static void read_groups(struct nj_str t, size_t at, struct groups *g)
{
    g->n = 0;
    while (g->n < GROUPS) {
        size_t end = nj_run(nj_str_slice(t, 0, at + DIGITS + 1), at, NJ_IS_DIGIT);
        g->from[g->n] = at;
        g->size[g->n] = (uint8_t)(end - at);
        bool more = end + 1 < t.n && is_gap(t.p[end]) && nj_is(t.p[end + 1], NJ_IS_DIGIT);
        g->gap[g->n++] = more ? t.p[end] : '\0';
        if (!more)
            return;
        at = end + 1;
    }
}

/* Number of groups the pattern takes from the first on, or 0. */
static size_t match(const struct groups *g, const char *pattern)
{
    char any = '\0';
    for (size_t i = 0; i < g->n; i++) {
        unsigned size = 0;
        for (; *pattern >= '0' && *pattern <= '9'; pattern++)
            size = size * 10 + (unsigned)(*pattern - '0');
        if (g->size[i] != size)
            return 0;
        if (*pattern == '\0')
            return i + 1;
        char gap = *pattern++;
        if (gap == '_' || gap == ':') {
            any = any != '\0' ? any : g->gap[i];
            gap = any == ' ' || any == '-' || (any == '.' && gap == ':') ? any : gap;
        }
        if (g->gap[i] != gap)
            return 0;
    }
    return 0;
}

/* "card_4111...", "AMEX-3782...": a name and an underscore or hyphen stand before enough digits for a card. */
static bool is_named(struct nj_str t, size_t from, size_t end)
{
    return from > 2 && (t.p[from - 1] == '_' || t.p[from - 1] == '-') && nj_is(t.p[from - 2], NJ_IS_ALPHA) && end - from >= 14 &&
           end - from <= 19 && !(end < t.n && nj_is(t.p[end], NJ_IS_WORD));
}

/* Are these digits at a gap a part of what is written beside them?  A comma parts the cells of a table, unless it stands in a number that
 * has no other sign in it. */
static bool goes_on(char gap, struct nj_str number)
{
    if (memchr(number.p, ' ', number.n) != NULL)
        return true;
    return gap != ' ' && (gap != ',' || nj_run(number, 0, NJ_IS_DIGIT) == number.n);
}

/* No identifier goes on to either side; and groups with spaces between them are all there are, or any list would do. */
static bool borders_allow(struct nj_str t, struct nj_span sp, enum nj_detector_id id)
{
    if (id == NJ_DET_CREDIT_CARD && is_named(t, sp.from, sp.to))
        return true;
    if (nj_is_joined(t, sp) || (sp.from > 0 && t.p[sp.from - 1] == '+'))
        return false;
    if (id == NJ_DET_CREDIT_CARD)
        return true;
    bool before = sp.from > 1 && is_gap(t.p[sp.from - 1]) && is_digit(t, sp.from - 2);
    bool after = is_digit(t, sp.to + 1) && is_gap(t.p[sp.to]);
    struct nj_str digits = nj_str_slice(t, sp.from, sp.to);
    return !(before && goes_on(t.p[sp.from - 1], digits)) && !(after && goes_on(t.p[sp.to], digits));
}

static size_t digits_of(struct nj_str t, struct nj_span sp, uint8_t out[static DIGITS])
{
    size_t n = 0;
    for (size_t i = sp.from; i < sp.to; i++)
        if (nj_is(t.p[i], NJ_IS_DIGIT))
            out[n++] = (uint8_t)(t.p[i] - '0');
    return n;
}

void nj_numbers_init(struct nj_redactor *r)
{
    struct nj_number_index *x = &r->numbers;
    r->keeps_ip = nj_policy_action(&r->policy, NJ_CLASS_IP) == NJ_ACT_KEEP;
    for (size_t i = 0; i < NJ_COUNT(x->first); i++)
        x->first[i] = -1;
    for (int i = NJ_NUMBERS - 1; i >= 0; i--) {
        if (nj_policy_action(&r->policy, nj_detectors[numbers[i].id].class) == NJ_ACT_KEEP)
            continue;
        unsigned size = 0;
        for (const char *p = numbers[i].pattern; *p >= '0' && *p <= '9'; p++)
            size = size * 10 + (unsigned)(*p - '0');
        const char *behind = numbers[i].pattern + strspn(numbers[i].pattern, "0123456789");
        x->second[i] = (uint8_t)(*behind != '\0' ? strtoul(behind + 1, NULL, 10) : 0);
        x->next[i] = x->first[size];
        x->first[size] = (int16_t)i;
    }
}

enum { CVV_NEAR = 48 };

/* "4111 ... exp 12/29 cvv 123", "CVC 123 card 4111 ...": beside a card, its code needs no separator. */
static void look_for_cvv(struct nj_sweep *s, size_t at, size_t end)
{
    static const struct nj_str names[] = { NJ_STR_INIT("cvv2"), NJ_STR_INIT("cvc2"), NJ_STR_INIT("cvv"), NJ_STR_INIT("cvc") };
    int rule = nj_key_classify(s->r, NJ_STR("cvv")).rule;
    struct nj_str t = nj_str_slice(s->text, 0, end);
    for (; at < t.n && rule != NJ_KEY_NONE; at++) {
        for (size_t i = 0; (t.p[at] | 0x20) == 'c' && i < NJ_COUNT(names); i++) {
            if (!nj_str_starts_nocase(nj_str_slice(t, at, t.n), names[i]))
                continue;
            size_t from = at + names[i].n, to;
            while (from < t.n && t.p[from] == ' ')
                from++;
            to = nj_run(t, from, NJ_IS_DIGIT);
            if (from > at + names[i].n && (to - from == 3 || to - from == 4) && (to >= t.n || !nj_is(t.p[to], NJ_IS_WORD)))
                nj_sweep_wait_key(s, (struct nj_span){ from, to }, rule);
            return;
        }
    }
}

/* Does the company of a run of digits speak against a card?  Products have 13 digits, identifiers of traces 17 and more. */
static bool is_no_card(uint64_t topics, size_t n)
{
    uint64_t against = n == 13 ? NEAR(GOODS) | NEAR(TRACE) : n > 16 ? NEAR(TRACE) : 0;
    return (topics & against) != 0 && (topics & NEAR(CARD)) == 0;
}

/* Digits between colons are a part of an ARN, unless they are enough for a card whatever is near. */
enum { IN_COLONS = 12 };
static bool is_in_colons(struct nj_str t, struct nj_span sp)
{
    return sp.from > 0 && sp.to < t.n && t.p[sp.from - 1] == ':' && t.p[sp.to] == ':';
}

static bool try_groups(struct nj_sweep *s, const struct groups *g, size_t *end)
{
    uint8_t digits[DIGITS];
    const struct nj_number_index *x = &s->r->numbers;
    uint64_t topics = NJ_NPOS; /* not looked at yet */
    if (g->size[0] > DIGITS)
        return false;
    for (int i = x->first[g->size[0]]; i >= 0; i = x->next[i]) {
        if (x->second[i] != 0 && (g->n < 2 || g->size[1] != x->second[i]))
            continue;
        size_t n = match(g, numbers[i].pattern);
        if (n == 0)
            continue;
        struct nj_span span = { g->from[0], g->from[n - 1] + g->size[n - 1] };
        if (!borders_allow(s->text, span, numbers[i].id))
            continue;
        size_t count = digits_of(s->text, span, digits);
        if (numbers[i].valid != NULL ? !numbers[i].valid(digits, count) : span.from > 0 && s->text.p[span.from - 1] == '/')
            continue; /* "Gecko/20100101" */
        bool card = numbers[i].id == NJ_DET_CREDIT_CARD;
        bool telling = n == 1 && (count == 13 || count > 16); /* whatever is near */
        bool named = card && is_named(s->text, span.from, span.to);
        if ((numbers[i].topics != 0 || (card && telling) || named) && topics == NJ_NPOS)
            topics = nj_topics_near(s, span);
        if (numbers[i].topics != 0 && ((topics & numbers[i].topics) == 0 || is_in_colons(s->text, span)))
            continue;
        if (named && (topics & NEAR(CARD)) == 0)
            continue;
        if (card && telling && is_no_card(topics, count))
            continue;
        *end = span.to;
        if (card)
            look_for_cvv(s, span.from - s->done > CVV_NEAR ? span.from - CVV_NEAR : s->done, span.from);
        if (!nj_sweep_take(s, span, numbers[i].id))
            continue;
        if (card)
            look_for_cvv(s, span.to, span.to + CVV_NEAR);
        return true;
    }
    return false;
}

static bool is_word(struct nj_str t, size_t at)
{
    return at < t.n && nj_is(t.p[at], NJ_IS_WORD);
}

/* "2026-11-26T", "2026-11-26 08:09" */
static bool is_date(struct nj_str t, size_t from)
{
    const char *p = t.p + from;
    size_t left = t.n - from;
    if (left < 11 || p[4] != '-' || p[7] != '-' || (p[0] != '2' && p[0] != '1'))
        return false;
    return !is_gap(p[10]) || left < 14 || !nj_is(p[11], NJ_IS_DIGIT) || p[13] == ':';
}

/* Is what begins at byte at the tail of a longer identifier, "4c1b-9f6a-7"?  One letter and a hyphen begin some of ours. */
static bool is_tail(struct nj_str t, size_t at)
{
    if (at == 0 || nj_begins_word(t, at)) {
        bool linked = at > 1 && (t.p[at - 1] == '-' || t.p[at - 1] == '.') && is_word(t, at - 2);
        bool letter = linked && nj_is(t.p[at - 2], NJ_IS_ALPHA) && (at < 3 || !is_word(t, at - 3));
        return linked && !letter;
    }
    return true;
}

/* Does a group stand apart in the run of digits and gaps from byte at on? */
static bool has_space(struct nj_str t, size_t at)
{
    enum { LOOK = 64 };
    size_t limit = t.n - at > LOOK ? at + LOOK : t.n;
    for (; at < limit && (is_digit(t, at) || is_gap(t.p[at])); at++)
        if (t.p[at] != '-' && t.p[at] != '.' && is_gap(t.p[at]) && is_digit(t, at + 1))
            return true;
    return at == limit && limit < t.n;
}

/* "43.125": two groups of less digits than a telephone number has. */
static bool is_fraction(struct nj_str t, size_t from, size_t dot)
{
    enum { FEWEST = 7 };
    size_t end = nj_run(nj_str_slice(t, 0, dot + FEWEST + 1), dot + 1, NJ_IS_DIGIT);
    return end - from <= FEWEST && !is_word(t, end) && !(end < t.n && is_gap(t.p[end]) && is_digit(t, end + 1));
}

bool nj_number_may(const struct nj_redactor *r, struct nj_str t, size_t at)
{
    size_t from = at + 1 - NJ_NUMBER_RUN, letters = 0;
    if (t.p[at - 2] == '-' && (from == 0 || nj_is(t.p[from - 1], NJ_IS_END)) && is_date(t, from) && is_digit(t, from + 1) &&
        is_digit(t, from + 2))
        return false;                /* as most */
    if (nj_is(t.p[at], NJ_IS_ALPHA)) /* letters, digits, a letter */
        return !is_word(t, at + 1);
    if (nj_is(t.p[at - 3], NJ_IS_ALPHA)) /* two letters, two digits, a gap */
        return (t.p[at] == ' ' || t.p[at] == '-') && nj_iban_may(t, at - 4);
    while (letters < 4 && letters < from && nj_is(t.p[from - letters - 1], NJ_IS_ALPHA))
        letters++;
    size_t end = nj_run(nj_str_slice(t, 0, from + DIGITS), from, NJ_IS_DIGIT);
    bool goes_on = end < t.n && is_gap(t.p[end]) && is_digit(t, end + 1);
    if (letters == 0 && is_named(t, from, end))
        return true;
    if (letters == 4 || is_tail(t, from - letters))
        return goes_on && has_space(t, end);
    if (!goes_on) { /* digits alone: no part of a longer word but for a letter at the end */
        if (end - from <= IN_COLONS && is_in_colons(t, (struct nj_span){ from, end }))
            return false;
        end += is_word(t, end);
        bool hyphened = end < t.n && t.p[end] == '-' && is_word(t, end + 1);
        return !is_word(t, end) && (!hyphened || (nj_is(t.p[end + 1], NJ_IS_ALPHA) && !is_word(t, end + 2)));
    }
    if (t.p[end] == '.' && letters == 0 && is_fraction(t, from, end))
        return false;
    if (t.p[end] == '.' && r->keeps_ip) {
        size_t address = nj_ipv4_end(t, from);
        return address == 0 || (address < t.n && is_gap(t.p[address]) && is_digit(t, address + 1));
    }
    return !is_date(t, from);
}

/* --- the magnetic stripe ------------------------------------------------------------------------------------------ */

/* "%B<card>^<name>^<data>?" and ";<card>=<data>?": the whole track goes. */
static bool try_track(struct nj_sweep *s, const struct groups *g, size_t *end)
{
    enum { TRACK_MAX = 110 };
    struct nj_str t = s->text;
    uint8_t digits[DIGITS];
    size_t from = g->from[0], to = from + g->size[0];
    if (g->size[0] > DIGITS || from <= s->done || to >= t.n)
        return false;
    bool first = from > 1 && t.p[to] == '^' && t.p[from - 1] == 'B';
    bool second = t.p[from - 1] == ';' && (t.p[to] == '=' || t.p[to] == 'D');
    if ((!first && !second) || !nj_valid_card(digits, digits_of(t, (struct nj_span){ from, to }, digits)))
        return false;
    size_t limit = t.n - to > TRACK_MAX ? to + TRACK_MAX : t.n;
    for (to++; to < limit && t.p[to] != '?' && t.p[to] != '"' && t.p[to] != '\n' && (first || !nj_is(t.p[to], NJ_IS_SPACE)); to++)
        ;
    *end = to;
    return nj_sweep_take(s, (struct nj_span){ from, to }, NJ_DET_TRACK);
}

/* --- telephones --------------------------------------------------------------------------------------------------- */

/* "(206) 555-0123": the parentheses say what it is. */
static bool try_parenthesis(struct nj_sweep *s, const struct groups *g, size_t *end)
{
    struct nj_str t = s->text;
    size_t from = g->from[0];
    if (g->n < 2 || g->size[0] != 3 || g->size[1] != 4 || g->gap[1] != '\0' || t.p[from] < '2')
        return false;
    size_t close = from - (from > 0 && t.p[from - 1] == ' ');
    if (close < s->done + 5 || t.p[close - 1] != ')' || t.p[close - 5] != '(' || !is_digit(t, close - 2) || !is_digit(t, close - 3) ||
        t.p[close - 4] < '2' || t.p[close - 4] > '9')
        return false;
    *end = g->from[1] + 4;
    return !nj_is_joined(t, (struct nj_span){ from, *end }) && nj_sweep_take(s, (struct nj_span){ close - 5, *end }, NJ_DET_PHONE);
}

/* Is what stands right before a word, or the separator behind a name?  Else nothing speaks of the number. */
static bool follows_word(const struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    if (nj_topics_member(s->r) != 0)
        return true;
    while (at > 0 && !is_word(t, at - 1) && t.p[at - 1] != ':' && t.p[at - 1] != '=' && (unsigned char)t.p[at - 1] < 0x80)
        at--;
    return at > 0 && !is_digit(t, at - 1);
}

static bool is_time(const char *four)
{
    return four[0] <= '2' && (four[0] < '2' || four[1] < '4') && four[2] < '6';
}

/* "0800-1730" */
static bool are_times(struct nj_str t, const struct groups *g)
{
    return g->size[0] == 4 && g->size[1] == 4 && g->gap[0] == '-' && is_time(t.p + g->from[0]) && is_time(t.p + g->from[1]);
}

/* Any groups of seven to fifteen digits, where a word says that it is one. */
static bool try_phone(struct nj_sweep *s, const struct groups *g, size_t *end)
{
    size_t digits = 0, n = 0, to = 0;
    while (n < g->n && digits + g->size[n] <= 15) {
        digits += g->size[n];
        to = g->from[n] + g->size[n];
        n++;
        if (g->gap[n - 1] != ' ' && g->gap[n - 1] != '-' && g->gap[n - 1] != '.')
            break;
    }
    struct nj_span span = { g->from[0], to };
    if (digits < 7 || (n < g->n && g->gap[n - 1] != ',') || !borders_allow(s->text, span, NJ_DET_PHONE))
        return false;
    if (n == 2 && (g->gap[0] == '.' || are_times(s->text, g)))
        return false; /* a fraction, opening hours */
    if (!follows_word(s, span.from) || is_in_colons(s->text, span))
        return false;
    if (digits < 10 && s->text.p[span.from] != '0' && memchr(s->text.p + span.from, '-', to - span.from) != NULL)
        return false; /* short ones are written with spaces */
    *end = to;
    return (nj_topics_near(s, span) & NEAR(PHONE)) != 0 && nj_sweep_take(s, span, NJ_DET_PHONE);
}

/* --- at a mark ---------------------------------------------------------------------------------------------------- */

/* An account number or identifier may begin before its digits: "GB29 NWBK 6016", "AB 12 34", "MRN-1234567". */
static bool try_before(struct nj_sweep *s, size_t from, size_t *end)
{
    enum { BACK = 15, ID_BACK = 5 };
    struct nj_str t = s->text;
    size_t floor = from > s->done + BACK ? from - BACK : s->done;
    for (size_t at = from; at > floor && (nj_is(t.p[at - 1], NJ_IS_ALPHA | NJ_IS_DIGIT) || t.p[at - 1] == ' ' || t.p[at - 1] == '-');
         at--) {
        if (!nj_is(t.p[at - 1], NJ_IS_ALPHA) || !nj_begins_word(t, at - 1))
            continue;
        if (nj_iban_try(s, at - 1) || (from - at < ID_BACK && nj_id_try(s, at - 1))) {
            *end = s->done;
            return true;
        }
    }
    return false;
}

/* May letters belong to the group that ends at byte end: "12345678Z", "12345678-Z", "12.345.678-Z"? */
static bool is_lettered(struct nj_str t, size_t end)
{
    if (end >= t.n)
        return false;
    if (nj_is(t.p[end], NJ_IS_ALPHA) || t.p[end] == '.')
        return true;
    return is_gap(t.p[end]) && end + 1 < t.n && nj_is(t.p[end + 1], NJ_IS_ALPHA) && !is_word(t, end + 2);
}

/* One mark stands for a whole run of digits and gaps: each group may begin something. */
bool nj_number_visit(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    struct groups g;
    bool found = false;
    size_t from = at + 1 - NJ_NUMBER_RUN, end = 0;
    if (nj_is(t.p[at], NJ_IS_ALPHA)) {
        for (from = at; from > s->done && at - from < 10 && nj_is(t.p[from - 1], NJ_IS_WORD); from--)
            ;
        return nj_id_try(s, from);
    }
    if (nj_is(t.p[at - 3], NJ_IS_ALPHA))
        return nj_iban_try(s, at - 4);
    if (from < s->done)
        from = s->done;
    if (from < t.n && try_before(s, from, &end)) {
        from = end + (end < t.n && is_gap(t.p[end]));
        found = true;
    }
    while (from < t.n && nj_is(t.p[from], NJ_IS_DIGIT)) {
        read_groups(t, from, &g);
        end = from + g.size[0];
        bool lettered = g.size[0] <= DIGITS && g.size[0] > 1 && is_lettered(t, end);
        if ((g.gap[0] == '.' && nj_ipv4_try(s, from)) || (g.gap[0] == '-' && nj_mac_try(s, from))) {
            found = true;
            end = s->done;
        } else if (try_track(s, &g, &end) || try_groups(s, &g, &end) || try_parenthesis(s, &g, &end) || try_phone(s, &g, &end)) {
            found = true;
        } else if (lettered && nj_id_try(s, from)) {
            found = true;
            end = s->done;
        } else {
            end = g.size[0] > DIGITS ? nj_run(t, from, NJ_IS_DIGIT) : from + g.size[0];
        }
        if (end >= t.n || !is_gap(t.p[end]))
            break;
        from = end + 1;
    }
    return found;
}

/* Digits in groups: cards and national identifiers, by the table of numbers.def. */
#include "redact_internal.h"

#include <stdlib.h>

enum { GROUPS = 8, DIGITS = NJ_NUMBER_DIGITS, FEWEST_OF_CARD = 12 };

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

/* Groups of digits with single gaps between them, as many as matter: sizes and gaps have a byte for each, the first one lowest. */
struct groups {
    size_t n;
    size_t from[GROUPS];
    uint64_t sizes; /* DIGITS + 1: longer than any identifier */
    uint64_t gaps;  /* behind each, or 0 */
};

static inline size_t size_of(const struct groups *g, size_t i)
{
    return g->sizes >> 8 * i & 0xff;
}

static inline char gap_of(const struct groups *g, size_t i)
{
    return (char)(g->gaps >> 8 * i & 0xff);
}

static inline size_t end_of(const struct groups *g, size_t i)
{
    return g->from[i] + size_of(g, i);
}

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
    g->sizes = g->gaps = 0;
    while (g->n < GROUPS) {
        size_t end = nj_run(nj_str_slice(t, 0, at + DIGITS + 1), at, NJ_IS_DIGIT);
        g->from[g->n] = at;
        g->sizes |= (uint64_t)(end - at) << 8 * g->n;
        bool more = end + 1 < t.n && is_gap(t.p[end]) && nj_is(t.p[end + 1], NJ_IS_DIGIT);
        g->gaps |= (uint64_t)(more ? (unsigned char)t.p[end] : 0) << 8 * g->n++;
        if (!more)
            return;
        at = end + 1;
    }
}

static bool fits(const struct groups *g, const struct nj_number_form *form)
{
    const uint64_t everywhere = 0x0101010101010101u;
    if (!nj_head_fits(form->sizes, g->sizes))
        return false;
    char any = gap_of(g, 0);
    if (form->any == '\0')
        return nj_head_fits(form->gaps, g->gaps);
    bool allowed = any == ' ' || any == '-' || (any == '.' && form->any == ':');
    return allowed && ((g->gaps ^ everywhere * (unsigned char)any) & form->gaps.mask) == 0;
}

/* "4_4_4_4" */
static struct nj_number_form form_of(const char *pattern)
{
    struct nj_number_form form = { 0 };
    char sizes[GROUPS], gaps[GROUPS];
    size_t n_gaps = 0;
    for (;;) {
        char *end;
        sizes[form.n++] = (char)strtoul(pattern, &end, 10);
        if (*end == '\0')
            break;
        if (*end == '_' || *end == ':')
            form.any = *end;
        gaps[n_gaps++] = *end;
        pattern = end + 1;
    }
    form.sizes = nj_head((struct nj_str){ sizes, form.n }, form.n);
    form.gaps = nj_head((struct nj_str){ gaps, n_gaps }, n_gaps);
    return form;
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

/* What is known of so many of the groups. */
struct view {
    size_t n; /* 0: nobody asked */
    struct nj_span span;
    /* No identifier goes on to either side; and groups with spaces between them are all there are, or any list would do. */
    bool apart, named, apart_as_card;
    uint64_t topics; /* of the words near them, or all: not looked at */
};

static void view_groups(struct nj_str t, const struct groups *g, size_t n, struct view *v)
{
    if (n == v->n)
        return;
    struct nj_span sp = { g->from[0], end_of(g, n - 1) };
    bool joined = nj_is_joined(t, sp) || (sp.from > 0 && t.p[sp.from - 1] == '+');
    bool named = is_named(t, sp.from, sp.to);
    bool before = !joined && sp.from > 1 && is_gap(t.p[sp.from - 1]) && is_digit(t, sp.from - 2);
    bool after = !joined && is_digit(t, sp.to + 1) && is_gap(t.p[sp.to]);
    struct nj_str digits = nj_str_slice(t, sp.from, sp.to);
    bool more = (before && goes_on(t.p[sp.from - 1], digits)) || (after && goes_on(t.p[sp.to], digits));
    *v = (struct view){ n, sp, !joined && !more, named, named || !joined, NJ_NPOS };
}

static uint64_t topics_near(const struct nj_sweep *s, struct view *v)
{
    if (v->topics == NJ_NPOS)
        v->topics = nj_topics_near(s, v->span);
    return v->topics;
}

static size_t digits_of(struct nj_str t, struct nj_span sp, uint8_t out[static DIGITS])
{
    size_t n = 0;
    for (size_t i = sp.from; i < sp.to; i++) {
        out[n] = (uint8_t)(t.p[i] - '0');
        n += out[n] < 10;
    }
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
        x->form[i] = form_of(numbers[i].pattern);
        int16_t *first = &x->first[x->form[i].sizes.bytes & 0xff];
        x->next[i] = *first;
        *first = (int16_t)i;
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

/* Would a card's digits be found for what stands around them? */
static bool is_card_here(struct nj_sweep *s, const struct view *v, size_t count, uint64_t *topics)
{
    bool telling = v->n == 1 && (count == 13 || count > 16); /* whatever is near */
    if ((telling || v->named) && *topics == NJ_NPOS)
        *topics = nj_topics_near(s, v->span);
    return !(v->named && (*topics & NEAR(CARD)) == 0) && !(telling && is_no_card(*topics, count));
}

static __attribute__((noinline)) bool take_card(struct nj_sweep *s, struct nj_span span)
{
    look_for_cvv(s, span.from - s->done > CVV_NEAR ? span.from - CVV_NEAR : s->done, span.from);
    if (!nj_sweep_take(s, span, NJ_DET_CREDIT_CARD))
        return false;
    look_for_cvv(s, span.to, span.to + CVV_NEAR);
    return true;
}

static bool try_groups(struct nj_sweep *s, const struct groups *g, struct view *v, size_t *end)
{
    uint8_t digits[DIGITS];
    struct nj_str t = s->text;
    const struct nj_number_index *x = &s->r->numbers;
    uint64_t topics = NJ_NPOS; /* not looked at yet: all of them */
    size_t read = 0, count = 0;
    if (size_of(g, 0) > DIGITS)
        return false;
    for (int i = x->first[size_of(g, 0)]; i >= 0; i = x->next[i]) {
        const struct number *row = &numbers[i];
        if (!fits(g, &x->form[i]) || (row->topics != 0 && (topics & row->topics) == 0))
            continue;
        view_groups(t, g, x->form[i].n, v);
        bool card = row->id == NJ_DET_CREDIT_CARD;
        if (!(card ? v->apart_as_card : v->apart) || (row->topics != 0 && is_in_colons(t, v->span)))
            continue;
        if (read != v->n) {
            count = digits_of(t, v->span, digits);
            read = v->n;
        }
        if (row->valid != NULL ? !row->valid(digits, count) : v->span.from > 0 && t.p[v->span.from - 1] == '/')
            continue; /* "Gecko/20100101" */
        if (row->topics != 0 && topics == NJ_NPOS)
            topics = topics_near(s, v);
        if ((row->topics != 0 && (topics & row->topics) == 0) || (card && !is_card_here(s, v, count, &topics)))
            continue;
        *end = v->span.to;
        if (card ? take_card(s, v->span) : nj_sweep_take(s, v->span, row->id))
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
    enum { HYPHENS = 1 << 4 | 1 << 7, NAMED = 14 };
    size_t from = at + 1 - NJ_NUMBER_RUN;
    if (nj_is(t.p[at], NJ_IS_ALPHA)) /* letters, digits, a letter */
        return !is_word(t, at + 1);
    if (nj_is(t.p[at - 3], NJ_IS_ALPHA)) /* two letters, two digits, a gap */
        return (t.p[at] == ' ' || t.p[at] == '-') && nj_iban_may(t, at - 4);
    struct nj_kinds k = nj_kinds_up_to(t, from);
    bool date = (k.hyphen & HYPHENS) == HYPHENS && is_date(t, from);
    if (date && nj_is(nj_byte_before(t, from), NJ_IS_END) && (k.digit & 6) == 6)
        return false; /* as most */
    size_t letters = 0, end = from + (size_t)__builtin_ctzll(~k.digit);
    while (letters < 4 && letters < from && nj_is(t.p[from - letters - 1], NJ_IS_ALPHA))
        letters++;
    if (end - from == sizeof(nj_lane))
        end = nj_run(nj_str_slice(t, 0, from + DIGITS), end, NJ_IS_DIGIT);
    bool goes_on = end < t.n && is_gap(t.p[end]) && is_digit(t, end + 1);
    if (letters == 0 && end - from >= NAMED && is_named(t, from, end))
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
    return !date;
}

/* --- the magnetic stripe ------------------------------------------------------------------------------------------ */

/* "%B<card>^<name>^<data>?" and ";<card>=<data>?": the whole track goes. */
static __attribute__((noinline)) bool try_track(struct nj_sweep *s, const struct groups *g, size_t *end)
{
    enum { TRACK_MAX = 110 };
    struct nj_str t = s->text;
    uint8_t digits[DIGITS];
    size_t from = g->from[0], to = end_of(g, 0);
    if (size_of(g, 0) > DIGITS || from <= s->done || to >= t.n)
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
static __attribute__((noinline)) bool try_parenthesis(struct nj_sweep *s, const struct groups *g, size_t *end)
{
    struct nj_str t = s->text;
    size_t from = g->from[0];
    if (g->n < 2 || (g->sizes & 0xffff) != 0x0403 || gap_of(g, 1) != '\0' || t.p[from] < '2')
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
    return g->sizes == 0x0404 && gap_of(g, 0) == '-' && is_time(t.p + g->from[0]) && is_time(t.p + g->from[1]);
}

/* Any groups of seven to fifteen digits, where a word says that it is one. */
static bool try_phone(struct nj_sweep *s, const struct groups *g, struct view *v, size_t *end)
{
    size_t digits = 0, n = 0;
    char gap = '\0';
    while (n < g->n && digits + size_of(g, n) <= 15) {
        digits += size_of(g, n);
        gap = gap_of(g, n++);
        if (gap != ' ' && gap != '-' && gap != '.')
            break;
    }
    if (digits < 7 || (n < g->n && gap != ','))
        return false;
    if (n == 2 && (gap_of(g, 0) == '.' || are_times(s->text, g)))
        return false; /* a fraction, opening hours */
    view_groups(s->text, g, n, v);
    if (!v->apart || !follows_word(s, v->span.from) || is_in_colons(s->text, v->span))
        return false;
    if (digits < 10 && s->text.p[v->span.from] != '0' && memchr(s->text.p + v->span.from, '-', v->span.to - v->span.from) != NULL)
        return false; /* short ones are written with spaces */
    *end = v->span.to;
    return (topics_near(s, v) & NEAR(PHONE)) != 0 && nj_sweep_take(s, v->span, NJ_DET_PHONE);
}

/* --- at a mark ---------------------------------------------------------------------------------------------------- */

/* An account number or identifier may begin before its digits: "GB29 NWBK 6016", "AB 12 34", "MRN-1234567". */
static __attribute__((noinline)) bool try_before(struct nj_sweep *s, size_t from, size_t *end)
{
    enum { BACK = 15, ID_BACK = 5 };
    struct nj_str t = s->text;
    size_t floor = from > s->done + BACK ? from - BACK : s->done;
    for (size_t at = from; at > floor && (nj_is(t.p[at - 1], NJ_IS_ALPHA | NJ_IS_DIGIT) || t.p[at - 1] == ' ' || t.p[at - 1] == '-');
         at--) {
        if (!nj_is(t.p[at - 1], NJ_IS_ALPHA) || !nj_begins_word(t, at - 1))
            continue;
        if ((nj_is_like_iban(t, at - 1) && nj_iban_try(s, at - 1)) || (from - at < ID_BACK && nj_id_try(s, at - 1))) {
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
        struct view v = { 0 };
        read_groups(t, from, &g);
        end = end_of(&g, 0);
        size_t size = size_of(&g, 0);
        char gap = gap_of(&g, 0);
        bool lettered = size <= DIGITS && size > 1 && is_lettered(t, end);
        if ((gap == '.' && !s->r->keeps_ip && nj_ipv4_try(s, from)) || (gap == '-' && size == 2 && nj_mac_try(s, from))) {
            found = true;
            end = s->done;
        } else if ((size >= FEWEST_OF_CARD && try_track(s, &g, &end)) || try_groups(s, &g, &v, &end) ||
                   (size == 3 && try_parenthesis(s, &g, &end)) || try_phone(s, &g, &v, &end)) {
            found = true;
        } else if (lettered && nj_id_try(s, from)) {
            found = true;
            end = s->done;
        } else {
            end = size > DIGITS ? nj_run(t, from, NJ_IS_DIGIT) : from + size;
        }
        if (end >= t.n || !is_gap(t.p[end]))
            break;
        from = end + 1;
    }
    return found;
}

/* Digits in groups: cards and national identifiers, by the table of numbers.def. */
#include "redact_internal.h"

enum { GROUPS = 8, DIGITS = NJ_NUMBER_DIGITS };

struct number {
    const char *pattern;
    bool (*valid)(const uint8_t *digits, size_t n);
    enum nj_detector_id id;
};

static const struct number numbers[NJ_NUMBERS] = {
#define NJ_NUMBER(detector, pattern, validator) { pattern, validator, NJ_DET_##detector },
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
        if (gap == '_') {
            any = any != '\0' ? any : g->gap[i];
            gap = any == ' ' || any == '-' ? any : '_';
        }
        if (g->gap[i] != gap)
            return 0;
    }
    return 0;
}

static bool borders_allow(struct nj_str t, struct nj_span sp)
{
    return !nj_is_joined(t, sp) && (sp.from == 0 || t.p[sp.from - 1] != '+');
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
    for (size_t i = 0; i < NJ_COUNT(x->first); i++)
        x->first[i] = -1;
    for (int i = NJ_NUMBERS - 1; i >= 0; i--) {
        if (nj_policy_action(r->policy, nj_detectors[numbers[i].id].class) == NJ_ACT_KEEP)
            continue;
        unsigned size = 0;
        for (const char *p = numbers[i].pattern; *p >= '0' && *p <= '9'; p++)
            size = size * 10 + (unsigned)(*p - '0');
        x->next[i] = x->first[size];
        x->first[size] = (int8_t)i;
    }
}

static bool try_groups(struct nj_sweep *s, const struct groups *g, size_t *end)
{
    uint8_t digits[DIGITS];
    const struct nj_number_index *x = &s->r->numbers;
    if (g->size[0] > DIGITS)
        return false;
    for (int i = x->first[g->size[0]]; i >= 0; i = x->next[i]) {
        size_t n = match(g, numbers[i].pattern);
        if (n == 0)
            continue;
        struct nj_span span = { g->from[0], g->from[n - 1] + g->size[n - 1] };
        if (!borders_allow(s->text, span))
            continue;
        size_t count = digits_of(s->text, span, digits);
        if (numbers[i].valid != NULL && !numbers[i].valid(digits, count))
            continue;
        *end = span.to;
        if (nj_sweep_take(s, span, numbers[i].id))
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
    if (p[4] != '-' || p[7] != '-' || (p[0] != '2' && p[0] != '1') || left < 11)
        return false;
    return !is_gap(p[10]) || left < 14 || !nj_is(p[11], NJ_IS_DIGIT) || p[13] == ':';
}

bool nj_number_may(struct nj_str t, size_t at)
{
    size_t from = at + 1 - NJ_NUMBER_RUN;
    if (nj_is(t.p[at], NJ_IS_ALPHA)) /* letters, digits, a letter */
        return !is_word(t, at + 1);
    if (nj_is(t.p[from], NJ_IS_ALPHA)) /* a letter and seven digits */
        return from < 2 || !is_word(t, from - 1) || !is_word(t, from - 2);
    if (from < 2 || !is_word(t, from - 1) || !is_word(t, from - 2))
        return !is_date(t, from);
    /* The first group belongs to a word; what follows it may not. */
    size_t end = nj_run(nj_str_slice(t, 0, from + DIGITS), from, NJ_IS_DIGIT);
    return end + 1 < t.n && is_gap(t.p[end]) && nj_is(t.p[end + 1], NJ_IS_DIGIT);
}

/* One mark stands for a whole run of digits and gaps: each group may begin something. */
bool nj_number_visit(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    struct groups g;
    bool found = false;
    size_t from = at + 1 - NJ_NUMBER_RUN;
    if (from < s->done)
        from = s->done;
    while (from < t.n && nj_is(t.p[from], NJ_IS_DIGIT)) {
        size_t end = 0;
        read_groups(t, from, &g);
        if (try_groups(s, &g, &end)) {
            found = true;
        } else {
            end = g.size[0] > DIGITS ? nj_run(t, from, NJ_IS_DIGIT) : from + g.size[0];
        }
        if (end >= t.n || !is_gap(t.p[end]))
            break;
        from = end + 1;
    }
    return found;
}

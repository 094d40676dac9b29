/* Identifiers of letters and digits, by the table of ids.def, and account numbers that begin with their country. */
#include "redact_internal.h"

enum { ID_MAX = 20, IBAN_MAX = 34, IBAN_HEAD = 4 };

struct id {
    const char *pattern;
    bool (*valid)(const char *chars, size_t n);
    uint64_t topics;
    enum nj_detector_id id;
};

#define FREE        0
#define NEAR(topic) NJ_TOPIC_BIT(NJ_TOPIC_##topic)

static const struct id ids[NJ_IDS] = {
#define NJ_ID(detector, pattern, validator, topics) { pattern, validator, topics, NJ_DET_##detector },
#include "ids.def"
#undef NJ_ID
};

/* What a pattern wants of the first sixteen bytes. */
static struct nj_kinds_wanted form_of(const char *pattern)
{
    struct nj_kinds_wanted form = { 0 };
    for (size_t i = 0; i < 16 && pattern[i] != '\0'; i++) {
        uint16_t bit = (uint16_t)(1u << i);
        form.letter |= pattern[i] == 'L' ? bit : 0;
        form.digit |= pattern[i] == 'd' ? bit : 0;
        form.either |= pattern[i] == 'A' ? bit : 0;
        form.hyphen |= pattern[i] == '-' ? bit : 0;
    }
    return form;
}

/* Reads the pattern at byte from; its letters and digits go to out as capitals.  Returns the byte behind it, or 0. */
static size_t match(struct nj_str t, size_t from, const char *pattern, char out[static ID_MAX], size_t *n, bool *lower)
{
    size_t at = from;
    *n = 0;
    *lower = false;
    for (; *pattern != '\0'; pattern++, at++) {
        if (at >= t.n)
            return 0;
        char c = t.p[at];
        unsigned wanted = *pattern == 'L' ? NJ_IS_ALPHA : *pattern == 'd' ? NJ_IS_DIGIT : *pattern == 'A' ? NJ_IS_ALPHA | NJ_IS_DIGIT : 0;
        if (wanted == 0 ? c != *pattern : !nj_is(c, wanted))
            return 0;
        if (wanted == 0)
            continue;
        *lower = *lower || nj_is(c, NJ_IS_LOWER);
        out[(*n)++] = nj_is(c, NJ_IS_LOWER) ? (char)(c & ~0x20) : c;
    }
    return at;
}

void nj_ids_init(struct nj_redactor *r)
{
    struct nj_id_index *x = &r->ids;
    memset(x->first, 0xff, sizeof(x->first)); /* -1 */
    for (size_t i = 0; i < NJ_IDS; i++) {
        size_t letters = strspn(ids[i].pattern, "L"), digits = strspn(ids[i].pattern + letters, "d");
        x->mixed[letters] = x->mixed[letters] || ids[i].pattern[letters + digits] == 'A';
    }
    for (int i = NJ_IDS - 1; i >= 0; i--) {
        if (nj_policy_action(&r->policy, nj_detectors[ids[i].id].class) == NJ_ACT_KEEP)
            continue;
        size_t letters = strspn(ids[i].pattern, "L"), digits = strspn(ids[i].pattern + letters, "d");
        int16_t *first = &x->first[letters][x->mixed[letters] ? 0 : digits];
        x->form[i] = form_of(ids[i].pattern);
        x->next[i] = *first;
        *first = (int16_t)i;
    }
}

bool nj_id_try(struct nj_sweep *s, size_t from)
{
    struct nj_str t = s->text;
    char chars[ID_MAX];
    if (from < s->done || from >= t.n || !nj_begins_word(t, from))
        return false;
    struct nj_kinds k = nj_kinds_up_to(t, from);
    size_t letters = (size_t)__builtin_ctzll(~(k.upper | k.lower));
    if (letters >= NJ_ID_LETTERS)
        return false;
    const struct nj_id_index *x = &s->r->ids;
    size_t behind = from + letters, digits = x->mixed[letters] ? 0 : (size_t)__builtin_ctzll(~(k.digit >> letters));
    if (letters + digits == sizeof(nj_lane))
        digits = nj_run(nj_str_slice(t, 0, behind + NJ_ID_DIGITS), behind, NJ_IS_DIGIT) - behind;
    for (int i = x->first[letters][digits]; i >= 0; i = x->next[i]) {
        if (!nj_kinds_fit(k, x->form[i]))
            continue;
        size_t n = 0;
        bool lower = false;
        size_t to = match(t, from, ids[i].pattern, chars, &n, &lower);
        struct nj_span span = { from, to };
        if (to == 0 || nj_is_joined(t, span) || (ids[i].valid != NULL && !ids[i].valid(chars, n)))
            continue;
        uint64_t wanted = ids[i].topics != 0 || !lower ? ids[i].topics : ~(uint64_t)0;
        if (wanted != 0 && (nj_topics_near(s, span) & wanted) == 0)
            continue;
        if (nj_sweep_take(s, span, ids[i].id))
            return true;
    }
    return false;
}

/* --- account numbers ---------------------------------------------------------------------------------------------- */

/* Of the country at byte from, whose digits follow; or 0. */
static size_t length_at(struct nj_str t, size_t from)
{
    if (!nj_is_like_iban(t, from))
        return 0;
    const char country[2] = { (char)(t.p[from] & ~0x20), (char)(t.p[from + 1] & ~0x20) };
    return nj_iban_length(country);
}

bool nj_iban_may(struct nj_str t, size_t from)
{
    return length_at(t, from) != 0;
}

/* Does a group of a UUID begin here?  Written with hyphens it is like an account in groups: one request id in some thousands passes
 * for one, check digits and all. */
static bool in_uuid(struct nj_str t, size_t from)
{
    static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    static const uint8_t groups[] = { 0, 9, 14, 19, 24 };
    const size_t n = sizeof(form) - 1;
    for (size_t g = 0; g < NJ_COUNT(groups); g++) {
        size_t start = from - groups[g], i = 0;
        if (from < groups[g] || t.n - start < n)
            continue;
        while (i < n && (form[i] == '-' ? t.p[start + i] == '-' : nj_is(t.p[start + i], NJ_IS_HEX)))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

/* Country and check digits begin at byte from; single spaces or hyphens may part the groups. */
bool nj_iban_try(struct nj_sweep *s, size_t from)
{
    struct nj_str t = s->text;
    char chars[IBAN_MAX];
    size_t want = from >= s->done ? length_at(t, from) : 0, n = 0, at = from;
    if (want == 0 || !nj_begins_word(t, from))
        return false;
    for (; n < want && at < t.n; at++) {
        char c = t.p[at];
        if (nj_is(c, NJ_IS_ALPHA | NJ_IS_DIGIT))
            chars[n++] = nj_is(c, NJ_IS_LOWER) ? (char)(c & ~0x20) : c;
        else if (n == 0 || (c != ' ' && c != '-') || !nj_is(t.p[at - 1], NJ_IS_ALPHA | NJ_IS_DIGIT))
            return false;
    }
    struct nj_span span = { from, at };
    if (n < want || (at < t.n && nj_is(t.p[at], NJ_IS_WORD)) || !nj_valid_iban(chars, n))
        return false;
    return !in_uuid(t, from) && nj_sweep_take(s, span, NJ_DET_IBAN);
}

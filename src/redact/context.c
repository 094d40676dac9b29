/* What the words around a candidate speak about: numbers without a check digit of their own are told by their company. */
#include "redact_internal.h"

enum { BEFORE = 44, AFTER = 20 };

struct phrase {
    struct nj_str text;
    enum nj_topic topic;
};

static const struct phrase phrases[NJ_CONTEXTS] = {
#define NJ_CONTEXT(topic, phrase) { NJ_STR_INIT(phrase), NJ_TOPIC_##topic },
#include "contexts.def"
#undef NJ_CONTEXT
};

static bool is_letter(struct nj_str t, size_t at)
{
    return nj_is(t.p[at], NJ_IS_ALPHA) || (unsigned char)t.p[at] >= 0x80;
}

void nj_contexts_init(struct nj_redactor *r)
{
    struct nj_context_index *x = &r->contexts;
    memset(x->first, 0xff, sizeof(x->first)); /* -1 */
    for (int i = NJ_CONTEXTS - 1; i >= 0; i--) {
        struct nj_str text = phrases[i].text;
        unsigned second = text.n > 1 && is_letter(text, 1) ? (unsigned char)text.p[1] & 31 : 0;
        int16_t *first = &x->first[(unsigned char)text.p[0] & 31][second];
        x->next[i] = *first;
        *first = (int16_t)i;
    }
}

/* Does a word begin at byte at?  Case counts: "customerSsn", "NHSNumber". */
static bool begins(struct nj_str t, size_t at)
{
    if (at == 0 || !is_letter(t, at - 1))
        return true;
    if (!nj_is(t.p[at], NJ_IS_UPPER))
        return false;
    return nj_is(t.p[at - 1], NJ_IS_LOWER) || (at + 1 < t.n && nj_is(t.p[at + 1], NJ_IS_LOWER));
}

static bool ends(struct nj_str t, size_t at)
{
    if (at >= t.n || !is_letter(t, at) || begins(t, at))
        return true;
    return nj_lower(t.p[at]) == 's' && (at + 1 >= t.n || !is_letter(t, at + 1) || begins(t, at + 1));
}

static bool is_joint(char c)
{
    return c == ' ' || c == '_' || c == '-' || c == '.' || c == '/';
}

static bool matches(struct nj_str t, size_t at, struct nj_str phrase)
{
    for (size_t i = 0; i < phrase.n; i++) {
        if (phrase.p[i] == ' ') {
            at += at < t.n && is_joint(t.p[at]);
            continue;
        }
        if (phrase.p[i] == '!')
            return at >= t.n || (t.p[at] != '(' && !is_letter(t, at));
        if (phrase.p[i] == '^')
            return ends(t, at) && (at >= t.n || !nj_is(t.p[at], NJ_IS_UPPER) || t.p[at] == 'N');
        if (at >= t.n || nj_lower(t.p[at]) != phrase.p[i])
            return false;
        at++;
    }
    return ends(t, at);
}

/* Topics of the phrases from i on in their chain that stand at byte at. */
static uint64_t topics_at(const struct nj_context_index *x, int i, struct nj_str t, size_t at)
{
    uint64_t topics = 0;
    for (; i >= 0; i = x->next[i])
        if (matches(t, at, phrases[i].text))
            topics |= NJ_TOPIC_BIT(phrases[i].topic);
    return topics;
}

/* Sixteen bytes of a text from byte at on, as many as there are, the others NUL. */
static nj_lane lane_at(struct nj_str t, size_t at)
{
    nj_lane v = { 0 };
    size_t left = t.n - at;
    memcpy(&v, t.p + at, left < sizeof(v) ? left : sizeof(v));
    return v;
}

/* Where words begin among the 64 bytes from byte at on: a bit each. */
static uint64_t beginnings(struct nj_str t, size_t at)
{
    uint64_t letter = 0, upper = 0, lower = 0;
    for (size_t i = 0; i < 64 && i < t.n - at; i += sizeof(nj_lane)) {
        nj_lane v = lane_at(t, at + i), high = (nj_lane)(v >= 0x80);
        uint64_t u = nj_lane_bits((nj_lane)(v - 'A' < 26)), l = nj_lane_bits((nj_lane)(v - 'a' < 26));
        upper |= u << i;
        lower |= l << i;
        letter |= (u | l | nj_lane_bits(high)) << i;
    }
    uint64_t behind_letter = letter << 1, behind_lower = lower << 1, before_lower = lower >> 1;
    if (at > 0) {
        behind_letter |= is_letter(t, at - 1);
        behind_lower |= nj_is(t.p[at - 1], NJ_IS_LOWER);
    }
    if (t.n - at > 64)
        before_lower |= (uint64_t)nj_is(t.p[at + 64], NJ_IS_LOWER) << 63;
    return letter & (~behind_letter | (upper & (behind_lower | before_lower)));
}

/* Those of the words that begin at byte at. */
static uint64_t topics_of_word(const struct nj_context_index *x, struct nj_str t, size_t at)
{
    uint64_t topics = 0;
    const int16_t *first = x->first[(unsigned char)t.p[at] & 31];
    unsigned second = at + 1 < t.n ? (unsigned char)t.p[at + 1] & 31 : 0; /* a letter's case is not among these bits */
    if (first[second] >= 0)
        topics |= topics_at(x, first[second], t, at);
    if (second != 0 && first[0] >= 0)
        topics |= topics_at(x, first[0], t, at);
    return topics;
}

uint64_t nj_topics_of(const struct nj_redactor *r, struct nj_str t)
{
    uint64_t topics = 0;
    size_t skipped = 0; /* to here */
    for (size_t base = 0; base < t.n; base += 64) {
        for (uint64_t any = beginnings(t, base); any != 0; any &= any - 1) {
            size_t at = base + (size_t)__builtin_ctzll(any);
            if (at < skipped)
                continue;
            size_t passed = at > 0 && t.p[at - 1] == '[' ? nj_placeholder_len(t, at - 1) : 0;
            if (passed == 0)
                topics |= topics_of_word(&r->contexts, t, at);
            else
                skipped = at + passed - 1; /* "[secret]" is what was put there */
        }
    }
    return topics;
}

static inline bool is_fence(char c)
{
    return c == '{' || c == '}' || c == '&' || c == ';' || c == '\n';
}

static inline bool is_filler(char c)
{
    return c == ' ' || c == '"' || c == '\'' || c == '\\' || c == '#';
}

static inline bool is_end_of_name(char c)
{
    return c == ',' || c == '(' || c == ')' || c == '|';
}

/* Where the words that may speak about the candidate begin.  Behind "name: " only the name does. */
static size_t words_from(struct nj_str t, size_t from)
{
    size_t floor = from > BEFORE ? from - BEFORE : 0, at = from;
    while (at > floor && is_filler(t.p[at - 1]))
        at--;
    bool named = at > floor && (t.p[at - 1] == ':' || t.p[at - 1] == '=');
    at -= named;
    while (at > floor && !is_fence(t.p[at - 1]) && !(named && is_end_of_name(t.p[at - 1])))
        at--;
    while (at > 0 && at < from && at == floor && is_letter(t, at - 1) && is_letter(t, at))
        at++, floor++;                          /* not within a word */
    at -= at > 0 && t.p[at - 1] == '[' ? 1 : 0; /* a placeholder is seen whole */
    return at;
}

static size_t words_to(struct nj_str t, size_t to)
{
    size_t limit = t.n - to > AFTER ? to + AFTER : t.n;
    while (to < limit && !is_fence(t.p[to]) && t.p[to] != ',' && t.p[to] != '"' && t.p[to] != '\'')
        to++;
    while (to == limit && to < t.n && to > 0 && is_letter(t, to - 1) && is_letter(t, to))
        to--, limit--;
    return to;
}

uint64_t nj_topics_member(struct nj_redactor *r)
{
    if ((r->topics & NJ_TOPICS_UNSEEN) != 0)
        r->topics = nj_key_topics(r, r->context);
    return r->topics;
}

uint64_t nj_topics_near(const struct nj_sweep *s, struct nj_span span)
{
    struct nj_str t = s->text;
    uint64_t topics = nj_topics_member(s->r);
    topics |= nj_topics_of(s->r, nj_str_slice(t, words_from(t, span.from), span.from));
    return topics | nj_topics_of(s->r, nj_str_slice(t, span.to, words_to(t, span.to)));
}

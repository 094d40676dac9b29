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
    memset(x->first, 0xff, sizeof(x->first));  /* -1 */
    for (int other = 0; other <= 1; other++) { /* those whose second is no letter end the chains of all that begin like them */
        for (size_t k = 0; other != 0 && k < NJ_COUNT(x->first) * NJ_COUNT(x->first[0]); k++)
            x->first[k / 32][k % 32] = x->first[k / 32][0];
        for (int i = NJ_CONTEXTS - 1; i >= 0; i--) {
            struct nj_str text = phrases[i].text;
            unsigned second = text.n > 1 && is_letter(text, 1) ? (unsigned char)text.p[1] & 31 : 0;
            if ((second != 0) != (other != 0))
                continue;
            int16_t *first = &x->first[(unsigned char)text.p[0] & 31][second];
            x->next[i] = *first;
            *first = (int16_t)i;
            x->head[i] = nj_head(text, nj_run(text, 0, NJ_IS_LOWER));
            if (phrases[i].topic == NJ_TOPIC_SECRET)
                x->secret[(unsigned char)text.p[0] & 31] |= (uint32_t)1 << second;
        }
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

/* Topics of the word that begins at byte at. */
static uint64_t topics_of_word(const struct nj_context_index *x, struct nj_str t, size_t at)
{
    const uint64_t small = 0x2020202020202020u;
    uint64_t topics = 0;
    unsigned second = at + 1 < t.n ? (unsigned char)t.p[at + 1] & 31 : 0; /* a letter's case is not among these bits */
    int i = x->first[(unsigned char)t.p[at] & 31][second];
    if (i < 0)
        return 0;
    uint64_t eight = nj_eight_at(t, at) | small;
    for (; i >= 0; i = x->next[i])
        if (nj_head_fits(x->head[i], eight) && matches(t, at, phrases[i].text))
            topics |= NJ_TOPIC_BIT(phrases[i].topic);
    return topics;
}

/* --- what stands in a stretch of text ----------------------------------------------------------------------------- */

enum { STRETCH = 64 };

/* A bit for each byte from the first on. */
struct stretch {
    size_t from;
    uint64_t letter, upper, lower; /* letters are what is not ASCII, too */
    uint64_t fence;                /* no word beyond that one speaks of a candidate */
    uint64_t name_ends, text_ends; /* nor beyond these, on the way back from a name and on from the candidate */
};

static inline nj_lane is(nj_lane v, char c)
{
    return (nj_lane)(v == (uint8_t)c);
}

/* The bytes from..to, 64 at most. */
static __attribute__((noinline)) void look(struct nj_str t, size_t from, size_t to, struct stretch *out)
{
    char few[sizeof(nj_lane)] = { 0 };
    struct stretch s = { .from = from };
    if (t.n < sizeof(nj_lane)) {
        if (t.n != 0)
            memcpy(few, t.p, t.n);
        t = (struct nj_str){ few, sizeof(few) };
    }
    for (size_t i = from; i < to; i += sizeof(nj_lane)) {
        size_t at = t.n - i < sizeof(nj_lane) ? t.n - sizeof(nj_lane) : i, left = i - at, right = i - from;
        nj_lane v = nj_lane_at(t.p + at);
        nj_lane upper = (nj_lane)(v - 'A' < 26), lower = (nj_lane)(v - 'a' < 26), comma = is(v, ',');
        nj_lane fence = is(v, '{') | is(v, '}') | is(v, '&') | is(v, ';') | is(v, '\n');
        s.upper |= nj_lane_bits(upper) >> left << right;
        s.lower |= nj_lane_bits(lower) >> left << right;
        s.letter |= nj_lane_bits(upper | lower | v) >> left << right;
        s.fence |= nj_lane_bits(fence) >> left << right;
        s.name_ends |= nj_lane_bits(comma | is(v, '(') | is(v, ')') | is(v, '|')) >> left << right;
        s.text_ends |= nj_lane_bits(comma | is(v, '"') | is(v, '\'')) >> left << right;
    }
    *out = s;
}

/* Topics of the words that begin at those bits from byte base on; what a placeholder holds is skipped. */
static uint64_t topics_of_words(const struct nj_redactor *r, struct nj_str t, size_t base, uint64_t any, size_t *skip)
{
    uint64_t topics = 0;
    any &= ~nj_lowest(*skip > base ? *skip - base : 0);
    while (any != 0) {
        size_t at = base + (size_t)__builtin_ctzll(any);
        any &= any - 1;
        size_t passed = at > 0 && t.p[at - 1] == '[' ? nj_placeholder_len(t, at - 1) : 0;
        if (passed == 0) {
            topics |= topics_of_word(&r->contexts, t, at);
            continue;
        }
        *skip = at + passed - 1; /* "[secret]" is what was put there */
        any &= ~nj_lowest(*skip - base);
    }
    return topics;
}

/* A part of a text, and where its words begin, a bit each. */
struct words {
    struct nj_str part;
    uint64_t begin;
};

/* Of the part that begins so many bytes behind the first of the stretch, and ends within. */
static inline struct words words_of(const struct stretch *s, size_t behind, struct nj_str part)
{
    uint64_t inside = nj_lowest(part.n), letter = s->letter >> behind & inside, lower = s->lower >> behind & inside;
    return (struct words){ part, letter & (~(letter << 1) | (s->upper >> behind & (lower << 1 | lower >> 1))) };
}

static uint64_t topics_of(const struct nj_redactor *r, struct words w)
{
    size_t skip = 0;
    return topics_of_words(r, w.part, 0, w.begin, &skip);
}

/* Does one of them begin like a word for a secret? */
static bool may_hold_secret(const struct nj_redactor *r, struct words w)
{
    for (uint64_t any = w.begin; any != 0; any &= any - 1) {
        size_t at = (size_t)__builtin_ctzll(any);
        if (at + 1 < w.part.n && (r->contexts.secret[w.part.p[at] & 31] >> (w.part.p[at + 1] & 31) & 1) != 0)
            return true;
    }
    return false;
}

static __attribute__((noinline)) uint64_t topics_of_long(const struct nj_redactor *r, struct nj_str t)
{
    uint64_t topics = 0;
    size_t skip = 0;
    for (size_t base = 0; base < t.n; base += STRETCH) {
        struct stretch s;
        size_t to = t.n - base > STRETCH ? base + STRETCH : t.n;
        look(t, base, to, &s);
        uint64_t inside = nj_lowest(to - base), letter = s.letter & inside, lower = s.lower & inside;
        uint64_t behind_letter = letter << 1, behind_lower = lower << 1, before_lower = lower >> 1;
        if (base > 0) {
            behind_letter |= is_letter(t, base - 1);
            behind_lower |= nj_is(t.p[base - 1], NJ_IS_LOWER);
        }
        if (to < t.n)
            before_lower |= (uint64_t)nj_is(t.p[to], NJ_IS_LOWER) << 63;
        topics |= topics_of_words(r, t, base, letter & (~behind_letter | (s.upper & (behind_lower | before_lower))), &skip);
    }
    return topics;
}

uint64_t nj_topics_of(const struct nj_redactor *r, struct nj_str t)
{
    struct stretch s;
    if (t.n > STRETCH)
        return topics_of_long(r, t);
    look(t, 0, t.n, &s);
    return topics_of(r, words_of(&s, 0, t));
}

/* --- around a candidate ------------------------------------------------------------------------------------------- */

static inline bool is_filler(char c)
{
    return c == ' ' || c == '"' || c == '\'' || c == '\\' || c == '#';
}

/* Of the letters that go on before byte floor, the byte behind; the words begin at or behind byte at.  A placeholder is seen whole. */
static inline size_t first_word(const struct stretch *s, struct nj_str t, size_t at, size_t floor, size_t to, uint64_t letter)
{
    if (at == floor && at > 0 && (letter & 1) != 0) {
        uint64_t others = ~letter & ~nj_lowest(at - s->from) & nj_lowest(to - s->from);
        at = others != 0 ? s->from + (size_t)__builtin_ctzll(others) : to;
    }
    return at - (at > 0 && t.p[at - 1] == '[' ? 1 : 0);
}

/* The words that may speak about the candidate at byte from.  Behind "name: " only the name does. */
static struct words words_before(struct nj_str t, size_t from)
{
    struct stretch s;
    size_t floor = from > BEFORE ? from - BEFORE : 0, at = from;
    look(t, floor > 0 ? floor - 1 : 0, from, &s);
    while (at > floor && is_filler(t.p[at - 1]))
        at--;
    bool named = at > floor && (t.p[at - 1] == ':' || t.p[at - 1] == '=');
    uint64_t ends = (s.fence | (named ? s.name_ends : 0)) & nj_lowest(at - named - s.from) & ~nj_lowest(floor - s.from);
    at = ends != 0 ? s.from + 64 - (size_t)__builtin_clzll(ends) : floor;
    at = first_word(&s, t, at, floor, from, s.letter);
    return words_of(&s, at - s.from, nj_str_slice(t, at, from));
}

/* All that stand there, over the ends of lines and members. */
static struct words all_words_before(struct nj_str t, size_t from)
{
    struct stretch s;
    size_t floor = from > BEFORE ? from - BEFORE : 0;
    look(t, floor > 0 ? floor - 1 : 0, from, &s);
    size_t at = first_word(&s, t, floor, floor, from, s.upper | s.lower);
    return words_of(&s, at - s.from, nj_str_slice(t, at, from));
}

static struct words words_behind(struct nj_str t, size_t to)
{
    struct stretch s;
    size_t n = t.n - to > AFTER ? AFTER : t.n - to;
    bool more = t.n - to > n;
    look(t, to, to + n + more, &s);
    uint64_t ends = (s.fence | s.text_ends) & nj_lowest(n), others = ~s.letter & nj_lowest(n);
    if (ends != 0)
        n = (size_t)__builtin_ctzll(ends);
    else if (more && (s.letter >> n & 1) != 0) /* not within a word */
        n = others != 0 ? 64 - (size_t)__builtin_clzll(others) : 0;
    return words_of(&s, 0, nj_str_slice(t, to, to + n));
}

uint64_t nj_topics_member(struct nj_redactor *r)
{
    if ((r->topics & NJ_TOPICS_UNSEEN) != 0)
        r->topics = nj_key_topics(r, r->context);
    return r->topics;
}

uint64_t nj_topics_near(const struct nj_sweep *s, struct nj_span span)
{
    uint64_t topics = nj_topics_member(s->r) | topics_of(s->r, words_before(s->text, span.from));
    return topics | topics_of(s->r, words_behind(s->text, span.to));
}

/* What is random gives itself away from further than a number does. */
bool nj_is_near_secret(const struct nj_sweep *s, struct nj_span span)
{
    uint64_t topics = nj_topics_member(s->r), secret = NJ_TOPIC_BIT(NJ_TOPIC_SECRET), cursor = NJ_TOPIC_BIT(NJ_TOPIC_CURSOR);
    struct words before = all_words_before(s->text, span.from), behind = words_behind(s->text, span.to);
    if ((topics & secret) == 0 && !may_hold_secret(s->r, before) && !may_hold_secret(s->r, behind))
        return false; /* as mostly */
    topics |= topics_of(s->r, before) | topics_of(s->r, behind);
    return (topics & (secret | cursor)) == secret;
}

/* Decides from the words of a field's name whether its value is a secret. */
#include "redact_internal.h"

#include "nightjar/utf8.h"

enum {
    LAST = NJ_HOW_LAST,
    WHOLE = NJ_HOW_WHOLE,
    HEADED = NJ_HOW_HEADED,
    TOKEN = NJ_HOW_TOKEN,
    PUBLIC = NJ_HOW_PUBLIC,
    RANDOM = NJ_HOW_RANDOM,
};

/* What a word of the tables is by itself. */
enum { IS_TAIL = 1, IS_TOKEN = 2, IS_KEY = 4, IS_ENDING = 8, IS_PUBLIC = 16, IS_HEAD = 32 };

static const struct nj_str cancel_tails[] = { NJ_CANCEL_TAILS(NJ_STR_INIT) };
static const struct nj_str cancel_tokens[] = { NJ_CANCEL_TOKENS(NJ_STR_INIT) };
static const struct nj_str cancel_keys[] = { NJ_CANCEL_KEYS(NJ_STR_INIT) };

static const struct {
    struct nj_str name; /* in lower case, NJ_WORD_BYTES at most */
    uint16_t role;
} role_names[] = {
    { NJ_STR_INIT("name"), NJ_ROLE_NAME },
    { NJ_STR_INIT("key"), NJ_ROLE_NAME },
    { NJ_STR_INIT("value"), NJ_ROLE_VALUE | NJ_ROLE_ENCODED },
    { NJ_STR_INIT("body"), NJ_ROLE_ENCODED | NJ_ROLE_BODY },
    { NJ_STR_INIT("rawbody"), NJ_ROLE_ENCODED | NJ_ROLE_BODY },
    { NJ_STR_INIT("data"), NJ_ROLE_ENCODED },
    { NJ_STR_INIT("payload"), NJ_ROLE_ENCODED },
    { NJ_STR_INIT("content"), NJ_ROLE_ENCODED | NJ_ROLE_VALUE },
    { NJ_STR_INIT("rawheaders"), NJ_ROLE_FLAT },
    { NJ_STR_INIT("field"), NJ_ROLE_NAME },
    { NJ_STR_INIT("header"), NJ_ROLE_NAME },
    { NJ_STR_INIT("param"), NJ_ROLE_NAME },
    { NJ_STR_INIT("parameter"), NJ_ROLE_NAME },
    { NJ_STR_INIT("variable"), NJ_ROLE_NAME },
    { NJ_STR_INIT("attribute"), NJ_ROLE_NAME },
    { NJ_STR_INIT("property"), NJ_ROLE_NAME },
    { NJ_STR_INIT("parameterkey"), NJ_ROLE_NAME },
    { NJ_STR_INIT("parametervalue"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("k"), NJ_ROLE_NAME },
    { NJ_STR_INIT("v"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("val"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("values"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("rejectedvalue"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("old"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("new"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("oldvalue"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("newvalue"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("loc"), NJ_ROLE_PLACE },
    { NJ_STR_INIT("path"), NJ_ROLE_PLACE },
    { NJ_STR_INIT("input"), NJ_ROLE_INPUT },
    { NJ_STR_INIT("received"), NJ_ROLE_INPUT },
    { NJ_STR_INIT("args"), NJ_ROLE_ARGS },
    { NJ_STR_INIT("type"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("label"), NJ_ROLE_SAFE | NJ_ROLE_NAME },
    { NJ_STR_INIT("id"), NJ_ROLE_SAFE | NJ_ROLE_NAME },
    { NJ_STR_INIT("in"), NJ_ROLE_SAFE }, /* where OpenAPI has an API key go */
    { NJ_STR_INIT("ref"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("pattern"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("format"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("description"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("created"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("expires"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("expiration"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("region"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("bucket"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("origin"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("status"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("issuer"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("audience"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("algorithm"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("message"), NJ_ROLE_MESSAGE },
    { NJ_STR_INIT("msg"), NJ_ROLE_MESSAGE },
    { NJ_STR_INIT("user"), NJ_ROLE_TEXT },
    { NJ_STR_INIT("pass"), NJ_ROLE_TEXT },
#define TEXT_NAME(word)                                                                                                                    \
    {                                                                                                                                      \
        NJ_STR_INIT(word), NJ_ROLE_TEXT                                                                                                    \
    }
    NJ_LINK_VERBS(TEXT_NAME),
    NJ_SPOKEN_VERBS(TEXT_NAME),
#undef TEXT_NAME
};
_Static_assert(NJ_SECRET_KEYS *NJ_PHRASE_WORDS + NJ_COUNT(cancel_tails) + NJ_COUNT(cancel_tokens) + NJ_COUNT(cancel_keys) +
                       NJ_COUNT(role_names) <
                   NJ_WORDS,
               "there is room for every word of the tables");

/* --- the table of words ------------------------------------------------------------------------------------------- */

static uint64_t load(const char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

static uint64_t rotated(uint64_t v, unsigned n)
{
    return v << n | v >> (64 - n);
}

/* A word of NJ_WORD_BYTES at most, of whose place sixteen bytes may be read however short it is: itself in two registers. */
static inline struct nj_word word_at(const char *p, size_t n)
{
    static const uint64_t first[] = { 0, 0xff, 0xffff, 0xffffff, 0xffffffff, 0xffffffffff, 0xffffffffffff, 0xffffffffffffff, NJ_NPOS };
    size_t head = n < 8 ? n : 8;
    return (struct nj_word){ .head = load(p, 8) & first[head], .tail = load(p + 8, 8) & first[n - head], .n = (uint8_t)n };
}

static inline uint64_t hash_of_word(const struct nj_word *w)
{
    return (w->head ^ rotated(w->tail, 23) ^ w->n) * 0x9e3779b97f4a7c15u;
}

static inline size_t slot_of_word(uint64_t hash)
{
    return hash >> 32 & (NJ_WORD_SLOTS - 1);
}

/* What a slot has beside the word's number, so that the words of others are mostly not even looked at. */
static inline unsigned print_of_word(uint64_t hash)
{
    return (unsigned)(hash >> 48) & ~(NJ_WORDS - 1u) & UINT16_MAX;
}

/* Its number, or 0 when it is in no table. */
static inline unsigned find_word(const struct nj_key_index *x, const char *p, size_t n)
{
    if (n > NJ_WORD_BYTES)
        return 0;
    struct nj_word w = word_at(p, n);
    uint64_t hash = hash_of_word(&w);
    for (size_t at = slot_of_word(hash);; at = (at + 1) % NJ_WORD_SLOTS) {
        unsigned id = x->slot[at] ^ print_of_word(hash);
        if (id < NJ_WORDS) {
            const struct nj_word *known = &x->word[id];
            if (known->head == w.head && known->tail == w.tail && known->n == w.n)
                return id;
        }
        if (x->slot[at] == 0)
            return 0;
    }
}

static unsigned add_word(struct nj_key_index *x, struct nj_str word)
{
    char text[2 * NJ_WORD_BYTES] = { 0 };
    memcpy(text, word.p, word.n < NJ_WORD_BYTES ? word.n : NJ_WORD_BYTES);
    unsigned id = find_word(x, text, word.n);
    if (id != 0 || word.n > NJ_WORD_BYTES)
        return id;
    id = ++x->words;
    x->word[id] = word_at(text, word.n);
    x->word[id].rule = NJ_KEY_NONE;
    uint64_t hash = hash_of_word(&x->word[id]);
    size_t at = slot_of_word(hash);
    while (x->slot[at] != 0)
        at = (at + 1) % NJ_WORD_SLOTS;
    x->slot[at] = (uint16_t)(id | print_of_word(hash));
    return id;
}

/* A row is found by the first word of its phrase, and a SUFFIX row by its last three letters. */
static void add_row(struct nj_key_index *x, int rule)
{
    const struct nj_secret_key_row *row = &nj_secret_keys[rule];
    struct nj_key_phrase *phrase = &x->phrase[rule];
    struct nj_str rest = row->phrase, piece;
    if (rest.n == 0)
        return;
    if (row->how & NJ_HOW_SUFFIX) {
        const char *end = rest.p + rest.n;
        int16_t *first = &x->suffix_first[end[-2] & 31][end[-1] & 31];
        x->suffix_next[rule] = *first;
        *first = (int16_t)rule;
        x->suffix_third[end[-2] & 31][end[-1] & 31] |= (uint32_t)1 << (end[-3] & 31);
    }
    while (phrase->n < NJ_PHRASE_WORDS && nj_str_cut(&rest, ' ', &piece))
        phrase->word[phrase->n++] = (uint16_t)add_word(x, piece);
    phrase->how = row->how;
    phrase->class = (uint8_t)row->class;
    phrase->next = x->word[phrase->word[0]].rule;
    if (phrase->word[0] != 0) /* a word too long for the table is found as a suffix alone */
        x->word[phrase->word[0]].rule = (int16_t)rule;
    if (phrase->n > 1)
        x->word[phrase->word[phrase->n - 1]].is |= IS_ENDING;
    if (phrase->n > 1)
        x->word[phrase->word[phrase->n - 2]].is |= IS_HEAD;
}

void nj_keys_init(struct nj_redactor *r)
{
    struct nj_key_index *x = &r->key_index;
    memset(x->suffix_first, 0xff, sizeof(x->suffix_first)); /* NJ_KEY_NONE */
    x->word[0].rule = NJ_KEY_NONE;
    for (size_t i = 0; i < NJ_COUNT(role_names); i++) {
        x->word[add_word(x, role_names[i].name)].roles |= role_names[i].role;
        x->role_first[role_names[i].name.n] |= (uint32_t)1 << (role_names[i].name.p[0] & 31);
    }
    for (size_t i = 0; i < NJ_COUNT(cancel_tails); i++)
        x->word[add_word(x, cancel_tails[i])].is |= IS_TAIL;
    for (size_t i = 0; i < NJ_COUNT(cancel_tokens); i++)
        x->word[add_word(x, cancel_tokens[i])].is |= IS_TOKEN;
    for (size_t i = 0; i < NJ_COUNT(cancel_keys); i++)
        x->word[add_word(x, cancel_keys[i])].is |= IS_KEY;
    x->word[add_word(x, NJ_STR("public"))].is |= IS_PUBLIC;
    for (int rule = NJ_SECRET_KEYS - 1; rule >= 0; rule--)
        add_row(x, rule);
}

/* --- a name as words ---------------------------------------------------------------------------------------------- */

/* Bits of the bytes of a name, 64 in each. */
struct letters {
    uint64_t upper[2], lower[2], digit[2];
};

/* The next character of a name in ASCII: full-width forms folded, invisible ones 0, all others a space. */
static char next_char(struct nj_str name, size_t *at)
{
    size_t len = nj_utf8_len(name, *at);
    if (len <= 1)
        return name.p[(*at)++];
    uint32_t c = nj_utf8_point(name, *at, len);
    *at += len;
    if (c >= 0xff01 && c <= 0xff5e)
        return (char)(c - 0xfee0);
    return c == 0xad || (c >= 0x200b && c <= 0x200d) || c == 0x2060 || c == 0xfeff ? '\0' : ' ';
}

static void copy_name(struct nj_name *w, struct nj_str name)
{
    if (name.n > NJ_NAME_BYTES)
        name = nj_str_slice(name, name.n - NJ_NAME_BYTES, name.n); /* names are decided by how they end */
    memcpy(w->text, name.p, name.n);
    memset(w->text + name.n, ' ', sizeof(nj_lane));
    w->n = name.n;
    uint64_t odd = 0; /* not ASCII, or NUL */
    for (size_t i = 0; i < name.n; i += sizeof(nj_lane)) {
        nj_lane v = nj_lane_at(w->text + i);
        odd |= nj_lane_bits((nj_lane)(v - 1 > 0x7e));
    }
    if (odd != 0)
        w->n = 0;
    for (size_t at = odd != 0 ? 0 : name.n; at < name.n;) {
        char c = next_char(name, &at);
        w->text[w->n] = c;
        w->n += c != '\0';
    }
    memset(w->text + w->n, 0, 2 * NJ_WORD_BYTES);
}

/* Tells the letters apart and makes capitals small. */
static void read_letters(struct nj_name *w, struct letters *l)
{
    *l = (struct letters){ { 0 }, { 0 }, { 0 } };
    for (size_t i = 0; i < w->n; i += sizeof(nj_lane)) {
        nj_lane v = nj_lane_at(w->text + i);
        nj_lane upper = (nj_lane)(v - 'A' < 26), lower = (nj_lane)(v - 'a' < 26), digit = nj_lane_digits(v);
        l->upper[i / 64] |= nj_lane_bits(upper) << i % 64;
        l->lower[i / 64] |= nj_lane_bits(lower) << i % 64;
        l->digit[i / 64] |= nj_lane_bits(digit) << i % 64;
        v |= upper & 0x20;
        memcpy(w->text + i, &v, sizeof(v));
    }
}

/* May a word end in a SUFFIX row's phrase, which has three letters at least? */
static inline bool may_end_in_phrase(const struct nj_key_index *x, const char *word, size_t n)
{
    enum { SHORTEST = 4 };
    const char *end = word + (n < SHORTEST ? SHORTEST : n);
    return (n >= SHORTEST) & (x->suffix_third[end[-2] & 31][end[-1] & 31] >> (end[-3] & 31));
}

static inline void add_word_of_name(const struct nj_key_index *x, struct nj_name *w, size_t from, size_t end)
{
    unsigned id = find_word(x, w->text + from, end - from);
    w->from[w->words] = (uint8_t)from;
    w->to[w->words] = (uint8_t)end;
    w->id[w->words] = (uint16_t)id;
    if (w->words < NJ_WORDS_MARKED) {
        w->begin |= (uint64_t)(x->word[id].rule != NJ_KEY_NONE) << w->words;
        w->end |= (uint64_t)may_end_in_phrase(x, w->text + from, end - from) << w->words;
    }
    w->words++;
}

/* Digits at the end of a word number it ("password1", "cvv2"); a word of digits alone stays. */
static void add_numbered_word(const struct nj_key_index *x, struct nj_name *w, size_t from, size_t to)
{
    size_t end = to;
    while (end > from && w->text[end - 1] <= '9')
        end--;
    add_word_of_name(x, w, from, end == from ? to : end);
}

/* A word begins behind what is neither letter nor digit, at a capital behind something else, and at the last capital of an
 * acronym: "X-Amz-SecurityToken" is "x amz security token". */
static __attribute__((noinline)) void split_long(const struct nj_key_index *x, struct nj_name *w, struct nj_str name)
{
    struct letters l;
    copy_name(w, name);
    read_letters(w, &l);
    w->words = 0;
    w->begin = w->end = 0;
    size_t from = NJ_NPOS;
    for (size_t k = 0; k * 64 < w->n; k++) {
        uint64_t upper = l.upper[k], small = l.lower[k] | l.digit[k], any = upper | small;
        uint64_t upper1 = upper << 1, small1 = small << 1, lower_next = l.lower[k] >> 1;
        if (k != 0) {
            upper1 |= l.upper[0] >> 63;
            small1 |= (l.lower[0] | l.digit[0]) >> 63;
        } else {
            lower_next |= l.lower[1] << 63;
        }
        uint64_t edges = ~any | ~(upper1 | small1) | (upper & (small1 | (upper1 & lower_next)));
        /* From here to the next edge is a word, if it is of letters and digits. */
        for (; edges != 0; edges &= edges - 1) {
            size_t at = k * 64 + (size_t)__builtin_ctzll(edges);
            if (at >= w->n)
                break;
            if (from != NJ_NPOS)
                add_numbered_word(x, w, from, at);
            from = (any & edges & (0 - edges)) != 0 ? at : NJ_NPOS;
        }
    }
    if (from != NJ_NPOS)
        add_numbered_word(x, w, from, w->n);
}

/* What stands where in a short name: a bit a byte. */
struct short_letters {
    uint64_t letter, small, digit, odd; /* small: or no letter; odd: not ASCII, or NUL */
};

/* Adds those of sixteen bytes of a name, from byte base on, and makes capitals small. */
static inline void read_short(char *p, unsigned base, struct short_letters *l)
{
    nj_lane v = nj_lane_at(p);
    nj_lane letter = nj_lane_letters(v);
    l->letter |= nj_lane_bits(letter) << base;
    l->small |= nj_lane_bits(nj_lane_small(v)) << base;
    l->digit |= nj_lane_bits(nj_lane_digits(v)) << base;
    l->odd |= (nj_lane_bits(v) | nj_lane_bits((nj_lane)(v == 0))) << base;
    v |= letter & 0x20;
    memcpy(p, &v, sizeof(v));
}

/* The same of a short name in ASCII, as most are, all of it at once; false: it is another one.  text: the name, and NULs. */
static inline bool split_short(const struct nj_key_index *x, struct nj_name *w, const nj_lane text[static 2], size_t n)
{
    enum { LANE = sizeof(nj_lane) };
    struct short_letters l = { 0 };
    memcpy(w->text, text, sizeof(text[0]) * 2);
    memset(w->text + sizeof(text[0]) * 2, 0, NJ_WORD_BYTES);
    read_short(w->text, 0, &l);
    if (n > LANE)
        read_short(w->text + LANE, LANE, &l);
    if ((l.odd & (((uint64_t)1 << n) - 1)) != 0)
        return false;
    w->n = n;
    w->words = 0;
    w->begin = w->end = 0;
    uint64_t lower = l.letter & l.small, upper = l.letter & ~l.small, any = l.letter | l.digit, small = lower | l.digit;
    uint64_t edges = ~any | ~(any << 1) | (upper & (small << 1 | (upper << 1 & lower >> 1)));
    for (uint64_t begins = any & edges; begins != 0; begins &= begins - 1) {
        size_t from = (size_t)__builtin_ctzll(begins), to = (size_t)__builtin_ctzll(edges & ~(begins ^ (begins - 1)));
        uint64_t letters = l.letter & (((uint64_t)1 << to) - ((uint64_t)1 << from));
        size_t end = letters != 0 ? 64 - (size_t)__builtin_clzll(letters) : to; /* without digits at its end */
        add_word_of_name(x, w, from, end);
    }
    return true;
}

/* --- phrases ------------------------------------------------------------------------------------------------------ */

static unsigned is_at(const struct nj_redactor *r, size_t word)
{
    return r->key_index.word[r->name.id[word]].is;
}

/* Do the words around a phrase (from..to) leave it standing? */
static bool around_allows(const struct nj_redactor *r, size_t from, size_t to, unsigned how)
{
    bool last = to == r->name.words;
    unsigned against = (last ? 0 : LAST | WHOLE) | (from != 0 ? WHOLE : HEADED);
    if (how & against)
        return false;
    if (!last && (is_at(r, r->name.words - 1) & IS_TAIL))
        return false;
    if ((how & PUBLIC) && from > 0 && (is_at(r, from - 1) & IS_PUBLIC))
        return false;
    unsigned cancels = how & RANDOM ? IS_TOKEN | IS_KEY : how & TOKEN ? IS_TOKEN : 0;
    for (size_t i = 0; cancels != 0 && i < from; i++)
        if (is_at(r, i) & cancels)
            return false;
    return true;
}

struct best {
    int rule;
    size_t words;
};

/* More words say more; of as many, "mail_password" is a password: the graver class stands first in classes.def. */
static inline void consider(const struct nj_key_index *x, struct best *b, int rule)
{
    const struct nj_key_phrase *phrase = &x->phrase[rule];
    if (phrase->n > b->words || (phrase->n == b->words && phrase->class < x->phrase[b->rule].class))
        *b = (struct best){ rule, phrase->n };
}

/* Does the phrase stand at this word, the first one of which does? */
static inline bool has_phrase(const struct nj_redactor *r, size_t word, const struct nj_key_phrase *phrase)
{
    if (phrase->n > r->name.words - word)
        return false;
    for (size_t i = 1; i < phrase->n; i++)
        if (r->name.id[word + i] != phrase->word[i])
            return false;
    return true;
}

static inline void match_at(const struct nj_redactor *r, size_t word, struct best *b)
{
    const struct nj_key_index *x = &r->key_index;
    for (int rule = x->word[r->name.id[word]].rule; rule != NJ_KEY_NONE; rule = x->phrase[rule].next) {
        const struct nj_key_phrase *phrase = &x->phrase[rule];
        if (has_phrase(r, word, phrase) && around_allows(r, word, word + phrase->n, phrase->how))
            consider(x, b, rule);
    }
}

/* A word that only ends in a phrase. */
static int match_suffix(const struct nj_redactor *r, size_t word)
{
    const struct nj_key_index *x = &r->key_index;
    struct nj_str w = nj_str_slice((struct nj_str){ r->name.text, r->name.n }, r->name.from[word], r->name.to[word]);
    if (w.n < 2)
        return NJ_KEY_NONE;
    int rule = x->suffix_first[w.p[w.n - 2] & 31][w.p[w.n - 1] & 31];
    for (; rule != NJ_KEY_NONE; rule = x->suffix_next[rule])
        if (w.n > nj_secret_keys[rule].phrase.n && nj_str_ends(w, nj_secret_keys[rule].phrase) &&
            around_allows(r, word, word + 1, x->phrase[rule].how))
            return rule;
    return NJ_KEY_NONE;
}

/* The words behind those that are marked, of a name that has as many. */
static __attribute__((noinline, cold)) int rule_of_rest(const struct nj_redactor *r, struct best best)
{
    for (size_t i = NJ_WORDS_MARKED; i < r->name.words; i++)
        match_at(r, i, &best);
    for (uint64_t some = r->name.end; best.rule == NJ_KEY_NONE && some != 0; some &= some - 1)
        best.rule = match_suffix(r, (size_t)__builtin_ctzll(some));
    for (size_t i = NJ_WORDS_MARKED; best.rule == NJ_KEY_NONE && i < r->name.words; i++)
        best.rule = match_suffix(r, i);
    return best.rule;
}

static inline int rule_of_words(const struct nj_redactor *r)
{
    struct best best = { NJ_KEY_NONE, 0 };
    for (uint64_t some = r->name.begin; some != 0; some &= some - 1)
        match_at(r, (size_t)__builtin_ctzll(some), &best);
    if (r->name.words > NJ_WORDS_MARKED)
        return rule_of_rest(r, best);
    for (uint64_t some = r->name.end; best.rule == NJ_KEY_NONE && some != 0; some &= some - 1)
        best.rule = match_suffix(r, (size_t)__builtin_ctzll(some));
    return best.rule;
}

/* Passwords where they are not written in Latin letters; the tables know words of those. */
static bool is_foreign_password(struct nj_str name)
{
    static const struct nj_str names[] = {
        NJ_STR_INIT("\xd0\xbf\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"),             /* Cyrillic */
        NJ_STR_INIT("\xd0\x9f\xd0\xb0\xd1\x80\xd0\xbe\xd0\xbb\xd1\x8c"),             /* ... with a capital */
        NJ_STR_INIT("\xe5\xaf\x86\xe7\xa0\x81"),                                     /* Chinese */
        NJ_STR_INIT("\xe5\xaf\x86\xe7\xa2\xbc"),                                     /* ... traditional */
        NJ_STR_INIT("\xe3\x83\x91\xe3\x82\xb9\xe3\x83\xaf\xe3\x83\xbc\xe3\x83\x89"), /* Japanese */
        NJ_STR_INIT("\xeb\xb9\x84\xeb\xb0\x80\xeb\xb2\x88\xed\x98\xb8"),             /* Korean */
    };
    for (size_t i = 0; i < NJ_COUNT(names); i++)
        if (nj_str_ends(name, names[i]))
            return true;
    return false;
}

/* Names that json_walk.c knows besides: of JSON web keys, all but "kty" of two letters at most, and of OAuth.  What the policy keeps says as
 * little as what no rule knows. */
static bool is_dull(const struct nj_redactor *r, struct nj_str name, struct nj_key key)
{
    unsigned telling =
        NJ_ROLE_NAME | NJ_ROLE_VALUE | NJ_ROLE_ENCODED | NJ_ROLE_BODY | NJ_ROLE_FLAT | NJ_ROLE_PLACE | NJ_ROLE_INPUT | NJ_ROLE_ARGS;
    bool kept = key.rule == NJ_KEY_NONE || nj_key_action(r, key.rule) == NJ_ACT_KEEP;
    if (!kept || (key.roles & telling) != 0 || name.n <= 2)
        return false;
    char first = name.p[0] | 0x20; /* an underscore is DEL then */
    bool may_be = first == 'k' || first == 'g' || first == '-' || first == 0x7f;
    return !may_be || (!nj_is_name(name, NJ_STR("kty")) && !nj_is_name(name, NJ_STR("granttype")));
}

/* May the whole name be a word that has one? */
static inline bool may_have_role(const struct nj_key_index *x, const struct nj_name *w)
{
    return w->n <= NJ_WORD_BYTES && (x->role_first[w->n] >> (w->text[0] & 31) & 1) != 0;
}

/* text: of a short name, see split_short(); else NULL. */
static struct nj_key judge(struct nj_redactor *r, struct nj_str name, const nj_lane *text)
{
    struct nj_key key = { .rule = NJ_KEY_NONE, .topics = NJ_TOPICS_UNSEEN };
    const struct nj_key_index *x = &r->key_index;
    struct nj_name *w = &r->name;
    if (text == NULL || !split_short(x, w, text, name.n))
        split_long(x, w, name);
    if (w->n == name.n && may_have_role(x, w))
        key.roles = x->word[find_word(x, w->text, w->n)].roles;
    int own = r->rules != NULL ? nj_rules_key(r, name) : NJ_KEY_NONE;
    if (own != NJ_KEY_NONE || (r->keys.n != 0 && nj_globs_match(&r->keys, name))) {
        key.rule = (int16_t)(own != NJ_KEY_NONE ? own : NJ_KEY_CUSTOM);
        return key;
    }
    if (r->allow_keys.n != 0 && nj_globs_match(&r->allow_keys, name))
        return key;
    if (w->words == 0 && is_foreign_password(name))
        split_long(x, w, NJ_STR("password"));
    key.rule = (int16_t)rule_of_words(r);
    if (w->words == 0)
        return key;
    unsigned last = is_at(r, w->words - 1);
    if (key.rule == NJ_KEY_NONE && w->words > 1 && (last & IS_TAIL))
        key.roles |= NJ_ROLE_SAFE; /* in a secret container too it speaks about something else */
    if (last & IS_ENDING)
        key.roles |= NJ_ROLE_ENDING;
    if (last & IS_HEAD)
        key.roles |= NJ_ROLE_HEAD;
    return key;
}

static struct nj_key classify(struct nj_redactor *r, struct nj_str name, const nj_lane *text)
{
    struct nj_key key = judge(r, name, text);
    key.dull = is_dull(r, name, key);
    return key;
}

/* --- the memory of names ------------------------------------------------------------------------------------------ */

/* Names of 1 to 7 bytes, of 8 to 16, and of 17 to 32: all their bytes are in one word, in two, in four, which may overlap. */
enum size { SHORT, MIDDLE, LONG };
_Static_assert(NJ_KEY_SLOT_LEN == 4 * sizeof(uint64_t), "four words hold the longest name");

static inline uint64_t word_of_short(const char *p, size_t n)
{
    if (n >= 4)
        return load(p, 4) | load(p + n - 4, 4) << 32;
    return load(p, 1) | load(p + n / 2, 1) << 8 | load(p + n - 1, 1) << 16;
}

/* The first of the two slots a name may have; the other one is its neighbour.  Both may still hold others. */
static inline size_t slot_of(const char *p, size_t n, enum size size)
{
    const uint64_t one = 0x9e3779b97f4a7c15u, two = 0xd6e8feb86659fd93u;
    uint64_t h = size == SHORT ? word_of_short(p, n) : load(p, 8) ^ rotated(load(p + n - 8, 8), 23);
    if (size == LONG)
        h ^= (load(p + 8, 8) ^ rotated(load(p + n - 16, 8), 41)) * two;
    return (h ^ n) * one >> 40 & (NJ_KEY_SLOTS - 1);
}

static inline bool holds(const struct nj_key_slot *slot, const char *p, size_t n, enum size size)
{
    const char *text = (const char *)slot->text;
    if (slot->n != n)
        return false;
    if (size == SHORT)
        return word_of_short(text, n) == word_of_short(p, n);
    uint64_t other = (load(text, 8) ^ load(p, 8)) | (load(text + n - 8, 8) ^ load(p + n - 8, 8));
    if (size == LONG)
        other |= (load(text + 8, 8) ^ load(p + 8, 8)) | (load(text + n - 16, 8) ^ load(p + n - 16, 8));
    return other == 0;
}

/* All bytes of a name of 1 to 32 bytes. */
static inline void copy_short(char *to, const char *p, size_t n)
{
    if (n >= 16) {
        memcpy(to, p, 16);
        memcpy(to + n - 16, p + n - 16, 16);
    } else if (n >= 8) {
        memcpy(to, p, 8);
        memcpy(to + n - 8, p + n - 8, 8);
    } else if (n >= 4) {
        memcpy(to, p, 4);
        memcpy(to + n - 4, p + n - 4, 4);
    } else {
        to[0] = p[0];
        to[n / 2] = p[n / 2];
        to[n - 1] = p[n - 1];
    }
}

/* Apart, so that the way of known names stays short.  Of two slots in use the one goes that was seen longest ago; as the name may have
 * been in either, it counts as seen where the later of them was. */
static __attribute__((noinline)) struct nj_key_slot *learn(struct nj_redactor *r, struct nj_str name, size_t at)
{
    enum { BEHIND = 2 };
    struct nj_key_slot *slot = &r->slots[at], *other = &r->slots[at ^ 1];
    uint32_t object = slot->object > other->object ? slot->object : other->object;
    slot = (slot->n != 0) & ((other->n == 0) | (other->object < slot->object)) ? other : slot;
    slot->n = (uint8_t)name.n;
    slot->need = 0;
    slot->judged = false;
    slot->object = object;
    char *text = (char *)slot->text;
    memset(text, 0, sizeof(slot->text));
    copy_short(text, name.p, name.n);
    slot->key = classify(r, name, slot->text);
    if (name.n + BEHIND <= sizeof(slot->text))
        memcpy(text + name.n, "\":", BEHIND);
    return slot;
}

static inline struct nj_key_slot *slot_for(struct nj_redactor *r, struct nj_str name, enum size size)
{
    size_t at = slot_of(name.p, name.n, size);
    if (holds(&r->slots[at], name.p, name.n, size))
        return &r->slots[at];
    if (holds(&r->slots[at ^ 1], name.p, name.n, size))
        return &r->slots[at ^ 1];
    return learn(r, name, at);
}

struct nj_key_slot *nj_key_slot(struct nj_redactor *r, struct nj_str name)
{
    if (name.n == 0 || name.n > NJ_KEY_SLOT_LEN)
        return NULL;
    if (name.n > 16)
        return slot_for(r, name, LONG);
    return name.n >= 8 ? slot_for(r, name, MIDDLE) : slot_for(r, name, SHORT);
}

struct nj_key nj_key_of_long(struct nj_redactor *r, struct nj_str name)
{
    return classify(r, name, NULL);
}

uint64_t nj_key_topics(struct nj_redactor *r, struct nj_str name)
{
    struct nj_key_slot *slot = nj_key_slot(r, name);
    if (slot == NULL)
        return nj_topics_of(r, name);
    if ((slot->key.topics & NJ_TOPICS_UNSEEN) != 0)
        slot->key.topics = nj_topics_of(r, name);
    return slot->key.topics;
}

/* Decides from a field's name whether its value is a secret. */
#include "redact_internal.h"

#include "nightjar/utf8.h"

enum {
    ANYWHERE = NJ_HOW_ANYWHERE,
    LAST = NJ_HOW_LAST,
    WHOLE = NJ_HOW_WHOLE,
    SUFFIX = NJ_HOW_SUFFIX,
    HEADED = NJ_HOW_HEADED,
    TOKEN = NJ_HOW_TOKEN,
    PUBLIC = NJ_HOW_PUBLIC,
    QUERY = NJ_HOW_QUERY,
    TEXT = NJ_HOW_TEXT,
    LINE = NJ_HOW_LINE,
    PATH = NJ_HOW_PATH,
    DIGITS = NJ_HOW_DIGITS,
    LONG = NJ_HOW_LONG,
    MAIL = NJ_HOW_MAIL,
    MIXED = NJ_HOW_MIXED,
    SUBTREE = NJ_HOW_SUBTREE,
    GRANT = NJ_HOW_GRANT,
    BASIC = NJ_HOW_BASIC,
    RANDOM = NJ_HOW_RANDOM
};

const struct nj_secret_key_row nj_secret_keys[NJ_KEY_ROWS] = {
#define NJ_SECRET_KEY(counter, class, how, phrase) { NJ_STR_INIT(counter), NJ_CLASS_##class, how, NJ_STR_INIT(phrase) },
#include "keys.def"
#undef NJ_SECRET_KEY
    [NJ_SECRET_KEYS... NJ_KEY_ROWS - 1] = { NJ_STR_INIT("custom"), NJ_CLASS_CUSTOM, WHOLE, { NULL, 0 } },
};

static const struct nj_str cancel_tails[] = { NJ_CANCEL_TAILS(NJ_STR_INIT) };
static const struct nj_str cancel_tokens[] = { NJ_CANCEL_TOKENS(NJ_STR_INIT) };
static const struct nj_str cancel_keys[] = { NJ_CANCEL_KEYS(NJ_STR_INIT) };

static const struct {
    struct nj_str name; /* shorter than 32 bytes */
    uint16_t role;
} role_names[] = {
    { NJ_STR_INIT("name"), NJ_ROLE_NAME },
    { NJ_STR_INIT("key"), NJ_ROLE_NAME },
    { NJ_STR_INIT("value"), NJ_ROLE_VALUE | NJ_ROLE_ENCODED },
    { NJ_STR_INIT("body"), NJ_ROLE_ENCODED | NJ_ROLE_BODY },
    { NJ_STR_INIT("rawBody"), NJ_ROLE_ENCODED | NJ_ROLE_BODY },
    { NJ_STR_INIT("data"), NJ_ROLE_ENCODED },
    { NJ_STR_INIT("payload"), NJ_ROLE_ENCODED },
    { NJ_STR_INIT("content"), NJ_ROLE_ENCODED | NJ_ROLE_VALUE },
    { NJ_STR_INIT("rawHeaders"), NJ_ROLE_FLAT },
    { NJ_STR_INIT("field"), NJ_ROLE_NAME },
    { NJ_STR_INIT("header"), NJ_ROLE_NAME },
    { NJ_STR_INIT("param"), NJ_ROLE_NAME },
    { NJ_STR_INIT("parameter"), NJ_ROLE_NAME },
    { NJ_STR_INIT("variable"), NJ_ROLE_NAME },
    { NJ_STR_INIT("attribute"), NJ_ROLE_NAME },
    { NJ_STR_INIT("property"), NJ_ROLE_NAME },
    { NJ_STR_INIT("ParameterKey"), NJ_ROLE_NAME },
    { NJ_STR_INIT("ParameterValue"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("k"), NJ_ROLE_NAME },
    { NJ_STR_INIT("v"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("val"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("values"), NJ_ROLE_VALUE },
    { NJ_STR_INIT("type"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("label"), NJ_ROLE_SAFE | NJ_ROLE_NAME },
    { NJ_STR_INIT("id"), NJ_ROLE_SAFE | NJ_ROLE_NAME },
    { NJ_STR_INIT("ref"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("created"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("expires"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("expiration"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("region"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("bucket"), NJ_ROLE_SAFE },
    { NJ_STR_INIT("message"), NJ_ROLE_MESSAGE },
    { NJ_STR_INIT("msg"), NJ_ROLE_MESSAGE },
};

/* --- a name as words ---------------------------------------------------------------------------------------------- */

enum { NAME_MAX_BYTES = 128, NAME_MAX_WORDS = NAME_MAX_BYTES }; /* a word takes a byte at least */

/* "X-Amz-SecurityToken" is "x amz security token", words at starts[]. */
struct words {
    char text[NAME_MAX_BYTES + NAME_MAX_WORDS];
    size_t n;
    uint16_t start[NAME_MAX_WORDS + 1]; /* one behind the last holds the end, counted with its space */
    size_t count;
    bool open;
};

static size_t word_end(const struct words *w, size_t i)
{
    return w->start[i + 1] - 1;
}

static struct nj_str word_at(const struct words *w, size_t i)
{
    return (struct nj_str){ w->text + w->start[i], word_end(w, i) - w->start[i] };
}

/* Digits at the end of a word number it ("password1", "cvv2"); a word of digits alone stays. */
static void close_word(struct words *w)
{
    if (!w->open)
        return;
    size_t from = w->start[w->count], to = w->n;
    while (to > from && w->text[to - 1] >= '0' && w->text[to - 1] <= '9')
        to--;
    w->n = to > from ? to : w->n;
    w->text[w->n++] = ' ';
    w->start[++w->count] = (uint16_t)w->n;
    w->open = false;
}

static void add_letter(struct words *w, char c)
{
    w->open = true;
    w->text[w->n++] = c;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

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

static void split_words(struct words *w, struct nj_str name)
{
    char before = ' ', now = ' ';
    w->n = w->count = w->start[0] = 0;
    w->open = false;
    if (name.n > NAME_MAX_BYTES)
        name = nj_str_slice(name, name.n - NAME_MAX_BYTES, name.n); /* names are decided by how they end */
    for (size_t at = 0; at < name.n; before = now) {
        now = next_char(name, &at);
        if (now == '\0') {
            now = before;
            continue;
        }
        if (!nj_is(now, NJ_IS_ALPHA | NJ_IS_DIGIT)) {
            close_word(w);
            continue;
        }
        bool hump = is_upper(now) && (is_lower(before) || nj_is(before, NJ_IS_DIGIT));
        bool after_acronym = is_upper(now) && is_upper(before) && at < name.n && is_lower(name.p[at]);
        if (hump || after_acronym)
            close_word(w);
        add_letter(w, is_upper(now) ? (char)(now | 0x20) : now);
    }
    close_word(w);
}

/* --- phrases ------------------------------------------------------------------------------------------------------ */

static bool listed(struct nj_str word, const struct nj_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (word.n == list[i].n && word.p[0] == list[i].p[0] && nj_str_eq(word, list[i]))
            return true;
    return false;
}

/* Words taken by the phrase at word i, or 0. */
static size_t phrase_words(const struct words *w, size_t i, struct nj_str phrase)
{
    size_t from = w->start[i], to = from + phrase.n;
    if (to >= w->n || w->text[to] != ' ' || memcmp(w->text + from, phrase.p, phrase.n) != 0)
        return 0;
    size_t taken = 1;
    while (word_end(w, i + taken - 1) < to)
        taken++;
    return taken;
}

/* Do the words around a phrase (from..to) leave it standing? */
static bool around_allows(const struct words *w, size_t from, size_t to, unsigned how)
{
    bool last = to == w->count;
    if (((how & LAST) && !last) || ((how & WHOLE) && (from != 0 || !last)) || ((how & HEADED) && from == 0))
        return false;
    if (!last && listed(word_at(w, w->count - 1), cancel_tails, NJ_COUNT(cancel_tails)))
        return false;
    if ((how & PUBLIC) && from > 0 && nj_str_eq(word_at(w, from - 1), NJ_STR("public")))
        return false;
    for (size_t i = 0; (how & (TOKEN | RANDOM)) && i < from; i++)
        if (listed(word_at(w, i), cancel_tokens, NJ_COUNT(cancel_tokens)) ||
            ((how & RANDOM) && listed(word_at(w, i), cancel_keys, NJ_COUNT(cancel_keys))))
            return false;
    return true;
}

struct best {
    int rule;
    size_t words;
};

/* More words say more; of as many, "mail_password" is a password: the graver class stands first in classes.def. */
static void consider(struct best *b, int rule, size_t words)
{
    if (words > b->words || (words == b->words && nj_secret_keys[rule].class < nj_secret_keys[b->rule].class))
        *b = (struct best){ rule, words };
}

/* The column of an index for the byte behind the first. */
static size_t second_letter(char c)
{
    return is_lower(c) ? (size_t)(c - 'a') : 26;
}

static void match_at(const struct nj_redactor *r, const struct words *w, size_t i, struct best *b)
{
    struct nj_str word = word_at(w, i);
    char first = word.p[0];
    if (!is_lower(first))
        return;
    const struct nj_key_index *x = &r->key_index;
    for (int rule = x->rule_first[first - 'a'][second_letter(word.p[1])]; rule != NJ_KEY_NONE; rule = x->rule_next[rule]) {
        size_t words = phrase_words(w, i, nj_secret_keys[rule].phrase);
        if (words != 0 && around_allows(w, i, i + words, nj_secret_keys[rule].how))
            consider(b, rule, words);
    }
}

static void match_suffix(const struct nj_redactor *r, const struct words *w, size_t i, struct best *b)
{
    struct nj_str word = word_at(w, i);
    char last = word.p[word.n - 1];
    if (!is_lower(last))
        return;
    const struct nj_key_index *x = &r->key_index;
    for (int rule = x->suffix_first[last - 'a']; b->words == 0 && rule != NJ_KEY_NONE; rule = x->suffix_next[rule]) {
        const struct nj_secret_key_row *row = &nj_secret_keys[rule];
        if (word.n > row->phrase.n && word.p[word.n - 2] == row->phrase.p[row->phrase.n - 2] && nj_str_ends(word, row->phrase) &&
            around_allows(w, i, i + 1, row->how))
            consider(b, rule, 1);
    }
}

static bool ends_a_phrase(const struct nj_redactor *r, const struct words *w)
{
    struct nj_str word = word_at(w, w->count - 1);
    if (!is_lower(word.p[0]))
        return false;
    const struct nj_key_index *x = &r->key_index;
    for (int rule = x->ending_first[word.p[0] - 'a']; rule != NJ_KEY_NONE; rule = x->ending_next[rule]) {
        struct nj_str p = nj_secret_keys[rule].phrase;
        if (p.n > word.n && p.p[p.n - word.n - 1] == ' ' && nj_str_ends(p, word))
            return true;
    }
    return false;
}

static uint16_t roles_of(const struct nj_redactor *r, struct nj_str name)
{
    uint16_t roles = 0;
    size_t letter = name.n != 0 ? second_letter((char)(name.p[0] | 0x20)) : 26;
    if (letter == 26 || name.n >= 32 || (r->key_index.roles[letter] >> name.n & 1) == 0)
        return 0;
    for (size_t i = 0; i < NJ_COUNT(role_names); i++)
        if (name.n == role_names[i].name.n && nj_str_eq_nocase(name, role_names[i].name))
            roles |= role_names[i].role;
    return roles;
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

/* Names that json_walk.c knows besides: of JSON web keys, all but "kty" of two letters at most, and of OAuth. */
static bool is_dull(struct nj_str name, struct nj_key key)
{
    unsigned telling = NJ_ROLE_NAME | NJ_ROLE_VALUE | NJ_ROLE_ENCODED | NJ_ROLE_BODY | NJ_ROLE_FLAT;
    return key.rule == NJ_KEY_NONE && (key.roles & telling) == 0 && name.n > 2 && !nj_str_eq(name, NJ_STR("kty")) &&
           !nj_str_eq(name, NJ_STR("grant_type")) && !nj_str_eq(name, NJ_STR("grantType"));
}

static struct nj_key judge(const struct nj_redactor *r, struct nj_str name)
{
    struct words w;
    struct best best = { NJ_KEY_NONE, 0 };
    struct nj_key key = { .rule = NJ_KEY_NONE, .roles = roles_of(r, name), .topics = NJ_TOPICS_UNSEEN };
    int own = nj_rules_key(r, name);
    if (own != NJ_KEY_NONE) {
        key.rule = (int16_t)own;
        return key;
    }
    if (nj_globs_match(&r->keys, name)) {
        key.rule = NJ_KEY_CUSTOM;
        return key;
    }
    if (nj_globs_match(&r->allow_keys, name))
        return key;
    split_words(&w, name);
    if (w.count == 0 && is_foreign_password(name))
        split_words(&w, NJ_STR("password"));
    for (size_t i = 0; i < w.count; i++)
        match_at(r, &w, i, &best);
    for (size_t i = 0; i < w.count; i++)
        match_suffix(r, &w, i, &best);
    key.rule = (int16_t)best.rule;
    if (best.rule == NJ_KEY_NONE && w.count > 1 && listed(word_at(&w, w.count - 1), cancel_tails, NJ_COUNT(cancel_tails)))
        key.roles |= NJ_ROLE_SAFE; /* in a secret container too it speaks about something else */
    if (w.count != 0 && ends_a_phrase(r, &w))
        key.roles |= NJ_ROLE_ENDING;
    return key;
}

static struct nj_key classify(const struct nj_redactor *r, struct nj_str name)
{
    struct nj_key key = judge(r, name);
    key.dull = is_dull(name, key);
    return key;
}

/* --- the memory of names ------------------------------------------------------------------------------------------ */

static uint64_t load(const char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n);
    return v;
}

/* All bytes of a short name in four words; the words may overlap.  Different names of one length differ in a word. */
struct name_words {
    uint64_t w[4];
};

static inline struct name_words words_of(const char *p, size_t n)
{
    if (n >= 16)
        return (struct name_words){ { load(p, 8), load(p + 8, 8), load(p + n - 16, 8), load(p + n - 8, 8) } };
    if (n >= 8)
        return (struct name_words){ { load(p, 8), load(p + n - 8, 8) } };
    if (n >= 4)
        return (struct name_words){ { load(p, 4), load(p + n - 4, 4) } };
    return (struct name_words){ { load(p, 1), load(p + n / 2, 1), load(p + n - 1, 1) } };
}

/* The slot of a short name; it may still hold another. */
static struct nj_key_slot *slot_of(struct nj_redactor *r, struct nj_str name, const struct name_words *w)
{
    uint64_t h = (w->w[0] ^ w->w[1] * 0x9e3779b97f4a7c15u ^ w->w[2] ^ name.n) * 0xd6e8feb86659fd93u;
    return &r->slots[h >> 32 & (NJ_KEY_SLOTS - 1)];
}

static bool holds(const struct nj_key_slot *slot, struct nj_str name, const struct name_words *w)
{
    return slot->n == name.n && memcmp(slot->words, w->w, sizeof(w->w)) == 0;
}

struct nj_key nj_key_classify(struct nj_redactor *r, struct nj_str name)
{
    if (name.n == 0 || name.n > NJ_KEY_SLOT_LEN)
        return classify(r, name);
    struct name_words w = words_of(name.p, name.n);
    struct nj_key_slot *slot = slot_of(r, name, &w);
    if (holds(slot, name, &w))
        return slot->key;
    slot->key = classify(r, name);
    slot->n = (uint8_t)name.n;
    memcpy(slot->words, w.w, sizeof(w.w));
    return slot->key;
}

uint64_t nj_key_topics(struct nj_redactor *r, struct nj_str name)
{
    if (name.n == 0 || name.n > NJ_KEY_SLOT_LEN)
        return nj_topics_of(r, name);
    struct name_words w = words_of(name.p, name.n);
    struct nj_key_slot *slot = slot_of(r, name, &w);
    if (!holds(slot, name, &w))
        return nj_topics_of(r, name);
    if ((slot->key.topics & NJ_TOPICS_UNSEEN) != 0)
        slot->key.topics = nj_topics_of(r, name);
    return slot->key.topics;
}

static void put_in_front(int16_t *first, int16_t *next, int rule)
{
    next[rule] = *first;
    *first = (int16_t)rule;
}

void nj_keys_init(struct nj_redactor *r)
{
    struct nj_key_index *x = &r->key_index;
    memset(x, 0xff, sizeof(*x)); /* NJ_KEY_NONE */
    memset(x->roles, 0, sizeof(x->roles));
    for (size_t i = 0; i < NJ_COUNT(role_names); i++)
        x->roles[(role_names[i].name.p[0] | 0x20) - 'a'] |= (uint32_t)1 << role_names[i].name.n;
    for (int rule = NJ_SECRET_KEYS - 1; rule >= 0; rule--) {
        struct nj_str phrase = nj_secret_keys[rule].phrase;
        size_t last = phrase.n;
        if (phrase.n == 0)
            continue;
        while (last > 0 && phrase.p[last - 1] != ' ')
            last--;
        put_in_front(&x->rule_first[phrase.p[0] - 'a'][second_letter(phrase.p[1])], x->rule_next, rule);
        if (nj_secret_keys[rule].how & SUFFIX)
            put_in_front(&x->suffix_first[phrase.p[phrase.n - 1] - 'a'], x->suffix_next, rule);
        if (last > 0)
            put_in_front(&x->ending_first[phrase.p[last] - 'a'], x->ending_next, rule);
    }
}

/* --- values that are no secrets ----------------------------------------------------------------------------------- */

static const struct nj_str harmless_words[] = {
    NJ_STR_INIT("null"),
    NJ_STR_INIT("nil"),
    NJ_STR_INIT("undefined"),
    NJ_STR_INIT("true"),
    NJ_STR_INIT("false"),
    NJ_STR_INIT("string"),
    NJ_STR_INIT("none"),
    NJ_STR_INIT("missing"),
    NJ_STR_INIT("required"),
    NJ_STR_INIT("invalid"),
    NJ_STR_INIT("expired"),
    NJ_STR_INIT("unknown"),
    NJ_STR_INIT("redacted"),
    NJ_STR_INIT("filtered"),
    NJ_STR_INIT("removed"),
    NJ_STR_INIT("scrubbed"),
    NJ_STR_INIT("omitted"),
    NJ_STR_INIT("sensitive"),
    NJ_STR_INIT("masked"),
    NJ_STR_INIT("hidden"),
    NJ_STR_INIT("n/a"),
    NJ_STR_INIT("nan"),
    NJ_STR_INIT("yes"),
    NJ_STR_INIT("no"),
    NJ_STR_INIT("on"),
    NJ_STR_INIT("off"),
    NJ_STR_INIT("nullptr"),
    NJ_STR_INIT("empty"),
    NJ_STR_INIT("blank"),
    NJ_STR_INIT("valid"),
    NJ_STR_INIT("absent"),
    NJ_STR_INIT("present"),
    NJ_STR_INIT("set"),
    NJ_STR_INIT("unset"),
    NJ_STR_INIT("provided"),
    NJ_STR_INIT("optional"),
    NJ_STR_INIT("ok"),
    NJ_STR_INIT("success"),
    NJ_STR_INIT("failed"),
    NJ_STR_INIT("denied"),
    NJ_STR_INIT("rejected"),
    NJ_STR_INIT("object"),
    NJ_STR_INIT("array"),
    NJ_STR_INIT("enabled"),
    NJ_STR_INIT("disabled"),
    NJ_STR_INIT("bearer"),
    NJ_STR_INIT("basic"),
    NJ_STR_INIT("include"),
    NJ_STR_INIT("omit"),
    NJ_STR_INIT("same-origin"),
    NJ_STR_INIT("not set"),
    NJ_STR_INIT("object object"),
    NJ_STR_INIT("sensitive value"),
    NJ_STR_INIT("write-only"),
    NJ_STR_INIT("!ref"), /* tags of YAML: the value is elsewhere */
    NJ_STR_INIT("!sub"),
    NJ_STR_INIT("!getatt"),
    NJ_STR_INIT("!importvalue"),
    NJ_STR_INIT("!vault"),
    NJ_STR_INIT("!secret"),
    NJ_STR_INIT("!env"),
    NJ_STR_INIT("!!null"),
};

/* Each of the bytes is one of those in set. */
static bool all_of(struct nj_str s, const char *set)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr(set, s.p[i]) == NULL || s.p[i] == '\0')
            return false;
    return true;
}

static const struct {
    struct nj_str open, close;
} slots[] = {
    { NJ_STR_INIT("<"), NJ_STR_INIT(">") },  { NJ_STR_INIT("${"), NJ_STR_INIT("}") },  { NJ_STR_INIT("{{"), NJ_STR_INIT("}}") },
    { NJ_STR_INIT("$("), NJ_STR_INIT(")") }, { NJ_STR_INIT("%("), NJ_STR_INIT(")s") },
};

/* "${ssm:/app/db1/password}" names a place; "${DB_PASSWORD:-x}" holds a value. */
static bool is_slot_char(struct nj_str name, size_t at, bool reference)
{
    char c = name.p[at];
    if (nj_is(c, NJ_IS_ALPHA) || strchr("_-. ", c) != NULL)
        return true;
    if (!reference || at + 1 >= name.n)
        return reference && nj_is(c, NJ_IS_DIGIT);
    return nj_is(c, NJ_IS_DIGIT) || c == '/' || (c == ':' && (name.p[at + 1] == '/' || nj_is(name.p[at + 1], NJ_IS_ALPHA)));
}

/* "${DB_PASSWORD}", "<password>", "{{ token }}", "%s", "$1", ":name": something else goes in here.  No digits between the
 * brackets: "<Winter2024>" is somebody's password. */
static bool is_slot(struct nj_str v)
{
    enum { LONGEST = 48 };
    if (strchr("<${%:m", v.p[0]) == NULL)
        return false;
    if (nj_str_starts(v, NJ_STR("{{resolve:")) && nj_str_ends(v, NJ_STR("}}")))
        return true; /* where CloudFormation looks */
    if (nj_str_starts(v, NJ_STR("$_")) && nj_run(v, 2, NJ_IS_UPPER) == v.n - (v.p[v.n - 1] == '[' ? 1 : 0))
        return true; /* $_POST['password'] */
    for (size_t i = 0; i < NJ_COUNT(slots); i++) {
        size_t around = slots[i].open.n + slots[i].close.n;
        if (v.n <= around || v.n > LONGEST || !nj_str_starts(v, slots[i].open) || !nj_str_ends(v, slots[i].close))
            continue;
        struct nj_str name = nj_str_slice(v, slots[i].open.n, v.n - slots[i].close.n);
        size_t n = 0;
        while (n < name.n && is_slot_char(name, n, v.p[0] == '$'))
            n++;
        return n == name.n;
    }
    struct nj_str inner = nj_str_slice(v, 1, v.n);
    if (nj_str_starts(v, NJ_STR("method.request.")) || nj_str_starts(v, NJ_STR("$request.")))
        return true; /* where an authorizer looks */
    if (v.p[0] == '$')
        return inner.n != 0 && inner.n <= 2 && nj_run(inner, 0, NJ_IS_DIGIT) == inner.n;
    if (v.p[0] == ':')
        return inner.n != 0 && inner.n <= 32 && nj_run(inner, 0, NJ_IS_ALPHA) == inner.n;
    return v.n == 2 && v.p[0] == '%' && strchr("sdvq", v.p[1]) != NULL;
}

static const struct nj_str placeholder_words[] = {
#define NJ_DETECTOR(id, counter, class, anchor, shape, validator, companion, placeholder) NJ_STR_INIT(placeholder),
#include "detectors.def"
#undef NJ_DETECTOR
    NJ_STR_INIT("[secret]"),
    NJ_STR_INIT("[custom]"),
    NJ_STR_INIT(NJ_WITHHELD),
};

/* "hmac:<key id>:<hex>" */
static size_t pseudonym_len(struct nj_str s, size_t at)
{
    if (at >= s.n || s.p[at] != 'h' || !nj_str_starts(nj_str_slice(s, at, s.n), NJ_STR("hmac:")))
        return 0;
    size_t id = at + 5, colon = nj_run(s, id, NJ_IS_ALPHA | NJ_IS_DIGIT);
    if (colon == id || colon - id > 16 || colon >= s.n || s.p[colon] != ':')
        return 0;
    size_t end = nj_run(s, colon + 1, NJ_IS_HEX);
    return end - colon - 1 >= 16 ? end - at : 0;
}

size_t nj_placeholder_len(struct nj_str text, size_t at)
{
    struct nj_str s = nj_str_slice(text, at, text.n);
    if (s.n == 0 || s.p[0] != '[')
        return pseudonym_len(text, at);
    for (size_t i = 0; i < NJ_COUNT(placeholder_words); i++) {
        size_t inner = placeholder_words[i].n - 1; /* without the bracket */
        if (s.n < 2 || s.p[1] != placeholder_words[i].p[1] || !nj_str_starts(s, nj_str_slice(placeholder_words[i], 0, inner)) ||
            s.n <= inner)
            continue;
        if (s.p[inner] == ']')
            return inner + 1;
        size_t digits = nj_run(s, inner + 1, NJ_IS_DIGIT);
        if (s.p[inner] == '-' && digits == inner + 5 && digits < s.n && s.p[digits] == ']')
            return digits + 1;
    }
    return 0;
}

/* What a form says about a field, under the name of the field: {"password": ["is too short (minimum is 8 characters)"]}. */
static bool is_complaint(struct nj_str v)
{
    static const struct nj_str openings[] = {
        NJ_STR_INIT("is "),           NJ_STR_INIT("must "),          NJ_STR_INIT("has "),         NJ_STR_INIT("should "),
        NJ_STR_INIT("can't be "),     NJ_STR_INIT("cannot be "),     NJ_STR_INIT("can not be "),  NJ_STR_INIT("does not "),
        NJ_STR_INIT("doesn't "),      NJ_STR_INIT("this field "),    NJ_STR_INIT("password is "), NJ_STR_INIT("password must "),
        NJ_STR_INIT("the password "), NJ_STR_INIT("this password "), NJ_STR_INIT("passwords "),   NJ_STR_INIT("please "),
    };
    size_t blanks = 0;
    for (size_t i = 0; i < v.n; i++) { /* words, and counts of a few digits that stand alone */
        char c = v.p[i], next = i + 1 < v.n ? v.p[i + 1] : ' ';
        size_t digits = nj_is(c, NJ_IS_DIGIT) ? nj_run(v, i, NJ_IS_DIGIT) - i : 0;
        bool word = nj_is(c, NJ_IS_ALPHA) || digits != 0;
        if ((!word && strchr(" .,'()!", c) == NULL) || c == '\0' || digits > 3)
            return false;
        if (word && nj_is(next, NJ_IS_ALPHA | NJ_IS_DIGIT) && nj_is(c, NJ_IS_DIGIT) != nj_is(next, NJ_IS_DIGIT))
            return false;
        blanks += c == ' ' ? 1 : 0;
    }
    for (size_t i = 0; blanks >= 2 && i < NJ_COUNT(openings); i++)
        if (nj_str_starts_nocase(v, openings[i]))
            return true;
    return false;
}

/* "[FILTERED]", "<hidden>", "(sensitive value)": the word in the brackets. */
static struct nj_str unbracketed(struct nj_str v)
{
    static const char open[] = "[<(", close[] = "]>)";
    const char *o = v.n > 2 ? strchr(open, v.p[0]) : NULL;
    bool pair = o != NULL && *o != '\0' && v.p[v.n - 1] == close[o - open];
    return pair ? nj_str_slice(v, 1, v.n - 1) : v;
}

bool nj_value_is_harmless(struct nj_str v)
{
    enum { LONGEST_WORD = 15 };
    v = nj_str_trim(v);
    if (v.n == 0 || all_of(v, "*") || (v.n >= 3 && (all_of(v, "xX") || all_of(v, "#") || all_of(v, ".\xE2\x80\xA2"))) ||
        (v.n <= 2 && all_of(v, "?-")) || nj_placeholder_len(v, 0) == v.n)
        return true;
    struct nj_str word = unbracketed(v);
    for (size_t i = 0; word.n <= LONGEST_WORD && i < NJ_COUNT(harmless_words); i++)
        if (word.n == harmless_words[i].n && (word.p[0] | 0x20) == (harmless_words[i].p[0] | 0x20) &&
            nj_str_eq_nocase(word, harmless_words[i]))
            return true;
    return is_slot(v) || (v.n <= 160 && is_complaint(v));
}

/* --- what a rule wants of the value ------------------------------------------------------------------------------- */

/* Neither letters alone nor digits alone. */
static bool is_mixed(struct nj_str v)
{
    enum { SHORTEST = 6 };
    return v.n >= SHORTEST && nj_run(v, 0, NJ_IS_ALPHA) < v.n && nj_run(v, 0, NJ_IS_DIGIT) < v.n && nj_str_chr(v, ' ', 0) == NJ_NPOS;
}

static size_t count_digits(struct nj_str v, size_t enough)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n && n < enough; i++)
        n += nj_is(v.p[i], NJ_IS_DIGIT) ? 1 : 0;
    return n;
}

bool nj_key_takes(int rule, struct nj_str value)
{
    enum { SOME = 5, MANY = 12 };
    unsigned how = nj_secret_keys[rule].how;
    if (nj_value_is_harmless(value))
        return false;
    if (((how & NJ_HOW_PATH) && value.p[0] == '/') || ((how & NJ_HOW_MIXED) && !is_mixed(value)))
        return false;
    if ((how & NJ_HOW_RANDOM) && !nj_is_random(value))
        return false;
    if ((how & NJ_HOW_DIGITS) && count_digits(value, SOME) < SOME)
        return false;
    if ((how & NJ_HOW_LONG) && count_digits(value, MANY) < MANY)
        return false;
    if ((how & NJ_HOW_BASIC) && !nj_valid_basic(value, &(struct nj_span){ 0, value.n }))
        return false;
    return (how & NJ_HOW_MAIL) == 0 || nj_str_chr(value, '@', 0) != NJ_NPOS || nj_str_find(value, NJ_STR("%40"), 0) != NJ_NPOS;
}

bool nj_value_is_street(struct nj_str v)
{
    enum { SHORTEST = 6, LONGEST = 128 };
    size_t digits = 0, letters = 0, blanks = 0;
    if (v.n < SHORTEST || v.n > LONGEST)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        digits += nj_is(v.p[i], NJ_IS_DIGIT) ? 1 : 0;
        letters += nj_is(v.p[i], NJ_IS_ALPHA) || (unsigned char)v.p[i] >= 0x80 ? 1 : 0;
        blanks += v.p[i] == ' ' ? 1 : 0;
        if (v.p[i] == '@' || v.p[i] == ':' || v.p[i] == '=')
            return false;
    }
    return digits != 0 && letters >= 4 && blanks != 0;
}

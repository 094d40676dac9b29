/* The rows of names whose values are secret, and what values are none whatever their name. */
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
    RANDOM = NJ_HOW_RANDOM,
    ALONE = NJ_HOW_ALONE,
    SHORT = NJ_HOW_SHORT,
    EXPIRY = NJ_HOW_EXPIRY,
    CODE = NJ_HOW_CODE,
    BESIDE = NJ_HOW_BESIDE
};

const struct nj_secret_key_row nj_secret_keys[NJ_KEY_ROWS] = {
#define NJ_SECRET_KEY(counter, class, how, phrase) { NJ_STR_INIT(counter), NJ_CLASS_##class, how, NJ_STR_INIT(phrase) },
#include "keys.def"
#undef NJ_SECRET_KEY
    [NJ_SECRET_KEYS... NJ_KEY_ROWS - 1] = { NJ_STR_INIT("custom"), NJ_CLASS_CUSTOM, WHOLE, { NULL, 0 } },
};

/* --- values that are no secrets ----------------------------------------------------------------------------------- */

/* What a field holds when it holds nothing, what became of it, tags of YAML for what is elsewhere, types as a signature has them, and where
 * Cognito puts the code into a message ({####}). */
/* clang-format off */
#define WORDS_A(W) W("absent") W("array") W("accepted") W("!ref") W("!sub") W("!getatt") W("!importvalue") W("!vault") W("!secret") \
    W("!env") W("!!null")
#define WORDS_B(W) W("blank") W("bearer") W("basic") W("bytes") W("bool") W("boolean")
#define WORDS_C(W) W("changed") W("created") W("correct")
#define WORDS_D(W) W("denied") W("deleted") W("disabled") W("days") W("declined")
#define WORDS_E(W) W("expired") W("empty") W("entered") W("enabled")
#define WORDS_F(W) W("false") W("filtered") W("failed") W("found")
#define WORDS_G(W) W("generated")
#define WORDS_H(W) W("hidden") W("hours")
#define WORDS_I(W) W("invalid") W("incorrect") W("include") W("int")
#define WORDS_L(W) W("loaded")
#define WORDS_M(W) W("missing") W("masked") W("matched") W("mismatch") W("minutes")
#define WORDS_N(W) W("null") W("nil") W("none") W("n/a") W("nan") W("no") W("nullptr") W("not set")
#define WORDS_O(W) W("omitted") W("on") W("off") W("optional") W("ok") W("object") W("omit") W("optional.empty") W("optional[str]") \
    W("object object")
#define WORDS_P(W) W("present") W("provided")
#define WORDS_R(W) W("required") W("redacted") W("removed") W("rejected") W("replaced") W("rotated") W("renewed") W("revoked") \
    W("refreshed")
#define WORDS_S(W) W("string") W("scrubbed") W("sensitive") W("set") W("success") W("sent") W("same-origin") W("seconds") W("str") \
    W("sensitive value")
#define WORDS_T(W) W("true")
#define WORDS_U(W) W("undefined") W("unknown") W("unset") W("unchanged") W("updated")
#define WORDS_V(W) W("valid") W("verified") W("validated")
#define WORDS_W(W) W("wrong") W("write-only")
#define WORDS_Y(W) W("yes")
#define WORDS_BRACE(W) W("{####}")
/* clang-format on */
#define WORD(word)   NJ_STR_INIT(word),
#define LENGTH(word) | 1u << (sizeof(word) - 1)
#define GROUP(words)                                                                                                                       \
    {                                                                                                                                      \
        (const struct nj_str[]){ words(WORD){ NULL, 0 } }, 0 words(LENGTH)                                                                 \
    }
/* By the low bits of their first byte. */
static const struct {
    const struct nj_str *word; /* the last one is empty */
    unsigned lengths;          /* a bit for each */
} harmless_words[32] = {
    ['a' & 31] = GROUP(WORDS_A), ['b' & 31] = GROUP(WORDS_B),     ['c' & 31] = GROUP(WORDS_C), ['d' & 31] = GROUP(WORDS_D),
    ['e' & 31] = GROUP(WORDS_E), ['f' & 31] = GROUP(WORDS_F),     ['g' & 31] = GROUP(WORDS_G), ['h' & 31] = GROUP(WORDS_H),
    ['i' & 31] = GROUP(WORDS_I), ['l' & 31] = GROUP(WORDS_L),     ['m' & 31] = GROUP(WORDS_M), ['n' & 31] = GROUP(WORDS_N),
    ['o' & 31] = GROUP(WORDS_O), ['p' & 31] = GROUP(WORDS_P),     ['r' & 31] = GROUP(WORDS_R), ['s' & 31] = GROUP(WORDS_S),
    ['t' & 31] = GROUP(WORDS_T), ['u' & 31] = GROUP(WORDS_U),     ['v' & 31] = GROUP(WORDS_V), ['w' & 31] = GROUP(WORDS_W),
    ['y' & 31] = GROUP(WORDS_Y), ['{' & 31] = GROUP(WORDS_BRACE),
};
#undef WORD
#undef LENGTH
#undef GROUP

/* Each of the bytes is one of those in set. */
static bool all_of(struct nj_str s, const char *set)
{
    for (size_t i = 0; i < s.n; i++)
        if (strchr(set, s.p[i]) == NULL || s.p[i] == '\0')
            return false;
    return true;
}

/* "****", "xxx", "###", "...", "-": nothing but the mark of what was there. */
static bool is_blotted(struct nj_str v)
{
    switch (v.p[0]) {
    case '*':
        return all_of(v, "*");
    case 'x':
    case 'X':
        return v.n >= 3 && all_of(v, "xX");
    case '#':
        return v.n >= 3 && all_of(v, "#");
    case '?':
    case '-':
        return v.n <= 2 && all_of(v, "?-");
    case '|':
    case '>':
    case '=':
    case '/':
    case ':':
        return v.n == 1;
    default:
        return v.n >= 3 && (v.p[0] == '.' || (unsigned char)v.p[0] >= 0x80) && all_of(v, ".\xE2\x80\xA2");
    }
}

static inline bool is_harmless_word(struct nj_str v)
{
    if (v.n == 0 || v.n >= 32 || (harmless_words[v.p[0] & 31].lengths >> v.n & 1) == 0)
        return false; /* as most */
    for (const struct nj_str *word = harmless_words[v.p[0] & 31].word; word->n != 0; word++)
        if (word->n == v.n && nj_str_same_nocase(v.p, word->p, v.n))
            return true;
    return false;
}

static const struct {
    struct nj_str open, close;
} slots[] = {
    { NJ_STR_INIT("<"), NJ_STR_INIT(">") },  { NJ_STR_INIT("${"), NJ_STR_INIT("}") },  { NJ_STR_INIT("{{"), NJ_STR_INIT("}}") },
    { NJ_STR_INIT("$("), NJ_STR_INIT(")") }, { NJ_STR_INIT("%("), NJ_STR_INIT(")s") }, { NJ_STR_INIT("%{"), NJ_STR_INIT("}") },
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

/* "$API_TOKEN": of a shell. */
static bool is_variable(struct nj_str v)
{
    enum { SHORTEST = 4, LONGEST = 48 };
    for (size_t i = 1; i < v.n && v.n <= LONGEST; i++)
        if (!nj_is(v.p[i], NJ_IS_UPPER) && v.p[i] != '_')
            return false;
    return v.n >= SHORTEST && v.n <= LONGEST;
}

/* "YOUR_API_KEY", "your-token-here": what somebody is to put there. */
static bool is_yours(struct nj_str v)
{
    enum { LONGEST = 32 };
    if (v.n > LONGEST || !nj_str_starts_nocase(v, NJ_STR("your")) || v.n < 5 || (v.p[4] != '_' && v.p[4] != '-'))
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (!nj_is(v.p[i], NJ_IS_ALPHA) && v.p[i] != v.p[4])
            return false;
    return true;
}

/* "${DB_PASSWORD}", "<password>", "{{ token }}", "%s", "$1", ":name": something else goes in here.  No digits between the
 * brackets: "<Winter2024>" is somebody's password. */
static bool is_slot(struct nj_str v)
{
    enum { LONGEST = 48 };
    struct nj_str inner = nj_str_slice(v, 1, v.n);
    switch (v.p[0]) {
    case '[':
        return nj_str_starts(v, NJ_STR("[^")); /* of an expression that looks for it */
    case '.':
        return nj_str_starts(v, NJ_STR(".*"));
    case '@':
        return v.n <= 4 && v.n > 2 && v.p[1] == 'p' && nj_run(v, 2, NJ_IS_DIGIT) == v.n; /* @p0 */
    case 'm':
        return nj_str_starts(v, NJ_STR("method.request.")); /* where an authorizer looks */
    case 'y':
    case 'Y':
        return is_yours(v);
    case ':':
        return inner.n != 0 && inner.n <= 32 && nj_run(inner, 0, NJ_IS_ALPHA) == inner.n;
    default:
        break;
    }
    if (nj_str_starts(v, NJ_STR("$(")) || nj_str_starts(v, NJ_STR("%env(")))
        return true; /* what a command prints, of which the value may be no more than a part */
    if (v.p[0] == '$' && is_variable(v))
        return true;
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
        while (n < name.n && is_slot_char(name, n, v.p[0] == '$' || v.p[0] == '%'))
            n++;
        return n == name.n || (v.p[0] == '$' && nj_str_eq(nj_str_slice(name, n, name.n), NJ_STR(":-")));
    }
    if (nj_str_starts(v, NJ_STR("$request.")))
        return true;
    if (v.p[0] == '$')
        return inner.n != 0 && inner.n <= 2 && nj_run(inner, 0, NJ_IS_DIGIT) == inner.n;
    return v.n == 2 && v.p[0] == '%' && strchr("sdvq", v.p[1]) != NULL;
}

const struct nj_str nj_placeholders[NJ_PLACEHOLDERS] = {
    NJ_STR_INIT("[secret]"),
    NJ_STR_INIT("[custom]"),
    NJ_STR_INIT(NJ_WITHHELD),
#define NJ_DETECTOR(id, counter, class, anchor, shape, validator, companion, placeholder) NJ_STR_INIT(placeholder),
#include "detectors.def"
#undef NJ_DETECTOR
};

/* "hmac:<key id>:<hex>" */
static size_t pseudonym_len(struct nj_str s, size_t at)
{
    if (!nj_has_at(s, at, NJ_STR("hmac:")))
        return 0;
    size_t id = at + 5, colon = nj_run(s, id, NJ_IS_ALPHA | NJ_IS_DIGIT);
    if (colon == id || colon - id > 16 || colon >= s.n || s.p[colon] != ':')
        return 0;
    size_t end = nj_run(s, colon + 1, NJ_IS_HEX);
    return end - colon - 1 >= 16 ? end - at : 0;
}

size_t nj_placeholder_at(struct nj_str text, size_t at)
{
    enum { LONGEST = 24 };
    static const struct nj_str usual = NJ_STR_INIT("[secret]");
    struct nj_str s = nj_str_slice(text, at, text.n);
    if (s.n >= usual.n && memcmp(s.p, usual.p, usual.n) == 0)
        return usual.n;
    if (s.p[0] != '[')
        return pseudonym_len(text, at);
    size_t inner = nj_run(nj_str_slice(s, 0, LONGEST), 1, NJ_IS_WORD); /* without the closing bracket */
    if (inner == s.n || (s.p[inner] != ']' && s.p[inner] != '-'))
        return 0;
    for (size_t i = 0; i < NJ_PLACEHOLDERS; i++) {
        if (nj_placeholders[i].n != inner + 1 || memcmp(s.p, nj_placeholders[i].p, inner) != 0)
            continue;
        if (s.p[inner] == ']')
            return inner + 1;
        size_t digits = nj_run(s, inner + 1, NJ_IS_DIGIT), from = inner + 1;
        if (digits == from + 6 && digits < s.n && s.p[digits] == '-') {
            from = digits + 1; /* the first six, and the last four */
            digits = nj_run(s, from, NJ_IS_DIGIT);
        }
        if (digits == from + 4 && digits < s.n && s.p[digits] == ']')
            return digits + 1;
    }
    return 0;
}

/* What a form says about a field, under the name of the field: {"password": ["is too short (minimum is 8 characters)"]}. */
static bool is_complaint(struct nj_str v)
{
    static const struct nj_str openings[] = {
        NJ_STR_INIT("is "),           NJ_STR_INIT("must "),          NJ_STR_INIT("has "),
        NJ_STR_INIT("should "),       NJ_STR_INIT("can't be "),      NJ_STR_INIT("cannot be "),
        NJ_STR_INIT("can not be "),   NJ_STR_INIT("does not "),      NJ_STR_INIT("doesn't "),
        NJ_STR_INIT("this field "),   NJ_STR_INIT("password is "),   NJ_STR_INIT("password must "),
        NJ_STR_INIT("the password "), NJ_STR_INIT("this password "), NJ_STR_INIT("passwords "),
        NJ_STR_INIT("please "),       NJ_STR_INIT("at least "),      NJ_STR_INIT("minimum "),
        NJ_STR_INIT("needs "),        NJ_STR_INIT("may not "),       NJ_STR_INIT("your password "),
        NJ_STR_INIT("use at least "),
    };
    enum { FIRST_WORD = 10 };
    size_t blanks = 0, opening = 0;
    if (memchr(v.p, ' ', v.n < FIRST_WORD ? v.n : FIRST_WORD) == NULL)
        return false; /* as most */
    while (opening < NJ_COUNT(openings) && !nj_str_starts_nocase(v, openings[opening]))
        opening++;
    for (size_t i = 0; opening < NJ_COUNT(openings) && i < v.n; i++) { /* words, and counts of a few digits that stand alone */
        char c = v.p[i], next = i + 1 < v.n ? v.p[i + 1] : ' ';
        size_t digits = nj_is(c, NJ_IS_DIGIT) ? nj_run(v, i, NJ_IS_DIGIT) - i : 0;
        bool word = nj_is(c, NJ_IS_ALPHA) || digits != 0;
        if ((!word && strchr(" .,'()!", c) == NULL) || c == '\0' || digits > 3)
            return false;
        if (word && nj_is(next, NJ_IS_ALPHA | NJ_IS_DIGIT) && nj_is(c, NJ_IS_DIGIT) != nj_is(next, NJ_IS_DIGIT))
            return false;
        blanks += c == ' ' ? 1 : 0;
    }
    return blanks >= 2 || (opening == 0 && is_harmless_word(nj_str_slice(v, openings[0].n, v.n)));
}

/* The same as a constant: {"password": ["TOO_SHORT"]}. */
static bool is_complaint_code(struct nj_str v)
{
    enum { LONGEST = 32 };
    static const struct nj_str openings[] = { NJ_STR_INIT("TOO_"),      NJ_STR_INIT("NOT_"),  NJ_STR_INIT("NO_"),  NJ_STR_INIT("INVALID_"),
                                              NJ_STR_INIT("MISSING_"),  NJ_STR_INIT("MIN_"),  NJ_STR_INIT("MAX_"), NJ_STR_INIT("MUST_"),
                                              NJ_STR_INIT("REQUIRED_"), NJ_STR_INIT("FIELD_") };
    if (v.n > LONGEST || v.n < 3 || !nj_is(v.p[1], NJ_IS_UPPER))
        return false; /* as most */
    for (size_t i = 0; i < v.n; i++)
        if (!nj_is(v.p[i], NJ_IS_UPPER) && v.p[i] != '_')
            return false;
    return nj_str_starts_any(v, openings, NJ_COUNT(openings));
}

/* "[FILTERED]", "<hidden>", "(sensitive value)": the word in the brackets, which the first byte opens. */
static struct nj_str unbracketed(struct nj_str v)
{
    char close = v.p[0] == '[' ? ']' : v.p[0] == '<' ? '>' : ')';
    return v.n > 2 && v.p[v.n - 1] == close ? nj_str_slice(v, 1, v.n - 1) : v;
}

/* "arn:aws:ssm:eu-west-1:118822003344:parameter/x": where it is kept. */
static bool is_arn(struct nj_str v)
{
    enum { COLONS = 5, LONGEST = 512 };
    size_t colons = 0;
    if (v.n > LONGEST || !nj_str_starts(v, NJ_STR("arn:aws")) || nj_str_chr(v, ' ', 0) != NJ_NPOS)
        return false;
    for (size_t i = 0; i < v.n; i++)
        colons += v.p[i] == ':' ? 1 : 0;
    return colons >= COLONS;
}

/* "Bearer $TOKEN": what stands behind the word that says how it is meant. */
static struct nj_str behind_scheme(struct nj_str v)
{
    static const struct nj_str schemes[] = { NJ_STR_INIT("Bearer "), NJ_STR_INIT("Basic "), NJ_STR_INIT("Token "), NJ_STR_INIT("token ") };
    for (size_t i = 0; i < NJ_COUNT(schemes); i++)
        if (v.n > schemes[i].n && nj_str_starts(v, schemes[i]) && strchr("$<{", v.p[schemes[i].n]) != NULL)
            return nj_str_slice(v, schemes[i].n, v.n);
    return v;
}

/* What harmless text may be that begins with a byte. */
enum { A_BLOT = 1, A_WORD = 2, A_BRACKET = 4, A_SLOT = 8, A_COMPLAINT = 16, A_CODE = 32, AN_ARN = 64, A_PLACEHOLDER = 128 };
static const uint8_t beginnings[256] = {
    ['a'] = A_WORD | A_COMPLAINT | AN_ARN,
    ['b'] = A_WORD,
    ['c' ... 'd'] = A_WORD | A_COMPLAINT,
    ['e' ... 'g'] = A_WORD,
    ['h'] = A_WORD | A_COMPLAINT | A_PLACEHOLDER,
    ['i'] = A_WORD | A_COMPLAINT,
    ['l'] = A_WORD,
    ['m'] = A_WORD | A_COMPLAINT | A_SLOT,
    ['n'] = A_WORD | A_COMPLAINT,
    ['o'] = A_WORD,
    ['p'] = A_WORD | A_COMPLAINT,
    ['r'] = A_WORD,
    ['s' ... 'u'] = A_WORD | A_COMPLAINT,
    ['v' ... 'w'] = A_WORD,
    ['x'] = A_BLOT,
    ['y'] = A_WORD | A_COMPLAINT | A_SLOT,
    ['A'] = A_WORD | A_COMPLAINT,
    ['B'] = A_WORD,
    ['C' ... 'D'] = A_WORD | A_COMPLAINT,
    ['E'] = A_WORD,
    ['F'] = A_WORD | A_CODE,
    ['G'] = A_WORD,
    ['H'] = A_WORD | A_COMPLAINT,
    ['I'] = A_WORD | A_COMPLAINT | A_CODE,
    ['L'] = A_WORD,
    ['M' ... 'N'] = A_WORD | A_COMPLAINT | A_CODE,
    ['O'] = A_WORD,
    ['P'] = A_WORD | A_COMPLAINT,
    ['R'] = A_WORD | A_CODE,
    ['S'] = A_WORD | A_COMPLAINT,
    ['T'] = A_WORD | A_COMPLAINT | A_CODE,
    ['U'] = A_WORD | A_COMPLAINT,
    ['V' ... 'W'] = A_WORD,
    ['X'] = A_BLOT,
    ['Y'] = A_WORD | A_COMPLAINT | A_SLOT,
    ['!'] = A_WORD,
    ['{'] = A_WORD | A_SLOT,
    ['('] = A_BRACKET,
    ['<'] = A_BRACKET | A_SLOT,
    ['['] = A_BRACKET | A_SLOT | A_PLACEHOLDER,
    ['$'] = A_SLOT,
    ['%'] = A_SLOT,
    ['@'] = A_SLOT,
    [':'] = A_SLOT | A_BLOT,
    ['.'] = A_SLOT | A_BLOT,
    ['*'] = A_BLOT,
    ['#'] = A_BLOT,
    ['?'] = A_BLOT,
    ['-'] = A_BLOT,
    ['|'] = A_BLOT,
    ['>'] = A_BLOT,
    ['='] = A_BLOT,
    ['/'] = A_BLOT,
    [0x80 ... 0xff] = A_BLOT,
};

bool nj_value_is_harmless(struct nj_str v)
{
    if (v.n != 0 && ((nj_byte_class[(unsigned char)v.p[0]] | nj_byte_class[(unsigned char)v.p[v.n - 1]]) & NJ_IS_SPACE) != 0)
        v = nj_str_trim(v);
    if (v.n == 0)
        return true;
    if (v.n > 6 && (v.p[5] == ' ' || v.p[6] == ' ')) /* behind each of them */
        v = behind_scheme(v);
    unsigned may = beginnings[(unsigned char)v.p[0]];
    if ((may & A_WORD) && is_harmless_word(v))
        return true;
    if ((may & A_COMPLAINT) && v.n <= 160 && is_complaint(v))
        return true;
    if ((may & ~(unsigned)(A_WORD | A_COMPLAINT)) == 0)
        return false; /* as most */
    return ((may & A_BLOT) && is_blotted(v)) || ((may & A_PLACEHOLDER) && nj_placeholder_len(v, 0) == v.n) ||
           ((may & A_BRACKET) && is_harmless_word(unbracketed(v))) || ((may & A_SLOT) && is_slot(v)) ||
           ((may & A_CODE) && is_complaint_code(v)) || ((may & AN_ARN) && is_arn(v));
}

/* --- what a rule wants of the value ------------------------------------------------------------------------------- */

bool nj_value_is_mixed(struct nj_str v)
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

/* A PIN that is told by "pin code": six digits are the postal code of a place in India. */
static bool is_short_number(struct nj_str v)
{
    size_t n = nj_run(v, 0, NJ_IS_DIGIT);
    return (n == 4 || n == 5) && (n == v.n || (n + 1 == v.n && strchr(".,!", v.p[n]) != NULL));
}

static bool is_two_digits(struct nj_str v, size_t at)
{
    return at + 2 <= v.n && nj_is(v.p[at], NJ_IS_DIGIT) && nj_is(v.p[at + 1], NJ_IS_DIGIT);
}

/* "04/29", "04 / 2029": of a card. */
static bool is_expiry(struct nj_str v)
{
    unsigned month = is_two_digits(v, 0) ? (unsigned)(v.p[0] - '0') * 10 + (unsigned)(v.p[1] - '0') : 0;
    if (month < 1 || month > 12)
        return false;
    size_t at = 2;
    at += at < v.n && v.p[at] == ' ';
    if (at >= v.n || v.p[at] != '/')
        return false;
    at++;
    at += at < v.n && v.p[at] == ' ';
    bool century = v.n - at == 4 && v.p[at] == '2' && v.p[at + 1] == '0';
    at += century ? 2 : 0;
    return v.n - at == 2 && is_two_digits(v, at) && v.p[at] >= '2';
}

/* Of a long one the beginning tells. */
static bool is_code(struct nj_str v)
{
    enum { SHORTEST = 20, TELLS = 128 };
    if (v.n < SHORTEST || nj_run(v, 0, NJ_IS_ALPHA) == v.n || nj_run(v, 0, NJ_IS_DIGIT) == v.n)
        return false;
    return nj_run(v, 0, NJ_IS_ALPHA | NJ_IS_DIGIT) == v.n || (nj_run(v, 0, NJ_IS_MIXED) == v.n && nj_is_random(nj_str_slice(v, 0, TELLS)));
}

/* "auth" of a client is a user and a password, and a token of JSON-RPC or of a push subscription. */
static bool is_login(struct nj_str v)
{
    return nj_valid_basic(v, &(struct nj_span){ 0, v.n }) || is_code(v);
}

bool nj_key_takes(int rule, struct nj_str value)
{
    return !nj_value_is_harmless(value) && nj_key_takes_telling(rule, value);
}

static size_t count_letters(struct nj_str v)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n; i++)
        n += nj_is(v.p[i], NJ_IS_ALPHA) ? 1 : 0;
    return n;
}

/* What the class of a rule asks of every value. */
static bool is_of_class(int rule, struct nj_str value)
{
    switch (nj_secret_keys[rule].class) {
    case NJ_CLASS_NAME: /* "full_name":"org/repository" */
        return nj_str_chr(value, '/', 0) == NJ_NPOS || nj_str_chr(value, ' ', 0) != NJ_NPOS;
    case NJ_CLASS_PHONE: /* PhoneStatusBar: flag1, PageItemCell:0x7f8e */
        return (nj_secret_keys[rule].how & NJ_HOW_DIGITS) == 0 || 2 * count_letters(value) <= count_digits(value, value.n);
    case NJ_CLASS_CONN: /* dsn=4.0.0, which mailers write */
        return count_letters(value) != 0;
    default:
        return true;
    }
}

/* "app/db-credentials", "prod/db": what a secret is called where it is kept. */
static bool is_reference(struct nj_str v)
{
    enum { LONGEST = 64 };
    size_t slashes = 0;
    if (v.n > LONGEST || !nj_is(v.p[0], NJ_IS_LOWER) || !nj_is(v.p[v.n - 1], NJ_IS_LOWER) || nj_str_chr(v, '/', 0) == NJ_NPOS)
        return false;
    for (size_t i = 0; i < v.n; i++) {
        slashes += v.p[i] == '/' ? 1 : 0;
        if (!nj_is(v.p[i], NJ_IS_LOWER) && strchr("/-_", v.p[i]) == NULL)
            return false;
    }
    return slashes <= 4;
}

/* What rules ask that hold for some values only. */
static __attribute__((noinline)) bool takes_particular(unsigned how, struct nj_str value)
{
    enum { SOME = 5, MANY = 12 };
    if (((how & NJ_HOW_PATH) && value.p[0] == '/') || ((how & NJ_HOW_MIXED) && !nj_value_is_mixed(value)))
        return false;
    if ((how & NJ_HOW_RANDOM) && !nj_is_random(value))
        return false;
    if (((how & NJ_HOW_SHORT) && !is_short_number(value)) || ((how & NJ_HOW_EXPIRY) && !is_expiry(value)) ||
        ((how & NJ_HOW_CODE) && !is_code(value)))
        return false;
    if ((how & NJ_HOW_DIGITS) && count_digits(value, SOME) < SOME)
        return false;
    if ((how & NJ_HOW_LONG) && count_digits(value, MANY) < MANY)
        return false;
    return (how & NJ_HOW_MAIL) == 0 || nj_str_chr(value, '@', 0) != NJ_NPOS || nj_str_find(value, NJ_STR("%40"), 0) != NJ_NPOS;
}

bool nj_key_takes_asked(int rule, struct nj_str value)
{
    enum { LOOKED_AT = 1024 }; /* a bare value may go on to the end of a long text */
    unsigned how = nj_secret_keys[rule].how;
    if ((how & NJ_HOW_BASIC) && !is_login(value))
        return false;
    value = nj_str_slice(value, 0, LOOKED_AT);
    return takes_particular(how, value) && is_of_class(rule, value) &&
           !(is_reference(value) && nj_str_eq(nj_secret_keys[rule].counter, NJ_STR("secret")));
}

bool nj_stands_before(struct nj_str t, size_t at, size_t reach, struct nj_str word)
{
    for (size_t i = at > reach ? at - reach : 0; i < at; i++)
        if (nj_str_starts_nocase(nj_str_slice(t, i, at), word))
            return true;
    return false;
}

bool nj_key_takes_beside(int rule, struct nj_str before, struct nj_str value)
{
    enum { SHORTEST = 6, LONGEST = 64, LOOK_BACK = 128 };
    static const struct nj_str users[] = { NJ_STR_INIT("user"), NJ_STR_INIT("login"), NJ_STR_INIT("email") };
    if (!nj_str_eq(nj_secret_keys[rule].phrase, NJ_STR("pass")) || value.n < SHORTEST || value.n > LONGEST ||
        nj_run(value, 0, NJ_IS_DIGIT) == value.n || nj_value_is_harmless(value))
        return false;
    for (size_t i = 0; i < NJ_COUNT(users); i++)
        if (nj_stands_before(before, before.n, LOOK_BACK, users[i]))
            return true;
    return false;
}

/* What is no character counts as little as U+FFFD, which will stand in its place. */
bool nj_value_is_street(struct nj_str v)
{
    enum { SHORTEST = 6, LONGEST = 128, REPLACEMENT = 0xfffd };
    size_t digits = 0, letters = 0, blanks = 0, characters = 0;
    for (size_t i = 0, n; i < v.n && characters <= LONGEST; i += n, characters++) {
        size_t good = nj_utf8_len(v, i);
        n = good != 0 ? good : 1;
        if (n > 1 && nj_utf8_point(v, i, n) != REPLACEMENT)
            letters += n;
        letters += nj_is(v.p[i], NJ_IS_ALPHA) ? 1 : 0;
        digits += nj_is(v.p[i], NJ_IS_DIGIT) ? 1 : 0;
        blanks += v.p[i] == ' ' ? 1 : 0;
        if (v.p[i] == '@' || v.p[i] == ':' || v.p[i] == '=')
            return false;
    }
    return characters >= SHORTEST && characters <= LONGEST && digits != 0 && letters >= 4 && blanks != 0;
}

bool nj_value_is_label(struct nj_redactor *r, int rule, struct nj_str v)
{
    enum { LONGEST = 24 };
    if (v.n == 0 || v.n > LONGEST || !nj_is(v.p[0], NJ_IS_UPPER) || rule >= NJ_SECRET_KEYS || rule == NJ_KEY_CUSTOM)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (!nj_is(v.p[i], NJ_IS_ALPHA) && v.p[i] != ' ' && v.p[i] != '-')
            return false;
    int own = nj_key_classify(r, v).rule;
    return own != NJ_KEY_NONE && nj_str_eq(nj_secret_keys[own].counter, nj_secret_keys[rule].counter);
}

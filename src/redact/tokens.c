/* Tokens that are told by how they begin: the table of prefixes.def, looked up where a run of token characters is marked. */
#include "redact_internal.h"

enum { SURE, NEAR };
enum { REACH = NJ_TOKEN_RUN, DOTTED_MIN = 3, DOTTED_MAX = 7 }; /* how far into a run a prefix may begin; how far before one */

struct prefix {
    struct nj_str prefix;
    const char *body;
    bool (*valid)(struct nj_str text, struct nj_span *span);
    uint8_t how;
    enum nj_detector_id id;
};

static const struct prefix prefixes[NJ_PREFIXES] = {
#define NJ_PREFIX(detector, prefix, body, validator, how) { NJ_STR_INIT(prefix), body, validator, how, NJ_DET_##detector },
#include "prefixes.def"
#undef NJ_PREFIX
};

static const struct {
    char name;
    uint16_t classes;
} alphabets[] = {
    { 'd', NJ_IS_DIGIT }, { 'h', NJ_IS_HEX },    { 'L', NJ_IS_ALPHA },  { 'A', NJ_IS_ALPHA | NJ_IS_DIGIT },
    { 'W', NJ_IS_WORD },  { 'U', NJ_IS_B64URL }, { 'V', NJ_IS_DOTTED }, { 'B', NJ_IS_B64 },
    { 'S', NJ_IS_MIXED },
};
_Static_assert(NJ_COUNT(alphabets) <= NJ_STRETCHES, "one remembered stretch for each alphabet");

/* --- which beginnings there are ----------------------------------------------------------------------------------- */

static bool has_pair(const uint64_t pairs[128][2], struct nj_str t, size_t at)
{
    return (pairs[t.p[at] & 127][t.p[at + 1] >> 6 & 1] >> (t.p[at + 1] & 63) & 1) != 0;
}

/* Byte at + 2 is one of the text. */
static inline bool has_start(const struct nj_redactor *r, struct nj_str t, size_t at)
{
    return has_pair(r->prefixes.pairs, t, at) && has_pair(r->prefixes.seconds, t, at + 1);
}

static void add_pair(uint64_t pairs[128][2], char one, char two)
{
    pairs[(unsigned char)one][two >> 6 & 1] |= (uint64_t)1 << (two & 63);
}

/* Whatever comes third. */
static void add_start(struct nj_prefix_index *x, char one, char two)
{
    add_pair(x->pairs, one, two);
    memset(x->seconds[(unsigned char)two], 0xff, sizeof(x->seconds[0]));
}

void nj_prefixes_init(struct nj_redactor *r)
{
    struct nj_prefix_index *x = &r->prefixes;
    for (size_t i = 0; i < NJ_COUNT(x->first); i++)
        x->first[i] = -1;
    for (int i = NJ_PREFIXES - 1; i >= 0; i--) {
        const struct prefix *row = &prefixes[i];
        if (nj_policy_action(&r->policy, nj_detectors[row->id].class) == NJ_ACT_KEEP)
            continue;
        unsigned c = (unsigned char)row->prefix.p[0];
        x->next[i] = x->first[c];
        x->first[c] = (int16_t)i;
        if (row->prefix.n == 2) {
            add_start(x, row->prefix.p[0], row->prefix.p[1]);
            continue;
        }
        add_pair(x->pairs, row->prefix.p[0], row->prefix.p[1]);
        add_pair(x->seconds, row->prefix.p[1], row->prefix.p[2]);
    }
    add_start(x, 'e', 'y'); /* JWT */
    if (nj_policy_action(&r->policy, NJ_CLASS_CRYPTO) == NJ_ACT_KEEP)
        return;
    memset(x->pairs['1'], 0xff, sizeof(x->pairs['1']));
    memset(x->pairs['3'], 0xff, sizeof(x->pairs['3']));
    memset(x->seconds, 0xff, sizeof(x->seconds));
    add_pair(x->pairs, '0', 'x');
    add_pair(x->pairs, 'b', 'c');
    add_pair(x->pairs, 'B', 'C');
}

/* "(32 hex)-us12" has no beginning of its own. */
static inline bool ends_like_mailchimp(struct nj_str t, size_t from)
{
    return t.n - from >= 36 && t.p[from + 32] == '-' && memcmp(t.p + from + 32, "-us", 3) == 0;
}

static bool fits(const char *p, const char *pattern)
{
    for (; *pattern != '\0'; pattern++, p++)
        if (*pattern == 'L' ? !nj_is(*p, NJ_IS_ALPHA) : *pattern == 'd' ? !nj_is(*p, NJ_IS_DIGIT) : *pattern == '-' && *p != '-')
            return false;
    return true;
}

/* Codes of letters and digits that have no run of digits: "RSSMRA85T10A...", "1EG4TE5MK73", "1EG4-TE5-MK73". */
static bool is_mixed(struct nj_str t, size_t from)
{
    const char *p = t.p + from;
    if (nj_is(p[0], NJ_IS_DIGIT) ? !nj_is(p[1], NJ_IS_ALPHA) : !nj_is(p[6], NJ_IS_DIGIT))
        return false;
    return nj_is(p[0], NJ_IS_DIGIT) ? fits(p, "dLAdLAdLLdd") || fits(p, "dLAd-LAd-LL") : fits(p, "LLLLLLddLdd");
}

/* What can begin in a run of hexadecimal digits and hyphens, as most identifiers of requests and traces are. */
static inline bool hex_may(struct nj_str t, size_t from)
{
    const char *p = t.p + from;
    if (p[2] == '-')
        return fits(p, "AA-AA-AA-AA") || ends_like_mailchimp(t, from); /* of a device */
    return (nj_is(p[0], NJ_IS_ALPHA) && nj_is(p[2], NJ_IS_DIGIT) && nj_iban_may(t, from)) || ends_like_mailchimp(t, from);
}

/* Eight bytes of a token, which are told apart by a few of their bits: a bit for each in the lowest of its byte. */
struct eight {
    uint64_t hyphen, digit, letter; /* or '_' */
    uint64_t beyond_hex;            /* letters that are capitals or behind 'f' */
};

static inline struct eight eight_of(const char *p)
{
    const uint64_t lowest = 0x0101010101010101u, low = 0x1f1f1f1f1f1f1f1fu, above_f = 0x1919191919191919u;
    uint64_t w;
    memcpy(&w, p, sizeof(w));
    uint64_t letter = w >> 6 & lowest, behind_f = ((w & low) + above_f) >> 5;
    return (struct eight){ ~(w >> 6 | w >> 4) & lowest, ~(w >> 6) & w >> 4 & lowest, letter, letter & (~(w >> 5) | behind_f) };
}

/* The lowest bits of eight bytes side by side. */
static inline unsigned gathered(uint64_t bits)
{
    return (unsigned)(bits * 0x0102040810204080u >> 56);
}

/* Does a beginning stand behind a hyphen of the run? */
static bool hyphen_may(const struct nj_redactor *r, struct nj_str t, size_t from, unsigned hyphens)
{
    for (; hyphens != 0; hyphens &= hyphens - 1) {
        size_t at = from + (size_t)__builtin_ctz(hyphens);
        if (at + 3 < t.n && has_start(r, t, at + 1))
            return true;
    }
    return false;
}

bool nj_token_may(const struct nj_redactor *r, struct nj_str t, size_t at)
{
    enum { SECOND = NJ_TOKEN_RUN - 8 };
    size_t from = at + 1 - NJ_TOKEN_RUN;
    char before = from > 0 ? t.p[from - 1] : ' ';
    if (has_start(r, t, from) || before == '\\' || before == '%' || before == '/')
        return true;
    for (size_t k = DOTTED_MIN; before == '.' && k <= DOTTED_MAX && k <= from; k++)
        if (has_start(r, t, from - k))
            return true;
    struct eight one = eight_of(t.p + from), two = eight_of(t.p + from + SECOND);
    if ((one.beyond_hex | two.beyond_hex) == 0 && before != ':')
        return hex_may(t, from);
    if (hyphen_may(r, t, from, gathered(one.hyphen) | gathered(two.hyphen) << SECOND))
        return true;
    if ((one.digit | two.digit) == 0)
        return nj_random_may(t, from);
    if ((one.letter | two.letter) == 0)
        return false;
    return hex_may(t, from) || is_mixed(t, from) || nj_random_may(t, from);
}

/* --- bodies ------------------------------------------------------------------------------------------------------- */

/* End of the characters of one alphabet from byte at on, remembered: the next token may begin inside. */
static size_t stretch_end(struct nj_sweep *s, size_t alphabet, size_t at)
{
    if (s->stretch == NULL) {
        s->stretch = s->r->levels[s->level].stretch;
        memset(s->stretch, 0, sizeof(s->r->levels[s->level].stretch));
    }
    struct nj_span *known = &s->stretch[alphabet];
    if (at < known->from || at >= known->to)
        *known = (struct nj_span){ at, nj_run(s->text, at, alphabets[alphabet].classes) };
    return known->to;
}

/* "{20,40}" behind the name of an alphabet. */
static const char *read_bounds(const char *p, size_t *least, size_t *most)
{
    size_t n[2] = { 0, 0 };
    int i = 0;
    for (p++; *p != '}'; p++) {
        if (*p == ',')
            i = 1;
        else
            n[i] = n[i] * 10 + (size_t)(*p - '0');
    }
    *least = n[0];
    *most = i == 0 ? n[0] : n[1] != 0 ? n[1] : NJ_NPOS;
    return p + 1;
}

static size_t alphabet_of(char name)
{
    for (size_t i = 0; i < NJ_COUNT(alphabets); i++)
        if (alphabets[i].name == name)
            return i;
    return NJ_NPOS;
}

/* End of the body that starts at byte at, or NJ_NPOS. */
static size_t body_end(struct nj_sweep *s, const char *body, size_t at)
{
    struct nj_str t = s->text;
    while (*body != '\0') {
        if (body[1] != '{') {
            if (at >= t.n || t.p[at] != *body)
                return NJ_NPOS;
            at++;
            body++;
            continue;
        }
        size_t alphabet = alphabet_of(*body), least = 0, most = 0, end = at;
        body = read_bounds(body + 1, &least, &most);
        if (most == NJ_NPOS)
            end = at < t.n ? stretch_end(s, alphabet, at) : at;
        else
            end = nj_run(nj_str_slice(t, 0, t.n - at > most ? at + most : t.n), at, alphabets[alphabet].classes);
        if (end - at < least || end < at)
            return NJ_NPOS;
        at = end;
    }
    return at;
}

/* --- at a mark ---------------------------------------------------------------------------------------------------- */

static bool take(struct nj_sweep *s, struct nj_span span, enum nj_detector_id id)
{
    if (nj_detectors[id].companion == NULL)
        return nj_sweep_take(s, span, id);
    nj_detectors[id].companion(s, span);
    return true;
}

static bool try_row(struct nj_sweep *s, const struct prefix *row, size_t from)
{
    struct nj_str t = s->text;
    if (t.n - from < row->prefix.n || memcmp(t.p + from, row->prefix.p, row->prefix.n) != 0)
        return false;
    size_t end = body_end(s, row->body, from + row->prefix.n);
    if (end == NJ_NPOS)
        return false;
    while (t.p[end - 1] == '.')
        end--; /* of the sentence */
    struct nj_span span = { from, end };
    if (end < t.n && nj_is(t.p[end], NJ_IS_WORD))
        return false;
    if (row->valid != NULL && !row->valid(t, &span) && !(row->how == NEAR && nj_is_near_secret(s, span)))
        return false;
    return take(s, span, row->id);
}

/* Does a token begin at byte from? */
static bool try_start(struct nj_sweep *s, size_t from)
{
    struct nj_str t = s->text;
    if (from < s->done || from + 2 >= t.n || !has_start(s->r, t, from))
        return false;
    for (int i = s->r->prefixes.first[t.p[from] & 127]; i >= 0; i = s->r->prefixes.next[i])
        if (try_row(s, &prefixes[i], from))
            return true;
    return false;
}

static bool try_jwt(struct nj_sweep *s, size_t from)
{
    struct nj_span span;
    return from >= s->done && nj_shape_jwt(s, from, &span) && nj_valid_jwt(s->text, &span) && nj_sweep_take(s, span, NJ_DET_JWT);
}

static bool try_mailchimp(struct nj_sweep *s, size_t from)
{
    struct nj_str t = s->text;
    if (!ends_like_mailchimp(t, from) || from < s->done)
        return false;
    size_t end = nj_run(nj_str_slice(t, 0, from + 38), from + 35, NJ_IS_DIGIT);
    bool whole = end > from + 35 && (end >= t.n || !nj_is(t.p[end], NJ_IS_WORD));
    return whole && nj_run(t, from, NJ_IS_HEX) == from + 32 && nj_sweep_take(s, (struct nj_span){ from, end }, NJ_DET_VENDOR);
}

/* The prefix ends before the run does, with a dot or slash: "hvs.", "1//0". */
static bool try_dotted(struct nj_sweep *s, size_t run)
{
    struct nj_str t = s->text;
    for (size_t k = 2; k <= DOTTED_MAX && k <= run; k++) {
        size_t from = run - k;
        if (nj_begins_word(t, from) && try_start(s, from))
            return true;
    }
    return false;
}

bool nj_token_visit(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    size_t run = at + 1 - NJ_TOKEN_RUN, from = run + nj_escape_tail(t, run);
    if (try_start(s, from) || try_jwt(s, from) || try_mailchimp(s, from) || nj_iban_try(s, from) || (is_mixed(t, run) && nj_id_try(s, run)))
        return true;
    if (run > 0 && (t.p[run - 1] == '.' || t.p[run - 1] == '/') && try_dotted(s, run))
        return true;
    for (size_t i = from; i < from + REACH && i + 2 < t.n && nj_is(t.p[i], NJ_IS_B64URL); i++)
        if (t.p[i] == '-' && try_start(s, i + 1))
            return true;
    return nj_link_try(s, run) || nj_mac_try(s, from) || nj_ledger_try(s, from) || nj_random_try(s, from);
}

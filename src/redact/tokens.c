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

/* Byte at + 2 is one of the text. */
static inline bool has_start(const struct nj_redactor *r, struct nj_str t, size_t at)
{
    const struct nj_prefix_index *x = &r->prefixes;
    const unsigned char *p = (const unsigned char *)t.p + at;
    return ((x->heads.one[p[0]] & x->heads.two[p[1]]) != 0) & ((x->tails.one[p[1]] & x->tails.two[p[2]]) != 0);
}

/* Without the top bit. */
static void add_bit(uint64_t set[256], char c, uint64_t bit)
{
    set[c & 127] |= bit;
    set[(c & 127) | 128] |= bit;
}

static void add_to_all(uint64_t set[256], uint64_t bit)
{
    for (size_t c = 0; c < 256; c++)
        set[c] |= bit;
}

/* The bit of a byte that comes first; a new one where it has none. */
static uint64_t bit_of(struct nj_pairs *pairs, char one)
{
    if (pairs->one[(unsigned char)one] == 0)
        add_bit(pairs->one, one, (uint64_t)1 << pairs->n++ % 64);
    return pairs->one[(unsigned char)one];
}

static void add_pair(struct nj_pairs *pairs, char one, char two)
{
    add_bit(pairs->two, two, bit_of(pairs, one));
}

/* Whatever comes third. */
static void add_start(struct nj_prefix_index *x, char one, char two)
{
    add_pair(&x->heads, one, two);
    add_to_all(x->tails.two, bit_of(&x->tails, two));
}

/* Where the rows stand that begin with these. */
static inline unsigned place_of(char one, char two)
{
    return ((unsigned)one ^ (unsigned)two << 2) & 127;
}

void nj_prefixes_init(struct nj_redactor *r)
{
    struct nj_prefix_index *x = &r->prefixes;
    memset(x->first, 0xff, sizeof(x->first)); /* -1 */
    for (int i = NJ_PREFIXES - 1; i >= 0; i--) {
        const struct prefix *row = &prefixes[i];
        if (nj_policy_action(&r->policy, nj_detectors[row->id].class) == NJ_ACT_KEEP)
            continue;
        int16_t *first = &x->first[place_of(row->prefix.p[0], row->prefix.p[1])];
        x->head[i] = nj_head(row->prefix, row->prefix.n);
        x->next[i] = *first;
        *first = (int16_t)i;
        if (row->prefix.n == 2) {
            add_start(x, row->prefix.p[0], row->prefix.p[1]);
            continue;
        }
        add_pair(&x->heads, row->prefix.p[0], row->prefix.p[1]);
        add_pair(&x->tails, row->prefix.p[1], row->prefix.p[2]);
    }
    add_start(x, 'e', 'y'); /* JWT */
    if (nj_policy_action(&r->policy, NJ_CLASS_CRYPTO) == NJ_ACT_KEEP)
        return;
    add_to_all(x->heads.two, bit_of(&x->heads, '1') | bit_of(&x->heads, '3'));
    add_to_all(x->tails.one, 1);
    add_to_all(x->tails.two, 1);
    add_pair(&x->heads, '0', 'x');
    add_pair(&x->heads, 'b', 'c');
    add_pair(&x->heads, 'B', 'C');
}

/* "(32 hex)-us12" has no beginning of its own. */
static inline bool ends_like_mailchimp(struct nj_str t, size_t from)
{
    return t.n - from >= 36 && t.p[from + 32] == '-' && t.p[from + 33] == 'u' && t.p[from + 34] == 's';
}

/* Codes of letters and digits that have no run of digits: "RSSMRA85T10A...", "1EG4TE5MK73", "1EG4-TE5-MK73". */
static inline bool is_mixed(struct nj_kinds k)
{
    static const struct nj_kinds_wanted cf = { .digit = 0x6c0, .letter = 0x13f }, mbi = { .digit = 0x649, .letter = 0x192 },
                                        mbi_parted = { .digit = 0x089, .letter = 0x622, .hyphen = 0x110 };
    return nj_kinds_fit(k, cf) || nj_kinds_fit(k, mbi) || nj_kinds_fit(k, mbi_parted);
}

static inline bool begins_like_iban(struct nj_kinds k)
{
    static const struct nj_kinds_wanted iban = { .digit = 0x00c, .letter = 0x003 };
    return nj_kinds_fit(k, iban);
}

/* What can begin in a run of hexadecimal digits and hyphens, as most identifiers of requests and traces are. */
static inline bool hex_may(struct nj_str t, size_t from, struct nj_kinds k)
{
    static const struct nj_kinds_wanted device = { .hyphen = 0x124 };
    return nj_kinds_fit(k, device) || (begins_like_iban(k) && nj_iban_may(t, from)) || ends_like_mailchimp(t, from);
}

/* Does a beginning stand behind a hyphen of the run? */
static __attribute__((noinline)) bool hyphen_may(const struct nj_redactor *r, struct nj_str t, size_t from, uint64_t hyphens)
{
    for (; hyphens != 0; hyphens &= hyphens - 1) {
        size_t at = from + (size_t)__builtin_ctzll(hyphens);
        if (at + 3 < t.n && has_start(r, t, at + 1))
            return true;
    }
    return false;
}

static __attribute__((noinline)) bool dotted_may(const struct nj_redactor *r, struct nj_str t, size_t from)
{
    for (size_t k = DOTTED_MIN; k <= DOTTED_MAX && k <= from; k++)
        if (has_start(r, t, from - k))
            return true;
    return false;
}

static inline bool random_may(struct nj_str t, size_t from, struct nj_kinds k)
{
    enum { LEAST = 20 };
    return nj_kinds_run(k) == nj_lowest(sizeof(nj_lane)) && t.n - from >= LEAST && nj_is(t.p[from + LEAST - 1], NJ_IS_B64URL) &&
           nj_random_may(t, from);
}

bool nj_token_may(const struct nj_redactor *r, struct nj_str t, size_t at)
{
    const uint64_t first = nj_lowest(NJ_TOKEN_RUN);
    size_t from = at + 1 - NJ_TOKEN_RUN;
    char before = nj_byte_before(t, from);
    if (has_start(r, t, from) || before == '\\' || before == '%' || before == '/')
        return true;
    if (before == '.' && dotted_may(r, t, from))
        return true;
    struct nj_kinds k = nj_kinds_at(t, from);
    bool like_hex = ((k.upper | k.behind_f | k.under) & first) == 0 && before != ':';
    if (!like_hex) {
        if ((k.hyphen & first) != 0 && hyphen_may(r, t, from, k.hyphen & first))
            return true;
        if ((k.digit & first) == 0)
            return random_may(t, from, k);
        if (((k.upper | k.lower | k.under) & first) == 0)
            return false;
    }
    if (hex_may(t, from, k))
        return true;
    return !like_hex && (is_mixed(k) || random_may(t, from, k));
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

/* The first bytes of the prefix are there. */
static bool try_row(struct nj_sweep *s, const struct prefix *row, size_t from)
{
    struct nj_str t = s->text;
    if (row->prefix.n > sizeof(uint64_t) && !nj_has_at(t, from, row->prefix))
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
    const struct nj_prefix_index *x = &s->r->prefixes;
    if (from < s->done || from + 2 >= t.n || !has_start(s->r, t, from))
        return false;
    uint64_t eight = nj_eight_at(t, from);
    for (int i = x->first[place_of(t.p[from], t.p[from + 1])]; i >= 0; i = x->next[i])
        if (nj_head_fits(x->head[i], eight) && try_row(s, &prefixes[i], from))
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

/* Behind hyphens of the run. */
static bool try_hyphened(struct nj_sweep *s, size_t from, uint64_t hyphens)
{
    for (; hyphens != 0; hyphens &= hyphens - 1)
        if (try_start(s, from + (size_t)__builtin_ctzll(hyphens) + 1))
            return true;
    return false;
}

/* "AA-AA-AA-AA-AA-AA" */
static inline bool may_be_mac(struct nj_kinds k)
{
    static const struct nj_kinds_wanted mac = { .hyphen = 0x4924 };
    return nj_kinds_fit(k, mac);
}

static inline bool may_be_ledger(char first)
{
    return nj_is_member(first, NJ_MEMBER('b') | NJ_MEMBER('B') | NJ_MEMBER('0') | NJ_MEMBER('1') | NJ_MEMBER('3'));
}

bool nj_token_visit(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    size_t run = at + 1 - NJ_TOKEN_RUN, from = run;
    char before = nj_byte_before(t, run);
    struct nj_kinds k = nj_kinds_at(t, run);
    bool mixed = is_mixed(k);
    if (before == '\\' || before == '%') {
        from = run + nj_escape_tail(t, run);
        k = nj_kinds_at(t, from);
    }
    if (try_start(s, from) || (t.p[from] == 'e' && try_jwt(s, from)) || try_mailchimp(s, from) ||
        (begins_like_iban(k) && nj_iban_try(s, from)) || (mixed && nj_id_try(s, run)))
        return true;
    if ((before == '.' || before == '/') && try_dotted(s, run))
        return true;
    if (try_hyphened(s, from, k.hyphen & nj_head_of(nj_kinds_run(k)) & nj_lowest(REACH)))
        return true;
    return (before == '/' && nj_link_try(s, run)) || (may_be_mac(k) && nj_mac_try(s, from)) ||
           (may_be_ledger(t.p[from]) && nj_ledger_try(s, from)) || nj_random_try(s, from);
}

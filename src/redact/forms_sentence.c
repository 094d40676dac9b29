/* Sentences in which the value of a name stands further on: "the password for joe is x1", "password was changed from x1 to y2". */
#include "forms.h"

enum { REACH = 64 };

static bool ends_sentence(char c)
{
    return c == '\n' || c == '.' || c == ':' || c == '=' || c == '"' || c == '\'' || c == '\0';
}

/* "for 'joe'": behind the quote that closes the owner. */
static size_t skip_quoted_owner(struct nj_str rest)
{
    static const struct nj_str owners[] = { NJ_STR_INIT(" for "), NJ_STR_INIT(" of "), NJ_STR_INIT(" for user ") };
    size_t behind = 0;
    for (size_t i = 0; i < NJ_COUNT(owners); i++)
        if (nj_str_starts(rest, owners[i]) && nj_is_quote(nj_byte(rest, owners[i].n)))
            behind = owners[i].n;
    size_t close = behind != 0 ? nj_str_chr(rest, rest.p[behind], behind + 1) : NJ_NPOS;
    return close == NJ_NPOS ? 0 : close + 1;
}

/* Where a separator with blanks stands first, of which the byte that is none is given; or NJ_NPOS. */
static size_t separator_of(struct nj_str rest, struct nj_str separator, size_t sign)
{
    for (size_t at = sign; (at = nj_str_chr(rest, separator.p[sign], at)) != NJ_NPOS; at++)
        if (nj_has_at(rest, at - sign, separator))
            return at - sign;
    return NJ_NPOS;
}

/* "password for joe: x1", but not "password for user: joe1": the owner has a name. */
static bool owner_value(struct nj_str t, size_t *at)
{
    enum { LONGEST = 64 };
    static const struct nj_str kinds[] = { NJ_STR_INIT("user"),  NJ_STR_INIT("username"), NJ_STR_INIT("account"), NJ_STR_INIT("login"),
                                           NJ_STR_INIT("email"), NJ_STR_INIT("id"),       NJ_STR_INIT("client"),  NJ_STR_INIT("host") };
    struct nj_str rest = nj_str_slice(t, *at, *at + LONGEST);
    bool bracket = nj_str_starts(rest, NJ_STR(" ("));
    if (!bracket && !nj_str_starts(rest, NJ_STR(" for ")) && !nj_str_starts(rest, NJ_STR(" is generated for ")))
        return false; /* as most */
    size_t colon = separator_of(rest, NJ_STR(": "), 0);
    bool assigned = colon == NJ_NPOS; /* "password for joe = x1" */
    if (assigned)
        colon = separator_of(rest, NJ_STR(" = "), 1);
    if (bracket && colon != NJ_NPOS && rest.p[colon - 1] == ')' && nj_run(rest, 2, NJ_IS_KEY) == colon - 1) {
        *at += colon + 2; /* "password (root): x1" */
        return true;
    }
    if (bracket || colon == NJ_NPOS)
        return false;
    size_t word = colon;
    while (word > 0 && !nj_is(rest.p[word - 1], NJ_IS_SPACE))
        word--;
    struct nj_str owner = nj_str_slice(rest, word, colon);
    if (nj_str_is_any_nocase(owner, kinds, NJ_COUNT(kinds)))
        return false;
    *at += colon + (assigned ? 3 : 2);
    struct nj_str owners = nj_str_slice(rest, 0, colon);
    return owner.n > 0 && nj_str_find(owners, NJ_STR(". "), 0) == NJ_NPOS && nj_str_chr(owners, ',', 0) == NJ_NPOS;
}

/* What stands further on in a sentence before the value.  The first of the list wins, wherever it stands. */
static const struct nj_str far_links[] = { NJ_STR_INIT(" entered ("),  NJ_STR_INIT(" provided ("),  NJ_STR_INIT(" supplied ("),
                                           NJ_STR_INIT(" typed ("),    NJ_STR_INIT(" given ("),     NJ_STR_INIT(" changed to "),
                                           NJ_STR_INIT(" reset to "),  NJ_STR_INIT(" set to "),     NJ_STR_INIT(" updated to "),
                                           NJ_STR_INIT(" and value "), NJ_STR_INIT(" with value "), NJ_STR_INIT(" to value "),
                                           NJ_STR_INIT(" is "),        NJ_STR_INIT(" was ") };
/* A bit for each of them, by the low bits of the letter behind the blank, and of the next one. */
static const uint16_t far_letters[32] = {
    ['e' & 31] = 1 << 0,  ['p' & 31] = 1 << 1, ['s' & 31] = 1 << 2 | 1 << 7, ['t' & 31] = 1 << 3 | 1 << 11, ['g' & 31] = 1 << 4,
    ['c' & 31] = 1 << 5,  ['r' & 31] = 1 << 6, ['u' & 31] = 1 << 8,          ['a' & 31] = 1 << 9,           ['w' & 31] = 1 << 10 | 1 << 13,
    ['i' & 31] = 1 << 12,
};
static const uint16_t far_seconds[32] = {
    ['n' & 31] = 1 << 0 | 1 << 9,  ['r' & 31] = 1 << 1,  ['u' & 31] = 1 << 2,          ['y' & 31] = 1 << 3,
    ['i' & 31] = 1 << 4 | 1 << 10, ['h' & 31] = 1 << 5,  ['e' & 31] = 1 << 6 | 1 << 7, ['p' & 31] = 1 << 8,
    ['o' & 31] = 1 << 11,          ['s' & 31] = 1 << 12, ['a' & 31] = 1 << 13,
};
enum { CHANGED = 1 << 5, TO = 1 << 11 };
static const struct nj_str changed_from_link = NJ_STR_INIT(" changed from "), to_link = NJ_STR_INIT(" to ");

/* What follows a name in its sentence, and a little behind that. */
struct ahead {
    size_t value; /* behind a far link, or 0 */
    size_t from;  /* behind "changed from", or 0 */
    size_t to;    /* the first "to" that is not the first word, or 0 */
};

/* A bit for each blank of no more than 64 bytes. */
static uint64_t blanks_of(struct nj_str s)
{
    uint64_t blanks = 0;
    size_t i = 0;
    for (; i + sizeof(nj_lane) <= s.n; i += sizeof(nj_lane))
        blanks |= nj_lane_bits((nj_lane)(nj_lane_at(s.p + i) == ' ')) << i;
    if (i < s.n && i != 0) {
        i = s.n - sizeof(nj_lane);
        return blanks | nj_lane_bits((nj_lane)(nj_lane_at(s.p + i) == ' ')) << i;
    }
    for (; i < s.n; i++)
        blanks |= (uint64_t)(s.p[i] == ' ') << i;
    return blanks;
}

/* Does the sentence go on from byte owner to byte at? */
static bool goes_on(struct nj_str rest, size_t owner, size_t at)
{
    for (size_t i = owner; i < at; i++)
        if (ends_sentence(rest.p[i]))
            return false;
    return true;
}

/* "Password for svc account changed to x": the link stands further on in the sentence, which does not end before byte owner. */
static struct ahead look_ahead(struct nj_str rest, size_t owner)
{
    enum { NEAR = 48, SHORTEST = 4 }; /* "changed from" and "to" also behind the end of the sentence, but near */
    struct ahead ahead = { 0, 0, 0 };
    uint32_t wanted = (1u << NJ_COUNT(far_links)) - 1;
    uint64_t blanks = rest.n < SHORTEST ? 0 : blanks_of(nj_str_slice(rest, 0, rest.n - SHORTEST + 1));
    for (; blanks != 0; blanks &= blanks - 1) {
        size_t i = (size_t)__builtin_ctzll(blanks);
        uint32_t may = far_letters[rest.p[i + 1] & 31] & far_seconds[rest.p[i + 2] & 31];
        if (may == 0)
            continue;
        if (ahead.from == 0 && may == CHANGED && i + changed_from_link.n <= NEAR && nj_has_at(rest, i, changed_from_link))
            ahead.from = i + changed_from_link.n;
        if (ahead.to == 0 && may == TO && i >= SHORTEST && i + to_link.n <= NEAR && nj_has_at(rest, i, to_link))
            ahead.to = i;
        for (may &= wanted; may != 0; may &= may - 1) {
            size_t k = (size_t)__builtin_ctz(may);
            if (!nj_has_at(rest, i, far_links[k]) || !goes_on(rest, owner, i))
                continue;
            wanted = (1u << k) - 1;
            ahead.value = i + far_links[k].n;
            break;
        }
    }
    return ahead;
}

/* --- behind the name ---------------------------------------------------------------------------------------------- */

/* Where the value that goes begins, behind the name that ends at byte at; or NJ_NPOS.  *both: it must have one that comes. */
static size_t behind_from(const struct nj_form *f, size_t at, const struct ahead *ahead, bool *both)
{
    enum { LOOK_BACK = 24 };
    static const struct {
        struct nj_str text;
        bool verb_before; /* that something changed is said in front of the name */
    } openings[] = { { NJ_STR_INIT(" changed: old="), false }, { NJ_STR_INIT(" change: old="), false }, { NJ_STR_INIT(" from "), true } };
    *both = ahead->from == 0;
    if (ahead->from != 0)
        return at + ahead->from;
    for (size_t i = 0; i < NJ_COUNT(openings); i++)
        if (nj_has_at(f->t, at, openings[i].text) &&
            (!openings[i].verb_before || nj_stands_before(f->t, f->key.from, LOOK_BACK, NJ_STR("chang")) ||
             nj_stands_before(f->t, f->key.from, LOOK_BACK, NJ_STR("rotat"))))
            return at + openings[i].text.n;
    return NJ_NPOS;
}

/* "password was changed from x1 to y2", "changed password from x1 to y2", "password changed: old=x1 new=y2": the second one is kept
 * until the sweep gets there. */
static bool changed_from(struct nj_form *f, size_t at, const struct ahead *ahead, struct nj_span *value)
{
    static const struct nj_str seconds[] = { NJ_STR_INIT(" to "), NJ_STR_INIT(" new="), NJ_STR_INIT(", new=") };
    struct nj_span second = { 0, 0 };
    bool both = false;
    size_t from = behind_from(f, at, ahead, &both);
    if (from == NJ_NPOS || !nj_form_linked_value(f, from, value))
        return false;
    struct nj_form g = *f;
    at = value->to + (f->quote != 0 ? 1 + f->slashes : 0);
    for (size_t i = 0; i < NJ_COUNT(seconds); i++) {
        if (!nj_str_starts_nocase(nj_str_slice(f->t, at, f->t.n), seconds[i]) || !nj_form_linked_value(&g, at + seconds[i].n, &second))
            continue;
        nj_sweep_wait_key(f->s, second, f->rule);
        return true;
    }
    return !both;
}

/* "set password of kim to 'x1'" */
static bool set_to(struct nj_form *f, size_t at, const struct ahead *ahead, struct nj_span *value)
{
    enum { LOOK_BACK = 16 };
    static const struct nj_str verbs[] = { NJ_STR_INIT("set "), NJ_STR_INIT("reset "), NJ_STR_INIT("change"), NJ_STR_INIT("changing ") };
    struct nj_str rest = nj_str_slice(f->t, at, f->t.n);
    bool set = false;
    if (ahead->to == 0 || (!nj_str_starts(rest, NJ_STR(" of ")) && !nj_str_starts(rest, NJ_STR(" for "))))
        return false;
    for (size_t i = 0; i < NJ_COUNT(verbs); i++)
        set |= nj_stands_before(f->t, f->key.from, LOOK_BACK, verbs[i]);
    return set && goes_on(rest, 0, ahead->to) && nj_form_linked_value(f, at + ahead->to + to_link.n, value);
}

/* SET PASSWORD FOR 'u'@'%' = 'x' */
static bool set_password_for(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { LONGEST = 160 };
    struct nj_str t = f->t, rest = nj_str_slice(t, at, at + LONGEST);
    if (!nj_form_is_chosen(f->rule) || !nj_str_starts_nocase(rest, NJ_STR(" for ")))
        return false;
    size_t equals = nj_str_chr(rest, '=', 0);
    size_t quote = equals == NJ_NPOS ? rest.n : nj_skip_blanks(rest, equals + 1);
    if (quote >= rest.n || !nj_is_quote(rest.p[quote]))
        return false;
    *value = nj_form_read(f, at + quote);
    return value->to > value->from;
}

bool nj_form_in_sentence(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t, rest = nj_str_slice(t, at, at + REACH);
    char next = nj_byte(rest, 0) == ' ' ? nj_byte(rest, 1) : '\0';
    struct ahead ahead = look_ahead(rest, next == 'f' || next == 'o' ? skip_quoted_owner(rest) : 0);
    bool opens = next == 'c' || next == 'f' || next == 'F' || next == 'o' || next == '(' || next == 'i';
    if (opens || ahead.from != 0) {
        size_t owned = at;
        if (changed_from(f, at, &ahead, value) || set_to(f, at, &ahead, value) || set_password_for(f, at, value))
            return true;
        if (owner_value(t, &owned) && owned < t.n && nj_form_blank_value(f, owned, value))
            return true;
    }
    at += ahead.value;
    return ahead.value != 0 && at < t.n && !nj_form_is_plain_word(t, at) && nj_form_linked_value(f, at, value);
}

bool nj_form_in_quoted_sentence(struct nj_form *f, size_t at, struct nj_span *value)
{
    static const struct nj_str link = NJ_STR_INIT(" value ");
    struct nj_str rest = nj_str_slice(f->t, at, at + REACH);
    if (set_password_for(f, at, value))
        return true;
    struct ahead ahead = look_ahead(rest, skip_quoted_owner(rest));
    return nj_str_ends(nj_str_slice(rest, 0, ahead.value), link) && nj_form_unlinked_value(f, at + ahead.value, value);
}

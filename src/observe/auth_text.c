/* Failures of authentication and authorization in free text.
 *
 * One pass looks for the beginnings of words that mean a failure, four bytes each.  A hit counts if a word of authentication or
 * authorization is within 48 bytes, and nothing says that it did not happen: "0 failed logins", "auth_failed=false", a test's
 * name, a sentence of documentation. */
#include "judge.h"

enum { WINDOW = 48, LONGEST = 2048, STEM = 4, GROUPS = 8, STARTS = 4096 };

enum role { FAILURE, EXCEPTION_AUTHN, EXCEPTION_AUTHZ, DECRYPTION, ENCRYPTION };

static const struct stem {
    struct nj_str text; /* lower case, at least STEM bytes */
    enum role role;
    const char *reason;
} stems[] = {
    { NJ_STR_INIT("notauthorizedexception"), EXCEPTION_AUTHN, "bad_secret" },
    { NJ_STR_INIT("ernotfoundexception"), EXCEPTION_AUTHN, "unknown_user" },
    { NJ_STR_INIT("expiredsignatureerror"), EXCEPTION_AUTHN, "expired" },
    { NJ_STR_INIT("expirederror"), EXCEPTION_AUTHN, "expired" },
    { NJ_STR_INIT("webtokenerror"), EXCEPTION_AUTHN, "malformed" },
    { NJ_STR_INIT("invalidsignatureexception"), EXCEPTION_AUTHN, "malformed" },
    { NJ_STR_INIT("unrecognizedclientexception"), EXCEPTION_AUTHN, NULL },
    { NJ_STR_INIT("henticationexception"), EXCEPTION_AUTHN, NULL },
    { NJ_STR_INIT("henticationerror"), EXCEPTION_AUTHN, NULL },
    { NJ_STR_INIT("badcredentials"), EXCEPTION_AUTHN, "bad_secret" },
    { NJ_STR_INIT("no such user"), EXCEPTION_AUTHN, "unknown_user" },
    { NJ_STR_INIT("unknown user"), EXCEPTION_AUTHN, "unknown_user" },
    { NJ_STR_INIT("user not found"), EXCEPTION_AUTHN, "unknown_user" },
    { NJ_STR_INIT("deniedexception"), EXCEPTION_AUTHZ, NULL },
    { NJ_STR_INIT("permissionerror"), EXCEPTION_AUTHZ, NULL },
    { NJ_STR_INIT("invalidciphertextexception"), DECRYPTION, NULL },
    { NJ_STR_INIT("incorrectkeyexception"), DECRYPTION, NULL },
    { NJ_STR_INIT("kms:decrypt"), DECRYPTION, NULL },
    { NJ_STR_INIT("kms:encrypt"), ENCRYPTION, NULL },
    { NJ_STR_INIT("kms:generatedatakey"), ENCRYPTION, NULL },
    { NJ_STR_INIT("failed"), FAILURE, NULL },
    { NJ_STR_INIT("failure"), FAILURE, NULL },
    { NJ_STR_INIT("invalid"), FAILURE, NULL },
    { NJ_STR_INIT("incorrect"), FAILURE, NULL },
    { NJ_STR_INIT("wrong"), FAILURE, NULL },
    { NJ_STR_INIT("bad "), FAILURE, NULL },
    { NJ_STR_INIT("denied"), FAILURE, NULL },
    { NJ_STR_INIT("rejected"), FAILURE, NULL },
    { NJ_STR_INIT("unauthorized"), FAILURE, NULL },
    { NJ_STR_INIT("expired"), FAILURE, "expired" },
    { NJ_STR_INIT("mismatch"), FAILURE, NULL },
    { NJ_STR_INIT("locked"), FAILURE, "locked" },
    { NJ_STR_INIT("revoked"), FAILURE, "expired" },
};

static const struct noun {
    struct nj_str text;
    bool authz;
    const char *reason; /* what a failure of this one means */
    bool stem;          /* the word may go on */
} nouns[] = {
    { NJ_STR_INIT("login"), false, NULL, false },
    { NJ_STR_INIT("logon"), false, NULL, false },
    { NJ_STR_INIT("sign-in"), false, NULL, false },
    { NJ_STR_INIT("signin"), false, NULL, false },
    { NJ_STR_INIT("password"), false, "bad_secret", false },
    { NJ_STR_INIT("credential"), false, "bad_secret", false },
    { NJ_STR_INIT("mfa"), false, "mfa", false },
    { NJ_STR_INIT("otp"), false, "mfa", false },
    { NJ_STR_INIT("jwt"), false, NULL, false },
    { NJ_STR_INIT("token"), false, NULL, false },
    { NJ_STR_INIT("session"), false, NULL, false },
    { NJ_STR_INIT("api key"), false, "bad_secret", false },
    { NJ_STR_INIT("authenticat"), false, NULL, true },
    { NJ_STR_INIT("authorization"), true, NULL, false },
    { NJ_STR_INIT("permission"), true, NULL, false },
    { NJ_STR_INIT("privilege"), true, NULL, false },
    { NJ_STR_INIT("access"), true, NULL, false },
    { NJ_STR_INIT("auth"), false, NULL, false },
};

/* --- words -------------------------------------------------------------------------------------------------------- */

static char low(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool is_letter(char c)
{
    return low(c) >= 'a' && low(c) <= 'z';
}

static bool stands_at(struct nj_str s, size_t at, struct nj_str word)
{
    if (s.n - at < word.n)
        return false;
    for (size_t i = 0; i < word.n; i++)
        if (low(s.p[at + i]) != word.p[i])
            return false;
    return true;
}

/* Ends a word there, or its plural, or a part of one (loginFailed)? */
static bool ends_word(struct nj_str s, size_t at)
{
    bool plural = at < s.n && s.p[at] == 's';
    size_t next = at + plural;
    return next >= s.n || s.p[next] < 'a' || s.p[next] > 'z';
}

/* In from..to, at the beginning of a word or behind a capital (userLogin); NJ_NPOS = nowhere. */
static size_t find_noun(struct nj_str s, size_t from, size_t to, const struct noun *n)
{
    struct nj_str noun = n->text;
    for (size_t i = from; i + noun.n <= to; i++) {
        bool starts = i == 0 || !is_letter(s.p[i - 1]) || (s.p[i] >= 'A' && s.p[i] <= 'Z' && s.p[i - 1] >= 'a');
        if (starts && stands_at(s, i, noun) && (n->stem || ends_word(s, i + noun.n)))
            return i;
    }
    return NJ_NPOS;
}

/* --- what cancels a hit ------------------------------------------------------------------------------------------- */

/* The word that ends before at. */
static struct nj_str word_before(struct nj_str s, size_t at)
{
    size_t end = at;
    while (end != 0 && (s.p[end - 1] == ' ' || s.p[end - 1] == '\t'))
        end--;
    size_t from = end;
    while (from != 0 && s.p[from - 1] != ' ' && s.p[from - 1] != '\t')
        from--;
    return nj_str_slice(s, from, end);
}

static bool is_one_of(struct nj_str word, const struct nj_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nj_str_eq_nocase(word, list[i]))
            return true;
    return false;
}

static bool denies_before(struct nj_str s, size_t at)
{
    static const struct nj_str list[] = { NJ_STR_INIT("0"),   NJ_STR_INIT("no"),      NJ_STR_INIT("zero"),
                                          NJ_STR_INIT("not"), NJ_STR_INIT("without"), NJ_STR_INIT("never") };
    return is_one_of(word_before(s, at), list, NJ_COUNT(list));
}

/* "failures: 0", "auth_failed=false", "failed logins 0" */
static bool denies_after(struct nj_str s, size_t at)
{
    static const struct nj_str list[] = { NJ_STR_INIT("0"), NJ_STR_INIT("false"), NJ_STR_INIT("no"), NJ_STR_INIT("none"),
                                          NJ_STR_INIT("null") };
    while (at < s.n && (is_letter(s.p[at]) || s.p[at] == '_'))
        at++;
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == ':' || s.p[at] == '=' || s.p[at] == '"'))
        at++;
    size_t end = at;
    while (end < s.n && (is_letter(s.p[end]) || (s.p[end] >= '0' && s.p[end] <= '9')))
        end++;
    return is_one_of(nj_str_slice(s, at, end), list, NJ_COUNT(list));
}

/* Tests and documentation speak of failures all the time. */
static bool is_about(struct nj_str s)
{
    static const struct nj_str starts[] = {
        NJ_STR_INIT("PASS"),         NJ_STR_INIT("FAIL:"), NJ_STR_INIT("ok "),   NJ_STR_INIT("not ok "),      NJ_STR_INIT("--- "),
        NJ_STR_INIT("=== RUN"),      NJ_STR_INIT("test_"), NJ_STR_INIT("Test"),  NJ_STR_INIT("\xe2\x9c\x93"), NJ_STR_INIT("\xe2\x9c\x94"),
        NJ_STR_INIT("\xe2\x9c\x97"), NJ_STR_INIT("must "), NJ_STR_INIT("Must "), NJ_STR_INIT("should "),      NJ_STR_INIT("Should "),
        NJ_STR_INIT("if "),          NJ_STR_INIT("If "),   NJ_STR_INIT("when "), NJ_STR_INIT("When "),
    };
    return nj_str_starts_any(nj_str_trim(s), starts, NJ_COUNT(starts));
}

/* --- hits --------------------------------------------------------------------------------------------------------- */

static const struct stem *stem_at(struct nj_str s, size_t at)
{
    for (size_t i = 0; i < NJ_COUNT(stems); i++)
        if (stands_at(s, at, stems[i].text))
            return &stems[i];
    return NULL;
}

static bool starts_word(struct nj_str s, size_t at)
{
    return at == 0 || !is_letter(s.p[at - 1]) || (s.p[at] >= 'A' && s.p[at] <= 'Z');
}

static const enum nj_word meanings[] = { [FAILURE] = NJ_WORDS,
                                         [EXCEPTION_AUTHN] = NJ_WORD_LOGIN_FAIL,
                                         [EXCEPTION_AUTHZ] = NJ_WORD_AUTHZ_FAIL,
                                         [DECRYPTION] = NJ_WORD_DECRYPT_FAIL,
                                         [ENCRYPTION] = NJ_WORD_ENCRYPT_FAIL };

/* The first word that fits decides what it is; a later one may know why. */
static bool judge_failure(struct nj_str s, size_t at, const struct stem *stem, struct nj_text_finding *f)
{
    size_t end = at + stem->text.n, from = at > WINDOW ? at - WINDOW : 0, to = s.n - end > WINDOW ? end + WINDOW : s.n;
    bool found = false;
    if (!starts_word(s, at) || denies_before(s, at) || denies_after(s, end))
        return false;
    for (size_t i = 0; i < NJ_COUNT(nouns) && (!found || (f->reason == NULL && f->word == NJ_WORD_LOGIN_FAIL)); i++) {
        size_t noun = find_noun(s, from, to, &nouns[i]);
        if (noun == NJ_NPOS || (noun >= at && noun < end) || (found && nouns[i].authz))
            continue;
        if (denies_before(s, noun) || denies_after(s, noun + nouns[i].text.n))
            continue;
        bool mfa = nouns[i].reason != NULL && nouns[i].reason[0] == 'm';
        f->word = nouns[i].authz ? NJ_WORD_AUTHZ_FAIL : NJ_WORD_LOGIN_FAIL;
        f->reason = nouns[i].authz ? NULL : stem->reason != NULL && !mfa ? stem->reason : nouns[i].reason;
        f->locked = !nouns[i].authz && stem->reason != NULL && stem->reason[0] == 'l';
        found = true;
    }
    return found;
}

static bool judge_hit(struct nj_str s, size_t at, struct nj_text_finding *f)
{
    const struct stem *stem = stem_at(s, at);
    if (stem == NULL)
        return false;
    if (stem->role == FAILURE)
        return judge_failure(s, at, stem, f);
    if (denies_after(s, at + stem->text.n))
        return false;
    f->word = meanings[stem->role];
    f->reason = stem->reason;
    return true;
}

/* --- the pass ----------------------------------------------------------------------------------------------------- */

/* Shift-or over the first four bytes of the stems, in eight groups: byte j of a mask has a bit for each group that has no stem with
 * this letter in place j.  After each byte the top of the state tells which groups may have a stem that began three bytes ago.  No
 * step waits for more than a shift of the one before. */
struct nj_text_scan {
    uint32_t mask[256];
    uint64_t starts[STARTS / 64]; /* bits: does a stem begin with four bytes of this hash? */
};

/* Letters in lower case; other bytes may become the same as others, which only costs a second look. */
static unsigned start_of(const void *four)
{
    uint32_t v;
    memcpy(&v, four, sizeof(v));
    return ((v | 0x20202020u) * 0x9e3779b1u) >> 20 & (STARTS - 1);
}

size_t nj_text_scan_size(void)
{
    return sizeof(struct nj_text_scan);
}

void nj_text_scan_init(struct nj_text_scan *t)
{
    memset(t->mask, 0xff, sizeof(t->mask));
    memset(t->starts, 0, sizeof(t->starts));
    for (size_t i = 0; i < NJ_COUNT(stems); i++) {
        unsigned start = start_of(stems[i].text.p), group = (unsigned char)stems[i].text.p[0] % GROUPS;
        t->starts[start / 64] |= (uint64_t)1 << start % 64;
        for (size_t at = 0; at < STEM; at++) {
            unsigned char c = (unsigned char)stems[i].text.p[at];
            uint32_t bit = ~((uint32_t)1 << (8 * at + group));
            t->mask[c] &= bit;
            if (is_letter((char)c))
                t->mask[c & ~0x20] &= bit;
        }
    }
}

/* The first finding stays; later ones of its kind may know why.  True: there is nothing more to learn. */
static bool take(struct nj_text_finding *f, const struct nj_text_finding *hit)
{
    if (f->word == NJ_WORDS)
        *f = *hit;
    else if (f->word == hit->word && f->reason == NULL)
        f->reason = hit->reason;
    return f->word != NJ_WORD_LOGIN_FAIL || f->reason != NULL;
}

/* Could a stem have begun three bytes before the last one? */
static bool may_begin(uint32_t state)
{
    return state < 0xff000000u;
}

/* The bytes up to end (not with it) may be the first four of a stem.  True: there is nothing more to learn. */
static bool look(const struct nj_text_scan *t, struct nj_str s, size_t end, struct nj_text_finding *f)
{
    size_t at = end - STEM;
    unsigned start = start_of(s.p + at);
    struct nj_text_finding hit = { .word = NJ_WORDS };
    return (t->starts[start / 64] >> start % 64 & 1) != 0 && judge_hit(s, at, &hit) && take(f, &hit);
}

static void scan(const struct nj_text_scan *t, struct nj_str s, struct nj_text_finding *f)
{
    const unsigned char *p = (const unsigned char *)s.p;
    uint32_t state = UINT32_MAX;
    size_t i = 0;
    for (; i + 4 <= s.n; i += 4) { /* nearly always nothing begins in four bytes: one question for all of them */
        uint32_t a = state << 8 | t->mask[p[i]], b = a << 8 | t->mask[p[i + 1]];
        uint32_t c = b << 8 | t->mask[p[i + 2]], d = c << 8 | t->mask[p[i + 3]];
        state = d;
        if (!may_begin(a & b & c & d))
            continue;
        if ((may_begin(a) && look(t, s, i + 1, f)) || (may_begin(b) && look(t, s, i + 2, f)) || (may_begin(c) && look(t, s, i + 3, f)) ||
            (may_begin(d) && look(t, s, i + 4, f)))
            return;
    }
    for (; i < s.n; i++) {
        state = state << 8 | t->mask[p[i]];
        if (may_begin(state) && look(t, s, i + 1, f))
            return;
    }
}

struct nj_text_finding nj_auth_text(const struct nj_text_scan *t, struct nj_str text)
{
    struct nj_text_finding f = { .word = NJ_WORDS };
    struct nj_str s = nj_str_slice(text, 0, LONGEST);
    scan(t, s, &f);
    if (f.word != NJ_WORDS && is_about(s))
        f = (struct nj_text_finding){ .word = NJ_WORDS };
    return f;
}

/* Secrets without a vendor's prefix: links that carry one, hashes of passwords, random runs near the name of a secret. */
#include "redact_internal.h"

#include <math.h>

struct mix {
    size_t digits;
    bool upper, lower, other;
};

static struct mix mix_of(struct nj_str s)
{
    unsigned seen = 0, all = NJ_IS_ALPHA | NJ_IS_DIGIT;
    size_t digits = 0;
    bool other = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned classes = nj_byte_class[(unsigned char)s.p[i]];
        digits += (classes & NJ_IS_DIGIT) != 0;
        other |= (classes & all) == 0;
        seen |= classes;
    }
    return (struct mix){ .digits = digits, .upper = (seen & NJ_IS_UPPER) != 0, .lower = (seen & NJ_IS_LOWER) != 0, .other = other };
}

/* --- Azure AD client secrets -------------------------------------------------------------------------------------- */

static bool is_azure(char c)
{
    return nj_is(c, NJ_IS_DOTTED) || c == '~';
}

/* Three characters, a digit, "Q~", 31 to 34 more. */
bool nj_shape_azure(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    enum { BEFORE = 5, LEAST = 31, MOST = 34 };
    struct nj_str t = s->text;
    if (at < s->done + BEFORE || t.p[at - 1] != 'Q' || !nj_is(t.p[at - 2], NJ_IS_DIGIT))
        return false;
    size_t from = at - BEFORE, to = at + 1;
    while (to < t.n && to - at <= MOST + 1 && is_azure(t.p[to]))
        to++;
    while (t.p[to - 1] == '.')
        to--;
    *out = (struct nj_span){ from, to };
    bool whole = is_azure(t.p[from]) && is_azure(t.p[from + 1]) && is_azure(t.p[from + 2]) && nj_begins_word(t, from);
    return whole && to - at > LEAST && to - at <= MOST + 1;
}

/* --- hashes of passwords ------------------------------------------------------------------------------------------ */

static bool is_crypt(char c)
{
    return nj_is(c, NJ_IS_MIXED) || c == '$' || c == '.' || c == ',';
}

/* Names of the schemes between dollars, and before the first one. */
static const struct nj_str crypt_ids[] = {
    NJ_STR_INIT("2a"),
    NJ_STR_INIT("2b"),
    NJ_STR_INIT("2x"),
    NJ_STR_INIT("2y"),
    NJ_STR_INIT("1"),
    NJ_STR_INIT("5"),
    NJ_STR_INIT("6"),
    NJ_STR_INIT("7"),
    NJ_STR_INIT("y"),
    NJ_STR_INIT("gy"),
    NJ_STR_INIT("argon2i"),
    NJ_STR_INIT("argon2d"),
    NJ_STR_INIT("argon2id"),
    NJ_STR_INIT("scrypt"),
    NJ_STR_INIT("pbkdf2"),
    NJ_STR_INIT("apr1"),
    NJ_STR_INIT("pbkdf2-sha1"),
    NJ_STR_INIT("pbkdf2-sha256"),
    NJ_STR_INIT("pbkdf2-sha512"),
    NJ_STR_INIT("sha1"),
};
static const struct nj_str crypt_words[] = {
    NJ_STR_INIT("pbkdf2_sha256"), NJ_STR_INIT("pbkdf2_sha1"), NJ_STR_INIT("bcrypt_sha256"),
    NJ_STR_INIT("bcrypt"),        NJ_STR_INIT("argon2"),      NJ_STR_INIT("scrypt"),
    NJ_STR_INIT("md5"),           NJ_STR_INIT("sha1"),        NJ_STR_INIT("pbkdf2_sha512"),
};

static bool listed(struct nj_str word, const struct nj_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nj_str_eq(word, list[i]))
            return true;
    return false;
}

/* Parts between dollars behind the name of a scheme; the last is the hash. */
bool nj_shape_crypt(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    enum { WORD_MAX = 16, LAST_MIN = 20, MOST = 512 };
    struct nj_str t = s->text, part = { NULL, 0 };
    size_t from = at, to = at;
    while (from > s->done && at - from < WORD_MAX && nj_is(t.p[from - 1], NJ_IS_WORD))
        from--;
    bool worded = from < at && listed(nj_str_slice(t, from, at), crypt_words, NJ_COUNT(crypt_words));
    size_t id = nj_run(nj_str_slice(t, 0, at + 1 + WORD_MAX), at + 1, NJ_IS_B64URL);
    bool numbered = id < t.n && t.p[id] == '$' && listed(nj_str_slice(t, at + 1, id), crypt_ids, NJ_COUNT(crypt_ids));
    if (at < s->done || (!worded && !numbered))
        return false;
    while (to < t.n && to - at < MOST && is_crypt(t.p[to]))
        to++;
    while (to > at && (t.p[to - 1] == ',' || t.p[to - 1] == '.') && to < t.n && nj_is(t.p[to], NJ_IS_SPACE))
        to--;
    struct nj_str rest = nj_str_slice(t, at + 1, to);
    while (nj_str_cut(&rest, '$', &part))
        ;
    *out = (struct nj_span){ worded ? from : at, to };
    return part.n >= LAST_MIN;
}

/* --- links that are keys ------------------------------------------------------------------------------------------ */

static bool is_path(char c)
{
    return nj_is(c, NJ_IS_DOTTED) || c == '/' || c == '%' || c == '@';
}

static const struct nj_str hooks[] = { NJ_STR_INIT("hooks.slack.com/services/"),    NJ_STR_INIT("hooks.slack.com/workflows/"),
                                       NJ_STR_INIT("hooks.slack.com/triggers/"),    NJ_STR_INIT("discord.com/api/webhooks/"),
                                       NJ_STR_INIT("discordapp.com/api/webhooks/"), NJ_STR_INIT("webhook.office.com/webhookb2/"),
                                       NJ_STR_INIT("outlook.office.com/webhook/") };

static const struct nj_str magic_words[] = { NJ_STR_INIT("reset"),      NJ_STR_INIT("verify"),     NJ_STR_INIT("magic"),
                                             NJ_STR_INIT("invite"),     NJ_STR_INIT("confirm"),    NJ_STR_INIT("activate"),
                                             NJ_STR_INIT("unlock"),     NJ_STR_INIT("invitation"), NJ_STR_INIT("verification"),
                                             NJ_STR_INIT("activation"), NJ_STR_INIT("recover"),    NJ_STR_INIT("unsubscribe") };

bool nj_is_uuid(struct nj_str v)
{
    static const uint8_t hyphens[] = { 8, 13, 18, 23 };
    for (size_t i = 0; v.n == 36 && i < NJ_COUNT(hyphens); i++)
        if (v.p[hyphens[i]] != '-')
            return false;
    return v.n == 36;
}

/* Random, and neither a number nor words with hyphens nor the name of a thing. */
static bool is_magic(struct nj_str v)
{
    if (v.n < 20)
        return false;
    struct mix m = mix_of(v);
    return m.digits != 0 && (m.upper || m.lower) && !nj_is_uuid(v) && ((m.upper && m.lower) || !m.other);
}

/* Where words of five letters at least begin among the 64 bytes from byte at on, the last of them apart; the text has sixteen. */
static inline uint64_t words_from(struct nj_str t, size_t at, size_t to)
{
    uint64_t letter = 0;
    for (size_t i = at; i < to; i += sizeof(nj_lane)) {
        size_t start = to - i < sizeof(nj_lane) ? to - sizeof(nj_lane) : i;
        uint64_t bits = nj_lane_bits(nj_lane_letters(nj_lane_at(t.p + start)));
        letter |= start >= at ? bits << (start - at) : bits >> (at - start);
    }
    uint64_t two = letter & letter >> 1, before = at > 0 && nj_is(t.p[at - 1], NJ_IS_ALPHA);
    return two & two >> 2 & letter >> 4 & ~(letter << 1 | before);
}

static bool has_magic_word(struct nj_str t)
{
    enum { STEP = 56 };
    char few[sizeof(nj_lane)] = { 0 };
    if (t.n < sizeof(few)) {
        memcpy(few, t.p, t.n);
        t = (struct nj_str){ few, sizeof(few) };
    }
    for (size_t base = 0; base < t.n; base += STEP) {
        uint64_t words = words_from(t, base, t.n - base > NJ_KINDS_MOST ? base + NJ_KINDS_MOST : t.n);
        for (; words != 0; words &= words - 1) {
            struct nj_str word = nj_str_slice(t, base + (size_t)__builtin_ctzll(words), t.n);
            for (size_t i = 0; i < NJ_COUNT(magic_words); i++)
                if (nj_str_starts_nocase(word, magic_words[i]))
                    return true;
        }
    }
    return false;
}

/* "password reset link: https://host/r/", "the invite url is": what stands before the address at byte path says what it is for. */
static bool is_announced(const struct nj_sweep *s, size_t path)
{
    enum { BACK = 48 };
    static const struct nj_str nouns[] = { NJ_STR_INIT("link"), NJ_STR_INIT("url"), NJ_STR_INIT("Link"), NJ_STR_INIT("URL") };
    struct nj_str t = s->text;
    size_t end = path, from;
    while (end > s->done && (nj_is(t.p[end - 1], NJ_IS_ALPHA) || t.p[end - 1] == ':'))
        end--; /* the scheme */
    for (from = end; from > s->done && end - from < BACK && t.p[from - 1] != '\n'; from--)
        ;
    struct nj_str before = nj_str_slice(t, from, end);
    for (size_t i = 0; end < path && i < NJ_COUNT(nouns); i++)
        if (nj_str_find(before, nouns[i], 0) != NJ_NPOS)
            return has_magic_word(before);
    return false;
}

/* Where the path begins that ends before byte at, at byte floor or behind. */
static size_t path_start(struct nj_str t, size_t at, size_t floor)
{
    while (at - floor >= sizeof(nj_lane)) {
        nj_lane v = nj_lane_at(t.p + at - sizeof(v));
        nj_lane plain = nj_lane_letters(v) | (nj_lane)(v - '-' < '9' + 1 - '-'); /* hyphen, dot, slash, digits */
        nj_lane sign = (nj_lane)(v == '_') | (nj_lane)(v == '%') | (nj_lane)(v == '@');
        uint64_t others = ~nj_lane_bits(plain | sign) & 0xffff;
        if (others != 0)
            return at - (size_t)__builtin_clzll(others << 48);
        at -= sizeof(v);
    }
    while (at > floor && is_path(t.p[at - 1]))
        at--;
    return at;
}

/* The segment of a path that begins at byte from. */
bool nj_link_try(struct nj_sweep *s, size_t from)
{
    enum { BACK = 120, MOST = 512, HOOK_MIN = 25 };
    struct nj_str t = s->text;
    if (from <= s->done || t.p[from - 1] != '/')
        return false;
    size_t start = path_start(t, from, from - s->done > BACK ? from - BACK : s->done), to = from;
    struct nj_str before = nj_str_slice(t, start, from);
    bool hooked = before.n >= HOOK_MIN && nj_str_find(before, NJ_STR("hook"), 0) != NJ_NPOS; /* as each of them */
    for (size_t i = 0; hooked && i < NJ_COUNT(hooks); i++) {
        size_t at = nj_str_find(before, hooks[i], 0);
        if (at == NJ_NPOS)
            continue;
        size_t secret = start + at + hooks[i].n;
        while (to < t.n && to - from < MOST && (nj_is(t.p[to], NJ_IS_B64URL) || t.p[to] == '/' || t.p[to] == '@'))
            to++;
        return to - secret >= 20 && nj_sweep_take(s, (struct nj_span){ secret, to }, NJ_DET_SLACK_HOOK);
    }
    to = nj_run(nj_str_slice(t, 0, t.n - from > MOST ? from + MOST : t.n), from, NJ_IS_B64URL);
    if (!is_magic(nj_str_slice(t, from, to)))
        return false;
    return (has_magic_word(before) || is_announced(s, start)) && nj_sweep_take(s, (struct nj_span){ from, to }, NJ_DET_MAGIC_LINK);
}

/* --- random runs -------------------------------------------------------------------------------------------------- */

/* Bits of surprise in a character, as a part of what its alphabet and length allow. */
static double evenness(struct nj_str v)
{
    struct mix m = mix_of(v);
    uint8_t seen[256] = { 0 };
    double bits = 0, kinds = (m.digits != 0 ? 10 : 0) + (m.upper ? 26 : 0) + (m.lower ? 26 : 0) + (m.other ? 2 : 0);
    for (size_t i = 0; i < v.n; i++)
        seen[(unsigned char)v.p[i]]++;
    for (size_t c = 0; c < sizeof(seen); c++)
        if (seen[c] != 0)
            bits -= seen[c] / (double)v.n * log2(seen[c] / (double)v.n);
    double most = kinds < (double)v.n ? kinds : (double)v.n;
    return bits / log2(most);
}

/* Identifiers, digests, public keys and pictures, which look random and may stand near any word. */
static bool is_public(struct nj_str v)
{
    const uint64_t first = NJ_MEMBER('A') | NJ_MEMBER('Q') | NJ_MEMBER('R') | NJ_MEMBER('a') | NJ_MEMBER('b') | NJ_MEMBER('c') |
                           NJ_MEMBER('d') | NJ_MEMBER('e') | NJ_MEMBER('i') | NJ_MEMBER('p') | NJ_MEMBER('r') | NJ_MEMBER('s') |
                           NJ_MEMBER('t');
    const uint64_t second = NJ_MEMBER('0') | NJ_MEMBER('A') | NJ_MEMBER('I') | NJ_MEMBER('N') | NJ_MEMBER('R') | NJ_MEMBER('V') |
                            NJ_MEMBER('a') | NJ_MEMBER('c') | NJ_MEMBER('e') | NJ_MEMBER('h') | NJ_MEMBER('i') | NJ_MEMBER('k') |
                            NJ_MEMBER('m') | NJ_MEMBER('n') | NJ_MEMBER('p') | NJ_MEMBER('r') | NJ_MEMBER('u') | NJ_MEMBER('v') |
                            NJ_MEMBER('x');
    static const struct nj_str heads[] = {
        NJ_STR_INIT("pk_"),     NJ_STR_INIT("pi_"),     NJ_STR_INIT("evt_"),     NJ_STR_INIT("sub_"),        NJ_STR_INIT("price_"),
        NJ_STR_INIT("cus_"),    NJ_STR_INIT("ch_"),     NJ_STR_INIT("prod_"),    NJ_STR_INIT("pm_"),         NJ_STR_INIT("seti_"),
        NJ_STR_INIT("txn_"),    NJ_STR_INIT("acct_"),   NJ_STR_INIT("re_"),      NJ_STR_INIT("in_"),         NJ_STR_INIT("sha256-"),
        NJ_STR_INIT("sha384-"), NJ_STR_INIT("sha512-"), NJ_STR_INIT("AAAAB3Nz"), NJ_STR_INIT("AAAAC3Nz"),    NJ_STR_INIT("AAAAE2Vj"),
        NJ_STR_INIT("Qm"),      NJ_STR_INIT("bafy"),    NJ_STR_INIT("bafk"),     NJ_STR_INIT("AIDA"),        NJ_STR_INIT("AROA"),
        NJ_STR_INIT("AIPA"),    NJ_STR_INIT("ANPA"),    NJ_STR_INIT("dpl_"),     NJ_STR_INIT("iVBORw0KGgo"), NJ_STR_INIT("R0lGOD"),
    };
    if (!nj_is_member(v.p[0], first) || !nj_is_member(v.p[1], second))
        return false; /* as most */
    for (size_t i = 0; i < NJ_COUNT(heads); i++)
        if (nj_str_starts(v, heads[i]))
            return heads[i].p[0] != 'Q' || v.n == 46; /* IPFS */
    return false;
}

/* How a run is made: what tells names, identifiers and words from what is random. */
struct make {
    bool hex, upper, lower;
    bool digit, two_digits, four_digits;
    bool two_parts;               /* a hyphen or '_', and another */
    bool spread;                  /* names have a number or two, and an acronym: this has more */
    bool five_small, eight_small; /* so many small letters in a row */
};

static inline bool has_two(uint64_t bits)
{
    return (bits & (bits - 1)) != 0;
}

static inline bool has_three(uint64_t bits)
{
    return has_two(bits & (bits - 1));
}

static inline bool has_four(uint64_t bits)
{
    return has_three(bits & (bits - 1));
}

static struct make make_of(const struct nj_kinds *k, size_t n)
{
    uint64_t in = nj_lowest(n), digit = k->digit & in, upper = k->upper & in, lower = k->lower & in, dash = (k->hyphen | k->under) & in;
    uint64_t two = lower & lower >> 1, four = two & two >> 2;
    return (struct make){
        .hex = (digit | ((upper | lower) & ~k->behind_f)) == in,
        .upper = upper != 0,
        .lower = lower != 0,
        .digit = digit != 0,
        .two_digits = has_two(digit),
        .four_digits = has_four(digit),
        .two_parts = has_two(dash),
        .spread = has_three(digit & ~(digit << 1)) || has_four(upper & upper << 1),
        .five_small = (four & lower >> 4) != 0,
        .eight_small = (four & four >> 4) != 0,
    };
}

/* The same of more than fit into the bits of a word. */
static __attribute__((noinline)) struct make make_of_long(struct nj_str v)
{
    size_t digits = 0, parts = 0, longest = 0, letters = 0, groups = 0, capitals = 0;
    unsigned before = 0, seen = 0, all = NJ_IS_HEX;
    for (size_t i = 0; i < v.n; i++) {
        unsigned classes = nj_byte_class[(unsigned char)v.p[i]];
        digits += (classes & NJ_IS_DIGIT) != 0;
        parts += v.p[i] == '-' || v.p[i] == '_';
        capitals += (classes & before & NJ_IS_UPPER) != 0;
        groups += (classes & ~before & NJ_IS_DIGIT) != 0;
        letters = (classes & NJ_IS_LOWER) != 0 ? letters + 1 : 0;
        longest = letters > longest ? letters : longest;
        before = classes;
        seen |= classes;
        all &= classes;
    }
    return (struct make){
        .hex = all != 0,
        .upper = (seen & NJ_IS_UPPER) != 0,
        .lower = (seen & NJ_IS_LOWER) != 0,
        .digit = digits != 0,
        .two_digits = digits >= 2,
        .four_digits = digits >= 4,
        .two_parts = parts >= 2,
        .spread = groups >= 3 || capitals >= 4,
        .five_small = longest >= 5,
        .eight_small = longest >= 8,
    };
}

/* Twenty characters or more that could be random: not hexadecimal, not words, not a number with a name.  The kinds are those of all of
 * them that fit. */
static bool may_be_random(struct nj_str v, const struct nj_kinds *k)
{
    enum { LEAST = 20, MOST = 200 };
    if (v.n < LEAST || v.n > MOST)
        return false;
    struct make m = v.n <= NJ_KINDS_MOST ? make_of(k, v.n) : make_of_long(v);
    if (m.hex || !m.digit || !(m.upper && m.lower ? true : (m.upper || m.lower) && m.four_digits && !m.two_parts))
        return false; /* "worker-12-eu-west" */
    if (!m.spread && (m.eight_small || (m.five_small && !m.two_digits)))
        return false; /* "getReportForUser2" */
    return !nj_is_uuid(v) && !is_public(v);
}

bool nj_is_random(struct nj_str v)
{
    struct nj_kinds k = { 0 };
    if (v.n < sizeof(nj_lane) || nj_run(v, 0, NJ_IS_MIXED) != v.n)
        return false;
    for (size_t at = 0; at < v.n && at < NJ_KINDS_MOST; at += sizeof(nj_lane))
        nj_kinds_add(&k, v, 0, at);
    return may_be_random(v, &k) && evenness(v) >= 0.8;
}

enum { LAST_OF_ONE_CASE = 29 };

/* A digit, and letters in both cases, which may be short; or of one case, which is longer and not hexadecimal. */
static inline bool is_mixture(const struct nj_kinds *k, uint64_t run)
{
    bool mixed = (k->upper & run) != 0 && (k->lower & run) != 0;
    return (k->digit & run) != 0 && (mixed || ((run >> LAST_OF_ONE_CASE & 1) != 0 && (k->behind_f & run) != 0));
}

/* The run at byte from, as far as there is room, a bit a byte; and of what kinds these bytes are. */
static inline uint64_t read_run(struct nj_kinds *out, struct nj_str t, size_t from)
{
    struct nj_kinds k = nj_kinds_at(t, from);
    uint64_t all = nj_kinds_run(k);
    for (size_t n = sizeof(nj_lane); n < NJ_KINDS_MOST && (all + 1) >> n != 0 && n < t.n - from; n += sizeof(nj_lane)) {
        nj_kinds_add(&k, t, from, from + n);
        all = nj_kinds_run(k);
    }
    *out = k;
    return nj_head_of(all);
}

/* Of a run that has more than are looked at first. */
static __attribute__((noinline)) bool long_random_may(struct nj_str t, size_t from)
{
    struct nj_kinds k;
    uint64_t run = read_run(&k, t, from);
    return is_mixture(&k, run);
}

/* What is in both cases may be short. */
bool nj_random_may(struct nj_str t, size_t from)
{
    enum { LEAST = 20, FIRST = 2 * sizeof(nj_lane) };
    const uint64_t twenty = nj_lowest(LEAST);
    struct nj_kinds k = { 0 };
    nj_kinds_add(&k, t, from, from);
    nj_kinds_add(&k, t, from, from + sizeof(nj_lane));
    uint64_t all = nj_kinds_run(k), run = nj_head_of(all);
    /* Neither a capital nor a letter behind 'f' among the first: a digest or UUID. */
    bool telling = ((k.upper | (k.behind_f & (all >> LAST_OF_ONE_CASE & 1 ? twenty : 0))) & twenty) != 0;
    if ((~run & twenty) != 0 || !telling)
        return false;
    return is_mixture(&k, run) || (run == nj_lowest(FIRST) && t.n - from > FIRST && long_random_may(t, from));
}

/* "SHA256:x": the sum of something. */
static bool is_sum(struct nj_str t, size_t from)
{
    return from >= 7 && t.p[from - 1] == ':' && nj_str_starts_nocase(nj_str_slice(t, from - 7, from), NJ_STR("sha")) &&
           nj_run(nj_str_slice(t, 0, from), from - 4, NJ_IS_DIGIT) == from - 1;
}

/* Forty characters of base64 around the run, which may hold other signs than that. */
static bool is_like_aws(const struct nj_sweep *s, struct nj_span run, struct nj_span *key)
{
    enum { KEY = 40 };
    struct nj_str t = s->text;
    *key = run;
    if (run.to - run.from > KEY || !nj_is(t.p[run.from], NJ_IS_B64))
        return false;
    while (key->from > s->done && run.to - key->from <= KEY && run.from - key->from < KEY && nj_is(t.p[key->from - 1], NJ_IS_B64))
        key->from--;
    key->to = nj_run(nj_str_slice(t, 0, key->from + KEY + 1), key->to, NJ_IS_B64);
    return key->to - key->from == KEY;
}

bool nj_random_try(struct nj_sweep *s, size_t from)
{
    enum { MOST = 200 };
    struct nj_str t = s->text;
    struct nj_kinds k;
    if (from < s->done)
        return false;
    uint64_t head = read_run(&k, t, from);
    struct nj_span run = { .from = from }, key;
    if (head != nj_lowest(NJ_KINDS_MOST))
        run.to = from + (size_t)__builtin_ctzll(~head);
    else
        run.to = nj_run(nj_str_slice(t, 0, t.n - from > MOST ? from + MOST + 1 : t.n), from + NJ_KINDS_MOST, NJ_IS_B64URL);
    if (is_like_aws(s, run, &key) && nj_is_near_secret(s, key) && nj_valid_aws_secret(t, &key))
        return nj_sweep_take(s, key, NJ_DET_AWS_SECRET_KEY);
    struct nj_str v = nj_str_slice(t, run.from, run.to);
    bool few = v.n <= NJ_KINDS_MOST; /* these are judged at a glance, the others last */
    if ((few && !may_be_random(v, &k)) || is_sum(t, from) || nj_is_joined(t, run) || !nj_is_near_secret(s, run))
        return false;
    return (few || may_be_random(v, &k)) && evenness(v) >= 0.8 && nj_sweep_take(s, run, NJ_DET_ENTROPY);
}

/* --- jdbc:oracle:thin:user/password@host -------------------------------------------------------------------------- */

bool nj_shape_oracle(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    enum { NAME_MAX_BYTES = 64, PASSWORD_MAX = 128 };
    struct nj_str t = s->text;
    if (at < s->done + 5 || !nj_has_at(t, at - 5, NJ_STR("thin:")))
        return false;
    size_t slash = at, to = 0;
    while (slash < t.n && slash - at < NAME_MAX_BYTES && nj_is(t.p[slash], NJ_IS_WORD | NJ_IS_KEY))
        slash++;
    if (slash == at || slash >= t.n || t.p[slash] != '/')
        return false;
    for (size_t i = slash + 1; i < t.n && i - slash < PASSWORD_MAX && !nj_is(t.p[i], NJ_IS_SPACE) && t.p[i] != '"'; i++)
        if (t.p[i] == '@')
            to = i;
    *out = (struct nj_span){ slash + 1, to };
    return to > slash + 1;
}

/* Is there a space among the bytes before byte at, and no slash behind it?  As before most addresses. */
static bool follows_blank(const struct nj_sweep *s, size_t at)
{
    if (at - s->done < sizeof(nj_lane))
        return false;
    nj_lane v = nj_lane_at(s->text.p + at - sizeof(nj_lane));
    uint64_t blank = nj_lane_bits((nj_lane)(v == ' ') | (nj_lane)(v == '\t') | (nj_lane)(v == '\n') | (nj_lane)(v == '\r'));
    return blank > nj_lane_bits((nj_lane)(v == '/'));
}

/* sqlplus -s user/password@service: at the at sign. */
bool nj_shape_oracle_login(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    enum { NAME_MAX_BYTES = 64, PASSWORD_MAX = 128, LOOK_BACK = 96 };
    static const struct nj_str commands[] = { NJ_STR_INIT("sqlplus "), NJ_STR_INIT("sqlldr "), NJ_STR_INIT("expdp "), NJ_STR_INIT("impdp "),
                                              NJ_STR_INIT("rman ") };
    struct nj_str t = s->text;
    size_t slash = at, user = 0;
    if (t.p[at] != '@' || follows_blank(s, at))
        return false;
    while (slash > s->done && at - slash < PASSWORD_MAX && t.p[slash - 1] != '/' && !nj_is(t.p[slash - 1], NJ_IS_SPACE)) {
        if (slash == s->slashless) { /* what is before was read for the at sign before, as far back as matters */
            s->slashless = at;
            return false;
        }
        slash--;
    }
    if (slash < at && (slash <= s->done || at - slash >= PASSWORD_MAX))
        s->slashless = at;
    if (slash == at || slash <= s->done || t.p[slash - 1] != '/')
        return false;
    for (user = slash - 1; user > s->done && slash - user < NAME_MAX_BYTES && nj_is(t.p[user - 1], NJ_IS_WORD); user--)
        ;
    if (user == slash - 1)
        return false;
    struct nj_str line = nj_str_slice(t, user > LOOK_BACK ? user - LOOK_BACK : 0, user);
    *out = (struct nj_span){ slash, at };
    for (size_t i = 0; i < NJ_COUNT(commands); i++)
        if (nj_str_find(line, commands[i], 0) != NJ_NPOS)
            return true;
    return false;
}

/* --- user:password@tcp(host:3306)/db ------------------------------------------------------------------------------ */

bool nj_shape_network_login(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    enum { MOST = 128 };
    static const struct nj_str networks[] = { NJ_STR_INIT("@tcp("), NJ_STR_INIT("@tcp6("), NJ_STR_INIT("@unix("), NJ_STR_INIT("@udp(") };
    struct nj_str t = s->text;
    bool network = false;
    char next = at + 1 < t.n ? t.p[at + 1] : '\0';
    if (next != 't' && next != 'u')
        return false;
    for (size_t i = 0; i < NJ_COUNT(networks); i++)
        network = network || nj_has_at(t, at, networks[i]);
    size_t from = at, floor = at - s->done > MOST ? at - MOST : s->done;
    while (network && from > floor && t.p[from - 1] != ':' && !nj_is(t.p[from - 1], NJ_IS_SPACE))
        from--;
    *out = (struct nj_span){ from, at };
    return network && from < at && from > floor + 1 && t.p[from - 1] == ':' && nj_is(t.p[from - 2], NJ_IS_KEY);
}

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
    struct mix m = mix_of(v);
    return v.n >= 20 && m.digits != 0 && (m.upper || m.lower) && !nj_is_uuid(v) && ((m.upper && m.lower) || !m.other);
}

static bool has_magic_word(struct nj_str t)
{
    for (size_t at = 0; at < t.n; at++) {
        if (at > 0 && nj_is(t.p[at - 1], NJ_IS_ALPHA))
            continue;
        for (size_t i = 0; i < NJ_COUNT(magic_words); i++)
            if (nj_str_starts_nocase(nj_str_slice(t, at, t.n), magic_words[i]))
                return true;
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

/* The segment of a path that begins at byte from. */
bool nj_link_try(struct nj_sweep *s, size_t from)
{
    enum { BACK = 120, MOST = 512 };
    struct nj_str t = s->text;
    if (from <= s->done || t.p[from - 1] != '/')
        return false;
    size_t start = from, to = from;
    while (start > s->done && from - start < BACK && is_path(t.p[start - 1]))
        start--;
    struct nj_str before = nj_str_slice(t, start, from);
    bool hooked = nj_str_find(before, NJ_STR("hook"), 0) != NJ_NPOS; /* as each of them */
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
    static const struct nj_str heads[] = {
        NJ_STR_INIT("pk_"),     NJ_STR_INIT("pi_"),     NJ_STR_INIT("evt_"),     NJ_STR_INIT("sub_"),        NJ_STR_INIT("price_"),
        NJ_STR_INIT("cus_"),    NJ_STR_INIT("ch_"),     NJ_STR_INIT("prod_"),    NJ_STR_INIT("pm_"),         NJ_STR_INIT("seti_"),
        NJ_STR_INIT("txn_"),    NJ_STR_INIT("acct_"),   NJ_STR_INIT("re_"),      NJ_STR_INIT("in_"),         NJ_STR_INIT("sha256-"),
        NJ_STR_INIT("sha384-"), NJ_STR_INIT("sha512-"), NJ_STR_INIT("AAAAB3Nz"), NJ_STR_INIT("AAAAC3Nz"),    NJ_STR_INIT("AAAAE2Vj"),
        NJ_STR_INIT("Qm"),      NJ_STR_INIT("bafy"),    NJ_STR_INIT("bafk"),     NJ_STR_INIT("AIDA"),        NJ_STR_INIT("AROA"),
        NJ_STR_INIT("AIPA"),    NJ_STR_INIT("ANPA"),    NJ_STR_INIT("dpl_"),     NJ_STR_INIT("iVBORw0KGgo"), NJ_STR_INIT("R0lGOD"),
    };
    for (size_t i = 0; i < NJ_COUNT(heads); i++)
        if (nj_str_starts(v, heads[i]))
            return heads[i].p[0] != 'Q' || v.n == 46; /* IPFS */
    return false;
}

/* Twenty characters or more that could be random: not hexadecimal, not words, not a number with a name. */
static bool may_be_random(struct nj_str v)
{
    enum { LEAST = 20, MOST = 200 };
    if (v.n < LEAST || v.n > MOST || nj_run(v, 0, NJ_IS_HEX) == v.n || nj_is_uuid(v))
        return false;
    struct mix m = mix_of(v);
    if ((!m.upper && !m.lower) || m.digits < (m.upper && m.lower ? 1 : 4))
        return false;
    size_t parts = 0, longest = 0, letters = 0, groups = 0, capitals = 0;
    unsigned before = 0;
    for (size_t i = 0; i < v.n; i++) {
        unsigned classes = nj_byte_class[(unsigned char)v.p[i]];
        parts += v.p[i] == '-' || v.p[i] == '_';
        capitals += (classes & before & NJ_IS_UPPER) != 0;
        groups += (classes & ~before & NJ_IS_DIGIT) != 0;
        letters = (classes & NJ_IS_LOWER) != 0 ? letters + 1 : 0;
        longest = letters > longest ? letters : longest;
        before = classes;
    }
    bool spread = groups >= 3 || capitals >= 4; /* names have a number or two, and an acronym */
    if ((longest >= 8 && !spread) || (m.digits == 1 && longest >= 5 && !spread) || (parts >= 2 && !(m.upper && m.lower)))
        return false; /* "worker-12-eu-west", "getReportForUser2" */
    return !is_public(v);
}

/* What is random gives itself away from further than a number does: over the ends of lines and members, too. */
bool nj_is_near_secret(const struct nj_sweep *s, struct nj_span span)
{
    enum { WINDOW = 44 };
    uint64_t topics = nj_topics_near(s, span);
    size_t from = span.from > WINDOW ? span.from - WINDOW : 0;
    while (from > 0 && from < span.from && nj_is(s->text.p[from - 1], NJ_IS_ALPHA) && nj_is(s->text.p[from], NJ_IS_ALPHA))
        from++; /* not within a word */
    from -= from > 0 && s->text.p[from - 1] == '[' ? 1 : 0;
    topics |= nj_topics_of(s->r, nj_str_slice(s->text, from, span.from));
    return (topics & NJ_TOPIC_BIT(NJ_TOPIC_SECRET)) != 0 && (topics & NJ_TOPIC_BIT(NJ_TOPIC_CURSOR)) == 0;
}

bool nj_is_random(struct nj_str v)
{
    return nj_run(v, 0, NJ_IS_MIXED) == v.n && may_be_random(v) && evenness(v) >= 0.8;
}

/* Of twenty bytes: is there a capital, or a letter behind 'f', as no digest or UUID has?  Other bytes may pass for these. */
static inline void look_at_twenty(const char twenty[static 20], bool *capital, bool *behind_f)
{
    const uint64_t letter = 0x4040404040404040u, low = 0x1f1f1f1f1f1f1f1fu;
    const uint64_t above_f = 0x1919191919191919u, above_z = 0x0505050505050505u;
    static const uint8_t at[] = { 0, 8, 12 };
    uint64_t upper = 0, behind = 0;
    for (size_t i = 0; i < NJ_COUNT(at); i++) {
        uint64_t w;
        memcpy(&w, twenty + at[i], sizeof(w));
        upper |= w & ~(w << 1 | ((w & low) + above_z) << 1); /* a letter is in lower case by this bit */
        behind |= w & w << 1 & ((w & low) + above_f) << 1;   /* more than six letters on */
    }
    *capital = (upper & letter) != 0;
    *behind_f = (behind & letter) != 0;
}

/* What is in both cases may be short. */
bool nj_random_may(struct nj_str t, size_t from)
{
    enum { LEAST = 20, LEAST_OF_ONE_CASE = 30, MOST = 64, ALL = NJ_IS_DIGIT | NJ_IS_UPPER | NJ_IS_LOWER };
    unsigned seen = 0;
    size_t n = 0;
    bool beyond_hex = false, capital = false, behind_f = false;
    if (t.n - from < LEAST || !nj_is(t.p[from + LEAST - 1], NJ_IS_B64URL))
        return false;
    look_at_twenty(t.p + from, &capital, &behind_f);
    if (!capital && (!behind_f || t.n - from < LEAST_OF_ONE_CASE || !nj_is(t.p[from + LEAST_OF_ONE_CASE - 1], NJ_IS_B64URL)))
        return false;
    for (; n < MOST && from + n < t.n; n++) {
        unsigned classes = nj_byte_class[(unsigned char)t.p[from + n]];
        if ((classes & NJ_IS_B64URL) == 0)
            break;
        seen |= classes;
        if (n >= LEAST && (seen & ALL) == ALL)
            return true;
        beyond_hex = beyond_hex || (classes & (NJ_IS_ALPHA | NJ_IS_HEX)) == NJ_IS_ALPHA;
    }
    bool mixed = (seen & NJ_IS_UPPER) != 0 && (seen & NJ_IS_LOWER) != 0;
    return n >= LEAST && (seen & NJ_IS_DIGIT) != 0 && (mixed || (n >= LEAST_OF_ONE_CASE && beyond_hex));
}

/* "SHA256:x": the sum of something. */
static bool is_sum(struct nj_str t, size_t from)
{
    return from >= 7 && t.p[from - 1] == ':' && nj_str_starts_nocase(nj_str_slice(t, from - 7, from), NJ_STR("sha")) &&
           nj_run(nj_str_slice(t, 0, from), from - 4, NJ_IS_DIGIT) == from - 1;
}

bool nj_random_try(struct nj_sweep *s, size_t from)
{
    enum { MOST = 256, KEY = 40 };
    struct nj_str t = s->text;
    struct nj_span run = { from, nj_run(nj_str_slice(t, 0, t.n - from > MOST ? from + MOST : t.n), from, NJ_IS_B64URL) }, key = run;
    if (from < s->done || run.to - from == MOST)
        return false;
    while (key.from > s->done && from - key.from < KEY && nj_is(t.p[key.from - 1], NJ_IS_B64))
        key.from--;
    key.to = nj_run(nj_str_slice(t, 0, key.from + KEY + 1), key.to, NJ_IS_B64);
    if (key.to - key.from == KEY && nj_is(t.p[from], NJ_IS_B64) && nj_is_near_secret(s, key) && nj_valid_aws_secret(t, &key))
        return nj_sweep_take(s, key, NJ_DET_AWS_SECRET_KEY);
    struct nj_str v = nj_str_slice(t, run.from, run.to);
    return may_be_random(v) && !is_sum(t, from) && !nj_is_joined(t, run) && nj_is_near_secret(s, run) && evenness(v) >= 0.8 &&
           nj_sweep_take(s, run, NJ_DET_ENTROPY);
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

/* sqlplus -s user/password@service: at the at sign. */
bool nj_shape_oracle_login(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    enum { NAME_MAX_BYTES = 64, PASSWORD_MAX = 128, LOOK_BACK = 96 };
    static const struct nj_str commands[] = { NJ_STR_INIT("sqlplus "), NJ_STR_INIT("sqlldr "), NJ_STR_INIT("expdp "), NJ_STR_INIT("impdp "),
                                              NJ_STR_INIT("rman ") };
    struct nj_str t = s->text;
    size_t slash = at, user = 0;
    if (t.p[at] != '@')
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

/* Addresses of networks, devices and ledgers: looked for only where the policy does not keep them. */
#include "redact_internal.h"

#include "nightjar/sha256.h"

static bool wants(const struct nj_sweep *s, enum nj_class class)
{
    return nj_policy_action(&s->r->policy, class) != NJ_ACT_KEEP;
}

/* --- IPv4 --------------------------------------------------------------------------------------------------------- */

/* Four numbers below 256 with dots between them. */
size_t nj_ipv4_end(struct nj_str t, size_t at)
{
    if (at >= t.n)
        return 0;
    uint64_t digits = nj_kinds_up_to(t, at).digit;
    for (int i = 0;; i++) {
        const char *p = t.p + at;
        size_t n = (size_t)__builtin_ctzll(~digits);
        if (n - 1 > 2 || (n > 1 && p[0] == '0') || (n == 3 && (p[0] - '0') * 100 + (p[1] - '0') * 10 + p[2] - '0' > 255))
            return 0;
        at += n;
        if (i == 3)
            return at;
        if (at >= t.n || t.p[at] != '.')
            return 0;
        digits >>= n + 1;
        at++;
    }
}

/* "upgraded from 1.2.3.4 to 1.2.3.5": at byte at of either; elsewhere "from" speaks of hosts. */
static bool is_upgrade(const struct nj_sweep *s, size_t at)
{
    enum { WORDS = 24 };
    static const struct nj_str to = NJ_STR_INIT(" to "), from = NJ_STR_INIT(" from ");
    struct nj_str before = nj_str_slice(s->text, 0, at);
    if (nj_str_ends(before, to)) { /* what goes stands before what comes */
        before.n -= to.n;
        while (before.n != 0 && (nj_is(before.p[before.n - 1], NJ_IS_DIGIT) || before.p[before.n - 1] == '.'))
            before.n--;
    }
    if (!nj_str_ends(before, from))
        return false;
    before.n -= from.n;
    uint64_t topics = nj_topics_of(s->r, nj_str_slice(before, before.n > WORDS ? before.n - WORDS : 0, before.n));
    return (topics & NJ_TOPIC_BIT(NJ_TOPIC_VERSION)) != 0 && (topics & NJ_TOPIC_BIT(NJ_TOPIC_HOST)) == 0;
}

/* Four numbers are a version as well: what stands before tells, the nearest word first. */
static bool is_version(const struct nj_sweep *s, struct nj_span sp)
{
    enum { WORDS = 24 };
    struct nj_str t = s->text;
    if (sp.from > 1 && t.p[sp.from - 1] == '/' && nj_is(t.p[sp.from - 2], NJ_IS_WORD))
        return true; /* "nginx/1.25.3.1" */
    if (sp.to + 1 < t.n && (t.p[sp.to] == '-' || t.p[sp.to] == '+') && nj_is(t.p[sp.to + 1], NJ_IS_ALPHA))
        return true; /* "1.2.3.4-beta" */
    size_t from = sp.from > WORDS ? sp.from - WORDS : 0;
    if (is_upgrade(s, sp.from))
        return true;
    uint64_t topics = nj_topics_of(s->r, nj_str_slice(t, from, sp.from)) | nj_topics_member(s->r);
    return (topics & NJ_TOPIC_BIT(NJ_TOPIC_VERSION)) != 0 && (topics & NJ_TOPIC_BIT(NJ_TOPIC_HOST)) == 0;
}

bool nj_ipv4_try(struct nj_sweep *s, size_t from)
{
    struct nj_str t = s->text;
    size_t to = wants(s, NJ_CLASS_IP) ? nj_ipv4_end(t, from) : 0;
    struct nj_span sp = { from, to };
    bool bare = from == 0 || (!nj_is(t.p[from - 1], NJ_IS_WORD) && t.p[from - 1] != '.' && t.p[from - 1] != '-') || nj_begins_word(t, from);
    if (to == 0 || from < s->done || !bare || (to < t.n && nj_is(t.p[to], NJ_IS_WORD)))
        return false;
    if (from > 0 && (t.p[from - 1] == '.' || (t.p[from - 1] == '-' && from > 1 && nj_is(t.p[from - 2], NJ_IS_WORD))))
        return false;
    if (to + 1 < t.n && t.p[to] == '.' && nj_is(t.p[to + 1], NJ_IS_WORD))
        return false;
    return !is_version(s, sp) && nj_sweep_take(s, sp, NJ_DET_IPV4);
}

/* --- IPv6 and hardware addresses, around a colon ------------------------------------------------------------------- */

enum { ADDRESS_MAX = 45 };

static bool is_address(char c)
{
    return nj_is(c, NJ_IS_HEX) || c == ':' || c == '.';
}

static bool is_mac(struct nj_str v, char separator)
{
    if (v.n != 17)
        return false;
    for (size_t i = 0; i < v.n; i++)
        if (i % 3 == 2 ? v.p[i] != separator : !nj_is(v.p[i], NJ_IS_HEX))
            return false;
    return true;
}

/* Up to eight groups of four, once "::" for those left out, at the end perhaps an IPv4 address. */
static bool is_ipv6(struct nj_str v)
{
    size_t groups = 0, gaps = 0, at = 0, digits = 0, most = 0;
    while (at < v.n) {
        if (v.p[at] == ':') {
            bool gap = at + 1 < v.n && v.p[at + 1] == ':';
            if (!gap && (at == 0 || at + 1 == v.n))
                return false;
            gaps += gap;
            at += gap ? 2 : 1;
            if (at < v.n && v.p[at] == ':')
                return false;
            continue;
        }
        size_t end = nj_run(v, at, NJ_IS_HEX);
        if (end < v.n && v.p[end] == '.') {
            if (nj_ipv4_end(v, at) != v.n)
                return false;
            groups += 2;
            digits++;
            break;
        }
        if (end - at > 4 || end == at)
            return false;
        for (size_t i = at; i < end; i++)
            digits += nj_is(v.p[i], NJ_IS_DIGIT);
        most = end - at > most ? end - at : most;
        groups++;
        at = end;
    }
    if (gaps == 0)
        return groups == 8;
    return gaps == 1 && groups >= 2 && groups < 8 && digits != 0 && (most > 2 || groups > 3);
}

static __attribute__((noinline)) bool colon_try(struct nj_sweep *s, size_t at, bool ip, bool device)
{
    struct nj_str t = s->text;
    size_t from = at - 1, to = at;
    while (from > s->done && at - from < ADDRESS_MAX && is_address(t.p[from - 1]))
        from--;
    while (to < t.n && to - from <= ADDRESS_MAX && is_address(t.p[to]))
        to++;
    while (to > at && (t.p[to - 1] == '.' || (t.p[to - 1] == ':' && t.p[to - 2] != ':')))
        to--;
    if (!nj_begins_word(t, from) || (to < t.n && nj_is(t.p[to], NJ_IS_WORD)))
        return false;
    struct nj_span sp = { from, to };
    struct nj_str v = nj_str_slice(t, from, to);
    if (device && is_mac(v, ':'))
        return nj_sweep_take(s, sp, NJ_DET_MAC);
    return ip && is_ipv6(v) && nj_sweep_take(s, sp, NJ_DET_IPV6);
}

/* Byte at stands behind a colon. */
bool nj_colon_try(struct nj_sweep *s, size_t at)
{
    bool ip = wants(s, NJ_CLASS_IP), device = wants(s, NJ_CLASS_DEVICE);
    return (ip || device) && at > s->done && colon_try(s, at, ip, device);
}

bool nj_mac_try(struct nj_sweep *s, size_t from)
{
    struct nj_str t = s->text;
    struct nj_span sp = { from, from + 17 };
    return from >= s->done && wants(s, NJ_CLASS_DEVICE) && is_mac(nj_str_slice(t, from, from + 17), '-') && !nj_is_joined(t, sp) &&
           nj_sweep_take(s, sp, NJ_DET_MAC);
}

/* --- ledgers ------------------------------------------------------------------------------------------------------ */

/* Twenty-five bytes in base 58, the last four the beginning of the double hash of the others. */
bool nj_valid_base58check(struct nj_str v)
{
    enum { BYTES = 25 };
    static const char digits[] = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    uint8_t bytes[BYTES] = { 0 }, sum[NJ_SHA256_LEN];
    for (size_t i = 0; i < v.n; i++) {
        const char *at = v.p[i] != '\0' ? strchr(digits, v.p[i]) : NULL;
        unsigned carry = at != NULL ? (unsigned)(at - digits) : 0;
        if (at == NULL)
            return false;
        for (size_t k = BYTES; k > 0; k--) {
            carry += bytes[k - 1] * 58u;
            bytes[k - 1] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry != 0)
            return false;
    }
    nj_sha256_of(sum, (struct nj_str){ (const char *)bytes, BYTES - 4 });
    nj_sha256_of(sum, (struct nj_str){ (const char *)sum, sizeof(sum) });
    return memcmp(sum, bytes + BYTES - 4, 4) == 0;
}

/* BIP 173 and BIP 350, for "bc1". */
bool nj_valid_bech32(struct nj_str v)
{
    static const char digits[] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    static const uint32_t generator[] = { 0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3 };
    static const uint8_t head[] = { 3, 3, 0, 2, 3 }; /* "bc" unfolded */
    uint32_t sum = 1;
    if (v.n < 14 || v.n > 74)
        return false;
    for (size_t i = 0; i < sizeof(head) + v.n - 3; i++) {
        unsigned value = i < sizeof(head) ? head[i] : 0;
        if (i >= sizeof(head)) {
            char c = v.p[i - sizeof(head) + 3];
            const char *at = c != '\0' ? strchr(digits, nj_is(c, NJ_IS_UPPER) ? c | 0x20 : c) : NULL;
            if (at == NULL)
                return false;
            value = (unsigned)(at - digits);
        }
        uint32_t top = sum >> 25;
        sum = (sum & 0x1ffffff) << 5 ^ value;
        for (size_t k = 0; k < 5; k++)
            sum ^= (top >> k & 1) != 0 ? generator[k] : 0;
    }
    return sum == 1 || sum == 0x2bc830a3;
}

static uint64_t rotated(uint64_t v, unsigned n)
{
    return n == 0 ? v : v << n | v >> (64 - n);
}

/* Keccak-f[1600]. */
static void keccak(uint64_t a[static 25])
{
    static const uint64_t rounds[] = { 0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
                                       0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
                                       0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
                                       0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
                                       0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008 };
    for (size_t r = 0; r < NJ_COUNT(rounds); r++) {
        uint64_t c[5], row[5];
        for (size_t x = 0; x < 5; x++)
            c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
        for (size_t i = 0; i < 25; i++)
            a[i] ^= c[(i + 4) % 5] ^ rotated(c[(i + 1) % 5], 1);
        size_t x = 1, y = 0;
        uint64_t moved = a[1];
        for (unsigned t = 0; t < 24; t++) {
            size_t next = (2 * x + 3 * y) % 5;
            x = y;
            y = next;
            uint64_t kept = a[x + 5 * y];
            a[x + 5 * y] = rotated(moved, (t + 1) * (t + 2) / 2 % 64);
            moved = kept;
        }
        for (size_t j = 0; j < 25; j += 5) {
            memcpy(row, a + j, sizeof(row));
            for (size_t i = 0; i < 5; i++)
                a[j + i] = row[i] ^ (~row[(i + 1) % 5] & row[(i + 2) % 5]);
        }
        a[0] ^= rounds[r];
    }
}

/* Forty hexadecimal digits; in both cases, those whose digit of the hash is eight or more are capitals (EIP-55). */
bool nj_valid_eip55(struct nj_str v)
{
    enum { DIGITS = 40, RATE = 136 };
    uint64_t state[25] = { 0 };
    uint8_t block[RATE] = { 0 };
    bool upper = false, lower = false;
    if (v.n != DIGITS || nj_run(v, 0, NJ_IS_HEX) != v.n)
        return false;
    for (size_t i = 0; i < DIGITS; i++) {
        upper = upper || nj_is(v.p[i], NJ_IS_UPPER);
        lower = lower || nj_is(v.p[i], NJ_IS_LOWER);
        block[i] = (uint8_t)(nj_is(v.p[i], NJ_IS_UPPER) ? v.p[i] | 0x20 : v.p[i]);
    }
    if (!upper || !lower)
        return true;
    block[DIGITS] = 0x01;
    block[RATE - 1] |= 0x80;
    for (size_t i = 0; i < RATE; i++)
        state[i / 8] ^= (uint64_t)block[i] << i % 8 * 8;
    keccak(state);
    for (size_t i = 0; i < DIGITS; i++) {
        unsigned byte = (unsigned)(state[i / 16] >> i / 2 % 8 * 8 & 0xff), digit = i % 2 == 0 ? byte >> 4 : byte & 15;
        if (nj_is(v.p[i], NJ_IS_ALPHA) && nj_is(v.p[i], NJ_IS_UPPER) != (digit >= 8))
            return false;
    }
    return true;
}

bool nj_ledger_try(struct nj_sweep *s, size_t from)
{
    enum { MOST = 80 };
    struct nj_str t = s->text;
    if (from < s->done || !wants(s, NJ_CLASS_CRYPTO))
        return false;
    size_t to = nj_run(nj_str_slice(t, 0, t.n - from > MOST ? from + MOST : t.n), from, NJ_IS_WORD);
    struct nj_span sp = { from, to };
    struct nj_str v = nj_str_slice(t, from, to);
    if (nj_str_starts_nocase(v, NJ_STR("bc1")))
        return nj_valid_bech32(v) && !nj_is_joined(t, sp) && nj_sweep_take(s, sp, NJ_DET_BTC);
    if (nj_str_starts(v, NJ_STR("0x")))
        return nj_valid_eip55(nj_str_slice(v, 2, v.n)) && !nj_is_joined(t, sp) && nj_sweep_take(s, sp, NJ_DET_ETH);
    bool legacy = (v.p[0] == '1' || v.p[0] == '3') && v.n >= 26 && v.n <= 35;
    return legacy && nj_valid_base58check(v) && !nj_is_joined(t, sp) && nj_sweep_take(s, sp, NJ_DET_BTC);
}

/* sf_secrets.c -- people who do not exist and keys that open nothing. */
#include "sf_secrets.h"

#include <stdio.h>

static const char *const first_names[] = { "maria", "wei", "amina", "john", "olga", "kofi", "lucia", "arjun", "emma", "tomas" };
static const char *const last_names[] = { "santos", "zhang", "haddad", "miller", "ivanova", "mensah" };
static const char *const words[] = { "Harbour", "Copper", "Winter", "Saffron", "Meadow", "Lantern" };

static const struct {
    const char *name;
    unsigned count;
} kinds[SF_KINDS] = {
    [SF_EMAIL] = { "EMAIL", SF_PEOPLE },
    [SF_PASSWORD] = { "PASSWORD", SF_PEOPLE },
    [SF_CARD] = { "CARD", SF_OTHERS },
    [SF_CARD_SPACED] = { "CARD_SPACED", SF_OTHERS },
    [SF_CARD_DASHED] = { "CARD_DASHED", SF_OTHERS },
    [SF_JWT] = { "JWT", SF_OTHERS },
    [SF_TOKEN] = { "TOKEN", SF_OTHERS },
    [SF_BASIC] = { "BASIC", SF_OTHERS },
    [SF_AWS_KEY] = { "AWS_KEY", SF_OTHERS },
    [SF_AWS_SECRET] = { "AWS_SECRET", SF_OTHERS },
    [SF_PEM] = { "PEM", SF_OTHERS },
    [SF_PEM_BODY] = { "PEM_BODY", SF_OTHERS },
};

static const char url64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char std64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alnum[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
static const char base32[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

unsigned sf_secret_count(enum sf_kind kind)
{
    return kinds[kind].count;
}

const char *sf_secret_name(enum sf_kind kind)
{
    return kinds[kind].name;
}

uint64_t sf_hash(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u; /* splitmix64 */
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

void sf_base64(struct nj_buf *out, struct nj_str in, bool url)
{
    const char *letters = url ? url64 : std64;
    for (size_t i = 0; i < in.n; i += 3) {
        size_t n = in.n - i < 3 ? in.n - i : 3;
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (k < n ? (unsigned char)in.p[i + k] : 0u);
        for (size_t k = 0; k <= n; k++)
            nj_buf_addc(out, letters[v >> (18 - 6 * k) & 63]);
    }
}

static int letter64(char c)
{
    const char *at = strchr(std64, c);
    if (at == NULL)
        at = strchr(url64, c);
    if (at == NULL || c == '\0')
        return -1;
    return c == '-' ? 62 : c == '_' ? 63 : (int)(at - std64);
}

bool sf_unbase64(struct nj_buf *out, struct nj_str in)
{
    uint32_t v = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < in.n && in.p[i] != '='; i++) {
        int six = letter64(in.p[i]);
        if (six < 0)
            return false;
        v = v << 6 | (uint32_t)six;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        nj_buf_addc(out, (char)(v >> bits & 0xff));
    }
    return true;
}

/* n letters of an alphabet, drawn from (salt, i). */
static void add_letters(struct nj_buf *out, const char *letters, size_t n, uint64_t salt, unsigned i)
{
    size_t many = strlen(letters);
    for (size_t k = 0; k < n; k++)
        nj_buf_addc(out, letters[sf_hash(salt << 32 | (uint64_t)i << 8 | k) % many]);
}

static void add_card(struct nj_buf *out, unsigned i, const char *gap)
{
    char digits[16];
    unsigned sum = 0;
    digits[0] = '4';
    for (unsigned k = 1; k < 15; k++)
        digits[k] = (char)('0' + sf_hash(0xca4du + i * 64u + k) % 10);
    for (unsigned k = 0; k < 15; k++) { /* from the left every even place is doubled, as the check digit makes sixteen */
        unsigned d = (unsigned)(digits[k] - '0') << (k % 2 == 0);
        sum += d > 9 ? d - 9 : d;
    }
    digits[15] = (char)('0' + (10 - sum % 10) % 10);
    for (size_t k = 0; k < 16; k += 4) {
        if (k > 0)
            nj_buf_addz(out, gap);
        nj_buf_add(out, (struct nj_str){ digits + k, 4 });
    }
}

static void add_jwt(struct nj_buf *out, unsigned i)
{
    char claims[96];
    int n = snprintf(claims, sizeof claims, "{\"sub\":\"user-%u\",\"iat\":17954%05u,\"scope\":\"account\"}", i, i * 37u);
    sf_base64(out, NJ_STR("{\"alg\":\"HS256\",\"typ\":\"JWT\"}"), true);
    nj_buf_addc(out, '.');
    sf_base64(out, (struct nj_str){ claims, (size_t)n }, true);
    nj_buf_addc(out, '.');
    add_letters(out, url64, 43, SF_JWT, i);
}

static void add_basic(struct nj_buf *out, unsigned i)
{
    struct nj_buf pair;
    nj_buf_init(&pair, 256);
    sf_secret_add(&pair, SF_EMAIL, i);
    nj_buf_addc(&pair, ':');
    sf_secret_add(&pair, SF_PASSWORD, i);
    while (pair.n % 3 != 0) /* no padding, so that the text is one word */
        nj_buf_addc(&pair, '!');
    sf_base64(out, nj_buf_str(&pair), false);
    nj_buf_fini(&pair);
}

static void add_pem(struct nj_buf *out, unsigned i)
{
    static const char what[] = "PRIVATE KEY";
    nj_buf_addf(out, "-----%s %s-----\n", "BEGIN", what);
    sf_secret_add(out, SF_PEM_BODY, i);
    nj_buf_addc(out, '\n');
    add_letters(out, std64, 64, SF_PEM, i);
    nj_buf_addf(out, "\n-----%s %s-----", "END", what);
}

void sf_secret_add(struct nj_buf *out, enum sf_kind kind, unsigned i)
{
    i = (i + kinds[kind].count - 1) % kinds[kind].count + 1;
    switch (kind) {
    case SF_EMAIL:
        nj_buf_addf(out, "%s.%s%u@example.com", first_names[i % NJ_COUNT(first_names)], last_names[i % NJ_COUNT(last_names)], i);
        break;
    case SF_PASSWORD:
        nj_buf_addf(out, "%s%u-", words[i % NJ_COUNT(words)], 10 + i);
        add_letters(out, alnum, 6, SF_PASSWORD, i);
        break;
    case SF_CARD:
        add_card(out, i, "");
        break;
    case SF_CARD_SPACED:
        add_card(out, i, " ");
        break;
    case SF_CARD_DASHED:
        add_card(out, i, "-");
        break;
    case SF_JWT:
        add_jwt(out, i);
        break;
    case SF_TOKEN:
    case SF_AWS_SECRET:
        add_letters(out, kind == SF_TOKEN ? alnum : std64, 40, (uint64_t)kind, i);
        break;
    case SF_BASIC:
        add_basic(out, i);
        break;
    case SF_AWS_KEY:
        nj_buf_addf(out, "%s%s", "AK", "IA");
        add_letters(out, base32, 16, SF_AWS_KEY, i);
        break;
    case SF_PEM:
        add_pem(out, i);
        break;
    case SF_PEM_BODY:
    default:
        nj_buf_addz(out, "MII");
        add_letters(out, std64, 61, SF_PEM_BODY, i);
        break;
    }
}

bool sf_secret_is(enum sf_kind kind, unsigned i, struct nj_str text)
{
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    sf_secret_add(&b, kind, i);
    bool same = nj_str_eq(nj_buf_str(&b), text);
    nj_buf_fini(&b);
    return same;
}

unsigned sf_person(struct nj_str email)
{
    for (unsigned i = 1; i <= SF_PEOPLE; i++)
        if (sf_secret_is(SF_EMAIL, i, email))
            return i;
    return 0;
}

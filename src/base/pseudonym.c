/* Keyed pseudonyms: which bytes are the key, what a value is normalised to, and the message that is hashed. */
#include "nightjar/pseudonym.h"

#include "nightjar/address.h"
#include "nightjar/base64.h"
#include "nightjar/hex.h"
#include "nightjar/hmac.h"
#include "nightjar/punycode.h"
#include "nightjar/random.h"
#include "nightjar/utf8.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { KEY_BYTES_MAX = 1024, TENANT_MAX = 256, ID_DERIVED = 4, TAG_BYTES = 8 };

const struct nj_str nj_pseudonym_class_names[NJ_PSEUDONYM_CLASSES] = {
#define NJ_PSEUDONYM(enumerator, name, text) NJ_STR_INIT(name),
#include "nightjar/pseudonym.def"
#undef NJ_PSEUDONYM
};

struct key {
    struct nj_hmac_key hmac;
    char id[NJ_PSEUDONYM_ID_MAX];
    size_t id_n;
    bool weak;
};

struct nj_pseudonyms {
    struct key now, before;
    bool ephemeral, has_before;
};

/* --- keys --------------------------------------------------------------------------------------------------------- */

/* Bytes written, or 0 when the text is no hex of at least the wanted strength. */
static size_t from_hex(struct nj_str text, unsigned char out[static KEY_BYTES_MAX])
{
    bool fits = text.n / 2 >= NJ_PSEUDONYM_KEY_MIN && text.n / 2 <= KEY_BYTES_MAX;
    return fits && nj_hex_decode(text, out) ? text.n / 2 : 0;
}

static size_t from_base64(struct nj_str text, unsigned char out[static KEY_BYTES_MAX])
{
    uint32_t bits = 0;
    unsigned have = 0;
    size_t n = 0;
    while (text.n != 0 && text.p[text.n - 1] == '=')
        text.n--;
    for (size_t i = 0; i < text.n; i++) {
        int v = nj_base64_value(text.p[i]);
        if (v < 0 || n == KEY_BYTES_MAX)
            return 0;
        bits = bits << 6 | (uint32_t)v;
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (unsigned char)(bits >> have);
        }
    }
    return n >= NJ_PSEUDONYM_KEY_MIN && text.n % 4 != 1 ? n : 0;
}

/* "k3:" in front of a key; returns the length of the id, 0 when there is none. */
static size_t given_id(struct nj_str text)
{
    enum { DIGITS_MAX = 4 };
    size_t n = 1;
    if (text.n == 0 || text.p[0] != 'k')
        return 0;
    while (n < text.n && n <= DIGITS_MAX && text.p[n] >= '0' && text.p[n] <= '9')
        n++;
    return n > 1 && n < text.n && text.p[n] == ':' ? n : 0;
}

/* The id tells keys apart and nothing about them: it is a message of its own under the key. */
static void derive_id(struct key *k, char first)
{
    uint8_t sum[NJ_SHA256_LEN];
    struct nj_hmac h;
    nj_hmac_init(&h, &k->hmac);
    nj_hmac_add(&h, NJ_STR("\x01key id"));
    nj_hmac_finish(&h, sum);
    k->id[0] = first;
    nj_hex_write(k->id + 1, ID_DERIVED, sum);
    k->id_n = 1 + ID_DERIVED;
}

void nj_pseudonyms_derive(const struct nj_pseudonyms *p, struct nj_str label, struct nj_hmac_key *out)
{
    uint8_t sum[NJ_SHA256_LEN];
    struct nj_hmac h;
    nj_hmac_init(&h, &p->now.hmac);
    nj_hmac_add(&h, NJ_STR("\x01key for\x1f")); /* no class is called so */
    nj_hmac_add(&h, label);
    nj_hmac_finish(&h, sum);
    nj_hmac_key_init(out, (struct nj_str){ (const char *)sum, sizeof(sum) });
    explicit_bzero(sum, sizeof(sum));
}

static void key_init(struct key *k, struct nj_str text)
{
    unsigned char bytes[KEY_BYTES_MAX];
    size_t id = given_id(text);
    struct nj_str secret = nj_str_trim(id != 0 ? nj_str_slice(text, id + 1, text.n) : text);
    size_t n = from_hex(secret, bytes);
    if (n == 0)
        n = from_base64(secret, bytes);
    struct nj_str key = n != 0 ? (struct nj_str){ (const char *)bytes, n } : secret;
    nj_hmac_key_init(&k->hmac, key);
    k->weak = key.n < NJ_PSEUDONYM_KEY_MIN;
    derive_id(k, 'k');
    if (id != 0) {
        memcpy(k->id, text.p, id);
        k->id_n = id;
    }
    explicit_bzero(bytes, sizeof(bytes));
}

static bool key_make_up(struct key *k)
{
    unsigned char bytes[NJ_PSEUDONYM_KEY_MIN];
    bool made = nj_random_secret(bytes, sizeof(bytes));
    if (made) {
        nj_hmac_key_init(&k->hmac, (struct nj_str){ (const char *)bytes, sizeof(bytes) });
        derive_id(k, 'e');
    }
    explicit_bzero(bytes, sizeof(bytes));
    return made;
}

enum nj_status nj_pseudonyms_new(struct nj_pseudonyms **out, struct nj_str key, struct nj_str previous)
{
    *out = NULL;
    struct nj_pseudonyms *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return NJ_ENOMEM;
    (void)mlock(p, sizeof(*p)); /* where the limit allows it; without swap, as in Lambda, nothing depends on it */
    key = nj_str_trim(key);
    previous = nj_str_trim(previous);
    p->ephemeral = key.n == 0;
    if (!p->ephemeral) {
        key_init(&p->now, key);
    } else if (!key_make_up(&p->now)) {
        nj_pseudonyms_free(p);
        return NJ_EREMOTE;
    }
    p->has_before = previous.n != 0;
    if (p->has_before)
        key_init(&p->before, previous);
    *out = p;
    return NJ_OK;
}

void nj_pseudonyms_renew(struct nj_pseudonyms *p)
{
    uint8_t fresh[NJ_PSEUDONYM_KEY_MIN], sum[NJ_SHA256_LEN];
    struct nj_hmac h;
    if (!p->ephemeral)
        return;
    nj_random_fill(fresh, sizeof(fresh)); /* at the worst only different: what is secret comes from the old key as well */
    nj_hmac_init(&h, &p->now.hmac);
    nj_hmac_add(&h, NJ_STR("\x01key after\x1f"));
    nj_hmac_add(&h, (struct nj_str){ (const char *)fresh, sizeof(fresh) });
    nj_hmac_finish(&h, sum);
    nj_hmac_key_init(&p->now.hmac, (struct nj_str){ (const char *)sum, sizeof(sum) });
    derive_id(&p->now, 'e');
    explicit_bzero(fresh, sizeof(fresh));
    explicit_bzero(sum, sizeof(sum));
}

void nj_pseudonyms_free(struct nj_pseudonyms *p)
{
    if (p == NULL)
        return;
    explicit_bzero(p, sizeof(*p));
    (void)munlock(p, sizeof(*p));
    free(p);
}

/* --- normal forms ------------------------------------------------------------------------------------------------- */

struct normal {
    char text[NJ_PSEUDONYM_VALUE_MAX];
    size_t n;
};

static void put(struct normal *o, const char *p, size_t n)
{
    if (n > sizeof(o->text) - o->n)
        n = sizeof(o->text) - o->n;
    if (n != 0)
        memcpy(o->text + o->n, p, n);
    o->n += n;
}

/* Capital letters of the alphabets names are mostly written in, and forms that only differ in width. */
static uint32_t lower(uint32_t c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        c -= 0xfee0;
    if ((c >= 'A' && c <= 'Z') || (c >= 0xc0 && c <= 0xde && c != 0xd7) || (c >= 0x391 && c <= 0x3a9 && c != 0x3a2) ||
        (c >= 0x410 && c <= 0x42f))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40f)
        return c + 0x50;
    if ((c >= 0x100 && c <= 0x137 && c != 0x130) || (c >= 0x14a && c <= 0x177))
        return c | 1;
    return (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17e) ? c + (c & 1) : c;
}

static void put_lower(struct normal *o, struct nj_str s)
{
    for (size_t at = 0; at < s.n;) {
        size_t len = nj_utf8_len(s, at);
        char folded[4];
        if (len == 0)
            put(o, s.p + at, 1);
        else
            put(o, folded, nj_utf8_put(folded, lower(nj_utf8_point(s, at, len))));
        at += len != 0 ? len : 1;
    }
}

/* As DNS has it, in lower case: m\xc3\xbcnchen.de is xn--mnchen-3ya.de. */
static void put_domain(struct normal *o, struct nj_str s)
{
    struct normal low = { .n = 0 };
    char coded[NJ_PUNYCODE_MAX];
    put_lower(&low, s);
    struct nj_str rest = { low.text, low.n }, label;
    for (bool more = true; more;) {
        size_t dot = nj_str_chr(rest, '.', 0);
        more = dot != NJ_NPOS;
        label = nj_str_slice(rest, 0, dot);
        size_t n = nj_punycode(label, coded);
        put(o, n != 0 ? coded : label.p, n != 0 ? n : label.n);
        put(o, ".", more ? 1 : 0);
        rest = nj_str_slice(rest, more ? dot + 1 : rest.n, rest.n);
    }
}

static void put_email(struct normal *o, struct nj_str s)
{
    size_t at = nj_str_chr(s, '@', 0), sign = 1;
    if (at == NJ_NPOS) {
        at = nj_str_find(s, NJ_STR("%40"), 0);
        sign = 3;
    }
    put_lower(o, nj_str_slice(s, 0, at));
    if (at == NJ_NPOS)
        return;
    put(o, "@", 1);
    put_domain(o, nj_str_slice(s, at + sign, s.n));
}

static void put_ip(struct normal *o, struct nj_str s, bool net)
{
    enum { NET_BITS = 64, ADDRESS_MAX = 46 };
    char text[ADDRESS_MAX];
    struct nj_buf b = { .p = text, .cap = sizeof(text), .max = sizeof(text) };
    struct nj_address a;
    if (!nj_address_read(s, &a)) {
        put_lower(o, s);
        return;
    }
    if (net && a.bits > NET_BITS)
        nj_address_cut(&a, NET_BITS);
    nj_address_add(&a, &b);
    put(o, b.p, b.n);
}

static void put_digits(struct normal *o, struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (s.p[i] >= '0' && s.p[i] <= '9')
            put(o, s.p + i, 1);
}

static void normalise(struct normal *o, enum nj_pseudonym_class class, struct nj_str value)
{
    o->n = 0;
    value = nj_str_trim(value);
    switch (class) {
    case NJ_PSEUDONYM_EMAIL:
        put_email(o, value);
        return;
    case NJ_PSEUDONYM_IP:
    case NJ_PSEUDONYM_NET:
        put_ip(o, value, class == NJ_PSEUDONYM_NET);
        return;
    case NJ_PSEUDONYM_USER:
        put_lower(o, value);
        return;
    case NJ_PSEUDONYM_PAN:
        put_digits(o, value);
        return;
    default:
        put(o, value.p, value.n);
    }
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

static void add_tenant(struct nj_hmac *h, struct nj_str tenant)
{
    char plain[TENANT_MAX];
    tenant = nj_str_slice(tenant, 0, sizeof(plain));
    for (size_t i = 0; i < tenant.n; i++)
        plain[i] = (unsigned char)tenant.p[i] < ' ' ? '_' : tenant.p[i];
    nj_hmac_add(h, (struct nj_str){ plain, tenant.n });
}

static uint64_t tag_of(const struct key *k, enum nj_pseudonym_class class, struct nj_str tenant, struct nj_str value)
{
    uint8_t sum[NJ_SHA256_LEN];
    struct normal normal;
    struct nj_hmac h;
    uint64_t tag = 0;
    normalise(&normal, class, value);
    nj_hmac_init(&h, &k->hmac);
    nj_hmac_add(&h, NJ_STR("\x01"));
    nj_hmac_add(&h, nj_pseudonym_class_names[class]);
    add_tenant(&h, tenant);
    nj_hmac_add(&h, NJ_STR("\x1f"));
    nj_hmac_add(&h, (struct nj_str){ normal.text, normal.n });
    nj_hmac_finish(&h, sum);
    for (size_t i = 0; i < TAG_BYTES; i++)
        tag = tag << 8 | sum[i];
    return tag;
}

uint64_t nj_pseudonym_tag(const struct nj_pseudonyms *p, enum nj_pseudonym_class class, struct nj_str tenant, struct nj_str value)
{
    return tag_of(&p->now, class, tenant, value);
}

bool nj_pseudonym_previous_tag(const struct nj_pseudonyms *p, enum nj_pseudonym_class class, struct nj_str tenant, struct nj_str value,
                               uint64_t *tag)
{
    if (p->has_before)
        *tag = tag_of(&p->before, class, tenant, value);
    return p->has_before;
}

void nj_pseudonym_add_tag(const struct nj_pseudonyms *p, uint64_t tag, struct nj_buf *out)
{
    char hex[2 * TAG_BYTES];
    nj_hex_write_u64(hex, tag);
    nj_buf_addz(out, "hmac:");
    nj_buf_add(out, nj_pseudonyms_key_id(p));
    nj_buf_addc(out, ':');
    nj_buf_add(out, (struct nj_str){ hex, sizeof(hex) });
}

void nj_pseudonym_add(const struct nj_pseudonyms *p, enum nj_pseudonym_class class, struct nj_str tenant, struct nj_str value,
                      struct nj_buf *out)
{
    nj_pseudonym_add_tag(p, tag_of(&p->now, class, tenant, value), out);
}

bool nj_pseudonyms_ephemeral(const struct nj_pseudonyms *p)
{
    return p->ephemeral;
}

bool nj_pseudonyms_weak(const struct nj_pseudonyms *p)
{
    return p->now.weak;
}

struct nj_str nj_pseudonyms_key_id(const struct nj_pseudonyms *p)
{
    return (struct nj_str){ p->now.id, p->now.id_n };
}

bool nj_pseudonym_class_find(struct nj_str name, enum nj_pseudonym_class *out)
{
    for (unsigned i = 0; i < NJ_PSEUDONYM_CLASSES; i++) {
        if (!nj_str_eq(name, nj_pseudonym_class_names[i]))
            continue;
        *out = (enum nj_pseudonym_class)i;
        return true;
    }
    return false;
}

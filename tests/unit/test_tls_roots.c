/* Roots from an index: the right one is parsed when a chain asks for it, and no other is trusted. */
#include "unit.h"

#include "../../src/net/tls_roots.h"

#include <openssl/evp.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { ROOTS = 5, DER_MAX = 8192 };

struct authority {
    EVP_PKEY *key;
    X509 *cert;
};

static void add_name(X509 *cert, bool issuer, const char *text)
{
    X509_NAME *name = X509_NAME_new();
    ck_assert_int_eq(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)text, -1, -1, 0), 1);
    ck_assert_int_eq(issuer ? X509_set_issuer_name(cert, name) : X509_set_subject_name(cert, name), 1);
    X509_NAME_free(name);
}

static void add_extension(const struct authority *a, const struct authority *by, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, by != NULL ? by->cert : a->cert, a->cert, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    ck_assert_ptr_nonnull(e);
    X509_add_ext(a->cert, e, -1);
    X509_EXTENSION_free(e);
}

/* by == NULL: signs itself. */
static struct authority made(const char *subject, const char *issuer, const struct authority *by, bool ca)
{
    static long serial = 1;
    struct authority a = { EVP_EC_gen("P-256"), X509_new() };
    ck_assert_ptr_nonnull(a.key);
    X509_set_version(a.cert, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(a.cert), serial++);
    X509_gmtime_adj(X509_getm_notBefore(a.cert), -3600);
    X509_gmtime_adj(X509_getm_notAfter(a.cert), 3600);
    X509_set_pubkey(a.cert, a.key);
    add_name(a.cert, false, subject);
    add_name(a.cert, true, issuer);
    add_extension(&a, by, NID_basic_constraints, ca ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(&a, by, NID_subject_key_identifier, "hash");
    add_extension(&a, by, NID_authority_key_identifier, "keyid"); /* tells authorities of one name apart */
    ck_assert_int_gt(X509_sign(a.cert, by != NULL ? by->key : a.key, EVP_sha256()), 0);
    return a;
}

static void forget(struct authority *a)
{
    EVP_PKEY_free(a->key);
    X509_free(a->cert);
}

struct set {
    struct authority roots[ROOTS];
    struct nj_tls_root rows[ROOTS];
    unsigned char der[DER_MAX];
    struct nj_tls_roots index;
};

static int by_hash(const void *a, const void *b)
{
    const struct nj_tls_root *x = a, *y = b;
    return x->name_hash < y->name_hash ? -1 : x->name_hash > y->name_hash;
}

/* Two of the roots have one name, as happens when an authority renews its key. */
static void set_init(struct set *s)
{
    static const char *const names[ROOTS] = { "Alpha", "Beta", "Twice", "Twice", "Omega" };
    uint32_t at = 0;
    for (size_t i = 0; i < ROOTS; i++) {
        s->roots[i] = made(names[i], names[i], NULL, true);
        unsigned char *p = s->der + at;
        int n = i2d_X509(s->roots[i].cert, &p);
        ck_assert_int_gt(n, 0);
        s->rows[i] =
            (struct nj_tls_root){ (uint32_t)X509_NAME_hash_ex(X509_get_subject_name(s->roots[i].cert), NULL, NULL, NULL), at, (uint32_t)n };
        at += (uint32_t)n;
    }
    qsort(s->rows, ROOTS, sizeof(s->rows[0]), by_hash);
    s->index = (struct nj_tls_roots){ s->rows, ROOTS, s->der };
}

static void set_fini(struct set *s)
{
    for (size_t i = 0; i < ROOTS; i++)
        forget(&s->roots[i]);
}

static int verify(X509_STORE *store, X509 *leaf)
{
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    ck_assert_int_eq(X509_STORE_CTX_init(ctx, store, leaf, NULL), 1);
    int good = X509_verify_cert(ctx);
    int why = X509_STORE_CTX_get_error(ctx);
    X509_STORE_CTX_free(ctx);
    ck_assert_int_eq(good == 1, why == X509_V_OK);
    return why;
}

static int held(X509_STORE *store)
{
    return sk_X509_OBJECT_num(X509_STORE_get0_objects(store));
}

START_TEST(test_tls_roots_trust_what_any_of_them_signed_and_parse_no_other)
{
    struct set s;
    set_init(&s);
    struct nj_tls_trust trust;
    ck_assert(nj_tls_trust_init(&trust, &s.index));
    X509_STORE *store = trust.store;
    ck_assert_int_eq(held(store), 0);
    static const int parsed[ROOTS] = { 1, 2, 4, 4, 5 }; /* both of one name come together */
    for (size_t i = 0; i < ROOTS; i++) {
        static const char *const names[ROOTS] = { "Alpha", "Beta", "Twice", "Twice", "Omega" };
        struct authority leaf = made("leaf", names[i], &s.roots[i], false);
        for (int again = 0; again < 3; again++) {
            ck_assert_int_eq(verify(store, leaf.cert), X509_V_OK);
            ck_assert_int_eq(held(store), parsed[i]);
        }
        forget(&leaf);
    }
    nj_tls_trust_fini(&trust);
    set_fini(&s);
}
END_TEST

START_TEST(test_tls_roots_refuse_strangers_and_those_who_borrow_a_name)
{
    struct set s;
    set_init(&s);
    struct nj_tls_trust trust;
    ck_assert(nj_tls_trust_init(&trust, &s.index));
    X509_STORE *store = trust.store;
    struct authority stranger = made("Gamma", "Gamma", NULL, true), leaf = made("leaf", "Gamma", &stranger, false);
    struct authority impostor = { EVP_EC_gen("P-256"), s.roots[0].cert }, forged = made("leaf", "Alpha", &impostor, false);
    struct authority alone = made("Omega2", "Omega2", NULL, false);
    ck_assert_int_eq(verify(store, leaf.cert), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    ck_assert_int_eq(verify(store, forged.cert), X509_V_ERR_CERT_SIGNATURE_FAILURE);
    ck_assert_int_eq(verify(store, alone.cert), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    nj_tls_trust_fini(&trust);
    forget(&stranger);
    forget(&leaf);
    EVP_PKEY_free(impostor.key);
    forget(&forged);
    forget(&alone);
    set_fini(&s);
}
END_TEST

START_TEST(test_tls_roots_that_are_damaged_or_none_are_not_trusted)
{
    struct set s;
    set_init(&s);
    struct authority leaf = made("leaf", "Beta", &s.roots[1], false);
    struct nj_tls_roots none = { s.rows, 0, s.der };
    struct nj_tls_trust trust;
    ck_assert(nj_tls_trust_init(&trust, &none));
    ck_assert_int_eq(verify(trust.store, leaf.cert), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    nj_tls_trust_fini(&trust);
    for (size_t i = 0; i < ROOTS; i++)
        s.der[s.rows[i].at] ^= 0xff;
    ck_assert(nj_tls_trust_init(&trust, &s.index));
    ck_assert_int_eq(verify(trust.store, leaf.cert), X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    nj_tls_trust_fini(&trust);
    forget(&leaf);
    set_fini(&s);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_tls_roots_trust_what_any_of_them_signed_and_parse_no_other)                                                                     \
    X(test_tls_roots_refuse_strangers_and_those_who_borrow_a_name)                                                                         \
    X(test_tls_roots_that_are_damaged_or_none_are_not_trusted)

NJ_TEST_MAIN("tls_roots")

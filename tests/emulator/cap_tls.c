/* cap_tls.c -- makes a self-signed certificate and serves TLS with it. */
#include "cap_tls.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

struct cap_tls {
    SSL_CTX *ctx;
};

const char *const cap_cert_names[CAP_CERTS] = { "valid", "expired", "future", "wrong-host", "old-tls" };

enum { HOUR_S = 3600, DAY_S = 24 * HOUR_S };

static const struct {
    long from_s, to_s;
    const char *names;
} certs[CAP_CERTS] = {
    { -HOUR_S, DAY_S, "IP:127.0.0.1,DNS:localhost,DNS:sink.nightjar.test" },
    { -2 * DAY_S, -DAY_S, "IP:127.0.0.1,DNS:localhost,DNS:sink.nightjar.test" },
    { DAY_S, 2 * DAY_S, "IP:127.0.0.1,DNS:localhost,DNS:sink.nightjar.test" },
    { -HOUR_S, DAY_S, "DNS:somewhere-else.example" },
    { -HOUR_S, DAY_S, "IP:127.0.0.1,DNS:localhost,DNS:sink.nightjar.test" },
};

static bool add_extension(X509 *x, int nid, const char *value)
{
    X509V3_CTX c;
    X509V3_set_ctx_nodb(&c);
    X509V3_set_ctx(&c, x, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
    bool ok = e != NULL && X509_add_ext(x, e, -1) == 1;
    X509_EXTENSION_free(e);
    return ok;
}

static X509 *make_certificate(EVP_PKEY *key, enum cap_cert kind)
{
    X509 *x = X509_new();
    if (x == NULL)
        return NULL;
    X509_NAME *name = X509_get_subject_name(x);
    const unsigned char *cn = (const unsigned char *)"nightjar capture sink";
    bool ok = X509_set_version(x, 2) == 1 && ASN1_INTEGER_set(X509_get_serialNumber(x), 1) == 1 &&
              X509_gmtime_adj(X509_getm_notBefore(x), certs[kind].from_s) != NULL &&
              X509_gmtime_adj(X509_getm_notAfter(x), certs[kind].to_s) != NULL &&
              X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, cn, -1, -1, 0) == 1 && X509_set_issuer_name(x, name) == 1 &&
              X509_set_pubkey(x, key) == 1 && add_extension(x, NID_basic_constraints, "critical,CA:TRUE") &&
              add_extension(x, NID_subject_key_identifier, "hash") && add_extension(x, NID_subject_alt_name, certs[kind].names) &&
              X509_sign(x, key, EVP_sha256()) > 0;
    if (ok)
        return x;
    X509_free(x);
    return NULL;
}

static bool write_pem(const X509 *x, const char *file)
{
    FILE *f = fopen(file, "wb");
    if (f == NULL)
        return false;
    bool ok = PEM_write_X509(f, x) == 1;
    return fclose(f) == 0 && ok;
}

enum nj_status cap_tls_new(struct cap_tls **out, enum cap_cert kind, const char *ca_file)
{
    *out = NULL;
    struct cap_tls *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NJ_ENOMEM;
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = key != NULL ? make_certificate(key, kind) : NULL;
    t->ctx = SSL_CTX_new(TLS_server_method());
    enum nj_status st = x != NULL && t->ctx != NULL && SSL_CTX_use_certificate(t->ctx, x) == 1 && SSL_CTX_use_PrivateKey(t->ctx, key) == 1
                            ? NJ_OK
                            : NJ_ENOMEM;
    if (st == NJ_OK && !write_pem(x, ca_file))
        st = NJ_ESYS;
    if (t->ctx != NULL && kind == CAP_CERT_OLD_TLS) {
        (void)SSL_CTX_set_cipher_list(t->ctx, "ALL:@SECLEVEL=0");
        (void)SSL_CTX_set_min_proto_version(t->ctx, TLS1_VERSION);
        (void)SSL_CTX_set_max_proto_version(t->ctx, TLS1_1_VERSION);
    }
    if (t->ctx != NULL) {
        SSL_CTX_set_mode(t->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_CTX_set_options(t->ctx, SSL_OP_IGNORE_UNEXPECTED_EOF);
    }
    X509_free(x);
    EVP_PKEY_free(key);
    if (st == NJ_OK)
        *out = t;
    else
        cap_tls_free(t);
    return st;
}

void cap_tls_free(struct cap_tls *t)
{
    if (t == NULL)
        return;
    SSL_CTX_free(t->ctx);
    free(t);
}

void *cap_tls_attach(struct cap_tls *t, int fd)
{
    SSL *ssl = SSL_new(t->ctx);
    if (ssl != NULL && SSL_set_fd(ssl, fd) != 1) {
        SSL_free(ssl);
        return NULL;
    }
    return ssl;
}

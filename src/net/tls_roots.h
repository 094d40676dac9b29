/* Roots of trust that are compiled in: an index over DER certificates, parsed one by one when a chain asks for one.
 *
 * Parsing a whole bundle costs six milliseconds of a full processor before the first byte is sent, and a hundred times that on
 * the smallest function; a handshake needs one root.  Only the static build has such a set (NJ_EMBEDDED_ROOTS); elsewhere this
 * module is not linked, and neither is OpenSSL.
 *
 * Ownership  the index and its bytes must outlive every store made of them.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_NET_TLS_ROOTS_H
#define NIGHTJAR_NET_TLS_ROOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/x509.h>

struct nj_tls_root {
    uint32_t name_hash; /* X509_NAME_hash of the subject; rows ascend by it */
    uint32_t at, n;     /* the certificate's place in der */
};

struct nj_tls_roots {
    const struct nj_tls_root *rows;
    size_t count;
    const unsigned char *der;
};

/* The set that was compiled in; defined by the build of the layer alone. */
extern const struct nj_tls_roots nj_embedded_roots;

/* A store that finds its certificates in the index. */
struct nj_tls_trust {
    X509_STORE *store; /* NULL when memory is short */
    X509_LOOKUP_METHOD *method;
};

bool nj_tls_trust_init(struct nj_tls_trust *t, const struct nj_tls_roots *roots);
void nj_tls_trust_fini(struct nj_tls_trust *t); /* also after a failed init, and of one that is all zero */

#endif

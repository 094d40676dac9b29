/* cap_tls.h -- a certificate made at run time, good or broken on purpose, and the server side of TLS.
 *
 * Blocking   the key is generated at start (P-256: a millisecond).  Globals: OpenSSL's own.
 */
#ifndef NIGHTJAR_TESTS_CAP_TLS_H
#define NIGHTJAR_TESTS_CAP_TLS_H

#include "nightjar/str.h"

/* What is wrong with the certificate, or with the protocol (at most TLS 1.1). */
enum cap_cert { CAP_CERT_VALID, CAP_CERT_EXPIRED, CAP_CERT_FUTURE, CAP_CERT_WRONG_HOST, CAP_CERT_OLD_TLS, CAP_CERTS };
extern const char *const cap_cert_names[CAP_CERTS];

struct cap_tls;

/* The certificate is for 127.0.0.1 and localhost, and is its own CA: its PEM goes to ca_file for clients to trust. */
NJ_MUST enum nj_status cap_tls_new(struct cap_tls **out, enum cap_cert kind, const char *ca_file);
void cap_tls_free(struct cap_tls *t);
/* A new SSL for the accepted descriptor, or NULL. */
void *cap_tls_attach(struct cap_tls *t, int fd);

#endif

/* sf_secrets.h -- invented personal data and credentials: well-formed, always the same, never written out in a source file.
 *
 * Everything the sample function prints that must not reach a sink comes from here, so that tests can look for it
 * (sample-function --secrets).  Cards pass the Luhn check, tokens are proper JWTs.
 *
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_TESTS_SF_SECRETS_H
#define NIGHTJAR_TESTS_SF_SECRETS_H

#include "nightjar/buf.h"

enum sf_kind {
    SF_EMAIL,
    SF_PASSWORD,    /* of the person with the e-mail of the same number */
    SF_CARD,        /* 16 digits */
    SF_CARD_SPACED, /* the same in groups of four */
    SF_CARD_DASHED,
    SF_JWT,
    SF_TOKEN, /* opaque: 40 letters and digits */
    SF_BASIC, /* base64 of e-mail:password */
    SF_AWS_KEY,
    SF_AWS_SECRET,
    SF_PEM,      /* a private key with its armour */
    SF_PEM_BODY, /* its first line of base64 */
    SF_KINDS
};

enum { SF_PEOPLE = 60, SF_OTHERS = 8 };

/* How many there are of a kind; they are numbered from 1. */
unsigned sf_secret_count(enum sf_kind kind);
/* The name scripts use: "EMAIL" of ${EMAIL:3}. */
const char *sf_secret_name(enum sf_kind kind);
/* Numbers beyond the count begin again. */
void sf_secret_add(struct nj_buf *out, enum sf_kind kind, unsigned i);
/* The number of the person with this e-mail, or 0. */
unsigned sf_person(struct nj_str email);
bool sf_secret_is(enum sf_kind kind, unsigned i, struct nj_str text);
/* Pseudo-random, always the same for the same argument. */
uint64_t sf_hash(uint64_t x);
/* Base64 without padding, alphabet of URLs when url is true. */
void sf_base64(struct nj_buf *out, struct nj_str in, bool url);
/* False at a character that is not of either alphabet; padding is optional. */
NJ_MUST bool sf_unbase64(struct nj_buf *out, struct nj_str in);

#endif

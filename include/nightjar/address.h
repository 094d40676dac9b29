/* nightjar/address.h -- IP addresses read and printed, and the networks they are of.
 *
 * An address of either family is bytes in network order.  Brackets around it and a zone behind it ("[fe80::1%eth0]") are no part of it,
 * and an IPv4 address that IPv6 wraps (::ffff:192.0.2.1) is an IPv4 address.
 * Ownership  nothing is kept; what is appended shows lack of memory in the buffer.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_ADDRESS_H
#define NIGHTJAR_ADDRESS_H

#include "nightjar/buf.h"

struct nj_address {
    uint8_t bytes[16];
    unsigned bits; /* 32 or 128 */
};

/* False when the whole text is none. */
NJ_MUST bool nj_address_read(struct nj_str text, struct nj_address *out);
/* Keeps the first bits, as many as it has at most, and clears the others. */
void nj_address_cut(struct nj_address *a, unsigned bits);
/* Appends the canonical form (RFC 5952). */
void nj_address_add(const struct nj_address *a, struct nj_buf *out);

#endif

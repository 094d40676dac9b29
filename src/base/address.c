/* IP addresses: the C library reads and prints them. */
#include "nightjar/address.h"

#include <arpa/inet.h>

enum { BITS4 = 32, BITS6 = 128 };

bool nj_address_read(struct nj_str s, struct nj_address *out)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    char text[INET6_ADDRSTRLEN + 1];
    if (s.n > 2 && s.p[0] == '[' && s.p[s.n - 1] == ']')
        s = nj_str_slice(s, 1, s.n - 1);
    s = nj_str_slice(s, 0, nj_str_chr(s, '%', 0));
    if (s.n == 0 || s.n >= sizeof(text))
        return false;
    memcpy(text, s.p, s.n);
    text[s.n] = '\0';
    bool v6 = nj_str_chr(s, ':', 0) != NJ_NPOS;
    *out = (struct nj_address){ .bits = v6 ? BITS6 : BITS4 };
    if (strlen(text) != s.n || inet_pton(v6 ? AF_INET6 : AF_INET, text, out->bytes) != 1)
        return false;
    if (v6 && memcmp(out->bytes, mapped, sizeof(mapped)) == 0) {
        memcpy(out->bytes, out->bytes + sizeof(mapped), BITS4 / 8);
        memset(out->bytes + BITS4 / 8, 0, sizeof(out->bytes) - BITS4 / 8);
        out->bits = BITS4;
    }
    return true;
}

void nj_address_cut(struct nj_address *a, unsigned bits)
{
    for (unsigned i = 0; i < sizeof(a->bytes); i++) {
        unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
        a->bytes[i] &= kept >= 8 ? 0xff : (uint8_t)(0xff00u >> kept);
    }
}

void nj_address_add(const struct nj_address *a, struct nj_buf *out)
{
    char text[INET6_ADDRSTRLEN];
    if (inet_ntop(a->bits == BITS6 ? AF_INET6 : AF_INET, a->bytes, text, sizeof(text)) != NULL)
        nj_buf_addz(out, text);
}

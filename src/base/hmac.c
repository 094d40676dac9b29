/* HMAC-SHA-256: a hash around a hash, with the key in front of both. */
#include "nightjar/hmac.h"

static void start(struct nj_sha256 *s, const unsigned char block[static NJ_SHA256_BLOCK], unsigned char pad)
{
    unsigned char padded[NJ_SHA256_BLOCK];
    for (size_t i = 0; i < NJ_SHA256_BLOCK; i++)
        padded[i] = block[i] ^ pad;
    nj_sha256_init(s);
    nj_sha256_add(s, padded, sizeof(padded));
    explicit_bzero(padded, sizeof(padded));
}

void nj_hmac_key_init(struct nj_hmac_key *k, struct nj_str key)
{
    enum { INNER_PAD = 0x36, OUTER_PAD = 0x5c };
    unsigned char block[NJ_SHA256_BLOCK] = { 0 };
    if (key.n > sizeof(block))
        nj_sha256_of(block, key);
    else if (key.n != 0)
        memcpy(block, key.p, key.n);
    start(&k->inner, block, INNER_PAD);
    start(&k->outer, block, OUTER_PAD);
    explicit_bzero(block, sizeof(block));
}

void nj_hmac_init(struct nj_hmac *h, const struct nj_hmac_key *k)
{
    h->inner = k->inner;
    h->key = k;
}

void nj_hmac_add(struct nj_hmac *h, struct nj_str s)
{
    nj_sha256_add(&h->inner, s.p, s.n);
}

void nj_hmac_finish(struct nj_hmac *h, uint8_t out[static NJ_SHA256_LEN])
{
    uint8_t sum[NJ_SHA256_LEN];
    struct nj_sha256 outer = h->key->outer;
    nj_sha256_finish(&h->inner, sum);
    nj_sha256_add(&outer, sum, sizeof(sum));
    nj_sha256_finish(&outer, out);
}

/* A digest of each record, and a link from each to the one before. */
#include "nightjar/chain.h"

#include "nightjar/hex.h"

void nj_chain_init(struct nj_chain *c, const struct nj_hmac_key *key)
{
    *c = (struct nj_chain){ .key = key };
}

struct nj_str nj_chain_stream(struct nj_str id)
{
    size_t dash = id.n;
    while (dash > 0 && id.p[dash - 1] != '-')
        dash--;
    return nj_str_slice(id, 0, dash != 0 ? dash - 1 : 0);
}

void nj_chain_link(char link[static NJ_CHAIN_LINK], const struct nj_hmac_key *key, const uint8_t digest[static NJ_SHA256_LEN],
                   struct nj_str previous)
{
    uint8_t sum[NJ_SHA256_LEN];
    struct nj_str own = { (const char *)digest, NJ_SHA256_LEN };
    if (key != NULL) {
        struct nj_hmac h;
        nj_hmac_init(&h, key);
        nj_hmac_add(&h, own);
        nj_hmac_add(&h, previous);
        nj_hmac_finish(&h, sum);
    } else {
        char both[NJ_SHA256_LEN + NJ_CHAIN_LINK];
        previous.n = previous.n < NJ_CHAIN_LINK ? previous.n : NJ_CHAIN_LINK;
        memcpy(both, own.p, own.n);
        if (previous.n != 0)
            memcpy(both + own.n, previous.p, previous.n);
        nj_sha256_of(sum, (struct nj_str){ both, own.n + previous.n });
    }
    nj_hex_write(link, NJ_CHAIN_LINK, sum);
}

static void begin_anew(struct nj_chain *c, struct nj_str stream)
{
    c->seq = 0;
    c->stream_n = stream.n < sizeof(c->stream) ? stream.n : sizeof(c->stream);
    if (c->stream_n != 0)
        memcpy(c->stream, stream.p, c->stream_n);
}

void nj_chain_add(struct nj_chain *c, struct nj_str id, struct nj_buf *out, size_t from)
{
    enum { WHOLE = 64 }; /* both members with the longest number */
    uint8_t digest[NJ_SHA256_LEN];
    struct nj_str stream = nj_chain_stream(id);
    stream.n = stream.n < sizeof(c->stream) ? stream.n : sizeof(c->stream);
    if (out->err != NJ_OK || nj_buf_reserve(out, WHOLE) != NJ_OK)
        return;
    if (c->seq == 0 || !nj_str_eq(stream, (struct nj_str){ c->stream, c->stream_n }))
        begin_anew(c, stream);
    struct nj_str previous = { c->link, c->seq != 0 ? NJ_CHAIN_LINK : 0 };
    nj_buf_add(out, NJ_STR(",\"seq\":"));
    nj_buf_add_u64(out, ++c->seq);
    nj_sha256_of(digest, nj_str_slice(nj_buf_str(out), from, out->n));
    nj_chain_link(c->link, c->key, digest, previous);
    nj_buf_add(out, NJ_STR(",\"chain\":\""));
    nj_buf_add(out, (struct nj_str){ c->link, NJ_CHAIN_LINK });
    nj_buf_addc(out, '"');
}

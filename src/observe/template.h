/* template.h -- which lines are the same line with other values in it.
 *
 * Works on redacted text.  A line becomes tokens: words and single punctuation marks; what varies by nature is replaced by its class
 * (<num> <hex> <uuid> <ip> <time> <path> <id> <str>), and a placeholder of redaction loses its digest.  The first NJ_TOKENS tokens
 * count.  Then a tree of fixed depth as in Drain: number of tokens, the two leading words that do not vary, and the clusters there;
 * the most similar one from one half up takes the line in, and where they differ it gets a wildcard <*>.  Punctuation has no say in
 * similarity.  A word that would be the 65th child of its node goes to the wildcard child.
 *
 * Limits     NJ_CLUSTERS, the one not seen for longest gives way; NJ_TEMPLATE_MAX bytes each; NJ_TEMPLATE_STORE bytes of text in all.
 * Blocking   never.  Globals: none.  Heap: none.
 */
#ifndef NIGHTJAR_OBSERVE_TEMPLATE_H
#define NIGHTJAR_OBSERVE_TEMPLATE_H

#include "nightjar/buf.h"
#include "nightjar/counters.h"

enum { NJ_TOKENS = 32, NJ_TEMPLATE_MAX = 256, NJ_CLUSTERS = 512, NJ_CHILDREN = 64, NJ_TEMPLATE_STORE = 20 << 10, NJ_CHAINS = 256 };

struct nj_token {
    struct nj_str text; /* into the line, or a constant */
    bool space;         /* white space before it */
    bool word;          /* letters: takes part in similarity */
    bool varies;        /* a class or a wildcard */
};

struct nj_tokens {
    struct nj_token t[NJ_TOKENS];
    size_t n;
};

/* Views into line, which may hold any bytes. */
void nj_tokens_of(struct nj_tokens *out, struct nj_str line);

struct nj_cluster {
    uint64_t id;        /* hash of the first line's tokens: stays while the template grows wildcards; 0 = free */
    uint32_t first_key; /* of count and first word */
    uint32_t key;       /* of count and both words: the leaf */
    uint32_t at;        /* in store: tokens, each with its length and flags before it */
    uint32_t used;      /* tick */
    uint16_t bytes;
    uint16_t next; /* in the chain, + 1 */
    uint16_t tokens;
};

struct nj_templates {
    struct nj_cluster c[NJ_CLUSTERS];
    uint16_t chain[NJ_CHAINS]; /* + 1 */
    uint32_t tick, stored;     /* stored: end of the used part of store, with holes */
    char store[NJ_TEMPLATE_STORE];
};

/* The cluster the line belongs to, made or widened as needed; NULL for a line without tokens. */
const struct nj_cluster *nj_templates_learn(struct nj_templates *t, struct nj_str line);
/* Its readable form, at most NJ_TEMPLATE_MAX bytes. */
void nj_template_text(const struct nj_templates *t, const struct nj_cluster *c, struct nj_buf *out);

#endif

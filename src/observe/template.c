/* The tree of templates. */
#include "template.h"

enum { FLAG_SPACE = 1, FLAG_WORD = 2, FLAG_VARIES = 4, TOKEN_HEAD = 2, TOKEN_BYTES = 120, GIVE_UP = 32 };

#define WILDCARD NJ_STR("<*>")

/* --- tokens in the store: one byte of flags, one of length, the text ------------------------------------------------- */

static size_t pack(char out[static NJ_TEMPLATE_MAX], const struct nj_tokens *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct nj_str text = nj_str_slice(l->t[i].text, 0, TOKEN_BYTES);
        if (n + TOKEN_HEAD + text.n > NJ_TEMPLATE_MAX) /* the rest keeps its place, without its text */
            text.n = 0;
        if (n + TOKEN_HEAD > NJ_TEMPLATE_MAX)
            break;
        out[n] = (char)((l->t[i].space ? FLAG_SPACE : 0) | (l->t[i].word ? FLAG_WORD : 0) | (l->t[i].varies ? FLAG_VARIES : 0));
        out[n + 1] = (char)text.n;
        if (text.n != 0)
            memcpy(out + n + TOKEN_HEAD, text.p, text.n);
        n += TOKEN_HEAD + text.n;
    }
    return n;
}

static void unpack(struct nj_tokens *out, const char *p, size_t bytes)
{
    out->n = 0;
    for (size_t i = 0; i + TOKEN_HEAD <= bytes && out->n < NJ_TOKENS;) {
        size_t n = (unsigned char)p[i + 1];
        out->t[out->n++] = (struct nj_token){ .text = { p + i + TOKEN_HEAD, n },
                                              .space = (p[i] & FLAG_SPACE) != 0,
                                              .word = (p[i] & FLAG_WORD) != 0,
                                              .varies = (p[i] & FLAG_VARIES) != 0 };
        i += TOKEN_HEAD + n;
    }
}

/* --- the store ------------------------------------------------------------------------------------------------------ */

static void unlink_cluster(struct nj_templates *t, size_t at)
{
    uint16_t *p = &t->chain[t->c[at].key % NJ_CHAINS];
    while (*p != 0 && *p != at + 1)
        p = &t->c[*p - 1].next;
    if (*p != 0)
        *p = t->c[at].next;
    t->c[at] = (struct nj_cluster){ 0 };
}

static void give_up_oldest(struct nj_templates *t, size_t spared)
{
    size_t oldest = NJ_CLUSTERS;
    for (size_t i = 0; i < NJ_CLUSTERS; i++)
        if (t->c[i].id != 0 && i != spared && (oldest == NJ_CLUSTERS || t->c[i].used < t->c[oldest].used))
            oldest = i;
    if (oldest != NJ_CLUSTERS)
        unlink_cluster(t, oldest);
}

struct owner {
    uint16_t cluster, bytes;
};

/* Closes the holes: each text has its owner before it, who still points to it if it is no hole. */
static void compact(struct nj_templates *t)
{
    uint32_t end = 0, from = 0;
    while (from < t->stored) {
        struct owner o;
        memcpy(&o, t->store + from, sizeof(o));
        struct nj_cluster *c = &t->c[o.cluster];
        uint32_t whole = (uint32_t)sizeof(o) + o.bytes;
        if (c->id != 0 && c->at == from + sizeof(o)) {
            memmove(t->store + end, t->store + from, whole);
            c->at = end + (uint32_t)sizeof(o);
            end += whole;
        }
        from += whole;
    }
    t->stored = end;
}

static void keep_text(struct nj_templates *t, size_t at, const char *p, size_t bytes)
{
    struct owner o = { .cluster = (uint16_t)at, .bytes = (uint16_t)bytes };
    uint32_t whole = (uint32_t)(sizeof(o) + bytes);
    t->c[at].bytes = 0; /* the old text is a hole */
    t->c[at].at = 0;
    if (t->stored + whole > NJ_TEMPLATE_STORE)
        compact(t);
    while (t->stored + whole > NJ_TEMPLATE_STORE) {
        for (int i = 0; i < GIVE_UP; i++) /* several, or every new line would move everything */
            give_up_oldest(t, at);
        compact(t);
    }
    memcpy(t->store + t->stored, &o, sizeof(o));
    t->c[at].at = t->stored + (uint32_t)sizeof(o);
    t->c[at].bytes = (uint16_t)bytes;
    memcpy(t->store + t->c[at].at, p, bytes);
    t->stored += whole;
}

/* --- the tree ------------------------------------------------------------------------------------------------------- */

struct path {
    uint32_t first_key, key;
};

/* Few nodes live at a time: half a tag tells them apart. */
static uint32_t key_of(uint64_t parent, struct nj_str word)
{
    return (uint32_t)nj_tag_pair(parent, nj_tag_of(word));
}

static struct nj_str leading(const struct nj_tokens *l, size_t *from)
{
    for (; *from < l->n; ++*from)
        if (l->t[*from].word && !l->t[*from].varies)
            return l->t[(*from)++].text;
    return WILDCARD;
}

struct node {
    uint32_t parent; /* absent on the first level: there the number of tokens is */
    size_t tokens;
    bool first;
};

static bool below(const struct nj_cluster *c, const struct node *n)
{
    return c->id != 0 && (n->first ? c->tokens == n->tokens : c->first_key == n->parent);
}

/* Under a full node a new word goes the wildcard's way. */
static uint32_t child(const struct nj_templates *t, const struct node *n, struct nj_str word)
{
    uint32_t key = key_of(n->first ? n->tokens : n->parent, word), seen[NJ_CHILDREN];
    size_t children = 0;
    for (size_t i = 0; i < NJ_CLUSTERS; i++)
        if (t->c[i].id != 0 && (n->first ? t->c[i].first_key : t->c[i].key) == key)
            return key;
    for (size_t i = 0; i < NJ_CLUSTERS && children < NJ_CHILDREN; i++) {
        size_t j = 0;
        uint32_t k = n->first ? t->c[i].first_key : t->c[i].key;
        if (!below(&t->c[i], n))
            continue;
        while (j < children && seen[j] != k)
            j++;
        if (j == children)
            seen[children++] = k;
    }
    return children < NJ_CHILDREN ? key : key_of(n->first ? n->tokens : n->parent, WILDCARD);
}

static struct path path_of(const struct nj_templates *t, const struct nj_tokens *l)
{
    size_t from = 0;
    struct nj_str one = leading(l, &from), two = leading(l, &from);
    struct path p;
    p.first_key = key_of(l->n, one);
    p.key = key_of(p.first_key, two);
    for (uint16_t i = t->chain[p.key % NJ_CHAINS]; i != 0; i = t->c[i - 1].next)
        if (t->c[i - 1].key == p.key)
            return p; /* known: no node has to be counted */
    p.first_key = child(t, &(struct node){ .tokens = l->n, .first = true }, one);
    p.key = child(t, &(struct node){ .parent = p.first_key }, two);
    return p;
}

/* Share of words that are the same; what varies in both counts as the same.  Without words all has to be the same. */
static double similarity(const struct nj_tokens *a, const struct nj_tokens *b)
{
    size_t words = 0, same = 0, equal = 0;
    if (a->n != b->n)
        return 0;
    for (size_t i = 0; i < a->n; i++) {
        bool eq = nj_str_eq(nj_str_slice(a->t[i].text, 0, TOKEN_BYTES), b->t[i].text);
        equal += eq;
        if (!a->t[i].word && !a->t[i].varies && !b->t[i].word && !b->t[i].varies)
            continue;
        words++;
        same += eq;
    }
    return words != 0 ? (double)same / (double)words : equal == a->n;
}

static size_t most_similar(const struct nj_templates *t, const struct path *p, const struct nj_tokens *l, struct nj_tokens *theirs)
{
    struct nj_tokens other;
    size_t best = NJ_CLUSTERS;
    double most = 0.5;
    for (uint16_t i = t->chain[p->key % NJ_CHAINS]; i != 0; i = t->c[i - 1].next) {
        const struct nj_cluster *c = &t->c[i - 1];
        if (c->key != p->key)
            continue;
        unpack(&other, t->store + c->at, c->bytes);
        double s = similarity(l, &other);
        if (s < most || (best != NJ_CLUSTERS && s <= most))
            continue;
        most = s;
        best = i - 1u;
        *theirs = other;
    }
    return best;
}

/* Puts a wildcard wherever the two differ; true if that changed the template. */
static bool widen(struct nj_tokens *theirs, const struct nj_tokens *l)
{
    bool changed = false;
    for (size_t i = 0; i < theirs->n; i++) {
        struct nj_token *t = &theirs->t[i];
        if (nj_str_eq(t->text, nj_str_slice(l->t[i].text, 0, TOKEN_BYTES)) || nj_str_eq(t->text, WILDCARD) || t->text.n == 0)
            continue;
        t->text = WILDCARD;
        t->varies = true;
        t->word = false;
        changed = true;
    }
    return changed;
}

static size_t make(struct nj_templates *t, const struct path *p, const struct nj_tokens *l)
{
    char packed[NJ_TEMPLATE_MAX];
    size_t at = 0, bytes = pack(packed, l);
    while (at < NJ_CLUSTERS && t->c[at].id != 0)
        at++;
    if (at == NJ_CLUSTERS) {
        give_up_oldest(t, NJ_CLUSTERS);
        for (at = 0; t->c[at].id != 0; at++)
            ;
    }
    uint64_t id = nj_tag_of((struct nj_str){ packed, bytes });
    t->c[at] = (struct nj_cluster){ .id = id != 0 ? id : 1, .first_key = p->first_key, .key = p->key, .tokens = (uint16_t)l->n };
    keep_text(t, at, packed, bytes);
    t->c[at].next = t->chain[p->key % NJ_CHAINS];
    t->chain[p->key % NJ_CHAINS] = (uint16_t)(at + 1);
    return at;
}

const struct nj_cluster *nj_templates_learn(struct nj_templates *t, struct nj_str line)
{
    struct nj_tokens l, theirs = { .n = 0 };
    nj_tokens_of(&l, line);
    if (l.n == 0)
        return NULL;
    struct path p = path_of(t, &l);
    size_t at = most_similar(t, &p, &l, &theirs);
    if (at == NJ_CLUSTERS) {
        at = make(t, &p, &l);
    } else if (widen(&theirs, &l)) {
        char packed[NJ_TEMPLATE_MAX];
        size_t bytes = pack(packed, &theirs);
        keep_text(t, at, packed, bytes);
    }
    t->c[at].used = ++t->tick;
    return &t->c[at];
}

void nj_template_text(const struct nj_templates *t, const struct nj_cluster *c, struct nj_buf *out)
{
    struct nj_tokens l;
    size_t start = out->n;
    unpack(&l, t->store + c->at, c->bytes);
    for (size_t i = 0; i < l.n && out->n - start + l.t[i].text.n < NJ_TEMPLATE_MAX; i++) {
        if (l.t[i].space && i != 0)
            nj_buf_addc(out, ' ');
        nj_buf_add(out, l.t[i].text);
        if (l.t[i].text.n != 0 && l.t[i].text.p[0] == '[' && l.t[i].text.n > 1)
            nj_buf_addc(out, ']');
    }
}

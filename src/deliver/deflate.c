/* gzip for batches: one greedy pass for matches, then the bits of each block. */
#include "deflate.h"

#include "deflate_code.h"

#include <libdeflate.h>
#include <stdlib.h>

enum {
    HASH_BITS = 12,
    WINDOW = 32768,
    MATCH_MIN = 4, /* of what is looked for; the rest of a long one may have three */
    MATCH_MAX = 258,
    TOKENS = 8192, /* of a block: some 256 KiB of records */
    BLOCK_MAX = 1 << 20,
    LITERALS_MAX = UINT16_MAX, /* of a token */
    WORD = 8,
    STORED_MAX = 65535,
    STORED_HEAD = 5,
    SLACK = 16, /* bits are written eight bytes at a time */
    HEAD = 10,
    TAIL = 8,
    END = 256, /* the symbol that ends a block */
    LENGTHS = 257,
    LITERALS_AND_LENGTHS = 286,
    DISTANCES = 30,
    CODE_LENGTHS = 19,
    CODE_LENGTH_MAX = 7
};

/* Literals, and what is copied behind them. */
struct token {
    uint16_t literals, length, distance; /* length 0: nothing */
    uint8_t length_symbol, distance_symbol;
};

/* A length with its extra bits. */
struct whole_length {
    uint32_t bits;
    uint32_t n;
};

struct codes {
    struct nj_code main[NJ_CODE_SYMBOLS], distance[32];
};

struct nj_deflate {
    uint32_t seen[1 << HASH_BITS]; /* where a beginning stood last */
    struct token tokens[TOKENS];
    size_t n;
    size_t block;                                 /* where its first byte stands */
    uint32_t main[NJ_CODE_SYMBOLS], distance[32]; /* how often each symbol occurs in it */
    struct codes own, fixed;
    struct whole_length whole[MATCH_MAX + 1]; /* of the block */
    uint8_t length_symbols[MATCH_MAX + 1];
    uint8_t lengths[LITERALS_AND_LENGTHS + DISTANCES]; /* of both codes of the block */
    struct nj_code length_codes[CODE_LENGTHS];
};

/* What is written to: the caller has made sure of the room. */
struct bits {
    char *p, *end;
    uint64_t held;
    unsigned n;
    bool full;
};

static inline uint64_t load(const char *p)
{
    uint64_t w;
    memcpy(&w, p, sizeof(w));
    return w;
}

static inline unsigned highest(unsigned x)
{
    return 31u - (unsigned)__builtin_clz(x);
}

/* --- symbols (RFC 1951, 3.2.5) -------------------------------------------------------------------------------------- */

static inline unsigned length_extra(unsigned length)
{
    return length < 11 || length == MATCH_MAX ? 0 : highest(length - 3) - 2;
}

static inline unsigned length_symbol(unsigned length)
{
    unsigned x = length - 3;
    if (length < 11)
        return x;
    return length == MATCH_MAX ? 28 : (highest(x) - 1) * 4 + (x >> (highest(x) - 2) & 3);
}

static inline unsigned distance_extra(unsigned distance)
{
    return distance < 5 ? 0 : highest(distance - 1) - 1;
}

static inline unsigned distance_symbol(unsigned distance)
{
    unsigned x = distance - 1;
    return distance < 3 ? x : highest(x) * 2 + (x >> (highest(x) - 1) & 1);
}

/* --- bits ------------------------------------------------------------------------------------------------------------ */

/* At most 56 bits between two of these. */
static inline void write_out(struct bits *b)
{
    memcpy(b->p, &b->held, sizeof(b->held));
    b->p += b->n / 8;
    b->held >>= b->n & ~7u;
    b->n &= 7;
}

static inline void add_bits(struct bits *b, uint64_t bits, unsigned n)
{
    b->held |= bits << b->n;
    b->n += n;
}

static inline void add_code(struct bits *b, struct nj_code c)
{
    add_bits(b, c.bits, c.n);
}

/* --- blocks ---------------------------------------------------------------------------------------------------------- */

static void fix_codes(struct codes *c)
{
    for (unsigned i = 0; i < NJ_CODE_SYMBOLS; i++)
        c->main[i].n = i < 144 ? 8 : i < END ? 9 : i < 280 ? 7 : 8;
    for (unsigned i = 0; i < NJ_COUNT(c->distance); i++)
        c->distance[i].n = 5;
    nj_code_number(c->main, NJ_COUNT(c->main));
    nj_code_number(c->distance, NJ_COUNT(c->distance));
}

/* Bits of what a block holds, in these codes. */
static size_t content_bits(const struct nj_deflate *d, const struct codes *c)
{
    size_t bits = 0;
    for (unsigned i = 0; i < LITERALS_AND_LENGTHS; i++)
        bits += (size_t)d->main[i] * c->main[i].n;
    for (unsigned i = 8; i < 28; i++)
        bits += (size_t)d->main[LENGTHS + i] * (i / 4 - 1);
    for (unsigned i = 0; i < DISTANCES; i++)
        bits += (size_t)d->distance[i] * (c->distance[i].n + (i < 4 ? 0 : i / 2 - 1));
    return bits;
}

static unsigned run_of(const uint8_t *p, unsigned n)
{
    unsigned i = 1;
    while (i < n && p[i] == p[0])
        i++;
    return i;
}

/* The lengths of both codes, with runs written short: of zeros by 17 and 18, of others by 16 behind the first.  Counts their symbols, and
 * writes them where b is not NULL. */
static size_t put_lengths(struct nj_deflate *d, unsigned n, uint32_t *count, struct bits *b)
{
    size_t bits = 0;
    for (unsigned i = 0, run; i < n; i += run) {
        unsigned symbol = d->lengths[i], extra = 0, of = 0;
        run = run_of(d->lengths + i, n - i);
        bool again = i > 0 && symbol != 0 && d->lengths[i - 1] == symbol;
        if (symbol == 0 && run >= 3) {
            run = run < 138 ? run : 138;
            symbol = run < 11 ? 17 : 18;
            extra = run < 11 ? 3 : 7;
            of = run - (run < 11 ? 3 : 11);
        } else if (again && run >= 3) {
            run = run < 6 ? run : 6;
            symbol = 16;
            extra = 2;
            of = run - 3;
        } else {
            run = 1;
        }
        bits += extra;
        count[symbol]++;
        if (b == NULL)
            continue;
        add_code(b, d->length_codes[symbol]);
        add_bits(b, of, extra);
        write_out(b);
    }
    return bits;
}

/* What stands before a block of codes of its own. */
struct head {
    unsigned mains, distances, code_lengths; /* so many lengths are written of each */
    size_t bits;
};

static const uint8_t code_length_order[CODE_LENGTHS] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15 };

static struct head make_head(struct nj_deflate *d)
{
    struct head h = { .mains = LITERALS_AND_LENGTHS, .distances = DISTANCES, .code_lengths = CODE_LENGTHS };
    uint32_t count[CODE_LENGTHS] = { 0 };
    while (h.mains > LENGTHS && d->own.main[h.mains - 1].n == 0)
        h.mains--;
    while (h.distances > 1 && d->own.distance[h.distances - 1].n == 0)
        h.distances--;
    for (unsigned i = 0; i < h.mains; i++)
        d->lengths[i] = d->own.main[i].n;
    for (unsigned i = 0; i < h.distances; i++)
        d->lengths[h.mains + i] = d->own.distance[i].n;
    h.bits = put_lengths(d, h.mains + h.distances, count, NULL);
    nj_code_make(d->length_codes, count, CODE_LENGTHS, CODE_LENGTH_MAX);
    while (h.code_lengths > 4 && d->length_codes[code_length_order[h.code_lengths - 1]].n == 0)
        h.code_lengths--;
    for (unsigned i = 0; i < CODE_LENGTHS; i++)
        h.bits += (size_t)count[i] * d->length_codes[i].n;
    h.bits += 5 + 5 + 4 + (size_t)3 * h.code_lengths;
    return h;
}

static void put_head(struct nj_deflate *d, const struct head *h, struct bits *b)
{
    uint32_t count[CODE_LENGTHS] = { 0 };
    add_bits(b, h->mains - LENGTHS, 5);
    add_bits(b, h->distances - 1, 5);
    add_bits(b, h->code_lengths - 4, 4);
    for (unsigned i = 0; i < h->code_lengths; i++) {
        add_bits(b, d->length_codes[code_length_order[i]].n, 3);
        write_out(b);
    }
    (void)put_lengths(d, h->mains + h->distances, count, b);
}

static inline void put_literals(struct bits *b, const struct nj_code *codes, const unsigned char *p, size_t n)
{
    for (; n >= 3; n -= 3, p += 3) {
        add_code(b, codes[p[0]]);
        add_code(b, codes[p[1]]);
        add_code(b, codes[p[2]]);
        write_out(b);
    }
    for (; n > 0; n--)
        add_code(b, codes[*p++]);
    write_out(b);
}

static void make_lengths(struct nj_deflate *d, const struct codes *c)
{
    for (unsigned i = MATCH_MIN - 1; i <= MATCH_MAX; i++) {
        struct nj_code code = c->main[LENGTHS + d->length_symbols[i]];
        unsigned extra = length_extra(i);
        d->whole[i].bits = code.bits | ((i - 3) & ((1u << extra) - 1)) << code.n;
        d->whole[i].n = code.n + extra;
    }
}

static void put_content(struct nj_deflate *d, const struct codes *c, const char *from, struct bits *out)
{
    const unsigned char *p = (const unsigned char *)from;
    struct bits b = *out; /* in registers */
    make_lengths(d, c);
    for (const struct token *t = d->tokens, *end = t + d->n; t < end; t++) {
        put_literals(&b, c->main, p, t->literals);
        p += t->literals + t->length;
        if (t->length == 0)
            continue;
        unsigned extra = distance_extra(t->distance);
        add_bits(&b, d->whole[t->length].bits, d->whole[t->length].n);
        add_code(&b, c->distance[t->distance_symbol]);
        add_bits(&b, (t->distance - 1u) & ((1u << extra) - 1), extra);
        write_out(&b);
    }
    add_code(&b, c->main[END]);
    write_out(&b);
    *out = b;
}

static size_t stored_bytes(size_t n)
{
    return n + STORED_HEAD * (n / STORED_MAX + 1);
}

static void put_stored(struct nj_str s, bool last, struct bits *b)
{
    do {
        struct nj_str piece = nj_str_slice(s, 0, STORED_MAX);
        s = nj_str_slice(s, piece.n, s.n);
        add_bits(b, last && s.n == 0, 3);
        b->n = (b->n + 7) & ~7u;
        write_out(b);
        add_bits(b, piece.n | (uint64_t)(uint16_t)~piece.n << 16, 32);
        write_out(b);
        if (piece.n != 0)
            memcpy(b->p, piece.p, piece.n);
        b->p += piece.n;
    } while (s.n != 0);
}

static void put_block(struct nj_deflate *d, struct nj_str all, size_t to, bool last, struct bits *b)
{
    struct nj_str s = nj_str_slice(all, d->block, to);
    d->main[END] = 1;
    nj_code_make(d->own.main, d->main, LITERALS_AND_LENGTHS, NJ_CODE_BITS);
    nj_code_make(d->own.distance, d->distance, DISTANCES, NJ_CODE_BITS);
    struct head h = make_head(d);
    size_t fixed = content_bits(d, &d->fixed), own = content_bits(d, &d->own) + h.bits, stored = stored_bytes(s.n) * 8;
    size_t least = fixed < own ? fixed : own, bytes = ((least < stored ? least : stored) + 7) / 8;
    b->full = b->full || (size_t)(b->end - b->p) < bytes + SLACK;
    if (!b->full && stored < least) {
        put_stored(s, last, b);
    } else if (!b->full) {
        add_bits(b, (own < fixed ? 4u : 2u) | last, 3);
        write_out(b);
        if (own < fixed)
            put_head(d, &h, b);
        put_content(d, own < fixed ? &d->own : &d->fixed, s.p, b);
    }
    memset(d->main, 0, sizeof(d->main));
    memset(d->distance, 0, sizeof(d->distance));
    d->n = 0;
    d->block = to;
}

/* --- matches --------------------------------------------------------------------------------------------------------- */

static inline void add_token(struct nj_deflate *d, size_t literals, unsigned length, unsigned distance)
{
    struct token *t = &d->tokens[d->n++];
    *t = (struct token){ .literals = (uint16_t)literals, .length = (uint16_t)length, .distance = (uint16_t)distance };
    if (length == 0)
        return;
    t->length_symbol = d->length_symbols[length];
    t->distance_symbol = (uint8_t)distance_symbol(distance);
    d->main[LENGTHS + t->length_symbol]++;
    d->distance[t->distance_symbol]++;
}

static inline void count_literals(struct nj_deflate *d, struct nj_str in, size_t from, size_t at)
{
    for (const char *p = in.p + from, *end = in.p + at; p < end; p++)
        d->main[(unsigned char)*p]++;
}

/* The literals from..at, then a match.  Either may take several tokens. */
static __attribute__((noinline)) void take_long(struct nj_deflate *d, struct nj_str in, size_t from, size_t at, size_t length,
                                                size_t distance, struct bits *b)
{
    while (from < at || length != 0) {
        size_t literals = at - from < LITERALS_MAX ? at - from : LITERALS_MAX, piece = at - from == literals ? length : 0;
        if (piece > MATCH_MAX)
            piece = piece < MATCH_MAX + 3 ? piece - 3 : MATCH_MAX; /* what is left of it must not be shorter than three */
        count_literals(d, in, from, from + literals);
        add_token(d, literals, (unsigned)piece, (unsigned)distance);
        from += literals + piece;
        at += piece;
        length -= piece;
        if (d->n == TOKENS || from - d->block >= BLOCK_MAX)
            put_block(d, in, from, false, b);
    }
}

/* The same of a match, and mostly a single token. */
static inline void take(struct nj_deflate *d, struct nj_str in, size_t from, size_t at, size_t length, size_t distance, struct bits *b)
{
    if (length > MATCH_MAX || at - from > LITERALS_MAX || d->n + 1 == TOKENS || at - d->block >= BLOCK_MAX / 2) {
        take_long(d, in, from, at, length, distance, b);
        return;
    }
    count_literals(d, in, from, at);
    add_token(d, at - from, (unsigned)length, (unsigned)distance);
}

static inline size_t same(const char *a, const char *b, const char *end)
{
    const char *from = b;
    for (; end - b >= WORD; a += WORD, b += WORD) {
        uint64_t other = load(a) ^ load(b);
        if (other != 0)
            return (size_t)(b - from) + (size_t)__builtin_ctzll(other) / 8;
    }
    while (b < end && *a == *b)
        a++, b++;
    return (size_t)(b - from);
}

/* Of six bytes. */
static inline size_t slot_of(uint64_t word)
{
    return (word << 16) * 0x9e3779b97f4a7c15u >> (64 - HASH_BITS);
}

/* Where nothing matches the steps grow, so that what does not shrink costs little. */
static size_t find(struct nj_deflate *d, struct nj_str in, struct bits *b)
{
    enum { PATIENCE = 6 };
    const char *p = in.p, *end = p + in.n;
    size_t at = 0, from = 0;
    while (at + WORD < in.n) {
        uint64_t word = load(p + at);
        size_t slot = slot_of(word), before = d->seen[slot];
        d->seen[slot] = (uint32_t)at;
        if (at - before - 1 >= WINDOW || (uint32_t)load(p + before) != (uint32_t)word) {
            at += 1 + ((at - from) >> PATIENCE);
            continue;
        }
        while (at > from && before > 0 && p[at - 1] == p[before - 1])
            at--, before--;
        size_t n = MATCH_MIN + same(p + before + MATCH_MIN, p + at + MATCH_MIN, end);
        take(d, in, from, at, n, at - before, b);
        from = at = at + n;
        if (at + WORD < in.n)
            d->seen[slot_of(load(p + at - 2))] = (uint32_t)(at - 2);
    }
    return from;
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

enum nj_status nj_deflate_new(struct nj_deflate **out)
{
    struct nj_deflate *d = calloc(1, sizeof(*d));
    *out = d;
    if (d == NULL)
        return NJ_ENOMEM;
    fix_codes(&d->fixed);
    for (unsigned i = MATCH_MIN - 1; i <= MATCH_MAX; i++)
        d->length_symbols[i] = (uint8_t)length_symbol(i);
    return NJ_OK;
}

void nj_deflate_free(struct nj_deflate *d)
{
    free(d);
}

size_t nj_deflate_memory(void)
{
    return sizeof(struct nj_deflate);
}

/* A block is never longer than stored, and all but the last have a byte for each of their tokens, or are large. */
size_t nj_deflate_bound(size_t n)
{
    return HEAD + stored_bytes(n) + STORED_HEAD * (n / TOKENS + 2) + SLACK + TAIL;
}

static void put32(char *p, uint32_t v)
{
    memcpy(p, &v, sizeof(v));
}

size_t nj_deflate_gzip(struct nj_deflate *d, struct nj_str in, char *out, size_t cap)
{
    static const char head[HEAD] = { 0x1f, (char)0x8b, 8, 0, 0, 0, 0, 0, 4, (char)0xff }; /* no time, the fastest way, any system */
    if (cap < HEAD + SLACK + TAIL || in.n > UINT32_MAX)
        return 0;
    struct bits b = { .p = out + HEAD, .end = out + cap - TAIL };
    memcpy(out, head, sizeof(head));
    memset(d->seen, 0, sizeof(d->seen));
    d->n = d->block = 0;
    size_t from = find(d, in, &b);
    take_long(d, in, from, in.n, 0, 0, &b);
    put_block(d, in, in.n, true, &b);
    if (b.full)
        return 0;
    b.n = (b.n + 7) & ~7u;
    write_out(&b);
    put32(b.p, libdeflate_crc32(0, in.p, in.n));
    put32(b.p + 4, (uint32_t)in.n);
    return (size_t)(b.p - out) + TAIL;
}

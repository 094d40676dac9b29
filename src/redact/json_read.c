/* Strings of JSON that do not end where they begin, and what is worth a look in them. */
#include "json_read.h"

void nj_read_marks(struct nj_reader *d, size_t block)
{
    while (d->blocks <= block) {
        struct nj_marks *m = &d->marks[d->blocks & 1];
        nj_marks_at(d->r->marks, &d->marker, d->t, d->blocks * NJ_BLOCK, m);
        d->anchors = m->separator | m->token | m->number | m->rare | m->words | m->odd;
        d->blocks++;
    }
}

bool nj_read_asks(const struct nj_reader *d, uint64_t bits)
{
    struct nj_marks m = d->marks[(d->blocks - 1) & 1];
    if (((m.odd | m.separator) & bits) != 0)
        return true;
    m.token &= bits;
    m.number &= bits;
    m.rare &= bits;
    m.words &= bits;
    m.separator = 0;
    return nj_marks_prune(d->r, d->t, (d->blocks - 1) * NJ_BLOCK, &m) != 0;
}

bool nj_read_long_string(struct nj_reader *d)
{
    struct nj_piece *p = &d->piece;
    size_t at = d->at;
    *p = (struct nj_piece){ .in = { at, at } };
    while (at < d->t.n) {
        size_t block = at / NJ_BLOCK;
        nj_read_marks(d, block);
        uint64_t ahead = ~(uint64_t)0 << at % NJ_BLOCK, stops = d->marks[block & 1].stops & ahead;
        if (stops == 0) {
            p->marks |= d->anchors & ahead;
            (void)nj_piece_is_plain(d);
            at = (block + 1) * NJ_BLOCK;
            continue;
        }
        size_t stop = (size_t)__builtin_ctzll(stops);
        p->marks |= d->anchors & ahead & (((uint64_t)1 << stop) - 1);
        at = block * NJ_BLOCK + stop;
        if (d->t.p[at] == '"') {
            p->in.to = at;
            d->at = at + 1;
            return true;
        }
        p->escaped = true;
        at += 2;
        if (at / NJ_BLOCK != block)
            (void)nj_piece_is_plain(d);
    }
    return false;
}

bool nj_piece_marks(const struct nj_reader *d, struct nj_marks *out)
{
    const struct nj_piece *p = &d->piece;
    size_t n = p->in.to - p->in.from, first = p->in.from / NJ_BLOCK, last = p->in.to / NJ_BLOCK, bit = p->in.from % NJ_BLOCK;
    if (p->escaped || n == 0 || n >= NJ_BLOCK || first + 2 < d->blocks || last >= d->blocks)
        return false;
    const struct nj_marks *a = &d->marks[first & 1], *b = &d->marks[last & 1];
    uint64_t inside = ((uint64_t)1 << n) - 1;
    unsigned up = first == last || bit == 0 ? 0 : (unsigned)(NJ_BLOCK - bit);
#define BITS(of) ((a->of >> bit | (up != 0 ? b->of << up : 0)) & inside)
    *out = (struct nj_marks){ .separator = BITS(separator),
                              .token = BITS(token),
                              .number = BITS(number),
                              .rare = BITS(rare),
                              .words = BITS(words),
                              .odd = BITS(odd) };
#undef BITS
    return true;
}

/* What is marked in a name depends on the name alone: a quote stands before it, and no mark reaches over one. */
void nj_name_expect(const struct nj_redactor *r, struct nj_key_slot *slot, struct nj_str name)
{
    enum { BEFORE = 2 }; /* a bracket and the quote */
    char text[BEFORE + sizeof(slot->ahead)] = "{\"";
    struct nj_marker marker = { 0 };
    struct nj_marks m;
    slot->judged = true;
    if (name.n + BEFORE > sizeof(slot->ahead))
        return;
    memcpy(text + BEFORE, name.p, name.n);
    memcpy(text + BEFORE + name.n, "\":", 2);
    nj_marks_edge(r->marks, &marker, (struct nj_str){ text, BEFORE + name.n + 1 }, 0, &m);
    uint64_t inside = (((uint64_t)1 << name.n) - 1) << BEFORE;
    slot->bare = ((m.separator | m.token | m.number | m.rare | m.words | m.odd) & inside) == 0;
    if ((m.stops & inside) != 0 || (!slot->bare && !slot->key.quiet))
        return;
    memcpy(slot->ahead, text + BEFORE, sizeof(slot->ahead));
    slot->need = (uint32_t)(((uint64_t)1 << (name.n + 2)) - 1);
}

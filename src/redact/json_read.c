/* Strings of JSON that do not end where they begin, and what is worth a look in them. */
#include "json_read.h"

#include "nightjar/json.h"

void nj_read_marks(struct nj_reader *d, size_t block)
{
    while (d->blocks <= block) {
        struct nj_marks *m = &d->marks[d->blocks & 1];
        nj_marks_at(d->r->marks, &d->marker, d->t, d->blocks * NJ_BLOCK, m);
        d->anchors = nj_marks_any(m) | m->odd;
        d->blocks++;
    }
}

/* May anything stand at a mark that is neither odd nor a separator? */
static inline bool may_be_something(const struct nj_reader *d, const struct nj_marks *m, uint64_t bit, size_t at)
{
    return ((m->token & bit) != 0 && (nj_token_may(d->r, d->t, at) || nj_encoded_may(d->t, at))) ||
           ((m->number & bit) != 0 && nj_number_may(d->r, d->t, at)) || ((m->rare & bit) != 0 && nj_rare_may(d->t, at)) ||
           ((m->words & bit) != 0 && nj_word_may(d->t, at));
}

bool nj_read_asks(const struct nj_reader *d, uint64_t bits)
{
    const struct nj_marks *m = &d->marks[(d->blocks - 1) & 1];
    if (((m->odd | m->separator) & bits) != 0)
        return true;
    for (uint64_t some = (m->token | m->number | m->rare | m->words) & bits; some != 0; some &= some - 1)
        if (may_be_something(d, m, some & (0 - some), (d->blocks - 1) * NJ_BLOCK + (size_t)__builtin_ctzll(some)))
            return true;
    return false;
}

bool nj_read_long_string(struct nj_reader *d)
{
    struct nj_piece *p = &d->piece;
    size_t at = d->at;
    *p = (struct nj_piece){ .in = { at, at } };
    while (at < d->t.n) {
        size_t block = at / NJ_BLOCK;
        if (block >= d->blocks)
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

/* Could one of the runs that are marked be a token? */
static bool may_be_token(const struct nj_redactor *r, struct nj_str text, uint64_t marks)
{
    for (; marks != 0; marks &= marks - 1)
        if (nj_token_may(r, text, (size_t)__builtin_ctzll(marks)) || nj_encoded_may(text, (size_t)__builtin_ctzll(marks)))
            return true;
    return false;
}

bool nj_piece_is_word(const struct nj_reader *d)
{
    struct nj_str text = nj_str_slice(d->t, d->piece.in.from, d->piece.in.to);
    struct nj_marks m;
    uint64_t digits = 0, hyphens = 0;
    if ((d->marks[0].words | d->marks[1].words) == 0 || text.n == 0 || !nj_is(text.p[0], NJ_IS_ALPHA))
        return false;
    for (size_t at = d->piece.in.from; at < d->piece.in.to; at += sizeof(nj_lane)) {
        struct nj_kinds k = nj_kinds_up_to(d->t, at);
        uint64_t inside = nj_lowest(d->piece.in.to - at) & nj_lowest(sizeof(nj_lane));
        if ((inside & ~nj_kinds_run(k)) != 0)
            return false;
        digits |= k.digit & inside;
        hyphens |= k.hyphen & inside;
    }
    if (digits != 0 && hyphens != 0) /* "4829-is-your-code" */
        return false;
    return nj_piece_marks(d, &m) && (m.separator | m.number | m.rare | m.odd) == 0 && !may_be_token(d->r, text, m.token);
}

/* What is marked in a name depends on the name alone: a quote stands before it, and no mark reaches over one. */
void nj_name_expect(const struct nj_reader *d, struct nj_key_slot *slot)
{
    enum { BEHIND = 2 }; /* a quote and a colon */
    const struct nj_piece *p = &d->piece;
    struct nj_marks m = { .odd = p->marks };
    slot->judged = true;
    if (slot->n + BEHIND > (int)sizeof(slot->text))
        return;
    if (p->in.from / NJ_BLOCK != p->in.to / NJ_BLOCK)
        (void)nj_piece_marks(d, &m);
    slot->bare = (m.separator | m.token | m.number | m.rare | m.words | m.odd) == 0;
    if (slot->bare || slot->key.quiet)
        slot->need = (uint32_t)(((uint64_t)1 << (slot->n + BEHIND)) - 1);
}

/* Cards also come as 4242424242424242.0 and 4.242424242424242e15. */
bool nj_read_number(struct nj_str raw, char digits[static NJ_NUMBER_TEXT], struct nj_str *out)
{
    double v = 0;
    *out = raw;
    if (nj_run(raw, 0, NJ_IS_DIGIT) == raw.n)
        return raw.n <= 19;
    if (raw.n < 13 || raw.n > 32 || !nj_json_f64((struct nj_json){ NJ_JSON_NUMBER, raw }, &v) || v < 1e12 || v > 9e15)
        return false;
    uint64_t whole = (uint64_t)v;
    if ((double)whole != v)
        return false;
    size_t at = NJ_NUMBER_TEXT;
    for (; whole != 0; whole /= 10)
        digits[--at] = (char)('0' + whole % 10);
    *out = (struct nj_str){ digits + at, NJ_NUMBER_TEXT - at };
    return true;
}

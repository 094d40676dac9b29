/* Rows of byte classes as words of bits: bit k of a state says that the first k positions have been read or left out. */
#include "rules.h"

#include <stdlib.h>

static const nj_bits one = 1;

static bool in_set(const struct nj_byte_set *s, unsigned c)
{
    return (s->bits[c / 64] >> c % 64 & 1) != 0;
}

/* --- building ----------------------------------------------------------------------------------------------------- */

struct position {
    const struct nj_byte_set *set;
    bool optional;
};

static size_t list_positions(const struct nj_pattern_row *row, bool backwards, struct position out[static NJ_PATTERN_POSITIONS])
{
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) {
        const struct nj_pattern_item *item = &row->item[backwards ? row->n - 1 - i : i];
        for (unsigned k = 0; k < item->most && n < NJ_PATTERN_POSITIONS; k++)
            out[n++] = (struct position){ &item->set, k >= item->least };
    }
    return n;
}

/* Runs of positions that may be left out. */
static void mark_runs(struct nj_shift *s, const struct position *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!p[i].optional)
            continue;
        s->optional |= one << (i + 1);
        if (i == 0 || !p[i - 1].optional)
            s->before |= one << i;
        if (i + 1 == n || !p[i + 1].optional)
            s->last |= one << (i + 1);
    }
}

/* Where a run of positions may be left out and the state has reached the one before it, or one inside, all behind are reached:
 * the subtraction borrows up to the lowest bit of the run that is set, and what it left alone above is what is reached. */
static inline nj_bits close_over(const struct nj_shift *s, nj_bits state)
{
    nj_bits with_last = state | s->last;
    return state | (s->optional & (~(with_last - s->before) ^ with_last));
}

static bool sort_bytes(struct nj_shift *s, const struct position *p, size_t n)
{
    nj_bits seen[256];
    unsigned kinds = 0;
    for (unsigned c = 0; c < 256; c++) {
        nj_bits in = 0;
        for (size_t i = 0; i < n; i++)
            if (in_set(p[i].set, c))
                in |= one << (i + 1);
        unsigned kind = 0;
        while (kind < kinds && seen[kind] != in)
            kind++;
        if (kind == kinds)
            seen[kinds++] = in;
        s->kind_of[c] = (uint8_t)kind;
    }
    s->in = calloc(kinds, sizeof(s->in[0]));
    if (s->in == NULL)
        return false;
    s->kinds = (uint8_t)(kinds - 1);
    memcpy(s->in, seen, kinds * sizeof(s->in[0]));
    return true;
}

static bool shift_init(struct nj_shift *s, const struct nj_pattern_row *row, bool backwards)
{
    struct position p[NJ_PATTERN_POSITIONS];
    size_t n = list_positions(row, backwards, p);
    *s = (struct nj_shift){ .accept = one << n };
    mark_runs(s, p, n);
    s->idle = close_over(s, 1);
    return sort_bytes(s, p, n);
}

/* The longest run of positions that are always there and always the same byte. */
static void find_literal(struct nj_automaton *a, const struct nj_pattern_row *row)
{
    enum { WORTH_IT = 2 };
    char text[NJ_PATTERN_POSITIONS];
    size_t n = 0;
    for (size_t i = 0; i < row->n; i++) {
        const struct nj_pattern_item *item = &row->item[i];
        unsigned bytes = 0, byte = 0;
        for (unsigned c = 0; c < 256; c++)
            if (in_set(&item->set, c)) {
                bytes++;
                byte = c;
            }
        for (unsigned k = 0; bytes == 1 && k < item->least && n < sizeof(text); k++)
            text[n++] = (char)byte;
        if (n > a->literal.n && n >= WORTH_IT) {
            memcpy(a->literal_text, text, n);
            a->literal = (struct nj_str){ a->literal_text, n };
        }
        if (bytes != 1 || item->least != item->most)
            n = 0;
    }
}

enum nj_status nj_automaton_init(struct nj_automaton *a, const struct nj_pattern_row *row)
{
    *a = (struct nj_automaton){ .begin = row->begin, .end = row->end };
    if (!shift_init(&a->ahead, row, false) || !shift_init(&a->back, row, true)) {
        nj_automaton_fini(a);
        return NJ_ENOMEM;
    }
    for (unsigned c = 0; c < 256; c++)
        a->may_begin[c] = ((a->ahead.idle << 1) & a->ahead.in[a->ahead.kind_of[c]]) != 0;
    find_literal(a, row);
    return NJ_OK;
}

void nj_automaton_fini(struct nj_automaton *a)
{
    free(a->ahead.in);
    free(a->back.in);
    a->ahead.in = a->back.in = NULL;
}

/* --- searching ---------------------------------------------------------------------------------------------------- */

static inline nj_bits step(const struct nj_shift *s, nj_bits state, char c)
{
    return close_over(s, (state << 1) & s->in[s->kind_of[(unsigned char)c]]);
}

/* Is there an edge of these kinds at byte at? */
static bool is_edge(struct nj_str t, size_t at, uint8_t kinds)
{
    bool before = at > 0 && nj_is(t.p[at - 1], NJ_IS_WORD), behind = at < t.n && nj_is(t.p[at], NJ_IS_WORD);
    if ((kinds & NJ_EDGE_WORD) && before == behind)
        return false;
    return (kinds & NJ_EDGE_LINE) == 0 || at == 0 || at == t.n || t.p[at - 1] == '\n' || t.p[at] == '\n';
}

/* The earliest beginning of a match that ends at byte end, or NJ_NPOS. */
static size_t first_begin(const struct nj_automaton *a, struct nj_str t, size_t from, size_t end)
{
    const struct nj_shift *s = &a->back;
    nj_bits state = s->idle;
    size_t best = NJ_NPOS;
    for (size_t at = end; at > from && state != 0; at--) {
        state = step(s, state, t.p[at - 1]);
        if ((state & s->accept) != 0 && is_edge(t, at - 1, a->begin))
            best = at - 1;
    }
    return best;
}

static size_t last_end(const struct nj_automaton *a, struct nj_str t, size_t begin, size_t known)
{
    const struct nj_shift *s = &a->ahead;
    nj_bits state = s->idle;
    for (size_t at = begin; at < t.n && state != 0; at++) {
        state = step(s, state, t.p[at]);
        if ((state & s->accept) != 0 && at + 1 > known && is_edge(t, at + 1, a->end))
            known = at + 1;
    }
    return known;
}

bool nj_automaton_find(const struct nj_automaton *a, struct nj_str text, size_t from, struct nj_span *out)
{
    const struct nj_shift *s = &a->ahead;
    nj_bits state = s->idle;
    if (a->literal.n != 0 && nj_str_find(text, a->literal, from) == NJ_NPOS)
        return false;
    for (size_t at = from; at < text.n;) {
        if (state == s->idle) {
            while (at < text.n && !a->may_begin[(unsigned char)text.p[at]])
                at++;
            if (at == text.n)
                return false;
        }
        state = step(s, state, text.p[at++]) | s->idle;
        if ((state & s->accept) == 0 || !is_edge(text, at, a->end))
            continue;
        size_t begin = first_begin(a, text, from, at);
        if (begin == NJ_NPOS)
            continue;
        *out = (struct nj_span){ begin, last_end(a, text, begin, at) };
        return true;
    }
    return false;
}

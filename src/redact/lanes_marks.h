/* src/redact/lanes_marks.h -- the marking of one block, written once for every width of vector; included by lanes.c alone.
 *
 * The includer defines NJ_MARKS_NAME and NJ_MARKS_SETS (names), NJ_MARKS_TARGET (attributes), NJ_MARKS_LANE and NJ_MARKS_SIGNED (vector types),
 * NJ_MARKS_BITS(v), the top bits of the bytes of v, and where the constants come from: NJ_MARKS_CONSTANTS, a declaration, and
 * NJ_MARKS_ALL(name, c), the byte c everywhere; and NJ_MARKS_LOOKUP(table, v), for each byte of v, which is below 16, that
 * one of the table. */

#define ALL(name)   NJ_MARKS_ALL(name, (uint8_t)(BYTE_##name))
#define IS(v, name) ((NJ_MARKS_LANE)((v) == ALL(name)))
#define BELOW(v, name)                                                                                                                     \
    ((NJ_MARKS_LANE)((NJ_MARKS_SIGNED)(v) < (NJ_MARKS_SIGNED)ALL(name))) /* one instruction where there is no unsigned form */
#define IS_DIGIT(v) BELOW((v)-ALL(digit), digits)
#define SOME(v)     ((NJ_MARKS_LANE)((v) != 0))
/* The rows whose sets hold a byte and the two before it. */
#define ROWS_AT(rows, place, v) (NJ_MARKS_LOOKUP((rows).low[place], (v)&ALL(half)) & NJ_MARKS_LOOKUP((rows).high[place], (v) >> 4))
#define ROWS_OF(rows)           (ROWS_AT(rows, 0, v) & ROWS_AT(rows, 1, v1) & ROWS_AT(rows, 2, v2))
#define MARK(set, bits)         ((set) |= (uint64_t)NJ_MARKS_BITS(bits) << i)

/* Of the bytes before byte to, which is a constant. */
NJ_MARKS_TARGET INLINE void NJ_MARKS_SETS(struct sets *sets, const char *p, unsigned to)
{
    struct sets s = { 0 };
#pragma GCC unroll 4
    for (unsigned i = 0; i < to; i += sizeof(NJ_MARKS_LANE)) {
        NJ_MARKS_CONSTANTS;
        NJ_MARKS_LANE v, v1, v2; /* and what stands one and two places before */
        memcpy(&v, p + i, sizeof(v));
        memcpy(&v1, p + i - 1, sizeof(v));
        memcpy(&v2, p + i - 2, sizeof(v));
        MARK(s.digit, IS_DIGIT(v));
        MARK(s.letter, BELOW((v | ALL(caps)) - ALL(letter), letters));
        MARK(s.dash, IS(v, dash) | IS(v, under));
        MARK(s.gap, IS(v, space) | IS(v | ALL(three), slash)); /* comma, hyphen, dot, slash */
        MARK(s.colon, IS(v, colon));
        MARK(s.equals, IS(v | ALL(one), equals)); /* or '<' */
        MARK(s.stop, IS(v, quote) | IS(v, backslash));
        /* As signed bytes, what is not ASCII is below the space too; neither tab nor newline. */
        MARK(s.odd, (BELOW(v, space) & ~(IS(v, tab) | IS(v, newline))) | IS(v, delete));
        NJ_MARKS_LANE more = ROWS_OF(nj_lane_more);
        MARK(s.rare, SOME(more & ALL(rare_rows)));
        MARK(s.words, SOME(ROWS_OF(nj_lane_words) | ROWS_OF(nj_lane_places) | (more & ~ALL(rare_rows))));
    }
    *sets = s;
}

NJ_MARKS_TARGET static void NJ_MARKS_NAME(struct nj_marker *m, const char *p, size_t n, struct nj_marks *out)
{
    struct sets s;
    if (n > NJ_BLOCK / 2)
        NJ_MARKS_SETS(&s, p, NJ_BLOCK);
    else
        NJ_MARKS_SETS(&s, p, NJ_BLOCK / 2);
    combine(m, &s, out);
}

#undef ALL
#undef IS
#undef BELOW
#undef IS_DIGIT
#undef SOME
#undef ROWS_AT
#undef ROWS_OF
#undef MARK

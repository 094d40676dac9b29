/* src/redact/lanes_marks.h -- what the bytes of one vector are, written once for every width; included by lanes.c alone.
 *
 * The includer defines NJ_MARKS_SETS and NJ_MARKS_SEEN (names), NJ_MARKS_TARGET (attributes), NJ_MARKS_LANE and NJ_MARKS_SIGNED (vector types),
 * NJ_MARKS_BITS(v), the top bits of the bytes of v, and where the constants come from: NJ_MARKS_CONSTANTS, a declaration, and
 * NJ_MARKS_ALL(name, c), the byte c everywhere; and NJ_MARKS_LOOKUP(table, v), for each byte of v, which is below 16, that
 * one of the table. */

#define ALL(name)   NJ_MARKS_ALL(name, (uint8_t)(BYTE_##name))
#define IS(v, name) ((NJ_MARKS_LANE)((v) == ALL(name)))
#define BELOW(v, name)                                                                                                                     \
    ((NJ_MARKS_LANE)((NJ_MARKS_SIGNED)(v) < (NJ_MARKS_SIGNED)ALL(name))) /* one instruction where there is no unsigned form */
#define IS_DIGIT(v) BELOW((v)-ALL(digit), digits)
#define NONE(v)     ((NJ_MARKS_LANE)((v) == 0))
/* The rows whose sets hold a byte and the two before it. */
#define ROWS_AT(rows, place, v) (NJ_MARKS_LOOKUP((rows).low[place], (v)&ALL(half)) & NJ_MARKS_LOOKUP((rows).high[place], (v) >> 4))
#define ROWS_OF(rows, of)       (ROWS_AT(rows, 0, (of)->v) & ROWS_AT(rows, 1, (of)->v1) & ROWS_AT(rows, 2, (of)->v2))
/* of is a macro that says of one lane what is to be marked. */
#define MARK(kind, of) (s->kind = NJ_MARKS_BITS(of(a)) | (b != NULL ? (uint64_t)NJ_MARKS_BITS(of(b)) << up : 0))

#define DIGITS(of)  IS_DIGIT((of)->v)
#define LETTERS(of) BELOW(((of)->v | ALL(caps)) - ALL(letter), letters)
#define DASHES(of)  (IS((of)->v, dash) | IS((of)->v, under))
#define GAPS(of)    (IS((of)->v, space) | IS((of)->v | ALL(three), slash)) /* comma, hyphen, dot, slash */
#define COLONS(of)  IS((of)->v, colon)
#define EQUALS(of)  IS((of)->v | ALL(one), equals) /* or '<' */
#define STOPS(of)   (IS((of)->v, quote) | IS((of)->v, backslash))
/* One further on, as signed bytes, what is not ASCII is below the space too, and so is the delete; neither tab nor newline. */
#define ODD(of)      (BELOW((of)->v + ALL(one), past_space) & ~BELOW((of)->v - ALL(tab), tab_and_newline))
#define COMMON(of)   NONE((of)->more &ALL(rare_rows))
#define WORDLESS(of) NONE((of)->words | ((of)->more & ALL(other_rows)))

struct NJ_MARKS_SEEN {
    NJ_MARKS_LANE v, v1, v2; /* a lane, and what stands one and two places before each byte */
    NJ_MARKS_LANE more, words;
};

/* Of one lane, or of two, the second of which begins at byte up; what both hold is the same in both. */
NJ_MARKS_TARGET INLINE void NJ_MARKS_SETS(struct sets *s, struct NJ_MARKS_SEEN *a, struct NJ_MARKS_SEEN *b, unsigned up)
{
    NJ_MARKS_CONSTANTS;
    MARK(digit, DIGITS);
    MARK(letter, LETTERS);
    MARK(dash, DASHES);
    MARK(gap, GAPS);
    MARK(colon, COLONS);
    MARK(equals, EQUALS);
    MARK(stop, STOPS);
    MARK(odd, ODD);
    a->more = ROWS_OF(nj_lane_more, a);
    a->words = ROWS_OF(nj_lane_words, a) | ROWS_OF(nj_lane_places, a);
    if (b != NULL) {
        b->more = ROWS_OF(nj_lane_more, b);
        b->words = ROWS_OF(nj_lane_words, b) | ROWS_OF(nj_lane_places, b);
    }
    MARK(common, COMMON);
    MARK(wordless, WORDLESS);
}

#undef ALL
#undef IS
#undef BELOW
#undef IS_DIGIT
#undef NONE
#undef ROWS_AT
#undef ROWS_OF
#undef MARK
#undef DIGITS
#undef LETTERS
#undef DASHES
#undef GAPS
#undef COLONS
#undef EQUALS
#undef STOPS
#undef ODD
#undef COMMON
#undef WORDLESS

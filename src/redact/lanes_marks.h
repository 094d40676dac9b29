/* src/redact/lanes_marks.h -- the marking of one block, written once for every width of vector; included by lanes.c alone.
 *
 * The includer defines NJ_MARKS_NAME, NJ_MARKS_TARGET (attributes), NJ_MARKS_LANE and NJ_MARKS_SIGNED (vector types) and
 * NJ_MARKS_BITS(v), the top bits of the bytes of v. */

#define EQ(v, c)     ((NJ_MARKS_LANE)((v) == (c)))
#define BELOW(v, c)  ((NJ_MARKS_LANE)((NJ_MARKS_SIGNED)(v) < (c))) /* one instruction where there is no unsigned form */
#define MARK(set, v) ((set) |= (uint64_t)NJ_MARKS_BITS(v) << i)

NJ_MARKS_TARGET static void NJ_MARKS_NAME(struct nj_marker *m, const char *p, struct nj_marks *out)
{
    struct sets s = { 0 };
#pragma GCC unroll 4
    for (unsigned i = 0; i < NJ_BLOCK; i += sizeof(NJ_MARKS_LANE)) {
        NJ_MARKS_LANE v, v1, v2; /* and what stands one and two places before */
        memcpy(&v, p + i, sizeof(v));
        memcpy(&v1, p + i - 1, sizeof(v));
        memcpy(&v2, p + i - 2, sizeof(v));
        MARK(s.digit, BELOW(v - 0xb0, -118));
        MARK(s.letter, BELOW((v | 0x20) - 0xe1, -102));
        MARK(s.dash, EQ(v, '-') | EQ(v, '_'));
        MARK(s.gap, EQ(v, ' ') | EQ(v | 3, '/')); /* comma, hyphen, dot, slash */
        MARK(s.colon, EQ(v, ':'));
        MARK(s.equals, EQ(v | 1, '=')); /* or '<' */
        MARK(s.stop, EQ(v, '"') | EQ(v, '\\'));
        MARK(s.odd, BELOW(v, 0x20) | EQ(v, 0x7f)); /* as signed bytes: what is not ASCII too */
        MARK(s.line, EQ(v, '\t') | EQ(v, '\n'));
        /* Letters that differ in a bit or two are compared with those bits set; what else gets through is refused by the shapes. */
        NJ_MARKS_LANE rare = EQ(v, '@') | EQ(v, '~') | EQ(v, '+') | EQ(v & 0xfe, '$'); /* and '%' */
        rare |= EQ(v, 'B') & EQ(v1, '-');
        rare |= EQ(v2 | 0x20, 'b') & EQ(v1 | 0x24, 'e') & EQ(v | 0x32, 's'); /* b, a or e, a or s */
        MARK(s.rare, rare);
        NJ_MARKS_LANE low = v | 0x20, low1 = v1 | 0x20, low2 = v2 | 0x20;
        NJ_MARKS_LANE words = (EQ(low, 'w') & EQ(low1, 's')) | (EQ(low, 'd') & EQ(low1, 'w'));
        words |= (EQ(low, 'k') & EQ(low1, 'o') & EQ(low2, 't')) | (EQ(low, 'r') & EQ(low1, 'c') & EQ(low2, 'e'));
        words |= EQ(low, 'y') & EQ(low1, 'e') & EQ(low2, 'k');
        words |= EQ(v1, ' ') &
                 ((BELOW(v - 0xb0, -118) & (EQ(low2 | 3, 's') | EQ(low2, 'e') | EQ(low2, 'n'))) | (EQ(v | 5, '\'') & EQ(low2, 'y')));
        words |= EQ(low1, 's') & EQ(low2, 's') & (EQ(low, 'p') | EQ(low, 'c'));
        words |= (EQ(v1, '-') & EQ(v2, ' ')) | (EQ(v, 'u') & EQ(v1, '\\'));
        words |= EQ(v, ';') & (EQ(v1, 't') | BELOW(v1 - 0xb0, -118));
        MARK(s.words, words);
    }
    combine(m, &s, out);
}

#undef EQ
#undef BELOW
#undef MARK

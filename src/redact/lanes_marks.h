/* src/redact/lanes_marks.h -- the marking of one block, written once for every width of vector; included by lanes.c alone.
 *
 * The includer defines NJ_MARKS_NAME and NJ_MARKS_SETS (names), NJ_MARKS_TARGET (attributes), NJ_MARKS_LANE and NJ_MARKS_SIGNED (vector types),
 * NJ_MARKS_BITS(v), the top bits of the bytes of v, and where the constants come from: NJ_MARKS_CONSTANTS, a declaration, and
 * NJ_MARKS_ALL(name, c), the byte c everywhere. */

#define ALL(name)   NJ_MARKS_ALL(name, (uint8_t)(BYTE_##name))
#define IS(v, name) ((NJ_MARKS_LANE)((v) == ALL(name)))
#define BELOW(v, name)                                                                                                                     \
    ((NJ_MARKS_LANE)((NJ_MARKS_SIGNED)(v) < (NJ_MARKS_SIGNED)ALL(name))) /* one instruction where there is no unsigned form */
#define IS_DIGIT(v)     BELOW((v)-ALL(digit), digits)
#define MARK(set, bits) ((set) |= (uint64_t)NJ_MARKS_BITS(bits) << i)

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
        NJ_MARKS_LANE low = v | ALL(caps), low1 = v1 | ALL(caps), low2 = v2 | ALL(caps), digit = IS_DIGIT(v);
        MARK(s.digit, digit);
        MARK(s.letter, BELOW(low - ALL(letter), letters));
        MARK(s.dash, IS(v, dash) | IS(v, under));
        MARK(s.gap, IS(v, space) | IS(v | ALL(three), slash)); /* comma, hyphen, dot, slash */
        MARK(s.colon, IS(v, colon));
        MARK(s.equals, IS(v | ALL(one), equals)); /* or '<' */
        MARK(s.stop, IS(v, quote) | IS(v, backslash));
        /* As signed bytes, what is not ASCII is below the space too; neither tab nor newline. */
        MARK(s.odd, (BELOW(v, space) & ~(IS(v, tab) | IS(v, newline))) | IS(v, delete));
        /* Letters that differ in a bit or two are compared with those bits set; what else gets through is refused by the shapes. */
        NJ_MARKS_LANE rare = IS(v, at) | IS(v, tilde) | IS(v, plus) | IS(v & ALL(even), dollar); /* and '%' */
        rare |= IS(v, B) & IS(v1, dash);
        rare |= IS(low2, b) & IS(v1 | ALL(a_or_e), e) & IS(v | ALL(a_or_s), s); /* b, a or e, a or s */
        MARK(s.rare, rare);
        NJ_MARKS_LANE s1 = IS(low1, s), s2 = IS(low2, s), e1 = IS(low1, e);
        NJ_MARKS_LANE words = (IS(low, w) & (s1 | IS(low1, n))) | (IS(low, d) & IS(low1, w));
        words |= (IS(low, k) & IS(low1, o) & IS(low2, t)) | (IS(low, r) & IS(low1, c) & IS(low2, e));
        words |= IS(low, y) & e1 & IS(low2, k);
        NJ_MARKS_LANE number = digit & (IS(low2 | ALL(three), s) | IS(low2, e) | IS(low2, n));
        NJ_MARKS_LANE quoted = IS(v | ALL(five), apostrophe) & IS(low2, y), place = IS(low2, t) & (IS(v, u) | IS(v, l));
        words |= (IS(v1, space) & (number | quoted | place)) | (IS(v, u) & IS(v1, under)); /* "net user", "vault login", "add_user" */
        words |= s1 & s2 & (IS(low, p) | IS(low, c) | IS(v, space));
        words |= IS(low, r) & IS(low1, u) & IS(low2, o);
        words |= IS(v, space) & IS(v1 | ALL(six), N);                            /* "AUTH ", "LOGIN " */
        words |= (IS(v1, dash) & IS(v2 | ALL(seven), apostrophe)) | IS(v1, tab); /* behind a space or a quote */
        words |= (IS(v, u) | IS(v, x)) & IS(v1, backslash);
        words |= IS(v, semicolon);
        MARK(s.words, words);
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
#undef MARK

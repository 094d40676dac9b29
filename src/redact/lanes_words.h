/* src/redact/lanes_words.h -- which three bytes in a row are marked as words, or as rare; for lanes.c.
 *
 * A row is three sets: of the byte that is marked, of the one before it and of the one before that.  A set is all bytes whose lower half is
 * among its lower ones and whose upper half is among its upper ones, so that two look-ups in sixteen bytes tell of eight rows at once.  What
 * a set holds beyond the letters that are meant is refused by the shapes. */
#ifndef NIGHTJAR_REDACT_LANES_WORDS_H
#define NIGHTJAR_REDACT_LANES_WORDS_H

#include "lanes.h"

#define LOW(c)        1u << ((c)&15)
#define HIGH(c)       1u << ((c) >> 4)
#define CASES(c)      HIGH(c) | HIGH((c)-0x20) /* of a small letter */
#define ONE(c)        (LOW(c)), (HIGH(c))
#define TWO(a, b)     (LOW(a) | LOW(b)), (HIGH(a) | HIGH(b))
#define LETTER(c)     (LOW(c)), (CASES(c))
#define LETTERS(a, b) (LOW(a) | LOW(b)), (CASES(a) | CASES(b))
#define ANY_DIGIT     (0x03ffu), (HIGH('0'))
#define ANY           (0xffffu), (0xffffu)

/* ROW(n, bit, two bytes before, one byte before, the byte) */
/* clang-format off */
#define WORDS(ROW, n)                                                                                                                      \
    ROW(n, 0, ANY,         LETTER('s'), LETTER('w')) /* password */                                                                        \
    ROW(n, 1, ANY,         LETTER('w'), LETTER('d')) /* passwd, pwd */                                                                     \
    ROW(n, 2, LETTER('n'), LETTER('n'), LETTER('w')) /* Kennwort */                                                                        \
    ROW(n, 3, LETTER('t'), LETTER('o'), LETTER('k'))                                                                                       \
    ROW(n, 4, LETTER('e'), LETTER('c'), LETTER('r')) /* secret */                                                                          \
    ROW(n, 5, LETTER('k'), LETTER('e'), LETTER('y'))                                                                                       \
    ROW(n, 6, LETTER('o'), LETTER('u'), LETTER('r')) /* your code */                                                                       \
    ROW(n, 7, LETTER('s'), LETTER('s'), (LOW('p') | LOW('c') | LOW('h')), (CASES('p') | CASES('c') | HIGH(' '))) /* passphrase, passcode, "pass ", {SSHA} */

#define PLACES(ROW, n)                                                                                                                     \
    ROW(n, 0, (LOW('s') | LOW('p') | LOW('e') | LOW('n')), (CASES('s') | CASES('e')), ONE(' '), ANY_DIGIT) /* is, otp, code, pin */        \
    ROW(n, 1, LETTER('y'),   ONE(' '),       TWO('"', '\''))                                                                               \
    ROW(n, 2, (LOW('T') | LOW('I') | LOW('B')), (HIGH('T') | HIGH('I')), (LOW('H') | LOW('N') | LOW('Y')), (HIGH('H') | HIGH('Y')), ONE(' ')) /* "AUTH ", "LOGIN ", "BY " */ \
    ROW(n, 3, (LOW(' ') | LOW('"') | LOW('\'')), (HIGH(' ')), ONE('-'), ANY) /* an option */                                               \
    ROW(n, 4, LETTER('t'),   ONE(' '),       ONE('u')) /* net user */                                                                      \
    ROW(n, 5, LETTER('t'),   ONE(' '),       ONE('l')) /* vault login */                                                                   \
    ROW(n, 6, TWO('d', 'e'), ONE('_'),       ONE('u')) /* add_user */                                                                      \
    ROW(n, 7, ANY,           ONE('\t'),      ANY)

enum { RARE_ROWS = 31 }; /* the first five */
#define MORE(ROW, n)                                                                                                                       \
    ROW(n, 0, ANY,           ANY,              ONE('@'))                                                                                   \
    ROW(n, 1, ANY,           ANY,              (LOW('$') | LOW('%') | LOW('+')), (HIGH('$')))                                              \
    ROW(n, 2, ANY,           ONE('Q'),         ONE('~'))                                                                                   \
    ROW(n, 3, ANY,           ONE('-'),         ONE('B'))                                                                                   \
    ROW(n, 4, LETTER('b'),   LETTERS('a', 'e'), LETTERS('a', 's')) /* Basic, Bearer */                                                     \
    ROW(n, 5, ANY,           ONE('\\'),        TWO('u', 'x'))                                                                              \
    ROW(n, 6, ANY,           ONE('t'),         ONE(';')) /* &lt; &gt; &quot; */                                                            \
    ROW(n, 7, ANY,           ANY_DIGIT,        ONE(';')) /* &#39; */
/* clang-format on */

/* The rows, a bit each, that have a byte of that half in their set; of the byte itself, the one before it, and the one before that. */
struct nj_lane_rows {
    _Alignas(32) uint8_t low[3][32], high[3][32]; /* twice the same sixteen, for lanes of 32 bytes */
};

#define LOW_0(n, bit, l2, h2, l1, h1, l0, h0)  | ((l0) >> (n)&1) << (bit)
#define LOW_1(n, bit, l2, h2, l1, h1, l0, h0)  | ((l1) >> (n)&1) << (bit)
#define LOW_2(n, bit, l2, h2, l1, h1, l0, h0)  | ((l2) >> (n)&1) << (bit)
#define HIGH_0(n, bit, l2, h2, l1, h1, l0, h0) | ((h0) >> (n)&1) << (bit)
#define HIGH_1(n, bit, l2, h2, l1, h1, l0, h0) | ((h1) >> (n)&1) << (bit)
#define HIGH_2(n, bit, l2, h2, l1, h1, l0, h0) | ((h2) >> (n)&1) << (bit)
/* A set is two arguments once it is written out. */
#define TO_LOW_0(...)     LOW_0(__VA_ARGS__)
#define TO_LOW_1(...)     LOW_1(__VA_ARGS__)
#define TO_LOW_2(...)     LOW_2(__VA_ARGS__)
#define TO_HIGH_0(...)    HIGH_0(__VA_ARGS__)
#define TO_HIGH_1(...)    HIGH_1(__VA_ARGS__)
#define TO_HIGH_2(...)    HIGH_2(__VA_ARGS__)
#define FOUR(rows, to, n) 0 rows(to, n), 0 rows(to, n + 1), 0 rows(to, n + 2), 0 rows(to, n + 3)
#define HALF(rows, to)    FOUR(rows, to, 0), FOUR(rows, to, 4), FOUR(rows, to, 8), FOUR(rows, to, 12)
#define BOTH(rows, to)                                                                                                                     \
    {                                                                                                                                      \
        HALF(rows, to), HALF(rows, to)                                                                                                     \
    }
#define TABLES(rows)                                                                                                                       \
    {                                                                                                                                      \
        .low = { BOTH(rows, TO_LOW_0), BOTH(rows, TO_LOW_1), BOTH(rows, TO_LOW_2) },                                                       \
        .high = { BOTH(rows, TO_HIGH_0), BOTH(rows, TO_HIGH_1), BOTH(rows, TO_HIGH_2) },                                                   \
    }

static const struct nj_lane_rows nj_lane_words = TABLES(WORDS), nj_lane_places = TABLES(PLACES), nj_lane_more = TABLES(MORE);

#undef LOW
#undef HIGH
#undef LETTER
#undef LETTERS
#undef CASES
#undef HALF

#endif

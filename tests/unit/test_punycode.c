/* Tests of labels of domain names; the wanted ones are those of RFC 3492 section 7.1 and of another implementation. */
#include "nightjar/punycode.h"
#include "unit.h"

START_TEST(test_punycode_of_labels)
{
    static const struct {
        const char *in, *want;
    } rows[] = {
        { "m\xc3\xbcnchen", "xn--mnchen-3ya" },
        { "b\xc3\xbc"
          "cher",
          "xn--bcher-kva" },
        { "\xe4\xbb\x96\xe4\xbb\xac\xe4\xb8\xba\xe4\xbb\x80\xe4\xb9\x88\xe4\xb8\x8d\xe8\xaf\xb4\xe4\xb8\xad\xe6\x96\x87",
          "xn--ihqwcrb4cv8a8dqg056pqjye" },
        { "3\xe5\xb9\xb4"
          "B\xe7\xb5\x84\xe9\x87\x91\xe5\x85\xab\xe5\x85\x88\xe7\x94\x9f",
          "xn--3B-ww4c5e180e575a65lsy2b" },
        { "\xd0\xbf\xd0\xbe\xd1\x87\xd0\xb5\xd0\xbc\xd1\x83\xd0\xb6\xd0\xb5\xd0\xbe\xd0\xbd\xd0\xb8\xd0\xbd\xd0\xb5\xd0\xb3\xd0\xbe\xd0\xb2"
          "\xd0\xbe\xd1\x80\xd1\x8f\xd1\x82\xd0\xbf\xd0\xbe\xd1\x80\xd1\x83\xd1\x81\xd1\x81\xd0\xba\xd0\xb8",
          "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l" },
        { "\xf0\x9f\x98\x80", "xn--e28h" },
        { "\xc3\xbc", "xn--tda" },
        { "\xc3\xb1"
          "and\xc3\xba-2",
          "xn--and-2-nta0e" },
        { "ihqwcrb", "" },
        { "\xff\xfe", "" },
        { "", "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char out[NJ_PUNYCODE_MAX];
        size_t n = nj_punycode(nj_str_of(rows[i].in), out);
        ck_assert_view_eq(((struct nj_str){ out, n }), rows[i].want);
    }
}
END_TEST

START_TEST(test_punycode_has_bounds)
{
    char in[4 * NJ_PUNYCODE_POINTS + 8], out[NJ_PUNYCODE_MAX];
    for (size_t points = 1; points <= NJ_PUNYCODE_POINTS + 1; points++) {
        for (size_t i = 0; i < points; i++) /* far apart, so that their numbers are long */
            memcpy(in + 4 * i, i % 2 == 0 ? "\xf4\x8f\xbf\xbf" : "\xf0\x90\x80\x80", 4);
        size_t n = nj_punycode((struct nj_str){ in, 4 * points }, out);
        ck_assert(n <= NJ_PUNYCODE_MAX && (points != 1 || n > 4) && (points <= NJ_PUNYCODE_POINTS || n == 0));
    }
    memset(in, 'a', NJ_PUNYCODE_POINTS);
    memcpy(in + NJ_PUNYCODE_POINTS - 2, "\xc3\xbc", 2);
    ck_assert_uint_eq(nj_punycode((struct nj_str){ in, NJ_PUNYCODE_POINTS }, out), 0); /* with its prefix it has no room */
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_punycode_of_labels)                                                                                                             \
    X(test_punycode_has_bounds)

NJ_TEST_MAIN("punycode")

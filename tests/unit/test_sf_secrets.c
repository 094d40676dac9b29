/* The sample function's invented secrets are what they claim to be, and always the same. */
#include "../emulator/sf_app.h"
#include "../emulator/sf_secrets.h"
#include "unit.h"

static struct nj_buf made(enum sf_kind kind, unsigned i)
{
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    sf_secret_add(&b, kind, i);
    ck_assert_int_eq(b.err, NJ_OK);
    return b;
}

START_TEST(test_cards_pass_the_luhn_check)
{
    for (unsigned i = 1; i <= sf_secret_count(SF_CARD); i++) {
        struct nj_buf b = made(SF_CARD, i);
        unsigned sum = 0;
        ck_assert_uint_eq(b.n, 16);
        for (size_t k = 0; k < 16; k++) {
            unsigned d = (unsigned)(b.p[15 - k] - '0') << (k % 2);
            sum += d > 9 ? d - 9 : d;
        }
        ck_assert_uint_eq(sum % 10, 0);
        nj_buf_fini(&b);
    }
}
END_TEST

START_TEST(test_tokens_decode_to_a_header_and_claims)
{
    struct nj_buf jwt = made(SF_JWT, 3), text;
    struct nj_str rest = nj_buf_str(&jwt), part;
    nj_buf_init(&text, 1000);
    ck_assert(nj_str_cut(&rest, '.', &part));
    ck_assert(sf_unbase64(&text, part));
    ck_assert_view_eq(nj_buf_str(&text), "{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    nj_buf_reset(&text);
    ck_assert(nj_str_cut(&rest, '.', &part));
    ck_assert(sf_unbase64(&text, part));
    ck_assert(nj_str_starts(nj_buf_str(&text), NJ_STR("{\"sub\":\"user-3\"")));
    ck_assert_uint_eq(rest.n, 43);
    nj_buf_fini(&jwt);
    nj_buf_fini(&text);
}
END_TEST

START_TEST(test_values_differ_from_each_other_and_repeat_themselves)
{
    for (int kind = 0; kind < SF_KINDS; kind++) {
        for (unsigned i = 1; i < sf_secret_count((enum sf_kind)kind); i++) {
            struct nj_buf a = made((enum sf_kind)kind, i), b = made((enum sf_kind)kind, i + 1), again = made((enum sf_kind)kind, i);
            ck_assert(!nj_str_eq(nj_buf_str(&a), nj_buf_str(&b)));
            ck_assert(nj_str_eq(nj_buf_str(&a), nj_buf_str(&again)));
            nj_buf_fini(&a);
            nj_buf_fini(&b);
            nj_buf_fini(&again);
        }
    }
}
END_TEST

START_TEST(test_a_person_is_known_by_the_email)
{
    struct nj_buf b = made(SF_EMAIL, 17);
    ck_assert_uint_eq(sf_person(nj_buf_str(&b)), 17);
    ck_assert_uint_eq(sf_person(NJ_STR("nobody@example.com")), 0);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_base64_goes_there_and_back)
{
    static const char bytes[] = "\x00\xff\xfe"
                                "ab";
    for (size_t n = 0; n < sizeof bytes; n++) {
        struct nj_buf coded, back;
        nj_buf_init(&coded, 100);
        nj_buf_init(&back, 100);
        sf_base64(&coded, (struct nj_str){ bytes, n }, false);
        ck_assert(sf_unbase64(&back, nj_buf_str(&coded)));
        ck_assert(nj_str_eq(nj_buf_str(&back), (struct nj_str){ bytes, n }));
        nj_buf_fini(&coded);
        nj_buf_fini(&back);
    }
    struct nj_buf none;
    nj_buf_init(&none, 100);
    ck_assert(!sf_unbase64(&none, NJ_STR("a b")));
    nj_buf_fini(&none);
}
END_TEST

START_TEST(test_query_members_are_found_and_decoded)
{
    static const struct {
        const char *query, *name, *want;
    } rows[] = {
        { "a=1&text=two+words%21&b", "text", "two words!" },
        { "a=1&b", "b", "" },
        { "a=%e2%82%AC", "a", "\xe2\x82\xac" },
        { "a=100%&b=%4", "a", "100%" },
        { "", "a", "" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_buf b;
        nj_buf_init(&b, 100);
        sf_query_text(nj_str_of(rows[i].query), rows[i].name, &b);
        ck_assert_view_eq(nj_buf_str(&b), rows[i].want);
        nj_buf_fini(&b);
    }
    ck_assert_uint_eq(sf_query_number(NJ_STR("ms=70"), "ms", 5, 60), 60);
    ck_assert_uint_eq(sf_query_number(NJ_STR("ms=x"), "ms", 5, 60), 5);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_cards_pass_the_luhn_check)                                                                                                      \
    X(test_tokens_decode_to_a_header_and_claims)                                                                                           \
    X(test_values_differ_from_each_other_and_repeat_themselves)                                                                            \
    X(test_a_person_is_known_by_the_email)                                                                                                 \
    X(test_base64_goes_there_and_back)                                                                                                     \
    X(test_query_members_are_found_and_decoded)

NJ_TEST_MAIN("sf_secrets")

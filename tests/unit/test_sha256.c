/* SHA-256: the published vectors, every way to cut the input, and both engines against each other. */
#include "nightjar/sha256.h"
#include "unit.h"

#include <stdio.h>

static void hex_of(char out[static 65], const uint8_t sum[static NJ_SHA256_LEN])
{
    for (size_t i = 0; i < NJ_SHA256_LEN; i++)
        snprintf(out + 2 * i, 3, "%02x", sum[i]);
}

static void check(const char *text, const char *want)
{
    uint8_t sum[NJ_SHA256_LEN];
    char hex[65];
    nj_sha256_of(sum, nj_str_of(text));
    hex_of(hex, sum);
    ck_assert_str_eq(hex, want);
}

static const struct {
    const char *text, *sum;
} vectors[] = {
    { "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
};

START_TEST(test_sha256_gives_the_published_sums_on_either_engine)
{
    for (int portable = 0; portable < 2; portable++) {
        nj_sha256_portable(portable);
        for (size_t i = 0; i < NJ_COUNT(vectors); i++)
            check(vectors[i].text, vectors[i].sum);
    }
    nj_sha256_portable(false);
}
END_TEST

START_TEST(test_sha256_of_a_million_letters_is_the_published_one)
{
    struct nj_sha256 s;
    uint8_t sum[NJ_SHA256_LEN];
    char piece[1000], hex[65];
    memset(piece, 'a', sizeof(piece));
    nj_sha256_init(&s);
    for (int i = 0; i < 1000; i++)
        nj_sha256_add(&s, piece, sizeof(piece));
    nj_sha256_finish(&s, sum);
    hex_of(hex, sum);
    ck_assert_str_eq(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

START_TEST(test_sha256_does_not_depend_on_where_the_input_is_cut)
{
    char text[200];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i * 7);
    for (size_t n = 0; n <= sizeof(text); n++) {
        uint8_t whole[NJ_SHA256_LEN], cut[NJ_SHA256_LEN];
        nj_sha256_portable(true);
        nj_sha256_of(whole, (struct nj_str){ text, n });
        nj_sha256_portable(false);
        for (size_t at = 0; at <= n; at++) {
            struct nj_sha256 s;
            nj_sha256_init(&s);
            nj_sha256_add(&s, text, at);
            nj_sha256_add(&s, text + at, n - at);
            nj_sha256_finish(&s, cut);
            ck_assert_mem_eq(cut, whole, NJ_SHA256_LEN);
        }
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_sha256_gives_the_published_sums_on_either_engine)                                                                               \
    X(test_sha256_of_a_million_letters_is_the_published_one)                                                                               \
    X(test_sha256_does_not_depend_on_where_the_input_is_cut)

NJ_TEST_MAIN("sha256")

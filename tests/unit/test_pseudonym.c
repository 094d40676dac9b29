/* HMAC-SHA-256 and pseudonyms: published vectors, sums computed elsewhere, and what must differ and what must not. */
#include "nightjar/hmac.h"
#include "nightjar/pseudonym.h"
#include "unit.h"

#include <stdio.h>

/* 32 bytes 00 01 02 ... 1f */
#define KEY_HEX    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define KEY_BASE64 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static struct nj_buf text;

static struct nj_pseudonyms *with_key(const char *key)
{
    struct nj_pseudonyms *p = NULL;
    ck_assert_int_eq(nj_pseudonyms_new(&p, nj_str_of(key), (struct nj_str){ NULL, 0 }), NJ_OK);
    return p;
}

static struct nj_str of(const struct nj_pseudonyms *p, enum nj_pseudonym_class class, const char *tenant, const char *value)
{
    nj_buf_reset(&text);
    nj_pseudonym_add(p, class, nj_str_of(tenant), nj_str_of(value), &text);
    return nj_buf_str(&text);
}

static void setup(void)
{
    nj_buf_init(&text, 4096);
}

static void teardown(void)
{
    nj_buf_fini(&text);
}

/* RFC 4231, test cases 1 to 4, 6 and 7. */
static const struct {
    size_t key_n;
    const char *data, *want;
    unsigned char key_byte;
    bool counting; /* the key counts up from 01 */
} rfc4231[] = {
    { 20, "Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7", 0x0b, false },
    { 4, "what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", 0, false },
    { 20, NULL, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe", 0xaa, false },
    { 25, NULL, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b", 0, true },
    { 131, "Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
      0xaa, false },
    { 131,
      "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used "
      "by "
      "the HMAC algorithm.",
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2", 0xaa, false },
};

START_TEST(test_hmac_gives_the_published_sums)
{
    for (size_t i = 0; i < NJ_COUNT(rfc4231); i++) {
        char key[131] = "Jefe", data[50], hex[2 * NJ_SHA256_LEN + 1];
        uint8_t sum[NJ_SHA256_LEN];
        struct nj_hmac_key k;
        struct nj_hmac h;
        for (size_t j = 0; j < rfc4231[i].key_n && i != 1; j++)
            key[j] = (char)(rfc4231[i].counting ? j + 1 : rfc4231[i].key_byte);
        memset(data, i == 2 ? 0xdd : 0xcd, sizeof(data));
        nj_hmac_key_init(&k, (struct nj_str){ key, rfc4231[i].key_n });
        nj_hmac_init(&h, &k);
        if (rfc4231[i].data == NULL)
            nj_hmac_add(&h, (struct nj_str){ data, sizeof(data) });
        else /* in two pieces */
            for (size_t cut = 0; cut < 2; cut++)
                nj_hmac_add(&h, nj_str_slice(nj_str_of(rfc4231[i].data), cut * 5, cut != 0 ? NJ_NPOS : 5));
        nj_hmac_finish(&h, sum);
        for (size_t j = 0; j < sizeof(sum); j++)
            snprintf(hex + 2 * j, 3, "%02x", sum[j]);
        ck_assert_str_eq(hex, rfc4231[i].want);
    }
}
END_TEST

/* The sums of these rows were computed with Python's hmac over the message the header describes. */
static const struct {
    enum nj_pseudonym_class class;
    const char *tenant, *value, *want;
} known[] = {
    { NJ_PSEUDONYM_EMAIL, NULL, "ada@example.com", "hmac:k3e34:7c8f36cfc2ffd62c" },
    { NJ_PSEUDONYM_EMAIL, NULL, "  Ada@Example.COM\n", "hmac:k3e34:7c8f36cfc2ffd62c" },
    { NJ_PSEUDONYM_EMAIL, NULL, "Ada%40example.com", "hmac:k3e34:7c8f36cfc2ffd62c" },
    { NJ_PSEUDONYM_USER, NULL, "ada@example.com", "hmac:k3e34:fbbf6907d540344e" },
    { NJ_PSEUDONYM_EMAIL, "blue", "ada@example.com", "hmac:k3e34:35ae08b416d88bc8" },
    { NJ_PSEUDONYM_IP, NULL, "203.0.113.7", "hmac:k3e34:ddb968e964bbdcad" },
    { NJ_PSEUDONYM_IP, NULL, "::ffff:203.0.113.7", "hmac:k3e34:ddb968e964bbdcad" },
    { NJ_PSEUDONYM_IP, NULL, "[::FFFF:CB00:7107]", "hmac:k3e34:ddb968e964bbdcad" },
    { NJ_PSEUDONYM_NET, NULL, "2001:db8::1", "hmac:k3e34:cb09371c36958ab7" },
    { NJ_PSEUDONYM_NET, NULL, "2001:DB8:0:0:ffff::2", "hmac:k3e34:cb09371c36958ab7" },
    { NJ_PSEUDONYM_IP, NULL, "2001:db8::1", "hmac:k3e34:0f8b82e4a5a8d74f" },
    { NJ_PSEUDONYM_IP, NULL, "2001:0DB8:0000::0001%eth0", "hmac:k3e34:0f8b82e4a5a8d74f" },
};

START_TEST(test_pseudonyms_are_the_ones_computed_elsewhere)
{
    struct nj_pseudonyms *p = with_key(KEY_HEX);
    for (size_t i = 0; i < NJ_COUNT(known); i++)
        ck_assert_view_eq(of(p, known[i].class, known[i].tenant, known[i].value), known[i].want);
    ck_assert(!nj_pseudonyms_weak(p));
    ck_assert(!nj_pseudonyms_ephemeral(p));
    nj_pseudonyms_free(p);
}
END_TEST

START_TEST(test_pseudonyms_of_one_key_do_not_depend_on_how_it_is_written)
{
    static const char *const forms[] = { KEY_HEX, KEY_BASE64, " " KEY_BASE64 "\n" };
    for (size_t i = 0; i < NJ_COUNT(forms); i++) {
        struct nj_pseudonyms *p = with_key(forms[i]);
        ck_assert_view_eq(of(p, NJ_PSEUDONYM_EMAIL, NULL, "ada@example.com"), "hmac:k3e34:7c8f36cfc2ffd62c");
        nj_pseudonyms_free(p);
    }
    struct nj_pseudonyms *url = with_key("k7:-__7__v_-__7__v_-__7__v_-__7__v_-__7__v_-_8");
    ck_assert_view_eq(of(url, NJ_PSEUDONYM_VALUE, NULL, "x"), "hmac:k7:b3719a2d9133cdb8");
    nj_pseudonyms_free(url);
}
END_TEST

START_TEST(test_pseudonyms_take_a_passphrase_but_call_it_weak)
{
    struct nj_pseudonyms *p = with_key("k12:correct horse");
    ck_assert_view_eq(of(p, NJ_PSEUDONYM_EMAIL, NULL, "ada@example.com"), "hmac:k12:2b48a95106d0496b");
    ck_assert(nj_pseudonyms_weak(p));
    nj_pseudonyms_free(p);
    p = with_key("a sentence of more than thirty-two letters");
    ck_assert(!nj_pseudonyms_weak(p));
    nj_pseudonyms_free(p);
    /* Not an id: too many digits, no digits. */
    p = with_key("k12345:correct horse");
    ck_assert_uint_eq(nj_pseudonyms_key_id(p).n, 5);
    ck_assert(!nj_str_starts(nj_pseudonyms_key_id(p), NJ_STR("k1234")) || nj_pseudonyms_key_id(p).n == 5);
    nj_pseudonyms_free(p);
}
END_TEST

START_TEST(test_pseudonyms_separate_classes_and_tenants)
{
    struct nj_pseudonyms *p = with_key(KEY_HEX);
    uint64_t seen[2 * NJ_PSEUDONYM_CLASSES];
    size_t n = 0;
    for (unsigned c = 0; c < NJ_PSEUDONYM_CLASSES; c++)
        for (unsigned tenant = 0; tenant < 2; tenant++) {
            uint64_t tag = nj_pseudonym_tag(p, (enum nj_pseudonym_class)c, nj_str_of(tenant != 0 ? "blue" : "green"), NJ_STR("192.0.2.1"));
            for (size_t i = 0; i < n; i++)
                ck_assert_uint_ne(tag, seen[i]);
            seen[n++] = tag;
        }
    /* What is a tenant's end cannot be moved by control characters in it. */
    ck_assert_uint_ne(nj_pseudonym_tag(p, NJ_PSEUDONYM_VALUE, NJ_STR("a"),
                                       NJ_STR("b\x1f"
                                              "c")),
                      nj_pseudonym_tag(p, NJ_PSEUDONYM_VALUE,
                                       NJ_STR("a\x1f"
                                              "b"),
                                       NJ_STR("c")));
    nj_pseudonyms_free(p);
}
END_TEST

START_TEST(test_pseudonym_class_names_do_not_begin_with_each_other)
{
    for (unsigned a = 0; a < NJ_PSEUDONYM_CLASSES; a++)
        for (unsigned b = 0; b < NJ_PSEUDONYM_CLASSES; b++)
            ck_assert(a == b || !nj_str_starts(nj_pseudonym_class_names[a], nj_pseudonym_class_names[b]));
}
END_TEST

static const struct {
    enum nj_pseudonym_class class;
    const char *a, *b;
    bool same;
} pairs[] = {
    { NJ_PSEUDONYM_USER, "Ada", " ada ", true },
    { NJ_PSEUDONYM_USER,
      "\xef\xbc\xa1"
      "da",
      "ada", true }, /* full width */
    { NJ_PSEUDONYM_USER, "\xc3\x84rger", "\xc3\xa4rger", true },
    { NJ_PSEUDONYM_USER, "\xce\xa3\xce\x9f", "\xcf\x83\xce\xbf", true },
    { NJ_PSEUDONYM_USER, "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd", "\xd0\xb8\xd0\xb2\xd0\xb0\xd0\xbd", true },
    { NJ_PSEUDONYM_USER, "\xc5\xbd", "\xc5\xbe", true },
    { NJ_PSEUDONYM_USER, "\xc3\x97", "\xc3\xb7", false }, /* times is no capital of divided by */
    { NJ_PSEUDONYM_USER, "ada", "adb", false },
    { NJ_PSEUDONYM_EMAIL, "ada+x@example.com", "ada@example.com", false }, /* a tag changes identity */
    { NJ_PSEUDONYM_EMAIL, "joe@m\xc3\xbcnchen.example.de", "Joe@XN--MNCHEN-3YA.example.de", true },
    { NJ_PSEUDONYM_EMAIL, "joe@M\xc3\x9cNCHEN.de", "joe%40xn--mnchen-3ya.de", true },
    { NJ_PSEUDONYM_EMAIL, "m\xc3\xbc@example.com", "xn--m-eha@example.com", false }, /* the local part has no such form */
    { NJ_PSEUDONYM_USER, "joe@m\xc3\xbcnchen.de", "joe@xn--mnchen-3ya.de", false },
    { NJ_PSEUDONYM_SESSION, "AbC", "abc", false },
    { NJ_PSEUDONYM_PAN, "4242 4242-4242 4242", "4242424242424242", true },
    { NJ_PSEUDONYM_IP, "10.0.0.1", "10.0.0.01", false }, /* no address, so it stays what it is */
    { NJ_PSEUDONYM_NET, "10.0.0.1", "10.0.0.2", false },
    { NJ_PSEUDONYM_NET, "2001:db8:0:1::1", "2001:db8:0:2::1", false },
    { NJ_PSEUDONYM_USER, "\xff\xfe", "\xff", false },
};

START_TEST(test_pseudonyms_join_what_is_the_same_and_nothing_else)
{
    struct nj_pseudonyms *p = with_key(KEY_HEX);
    for (size_t i = 0; i < NJ_COUNT(pairs); i++) {
        struct nj_str none = { NULL, 0 };
        bool same = nj_pseudonym_tag(p, pairs[i].class, none, nj_str_of(pairs[i].a)) ==
                    nj_pseudonym_tag(p, pairs[i].class, none, nj_str_of(pairs[i].b));
        ck_assert_msg(same == pairs[i].same, "row %zu", i);
    }
    nj_pseudonyms_free(p);
}
END_TEST

START_TEST(test_pseudonyms_without_a_key_join_in_one_sandbox_only)
{
    struct nj_pseudonyms *a = with_key(NULL), *b = with_key("");
    struct nj_str none = { NULL, 0 };
    uint64_t tag = 0;
    ck_assert(nj_pseudonyms_ephemeral(a));
    ck_assert(!nj_pseudonyms_weak(a));
    ck_assert_int_eq(nj_pseudonyms_key_id(a).p[0], 'e');
    ck_assert_uint_eq(nj_pseudonym_tag(a, NJ_PSEUDONYM_IP, none, NJ_STR("192.0.2.1")),
                      nj_pseudonym_tag(a, NJ_PSEUDONYM_IP, none, NJ_STR("192.0.2.1")));
    ck_assert_uint_ne(nj_pseudonym_tag(a, NJ_PSEUDONYM_IP, none, NJ_STR("192.0.2.1")),
                      nj_pseudonym_tag(b, NJ_PSEUDONYM_IP, none, NJ_STR("192.0.2.1")));
    ck_assert(!nj_pseudonym_previous_tag(a, NJ_PSEUDONYM_IP, none, NJ_STR("192.0.2.1"), &tag));
    nj_pseudonyms_free(a);
    nj_pseudonyms_free(b);
    nj_pseudonyms_free(NULL);
}
END_TEST

START_TEST(test_pseudonyms_are_made_anew_for_a_clone_unless_a_key_was_given)
{
    struct nj_pseudonyms *made_up = with_key(NULL), *given = with_key(KEY_HEX);
    struct nj_str none = { NULL, 0 }, ada = NJ_STR("ada@example.com");
    char id[NJ_PSEUDONYM_ID_MAX + 1] = { 0 };
    uint64_t before = nj_pseudonym_tag(made_up, NJ_PSEUDONYM_EMAIL, none, ada);
    memcpy(id, nj_pseudonyms_key_id(made_up).p, nj_pseudonyms_key_id(made_up).n);
    nj_pseudonyms_renew(made_up);
    ck_assert(nj_pseudonyms_ephemeral(made_up));
    ck_assert_uint_ne(nj_pseudonym_tag(made_up, NJ_PSEUDONYM_EMAIL, none, ada), before);
    ck_assert_int_eq(nj_pseudonyms_key_id(made_up).p[0], 'e');
    ck_assert_msg(!nj_str_eq(nj_pseudonyms_key_id(made_up), nj_str_of(id)), "another key has another name");
    nj_pseudonyms_renew(given);
    ck_assert_view_eq(of(given, NJ_PSEUDONYM_EMAIL, NULL, "ada@example.com"), "hmac:k3e34:7c8f36cfc2ffd62c");
    nj_pseudonyms_free(made_up);
    nj_pseudonyms_free(given);
}
END_TEST

START_TEST(test_pseudonyms_of_the_previous_key_can_still_be_asked_for)
{
    struct nj_pseudonyms *p = NULL;
    struct nj_str none = { NULL, 0 }, ada = NJ_STR("ada@example.com");
    uint64_t before = 0;
    ck_assert_int_eq(nj_pseudonyms_new(&p, NJ_STR("k4:some other key of the team, and long enough"), NJ_STR(KEY_HEX)), NJ_OK);
    ck_assert(nj_pseudonym_previous_tag(p, NJ_PSEUDONYM_EMAIL, none, ada, &before));
    ck_assert_uint_eq(before, 0x7c8f36cfc2ffd62cu);
    ck_assert_uint_ne(nj_pseudonym_tag(p, NJ_PSEUDONYM_EMAIL, none, ada), before);
    nj_pseudonyms_free(p);
}
END_TEST

START_TEST(test_pseudonyms_bear_values_of_any_length)
{
    struct nj_pseudonyms *p = with_key(KEY_HEX);
    static char long_text[64 << 10];
    memset(long_text, 'A', sizeof(long_text));
    for (unsigned c = 0; c < NJ_PSEUDONYM_CLASSES; c++)
        for (size_t n = 0; n < sizeof(long_text); n = n * 2 + 1) {
            struct nj_str v = { long_text, n };
            ck_assert_uint_eq(nj_pseudonym_tag(p, (enum nj_pseudonym_class)c, v, v), nj_pseudonym_tag(p, (enum nj_pseudonym_class)c, v, v));
        }
    nj_pseudonyms_free(p);
}
END_TEST

START_TEST(test_pseudonym_classes_are_found_by_name)
{
    enum nj_pseudonym_class c = NJ_PSEUDONYM_VALUE;
    ck_assert(nj_pseudonym_class_find(NJ_STR("email"), &c));
    ck_assert_int_eq(c, NJ_PSEUDONYM_EMAIL);
    ck_assert(!nj_pseudonym_class_find(NJ_STR("e"), &c));
    ck_assert(!nj_pseudonym_class_find((struct nj_str){ NULL, 0 }, &c));
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_hmac_gives_the_published_sums)                                                                                                  \
    X(test_pseudonyms_are_the_ones_computed_elsewhere)                                                                                     \
    X(test_pseudonyms_of_one_key_do_not_depend_on_how_it_is_written)                                                                       \
    X(test_pseudonyms_take_a_passphrase_but_call_it_weak)                                                                                  \
    X(test_pseudonyms_separate_classes_and_tenants)                                                                                        \
    X(test_pseudonym_class_names_do_not_begin_with_each_other)                                                                             \
    X(test_pseudonyms_join_what_is_the_same_and_nothing_else)                                                                              \
    X(test_pseudonyms_without_a_key_join_in_one_sandbox_only)                                                                              \
    X(test_pseudonyms_are_made_anew_for_a_clone_unless_a_key_was_given)                                                                    \
    X(test_pseudonyms_of_the_previous_key_can_still_be_asked_for)                                                                          \
    X(test_pseudonyms_bear_values_of_any_length)                                                                                           \
    X(test_pseudonym_classes_are_found_by_name)

int main(void)
{
    Suite *s = suite_create("pseudonym");
    TCase *tc = tcase_create("pseudonym");
    tcase_add_checked_fixture(tc, setup, teardown);
    NJ_TESTS(NJ_ADD_TEST)
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Tests of templates: what a line becomes, which lines are one, and that floods stay within the limits. */
#include "unit.h"

#include "../../src/observe/template.h"
#include "observe_kit.h"

#include <stdio.h>

static struct nj_templates *t;
static struct nj_buf text;

static void setup(void)
{
    t = calloc(1, sizeof(*t));
    nj_buf_init(&text, 1 << 16);
}

static void teardown(void)
{
    free(t);
    nj_buf_fini(&text);
}

static struct nj_str text_of(const struct nj_cluster *c)
{
    nj_buf_reset(&text);
    nj_template_text(t, c, &text);
    return nj_buf_str(&text);
}

static const struct nj_cluster *learn(const char *line)
{
    return nj_templates_learn(t, nj_str_of(line));
}

START_TEST(test_template_what_varies_becomes_its_class)
{
    static const char *const rows[][2] = {
        { "took 12 ms", "took <num> ms" },
        { "took 12.5ms, 1,024 rows", "took <num>ms, <num> rows" },
        { "user 3d2c5f0a-1b2c-4d5e-8f90-a1b2c3d4e5f6 left", "user <uuid> left" },
        { "from 203.0.113.7:443 at 2026-11-23T07:15:01.123Z", "from <ip>:<num> at <time>" },
        { "2026-11-23 07:15:01,123 ERROR no", "<time> ERROR no" },
        { "07:15:01 ERROR no", "<time> ERROR no" },
        { "peer 2001:db8::1 gone", "peer <ip> gone" },
        { "std::vector a::b", "std::vector a::b" },
        { "commit deadbeef1 and 0xff", "commit <hex> and <hex>" },
        { "facade deadbeef", "facade deadbeef" }, /* without a digit it is a word */
        { "token aB3dE5fG7hI9 refused", "token <id> refused" },
        { "GET /users/42/orders/a-17 failed", "GET /users/<path>/orders/<path> failed" },
        { "GET /users/all failed", "GET /users/all failed" },
        { "bad name \"a rather long quoted value\"", "bad name <str>" },
        { "bad name \"short\"", "bad name \"short\"" },
        { "it's fine", "it's fine" },
        { "mail [email-3f1a] card [credit_card-4242] [secret]", "mail [email] card [credit_card] [secret]" },
        { "who [hmac:k1:0123456789abcdef]", "who [hmac]" },
        { "list [a, b]", "list [a, b]" },
        { "item7 http2", "item<num> http<num>" },
        { "  spaces \t between\n", "spaces between" },
        { "1.2.3.4.5", "<num>" },
        { "version 1.2.3", "version <num>" },
        { "h\xc3\xa9las 3", "h\xc3\xa9las <num>" },
        { "--- !", "--- !" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(text_of(learn(rows[i][0])), rows[i][1]);
    ck_assert_ptr_null(learn(""));
    ck_assert_ptr_null(learn(" \n\t"));
}
END_TEST

START_TEST(test_template_lines_that_differ_in_values_are_one_and_keep_their_id)
{
    uint64_t id = learn("cannot open file alpha for reading: denied")->id;
    ck_assert_uint_eq(learn("cannot open file beta for reading: denied")->id, id);
    const struct nj_cluster *c = learn("cannot open file gamma for writing: denied");
    ck_assert_uint_eq(c->id, id);
    ck_assert_view_eq(text_of(c), "cannot open file <*> for <*>: denied");
    ck_assert_uint_ne(learn("cannot open socket")->id, id);
    ck_assert_uint_ne(learn("timeout while calling upstream after 5 s")->id, id);
}
END_TEST

START_TEST(test_template_punctuation_alone_makes_no_likeness)
{
    uint64_t id = learn("alpha beta: (one) [two] {three}!")->id;
    ck_assert_uint_ne(learn("alpha beta: (x) [y] {z}!")->id, 0);
    ck_assert_uint_ne(learn("gamma delta: (four) [five] {six}!")->id, id);
}
END_TEST

START_TEST(test_template_same_line_gives_the_same_id_in_every_sandbox)
{
    uint64_t id = learn("connection 5 to db-3 refused")->id;
    memset(t, 0, sizeof(*t));
    learn("something else first");
    ck_assert_uint_eq(learn("connection 77 to db-9 refused")->id, id);
}
END_TEST

START_TEST(test_template_only_the_first_tokens_and_the_first_bytes_count)
{
    char line[4096], word[300];
    memset(word, 'w', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';
    int n = snprintf(line, sizeof(line), "first");
    for (int i = 0; i < 200; i++)
        n += snprintf(line + n, sizeof(line) - (size_t)n, " %c%c", 'a' + i % 26, 'a' + i / 26);
    uint64_t id = learn(line)->id;
    line[n - 1] = '?';
    ck_assert_uint_eq(learn(line)->id, id);
    snprintf(line, sizeof(line), "%s %s %s %s", word, word, word, word);
    const struct nj_cluster *c = learn(line);
    ck_assert_uint_le(c->bytes, NJ_TEMPLATE_MAX);
    ck_assert_uint_le(text_of(c).n, NJ_TEMPLATE_MAX);
    ck_assert_uint_eq(learn(line)->id, c->id);
}
END_TEST

/* What the tree holds must fit together after any flood. */
static void check_shape(void)
{
    size_t chained = 0, used = 0;
    for (size_t k = 0; k < NJ_CHAINS; k++)
        for (uint16_t i = t->chain[k]; i != 0; i = t->c[i - 1].next) {
            ck_assert_uint_eq(t->c[i - 1].key % NJ_CHAINS, k);
            ck_assert_uint_ne(t->c[i - 1].id, 0);
            ck_assert_uint_le(++chained, NJ_CLUSTERS);
        }
    for (size_t i = 0; i < NJ_CLUSTERS; i++) {
        used += t->c[i].id != 0;
        ck_assert_uint_le(t->c[i].at + t->c[i].bytes, t->stored);
        for (size_t j = 0; j < i; j++)
            ck_assert(t->c[i].id == 0 || t->c[j].id == 0 || t->c[i].at + t->c[i].bytes <= t->c[j].at ||
                      t->c[j].at + t->c[j].bytes <= t->c[i].at);
    }
    ck_assert_uint_eq(used, chained);
    ck_assert_uint_le(t->stored, NJ_TEMPLATE_STORE);
}

START_TEST(test_template_floods_of_new_words_stay_within_the_limits)
{
    struct dice d = { 6 };
    char line[600];
    uint64_t keep = learn("the one line that keeps coming back, number 1")->id;
    for (int i = 0; i < 60000; i++) {
        int n = 0;
        for (int w = 0, words = 1 + (int)(dice_next(&d) % 12); w < words; w++) {
            for (int k = 0, letters = 1 + (int)(dice_next(&d) % 40); k < letters; k++)
                line[n++] = (char)('a' + dice_next(&d) % 26);
            line[n++] = ' ';
        }
        ck_assert_ptr_nonnull(nj_templates_learn(t, (struct nj_str){ line, (size_t)n }));
        if (i % 50 == 0)
            ck_assert_uint_eq(learn("the one line that keeps coming back, number 2")->id, keep);
        if (i % 10000 == 0)
            check_shape();
    }
    check_shape();
}
END_TEST

START_TEST(test_template_any_bytes_are_a_line)
{
    struct dice d = { 8 };
    char line[300] = "";
    static const char pieces[] = "[]\"'`:/.-+0123456789abcfT Z\xff\xc3\n\\,xw";
    for (int i = 0; i < 100000; i++) {
        size_t n = dice_next(&d) % sizeof(line);
        for (size_t k = 0; k < n; k++)
            line[k] = pieces[dice_next(&d) % (sizeof(pieces) - 1)];
        char *exact = malloc(n + 1); /* so that a sanitizer sees a read beyond it */
        memcpy(exact, line, n);
        const struct nj_cluster *c = nj_templates_learn(t, (struct nj_str){ exact, n });
        free(exact);
        if (c != NULL)
            ck_assert_uint_le(text_of(c).n, NJ_TEMPLATE_MAX);
    }
    check_shape();
}
END_TEST

START_TEST(test_template_tables_are_within_their_budget)
{
    ck_assert_uint_le(sizeof(struct nj_templates), 52 << 10);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_template_what_varies_becomes_its_class)                                                                                         \
    X(test_template_lines_that_differ_in_values_are_one_and_keep_their_id)                                                                 \
    X(test_template_punctuation_alone_makes_no_likeness)                                                                                   \
    X(test_template_same_line_gives_the_same_id_in_every_sandbox)                                                                          \
    X(test_template_only_the_first_tokens_and_the_first_bytes_count)                                                                       \
    X(test_template_floods_of_new_words_stay_within_the_limits)                                                                            \
    X(test_template_any_bytes_are_a_line)                                                                                                  \
    X(test_template_tables_are_within_their_budget)

int main(void)
{
    Suite *s = suite_create("template");
    TCase *tc = tcase_create("template");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    NJ_TESTS(NJ_ADD_TEST)
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* tests/unit/redact_unit.h -- what the tests of the redactor share: one redactor, its output as text, its counts. */
#ifndef NIGHTJAR_TESTS_REDACT_UNIT_H
#define NIGHTJAR_TESTS_REDACT_UNIT_H

#include "redact_values.h"
#include "unit.h"

#include "nightjar/redact.h"

static struct nj_redactor *redactor;
static struct nj_buf redacted, counted;

static __attribute__((unused)) void use(const char *policy, const char *keys, const char *allow)
{
    struct nj_redact_options o = { .policy = nj_str_of(policy), .keys = nj_str_of(keys), .allow_keys = nj_str_of(allow) };
    nj_redactor_free(redactor);
    ck_assert_int_eq(nj_redactor_new(&redactor, &o), NJ_OK);
}

static __attribute__((unused)) void setup(void)
{
    nj_buf_init(&redacted, 64 << 20);
    nj_buf_init(&counted, 1 << 20);
    use(NULL, NULL, NULL);
}

static __attribute__((unused)) void teardown(void)
{
    nj_redactor_free(redactor);
    redactor = NULL;
    nj_buf_fini(&redacted);
    nj_buf_fini(&counted);
}

/* Valid until the next call. */
static __attribute__((unused)) struct nj_str text_of(struct nj_str in)
{
    nj_buf_reset(&redacted);
    nj_redact_text(redactor, in, &redacted);
    return nj_buf_str(&redacted);
}

static __attribute__((unused)) struct nj_str json_of(struct nj_str in)
{
    struct nj_json json;
    ck_assert_int_eq(nj_json_parse(in, &json), NJ_OK);
    nj_buf_reset(&redacted);
    nj_redact_json(redactor, json, &redacted);
    return nj_buf_str(&redacted);
}

static __attribute__((unused)) struct nj_str counts_of(void)
{
    nj_buf_reset(&counted);
    nj_redact_counts_take(redactor, &counted);
    return nj_buf_str(&counted);
}

#define ck_assert_text(in, want) ck_assert_view_eq(text_of(nj_str_of(in)), want)
#define ck_assert_json(in, want) ck_assert_view_eq(json_of(nj_str_of(in)), want)
#define ck_assert_text_stays(in) ck_assert_view_eq(text_of(nj_str_of(in)), in)
#define ck_assert_json_stays(in) ck_assert_view_eq(json_of(nj_str_of(in)), in)
#define ck_assert_counts(want)   ck_assert_view_eq(counts_of(), want)

/* Texts, and what becomes of them. */
struct row {
    const char *in, *want; /* NULL: nothing */
};

static inline void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_text(rows[i].in, rows[i].want != NULL ? rows[i].want : rows[i].in);
}

static inline void check_stays(const char *const *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        ck_assert_text_stays(rows[i]);
}

/* NJ_TEST_MAIN with a fresh redactor for every test. */
#define REDACT_TEST_MAIN(module)                                                                                                           \
    int main(void)                                                                                                                         \
    {                                                                                                                                      \
        Suite *s = suite_create(module);                                                                                                   \
        TCase *tc = tcase_create(module);                                                                                                  \
        tcase_set_timeout(tc, 120);                                                                                                        \
        tcase_add_checked_fixture(tc, setup, teardown);                                                                                    \
        NJ_TESTS(NJ_ADD_TEST)                                                                                                              \
        suite_add_tcase(s, tc);                                                                                                            \
        SRunner *r = srunner_create(s);                                                                                                    \
        srunner_run_all(r, CK_NORMAL);                                                                                                     \
        int failed = srunner_ntests_failed(r);                                                                                             \
        srunner_free(r);                                                                                                                   \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                                                                                  \
    }

/* last: the two digits behind 0 to 9. */
static __attribute__((unused)) void add_base64(struct nj_buf *out, struct nj_str in, const char *last, bool padded)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    for (size_t i = 0; i < in.n; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)in.p[i] << 16;
        v |= i + 1 < in.n ? (uint32_t)(unsigned char)in.p[i + 1] << 8 : 0;
        v |= i + 2 < in.n ? (unsigned char)in.p[i + 2] : 0;
        for (unsigned k = 0; k < 4; k++) {
            unsigned d = v >> (18 - 6 * k) & 63;
            if (k <= in.n - i)
                nj_buf_addc(out, d < 62 ? digits[d] : last[d - 62]);
            else if (padded)
                nj_buf_addc(out, '=');
        }
    }
}

#endif

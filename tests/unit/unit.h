/* tests/unit/unit.h -- what every unit test program shares: the main function and a few comparisons. */
#ifndef NIGHTJAR_TESTS_UNIT_H
#define NIGHTJAR_TESTS_UNIT_H

#include "nightjar/str.h"

#include <check.h>
#include <stdlib.h>

/* One test case per module; the tests of a file are listed in its NJ_TESTS(X) macro, once. */
#define NJ_ADD_TEST(name) tcase_add_test(tc, name);
#define NJ_TEST_MAIN(module)                                                                                                               \
    int main(void)                                                                                                                         \
    {                                                                                                                                      \
        Suite *s = suite_create(module);                                                                                                   \
        TCase *tc = tcase_create(module);                                                                                                  \
        tcase_set_timeout(tc, 60);                                                                                                         \
        NJ_TESTS(NJ_ADD_TEST)                                                                                                              \
        suite_add_tcase(s, tc);                                                                                                            \
        SRunner *r = srunner_create(s);                                                                                                    \
        srunner_run_all(r, CK_NORMAL);                                                                                                     \
        int failed = srunner_ntests_failed(r);                                                                                             \
        srunner_free(r);                                                                                                                   \
        return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;                                                                                  \
    }

/* Compares a view with a literal and shows both. */
#define ck_assert_view_eq(view, want)                                                                                                      \
    do {                                                                                                                                   \
        struct nj_str v_ = (view);                                                                                                         \
        struct nj_str w_ = nj_str_of(want);                                                                                                \
        ck_assert_msg(nj_str_eq(v_, w_), "got \"%.*s\", want \"%.*s\"", NJ_STR_ARG(v_), NJ_STR_ARG(w_));                                   \
    } while (0)

#endif

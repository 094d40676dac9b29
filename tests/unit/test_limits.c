/* Tests of NIGHTJAR_DETECT: what is taken, what is told, and that every row of the table is sound. */
#include "unit.h"

#include "nightjar/limits.h"

static struct nj_limits l;
static struct nj_buf told;
static int problems;

static void on_problem(void *ctx, struct nj_str sentence)
{
    (void)ctx;
    problems++;
    nj_buf_reset(&told);
    nj_buf_add(&told, sentence);
}

static void read_limits(const char *text)
{
    nj_buf_init(&told, 1024);
    problems = 0;
    nj_limits_read(&l, nj_str_of(text), on_problem, NULL);
}

START_TEST(test_limits_nothing_said_is_the_table)
{
    read_limits("");
    ck_assert_mem_eq(&l, &nj_limits_standard, sizeof(l));
    ck_assert_int_eq(l.guess_failures, 5);
    ck_assert_int_eq(l.guess_window, 600000);
    ck_assert_double_eq(l.stuffing_share, 0.8);
    nj_limits_read(&l, (struct nj_str){ NULL, 0 }, NULL, NULL);
    ck_assert_mem_eq(&l, &nj_limits_standard, sizeof(l));
}
END_TEST

START_TEST(test_limits_takes_counts_times_and_ratios)
{
    read_limits(" guess.failures = 8,stuffing.window=15m , slow.factor=3.5,expect=2s,slow.floor=250ms,guess.window=1d,,guess.failures=9");
    ck_assert_int_eq(problems, 0);
    ck_assert_int_eq(l.guess_failures, 9);
    ck_assert_int_eq(l.stuffing_window, 900000);
    ck_assert_double_eq(l.slow_factor, 3.5);
    ck_assert_int_eq(l.expect, 2000);
    ck_assert_int_eq(l.slow_floor, 250);
    ck_assert_int_eq(l.guess_window, 86400000);
    read_limits("expect=0");
    ck_assert_int_eq(problems, 0);
}
END_TEST

START_TEST(test_limits_what_cannot_be_taken_is_told_and_the_default_stays)
{
    static const struct {
        const char *in, *sentence;
    } rows[] = {
        { "guess.failure=8", "NIGHTJAR_DETECT: there is no guess.failure; did you mean guess.failures?" },
        { "something", "NIGHTJAR_DETECT: there is no something" },
        { "guess.failures=1", "NIGHTJAR_DETECT: guess.failures=1 is not from 2 to 1000; 5 is used" },
        { "guess.failures=-3", "NIGHTJAR_DETECT: guess.failures=-3 is not from 2 to 1000; 5 is used" },
        { "guess.failures=5.5", "NIGHTJAR_DETECT: guess.failures=5.5 is not from 2 to 1000; 5 is used" },
        { "guess.failures", "NIGHTJAR_DETECT: guess.failures= is not from 2 to 1000; 5 is used" },
        { "guess.window=600", "NIGHTJAR_DETECT: guess.window=600 is not from 10s to 1d; 10m is used" },
        { "guess.window=99999999999999999999s", "NIGHTJAR_DETECT: guess.window=99999999999999999999s is not from 10s to 1d; 10m is used" },
        { "stuffing.share=1.2", "NIGHTJAR_DETECT: stuffing.share=1.2 is not from 0.1 to 1; 0.8 is used" },
        { "stuffing.share=0x1", "NIGHTJAR_DETECT: stuffing.share=0x1 is not from 0.1 to 1; 0.8 is used" },
        { "stuffing.share=nan", "NIGHTJAR_DETECT: stuffing.share=nan is not from 0.1 to 1; 0.8 is used" },
        { "stuffing.share=.", "NIGHTJAR_DETECT: stuffing.share=. is not from 0.1 to 1; 0.8 is used" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        read_limits(rows[i].in);
        ck_assert_int_eq(problems, 1);
        ck_assert_view_eq(nj_buf_str(&told), rows[i].sentence);
        ck_assert_mem_eq(&l, &nj_limits_standard, sizeof(l));
        nj_buf_fini(&told);
    }
}
END_TEST

/* Each row of the reference page, given back as a setting, is within its own bounds and changes nothing. */
START_TEST(test_limits_every_default_can_be_written_as_it_is_shown)
{
    struct nj_buf page, text;
    nj_buf_init(&page, 1 << 16);
    nj_buf_init(&text, 1 << 16);
    nj_limits_reference(&page);
    struct nj_str rest = nj_buf_str(&page), line, cell;
    int lines = 0;
    while (nj_str_cut(&rest, '\n', &line) && line.n != 0) {
        struct nj_str name = { NULL, 0 };
        ck_assert(nj_str_cut(&line, '|', &cell) && nj_str_cut(&line, '|', &name) && nj_str_cut(&line, '|', &cell));
        name = nj_str_trim(name);
        nj_buf_add(&text, nj_str_slice(name, 1, name.n - 1));
        nj_buf_addc(&text, '=');
        nj_buf_add(&text, nj_str_trim(cell));
        nj_buf_addc(&text, ',');
        lines++;
    }
    ck_assert_int_gt(lines, 50);
    nj_buf_addc(&text, '\0');
    read_limits(text.p);
    ck_assert_msg(problems == 0, "%.*s", NJ_STR_ARG(nj_buf_str(&told)));
    ck_assert_mem_eq(&l, &nj_limits_standard, sizeof(l));
    nj_buf_fini(&page);
    nj_buf_fini(&text);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_limits_nothing_said_is_the_table)                                                                                               \
    X(test_limits_takes_counts_times_and_ratios)                                                                                           \
    X(test_limits_what_cannot_be_taken_is_told_and_the_default_stays)                                                                      \
    X(test_limits_every_default_can_be_written_as_it_is_shown)

NJ_TEST_MAIN("limits")

/* Options: every row with good, bad, extreme and hostile values; no secret in any message. */
#include "nightjar/diag.h"
#include "nightjar/options.h"
#include "unit.h"

#include <stdio.h>

static struct nj_options o;
static struct nj_problems problems;

#define CANARY "c4n4ry-S3CR3T"

static void read_env(const char *const *environ_)
{
    nj_options_read(&o, environ_, &problems);
}

#define READ(...) read_env((const char *const[]){ __VA_ARGS__, NULL })

static bool any_problem_has(const char *needle)
{
    for (size_t i = 0; i < problems.n; i++)
        if (strstr(problems.list[i].text, needle) != NULL)
            return true;
    return false;
}

static void assert_one_problem(const char *const *needles, size_t n)
{
    ck_assert_msg(problems.n == 1, "%zu problems, the first: %s", problems.n, problems.n > 0 ? problems.list[0].text : "-");
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(any_problem_has(needles[i]), "\"%s\" is missing in: %s", needles[i], problems.list[0].text);
}

#define ASSERT_PROBLEM(...)                                                                                                                \
    do {                                                                                                                                   \
        static const char *const needles_[] = { __VA_ARGS__ };                                                                             \
        assert_one_problem(needles_, NJ_COUNT(needles_));                                                                                  \
    } while (0)

static void dump_into(char *text, size_t room)
{
    struct nj_buf b;
    nj_buf_init(&b, 1 << 20);
    nj_options_dump(&o, &b);
    ck_assert_int_eq(b.err, NJ_OK);
    snprintf(text, room, "%.*s", NJ_STR_ARG(nj_buf_str(&b)));
    nj_buf_fini(&b);
}

/* --- the numeric rows, taken from the table itself ---------------------------------------------------------------- */

struct number_row {
    const char *variable;
    char kind; /* 's'ize, 'm'sec, 'n'umber */
    uint64_t standard, min, max;
    size_t offset;
};

static const struct number_row numbers[] = {
#define NJ_SIZE(field, variable, standard, min, max, text)   { variable, 's', standard, min, max, offsetof(struct nj_options, field) },
#define NJ_MSEC(field, variable, standard, min, max, text)   { variable, 'm', standard, min, max, offsetof(struct nj_options, field) },
#define NJ_NUMBER(field, variable, standard, min, max, text) { variable, 'n', standard, min, max, offsetof(struct nj_options, field) },
#include "nightjar/options.def"
};

static const struct word_row {
    const char *variable, *standard, *choices;
    size_t offset;
} words[] = {
#define NJ_CHOICE(field, variable, standard, choices, text) { variable, standard, choices, offsetof(struct nj_options, field) },
#include "nightjar/options.def"
};

static const struct text_row {
    const char *variable, *standard;
    size_t offset;
} texts[] = {
#define NJ_TEXT(field, variable, standard, secret, form, text) { variable, standard, offsetof(struct nj_options, field) },
#include "nightjar/options.def"
};

static uint64_t value_of(const struct number_row *row)
{
    const char *at = (const char *)&o + row->offset;
    return row->kind == 'm' ? (uint64_t) * (const int64_t *)(const void *)at : *(const uint64_t *)(const void *)at;
}

static uint64_t expected_default(const struct number_row *row)
{
    return row->kind == 's' && row->standard == 0 ? 4u << 20 : row->standard; /* queue: 1/32 of 128 MB when nobody told */
}

static void read_number(const struct number_row *row, const char *value)
{
    char entry[200];
    snprintf(entry, sizeof(entry), "%s=%s", row->variable, value);
    /* A queue large enough that batches of any size fit and the row under test is alone. */
    if (strcmp(row->variable, "NIGHTJAR_BATCH_BYTES") == 0)
        READ(entry, "NIGHTJAR_QUEUE_BYTES=256m");
    else
        READ(entry);
}

static void assert_refused(const struct number_row *row, const char *value)
{
    read_number(row, value);
    ck_assert_msg(problems.n == 1, "%s=%s: %zu problems", row->variable, value, problems.n);
    ck_assert(problems.list[0].fatal_for_check);
    ck_assert_msg(any_problem_has(row->variable) && any_problem_has("allowed") && any_problem_has(value) && any_problem_has("using"), "%s",
                  problems.list[0].text);
    ck_assert_msg(value_of(row) == expected_default(row), "%s=%s left %llu", row->variable, value, (unsigned long long)value_of(row));
    nj_options_fini(&o);
}

START_TEST(test_options_of_an_empty_environment_are_the_defaults)
{
    for (int null = 0; null < 2; null++) {
        if (null)
            read_env(NULL);
        else
            READ("PATH=/bin", "NOEQUALS", "=", "");
        ck_assert_uint_eq(problems.n, 0);
        for (size_t i = 0; i < NJ_COUNT(numbers); i++)
            ck_assert_msg(value_of(&numbers[i]) == expected_default(&numbers[i]), "%s", numbers[i].variable);
        for (size_t i = 0; i < NJ_COUNT(texts); i++)
            ck_assert_view_eq(*(const struct nj_str *)(const void *)((const char *)&o + texts[i].offset), texts[i].standard);
        ck_assert_uint_eq(o.sink_count, 1);
        ck_assert_view_eq(o.sink_list[0].name, "default");
        ck_assert_view_eq(o.sink_list[0].url, "stdout:");
        ck_assert_int_eq(o.flush_mode, NJ_FLUSH_AUTO);
        ck_assert_int_eq((int)o.log_level, NJ_LEVEL_WARN);
        ck_assert_view_eq(nj_options_choice(NJ_OPT_redact, o.redact), "default");
        nj_options_fini(&o);
    }
}
END_TEST

START_TEST(test_options_numbers_take_both_bounds_and_nothing_beyond)
{
    for (size_t i = 0; i < NJ_COUNT(numbers); i++) {
        const struct number_row *row = &numbers[i];
        char value[40];
        const char *unit = row->kind == 'm' ? "ms" : "";
        for (int top = 0; top < 2; top++) {
            uint64_t want = top ? row->max : row->min;
            snprintf(value, sizeof(value), "%llu%s", (unsigned long long)want, unit);
            read_number(row, value);
            ck_assert_msg(problems.n == 0 || !problems.list[0].fatal_for_check, "%s: %s", row->variable, problems.list[0].text);
            ck_assert_msg(value_of(row) == want, "%s=%s gave %llu", row->variable, value, (unsigned long long)value_of(row));
            nj_options_fini(&o);
        }
        snprintf(value, sizeof(value), "%llu%s", (unsigned long long)row->max + 1, unit);
        assert_refused(row, value);
        if (row->min > 0) {
            snprintf(value, sizeof(value), "%llu%s", (unsigned long long)row->min - 1, unit);
            assert_refused(row, value);
        }
    }
}
END_TEST

START_TEST(test_options_numbers_refuse_junk)
{
    static const char *const junk[] = { "x",
                                        "-1",
                                        "+5",
                                        "1.5s",
                                        "1e3",
                                        "0x10",
                                        "5 s",
                                        "5sec",
                                        "12kk",
                                        "ms",
                                        "k",
                                        "99999999999999999999",
                                        "18446744073709551615g",
                                        "9223372036854775807h",
                                        "5kb",
                                        "1m1s",
                                        "NaN",
                                        "5\xc3\xa9" };
    for (size_t i = 0; i < NJ_COUNT(numbers); i++)
        for (size_t j = 0; j < NJ_COUNT(junk); j++) {
            read_number(&numbers[i], junk[j]);
            ck_assert_msg(problems.n == 1 && any_problem_has(numbers[i].variable) && any_problem_has("allowed"), "%s=%s",
                          numbers[i].variable, junk[j]);
            ck_assert_uint_eq(value_of(&numbers[i]), expected_default(&numbers[i]));
            nj_options_fini(&o);
        }
}
END_TEST

START_TEST(test_options_empty_and_blank_values_mean_the_default)
{
    static const char *const blank[] = { "", " ", "  \t " };
    char entry[100];
    for (size_t j = 0; j < NJ_COUNT(blank); j++) {
        for (size_t i = 0; i < NJ_COUNT(numbers); i++) {
            read_number(&numbers[i], blank[j]);
            ck_assert_uint_eq(problems.n, 0);
            ck_assert_uint_eq(value_of(&numbers[i]), expected_default(&numbers[i]));
            nj_options_fini(&o);
        }
        for (size_t i = 0; i < NJ_COUNT(texts); i++) {
            snprintf(entry, sizeof(entry), "%s=%s", texts[i].variable, blank[j]);
            READ(entry);
            ck_assert_uint_eq(problems.n, 0);
            ck_assert_view_eq(*(const struct nj_str *)(const void *)((const char *)&o + texts[i].offset), texts[i].standard);
            nj_options_fini(&o);
        }
    }
}
END_TEST

START_TEST(test_options_choices_take_each_word_in_any_case_and_no_other)
{
    for (size_t i = 0; i < NJ_COUNT(words); i++) {
        struct nj_str rest = nj_str_of(words[i].choices), word;
        char entry[100];
        const unsigned *field = (const unsigned *)(const void *)((const char *)&o + words[i].offset);
        for (unsigned n = 0; nj_str_cut(&rest, '|', &word); n++) {
            snprintf(entry, sizeof(entry), "%s= %.*s ", words[i].variable, NJ_STR_ARG(word));
            entry[strlen(words[i].variable) + 2] = (char)(entry[strlen(words[i].variable) + 2] & ~0x20);
            READ(entry, "NIGHTJAR_REDACT_OFF=i-accept-that-secrets-leave");
            ck_assert_uint_eq(problems.n, 0);
            ck_assert_uint_eq(*field, n);
            nj_options_fini(&o);
        }
        READ("NOTHING=1");
        unsigned standard = *field;
        nj_options_fini(&o);
        snprintf(entry, sizeof(entry), "%s=loud", words[i].variable);
        READ(entry);
        ck_assert_uint_eq(problems.n, 1);
        ck_assert(any_problem_has(words[i].variable) && any_problem_has("\"loud\"") && any_problem_has(words[i].standard));
        ck_assert_uint_eq(*field, standard);
        nj_options_fini(&o);
    }
    ck_assert(nj_options_choice(NJ_OPT_redact, 99).p == NULL);
    ck_assert(nj_options_choice(NJ_OPT_sink, 0).p == NULL);
    ck_assert(nj_options_choice(NJ_OPTION_ROWS, 0).p == NULL);
}
END_TEST

START_TEST(test_options_redact_off_is_refused_loudly)
{
    static const char *const almost[] = { "A=b", "NIGHTJAR_REDACT_OFF=yes", "NIGHTJAR_REDACT_OFF=I-accept-that-secrets-leave" };
    for (size_t i = 0; i < NJ_COUNT(almost); i++) {
        READ("NIGHTJAR_REDACT=OFF", almost[i]);
        ASSERT_PROBLEM("NIGHTJAR_REDACT", "refused without", "NIGHTJAR_REDACT_OFF=i-accept-that-secrets-leave", "using default");
        ck_assert(problems.list[0].fatal_for_check);
        ck_assert_view_eq(nj_options_choice(NJ_OPT_redact, o.redact), "default");
        nj_options_fini(&o);
    }
    READ("NIGHTJAR_REDACT=off", "NIGHTJAR_REDACT_OFF=i-accept-that-secrets-leave");
    ck_assert_uint_eq(problems.n, 0);
    ck_assert_view_eq(nj_options_choice(NJ_OPT_redact, o.redact), "off");
    nj_options_fini(&o);
}
END_TEST

/* --- hostile bytes ------------------------------------------------------------------------------------------------ */

START_TEST(test_options_control_characters_and_bad_utf8_are_refused_everywhere)
{
    static const char *const bad[] = { "a\nb", "a\rb", "a\x01", "\x7f-", "a\xff", "a\xc0\xaf", "\xed\xa0\x80", "a\x1b[31m" };
    char entry[100];
    for (size_t i = 0; i < NJ_COUNT(texts); i++)
        for (size_t j = 0; j < NJ_COUNT(bad); j++) {
            snprintf(entry, sizeof(entry), "%s=%s", texts[i].variable, bad[j]);
            READ(entry);
            ck_assert_msg(problems.n >= 1 && any_problem_has(texts[i].variable) && any_problem_has("control character"), "%s", entry);
            ck_assert_view_eq(*(const struct nj_str *)(const void *)((const char *)&o + texts[i].offset), texts[i].standard);
            for (size_t k = 0; k < problems.n; k++)
                for (const char *c = problems.list[k].text; *c != '\0'; c++)
                    ck_assert_msg(*c >= 0x20 && *c < 0x7f, "raw byte in: %s", problems.list[k].text);
            nj_options_fini(&o);
        }
}
END_TEST

START_TEST(test_options_a_value_of_one_mebibyte_is_refused_and_costs_nothing)
{
    enum { SIZE = 1 << 20 };
    char *entry = malloc(SIZE + 100);
    for (size_t i = 0; i < NJ_COUNT(texts); i++) {
        int at = snprintf(entry, 100, "%s=", texts[i].variable);
        memset(entry + at, 'x', SIZE);
        entry[at + SIZE] = '\0';
        READ(entry);
        ck_assert_uint_ge(problems.n, 1);
        ck_assert(any_problem_has(texts[i].variable) && any_problem_has("1048576") && any_problem_has("32768"));
        ck_assert_uint_lt(o.store.cap, 4096);
        nj_options_fini(&o);
    }
    for (size_t i = 0; i < NJ_COUNT(numbers); i++) {
        int at = snprintf(entry, 100, "%s=", numbers[i].variable);
        memset(entry + at, '9', SIZE);
        entry[at + NJ_VALUE_MAX] = '\0';
        READ(entry);
        ck_assert_uint_eq(problems.n, 1);
        ck_assert(any_problem_has("9999...\""));
        nj_options_fini(&o);
    }
    free(entry);
}
END_TEST

START_TEST(test_options_texts_are_copies)
{
    char entry[] = "NIGHTJAR_SINK=https://logs.example.com/in", two[] = "NIGHTJAR_SINK_TOKEN=abc",
         api[] = "AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001";
    READ(entry, two, api);
    memset(entry, 'z', sizeof(entry) - 1);
    memset(two, 'z', sizeof(two) - 1);
    memset(api, 'z', sizeof(api) - 1);
    ck_assert_view_eq(o.sink, "https://logs.example.com/in");
    ck_assert_view_eq(o.sink_list[0].url, "https://logs.example.com/in");
    ck_assert_view_eq(o.sink_list[0].token, "abc");
    ck_assert_view_eq(o.runtime_api, "127.0.0.1:9001");
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_more_problems_than_fit_are_counted)
{
    char store[50][40];
    const char *environ_[51] = { NULL };
    for (int i = 0; i < 50; i++) {
        snprintf(store[i], sizeof(store[i]), "NIGHTJAR_NOSUCH%d=1", i);
        environ_[i] = store[i];
    }
    read_env(environ_);
    ck_assert_uint_eq(problems.n, NJ_PROBLEMS);
    ck_assert_uint_eq(problems.more, 50 - NJ_PROBLEMS);
    nj_options_fini(&o);
}
END_TEST

/* --- names -------------------------------------------------------------------------------------------------------- */

START_TEST(test_options_unknown_names_are_reported_with_the_nearest_one)
{
    static const struct {
        const char *entry, *nearest;
    } rows[] = {
        { "NIGHTJAR_SNIK=stdout:", "did you mean NIGHTJAR_SINK?" },
        { "NIGHTJAR_BATCH_BYTE=1", "did you mean NIGHTJAR_BATCH_BYTES?" },
        { "NIGHTJAR_BATCH=1", "did you mean NIGHTJAR_BATCH_BYTES?" },
        { "nightjar_flush=end", "did you mean NIGHTJAR_FLUSH?" },
        { "NIGHTJAR_SINK_TOKN=" CANARY, "did you mean NIGHTJAR_SINK_TOKEN?" },
        { "NIGHTJAR_LOGLEVEL=info", "did you mean NIGHTJAR_LOG_LEVEL?" },
        { "NIGHTJAR_CAPTUR=off", "did you mean NIGHTJAR_CAPTURE?" },
        { "NIGHTJAR_COLOUR_OF_THE_BIRD=" CANARY, "the nearest one is NIGHTJAR_" },
        { "NIGHTJAR_=1", "NIGHTJAR_ is not an option" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        READ(rows[i].entry);
        ck_assert_msg(problems.n == 1 && any_problem_has(rows[i].nearest), "%s: %s", rows[i].entry, problems.list[0].text);
        ck_assert(problems.list[0].fatal_for_check);
        ck_assert(!any_problem_has(CANARY));
        nj_options_fini(&o);
    }
}
END_TEST

START_TEST(test_options_an_endless_unknown_name_stays_one_short_sentence)
{
    char entry[5000];
    memset(entry, 'Z', sizeof(entry));
    memcpy(entry, "NIGHTJAR_", 9);
    entry[4000] = '=';
    entry[4999] = '\0';
    READ(entry);
    ck_assert_uint_eq(problems.n, 1);
    ck_assert(any_problem_has("... is not an option"));
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_names_of_later_versions_get_an_honest_answer)
{
    static const char *const later[] = {
#define NJ_LATER(variable, text) variable,
#include "nightjar/options.def"
    };
    ck_assert_uint_gt(NJ_COUNT(later), 0);
    for (size_t i = 0; i < NJ_COUNT(later); i++) {
        char entry[100];
        snprintf(entry, sizeof(entry), "%s=%s", later[i], CANARY);
        READ(entry);
        ck_assert_uint_eq(problems.n, 1);
        ck_assert(any_problem_has(later[i]) && any_problem_has("is not supported by this version") && !any_problem_has(CANARY));
        nj_options_fini(&o);
    }
}
END_TEST

START_TEST(test_options_of_a_variable_set_twice_the_first_counts)
{
    READ("NIGHTJAR_FLUSH=end", "NIGHTJAR_FLUSH=20s");
    ASSERT_PROBLEM("NIGHTJAR_FLUSH", "more than once", "first");
    ck_assert_int_eq(o.flush_mode, NJ_FLUSH_END);
    nj_options_fini(&o);
}
END_TEST

/* --- texts with a grammar ----------------------------------------------------------------------------------------- */

START_TEST(test_options_flush_is_a_word_or_a_period)
{
    static const struct {
        const char *entry;
        enum nj_flush_mode mode;
        int64_t ms;
        bool bad;
    } rows[] = {
        { "NIGHTJAR_FLUSH=auto", NJ_FLUSH_AUTO, 0, false },       { "NIGHTJAR_FLUSH=End", NJ_FLUSH_END, 0, false },
        { "NIGHTJAR_FLUSH=20s", NJ_FLUSH_PERIOD, 20000, false },  { "NIGHTJAR_FLUSH=100ms", NJ_FLUSH_PERIOD, 100, false },
        { "NIGHTJAR_FLUSH=1h", NJ_FLUSH_PERIOD, 3600000, false }, { "NIGHTJAR_FLUSH=99ms", NJ_FLUSH_AUTO, 0, true },
        { "NIGHTJAR_FLUSH=61m", NJ_FLUSH_AUTO, 0, true },         { "NIGHTJAR_FLUSH=0", NJ_FLUSH_AUTO, 0, true },
        { "NIGHTJAR_FLUSH=20", NJ_FLUSH_AUTO, 0, true },          { "NIGHTJAR_FLUSH=never", NJ_FLUSH_AUTO, 0, true },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        READ(rows[i].entry);
        ck_assert_msg(problems.n == (rows[i].bad ? 1 : 0), "%s", rows[i].entry);
        ck_assert_int_eq(o.flush_mode, rows[i].mode);
        ck_assert_int_eq(o.flush_period_ms, rows[i].ms);
        ck_assert(!rows[i].bad || (any_problem_has("100ms to 1h") && any_problem_has("using auto")));
        nj_options_fini(&o);
    }
}
END_TEST

START_TEST(test_options_telemetry_is_brought_into_the_platforms_spelling)
{
    static const struct {
        const char *entry, *want;
        size_t problems;
    } rows[] = {
        { "NIGHTJAR_TELEMETRY=platform", "platform", 0 },
        { "NIGHTJAR_TELEMETRY=Function , platform,,platform", "platform,function", 0 },
        { "NIGHTJAR_TELEMETRY=extension,function,platform", "platform,function,extension", 0 },
        { "NIGHTJAR_TELEMETRY=extension,platform", "platform,extension", 0 },
        { "NIGHTJAR_TELEMETRY=function", "function", 1 }, /* a remark */
        { "NIGHTJAR_TELEMETRY=platform,functions", "platform,function", 1 },
        { "NIGHTJAR_TELEMETRY=,", "platform,function", 1 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        READ(rows[i].entry, "NIGHTJAR_SINK=file:///tmp/x");
        ck_assert_view_eq(o.telemetry, rows[i].want);
        ck_assert_msg(problems.n == rows[i].problems, "%s", rows[i].entry);
        nj_options_fini(&o);
    }
}
END_TEST

START_TEST(test_options_extension_logs_and_a_stdout_sink_would_go_round_for_ever)
{
    READ("NIGHTJAR_TELEMETRY=platform,function,extension");
    ASSERT_PROBLEM("NIGHTJAR_TELEMETRY", "stdout:", "using platform,function");
    ck_assert_view_eq(o.telemetry, "platform,function");
    nj_options_fini(&o);
    READ("NIGHTJAR_TELEMETRY=extension", "NIGHTJAR_SINKS=a,b", "NIGHTJAR_SINK_A=file:///tmp/x", "NIGHTJAR_SINK_B=STDOUT:");
    ck_assert(any_problem_has("using platform,function"));
    ck_assert_view_eq(o.telemetry, "platform,function");
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_compress_knows_its_words)
{
    READ("NIGHTJAR_COMPRESS=ZSTD", "NIGHTJAR_SINK=http://127.0.0.1:1/");
    ck_assert_uint_eq(problems.n, 0);
    ck_assert_view_eq(o.sink_list[0].compress, "zstd");
    nj_options_fini(&o);
    READ("NIGHTJAR_COMPRESS=brotli");
    ASSERT_PROBLEM("NIGHTJAR_COMPRESS=\"brotli\"", "gzip, zstd or none");
    ck_assert_uint_eq(o.sink_list[0].compress.n, 0);
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_bad_attribute_pairs_are_named_by_number)
{
    READ("NIGHTJAR_ATTRIBUTES=team=blue,nonsense" CANARY ",=x,stage=%zz,ok=%20");
    ck_assert_uint_eq(problems.n, 3);
    ck_assert(any_problem_has("pair 2 ") && any_problem_has("pair 3 ") && any_problem_has("pair 4 ") && !any_problem_has(CANARY));
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_secret_references_are_not_taken_for_secrets)
{
    static const char *const refs[] = { "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x",
                                        "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/x",
                                        "arn:aws-us-gov:secretsmanager:us-gov-west-1:1:secret:x#key" };
    for (size_t i = 0; i < NJ_COUNT(refs); i++) {
        char entry[200];
        snprintf(entry, sizeof(entry), "NIGHTJAR_SINK_TOKEN=%s", refs[i]);
        READ(entry);
        ASSERT_PROBLEM("NIGHTJAR_SINK_TOKEN", "not supported by this version", "nothing is used");
        ck_assert_uint_eq(o.sink_token.n, 0);
        nj_options_fini(&o);
    }
    READ("NIGHTJAR_SINK_TOKEN=arn:aws:iam::1:role/ssm:x");
    ck_assert_uint_eq(problems.n, 0);
    nj_options_fini(&o);
}
END_TEST

/* --- several sinks ------------------------------------------------------------------------------------------------ */

START_TEST(test_options_named_sinks_have_their_own_variables)
{
    READ("NIGHTJAR_SINKS=siem, cold-store", "NIGHTJAR_SINK_SIEM=https://siem.example.com/in", "NIGHTJAR_SINK_SIEM_TOKEN=" CANARY,
         "NIGHTJAR_SINK_SIEM_HEADERS=x-team=blue", "NIGHTJAR_SINK_SIEM_ONLY=error,ledger", "NIGHTJAR_SINK_COLD_STORE=file:///tmp/x",
         "NIGHTJAR_COMPRESS=gzip");
    ck_assert_msg(problems.n == 0, "%s", problems.list[0].text);
    ck_assert_uint_eq(o.sink_count, 2);
    ck_assert_view_eq(o.sink_list[0].name, "siem");
    ck_assert_view_eq(o.sink_list[0].url, "https://siem.example.com/in");
    ck_assert_view_eq(o.sink_list[0].token, CANARY);
    ck_assert_view_eq(o.sink_list[0].headers, "x-team=blue");
    ck_assert_view_eq(o.sink_list[0].only, "error,ledger");
    ck_assert_view_eq(o.sink_list[0].compress, "gzip");
    ck_assert_view_eq(o.sink_list[1].name, "cold-store");
    ck_assert_view_eq(o.sink_list[1].url, "file:///tmp/x");
    ck_assert_uint_eq(o.sink_list[1].token.n, 0);
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_of_unusable_named_sinks_the_others_live_on)
{
    READ("NIGHTJAR_SINKS=a,b,a,token,x_only,b@d,this-name-is-longer-than-any-sink,c,d,e,f", "NIGHTJAR_SINK_A=stdout:",
         "NIGHTJAR_SINK_C=stdout:", "NIGHTJAR_SINK_D=stdout:", "NIGHTJAR_SINK_E=stdout:", "NIGHTJAR_SINK_F=stdout:");
    ck_assert_uint_eq(o.sink_count, NJ_SINKS_MAX);
    ck_assert_view_eq(o.sink_list[0].name, "a");
    ck_assert_view_eq(o.sink_list[1].name, "c");
    ck_assert_view_eq(o.sink_list[3].name, "e");
    ck_assert(any_problem_has("names b, but NIGHTJAR_SINK_B is not set"));
    ck_assert(any_problem_has("names a twice"));
    ck_assert(any_problem_has("\"token\" cannot be a sink's name"));
    ck_assert(any_problem_has("\"x_only\" cannot be"));
    ck_assert(any_problem_has("\"b@d\" cannot be"));
    ck_assert(any_problem_has("names 1 sinks more than the 4"));
    ck_assert_uint_eq(problems.n, 7);
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_without_any_usable_named_sink_fall_back)
{
    READ("NIGHTJAR_SINKS=a", "NIGHTJAR_SINK=file:///tmp/y", "NIGHTJAR_SINK_A=bad\x01");
    ck_assert_uint_eq(o.sink_count, 1);
    ck_assert_view_eq(o.sink_list[0].name, "default");
    ck_assert_view_eq(o.sink_list[0].url, "file:///tmp/y");
    ck_assert_uint_eq(problems.n, 2);
    ck_assert(any_problem_has("the sink is left out") && any_problem_has("no usable sink"));
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_sink_variables_without_a_name_are_reported)
{
    READ("NIGHTJAR_SINKS=siem",
         "NIGHTJAR_SINK_SIEM=stdout:", "NIGHTJAR_SINK_ARCHIVE=stdout:", "NIGHTJAR_SINK=stdout:", "NIGHTJAR_SINK_SIEM_TOKE=" CANARY);
    ck_assert_uint_eq(problems.n, 3);
    ck_assert(any_problem_has("NIGHTJAR_SINK_ARCHIVE belongs to no sink"));
    ck_assert(any_problem_has("NIGHTJAR_SINK has no effect because NIGHTJAR_SINKS"));
    ck_assert(any_problem_has("did you mean NIGHTJAR_SINK_SIEM_TOKEN?"));
    ck_assert(!any_problem_has(CANARY));
    nj_options_fini(&o);
}
END_TEST

/* --- the platform ------------------------------------------------------------------------------------------------- */

START_TEST(test_options_take_the_platforms_variables)
{
    READ("AWS_LAMBDA_RUNTIME_API=127.0.0.1:9001", "AWS_DEFAULT_REGION=eu-west-1", "AWS_LAMBDA_FUNCTION_NAME=billing",
         "AWS_LAMBDA_FUNCTION_VERSION=$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512", "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
         "AWS_LAMBDA_LOG_STREAM_NAME=2026/x", "OTEL_SERVICE_NAME=shop", "OTEL_RESOURCE_ATTRIBUTES=a=b", "AWS_SECRET_ACCESS_KEY=" CANARY);
    ck_assert_uint_eq(problems.n, 0);
    ck_assert_view_eq(o.runtime_api, "127.0.0.1:9001");
    ck_assert_view_eq(o.region, "eu-west-1");
    ck_assert_view_eq(o.function_name, "billing");
    ck_assert_view_eq(o.function_version, "$LATEST");
    ck_assert_view_eq(o.initialization_type, "on-demand");
    ck_assert_view_eq(o.log_stream, "2026/x");
    ck_assert_view_eq(o.otel_service_name, "shop");
    ck_assert_view_eq(o.otel_resource_attributes, "a=b");
    ck_assert_uint_eq(o.function_memory_mb, 512);
    ck_assert(memmem(o.store.p, o.store.n, CANARY, strlen(CANARY)) == NULL);
    nj_options_fini(&o);
    READ("AWS_REGION=us-east-1", "AWS_DEFAULT_REGION=eu-west-1");
    ck_assert_view_eq(o.region, "us-east-1");
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_the_queue_is_a_share_of_the_memory)
{
    static const struct {
        const char *entry;
        uint64_t want;
        size_t problems;
    } rows[] = {
        { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", 4u << 20, 0 },    { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=10240", 16u << 20, 0 },
        { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256", 8u << 20, 0 },    { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=32", 2u << 20, 0 },
        { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=plenty", 4u << 20, 1 }, { "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=99999999999", 4u << 20, 1 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        READ(rows[i].entry);
        ck_assert_uint_eq(o.queue_bytes, rows[i].want);
        ck_assert_uint_eq(problems.n, rows[i].problems);
        ck_assert_int_eq(o.origin[NJ_OPT_queue_bytes], NJ_BY_DERIVATION);
        nj_options_fini(&o);
    }
    READ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE=128", "NIGHTJAR_QUEUE_BYTES=64m");
    ASSERT_PROBLEM("more than a quarter");
    ck_assert(!problems.list[0].fatal_for_check);
    ck_assert_uint_eq(o.queue_bytes, 64u << 20);
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_batches_always_fit_the_queue)
{
    READ("NIGHTJAR_QUEUE_BYTES=64k", "NIGHTJAR_BATCH_BYTES=64k");
    ck_assert_uint_eq(o.batch_bytes, 16384);
    ASSERT_PROBLEM("NIGHTJAR_BATCH_BYTES is cut");
    ck_assert(problems.list[0].fatal_for_check);
    nj_options_fini(&o);
    READ("NIGHTJAR_QUEUE_BYTES=64k");
    ck_assert_uint_eq(o.batch_bytes, 16384);
    ASSERT_PROBLEM("NIGHTJAR_BATCH_BYTES is cut");
    ck_assert(!problems.list[0].fatal_for_check);
    nj_options_fini(&o);
}
END_TEST

/* --- what is shown ---------------------------------------------------------------------------------------------------- */

START_TEST(test_options_dump_and_problems_never_show_a_secret)
{
    static char text[1 << 16];
    READ("NIGHTJAR_SINK=https://u:" CANARY "@h.example.com/p?k=" CANARY, "NIGHTJAR_SINK_TOKEN=" CANARY, "NIGHTJAR_SINK_HEADERS=" CANARY,
         "NIGHTJAR_FLUSH=2s");
    ck_assert_uint_eq(problems.n, 0);
    dump_into(text, sizeof(text));
    ck_assert_msg(strstr(text, CANARY) == NULL, "%s", text);
    ck_assert(strstr(text, "NIGHTJAR_SINK=https://***@h.example.com/p?***") != NULL);
    ck_assert(strstr(text, "NIGHTJAR_SINK_TOKEN=***") != NULL);
    ck_assert(strstr(text, "NIGHTJAR_FLUSH=2s\n") != NULL);
    ck_assert(strstr(text, "NIGHTJAR_BATCH_BYTES=256k   (default)\n") != NULL);
    ck_assert(strstr(text, "NIGHTJAR_QUEUE_BYTES=4m   (derived") != NULL);
    nj_options_fini(&o);

    READ("NIGHTJAR_SINKS=a,b", "NIGHTJAR_SINK_A=https://u:" CANARY "@h/p", "NIGHTJAR_SINK_A_TOKEN=" CANARY,
         "NIGHTJAR_SINK_A_HEADERS=" CANARY "\n", "NIGHTJAR_SINK_B_TOKEN=" CANARY, "NIGHTJAR_SINK_TOKEN=" CANARY);
    dump_into(text, sizeof(text));
    ck_assert_msg(strstr(text, CANARY) == NULL, "%s", text);
    ck_assert(strstr(text, "NIGHTJAR_SINK_A=https://***@h/p\n") != NULL);
    ck_assert(strstr(text, "NIGHTJAR_SINK_A_TOKEN=***\n") != NULL);
    ck_assert(!any_problem_has(CANARY));
    nj_options_fini(&o);
}
END_TEST

START_TEST(test_options_reference_names_every_variable)
{
    struct nj_buf b;
    nj_buf_init(&b, 1 << 20);
    nj_options_reference(&b);
    struct nj_str page;
    ck_assert_int_eq(nj_buf_finish(&b, &page), NJ_OK);
    static const char *const names[] = {
#define NJ_TEXT(field, variable, standard, secret, form, text) "`" variable "`",
#define NJ_SIZE(field, variable, standard, min, max, text)     "`" variable "`",
#define NJ_MSEC(field, variable, standard, min, max, text)     "`" variable "`",
#define NJ_NUMBER(field, variable, standard, min, max, text)   "`" variable "`",
#define NJ_CHOICE(field, variable, standard, choices, text)    "`" variable "`",
#define NJ_LATER(variable, text)                               "`" variable "`",
#include "nightjar/options.def"
    };
    for (size_t i = 0; i < NJ_COUNT(names); i++)
        ck_assert_msg(nj_str_find(page, nj_str_of(names[i]), 0) != NJ_NPOS, "%s is missing", names[i]);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_options_survive_random_environments)
{
    static const char *const parts[] = {
        "NIGHTJAR_", "SINK",        "S",     "_A", "_TOKEN",       "=",    "a,b",        "https://", "@",   "?",
        "1",         "99999999999", "k",     "ms", "\x01",         "\xff", "%",          ",",        "off", "auto",
        "BATCH",     "_BYTES",      "FLUSH", "-",  "arn:aws:ssm:", " ",    "ATTRIBUTES", "TELEMETRY"
    };
    uint32_t seed = 1;
    static char entries[8][200];
    const char *environ_[9] = { NULL };
    for (int round = 0; round < 3000; round++) {
        for (int e = 0; e < 8; e++) {
            size_t n = (size_t)snprintf(entries[e], sizeof(entries[e]), "NIGHTJAR_");
            for (int p = 0; p < 8; p++) {
                seed = seed * 1664525u + 1013904223u;
                n += (size_t)snprintf(entries[e] + n, sizeof(entries[e]) - n, "%s", parts[(seed >> 16) % NJ_COUNT(parts)]);
            }
            environ_[e] = entries[e];
        }
        read_env(environ_);
        ck_assert_uint_ge(o.sink_count, 1);
        ck_assert_uint_ge(o.batch_bytes, 4096);
        ck_assert(o.queue_bytes >= 65536 && o.timeout_ms >= 100);
        nj_options_fini(&o);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_options_of_an_empty_environment_are_the_defaults)                                                                               \
    X(test_options_numbers_take_both_bounds_and_nothing_beyond)                                                                            \
    X(test_options_numbers_refuse_junk)                                                                                                    \
    X(test_options_empty_and_blank_values_mean_the_default)                                                                                \
    X(test_options_choices_take_each_word_in_any_case_and_no_other)                                                                        \
    X(test_options_redact_off_is_refused_loudly)                                                                                           \
    X(test_options_control_characters_and_bad_utf8_are_refused_everywhere)                                                                 \
    X(test_options_a_value_of_one_mebibyte_is_refused_and_costs_nothing)                                                                   \
    X(test_options_texts_are_copies)                                                                                                       \
    X(test_options_more_problems_than_fit_are_counted)                                                                                     \
    X(test_options_unknown_names_are_reported_with_the_nearest_one)                                                                        \
    X(test_options_an_endless_unknown_name_stays_one_short_sentence)                                                                       \
    X(test_options_names_of_later_versions_get_an_honest_answer)                                                                           \
    X(test_options_of_a_variable_set_twice_the_first_counts)                                                                               \
    X(test_options_flush_is_a_word_or_a_period)                                                                                            \
    X(test_options_telemetry_is_brought_into_the_platforms_spelling)                                                                       \
    X(test_options_extension_logs_and_a_stdout_sink_would_go_round_for_ever)                                                               \
    X(test_options_compress_knows_its_words)                                                                                               \
    X(test_options_bad_attribute_pairs_are_named_by_number)                                                                                \
    X(test_options_secret_references_are_not_taken_for_secrets)                                                                            \
    X(test_options_named_sinks_have_their_own_variables)                                                                                   \
    X(test_options_of_unusable_named_sinks_the_others_live_on)                                                                             \
    X(test_options_without_any_usable_named_sink_fall_back)                                                                                \
    X(test_options_sink_variables_without_a_name_are_reported)                                                                             \
    X(test_options_take_the_platforms_variables)                                                                                           \
    X(test_options_the_queue_is_a_share_of_the_memory)                                                                                     \
    X(test_options_batches_always_fit_the_queue)                                                                                           \
    X(test_options_dump_and_problems_never_show_a_secret)                                                                                  \
    X(test_options_reference_names_every_variable)                                                                                         \
    X(test_options_survive_random_environments)

NJ_TEST_MAIN("options")

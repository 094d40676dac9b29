/* Sizes, durations and URLs: read as users write them, shown as users may see them. */
#include "nightjar/options.h"
#include "unit.h"

#define CANARY "c4n4ry-S3CR3T"

START_TEST(test_sizes_read_back_what_they_show)
{
    static const struct {
        const char *text;
        uint64_t bytes;
        const char *shown;
    } rows[] = {
        { "0", 0, "0" },          { "1", 1, "1" },          { "64k", 65536, "64k" },     { "4M", 4194304, "4m" },
        { "1g", 1u << 30, "1g" }, { "1536", 1536, "1536" }, { "2048k", 2u << 20, "2m" }, { "1000k", 1024000, "1000k" },
        { "0k", 0, "0" },
    };
    struct nj_buf b;
    nj_buf_init(&b, 100);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        uint64_t got = 7;
        ck_assert_msg(nj_parse_size(nj_str_of(rows[i].text), &got) && got == rows[i].bytes, "%s", rows[i].text);
        nj_buf_reset(&b);
        nj_show_size(&b, got);
        ck_assert_view_eq(nj_buf_str(&b), rows[i].shown);
    }
    nj_buf_fini(&b);
    uint64_t kept = 7;
    static const char *const bad[] = { "", "k", "1 k", "1kk", "-1k", "1.5m", "18014398509481985k", "1t" };
    for (size_t i = 0; i < NJ_COUNT(bad); i++)
        ck_assert_msg(!nj_parse_size(nj_str_of(bad[i]), &kept) && kept == 7, "%s", bad[i]);
}
END_TEST

START_TEST(test_durations_need_a_unit)
{
    static const struct {
        const char *text;
        int64_t ms;
        const char *shown;
    } rows[] = {
        { "0", 0, "0" },         { "250ms", 250, "250ms" }, { "2s", 2000, "2s" },   { "5m", 300000, "5m" },
        { "1h", 3600000, "1h" }, { "90s", 90000, "90s" },   { "60s", 60000, "1m" }, { "0s", 0, "0" },
    };
    struct nj_buf b;
    nj_buf_init(&b, 100);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        int64_t got = 7;
        ck_assert_msg(nj_parse_duration(nj_str_of(rows[i].text), &got) && got == rows[i].ms, "%s", rows[i].text);
        nj_buf_reset(&b);
        nj_show_duration(&b, got);
        ck_assert_view_eq(nj_buf_str(&b), rows[i].shown);
    }
    nj_buf_fini(&b);
    int64_t kept = 7;
    static const char *const bad[] = { "", "5", "s", "5 s", "-5s", "5S", "5min", "1.5s", "2562047788016h", "9223372036854775808ms" };
    for (size_t i = 0; i < NJ_COUNT(bad); i++)
        ck_assert_msg(!nj_parse_duration(nj_str_of(bad[i]), &kept) && kept == 7, "%s", bad[i]);
}
END_TEST

START_TEST(test_urls_are_shown_without_what_may_be_secret)
{
    static const struct {
        const char *url, *shown;
    } rows[] = {
        { "stdout:", "stdout:" },
        { "file:///tmp/x.ndjson", "file:///tmp/x.ndjson" },
        { "https://logs.example.com/in", "https://logs.example.com/in" },
        { "https://me:" CANARY "@logs.example.com/in", "https://***@logs.example.com/in" },
        { "https://me:a/" CANARY "@logs.example.com/in", "https://***@logs.example.com/in" },
        { "https://me:a@" CANARY "@logs.example.com/in", "https://***@logs.example.com/in" },
        { "https://me:a?" CANARY "@logs.example.com/in", "https://***" },
        { "https://logs.example.com/in?key=" CANARY, "https://logs.example.com/in?***" },
        { "https://logs.example.com/in?user=a@b" CANARY, "https://***" },
        { "https://logs.example.com/in#" CANARY, "https://logs.example.com/in?***" },
        { "https://hooks.example.com/services/T000/" CANARY CANARY, "https://hooks.example.com/services/T000/c4n4***" },
        { "https://hooks.example.com/", "https://hooks.example.com/" },
        { "https://hooks.example.com", "https://hooks.example.com" },
        { "file:///tmp/a-long-file-name-that-is-no-key.ndjson", "file:///tmp/a-long-file-name-that-is-no-key.ndjson" },
        { "datadog:" CANARY, "datadog:***" },
        { CANARY, "***" },
        { CANARY CANARY ":x", "***" },
        { "s3://bucket/prefix", "s3://bucket/prefix" },
        { "", "***" },
    };
    struct nj_buf b;
    nj_buf_init(&b, 1000);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        nj_buf_reset(&b);
        nj_show_url(&b, nj_str_of(rows[i].url));
        ck_assert_view_eq(nj_buf_str(&b), rows[i].shown);
    }
    nj_buf_fini(&b);
}
END_TEST

#define NJ_TESTS(X) X(test_sizes_read_back_what_they_show) X(test_durations_need_a_unit) X(test_urls_are_shown_without_what_may_be_secret)

NJ_TEST_MAIN("values")

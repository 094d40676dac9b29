/* The search for a top-level statusCode: found wherever it stands, never taken from where it does not count, at every cut. */
#include "../../src/lambda/proxy_scan.h"
#include "nightjar/buf.h"
#include "unit.h"

static const struct {
    const char *text;
    unsigned found;
} cases[] = {
    { "{\"statusCode\":200}", 200 },
    { " \r\n\t{ \"statusCode\" : 404 , \"body\": \"\" }", 404 },
    { "{\"statusCode\":\"503\"}", 503 },
    { "{\"statusCode\":200.0}", 200 },
    { "{\"body\":\"{\\\"statusCode\\\":500}\",\"statusCode\":201}", 201 },
    { "{\"a\":{\"statusCode\":500},\"b\":[{\"statusCode\":501},\"]}\\\"\"],\"statusCode\":202}", 202 },
    { "{\"a\":null,\"b\":-1.5e3,\"c\":true,\"statusCode\":203,\"statusCode\":500}", 203 },
    { "{\"a\":\"\\\\\",\"b\":\"\\\\\\\"\",\"statusCode\":204}", 204 },
    { "{\"a\\\"b\":1,\"statusCode\":205}", 205 },
    { "{\"statusCode\":207,\"headers\":{}}\0\0\0\0\0\0\0\0payload", 207 },
    { "{\"a\":\"0123456789abcdef0123456789abcdef0123456789\\\"0123456\",\"statusCode\":206}", 206 },
    { "{\"StatusCode\":200}", 0 },
    { "{\"statusCode2\":200}", 0 },
    { "{\"xstatusCode\":200}", 0 },
    { "{\"statusCod\":200}", 0 },
    { "{\"a\":\"statusCode\",\"b\":200}", 0 },
    { "{\"a\":{\"statusCode\":200}}", 0 },
    { "{\"statusCode\":20}", 0 },
    { "{\"statusCode\":2000}", 0 },
    { "{\"statusCode\":600}", 0 },
    { "{\"statusCode\":-200}", 0 },
    { "{\"statusCode\":null}", 0 },
    { "{\"statusCode\":\"200 OK\"}", 0 },
    { "{\"statusCode\":[200]}", 0 },
    { "{\"statusCode\":200", 0 },
    { "[{\"statusCode\":200}]", 0 },
    { "\"statusCode\":200", 0 },
    { "{}{\"statusCode\":200}", 0 },
    { "{\"a\" \"statusCode\":200}", 0 },
    { "", 0 },
};

START_TEST(test_scan_finds_the_top_level_status_wherever_the_text_is_cut)
{
    for (size_t i = 0; i < NJ_COUNT(cases); i++) {
        struct nj_str s = nj_str_of(cases[i].text);
        for (size_t a = 0; a <= s.n; a++)
            for (size_t b = a; b <= s.n; b++) {
                struct nj_scan scan;
                nj_scan_init(&scan);
                nj_scan_feed(&scan, nj_str_slice(s, 0, a));
                nj_scan_feed(&scan, nj_str_slice(s, a, b));
                nj_scan_feed(&scan, nj_str_slice(s, b, s.n));
                ck_assert_msg(scan.found == cases[i].found, "%s: %u", cases[i].text, scan.found);
            }
    }
}
END_TEST

START_TEST(test_scan_finds_it_behind_six_megabytes)
{
    struct nj_buf b;
    struct nj_scan scan;
    nj_buf_init(&b, 16 << 20);
    nj_buf_addz(&b, "{\"body\":\"");
    while (b.n < 6 << 20)
        nj_buf_addz(&b, "plain text, \\\"statusCode\\\": 500, and a backslash \\\\");
    nj_buf_addz(&b, "\",\"statusCode\":418}");
    nj_scan_init(&scan);
    nj_scan_feed(&scan, nj_buf_str(&b));
    ck_assert_uint_eq(scan.found, 418);
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_scan_survives_any_bytes)
{
    unsigned x = 1;
    for (int round = 0; round < 2000; round++) {
        static const char alphabet[] = "{}[]\",:\\ statusCode0123\n";
        char text[200];
        struct nj_scan scan;
        nj_scan_init(&scan);
        for (size_t i = 0; i < sizeof(text); i++) {
            x = x * 1103515245u + 12345u;
            text[i] = i == 0 ? '{' : alphabet[(x >> 16) % (sizeof(alphabet) - 1)];
        }
        nj_scan_feed(&scan, (struct nj_str){ text, sizeof(text) });
        ck_assert_uint_lt(scan.state, NJ_SCAN_STATES);
        ck_assert(scan.found == 0 || (scan.found >= 100 && scan.found <= 599));
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_scan_finds_the_top_level_status_wherever_the_text_is_cut)                                                                       \
    X(test_scan_finds_it_behind_six_megabytes)                                                                                             \
    X(test_scan_survives_any_bytes)

NJ_TEST_MAIN("proxy_scan")

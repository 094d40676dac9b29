/* Tests of the injection grammars: what is said to be an attack, and what people really type. */
#include "unit.h"

#include "../../src/observe/injection.h"
#include "observe_kit.h"

START_TEST(test_injection_attacks_are_named_by_their_rule)
{
    static const struct {
        const char *in;
        enum nj_injection rule;
    } rows[] = {
        { "' or 1=1", NJ_INJECTION_TAUTOLOGY },
        { "x' OR 'a'='a", NJ_INJECTION_TAUTOLOGY },
        { "x') or ('1'='1", NJ_INJECTION_TAUTOLOGY },
        { "' || '1'='1' --", NJ_INJECTION_TAUTOLOGY },
        { "\" or \"\"=\"", NJ_INJECTION_TAUTOLOGY },
        { "'/**/or/**/1=1#", NJ_INJECTION_TAUTOLOGY },
        { "5 or 1=1", NJ_INJECTION_TAUTOLOGY },
        { "1) or 2>1", NJ_INJECTION_TAUTOLOGY },
        { "' and true", NJ_INJECTION_TAUTOLOGY },
        { "%27%20or%201%3D1", NJ_INJECTION_TAUTOLOGY },
        { "1 UNION ALL SELECT null,null", NJ_INJECTION_UNION },
        { "-1 union/**/select password", NJ_INJECTION_UNION },
        { "1; DROP TABLE users", NJ_INJECTION_STACKED },
        { "x';delete from users", NJ_INJECTION_STACKED },
        { "1;waitfor delay '0:0:5'", NJ_INJECTION_STACKED },
        { "admin'--", NJ_INJECTION_COMMENT },
        { "admin' -- ", NJ_INJECTION_COMMENT },
        { "admin')-- ", NJ_INJECTION_COMMENT },
        { "admin'#", NJ_INJECTION_COMMENT },
        { "{{7*7}}", NJ_INJECTION_TEMPLATE },
        { "${ 7 * 7 }", NJ_INJECTION_TEMPLATE },
        { "<%= 3*3 %>", NJ_INJECTION_TEMPLATE },
        { "{{ ''.__class__.__mro__ }}", NJ_INJECTION_TEMPLATE },
        { "${jndi:ldap://x/a}", NJ_INJECTION_JNDI },
        { "${${lower:j}ndi:rmi://x}", NJ_INJECTION_JNDI },
        { "../../../var/task/app.py", NJ_INJECTION_TRAVERSAL },
        { "..%2f..%2fetc%2fpasswd", NJ_INJECTION_TRAVERSAL },
        { "/etc/passwd", NJ_INJECTION_TRAVERSAL },
        { "..\\..\\..\\windows\\win.ini", NJ_INJECTION_TRAVERSAL },
        { "joe\n2026-11-23 07:15:01 INFO login ok", NJ_INJECTION_LOG },
        { "joe\n2026-11-23T07:15Z login ok", NJ_INJECTION_LOG },
        { "joe\n[ERROR] x", NJ_INJECTION_LOG },
        { "joe%0aSTART RequestId: 1", NJ_INJECTION_LOG },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        enum nj_injection got = nj_injection_of(nj_str_of(rows[i].in));
        ck_assert_msg(got == rows[i].rule, "%s: %s", rows[i].in, got != NJ_INJECTION_NONE ? nj_injection_rules[got] : "nothing");
    }
}
END_TEST

START_TEST(test_injection_honest_values_are_none)
{
    static const char *const rows[] = {
        "O'Brien",
        "it's this or that",
        "rock 'n' roll and more",
        "the dogs' -- barking",
        "a \"quoted\" word or two",
        "'tis 5 or 6 = 11 they say",
        "the union will select a speaker",
        "select the union",
        "drop; delete the draft",
        "buy milk; update me later",
        "price {{amount}} due",
        "Dear ${name}, #{count} items",
        "2 * 3 = 6",
        "../images/a.png",
        "see /etc/hosts for details",
        "first line\nsecond line",
        "first line\n2026 was good",
        "the dates:\n2026-11-23 mice\n2026-11-24 07 men",
        "#hashtag",
        "C:\\Users\\joe",
        "5 or more",
        "100% sure",
        "%zz%",
        "a=1&b=2",
        "x",
        "",
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        enum nj_injection got = nj_injection_of(nj_str_of(rows[i]));
        ck_assert_msg(got == NJ_INJECTION_NONE, "%s: %s", rows[i], got != NJ_INJECTION_NONE ? nj_injection_rules[got] : "nothing");
    }
}
END_TEST

START_TEST(test_injection_any_bytes_are_read_within_their_end)
{
    static const char *const pieces[] = { "'",    "\"",     " or ",  "and",     "1",  "=",      "/*",    "*/", "--", ";",
                                          "drop", " table", "union", " select", "{{", "${",     "jndi:", "*",  "(",  ")",
                                          "%2",   "%27",    "\n",    "2026-",   "[",  "error]", "../",   "" };
    struct dice d = { 40 };
    for (int i = 0; i < 200000; i++) {
        char line[256];
        size_t n = 0;
        for (size_t k = dice_next(&d) % 16; k > 0; k--) {
            const char *p = pieces[dice_next(&d) % NJ_COUNT(pieces)];
            memcpy(line + n, p, strlen(p));
            n += strlen(p);
        }
        char *exact = malloc(n + (n == 0));
        memcpy(exact, line, n);
        ck_assert_int_lt(nj_injection_of((struct nj_str){ exact, n }), NJ_INJECTIONS);
        free(exact);
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_injection_attacks_are_named_by_their_rule)                                                                                      \
    X(test_injection_honest_values_are_none)                                                                                               \
    X(test_injection_any_bytes_are_read_within_their_end)

NJ_TEST_MAIN("injection")

/* Tests of the operator's rules: the pattern language against the C library's, refusals with their places, and rules at work. */
#include "../../src/redact/rules.h"
#include "redact_rules_unit.h"

#include <regex.h>
#include <stdio.h>

/* --- patterns ----------------------------------------------------------------------------------------------------- */

/* The first match of any row, as the sweep would choose it. */
static bool find(struct nj_str pattern, struct nj_str text, struct nj_span *out, enum nj_status *st)
{
    static struct nj_pattern_row rows[NJ_PATTERN_ROWS];
    struct nj_pattern_error error;
    size_t n;
    *out = (struct nj_span){ NJ_NPOS, 0 };
    *st = nj_pattern_read(pattern, false, rows, &n, &error);
    for (size_t i = 0; *st == NJ_OK && i < n; i++) {
        struct nj_automaton a;
        struct nj_span span;
        ck_assert_int_eq(nj_automaton_init(&a, &rows[i]), NJ_OK);
        if (nj_automaton_find(&a, text, 0, &span) && (span.from < out->from || (span.from == out->from && span.to > out->to)))
            *out = span;
        nj_automaton_fini(&a);
    }
    return out->from != NJ_NPOS;
}

static const struct {
    const char *pattern, *text;
    int from, to; /* -1: no match */
} matches[] = {
    { "abc", "xxabcx", 2, 5 },
    { "KD-[0-9]{8}", "id KD-12345678.", 3, 14 },
    { "[0-9]{3,6}", "ab1234567", 2, 8 },
    { "\\b[0-9]{3,6}\\b", "ab1234567 123456 1", 10, 16 },
    { "\\b[A-Z]{2}\\d{6}\\b", "AAB123456 AB123456", 10, 18 },
    { "^abc$", "xabc\nabc\n", 5, 8 },
    { "^abc", "xabc", -1, -1 },
    { "abc$", "abcx abc", 5, 8 },
    { "-?\\d{3}", "x-123", 1, 5 },
    { "(foo|bar)-(1|22)x?", "bar-22x", 0, 7 },
    { "(ab){2,3}", "ababababab", 0, 6 },
    { "a?b?c?def", "xxabdef", 2, 7 },
    { "a{0,3}b{0,3}cde", "aaabbbcde", 0, 9 },
    { "a.c", "a\nc abc", 4, 7 },
    { "\\.\\*\\[\\]", "x.*[]", 1, 5 },
    { "[^a-z]{3}", "abc123", 3, 6 },
    { "[]a]{3}", NULL, 0, 0 },
    { "[-a]{3}", "x-a-", 1, 4 },
    { "[a\\]]{3}", "xa]a", 1, 4 },
    { "\xc3\xa4"
      "bc",
      "x\xc3\xa4"
      "bc",
      1, 5 },
    { "\\w{4}\\s\\S{2}\\W", "ab_1 xy!", 0, 8 },
    { "ab(c|d(e|f)){1,2}", "abdfdex", 0, 6 },
    { "(abc|\\bxyz)", "wxyz", -1, -1 },
};

START_TEST(test_rules_patterns_match_what_they_say)
{
    for (size_t i = 0; i < NJ_COUNT(matches); i++) {
        struct nj_span span;
        enum nj_status st;
        bool found = find(nj_str_of(matches[i].pattern), nj_str_of(matches[i].text), &span, &st);
        if (matches[i].text == NULL) {
            ck_assert_int_eq(st, NJ_EPARSE);
            continue;
        }
        ck_assert_msg(st == NJ_OK, "%s was refused", matches[i].pattern);
        ck_assert_msg(found == (matches[i].from >= 0), "%s in %s", matches[i].pattern, matches[i].text);
        ck_assert_msg(!found || ((int)span.from == matches[i].from && (int)span.to == matches[i].to), "%s in %s: %zu to %zu",
                      matches[i].pattern, matches[i].text, span.from, span.to);
    }
}
END_TEST

static uint32_t dice_state = 1;

static unsigned dice(unsigned sides)
{
    dice_state = dice_state * 1664525 + 1013904223;
    return (dice_state >> 16) % sides;
}

static void make_pattern(struct nj_buf *out, unsigned depth)
{
    static const char *const atoms[] = { "a", "b", "c", "1", "[ab]", "[^a]", "[a-c1]", ".", "\\." };
    static const char *const repeats[] = { "", "", "", "", "?", "{2}", "{1,3}", "{0,2}" };
    unsigned parts = 1 + dice(4);
    for (unsigned i = 0; i < parts; i++) {
        if (depth > 0 && dice(4) == 0) {
            nj_buf_addc(out, '(');
            make_pattern(out, depth - 1);
            if (dice(2)) {
                nj_buf_addc(out, '|');
                make_pattern(out, depth - 1);
            }
            nj_buf_addc(out, ')');
            nj_buf_addz(out, dice(4) == 0 ? "{1,2}" : "");
        } else {
            nj_buf_addz(out, atoms[dice(NJ_COUNT(atoms))]);
            nj_buf_addz(out, repeats[dice(NJ_COUNT(repeats))]);
        }
    }
}

/* Leftmost and longest is what POSIX asks of regexec(): an implementation that knows nothing of ours. */
START_TEST(test_rules_patterns_agree_with_the_library)
{
    struct nj_buf pattern;
    unsigned compared = 0, found_some = 0;
    nj_buf_init(&pattern, 4096);
    for (unsigned round = 0; round < 30000; round++) {
        char text[24];
        size_t n = dice(sizeof(text));
        for (size_t i = 0; i < n; i++)
            text[i] = "abc1."[dice(5)];
        text[n] = '\0';
        nj_buf_reset(&pattern);
        nj_buf_addz(&pattern, dice(8) == 0 ? "\\b" : "");
        make_pattern(&pattern, 2);
        nj_buf_addz(&pattern, dice(8) == 0 ? "\\b" : "");
        struct nj_span span;
        enum nj_status st;
        bool found = find(nj_buf_str(&pattern), (struct nj_str){ text, n }, &span, &st);
        if (st != NJ_OK)
            continue; /* may match less than three bytes, or too many alternatives */
        nj_buf_addc(&pattern, '\0');
        regex_t re;
        regmatch_t m[1];
        ck_assert_msg(regcomp(&re, pattern.p, REG_EXTENDED) == 0, "%s", pattern.p);
        bool want = regexec(&re, text, 1, m, 0) == 0;
        regfree(&re);
        ck_assert_msg(found == want, "%s in %s", pattern.p, text);
        ck_assert_msg(!found || (span.from == (size_t)m[0].rm_so && span.to == (size_t)m[0].rm_eo), "%s in %s: %zu to %zu, want %d to %d",
                      pattern.p, text, span.from, span.to, (int)m[0].rm_so, (int)m[0].rm_eo);
        compared++;
        found_some += found;
    }
    nj_buf_fini(&pattern);
    ck_assert_uint_gt(compared, 5000);
    ck_assert_uint_gt(found_some, 1000);
}
END_TEST

static const struct {
    const char *pattern;
    size_t at;
    const char *says;
} refused[] = {
    { "abc+", 3, "have an end" },
    { "ab.*c", 3, "have an end" },
    { "abc{2,}", 3, "needs an end" },
    { "abc{5,2}", 3, "a repeat is" },
    { "abc{1,121}", 3, "at most 120" },
    { "[a-z]{60}[0-9]{61}", 0, "more than 120" },
    { "ab", 0, "less than three" },
    { "abc|d?", 0, "less than three" },
    { "a{0,9}", 0, "less than three" },
    { "", 0, "less than three" },
    { "[abc", 0, "without its ]" },
    { "[]abc", 1, "empty class" },
    { "[z-a]bc", 1, "no range" },
    { "[\\d-x]bc", 1, "no range" },
    { "[\xc3\xa4]bc", 1, "ASCII" },
    { "(abc", 0, "without its )" },
    { "abc)", 3, "without its (" },
    { "(?:abc)", 1, "no options" },
    { "abc\\q", 3, "no such escape" },
    { "abc\\", 3, "no such escape" },
    { "?abc", 0, "nothing to repeat" },
    { "abc{2}{3}", 6, "repeat of a repeat" },
    { "a^bc", 3, "only stand at an end" },
    { "(abc$)d", 7, "only stand at an end" },
    { "((((((((((abc))))))))))", 9, "groups in groups" },
    { "(a|b)(a|b)(a|b)(a|b)(a|b)", 25, "too many alternatives" },
};

START_TEST(test_rules_patterns_are_refused_with_their_place)
{
    static struct nj_pattern_row rows[NJ_PATTERN_ROWS];
    for (size_t i = 0; i < NJ_COUNT(refused); i++) {
        struct nj_pattern_error error = { 999, "" };
        size_t n;
        ck_assert_msg(nj_pattern_read(nj_str_of(refused[i].pattern), false, rows, &n, &error) == NJ_EPARSE, "%s", refused[i].pattern);
        ck_assert_msg(strstr(error.text, refused[i].says) != NULL && error.at == refused[i].at, "%s: byte %zu: %s", refused[i].pattern,
                      error.at, error.text);
    }
}
END_TEST

/* --- loading ------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *json;
    size_t line, column;
    const char *says;
} bad_rules[] = {
    { "", 1, 1, "no JSON" },
    { "[\n {\"name\":\"a\",}\n]", 2, 14, "no JSON" },
    { "{\"rule\":[]}", 1, 3, "no member \"rule\"" },
    { "{}", 1, 1, "nothing in it" },
    { "[[]]", 1, 2, "a rule is an object" },
    { "{\"rules\":{}}", 1, 10, "rules is no list" },
    { "{\"actions\":[]}", 1, 12, "actions is an object" },
    { "{\"actions\":{\n\"e-mail\":\"mask\"}}", 2, 2, "no such class" },
    { "{\"actions\":{\"email\":\"hide\"}}", 1, 21, "action is one of" },
    { "{\"actions\":{\"email\":7}}", 1, 21, "action is no string" },
    { "{\"actions\":{\"token\":\"keep\"}}", 1, 21, "NIGHTJAR_REDACT=off is the only way" },
    { "{\"actions\":{\"cvv\":\"count\"}}", 1, 19, "NIGHTJAR_REDACT=off is the only way" },
    { "{\"numeric_mask\":\"one\"}", 1, 17, "numeric_mask is one of" },
    { "[7]", 1, 2, "a rule is an object" },
    { "[{\"pattern\":\"abcd\"}]", 1, 2, "no name" },
    { "[{\"name\":\"a\"}]", 1, 2, "neither a pattern nor keys" },
    { "[{\"name\":\"a b\",\"pattern\":\"abcd\"}]", 1, 10, "a name is made of" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\"},\n{\"name\":\"a\",\"pattern\":\"abcd\"}]", 2, 9, "two rules of this name" },
    { "[{\"name\":\"a\",\"patern\":\"abcd\"}]", 1, 15, "no member \"patern\"" },
    { "[{\"name\":\"a\",\n\"pattern\":\"ab+\"}]", 2, 11, "pattern, byte 3: repeats have an end" },
    { "[{\"name\":\"a\",\"pattern\":\"[a-z]{6}\"}]", 1, 24, "puts in place of secrets" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\",\"validator\":\"crc\"}]", 1, 43, "validator is one of" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\",\"context\":[]}]", 1, 41, "empty list" },
    { "[{\"name\":\"a\",\"keys\":[\"k\"],\"context\":[\"x\"]}]", 1, 2, "belong to a pattern" },
    { "[{\"name\":\"a\",\"keys\":[\"a b\"]}]", 1, 21, "list of names" },
    { "[{\"name\":\"a\",\"keys\":\"k\"}]", 1, 21, "no list" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\",\"class\":\"none\"}]", 1, 39, "no such class" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\",\"action\":\"keep\"}]", 1, 40, "keeps what it finds" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\",\"action\":\"hide\"}]", 1, 40, "action is one of" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\",\"class\":\"pan\",\"action\":\"hmac\"}]", 1, 54, "no action of its own" },
    { "[{\"name\":\"a\",\"pattern\":\"abcd\",\"ignore_case\":1}]", 1, 45, "true or false" },
    { "[{\"name\":\"a\",\"name\":\"b\",\"pattern\":\"abcd\"}]", 1, 19, "no JSON: duplicate" },
};

START_TEST(test_rules_are_refused_with_line_and_column)
{
    for (size_t i = 0; i < NJ_COUNT(bad_rules); i++) {
        struct nj_rules *r = NULL;
        struct nj_rules_error error;
        ck_assert_msg(nj_rules_new(&r, nj_str_of(bad_rules[i].json), &error) == NJ_EPARSE, "%s", bad_rules[i].json);
        ck_assert_ptr_null(r);
        ck_assert_msg(strstr(error.text, bad_rules[i].says) != NULL && error.line == bad_rules[i].line &&
                          error.column == bad_rules[i].column,
                      "%s: line %zu, column %zu: %s", bad_rules[i].json, error.line, error.column, error.text);
    }
}
END_TEST

START_TEST(test_rules_have_limits)
{
    struct nj_rules *r = NULL;
    struct nj_rules_error error;
    struct nj_buf json;
    nj_buf_init(&json, 1 << 20);
    for (int i = 0; i < NJ_RULES_MAX + 1; i++)
        nj_buf_addf(&json, "%s{\"name\":\"r%d\",\"pattern\":\"abcd\"}", i != 0 ? "," : "[", i);
    nj_buf_addc(&json, ']');
    ck_assert_int_eq(nj_rules_new(&r, nj_buf_str(&json), &error), NJ_EPARSE);
    ck_assert(strstr(error.text, "more than 32 rules") != NULL);
    nj_buf_reset(&json);
    for (int i = 0; i < 5; i++)
        nj_buf_addf(&json, "%s{\"name\":\"r%d\",\"pattern\":\"(a|b)(a|b)(a|b)(a|b)\"}", i != 0 ? "," : "[", i);
    nj_buf_addc(&json, ']');
    ck_assert_int_eq(nj_rules_new(&r, nj_buf_str(&json), &error), NJ_EPARSE);
    ck_assert(strstr(error.text, "more than 64 alternatives") != NULL);
    nj_buf_reset(&json);
    nj_buf_addz(&json, "[]");
    while (json.n <= NJ_RULES_BYTES)
        nj_buf_addc(&json, ' ');
    ck_assert_int_eq(nj_rules_new(&r, nj_buf_str(&json), &error), NJ_ELIMIT);
    nj_buf_fini(&json);
    ck_assert_int_eq(nj_rules_new(&r, NJ_STR("{\"rules\":[]}"), &error), NJ_OK);
    nj_rules_free(r);
    nj_rules_free(NULL);
}
END_TEST

/* --- at work ------------------------------------------------------------------------------------------------------ */

START_TEST(test_rules_take_what_they_match_in_text_and_json)
{
    use_rules(NULL, "[{\"name\":\"customer\",\"pattern\":\"KD-[0-9]{8}\"}]");
    ck_assert_text("KD-12345678", "[custom]");
    ck_assert_text("order of KD-12345678 and KD-87654321, not KD-1234", "order of [custom] and [custom], not KD-1234");
    ck_assert_counts("{\"rule.customer\":3}");
    ck_assert_json("{\"a\":\"KD-12345678\",\"b\":[\"x KD-12345678\"],\"KD-12345678\":1,\"s\":\"{\\\"k\\\":\\\"KD-12345678\\\"}\"}",
                   "{\"a\":\"[custom]\",\"b\":[\"x [custom]\"],\"[custom]\":1,\"s\":\"{\\\"k\\\":\\\"[custom]\\\"}\"}");
    ck_assert_text("mail ada@example.com for KD-12345678 token=abcdef12", "mail hmac:k1:7c8f36cfc2ffd62c for [custom] token=[secret]");
    ck_assert_text("x\xc3\xa4KD-12345678\xc3\xa4", "x\xc3\xa4[custom]\xc3\xa4");
    ck_assert_text_stays("order of [custom] and nothing");
}
END_TEST

START_TEST(test_rules_take_numbers)
{
    use_rules(NULL, "[{\"name\":\"n\",\"pattern\":\"\\\\b77[0-9]{5}\\\\b\"}]");
    ck_assert_json("{\"a\":7712345,\"b\":771234,\"c\":-1.5}", "{\"a\":\"[custom]\",\"b\":771234,\"c\":-1.5}");
}
END_TEST

START_TEST(test_rules_have_classes_and_actions)
{
    use_rules(NULL, "[{\"name\":\"u\",\"pattern\":\"user-[a-z]{3,20}\",\"action\":\"hmac\"},"
                    "{\"name\":\"mail\",\"pattern\":\"ada at example\",\"class\":\"email\"},"
                    "{\"name\":\"c\",\"pattern\":\"C[0-9]{12}\",\"action\":\"last4\"},"
                    "{\"name\":\"watch\",\"pattern\":\"canary\",\"action\":\"count\"},"
                    "{\"name\":\"away\",\"keys\":[\"salary*\"],\"action\":\"remove\"},"
                    "{\"name\":\"who\",\"keys\":[\"owner\"],\"class\":\"user\",\"action\":\"hmac\"}]");
    struct nj_str out = text_of(NJ_STR("user-ada"));
    ck_assert(nj_str_starts(out, NJ_STR("hmac:k1:")) && out.n == 24);
    ck_assert(nj_str_starts(text_of(NJ_STR("ada at example")), NJ_STR("hmac:k1:")));
    ck_assert_text("C123456789012", "[custom-9012]");
    ck_assert_text_stays("a canary sings");
    ck_assert_counts("{\"rule.u\":1,\"rule.mail\":1,\"rule.c\":1,\"rule.watch\":1}");
    ck_assert_json("{\"salary\":5,\"a\":1,\"salaryBand\":\"x\",\"owner\":\"ADA@example.com\"}",
                   "{\"a\":1,\"owner\":\"hmac:k1:fbbf6907d540344e\"}");
    ck_assert_counts("{\"rule.away\":2,\"rule.who\":1}");
    ck_assert_text("salary=5000 x", "salary=[secret] x");
    use_rules("off", "[{\"name\":\"u\",\"pattern\":\"user-[a-z]{3,20}\",\"action\":\"hmac\"}]");
    ck_assert_text_stays("user-ada");
    ck_assert_counts("{\"rule.u\":1}");
}
END_TEST

START_TEST(test_rules_ask_for_context_and_checksums)
{
    use_rules(NULL, "[{\"name\":\"badge\",\"pattern\":\"\\\\b[0-9]{6}\\\\b\",\"context\":[\"Badge\",\"employee\"]},"
                    "{\"name\":\"imei\",\"pattern\":\"IM[0-9]{8}\",\"validator\":\"luhn\"},"
                    "{\"name\":\"ref\",\"pattern\":\"QQ[0-9]{2}[A-Z0-9]{8,20}\",\"validator\":\"mod97\"},"
                    "{\"name\":\"v\",\"pattern\":\"VV[0-9]{4}\",\"validator\":\"verhoeff\"},"
                    "{\"name\":\"key\",\"pattern\":\"zz_[A-Za-z0-9]{16}\",\"validator\":\"random\"}]");
    ck_assert_text("the BADGE is 123456", "the BADGE is [custom]");
    ck_assert_text("123456 is an employee number", "[custom] is an employee number");
    ck_assert_text_stays("order 123456");
    ck_assert_json("{\"employeeRef\":\"123456\",\"order\":\"123456\"}", "{\"employeeRef\":\"[custom]\",\"order\":\"123456\"}");
    ck_assert_text("IM79927397 IM00000018 IM00000019", "IM79927397 [custom] IM00000019");
    ck_assert_text("QQ30ABCDEFGH1 VV2363 VV2364", "QQ30ABCDEFGH1 [custom] VV2364");
    ck_assert_text("zz_aaaaaaaaaaaaaaaa zz_a8Fq2LmZ0pXv7RtB", "zz_aaaaaaaaaaaaaaaa [custom]");
}
END_TEST

/* A match that is refused does not use its bytes up. */
START_TEST(test_rules_go_on_at_the_next_byte)
{
    use_rules(NULL, "[{\"name\":\"d\",\"pattern\":\"[0-9]{4}\",\"validator\":\"luhn\"}]");
    ck_assert_text("1 0018", "1 [custom]");
    ck_assert_text("80018", "8[custom]");
}
END_TEST

START_TEST(test_rules_ignore_case_when_told_to)
{
    use_rules(NULL, "[{\"name\":\"d\",\"pattern\":\"kd-[a-f]{4}\",\"ignore_case\":true}]");
    ck_assert_text("KD-aBcD kd-abcd", "[custom] [custom]");
}
END_TEST

START_TEST(test_rules_keep_text_well_formed)
{
    use_rules(NULL, "[{\"name\":\"d\",\"pattern\":\"KD.[^x]\"}]");
    ck_assert_text("KD\xc3\xa4\xc3\xb6 KDa\xe2\x82\xac!", "[custom]\xc3\xb6 [custom]!");
}
END_TEST

/* What comes out does not change when it goes in again. */
START_TEST(test_rules_come_to_rest)
{
    static const char *const texts[] = { "KD-12345678KD-12345678", "a1b2c3d4 e5f6 token=KD-12345678xyz", "{\"password\":\"KD-12345678\"}",
                                         "hmac:k1:12345678abcdef01 KD-12345678 9[custom]8 [custom]12345678" };
    use_rules(NULL, "[{\"name\":\"a\",\"pattern\":\"KD-[0-9]{8}\",\"action\":\"hmac\"},{\"name\":\"b\",\"pattern\":\"[0-9a-f]{8}\"},"
                    "{\"name\":\"c\",\"pattern\":\"[0-9].{4,30}[0-9]\"}]");
    for (size_t i = 0; i < NJ_COUNT(texts); i++) {
        struct nj_buf once;
        nj_buf_init(&once, 4096);
        nj_buf_add(&once, text_of(nj_str_of(texts[i])));
        nj_buf_addc(&once, '\0');
        ck_assert_text_stays(once.p);
        ck_assert(strstr(once.p, "12345678x") == NULL);
        nj_buf_fini(&once);
    }
    /* What a form says of a password is left; with a part of it replaced it is not what a form says. */
    ck_assert_json_stays("{\"password\":[\"This field may not be blank.\"]}");
    use_rules(NULL, "[{\"name\":\"w\",\"pattern\":\"\\\\w{3}\\\\s\\\\S{1,4}\"}]");
    ck_assert_json("{\"password\":[\"This field may not be blank.\"]}", "{\"password\":[\"[secret]\"]}");
}
END_TEST

/* There should be rules and are none: whatever they might have cleaned stays here. */
START_TEST(test_rules_that_are_missing_withhold_what_they_should_have_cleaned)
{
    static const struct {
        enum nj_origin origin;
        enum nj_category category;
        bool withheld;
    } rows[] = {
        { NJ_FROM_FUNCTION, NJ_CAT_LOG, true }, { NJ_FROM_EXTENSION, NJ_CAT_LOG, true },      { NJ_FROM_PAYLOAD, NJ_CAT_INPUT, true },
        { NJ_FROM_OWN, NJ_CAT_ERROR, true },    { NJ_FROM_PLATFORM, NJ_CAT_PLATFORM, false }, { NJ_FROM_OWN, NJ_CAT_AUTHENTICATION, false },
    };
    struct nj_redact_options o = { .withhold = true };
    struct nj_resource resource = { .generation = 1 };
    nj_redactor_free(redactor);
    ck_assert_int_eq(nj_redactor_new(&redactor, &o), NJ_OK);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_record in;
        struct nj_clean out;
        nj_record_init(&in);
        in.origin = rows[i].origin;
        in.category = rows[i].category;
        in.event = NJ_STR("some.event");
        in.message = NJ_STR("hello KD-1");
        in.data_json = NJ_STR("{\"a\":\"KD-1\"}");
        nj_attrs_str(&in.who, NJ_STR("client.address"), NJ_STR("192.0.2.1"));
        ck_assert_int_eq(nj_redact_record(redactor, &in, &resource, NJ_STR("1"), &out), NJ_OK);
        ck_assert_view_eq(out.message, rows[i].withheld ? NJ_WITHHELD : "hello KD-1");
        ck_assert_view_eq(out.data, rows[i].withheld ? "{\"nightjar.withheld\":true}" : "{\"a\":\"KD-1\"}");
        ck_assert_view_eq(out.event, "some.event");
        ck_assert_view_eq(out.who.a[0].v.u.s, "192.0.2.1");
        ck_assert(rows[i].withheld == (out.counts.n != 0));
    }
}
END_TEST

/* Windows of words overlap, lie apart, and end with the text. */
START_TEST(test_rules_find_every_match_near_a_word)
{
    struct nj_buf in, want;
    use_rules(NULL, "[{\"name\":\"b\",\"pattern\":\"[0-9]{6}\",\"context\":[\"badge\"]}]");
    nj_buf_init(&in, 1 << 16);
    nj_buf_init(&want, 1 << 16);
    for (unsigned round = 0; round < 2000; round++) {
        nj_buf_reset(&in);
        nj_buf_reset(&want);
        unsigned before = dice(200), behind = dice(200);
        bool near = behind <= NJ_RULE_WINDOW - 5; /* the whole word in the window */
        for (unsigned i = 0; i < before; i++)
            nj_buf_addc(&in, '.');
        nj_buf_addz(&in, "badge");
        for (unsigned i = 0; i < behind; i++)
            nj_buf_addc(&in, '.');
        nj_buf_add(&want, nj_buf_str(&in));
        nj_buf_addz(&in, "123456");
        nj_buf_addz(&want, near ? "[custom]" : "123456");
        for (unsigned i = 0; i < 300; i++) {
            nj_buf_addc(&in, '-');
            nj_buf_addc(&want, '-');
        }
        nj_buf_addz(&in, "654321 badge");
        nj_buf_addz(&want, "[custom] badge\0");
        nj_buf_addc(&want, '\0');
        ck_assert_view_eq(text_of(nj_buf_str(&in)), want.p);
    }
    nj_buf_fini(&in);
    nj_buf_fini(&want);
}
END_TEST

/* Every byte begins a match that is refused at its end: the worst there is. */
START_TEST(test_rules_take_work_in_proportion)
{
    enum { SMALL = 4 << 10, LARGE = 1 << 20 };
    static const char *const rest[] = { "[a-z]{1,100}[0-9]XY\"", "[a-z]{20,119}\",\"context\":[\"nowhere\"]",
                                        "[a-z]{20,40}\",\"validator\":\"random\"" };
    struct nj_buf text;
    nj_buf_init(&text, 2 << 20);
    for (size_t i = 0; i < NJ_COUNT(rest); i++) {
        char json[200];
        uint64_t read[2] = { 0, 0 };
        snprintf(json, sizeof(json), "[{\"name\":\"d\",\"pattern\":\"%s}]", rest[i]);
        use_rules(NULL, json);
        for (int large = 0; large < 2; large++) {
            nj_buf_reset(&text);
            while (text.n < (large ? LARGE : SMALL))
                nj_buf_addz(&text, "abababababababab");
            uint64_t before = redactor->rules_read;
            text_of(nj_buf_str(&text));
            read[large] = redactor->rules_read - before;
        }
        ck_assert_uint_ge(read[0], SMALL);
        ck_assert_msg(read[1] <= read[0] * (LARGE / SMALL) / 10 * 11, "%s: %llu bytes read of 1 MB, %llu of 4 KB", rest[i],
                      (unsigned long long)read[1], (unsigned long long)read[0]);
    }
    nj_buf_fini(&text);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_rules_patterns_match_what_they_say)                                                                                             \
    X(test_rules_patterns_agree_with_the_library)                                                                                          \
    X(test_rules_patterns_are_refused_with_their_place)                                                                                    \
    X(test_rules_are_refused_with_line_and_column)                                                                                         \
    X(test_rules_have_limits)                                                                                                              \
    X(test_rules_take_what_they_match_in_text_and_json)                                                                                    \
    X(test_rules_take_numbers)                                                                                                             \
    X(test_rules_have_classes_and_actions)                                                                                                 \
    X(test_rules_ask_for_context_and_checksums)                                                                                            \
    X(test_rules_go_on_at_the_next_byte)                                                                                                   \
    X(test_rules_ignore_case_when_told_to)                                                                                                 \
    X(test_rules_keep_text_well_formed)                                                                                                    \
    X(test_rules_come_to_rest)                                                                                                             \
    X(test_rules_that_are_missing_withhold_what_they_should_have_cleaned)                                                                  \
    X(test_rules_find_every_match_near_a_word)                                                                                             \
    X(test_rules_take_work_in_proportion)

REDACT_TEST_MAIN("redact_rules")

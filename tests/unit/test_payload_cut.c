/* Tests of cutting: whatever the byte, what is left is valid JSON, and the redactor finds no half of a secret in it. */
#include "redact_unit.h"

#include "nightjar/payload.h"
#include "nightjar/utf8.h"

#include "../../src/observe/payload_internal.h"
#include "../../src/redact/redact_internal.h"

#include <stdio.h>
#include <string.h>

static struct nj_buf scratch, cut;
static struct nj_record record;
static struct nj_resource resource;
static struct nj_clean clean;

/* Decodes and redacts the first n bytes of what is longer. */
static struct nj_str leave(struct nj_str whole, size_t n, enum nj_payload_kind kind, bool complete)
{
    struct nj_payload p = { .kind = kind, .complete = complete, .kept = nj_str_slice(whole, 0, n), .size = whole.n };
    struct nj_json v;
    p.streaming = kind == NJ_PAYLOAD_RESPONSE;
    ck_assert(nj_payload_decode(&p, &scratch, &record));
    ck_assert_int_eq(scratch.err, NJ_OK);
    if (record.data_json.p != NULL) {
        ck_assert_msg(nj_json_parse(record.data_json, &v) == NJ_OK, "cut at %zu: %.*s", n, NJ_STR_ARG(record.data_json));
        ck_assert_int_eq(v.type, NJ_JSON_OBJECT);
    }
    record.origin = NJ_FROM_PAYLOAD;
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("i-1"), &clean), NJ_OK);
    ck_assert_int_eq(nj_json_parse(clean.data, &v), NJ_OK);
    return clean.data;
}

/* --- JSON --------------------------------------------------------------------------------------------------------- */

START_TEST(test_payload_cut_json_ends_behind_its_last_whole_value)
{
    static const struct {
        const char *in, *out;
        bool json, half;
    } rows[] = {
        { "{\"a\":1,\"b\":\"xy", "{\"a\":1}", true, false },
        { "{\"a\":1,\"b\":tru", "{\"a\":1}", true, false },
        { "{\"a\":1,\"b\":true", "{\"a\":1}", true, false },
        { "{\"a\":1,\"b\":true ", "{\"a\":1,\"b\":true}", true, false },
        { "{\"a\":1,\"b\":-12.5e", "{\"a\":1}", true, false },
        { "{\"a\":1,\"b", "{\"a\":1}", true, false },
        { "{\"a\":1,\"b\"", "{\"a\":1}", true, false },
        { "{\"a\":1,\"b\":", "{\"a\":1}", true, false },
        { "{\"a\":1,", "{\"a\":1}", true, false },
        { "{\"a\":1", "{}", true, false },
        { "{\"a\":{\"b\":[", "{\"a\":{\"b\":[]}}", true, false },
        { "[[1,2],[3,", "[[1,2],[3]]", true, false },
        { "[\"a\",\"\\u00", "[\"a\"]", true, false },
        { "{\"a\":1}", "{\"a\":1}", true, false },
        { "{\"a\":1} \n", "{\"a\":1}", true, false },
        { "\"whole\"", "\"whole\"", true, false },
        { "\"half a sen", "\"half a sen\"", true, true },
        { "\"half\\u12", "\"half\"", true, true },
        { "\"half\\", "\"half\"", true, true },
        { "{\"body\":\"half\\n", "{\"body\":\"half\\n\"}", true, true },
        { "{\"body\":\"half\\", "{\"body\":\"half\"}", true, true },
        { "{\"x\":{\"body\":\"half", "{\"x\":{}}", true, false },
        { "[{\"body\":\"half", "[{}]", true, false },
        { "123", "", true, false },
        { "nul", "", true, false },
        { "-", "", true, false },
        { "", "", false, false },
        { " ", "", true, false },
        { "{\"a\":1}x", "", false, false },
        { "{\"a\" 1", "", false, false },
        { "{a", "", false, false },
        { "[1 2", "", false, false },
        { "[1}", "", false, false },
        { "[,", "", false, false },
        { "{,", "", false, false },
        { "[01,2", "", false, false },
        { "[nope", "", false, false },
        { "[1x", "", false, false },
        { "[.5", "", false, false },
        { "\"\\x", "", false, false },
        { "\"\\u00g0", "", false, false },
        { "\"a\nb", "", false, false },
        { "plain text", "", false, false },
        { "[2026-11-23] text", "", false, false },
        /* a value whose name may stand behind the cut */
        { "[{\"value\":\"x\",\"na", "[{}]", true, false },
        { "[{\"a\":1,\"value\":\"x\",\"type\":\"y\",", "[{\"a\":1}]", true, false },
        { "[{\"Value\":{\"S\":\"x\"", "[{}]", true, false },
        { "[{\"Value\":{\"S\":\"x\"},", "[{}]", true, false },
        { "[{\"v\\u0061lue\":\"x\",", "[{}]", true, false },
        { "[{\"name\":\"n\",\"value\":\"x\",", "[{\"name\":\"n\",\"value\":\"x\"}]", true, false },
        { "[{\"value\":\"x\",\"key\":\"n\",", "[{\"value\":\"x\",\"key\":\"n\"}]", true, false },
        { "[{\"value\":\"x\",\"key\":\"n", "[{}]", true, false },
        { "{\"value\":1,\"items\":[1,2", "{\"value\":1,\"items\":[1]}", true, false },
        { "{\"value\":1,\"body\":\"ha", "{}", true, false },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        bool half = false;
        nj_buf_reset(&cut);
        ck_assert_msg(nj_cut_json(nj_str_of(rows[i].in), &cut, &half) == rows[i].json, "%s", rows[i].in);
        ck_assert_view_eq(nj_buf_str(&cut), rows[i].out);
        ck_assert_msg(half == rows[i].half, "%s", rows[i].in);
    }
}
END_TEST

START_TEST(test_payload_cut_text_ends_before_what_may_be_half)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        { "one two thr", "one two " },
        { "one two ", "one two " },
        { "one,two;thr", "one,two;" },
        { "a=b&password=hun", "a=b&" },
        { "a=b&password=hunter2&", "a=b&password=hunter2&" },
        { "mail joe.doe@exam", "mail " },
        { "card 4242 4242 42", "card " },
        { "card 4242 4242 ", "card " },
        { "card 4242-4242-42", "card " },
        { "iban DE89 3704 0044 0532", "iban " },
        { "call +44 (20) 7946 0", "call " },
        { "order 66 was shipped", "order 66 was " },
        { "see https://user:p,a&ss", "see " },
        { "see https://host/path, the", "see https://host/path, " },
        { "see https://host?a=b&c=d", "see https://host?a=b&" },
        { "<a>b</a><password>hunter<", "<a>b</a><password>" },
        { "<a>b</a><password>hunter</pass", "<a>b</a><password>" },
        { "<a>b</a>", "<a>b</a>" },
        { "onerunofletters", "" },
        { "", "" },
        { "\xe6\x97\xa5\xe6\x9c\xac\xe3\x80\x82\xe8\xaa", "\xe6\x97\xa5\xe6\x9c\xac\xe3\x80\x82" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_view_eq(nj_cut_text(nj_str_of(rows[i].in)), rows[i].out);
}
END_TEST

/* --- at every byte ------------------------------------------------------------------------------------------------ */

#define WORD "zqXvJw93kTbbRm"
#define MAIL "zebulon.quagmire@example.com"
#define JSON_BODY                                                                                                                          \
    "{\\\"user\\\":\\\"u\\\",\\\"password\\\":\\\"" WORD "\\\",\\\"n\\\":[1,{\\\"email\\\":\\\"" MAIL "\\\"}],\\\"t\\\":\\\"" JWT_TEXT     \
    "\\\"}"

static const char *const secrets[] = { WORD, MAIL, JWT_TEXT, AWS_ID, AWS_SECRET, CARD, "4242 4242 4242 4242", "4242-4242-4242-4242",
                                       PEM_LINE,
                                       /* base64 of {"password":"zqXvJw93kTbbRm", and of the same in the middle of a form */
                                       "eyJwYXNzd29yZCI6InpxWHZKdzkza1RiYlJtIiwi", "enFYdkp3OTNrVGJiUm" };

/* No six bytes of a secret that stand beside each other in it; the placeholder of a card has five. */
static void check_secrets(struct nj_str out, const char *in, size_t n)
{
    enum { PART = 6 };
    for (size_t i = 0; i < NJ_COUNT(secrets); i++) {
        struct nj_str s = nj_str_of(secrets[i]);
        for (size_t at = 0; at + PART <= s.n; at++)
            ck_assert_msg(nj_str_find(out, nj_str_slice(s, at, at + PART), 0) == NJ_NPOS, "cut at %zu: %.*s of %s in\n%.*s\nfrom\n%.*s", n,
                          NJ_STR_ARG(nj_str_slice(s, at, at + PART)), secrets[i], NJ_STR_ARG(out), (int)n, in);
    }
}

static const char *const payloads[] = {
    /* REST, with everything around it */
    "{\"httpMethod\":\"POST\",\"path\":\"/login\",\"headers\":{\"Authorization\":\"Bearer " WORD "\",\"x-api-key\":\"" WORD "\","
    "\"Cookie\":\"a=" WORD "; b=" WORD "\"},\"multiValueHeaders\":{\"Authorization\":[\"Bearer " WORD
    "\"]},\"requestContext\":{\"identity\":"
    "{\"apiKey\":\"" WORD "\",\"n\":4242424242424242}},\"body\":\"" JSON_BODY "\",\"isBase64Encoded\":false}",
    /* HTTP API with base64, in both orders */
    "{\"version\":\"2.0\",\"body\":\"eyJwYXNzd29yZCI6InpxWHZKdzkza1RiYlJtIiwibiI6MX0=\",\"isBase64Encoded\":true,\"z\":1}",
    "{\"version\":\"2.0\",\"isBase64Encoded\":true,\"body\":\"eyJwYXNzd29yZCI6InpxWHZKdzkza1RiYlJtIiwibiI6MX0=\",\"z\":1}",
    "{\"isBase64Encoded\":true,\"body\":\"dXNlcj1qb2UmcGFzc3dvcmQ9enFYdkp3OTNrVGJiUm0mYT0x\"}",
    /* forms and text */
    "{\"body\":\"user=joe&password=" WORD "&card=4242424242424242&mail=" MAIL "&a=1\",\"isBase64Encoded\":false}",
    "{\"body\":\"Dear Sir, my card is 4242 4242 4242 4242 and my mail " MAIL ", yours\",\"isBase64Encoded\":false}",
    "user=joe&password=" WORD "&card=4242424242424242&mail=" MAIL "&a=1",
    "line one password=" WORD " then\nAuthorization: Bearer " WORD "\nand 4242-4242-4242-4242, " MAIL ";\n\"token\": \"" WORD "\"\n" AWS_ID
    " " AWS_SECRET " " JWT_TEXT " end",
    "connect to https://joe:" WORD "@host.invalid/path?password=" WORD "&b=c now, or postgres://joe:" WORD "," WORD "&" WORD "@db/x",
    "<login><card>4242 4242 4242 4242</card><token>" JWT_TEXT "</token><mail>" MAIL "</mail></login>",
    "a key:\n" PEM_BEGIN "\n" PEM_LINE "\n" PEM_LINE "\n" PEM_LINE "\n" PEM_END "\nand more words",
    /* strings and lists alone */
    "\"password=" WORD " and " MAIL " and more\"",
    "[\"" MAIL "\",\"" JWT_TEXT "\",4242424242424242,[\"authorization\",\"" WORD "\"]]",
    /* names beside, before and behind */
    "{\"attributes\":[{\"name\":\"password\",\"value\":\"" WORD "\"},{\"value\":\"" WORD "\",\"name\":\"password\"},"
    "{\"Value\":{\"S\":\"" WORD "\"},\"Type\":\"x\",\"Name\":\"api_key\"},{\"Key\":\"secret\",\"Value\":[\"" WORD "\"]}],\"z\":[1,2,3]}",
    /* queues */
    "{\"Records\":[{\"messageId\":\"m\",\"body\":\"" JSON_BODY "\",\"attributes\":{\"SenderId\":\"s\"},\"eventSource\":\"aws:sqs\"},"
    "{\"messageId\":\"n\",\"body\":\"password=" WORD "\",\"eventSource\":\"aws:sqs\"}]}",
    /* Cognito, CodePipeline */
    "{\"triggerSource\":\"UserMigration_Authentication\",\"request\":{\"password\":\"" WORD "\",\"validationData\":null},\"response\":{}}",
    "{\"CodePipeline.job\":{\"data\":{\"artifactCredentials\":{\"accessKeyId\":\"" AWS_ID "\",\"secretAccessKey\":\"" AWS_SECRET "\","
    "\"sessionToken\":\"" WORD "\"}}}}",
};

START_TEST(test_payload_cut_at_every_byte_is_sound_and_leaks_nothing)
{
    for (size_t i = 0; i < NJ_COUNT(payloads); i++) {
        struct nj_str whole = nj_str_of(payloads[i]);
        for (size_t n = 0; n <= whole.n; n++)
            check_secrets(leave(whole, n, NJ_PAYLOAD_INPUT, true), payloads[i], n);
        for (size_t n = 0; n <= whole.n; n++)
            check_secrets(leave(nj_str_slice(whole, 0, n), n, NJ_PAYLOAD_INPUT, false), payloads[i], n);
    }
}
END_TEST

/* A secret that is not cut is redacted with the same form around it: the test above could not fail otherwise. */
START_TEST(test_payload_whole_secrets_are_redacted_and_the_rest_stays)
{
    struct nj_str out = leave(nj_str_of(payloads[0]), strlen(payloads[0]), NJ_PAYLOAD_INPUT, true);
    ck_assert(nj_str_find(out, NJ_STR("\"body\":{\"user\":\"u\",\"password\":\"[secret]\""), 0) != NJ_NPOS);
    ck_assert(nj_str_find(out, NJ_STR("\"path\":\"/login\""), 0) != NJ_NPOS);
    /* Behind half the body there is still the other half. */
    size_t at = nj_str_find(nj_str_of(payloads[0]), NJ_STR(",\\\"n\\\":"), 0);
    out = leave(nj_str_of(payloads[0]), at + 3, NJ_PAYLOAD_INPUT, true);
    ck_assert(nj_str_find(out, NJ_STR("\"body\":{\"user\":\"u\",\"password\":\"[secret]\"}"), 0) != NJ_NPOS);
}
END_TEST

START_TEST(test_payload_cut_keeps_nearly_all_of_what_is_no_secret)
{
    static const char text[] = "the quick brown fox jumps over the lazy dog, and then the dog jumps over the fox; ";
    struct nj_str whole;
    nj_buf_reset(&cut);
    nj_buf_addz(&cut, "{\"headers\":{\"a\":\"b\"},\"body\":\"");
    for (int i = 0; i < 100; i++)
        nj_buf_addz(&cut, text);
    nj_buf_addz(&cut, "\"}");
    whole = nj_buf_str(&cut);
    for (size_t n = 100; n < whole.n; n += 13) {
        leave(whole, n, NJ_PAYLOAD_INPUT, true);
        ck_assert_uint_ge(record.data_json.n + 8, n);
    }
}
END_TEST

START_TEST(test_payload_cut_stream_is_sound_and_leaks_nothing)
{
    static const char stream[] =
        "{\"statusCode\":200,\"headers\":{\"set-cookie\":\"s=" WORD "\"},\"cookies\":[\"a=" WORD "\"]}\0\0\0\0\0\0\0\0"
        "{\"user\":\"u\",\"password\":\"" WORD "\",\"mail\":\"" MAIL "\"}";
    struct nj_str whole = { stream, sizeof(stream) - 1 };
    for (size_t n = 0; n <= whole.n; n++) {
        struct nj_str out = leave(whole, n, NJ_PAYLOAD_RESPONSE, true);
        struct nj_str code = NJ_STR("\"payload\":{\"statusCode\":200");
        check_secrets(out, stream, n);
        if (n > 20)
            ck_assert(nj_str_find(out, code, 0) != NJ_NPOS);
    }
}
END_TEST

START_TEST(test_payload_cut_error_is_sound_and_leaks_nothing)
{
    struct nj_str whole = NJ_STR("{\"errorType\":\"E\",\"errorMessage\":\"password=" WORD " " MAIL "\",\"stackTrace\":[\"at " MAIL
                                 "\",\"x\"],\"cause\":{\"password\":\"" WORD "\"}}");
    for (size_t n = 0; n <= whole.n; n++) {
        struct nj_str out = leave(whole, n, NJ_PAYLOAD_ERROR, true);
        check_secrets(out, whole.p, n);
        check_secrets(clean.message, whole.p, n);
    }
}
END_TEST

/* --- after redaction ---------------------------------------------------------------------------------------------- */

START_TEST(test_shortened_json_ends_behind_its_last_whole_value_that_fits)
{
    static const struct {
        const char *in;
        size_t most;
        const char *out;
    } rows[] = {
        { "{\"a\":1,\"b\":[1,2]}", 17, "{\"a\":1,\"b\":[1,2]}" },
        { "{\"a\":1,\"b\":[1,2]}", 16, "{\"a\":1,\"b\":[1]}" },
        { "{\"a\":1,\"b\":[1,2]}", 14, "{\"a\":1,\"b\":[]}" },
        { "{\"a\":1,\"b\":[1,2]}", 13, "{\"a\":1}" },
        { "{\"a\":1,\"b\":[1,2]}", 6, "{}" },
        { "{\"a\":1,\"b\":[1,2]}", 2, "{}" },
        { "[[[]],[1]]", 9, "[[[]],[]]" },
        { "[[[]],[1]]", 5, "[[]]" },
        { "[ 1 ,\t2 ]", 8, "[ 1 ,\t2]" },
        { "12345", 4, "\"\"" },
        { "\"one two three\"", 10, "\"one two \"" },
        { "\"one two three\"", 5, "\"\"" },
        { "\"one two three\"", 6, "\"one \"" },
        { "\"one\\ntwo\\nthree\"", 13, "\"one\\ntwo\\n\"" },
        { "\"one\\ntwo\\nthree\"", 8, "\"one\\n\"" },
        { "\"\\\\\\\\\\\\ x\"", 5, "\"\"" },
        { "\"mail [email] x\"", 15, "\"mail [email] \"" },
        { "\"mail [email] x\"", 14, "\"mail \"" },
        { "\"mail [binary 12 bytes] x\"", 20, "\"mail \"" },
        { "\"by hmac:k1:0123456789abcdef now\"", 31, "\"by hmac:k1:0123456789abcdef \"" },
        { "\"by hmac:k1:0123456789abcdef now\"", 12, "\"by \"" },
        { "{\"body\":\"one two three\",\"z\":1}", 19, "{\"body\":\"one two \"}" },
        { "{\"body\":\"one two three\",\"z\":1}", 9, "{}" },
        { "{\"a\":{\"body\":\"one two three\"}}", 25, "{\"a\":{}}" },
        { "{\"a\":\"one two three\"}", 15, "{}" },
        { "[\"body\",\"one two three\"]", 20, "[\"body\"]" },
        { "{\"a\\\"}\":\"\\\"]\",\"b\":1}", 19, "{\"a\\\"}\":\"\\\"]\"}" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char text[64];
        size_t n = strlen(rows[i].in);
        memcpy(text, rows[i].in, n);
        struct nj_str out = { text, nj_shorten(text, n, rows[i].most) };
        ck_assert_msg(nj_str_eq(out, nj_str_of(rows[i].out)), "%s to %zu: %.*s", rows[i].in, rows[i].most, NJ_STR_ARG(out));
    }
}
END_TEST

/* Without a space in sight a text is cut anywhere, except in an escape, a character or what redaction put there. */
START_TEST(test_shortened_text_without_words_keeps_characters_and_placeholders_whole)
{
    static const char *const units[] = { "x",    "\xc3\xa4", "\xf0\x9f\x98\x80",         "\\u00e4", "\\ud83d\\ude00",
                                         "\\\\", "[email]",  "hmac:k1:0123456789abcdef/" };
    char text[4096];
    for (size_t u = 0; u < NJ_COUNT(units); u++) {
        size_t unit = strlen(units[u]);
        for (size_t most = 1200; most < 1230; most++) {
            size_t n = 0;
            text[n++] = '"';
            while (n + unit < 2000)
                n += (size_t)snprintf(text + n, sizeof(text) - n, "%s", units[u]);
            text[n++] = '"';
            size_t left = nj_shorten(text, n, most);
            ck_assert_uint_le(left, most);
            ck_assert_uint_gt(left + unit, most - 2);
            ck_assert_msg((left - 2) % unit == 0, "%s at %zu: %zu", units[u], most, left);
        }
    }
}
END_TEST

static const char *const marks[] = { "[secret]",           "[email]",       "[jwt]",  "[vendor_key]",
                                     "[credit_card-4242]", "[private_key]", "[conn]", "[bank]" };

/* A string that ends with the beginning of a placeholder. */
static void check_marks(struct nj_str out, struct nj_str full, size_t most)
{
    char part[32];
    for (size_t i = 0; i < NJ_COUNT(marks); i++)
        for (size_t n = 2; n < strlen(marks[i]); n++) {
            snprintf(part, sizeof(part), "%.*s\"", (int)n, marks[i]);
            ck_assert_msg(nj_str_find(out, nj_str_of(part), 0) == NJ_NPOS || nj_str_find(full, nj_str_of(part), 0) != NJ_NPOS,
                          "%s at %zu: %.*s", part, most, NJ_STR_ARG(out));
        }
}

/* Is part what is left of whole: its first members, each whole, and of the last one perhaps a part? */
static bool is_head(struct nj_json whole, struct nj_json part, int depth, bool body)
{
    struct nj_json_iter a, b;
    struct nj_str name, other;
    struct nj_json x, y;
    if (nj_str_eq(whole.raw, part.raw))
        return true;
    if (whole.type != part.type)
        return false;
    if (whole.type == NJ_JSON_STRING)
        return (depth == 0 || (depth == 1 && body)) && nj_str_starts(whole.raw, nj_str_slice(part.raw, 0, part.raw.n - 1));
    nj_json_iter_init(&a, whole);
    nj_json_iter_init(&b, part);
    while (nj_json_next(&b, &other, &y)) {
        if (!nj_json_next(&a, &name, &x) || !nj_str_eq(name, other))
            return false;
        if (nj_str_eq(x.raw, y.raw))
            continue;
        return is_head(x, y, depth + 1, nj_str_eq(name, NJ_STR("body"))) && !nj_json_next(&b, &other, &y);
    }
    return whole.type == NJ_JSON_OBJECT || whole.type == NJ_JSON_ARRAY;
}

START_TEST(test_redacted_payloads_are_sound_at_every_limit)
{
    for (size_t i = 0; i < NJ_COUNT(payloads); i++) {
        struct nj_json all, whole, part;
        struct nj_str out = leave(nj_str_of(payloads[i]), strlen(payloads[i]), NJ_PAYLOAD_INPUT, true);
        ck_assert_int_eq(nj_json_parse(out, &all), NJ_OK);
        whole = nj_json_get(all, NJ_STR("payload"));
        for (size_t most = 2; most <= whole.raw.n + 1; most++) {
            nj_buf_reset(&cut);
            nj_buf_add(&cut, whole.raw);
            struct nj_str left = { cut.p, nj_shorten(cut.p, cut.n, most) };
            ck_assert_uint_le(left.n, most);
            ck_assert_msg(nj_json_parse(left, &part) == NJ_OK, "at %zu: %.*s", most, NJ_STR_ARG(left));
            ck_assert_msg(is_head(whole, part, 0, false), "at %zu: %.*s", most, NJ_STR_ARG(left));
            ck_assert(most < whole.raw.n || nj_str_eq(left, whole.raw));
            check_marks(left, whole.raw, most);
        }
    }
}
END_TEST

static void limit(size_t most)
{
    nj_redactor_free(redactor);
    ck_assert_int_eq(nj_redactor_new(&redactor, &(struct nj_redact_options){ .payload_most = most }), NJ_OK);
}

/* The length of the words of the document in a record, and whether it says that there were more. */
static size_t words(struct nj_str data, bool *truncated)
{
    static const char *const names[] = { "payload",
                                         "exception.type",
                                         "exception.message",
                                         "exception.stacktrace",
                                         "nightjar.error.type",
                                         "nightjar.error.details",
                                         "nightjar.error.trailer" };
    struct nj_json all;
    size_t n = 0;
    ck_assert_msg(nj_json_parse(data, &all) == NJ_OK, "%.*s", NJ_STR_ARG(data));
    for (size_t i = 0; i < NJ_COUNT(names); i++)
        n += nj_json_get(all, nj_str_of(names[i])).raw.n;
    *truncated = nj_json_get(all, NJ_STR("nightjar.payload.truncated")).type == NJ_JSON_TRUE;
    return n;
}

/* The limit is one of what leaves: also where a placeholder is longer than what it replaces, and where escapes make a text longer. */
START_TEST(test_what_leaves_of_a_payload_keeps_within_its_limit_and_says_so)
{
    static const char error[] = "{\"errorType\":\"E\",\"errorMessage\":\"mail " MAIL " \\\"quoted\\\"\",\"stackTrace\":[\"at x\",\"at " MAIL
                                "\"],\"cause\":{\"a\":1,\"b\":[1,2,3]}}";
    const struct {
        enum nj_payload_kind kind;
        const char *text;
    } rows[] = { { NJ_PAYLOAD_INPUT, payloads[0] },
                 { NJ_PAYLOAD_INPUT, "[\"a@b.co\",\"c@d.co\",\"e@f.co\",\"g@h.co\"]" },
                 { NJ_PAYLOAD_INPUT, "quotes \"\"\"\"\"\"\" and a@b.co, \\ and so on" },
                 { NJ_PAYLOAD_RESPONSE, payloads[5] },
                 { NJ_PAYLOAD_ERROR, error },
                 { NJ_PAYLOAD_ERROR, "no document, a@b.co" } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        bool truncated;
        struct nj_str whole = nj_str_of(rows[i].text);
        limit(0);
        size_t full = words(leave(whole, whole.n, rows[i].kind, true), &truncated);
        ck_assert(!truncated);
        for (size_t most = 2; most <= full + 2; most++) {
            limit(most);
            struct nj_str out = leave(whole, whole.n, rows[i].kind, true);
            size_t n = words(out, &truncated);
            ck_assert_msg(n <= most, "%zu of %zu: %.*s", n, most, NJ_STR_ARG(out));
            ck_assert_msg(truncated == (most < full), "%zu of %zu: %.*s", most, full, NJ_STR_ARG(out));
            check_secrets(out, rows[i].text, most);
        }
    }
}
END_TEST

START_TEST(test_limit_of_payloads_is_the_smaller_of_preset_and_operator_and_is_none_for_logs)
{
    static const struct {
        const char *policy;
        size_t most, leaves;
    } rows[] = {
        { "pci", 0, 16 << 10 }, { "pci", 20000, 16 << 10 }, { "pci", 5000, 5000 }, { "default", 5000, 5000 }, { "default", 0, 40000 }
    };
    static char text[40000 + 1];
    memset(text, ' ', sizeof(text) - 1);
    text[0] = text[sizeof(text) - 2] = '"';
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        bool truncated;
        nj_redactor_free(redactor);
        struct nj_redact_options o = { .policy = nj_str_of(rows[i].policy), .payload_most = rows[i].most };
        ck_assert_int_eq(nj_redactor_new(&redactor, &o), NJ_OK);
        size_t n = words(leave(nj_str_of(text), sizeof(text) - 1, NJ_PAYLOAD_INPUT, true), &truncated);
        ck_assert_uint_eq(n, rows[i].leaves);
        ck_assert(truncated == (n < sizeof(text) - 1));
    }
    record.origin = NJ_FROM_FUNCTION;
    limit(100);
    ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("i-1"), &clean), NJ_OK);
    ck_assert_uint_ge(clean.data.n, sizeof(text));
}
END_TEST

static void start(void)
{
    setup();
    nj_buf_init(&scratch, 4 << 20);
    nj_buf_init(&cut, 1 << 20);
    memset(&resource, 0, sizeof(resource));
}

static void stop(void)
{
    teardown();
    nj_buf_fini(&scratch);
    nj_buf_fini(&cut);
}

#define NJ_TESTS(X)                                                                                                                        \
    X(test_payload_cut_json_ends_behind_its_last_whole_value)                                                                              \
    X(test_payload_cut_text_ends_before_what_may_be_half)                                                                                  \
    X(test_payload_cut_at_every_byte_is_sound_and_leaks_nothing)                                                                           \
    X(test_payload_whole_secrets_are_redacted_and_the_rest_stays)                                                                          \
    X(test_payload_cut_keeps_nearly_all_of_what_is_no_secret)                                                                              \
    X(test_payload_cut_stream_is_sound_and_leaks_nothing)                                                                                  \
    X(test_payload_cut_error_is_sound_and_leaks_nothing)                                                                                   \
    X(test_shortened_json_ends_behind_its_last_whole_value_that_fits)                                                                      \
    X(test_shortened_text_without_words_keeps_characters_and_placeholders_whole)                                                           \
    X(test_redacted_payloads_are_sound_at_every_limit)                                                                                     \
    X(test_what_leaves_of_a_payload_keeps_within_its_limit_and_says_so)                                                                    \
    X(test_limit_of_payloads_is_the_smaller_of_preset_and_operator_and_is_none_for_logs)

int main(void)
{
    Suite *s = suite_create("payload_cut");
    TCase *tc = tcase_create("payload_cut");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, start, stop);
    NJ_TESTS(NJ_ADD_TEST)
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

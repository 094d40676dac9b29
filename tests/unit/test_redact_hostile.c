/* What is thrown at the redactor and must neither harm it nor slip through: broken text, deep and huge JSON, disguises; and that
 * it changes nothing else and keeps no memory. */
#include "redact_unit.h"

#include "nightjar/utf8.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECRET                                                                                                                             \
    "Tulip"                                                                                                                                \
    "77Marigold"

static const char *const presets[] = { "default", "strict", "pci", "hipaa" };

/* An assertion that holds is not free either: check writes it down. */
static void assert_sound(struct nj_str s)
{
    for (size_t at = 0; at < s.n;) {
        unsigned char c = (unsigned char)s.p[at];
        size_t len = nj_utf8_len(s, at);
        if (len == 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            ck_abort_msg("byte %02x at %zu of \"%.*s\"", c, at, NJ_STR_ARG(s));
        at += len;
    }
}

/* Once and again, as text and, where it is JSON, as JSON. */
static void assert_survived(struct nj_str in, const char *what)
{
    struct nj_buf once;
    struct nj_json json;
    nj_buf_init(&once, 64 << 20);
    nj_redact_text(redactor, in, &once);
    ck_assert_int_eq(once.err, NJ_OK);
    assert_sound(nj_buf_str(&once));
    ck_assert_msg(nj_str_eq(text_of(nj_buf_str(&once)), nj_buf_str(&once)), "text changes again: %s", what);
    if (nj_json_parse(in, &json) == NJ_OK) {
        nj_buf_reset(&once);
        nj_redact_json(redactor, json, &once);
        ck_assert_int_eq(once.err, NJ_OK);
        assert_sound(nj_buf_str(&once));
        ck_assert_msg(nj_json_parse(nj_buf_str(&once), &json) == NJ_OK, "no JSON any more: %s", what);
        ck_assert_msg(nj_str_eq(json_of(nj_buf_str(&once)), nj_buf_str(&once)), "JSON changes again: %s", what);
    }
    nj_buf_fini(&once);
}

static void assert_survived_by_all(struct nj_str in, const char *what)
{
    for (size_t i = 0; i < NJ_COUNT(presets); i++) {
        use(presets[i], NULL, NULL);
        assert_survived(in, what);
    }
}

#define BYTES(literal)                                                                                                                     \
    {                                                                                                                                      \
        literal, sizeof(literal) - 1                                                                                                       \
    }

START_TEST(test_redact_broken_text_harms_nothing)
{
    static const struct nj_str broken[] = {
        BYTES("\xff\xfe password=" SECRET "\x80\x80"),
        BYTES("\xf0\x9f\x98"),
        BYTES("\xed\xa0\x80 surrogate in UTF-8 \xed\xb0\x80"),
        BYTES("\xc0\xaf overlong \xe0\x80\xaf"),
        BYTES("\xf4\x90\x80\x80 beyond"),
        BYTES("a\0b\0password=\0" SECRET "\0"),
        BYTES("{\"a\":\"\\u0000\",\"password\":\"\\u0000x\"}"),
        BYTES("{\"a\":\"\\ud83d\",\"token\":\"\\ude00\\ud83d\"}"),
        BYTES("{\"\\ud83d\":1,\"\\ude00\":2,\"\\ud83d\\ude00\":3}"),
        BYTES("{\"a\":\"\xff\xfe\",\"\xff\":\"\xfe\"}"),
        BYTES("{\"\":\"\",\"\":{\"\":[]}}"),
        BYTES("{\"a\":1,\"a\":2,\"password\":1,\"password\":\"x\"}"),
        BYTES("[1e999,-0,1E+2,0.10,123456789012345678901234567890]"),
        BYTES("{\"pin\":4.111111111111111e15,\"otp\":-1,\"cvv\":1e2}"),
        BYTES("{\"a\":"),
        BYTES("{\"password\":\""),
        BYTES("{\"password"),
        BYTES("\"\\"),
        BYTES("\"\\u12"),
        BYTES("\\\\\\\\\\\\\"password\\\\\\\\\\\\\":\\\\\\\\\\\\\"" SECRET),
        BYTES("%"),
        BYTES("password%3"),
        BYTES("password%3D%"),
        BYTES("&quot;password&quot;:&quot;"),
        BYTES("&#x70;&#112;&#;&#x;&#99999999999;"),
        BYTES("-----BEGIN PRIVATE KEY-----"),
        BYTES("-----END PRIVATE KEY-----"),
        BYTES("=?utf-8?b?cGFzcw==?="),
        BYTES("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        BYTES("\x1b\x1b[\x1b]\x1bP password=\x1b[0m" SECRET "\x1b"),
        BYTES("\xc2\x9b"
              "31mpassword=" SECRET),
        BYTES("\xE2\x80\xAE"
              "password=" SECRET "\xE2\x80\xAC"),
    };
    for (size_t i = 0; i < NJ_COUNT(broken); i++)
        assert_survived_by_all(broken[i], broken[i].p);
}
END_TEST

/* Texts that end where memory ends, cut at every byte: reading one byte too many is a fault. */
START_TEST(test_redact_reads_not_a_byte_beyond)
{
    static const char *const texts[] = {
        "root@ip-10-0-0-4",
        "key-0123456789abcdef0123456789abcdef-us12 xoxb-1234567890-ab",
        "{\"user\":\"joe@example.com\",\"password\":\"" SECRET "\",\"t\":\"" JWT_TEXT "\",\"n\":" CARD "}",
        "Authorization: Bearer abcdefghij0123456789-_ cookie: sid=" SECRET "; Basic ZGVtbzpwYXNzd29yZA==",
        "postgres://app:" SECRET "@db-1/x?a=%41%4 &#112;&quot; \\u00e9\\u00 \xC3\xA9\xE2\x80\x8B\x1b[31m",
        "DE89 3704 0044 0532 0130 00 123-45-6789 +49 151 2345678 (206) 555-0100 2001:db8::1 1.2.3.4 00:11:22:33:44:55",
        AWS_ID " " AWS_SECRET " $2b$10$abcdefghijklmnopqrstuv --password " SECRET " <pwd>" SECRET "</pwd> PASSWORD '" SECRET "'",
        PEM_BEGIN "\n" PEM_LINE "\n" PEM_END "\n",
        "a1 LOGIN kim " SECRET "\nAUTH " SECRET "\nh:5432:db:kim:" SECRET " *:*:*:kim:" SECRET " credentials kim:" SECRET " PWD={" SECRET
        "}",
        "PDO('mysql:h', 'kim', '" SECRET "') pwd (" SECRET ") --name /x/password --value " SECRET
        " 1/1200123456789012:0f3a5b7c9d1e2f4a6b8c0d2e4f6a8b0c",
        "| a | password |\n|--|--|\n| x | " SECRET " |\na  token\nx  " SECRET "\nb\tpassword\ny\t" SECRET "\nb,password\ny," SECRET,
        "eyJwYXNzd29yZCI6ICJUdWxpcDc3TWFyaWdvbGQiLCAieiI6IDF9eyJwYXNzd29yZCI6ICJUdWxpcDc3",
    };
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    /* cppcheck-suppress invalidFunctionArg ; no file is what MAP_ANONYMOUS wants */
    char *room = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(room, MAP_FAILED);
    ck_assert_int_eq(mprotect(room + page, page, PROT_NONE), 0);
    for (size_t i = 0; i < NJ_COUNT(texts); i++) {
        for (size_t n = 0; n <= strlen(texts[i]); n++) {
            struct nj_str in = { room + page - n, n };
            struct nj_json json;
            memcpy(room + page - n, texts[i], n);
            text_of(in);
            if (nj_json_parse(in, &json) == NJ_OK)
                json_of(in);
        }
    }
    munmap(room, 2 * page);
}
END_TEST

/* What a shape may read is bounded; where the bound falls into a character, all of it goes. */
START_TEST(test_redact_bounds_fall_between_characters)
{
    struct nj_buf in;
    nj_buf_init(&in, 4096);
    for (size_t shift = 0; shift < 4; shift++) {
        nj_buf_reset(&in);
        nj_buf_addf(&in, "%%B%s^DOE/JOHN^%.*s", CARD, (int)shift, "2810");
        while (in.n < 2000)
            nj_buf_addz(&in, "\xF0\x9F\x98\x80");
        assert_survived(nj_buf_str(&in), "a magnetic stripe without an end");
    }
    nj_buf_fini(&in);
}
END_TEST

static void repeat(struct nj_buf *b, const char *piece, size_t times)
{
    for (size_t i = 0; i < times; i++)
        nj_buf_addz(b, piece);
}

START_TEST(test_redact_depth_bombs_harm_nothing)
{
    static const struct {
        const char *open, *core, *close;
        bool plain;
    } bombs[] = {
        { "[", "", "]", true },
        { "{\"a\":", "1", "}", true },
        { "{\"password\":", "\"" SECRET "\"", "}", true },
        { "[{\"name\":\"password\",\"value\":", "\"" SECRET "\"", "}]", false },
        { "{\"M\":{\"password\":", "{\"S\":\"" SECRET "\"}", "}}", false },
    };
    static const size_t depths[] = { 5, 60, NJ_JSON_DEPTH, 20000 };
    struct nj_buf in;
    nj_buf_init(&in, 16 << 20);
    for (size_t i = 0; i < NJ_COUNT(bombs); i++) {
        for (size_t k = 0; k < NJ_COUNT(depths); k++) {
            nj_buf_reset(&in);
            repeat(&in, bombs[i].open, depths[k]);
            nj_buf_addz(&in, bombs[i].core);
            repeat(&in, bombs[i].close, depths[k]);
            assert_survived(nj_buf_str(&in), bombs[i].open);
            if (bombs[i].plain || depths[k] < NJ_JSON_DEPTH / 4) /* text that is too deep for a walk knows no pairs and containers */
                ck_assert_msg(nj_str_find(text_of(nj_buf_str(&in)), NJ_STR(SECRET), 0) == NJ_NPOS, "%s at depth %zu", bombs[i].open,
                              depths[k]);
            nj_buf_cut(&in, in.n / 2); /* never closed */
            assert_survived(nj_buf_str(&in), bombs[i].open);
        }
    }
    nj_buf_fini(&in);
}
END_TEST

/* JSON in a string in JSON in a string: the escapes double with each level. */
START_TEST(test_redact_nested_strings_are_opened_or_hidden)
{
    struct nj_buf inner, outer;
    nj_buf_init(&inner, 16 << 20);
    nj_buf_init(&outer, 16 << 20);
    nj_buf_addz(&inner, "{\"zone\":\"z1\",\"password\":\"" SECRET "\"}");
    for (int depth = 1; depth <= 12; depth++) {
        nj_buf_reset(&outer);
        nj_buf_addz(&outer, "{\"body\":");
        nj_buf_add_json(&outer, nj_buf_str(&inner));
        nj_buf_addc(&outer, '}');
        struct nj_str out = json_of(nj_buf_str(&outer));
        ck_assert_msg(nj_str_find(out, NJ_STR(SECRET), 0) == NJ_NPOS, "depth %d", depth);
        assert_survived(nj_buf_str(&outer), "nested strings");
        nj_buf_reset(&inner);
        nj_buf_add(&inner, nj_buf_str(&outer));
    }
    nj_buf_fini(&inner);
    nj_buf_fini(&outer);
}
END_TEST

START_TEST(test_redact_huge_names_and_values_harm_nothing)
{
    static const char *const pieces[] = { "password", "passWord_", "\\u0061", "a@b.cd ", "4111\xC3\xA9", "%41&amp;" };
    struct nj_buf in;
    nj_buf_init(&in, 16 << 20);
    for (size_t i = 0; i < NJ_COUNT(pieces); i++) {
        nj_buf_reset(&in);
        nj_buf_addz(&in, "{\"");
        while (in.n < 1 << 20)
            nj_buf_addz(&in, pieces[i]);
        nj_buf_addz(&in, "\":\"" SECRET "\",\"password\":\"" SECRET "\",\"k\":\"");
        repeat(&in, pieces[i], 1000);
        nj_buf_addz(&in, "\"}");
        assert_survived(nj_buf_str(&in), pieces[i]);
        nj_buf_cut(&in, in.n - 2);
        assert_survived(nj_buf_str(&in), pieces[i]);
    }
    nj_buf_fini(&in);
}
END_TEST

/* The name as it was, or behind a number where the object had it already. */
static bool is_same_name(struct nj_str was, struct nj_str is)
{
    size_t blank = nj_str_starts(is, NJ_STR("#")) ? nj_str_chr(is, ' ', 0) : NJ_NPOS;
    return nj_str_eq(was, is) || (blank != NJ_NPOS && nj_str_eq(was, nj_str_slice(is, blank + 1, is.n)));
}

/* Every member that is not secret keeps its bytes and its place. */
static void assert_same_but(struct nj_json in, struct nj_json out, const char *masked)
{
    struct nj_json_iter a, b;
    struct nj_str key, again;
    struct nj_json was, is;
    if (in.type != NJ_JSON_OBJECT && in.type != NJ_JSON_ARRAY) {
        ck_assert_msg(nj_str_eq(in.raw, out.raw), "%.*s became %.*s", NJ_STR_ARG(in.raw), NJ_STR_ARG(out.raw));
        return;
    }
    ck_assert_int_eq(in.type, out.type);
    nj_json_iter_init(&a, in);
    nj_json_iter_init(&b, out);
    while (nj_json_next(&a, &key, &was)) {
        ck_assert_msg(nj_json_next(&b, &again, &is), "%.*s is missing", NJ_STR_ARG(key));
        ck_assert_msg(is_same_name(key, again), "%.*s became %.*s", NJ_STR_ARG(key), NJ_STR_ARG(again));
        if (key.p != NULL && nj_str_eq(key, nj_str_of(masked)))
            ck_assert_msg(!nj_str_eq(was.raw, is.raw), "%s was left", masked);
        else
            assert_same_but(was, is, masked);
    }
    ck_assert_msg(!nj_json_next(&b, &again, &is), "%.*s is new", NJ_STR_ARG(again));
}

START_TEST(test_redact_json_keeps_the_rest_byte_for_byte)
{
    static const char *const documents[] = {
        "{\"a\":1.0,\"password\":\"" SECRET "\",\"b\":[1,2.50,1E+2,-0],\"c\":\"\\u00e9\\/\",\"d\":12345678901234567890}",
        "{\"z\":{\"y\":{\"password\":4711,\"x\":[true,false,null,\"\"]}},\"w\":\"caf\xC3\xA9\"}",
        "[{\"password\":\"" SECRET "\"},{\"n\":\"v\"},[[\"deep\",{\"k\":0.1}]],\"tail\"]",
        "{\"same\":1,\"same\":2,\"password\":\"" SECRET "\",\"same\":3}",
    };
    for (size_t i = 0; i < NJ_COUNT(documents); i++) {
        struct nj_json in, out;
        ck_assert_int_eq(nj_json_parse(nj_str_of(documents[i]), &in), NJ_OK);
        ck_assert_int_eq(nj_json_parse(json_of(in.raw), &out), NJ_OK);
        assert_same_but(in, out, "password");
    }
}
END_TEST

/* Whatever came before, a small record leaves the redactor as small as it was: nothing grows with what passed through it. */
START_TEST(test_redact_record_no_memory_is_kept)
{
    static const struct nj_resource resource;
    struct nj_buf big;
    struct nj_clean clean;
    nj_buf_init(&big, 16 << 20);
    size_t before = 0;
    for (int round = 0; round < 200; round++) {
        struct nj_record record;
        char id[16];
        nj_buf_reset(&big);
        nj_buf_addf(&big, "round %d user%d%cexample.com password=" SECRET "%d ", round, round, '@', round);
        repeat(&big, "{\"k\":\"v\"} a=b ", round % 50 == 0 ? 60000 : 20);
        snprintf(id, sizeof(id), "%d", round);
        for (int small = 0; small < 2; small++) {
            nj_record_init(&record);
            record.origin = NJ_FROM_FUNCTION;
            record.event = NJ_STR("function.log");
            record.message = small ? NJ_STR("ok") : nj_buf_str(&big);
            nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), nj_str_of(id));
            ck_assert_int_eq(nj_redact_record(redactor, &record, &resource, NJ_STR("box-1"), &clean), NJ_OK);
        }
        struct mallinfo2 now = mallinfo2();
        if (round == 0)
            before = now.uordblks + now.hblkhd;
        ck_assert_msg(now.uordblks + now.hblkhd <= before + (64 << 10), "round %d: %zu bytes, %zu at first", round,
                      now.uordblks + now.hblkhd, before);
    }
    nj_buf_fini(&big);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_broken_text_harms_nothing)                                                                                               \
    X(test_redact_reads_not_a_byte_beyond)                                                                                                 \
    X(test_redact_bounds_fall_between_characters)                                                                                          \
    X(test_redact_depth_bombs_harm_nothing)                                                                                                \
    X(test_redact_nested_strings_are_opened_or_hidden)                                                                                     \
    X(test_redact_huge_names_and_values_harm_nothing)                                                                                      \
    X(test_redact_json_keeps_the_rest_byte_for_byte)                                                                                       \
    X(test_redact_record_no_memory_is_kept)

REDACT_TEST_MAIN("redact_hostile")

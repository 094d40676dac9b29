/* Tests of the tokens that are told by how they begin.  The tokens are made here, at random and after independent checksums, so
 * that no ready-made one stands in the source. */
#include "redact_unit.h"

#include "../../src/redact/lanes.h"

#include <stdio.h>
#include <zlib.h>

/* --- making tokens ------------------------------------------------------------------------------------------------ */

static uint64_t seed = 4242;

static unsigned pick(size_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)((seed >> 33) % n);
}

#define DIGITS  "0123456789"
#define UPPERS  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define LOWERS  "abcdefghijklmnopqrstuvwxyz"
#define BASE_62 DIGITS UPPERS LOWERS

static void add_random(struct nj_buf *b, const char *alphabet, unsigned n)
{
    size_t kinds = strlen(alphabet);
    for (unsigned i = 0; i < n; i++)
        nj_buf_addc(b, alphabet[pick(kinds)]);
}

static const char *alphabet_of(char name)
{
    switch (name) {
    case 'd':
        return DIGITS;
    case 'h':
        return DIGITS "abcdef";
    case 'u':
        return DIGITS UPPERS;
    case 'b':
        return BASE_62 "+/";
    case 'U':
        return BASE_62 "-_";
    case 'W':
        return BASE_62 "_";
    default:
        return BASE_62;
    }
}

/* "sk_live_<A24>" is "sk_live_" and 24 letters and digits. */
static void add_made(struct nj_buf *b, const char *recipe)
{
    while (*recipe != '\0') {
        if (*recipe != '<') {
            nj_buf_addc(b, *recipe++);
            continue;
        }
        char alphabet = recipe[1], *end = NULL;
        add_random(b, alphabet_of(alphabet), (unsigned)strtoul(recipe + 2, &end, 10));
        recipe = end + 1;
    }
}

/* The checksum as zlib computes it. */
static void add_with_crc(struct nj_buf *b, const char *prefix, bool right)
{
    char sum[6];
    nj_buf_addz(b, prefix);
    size_t from = b->n;
    add_random(b, BASE_62, 30);
    unsigned long crc = crc32(0, (const Bytef *)b->p + from, 30) ^ (right ? 0 : 1);
    for (int i = 5; i >= 0; i--) {
        sum[i] = (DIGITS UPPERS LOWERS)[crc % 62];
        crc /= 62;
    }
    nj_buf_add(b, (struct nj_str){ sum, sizeof(sum) });
}

static struct nj_buf token, line, want;

/* The token between words: "client <token> failed", and what is left of it. */
static void check(bool goes, const char *counter)
{
    static const char *const frames[][2] = { { "client ", " failed" }, { "", "" }, { "(", ")" }, { "at /x/", "?y" }, { "\\n", "\\n" } };
    for (size_t i = 0; i < NJ_COUNT(frames); i++) {
        nj_buf_reset(&line);
        nj_buf_reset(&want);
        nj_buf_addf(&line, "%s%.*s%s", frames[i][0], NJ_STR_ARG(nj_buf_str(&token)), frames[i][1]);
        nj_buf_addf(&want, "%s%.*s%s", frames[i][0], NJ_STR_ARG(goes ? NJ_STR("[vendor_key]") : nj_buf_str(&token)), frames[i][1]);
        struct nj_str out = text_of(nj_buf_str(&line));
        ck_assert_msg(nj_str_eq(out, nj_buf_str(&want)), "%.*s became %.*s", NJ_STR_ARG(nj_buf_str(&line)), NJ_STR_ARG(out));
        nj_buf_reset(&line);
        if (goes)
            nj_buf_addf(&line, "{\"%s\":1}", counter);
        ck_assert(nj_str_eq(counts_of(), nj_buf_str(&line)));
    }
}

static void tokens_setup(void)
{
    nj_buf_init(&token, 4096);
    nj_buf_init(&line, 8192);
    nj_buf_init(&want, 8192);
}

static void tokens_teardown(void)
{
    nj_buf_fini(&token);
    nj_buf_fini(&line);
    nj_buf_fini(&want);
}

struct made {
    const char *recipe, *counter; /* counter NULL: stays */
};

static void check_made(const struct made *rows, size_t n)
{
    tokens_setup();
    for (size_t i = 0; i < n; i++) {
        nj_buf_reset(&token);
        add_made(&token, rows[i].recipe);
        check(rows[i].counter != NULL, rows[i].counter);
    }
    tokens_teardown();
}

/* --- tests -------------------------------------------------------------------------------------------------------- */

START_TEST(test_redact_tokens_of_vendors_go)
{
    static const struct made rows[] = {
        { "github_pat_<A22>_<A59>", "github_pat" },
        { "glpat-<A20>", "gitlab" },
        { "glpat-<A27>.01.<h9>", "gitlab" },
        { "glrt-<A20>", "gitlab" },
        { "glcbt-64_<A20>", "gitlab" },
        { "GR1348941<A20>", "gitlab" },
        { "xoxb-<d12>-<d13>-<A24>", "slack" },
        { "xoxp-<d12>-<d12>-<d13>-<h32>", "slack" },
        { "xapp-1-A0<u9>-<d13>-<h64>", "slack" },
        { "sk_live_<A24>", "stripe" },
        { "sk_live_51<A97>", "stripe" },
        { "rk_test_<A24>", "stripe" },
        { "whsec_<A32>", "stripe" },
        { "AIzaSy<W33>", "google_api" },
        { "ya29.a0<A140>", "google_oauth" },
        { "GOCSPX-<W28>", "google_oauth" },
        { "SK<h32>", "twilio" },
        { "SG.<W22>.<W43>", "sendgrid" },
        { "sk-ant-api03-<W93>AA", "anthropic" },
        { "sk-proj-<W74>T3BlbkFJ<W74>", "openai" },
        { "sk-<A20>T3BlbkFJ<A20>", "openai" },
        { "sk-<A48>", "openai" },
        { "pypi-AgEIcHlwaS5vcmc<W60>", "vendor_token" },
        { "hf_<A34>", "vendor_token" },
        { "dop_v1_<h64>", "vendor_token" },
        { "dapi<h32>", "vendor_token" },
        { "dapi<h32>-2", "vendor_token" },
        { "shpat_<h32>", "vendor_token" },
        { "key-<h32>", "vendor_token" },
        { "<h32>-us14", "vendor_token" },
        { "<d10>:AA<W33>", "vendor_token" },
        { "MTA4NDI1OTM3NTIwMTQ4NDgw.<W6>.<W38>", "vendor_token" },
        { "hvs.<W90>", "vendor_token" },
        { "dp.pt.<A43>", "vendor_token" },
        { "lin_api_<A40>", "vendor_token" },
        { "ntn_<d11><A35>", "vendor_token" },
        { "NRAK-<u27>", "vendor_token" },
        { "sq0atp-<W22>", "vendor_token" },
        { "glsa_<A32>_<h8>", "vendor_token" },
        { "xkeysib-<h64>-<A16>", "vendor_token" },
        { "PMAK-<h24>-<h34>", "vendor_token" },
        { "tskey-auth-<A11>-<A32>1", "vendor_token" },
        { "AGE-SECRET-KEY-1<u58>", "vendor_token" },
        { "ATATT3xFfGF0<W60>=<u8>", "vendor_token" },
        { "HRKU-AA<W58>", "vendor_token" },
        { "pplx-<A48>", "vendor_token" },
        { "dt0c01.<u24>.<u64>", "vendor_token" },
        { "figd_<W40>", "vendor_token" },
        { "EAAC<A120>", "vendor_token" },
        { "lsv2_sk_<h32>_<h10>", "vendor_token" },
        { "squ_<h40>", "vendor_token" },
        { "sk.eyJ<A60>.<W22>", "vendor_token" },
        { "pat<A14>.<h64>", "vendor_token" },
        { "bkua_<h40>", "vendor_token" },
        { "access-sandbox-<h8>-<h4>-<h4>-<h4>-<h12>", "vendor_token" },
        { "nfp_<A36>", "vendor_token" },
        { "pscale_pw_<W43>", "vendor_token" },
        { "phx_<A43>", "vendor_token" },
        { "re_<A8>_<A24>", "vendor_token" },
        { "shippo_live_<h40>", "vendor_token" },
        { "duffel_test_<W43>", "vendor_token" },
        { "FLWSECK-<h32>-X", "vendor_token" },
        { "sb_secret_<W22>_<W8>", "vendor_token" },
        { "rdme_<A70>", "vendor_token" },
        { "cmVmdGtu<A56>", "vendor_token" },
        { "AKCp<A69>", "vendor_token" },
        { "AKID<A32>", "vendor_token" },
        { "sl.<W135>", "vendor_token" },
        { "AQEyhmfxK<A90>==-<A43>=", "vendor_token" },
        { "live_<A30>", "vendor_token" },
        { "test_<A30>", "vendor_token" },
        { "access_token$production$<h16>$<h32>", "vendor_token" },
        { "access_token$sandbox$<h16>$<h32>", "vendor_token" },
    };
    check_made(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_words_that_begin_like_tokens_stay)
{
    static const struct made rows[] = {
        { "ghp_your_token_here", NULL },
        { "glpat-XXXX", NULL },
        { "sk-sidebar-navigation-collapsed", NULL },
        { "sk_live_docs", NULL },
        { "pk_live_<A24>", NULL }, /* meant for browsers */
        { "AC<h32>", NULL },       /* an account id */
        { "xoxo-hugs-and-kisses", NULL },
        { "key-value-store-backend", NULL },
        { "hf_hub_download_url", NULL },
        { "dapi<h31>", NULL },
        { "SK<h33>", NULL },
        { "x<h32>-us14", NULL },
        { "<h32>-usage", NULL },
        { "<h32>", NULL },
        { "<h40>", NULL },
        { "<h64>", NULL },
        { "<h8>-<h4>-<h4>-<h4>-<h12>", NULL },
        { "AIza<A20>", NULL },
        { "phc_<A43>", NULL }, /* of a project, in every page */
        { "re_render_of_the_component", NULL },
        { "test_shouldReturnHttpErrorWhenGone", NULL },
        { "live_<A29>", NULL },
        { "access_token$staging$<h16>$<h32>", NULL },
        { "1/<h32>", NULL },
        { "path<A14>.<h64>", NULL },
        { "access-sandbox-environment-of-the-team", NULL },
        { "myglpat-<A20>", NULL },
        { "Qm<A44>", NULL },
        { "com.example.SG.handlers.UpdateOrderHandler", NULL },
        { "build:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL },
        { "eyJwYWdlIjoyLCJzaXplIjo1MH0", NULL },
    };
    check_made(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_github_and_npm_tokens_are_told_by_their_checksum)
{
    static const struct made rows[] = { { "ghp_", "github" }, { "gho_", "github" }, { "ghs_", "github" }, { "npm_", "vendor_token" } };
    tokens_setup();
    for (size_t i = 0; i < 100; i++) {
        nj_buf_reset(&token);
        add_with_crc(&token, rows[i % NJ_COUNT(rows)].recipe, true);
        check(true, rows[i % NJ_COUNT(rows)].counter);
        nj_buf_reset(&token);
        add_with_crc(&token, rows[i % NJ_COUNT(rows)].recipe, false);
        check(false, NULL);
    }
    tokens_teardown();
}
END_TEST

/* Every form of the marking sees the same, whatever the bytes. */
START_TEST(test_redact_marks_do_not_depend_on_the_processor)
{
    static const char bytes[] = "0123456789abz ABZ_-./,:=\"\\@%~+$\t\n\x01\x7f\xc3\xa9;l'swdnTOKecryupxQBHIN!#";
    char text[8 * NJ_BLOCK];
    for (int round = 0; round < 2000; round++) {
        struct nj_marker one = { 0 }, others[4] = { 0 };
        size_t kinds = 1 + pick(sizeof(bytes) - 1), from = pick(sizeof(bytes) - kinds);
        for (size_t i = 0; i < sizeof(text); i++)
            text[i] = bytes[from + pick(kinds)];
        struct nj_str t = { text, 1 + pick(sizeof(text)) };
        if (t.n <= NJ_BLOCK) { /* what a marker held before is nothing to a text of one block */
            memset(&one, 0xff, sizeof(one));
            memset(others, 0x55, sizeof(others));
        }
        for (size_t at = 0; at < t.n; at += NJ_BLOCK) {
            struct nj_marks a, b;
            uint64_t inside = ~(uint64_t)0 >> (t.n - at < NJ_BLOCK ? NJ_BLOCK - (t.n - at) : 0);
            nj_marks_form(0)(&one, t, at, &a);
            for (size_t i = 1; nj_marks_form(i) != NULL; i++) {
                nj_marks_form(i)(&others[i], t, at, &b);
                a.words &= inside; /* behind the end, a mark means nothing */
                b.words &= inside;
                ck_assert_int_eq(memcmp(&a, &b, sizeof(a)), 0);
                ck_assert(t.n - at <= NJ_BLOCK || memcmp(&one, &others[i], sizeof(one)) == 0);
            }
        }
    }
}
END_TEST

/* Only the top bit of a byte counts, on every processor. */
START_TEST(test_redact_bits_are_those_on_top)
{
    for (unsigned place = 0; place < sizeof(nj_lane); place++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            nj_lane v = { 0 };
            v[place] = (uint8_t)byte;
            ck_assert_uint_eq(nj_lane_bits(v), byte >= 0x80 ? (uint64_t)1 << place : 0);
        }
    }
}
END_TEST

/* Marks, told one by one. */
START_TEST(test_redact_marks_stand_where_the_header_says)
{
    static const struct {
        const char *text;
        size_t token, number, separator, rare; /* NJ_NPOS: none */
    } rows[] = {
        { "abcdefghijk", 10, NJ_NPOS, NJ_NPOS, NJ_NPOS },
        { "abcdefghij", NJ_NPOS, NJ_NPOS, NJ_NPOS, NJ_NPOS },
        { ". a_c-e0ghijklm", 12, NJ_NPOS, NJ_NPOS, NJ_NPOS },
        { "x 12 34.56-7", NJ_NPOS, 8, NJ_NPOS, NJ_NPOS },
        { "x 12  34567", NJ_NPOS, NJ_NPOS, NJ_NPOS, NJ_NPOS },
        { "x X1234567", NJ_NPOS, 9, NJ_NPOS, NJ_NPOS },
        { "AB123456C", NJ_NPOS, 8, NJ_NPOS, NJ_NPOS },
        { "ABCDE1234F", NJ_NPOS, 9, NJ_NPOS, NJ_NPOS },
        { "a=b", NJ_NPOS, NJ_NPOS, 2, NJ_NPOS },
        { "12:34", NJ_NPOS, NJ_NPOS, NJ_NPOS, NJ_NPOS },
        { "a@b", NJ_NPOS, NJ_NPOS, NJ_NPOS, 1 },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        for (size_t before = 0; before < 70; before++) {
            char text[2 * NJ_BLOCK];
            struct nj_marker m = { 0 };
            size_t run = NJ_NPOS, number = NJ_NPOS, separator = NJ_NPOS, rare = NJ_NPOS;
            memset(text, ' ', sizeof(text));
            for (size_t k = 0; k < before; k++)
                text[k] = '.';
            memcpy(text + before, rows[i].text, strlen(rows[i].text));
            for (size_t at = 0; at < 2 * NJ_BLOCK; at += NJ_BLOCK) {
                struct nj_marks k;
                nj_marks_form(0)(&m, (struct nj_str){ text, sizeof(text) }, at, &k);
                run = run == NJ_NPOS && k.token != 0 ? at + (size_t)__builtin_ctzll(k.token) : run;
                number = number == NJ_NPOS && k.number != 0 ? at + (size_t)__builtin_ctzll(k.number) : number;
                separator = separator == NJ_NPOS && k.separator != 0 ? at + (size_t)__builtin_ctzll(k.separator) : separator;
                rare = rare == NJ_NPOS && k.rare != 0 ? at + (size_t)__builtin_ctzll(k.rare) : rare;
            }
            ck_assert_uint_eq(run, rows[i].token == NJ_NPOS ? NJ_NPOS : rows[i].token + before);
            ck_assert_uint_eq(number, rows[i].number == NJ_NPOS ? NJ_NPOS : rows[i].number + before);
            ck_assert_uint_eq(separator, rows[i].separator == NJ_NPOS ? NJ_NPOS : rows[i].separator + before);
            ck_assert_uint_eq(rare, rows[i].rare == NJ_NPOS ? NJ_NPOS : rows[i].rare + before);
        }
    }
}
END_TEST

/* Each is marked at its last byte, and at no other; without its first byte that matters, nowhere. */
START_TEST(test_redact_words_are_marked)
{
    static const char *const words[] = { "sw",   "SW",  "wd",   "nnw", "tok", "Tok", "ecR",  "key", "KEY", "our", "ssp",
                                         "ssc",  "ss ", "is 1", "p 9", "e 0", "n 5", "y \"", "y '", "TH ", "IN ", " -a",
                                         "\"--", "'-x", "\tx",  "\\u", "\\x", "t u", "t l",  "d_u", "e_u", "t;",  "0;" };
    for (size_t i = 0; i < NJ_COUNT(words); i++) {
        for (size_t at = 0; at < NJ_BLOCK - 4; at++) {
            char text[NJ_BLOCK];
            struct nj_marker m = { 0 };
            struct nj_marks k;
            size_t n = strlen(words[i]);
            memset(text, '.', sizeof(text));
            memcpy(text + at, words[i], n);
            nj_marks_form(0)(&m, (struct nj_str){ text, sizeof(text) }, 0, &k);
            ck_assert_msg(k.words == (uint64_t)1 << (at + n - 1), "%s at %zu", words[i], at);
            text[at + (n == 4)] = '.';
            nj_marks_form(0)(&m, (struct nj_str){ text, sizeof(text) }, 0, &k);
            ck_assert_msg(k.words == 0, "%s at %zu", words[i] + 1, at);
        }
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_tokens_of_vendors_go)                                                                                                    \
    X(test_redact_words_that_begin_like_tokens_stay)                                                                                       \
    X(test_redact_github_and_npm_tokens_are_told_by_their_checksum)                                                                        \
    X(test_redact_bits_are_those_on_top)                                                                                                   \
    X(test_redact_marks_do_not_depend_on_the_processor)                                                                                    \
    X(test_redact_marks_stand_where_the_header_says)                                                                                       \
    X(test_redact_words_are_marked)

REDACT_TEST_MAIN("redact_tokens")

/* Tests of identifiers, accounts, telephones and addresses.  The vectors are those that registries, standards and vendors
 * publish as examples; a changed character must be noticed. */
#include "redact_unit.h"

#include "../../src/redact/redact_internal.h"

#include <stdio.h>

struct digits_row {
    bool (*valid)(const uint8_t *d, size_t n);
    const char *digits;
};

static bool digits_valid(const struct digits_row *row, const char *digits)
{
    uint8_t d[32];
    size_t n = strlen(digits);
    for (size_t i = 0; i < n; i++)
        d[i] = (uint8_t)(digits[i] - '0');
    return row->valid(d, n);
}

START_TEST(test_redact_numbers_are_told_by_their_check_digits)
{
    static const struct digits_row rows[] = {
        { nj_valid_nhs, "9434765919" },        { nj_valid_nhs, "4010232137" },       { nj_valid_cpf, "11144477735" },
        { nj_valid_cpf, "52998224725" },       { nj_valid_cnpj, "11222333000181" },  { nj_valid_cnpj, "11444777000161" },
        { nj_valid_aadhaar, "234123412346" },  { nj_valid_aadhaar, "999941057058" }, { nj_valid_pesel, "44051401359" },
        { nj_valid_pesel, "02070803628" },     { nj_valid_bsn, "111222333" },        { nj_valid_bsn, "123456782" },
        { nj_valid_steuer, "86095742719" },    { nj_valid_steuer, "47036892816" },   { nj_valid_nir, "255081416802538" },
        { nj_valid_pnr, "8112289874" },        { nj_valid_pnr, "198112289874" },     { nj_valid_pnr, "6709199530" },
        { nj_valid_tfn, "123456782" },         { nj_valid_sin, "130692544" },        { nj_valid_aba, "011000015" },
        { nj_valid_aba, "021000021" },         { nj_valid_npi, "1234567893" },       { nj_valid_card, "378282246310005" },
        { nj_valid_card, "6011111111111117" },
    };
    unsigned tried = 0, noticed = 0;
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char changed[32];
        ck_assert_msg(digits_valid(&rows[i], rows[i].digits), "%s", rows[i].digits);
        for (size_t at = 0; rows[i].digits[at] != '\0'; at++) {
            for (int c = '0'; c <= '9'; c++) {
                snprintf(changed, sizeof(changed), "%s", rows[i].digits);
                changed[at] = (char)c;
                tried += c != rows[i].digits[at];
                noticed += c != rows[i].digits[at] && !digits_valid(&rows[i], changed);
            }
        }
    }
    ck_assert_msg(noticed * 100 >= tried * 97, "%u of %u changed digits noticed", noticed, tried);
}
END_TEST

START_TEST(test_redact_every_serial_of_a_social_security_number_counts)
{
    char text[64];
    for (unsigned serial = 0; serial < 10000; serial++) {
        snprintf(text, sizeof(text), "for 523-45-%04u ok", serial);
        struct nj_str out = text_of(nj_str_of(text));
        ck_assert_view_eq(out, serial == 0 ? text : "for [gov_id] ok");
    }
    ck_assert_text_stays("000-45-6789 666-45-6789 900-45-6789 523-00-6789");
    ck_assert_text_stays("078-05-1120 219-09-9999");
}
END_TEST

struct chars_row {
    bool (*valid)(const char *p, size_t n);
    const char *chars;
};

START_TEST(test_redact_letters_and_digits_are_told_by_their_check_characters)
{
    static const struct chars_row rows[] = {
        { nj_valid_dni, "12345678Z" },
        { nj_valid_nie, "X1234567L" },
        { nj_valid_nie, "Y1234567X" },
        { nj_valid_nie, "Z1234567R" },
        { nj_valid_nric, "S1234567D" },
        { nj_valid_nric, "T1234567J" },
        { nj_valid_nric, "F1234567N" },
        { nj_valid_nric, "G1234567X" },
        { nj_valid_cf, "RSSMRA85T10A562S" },
        { nj_valid_cf, "MRTMTT25D09F205Z" },
        { nj_valid_cn_id, "11010519491231002X" },
        { nj_valid_dea, "AB1234563" },
        { nj_valid_iban, "DE89370400440532013000" },
        { nj_valid_iban, "GB29NWBK60161331926819" },
        { nj_valid_iban, "FR1420041010050500013M02606" },
        { nj_valid_iban, "NL91ABNA0417164300" },
        { nj_valid_iban, "NO9386011117947" },
        { nj_valid_iban, "MT84MALT011000012345MTLCAST001S" },
        { nj_valid_iban, "BR1800360305000010009795493C1" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        char changed[40];
        size_t n = strlen(rows[i].chars);
        ck_assert_msg(rows[i].valid(rows[i].chars, n), "%s", rows[i].chars);
        for (size_t at = 2; at < n; at++) {
            snprintf(changed, sizeof(changed), "%s", rows[i].chars);
            changed[at] = changed[at] >= 'A' ? (changed[at] == 'Z' ? 'Y' : (char)(changed[at] + 1))
                                             : (changed[at] == '9' ? '8' : (char)(changed[at] + 1));
            bool date = rows[i].valid == nj_valid_cn_id && at >= 6 && at < 14; /* another day may have the same sum */
            ck_assert_msg(date || !rows[i].valid(changed, n), "%s", changed);
        }
    }
    ck_assert(nj_valid_nino("AB123456C", 9));
    ck_assert(!nj_valid_nino("QQ123456C", 9) && !nj_valid_nino("GB123456A", 9) && !nj_valid_nino("AB123456E", 9));
    ck_assert(nj_valid_mbi("1EG4TE5MK73", 11) && !nj_valid_mbi("1SG4TE5MK73", 11) && !nj_valid_mbi("0EG4TE5MK73", 11));
    ck_assert(!nj_valid_iban("GBAONWBK60161331926811", 22)); /* right but for its check digits, which are none */
    ck_assert(nj_valid_in_pan("ABCPD1234E", 10) && !nj_valid_in_pan("ABCXD1234E", 10));
}
END_TEST

START_TEST(test_redact_addresses_of_ledgers_are_told_by_their_checksums)
{
    static const char *const base58[] = { "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy" };
    static const char *const bech32[] = { "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
                                          "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0" };
    static const char *const eip55[] = { "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
                                         "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb" };
    char changed[80];
    for (size_t i = 0; i < NJ_COUNT(base58); i++) {
        ck_assert(nj_valid_base58check(nj_str_of(base58[i])));
        snprintf(changed, sizeof(changed), "%s", base58[i]);
        changed[10] = changed[10] == 'x' ? 'y' : 'x';
        ck_assert(!nj_valid_base58check(nj_str_of(changed)));
    }
    for (size_t i = 0; i < NJ_COUNT(bech32); i++) {
        ck_assert(nj_valid_bech32(nj_str_of(bech32[i])));
        snprintf(changed, sizeof(changed), "%s", bech32[i]);
        changed[10] = changed[10] == 'q' ? 'p' : 'q';
        ck_assert(!nj_valid_bech32(nj_str_of(changed)));
    }
    for (size_t i = 0; i < NJ_COUNT(eip55); i++) {
        ck_assert(nj_valid_eip55(nj_str_of(eip55[i])));
        snprintf(changed, sizeof(changed), "%s", eip55[i]);
        for (size_t k = 0; changed[k] != '\0'; k++)
            if (changed[k] >= 'A' && changed[k] <= 'F') {
                changed[k] = (char)(changed[k] | 0x20);
                break;
            }
        ck_assert(!nj_valid_eip55(nj_str_of(changed)));
    }
    ck_assert(nj_valid_eip55(NJ_STR("5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")));
}
END_TEST

START_TEST(test_redact_identifiers_stand_free_or_need_a_word)
{
    static const struct row rows[] = {
        { "ssn on file: 523 45 6789", "ssn on file: [gov_id]" },
        { "applicant 523 45 6789 ok", "applicant [gov_id] ok" },
        { "the SSN is 523456789", "the SSN is [gov_id]" },
        { "order 523456789", NULL },
        { "list 12 523 45 6789 11", NULL },
        { "1-523-45-6789", NULL },
        { "81,523-45-6789,TX", "81,[gov_id],TX" },
        { "x,7,111.444.777-35,8", "x,7,[gov_id],8" },
        { "1-523-45-6789,7", NULL },
        { "dni 9,234123412346,7", NULL },
        { "NHS no 943 476 5919", "NHS no [gov_id]" },
        { "ticket 9434765919", NULL },
        { "for AB 12 34 56 C ok", "for [gov_id] ok" },
        { "part AB123456C", NULL },
        { "NI number AB123456C", "NI number [gov_id]" },
        { "consulta 111.444.777-35 ok", "consulta [gov_id] ok" },
        { "row 11144477735", NULL },
        { "empresa 11.222.333/0001-81", "empresa [gov_id]" },
        { "aadhaar 2341 2341 2346", "aadhaar [gov_id]" },
        { "account 234123412346", NULL },
        { "dni 12345678Z", "dni [gov_id]" },
        { "doc 12345678-Z, X1234567L", "doc [gov_id], [gov_id]" },
        { "doc 12345678A", NULL },
        { "cf RSSMRA85T10A562S.", "cf [gov_id]." },
        { "nric S1234567D", "nric [gov_id]" },
        { "sha 12345678Zab", NULL },
        { "Reisepass C01234567 abgelaufen", "Reisepass [secret] abgelaufen" },
        { "seat C01234567", NULL },
        { "3d2c5f0a-1234-4567-8901-123456789012", NULL },
        { "IBAN GB29 NWBK 6016 1331 9268 19 ok", "IBAN [bank] ok" },
        { "to de89370400440532013000 sent", "to [bank] sent" },
        { "to DE89370400440532013001 sent", NULL },
        { "from MT84 MALT 0110 0001 2345 MTLC AST0 01S", "from [bank]" },
        { "routing 021000021 used", "routing [bank] used" },
        { "count 021000021", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_telephones_go_and_other_numbers_stay)
{
    static const struct row rows[] = {
        { "sms to +14155550123 sent", "sms to [phone] sent" },
        { "to +44 20 7946 0958.", "to [phone]." },
        { "to +44 (0)20 7946 0958", "to [phone]" },
        { "whatsapp:+1-206-555-0123", "whatsapp:[phone]" },
        { "at (206) 555-0123 now", "at [phone] now" },
        { "phone 206-555-0123", "phone [phone]" },
        { "part 206-555-0123", NULL },
        { "1 + 12345678", NULL },
        { "growth +1,234,567", NULL },
        { "at +00:00 and +02:00 and +1234", NULL },
        { "delta +12345.678901", NULL },
        { "a+12345678", NULL },
        { "f(206) 555-01234", NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_addresses_go_where_the_policy_says_so)
{
    static const struct row rows[] = {
        { "from 203.0.113.7 ok", "from [ip] ok" },
        { "http://10.0.0.1:8080/x", "http://[ip]:8080/x" },
        { "bumped 3.13.7.2 -> 3.13.8.0", NULL },
        { "nginx/1.25.3.1 v1.2.3.4 1.2.3.4.5 1.2.3.4-beta", NULL },
        { "oid 1.3.6.1.4.1.311", NULL },
        { "300.1.1.1 1.2.3", NULL },
        { "peer 2001:db8:85a3::8a2e:370:7334 up", "peer [ip] up" },
        { "[2a02:1:2::1]:443", "[[ip]]:443" },
        { "a::b std::vector ::1 12:34:56:789 1:2:3:4", NULL },
        { "mac 00:1a:2b:3c:4d:5e ok", "mac [device] ok" },
        { "mac 00-1a-2b-3c-4d-5e ok", "mac [device] ok" },
        { "00:1a:2b:3c:4d:5e:6f", NULL },
        { "to bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "to [wallet]" },
        { "to 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "to [wallet]" },
        { "tx 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed5aaeb6053f3e94c9b9a09f33", NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        ck_assert_text_stays(rows[i].in);
    use("strict", NULL, NULL);
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

/* What the name of a member says holds for strings and numbers below it. */
START_TEST(test_redact_names_of_members_speak_of_their_values)
{
    ck_assert_json("{\"nir\":\"255081416802538\"}", "{\"nir\":\"[gov_id]\"}");
    ck_assert_json("{\"nir\":255081416802538}", "{\"nir\":\"[gov_id]\"}");
    ck_assert_json_stays("{\"seq\":255081416802538,\"id\":\"255081416802538\"}");
    ck_assert_json("{\"caller\":[\"2065550123\"]}", "{\"caller\":[\"[phone]\"]}");
    ck_assert_json_stays("{\"caller\":{\"seq\":\"2065550123\"}}");
}
END_TEST

#define FULL_WIDTH "\xEF\xBC\x95\xEF\xBC\x92\xEF\xBC\x93" /* 523 */
#define ARABIC     "\xD9\xA4\xD9\xA5"                     /* 45 */
#define ZERO_WIDTH "\xE2\x80\x8B"
#define NO_BREAK   "\xC2\xA0"

START_TEST(test_redact_characters_that_look_like_ascii_are_read_as_such)
{
    static const struct row rows[] = {
        { "for " FULL_WIDTH "-" ARABIC "-6789 ok", "for [gov_id] ok" },
        { "for 523\xE2\x80\x91"
          "45\xE2\x80\x91"
          "6789 ok",
          "for [gov_id] ok" },
        { "x " NO_BREAK "y" ZERO_WIDTH "z joe" ZERO_WIDTH "@example.com" NO_BREAK "ok",
          "x " NO_BREAK "y" ZERO_WIDTH "z [email]" NO_BREAK "ok" },
        { "4242" NO_BREAK "4242" NO_BREAK "4242" NO_BREAK "4242", "[credit_card-4242]" },
        { "pass" ZERO_WIDTH "word=Raven9420", "pass" ZERO_WIDTH "word=[secret]" },
        { "caf\xC3\xA9" NO_BREAK "\xE2\x80\x93 " FULL_WIDTH, NULL },
    };
    check_rows(rows, NJ_COUNT(rows));
}
END_TEST

START_TEST(test_redact_request_ids_are_no_accounts)
{
    static const char *const ids[] = { "4616cb01-9bf5-4a71-be19-994427cd6b09", "ba59d988-54f3-4998-bbf1-2ca77a139b26",
                                       "646a2d09-c3ee-424a-ad35-3c92764e7465", "2ea42dc4-ad85-4464-8886-71660fe26da4" };
    char text[128];
    for (size_t i = 0; i < NJ_COUNT(ids); i++) {
        snprintf(text, sizeof(text), "invocation %s reported: success", ids[i]);
        ck_assert_view_eq(text_of(nj_str_of(text)), text);
    }
    ck_assert_view_eq(text_of(NJ_STR("span be19994427cd6b09 ended")), "span be19994427cd6b09 ended"); /* Belgium's are digits */
    ck_assert_view_eq(text_of(NJ_STR("to be68-539007547034 it goes")), "to [bank] it goes");
}
END_TEST

/* The last two groups of a UUID may be an account number of Belgium, with the right check digits: request ids end so. */
START_TEST(test_redact_identifiers_that_end_like_an_account_stay)
{
    for (unsigned i = 0; i < 300; i++) {
        char uuid[40];
        for (unsigned check = 2; check < 99; check++) { /* one of them fits */
            snprintf(uuid, sizeof(uuid), "dfd3cbdd-972f-48f8-be%02u-3acb%08x", check, i * 2654435761u);
            ck_assert_text_stays(uuid);
        }
    }
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_redact_numbers_are_told_by_their_check_digits)                                                                                  \
    X(test_redact_identifiers_that_end_like_an_account_stay)                                                                               \
    X(test_redact_every_serial_of_a_social_security_number_counts)                                                                         \
    X(test_redact_letters_and_digits_are_told_by_their_check_characters)                                                                   \
    X(test_redact_addresses_of_ledgers_are_told_by_their_checksums)                                                                        \
    X(test_redact_identifiers_stand_free_or_need_a_word)                                                                                   \
    X(test_redact_request_ids_are_no_accounts)                                                                                             \
    X(test_redact_telephones_go_and_other_numbers_stay)                                                                                    \
    X(test_redact_addresses_go_where_the_policy_says_so)                                                                                   \
    X(test_redact_names_of_members_speak_of_their_values)                                                                                  \
    X(test_redact_characters_that_look_like_ascii_are_read_as_such)

REDACT_TEST_MAIN("redact_ids")

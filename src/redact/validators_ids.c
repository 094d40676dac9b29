/* Check digits and structure of the identifiers that governments, banks and health systems give out.
 *
 * Digits come as numbers 0 to 9; letters and digits as capitals.  The shapes have seen to the length. */
#include "redact_internal.h"

/* Sum of the digits times their weights. */
static unsigned weighted(const uint8_t *d, const uint8_t *weights, size_t n)
{
    unsigned sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (unsigned)d[i] * weights[i];
    return sum;
}

static bool all_equal(const uint8_t *d, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (d[i] != d[0])
            return false;
    return true;
}

static unsigned number(const uint8_t *d, size_t n)
{
    unsigned v = 0;
    for (size_t i = 0; i < n; i++)
        v = v * 10 + d[i];
    return v;
}

/* The digits of a text of letters and digits, from byte at on. */
static void digits_at(uint8_t *out, const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(p[i] - '0');
}

static bool is_day(unsigned month, unsigned day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool nj_luhn(const uint8_t *d, size_t n)
{
    static const uint8_t doubled[] = { 0, 2, 4, 6, 8, 1, 3, 5, 7, 9 };
    unsigned sum = 0;
    for (; n >= 2; n -= 2)
        sum += (unsigned)d[n - 1] + doubled[d[n - 2]];
    sum += n != 0 ? d[0] : 0;
    return sum % 10 == 0;
}

/* --- United States ------------------------------------------------------------------------------------------------ */

bool nj_valid_ssn(const uint8_t *d, size_t n)
{
    unsigned area = number(d, 3), group = number(d + 3, 2), serial = number(d + 5, 4);
    if (n != 9 || area == 0 || area == 666 || area >= 900 || group == 0 || serial == 0)
        return false;
    /* Printed on cards that were sold, and on a leaflet. */
    return !(area == 78 && group == 5 && serial == 1120) && !(area == 219 && group == 9 && serial == 9999);
}

/* Routing numbers of the American Bankers Association. */
bool nj_valid_aba(const uint8_t *d, size_t n)
{
    static const uint8_t weights[] = { 3, 7, 1, 3, 7, 1, 3, 7, 1 };
    unsigned area = number(d, 2);
    bool issued = area <= 12 || (area >= 21 && area <= 32) || (area >= 61 && area <= 72) || area == 80;
    return n == 9 && issued && !all_equal(d, n) && weighted(d, weights, n) % 10 == 0;
}

/* National provider identifiers: Luhn behind the prefix 80840. */
bool nj_valid_npi(const uint8_t *d, size_t n)
{
    uint8_t whole[15] = { 8, 0, 8, 4, 0 };
    if (n != 10 || (d[0] != 1 && d[0] != 2))
        return false;
    memcpy(whole + 5, d, 10);
    return nj_luhn(whole, sizeof(whole));
}

/* Registrations of the Drug Enforcement Administration. */
bool nj_valid_dea(const char *p, size_t n)
{
    uint8_t d[7];
    if (n != 9 || memchr("ABCDEFGHJKLMPRSTUX", p[0], 18) == NULL)
        return false;
    digits_at(d, p + 2, 7);
    return (unsigned)(d[0] + d[2] + d[4] + 2 * (d[1] + d[3] + d[5])) % 10 == d[6];
}

/* Medicare beneficiary identifiers leave out letters that look like digits. */
bool nj_valid_mbi(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (memchr("SLOIBZ", p[i], 6) != NULL)
            return false;
    return n == 11 && p[0] != '0';
}

/* Telephone numbers of North America, with or without the 1 in front. */
bool nj_valid_nanp(const uint8_t *d, size_t n)
{
    if (n == 11 && d[0] == 1) {
        d++;
        n--;
    }
    return n == 10 && d[0] >= 2 && d[3] >= 2;
}

/* --- Canada, Australia, India ------------------------------------------------------------------------------------- */

bool nj_valid_sin(const uint8_t *d, size_t n)
{
    return n == 9 && d[0] != 0 && d[0] != 8 && nj_luhn(d, n);
}

bool nj_valid_tfn(const uint8_t *d, size_t n)
{
    static const uint8_t weights[] = { 1, 4, 3, 7, 5, 8, 6, 9, 10 };
    return n == 9 && !all_equal(d, n) && weighted(d, weights, n) % 11 == 0;
}

/* Verhoeff's check: the digits as elements of the dihedral group of order ten. */
bool nj_verhoeff(const uint8_t *d, size_t n)
{
    static const uint8_t product[10][10] = {
        { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }, { 1, 2, 3, 4, 0, 6, 7, 8, 9, 5 }, { 2, 3, 4, 0, 1, 7, 8, 9, 5, 6 },
        { 3, 4, 0, 1, 2, 8, 9, 5, 6, 7 }, { 4, 0, 1, 2, 3, 9, 5, 6, 7, 8 }, { 5, 9, 8, 7, 6, 0, 4, 3, 2, 1 },
        { 6, 5, 9, 8, 7, 1, 0, 4, 3, 2 }, { 7, 6, 5, 9, 8, 2, 1, 0, 4, 3 }, { 8, 7, 6, 5, 9, 3, 2, 1, 0, 4 },
        { 9, 8, 7, 6, 5, 4, 3, 2, 1, 0 },
    };
    static const uint8_t turn[10] = { 1, 5, 7, 6, 2, 8, 3, 0, 9, 4 };
    unsigned check = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned v = d[n - 1 - i];
        for (size_t k = 0; k < i % 8; k++)
            v = turn[v];
        check = product[check][v];
    }
    return check == 0;
}

bool nj_valid_aadhaar(const uint8_t *d, size_t n)
{
    return n == 12 && d[0] >= 2 && !all_equal(d, n) && nj_verhoeff(d, n);
}

/* The fourth letter tells the kind of holder. */
bool nj_valid_in_pan(const char *p, size_t n)
{
    return n == 10 && memchr("PCHFATBLJGE", p[3], 11) != NULL;
}

/* --- Brazil ------------------------------------------------------------------------------------------------------- */

bool nj_valid_cpf(const uint8_t *d, size_t n)
{
    if (n != 11 || all_equal(d, n))
        return false;
    for (size_t k = 9; k < 11; k++) {
        unsigned sum = 0;
        for (size_t i = 0; i < k; i++)
            sum += d[i] * (unsigned)(k + 1 - i);
        if (sum * 10 % 11 % 10 != d[k])
            return false;
    }
    return true;
}

bool nj_valid_cnpj(const uint8_t *d, size_t n)
{
    static const uint8_t weights[] = { 6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2 };
    if (n != 14 || all_equal(d, n))
        return false;
    for (size_t k = 12; k < 14; k++) {
        unsigned rest = weighted(d, weights + 13 - k, k) % 11;
        if ((rest < 2 ? 0 : 11 - rest) != d[k])
            return false;
    }
    return true;
}

/* --- Europe ------------------------------------------------------------------------------------------------------- */

bool nj_valid_nhs(const uint8_t *d, size_t n)
{
    static const uint8_t weights[] = { 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 };
    return n == 10 && !all_equal(d, n) && weighted(d, weights, n) % 11 == 0;
}

bool nj_valid_nino(const char *p, size_t n)
{
    static const char never[][3] = { "BG", "GB", "NK", "KN", "TN", "NT", "ZZ" };
    if (n != 9 || memchr("DFIQUV", p[0], 6) != NULL || memchr("DFIOQUV", p[1], 7) != NULL || p[8] < 'A' || p[8] > 'D')
        return false;
    for (size_t i = 0; i < NJ_COUNT(never); i++)
        if (memcmp(p, never[i], 2) == 0)
            return false;
    return true;
}

static const char dni_letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";

bool nj_valid_dni(const char *p, size_t n)
{
    uint8_t d[8];
    if (n != 9)
        return false;
    digits_at(d, p, 8);
    return dni_letters[number(d, 8) % 23] == p[8];
}

bool nj_valid_nie(const char *p, size_t n)
{
    uint8_t d[8];
    if (n != 9 || p[0] < 'X' || p[0] > 'Z')
        return false;
    d[0] = (uint8_t)(p[0] - 'X');
    digits_at(d + 1, p + 1, 7);
    return dni_letters[number(d, 8) % 23] == p[8];
}

/* A digit, or the letter that stands for it where two people would have the same code. */
static int cf_digit(char c)
{
    static const char letters[] = "LMNPQRSTUV";
    if (c >= '0' && c <= '9')
        return c - '0';
    const char *at = c != '\0' ? strchr(letters, c) : NULL;
    return at != NULL ? (int)(at - letters) : -1;
}

bool nj_valid_cf(const char *p, size_t n)
{
    static const uint8_t odd[] = { 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23 };
    static const uint8_t digits[] = { 6, 7, 9, 10, 12, 13, 14 };
    unsigned sum = 0;
    if (n != 16 || memchr("ABCDEHLMPRST", p[8], 12) == NULL)
        return false;
    for (size_t i = 0; i < NJ_COUNT(digits); i++)
        if (cf_digit(p[digits[i]]) < 0)
            return false;
    for (size_t i = 0; i < 15; i++) {
        unsigned v = (unsigned)(p[i] >= 'A' ? p[i] - 'A' : p[i] - '0');
        sum += i % 2 == 0 ? odd[v] : v;
    }
    return (char)('A' + sum % 26) == p[15];
}

bool nj_valid_pesel(const uint8_t *d, size_t n)
{
    static const uint8_t weights[] = { 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1 };
    return n == 11 && is_day(number(d + 2, 2) % 20, number(d + 4, 2)) && weighted(d, weights, n) % 10 == 0;
}

bool nj_valid_bsn(const uint8_t *d, size_t n)
{
    static const uint8_t weights[] = { 9, 8, 7, 6, 5, 4, 3, 2 };
    return n == 9 && !all_equal(d, n) && weighted(d, weights, 8) % 11 == d[8];
}

/* The first ten digits hold one digit two or three times; ISO 7064 mod 11,10. */
bool nj_valid_steuer(const uint8_t *d, size_t n)
{
    unsigned seen[10] = { 0 }, twice = 0, most = 0, product = 10;
    if (n != 11 || d[0] == 0)
        return false;
    for (size_t i = 0; i < 10; i++) {
        seen[d[i]]++;
        unsigned sum = (d[i] + product) % 10;
        product = 2 * (sum == 0 ? 10 : sum) % 11;
    }
    for (size_t i = 0; i < 10; i++) {
        twice += seen[i] > 1;
        most = seen[i] > most ? seen[i] : most;
    }
    return twice == 1 && most <= 3 && (11 - product) % 10 == d[10];
}

static bool nir_key(const uint8_t *d, unsigned less)
{
    uint64_t body = 0;
    for (size_t i = 0; i < 13; i++)
        body = body * 10 + d[i];
    return 97 - (body - less) % 97 == number(d + 13, 2);
}

bool nj_valid_nir(const uint8_t *d, size_t n)
{
    unsigned month = number(d + 3, 2);
    bool dated = (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || (month >= 50 && month <= 99);
    return n == 15 && (d[0] == 1 || d[0] == 2 || d[0] == 7 || d[0] == 8) && dated && nir_key(d, 0);
}

/* Born in Corsica: 2A counts as 19, 2B as 18. */
bool nj_valid_nir_2a(const char *p, size_t n)
{
    uint8_t d[15];
    if (n != 15 || (p[6] != 'A' && p[6] != 'B') || p[5] != '2')
        return false;
    digits_at(d, p, 15);
    d[6] = 0;
    /* 2A is 20 less one million: the key is that of the number with 19 or 18 in its place. */
    return nir_key(d, p[6] == 'A' ? 1000000u : 2000000u);
}

/* Personal and coordination numbers (their day is 60 more); a century may stand in front. */
bool nj_valid_pnr(const uint8_t *d, size_t n)
{
    if (n == 12 && number(d, 2) >= 18 && number(d, 2) <= 20) {
        d += 2;
        n -= 2;
    }
    unsigned day = n == 10 ? number(d + 4, 2) : 0;
    return n == 10 && is_day(number(d + 2, 2), day > 60 ? day - 60 : day) && nj_luhn(d, n);
}

/* --- Singapore, China --------------------------------------------------------------------------------------------- */

bool nj_valid_nric(const char *p, size_t n)
{
    static const uint8_t weights[] = { 2, 7, 6, 5, 4, 3, 2 };
    uint8_t d[7];
    if (n != 9)
        return false;
    digits_at(d, p + 1, 7);
    unsigned sum = weighted(d, weights, 7);
    switch (p[0]) {
    case 'S':
        return "JZIHGFEDCBA"[sum % 11] == p[8];
    case 'T':
        return "JZIHGFEDCBA"[(sum + 4) % 11] == p[8];
    case 'F':
        return "XWUTRQPNMLK"[sum % 11] == p[8];
    case 'G':
        return "XWUTRQPNMLK"[(sum + 4) % 11] == p[8];
    case 'M':
        return "XWUTRQPNJLK"[(sum + 3) % 11] == p[8];
    default:
        return false;
    }
}

/* Place, date of birth, serial; ISO 7064 mod 11,2. */
static bool cn_body(const uint8_t *d, unsigned check)
{
    static const uint8_t weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
    static const uint8_t checks[] = { 1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2 };
    unsigned century = number(d + 6, 2);
    return d[0] != 0 && d[0] != 9 && (century == 19 || century == 20) && is_day(number(d + 10, 2), number(d + 12, 2)) &&
           checks[weighted(d, weights, 17) % 11] == check;
}

bool nj_valid_cn_digits(const uint8_t *d, size_t n)
{
    return n == 18 && cn_body(d, d[17]);
}

bool nj_valid_cn_id(const char *p, size_t n)
{
    uint8_t d[17];
    if (n != 18 || p[17] != 'X')
        return false;
    digits_at(d, p, 17);
    return cn_body(d, 10);
}

/* --- bank accounts ------------------------------------------------------------------------------------------------ */

/* Length of the whole number by its country, as the IBAN registry has them; and whether accounts of that country are digits alone: a
 * hexadecimal id is none of theirs then. */
enum { DIGITS_ALONE = 0x80, COUNTRIES = 26 * 26 };
#define PLACE(one, two) (((one) - 'A') * 26 + (two) - 'A')
#define L(one, two, n)  [PLACE(one, two)] = (n)
#define D(one, two, n)  [PLACE(one, two)] = (n) | DIGITS_ALONE
/* clang-format off */
static const uint8_t iban_lengths[COUNTRIES] = {
    L('A', 'D', 24), D('A', 'E', 23), L('A', 'L', 28), D('A', 'T', 20), L('A', 'Z', 28), D('B', 'A', 20), D('B', 'E', 16),
    L('B', 'G', 22), L('B', 'H', 22), L('B', 'I', 27), L('B', 'R', 29), L('B', 'Y', 28), L('C', 'H', 21), L('C', 'R', 22),
    L('C', 'Y', 28), D('C', 'Z', 24), D('D', 'E', 22), L('D', 'J', 27), D('D', 'K', 18), L('D', 'O', 28), D('E', 'E', 20),
    L('E', 'G', 29), D('E', 'S', 24), D('F', 'I', 18), L('F', 'K', 18), D('F', 'O', 18), L('F', 'R', 27), L('G', 'B', 22),
    L('G', 'E', 22), L('G', 'I', 23), D('G', 'L', 18), L('G', 'R', 27), L('G', 'T', 28), L('H', 'N', 28), D('H', 'R', 21),
    D('H', 'U', 28), L('I', 'E', 22), D('I', 'L', 23), L('I', 'Q', 23), D('I', 'S', 26), L('I', 'T', 27), L('J', 'O', 30),
    L('K', 'W', 30), L('K', 'Z', 20), L('L', 'B', 28), L('L', 'C', 32), L('L', 'I', 21), D('L', 'T', 20), L('L', 'U', 20),
    L('L', 'V', 21), L('L', 'Y', 25), L('M', 'C', 27), L('M', 'D', 24), D('M', 'E', 22), L('M', 'K', 19), L('M', 'N', 20),
    L('M', 'R', 27), L('M', 'T', 31), L('M', 'U', 30), L('N', 'I', 28), L('N', 'L', 18), D('N', 'O', 15), L('O', 'M', 23),
    L('P', 'K', 24), D('P', 'L', 28), L('P', 'S', 29), D('P', 'T', 25), L('Q', 'A', 29), L('R', 'O', 24), D('R', 'S', 22),
    L('R', 'U', 33), L('S', 'A', 24), L('S', 'C', 31), L('S', 'D', 18), D('S', 'E', 24), D('S', 'I', 19), D('S', 'K', 24),
    L('S', 'M', 27), L('S', 'O', 23), L('S', 'T', 25), L('S', 'V', 28), L('T', 'L', 23), D('T', 'N', 24), L('T', 'R', 26),
    L('U', 'A', 29), L('V', 'A', 22), L('V', 'G', 24), D('X', 'K', 20), L('Y', 'E', 30),
};
/* clang-format on */
#undef L
#undef D

static unsigned country_of(const char *country)
{
    bool capitals = nj_is(country[0], NJ_IS_UPPER) && nj_is(country[1], NJ_IS_UPPER);
    return capitals ? iban_lengths[PLACE(country[0], country[1])] : 0;
}

size_t nj_iban_length(const char *country)
{
    return country_of(country) & ~(unsigned)DIGITS_ALONE;
}

static uint64_t rest_97(uint64_t rest, const char *p, size_t n)
{
    const uint64_t large = 10000000000000000u; /* a hundred times as much still fits */
    for (size_t i = 0; i < n; i++) {
        if (rest >= large)
            rest %= 97;
        rest = nj_is(p[i], NJ_IS_DIGIT) ? rest * 10 + (unsigned)(p[i] - '0') : rest * 100 + (unsigned)(p[i] - 'A') + 10;
    }
    return rest;
}

/* ISO 7064 mod 97,10 with the first four characters behind the rest. */
bool nj_mod97(const char *p, size_t n)
{
    return n >= 4 && rest_97(rest_97(0, p + 4, n - 4), p, 4) % 97 == 1;
}

bool nj_valid_iban(const char *p, size_t n)
{
    if (n < 5 || nj_iban_length(p) != n)
        return false;
    bool digits = (country_of(p) & DIGITS_ALONE) != 0;
    for (size_t i = 0; i < n; i++) {
        bool lettered = i < 2 || (i >= 4 && !digits);
        if (!nj_is(p[i], lettered ? NJ_IS_UPPER | NJ_IS_DIGIT : NJ_IS_DIGIT))
            return false;
    }
    return nj_mod97(p, n);
}

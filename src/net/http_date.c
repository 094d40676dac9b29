/* Reads Retry-After: seconds, or one of the three forms of an HTTP date. */
#include "http_date.h"

#include <stdio.h>

struct parts {
    unsigned day, month, year, hour, minute, second;
};

static bool digits(struct nj_str s, size_t at, size_t n, unsigned *out)
{
    uint64_t v = 0;
    struct nj_str piece = nj_str_slice(s, at, at + n);
    if (piece.n != n || (piece.p[0] == ' ' ? !nj_str_u64(nj_str_slice(piece, 1, n), &v) : !nj_str_u64(piece, &v)))
        return false;
    *out = (unsigned)v;
    return true;
}

static bool month(struct nj_str s, size_t at, unsigned *out)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct nj_str want = nj_str_slice(s, at, at + 3);
    for (unsigned i = 0; i < 12; i++) {
        if (nj_str_eq(want, (struct nj_str){ names + (size_t)3 * i, 3 })) {
            *out = i + 1;
            return true;
        }
    }
    return false;
}

static bool time_of_day(struct nj_str s, size_t at, struct parts *p)
{
    return s.n >= at + 8 && s.p[at + 2] == ':' && s.p[at + 5] == ':' && digits(s, at, 2, &p->hour) && digits(s, at + 3, 2, &p->minute) &&
           digits(s, at + 6, 2, &p->second);
}

/* "Sun, 06 Nov 1994 08:49:37 GMT" */
static bool imf_date(struct nj_str s, struct parts *p)
{
    return s.n == 29 && s.p[3] == ',' && nj_str_ends(s, NJ_STR(" GMT")) && digits(s, 5, 2, &p->day) && month(s, 8, &p->month) &&
           digits(s, 12, 4, &p->year) && time_of_day(s, 17, p);
}

/* "Sunday, 06-Nov-94 08:49:37 GMT": the year has two digits; those from 70 on belong to the last century. */
static bool rfc850_date(struct nj_str s, struct parts *p)
{
    size_t comma = nj_str_chr(s, ',', 0);
    if (comma == NJ_NPOS || s.n != comma + 24 || !nj_str_ends(s, NJ_STR(" GMT")))
        return false;
    s = nj_str_slice(s, comma + 2, s.n);
    if (s.p[2] != '-' || s.p[6] != '-' || !digits(s, 0, 2, &p->day) || !month(s, 3, &p->month) || !digits(s, 7, 2, &p->year))
        return false;
    p->year += p->year < 70 ? 2000 : 1900;
    return time_of_day(s, 10, p);
}

/* "Sun Nov  6 08:49:37 1994" */
static bool asctime_date(struct nj_str s, struct parts *p)
{
    return s.n == 24 && month(s, 4, &p->month) && digits(s, 8, 2, &p->day) && time_of_day(s, 11, p) && digits(s, 20, 4, &p->year);
}

static bool http_date(struct nj_str s, int64_t *unix_ms)
{
    struct parts p = { 0 };
    char text[32];
    int64_t ns;
    if (!imf_date(s, &p) && !rfc850_date(s, &p) && !asctime_date(s, &p))
        return false;
    if (p.year < 1970 || p.year > 2200) { /* outside our calendar, but before or after now all the same */
        *unix_ms = p.year < 1970 ? 0 : INT64_MAX;
        return true;
    }
    snprintf(text, sizeof(text), "%04u-%02u-%02uT%02u:%02u:%02uZ", p.year % 10000, p.month % 100, p.day % 100, p.hour % 100, p.minute % 100,
             p.second % 100);
    if (nj_time_parse(nj_str_of(text), &ns) != NJ_OK)
        return false;
    *unix_ms = ns / 1000000;
    return true;
}

int64_t nj_retry_after_ms(struct nj_str value, struct nj_wall now)
{
    static const int64_t most_ms = (int64_t)NJ_RETRY_AFTER_MAX_S * 1000;
    uint64_t seconds;
    int64_t at;
    value = nj_str_trim(value);
    if (nj_str_u64(value, &seconds))
        return seconds >= NJ_RETRY_AFTER_MAX_S ? most_ms : (int64_t)seconds * 1000;
    /* All digits but beyond 64 bits is still "very long". */
    bool number = value.n > 0;
    for (size_t i = 0; i < value.n; i++)
        number = number && value.p[i] >= '0' && value.p[i] <= '9';
    if (number)
        return most_ms;
    if (!http_date(value, &at))
        return -1;
    if (at <= now.ms)
        return 0;
    return at - now.ms > most_ms ? most_ms : at - now.ms;
}

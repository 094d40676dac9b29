/* The only place that asks the operating system for the time; RFC 3339 both ways. */
#include "nightjar/clock.h"

#include <time.h>

enum { DAY_MS = 24 * 3600 * 1000 };

static int64_t read_one(clockid_t id)
{
    struct timespec ts = { 0 };
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

static void read_system(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    (void)ctx;
    *mono_ns = read_one(CLOCK_MONOTONIC);
    *wall_ns = read_one(CLOCK_REALTIME);
}

void nj_clock_init(struct nj_clock *c, nj_clock_read_fn read, void *ctx)
{
    *c = (struct nj_clock){ .read = read != NULL ? read : read_system, .ctx = ctx };
    nj_clock_tick(c);
}

void nj_clock_tick(struct nj_clock *c)
{
    int64_t mono_ns = 0;
    c->read(c->ctx, &mono_ns, &c->wall_ns);
    c->mono.ms = mono_ns / 1000000;
    c->wall.ms = c->wall_ns / 1000000;
}

struct nj_mono nj_mono_after(struct nj_mono m, int64_t delta_ms)
{
    int64_t sum = 0;
    if (__builtin_add_overflow(m.ms, delta_ms, &sum))
        sum = delta_ms > 0 ? INT64_MAX : INT64_MIN;
    return (struct nj_mono){ sum };
}

struct nj_mono nj_clock_deadline(const struct nj_clock *c, int64_t deadline_ms)
{
    int64_t left = deadline_ms;
    if (deadline_ms >= 100000000000)
        left = deadline_ms - c->wall.ms;
    if (left > DAY_MS)
        left = DAY_MS;
    if (left < -DAY_MS)
        left = -DAY_MS;
    return nj_mono_after(c->mono, left);
}

/* Days since 1970-01-01 of a civil date (Howard Hinnant's days_from_civil). */
static int64_t days_of(int64_t y, int64_t m, int64_t d)
{
    y -= m <= 2;
    int64_t era = y / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

/* Two digits; what is none sets bits of *bad. */
static int64_t two(const char *p, unsigned *bad)
{
    unsigned tens = (unsigned char)p[0] - (unsigned)'0', ones = (unsigned char)p[1] - (unsigned)'0';
    *bad |= tens > 9 || ones > 9;
    return (int64_t)tens * 10 + ones;
}

static bool parse_date(struct nj_str s, int64_t *seconds)
{
    static const int8_t month_days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const char *p = s.p;
    unsigned bad = 0;
    if (s.n < 19 || p[4] != '-' || p[7] != '-' || p[13] != ':' || p[16] != ':' || (p[10] != 'T' && p[10] != 't' && p[10] != ' '))
        return false;
    int64_t y = two(p, &bad) * 100 + two(p + 2, &bad), mo = two(p + 5, &bad), d = two(p + 8, &bad);
    int64_t h = two(p + 11, &bad), mi = two(p + 14, &bad), sec = two(p + 17, &bad);
    if (bad || y < 1970 || y > 2261 || mo < 1 || mo > 12 || d < 1 || d > month_days[mo - 1] || h > 23 || mi > 59 || sec > 60)
        return false;
    *seconds = days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + sec;
    return true;
}

static bool parse_zone(struct nj_str z, int64_t *offset_s)
{
    unsigned bad = 0;
    *offset_s = 0;
    if (z.n == 1 && (z.p[0] | 0x20) == 'z')
        return true;
    if (z.n != 6 || (z.p[0] != '+' && z.p[0] != '-') || z.p[3] != ':')
        return false;
    int64_t h = two(z.p + 1, &bad), m = two(z.p + 4, &bad);
    *offset_s = (h * 3600 + m * 60) * (z.p[0] == '-' ? -1 : 1);
    return !bad && h <= 23 && m <= 59;
}

/* Digits behind the point at *at, in nanoseconds; the tenth has to be something else. */
static bool parse_fraction(struct nj_str s, size_t *at, int64_t *ns)
{
    enum { DIGITS = 9 };
    static const int32_t unit[DIGITS + 1] = { 1000000000, 100000000, 10000000, 1000000, 100000, 10000, 1000, 100, 10, 1 };
    size_t from = ++*at;
    int64_t v = 0;
    for (; *at < s.n && s.p[*at] >= '0' && s.p[*at] <= '9' && *at - from < DIGITS; ++*at)
        v = v * 10 + (s.p[*at] - '0');
    *ns = v * unit[*at - from];
    return *at != from;
}

enum nj_status nj_time_parse(struct nj_str s, int64_t *unix_ns)
{
    int64_t seconds, offset, fraction = 0;
    if (!parse_date(s, &seconds))
        return NJ_EPARSE;
    size_t at = 19;
    if (at < s.n && s.p[at] == '.' && !parse_fraction(s, &at, &fraction))
        return NJ_EPARSE;
    if (!parse_zone(nj_str_slice(s, at, s.n), &offset))
        return NJ_EPARSE;
    *unix_ns = (seconds - offset) * 1000000000 + fraction;
    return *unix_ns >= 0 ? NJ_OK : NJ_EPARSE;
}

static void put_digits(char *out, int64_t v, int n)
{
    for (int i = n - 1; i >= 0; i--, v /= 10)
        out[i] = (char)('0' + v % 10);
}

struct nj_str nj_time_format(char out[static NJ_TIME_LEN + 1], int64_t unix_ns)
{
    if (unix_ns < 0)
        unix_ns = 0;
    int64_t seconds = unix_ns / 1000000000, ns = unix_ns % 1000000000;
    int64_t z = seconds / 86400 + 719468, day_s = seconds % 86400;
    int64_t era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    memcpy(out, "0000-00-00T00:00:00.000000000Z", NJ_TIME_LEN + 1);
    put_digits(out, yoe + era * 400 + (month <= 2), 4);
    put_digits(out + 5, month, 2);
    put_digits(out + 8, doy - (153 * mp + 2) / 5 + 1, 2);
    put_digits(out + 11, day_s / 3600, 2);
    put_digits(out + 14, day_s / 60 % 60, 2);
    put_digits(out + 17, day_s % 60, 2);
    put_digits(out + 20, ns, 9);
    size_t n = NJ_TIME_LEN;
    if (ns % 1000 == 0) {
        out[26] = 'Z';
        n = 27;
    }
    out[n] = '\0';
    return (struct nj_str){ out, n };
}

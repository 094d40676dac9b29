/* Punycode as RFC 3492 section 6.3 encodes it. */
#include "nightjar/punycode.h"

#include "nightjar/utf8.h"

/* Section 5. */
enum { BASE = 36, T_MIN = 1, T_MAX = 26, SKEW = 38, DAMP = 700, FIRST_BIAS = 72, FIRST_POINT = 128 };

struct puny {
    uint32_t point[NJ_PUNYCODE_POINTS];
    size_t points;
    char *out;
    size_t n;
    bool full;
};

static void put(struct puny *p, char c)
{
    if (p->n == NJ_PUNYCODE_MAX)
        p->full = true;
    else
        p->out[p->n++] = c;
}

static char digit(uint32_t d)
{
    return (char)(d < 26 ? 'a' + d : '0' + (d - 26));
}

/* Section 6.1. */
static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
    uint32_t k = 0;
    delta = first ? delta / DAMP : delta / 2;
    delta += delta / points;
    for (; delta > (BASE - T_MIN) * T_MAX / 2; k += BASE)
        delta /= BASE - T_MIN;
    return k + (BASE - T_MIN + 1) * delta / (delta + SKEW);
}

static void put_number(struct puny *p, uint32_t q, uint32_t bias)
{
    for (uint32_t k = BASE;; k += BASE) {
        uint32_t t = k <= bias ? T_MIN : k >= bias + T_MAX ? T_MAX : k - bias;
        if (q < t)
            break;
        put(p, digit(t + (q - t) % (BASE - t)));
        q = (q - t) / (BASE - t);
    }
    put(p, digit(q));
}

/* The code points of the label; false when it has too many or is no UTF-8. */
static bool read_points(struct puny *p, struct nj_str label)
{
    for (size_t at = 0; at < label.n;) {
        size_t len = nj_utf8_len(label, at);
        if (len == 0 || p->points == NJ_PUNYCODE_POINTS)
            return false;
        p->point[p->points++] = nj_utf8_point(label, at, len);
        at += len;
    }
    return true;
}

static uint32_t next_point(const struct puny *p, uint32_t from)
{
    uint32_t next = UINT32_MAX;
    for (size_t i = 0; i < p->points; i++)
        if (p->point[i] >= from && p->point[i] < next)
            next = p->point[i];
    return next;
}

/* Points are below 2^21 and there are 63 at most: delta stays below 2^27. */
static void encode(struct puny *p, uint32_t basic)
{
    uint32_t n = FIRST_POINT, delta = 0, bias = FIRST_BIAS, done = basic;
    for (; done < p->points; delta++, n++) {
        uint32_t next = next_point(p, n);
        delta += (next - n) * (done + 1);
        n = next;
        for (size_t i = 0; i < p->points; i++) {
            delta += p->point[i] < n ? 1 : 0;
            if (p->point[i] != n)
                continue;
            put_number(p, delta, bias);
            bias = adapt(delta, done + 1, done == basic);
            delta = 0;
            done++;
        }
    }
}

size_t nj_punycode(struct nj_str label, char out[static NJ_PUNYCODE_MAX])
{
    struct puny p = { .out = out };
    uint32_t basic = 0;
    if (!read_points(&p, label))
        return 0;
    for (const char *prefix = "xn--"; *prefix != '\0'; prefix++)
        put(&p, *prefix);
    for (size_t i = 0; i < p.points; i++)
        if (p.point[i] < FIRST_POINT) {
            put(&p, (char)p.point[i]);
            basic++;
        }
    if (basic == p.points)
        return 0;
    if (basic != 0)
        put(&p, '-');
    encode(&p, basic);
    return p.full ? 0 : p.n;
}

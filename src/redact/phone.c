/* Telephone numbers that begin with a plus. */
#include "redact_internal.h"

enum { SHORTEST = 8, LONGEST = 15, TEXT_MAX = 32 };

static bool is_separator(char c)
{
    return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/';
}

/* Digits with at most two separators between them: "+44 (0)20 7946 0958". */
bool nj_shape_phone(struct nj_sweep *s, size_t at, struct nj_span *out)
{
    struct nj_str t = s->text;
    size_t digits = 0, gap = 0, to = at + 1;
    if (at > 0 && nj_is(t.p[at - 1], NJ_IS_WORD | NJ_IS_MIXED) && t.p[at - 1] != '=' && t.p[at - 1] != '/')
        return false;
    for (size_t i = at + 1; i < t.n && i - at < TEXT_MAX && digits <= LONGEST; i++) {
        if (nj_is(t.p[i], NJ_IS_DIGIT)) {
            digits++;
            gap = 0;
            to = i + 1;
        } else if (!is_separator(t.p[i]) || ++gap > 2) {
            break;
        }
    }
    *out = (struct nj_span){ at, to };
    return digits >= SHORTEST && digits <= LONGEST;
}

/* Country codes that are given out, by their first digits; a length that the country keeps to. */
bool nj_valid_phone(struct nj_str t, struct nj_span *sp)
{
    uint8_t d[LONGEST + 1];
    size_t n = 0, dots = 0, others = 0;
    for (size_t i = sp->from + 1; i < sp->to && n < NJ_COUNT(d); i++) {
        if (nj_is(t.p[i], NJ_IS_DIGIT))
            d[n++] = (uint8_t)(t.p[i] - '0');
        else if (t.p[i] == '.')
            dots++;
        else
            others++;
    }
    if (n < SHORTEST || n > LONGEST || d[0] == 0 || (dots == 1 && others == 0))
        return false; /* "+12345.678" */
    if (sp->to < t.n && nj_is(t.p[sp->to], NJ_IS_WORD))
        return false;
    if (sp->to + 1 < t.n && (t.p[sp->to] == '.' || t.p[sp->to] == ',') && nj_is(t.p[sp->to + 1], NJ_IS_DIGIT))
        return false; /* a number with a fraction, or with thousands */
    return d[0] != 1 || (n == 11 && d[1] >= 2);
}

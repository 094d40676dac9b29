/* Reading checked JSON in place: values, members, numbers. */
#include "json_scan.h"

#include <math.h>
#include <stdlib.h>

static const struct nj_json no_value = { .type = NJ_JSON_NONE };

/* By the first byte of a checked value; a number where nothing else is said. */
static enum nj_json_type type_of(char first)
{
    static const uint8_t types[256] = {
        ['{'] = NJ_JSON_OBJECT, ['['] = NJ_JSON_ARRAY, ['"'] = NJ_JSON_STRING,
        ['t'] = NJ_JSON_TRUE,   ['f'] = NJ_JSON_FALSE, ['n'] = NJ_JSON_NULL,
    };
    uint8_t type = types[(unsigned char)first];
    return type != 0 ? (enum nj_json_type)type : NJ_JSON_NUMBER;
}

static struct nj_json value_at(const char *from, const char *to)
{
    return (struct nj_json){ .type = type_of(*from), .raw = { from, (size_t)(to - from) } };
}

enum nj_status nj_json_parse_first(struct nj_str text, struct nj_json *out)
{
    *out = no_value;
    if (text.n == 0)
        return NJ_EPARSE;
    const char *end = text.p + text.n;
    const char *from = nj_json_skip_space(text.p, end), *at = from;
    enum nj_scan r = nj_json_scan(&at, end);
    if (r != NJ_SCAN_DONE)
        return r == NJ_SCAN_DEEP ? NJ_ELIMIT : NJ_EPARSE;
    *out = value_at(from, at);
    return NJ_OK;
}

enum nj_status nj_json_parse(struct nj_str text, struct nj_json *out)
{
    enum nj_status st = nj_json_parse_first(text, out);
    if (st != NJ_OK)
        return st;
    const char *end = text.p + text.n;
    if (nj_json_skip_space(out->raw.p + out->raw.n, end) == end)
        return NJ_OK;
    *out = no_value;
    return NJ_EPARSE;
}

/* --- members ------------------------------------------------------------------------------------------------------ */

void nj_json_iter_init(struct nj_json_iter *it, struct nj_json container)
{
    *it = (struct nj_json_iter){ .object = container.type == NJ_JSON_OBJECT };
    if (container.type != NJ_JSON_OBJECT && container.type != NJ_JSON_ARRAY)
        return;
    it->at = container.raw.p + 1;
    it->end = container.raw.p + container.raw.n - 1;
}

/* White space and the one comma before a member. */
NJ_INLINE const char *skip_between(const char *p, const char *end)
{
    p = nj_json_skip_space(p, end);
    return p < end && *p == ',' ? nj_json_skip_space(p + 1, end) : p;
}

static const char *skip_scalar(const char *p, const char *end)
{
    while (p < end && *p != ',' && *p != ']' && *p != '}' && !nj_json_is_space(*p))
        p++;
    return p;
}

bool nj_json_next(struct nj_json_iter *it, struct nj_str *key, struct nj_json *value)
{
    const char *end = it->end;
    *key = (struct nj_str){ NULL, 0 };
    *value = no_value;
    if (it->at == NULL)
        return false;
    const char *p = skip_between(it->at, end);
    if (p != end && it->object && *p == '"') {
        const char *behind = nj_json_skip_string(p, end);
        *key = (struct nj_str){ p + 1, (size_t)(behind - p) - 2 };
        p = nj_json_skip_space(behind, end);
        p = nj_json_skip_space(p + (p < end), end); /* the colon */
    }
    it->at = p;
    if (p == end)
        return false;
    const char *from = p;
    if (*p == '"')
        p = nj_json_skip_string(p, end);
    else if (*p == '{' || *p == '[')
        p = nj_json_skip_container(p, end);
    else
        p = skip_scalar(p, end);
    *value = value_at(from, p);
    it->at = p;
    return true;
}

bool nj_json_key_is(struct nj_str raw, struct nj_str want)
{
    if (nj_str_eq(raw, want))
        return raw.n == 0 || memchr(raw.p, '\\', raw.n) == NULL;
    if (raw.n <= want.n || memchr(raw.p, '\\', raw.n) == NULL)
        return false; /* escapes only ever make a key longer */
    const char *p = raw.p, *end = raw.p + raw.n;
    size_t at = 0;
    while (p < end) {
        char c[4] = { *p };
        size_t n = 1;
        if (*p == '\\')
            n = nj_json_unescape_one(&p, end, c);
        else
            p++;
        if (want.n - at < n || memcmp(want.p + at, c, n) != 0)
            return false;
        at += n;
    }
    return at == want.n;
}

struct nj_json nj_json_get(struct nj_json object, struct nj_str key)
{
    struct nj_json_iter it;
    struct nj_str k;
    struct nj_json v;
    if (object.type != NJ_JSON_OBJECT)
        return no_value;
    nj_json_iter_init(&it, object);
    while (nj_json_next(&it, &k, &v))
        if (nj_json_key_is(k, key))
            return v;
    return no_value;
}

struct nj_json nj_json_path(struct nj_json object, struct nj_str path)
{
    struct nj_str step;
    while (nj_str_cut(&path, '.', &step))
        object = nj_json_get(object, step);
    return object;
}

/* --- numbers ------------------------------------------------------------------------------------------------------ */

bool nj_json_f64(struct nj_json number, double *out)
{
    char text[512];
    if (number.type != NJ_JSON_NUMBER || number.raw.n >= sizeof(text))
        return false;
    memcpy(text, number.raw.p, number.raw.n);
    text[number.raw.n] = '\0';
    double v = strtod(text, NULL);
    if (!isfinite(v))
        return false;
    *out = v;
    return true;
}

static bool integer(struct nj_str digits, int64_t *out)
{
    bool minus = digits.n != 0 && digits.p[0] == '-';
    uint64_t v = 0;
    if (!nj_str_u64(nj_str_slice(digits, minus, digits.n), &v) || v > (uint64_t)INT64_MAX + minus)
        return false;
    *out = minus ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool nj_json_i64(struct nj_json number, int64_t *out)
{
    const double exact = 9007199254740992.0; /* 2^53: every whole double up to here is the number that was written */
    double v = 0;
    if (number.type != NJ_JSON_NUMBER)
        return false;
    if (integer(number.raw, out))
        return true;
    if (!nj_json_f64(number, &v) || v != floor(v) || fabs(v) > exact)
        return false;
    *out = (int64_t)v;
    return true;
}

/* A payload as its headers and the names in it: what is left of inputs and responses under presets that keep no values. */
#include "redact_internal.h"

#include "nightjar/json.h"

struct skeleton {
    struct nj_str t;
    size_t at;
    struct nj_buf *out;
    uint64_t objects[NJ_JSON_DEPTH / 64 + 1]; /* a bit for each level: is it an object? */
    size_t depth;
    size_t spared; /* the level of a container of headers, 0 = outside */
    bool name_next, headers_next;
};

/* {"payload":{"headers":{...}}}: headers stand in the second level. */
enum { PAYLOAD_LEVEL = 2 };

static bool in_object(const struct skeleton *s)
{
    return (s->objects[s->depth / 64] >> s->depth % 64 & 1) != 0;
}

static void open_level(struct skeleton *s, bool object)
{
    uint64_t bit;
    s->depth++;
    bit = (uint64_t)1 << s->depth % 64;
    s->objects[s->depth / 64] = (s->objects[s->depth / 64] & ~bit) | (object ? bit : 0);
    if (s->headers_next && s->spared == 0)
        s->spared = s->depth;
    s->headers_next = false;
    s->name_next = object;
}

static void close_level(struct skeleton *s)
{
    if (s->spared == s->depth)
        s->spared = 0;
    s->depth -= s->depth > 0;
    s->name_next = false;
}

static struct nj_str read_string(struct skeleton *s)
{
    size_t from = s->at++;
    while (s->at < s->t.n && s->t.p[s->at] != '"')
        s->at += s->t.p[s->at] == '\\' ? 2 : 1;
    s->at++;
    return nj_str_slice(s->t, from, s->at);
}

static void put_string(struct skeleton *s)
{
    struct nj_str whole = read_string(s);
    if (s->name_next) {
        struct nj_str name = nj_str_slice(whole, 1, whole.n - 1);
        s->headers_next = s->depth == PAYLOAD_LEVEL && (nj_str_eq(name, NJ_STR("headers")) || nj_str_eq(name, NJ_STR("multiValueHeaders")));
        s->name_next = false;
        nj_buf_add(s->out, whole);
        return;
    }
    s->headers_next = false;
    nj_buf_add(s->out, s->spared != 0 ? whole : NJ_STR("\"[string]\""));
}

static void put_scalar(struct skeleton *s)
{
    size_t from = s->at;
    while (s->at < s->t.n && strchr(",]} \t\r\n", s->t.p[s->at]) == NULL)
        s->at++;
    struct nj_str whole = nj_str_slice(s->t, from, s->at);
    s->headers_next = false;
    if (s->spared != 0 || whole.p[0] == 'n')
        nj_buf_add(s->out, whole);
    else
        nj_buf_addz(s->out, whole.p[0] == 't' || whole.p[0] == 'f' ? "\"[boolean]\"" : "\"[number]\"");
}

void nj_skeleton_add(struct nj_str checked, struct nj_buf *out)
{
    struct skeleton s = { .t = checked, .out = out };
    while (s.at < s.t.n) {
        char c = s.t.p[s.at];
        if (c == '"') {
            put_string(&s);
            continue;
        }
        if (strchr("{}[],: \t\r\n", c) == NULL) {
            put_scalar(&s);
            continue;
        }
        s.at++;
        if (nj_is(c, NJ_IS_SPACE))
            continue;
        nj_buf_addc(out, c);
        if (c == '{' || c == '[')
            open_level(&s, c == '{');
        else if (c == '}' || c == ']')
            close_level(&s);
        else if (c == ',')
            s.name_next = in_object(&s);
    }
}

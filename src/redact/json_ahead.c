/* Looks ahead in JSON for what a member or element means: the name of a pair behind its value, the type of a key. */
#include "json_walk.h"

/* Over scalars only: every byte is read for its own object at most, so the walk stays linear. */
struct peek {
    struct nj_str t;
    size_t at;
};

enum { MEMBERS = 16 };

static char peek_char(struct peek *p)
{
    while (p->at < p->t.n && nj_is(p->t.p[p->at], NJ_IS_SPACE))
        p->at++;
    return p->at < p->t.n ? p->t.p[p->at] : '\0';
}

static bool peek_string(struct peek *p, struct nj_str *inner)
{
    if (peek_char(p) != '"')
        return false;
    size_t from = ++p->at;
    while (p->at < p->t.n && p->t.p[p->at] != '"')
        p->at += p->t.p[p->at] == '\\' ? 2 : 1;
    *inner = nj_str_slice(p->t, from, p->at);
    p->at++;
    return p->at <= p->t.n;
}

/* A scalar that is no string leaves *inner absent. */
static bool peek_scalar(struct peek *p, struct nj_str *inner)
{
    char c = peek_char(p);
    if (c == '"')
        return peek_string(p, inner);
    if (c == '{' || c == '[' || c == '\0')
        return false;
    *inner = (struct nj_str){ NULL, 0 };
    while (p->at < p->t.n && strchr(",]} \t\r\n", p->t.p[p->at]) == NULL)
        p->at++;
    return true;
}

static bool peek_past(struct peek *p, char c)
{
    if (peek_char(p) != c)
        return false;
    p->at++;
    return true;
}

/* A value, if it is a scalar or a container that holds one: "x", ["x"], {"S": "x"}. */
static bool peek_small(struct peek *p, struct nj_str *inner)
{
    struct nj_str skipped;
    char c = peek_char(p);
    if (c != '{' && c != '[')
        return peek_scalar(p, inner);
    p->at++;
    if (c == '{' && !(peek_string(p, &skipped) && peek_past(p, ':')))
        return false;
    return peek_scalar(p, inner) && peek_past(p, c == '{' ? '}' : ']');
}

int nj_rule_of_name(struct nj_redactor *r, struct nj_str name)
{
    enum { LONGEST = 64 };
    if (name.n == 0 || name.n > LONGEST)
        return NJ_KEY_NONE;
    for (size_t i = 0; i < name.n; i++)
        if (!nj_is(name.p[i], NJ_IS_KEY) && (name.p[i] == '\0' || strchr(" :/", name.p[i]) == NULL))
            return NJ_KEY_NONE;
    return nj_rule_but(nj_key_classify(r, name).rule, NJ_HOW_ASIDE);
}

int nj_rule_of_place(struct nj_redactor *r, struct nj_str place)
{
    size_t from = nj_run(place, 0, NJ_IS_KEY) == place.n ? place.n : 0;
    if (from == 0)
        return NJ_KEY_NONE;
    while (from > 0 && place.p[from - 1] != '.')
        from--;
    return nj_rule_of_name(r, nj_str_slice(place, from, place.n));
}

int nj_ahead_name(struct nj_redactor *r, struct nj_str t, size_t value)
{
    struct peek p = { t, value };
    struct nj_str key, name;
    if (!peek_small(&p, &name))
        return NJ_KEY_NONE;
    for (int i = 0; i < MEMBERS && peek_past(&p, ','); i++) {
        int rule = NJ_KEY_NONE;
        if (!peek_string(&p, &key) || !peek_past(&p, ':') || !peek_small(&p, &name))
            return NJ_KEY_NONE;
        if (name.p == NULL)
            continue;
        unsigned roles = nj_key_classify(r, key).roles;
        if (roles & NJ_ROLE_NAME)
            rule = nj_rule_of_name(r, name);
        else if (roles & NJ_ROLE_PLACE)
            rule = nj_rule_of_place(r, name);
        else if (nj_str_eq(name, NJ_STR("SecureString")))
            rule = nj_key_classify(r, NJ_STR("secret")).rule;
        if (rule != NJ_KEY_NONE)
            return rule;
    }
    return NJ_KEY_NONE;
}

/* The name in front of the object that begins before byte first. */
static struct nj_str container_name(struct nj_str t, size_t first)
{
    enum { LONGEST = 32 };
    size_t at = first - 1;
    while (at > 0 && nj_is(t.p[at - 1], NJ_IS_SPACE))
        at--;
    at -= at > 0 && t.p[at - 1] == ':' ? 1 : 0;
    while (at > 0 && nj_is(t.p[at - 1], NJ_IS_SPACE))
        at--;
    size_t to = at > 0 && t.p[at - 1] == '"' ? at - 1 : 0, from = to;
    while (from > 0 && to - from <= LONGEST && nj_is(t.p[from - 1], NJ_IS_KEY))
        from--;
    return to - from <= LONGEST && from > 0 && t.p[from - 1] == '"' ? nj_str_slice(t, from, to) : (struct nj_str){ NULL, 0 };
}

int nj_ahead_key(struct nj_redactor *r, struct nj_str t, size_t first, size_t value)
{
    static const struct nj_str key = NJ_STR_INIT("-key");
    char text[40];
    struct peek p = { t, value };
    struct nj_str inner, name = container_name(t, first);
    if (name.n == 0 || !peek_string(&p, &inner) || !nj_is_random(inner))
        return NJ_KEY_NONE;
    memcpy(text, name.p, name.n);
    memcpy(text + name.n, key.p, key.n);
    int rule = nj_key_classify(r, (struct nj_str){ text, name.n + key.n }).rule;
    return nj_rule_but(rule, NJ_HOW_RANDOM);
}

int nj_ahead_tuple(struct nj_redactor *r, struct nj_str t, size_t first)
{
    struct peek p = { t, first };
    struct nj_str name, value;
    if (!peek_string(&p, &name) || !peek_past(&p, ',') || !peek_scalar(&p, &value) || peek_char(&p) != ']')
        return NJ_KEY_NONE;
    return nj_rule_of_name(r, name);
}

int nj_ahead_typed_name(struct nj_redactor *r, struct nj_str t, size_t inside)
{
    struct peek p = { t, inside };
    struct nj_str type, name;
    if (!peek_string(&p, &type) || !peek_past(&p, ':') || !peek_string(&p, &name) || peek_char(&p) != '}')
        return NJ_KEY_NONE;
    return nj_rule_of_name(r, name);
}

bool nj_is_password_option(struct nj_str t, size_t list, struct nj_str option)
{
    enum { MOST = 256 };
    size_t at = (size_t)(option.p - t.p), from = at - list > MOST ? at - MOST : list;
    return option.n >= 2 && nj_is(option.p[1], NJ_IS_ALPHA) && option.p[1] != 'U' &&
           nj_form_has_command(nj_str_slice(t, from, at), option.p[1]);
}

bool nj_is_name(struct nj_str key, struct nj_str name)
{
    size_t n = 0;
    for (size_t i = 0; i < key.n; i++) {
        char c = nj_lower(key.p[i]);
        if (c == '_' || c == '-')
            continue;
        if (n == name.n || c != name.p[n++])
            return false;
    }
    return n == name.n;
}

/* --- what names are ------------------------------------------------------------------------------------------------ */

/* As it is but for its case, or in whatever spelling. */
enum spelling { AS_IT_IS, ANY };

struct trait {
    struct nj_str name;
    enum spelling spelling;
    enum nj_trait trait;
};

/* By their first letter; the last of each has no name. */
static const struct trait *const traits[32] = {
#define NAMES(letter, ...)                                                                                                                 \
    [(letter)&31] = (const struct trait[])                                                                                                 \
    {                                                                                                                                      \
        __VA_ARGS__,                                                                                                                       \
        {                                                                                                                                  \
            { NULL, 0 }, ANY, 0                                                                                                            \
        }                                                                                                                                  \
    }
#define NAME(text, how, what)                                                                                                              \
    {                                                                                                                                      \
        NJ_STR_INIT(text), how, NJ_TRAIT_##what                                                                                            \
    }
    NAMES('a', NAME("account", AS_IT_IS, ENDS_NUMBER), NAME("arguments", ANY, BOUND), NAME("args", ANY, BOUND)),
    NAMES('b', NAME("bindings", ANY, BOUND), NAME("binds", ANY, BOUND), NAME("bind", ANY, BOUND)),
    NAMES('d', NAME("date", AS_IT_IS, ENDS_NAME), NAME("d", AS_IT_IS, PART), NAME("dp", AS_IT_IS, PART), NAME("dq", AS_IT_IS, PART)),
    NAMES('g', NAME("granttype", ANY, GRANT)),
    NAMES('h', NAME("holder", AS_IT_IS, ENDS_NAME)),
    NAMES('i', NAME("id", AS_IT_IS, ENDS_NUMBER)),
    NAMES('k', NAME("key", AS_IT_IS, ENDS_KEY), NAME("key", ANY, KEY), NAME("kty", ANY, KTY), NAME("k", AS_IT_IS, PART)),
    NAMES('m', NAME("multivaluequerystringparameters", ANY, QUERY)),
    NAMES('n', NAME("name", AS_IT_IS, ENDS_NAME), NAME("number", AS_IT_IS, ENDS_NUMBER), NAME("no", AS_IT_IS, ENDS_NUMBER)),
    NAMES('p', NAME("params", ANY, BOUND), NAME("parameters", ANY, BOUND), NAME("p", AS_IT_IS, PART)),
    NAMES('q', NAME("query", ANY, QUERY), NAME("querystring", ANY, QUERY), NAME("querystringparameters", ANY, QUERY),
          NAME("queryparams", ANY, QUERY), NAME("queryparameters", ANY, QUERY), NAME("q", AS_IT_IS, PART), NAME("qi", AS_IT_IS, PART)),
    NAMES('s', NAME("searchparams", ANY, QUERY)),
    NAMES('u', NAME("urlparams", ANY, QUERY)),
    NAMES('v', NAME("values", ANY, BOUND)),
#undef NAMES
#undef NAME
};

static unsigned traits_of(struct nj_str name, const struct trait *some)
{
    enum { BOUND_LONGEST = 10 };
    unsigned found = 0;
    for (; some->name.n != 0; some++)
        if (some->spelling == AS_IT_IS ? nj_str_eq_nocase(name, some->name) : name.n >= some->name.n && nj_is_name(name, some->name))
            found |= some->trait;
    return name.n > BOUND_LONGEST ? found & ~(unsigned)NJ_TRAIT_BOUND : found;
}

unsigned nj_name_traits(struct nj_str name)
{
    unsigned found = NJ_TRAIT_SEEN;
    if (name.n == 0)
        return found;
    const struct trait *some = nj_is(name.p[0], NJ_IS_ALPHA) ? traits[name.p[0] & 31] : NULL;
    if (some != NULL)
        found |= traits_of(name, some);
    else if (name.p[0] == '_' || name.p[0] == '-') /* which count for these only */
        found |= (traits_of(name, traits['k' & 31]) | traits_of(name, traits['g' & 31])) & (NJ_TRAIT_KTY | NJ_TRAIT_GRANT | NJ_TRAIT_KEY);
    return found;
}

bool nj_is_key_part(struct nj_str name)
{
    return name.n <= 2 && (nj_name_traits(name) & NJ_TRAIT_PART) != 0;
}

/* --- further on in an object ----------------------------------------------------------------------------------------- */

struct nj_str nj_sql_before(struct nj_str members)
{
    static const struct nj_str names[] = { NJ_STR_INIT("\"sql\""), NJ_STR_INIT("\"query\""), NJ_STR_INIT("\"statement\""),
                                           NJ_STR_INIT("\"text\"") };
    for (size_t i = 0; i < NJ_COUNT(names); i++) {
        size_t at = nj_str_find(members, names[i], 0);
        struct peek p = { members, at != NJ_NPOS ? at + names[i].n : members.n };
        struct nj_str sql;
        if (peek_past(&p, ':') && peek_string(&p, &sql))
            return sql;
    }
    return (struct nj_str){ NULL, 0 };
}

bool nj_ahead_member(struct nj_str t, size_t value, struct nj_str name)
{
    struct peek p = { t, value };
    struct nj_str key, skipped;
    if (!peek_small(&p, &skipped))
        return false;
    for (int i = 0; i < MEMBERS && peek_past(&p, ','); i++) {
        if (!peek_string(&p, &key) || !peek_past(&p, ':'))
            return false;
        if (nj_is_name(key, name))
            return true;
        if (!peek_small(&p, &skipped))
            return false;
    }
    return false;
}

/* Names and values in brackets: PASSWORD('x'), setPassword("x"), ('password', 'x'), [password, x], password ("x"). */
#include "forms.h"

/* PASSWORD('x'), setPassword("x"), Password("x1") */
bool nj_form_called(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str key = nj_part(f->t, f->key);
    for (size_t dot; (dot = nj_str_chr(key, '.', 0)) != NJ_NPOS;)
        key = nj_str_slice(key, dot + 1, key.n); /* mail.setPassword */
    bool sets = nj_str_starts_nocase(key, NJ_STR("set")) || nj_str_starts_nocase(key, NJ_STR("with")) || nj_form_is_metavariable(key);
    bool type = key.n > 1 && nj_is(key.p[0], NJ_IS_UPPER) && nj_run(key, 1, NJ_IS_LOWER) == key.n;
    if (!(sets || type) || !nj_form_is_chosen(f->rule) || !nj_is_quote(nj_byte(f->t, at + 1)))
        return false;
    return nj_form_blank_value(f, at + 1, value) && (sets || nj_form_is_made_up(nj_part(f->t, *value), 6));
}

/* What stands in quotes as the second of two says of itself that it was made up. */
static bool is_second(struct nj_str v)
{
    return nj_form_is_made_up(v, 6) || nj_form_is_phrase(v) || (v.n >= 6 && nj_form_has_sign(v) && nj_str_chr(v, ' ', 0) == NJ_NPOS);
}

/* define('DB_PASSWORD', 'x'): nothing else stands there. */
static bool is_defined(struct nj_str t, size_t bracket)
{
    return nj_str_ends(nj_str_slice(t, 0, bracket), NJ_STR("define"));
}

/* ('password', 'x1'), {<<"password">>,<<"x1">>}, {password,"x1"}: two in brackets, and the second was made up. */
bool nj_form_tuple(struct nj_form *f, bool quoted, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t from = f->key.from - (quoted ? 1 : 0);
    bool binary = quoted && from >= f->floor + 2 && nj_byte(t, at) == '>' && nj_byte(t, at + 1) == '>' && t.p[from - 1] == '<';
    from -= binary ? 2 : 0;
    at += binary ? 2 : 0;
    from -= quoted && from >= f->floor + 2 && t.p[from - 1] == 'b' && t.p[from - 2] == '(' ? 1 : 0; /* (b'x-api-key', b'x1') of ASGI */
    while (from > f->floor && t.p[from - 1] == ' ')
        from--; /* define( 'DB_PASSWORD', 'x1' ) */
    if (nj_byte(t, at) == ',' && quoted && from > f->floor && nj_form_is_flat(f, from))
        return nj_form_blank_value(f, nj_skip_blanks(t, at + 1), value) && f->quote != 0;
    if (nj_byte(t, at) != ',' || from <= f->floor || strchr(quoted ? "([{" : "{", t.p[from - 1]) == NULL)
        return false;
    nj_form_open(f, nj_skip_blanks(t, at + 1));
    bool defined = is_defined(t, from - 1);
    if (f->quote == 0 || (!nj_form_blank_value(f, nj_skip_blanks(t, at + 1), value) && (!defined || value->to - value->from < 3)))
        return false;
    at = value->to + 1 + f->slashes;
    at += nj_byte(t, at) == '>' && nj_byte(t, at + 1) == '>' ? 2 : 0;
    char close = nj_byte(t, nj_skip_blanks(t, at));
    return (close == ')' || close == ']' || close == '}') && (defined || is_second(nj_part(t, *value)));
}

/* bad password ("x1") */
bool nj_form_quoted_in_brackets(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    return nj_byte(t, at) == ' ' && nj_byte(t, at + 1) == '(' && nj_is_quote(nj_byte(t, at + 2)) && nj_form_blank_value(f, at + 2, value) &&
           nj_byte(t, value->to + 1) == ')' && is_second(nj_part(t, *value));
}

/* [password, x1]: as .NET prints an entry. */
bool nj_form_bare_tuple(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    if (nj_byte(t, at) != ',' || nj_byte(t, at + 1) != ' ' || f->key.from <= f->floor || t.p[f->key.from - 1] != '[')
        return false;
    *value = (struct nj_span){ at + 2, nj_form_bare_end(f->s, at + 2) };
    return nj_byte(t, value->to) == ']' && nj_form_is_made_up(nj_part(t, *value), 6);
}

/* "pwd (x1)": at is behind the name.  In brackets there is rather what is meant by it: "password (bcrypt10)". */
bool nj_form_in_brackets(struct nj_form *f, size_t at, struct nj_span *value)
{
    static const struct nj_str others[] = { NJ_STR_INIT("sha"),    NJ_STR_INIT("md5"),    NJ_STR_INIT("bcrypt"), NJ_STR_INIT("pbkdf2"),
                                            NJ_STR_INIT("argon2"), NJ_STR_INIT("scrypt"), NJ_STR_INIT("base"),   NJ_STR_INIT("hmac"),
                                            NJ_STR_INIT("rfc"),    NJ_STR_INIT("utf"),    NJ_STR_INIT("min"),    NJ_STR_INIT("max"),
                                            NJ_STR_INIT("step") };
    struct nj_str t = f->t;
    if (nj_byte(t, at) != ' ' || nj_byte(t, at + 1) != '(' || !nj_form_is_chosen(f->rule))
        return false;
    *value = (struct nj_span){ at + 2, nj_form_bare_end(f->s, at + 2) };
    struct nj_str v = nj_part(t, *value);
    for (size_t i = 0; i < NJ_COUNT(others); i++)
        if (nj_str_starts_nocase(v, others[i]))
            return false;
    return nj_byte(t, value->to) == ')' && nj_form_is_made_up(v, 7);
}

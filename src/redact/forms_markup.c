/* Names and values that are spread over tags and pairs: <password>x</password>, <add key="password" value="x"/>,
 * {Name:password Value:x}, and the parts of a multipart body. */
#include "forms.h"

enum { WINDOW = 256, NAME_MAX = 64 };

/* --- names that stand in values ----------------------------------------------------------------------------------- */

/* Addresses and cards are left to the detectors. */
static int rule_of_name(struct nj_redactor *r, struct nj_str name)
{
    return nj_rule_but(nj_rule_of_name(r, name), NJ_HOW_DETECTED);
}

/* --- pairs -------------------------------------------------------------------------------------------------------- */

/* {'stringValue': x}: where the value of the one member begins; else where it stands. */
static size_t behind_type(struct nj_str t, size_t at)
{
    enum { LONGEST = 24 };
    size_t end = at;
    if (nj_byte(t, at) != '{')
        return at;
    while (end < t.n && end - at < LONGEST && t.p[end] != ':')
        end++;
    return nj_byte(t, end) == ':' ? nj_skip_blanks(t, end + 1) : at;
}

/* The next member of the same object or tag that begins at or after byte at: its role and the opening of its value. */
static uint16_t next_member(struct nj_form *g, size_t at, size_t limit)
{
    struct nj_str t = g->t;
    for (; at < limit; at++) {
        char c = t.p[at];
        if (c == '}' || c == '>' || c == '<' || c == '{')
            return 0;
        if (c != '=' && c != ':')
            continue;
        size_t to = at;
        while (to > g->floor && (nj_is_quote(t.p[to - 1]) || t.p[to - 1] == '\\' || nj_is_blank(t.p[to - 1])))
            to--;
        size_t from = nj_form_run_back(g, to);
        uint16_t roles = nj_key_classify(g->s->r, nj_str_slice(t, from, to)).roles;
        if ((roles & (NJ_ROLE_NAME | NJ_ROLE_VALUE | NJ_ROLE_ARGS)) == 0)
            continue;
        g->sep = at;
        at += nj_byte(t, at + 1) == '>' ? 2 : 1;
        nj_form_open(g, behind_type(t, nj_skip_blanks(t, at)));
        return roles;
    }
    return 0;
}

/* Behind two line ends, also where they are written as escapes; or 0. */
static size_t skip_empty_line(struct nj_str t, size_t at, size_t limit)
{
    static const struct nj_str ends[] = { NJ_STR_INIT("\n\n"), NJ_STR_INIT("\\r\\n\\r\\n"), NJ_STR_INIT("\\n\\n") };
    for (; at < limit; at++)
        for (size_t i = 0; i < NJ_COUNT(ends); i++)
            if (nj_str_starts(nj_str_slice(t, at, t.n), ends[i]))
                return at + ends[i].n;
    return 0;
}

/* Content-Disposition: form-data; name="password", an empty line, the value. */
static bool part_value(const struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    char c = nj_byte(t, at);
    if (c != '\n' && c != '\\')
        return false;
    size_t from = skip_empty_line(t, at, at + WINDOW < t.n ? at + WINDOW : t.n), to = from;
    if (from == 0)
        return false;
    while (to < t.n && t.p[to] != '\n' && !(t.p[to] == '\\' && nj_form_ends_value(t, to)))
        to++;
    *value = (struct nj_span){ from, to };
    return true;
}

/* { name: 'auth', args: [ 'kim', 'x1' ] }: a command that a client of Redis tells of beside what went wrong. */
static void wait_for_args(const struct nj_form *g)
{
    enum { MOST = 2 };
    size_t at = g->value;
    char parting = '[';
    for (int i = 0; i < MOST && nj_byte(g->t, at) == parting; i++, parting = ',') {
        size_t open = at + 1;
        while (open < g->t.n && nj_is(g->t.p[open], NJ_IS_SPACE))
            open++;
        size_t close = nj_is_quote(nj_byte(g->t, open)) ? nj_str_chr(g->t, g->t.p[open], open + 1) : NJ_NPOS;
        if (close == NJ_NPOS)
            return;
        nj_form_wait(g->s, (struct nj_span){ open + 1, close }, g->rule);
        at = close + 1;
    }
}

/* {'Name': '/prod/mail', 'Type': 'SecureString', 'Value': 'x1'} of the Systems Manager */
static bool is_secure(const struct nj_form *f)
{
    enum { REACH = 48 };
    size_t from = f->key.from > f->floor + REACH ? f->key.from - REACH : f->floor;
    struct nj_str before = nj_str_slice(f->t, from, f->key.from);
    size_t at = nj_str_find(before, NJ_STR("SecureString"), 0);
    return at != NJ_NPOS && nj_str_chr(before, '}', at) == NJ_NPOS;
}

/* {'field': 'password', 'old': x, 'new': y}: the values that follow on the name. */
static void wait_for_values(struct nj_form *g, size_t at, size_t limit)
{
    enum { MOST = 2 };
    for (int i = 0; i < MOST && (next_member(g, at, limit) & NJ_ROLE_VALUE) != 0; i++) {
        size_t from = g->value, to = nj_form_end(g);
        nj_form_wait(g->s, (struct nj_span){ from, to }, g->rule);
        at = to + g->slashes + (g->quote != 0 ? 1 : 0);
    }
}

int nj_form_key_of_object(struct nj_form *f)
{
    enum { LONGEST = 32, LOOK_BACK = 64 };
    static const struct nj_str key = NJ_STR_INIT("-key");
    struct nj_str t = f->t;
    size_t at = f->key.from, floor = at > f->floor + LOOK_BACK ? at - LOOK_BACK : f->floor, open = at;
    char text[LONGEST + 8];
    if (!nj_str_eq(nj_part(t, f->key), NJ_STR("key")))
        return NJ_KEY_NONE;
    while (at > floor && (nj_is(t.p[at - 1], NJ_IS_SPACE) || nj_is_quote(t.p[at - 1]) || t.p[at - 1] == '{'))
        at--;
    struct nj_str between = nj_str_slice(t, at, open);
    if (nj_str_chr(between, '{', 0) == NJ_NPOS && nj_str_chr(between, '\n', 0) == NJ_NPOS)
        return NJ_KEY_NONE;
    while (at > floor && strchr(":=> \"'", t.p[at - 1]) != NULL)
        at--;
    size_t from = nj_form_run_back(f, at);
    if (at == open || from == at || at - from > LONGEST || nj_str_chr(nj_str_slice(t, at, open), ':', 0) == NJ_NPOS)
        return NJ_KEY_NONE;
    memcpy(text, t.p + from, at - from);
    memcpy(text + (at - from), key.p, key.n);
    struct nj_form g = *f;
    struct nj_span value = nj_form_read(&g, f->value);
    if (!nj_is_random(nj_part(t, value)))
        return NJ_KEY_NONE;
    return nj_rule_but(nj_key_classify(f->s->r, (struct nj_str){ text, at - from + key.n }).rule, NJ_HOW_RANDOM);
}

void nj_form_pair(const struct nj_form *f, struct nj_key key)
{
    struct nj_form g = *f;
    size_t limit = f->value + WINDOW < f->t.n ? f->value + WINDOW : f->t.n;
    g.t = nj_str_slice(f->t, 0, limit);
    g.floor = f->sep;
    g.rule = nj_key_classify(f->s->r, NJ_STR("password")).rule; /* any: quotes and bare ends are the same for all */
    if (f->value >= limit || g.rule == NJ_KEY_NONE)
        return;
    struct nj_span own = { f->value, nj_form_end(&g) };
    if (g.open || own.to >= limit)
        return;
    size_t behind = own.to + g.slashes + (g.quote != 0 ? 1 : 0);
    if (key.roles & NJ_ROLE_NAME) {
        struct nj_span value;
        int rule = rule_of_name(f->s->r, nj_part(f->t, own));
        if (nj_str_eq_nocase(nj_part(f->t, own), NJ_STR("auth")) && (next_member(&g, behind, limit) & NJ_ROLE_ARGS))
            wait_for_args(&g);
        if (rule == NJ_KEY_NONE)
            return;
        g.t = f->t;
        if (part_value(f, behind, &value)) {
            nj_form_wait(f->s, value, rule);
        } else {
            g.rule = rule;
            wait_for_values(&g, behind, limit);
        }
        return;
    }
    if (is_secure(f)) {
        nj_form_wait(f->s, own, nj_key_classify(f->s->r, NJ_STR("secret")).rule);
        return;
    }
    if (next_member(&g, behind, limit) & NJ_ROLE_NAME) {
        size_t from = g.value, to = nj_form_end(&g);
        int rule = rule_of_name(f->s->r, nj_str_slice(f->t, from, to));
        if (rule != NJ_KEY_NONE)
            nj_form_wait(f->s, own, rule);
    }
}

/* --- tags --------------------------------------------------------------------------------------------------------- */

static size_t name_end(struct nj_str t, size_t at)
{
    while (at < t.n && (nj_is(t.p[at], NJ_IS_WORD) || t.p[at] == '-' || t.p[at] == '.' || t.p[at] == ':'))
        at++;
    return at;
}

/* <input type="password" value="x">: at the value of the one the other is kept. */
struct input {
    bool password;
    struct nj_span value;
};

/* Behind the '>' of the tag, or 0; *rule becomes that of a name in its attributes. */
static size_t tag_end(struct nj_sweep *s, size_t at, size_t limit, int *rule, struct input *input)
{
    struct nj_str t = s->text;
    while (at < limit && t.p[at] != '>' && t.p[at] != '<') {
        if (nj_is(t.p[at], NJ_IS_SPACE) || t.p[at] == '/') {
            at++;
            continue;
        }
        size_t name = at, to = name_end(t, at);
        if (to == name || nj_byte(t, to) != '=' || !nj_is_quote(nj_byte(t, to + 1)))
            return 0;
        size_t value = to + 2, close = nj_str_chr(nj_str_slice(t, 0, limit), t.p[to + 1], value);
        if (close == NJ_NPOS)
            return 0;
        struct nj_str attribute = nj_str_slice(t, name, to);
        if (*rule == NJ_KEY_NONE && ((nj_key_classify(s->r, attribute).roles & NJ_ROLE_NAME) || nj_str_eq_nocase(attribute, NJ_STR("id"))))
            *rule = rule_of_name(s->r, nj_str_slice(t, value, close));
        input->password |=
            nj_str_eq_nocase(attribute, NJ_STR("type")) && nj_str_eq_nocase(nj_str_slice(t, value, close), NJ_STR("password"));
        if (nj_str_eq_nocase(attribute, NJ_STR("value")))
            input->value = (struct nj_span){ value, close };
        at = close + 1;
    }
    return at < limit && t.p[at] == '>' && t.p[at - 1] != '/' ? at + 1 : 0;
}

/* <key>apiKey</key><string>x</string>, <name>password</name><value>x</value>: where the value begins, or 0. */
static size_t after_name(struct nj_sweep *s, struct nj_str tag_name, size_t from, int *rule)
{
    static const struct nj_str values[] = { NJ_STR_INIT("<string>"), NJ_STR_INIT("<value>"), NJ_STR_INIT("<Value>") };
    struct nj_str t = s->text;
    size_t end = name_end(nj_str_slice(t, 0, from + NAME_MAX), from);
    struct nj_str close = nj_str_slice(t, end, end + tag_name.n + 3);
    if (!nj_str_starts(close, NJ_STR("</")) || !nj_str_ends(close, NJ_STR(">")) ||
        !nj_str_eq(nj_str_slice(close, 2, close.n - 1), tag_name))
        return 0;
    size_t tag = end + close.n;
    while (tag < t.n && tag - end < NAME_MAX && nj_is(t.p[tag], NJ_IS_SPACE))
        tag++;
    for (size_t i = 0; i < NJ_COUNT(values); i++) {
        if (!nj_str_starts(nj_str_slice(t, tag, t.n), values[i]))
            continue;
        *rule = rule_of_name(s->r, nj_str_slice(t, from, end));
        return tag + values[i].n;
    }
    return 0;
}

/* <setting name="password"><value>x: the value has a tag of its own. */
static size_t skip_value_tag(struct nj_str t, size_t from)
{
    size_t at = from;
    while (at < t.n && at - from < NAME_MAX && nj_is(t.p[at], NJ_IS_SPACE))
        at++;
    return nj_str_starts_nocase(nj_str_slice(t, at, t.n), NJ_STR("<value>")) ? at + 7 : from;
}

void nj_form_tag(struct nj_sweep *s, size_t at)
{
    static const struct nj_str cdata = NJ_STR_INIT("<![CDATA[");
    struct nj_str t = s->text;
    size_t to = name_end(nj_str_slice(t, 0, at + NAME_MAX), at), limit = at + 2 * WINDOW < t.n ? at + 2 * WINDOW : t.n;
    if (to == at || !nj_is(t.p[at], NJ_IS_ALPHA | NJ_IS_WORD))
        return;
    char behind = to < limit ? t.p[to] : '\0';
    if (behind != '>' && behind != '/' && !nj_is(behind, NJ_IS_SPACE))
        return; /* no tag */
    size_t colon = nj_str_chr(nj_str_slice(t, 0, to), ':', at);
    int rule = rule_of_name(s->r, nj_str_slice(t, colon != NJ_NPOS ? colon + 1 : at, to));
    struct input input = { .password = false };
    size_t from = tag_end(s, to, limit, &rule, &input);
    int password = input.password ? nj_key_classify(s->r, NJ_STR("password")).rule : NJ_KEY_NONE;
    if (password != NJ_KEY_NONE)
        nj_form_wait(s, input.value, password);
    struct nj_str tag = nj_str_slice(t, at, to);
    if (from != 0 && (nj_str_eq(tag, NJ_STR("key")) || nj_str_eq_nocase(tag, NJ_STR("name"))))
        from = after_name(s, tag, from, &rule);
    if (from == 0 || rule == NJ_KEY_NONE)
        return;
    from = skip_value_tag(t, from);
    bool in_cdata = nj_str_starts(nj_str_slice(t, from, t.n), cdata);
    if (in_cdata)
        from += cdata.n;
    size_t end = in_cdata ? nj_str_find(nj_str_slice(t, 0, from + 16 * WINDOW), NJ_STR("]]>"), from)
                          : nj_str_chr(nj_str_slice(t, 0, from + 16 * WINDOW), '<', from);
    bool cut = end == NJ_NPOS && t.n <= from + 16 * WINDOW;
    if (cut)
        end = t.n;
    if (end == NJ_NPOS || (!cut && !in_cdata && nj_byte(t, end + 1) != '/'))
        return;
    struct nj_span value = { from, end };
    struct nj_str v = nj_part(t, value);
    bool blank = nj_str_chr(v, ' ', 0) != NJ_NPOS || nj_str_chr(v, '\n', 0) != NJ_NPOS;
    if (v.n == 0 || nj_str_trim(v).n == 0 || (cut && (blank || !nj_form_is_made_up(v, 4))))
        return; /* without an end it may be no tag at all, <PASSWORD> in a usage text */
    nj_form_wait(s, value, rule);
}

/* --- blocks ------------------------------------------------------------------------------------------------------- */

void nj_form_default(const struct nj_form *f, size_t at)
{
    static const struct nj_str open = NJ_STR_INIT(" {"), name = NJ_STR_INIT("default");
    struct nj_str t = nj_str_slice(f->t, 0, at + 2 * WINDOW);
    if (!nj_has_at(t, at, open))
        return;
    size_t close = nj_str_chr(t, '}', at), found = nj_str_find(nj_str_slice(t, 0, close), name, at + open.n);
    if (found == NJ_NPOS || !nj_begins_word(t, found))
        return;
    size_t equals = nj_skip_blanks(t, found + name.n);
    if (nj_byte(t, equals) == '=')
        nj_form_wait_quoted(f, nj_skip_blanks(t, equals + 1));
}

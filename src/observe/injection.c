/* The grammars of injection. */
#include "injection.h"

#include "nightjar/hex.h"

const char *const nj_injection_rules[NJ_INJECTIONS] = { NULL,       "sqli.tautology", "sqli.union", "sqli.stacked", "sqli.comment",
                                                        "template", "jndi",           "traversal",  "log_injection" };
struct text {
    const char *p;
    size_t n, at;
};

static char peek(const struct text *t)
{
    return t->at < t->n ? t->p[t->at] : '\0';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool word_char(char c)
{
    return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') || c == '_';
}

/* White space of SQL, comments included. */
static bool skip_space(struct text *t)
{
    size_t from = t->at;
    for (;;) {
        char c = peek(t);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '+') {
            t->at++;
        } else if (c == '/' && t->at + 1 < t->n && t->p[t->at + 1] == '*') {
            size_t end = nj_str_find((struct nj_str){ t->p, t->n }, NJ_STR("*/"), t->at + 2);
            t->at = end == NJ_NPOS ? t->n : end + 2;
        } else {
            return t->at != from;
        }
    }
}

/* A whole word in lower case. */
static bool word(struct text *t, const char *w)
{
    size_t n = strlen(w);
    if (t->n - t->at < n || (t->at + n < t->n && word_char(t->p[t->at + n])))
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower(t->p[t->at + i]) != w[i])
            return false;
    t->at += n;
    return true;
}

static bool one_of(struct text *t, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (word(t, words[i]))
            return true;
    return false;
}

static bool quote(char c)
{
    return c == '\'' || c == '"' || c == '`';
}

static void skip_parens(struct text *t, char paren)
{
    skip_space(t);
    while (peek(t) == paren) {
        t->at++;
        skip_space(t);
    }
}

/* 'a', "a", 12, name: without its quotes; a closing quote may be missing at the end, where the statement has its own. */
static bool operand(struct text *t, struct nj_str *out)
{
    char q = quote(peek(t)) ? t->p[t->at++] : '\0';
    size_t from = t->at;
    while (t->at < t->n && (word_char(t->p[t->at]) || (q != '\0' && t->p[t->at] == ' ')))
        t->at++;
    *out = (struct nj_str){ t->p + from, t->at - from };
    if (q != '\0' && peek(t) == q)
        t->at++;
    return out->n != 0 || q != '\0';
}

static bool number(struct nj_str s)
{
    uint64_t v = 0;
    return nj_str_u64(s, &v);
}

/* a = a, 1 < 2, 'x' like 'x', true */
static bool always_true(struct text *t)
{
    struct nj_str a, b;
    skip_parens(t, '(');
    struct text before = *t;
    if (word(t, "true"))
        return true;
    *t = before;
    if (!operand(t, &a))
        return false;
    skip_space(t);
    char op = peek(t);
    if (op == '=' || op == '<' || op == '>') {
        while (peek(t) == '=' || peek(t) == '<' || peek(t) == '>')
            t->at++;
    } else if (!word(t, "like")) {
        return false;
    }
    skip_space(t);
    return operand(t, &b) && (nj_str_eq(a, b) || (number(a) && number(b) && op != '='));
}

/* From a quote or a number on: or 1=1. */
static bool tautology(struct text t)
{
    static const char *const joins[] = { "or", "and" };
    skip_parens(&t, ')');
    bool bars = nj_str_starts((struct nj_str){ t.p + t.at, t.n - t.at }, NJ_STR("||"));
    if (bars)
        t.at += 2;
    else if (!one_of(&t, joins, NJ_COUNT(joins)))
        return false;
    return always_true(&t);
}

static bool comment_after_quote(struct text t)
{
    while (peek(&t) == ')')
        t.at++;
    struct nj_str rest = { t.p + t.at, t.n - t.at };
    if (nj_str_starts(rest, NJ_STR(" ")) && nj_str_eq(nj_str_trim(rest), NJ_STR("--")))
        return true; /* with a space only at the end: people write dashes, too */
    if (nj_str_starts(rest, NJ_STR("--")))
        return rest.n == 2 || rest.p[2] == ' ' || rest.p[2] == '+' || rest.p[2] == '-';
    return (rest.n == 1 && rest.p[0] == '#') || nj_str_eq(rest, NJ_STR("/*"));
}

static bool union_select(struct text t)
{
    if (!word(&t, "union") || !skip_space(&t))
        return false;
    if (word(&t, "all") && !skip_space(&t))
        return false;
    skip_parens(&t, '(');
    return word(&t, "select");
}

static bool stacked(struct text t)
{
    static const char *const verbs[] = {
        "drop", "delete", "insert", "update", "alter", "create", "truncate", "exec", "execute", "shutdown"
    };
    static const char *const objects[] = { "table", "from", "into", "database", "user", "view", "schema", "procedure", "xp_cmdshell" };
    skip_space(&t);
    if (word(&t, "waitfor") && skip_space(&t) && word(&t, "delay"))
        return true;
    if (!one_of(&t, verbs, NJ_COUNT(verbs)) || !skip_space(&t))
        return false;
    return one_of(&t, objects, NJ_COUNT(objects));
}

/* Between a marker and its end: a product of numbers, or a name that only templates need. */
static bool template_at(struct nj_str s, size_t at)
{
    static const struct nj_str opens[] = { NJ_STR_INIT("{{"), NJ_STR_INIT("${"), NJ_STR_INIT("#{"), NJ_STR_INIT("<%=") };
    static const struct nj_str names[] = { NJ_STR_INIT("__class__"),  NJ_STR_INIT("__globals__"), NJ_STR_INIT(".constructor"),
                                           NJ_STR_INIT("getRuntime"), NJ_STR_INIT("T(java."),     NJ_STR_INIT("config.items") };
    struct nj_str rest = nj_str_slice(s, at, at + 160);
    for (size_t i = 0; i < NJ_COUNT(opens); i++) {
        if (!nj_str_starts(rest, opens[i]))
            continue;
        struct text t = { rest.p, rest.n, opens[i].n };
        struct nj_str a, b;
        for (size_t k = 0; k < NJ_COUNT(names); k++)
            if (nj_str_find(rest, names[k], 0) != NJ_NPOS)
                return true;
        skip_space(&t);
        if (!operand(&t, &a) || !number(a))
            return false;
        skip_space(&t);
        if (peek(&t) != '*')
            return false;
        t.at++;
        skip_space(&t);
        return operand(&t, &b) && b.n != 0;
    }
    return false;
}

static bool jndi_at(struct nj_str s, size_t at)
{
    static const struct nj_str lookups[] = { NJ_STR_INIT("${jndi:"), NJ_STR_INIT("${lower:"), NJ_STR_INIT("${upper:"),
                                             NJ_STR_INIT("${::-") };
    for (size_t i = 0; i < NJ_COUNT(lookups); i++)
        if (nj_str_starts_nocase(nj_str_slice(s, at, s.n), lookups[i]))
            return true;
    return false;
}

static bool traversal(struct nj_str s)
{
    static const struct nj_str files[] = { NJ_STR_INIT("/etc/passwd"), NJ_STR_INIT("/etc/shadow"), NJ_STR_INIT("/proc/self/environ"),
                                           NJ_STR_INIT("\\windows\\win.ini") };
    size_t ups = 0;
    for (size_t i = 0; i + 2 < s.n; i++)
        ups += s.p[i] == '.' && s.p[i + 1] == '.' && (s.p[i + 2] == '/' || s.p[i + 2] == '\\');
    for (size_t i = 0; i < NJ_COUNT(files); i++)
        if (nj_str_find(s, files[i], 0) != NJ_NPOS)
            return ups != 0 || nj_str_starts(s, files[i]) || nj_str_starts(s, NJ_STR("file:"));
    return ups >= 3 || (ups == 2 && nj_str_starts(s, NJ_STR("../../")));
}

/* "2026-11-23 07:15", "2026-11-23T07:15": a date alone begins many an honest line. */
static bool time_at(struct nj_str s, size_t at)
{
    static const char shape[] = "dddd-dd-dd?dd:dd";
    if (at + sizeof(shape) - 1 > s.n)
        return false;
    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        char c = s.p[at + i];
        bool good = shape[i] == 'd' ? c >= '0' && c <= '9' : shape[i] == '?' ? c == ' ' || c == 'T' : c == shape[i];
        if (!good)
            return false;
    }
    return true;
}

static bool log_line_at(struct nj_str s, size_t at)
{
    static const char *const levels[] = { "info", "warn", "warning", "error", "debug", "fatal", "critical" };
    static const struct nj_str starts[] = { NJ_STR_INIT("START RequestId:"), NJ_STR_INIT("END RequestId:"),
                                            NJ_STR_INIT("REPORT RequestId:"), NJ_STR_INIT("{\"level\""), NJ_STR_INIT("{\"time\"") };
    struct text t = { s.p, s.n, at + 1 };
    if (nj_str_starts_any(nj_str_slice(s, at + 1, s.n), starts, NJ_COUNT(starts)) || time_at(s, t.at))
        return true;
    if (peek(&t) != '[')
        return false;
    t.at++;
    return one_of(&t, levels, NJ_COUNT(levels)) && peek(&t) == ']';
}

static enum nj_injection plain(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        struct text t = { s.p, s.n, i + 1 };
        if (quote(c) && tautology(t))
            return NJ_INJECTION_TAUTOLOGY;
        if (quote(c) && comment_after_quote(t))
            return NJ_INJECTION_COMMENT;
        if (lower(c) == 'u' && (i == 0 || !word_char(s.p[i - 1])) && union_select((struct text){ s.p, s.n, i }))
            return NJ_INJECTION_UNION;
        if (c == ';' && stacked(t))
            return NJ_INJECTION_STACKED;
        if (c == '$' && jndi_at(s, i))
            return NJ_INJECTION_JNDI;
        if ((c == '{' || c == '$' || c == '#' || c == '<') && template_at(s, i))
            return NJ_INJECTION_TEMPLATE;
        if (c == '\n' && log_line_at(s, i))
            return NJ_INJECTION_LOG;
    }
    /* 1 or 1=1: without a quote only where the whole value begins with a number */
    size_t digits = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
        digits++;
    if (digits != 0 && digits < s.n && !word_char(s.p[digits]) && tautology((struct text){ s.p, s.n, digits }))
        return NJ_INJECTION_TAUTOLOGY;
    return traversal(s) ? NJ_INJECTION_TRAVERSAL : NJ_INJECTION_NONE;
}

enum nj_injection nj_injection_of(struct nj_str value)
{
    char text[NJ_INJECTION_VALUE];
    struct nj_buf decoded = { .p = text, .cap = sizeof(text), .max = sizeof(text) };
    value = nj_str_slice(value, 0, NJ_INJECTION_VALUE);
    if (value.n < 4)
        return NJ_INJECTION_NONE;
    enum nj_injection found = plain(value);
    if (found != NJ_INJECTION_NONE || nj_str_chr(value, '%', 0) == NJ_NPOS)
        return found;
    return nj_percent_decode(value, NJ_PERCENT_LOOSE, &decoded) ? plain(nj_buf_str(&decoded)) : NJ_INJECTION_NONE;
}

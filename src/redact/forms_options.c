/* Options of commands: --password x1, --token=x1 in lists of arguments, -p x1 after the commands that have it. */
#include "forms.h"

static bool is_path(struct nj_str v)
{
    return v.p[0] == '/' || v.p[0] == '~' || v.p[0] == '.' || nj_str_ends(v, NJ_STR(".pem")) || nj_str_ends(v, NJ_STR(".key"));
}

/* "--password hunter --jobs 4", "--password hunter https://host", and not "use --password or ...". */
static bool closes_option(struct nj_str t, size_t end)
{
    enum { SCHEME = 12 };
    size_t next = nj_skip_blanks(t, end);
    if (next >= t.n || t.p[next] == '\n' || t.p[next] == '-')
        return true;
    size_t scheme = nj_run(nj_str_slice(t, 0, next + SCHEME), next, NJ_IS_LOWER);
    return scheme > next && nj_has_at(t, scheme, NJ_STR("://"));
}

static const struct nj_str option_prose[] = {
    NJ_STR_INIT("flag"),  NJ_STR_INIT("option"), NJ_STR_INIT("argument"), NJ_STR_INIT("instead"), NJ_STR_INIT("value"),
    NJ_STR_INIT("flags"), NJ_STR_INIT("file"),   NJ_STR_INIT("or"),       NJ_STR_INIT("and"),     NJ_STR_INIT("parameter"),
};

/* -pass file:/run/pw, --secret id=npm,src=.npmrc: where the secret is. */
static bool is_elsewhere(struct nj_str v)
{
    static const struct nj_str openings[] = { NJ_STR_INIT("file:"), NJ_STR_INIT("env:"), NJ_STR_INIT("fd:"),
                                              NJ_STR_INIT("id="),   NJ_STR_INIT("src="), NJ_STR_INIT("type=") };
    for (size_t i = 0; i < NJ_COUNT(openings); i++)
        if (nj_str_starts(v, openings[i]))
            return true;
    return false;
}

static bool is_argument(struct nj_str t, struct nj_span span)
{
    struct nj_str v = nj_part(t, span);
    if (v.n == 0 || strchr("-<[{|($%", v.p[0]) != NULL || nj_value_is_harmless(v) || nj_form_is_metavariable(v) || is_path(v))
        return false;
    if (nj_str_is_any_nocase(v, option_prose, NJ_COUNT(option_prose)) || is_elsewhere(v))
        return false;
    return !nj_form_is_prose(v) || closes_option(t, span.to);
}

/* config set --secret dbPassword x1: the argument may be a name, and the secret the next one. */
static void wait_for_second(const struct nj_form *f, struct nj_span first)
{
    struct nj_form g = *f;
    g.rule = nj_key_classify(f->s->r, nj_part(f->t, first)).rule;
    if (nj_byte(f->t, first.to) != ' ' || g.rule == NJ_KEY_NONE)
        return;
    struct nj_span second = nj_form_read(&g, first.to + 1);
    if (is_argument(f->t, second) && nj_form_is_made_up(nj_part(f->t, second), 6))
        nj_form_wait(f->s, second, g.rule);
}

bool nj_form_option_value(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    bool list = nj_is_quote(nj_byte(t, at));
    if (list) { /* ['--name', 'value'] */
        at++;
        if (nj_byte(t, at) == ',')
            at = nj_skip_blanks(t, at + 1);
    } else if (nj_byte(t, at) == ' ') {
        at++;
    } else {
        return false;
    }
    *value = nj_form_read(f, at);
    if (list && f->quote == 0)
        return false;
    if (f->quote != 0)
        return !nj_value_is_harmless(nj_part(t, *value)) && nj_byte(t, f->value) != '-';
    wait_for_second(f, *value);
    return is_argument(t, *value);
}

/* Commands with an option of one letter for a password: their first two bytes, and the letter. */
/* clang-format off */
#define SHORT_OPTIONS(ROW, L)                                                                                                              \
    ROW(L, 0, 'm', 'y', "mysql", 'p')                                                                                                      \
    ROW(L, 1, 'm', 'a', "mariadb", 'p')                                                                                                    \
    ROW(L, 2, 'd', 'o', "docker login", 'p')                                                                                               \
    ROW(L, 3, 'p', 'o', "podman login", 'p')                                                                                               \
    ROW(L, 4, 's', 's', "sshpass", 'p')                                                                                                    \
    ROW(L, 5, 'm', 'o', "mongo", 'p')                                                                                                      \
    ROW(L, 6, 'a', 'z', "az login", 'p')                                                                                                   \
    ROW(L, 7, 'r', 'e', "registry login", 'p')                                                                                             \
    ROW(L, 8, 'o', 'c', "oc login", 'p')                                                                                                   \
    ROW(L, 9, 'l', 'd', "ldap", 'w')                                                                                                       \
    ROW(L, 10, 'r', 'e', "redis-cli", 'a')                                                                                                 \
    ROW(L, 11, 'm', 'o', "mosquitto", 'P')                                                                                                 \
    ROW(L, 12, 'z', 'i', "zip", 'P')                                                                                                       \
    ROW(L, 13, 's', 'q', "sqlcmd", 'P')                                                                                                    \
    ROW(L, 14, 'b', 'u', "buildah login", 'p')                                                                                             \
    ROW(L, 15, 'c', 'q', "cqlsh", 'p')                                                                                                     \
    ROW(L, 16, 's', 'm', "smbclient", 'U')                                                                                                 \
    ROW(L, 17, 's', 'n', "snmp", 'A')                                                                                                      \
    ROW(L, 18, 'r', 'p', "rpcclient", 'U')                                                                                                 \
    ROW(L, 19, 's', 'n', "snmp", 'X')                                                                                                      \
    ROW(L, 20, 'r', 'd', "rdesktop", 'p')                                                                                                  \
    ROW(L, 21, 'u', 's', "useradd", 'p')                                                                                                   \
    ROW(L, 22, 'u', 's', "usermod", 'p')                                                                                                   \
    ROW(L, 23, 'i', 'p', "ipmitool", 'P')                                                                                                  \
    ROW(L, 24, 'p', 's', "psexec", 'p')                                                                                                    \
    ROW(L, 25, 'P', 's', "PsExec", 'p')                                                                                                    \
    ROW(L, 26, 'u', 'n', "unzip", 'P')                                                                                                     \
    ROW(L, 27, '7', 'z', "7z", 'p')                                                                                                        \
    ROW(L, 28, 'u', 'n', "unlock-keychain", 'p')                                                                                           \
    ROW(L, 29, 'b', 'c', "bcp", 'P')                                                                                                       \
    ROW(L, 30, 'o', 'p', "openssl", 'k')
/* clang-format on */
#define COMMAND(L, n, a, b, command, option) { NJ_STR_INIT(command), option },
#define FIRST(L, n, a, b, command, option)   | (uint32_t)(((a)&31) == (L)) << (n)
#define SECOND(L, n, a, b, command, option)  | (uint32_t)(((b)&31) == (L)) << (n)
#define OPTION(L, n, a, b, command, option)  | (uint32_t)(((option)&63) == (L)) << (n)
#define BY_EIGHT(OF, L)                                                                                                                    \
    0 SHORT_OPTIONS(OF, L), 0 SHORT_OPTIONS(OF, L + 1), 0 SHORT_OPTIONS(OF, L + 2), 0 SHORT_OPTIONS(OF, L + 3),                            \
        0 SHORT_OPTIONS(OF, L + 4), 0 SHORT_OPTIONS(OF, L + 5), 0 SHORT_OPTIONS(OF, L + 6), 0 SHORT_OPTIONS(OF, L + 7)
#define BY_BYTE(OF, L) BY_EIGHT(OF, L), BY_EIGHT(OF, L + 8), BY_EIGHT(OF, L + 16), BY_EIGHT(OF, L + 24)

static const struct {
    struct nj_str command;
    char option;
} short_options[] = { SHORT_OPTIONS(COMMAND, 0) };
_Static_assert(NJ_COUNT(short_options) <= 32, "a bit each");

/* A bit for each of them, by the low bits of its first and its second byte and of its letter. */
static const uint32_t by_first[32] = { BY_BYTE(FIRST, 0) }, by_second[32] = { BY_BYTE(SECOND, 0) },
                      by_option[64] = { BY_BYTE(OPTION, 0), BY_BYTE(OPTION, 32) };

/* Where the command ends that begins at byte at, its words parted by spaces or as elements of a list; or 0. */
static size_t command_end(struct nj_str line, size_t at, struct nj_str command)
{
    for (size_t i = 0; i < command.n; i++) {
        if (command.p[i] != ' ') {
            if (nj_byte(line, at++) != command.p[i])
                return 0;
            continue;
        }
        size_t gap = at;
        while (at < line.n && strchr(" ,\"'", line.p[at]) != NULL)
            at++;
        if (at == gap)
            return 0;
    }
    return at;
}

bool nj_form_has_command(struct nj_str line, char option)
{
    uint32_t having = by_option[option & 63];
    for (size_t at = 0; having != 0 && at + 1 < line.n; at++) {
        uint32_t here = having & by_first[line.p[at] & 31] & by_second[line.p[at + 1] & 31];
        for (; here != 0; here &= here - 1) {
            size_t i = (size_t)__builtin_ctz(here);
            if (short_options[i].option == option && command_end(line, at, short_options[i].command) != 0)
                return true;
        }
    }
    return false;
}

/* "-U user%x": the password stands behind the sign. */
static bool behind_percent(const struct nj_form *f, struct nj_span *value)
{
    size_t percent = nj_str_chr(nj_str_slice(f->t, 0, value->to), '%', value->from);
    if (percent == NJ_NPOS)
        return false;
    value->from = percent + 1;
    return true;
}

static bool short_option(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { LOOK_BACK = 256 };
    struct nj_str t = f->t;
    size_t from = at > LOOK_BACK ? at - LOOK_BACK : 0, arg = at + 1;
    if (t.p[at] == 'k' && nj_is(nj_byte(t, arg), NJ_IS_KEY))
        return false; /* -key names a file */
    if (!nj_form_has_command(nj_str_slice(t, from, at), t.p[at]))
        return false;
    if (!nj_form_set_password(f))
        return false;
    bool list = nj_is_quote(nj_byte(t, arg)) && nj_byte(t, arg) == nj_byte(t, at - 2);
    if (list) { /* ["-p", "x"] */
        arg++;
        if (nj_byte(t, arg) != ',')
            return false;
        arg = nj_skip_blanks(t, arg + 1);
    }
    arg += nj_byte(t, arg) == ' ' ? 1 : 0;
    *value = nj_form_read(f, arg);
    if (list && f->quote == 0)
        return false;
    if (t.p[at] == 'U' && !behind_percent(f, value))
        return false;
    struct nj_str v = nj_part(t, *value);
    return v.n != 0 && v.p[0] != '-' && !nj_value_is_harmless(v) && !(f->quote == 0 && is_path(v));
}

/* put-parameter --name /x/password --value y, --type SecureString --value y: what was said before the option at byte at. */
static int rule_of_parameter(const struct nj_form *f, size_t at)
{
    enum { LOOK_BACK = 256 };
    struct nj_str line = nj_str_slice(f->t, at > LOOK_BACK ? at - LOOK_BACK : 0, at);
    size_t name = nj_str_find(line, NJ_STR("--name "), 0);
    if (nj_str_find(line, NJ_STR("SecureString"), 0) != NJ_NPOS)
        return nj_key_classify(f->s->r, NJ_STR("secret")).rule;
    size_t to = line.n - (line.n > 3 ? 3 : line.n), from = to; /* before " --" */
    while (from > 0 && !nj_is(line.p[from - 1], NJ_IS_SPACE))
        from--;
    if (name != NJ_NPOS)
        from = to = name + NJ_STR("--name ").n;
    while (name != NJ_NPOS && to < line.n && !nj_is(line.p[to], NJ_IS_SPACE) && !nj_is_quote(line.p[to]))
        to++;
    for (size_t slash; (slash = nj_str_chr(nj_str_slice(line, 0, to), '/', from)) != NJ_NPOS;)
        from = slash + 1;
    return nj_rule_but(nj_key_classify(f->s->r, nj_str_slice(line, from, to)).rule, NJ_HOW_ASIDE);
}

/* ConvertTo-SecureString 'x1' -AsPlainText: at the option. */
static bool plain_text(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { LONGEST = 128 };
    static const struct nj_str call = NJ_STR_INIT("SecureString "), string = NJ_STR_INIT("SecureString -String ");
    struct nj_str t = f->t;
    size_t to = at - 1, from = to; /* the hyphen */
    while (to > f->floor && t.p[to - 1] == ' ')
        to--;
    char quote = to > f->floor + call.n + 2 ? t.p[to - 1] : ' ';
    if (!nj_is_quote(quote) || from == to)
        return false;
    for (from = --to; from > f->floor && to - from < LONGEST && t.p[from - 1] != quote;)
        from--;
    if (from <= f->floor || t.p[from - 1] != quote || from == to || t.p[from] == '$')
        return false;
    if (!nj_form_ends_with(f, from - 1, call) && !nj_form_ends_with(f, from - 1, string))
        return false;
    *value = (struct nj_span){ from, to };
    f->rule = nj_key_classify(f->s->r, NJ_STR("password")).rule;
    return f->rule != NJ_KEY_NONE;
}

bool nj_form_option(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t from = t.p[at] == '-' ? at + 1 : at;
    size_t to = nj_run(nj_str_slice(t, 0, from + NJ_FORM_KEY), from, NJ_IS_KEY);
    if (t.p[at] == 'A' && nj_str_eq(nj_str_slice(t, from, to), NJ_STR("AsPlainText")))
        return plain_text(f, at, value);
    if (from == at && nj_is(t.p[at], NJ_IS_ALPHA) &&
        (short_option(f, at, value) || ((t.p[at] == 'S' || nj_is(nj_byte(t, at + 1), NJ_IS_ALPHA)) && nj_form_sudo(f, at, value))))
        return true;
    if (to - from < 3)
        return false;
    f->key = (struct nj_span){ from, to };
    f->rule = nj_rule_but(nj_key_classify(f->s->r, nj_part(t, f->key)).rule, NJ_HOW_QUERY | NJ_HOW_GRANT | NJ_HOW_BESIDE);
    if (f->rule == NJ_KEY_NONE && nj_str_eq(nj_part(t, f->key), NJ_STR("value")))
        f->rule = rule_of_parameter(f, from);
    return f->rule != NJ_KEY_NONE && nj_form_option_value(f, to, value);
}

/* --- what stands behind a colon ----------------------------------------------------------------------------------- */

/* xfreerdp /u:kim /p:x, /password:x, /gp:x for its gateway */
static __attribute__((noinline)) bool is_freerdp(const struct nj_form *f)
{
    enum { LOOK_BACK = 192 };
    static const struct nj_str switches[] = { NJ_STR_INIT("p"), NJ_STR_INIT("gp"), NJ_STR_INIT("password"),
                                              NJ_STR_INIT("gateway-password") };
    return f->key.from > f->floor + 1 && f->t.p[f->key.from - 1] == '/' && f->t.p[f->key.from - 2] == ' ' &&
           nj_str_is_any(nj_part(f->t, f->key), switches, NJ_COUNT(switches)) &&
           nj_stands_before(f->t, f->key.from, LOOK_BACK, NJ_STR("freerdp"));
}

/* openssl -passin pass:x */
static __attribute__((noinline)) bool is_passin(const struct nj_form *f)
{
    static const struct nj_str options[] = { NJ_STR_INIT("-passin "), NJ_STR_INIT("-passout "), NJ_STR_INIT("-pass ") };
    for (size_t i = 0; i < NJ_COUNT(options); i++)
        if (nj_form_ends_with(f, f->key.from, options[i]))
            return true;
    return false;
}

/* The option in front says what follows. */
bool nj_form_is_option_value(struct nj_form *f)
{
    size_t from = f->key.from;
    if (f->gap_before)
        return false;
    return f->t.p[from - 1] == '/' ? is_freerdp(f) : memcmp(f->t.p + from, "pass", 4) == 0 && is_passin(f);
}

/* -u kim:x1, --user='kim:x1', ["-u", "kim:x1"]: where the option ends whose argument begins with the name. */
static size_t option_end(const struct nj_form *f)
{
    struct nj_str t = f->t;
    size_t at = f->key.from, quotes = 0;
    if (nj_is_quote(t.p[at - 1])) {
        at--;
        quotes++;
    }
    size_t gap = at;
    while (at > f->floor && gap - at < 2 && (nj_is_blank(t.p[at - 1]) || t.p[at - 1] == ',' || t.p[at - 1] == '='))
        at--;
    return quotes != 0 && at < gap && at > f->floor && nj_is_quote(t.p[at - 1]) ? at - 1 : at;
}

/* The same, where more than the byte before it was looked at. */
static __attribute__((noinline)) bool is_user(const struct nj_form *f)
{
    enum { LOOK_BACK = 256 };
    static const struct nj_str options[] = { NJ_STR_INIT("-u"), NJ_STR_INIT("-U"), NJ_STR_INIT("--user"), NJ_STR_INIT("--proxy-user") };
    static const struct nj_str commands[] = { NJ_STR_INIT("curl"), NJ_STR_INIT("http"), NJ_STR_INIT("wget"), NJ_STR_INIT("etcdctl") };
    bool tight = f->t.p[f->key.from] == 'u' && nj_form_ends_with(f, f->key.from, NJ_STR(" -")); /* curl -ukim:x */
    size_t from = tight ? f->key.from + 1 : option_end(f);
    bool option = tight;
    char last = from > f->floor ? f->t.p[from - 1] | 0x20 : ' ';
    for (size_t i = 0; (last == 'u' || last == 'r') && i < NJ_COUNT(options); i++)
        option |= nj_form_ends_with(f, from, options[i]);
    if (!option)
        return false;
    struct nj_str line = nj_str_slice(f->t, from > LOOK_BACK ? from - LOOK_BACK : 0, from);
    for (size_t i = 0; i < NJ_COUNT(commands); i++)
        if (nj_str_find(line, commands[i], 0) != NJ_NPOS)
            return true;
    if (!nj_form_ends_with(f, from, NJ_STR("--user")))
        return false;
    size_t value = f->sep + 1; /* of a command that is not known: what was made up */
    return nj_form_is_made_up(nj_str_slice(f->t, value, nj_form_bare_end(f->s, value)), 8);
}

/* What may stand before the user: right before it, and before that; where the option ends. */
enum { GAP = 1, BEFORE_GAP = 2, LAST = 4 };
static const uint8_t before_user[256] = {
    [' '] = GAP | BEFORE_GAP,
    ['\t'] = GAP | BEFORE_GAP,
    [','] = GAP | BEFORE_GAP,
    ['='] = GAP | BEFORE_GAP,
    ['-'] = GAP,
    ['"'] = GAP,
    ['\''] = GAP,
    ['`'] = GAP,
    ['u'] = LAST | BEFORE_GAP,
    ['U'] = LAST | BEFORE_GAP,
    ['r'] = LAST | BEFORE_GAP,
};

/* The user and password of a command line that fetches something; no numbers, those are ids.  All is asked at once: what alone is as likely
 * as not is together as good as never so. */
bool nj_form_is_user_option(const struct nj_form *f)
{
    size_t from = f->key.from;
    if (from < f->floor + 3)
        return false;
    unsigned one = before_user[(unsigned char)f->t.p[from - 1]], two = before_user[(unsigned char)f->t.p[from - 2]];
    bool may = ((one & (two / BEFORE_GAP) & GAP) | (one & LAST)) != 0;
    return (may & (f->t.p[f->sep] == ':') & !f->gap_before & (f->key_quote == 0)) && is_user(f);
}

bool nj_form_option_password(struct nj_form *f, struct nj_span *value, int *rule)
{
    if (!nj_form_set_password(f))
        return false;
    f->value = f->sep + 1;
    *value = (struct nj_span){ f->value, nj_form_bare_end(f->s, f->value) };
    if (f->t.p[f->key.from - 1] == '/')
        *value = nj_form_read(f, f->value);
    *rule = f->rule;
    struct nj_str v = nj_part(f->t, *value);
    return !nj_value_is_harmless(v) && nj_run(v, 0, NJ_IS_DIGIT) != v.n && !nj_str_starts(v, NJ_STR("//"));
}

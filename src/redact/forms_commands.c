/* Passwords that commands have in a place of their own (vault login x, net user joe x), and those that a pipe or a here-string hands them
 * (echo x | sudo -S, chpasswd <<< joe:x). */
#include "forms.h"

enum { LOOK_BACK = 192, LONGEST = 256, SHORTEST = 3 };

/* An argument as a shell reads it. */
struct arg {
    struct nj_span at;
    size_t end; /* behind its quote */
    bool quoted;
};

static bool read_arg(const struct nj_form *f, size_t at, struct arg *arg)
{
    struct nj_form g = *f;
    g.t = nj_str_slice(f->t, 0, at + LONGEST);
    nj_form_open(&g, at);
    arg->quoted = g.quote != 0;
    arg->at.from = arg->at.to = g.value;
    if (arg->quoted)
        arg->at.to = nj_form_end(&g);
    while (!arg->quoted && arg->at.to < g.t.n && !nj_is(g.t.p[arg->at.to], NJ_IS_SPACE) && !nj_is_quote(g.t.p[arg->at.to]))
        arg->at.to++;
    while (!arg->quoted && arg->at.to > arg->at.from && strchr(";)\\", g.t.p[arg->at.to - 1]) != NULL)
        arg->at.to--;
    arg->end = arg->at.to + (arg->quoted ? 1 + g.slashes : 0);
    return !g.open && arg->at.to > arg->at.from;
}

/* No option, variable, redirection or what a usage text has in its place. */
static bool may_be_password(struct nj_str v)
{
    return v.n >= SHORTEST && strchr("-/<[{|($%*", v.p[0]) == NULL && !nj_value_is_harmless(v) && !nj_form_is_metavariable(v);
}

/* Does the command end at byte at, or go on with an option? */
static bool ends_command(struct nj_str t, size_t at)
{
    at = nj_skip_blanks(t, at);
    return at >= t.n || strchr("\n\r;|&<>\"'`),\\-/", t.p[at]) != NULL || nj_str_starts(nj_str_slice(t, at, t.n), NJ_STR("2>"));
}

/* --- places ------------------------------------------------------------------------------------------------------- */

/* What has to be so before the argument in that place is a password. */
enum proof {
    PROOF_END,    /* the command ends behind it, or it was made up */
    PROOF_BOTH,   /* the command ends behind it, and it was made up */
    PROOF_SWITCH, /* a switch of Windows follows; else both */
};

static const struct place {
    struct nj_str before; /* ends in a blank: stands right before the word; else not far from it */
    struct nj_str word;
    uint8_t others; /* arguments before the password, without options */
    enum proof proof;
    char option, fewer; /* an option that must be given; one that leaves one argument out */
} places[] = {
    { NJ_STR_INIT("vault "), NJ_STR_INIT("login "), 0, PROOF_BOTH, 0, 0 },
    { NJ_STR_INIT("net "), NJ_STR_INIT("user "), 1, PROOF_SWITCH, 0, 0 },
    { NJ_STR_INIT("rabbitmq"), NJ_STR_INIT("add_user "), 1, PROOF_END, 0, 0 },
    { NJ_STR_INIT("rabbitmq"), NJ_STR_INIT("change_password "), 1, PROOF_END, 0, 0 },
    { NJ_STR_INIT("rabbitmq"), NJ_STR_INIT("authenticate_user "), 1, PROOF_END, 0, 0 },
    { NJ_STR_INIT(""), NJ_STR_INIT("wpa_passphrase "), 1, PROOF_END, 0, 0 },
    { NJ_STR_INIT(""), NJ_STR_INIT("htpasswd "), 2, PROOF_END, 'b', 'n' },
};

static bool is_before(const struct nj_form *f, size_t at, struct nj_str before)
{
    enum { NEAR = 48 };
    if (before.n == 0)
        return true;
    if (before.p[before.n - 1] == ' ')
        return nj_form_ends_with(f, at, before) && nj_begins_word(f->t, at - before.n);
    return nj_stands_before(f->t, at, NEAR, before);
}

static bool is_proved(struct nj_str t, const struct arg *arg, enum proof proof)
{
    static const struct nj_str switches[] = { NJ_STR_INIT(" /add"),        NJ_STR_INIT(" /ADD"),     NJ_STR_INIT(" /domain"),
                                              NJ_STR_INIT(" /active"),     NJ_STR_INIT(" /expires"), NJ_STR_INIT(" /y"),
                                              NJ_STR_INIT(" /passwordchg") };
    bool ends = ends_command(t, arg->end), made_up = arg->quoted || nj_form_is_made_up(nj_part(t, arg->at), 5);
    for (size_t i = 0; proof == PROOF_SWITCH && i < NJ_COUNT(switches); i++)
        if (nj_str_starts(nj_str_slice(t, arg->end, t.n), switches[i]))
            return true;
    return proof == PROOF_END ? ends || made_up : ends && made_up;
}

static bool place_value(struct nj_form *f, const struct place *place, size_t at, struct nj_span *value)
{
    enum { MOST = 8 };
    struct nj_str t = f->t;
    size_t others = place->others;
    bool given = place->option == 0;
    struct arg arg;
    for (int i = 0; i < MOST && read_arg(f, nj_skip_blanks(t, at), &arg); i++, at = arg.end) {
        struct nj_str v = nj_part(t, arg.at);
        bool option = !arg.quoted && (v.p[0] == '-' || (v.p[0] == '/' && place->proof == PROOF_SWITCH));
        if (option && v.p[v.n - 1] == ':')
            return false; /* "htpasswd -b: too few arguments" */
        if (option) {
            given = given || nj_str_chr(v, place->option, 1) != NJ_NPOS;
            others -= place->fewer != 0 && others > 1 && nj_str_chr(v, place->fewer, 1) != NJ_NPOS ? 1 : 0;
        } else if (others-- == 0) {
            *value = arg.at;
            return given && may_be_password(v) && is_proved(t, &arg, place->proof);
        }
        if (nj_byte(t, arg.end) != ' ')
            return false;
    }
    return false;
}

bool nj_form_place(struct nj_form *f, size_t at, struct nj_span *value)
{
    size_t from = nj_form_run_back(f, at);
    for (size_t i = 0; i < NJ_COUNT(places); i++)
        if (nj_byte(f->t, from) == places[i].word.p[0] && nj_has_at(f->t, from, places[i].word) && is_before(f, from, places[i].before))
            return nj_form_set_password(f) && place_value(f, &places[i], from + places[i].word.n, value);
    return false;
}

/* net use \\\\host\\share password /user:x, or the two the other way round: at the separator of /user. */
bool nj_form_net_use(struct nj_form *f, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t from = f->key.from > LOOK_BACK ? f->key.from - LOOK_BACK : 0;
    if (!nj_str_eq_nocase(nj_part(t, f->key), NJ_STR("user")) || f->key.from < f->floor + 2 ||
        !nj_form_ends_with(f, f->key.from, NJ_STR(" /")))
        return false;
    size_t use = nj_str_find(nj_str_slice(t, from, f->key.from), NJ_STR("net use "), 0);
    if (use == NJ_NPOS)
        return false;
    size_t to = f->key.from - 2, at = to;
    while (at > from + use + 8 && at > f->floor && t.p[at - 1] != ' ')
        at--;
    if (to > at && t.p[at] != '\\' && t.p[to - 1] != ':') {
        *value = (struct nj_span){ at, to };
    } else {
        at = nj_skip_blanks(t, nj_form_bare_end(f->s, f->sep + 1));
        *value = (struct nj_span){ at, nj_form_bare_end(f->s, at) };
    }
    return value->to > value->from && t.p[value->from] != '/' && !nj_value_is_harmless(nj_part(t, *value));
}

/* --- pipes and here-strings --------------------------------------------------------------------------------------- */

/* "kim:x1", as chpasswd reads it. */
static bool behind_user(struct nj_str t, struct nj_span *value)
{
    size_t colon = nj_str_chr(nj_str_slice(t, 0, value->to), ':', value->from);
    if (colon == NJ_NPOS || colon == value->from)
        return false;
    value->from = colon + 1;
    return value->to > value->from;
}

/* What is printed into the pipe at byte pipe: echo x1 |, printf '%s' "x1" | */
static bool printed(const struct nj_form *f, size_t pipe, struct nj_span *value)
{
    static const struct nj_str prints[] = { NJ_STR_INIT("echo "), NJ_STR_INIT("printf ") };
    struct nj_form g = *f;
    struct nj_str t = g.t = nj_str_slice(f->t, 0, pipe);
    size_t from = pipe - f->floor > LOOK_BACK ? pipe - LOOK_BACK : f->floor, at = NJ_NPOS;
    for (size_t i = from; i < pipe; i++)
        for (size_t k = 0; (t.p[i] == 'e' || t.p[i] == 'p') && k < NJ_COUNT(prints); k++)
            if (nj_has_at(t, i, prints[k]) && nj_begins_word(t, i))
                at = i + prints[k].n;
    struct arg arg = { .end = at };
    while (at != NJ_NPOS && read_arg(&g, nj_skip_blanks(t, arg.end), &arg)) {
        char first = t.p[arg.at.from];
        if (first == '-' || first == '%') /* -n, -e, the format of printf */
            continue;
        *value = arg.at;
        return nj_skip_blanks(t, arg.end) == pipe && may_be_password(nj_part(t, arg.at));
    }
    return false;
}

bool nj_form_piped(struct nj_form *f, size_t at, struct nj_span *value)
{
    struct nj_str t = f->t;
    size_t pipe = at, floor = at - f->floor > LOOK_BACK ? at - LOOK_BACK : f->floor;
    while (pipe > floor && t.p[pipe - 1] != '|' && t.p[pipe - 1] != '\n')
        pipe--;
    return pipe > floor && t.p[pipe - 1] == '|' && nj_form_set_password(f) && printed(f, pipe - 1, value);
}

bool nj_form_sudo(struct nj_form *f, size_t at, struct nj_span *value)
{
    enum { CLUSTER = 4 };
    struct nj_str t = f->t, letters = nj_str_slice(t, at, nj_run(nj_str_slice(t, 0, at + CLUSTER + 1), at, NJ_IS_ALPHA));
    return letters.n <= CLUSTER && nj_str_chr(letters, 'S', 0) != NJ_NPOS && nj_stands_before(t, at, LOOK_BACK, NJ_STR("sudo")) &&
           nj_form_piped(f, at, value);
}

bool nj_form_passwd(struct nj_form *f, struct nj_span *value)
{
    struct nj_str key = nj_part(f->t, f->key);
    bool many = nj_str_eq(key, NJ_STR("chpasswd"));
    if (!many && !nj_str_eq(key, NJ_STR("passwd")))
        return false;
    struct nj_str before = nj_str_slice(f->t, f->floor, f->key.from);
    if (nj_str_ends(before, NJ_STR("sudo ")))
        before.n -= NJ_STR("sudo ").n;
    return nj_str_ends(nj_str_trim(before), NJ_STR("|")) && nj_form_piped(f, f->key.from, value) && (!many || behind_user(f->t, value));
}

bool nj_form_here(struct nj_sweep *s, size_t at, struct nj_span *value, int *rule)
{
    static const struct {
        struct nj_str command;
        bool user; /* and a colon, before the password */
    } readers[] = {
        { NJ_STR_INIT("chpasswd"), true },      { NJ_STR_INIT("kinit"), false },
        { NJ_STR_INIT("cryptsetup"), false },   { NJ_STR_INIT("--password-stdin"), false },
        { NJ_STR_INIT("--stdin"), false },      { NJ_STR_INIT("sudo -S"), false },
        { NJ_STR_INIT("--with-token"), false }, { NJ_STR_INIT("--passphrase-fd 0"), false },
    };
    struct nj_form f = { .s = s, .t = s->text, .floor = s->done, .sep = at - 1, .rule = NJ_KEY_NONE };
    struct arg arg;
    if (at < s->done + 3 || !nj_has_at(f.t, at - 3, NJ_STR("<<<")) || nj_byte(f.t, at) == '<' || !nj_form_set_password(&f))
        return false;
    struct nj_str line = nj_str_slice(f.t, at > LOOK_BACK ? at - LOOK_BACK : 0, at);
    for (size_t i = 0; i < NJ_COUNT(readers); i++) {
        if (nj_str_find(line, readers[i].command, 0) == NJ_NPOS || !read_arg(&f, nj_skip_blanks(f.t, at), &arg))
            continue;
        *value = arg.at;
        *rule = f.rule;
        return may_be_password(nj_part(f.t, arg.at)) && (!readers[i].user || behind_user(f.t, value));
    }
    return false;
}

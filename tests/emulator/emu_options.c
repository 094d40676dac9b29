/* Reads the command line by the table and prints it as help. */
#include "emu_options.h"

#include "emu_script.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

enum kind { K_TEXT, K_NUMBER, K_SECONDS, K_DURATION, K_BYTES, K_FLAG, K_CHOICE, K_LIST, K_SECTION };

struct row {
    const char *name, *arg, *standard, *bounds, *text;
    size_t at;
    enum kind kind;
};

static const struct row rows[] = {
#define EMU_SECTION(title) { .text = title, .kind = K_SECTION },
#define EMU_OPTION(field, kind, name, arg, standard, bounds, text)                                                                         \
    { name, arg, standard, bounds, text, offsetof(struct emu_options, field), K_##kind },
#include "emu_options.def"
#undef EMU_SECTION
#undef EMU_OPTION
};

struct unit {
    const char *suffix;
    int64_t factor;
};
static const struct unit durations[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { NULL, 0 } };
static const struct unit sizes[] = { { "", 1 }, { "k", 1 << 10 }, { "m", 1 << 20 }, { NULL, 0 } };
static const struct unit plain[] = { { "", 1 }, { NULL, 0 } };
static const struct unit seconds[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "", 1000 }, { NULL, 0 } };

static enum nj_status complain(char *error, const char *fmt, ...) NJ_PRINTF(2, 3);
static enum nj_status complain(char *error, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(error, EMU_OPTION_ERROR_MAX, fmt, ap);
    va_end(ap);
    return NJ_EPARSE;
}

static bool read_number(const char *text, const struct unit *units, int64_t *out)
{
    bool negative = text[0] == '-';
    struct nj_str s = nj_str_of(text + negative);
    size_t digits = 0;
    uint64_t v = 0;
    while (digits < s.n && s.p[digits] >= '0' && s.p[digits] <= '9')
        digits++;
    if (!nj_str_u64(nj_str_slice(s, 0, digits), &v) || v > INT32_MAX)
        return false;
    for (; units->suffix != NULL; units++)
        if (nj_str_eq_nocase(nj_str_slice(s, digits, s.n), nj_str_of(units->suffix))) {
            *out = (negative ? -1 : 1) * (int64_t)v * units->factor;
            return true;
        }
    return false;
}

static bool in_bounds(const char *bounds, int64_t v)
{
    char *end = NULL;
    int64_t low = strtoll(bounds, &end, 10);
    return v >= low && v <= strtoll(end + 2, NULL, 10);
}

static bool set_choice(void *field, const char *bounds, const char *value)
{
    struct nj_str rest = nj_str_of(bounds), word;
    for (int i = 0; nj_str_cut(&rest, '|', &word); i++)
        if (nj_str_eq_nocase(word, nj_str_of(value))) {
            *(int *)field = i;
            return true;
        }
    return false;
}

static bool set_list(struct emu_list *l, const char *value)
{
    if (l->n == EMU_LIST_MAX)
        return false;
    l->items[l->n++] = value;
    return true;
}

static const char *wanted(const struct row *r, char *out, size_t n)
{
    switch (r->kind) {
    case K_CHOICE:
        (void)snprintf(out, n, "one of %s", r->bounds);
        break;
    case K_DURATION:
    case K_SECONDS:
        (void)snprintf(out, n, "a duration such as 250ms or 2s, %s milliseconds", r->bounds);
        break;
    case K_LIST:
        (void)snprintf(out, n, "given at most %d times", EMU_LIST_MAX);
        break;
    default:
        (void)snprintf(out, n, "a number, %s", r->bounds);
    }
    return out;
}

static bool set(struct emu_options *o, const struct row *r, const char *value)
{
    void *field = (char *)o + r->at;
    const struct unit *units = plain;
    switch (r->kind) {
    case K_TEXT:
        *(const char **)field = value;
        return true;
    case K_FLAG:
        *(bool *)field = true;
        return true;
    case K_CHOICE:
        return set_choice(field, r->bounds, value);
    case K_LIST:
        return set_list(field, value);
    case K_SECONDS:
        units = seconds;
        break;
    case K_DURATION:
        units = durations;
        break;
    case K_BYTES:
        units = sizes;
        break;
    default:
        break;
    }
    return read_number(value, units, field) && in_bounds(r->bounds, *(int64_t *)field);
}

static const struct row *find(struct nj_str name)
{
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        if (rows[i].kind != K_SECTION && nj_str_eq(name, nj_str_of(rows[i].name)))
            return &rows[i];
    return NULL;
}

static enum nj_status unknown(char *error, struct nj_str name)
{
    const char *best = NULL;
    size_t limit = 4;
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        size_t d = rows[i].kind == K_SECTION ? limit : nj_str_distance(name, nj_str_of(rows[i].name), limit);
        if (d < limit) {
            limit = d;
            best = rows[i].name;
        }
    }
    if (best == NULL)
        return complain(error, "unknown option --%.*s; --help lists them", NJ_STR_ARG(nj_str_slice(name, 0, 60)));
    return complain(error, "unknown option --%.*s; did you mean --%s?", NJ_STR_ARG(nj_str_slice(name, 0, 60)), best);
}

static void set_defaults(struct emu_options *o)
{
    *o = (struct emu_options){ 0 };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        if (rows[i].kind != K_SECTION && rows[i].kind != K_FLAG && rows[i].kind != K_LIST)
            (void)set(o, &rows[i], rows[i].standard);
}

static enum nj_status check_together(const struct emu_options *o, char *error)
{
    if (o->tenant[0] != 0 && (o->init_type == EMU_PROVISIONED || o->init_type == EMU_SNAP_START))
        return complain(error, "--tenant cannot be combined with --init-type %s: Lambda does not either", emu_init_type_name(o->init_type));
    if (o->listen >= 0 && o->listen != 0 && o->listen == o->port)
        return complain(error, "--listen and --port are both %lld; they are two servers", (long long)o->port);
    if (o->retry_first_ms > o->retry_max_ms)
        return complain(error, "--retry-first is longer than --retry-max");
    for (size_t i = 0; i < o->extension.n; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(o->extension.items[i], o->extension.items[k]) == 0)
                return complain(error, "--extension %s is given twice; two extensions need two files", o->extension.items[i]);
    return NJ_OK;
}

enum nj_status emu_options_read(struct emu_options *o, int argc, char *const argv[], char error[static EMU_OPTION_ERROR_MAX])
{
    char want[160];
    set_defaults(o);
    for (int i = 1; i < argc; i++) {
        struct nj_str name = nj_str_of(argv[i]);
        if (nj_str_eq(name, NJ_STR("--"))) {
            if (argv[i + 1] == NULL)
                return complain(error, "no command after --; leave -- out for the built-in sample function");
            o->command = argv + i + 1;
            break;
        }
        if (!nj_str_starts(name, NJ_STR("--")))
            return complain(error, "unexpected argument \"%.60s\"; the runtime's command comes after --", argv[i]);
        size_t eq = nj_str_chr(name, '=', 0);
        const struct row *r = find(nj_str_slice(name, 2, eq));
        if (r == NULL)
            return unknown(error, nj_str_slice(name, 2, eq));
        const char *value = eq != NJ_NPOS ? argv[i] + eq + 1 : r->kind == K_FLAG ? "" : argv[++i];
        if (value == NULL)
            return complain(error, "--%s needs a value: %s", r->name, r->text);
        if (r->kind == K_FLAG && eq != NJ_NPOS)
            return complain(error, "--%s takes no value", r->name);
        if (!set(o, r, value))
            return complain(error, "--%s: \"%.60s\" is not allowed; it is %s", r->name, value, wanted(r, want, sizeof(want)));
    }
    return check_together(o, error);
}

const char *emu_init_type_name(int init_type)
{
    static const char *const names[] = { "on-demand", "provisioned-concurrency", "snap-start", "lambda-managed-instances" };
    return names[init_type];
}

static void print_option(FILE *out, const struct row *r)
{
    char left[64];
    (void)snprintf(left, sizeof(left), "  --%s%s%s", r->name, r->arg[0] != 0 ? " " : "", r->arg);
    (void)fprintf(out, "%-30s%s%s", left, strlen(left) > 29 ? "\n                              " : "", r->text);
    if (r->kind == K_CHOICE)
        (void)fprintf(out, ":\n                              %s", r->bounds);
    if (r->kind != K_LIST && r->kind != K_FLAG && r->standard[0] != 0 && strcmp(r->standard, "-1") != 0)
        (void)fprintf(out, " [%s]", r->standard);
    (void)fputc('\n', out);
}

static const char intro[] =
    "usage: lambda-emulator [options] [-- command [arguments]]\n"
    "\n"
    "Runs a Lambda execution environment on this machine: starts extensions and a runtime as Lambda does, serves the Runtime,\n"
    "Extensions and Telemetry APIs on 127.0.0.1, plays a script of invocations with freezes in between, and shuts down.\n"
    "The command after -- is the runtime; without one the sample function beside this program is started.\n";

static const char outro[] =
    "\n"
    "Examples of script lines:\n"
    "  # a cold start, then a second event after five seconds of freeze\n"
    "  {\"event\": {\"path\": \"/account\"}, \"expect\": \"success\"}\n"
    "  {\"event\": {\"path\": \"/slow\"}, \"gapMs\": 5000, \"repeat\": 3}\n"
    "  {\"event\": {}, \"expect\": \"crash\", \"kill\": \"runtime\", \"killAfterMs\": 50}\n"
    "  {\"shutdown\": true}\n"
    "\n"
    "Exit status: 0 everything as expected; 1 an expectation was not met; 2 wrong usage; 3 --max-seconds was reached;\n"
    "4 the emulator itself could not work (port taken, file missing); 130 interrupted.\n";

void emu_options_help(FILE *out)
{
    const char *name = NULL, *text = NULL;
    (void)fputs(intro, out);
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        if (rows[i].kind == K_SECTION)
            (void)fprintf(out, "\n%s\n", rows[i].text);
        else
            print_option(out, &rows[i]);
    }
    (void)fputs("\nMembers of a script line\n", out);
    for (size_t i = 0; emu_script_member(i, &name, &text); i++)
        (void)fprintf(out, "  %-14s%s\n", name, text);
    (void)fputs(outro, out);
}

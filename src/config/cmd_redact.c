/* nightjar redact: the redactor of the extension, for standard input. */
#include "filter.h"

#include "nightjar/redaction.h"

static const char help_text[] =
    "usage: nightjar redact [--policy NAME] [--keys LIST] [--allow-keys LIST] < log > clean\n"
    "\n"
    "Redacts standard input line by line, as the extension does with a function's log. A line that is a JSON object is taken as a\n"
    "structured log record and stays valid JSON; any other line is taken as text. Lines belong together: a private key that was\n"
    "printed line by line is recognised.\n"
    "\n"
    "  --policy NAME       default, strict, pci, hipaa, or off, which only cleans; otherwise NIGHTJAR_REDACT\n"
    "  --keys LIST         more field names to redact, comma separated, * stands for anything; otherwise NIGHTJAR_REDACT_KEYS\n"
    "  --allow-keys LIST   field names that are never redacted for their name; otherwise NIGHTJAR_REDACT_ALLOW_KEYS\n"
    "  --help              this text\n"
    "\n"
    "Exit codes: 0 done; 1 input or output failed; 2 the command line or a setting was not understood.\n";

struct flags {
    struct nj_str policy, keys, allow_keys;
    bool help;
};

struct work {
    const struct nj_stream *io;
    struct nj_redaction redaction;
    struct nj_resource resource;
};

static bool each_line(void *ctx, const struct filter_line *line)
{
    struct work *w = ctx;
    struct nj_record in;
    struct nj_clean out;
    struct nj_json json;
    nj_record_init(&in);
    in.origin = NJ_FROM_FUNCTION;
    if (nj_json_parse(line->text, &json) == NJ_OK && json.type == NJ_JSON_OBJECT)
        in.data_json = line->text;
    else
        in.message = line->text.p != NULL ? line->text : NJ_STR("");
    if (nj_redact_record(w->redaction.redactor, &in, &w->resource, (struct nj_str){ NULL, 0 }, &out) != NJ_OK) {
        fprintf(w->io->err, "nightjar redact: there is not memory enough for line %llu.\n", (unsigned long long)line->number);
        return false;
    }
    return filter_write(w->io, in.data_json.p != NULL ? out.data : out.message) && filter_write(w->io, line->end);
}

/* The flags in place of what the environment says. */
static bool build(struct work *w, const struct flags *f, struct nj_options *o)
{
    unsigned i = 0;
    if (f->policy.p != NULL) {
        while (nj_options_choice(NJ_OPT_redact, i).p != NULL && !nj_str_eq_nocase(nj_options_choice(NJ_OPT_redact, i), f->policy))
            i++;
        o->redact = i;
    }
    if (f->keys.p != NULL)
        o->redact_keys = f->keys;
    if (f->allow_keys.p != NULL)
        o->redact_allow_keys = f->allow_keys;
    if (nj_options_choice(NJ_OPT_redact, o->redact).p == NULL) {
        fprintf(w->io->err, "nightjar redact: --policy is one of default, strict, pci, hipaa, off.\n");
        return false;
    }
    enum nj_status st = nj_redaction_open(&w->redaction, o);
    if (w->redaction.notes & (NJ_NOTE_KEYS | NJ_NOTE_ALLOW_KEYS)) {
        fprintf(w->io->err, "nightjar redact: the list of names to %s is none.\n", w->redaction.notes & NJ_NOTE_KEYS ? "redact" : "allow");
        return false;
    }
    if (st != NJ_OK)
        fprintf(w->io->err, "nightjar redact: %s.\n", nj_status_text(st));
    return st == NJ_OK;
}

int nj_command_redact(const struct nj_stream *io)
{
    struct flags f = { .help = false };
    const struct filter_flag flags[] = {
        { NJ_STR("--policy"), &f.policy, NULL },
        { NJ_STR("--keys"), &f.keys, NULL },
        { NJ_STR("--allow-keys"), &f.allow_keys, NULL },
        { NJ_STR("--help"), NULL, &f.help },
    };
    struct work w = { .io = io };
    struct nj_options o;
    struct nj_problems problems;
    if (!filter_flags(io, flags, NJ_COUNT(flags)))
        return FILTER_WRONG_USAGE;
    if (f.help)
        return filter_write(io, nj_str_of(help_text)) && fflush(io->out) == 0 ? FILTER_DONE : FILTER_FAILED;
    nj_options_read(&o, io->environ_, &problems);
    int code = build(&w, &f, &o) ? filter_lines(io, NJ_REDACT_MAX, each_line, &w) : FILTER_WRONG_USAGE;
    nj_redaction_close(&w.redaction);
    nj_options_fini(&o);
    return code;
}

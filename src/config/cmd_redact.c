/* nightjar redact: the redactor of the extension, for standard input. */
#include "filter.h"

#include "nightjar/redaction.h"

static const char help_text[] =
    "usage: nightjar redact [--policy NAME] [--rules FILE] [--keys LIST] [--allow-keys LIST]\n"
    "                       [--key-file FILE] [--trigger NAME] [--explain[=json]] < log > clean\n"
    "\n"
    "Redacts standard input line by line, as the extension does with a function's log. A line that is a JSON object is taken as a\n"
    "structured log record and stays valid JSON; any other line is taken as text. Lines belong together: a private key that was\n"
    "printed line by line is recognised.\n"
    "\n"
    "  --policy NAME       default, strict, pci, hipaa, or off, which only cleans; otherwise NIGHTJAR_REDACT\n"
    "  --rules FILE        rules of your own, as JSON; otherwise NIGHTJAR_REDACT_RULES\n"
    "  --keys LIST         more field names to redact, comma separated, * stands for anything; otherwise NIGHTJAR_REDACT_KEYS\n"
    "  --allow-keys LIST   field names that are never redacted for their name; otherwise NIGHTJAR_REDACT_ALLOW_KEYS\n"
    "  --key-file FILE     the key of the pseudonyms; otherwise NIGHTJAR_PSEUDONYM_KEY\n"
    "  --trigger NAME      of the event source, such as sqs: its safe_paths among the rules apply\n"
    "  --explain[=json]    write what was found instead of the redacted lines: line, rule, place (bytes, from 0), length, action, and\n"
    "                      what had to be opened to find it (place and length are then those of the run that was opened)\n"
    "  --help              this text\n"
    "\n"
    "Exit codes: 0 done; 1 input or output failed; 2 the command line or a setting was not understood.\n";

enum { KEY_FILE_MAX = 8 << 10, FINDINGS_MAX = 64 << 20 };

struct flags {
    struct nj_str policy, rules, keys, allow_keys, key_file, trigger, explain_as;
    bool help, explain;
};

struct work {
    const struct nj_stream *io;
    struct nj_redaction redaction;
    struct nj_resource resource;
    struct nj_record record; /* of the line at hand: all but its text is the same for all */
    bool explain, as_json;
    uint64_t line, lines_hit, lines_dropped, findings;
    struct nj_buf found; /* of the line at hand */
};

static void explain_json(struct work *w, const struct nj_finding *f)
{
    nj_buf_addf(&w->found, "{\"line\":%llu,\"rule\":\"%s", (unsigned long long)w->line, f->by_name ? "key." : f->by_rule ? "rule." : "");
    nj_buf_add(&w->found, f->rule);
    nj_buf_addf(&w->found, "\",\"offset\":%zu,\"length\":%zu,\"action\":\"", f->at, f->length);
    nj_buf_add(&w->found, f->action);
    nj_buf_addz(&w->found, "\"");
    for (unsigned i = 0; i < f->layers; i++)
        nj_buf_addf(&w->found, "%s\"%s\"", i == 0 ? ",\"in\":[" : ",", f->how[i]);
    nj_buf_addz(&w->found, f->layers != 0 ? "]}\n" : "}\n");
}

static void explain_text(struct work *w, const struct nj_finding *f)
{
    nj_buf_addf(&w->found, "line %llu: %s", (unsigned long long)w->line, f->by_name ? "key." : f->by_rule ? "rule." : "");
    nj_buf_add(&w->found, f->rule);
    nj_buf_addf(&w->found, " at %zu, %zu bytes: ", f->at, f->length);
    nj_buf_add(&w->found, f->action);
    for (unsigned i = 0; i < f->layers; i++)
        nj_buf_addf(&w->found, "%s%s", i == 0 ? ", in " : ", ", f->how[i]);
    nj_buf_addc(&w->found, '\n');
}

static void on_finding(void *ctx, const struct nj_finding *f)
{
    struct work *w = ctx;
    w->findings++;
    if (w->as_json)
        explain_json(w, f);
    else
        explain_text(w, f);
}

static bool write_findings(struct work *w)
{
    struct nj_str text;
    w->lines_hit += w->found.n != 0;
    if (nj_buf_finish(&w->found, &text) == NJ_OK)
        return filter_write(w->io, text);
    fprintf(w->io->err, "nightjar redact: line %llu holds more findings than can be listed.\n", (unsigned long long)w->line);
    return true;
}

static bool each_line(void *ctx, const struct filter_line *line)
{
    struct work *w = ctx;
    struct nj_record *in = &w->record;
    struct nj_clean out;
    struct nj_json json;
    in->message = in->data_json = (struct nj_str){ NULL, 0 };
    if (nj_json_parse(line->text, &json) == NJ_OK && json.type == NJ_JSON_OBJECT)
        in->data_json = line->text;
    else
        in->message = line->text.p != NULL ? line->text : NJ_STR("");
    w->line = line->number;
    nj_buf_reset(&w->found);
    if (w->explain)
        nj_redact_trace(w->redaction.redactor, line->text, on_finding, w);
    if (nj_redact_record(w->redaction.redactor, in, &w->resource, (struct nj_str){ NULL, 0 }, &out) != NJ_OK) {
        fprintf(w->io->err, "nightjar redact: there is not memory enough for line %llu.\n", (unsigned long long)line->number);
        return false;
    }
    w->lines_dropped += out.dropped ? 1 : 0;
    if (w->explain)
        return write_findings(w);
    if (out.dropped)
        return true;
    return filter_write(w->io, in->data_json.p != NULL ? out.data : out.message) && filter_write(w->io, line->end);
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
    if (f->rules.p != NULL)
        o->redact_rules = f->rules;
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
    if (w->redaction.notes & NJ_NOTE_RULES) {
        fprintf(w->io->err, "nightjar redact: %s.\n", w->redaction.why);
        return false;
    }
    if (st != NJ_OK)
        fprintf(w->io->err, "nightjar redact: %s.\n", nj_status_text(st));
    return st == NJ_OK;
}

static int run(struct work *w, const struct flags *f, struct nj_options *o, struct nj_str key)
{
    if (key.n != 0)
        o->pseudonym_key = key;
    if (!build(w, f, o))
        return FILTER_WRONG_USAGE;
    int code = filter_lines(w->io, NJ_REDACT_MAX, each_line, w);
    if (w->explain && code == FILTER_DONE)
        fprintf(w->io->err, "nightjar redact: %llu findings in %llu of %llu lines.\n", (unsigned long long)w->findings,
                (unsigned long long)w->lines_hit, (unsigned long long)w->line);
    if (w->lines_dropped != 0)
        fprintf(w->io->err, "nightjar redact: %llu of %llu lines dropped, as a rule asks.\n", (unsigned long long)w->lines_dropped,
                (unsigned long long)w->line);
    return code;
}

int nj_command_redact(const struct nj_stream *io)
{
    struct flags f = { .help = false };
    struct nj_buf key;
    const struct filter_flag flags[] = {
        { NJ_STR("--policy"), &f.policy, NULL },
        { NJ_STR("--rules"), &f.rules, NULL },
        { NJ_STR("--keys"), &f.keys, NULL },
        { NJ_STR("--allow-keys"), &f.allow_keys, NULL },
        { NJ_STR("--key-file"), &f.key_file, NULL },
        { NJ_STR("--trigger"), &f.trigger, NULL },
        { NJ_STR("--explain"), &f.explain_as, &f.explain },
        { NJ_STR("--help"), NULL, &f.help },
    };
    struct work w = { .io = io };
    struct nj_options o;
    struct nj_problems problems;
    if (!filter_flags(io, flags, NJ_COUNT(flags)))
        return FILTER_WRONG_USAGE;
    if (f.help)
        return filter_write(io, nj_str_of(help_text)) && fflush(io->out) == 0 ? FILTER_DONE : FILTER_FAILED;
    if (f.explain_as.p != NULL && !nj_str_eq(f.explain_as, NJ_STR("json")) && !nj_str_eq(f.explain_as, NJ_STR("text"))) {
        fprintf(io->err, "nightjar redact: --explain is text or json.\n");
        return FILTER_WRONG_USAGE;
    }
    nj_record_init(&w.record);
    w.record.origin = NJ_FROM_FUNCTION;
    if (f.trigger.n != 0)
        nj_attrs_str(&w.record.where, NJ_STR("nightjar.trigger"), f.trigger);
    w.explain = f.explain;
    w.as_json = f.explain_as.p != NULL && nj_str_eq(f.explain_as, NJ_STR("json"));
    nj_options_read(&o, io->environ_, &problems);
    nj_buf_init(&key, 2 * KEY_FILE_MAX);
    nj_buf_init(&w.found, FINDINGS_MAX);
    int code = FILTER_WRONG_USAGE;
    if (f.key_file.p == NULL || filter_file(io, f.key_file, KEY_FILE_MAX, &key))
        code = run(&w, &f, &o, nj_buf_str(&key));
    if (key.p != NULL)
        explicit_bzero(key.p, key.cap);
    nj_buf_fini(&key);
    nj_buf_fini(&w.found);
    nj_redaction_close(&w.redaction);
    nj_options_fini(&o);
    return code;
}

/* nightjar pseudonym: a list of people in, the pseudonyms out that a log has for them. */
#include "filter.h"

#include "nightjar/pseudonym.h"

enum { KEY_FILE_MAX = 8 << 10, LINE_MAX_BYTES = 64 << 10 };

static const char help_text[] =
    "usage: nightjar pseudonym --key-file FILE [--class NAME] [--tenant NAME] < list > pseudonyms\n"
    "\n"
    "Reads one value a line and writes it, a tab, and its pseudonym under the team's key. A list that is being tried against a\n"
    "service can so be joined with the log, without its plain text there. Empty lines are passed over.\n"
    "\n"
    "  --key-file FILE   the key as NIGHTJAR_PSEUDONYM_KEY has it; without this option that variable is used\n"
    "  --class NAME      email (the default), ip, net, user, session, tenant, pan, device, value: the same text has another\n"
    "                    pseudonym in each of them\n"
    "  --tenant NAME     the tenant the log names as tenant.id; each has pseudonyms of its own\n"
    "  --help            this text\n"
    "\n"
    "Exit codes: 0 done; 1 input or output failed; 2 the command line was not understood, or there is no key.\n";

struct work {
    const struct nj_stream *io;
    struct nj_pseudonyms *pseudonyms;
    enum nj_pseudonym_class class;
    struct nj_str tenant;
    struct nj_buf out;
};

static bool each_line(void *ctx, const struct filter_line *line)
{
    struct work *w = ctx;
    struct nj_str done;
    if (nj_str_trim(line->text).n == 0)
        return true;
    if (line->text.n > LINE_MAX_BYTES) {
        fprintf(w->io->err, "nightjar pseudonym: line %llu is longer than %d bytes; it is left out.\n", (unsigned long long)line->number,
                LINE_MAX_BYTES);
        return true;
    }
    nj_buf_reset(&w->out);
    nj_buf_add(&w->out, line->text);
    nj_buf_addc(&w->out, '\t');
    nj_pseudonym_add(w->pseudonyms, w->class, w->tenant, line->text, &w->out);
    nj_buf_addc(&w->out, '\n');
    return nj_buf_finish(&w->out, &done) == NJ_OK && filter_write(w->io, done);
}

static bool make(struct work *w, struct nj_str key)
{
    if (nj_str_trim(key).n == 0) {
        fprintf(w->io->err, "nightjar pseudonym: there is no key; give --key-file or set NIGHTJAR_PSEUDONYM_KEY.\n");
        return false;
    }
    enum nj_status st = nj_pseudonyms_new(&w->pseudonyms, key, (struct nj_str){ NULL, 0 });
    if (st != NJ_OK)
        fprintf(w->io->err, "nightjar pseudonym: %s.\n", nj_status_text(st));
    else if (nj_pseudonyms_weak(w->pseudonyms))
        fprintf(w->io->err, "nightjar pseudonym: the key has less than %d bytes; who sees pseudonyms may find it by trying.\n",
                NJ_PSEUDONYM_KEY_MIN);
    return st == NJ_OK;
}

/* The key does not stay in memory that is given back. */
static bool make_from_file(struct work *w, struct nj_str path)
{
    struct nj_buf text;
    nj_buf_init(&text, 2 * KEY_FILE_MAX);
    bool made = filter_file(w->io, path, KEY_FILE_MAX, &text) && make(w, nj_buf_str(&text));
    if (text.p != NULL)
        explicit_bzero(text.p, text.cap);
    nj_buf_fini(&text);
    return made;
}

static bool make_from_environment(struct work *w)
{
    struct nj_options o;
    struct nj_problems problems;
    nj_options_read(&o, w->io->environ_, &problems);
    bool made = make(w, o.pseudonym_key);
    nj_options_fini(&o);
    return made;
}

int nj_command_pseudonym(const struct nj_stream *io)
{
    struct nj_str key_file = { NULL, 0 }, class = NJ_STR("email");
    bool help = false;
    struct work w = { .io = io };
    const struct filter_flag flags[] = {
        { NJ_STR("--key-file"), &key_file, NULL },
        { NJ_STR("--class"), &class, NULL },
        { NJ_STR("--tenant"), &w.tenant, NULL },
        { NJ_STR("--help"), NULL, &help },
    };
    if (!filter_flags(io, flags, NJ_COUNT(flags)))
        return FILTER_WRONG_USAGE;
    if (help)
        return filter_write(io, nj_str_of(help_text)) && fflush(io->out) == 0 ? FILTER_DONE : FILTER_FAILED;
    if (!nj_pseudonym_class_find(class, &w.class) || w.class == NJ_PSEUDONYM_SECRET) {
        fprintf(io->err, "nightjar pseudonym: --class is one of email, ip, net, user, session, tenant, pan, device, value.\n");
        return FILTER_WRONG_USAGE;
    }
    if (!(key_file.p != NULL ? make_from_file(&w, key_file) : make_from_environment(&w)))
        return FILTER_WRONG_USAGE;
    nj_buf_init(&w.out, 2 * LINE_MAX_BYTES);
    int code = filter_lines(io, LINE_MAX_BYTES, each_line, &w);
    nj_buf_fini(&w.out);
    nj_pseudonyms_free(w.pseudonyms);
    return code;
}

/* Standard input line by line, whatever its lines are made of, and standard output as soon as it is due. */
#include "filter.h"

#include "nightjar/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, SHOWN = 48, PROGRESS_STEP = 8 << 20 };

/* Any program can put any bytes into our arguments: they are shown short and plain. */
static void plain(char out[static SHOWN], struct nj_str text)
{
    size_t n = 0;
    for (; n < text.n && n + 1 < SHOWN; n++)
        out[n] = text.p[n] >= 0x20 && text.p[n] < 0x7f ? text.p[n] : '?';
    out[n] = '\0';
}

/* --- flags and files ---------------------------------------------------------------------------------------------- */

static bool refuse(const struct nj_stream *io, struct nj_str given, const char *why)
{
    char shown[SHOWN];
    plain(shown, given);
    fprintf(io->err, "nightjar %s: %s %s. nightjar %s --help explains the options.\n", io->argv[1], shown, why, io->argv[1]);
    return false;
}

static const struct filter_flag *find_flag(struct nj_str name, const struct filter_flag *flags, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nj_str_eq(flags[i].name, name))
            return &flags[i];
    return NULL;
}

bool filter_flags(const struct nj_stream *io, const struct filter_flag *flags, size_t n)
{
    for (int i = 2; i < io->argc; i++) {
        struct nj_str given = nj_str_of(io->argv[i]);
        size_t equals = nj_str_starts(given, NJ_STR("--")) ? nj_str_chr(given, '=', 0) : NJ_NPOS;
        const struct filter_flag *f = find_flag(nj_str_slice(given, 0, equals), flags, n);
        if (f == NULL)
            return refuse(io, given, "is not understood");
        if (f->on != NULL)
            *f->on = true;
        if (equals != NJ_NPOS) {
            if (f->value == NULL)
                return refuse(io, f->name, "takes no value");
            *f->value = nj_str_slice(given, equals + 1, given.n);
        } else if (f->value != NULL && f->on == NULL) {
            if (i + 1 == io->argc)
                return refuse(io, f->name, "needs a value");
            *f->value = nj_str_of(io->argv[++i]);
        }
    }
    return true;
}

bool filter_file(const struct nj_stream *io, struct nj_str path, size_t max, struct nj_buf *out)
{
    char name[4096], shown[SHOWN];
    struct nj_str text;
    plain(shown, path);
    if (path.n >= sizeof(name)) {
        fprintf(io->err, "nightjar %s: the path %s is too long.\n", io->argv[1], shown);
        return false;
    }
    memcpy(name, path.p, path.n);
    name[path.n] = '\0';
    enum nj_status st = nj_file_read(name, max, out);
    if (st == NJ_OK && nj_buf_finish(out, &text) == NJ_OK)
        return true;
    fprintf(io->err, "nightjar %s: %s: %s.\n", io->argv[1], shown, st == NJ_ELIMIT ? "the file is too large" : strerror(errno));
    return false;
}

/* --- out ---------------------------------------------------------------------------------------------------------- */

bool filter_write(const struct nj_stream *io, struct nj_str text)
{
    return text.n == 0 || fwrite(text.p, 1, text.n, io->out) == text.n;
}

/* Whoever read our output has gone: that is no error worth a word. */
static int cannot_write(const struct nj_stream *io, int why)
{
    if (why != EPIPE)
        fprintf(io->err, "nightjar %s: the output could not be written: %s.\n", io->argv[1], strerror(why));
    return FILTER_FAILED;
}

/* --- in ----------------------------------------------------------------------------------------------------------- */

struct reading {
    const struct nj_stream *io;
    filter_line_fn each;
    void *ctx;
    size_t max;
    struct nj_buf held; /* the line that is not complete yet */
    uint64_t lines, bytes, shown_at;
    bool progress, stopped;
};

static void take_line(struct reading *r, struct nj_str text, bool ended)
{
    struct filter_line line = { .text = text, .end = ended ? NJ_STR("\n") : (struct nj_str){ NULL, 0 }, .number = ++r->lines };
    if (ended && text.n != 0 && text.p[text.n - 1] == '\r') {
        line.text.n--;
        line.end = NJ_STR("\r\n");
    }
    r->stopped = !r->each(r->ctx, &line);
}

/* What goes beyond the limit is read over: such a line is withheld whole. */
static void hold(struct reading *r, struct nj_str part)
{
    size_t room = r->max + 1 - r->held.n;
    nj_buf_add(&r->held, nj_str_slice(part, 0, room));
}

static void take_chunk(struct reading *r, struct nj_str chunk)
{
    while (!r->stopped && chunk.n != 0) {
        size_t end = nj_str_chr(chunk, '\n', 0);
        struct nj_str part = nj_str_slice(chunk, 0, end);
        if (end == NJ_NPOS) {
            hold(r, part);
            return;
        }
        if (r->held.n != 0) {
            hold(r, part);
            part = nj_buf_str(&r->held);
        }
        take_line(r, part, true);
        nj_buf_shrink(&r->held, CHUNK);
        chunk = nj_str_slice(chunk, end + 1, chunk.n);
    }
}

static void show_progress(struct reading *r, bool end)
{
    if (!r->progress || (!end && r->bytes - r->shown_at < PROGRESS_STEP) || (end && r->shown_at == 0))
        return;
    r->shown_at = r->bytes;
    fprintf(r->io->err, end ? "\r\x1b[K" : "\r%llu MB, %llu lines", (unsigned long long)(r->bytes >> 20), (unsigned long long)r->lines);
    fflush(r->io->err);
}

static int read_all(struct reading *r, char chunk[static CHUNK])
{
    for (;;) {
        ssize_t n = read(r->io->in, chunk, CHUNK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            fprintf(r->io->err, "nightjar %s: the input could not be read: %s.\n", r->io->argv[1], strerror(errno));
            return FILTER_FAILED;
        }
        r->bytes += (uint64_t)n;
        if (n > 0)
            take_chunk(r, (struct nj_str){ chunk, (size_t)n });
        else if (r->held.n != 0 && !r->stopped)
            take_line(r, nj_buf_str(&r->held), false);
        if (r->held.err != NJ_OK) {
            fprintf(r->io->err, "nightjar %s: there is not memory enough for line %llu.\n", r->io->argv[1],
                    (unsigned long long)r->lines + 1);
            return FILTER_FAILED;
        }
        errno = 0;
        if (r->stopped || fflush(r->io->out) != 0 || ferror(r->io->out))
            return cannot_write(r->io, errno);
        show_progress(r, n == 0);
        if (n == 0)
            return FILTER_DONE;
    }
}

int filter_lines(const struct nj_stream *io, size_t max, filter_line_fn each, void *ctx)
{
    char chunk[CHUNK];
    struct reading r = { .io = io, .each = each, .ctx = ctx, .max = max };
    int err = fileno(io->err), out = fileno(io->out);
    r.progress = err >= 0 && isatty(err) && !(out >= 0 && isatty(out));
    nj_buf_init(&r.held, max + 1);
    int code = read_all(&r, chunk);
    nj_buf_fini(&r.held);
    return code;
}

/* filter.h -- what the commands that read standard input share: flags, files, lines in and lines out. */
#ifndef NIGHTJAR_CONFIG_FILTER_H
#define NIGHTJAR_CONFIG_FILTER_H

#include "nightjar/commands.h"

enum { FILTER_DONE = 0, FILTER_FAILED = 1, FILTER_WRONG_USAGE = 2 };

/* "--name value" or "--name=value"; with value == NULL "--name" alone sets *on; with both, the value may be left out. */
struct filter_flag {
    struct nj_str name;
    struct nj_str *value;
    bool *on;
};

/* Reads argv[2] and what follows.  False: err says why. */
NJ_MUST bool filter_flags(const struct nj_stream *io, const struct filter_flag *flags, size_t n);
/* The bytes of a file of up to max bytes.  False: err says why. */
NJ_MUST bool filter_file(const struct nj_stream *io, struct nj_str path, size_t max, struct nj_buf *out);

/* Lines of any length: of one longer than max bytes only the first max + 1 come. */
struct filter_line {
    struct nj_str text; /* without its end */
    struct nj_str end;  /* "\n", "\r\n" or, at the end of the input, nothing */
    uint64_t number;    /* from 1 */
};

/* Called for each line; false ends the reading. */
typedef bool (*filter_line_fn)(void *ctx, const struct filter_line *line);

/* Reads io->in to its end and shows progress where a terminal is watching and nothing else would show any.  What out holds is
 * flushed whenever the input has to be waited for.  Returns an exit code. */
int filter_lines(const struct nj_stream *io, size_t max, filter_line_fn each, void *ctx);
/* Writes; false when out takes no more. */
bool filter_write(const struct nj_stream *io, struct nj_str text);

#endif

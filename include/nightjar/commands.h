/* nightjar/commands.h -- what the program does for people: --check, --reference, --help, --version, redact,
 * pseudonym.
 *
 * Without arguments the program is the extension: *handled is false then and the caller goes on.  Only when no platform is
 * there either (AWS_LAMBDA_RUNTIME_API is not set) it was started by hand: one clear sentence and exit code 1, since there is
 * no function to harm.
 *
 * Exit codes 0 done; 1 --check found problems, or output could not be written, or started by hand, or
 *            input could not be read; 2 wrong usage.
 * Secrets    never written, whatever the environment holds.
 * Ownership  everything is borrowed.
 * Blocking   on out and err only.  Globals: none.
 */
#ifndef NIGHTJAR_COMMANDS_H
#define NIGHTJAR_COMMANDS_H

#include "nightjar/options.h"

#include <stdio.h>

int nj_command(int argc, char **argv, const char *const *environ_, FILE *out, FILE *err, bool *handled);

/* What a command that reads standard input is given; argv[1] is its name. */
struct nj_stream {
    int argc;
    char **argv;
    const char *const *environ_;
    int in;
    FILE *out, *err;
};
/* redact: log lines in, log lines out, as the extension would redact them. */
int nj_command_redact(const struct nj_stream *io);
/* pseudonym: a list of people in, each with the pseudonym a log has for them out. */
int nj_command_pseudonym(const struct nj_stream *io);
/* verify: stored records in, which of them are missing or were altered out. */
int nj_command_verify(const struct nj_stream *io);

/* The pieces of it, for tests and tools.  Each appends to out; the buffer latches failures. */
/* --check: the configuration in use and what is wrong with it.  Returns how many problems there are, remarks not counted. */
size_t nj_check(const char *const *environ_, struct nj_buf *out);
/* --reference: docs/reference.md, from the tables. */
void nj_reference(struct nj_buf *out);
/* --version: this program and everything linked in. */
void nj_versions(struct nj_buf *out);

#endif

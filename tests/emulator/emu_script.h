/* emu_script.h -- the script: what happens to the function, one JSON object a line.
 *
 * Blank lines and lines whose first character is '#' are skipped.  Unknown members are errors, so that a typing mistake
 * cannot turn a check off.
 *
 * Ownership  the script owns its texts until emu_script_fini().
 * Errors     NJ_EPARSE with a sentence that names the line.
 */
#ifndef EMU_SCRIPT_H
#define EMU_SCRIPT_H

#include "nightjar/buf.h"

enum emu_outcome {
    EMU_ANY, /* nothing is expected */
    EMU_SUCCESS,
    EMU_ERROR,           /* the runtime posted .../error */
    EMU_TIMEOUT,         /* function timeout */
    EMU_CRASH,           /* the runtime left */
    EMU_OOM,             /* the sandbox used more memory than it has */
    EMU_EXTENSION_CRASH, /* an extension left or gave up */
    EMU_INIT_ERROR,      /* the sandbox could not be initialised for it */
    EMU_OUTCOMES
};
extern const char *const emu_outcome_names[EMU_OUTCOMES];

enum { EMU_SCRIPT_ERROR_MAX = 256, EMU_NAME_MAX = 128 };

/* One line of the script.  Texts are "" or NULL when absent. */
struct emu_step {
    int line;
    char *payload; /* bytes of the event */
    size_t payload_len;
    int64_t gap_ms;
    unsigned repeat;
    enum emu_outcome expect;
    char *expect_text;    /* must occur in the result */
    bool shutdown;        /* not an invocation: the sandbox is spun down */
    char *reason;         /* its shutdownReason */
    char *request_id;     /* given instead of a random one */
    char *trace;          /* given instead of a made-up one; "" sends none */
    char *tenant;         /* overrides --tenant for this event */
    char *qualifier;      /* alias or version in the invoked ARN */
    char *client_context; /* JSON text */
    char *identity;       /* JSON text */
    int64_t oom_ms;       /* kill for memory this long after the start; -1 never */
    int64_t kill_ms;      /* kill the process named by kill this long after the start */
    char *kill;           /* "runtime" or the name of an extension */
};

struct emu_script {
    struct emu_step *steps;
    size_t n;
};

NJ_MUST enum nj_status emu_script_read(struct emu_script *out, struct nj_str text, char error[static EMU_SCRIPT_ERROR_MAX]);
void emu_script_fini(struct emu_script *s);

/* Name and meaning of member number i for --help; false behind the last. */
bool emu_script_member(size_t i, const char **name, const char **text);

#endif

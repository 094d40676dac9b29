/* trace.h -- lines of one stack trace that came as records of their own: print() and most custom runtimes write line by line, and the platform
 * makes a record of each.
 *
 * A trace is opened by a line that tells of an error, or by one that begins a trace in so many words; what a runtime of that language
 * writes next goes on with it, anything else ends it.  Time is the caller's, and so is the end: it sets open to false.
 *
 * Limits     NJ_TRACE_MAX bytes of a trace are kept, the first ones; the rest only says where it ends.
 * Ownership  everything is copied.
 * Errors     none: any bytes are a line.
 * Blocking   never.  Globals: constant tables.
 */
#ifndef NIGHTJAR_OBSERVE_TRACE_H
#define NIGHTJAR_OBSERVE_TRACE_H

#include "nightjar/str.h"

enum { NJ_TRACE_MAX = 3072 };

struct nj_trace {
    bool open;
    bool error;          /* a line of it told of an error by its level; otherwise it must have frames to be one */
    bool python, go;     /* what was met, as far as the next line depends on it */
    bool indented, over; /* the last line was; Python's last line has come */
    bool awaits;         /* the next line belongs to it, whatever it is: Rust's message */
    size_t n;
    char text[NJ_TRACE_MAX];
};

/* Does the line begin a trace, whatever its level is? */
bool nj_trace_begins(struct nj_str line);
/* Does the line go on with the open trace?  No when none is open. */
bool nj_trace_continues(const struct nj_trace *t, struct nj_str line);
/* Begins anew with this line; adds one more.  error: the line is an error by its level. */
void nj_trace_open(struct nj_trace *t, struct nj_str line, bool error);
void nj_trace_add(struct nj_trace *t, struct nj_str line, bool error);

/* What was kept, with a line feed behind each line but one cut short; valid until the next open or add. */
static inline struct nj_str nj_trace_text(const struct nj_trace *t)
{
    return (struct nj_str){ t->text, t->n };
}

#endif

/* emu_lines.h -- cuts what a process writes into lines, as the platform does before it makes records of them.
 *
 * Limits     a line longer than the limit is handed over in pieces of limit bytes.
 * Ownership  the line is borrowed for the length of the callback; its newline is part of it when it had one.
 * Blocking   never.
 */
#ifndef EMU_LINES_H
#define EMU_LINES_H

#include "nightjar/buf.h"

enum { EMU_LINE_LIMIT = 262144 };

struct emu_lines {
    struct nj_buf part; /* the begun line */
    size_t limit;
    void (*line)(void *ctx, struct nj_str line);
    void *ctx;
};

void emu_lines_init(struct emu_lines *l, size_t limit, void (*line)(void *, struct nj_str), void *ctx);
void emu_lines_fini(struct emu_lines *l);
void emu_lines_feed(struct emu_lines *l, struct nj_str bytes);
/* The process is gone: what it wrote last is a line, newline or not. */
void emu_lines_flush(struct emu_lines *l);

#endif

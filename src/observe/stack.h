/* stack.h -- what kind of error a text or a JSON document tells of, and where it came from.
 *
 * Frames     of Python, Node.js, Java (Kotlin, Scala), Go, .NET, Ruby and Rust, as (file or module, function): without line numbers,
 *            addresses, query strings and the hashes of bundles; the innermost first, whatever the language prints first.  Library frames
 *            are left out unless there are no others; a frame that was there already (recursion) counts once.
 * Type       "ValueError", "com.example.NoStockException", "panic": the word the runtime calls it by.
 *
 * Limits     NJ_FRAMES frames; the first NJ_STACK_TEXT bytes of a text.
 * Ownership  everything is copied into the struct.
 * Blocking   never.  Globals: constant tables.  Time: linear.
 */
#ifndef NIGHTJAR_OBSERVE_STACK_H
#define NIGHTJAR_OBSERVE_STACK_H

#include "nightjar/json.h"

enum { NJ_FRAMES = 8, NJ_FRAME_MAX = 120, NJ_TYPE_MAX = 96, NJ_STACK_TEXT = 16 << 10, NJ_CODE_MAX = 96 };

struct nj_frame {
    char text[NJ_FRAME_MAX]; /* "file function" */
    uint8_t n;
    bool library;
};

struct nj_stack {
    char type[NJ_TYPE_MAX];
    size_t type_n;
    struct nj_frame f[NJ_FRAMES];
    size_t n;
    char code[NJ_CODE_MAX]; /* an explicit fingerprint of the application's own */
    size_t code_n;
    char message[256]; /* as far as a JSON document tells it: redacted if that was */
    size_t message_n;
};

/* From lines of text. */
void nj_stack_of_text(struct nj_stack *s, struct nj_str text);
/* From a checked JSON object: fingerprint, error_code; errorType, exception.type, ...; stack, stackTrace, trace, exc_info, ...; the same
 * within error, err, exception and cause. */
void nj_stack_of_json(struct nj_stack *s, struct nj_json object);

/* "ValueError" of "ValueError: no such account": the name a line begins with, where it ends as errors are called; else absent. */
struct nj_str nj_stack_type_at(struct nj_str line);

static inline struct nj_str nj_stack_type(const struct nj_stack *s)
{
    return (struct nj_str){ s->type_n != 0 ? s->type : NULL, s->type_n };
}
static inline struct nj_str nj_frame_str(const struct nj_frame *f)
{
    return (struct nj_str){ f->text, f->n };
}

#endif

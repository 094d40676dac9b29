/* src/redact/attributes.h -- writes the parts of a record that are short: attributes and names; for redactor.c.
 *
 * Texts are written into one buffer that may still move; views into it are set when it has come to rest (nj_written_settle()).
 *
 * Ownership  a writer borrows all it points to.  What nj_write_attrs_again() hands out is valid until the next call with the same memory.
 * Errors     those of the buffer, which latches them.
 */
#ifndef NIGHTJAR_REDACT_ATTRIBUTES_H
#define NIGHTJAR_REDACT_ATTRIBUTES_H

#include "redact_internal.h"

#define NJ_WITHHELD_JSON NJ_STR("\"" NJ_WITHHELD "\"")

struct nj_writer {
    struct nj_redactor *r;
    struct nj_buf *out;
    bool withhold; /* memory was short: nothing but the fixed text */
    size_t n;
    struct nj_written *views; /* room for NJ_WRITTEN_MAX */
};

/* --- one text or value, redacted, to the end of out ----------------------------------------------------------------- */

void nj_put_text(struct nj_redactor *r, struct nj_carry *carry, struct nj_str in, struct nj_buf *out);
/* rule: what the value is secret under by its name, or NJ_KEY_NONE.  withheld: what stands for it when it cannot be judged. */
void nj_put_json(struct nj_redactor *r, struct nj_carry *carry, struct nj_str in, int rule, struct nj_str withheld, struct nj_buf *out);

/* --- texts that are viewed ------------------------------------------------------------------------------------------ */

/* What was written since byte from is what the view shall show. */
void nj_written_since(struct nj_writer *w, struct nj_str *view, size_t from);
void nj_written_settle(struct nj_writer *w);
/* carry: the text goes on what the records before it left open; NULL: it is a short one, and mostly known. */
void nj_write_text(struct nj_writer *w, struct nj_carry *carry, struct nj_str in, struct nj_str *view);
void nj_write_attrs(struct nj_writer *w, const struct nj_attrs *in, struct nj_attrs *out);
/* The same of a list that is mostly the one before.  Returns its number while it is remembered: as long as that is the same, so is the
 * list.  0: it is not remembered, because something was found in it, or it is large. */
uint32_t nj_write_attrs_again(struct nj_writer *w, struct nj_attrs_memory *m, const struct nj_attrs *in, struct nj_attrs *out);

#endif

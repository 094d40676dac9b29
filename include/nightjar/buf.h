/* nightjar/buf.h -- a growing byte buffer, born with a ceiling, that remembers its first failure.
 *
 * Write freely and test once with nj_buf_finish(): after a failure every add does nothing.
 *
 * Limits     max bytes, set at init; an add that would pass it latches NJ_ELIMIT and leaves the content as it was.
 * Ownership  adds copy.  nj_buf_fini() frees; a zeroed struct may be given to fini.
 * Errors     NJ_ELIMIT, NJ_ENOMEM, latched in err until nj_buf_reset().
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_BUF_H
#define NIGHTJAR_BUF_H

#include "nightjar/str.h"

struct nj_buf {
    char *p;
    size_t n, cap, max;
    enum nj_status err;
};

void nj_buf_init(struct nj_buf *b, size_t max);
void nj_buf_fini(struct nj_buf *b);
/* Empties and clears the error; keeps the memory. */
static inline void nj_buf_reset(struct nj_buf *b)
{
    b->n = 0;
    b->err = NJ_OK;
}
/* Like reset, but gives memory above keep bytes back. */
void nj_buf_shrink(struct nj_buf *b, size_t keep);
/* Cuts back to n bytes (n <= b->n); does not clear the error. */
static inline void nj_buf_cut(struct nj_buf *b, size_t n)
{
    if (n < b->n)
        b->n = n;
}
/* Room for extra more bytes, so that the caller may write at p+n and then add to n. */
NJ_MUST enum nj_status nj_buf_reserve(struct nj_buf *b, size_t extra);

void nj_buf_add_grow(struct nj_buf *b, struct nj_str s); /* the slow half of nj_buf_add() */
/* Inline, because most of what is added is a few bytes and fits. */
static inline void nj_buf_add(struct nj_buf *b, struct nj_str s)
{
    if (b->err == NJ_OK && s.n != 0 && s.n <= b->cap - b->n) {
        memcpy(b->p + b->n, s.p, s.n);
        b->n += s.n;
    } else {
        nj_buf_add_grow(b, s);
    }
}
static inline void nj_buf_addc(struct nj_buf *b, char c)
{
    nj_buf_add(b, (struct nj_str){ &c, 1 });
}
void nj_buf_addz(struct nj_buf *b, const char *z);
void nj_buf_addf(struct nj_buf *b, const char *fmt, ...) NJ_PRINTF(2, 3);
void nj_buf_add_u64(struct nj_buf *b, uint64_t v);
void nj_buf_add_i64(struct nj_buf *b, int64_t v);
/* Shortest decimal that reads back as the same double; null for NaN and infinities. */
void nj_buf_add_f64(struct nj_buf *b, double v);
/* As a JSON string with its quotes.  Control characters, quotes and backslashes are escaped; bytes that are not UTF-8
 * become U+FFFD, so that the result is always valid JSON. */
void nj_buf_add_json(struct nj_buf *b, struct nj_str s);

static inline struct nj_str nj_buf_str(const struct nj_buf *b)
{
    return (struct nj_str){ b->p, b->n };
}

/* The content, borrowed until the next change, or the latched error. */
NJ_MUST static inline enum nj_status nj_buf_finish(const struct nj_buf *b, struct nj_str *out)
{
    *out = b->err == NJ_OK ? nj_buf_str(b) : (struct nj_str){ NULL, 0 };
    return b->err;
}

#endif

/* src/redact/json_read.h -- reads the strings of checked JSON by the marks of lanes.h, block by block; for json_walk.c.
 *
 * A string ends where the lanes say.  Whether something in it is worth a look is asked when somebody wants to know: names are
 * mostly known, and values behind most names too.
 *
 * Places are bytes from the beginning of the text, which must outlive the reader.  Nothing is allocated; what fails, fails because the
 * text ends within a string. */
#ifndef NIGHTJAR_REDACT_JSON_READ_H
#define NIGHTJAR_REDACT_JSON_READ_H

#include "redact_internal.h"

struct nj_piece {
    struct nj_span in; /* between the quotes */
    bool escaped;
    bool found;     /* something in it is worth a look: in the blocks before its last one, or known by now */
    uint64_t marks; /* what is marked in the last one and was not asked about yet */
};

struct nj_reader {
    const struct nj_redactor *r;
    struct nj_str t;
    size_t at;
    struct nj_piece piece; /* the last string that was read */
    struct nj_marker marker;
    struct nj_marks marks[2];       /* of the last two blocks that are marked: even ones, odd ones */
    uint64_t anchors;               /* what is marked in the last one, and foreign bytes */
    size_t blocks;                  /* so many are marked */
    char last[2 * NJ_KEY_SLOT_LEN]; /* the last bytes of the text, and NULs: see nj_name_stands() */
};

/* Is something of this worth a look?  bits: of the last block. */
bool nj_read_asks(const struct nj_reader *d, uint64_t bits);
/* The string that begins at byte d->at and does not end in the last block marked; false: it has no end. */
bool nj_read_long_string(struct nj_reader *d);
/* Marks as far as that block. */
void nj_read_marks(struct nj_reader *d, size_t block);

/* Reads the string whose first byte is at d->at and steps behind its closing quote; false: it has none.  Most end in
 * the block that is marked. */
static inline bool nj_read_string(struct nj_reader *d)
{
    size_t at = d->at, block = at / NJ_BLOCK;
    if (block >= d->blocks && at < d->t.n)
        nj_read_marks(d, block);
    if (block + 1 != d->blocks)
        return nj_read_long_string(d);
    uint64_t ahead = ~(uint64_t)0 << at % NJ_BLOCK, stops = d->marks[block & 1].stops & ahead;
    if (stops == 0)
        return nj_read_long_string(d);
    size_t end = block * NJ_BLOCK + (size_t)__builtin_ctzll(stops);
    if (d->t.p[end] != '"')
        return nj_read_long_string(d);
    d->piece = (struct nj_piece){ .in = { at, end }, .marks = d->anchors & ahead & ~stops & (stops - 1) };
    d->at = end + 1;
    return true;
}

/* Can nothing in the string be of interest? */
static inline bool nj_piece_is_plain(struct nj_reader *d)
{
    struct nj_piece *p = &d->piece;
    if (p->marks != 0 && !p->found)
        p->found = nj_read_asks(d, p->marks);
    p->marks = 0;
    return !p->found && !p->escaped;
}

/* Could something be?  Without asking. */
static inline bool nj_piece_is_marked(const struct nj_reader *d)
{
    return d->piece.found || d->piece.escaped || d->piece.marks != 0;
}

/* The marks of the whole string, as its text alone would have them; false when they are not at hand. */
bool nj_piece_marks(const struct nj_reader *d, struct nj_marks *out);
/* Is it one word, "password" or "x-amz-security-token", that is worth a look only for what may follow such a word?  As nothing does, there
 * is nothing to find in it. */
bool nj_piece_is_word(const struct nj_reader *d);

/* --- names that are expected ---------------------------------------------------------------------------------------- */

/* Records of one kind have the same names in the same order: the one that followed the last time is compared with what stands there, and
 * where it does, neither its end nor what is known of it need be looked for.  As many bytes
 * are compared for each name: the last ones stand in d->last too, with NULs behind. */
static inline bool nj_name_stands(const struct nj_reader *d, const struct nj_key_slot *slot)
{
    nj_lane a, b;
    size_t left = d->t.n - d->at;
    const char *p = left < NJ_KEY_SLOT_LEN ? d->last + NJ_KEY_SLOT_LEN - left : d->t.p + d->at;
    if (slot->need == 0)
        return false;
    memcpy(&a, p, sizeof(a));
    memcpy(&b, p + sizeof(a), sizeof(b));
    uint64_t same = nj_lane_bits((nj_lane)(a == slot->text[0])) | nj_lane_bits((nj_lane)(b == slot->text[1])) << sizeof(a);
    return (slot->need & ~same) == 0;
}

static inline void nj_read_last(struct nj_reader *d)
{
    memset(d->last, 0, sizeof(d->last));
    if (d->t.n >= NJ_KEY_SLOT_LEN)
        memcpy(d->last, d->t.p + d->t.n - NJ_KEY_SLOT_LEN, NJ_KEY_SLOT_LEN);
}

/* Decides whether the name of the slot, which was just read without an escape and not asked about, may be looked for. */
void nj_name_expect(const struct nj_reader *d, struct nj_key_slot *slot);

/* The digits of a number that may be that of a card, a part of it or in the room given; false: it has too many, or a fraction. */
enum { NJ_NUMBER_TEXT = 24 };
bool nj_read_number(struct nj_str raw, char digits[static NJ_NUMBER_TEXT], struct nj_str *out);

#endif

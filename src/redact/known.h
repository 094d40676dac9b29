/* src/redact/known.h -- texts that passed lately, so that they are not judged again.
 *
 * Limits     a text of NJ_KNOWN_LEN bytes at most; each has one place, and who comes later has it.
 * Ownership  the redactor holds the slots, and a slot a copy of its text.
 * Errors     none. */
#ifndef NIGHTJAR_REDACT_KNOWN_H
#define NIGHTJAR_REDACT_KNOWN_H

#include "nightjar/str.h"

/* Short texts that passed unchanged come again and again: event names, attribute names and the ids of an invocation; of values
 * in JSON, names of places, functions and hosts; lines of text, and what the first sweep made of others. */
enum { NJ_KNOWN_SLOTS = 128, NJ_KNOWN_VALUES = 512, NJ_KNOWN_LINES = 4096, NJ_KNOWN_LEN = 63 };
struct nj_known {
    uint8_t n;
    char text[NJ_KNOWN_LEN];
};

/* Lines are many, and most are not known: a part of the hash that does not choose the place stands apart, and close together, so that the
 * others need not be fetched from further away. */
struct nj_known_lines {
    uint16_t print[NJ_KNOWN_LINES];
    struct nj_known line[NJ_KNOWN_LINES];
};

/* Of all bytes of a text that is not empty.  The upper half of the last product, whose highest byte knows them all, lowest byte first. */
static inline uint64_t nj_known_hash(struct nj_str text)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u;
    uint64_t h = text.n, w = 0;
    size_t at = 0;
    for (; text.n - at > sizeof(w); at += sizeof(w)) {
        memcpy(&w, text.p + at, sizeof(w));
        h = (h ^ w) * odd;
        h ^= h >> 32;
    }
    w = 0;
    if (text.n >= sizeof(w))
        memcpy(&w, text.p + text.n - sizeof(w), sizeof(w));
    else
        memcpy(&w, text.p, text.n);
    h = (h ^ w) * odd;
    return (uint32_t)__builtin_bswap64(h);
}

/* The same of a name, which may be empty. */
static inline uint32_t nj_name_hash(struct nj_str name)
{
    return name.n != 0 ? (uint32_t)nj_known_hash(name) : 0;
}

/* Of a line that may be known; those of a stream, which leave nothing open for the next, are kept apart from other texts.  Eight times eight
 * bytes, the last ones again where it has less: so the same is done for every length. */
static inline uint64_t nj_line_hash(struct nj_str line, bool stream)
{
    const uint64_t odd = 0x9e3779b97f4a7c15u;
    uint64_t h = line.n, w = 0;
    if (line.n < sizeof(w))
        return nj_known_hash(line) ^ stream;
#pragma GCC unroll 8
    for (size_t i = 0; i < NJ_KNOWN_LEN + 1; i += sizeof(w)) {
        size_t last = line.n - sizeof(w);
        memcpy(&w, line.p + (i < last ? i : last), sizeof(w));
        h = h * odd + w;
    }
    return ((h ^ h >> 32) * odd >> 32) ^ stream;
}

/* It will be asked for: by then it is at hand. */
static inline void nj_line_fetch(const struct nj_known_lines *lines, uint64_t hash)
{
    __builtin_prefetch(&lines->line[hash % NJ_KNOWN_LINES]);
}

static inline bool nj_is_known(const struct nj_known *slot, struct nj_str text)
{
    return slot->n == text.n && memcmp(slot->text, text.p, text.n) == 0;
}

static inline void nj_know(struct nj_known *slot, struct nj_str text)
{
    slot->n = (uint8_t)text.n;
    memcpy(slot->text, text.p, text.n);
}

#endif

/* src/redact/carry.h -- what one record of a stream leaves open for the next; for pem.c, carry.c and forms_rows.c.
 *
 * Ownership  part of the redactor, one for each stream; holds rules and counts, no text.  All zero: nothing is open. */
#ifndef NIGHTJAR_REDACT_CARRY_H
#define NIGHTJAR_REDACT_CARRY_H

#include "nightjar/str.h"

/* A quote that no text has closed yet. */
struct nj_open_quote {
    char quote; /* or 0 */
    uint8_t slashes;
    int16_t rule;
};

/* A line of names was the last of its text: the rows follow, a record each (forms_rows.c). */
struct nj_table {
    char parting;         /* between cells, or 0: there is none */
    bool ruled;           /* a line parts names from rows */
    uint16_t column, all; /* cells before that of the secret, and of a line */
    int16_t rule;
};

/* AUTH of Redis, a line each (carry.c). */
struct nj_wire {
    enum { NJ_WIRE_NONE, NJ_WIRE_FOUR, NJ_WIRE_AUTH, NJ_WIRE_BULK } state; /* behind "$4"; behind AUTH or an argument; behind "$8" */
    size_t bytes;                                                          /* of the argument that follows */
};

/* Nothing is held back for it: what a text leaves open is looked for at the beginning of the next. */
struct nj_carry {
    bool in_key; /* inside a private key */
    uint32_t lines, bytes;
    struct nj_open_quote open;
    uint8_t open_left; /* records it may still take */
    int16_t pending;   /* the text ended behind a name and its separator: its rule plus one, or 0 */
    bool cut;          /* ... where the platform cut it */
    struct nj_table table;
    struct nj_wire wire;
};

/* Where the line of a log begins behind its head, the parts of which are parted by tabs. */
size_t nj_carry_line(struct nj_str text);

#endif

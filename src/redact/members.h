/* src/redact/members.h -- which names an object of JSON has had, and the path of names that leads to a member; for json_walk.c.
 *
 * Ownership  both live in the redactor; the table is allocated as it grows, and freed with nj_members_free().
 * Errors     none: without memory the table forgets, and a name that stands twice may pass as new. */
#ifndef NIGHTJAR_REDACT_MEMBERS_H
#define NIGHTJAR_REDACT_MEMBERS_H

#include "keys.h"

/* --- names an object has had -------------------------------------------------------------------------------------- */

/* Objects have numbers that grow, and each slot of the memory of names (keys.h) the number of the object it was last used in: as long as
 * that is a smaller one, a name is new to its object, and nothing else is done for it.  Otherwise the object's names are put into a table,
 * from then on each of them, and it is asked.  One table serves all objects of a value; it grows with the names, half full at most, up to
 * NJ_MEMBERS_MAX slots, and forgets what was before when they do not do. */
enum { NJ_MEMBERS_FIRST = 256, NJ_MEMBERS_KEEP = 1 << 13, NJ_MEMBERS_MAX = 1 << 17, NJ_MEMBERS_SHARE = 8, NJ_MEMBERS_FREE = 4 << 10 };
struct nj_members { /* all zero to begin with */
    uint64_t *slot; /* the first ones, or allocated: the round and the print of name and object; of another round, it is free */
    uint64_t round; /* in the upper half */
    uint32_t mask;  /* number of slots less one */
    uint32_t room;  /* so many more before it grows */
    uint32_t objects;
    size_t left; /* bytes that may still be read again for names, so that nesting does not make it much */
    uint64_t first[NJ_MEMBERS_FIRST];
};

/* Another value of n bytes begins. */
void nj_members_begin_anew(struct nj_members *m);
static inline void nj_members_begin(struct nj_members *m, size_t n)
{
    m->left = NJ_MEMBERS_SHARE * n + NJ_MEMBERS_FREE;
    if (m->slot == NULL || m->room != (m->mask + 1) / 2)
        nj_members_begin_anew(m); /* something was put into it */
}
void nj_members_free(struct nj_members *m);
/* Has the object of that number a name of this hash already?  It has from now on. */
bool nj_members_add(struct nj_members *m, uint32_t object, uint32_t hash);
/* Adds the names of the members in text, which are the first ones of the object. */
void nj_members_read(struct nj_members *m, uint32_t object, struct nj_str text);

/* --- paths -------------------------------------------------------------------------------------------------------- */

/* "a.b.c" leads to the member c of the member b of the member a; lists add nothing, and JSON in a string goes on where the string is. */
enum { NJ_PATH_MAX = 1024 };
struct nj_path {
    char text[NJ_PATH_MAX];
};

/* Adds a name to the first n bytes of the path; returns its length then.  NJ_PATH_MAX + 1 is that of one that is too long. */
size_t nj_path_step(struct nj_path *p, size_t n, struct nj_str name);
/* What is known of a member by its name, and what the operator says of the first n bytes of the path to it.  One that is too long counts
 * as named by them. */
struct nj_key nj_path_key(const struct nj_redactor *r, size_t n, struct nj_key key);

#endif

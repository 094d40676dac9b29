/* slot.h -- small tables that are searched from end to end, in which the slot that was used longest ago gives way.
 *
 * Each of their slots begins with a struct nj_slot; a table of zeros is an empty one.  Tag 0 is nobody's.
 */
#ifndef NIGHTJAR_OBSERVE_SLOT_H
#define NIGHTJAR_OBSERVE_SLOT_H

#include <stddef.h>
#include <stdint.h>

struct nj_slot {
    uint64_t tag;
    uint32_t last_s; /* when it was used: the caller keeps it */
    uint32_t told_s; /* when something was said of it; 0 = never */
};

/* The slot of tag among n of so many bytes each; a new one is all zeros but for its tag. */
void *nj_slot_of(void *table, size_t n, size_t size, uint64_t tag);

#endif

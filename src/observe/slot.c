/* Finds the slot of a tag, or makes room for it. */
#include "slot.h"

#include <string.h>

void *nj_slot_of(void *table, size_t n, size_t size, uint64_t tag)
{
    struct nj_slot *oldest = table;
    for (size_t i = 0; i < n; i++) {
        struct nj_slot *s = (struct nj_slot *)(void *)((char *)table + i * size);
        if (s->tag == tag)
            return s;
        if (s->last_s < oldest->last_s)
            oldest = s;
    }
    memset(oldest, 0, size);
    oldest->tag = tag;
    return oldest;
}

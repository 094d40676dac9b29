/* Space-Saving over a fixed array of slots. */
#include "nightjar/counters.h"

#define SEED_INDEX 0x6e6a2d746f706b31u

void nj_topk_init(struct nj_topk *t, struct nj_topk_slot *slots, uint16_t *index, uint32_t capacity)
{
    *t = (struct nj_topk){ .slots = slots, .index = index, .capacity = capacity };
    memset(slots, 0, capacity * sizeof(*slots));
    memset(index, 0, 2 * (size_t)capacity * sizeof(*index));
}

static uint32_t home(const struct nj_topk *t, uint64_t tag)
{
    return (uint32_t)nj_tag_mix(tag, SEED_INDEX) & (2 * t->capacity - 1);
}

/* Where the tag is, or the free place where it belongs. */
static uint32_t place(const struct nj_topk *t, uint64_t tag)
{
    uint32_t at = home(t, tag);
    while (t->index[at] != 0 && t->slots[t->index[at] - 1].tag != tag)
        at = (at + 1) & (2 * t->capacity - 1);
    return at;
}

/* Takes an entry out and moves later ones of its run up, so that no search ends too early. */
static void unplace(struct nj_topk *t, uint32_t at)
{
    uint32_t mask = 2 * t->capacity - 1, gap = at;
    for (uint32_t next = (at + 1) & mask; t->index[next] != 0; next = (next + 1) & mask) {
        uint32_t want = home(t, t->slots[t->index[next] - 1].tag);
        if (((next - want) & mask) >= ((next - gap) & mask)) {
            t->index[gap] = t->index[next];
            gap = next;
        }
    }
    t->index[gap] = 0;
}

/* The next slot with the smallest count.  Counts only grow, so a whole round without one means that the smallest has risen. */
static uint32_t victim(struct nj_topk *t)
{
    for (;;) {
        uint32_t least = UINT32_MAX;
        for (uint32_t i = 0; i < t->capacity; i++) {
            uint32_t at = (t->cursor + i) & (t->capacity - 1);
            if (t->slots[at].count == t->smallest) {
                t->cursor = (at + 1) & (t->capacity - 1);
                return at;
            }
            if (t->slots[at].count < least)
                least = t->slots[at].count;
        }
        t->smallest = least;
    }
}

struct nj_topk_slot *nj_topk_add(struct nj_topk *t, uint64_t tag, uint32_t weight, uint32_t now_s, bool *fresh)
{
    uint32_t at = place(t, tag), slot = 0;
    struct nj_topk_slot *s = NULL;
    *fresh = t->index[at] == 0;
    t->lost = 0;
    if (!*fresh) {
        s = &t->slots[t->index[at] - 1];
    } else {
        uint32_t inherited = 0;
        if (t->used < t->capacity) {
            slot = t->used++;
        } else {
            slot = victim(t);
            inherited = t->slots[slot].count;
            t->lost = inherited - t->slots[slot].error;
            unplace(t, place(t, t->slots[slot].tag));
            at = place(t, tag);
        }
        s = &t->slots[slot];
        *s = (struct nj_topk_slot){ .tag = tag, .count = inherited, .error = inherited, .first_s = now_s };
        t->index[at] = (uint16_t)(slot + 1);
    }
    s->count = s->count > UINT32_MAX - weight ? UINT32_MAX : s->count + weight;
    s->last_s = now_s;
    t->total += weight;
    return s;
}

struct nj_topk_slot *nj_topk_find(const struct nj_topk *t, uint64_t tag)
{
    uint32_t at = place(t, tag);
    return t->index[at] != 0 ? &t->slots[t->index[at] - 1] : NULL;
}

static bool before(const struct nj_topk_slot *a, const struct nj_topk_slot *b)
{
    return a->count != b->count ? a->count > b->count : a->tag < b->tag;
}

size_t nj_topk_top(const struct nj_topk *t, const struct nj_topk_slot **out, size_t n)
{
    size_t have = 0;
    for (size_t i = 0; i < t->used; i++) {
        const struct nj_topk_slot *s = &t->slots[i];
        size_t at = have;
        if (have == n) {
            if (n == 0 || !before(s, out[n - 1]))
                continue;
            at = n - 1;
        } else {
            have++;
        }
        while (at > 0 && before(s, out[at - 1])) {
            out[at] = out[at - 1];
            at--;
        }
        out[at] = s;
    }
    return have;
}

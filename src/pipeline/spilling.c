/* Batches on disk: what an earlier nightjar left is looked for, and at SHUTDOWN what the sinks did not take goes there. */
#include "sidecar_internal.h"

/* A disk that others use as well may make a file wait for some milliseconds now and then, and being late means to be killed. */
enum { SPILL_BASE_MS = 20, SPILL_BASE_SHARE = 20, SPILL_BYTES_A_MS = 64 << 10, SPILL_SHARE = 4 };

void nj_spilling_key(struct nj_sidecar *s)
{
    if (s->chain_keyed)
        nj_pseudonyms_derive(s->redaction.pseudonyms, NJ_STR("spill"), &s->spill_key);
}

struct nj_spill_options nj_spilling_options(const struct nj_sidecar *s, uint64_t max_bytes)
{
    return (struct nj_spill_options){ .base = s->o->spill_dir, .max_bytes = max_bytes, .key = s->chain_keyed ? &s->spill_key : NULL };
}

void nj_spilling_look(struct nj_sidecar *s)
{
    struct nj_spill *list[NJ_OUTLETS_MAX];
    size_t n = 0;
    if (s->spill_looked)
        return;
    s->spill_looked = true;
    for (size_t i = 0; i < s->outlet_count; i++)
        if (nj_outlet_disk(s->outlets[i]) != NULL)
            list[n++] = nj_outlet_disk(s->outlets[i]);
    struct nj_spill_found found = nj_spill_look(list, n);
    nj_count(&s->ledger, NJ_CTR_spill_foreign, found.foreign);
    if (found.taken == 0)
        return;
    nj_diag(NJ_LEVEL_INFO, "NJ1611", "an earlier nightjar of this sandbox left %zu batches on disk; they are sent now", found.taken);
    for (size_t i = 0; i < s->outlet_count; i++)
        nj_outlet_found(s->outlets[i]);
}

/* The clones of a snapshot do not share a disk, but may share the name that one of them gives away. */
void nj_spilling_restored(struct nj_sidecar *s)
{
    for (size_t i = 0; i < s->outlet_count; i++)
        if (nj_outlet_disk(s->outlets[i]) != NULL)
            nj_spill_renew(nj_outlet_disk(s->outlets[i]));
}

int64_t nj_spilling_time_ms(const struct nj_sidecar *s, int64_t left_ms)
{
    size_t bytes = 0;
    bool any = false;
    for (size_t i = 0; i < s->outlet_count; i++)
        if (nj_outlet_disk(s->outlets[i]) != NULL) {
            bytes += nj_outlet_bytes(s->outlets[i]);
            any = true;
        }
    int64_t ms = any ? SPILL_BASE_MS + left_ms / SPILL_BASE_SHARE + (int64_t)(bytes / SPILL_BYTES_A_MS) : 0;
    return ms < left_ms / SPILL_SHARE ? ms : left_ms / SPILL_SHARE;
}

void nj_spilling_rest(struct nj_sidecar *s, struct nj_mono until)
{
    for (unsigned lane = 0; lane < NJ_LANES; lane++)
        for (size_t i = 0; i < s->outlet_count; i++)
            nj_outlet_spill(s->outlets[i], 1u << lane, until);
}

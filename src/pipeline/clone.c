/* SnapStart: many sandboxes wake up from one snapshot, and what must differ between them is made anew. */
#include "sidecar_internal.h"

#include "nightjar/random.h"

static void make_anew(struct nj_sidecar *s)
{
    char made_up[NJ_INSTANCE_DIGITS + 1];
    if (!s->sandbox.instance_told) {
        nj_random_hex(made_up, NJ_INSTANCE_DIGITS);
        nj_sandbox_rename(&s->sandbox, nj_str_of(made_up));
    }
    s->sandbox.resource.generation++; /* pseudonyms in it are others now */
    if (s->redaction.pseudonyms != NULL)
        nj_pseudonyms_renew(s->redaction.pseudonyms);
    if (s->pipeline != NULL)
        nj_pipeline_restored(s->pipeline);
    nj_spilling_restored(s);
}

void nj_clone_used(struct nj_sidecar *s)
{
    if (!s->snapshot || s->clone != NJ_CLONE_NOT)
        return;
    s->clone = NJ_CLONE_USED;
    make_anew(s);
}

void nj_clone_told(struct nj_sidecar *s)
{
    bool done = s->clone == NJ_CLONE_USED;
    s->clone = NJ_CLONE_TOLD;
    if (!done)
        make_anew(s);
}

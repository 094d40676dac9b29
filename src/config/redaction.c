/* Builds the redactor the settings ask for, or a stricter one. */
#include "nightjar/redaction.h"

static enum nj_status make(struct nj_redaction *r, struct nj_redact_options ro)
{
    ro.pseudonyms = r->pseudonyms;
    return nj_redactor_new(&r->redactor, &ro);
}

/* Which of the two lists is at fault? */
static void blame(struct nj_redaction *r, struct nj_redact_options ro)
{
    ro.allow_keys = (struct nj_str){ NULL, 0 };
    bool keys_ok = make(r, ro) == NJ_OK;
    nj_redactor_free(r->redactor);
    r->redactor = NULL;
    r->notes |= keys_ok ? NJ_NOTE_ALLOW_KEYS : NJ_NOTE_KEYS;
}

static void open_pseudonyms(struct nj_redaction *r, const struct nj_options *o)
{
    if (nj_pseudonyms_new(&r->pseudonyms, o->pseudonym_key, o->pseudonym_key_previous) != NJ_OK)
        r->notes |= NJ_NOTE_NO_PSEUDONYMS;
    else if (nj_pseudonyms_ephemeral(r->pseudonyms))
        r->notes |= NJ_NOTE_EPHEMERAL;
    else if (nj_pseudonyms_weak(r->pseudonyms))
        r->notes |= NJ_NOTE_WEAK_KEY;
}

enum nj_status nj_redaction_open(struct nj_redaction *r, const struct nj_options *o)
{
    struct nj_redact_options ro = { .policy = nj_options_choice(NJ_OPT_redact, o->redact),
                                    .keys = o->redact_keys,
                                    .allow_keys = o->redact_allow_keys };
    *r = (struct nj_redaction){ .notes = 0 };
    open_pseudonyms(r, o);
    if (nj_str_eq(ro.policy, NJ_STR("off")))
        r->notes |= NJ_NOTE_OFF;
    enum nj_status st = make(r, ro);
    if (st != NJ_EPARSE)
        return st;
    blame(r, ro);
    r->notes &= ~(unsigned)NJ_NOTE_OFF;
    return make(r, (struct nj_redact_options){ .policy = NJ_STR("strict"), .keys = NJ_STR("*") });
}

void nj_redaction_close(struct nj_redaction *r)
{
    nj_redactor_free(r->redactor);
    nj_pseudonyms_free(r->pseudonyms);
    *r = (struct nj_redaction){ .notes = 0 };
}

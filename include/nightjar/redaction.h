/* nightjar/redaction.h -- from the settings to a redactor; what cannot be used makes it stricter, never laxer.
 *
 * Lists of names that cannot be used: which fields the team meant is not known, so every named field is redacted under the strict
 * preset rather than one of theirs let out.  Rules that cannot be used: what they should have cleaned is withheld, which may be
 * any text of the function, so its logs and payloads are; records of platform and nightjar itself go on.  Pseudonyms that cannot
 * be made are masked.
 *
 * Ownership  owns what it builds until nj_redaction_close(); borrows nothing of the options.
 * Errors     NJ_ENOMEM: there is no redactor, and nothing may leave.
 * Blocking   on the file of the rules.  Globals: none.
 */
#ifndef NIGHTJAR_REDACTION_H
#define NIGHTJAR_REDACTION_H

#include "nightjar/options.h"
#include "nightjar/redact.h"

/* What the settings ask for and is not to be had, or is worth a word; bits. */
enum nj_redaction_note {
    NJ_NOTE_KEYS = 1,           /* NIGHTJAR_REDACT_KEYS is no list of names */
    NJ_NOTE_ALLOW_KEYS = 2,     /* NIGHTJAR_REDACT_ALLOW_KEYS is none */
    NJ_NOTE_EPHEMERAL = 4,      /* no key is set: pseudonyms join within this sandbox only */
    NJ_NOTE_WEAK_KEY = 8,       /* the key has less than 32 bytes */
    NJ_NOTE_NO_PSEUDONYMS = 16, /* there is none to be had: they are masked */
    NJ_NOTE_RULES = 64,         /* NIGHTJAR_REDACT_RULES cannot be used; why says why */
    NJ_NOTE_OFF = 32            /* the preset lets everything out */
};

struct nj_redaction {
    struct nj_redactor *redactor;
    struct nj_pseudonyms *pseudonyms; /* NULL: NJ_NOTE_NO_PSEUDONYMS */
    struct nj_rules *rules;
    unsigned notes;
    char why[280]; /* NJ_NOTE_RULES */
};

NJ_MUST enum nj_status nj_redaction_open(struct nj_redaction *r, const struct nj_options *o);
void nj_redaction_close(struct nj_redaction *r);

#endif

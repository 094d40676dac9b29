/* nightjar/pseudonym.h -- the same person, the same tag, and no way back without the key.
 *
 *   hmac:<key id>:<16 hex digits>      the first 8 bytes of
 *   HMAC-SHA-256(key, 0x01 class tenant 0x1f value)   with the value normalised as its class asks
 *
 * A plain hash of an address is reversed by trying all addresses there are; a keyed one is not, as long as the key is kept
 * apart.  Class and tenant are part of the message: a user name and an address that are the same text differ, and two tenants
 * cannot be joined.  A pseudonym is still personal data.
 *
 * Key        text: "kN:" in front gives its id (N = up to four digits); what follows is hex or base64 (either alphabet) of 32 to
 *            1,024 bytes, or otherwise a passphrase, whose bytes are the key.  Without "kN:" the id is k and four hex digits
 *            derived from the key.  An absent or empty text means 32 random bytes and an id that begins with e: such pseudonyms
 *            join within this object only.
 * Normalised e-mail: trimmed, lower case, %40 is the at sign, the domain as DNS has it (punycode).  ip: parsed and printed canonically, without brackets and zone.
 *            user: trimmed, full-width forms folded, lower case (Latin, Greek, Cyrillic).  pan: digits only.  Others: trimmed.
 *            Control characters in a tenant count as '_'.
 * Limits     values are read to their end; normalised forms are cut at NJ_PSEUDONYM_VALUE_MAX bytes.
 * Ownership  copies the key, into memory that is locked where that is permitted, and wipes it at free.
 * Errors     NJ_ENOMEM; NJ_EREMOTE when the kernel gives no random bytes for a key: a guessable key is no key.
 * Blocking   never.  Globals: none.  Threads: any number may ask, once it is made.
 */
#ifndef NIGHTJAR_PSEUDONYM_H
#define NIGHTJAR_PSEUDONYM_H

#include "nightjar/buf.h"
#include "nightjar/hmac.h"

enum nj_pseudonym_class {
#define NJ_PSEUDONYM(enumerator, name, text) NJ_PSEUDONYM_##enumerator,
#include "nightjar/pseudonym.def"
#undef NJ_PSEUDONYM
    NJ_PSEUDONYM_CLASSES
};
extern const struct nj_str nj_pseudonym_class_names[NJ_PSEUDONYM_CLASSES];

enum { NJ_PSEUDONYM_KEY_MIN = 32, NJ_PSEUDONYM_ID_MAX = 16, NJ_PSEUDONYM_VALUE_MAX = 1024 };

struct nj_pseudonyms;

/* previous: the key before this one, for the time after a change; may be absent. */
NJ_MUST enum nj_status nj_pseudonyms_new(struct nj_pseudonyms **out, struct nj_str key, struct nj_str previous);
void nj_pseudonyms_free(struct nj_pseudonyms *p);

/* Appends the pseudonym; tenant may be absent. */
void nj_pseudonym_add(const struct nj_pseudonyms *p, enum nj_pseudonym_class class, struct nj_str tenant, struct nj_str value,
                      struct nj_buf *out);
/* Its 8 bytes as a number (the hex digits read as one), for tables that count. */
uint64_t nj_pseudonym_tag(const struct nj_pseudonyms *p, enum nj_pseudonym_class class, struct nj_str tenant, struct nj_str value);
/* The tag under the previous key; false when there is none. */
NJ_MUST bool nj_pseudonym_previous_tag(const struct nj_pseudonyms *p, enum nj_pseudonym_class class, struct nj_str tenant,
                                       struct nj_str value, uint64_t *tag);
/* Appends "hmac:<key id>:<hex>" of a tag this object gave. */
void nj_pseudonym_add_tag(const struct nj_pseudonyms *p, uint64_t tag, struct nj_buf *out);

/* After a restore from a snapshot, which others may have woken up from as well: a key that was made up is made up again, from fresh
 * random bytes and the old one.  Changes nothing where a key was given.  Nobody may ask meanwhile. */
void nj_pseudonyms_renew(struct nj_pseudonyms *p);
/* A key for something else, from which nobody finds this one; label says for what. */
void nj_pseudonyms_derive(const struct nj_pseudonyms *p, struct nj_str label, struct nj_hmac_key *out);

/* Was the key made up here? */
bool nj_pseudonyms_ephemeral(const struct nj_pseudonyms *p);
/* Is the key in use shorter than NJ_PSEUDONYM_KEY_MIN bytes, so that trying all of them may be worth somebody's while? */
bool nj_pseudonyms_weak(const struct nj_pseudonyms *p);
struct nj_str nj_pseudonyms_key_id(const struct nj_pseudonyms *p);

/* The class of that name; false when there is none. */
NJ_MUST bool nj_pseudonym_class_find(struct nj_str name, enum nj_pseudonym_class *out);

#endif

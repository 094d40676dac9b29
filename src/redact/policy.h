/* src/redact/policy.h -- what is done about what is found: classes, presets, actions; and the lists of names of the operator. */
#ifndef NIGHTJAR_REDACT_POLICY_H
#define NIGHTJAR_REDACT_POLICY_H

#include "nightjar/buf.h"
#include "nightjar/redact.h"

enum nj_class {
#define NJ_REDACT_CLASS(name, standard, strict, pci, hipaa) NJ_CLASS_##name,
#include "classes.def"
#undef NJ_REDACT_CLASS
    NJ_CLASSES
};

enum nj_action {
    NJ_ACT_KEEP,
    NJ_ACT_MASK,
    NJ_ACT_LAST4,
    NJ_ACT_HMAC,
    NJ_ACT_REMOVE,
    NJ_ACT_COUNT,    /* keep, and say so */
    NJ_ACT_PARTIAL,  /* the network of an address; of others the last four digits */
    NJ_ACT_TRUNCATE, /* it goes with all of the text that stands behind it */
    NJ_ACT_DROP,     /* the whole record goes */
    NJ_ACT_BIN,      /* of a card, who issued it and the last four digits */
    NJ_ACTIONS
};
extern const struct nj_str nj_action_names[NJ_ACTIONS];
/* By the names that operators use; false when there is none. */
NJ_MUST bool nj_action_find(struct nj_str name, enum nj_action *out);
NJ_MUST bool nj_class_find(struct nj_str name, enum nj_class *out);
/* The class of the pseudonyms of a class. */
enum nj_pseudonym_class nj_class_pseudonym(enum nj_class class);
/* Secrets of which nothing may stay: only the preset "off" lets them be. */
bool nj_class_is_secret(enum nj_class class);

/* What a number becomes that is replaced: a text, unless whoever reads it wants numbers there. */
enum nj_numeric { NJ_NUMERIC_STRING, NJ_NUMERIC_NULL, NJ_NUMERIC_ZERO };

struct nj_policy {
    struct nj_str name;
    bool names_only;     /* of payloads, headers and names are kept */
    size_t payload_most; /* bytes of a payload; 0 = as many as are captured */
    uint8_t action[NJ_CLASSES];
};

/* The preset of that name (absent = "default"), or NULL. */
const struct nj_policy *nj_policy_find(struct nj_str name);
static inline enum nj_action nj_policy_action(const struct nj_policy *p, enum nj_class class)
{
    return p->action[class];
}
/* Appends what takes the place of a value; it never needs escaping in JSON, unless the action is COUNT.  REMOVE masks: who can
 * drop a member does so before; and so do TRUNCATE and DROP, which are others' to carry out.  A number of a card is treated as such
 * under any class: once hashed and once cut short, it could be worked out. */
void nj_replacement_add(const struct nj_redactor *r, enum nj_class class, enum nj_action action, struct nj_str value,
                        struct nj_str placeholder, struct nj_buf *out);

/* An address of which only the network is kept: the span with the length of a prefix that stands behind it; false when it tells no more
 * than a network already. */
NJ_MUST bool nj_network_span(struct nj_str text, size_t from, size_t *to);

/* Comma separated names with '*' for any run of characters; letters match in both cases. */
enum { NJ_GLOBS_MAX = 64, NJ_GLOB_LEN = 128 };
struct nj_globs {
    struct nj_str glob[NJ_GLOBS_MAX]; /* views into text */
    size_t n, dotted;                 /* so many have a dot: they may be meant for a path */
    char *text;
};
/* Copies the list.  NJ_EPARSE: an empty name, a character no field name has, too many or too long ones.  NJ_ENOMEM. */
NJ_MUST enum nj_status nj_globs_init(struct nj_globs *g, struct nj_str list);
void nj_globs_fini(struct nj_globs *g);
bool nj_globs_match(const struct nj_globs *g, struct nj_str name);
/* Those with a dot alone; every one of them is taken to match a path that is not known. */
bool nj_globs_match_path(const struct nj_globs *g, struct nj_str path, bool known);

#endif

/* src/redact/json_walk.h -- a walk over JSON: what json_walk.c and json_names.c share.
 *
 * A walk lives as long as one call of nj_json_walk() and owns nothing: what it writes is in the buffers of its level, and a buffer that
 * ran out of memory shows that at the end, when the value is withheld. */
#ifndef NIGHTJAR_REDACT_JSON_WALK_H
#define NIGHTJAR_REDACT_JSON_WALK_H

#include "json_read.h"

/* What a name wants of its value that says something together with that of its container only. */
enum nj_joint { NJ_JOINT_NONE, NJ_JOINT_NAME, NJ_JOINT_NUMBER, NJ_JOINT_KEY };

/* What a name of JSON is, whatever the policy. */
enum nj_trait {
    NJ_TRAIT_SEEN = 1,   /* somebody looked */
    NJ_TRAIT_KTY = 2,    /* in whatever spelling: the type of a JSON web key */
    NJ_TRAIT_GRANT = 4,  /* ... "grant_type" */
    NJ_TRAIT_KEY = 8,    /* ... "key" */
    NJ_TRAIT_PART = 16,  /* a private number of a JSON web key */
    NJ_TRAIT_QUERY = 32, /* the members of a container of this name are the parameters of a URL */
    NJ_TRAIT_BOUND = 64, /* a list of this name may hold the values that go into a statement */
    /* Says something together with the name of its container, if that is the head of a phrase: enum nj_joint. */
    NJ_TRAIT_ENDS_NAME = 128,
    NJ_TRAIT_ENDS_NUMBER = 256,
    NJ_TRAIT_ENDS_KEY = 512,
    NJ_TRAIT_ENDS = NJ_TRAIT_ENDS_NAME | NJ_TRAIT_ENDS_NUMBER | NJ_TRAIT_ENDS_KEY
};
unsigned nj_name_traits(struct nj_str name);

struct walk {
    struct nj_redactor *r;
    unsigned level;
    struct nj_carry *carry;
    struct nj_reader in;
    struct nj_buf *out;
    size_t done; /* text before done is in out */
    bool changed;
    bool breaks;            /* lines end between its tokens */
    bool read_all;          /* patterns of the operator want to see every text */
    bool asks;              /* ... or lists of paths every name */
    struct nj_frame *frame; /* of the level at hand; those around it stand before it */
    size_t depth;
    int rule;                     /* what the next value is secret under, or NJ_KEY_NONE */
    bool own;                     /* ... under its own name, not that of a container around it */
    bool placed;                  /* ... because of the place that "loc" names */
    bool naming;                  /* the next value names the secret of its object */
    bool message;                 /* the next value is the line of a log record */
    bool dull;                    /* nothing is known of it, and a string without marks may be passed */
    bool key_part;                /* it is a private member of a JSON web key, if it looks like one */
    enum nj_joint joint;          /* its name says something only together with that of its object */
    unsigned roles, traits;       /* of its name */
    size_t path;                  /* length of the path to it */
    uint64_t topics;              /* what the name in front of the next value speaks of */
    struct nj_str key;            /* that name */
    uint32_t lines_of;            /* the list whose elements may be the lines of one private key */
    struct nj_carry lines;        /* ... and what one leaves open for the next */
    struct nj_key_slot *last;     /* of the name that was read last, if it is known */
    const struct nj_frame *bound; /* a list of what goes into a statement; bound_rules of the level are those of its elements */
};

static inline struct nj_str view(const struct walk *w, struct nj_span s)
{
    return nj_str_slice(w->in.t, s.from, s.to);
}

/* The string with its quotes, for replacing. */
static inline struct nj_span quoted(const struct nj_piece *p)
{
    return (struct nj_span){ p->in.from - 1, p->in.to + 1 };
}

/* What the string at hand goes on, or NULL: the line of a log the one before it, an element of a list the private key that was open in it. */
static inline struct nj_carry *goes_on(struct walk *w)
{
    return w->message ? w->carry : w->lines.in_key && w->lines_of == w->frame->number ? &w->lines : NULL;
}

/* Puts a string in place of what stands there. */
void nj_walk_string(struct walk *w, struct nj_span s, struct nj_str by);
/* The same of a string with escapes. */
bool nj_walk_unescape(struct walk *w, const struct nj_piece *p, struct nj_str *out, bool *mended);
/* The text a string stands for, a view of the JSON, or of plain one level down until the next string is read; false when there is no
 * memory for it.  *mended: it is not what the string holds, because that was unsound. */
static inline bool nj_walk_text(struct walk *w, const struct nj_piece *p, struct nj_str *out, bool *mended)
{
    *mended = false;
    *out = view(w, p->in);
    return !p->escaped || nj_walk_unescape(w, p, out, mended);
}

/* Notes whether the string that was looked at last, an element of a list, leaves a private key open for the next one. */
void nj_walk_note_lines(struct walk *w);
/* Does the list about to be opened hold what goes into a statement beside it: {"sql": "... password = $1", "params": ["x1"]}? */
__attribute__((cold)) bool nj_walk_is_bound(struct walk *w);
/* The statement in an object of which this much was read, if there is one. */
struct nj_str nj_sql_before(struct nj_str members);
/* ["curl", "-u", "kim:x1"]: notes whether the user and the password are what stands behind this element. */
void nj_walk_note_login(struct nj_frame *f, struct nj_str raw);
/* Has the object at hand a member of this name, in its quotes, not far from the value at hand: before it or behind it, lists between them? */
bool nj_walk_has_quoted(const struct walk *w, struct nj_str name);
/* Does the rule at hand, which there is, take this value? */
bool nj_walk_takes(const struct walk *w, struct nj_str value);
/* Is it written as the private numbers of a JSON web key are? */
bool nj_is_key_material(struct nj_str raw);
/* May a number, as it is written, be an identifier? */
bool nj_walk_may_identify(const struct walk *w, struct nj_str raw);
/* The rule of where something is, by the value that says it: "user.password"; "/user/password" in a JSON patch. */
__attribute__((cold)) int nj_walk_place(const struct walk *w, struct nj_str value);
/* The name of the container about to be opened, which may begin the phrases that names of its members end; a list hands it on. */
struct nj_str nj_walk_head(const struct walk *w, bool object);
/* Finds the rule of a member's name, which has one of NJ_TRAIT_ENDS, together with that of its object. */
enum nj_joint nj_walk_joint(struct walk *w, struct nj_str name);
/* Some rules are for text and for parameters alone, and a code is one of OAuth only where a grant is asked for: does one that applies in
 * such a way stand here? */
__attribute__((cold)) bool nj_walk_stands(const struct walk *w, int rule, unsigned how);
/* Finds the rule that a name without one has beside others: {"kty": "RSA", "d": x}; or by what another value says. */
__attribute__((cold)) void nj_walk_kin(struct walk *w);
__attribute__((cold)) void nj_walk_pair(struct walk *w);
bool nj_joint_takes(enum nj_joint joint, struct nj_str value);

/* May what is known of the name that was read be used: is nothing in the name itself worth a look? */
static inline bool is_quiet(const struct walk *w, const struct nj_key_slot *slot)
{
    return slot != NULL && (!nj_piece_is_marked(&w->in) || (slot->key.quiet && w->level == 0));
}

/* What is known of a name that is not simply known: a new one, a long one, one that is worth a look itself, that the object may have
 * already, or of which the operator says something by its path: that comes before what the name alone says.  The name is then as it leaves.
 * seen: its slot, or NULL if that was not looked for. */
struct nj_key nj_walk_name(struct walk *w, struct nj_str *name, struct nj_key_slot *seen);

/* {"api": {"key": "x"}}: the rule of the key by the name of its object, which begins before byte first, if chance made the value. */
int nj_ahead_key(struct nj_redactor *r, struct nj_str t, size_t first, size_t value);

#endif

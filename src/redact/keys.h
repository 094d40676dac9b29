/* src/redact/keys.h -- what a field's name says of its value.
 *
 * Limits     a name longer than NJ_NAME_BYTES is judged by its end, and only those of NJ_KEY_SLOT_LEN bytes at most are remembered.
 * Ownership  all of it lives in the redactor; nothing is allocated, and nothing can fail.  A slot holds its name until another one
 *            takes its place, which any name that is looked up may do. */
#ifndef NIGHTJAR_REDACT_KEYS_H
#define NIGHTJAR_REDACT_KEYS_H

#include "kinds.h"
#include "lanes.h"
#include "policy.h"

/* --- field names (keys.c, names.c) -------------------------------------------------------------------------------- */

enum nj_secret_key {
    NJ_KEY_CUSTOM = 0, /* the row that names of NIGHTJAR_REDACT_KEYS are counted under */
    NJ_KEY_SPLIT = 1,  /* ... and what touches the place where a record was cut */
    NJ_SECRET_KEYS = 0
#define NJ_SECRET_KEY(counter, class, how, phrase) +1
#include "keys.def"
#undef NJ_SECRET_KEY
};
enum { NJ_KEY_NONE = -1, NJ_KEY_ROWS = NJ_SECRET_KEYS + NJ_RULES_MAX }; /* the rows behind the table: names in the operator's rules */

/* How a phrase applies; keys.def explains them. */
enum nj_key_how {
    NJ_HOW_ANYWHERE = 0,
    NJ_HOW_LAST = 1,
    NJ_HOW_WHOLE = 2,
    NJ_HOW_SUFFIX = 4,
    NJ_HOW_HEADED = 8,
    NJ_HOW_TOKEN = 16,
    NJ_HOW_PUBLIC = 32,
    NJ_HOW_QUERY = 64,
    NJ_HOW_TEXT = 128,
    NJ_HOW_LINE = 256,
    NJ_HOW_PATH = 512,
    NJ_HOW_DIGITS = 1024,
    NJ_HOW_LONG = 2048,
    NJ_HOW_MAIL = 4096,
    NJ_HOW_MIXED = 8192,
    NJ_HOW_SUBTREE = 16384,
    NJ_HOW_GRANT = 32768,
    NJ_HOW_BASIC = 65536,
    NJ_HOW_RANDOM = 131072,
    NJ_HOW_SHORT = 262144,
    NJ_HOW_EXPIRY = 524288,
    NJ_HOW_CODE = 1048576,
    NJ_HOW_ALONE = 2097152,
    NJ_HOW_BESIDE = 4194304,
    /* What some of them have in common. */
    NJ_HOW_ASIDE = NJ_HOW_QUERY | NJ_HOW_GRANT | NJ_HOW_SUBTREE | NJ_HOW_BESIDE, /* say nothing about a value that stands alone */
    NJ_HOW_DETECTED = NJ_HOW_MAIL | NJ_HOW_LONG,                                 /* detectors know more about the value */
    NJ_HOW_ITSELF = NJ_HOW_BASIC | NJ_HOW_RANDOM | NJ_HOW_ALONE,                 /* speak of the value, not of all in a container */
    NJ_HOW_SOME = NJ_HOW_ITSELF | NJ_HOW_MIXED | NJ_HOW_PATH,                    /* say less than a container that is secret as a whole */
    NJ_HOW_ASKS = NJ_HOW_BASIC | NJ_HOW_PATH | NJ_HOW_MIXED | NJ_HOW_RANDOM | NJ_HOW_SHORT | NJ_HOW_EXPIRY | NJ_HOW_CODE | NJ_HOW_DIGITS |
                  NJ_HOW_LONG | NJ_HOW_MAIL /* want more of the value than that it is not harmless */
};

/* What a name is besides secret. */
enum nj_key_role {
    NJ_ROLE_NAME = 1,     /* {"name": x, "value": y}: its value names the secret */
    NJ_ROLE_VALUE = 2,    /* ... and this one holds it */
    NJ_ROLE_SAFE = 4,     /* left below a secret container */
    NJ_ROLE_MESSAGE = 8,  /* holds the line of a log record */
    NJ_ROLE_ENCODED = 32, /* may hold base64 */
    NJ_ROLE_FLAT = 128,   /* a list of names and values in turn */
    NJ_ROLE_BODY = 64,    /* ... and is written as base64 again */
    NJ_ROLE_ENDING = 16,  /* ends a longer phrase: "key" of "api key" */
    NJ_ROLE_PLACE = 512,  /* {"loc": ["body", "password"], "input": x}: where in a message something was found wrong */
    NJ_ROLE_INPUT = 1024, /* ... and what stood there */
    NJ_ROLE_ARGS = 2048,  /* {"name": "auth", "args": ["x"]}: of a command */
    NJ_ROLE_HEAD = 4096,  /* begins a longer phrase: "customer" of "customer name" */
    NJ_ROLE_TEXT = 256    /* means something to forms.c: a verb, an option of a command */
};

struct nj_secret_key_row {
    struct nj_str counter;
    enum nj_class class;
    unsigned how;
    struct nj_str phrase;
};
extern const struct nj_secret_key_row nj_secret_keys[NJ_KEY_ROWS];

/* The rule, or NJ_KEY_NONE when it applies in one of these ways. */
static inline int nj_rule_but(int rule, unsigned how)
{
    return rule != NJ_KEY_NONE && (nj_secret_keys[rule].how & how) != 0 ? NJ_KEY_NONE : rule;
}

struct nj_key {
    int16_t rule; /* row of nj_secret_keys, or NJ_KEY_NONE */
    uint16_t roles;
    bool dull;       /* says nothing about its value but topics, and nothing about its object */
    bool quiet;      /* as a name of JSON it holds nothing itself: json_walk.c found out */
    uint16_t traits; /* as a name of JSON, once somebody looked: enum nj_trait of json_walk.h */
    uint64_t topics; /* what it speaks of (contexts.def), or NJ_TOPICS_UNSEEN; see nj_key_topics() */
};

/* Names repeat from record to record: what was found out about the short ones is remembered.  Half a megabyte, of which only what
 * names fall into is ever touched. */
enum { NJ_KEY_SLOTS = 8192, NJ_KEY_SLOT_LEN = 32 };
struct nj_key_slot {
    nj_lane text[2];  /* the whole name, and behind it, where there is room, a quote and a colon as in JSON (json_read.h) */
    uint32_t need;    /* a bit for each byte of these; 0 = it is not looked for */
    uint16_t next[2]; /* the slots of names that followed it lately */
    uint32_t object;  /* not before the last one of JSON that any name was seen in whose slot this is (members.h) */
    uint8_t n;
    bool judged; /* whether it is to be looked for is decided */
    bool bare;   /* nothing is marked in it */
    struct nj_key key;
};
_Static_assert(sizeof(struct nj_key_slot) == 64, "a slot is as long as a line of the cache");

/* Names are cut into words, and each word is looked up whole: what begins a phrase, cancels one or has a role is in one table. */
enum { NJ_NAME_BYTES = 128, NJ_WORD_BYTES = 16, NJ_PHRASE_WORDS = 3, NJ_WORDS = 2048, NJ_WORDS_MARKED = 64, NJ_WORD_SLOTS = 4096 };
struct nj_word {
    uint64_t head, tail; /* its bytes */
    int16_t rule;        /* the first row whose phrase begins with it, or NJ_KEY_NONE */
    uint16_t roles;      /* of a name that is nothing but this word */
    uint8_t n, is;
};
struct nj_key_index {
    struct nj_word word[NJ_WORDS];          /* the first one stands for all that are in no table */
    uint16_t words, slot[NJ_WORD_SLOTS];    /* a word's number, and above it some bits of its hash */
    uint32_t role_first[NJ_WORD_BYTES + 1]; /* by their length: the first letters of words with a role */
    struct nj_key_phrase {
        uint16_t word[NJ_PHRASE_WORDS];
        uint8_t n, class;
        uint32_t how;
        int16_t next; /* with the same first word, or NJ_KEY_NONE */
    } phrase[NJ_SECRET_KEYS];
    uint32_t suffix_third[32][32];                             /* by the last two letters of SUFFIX rows: which ones stand before these */
    int16_t suffix_first[32][32], suffix_next[NJ_SECRET_KEYS]; /* the rows */
};

/* The name at hand, in lower case, and its words. */
struct nj_name {
    char text[NJ_NAME_BYTES + 2 * NJ_WORD_BYTES];
    size_t n, words;
    uint8_t from[NJ_NAME_BYTES], to[NJ_NAME_BYTES];
    uint16_t id[NJ_NAME_BYTES]; /* in the table */
    uint64_t begin, end;        /* of the first NJ_WORDS_MARKED words, a bit for each: a phrase may begin with it; it may end in one */
};

void nj_keys_init(struct nj_redactor *r);
/* What is remembered of a name, found out if need be; NULL for one that is empty or too long to be remembered. */
struct nj_key_slot *nj_key_slot(struct nj_redactor *r, struct nj_str name);
/* The same of any name, without remembering it. */
struct nj_key nj_key_of_long(struct nj_redactor *r, struct nj_str name);

static inline struct nj_key nj_key_classify(struct nj_redactor *r, struct nj_str name)
{
    const struct nj_key_slot *slot = nj_key_slot(r, name);
    return slot != NULL ? slot->key : nj_key_of_long(r, name);
}
/* What a name speaks of; remembered with it. */
#define NJ_TOPICS_UNSEEN ((uint64_t)1 << 63)
uint64_t nj_key_topics(struct nj_redactor *r, struct nj_str name);

/* Text that is no secret even where one belongs: empty, null, placeholders, "${...}", "none", ... */
bool nj_value_is_harmless(struct nj_str value);
/* {"login.password": "Password"}: a label, which is what the name says in words. */
bool nj_value_is_label(struct nj_redactor *r, int rule, struct nj_str value);
/* Can this text be what the rule speaks of?  Harmless text never is; some rules want digits, an at sign, ... */
bool nj_key_takes(int rule, struct nj_str value);
/* The same of text that is known not to be harmless. */
bool nj_key_takes_asked(int rule, struct nj_str value); /* by a rule that asks something */
static inline bool nj_key_takes_telling(int rule, struct nj_str value)
{
    enum { CLASSES = 1u << NJ_CLASS_NAME | 1u << NJ_CLASS_PHONE | 1u << NJ_CLASS_CONN };
    const struct nj_secret_key_row *row = &nj_secret_keys[rule];
    bool asks = (row->how & NJ_HOW_ASKS) != 0 || (1u << row->class & CLASSES) != 0;
    bool first = nj_is(value.p[0], NJ_IS_LOWER), last = nj_is(value.p[value.n - 1], NJ_IS_LOWER),
         place = first & last; /* perhaps of a place */
    return !(asks | place) || nj_key_takes_asked(rule, value);
}
/* Six bytes at least, neither letters alone nor digits alone, and no words. */
bool nj_value_is_mixed(struct nj_str value);
/* Does the word stand within so many bytes before byte at of t, in either case? */
bool nj_stands_before(struct nj_str t, size_t at, size_t reach, struct nj_str word);
/* "user":"kim","pass":"letmein": what the rule of "pass" does not take by itself it takes where a user stands in the text before
 * its name. */
bool nj_key_takes_beside(int rule, struct nj_str before, struct nj_str value);
/* "12 Mill Lane", "Hauptstr. 5" */
bool nj_value_is_street(struct nj_str value);
/* Length of the placeholder (or pseudonym) that starts at byte at, or 0. */
size_t nj_placeholder_at(struct nj_str text, size_t at); /* which is one of the bytes they begin with */
static inline size_t nj_placeholder_len(struct nj_str text, size_t at)
{
    return at < text.n && (text.p[at] == '[' || text.p[at] == 'h') ? nj_placeholder_at(text, at) : 0;
}

#endif

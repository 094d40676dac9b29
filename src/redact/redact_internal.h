/* src/redact/redact_internal.h -- what the files of the redactor share: tables, the sweep, the walk, the state of streams. */
#ifndef NIGHTJAR_REDACT_INTERNAL_H
#define NIGHTJAR_REDACT_INTERNAL_H

#include "carry.h"
#include "keys.h"
#include "kinds.h"
#include "known.h"
#include "lanes.h"
#include "members.h"
#include "policy.h"

/* --- detectors (detectors.c, validators.c) ------------------------------------------------------------------------ */

enum nj_detector_id {
#define NJ_DETECTOR(id, counter, class, anchor, shape, validator, companion, placeholder) NJ_DET_##id,
#include "detectors.def"
#undef NJ_DETECTOR
    NJ_DETECTORS
};

/* Counters in the order they are printed: detectors, notes, key rows, rules of the operator. */
enum {
    NJ_COUNT_ESCAPES = NJ_DETECTORS,
    NJ_COUNT_WITHHELD,
    NJ_COUNT_KEYS,
    NJ_COUNT_RULES = NJ_COUNT_KEYS + NJ_SECRET_KEYS,
    NJ_COUNTS = NJ_COUNT_RULES + NJ_RULES_MAX
};

struct nj_span {
    size_t from, to;
};

struct nj_sweep;

struct nj_detector {
    struct nj_str counter;
    enum nj_class class;
    enum nj_anchor anchor;
    bool (*shape)(struct nj_sweep *s, size_t at, struct nj_span *out);
    bool (*valid)(struct nj_str text, struct nj_span *span); /* may narrow the span */
    void (*companion)(struct nj_sweep *s, struct nj_span span);
    struct nj_str placeholder;
};
extern const struct nj_detector nj_detectors[NJ_DETECTORS];
/* All that is put in place of what was found, but pseudonyms; the most frequent ones first (keys.c). */
enum { NJ_PLACEHOLDERS = 3 + NJ_DETECTORS };
extern const struct nj_str nj_placeholders[NJ_PLACEHOLDERS];

/* Rows with a shape by their anchor. */
struct nj_anchor_index {
    int16_t first[NJ_ANCHORS], next[NJ_DETECTORS];
};
_Static_assert(NJ_DETECTORS < INT8_MAX, "a row's number fits");
void nj_anchors_init(struct nj_redactor *r);

bool nj_shape_url(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_email(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_jwt(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_bearer(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_basic(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_pem(struct nj_sweep *s, size_t at, struct nj_span *out);
void nj_companion_aws(struct nj_sweep *s, struct nj_span span);

/* Validators: pure; a span may be narrowed or widened. */
bool nj_valid_email(struct nj_str text, struct nj_span *sp);
bool nj_valid_url(struct nj_str text, struct nj_span *sp);
bool nj_valid_jwt(struct nj_str text, struct nj_span *sp);
bool nj_valid_bearer(struct nj_str text, struct nj_span *sp);
bool nj_valid_basic(struct nj_str text, struct nj_span *sp);
bool nj_valid_pem(struct nj_str text, struct nj_span *sp);
bool nj_valid_aws_id(struct nj_str text, struct nj_span *sp);
bool nj_valid_aws_secret(struct nj_str text, struct nj_span *sp);
bool nj_valid_crc62(struct nj_str text, struct nj_span *sp);
bool nj_valid_slack(struct nj_str text, struct nj_span *sp);
bool nj_valid_two_groups(struct nj_str text, struct nj_span *sp);
bool nj_valid_telegram(struct nj_str text, struct nj_span *sp);
bool nj_valid_discord(struct nj_str text, struct nj_span *sp);
bool nj_valid_random(struct nj_str text, struct nj_span *sp); /* behind its prefix */

/* Length of the letters that an escape of some other notation leaves at byte at: "\nghp_", "%20ghp_"; or 0. */
size_t nj_escape_tail(struct nj_str t, size_t at);
bool nj_begins_behind_escape(struct nj_str t, size_t at);
/* Is the span part of a longer identifier, or joined to one by a dot or hyphen? */
bool nj_is_joined(struct nj_str s, struct nj_span sp);

/* --- tokens with a known beginning (tokens.c, prefixes.def) --------------------------------------------------------- */

enum {
    NJ_PREFIXES = 0
#define NJ_PREFIX(detector, prefix, body, validator, how) +1
#include "prefixes.def"
#undef NJ_PREFIX
};

/* Rows by the first two bytes of their prefix; which pairs of first bytes there are, and of second and third ones.  Each byte that comes
 * first in a pair has a bit, which those have that come second. */
struct nj_prefix_index {
    struct nj_pairs {
        uint64_t one[256], two[256];
        unsigned n;
    } heads, tails;
    int16_t first[128], next[NJ_PREFIXES];
    struct nj_head head[NJ_PREFIXES];
};
/* Rows of classes the policy keeps are left out. */
void nj_prefixes_init(struct nj_redactor *r);

/* Could the run whose mark is at byte at be one?  Cheap, and right whenever it says no. */
bool nj_token_may(const struct nj_redactor *r, struct nj_str text, size_t at);
/* Looks at the run marked at byte at; true when something was replaced. */
bool nj_token_visit(struct nj_sweep *s, size_t at);

/* --- the words around (context.c, contexts.def) --------------------------------------------------------------------- */

enum nj_topic {
    NJ_TOPIC_SECRET,
    NJ_TOPIC_CURSOR, /* what looks like a secret and is none */
    NJ_TOPIC_CARD,
    NJ_TOPIC_TRACE, /* numbers as long as those of cards */
    NJ_TOPIC_GOODS, /* ... and as short */
    NJ_TOPIC_SSN,
    NJ_TOPIC_SIN,
    NJ_TOPIC_NHS,
    NJ_TOPIC_NINO,
    NJ_TOPIC_CPF,
    NJ_TOPIC_CNPJ,
    NJ_TOPIC_AADHAAR,
    NJ_TOPIC_IN_PAN,
    NJ_TOPIC_DNI,
    NJ_TOPIC_CF,
    NJ_TOPIC_PESEL,
    NJ_TOPIC_BSN,
    NJ_TOPIC_STEUER,
    NJ_TOPIC_NIR,
    NJ_TOPIC_PNR,
    NJ_TOPIC_TFN,
    NJ_TOPIC_NRIC,
    NJ_TOPIC_CN_ID,
    NJ_TOPIC_NATIONAL,
    NJ_TOPIC_PASSPORT,
    NJ_TOPIC_LICENCE,
    NJ_TOPIC_DEA,
    NJ_TOPIC_NPI,
    NJ_TOPIC_MBI,
    NJ_TOPIC_MRN,
    NJ_TOPIC_BANK,
    NJ_TOPIC_ACCOUNT,
    NJ_TOPIC_SORT,
    NJ_TOPIC_PHONE,
    NJ_TOPIC_VERSION,
    NJ_TOPIC_HOST,
    NJ_TOPICS
};
_Static_assert(NJ_TOPICS < 63, "a bit each, and one that says nobody looked");
#define NJ_TOPIC_BIT(topic) ((uint64_t)1 << (topic))

enum {
    NJ_CONTEXTS = 0
#define NJ_CONTEXT(topic, phrase) +1
#include "contexts.def"
#undef NJ_CONTEXT
};

/* Phrases by the low bits of their first two bytes; those whose second is no letter stand under 0, and behind all others.  The letters
 * that each begins with, as many as are compared at once. */
struct nj_context_index {
    int16_t first[32][32], next[NJ_CONTEXTS];
    struct nj_head head[NJ_CONTEXTS];
    uint32_t secret[32]; /* by the first byte, a bit for each second one: phrases that speak of a secret */
};
void nj_contexts_init(struct nj_redactor *r);

/* Bits of the topics a text speaks of. */
uint64_t nj_topics_of(const struct nj_redactor *r, struct nj_str text);
/* Those of the words within some forty bytes of a span, and of the member's name where the text is a value of JSON. */
uint64_t nj_topics_near(const struct nj_sweep *s, struct nj_span span);
/* Do the words around the span speak of a secret?  Those before it, over the ends of lines and members, too. */
bool nj_is_near_secret(const struct nj_sweep *s, struct nj_span span);
/* Those of the member's name alone. */
uint64_t nj_topics_member(struct nj_redactor *r);

/* --- numbers in groups (numbers.c, numbers.def) --------------------------------------------------------------------- */

enum {
    NJ_NUMBER_DIGITS = 20, /* no identifier is longer */
    NJ_NUMBERS = 0
#define NJ_NUMBER(detector, pattern, validator, topics) +1
#include "numbers.def"
#undef NJ_NUMBER
};

/* Rows by the size of their first group.  A pattern is its sizes and gaps, a byte each, and of which bytes they are; any: the gap is one of
 * several, everywhere the same. */
struct nj_number_index {
    int16_t first[NJ_NUMBER_DIGITS + 1], next[NJ_NUMBERS];
    struct nj_number_form {
        struct nj_head sizes, gaps;
        uint8_t n;
        char any;
    } form[NJ_NUMBERS];
};
void nj_numbers_init(struct nj_redactor *r);

bool nj_number_may(const struct nj_redactor *r, struct nj_str text, size_t at);
bool nj_number_visit(struct nj_sweep *s, size_t at);
bool nj_shape_phone(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_valid_phone(struct nj_str text, struct nj_span *sp);

/* --- letters and digits (ids.c, ids.def) ----------------------------------------------------------------------------- */

enum {
    NJ_IDS = 0
#define NJ_ID(detector, pattern, validator, topics) +1
#include "ids.def"
#undef NJ_ID
};

/* Rows by the number of letters they begin with, and of the digits behind these. */
enum { NJ_ID_LETTERS = 7, NJ_ID_DIGITS = 18 };
struct nj_id_index {
    int16_t first[NJ_ID_LETTERS][NJ_ID_DIGITS + 1], next[NJ_IDS];
    struct nj_kinds_wanted form[NJ_IDS];
    bool mixed[NJ_ID_LETTERS]; /* some row may have either there: all of them stand under 0 */
};
void nj_ids_init(struct nj_redactor *r);
/* Replaces what begins at byte from, if it is one. */
bool nj_id_try(struct nj_sweep *s, size_t from);
/* Do two letters and two digits stand there, and name a country? */
bool nj_iban_may(struct nj_str text, size_t from);
bool nj_iban_try(struct nj_sweep *s, size_t from);

/* --- secrets without a prefix (secrets.c), addresses (addresses.c) --------------------------------------------------- */

bool nj_shape_azure(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_crypt(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_oracle(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_oracle_login(struct nj_sweep *s, size_t at, struct nj_span *out);
bool nj_shape_network_login(struct nj_sweep *s, size_t at, struct nj_span *out);
/* The segment of a path, or the run, that begins at byte from. */
bool nj_link_try(struct nj_sweep *s, size_t from);
/* Hyphens where a UUID has them, and as long as one. */
bool nj_is_uuid(struct nj_str v);
/* Twenty characters or more, neither hexadecimal nor words nor a number with a name, and as mixed as chance makes them. */
bool nj_is_random(struct nj_str v);
/* Twenty bytes of the run at byte from are there. */
bool nj_random_may(struct nj_str text, size_t from);
bool nj_random_try(struct nj_sweep *s, size_t from);
/* End of an IPv4 address that begins at byte from, or 0. */
size_t nj_ipv4_end(struct nj_str text, size_t from);
bool nj_ipv4_try(struct nj_sweep *s, size_t from);
bool nj_colon_try(struct nj_sweep *s, size_t at);
bool nj_mac_try(struct nj_sweep *s, size_t from);
bool nj_ledger_try(struct nj_sweep *s, size_t from);
bool nj_valid_base58check(struct nj_str v);
bool nj_valid_bech32(struct nj_str v);
bool nj_valid_eip55(struct nj_str v);

/* Of digits alone (validators.c, validators_ids.c). */
bool nj_luhn(const uint8_t *d, size_t n);
bool nj_verhoeff(const uint8_t *d, size_t n);
bool nj_valid_card(const uint8_t *d, size_t n);
bool nj_valid_ssn(const uint8_t *d, size_t n);
bool nj_valid_sin(const uint8_t *d, size_t n);
bool nj_valid_tfn(const uint8_t *d, size_t n);
bool nj_valid_bsn(const uint8_t *d, size_t n);
bool nj_valid_aba(const uint8_t *d, size_t n);
bool nj_valid_nhs(const uint8_t *d, size_t n);
bool nj_valid_cpf(const uint8_t *d, size_t n);
bool nj_valid_cnpj(const uint8_t *d, size_t n);
bool nj_valid_aadhaar(const uint8_t *d, size_t n);
bool nj_valid_pesel(const uint8_t *d, size_t n);
bool nj_valid_steuer(const uint8_t *d, size_t n);
bool nj_valid_nir(const uint8_t *d, size_t n);
bool nj_valid_pnr(const uint8_t *d, size_t n);
bool nj_valid_cn_digits(const uint8_t *d, size_t n);
bool nj_valid_npi(const uint8_t *d, size_t n);
bool nj_valid_nanp(const uint8_t *d, size_t n);
/* Of capitals and digits. */
bool nj_valid_nino(const char *p, size_t n);
bool nj_valid_in_pan(const char *p, size_t n);
bool nj_valid_dni(const char *p, size_t n);
bool nj_valid_nie(const char *p, size_t n);
bool nj_valid_nric(const char *p, size_t n);
bool nj_valid_cf(const char *p, size_t n);
bool nj_valid_cn_id(const char *p, size_t n);
bool nj_valid_nir_2a(const char *p, size_t n);
bool nj_valid_mbi(const char *p, size_t n);
bool nj_valid_dea(const char *p, size_t n);
bool nj_mod97(const char *p, size_t n);
bool nj_valid_iban(const char *p, size_t n);
/* Length of a country's account numbers, or 0. */
size_t nj_iban_length(const char *country);

/* Two letters and two digits stand there: of an account number, perhaps. */
static inline bool nj_is_like_iban(struct nj_str text, size_t from)
{
    _Static_assert(NJ_IS_ALPHA << 1 == NJ_IS_DIGIT, "both are asked for at once");
    const unsigned char *p = (const unsigned char *)text.p + from;
    return text.n - from >= 4 &&
           ((nj_byte_class[p[0]] & nj_byte_class[p[1]]) << 1 & nj_byte_class[p[2]] & nj_byte_class[p[3]] & NJ_IS_DIGIT) != 0;
}

/* No word goes on at byte at; the tail of an escape is none. */
static inline bool nj_begins_word(struct nj_str t, size_t at)
{
    if (at == 0 || !nj_is(t.p[at - 1], NJ_IS_WORD))
        return true;
    return ((at > 1 && t.p[at - 2] == '\\') || (at > 2 && t.p[at - 3] == '%')) && nj_begins_behind_escape(t, at);
}

/* End of the run of bytes of these classes that starts at byte at. */
static inline size_t nj_run(struct nj_str s, size_t at, unsigned classes)
{
    while (at < s.n && nj_is(s.p[at], classes))
        at++;
    return at;
}

/* Does this stand at byte at? */
static inline bool nj_has_at(struct nj_str s, size_t at, struct nj_str what)
{
    return at <= s.n && s.n - at >= what.n && memcmp(s.p + at, what.p, what.n) == 0;
}

/* Decodes base64 of either alphabet up to the end of in or its padding; bytes written, or NJ_NPOS (foreign byte, no room). */
size_t nj_base64_decode(struct nj_str in, char *out, size_t room);

/* --- what the records of a stream hand on (pem.c, carry.c) ---------------------------------------------------------- */

enum { NJ_PEM_LINES = 200, NJ_PEM_BYTES = 32 << 10, NJ_STREAMS = 16 };

struct nj_stream {
    uint64_t key;
    uint64_t used; /* when, by the redactor's count of records; 0 = free */
    struct nj_carry carry;
};

/* Masks the head of a text that continues a block opened by an earlier record. */
void nj_pem_resume(struct nj_sweep *s);
/* The same for values and quotes (carry.c), and the end of a text that was cut; and what the text leaves for the next. */
void nj_carry_resume(struct nj_sweep *s);
void nj_carry_note(struct nj_sweep *s);
/* The rule of the name in front of the separator at byte sep, or NJ_KEY_NONE (forms.c). */
int nj_form_pending(struct nj_sweep *s, size_t sep);

/* --- the sweep over text (sweep.c) -------------------------------------------------------------------------------- */

enum { NJ_WAITING_MAX = 8, NJ_STRETCHES = 12 };

struct nj_waiting {
    struct nj_span span;
    enum nj_detector_id id;
    int rule; /* of a name instead, or NJ_KEY_NONE */
};

struct nj_sweep {
    struct nj_redactor *r;
    unsigned level;
    struct nj_str text;
    struct nj_buf *out;
    struct nj_str original, steps; /* where text is a folded form: of what, and how places are found again (fold.c) */
    struct nj_carry *carry;
    size_t done; /* text before this is in out; no candidate may begin earlier */
    bool changed;
    struct nj_waiting *waiting; /* found ahead of the sweep, in order: room for NJ_WAITING_MAX */
    size_t waiting_n;
    size_t wakes; /* where the first of them or of the operator's patterns begins, or NJ_NPOS */
    /* What a shape has already read, so that no byte is read again and again for the same question. */
    struct {
        size_t from, at; /* no "-----END" in from..at; one at at, or NJ_NPOS */
    } pem_end;
    struct {
        size_t from, to, last_at; /* a word from..to and its last '@', or NJ_NPOS */
    } word;
    size_t slashless;                                                    /* an at sign with neither slash nor space near before it, or 0 */
    struct nj_span bare;                                                 /* a stretch without a byte that ends a bare value */
    struct nj_span *stretch;                                             /* stretches of one alphabet each, once they were asked for */
    size_t aws_read;                                                     /* companions were looked for up to here */
    size_t run_read, percent_read, unicode_read, entity_read, json_read; /* decoders have looked up to here */
    struct nj_open_quote open;                                           /* the last value read, if its quote is not closed */
    struct {
        size_t to, read; /* ... and braces were counted up to here */
        int rule;
    } under;                      /* names before this are of a container that is secret as a whole */
    size_t word_read;             /* words were looked at up to here */
    size_t columns_read;          /* ... and lists of columns */
    size_t bound_read;            /* ... and lists of what goes into a statement */
    bool grant_read, grant;       /* the text speaks of a grant_type */
    bool kty_read, kty;           /* ... and of a JSON web key */
    const struct nj_marks *marks; /* of the blocks of the text, if they were marked before */
    struct nj_span own;           /* the next match of the operator's patterns, from NJ_NPOS: none */
    unsigned own_rule;
    struct nj_span *ahead; /* of each automaton */
};

/* At the mark of a run of token bytes that nj_token_may() refused: could it be base64 of some text (decode.c)?  Cheap, and right whenever
 * it says no. */
bool nj_encoded_run_may(struct nj_str text, size_t from);
static inline bool nj_encoded_may(struct nj_str text, size_t at)
{
    enum { LAST = 20 }; /* of forty, that may have begun before another sign of base64 */
    return text.n - at >= LAST && nj_is(text.p[at + LAST - 1], NJ_IS_B64 | NJ_IS_B64URL) && nj_encoded_run_may(text, at + 1 - NJ_TOKEN_RUN);
}
/* Could the byte of a rare anchor be one?  Cheap, and right whenever it says no. */
bool nj_rare_may(struct nj_str text, size_t at);

#define NJ_TWO(one, two) (((one)&31u) << 5 | ((two)&31u))
/* "482913 is your", "482913 as your": does a digit stand where it must before the last letter? */
static inline bool nj_yours_may(struct nj_str t, size_t at)
{
    return at >= 8 && nj_is(t.p[at - 8], NJ_IS_DIGIT) && (t.p[at - 5] | 0x20) == 's' && (t.p[at - 3] | 0x20) == 'y';
}

/* At the r of "[secret]", which was put there: nothing follows from it but in a list of columns.  Right whenever it says yes. */
static inline bool nj_is_put_secret(struct nj_str t, size_t at)
{
    enum { BEFORE = 4, BEHIND = 4 };
    if (at < BEFORE || t.n - at < BEHIND || t.p[at - BEFORE] != '[' || memcmp(t.p + at - BEFORE, "[secret]", BEFORE + BEHIND) != 0)
        return false;
    for (at += BEHIND; at < t.n && (nj_is(t.p[at], NJ_IS_SPACE) || t.p[at] == '"' || t.p[at] == '\'' || t.p[at] == '`' || t.p[at] == ']' ||
                                    t.p[at] == '\\');)
        at++;
    return at >= t.n || (t.p[at] != ',' && t.p[at] != ')');
}

/* Could a mark of words at byte at be one?  A number counts behind "is" and "was", and behind "otp", "pin" and "code"; "our" in
 * "1 is your", "ss " in "pass ", a hyphen behind a quote where a letter follows. */
static inline __attribute__((always_inline)) bool nj_word_may(struct nj_str t, size_t at)
{
    if (at < 3 || at >= t.n)
        return true;
    char c = t.p[at], one = t.p[at - 1], two = t.p[at - 2], three = t.p[at - 3];
    if (one == ' ' && nj_is(c, NJ_IS_DIGIT)) {
        unsigned pair = (unsigned)(three & 31) << 5 | (two & 31); /* in either case */
        return pair == NJ_TWO('i', 's') || pair == NJ_TWO('a', 's') || pair == NJ_TWO('t', 'p') || pair == NJ_TWO('i', 'n') ||
               pair == NJ_TWO('d', 'e');
    }
    if (one == '\t')
        return true;
    if (one == '-')
        return (two == ' ' && c != ' ') || ((two == '"' || two == '\'') && (nj_is(c, NJ_IS_ALPHA) || c == '-'));
    switch (c) {
    case ' ':
        if (one == 'H' || one == 'N' || one == 'Y') /* AUTH, LOGIN, IDENTIFIED BY */
            return at >= 4 && ((two == 'T' && three == 'U') || (two == 'I' && three == 'G') || two == 'B');
        return at >= 4 && (three | 0x20) == 'a' && (t.p[at - 4] | 0x20) == 'p' && (one | 0x20) == 's';
    case 'u':
        if (one == '_')
            return t.n - at > 1 && t.p[at + 1] == 's'; /* add_user, authenticate_user */
        return one != ' ' || three == 'e';             /* net user */
    case 'l':
        return three == 'l'; /* vault login */
    case 'h':
    case 'H':
    case '(':
        return three == '{'; /* {SSHA} */
    case 'r':
    case 'R':
        return (one | 0x20) == 'u' ? nj_yours_may(t, at) : c == 'R' || one != 'c' || !nj_is_put_secret(t, at);
    default:
        return true;
    }
}

static inline uint64_t nj_marks_any(const struct nj_marks *m)
{
    return m->separator | m->token | m->number | m->rare | m->words;
}

/* What is known of a text before it is swept. */
struct nj_seen {
    bool ascii;                   /* it holds nothing else */
    bool bare;                    /* it has marks, and none of them is set */
    const struct nj_marks *marks; /* of its blocks, or NULL */
    uint64_t hash;                /* of a line that may be known (known.h) */
};

/* Appends text to out with everything found replaced; false and nothing appended when nothing was found. */
bool nj_sweep(struct nj_redactor *r, unsigned level, struct nj_str text, const struct nj_seen *seen, struct nj_carry *carry,
              struct nj_buf *out);
/* Replaces a span by what the action asks for; false when it stays. */
bool nj_sweep_replace(struct nj_sweep *s, struct nj_span span, enum nj_class class, enum nj_action action, unsigned counter,
                      struct nj_str placeholder);
/* Replaces a span, if it does not reach back before s->done and the policy does not keep its class. */
bool nj_sweep_take(struct nj_sweep *s, struct nj_span span, enum nj_detector_id id);
/* The same with text that was made ready; and without replacing: nothing of it is looked at again. */
bool nj_sweep_put(struct nj_sweep *s, struct nj_span span, struct nj_str by);
void nj_sweep_pass(struct nj_sweep *s, size_t to);
bool nj_sweep_take_key(struct nj_sweep *s, struct nj_span value, int rule);
/* Keeps a span that lies ahead until the sweep gets there. */
void nj_sweep_wait(struct nj_sweep *s, struct nj_span span, enum nj_detector_id id);
void nj_sweep_wait_key(struct nj_sweep *s, struct nj_span value, int rule);

/* Does the line hold a command that takes a password behind an option of that letter (forms_options.c)? */
bool nj_form_has_command(struct nj_str line, char option);

/* --- rules of the operator (rules_match.c) ------------------------------------------------------------------------- */

/* The rule that names this field, or NJ_KEY_NONE. */
int nj_rules_key(const struct nj_redactor *r, struct nj_str name);
/* The same for a path to it; one that is not known counts as named. */
int nj_rules_path(const struct nj_redactor *r, struct nj_str path, bool known);
/* Does any rule name a path? */
bool nj_rules_have_paths(const struct nj_rules *rules);
struct nj_str nj_rules_name(const struct nj_redactor *r, unsigned rule);
/* What is done about a value for its name, and as what. */
enum nj_action nj_key_action(const struct nj_redactor *r, int rule);
enum nj_class nj_key_class(const struct nj_redactor *r, int rule);
/* What the file says about classes, in place of what the preset says; off stays off.  rules may be NULL. */
void nj_rules_change(const struct nj_rules *rules, struct nj_policy *policy);
/* What the operator wants numbers to become that are replaced. */
enum nj_numeric nj_rules_numeric(const struct nj_rules *rules);
/* Is it one of the values that the operator lets be, found as one of that class? */
bool nj_rules_allow_value(const struct nj_redactor *r, enum nj_class class, struct nj_str value);
/* Does the operator let any value be? */
bool nj_rules_have_values(const struct nj_rules *rules);
/* The paths that are safe in what the trigger of that name sent, or NULL. */
const struct nj_globs *nj_rules_safe_paths(const struct nj_rules *rules, struct nj_str trigger);
/* Do patterns want to see every text? */
bool nj_rules_want_all(const struct nj_rules *rules);
/* Sets s->own to the next match of a pattern at or after s->done, or to NJ_NPOS. */
void nj_rules_next(struct nj_sweep *s);
/* Replaces it and looks for the next. */
void nj_rules_take(struct nj_sweep *s);

/* Appends checked JSON, {"payload": ...}, with its names and headers, and the type of every other value (skeleton.c). */
void nj_skeleton_add(struct nj_str checked, struct nj_buf *out);

/* --- characters that look like ASCII (fold.c) ----------------------------------------------------------------------- */

/* Byte of the first character at or after byte at that is not read as it is, or text.n. */
size_t nj_fold_find(struct nj_str text, size_t at);
/* The text as it is read, and steps for nj_fold_origin(); false when memory was short. */
NJ_MUST bool nj_fold(struct nj_str text, struct nj_buf *out, struct nj_buf *steps);
/* Where a byte of the folded text stands in the original. */
size_t nj_fold_origin(struct nj_str steps, size_t at);

/* --- cleaning (clean.c) ------------------------------------------------------------------------------------------- */

/* Index of the first byte that may not leave as it is (controls, ill-formed UTF-8, C1, bidi, ...), or text.n. */
size_t nj_clean_prefix(struct nj_str text);
/* Is it printable ASCII with tabs and line ends? */
bool nj_is_plain(struct nj_str text);
struct nj_cleaned {
    uint32_t escapes; /* terminal sequences left out */
    bool malformed;   /* some bytes were no UTF-8 */
};
/* Appends text so that nj_clean_prefix() would find nothing, and adds to *did what was done for it. */
void nj_clean_add(struct nj_buf *out, struct nj_str text, struct nj_cleaned *did);

/* --- what a record says about its redaction (audit.c) -------------------------------------------------------------- */

enum nj_audit_flag {
    NJ_AUDIT_TRUNCATED,   /* something of it is cut short: a line by the platform, JSON without its end, a long name */
    NJ_AUDIT_BUDGET,      /* something was withheld, because judging it would have taken more than there is for it */
    NJ_AUDIT_MALFORMED,   /* bytes that are no UTF-8, half a surrogate pair, two members of one name */
    NJ_AUDIT_SPLIT_STATE, /* it goes on what a record before it began, or leaves something open for the next */
    NJ_AUDIT_FLAGS
};

struct nj_audit {
    uint64_t bytes; /* that were replaced */
    unsigned depth; /* how often something had to be decoded for the deepest finding */
    unsigned flags; /* bits 1 << enum nj_audit_flag */
};

/* --- JSON (json_walk.c) and the whole (text.c, redactor.c) --------------------------------------------------------- */

/* Text inside text (JSON in strings, base64, ...) is opened this often; JSON that is nested deeper is swept as text. */
enum { NJ_NEST_MAX = 6, NJ_LEVELS = NJ_NEST_MAX + 2 };

/* All that is decoded for one value: so many times its length, and as much more for short ones. */
enum { NJ_DECODE_SHARE = 4, NJ_DECODE_FREE = 64 << 10 };

struct nj_frame {
    int16_t rule;  /* everything below is secret under this rule, or NJ_KEY_NONE */
    int16_t pair;  /* rule of the name in {"name": x, "value": y} */
    int16_t place; /* ... in {"loc": ["body", x], "input": y} */
    uint16_t renamed;
    uint16_t path;             /* length of the path to it (members.h) */
    uint32_t number, new_from; /* of an object; names last seen in one before that are new to it */
    bool object;
    bool flat, flat_value; /* names and values in turn; the last element was a name */
    bool kty, grant;       /* it has a member of that name */
    bool query;            /* its members are parameters of a URL */
    bool curl;             /* an element of it was that command */
    bool login;            /* its next element is a user and a password */
    uint16_t element;      /* which one of the list is next, where that matters */
    struct nj_str head;    /* its name, where that may begin the phrases that names of its members end */
    bool auth;             /* its name is that of a command with a password */
    bool places;           /* its last element is the place of what holds it */
    /* For dropping the member at hand: where it begins, the comma before it, what out held then, and whether it was dropped
     * and any before it was not. */
    bool removed, kept;
    size_t first, member, comma, member_out, member_done;
};

/* Most bytes of a name that leaves: of a longer one, the end. */
enum { NJ_NAME_LEAVES = 256 };

enum { NJ_BOUND_MAX = 32 }; /* values that go to the places of a statement */

struct nj_level {
    struct nj_buf folded, steps; /* text as it is read, and how to find places again */
    struct nj_buf plain;         /* a string with its escapes undone */
    struct nj_buf clean;         /* text after cleaning */
    struct nj_buf swept[2];
    struct nj_buf walked;                     /* rewritten JSON */
    struct nj_buf key;                        /* a rewritten member name */
    char name[NJ_NAME_LEAVES];                /* the one at hand, where it is not as it came */
    struct nj_buf decoded, inflated, encoded; /* for the decoders of the level above */
    struct nj_frame frames[NJ_JSON_DEPTH + 1];
    int16_t bound_rules[NJ_BOUND_MAX]; /* of the elements of a list of what goes into a statement */
    struct nj_waiting waiting[NJ_WAITING_MAX];
    struct nj_marks marks[8]; /* of a short text, or of the block at hand */
    struct nj_marker marker;
    struct nj_span stretch[NJ_STRETCHES];
};

struct nj_trace {
    nj_finding_fn fn; /* NULL: nobody listens */
    void *ctx;
    struct nj_str given;
    struct nj_span outer; /* the innermost stretch of it that is known */
    const char *how[NJ_LAYERS_MAX];
    unsigned layers;
    bool in_string; /* what is found is a string of the JSON at hand, which nobody opened as a layer */
};

/* Where in the output a text of the record stands that is written to it. */
struct nj_written {
    struct nj_str *view;
    size_t from, to;
};
enum { NJ_WRITTEN_MAX = 4 * NJ_ATTRS_MAX + 8 };

/* A list of attributes as it came last, and what it became: most records of an invocation have the same. */
struct nj_attrs_memory {
    uint32_t number; /* 0: nothing is remembered */
    struct nj_attrs given, clean;
    char text[1280]; /* of both */
};

struct nj_redactor {
    struct nj_trace trace;
    struct nj_policy policy;                /* the preset with what the rules change */
    const struct nj_pseudonyms *pseudonyms; /* may be NULL */
    const struct nj_rules *rules;           /* may be NULL */
    bool read_all;                          /* their patterns want to see every text */
    uint64_t rules_read;                    /* bytes that were read for them, ever */
    struct nj_str tenant;                   /* of the record at hand */
    size_t payload_most;                    /* 0 = no limit */
    bool withhold;                          /* texts that rules of the operator should have cleaned */
    enum nj_numeric numeric;
    bool breaks;           /* the JSON that was walked last, not in text, holds line breaks between its tokens */
    bool drop;             /* something was found for which the record is to be dropped */
    struct nj_audit audit; /* of the record at hand */
    uint64_t findings;     /* ever: whether a text held something is told by the difference */
    bool key_open;         /* the text that was swept last ends within a private key that begins in it */
    size_t decode_left;    /* bytes that may still be decoded for the value at hand */
    struct nj_known known[NJ_KNOWN_SLOTS], known_values[NJ_KNOWN_VALUES];
    struct nj_known_lines known_lines;
    struct nj_globs keys, allow_keys;
    bool paths;                     /* some name in them, or in a rule, has dots: it may be a path */
    bool allows;                    /* some values are let be */
    const struct nj_globs *safe[2]; /* paths that are safe in the record at hand, by both names of its trigger; or NULL */
    struct nj_path path;
    size_t path_at; /* its length at the value at hand */
    struct nj_members members;
    const struct nj_attrs *reserved; /* fields of our own that follow those of the JSON at hand; or NULL */
    uint32_t counts[NJ_COUNTS];
    uint64_t counted[(NJ_COUNTS + 63) / 64]; /* a bit for each that is not zero */
    struct nj_level levels[NJ_LEVELS];
    nj_marks_fn marks;
    struct {
        struct nj_str text; /* absent: none */
        struct nj_marks marks;
    } ready; /* a text of ASCII, of one block, that is marked */
    struct nj_prefix_index prefixes;
    struct nj_anchor_index anchors;
    struct nj_number_index numbers;
    bool keeps_ip; /* addresses need not be looked for */
    struct nj_context_index contexts;
    struct nj_id_index ids;
    uint64_t topics;       /* what the name of the member whose value is swept speaks of */
    struct nj_str context; /* that name, or empty */
    struct nj_key_index key_index;
    struct nj_name name;
    struct nj_key_slot slots[NJ_KEY_SLOTS];
    uint16_t last_name; /* the slot of the last one of the JSON before */
    struct nj_stream streams[NJ_STREAMS];
    uint64_t records;
    bool was_large; /* the record before */
    struct nj_buf out, fields, counts_out, resource, skeleton;
    struct nj_written written[NJ_WRITTEN_MAX], written_fields[NJ_WRITTEN_MAX];
    struct nj_attrs_memory who, where;
    uint32_t lists; /* that were remembered, ever */
};

static inline bool nj_rules_allow(const struct nj_redactor *r, enum nj_class class, struct nj_str value)
{
    return r->allows && nj_rules_allow_value(r, class, value);
}

/* The rule of a name that is itself a value: an identifier, not a sentence; or NJ_KEY_NONE. */
int nj_rule_of_name(struct nj_redactor *r, struct nj_str name);
/* The same of where something was found wrong: "user.password"; what is no plain name, as the path of a file or URL, has none. */
int nj_rule_of_place(struct nj_redactor *r, struct nj_str place);
/* What stands ahead in checked JSON (json_ahead.c).  The name of a pair behind its value: {"value": "x", "name": "password"}. */
int nj_ahead_name(struct nj_redactor *r, struct nj_str t, size_t value);
/* ["authorization", "Bearer x"] within a list: the rule of its first element, if there are exactly two. */
int nj_ahead_tuple(struct nj_redactor *r, struct nj_str t, size_t first);
/* Is that the name of a private number of a JSON web key? */
bool nj_is_key_part(struct nj_str name);
/* ["mysql", "-px1"], ["docker", "login", "-p", "x1"]: is option, a part of t, that of a command's password?  The list begins at list. */
bool nj_is_password_option(struct nj_str t, size_t list, struct nj_str option);
/* {"S": "password"}, at is behind the brace. */
int nj_ahead_typed_name(struct nj_redactor *r, struct nj_str t, size_t inside);
/* Is key that name in whatever spelling?  name is in lower case without separators. */
bool nj_is_name(struct nj_str key, struct nj_str name);
/* The rules of the values that go to the places of a statement of SQL, "SET password = $1", by their number; false: none is secret. */
bool nj_sql_bound(struct nj_redactor *r, struct nj_str sql, int16_t rules[static NJ_BOUND_MAX]);
/* Does a member of this name follow in the object whose member's value begins at byte value? */
bool nj_ahead_member(struct nj_str t, size_t value, struct nj_str name);

/* Cuts redacted, checked JSON down to most bytes (2 or more), in place, and returns what it is then.  What stays is whole: values,
 * escapes, placeholders; only a string that is the value itself, or its top-level "body", may end early, at a word if there is one. */
size_t nj_shorten(char *json, size_t n, size_t most);

/* Redacts and cleans one text.  *out is the input itself when nothing had to change, else it lives in the buffers of the
 * level.  carry may be NULL.  False: the text must be withheld. */
NJ_MUST bool nj_text_redact(struct nj_redactor *r, unsigned level, struct nj_carry *carry, struct nj_str text, struct nj_str *out);
/* The same for checked JSON; a change is in walked of the level. */
NJ_MUST bool nj_json_walk(struct nj_redactor *r, unsigned level, struct nj_carry *carry, struct nj_str json, int rule, struct nj_str *out);

/* Another text or document of a record, of n bytes: budgets are new, and what was noticed of the one before is forgotten. */
static inline void nj_value_begin(struct nj_redactor *r, size_t n)
{
    r->decode_left = NJ_DECODE_SHARE * n + NJ_DECODE_FREE;
    r->path_at = 0;
    nj_members_begin(&r->members, n);
}

static inline void nj_note(struct nj_redactor *r, enum nj_audit_flag flag)
{
    r->audit.flags |= 1u << flag;
}

void nj_count(struct nj_redactor *r, unsigned counter);
/* Counts text that goes because it could not be judged. */
void nj_withheld(struct nj_redactor *r, struct nj_str value);
/* Is there anything to say? */
bool nj_redact_noted(const struct nj_redactor *r);
/* Appends {"bytes":64,"depth":1,"flags":["budget"]} and begins anew; or nothing. */
void nj_redact_audit_take(struct nj_redactor *r, struct nj_buf *out);
struct nj_str nj_counter_name(const struct nj_redactor *r, unsigned counter);
/* Counts a finding and tells of it. */
void nj_found(struct nj_redactor *r, unsigned counter, enum nj_action action, struct nj_str value);

/* --- explaining (trace.c) ----------------------------------------------------------------------------------------- */

struct nj_layer {
    struct nj_span outer;
    unsigned layers;
};
/* Around work on a decoded copy of raw; how is a constant, for whoever explains findings: "base64", or one of these two, which are
 * not counted as decoding: JSON as it stands has strings. */
extern const char nj_layer_string[], nj_layer_cut[];
struct nj_layer nj_layer_open(struct nj_redactor *r, const char *how, struct nj_str raw);
void nj_layer_close(struct nj_redactor *r, struct nj_layer before);

#endif

/* src/redact/rules.h -- rules of the operator: a small pattern language, the automata it becomes, and what a rule is.
 *
 * A pattern is a list of alternatives without repeats that have no end; each alternative is a row of positions, one byte each,
 * of which some may be left out.  Such a row is matched by shifting one word of bits for each byte of text (Navarro and
 * Raffinot's extended Shift-And), whatever the text is: there is nothing to go back to. */
#ifndef NIGHTJAR_REDACT_RULES_H
#define NIGHTJAR_REDACT_RULES_H

#include "redact_internal.h"

/* --- patterns (rules_pattern.c) ----------------------------------------------------------------------------------- */

enum {
    NJ_PATTERN_BYTES = 512,     /* of its text */
    NJ_PATTERN_ROWS = 16,       /* alternatives, with groups multiplied out */
    NJ_PATTERN_ITEMS = 64,      /* in an alternative: a class of bytes and how often */
    NJ_PATTERN_POSITIONS = 120, /* in an alternative: its longest match, in bytes */
    NJ_PATTERN_SHORTEST = 3     /* a shorter match would be anywhere */
};

struct nj_byte_set {
    uint64_t bits[4];
};

struct nj_pattern_item {
    struct nj_byte_set set;
    uint8_t least, most;
};

enum nj_pattern_edge { NJ_EDGE_NONE = 0, NJ_EDGE_WORD = 1, NJ_EDGE_LINE = 2 };

struct nj_pattern_row {
    struct nj_pattern_item item[NJ_PATTERN_ITEMS];
    size_t n;
    uint8_t begin, end; /* bits of nj_pattern_edge */
};

struct nj_pattern_error {
    size_t at; /* byte of the pattern */
    const char *text;
};

/* Reads a pattern into rows; *n of them.  NJ_EPARSE with *error; NJ_ENOMEM. */
NJ_MUST enum nj_status nj_pattern_read(struct nj_str pattern, bool ignore_case, struct nj_pattern_row rows[static NJ_PATTERN_ROWS],
                                       size_t *n, struct nj_pattern_error *error);

/* --- automata (rules_automaton.c) --------------------------------------------------------------------------------- */

typedef unsigned __int128 nj_bits;

struct nj_shift {
    nj_bits optional, before, last; /* runs of positions that may be left out, the bit before each run, and the last of each */
    nj_bits idle;                   /* the state in which nothing has begun */
    nj_bits accept;
    uint8_t kinds;
    uint8_t kind_of[256]; /* bytes that are in the same positions are of one kind */
    nj_bits *in;          /* positions a kind of byte may stand in */
};

struct nj_automaton {
    struct nj_shift ahead, back;
    bool may_begin[256];
    uint8_t begin, end;
    struct nj_str literal; /* bytes that every match has; absent when there are none to speak of */
    char literal_text[NJ_PATTERN_POSITIONS];
};

NJ_MUST enum nj_status nj_automaton_init(struct nj_automaton *a, const struct nj_pattern_row *row);
void nj_automaton_fini(struct nj_automaton *a);
/* The first match that begins at byte from or later: as early as possible, then as long as possible. */
bool nj_automaton_find(const struct nj_automaton *a, struct nj_str text, size_t from, struct nj_span *out);

/* --- rules (rules_load.c) ----------------------------------------------------------------------------------------- */

enum { NJ_RULE_AUTOMATA = 64, NJ_RULE_NAME = 32, NJ_RULE_WORDS = 8, NJ_RULE_WORD = 32, NJ_RULE_WINDOW = 64 };

struct nj_rule {
    char name[NJ_RULE_NAME];
    size_t name_n;
    enum nj_class class;
    bool has_action;
    enum nj_action action;
    bool (*valid)(struct nj_str match);
    char word[NJ_RULE_WORDS][NJ_RULE_WORD]; /* in lower case */
    size_t word_n[NJ_RULE_WORDS], words;
    struct nj_globs keys;
};

/* Paths of what comes from one kind of event source whose names say nothing about their values. */
enum { NJ_ALLOW_VALUES = 256, NJ_SAFE_TRIGGERS = 16, NJ_TRIGGER_NAME = 32 };
struct nj_safe_paths {
    char trigger[NJ_TRIGGER_NAME];
    size_t trigger_n;
    struct nj_globs paths;
};

struct nj_rules {
    uint64_t allowed[NJ_ALLOW_VALUES]; /* the digits of their pseudonyms */
    size_t allowed_n;
    struct nj_safe_paths safe[NJ_SAFE_TRIGGERS];
    size_t safe_n;
    bool changes[NJ_CLASSES]; /* the preset's action for the class */
    uint8_t action[NJ_CLASSES];
    enum nj_numeric numeric;
    struct nj_rule rule[NJ_RULES_MAX];
    size_t n;
    struct nj_automaton automaton[NJ_RULE_AUTOMATA];
    uint8_t rule_of[NJ_RULE_AUTOMATA];
    size_t automata;
};

struct nj_str nj_rule_name(const struct nj_rule *r);

#endif

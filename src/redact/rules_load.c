/* Rules of the operator: from JSON to automata, or a refusal that says where and why. */
#include "rules.h"

#include "nightjar/hex.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- what a match may have to pass -------------------------------------------------------------------------------- */

/* No match is longer than NJ_PATTERN_POSITIONS. */
static size_t digits_of(struct nj_str s, uint8_t out[static NJ_PATTERN_POSITIONS])
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < NJ_PATTERN_POSITIONS; i++)
        if (nj_is(s.p[i], NJ_IS_DIGIT))
            out[n++] = (uint8_t)(s.p[i] - '0');
    return n;
}

static bool passes_luhn(struct nj_str s)
{
    uint8_t digits[NJ_PATTERN_POSITIONS];
    size_t n = digits_of(s, digits);
    return n >= 2 && nj_luhn(digits, n);
}

static bool passes_verhoeff(struct nj_str s)
{
    uint8_t digits[NJ_PATTERN_POSITIONS];
    size_t n = digits_of(s, digits);
    return n >= 2 && nj_verhoeff(digits, n);
}

static bool passes_mod97(struct nj_str s)
{
    char text[NJ_PATTERN_POSITIONS];
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < sizeof(text); i++)
        if (nj_is(s.p[i], NJ_IS_ALPHA | NJ_IS_DIGIT))
            text[n++] = nj_is(s.p[i], NJ_IS_LOWER) ? (char)(s.p[i] & ~0x20) : s.p[i];
    return n > 4 && nj_mod97(text, n);
}

/* Looks made by a machine: two kinds of characters at least, and hardly any of them often. */
static bool passes_random(struct nj_str s)
{
    unsigned count[256] = { 0 }, most = 0, different = 0;
    bool digit = false, lower = false, upper = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        different += count[c]++ == 0;
        most = count[c] > most ? count[c] : most;
        digit = digit || (c >= '0' && c <= '9');
        lower = lower || (c >= 'a' && c <= 'z');
        upper = upper || (c >= 'A' && c <= 'Z');
    }
    return s.n >= 8 && digit + lower + upper >= 2 && different >= (s.n < 20 ? s.n / 2 : 10) && most <= s.n / 4 + 1;
}

static const struct {
    struct nj_str name;
    bool (*valid)(struct nj_str);
} validators[] = {
    { NJ_STR_INIT("luhn"), passes_luhn },
    { NJ_STR_INIT("mod97"), passes_mod97 },
    { NJ_STR_INIT("verhoeff"), passes_verhoeff },
    { NJ_STR_INIT("random"), passes_random },
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

enum member { M_NAME, M_PATTERN, M_KEYS, M_VALIDATOR, M_CONTEXT, M_CLASS, M_ACTION, M_IGNORE_CASE, MEMBERS };

static const struct nj_str member_names[MEMBERS] = {
    [M_NAME] = NJ_STR_INIT("name"),           [M_PATTERN] = NJ_STR_INIT("pattern"),         [M_KEYS] = NJ_STR_INIT("keys"),
    [M_VALIDATOR] = NJ_STR_INIT("validator"), [M_CONTEXT] = NJ_STR_INIT("context"),         [M_CLASS] = NJ_STR_INIT("class"),
    [M_ACTION] = NJ_STR_INIT("action"),       [M_IGNORE_CASE] = NJ_STR_INIT("ignore_case"),
};

struct loading {
    struct nj_str text;
    struct nj_rules *rules;
    struct nj_rules_error *error;
    struct nj_pattern_row *rows;
    enum nj_status st;
};

static void place(struct nj_str text, size_t at, struct nj_rules_error *error)
{
    error->line = error->column = 1;
    for (size_t i = 0; i < at && i < text.n; i++) {
        error->column++;
        if (text.p[i] == '\n') {
            error->line++;
            error->column = 1;
        }
    }
}

/* at points into the text. */
static bool fail(struct loading *l, const char *at, const char *fmt, ...) NJ_PRINTF(3, 4);
static bool fail(struct loading *l, const char *at, const char *fmt, ...)
{
    va_list ap;
    if (l->st != NJ_OK)
        return false;
    l->st = NJ_EPARSE;
    place(l->text, (size_t)(at - l->text.p), l->error);
    va_start(ap, fmt);
    vsnprintf(l->error->text, sizeof(l->error->text), fmt, ap);
    va_end(ap);
    return false;
}

static bool out_of_memory(struct loading *l)
{
    l->st = NJ_ENOMEM;
    return false;
}

/* The text of a string value of up to max bytes, in out. */
static bool text_of(struct loading *l, struct nj_json v, size_t max, const char *what, struct nj_buf *out)
{
    bool escaped;
    if (v.type != NJ_JSON_STRING)
        return fail(l, v.raw.p, "%s is no string", what);
    nj_buf_reset(out);
    nj_json_unescape(out, nj_json_inner(v, &escaped));
    if (out->err == NJ_ENOMEM)
        return out_of_memory(l);
    if (out->n == 0 || out->n > max || out->err != NJ_OK)
        return fail(l, v.raw.p, "%s has 1 to %zu bytes", what, max);
    return true;
}

static bool read_name(struct loading *l, struct nj_rule *r, struct nj_json v, struct nj_buf *text)
{
    if (!text_of(l, v, NJ_RULE_NAME, "name", text))
        return false;
    for (size_t i = 0; i < text->n; i++)
        if (!nj_is(text->p[i], NJ_IS_WORD) && text->p[i] != '-' && text->p[i] != '.')
            return fail(l, v.raw.p, "a name is made of letters, digits, _ - and .");
    for (size_t i = 0; i < l->rules->n; i++)
        if (nj_str_eq(nj_buf_str(text), nj_rule_name(&l->rules->rule[i])))
            return fail(l, v.raw.p, "there are two rules of this name");
    memcpy(r->name, text->p, text->n);
    r->name_n = text->n;
    return true;
}

/* What replaces a match must not be matched in its turn, or nothing would ever come to rest. */
static bool matches_a_placeholder(const struct nj_automaton *a)
{
    struct nj_span span;
    for (size_t i = 0; i < NJ_PLACEHOLDERS; i++)
        if (nj_automaton_find(a, nj_placeholders[i], 0, &span))
            return true;
    return false;
}

static bool add_automata(struct loading *l, struct nj_json v, size_t rows)
{
    struct nj_rules *rules = l->rules;
    for (size_t i = 0; i < rows; i++) {
        if (rules->automata == NJ_RULE_AUTOMATA)
            return fail(l, v.raw.p, "all rules together have more than %d alternatives", NJ_RULE_AUTOMATA);
        struct nj_automaton *a = &rules->automaton[rules->automata];
        if (nj_automaton_init(a, &l->rows[i]) != NJ_OK)
            return out_of_memory(l);
        rules->rule_of[rules->automata++] = (uint8_t)rules->n;
        if (matches_a_placeholder(a))
            return fail(l, v.raw.p, "the pattern matches what nightjar puts in place of secrets, such as [custom]");
    }
    return true;
}

static bool read_pattern(struct loading *l, struct nj_json v, bool ignore_case, struct nj_buf *text)
{
    struct nj_pattern_error error = { 0, "" };
    size_t rows = 0;
    if (!text_of(l, v, NJ_PATTERN_BYTES, "pattern", text))
        return false;
    enum nj_status st = nj_pattern_read(nj_buf_str(text), ignore_case, l->rows, &rows, &error);
    if (st == NJ_EPARSE)
        return fail(l, v.raw.p, "pattern, byte %zu: %s", error.at + 1, error.text);
    return st == NJ_OK ? add_automata(l, v, rows) : out_of_memory(l);
}

static bool read_globs(struct loading *l, struct nj_globs *globs, struct nj_json v, const char *what, struct nj_buf *text)
{
    struct nj_buf list;
    struct nj_json_iter it;
    struct nj_json one;
    struct nj_str key;
    bool good = v.type == NJ_JSON_ARRAY || fail(l, v.raw.p, "%s is no list of names", what);
    nj_buf_init(&list, (NJ_GLOB_LEN + 1) * NJ_GLOBS_MAX);
    nj_json_iter_init(&it, v);
    while (good && nj_json_next(&it, &key, &one)) {
        good = text_of(l, one, NJ_GLOB_LEN, "a key", text);
        if (good && nj_str_chr(nj_buf_str(text), ',', 0) != NJ_NPOS)
            good = fail(l, one.raw.p, "a key has no comma");
        nj_buf_addz(&list, list.n != 0 ? "," : "");
        nj_buf_add(&list, nj_buf_str(text));
    }
    enum nj_status st = !good ? l->st : list.err != NJ_OK ? list.err : list.n == 0 ? NJ_EPARSE : nj_globs_init(globs, nj_buf_str(&list));
    nj_buf_fini(&list);
    if (st == NJ_ENOMEM)
        return out_of_memory(l);
    return st == NJ_OK || fail(l, v.raw.p, "%s is a list of names with * in them, up to %d", what, NJ_GLOBS_MAX);
}

static bool read_context(struct loading *l, struct nj_rule *r, struct nj_json v, struct nj_buf *text)
{
    struct nj_json_iter it;
    struct nj_json one;
    struct nj_str key;
    if (v.type != NJ_JSON_ARRAY)
        return fail(l, v.raw.p, "context is no list of words");
    nj_json_iter_init(&it, v);
    while (nj_json_next(&it, &key, &one)) {
        if (r->words == NJ_RULE_WORDS)
            return fail(l, one.raw.p, "more than %d words", NJ_RULE_WORDS);
        if (!text_of(l, one, NJ_RULE_WORD, "a word", text))
            return false;
        for (size_t i = 0; i < text->n; i++)
            r->word[r->words][i] = nj_lower(text->p[i]);
        r->word_n[r->words++] = text->n;
    }
    return r->words != 0 || fail(l, v.raw.p, "context is an empty list");
}

static bool read_validator(struct loading *l, struct nj_rule *r, struct nj_json v, struct nj_buf *text)
{
    if (!text_of(l, v, NJ_RULE_NAME, "validator", text))
        return false;
    for (size_t i = 0; i < NJ_COUNT(validators); i++)
        if (nj_str_eq(nj_buf_str(text), validators[i].name))
            r->valid = validators[i].valid;
    return r->valid != NULL || fail(l, v.raw.p, "validator is one of luhn, mod97, verhoeff, random");
}

static bool find_class(struct loading *l, struct nj_str name, const char *at, enum nj_class *class)
{
    return nj_class_find(name, class) || fail(l, at, "there is no such class; docs/redaction.md lists them");
}

static bool find_action(struct loading *l, struct nj_json v, struct nj_buf *text, enum nj_action *action)
{
    return text_of(l, v, NJ_RULE_NAME, "action", text) &&
           (nj_action_find(nj_buf_str(text), action) ||
            fail(l, v.raw.p, "action is one of mask, last4, partial, hmac, remove, truncate, drop_record, count, keep"));
}

static bool read_class(struct loading *l, struct nj_rule *r, struct nj_json v, struct nj_buf *text)
{
    return text_of(l, v, NJ_RULE_NAME, "class", text) && find_class(l, nj_buf_str(text), v.raw.p, &r->class);
}

static bool read_action(struct loading *l, struct nj_rule *r, struct nj_json v, struct nj_buf *text)
{
    if (!find_action(l, v, text, &r->action))
        return false;
    r->has_action = true;
    if (r->action == NJ_ACT_BIN)
        return fail(l, v.raw.p, "bin_last4 is for the class pan, among the actions of the preset");
    return r->action != NJ_ACT_KEEP || fail(l, v.raw.p, "a rule that keeps what it finds is none; count tells of it");
}

/* --- rules -------------------------------------------------------------------------------------------------------- */

static bool sort_members(struct loading *l, struct nj_json rule, struct nj_json m[static MEMBERS])
{
    struct nj_json_iter it;
    struct nj_json v;
    struct nj_str key;
    if (rule.type != NJ_JSON_OBJECT)
        return fail(l, rule.raw.p, "a rule is an object");
    nj_json_iter_init(&it, rule);
    while (nj_json_next(&it, &key, &v)) {
        unsigned i = 0;
        while (i < MEMBERS && !nj_json_key_is(key, member_names[i]))
            i++;
        if (i == MEMBERS)
            return fail(l, key.p, "a rule has no member \"%.*s\"", (int)(key.n < 40 ? key.n : 40), key.p);
        m[i] = v;
    }
    return true;
}

static bool read_rule(struct loading *l, struct nj_json json, struct nj_buf *text)
{
    struct nj_json m[MEMBERS] = { { .type = NJ_JSON_NONE } };
    if (l->rules->n == NJ_RULES_MAX)
        return fail(l, json.raw.p, "more than %d rules", NJ_RULES_MAX);
    struct nj_rule *r = &l->rules->rule[l->rules->n];
    *r = (struct nj_rule){ .class = NJ_CLASS_CUSTOM };
    if (!sort_members(l, json, m))
        return false;
    if (m[M_NAME].type == NJ_JSON_NONE)
        return fail(l, json.raw.p, "the rule has no name");
    if (m[M_PATTERN].type == NJ_JSON_NONE && m[M_KEYS].type == NJ_JSON_NONE)
        return fail(l, json.raw.p, "the rule has neither a pattern nor keys");
    bool fold = m[M_IGNORE_CASE].type == NJ_JSON_TRUE;
    if (!fold && m[M_IGNORE_CASE].type != NJ_JSON_NONE && m[M_IGNORE_CASE].type != NJ_JSON_FALSE)
        return fail(l, m[M_IGNORE_CASE].raw.p, "ignore_case is true or false");
    if (m[M_PATTERN].type == NJ_JSON_NONE && (m[M_VALIDATOR].type != NJ_JSON_NONE || m[M_CONTEXT].type != NJ_JSON_NONE))
        return fail(l, json.raw.p, "validator and context belong to a pattern");
    bool good = read_name(l, r, m[M_NAME], text) && (m[M_CLASS].type == NJ_JSON_NONE || read_class(l, r, m[M_CLASS], text)) &&
                (m[M_ACTION].type == NJ_JSON_NONE || read_action(l, r, m[M_ACTION], text)) &&
                (m[M_VALIDATOR].type == NJ_JSON_NONE || read_validator(l, r, m[M_VALIDATOR], text)) &&
                (m[M_CONTEXT].type == NJ_JSON_NONE || read_context(l, r, m[M_CONTEXT], text)) &&
                (m[M_KEYS].type == NJ_JSON_NONE || read_globs(l, &r->keys, m[M_KEYS], "keys", text)) &&
                (m[M_PATTERN].type == NJ_JSON_NONE || read_pattern(l, m[M_PATTERN], fold, text));
    if (good && r->class == NJ_CLASS_PAN && r->has_action) /* one number, once hashed and once cut short, can be worked out */
        good = fail(l, m[M_ACTION].raw.p, "card numbers are treated by the preset; a rule of class pan has no action of its own");
    l->rules->n++; /* in any case: what it holds is freed with the others */
    return good;
}

static bool read_rules(struct loading *l, struct nj_json list)
{
    struct nj_json_iter it;
    struct nj_json one;
    struct nj_str key;
    struct nj_buf text;
    bool good = true;
    nj_buf_init(&text, 4 * NJ_PATTERN_BYTES);
    nj_json_iter_init(&it, list);
    while (good && nj_json_next(&it, &key, &one))
        good = read_rule(l, one, &text);
    nj_buf_fini(&text);
    return good;
}

/* --- what the preset says, changed -------------------------------------------------------------------------------- */

static bool read_actions(struct loading *l, struct nj_json v, struct nj_buf *text)
{
    struct nj_json_iter it;
    struct nj_json one;
    struct nj_str name;
    if (v.type != NJ_JSON_OBJECT)
        return fail(l, v.raw.p, "actions is an object: a class and what is done about it, such as {\"email\": \"mask\"}");
    nj_json_iter_init(&it, v);
    while (nj_json_next(&it, &name, &one)) {
        enum nj_class class;
        enum nj_action action;
        if (!find_class(l, name, name.p, &class) || !find_action(l, one, text, &action))
            return false;
        if (action == NJ_ACT_BIN && class != NJ_CLASS_PAN)
            return fail(l, one.raw.p, "bin_last4 is for the class pan");
        if (nj_class_is_secret(class) && (action == NJ_ACT_KEEP || action == NJ_ACT_COUNT))
            return fail(l, one.raw.p, "secrets of this class are not kept by a list; NIGHTJAR_REDACT=off is the only way");
        l->rules->changes[class] = true;
        l->rules->action[class] = (uint8_t)action;
    }
    return true;
}

static bool read_numeric(struct loading *l, struct nj_json v, struct nj_buf *text)
{
    static const struct nj_str names[] = {
        [NJ_NUMERIC_STRING] = NJ_STR_INIT("string"), [NJ_NUMERIC_NULL] = NJ_STR_INIT("null"), [NJ_NUMERIC_ZERO] = NJ_STR_INIT("0")
    };
    if (!text_of(l, v, NJ_RULE_NAME, "numeric_mask", text))
        return false;
    for (unsigned i = 0; i < NJ_COUNT(names); i++)
        if (nj_str_eq(nj_buf_str(text), names[i])) {
            l->rules->numeric = (enum nj_numeric)i;
            return true;
        }
    return fail(l, v.raw.p, "numeric_mask is one of \"string\", \"null\", \"0\"");
}

/* --- what is let be ----------------------------------------------------------------------------------------------- */

/* "hmac:k1:7c8f36cfc2ffd62c": the digits of a pseudonym as a number. */
static bool tag_of(struct nj_str pseudonym, uint64_t *tag)
{
    enum { DIGITS = 16 };
    size_t from = pseudonym.n - DIGITS;
    *tag = 0;
    if (!nj_str_starts(pseudonym, NJ_STR("hmac:")) || nj_placeholder_len(pseudonym, 0) != pseudonym.n || pseudonym.p[from - 1] != ':')
        return false;
    for (size_t i = from; i < pseudonym.n; i++)
        *tag = *tag << 4 | (uint64_t)nj_hex_value(pseudonym.p[i]);
    return true;
}

static bool read_allow_values(struct loading *l, struct nj_json v, struct nj_buf *text)
{
    struct nj_json_iter it;
    struct nj_json one;
    struct nj_str key;
    struct nj_rules *rules = l->rules;
    if (v.type != NJ_JSON_ARRAY)
        return fail(l, v.raw.p, "allow_values is no list of pseudonyms");
    nj_json_iter_init(&it, v);
    while (nj_json_next(&it, &key, &one)) {
        if (rules->allowed_n == NJ_ALLOW_VALUES)
            return fail(l, one.raw.p, "more than %d values", NJ_ALLOW_VALUES);
        if (!text_of(l, one, 2 * NJ_RULE_NAME, "a value", text))
            return false;
        if (!tag_of(nj_buf_str(text), &rules->allowed[rules->allowed_n++]))
            return fail(l, one.raw.p, "a value is given as its pseudonym, hmac:k1:7c8f36cfc2ffd62c; nightjar pseudonym makes them");
    }
    return true;
}

static bool read_safe_paths(struct loading *l, struct nj_json v, struct nj_buf *text)
{
    struct nj_json_iter it;
    struct nj_json one;
    struct nj_str trigger;
    if (v.type != NJ_JSON_OBJECT)
        return fail(l, v.raw.p, "safe_paths is an object: a trigger and its paths, such as {\"sqs\": [\"payload.*.name\"]}");
    nj_json_iter_init(&it, v);
    while (nj_json_next(&it, &trigger, &one)) {
        struct nj_safe_paths *safe = &l->rules->safe[l->rules->safe_n];
        if (l->rules->safe_n == NJ_SAFE_TRIGGERS)
            return fail(l, trigger.p, "more than %d triggers", NJ_SAFE_TRIGGERS);
        if (trigger.n == 0 || trigger.n > NJ_TRIGGER_NAME)
            return fail(l, trigger.p, "the name of a trigger has 1 to %d bytes", NJ_TRIGGER_NAME);
        if (!read_globs(l, &safe->paths, one, "paths", text))
            return false;
        memcpy(safe->trigger, trigger.p, trigger.n);
        safe->trigger_n = trigger.n;
        l->rules->safe_n++;
        if (safe->paths.dotted != safe->paths.n)
            return fail(l, one.raw.p, "a path has dots; NIGHTJAR_REDACT_ALLOW_KEYS takes names");
    }
    return true;
}

/* --- the whole ---------------------------------------------------------------------------------------------------- */

static bool read_object(struct loading *l, struct nj_json top)
{
    struct nj_json_iter it;
    struct nj_json v;
    struct nj_str name;
    struct nj_buf text;
    bool good = true, some = false;
    nj_buf_init(&text, 4 * NJ_PATTERN_BYTES);
    nj_json_iter_init(&it, top);
    while (good && nj_json_next(&it, &name, &v)) {
        some = true;
        if (nj_str_eq(name, NJ_STR("rules")))
            good = v.type == NJ_JSON_ARRAY ? read_rules(l, v) : fail(l, v.raw.p, "rules is no list");
        else if (nj_str_eq(name, NJ_STR("actions")))
            good = read_actions(l, v, &text);
        else if (nj_str_eq(name, NJ_STR("numeric_mask")))
            good = read_numeric(l, v, &text);
        else if (nj_str_eq(name, NJ_STR("allow_values")))
            good = read_allow_values(l, v, &text);
        else if (nj_str_eq(name, NJ_STR("safe_paths")))
            good = read_safe_paths(l, v, &text);
        else
            good = fail(l, name.p, "there is no member \"%.*s\" here", (int)(name.n < 40 ? name.n : 40), name.p);
    }
    nj_buf_fini(&text);
    return good && (some || fail(l, top.raw.p, "there is nothing in it"));
}

static bool read_all(struct loading *l)
{
    struct nj_json top;
    json_error_t where;
    if (l->text.n > NJ_RULES_BYTES) {
        l->st = NJ_ELIMIT;
        *l->error = (struct nj_rules_error){ 1, 1, "the rules are longer than 64 KiB" };
        return false;
    }
    json_t *tree = json_loadb(l->text.p != NULL ? l->text.p : "", l->text.n, JSON_REJECT_DUPLICATES, &where);
    if (tree == NULL || nj_json_parse(l->text, &top) != NJ_OK) {
        json_decref(tree);
        l->st = NJ_EPARSE;
        l->error->line = where.line > 0 ? (size_t)where.line : 1;
        l->error->column = where.column > 0 ? (size_t)where.column : 1;
        snprintf(l->error->text, sizeof(l->error->text), "no JSON: %s", tree == NULL ? where.text : "nested too deeply");
        return false;
    }
    json_decref(tree);
    if (top.type == NJ_JSON_OBJECT)
        return read_object(l, top);
    return top.type == NJ_JSON_ARRAY ? read_rules(l, top) : fail(l, top.raw.p, "a list of rules is expected, or an object with \"rules\"");
}

struct nj_str nj_rule_name(const struct nj_rule *r)
{
    return (struct nj_str){ r->name, r->name_n };
}

enum nj_status nj_rules_new(struct nj_rules **out, struct nj_str json, struct nj_rules_error *error)
{
    struct loading l = { .text = json, .error = error, .st = NJ_OK };
    *out = NULL;
    *error = (struct nj_rules_error){ 0, 0, "" };
    l.rules = calloc(1, sizeof(*l.rules));
    l.rows = calloc(NJ_PATTERN_ROWS, sizeof(*l.rows));
    if (l.rules == NULL || l.rows == NULL)
        l.st = NJ_ENOMEM;
    else
        (void)read_all(&l);
    free(l.rows);
    if (l.st == NJ_ENOMEM)
        snprintf(error->text, sizeof(error->text), "there is not memory enough");
    if (l.st == NJ_OK)
        *out = l.rules;
    else
        nj_rules_free(l.rules);
    return l.st;
}

void nj_rules_free(struct nj_rules *rules)
{
    if (rules == NULL)
        return;
    for (size_t i = 0; i < rules->automata; i++)
        nj_automaton_fini(&rules->automaton[i]);
    for (size_t i = 0; i < rules->n; i++)
        nj_globs_fini(&rules->rule[i].keys);
    for (size_t i = 0; i < rules->safe_n; i++)
        nj_globs_fini(&rules->safe[i].paths);
    free(rules);
}

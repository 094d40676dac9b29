/* Rules of the operator at work: the next match of any pattern, and what is done about names and matches. */
#include "rules.h"

int nj_rules_key(const struct nj_redactor *r, struct nj_str name)
{
    for (size_t i = 0; r->rules != NULL && i < r->rules->n; i++)
        if (nj_globs_match(&r->rules->rule[i].keys, name))
            return NJ_SECRET_KEYS + (int)i;
    return NJ_KEY_NONE;
}

int nj_rules_path(const struct nj_redactor *r, struct nj_str path, bool known)
{
    for (size_t i = 0; r->rules != NULL && i < r->rules->n; i++)
        if (nj_globs_match_path(&r->rules->rule[i].keys, path, known))
            return NJ_SECRET_KEYS + (int)i;
    return NJ_KEY_NONE;
}

bool nj_rules_have_paths(const struct nj_rules *rules)
{
    if (rules != NULL && rules->safe_n != 0)
        return true;
    for (size_t i = 0; rules != NULL && i < rules->n; i++)
        if (rules->rule[i].keys.dotted != 0)
            return true;
    return false;
}

const struct nj_globs *nj_rules_safe_paths(const struct nj_rules *rules, struct nj_str trigger)
{
    for (size_t i = 0; rules != NULL && i < rules->safe_n; i++)
        if (nj_str_eq_nocase((struct nj_str){ rules->safe[i].trigger, rules->safe[i].trigger_n }, trigger))
            return &rules->safe[i].paths;
    return NULL;
}

bool nj_rules_have_values(const struct nj_rules *rules)
{
    return rules != NULL && rules->allowed_n != 0;
}

bool nj_rules_allow_value(const struct nj_redactor *r, enum nj_class class, struct nj_str value)
{
    enum nj_pseudonym_class kind = nj_class_pseudonym(class);
    uint64_t tag = nj_pseudonym_tag(r->pseudonyms, kind, (struct nj_str){ NULL, 0 }, value), previous = tag;
    if (!nj_pseudonym_previous_tag(r->pseudonyms, kind, (struct nj_str){ NULL, 0 }, value, &previous))
        previous = tag;
    for (size_t i = 0; i < r->rules->allowed_n; i++)
        if (r->rules->allowed[i] == tag || r->rules->allowed[i] == previous)
            return true;
    return false;
}

struct nj_str nj_rules_name(const struct nj_redactor *r, unsigned rule)
{
    return r->rules != NULL && rule < r->rules->n ? nj_rule_name(&r->rules->rule[rule]) : (struct nj_str){ NULL, 0 };
}

/* Off is off: no rule replaces anything then. */
static enum nj_action rule_action(const struct nj_redactor *r, const struct nj_rule *rule)
{
    enum nj_action preset = nj_policy_action(&r->policy, rule->class);
    return rule->has_action && preset != NJ_ACT_COUNT ? rule->action : preset;
}

enum nj_action nj_key_action(const struct nj_redactor *r, int rule)
{
    if (rule >= NJ_SECRET_KEYS)
        return rule_action(r, &r->rules->rule[rule - NJ_SECRET_KEYS]);
    return nj_policy_action(&r->policy, nj_secret_keys[rule].class);
}

enum nj_class nj_key_class(const struct nj_redactor *r, int rule)
{
    return rule >= NJ_SECRET_KEYS ? r->rules->rule[rule - NJ_SECRET_KEYS].class : nj_secret_keys[rule].class;
}

void nj_rules_change(const struct nj_rules *rules, struct nj_policy *policy)
{
    for (size_t i = 0; rules != NULL && i < NJ_CLASSES; i++)
        if (rules->changes[i] && policy->action[i] != NJ_ACT_COUNT)
            policy->action[i] = rules->action[i];
}

enum nj_numeric nj_rules_numeric(const struct nj_rules *rules)
{
    return rules != NULL ? rules->numeric : NJ_NUMERIC_STRING;
}

bool nj_rules_want_all(const struct nj_rules *rules)
{
    return rules != NULL && rules->automata != 0;
}

/* --- matches ------------------------------------------------------------------------------------------------------ */

/* Byte of the first occurrence of any word at or after byte from, or NJ_NPOS. */
static size_t next_word(struct nj_str t, size_t from, const struct nj_rule *rule)
{
    for (size_t at = from; at < t.n; at++) {
        char c = nj_lower(t.p[at]);
        for (size_t w = 0; w < rule->words; w++)
            if (c == rule->word[w][0] && rule->word_n[w] <= t.n - at &&
                nj_str_eq_nocase(nj_str_slice(t, at, at + rule->word_n[w]), (struct nj_str){ rule->word[w], rule->word_n[w] }))
                return at;
    }
    return NJ_NPOS;
}

static bool has_word(struct nj_str t, const struct nj_rule *rule)
{
    return next_word(t, 0, rule) != NJ_NPOS;
}

static bool has_context(const struct nj_sweep *s, const struct nj_rule *rule, struct nj_span span)
{
    size_t from = span.from > NJ_RULE_WINDOW ? span.from - NJ_RULE_WINDOW : 0;
    return has_word(nj_str_slice(s->text, from, span.from), rule) ||
           has_word(nj_str_slice(s->text, span.to, span.to + NJ_RULE_WINDOW), rule);
}

/* A rule with words looks for them first, and for matches near them only: between them lies nothing it could take. */
static bool skip_to_word(const struct nj_sweep *s, const struct nj_rule *rule, size_t *from)
{
    enum { BEFORE = NJ_RULE_WINDOW + NJ_PATTERN_POSITIONS, BEHIND = NJ_RULE_WINDOW + NJ_RULE_WORD };
    size_t back = *from > BEHIND ? *from - BEHIND : 0, word = next_word(s->text, back, rule);
    s->r->rules_read += (word != NJ_NPOS ? word : s->text.n) - back;
    if (word != NJ_NPOS && word > *from + BEFORE)
        *from = word - BEFORE;
    return word != NJ_NPOS;
}

/* What one automaton finds next; a match that is none does not use its bytes up. */
static struct nj_span look_ahead(const struct nj_sweep *s, size_t automaton, size_t from)
{
    const struct nj_rules *rules = s->r->rules;
    const struct nj_rule *rule = &rules->rule[rules->rule_of[automaton]];
    bool anywhere = rule->words == 0 || has_word(s->r->context, rule); /* the name of the member counts as near */
    struct nj_span span;
    while (anywhere || skip_to_word(s, rule, &from)) {
        bool found = nj_automaton_find(&rules->automaton[automaton], s->text, from, &span);
        s->r->rules_read += (found ? span.to : s->text.n) - from;
        if (!found)
            break;
        struct nj_str match = nj_str_slice(s->text, span.from, span.to);
        if ((anywhere || has_context(s, rule, span)) && (rule->valid == NULL || rule->valid(match)))
            return span;
        from = span.from + 1;
    }
    return (struct nj_span){ NJ_NPOS, NJ_NPOS };
}

static void choose(struct nj_sweep *s)
{
    const struct nj_rules *rules = s->r->rules;
    s->own = (struct nj_span){ NJ_NPOS, NJ_NPOS };
    for (size_t i = 0; i < rules->automata; i++) {
        if (s->ahead[i].from > s->own.from || (s->ahead[i].from == s->own.from && s->ahead[i].to <= s->own.to))
            continue;
        s->own = s->ahead[i];
        s->own_rule = rules->rule_of[i];
    }
}

void nj_rules_next(struct nj_sweep *s)
{
    for (size_t i = 0; i < s->r->rules->automata; i++)
        if (s->ahead[i].to == 0 || s->ahead[i].from < s->done) /* at the start, and behind what was taken */
            s->ahead[i] = look_ahead(s, i, s->done);
    choose(s);
}

static bool continues(struct nj_str t, size_t at)
{
    return at < t.n && ((unsigned char)t.p[at] & 0xc0) == 0x80;
}

void nj_rules_take(struct nj_sweep *s)
{
    const struct nj_rule *rule = &s->r->rules->rule[s->own_rule];
    struct nj_span span = s->own;
    while (span.from > s->done && continues(s->text, span.from))
        span.from--; /* whole characters, so that what stays is still UTF-8 */
    while (continues(s->text, span.to))
        span.to++;
    if (nj_sweep_replace(s, span, rule->class, rule_action(s->r, rule), NJ_COUNT_RULES + s->own_rule, NJ_STR("[custom]"))) {
        nj_rules_next(s);
        return;
    }
    for (size_t i = 0; i < s->r->rules->automata; i++) /* it stays: look behind where it begins */
        if (s->ahead[i].from <= s->own.from)
            s->ahead[i] = look_ahead(s, i, s->own.from + 1);
    choose(s);
}

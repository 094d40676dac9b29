/* NIGHTJAR_ALERT_RULES: JSON that adds to the built-in rules, changes or takes some away. */
#include "nightjar/file.h"
#include "nightjar/options.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>

enum { TEXT_MAX = 64 << 10, COUNT_MAX = 1000000, DAY_S = 86400, NAME_SHOWN = 32 };

struct reading {
    struct nj_alert_rules *rules;
    char *why;
    size_t number; /* of the rule being read, from 1 */
};

static bool refuse(const struct reading *r, const char *fmt, ...) NJ_PRINTF(2, 3);
static bool refuse(const struct reading *r, const char *fmt, ...)
{
    va_list ap;
    int n = r->number == 0 ? 0 : snprintf(r->why, NJ_ALERT_WHY, "rule %zu: ", r->number);
    va_start(ap, fmt);
    vsnprintf(r->why + n, NJ_ALERT_WHY - (size_t)n, fmt, ap);
    va_end(ap);
    return false;
}

/* What somebody wrote may be anything: only what a name is made of is repeated. */
static const char *shown(char out[static NAME_SHOWN + 1], const char *text)
{
    size_t n = 0;
    for (; n < NAME_SHOWN && text[n] != '\0'; n++)
        out[n] = text[n] > 0x20 && text[n] < 0x7f && text[n] != '"' ? text[n] : '?';
    out[n] = '\0';
    return out;
}

static bool is_name(const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return n != 0 && n < NJ_ALERT_NAME;
}

static struct nj_alert_rule *find(struct nj_alert_rules *rules, const char *name)
{
    for (size_t i = 0; i < rules->n; i++)
        if (strcmp(rules->rule[i].name, name) == 0)
            return &rules->rule[i];
    return NULL;
}

/* --- members of a rule -------------------------------------------------------------------------------------------- */

static bool take_text(const struct reading *r, const char *key, const json_t *v, char *to, size_t room)
{
    const char *text = json_string_value(v);
    if (text == NULL || json_string_length(v) != strlen(text))
        return refuse(r, "\"%s\" must be text", key);
    if (strlen(text) >= room)
        return refuse(r, "\"%s\" is longer than %zu bytes", key, room - 1);
    memcpy(to, text, strlen(text) + 1);
    return true;
}

static bool take_duration(const struct reading *r, const char *key, const json_t *v, uint32_t *to)
{
    int64_t ms = 0;
    const char *text = json_string_value(v);
    if (text == NULL || !nj_parse_duration(nj_str_of(text), &ms) || ms < 1000 || ms > DAY_S * INT64_C(1000))
        return refuse(r, "\"%s\" must be a duration from 1s to 24h, such as \"10m\"", key);
    *to = (uint32_t)(ms / 1000);
    return true;
}

static bool take_events(const struct reading *r, const json_t *v, struct nj_alert_rule *rule)
{
    size_t i, n = 0;
    json_t *one;
    if (!json_is_array(v) || json_array_size(v) == 0)
        return refuse(r, "\"events\" must be a list of event names");
    json_array_foreach((json_t *)(uintptr_t)v, i, one)
    {
        const char *text = json_string_value(one);
        if (text == NULL || *text == '\0' || strchr(text, ',') != NULL || (strchr(text, '*') != NULL && strchr(text, '*')[1] != '\0'))
            return refuse(r, "an entry of \"events\" is no name, or has a * elsewhere than at its end");
        int wrote = snprintf(rule->events + n, sizeof(rule->events) - n, "%s%s", n != 0 ? "," : "", text);
        if (wrote < 0 || (size_t)wrote >= sizeof(rule->events) - n)
            return refuse(r, "\"events\" are longer than %zu bytes together", sizeof(rule->events) - 1);
        n += (size_t)wrote;
    }
    return true;
}

static bool take_severity(const struct reading *r, const json_t *v, struct nj_alert_rule *rule)
{
    const char *text = json_string_value(v);
    for (int i = 0; text != NULL && i < NJ_SEVERITIES; i++) {
        if (!nj_str_eq_nocase(nj_str_of(text), nj_severity_names[i]))
            continue;
        rule->severity = (enum nj_severity)i;
        return true;
    }
    return refuse(r, "\"severity\" must be one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL");
}

static bool take_count(const struct reading *r, const json_t *v, struct nj_alert_rule *rule)
{
    if (!json_is_integer(v) || json_integer_value(v) < 1 || json_integer_value(v) > COUNT_MAX)
        return refuse(r, "\"count\" must be a number from 1 to %d", COUNT_MAX);
    rule->count = (uint32_t)json_integer_value(v);
    return true;
}

static bool take_member(const struct reading *r, const char *key, const json_t *v, struct nj_alert_rule *rule)
{
    char name[NAME_SHOWN + 1];
    if (strcmp(key, "name") == 0 || strcmp(key, "off") == 0)
        return true; /* taken before */
    if (strcmp(key, "events") == 0)
        return take_events(r, v, rule);
    if (strcmp(key, "severity") == 0)
        return take_severity(r, v, rule);
    if (strcmp(key, "count") == 0)
        return take_count(r, v, rule);
    if (strcmp(key, "window") == 0)
        return take_duration(r, key, v, &rule->window_s);
    if (strcmp(key, "every") == 0)
        return take_duration(r, key, v, &rule->every_s);
    if (strcmp(key, "by") == 0)
        return take_text(r, key, v, rule->by, sizeof(rule->by));
    return refuse(r, "there is no \"%s\"; known: name events severity count window every by off", shown(name, key));
}

/* --- rules -------------------------------------------------------------------------------------------------------- */

static void take_away(struct nj_alert_rules *rules, struct nj_alert_rule *rule)
{
    size_t behind = rules->n - (size_t)(rule - rules->rule) - 1;
    memmove(rule, rule + 1, behind * sizeof(*rule));
    rules->n--;
}

static bool take_rule(const struct reading *r, const json_t *v)
{
    const char *name = json_string_value(json_object_get(v, "name")), *key;
    json_t *member;
    if (!json_is_object(v) || name == NULL || !is_name(name))
        return refuse(r, "needs a \"name\" of up to %d letters, digits, _ and -", NJ_ALERT_NAME - 1);
    struct nj_alert_rule *known = find(r->rules, name);
    const json_t *off = json_object_get(v, "off");
    if (off != NULL && !json_is_boolean(off))
        return refuse(r, "\"off\" must be true or false");
    if (json_is_true(off)) {
        if (known == NULL)
            return refuse(r, "there is no rule to take away by this name");
        take_away(r->rules, known);
        return true;
    }
    struct nj_alert_rule rule = { .severity = NJ_SEV_WARN, .count = 1, .window_s = 600, .every_s = 600 };
    if (known != NULL)
        rule = *known; /* what is not said stays */
    memcpy(rule.name, name, strlen(name) + 1);
    json_object_foreach((json_t *)(uintptr_t)v, key, member)
    {
        if (!take_member(r, key, member, &rule))
            return false;
    }
    if (rule.events[0] == '\0')
        return refuse(r, "needs \"events\"");
    if (known == NULL && r->rules->n == NJ_ALERT_RULES)
        return refuse(r, "there is room for %d rules, the built-in ones among them", NJ_ALERT_RULES);
    if (known == NULL)
        known = &r->rules->rule[r->rules->n++];
    *known = rule;
    return true;
}

static bool take_list(struct reading *r, const json_t *list)
{
    size_t i;
    json_t *v;
    if (!json_is_array(list))
        return refuse(r, "must be a JSON list of rules, such as [{\"name\":\"errors\",\"count\":5}]");
    json_array_foreach((json_t *)(uintptr_t)list, i, v)
    {
        r->number = i + 1;
        if (!take_rule(r, v))
            return false;
    }
    return true;
}

static bool read_text(struct reading *r, struct nj_str text)
{
    json_error_t e;
    json_t *list = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &e);
    if (list == NULL)
        return refuse(r, "no JSON: line %d, column %d", e.line, e.column); /* not jansson's words: they repeat the text */
    bool good = take_list(r, list);
    json_decref(list);
    return good;
}

static bool read_file(struct reading *r, struct nj_str path)
{
    char name[4096];
    struct nj_buf text;
    if (path.n >= sizeof(name))
        return refuse(r, "the path of the file is too long");
    memcpy(name, path.p, path.n);
    name[path.n] = '\0';
    nj_buf_init(&text, TEXT_MAX);
    enum nj_status st = nj_file_read(name, TEXT_MAX, &text);
    bool good = st == NJ_OK && read_text(r, nj_buf_str(&text));
    if (st != NJ_OK)
        (void)refuse(r, st == NJ_ELIMIT ? "the file is larger than 64 KiB" : "the file cannot be read");
    nj_buf_fini(&text);
    return good;
}

bool nj_alert_rules_read(struct nj_alert_rules *rules, struct nj_str text, char why[static NJ_ALERT_WHY])
{
    struct reading r = { .rules = rules, .why = why };
    nj_alert_rules_standard(rules);
    why[0] = '\0';
    text = nj_str_trim(text);
    if (text.n == 0)
        return true;
    bool good = text.p[0] == '/' ? read_file(&r, text) : read_text(&r, text);
    if (!good)
        nj_alert_rules_standard(rules);
    return good;
}

/* --reference: one Markdown page, all of it from the tables the program itself runs on. */
#include "nightjar/commands.h"
#include "nightjar/limits.h"

struct pair {
    const char *name, *text;
};

static void table(struct nj_buf *out, const char *first, const char *second, const struct pair *rows, size_t n)
{
    nj_buf_addf(out, "| %s | %s |\n| --- | --- |\n", first, second);
    for (size_t i = 0; i < n; i++)
        nj_buf_addf(out, "| %s | %s |\n", rows[i].name, rows[i].text);
}

static void commands(struct nj_buf *out)
{
    static const struct pair words[] = {
        { "`nightjar`", "The extension. Lambda starts it from `/opt/extensions`." },
        { "`nightjar --check`", "Prints the effective configuration and its problems." },
        { "`nightjar --reference`", "Prints this page." },
        { "`nightjar --version`", "Prints the version and the versions of everything linked in." },
        { "`nightjar --help`", "Prints a short help." },
        { "`nightjar redact`", "Redacts standard input line by line; `nightjar redact --help` lists its options." },
        { "`nightjar pseudonym`", "Turns a list on standard input into pseudonyms; `nightjar pseudonym --help` lists its options." },
    };
    static const struct pair codes[] = {
        { "0", "Done. As an extension: left at SHUTDOWN." },
        { "1", "`--check` found problems; or input could not be read or output not be written; or started by hand outside of Lambda. As an "
               "extension: the "
               "platform answered with a container error." },
        { "2", "The command line was not understood." },
    };
    nj_buf_addz(out, "## Commands\n\n");
    table(out, "command", "what it does", words, NJ_COUNT(words));
    nj_buf_addz(out, "\n");
    table(out, "exit code", "meaning", codes, NJ_COUNT(codes));
}

static void variables(struct nj_buf *out)
{
    nj_buf_addz(out, "\n## Variables\n\n"
                     "Sizes are bytes, or have the suffix `k`, `m` or `g` (powers of 1024); durations need `ms`, `s`, `m` or `h`. An empty "
                     "value means the default. A bad value never stops the extension: it says what is wrong and what it uses instead. A "
                     "value may have up to 32 KiB and holds no control characters.\n\n");
    nj_options_reference(out);
}

static void thresholds(struct nj_buf *out)
{
    nj_buf_addz(out,
                "\n## Thresholds\n\nWhat `NIGHTJAR_DETECT` may hold, for example `guess.failures=8,stuffing.window=15m`. Durations need "
                "`ms`, `s`, `m`, `h` or `d`.\n\n| name | default | from, to | meaning |\n| --- | --- | --- | --- |\n");
    nj_limits_reference(out);
}

static void sinks(struct nj_buf *out)
{
    static const struct pair rows[] = {
        { "`stdout:`", "One record a line on standard output, which Lambda writes to the function's log group." },
        { "`file:///path`", "One record a line, appended to a file (of which only `/tmp` is writable in Lambda)." },
        { "`http://...`, `https://...`", "POST of one record a line (`application/x-ndjson`)." },
        { "`json+http://...`, `json+https://...`", "POST of one JSON array (`application/json`)." },
    };
    nj_buf_addz(out, "\n## Sinks\n\n");
    table(out, "URL", "what it does", rows, NJ_COUNT(rows));
}

static void records(struct nj_buf *out)
{
    static const struct pair keys[] = {
        { "`when`", "The source's own time (RFC 3339, UTC)." },
        { "`what`", "`event`, `category`, `severity` (`TRACE` to `FATAL`) and, where there is one, `outcome`: `success`, `failure` or "
                    "`unknown`." },
        { "`who`, `where`", "Flat, by the names below." },
        { "`message`", "One sentence, or the text of a log line." },
        { "`data`", "The fields, by the names below." },
        { "`redacted`, `redaction`", "What was taken out, by rule, and how much: [redaction.md](redaction.md)." },
        { "`id`", "Unique for each record, the same when it is sent again." },
        { "`seq`, `chain`", "Number and link to the record before: `nightjar verify`." },
    };
    nj_buf_addz(out, "\n## Records\n\nOne JSON object each, with these keys in this order; what is not known is absent.\n\n");
    table(out, "key", "what it holds", keys, NJ_COUNT(keys));
}

static const struct pair categories[] = {
#define NJ_CATEGORY(name, text) { #name, text },
#include "nightjar/categories.def"
#undef NJ_CATEGORY
};

static const char *category_text(const char *name)
{
    size_t c = 0;
    while (c + 1 < NJ_COUNT(categories) && strcmp(categories[c].name, name) != 0)
        c++;
    return categories[c].text;
}

static void security(struct nj_buf *out)
{
    static const struct {
        const char *event, *category, *severity, *text;
    } rows[] = {
#define NJ_WORD(enumerator, event, category, severity, outcome, lane, part, text) { event, #category, #severity, text },
#include "nightjar/vocabulary.def"
#undef NJ_WORD
    };
    nj_buf_addz(out,
                "\nSecurity events, by the words of OWASP's vocabulary where it has one (those with a dot are nightjar's). An application "
                "that logs such a word is believed (`nightjar.auth.source`).\n\n"
                "| event | category | severity | when |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        nj_buf_addf(out, "| `%s` | %s | %s | %s |\n", rows[i].event, category_text(rows[i].category), rows[i].severity, rows[i].text);
}

static void alerts(struct nj_buf *out)
{
    static const struct pair rows[] = {
#define NJ_ALERT_RULE(name, events, severity, count, window, every, by, text) { "`alert." name "`", text },
#include "nightjar/alert_rules.def"
    };
    nj_buf_addz(out, "\nAlerts, `alert.` and the name of the rule; these rules are built in, `NIGHTJAR_ALERT_RULES` has others:\n\n");
    table(out, "event", "what it is about", rows, NJ_COUNT(rows));
}

/* Sentences of findings.def, with what tells rules of one event apart. */
static void findings(struct nj_buf *out)
{
    static const struct {
        const char *event, *told_apart, *text;
    } rows[] = {
#define NJ_FINDING(enumerator, event, category, kind, told_apart, text) { event, told_apart, text },
#include "nightjar/findings.def"
#undef NJ_FINDING
    };
    nj_buf_addz(out, "\nWhat it finds out (`tests/scenarios` has each, and honest traffic like it that stays silent):\n\n"
                     "| event | when | told apart by |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_str values = nj_str_of(rows[i].told_apart), attribute = { NULL, 0 }, value;
        nj_buf_addf(out, "| `%s` | %s | ", rows[i].event, rows[i].text);
        if (nj_str_cut(&values, '=', &attribute) && attribute.n != 0)
            nj_buf_addf(out, "`%.*s`: ", NJ_STR_ARG(attribute));
        for (bool first = true; nj_str_cut(&values, '|', &value); first = false)
            nj_buf_addf(out, "%s%.*s", first ? "" : ", ", NJ_STR_ARG(value));
        nj_buf_addz(out, " |\n");
    }
}

static void events(struct nj_buf *out)
{
    static const struct {
        const char *type, *category, *severity, *lane;
    } rows[] = {
#define NJ_EVENT(enumerator, type, category, severity, lane) { type, #category, #severity, #lane },
#include "nightjar/events.def"
#undef NJ_EVENT
    };
    static const struct pair own[] = {
#define NJ_OWN_EVENT(event, text) { "`" event "`", text },
#include "nightjar/own_events.def"
#undef NJ_OWN_EVENT
    };
    nj_buf_addz(out, "\n## Events\n\n"
                     "What arrives from the Telemetry API, and how it is recorded: function logs as `function.log`, those of extensions as "
                     "`extension.log`, the platform's under their own names. A status other than success raises the severity to ERROR "
                     "and the lane to critical: such records are sent at the end of the invocation and dropped last. Types that are not "
                     "listed pass through.\n\n| type | category | severity | lane |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        nj_buf_addf(out, "| `%s` | %s | %s | %s |\n", rows[i].type, category_text(rows[i].category), rows[i].severity,
                    strcmp(rows[i].lane, "BULK") == 0 ? "bulk" : "critical");
    nj_buf_addz(out, "\nnightjar writes these itself:\n\n");
    table(out, "event", "when", own, NJ_COUNT(own));
    security(out);
    findings(out);
    alerts(out);
    nj_buf_addz(out, "\nCategories, as `what.category` and `NIGHTJAR_SINK_<NAME>_ONLY` spell them:");
    for (size_t c = 0; c < NJ_COUNT(categories); c++)
        nj_buf_addf(out, "%s `%s`", c != 0 ? "," : "", categories[c].text);
    nj_buf_addz(out, ".\n");
}

enum place { WHO, WHERE, DATA, PLACES };

static const struct attribute {
    const char *name;
    enum place place;
    const char *type, *unit, *events, *text;
} attribute_rows[] = {
#define NJ_ATTRIBUTE(name, place, type, unit, events, text) { name, place, #type, unit, events, text },
#include "nightjar/attributes.def"
#undef NJ_ATTRIBUTE
};

static const char *type_text(const char *type)
{
    static const struct pair types[] = { { "STRING", "string" },   { "TIME", "time" },
                                         { "INTEGER", "integer" }, { "NUMBER", "number" },
                                         { "BOOLEAN", "boolean" }, { "STRINGS", "list of strings" },
                                         { "OBJECT", "object" },   { "OBJECTS", "list of objects" },
                                         { "ANY", "any" } };
    size_t t = 0;
    while (t + 1 < NJ_COUNT(types) && strcmp(types[t].name, type) != 0)
        t++;
    return types[t].text;
}

static void attribute(struct nj_buf *out, const struct attribute *a)
{
    struct nj_str events = nj_str_of(a->events), event;
    nj_buf_addf(out, "| `%s` | %s%s%s | %s |", a->name, type_text(a->type), a->unit[0] != '\0' ? ", " : "", a->unit, a->text);
    for (bool first = true; a->place == DATA && nj_str_cut(&events, ' ', &event); first = false) {
        nj_buf_addz(out, first ? " " : ", ");
        if (nj_str_eq(event, NJ_STR("*")))
            nj_buf_addz(out, "any");
        else if (nj_str_eq(event, NJ_STR("security")))
            nj_buf_addz(out, "security events");
        else
            nj_buf_addf(out, "`%.*s`", NJ_STR_ARG(event));
    }
    nj_buf_addz(out, a->place == DATA ? " |\n" : "\n");
}

static void attributes(struct nj_buf *out)
{
    static const char *const heads[PLACES] = {
        [WHO] = "\n`who`, on records of an invocation:\n\n| attribute | type | meaning |\n| --- | --- | --- |\n",
        [WHERE] = "\n`where`, with what `NIGHTJAR_ATTRIBUTES` and `OTEL_RESOURCE_ATTRIBUTES` add:\n\n"
                  "| attribute | type | meaning |\n| --- | --- | --- |\n",
        [DATA] = "\n`data`, by the events that have it (`*` stands for anything, *security events* are those of the table above):\n\n"
                 "| attribute | type | meaning | events |\n| --- | --- | --- | --- |\n",
    };
    nj_buf_addz(out, "\n## Attributes\n\n"
                     "What nightjar writes into `who`, `where` and `data`. Names without `nightjar.` are OpenTelemetry's. `data` "
                     "also holds the fields of a structured log, of a platform event, and the content of an input, response "
                     "or error, as they came (redacted), and the ledger (below). Numbers of a sandbox count what this sandbox has seen.\n");
    for (enum place p = WHO; p < PLACES; p++) {
        nj_buf_addz(out, heads[p]);
        for (size_t i = 0; i < NJ_COUNT(attribute_rows); i++)
            if (attribute_rows[i].place == p)
                attribute(out, &attribute_rows[i]);
    }
}

static void counters(struct nj_buf *out)
{
    static const struct {
        const char *name, *group, *unit, *text;
    } rows[] = {
#define NJ_COUNTER(name, group, unit, text) { #name, #group, unit, text },
#include "nightjar/counters.def"
#undef NJ_COUNTER
    };
    static const struct pair groups[] = {
        { "RECEIVED", "in" }, { "FILTERED", "left out" }, { "LOST", "lost" }, { "INFO", "for information" }
    };
    static const struct pair drops[] = {
#define NJ_DROP(name, text) { "`" #name "`", text },
#include "nightjar/drops.def"
#undef NJ_DROP
    };
    nj_buf_addz(
        out, "\n## The ledger\n\n"
             "Every `nightjar.ledger` record carries these counters. Received records = offered to the sinks + left out + lost; for "
             "each sink, offered = delivered + dropped + unwanted + held + spilled (on disk, and not sent until now; `spill` says how much "
             "went there and came back). What an earlier nightjar of the same sandbox left on disk is counted apart once it was read: "
             "`recovered.records` = delivered + dropped + held; `recovered.refused` counts files that were not sent.\n\n"
             "| counter | side | unit | when it moves |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        const char *side = "";
        for (size_t g = 0; g < NJ_COUNT(groups); g++)
            if (strcmp(groups[g].name, rows[i].group) == 0)
                side = groups[g].text;
        nj_buf_addf(out, "| `%s` | %s | %s | %s |\n", rows[i].name, side, rows[i].unit, rows[i].text);
    }
    nj_buf_addz(out, "\nA record a sink was offered and did not get is counted under one of these reasons:\n\n");
    table(out, "reason", "when", drops, NJ_COUNT(drops));
}

static void diagnostics(struct nj_buf *out)
{
    static const struct {
        const char *code, *meaning, *advice;
    } rows[] = {
#define NJ_DIAG_CODE(code, meaning, advice) { #code, meaning, advice },
#include "nightjar/diag_codes.def"
#undef NJ_DIAG_CODE
        { NULL, NULL, NULL },
    };
    nj_buf_addz(out, "\n## Diagnostics\n\n"
                     "nightjar's own lines on standard error, one JSON object each. Repeated events are counted and reported once per "
                     "interval. The codes:\n\n| code | meaning | what to do |\n| --- | --- | --- |\n");
    for (size_t i = 0; rows[i].code != NULL; i++)
        nj_buf_addf(out, "| `%s` | %s | %s |\n", rows[i].code, rows[i].meaning, rows[i].advice);
}

void nj_reference(struct nj_buf *out)
{
    nj_buf_addz(out, "# nightjar reference\n\nWritten by `nightjar --reference` from the tables of the program (`make docs`); do not edit "
                     "it.\n\n");
    commands(out);
    variables(out);
    thresholds(out);
    sinks(out);
    records(out);
    events(out);
    attributes(out);
    counters(out);
    diagnostics(out);
}

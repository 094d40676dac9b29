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

/* --- rows of text --------------------------------------------------------------------------------------------------- */

/* The rows of a .def lie one behind the other, the fields of each divided by tabs: no pointers, which the loader would have to write into
 * memory whenever the extension starts.  A row has a line of its own in the .def. */
#define ROW_OF_(line) row_##line
#define ROW_OF(line)  ROW_OF_(line)

enum { FIELDS = 6 };
struct rows {
    const char *at, *end;
    struct nj_str field[FIELDS];
};
#define ROWS(texts)                                                                                                                        \
    {                                                                                                                                      \
        .at = (const char *)&(texts), .end = (const char *)(&(texts) + 1)                                                                  \
    }

static bool next(struct rows *r)
{
    if (r->at == r->end)
        return false;
    struct nj_str rest = nj_str_of(r->at);
    r->at += rest.n + 1;
    for (size_t i = 0; i < FIELDS && nj_str_cut(&rest, '\t', &r->field[i]); i++)
        continue;
    return true;
}

static void add_row(struct nj_buf *out, struct nj_str name, struct nj_str text)
{
    nj_buf_addf(out, "| `%.*s` | %.*s |\n", NJ_STR_ARG(name), NJ_STR_ARG(text));
}

/* --- the sections --------------------------------------------------------------------------------------------------- */

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
        { "`nightjar verify`",
          "Says which records of a stored stream on standard input are missing or were altered; `nightjar verify --help` "
          "lists its options." },
    };
    static const struct pair codes[] = {
        { "0", "Done. As an extension: left at SHUTDOWN." },
        { "1", "`--check` found problems; or input could not be read or output not be written; or started by hand outside of Lambda. As an "
               "extension: the platform answered with a container error." },
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

static const char *text_of(const struct pair *words, size_t n, struct nj_str name)
{
    size_t i = 0;
    while (i + 1 < n && !nj_str_eq(name, nj_str_of(words[i].name)))
        i++;
    return words[i].text;
}

static const char *category_text(struct nj_str name)
{
    return text_of(categories, NJ_COUNT(categories), name);
}

static void security(struct nj_buf *out)
{
    static const struct {
#define NJ_WORD(enumerator, event, category, severity, outcome, lane, part, text)                                                          \
    char ROW_OF(__LINE__)[sizeof(event #category #severity text) + 3];
#include "nightjar/vocabulary.def"
#undef NJ_WORD
    } words = {
#define NJ_WORD(enumerator, event, category, severity, outcome, lane, part, text) event "\t" #category "\t" #severity "\t" text,
#include "nightjar/vocabulary.def"
#undef NJ_WORD
    };
    nj_buf_addz(out,
                "\nSecurity events, by the words of OWASP's vocabulary where it has one (those with a dot are nightjar's). An application "
                "that logs such a word is believed (`nightjar.auth.source`).\n\n"
                "| event | category | severity | when |\n| --- | --- | --- | --- |\n");
    for (struct rows r = ROWS(words); next(&r);)
        nj_buf_addf(out, "| `%.*s` | %s | %.*s | %.*s |\n", NJ_STR_ARG(r.field[0]), category_text(r.field[1]), NJ_STR_ARG(r.field[2]),
                    NJ_STR_ARG(r.field[3]));
}

static void alerts(struct nj_buf *out)
{
    static const struct {
#define NJ_ALERT_RULE(name, events, severity, count, window, every, by, text) char ROW_OF(__LINE__)[sizeof("alert." name text) + 1];
#include "nightjar/alert_rules.def"
    } rules = {
#define NJ_ALERT_RULE(name, events, severity, count, window, every, by, text) "alert." name "\t" text,
#include "nightjar/alert_rules.def"
    };
    nj_buf_addz(out, "\nAlerts, `alert.` and the name of the rule; these rules are built in, `NIGHTJAR_ALERT_RULES` has others:\n\n"
                     "| event | what it is about |\n| --- | --- |\n");
    for (struct rows r = ROWS(rules); next(&r);)
        add_row(out, r.field[0], r.field[1]);
}

/* Sentences of findings.def, with what tells rules of one event apart. */
static void findings(struct nj_buf *out)
{
    static const struct {
#define NJ_FINDING(enumerator, event, category, kind, told_apart, text) char ROW_OF(__LINE__)[sizeof(event text told_apart) + 2];
#include "nightjar/findings.def"
#undef NJ_FINDING
    } findings = {
#define NJ_FINDING(enumerator, event, category, kind, told_apart, text) event "\t" text "\t" told_apart,
#include "nightjar/findings.def"
#undef NJ_FINDING
    };
    nj_buf_addz(out, "\nWhat it finds out (`tests/scenarios` has each, and honest traffic like it that stays silent):\n\n"
                     "| event | when | told apart by |\n| --- | --- | --- |\n");
    for (struct rows r = ROWS(findings); next(&r);) {
        struct nj_str values = r.field[2], attribute = { NULL, 0 }, value;
        nj_buf_addf(out, "| `%.*s` | %.*s | ", NJ_STR_ARG(r.field[0]), NJ_STR_ARG(r.field[1]));
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
    static const struct {
#define NJ_OWN_EVENT(event, text) char ROW_OF(__LINE__)[sizeof(event text) + 1];
#include "nightjar/own_events.def"
#undef NJ_OWN_EVENT
    } own = {
#define NJ_OWN_EVENT(event, text) event "\t" text,
#include "nightjar/own_events.def"
#undef NJ_OWN_EVENT
    };
    nj_buf_addz(out, "\n## Events\n\n"
                     "What arrives from the Telemetry API, and how it is recorded: function logs as `function.log`, those of extensions as "
                     "`extension.log`, the platform's under their own names. A status other than success raises the severity to ERROR "
                     "and the lane to critical: such records are sent at the end of the invocation and dropped last. Types that are not "
                     "listed pass through.\n\n| type | category | severity | lane |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        nj_buf_addf(out, "| `%s` | %s | %s | %s |\n", rows[i].type, category_text(nj_str_of(rows[i].category)), rows[i].severity,
                    strcmp(rows[i].lane, "BULK") == 0 ? "bulk" : "critical");
    nj_buf_addz(out, "\nnightjar writes these itself:\n\n| event | when |\n| --- | --- |\n");
    for (struct rows r = ROWS(own); next(&r);)
        add_row(out, r.field[0], r.field[1]);
    security(out);
    findings(out);
    alerts(out);
    nj_buf_addz(out, "\nCategories, as `what.category` and `NIGHTJAR_SINK_<NAME>_ONLY` spell them:");
    for (size_t c = 0; c < NJ_COUNT(categories); c++)
        nj_buf_addf(out, "%s `%s`", c != 0 ? "," : "", categories[c].text);
    nj_buf_addz(out, ".\n");
}

enum { NAME, PLACE, TYPE, UNIT, EVENTS, TEXT };

static const struct {
#define NJ_ATTRIBUTE(name, place, type, unit, events, text) char ROW_OF(__LINE__)[sizeof(name #place #type unit events text) + 5];
#include "nightjar/attributes.def"
#undef NJ_ATTRIBUTE
} attribute_rows = {
#define NJ_ATTRIBUTE(name, place, type, unit, events, text) name "\t" #place "\t" #type "\t" unit "\t" events "\t" text,
#include "nightjar/attributes.def"
#undef NJ_ATTRIBUTE
};

static void add_events(struct nj_buf *out, struct nj_str events)
{
    struct nj_str event;
    for (bool first = true; nj_str_cut(&events, ' ', &event); first = false) {
        nj_buf_addz(out, first ? " " : ", ");
        if (nj_str_eq(event, NJ_STR("*")))
            nj_buf_addz(out, "any");
        else if (nj_str_eq(event, NJ_STR("security")))
            nj_buf_addz(out, "security events");
        else
            nj_buf_addf(out, "`%.*s`", NJ_STR_ARG(event));
    }
    nj_buf_addz(out, " |");
}

static void attributes_at(struct nj_buf *out, struct nj_str place, bool by_event)
{
    static const struct pair types[] = {
        { "STRING", "string" },   { "TIME", "time" },
        { "INTEGER", "integer" }, { "NUMBER", "number" },
        { "BOOLEAN", "boolean" }, { "STRINGS", "list of strings" },
        { "OBJECT", "object" },   { "OBJECTS", "list of objects" },
        { "ANY", "any" },
    };
    nj_buf_addf(out, "\n| attribute | type | meaning |%s\n| --- | --- | --- |%s\n", by_event ? " events |" : "", by_event ? " --- |" : "");
    for (struct rows r = ROWS(attribute_rows); next(&r);) {
        if (!nj_str_eq(r.field[PLACE], place))
            continue;
        nj_buf_addf(out, "| `%.*s` | %s%s%.*s | %.*s |", NJ_STR_ARG(r.field[NAME]), text_of(types, NJ_COUNT(types), r.field[TYPE]),
                    r.field[UNIT].n != 0 ? ", " : "", NJ_STR_ARG(r.field[UNIT]), NJ_STR_ARG(r.field[TEXT]));
        if (by_event)
            add_events(out, r.field[EVENTS]);
        nj_buf_addc(out, '\n');
    }
}

static void attributes(struct nj_buf *out)
{
    nj_buf_addz(out, "\n## Attributes\n\n"
                     "What nightjar writes into `who`, `where` and `data`. Names without `nightjar.` are OpenTelemetry's. `data` "
                     "also holds the fields of a structured log, of a platform event, and the content of an input, response "
                     "or error, as they came (redacted), and the ledger (below). Numbers of a sandbox count what this sandbox has seen.\n");
    nj_buf_addz(out, "\n`who`, on records of an invocation:\n");
    attributes_at(out, NJ_STR("WHO"), false);
    nj_buf_addz(out, "\n`where`, with what `NIGHTJAR_ATTRIBUTES` and `OTEL_RESOURCE_ATTRIBUTES` add:\n");
    attributes_at(out, NJ_STR("WHERE"), false);
    nj_buf_addz(out, "\n`data`, by the events that have it (`*` stands for anything, *security events* are those of the table above):\n");
    attributes_at(out, NJ_STR("DATA"), true);
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
#define NJ_DIAG_CODE(code, meaning, advice) char ROW_OF(__LINE__)[sizeof(#code meaning advice) + 2];
#include "nightjar/diag_codes.def"
#undef NJ_DIAG_CODE
    } codes = {
#define NJ_DIAG_CODE(code, meaning, advice) #code "\t" meaning "\t" advice,
#include "nightjar/diag_codes.def"
#undef NJ_DIAG_CODE
    };
    nj_buf_addz(out, "\n## Diagnostics\n\n"
                     "nightjar's own lines on standard error, one JSON object each. Repeated events are counted and reported once per "
                     "interval. The codes:\n\n| code | meaning | what to do |\n| --- | --- | --- |\n");
    for (struct rows r = ROWS(codes); next(&r);)
        nj_buf_addf(out, "| `%.*s` | %.*s | %.*s |\n", NJ_STR_ARG(r.field[0]), NJ_STR_ARG(r.field[1]), NJ_STR_ARG(r.field[2]));
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

/* Fuzzes the operator's own rules and lists: whatever is written there is refused with a place or comes to work, matches what it says,
 * and leaves text and JSON sound that do not change when they come in again.
 *
 * The first byte chooses what the parts of the input are, which a NUL parts: 0 the rules as JSON and a text, 1 a pattern and a text (every
 * match is compared with that of a matcher that tries everything), 2 the names to redact, those to allow, and a text.
 * make fuzz FUZZ=fuzz_rules */
#include "../../src/redact/rules.h"

#include "nightjar/json.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { OUT_MAX = 64 << 20, TEXT_MAX = 4096 };

static struct nj_buf once, twice;
static struct nj_pseudonyms *pseudonyms;

static void fail(const char *what, struct nj_str in)
{
    fprintf(stderr, "%s\n  in    %.*s\n  once  %.*s\n  twice %.*s\n", what, NJ_STR_ARG(in), NJ_STR_ARG(nj_buf_str(&once)),
            NJ_STR_ARG(nj_buf_str(&twice)));
    abort();
}

/* --- redaction with what was read --------------------------------------------------------------------------------- */

static void check_record(struct nj_redactor *r, struct nj_str message, struct nj_str data)
{
    static const struct nj_resource resource;
    struct nj_record record;
    struct nj_clean clean;
    struct nj_json json;
    nj_record_init(&record);
    record.origin = NJ_FROM_FUNCTION;
    record.message = message;
    record.data_json = data;
    nj_attrs_str(&record.where, NJ_STR("nightjar.trigger"), NJ_STR("sqs"));
    if (nj_redact_record(r, &record, &resource, NJ_STR("f-1"), &clean) != NJ_OK)
        fail("no record", message);
    if (clean.dropped && (clean.message.p != NULL || clean.data.p != NULL || clean.counts.n == 0))
        fail("a dropped record says something, or not why", message);
    if (clean.data.p != NULL && nj_json_parse(clean.data, &json) != NJ_OK)
        fail("fields are no JSON any more", data);
}

static void check_redactor(struct nj_redactor *r, struct nj_str text)
{
    struct nj_json json, again;
    struct nj_str none = { NULL, 0 };
    text = nj_str_slice(text, 0, TEXT_MAX);
    nj_buf_reset(&once);
    nj_buf_reset(&twice);
    nj_redact_text(r, text, &once);
    nj_redact_text(r, nj_buf_str(&once), &twice);
    if (!nj_str_eq(nj_buf_str(&once), nj_buf_str(&twice)))
        fail("text changes again", text);
    bool object = nj_json_parse(text, &json) == NJ_OK;
    check_record(r, text, object && json.type == NJ_JSON_OBJECT ? json.raw : none);
    if (!object)
        return;
    nj_buf_reset(&once);
    nj_buf_reset(&twice);
    nj_redact_json(r, json, &once);
    if (nj_json_parse(nj_buf_str(&once), &again) != NJ_OK)
        fail("no JSON any more", text);
    nj_redact_json(r, again, &twice);
    if (!nj_str_eq(nj_buf_str(&once), nj_buf_str(&twice)))
        fail("JSON changes again", text);
}

static void use(const struct nj_redact_options *o, struct nj_str text)
{
    struct nj_redactor *r = NULL;
    if (nj_redactor_new(&r, o) != NJ_OK)
        return;
    check_redactor(r, text);
    nj_redactor_free(r);
}

static void check_rules(struct nj_str json, struct nj_str text)
{
    struct nj_rules *rules = NULL;
    struct nj_rules_error error = { 0, 0, "" };
    enum nj_status st = nj_rules_new(&rules, json, &error);
    if ((st == NJ_OK) != (rules != NULL) || (st != NJ_OK && (error.line == 0 || error.column == 0 || error.text[0] == '\0')))
        fail("refused without a place", json);
    if (st != NJ_OK)
        return;
    use(&(struct nj_redact_options){ .rules = rules, .pseudonyms = pseudonyms }, text);
    nj_rules_free(rules);
}

/* --- patterns ----------------------------------------------------------------------------------------------------- */

static bool is_word(struct nj_str t, size_t at)
{
    return at < t.n && nj_is(t.p[at], NJ_IS_WORD);
}

/* Does an edge of the row hold between the bytes at - 1 and at? */
static bool edge_holds(unsigned edge, struct nj_str t, size_t at)
{
    bool before = at > 0 && is_word(t, at - 1), after = is_word(t, at);
    if ((edge & NJ_EDGE_WORD) && before == after)
        return false;
    return (edge & NJ_EDGE_LINE) == 0 || at == 0 || at == t.n || t.p[at - 1] == '\n' || t.p[at] == '\n';
}

static bool has(const struct nj_byte_set *set, char c)
{
    return (set->bits[(unsigned char)c / 64] >> (unsigned char)c % 64 & 1) != 0;
}

/* The longest match of the row's items from the given one on, tried out; NJ_NPOS when there is none. */
static size_t longest(const struct nj_pattern_row *row, size_t item, struct nj_str t, size_t at, unsigned *steps)
{
    if (item == row->n)
        return edge_holds(row->end, t, at) ? at : NJ_NPOS;
    size_t best = NJ_NPOS;
    for (unsigned i = 0;; i++) {
        if (i >= row->item[item].least && *steps > 0) {
            --*steps;
            size_t end = longest(row, item + 1, t, at, steps);
            if (end != NJ_NPOS && (best == NJ_NPOS || end > best))
                best = end;
        }
        if (i == row->item[item].most || at == t.n || !has(&row->item[item].set, t.p[at]))
            return best;
        at++;
    }
}

static void check_row(const struct nj_pattern_row *row, struct nj_str text)
{
    enum { STEPS = 200000, TEXT = 200 };
    struct nj_automaton a;
    struct nj_span got = { 0, 0 };
    struct nj_str t = nj_str_slice(text, 0, TEXT);
    unsigned steps = STEPS;
    size_t end = NJ_NPOS, from = 0;
    if (nj_automaton_init(&a, row) != NJ_OK)
        abort();
    for (; from <= t.n && end == NJ_NPOS; from++)
        if (edge_holds(row->begin, t, from))
            end = longest(row, 0, t, from, &steps);
    bool found = nj_automaton_find(&a, t, 0, &got);
    if (steps > 0 && (found != (end != NJ_NPOS) || (found && (got.from != from - 1 || got.to != end)))) {
        fprintf(stderr, "automaton %d %zu..%zu, tried out %zu..%zu\n", found, got.from, got.to, from - 1, end);
        fail("another match", text);
    }
    nj_automaton_fini(&a);
}

static void check_pattern(struct nj_str pattern, struct nj_str text)
{
    static struct nj_pattern_row rows[NJ_PATTERN_ROWS];
    struct nj_pattern_error error = { 0, NULL };
    struct nj_buf json;
    size_t n = 0;
    enum nj_status st = nj_pattern_read(pattern, false, rows, &n, &error);
    if (st == NJ_EPARSE && (error.text == NULL || error.at > pattern.n))
        fail("refused without a place", pattern);
    for (size_t i = 0; st == NJ_OK && i < n; i++)
        check_row(&rows[i], text);
    nj_buf_init(&json, 1 << 20);
    nj_buf_addz(&json, "[{\"name\":\"a\",\"ignore_case\":true,\"pattern\":");
    nj_buf_add_json(&json, pattern);
    nj_buf_addz(&json, "}]");
    check_rules(nj_buf_str(&json), text);
    nj_buf_fini(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nj_str rest, first = { NULL, 0 }, second = { NULL, 0 };
    if (pseudonyms == NULL) {
        nj_buf_init(&once, OUT_MAX);
        nj_buf_init(&twice, OUT_MAX);
        if (nj_pseudonyms_new(&pseudonyms, NJ_STR("a key for nothing but the search for mistakes"), (struct nj_str){ NULL, 0 }) != NJ_OK)
            abort();
    }
    if (size < 2)
        return 0;
    rest = (struct nj_str){ (const char *)data + 1, size - 1 };
    (void)nj_str_cut(&rest, '\0', &first);
    if (rest.p == NULL)
        return 0;
    switch (data[0] % 3) {
    case 0:
        check_rules(first, rest);
        break;
    case 1:
        check_pattern(first, rest);
        break;
    default:
        (void)nj_str_cut(&rest, '\0', &second);
        use(&(struct nj_redact_options){ .keys = first, .allow_keys = second, .pseudonyms = pseudonyms }, rest);
    }
    return 0;
}

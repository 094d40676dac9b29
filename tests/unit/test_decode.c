/* Decoding, driven by code: damage at every byte, bounds, and joining at every cut. */
#include "nightjar/clock.h"
#include "nightjar/decode.h"
#include "unit.h"

#include <dirent.h>
#include <stdio.h>

enum { SCRATCH_MAX = 1 << 20, NOW = 1000000000 };

static struct nj_buf scratch;
static struct nj_record record;
static struct nj_facts facts;

static void decode(struct nj_str element)
{
    nj_buf_reset(&scratch);
    nj_decode(element, NOW, &scratch, &record, &facts);
}

static void setup(void)
{
    nj_buf_init(&scratch, SCRATCH_MAX);
}

static void teardown(void)
{
    nj_buf_fini(&scratch);
}

#define ENV(type)  "{\"time\":\"2026-11-23T07:15:01Z\",\"type\":\"" type "\",\"record\":"
#define LINE(text) ENV("function") "\"" text "\"}"
#define TIME_NS    1795418101000000000

static const struct nj_str *unreadable(void)
{
    const struct nj_attr *a = nj_attrs_get(&record.data, NJ_STR("nightjar.unreadable"));
    return a != NULL ? &a->v.u.s : NULL;
}

/* --- what holds for every element whatsoever ---------------------------------------------------------------------- */

/* Like ck_assert(), which is too slow for millions of checks: it marks each one by a system call. */
#define must(what)                                                                                                                         \
    do {                                                                                                                                   \
        if (!(what))                                                                                                                       \
            ck_abort_msg("%s", #what);                                                                                                     \
    } while (0)

static void check_attrs(const struct nj_attrs *l)
{
    struct nj_json v;
    must(l->n <= NJ_ATTRS_MAX);
    for (size_t i = 0; i < l->n; i++) {
        must(l->a[i].key.n > 0);
        if (l->a[i].v.type == NJ_V_JSON)
            must(nj_json_parse(l->a[i].v.u.s, &v) == NJ_OK);
    }
}

static void check_any(struct nj_str element)
{
    struct nj_json v;
    must(record.event.n > 0);
    must(record.message.p != NULL);
    must(scratch.max == SCRATCH_MAX);
    check_attrs(&record.data);
    if (unreadable() != NULL) {
        must(nj_str_eq(record.message, element)); /* every byte of it */
        must(facts.kind == NJ_EV_FUNCTION);
        must(nj_str_eq(record.event, NJ_STR("function.log")));
        return;
    }
    must(nj_json_parse(element, &v) == NJ_OK);
    if (record.data_json.p == NULL)
        return;
    must(nj_json_parse(record.data_json, &v) == NJ_OK);
    must(v.type == NJ_JSON_OBJECT);
    must(nj_str_eq(v.raw, record.data_json));
    struct nj_json original = nj_json_get((struct nj_json){ NJ_JSON_OBJECT, nj_str_trim(element) }, NJ_STR("record"));
    if (original.type == NJ_JSON_OBJECT)
        must(nj_str_eq(original.raw, record.data_json)); /* untouched, to the byte */
}

typedef void (*element_fn)(struct nj_str element);

static void each_element_of(struct nj_str body, element_fn fn)
{
    struct nj_slicer s;
    struct nj_str piece;
    enum nj_slice_kind kind;
    nj_slicer_init(&s, body);
    while ((kind = nj_slicer_next(&s, &piece)) != NJ_SLICE_END)
        if (kind == NJ_SLICE_ELEMENT && piece.n < 1000)
            fn(piece);
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* Every element of every fixture. */
static void each_fixture_element(element_fn fn)
{
    static char body[1 << 16];
    struct dirent **cases = NULL;
    int n = scandir("tests/fixtures/decode", &cases, visible, alphasort);
    size_t bodies = 0;
    ck_assert_int_gt(n, 0);
    for (int i = 0; i < n; i++) {
        char path[400];
        snprintf(path, sizeof(path), "tests/fixtures/decode/%s/telemetry.json", cases[i]->d_name);
        free(cases[i]);
        FILE *f = fopen(path, "rb");
        if (f == NULL)
            continue; /* a case of several POSTs */
        size_t len = fread(body, 1, sizeof(body), f);
        fclose(f);
        bodies++;
        each_element_of((struct nj_str){ body, len }, fn);
    }
    free(cases);
    ck_assert_uint_gt(bodies, 10);
}

static void cut_everywhere(struct nj_str element)
{
    decode(element);
    check_any(element);
    for (size_t n = 0; n < element.n; n++) {
        char *p = malloc(n != 0 ? n : 1);
        struct nj_str part = { memcpy(p, element.p, n), n };
        decode(part);
        check_any(part);
        must(unreadable() != NULL);
        nj_decode_unreadable(part, NJ_STR("cut"), NOW, &scratch, &record);
        must(nj_str_eq(record.message, part));
        free(p);
    }
}

static void change_everywhere(struct nj_str element)
{
    static const char values[] = "\"\\{}[]:,0e-\x01\xff \n";
    char *p = malloc(element.n);
    struct nj_str changed = { p, element.n };
    memcpy(p, element.p, element.n);
    for (size_t at = 0; at < element.n; at++) {
        for (size_t v = 0; v < sizeof(values); v++) {
            p[at] = values[v];
            decode(changed);
            check_any(changed);
        }
        p[at] = (char)(element.p[at] ^ 0x20);
        decode(changed);
        check_any(changed);
        p[at] = element.p[at];
    }
    free(p);
}

START_TEST(test_decode_element_cut_at_every_byte_is_kept_as_text)
{
    setup();
    each_fixture_element(cut_everywhere);
    teardown();
}
END_TEST

START_TEST(test_decode_element_changed_at_every_byte_stays_a_record)
{
    setup();
    each_fixture_element(change_everywhere);
    teardown();
}
END_TEST

/* --- one meaning, whichever way it is read ------------------------------------------------------------------------ */

/* White space makes an envelope unusual; nothing else about the record may change. */
static void read_both_ways(struct nj_str element)
{
    struct nj_buf spaced;
    decode(element);
    struct nj_record usual = record;
    struct nj_facts usual_facts = facts;
    struct nj_buf usual_scratch = scratch;
    nj_buf_init(&scratch, SCRATCH_MAX);
    nj_buf_init(&spaced, SCRATCH_MAX);
    nj_buf_add(&spaced, nj_str_slice(element, 0, 1));
    nj_buf_addc(&spaced, ' ');
    nj_buf_add(&spaced, nj_str_slice(element, 1, element.n));
    decode(nj_buf_str(&spaced));
    bool read = unreadable() == NULL;
    must(read == (nj_attrs_get(&usual.data, NJ_STR("nightjar.unreadable")) == NULL));
    must(!read || (nj_str_eq(usual.message, record.message) && nj_str_eq(usual.data_json, record.data_json)));
    must(usual.when_ns == record.when_ns && nj_str_eq(usual.event, record.event) && usual.severity == record.severity);
    must(usual.category == record.category && usual.outcome == record.outcome && usual.lane == record.lane &&
         usual.origin == record.origin);
    must(usual.data.n == record.data.n && usual_facts.kind == facts.kind && nj_str_eq(usual_facts.request_id, facts.request_id));
    must(nj_str_eq(usual_facts.status, facts.status) && nj_str_eq(usual_facts.trace_value, facts.trace_value));
    nj_buf_fini(&spaced);
    nj_buf_fini(&usual_scratch);
}

START_TEST(test_decode_reads_usual_and_unusual_envelopes_alike)
{
    setup();
    each_fixture_element(read_both_ways);
    teardown();
}
END_TEST

START_TEST(test_decode_finds_each_name_of_a_field_in_any_letter_case)
{
    static const char *const levels[] = { "level",    "severity",  "lvl",       "log_level",     "levelname",    "loglevel",
                                          "logLevel", "log.level", "Log_Level", "severity_text", "severityText", "LEVEL" };
    static const char *const messages[] = { "message", "msg", "log", "event", "errorMessage", "Message" };
    static const char *const ids[] = { "requestId",      "AWSRequestId",        "awsRequestId",
                                       "aws_request_id", "function_request_id", "faas.invocation_id" };
    static const char *const tenants[] = { "tenantId", "tenant_id" };
    setup();
    for (size_t i = 0; i < NJ_COUNT(levels) * NJ_COUNT(messages); i++) {
        struct nj_buf text;
        nj_buf_init(&text, 4096);
        nj_buf_addf(&text, ENV("function") "{\"%s\":\"warn\",\"%s\":\"m\",\"%s\":\"id\",\"%s\":\"t\"}}", levels[i % NJ_COUNT(levels)],
                    messages[i % NJ_COUNT(messages)], ids[i % NJ_COUNT(ids)], tenants[i % NJ_COUNT(tenants)]);
        decode(nj_buf_str(&text));
        ck_assert_int_eq(record.severity, NJ_SEV_WARN);
        ck_assert_view_eq(record.message, "m");
        ck_assert_view_eq(facts.request_id, "id");
        ck_assert_view_eq(facts.tenant_id, "t");
        nj_buf_fini(&text);
    }
    teardown();
}
END_TEST

START_TEST(test_decode_prefers_the_first_name_wherever_it_stands)
{
    setup();
    decode(NJ_STR(ENV("function") "{\"event\":\"e\",\"msg\":\"g\",\"severity\":\"error\",\"aws_request_id\":\"2\",\"message\":\"m\","
                                  "\"requestId\":\"1\",\"level\":\"debug\",\"log\":\"l\"}}"));
    ck_assert_view_eq(record.message, "m");
    ck_assert_int_eq(record.severity, NJ_SEV_DEBUG);
    ck_assert_view_eq(facts.request_id, "1");
    teardown();
}
END_TEST

/* --- bounds ------------------------------------------------------------------------------------------------------- */

START_TEST(test_decode_views_stand_when_scratch_had_to_grow)
{
    struct nj_buf text;
    setup();
    nj_buf_init(&text, SCRATCH_MAX);
    nj_buf_addz(&text, ENV("function") "\"{\\\"level\\\":\\\"error\\\",\\\"message\\\":\\\"");
    for (int i = 0; i < 2000; i++)
        nj_buf_addz(&text, "\\\\n\\\\u00e9");
    nj_buf_addz(&text, "\\\",\\\"requestId\\\":\\\"a\\\\/b\\\"}\\n\"}");
    decode(nj_buf_str(&text));
    ck_assert_ptr_null(unreadable());
    ck_assert_uint_eq(record.message.n, 2000 * 3);
    ck_assert(memcmp(record.message.p + record.message.n - 3, "\n\xc3\xa9", 3) == 0);
    ck_assert_view_eq(facts.request_id, "a/b");
    ck_assert_uint_gt(record.data_json.n, 2000 * 8);
    ck_assert_int_eq(record.severity, NJ_SEV_ERROR);
    nj_buf_fini(&text);
    teardown();
}
END_TEST

START_TEST(test_decode_without_room_keeps_the_bytes_and_says_why)
{
    static const char line[] = LINE("tab\\tbed");
    struct nj_buf small;
    nj_buf_init(&small, 100);
    nj_decode(NJ_STR(LINE("tab\\tbed")), NOW, &small, &record, &facts);
    ck_assert_view_eq(record.message, line);
    ck_assert_view_eq(*unreadable(), "larger than its budget");
    ck_assert_int_eq(record.when_ns, TIME_NS);
    nj_buf_fini(&small);
}
END_TEST

/* Numbers in a list grow by a blank each: nothing asks for more of the room that was reserved. */
START_TEST(test_decode_longest_sentence_stays_within_its_bound)
{
    struct nj_buf text;
    setup();
    nj_buf_init(&text, SCRATCH_MAX);
    nj_buf_addz(&text, ENV("platform.extension") "{\"name\":\"\\n\",\"events\":[1");
    for (int i = 0; i < 100000; i++)
        nj_buf_addz(&text, ",1");
    nj_buf_addz(&text, "]}}");
    decode(nj_buf_str(&text));
    check_any(nj_buf_str(&text));
    ck_assert_ptr_null(unreadable());
    ck_assert_uint_gt(record.message.n, 300000);
    nj_buf_fini(&text);
    teardown();
}
END_TEST

START_TEST(test_decode_one_newline_goes_and_no_more)
{
    static const char *const rows[][2] = {
        { "a\\n", "a" },      { "a\\r\\n", "a" }, { "a\\n\\n", "a\n" }, { "a\\r", "a\r" },
        { "a\\\\n", "a\\n" }, { "\\n", "" },      { "", "" },           { "a\\u000a", "a" },
    };
    setup();
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_buf text;
        nj_buf_init(&text, 4096);
        nj_buf_addf(&text, ENV("function") "\"%s\"}", rows[i][0]);
        decode(nj_buf_str(&text));
        ck_assert_view_eq(record.message, rows[i][1]);
        ck_assert_ptr_null(unreadable());
        nj_buf_fini(&text);
    }
    teardown();
}
END_TEST

START_TEST(test_decode_text_that_imitates_the_platform_stays_text)
{
    setup();
    decode(NJ_STR(LINE(
        "{\\\"time\\\":\\\"2026-11-23T07:15:01Z\\\",\\\"type\\\":\\\"platform.report\\\",\\\"record\\\":{\\\"status\\\":\\\"error\\\"}}")));
    ck_assert_int_eq(facts.kind, NJ_EV_FUNCTION);
    ck_assert_view_eq(record.event, "function.log");
    ck_assert_int_eq(record.origin, NJ_FROM_FUNCTION);
    ck_assert_int_eq(record.outcome, NJ_OUTCOME_NONE);
    ck_assert_ptr_null(facts.status.p);
    decode(NJ_STR(LINE("REPORT RequestId: 6f0c2b1e-8d3a-4c55-9f21-0b7a64d1c001 Duration: 1 ms\\n")));
    ck_assert_int_eq(facts.kind, NJ_EV_FUNCTION);
    ck_assert_ptr_null(facts.request_id.p);
    teardown();
}
END_TEST

START_TEST(test_decode_unreadable_takes_the_time_of_an_opening)
{
    setup();
    struct nj_str piece = NJ_STR(ENV("function") "{\"a\":[1,2");
    nj_decode_unreadable(piece, NJ_STR("cut"), NOW, &scratch, &record);
    ck_assert_int_eq(record.when_ns, TIME_NS);
    ck_assert_int_eq(record.severity, NJ_SEV_WARN);
    ck_assert_view_eq(*unreadable(), "cut");
    nj_decode_unreadable(NJ_STR("junk"), NJ_STR("no record"), NOW, &scratch, &record);
    ck_assert_int_eq(record.when_ns, NOW);
    nj_decode_unreadable(NJ_STR("{\"time\":\"yesterday\",\"type\":\"x\",\"record\":1"), NJ_STR("cut"), NOW, &scratch, &record);
    ck_assert_int_eq(record.when_ns, NOW);
    teardown();
}
END_TEST

/* --- joining ------------------------------------------------------------------------------------------------------ */

#define TEXT_ELEMENT   LINE("caf\\u00e9 \xc3\xa9 \xf0\x9f\x94\x92 \\\"q\\\" \\\\ {[,]} \\ud83d\\ude00 end\\n")
#define OBJECT_ELEMENT ENV("function") "{\"level\":\"INFO\",\"list\":[1,{\"a\":\"\\u00e9\\\\\"},[],-1.5e3],\"message\":\"\xc3\xa9}\"}}"
#define ARRAY_ELEMENT  ENV("function") "[\"a\",{\"b\":[]},12]}"
#define NUMBER_ELEMENT ENV("function") "-12.5e3}"
#define OTHER_ELEMENT  ENV("platform.start") "{\"requestId\":\"x\"}}"

static const char *const whole_elements[] = { TEXT_ELEMENT, OBJECT_ELEMENT, ARRAY_ELEMENT, NUMBER_ELEMENT };
static const size_t openings[] = { sizeof(ENV("function") "\"") - 1, sizeof(ENV("function") "{") - 1, sizeof(ENV("function") "[") - 1,
                                   sizeof(ENV("function")) - 1 };

/* As the platform does: the POST ends at any byte of the record value, the next one repeats the envelope. */
static void check_cut(const char *whole, size_t opening, size_t at, const char *before, const char *behind)
{
    struct nj_str element = nj_str_of(whole), rest;
    struct nj_buf next, out;
    nj_buf_init(&next, 4096);
    nj_buf_init(&out, 4096);
    nj_buf_addz(&next, before);
    nj_buf_add(&next, nj_str_slice(element, 0, opening));
    nj_buf_add(&next, nj_str_slice(element, at, element.n));
    nj_buf_addz(&next, behind);
    nj_buf_addz(&out, "kept");
    enum nj_join j = nj_decode_join(nj_str_slice(element, 0, at), nj_buf_str(&next), &out, &rest);
    ck_assert_msg(j == NJ_JOIN_WHOLE, "%s cut at %zu: %d", whole, at, j);
    ck_assert_view_eq(nj_str_slice(nj_buf_str(&out), 0, 4), "kept");
    ck_assert_view_eq(nj_str_slice(nj_buf_str(&out), 4, out.n), whole);
    if (nj_str_find(nj_str_of(behind), NJ_STR("platform.start"), 0) == NJ_NPOS) {
        ck_assert_ptr_null(rest.p);
    } else {
        struct nj_slicer s;
        struct nj_str piece;
        nj_slicer_init(&s, rest);
        ck_assert_int_eq(nj_slicer_next(&s, &piece), NJ_SLICE_ELEMENT);
        ck_assert_view_eq(piece, OTHER_ELEMENT);
        ck_assert_int_eq(nj_slicer_next(&s, &piece), NJ_SLICE_END);
    }
    nj_buf_fini(&next);
    nj_buf_fini(&out);
}

START_TEST(test_join_at_every_byte_of_every_kind_of_record)
{
    for (size_t k = 0; k < NJ_COUNT(whole_elements); k++) {
        size_t n = strlen(whole_elements[k]);
        for (size_t at = openings[k]; at < n; at++) {
            check_cut(whole_elements[k], openings[k], at, "[", "]");
            check_cut(whole_elements[k], openings[k], at, "", "");
            check_cut(whole_elements[k], openings[k], at, " [ ", "," OTHER_ELEMENT "]");
            check_cut(whole_elements[k], openings[k], at, "\xEF\xBB\xBF[", " , " OTHER_ELEMENT " ]\n");
        }
    }
}
END_TEST

START_TEST(test_join_of_a_cut_inside_the_envelope_takes_the_repeated_element)
{
    for (size_t at = 1; at < openings[0]; at++)
        check_cut(TEXT_ELEMENT, at, at, "[", "," OTHER_ELEMENT "]");
}
END_TEST

START_TEST(test_join_in_three_parts_at_any_two_places)
{
    struct nj_str element = NJ_STR(OBJECT_ELEMENT), rest;
    size_t opening = openings[1];
    for (size_t a = opening; a < element.n; a++) {
        for (size_t b = a + 1; b < element.n; b += 3) {
            struct nj_buf second, third, cut, out;
            nj_buf_init(&second, 4096);
            nj_buf_init(&third, 4096);
            nj_buf_init(&cut, 4096);
            nj_buf_init(&out, 4096);
            nj_buf_addz(&second, "[");
            nj_buf_add(&second, nj_str_slice(element, 0, opening));
            nj_buf_add(&second, nj_str_slice(element, a, b));
            nj_buf_addz(&third, "[");
            nj_buf_add(&third, nj_str_slice(element, 0, opening));
            nj_buf_add(&third, nj_str_slice(element, b, element.n));
            nj_buf_addz(&third, "]");
            ck_assert_int_eq(nj_decode_join(nj_str_slice(element, 0, a), nj_buf_str(&second), &cut, &rest), NJ_JOIN_PART);
            ck_assert(nj_str_eq(nj_buf_str(&cut), nj_str_slice(element, 0, b)));
            ck_assert_ptr_null(rest.p);
            ck_assert_int_eq(nj_decode_join(nj_buf_str(&cut), nj_buf_str(&third), &out, &rest), NJ_JOIN_WHOLE);
            ck_assert(nj_str_eq(nj_buf_str(&out), element));
            nj_buf_fini(&second);
            nj_buf_fini(&third);
            nj_buf_fini(&cut);
            nj_buf_fini(&out);
        }
    }
}
END_TEST

START_TEST(test_join_refuses_what_does_not_go_on)
{
    static const struct {
        const char *cut, *next;
    } rows[] = {
        { LINE("a"), "" },
        { "", "[" LINE("a") "]" },
        { ENV("function") "\"abc", "[]" },
        { ENV("function") "\"abc", "junk" },
        { ENV("function") "\"abc", "[" ENV("extension") "\"def\"}]" },                                               /* another type */
        { ENV("function") "\"abc", "[{\"time\":\"2026-11-23T07:15:02Z\",\"type\":\"function\",\"record\":\"d\"}]" }, /* another time */
        { ENV("function") "\"abc", "[" ENV("function") "{\"level\":\"INFO\"}}]" }, /* another kind of value */
        { ENV("function") "\"abc\\u00", "[" LINE("ordinary") "]" },                /* half an escape */
        { ENV("function") "{\"a\":\"x", "[" ENV("function") "{\"level\":\"INFO\"}}]" },
        { ENV("function") "{\"a\":[1,", "[" ENV("function") "{\"level\":\"INFO\"}}]" },
        { ENV("function") "{\"a\":tr", "[" ENV("function") "{\"level\":\"INFO\"}}]" },
        { LINE("whole"), "[" LINE("another") "]" },
        { ENV("function") "{\"a\":{\"b\":1}", "[" ENV("function") "}}}}]" },
        { "junk", "[" LINE("a") "]" },
        { "{\"type\":\"function\"", "[" LINE("a") "]" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_buf out;
        struct nj_str rest;
        nj_buf_init(&out, 4096);
        nj_buf_addz(&out, "kept");
        enum nj_join j = nj_decode_join(nj_str_of(rows[i].cut), nj_str_of(rows[i].next), &out, &rest);
        ck_assert_msg(j == NJ_JOIN_NO, "row %zu: %d, %.*s", i, j, NJ_STR_ARG(nj_buf_str(&out)));
        ck_assert_view_eq(nj_buf_str(&out), "kept");
        ck_assert_ptr_null(rest.p);
        nj_buf_fini(&out);
    }
}
END_TEST

/* Nothing can tell these apart; the rule says join, and no byte is lost. */
START_TEST(test_join_of_two_lines_of_one_millisecond_loses_nothing)
{
    struct nj_buf out;
    struct nj_str rest;
    nj_buf_init(&out, 4096);
    ck_assert_int_eq(nj_decode_join(NJ_STR(ENV("function") "\"first"), NJ_STR("[" LINE("second") "," OTHER_ELEMENT "]"), &out, &rest),
                     NJ_JOIN_WHOLE);
    ck_assert_view_eq(nj_buf_str(&out), LINE("firstsecond"));
    ck_assert_view_eq(rest, OTHER_ELEMENT "]");
    nj_buf_fini(&out);
}
END_TEST

START_TEST(test_join_without_room_changes_nothing)
{
    struct nj_buf out;
    struct nj_str rest;
    nj_buf_init(&out, 60);
    ck_assert_int_eq(nj_decode_join(NJ_STR(ENV("function") "\"first"), NJ_STR("[" LINE("second") "]"), &out, &rest), NJ_JOIN_NO);
    ck_assert_int_eq(out.err, NJ_ELIMIT);
    ck_assert_uint_eq(out.n, 0);
    ck_assert_ptr_null(rest.p);
    nj_buf_fini(&out);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_decode_element_cut_at_every_byte_is_kept_as_text)                                                                               \
    X(test_decode_element_changed_at_every_byte_stays_a_record)                                                                            \
    X(test_decode_reads_usual_and_unusual_envelopes_alike)                                                                                 \
    X(test_decode_finds_each_name_of_a_field_in_any_letter_case)                                                                           \
    X(test_decode_prefers_the_first_name_wherever_it_stands)                                                                               \
    X(test_decode_views_stand_when_scratch_had_to_grow)                                                                                    \
    X(test_decode_without_room_keeps_the_bytes_and_says_why)                                                                               \
    X(test_decode_longest_sentence_stays_within_its_bound)                                                                                 \
    X(test_decode_one_newline_goes_and_no_more)                                                                                            \
    X(test_decode_text_that_imitates_the_platform_stays_text)                                                                              \
    X(test_decode_unreadable_takes_the_time_of_an_opening)                                                                                 \
    X(test_join_at_every_byte_of_every_kind_of_record)                                                                                     \
    X(test_join_of_a_cut_inside_the_envelope_takes_the_repeated_element)                                                                   \
    X(test_join_in_three_parts_at_any_two_places)                                                                                          \
    X(test_join_refuses_what_does_not_go_on)                                                                                               \
    X(test_join_of_two_lines_of_one_millisecond_loses_nothing)                                                                             \
    X(test_join_without_room_changes_nothing)

NJ_TEST_MAIN("decode")

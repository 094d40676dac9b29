/* The emulator's telemetry: written forms, batches, cuts, accounts and the checks of subscriptions. */
#include "../emulator/emu_buffer.h"
#include "../emulator/emu_subscription.h"
#include "nightjar/json.h"
#include "unit.h"

/* --- written forms ------------------------------------------------------------------------------------------------- */

static const int64_t AT = 1795417200123456789; /* 2026-11-23T07:00:00.123456789Z */

static struct nj_str render(struct nj_buf *b, const struct emu_source *s, enum emu_schema schema, bool json_logs)
{
    size_t head = 0;
    nj_buf_init(b, 1 << 20);
    emu_render(b, &head, s, schema, json_logs);
    return nj_buf_str(b);
}

START_TEST(test_line_is_a_string_or_an_object_as_schema_and_log_format_say)
{
    static const struct {
        enum emu_schema schema;
        bool json;
        const char *line, *record;
    } rows[] = {
        { EMU_SCHEMA_2025_01, false, "a \"b\"\n", "\"a \\\"b\\\"\\n\"" },
        { EMU_SCHEMA_2022_07, true, "{\"a\":1}\n", "\"{\\\"a\\\":1}\\n\"" },
        { EMU_SCHEMA_2022_12, true, "{\"a\":1}\n", "{\"a\":1}" },
        { EMU_SCHEMA_2025_01, true, " {\"a\": 1}\r\n", "{\"a\": 1}" },
        { EMU_SCHEMA_2025_01, false, "{\"a\":1}\n", "\"{\\\"a\\\":1}\\n\"" },
        { EMU_SCHEMA_2025_01, true, "[1]\n", "\"[1]\\n\"" },
        { EMU_SCHEMA_2025_01, true, "{\"a\":1\n", "\"{\\\"a\\\":1\\n\"" },
        { EMU_SCHEMA_2025_01, true, "", "\"\"" },
        { EMU_SCHEMA_2025_01, true, "\xff\n", "\"\xEF\xBF\xBD\\n\"" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_buf b;
        char want[256];
        const struct emu_source s = { .type = EMU_T_FUNCTION_LINE, .wall_ns = AT, .line = nj_str_of(rows[i].line) };
        (void)snprintf(want, sizeof(want), "{\"time\":\"2026-11-23T07:00:00.123Z\",\"type\":\"function\",\"record\":%s}", rows[i].record);
        ck_assert_view_eq(render(&b, &s, rows[i].schema, rows[i].json), want);
        nj_buf_fini(&b);
    }
}
END_TEST

START_TEST(test_older_schemas_lack_newer_fields_and_count_memory_in_megabytes)
{
    struct nj_buf b;
    struct emu_source s = { .type = EMU_T_INIT_START, .wall_ns = AT };
    s.record = json_pack("{s:s,s:s,s:I,s:f}", "functionArn", "arn:x", "tenantId", "blue", "instanceMaxMemory", (json_int_t)134217728,
                         "durationMs", 174.1);
    struct nj_str text = render(&b, &s, EMU_SCHEMA_2022_12, false);
    ck_assert_uint_eq(nj_str_find(text, NJ_STR("functionArn"), 0), NJ_NPOS);
    ck_assert_uint_eq(nj_str_find(text, NJ_STR("tenantId"), 0), NJ_NPOS);
    ck_assert_uint_ne(nj_str_find(text, NJ_STR("\"instanceMaxMemory\":128,"), 0), NJ_NPOS);
    nj_buf_fini(&b);
    text = render(&b, &s, EMU_SCHEMA_2025_01, false);
    ck_assert_uint_ne(
        nj_str_find(text, NJ_STR("\"functionArn\":\"arn:x\",\"tenantId\":\"blue\",\"instanceMaxMemory\":134217728,\"durationMs\":174.1}"),
                    0),
        NJ_NPOS);
    nj_buf_fini(&b);
    json_decref(s.record);
}
END_TEST

START_TEST(test_record_without_any_field_is_an_empty_object)
{
    struct nj_buf b;
    struct emu_source s = { .type = EMU_T_RESTORE_START, .wall_ns = AT, .record = json_object() };
    ck_assert(nj_str_ends(render(&b, &s, EMU_SCHEMA_2025_01, false), NJ_STR("\"record\":{}}")));
    nj_buf_fini(&b);
    json_decref(s.record);
}
END_TEST

/* --- batches --------------------------------------------------------------------------------------------------------- */

static void add(struct emu_buffer *b, int64_t now, const char *text)
{
    ck_assert_int_eq(emu_buffer_add(b, EMU_T_FUNCTION_LINE, now, nj_str_of(text), 2), NJ_OK);
}

START_TEST(test_batch_is_due_by_time_by_items_and_by_bytes)
{
    struct emu_buffer b;
    emu_buffer_init(&b);
    b.max_items = 3;
    b.max_bytes = 100;
    b.timeout_ms = 50;
    ck_assert_int_eq(emu_buffer_due_ms(&b, 0), -1);
    add(&b, 10, "\"a\"");
    ck_assert_int_eq(emu_buffer_due_ms(&b, 20), 40);
    ck_assert_int_eq(emu_buffer_due_ms(&b, 60), 0);
    add(&b, 20, "\"b\"");
    ck_assert_int_eq(emu_buffer_due_ms(&b, 20), 40);
    add(&b, 20, "\"c\"");
    ck_assert_int_eq(emu_buffer_due_ms(&b, 20), 0);
    add(&b, 20, "\"d\"");
    emu_buffer_take(&b);
    ck_assert_view_eq(nj_buf_str(&b.body), "[\"a\",\"b\",\"c\"]");
    ck_assert_uint_eq(b.batch_items, 3);
    emu_buffer_delivered(&b);
    ck_assert_int_eq(emu_buffer_due_ms(&b, 20), 50);
    static char wide[101];
    memset(wide, 'x', sizeof(wide) - 1);
    add(&b, 20, wide);
    ck_assert_int_eq(emu_buffer_due_ms(&b, 20), 0);
    emu_buffer_fini(&b);
}
END_TEST

START_TEST(test_retried_batch_is_the_same_bytes_and_counted_once)
{
    struct emu_buffer b;
    emu_buffer_init(&b);
    add(&b, 0, "\"a\"");
    emu_buffer_take(&b);
    add(&b, 0, "\"late\"");
    ck_assert(b.under_way);
    ck_assert_view_eq(nj_buf_str(&b.body), "[\"a\"]");
    emu_buffer_duplicated(&b);
    emu_buffer_delivered(&b);
    struct emu_count sum = emu_buffer_sum(&b);
    ck_assert_uint_eq(sum.queued, 2);
    ck_assert_uint_eq(sum.delivered, 1);
    ck_assert_uint_eq(sum.duplicated, 1);
    emu_buffer_close(&b);
    ck_assert_uint_eq(emu_buffer_sum(&b).undelivered, 1);
    emu_buffer_fini(&b);
}
END_TEST

/* Takes and acknowledges batches until nothing waits; returns how many. */
static size_t take_all(struct emu_buffer *b, struct nj_buf *bodies)
{
    size_t n = 0;
    for (; b->waiting.n != 0 && n < 50; n++) {
        emu_buffer_take(b);
        nj_buf_add(bodies, nj_buf_str(&b->body));
        nj_buf_addc(bodies, '\n');
        emu_buffer_delivered(b);
    }
    return n;
}

START_TEST(test_large_record_is_cut_and_the_next_post_repeats_its_envelope)
{
    struct emu_buffer b;
    struct nj_buf bodies;
    emu_buffer_init(&b);
    nj_buf_init(&bodies, 4096);
    b.cut_bytes = 20;
    add(&b, 0, "{1}");
    ck_assert_int_eq(emu_buffer_add(&b, EMU_T_FUNCTION_LINE, 0, NJ_STR("{head:\"0123456789abcdef\"}"), 7), NJ_OK);
    add(&b, 0, "{2}");
    ck_assert_uint_eq(take_all(&b, &bodies), 2);
    ck_assert_view_eq(nj_buf_str(&bodies), "[{1},{head:\"01234567\n[{head:\"89abcdef\"},{2}]\n");
    ck_assert_uint_eq(b.cuts, 1);
    ck_assert_uint_eq(emu_buffer_sum(&b).delivered, 3);
    nj_buf_fini(&bodies);
    emu_buffer_fini(&b);
}
END_TEST

START_TEST(test_record_of_many_times_the_limit_takes_many_posts_and_loses_no_byte)
{
    struct emu_buffer b;
    struct nj_buf bodies, whole;
    emu_buffer_init(&b);
    nj_buf_init(&bodies, 65536);
    nj_buf_init(&whole, 65536);
    b.cut_bytes = 16;
    nj_buf_addz(&whole, "{h:\"");
    for (int i = 0; i < 100; i++)
        nj_buf_addc(&whole, (char)('a' + i % 26));
    nj_buf_addz(&whole, "\"}");
    ck_assert_int_eq(emu_buffer_add(&b, EMU_T_FUNCTION_LINE, 0, nj_buf_str(&whole), 4), NJ_OK);
    size_t posts = take_all(&b, &bodies);
    ck_assert_uint_gt(posts, 5);
    struct nj_buf joined;
    nj_buf_init(&joined, 65536);
    struct nj_str rest = nj_buf_str(&bodies), line;
    for (bool first = true; nj_str_cut(&rest, '\n', &line) && line.n != 0; first = false)
        nj_buf_add(&joined, nj_str_slice(line, first ? 1 : 5, line.n));
    ck_assert_uint_eq(joined.n, whole.n + 1);
    ck_assert_mem_eq(joined.p, whole.p, whole.n);
    ck_assert_uint_eq(emu_buffer_sum(&b).delivered, 1);
    nj_buf_fini(&joined);
    nj_buf_fini(&whole);
    nj_buf_fini(&bodies);
    emu_buffer_fini(&b);
}
END_TEST

START_TEST(test_dropped_batch_takes_the_rest_of_its_cut_record_along)
{
    struct emu_buffer b;
    uint64_t records = 0, bytes = 0;
    emu_buffer_init(&b);
    b.cut_bytes = 12;
    add(&b, 0, "{1}");
    add(&b, 0, "{h0123456789abcdef}");
    add(&b, 0, "{2}");
    emu_buffer_take(&b);
    ck_assert(b.had_cut);
    emu_buffer_dropped(&b, &records, &bytes);
    ck_assert_uint_eq(records, 2);
    ck_assert_uint_eq(bytes, 3 + 19);
    emu_buffer_take(&b);
    ck_assert_view_eq(nj_buf_str(&b.body), "[{2}]");
    emu_buffer_delivered(&b);
    struct emu_count sum = emu_buffer_sum(&b);
    ck_assert_uint_eq(sum.queued, sum.delivered + sum.dropped + sum.undelivered);
    emu_buffer_fini(&b);
}
END_TEST

START_TEST(test_lines_for_tcp_are_neither_an_array_nor_cut)
{
    struct emu_buffer b;
    emu_buffer_init(&b);
    b.lines = true;
    b.cut_bytes = 4;
    add(&b, 0, "{\"a\":1}");
    add(&b, 0, "{2}");
    emu_buffer_take(&b);
    ck_assert_view_eq(nj_buf_str(&b.body), "{\"a\":1}\n{2}\n");
    emu_buffer_delivered(&b);
    ck_assert_uint_eq(emu_buffer_sum(&b).delivered, 2);
    emu_buffer_fini(&b);
}
END_TEST

START_TEST(test_malformed_record_comes_with_every_nth_batch_and_is_in_no_count)
{
    struct emu_buffer b;
    static const bool want[] = { false, true, false, true };
    emu_buffer_init(&b);
    b.bad_every = 2;
    for (size_t i = 0; i < NJ_COUNT(want); i++) {
        add(&b, 0, "{1}");
        add(&b, 0, "{2}");
        emu_buffer_take(&b);
        ck_assert_int_eq(nj_str_find(nj_buf_str(&b.body), NJ_STR("\"broken\":}}"), 0) != NJ_NPOS, want[i]);
        ck_assert(nj_str_ends(nj_buf_str(&b.body), NJ_STR(",{2}]")));
        emu_buffer_delivered(&b);
    }
    ck_assert_uint_eq(b.bad, 2);
    ck_assert_uint_eq(emu_buffer_sum(&b).delivered, 8);
    emu_buffer_fini(&b);
}
END_TEST

START_TEST(test_lost_news_of_a_loss_is_no_further_loss)
{
    struct emu_buffer b;
    uint64_t records = 7, bytes = 7;
    emu_buffer_init(&b);
    ck_assert_int_eq(emu_buffer_add(&b, EMU_T_LOGS_DROPPED, 0, NJ_STR("{}"), 1), NJ_OK);
    emu_buffer_take(&b);
    emu_buffer_dropped(&b, &records, &bytes);
    ck_assert_uint_eq(records, 0);
    ck_assert_uint_eq(bytes, 0);
    ck_assert_uint_eq(b.count[EMU_T_LOGS_DROPPED].dropped, 1);
    emu_buffer_fini(&b);
}
END_TEST

START_TEST(test_full_queue_refuses_lines_but_never_platform_events)
{
    struct emu_buffer b;
    emu_buffer_init(&b);
    b.queue_bytes = 8;
    add(&b, 0, "\"12345\"");
    ck_assert_int_eq(emu_buffer_add(&b, EMU_T_FUNCTION_LINE, 0, NJ_STR("\"x\""), 1), NJ_ELIMIT);
    ck_assert_int_eq(emu_buffer_add(&b, EMU_T_REPORT, 0, NJ_STR("{\"x\":1}"), 1), NJ_OK);
    ck_assert_uint_eq(b.count[EMU_T_FUNCTION_LINE].dropped, 1);
    ck_assert_uint_eq(b.count[EMU_T_FUNCTION_LINE].queued, 2);
    emu_buffer_fini(&b);
}
END_TEST

/* --- subscriptions ---------------------------------------------------------------------------------------------------- */

#define GOOD(schema, buffering)                                                                                                            \
    "{\"schemaVersion\":\"" schema "\",\"types\":[\"platform\",\"function\"],\"destination\":{\"protocol\":\"HTTP\","                      \
    "\"URI\":\"http://sandbox.localdomain:9420/a/b\"}" buffering "}"

START_TEST(test_subscription_is_read_with_its_defaults)
{
    struct emu_subscription s;
    char why[EMU_COMPLAINT_MAX];
    const struct emu_subscription_rules rules = { .reserved_port = 9100 };
    ck_assert_int_eq(emu_subscription_read(&s, nj_str_of(GOOD("2022-12-13", "")), &rules, why), NJ_OK);
    ck_assert_int_eq(s.schema, EMU_SCHEMA_2022_12);
    ck_assert_uint_eq(s.want, EMU_WANT_PLATFORM | EMU_WANT_FUNCTION);
    ck_assert_uint_eq(s.port, 9420);
    ck_assert_str_eq(s.host, "sandbox.localdomain");
    ck_assert_str_eq(s.path, "/a/b");
    ck_assert_uint_eq(s.max_items, 10000);
    ck_assert_uint_eq(s.max_bytes, 262144);
    ck_assert_int_eq(s.timeout_ms, 1000);
    ck_assert_int_eq(
        emu_subscription_read(&s, nj_str_of(GOOD("2025-01-29", ",\"buffering\":{\"maxItems\":1000,\"maxBytes\":1048576,\"timeoutMs\":25}")),
                              &rules, why),
        NJ_OK);
    ck_assert_uint_eq(s.max_items, 1000);
    ck_assert_uint_eq(s.max_bytes, 1048576);
    ck_assert_int_eq(s.timeout_ms, 25);
}
END_TEST

START_TEST(test_subscription_with_a_fault_is_refused_with_every_complaint)
{
    static const struct {
        const char *body, *complaint;
        bool managed, refuse_2025;
    } rows[] = {
        { "", "request body is not a JSON object", false, false },
        { "[]", "request body is not a JSON object", false, false },
        { "{}", "schemaVersion is not provided; types should not be empty; destination is not provided", false, false },
        { GOOD("2024-01-01", ""), "schemaVersion 2024-01-01 is not supported", false, false },
        { GOOD("2022-12-13", ""), "schemaVersion must be 2025-01-29", true, false },
        { GOOD("2025-01-29", ""), "schemaVersion 2025-01-29 is not supported", false, true },
        { GOOD("2025-01-29", ",\"buffering\":{\"maxItems\":999}"), "buffering.maxItems should be an integer between 1000 and 10000", false,
          false },
        { GOOD("2025-01-29", ",\"buffering\":{\"maxBytes\":1048577}"), "buffering.maxBytes", false, false },
        { GOOD("2025-01-29", ",\"buffering\":{\"timeoutMs\":\"25\"}"), "buffering.timeoutMs", false, false },
        { "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\",7],\"destination\":{\"protocol\":\"UDP\"}}",
          "types contains an unknown value: (not a string); destination protocol should be HTTP or TCP", false, false },
        { "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\"],\"destination\":{\"protocol\":\"HTTP\"}}", "URI is not provided",
          false, false },
        { "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\"],\"destination\":{\"protocol\":\"HTTP\",\"URI\":\"https://x\"}}",
          "must begin with http://", false, false },
        { "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\"],\"destination\":{\"protocol\":\"HTTP\",\"URI\":\"http://"
          "localhost:80a\"}}",
          "URI host should be sandbox.localdomain; URI port is not a number", false, false },
        { "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\"],\"destination\":{\"protocol\":\"HTTP\",\"URI\":\"http://"
          "sandbox:9100\"}}",
          "destination port 9100 is reserved", false, false },
        { "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\"],\"destination\":{\"protocol\":\"TCP\",\"URI\":\"x\"}}",
          "destination URI is not allowed for TCP; destination port is not provided", false, false },
        { "{\"schemaVersion\":\"2025-01-29\",\"types\":[\"platform\"],\"destination\":{\"protocol\":\"TCP\",\"port\":70000}}",
          "destination port is out of range", false, false },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct emu_subscription s;
        char why[EMU_COMPLAINT_MAX];
        const struct emu_subscription_rules rules = { .managed = rows[i].managed,
                                                      .refuse_2025 = rows[i].refuse_2025,
                                                      .reserved_port = 9100 };
        ck_assert_msg(emu_subscription_read(&s, nj_str_of(rows[i].body), &rules, why) == NJ_EPARSE, "row %zu was taken", i);
        ck_assert_msg(strstr(why, rows[i].complaint) != NULL, "row %zu: %s", i, why);
    }
}
END_TEST

START_TEST(test_many_complaints_stay_within_their_buffer)
{
    struct nj_buf body;
    struct emu_subscription s;
    char why[EMU_COMPLAINT_MAX];
    const struct emu_subscription_rules rules = { 0 };
    nj_buf_init(&body, 65536);
    nj_buf_addz(&body, "{\"types\":[");
    for (int i = 0; i < 200; i++)
        nj_buf_addf(&body, "%s\"unknown-type-number-%d\"", i == 0 ? "" : ",", i);
    nj_buf_addz(&body, "]}");
    ck_assert_int_eq(emu_subscription_read(&s, nj_buf_str(&body), &rules, why), NJ_EPARSE);
    ck_assert_uint_lt(strlen(why), sizeof(why));
    nj_buf_fini(&body);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_line_is_a_string_or_an_object_as_schema_and_log_format_say)                                                                     \
    X(test_older_schemas_lack_newer_fields_and_count_memory_in_megabytes)                                                                  \
    X(test_record_without_any_field_is_an_empty_object)                                                                                    \
    X(test_batch_is_due_by_time_by_items_and_by_bytes)                                                                                     \
    X(test_retried_batch_is_the_same_bytes_and_counted_once)                                                                               \
    X(test_large_record_is_cut_and_the_next_post_repeats_its_envelope)                                                                     \
    X(test_record_of_many_times_the_limit_takes_many_posts_and_loses_no_byte)                                                              \
    X(test_dropped_batch_takes_the_rest_of_its_cut_record_along)                                                                           \
    X(test_lines_for_tcp_are_neither_an_array_nor_cut)                                                                                     \
    X(test_malformed_record_comes_with_every_nth_batch_and_is_in_no_count)                                                                 \
    X(test_lost_news_of_a_loss_is_no_further_loss)                                                                                         \
    X(test_full_queue_refuses_lines_but_never_platform_events)                                                                             \
    X(test_subscription_is_read_with_its_defaults)                                                                                         \
    X(test_subscription_with_a_fault_is_refused_with_every_complaint)                                                                      \
    X(test_many_complaints_stay_within_their_buffer)

NJ_TEST_MAIN("emu_telemetry")

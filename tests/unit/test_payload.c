/* Tests of what payloads become: every shape of event, bodies within, responses, errors, and what is missing. */
#include "unit.h"

#include "nightjar/payload.h"
#include "nightjar/sha256.h"

#include <string.h>

static struct nj_buf scratch;
static struct nj_payload payload;
static struct nj_record record;

static void begin(enum nj_payload_kind kind, struct nj_str body)
{
    payload = (struct nj_payload){ .kind = kind, .request_id = NJ_STR("req-1"), .complete = true, .kept = body, .size = body.n };
    payload.start_ns = 1000000000;
    payload.end_ns = 1012345678;
    payload.upstream_status = kind == NJ_PAYLOAD_INPUT ? 200 : 202;
}

static void decode(void)
{
    struct nj_json v;
    ck_assert(nj_payload_decode(&payload, &scratch, &record));
    ck_assert(record.message.n != 0 && record.event.n != 0);
    if (record.data_json.p != NULL) {
        ck_assert_int_eq(nj_json_parse(record.data_json, &v), NJ_OK);
        ck_assert_int_eq(v.type, NJ_JSON_OBJECT);
    }
}

static void take(enum nj_payload_kind kind, const char *body)
{
    begin(kind, nj_str_of(body));
    decode();
}

static struct nj_str text_of(const char *key)
{
    const struct nj_attr *a = nj_attrs_get(&record.data, nj_str_of(key));
    if (a == NULL || (a->v.type != NJ_V_STR && a->v.type != NJ_V_JSON))
        return (struct nj_str){ NULL, 0 };
    return a->v.u.s;
}

static int64_t number_of(const char *key)
{
    const struct nj_attr *a = nj_attrs_get(&record.data, nj_str_of(key));
    return a != NULL && a->v.type == NJ_V_I64 ? a->v.u.i : -1;
}

static bool is_true(const char *key)
{
    const struct nj_attr *a = nj_attrs_get(&record.data, nj_str_of(key));
    return a != NULL && a->v.type == NJ_V_BOOL && a->v.u.b;
}

/* --- shapes ------------------------------------------------------------------------------------------------------- */

START_TEST(test_payload_every_shape_is_recorded_as_what_it_is)
{
    static const struct {
        const char *in, *out, *body;
    } rows[] = {
        { "{\"a\":1}", "{\"payload\":{\"a\":1}}", NULL },
        { " [1, 2] ", "{\"payload\":[1, 2]}", NULL },
        { "\"hello\"", "{\"payload\":\"hello\"}", NULL },
        { "42", "{\"payload\":42}", NULL },
        { "null", "{\"payload\":null}", NULL },
        { "true", "{\"payload\":true}", NULL },
        { "user=joe&password=x", "{\"payload\":\"user=joe&password=x\"}", NULL },
        { "{broken", "{\"payload\":\"{broken\"}", NULL },
        { "{\"a\":1,\"a\":2}", "{\"payload\":{\"a\":1,\"a\":2}}", NULL },
        { "bad \xff utf-8, but text", "{\"payload\":\"bad \xef\xbf\xbd utf-8, but text\"}", NULL },
        { "{\"s\":\"\xff\"}", "{\"payload\":{\"s\":\"\xff\"}}", NULL }, /* mended where all JSON is: by the redactor */
        { "\x01\x02\x03\x04", "{\"payload\":\"[binary 4 bytes]\"}", NULL },
        /* REST */
        { "{\"httpMethod\":\"POST\",\"body\":\"{\\\"password\\\":\\\"x\\\"}\",\"isBase64Encoded\":false}",
          "{\"payload\":{\"httpMethod\":\"POST\",\"body\":{\"password\":\"x\"},\"isBase64Encoded\":false}}", "json" },
        /* HTTP API and function URL */
        { "{\"version\":\"2.0\",\"body\":\"eyJhIjoxfQ==\",\"isBase64Encoded\":true}",
          "{\"payload\":{\"version\":\"2.0\",\"body\":{\"a\":1},\"isBase64Encoded\":true}}", "base64_json" },
        { "{\"isBase64Encoded\":true,\"body\":\"YT1iJnBhc3N3b3JkPXg=\"}",
          "{\"payload\":{\"isBase64Encoded\":true,\"body\":\"a=b&password=x\"}}", "base64" },
        { "{\"isBase64Encoded\":true,\"body\":\"AAECAwQFBgcICQ==\"}",
          "{\"payload\":{\"isBase64Encoded\":true,\"body\":\"[binary 10 bytes]\"}}", "binary" },
        { "{\"isBase64Encoded\":true,\"body\":\"not base64!\"}", "{\"payload\":{\"isBase64Encoded\":true,\"body\":\"not base64!\"}}",
          NULL },
        { "{\"isBase64Encoded\":true,\"body\":\"YQ\"}", "{\"payload\":{\"isBase64Encoded\":true,\"body\":\"a\"}}", "base64" },
        { "{\"isBase64Encoded\":true,\"body\":\"YQ=\"}", "{\"payload\":{\"isBase64Encoded\":true,\"body\":\"YQ=\"}}", NULL },
        { "{\"isBase64Encoded\":false,\"body\":\"eyJhIjoxfQ==\"}", "{\"payload\":{\"isBase64Encoded\":false,\"body\":\"eyJhIjoxfQ==\"}}",
          NULL },
        /* ALB, and VPC Lattice in its first version */
        { "{\"requestContext\":{\"elb\":{}},\"body\":\"\",\"isBase64Encoded\":false}",
          "{\"payload\":{\"requestContext\":{\"elb\":{}},\"body\":\"\",\"isBase64Encoded\":false}}", NULL },
        { "{\"raw_path\":\"/\",\"is_base64_encoded\":true,\"body\":\"W10=\"}",
          "{\"payload\":{\"raw_path\":\"/\",\"is_base64_encoded\":true,\"body\":[]}}", "base64_json" },
        /* SQS: bodies of records are left to the redactor, which reads JSON in strings */
        { "{\"Records\":[{\"eventSource\":\"aws:sqs\",\"body\":\"{\\\"a\\\":1}\"}]}",
          "{\"payload\":{\"Records\":[{\"eventSource\":\"aws:sqs\",\"body\":\"{\\\"a\\\":1}\"}]}}", NULL },
        { "{\"body\":{\"a\":1}}", "{\"payload\":{\"body\":{\"a\":1}}}", NULL },
        { "{\"body\":null}", "{\"payload\":{\"body\":null}}", NULL },
        { "{\"body\":\"17\"}", "{\"payload\":{\"body\":\"17\"}}", NULL },
        { "{\"body\":\"plain \\\"text\\\"\"}", "{\"payload\":{\"body\":\"plain \\\"text\\\"\"}}", NULL },
        { "{\"b\\u006fdy\":\"[1]\",\"body\":\"[2]\",\"z\":0}", "{\"payload\":{\"b\\u006fdy\":[1],\"body\":[2],\"z\":0}}", "json" },
        { "{\"body\":\"[1]\",\"body\":\"[2]\",\"body\":\"[3]\",\"body\":\"[4]\",\"body\":\"[5]\"}",
          "{\"payload\":{\"body\":[1],\"body\":[2],\"body\":[3],\"body\":\"[4]\",\"body\":[5]}}", "json" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        take(NJ_PAYLOAD_INPUT, rows[i].in);
        ck_assert_view_eq(record.data_json, rows[i].out);
        ck_assert_view_eq(text_of("nightjar.payload.body"), rows[i].body);
        ck_assert(!is_true("nightjar.payload.truncated") && !is_true("nightjar.payload.incomplete"));
    }
}
END_TEST

START_TEST(test_payload_input_tells_size_sum_and_whom)
{
    uint8_t sum[NJ_SHA256_LEN];
    char big[1234];
    memset(big, '1', sizeof(big));
    begin(NJ_PAYLOAD_INPUT, (struct nj_str){ big, sizeof(big) });
    nj_sha256_of(sum, NJ_STR("abc"));
    payload.sha256 = sum;
    payload.arn = NJ_STR("arn:aws:lambda:eu-west-1:123456789012:function:f");
    payload.tenant = NJ_STR("blue");
    payload.client_context = NJ_STR(" {\"client\":{\"app_title\":\"x\"}} ");
    payload.cognito_identity = NJ_STR("no json");
    payload.content_type = NJ_STR("application/json");
    decode();
    ck_assert_view_eq(record.event, "invocation.input");
    ck_assert_int_eq(record.category, NJ_CAT_INPUT);
    ck_assert_int_eq(record.severity, NJ_SEV_INFO);
    ck_assert_int_eq(record.outcome, NJ_OUTCOME_NONE);
    ck_assert_int_eq(record.lane, NJ_LANE_BULK);
    ck_assert_int_eq(record.when_ns, payload.start_ns);
    ck_assert_view_eq(record.message, "input of 1,234 bytes");
    ck_assert_int_eq(number_of("nightjar.payload.size"), 1234);
    ck_assert_view_eq(text_of("nightjar.payload.sha256"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    ck_assert_view_eq(text_of("nightjar.payload.content_type"), "application/json");
    ck_assert_view_eq(text_of("aws.lambda.invoked_arn"), "arn:aws:lambda:eu-west-1:123456789012:function:f");
    ck_assert_view_eq(text_of("nightjar.client_context"), "{\"client\":{\"app_title\":\"x\"}}");
    ck_assert_int_eq(nj_attrs_get(&record.data, NJ_STR("nightjar.client_context"))->v.type, NJ_V_JSON);
    ck_assert_view_eq(text_of("nightjar.cognito_identity"), "no json");
    ck_assert_int_eq(nj_attrs_get(&record.data, NJ_STR("nightjar.cognito_identity"))->v.type, NJ_V_STR);
    ck_assert_view_eq(nj_attrs_get(&record.who, NJ_STR("tenant.id"))->v.u.s, "blue");
    ck_assert_view_eq(nj_attrs_get(&record.where, NJ_STR("faas.invocation_id"))->v.u.s, "req-1");
    ck_assert_double_eq_tol(nj_attrs_get(&record.data, NJ_STR("nightjar.duration_ms"))->v.u.f, 12.345, 0.0001);
}
END_TEST

START_TEST(test_payload_what_is_no_event_is_not_recorded)
{
    begin(NJ_PAYLOAD_INPUT, NJ_STR("{\"errorType\":\"InvalidStateTransition\"}"));
    payload.upstream_status = 403;
    ck_assert(!nj_payload_decode(&payload, &scratch, &record));
    begin(NJ_PAYLOAD_KINDS, NJ_STR("x"));
    ck_assert(!nj_payload_decode(&payload, &scratch, &record));
}
END_TEST

/* Nothing of the record but attributes of the names given; the canary is nowhere. */
static void assert_only(const struct nj_attrs *l, const char *const *allowed)
{
    for (size_t i = 0; i < l->n; i++) {
        bool known = false;
        for (const char *const *name = allowed; *name != NULL; name++)
            known = known || nj_str_eq(l->a[i].key, nj_str_of(*name));
        ck_assert_msg(known, "%.*s is in the record", (int)l->a[i].key.n, l->a[i].key.p);
        if (l->a[i].v.type == NJ_V_STR || l->a[i].v.type == NJ_V_JSON)
            ck_assert(nj_str_find(l->a[i].v.u.s, NJ_STR("canary"), 0) == NJ_NPOS);
    }
}

START_TEST(test_payload_metadata_alone_holds_nothing_of_the_content)
{
    static const char *const allowed[] = { "nightjar.payload.size", "nightjar.payload.incomplete", "nightjar.phase",
                                           "nightjar.duration_ms",  "nightjar.error.type",         "exception.type",
                                           "nightjar.streaming",    "http.response.status_code",   NULL };
    for (int kind = 0; kind < NJ_PAYLOAD_KINDS; kind++) {
        for (int whole = 0; whole < 2; whole++) {
            begin((enum nj_payload_kind)kind,
                  NJ_STR("{\"errorMessage\":\"canary\",\"a\":\"canary\",\"body\":\"{\\\"b\\\":1}\",\"stackTrace\":"
                         "[\"canary\"],\"errorType\":\"TypeError\"}"));
            payload.metadata_only = true;
            payload.complete = whole != 0;
            payload.size += whole != 0 ? 0 : 1000;
            payload.client_context = NJ_STR("{\"custom\":\"canary\"}");
            payload.streaming = kind == NJ_PAYLOAD_RESPONSE;
            payload.error_body =
                kind == NJ_PAYLOAD_RESPONSE ? NJ_STR("eyJlcnJvclR5cGUiOiJUIiwiZXJyb3JNZXNzYWdlIjoiY2FuYXJ5In0=") : payload.error_body;
            decode();
            ck_assert_ptr_null(record.data_json.p);
            ck_assert_uint_eq((uint64_t)number_of("nightjar.payload.size"), payload.size);
            ck_assert(nj_str_find(record.message, NJ_STR("canary"), 0) == NJ_NPOS);
            assert_only(&record.data, allowed);
            if (kind > NJ_PAYLOAD_RESPONSE)
                ck_assert_view_eq(record.message, "TypeError");
        }
    }
}
END_TEST

START_TEST(test_payload_metadata_tells_the_type_of_an_error_and_only_a_type)
{
    static const struct {
        const char *header, *in, *type, *exception, *message;
    } rows[] = {
        /* Node.js posts no header */
        { NULL, "{\"errorType\":\"TypeError\",\"errorMessage\":\"canary\",\"trace\":[\"canary\"]}", "TypeError", "TypeError", "TypeError" },
        { "Function.Oops", "{\"errorType\":\"Oops\",\"errorMessage\":\"canary\"}", "Function.Oops", "Oops", "Function.Oops" },
        { "Function.Oops", "canary", "Function.Oops", NULL, "Function.Oops" },
        { NULL, "{\"errorType\":\"java.lang.Exception$Inner\"}", "java.lang.Exception$Inner", "java.lang.Exception$Inner",
          "java.lang.Exception$Inner" },
        { NULL, "{\"errorType\":\"*errors.errorString\"}", "*errors.errorString", "*errors.errorString", "*errors.errorString" },
        /* what a function can put there as well */
        { NULL, "{\"errorType\":\"no such user: joe\"}", NULL, NULL, "the invocation failed" },
        { NULL, "{\"errorType\":\"joe@example.com\"}", NULL, NULL, "the invocation failed" },
        { NULL, "{\"errorType\":\"12345678\"}", NULL, NULL, "the invocation failed" },
        { NULL, "{\"errorType\":{\"a\":1}}", NULL, NULL, "the invocation failed" },
        { "bad user joe", "{\"errorType\":\"Oops\"}", "Oops", "Oops", "Oops" },
        { NULL, "canary", NULL, NULL, "the invocation failed" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        begin(NJ_PAYLOAD_ERROR, nj_str_of(rows[i].in));
        payload.metadata_only = true;
        payload.error_type = rows[i].header != NULL ? nj_str_of(rows[i].header) : payload.error_type;
        decode();
        ck_assert_view_eq(text_of("nightjar.error.type"), rows[i].type);
        ck_assert_view_eq(text_of("exception.type"), rows[i].exception);
        ck_assert_view_eq(record.message, rows[i].message);
        ck_assert_ptr_null(record.data_json.p);
        ck_assert_ptr_null(text_of("exception.message").p);
        ck_assert_ptr_null(text_of("exception.stacktrace").p);
    }
}
END_TEST

/* --- responses ---------------------------------------------------------------------------------------------------- */

START_TEST(test_payload_response_is_judged_by_its_status)
{
    static const struct {
        unsigned status, upstream;
        bool complete;
        enum nj_severity severity;
        enum nj_outcome outcome;
        const char *message;
    } rows[] = {
        { 0, 202, true, NJ_SEV_INFO, NJ_OUTCOME_SUCCESS, "response of 2 bytes" },
        { 200, 202, true, NJ_SEV_INFO, NJ_OUTCOME_SUCCESS, "response 200 of 2 bytes" },
        { 302, 202, true, NJ_SEV_INFO, NJ_OUTCOME_SUCCESS, "response 302 of 2 bytes" },
        { 401, 202, true, NJ_SEV_WARN, NJ_OUTCOME_FAILURE, "response 401 of 2 bytes" },
        { 502, 202, true, NJ_SEV_ERROR, NJ_OUTCOME_FAILURE, "response 502 of 2 bytes" },
        { 200, 413, true, NJ_SEV_ERROR, NJ_OUTCOME_FAILURE, "response 200 of 2 bytes, refused by the platform with 413" },
        { 200, 0, false, NJ_SEV_INFO, NJ_OUTCOME_UNKNOWN, "response 200 of 2 bytes, broken off" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        begin(NJ_PAYLOAD_RESPONSE, NJ_STR("{}"));
        payload.status_code = rows[i].status;
        payload.upstream_status = rows[i].upstream;
        payload.complete = rows[i].complete;
        decode();
        ck_assert_view_eq(record.event, "invocation.response");
        ck_assert_int_eq(record.category, NJ_CAT_RESPONSE);
        ck_assert_int_eq(record.lane, NJ_LANE_BULK);
        ck_assert_int_eq(record.when_ns, payload.end_ns);
        ck_assert_int_eq(record.severity, rows[i].severity);
        ck_assert_int_eq(record.outcome, rows[i].outcome);
        ck_assert_view_eq(record.message, rows[i].message);
        ck_assert_int_eq(number_of("http.response.status_code"), rows[i].status != 0 ? (int64_t)rows[i].status : -1);
        ck_assert_int_eq(number_of("nightjar.upstream_status"), rows[i].upstream == 413 ? 413 : -1);
        ck_assert(is_true("nightjar.payload.incomplete") == !rows[i].complete);
    }
}
END_TEST

#define NULS "\0\0\0\0\0\0\0\0"

START_TEST(test_payload_streamed_response_becomes_prelude_and_body)
{
    static const struct {
        struct nj_str in;
        const char *out, *body;
    } rows[] = {
        { NJ_STR_INIT("{\"statusCode\":200}" NULS "{\"a\":1}"), "{\"payload\":{\"statusCode\":200,\"body\":{\"a\":1}}}", "stream" },
        { NJ_STR_INIT("{\"statusCode\":200}" NULS "text & more"), "{\"payload\":{\"statusCode\":200,\"body\":\"text & more\"}}", "stream" },
        { NJ_STR_INIT("{\"statusCode\":200}" NULS), "{\"payload\":{\"statusCode\":200}}", "stream" },
        { NJ_STR_INIT("{ }" NULS "x"), "{\"payload\":{\"body\":\"x\"}}", "stream" },
        { NJ_STR_INIT("{}" NULS "\1\2\3"), "{\"payload\":{\"body\":\"[binary 3 bytes]\"}}", "stream" },
        { NJ_STR_INIT("data: one\n\ndata: two\n\n"), "{\"payload\":\"data: one\\n\\ndata: two\\n\\n\"}", NULL },
        { NJ_STR_INIT("not a prelude, a long text" NULS "x"), "{\"payload\":\"[binary 35 bytes]\"}", NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        begin(NJ_PAYLOAD_RESPONSE, rows[i].in);
        payload.streaming = true;
        payload.content_type = NJ_STR("application/vnd.awslambda.http-integration-response");
        decode();
        ck_assert_view_eq(record.data_json, rows[i].out);
        ck_assert_view_eq(text_of("nightjar.payload.body"), rows[i].body);
        ck_assert(is_true("nightjar.streaming"));
        ck_assert(nj_str_starts(record.message, NJ_STR("streamed response of ")));
        ck_assert(nj_str_ends(record.message, NJ_STR(" in 12.3 ms")));
    }
}
END_TEST

/* --- errors ------------------------------------------------------------------------------------------------------- */

START_TEST(test_payload_errors_of_every_runtime_are_understood)
{
    static const struct {
        const char *header, *in, *message, *type, *trace, *details, *data;
    } rows[] = {
        /* Node.js */
        { NULL,
          "{\"errorType\":\"TypeError\",\"errorMessage\":\"x is not a function\",\"trace\":[\"TypeError: x\",\"    at h "
          "(/var/task/i.js:1:1)\"]}",
          "TypeError: x is not a function", "TypeError", "[\"TypeError: x\",\"    at h (/var/task/i.js:1:1)\"]", NULL, NULL },
        /* Python */
        { "Function.LedgerError",
          "{\"errorMessage\": \"account \\\"7\\\" not found\", \"errorType\": \"LedgerError\", \"requestId\": \"r\", \"stackTrace\": [\"  "
          "File\"]}",
          "Function.LedgerError: account \"7\" not found", "LedgerError", "[\"  File\"]", "{\"requestId\":\"r\"}", NULL },
        /* Java */
        { NULL,
          "{\"errorMessage\":\"m\",\"errorType\":\"java.lang.RuntimeException\",\"stackTrace\":[\"a.B.c(B.java:1)\"],\"cause\":{"
          "\"errorMessage\":\"n\"}}",
          "java.lang.RuntimeException: m", "java.lang.RuntimeException", "[\"a.B.c(B.java:1)\"]", "{\"cause\":{\"errorMessage\":\"n\"}}",
          NULL },
        /* Go */
        { "Function.errorString",
          "{\"errorMessage\":\"m\",\"errorType\":\"errorString\",\"stackTrace\":[{\"path\":\"main.go\",\"line\":3,\"label\":\"f\"}]}",
          "Function.errorString: m", "errorString", "[{\"path\":\"main.go\",\"line\":3,\"label\":\"f\"}]", NULL, NULL },
        { NULL, "{\"errorMessage\":null,\"errorType\":\"T\",\"stackTrace\":\"at x\"}", "T", "T", "at x", NULL, NULL },
        { NULL, "{\"errorMessage\":{\"code\":7},\"errorMessage\":\"again\"}", "{\"code\":7}", NULL, NULL, "{\"errorMessage\":\"again\"}",
          NULL },
        { NULL, "{}", "the invocation failed", NULL, NULL, NULL, NULL },
        { NULL, "it broke", "the invocation failed", NULL, NULL, NULL, "{\"payload\":\"it broke\"}" },
        { NULL, "", "the invocation failed", NULL, NULL, NULL, NULL },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        begin(NJ_PAYLOAD_ERROR, nj_str_of(rows[i].in));
        payload.error_type = nj_str_of(rows[i].header);
        decode();
        ck_assert_view_eq(record.event, "invocation.error");
        ck_assert_int_eq(record.category, NJ_CAT_ERROR);
        ck_assert_int_eq(record.severity, NJ_SEV_ERROR);
        ck_assert_int_eq(record.outcome, NJ_OUTCOME_FAILURE);
        ck_assert_int_eq(record.lane, NJ_LANE_CRITICAL);
        ck_assert_view_eq(record.message, rows[i].message);
        ck_assert_view_eq(text_of("nightjar.error.type"), rows[i].header != NULL ? rows[i].header : rows[i].type);
        ck_assert_view_eq(text_of("exception.type"), rows[i].type);
        ck_assert_view_eq(text_of("exception.stacktrace"), rows[i].trace);
        ck_assert_view_eq(text_of("nightjar.error.details"), rows[i].details);
        ck_assert_view_eq(record.data_json, rows[i].data);
    }
}
END_TEST

START_TEST(test_payload_errors_of_init_and_restore_name_their_phase)
{
    take(NJ_PAYLOAD_INIT_ERROR, "{\"errorMessage\":\"no module\",\"errorType\":\"ImportError\"}");
    ck_assert_view_eq(record.event, "invocation.error");
    ck_assert_view_eq(text_of("nightjar.phase"), "init");
    ck_assert_view_eq(record.message, "ImportError: no module");
    take(NJ_PAYLOAD_RESTORE_ERROR, "");
    ck_assert_view_eq(text_of("nightjar.phase"), "restore");
    ck_assert_view_eq(record.message, "the restore failed");
    ck_assert_int_eq(record.lane, NJ_LANE_CRITICAL);
}
END_TEST

START_TEST(test_payload_error_trailer_makes_a_stream_an_error)
{
    begin(NJ_PAYLOAD_RESPONSE, NJ_STR("half an answer"));
    payload.streaming = true;
    payload.error_type = NJ_STR("Function.Oops");
    payload.error_body = NJ_STR("eyJlcnJvck1lc3NhZ2UiOiJib29tIiwiZXJyb3JUeXBlIjoiT29wcyIsInN0YWNrVHJhY2UiOlsiYSJdfQ==");
    decode();
    ck_assert_view_eq(record.event, "invocation.error");
    ck_assert_int_eq(record.lane, NJ_LANE_CRITICAL);
    ck_assert_view_eq(record.message, "Function.Oops: boom");
    ck_assert_view_eq(text_of("exception.type"), "Oops");
    ck_assert_view_eq(text_of("exception.message"), "boom");
    ck_assert_view_eq(text_of("exception.stacktrace"), "[\"a\"]");
    ck_assert_view_eq(record.data_json, "{\"payload\":\"half an answer\"}");
    ck_assert(is_true("nightjar.streaming"));

    payload.error_type = (struct nj_str){ NULL, 0 };
    payload.error_body = NJ_STR("not base64 at all");
    decode();
    ck_assert_view_eq(record.event, "invocation.error");
    ck_assert_view_eq(record.message, "the response broke off");
    ck_assert_view_eq(text_of("nightjar.error.trailer"), "not base64 at all");
}
END_TEST

START_TEST(test_payload_long_error_message_is_said_in_part_and_kept_whole)
{
    static char in[8192];
    struct nj_buf b;
    nj_buf_init(&b, sizeof(in));
    nj_buf_addz(&b, "{\"errorType\":\"E\",\"errorMessage\":\"");
    for (int i = 0; i < 400; i++)
        nj_buf_addz(&b, "word ");
    nj_buf_addz(&b, "\"}");
    begin(NJ_PAYLOAD_ERROR, nj_buf_str(&b));
    decode();
    ck_assert(record.message.n > 1000 && record.message.n <= 1024 + 3);
    ck_assert_uint_eq(text_of("exception.message").n, 2000);
    nj_buf_fini(&b);
}
END_TEST

/* --- trouble ------------------------------------------------------------------------------------------------------ */

START_TEST(test_payload_without_room_is_told_of_and_the_rest_is_recorded)
{
    struct nj_buf small;
    size_t lost = 0;
    for (size_t max = 0; max < 4096; max += 7) {
        nj_buf_init(&small, max);
        begin(NJ_PAYLOAD_INPUT, NJ_STR("{\"headers\":{\"a\":\"b\"},\"body\":\"eyJhIjoxfQ==\",\"isBase64Encoded\":true}"));
        payload.arn = NJ_STR("arn");
        ck_assert(nj_payload_decode(&payload, &small, &record));
        ck_assert_view_eq(text_of("aws.lambda.invoked_arn"), "arn");
        ck_assert_int_eq(number_of("nightjar.payload.size"), (int64_t)payload.size);
        if (record.data_json.p == NULL) {
            lost++;
            ck_assert_view_eq(text_of("nightjar.payload.lost"), "too large");
            ck_assert_view_eq(record.message, "invocation.input");
        }
        nj_buf_fini(&small);
    }
    ck_assert(lost > 10 && lost < 100);
}
END_TEST

START_TEST(test_payload_nested_to_the_limit_is_kept_one_way_or_the_other)
{
    for (int depth = 254; depth <= 258; depth++) {
        struct nj_buf b;
        nj_buf_init(&b, 1 << 16);
        for (int wrapped = 0; wrapped < 2; wrapped++) {
            nj_buf_reset(&b);
            nj_buf_addz(&b, wrapped ? "{\"body\":\"" : "");
            for (int i = 0; i < depth; i++)
                nj_buf_addc(&b, '[');
            for (int i = 0; i < depth; i++)
                nj_buf_addc(&b, ']');
            nj_buf_addz(&b, wrapped ? "\"}" : "");
            begin(NJ_PAYLOAD_INPUT, nj_buf_str(&b));
            decode();
            ck_assert_ptr_nonnull(record.data_json.p);
            ck_assert_uint_ge(record.data_json.n, (size_t)depth * 2);
            payload.complete = false;
            payload.kept.n -= 1;
            decode();
        }
        nj_buf_fini(&b);
    }
}
END_TEST

static void setup(void)
{
    nj_buf_init(&scratch, 16 << 20);
}

static void teardown(void)
{
    nj_buf_fini(&scratch);
}

#define NJ_TESTS(X)                                                                                                                        \
    X(test_payload_every_shape_is_recorded_as_what_it_is)                                                                                  \
    X(test_payload_input_tells_size_sum_and_whom)                                                                                          \
    X(test_payload_what_is_no_event_is_not_recorded)                                                                                       \
    X(test_payload_metadata_alone_holds_nothing_of_the_content)                                                                            \
    X(test_payload_metadata_tells_the_type_of_an_error_and_only_a_type)                                                                    \
    X(test_payload_response_is_judged_by_its_status)                                                                                       \
    X(test_payload_streamed_response_becomes_prelude_and_body)                                                                             \
    X(test_payload_errors_of_every_runtime_are_understood)                                                                                 \
    X(test_payload_errors_of_init_and_restore_name_their_phase)                                                                            \
    X(test_payload_error_trailer_makes_a_stream_an_error)                                                                                  \
    X(test_payload_long_error_message_is_said_in_part_and_kept_whole)                                                                      \
    X(test_payload_without_room_is_told_of_and_the_rest_is_recorded)                                                                       \
    X(test_payload_nested_to_the_limit_is_kept_one_way_or_the_other)

int main(void)
{
    Suite *s = suite_create("payload");
    TCase *tc = tcase_create("payload");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    NJ_TESTS(NJ_ADD_TEST)
    suite_add_tcase(s, tc);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_NORMAL);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

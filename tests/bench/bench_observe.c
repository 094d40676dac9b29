/* bench_observe.c -- what observing costs: per line of a function's log, and per invocation with its input and answer.
 *
 * Every observer is at work.  The yardstick is zlib level 1 on the same lines, so that the ratio means the same on every machine;
 * rounds run in turns, and the best of each counts.
 *
 * Output: lines for people, then one JSON object.
 */
#include "nightjar/alert_rules.h"
#include "nightjar/observe.h"
#include "nightjar/pseudonym.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

enum { LINES = 2000, CALLS = 2000, ROUNDS = 15, TEXT_BYTES = 1 << 20 }; /* lines come hot from the decoder */
static const int64_t t0 = 1795418101000000000;

/* What differs from line to line.  In the pipeline there is one struct nj_record, and it is hot. */
struct line {
    struct nj_str message, data_json;
    enum nj_severity severity;
    int64_t status;
    struct nj_str address, user;
};

struct bench {
    struct nj_observe *room;
    struct line *lines;
    struct nj_record record;
    struct nj_facts facts;
    struct nj_buf text;
    uint64_t said;
};

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static uint32_t seed = 20261126;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static void on_emit(void *ctx, struct nj_record *r)
{
    struct bench *b = ctx;
    b->said += r->event.n != 0;
}

/* Two kinds of lines: what a console writes, and what a logging library writes. */
static void make_line(struct bench *b, size_t i)
{
    static const char *const verbs[] = { "order accepted", "cache miss", "retrying", "customer loaded", "payload written", "invoice sent" };
    char text[400];
    const char *verb = verbs[dice(NJ_COUNT(verbs))];
    if (i % 2 == 0)
        snprintf(text, sizeof(text),
                 "2026-11-23T07:15:01.%03uZ\\t3d2c5f0a-1111-4222-8333-444455556666\\tINFO\\t%s in %u ms for tenant %u of region eu",
                 dice(1000), verb, dice(900), dice(50));
    else
        snprintf(text, sizeof(text),
                 "{\\\"level\\\":\\\"info\\\",\\\"msg\\\":\\\"%s\\\",\\\"orderId\\\":\\\"%08x\\\",\\\"items\\\":%u,\\\"total\\\":%u.5}",
                 verb, dice(UINT32_MAX), dice(20), dice(5000));
    size_t from = b->text.n;
    nj_buf_addf(&b->text, "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"function\",\"record\":\"%s\"}", text);
    struct line *l = &b->lines[i];
    struct nj_buf own;
    nj_buf_init(&own, 1 << 16);
    nj_decode(nj_str_slice(nj_buf_str(&b->text), from, b->text.n), t0, &own, &b->record, &b->facts);
    *l = (struct line){ b->record.message,   b->record.data_json,  b->record.severity,
                        b->facts.log_status, b->facts.log_address, b->facts.log_user };
    /* own stays: the record's views point into it, and the program is short. */
}

static double run_lines(struct bench *b)
{
    struct nj_clean clean = { .when_ns = t0 };
    double begun = cpu_s();
    for (size_t i = 0; i < LINES; i++) {
        const struct line *l = &b->lines[i];
        b->record.who.n = b->record.where.n = 0;
        b->record.message = clean.message = l->message;
        b->record.data_json = clean.data = l->data_json;
        b->record.severity = l->severity;
        b->facts.log_status = l->status;
        b->facts.log_address = l->address;
        b->facts.log_user = l->user;
        nj_attrs_str(&b->record.where, NJ_STR("faas.invocation_id"), NJ_STR("3d2c5f0a-1111-4222-8333-444455556666"));
        nj_observe_put(b->room, &b->record, true);
        nj_observe_record(b->room, t0, &b->facts, &b->record, &clean);
    }
    return cpu_s() - begun;
}

static double run_zlib(const struct bench *b)
{
    z_stream z = { .zalloc = Z_NULL };
    static unsigned char out[1 << 16];
    double begun = cpu_s();
    if (deflateInit(&z, 1) != Z_OK)
        exit(1);
    for (size_t i = 0; i < LINES; i++) {
        struct nj_str s = b->lines[i].data_json.n != 0 ? b->lines[i].data_json : b->lines[i].message;
        z.next_in = (Bytef *)(uintptr_t)s.p;
        z.avail_in = (uInt)s.n;
        while (z.avail_in != 0) {
            z.next_out = out;
            z.avail_out = sizeof(out);
            (void)deflate(&z, Z_NO_FLUSH);
        }
    }
    deflateEnd(&z);
    return cpu_s() - begun;
}

static const char input[] =
    "{\"version\":\"2.0\",\"routeKey\":\"POST /login\",\"rawPath\":\"/login\",\"rawQueryString\":\"\",\"headers\":{\"accept\":\"*/*\","
    "\"content-length\":\"55\",\"content-type\":\"application/json\",\"host\":\"a1b2c3.execute-api.eu-west-1.amazonaws.com\","
    "\"user-agent\":\"Mozilla/5.0 (X11; Linux x86_64) "
    "AppleWebKit/537.36\",\"x-amzn-trace-id\":\"Root=1-67400000-aaaaaaaaaaaaaaaaaaaaaaaa\","
    "\"x-forwarded-for\":\"192.0.2.1, 198.51.100.7\",\"x-forwarded-port\":\"443\",\"x-forwarded-proto\":\"https\"},\"requestContext\":{"
    "\"accountId\":\"123456789012\",\"apiId\":\"a1b2c3\",\"domainName\":\"a1b2c3.execute-api.eu-west-1.amazonaws.com\",\"http\":{"
    "\"method\":"
    "\"POST\",\"path\":\"/login\",\"protocol\":\"HTTP/1.1\",\"sourceIp\":\"198.51.100.7\",\"userAgent\":\"Mozilla/"
    "5.0\"},\"requestId\":\"x=\","
    "\"routeKey\":\"POST /login\",\"stage\":\"$default\",\"timeEpoch\":1795418400123},\"body\":\"{\\\"email\\\":\\\"user%u@example.com\\\","
    "\\\"password\\\":\\\"example\\\"}\",\"isBase64Encoded\":false}";

static double run_calls(struct bench *b)
{
    static char in[2048],
        out[] = "{\"statusCode\":401,\"headers\":{\"content-type\":\"application/json\"},\"body\":\"{\\\"error\\\":\\\"no\\\"}\"}";
    static unsigned number;
    double begun = cpu_s();
    for (unsigned i = 0; i < CALLS; i++) {
        char id[40];
        snprintf(id, sizeof(id), "3d2c5f0a-1111-4222-8333-%012u", number++);
        snprintf(in, sizeof(in), input, number);
        struct nj_payload asked = { .kind = NJ_PAYLOAD_INPUT,
                                    .request_id = nj_str_of(id),
                                    .complete = true,
                                    .size = strlen(in),
                                    .kept = nj_str_of(in),
                                    .start_ns = t0,
                                    .end_ns = t0 };
        struct nj_payload answered = { .kind = NJ_PAYLOAD_RESPONSE,
                                       .request_id = nj_str_of(id),
                                       .complete = true,
                                       .size = strlen(out),
                                       .kept = nj_str_of(out),
                                       .status_code = 401,
                                       .start_ns = t0,
                                       .end_ns = t0 };
        int64_t now_ns = t0 + (int64_t)number * 20000000;
        nj_observe_invoke(b->room, now_ns, nj_str_of(id), 0);
        nj_observe_payload(b->room, now_ns, &asked);
        nj_observe_payload(b->room, now_ns, &answered);
        nj_observe_answered(b->room, now_ns, nj_str_of(id));
    }
    return cpu_s() - begun;
}

int main(void)
{
    struct bench b = { .said = 0 };
    struct nj_pseudonyms *pseudonyms = NULL;
    double lines = 1e9, zlib = 1e9, calls = 1e9;
    size_t before = mallinfo2().uordblks;
    if (nj_pseudonyms_new(&pseudonyms, NJ_STR(""), NJ_STR("")) != NJ_OK)
        return 1;
    static struct nj_alert_rules rules;
    nj_alert_rules_standard(&rules);
    struct nj_observe_options o = { .pseudonyms = pseudonyms, .alert_rules = &rules, .emit = on_emit, .ctx = &b };
    if (nj_observe_new(&b.room, &o) != NJ_OK)
        return 1;
    size_t room = mallinfo2().uordblks - before + mallinfo2().hblkhd;
    b.lines = calloc(LINES, sizeof(*b.lines));
    nj_buf_init(&b.text, TEXT_BYTES);
    if (b.lines == NULL || nj_buf_reserve(&b.text, TEXT_BYTES - 1) != NJ_OK)
        return 1;
    nj_observe_invoke(b.room, t0, NJ_STR("3d2c5f0a-1111-4222-8333-444455556666"), 0);
    for (size_t i = 0; i < LINES; i++)
        make_line(&b, i);
    for (int i = 0; i < ROUNDS; i++) {
        double s = run_lines(&b), z = run_zlib(&b);
        lines = s < lines ? s : lines;
        zlib = z < zlib ? z : zlib;
    }
    nj_observe_telemetry(b.room, t0, false);
    for (int i = 0; i < ROUNDS; i++) {
        double s = run_calls(&b);
        calls = s < calls ? s : calls;
    }
    printf("a line: %.0f ns, %.2f x the CPU of zlib level 1 on the same lines\n", lines / LINES * 1e9, lines / zlib);
    printf("an invocation with input, answer, a failed login and a summary: %.1f us\n", calls / CALLS * 1e6);
    printf("the room: %zu KiB asked for, %zu records said\n", room >> 10, (size_t)b.said);
    printf("{\"bench\":\"observe\",\"line_ns\":%.0f,\"line_ratio_zlib1\":%.3f,\"call_us\":%.2f,\"room_kib\":%zu}\n", lines / LINES * 1e9,
           lines / zlib, calls / CALLS * 1e6, room >> 10);
    nj_observe_free(b.room);
    nj_pseudonyms_free(pseudonyms);
    return 0;
}

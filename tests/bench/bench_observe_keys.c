/* What the tables of the observers take and cost: CPU by kind of record, and memory under ten million distinct keys.
 *
 * Each of a million invocations brings ten keys that were never seen before: account, address, agent, secret, path, tenant,
 * error text, error code, request id, field name.  The tables are of fixed size, so resident memory must stay where it was after the
 * first thousand. */
#include "nightjar/alert_rules.h"
#include "nightjar/decode.h"
#include "nightjar/observe.h"
#include "nightjar/pseudonym.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 20000, LINES = 200000, DISTINCT_CALLS = 1000000, WARM = 1000 };

static struct nj_observe *room;
static struct nj_buf scratch;
static struct nj_record record;
static int64_t now_ns = 1795418101000000000;
static unsigned long long said;
static char id[64];

static double cpu_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long resident_kib(void)
{
    char text[128] = "";
    unsigned long size = 0, pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");
    if (f == NULL)
        return 0;
    if (fgets(text, sizeof(text), f) == NULL || sscanf(text, "%lu %lu", &size, &pages) != 2)
        pages = 0;
    fclose(f);
    return (long)pages * (sysconf(_SC_PAGESIZE) / 1024);
}

static void on_emit(void *ctx, struct nj_record *r)
{
    (void)ctx;
    (void)r;
    said++;
}

static void tell(const char *type, const char *body)
{
    char element[4096];
    struct nj_facts f;
    struct nj_clean clean = { .lane = NJ_LANE_BULK };
    int n = snprintf(element, sizeof(element), "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"%s\",\"record\":%s}", type, body);
    nj_buf_reset(&scratch);
    nj_decode((struct nj_str){ element, (size_t)n }, now_ns, &scratch, &record, &f);
    nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), nj_str_of(id));
    clean.message = record.message;
    clean.data = record.data_json;
    nj_observe_record(room, now_ns, &f, &record, &clean);
}

static void payload(enum nj_payload_kind kind, const char *text, unsigned status)
{
    struct nj_payload p = { .kind = kind, .request_id = nj_str_of(id), .complete = true, .kept = nj_str_of(text), .status_code = status };
    p.size = p.kept.n;
    p.start_ns = p.end_ns = now_ns;
    nj_observe_payload(room, now_ns, &p);
}

/* One invocation; with lines of errors where fresh. */
static void call(unsigned n, bool fresh)
{
    char text[2048];
    unsigned who = fresh ? n : n % 50;
    snprintf(id, sizeof(id), "00000000-0000-4000-8000-%012u", n);
    nj_observe_invoke(room, now_ns, nj_str_of(id), now_ns / 1000000 + 3000);
    snprintf(text, sizeof(text),
             "{\"version\":\"2.0\",\"routeKey\":\"POST /login\",\"rawPath\":\"/login/%u\",\"headers\":{\"user-agent\":\"agent/%u\","
             "\"content-type\":\"application/json\"},\"requestContext\":{\"http\":{\"method\":\"POST\",\"path\":\"/login/%u\",\"sourceIp\":"
             "\"%u.%u.%u.9\",\"userAgent\":\"agent/"
             "%u\"}},\"body\":\"{\\\"username\\\":\\\"user%u\\\",\\\"password\\\":\\\"p-%u\\\",\\\"f%u\\\":1}\"}",
             who, who, who, 1 + who / 65536 % 200, who / 256 % 256, who % 256, who, who, who, who);
    payload(NJ_PAYLOAD_INPUT, text, 0);
    snprintf(text, sizeof(text), "{\"requestId\":\"%s\"}", id);
    tell("platform.start", text);
    if (fresh) {
        snprintf(text, sizeof(text), "{\"level\":\"ERROR\",\"message\":\"w%x x%x failed for y%x\"}", n * 2654435761u, n * 40503u, n);
        tell("function", text);
        snprintf(text, sizeof(text), "{\"level\":\"ERROR\",\"error_code\":\"E-%u\",\"message\":\"x\"}", n);
        tell("function", text);
    }
    payload(NJ_PAYLOAD_RESPONSE, fresh ? "{\"statusCode\":401}" : "{\"statusCode\":200}", fresh ? 401 : 200);
    nj_observe_answered(room, now_ns, nj_str_of(id));
    snprintf(text, sizeof(text), "{\"requestId\":\"%s\",\"status\":\"success\",\"metrics\":{\"durationMs\":12.5,\"producedBytes\":40}}",
             id);
    tell("platform.runtimeDone", text);
    snprintf(text, sizeof(text),
             "{\"requestId\":\"%s\",\"status\":\"success\",\"metrics\":{\"durationMs\":12.5,\"billedDurationMs\":13,\"memorySizeMB\":512,"
             "\"maxMemoryUsedMB\":90}}",
             id);
    tell("platform.report", text);
    now_ns += 50000000;
    nj_observe_tick(room, now_ns);
}

static void open_room(struct nj_pseudonyms *p)
{
    static struct nj_alert_rules rules;
    nj_alert_rules_standard(&rules);
    struct nj_observe_options o = { .emit = on_emit, .pseudonyms = p, .alert_rules = &rules };
    if (nj_observe_new(&room, &o) != NJ_OK)
        exit(2);
}

static void measure_lines(const char *name, const char *body)
{
    struct nj_facts f;
    double t0 = cpu_s();
    for (int i = 0; i < LINES; i++) { /* decoding alone, to take it off */
        nj_buf_reset(&scratch);
        nj_decode(nj_str_of(body), now_ns, &scratch, &record, &f);
    }
    double decode = cpu_s() - t0;
    char inner[1024];
    const char *from = strstr(body, "\"record\":") + 9;
    snprintf(inner, sizeof(inner), "%.*s", (int)(strlen(from) - 1), from);
    t0 = cpu_s();
    for (int i = 0; i < LINES; i++)
        tell("function", inner);
    double all = cpu_s() - t0;
    printf("  %-28s %6.2f us a record\n", name, (all - decode) * 1e6 / LINES);
}

int main(void)
{
    struct nj_pseudonyms *p = NULL;
    nj_buf_init(&scratch, 1 << 20);
    if (nj_pseudonyms_new(&p, NJ_STR("k1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"), (struct nj_str){ NULL, 0 }) !=
        NJ_OK)
        return 2;
    open_room(p);
    printf("observe: tables and cases %zu KiB in all (budget 512)\n", nj_observe_table_bytes() / 1024);
    for (unsigned i = 0; i < 2000; i++)
        call(i, false);
    double t0 = cpu_s();
    for (unsigned i = 0; i < CALLS; i++)
        call(2000 + i, false);
    printf("  %-28s %6.2f us an invocation (input, response, three platform events, decoding included)\n", "login, success",
           (cpu_s() - t0) * 1e6 / CALLS);
    measure_lines("function line, text",
                  "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"function\",\"record\":\"order 4711 was shipped to the depot\"}");
    measure_lines("function line, JSON",
                  "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"function\",\"record\":{\"level\":\"INFO\",\"message\":"
                  "\"order 4711 was shipped\",\"depot\":\"north\",\"ms\":12}}");
    measure_lines("function line, error",
                  "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"function\",\"record\":{\"level\":\"ERROR\",\"message\":"
                  "\"stock of item 4711 is gone\",\"depot\":\"north\",\"ms\":12}}");
    nj_observe_free(room);
    open_room(p);
    for (unsigned i = 0; i < WARM; i++)
        call(i, true);
    long before = resident_kib();
    said = 0;
    t0 = cpu_s();
    for (unsigned i = 0; i < DISTINCT_CALLS; i++)
        call(WARM + i, true);
    double fresh_us = (cpu_s() - t0) * 1e6 / DISTINCT_CALLS;
    long after = resident_kib();
    printf("  %-28s %6.2f us an invocation (as above, and two lines of errors of kinds never seen)\n", "all keys new", fresh_us);
    printf("  ten million distinct keys: resident %ld KiB before, %ld KiB after; %llu records said\n", before, after, said);
    if (after > before + 256)
        printf("  BUDGET EXCEEDED: memory grows with the number of keys\n");
    nj_observe_free(room);
    nj_pseudonyms_free(p);
    nj_buf_fini(&scratch);
    return after > before + 256;
}

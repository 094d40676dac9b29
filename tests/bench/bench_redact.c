/* Measures redaction in MB/s of CPU time beside zlib level 1 on the same bytes, in one run on one machine.
 *
 * The data is made here, always the same: benign JSON logs, a mix of text and JSON with something to find in one line out
 * of five, and hostile input.  Budgets (design 8): 500 MB/s on benign JSON, 300 MB/s on the mix. */
#include "nightjar/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

enum { CORPUS = 8 << 20, OUT_MAX = 64 << 20, ROUNDS = 3 };

static uint64_t seed = 88172645463325252u;

static unsigned pick(unsigned n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 33) % n;
}

static void letters(struct nj_buf *b, unsigned n, const char *alphabet)
{
    unsigned kinds = (unsigned)strlen(alphabet);
    for (unsigned i = 0; i < n; i++)
        nj_buf_addc(b, alphabet[pick(kinds)]);
}

#define HEX "0123456789abcdef"
#define B64 "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

static const char *const words[] = { "order",   "accepted", "for",  "customer", "shipment", "queued",  "retry",   "after",  "timeout",
                                     "cache",   "miss",     "on",   "shard",    "worker",   "started", "the",     "batch",  "was",
                                     "written", "to",       "disk", "in",       "region",   "west",    "request", "handled" };

static void sentence(struct nj_buf *b, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        nj_buf_addz(b, words[pick(NJ_COUNT(words))]);
        nj_buf_addc(b, i + 1 < n ? ' ' : '.');
    }
}

static void uuid(struct nj_buf *b)
{
    static const unsigned parts[] = { 8, 4, 4, 4, 12 };
    for (size_t i = 0; i < NJ_COUNT(parts); i++) {
        if (i > 0)
            nj_buf_addc(b, '-');
        letters(b, parts[i], HEX);
    }
}

static void stamp(struct nj_buf *b)
{
    nj_buf_addf(b, "2026-11-%02uT%02u:%02u:%02u.%03uZ", 1 + pick(28), pick(24), pick(60), pick(60), pick(1000));
}

static void benign_json(struct nj_buf *b)
{
    nj_buf_addz(b, "{\"timestamp\":\"");
    stamp(b);
    nj_buf_addz(b, "\",\"level\":\"INFO\",\"requestId\":\"");
    uuid(b);
    nj_buf_addz(b, "\",\"message\":\"");
    sentence(b, 6 + pick(12));
    nj_buf_addf(b, "\",\"durationMs\":%u.%u,\"attempt\":%u,\"cached\":%s,", pick(900), pick(100), pick(4), pick(2) ? "true" : "false");
    nj_buf_addf(b, "\"http\":{\"method\":\"GET\",\"route\":\"/orders/{id}\",\"status\":%u,\"bytes\":%u},", 200 + pick(5), pick(99999));
    nj_buf_addz(b, "\"labels\":[\"billing\",\"west\",\"v2\"],\"logger\":\"com.shop.orders.Handler\",\"thread\":\"worker-");
    nj_buf_addf(b, "%u\"}", pick(16));
}

static void benign_text(struct nj_buf *b)
{
    stamp(b);
    nj_buf_addz(b, "\t");
    uuid(b);
    nj_buf_addz(b, "\tINFO\t");
    sentence(b, 8 + pick(14));
    nj_buf_addf(b, " took=%ums rows=%u path=/v1/orders/%u", pick(900), pick(50), pick(100000));
}

/* Nothing here looks like a live secret in the source: the parts are put together at run time. */
static void finding(struct nj_buf *b)
{
    switch (pick(6)) {
    case 0:
        nj_buf_addf(b, "mail to user%u%cexample.com bounced", pick(9999), '@');
        break;
    case 1:
        nj_buf_addf(b, "charged %u%u%u%u on file", 4242, 4242, 4242, 4242);
        break;
    case 2:
        nj_buf_addf(b, "login user=%u password%c", pick(999), '=');
        letters(b, 12, B64);
        nj_buf_addz(b, " ok=false");
        break;
    case 3:
        nj_buf_addf(b, "Authorization%c Bearer ", ':');
        letters(b, 40, B64);
        break;
    case 4:
        nj_buf_addf(b, "connected to postgres:/%capp:", '/');
        letters(b, 10, B64);
        nj_buf_addf(b, "%cdb.internal:5432/app", '@');
        break;
    default:
        nj_buf_addf(b, "GET /cb?state=%u&access_token%c", pick(999), '=');
        letters(b, 32, B64);
        nj_buf_addz(b, " 302");
        break;
    }
}

static void mixed(struct nj_buf *b)
{
    if (pick(2) == 0) {
        benign_json(b);
        if (pick(5) == 0) {
            nj_buf_cut(b, b->n - 1);
            nj_buf_addz(b, ",\"detail\":\"");
            finding(b);
            nj_buf_addz(b, "\",\"client_secret\":\"");
            letters(b, 24, B64);
            nj_buf_addz(b, "\"}");
        }
        return;
    }
    benign_text(b);
    if (pick(5) == 0) {
        nj_buf_addc(b, ' ');
        finding(b);
    }
}

static void repeat(struct nj_buf *b, const char *piece, size_t n)
{
    while (b->n < n)
        nj_buf_addz(b, piece);
}

/* --- measuring ---------------------------------------------------------------------------------------------------- */

struct corpus {
    struct nj_buf text;
    size_t *ends; /* of its records */
    size_t n;
};

static void make(struct corpus *c, void (*record)(struct nj_buf *))
{
    nj_buf_init(&c->text, 2 * CORPUS);
    c->ends = calloc(CORPUS / 64, sizeof(*c->ends));
    if (c->ends == NULL)
        abort();
    while (c->text.n < CORPUS) {
        record(&c->text);
        c->ends[c->n++] = c->text.n;
    }
}

static double seconds_since(clock_t from)
{
    return (double)(clock() - from) / CLOCKS_PER_SEC;
}

static double zlib_rate(struct nj_str s)
{
    uLong room = compressBound(s.n);
    Bytef *out = malloc(room);
    double best = 0;
    if (out == NULL)
        abort();
    for (int i = 0; i < ROUNDS; i++) {
        uLongf n = room;
        clock_t from = clock();
        if (compress2(out, &n, (const Bytef *)s.p, s.n, 1) != Z_OK)
            abort();
        double rate = (double)s.n / 1e6 / seconds_since(from);
        best = rate > best ? rate : best;
    }
    free(out);
    return best;
}

static void redact_one(struct nj_redactor *r, struct nj_str s, struct nj_buf *out)
{
    struct nj_json json;
    nj_buf_reset(out);
    if (s.p[0] == '{' && nj_json_parse(s, &json) == NJ_OK)
        nj_redact_json(r, json, out);
    else
        nj_redact_text(r, s, out);
}

/* Decoding has checked the JSON before; what is measured is the redactor on it. */
static double corpus_rate(struct nj_redactor *r, const struct corpus *c, bool checked)
{
    struct nj_buf out;
    double best = 0;
    nj_buf_init(&out, OUT_MAX);
    for (int i = 0; i < ROUNDS; i++) {
        size_t from = 0;
        clock_t start = clock();
        for (size_t k = 0; k < c->n; k++) {
            struct nj_str s = nj_str_slice(nj_buf_str(&c->text), from, c->ends[k]);
            if (checked && s.p[0] == '{') {
                nj_buf_reset(&out);
                nj_redact_json(r, (struct nj_json){ NJ_JSON_OBJECT, s }, &out);
            } else {
                redact_one(r, s, &out);
            }
            from = c->ends[k];
        }
        double rate = (double)c->text.n / 1e6 / seconds_since(start);
        best = rate > best ? rate : best;
    }
    nj_buf_fini(&out);
    return best;
}

static void print(const char *what, double rate, double zlib)
{
    printf("redact %-34s %7.0f MB/s  zlib-1 %5.0f MB/s  ratio %.2f\n", what, rate, zlib, rate / zlib);
}

static void bench_corpus(struct nj_redactor *r, const char *what, void (*record)(struct nj_buf *), bool checked)
{
    struct corpus c = { 0 };
    make(&c, record);
    print(what, corpus_rate(r, &c, checked), zlib_rate(nj_buf_str(&c.text)));
    nj_buf_fini(&c.text);
    free(c.ends);
}

/* Whole records as the pipeline hands them over: a line of text and the attributes of its invocation. */
static void bench_records(struct nj_redactor *r)
{
    struct corpus c = { 0 };
    struct nj_resource resource = { .generation = 1 };
    struct nj_clean clean;
    double best = 0;
    make(&c, benign_text);
    for (int i = 0; i < ROUNDS; i++) {
        size_t from = 0;
        clock_t start = clock();
        for (size_t k = 0; k < c.n; k++) {
            struct nj_record record;
            memset(&record, 0, sizeof(record));
            record.origin = NJ_FROM_FUNCTION;
            record.event = NJ_STR("function.log");
            record.message = nj_str_slice(nj_buf_str(&c.text), from, c.ends[k]);
            nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), NJ_STR("3d2c5f0a-8d4e-4c1b-9f6a-7b2e1c0d9a55"));
            nj_attrs_str(&record.where, NJ_STR("trace_id"), NJ_STR("0af7651916cd43dd8448eb211c80319c"));
            nj_attrs_str(&record.where, NJ_STR("span_id"), NJ_STR("b7ad6b7169203331"));
            nj_attrs_bool(&record.where, NJ_STR("faas.coldstart"), false);
            if (nj_redact_record(r, &record, &resource, NJ_STR("7f3a-42"), &clean) != NJ_OK)
                abort();
            from = c.ends[k];
        }
        double rate = (double)c.text.n / 1e6 / seconds_since(start);
        best = rate > best ? rate : best;
    }
    print("records of benign text, whole", best, zlib_rate(nj_buf_str(&c.text)));
    nj_buf_fini(&c.text);
    free(c.ends);
}

static void bench_hostile(struct nj_redactor *r, const char *what, const char *piece)
{
    struct nj_buf in, out;
    nj_buf_init(&in, 2 << 20);
    nj_buf_init(&out, OUT_MAX);
    repeat(&in, piece, 1 << 20);
    clock_t from = clock();
    redact_one(r, nj_buf_str(&in), &out);
    print(what, (double)in.n / 1e6 / seconds_since(from), zlib_rate(nj_buf_str(&in)));
    nj_buf_fini(&in);
    nj_buf_fini(&out);
}

int main(void)
{
    struct nj_redactor *r = NULL;
    if (nj_redactor_new(&r, &(struct nj_redact_options){ .policy = NJ_STR("default") }) != NJ_OK)
        return EXIT_FAILURE;
    bench_corpus(r, "benign JSON (checked before)", benign_json, true);
    bench_corpus(r, "benign JSON (with the check)", benign_json, false);
    bench_corpus(r, "benign text", benign_text, true);
    bench_corpus(r, "mixed logs", mixed, true);
    bench_records(r);
    bench_hostile(r, "hostile a@a@a@", "a@");
    bench_hostile(r, "hostile digits", "4111111111111111");
    bench_hostile(r, "hostile eyJ", "eyJ.");
    bench_hostile(r, "hostile BEGIN", "-----BEGIN PRIVATE KEY-----");
    bench_hostile(r, "hostile key=", "password=");
    bench_hostile(r, "hostile :// ", "a://b:c/");
    nj_redactor_free(r);
    return EXIT_SUCCESS;
}

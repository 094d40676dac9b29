/* bench_batch.c -- what encoding and compressing cost, against zlib level 1 alone on the same bytes.
 *
 * Records of a plausible mix (text lines, structured logs, platform reports) are encoded and added to batches as the outlet
 * does it; the yardstick compresses the finished bytes of the same batches in one call each.  Both run in turns in one
 * process and the best round of each counts, so the ratio means the same on every machine.
 *
 * Output: one line a codec for people, then one JSON object.
 */
#include "nightjar/batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

enum { RECORDS = 20000, ROUNDS = 7, BATCHES_MAX = 400, TEXT_BYTES = 16 << 20, RECORD_MAX = 2000 };

/* What differs from record to record.  In the pipeline there is one struct nj_clean, and it is hot. */
struct source {
    enum nj_severity severity;
    struct nj_str invocation, id, data, message;
};

struct corpus {
    struct nj_resource resource;
    struct source sources[RECORDS];
    char *text; /* of all records, one after the other */
    size_t used;
};

static uint32_t seed = 20261123;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static struct nj_str text_of(char *at, int n)
{
    return (struct nj_str){ at, n > 0 ? (size_t)n : 0 };
}

static void make_record(struct corpus *c, unsigned i)
{
    static const char *const words[] = { "order",  "accepted", "customer", "cache",   "miss",    "retry",  "queue", "timeout",
                                         "lambda", "handler",  "payload",  "written", "deleted", "region", "token", "session" };
    struct source *r = &c->sources[i];
    char *at = c->text + c->used;
    int n = snprintf(at, 200, "%08x%08x-%04x", dice(UINT32_MAX), dice(UINT32_MAX), dice(65536));
    r->severity = (enum nj_severity)(NJ_SEV_INFO + dice(10) / 8);
    r->invocation = text_of(at, n);
    at += n;
    n = snprintf(at, 20, "i-%u", i);
    r->id = text_of(at, n);
    at += n;
    if (dice(3) == 0) {
        n = snprintf(at, 400, "{\"level\":\"info\",\"order\":%u,\"amount\":%u.%02u,\"path\":\"/v1/orders/%u\",\"ms\":%u,\"ok\":true}",
                     dice(1000000), dice(5000), dice(100), dice(1000000), dice(900));
        r->data = text_of(at, n);
        at += n;
    }
    char *message = at;
    for (unsigned w = 4 + dice(20); w > 0; w--)
        at += snprintf(at, 40, dice(6) == 0 ? "%s=%u " : "%s ", words[dice((uint32_t)NJ_COUNT(words))], dice(100000));
    r->message = (struct nj_str){ message, (size_t)(at - message) };
    c->used += (size_t)(at - (c->text + c->used));
}

static void load(struct nj_clean *r, const struct corpus *c, size_t i)
{
    const struct source *s = &c->sources[i];
    r->when_ns = INT64_C(1795418101000000000) + (int64_t)i * 1234000;
    r->severity = s->severity;
    r->where.a[0].v.u.s = s->invocation;
    r->message = s->message;
    r->data = s->data;
    r->id = s->id;
}

static struct corpus *make_corpus(void)
{
    struct corpus *c = calloc(1, sizeof(*c));
    if (c == NULL || (c->text = calloc(1, TEXT_BYTES)) == NULL)
        exit(1);
    c->resource.generation = 1;
    nj_attrs_str(&c->resource.where, NJ_STR("cloud.provider"), NJ_STR("aws"));
    nj_attrs_str(&c->resource.where, NJ_STR("cloud.region"), NJ_STR("eu-west-1"));
    nj_attrs_str(&c->resource.where, NJ_STR("cloud.account.id"), NJ_STR("123456789012"));
    nj_attrs_str(&c->resource.where, NJ_STR("faas.name"), NJ_STR("billing"));
    nj_attrs_str(&c->resource.where, NJ_STR("faas.version"), NJ_STR("$LATEST"));
    nj_attrs_str(&c->resource.where, NJ_STR("faas.instance"), NJ_STR("2026/11/23/[$LATEST]7f3a0c1d2e4b5f60718293a4b5c6d7e8"));
    for (unsigned i = 0; i < RECORDS && c->used + RECORD_MAX < TEXT_BYTES; i++)
        make_record(c, i);
    return c;
}

struct result {
    double seconds;
    size_t raw, packed, batches, memory;
};

/* What the outlet does with each record, without the outlet.  bodies: where the uncompressed batches go, or NULL. */
static struct result run(const struct corpus *c, enum nj_codec codec, struct nj_buf *bodies)
{
    struct result res = { .seconds = 0 };
    struct nj_batch *b = NULL;
    struct nj_sealed *s = NULL;
    struct nj_buf scratch;
    struct nj_encode_cache cache = { .generation = 0 };
    struct nj_batch_limits limits = { .max_bytes = 256 << 10, .max_records = 1000 };
    struct nj_clean r = { .event = NJ_STR("function.log"), .category = NJ_CAT_LOG, .lane = NJ_LANE_BULK, .resource = &c->resource };
    nj_attrs_str(&r.where, NJ_STR("faas.invocation_id"), NJ_STR("?"));
    nj_attrs_bool(&r.where, NJ_STR("faas.coldstart"), false);
    nj_buf_init(&scratch, 1 << 20);
    nj_buf_init(&cache.bytes, NJ_ENCODE_CACHE_MAX);
    double begun = cpu_s();
    if (nj_batch_new(&b, &nj_format_ndjson, codec, NJ_LANE_BULK, limits) != NJ_OK)
        exit(1);
    for (size_t i = 0; i <= RECORDS; i++) {
        bool alone = false, last = i == RECORDS;
        if (!last) {
            load(&r, c, i);
            nj_buf_reset(&scratch);
            nj_format_ndjson.record(&scratch, &r, &cache);
        }
        if (!last && nj_batch_add(b, nj_buf_str(&scratch), (struct nj_mono){ 0 }, &alone) == NJ_OK)
            continue;
        res.memory = nj_batch_memory(b);
        if (nj_batch_seal(b, &s) != NJ_OK || s == NULL)
            exit(1);
        res.raw += s->raw_bytes;
        res.packed += s->bytes.n;
        if (bodies != NULL && res.batches < BATCHES_MAX)
            nj_buf_add(&bodies[res.batches], nj_buf_str(&s->bytes));
        res.batches++;
        nj_sealed_free(s);
        if (!last && nj_batch_add(b, nj_buf_str(&scratch), (struct nj_mono){ 0 }, &alone) != NJ_OK)
            exit(1);
    }
    res.seconds = cpu_s() - begun;
    nj_batch_free(b);
    nj_buf_fini(&scratch);
    nj_buf_fini(&cache.bytes);
    return res;
}

/* zlib level 1 alone, one call a batch, one context for all. */
static struct result yardstick(const struct nj_buf *bodies, size_t n)
{
    static unsigned char out[1 << 20];
    struct result res = { .batches = n };
    z_stream z = { .zalloc = NULL };
    double begun = cpu_s();
    if (deflateInit(&z, 1) != Z_OK)
        exit(1);
    for (size_t i = 0; i < n; i++) {
        deflateReset(&z);
        z.next_in = (Bytef *)bodies[i].p;
        z.avail_in = (uInt)bodies[i].n;
        z.next_out = out;
        z.avail_out = sizeof(out);
        if (deflate(&z, Z_FINISH) != Z_STREAM_END)
            exit(1);
        res.raw += bodies[i].n;
        res.packed += z.total_out;
    }
    deflateEnd(&z);
    res.seconds = cpu_s() - begun;
    return res;
}

static void keep_best(struct result *best, struct result r)
{
    if (best->raw == 0 || r.seconds < best->seconds)
        *best = r;
}

int main(void)
{
    static struct nj_buf bodies[BATCHES_MAX];
    static const char *const names[NJ_CODECS] = { "none", "gzip", "zstd" };
    struct corpus *c = make_corpus();
    struct result zlib = { .raw = 0 }, best[NJ_CODECS] = { { .raw = 0 } };
    for (size_t i = 0; i < BATCHES_MAX; i++)
        nj_buf_init(&bodies[i], 1 << 20);
    size_t n = run(c, NJ_CODEC_NONE, bodies).batches;
    for (int round = 0; round < ROUNDS; round++) {
        keep_best(&zlib, yardstick(bodies, n));
        for (int codec = 0; codec < NJ_CODECS; codec++)
            keep_best(&best[codec], run(c, (enum nj_codec)codec, NULL));
    }
    double mb = (double)zlib.raw / 1e6;
    printf("zlib level 1 alone: %.1f MB in %zu batches, %.0f MB/s, packed to %.1f %%\n", mb, n, mb / zlib.seconds,
           100.0 * (double)zlib.packed / (double)zlib.raw);
    for (int i = 0; i < NJ_CODECS; i++)
        printf("encode + %-4s: %4.0f MB/s, %.2f x the CPU of zlib level 1, packed to %5.1f %%, compressor %zu KiB\n", names[i],
               mb / best[i].seconds, best[i].seconds / zlib.seconds, 100.0 * (double)best[i].packed / (double)best[i].raw,
               best[i].memory >> 10);
    printf("{\"bench\":\"batch\",\"mb\":%.1f,\"zlib1_mb_s\":%.0f,\"ratio_none\":%.3f,\"ratio_gzip\":%.3f,\"ratio_zstd\":%.3f}\n", mb,
           mb / zlib.seconds, best[NJ_CODEC_NONE].seconds / zlib.seconds, best[NJ_CODEC_GZIP].seconds / zlib.seconds,
           best[NJ_CODEC_ZSTD].seconds / zlib.seconds);
    for (size_t i = 0; i < BATCHES_MAX; i++)
        nj_buf_fini(&bodies[i]);
    free(c->text);
    free(c);
    return 0;
}

/* bench_path.c -- the whole way of function logs, from a telemetry body to a sealed batch, against zlib level 1 on the logs alone.
 *
 * What the platform posts (bodies of a thousand text lines) goes through slicing, decoding, enrichment, redaction, encoding and
 * compression; the sender at the end throws the batches away.  No sockets, no emulator: the figure is the CPU of nightjar's own
 * code, and the same on a busy machine.  Both sides run in turns and the best round of each counts.
 */
#include "../../src/deliver/sender.h"
#include "nightjar/diag.h"
#include "nightjar/outlet.h"
#include "nightjar/pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

enum { BODIES = 8, LINES = 1000, BODY_MAX = 1 << 20, ROUNDS = 7, PASSES = 4 };

struct swallow {
    struct nj_sender sender;
    struct nj_attempt at[NJ_LANES];
    bool busy[NJ_LANES];
    size_t bytes, raw;
};

static enum nj_status start(struct nj_sender *s, const struct nj_attempt *a)
{
    struct swallow *w = (struct swallow *)s;
    w->at[a->batch->lane] = *a;
    w->busy[a->batch->lane] = true;
    w->bytes += a->batch->bytes.n;
    w->raw += a->batch->raw_bytes;
    return NJ_OK;
}

static void cancel(struct nj_sender *s, enum nj_lane lane)
{
    ((struct swallow *)s)->busy[lane] = false;
}

static void nothing(struct nj_sender *s)
{
    (void)s;
}

static const struct nj_sender_ops swallow_ops = { .start = start, .cancel = cancel, .fresh = nothing, .free = nothing };

/* Until nothing is under way: a batch that was answered makes room for the next one. */
static void deliver(struct swallow *w)
{
    bool any = true;
    while (any) {
        any = false;
        for (int i = 0; i < NJ_LANES; i++) {
            if (!w->busy[i])
                continue;
            w->busy[i] = false;
            any = true;
            w->at[i].done(w->at[i].ctx, &(struct nj_answer){ .verdict = NJ_V_DELIVERED, .status = 200, .words = "" });
        }
    }
}

/* --- what the platform posts ---------------------------------------------------------------------------------------- */

struct corpus {
    struct nj_buf bodies[BODIES]; /* telemetry */
    struct nj_buf logs;           /* the lines alone */
};

static uint32_t seed = 20261126;

static uint32_t dice(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % sides;
}

/* 118 bytes on average; an address in every fiftieth, a JSON text in every tenth. */
static void add_line(struct nj_buf *b, unsigned i)
{
    static const char *const verbs[] = { "loaded", "stored", "checked", "skipped", "queued", "priced", "matched", "rejected" };
    static const char *const nouns[] = {
        "order", "invoice", "customer record", "price list", "shipment", "voucher", "basket", "ledger page"
    };
    const char *verb = verbs[dice(8)], *noun = nouns[dice(8)];
    if (i % 10 == 0) {
        nj_buf_addf(b, "{\\\"level\\\":\\\"INFO\\\",\\\"message\\\":\\\"%s %s %08x in %u.%03u ms\\\",\\\"duration\\\":%u,\\\"n\\\":%u}",
                    verb, noun, dice(UINT32_MAX), dice(97), dice(1000), dice(997), i);
        return;
    }
    nj_buf_addf(b, "%s %s %08x in %u.%03u ms, shard %u, attempt %u%s, line %u of the nightly run, cache %s, %u bytes\\n", verb, noun,
                dice(UINT32_MAX), dice(97), dice(1000), dice(16), dice(3) + 1, i % 50 == 1 ? " for jane.doe@example.com" : "", i,
                dice(2) ? "hit" : "miss", dice(65536));
}

static void make(struct corpus *c)
{
    unsigned at = 0;
    nj_buf_init(&c->logs, BODIES * BODY_MAX);
    for (unsigned i = 0; i < BODIES; i++) {
        struct nj_buf *b = &c->bodies[i];
        nj_buf_init(b, BODY_MAX);
        nj_buf_addc(b, '[');
        for (unsigned k = 0; k < LINES; k++, at++) {
            nj_buf_addf(b, "%s{\"time\":\"2026-11-26T07:15:%02u.%03uZ\",\"type\":\"function\",\"record\":\"", k == 0 ? "" : ",",
                        at / 40 / 1000 % 60, at / 40 % 1000);
            size_t from = b->n;
            add_line(b, at);
            nj_buf_add(&c->logs, (struct nj_str){ b->p + from, b->n - from });
            nj_buf_addz(b, "\"}");
        }
        nj_buf_addc(b, ']');
        if (b->err != NJ_OK || c->logs.err != NJ_OK)
            exit(1);
    }
}

/* --- the way ---------------------------------------------------------------------------------------------------------- */

struct way {
    struct nj_loop *loop;
    struct nj_ledger ledger;
    struct nj_sandbox sandbox;
    struct nj_invocations invocations;
    struct nj_redactor *redactor;
    struct nj_sink sink;
    struct swallow end;
    struct nj_outlet *outlet;
    struct nj_pipeline *pipeline;
};

static void must(bool good)
{
    if (!good)
        exit(1);
}

static void open_way(struct way *w, const char *codec)
{
    char why[160];
    struct nj_sender *end = &w->end.sender;
    *w = (struct way){ .end.sender.ops = &swallow_ops };
    end = &w->end.sender;
    must(nj_loop_new(&w->loop, NULL, NULL) == NJ_OK);
    struct nj_sink_options so = { .name = NJ_STR("default"), .url = NJ_STR("http://127.0.0.1:9/in"), .compress = nj_str_of(codec) };
    must(nj_sink_init(&w->sink, &so, why) == NJ_OK);
    struct nj_outlet_options oo = {
        .batch = { .max_bytes = 256 << 10, .max_records = 1000 }, .batch_age_ms = 60000, .queue_bytes = 16 << 20, .timeout_ms = 5000
    };
    must(nj_outlet_new_with(&w->outlet, w->loop, &end, &w->sink, &oo) == NJ_OK);
    must(nj_redactor_new(&w->redactor, &(struct nj_redact_options){ 0 }) == NJ_OK);
    nj_sandbox_init(&w->sandbox, NJ_STR("eu-west-1"), NJ_STR("billing"), NJ_STR("$LATEST"), NJ_STR(""),
                    NJ_STR("2026/11/26/[$LATEST]7f3a0c1d2e4b5f60718293a4b5c6d7e8"), NJ_STR(""), NJ_STR(""));
    nj_invocations_init(&w->invocations, false);
    struct nj_pipeline_options po = { .clock = nj_loop_clock(w->loop),
                                      .ledger = &w->ledger,
                                      .sandbox = &w->sandbox,
                                      .invocations = &w->invocations,
                                      .redactor = w->redactor };
    must(nj_pipeline_new(&w->pipeline, &po) == NJ_OK && nj_pipeline_outlet(w->pipeline, w->outlet));
    nj_pipeline_post(w->pipeline, NJ_STR("[{\"time\":\"2026-11-26T07:15:00.000Z\",\"type\":\"platform.start\",\"record\":{\"requestId\":"
                                         "\"3d2c5f0a-1b4e-4c8d-9f6a-7e5b4c3d2a10\",\"version\":\"$LATEST\"}}]"));
}

static void close_way(struct way *w)
{
    nj_outlet_flush(w->outlet, NJ_LANE_BITS_ALL);
    deliver(&w->end);
    must(nj_ledger_balanced(&w->ledger) && nj_out_ledger_balanced(nj_outlet_ledger(w->outlet)));
    nj_pipeline_free(w->pipeline);
    nj_outlet_free(w->outlet);
    nj_sink_fini(&w->sink);
    nj_redactor_free(w->redactor);
    nj_sandbox_fini(&w->sandbox);
    nj_loop_free(w->loop);
}

static double cpu_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

/* CPU seconds for all bodies, PASSES times. */
static double travel(const struct corpus *c, const char *codec, size_t *raw, size_t *packed)
{
    struct way w;
    open_way(&w, codec);
    double begun = cpu_s();
    for (unsigned pass = 0; pass < PASSES; pass++)
        for (unsigned i = 0; i < BODIES; i++) {
            memcpy(c->bodies[i].p + sizeof("[{\"time\":\"2026-11-26T07:") - 1, pass % 2 == 0 ? "16" : "15", 2); /* no repeat of a body */
            nj_pipeline_post(w.pipeline, nj_buf_str(&c->bodies[i]));
            deliver(&w.end);
        }
    double took = cpu_s() - begun;
    *raw = w.end.raw;
    *packed = w.end.bytes;
    must(w.ledger.offered >= (uint64_t)BODIES * LINES * PASSES);
    close_way(&w);
    return took;
}

static double yardstick(struct nj_str logs)
{
    static unsigned char out[1 << 20];
    z_stream z = { .zalloc = NULL };
    double begun = cpu_s();
    must(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    for (size_t at = 0; at < logs.n; at += 65536) {
        struct nj_str piece = nj_str_slice(logs, at, at + 65536);
        z.next_in = (Bytef *)(uintptr_t)piece.p;
        z.avail_in = (uInt)piece.n;
        z.next_out = out;
        z.avail_out = sizeof(out);
        must(deflate(&z, at + 65536 >= logs.n ? Z_FINISH : Z_NO_FLUSH) != Z_STREAM_ERROR);
    }
    deflateEnd(&z);
    return cpu_s() - begun;
}

int main(int argc, char **argv)
{
    static const char *const codecs[] = { "none", "zstd", "gzip" };
    static const double budget[] = { 0, 1, 2 };
    static struct corpus c;
    double zlib = 1e9, best[NJ_COUNT(codecs)] = { 1e9, 1e9, 1e9 };
    size_t raw = 0, packed[NJ_COUNT(codecs)] = { 0 };
    nj_diag_threshold(NJ_LEVEL_ERROR);
    make(&c);
    for (int round = 0; round < (argc > 2 ? 1 : ROUNDS); round++) {
        double took = yardstick(nj_buf_str(&c.logs));
        zlib = took < zlib ? took : zlib;
        for (size_t i = 0; i < NJ_COUNT(codecs); i++) {
            if (argc > 1 && strcmp(argv[1], codecs[i]) != 0)
                continue;
            took = travel(&c, codecs[i], &raw, &packed[i]) / PASSES;
            best[i] = took < best[i] ? took : best[i];
        }
    }
    double mb = (double)c.logs.n / 1e6;
    printf("  %.2f MB of log lines, %zu bytes each; zlib level 1 alone %.2f ms per MB\n", mb, c.logs.n / (BODIES * LINES),
           zlib * 1000 / mb);
    for (size_t i = 0; i < NJ_COUNT(codecs); i++)
        if (best[i] < 1e8)
            printf("  the whole way with %-4s: %5.2f ms per MB, %4.0f ns a line, %.2f x zlib level 1%s%.0f%s; records %.1f x the lines, "
                   "packed to %.1f %%\n",
                   codecs[i], best[i] * 1000 / mb, best[i] * 1e9 / (BODIES * LINES), best[i] / zlib,
                   budget[i] > 0 ? " (budget " : " (no budget ", budget[i], ")", (double)raw / PASSES / (double)c.logs.n,
                   100.0 * (double)packed[i] / (double)raw);
    return 0;
}

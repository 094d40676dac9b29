/* sf_trouble.c -- routes that make trouble on purpose: floods, strange lines, too much memory. */
#include "sf_app.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 64 << 10, LINE_ROOM = 4096, MB = 1 << 20, RECORD_MAX = 16 << 20, BURNERS_MAX = 64 };

static const char *const verbs[] = { "loaded", "stored", "checked", "skipped", "queued", "priced", "matched", "rejected" };
static const char *const nouns[] = { "order", "invoice", "customer record", "price list", "shipment", "voucher", "basket", "ledger page" };

/* One varied line of a flood: every tenth is JSON whatever the format, every fiftieth has personal data in it. */
static void add_flood_line(struct nj_buf *b, struct nj_str id, uint64_t i)
{
    uint64_t h = sf_hash(i);
    const char *verb = verbs[h % NJ_COUNT(verbs)], *noun = nouns[h >> 8 & 7];
    bool json = sf_log_is_json() || i % 10 == 0;
    if (json)
        nj_buf_addf(b, "{\"level\":\"INFO\",\"requestId\":\"%.*s\",\"message\":\"", NJ_STR_ARG(id));
    nj_buf_addf(b, "%s %s %08" PRIx64 " in %" PRIu64 ".%03" PRIu64 " ms, shard %" PRIu64 ", attempt %" PRIu64, verb, noun, h >> 32, h % 97,
                h % 1000, h % 16, h % 3 + 1);
    if (i % 50 == 0) {
        nj_buf_addz(b, " for ");
        sf_secret_add(b, SF_EMAIL, (unsigned)(i / 50 % SF_PEOPLE) + 1);
    }
    if (json)
        nj_buf_addf(b, "\",\"duration\":%" PRIu64 ",\"tags\":[\"%s\",\"batch-%" PRIu64 "\"],\"n\":%" PRIu64 "}", h % 997, verb, h % 64, i);
    else
        nj_buf_addf(b, ", line %" PRIu64 " of the nightly run, cache %s, %" PRIu64 " bytes", i, h & 1 ? "hit" : "miss", h % 65536);
    nj_buf_addc(b, '\n');
}

void sf_trouble_flood(const struct sf_request *r, struct sf_reply *out)
{
    uint64_t left = sf_query_number(r->query, "mb", 1, 4096) * MB, lines = 0, bytes = 0;
    struct nj_buf b;
    nj_buf_init(&b, CHUNK + LINE_ROOM);
    while (left > 0) {
        nj_buf_reset(&b);
        while (b.n < CHUNK)
            add_flood_line(&b, r->id, lines++);
        sf_log_bytes(STDOUT_FILENO, nj_buf_str(&b));
        bytes += b.n;
        left -= b.n < left ? b.n : left;
    }
    nj_buf_fini(&b);
    nj_buf_addf(&out->body, "{\"lines\":%" PRIu64 ",\"bytes\":%" PRIu64 "}", lines, bytes);
    out->status = 200;
}

static void *burn(void *arg)
{
    const atomic_bool *over = arg;
    while (!atomic_load_explicit(over, memory_order_relaxed))
        ;
    return NULL;
}

static int64_t mono_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void sf_trouble_burn(const struct sf_request *r, struct sf_reply *out)
{
    pthread_t threads[BURNERS_MAX];
    uint64_t want = sf_query_number(r->query, "threads", 4, BURNERS_MAX), ms = sf_query_number(r->query, "ms", 1000, 900000);
    uint64_t lines = 0, started = 0;
    atomic_bool over = false;
    struct nj_buf b;
    nj_buf_init(&b, LINE_ROOM);
    while (started < want && pthread_create(&threads[started], NULL, burn, &over) == 0)
        started++;
    for (int64_t begin = mono_ms(), done; (done = mono_ms() - begin) < (int64_t)ms;)
        for (; lines <= (uint64_t)done; lines++) { /* in between this thread burns, too */
            nj_buf_reset(&b);
            add_flood_line(&b, r->id, lines);
            sf_log_bytes(STDOUT_FILENO, nj_buf_str(&b));
        }
    atomic_store(&over, true);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    nj_buf_fini(&b);
    nj_buf_addf(&out->body, "{\"lines\":%" PRIu64 "}", lines);
    out->status = 200;
}

/* Text of a wanted length; the number makes each one different. */
static void add_filler(struct nj_buf *b, uint64_t bytes, uint64_t i)
{
    for (uint64_t n = 0; n < bytes; n += 16)
        nj_buf_addf(b, "%015" PRIx64 " ", sf_hash(i << 32 | n) >> 4);
    nj_buf_cut(b, (size_t)bytes);
}

/* What one /log line says, without its line end. */
static bool add_wanted(struct nj_buf *b, const struct sf_request *r, uint64_t i)
{
    uint64_t bytes = sf_query_number(r->query, "bytes", 0, RECORD_MAX);
    struct nj_buf coded;
    bool ok = true;
    nj_buf_init(&coded, RECORD_MAX);
    sf_query_text(r->query, "base64", &coded);
    if (coded.n > 0)
        ok = sf_unbase64(b, nj_buf_str(&coded));
    else if (bytes > 0)
        add_filler(b, bytes, i);
    else
        sf_query_text(r->query, "text", b);
    nj_buf_fini(&coded);
    return ok && b->err == NJ_OK;
}

void sf_trouble_log(const struct sf_request *r, struct sf_reply *out)
{
    uint64_t repeat = sf_query_number(r->query, "repeat", 1, 10000000);
    struct nj_buf what, line, as, stream;
    nj_buf_init(&what, RECORD_MAX);
    nj_buf_init(&line, 4 * (size_t)RECORD_MAX);
    nj_buf_init(&as, 64);
    nj_buf_init(&stream, 64);
    sf_query_text(r->query, "as", &as);
    sf_query_text(r->query, "stream", &stream);
    bool json = nj_str_eq(nj_buf_str(&as), NJ_STR("json")), ok = true;
    int fd = nj_str_eq(nj_buf_str(&stream), NJ_STR("stderr")) ? STDERR_FILENO : STDOUT_FILENO;
    for (uint64_t i = 0; ok && i < repeat; i++) {
        nj_buf_reset(&what);
        nj_buf_reset(&line);
        ok = add_wanted(&what, r, i);
        if (nj_str_eq(nj_buf_str(&as), NJ_STR("text"))) { /* the way the runtime would log it */
            sf_log(r->id, SF_INFO, NULL, "%.*s", NJ_STR_ARG(nj_buf_str(&what)));
            continue;
        }
        if (json) {
            nj_buf_addf(&line, "{\"level\":\"info\",\"requestId\":\"%.*s\",\"message\":", NJ_STR_ARG(r->id));
            nj_buf_add_json(&line, nj_buf_str(&what));
            nj_buf_addf(&line, ",\"n\":%" PRIu64 "}", i);
        } else {
            nj_buf_add(&line, nj_buf_str(&what));
        }
        nj_buf_addc(&line, '\n');
        sf_log_bytes(fd, nj_buf_str(&line));
    }
    out->status = ok ? 200 : 400;
    nj_buf_addz(&out->body, ok ? "{\"state\":\"logged\"}" : "{\"error\":\"bad base64\"}");
    nj_buf_fini(&what);
    nj_buf_fini(&line);
    nj_buf_fini(&as);
    nj_buf_fini(&stream);
}

void sf_trouble_oom(const struct sf_request *r, struct sf_reply *out)
{
    uint64_t mb = sf_query_number(r->query, "mb", 4096, 1 << 20), got = 0;
    void **blocks = NULL; /* each block begins with the address of the one before */
    sf_log(r->id, SF_WARN, NULL, "reading the whole ledger into memory");
    for (; got < mb; got++) {
        void **block = malloc(MB);
        if (block == NULL)
            break;
        memset(block, (int)got | 1, MB);
        *block = blocks;
        blocks = block;
    }
    while (blocks != NULL) {
        void **before = *blocks;
        free(blocks);
        blocks = before;
    }
    nj_buf_addf(&out->body, "{\"mb\":%" PRIu64 "}", got);
    out->status = 200;
}

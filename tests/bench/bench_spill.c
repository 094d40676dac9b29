/* bench_spill.c -- what a batch costs on its way to disk and back, against HMAC-SHA-256 and one write() of the same bytes.
 *
 * bench_spill [DIRECTORY]: where the files go, /tmp by default.  Wall time, because the disk's part is none of the processor's; the best
 * round of each counts.
 *
 * Output: lines for people.
 */
#include "nightjar/spill.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 1000, BODY = 32 << 10, RECORDS = 350, ROUNDS = 5 };

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_kb(void)
{
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static void on_lost(void *ctx, const struct nj_spill_loss *loss)
{
    (void)ctx;
    fprintf(stderr, "lost: %s\n", loss->words);
    exit(1);
}

static void keep_best(double *best, double s)
{
    if (*best == 0 || s < *best)
        *best = s;
}

static void show(const char *what, double best)
{
    double mb = (double)BATCHES * BODY / 1e6;
    printf("%-44s %7.0f MB/s  %6.1f us a batch\n", what, mb / best, best / BATCHES * 1e6);
}

/* The same bytes without any of it. */
static double plain(const char *dir, struct nj_str body)
{
    char path[300];
    double begun = now_s();
    for (unsigned i = 0; i < BATCHES; i++) {
        (void)snprintf(path, sizeof(path), "%s/bench-spill-%u", dir, i);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, body.p, body.n) != (ssize_t)body.n || close(fd) != 0)
            exit(1);
    }
    double took = now_s() - begun;
    for (unsigned i = 0; i < BATCHES; i++) {
        (void)snprintf(path, sizeof(path), "%s/bench-spill-%u", dir, i);
        (void)unlink(path);
    }
    return took;
}

static double hmac(const struct nj_hmac_key *key, struct nj_str body)
{
    double begun = now_s();
    for (unsigned i = 0; i < BATCHES; i++) {
        struct nj_hmac h;
        uint8_t tag[NJ_SHA256_LEN];
        nj_hmac_init(&h, key);
        nj_hmac_add(&h, body);
        nj_hmac_finish(&h, tag);
    }
    return now_s() - begun;
}

static void put_all(struct nj_spill *sp, struct nj_sealed *s)
{
    for (unsigned i = 0; i < BATCHES; i++) {
        (void)snprintf(s->id, sizeof(s->id), "%032x", i);
        s->seq = i;
        enum nj_status st = nj_spill_put(sp, s);
        for (int tries = 0; st == NJ_ESYS && tries < 100; tries++) { /* a slow disk is left in peace */
            usleep(100000);
            st = nj_spill_put(sp, s);
        }
        if (st != NJ_OK)
            exit(1);
    }
}

static void take_all(struct nj_spill *sp)
{
    bool fresh = false;
    for (struct nj_sealed *s = nj_spill_take(sp, NJ_LANE_BULK, &fresh); s != NULL; s = nj_spill_take(sp, NJ_LANE_BULK, &fresh)) {
        nj_spill_settled(sp, s);
        nj_sealed_free(s);
    }
}

int main(int argc, char **argv)
{
    static uint32_t ends[RECORDS];
    static char bytes[BODY];
    char why[160];
    const char *dir = argc > 1 ? argv[1] : "/tmp";
    double best[4] = { 0 };
    struct nj_sink sink;
    struct nj_clock clock;
    struct nj_hmac_key key;
    struct nj_spill *sp = NULL;
    nj_clock_init(&clock, NULL, NULL);
    nj_hmac_key_init(&key, NJ_STR("a key"));
    for (size_t i = 0; i < BODY; i++)
        bytes[i] = (char)(i * 2654435761u >> 13);
    for (uint32_t i = 0; i < RECORDS; i++)
        ends[i] = (i + 1) * 700;
    if (nj_sink_init(&sink, &(struct nj_sink_options){ .url = NJ_STR("https://a/x") }, why) != NJ_OK)
        return 1;
    struct nj_sealed s = { .lane = NJ_LANE_BULK,
                           .codec = sink.codec,
                           .format = sink.format,
                           .bytes = { .p = bytes, .n = BODY, .cap = BODY, .max = BODY },
                           .records = RECORDS,
                           .raw_bytes = RECORDS * 700 + sink.format->close.n,
                           .ends = ends,
                           .opened = clock.mono };
    struct nj_spill_options o = {
        .base = nj_str_of(dir), .max_bytes = 1 << 30, .key = &key, .sink = &sink, .clock = &clock, .raw_max = 1 << 20, .lost = on_lost
    };
    if (nj_spill_new(&sp, &o) != NJ_OK)
        return 1;
    long before = peak_kb(), with = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double begun = now_s();
        put_all(sp, &s);
        keep_best(&best[0], now_s() - begun);
        begun = now_s();
        take_all(sp);
        keep_best(&best[1], now_s() - begun);
        with = peak_kb();
        keep_best(&best[2], plain(dir, nj_buf_str(&s.bytes)));
        keep_best(&best[3], hmac(&key, nj_buf_str(&s.bytes)));
    }
    printf("%u batches of %u KiB, in %s\n", (unsigned)BATCHES, (unsigned)BODY >> 10, dir);
    show("to disk", best[0]);
    show("back, checked, and the file removed", best[1]);
    show("for comparison: a file and one write()", best[2]);
    show("for comparison: HMAC-SHA-256 alone", best[3]);
    printf("%-44s %7ld KiB\n", "memory for all of them", with - before);
    nj_spill_free(sp);
    nj_sink_fini(&sink);
    return 0;
}

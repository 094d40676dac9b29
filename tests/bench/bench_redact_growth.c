/* Measures how the work of redaction grows with the input: per byte, 1 MB of hostile text may take at most 1.3 times what 4 KB take.
 *
 * Counted in instructions of this process where the kernel lets it (perf_event_open), which are the same in every run; otherwise in
 * CPU time, the least of some rounds. */
#include "../unit/redact_values.h"

#include "nightjar/redact.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SMALL = 4 << 10, LARGE = 1 << 20, FEW = 3, MANY = 9, OUT_MAX = 64 << 20, SHOWN = 8 };
#define LIMIT 1.3

static const struct hostile {
    const char *head, *piece, *tail;
} hostile[] = {
#define NJ_HOSTILE(head, piece, tail) { head, piece, tail },
#include "../unit/redact_hostile.def"
#undef NJ_HOSTILE
};

struct growth {
    const struct hostile *h;
    double small, large; /* per byte */
};

static int counter = -1;

static void open_counter(void)
{
    struct perf_event_attr a = { .type = PERF_TYPE_HARDWARE, .size = sizeof(a), .config = PERF_COUNT_HW_INSTRUCTIONS, .exclude_kernel = 1 };
    counter = (int)syscall(SYS_perf_event_open, &a, 0, -1, -1, 0);
    uint64_t n;
    if (counter >= 0 && (read(counter, &n, sizeof(n)) != sizeof(n) || n == 0)) {
        close(counter);
        counter = -1;
    }
}

static double now(void)
{
    uint64_t n;
    if (counter >= 0 && read(counter, &n, sizeof(n)) == sizeof(n))
        return (double)n;
    return (double)clock() / CLOCKS_PER_SEC;
}

static void fill(struct nj_buf *b, const struct hostile *h, size_t n)
{
    nj_buf_reset(b);
    nj_buf_addz(b, h->head);
    while (b->n < n)
        nj_buf_addz(b, h->piece);
    nj_buf_addz(b, h->tail);
}

static double per_byte(struct nj_redactor *r, struct nj_str in, int rounds, struct nj_buf *out)
{
    double best = 1e18;
    size_t times = LARGE / in.n > 0 ? LARGE / in.n : 1;
    for (int round = 0; round < rounds; round++) {
        double from = now();
        for (size_t i = 0; i < times; i++) {
            nj_buf_reset(out);
            nj_redact_text(r, in, out);
        }
        double took = now() - from;
        best = took < best ? took : best;
    }
    return best / (double)(times * in.n);
}

static void measure(struct nj_redactor *r, struct growth *g, int rounds, struct nj_buf *in, struct nj_buf *out)
{
    fill(in, g->h, SMALL);
    g->small = per_byte(r, nj_buf_str(in), rounds, out);
    fill(in, g->h, LARGE);
    g->large = per_byte(r, nj_buf_str(in), rounds, out);
}

static double ratio(const struct growth *g)
{
    return g->large / g->small;
}

static int steepest_first(const void *a, const void *b)
{
    double x = ratio(a), y = ratio(b);
    return x < y ? 1 : x > y ? -1 : 0;
}

static void print_text(const char *s)
{
    for (; *s != '\0'; s++) {
        if (*s < 0x20 || *s == 0x7f)
            printf("\\x%02x", (unsigned char)*s);
        else
            putchar(*s);
    }
}

int main(void)
{
    static struct growth g[NJ_COUNT(hostile)];
    struct nj_redactor *r = NULL;
    struct nj_buf in, out;
    int over = 0;
    if (nj_redactor_new(&r, &(struct nj_redact_options){ .policy = NJ_STR("strict") }) != NJ_OK)
        return EXIT_FAILURE;
    nj_buf_init(&in, 2 << 20);
    nj_buf_init(&out, OUT_MAX);
    open_counter();
    for (size_t i = 0; i < NJ_COUNT(hostile); i++) {
        g[i].h = &hostile[i];
        measure(r, &g[i], FEW, &in, &out);
        if (ratio(&g[i]) > LIMIT) /* or a neighbour was busy */
            measure(r, &g[i], MANY, &in, &out);
        over += ratio(&g[i]) > LIMIT;
    }
    qsort(g, NJ_COUNT(g), sizeof(g[0]), steepest_first);
    printf("growth per byte from 4 KB to 1 MB (%s), %d of %zu above %.1f; the steepest:\n", counter >= 0 ? "instructions" : "CPU time",
           over, NJ_COUNT(g), LIMIT);
    for (size_t i = 0; i < SHOWN || (i < NJ_COUNT(g) && ratio(&g[i]) > LIMIT); i++) {
        printf("growth %6.2f  %8.1f %s/byte at 1 MB  ", ratio(&g[i]), counter >= 0 ? g[i].large : g[i].large * 1e9,
               counter >= 0 ? "instr" : "ns");
        print_text(g[i].h->head);
        printf("(");
        print_text(g[i].h->piece);
        printf(")*");
        print_text(g[i].h->tail);
        printf("\n");
    }
    nj_buf_fini(&in);
    nj_buf_fini(&out);
    nj_redactor_free(r);
    return over == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

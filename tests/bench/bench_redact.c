/* Measures redaction in MB/s of CPU time, beside other work on the same bytes in the same run on the same machine.
 *
 *   bench_redact DIRECTORY [PART]     with the data that tests/redaction/bench_data.py writes; PART, for one of the parts alone:
 *                                     json, text, sparse, corpus, payload, hostile; or a file of DIRECTORY,
 *                                     which goes through once and is not timed, for redact_cost.py
 *
 * Yardsticks: a memchr() pass, which is about what memory allows; PCRE2-JIT with 40 patterns one after another, which is how most
 * redactors work; zlib at level 1, which the batch costs anyway.  Budgets (design 8): 500 MB/s on benign JSON, 300 MB/s on the
 * corpus, where zlib 1 does about 190 MB/s. */
#include "nightjar/redact.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <zlib.h>

#if __has_include(<pcre2.h>)
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#endif

enum { DATA_MAX = 64 << 20, OUT_MAX = 64 << 20, RECORDS_MAX = 1 << 20, ROUNDS = 3, RECORD_END = 0x1e };

static void repeat(struct nj_buf *b, const char *piece, size_t n)
{
    while (b->n < n)
        nj_buf_addz(b, piece);
}

/* --- measuring ---------------------------------------------------------------------------------------------------- */

struct piece {
    struct nj_str s;
    struct nj_json json; /* type NJ_JSON_NONE: text */
};

struct data {
    struct nj_buf bytes;
    struct piece *records;
    size_t n;
};

static void die(const char *what, const char *name)
{
    fprintf(stderr, "bench_redact: %s: %s\n", what, name);
    exit(2);
}

static void load(struct data *d, const char *directory, const char *name)
{
    static char chunk[1 << 16];
    snprintf(chunk, sizeof(chunk), "%s/%s", directory, name);
    FILE *f = fopen(chunk, "rb");
    if (f == NULL)
        die(strerror(errno), chunk);
    nj_buf_init(&d->bytes, DATA_MAX);
    for (size_t n = fread(chunk, 1, sizeof(chunk), f); n > 0; n = fread(chunk, 1, sizeof(chunk), f))
        nj_buf_add(&d->bytes, (struct nj_str){ chunk, n });
    fclose(f);
    d->records = calloc(RECORDS_MAX, sizeof(*d->records));
    if (d->bytes.err != NJ_OK || d->records == NULL)
        die("no memory", name);
    struct nj_str all = nj_buf_str(&d->bytes);
    d->n = 0;
    for (size_t at = 0; at < all.n && d->n < RECORDS_MAX;) {
        const char *end = memchr(all.p + at, RECORD_END, all.n - at);
        size_t stop = end != NULL ? (size_t)(end - all.p) : all.n;
        struct piece *r = &d->records[d->n++];
        r->s = nj_str_slice(all, at, stop);
        if (r->s.n == 0 || r->s.p[0] != '{' || nj_json_parse(r->s, &r->json) != NJ_OK)
            r->json.type = NJ_JSON_NONE;
        at = stop + 1;
    }
}

static void unload(struct data *d)
{
    nj_buf_fini(&d->bytes);
    free(d->records);
}

static double seconds_since(clock_t from)
{
    return (double)(clock() - from) / CLOCKS_PER_SEC;
}

/* The best of some rounds: a neighbour on the machine makes a round slower, nothing makes one faster. */
static double best_rate(double (*round)(void *), void *ctx, size_t bytes)
{
    double best = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double took = round(ctx);
        best = took < best ? took : best;
    }
    return (double)bytes / 1e6 / best;
}

static double zlib_round(void *ctx)
{
    const struct nj_str *s = ctx;
    uLongf n = compressBound(s->n);
    Bytef *out = malloc(n);
    if (out == NULL)
        abort();
    clock_t from = clock();
    if (compress2(out, &n, (const Bytef *)s->p, s->n, 1) != Z_OK)
        abort();
    double took = seconds_since(from);
    free(out);
    return took;
}

static double memchr_round(void *ctx)
{
    static volatile size_t sink;
    const struct nj_str *s = ctx;
    enum { REPEAT = 16 }; /* one pass is over too soon for the clock */
    clock_t from = clock();
    for (int i = 0; i < REPEAT; i++)
        for (const char *at = s->p, *end = s->p + s->n; (at = memchr(at, 0x01, (size_t)(end - at))) != NULL; at++)
            sink++;
    return seconds_since(from) / REPEAT;
}

struct work {
    struct nj_redactor *r;
    const struct data *data;
    struct nj_buf out;
    bool parse; /* JSON is checked in the measured time too */
};

static void redact_one(struct work *w, const struct piece *p)
{
    struct nj_json json = p->json;
    nj_buf_reset(&w->out);
    if (json.type != NJ_JSON_NONE && (!w->parse || nj_json_parse(p->s, &json) == NJ_OK))
        nj_redact_json(w->r, json, &w->out);
    else
        nj_redact_text(w->r, p->s, &w->out);
}

static double redact_round(void *ctx)
{
    struct work *w = ctx;
    clock_t from = clock();
    for (size_t i = 0; i < w->data->n; i++)
        redact_one(w, &w->data->records[i]);
    return seconds_since(from);
}

/* Whole records as the pipeline hands them over: the message or the fields, and the attributes of their invocation. */
static double record_round(void *ctx)
{
    struct work *w = ctx;
    struct nj_resource resource = { .generation = 1 };
    struct nj_clean clean;
    clock_t from = clock();
    for (size_t i = 0; i < w->data->n; i++) {
        struct nj_record record;
        const struct piece *p = &w->data->records[i];
        nj_record_init(&record);
        record.origin = NJ_FROM_FUNCTION;
        record.event = NJ_STR("function.log");
        if (p->json.type != NJ_JSON_NONE)
            record.data_json = p->s;
        else
            record.message = p->s;
        nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), NJ_STR("3d2c5f0a-8d4e-4c1b-9f6a-7b2e1c0d9a55"));
        nj_attrs_str(&record.where, NJ_STR("trace_id"), NJ_STR("0af7651916cd43dd8448eb211c80319c"));
        nj_attrs_str(&record.where, NJ_STR("span_id"), NJ_STR("b7ad6b7169203331"));
        nj_attrs_bool(&record.where, NJ_STR("faas.coldstart"), false);
        if (nj_redact_record(w->r, &record, &resource, NJ_STR("7f3a-42"), &clean) != NJ_OK)
            abort();
    }
    return seconds_since(from);
}

/* --- forty patterns ----------------------------------------------------------------------------------------------- */

#ifdef PCRE2_CODE_UNIT_WIDTH

/* In the manner of the rule sets of secret scanners and scrubbers. */
static const char *const patterns[] = {
    "\\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\\b",
    "(?i)aws.{0,20}secret.{0,20}['\"=: ][A-Za-z0-9/+]{40}\\b",
    "\\bgh[pousr]_[A-Za-z0-9]{36}\\b",
    "\\bgithub_pat_\\w{82}\\b",
    "\\bglpat-[\\w-]{20}\\b",
    "\\bxox[abeprs]-[\\w-]{10,}",
    "\\bxapp-\\d-[A-Z0-9]+-\\d+-[a-z0-9]+",
    "https://hooks\\.slack\\.com/services/[A-Za-z0-9/+]{43,}",
    "\\b[sr]k_(?:live|test)_[A-Za-z0-9]{24,}",
    "\\bwhsec_[A-Za-z0-9]{32}",
    "\\bAIza[\\w-]{35}\\b",
    "\\bya29\\.[\\w-]{20,}",
    "\\bGOCSPX-[\\w-]{28}\\b",
    "\\bSK[0-9a-f]{32}\\b",
    "\\bSG\\.[\\w-]{22}\\.[\\w-]{43}\\b",
    "\\bsk-[A-Za-z0-9-_]{20,}T3BlbkFJ[A-Za-z0-9-_]{20,}",
    "\\bsk-ant-[\\w-]{90,}AA\\b",
    "\\bnpm_[A-Za-z0-9]{36}\\b",
    "\\bpypi-AgE[\\w-]{50,}",
    "\\bhf_[A-Za-z]{34}\\b",
    "\\bdop_v1_[a-f0-9]{64}\\b",
    "\\bdapi[a-f0-9]{32}\\b",
    "\\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\\b",
    "\\bkey-[a-f0-9]{32}\\b",
    "\\b[a-f0-9]{32}-us\\d{1,2}\\b",
    "\\b\\d{8,10}:AA[\\w-]{33}\\b",
    "\\bhvs\\.[\\w-]{24,}",
    "\\beyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]{10,}",
    "-----BEGIN [A-Z ]*PRIVATE KEY-----[\\s\\S]*?-----END",
    "[a-z][a-z0-9+.-]*://[^\\s:/@]*:[^\\s/@]+@",
    "(?i)\\bbearer\\s+[\\w.~+/=-]{12,}",
    "(?i)\\bbasic\\s+[A-Za-z0-9+/=]{12,}",
    "(?i)[\"']?[\\w.-]*(?:password|passwd|pwd|secret|token|api[_-]?key)[\\w.-]*[\"']?\\s*[=:]\\s*[\"']?[^\\s\"',;&]+",
    "(?i)\\b(?:set-)?cookie\\s*:\\s*.+",
    "\\b(?:4\\d{3}|5[1-5]\\d{2}|6011|3[47]\\d{2})[ -]?\\d{4}[ -]?\\d{4}[ -]?\\d{1,4}\\b",
    "\\b\\d{3}-\\d{2}-\\d{4}\\b",
    "\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){3,7}\\b",
    "[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+\\.[A-Za-z]{2,24}\\b",
    "\\+\\d{1,3}[ -]?(?:\\d[ -]?){7,14}\\b",
    "\\$2[aby]\\$\\d\\d\\$[./A-Za-z0-9]{53}",
};

static pcre2_code *codes[NJ_COUNT(patterns)];

static double pcre2_round(void *ctx)
{
    static volatile size_t sink;
    const struct data *d = ctx;
    pcre2_match_data *match = pcre2_match_data_create(16, NULL);
    if (match == NULL)
        abort();
    clock_t from = clock();
    for (size_t i = 0; i < d->n; i++) {
        struct nj_str s = d->records[i].s;
        for (size_t k = 0; k < NJ_COUNT(codes); k++) {
            PCRE2_SIZE at = 0;
            while (at <= s.n && pcre2_jit_match(codes[k], (PCRE2_SPTR)s.p, s.n, at, 0, match, NULL) > 0) {
                sink++;
                at = pcre2_get_ovector_pointer(match)[1] + (pcre2_get_ovector_pointer(match)[1] == at);
            }
        }
    }
    double took = seconds_since(from);
    pcre2_match_data_free(match);
    return took;
}

static double pcre2_rate(struct data *d)
{
    for (size_t k = 0; k < NJ_COUNT(codes) && codes[k] == NULL; k++) {
        int error;
        PCRE2_SIZE where;
        codes[k] = pcre2_compile((PCRE2_SPTR)patterns[k], PCRE2_ZERO_TERMINATED, 0, &error, &where, NULL);
        if (codes[k] == NULL || pcre2_jit_compile(codes[k], PCRE2_JIT_COMPLETE) != 0)
            die("no pattern", patterns[k]);
    }
    return best_rate(pcre2_round, d, d->bytes.n);
}

static void forget_patterns(void)
{
    for (size_t k = 0; k < NJ_COUNT(codes); k++)
        pcre2_code_free(codes[k]);
}

#else

/* 0: not measured. */
static double pcre2_rate(struct data *d)
{
    static bool told;
    if (!told)
        printf("redact pcre2 skipped (no pcre2.h when this was built: libpcre2-dev)\n");
    told = true;
    return 0;
}

static void forget_patterns(void)
{
}

#endif

/* --- what is measured --------------------------------------------------------------------------------------------- */

static void print(const char *what, double rate, double zlib, double memory, double forty)
{
    printf("redact %-30s %6.0f MB/s  %5.2f of zlib-1 (%.0f)", what, rate, rate / zlib, zlib);
    if (memory > 0)
        printf("  %.3f of memchr (%.0f)", rate / memory, memory);
    if (forty > 0)
        printf("  %5.1f of 40 patterns (%.0f)", rate / forty, forty);
    printf("\n");
    fflush(stdout);
}

static void bench_data(struct nj_redactor *r, const char *directory, const char *name, const char *what)
{
    struct data d;
    char label[64];
    load(&d, directory, name);
    struct nj_str all = nj_buf_str(&d.bytes);
    double zlib = best_rate(zlib_round, &all, all.n), memory = best_rate(memchr_round, &all, all.n), forty = pcre2_rate(&d);
    struct work w = { .r = r, .data = &d };
    nj_buf_init(&w.out, OUT_MAX);
    print(what, best_rate(redact_round, &w, all.n), zlib, memory, forty);
    snprintf(label, sizeof(label), "  with the check of JSON");
    w.parse = true;
    print(label, best_rate(redact_round, &w, all.n), zlib, 0, 0);
    snprintf(label, sizeof(label), "  as whole records");
    print(label, best_rate(record_round, &w, all.n), zlib, 0, 0);
    nj_buf_fini(&w.out);
    unload(&d);
}

static void bench_hostile(struct nj_redactor *r, const char *what, const char *piece)
{
    struct nj_buf in;
    nj_buf_init(&in, 2 << 20);
    repeat(&in, piece, 1 << 20);
    struct piece whole = { .s = nj_buf_str(&in) };
    struct data d = { .records = &whole, .n = 1 };
    struct work w = { .r = r, .data = &d };
    nj_buf_init(&w.out, OUT_MAX);
    print(what, best_rate(redact_round, &w, in.n), best_rate(zlib_round, &whole.s, in.n), 0, 0);
    nj_buf_fini(&w.out);
    nj_buf_fini(&in);
}

/* One input of 64 KiB, its body JSON in a string with the records of the file in it: what an invocation waits for at most.  Of many rounds
 * the best, as everywhere here. */
static void bench_payload(struct nj_redactor *r, const char *directory, const char *name, const char *what)
{
    enum { BYTES = 64 << 10, ROUNDS_OF_IT = 50 };
    struct data d;
    struct nj_buf body, in;
    struct nj_clean clean;
    struct nj_record record;
    struct nj_resource resource = { .generation = 1 };
    double best = 1e9;
    load(&d, directory, name);
    nj_buf_init(&body, DATA_MAX);
    nj_buf_init(&in, DATA_MAX);
    for (size_t i = 0; i < d.n && in.n < BYTES; i++) {
        nj_buf_addc(&body, body.n == 0 ? '[' : ',');
        if (d.records[i].json.type != NJ_JSON_NONE)
            nj_buf_add(&body, d.records[i].s);
        else
            nj_buf_add_json(&body, d.records[i].s);
        if (body.n < BYTES / 2) /* quotes become longer in a string: it is only looked at when it may do */
            continue;
        nj_buf_reset(&in);
        nj_buf_addz(&in, "{\"payload\":{\"headers\":{\"content-type\":\"application/json\"},\"body\":");
        nj_buf_addc(&body, ']');
        nj_buf_add_json(&in, nj_buf_str(&body));
        nj_buf_cut(&body, body.n - 1);
        nj_buf_addz(&in, "}}");
    }
    nj_record_init(&record);
    record.origin = NJ_FROM_PAYLOAD;
    record.event = NJ_STR("invocation.input");
    record.data_json = nj_buf_str(&in);
    for (int i = 0; i < ROUNDS_OF_IT; i++) {
        clock_t from = clock();
        if (nj_redact_record(r, &record, &resource, NJ_STR("7f3a-42"), &clean) != NJ_OK)
            abort();
        double took = seconds_since(from);
        best = took < best ? took : best;
    }
    printf("redact a payload of 64 KiB, %-10s %6.2f ms (budget 1 ms): %s\n", what, best * 1e3, best < 1e-3 ? "ok" : "OVER");
    nj_buf_fini(&body);
    nj_buf_fini(&in);
    unload(&d);
}

static const struct {
    const char *part, *name, *what;
} files[] = {
    { "json", "json.log", "benign JSON" },
    { "text", "text.log", "benign text" },
    { "sparse", "sparse.log", "a finding in 20 records" },
    { "corpus", "corpus.log", "the corpus" },
};

static const struct {
    const char *what, *piece;
} hostile[] = {
    { "hostile a@a@a@", "a@" },      { "hostile digits", "4111111111111111" },
    { "hostile eyJ", "eyJ." },       { "hostile BEGIN", "-----BEGIN PRIVATE KEY-----" },
    { "hostile key=", "password=" }, { "hostile :// ", "a://b:c/" },
};

/* A file once, for who counts what is executed. */
static void pass_once(struct nj_redactor *r, const char *directory, const char *name)
{
    struct data d;
    load(&d, directory, name);
    struct work w = { .r = r, .data = &d };
    nj_buf_init(&w.out, OUT_MAX);
    (void)redact_round(&w);
    printf("%zu records\n", d.n);
    nj_buf_fini(&w.out);
    unload(&d);
}

static const char *only; /* the part to measure, or NULL */

static bool is_wanted(const char *part)
{
    return only == NULL || strcmp(only, part) == 0;
}

int main(int argc, char **argv)
{
    struct nj_redactor *r = NULL;
    if (argc != 2 && argc != 3)
        die("which directory holds the data", "bench_redact DIRECTORY [PART]");
    only = argc == 3 ? argv[2] : NULL;
    if (nj_redactor_new(&r, &(struct nj_redact_options){ .policy = NJ_STR("default") }) != NJ_OK)
        die("no redactor", "default");
    if (only != NULL && strchr(only, '.') != NULL)
        pass_once(r, argv[1], only);
    for (size_t i = 0; i < NJ_COUNT(files); i++)
        if (is_wanted(files[i].part))
            bench_data(r, argv[1], files[i].name, files[i].what);
    if (is_wanted("payload")) {
        bench_payload(r, argv[1], "json.log", "benign");
        bench_payload(r, argv[1], "corpus.log", "the corpus");
    }
    for (size_t i = 0; is_wanted("hostile") && i < NJ_COUNT(hostile); i++)
        bench_hostile(r, hostile[i].what, hostile[i].piece);
    nj_redactor_free(r);
    forget_patterns();
    return EXIT_SUCCESS;
}

/* Whole bodies in, finished lines and a balanced ledger out.  Each folder of tests/fixtures/pipeline is a case:
 *
 *   story.txt        what happens and why it matters
 *   post-1.json ...  bodies in the order the platform posts them
 *   expected.ndjson  the lines at the sink (the random part of ids reads ID)
 *   expected-ledger.json
 *
 * NJ_UPDATE=1 writes what was found; read the difference before committing it. */
#include "nightjar/diag.h"
#include "nightjar/pipeline.h"
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIXTURES "tests/fixtures/pipeline"
enum { FILE_MAX = 16 << 20, CASES_MAX = 200, SETTLE_TURNS = 200 };

struct house {
    struct nj_loop *loop;
    struct nj_http *http;
    struct nj_ledger ledger;
    struct nj_sandbox sandbox;
    struct nj_invocations invocations;
    struct nj_redactor *redactor;
    struct nj_sink sink;
    struct nj_outlet *outlet;
    struct nj_pipeline *pipeline;
    char path[64];
    unsigned facts, facts_before_restore;
};

static int64_t fake_wall_ns = 1795418101000000000; /* 2026-11-23T07:15:01Z */

static void read_fake(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    static int64_t mono;
    (void)ctx;
    mono += 1000000;
    *mono_ns = mono;
    *wall_ns = fake_wall_ns;
}

static void on_fact(void *ctx, const struct nj_facts *f)
{
    struct house *h = ctx;
    (void)f;
    h->facts++;
}

static void on_restored(void *ctx)
{
    struct house *h = ctx;
    h->facts_before_restore = h->facts;
    nj_pipeline_restored(h->pipeline);
}

static void build(struct house *h)
{
    char why[160], url[80];
    *h = (struct house){ 0 };
    nj_diag_threshold(NJ_LEVEL_ERROR);
    snprintf(h->path, sizeof(h->path), "/tmp/nj-pipeline-%d.ndjson", (int)getpid());
    unlink(h->path);
    snprintf(url, sizeof(url), "file://%s", h->path);
    ck_assert_int_eq(nj_loop_new(&h->loop, read_fake, NULL), NJ_OK);
    ck_assert_int_eq(nj_http_new(&h->http, h->loop), NJ_OK);
    ck_assert_msg(nj_sink_init(&h->sink, &(struct nj_sink_options){ .name = NJ_STR("default"), .url = nj_str_of(url) }, why) == NJ_OK, "%s",
                  why);
    struct nj_outlet_options oo = {
        .batch = { .max_bytes = 8 << 20, .max_records = 100000 }, .batch_age_ms = 60000, .queue_bytes = 64 << 20, .timeout_ms = 5000
    };
    ck_assert_int_eq(nj_outlet_new(&h->outlet, h->loop, h->http, &h->sink, &oo), NJ_OK);
    ck_assert_int_eq(nj_redactor_new(&h->redactor, &(struct nj_redact_options){ 0 }), NJ_OK);
    nj_sandbox_init(&h->sandbox, NJ_STR("eu-west-1"), NJ_STR("billing"), NJ_STR("$LATEST"), NJ_STR(""), NJ_STR("sandbox-1"), NJ_STR(""),
                    NJ_STR("team=blue"));
    nj_invocations_init(&h->invocations, false);
    struct nj_pipeline_options po = { .clock = nj_loop_clock(h->loop),
                                      .ledger = &h->ledger,
                                      .sandbox = &h->sandbox,
                                      .invocations = &h->invocations,
                                      .redactor = h->redactor,
                                      .fact = on_fact,
                                      .restored = on_restored,
                                      .ctx = h };
    ck_assert_int_eq(nj_pipeline_new(&h->pipeline, &po), NJ_OK);
    ck_assert(nj_pipeline_outlet(h->pipeline, h->outlet));
}

static void settle(struct house *h)
{
    nj_pipeline_settle_cut(h->pipeline, true);
    nj_outlet_flush(h->outlet, NJ_LANE_BITS_ALL);
    for (int i = 0; i < SETTLE_TURNS && nj_outlet_pending(h->outlet, NJ_LANE_BITS_ALL); i++)
        nj_loop_turn(h->loop, 10);
    ck_assert(!nj_outlet_pending(h->outlet, NJ_LANE_BITS_ALL));
    ck_assert(nj_ledger_balanced(&h->ledger));
    ck_assert(nj_out_ledger_balanced(nj_outlet_ledger(h->outlet)));
}

static void tear_down(struct house *h)
{
    nj_pipeline_free(h->pipeline);
    nj_outlet_free(h->outlet);
    nj_sink_fini(&h->sink);
    nj_redactor_free(h->redactor);
    nj_sandbox_fini(&h->sandbox);
    nj_http_free(h->http);
    nj_loop_free(h->loop);
    unlink(h->path);
}

static bool read_file(const char *path, struct nj_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;
    if (fd < 0)
        return false;
    while (got > 0) {
        ck_assert_int_eq(nj_buf_reserve(out, 65536), NJ_OK);
        got = read(fd, out->p + out->n, 65536);
        out->n += got > 0 ? (size_t)got : 0;
    }
    close(fd);
    return true;
}

static void write_file(const char *path, struct nj_str s)
{
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(s.p, 1, s.n, f), s.n);
    fclose(f);
}

/* The 16 random digits of "id":"0123456789abcdef-7" become ID, and the links, which depend on them, zeros. */
static void hide_ids(struct nj_str in, struct nj_buf *out)
{
    static const struct nj_str link = NJ_STR_INIT("\"chain\":\"");
    static const struct nj_str mark = NJ_STR_INIT("\"id\":\"");
    size_t at = 0, hit;
    while ((hit = nj_str_find(in, mark, at)) != NJ_NPOS) {
        struct nj_str id = nj_str_slice(in, hit + mark.n, hit + mark.n + 17);
        bool ours = id.n == 17 && id.p[16] == '-' && strspn(id.p, "0123456789abcdef") == 16;
        nj_buf_add(out, nj_str_slice(in, at, hit + mark.n));
        if (ours)
            nj_buf_addz(out, "ID");
        at = hit + mark.n + (ours ? 16 : 0);
    }
    nj_buf_add(out, nj_str_slice(in, at, in.n));
    for (at = 0; (hit = nj_str_find(nj_buf_str(out), link, at)) != NJ_NPOS; at = hit + link.n + 16)
        memcpy(out->p + hit + link.n, "0000000000000000", 16);
}

static void compare(const char *folder, const char *name, struct nj_str got)
{
    char path[600];
    struct nj_buf want;
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    if (getenv("NJ_UPDATE") != NULL)
        write_file(path, got);
    nj_buf_init(&want, FILE_MAX);
    ck_assert_msg(read_file(path, &want), "%s is missing", path);
    size_t same = 0, line = 1;
    while (same < want.n && same < got.n && want.p[same] == got.p[same])
        line += got.p[same++] == '\n';
    ck_assert_msg(want.n == got.n && same == got.n, "%s differs in line %zu:\n  want ...%.*s\n  got  ...%.*s", path, line,
                  (int)(want.n - same > 160 ? 160 : want.n - same), want.p + same, (int)(got.n - same > 160 ? 160 : got.n - same),
                  got.p + same);
    nj_buf_fini(&want);
}

static void run_case(const char *folder)
{
    struct house h;
    struct nj_buf file, lines;
    char path[600];
    nj_buf_init(&file, FILE_MAX);
    nj_buf_init(&lines, FILE_MAX);
    build(&h);
    for (int i = 1;; i++) {
        nj_buf_reset(&file);
        snprintf(path, sizeof(path), "%s/post-%d.json", folder, i);
        if (!read_file(path, &file))
            break;
        nj_pipeline_post(h.pipeline, nj_str_trim(nj_buf_str(&file)));
        nj_loop_turn(h.loop, 0);
    }
    settle(&h);
    nj_buf_reset(&file);
    ck_assert_msg(read_file(h.path, &file), "%s: nothing was written", folder);
    hide_ids(nj_buf_str(&file), &lines);
    compare(folder, "expected.ndjson", nj_buf_str(&lines));
    nj_buf_reset(&lines);
    nj_ledger_json(&h.ledger, NULL, 0, &lines);
    nj_buf_addc(&lines, '\n');
    compare(folder, "expected-ledger.json", nj_buf_str(&lines));
    tear_down(&h);
    nj_buf_fini(&file);
    nj_buf_fini(&lines);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

START_TEST(test_pipeline_fixtures_come_out_as_expected)
{
    struct dirent **list = NULL;
    int n = scandir(FIXTURES, &list, visible, by_name);
    ck_assert_msg(n >= 5, "%d cases in " FIXTURES ": run from the top of the tree", n);
    for (int i = 0; i < n; i++) {
        char folder[400];
        snprintf(folder, sizeof(folder), FIXTURES "/%s", list[i]->d_name);
        free(list[i]);
        run_case(folder);
    }
    free(list);
}
END_TEST

#define START_EVENT                                                                                                                        \
    "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"platform.start\",\"record\":{\"requestId\":\"6f0c2b1e-8d3a-4c55-9f21-"              \
    "0b7a64d1c001\"}}"
#define LINE "{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"function\",\"record\":\"x\\n\"}"

START_TEST(test_pipeline_counts_a_repeated_body_once)
{
    struct house h;
    build(&h);
    for (int i = 0; i < 3; i++)
        nj_pipeline_post(h.pipeline, NJ_STR("[" START_EVENT "," LINE "]"));
    settle(&h);
    ck_assert_uint_eq(h.ledger.c[NJ_CTR_posts_duplicate], 2);
    ck_assert_uint_eq(h.ledger.c[NJ_CTR_filtered_duplicate], 4);
    ck_assert_uint_eq(nj_ledger_received(&h.ledger), 6);
    ck_assert_uint_eq(nj_outlet_ledger(h.outlet)->delivered, 2);
    ck_assert_uint_eq(h.facts, 2);
    tear_down(&h);
}
END_TEST

START_TEST(test_pipeline_keeps_equal_lines_of_one_moment)
{
    struct house h;
    build(&h);
    for (int i = 0; i < 3; i++)
        nj_pipeline_post(h.pipeline, NJ_STR("[" LINE "," LINE "]"));
    settle(&h);
    ck_assert_uint_eq(h.ledger.c[NJ_CTR_posts_duplicate], 0);
    ck_assert_uint_eq(nj_outlet_ledger(h.outlet)->delivered, 6);
    tear_down(&h);
}
END_TEST

START_TEST(test_pipeline_survives_every_cut_of_a_body)
{
    static const struct nj_str body = NJ_STR_INIT("[" START_EVENT "," LINE "]");
    for (size_t i = 0; i <= body.n; i++) {
        struct house h;
        build(&h);
        nj_pipeline_post(h.pipeline, nj_str_slice(body, 0, i));
        settle(&h);
        ck_assert_uint_eq(nj_out_ledger_dropped(nj_outlet_ledger(h.outlet)), 0);
        tear_down(&h);
    }
}
END_TEST

START_TEST(test_pipeline_own_records_pass_the_same_door)
{
    struct house h;
    struct nj_record r;
    struct nj_buf file;
    build(&h);
    nj_record_init(&r);
    r.event = NJ_STR("nightjar.start");
    r.message = NJ_STR("mail joe@example.com");
    nj_pipeline_own(h.pipeline, &r);
    settle(&h);
    nj_buf_init(&file, FILE_MAX);
    ck_assert(read_file(h.path, &file));
    ck_assert_uint_eq(nj_str_find(nj_buf_str(&file), NJ_STR("joe@"), 0), NJ_NPOS);
    ck_assert_uint_eq(h.ledger.c[NJ_CTR_received_own], 1);
    nj_buf_fini(&file);
    tear_down(&h);
}
END_TEST

START_TEST(test_pipeline_never_ships_our_own_lines_back)
{
    struct house h;
    build(&h);
    nj_pipeline_post(
        h.pipeline,
        NJ_STR("[{\"time\":\"2026-11-23T07:15:01.002Z\",\"type\":\"extension\",\"record\":\"{\\\"nightjar\\\":\\\"warn\\\"}\\n\"},"
               "{\"time\":\"2026-11-23T07:15:01.003Z\",\"type\":\"extension\",\"record\":{\"nightjar\":\"info\",\"text\":\"x\"}},"
               "{\"time\":\"2026-11-23T07:15:01.004Z\",\"type\":\"extension\",\"record\":\"another agent\"}]"));
    settle(&h);
    ck_assert_uint_eq(h.ledger.c[NJ_CTR_filtered_own_lines], 2);
    ck_assert_uint_eq(nj_outlet_ledger(h.outlet)->delivered, 1);
    tear_down(&h);
}
END_TEST

/* The id of the nth line. */
static struct nj_str id_of(struct nj_str lines, size_t n)
{
    size_t at = nj_str_find(lines, NJ_STR("\"id\":\""), 0);
    while (n-- > 0)
        at = nj_str_find(lines, NJ_STR("\"id\":\""), at + 1);
    ck_assert_uint_ne(at, NJ_NPOS);
    return nj_str_slice(lines, at + 6, at + 6 + 16);
}

START_TEST(test_pipeline_ids_begin_anew_with_the_record_of_the_restore)
{
    struct house h;
    struct nj_buf file;
    build(&h);
    nj_pipeline_post(
        h.pipeline, NJ_STR("[" LINE ",{\"time\":\"2026-11-23T07:15:01.003Z\",\"type\":\"platform.restoreStart\",\"record\":{}}," LINE "]"));
    settle(&h);
    ck_assert_uint_eq(h.facts_before_restore, 1); /* told before the record went its way */
    nj_buf_init(&file, FILE_MAX);
    ck_assert(read_file(h.path, &file));
    ck_assert(!nj_str_eq(id_of(nj_buf_str(&file), 0), id_of(nj_buf_str(&file), 1)));
    ck_assert(nj_str_eq(id_of(nj_buf_str(&file), 1), id_of(nj_buf_str(&file), 2)));
    nj_buf_fini(&file);
    tear_down(&h);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_pipeline_fixtures_come_out_as_expected)                                                                                         \
    X(test_pipeline_counts_a_repeated_body_once)                                                                                           \
    X(test_pipeline_keeps_equal_lines_of_one_moment)                                                                                       \
    X(test_pipeline_survives_every_cut_of_a_body)                                                                                          \
    X(test_pipeline_own_records_pass_the_same_door)                                                                                        \
    X(test_pipeline_never_ships_our_own_lines_back)                                                                                        \
    X(test_pipeline_ids_begin_anew_with_the_record_of_the_restore)

NJ_TEST_MAIN("pipeline")

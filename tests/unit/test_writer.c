/* Standard output and files: whole batches, no waiting, nothing half-written left behind. */
#include "../../src/deliver/codec.h"
#include "deliver_kit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct bench {
    struct nj_loop *loop;
    struct nj_sink sink;
    struct nj_outlet *o;
    char dir[64], path[96];
    unsigned number;
};

static void begin(struct bench *b)
{
    *b = (struct bench){ .dir = "/tmp/nightjar-writer-XXXXXX" };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
    ck_assert_ptr_nonnull(mkdtemp(b->dir));
    snprintf(b->path, sizeof(b->path), "%s/out.ndjson", b->dir);
    ck_assert_int_eq(nj_loop_new(&b->loop, NULL, NULL), NJ_OK);
}

static struct nj_outlet_options options(void)
{
    return (struct nj_outlet_options){
        .batch = { .max_bytes = 512 << 10, .max_records = 1000 }, .batch_age_ms = 60000, .queue_bytes = 8 << 20, .timeout_ms = 200
    };
}

static void open_path(struct bench *b, const char *path, const char *compress)
{
    char url[160], why[160];
    struct nj_outlet_options o = options();
    snprintf(url, sizeof(url), "file://%s", path);
    struct nj_sink_options so = { .url = nj_str_of(url), .compress = nj_str_of(compress) };
    ck_assert_int_eq(nj_sink_init(&b->sink, &so, why), NJ_OK);
    ck_assert_int_eq(nj_outlet_new(&b->o, b->loop, NULL, &b->sink, &o), NJ_OK);
}

/* As if fd were standard output. */
static void open_fd(struct bench *b, int fd)
{
    char why[160];
    struct nj_outlet_options o = options();
    struct nj_sender *sender = NULL;
    ck_assert_int_eq(nj_sink_init(&b->sink, &(struct nj_sink_options){ .url = NJ_STR("stdout:") }, why), NJ_OK);
    ck_assert_int_eq(nj_writer_new(&sender, b->loop, fd), NJ_OK);
    ck_assert_int_eq(nj_outlet_new_with(&b->o, b->loop, &sender, &b->sink, &o), NJ_OK);
}

static void check(struct bench *b)
{
    ck_assert(nj_out_ledger_balanced(nj_outlet_ledger(b->o)));
    ck_assert_uint_eq(nj_outlet_illegal(b->o), 0);
}

static void end(struct bench *b)
{
    if (b->o != NULL)
        check(b);
    nj_outlet_free(b->o);
    nj_sink_fini(&b->sink);
    nj_loop_free(b->loop);
    unlink(b->path);
    rmdir(b->dir);
}

static void put(struct bench *b, enum nj_lane lane, unsigned records, size_t bytes)
{
    for (unsigned i = 0; i < records; i++)
        kit_offer(b->o, lane, b->number++, bytes);
    check(b);
}

static void turns(struct bench *b, int n)
{
    for (int i = 0; i < n && nj_outlet_pending(b->o, NJ_LANE_BITS_ALL); i++)
        nj_loop_turn(b->loop, 5);
    check(b);
}

static size_t read_file(const char *path, char *out, size_t n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    size_t got = fread(out, 1, n, f);
    fclose(f);
    return got;
}

/* Every line is one whole record; returns how many there are. */
static unsigned whole_lines(const char *p, size_t n)
{
    struct nj_str rest = { p, n }, line;
    unsigned lines = 0;
    ck_assert(n == 0 || p[n - 1] == '\n');
    rest.n = n == 0 ? 0 : n - 1;
    while (rest.n != 0 && nj_str_cut(&rest, '\n', &line)) {
        ck_assert_msg(nj_str_starts(line, NJ_STR("{\"when\":")) && nj_str_ends(line, NJ_STR("\"}")), "line %u is broken", lines);
        ck_assert_uint_eq(nj_str_find(line, NJ_STR("{\"when\":"), 1), NJ_NPOS);
        lines++;
    }
    return lines;
}

static char text[4 << 20];

START_TEST(test_writer_file_gets_whole_lines_appended_and_is_private)
{
    struct bench b;
    struct stat st;
    begin(&b);
    open_path(&b, b.path, "");
    for (int i = 0; i < 3; i++) {
        put(&b, NJ_LANE_BULK, 5, 100);
        put(&b, NJ_LANE_CRITICAL, 2, 100);
        nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
        turns(&b, 50);
    }
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->delivered, 21);
    size_t n = read_file(b.path, text, sizeof(text));
    ck_assert_uint_eq(whole_lines(text, n), 21);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->bytes, n);
    ck_assert_int_eq(stat(b.path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    end(&b);
}
END_TEST

START_TEST(test_writer_large_batch_is_written_in_several_turns)
{
    struct bench b;
    begin(&b);
    open_path(&b, b.path, "");
    put(&b, NJ_LANE_BULK, 450, 1000);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    nj_loop_turn(b.loop, 0);
    ck_assert(nj_outlet_pending(b.o, NJ_LANE_BITS_ALL));
    turns(&b, 50);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->delivered, 450);
    ck_assert_uint_eq(whole_lines(text, read_file(b.path, text, sizeof(text))), 450);
    end(&b);
}
END_TEST

START_TEST(test_writer_compressed_file_is_a_row_of_members)
{
    static const struct {
        const char *name;
        enum nj_codec codec;
    } rows[] = { { "gzip", NJ_CODEC_GZIP }, { "zstd", NJ_CODEC_ZSTD } };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct bench b;
        struct nj_buf raw;
        begin(&b);
        open_path(&b, b.path, rows[i].name);
        put(&b, NJ_LANE_BULK, 5, 100);
        nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
        turns(&b, 50);
        size_t first = read_file(b.path, text, sizeof(text)), raw_first = (size_t)nj_outlet_ledger(b.o)->bytes;
        put(&b, NJ_LANE_BULK, 3, 100);
        nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
        turns(&b, 50);
        size_t n = read_file(b.path, text, sizeof(text)), raw_all = (size_t)nj_outlet_ledger(b.o)->bytes;
        nj_buf_init(&raw, 1 << 20);
        ck_assert_int_eq(nj_codec_undo(rows[i].codec, (struct nj_str){ text, first }, raw_first, &raw), NJ_OK);
        ck_assert_int_eq(nj_codec_undo(rows[i].codec, (struct nj_str){ text + first, n - first }, raw_all - raw_first, &raw), NJ_OK);
        ck_assert_uint_eq(whole_lines(raw.p, raw.n), 8);
        nj_buf_fini(&raw);
        end(&b);
    }
}
END_TEST

START_TEST(test_writer_file_that_cannot_be_opened_is_a_matter_of_configuration)
{
    static const char *const what[] = { "missing", "link", "fifo", "directory" };
    for (size_t i = 0; i < NJ_COUNT(what); i++) {
        struct bench b;
        struct kit_stderr err;
        char path[128], target[128];
        begin(&b);
        snprintf(path, sizeof(path), "%s/%s%s", b.dir, what[i], i == 0 ? "/x" : "");
        snprintf(target, sizeof(target), "%s/target", b.dir);
        if (i == 1)
            ck_assert_int_eq(symlink(target, path), 0);
        if (i == 2)
            ck_assert_int_eq(mkfifo(path, 0600), 0);
        if (i == 3)
            ck_assert_int_eq(mkdir(path, 0700), 0);
        open_path(&b, path, "");
        put(&b, NJ_LANE_BULK, 3, 100);
        kit_stderr_begin(&err);
        nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
        turns(&b, 5);
        kit_stderr_end(&err, text, sizeof(text));
        ck_assert_msg(kit_times(text, "NJ1603") == 1, "%s: %s", what[i], text);
        ck_assert(nj_outlet_backing_off(b.o));
        ck_assert_uint_eq(nj_outlet_ledger(b.o)->held, 3);
        ck_assert_int_ne(access(target, F_OK), 0); /* the link was not followed */
        unlink(path);
        rmdir(path);
        end(&b);
    }
}
END_TEST

START_TEST(test_writer_full_device_is_tried_again)
{
    struct bench b;
    begin(&b);
    open_path(&b, "/dev/full", "");
    put(&b, NJ_LANE_BULK, 3, 100);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    while (nj_outlet_ledger(b.o)->retries < 2)
        nj_loop_turn(b.loop, 50);
    check(&b);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->held, 3);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->delivered, 0);
    end(&b);
}
END_TEST

START_TEST(test_writer_batch_cut_short_by_the_file_limit_is_taken_back)
{
    struct bench b;
    struct rlimit before, small;
    begin(&b);
    open_path(&b, b.path, "");
    put(&b, NJ_LANE_BULK, 5, 100);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    turns(&b, 50);
    size_t good = read_file(b.path, text, sizeof(text));
    getrlimit(RLIMIT_FSIZE, &before);
    small = (struct rlimit){ good + 777, before.rlim_max };
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
    put(&b, NJ_LANE_BULK, 20, 100);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 10; i++)
        nj_loop_turn(b.loop, 5);
    setrlimit(RLIMIT_FSIZE, &before);
    check(&b);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->held, 20);
    ck_assert_uint_eq(read_file(b.path, text, sizeof(text)), good);
    nj_outlet_drain(b.o, (struct nj_mono){ INT64_MAX });
    turns(&b, 50);
    ck_assert_uint_eq(whole_lines(text, read_file(b.path, text, sizeof(text))), 25);
    end(&b);
}
END_TEST

static size_t drain_pipe(int fd, char *out, size_t n)
{
    size_t got = 0;
    for (;;) {
        ssize_t r = read(fd, out + got, n - got);
        if (r <= 0)
            return got;
        got += (size_t)r;
    }
}

START_TEST(test_writer_full_pipe_never_blocks_and_loses_nothing)
{
    struct bench b;
    int fds[2];
    begin(&b);
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    open_fd(&b, fds[1]);
    put(&b, NJ_LANE_BULK, 1000, 400);
    put(&b, NJ_LANE_CRITICAL, 20, 400);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 20; i++)
        nj_loop_turn(b.loop, 5); /* would hang here if it blocked; the test's own time limit says so */
    ck_assert(nj_outlet_pending(b.o, NJ_LANE_BITS_ALL));
    uint64_t turns_before = 0, turns_after = 0, idle = 0;
    nj_loop_stats(b.loop, &turns_before, &idle);
    nj_loop_turn(b.loop, 100); /* a full pipe is waited for, not asked again and again */
    nj_loop_stats(b.loop, &turns_after, &idle);
    ck_assert_uint_eq(turns_after, turns_before + 1);
    size_t got = 0;
    for (int i = 0; i < 500 && nj_outlet_pending(b.o, NJ_LANE_BITS_ALL); i++) {
        got += drain_pipe(fds[0], text + got, sizeof(text) - got);
        nj_loop_turn(b.loop, 5);
    }
    got += drain_pipe(fds[0], text + got, sizeof(text) - got);
    check(&b);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->delivered, 1020);
    ck_assert_uint_eq(whole_lines(text, got), 1020);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->attempts, nj_outlet_ledger(b.o)->batches);
    end(&b);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(test_writer_batch_abandoned_half_way_does_not_run_into_the_next_line)
{
    struct bench b;
    int fds[2];
    begin(&b);
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    open_fd(&b, fds[1]);
    put(&b, NJ_LANE_BULK, 500, 400);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 10; i++)
        nj_loop_turn(b.loop, 5);
    nj_outlet_abandon(b.o, NJ_DROP_deadline);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->dropped[NJ_DROP_deadline], 500);
    size_t half = drain_pipe(fds[0], text, sizeof(text));
    ck_assert(text[half - 1] != '\n');
    put(&b, NJ_LANE_BULK, 3, 100);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    turns(&b, 50);
    size_t rest = drain_pipe(fds[0], text, sizeof(text));
    ck_assert_int_eq(text[0], '\n');
    ck_assert_uint_eq(whole_lines(text + 1, rest - 1), 3);
    end(&b);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(test_writer_deadline_does_not_cut_a_line_in_two)
{
    struct bench b;
    int fds[2];
    begin(&b);
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    open_fd(&b, fds[1]);
    put(&b, NJ_LANE_BULK, 500, 400);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    nj_loop_turn(b.loop, 5);
    nj_outlet_drain(b.o, (struct nj_mono){ nj_loop_clock(b.loop)->mono.ms + 30 });
    for (int i = 0; i < 10; i++)
        nj_loop_turn(b.loop, 10);
    size_t got = 0;
    for (int i = 0; i < 500 && nj_outlet_pending(b.o, NJ_LANE_BITS_ALL); i++) {
        got += drain_pipe(fds[0], text + got, sizeof(text) - got);
        nj_loop_turn(b.loop, 5);
    }
    got += drain_pipe(fds[0], text + got, sizeof(text) - got);
    ck_assert_uint_eq(whole_lines(text, got), 500);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->attempts, 1);
    end(&b);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(test_writer_pipe_nobody_reads_any_more_is_no_crash)
{
    struct bench b;
    struct kit_stderr err;
    int fds[2];
    begin(&b);
    ck_assert_int_eq(pipe(fds), 0);
    open_fd(&b, fds[1]);
    close(fds[0]);
    put(&b, NJ_LANE_BULK, 3, 100);
    kit_stderr_begin(&err);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    turns(&b, 5);
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_uint_eq(kit_times(text, "NJ1603"), 1);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->held, 3);
    end(&b);
    close(fds[1]);
}
END_TEST

START_TEST(test_writer_closed_descriptor_is_no_crash)
{
    struct bench b;
    struct kit_stderr err;
    begin(&b);
    open_fd(&b, 999);
    put(&b, NJ_LANE_BULK, 3, 100);
    kit_stderr_begin(&err);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 3; i++)
        nj_loop_turn(b.loop, 5);
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_uint_eq(kit_times(text, "NJ1603"), 1);
    ck_assert_uint_eq(nj_outlet_ledger(b.o)->held, 3);
    end(&b);
}
END_TEST

START_TEST(test_writer_socket_is_written_without_waiting)
{
    struct bench b;
    int fds[2];
    begin(&b);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    ck_assert_int_eq(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
    open_fd(&b, fds[1]);
    put(&b, NJ_LANE_BULK, 900, 500);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    size_t got = 0;
    for (int i = 0; i < 500 && nj_outlet_pending(b.o, NJ_LANE_BITS_ALL); i++) {
        nj_loop_turn(b.loop, 5);
        if (i >= 5)
            got += drain_pipe(fds[0], text + got, sizeof(text) - got);
    }
    got += drain_pipe(fds[0], text + got, sizeof(text) - got);
    ck_assert_uint_eq(whole_lines(text, got), 900);
    end(&b);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

START_TEST(test_writer_freed_in_the_middle_of_a_batch)
{
    struct bench b;
    int fds[2];
    begin(&b);
    ck_assert_int_eq(pipe(fds), 0);
    open_fd(&b, fds[1]);
    put(&b, NJ_LANE_BULK, 500, 400);
    put(&b, NJ_LANE_CRITICAL, 500, 400);
    nj_outlet_flush(b.o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 5; i++)
        nj_loop_turn(b.loop, 5);
    end(&b);
    close(fds[0]);
    close(fds[1]);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_writer_file_gets_whole_lines_appended_and_is_private)                                                                           \
    X(test_writer_large_batch_is_written_in_several_turns)                                                                                 \
    X(test_writer_compressed_file_is_a_row_of_members)                                                                                     \
    X(test_writer_file_that_cannot_be_opened_is_a_matter_of_configuration)                                                                 \
    X(test_writer_full_device_is_tried_again)                                                                                              \
    X(test_writer_batch_cut_short_by_the_file_limit_is_taken_back)                                                                         \
    X(test_writer_full_pipe_never_blocks_and_loses_nothing)                                                                                \
    X(test_writer_batch_abandoned_half_way_does_not_run_into_the_next_line)                                                                \
    X(test_writer_deadline_does_not_cut_a_line_in_two)                                                                                     \
    X(test_writer_pipe_nobody_reads_any_more_is_no_crash)                                                                                  \
    X(test_writer_closed_descriptor_is_no_crash)                                                                                           \
    X(test_writer_socket_is_written_without_waiting)                                                                                       \
    X(test_writer_freed_in_the_middle_of_a_batch)

NJ_TEST_MAIN("writer")

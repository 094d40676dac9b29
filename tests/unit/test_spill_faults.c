/* The spill when the disk fails, when somebody else touches what is there, and when the process dies in the middle. */
#include "spill_kit.h"

#include <signal.h>

/* --- somebody else ------------------------------------------------------------------------------------------------ */

static void flip(const char *path)
{
    int fd = open(path, O_RDWR);
    char c = 0;
    ck_assert(fd >= 0 && pread(fd, &c, 1, 200) == 1);
    c = (char)(c ^ 1);
    ck_assert_int_eq(pwrite(fd, &c, 1, 200), 1);
    close(fd);
}

static void cut(const char *path)
{
    struct stat st;
    ck_assert(stat(path, &st) == 0 && truncate(path, st.st_size - 1) == 0);
}

static void lengthen(const char *path)
{
    struct stat st;
    ck_assert(stat(path, &st) == 0 && truncate(path, st.st_size + (64 << 20)) == 0);
}

static void empty(const char *path)
{
    ck_assert_int_eq(truncate(path, 0), 0);
}

static void open_up(const char *path)
{
    ck_assert_int_eq(chmod(path, 0644), 0);
}

static void link_hard(const char *path)
{
    char other[600];
    (void)snprintf(other, sizeof(other), "%.*s/../link", (int)(strrchr(path, '/') - path), path);
    ck_assert_int_eq(link(path, other), 0);
}

static void link_soft(const char *path)
{
    char other[600];
    (void)snprintf(other, sizeof(other), "%s-2", path);
    ck_assert(rename(path, other) == 0 && symlink(other, path) == 0);
}

static void to_passwd(const char *path)
{
    ck_assert(unlink(path) == 0 && symlink("/etc/passwd", path) == 0);
}

static void to_fifo(const char *path)
{
    ck_assert(unlink(path) == 0 && mkfifo(path, 0600) == 0);
}

static void to_dir(const char *path)
{
    ck_assert(unlink(path) == 0 && mkdir(path, 0700) == 0);
}

static void away(const char *path)
{
    ck_assert_int_eq(unlink(path), 0);
}

/* The bytes of another file of ours: sound in themselves, but not what was written here. */
static void swap_in(const char *path)
{
    char dir[512], other[512], bytes[8192];
    (void)snprintf(dir, sizeof(dir), "%s", path);
    *strrchr(dir, '/') = '\0';
    ck_assert_int_gt(sk_names(dir, 5, other, sizeof(other)), 5);
    int from = open(other, O_RDONLY), to = open(path, O_WRONLY);
    ssize_t n = read(from, bytes, sizeof(bytes));
    ck_assert(strcmp(other, path) != 0 && n > 0 && pwrite(to, bytes, (size_t)n, 0) == n && ftruncate(to, n) == 0);
    close(from);
    close(to);
}

static void (*const touches[])(const char *path) = { flip,      cut,       lengthen, empty,  open_up, link_hard,
                                                     link_soft, to_passwd, to_fifo,  to_dir, away,    swap_in };

START_TEST(test_spill_file_that_somebody_touched_is_not_sent)
{
    for (size_t i = 0; i < NJ_COUNT(touches); i++) {
        struct spill_kit b;
        char path[512];
        sk_base(&b);
        sk_open(&b);
        sk_put(&b, NJ_LANE_BULK, 30);
        sk_file(&b, 2, path);
        touches[i](path);
        sk_drain(&b);
        ck_assert_msg(sk_ledger(&b)->dropped[NJ_DROP_spill_damaged] == SK_BATCH, "touch %zu", i);
        ck_assert_uint_eq(b.delivered, b.k.number - SK_BATCH);
        sk_end(&b);
    }
}
END_TEST

START_TEST(test_spill_file_that_somebody_touched_between_two_processes_is_not_sent)
{
    for (size_t i = 0; i + 1 < NJ_COUNT(touches); i++) { /* a copy of a sound file is one: the batch is sent twice */
        struct spill_kit b;
        char path[512];
        sk_base(&b);
        sk_open(&b);
        sk_put(&b, NJ_LANE_BULK, 30);
        uint64_t left = sk_ledger(&b)->spilled;
        sk_crash(&b);
        sk_file(&b, 2, path);
        touches[i](path);
        sk_open(&b);
        struct nj_spill_found found = sk_look(&b);
        sk_drain(&b);
        ck_assert_msg(b.delivered == left - SK_BATCH, "touch %zu: %u of %llu", i, b.delivered, (unsigned long long)left);
        ck_assert_uint_eq(sk_ledger(&b)->recovered.delivered, left - SK_BATCH);
        ck_assert_msg(found.foreign + sk_ledger(&b)->recovered.refused <= 2, "touch %zu", i);
        sk_end(&b);
    }
}
END_TEST

START_TEST(test_spill_directory_that_somebody_removed_costs_what_was_in_it)
{
    struct spill_kit b;
    char dir[256];
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    uint64_t there = sk_ledger(&b)->spilled;
    sk_dir(&b, dir);
    sk_remove_all(dir);
    sk_put(&b, NJ_LANE_BULK, 1); /* meets that there is none */
    kit_pass(&b.k, NJ_SPILL_REST_MS);
    sk_put(&b, NJ_LANE_BULK, 10);
    ck_assert_uint_eq(sk_dirs(&b), 1);
    sk_drain(&b);
    ck_assert_uint_eq(sk_ledger(&b)->dropped[NJ_DROP_spill_damaged], there);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

static void plant(const char *dir, const char *name, const char *text)
{
    char path[600];
    (void)snprintf(path, sizeof(path), "%s/%s", dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    ck_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
}

START_TEST(test_spill_garbage_between_batches_is_removed_and_they_are_sent)
{
    struct spill_kit b;
    char dir[256], path[600];
    struct stat st;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    uint64_t left = sk_ledger(&b)->spilled;
    sk_dir(&b, dir);
    sk_crash(&b);
    plant(b.base, "precious", "mine");
    plant(dir, "notes.txt", "hello");
    plant(dir, ".hidden", "hello");
    plant(dir, "b-0123456789abcdef0123456789abcdef", "njspill");
    plant(dir, "c-0123456789abcdef0123456789abcdef", "{\"when\":\"now\"}\n");
    (void)snprintf(path, sizeof(path), "%s/b-ffffffffffffffffffffffffffffffff", dir);
    ck_assert_int_eq(symlink("../precious", path), 0);
    sk_open(&b);
    struct nj_spill_found found = sk_look(&b);
    ck_assert_uint_eq(found.foreign, 3);
    sk_drain(&b);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.delivered, left);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.refused, 2);
    (void)snprintf(path, sizeof(path), "%s/precious", b.base);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(sk_dirs(&b), 1); /* precious */
    sk_end(&b);
}
END_TEST

/* Names that look like ours, and are not. */
START_TEST(test_spill_what_only_looks_like_a_directory_of_ours_is_left_alone)
{
    static const char random[] = "0123456789abcdef0123456789abcdef";
    struct spill_kit b;
    char real[256], name[5][600];
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    sk_dir(&b, real);
    sk_crash(&b);
    const char *sink = strrchr(real, '/') + 1; /* nightjar-spill-<sink>-... */
    for (int i = 0; i < 5; i++)
        (void)snprintf(name[i], sizeof(name[i]), "%s/%.*s%c%s", b.base, NJ_SPILL_DIR_NAME - NJ_SPILL_DIR_RANDOM, sink, '0' + i, random + 1);
    ck_assert_int_eq(mkdir(name[0], 0755), 0); /* open to others */
    plant(name[0], "b-0123456789abcdef0123456789abcdef", "x");
    ck_assert_int_eq(chmod(name[0], 0755), 0);
    ck_assert_int_eq(symlink(real, name[1]), 0); /* leads to one */
    plant(b.base, strrchr(name[2], '/') + 1, "no directory");
    ck_assert_int_eq(mkfifo(name[3], 0600), 0);
    (void)snprintf(name[4], sizeof(name[4]), "%s/nightjar-spill-short", b.base);
    ck_assert_int_eq(mkdir(name[4], 0700), 0);
    sk_open(&b);
    struct nj_spill_found found = sk_look(&b);
    ck_assert_uint_gt(found.taken, 20);
    ck_assert_uint_eq(found.foreign, 0);
    sk_drain(&b);
    ck_assert_uint_eq(sk_dirs(&b), 5);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(access(name[i], F_OK), i == 1 ? -1 : 0); /* what the link led to is gone, because it was sent */
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_leftovers_beyond_the_limits_are_refused_not_read)
{
    struct spill_kit b;
    char path[512];
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    unsigned files = sk_files(&b);
    sk_file(&b, 2, path);
    sk_crash(&b);
    ck_assert_int_eq(truncate(path, (off_t)1 << 40), 0); /* a terabyte of nothing */
    struct nj_outlet_options o = sk_options(&b);
    o.spill.max_bytes = 6 << 10;
    sk_open_with(&b, &o);
    struct nj_spill_found found = sk_look(&b);
    ck_assert_uint_gt(found.taken, 2);
    ck_assert_uint_eq(found.taken + found.foreign, files);
    ck_assert_uint_le(nj_spill_bytes(nj_outlet_disk(b.k.o)), 6 << 10);
    sk_drain(&b);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_without_a_place_drops_as_without_spill)
{
    static const char *const places[] = { "", "/no/such/place", "/dev/null", "/proc" };
    for (size_t i = 0; i < NJ_COUNT(places); i++) {
        struct spill_kit b;
        sk_base(&b);
        struct nj_outlet_options o = sk_options(&b);
        o.spill.base = nj_str_of(places[i]);
        sk_open_with(&b, &o);
        ck_assert_uint_eq(sk_look(&b).taken, 0);
        sk_put(&b, NJ_LANE_BULK, 30);
        ck_assert_uint_eq(sk_ledger(&b)->spilled, 0);
        ck_assert_uint_gt(sk_ledger(&b)->dropped[NJ_DROP_queue_full], 0);
        nj_outlet_spill(b.k.o, NJ_LANE_BITS_ALL, (struct nj_mono){ INT64_MAX });
        nj_outlet_abandon(b.k.o, NJ_DROP_deadline);
        ck_assert_uint_eq(nj_out_ledger_dropped(sk_ledger(&b)), b.k.number);
        sk_end(&b);
    }
}
END_TEST

/* --- the disk ----------------------------------------------------------------------------------------------------- */

static void play(struct spill_kit *b)
{
    sk_open(b);
    sk_put(b, NJ_LANE_BULK, 8);
    sk_put(b, NJ_LANE_CRITICAL, 4);
    kit_answer(&b->k, NJ_LANE_BULK, NJ_V_DELIVERED);
    if (b->k.sender.busy[NJ_LANE_BULK])
        kit_answer(&b->k, NJ_LANE_BULK, NJ_V_RETRY);
    nj_spill_renew(nj_outlet_disk(b->k.o));
    sk_put(b, NJ_LANE_BULK, 2);
    nj_outlet_drain(b->k.o, (struct nj_mono){ b->k.clock.ms + 300 });
    nj_outlet_spill(b->k.o, NJ_LANE_BITS_ALL, (struct nj_mono){ INT64_MAX });
    nj_outlet_abandon(b->k.o, NJ_DROP_deadline);
    kit_check(&b->k);
    sk_crash(b);
    sk_open(b);
    (void)sk_look(b);
    sk_put(b, NJ_LANE_BULK, 1);
    for (int i = 0; i < 20; i++) {
        if (b->k.sender.busy[i % 2])
            sk_take(b, (enum nj_lane)(i % 2));
        kit_pass(&b->k, 200);
    }
    sk_fault.fail_at = 0; /* what could not be read for lack of descriptors is there still */
    sk_drain(b);
    ck_assert_uint_eq(sk_ledger(b)->delivered + nj_out_ledger_dropped(sk_ledger(b)), SK_BATCH);
    kit_close(&b->k);
    b->k.o = NULL;
}

START_TEST(test_spill_each_call_may_fail_once_or_for_ever_with_any_error)
{
    static const int errors[] = { EINTR, EIO, ENOSPC, EDQUOT, EROFS, EACCES, EMFILE, ENOENT, EEXIST, ESTALE };
    struct spill_kit b;
    sk_base(&b);
    play(&b);
    unsigned calls = sk_fault.calls;
    ck_assert_uint_gt(calls, 100);
    sk_end(&b);
    for (unsigned i = 0; i < 2 * calls * NJ_COUNT(errors); i++) {
        sk_base(&b);
        sk_fault.fail_at = i / 2 / NJ_COUNT(errors) + 1;
        sk_fault.fail_errno = errors[i / 2 % NJ_COUNT(errors)];
        sk_fault.fail_on = i % 2 == 1 && sk_fault.fail_errno != EINTR;
        play(&b);
        sk_end(&b);
    }
}
END_TEST

START_TEST(test_spill_short_writes_and_reads_make_the_same_file)
{
    for (size_t most = 1; most < 40; most += 13) {
        struct spill_kit b;
        sk_base(&b);
        sk_fault.write_most = most;
        sk_open(&b);
        sk_put(&b, NJ_LANE_BULK, 12);
        sk_drain(&b);
        ck_assert_uint_eq(b.delivered, b.k.number);
        ck_assert_uint_gt(sk_ledger(&b)->spill.read, 0);
        sk_end(&b);
    }
}
END_TEST

START_TEST(test_spill_disk_that_works_again_is_used_again)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_fault.fail_at = 1;
    sk_fault.fail_on = true;
    sk_fault.fail_errno = ENOSPC;
    sk_put(&b, NJ_LANE_BULK, 30);
    ck_assert_uint_lt(sk_fault.calls, 10); /* not asked for every batch */
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 0);
    sk_fault.fail_at = 0;
    kit_pass(&b.k, NJ_SPILL_REST_MS);
    sk_put(&b, NJ_LANE_BULK, 10);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 10 * SK_BATCH);
    sk_drain(&b);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_at_shutdown_a_disk_that_was_left_in_peace_is_asked_once_more)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_fault.fail_at = 1;
    sk_fault.fail_errno = ENOSPC;
    sk_put(&b, NJ_LANE_BULK, 12);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 0);
    uint64_t held = sk_ledger(&b)->held;
    nj_outlet_spill(b.k.o, NJ_LANE_BITS_ALL, (struct nj_mono){ b.k.clock.ms + 50 });
    ck_assert_uint_eq(sk_ledger(&b)->spilled, held);
    sk_fault.fail_at = sk_fault.calls + 1;
    sk_fault.fail_on = true;
    sk_put(&b, NJ_LANE_BULK, 6);
    unsigned calls = sk_fault.calls;
    nj_outlet_spill(b.k.o, NJ_LANE_BITS_ALL, (struct nj_mono){ b.k.clock.ms + 50 });
    ck_assert_uint_le(sk_fault.calls, calls + 3); /* once, not for every batch */
    sk_fault.fail_at = 0;
    sk_drain(&b);
    sk_end(&b);
}
END_TEST

/* --- the end of the process --------------------------------------------------------------------------------------- */

START_TEST(test_spill_end_of_the_process_at_any_byte_loses_that_batch_only)
{
    for (size_t at = 1;; at++) {
        struct spill_kit b;
        sk_base(&b);
        sk_open(&b);
        sk_fault.write_left = 3 * 1100 + at; /* somewhere in the fourth file or the fifth */
        sk_put(&b, NJ_LANE_BULK, 14);
        bool over = sk_fault.fail_at == 0;
        sk_crash(&b);
        memset(&sk_fault, 0, sizeof(sk_fault));
        unsigned whole = sk_files(&b) - (over ? 0 : 1);
        sk_open(&b);
        (void)sk_look(&b);
        sk_drain(&b);
        ck_assert_uint_ge(b.delivered, whole * SK_BATCH);
        ck_assert_uint_le(b.delivered, whole * SK_BATCH + SK_BATCH);
        ck_assert_uint_eq(sk_ledger(&b)->recovered.delivered, b.delivered);
        sk_end(&b);
        if (over)
            break;
    }
}
END_TEST

/* A child writes and reads for as long as it lives, and tells of each round; what it leaves must be whole. */
static void child(const char *base, unsigned number, int rounds)
{
    struct spill_kit b = { .k = { .number = number } };
    int nowhere = open("/dev/null", O_RDWR);
    for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
        if (fd != rounds && fd != nowhere && fcntl(fd, F_GETFD) >= 0)
            (void)dup2(nowhere, fd); /* check tells its parent of each step, and a half-told one would confuse it */
    memcpy(b.base, base, sizeof(b.base));
    sk_open(&b);
    (void)sk_look(&b);
    while (write(rounds, "x", 1) == 1) {
        kit_put(&b.k, NJ_LANE_BULK, 14 * SK_BATCH);
        kit_put(&b.k, NJ_LANE_CRITICAL, 2 * SK_BATCH);
        b.k.number = number;
        for (int i = 0; i < 12; i++)
            for (int lane = 0; lane < NJ_LANES; lane++)
                if (b.k.sender.busy[lane])
                    sk_take(&b, (enum nj_lane)lane);
    }
    _exit(1);
}

START_TEST(test_spill_killed_at_two_hundred_random_points_leaves_nothing_corrupt)
{
    enum { KILLS = 200, ROUNDS = 5, LONGEST_US = 1000 };
    struct spill_kit b;
    uint64_t recovered = 0;
    sk_base(&b);
    for (unsigned i = 0; i < KILLS; i++) {
        int rounds[2], status = 0;
        char c = 0;
        ck_assert_int_eq(pipe(rounds), 0);
        pid_t pid = fork();
        ck_assert_int_ge(pid, 0);
        if (pid == 0)
            child(b.base, i, rounds[1]);
        for (unsigned n = 0; n <= i % ROUNDS; n++)
            ck_assert_int_eq(read(rounds[0], &c, 1), 1);
        usleep((useconds_t)(i * 2654435761u % LONGEST_US));
        kill(pid, SIGKILL);
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_msg(WIFSIGNALED(status), "the child failed by itself");
        close(rounds[0]);
        close(rounds[1]);
        if (i % 4 != 3)
            continue; /* the next child finds what this one left */
        sk_open(&b);
        (void)sk_look(&b);
        sk_drain(&b);
        recovered += sk_ledger(&b)->recovered.delivered;
        ck_assert_uint_le(sk_ledger(&b)->recovered.refused, 4); /* each of the four was in the middle of one file at most */
        ck_assert_uint_eq(sk_dirs(&b), 0);
        kit_close(&b.k);
        b.k.o = NULL;
    }
    ck_assert_uint_gt(recovered, 100);
    sk_end(&b);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_spill_file_that_somebody_touched_is_not_sent)                                                                                   \
    X(test_spill_file_that_somebody_touched_between_two_processes_is_not_sent)                                                             \
    X(test_spill_directory_that_somebody_removed_costs_what_was_in_it)                                                                     \
    X(test_spill_garbage_between_batches_is_removed_and_they_are_sent)                                                                     \
    X(test_spill_what_only_looks_like_a_directory_of_ours_is_left_alone)                                                                   \
    X(test_spill_leftovers_beyond_the_limits_are_refused_not_read)                                                                         \
    X(test_spill_without_a_place_drops_as_without_spill)                                                                                   \
    X(test_spill_each_call_may_fail_once_or_for_ever_with_any_error)                                                                       \
    X(test_spill_short_writes_and_reads_make_the_same_file)                                                                                \
    X(test_spill_disk_that_works_again_is_used_again)                                                                                      \
    X(test_spill_at_shutdown_a_disk_that_was_left_in_peace_is_asked_once_more)                                                             \
    X(test_spill_end_of_the_process_at_any_byte_loses_that_batch_only)                                                                     \
    X(test_spill_killed_at_two_hundred_random_points_leaves_nothing_corrupt)

NJ_TEST_MAIN("spill_faults")

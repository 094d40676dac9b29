/* What the tests of the spill share: a directory of their own, an outlet that has little memory, and system calls that fail when told. */
#ifndef NIGHTJAR_TESTS_SPILL_KIT_H
#define NIGHTJAR_TESTS_SPILL_KIT_H

#include "../../src/deliver/spill_disk.h"
#include "deliver_kit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

enum { SK_NUMBERS = 4000, SK_QUEUE = 8 << 10, SK_BATCH = 4 };

struct spill_kit {
    struct kit k;
    char base[64];
    unsigned char seen[SK_NUMBERS]; /* how often each record was delivered */
    unsigned delivered;
};

/* --- system calls ------------------------------------------------------------------------------------------------- */

/* Counts the calls; the one numbered fail_at (from 1) fails with fail_errno, and with fail_on all after it, too. */
static struct {
    unsigned calls, fail_at;
    int fail_errno;
    bool fail_on;
    size_t write_most; /* bytes that one writev() takes; 0: all */
    size_t write_left; /* bytes until the disk is gone for good; 0: for ever */
    int64_t slow_ms;   /* how long one writev() takes */
    struct kit_clock *clock;
    bool tight; /* the file system has no room to spare */
} sk_fault;

static inline bool sk_fails(void)
{
    sk_fault.calls++;
    bool fails = sk_fault.fail_at != 0 && (sk_fault.calls == sk_fault.fail_at || (sk_fault.fail_on && sk_fault.calls > sk_fault.fail_at));
    if (fails)
        errno = sk_fault.fail_errno;
    return fails;
}

static inline int sk_openat(int dir, const char *name, int flags, mode_t mode)
{
    return sk_fails() ? -1 : nj_spill_system.openat(dir, name, flags, mode);
}
static inline int sk_mkdirat(int dir, const char *name, mode_t mode)
{
    return sk_fails() ? -1 : mkdirat(dir, name, mode);
}
static inline int sk_fstat(int fd, struct stat *st)
{
    return sk_fails() ? -1 : fstat(fd, st);
}
static inline int sk_fstatvfs(int fd, struct statvfs *st)
{
    if (sk_fails())
        return -1;
    int rc = fstatvfs(fd, st);
    st->f_bavail = sk_fault.tight ? NJ_SPILL_RESERVE / st->f_frsize : st->f_blocks; /* however full the disk of this machine is */
    return rc;
}
static inline int sk_flock(int fd, int how)
{
    return sk_fails() ? -1 : nj_spill_system.flock(fd, how);
}
static inline ssize_t sk_writev(int fd, const struct iovec *iov, int n)
{
    struct iovec one = iov[0];
    (void)n;
    if (sk_fails())
        return -1;
    if (sk_fault.clock != NULL)
        sk_fault.clock->ms += sk_fault.slow_ms;
    if (sk_fault.write_most == 0 && sk_fault.write_left == 0)
        return writev(fd, iov, n);
    if (sk_fault.write_most != 0 && one.iov_len > sk_fault.write_most)
        one.iov_len = sk_fault.write_most;
    if (sk_fault.write_left != 0 && one.iov_len >= sk_fault.write_left) { /* the process ends here */
        ssize_t got = writev(fd, &(struct iovec){ one.iov_base, sk_fault.write_left - 1 }, 1);
        (void)got;
        sk_fault.fail_at = sk_fault.calls;
        sk_fault.fail_on = true;
        errno = sk_fault.fail_errno = EIO;
        return -1;
    }
    if (sk_fault.write_left != 0)
        sk_fault.write_left -= one.iov_len;
    return writev(fd, &one, 1);
}
static inline ssize_t sk_read(int fd, void *to, size_t n)
{
    return sk_fails() ? -1 : read(fd, to, sk_fault.write_most != 0 && n > sk_fault.write_most ? sk_fault.write_most : n);
}
static inline int sk_close(int fd)
{
    bool fails = sk_fails();
    return close(fd) != 0 || fails ? -1 : 0;
}
static inline int sk_unlinkat(int dir, const char *name, int flags)
{
    return sk_fails() ? -1 : unlinkat(dir, name, flags);
}
static inline int sk_renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return sk_fails() ? -1 : renameat(from_dir, from, to_dir, to);
}

static const struct nj_spill_calls sk_calls = {
    .openat = sk_openat,
    .mkdirat = sk_mkdirat,
    .fstat = sk_fstat,
    .fstatvfs = sk_fstatvfs,
    .flock = sk_flock,
    .writev = sk_writev,
    .read = sk_read,
    .close = sk_close,
    .unlinkat = sk_unlinkat,
    .renameat = sk_renameat,
};

/* --- the bench ---------------------------------------------------------------------------------------------------- */

static inline void sk_base(struct spill_kit *b)
{
    bool shm = access("/dev/shm", W_OK) == 0; /* thousands of directories are made and removed */
    *b = (struct spill_kit){ .k = { .changed = 0 } };
    (void)snprintf(b->base, sizeof(b->base), "%s/nightjar-test-spill-XXXXXX", shm ? "/dev/shm" : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(b->base));
    memset(&sk_fault, 0, sizeof(sk_fault));
    nj_diag_threshold(NJ_LEVEL_ERROR);
}

static inline struct nj_outlet_options sk_options(struct spill_kit *b)
{
    struct nj_outlet_options o = kit_options(&b->k);
    o.batch.max_records = SK_BATCH;
    o.queue_bytes = SK_QUEUE;
    o.spill = (struct nj_spill_options){ .base = nj_str_of(b->base), .max_bytes = 1 << 20, .calls = &sk_calls };
    return o;
}

/* An outlet of a new process, with the numbers of its records going on. */
static inline void sk_open_with(struct spill_kit *b, const struct nj_outlet_options *o)
{
    unsigned number = b->k.number;
    b->k = (struct kit){ .number = number };
    struct nj_outlet_options own = *o;
    own.ctx = &b->k;
    kit_open_with(&b->k, &own);
}

static inline void sk_open(struct spill_kit *b)
{
    struct nj_outlet_options o = sk_options(b);
    sk_open_with(b, &o);
}

static inline const struct nj_out_ledger *sk_ledger(struct spill_kit *b)
{
    return nj_outlet_ledger(b->k.o);
}

static inline struct nj_spill_found sk_look(struct spill_kit *b)
{
    struct nj_spill *disk = nj_outlet_disk(b->k.o);
    struct nj_spill_found found = nj_spill_look(&disk, 1);
    nj_outlet_found(b->k.o);
    kit_check(&b->k);
    return found;
}

/* What is sent must be whole records, one a line. */
static inline void sk_note(struct spill_kit *b, const struct nj_sealed *s)
{
    struct nj_str rest = nj_buf_str(&s->bytes), line;
    size_t lines = 0;
    ck_assert(rest.n != 0 && rest.p[rest.n - 1] == '\n');
    rest.n--;
    while (nj_str_cut(&rest, '\n', &line)) {
        size_t at = nj_str_find(line, NJ_STR("\"id\":\"r-"), 0);
        ck_assert(nj_str_starts(line, NJ_STR("{\"when\":")) && nj_str_ends(line, NJ_STR("\"}")) && at != NJ_NPOS);
        unsigned long number = strtoul(line.p + at + 8, NULL, 10);
        ck_assert_uint_lt(number, SK_NUMBERS);
        b->seen[number]++;
        b->delivered++;
        lines++;
    }
    ck_assert_uint_eq(lines, s->records);
}

static inline void sk_take(struct spill_kit *b, enum nj_lane lane)
{
    sk_note(b, b->k.sender.at[lane].batch);
    kit_answer(&b->k, lane, NJ_V_DELIVERED);
}

/* The sink takes everything there is. */
static inline void sk_drain(struct spill_kit *b)
{
    nj_outlet_flush(b->k.o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 3000 && nj_outlet_pending(b->k.o, NJ_LANE_BITS_ALL); i++) {
        for (int lane = 0; lane < NJ_LANES; lane++)
            if (b->k.sender.busy[lane])
                sk_take(b, (enum nj_lane)lane);
        kit_pass(&b->k, 100);
    }
    ck_assert_msg(!nj_outlet_pending(b->k.o, NJ_LANE_BITS_ALL), "something is stuck");
    ck_assert_uint_eq(sk_ledger(b)->held + sk_ledger(b)->spilled + sk_ledger(b)->recovered.held, 0);
}

static inline void sk_put(struct spill_kit *b, enum nj_lane lane, unsigned batches)
{
    kit_put(&b->k, lane, batches * SK_BATCH);
}

/* --- what is on disk ---------------------------------------------------------------------------------------------- */

static inline int sk_by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The n-th name in a directory, or its number when n is -1. */
static inline int sk_names(const char *dir, int n, char *out, size_t room)
{
    struct dirent **list = NULL;
    int all = scandir(dir, &list, NULL, sk_by_name), found = 0;
    for (int i = 0; i < all; i++) {
        if (list[i]->d_name[0] != '.' && found++ == n)
            ck_assert_int_lt(snprintf(out, room, "%s/%s", dir, list[i]->d_name), (int)room);
        free(list[i]);
    }
    free(list);
    return found;
}

static inline unsigned sk_dirs(const struct spill_kit *b)
{
    return (unsigned)sk_names(b->base, -1, NULL, 0);
}

static inline void sk_dir(const struct spill_kit *b, char out[static 256])
{
    ck_assert_int_ge(sk_names(b->base, 0, out, 256), 1);
}

static inline unsigned sk_files(const struct spill_kit *b)
{
    char dir[256];
    if (sk_dirs(b) == 0)
        return 0;
    sk_dir(b, dir);
    return (unsigned)sk_names(dir, -1, NULL, 0);
}

/* The n-th file, bulk batches before critical ones. */
static inline void sk_file(const struct spill_kit *b, int n, char out[static 512])
{
    char dir[256];
    sk_dir(b, dir);
    ck_assert_int_gt(sk_names(dir, n, out, 512), n);
}

static inline void sk_remove_all(const char *path)
{
    char below[512];
    while (sk_names(path, 0, below, sizeof(below)) > 0)
        if (unlink(below) != 0)
            sk_remove_all(below);
    ck_assert_int_eq(rmdir(path), 0);
}

static inline void sk_end(struct spill_kit *b)
{
    if (b->k.o != NULL)
        kit_close(&b->k);
    sk_remove_all(b->base);
    nj_diag_threshold(NJ_LEVEL_WARN);
}

/* The process ends as it is: what is on disk stays there. */
static inline void sk_crash(struct spill_kit *b)
{
    nj_outlet_free(b->k.o);
    nj_sink_fini(&b->k.sink);
    nj_loop_free(b->k.loop);
    b->k.o = NULL;
}

#endif

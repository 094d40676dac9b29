/* Directories and files of spilled batches. */
#include "spill_disk.h"

#include "nightjar/hex.h"
#include "nightjar/random.h"
#include "nightjar/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

enum { DIR_MODE = 0700, FILE_MODE = 0600, OTHERS = 077, RESERVE_SHARE = 10 };

static int sys_openat(int dir, const char *name, int flags, mode_t mode)
{
    return openat(dir, name, flags, mode);
}

const struct nj_spill_calls nj_spill_system = {
    .openat = sys_openat,
    .mkdirat = mkdirat,
    .fstat = fstat,
    .fstatvfs = fstatvfs,
    .flock = flock,
    .writev = writev,
    .read = read,
    .close = close,
    .unlinkat = unlinkat,
    .renameat = renameat,
};

enum nj_status nj_spill_disk_init(struct nj_spill_disk *d, const struct nj_spill_calls *call, struct nj_str base,
                                  const uint8_t sink_id[static NJ_SPILL_SINK])
{
    *d = (struct nj_spill_disk){ .call = call, .base_fd = -1, .dir_fd = -1 };
    nj_hex_write(d->sink, NJ_SPILL_DIR_SINK, sink_id);
    d->base = strndup(base.p, base.n);
    return d->base != NULL ? NJ_OK : NJ_ENOMEM;
}

static void close_dir(struct nj_spill_disk *d)
{
    if (d->dir_fd >= 0)
        (void)d->call->close(d->dir_fd);
    if (d->base_fd >= 0)
        (void)d->call->close(d->base_fd);
    d->dir_fd = d->base_fd = -1;
    d->name[0] = '\0';
}

void nj_spill_disk_fini(struct nj_spill_disk *d)
{
    close_dir(d);
    free(d->base);
    d->base = NULL;
}

/* --- the directory ------------------------------------------------------------------------------------------------ */

static void make_name(const struct nj_spill_disk *d, char out[static NJ_SPILL_DIR_NAME + 1])
{
    char random[NJ_SPILL_DIR_RANDOM + 1];
    nj_random_hex(random, NJ_SPILL_DIR_RANDOM);
    (void)snprintf(out, NJ_SPILL_DIR_NAME + 1, NJ_SPILL_PREFIX "%s-%s", d->sink, random);
}

int nj_spill_disk_claim(const struct nj_spill_calls *call, int base_fd, const char *name)
{
    struct stat st;
    int fd = call->openat(base_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int sys = call->fstat(fd, &st) != 0 ? errno : 0;
    if (sys == 0 && (st.st_uid != geteuid() || (st.st_mode & OTHERS) != 0))
        sys = EPERM;
    if (sys == 0 && call->flock(fd, LOCK_EX | LOCK_NB) != 0)
        sys = errno;
    if (sys == 0)
        return fd;
    (void)call->close(fd);
    errno = sys;
    return -1;
}

static int make_dir(struct nj_spill_disk *d)
{
    char name[NJ_SPILL_DIR_NAME + 1];
    if (d->dir_fd >= 0)
        return 0;
    int base = d->call->openat(AT_FDCWD, d->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (base < 0)
        return errno;
    make_name(d, name);
    int sys = d->call->mkdirat(base, name, DIR_MODE) != 0 ? errno : 0;
    int fd = sys == 0 ? nj_spill_disk_claim(d->call, base, name) : -1;
    if (fd < 0) {
        if (sys == 0) {
            sys = errno;
            (void)d->call->unlinkat(base, name, AT_REMOVEDIR);
        }
        (void)d->call->close(base);
        return sys;
    }
    d->base_fd = base;
    d->dir_fd = fd;
    memcpy(d->name, name, sizeof(d->name));
    return 0;
}

void nj_spill_disk_leave(struct nj_spill_disk *d)
{
    if (d->dir_fd >= 0 && d->call->unlinkat(d->base_fd, d->name, AT_REMOVEDIR) == 0)
        close_dir(d);
}

void nj_spill_disk_rename(struct nj_spill_disk *d)
{
    char name[NJ_SPILL_DIR_NAME + 1];
    if (d->dir_fd < 0)
        return;
    make_name(d, name);
    if (d->call->renameat(d->base_fd, d->name, d->base_fd, name) == 0)
        memcpy(d->name, name, sizeof(d->name));
}

/* --- files -------------------------------------------------------------------------------------------------------- */

/* The function uses the same file system and must not find it full. */
static int room_for(const struct nj_spill_disk *d, uint64_t size)
{
    struct statvfs fs;
    if (d->call->fstatvfs(d->dir_fd, &fs) != 0)
        return errno;
    uint64_t unit = fs.f_frsize, reserve = (uint64_t)fs.f_blocks * unit / RESERVE_SHARE, free_bytes = (uint64_t)fs.f_bavail * unit;
    if (reserve > NJ_SPILL_RESERVE)
        reserve = NJ_SPILL_RESERVE;
    return free_bytes > reserve && size <= free_bytes - reserve ? 0 : ENOSPC;
}

static int write_all(const struct nj_spill_disk *d, int fd, const struct iovec *parts, int n)
{
    struct iovec left[8];
    struct iovec *at = left;
    memcpy(left, parts, (size_t)n * sizeof(left[0]));
    while (n > 0) {
        ssize_t got = d->call->writev(fd, at, n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : EIO;
        size_t done = (size_t)got;
        for (; n > 0 && done >= at->iov_len; at++, n--)
            done -= at->iov_len;
        if (n > 0) {
            at->iov_base = (char *)at->iov_base + done;
            at->iov_len -= done;
        }
    }
    return 0;
}

int nj_spill_disk_write(struct nj_spill_disk *d, const char *name, const struct iovec *parts, int n)
{
    uint64_t size = 0;
    for (int i = 0; i < n; i++)
        size += parts[i].iov_len;
    int sys = make_dir(d);
    if (sys == 0)
        sys = room_for(d, size);
    int fd = sys == 0 ? d->call->openat(d->dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, FILE_MODE) : -1;
    if (sys == 0 && fd < 0)
        sys = errno;
    if (fd >= 0) {
        sys = write_all(d, fd, parts, n);
        if (d->call->close(fd) != 0 && errno != EINTR && sys == 0)
            sys = errno;
        if (sys != 0)
            (void)d->call->unlinkat(d->dir_fd, name, 0);
    }
    if (sys == ENOENT) /* somebody removed the directory: the next one is a new one */
        close_dir(d);
    return sys;
}

static int read_all(const struct nj_spill_disk *d, int fd, struct nj_buf *out, size_t size)
{
    while (out->n < size) {
        ssize_t got = d->call->read(fd, out->p + out->n, size - out->n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? errno : ESTALE;
        out->n += (size_t)got;
    }
    return 0;
}

/* A plain file of our own, with this one name, and closed to others. */
static bool is_ours(const struct stat *st, size_t size)
{
    return S_ISREG(st->st_mode) && st->st_uid == geteuid() && (st->st_mode & OTHERS) == 0 && st->st_nlink == 1 && st->st_size >= 0 &&
           (uint64_t)st->st_size == size;
}

int nj_spill_disk_read(struct nj_spill_disk *d, const char *name, size_t size, struct nj_buf *out)
{
    struct stat st;
    *out = (struct nj_buf){ .max = size };
    /* O_NONBLOCK: a FIFO is opened and found out, not waited for. */
    int fd = d->call->openat(d->dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0);
    if (fd < 0)
        return errno;
    int sys = d->call->fstat(fd, &st) != 0 ? errno : is_ours(&st, size) ? 0 : ESTALE;
    if (sys == 0) {
        out->p = malloc(size);
        out->cap = size;
        sys = out->p != NULL ? read_all(d, fd, out, size) : ENOMEM;
    }
    (void)d->call->close(fd);
    if (sys != 0)
        nj_buf_fini(out);
    return sys;
}

void nj_spill_disk_remove(struct nj_spill_disk *d, const char *name)
{
    if (d->dir_fd >= 0)
        (void)d->call->unlinkat(d->dir_fd, name, 0);
}

/* --- names -------------------------------------------------------------------------------------------------------- */

static bool all_hex(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!nj_is_hex(s.p[i]))
            return false;
    return true;
}

bool nj_spill_dir_name(struct nj_str name)
{
    size_t prefix = sizeof(NJ_SPILL_PREFIX) - 1, dash = prefix + NJ_SPILL_DIR_SINK;
    return name.n == NJ_SPILL_DIR_NAME && nj_str_starts(name, NJ_STR(NJ_SPILL_PREFIX)) && name.p[dash] == '-' &&
           all_hex(nj_str_slice(name, prefix, dash)) && all_hex(nj_str_slice(name, dash + 1, name.n));
}

bool nj_spill_file_name(struct nj_str name)
{
    return name.n == NJ_SPILL_FILE_NAME && (name.p[0] == 'c' || name.p[0] == 'b') && name.p[1] == '-' &&
           all_hex(nj_str_slice(name, 2, name.n));
}

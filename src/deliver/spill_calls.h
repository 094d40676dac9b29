/* The system calls of the spill, in one place, so that tests can let each of them fail. */
#ifndef NJ_DELIVER_SPILL_CALLS_H
#define NJ_DELIVER_SPILL_CALLS_H

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>

struct nj_spill_calls {
    int (*openat)(int dir, const char *name, int flags, mode_t mode);
    int (*mkdirat)(int dir, const char *name, mode_t mode);
    int (*fstat)(int fd, struct stat *st);
    int (*fstatvfs)(int fd, struct statvfs *st);
    int (*flock)(int fd, int how);
    ssize_t (*writev)(int fd, const struct iovec *iov, int n);
    ssize_t (*read)(int fd, void *to, size_t n);
    int (*close)(int fd);
    int (*unlinkat)(int dir, const char *name, int flags);
    int (*renameat)(int from_dir, const char *from, int to_dir, const char *to);
};
extern const struct nj_spill_calls nj_spill_system;

#endif

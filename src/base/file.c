/* Reads a small file whole, or says why not. */
#include "nightjar/file.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static enum nj_status read_all(int fd, size_t max, struct nj_buf *out)
{
    enum { STEP = 4096 };
    size_t from = out->n;
    for (;;) {
        if (nj_buf_reserve(out, STEP) != NJ_OK)
            return out->err;
        ssize_t n = read(fd, out->p + out->n, STEP);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? NJ_OK : NJ_EREMOTE;
        out->n += (size_t)n;
        if (out->n - from > max)
            return NJ_ELIMIT;
    }
}

enum nj_status nj_file_read(const char *path, size_t max, struct nj_buf *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return NJ_EREMOTE;
    enum nj_status st = read_all(fd, max, out);
    int keep = errno;
    close(fd);
    errno = keep;
    return st;
}

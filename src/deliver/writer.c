/* Writes batches to standard output or to a file without ever making the loop wait.
 *
 * One batch at a time, so that the lines of two lanes never mix; critical before bulk.  A pipe is given PIPE_BUF bytes when
 * it polls writable, which is what it then takes without blocking: setting O_NONBLOCK would do so for every process that
 * shares the descriptor.  A batch that could not be finished is cut off the file again; where that cannot be done, the next
 * batch begins on a new line.
 */
#include "sender.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PIECE = 64 << 10, TURN_BUDGET = 256 << 10, NO_LANE = NJ_LANES, POLL_AGAIN_MS = 10 };

enum kind { KIND_FILE, KIND_PIPE, KIND_SOCKET };

struct job {
    const struct nj_sealed *batch; /* NULL = none */
    const struct nj_sink *sink;
    void (*done)(void *ctx, const struct nj_answer *a);
    void *ctx;
};

struct writer {
    struct nj_sender sender;
    struct nj_loop *loop;
    int given_fd; /* -1: the sink's path */
    int fd;
    enum kind kind;
    struct job jobs[NJ_LANES];
    unsigned current; /* lane of the batch being written, or NO_LANE */
    size_t written;
    off_t start; /* where the batch begins in the file */
    bool torn;   /* half a line lies before us */
    struct nj_timer timer;
    struct nj_watch watch;
};

/* What may mend itself; everything else wants somebody to change something. */
static bool is_passing(int sys)
{
    static const int rows[] = { ENOSPC, EDQUOT, EIO, ENOMEM, EMFILE, ENFILE, ENOBUFS, EAGAIN };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        if (rows[i] == sys)
            return true;
    return false;
}

/* --- one batch ---------------------------------------------------------------------------------------------------- */

static int open_target(struct writer *w, const struct nj_sink *sink)
{
    struct stat st;
    w->fd = w->given_fd;
    if (w->given_fd < 0) /* O_NONBLOCK: a FIFO without a reader is refused instead of waited for */
        w->fd = open(sink->path.p, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (w->fd < 0 || fstat(w->fd, &st) != 0)
        return errno;
    w->kind = S_ISREG(st.st_mode) ? KIND_FILE : S_ISSOCK(st.st_mode) ? KIND_SOCKET : KIND_PIPE;
    w->start = st.st_size;
    w->written = 0;
    return 0;
}

static void close_target(struct writer *w)
{
    if (w->watch.active)
        nj_watch_stop(w->loop, &w->watch);
    if (w->given_fd < 0 && w->fd >= 0)
        close(w->fd);
    w->fd = -1;
}

/* The batch stops half-way: nothing of it shall stay, or at least its tail shall not run into the next line. */
static void take_back(struct writer *w)
{
    struct stat st;
    if (w->written == 0)
        return;
    bool ours = w->kind == KIND_FILE && fstat(w->fd, &st) == 0 && st.st_size == w->start + (off_t)w->written;
    if (!ours || ftruncate(w->fd, w->start) != 0)
        w->torn = true;
    w->written = 0;
}

static void finish(struct writer *w, int sys)
{
    struct job job = w->jobs[w->current];
    struct nj_answer a = { .verdict = NJ_V_DELIVERED, .retry_after_ms = -1, .words = "" };
    if (sys != 0) {
        a.verdict = is_passing(sys) ? NJ_V_RETRY : NJ_V_CONFIG;
        a.words = strerror(sys); /* strerror_r means two things, by the C library */
        if (w->fd >= 0)
            take_back(w);
    }
    close_target(w);
    w->jobs[w->current] = (struct job){ .batch = NULL };
    w->current = NO_LANE;
    job.done(job.ctx, &a);
}

/* Bytes written, or -errno. */
static ssize_t write_piece(struct writer *w, const char *p, size_t n)
{
    struct pollfd fd = { .fd = w->fd, .events = POLLOUT };
    ssize_t got = 0;
    if (w->kind == KIND_PIPE) {
        if (poll(&fd, 1, 0) == 0)
            return -EAGAIN;
        n = n < PIPE_BUF ? n : PIPE_BUF;
    }
    n = n < PIECE ? n : PIECE;
    do
        got = w->kind == KIND_SOCKET ? send(w->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL) : write(w->fd, p, n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    return got == 0 ? -EIO : got;
}

static int mend_line(struct writer *w, const struct nj_sealed *b)
{
    if (!w->torn || b->codec != NJ_CODEC_NONE)
        return 0;
    ssize_t n = write_piece(w, "\n", 1);
    if (n < 0)
        return (int)-n;
    w->torn = false;
    w->start += n;
    return 0;
}

static void wait_writable(struct writer *w)
{
    if (w->watch.active)
        return;
    w->watch.fd = w->fd;
    w->watch.events = POLLOUT;
    if (nj_watch_start(w->loop, &w->watch) != NJ_OK)
        nj_timer_set(w->loop, &w->timer, POLL_AGAIN_MS);
}

static bool pick(struct writer *w)
{
    for (unsigned lane = 0; lane < NJ_LANES; lane++) {
        if (w->jobs[lane].batch == NULL)
            continue;
        w->current = lane;
        return true;
    }
    return false;
}

/* Writes as much of the current batch as may be written now.  False when there is nothing left to do in this turn. */
static bool go_on(struct writer *w, size_t *budget)
{
    const struct nj_sealed *b = w->jobs[w->current].batch;
    int sys = mend_line(w, b);
    while (sys == 0 && w->written<b->bytes.n && * budget> 0) {
        ssize_t n = write_piece(w, b->bytes.p + w->written, b->bytes.n - w->written);
        if (n < 0) {
            sys = (int)-n;
            break;
        }
        w->written += (size_t)n;
        *budget = (size_t)n < *budget ? *budget - (size_t)n : 0;
    }
    if (sys == EAGAIN) {
        wait_writable(w);
        return false;
    }
    if (sys == 0 && w->written < b->bytes.n) {
        nj_timer_set(w->loop, &w->timer, 0);
        return false;
    }
    finish(w, sys);
    return true;
}

static void run(void *ctx)
{
    struct writer *w = ctx;
    size_t budget = TURN_BUDGET;
    bool more = true;
    nj_timer_stop(w->loop, &w->timer);
    while (more && (w->current != NO_LANE || pick(w))) {
        int sys = w->fd < 0 ? open_target(w, w->jobs[w->current].sink) : 0;
        if (sys != 0)
            finish(w, sys);
        else
            more = go_on(w, &budget);
        if (more && budget == 0) { /* the rest has its turn later */
            nj_timer_set(w->loop, &w->timer, 0);
            more = false;
        }
    }
    if (more) /* what a callback started is written already */
        nj_timer_stop(w->loop, &w->timer);
}

static void on_writable(void *ctx, short revents)
{
    struct writer *w = ctx;
    (void)revents; /* an error shows itself in the write */
    nj_watch_stop(w->loop, &w->watch);
    run(w);
}

/* --- the sender's face -------------------------------------------------------------------------------------------- */

static enum nj_status writer_start(struct nj_sender *s, const struct nj_attempt *a)
{
    struct writer *w = (struct writer *)s;
    w->jobs[a->batch->lane] = (struct job){ .batch = a->batch, .sink = a->sink, .done = a->done, .ctx = a->ctx };
    if (w->current == NO_LANE && !w->timer.armed)
        nj_timer_set(w->loop, &w->timer, 0);
    return NJ_OK;
}

static void writer_cancel(struct nj_sender *s, enum nj_lane lane)
{
    struct writer *w = (struct writer *)s;
    bool now = w->current == (unsigned)lane;
    w->jobs[lane] = (struct job){ .batch = NULL };
    if (!now)
        return;
    if (w->fd >= 0)
        take_back(w);
    close_target(w);
    w->current = NO_LANE;
    nj_timer_set(w->loop, &w->timer, 0);
}

static void writer_fresh(struct nj_sender *s)
{
    (void)s;
}

static void writer_free(struct nj_sender *s)
{
    struct writer *w = (struct writer *)s;
    for (int lane = 0; lane < NJ_LANES; lane++)
        writer_cancel(s, (enum nj_lane)lane);
    nj_timer_stop(w->loop, &w->timer);
    free(w);
}

static const struct nj_sender_ops writer_ops = {
    .patient = true, .start = writer_start, .cancel = writer_cancel, .fresh = writer_fresh, .free = writer_free
};

enum nj_status nj_writer_new(struct nj_sender **out, struct nj_loop *l, int fd)
{
    *out = NULL;
    struct writer *w = calloc(1, sizeof(*w));
    if (w == NULL)
        return NJ_ENOMEM;
    w->sender.ops = &writer_ops;
    w->loop = l;
    w->given_fd = fd;
    w->fd = -1;
    w->current = NO_LANE;
    w->timer = (struct nj_timer){ .fire = run, .ctx = w };
    w->watch = (struct nj_watch){ .ready = on_writable, .ctx = w, .fd = -1 };
    *out = &w->sender;
    return NJ_OK;
}

/* cap_stream.c -- non-blocking sockets and OpenSSL behind one poll. */
#include "cap_stream.h"

#include "cap_tls.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HANDSHAKE_MS = 10000, WRITE_STEP = 16 << 10 };

static const char *const io_names[] = { "", "closed by the client", "connection failed", "stopped", "timed out" };

const char *cap_io_name(enum cap_io io)
{
    return io_names[io];
}

static int64_t now_ms(void)
{
    struct nj_clock c;
    nj_clock_init(&c, NULL, NULL);
    return c.mono.ms;
}

/* Waits for events on the descriptor; gone tells that only the end of the peer is of interest. */
static enum cap_io wait_for(const struct cap_stream *s, short events, int64_t until_ms)
{
    for (;;) {
        int64_t left = until_ms < 0 ? -1 : until_ms - now_ms();
        if (until_ms >= 0 && left <= 0)
            return CAP_IO_TIMEOUT;
        struct pollfd fds[2] = { { .fd = s->fd, .events = events }, { .fd = s->stop_fd, .events = POLLIN } };
        int n = poll(fds, 2, left > 60000 ? 60000 : (int)left);
        if (n < 0 && errno != EINTR)
            return CAP_IO_ERROR;
        if (n <= 0)
            continue;
        if (fds[1].revents != 0)
            return CAP_IO_STOPPED;
        if (fds[0].revents != 0)
            return CAP_IO_OK;
    }
}

static int64_t deadline(int64_t timeout_ms)
{
    return timeout_ms < 0 ? -1 : now_ms() + timeout_ms;
}

/* What an OpenSSL call wants next; CAP_IO_OK = call again. */
static enum cap_io wait_tls(struct cap_stream *s, int rc, int64_t until_ms)
{
    switch (SSL_get_error(s->ssl, rc)) {
    case SSL_ERROR_WANT_READ:
        return wait_for(s, POLLIN, until_ms);
    case SSL_ERROR_WANT_WRITE:
        return wait_for(s, POLLOUT, until_ms);
    case SSL_ERROR_ZERO_RETURN:
        return CAP_IO_EOF;
    default:
        return CAP_IO_ERROR;
    }
}

enum cap_io cap_stream_open(struct cap_stream *s, int fd, int stop_fd, struct cap_tls *tls)
{
    *s = (struct cap_stream){ .fd = fd, .stop_fd = stop_fd };
    int one = 1;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    enum cap_io io = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) == 0 ? CAP_IO_OK : CAP_IO_ERROR;
    if (io == CAP_IO_OK && tls != NULL) {
        int64_t until = deadline(HANDSHAKE_MS);
        s->ssl = cap_tls_attach(tls, fd);
        int rc = 0;
        while (s->ssl != NULL && io == CAP_IO_OK && (rc = SSL_accept(s->ssl)) != 1)
            io = wait_tls(s, rc, until);
        if (s->ssl == NULL)
            io = CAP_IO_ERROR;
    }
    if (io != CAP_IO_OK)
        cap_stream_close(s);
    return io;
}

void cap_stream_close(struct cap_stream *s)
{
    if (s->ssl != NULL) {
        (void)SSL_shutdown(s->ssl);
        SSL_free(s->ssl);
        s->ssl = NULL;
    }
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
}

void cap_stream_reset(struct cap_stream *s)
{
    struct linger l = { .l_onoff = 1, .l_linger = 0 };
    (void)setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &l, sizeof l);
    if (s->ssl != NULL) {
        SSL_set_quiet_shutdown(s->ssl, 1);
        SSL_free(s->ssl);
        s->ssl = NULL;
    }
    cap_stream_close(s);
}

enum cap_io cap_stream_read(struct cap_stream *s, void *buf, size_t cap, size_t *got, int64_t timeout_ms)
{
    int64_t until = deadline(timeout_ms);
    enum cap_io io = CAP_IO_OK;
    *got = 0;
    while (io == CAP_IO_OK) {
        if (s->ssl != NULL) {
            int rc = SSL_read_ex(s->ssl, buf, cap, got);
            if (rc == 1)
                return CAP_IO_OK;
            io = wait_tls(s, rc, until);
            continue;
        }
        ssize_t n = recv(s->fd, buf, cap, 0);
        if (n > 0) {
            *got = (size_t)n;
            return CAP_IO_OK;
        }
        if (n == 0)
            return CAP_IO_EOF;
        if (errno != EAGAIN && errno != EINTR)
            return CAP_IO_ERROR;
        io = wait_for(s, POLLIN, until);
    }
    return io;
}

static enum cap_io write_step(struct cap_stream *s, struct nj_str data, size_t *sent, int64_t until)
{
    *sent = 0;
    if (s->ssl != NULL) {
        int rc = SSL_write_ex(s->ssl, data.p, data.n, sent);
        return rc == 1 ? CAP_IO_OK : wait_tls(s, rc, until);
    }
    ssize_t n = send(s->fd, data.p, data.n, MSG_NOSIGNAL);
    if (n >= 0)
        *sent = (size_t)n;
    else if (errno != EAGAIN && errno != EINTR)
        return CAP_IO_ERROR;
    return n >= 0 ? CAP_IO_OK : wait_for(s, POLLOUT, until);
}

enum cap_io cap_stream_write(struct cap_stream *s, struct nj_str data, int64_t timeout_ms)
{
    int64_t until = deadline(timeout_ms);
    enum cap_io io = CAP_IO_OK;
    while (io == CAP_IO_OK && data.n > 0) {
        size_t sent;
        io = write_step(s, nj_str_slice(data, 0, WRITE_STEP), &sent, until);
        data = nj_str_slice(data, sent, data.n);
    }
    return io;
}

enum cap_io cap_stream_trickle(struct cap_stream *s, struct nj_str data, int64_t bytes_per_second)
{
    enum cap_io io = CAP_IO_OK;
    size_t step = bytes_per_second > 20 ? (size_t)bytes_per_second / 20 : 1; /* 20 steps a second, or one byte at a time */
    while (io == CAP_IO_OK && data.n > 0) {
        struct nj_str piece = nj_str_slice(data, 0, step);
        io = cap_stream_write(s, piece, -1);
        data = nj_str_slice(data, piece.n, data.n);
        if (io == CAP_IO_OK && data.n > 0)
            io = cap_stream_wait(s, (int64_t)piece.n * 1000 / bytes_per_second);
    }
    return io;
}

enum cap_io cap_stream_wait(struct cap_stream *s, int64_t ms)
{
    enum cap_io io = wait_for(s, POLLRDHUP, now_ms() + ms);
    return io == CAP_IO_TIMEOUT ? CAP_IO_OK : io == CAP_IO_OK ? CAP_IO_EOF : io;
}

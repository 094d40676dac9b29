/* Telemetry over TCP: newline-delimited events to a subscriber's port.  There is no acknowledgement, so a batch counts as
 * delivered when the kernel has taken its last byte. */
#include "emu_phases.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

void emu_tcp_close(struct emu_subscriber *s)
{
    if (s->tcp_fd <= 0)
        return;
    nj_watch_stop(s->world->loop, &s->tcp_watch);
    close(s->tcp_fd);
    s->tcp_fd = 0;
}

static void fail(struct emu_subscriber *s, int error)
{
    emu_tcp_close(s);
    s->tcp_done(s, error);
}

static void on_writable(void *ctx, short revents)
{
    struct emu_subscriber *s = ctx;
    int error = 0;
    socklen_t size = sizeof(error);
    s->tcp_watch.events = 0;
    if (!s->posting)
        return;
    if (getsockopt(s->tcp_fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
        fail(s, error != 0 ? error : errno);
        return;
    }
    while (s->tcp_at < s->buf.body.n) {
        ssize_t n = send(s->tcp_fd, s->buf.body.p + s->tcp_at, s->buf.body.n - s->tcp_at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EAGAIN) {
            s->tcp_watch.events = POLLOUT;
            return;
        }
        if (n < 0 && errno != EINTR) {
            fail(s, errno);
            return;
        }
        s->tcp_at += n > 0 ? (size_t)n : 0;
    }
    s->tcp_done(s, 0);
}

static int open_connection(struct emu_subscriber *s)
{
    const struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(s->what.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    s->tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (s->tcp_fd < 0)
        return errno;
    if (connect(s->tcp_fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)
        return errno;
    s->tcp_watch = (struct nj_watch){ .ready = on_writable, .ctx = s, .fd = s->tcp_fd, .events = POLLOUT };
    return nj_watch_start(s->world->loop, &s->tcp_watch) == NJ_OK ? 0 : ENOBUFS;
}

int emu_tcp_send(struct emu_subscriber *s)
{
    s->tcp_at = 0;
    int error = s->tcp_fd <= 0 ? open_connection(s) : 0;
    if (error == 0)
        s->tcp_watch.events = POLLOUT;
    else
        emu_tcp_close(s);
    return error;
}

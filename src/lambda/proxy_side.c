/* The sockets of a pair: connecting, closing as the other end did, and what epoll is asked for. */
#include "proxy_internal.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { KEEP_IDLE_S = 30, KEEP_EVERY_S = 15, KEEP_TRIES = 4 };

static void set(int fd, int level, int option, int value)
{
    /* Each of these is a wish: the connection works without. */
    (void)setsockopt(fd, level, option, &value, sizeof(value));
}

void nj_side_init(struct nj_side *s, struct nj_pair *p, int fd)
{
    *s = (struct nj_side){ .pair = p, .fd = fd };
    if (fd >= 0)
        set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

void nj_side_close(struct nj_side *s, bool reset)
{
    if (s->fd < 0)
        return;
    if (reset) {
        struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
        (void)setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    }
    close(s->fd); /* leaves the epoll set too */
    nj_side_init(s, s->pair, -1);
}

bool nj_side_connect(struct nj_side *s)
{
    const struct nj_proxy *p = s->pair->proxy;
    int fd = socket(p->up_addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    nj_side_init(s, s->pair, fd);
    if (fd < 0)
        return false;
    if (connect(fd, (const struct sockaddr *)&p->up_addr, p->up_addr_len) == 0)
        return true;
    s->connecting = errno == EINPROGRESS;
    if (!s->connecting)
        nj_side_close(s, false);
    return s->connecting;
}

bool nj_side_alive(const struct nj_side *s)
{
    char c;
    ssize_t n = recv(s->fd, &c, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

void nj_side_watch(struct nj_side *s, uint32_t events)
{
    if (s->fd < 0 || s->forced || (s->registered && s->watched == events))
        return;
    struct epoll_event ev = { .events = events, .data.ptr = s };
    if (epoll_ctl(s->pair->proxy->epfd, s->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, s->fd, &ev) != 0) {
        /* No kernel memory: the pair is asked to go on in each turn until the kernel has some. */
        s->pair->again = true;
        return;
    }
    s->registered = true;
    s->watched = events;
}

void nj_side_keepalive(const struct nj_side *s)
{
    set(s->fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEP_IDLE_S);
    set(s->fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEP_EVERY_S);
    set(s->fd, IPPROTO_TCP, TCP_KEEPCNT, KEEP_TRIES);
    set(s->fd, SOL_SOCKET, SO_KEEPALIVE, 1);
}

int nj_side_processor(const struct nj_side *s)
{
    int processor = -1;
    socklen_t n = sizeof(processor);
    return getsockopt(s->fd, SOL_SOCKET, SO_INCOMING_CPU, &processor, &n) == 0 ? processor : -1;
}

bool nj_place_apart(struct nj_place *p, int here, int there, struct nj_mono now)
{
    p->apart = here < 0 || there < 0 || here == there ? 0 : p->apart + 1;
    if (p->apart < NJ_PROXY_APART || nj_mono_until(now, p->next_move) > 0)
        return false;
    p->apart = 0;
    p->next_move = nj_mono_after(now, NJ_PROXY_APART_MS);
    return true;
}

bool nj_side_unsent(const struct nj_side *s)
{
    int n = 0;
    return s->fd >= 0 && ioctl(s->fd, TIOCOUTQ, &n) == 0 && n > 0;
}

/* Asks a port whether nightjar's proxy answers there: what the wrapper needs to know before it sends a runtime that way. */
#include "proxy_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { ANSWER_MAX = sizeof(NJ_PROXY_ANSWER) + NJ_PROXY_AUTHORITY };

static enum nj_status wait_for(int fd, short events, const struct nj_clock *started, int timeout_ms)
{
    struct nj_clock now = *started;
    nj_clock_tick(&now);
    int64_t left = timeout_ms - (now.mono.ms - started->mono.ms);
    struct pollfd p = { .fd = fd, .events = events };
    int n = left > 0 ? poll(&p, 1, (int)left) : 0;
    if (n < 0)
        return errno == EINTR ? NJ_OK : NJ_ESYS;
    return n == 0 ? NJ_EDEADLINE : NJ_OK;
}

static enum nj_status connect_to(int fd, uint16_t port, const struct nj_clock *started, int timeout_ms)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
        enum nj_status st = errno == EINPROGRESS ? wait_for(fd, POLLOUT, started, timeout_ms) : NJ_ESYS;
        if (st != NJ_OK)
            return st;
    }
    ssize_t n = send(fd, NJ_PROXY_QUESTION, sizeof(NJ_PROXY_QUESTION) - 1, MSG_NOSIGNAL);
    return n == (ssize_t)sizeof(NJ_PROXY_QUESTION) - 1 ? NJ_OK : NJ_ESYS;
}

/* Reads until the line ends, the other side does, or it is longer than any answer of ours. */
static enum nj_status read_answer(int fd, char *out, size_t *n, const struct nj_clock *started, int timeout_ms)
{
    *n = 0;
    while (*n < ANSWER_MAX) {
        enum nj_status st = wait_for(fd, POLLIN, started, timeout_ms);
        if (st != NJ_OK)
            return st;
        ssize_t got = recv(fd, out + *n, ANSWER_MAX - *n, 0);
        if (got == 0)
            break;
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return NJ_EREMOTE;
        *n += got > 0 ? (size_t)got : 0;
        if (*n > 0 && out[*n - 1] == '\n')
            break;
    }
    return NJ_OK;
}

static struct nj_str port_of(struct nj_str authority)
{
    size_t from = authority.n;
    while (from > 0 && authority.p[from - 1] != ':')
        from--;
    return nj_str_slice(authority, from, authority.n);
}

enum nj_status nj_proxy_probe(uint16_t port, struct nj_str runtime_api, int timeout_ms)
{
    const struct nj_str begin = { NJ_PROXY_ANSWER, sizeof(NJ_PROXY_ANSWER) - 1 };
    char answer[ANSWER_MAX];
    size_t n = 0;
    struct nj_clock started;
    nj_clock_init(&started, NULL, NULL);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return NJ_ESYS;
    enum nj_status st = connect_to(fd, port, &started, timeout_ms);
    if (st == NJ_OK)
        st = read_answer(fd, answer, &n, &started, timeout_ms);
    close(fd);
    struct nj_str line = { answer, n };
    if (st != NJ_OK)
        return st;
    if (!nj_str_starts(line, begin) || line.p[line.n - 1] != '\n')
        return NJ_EREMOTE;
    struct nj_str upstream = nj_str_slice(line, begin.n, line.n - 1);
    if (runtime_api.p != NULL && !nj_str_eq(port_of(upstream), port_of(runtime_api)))
        return NJ_EARG;
    return NJ_OK;
}

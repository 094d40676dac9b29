/* The Runtime API proxy: binding, its thread and loop, the pairs, and the door to the other thread. */
#include "proxy_internal.h"

#include "nightjar/sched.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum {
    READY_MAX = 64,
    BACKLOG = 512,
    STACK_BYTES = 256 << 10,
    SLICE_NS = 100000, /* it never has more to do at a time; so it need not wait for the slice of whoever runs when a message comes */
    PAIRS_MAX = 1000,
    FDS_FOR_OTHERS = 64,  /* the listener, sinks, files */
    ACCEPT_AGAIN_MS = 100 /* accepting failed for want of descriptors or memory */
};

const char *const nj_proxy_counter_names[NJ_PROXY_COUNTER_ROWS] = {
#define NJ_PROXY_COUNTER_NAME(name, text) #name,
    NJ_PROXY_COUNTERS(NJ_PROXY_COUNTER_NAME)
#undef NJ_PROXY_COUNTER_NAME
};

/* --- pairs --------------------------------------------------------------------------------------------------------- */

static struct nj_pair *pair_alloc(struct nj_proxy *p)
{
    struct nj_pair *pair = p->spare_pairs;
    if (pair != NULL) {
        p->spare_pairs = pair->next;
        p->spare_pair_count--;
        return pair;
    }
    return p->store.resize(p->store.ctx, NULL, sizeof(*pair));
}

static void pair_free(struct nj_proxy *p, struct nj_pair *pair)
{
    nj_flow_fini(p, &pair->asked);
    nj_flow_fini(p, &pair->answered);
    nj_msg_fini(&pair->request);
    nj_msg_fini(&pair->answer);
    if (p->spare_pair_count == NJ_PROXY_PAIRS_KEPT) {
        p->store.resize(p->store.ctx, pair, 0);
        return;
    }
    pair->next = p->spare_pairs;
    p->spare_pairs = pair;
    p->spare_pair_count++;
}

static void pair_start(struct nj_proxy *p, struct nj_pair *pair, int fd)
{
    memset(pair, 0, sizeof(*pair));
    pair->proxy = p;
    nj_side_init(&pair->client, pair, fd);
    nj_side_init(&pair->up, pair, -1);
    nj_flow_init(&pair->asked);
    nj_flow_init(&pair->answered);
    nj_pair_watch(pair);
    pair->next = p->pairs;
    if (p->pairs != NULL)
        p->pairs->prev = pair;
    p->pairs = pair;
    p->pair_count++;
    nj_store_add(&p->store, NJ_PROXY_connections);
    pair->client.readable = true; /* the request is often there already */
    nj_pair_work(pair);
}

/* Events of this turn may still point to it: the memory is taken back at the end of the turn. */
void nj_proxy_gone(struct nj_pair *pair)
{
    struct nj_proxy *p = pair->proxy;
    pair->state = NJ_PAIR_GONE;
    if (pair->next != NULL)
        pair->next->prev = pair->prev;
    if (pair->prev != NULL)
        pair->prev->next = pair->next;
    else
        p->pairs = pair->next;
    p->pair_count--;
    pair->prev = NULL;
    pair->next = p->dead_pairs;
    p->dead_pairs = pair;
}

static void bury(struct nj_proxy *p)
{
    for (struct nj_pair *pair; (pair = p->dead_pairs) != NULL;) {
        p->dead_pairs = pair->next;
        nj_copy_drop(&p->store, &pair->copy);
        pair_free(p, pair);
    }
}

/* --- accepting ----------------------------------------------------------------------------------------------------- */

static void accept_watch(struct nj_proxy *p, bool on)
{
    struct epoll_event ev = { .events = on ? EPOLLIN : 0, .data.ptr = p };
    p->accepting = on;
    (void)epoll_ctl(p->epfd, EPOLL_CTL_MOD, p->listenfd, &ev);
}

/* Connections that cannot be served yet stay in the kernel's queue, where the client does not notice. */
static void accept_pause(struct nj_proxy *p, const char *why)
{
    uint64_t missed;
    nj_store_add(&p->store, NJ_PROXY_accept_paused);
    if (nj_diag_gate(&p->accept_gate, p->clock.mono, 60000, &missed))
        nj_diag(NJ_LEVEL_WARN, "NJ1704", "the proxy lets new connections wait: %s (%u are open)", why, p->pair_count);
    p->accept_again = nj_mono_after(p->clock.mono, ACCEPT_AGAIN_MS);
    accept_watch(p, false);
}

static void accept_all(struct nj_proxy *p)
{
    for (;;) {
        if (p->pair_count >= p->pair_max) {
            accept_pause(p, "too many");
            return;
        }
        struct nj_pair *pair = pair_alloc(p);
        if (pair == NULL) {
            accept_pause(p, "no memory");
            return;
        }
        int fd = accept4(p->listenfd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            int e = errno;
            pair->next = p->spare_pairs; /* one more than is kept does no harm */
            p->spare_pairs = pair;
            p->spare_pair_count++;
            if (e == EMFILE || e == ENFILE || e == ENOBUFS || e == ENOMEM)
                accept_pause(p, "no descriptors or kernel memory");
            if (e != EINTR && e != ECONNABORTED)
                return;
            continue;
        }
        pair_start(p, pair, fd);
    }
}

/* --- the loop ------------------------------------------------------------------------------------------------------ */

/* After a freeze or a restore, idle upstream connections may be dead without having said so. */
static void notice_thaw(struct nj_proxy *p)
{
    int64_t gap = p->clock.wall.ms - p->clock.mono.ms, grown = gap - p->clock_gap_ms;
    p->clock_gap_ms = gap;
    if (grown < NJ_PROXY_THAW_MS)
        return;
    for (struct nj_pair *pair = p->pairs; pair != NULL; pair = pair->next) {
        pair->thawed = true;
        if (pair->state == NJ_PAIR_IDLE && pair->up.fd >= 0)
            nj_pair_step(pair, NJ_PAIR_EV_UP_RESET);
    }
}

/* Milliseconds that the loop may sleep; -1: until something happens. */
static int wait_ms(const struct nj_proxy *p)
{
    int64_t wait = p->accepting ? INT64_MAX : nj_mono_until(p->clock.mono, p->accept_again);
    int64_t tell = p->tells ? nj_mono_until(p->clock.mono, p->tell_by) : INT64_MAX;
    wait = tell < wait ? tell : wait;
    for (const struct nj_pair *pair = p->pairs; pair != NULL; pair = pair->next) {
        if (pair->again)
            return 0;
        int64_t left = pair->expires ? nj_mono_until(p->clock.mono, pair->deadline) : INT64_MAX;
        wait = left < wait ? left : wait;
    }
    if (wait == INT64_MAX)
        return -1;
    return wait < 0 ? 0 : wait > 60000 ? 60000 : (int)wait;
}

static void run_due(struct nj_proxy *p)
{
    for (struct nj_pair *pair = p->pairs, *next; pair != NULL; pair = next) {
        next = pair->next;
        bool expired = pair->expires && nj_mono_until(p->clock.mono, pair->deadline) <= 0;
        if (expired) {
            pair->expires = pair->state != NJ_PAIR_LINGERING;
            nj_pair_step(pair, NJ_PAIR_EV_EXPIRED);
        }
        if (pair->state != NJ_PAIR_GONE && (expired || pair->again))
            nj_pair_work(pair);
    }
    if (!p->accepting && p->pair_count < p->pair_max && nj_mono_until(p->clock.mono, p->accept_again) <= 0)
        accept_watch(p, true);
}

/* The records of an input can wait until the invocation is over, but not for a long one. */
static void tell_in_time(struct nj_proxy *p)
{
    if (p->tells && nj_mono_until(p->clock.mono, p->tell_by) <= 0)
        nj_store_tell(&p->store);
    if (p->store.untold && !p->tells)
        p->tell_by = nj_mono_after(p->clock.mono, NJ_PROXY_TELL_MS);
    p->tells = p->store.untold;
}

static void turn(struct nj_proxy *p)
{
    struct epoll_event ready[READY_MAX];
    int n = epoll_wait(p->epfd, ready, READY_MAX, wait_ms(p));
    nj_clock_tick(&p->clock);
    notice_thaw(p);
    for (int i = 0; i < n; i++) {
        if (ready[i].data.ptr == p)
            accept_all(p);
        else if (ready[i].data.ptr != &p->wakefd)
            nj_side_event(ready[i].data.ptr, ready[i].events);
    }
    run_due(p);
    bury(p);
    tell_in_time(p);
}

/* The first pairs are there before the first connection is taken: with them a runtime needs no allocation at all. */
static void lay_in(struct nj_proxy *p)
{
    while (p->spare_pair_count < NJ_PROXY_PAIRS_KEPT) {
        struct nj_pair *pair = p->store.resize(p->store.ctx, NULL, sizeof(*pair));
        if (pair == NULL)
            return;
        pair->next = p->spare_pairs;
        p->spare_pairs = pair;
        p->spare_pair_count++;
    }
}

/* What can be done here is not done in nj_proxy_new(), for which the registration of the extension waits. */
static void *thread_main(void *arg)
{
    struct nj_proxy *p = arg;
    (void)prctl(PR_SET_NAME, "nightjar-proxy"); /* these two are wishes: it works without */
    (void)nj_sched_ask(0, SLICE_NS);
    lay_in(p);
    while (!atomic_load(&p->stop))
        turn(p);
    while (p->pairs != NULL) {
        struct nj_pair *pair = p->pairs;
        nj_side_close(&pair->client, false);
        nj_side_close(&pair->up, false);
        nj_proxy_gone(pair);
    }
    bury(p);
    return NULL;
}

/* --- new and free -------------------------------------------------------------------------------------------------- */

static bool split_authority(struct nj_str s, struct nj_str *host, struct nj_str *port)
{
    size_t colon = s.n;
    while (colon > 0 && s.p[colon - 1] != ':')
        colon--;
    if (colon < 2 || colon == s.n)
        return false;
    *host = nj_str_slice(s, 0, colon - 1);
    *port = nj_str_slice(s, colon, s.n);
    if (host->p[0] == '[' && host->p[host->n - 1] == ']')
        *host = nj_str_slice(*host, 1, host->n - 1);
    return host->n > 0;
}

static enum nj_status find_upstream(struct nj_proxy *p, struct nj_str upstream)
{
    struct nj_str host, port;
    char h[NJ_PROXY_AUTHORITY], s[8];
    uint64_t number;
    if (upstream.n >= sizeof(p->authority) || !split_authority(upstream, &host, &port) || !nj_str_u64(port, &number) || number == 0 ||
        number > UINT16_MAX)
        return NJ_EARG;
    memcpy(p->authority, upstream.p, upstream.n);
    p->authority_n = upstream.n;
    snprintf(h, sizeof(h), "%.*s", NJ_STR_ARG(host));
    snprintf(s, sizeof(s), "%u", (unsigned)number);
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_NUMERICHOST }, *found = NULL;
    if (getaddrinfo(h, s, &hints, &found) != 0) {
        hints.ai_flags = AI_NUMERICSERV;
        hints.ai_family = AF_INET;
        if (getaddrinfo(h, s, &hints, &found) != 0)
            return NJ_ESYS;
    }
    memcpy(&p->up_addr, found->ai_addr, found->ai_addrlen);
    p->up_addr_len = found->ai_addrlen;
    freeaddrinfo(found);
    return NJ_OK;
}

static enum nj_status listen_on(struct nj_proxy *p, uint16_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t n = sizeof(a);
    int on = 1;
    p->listenfd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (p->listenfd < 0)
        return NJ_ESYS;
    /* A sandbox that starts over (suppressed init) meets connections of the one before in TIME_WAIT. */
    (void)setsockopt(p->listenfd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(p->listenfd, (struct sockaddr *)&a, n) != 0 || listen(p->listenfd, BACKLOG) != 0 ||
        getsockname(p->listenfd, (struct sockaddr *)&a, &n) != 0)
        return NJ_ESYS;
    p->port = ntohs(a.sin_port);
    snprintf(p->own[0], sizeof(p->own[0]), "127.0.0.1:%u", p->port);
    snprintf(p->own[1], sizeof(p->own[1]), "localhost:%u", p->port);
    return NJ_OK;
}

static enum nj_status open_loop(struct nj_proxy *p)
{
    p->epfd = epoll_create1(EPOLL_CLOEXEC);
    p->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (p->epfd < 0 || p->wakefd < 0)
        return NJ_ESYS;
    struct epoll_event door = { .events = EPOLLIN, .data.ptr = p }, wake = { .events = EPOLLIN, .data.ptr = &p->wakefd };
    if (epoll_ctl(p->epfd, EPOLL_CTL_ADD, p->listenfd, &door) != 0 || epoll_ctl(p->epfd, EPOLL_CTL_ADD, p->wakefd, &wake) != 0)
        return NJ_ESYS;
    p->accepting = true;
    return NJ_OK;
}

static unsigned most_pairs(unsigned connections)
{
    struct rlimit fds = { 0 };
    if (connections != 0)
        return connections;
    if (getrlimit(RLIMIT_NOFILE, &fds) != 0 || fds.rlim_cur >= 2 * PAIRS_MAX + FDS_FOR_OTHERS)
        return PAIRS_MAX;
    return fds.rlim_cur > FDS_FOR_OTHERS + 16 ? (unsigned)(fds.rlim_cur - FDS_FOR_OTHERS) / 2 : 8;
}

/* Signals are the main thread's affair. */
static enum nj_status start_thread(struct nj_proxy *p)
{
    pthread_attr_t attr;
    sigset_t all, before;
    if (pthread_attr_init(&attr) != 0)
        return NJ_ESYS;
    (void)pthread_attr_setstacksize(&attr, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    p->thread_runs = pthread_create(&p->thread, &attr, thread_main, p) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attr);
    return p->thread_runs ? NJ_OK : NJ_ESYS;
}

enum nj_status nj_proxy_new(struct nj_proxy **out, const struct nj_proxy_options *o)
{
    *out = NULL;
    struct nj_proxy *p = aligned_alloc(64, (sizeof(*p) + 63) / 64 * 64);
    if (p == NULL)
        return NJ_ENOMEM;
    memset(p, 0, sizeof(*p));
    p->epfd = p->listenfd = p->wakefd = -1;
    p->pair_max = most_pairs(o->connections);
    nj_clock_init(&p->clock, o->clock, o->ctx);
    p->clock_gap_ms = p->clock.wall.ms - p->clock.mono.ms;
    enum nj_status st = nj_store_init(&p->store, o);
    if (st == NJ_OK)
        st = find_upstream(p, o->upstream);
    if (st == NJ_OK)
        st = listen_on(p, o->port);
    if (st == NJ_OK)
        st = open_loop(p);
    if (st == NJ_OK)
        st = start_thread(p);
    if (st != NJ_OK)
        nj_proxy_free(p);
    else
        *out = p;
    return st;
}

void nj_proxy_free(struct nj_proxy *p)
{
    if (p == NULL)
        return;
    atomic_store(&p->stop, true);
    if (p->thread_runs) {
        uint64_t one = 1;
        while (write(p->wakefd, &one, sizeof(one)) < 0 && errno == EINTR)
            continue;
        pthread_join(p->thread, NULL);
    }
    for (struct nj_pair *pair; (pair = p->spare_pairs) != NULL;) {
        p->spare_pairs = pair->next;
        p->store.resize(p->store.ctx, pair, 0);
    }
    while (p->spare_buffer_count > 0)
        p->store.resize(p->store.ctx, p->spare_buffers[--p->spare_buffer_count], 0);
    int fds[] = { p->listenfd, p->epfd, p->wakefd };
    for (size_t i = 0; i < NJ_COUNT(fds); i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (p->store.resize != NULL)
        nj_store_fini(&p->store);
    free(p);
}

/* --- the other thread's side --------------------------------------------------------------------------------------- */

uint16_t nj_proxy_port(const struct nj_proxy *p)
{
    return p->port;
}

int nj_proxy_fd(const struct nj_proxy *p)
{
    return p->store.fd;
}

struct nj_capture *nj_proxy_take(struct nj_proxy *p)
{
    return nj_store_take(&p->store);
}

void nj_capture_free(struct nj_proxy *p, struct nj_capture *c)
{
    nj_store_free(&p->store, c);
}

uint64_t nj_proxy_count(const struct nj_proxy *p, enum nj_proxy_counter which)
{
    return atomic_load_explicit(&p->store.count[which], memory_order_relaxed);
}

static void on_ready(void *ctx, short revents)
{
    struct nj_proxy_reader *r = ctx;
    (void)revents;
    for (struct nj_capture *c; (c = nj_proxy_take(r->proxy)) != NULL;) {
        r->on_capture(r->ctx, c);
        nj_capture_free(r->proxy, c);
    }
}

enum nj_status nj_proxy_reader_start(struct nj_proxy_reader *r, struct nj_loop *l)
{
    r->watch = (struct nj_watch){ .ready = on_ready, .ctx = r, .fd = nj_proxy_fd(r->proxy), .events = POLLIN };
    return nj_watch_start(l, &r->watch);
}

void nj_proxy_reader_stop(struct nj_proxy_reader *r, struct nj_loop *l)
{
    nj_watch_stop(l, &r->watch);
}

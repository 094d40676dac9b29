/* The event loop: one epoll set for every descriptor of ours, timers, and the turn that drives curl and libmicrohttpd. */
#include "loop_internal.h"

#include "nightjar/diag.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    READY_MAX = 64,
    WAIT_MAX_MS = 1 << 30, /* curl_multi_poll takes an int and returns at once on a negative one */
    HANGUPS_MAX = 8,       /* turns an owner may ignore a hang-up before its watch is paused */
    SPIN_WINDOW_MS = 1000,
    SPIN_TURNS = 2000, /* turns for nothing in one window; a byte-by-byte peer makes fewer */
    SPIN_REST_MS = 10
};

_Static_assert(EPOLLIN == POLLIN && EPOLLPRI == POLLPRI && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR && EPOLLHUP == POLLHUP,
               "watches speak poll's language, the kernel is told epoll's");

struct slot {
    struct nj_hook hook; /* first: a hook is its slot */
    struct nj_loop *loop;
    struct nj_watch *watch;
    short registered; /* what epoll knows */
    unsigned hangups;
};

struct spin {
    int64_t window; /* start, ms */
    unsigned turns;
    bool known, said;
};

struct nj_loop {
    struct nj_clock clock;
    int epfd, wakefd;
    struct nj_hook wake;
    struct nj_timer *timers; /* soonest first, equal ones in order of arming */
    struct nj_source *sources, *next_source;
    struct slot slots[NJ_LOOP_WATCHES];
    nj_sleep_fn sleep;
    void *sleep_ctx;
    struct epoll_event ready[READY_MAX];
    int ready_n;
    bool in_turn, progress;
    atomic_bool stop;
    uint64_t turns, idle_turns;
    struct spin spin;
};

/* --- hooks --------------------------------------------------------------------------------------------------------- */

enum nj_status nj_hook_set(struct nj_loop *l, struct nj_hook *h, int fd, uint32_t events)
{
    struct epoll_event ev = { .events = events, .data.ptr = h };
    /* A closed descriptor leaves the set by itself, so what we believe to be registered may have to be added again. */
    bool known = h->fd == fd;
    if (known && h->events == events && (events & EPOLLONESHOT) == 0)
        return NJ_OK;
    int rc = epoll_ctl(l->epfd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &ev);
    if (rc != 0 && errno == (known ? ENOENT : EEXIST))
        rc = epoll_ctl(l->epfd, known ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, fd, &ev);
    if (rc == 0) {
        h->fd = fd;
        h->events = events;
        return NJ_OK;
    }
    h->fd = -1;
    return errno == ENOMEM || errno == ENOSPC ? NJ_ESYS : NJ_EARG;
}

void nj_hook_stop(struct nj_loop *l, struct nj_hook *h)
{
    if (h->fd < 0)
        return;
    epoll_ctl(l->epfd, EPOLL_CTL_DEL, h->fd, NULL);
    h->fd = -1;
    for (int i = 0; i < l->ready_n; i++)
        if (l->ready[i].data.ptr == h)
            l->ready[i].data.ptr = NULL;
}

static void run_hooks(struct nj_loop *l)
{
    for (int i = 0; i < l->ready_n; i++) {
        struct nj_hook *h = l->ready[i].data.ptr;
        if (h != NULL)
            h->ready(h, l->ready[i].events);
    }
    l->ready_n = 0;
}

static void on_wake(struct nj_hook *h, uint32_t events)
{
    struct nj_loop *l = (struct nj_loop *)(void *)((char *)h - offsetof(struct nj_loop, wake));
    uint64_t n;
    (void)events;
    if (read(l->wakefd, &n, sizeof(n)) > 0)
        l->progress = true;
}

/* --- watches ------------------------------------------------------------------------------------------------------- */

static void on_watch(struct nj_hook *h, uint32_t events)
{
    struct slot *s = (struct slot *)(void *)h;
    struct nj_watch *w = s->watch;
    s->loop->progress = true;
    bool only_hangup = (events & (EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP)) == 0;
    w->ready(w->ctx, (short)(events & 0x7fff));
    if (s->watch != w)
        return;
    s->hangups = only_hangup ? s->hangups + 1 : 0;
    if (s->hangups < HANGUPS_MAX)
        return;
    nj_diag(NJ_LEVEL_WARN, "NJ1101", "descriptor %d hung up and nobody took notice; it is not watched any more", h->fd);
    nj_hook_stop(s->loop, h);
}

static struct slot *slot_of(struct nj_loop *l, const struct nj_watch *w)
{
    for (size_t i = 0; i < NJ_LOOP_WATCHES; i++)
        if (l->slots[i].watch == w)
            return &l->slots[i];
    return NULL;
}

static enum nj_status slot_register(struct slot *s)
{
    s->registered = s->watch->events;
    s->hangups = 0;
    if (s->registered != 0)
        return nj_hook_set(s->loop, &s->hook, s->watch->fd, (uint32_t)(unsigned short)s->registered);
    /* Paused means unregistered: epoll reports hang-ups whether asked for or not.  A bad descriptor is refused all the same. */
    enum nj_status st = s->hook.fd >= 0 ? NJ_OK : nj_hook_set(s->loop, &s->hook, s->watch->fd, EPOLLET);
    nj_hook_stop(s->loop, &s->hook);
    return st;
}

enum nj_status nj_watch_start(struct nj_loop *l, struct nj_watch *w)
{
    struct slot *s = w->active ? slot_of(l, w) : slot_of(l, NULL);
    if (s == NULL)
        return NJ_ELIMIT;
    if (w->active) {
        nj_watch_stop(l, w);
        s = slot_of(l, NULL);
    }
    *s = (struct slot){ .hook = { .ready = on_watch, .fd = -1 }, .loop = l, .watch = w };
    enum nj_status st = slot_register(s);
    if (st != NJ_OK) {
        s->watch = NULL;
        return st;
    }
    w->active = true;
    return NJ_OK;
}

void nj_watch_stop(struct nj_loop *l, struct nj_watch *w)
{
    struct slot *s = w->active ? slot_of(l, w) : NULL;
    w->active = false;
    if (s == NULL)
        return;
    /* The owner may have closed the descriptor already and another watch may own its number by now. */
    for (size_t i = 0; i < NJ_LOOP_WATCHES; i++)
        if (&l->slots[i] != s && l->slots[i].watch != NULL && l->slots[i].hook.fd == s->hook.fd)
            s->hook.fd = -1;
    nj_hook_stop(l, &s->hook);
    s->watch = NULL;
}

/* Owners change events between turns by plain assignment. */
static void sync_watches(struct nj_loop *l)
{
    for (size_t i = 0; i < NJ_LOOP_WATCHES; i++) {
        struct slot *s = &l->slots[i];
        if (s->watch != NULL && s->watch->events != s->registered && slot_register(s) != NJ_OK)
            nj_diag(NJ_LEVEL_WARN, "NJ1102", "descriptor %d cannot be watched any more", s->watch->fd);
    }
}

/* --- timers -------------------------------------------------------------------------------------------------------- */

void nj_timer_stop(struct nj_loop *l, struct nj_timer *t)
{
    if (!t->armed)
        return;
    struct nj_timer **at = &l->timers;
    while (*at != NULL && *at != t)
        at = &(*at)->next;
    if (*at == t)
        *at = t->next;
    t->next = NULL;
    t->armed = false;
}

void nj_timer_set(struct nj_loop *l, struct nj_timer *t, int64_t in_ms)
{
    nj_timer_stop(l, t);
    if (!l->in_turn) /* between turns the last "now" may be old */
        nj_clock_tick(&l->clock);
    t->at = nj_mono_after(l->clock.mono, in_ms > 0 ? in_ms : 0);
    t->armed_in = l->turns;
    t->armed = true;
    struct nj_timer **at = &l->timers;
    while (*at != NULL && (*at)->at.ms <= t->at.ms)
        at = &(*at)->next;
    t->next = *at;
    *at = t;
}

/* Timers armed while this turn runs wait for the next one: they stand behind all that are due, since their moment is not
 * before now. */
static void run_timers(struct nj_loop *l)
{
    while (l->timers != NULL && l->timers->at.ms <= l->clock.mono.ms && l->timers->armed_in != l->turns) {
        struct nj_timer *t = l->timers;
        l->timers = t->next;
        t->next = NULL;
        t->armed = false;
        l->progress = true;
        t->fire(t->ctx);
    }
}

/* --- sources ------------------------------------------------------------------------------------------------------- */

void nj_source_add(struct nj_loop *l, struct nj_source *s)
{
    struct nj_source **at = &l->sources;
    while (*at != NULL)
        at = &(*at)->next;
    s->next = NULL;
    *at = s;
}

void nj_source_remove(struct nj_loop *l, struct nj_source *s)
{
    struct nj_source **at = &l->sources;
    while (*at != NULL && *at != s)
        at = &(*at)->next;
    if (*at == NULL)
        return;
    *at = s->next;
    if (l->next_source == s)
        l->next_source = s->next;
}

static void run_sources(struct nj_loop *l)
{
    for (struct nj_source *s = l->sources; s != NULL; s = l->next_source) {
        l->next_source = s->next;
        s->run(s->ctx);
    }
    l->next_source = NULL;
}

void nj_loop_set_sleep(struct nj_loop *l, nj_sleep_fn sleep, void *ctx)
{
    l->sleep = sleep;
    l->sleep_ctx = ctx;
}

void nj_loop_progress(struct nj_loop *l)
{
    l->progress = true;
}

int64_t nj_loop_read_ms(struct nj_loop *l)
{
    struct nj_clock c = l->clock;
    nj_clock_tick(&c);
    return c.mono.ms;
}

/* --- the turn ------------------------------------------------------------------------------------------------------ */

static int64_t shorter(int64_t a, int64_t b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static int allowed_wait(struct nj_loop *l, int64_t max_wait_ms)
{
    int64_t wait = max_wait_ms;
    nj_clock_tick(&l->clock);
    if (l->timers != NULL) {
        int64_t until = nj_mono_until(l->clock.mono, l->timers->at);
        wait = shorter(wait, until > 0 ? until : 0);
    }
    for (const struct nj_source *s = l->sources; s != NULL; s = s->next)
        if (s->wait_ms != NULL)
            wait = shorter(wait, s->wait_ms(s->ctx));
    return wait < 0 || wait > WAIT_MAX_MS ? WAIT_MAX_MS : (int)wait;
}

static void sleep_until_ready(struct nj_loop *l, int wait_ms)
{
    if (l->sleep != NULL) {
        l->sleep(l->sleep_ctx, l->epfd, wait_ms);
        wait_ms = 0;
    }
    int n = epoll_wait(l->epfd, l->ready, READY_MAX, wait_ms);
    l->ready_n = n > 0 ? n : 0;
}

/* A turn for nothing: woken before the caller's limit, and neither a timer, a watch, curl nor the server had work. */
static void note_idle(struct nj_loop *l, bool asked)
{
    struct spin *s = &l->spin;
    if (l->progress || asked)
        return;
    l->idle_turns++;
    if (l->clock.mono.ms - s->window >= SPIN_WINDOW_MS) {
        s->known = s->turns >= SPIN_TURNS || (s->known && s->turns >= SPIN_WINDOW_MS / SPIN_REST_MS / 2);
        s->window = l->clock.mono.ms;
        s->turns = 0;
    }
    if (++s->turns < SPIN_TURNS && !s->known)
        return;
    if (!s->said)
        nj_diag(NJ_LEVEL_WARN, "NJ1103", "the event loop wakes up for nothing; it rests %d ms each time", SPIN_REST_MS);
    s->said = true;
    poll(NULL, 0, SPIN_REST_MS);
}

void nj_loop_turn(struct nj_loop *l, int64_t max_wait_ms)
{
    if (l->in_turn)
        return;
    l->in_turn = true;
    l->progress = false;
    sync_watches(l);
    int wait = allowed_wait(l, max_wait_ms);
    struct nj_mono before = l->clock.mono;
    sleep_until_ready(l, wait);
    nj_clock_tick(&l->clock);
    l->turns++;
    bool asked = max_wait_ms >= 0 && nj_mono_until(before, l->clock.mono) >= max_wait_ms;
    run_hooks(l);
    run_timers(l);
    run_sources(l);
    note_idle(l, asked);
    l->in_turn = false;
}

void nj_loop_run(struct nj_loop *l)
{
    while (!atomic_load(&l->stop))
        nj_loop_turn(l, -1);
    atomic_store(&l->stop, false);
}

void nj_loop_stop(struct nj_loop *l)
{
    atomic_store(&l->stop, true);
}

void nj_loop_wake(struct nj_loop *l)
{
    int kept = errno;
    uint64_t one = 1;
    ssize_t n = write(l->wakefd, &one, sizeof(one)); /* full means that a wake-up is pending already */
    (void)n;
    errno = kept;
}

enum nj_status nj_loop_new(struct nj_loop **out, nj_clock_read_fn read_clock, void *ctx)
{
    *out = NULL;
    struct nj_loop *l = calloc(1, sizeof(*l));
    if (l == NULL)
        return NJ_ENOMEM;
    nj_clock_init(&l->clock, read_clock, ctx);
    l->wake = (struct nj_hook){ .ready = on_wake, .fd = -1 };
    l->epfd = epoll_create1(EPOLL_CLOEXEC);
    l->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (l->epfd < 0 || l->wakefd < 0 || nj_hook_set(l, &l->wake, l->wakefd, EPOLLIN) != NJ_OK) {
        nj_loop_free(l);
        return NJ_ESYS;
    }
    *out = l;
    return NJ_OK;
}

void nj_loop_free(struct nj_loop *l)
{
    if (l == NULL)
        return;
    if (l->epfd >= 0)
        close(l->epfd);
    if (l->wakefd >= 0)
        close(l->wakefd);
    free(l);
}

const struct nj_clock *nj_loop_clock(const struct nj_loop *l)
{
    return &l->clock;
}

void nj_loop_stats(const struct nj_loop *l, uint64_t *turns, uint64_t *idle_turns)
{
    *turns = l->turns;
    *idle_turns = l->idle_turns;
}

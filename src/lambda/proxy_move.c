/* Moves the bytes of a pair: reads what there is room for, looks at it, sends it on, and only then keeps copies. */
#include "proxy_internal.h"

#include <errno.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ROUNDS = 16,       /* in one turn, so that one busy pair does not starve the others */
    RESET_LOOK_MS = 5, /* how often a reset that waits for unsent bytes looks again */
    QUESTION_LEN = sizeof(NJ_PROXY_QUESTION) - 1
};

static size_t waiting(const struct nj_flow *f)
{
    return f->seen - f->start;
}

static bool exchanging(const struct nj_pair *p)
{
    return p->state == NJ_PAIR_SENDING || p->state == NJ_PAIR_ANSWERING;
}

/* --- reading ------------------------------------------------------------------------------------------------------- */

static bool wants_client(const struct nj_pair *p)
{
    return !p->asked.ended && p->state <= NJ_PAIR_BLIND;
}

static bool wants_upstream(const struct nj_pair *p)
{
    return p->up.fd >= 0 && !p->up.connecting && !p->answered.ended && p->state <= NJ_PAIR_BLIND;
}

enum taken { TAKEN_NOTHING, TAKEN_BYTES, TAKEN_END, TAKEN_RESET };

static enum taken take(struct nj_side *s, struct nj_flow *f)
{
    if (!s->readable)
        return TAKEN_NOTHING;
    size_t room = nj_flow_room(s->pair->proxy, f, f->greedy);
    if (room == 0)
        return TAKEN_NOTHING;
    ssize_t n;
    do {
        n = recv(s->fd, f->p + f->end, room, 0);
    } while (n < 0 && errno == EINTR);
    if (n > 0) {
        f->end += (size_t)n;
        f->greedy = (size_t)n == room;
        s->readable = s->forced || f->greedy;
        return TAKEN_BYTES;
    }
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        s->readable = s->forced = false; /* the hang-up was that of an earlier socket, told in the same turn */
        return TAKEN_NOTHING;
    }
    f->ended = true;
    /* After a failed write the kernel has told the error already and reports a plain end. */
    return n == 0 && !s->broken ? TAKEN_END : TAKEN_RESET;
}

static bool read_client(struct nj_pair *p)
{
    if (!wants_client(p))
        return false;
    enum taken t = take(&p->client, &p->asked);
    if (t == TAKEN_END)
        nj_pair_step(p, NJ_PAIR_EV_CLIENT_END);
    else if (t == TAKEN_RESET)
        nj_pair_step(p, NJ_PAIR_EV_CLIENT_RESET);
    return t != TAKEN_NOTHING;
}

static bool read_upstream(struct nj_pair *p)
{
    if (!wants_upstream(p))
        return false;
    enum taken t = take(&p->up, &p->answered);
    if (t == TAKEN_BYTES && (p->state == NJ_PAIR_SENDING || p->state == NJ_PAIR_IDLE))
        nj_pair_step(p, NJ_PAIR_EV_ANSWER);
    if (t == TAKEN_END || t == TAKEN_RESET) {
        if (t == TAKEN_END && p->state == NJ_PAIR_ANSWERING && p->answered.seen == p->answered.end && nj_msg_end(&p->answer))
            p->answer_over = !nj_msg_interim(&p->answer);
        nj_pair_step(p, nj_pair_judge(p, t == TAKEN_RESET));
    }
    return t != TAKEN_NOTHING;
}

/* Swallows the rest of an upload that nobody wants any more. */
static bool read_away(struct nj_pair *p)
{
    char scrap[NJ_PROXY_SMALL];
    if (p->state != NJ_PAIR_LINGERING || !p->client.readable)
        return false;
    ssize_t n = recv(p->client.fd, scrap, sizeof(scrap), 0);
    if (n > 0)
        return true;
    p->client.readable = false;
    if (n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR))
        nj_pair_step(p, n == 0 ? NJ_PAIR_EV_CLIENT_END : NJ_PAIR_EV_CLIENT_RESET);
    return false;
}

/* --- looking ------------------------------------------------------------------------------------------------------- */

/* Is this connection a probe?  Then it is answered here; true while that cannot be told yet, or was done. */
static bool probe(struct nj_pair *p)
{
    struct nj_flow *f = &p->asked;
    size_t have = f->end - f->start, look = have < QUESTION_LEN ? have : QUESTION_LEN;
    if (p->exchanges > 0 || f->start > 0 || memcmp(f->p, NJ_PROXY_QUESTION, look) != 0)
        return false;
    if (have < QUESTION_LEN)
        return !f->ended;
    struct nj_flow *out = &p->answered;
    int n = snprintf(out->small, sizeof(out->small), " nightjar %.*s\n", (int)p->proxy->authority_n, p->proxy->authority);
    out->small[0] = '\0';
    out->seen = out->end = (size_t)n;
    f->start = f->seen = f->end;
    nj_store_add(&p->proxy->store, NJ_PROXY_probes);
    nj_pair_step(p, NJ_PAIR_EV_CLIENT_END); /* as if it had said all it had to say */
    return true;
}

static void look_at_request(struct nj_pair *p, struct nj_spans *spans)
{
    struct nj_flow *f = &p->asked;
    struct nj_msg *m = &p->request;
    while (f->seen < f->end && spans->n < NJ_MSG_SPANS) {
        if (p->state == NJ_PAIR_BLIND)
            f->seen = f->end;
        /* A further request waits until this one is answered. */
        if (p->state > NJ_PAIR_ANSWERING || m->phase == NJ_MSG_DONE)
            return;
        if (p->state == NJ_PAIR_IDLE) {
            if (probe(p))
                return;
            nj_pair_step(p, NJ_PAIR_EV_REQUEST);
            if (p->state != NJ_PAIR_SENDING)
                return;
        }
        if (m->phase == NJ_MSG_FIELDS && !m->in_line && nj_flow_host(p->proxy, f) == NJ_HOST_WAIT)
            return;
        bool head = nj_msg_in_head(m);
        f->seen += nj_msg_feed(m, f->p + f->seen, f->end - f->seen, spans);
        if (m->phase == NJ_MSG_BAD)
            nj_pair_step(p, NJ_PAIR_EV_LOST);
        else if (head && !nj_msg_in_head(m))
            nj_pair_head_over(p, false);
    }
}

static void look_at_answer(struct nj_pair *p, struct nj_spans *spans)
{
    struct nj_flow *f = &p->answered;
    struct nj_msg *m = &p->answer;
    while (f->seen < f->end && spans->n < NJ_MSG_SPANS) {
        if (!exchanging(p) || p->answer_over) {
            f->seen = f->end; /* nothing to be learned from it */
            return;
        }
        bool head = nj_msg_in_head(m);
        m->bodiless = p->request.head_only;
        f->seen += nj_msg_feed(m, f->p + f->seen, f->end - f->seen, spans);
        if (m->phase == NJ_MSG_BAD)
            nj_pair_step(p, NJ_PAIR_EV_LOST);
        else if (head && !nj_msg_in_head(m))
            nj_pair_head_over(p, true);
        if (m->phase == NJ_MSG_DONE) {
            p->answer_over = !nj_msg_interim(m);
            if (!p->answer_over)
                nj_msg_restart(m);
        }
    }
}

/* --- sending ------------------------------------------------------------------------------------------------------- */

static void keep_for_replay(struct nj_pair *p, const char *bytes, size_t n)
{
    p->sent += n;
    if (p->sent > NJ_PROXY_REPLAY)
        return;
    memcpy(p->replay + p->replay_n, bytes, n);
    p->replay_n += n;
}

static void send_flow(struct nj_flow *f, struct nj_side *to)
{
    struct nj_pair *p = to->pair;
    while (waiting(f) > 0 && to->fd >= 0 && !to->blocked && !to->broken) {
        ssize_t n = send(to->fd, f->p + f->start, waiting(f), MSG_NOSIGNAL);
        if (n >= 0) {
            to->connecting = false;
            if (to == &p->up && p->state == NJ_PAIR_SENDING)
                keep_for_replay(p, f->p + f->start, (size_t)n);
            f->start += (size_t)n;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || (errno == ENOTCONN && to->connecting)) {
            to->blocked = true;
        } else if (errno != EINTR) {
            to->broken = true;
        }
    }
}

/* What cannot be sent tells that the other end is gone; upstream's last words may still be there to be read. */
static void send_both(struct nj_pair *p)
{
    send_flow(&p->asked, &p->up);
    if (p->up.broken && p->up.connecting) {
        p->up.connecting = false;
        nj_pair_step(p, nj_pair_judge(p, true));
    } else if (p->up.broken && p->state == NJ_PAIR_BLIND && p->answered.ended) {
        nj_pair_step(p, NJ_PAIR_EV_UP_RESET);
    } else if (p->up.broken) {
        p->up.readable = true;
    }
    if (p->state == NJ_PAIR_GONE)
        return;
    send_flow(&p->answered, &p->client);
    if (p->client.broken)
        nj_pair_step(p, NJ_PAIR_EV_CLIENT_RESET);
}

/* --- ends ---------------------------------------------------------------------------------------------------------- */

static void pass_ends(struct nj_pair *p)
{
    struct nj_flow *a = &p->asked, *b = &p->answered;
    bool open = exchanging(p) || p->state == NJ_PAIR_BLIND;
    if (open && a->ended && !a->end_passed && a->start == a->end && p->up.fd >= 0 && !p->up.connecting && !p->up.broken) {
        a->end_passed = true;
        (void)shutdown(p->up.fd, SHUT_WR);
    }
    if (p->state != NJ_PAIR_BLIND || !b->ended || b->start != b->end)
        return;
    if (!b->end_passed) {
        b->end_passed = true;
        (void)shutdown(p->client.fd, SHUT_WR);
    }
    if (a->ended && a->start == a->end)
        nj_pair_step(p, NJ_PAIR_EV_FLUSHED);
}

/* A reset throws away what the client's kernel has not been given yet, so it waits for that; but not for ever. */
static bool reset_waits(struct nj_pair *p)
{
    struct nj_mono now = p->proxy->clock.mono;
    if (!p->mirror_reset || !nj_side_unsent(&p->client))
        return false;
    if (!p->expires)
        p->reset_by = nj_mono_after(now, NJ_PROXY_RESET_MS);
    p->expires = true;
    p->deadline = nj_mono_after(now, RESET_LOOK_MS);
    return nj_mono_until(now, p->reset_by) > 0;
}

static void finish_flush(struct nj_pair *p)
{
    const struct nj_msg *m = &p->request;
    bool uploading = m->phase >= NJ_MSG_LENGTH && m->phase <= NJ_MSG_TRAILERS && !p->asked.ended && !nj_msg_in_head(&p->answer);
    if (p->state != NJ_PAIR_FLUSHING || p->answered.start != p->answered.end || reset_waits(p))
        return;
    nj_pair_step(p, uploading && !p->mirror_reset ? NJ_PAIR_EV_FLUSHED_EARLY : NJ_PAIR_EV_FLUSHED);
}

static void check_over(struct nj_pair *p)
{
    if (p->state != NJ_PAIR_ANSWERING || !p->answer_over || p->request.phase != NJ_MSG_DONE)
        return;
    nj_pair_step(p, nj_msg_last(&p->request) || nj_msg_last(&p->answer) ? NJ_PAIR_EV_LAST : NJ_PAIR_EV_DONE);
}

/* An upload that its client broke off is told of at once: what upstream says to it may come too late, or never. */
static void tell_broken_off(struct nj_pair *p)
{
    bool cut = p->asked.ended && p->asked.seen == p->asked.end && p->request.phase != NJ_MSG_DONE;
    if (cut && exchanging(p) && !p->copy_of_answer)
        nj_pair_settle_copy(p);
}

/* --- the work ------------------------------------------------------------------------------------------------------ */

/* Looks at what was read, sends it, and keeps copies of what was sent; until nothing new is there to look at. */
static bool pass_on(struct nj_pair *p)
{
    struct nj_spans asked, answered;
    bool moved = false;
    size_t before;
    do {
        asked.n = answered.n = 0;
        before = p->asked.end - p->asked.seen + (p->answered.end - p->answered.seen);
        look_at_request(p, &asked);
        look_at_answer(p, &answered);
        size_t unsent = waiting(&p->asked) + waiting(&p->answered);
        send_both(p);
        moved = moved || waiting(&p->asked) + waiting(&p->answered) != unsent;
        if (p->state == NJ_PAIR_GONE)
            return true;
        nj_pair_copy_spans(p, &asked, false);
        nj_pair_copy_spans(p, &answered, true);
        tell_broken_off(p);
        check_over(p);
    } while (p->state != NJ_PAIR_GONE && before != p->asked.end - p->asked.seen + (p->answered.end - p->answered.seen));
    return moved;
}

static void watch_both(struct nj_pair *p)
{
    bool room_asked = p->asked.end - p->asked.start < p->asked.cap - NJ_PROXY_SLACK;
    bool room_answered = p->answered.end - p->answered.start < p->answered.cap - NJ_PROXY_SLACK;
    uint32_t client = (wants_client(p) && room_asked) || p->state == NJ_PAIR_LINGERING ? EPOLLIN : 0;
    uint32_t up = wants_upstream(p) && room_answered ? EPOLLIN : 0;
    if (p->client.blocked)
        client |= EPOLLOUT;
    if (p->up.blocked || p->up.connecting)
        up |= EPOLLOUT;
    nj_side_watch(&p->client, client);
    nj_side_watch(&p->up, up);
}

void nj_pair_work(struct nj_pair *p)
{
    bool moved = true;
    p->again = false;
    for (int round = 0; moved && p->state != NJ_PAIR_GONE; round++) {
        if (round == ROUNDS) {
            p->again = true;
            break;
        }
        moved = read_client(p);
        moved = pass_on(p) || moved;
        if (p->state == NJ_PAIR_GONE)
            return;
        moved = read_upstream(p) || moved;
        moved = pass_on(p) || moved;
        moved = read_away(p) || moved;
        if (p->state == NJ_PAIR_GONE)
            return;
        pass_ends(p);
        finish_flush(p);
    }
    if (p->state == NJ_PAIR_GONE)
        return;
    nj_flow_rest(p->proxy, &p->asked);
    nj_flow_rest(p->proxy, &p->answered);
    watch_both(p);
}

static bool refused(const struct nj_side *s)
{
    int e = 0;
    socklen_t n = sizeof(e);
    return getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &e, &n) != 0 || e != 0;
}

void nj_side_event(struct nj_side *s, uint32_t events)
{
    struct nj_pair *p = s->pair;
    if (p->state == NJ_PAIR_GONE || s->fd < 0)
        return;
    if (s->connecting) {
        bool failed = refused(s);
        s->connecting = !failed && (events & EPOLLOUT) == 0;
        s->blocked = s->connecting;
        if (failed)
            nj_pair_step(p, nj_pair_judge(p, true));
        nj_pair_work(p);
        return;
    }
    if (events & EPOLLIN)
        s->readable = true;
    if (events & EPOLLOUT)
        s->blocked = false;
    if (events & (EPOLLERR | EPOLLHUP)) {
        /* Epoll would say so in every turn from now on; reading whenever there is room finds the rest and the end. */
        (void)epoll_ctl(p->proxy->epfd, EPOLL_CTL_DEL, s->fd, NULL);
        s->registered = false;
        s->forced = s->readable = true;
        s->blocked = false;
    }
    nj_pair_work(p);
}

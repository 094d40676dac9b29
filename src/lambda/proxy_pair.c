/* The life of a connection pair as a table: what each event means in each state, and what is done about it. */
#include "proxy_internal.h"

#include "nightjar/sched.h"

#include <sched.h>

const char *const nj_pair_state_names[NJ_PAIR_STATES] = { "idle",  "sending",  "answering", "closing",
                                                          "blind", "flushing", "lingering", "gone" };

const char *const nj_pair_event_names[NJ_PAIR_EVENTS] = { "request",    "answer",        "done",   "last",     "lost",
                                                          "client end", "client reset",  "up end", "up reset", "up stale",
                                                          "flushed",    "flushed early", "expired" };

/* --- actions ------------------------------------------------------------------------------------------------------- */

static void drop_upstream(struct nj_pair *p)
{
    nj_side_close(&p->up, false);
    p->up_exchanges = 0;
    p->answered.ended = false;
}

static void connect_upstream(struct nj_pair *p)
{
    p->sent = 0;
    p->replay_n = 0;
    if (nj_side_connect(&p->up))
        return;
    nj_pair_step(p, NJ_PAIR_EV_UP_RESET);
}

/* Runtime and proxy take turns.  On two processors each turn has to wake up one that sleeps, which takes longer than all that the
 * proxy does, and the scheduler does not always notice.  Only where they stay apart: who works at the same time should. */
static void come_along(struct nj_pair *p)
{
    int there = nj_side_processor(&p->client);
    if (nj_place_apart(&p->proxy->place, sched_getcpu(), there, p->proxy->clock.mono))
        (void)nj_sched_move(there);
}

/* A connection that was closed while it lay idle is replaced here, before anything is written to it. */
static void begin(struct nj_pair *p)
{
    p->answer_over = p->replayed = p->thawed = false;
    p->asked_at = p->proxy->clock.mono;
    p->sent = 0;
    p->replay_n = 0;
    if (p->up.fd >= 0 && (p->up.broken || !nj_side_alive(&p->up)))
        drop_upstream(p);
    come_along(p);
    if (p->up.fd < 0)
        connect_upstream(p);
}

static void note_answer(struct nj_pair *p)
{
    if (p->copy != NULL && p->copy_of_answer)
        p->copy->pub.start_ns = p->proxy->clock.wall_ns;
}

static void settle(struct nj_pair *p)
{
    nj_pair_settle_copy(p);
    nj_store_add(&p->proxy->store, NJ_PROXY_exchanges);
    p->exchanges++;
    p->up_exchanges++;
    nj_msg_restart(&p->request);
    nj_msg_restart(&p->answer);
    p->answer_over = false;
    if (p->asked.ended && (p->state == NJ_PAIR_CLOSING || p->asked.start == p->asked.end))
        nj_pair_step(p, NJ_PAIR_EV_CLIENT_END);
}

static void replay(struct nj_pair *p)
{
    struct nj_str sent = { p->replay, p->replay_n };
    nj_store_add(&p->proxy->store, NJ_PROXY_replayed);
    drop_upstream(p);
    p->replayed = true;
    if (nj_flow_prepend(p->proxy, &p->asked, sent))
        connect_upstream(p);
    else
        nj_pair_step(p, NJ_PAIR_EV_UP_RESET);
}

static void go_blind(struct nj_pair *p)
{
    uint64_t missed;
    nj_store_add(&p->proxy->store, NJ_PROXY_blind);
    if (nj_diag_gate(&p->proxy->blind_gate, p->proxy->clock.mono, 60000, &missed))
        nj_diag(NJ_LEVEL_WARN, "NJ1701", "the proxy passes on traffic that it cannot follow as HTTP/1; it is not recorded");
    nj_pair_settle_copy(p);
}

/* The end itself goes upstream when everything before it has gone (proxy_move.c).  A client that is not there at all any more
 * looks the same as one that only stopped talking: the kernel finds out. */
static void await_client(struct nj_pair *p)
{
    nj_side_keepalive(&p->client);
}

static void let_go(struct nj_pair *p)
{
    nj_side_close(&p->up, false);
}

static void upstream_gone(struct nj_pair *p)
{
    uint64_t missed;
    if (p->answer_over) {
        nj_store_add(&p->proxy->store, NJ_PROXY_exchanges);
    } else if (p->asked.ended) {
        nj_store_add(&p->proxy->store, NJ_PROXY_client_lost); /* it left first; this is upstream taking notice */
    } else {
        nj_store_add(&p->proxy->store, NJ_PROXY_upstream_lost);
        if (nj_diag_gate(&p->proxy->lost_gate, p->proxy->clock.mono, 60000, &missed))
            nj_diag(NJ_LEVEL_WARN, "NJ1702", "the Runtime API ended a connection with a request open; the runtime's ends the same way");
    }
    nj_pair_settle_copy(p);
    nj_side_close(&p->up, false);
}

static void upstream_broke(struct nj_pair *p)
{
    p->mirror_reset = !p->answer_over;
    upstream_gone(p);
}

static void upstream_left(struct nj_pair *p)
{
    nj_side_close(&p->up, false);
}

static void end_backwards(struct nj_pair *p)
{
    p->answered.ended = true;
}

static void abort_pair(struct nj_pair *p)
{
    nj_store_add(&p->proxy->store, NJ_PROXY_client_lost);
    nj_pair_settle_copy(p);
    nj_side_close(&p->up, true);
    nj_side_close(&p->client, true);
    nj_proxy_gone(p);
}

static void finish(struct nj_pair *p)
{
    nj_side_close(&p->up, false);
    nj_side_close(&p->client, p->mirror_reset);
    nj_proxy_gone(p);
}

/* Closing at once would reset the connection under an upload and take the answer from the client's hands. */
static void linger(struct nj_pair *p)
{
    (void)shutdown(p->client.fd, SHUT_WR);
    p->deadline = nj_mono_after(p->proxy->clock.mono, NJ_PROXY_LINGER_MS);
    p->expires = true;
}

/* --- the table ----------------------------------------------------------------------------------------------------- */

static const struct rule {
    enum nj_pair_state from;
    enum nj_pair_event event;
    enum nj_pair_state to;
    void (*action)(struct nj_pair *p);
} rules[] = {
    { NJ_PAIR_IDLE, NJ_PAIR_EV_REQUEST, NJ_PAIR_SENDING, begin },
    { NJ_PAIR_IDLE, NJ_PAIR_EV_ANSWER, NJ_PAIR_BLIND, go_blind }, /* nobody asked */
    { NJ_PAIR_IDLE, NJ_PAIR_EV_UP_END, NJ_PAIR_IDLE, drop_upstream },
    { NJ_PAIR_IDLE, NJ_PAIR_EV_UP_RESET, NJ_PAIR_IDLE, drop_upstream },
    { NJ_PAIR_IDLE, NJ_PAIR_EV_CLIENT_END, NJ_PAIR_FLUSHING, let_go },
    { NJ_PAIR_IDLE, NJ_PAIR_EV_CLIENT_RESET, NJ_PAIR_GONE, finish },

    { NJ_PAIR_SENDING, NJ_PAIR_EV_ANSWER, NJ_PAIR_ANSWERING, note_answer },
    { NJ_PAIR_SENDING, NJ_PAIR_EV_LOST, NJ_PAIR_BLIND, go_blind },
    { NJ_PAIR_SENDING, NJ_PAIR_EV_UP_STALE, NJ_PAIR_SENDING, replay },
    { NJ_PAIR_SENDING, NJ_PAIR_EV_UP_END, NJ_PAIR_FLUSHING, upstream_gone },
    { NJ_PAIR_SENDING, NJ_PAIR_EV_UP_RESET, NJ_PAIR_FLUSHING, upstream_broke },
    { NJ_PAIR_SENDING, NJ_PAIR_EV_CLIENT_END, NJ_PAIR_SENDING, await_client },
    { NJ_PAIR_SENDING, NJ_PAIR_EV_CLIENT_RESET, NJ_PAIR_GONE, abort_pair },

    { NJ_PAIR_ANSWERING, NJ_PAIR_EV_DONE, NJ_PAIR_IDLE, settle },
    { NJ_PAIR_ANSWERING, NJ_PAIR_EV_LAST, NJ_PAIR_CLOSING, settle },
    { NJ_PAIR_ANSWERING, NJ_PAIR_EV_LOST, NJ_PAIR_BLIND, go_blind },
    { NJ_PAIR_ANSWERING, NJ_PAIR_EV_UP_END, NJ_PAIR_FLUSHING, upstream_gone },
    { NJ_PAIR_ANSWERING, NJ_PAIR_EV_UP_RESET, NJ_PAIR_FLUSHING, upstream_broke },
    { NJ_PAIR_ANSWERING, NJ_PAIR_EV_CLIENT_END, NJ_PAIR_ANSWERING, await_client },
    { NJ_PAIR_ANSWERING, NJ_PAIR_EV_CLIENT_RESET, NJ_PAIR_GONE, abort_pair },

    { NJ_PAIR_CLOSING, NJ_PAIR_EV_UP_END, NJ_PAIR_FLUSHING, upstream_left },
    { NJ_PAIR_CLOSING, NJ_PAIR_EV_UP_RESET, NJ_PAIR_FLUSHING, upstream_left },
    { NJ_PAIR_CLOSING, NJ_PAIR_EV_CLIENT_END, NJ_PAIR_FLUSHING, let_go },
    { NJ_PAIR_CLOSING, NJ_PAIR_EV_CLIENT_RESET, NJ_PAIR_GONE, finish },

    { NJ_PAIR_BLIND, NJ_PAIR_EV_UP_END, NJ_PAIR_BLIND, end_backwards },
    { NJ_PAIR_BLIND, NJ_PAIR_EV_UP_RESET, NJ_PAIR_FLUSHING, upstream_broke },
    { NJ_PAIR_BLIND, NJ_PAIR_EV_CLIENT_END, NJ_PAIR_BLIND, await_client },
    { NJ_PAIR_BLIND, NJ_PAIR_EV_CLIENT_RESET, NJ_PAIR_GONE, abort_pair },
    { NJ_PAIR_BLIND, NJ_PAIR_EV_FLUSHED, NJ_PAIR_GONE, finish },

    { NJ_PAIR_FLUSHING, NJ_PAIR_EV_FLUSHED, NJ_PAIR_GONE, finish },
    { NJ_PAIR_FLUSHING, NJ_PAIR_EV_FLUSHED_EARLY, NJ_PAIR_LINGERING, linger },
    { NJ_PAIR_FLUSHING, NJ_PAIR_EV_CLIENT_END, NJ_PAIR_FLUSHING, NULL },
    { NJ_PAIR_FLUSHING, NJ_PAIR_EV_CLIENT_RESET, NJ_PAIR_GONE, finish },
    { NJ_PAIR_FLUSHING, NJ_PAIR_EV_EXPIRED, NJ_PAIR_FLUSHING, NULL }, /* a reset that waited: looked at again */

    { NJ_PAIR_LINGERING, NJ_PAIR_EV_CLIENT_END, NJ_PAIR_GONE, finish },
    { NJ_PAIR_LINGERING, NJ_PAIR_EV_CLIENT_RESET, NJ_PAIR_GONE, finish },
    { NJ_PAIR_LINGERING, NJ_PAIR_EV_EXPIRED, NJ_PAIR_GONE, finish },
};

void nj_pair_step(struct nj_pair *p, enum nj_pair_event e)
{
    for (size_t i = 0; i < NJ_COUNT(rules); i++) {
        const struct rule *r = &rules[i];
        if (r->from != p->state || r->event != e)
            continue;
        p->state = r->to;
        if (r->action != NULL)
            r->action(p);
        return;
    }
    nj_store_add(&p->proxy->store, NJ_PROXY_illegal_moves);
    nj_diag(NJ_LEVEL_ERROR, "NJ1703", "the proxy did not expect \"%s\" while %s; please report this", nj_pair_event_names[e],
            nj_pair_state_names[p->state]);
}

/* Sending a request again is right when the platform cannot have acted on it: it met a connection that had gone stale while idle,
 * while the sandbox was frozen, or during a long poll (a restored snapshot finds its connections dead); no byte of an answer came;
 * and either no byte of it was sent or asking twice is harmless.  Never for a client that has closed its side: upstream's end is the
 * answer to that, and an event must not go to a runtime that is gone. */
enum nj_pair_event nj_pair_judge(const struct nj_pair *p, bool reset)
{
    enum nj_pair_event plain = reset ? NJ_PAIR_EV_UP_RESET : NJ_PAIR_EV_UP_END;
    if (p->state != NJ_PAIR_SENDING || p->replayed || p->asked.ended)
        return plain;
    bool waited = nj_mono_until(p->asked_at, p->proxy->clock.mono) >= NJ_PROXY_POLL_MS;
    bool stale = p->up_exchanges > 0 || p->thawed || waited;
    bool harmless = p->sent == 0 || (p->request.safe && p->sent <= NJ_PROXY_REPLAY && p->replay_n == p->sent);
    return stale && harmless ? NJ_PAIR_EV_UP_STALE : plain;
}

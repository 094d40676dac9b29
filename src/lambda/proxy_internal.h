/* proxy_internal.h -- what the proxy's files share: the pair of connections, its two flows, and the loop they live on.
 *
 * All of it belongs to the proxy's thread, except struct nj_store and the two descriptors.
 */
#ifndef NIGHTJAR_LAMBDA_PROXY_INTERNAL_H
#define NIGHTJAR_LAMBDA_PROXY_INTERNAL_H

#include "nightjar/diag.h"

#include "proxy_message.h"
#include "proxy_store.h"

#include <pthread.h>
#include <sys/socket.h>

enum {
    NJ_PROXY_SLACK = 320,      /* of each buffer, for a longer Host */
    NJ_PROXY_AUTHORITY = 256,  /* host:port */
    NJ_PROXY_REPLAY = 2048,    /* the longest safe request that can be sent once more */
    NJ_PROXY_PAIRS_KEPT = 8,   /* free pairs; the first ones exist before the first connection comes */
    NJ_PROXY_BUFFERS_KEPT = 4, /* free large buffers */
    NJ_PROXY_LINGER_MS = 5000, /* after an early answer: time for the client to notice while its upload is swallowed */
    NJ_PROXY_RESET_MS = 1000,  /* most time that a reset waits for bytes before it */
    NJ_PROXY_TELL_MS = 5,      /* an input waits so long for the end of a short invocation before the other thread is woken up for it */
    NJ_PROXY_POLL_MS = 100,    /* a request open for so long was taken and waited; a connection that ends then has gone stale */
    NJ_PROXY_APART = 8,        /* requests in a row from another processor, after which the proxy's thread goes there */
    NJ_PROXY_APART_MS = 100,   /* and not more often than that */
    NJ_PROXY_THAW_MS = 1000    /* the wall clock ran ahead of the other by this much: the sandbox was frozen */
};

/* "\0nightjar?\n" is answered with "\0nightjar HOST:PORT\n" (the upstream).  No HTTP begins with a NUL. */
#define NJ_PROXY_QUESTION "\0nightjar?\n"
#define NJ_PROXY_ANSWER   "\0nightjar "

/* One direction of a pair.  [start, seen) may be sent, [seen, end) is not understood yet. */
struct nj_flow {
    char *p;
    size_t cap, start, seen, end;
    bool ended;      /* the sender closed its side */
    bool end_passed; /* the receiver was told */
    bool greedy;     /* the last read filled the room there was */
    char small[NJ_PROXY_SMALL];
};

/* One socket of a pair. */
struct nj_side {
    struct nj_pair *pair;
    int fd;
    uint32_t watched;
    bool registered, forced; /* forced: it hung up, epoll would say so for ever; read it whenever there is room */
    bool readable, blocked;  /* blocked: the last write did not go through */
    bool connecting, broken; /* broken: writing is over, reading may not be */
};

enum nj_pair_state {
    NJ_PAIR_IDLE,      /* no request open */
    NJ_PAIR_SENDING,   /* a request, and no byte of its answer yet */
    NJ_PAIR_ANSWERING, /* the answer has begun; the request may still run */
    NJ_PAIR_CLOSING,   /* the last exchange is over; who announced the end will close */
    NJ_PAIR_BLIND,     /* not followed any more: bytes only */
    NJ_PAIR_FLUSHING,  /* upstream is gone; what it said is on its way to the client */
    NJ_PAIR_LINGERING, /* the client has it all, but is still uploading */
    NJ_PAIR_GONE,
    NJ_PAIR_STATES
};

enum nj_pair_event {
    NJ_PAIR_EV_REQUEST,       /* first byte of a request */
    NJ_PAIR_EV_ANSWER,        /* first byte from upstream */
    NJ_PAIR_EV_DONE,          /* request and answer are whole; the connections stay */
    NJ_PAIR_EV_LAST,          /* the same, and one of them announced the end of the connection */
    NJ_PAIR_EV_LOST,          /* the parser cannot follow */
    NJ_PAIR_EV_CLIENT_END,    /* the client closed its side */
    NJ_PAIR_EV_CLIENT_RESET,  /* the client is gone */
    NJ_PAIR_EV_UP_END,        /* upstream closed */
    NJ_PAIR_EV_UP_RESET,      /* upstream refused or broke */
    NJ_PAIR_EV_UP_STALE,      /* either of them, where nothing was delivered and the request may be sent again */
    NJ_PAIR_EV_FLUSHED,       /* the client has been sent everything */
    NJ_PAIR_EV_FLUSHED_EARLY, /* the same, but its upload is not over */
    NJ_PAIR_EV_EXPIRED,       /* the pair's deadline */
    NJ_PAIR_EVENTS
};

struct nj_pair {
    struct nj_proxy *proxy;
    struct nj_pair *next, *prev;
    enum nj_pair_state state;
    struct nj_side client, up;
    struct nj_flow asked, answered; /* client to upstream, upstream to client */
    struct nj_msg_reader request_reader, answer_reader;
    struct nj_msg request, answer;
    struct nj_copy *copy;
    bool copy_of_answer;
    bool answer_over;  /* the final answer is whole */
    bool mirror_reset; /* end the client's connection as upstream ended ours */
    bool thawed;       /* the sandbox was frozen while the request was open */
    bool replayed;
    bool again; /* has more to do than one turn allows */
    bool expires;
    struct nj_mono deadline, reset_by, asked_at;
    unsigned exchanges;    /* of this client connection */
    unsigned up_exchanges; /* of this upstream connection */
    uint64_t sent;         /* bytes of this request given to the upstream socket */
    size_t replay_n;       /* more than NJ_PROXY_REPLAY: too long */
    char replay[NJ_PROXY_REPLAY];
};

/* How often the client was found on another processor than the proxy's thread. */
struct nj_place {
    unsigned apart; /* requests in a row */
    struct nj_mono next_move;
};

struct nj_proxy {
    struct nj_store store;
    pthread_t thread;
    bool thread_runs;
    atomic_bool stop;
    int epfd, listenfd, wakefd;
    uint16_t port;
    struct nj_clock clock;
    int64_t clock_gap_ms; /* wall minus mono, last seen */
    struct sockaddr_storage up_addr;
    socklen_t up_addr_len;
    char authority[NJ_PROXY_AUTHORITY]; /* of upstream, as it was configured */
    size_t authority_n;
    char own[2][32]; /* what a Host of ours looks like */
    struct nj_pair *pairs, *spare_pairs, *dead_pairs;
    unsigned pair_count, pair_max, spare_pair_count;
    bool accepting;
    struct nj_mono accept_again;
    bool tells;
    struct nj_mono tell_by;
    char *spare_buffers[NJ_PROXY_BUFFERS_KEPT];
    unsigned spare_buffer_count;
    struct nj_place place;
    struct nj_diag_gate blind_gate, lost_gate, accept_gate;
};

/* --- proxy_flow.c: buffers and the one header that is changed --- */
void nj_flow_init(struct nj_flow *f);
void nj_flow_fini(struct nj_proxy *p, struct nj_flow *f);
/* Room to read into at f->p + f->end; makes some by moving, and by taking a large buffer when more is true. */
size_t nj_flow_room(struct nj_proxy *p, struct nj_flow *f, bool more);
/* Gives a large buffer back when it is empty. */
void nj_flow_rest(struct nj_proxy *p, struct nj_flow *f);
/* Puts bytes in front of everything; false when there is no room. */
bool nj_flow_prepend(struct nj_proxy *p, struct nj_flow *f, struct nj_str bytes);
enum nj_host { NJ_HOST_PASS, NJ_HOST_WAIT };
/* At the beginning of a header line of a request, at f->seen: gives a Host that names us the upstream's name. */
enum nj_host nj_flow_host(struct nj_proxy *p, struct nj_flow *f);

/* --- proxy_watch.c: what the messages are about, for the copies --- */
void nj_pair_watch(struct nj_pair *p);
/* A head was read to its end. */
void nj_pair_head_over(struct nj_pair *p, bool of_answer);
void nj_pair_copy_spans(struct nj_pair *p, const struct nj_spans *spans, bool of_answer);
/* Hands the copy over as far as it came. */
void nj_pair_settle_copy(struct nj_pair *p);

/* --- proxy_pair.c: the rules --- */
extern const char *const nj_pair_state_names[NJ_PAIR_STATES];
extern const char *const nj_pair_event_names[NJ_PAIR_EVENTS];
void nj_pair_step(struct nj_pair *p, enum nj_pair_event e);
/* Upstream's connection is over: which event that is for the request in hand. */
enum nj_pair_event nj_pair_judge(const struct nj_pair *p, bool reset);

/* --- proxy_side.c: sockets --- */
void nj_side_init(struct nj_side *s, struct nj_pair *p, int fd);
void nj_side_close(struct nj_side *s, bool reset);
/* False when no connection can even be begun. */
bool nj_side_connect(struct nj_side *s);
/* Has a connection that was idle still both ends, as far as can be known? */
bool nj_side_alive(const struct nj_side *s);
/* Asks for these epoll events; nothing is done when they are asked for already. */
void nj_side_watch(struct nj_side *s, uint32_t events);
/* From here on the kernel asks the peer now and then whether it is still there. */
void nj_side_keepalive(const struct nj_side *s);
/* The processor on which the peer was when it sent what came last; negative: unknown. */
int nj_side_processor(const struct nj_side *s);
/* A request came from that processor to this one: is it time to follow? */
bool nj_place_apart(struct nj_place *p, int here, int there, struct nj_mono now);
/* Are there bytes that the peer has not taken yet? */
bool nj_side_unsent(const struct nj_side *s);

/* --- proxy_move.c: bytes --- */
void nj_pair_work(struct nj_pair *p);
void nj_side_event(struct nj_side *s, uint32_t events);

/* --- proxy.c --- */
void nj_proxy_gone(struct nj_pair *p);

#endif

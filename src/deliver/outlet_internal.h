/* Shared by outlet.c (records, memory, ledger) and lane.c (the state machine of one lane). */
#ifndef NJ_DELIVER_OUTLET_INTERNAL_H
#define NJ_DELIVER_OUTLET_INTERNAL_H

#include "nightjar/diag.h"
#include "nightjar/outlet.h"
#include "queue.h"
#include "sender.h"

enum lane_state {
    LANE_IDLE,    /* nothing to send, or no time to send it */
    LANE_SENDING, /* an attempt is under way; the batch is in flying */
    LANE_WAITING, /* back-off, or the far end named a time */
    LANE_RESTING, /* the configuration is wrong: long pause */
    LANE_STATES
};

enum lane_event {
    EV_START, /* there is something to send, and time */
    EV_HOLD,  /* there is, but the far end said not before */
    EV_DELIVERED,
    EV_RETRY,
    EV_AGAIN,
    EV_SPLIT,
    EV_REJECT,
    EV_CONFIG,
    EV_TIMER,
    EV_THAW,      /* waits end now */
    EV_RECOVERED, /* the other lane got through */
    EV_DRAIN,     /* SHUTDOWN */
    EV_STOP,      /* everything is given up */
    LANE_EVENTS
};

struct nj_lane_work {
    struct nj_outlet *o;
    enum nj_lane id;
    enum lane_state state;
    struct nj_batch *open;
    struct nj_queue queue;
    struct nj_sealed *flying;
    struct nj_mono attempt_end; /* when the attempt under way ends at the latest */
    uint32_t fails;             /* attempts in a row that failed */
    bool again_used;            /* the quick repeat on a new connection is spent */
    bool due;                   /* the open batch shall go with the next attempt */
    struct nj_timer timer;      /* of the state */
    struct nj_timer age_timer;  /* of the open batch */
};

/* Lines that must not come more often than once an interval. */
enum gate {
    GATE_TROUBLE,
    GATE_CONFIG,
    GATE_REJECTED,
    GATE_FULL,
    GATE_TOO_LARGE,
    GATE_MEMORY,
    GATE_SPILLED,
    GATE_SPILL_FAILED,
    GATE_SPILL_FULL,
    GATE_SPILL_DAMAGED,
    GATES
};

struct nj_outlet {
    struct nj_loop *loop;
    const struct nj_clock *clock;
    const struct nj_sink *sink;
    struct nj_sender *sender;
    struct nj_outlet_options opt;
    struct nj_out_ledger ledger;
    struct nj_lane_work lanes[NJ_LANES];
    struct nj_spill *spill; /* NULL: off */
    struct nj_buf scratch;  /* one encoded record */
    struct nj_encode_cache cache;
    struct nj_chain chain;
    struct nj_buf title; /* name and address, for diagnostics */
    int64_t seq;
    struct nj_mono deadline;
    struct nj_mono not_before; /* Retry-After of the far end */
    bool draining;
    unsigned strikes;         /* failures since the sink last took or judged something; a timeout counts twice */
    uint64_t failed_attempts; /* the same, each once */
    struct nj_mono trouble_since;
    bool said_trouble;
    struct nj_diag_gate gates[GATES];
    uint64_t unsaid[GATES]; /* records that the next line of the gate will tell */
    uint64_t illegal;
};

/* --- lane.c --- */
/* Sends the next batch when the lane is idle, there is one (or the open one is due), and there is time. */
void nj_lane_poke(struct nj_lane_work *l);
void nj_lane_step(struct nj_lane_work *l, enum lane_event ev, const struct nj_answer *a);
void nj_lane_init(struct nj_lane_work *l, struct nj_outlet *o, enum nj_lane id);
/* The deadline has moved: an attempt under way must not outlast it. */
void nj_lane_cut(struct nj_lane_work *l);

/* --- outlet.c --- */
void nj_outlet_seal(struct nj_lane_work *l);
/* The same, whatever then is in memory; NULL: there was nothing, or it was dropped. */
struct nj_sealed *nj_outlet_seal_only(struct nj_lane_work *l);
void nj_outlet_drop(struct nj_outlet *o, size_t records, bool recovered, enum nj_drop why);
/* To disk, or away, with the oldest of the least important until the limit is kept. */
void nj_outlet_make_room(struct nj_outlet *o);
void nj_outlet_notify(struct nj_outlet *o);
/* Time left until the deadline, never negative. */
int64_t nj_outlet_left_ms(const struct nj_outlet *o);

/* --- outlet_spill.c: a batch and where it is --- */
NJ_MUST enum nj_status nj_outlet_disk_new(struct nj_outlet *o, size_t raw_max);
void nj_outlet_disk_free(struct nj_outlet *o);
/* To disk.  NJ_OK: the batch in memory is gone; else it is as it was. */
NJ_MUST enum nj_status nj_outlet_store(struct nj_outlet *o, struct nj_sealed *s);
/* All three end the batch in memory. */
void nj_outlet_delivered(struct nj_outlet *o, struct nj_sealed *s);
void nj_outlet_drop_batch(struct nj_outlet *o, struct nj_sealed *s, enum nj_drop why);
void nj_outlet_push_out(struct nj_outlet *o, struct nj_sealed *s, enum nj_drop otherwise); /* stored, or dropped */
/* Its file goes, if it has one; the batch stays. */
void nj_outlet_unfile(struct nj_outlet *o, struct nj_sealed *s);
/* Puts the oldest batch on disk at the head of the queue, when it is its turn. */
void nj_outlet_refill(struct nj_lane_work *l);

/* --- complaints.c --- */
void nj_say_trouble(struct nj_outlet *o, const struct nj_answer *a);
void nj_say_recovered(struct nj_outlet *o);
void nj_say_config(struct nj_outlet *o, const struct nj_answer *a, size_t dropped);
void nj_say_rejected(struct nj_outlet *o, const struct nj_answer *a, size_t records);
void nj_say_dropped(struct nj_outlet *o, size_t records, enum nj_drop why);
void nj_say_spilled(struct nj_outlet *o, size_t records);
void nj_say_spill_failed(struct nj_outlet *o, int sys);
void nj_say_spill_lost(struct nj_outlet *o, const struct nj_spill_loss *l);

#endif

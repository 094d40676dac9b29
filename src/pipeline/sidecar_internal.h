/* sidecar_internal.h -- the state shared by the composition (sidecar.c) and its reactions to events (turns.c). */
#ifndef NIGHTJAR_PIPELINE_SIDECAR_INTERNAL_H
#define NIGHTJAR_PIPELINE_SIDECAR_INTERNAL_H

#include "nightjar/diag.h"
#include "nightjar/flush.h"
#include "nightjar/lifecycle.h"
#include "nightjar/listener.h"
#include "nightjar/pipeline.h"
#include "nightjar/redaction.h"
#include "nightjar/runtime_proxy.h"
#include "nightjar/sidecar.h"

_Static_assert(NJ_SINKS_MAX + 1 <= NJ_OUTLETS_MAX, "every sink and the alerts' have an outlet");

enum { NJ_INSTANCE_DIGITS = 32 }; /* of a name we make up for the sandbox */

/* What event/next waits for. */
enum nj_turn {
    NJ_TURN_IDLE,     /* nothing: it is pending, or not asked for yet */
    NJ_TURN_RUNNING,  /* the end of the invocation */
    NJ_TURN_FLUSHING, /* the delivery of what it left behind */
    NJ_TURN_GRACE,    /* SHUTDOWN: the last telemetry */
    NJ_TURN_DRAINING, /* SHUTDOWN: the last delivery */
    NJ_TURN_GONE,
    NJ_TURNS
};

/* What is known of the restore from a snapshot.  Telemetry tells of it, but the first invocation may be here before. */
enum nj_clone { NJ_CLONE_NOT, NJ_CLONE_USED, NJ_CLONE_TOLD };

/* Degraded operation: what this sandbox has to do without.  None of it keeps nightjar from registering, polling and leaving
 * cleanly; each is said once as a diagnostic, and all of them on nightjar.start (design 1.1). */
enum nj_lack {
#define NJ_LACK(name, text) NJ_LACK_##name,
#include "lacks.def"
#undef NJ_LACK
    NJ_LACKS
};

struct nj_sidecar {
    const struct nj_options *o;
    const struct nj_problems *problems;
    unsigned lacks;                   /* bits 1 << enum nj_lack; empty: full operation */
    bool managed, telemetry, proxied; /* proxied: the runtime speaks through our proxy */
    bool snapshot;                    /* initialised for SnapStart: nothing is invoked before the restore */
    enum nj_clone clone;

    struct nj_loop *loop;
    const struct nj_clock *clock;
    struct nj_http *http;
    struct nj_listener *listener;
    struct nj_lifecycle *life;
    struct nj_proxy *proxy; /* NULL: off, or its port was taken */
    struct nj_proxy_reader captures;
    struct nj_ledger ledger;
    struct nj_sandbox sandbox;
    struct nj_invocations invocations;
    struct nj_redaction redaction;
    struct nj_hmac_key chain_key; /* of the links between records; where keyed */
    struct nj_hmac_key spill_key; /* of what is on disk; likewise */
    bool chain_keyed;
    bool spill_looked;                    /* for what an earlier process left */
    struct nj_sink sinks[NJ_OUTLETS_MAX]; /* those of the options, and that of the alerts */
    struct nj_outlet *outlets[NJ_OUTLETS_MAX];
    size_t outlet_count;
    struct nj_pipeline *pipeline;
    struct nj_observe *observe; /* NULL: nothing is derived */
    struct nj_timer observe_timer;
    struct nj_alert_rules alert_rules;
    struct nj_changes *changes; /* NULL: nobody looks, or not yet */
    struct nj_short shutdown_reason;
    struct nj_buf own_text;

    struct nj_flush flush;
    struct nj_watch signals;
    struct nj_timer flush_timer; /* the policy's own moments */
    enum nj_turn turn;
    struct nj_timer turn_timer; /* gives the present turn up */
    unsigned holding_for;       /* FLUSHING: the lanes event/next waits for */
    struct nj_mono deadline;    /* of the invocation, or of the shutdown less its margin */
    struct nj_short request_id; /* of the invocation in hand */
    struct nj_short answered;   /* of the last one whose response the proxy saw taken */
    struct nj_wall seen_wall;   /* when the sandbox was last known to be awake */
    struct nj_mono seen_mono;
    struct nj_mono ledger_at;
    int64_t longest_ms;    /* longest time an invocation took to end */
    unsigned ends_missed;  /* invocations in a row whose end never came */
    bool end_seen;         /* the end came in the body being taken */
    uint64_t posts_before; /* at the start of the invocation */
    int64_t paused_ms;     /* how long the body at hand has waited for room */
    struct nj_diag_gate spoof_gate;
    int exit_code;
};

/* turns.c */
void nj_turns_init(struct nj_sidecar *s);
void nj_turn_invoke(struct nj_sidecar *s, const struct nj_ext_event *e);
void nj_turn_shutdown(struct nj_sidecar *s, int64_t deadline_ms);
void nj_turn_fact(struct nj_sidecar *s, const struct nj_facts *f);     /* one record went its way */
void nj_turn_answered(struct nj_sidecar *s, struct nj_str request_id); /* the proxy saw the end of an invocation */
void nj_turn_posted(struct nj_sidecar *s);                             /* a whole body was taken */
void nj_turn_said(struct nj_sidecar *s);                               /* something may have been derived */
void nj_turn_settled(struct nj_sidecar *s);                            /* an outlet settled something */
void nj_turn_flush_all(struct nj_sidecar *s, unsigned lanes);
bool nj_turn_pending(const struct nj_sidecar *s, unsigned lanes);
bool nj_turn_congested(const struct nj_sidecar *s);

/* clone.c */
void nj_clone_used(struct nj_sidecar *s); /* there is an invocation */
void nj_clone_told(struct nj_sidecar *s); /* there is a platform.restoreStart */

/* capture.c */
void nj_capture_start(struct nj_sidecar *s); /* before the registration, so that the port answers when the runtime starts */
void nj_capture_stop(struct nj_sidecar *s);
bool nj_capture_in_path(struct nj_sidecar *s); /* does the runtime speak through the proxy? */
void nj_capture_drain(struct nj_sidecar *s);   /* takes all that waits */
void nj_capture_tally(struct nj_sidecar *s);   /* the proxy's own counts into the ledger */

/* changes.c */
enum { NJ_FINGERPRINT = 16 };
/* Of version, layers and names of the environment: the same in all sandboxes that are alike. */
void nj_changes_fingerprint(const struct nj_sidecar *s, char out[static NJ_FINGERPRINT + 1]);
void nj_changes_start(struct nj_sidecar *s, struct nj_str runtime); /* once; runtime: its version's ARN, absent when nobody told it */
void nj_changes_look(struct nj_sidecar *s);                         /* says what differs, when that is known */
void nj_changes_stop(struct nj_sidecar *s);

/* spilling.c */
void nj_spilling_key(struct nj_sidecar *s);
struct nj_spill_options nj_spilling_options(const struct nj_sidecar *s, uint64_t max_bytes);
void nj_spilling_look(struct nj_sidecar *s); /* once, and not before event/next is pending: the disk has no part in the start */
void nj_spilling_restored(struct nj_sidecar *s);
int64_t nj_spilling_time_ms(const struct nj_sidecar *s, int64_t left_ms); /* what putting everything on disk will take, of the time left */
void nj_spilling_rest(struct nj_sidecar *s, struct nj_mono until);        /* critical batches of all sinks before bulk ones */

/* observing.c */
void nj_observing_start(struct nj_sidecar *s); /* after the pipeline */
void nj_observing_stop(struct nj_sidecar *s);
void nj_observing_invoke(struct nj_sidecar *s, const struct nj_ext_event *e);
void nj_observing_answered(struct nj_sidecar *s, struct nj_str request_id);
void nj_observing_shutdown(struct nj_sidecar *s); /* after the last telemetry, before the final ledger */
void nj_observing_rearm(struct nj_sidecar *s);    /* something came in: its moments may have changed */

/* sidecar.c */
void nj_sidecar_lacks(struct nj_sidecar *s, enum nj_lack what);
void nj_sidecar_write_ledger(struct nj_sidecar *s, bool final);

#endif

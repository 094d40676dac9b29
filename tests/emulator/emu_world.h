/* emu_world.h -- the state of the emulated sandbox, shared by the files that make it go round.
 *
 * Who may change what: phases move in emu_init.c, emu_invoke.c and emu_stop.c; telemetry leaves through emu_stream.h;
 * the time line and the report only watch.
 */
#ifndef EMU_WORLD_H
#define EMU_WORLD_H

#include "emu_env.h"
#include "emu_options.h"
#include "emu_phase.h"
#include "emu_proc.h"
#include "emu_script.h"
#include "emu_stream.h"
#include "nightjar/http_client.h"
#include "nightjar/http_server.h"

enum { EMU_EXT_MAX = 64, EMU_EXT_LIMIT = 10, EMU_WORKERS_MAX = 32, EMU_POLLS_MAX = 128, EMU_UUID_LEN = 36 };

/* --- extensions ------------------------------------------------------------------------------------------------------ */

/* Named as platform.extension names them. */
enum emu_ext_state {
    EMU_EXT_STARTED,
    EMU_EXT_REGISTERED,
    EMU_EXT_READY,
    EMU_EXT_RUNNING,
    EMU_EXT_INIT_ERROR,
    EMU_EXT_EXIT_ERROR,
    EMU_EXT_LAUNCH_ERROR,
    EMU_EXT_SHUTDOWN_FAILED,
    EMU_EXT_EXITED,
    EMU_EXT_STATES
};
extern const char *const emu_ext_state_names[EMU_EXT_STATES];

enum { EMU_EVENT_INVOKE = 1, EMU_EVENT_SHUTDOWN = 2 };

struct emu;

struct emu_ext {
    struct emu *world;
    char name[EMU_NAME_MAX];
    const char *path; /* NULL: an internal extension, a part of the runtime */
    char id[EMU_UUID_LEN + 1];
    enum emu_ext_state state;
    unsigned events;
    char error_type[64];
    struct emu_proc proc;
    struct nj_exchange *poll; /* its pending event/next */
    struct emu_subscriber *sub;
    const struct emu_invocation *invoke_due; /* INVOKE waits for its next poll */
    bool shutdown_due;                       /* SHUTDOWN waits for its next poll */
    bool shutdown_given;                     /* it has had the event */
    bool killed;                             /* by the emulator */
    int64_t registered_ns, ready_ns;         /* monotonic; 0 = not yet */
    int64_t done_ns;                         /* its last event/next of this invocation */
    json_t *overheads;                       /* per invocation, ms after the runtime was done */
};

/* --- invocations ----------------------------------------------------------------------------------------------------- */

struct emu_invocation {
    struct emu_invocation *next;
    struct emu *world;
    const struct emu_step *step;
    struct nj_exchange *caller; /* of --listen */
    char id[EMU_NAME_MAX];
    char trace[256];
    char span_id[17];
    char arn[256];
    const char *tenant;                                       /* "" without */
    struct emu_time asked;                                    /* when the platform took it */
    struct emu_time start;                                    /* when it was handed to the runtime */
    int64_t deadline_ms;                                      /* epoch */
    int64_t answered_ns, runtime_done_ns, over_ns, frozen_ns; /* monotonic; 0 = not yet */
    bool handed_out, answered, refused_413, runtime_done, cold, late;
    enum emu_outcome outcome;
    char status[16]; /* of runtimeDone and report: success, error, failure, timeout */
    char error_type[64];
    char function_error[64]; /* what the runtime reported by .../error */
    struct nj_buf result;    /* what the caller gets, cut to a limit */
    uint64_t produced;       /* bytes of the response */
    long memory_mb;
    struct nj_timer limit, kill, oom;
};

/* --- the sandbox ----------------------------------------------------------------------------------------------------- */

struct emu_worker {
    struct emu *world;
    struct emu_proc proc;
    bool killed, oom;
};

/* A shutdown or reset under way. */
struct emu_stopping {
    bool active, extensions_told;
    char reason[32];
    struct emu_time begin;
    int64_t total_ms, deadline_ns;
    struct nj_timer step, deadline, flush;
};

struct emu_driver;
struct emu_front;
struct emu_report;
struct emu_timeline;

struct emu {
    struct emu_options o;
    struct emu_script script;
    struct nj_loop *loop;
    struct nj_http *http;
    struct nj_http_server *api, *front;
    struct emu_front *front_state;
    struct emu_stream *stream;
    struct emu_timeline *timeline;
    struct emu_report *report;
    struct emu_driver *driver;
    struct emu_time heard; /* when the request that is being handled arrived */
    struct emu_time epoch; /* when the emulator started: zero of the time line */
    char runtime_path[4096];
    char *default_argv[2];

    enum emu_phase phase;
    bool frozen, suppressed, restored, snapshot;
    unsigned sandbox, generation;
    char instance[128], token[33];
    struct emu_ext *exts[EMU_EXT_MAX];
    size_t n_exts;
    struct emu_worker workers[EMU_WORKERS_MAX];
    size_t n_workers;
    bool runtime_started, runtime_ready, runtime_init_done;
    struct nj_exchange *polls[EMU_POLLS_MAX]; /* runtime next, oldest first */
    size_t n_polls;
    struct nj_exchange *restore_poll;
    struct emu_time init_begin, init_end, restore_begin;
    double init_ms, restore_ms; /* of the last init and restore, told in the first report after it; < 0: told */
    char init_error[64];        /* errorType the runtime gave */
    struct nj_buf init_error_body;
    struct nj_timer init_limit, restore_limit;

    struct emu_invocation *late;    /* managed: timed out, the worker has not answered yet */
    struct emu_invocation *running; /* classic: at most one */
    struct emu_invocation *waiting; /* managed: no worker has asked yet; classic: waits for an init */
    size_t n_running;
    char last_id[EMU_NAME_MAX]; /* request id of the invocation that ended last */
    struct emu_stopping stop;
    long memory_peak_kb;
    struct nj_timer memory_watch;
    int64_t frozen_since_ns;

    int exit_status;
    bool finishing, interrupted;
};

/* Names and ids. */
void emu_uuid(char out[static EMU_UUID_LEN + 1]);
bool emu_is_managed(const struct emu *w);
bool emu_is_external(const struct emu_ext *x);
bool emu_ext_alive(const struct emu_ext *x);
struct emu_ext *emu_ext_by_id(struct emu *w, struct nj_str id);
struct emu_ext *emu_ext_by_name(struct emu *w, struct nj_str name);
size_t emu_count_registered(const struct emu *w, bool external);
void emu_ext_move(struct emu_ext *x, enum emu_ext_state to);
void emu_move(struct emu *w, enum emu_move move);
/* A wrong expectation or a failure of the emulator itself: told on standard error, kept for the report, changes the exit status. */
void emu_problem(struct emu *w, int exit_status, const char *fmt, ...) NJ_PRINTF(3, 4);

#endif

/* emu_phases.h -- what moves the sandbox: init, restore, invocations, freeze, reset and shutdown.
 *
 * The API handlers report what processes did (emu_on_...), the driver asks for what comes next.
 */
#ifndef EMU_PHASES_H
#define EMU_PHASES_H

#include "emu_world.h"

/* --- emu_init.c ------------------------------------------------------------------------------------------------------ */
/* Starts a new sandbox, or in one that was reset a suppressed init for the waiting invocation. */
void emu_init_begin(struct emu *w);
/* An extension registered or asked for next, or the runtime did. */
void emu_init_check(struct emu *w);
void emu_init_runtime_ready(struct emu *w);
/* status: error or timeout */
void emu_init_fail(struct emu *w, const char *status, const char *error_type);
void emu_restore_begin(struct emu *w);
void emu_restore_runtime_done(struct emu *w, const char *error_type);

/* --- emu_invoke.c ---------------------------------------------------------------------------------------------------- */
/* The driver's request for one invocation. */
void emu_invoke(struct emu *w, const struct emu_step *step, struct nj_exchange *caller);
/* The sandbox is down: a suppressed init begins, on the time of the waiting invocation. */
void emu_invoke_init(struct emu *w);
/* Everybody is ready: the waiting invocation may go. */
void emu_invoke_waiting(struct emu *w);
void emu_invoke_check_over(struct emu *w);
/* A worker polls and something waits (managed instances). */
void emu_managed_dispatch(struct emu *w);
void emu_on_runtime_idle(struct emu *w);
void emu_on_answer(struct emu_invocation *inv, struct nj_str body, bool error, struct nj_str error_type);
void emu_on_too_large(struct emu_invocation *inv, size_t bytes);
/* Something took the sandbox down: ends every invocation under way that way. */
void emu_invoke_fail(struct emu *w, enum emu_outcome outcome, const char *status, const char *error_type, const char *reason);
struct emu_invocation *emu_invocation_by_id(struct emu *w, struct nj_str id);
void emu_invocation_forget_late(struct emu_invocation *inv);
/* Ends and frees every invocation without a further word to the runtime. */
void emu_invocations_abandon(struct emu *w);

/* --- emu_freeze.c ---------------------------------------------------------------------------------------------------- */
void emu_freeze(struct emu *w);
void emu_thaw(struct emu *w);
void emu_memory_watch(struct emu *w, bool on);

/* --- emu_stop.c ------------------------------------------------------------------------------------------------------ */
/* Reset (move FAIL) or shutdown (move STOP). */
void emu_stop(struct emu *w, enum emu_move move, const char *reason);
void emu_on_exit(struct emu *w, pid_t pid, int wait_status, const struct rusage *ru);
/* The last answers of subscribers whose process is gone have been read. */
void emu_on_subscribers_left(struct emu *w);
void emu_on_ext_gave_up(struct emu_ext *x, bool in_init);

/* --- emu_driver.c ---------------------------------------------------------------------------------------------------- */
NJ_MUST enum nj_status emu_driver_new(struct emu *w);
void emu_driver_free(struct emu *w);
/* Something changed: goes on with the script when it can. */
void emu_driver_step(struct emu *w);
void emu_driver_tell(const struct emu_invocation *inv);
void emu_driver_result(struct emu_invocation *inv);
/* SIGINT or the watchdog: no more events, shut down. */
void emu_driver_stop(struct emu *w);

#endif

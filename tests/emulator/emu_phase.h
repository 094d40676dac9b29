/* emu_phase.h -- the life of a sandbox as a table.
 *
 * Pure.  A pair that is not in the table is refused and leaves the phase as it is.
 */
#ifndef EMU_PHASE_H
#define EMU_PHASE_H

#include "nightjar/status.h"

enum emu_phase {
    EMU_COLD,     /* no sandbox yet */
    EMU_INIT,     /* extensions and runtime are starting, inside an invocation when the init is a suppressed one */
    EMU_IDLE,     /* everybody waits in next; frozen unless told otherwise */
    EMU_RESTORE,  /* SnapStart: thawed from the snapshot, hooks running */
    EMU_INVOKE,   /* at least one invocation under way */
    EMU_RESET,    /* something failed: the processes are being stopped, the sandbox stays */
    EMU_DOWN,     /* reset is over; the next invocation begins with a suppressed init */
    EMU_SHUTDOWN, /* the sandbox is being taken away */
    EMU_GONE,
    EMU_PHASES
};
extern const char *const emu_phase_names[EMU_PHASES];

enum emu_move {
    EMU_MOVE_START,   /* begin an init */
    EMU_MOVE_READY,   /* init or restore went well, or the last invocation is over */
    EMU_MOVE_RESTORE, /* thaw the snapshot */
    EMU_MOVE_INVOKE,
    EMU_MOVE_FAIL,  /* timeout, crash, OOM, init failure */
    EMU_MOVE_STOP,  /* spin-down */
    EMU_MOVE_EMPTY, /* the last process has left */
    EMU_MOVES
};
extern const char *const emu_move_names[EMU_MOVES];

/* False when the table has no such move; *p is then untouched. */
NJ_MUST bool emu_phase_move(enum emu_phase *p, enum emu_move move);

#endif

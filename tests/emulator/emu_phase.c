/* The table of phases. */
#include "emu_phase.h"

const char *const emu_phase_names[] = { "cold", "init", "idle", "restore", "invoke", "reset", "down", "shutdown", "gone" };
const char *const emu_move_names[] = { "start", "ready", "restore", "invoke", "fail", "stop", "empty" };
_Static_assert(NJ_COUNT(emu_phase_names) == EMU_PHASES, "name every phase");
_Static_assert(NJ_COUNT(emu_move_names) == EMU_MOVES, "name every move");

static const struct rule {
    enum emu_phase from;
    enum emu_move move;
    enum emu_phase to;
} rules[] = {
    { EMU_COLD, EMU_MOVE_START, EMU_INIT },      { EMU_DOWN, EMU_MOVE_START, EMU_INIT },     { EMU_GONE, EMU_MOVE_START, EMU_INIT },

    { EMU_INIT, EMU_MOVE_READY, EMU_IDLE },      { EMU_INIT, EMU_MOVE_FAIL, EMU_RESET },     { EMU_INIT, EMU_MOVE_STOP, EMU_SHUTDOWN },

    { EMU_IDLE, EMU_MOVE_RESTORE, EMU_RESTORE }, { EMU_IDLE, EMU_MOVE_INVOKE, EMU_INVOKE },  { EMU_IDLE, EMU_MOVE_FAIL, EMU_RESET },
    { EMU_IDLE, EMU_MOVE_STOP, EMU_SHUTDOWN },

    { EMU_RESTORE, EMU_MOVE_READY, EMU_IDLE },   { EMU_RESTORE, EMU_MOVE_FAIL, EMU_RESET },  { EMU_RESTORE, EMU_MOVE_STOP, EMU_SHUTDOWN },

    { EMU_INVOKE, EMU_MOVE_INVOKE, EMU_INVOKE }, { EMU_INVOKE, EMU_MOVE_READY, EMU_IDLE },   { EMU_INVOKE, EMU_MOVE_FAIL, EMU_RESET },
    { EMU_INVOKE, EMU_MOVE_STOP, EMU_SHUTDOWN },

    { EMU_RESET, EMU_MOVE_EMPTY, EMU_DOWN },     { EMU_RESET, EMU_MOVE_STOP, EMU_SHUTDOWN },

    { EMU_DOWN, EMU_MOVE_STOP, EMU_GONE },       { EMU_COLD, EMU_MOVE_STOP, EMU_GONE },      { EMU_SHUTDOWN, EMU_MOVE_EMPTY, EMU_GONE },
};

bool emu_phase_move(enum emu_phase *p, enum emu_move move)
{
    for (size_t i = 0; i < NJ_COUNT(rules); i++)
        if (rules[i].from == *p && rules[i].move == move) {
            *p = rules[i].to;
            return true;
        }
    return false;
}

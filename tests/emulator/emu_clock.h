/* emu_clock.h -- both clocks in nanoseconds, read at the moment of asking: the emulator measures, so it wants no "now per turn". */
#ifndef EMU_CLOCK_H
#define EMU_CLOCK_H

#include "nightjar/clock.h"

struct emu_time {
    int64_t mono_ns, wall_ns;
};

struct emu_time emu_now(void);
/* Milliseconds with three decimals, as the platform writes durations. */
double emu_ms(int64_t ns);
enum { EMU_TIME_LEN = 24 };
/* "2026-11-23T07:15:01.123Z" */
struct nj_str emu_time_format(char out[static EMU_TIME_LEN + 1], int64_t wall_ns);

#endif

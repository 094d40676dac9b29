/* The emulator's clock: the system's, through the one place that may ask for it. */
#include "emu_clock.h"

#include <math.h>

struct emu_time emu_now(void)
{
    static struct nj_clock clock; /* only its source is used; it holds no time of its own */
    struct emu_time t = { 0 };
    if (clock.read == NULL)
        nj_clock_init(&clock, NULL, NULL);
    clock.read(clock.ctx, &t.mono_ns, &t.wall_ns);
    return t;
}

double emu_ms(int64_t ns)
{
    return round((double)ns / 1000.0) / 1000.0;
}

struct nj_str emu_time_format(char out[static EMU_TIME_LEN + 1], int64_t wall_ns)
{
    char full[NJ_TIME_LEN + 1];
    nj_time_format(full, wall_ns);
    memcpy(out, full, EMU_TIME_LEN - 1);
    out[EMU_TIME_LEN - 1] = 'Z';
    out[EMU_TIME_LEN] = 0;
    return (struct nj_str){ out, EMU_TIME_LEN };
}

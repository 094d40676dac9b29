/* nightjar/sched.h -- what a thread asks of the scheduler: how much it weighs, how long it wants to run at a time, and where.
 *
 * Linux runs a thread that wakes up at once if it wants to run for a shorter time than the one at work (custom slices of fair
 * threads, 6.12; older kernels take the weight and ignore the slice).  None of it needs a privilege.
 *
 * Units      nice levels; nanoseconds (the kernel takes 100,000 to 100,000,000).
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_SCHED_H
#define NIGHTJAR_SCHED_H

#include "nightjar/status.h"

#include <stdint.h>

/* For the calling thread, and those it starts from now on: so many levels nicer (0 = as it is), such a slice.  False: neither. */
bool nj_sched_ask(int nicer, uint64_t slice_ns);

/* Moves the calling thread to this processor, once: where it goes from there is up to the scheduler, as before.  False: it stays where
 * it is, since it may not run there. */
bool nj_sched_move(int processor);

#endif

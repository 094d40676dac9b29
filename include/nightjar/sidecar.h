/* nightjar/sidecar.h -- the whole extension at work: builds the rooms, and lives until SHUTDOWN.
 *
 * Whatever cannot be had (a sink, the listener, the redactor) is said once and done without; registration, event/next and
 * the clean exit at SHUTDOWN need none of it (design 1.1).
 *
 * Exit codes  0 after SHUTDOWN, or when told to stop before it was registered;  1 after a container error (500).
 */
#ifndef NIGHTJAR_SIDECAR_H
#define NIGHTJAR_SIDECAR_H

#include "nightjar/options.h"

/* argv0 is what the platform executed: its file name is the extension's name. */
int nj_sidecar_run(const struct nj_options *o, const char *argv0, const struct nj_problems *problems);

/* Gives the calling thread, and those it starts from now on, a third of the scheduler's weight: work on telemetry must not delay the
 * handler, nor the proxy's thread, which keeps its own.  nj_sidecar_run() does so once it is registered. */
void nj_sidecar_stand_back(void);

/* nightjar --probe PORT [HOST:PORT], for the exec wrapper: does our Runtime API proxy answer on that port, and lead where the
 * runtime would have gone (runtime_api; NULL compares nothing)?  Exit code 0 or 1; blocks for a second at most. */
int nj_sidecar_probe(const char *port, const char *runtime_api);

#endif

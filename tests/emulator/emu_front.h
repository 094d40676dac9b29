/* emu_front.h -- the Invoke API for --listen: events from outside while the emulator runs.
 *
 *   POST /2015-03-31/functions/<any name>/invocations   the body is the event; the answer is the function's
 *
 * Headers as at AWS: X-Amz-Invocation-Type (RequestResponse, Event, DryRun), X-Amz-Client-Context (base64),
 * X-Amzn-Trace-Id, X-Amz-Tenant-Id.  A failed function shows as X-Amz-Function-Error: Unhandled.
 */
#ifndef EMU_FRONT_H
#define EMU_FRONT_H

#include "emu_world.h"

NJ_MUST enum nj_status emu_front_open(struct emu *w);
void emu_front_close(struct emu *w);
/* The oldest invocation that waits, or NULL; the caller plays it and the front forgets it. */
bool emu_front_take(struct emu *w, const struct emu_step **step, struct nj_exchange **caller);
bool emu_front_has(const struct emu *w);

#endif

/* emu_events.h -- builds the platform events of lambda-protocol 2.6 from the state of the sandbox and emits them. */
#ifndef EMU_EVENTS_H
#define EMU_EVENTS_H

#include "emu_world.h"

void emu_event_init_start(struct emu *w);
/* error_type NULL: none. */
void emu_event_init_runtime_done(struct emu *w, const char *status, const char *error_type);
void emu_event_init_report(struct emu *w, const char *status, const char *error_type, double duration_ms);
void emu_event_restore_start(struct emu *w);
void emu_event_restore_runtime_done(struct emu *w, const char *status, const char *error_type);
void emu_event_restore_report(struct emu *w, const char *status, const char *error_type, double duration_ms);
void emu_event_start(const struct emu_invocation *inv);
void emu_event_runtime_done(const struct emu_invocation *inv);
void emu_event_report(struct emu_invocation *inv);
void emu_event_extension(const struct emu_ext *x);
void emu_event_subscription(const struct emu_ext *x);

#endif

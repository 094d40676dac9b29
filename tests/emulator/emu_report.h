/* emu_report.h -- gathers the JSON report while things happen and writes it at the end.
 *
 * All moments are milliseconds since the emulator started; all durations milliseconds.
 */
#ifndef EMU_REPORT_H
#define EMU_REPORT_H

#include "emu_world.h"

NJ_MUST enum nj_status emu_report_new(struct emu *w);
void emu_report_free(struct emu *w);
/* A phase that began at begin_ns (monotonic) and ends now; detail and status may be NULL. */
void emu_report_phase(struct emu *w, const char *phase, const char *detail, int64_t begin_ns, const char *status);
void emu_report_invocation(const struct emu_invocation *inv, bool as_expected);
/* Called once when the process is gone. */
void emu_report_extension(const struct emu_ext *x);
void emu_report_worker(const struct emu_worker *k, size_t number);
void emu_report_problem(struct emu *w, const char *text);
/* False: the file could not be written, said on standard error. */
NJ_MUST bool emu_report_write(struct emu *w);
double emu_since_start(const struct emu *w, int64_t mono_ns);

#endif

/* emu_timeline.h -- the readable story on standard output: when, which part, what. */
#ifndef EMU_TIMELINE_H
#define EMU_TIMELINE_H

#include "emu_world.h"

enum emu_tag {
    EMU_TAG_INIT,
    EMU_TAG_EXTENSION,
    EMU_TAG_RUNTIME,
    EMU_TAG_INVOKE,
    EMU_TAG_LOG,
    EMU_TAG_FREEZE,
    EMU_TAG_TELEMETRY,
    EMU_TAG_SHUTDOWN,
    EMU_TAG_BAD,
    EMU_TAGS
};

NJ_MUST bool emu_timeline_open(struct emu *w);
void emu_timeline_close(struct emu *w);
void emu_say(struct emu *w, enum emu_tag tag, const char *fmt, ...) NJ_PRINTF(3, 4);
/* A line a process printed; beyond --show-lines per phase only their number is told. */
void emu_say_line(struct emu *w, const char *who, bool extension, struct nj_str line);
/* What the function answered, as far as a line holds it. */
void emu_say_result(struct emu *w, struct nj_str result);
/* A new phase begins: the count of shown lines starts again. */
void emu_say_break(struct emu *w);

#endif

/* emu_record.h -- one telemetry event and its written form in each schema version.
 *
 * A platform event is built once, with every field; what an older schema does not know is left out when it is written.
 *
 * Ownership  the source borrows; emu_render() appends to out.
 * Blocking   never.
 */
#ifndef EMU_RECORD_H
#define EMU_RECORD_H

#include "nightjar/buf.h"

#include <jansson.h>

enum emu_type {
#define EMU_TYPE(name, text) EMU_T_##name,
#include "emu_types.def"
#undef EMU_TYPE
    EMU_TYPES
};
extern const char *const emu_type_names[EMU_TYPES];

enum emu_schema { EMU_SCHEMA_2022_07, EMU_SCHEMA_2022_12, EMU_SCHEMA_2025_01, EMU_SCHEMAS };
extern const char *const emu_schema_names[EMU_SCHEMAS];

/* What a subscription may ask for, as bits. */
enum { EMU_WANT_PLATFORM = 1, EMU_WANT_FUNCTION = 2, EMU_WANT_EXTENSION = 4 };
unsigned emu_type_want(enum emu_type t);

struct emu_source {
    enum emu_type type;
    int64_t wall_ns;
    json_t *record;     /* platform events */
    struct nj_str line; /* function and extension events: the line as it was written */
};

/* Appends the envelope with its record.  *head is the length of the part that a second POST repeats when the record is
 * cut: everything up to and including the quote or bracket that opens the record's value. */
void emu_render(struct nj_buf *out, size_t *head, const struct emu_source *s, enum emu_schema schema, bool json_logs);

#endif

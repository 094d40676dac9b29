/* emu_options.h -- the command line of lambda-emulator, from one table.
 *
 * Ownership  texts are borrowed from argv or static.
 * Errors     NJ_EPARSE with one clear sentence.
 */
#ifndef EMU_OPTIONS_H
#define EMU_OPTIONS_H

#include "nightjar/buf.h"

#include <stdio.h>

enum { EMU_LIST_MAX = 128, EMU_OPTION_ERROR_MAX = 256 };

struct emu_list {
    const char *items[EMU_LIST_MAX];
    size_t n;
};

enum emu_init_type { EMU_ON_DEMAND, EMU_PROVISIONED, EMU_SNAP_START, EMU_MANAGED };
enum emu_log_format { EMU_LOG_TEXT, EMU_LOG_JSON };
enum emu_subscribe_answer { EMU_SUB_NORMAL, EMU_SUB_202, EMU_SUB_403, EMU_SUB_404, EMU_SUB_500, EMU_SUB_400_2025 };
enum emu_on_refusal { EMU_REFUSAL_AUTO, EMU_REFUSAL_RETRY, EMU_REFUSAL_DROP };
enum emu_color { EMU_COLOR_AUTO, EMU_COLOR_ALWAYS, EMU_COLOR_NEVER };

#define EMU_C_TEXT     const char *
#define EMU_C_NUMBER   int64_t
#define EMU_C_SECONDS  int64_t
#define EMU_C_DURATION int64_t
#define EMU_C_BYTES    int64_t
#define EMU_C_FLAG     bool
#define EMU_C_CHOICE   int
#define EMU_C_LIST     struct emu_list

struct emu_options {
#define EMU_SECTION(title)
#define EMU_OPTION(field, kind, name, arg, standard, bounds, text) EMU_C_##kind field;
#include "emu_options.def"
#undef EMU_SECTION
#undef EMU_OPTION
    char *const *command; /* of the runtime, NULL-terminated; NULL: the built-in sample function */
};

NJ_MUST enum nj_status emu_options_read(struct emu_options *o, int argc, char *const argv[], char error[static EMU_OPTION_ERROR_MAX]);
/* The chosen word of a CHOICE option: "snap-start". */
const char *emu_init_type_name(int init_type);
void emu_options_help(FILE *out);

#endif

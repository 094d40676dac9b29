/* Small questions about the sandbox that many files ask. */
#include "emu_world.h"

#include "emu_report.h"
#include "emu_timeline.h"
#include "nightjar/random.h"

#include <stdarg.h>
#include <stdio.h>

const char *const emu_ext_state_names[EMU_EXT_STATES] = { "Started",   "Registered",  "Ready",          "Running", "InitError",
                                                          "ExitError", "LaunchError", "ShutdownFailed", "Exited" };

void emu_uuid(char out[static EMU_UUID_LEN + 1])
{
    char hex[33];
    nj_random_hex(hex, 32);
    hex[12] = '4';
    hex[16] = "89ab"[hex[16] & 3];
    (void)snprintf(out, EMU_UUID_LEN + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

bool emu_is_managed(const struct emu *w)
{
    return w->o.init_type == EMU_MANAGED;
}

bool emu_is_external(const struct emu_ext *x)
{
    return x->path != NULL;
}

bool emu_ext_alive(const struct emu_ext *x)
{
    return x->proc.running;
}

struct emu_ext *emu_ext_by_id(struct emu *w, struct nj_str id)
{
    for (size_t i = 0; i < w->n_exts; i++)
        if (w->exts[i]->id[0] != 0 && nj_str_eq_nocase(id, nj_str_of(w->exts[i]->id)))
            return w->exts[i];
    return NULL;
}

struct emu_ext *emu_ext_by_name(struct emu *w, struct nj_str name)
{
    for (size_t i = 0; i < w->n_exts; i++)
        if (nj_str_eq(name, nj_str_of(w->exts[i]->name)))
            return w->exts[i];
    return NULL;
}

size_t emu_count_registered(const struct emu *w, bool external)
{
    size_t n = 0;
    for (size_t i = 0; i < w->n_exts; i++)
        n += emu_is_external(w->exts[i]) == external && w->exts[i]->registered_ns != 0;
    return n;
}

void emu_ext_move(struct emu_ext *x, enum emu_ext_state to)
{
    x->state = to;
}

void emu_move(struct emu *w, enum emu_move move)
{
    enum emu_phase from = w->phase;
    if (!emu_phase_move(&w->phase, move))
        emu_problem(w, 4, "emulator: no move %s from phase %s", emu_move_names[move], emu_phase_names[from]);
}

void emu_problem(struct emu *w, int exit_status, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (w->exit_status == 0)
        w->exit_status = exit_status;
    emu_say(w, EMU_TAG_BAD, "%s", text);
    (void)fflush(stdout);
    (void)fprintf(stderr, "lambda-emulator: %s\n", text);
    if (w->report != NULL)
        emu_report_problem(w, text);
}

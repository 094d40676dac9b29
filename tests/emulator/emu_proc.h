/* emu_proc.h -- one process of the sandbox with its process group, its output and its account.
 *
 * The child gets /dev/null as input, one pipe for both outputs, an empty signal mask, default signal actions, no other
 * descriptors, and dies with the emulator.
 *
 * Units      sizes in KiB where the name says kb.
 * Ownership  everything is embedded; emu_proc_fini() kills what still runs.
 * Blocking   emu_proc_spawn() waits for the exec, no longer.
 */
#ifndef EMU_PROC_H
#define EMU_PROC_H

#include "emu_clock.h"
#include "emu_lines.h"
#include "nightjar/loop.h"

#include <sys/resource.h>
#include <sys/types.h>

struct emu_proc {
    struct nj_loop *loop;
    pid_t pid; /* 0: never started */
    bool running;
    int wait_status; /* valid when it ran and is not running */
    int pipe;
    struct nj_watch watch;
    struct emu_lines lines;
    struct emu_time started, exited;
    long peak_kb;
    double cpu_ms;
    uint64_t output_lines;
};

struct emu_spawn {
    const char *path; /* absolute */
    char *const *argv;
    char *const *env;
    const char *cwd;
    size_t line_limit;
    void (*line)(void *ctx, struct nj_str line);
    void *ctx;
};

/* 0, or the errno of what failed, exec included. */
int emu_proc_spawn(struct emu_proc *p, struct nj_loop *loop, const struct emu_spawn *s);
void emu_proc_fini(struct emu_proc *p);
/* To the whole process group; nothing happens when the process is gone. */
void emu_proc_signal(const struct emu_proc *p, int sig);
/* Reads what the pipe holds now, at most one pipe full more than once. */
void emu_proc_drain(struct emu_proc *p);
/* Lets the writer wait (false) or reads on. */
void emu_proc_read(struct emu_proc *p, bool on);
/* The process was waited for: keeps its account, drains and closes its pipe. */
void emu_proc_reaped(struct emu_proc *p, int wait_status, const struct rusage *ru);
/* Notes the peak memory so far; cheap, call it whenever the process is heard of. */
void emu_proc_sample(struct emu_proc *p);
/* Resident memory of the process and its descendants now. */
long emu_proc_rss_kb(const struct emu_proc *p);
/* "exit 0", "signal 9 (Killed)" */
const char *emu_proc_end(const struct emu_proc *p, char out[static 64]);
bool emu_proc_ended_well(const struct emu_proc *p);
/* Looks the command up in PATH when it has no slash.  False: not found. */
bool emu_proc_find(const char *command, const char *path_list, char *out, size_t n);
/* SIGKILL to every process that descends from the emulator, whatever group it went to. */
void emu_proc_sweep(void);

#endif

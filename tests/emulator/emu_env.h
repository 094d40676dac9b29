/* emu_env.h -- the environment blocks of extensions and of the runtime (lambda-protocol 1.11).
 *
 * A block begins empty: nothing of the emulator's own environment leaks in.  A later setting of a name replaces an earlier one.
 *
 * Ownership  the block owns its texts.
 */
#ifndef EMU_ENV_H
#define EMU_ENV_H

#include "emu_options.h"

enum { EMU_ENV_MAX = 256 };

struct emu_env {
    char *vars[EMU_ENV_MAX + 1]; /* NULL-terminated, for execve */
    size_t n;
    bool failed; /* too many or no memory */
};

struct emu_env_facts {
    const struct emu_options *o;
    uint16_t api_port;
    const char *token;      /* SnapStart: AWS_CONTAINER_AUTHORIZATION_TOKEN */
    const char *log_stream; /* also the instance id */
};

void emu_env_set(struct emu_env *e, const char *name, const char *fmt, ...) NJ_PRINTF(3, 4);
const char *emu_env_get(const struct emu_env *e, const char *name); /* NULL when absent */
void emu_env_extension(struct emu_env *e, const struct emu_env_facts *f);
void emu_env_runtime(struct emu_env *e, const struct emu_env_facts *f);
void emu_env_fini(struct emu_env *e);

/* The credentials every sandbox gets; invented, and the same in the environment and behind the credentials endpoint. */
extern const char emu_access_key[], emu_secret_key[], emu_session_token[];

#endif

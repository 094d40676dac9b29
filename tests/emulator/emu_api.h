/* emu_api.h -- the three APIs the sandbox sees, on one port: routes and the shape of answers.
 *
 * Every handler answers its exchange or keeps it as a long poll.
 */
#ifndef EMU_API_H
#define EMU_API_H

#include "emu_world.h"

enum { EMU_RESPONSE_MAX = 6291556, EMU_STREAM_MAX = 209715200, EMU_API_BODY_MAX = 1 << 20 };

NJ_MUST enum nj_status emu_api_open(struct emu *w);
/* Lets go of every long poll of the processes that are gone. */
void emu_api_drop_polls(struct emu *w);

void emu_api_ok(struct nj_exchange *x, unsigned status);
void emu_api_error(struct nj_exchange *x, unsigned status, const char *type, const char *fmt, ...) NJ_PRINTF(4, 5);

/* Runtime API; id is the part of the path between invocation/ and the last word. */
void emu_runtime_next(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_runtime_response(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_runtime_error(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_runtime_init_error(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_runtime_restore_next(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_runtime_restore_error(struct emu *w, struct nj_exchange *x, struct nj_str id);

/* Extensions API. */
void emu_extension_register(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_extension_next(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_extension_init_error(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_extension_exit_error(struct emu *w, struct nj_exchange *x, struct nj_str id);
/* The caller by its identifier header; NULL: it has been answered. */
struct emu_ext *emu_extension_of(struct emu *w, struct nj_exchange *x);
/* Answers the pending event/next. */
void emu_extension_give_invoke(struct emu_ext *x, const struct emu_invocation *inv);
void emu_extension_give_shutdown(struct emu_ext *x);

/* Telemetry API, Logs API, credentials. */
void emu_telemetry_subscribe(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_logs_subscribe(struct emu *w, struct nj_exchange *x, struct nj_str id);
void emu_credentials(struct emu *w, struct nj_exchange *x, struct nj_str id);

#endif

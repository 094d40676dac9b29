/* nightjar/status.h -- the one result type of the whole program.
 *
 * Every fallible function returns enum nj_status; NJ_OK is zero.  Each code has a name, a sentence and a word
 * on whether trying again can help, in status.def.  There is no last-error global.
 *
 * Globals: none.
 */
#ifndef NIGHTJAR_STATUS_H
#define NIGHTJAR_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#define NJ_MUST              __attribute__((warn_unused_result))
#define NJ_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NJ_COUNT(a)          (sizeof(a) / sizeof((a)[0]))
/* A hot variable that is set before it is read, where the compiler cannot see that: it is not cleared on the way in, as all others are. */
#if __has_attribute(uninitialized)
#define NJ_UNSET __attribute__((uninitialized))
#else
#define NJ_UNSET
#endif

enum nj_status {
#define NJ_STATUS(name, text, retry) NJ_##name,
#include "nightjar/status.def"
#undef NJ_STATUS
    NJ_STATUSES
};

/* "ENOMEM"; never NULL, also for a number outside the enum. */
const char *nj_status_name(enum nj_status st);
/* "memory budget exhausted"; never NULL. */
const char *nj_status_text(enum nj_status st);
/* May the same call succeed later? */
bool nj_status_retry(enum nj_status st);

#endif

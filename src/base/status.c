/* Names and sentences of the status codes, from status.def. */
#include "nightjar/status.h"

static const struct row {
    const char *name, *text;
    bool retry;
} rows[NJ_STATUSES] = {
#define NJ_STATUS(code, sentence, again) { #code, sentence, again },
#include "nightjar/status.def"
#undef NJ_STATUS
};

static const struct row unknown = { "UNKNOWN", "a status outside the table", false };

static const struct row *row_of(enum nj_status st)
{
    return (unsigned)st < NJ_STATUSES ? &rows[st] : &unknown;
}

const char *nj_status_name(enum nj_status st)
{
    return row_of(st)->name;
}

const char *nj_status_text(enum nj_status st)
{
    return row_of(st)->text;
}

bool nj_status_retry(enum nj_status st)
{
    return row_of(st)->retry;
}

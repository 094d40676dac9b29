/* error_groups.h -- how often each error came, since when, to how many, and one of them as it was.
 *
 * A group is what one fingerprint names:
 *   code      the application's own (fingerprint, error_code)
 *   stack     type and frames
 *   type      type and template of the message
 *   template  template of the line
 *   event     a finding that is counted like an error: failed logins, time-outs
 * The fingerprint is a hash with a version in front ("e1:"); it is not keyed, because type, frames and template are told beside it.
 *
 * The same error of one request that comes twice by different ways (as a line and as the posted error) counts once.
 *
 * Limits     NJ_ERROR_GROUPS by Space-Saving; what a group that gives way had counted goes to "other".  NJ_EXEMPLARS texts.
 * Blocking   never.  Globals: none.  Heap: none.
 */
#ifndef NIGHTJAR_OBSERVE_ERROR_GROUPS_H
#define NIGHTJAR_OBSERVE_ERROR_GROUPS_H

#include "nightjar/counters.h"
#include "stack.h"

enum { NJ_ERROR_GROUPS = 256, NJ_ERROR_TITLE = 80, NJ_ERROR_MINUTES = 60, NJ_EXEMPLARS = 4, NJ_EXEMPLAR_MAX = 2048 };

enum nj_error_kind { NJ_ERROR_CODE, NJ_ERROR_STACK, NJ_ERROR_TYPE, NJ_ERROR_TEMPLATE, NJ_ERROR_EVENT, NJ_ERROR_KINDS };
extern const char *const nj_error_kind_names[NJ_ERROR_KINDS];

enum nj_error_source { NJ_ERROR_OF_LINE, NJ_ERROR_OF_PAYLOAD, NJ_ERROR_OF_PLATFORM, NJ_ERROR_SOURCES };

struct nj_error_group {
    char title[NJ_ERROR_TITLE]; /* redacted */
    uint8_t title_n, kind;
    uint16_t minutes[NJ_ERROR_MINUTES];
    uint32_t minute;    /* of the newest count */
    uint32_t day;       /* Unix day of day_count */
    uint32_t day_count; /* for the milestones */
    uint32_t told;      /* count at the last summary */
    uint64_t request;   /* the last one */
    uint16_t of_request[NJ_ERROR_SOURCES];
    uint8_t principals[NJ_HLL_SMALL_BYTES];
};

struct nj_exemplar {
    uint64_t tag; /* of the group; 0 = free */
    uint16_t n;
    char text[NJ_EXEMPLAR_MAX];
};

struct nj_errors {
    struct nj_topk top;
    struct nj_topk_slot slots[NJ_ERROR_GROUPS]; /* distinct: request ids */
    uint16_t index[2 * NJ_ERROR_GROUPS];
    struct nj_error_group g[NJ_ERROR_GROUPS];
    struct nj_exemplar exemplar[NJ_EXEMPLARS];
    uint64_t other, other_told;
};

/* One error, ready to be counted. */
struct nj_error_seen {
    uint64_t tag; /* the fingerprint */
    enum nj_error_kind kind;
    enum nj_error_source source;
    struct nj_str title;
    struct nj_str exemplar;      /* redacted; may be absent */
    uint64_t request, principal; /* 0 = unknown */
};

struct nj_error_told {
    const struct nj_topk_slot *slot;
    const struct nj_error_group *group;
    bool counted;       /* false: it was counted already, as told by another source */
    bool fresh;         /* the first of its kind here */
    uint64_t milestone; /* of the day; 0 = none was passed */
};

void nj_errors_init(struct nj_errors *e);
void nj_errors_count(struct nj_errors *e, const struct nj_error_seen *seen, int64_t now_ms, struct nj_error_told *out);
/* Fingerprint of what was found in an error; 0 = nothing that could name it. */
uint64_t nj_error_of_stack(const struct nj_stack *s, uint64_t template_id, enum nj_error_kind *kind);
/* "ValueError in app.py handler", "IOError: disk <num> is full". */
void nj_error_title(const struct nj_stack *s, struct nj_str template_text, struct nj_buf *out);
/* Counts of the last hour. */
uint32_t nj_error_last_hour(const struct nj_error_group *g, int64_t now_ms);
struct nj_str nj_error_exemplar(const struct nj_errors *e, uint64_t tag);
/* The next group with counts that no summary has told, and how many; NULL = none.  Marks it as told. */
const struct nj_topk_slot *nj_errors_untold(struct nj_errors *e, uint32_t *count);
uint64_t nj_errors_other_untold(struct nj_errors *e);

#endif

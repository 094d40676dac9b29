/* finding.h -- a finding in the making: its record and the room its texts lie in.
 *
 * One at a time: opened, filled and said, always, before the next one.  Texts stay where they are until it is said: what there is no room for
 * (NJ_FINDING_ROOM bytes) is left out.
 */
#ifndef NIGHTJAR_OBSERVE_FINDING_H
#define NIGHTJAR_OBSERVE_FINDING_H

#include "nightjar/counters.h"
#include "nightjar/limits.h"
#include "observe_internal.h"

enum { NJ_FINDING_ROOM = 24 << 10, NJ_FINDING_WHOS = 20 };

/* One row of findings.def. */
enum nj_find {
#define NJ_FINDING(enumerator, event, category, kind, told_apart, text) NJ_FIND_##enumerator,
#include "nightjar/findings.def"
#undef NJ_FINDING
    NJ_FINDS
};

struct nj_finding {
    struct nj_observe *o;
    struct nj_record *r;
    struct nj_buf *b;
    size_t max; /* of b, given back when it is said */
};

/* Critical lane and outcome failure from WARN on; bulk and no outcome below. */
struct nj_finding nj_finding_open(struct nj_observe *o, enum nj_find find, enum nj_severity severity);
void nj_finding_message(struct nj_finding *f, const char *fmt, ...) NJ_PRINTF(2, 3);
/* Numbers of a finding are told with three digits behind the point. */
void nj_finding_f64(struct nj_finding *f, const char *key, double v);
void nj_finding_i64(struct nj_finding *f, const char *key, int64_t v);
void nj_finding_bool(struct nj_finding *f, const char *key, bool v);
void nj_finding_str(struct nj_finding *f, const char *key, struct nj_str v); /* copied */
/* The pseudonyms of these tags, at most NJ_FINDING_WHOS; nothing without a key. */
void nj_finding_whos(struct nj_finding *f, const char *key, const uint64_t *tags, size_t n);
void nj_finding_who(struct nj_finding *f, const char *key, uint64_t tag);
/* Where there is no case: who it is about, as a claim. */
void nj_finding_about(struct nj_finding *f, uint64_t account);
/* JSON that is written into b between these two. */
size_t nj_finding_json_begin(struct nj_finding *f);
void nj_finding_json_end(struct nj_finding *f, const char *key, size_t from);
/* "[{...},...]" of the n largest keys: pseudonym (where there is a key), count, error, first and last seen, and the registers of
 * what was distinct in hex. */
void nj_finding_top(struct nj_finding *f, const char *key, const struct nj_topk *t, size_t n);
/* Registers in hex. */
void nj_finding_registers(struct nj_finding *f, const char *key, const uint8_t *registers, size_t bytes);
void nj_finding_time(struct nj_finding *f, const char *key, int64_t unix_ns);
void nj_finding_say(struct nj_finding *f, struct nj_case *c);

static inline int64_t nj_observe_now_ms(const struct nj_observe *o)
{
    return nj_observe_now(o) / 1000000;
}
static inline uint32_t nj_observe_now_s(const struct nj_observe *o)
{
    return (uint32_t)(nj_observe_now(o) / 1000000000);
}
/* Of the id of a case: what counts requests. */
static inline uint64_t nj_case_tag(const struct nj_case *c)
{
    return c != NULL && c->id.n != 0 ? nj_tag_of(c->id) : 0;
}
/* Of its method and route, or of what a trigger was asked for: what learns by route. */
static inline uint64_t nj_case_route_tag(const struct nj_case *c)
{
    return nj_tag_pair(nj_tag_of(c->request.method), nj_tag_of(c->request.route.n != 0 ? c->request.route : c->request.operation));
}
/* "GET /slow", what a trigger was asked for, or "the invocation": for sentences. */
enum { NJ_CASE_NAME = 160 }; /* bytes, with a NUL: method and route are shorter than that */
const char *nj_case_name(const struct nj_case *c, char out[static NJ_CASE_NAME]);
/* How long it took, as well as it is known; < 0 = not at all. */
double nj_case_duration_ms(const struct nj_case *c);
/* When the next minute of UTC begins: windows are told at its end. */
static inline int64_t nj_next_minute_ns(int64_t now_ns)
{
    return (now_ns / 60000000000 + 1) * 60000000000;
}

#endif

/* nightjar/record.h -- the one record every stage works on, and its cleaned form that may become bytes.
 *
 * struct nj_record  what decode, observe and enrich fill in: views into the telemetry body, raw and untrusted.
 * struct nj_clean   the same after redaction.  Encoders accept only this type, and only nj_redact_record() makes one:
 *                   that is the door everything has to pass (design 1.2).
 *
 * Names      who and where hold OpenTelemetry semantic-convention names (1.44), flat; an unknown attribute is absent.
 * Limits     the fixed tables below; nj_attrs_add() refuses (returns false) beyond them.
 * Ownership  views only; the record is valid while the body, the invocation table and the configuration are.
 * Blocking   never.  Globals: none.
 */
#ifndef NIGHTJAR_RECORD_H
#define NIGHTJAR_RECORD_H

#include "nightjar/json.h"

enum nj_category {
#define NJ_CATEGORY(name, text) NJ_CAT_##name,
#include "nightjar/categories.def"
#undef NJ_CATEGORY
    NJ_CATEGORIES
};
extern const struct nj_str nj_category_names[NJ_CATEGORIES];

/* OpenTelemetry severity texts; the number is 4 * value + 1 for TRACE..FATAL. */
enum nj_severity { NJ_SEV_TRACE, NJ_SEV_DEBUG, NJ_SEV_INFO, NJ_SEV_WARN, NJ_SEV_ERROR, NJ_SEV_FATAL, NJ_SEVERITIES };
extern const struct nj_str nj_severity_names[NJ_SEVERITIES];
/* "warning", "Err", "CRITICAL", "notice", "30" (pino/bunyan) ... ; false when the text is no level. */
NJ_MUST bool nj_severity_parse(struct nj_str text, enum nj_severity *out);

enum nj_outcome { NJ_OUTCOME_NONE, NJ_OUTCOME_SUCCESS, NJ_OUTCOME_FAILURE, NJ_OUTCOME_UNKNOWN, NJ_OUTCOMES };
extern const struct nj_str nj_outcome_names[NJ_OUTCOMES]; /* absent for NONE */

/* Critical records are sealed at the end of the invocation and dropped last (design 2). */
enum nj_lane { NJ_LANE_CRITICAL, NJ_LANE_BULK, NJ_LANES };
extern const struct nj_str nj_lane_names[NJ_LANES];

/* Where a record entered; every one of them has its counter in the ledger. */
enum nj_origin { NJ_FROM_PLATFORM, NJ_FROM_FUNCTION, NJ_FROM_EXTENSION, NJ_FROM_OWN, NJ_FROM_PAYLOAD, NJ_FROM_DERIVED, NJ_ORIGINS };

enum nj_vtype { NJ_V_STR, NJ_V_I64, NJ_V_F64, NJ_V_BOOL, NJ_V_JSON };

struct nj_value {
    enum nj_vtype type;
    union {
        struct nj_str s; /* NJ_V_STR: text, unescaped; NJ_V_JSON: one checked JSON value */
        int64_t i;
        double f;
        bool b;
    } u;
};

struct nj_attr {
    struct nj_str key;
    struct nj_value v;
};

enum { NJ_ATTRS_MAX = 24 };

struct nj_attrs {
    struct nj_attr a[NJ_ATTRS_MAX];
    size_t n;
};

bool nj_attrs_str(struct nj_attrs *l, struct nj_str key, struct nj_str v); /* absent v is not added, returns true */
bool nj_attrs_i64(struct nj_attrs *l, struct nj_str key, int64_t v);
bool nj_attrs_f64(struct nj_attrs *l, struct nj_str key, double v);
bool nj_attrs_bool(struct nj_attrs *l, struct nj_str key, bool v);
bool nj_attrs_json(struct nj_attrs *l, struct nj_str key, struct nj_str checked_json);
const struct nj_attr *nj_attrs_get(const struct nj_attrs *l, struct nj_str key);

/* Facts of the sandbox that are the same on every record; the head of "where".  generation changes with any of them, so
 * that encoders may keep the encoded form. */
struct nj_resource {
    struct nj_attrs where;
    uint32_t generation;
};

struct nj_record {
    int64_t when_ns;     /* the source's own time, Unix epoch */
    struct nj_str event; /* "function.log", "platform.report", ... */
    enum nj_category category;
    enum nj_severity severity;
    enum nj_outcome outcome;
    enum nj_lane lane;
    enum nj_origin origin;
    struct nj_attrs who;
    struct nj_attrs where;   /* of this invocation; follows the resource's */
    struct nj_str message;   /* unescaped text, any bytes */
    struct nj_str data_json; /* a checked JSON object: every field of a structured log or platform record; or absent */
    struct nj_attrs data;    /* our own fields; follow those of data_json */
    uint64_t seq;            /* makes the id: unique in the sandbox, given once */
};

void nj_record_init(struct nj_record *r); /* all absent, INFO, bulk */

/* Redacted text only.  Strings are valid UTF-8 without raw control characters other than tab and newline; data is the
 * finished JSON object or absent; counts is the finished JSON object of redactions by rule, or absent; audit that of what else
 * there is to say of it (nightjar/redact.h), or absent. */
struct nj_clean {
    int64_t when_ns;
    struct nj_str event;
    enum nj_category category;
    enum nj_severity severity;
    enum nj_outcome outcome;
    enum nj_lane lane;
    const struct nj_resource *resource; /* cleaned too */
    struct nj_attrs who;
    struct nj_attrs where;
    /* Lists of one number are the same list, in whatever record of the redactor; 0 = it has none.  Encoders may keep the encoded form. */
    uint32_t who_number, where_number;
    struct nj_str message;
    struct nj_str data;
    struct nj_str counts;
    struct nj_str audit;
    bool dropped; /* by a rule: it goes nowhere, and message and data are absent; what was counted is told all the same */
    struct nj_str id;
};

#endif

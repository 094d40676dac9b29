/* nightjar/options.h -- every setting, read from the environment by one table (options.def).
 *
 * A bad value never stops the program: the message names variable, value, range and what is used instead.
 *
 * Limits     one value up to NJ_VALUE_MAX bytes; values hold well-formed UTF-8 without control characters.
 * Ownership  struct nj_options owns copies of all texts until nj_options_fini(), which wipes them.
 * Secrets    masked wherever options or problems are shown; URLs lose their user information and query.
 * Errors     none: what cannot be taken becomes a problem and the default is used.
 * Blocking   never.  Globals: the constant table.
 */
#ifndef NIGHTJAR_OPTIONS_H
#define NIGHTJAR_OPTIONS_H

#include "nightjar/alert_rules.h"
#include "nightjar/flush.h"
#include "nightjar/sink.h"

enum { NJ_SINKS_MAX = 4, NJ_VALUE_MAX = 32 << 10 };

/* One number a row of options.def: NJ_OPT_sink, NJ_OPT_batch_bytes, ... */
enum nj_option {
#define NJ_TEXT(field, variable, standard, secret, form, text) NJ_OPT_##field,
#define NJ_SIZE(field, variable, standard, min, max, text)     NJ_OPT_##field,
#define NJ_MSEC(field, variable, standard, min, max, text)     NJ_OPT_##field,
#define NJ_NUMBER(field, variable, standard, min, max, text)   NJ_OPT_##field,
#define NJ_CHOICE(field, variable, standard, choices, text)    NJ_OPT_##field,
#include "nightjar/options.def"
    NJ_OPTION_ROWS
};

/* Where the value in use comes from. */
enum nj_option_origin { NJ_BY_DEFAULT, NJ_BY_USER, NJ_BY_REFUSAL, NJ_BY_DERIVATION, NJ_OPTION_ORIGINS };

struct nj_options {
#define NJ_TEXT(field, variable, standard, secret, form, text) struct nj_str field;
#define NJ_SIZE(field, variable, standard, min, max, text)     uint64_t field;
#define NJ_MSEC(field, variable, standard, min, max, text)     int64_t field;
#define NJ_NUMBER(field, variable, standard, min, max, text)   uint64_t field;
#define NJ_CHOICE(field, variable, standard, choices, text)    unsigned field;
#include "nightjar/options.def"
    enum nj_flush_mode flush_mode;                  /* NIGHTJAR_FLUSH, understood */
    int64_t flush_period_ms;                        /* > 0 with NJ_FLUSH_PERIOD, else 0 */
    struct nj_sink_options sink_list[NJ_SINKS_MAX]; /* from NIGHTJAR_SINK or NIGHTJAR_SINKS: at least one */
    size_t sink_count;
    bool sinks_named;                  /* sink_list comes from NIGHTJAR_SINKS */
    struct nj_sink_options alert_sink; /* from NIGHTJAR_ALERT_URL; url absent: alerts go nowhere but to the sinks above */
    struct nj_aws_credentials credentials;
    struct nj_str aws_endpoint_sns; /* AWS_ENDPOINT_URL_SNS, else AWS_ENDPOINT_URL */
    /* What the platform and OpenTelemetry tell through the environment; absent when not set. */
    struct nj_str runtime_api, region, function_name, function_version, initialization_type, log_stream;
    struct nj_str otel_service_name, otel_resource_attributes;
    uint64_t function_memory_mb; /* 0 = not told */
    enum nj_option_origin origin[NJ_OPTION_ROWS];
    struct nj_buf store;
};

struct nj_problem {
    bool fatal_for_check; /* false: a remark only */
    char text[240];       /* one sentence; secrets never in it */
};

enum { NJ_PROBLEMS = 32 };
struct nj_problems {
    struct nj_problem list[NJ_PROBLEMS];
    size_t n, more; /* more: how many did not fit */
};

/* environ_ is the usual NULL-ended array of "NAME=value" (NULL: empty).  Always leaves usable options behind; *problems
 * is begun anew.  Without memory for copies the texts stay views into environ_, and a problem says so. */
void nj_options_read(struct nj_options *o, const char *const *environ_, struct nj_problems *problems);
void nj_options_fini(struct nj_options *o);
/* Too long texts are cut. */
void nj_problem_add(struct nj_problems *p, bool fatal_for_check, const char *fmt, ...) NJ_PRINTF(3, 4);
/* The rules of alerts: the built-in ones with what NIGHTJAR_ALERT_RULES says, JSON or the path of a file with it.  False: it cannot
 * be used, *why is one sentence about where and what, and the rules are the built-in ones. */
enum { NJ_ALERT_WHY = 160 };
NJ_MUST bool nj_alert_rules_read(struct nj_alert_rules *rules, struct nj_str text, char why[static NJ_ALERT_WHY]);
/* The word behind a choice: nj_options_choice(NJ_OPT_redact, o->redact) is "default", "strict" ...; absent for rows that
 * are no choice and for numbers outside it. */
struct nj_str nj_options_choice(enum nj_option which, unsigned index);

/* "NIGHTJAR_BATCH_BYTES=256k   (default)" lines, secrets masked. */
void nj_options_dump(const struct nj_options *o, struct nj_buf *out);
/* The variables' part of the reference page, Markdown. */
void nj_options_reference(struct nj_buf *out);

/* "64k" "4m" "1g" (either case) or plain bytes. */
NJ_MUST bool nj_parse_size(struct nj_str s, uint64_t *bytes);
/* "250ms" "2s" "5m" "1h"; a bare number is refused (0 is allowed). */
NJ_MUST bool nj_parse_duration(struct nj_str s, int64_t *ms);
/* The shortest form that reads back as the same value. */
void nj_show_size(struct nj_buf *out, uint64_t bytes);
void nj_show_duration(struct nj_buf *out, int64_t ms);
/* A URL as it may be shown: user information and query become three stars.  Without a scheme nothing of it is shown. */
void nj_show_url(struct nj_buf *out, struct nj_str url);

#endif

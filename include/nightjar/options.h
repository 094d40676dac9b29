/* nightjar/options.h -- every setting, read from the environment by one table (options.def).
 *
 * A bad value never stops the program: the message names variable, value, range and what is used instead.
 *
 * Ownership  struct nj_options owns copies of all texts.  Secrets are masked wherever options are shown.
 * Blocking   never.  Globals: the constant table.
 */
#ifndef NIGHTJAR_OPTIONS_H
#define NIGHTJAR_OPTIONS_H

#include "nightjar/sink.h"

enum { NJ_SINKS_MAX = 4 };

struct nj_options {
#define NJ_TEXT(field, variable, standard, secret, form, text) struct nj_str field;
#define NJ_SIZE(field, variable, standard, min, max, text) uint64_t field;
#define NJ_MSEC(field, variable, standard, min, max, text) int64_t field;
#define NJ_NUMBER(field, variable, standard, min, max, text) uint64_t field;
#define NJ_CHOICE(field, variable, standard, choices, text) unsigned field;
#include "nightjar/options.def"
    struct nj_sink_options sink_list[NJ_SINKS_MAX]; /* from NIGHTJAR_SINK or NIGHTJAR_SINKS: at least one */
    size_t sink_count;
    /* What the platform and OpenTelemetry tell through the environment; absent when not set. */
    struct nj_str runtime_api, region, function_name, function_version, initialization_type, log_stream;
    struct nj_str otel_service_name, otel_resource_attributes;
    uint64_t function_memory_mb; /* 0 = not told */
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

/* environ is the usual NULL-ended array of "NAME=value".  Always leaves usable options behind. */
void nj_options_read(struct nj_options *o, const char *const *environ_, struct nj_problems *problems);
void nj_options_fini(struct nj_options *o);
void nj_problem_add(struct nj_problems *p, bool fatal_for_check, const char *fmt, ...) NJ_PRINTF(3, 4);

/* "NIGHTJAR_BATCH_BYTES=256k   (default)" lines, secrets masked. */
void nj_options_dump(const struct nj_options *o, struct nj_buf *out);
/* The reference page, Markdown. */
void nj_options_reference(struct nj_buf *out);

/* "64k" "4m" "1g" or plain bytes. */
NJ_MUST bool nj_parse_size(struct nj_str s, uint64_t *bytes);
/* "250ms" "2s" "5m" "1h"; a bare number is refused (0 is allowed). */
NJ_MUST bool nj_parse_duration(struct nj_str s, int64_t *ms);

#endif

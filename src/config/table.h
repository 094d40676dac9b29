/* The rows of options.def as data, for the files of this room. */
#ifndef NIGHTJAR_CONFIG_TABLE_H
#define NIGHTJAR_CONFIG_TABLE_H

#include "nightjar/options.h"

enum config_kind { CONFIG_TEXT, CONFIG_SIZE, CONFIG_MSEC, CONFIG_NUMBER, CONFIG_CHOICE };
enum config_show { CONFIG_PUBLIC, CONFIG_SECRET, CONFIG_URL };

struct config_row {
    enum config_kind kind;
    enum config_show show;
    struct nj_str variable;
    const char *standard_text; /* CONFIG_TEXT, CONFIG_CHOICE */
    uint64_t standard, min, max;
    const char *form; /* CONFIG_TEXT: what it looks like; CONFIG_CHOICE: "a|b|c" */
    const char *text;
    size_t offset; /* of the field in struct nj_options */
};

struct config_later {
    struct nj_str variable;
    const char *text;
};

extern const struct config_row config_rows[NJ_OPTION_ROWS];
extern const struct config_later config_later[];
extern const size_t config_later_count;

/* The variables of one named sink: NIGHTJAR_SINK_<NAME> and the same with an ending. */
enum config_part { CONFIG_PART_URL, CONFIG_PART_TOKEN, CONFIG_PART_HEADERS, CONFIG_PART_ONLY, CONFIG_PARTS };
struct config_sink_part {
    struct nj_str ending; /* "", "_TOKEN", ... */
    enum config_show show;
    const char *text;
};
extern const struct config_sink_part config_sink_parts[CONFIG_PARTS];

enum { CONFIG_SINK_NAME_MAX = 24, CONFIG_NAME_MAX = 48 };

struct config_name {
    char p[CONFIG_NAME_MAX];
    size_t n;
};

/* The environment while it is read.  Views of values point into environ_ until they are copied. */
struct config_reading {
    const char *const *environ_;
    struct nj_options *o;
    struct nj_problems *problems;
};

/* First value of this name, trimmed; absent when not set or blank.  Refused values (length, control characters, secret
 * references) are reported, *refused is true, and the value is absent. */
struct nj_str config_value(struct config_reading *r, struct nj_str name, const char *instead, bool *refused);
struct nj_str config_name_str(const struct config_name *n);
/* "NIGHTJAR_SINK_" + upper-case name + ending. */
void config_sink_variable(struct nj_str sink, enum config_part part, struct config_name *out);
/* Back to the default, with a problem that names variable, value, range and default. */
void config_refuse(struct config_reading *r, const struct config_row *row, struct nj_str value, const char *why);
/* Texts with a grammar of their own, after all rows were read. */
void config_check_texts(struct config_reading *r);
/* Fills sink_list from NIGHTJAR_SINKS; sink_count stays 0 when it names none that can be used. */
void config_read_named_sinks(struct config_reading *r);
/* Reports NIGHTJAR_* names nobody reads, and variables set twice. */
void config_report_names(struct config_reading *r);

/* The value as messages may show it, at most room - 1 bytes, always ended by NUL. */
void config_excerpt(char *out, size_t room, struct nj_str value, enum config_show show);

void *config_field(struct nj_options *o, const struct config_row *row);
const void *config_field_of(const struct nj_options *o, const struct config_row *row);
/* The value in use as the user would write it; secrets masked. */
void config_show_value(struct nj_buf *out, const struct config_row *row, const void *field);
/* "4k to 4m", "a duration such as ...", "one of a, b, c": what the row takes. */
void config_show_range(struct nj_buf *out, const struct config_row *row);

#endif

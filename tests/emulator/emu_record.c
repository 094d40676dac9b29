/* Writes telemetry events as the three schema versions want them. */
#include "emu_record.h"

#include "emu_clock.h"
#include "nightjar/json.h"

#include <stdlib.h>

const char *const emu_type_names[EMU_TYPES] = {
#define EMU_TYPE(name, text) text,
#include "emu_types.def"
#undef EMU_TYPE
};

const char *const emu_schema_names[EMU_SCHEMAS] = { "2022-07-01", "2022-12-13", "2025-01-29" };

/* Fields that came with a later schema.  instanceMaxMemory is built in bytes and was megabytes before. */
static const struct {
    const char *key;
    enum emu_schema since;
} newer_fields[] = {
    { "functionArn", EMU_SCHEMA_2025_01 },
    { "tenantId", EMU_SCHEMA_2025_01 },
};

unsigned emu_type_want(enum emu_type t)
{
    return t == EMU_T_FUNCTION_LINE ? EMU_WANT_FUNCTION : t == EMU_T_EXTENSION_LINE ? EMU_WANT_EXTENSION : EMU_WANT_PLATFORM;
}

static bool is_left_out(const char *key, enum emu_schema schema)
{
    for (size_t i = 0; i < NJ_COUNT(newer_fields); i++)
        if (strcmp(key, newer_fields[i].key) == 0)
            return schema < newer_fields[i].since;
    return false;
}

static int append(const char *bytes, size_t n, void *out)
{
    nj_buf_add(out, (struct nj_str){ bytes, n });
    return 0;
}

static void add_value(struct nj_buf *out, json_t *v)
{
    /* Twelve digits: microseconds stay exact for days and 174.1 is not written as 174.09999999999999. */
    (void)json_dump_callback(v, append, out, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
}

static void add_platform(struct nj_buf *out, json_t *record, enum emu_schema schema)
{
    const char *key = NULL;
    json_t *value = NULL;
    char comma = '{';
    json_object_foreach(record, key, value)
    {
        if (is_left_out(key, schema))
            continue;
        nj_buf_addc(out, comma);
        nj_buf_add_json(out, nj_str_of(key));
        nj_buf_addc(out, ':');
        if (schema < EMU_SCHEMA_2025_01 && strcmp(key, "instanceMaxMemory") == 0)
            nj_buf_add_i64(out, json_integer_value(value) >> 20);
        else
            add_value(out, value);
        comma = ',';
    }
    if (comma == '{')
        nj_buf_addc(out, '{');
    nj_buf_addc(out, '}');
}

/* The platform hands JSON logs on untouched, so the text of the object is kept as the function wrote it. */
static bool is_object(struct nj_str line, struct nj_str *text)
{
    struct nj_json v = { 0 };
    *text = nj_str_trim(line);
    return text->n != 0 && text->p[0] == '{' && nj_json_parse(*text, &v) == NJ_OK && v.type == NJ_JSON_OBJECT;
}

void emu_render(struct nj_buf *out, size_t *head, const struct emu_source *s, enum emu_schema schema, bool json_logs)
{
    char time[EMU_TIME_LEN + 1];
    struct nj_str text = { NULL, 0 };
    size_t begin = out->n;
    nj_buf_addz(out, "{\"time\":\"");
    nj_buf_add(out, emu_time_format(time, s->wall_ns));
    nj_buf_addz(out, "\",\"type\":\"");
    nj_buf_addz(out, emu_type_names[s->type]);
    nj_buf_addz(out, "\",\"record\":");
    *head = out->n - begin + 1;
    if (s->record != NULL)
        add_platform(out, s->record, schema);
    else if (json_logs && schema >= EMU_SCHEMA_2022_12 && is_object(s->line, &text))
        nj_buf_add(out, text);
    else
        nj_buf_add_json(out, s->line);
    nj_buf_addc(out, '}');
}

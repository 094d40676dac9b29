/* The effective configuration as the user would write it, secrets masked; and the variables' part of the reference. */
#include "table.h"

static void dump_origin(const struct nj_options *o, size_t i, struct nj_buf *out)
{
    static const char *const words[NJ_OPTION_ORIGINS] = {
        [NJ_BY_DEFAULT] = "   (default)", [NJ_BY_USER] = "", [NJ_BY_REFUSAL] = "   (the value given is refused)"
    };
    const struct nj_str *text = config_field_of(o, &config_rows[i]);
    if (o->origin[i] == NJ_BY_DEFAULT && config_rows[i].kind == CONFIG_TEXT && text->n == 0)
        nj_buf_addz(out, "   (not set)");
    else if (o->origin[i] != NJ_BY_DERIVATION)
        nj_buf_addz(out, words[o->origin[i]]);
    else if (i != NJ_OPT_queue_bytes)
        nj_buf_addz(out, "   (cut to a quarter of a sink's share of the queue)");
    else if (o->function_memory_mb == 0)
        nj_buf_addz(out, "   (derived; the function's memory is not known)");
    else
        nj_buf_addf(out, "   (derived from %llu MB of memory)", (unsigned long long)o->function_memory_mb);
    nj_buf_addc(out, '\n');
}

static void dump_named_sinks(const struct nj_options *o, struct nj_buf *out)
{
    struct config_name variable;
    for (size_t i = 0; o->sinks_named && i < o->sink_count; i++) {
        const struct nj_sink_options *s = &o->sink_list[i];
        const struct nj_str values[CONFIG_PARTS] = { s->url, s->token, s->headers, s->only };
        for (int part = 0; part < CONFIG_PARTS; part++) {
            if (values[part].n == 0)
                continue;
            config_sink_variable(s->name, (enum config_part)part, &variable);
            nj_buf_add(out, config_name_str(&variable));
            nj_buf_addc(out, '=');
            if (config_sink_parts[part].show == CONFIG_SECRET)
                nj_buf_addz(out, "***");
            else if (config_sink_parts[part].show == CONFIG_URL)
                nj_show_url(out, values[part]);
            else
                nj_buf_add(out, values[part]);
            nj_buf_addc(out, '\n');
        }
    }
}

void nj_options_dump(const struct nj_options *o, struct nj_buf *out)
{
    for (size_t i = 0; i < NJ_OPTION_ROWS; i++) {
        const struct config_row *row = &config_rows[i];
        nj_buf_add(out, row->variable);
        nj_buf_addc(out, '=');
        config_show_value(out, row, config_field_of(o, row));
        dump_origin(o, i, out);
        if (i == NJ_OPT_sinks)
            dump_named_sinks(o, out);
    }
}

static void reference_default(struct nj_buf *out, const struct config_row *row)
{
    if (row->kind == CONFIG_SIZE && row->standard == 0) {
        nj_buf_addz(out, "derived");
        return;
    }
    if (row->kind == CONFIG_TEXT && row->standard_text[0] == '\0')
        return;
    nj_buf_addc(out, '`');
    if (row->kind == CONFIG_TEXT || row->kind == CONFIG_CHOICE) {
        nj_buf_addz(out, row->standard_text);
    } else {
        int64_t ms = (int64_t)row->standard;
        config_show_value(out, row, row->kind == CONFIG_MSEC ? (const void *)&ms : (const void *)&row->standard);
    }
    nj_buf_addc(out, '`');
}

void nj_options_reference(struct nj_buf *out)
{
    nj_buf_addz(out, "| variable | default | takes | meaning |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < NJ_OPTION_ROWS; i++) {
        const struct config_row *row = &config_rows[i];
        nj_buf_addf(out, "| `%.*s` | ", NJ_STR_ARG(row->variable));
        reference_default(out, row);
        nj_buf_addz(out, " | ");
        config_show_range(out, row);
        nj_buf_addf(out, " | %s%s |\n", row->text, row->show == CONFIG_SECRET ? " Secret: never shown." : "");
        for (int part = 0; i == NJ_OPT_sinks && part < CONFIG_PARTS; part++)
            nj_buf_addf(out, "| `NIGHTJAR_SINK_<NAME>%s` | | | %s |\n", config_sink_parts[part].ending.p, config_sink_parts[part].text);
    }
    nj_buf_addz(out, "\nThese names are documented for later versions; this version says so and ignores them:\n\n");
    for (size_t i = 0; i < config_later_count; i++)
        nj_buf_addf(out, "- `%.*s`: %s\n", NJ_STR_ARG(config_later[i].variable), config_later[i].text);
}

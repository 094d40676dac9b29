/* options.def as an array, and the words for values and ranges that every listing uses. */
#include "table.h"

#include <stddef.h>
#include <stdio.h>

#define FIELD(name) offsetof(struct nj_options, name)
#define NAME(lit)                                                                                                                          \
    {                                                                                                                                      \
        (lit), sizeof(lit) - 1                                                                                                             \
    }

const struct config_row config_rows[NJ_OPTION_ROWS] = {
#define NJ_TEXT(field, name, usual, secret, shape, words)                                                                                  \
    { .kind = CONFIG_TEXT,                                                                                                                 \
      .show = CONFIG_##secret,                                                                                                             \
      .variable = NAME(name),                                                                                                              \
      .standard_text = (usual),                                                                                                            \
      .form = (shape),                                                                                                                     \
      .text = (words),                                                                                                                     \
      .offset = FIELD(field) },
#define NJ_SIZE(field, name, usual, least, most, words)                                                                                    \
    { .kind = CONFIG_SIZE,                                                                                                                 \
      .variable = NAME(name),                                                                                                              \
      .standard = (usual),                                                                                                                 \
      .min = (least),                                                                                                                      \
      .max = (most),                                                                                                                       \
      .text = (words),                                                                                                                     \
      .offset = FIELD(field) },
#define NJ_MSEC(field, name, usual, least, most, words)                                                                                    \
    { .kind = CONFIG_MSEC,                                                                                                                 \
      .variable = NAME(name),                                                                                                              \
      .standard = (usual),                                                                                                                 \
      .min = (least),                                                                                                                      \
      .max = (most),                                                                                                                       \
      .text = (words),                                                                                                                     \
      .offset = FIELD(field) },
#define NJ_NUMBER(field, name, usual, least, most, words)                                                                                  \
    { .kind = CONFIG_NUMBER,                                                                                                               \
      .variable = NAME(name),                                                                                                              \
      .standard = (usual),                                                                                                                 \
      .min = (least),                                                                                                                      \
      .max = (most),                                                                                                                       \
      .text = (words),                                                                                                                     \
      .offset = FIELD(field) },
#define NJ_CHOICE(field, name, usual, choices, words)                                                                                      \
    { .kind = CONFIG_CHOICE, .variable = NAME(name), .standard_text = (usual), .form = (choices), .text = (words), .offset = FIELD(field) },
#include "nightjar/options.def"
};

const struct config_later config_later[] = {
#define NJ_LATER(name, words) { NAME(name), words },
#include "nightjar/options.def"
};
const size_t config_later_count = NJ_COUNT(config_later);

void *config_field(struct nj_options *o, const struct config_row *row)
{
    return (char *)o + row->offset;
}

const void *config_field_of(const struct nj_options *o, const struct config_row *row)
{
    return (const char *)o + row->offset;
}

struct nj_str nj_options_choice(enum nj_option which, unsigned index)
{
    struct nj_str none = { NULL, 0 }, rest, word;
    if ((unsigned)which >= NJ_OPTION_ROWS || config_rows[which].kind != CONFIG_CHOICE)
        return none;
    rest = nj_str_of(config_rows[which].form);
    for (unsigned i = 0; nj_str_cut(&rest, '|', &word); i++)
        if (i == index)
            return word;
    return none;
}

void config_show_value(struct nj_buf *out, const struct config_row *row, const void *field)
{
    const struct nj_str *s = field;
    switch (row->kind) {
    case CONFIG_TEXT:
        if (row->show == CONFIG_PUBLIC || s->n == 0)
            nj_buf_add(out, *s);
        else if (row->show == CONFIG_URL)
            nj_show_url(out, *s);
        else
            nj_buf_addz(out, "***");
        break;
    case CONFIG_SIZE:
        nj_show_size(out, *(const uint64_t *)field);
        break;
    case CONFIG_MSEC:
        nj_show_duration(out, *(const int64_t *)field);
        break;
    case CONFIG_NUMBER:
        nj_buf_add_u64(out, *(const uint64_t *)field);
        break;
    case CONFIG_CHOICE:
        nj_buf_add(out, nj_options_choice((enum nj_option)(row - config_rows), *(const unsigned *)field));
        break;
    }
}

void config_show_range(struct nj_buf *out, const struct config_row *row)
{
    struct nj_str rest = nj_str_of(row->form), word;
    switch (row->kind) {
    case CONFIG_TEXT:
        nj_buf_add(out, rest);
        break;
    case CONFIG_SIZE:
        nj_show_size(out, row->min);
        nj_buf_addz(out, " to ");
        nj_show_size(out, row->max);
        break;
    case CONFIG_MSEC:
        nj_show_duration(out, (int64_t)row->min);
        nj_buf_addz(out, " to ");
        nj_show_duration(out, (int64_t)row->max);
        break;
    case CONFIG_NUMBER:
        nj_buf_addf(out, "%llu to %llu", (unsigned long long)row->min, (unsigned long long)row->max);
        break;
    case CONFIG_CHOICE:
        for (bool first = true; nj_str_cut(&rest, '|', &word); first = false) {
            nj_buf_addz(out, first ? "" : ", ");
            nj_buf_add(out, word);
        }
        break;
    }
}

void config_excerpt(char *out, size_t room, struct nj_str value, enum config_show show)
{
    enum { LONGEST = 56 };
    struct nj_buf b;
    nj_buf_init(&b, NJ_VALUE_MAX + 16);
    if (show == CONFIG_SECRET)
        nj_buf_addz(&b, "***");
    else if (show == CONFIG_URL)
        nj_show_url(&b, nj_str_slice(value, 0, NJ_VALUE_MAX));
    else
        nj_buf_add(&b, nj_str_slice(value, 0, LONGEST + 1));
    size_t n = 0;
    bool cut = b.n > LONGEST;
    for (size_t i = 0; i < b.n && i < LONGEST && n + 4 < room; i++) {
        unsigned char c = (unsigned char)b.p[i];
        out[n++] = c >= 0x20 && c < 0x7f && c != '"' ? (char)c : '?'; /* diagnostics are plain ASCII anyway */
    }
    for (int i = 0; cut && i < 3 && n + 1 < room; i++)
        out[n++] = '.';
    out[n] = '\0';
    nj_buf_fini(&b);
}

/* Fuzzes the redactor: text and JSON come out sound, a second redaction changes nothing, and JSON stays JSON.
 *
 * The first byte of the input chooses the preset, and whether its lines are records of one stream.  make fuzz FUZZ=fuzz_redact */
#include "nightjar/redact.h"
#include "nightjar/utf8.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PRESETS = 5, OUT_MAX = 64 << 20 };

static struct nj_redactor *redactors[PRESETS];
static struct nj_buf once, twice;

static void fail(const char *what, struct nj_str in)
{
    fprintf(stderr, "%s\n  in    %.*s\n  once  %.*s\n  twice %.*s\n", what, NJ_STR_ARG(in), NJ_STR_ARG(nj_buf_str(&once)),
            NJ_STR_ARG(nj_buf_str(&twice)));
    abort();
}

static void start(void)
{
    static const char *const names[PRESETS] = { "default", "strict", "pci", "hipaa", "off" };
    for (int i = 0; i < PRESETS; i++) {
        struct nj_redact_options o = { .policy = nj_str_of(names[i]) };
        if (i == 1)
            o.keys = NJ_STR("user*,*name");
        if (i == 2)
            o.allow_keys = NJ_STR("token,*cookie*");
        if (nj_redactor_new(&redactors[i], &o) != NJ_OK)
            abort();
    }
    nj_buf_init(&once, OUT_MAX);
    nj_buf_init(&twice, OUT_MAX);
}

static void check_clean(struct nj_str s, struct nj_str in)
{
    for (size_t at = 0; at < s.n;) {
        unsigned char c = (unsigned char)s.p[at];
        size_t len = nj_utf8_len(s, at);
        if (len == 0)
            fail("ill-formed UTF-8", in);
        if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f)
            fail("a raw control character", in);
        at += len;
    }
}

static void check_text(struct nj_redactor *r, struct nj_str in)
{
    nj_redact_text(r, in, &once);
    nj_redact_text(r, nj_buf_str(&once), &twice);
    check_clean(nj_buf_str(&once), in);
    if (!nj_str_eq(nj_buf_str(&once), nj_buf_str(&twice)))
        fail("text changes again", in);
}

static void check_json(struct nj_redactor *r, struct nj_json in)
{
    struct nj_json again;
    nj_redact_json(r, in, &once);
    check_clean(nj_buf_str(&once), in.raw);
    if (memchr(once.p, '\n', once.n) != NULL)
        fail("a line break", in.raw);
    if (nj_json_parse(nj_buf_str(&once), &again) != NJ_OK)
        fail("no JSON any more", in.raw);
    nj_redact_json(r, again, &twice);
    if (!nj_str_eq(nj_buf_str(&once), nj_buf_str(&twice)))
        fail("JSON changes again", in.raw);
}

/* Lines of one function, one record each: what a record leaves behind must not harm the next. */
static void check_stream(struct nj_redactor *r, struct nj_str in)
{
    static unsigned streams;
    static const struct nj_resource resource;
    struct nj_record record;
    struct nj_clean clean;
    struct nj_json json;
    char id[16];
    snprintf(id, sizeof(id), "%u", ++streams);
    for (size_t at = 0; at < in.n;) {
        size_t end = nj_str_find(in, NJ_STR("\n"), at);
        end = end == NJ_NPOS ? in.n : end;
        struct nj_str line = nj_str_slice(in, at, end);
        nj_record_init(&record);
        record.origin = NJ_FROM_FUNCTION;
        record.event = NJ_STR("function.log");
        nj_attrs_str(&record.where, NJ_STR("faas.invocation_id"), nj_str_of(id));
        if (nj_json_parse(line, &json) == NJ_OK && json.type == NJ_JSON_OBJECT)
            record.data_json = line;
        else
            record.message = line;
        if (nj_redact_record(r, &record, &resource, NJ_STR("f-1"), &clean) != NJ_OK)
            fail("no record", line);
        check_clean(clean.message, line);
        check_clean(clean.data, line);
        if (clean.data.p != NULL && nj_json_parse(clean.data, &json) != NJ_OK)
            fail("fields are no JSON any more", line);
        at = end + 1;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (redactors[0] == NULL)
        start();
    if (size < 2 || size > 1 << 16)
        return 0;
    struct nj_redactor *r = redactors[data[0] % PRESETS];
    struct nj_str in = { (const char *)data + 1, size - 1 };
    struct nj_json json;
    if (data[0] / PRESETS % 2 == 1) {
        check_stream(r, in);
        return 0;
    }
    nj_buf_reset(&once);
    nj_buf_reset(&twice);
    if (nj_json_parse(in, &json) == NJ_OK)
        check_json(r, json);
    nj_buf_reset(&once);
    nj_buf_reset(&twice);
    check_text(r, in);
    return 0;
}

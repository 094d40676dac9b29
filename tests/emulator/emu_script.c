/* Reads the script, strictly. */
#include "emu_script.h"

#include <jansson.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

const char *const emu_outcome_names[EMU_OUTCOMES] = {
    "any", "success", "error", "timeout", "crash", "oom", "extension-crash", "init-error"
};

enum member_kind { M_EVENT, M_RAW, M_MS, M_COUNT, M_BOOL, M_TEXT, M_JSON, M_EXPECT };

static const struct member {
    const char *name;
    enum member_kind kind;
    size_t at;
    const char *text;
} members[] = {
#define AT(field) offsetof(struct emu_step, field)
    { "event", M_EVENT, AT(payload), "the payload, any JSON value" },
    { "raw", M_RAW, AT(payload), "the payload as text that is sent as it is, JSON or not" },
    { "gapMs", M_MS, AT(gap_ms), "wait before it, the sandbox frozen (0)" },
    { "repeat", M_COUNT, AT(repeat), "how often, each with its gap (1)" },
    { "expect", M_EXPECT, AT(expect), "success, error, timeout, crash, oom, extension-crash, init-error or any (any)" },
    { "expectText", M_TEXT, AT(expect_text), "text that must occur in the function's result" },
    { "shutdown", M_BOOL, AT(shutdown), "true: spin the sandbox down; what follows begins with a cold start" },
    { "reason", M_TEXT, AT(reason), "with shutdown: the shutdownReason (spindown)" },
    { "requestId", M_TEXT, AT(request_id), "instead of a random one" },
    { "trace", M_TEXT, AT(trace), "the X-Ray trace header; \"\" sends none" },
    { "tenant", M_TEXT, AT(tenant), "tenant id of this event" },
    { "qualifier", M_TEXT, AT(qualifier), "alias or version in the invoked ARN" },
    { "clientContext", M_JSON, AT(client_context), "JSON of the Lambda-Runtime-Client-Context header" },
    { "identity", M_JSON, AT(identity), "JSON of the Lambda-Runtime-Cognito-Identity header" },
    { "oomAfterMs", M_MS, AT(oom_ms), "kill the runtime for memory this long after the start" },
    { "kill", M_TEXT, AT(kill), "SIGKILL \"runtime\" or the extension of that name" },
    { "killAfterMs", M_MS, AT(kill_ms), "when to do so, after the start (0)" },
#undef AT
};

static bool fail(char *error, int line, const char *fmt, ...) NJ_PRINTF(3, 4);
static bool fail(char *error, int line, const char *fmt, ...)
{
    va_list ap;
    int n = snprintf(error, EMU_SCRIPT_ERROR_MAX, "script line %d: ", line);
    va_start(ap, fmt);
    (void)vsnprintf(error + n, EMU_SCRIPT_ERROR_MAX - (size_t)n, fmt, ap);
    va_end(ap);
    return false;
}

bool emu_script_member(size_t i, const char **name, const char **text)
{
    if (i >= NJ_COUNT(members))
        return false;
    *name = members[i].name;
    *text = members[i].text;
    return true;
}

static bool set_text(char **to, char *text)
{
    free(*to);
    *to = text;
    return text != NULL;
}

static bool set_payload(struct emu_step *s, char *text, size_t n)
{
    s->payload_len = n;
    return set_text(&s->payload, text);
}

static bool set_raw(struct emu_step *s, json_t *v)
{
    size_t n = json_string_length(v);
    char *copy = json_is_string(v) ? malloc(n + 1) : NULL;
    if (copy == NULL)
        return false;
    memcpy(copy, json_string_value(v), n + 1);
    return set_payload(s, copy, n);
}

static bool set_number(struct emu_step *s, const struct member *m, json_t *v)
{
    enum { DAY_MS = 86400000 };
    json_int_t low = m->kind == M_COUNT ? 1 : 0;
    if (!json_is_integer(v) || json_integer_value(v) < low || json_integer_value(v) > DAY_MS)
        return false;
    if (m->kind == M_COUNT)
        *(unsigned *)((char *)s + m->at) = (unsigned)json_integer_value(v);
    else
        *(int64_t *)((char *)s + m->at) = json_integer_value(v);
    return true;
}

static bool set_expect(struct emu_step *s, json_t *v)
{
    const char *name = json_string_value(v);
    for (size_t i = 0; name != NULL && i < EMU_OUTCOMES; i++)
        if (strcmp(name, emu_outcome_names[i]) == 0) {
            s->expect = (enum emu_outcome)i;
            return true;
        }
    return false;
}

static bool set_member(struct emu_step *s, const struct member *m, json_t *v)
{
    char **text = (char **)((char *)s + m->at);
    switch (m->kind) {
    case M_EVENT: {
        char *dump = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        return set_payload(s, dump, dump != NULL ? strlen(dump) : 0);
    }
    case M_RAW:
        return set_raw(s, v);
    case M_MS:
    case M_COUNT:
        return set_number(s, m, v);
    case M_BOOL:
        *(bool *)((char *)s + m->at) = json_is_true(v);
        return json_is_boolean(v);
    case M_TEXT:
        return json_is_string(v) && set_text(text, strdup(json_string_value(v)));
    case M_JSON:
        return set_text(text, json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII));
    case M_EXPECT:
        return set_expect(s, v);
    }
    return false;
}

static const struct member *find_member(const char *name)
{
    for (size_t i = 0; i < NJ_COUNT(members); i++)
        if (strcmp(members[i].name, name) == 0)
            return &members[i];
    return NULL;
}

static const char *nearest_member(const char *name)
{
    const char *best = NULL;
    size_t limit = 3;
    for (size_t i = 0; i < NJ_COUNT(members); i++) {
        size_t d = nj_str_distance(nj_str_of(name), nj_str_of(members[i].name), limit);
        if (d < limit || (d == limit && best == NULL)) {
            best = members[i].name;
            limit = d;
        }
    }
    return best;
}

static bool read_members(struct emu_step *s, json_t *root, char *error)
{
    const char *name = NULL;
    json_t *v = NULL;
    json_object_foreach(root, name, v)
    {
        const struct member *m = find_member(name);
        if (m == NULL) {
            const char *near = nearest_member(name);
            return fail(error, s->line, "unknown member \"%.40s\"%s%s%s", name, near != NULL ? "; did you mean \"" : "",
                        near != NULL ? near : "", near != NULL ? "\"?" : "");
        }
        if (!set_member(s, m, v))
            return fail(error, s->line, "\"%s\" does not take this value; it is: %s", name, m->text);
    }
    if (!s->shutdown && s->payload == NULL)
        return fail(error, s->line, "an invocation needs \"event\" or \"raw\"; a line without is only allowed with \"shutdown\": true");
    if (s->shutdown && (s->payload != NULL || s->expect != EMU_ANY))
        return fail(error, s->line, "\"shutdown\" is a line of its own, without \"event\" and \"expect\"");
    return true;
}

static bool read_line(struct emu_script *out, struct nj_str text, int line, char *error)
{
    json_error_t where;
    struct emu_step *grown = realloc(out->steps, (out->n + 1) * sizeof(*grown));
    if (grown == NULL)
        return fail(error, line, "memory exhausted");
    out->steps = grown;
    struct emu_step *s = &grown[out->n++];
    *s = (struct emu_step){ .line = line, .repeat = 1, .oom_ms = -1 };
    json_t *root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &where);
    if (root == NULL)
        return fail(error, line, "%.120s (column %d)", where.text, where.column);
    bool ok = json_is_object(root) ? read_members(s, root, error) : fail(error, line, "a line is one JSON object");
    json_decref(root);
    return ok;
}

enum nj_status emu_script_read(struct emu_script *out, struct nj_str text, char error[static EMU_SCRIPT_ERROR_MAX])
{
    struct nj_str rest = text.p != NULL ? text : NJ_STR(""), piece;
    int line = 0;
    *out = (struct emu_script){ 0 };
    error[0] = 0;
    while (nj_str_cut(&rest, '\n', &piece)) {
        line++;
        piece = nj_str_trim(piece);
        if (piece.n == 0 || piece.p[0] == '#')
            continue;
        if (!read_line(out, piece, line, error)) {
            emu_script_fini(out);
            return NJ_EPARSE;
        }
    }
    return NJ_OK;
}

void emu_script_fini(struct emu_script *s)
{
    for (size_t i = 0; i < s->n; i++) {
        struct emu_step *e = &s->steps[i];
        char *const texts[] = { e->payload, e->expect_text, e->reason,         e->request_id, e->trace,
                                e->tenant,  e->qualifier,   e->client_context, e->identity,   e->kill };
        for (size_t k = 0; k < NJ_COUNT(texts); k++)
            free(texts[k]);
    }
    free(s->steps);
    *s = (struct emu_script){ 0 };
}

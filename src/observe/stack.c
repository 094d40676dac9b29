/* Type and frames of an error, from text or JSON. */
#include "stack_frames.h"

enum { LINES_MAX = 400, NESTED_MAX = 3, UNESCAPE_MAX = 32 << 10, TYPE_AT_END = 120 };

/* --- frames --------------------------------------------------------------------------------------------------------- */

static bool there(const struct nj_stack *s, const struct nj_frame *f)
{
    for (size_t i = 0; i < s->n; i++)
        if (nj_str_eq(nj_frame_str(&s->f[i]), nj_frame_str(f)))
            return true;
    return false;
}

/* The team's frames first: the first library frames only stand in while there is none of theirs. */
static void add_frame(struct nj_stack *s, const struct nj_frame *f, bool outermost_first)
{
    if (f->n == 0)
        return;
    if (s->n != 0 && s->f[0].library && !f->library)
        s->n = 0;
    if ((s->n != 0 && f->library && !s->f[0].library) || there(s, f))
        return;
    if (outermost_first) {
        size_t keep = s->n < NJ_FRAMES ? s->n : NJ_FRAMES - 1;
        memmove(&s->f[1], &s->f[0], keep * sizeof(s->f[0]));
        s->f[0] = *f;
        s->n = keep + 1;
    } else if (s->n < NJ_FRAMES) {
        s->f[s->n++] = *f;
    }
}

/* --- types ---------------------------------------------------------------------------------------------------------- */

static bool name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '$' || c == ':';
}

static void set_type(struct nj_stack *s, struct nj_str type)
{
    type = nj_str_trim(nj_str_slice(type, 0, NJ_TYPE_MAX));
    if (s->type_n != 0 || type.n == 0)
        return;
    memcpy(s->type, type.p, type.n);
    s->type_n = type.n;
}

/* "ValueError: ..." or "com.example.NoStockException": a name at the beginning that ends as errors are called. */
struct nj_str nj_stack_type_at(struct nj_str line)
{
    static const struct nj_str ends[] = { NJ_STR_INIT("Error"), NJ_STR_INIT("Exception"), NJ_STR_INIT("Failure"), NJ_STR_INIT("Fault") };
    size_t n = 0;
    while (n < line.n && name_char(line.p[n]) &&
           !(line.p[n] == ':' && (n + 1 == line.n || line.p[n + 1] != ':') && line.p[n - (n != 0)] != ':'))
        n++;
    struct nj_str name = nj_str_slice(line, 0, n);
    char after = n < line.n ? line.p[n] : ':';
    for (size_t i = 0; i < NJ_COUNT(ends); i++)
        if (nj_str_ends(name, ends[i]) && name.n > ends[i].n + (i == 3) && strchr(": [,)", after) != NULL)
            return name;
    if (nj_str_eq(name, NJ_STR("Error")) && after == ':')
        return name;
    return (struct nj_str){ NULL, 0 };
}

/* The type is at the beginning of the line, or behind a level, a time, an id: at the beginning of a word. */
static void find_type(struct nj_stack *s, struct nj_str line)
{
    static const struct nj_str panics[] = { NJ_STR_INIT("panic: "), NJ_STR_INIT("thread '") };
    for (size_t i = 0; i < NJ_COUNT(panics); i++)
        if (nj_str_starts(line, panics[i]) && (i == 0 || nj_str_find(line, NJ_STR("' panicked at"), 0) != NJ_NPOS))
            set_type(s, NJ_STR("panic"));
    if (s->type_n != 0)
        return;
    for (size_t i = 0; i < line.n && i < 160; i++) {
        if (i != 0 && line.p[i - 1] != ' ' && line.p[i - 1] != '\t' && line.p[i - 1] != '(')
            continue;
        struct nj_str type = nj_stack_type_at(nj_str_slice(line, i, line.n));
        if (type.n == 0 || (i != 0 && nj_str_eq(type, NJ_STR("Error")))) /* "Invoke Error: ..." is no type */
            continue;
        set_type(s, type);
        return;
    }
}

/* "app.NoStock" of "app.NoStock: gone"; absent where the line begins otherwise. */
static struct nj_str leading_name(struct nj_str line)
{
    size_t n = 0;
    while (n < line.n && name_char(line.p[n]) && line.p[n] != ':')
        n++;
    return n == line.n || line.p[n] == ':' ? nj_str_slice(line, 0, n) : (struct nj_str){ NULL, 0 };
}

/* --- text ----------------------------------------------------------------------------------------------------------- */

static struct nj_str next_line(struct nj_str *rest)
{
    struct nj_str line = { NULL, 0 };
    (void)nj_str_cut(rest, '\n', &line);
    return line;
}

void nj_stack_of_text(struct nj_stack *s, struct nj_str text)
{
    text = nj_str_slice(text, 0, NJ_STACK_TEXT);
    struct nj_str rest = text, line = next_line(&rest), last_plain = { NULL, 0 };
    bool outermost_first = false, python = false;
    struct nj_frame f;
    for (int i = 0; line.p != NULL && i < LINES_MAX; i++) {
        struct nj_str peek = rest, next = next_line(&peek);
        if (nj_frame_of_line(&f, line, next, &outermost_first)) {
            add_frame(s, &f, outermost_first);
            python = python || outermost_first;
            if (nj_str_find(line, NJ_STR("Error)"), 0) != NJ_NPOS) /* Ruby: the first frame tells it at its end */
                find_type(s, nj_str_slice(line, line.n > TYPE_AT_END ? line.n - TYPE_AT_END : 0, line.n));
        } else if (line.n != 0 && line.p[0] != ' ' && line.p[0] != '\t') {
            if (!python)
                find_type(s, line);
            last_plain = line;
        }
        line = next_line(&rest);
    }
    if (python) { /* the last line tells what it was, after all frames, whatever the name is like */
        find_type(s, last_plain);
        set_type(s, leading_name(last_plain));
    }
}

/* --- JSON ----------------------------------------------------------------------------------------------------------- */

struct document {
    struct nj_stack *s;
    struct nj_buf text; /* one unescaped string at a time */
};

static struct nj_str plain(struct document *d, struct nj_json string)
{
    bool escaped = false;
    struct nj_str inner = nj_json_inner(string, &escaped);
    if (!escaped)
        return inner;
    nj_buf_reset(&d->text);
    nj_json_unescape(&d->text, nj_str_slice(inner, 0, NJ_STACK_TEXT));
    return nj_buf_str(&d->text);
}

static struct nj_str text_of(struct document *d, struct nj_json v)
{
    if (v.type == NJ_JSON_STRING)
        return plain(d, v);
    return v.type == NJ_JSON_NUMBER ? v.raw : (struct nj_str){ NULL, 0 };
}

static void take_trace(struct document *d, struct nj_json trace)
{
    struct nj_json_iter it;
    struct nj_json e;
    struct nj_str key;
    if (trace.type == NJ_JSON_STRING) {
        nj_stack_of_text(d->s, plain(d, trace));
        return;
    }
    if (trace.type != NJ_JSON_ARRAY)
        return;
    nj_json_iter_init(&it, trace);
    for (int i = 0; nj_json_next(&it, &key, &e) && i < LINES_MAX; i++) {
        if (e.type == NJ_JSON_STRING) {
            nj_stack_of_text(d->s, plain(d, e));
        } else if (e.type == NJ_JSON_OBJECT) { /* Go */
            struct nj_frame f;
            bool escaped = false;
            struct nj_json path = nj_json_get(e, NJ_STR("path")), label = nj_json_get(e, NJ_STR("label"));
            nj_frame_of_parts(&f, nj_json_inner(path, &escaped), nj_json_inner(label, &escaped));
            add_frame(d->s, &f, false);
        }
    }
}

static void take_code(struct document *d, struct nj_str text)
{
    struct nj_str v = nj_str_trim(nj_str_slice(text, 0, NJ_CODE_MAX));
    if (d->s->code_n != 0 || v.n == 0)
        return;
    memcpy(d->s->code, v.p, v.n);
    d->s->code_n = v.n;
}

static void take_message(struct document *d, struct nj_str text)
{
    struct nj_str v = nj_str_slice(text, 0, sizeof(d->s->message));
    if (d->s->message_n != 0 || v.n == 0)
        return;
    memcpy(d->s->message, v.p, v.n);
    d->s->message_n = v.n;
}

enum member { CODE, TYPE, TRACE, MESSAGE, NESTED };

static const struct {
    struct nj_str key;
    enum member is;
} members[] = {
    { NJ_STR_INIT("fingerprint"), CODE },
    { NJ_STR_INIT("error_code"), CODE },
    { NJ_STR_INIT("errorCode"), CODE },
    { NJ_STR_INIT("errorType"), TYPE },
    { NJ_STR_INIT("error_type"), TYPE },
    { NJ_STR_INIT("exceptionType"), TYPE },
    { NJ_STR_INIT("exception.type"), TYPE },
    { NJ_STR_INIT("error.type"), TYPE },
    { NJ_STR_INIT("exception_name"), TYPE },
    { NJ_STR_INIT("stackTrace"), TRACE },
    { NJ_STR_INIT("stack_trace"), TRACE },
    { NJ_STR_INIT("stacktrace"), TRACE },
    { NJ_STR_INIT("stack"), TRACE },
    { NJ_STR_INIT("trace"), TRACE },
    { NJ_STR_INIT("exc_info"), TRACE },
    { NJ_STR_INIT("exception.stacktrace"), TRACE },
    { NJ_STR_INIT("error.stack_trace"), TRACE },
    { NJ_STR_INIT("traceback"), TRACE },
    { NJ_STR_INIT("errorMessage"), MESSAGE },
    { NJ_STR_INIT("error_message"), MESSAGE },
    { NJ_STR_INIT("exception.message"), MESSAGE },
    { NJ_STR_INIT("error"), NESTED },
    { NJ_STR_INIT("err"), NESTED },
    { NJ_STR_INIT("exception"), NESTED },
    { NJ_STR_INIT("message"), NESTED },
};

static void take_object(struct document *d, struct nj_json object, int depth);

static void take_member(struct document *d, enum member is, struct nj_json v, int depth)
{
    switch (is) {
    case CODE:
        take_code(d, text_of(d, v));
        break;
    case TYPE:
        set_type(d->s, text_of(d, v));
        break;
    case TRACE:
        take_trace(d, v);
        break;
    case MESSAGE:
        take_message(d, text_of(d, v));
        break;
    case NESTED: /* {"error": {...}}, or "exception": "ValueError: ..." with its trace */
        if (v.type == NJ_JSON_OBJECT && depth < NESTED_MAX)
            take_object(d, v, depth + 1);
        else if (v.type == NJ_JSON_STRING)
            nj_stack_of_text(d->s, plain(d, v));
        break;
    }
}

static void take_object(struct document *d, struct nj_json object, int depth)
{
    /* In the order of the table, not of the document: errorType outranks what a trace begins with. */
    for (size_t i = 0; i < NJ_COUNT(members); i++) {
        struct nj_json v = nj_json_get(object, members[i].key);
        if (v.type != NJ_JSON_NONE)
            take_member(d, members[i].is, v, depth);
    }
    if (depth == 0)
        return;
    struct nj_json name = nj_json_get(object, NJ_STR("name")), type = nj_json_get(object, NJ_STR("type"));
    set_type(d->s, text_of(d, type.type == NJ_JSON_STRING ? type : name));
    take_message(d, text_of(d, nj_json_get(object, NJ_STR("message"))));
}

void nj_stack_of_json(struct nj_stack *s, struct nj_json object)
{
    struct document d = { .s = s };
    if (object.type != NJ_JSON_OBJECT)
        return;
    nj_buf_init(&d.text, UNESCAPE_MAX);
    take_object(&d, object, 0);
    nj_buf_fini(&d.text);
}

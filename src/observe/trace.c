/* Joins the lines of a stack trace. */
#include "trace.h"

#include "stack.h"

static const struct nj_str python_head = NJ_STR_INIT("Traceback (most recent call last):");

static bool is_rust_panic(struct nj_str line)
{
    return nj_str_starts(line, NJ_STR("thread '")) && nj_str_find(line, NJ_STR("' panicked at"), 0) != NJ_NPOS;
}

bool nj_trace_begins(struct nj_str line)
{
    static const struct nj_str heads[] = { NJ_STR_INIT("panic: "), NJ_STR_INIT("fatal error: "), NJ_STR_INIT("Exception in thread "),
                                           NJ_STR_INIT("Unhandled exception. ") };
    char first = line.n != 0 ? (char)(line.p[0] | 0x20) : '\0';
    if (first < 'a' || first > 'z') /* most lines begin with a time, an id or a bracket */
        return false;
    return nj_str_starts(line, python_head) || nj_str_starts_any(line, heads, NJ_COUNT(heads)) || is_rust_panic(line) ||
           nj_stack_type_at(line).n != 0;
}

/* Without indentation, and no frame: what joins the parts of a trace, or ends it. */
static bool is_joint(struct nj_str line)
{
    static const struct nj_str joints[] = { NJ_STR_INIT("Caused by: "),
                                            NJ_STR_INIT("Suppressed: "),
                                            NJ_STR_INIT("During handling of the above exception"),
                                            NJ_STR_INIT("The above exception was the direct cause"),
                                            NJ_STR_INIT("goroutine "),
                                            NJ_STR_INIT("created by "),
                                            NJ_STR_INIT("[signal "),
                                            NJ_STR_INIT("stack backtrace:"),
                                            NJ_STR_INIT("note: run with "),
                                            NJ_STR_INIT("--- End of "),
                                            NJ_STR_INIT("at ") };
    return nj_str_starts(line, python_head) || nj_str_starts_any(line, joints, NJ_COUNT(joints));
}

/* main.(*Shop).Handle(0xc00001c0a8, 0x5) */
static bool is_go_call(struct nj_str line)
{
    size_t open = nj_str_chr(line, '(', 0);
    return open != NJ_NPOS && open != 0 && line.p[line.n - 1] == ')' && nj_str_chr(nj_str_slice(line, 0, open), ' ', 0) == NJ_NPOS &&
           nj_str_chr(nj_str_slice(line, 0, open), '.', 0) != NJ_NPOS;
}

static bool is_indented(struct nj_str line)
{
    return line.n != 0 && (line.p[0] == ' ' || line.p[0] == '\t');
}

bool nj_trace_continues(const struct nj_trace *t, struct nj_str line)
{
    if (!t->open)
        return false;
    if (nj_str_trim(line).n == 0 || is_joint(line))
        return true;
    if (t->over)
        return false;
    if (is_indented(line))
        return true;
    /* Python tells type and message last, without indentation; Rust the message right after its head. */
    return (t->python && t->indented) || t->awaits || (t->go && is_go_call(line));
}

void nj_trace_add(struct nj_trace *t, struct nj_str line, bool error)
{
    bool head = nj_str_starts(line, python_head) || nj_str_find(line, NJ_STR("\nTraceback (most recent call last):"), 0) != NJ_NPOS;
    size_t room = NJ_TRACE_MAX - t->n, n = line.n < room ? line.n : room;
    bool blank = nj_str_trim(line).n == 0;
    t->over = !blank && t->python && t->indented && !head && !is_indented(line) && !is_joint(line);
    t->error = t->error || error;
    t->python = t->python || head;
    t->go = t->go || nj_str_starts(line, NJ_STR("goroutine "));
    t->indented = blank ? t->indented : is_indented(line);
    t->awaits = is_rust_panic(line);
    if (n == 0)
        return;
    memcpy(t->text + t->n, line.p, n);
    t->n += n;
    if (t->n < NJ_TRACE_MAX)
        t->text[t->n++] = '\n';
}

void nj_trace_open(struct nj_trace *t, struct nj_str line, bool error)
{
    t->open = true;
    t->error = t->python = t->go = t->awaits = t->indented = t->over = false;
    t->n = 0;
    nj_trace_add(t, line, error);
}

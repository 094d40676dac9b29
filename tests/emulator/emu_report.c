/* The JSON report. */
#include "emu_report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { RESULT_SHOWN = 1024, LIST_MAX = 20000 };

struct emu_report {
    json_t *phases, *invocations, *extensions, *runtimes, *problems;
};

enum nj_status emu_report_new(struct emu *w)
{
    struct emu_report *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return NJ_ENOMEM;
    w->report = r;
    r->phases = json_array();
    r->invocations = json_array();
    r->extensions = json_array();
    r->runtimes = json_array();
    r->problems = json_array();
    return NJ_OK;
}

void emu_report_free(struct emu *w)
{
    struct emu_report *r = w->report;
    if (r == NULL)
        return;
    json_decref(r->phases);
    json_decref(r->invocations);
    json_decref(r->extensions);
    json_decref(r->runtimes);
    json_decref(r->problems);
    free(r);
    w->report = NULL;
}

double emu_since_start(const struct emu *w, int64_t mono_ns)
{
    return emu_ms(mono_ns - w->epoch.mono_ns);
}

static void append(json_t *list, json_t *item_take)
{
    if (json_array_size(list) < LIST_MAX)
        (void)json_array_append_new(list, item_take);
    else
        json_decref(item_take);
}

static void put_text(json_t *o, const char *key, struct nj_str text)
{
    json_t *v = text.n == 0 ? NULL : json_stringn(text.p, text.n);
    if (text.n != 0 && v == NULL) /* not UTF-8 */
        v = json_string("(binary)");
    if (v != NULL)
        (void)json_object_set_new(o, key, v);
}

static void put_ms(json_t *o, const char *key, int64_t from_ns, int64_t to_ns)
{
    if (from_ns != 0 && to_ns != 0)
        (void)json_object_set_new(o, key, json_real(emu_ms(to_ns - from_ns)));
}

void emu_report_phase(struct emu *w, const char *phase, const char *detail, int64_t begin_ns, const char *status)
{
    json_t *o = json_pack("{s:s,s:i,s:i,s:f,s:f}", "phase", phase, "sandbox", (int)w->sandbox, "generation", (int)w->generation, "startMs",
                          emu_since_start(w, begin_ns), "durationMs", emu_ms(emu_now().mono_ns - begin_ns));
    put_text(o, "detail", nj_str_of(detail));
    put_text(o, "status", nj_str_of(status));
    append(w->report->phases, o);
}

void emu_report_invocation(const struct emu_invocation *inv, bool as_expected)
{
    const struct emu *w = inv->world;
    json_t *o = json_pack("{s:s,s:i,s:i,s:s,s:s,s:b,s:b,s:f}", "requestId", inv->id, "line", inv->step->line, "generation",
                          (int)w->generation, "outcome", emu_outcome_names[inv->outcome], "expect", emu_outcome_names[inv->step->expect],
                          "asExpected", as_expected, "coldStart", inv->cold, "startMs", emu_since_start(w, inv->start.mono_ns));
    put_text(o, "status", nj_str_of(inv->status));
    put_text(o, "errorType", nj_str_of(inv->error_type));
    put_text(o, "functionError", nj_str_of(inv->function_error));
    put_ms(o, "responseMs", inv->start.mono_ns, inv->answered_ns);
    put_ms(o, "runtimeMs", inv->start.mono_ns, inv->runtime_done_ns);
    put_ms(o, "durationMs", inv->start.mono_ns, inv->over_ns);
    put_ms(o, "postInvokeOverheadMs", inv->runtime_done_ns, inv->over_ns);
    if (inv->frozen_ns != 0)
        (void)json_object_set_new(o, "frozenAtMs", json_real(emu_since_start(w, inv->frozen_ns)));
    (void)json_object_set_new(o, "producedBytes", json_integer((json_int_t)inv->produced));
    (void)json_object_set_new(o, "maxMemoryUsedMB", json_integer(inv->memory_mb));
    put_text(o, "result", nj_str_slice(nj_buf_str(&inv->result), 0, RESULT_SHOWN));
    append(w->report->invocations, o);
}

static json_t *process(const struct emu *w, const struct emu_proc *p)
{
    json_t *o = json_pack("{s:i,s:i,s:i,s:f}", "sandbox", (int)w->sandbox, "generation", (int)w->generation, "pid", (int)p->pid, "startMs",
                          emu_since_start(w, p->started.mono_ns));
    if (p->pid == 0 || p->running)
        return o;
    json_t *end = json_object();
    if (WIFSIGNALED(p->wait_status))
        (void)json_object_set_new(end, "signal", json_integer(WTERMSIG(p->wait_status)));
    else
        (void)json_object_set_new(end, "code", json_integer(WEXITSTATUS(p->wait_status)));
    (void)json_object_set_new(end, "atMs", json_real(emu_since_start(w, p->exited.mono_ns)));
    if (w->stop.active) {
        (void)json_object_set_new(end, "phase", json_string(emu_phase_names[w->phase]));
        (void)json_object_set_new(end, "reason", json_string(w->stop.reason));
        (void)json_object_set_new(end, "msBeforeDeadline", json_real(emu_ms(w->stop.deadline_ns - p->exited.mono_ns)));
    }
    (void)json_object_set_new(o, "exit", end);
    (void)json_object_set_new(o, "peakMemoryKB", json_integer(p->peak_kb));
    (void)json_object_set_new(o, "cpuMs", json_real(p->cpu_ms));
    (void)json_object_set_new(o, "outputLines", json_integer((json_int_t)p->output_lines));
    return o;
}

void emu_report_extension(const struct emu_ext *x)
{
    const struct emu *w = x->world;
    json_t *o = process(w, &x->proc);
    put_text(o, "name", nj_str_of(x->name));
    put_text(o, "state", nj_str_of(emu_ext_state_names[x->state]));
    put_text(o, "errorType", nj_str_of(x->error_type));
    (void)json_object_set_new(o, "internal", json_boolean(!emu_is_external(x)));
    put_ms(o, "execToRegisterMs", x->proc.started.mono_ns, x->registered_ns);
    put_ms(o, "registerToNextMs", x->registered_ns, x->ready_ns);
    put_ms(o, "execToNextMs", x->proc.started.mono_ns, x->ready_ns);
    (void)json_object_set_new(o, "gotShutdown", json_boolean(x->shutdown_given));
    (void)json_object_set_new(o, "killed", json_boolean(x->killed));
    (void)json_object_set(o, "overheadMs", x->overheads);
    append(w->report->extensions, o);
}

void emu_report_worker(const struct emu_worker *k, size_t number)
{
    json_t *o = process(k->world, &k->proc);
    (void)json_object_set_new(o, "worker", json_integer((json_int_t)number));
    (void)json_object_set_new(o, "killed", json_boolean(k->killed));
    (void)json_object_set_new(o, "oom", json_boolean(k->oom));
    append(k->world->report->runtimes, o);
}

void emu_report_problem(struct emu *w, const char *text)
{
    append(w->report->problems, json_string(text));
}

/* --- telemetry -------------------------------------------------------------------------------------------------------- */

static json_t *count(const struct emu_count *c)
{
    return json_pack("{s:I,s:I,s:I,s:I,s:I}", "queued", (json_int_t)c->queued, "delivered", (json_int_t)c->delivered, "duplicated",
                     (json_int_t)c->duplicated, "dropped", (json_int_t)c->dropped, "undelivered", (json_int_t)c->undelivered);
}

static json_t *subscriber(const struct emu_subscriber *s)
{
    struct emu_count sum = emu_buffer_sum(&s->buf);
    json_t *totals = json_object();
    for (size_t t = 0; t < EMU_TYPES; t++)
        if (s->buf.count[t].queued != 0)
            (void)json_object_set_new(totals, emu_type_names[t], count(&s->buf.count[t]));
    return json_pack("{s:s,s:i,s:s,s:i,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:o,s:o,s:O}", "subscriber", s->name, "generation",
                     (int)s->generation, "schema", emu_schema_names[s->what.schema], "port", (int)s->what.port, "batches",
                     (json_int_t)s->acknowledged, "postsSent", (json_int_t)s->posts_sent, "retries", (json_int_t)s->retries, "refusals",
                     (json_int_t)s->refusals, "cuts", (json_int_t)s->buf.cuts, "uncertain", (json_int_t)s->uncertain, "badRecords",
                     (json_int_t)s->buf.bad, "garbage", (json_int_t)s->garbage, "sum", count(&sum), "totals", totals, "posts", s->posts);
}

static json_t *telemetry(const struct emu *w)
{
    json_t *list = json_array();
    for (const struct emu_subscriber *s = emu_stream_subscribers(w->stream); s != NULL; s = s->next)
        (void)json_array_append_new(list, subscriber(s));
    return list;
}

static json_t *emitted(const struct emu *w)
{
    const uint64_t *n = emu_stream_emitted(w->stream);
    json_t *o = json_object();
    for (size_t t = 0; t < EMU_TYPES; t++)
        if (n[t] != 0)
            (void)json_object_set_new(o, emu_type_names[t], json_integer((json_int_t)n[t]));
    return o;
}

/* --- the whole -------------------------------------------------------------------------------------------------------- */

static json_t *build(const struct emu *w)
{
    const struct emu_report *r = w->report;
    json_t *settings = json_pack("{s:s,s:s,s:s,s:I,s:I,s:I}", "version", NJ_VERSION, "functionName", w->o.function_name, "initType",
                                 emu_init_type_name(w->o.init_type), "memoryMB", (json_int_t)w->o.memory_mb, "timeoutMs",
                                 (json_int_t)w->o.timeout_ms, "shutdownMs", (json_int_t)w->o.shutdown_ms);
    return json_pack("{s:o,s:i,s:O,s:O,s:O,s:O,s:O,s:o,s:o,s:f}", "emulator", settings, "exitStatus", w->exit_status, "problems",
                     r->problems, "phases", r->phases, "invocations", r->invocations, "extensions", r->extensions, "runtimes", r->runtimes,
                     "telemetry", telemetry(w), "emitted", emitted(w), "durationMs", emu_since_start(w, emu_now().mono_ns));
}

/* path=value, one a line: for scripts that have no JSON reader. */
static void write_flat(FILE *f, const char *path, json_t *v)
{
    char below[256];
    const char *key = NULL;
    json_t *child = NULL;
    size_t at = 0;
    if (json_is_object(v)) {
        json_object_foreach(v, key, child)
        {
            (void)snprintf(below, sizeof(below), "%s%s%s", path, path[0] != 0 ? "." : "", key);
            write_flat(f, below, child);
        }
        return;
    }
    if (json_is_array(v)) {
        (void)fprintf(f, "%s.length=%zu\n", path, json_array_size(v));
        json_array_foreach(v, at, child)
        {
            (void)snprintf(below, sizeof(below), "%s.%zu", path, at);
            write_flat(f, below, child);
        }
        return;
    }
    char *text = json_is_string(v) ? strdup(json_string_value(v)) : json_dumps(v, JSON_ENCODE_ANY | JSON_REAL_PRECISION(12));
    for (char *c = text; c != NULL && *c != 0; c++)
        if (*c == '\n' || *c == '\r')
            *c = ' ';
    (void)fprintf(f, "%s=%s\n", path, text != NULL ? text : "");
    free(text);
}

static bool write_report(FILE *f, json_t *root, bool flat)
{
    if (!flat)
        return json_dumpf(root, f, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) == 0 && fputc('\n', f) != EOF;
    write_flat(f, "", root);
    return !ferror(f);
}

bool emu_report_write(struct emu *w)
{
    if (w->o.report[0] == 0)
        return true;
    bool to_stdout = strcmp(w->o.report, "-") == 0;
    FILE *f = to_stdout ? stdout : fopen(w->o.report, "we");
    json_t *root = build(w);
    bool ok = f != NULL && root != NULL && write_report(f, root, nj_str_ends(nj_str_of(w->o.report), NJ_STR(".flat")));
    if (f != NULL && !to_stdout && fclose(f) != 0)
        ok = false;
    if (!ok)
        (void)fprintf(stderr, "lambda-emulator: --report %s: %s\n", w->o.report, strerror(errno));
    json_decref(root);
    return ok;
}

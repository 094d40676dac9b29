/* memory.*: how much room is left, whether it leaks, and invocations that died of it.
 *
 * Out of memory has no event of its own.  Four signals tell of it, and no runtime sends all of them: the runtime's own words, the error
 * type of runtimeDone, a failure with all memory used, an exit by signal.  They make one record a request. */
#include "finding.h"

#include <math.h>

enum { CALLS = 50, NOTED = 32, LEAK_LEAST_MB = 4 };

enum signal { SIGNAL_TEXT = 1, SIGNAL_TYPE = 2, SIGNAL_USED = 4, SIGNAL_KILLED = 8 };

struct noted {
    uint64_t request;
    unsigned signals;
    bool said;
};

struct memory {
    int32_t used_mb[CALLS]; /* the last ones, a ring */
    uint32_t calls;
    int level;        /* of headroom told: 0, 1 = warn, 2 = critical */
    double leak_told; /* calls to exhaustion at the last word; 0 = none yet */
    struct noted noted[NOTED];
    size_t next;
};

/* --- out of memory -------------------------------------------------------------------------------------------------- */

static struct noted *note_of(struct memory *m, const struct nj_case *c, bool make)
{
    uint64_t tag = nj_case_tag(c);
    for (size_t i = 0; i < NOTED; i++)
        if (m->noted[i].request == tag && tag != 0)
            return &m->noted[i];
    if (!make || tag == 0)
        return NULL;
    struct noted *n = &m->noted[m->next++ % NOTED];
    *n = (struct noted){ .request = tag };
    return n;
}

static unsigned words_of(struct nj_str line)
{
    static const struct {
        struct nj_str words;
        unsigned signal;
    } rows[] = {
        { NJ_STR_INIT("java.lang.OutOfMemoryError"), SIGNAL_TEXT },
        { NJ_STR_INIT("JavaScript heap out of memory"), SIGNAL_TEXT },
        { NJ_STR_INIT("Reached heap limit Allocation failed"), SIGNAL_TEXT },
        { NJ_STR_INIT("System.OutOfMemoryException"), SIGNAL_TEXT },
        { NJ_STR_INIT("OutOfMemoryException"), SIGNAL_TEXT },
        { NJ_STR_INIT("fatal error: runtime: out of memory"), SIGNAL_TEXT },
        { NJ_STR_INIT("signal: killed"), SIGNAL_KILLED },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++)
        if (nj_str_find(line, rows[i].words, 0) != NJ_NPOS)
            return rows[i].signal;
    return 0;
}

static void on_line(struct nj_observe *o, void *state, struct nj_case *c, const struct nj_line *l)
{
    (void)o;
    if (c == NULL)
        return;
    /* Only what can be such a line is searched: errors, and the words a runtime prints without a level. */
    bool error = l->raw->severity >= NJ_SEV_ERROR || l->facts->kind != NJ_EV_FUNCTION;
    bool bare = nj_str_starts(l->raw->message, NJ_STR("java.lang.")) || nj_str_starts(l->raw->message, NJ_STR("FATAL ERROR")) ||
                nj_str_starts(l->raw->message, NJ_STR("fatal error")) || nj_str_starts(l->raw->message, NJ_STR("<--- ")) ||
                nj_str_starts(l->raw->message, NJ_STR("Unhandled exception")) || nj_str_starts(l->raw->message, NJ_STR("RequestId:"));
    unsigned signal = error || bare ? words_of(nj_str_slice(l->raw->message, 0, 4096)) : 0;
    struct noted *n = signal != 0 ? note_of(state, c, true) : NULL;
    if (n != NULL)
        n->signals |= signal;
}

static bool is_failure(enum nj_end end)
{
    return end == NJ_END_ERROR || end == NJ_END_CRASH || end == NJ_END_TIMEOUT || end == NJ_END_OUT_OF_MEMORY;
}

static unsigned signals_of_case(const struct nj_case *c)
{
    unsigned s = 0;
    if (!is_failure(c->end))
        return 0;
    if (nj_str_find(c->error_type, NJ_STR("OutOfMemory"), 0) != NJ_NPOS)
        s |= SIGNAL_TYPE;
    if (c->memory_mb != 0 && c->max_memory_mb >= c->memory_mb && c->end != NJ_END_TIMEOUT)
        s |= SIGNAL_USED;
    return s;
}

static void put_memory(struct nj_finding *f, const struct nj_case *c)
{
    int64_t size_mb = c->memory_mb != 0 ? c->memory_mb : (int64_t)nj_observe_config(f->o)->memory_mb; /* before the report comes */
    if (size_mb != 0)
        nj_finding_i64(f, "nightjar.memory.size_mb", size_mb);
    if (c->max_memory_mb != 0)
        nj_finding_i64(f, "nightjar.memory.max_used_mb", c->max_memory_mb);
}

static void say_oom(struct nj_observe *o, struct nj_case *c, unsigned signals)
{
    char name[NJ_CASE_NAME];
    static const char *const names[] = { "text", "error_type", "all_used", "killed" };
    struct nj_finding f = nj_finding_open(o, NJ_FIND_OOM, NJ_SEV_ERROR);
    bool first = true;
    nj_finding_message(&f, "%s ran out of memory", nj_case_name(c, name));
    size_t from = nj_finding_json_begin(&f);
    nj_buf_addc(f.b, '[');
    for (size_t i = 0; i < NJ_COUNT(names); i++) {
        if ((signals & 1u << i) == 0)
            continue;
        nj_buf_addf(f.b, "%s\"%s\"", first ? "" : ",", names[i]);
        first = false;
    }
    nj_buf_addc(f.b, ']');
    nj_finding_json_end(&f, "nightjar.memory.signals", from);
    put_memory(&f, c);
    nj_attrs_str(&f.r->data, NJ_STR("error.type"), c->error_type);
    nj_finding_say(&f, c);
}

/* A line alone is no proof: a caught java.lang.OutOfMemoryError ends in success. */
static void judge_oom(struct nj_observe *o, struct memory *m, struct nj_case *c)
{
    struct noted *n = note_of(m, c, false);
    unsigned signals = signals_of_case(c) | (n != NULL && is_failure(c->end) ? n->signals : 0);
    if (c->end == NJ_END_OUT_OF_MEMORY && signals == 0)
        signals = SIGNAL_USED;
    if (signals == 0 || (n != NULL && n->said))
        return;
    n = n != NULL ? n : note_of(m, c, true);
    if (n != NULL)
        n->said = true;
    say_oom(o, c, signals);
}

static void on_done(struct nj_observe *o, void *state, struct nj_case *c)
{
    judge_oom(o, state, c);
}

static void say_thrash(struct nj_observe *o, struct nj_case *c)
{
    struct nj_finding f = nj_finding_open(o, NJ_FIND_THRASH, NJ_SEV_ERROR);
    nj_finding_message(&f, "a timeout with all memory in use: it may be memory that was short, not time");
    put_memory(&f, c);
    nj_finding_say(&f, c);
}

/* --- headroom and leaks --------------------------------------------------------------------------------------------- */

static void judge_headroom(struct nj_observe *o, struct memory *m, struct nj_case *c)
{
    const struct nj_limits *l = nj_observe_limits(o);
    double left = 1 - (double)c->max_memory_mb / (double)c->memory_mb;
    int level = left < l->memory_critical ? 2 : left < l->memory_warn ? 1 : 0;
    if (level <= m->level)
        return;
    m->level = level;
    struct nj_finding f = nj_finding_open(o, NJ_FIND_HEADROOM, level == 2 ? NJ_SEV_ERROR : NJ_SEV_WARN);
    nj_finding_message(&f, "%.0f %% of the memory is left", 100 * (left > 0 ? left : 0));
    nj_finding_f64(&f, "nightjar.memory.headroom", left > 0 ? left : 0);
    put_memory(&f, c);
    nj_finding_say(&f, c);
}

/* Least squares over the last n calls, in MB a call. */
static double slope(const struct memory *m, uint32_t n)
{
    double sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (uint32_t i = 0; i < n; i++) {
        double x = i, y = m->used_mb[(m->calls - n + i) % CALLS];
        sx += x;
        sy += y;
        sxx += x * x;
        sxy += x * y;
    }
    return (n * sxy - sx * sy) / (n * sxx - sx * sx);
}

/* Max used is a high-water mark and rises while a sandbox warms up: a leak rises in the later half as well as in the whole, by more
 * than a step or two. */
static void judge_leak(struct nj_observe *o, struct memory *m, struct nj_case *c)
{
    int32_t before = m->calls != 0 ? m->used_mb[(m->calls - 1) % CALLS] : 0;
    if (c->max_memory_mb < before) { /* another environment */
        m->calls = 0;
        m->leak_told = 0;
    }
    m->used_mb[m->calls++ % CALLS] = (int32_t)c->max_memory_mb;
    if (m->calls < CALLS)
        return;
    if (m->calls >= UINT32_MAX - CALLS)
        m->calls = CALLS + m->calls % CALLS;
    double whole = slope(m, CALLS), half = slope(m, CALLS / 2), rate = whole < half ? whole : half;
    int32_t grown = m->used_mb[(m->calls - 1) % CALLS] - m->used_mb[m->calls % CALLS];
    double left = rate > 0 ? (double)(c->memory_mb - c->max_memory_mb) / rate : INFINITY;
    if (grown < LEAK_LEAST_MB || left >= (double)nj_observe_limits(o)->leak_calls || (m->leak_told != 0 && left > m->leak_told / 2))
        return;
    m->leak_told = left > 1 ? left : 1;
    struct nj_finding f = nj_finding_open(o, NJ_FIND_LEAK, NJ_SEV_WARN);
    nj_finding_message(&f, "memory grows by %.2f MB a call: exhausted in about %.0f calls", rate, left);
    nj_finding_f64(&f, "nightjar.memory.slope_mb", rate);
    nj_finding_f64(&f, "nightjar.memory.calls_left", left);
    nj_finding_i64(&f, "nightjar.memory.grown_mb", grown);
    nj_finding_i64(&f, "nightjar.count", CALLS);
    put_memory(&f, c);
    nj_finding_say(&f, c);
}

static void on_end(struct nj_observe *o, void *state, struct nj_case *c)
{
    struct memory *m = state;
    judge_oom(o, m, c);
    if (c->memory_mb <= 0 || c->max_memory_mb <= 0)
        return;
    double left = 1 - (double)c->max_memory_mb / (double)c->memory_mb;
    if (c->end == NJ_END_TIMEOUT && left <= nj_observe_limits(o)->memory_thrash)
        say_thrash(o, c);
    if (c->end != NJ_END_OUT_OF_MEMORY) /* has been told */
        judge_headroom(o, m, c);
    judge_leak(o, m, c);
}

const struct nj_observer nj_memory_observer = {
    .name = "memory",
    .category = NJ_CAT_PERFORMANCE,
    .state = sizeof(struct memory),
    .on_line = on_line,
    .on_done = on_done,
    .on_end = on_end,
};

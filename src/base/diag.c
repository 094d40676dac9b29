/* One JSON line to standard error, without heap, without waiting, with errno kept. */
#include "nightjar/diag.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1000, TEXT_MAX_BYTES = 700, SAFE_MAX_BYTES = LINE_MAX_BYTES - 150, JSON_MAX_BYTES = 4000 };
#define OPENING "{\"nightjar\":\""

const char *const nj_level_names[NJ_LEVELS] = { "error", "warn", "info", "debug" };

static atomic_int threshold = NJ_LEVEL_WARN;
static atomic_uint_fast64_t dropped;
static _Atomic(nj_diag_filter_fn) filter;
static void *_Atomic filter_ctx;

void nj_diag_threshold(enum nj_level most_detailed)
{
    atomic_store(&threshold, (int)most_detailed);
}

bool nj_diag_wants(enum nj_level level)
{
    return (int)level <= atomic_load(&threshold);
}

uint64_t nj_diag_dropped(void)
{
    return atomic_load(&dropped);
}

void nj_diag_filter(nj_diag_filter_fn fn, void *ctx)
{
    atomic_store(&filter, NULL);
    atomic_store(&filter_ctx, ctx);
    atomic_store(&filter, fn);
}

/* Our own words, made safe for a JSON string: anything unusual becomes a question mark. */
static size_t put_text(char *out, size_t room, const char *text)
{
    size_t n = 0;
    for (; *text != '\0' && n + 2 < room; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            out[n++] = '\\';
        out[n++] = c >= 0x20 && c < 0x7f ? (char)c : '?';
    }
    out[n] = '\0';
    return n;
}

static bool write_line(const char *line, size_t n)
{
    /* A pipe that polls writable takes PIPE_BUF (4,096) bytes without blocking, and our line is shorter. */
    struct pollfd fd = { .fd = STDERR_FILENO, .events = POLLOUT };
    if (poll(&fd, 1, 0) != 1 || (fd.revents & POLLOUT) == 0)
        return false;
    return write(STDERR_FILENO, line, n) == (ssize_t)n;
}

/* The line up to its closing brace; 0 when it does not fit. */
static size_t open_line(char *line, size_t room, enum nj_level level, const char *code, const char *text)
{
    char safe[SAFE_MAX_BYTES], when[NJ_TIME_LEN + 1];
    struct nj_clock clock;
    nj_clock_init(&clock, NULL, NULL);
    nj_time_format(when, clock.wall_ns / 1000 * 1000);
    put_text(safe, sizeof(safe), text);
    int n = snprintf(line, room, OPENING "%s\",\"code\":\"%s\",\"time\":\"%s\",\"text\":\"%s\"", nj_level_names[level], code, when, safe);
    return n > 0 && (size_t)n < room ? (size_t)n : 0;
}

static void send_line(char *line, size_t n, size_t room)
{
    bool whole = n != 0 && n + 2 <= room;
    if (whole) {
        line[n++] = '}';
        line[n++] = '\n';
    }
    if (!whole || !write_line(line, n))
        atomic_fetch_add(&dropped, 1);
}

void nj_diag(enum nj_level level, const char *code, const char *fmt, ...)
{
    if (!nj_diag_wants(level))
        return;
    int keep = errno;
    char text[TEXT_MAX_BYTES], clean[TEXT_MAX_BYTES], line[LINE_MAX_BYTES];
    nj_diag_filter_fn fn = atomic_load(&filter);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (fn != NULL)
        fn(atomic_load(&filter_ctx), nj_str_of(text), clean, sizeof(clean));
    send_line(line, open_line(line, sizeof(line), level, code, fn != NULL ? clean : text), sizeof(line));
    errno = keep;
}

void nj_diag_json(enum nj_level level, const char *code, const char *text, const char *name, struct nj_str json)
{
    if (!nj_diag_wants(level))
        return;
    int keep = errno;
    char line[JSON_MAX_BYTES];
    size_t n = open_line(line, sizeof(line), level, code, text);
    if (n != 0 && n + strlen(name) + json.n + 8 <= sizeof(line))
        n += (size_t)snprintf(line + n, sizeof(line) - n, ",\"%s\":%.*s", name, NJ_STR_ARG(json));
    send_line(line, n, sizeof(line));
    errno = keep;
}

bool nj_diag_is_own(struct nj_str line)
{
    return nj_str_starts(line, NJ_STR(OPENING));
}

bool nj_diag_gate(struct nj_diag_gate *g, struct nj_mono now, int64_t interval_ms, uint64_t *missed)
{
    if (g->used && nj_mono_until(now, g->next) > 0) {
        g->missed++;
        return false;
    }
    *missed = g->missed;
    *g = (struct nj_diag_gate){ .next = nj_mono_after(now, interval_ms), .used = true };
    return true;
}

/* Prints the time line. */
#include "emu_timeline.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
    const char *name, *color;
} tags[EMU_TAGS] = {
    [EMU_TAG_INIT] = { "init", "\033[36m" },
    [EMU_TAG_EXTENSION] = { "extension", "\033[35m" },
    [EMU_TAG_RUNTIME] = { "runtime", "\033[34m" },
    [EMU_TAG_INVOKE] = { "invoke", "\033[32m" },
    [EMU_TAG_LOG] = { "log", "\033[90m" },
    [EMU_TAG_FREEZE] = { "freeze", "\033[96m" },
    [EMU_TAG_TELEMETRY] = { "telemetry", "\033[33m" },
    [EMU_TAG_SHUTDOWN] = { "shutdown", "\033[36m" },
    [EMU_TAG_BAD] = { "problem", "\033[31m" },
};

enum { SHOWN_BYTES = 160 };

struct emu_timeline {
    bool color;
    FILE *extension_log;
    int64_t shown, hidden;
};

bool emu_timeline_open(struct emu *w)
{
    struct emu_timeline *t = calloc(1, sizeof(*t));
    if (t == NULL)
        return false;
    w->timeline = t;
    t->color = w->o.color == EMU_COLOR_ALWAYS || (w->o.color == EMU_COLOR_AUTO && isatty(1) && getenv("NO_COLOR") == NULL);
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (w->o.extension_log[0] == 0)
        return true;
    t->extension_log = fopen(w->o.extension_log, "we");
    if (t->extension_log == NULL)
        (void)fprintf(stderr, "lambda-emulator: --extension-log %s: %s\n", w->o.extension_log, strerror(errno));
    else
        (void)setvbuf(t->extension_log, NULL, _IOLBF, 0);
    return t->extension_log != NULL;
}

void emu_timeline_close(struct emu *w)
{
    if (w->timeline == NULL)
        return;
    emu_say_break(w);
    if (w->timeline->extension_log != NULL)
        (void)fclose(w->timeline->extension_log);
    free(w->timeline);
    w->timeline = NULL;
}

static void say(struct emu *w, enum emu_tag tag, const char *text)
{
    const struct emu_timeline *t = w->timeline;
    double s = emu_ms(emu_now().mono_ns - w->epoch.mono_ns) / 1000.0;
    if (t->color)
        (void)printf("%9.3f  %s%-10s%s %s\n", s, tags[tag].color, tags[tag].name, "\033[0m", text);
    else
        (void)printf("%9.3f  %-10s %s\n", s, tags[tag].name, text);
}

void emu_say(struct emu *w, enum emu_tag tag, const char *fmt, ...)
{
    char text[1024];
    va_list ap;
    if (w->o.quiet || w->timeline == NULL)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    say(w, tag, text);
}

/* What a process printed is shown without its control characters: it could paint over the time line. */
static void show(struct emu *w, enum emu_tag tag, const char *who, struct nj_str line)
{
    char text[SHOWN_BYTES + 64];
    line = nj_str_trim(line);
    int n = snprintf(text, sizeof(text), "%s: ", who);
    size_t at = n > 0 && n < 60 ? (size_t)n : 60;
    for (size_t i = 0; i < line.n && i < SHOWN_BYTES; i++)
        text[at++] = line.p[i] == '\t' ? ' ' : (char)((unsigned char)line.p[i] < 0x20 || line.p[i] == 0x7f ? '?' : line.p[i]);
    (void)snprintf(text + at, sizeof(text) - at, "%s", line.n > SHOWN_BYTES ? "..." : "");
    say(w, tag, text);
}

void emu_say_line(struct emu *w, const char *who, bool extension, struct nj_str line)
{
    struct emu_timeline *t = w->timeline;
    if (t == NULL)
        return;
    if (extension && t->extension_log != NULL) {
        (void)fwrite(line.p, 1, line.n, t->extension_log);
        if (!nj_str_ends(line, NJ_STR("\n")))
            (void)fputc('\n', t->extension_log);
        return;
    }
    if (w->o.quiet)
        return;
    if (t->shown >= w->o.line_show) {
        t->hidden++;
        return;
    }
    t->shown++;
    show(w, EMU_TAG_LOG, who, line);
}

void emu_say_result(struct emu *w, struct nj_str result)
{
    if (w->timeline != NULL && !w->o.quiet && result.n != 0)
        show(w, EMU_TAG_INVOKE, "result", result);
}

void emu_say_break(struct emu *w)
{
    struct emu_timeline *t = w->timeline;
    if (t == NULL)
        return;
    if (t->hidden != 0)
        emu_say(w, EMU_TAG_LOG, "(%lld more lines)", (long long)t->hidden);
    t->shown = t->hidden = 0;
}

/* sf_log.c -- how the sample function logs: as Node's console does, and as JSON loggers do. */
#include "nightjar/clock.h"
#include "sf_app.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { TEXT_MAX = 64 << 10, LINE_MAX_BYTES = 512 << 10 };

static const char *const level_names[] = { "DEBUG", "INFO", "WARN", "ERROR" };
static const char *const small_names[] = { "debug", "info", "warn", "error" };

static bool json_format;
static pthread_mutex_t one_line = PTHREAD_MUTEX_INITIALIZER;

void sf_log_setup(bool json)
{
    json_format = json;
}

bool sf_log_is_json(void)
{
    return json_format;
}

void sf_log_bytes(int fd, struct nj_str bytes)
{
    pthread_mutex_lock(&one_line);
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        bytes = nj_str_slice(bytes, (size_t)n, bytes.n);
    }
    pthread_mutex_unlock(&one_line);
}

/* "2026-11-23T07:15:01.043Z": runtimes log milliseconds. */
static void add_time(struct nj_buf *b)
{
    struct nj_clock c;
    char text[NJ_TIME_LEN + 1];
    nj_clock_init(&c, NULL, NULL);
    struct nj_str s = nj_time_format(text, c.wall.ms * 1000000);
    nj_buf_add(b, nj_str_slice(s, 0, 23));
    nj_buf_addc(b, 'Z');
}

void sf_log(struct nj_str request, enum sf_level level, const char *fields, const char *fmt, ...)
{
    char text[TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct nj_str message = { text, n < 0 ? 0 : (size_t)n < sizeof text ? (size_t)n : sizeof text - 1 };
    struct nj_buf line;
    nj_buf_init(&line, LINE_MAX_BYTES);
    if (json_format) {
        nj_buf_addz(&line, "{\"timestamp\":\"");
        add_time(&line);
        nj_buf_addf(&line, "\",\"level\":\"%s\",", level_names[level]);
        if (request.n > 0)
            nj_buf_addf(&line, "\"requestId\":\"%.*s\",", NJ_STR_ARG(request));
        nj_buf_addz(&line, "\"message\":");
        nj_buf_add_json(&line, message);
        if (fields != NULL)
            nj_buf_addf(&line, ",%s", fields);
        nj_buf_addc(&line, '}');
    } else {
        add_time(&line);
        nj_buf_addf(&line, "\t%.*s\t%s\t", NJ_STR_ARG(request.n > 0 ? request : NJ_STR("undefined")), level_names[level]);
        nj_buf_add(&line, message);
    }
    nj_buf_addc(&line, '\n');
    sf_log_bytes(STDOUT_FILENO, nj_buf_str(&line));
    nj_buf_fini(&line);
}

void sf_log_json(struct nj_str request, enum sf_level level, const char *members)
{
    struct nj_buf line;
    nj_buf_init(&line, LINE_MAX_BYTES);
    nj_buf_addz(&line, "{\"time\":\"");
    add_time(&line);
    nj_buf_addf(&line, "\",\"level\":\"%s\"", small_names[level]);
    if (request.n > 0)
        nj_buf_addf(&line, ",\"requestId\":\"%.*s\"", NJ_STR_ARG(request));
    nj_buf_addf(&line, ",%s}\n", members);
    sf_log_bytes(STDOUT_FILENO, nj_buf_str(&line));
    nj_buf_fini(&line);
}

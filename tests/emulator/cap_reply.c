/* cap_reply.c -- writes HTTP answers and their planned defects. */
#include "cap_reply.h"

#include <inttypes.h>
#include <time.h>

enum { REPLY_MAX = 64 << 10, WRITE_MS = 30000, PIECE = 16 << 10 };

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 307, "Temporary" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 408, "Timeout" },
    { 413, "Content Too Large" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 502, "Bad Gateway" },
    { 503, "Unavailable" },
    { 504, "Gateway Timeout" },
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < NJ_COUNT(reasons); i++)
        if (reasons[i].status == status)
            return reasons[i].reason;
    return "Planned";
}

void cap_http_date(struct nj_buf *out, int64_t unix_s)
{
    static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
    static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
    time_t t = (time_t)unix_s;
    struct tm tm;
    if (gmtime_r(&t, &tm) == NULL)
        return;
    nj_buf_addf(out, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
                tm.tm_min, tm.tm_sec);
}

static void add_retry_after(struct nj_buf *out, const char *value)
{
    static const struct nj_str date = NJ_STR_INIT("date:");
    struct nj_str v = nj_str_of(value);
    nj_buf_addz(out, "Retry-After: ");
    uint64_t seconds;
    if (nj_str_starts(v, date) && nj_str_u64(nj_str_slice(v, date.n, v.n), &seconds) && seconds < INT32_MAX) {
        struct nj_clock c;
        nj_clock_init(&c, NULL, NULL);
        /* rounded up: a date has whole seconds, and the wait must not come out shorter than asked */
        cap_http_date(out, (c.wall.ms + 999) / 1000 + (int64_t)seconds);
    } else {
        nj_buf_add(out, v);
    }
    nj_buf_addz(out, "\r\n");
}

static enum cap_io send_bytes(struct cap_stream *s, const struct cap_rule *rule, struct nj_str bytes)
{
    if (rule->slow_reply > 0)
        return cap_stream_trickle(s, bytes, rule->slow_reply);
    return cap_stream_write(s, bytes, WRITE_MS);
}

static enum cap_io send_repeated(struct cap_stream *s, struct nj_str what, int64_t times)
{
    enum cap_io io = CAP_IO_OK;
    for (int64_t i = 0; io == CAP_IO_OK && i < times; i++)
        io = cap_stream_write(s, what, WRITE_MS);
    return io;
}

static enum cap_io send_filler(struct cap_stream *s, const struct cap_rule *rule, int64_t left)
{
    char piece[PIECE];
    memset(piece, 'x', sizeof piece);
    enum cap_io io = CAP_IO_OK;
    while (io == CAP_IO_OK && left > 0) {
        struct nj_str part = { piece, left < PIECE ? (size_t)left : PIECE };
        io = send_bytes(s, rule, part);
        left -= (int64_t)part.n;
    }
    return io;
}

static void add_head(struct nj_buf *out, const struct cap_rule *rule, int status, size_t body, bool keep)
{
    nj_buf_addf(out, "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n", status, reason_of(status));
    if (rule->retry_after != NULL)
        add_retry_after(out, rule->retry_after);
    if (rule->location != NULL)
        nj_buf_addf(out, "Location: %s\r\n", rule->location);
    if (!keep)
        nj_buf_addz(out, "Connection: close\r\n");
    if (rule->bad_chunking)
        nj_buf_addz(out, "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n-1\r\n");
    else if (status == 204)
        nj_buf_addz(out, "\r\n");
    else
        nj_buf_addf(out, "Content-Length: %zu\r\n\r\n", body);
}

enum cap_io cap_reply_continue(struct cap_stream *s)
{
    return cap_stream_write(s, NJ_STR("HTTP/1.1 100 Continue\r\n\r\n"), WRITE_MS);
}

enum cap_io cap_reply_send(struct cap_stream *s, const struct cap_rule *rule, int status, struct nj_str body, bool *keep)
{
    if (rule->garbage || rule->truncate || rule->endless_headers || rule->bad_chunking || rule->hang_up)
        *keep = false;
    if (rule->garbage)
        return send_bytes(s, rule, NJ_STR("\x16\x03\x01 SSH-2.0 220 hello\r\n\x00\xff\xfe\r\n\r\n"));
    enum cap_io io = send_repeated(s, NJ_STR("HTTP/1.1 102 Processing\r\n\r\n"), rule->interim);
    if (io == CAP_IO_OK && rule->endless_headers) {
        io = cap_stream_write(s, NJ_STR("HTTP/1.1 200 OK\r\n"), WRITE_MS);
        return io == CAP_IO_OK ? send_repeated(s, NJ_STR("X-Filler: there is always one more header\r\n"), INT64_MAX) : io;
    }
    size_t announced = rule->reply_bytes > 0 ? (size_t)rule->reply_bytes : body.n + (rule->truncate ? 1000 : 0);
    struct nj_buf out;
    nj_buf_init(&out, REPLY_MAX);
    add_head(&out, rule, status, announced, *keep);
    if (rule->reply_bytes == 0 && status != 204 && !rule->bad_chunking)
        nj_buf_add(&out, body);
    if (io == CAP_IO_OK)
        io = out.err == NJ_OK ? send_bytes(s, rule, nj_buf_str(&out)) : CAP_IO_ERROR;
    nj_buf_fini(&out);
    if (io == CAP_IO_OK && rule->reply_bytes > 0)
        io = send_filler(s, rule, rule->reply_bytes);
    return io;
}

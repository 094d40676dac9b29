/* The reader of HTTP/1.x replies: head, then a body by length, in chunks or until the connection ends. */
#include "http_reply.h"

#include "nightjar/hex.h"

void nj_reply_init(struct nj_reply_reader *p, bool to_head)
{
    *p = (struct nj_reply_reader){ .to_head = to_head };
    nj_buf_init(&p->head, NJ_REPLY_HEAD_MAX);
}

void nj_reply_fini(struct nj_reply_reader *p)
{
    nj_buf_fini(&p->head);
}

static void broken(struct nj_reply_reader *p, const char *why)
{
    p->state = NJ_REPLY_BROKEN;
    p->error = why;
}

/* --- the head ------------------------------------------------------------------------------------------------------ */

/* Cuts the next line, without its end. */
static bool cut_line(struct nj_str *rest, struct nj_str *line)
{
    if (!nj_str_cut(rest, '\n', line))
        return false;
    if (nj_str_ends(*line, NJ_STR("\r")))
        line->n--;
    return true;
}

static bool split_header(struct nj_str line, struct nj_str *name, struct nj_str *value)
{
    size_t colon = nj_str_chr(line, ':', 0);
    if (colon == NJ_NPOS || colon == 0)
        return false;
    *name = nj_str_slice(line, 0, colon);
    *value = nj_str_trim(nj_str_slice(line, colon + 1, line.n));
    return true;
}

struct nj_str nj_reply_header(const struct nj_reply_reader *p, struct nj_str name)
{
    struct nj_str rest = nj_buf_str(&p->head), line, n, v;
    if (!cut_line(&rest, &line))
        return (struct nj_str){ NULL, 0 };
    while (cut_line(&rest, &line))
        if (split_header(line, &n, &v) && nj_str_eq_nocase(n, name))
            return v;
    return (struct nj_str){ NULL, 0 };
}

/* "HTTP/1.1 200 OK", the reason may be missing. */
static bool status_line(struct nj_reply_reader *p, struct nj_str line)
{
    uint64_t status;
    bool minor = line.n > 7 && (line.p[7] == '0' || line.p[7] == '1');
    if (line.n < 12 || !nj_str_starts(line, NJ_STR("HTTP/1.")) || !minor || line.p[8] != ' ' || (line.n > 12 && line.p[12] != ' ') ||
        !nj_str_u64(nj_str_slice(line, 9, 12), &status) || status < 100 || status > 599)
        return false;
    p->status = (long)status;
    p->keep_alive = line.p[7] == '1';
    return true;
}

/* Is word among the comma-separated words of list? */
static bool has_word(struct nj_str list, struct nj_str word)
{
    struct nj_str piece;
    while (nj_str_cut(&list, ',', &piece))
        if (nj_str_eq_nocase(nj_str_trim(piece), word))
            return true;
    return false;
}

struct framing {
    bool has_length, chunked, odd_coding;
    uint64_t length;
};

static bool take_header(struct nj_reply_reader *p, struct framing *f, struct nj_str name, struct nj_str value)
{
    uint64_t length;
    if (nj_str_eq_nocase(name, NJ_STR("Content-Length"))) {
        if (!nj_str_u64(value, &length) || (f->has_length && f->length != length))
            return false;
        f->has_length = true;
        f->length = length;
    } else if (nj_str_eq_nocase(name, NJ_STR("Transfer-Encoding"))) {
        f->chunked = nj_str_eq_nocase(value, NJ_STR("chunked"));
        f->odd_coding = !f->chunked;
    } else if (nj_str_eq_nocase(name, NJ_STR("Connection"))) {
        p->keep_alive = (p->keep_alive || has_word(value, NJ_STR("keep-alive"))) && !has_word(value, NJ_STR("close"));
    }
    return true;
}

static void choose_body(struct nj_reply_reader *p, const struct framing *f)
{
    p->left = f->length;
    if (p->to_head || p->status == 204 || p->status == 304)
        p->state = NJ_REPLY_DONE;
    else if (f->chunked)
        p->state = NJ_REPLY_CHUNK_SIZE;
    else if (f->has_length && !f->odd_coding)
        p->state = f->length > 0 ? NJ_REPLY_LENGTH : NJ_REPLY_DONE;
    else
        p->state = NJ_REPLY_UNTIL_CLOSE;
    /* A reply that names a length and a coding may have been tampered with on its way: nothing more is read behind it. */
    if (p->state == NJ_REPLY_UNTIL_CLOSE || f->odd_coding || (f->chunked && f->has_length))
        p->keep_alive = false;
}

static void head_complete(struct nj_reply_reader *p)
{
    struct nj_str rest = nj_buf_str(&p->head), line, name, value;
    struct framing f = { 0 };
    if (!cut_line(&rest, &line) || !status_line(p, line)) {
        broken(p, "not an HTTP reply");
        return;
    }
    while (cut_line(&rest, &line) && line.n > 0) {
        if (!split_header(line, &name, &value) || !take_header(p, &f, name, value)) {
            p->status = 0;
            broken(p, "a header of the reply makes no sense");
            return;
        }
    }
    if (p->status >= 200) {
        choose_body(p, &f);
        return;
    }
    long interim = p->status;
    p->status = 0; /* 100 Continue, 103 Early Hints: the answer is still to come */
    nj_buf_reset(&p->head);
    p->head_line = 0;
    if (interim == 101)
        broken(p, "the server changes the protocol without being asked");
}

/* Takes bytes up to and with the empty line. */
static void feed_head(struct nj_reply_reader *p, struct nj_str *in)
{
    size_t end = nj_str_chr(*in, '\n', 0), n = end == NJ_NPOS ? in->n : end + 1;
    p->head_bytes += n;
    if (p->head_bytes <= NJ_REPLY_HEAD_MAX)
        nj_buf_add(&p->head, nj_str_slice(*in, 0, n));
    *in = nj_str_slice(*in, n, in->n);
    if (p->head_bytes > NJ_REPLY_HEAD_MAX || p->head.err != NJ_OK) {
        broken(p, p->head.err == NJ_ENOMEM ? "no memory" : "the reply's headers do not end");
        return;
    }
    if (memcmp(p->head.p, "HTTP/", p->head.n < 5 ? p->head.n : 5) != 0) {
        broken(p, "not an HTTP reply");
        return;
    }
    if (end == NJ_NPOS)
        return;
    bool last = nj_str_trim(nj_str_slice(nj_buf_str(&p->head), p->head_line, p->head.n)).n == 0;
    p->head_line = p->head.n;
    if (last)
        head_complete(p);
}

/* --- the body ------------------------------------------------------------------------------------------------------ */

/* Collects a line; true when its end has come, and then *line is it. */
static bool collect_line(struct nj_reply_reader *p, struct nj_str *in, struct nj_str *line)
{
    size_t end = nj_str_chr(*in, '\n', 0), n = end == NJ_NPOS ? in->n : end + 1;
    if (n > sizeof(p->line) - p->line_n) {
        broken(p, "a line within the reply's body does not end");
        return false;
    }
    memcpy(p->line + p->line_n, in->p, n);
    p->line_n += n;
    *in = nj_str_slice(*in, n, in->n);
    if (end == NJ_NPOS)
        return false;
    *line = nj_str_trim((struct nj_str){ p->line, p->line_n });
    p->line_n = 0;
    return true;
}

static bool hex(struct nj_str s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0 || s.n > 15)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int digit = nj_hex_value(s.p[i]);
        if (digit < 0)
            return false;
        v = v << 4 | (unsigned)digit;
    }
    *out = v;
    return true;
}

static void feed_chunk_size(struct nj_reply_reader *p, struct nj_str *in)
{
    struct nj_str line;
    if (!collect_line(p, in, &line))
        return;
    size_t end = nj_str_chr(line, ';', 0);
    if (!hex(nj_str_trim(nj_str_slice(line, 0, end)), &p->left))
        broken(p, "a chunk of the reply has no size");
    else
        p->state = p->left > 0 ? NJ_REPLY_CHUNK_DATA : NJ_REPLY_TRAILER;
}

static void feed_chunk_end(struct nj_reply_reader *p, struct nj_str *in)
{
    struct nj_str line;
    if (!collect_line(p, in, &line))
        return;
    if (line.n != 0)
        broken(p, "a chunk of the reply is longer than it says");
    else
        p->state = NJ_REPLY_CHUNK_SIZE;
}

static void feed_trailer(struct nj_reply_reader *p, struct nj_str *in)
{
    struct nj_str line;
    size_t before = in->n;
    bool whole = collect_line(p, in, &line);
    p->head_bytes += before - in->n;
    if (p->head_bytes > NJ_REPLY_HEAD_MAX)
        broken(p, "the reply's headers do not end");
    else if (whole && line.n == 0)
        p->state = NJ_REPLY_DONE;
}

static void feed_counted(struct nj_reply_reader *p, struct nj_str *in, struct nj_str *body)
{
    size_t n = p->left < in->n ? (size_t)p->left : in->n;
    *body = nj_str_slice(*in, 0, n);
    *in = nj_str_slice(*in, n, in->n);
    p->left -= n;
    if (p->left == 0)
        p->state = p->state == NJ_REPLY_LENGTH ? NJ_REPLY_DONE : NJ_REPLY_CHUNK_END;
}

bool nj_reply_feed(struct nj_reply_reader *p, struct nj_str *in, struct nj_str *body)
{
    *body = (struct nj_str){ NULL, 0 };
    if (in->n == 0)
        return false;
    switch (p->state) {
    case NJ_REPLY_HEAD:
        feed_head(p, in);
        break;
    case NJ_REPLY_LENGTH:
    case NJ_REPLY_CHUNK_DATA:
        feed_counted(p, in, body);
        break;
    case NJ_REPLY_CHUNK_SIZE:
        feed_chunk_size(p, in);
        break;
    case NJ_REPLY_CHUNK_END:
        feed_chunk_end(p, in);
        break;
    case NJ_REPLY_TRAILER:
        feed_trailer(p, in);
        break;
    case NJ_REPLY_UNTIL_CLOSE:
        *body = *in;
        *in = nj_str_slice(*in, in->n, in->n);
        break;
    case NJ_REPLY_DONE:
    case NJ_REPLY_BROKEN:
        return false;
    }
    return true;
}

void nj_reply_end(struct nj_reply_reader *p)
{
    if (p->state == NJ_REPLY_UNTIL_CLOSE)
        p->state = NJ_REPLY_DONE;
    else if (p->state != NJ_REPLY_DONE && p->state != NJ_REPLY_BROKEN)
        broken(p, p->status == 0 ? "the connection was closed before an answer" : "the connection was closed within the answer");
}

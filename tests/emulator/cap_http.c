/* cap_http.c -- request heads and chunked bodies as a strict server reads them. */
#include "cap_http.h"

enum { CHUNK_LINE_MAX = 4096 };

size_t cap_head_length(struct nj_str text)
{
    size_t at = nj_str_find(text, NJ_STR("\r\n\r\n"), 0);
    return at == NJ_NPOS ? 0 : at + 4;
}

/* Cuts one header line off *rest; false at the end.  A line without a colon gives an empty name. */
static bool next_header(struct nj_str *rest, struct nj_str *name, struct nj_str *value)
{
    if (rest->n == 0)
        return false;
    size_t end = nj_str_find(*rest, NJ_STR("\r\n"), 0);
    struct nj_str line = nj_str_slice(*rest, 0, end);
    *rest = end == NJ_NPOS ? nj_str_slice(*rest, rest->n, rest->n) : nj_str_slice(*rest, end + 2, rest->n);
    size_t colon = nj_str_chr(line, ':', 0);
    *name = nj_str_slice(line, 0, colon == NJ_NPOS ? 0 : colon);
    *value = nj_str_trim(nj_str_slice(line, colon == NJ_NPOS ? 0 : colon + 1, line.n));
    return true;
}

struct nj_str cap_head_get(const struct cap_head *h, const char *wanted)
{
    struct nj_str rest = h->lines, name, value;
    while (next_header(&rest, &name, &value))
        if (nj_str_eq_nocase(name, nj_str_of(wanted)))
            return value;
    return (struct nj_str){ NULL, 0 };
}

static bool cut_word(struct nj_str *line, struct nj_str *word)
{
    size_t space = nj_str_chr(*line, ' ', 0);
    if (space == NJ_NPOS || space == 0)
        return false;
    *word = nj_str_slice(*line, 0, space);
    *line = nj_str_slice(*line, space + 1, line->n);
    return true;
}

static enum nj_status read_framing(struct cap_head *h)
{
    struct nj_str rest = h->lines, name, value;
    while (next_header(&rest, &name, &value)) {
        if (name.n == 0 || nj_str_trim(name).n != name.n)
            return NJ_EPARSE;
        if (nj_str_eq_nocase(name, NJ_STR("Content-Length"))) {
            uint64_t n;
            if (!nj_str_u64(value, &n) || n > INT64_MAX || (h->content_length >= 0 && (uint64_t)h->content_length != n))
                return NJ_EPARSE;
            h->content_length = (int64_t)n;
        } else if (nj_str_eq_nocase(name, NJ_STR("Transfer-Encoding"))) {
            if (!nj_str_eq_nocase(value, NJ_STR("chunked")))
                return NJ_EPARSE;
            h->chunked = true;
        } else if (nj_str_eq_nocase(name, NJ_STR("Connection"))) {
            if (nj_str_eq_nocase(value, NJ_STR("close")))
                h->keep_alive = false;
            else if (nj_str_eq_nocase(value, NJ_STR("keep-alive")))
                h->keep_alive = true;
        } else if (nj_str_eq_nocase(name, NJ_STR("Expect"))) {
            h->expects_continue = nj_str_eq_nocase(value, NJ_STR("100-continue"));
        }
    }
    return h->chunked && h->content_length >= 0 ? NJ_EPARSE : NJ_OK;
}

enum nj_status cap_head_parse(struct nj_str head, struct cap_head *out)
{
    *out = (struct cap_head){ .content_length = -1 };
    size_t end = nj_str_find(head, NJ_STR("\r\n"), 0);
    if (end == NJ_NPOS)
        return NJ_EPARSE;
    struct nj_str line = nj_str_slice(head, 0, end);
    if (!cut_word(&line, &out->method) || !cut_word(&line, &out->target))
        return NJ_EPARSE;
    out->version = line;
    if (!nj_str_eq(line, NJ_STR("HTTP/1.1")) && !nj_str_eq(line, NJ_STR("HTTP/1.0")))
        return NJ_EPARSE;
    out->keep_alive = nj_str_eq(line, NJ_STR("HTTP/1.1"));
    out->path = nj_str_slice(out->target, 0, nj_str_chr(out->target, '?', 0));
    size_t lines_end = head.n >= end + 4 ? head.n - 2 : end + 2; /* without the empty line */
    out->lines = nj_str_slice(head, end + 2, lines_end);
    return read_framing(out);
}

static void add_lower(struct nj_buf *out, struct nj_str s)
{
    char text[128];
    size_t n = s.n < sizeof text ? s.n : sizeof text;
    for (size_t i = 0; i < n; i++)
        text[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    nj_buf_add_json(out, (struct nj_str){ text, n });
}

/* Has this name come up before position p? */
static bool seen_before(const struct cap_head *h, struct nj_str name)
{
    struct nj_str rest = h->lines, n, v;
    while (next_header(&rest, &n, &v)) {
        if (n.p == name.p)
            return false;
        if (nj_str_eq_nocase(n, name))
            return true;
    }
    return false;
}

void cap_head_json(const struct cap_head *h, struct nj_buf *out)
{
    struct nj_str rest = h->lines, name, value;
    const char *sep = "";
    nj_buf_addc(out, '{');
    while (next_header(&rest, &name, &value)) {
        if (seen_before(h, name))
            continue;
        nj_buf_addz(out, sep);
        sep = ",";
        add_lower(out, name);
        nj_buf_addc(out, ':');
        struct nj_str others = rest, n, v;
        struct nj_buf all;
        nj_buf_init(&all, 1 << 20);
        nj_buf_add(&all, value);
        while (next_header(&others, &n, &v)) {
            if (!nj_str_eq_nocase(n, name))
                continue;
            nj_buf_addz(&all, ", ");
            nj_buf_add(&all, v);
        }
        nj_buf_add_json(out, nj_buf_str(&all));
        nj_buf_fini(&all);
    }
    nj_buf_addc(out, '}');
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 32);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of the line that gives a chunk's size. */
static enum nj_status size_byte(struct cap_chunks *c, char b)
{
    if (++c->line > CHUNK_LINE_MAX)
        return NJ_ELIMIT;
    if (b == '\n') {
        if (!c->digits)
            return NJ_EPARSE;
        c->at = c->left > 0 ? CAP_CHUNK_DATA : CAP_CHUNK_TRAILER;
        c->line = 0;
        return NJ_OK;
    }
    int digit = c->extension ? -1 : hex_digit(b);
    if (digit >= 0) {
        if (c->left >> 56)
            return NJ_ELIMIT;
        c->left = c->left << 4 | (uint64_t)digit;
        c->digits = true;
    } else if (b == ';' && c->digits) {
        c->extension = true;
    } else if (!c->extension && b != '\r' && b != ' ' && b != '\t') {
        return NJ_EPARSE;
    }
    return NJ_OK;
}

/* One byte outside of the data: sizes, the line end after a chunk, trailers. */
static enum nj_status frame_byte(struct cap_chunks *c, char b)
{
    if (c->at == CAP_CHUNK_SIZE)
        return size_byte(c, b);
    if (c->at == CAP_CHUNK_END) {
        if (b == '\n') {
            *c = (struct cap_chunks){ .at = CAP_CHUNK_SIZE };
            return NJ_OK;
        }
        return b == '\r' ? NJ_OK : NJ_EPARSE;
    }
    if (b == '\n') {
        if (c->line == 0)
            c->at = CAP_CHUNK_DONE;
        c->line = 0;
    } else if (b != '\r' && ++c->line > CHUNK_LINE_MAX) {
        return NJ_ELIMIT;
    }
    return NJ_OK;
}

enum nj_status cap_chunks_feed(struct cap_chunks *c, struct nj_str in, struct nj_buf *body, size_t *taken)
{
    size_t i = 0;
    enum nj_status st = NJ_OK;
    while (st == NJ_OK && i < in.n && c->at != CAP_CHUNK_DONE) {
        if (c->at != CAP_CHUNK_DATA) {
            st = frame_byte(c, in.p[i++]);
            continue;
        }
        size_t n = in.n - i < c->left ? in.n - i : (size_t)c->left;
        nj_buf_add(body, nj_str_slice(in, i, i + n));
        i += n;
        c->left -= n;
        if (c->left == 0)
            c->at = CAP_CHUNK_END;
        st = body->err;
    }
    *taken = i;
    return st;
}

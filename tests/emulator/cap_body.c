/* cap_body.c -- decompression (zlib, zstd) and the cutting of bodies into records. */
#include "cap_body.h"

#include <limits.h>
#include <zlib.h>
#include <zstd.h>

enum { STEP = 64 << 10 };

static enum nj_status inflate_all(struct nj_str wire, struct nj_buf *out, int window_bits)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)wire.p, .avail_in = (uInt)wire.n };
    if (wire.n > UINT_MAX)
        return NJ_ELIMIT;
    if (inflateInit2(&z, window_bits) != Z_OK)
        return NJ_ENOMEM;
    enum nj_status st = NJ_OK;
    int rc = Z_OK;
    while (st == NJ_OK && (z.avail_in > 0 || rc == Z_OK)) {
        if (rc == Z_STREAM_END && inflateReset(&z) != Z_OK)
            break;
        st = nj_buf_reserve(out, STEP);
        if (st != NJ_OK)
            break;
        z.next_out = (Bytef *)out->p + out->n;
        z.avail_out = STEP;
        rc = inflate(&z, Z_NO_FLUSH);
        out->n += STEP - z.avail_out;
        if (rc != Z_OK && rc != Z_STREAM_END)
            st = NJ_EPARSE;
    }
    inflateEnd(&z);
    return st == NJ_OK && rc != Z_STREAM_END ? NJ_EPARSE : st;
}

static enum nj_status unzstd_all(struct nj_str wire, struct nj_buf *out)
{
    ZSTD_DCtx *d = ZSTD_createDCtx();
    if (d == NULL)
        return NJ_ENOMEM;
    ZSTD_inBuffer in = { wire.p, wire.n, 0 };
    enum nj_status st = NJ_OK;
    size_t more = 1; /* 0: a frame is complete and flushed */
    bool full = false;
    while (st == NJ_OK && (in.pos < in.size || (full && more != 0))) {
        st = nj_buf_reserve(out, STEP);
        if (st != NJ_OK)
            break;
        ZSTD_outBuffer o = { out->p + out->n, STEP, 0 };
        more = ZSTD_decompressStream(d, &o, &in);
        out->n += o.pos;
        full = o.pos == STEP;
        if (ZSTD_isError(more))
            st = NJ_EPARSE;
    }
    ZSTD_freeDCtx(d);
    return st == NJ_OK && more != 0 ? NJ_EPARSE : st;
}

enum nj_status cap_body_decode(struct nj_str encoding, struct nj_str wire, struct nj_buf *out)
{
    if (encoding.n == 0 || nj_str_eq_nocase(encoding, NJ_STR("identity"))) {
        nj_buf_add(out, wire);
        return out->err;
    }
    if (nj_str_eq_nocase(encoding, NJ_STR("gzip")))
        return inflate_all(wire, out, 16 + MAX_WBITS);
    if (nj_str_eq_nocase(encoding, NJ_STR("deflate")))
        return inflate_all(wire, out, MAX_WBITS);
    if (nj_str_eq_nocase(encoding, NJ_STR("zstd")))
        return unzstd_all(wire, out);
    return NJ_EPARSE;
}

static size_t skip_space(struct nj_str s, size_t at)
{
    while (at < s.n && (s.p[at] == ' ' || s.p[at] == '\t' || s.p[at] == '\r' || s.p[at] == '\n'))
        at++;
    return at;
}

void cap_records_init(struct cap_records *r, struct nj_str body)
{
    *r = (struct cap_records){ .body = body, .at = skip_space(body, 0) };
    if (r->at >= body.n)
        r->form = CAP_BODY_LINES;
    else if (body.p[r->at] == '[')
        r->form = CAP_BODY_ARRAY, r->at++;
    else
        r->form = body.p[r->at] == '{' ? CAP_BODY_LINES : CAP_BODY_WHOLE;
}

/* Where the array element that begins at from ends: at its comma, at the closing bracket, or at the end of the body. */
static size_t element_end(struct nj_str s, size_t from)
{
    size_t depth = 0;
    bool text = false;
    for (size_t i = from; i < s.n; i++) {
        char c = s.p[i];
        if (text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                text = false;
        } else if (c == '"') {
            text = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (depth == 0 && (c == ',' || c == ']')) {
            return i;
        } else if (c == '}' || c == ']') {
            depth -= depth > 0;
        }
    }
    return s.n;
}

bool cap_records_next(struct cap_records *r, struct nj_str *record)
{
    size_t start = skip_space(r->body, r->at);
    if (start >= r->body.n)
        return false;
    size_t end = r->body.n;
    if (r->form == CAP_BODY_LINES) {
        size_t nl = nj_str_chr(r->body, '\n', start);
        end = nl == NJ_NPOS ? end : nl;
    } else if (r->form == CAP_BODY_ARRAY) {
        end = element_end(r->body, start);
        if (end == start && r->body.p[start] == ']') {
            r->at = r->body.n;
            return false;
        }
    }
    *record = nj_str_trim(nj_str_slice(r->body, start, end));
    r->at = r->form == CAP_BODY_ARRAY && end < r->body.n && r->body.p[end] == ']' ? r->body.n : end + 1;
    return true;
}

/* Follows HTTP/1.x messages as they pass: line by line in heads, chunk lines and trailers, by counting in bodies. */
#include "proxy_message.h"

#include "nightjar/hex.h"

void nj_msg_init(struct nj_msg *m, bool request, const struct nj_msg_reader *reader)
{
    *m = (struct nj_msg){ .reader = reader, .request = request };
    nj_buf_init(&m->line, NJ_MSG_LINE_MAX);
}

void nj_msg_fini(struct nj_msg *m)
{
    nj_buf_fini(&m->line);
}

void nj_msg_restart(struct nj_msg *m)
{
    struct nj_buf line = m->line;
    nj_buf_shrink(&line, 0);
    *m = (struct nj_msg){ .reader = m->reader, .request = m->request, .line = line };
}

/* --- lines that come in pieces ------------------------------------------------------------------------------------- */

static struct nj_str name_of(struct nj_str line)
{
    size_t colon = nj_str_chr(line, ':', 0);
    return colon == NJ_NPOS ? (struct nj_str){ 0 } : nj_str_slice(line, 0, colon);
}

/* Adds a piece to the line in hand.  What does not fit the stash is worth heap only where somebody wants it; of other lines the
 * stash keeps the beginning, from which it can still be told what they are. */
static void keep_piece(struct nj_msg *m, struct nj_str piece)
{
    m->in_line = true;
    size_t take = NJ_MSG_STASH - m->stash_n < piece.n ? NJ_MSG_STASH - m->stash_n : piece.n;
    if (take > 0)
        memcpy(m->stash + m->stash_n, piece.p, take);
    m->stash_n += take;
    if (take == piece.n || m->overlong)
        return;
    if (m->line.n == 0) {
        struct nj_str begin = { m->stash, m->stash_n }, name = name_of(begin);
        bool field = m->phase == NJ_MSG_FIELDS || m->phase == NJ_MSG_TRAILERS;
        m->overlong = field ? name.n == 0 || !m->reader->wants(name) : m->phase != NJ_MSG_START;
        if (!m->overlong)
            nj_buf_add(&m->line, begin);
    }
    if (!m->overlong)
        nj_buf_add(&m->line, nj_str_slice(piece, take, piece.n));
    if (m->line.err != NJ_OK) {
        m->overlong = true;
        nj_buf_shrink(&m->line, 0);
    }
}

/* True when a line is whole: *line is it, without its end, valid until drop_line(). */
static bool take_line(struct nj_msg *m, const char *p, size_t n, size_t *used, struct nj_str *line)
{
    const char *lf = memchr(p, '\n', n);
    *used = lf == NULL ? n : (size_t)(lf - p) + 1;
    if (lf == NULL) {
        keep_piece(m, (struct nj_str){ p, n });
        return false;
    }
    if (!m->in_line) {
        *line = (struct nj_str){ p, *used - 1 };
    } else {
        keep_piece(m, (struct nj_str){ p, *used - 1 });
        *line = m->line.n > 0 ? nj_buf_str(&m->line) : (struct nj_str){ m->stash, m->stash_n };
    }
    if (line->n > 0 && line->p[line->n - 1] == '\r')
        line->n--;
    return true;
}

static void drop_line(struct nj_msg *m)
{
    m->in_line = m->overlong = false;
    m->stash_n = 0;
    nj_buf_shrink(&m->line, 0);
}

/* --- heads --------------------------------------------------------------------------------------------------------- */

/* "HTTP/1.x"; the digit is the minor version. */
static bool version(struct nj_str s, unsigned *minor)
{
    if (s.n != 8 || memcmp(s.p, "HTTP/1.", 7) != 0 || s.p[7] < '0' || s.p[7] > '9')
        return false;
    *minor = (unsigned)(s.p[7] - '0');
    return true;
}

static enum nj_msg_phase request_line(struct nj_msg *m, struct nj_str line)
{
    size_t first = nj_str_chr(line, ' ', 0);
    if (first == NJ_NPOS || first == 0 || line.n < first + 10 || line.p[line.n - 9] != ' ')
        return NJ_MSG_BAD;
    struct nj_str method = nj_str_slice(line, 0, first), target = nj_str_slice(line, first + 1, line.n - 9);
    if (!version(nj_str_slice(line, line.n - 8, line.n), &m->minor))
        return NJ_MSG_BAD;
    m->head_only = nj_str_eq(method, NJ_STR("HEAD"));
    m->safe = m->head_only || nj_str_eq(method, NJ_STR("GET"));
    m->connect = nj_str_eq(method, NJ_STR("CONNECT"));
    m->reader->start(m->reader->ctx, method, target);
    return NJ_MSG_FIELDS;
}

static enum nj_msg_phase status_line(struct nj_msg *m, struct nj_str line)
{
    uint64_t status = 0;
    if (line.n < 12 || line.p[8] != ' ' || (line.n > 12 && line.p[12] != ' ') || !version(nj_str_slice(line, 0, 8), &m->minor) ||
        !nj_str_u64(nj_str_slice(line, 9, 12), &status) || status < 100)
        return NJ_MSG_BAD;
    m->status = (unsigned)status;
    return NJ_MSG_FIELDS;
}

static enum nj_msg_phase start_line(struct nj_msg *m, struct nj_str line)
{
    if (m->overlong)
        return NJ_MSG_BAD;
    if (line.n == 0 && m->request)
        return NJ_MSG_START; /* some old clients end a body with a line end too many */
    return m->request ? request_line(m, line) : status_line(m, line);
}

static bool content_length(struct nj_msg *m, struct nj_str value)
{
    uint64_t n;
    if (!nj_str_u64(value, &n) || (m->has_length && n != m->length))
        return false;
    m->has_length = true;
    m->length = n;
    return true;
}

/* Only the plain codings: a coding under the chunks does not change where the message ends, one after them does. */
static bool transfer_encoding(struct nj_msg *m, struct nj_str value)
{
    struct nj_str rest = value, coding = { 0 };
    while (nj_str_cut(&rest, ',', &coding)) {
        if (m->chunked)
            return false;
        coding = nj_str_trim(coding);
        if (nj_str_eq_nocase(coding, NJ_STR("chunked")))
            m->chunked = true;
    }
    return m->chunked || nj_str_eq_nocase(coding, NJ_STR("identity"));
}

static bool connection(struct nj_msg *m, struct nj_str value)
{
    struct nj_str rest = value, token;
    while (nj_str_cut(&rest, ',', &token)) {
        token = nj_str_trim(token);
        m->close = m->close || nj_str_eq_nocase(token, NJ_STR("close"));
        m->keep_alive = m->keep_alive || nj_str_eq_nocase(token, NJ_STR("keep-alive"));
    }
    return true;
}

static const struct {
    struct nj_str name;
    bool (*read)(struct nj_msg *m, struct nj_str value);
} framing[] = {
    { NJ_STR_INIT("content-length"), content_length },
    { NJ_STR_INIT("transfer-encoding"), transfer_encoding },
    { NJ_STR_INIT("connection"), connection },
};

/* False when the end of the message has become uncertain. */
static bool field(struct nj_msg *m, struct nj_str line, bool trailer)
{
    if (line.p[0] == ' ' || line.p[0] == '\t')
        return true; /* the old way to continue a field: none that matters here may be continued */
    /* The limits are those of a line that came in pieces, so that where it is cut makes no difference. */
    struct nj_str name = name_of(nj_str_slice(line, 0, NJ_MSG_STASH));
    if (name.n == 0)
        return false;
    if (name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '\t')
        return false; /* servers differ on what such a name means (RFC 9112 5.1) */
    for (size_t i = 0; i < NJ_COUNT(framing) && !trailer; i++)
        if (nj_str_eq_nocase(name, framing[i].name))
            return line.n < NJ_MSG_STASH && framing[i].read(m, nj_str_trim(nj_str_slice(line, name.n + 1, line.n)));
    if (!m->overlong)
        m->reader->field(m->reader->ctx, name, nj_str_trim(nj_str_slice(line, name.n + 1, line.n)), trailer);
    return true;
}

static enum nj_msg_phase body_phase(struct nj_msg *m)
{
    if (m->request && m->connect)
        return NJ_MSG_BAD;
    if (!m->request) {
        if (m->status == 101)
            return NJ_MSG_BAD; /* another protocol from here on */
        if (m->status < 200 || m->status == 204 || m->status == 304 || m->bodiless)
            return NJ_MSG_DONE;
    }
    if (m->chunked)
        return NJ_MSG_CHUNK_SIZE;
    m->left = m->length;
    if (m->has_length || m->request)
        return m->left > 0 ? NJ_MSG_LENGTH : NJ_MSG_DONE;
    m->close = true;
    return NJ_MSG_TO_END;
}

static enum nj_msg_phase field_line(struct nj_msg *m, struct nj_str line)
{
    if (line.n == 0)
        return body_phase(m);
    return field(m, line, false) ? NJ_MSG_FIELDS : NJ_MSG_BAD;
}

static enum nj_msg_phase trailer_line(struct nj_msg *m, struct nj_str line)
{
    if (line.n == 0)
        return NJ_MSG_DONE;
    return field(m, line, true) ? NJ_MSG_TRAILERS : NJ_MSG_BAD;
}

/* --- chunks -------------------------------------------------------------------------------------------------------- */

static enum nj_msg_phase size_line(struct nj_msg *m, struct nj_str line)
{
    uint64_t size = 0;
    size_t i = 0;
    for (int digit; i < line.n && (digit = nj_hex_value(line.p[i])) >= 0; i++) {
        if (size >> 60 != 0)
            return NJ_MSG_BAD;
        size = size << 4 | (unsigned)digit;
    }
    if (i == 0 || (i < line.n && line.p[i] != ';' && line.p[i] != ' ' && line.p[i] != '\t'))
        return NJ_MSG_BAD;
    m->left = size;
    return size > 0 ? NJ_MSG_CHUNK_DATA : NJ_MSG_TRAILERS;
}

static enum nj_msg_phase end_line(struct nj_msg *m, struct nj_str line)
{
    return line.n == 0 ? NJ_MSG_CHUNK_SIZE : NJ_MSG_BAD;
}

typedef enum nj_msg_phase (*line_fn)(struct nj_msg *m, struct nj_str line);

static const line_fn on_line[NJ_MSG_PHASES] = {
    [NJ_MSG_START] = start_line,   [NJ_MSG_FIELDS] = field_line,     [NJ_MSG_CHUNK_SIZE] = size_line,
    [NJ_MSG_CHUNK_END] = end_line, [NJ_MSG_TRAILERS] = trailer_line,
};

/* The piece of the body at p; the counted phases end when nothing is left. */
static size_t take_data(struct nj_msg *m, const char *p, size_t n, struct nj_spans *spans)
{
    bool counted = m->phase != NJ_MSG_TO_END;
    if (counted && n > m->left)
        n = (size_t)m->left;
    spans->at[spans->n++] = (struct nj_str){ p, n };
    if (!counted)
        return n;
    m->left -= n;
    if (m->left == 0)
        m->phase = m->phase == NJ_MSG_LENGTH ? NJ_MSG_DONE : NJ_MSG_CHUNK_END;
    return n;
}

size_t nj_msg_feed(struct nj_msg *m, const char *p, size_t n, struct nj_spans *spans)
{
    size_t done = 0;
    while (done < n && m->phase != NJ_MSG_DONE && m->phase != NJ_MSG_BAD) {
        line_fn handle = on_line[m->phase];
        if (handle == NULL) {
            if (spans->n == NJ_MSG_SPANS)
                break;
            done += take_data(m, p + done, n - done, spans);
            continue;
        }
        bool head = nj_msg_in_head(m);
        size_t used;
        struct nj_str line;
        bool whole = take_line(m, p + done, n - done, &used, &line);
        done += used;
        if (whole) {
            m->phase = handle(m, line);
            drop_line(m);
        }
        if (head)
            break;
    }
    return done;
}

bool nj_msg_end(struct nj_msg *m)
{
    if (m->phase == NJ_MSG_TO_END)
        m->phase = NJ_MSG_DONE;
    return m->phase == NJ_MSG_DONE;
}

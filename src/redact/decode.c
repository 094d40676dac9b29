/* Base64: runs of it in text, and values that are known to hold it. */
#include "decode.h"

#include <zlib.h>

enum { RUN_MIN = 40, OBJECT_MIN = 16, VALUE_MIN = 8, SAMPLE = 32, PIECES = 4 };

/* --- is it text? -------------------------------------------------------------------------------------------------- */

static bool is_text_byte(unsigned char c)
{
    return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t' || c == '\r';
}

static inline nj_lane text_of(nj_lane v)
{
    return (nj_lane)(v - 0x20 < 0x7f - 0x20) | (nj_lane)(v == '\n') | (nj_lane)(v == '\t') | (nj_lane)(v == '\r');
}

/* Are these sixteen? */
static inline bool are_text(const char *p)
{
    nj_lane v = nj_lane_at(p);
    return nj_lane_bits(text_of(v)) == 0xffff;
}

/* Bytes that are not printable, until there are more than so many; characters of more than a byte are, if they are sound. */
static size_t others_in(struct nj_str s, size_t most)
{
    size_t others = 0;
    for (size_t i = 0; i < s.n && others <= most;) {
        unsigned char c = (unsigned char)s.p[i];
        size_t n = 1;
        if (c >= 0xc3 && c < 0xf4) {
            while (n < 4 && i + n < s.n && ((unsigned char)s.p[i + n] & 0xc0) == 0x80)
                n++;
            others += n == 1;
        } else if (s.n - i >= sizeof(nj_lane) && are_text(s.p + i)) {
            n = sizeof(nj_lane);
        } else {
            others += !is_text_byte(c);
        }
        i += n;
    }
    return others;
}

/* Nine bytes out of ten are printable. */
static bool is_text(struct nj_str s)
{
    return s.n != 0 && others_in(s, s.n / 10) * 10 <= s.n;
}

static bool is_run_byte(char c)
{
    return nj_is(c, NJ_IS_B64 | NJ_IS_B64URL);
}

/* The same of sixteen bytes, the last of them NULs that do not count: is_text() for few bytes. */
static bool are_mostly_text(const char *p, size_t n, size_t others_most)
{
    nj_lane v = nj_lane_at(p);
    uint64_t lead = nj_lane_bits((nj_lane)(v - 0xc3 < 0xf4 - 0xc3)), more = nj_lane_bits((nj_lane)(v - 0x80 < 0x40));
    uint64_t second = more & lead << 1, third = more & second << 1, fourth = more & third << 1;
    uint64_t others = ~(nj_lane_bits(text_of(v)) | (lead & more >> 1) | second | third | fourth) & nj_lowest(n);
    for (; others != 0 && others_most != 0; others_most--)
        others &= others - 1;
    return others == 0;
}

static bool begins_like_text(struct nj_str run)
{
    enum { FIRST = 16, FEW = SAMPLE / 4 * 3 / 10 };
    char plain[SAMPLE] = { 0 };
    if (run.n >= SAMPLE) { /* a third of it tells most others; the last of these may be the first of a character */
        size_t n = nj_base64_decode(nj_str_slice(run, 0, FIRST), plain, sizeof(plain));
        if (n == NJ_NPOS || !are_mostly_text(plain, n, FEW + 1))
            return false;
    }
    size_t n = nj_base64_decode(nj_str_slice(run, 0, SAMPLE / 4 * 4), plain, sizeof(plain));
    return n != NJ_NPOS && is_text((struct nj_str){ plain, n });
}

/* {" in base64: an object of JSON, which is worth a look however short it is. */
static bool is_object(struct nj_str t, size_t from)
{
    return t.n - from >= OBJECT_MIN && memcmp(t.p + from, "eyJ", 3) == 0;
}

static inline uint64_t run_bits(nj_lane v)
{
    nj_lane plain = nj_lane_letters(v) | nj_lane_digits(v);
    nj_lane sign = (nj_lane)((v | 4) == '/') | (nj_lane)(v == '-') | (nj_lane)(v == '_'); /* the first is a plus, too */
    return nj_lane_bits(plain | sign);
}

bool nj_encoded_run_may(struct nj_str t, size_t from)
{
    bool begins = from == 0 || !is_run_byte(t.p[from - 1]);
    size_t n = begins ? RUN_MIN : RUN_MIN - NJ_TOKEN_RUN + 1;
    uint64_t upper = 0;
    if (t.n - from < n || !is_run_byte(t.p[from + n - 1]))
        return false; /* a UUID, a digest: too short */
    for (size_t i = 0; i < n; i += sizeof(nj_lane)) {
        size_t at = n - i < sizeof(nj_lane) ? n - sizeof(nj_lane) : i;
        nj_lane v = nj_lane_at(t.p + from + at);
        if (run_bits(v) != 0xffff)
            return false;
        upper |= nj_lane_bits((nj_lane)(v - 'A' < 26)) << at;
    }
    /* No text has a base64 without capitals; identifiers in hexadecimal have none. */
    return (upper & nj_lowest(RUN_MIN - NJ_TOKEN_RUN + 1)) != 0;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

/* Room for n bytes of decoded text; false: the record has had its share. */
static bool spend(struct nj_redactor *r, size_t n)
{
    if (n > r->decode_left)
        return false;
    r->decode_left -= n;
    return true;
}

enum verdict { CLEAN, SENSITIVE, UNSEEN };

/* Judges the decoded text of a run one level down.  *out is what it becomes. */
static enum verdict judge(struct nj_redactor *r, unsigned level, const char *how, struct nj_str run, struct nj_str plain,
                          struct nj_str *out)
{
    uint64_t before = r->findings;
    struct nj_layer layer = nj_layer_open(r, how, run);
    bool seen = nj_text_redact(r, level + 1, NULL, plain, out);
    nj_layer_close(r, layer);
    if (!seen)
        return UNSEEN;
    return out->p != plain.p && r->findings != before ? SENSITIVE : CLEAN;
}

/* Decodes base64 into the buffer of the level below. */
static enum verdict open_base64(struct nj_redactor *r, unsigned level, struct nj_str run, struct nj_str *plain)
{
    struct nj_buf *b = &r->levels[level + 1].decoded;
    size_t room = run.n / 4 * 3 + 4;
    nj_buf_reset(b);
    if (!spend(r, room) || nj_buf_reserve(b, room) != NJ_OK)
        return UNSEEN;
    size_t n = nj_base64_decode(run, b->p, room);
    if (n == NJ_NPOS)
        return CLEAN;
    b->n = n;
    *plain = nj_buf_str(b);
    return SENSITIVE;
}

/* --- runs in text ------------------------------------------------------------------------------------------------- */

static enum verdict judge_run(struct nj_sweep *s, struct nj_str run)
{
    struct nj_str plain = { NULL, 0 }, clean;
    if (s->level >= NJ_NEST_MAX)
        return UNSEEN;
    enum verdict v = open_base64(s->r, s->level, run, &plain);
    if (v != SENSITIVE)
        return v;
    return is_text(plain) ? judge(s->r, s->level, "base64", run, plain, &clean) : CLEAN;
}

static bool replace_run(struct nj_sweep *s, struct nj_span run, enum verdict v)
{
    if (v == UNSEEN)
        nj_withheld(s->r, nj_str_slice(s->text, run.from, run.to));
    return v != CLEAN && nj_sweep_put(s, run, v == SENSITIVE ? NJ_STR("[secret]") : NJ_STR(NJ_WITHHELD));
}

/* Of sixteen: one that may end what is in front of the run. */
static inline bool holds_sign(const char *p)
{
    nj_lane v = nj_lane_at(p);
    return nj_lane_bits((nj_lane)(v == '/') | (nj_lane)(v == '-') | (nj_lane)(v == '_')) != 0;
}

/* The run as it stands, or behind a slash or hyphen that belongs to what is in front of it. */
static size_t text_start(struct nj_str t, size_t from, size_t to)
{
    for (int pieces = 0; pieces < PIECES && to - from >= RUN_MIN; pieces++) {
        if (begins_like_text(nj_str_slice(t, from, to)))
            return from;
        size_t next = from;
        while (to - next >= sizeof(nj_lane) && !holds_sign(t.p + next))
            next += sizeof(nj_lane);
        while (next < to && t.p[next] != '/' && t.p[next] != '-' && t.p[next] != '_')
            next++;
        from = next + 1;
        if (from >= to)
            break;
    }
    return NJ_NPOS;
}

/* gzip says so itself. */
static bool unpack_run(struct nj_sweep *s, struct nj_span run)
{
    struct nj_str out;
    return nj_decode_value(s->r, s->level, nj_str_slice(s->text, run.from, run.to), false, &out) && nj_sweep_put(s, run, out);
}

static size_t run_end(struct nj_str t, size_t at)
{
    while (t.n - at >= sizeof(nj_lane)) {
        nj_lane v = nj_lane_at(t.p + at);
        size_t n = (size_t)__builtin_ctzll(~run_bits(v));
        at += n;
        if (n < sizeof(v))
            return at;
    }
    return nj_run(t, at, NJ_IS_B64 | NJ_IS_B64URL);
}

/* Behind the padding of the run that ends before byte at. */
static size_t padding_end(struct nj_str t, size_t at)
{
    for (int i = 0; i < 2 && at < t.n && t.p[at] == '='; i++)
        at++;
    return at;
}

bool nj_decode_run(struct nj_sweep *s, size_t at)
{
    struct nj_str t = s->text;
    if (at < s->run_read)
        return false;
    size_t floor = s->done > s->run_read ? s->done : s->run_read;
    size_t from = at - floor > NJ_TOKEN_RUN - 1 ? at - (NJ_TOKEN_RUN - 1) : floor, to = run_end(t, at);
    while (from > floor && is_run_byte(t.p[from - 1]))
        from--;
    s->run_read = to;
    if (to - from >= RUN_MIN && memcmp(t.p + from, "H4sI", 4) == 0)
        return unpack_run(s, (struct nj_span){ from, padding_end(t, to) });
    bool object = is_object(t, from) && to - from >= OBJECT_MIN && begins_like_text(nj_str_slice(t, from, to));
    if (!object && (to - from < RUN_MIN || (from = text_start(t, from, to)) == NJ_NPOS))
        return false;
    enum verdict v = judge_run(s, nj_str_slice(t, from, to));
    return replace_run(s, (struct nj_span){ from, padding_end(t, to) }, v);
}

/* data:text/plain;base64,aGk= at its first colon: short ones too. */
bool nj_decode_data_uri(struct nj_sweep *s, size_t colon)
{
    enum { HEAD_MAX = 64 };
    static const struct nj_str mark = NJ_STR_INIT(";base64,");
    struct nj_str t = s->text;
    if (colon < s->done + 4 || memcmp(t.p + colon - 4, "data", 4) != 0)
        return false;
    size_t comma = nj_str_find(nj_str_slice(t, 0, colon + HEAD_MAX), mark, colon);
    if (comma == NJ_NPOS)
        return false;
    size_t from = comma + mark.n, to = run_end(t, from);
    if (to - from < VALUE_MIN || !begins_like_text(nj_str_slice(t, from, to)))
        return false;
    s->run_read = to;
    enum verdict v = judge_run(s, nj_str_slice(t, from, to));
    return replace_run(s, (struct nj_span){ from, padding_end(t, to) }, v);
}

/* --- values ------------------------------------------------------------------------------------------------------- */

/* The plain form of gzip data, into the second buffer of the level below. */
static struct nj_str inflated(struct nj_redactor *r, unsigned level, struct nj_str packed, bool *whole)
{
    enum { STEP = 16 << 10, GZIP = 16 };
    struct nj_buf *b = &r->levels[level + 1].inflated;
    z_stream z = { 0 };
    int st = Z_OK;
    nj_buf_reset(b);
    *whole = false;
    if (inflateInit2(&z, MAX_WBITS + GZIP) != Z_OK)
        return (struct nj_str){ NULL, 0 };
    z.next_in = (Bytef *)(uintptr_t)packed.p;
    z.avail_in = (uInt)packed.n;
    while (st == Z_OK && r->decode_left != 0) {
        size_t step = r->decode_left < STEP ? r->decode_left : STEP;
        if (nj_buf_reserve(b, step) != NJ_OK)
            break;
        (void)spend(r, step);
        z.next_out = (Bytef *)b->p + b->n;
        z.avail_out = (uInt)step;
        st = inflate(&z, Z_NO_FLUSH);
        b->n += step - z.avail_out;
        r->decode_left += z.avail_out;
        if (st == Z_OK && z.avail_in == 0 && z.avail_out != 0)
            st = Z_BUF_ERROR; /* cut */
    }
    *whole = st != Z_OK; /* read to where it ends, or breaks */
    (void)inflateEnd(&z);
    return nj_buf_str(b);
}

static void add_base64(struct nj_buf *out, struct nj_str in, bool url)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_";
    for (size_t i = 0; i < in.n; i += 3) {
        size_t left = in.n - i;
        uint32_t v = (uint32_t)(unsigned char)in.p[i] << 16;
        v |= left > 1 ? (uint32_t)(unsigned char)in.p[i + 1] << 8 : 0;
        v |= left > 2 ? (unsigned char)in.p[i + 2] : 0;
        for (unsigned k = 0; k < 4; k++) {
            unsigned d = v >> (18 - 6 * k) & 63;
            nj_buf_addc(out, k > left ? '=' : digits[url && d >= 62 ? d + 2 : d]);
        }
    }
}

static bool is_base64(struct nj_str v)
{
    return v.n >= VALUE_MIN && padding_end(v, run_end(v, 0)) == v.n;
}

static bool decode_value(struct nj_redactor *r, unsigned level, struct nj_str value, bool again, struct nj_str *out)
{
    struct nj_str plain = { NULL, 0 }, clean;
    bool whole = true;
    if (!is_base64(value))
        return false;
    bool packed = nj_str_starts(value, NJ_STR("H4sI"));
    *out = NJ_STR(NJ_WITHHELD);
    if (level >= NJ_NEST_MAX)
        return packed || begins_like_text(value);
    enum verdict v = open_base64(r, level, value, &plain);
    if (v == SENSITIVE && packed)
        plain = inflated(r, level, plain, &whole);
    if (v != SENSITIVE)
        return v == UNSEEN;
    if (!whole)
        return true;
    if (!is_text(plain) || (v = judge(r, level, packed ? "gzip" : "base64", value, plain, &clean)) == CLEAN)
        return false;
    if (v == UNSEEN)
        return true;
    *out = NJ_STR("[secret]");
    if (!again || packed)
        return true;
    struct nj_buf *b = &r->levels[level + 1].encoded;
    nj_buf_reset(b);
    add_base64(b, clean, nj_str_chr(value, '-', 0) != NJ_NPOS || nj_str_chr(value, '_', 0) != NJ_NPOS);
    if (nj_buf_finish(b, out) != NJ_OK)
        *out = NJ_STR(NJ_WITHHELD);
    return true;
}

bool nj_decode_value(struct nj_redactor *r, unsigned level, struct nj_str value, bool again, struct nj_str *out)
{
    if (!decode_value(r, level, value, again, out))
        return false;
    if (nj_str_eq(*out, NJ_STR(NJ_WITHHELD)))
        nj_withheld(r, value);
    return true;
}

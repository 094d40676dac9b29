/* Reads NIGHTJAR_SINK_HEADERS and _TOKEN; refuses what would break the framing of a request. */
#include "headers.h"

#include "nightjar/hex.h"

enum { HEADER_VALUE_MAX = 16 << 10 };

/* RFC 9110 token. */
static bool is_name(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
        if (!alnum && (c == '\0' || c > 0x7e || strchr("!#$%&'*+-.^_`|~", c) == NULL))
            return false;
    }
    return s.n != 0;
}

/* Visible text, spaces and tabs: a line break would begin another header. */
static bool is_value(struct nj_str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

/* These are nightjar's to say: they describe the body or the connection. */
static bool is_ours(struct nj_str name)
{
    static const struct nj_str ours[] = {
        NJ_STR_INIT("Content-Length"),
        NJ_STR_INIT("Content-Encoding"),
        NJ_STR_INIT("Transfer-Encoding"),
        NJ_STR_INIT("Connection"),
        NJ_STR_INIT("Expect"),
        NJ_STR_INIT("Upgrade"),
        NJ_STR_INIT("TE"),
        NJ_STR_INIT("Trailer"),
        NJ_STR_INIT("Idempotency-Key"),
    };
    return nj_str_is_any_nocase(name, ours, NJ_COUNT(ours)) || nj_str_starts_nocase(name, NJ_STR("Nightjar-"));
}

static void add_line(struct nj_buf *lines, struct nj_str name, struct nj_str value)
{
    nj_buf_add(lines, name);
    nj_buf_addz(lines, ": ");
    nj_buf_add(lines, value);
    nj_buf_addc(lines, '\n');
}

static const char *take_entry(struct nj_str entry, struct nj_buf *lines, struct nj_buf *content_type, bool *credential, struct nj_str *name,
                              struct nj_buf *value)
{
    size_t eq = nj_str_chr(entry, '=', 0);
    if (eq == NJ_NPOS)
        return "has no \"=\"";
    struct nj_str key = nj_str_trim(nj_str_slice(entry, 0, eq));
    if (!is_name(key))
        return "has no valid header name";
    *name = key;
    if (is_ours(key))
        return "is a header nightjar sets itself";
    if (!nj_percent_decode(nj_str_trim(nj_str_slice(entry, eq + 1, entry.n)), NJ_PERCENT_STRICT, value))
        return "has a broken percent-encoding";
    struct nj_str v = nj_str_trim(nj_buf_str(value));
    if (value->err != NJ_OK || !is_value(nj_buf_str(value)) || v.n == 0)
        return v.n == 0 ? "has no value" : "has a value with control characters, or one that is too long";
    if (nj_str_eq_nocase(key, NJ_STR("Content-Type"))) {
        nj_buf_reset(content_type);
        nj_buf_add(content_type, v);
        return NULL;
    }
    *credential = *credential || nj_str_eq_nocase(key, NJ_STR("Authorization"));
    add_line(lines, key, v);
    return NULL;
}

enum nj_status nj_headers_parse(struct nj_str option, struct nj_buf *lines, struct nj_buf *content_type, bool *credential,
                                struct header_fault *fault)
{
    struct nj_str entry;
    struct nj_buf value;
    *fault = (struct header_fault){ 0 };
    nj_buf_init(&value, HEADER_VALUE_MAX);
    while (fault->text == NULL && nj_str_cut(&option, ',', &entry)) {
        fault->entry++;
        fault->name = (struct nj_str){ NULL, 0 };
        entry = nj_str_trim(entry);
        nj_buf_reset(&value);
        if (entry.n != 0)
            fault->text = take_entry(entry, lines, content_type, credential, &fault->name, &value);
    }
    nj_buf_fini(&value);
    return fault->text == NULL ? NJ_OK : NJ_EPARSE;
}

bool nj_headers_token(struct nj_str token, struct nj_buf *lines)
{
    token = nj_str_trim(token);
    if (!is_value(token))
        return false;
    nj_buf_addz(lines, nj_str_chr(token, ' ', 0) == NJ_NPOS ? "Authorization: Bearer " : "Authorization: ");
    nj_buf_add(lines, token);
    nj_buf_addc(lines, '\n');
    return true;
}

static unsigned char at_or_zero(struct nj_str s, size_t i)
{
    return i < s.n ? (unsigned char)s.p[i] : 0;
}

static void add_base64(struct nj_buf *out, struct nj_str in)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < in.n; i += 3) {
        unsigned v = (unsigned)at_or_zero(in, i) << 16 | (unsigned)at_or_zero(in, i + 1) << 8 | at_or_zero(in, i + 2);
        char four[4] = { digits[v >> 18], digits[v >> 12 & 63], i + 1 < in.n ? digits[v >> 6 & 63] : '=',
                         i + 2 < in.n ? digits[v & 63] : '=' };
        nj_buf_add(out, (struct nj_str){ four, sizeof(four) });
    }
}

void nj_headers_basic(struct nj_str user, struct nj_str password, struct nj_buf *lines)
{
    struct nj_buf pair;
    nj_buf_init(&pair, HEADER_VALUE_MAX);
    nj_buf_add(&pair, user);
    nj_buf_addc(&pair, ':');
    nj_buf_add(&pair, password);
    nj_buf_addz(lines, "Authorization: Basic ");
    add_base64(lines, nj_buf_str(&pair));
    nj_buf_addc(lines, '\n');
    if (pair.err != NJ_OK)
        lines->err = pair.err;
    nj_buf_fini(&pair);
}

/* The canonical request, the string to sign, the derived key: AWS Signature Version 4. */
#include "nightjar/sigv4.h"

#include "nightjar/clock.h"
#include "nightjar/hex.h"
#include "nightjar/hmac.h"

#include <string.h>

enum { DAY = 8, STAMP = 16, TEXT_MAX = 64 << 10 };

#define ALGORITHM NJ_STR("AWS4-HMAC-SHA256")

static void add_line(struct nj_buf *out, struct nj_str name, struct nj_str value)
{
    nj_buf_add(out, name);
    nj_buf_add(out, value);
    nj_buf_addc(out, '\n');
}

/* 20261126T093000Z of "2026-11-26T09:30:00.000000Z" */
static struct nj_str stamp_of(char out[static STAMP], int64_t wall_ns)
{
    char text[NJ_TIME_LEN + 1];
    struct nj_str t = nj_time_format(text, wall_ns);
    size_t n = 0;
    for (size_t i = 0; i < t.n && t.p[i] != '.' && t.p[i] != 'Z' && n < STAMP - 1; i++)
        if (t.p[i] != '-' && t.p[i] != ':')
            out[n++] = t.p[i];
    out[n++] = 'Z';
    return (struct nj_str){ out, n };
}

static void add_signed_names(struct nj_buf *out, const struct nj_sigv4 *r)
{
    nj_buf_addz(out, r->content_type.n != 0 ? "content-type;host;x-amz-date" : "host;x-amz-date");
    if (r->credentials.session_token.n != 0)
        nj_buf_addz(out, ";x-amz-security-token");
}

static void add_canonical(struct nj_buf *out, const struct nj_sigv4 *r, struct nj_str stamp)
{
    uint8_t sum[NJ_SHA256_LEN];
    add_line(out, r->method, NJ_STR(""));
    add_line(out, r->path, NJ_STR(""));
    nj_buf_addc(out, '\n'); /* no query */
    if (r->content_type.n != 0)
        add_line(out, NJ_STR("content-type:"), nj_str_trim(r->content_type));
    add_line(out, NJ_STR("host:"), r->host);
    add_line(out, NJ_STR("x-amz-date:"), stamp);
    if (r->credentials.session_token.n != 0)
        add_line(out, NJ_STR("x-amz-security-token:"), r->credentials.session_token);
    nj_buf_addc(out, '\n');
    add_signed_names(out, r);
    nj_buf_addc(out, '\n');
    nj_sha256_of(sum, r->body);
    nj_hex_add(out, sum, sizeof(sum));
}

/* day/region/service/aws4_request */
static void add_scope(struct nj_buf *out, const struct nj_sigv4 *r, struct nj_str stamp)
{
    nj_buf_add(out, nj_str_slice(stamp, 0, DAY));
    nj_buf_addc(out, '/');
    nj_buf_add(out, r->region);
    nj_buf_addc(out, '/');
    nj_buf_add(out, r->service);
    nj_buf_addz(out, "/aws4_request");
}

static void mac(uint8_t out[static NJ_SHA256_LEN], struct nj_str key, struct nj_str text)
{
    struct nj_hmac_key k;
    struct nj_hmac h;
    nj_hmac_key_init(&k, key);
    nj_hmac_init(&h, &k);
    nj_hmac_add(&h, text);
    nj_hmac_finish(&h, out);
    explicit_bzero(&k, sizeof(k));
}

/* The secret key never signs anything itself: day, region and service are mixed in one after another. */
static void sign(uint8_t out[static NJ_SHA256_LEN], const struct nj_sigv4 *r, struct nj_str stamp, struct nj_str text)
{
    const struct nj_str parts[] = { nj_str_slice(stamp, 0, DAY), r->region, r->service, NJ_STR("aws4_request"), text };
    struct nj_buf key;
    nj_buf_init(&key, TEXT_MAX);
    nj_buf_addz(&key, "AWS4");
    nj_buf_add(&key, r->credentials.secret_access_key);
    mac(out, nj_buf_str(&key), parts[0]);
    if (key.n != 0)
        explicit_bzero(key.p, key.n);
    nj_buf_fini(&key);
    for (size_t i = 1; i < NJ_COUNT(parts); i++) {
        uint8_t next[NJ_SHA256_LEN];
        mac(next, (struct nj_str){ (const char *)out, NJ_SHA256_LEN }, parts[i]);
        memcpy(out, next, sizeof(next));
    }
}

void nj_sigv4_lines(const struct nj_sigv4 *r, struct nj_buf *out)
{
    char stamp_text[STAMP];
    uint8_t sum[NJ_SHA256_LEN];
    struct nj_str stamp = stamp_of(stamp_text, r->wall_ns);
    struct nj_buf canonical, text;
    nj_buf_init(&canonical, TEXT_MAX);
    nj_buf_init(&text, TEXT_MAX);
    add_canonical(&canonical, r, stamp);
    add_line(&text, ALGORITHM, NJ_STR(""));
    add_line(&text, stamp, NJ_STR(""));
    add_scope(&text, r, stamp);
    nj_buf_addc(&text, '\n');
    nj_sha256_of(sum, nj_buf_str(&canonical));
    nj_hex_add(&text, sum, sizeof(sum));
    sign(sum, r, stamp, nj_buf_str(&text));
    if (canonical.err != NJ_OK || text.err != NJ_OK)
        out->err = NJ_ENOMEM;

    add_line(out, NJ_STR("X-Amz-Date: "), stamp);
    if (r->credentials.session_token.n != 0)
        add_line(out, NJ_STR("X-Amz-Security-Token: "), r->credentials.session_token);
    nj_buf_addz(out, "Authorization: ");
    nj_buf_add(out, ALGORITHM);
    nj_buf_addz(out, " Credential=");
    nj_buf_add(out, r->credentials.access_key_id);
    nj_buf_addc(out, '/');
    add_scope(out, r, stamp);
    nj_buf_addz(out, ", SignedHeaders=");
    add_signed_names(out, r);
    nj_buf_addz(out, ", Signature=");
    nj_hex_add(out, sum, sizeof(sum));
    nj_buf_addc(out, '\n');
    nj_buf_fini(&canonical);
    nj_buf_fini(&text);
}

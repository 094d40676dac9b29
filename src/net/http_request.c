/* One request as the caller describes it, and what is kept of its reply. */
#include "http_internal.h"

#include <stdlib.h>

enum {
    HEADERS_MAX = 64 << 10,
    REPLY_MAX = 64 << 10,
    THROW_AWAY_MAX = 1 << 20 /* read beyond reply_max to keep the connection; after that it is cheaper to drop it */
};

enum nj_status nj_request_new(struct nj_request **out, const char *method, struct nj_str url)
{
    *out = NULL;
    struct nj_request *r = calloc(1, sizeof(*r));
    if (r == NULL)
        return NJ_ENOMEM;
    nj_buf_init(&r->headers, HEADERS_MAX);
    r->reply_max = REPLY_MAX;
    r->method = strdup(method);
    r->url = strndup(url.p != NULL ? url.p : "", url.n);
    if (r->method == NULL || r->url == NULL) {
        nj_request_free(r);
        return NJ_ENOMEM;
    }
    if (strlen(r->url) != url.n || *method == '\0' || strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != strlen(method))
        r->err = NJ_EARG;
    *out = r;
    return NJ_OK;
}

void nj_request_free(struct nj_request *r)
{
    if (r == NULL)
        return;
    if (r->easy != NULL)
        curl_easy_cleanup(r->easy);
    curl_slist_free_all(r->lines);
    nj_buf_fini(&r->headers);
    nj_buf_fini(&r->reply);
    nj_buf_fini(&r->head);
    nj_reply_fini(&r->reader);
    free(r->method);
    free(r->url);
    free(r);
}

static bool header_safe(struct nj_str s, bool name)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && (name || c != '\t')) || c == 0x7f || (name && (c == ':' || c == ' ')))
            return false;
    }
    return !name || s.n > 0;
}

static void add_header(struct nj_request *r, struct nj_str name, struct nj_str value)
{
    if (!header_safe(name, true) || !header_safe(value, false)) {
        r->err = r->err != NJ_OK ? r->err : NJ_EARG;
        return;
    }
    r->has_type = r->has_type || nj_str_eq_nocase(name, NJ_STR("Content-Type"));
    r->has_host = r->has_host || nj_str_eq_nocase(name, NJ_STR("Host"));
    r->has_agent = r->has_agent || nj_str_eq_nocase(name, NJ_STR("User-Agent"));
    nj_buf_add(&r->headers, name);
    nj_buf_addz(&r->headers, value.n > 0 ? ": " : ";"); /* curl sends an empty header for "Name;" only */
    nj_buf_add(&r->headers, value);
    nj_buf_addc(&r->headers, '\0');
}

void nj_request_header(struct nj_request *r, const char *name, struct nj_str value)
{
    add_header(r, nj_str_of(name), value);
}

void nj_request_header_lines(struct nj_request *r, struct nj_str lines)
{
    struct nj_str line;
    while (nj_str_cut(&lines, '\n', &line)) {
        line = nj_str_trim(line);
        if (line.n == 0)
            continue;
        size_t colon = nj_str_chr(line, ':', 0);
        if (colon == NJ_NPOS)
            r->err = r->err != NJ_OK ? r->err : NJ_EARG;
        else
            add_header(r, nj_str_slice(line, 0, colon), nj_str_trim(nj_str_slice(line, colon + 1, line.n)));
    }
}

void nj_request_body(struct nj_request *r, struct nj_str body)
{
    r->body = body;
}

void nj_request_timeout(struct nj_request *r, int64_t total_ms, int64_t connect_ms)
{
    r->total_ms = total_ms;
    r->connect_ms = connect_ms;
}

void nj_request_reply_max(struct nj_request *r, size_t bytes)
{
    r->reply_max = bytes;
}

void nj_request_direct(struct nj_request *r)
{
    r->direct = true;
}

bool nj_request_keep(struct nj_request *r, struct nj_str piece)
{
    size_t room = r->reply.max - r->reply.n, keep = piece.n < room ? piece.n : room;
    nj_buf_add(&r->reply, nj_str_slice(piece, 0, keep));
    r->thrown_away += piece.n - keep;
    r->enough = r->thrown_away > THROW_AWAY_MAX;
    return !r->enough;
}

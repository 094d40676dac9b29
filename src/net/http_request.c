/* Building one request: its text, its curl options, and the callbacks curl makes while it runs. */
#include "http_internal.h"

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    HEADERS_MAX = 64 << 10,       /* ours */
    REPLY_HEADERS_MAX = 64 << 10, /* theirs, 1xx answers included */
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
    if (strlen(r->url) != url.n)
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

/* --- callbacks of curl --------------------------------------------------------------------------------------------- */

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
    struct nj_request *r = ctx;
    (void)p;
    nj_loop_progress(r->http->loop);
    r->header_bytes += size * n;
    if (r->header_bytes <= REPLY_HEADERS_MAX)
        return size * n;
    r->refused = "the reply's headers do not end";
    return 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
    struct nj_request *r = ctx;
    size_t len = size * n, room = r->reply.max - r->reply.n, keep = len < room ? len : room;
    nj_loop_progress(r->http->loop);
    nj_buf_add(&r->reply, (struct nj_str){ p, keep });
    r->thrown_away += len - keep;
    r->enough = r->thrown_away > THROW_AWAY_MAX;
    return r->enough ? 0 : len;
}

/* Addresses that lead to the machine's own metadata service; a name in a sink's URL must not be able to point there. */
static bool link_local(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)a;
        return (ntohl(in->sin_addr.s_addr) & 0xffff0000) == 0xa9fe0000;
    }
    if (a->sa_family == AF_INET6) {
        const struct in6_addr *in6 = &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr;
        bool mapped = IN6_IS_ADDR_V4MAPPED(in6) && in6->s6_addr[12] == 0xa9 && in6->s6_addr[13] == 0xfe;
        bool metadata = in6->s6_addr[0] == 0xfd && in6->s6_addr[1] == 0x00 && in6->s6_addr[2] == 0x0e && in6->s6_addr[3] == 0xc2;
        return mapped || metadata || IN6_IS_ADDR_LINKLOCAL(in6);
    }
    return false;
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
    struct nj_request *r = ctx;
    (void)purpose;
    nj_loop_progress(r->http->loop);
    if (!r->direct && link_local(&a->addr)) {
        r->refused = "a link-local address is not a sink";
        return CURL_SOCKET_BAD;
    }
    struct nj_client_socket *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return CURL_SOCKET_BAD;
    s->fd = socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
    if (s->fd < 0) {
        free(s);
        return CURL_SOCKET_BAD;
    }
    s->user = r;
    s->next = r->http->sockets;
    r->http->sockets = s;
    return s->fd;
}

static int on_close(void *ctx, curl_socket_t fd)
{
    struct nj_http *h = ctx;
    for (struct nj_client_socket **at = &h->sockets; *at != NULL; at = &(*at)->next) {
        struct nj_client_socket *s = *at;
        if (s->fd == fd) {
            *at = s->next;
            free(s);
            break;
        }
    }
    return close(fd);
}

static bool same_end(const struct sockaddr_storage *a, const char *ip, int port)
{
    char text[INET6_ADDRSTRLEN] = "";
    in_port_t p = 0;
    if (a->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)a;
        inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
        p = in->sin_port;
    } else if (a->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)(const void *)a;
        inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof(text));
        p = in->sin6_port;
    }
    return ntohs(p) == port && strcmp(text, ip) == 0;
}

/* The connection stands, new or used before, and the request is about to be sent: the moment that tells which socket it is. */
static int on_ready(void *ctx, char *their_ip, char *our_ip, int their_port, int our_port)
{
    struct nj_request *r = ctx;
    struct sockaddr_storage ours = { 0 }, theirs = { 0 };
    nj_loop_progress(r->http->loop);
    r->started = true;
    for (struct nj_client_socket *s = r->http->sockets; s != NULL; s = s->next) {
        socklen_t n = sizeof(ours), m = sizeof(theirs);
        if (getsockname(s->fd, (struct sockaddr *)&ours, &n) != 0 || getpeername(s->fd, (struct sockaddr *)&theirs, &m) != 0)
            continue;
        if (!same_end(&ours, our_ip, our_port) || !same_end(&theirs, their_ip, their_port))
            continue;
        s->user = r;
        r->reused = s->uses++ > 0;
        break;
    }
    return CURL_PREREQFUNC_OK;
}

void nj_request_release_sockets(struct nj_request *r)
{
    for (struct nj_client_socket *s = r->http->sockets; s != NULL; s = s->next)
        if (s->user == r)
            s->user = NULL;
}

/* --- options ------------------------------------------------------------------------------------------------------- */

static bool build_lines(struct nj_request *r)
{
    /* Without these curl waits for "100 Continue" and calls a body a form. */
    static const char *const silent[] = { "Expect:", "Content-Type:" };
    for (size_t i = 0; i < NJ_COUNT(silent); i++) {
        if (i == 1 && r->has_type)
            continue;
        struct curl_slist *more = curl_slist_append(r->lines, silent[i]);
        if (more == NULL)
            return false;
        r->lines = more;
    }
    for (size_t at = 0; at < r->headers.n; at += strlen(r->headers.p + at) + 1) {
        struct curl_slist *more = curl_slist_append(r->lines, r->headers.p + at);
        if (more == NULL)
            return false;
        r->lines = more;
    }
    return true;
}

static CURLcode set_method(struct nj_request *r)
{
    CURL *e = r->easy;
    bool post = strcmp(r->method, "POST") == 0;
    if (strcmp(r->method, "HEAD") == 0)
        return curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
    if (!post && r->body.n == 0 && strcmp(r->method, "PUT") != 0)
        return curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
    CURLcode rc = curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
    if (rc == CURLE_OK)
        rc = curl_easy_setopt(e, CURLOPT_POSTFIELDS, r->body.n > 0 ? r->body.p : "");
    if (rc == CURLE_OK && !post)
        rc = curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
    return rc;
}

static long clamp_ms(int64_t ms)
{
    if (ms <= 0)
        return 0;
    return ms > INT_MAX ? INT_MAX : (long)ms;
}

static CURLcode set_numbers(struct nj_request *r)
{
    const struct {
        CURLoption option;
        long value;
    } numbers[] = {
        { CURLOPT_NOSIGNAL, 1 },
        { CURLOPT_QUICK_EXIT, 1 }, /* else a slow resolver thread is joined inside the loop */
        { CURLOPT_FOLLOWLOCATION, 0 },
        { CURLOPT_UNRESTRICTED_AUTH, 0 },
        { CURLOPT_TCP_KEEPALIVE, 1 },
        { CURLOPT_TCP_NODELAY, 1 },
        { CURLOPT_NOPROGRESS, 1 },
        { CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
        { CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
        { CURLOPT_TIMEOUT_MS, clamp_ms(r->total_ms) },
        { CURLOPT_CONNECTTIMEOUT_MS, clamp_ms(r->connect_ms) },
    };
    for (size_t i = 0; i < NJ_COUNT(numbers); i++) {
        CURLcode rc = curl_easy_setopt(r->easy, numbers[i].option, numbers[i].value);
        if (rc != CURLE_OK)
            return rc;
    }
    return CURLE_OK;
}

static CURLcode set_callbacks(struct nj_request *r)
{
    CURL *e = r->easy;
    CURLcode rc = curl_easy_setopt(e, CURLOPT_PRIVATE, r);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_ERRORBUFFER, r->error);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_HEADERDATA, r);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_WRITEDATA, r);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, r);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, r->http);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, on_ready);
    return rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_PREREQDATA, r);
}

static CURLcode set_texts(struct nj_request *r)
{
    CURL *e = r->easy;
    CURLcode rc = curl_easy_setopt(e, CURLOPT_URL, r->url);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_HTTPHEADER, r->lines);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_USERAGENT, "nightjar/" NJ_VERSION);
    if (rc == CURLE_OK && r->direct)
        rc = curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    if (rc == CURLE_OK && r->http->ca_file[0] != '\0')
        rc = curl_easy_setopt(e, CURLOPT_CAINFO, r->http->ca_file);
    return rc;
}

enum nj_status nj_request_prepare(struct nj_request *r)
{
    struct nj_str ignored;
    if (r->err != NJ_OK || nj_buf_finish(&r->headers, &ignored) != NJ_OK)
        return r->err != NJ_OK ? r->err : r->headers.err;
    nj_buf_init(&r->reply, r->reply_max);
    r->easy = curl_easy_init();
    if (r->easy == NULL || !build_lines(r))
        return NJ_ENOMEM;
    CURLcode rc = set_texts(r);
    rc = rc != CURLE_OK ? rc : set_numbers(r);
    rc = rc != CURLE_OK ? rc : set_callbacks(r);
    rc = rc != CURLE_OK ? rc : set_method(r);
    if (rc == CURLE_OK)
        return NJ_OK;
    return rc == CURLE_OUT_OF_MEMORY ? NJ_ENOMEM : NJ_EARG;
}

void nj_http_find_ca(struct nj_http *h)
{
    /* Amazon Linux and the RHEL family, then Debian and Alpine, then the rest. */
    static const char *const places[] = { "/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                          "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem" };
    const char *wanted = getenv("SSL_CERT_FILE");
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    if (wanted != NULL && *wanted != '\0') { /* also when it cannot be read: a wrong trust store is an error, not a reason to widen trust */
        snprintf(h->ca_file, sizeof(h->ca_file), "%s", wanted);
        return;
    }
    if (v->age >= CURLVERSION_SEVENTH && v->cainfo != NULL && access(v->cainfo, R_OK) == 0)
        return;
    for (size_t i = 0; i < NJ_COUNT(places); i++) {
        if (access(places[i], R_OK) == 0) {
            snprintf(h->ca_file, sizeof(h->ca_file), "%s", places[i]);
            return;
        }
    }
}

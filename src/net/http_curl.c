/* The engine for everything but plain platform calls: libcurl's multi interface, its options and its callbacks. */
#include "http_internal.h"

#include "nightjar/diag.h"

#ifdef NJ_EMBEDDED_ROOTS
#include "tls_roots.h"

#include <openssl/ssl.h>
#endif

#include <arpa/inet.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REPLY_HEADERS_MAX = NJ_REPLY_HEAD_MAX, IDLE_CONNECTIONS = 8, CONNECTIONS = 64 };

/* --- callbacks of curl --------------------------------------------------------------------------------------------- */

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
    struct nj_request *r = ctx;
    nj_loop_progress(r->http->loop);
    r->header_bytes += size * n;
    /* curl forgives a head without its end.  Trailers come through here as well. */
    if (nj_str_starts((struct nj_str){ p, size * n }, NJ_STR("HTTP/")))
        r->head_ended = false;
    else if (nj_str_trim((struct nj_str){ p, size * n }).n == 0)
        r->head_ended = true;
    if (r->header_bytes <= REPLY_HEADERS_MAX)
        return size * n;
    r->refused = "the reply's headers do not end";
    return 0;
}

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
    struct nj_request *r = ctx;
    nj_loop_progress(r->http->loop);
    return nj_request_keep(r, (struct nj_str){ p, size * n }) ? size * n : 0;
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

static void release_sockets(struct nj_request *r)
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
        { CURLOPT_SUPPRESS_CONNECT_HEADERS, 1 }, /* what a proxy says to CONNECT is not the reply */
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

#ifdef NJ_EMBEDDED_ROOTS
static CURLcode on_tls(CURL *easy, void *context, void *store)
{
    (void)easy;
    SSL_CTX_set1_cert_store(context, store);
    return CURLE_OK;
}

static CURLcode set_roots(struct nj_http *h, CURL *e)
{
    if (h->roots == NULL)
        h->roots = calloc(1, sizeof(*h->roots));
    if (h->roots == NULL || (h->roots->store == NULL && !nj_tls_trust_init(h->roots, &nj_embedded_roots)))
        return CURLE_OUT_OF_MEMORY;
    CURLcode rc = curl_easy_setopt(e, CURLOPT_CAINFO, NULL);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, on_tls);
    return rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, h->roots->store);
}

static void free_roots(struct nj_http *h)
{
    if (h->roots != NULL)
        nj_tls_trust_fini(h->roots);
    free(h->roots);
}

/* What the system trusts is not asked for: most images have no such file, and the set here is the newer one. */
static void find_system_ca(struct nj_http *h)
{
    (void)h;
}
#else
static CURLcode set_roots(struct nj_http *h, CURL *e)
{
    (void)h;
    (void)e;
    return CURLE_OK; /* curl has a default of its own */
}

static void free_roots(struct nj_http *h)
{
    (void)h;
}

static void find_system_ca(struct nj_http *h)
{
    /* Amazon Linux and the RHEL family, then Debian and Alpine, then the rest. */
    static const char *const places[] = { "/etc/pki/tls/certs/ca-bundle.crt", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                          "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem", "/etc/ssl/ca-bundle.pem" };
    const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);
    if (v->age >= CURLVERSION_SEVENTH && v->cainfo != NULL && access(v->cainfo, R_OK) == 0)
        return;
    for (size_t i = 0; i < NJ_COUNT(places); i++) {
        if (access(places[i], R_OK) == 0) {
            snprintf(h->ca_file, sizeof(h->ca_file), "%s", places[i]);
            return;
        }
    }
}
#endif

static CURLcode set_texts(struct nj_request *r)
{
    CURL *e = r->easy;
    CURLcode rc = curl_easy_setopt(e, CURLOPT_URL, r->url);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_HTTPHEADER, r->lines);
    rc = rc != CURLE_OK ? rc : curl_easy_setopt(e, CURLOPT_USERAGENT, "nightjar/" NJ_VERSION);
    if (rc == CURLE_OK && r->direct)
        rc = curl_easy_setopt(e, CURLOPT_NOPROXY, "*");
    if (rc != CURLE_OK)
        return rc;
    return r->http->ca_file[0] != '\0' ? curl_easy_setopt(e, CURLOPT_CAINFO, r->http->ca_file) : set_roots(r->http, e);
}

static enum nj_status prepare(struct nj_request *r)
{
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

/* A file that was named is taken also when it cannot be read: a wrong trust store is an error, not a reason to widen trust. */
static void find_ca(struct nj_http *h)
{
    const char *wanted = h->trust[0] != '\0' ? h->trust : getenv("SSL_CERT_FILE");
    if (wanted != NULL && *wanted != '\0')
        snprintf(h->ca_file, sizeof(h->ca_file), "%s", wanted);
    else
        find_system_ca(h);
}

/* --- the engine ---------------------------------------------------------------------------------------------------- */

static void fill_reply(struct nj_request *r, CURLcode code, struct nj_http_reply *out)
{
    curl_off_t sent = 0;
    long request_bytes = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &out->status);
    curl_easy_getinfo(r->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
    curl_easy_getinfo(r->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    if (out->status < 200 || out->status > 599 || !r->head_ended)
        out->status = 0;
    if (r->enough && out->status != 0)
        code = CURLE_OK; /* the answer is known and complete enough; the rest was refused by us */
    if (out->status == 0 && code == CURLE_OK)
        code = CURLE_WEIRD_SERVER_REPLY;
    out->curl_code = (int)code;
    out->sent_whole = r->started && request_bytes > 0 && (size_t)sent >= r->body.n;
    out->reused = r->reused;
    if (code != CURLE_OK)
        out->error = r->refused != NULL ? r->refused : r->error[0] != '\0' ? r->error : curl_easy_strerror(code);
}

static struct nj_str header(const struct nj_request *r, const char *name)
{
    struct curl_header *found = NULL;
    if (curl_easy_header(r->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
        return (struct nj_str){ NULL, 0 };
    return nj_str_of(found->value);
}

static void sleep_in_curl(void *ctx, int fd, int wait_ms)
{
    struct nj_http *h = ctx;
    struct curl_waitfd extra = { .fd = fd, .events = CURL_WAIT_POLLIN };
    int ready = 0;
    if (curl_multi_poll(h->multi, &extra, 1, wait_ms, &ready) != CURLM_OK)
        nj_diag(NJ_LEVEL_DEBUG, "NJ1111", "waiting for transfers failed");
}

/* The sockets stay the request's until its callback has returned: they have just proven alive, and a callback that learns of
 * a thaw from this very reply drops the idle ones. */
static void stop(struct nj_request *r)
{
    struct nj_http *h = r->http;
    curl_multi_remove_handle(h->multi, r->easy);
    if (--h->curl_active == 0)
        nj_loop_set_sleep(h->loop, NULL, NULL);
}

static void run(void *ctx)
{
    struct nj_http *h = ctx;
    int running = 0, left = 0;
    CURLMsg *msg;
    if (h->curl_active == 0)
        return;
    nj_http_enter(h);
    curl_multi_perform(h->multi, &running);
    while (!h->dead && (msg = curl_multi_info_read(h->multi, &left)) != NULL) {
        struct nj_http_reply reply = { .error = "" };
        char *p = NULL;
        if (msg->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &p);
        struct nj_request *r = (struct nj_request *)(void *)p;
        fill_reply(r, msg->data.result, &reply);
        nj_http_settle(r, &reply);
    }
    nj_http_leave(h);
}

static enum nj_status start_curl(struct nj_http *h)
{
    if (h->multi != NULL)
        return NJ_OK;
    if (!h->curl_started && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NJ_ENOMEM;
    h->curl_started = true;
    h->multi = curl_multi_init();
    if (h->multi == NULL)
        return NJ_ENOMEM;
    curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)IDLE_CONNECTIONS);
    curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)CONNECTIONS);
    curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    find_ca(h);
    h->source = (struct nj_source){ .run = run, .ctx = h };
    nj_source_add(h->loop, &h->source);
    return NJ_OK;
}

static enum nj_status start(struct nj_http *h, struct nj_request *r)
{
    enum nj_status st = start_curl(h);
    if (st == NJ_OK)
        st = prepare(r);
    if (st == NJ_OK && curl_multi_add_handle(h->multi, r->easy) != CURLM_OK)
        st = NJ_ENOMEM;
    if (st != NJ_OK)
        return st;
    h->curl_active++;
    nj_loop_set_sleep(h->loop, sleep_in_curl, h);
    return NJ_OK;
}

/* curl looks at a connection before it uses it again: a shut one is found dead and replaced. */
static void drop_idle(struct nj_http *h)
{
    for (const struct nj_client_socket *s = h->sockets; s != NULL; s = s->next)
        if (s->user == NULL)
            shutdown(s->fd, SHUT_RDWR);
}

static void free_engine(struct nj_http *h)
{
    if (h->multi != NULL) {
        nj_source_remove(h->loop, &h->source);
        curl_multi_cleanup(h->multi);
    }
    free_roots(h);
    if (h->curl_started)
        curl_global_cleanup();
}

const struct nj_engine nj_engine_curl = {
    .start = start, .stop = stop, .released = release_sockets, .header = header, .drop_idle = drop_idle, .free = free_engine
};

/* The telemetry listener and its rule of trust. */
#include "nightjar/listener.h"

#include "nightjar/diag.h"
#include "nightjar/random.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TOKEN_DIGITS = 32, HOSTS_MAX = 64 << 10, BODY_KEEP = 512 << 10 };

struct nj_listener {
    struct nj_listener_options o;
    struct nj_http_server *server;
    struct nj_loop *loop;
    struct nj_buf body; /* one answered POST, taken step by step */
    bool busy, closed;
    struct nj_exchange *held; /* the next one, not answered yet */
    struct nj_timer take;
    char path[TOKEN_DIGITS + 4]; /* "/t/" and the token */
    char uri[96];
    bool learned, path_kept;
    char first_path[128], first_peer[46];
};

/* Equal in a time that does not tell where the difference lies. */
static bool same_secret(struct nj_str a, struct nj_str b)
{
    unsigned char diff = a.n != b.n;
    for (size_t i = 0; i < a.n && i < b.n; i++)
        diff |= (unsigned char)(a.p[i] ^ b.p[i]);
    return diff == 0;
}

static void keep(char *out, size_t room, struct nj_str s)
{
    snprintf(out, room, "%.*s", (int)(s.n < room ? s.n : room - 1), s.p != NULL ? s.p : "");
}

/* From the first POST we learn how the platform delivers.  Should a forger have come first, the first one with the token
 * puts it right: from then on nothing without it is taken. */
static bool genuine(struct nj_listener *s, struct nj_exchange *x)
{
    struct nj_str path = nj_exchange_path(x), peer = nj_exchange_peer(x);
    if (same_secret(path, nj_str_of(s->path))) {
        if (s->learned && !s->path_kept)
            s->o.on_spoof(s->o.ctx, nj_str_of(s->first_peer));
        s->learned = s->path_kept = true;
        return true;
    }
    if (!s->learned) {
        s->learned = true;
        keep(s->first_path, sizeof(s->first_path), path);
        keep(s->first_peer, sizeof(s->first_peer), peer);
        nj_diag(NJ_LEVEL_DEBUG, "NJ1301", "the platform delivers without the path of the subscription");
        return true;
    }
    return !s->path_kept && nj_str_eq(path, nj_str_of(s->first_path)) && nj_str_eq(peer, nj_str_of(s->first_peer));
}

static void accept_body(struct nj_listener *s, struct nj_exchange *x)
{
    nj_buf_add(&s->body, nj_exchange_body(x));
    if (s->body.err == NJ_OK) {
        s->busy = true;
        s->o.on_post(s->o.ctx, nj_buf_str(&s->body));
        nj_timer_set(s->loop, &s->take, 0);
    } else { /* no memory for a copy: the exchange's own bytes, before the answer */
        nj_buf_reset(&s->body);
        s->o.on_post(s->o.ctx, nj_exchange_body(x));
        while (s->o.on_more(s->o.ctx) >= 0)
            ;
    }
    nj_exchange_reply(x, 200, NULL, NJ_STR(""));
}

static void take_more(void *ctx)
{
    struct nj_listener *s = ctx;
    int64_t again_ms = s->busy ? s->o.on_more(s->o.ctx) : -1;
    if (again_ms >= 0) {
        nj_timer_set(s->loop, &s->take, again_ms);
        return;
    }
    s->busy = false;
    nj_buf_shrink(&s->body, BODY_KEEP);
    if (s->held != NULL) {
        struct nj_exchange *x = s->held;
        s->held = NULL;
        accept_body(s, x);
    }
}

static void on_gone(void *ctx, struct nj_exchange *x)
{
    struct nj_listener *s = ctx;
    if (s->held == x)
        s->held = NULL; /* not answered, so the platform sends it again */
}

void nj_listener_drain(struct nj_listener *s)
{
    while (s->busy || s->held != NULL)
        take_more(s);
}

static void on_request(void *ctx, struct nj_exchange *x)
{
    struct nj_listener *s = ctx;
    if (s->closed) { /* no answer: what is not acknowledged is not lost by us */
        nj_exchange_abort(x);
        return;
    }
    if (!nj_str_eq(nj_exchange_method(x), NJ_STR("POST"))) {
        nj_count(s->o.ledger, NJ_CTR_posts_refused, 1);
        nj_exchange_reply(x, 405, NULL, NJ_STR(""));
        return;
    }
    if (!genuine(s, x)) {
        char peer[46];
        keep(peer, sizeof(peer), nj_exchange_peer(x));
        nj_count(s->o.ledger, NJ_CTR_posts_refused, 1);
        nj_exchange_reply(x, 403, NULL, NJ_STR(""));
        s->o.on_spoof(s->o.ctx, nj_str_of(peer));
        return;
    }
    if (s->held != NULL) /* more than one connection at work, which the platform does not do: no waiting then */
        nj_listener_drain(s);
    if (s->busy)
        s->held = x;
    else
        accept_body(s, x);
}

static void on_over_limit(void *ctx)
{
    struct nj_listener *s = ctx;
    nj_count(s->o.ledger, NJ_CTR_posts_over_limit, 1);
}

static enum nj_status start_server(struct nj_listener *s, struct nj_loop *l, const char *address, uint16_t port)
{
    struct nj_server_options so = {
        .address = address,
        .port = port,
        .body_max = NJ_LISTENER_BODY_MAX,
        .request = on_request,
        .gone = on_gone,
        .over_limit = on_over_limit,
        .ctx = s,
    };
    return nj_http_server_new(&s->server, l, &so);
}

enum nj_status nj_listener_new(struct nj_listener **out, struct nj_loop *l, const struct nj_listener_options *o)
{
    const char *address = o->address != NULL ? o->address : "127.0.0.1";
    char token[TOKEN_DIGITS + 1];
    struct nj_listener *s = calloc(1, sizeof(*s));
    *out = NULL;
    if (s == NULL)
        return NJ_ENOMEM;
    s->o = *o;
    s->loop = l;
    s->take = (struct nj_timer){ .fire = take_more, .ctx = s };
    nj_buf_init(&s->body, NJ_LISTENER_BODY_MAX);
    enum nj_status st = start_server(s, l, address, o->port);
    if (st != NJ_OK && o->port != 0) {
        nj_diag(NJ_LEVEL_WARN, "NJ1302", "port %u is taken or refused; the listener takes a free one", o->port);
        st = start_server(s, l, address, 0);
    }
    if (st != NJ_OK) {
        free(s);
        return st;
    }
    nj_random_hex(token, TOKEN_DIGITS);
    snprintf(s->path, sizeof(s->path), "/t/%s", token);
    snprintf(s->uri, sizeof(s->uri), "http://sandbox.localdomain:%u%s", nj_http_server_port(s->server), s->path);
    *out = s;
    return NJ_OK;
}

void nj_listener_free(struct nj_listener *s)
{
    if (s == NULL)
        return;
    nj_timer_stop(s->loop, &s->take);
    nj_http_server_free(s->server);
    nj_buf_fini(&s->body);
    free(s);
}

void nj_listener_close(struct nj_listener *s)
{
    struct nj_exchange *x = s->held;
    s->closed = true;
    s->held = NULL;
    if (x != NULL)
        nj_exchange_abort(x);
}

struct nj_str nj_listener_uri(const struct nj_listener *s)
{
    return nj_str_of(s->uri);
}

/* The address of a name in text of the form of /etc/hosts. */
static bool hosts_lookup(struct nj_str text, struct nj_str name, char out[static 46])
{
    struct nj_str line;
    while (nj_str_cut(&text, '\n', &line)) {
        struct nj_str word, address = { NULL, 0 };
        line = nj_str_slice(line, 0, nj_str_chr(line, '#', 0) != NJ_NPOS ? nj_str_chr(line, '#', 0) : line.n);
        for (size_t i = 0; i < line.n;) {
            size_t end = i;
            while (end < line.n && line.p[end] != ' ' && line.p[end] != '\t' && line.p[end] != '\r')
                end++;
            word = nj_str_slice(line, i, end);
            i = end + 1;
            if (word.n == 0)
                continue;
            if (address.p == NULL) {
                address = word;
            } else if (nj_str_eq_nocase(word, name) && address.n < 46) {
                struct in_addr ignored;
                keep(out, 46, address);
                return inet_pton(AF_INET, out, &ignored) == 1;
            }
        }
    }
    return false;
}

static bool on_loopback(struct nj_str runtime_api)
{
    return nj_str_starts(runtime_api, NJ_STR("127.")) || nj_str_starts(runtime_api, NJ_STR("localhost"));
}

void nj_listener_address(struct nj_str hosts_file, struct nj_str runtime_api, char out[static 46])
{
    char path[256];
    struct nj_buf text;
    bool found = false;
    nj_buf_init(&text, HOSTS_MAX);
    keep(path, sizeof(path), hosts_file);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        ssize_t got = 1;
        while (got > 0 && nj_buf_reserve(&text, 4096) == NJ_OK) {
            got = read(fd, text.p + text.n, 4096);
            text.n += got > 0 ? (size_t)got : 0;
        }
        close(fd);
        found = hosts_lookup(nj_buf_str(&text), NJ_STR("sandbox.localdomain"), out);
    }
    if (!found)
        snprintf(out, 46, "%s", on_loopback(runtime_api) ? "127.0.0.1" : "0.0.0.0");
    nj_buf_fini(&text);
}

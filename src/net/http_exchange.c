/* What a handler sees of a request, and how it answers: the public face of an exchange. */
#include "server_internal.h"

#include "nightjar/diag.h"

#include <stdlib.h>

struct nj_exchange *nj_exchange_new(struct nj_connection *c, const char *target)
{
    struct nj_exchange *x = calloc(1, sizeof(*x));
    if (x == NULL)
        return NULL;
    x->target = strdup(target != NULL ? target : "");
    if (x->target == NULL) {
        free(x);
        return NULL;
    }
    x->c = c;
    x->path_n = strcspn(x->target, "?");
    x->last_header = &x->headers;
    nj_buf_init(&x->body, c->server->o.body_max);
    return x;
}

void nj_exchange_free(struct nj_exchange *x)
{
    if (x == NULL)
        return;
    while (x->headers != NULL) {
        struct nj_reply_header *h = x->headers;
        x->headers = h->next;
        free(h);
    }
    if (x->response != NULL)
        MHD_destroy_response(x->response);
    x->c->server->bodies -= x->body.n;
    nj_buf_fini(&x->body);
    free(x->target);
    free(x);
}

struct nj_str nj_exchange_method(const struct nj_exchange *x)
{
    return x->method;
}

struct nj_str nj_exchange_path(const struct nj_exchange *x)
{
    return (struct nj_str){ x->target, x->path_n };
}

struct nj_str nj_exchange_query(const struct nj_exchange *x)
{
    if (x->target[x->path_n] != '?')
        return (struct nj_str){ NULL, 0 };
    return nj_str_of(x->target + x->path_n + 1);
}

struct nj_str nj_exchange_header(const struct nj_exchange *x, const char *name)
{
    return nj_str_of(MHD_lookup_connection_value(x->c->mhd, MHD_HEADER_KIND, name));
}

struct nj_str nj_exchange_body(const struct nj_exchange *x)
{
    return nj_buf_str(&x->body);
}

struct nj_str nj_exchange_peer(const struct nj_exchange *x)
{
    return nj_str_of(x->c->peer);
}

int nj_exchange_fd(const struct nj_exchange *x)
{
    return x->c->fd;
}

void nj_exchange_set(struct nj_exchange *x, void *user)
{
    x->user = user;
}

void *nj_exchange_get(const struct nj_exchange *x)
{
    return x->user;
}

void nj_exchange_reply_header(struct nj_exchange *x, const char *name, struct nj_str value)
{
    size_t name_n = strlen(name);
    struct nj_reply_header *h = malloc(sizeof(*h) + name_n + value.n + 2);
    if (h == NULL) {
        nj_diag(NJ_LEVEL_WARN, "NJ1121", "no memory for a reply header");
        return;
    }
    h->next = NULL;
    h->name = (char *)(h + 1);
    h->value = h->name + name_n + 1;
    memcpy(h->name, name, name_n + 1);
    if (value.n > 0)
        memcpy(h->value, value.p, value.n);
    h->value[value.n] = '\0';
    *x->last_header = h;
    x->last_header = &h->next;
}

static bool no_body_status(unsigned status)
{
    return status < 200 || status == 204 || status == 304;
}

/* libmicrohttpd declares the buffer writable, although MUST_COPY only reads it. */
static struct MHD_Response *make_response(struct nj_str body)
{
    union {
        const char *in;
        void *out;
    } bytes = { .in = body.n > 0 ? body.p : "" };
    return MHD_create_response_from_buffer(body.n, bytes.out, MHD_RESPMEM_MUST_COPY);
}

void nj_exchange_reply(struct nj_exchange *x, unsigned status, const char *content_type, struct nj_str body)
{
    if (x->response != NULL || x->aborted)
        return;
    if (status < 200 || status > 599)
        status = 500;
    if (no_body_status(status))
        body.n = 0;
    x->status = status;
    x->response = make_response(body);
    if (x->response == NULL) {
        nj_diag(NJ_LEVEL_WARN, "NJ1122", "no memory for a reply of %zu bytes; the connection is closed", body.n);
        nj_exchange_abort(x);
        return;
    }
    if (content_type != NULL)
        MHD_add_response_header(x->response, "Content-Type", content_type);
    for (const struct nj_reply_header *h = x->headers; h != NULL; h = h->next)
        if (MHD_add_response_header(x->response, h->name, h->value) != MHD_YES)
            nj_diag(NJ_LEVEL_WARN, "NJ1123", "reply header %s is not allowed and left out", h->name);
    nj_exchange_resume(x);
}

void nj_exchange_abort(struct nj_exchange *x)
{
    if (x->response != NULL || x->aborted)
        return;
    x->aborted = true;
    nj_exchange_resume(x);
}

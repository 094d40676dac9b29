/* The buffers of a connection pair, and the one header that is changed on the way. */
#include "proxy_internal.h"

#include <stdlib.h>

enum { HOST_LINE_MAX = 512 };

void nj_flow_init(struct nj_flow *f)
{
    f->p = f->small;
    f->cap = sizeof(f->small);
    f->start = f->seen = f->end = 0;
    f->ended = f->end_passed = false;
}

static char *buffer_take(struct nj_proxy *p)
{
    if (p->spare_buffer_count > 0)
        return p->spare_buffers[--p->spare_buffer_count];
    return p->store.resize(p->store.ctx, NULL, NJ_PROXY_LARGE);
}

static void buffer_give(struct nj_proxy *p, char *b)
{
    if (p->spare_buffer_count < NJ_PROXY_BUFFERS_KEPT)
        p->spare_buffers[p->spare_buffer_count++] = b;
    else
        p->store.resize(p->store.ctx, b, 0);
}

void nj_flow_fini(struct nj_proxy *p, struct nj_flow *f)
{
    if (f->p != f->small)
        buffer_give(p, f->p);
    nj_flow_init(f);
}

static void move_to(struct nj_flow *f, char *to)
{
    memmove(to, f->p + f->start, f->end - f->start);
    f->end -= f->start;
    f->seen -= f->start;
    f->start = 0;
    f->p = to;
}

/* Without a large buffer the small one goes on doing its work, only with more turns. */
static void enlarge(struct nj_proxy *p, struct nj_flow *f)
{
    char *large = f->cap < NJ_PROXY_LARGE ? buffer_take(p) : NULL;
    if (large == NULL)
        return;
    move_to(f, large);
    f->cap = NJ_PROXY_LARGE;
}

size_t nj_flow_room(struct nj_proxy *p, struct nj_flow *f, bool more)
{
    if (f->start == f->end)
        f->start = f->seen = f->end = 0;
    if (more)
        enlarge(p, f);
    size_t limit = f->cap - NJ_PROXY_SLACK;
    if (f->end >= limit && f->start > 0)
        move_to(f, f->p);
    return f->end < limit ? limit - f->end : 0;
}

void nj_flow_rest(struct nj_proxy *p, struct nj_flow *f)
{
    if (f->start != f->end || f->p == f->small)
        return;
    buffer_give(p, f->p);
    f->p = f->small;
    f->cap = sizeof(f->small);
    f->start = f->seen = f->end = 0;
}

bool nj_flow_prepend(struct nj_proxy *p, struct nj_flow *f, struct nj_str bytes)
{
    if (bytes.n == 0)
        return true;
    if (f->end - f->start + bytes.n > f->cap)
        enlarge(p, f);
    if (f->end - f->start + bytes.n > f->cap)
        return false;
    memmove(f->p + bytes.n, f->p + f->start, f->end - f->start);
    memcpy(f->p, bytes.p, bytes.n);
    f->end = f->end - f->start + bytes.n;
    f->seen = f->seen - f->start + bytes.n;
    f->start = 0;
    return true;
}

static bool names_us(const struct nj_proxy *p, struct nj_str value)
{
    return nj_str_eq_nocase(value, nj_str_of(p->own[0])) || nj_str_eq_nocase(value, nj_str_of(p->own[1]));
}

enum nj_host nj_flow_host(struct nj_proxy *p, struct nj_flow *f)
{
    const struct nj_str name = NJ_STR("host:");
    struct nj_str here = { f->p + f->seen, f->end - f->seen };
    if (here.n < name.n)
        return nj_str_starts_nocase(name, here) && !f->ended ? NJ_HOST_WAIT : NJ_HOST_PASS;
    if (!nj_str_starts_nocase(here, name))
        return NJ_HOST_PASS;
    size_t lf = nj_str_chr(here, '\n', 0);
    if (lf == NJ_NPOS)
        return here.n < HOST_LINE_MAX && !f->ended ? NJ_HOST_WAIT : NJ_HOST_PASS;
    struct nj_str value = nj_str_trim(nj_str_slice(here, name.n, lf));
    if (!names_us(p, value) || f->end - value.n + p->authority_n > f->cap)
        return NJ_HOST_PASS;
    char *at = f->p + (value.p - f->p);
    memmove(at + p->authority_n, at + value.n, (size_t)(f->p + f->end - (at + value.n)));
    memcpy(at, p->authority, p->authority_n);
    f->end = f->end - value.n + p->authority_n;
    return NJ_HOST_PASS;
}

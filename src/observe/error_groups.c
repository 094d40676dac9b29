/* Counts errors by fingerprint. */
#include "error_groups.h"

#define VERSION_SEED 0x6e6a2d6572726f31u /* e1 */

const char *const nj_error_kind_names[NJ_ERROR_KINDS] = { "code", "stack", "type", "template", "event" };

void nj_errors_init(struct nj_errors *e)
{
    memset(e, 0, sizeof(*e));
    nj_topk_init(&e->top, e->slots, e->index, NJ_ERROR_GROUPS);
}

/* --- fingerprints --------------------------------------------------------------------------------------------------- */

uint64_t nj_error_of_stack(const struct nj_stack *s, uint64_t template_id, enum nj_error_kind *kind)
{
    uint64_t tag = VERSION_SEED;
    if (s->code_n != 0) {
        *kind = NJ_ERROR_CODE;
        return nj_tag_pair(tag + 1, nj_tag_of((struct nj_str){ s->code, s->code_n }));
    }
    tag = nj_tag_pair(tag, nj_tag_of(nj_stack_type(s)));
    if (s->n != 0) {
        *kind = NJ_ERROR_STACK;
        for (size_t i = 0; i < s->n; i++)
            tag = nj_tag_pair(tag, nj_tag_of(nj_frame_str(&s->f[i])));
        return tag;
    }
    *kind = s->type_n != 0 ? NJ_ERROR_TYPE : NJ_ERROR_TEMPLATE;
    return s->type_n != 0 || template_id != 0 ? nj_tag_pair(tag, template_id) : 0;
}

void nj_error_title(const struct nj_stack *s, struct nj_str template_text, struct nj_buf *out)
{
    struct nj_str type = nj_stack_type(s);
    if (s->code_n != 0) {
        nj_buf_add(out, (struct nj_str){ s->code, s->code_n });
        return;
    }
    nj_buf_add(out, type);
    if (s->n != 0) {
        nj_buf_addz(out, type.n != 0 ? " in " : "in ");
        nj_buf_add(out, nj_frame_str(&s->f[0]));
        return;
    }
    if (type.n != 0 && nj_str_starts(template_text, type))
        template_text = nj_str_slice(template_text, type.n, template_text.n);
    else if (type.n != 0 && template_text.n != 0)
        nj_buf_addz(out, ": ");
    nj_buf_add(out, template_text);
}

/* --- counting ------------------------------------------------------------------------------------------------------- */

/* A group in a slot that may have been another's. */
static void begin_group(struct nj_error_group *g, const struct nj_error_seen *seen, uint32_t error)
{
    memset(g, 0, sizeof(*g));
    g->kind = (uint8_t)seen->kind;
    g->title_n = (uint8_t)(seen->title.n < NJ_ERROR_TITLE ? seen->title.n : NJ_ERROR_TITLE);
    if (g->title_n != 0)
        memcpy(g->title, seen->title.p, g->title_n);
    g->told = error;
}

/* A request's errors of one kind are as many as the source says that tells most of them. */
static bool is_news(struct nj_error_group *g, const struct nj_error_seen *seen)
{
    uint16_t most = 0;
    if (seen->request == 0)
        return true;
    if (g->request != seen->request) {
        g->request = seen->request;
        memset(g->of_request, 0, sizeof(g->of_request));
    }
    for (size_t i = 0; i < NJ_ERROR_SOURCES; i++)
        most = g->of_request[i] > most ? g->of_request[i] : most;
    uint16_t *mine = &g->of_request[seen->source];
    if (*mine < UINT16_MAX)
        ++*mine;
    return *mine > most || *mine == UINT16_MAX;
}

static void count_minute(struct nj_error_group *g, int64_t now_ms)
{
    uint32_t minute = (uint32_t)(now_ms / 60000);
    if (minute > g->minute) {
        uint32_t steps = minute - g->minute;
        for (uint32_t i = 1; i <= steps && i <= NJ_ERROR_MINUTES; i++)
            g->minutes[(g->minute + i) % NJ_ERROR_MINUTES] = 0;
        if (steps > NJ_ERROR_MINUTES)
            memset(g->minutes, 0, sizeof(g->minutes));
        g->minute = minute;
    }
    uint16_t *n = &g->minutes[g->minute % NJ_ERROR_MINUTES];
    if (*n < UINT16_MAX)
        ++*n;
}

uint32_t nj_error_last_hour(const struct nj_error_group *g, int64_t now_ms)
{
    uint32_t minute = (uint32_t)(now_ms / 60000), sum = 0;
    uint32_t gone = minute > g->minute ? minute - g->minute : 0;
    for (uint32_t back = 0; back + gone < NJ_ERROR_MINUTES && back <= g->minute; back++)
        sum += g->minutes[(g->minute - back) % NJ_ERROR_MINUTES];
    return sum;
}

static uint64_t count_day(struct nj_error_group *g, int64_t now_ms)
{
    uint32_t day = (uint32_t)(now_ms / 86400000);
    if (day != g->day) {
        g->day = day;
        g->day_count = 0;
    }
    if (g->day_count < UINT32_MAX)
        g->day_count++;
    return nj_milestone(g->day_count - 1, g->day_count);
}

/* The first text is kept, a later one takes its place with the chance of a reservoir; a group without place takes that of the group
 * seen least lately. */
static void keep_exemplar(struct nj_errors *e, const struct nj_topk_slot *s, struct nj_str text)
{
    struct nj_exemplar *mine = NULL, *oldest = NULL;
    uint32_t oldest_s = UINT32_MAX, seen = s->count - s->error;
    if (text.n == 0)
        return;
    for (size_t i = 0; i < NJ_EXEMPLARS; i++) {
        struct nj_exemplar *x = &e->exemplar[i];
        const struct nj_topk_slot *owner = x->tag != 0 ? nj_topk_find(&e->top, x->tag) : NULL;
        uint32_t last_s = owner != NULL ? owner->last_s : 0;
        if (x->tag == s->tag)
            mine = x;
        if (oldest == NULL || last_s < oldest_s) {
            oldest = x;
            oldest_s = last_s;
        }
    }
    if (mine != NULL && nj_tag_mix(s->tag, seen) % seen != 0)
        return;
    mine = mine != NULL ? mine : oldest;
    mine->tag = s->tag;
    mine->n = (uint16_t)(text.n < NJ_EXEMPLAR_MAX ? text.n : NJ_EXEMPLAR_MAX);
    memcpy(mine->text, text.p, mine->n);
}

void nj_errors_count(struct nj_errors *e, const struct nj_error_seen *seen, int64_t now_ms, struct nj_error_told *out)
{
    struct nj_topk_slot *s = nj_topk_find(&e->top, seen->tag);
    *out = (struct nj_error_told){ .fresh = s == NULL };
    if (s != NULL && !is_news(&e->g[nj_topk_at(&e->top, s)], seen)) {
        out->slot = s;
        out->group = &e->g[nj_topk_at(&e->top, s)];
        return;
    }
    bool fresh = false;
    s = nj_topk_add(&e->top, seen->tag, 1, (uint32_t)(now_ms / 1000), &fresh);
    struct nj_error_group *g = &e->g[nj_topk_at(&e->top, s)];
    if (fresh) {
        e->other += e->top.lost;
        begin_group(g, seen, s->error);
        (void)is_news(g, seen);
    }
    if (seen->request != 0)
        nj_hll_add(s->distinct, NJ_HLL_SMALL, seen->request);
    if (seen->principal != 0)
        nj_hll_add(g->principals, NJ_HLL_SMALL, seen->principal);
    count_minute(g, now_ms);
    out->milestone = count_day(g, now_ms);
    keep_exemplar(e, s, seen->exemplar);
    out->slot = s;
    out->group = g;
    out->counted = true;
}

struct nj_str nj_error_exemplar(const struct nj_errors *e, uint64_t tag)
{
    for (size_t i = 0; i < NJ_EXEMPLARS; i++)
        if (e->exemplar[i].tag == tag)
            return (struct nj_str){ e->exemplar[i].text, e->exemplar[i].n };
    return (struct nj_str){ NULL, 0 };
}

const struct nj_topk_slot *nj_errors_untold(struct nj_errors *e, uint32_t *count)
{
    struct nj_topk_slot *most = NULL;
    *count = 0;
    for (uint32_t i = 0; i < e->top.used; i++) {
        uint32_t n = e->slots[i].count - e->g[i].told;
        if (n <= *count)
            continue;
        most = &e->slots[i];
        *count = n;
    }
    if (most != NULL)
        e->g[nj_topk_at(&e->top, most)].told = most->count;
    return most;
}

uint64_t nj_errors_other_untold(struct nj_errors *e)
{
    uint64_t n = e->other - e->other_told;
    e->other_told = e->other;
    return n;
}

/* Batching by items, bytes and time, with records cut across two POSTs when they are too large. */
#include "emu_buffer.h"

#include <stdlib.h>

enum { BODY_MAX = 256 << 20 };

struct emu_item {
    struct emu_item *next;
    enum emu_type type;
    int64_t since_ms;
    size_t n, head;
    char text[];
};

static void list_clear(struct emu_item_list *l)
{
    *l = (struct emu_item_list){ .last = &l->first };
}

static void list_push(struct emu_item_list *l, struct emu_item *i)
{
    i->next = NULL;
    *l->last = i;
    l->last = &i->next;
    l->n++;
}

static struct emu_item *list_pop(struct emu_item_list *l)
{
    struct emu_item *i = l->first;
    if (i == NULL)
        return NULL;
    l->first = i->next;
    if (l->first == NULL)
        l->last = &l->first;
    l->n--;
    return i;
}

void emu_buffer_init(struct emu_buffer *b)
{
    *b = (struct emu_buffer){ .max_items = 1000, .max_bytes = 262144, .timeout_ms = 1000, .queue_bytes = 64 << 20 };
    b->cut_bytes = b->max_bytes;
    list_clear(&b->waiting);
    list_clear(&b->flight);
    nj_buf_init(&b->body, BODY_MAX);
}

static void free_list(struct emu_item_list *l)
{
    for (struct emu_item *i = NULL; (i = list_pop(l)) != NULL;)
        free(i);
}

void emu_buffer_fini(struct emu_buffer *b)
{
    free_list(&b->waiting);
    free_list(&b->flight);
    nj_buf_fini(&b->body);
}

bool emu_buffer_has_room(const struct emu_buffer *b, size_t n)
{
    return b->waiting_bytes + n <= b->queue_bytes;
}

enum nj_status emu_buffer_add(struct emu_buffer *b, enum emu_type type, int64_t now_ms, struct nj_str text, size_t head)
{
    b->count[type].queued++;
    bool fits = emu_type_want(type) == EMU_WANT_PLATFORM || emu_buffer_has_room(b, text.n);
    struct emu_item *i = fits ? malloc(sizeof(*i) + text.n) : NULL;
    if (i == NULL) {
        b->count[type].dropped++;
        return NJ_ELIMIT;
    }
    *i = (struct emu_item){ .type = type, .since_ms = now_ms, .n = text.n, .head = head };
    memcpy(i->text, text.p, text.n);
    list_push(&b->waiting, i);
    b->waiting_bytes += text.n;
    return NJ_OK;
}

int64_t emu_buffer_due_ms(const struct emu_buffer *b, int64_t now_ms)
{
    if (b->waiting.n == 0)
        return -1;
    if (b->waiting.n >= b->max_items || b->waiting_bytes >= b->max_bytes || b->cut_at != 0)
        return 0;
    int64_t left = b->waiting.first->since_ms + b->timeout_ms - now_ms;
    return left > 0 ? left : 0;
}

/* The part of the first waiting item that this POST carries: all that is left, or as much as fits below the cut. */
static void add_cut(struct emu_buffer *b, const struct emu_item *i)
{
    size_t from = b->cut_at, room = b->cut_bytes > b->body.n ? b->cut_bytes - b->body.n : 0;
    if (from != 0)
        nj_buf_add(&b->body, (struct nj_str){ i->text, i->head });
    /* A piece always moves on, however small the limit. */
    if (room <= i->head)
        room = i->head + 1;
    if (i->n - from <= room) {
        nj_buf_add(&b->body, (struct nj_str){ i->text + from, i->n - from });
        return;
    }
    nj_buf_add(&b->body, (struct nj_str){ i->text + from, room });
    b->cut_next = from + room;
    b->had_cut = true;
    b->cuts++;
}

static void add_bad(struct emu_buffer *b)
{
    if (b->bad_every == 0 || b->has_bad || b->lines || b->batches % b->bad_every != 0)
        return;
    nj_buf_addz(&b->body, ",{\"time\":\"2026-01-01T00:00:00.000Z\",\"type\":\"function\",\"record\":{\"broken\":}}");
    b->has_bad = true;
}

void emu_buffer_take(struct emu_buffer *b)
{
    nj_buf_reset(&b->body);
    b->cut_next = 0;
    b->had_cut = false;
    b->batch_items = 0;
    b->batches++;
    b->has_bad = false;
    char sep = '[';
    while (b->waiting.first != NULL && b->batch_items < b->max_items && b->body.n < b->max_bytes && !b->had_cut) {
        struct emu_item *i = b->waiting.first;
        if (!b->lines)
            nj_buf_addc(&b->body, sep);
        sep = ',';
        b->batch_items++;
        if (b->lines || (i->n <= b->cut_bytes && b->cut_at == 0))
            nj_buf_add(&b->body, (struct nj_str){ i->text, i->n });
        else
            add_cut(b, i);
        if (b->had_cut)
            break;
        if (b->lines)
            nj_buf_addc(&b->body, '\n');
        b->cut_at = 0;
        (void)list_pop(&b->waiting);
        b->waiting_bytes -= i->n;
        list_push(&b->flight, i);
        add_bad(b);
    }
    if (!b->had_cut && !b->lines)
        nj_buf_addc(&b->body, ']');
    b->under_way = true;
}

static void settle(struct emu_buffer *b)
{
    free_list(&b->flight);
    b->cut_at = b->cut_next;
    b->cut_next = 0;
    b->under_way = false;
    nj_buf_shrink(&b->body, 1 << 20);
}

void emu_buffer_delivered(struct emu_buffer *b)
{
    for (const struct emu_item *i = b->flight.first; i != NULL; i = i->next)
        b->count[i->type].delivered++;
    b->bad += b->has_bad;
    settle(b);
}

void emu_buffer_duplicated(struct emu_buffer *b)
{
    for (const struct emu_item *i = b->flight.first; i != NULL; i = i->next)
        b->count[i->type].duplicated++;
}

void emu_buffer_dropped(struct emu_buffer *b, uint64_t *records, uint64_t *bytes)
{
    *records = 0;
    *bytes = 0;
    if (b->had_cut) {
        struct emu_item *i = list_pop(&b->waiting);
        b->waiting_bytes -= i->n;
        list_push(&b->flight, i);
        b->cut_next = 0;
    }
    for (const struct emu_item *i = b->flight.first; i != NULL; i = i->next) {
        b->count[i->type].dropped++;
        if (i->type == EMU_T_LOGS_DROPPED) /* news of a loss is not a loss to be told */
            continue;
        *bytes += i->n;
        (*records)++;
    }
    settle(b);
}

void emu_buffer_close(struct emu_buffer *b)
{
    struct emu_item_list *const lists[] = { &b->flight, &b->waiting };
    for (size_t k = 0; k < NJ_COUNT(lists); k++)
        for (struct emu_item *i = NULL; (i = list_pop(lists[k])) != NULL; free(i))
            b->count[i->type].undelivered++;
    b->waiting_bytes = 0;
    b->cut_at = 0;
    b->under_way = false;
}

struct emu_count emu_buffer_sum(const struct emu_buffer *b)
{
    struct emu_count sum = { 0 };
    for (size_t t = 0; t < EMU_TYPES; t++) {
        sum.queued += b->count[t].queued;
        sum.delivered += b->count[t].delivered;
        sum.duplicated += b->count[t].duplicated;
        sum.dropped += b->count[t].dropped;
        sum.undelivered += b->count[t].undelivered;
    }
    return sum;
}

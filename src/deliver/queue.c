/* A list of sealed batches with its sums. */
#include "queue.h"

static void count_in(struct nj_queue *q, const struct nj_sealed *s)
{
    q->batches++;
    q->records += s->records;
    q->bytes += s->charged;
}

static struct nj_sealed *count_out(struct nj_queue *q, struct nj_sealed *s)
{
    q->batches--;
    q->records -= s->records;
    q->bytes -= s->charged;
    s->next = NULL;
    return s;
}

void nj_queue_push(struct nj_queue *q, struct nj_sealed *s)
{
    s->next = NULL;
    if (q->tail == NULL)
        q->head = s;
    else
        q->tail->next = s;
    q->tail = s;
    count_in(q, s);
}

void nj_queue_push_front(struct nj_queue *q, struct nj_sealed *s)
{
    s->next = q->head;
    q->head = s;
    if (q->tail == NULL)
        q->tail = s;
    count_in(q, s);
}

static struct nj_sealed *unlink_after(struct nj_queue *q, struct nj_sealed *before)
{
    struct nj_sealed *s = before == NULL ? q->head : before->next;
    if (before == NULL)
        q->head = s->next;
    else
        before->next = s->next;
    if (q->tail == s)
        q->tail = before;
    return count_out(q, s);
}

struct nj_sealed *nj_queue_pop(struct nj_queue *q)
{
    return q->head == NULL ? NULL : unlink_after(q, NULL);
}

struct nj_sealed *nj_queue_pop_oldest(struct nj_queue *q)
{
    struct nj_sealed *before = NULL, *before_oldest = NULL, *oldest = q->head;
    if (oldest == NULL)
        return NULL;
    for (struct nj_sealed *s = q->head; s != NULL; before = s, s = s->next) {
        if (s->seq >= oldest->seq)
            continue;
        oldest = s;
        before_oldest = before;
    }
    return unlink_after(q, before_oldest);
}

struct nj_mono nj_queue_oldest(const struct nj_queue *q)
{
    struct nj_mono oldest = { INT64_MAX };
    for (const struct nj_sealed *s = q->head; s != NULL; s = s->next)
        if (s->opened.ms < oldest.ms)
            oldest = s->opened;
    return oldest;
}

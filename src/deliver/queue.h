/* Sealed batches of one lane, oldest first; the order of sealing (seq) tells which is oldest across retries. */
#ifndef NJ_DELIVER_QUEUE_H
#define NJ_DELIVER_QUEUE_H

#include "nightjar/batch.h"

struct nj_queue {
    struct nj_sealed *head, *tail;
    size_t batches, records, bytes;
};

void nj_queue_push(struct nj_queue *q, struct nj_sealed *s);       /* to the end */
void nj_queue_push_front(struct nj_queue *q, struct nj_sealed *s); /* comes out next */
struct nj_sealed *nj_queue_pop(struct nj_queue *q);                /* NULL when empty */
/* Takes out the batch with the smallest seq: what is dropped first when memory runs out.  NULL when empty. */
struct nj_sealed *nj_queue_pop_oldest(struct nj_queue *q);
/* When the oldest record in the queue came; { INT64_MAX } when it is empty. */
struct nj_mono nj_queue_oldest(const struct nj_queue *q);

#endif

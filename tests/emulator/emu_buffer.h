/* emu_buffer.h -- what one subscriber still has to get: items, the batch under way, and the account of both.
 *
 * Pure: time is given in, bodies are taken out.  At most one batch is under way; it stays here until it is settled, so that
 * it can be sent again byte for byte.
 *
 * Units      milliseconds of the monotonic clock; bytes of finished JSON.
 * Limits     a batch closes at max_items items or when it reaches max_bytes; an item above cut_bytes is cut across POSTs.
 *            queue_bytes bounds what waits: beyond it log lines are refused, platform events never.
 * Ownership  add copies.  The body is borrowed until the batch is settled.
 */
#ifndef EMU_BUFFER_H
#define EMU_BUFFER_H

#include "emu_record.h"

struct emu_count {
    uint64_t queued, delivered, duplicated, dropped, undelivered;
};

struct emu_item;

struct emu_item_list {
    struct emu_item *first, **last;
    size_t n;
};

struct emu_buffer {
    size_t max_items, max_bytes, cut_bytes, queue_bytes;
    int64_t timeout_ms;
    struct emu_item_list waiting, flight;
    size_t waiting_bytes;
    struct nj_buf body;      /* of the batch under way */
    size_t cut_at;           /* bytes of the first waiting item that POSTs already carried */
    size_t cut_next;         /* the same after the batch under way has been taken */
    size_t batch_items;      /* items whose last byte is in the batch, plus one for a begun item */
    uint64_t bad_every;      /* every Nth batch carries one malformed record more; 0: none */
    uint64_t batches, bad;   /* batches taken; malformed records delivered, not part of any count */
    bool has_bad;            /* the batch under way has one */
    bool lines;              /* newline-delimited instead of an array; nothing is cut then */
    bool under_way, had_cut; /* had_cut: the batch under way ends inside an item */
    uint64_t cuts;
    struct emu_count count[EMU_TYPES];
};

void emu_buffer_init(struct emu_buffer *b);
void emu_buffer_fini(struct emu_buffer *b);
/* Whether the buffer has room for n more bytes. */
bool emu_buffer_has_room(const struct emu_buffer *b, size_t n);
/* NJ_ELIMIT: no room, counted as dropped. */
enum nj_status emu_buffer_add(struct emu_buffer *b, enum emu_type type, int64_t now_ms, struct nj_str text, size_t head);
/* Milliseconds until a batch is due: 0 = now, -1 = nothing waits. */
int64_t emu_buffer_due_ms(const struct emu_buffer *b, int64_t now_ms);
/* Forms the next batch in b->body.  Only when none is under way and something waits. */
void emu_buffer_take(struct emu_buffer *b);
/* The batch was acknowledged. */
void emu_buffer_delivered(struct emu_buffer *b);
/* The batch was sent again although it had been acknowledged; call before emu_buffer_delivered(). */
void emu_buffer_duplicated(struct emu_buffer *b);
/* The batch is given up, with the rest of an item it cut; tells what was lost, platform.logsDropped not counted: a listener
 * that is down would otherwise be told of its losses for ever. */
void emu_buffer_dropped(struct emu_buffer *b, uint64_t *records, uint64_t *bytes);
/* The subscriber is gone: everything left is counted as undelivered and thrown away. */
void emu_buffer_close(struct emu_buffer *b);
struct emu_count emu_buffer_sum(const struct emu_buffer *b);

#endif

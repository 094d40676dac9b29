/* emu_stream.h -- the telemetry engine: events go in at their moment, subscribers get them in batches.
 *
 * While the sandbox is frozen nothing is sent; what waits goes out after the thaw with its own time.  Events of an init
 * are kept and given to those who subscribe later in it.
 *
 * Ownership  emu_emit() takes the record.  Subscribers belong to the stream until it is freed, for the report.
 * Blocking   never.
 */
#ifndef EMU_STREAM_H
#define EMU_STREAM_H

#include "emu_buffer.h"
#include "emu_options.h"
#include "emu_subscription.h"
#include "nightjar/http_client.h"

struct emu;
struct emu_stream;

struct emu_subscriber {
    struct emu_subscriber *next;
    struct emu *world;
    char name[128];
    unsigned generation;
    struct emu_subscription what;
    struct emu_buffer buf;
    uint64_t handle, sequence, acknowledged, posts_sent, retries, refusals;
    uint64_t uncertain; /* undelivered records whose POST ended without an answer: they may have arrived */
    uint64_t garbage;   /* posts that were no JSON */
    bool posting, garbling, repeating, leaving, closed;
    struct nj_timer due, retry, limit;
    int64_t wait_ms, post_begin_ns, progress_ms;
    unsigned tries;
    uint64_t lost_records, lost_bytes; /* overflow not yet told */
    json_t *posts;
    int tcp_fd; /* TCP subscriptions: the connection, 0 when there is none */
    size_t tcp_at;
    struct nj_watch tcp_watch;
    void (*tcp_done)(struct emu_subscriber *s, int error);
};

NJ_MUST enum nj_status emu_stream_new(struct emu_stream **out, struct emu *w);
void emu_stream_free(struct emu_stream *s);

/* An init begins: the replay starts anew and the window for subscriptions opens. */
void emu_stream_open(struct emu_stream *s);
/* All extensions are ready. */
void emu_stream_close_window(struct emu_stream *s);
bool emu_stream_is_open(const struct emu_stream *s);
struct emu_subscriber *emu_stream_subscribe(struct emu_stream *s, const char *name, unsigned generation,
                                            const struct emu_subscription *what);
/* The subscriber's process is gone.  The answer to a POST under way may still lie in the socket: emu_on_subscribers_left()
 * follows when it has been read, at once when nothing is under way. */
void emu_stream_leave(struct emu_stream *s, struct emu_subscriber *sub);

void emu_emit(struct emu *w, enum emu_type type, json_t *record_take);
/* wall_ns 0: now. */
void emu_emit_line(struct emu *w, enum emu_type type, struct nj_str line, int64_t wall_ns);

void emu_stream_freeze(struct emu_stream *s, bool frozen);
/* Nothing waits and nothing is under way. */
bool emu_stream_is_empty(const struct emu_stream *s);
/* Sends what waits without waiting for the buffering limits. */
void emu_stream_hurry(struct emu_stream *s);

const struct emu_subscriber *emu_stream_subscribers(const struct emu_stream *s);
const uint64_t *emu_stream_emitted(const struct emu_stream *s);

/* Between emu_stream.c and emu_delivery.c. */
void emu_delivery_init(struct emu_subscriber *s);
void emu_delivery_pump(struct emu_subscriber *s);
void emu_delivery_freeze(struct emu_subscriber *s, bool frozen);
/* emu_tcp.c: sends the batch under way; 0 or an errno.  tcp_done follows from the loop. */
int emu_tcp_send(struct emu_subscriber *s);
void emu_tcp_close(struct emu_subscriber *s);
/* now: without waiting for an answer that is under way */
void emu_delivery_leave(struct emu_subscriber *s, bool now);
/* Does one of them still wait for its last answer? */
bool emu_stream_is_leaving(const struct emu_stream *s);
bool emu_stream_is_frozen(const struct emu_stream *s);
bool emu_stream_hurries(const struct emu_stream *s);
/* A batch was settled: writers that waited may go on, losses are told. */
void emu_stream_progress(struct emu_stream *s, struct emu_subscriber *sub);

#endif

/* cap_conn.h -- one connection of a capture sink: reads requests, plays the plan, answers, writes down.
 *
 * Blocking   cap_conn_serve() runs until the connection is over or the sink has to stop; one thread each.
 * Globals    none.
 */
#ifndef NIGHTJAR_TESTS_CAP_CONN_H
#define NIGHTJAR_TESTS_CAP_CONN_H

#include "cap_plan.h"
#include "cap_store.h"
#include "cap_stream.h"
#include "cap_tls.h"

#include <pthread.h>
#include <stdatomic.h>

enum { CAP_HEAD_MAX = 256 << 10, CAP_BODY_MAX = 64 << 20, CAP_DECODED_MAX = 512 << 20 };

/* What all connections share. */
struct cap_sink {
    const struct cap_plan *plan;
    struct cap_store *store;
    struct cap_tls *tls; /* NULL: plain HTTP */
    int stop_fd;
    int64_t mute_ms;   /* after accept, before anything else, the handshake included */
    int status;        /* of requests without a fault */
    const char *reply; /* body of such answers */
    bool keep_bodies;  /* every body as it was sent goes to a file */
    bool verbose;      /* one line a request on standard output */
    int64_t started_ms;
    pthread_mutex_t lock;
    uint64_t requests; /* under the lock, with first_ms */
    int64_t first_ms;  /* when the first request came; -1 before */
    atomic_uint connections;
};

/* Takes fd. */
void cap_conn_serve(struct cap_sink *sink, int fd, uint64_t connection);

#endif

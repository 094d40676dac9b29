/* cap_stream.h -- a connection, plain or TLS, whose every wait ends when the program is told to stop.
 *
 * Units      milliseconds; a timeout below 0 waits as long as it takes.
 * Ownership  the stream owns the descriptor and the TLS state; cap_stream_close() ends both.
 * Blocking   every function but the closing ones; one thread per stream.
 */
#ifndef NIGHTJAR_TESTS_CAP_STREAM_H
#define NIGHTJAR_TESTS_CAP_STREAM_H

#include "nightjar/clock.h"

enum cap_io { CAP_IO_OK, CAP_IO_EOF, CAP_IO_ERROR, CAP_IO_STOPPED, CAP_IO_TIMEOUT };

struct cap_tls;

struct cap_stream {
    int fd, stop_fd; /* stop_fd becomes readable when everything has to end */
    void *ssl;       /* NULL: plain */
};

/* "" for CAP_IO_OK */
const char *cap_io_name(enum cap_io io);

/* Takes fd.  With tls the handshake is done here; on failure the stream is closed. */
NJ_MUST enum cap_io cap_stream_open(struct cap_stream *s, int fd, int stop_fd, struct cap_tls *tls);
void cap_stream_close(struct cap_stream *s);
/* Ends the connection with RST. */
void cap_stream_reset(struct cap_stream *s);

/* At least one byte, at most cap. */
NJ_MUST enum cap_io cap_stream_read(struct cap_stream *s, void *buf, size_t cap, size_t *got, int64_t timeout_ms);
NJ_MUST enum cap_io cap_stream_write(struct cap_stream *s, struct nj_str data, int64_t timeout_ms);
/* Sends at that many bytes a second. */
NJ_MUST enum cap_io cap_stream_trickle(struct cap_stream *s, struct nj_str data, int64_t bytes_per_second);
/* Waits; CAP_IO_EOF when the peer went away before. */
NJ_MUST enum cap_io cap_stream_wait(struct cap_stream *s, int64_t ms);

#endif

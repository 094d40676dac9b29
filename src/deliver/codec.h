/* Streams of gzip, zstd or nothing at all behind one face, for batches that grow: zstd compresses meanwhile, gzip at the end. */
#ifndef NJ_DELIVER_CODEC_H
#define NJ_DELIVER_CODEC_H

#include "nightjar/sink.h"

struct nj_codec_stream;

/* Makes the context, which is the expensive part; it serves any number of batches. */
NJ_MUST enum nj_status nj_codec_new(struct nj_codec_stream **out, enum nj_codec codec);
void nj_codec_free(struct nj_codec_stream *c); /* NULL allowed */
/* Forgets what was fed and begins anew. */
NJ_MUST enum nj_status nj_codec_begin(struct nj_codec_stream *c);
/* Makes room in out for what in_bytes more of input and the end of the stream may put out; on failure out is as it was. */
NJ_MUST enum nj_status nj_codec_room(struct nj_codec_stream *c, size_t in_bytes, struct nj_buf *out);
/* Both need the room made before.  NJ_EARG: the stream is broken, out holds rubbish; only begin mends it. */
NJ_MUST enum nj_status nj_codec_feed(struct nj_codec_stream *c, struct nj_str in, struct nj_buf *out);
NJ_MUST enum nj_status nj_codec_finish(struct nj_codec_stream *c, struct nj_buf *out);
size_t nj_codec_memory(const struct nj_codec_stream *c);
/* Bytes of input that wait for the end of the stream. */
size_t nj_codec_held(const struct nj_codec_stream *c);
/* Ceiling for the buffer that takes the compressed form of raw bytes. */
size_t nj_codec_bound(enum nj_codec codec, size_t raw);

/* The other way, for splitting: exactly raw bytes are expected. */
NJ_MUST enum nj_status nj_codec_undo(enum nj_codec codec, struct nj_str in, size_t raw, struct nj_buf *out);

#endif

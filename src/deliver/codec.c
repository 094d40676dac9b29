/* Compression of batches, with contexts small enough to live in a sandbox.
 *
 * gzip is libdeflate's, which takes a batch as a whole: it needs half the CPU of zlib level 1 and the result is smaller (records:
 * 690 MB/s to 5.6 % of the size, where zlib level 1 does 330 MB/s to 6.5 %), and its context is smaller than zlib's.  The price
 * is that an open batch is held as it is, and counted as that.  zlib undoes it: libdeflate's other half would be code for the
 * rare case of a batch that a sink finds too large.
 * zstd level 1 compresses while the batch grows: 0.43 times the CPU of zlib level 1 for 11.5 % with a window of 64 KiB; one of
 * 128 KiB needs 0.4 MiB more for 11.0 % (tests/bench/bench_batch.c, encoding included). */
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_sizeof_CCtx() */
#include "codec.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum {
    GZIP_LEVEL = 1,
    GZIP_STATE = 203 << 10, /* what libdeflate allocates for this level; it does not tell */
    GZIP_KEEP = 512 << 10,  /* of the held input, between batches: what one of the usual size grows to */
    GZIP_WINDOW = 15 + 16,  /* for undoing: the largest, and a gzip head and tail instead of zlib's */
    ZSTD_LEVEL = 1,
    ZSTD_WINDOW = 16,
    /* What a stream may hold back and give out with a later call: one block, and its head and tail. */
    ZSTD_HELD = (64 << 10) + 1024,
};

struct nj_codec_stream {
    enum nj_codec codec;
    struct libdeflate_compressor *gzip;
    struct nj_buf held; /* the input of gzip */
    ZSTD_CCtx *zstd;
};

static const size_t held_back[NJ_CODECS] = { [NJ_CODEC_ZSTD] = ZSTD_HELD };

/* Most that raw bytes of input can put out in one call; what does not shrink grows by less than a 64th. */
static size_t most_out(enum nj_codec codec, size_t raw)
{
    if (codec == NJ_CODEC_GZIP)
        return libdeflate_gzip_compress_bound(NULL, raw);
    return codec == NJ_CODEC_NONE ? raw : raw + raw / 64 + held_back[codec];
}

size_t nj_codec_bound(enum nj_codec codec, size_t raw)
{
    return most_out(codec, raw) + held_back[codec];
}

/* --- gzip --------------------------------------------------------------------------------------------------------- */

static enum nj_status gzip_new(struct nj_codec_stream *c)
{
    nj_buf_init(&c->held, SIZE_MAX);
    c->gzip = libdeflate_alloc_compressor(GZIP_LEVEL);
    return c->gzip != NULL ? NJ_OK : NJ_ENOMEM;
}

static void gzip_free(struct nj_codec_stream *c)
{
    libdeflate_free_compressor(c->gzip);
    nj_buf_fini(&c->held);
}

static enum nj_status gzip_begin(struct nj_codec_stream *c)
{
    nj_buf_reset(&c->held);
    return NJ_OK;
}

static enum nj_status gzip_run(struct nj_codec_stream *c, struct nj_str in, struct nj_buf *out, bool finish)
{
    nj_buf_add(&c->held, in);
    if (!finish || c->held.err != NJ_OK)
        return c->held.err;
    size_t n = libdeflate_gzip_compress(c->gzip, c->held.p, c->held.n, out->p + out->n, out->cap - out->n);
    out->n += n;
    nj_buf_shrink(&c->held, GZIP_KEEP);
    return n != 0 ? NJ_OK : NJ_EARG;
}

static enum nj_status gzip_undo(struct nj_str in, size_t raw, struct nj_buf *out)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
    if (in.n > UINT32_MAX || raw > UINT32_MAX)
        return NJ_ELIMIT;
    if (inflateInit2(&z, GZIP_WINDOW) != Z_OK)
        return NJ_ENOMEM;
    z.next_out = (Bytef *)out->p + out->n;
    z.avail_out = (uInt)raw;
    int rc = inflate(&z, Z_FINISH);
    bool whole = rc == Z_STREAM_END && z.avail_out == 0;
    inflateEnd(&z);
    return whole ? NJ_OK : NJ_EPARSE;
}

/* --- zstd --------------------------------------------------------------------------------------------------------- */

static enum nj_status zstd_new(struct nj_codec_stream *c)
{
    c->zstd = ZSTD_createCCtx();
    if (c->zstd == NULL)
        return NJ_ENOMEM;
    if (ZSTD_isError(ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL)) ||
        ZSTD_isError(ZSTD_CCtx_setParameter(c->zstd, ZSTD_c_windowLog, ZSTD_WINDOW)))
        return NJ_EARG;
    return NJ_OK;
}

static void zstd_free(struct nj_codec_stream *c)
{
    ZSTD_freeCCtx(c->zstd);
}

static enum nj_status zstd_begin(struct nj_codec_stream *c)
{
    return ZSTD_isError(ZSTD_CCtx_reset(c->zstd, ZSTD_reset_session_only)) ? NJ_EARG : NJ_OK;
}

static enum nj_status zstd_run(struct nj_codec_stream *c, struct nj_str in, struct nj_buf *out, bool finish)
{
    ZSTD_inBuffer from = { in.p, in.n, 0 };
    ZSTD_outBuffer to = { out->p, out->cap, out->n };
    size_t left = 0;
    do {
        size_t was_in = from.pos, was_out = to.pos;
        left = ZSTD_compressStream2(c->zstd, &to, &from, finish ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left)) /* the working buffers are made with the first call: there memory can fail */
            return NJ_EARG;
        if (from.pos == was_in && to.pos == was_out)
            break;
    } while (finish ? left != 0 : from.pos < from.size);
    out->n = to.pos;
    return (finish ? left != 0 : from.pos < from.size) ? NJ_EARG : NJ_OK;
}

static enum nj_status zstd_undo(struct nj_str in, size_t raw, struct nj_buf *out)
{
    size_t n = ZSTD_decompress(out->p + out->n, raw, in.p, in.n);
    return n == raw ? NJ_OK : NJ_EPARSE;
}

/* --- nothing at all ----------------------------------------------------------------------------------------------- */

static enum nj_status none_do(struct nj_codec_stream *c)
{
    (void)c;
    return NJ_OK;
}

static void none_free(struct nj_codec_stream *c)
{
    (void)c;
}

static enum nj_status none_run(struct nj_codec_stream *c, struct nj_str in, struct nj_buf *out, bool finish)
{
    (void)c;
    (void)finish;
    nj_buf_add(out, in);
    return out->err;
}

static enum nj_status none_undo(struct nj_str in, size_t raw, struct nj_buf *out)
{
    if (in.n != raw)
        return NJ_EPARSE;
    memcpy(out->p + out->n, in.p, raw);
    return NJ_OK;
}

/* ------------------------------------------------------------------------------------------------------------------ */

static const struct {
    enum nj_status (*make)(struct nj_codec_stream *c);
    void (*free)(struct nj_codec_stream *c);
    enum nj_status (*begin)(struct nj_codec_stream *c);
    enum nj_status (*run)(struct nj_codec_stream *c, struct nj_str in, struct nj_buf *out, bool finish);
    enum nj_status (*undo)(struct nj_str in, size_t raw, struct nj_buf *out);
} codecs[NJ_CODECS] = {
    [NJ_CODEC_NONE] = { none_do, none_free, none_do, none_run, none_undo },
    [NJ_CODEC_GZIP] = { gzip_new, gzip_free, gzip_begin, gzip_run, gzip_undo },
    [NJ_CODEC_ZSTD] = { zstd_new, zstd_free, zstd_begin, zstd_run, zstd_undo },
};

enum nj_status nj_codec_new(struct nj_codec_stream **out, enum nj_codec codec)
{
    *out = NULL;
    struct nj_codec_stream *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NJ_ENOMEM;
    c->codec = codec;
    enum nj_status st = codecs[codec].make(c);
    if (st != NJ_OK) {
        nj_codec_free(c);
        return st;
    }
    *out = c;
    return NJ_OK;
}

void nj_codec_free(struct nj_codec_stream *c)
{
    if (c == NULL)
        return;
    codecs[c->codec].free(c);
    free(c);
}

enum nj_status nj_codec_begin(struct nj_codec_stream *c)
{
    return codecs[c->codec].begin(c);
}

static enum nj_status make_room(struct nj_buf *out, size_t extra)
{
    enum nj_status st = nj_buf_reserve(out, extra);
    out->err = NJ_OK; /* refused, not broken */
    return st;
}

enum nj_status nj_codec_room(struct nj_codec_stream *c, size_t in_bytes, struct nj_buf *out)
{
    if (c->codec != NJ_CODEC_GZIP)
        return make_room(out, most_out(c->codec, in_bytes));
    enum nj_status st = make_room(&c->held, in_bytes);
    return st != NJ_OK ? st : make_room(out, most_out(c->codec, c->held.n + in_bytes));
}

enum nj_status nj_codec_feed(struct nj_codec_stream *c, struct nj_str in, struct nj_buf *out)
{
    return in.n == 0 ? NJ_OK : codecs[c->codec].run(c, in, out, false);
}

enum nj_status nj_codec_finish(struct nj_codec_stream *c, struct nj_buf *out)
{
    return codecs[c->codec].run(c, NJ_STR(""), out, true);
}

size_t nj_codec_memory(const struct nj_codec_stream *c)
{
    return sizeof(*c) + (c->gzip != NULL ? (size_t)GZIP_STATE : 0) + (c->zstd != NULL ? ZSTD_sizeof_CCtx(c->zstd) : 0);
}

size_t nj_codec_held(const struct nj_codec_stream *c)
{
    return c->held.n;
}

enum nj_status nj_codec_undo(enum nj_codec codec, struct nj_str in, size_t raw, struct nj_buf *out)
{
    enum nj_status st = make_room(out, raw);
    if (st != NJ_OK)
        return st;
    st = codecs[codec].undo(in, raw, out);
    if (st == NJ_OK)
        out->n += raw;
    return st;
}

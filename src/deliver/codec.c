/* Compression as a stream, with contexts small enough to live in a sandbox.
 *
 * Measured with tests/bench/bench_batch.c, encoding included, CPU against zlib level 1 alone:
 * gzip  level 1: 1.16 times for 13.4 % of the size; level 3 takes 1.5 times for 12.5 %.
 * zstd  level 1: 0.43 times for 11.5 % with a window of 64 KiB; one of 128 KiB needs 0.4 MiB more for 11.0 %. */
#define ZSTD_STATIC_LINKING_ONLY /* ZSTD_sizeof_CCtx() */
#include "codec.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum {
    GZIP_LEVEL = 1,
    GZIP_WINDOW = 15,
    GZIP_WRAPPER = 16, /* added to the window bits: a gzip head and tail instead of zlib's */
    GZIP_MEMORY = 8,
    ZSTD_LEVEL = 1,
    ZSTD_WINDOW = 16,
    /* What a stream may hold back and give out with a later call: one block, and its head and tail. */
    GZIP_HELD = (64 << 10) + 1024,
    ZSTD_HELD = (64 << 10) + 1024,
};

struct nj_codec_stream {
    enum nj_codec codec;
    size_t memory;
    z_stream z;
    ZSTD_CCtx *zstd;
};

static const size_t held_back[NJ_CODECS] = { [NJ_CODEC_NONE] = 0, [NJ_CODEC_GZIP] = GZIP_HELD, [NJ_CODEC_ZSTD] = ZSTD_HELD };

/* Most that raw bytes of input can put out in one call; what does not shrink grows by less than a 64th. */
static size_t most_out(enum nj_codec codec, size_t raw)
{
    return codec == NJ_CODEC_NONE ? raw : raw + raw / 64 + held_back[codec];
}

size_t nj_codec_bound(enum nj_codec codec, size_t raw)
{
    return most_out(codec, raw) + held_back[codec];
}

/* --- gzip --------------------------------------------------------------------------------------------------------- */

static voidpf counted_alloc(voidpf opaque, uInt items, uInt size)
{
    size_t *memory = opaque;
    voidpf p = calloc(items, size);
    if (p != NULL)
        *memory += (size_t)items * size;
    return p;
}

static void counted_free(voidpf opaque, voidpf p)
{
    (void)opaque; /* all of it goes at once, with the stream */
    free(p);
}

static enum nj_status gzip_new(struct nj_codec_stream *c)
{
    c->z = (z_stream){ .zalloc = counted_alloc, .zfree = counted_free, .opaque = &c->memory };
    int rc = deflateInit2(&c->z, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW + GZIP_WRAPPER, GZIP_MEMORY, Z_DEFAULT_STRATEGY);
    return rc == Z_OK ? NJ_OK : NJ_ENOMEM;
}

static void gzip_free(struct nj_codec_stream *c)
{
    deflateEnd(&c->z);
}

static enum nj_status gzip_begin(struct nj_codec_stream *c)
{
    return deflateReset(&c->z) == Z_OK ? NJ_OK : NJ_EARG;
}

/* There is room for everything that can come, so one call does it. */
static enum nj_status gzip_run(struct nj_codec_stream *c, struct nj_str in, struct nj_buf *out, bool finish)
{
    size_t room = out->cap - out->n;
    if (in.n > UINT32_MAX)
        return NJ_ELIMIT;
    c->z.next_in = (z_const Bytef *)(uintptr_t)in.p;
    c->z.avail_in = (uInt)in.n;
    c->z.next_out = (Bytef *)out->p + out->n;
    c->z.avail_out = room > UINT32_MAX ? UINT32_MAX : (uInt)room;
    uInt before = c->z.avail_out;
    int rc = deflate(&c->z, finish ? Z_FINISH : Z_NO_FLUSH);
    out->n += before - c->z.avail_out;
    if (finish)
        return rc == Z_STREAM_END ? NJ_OK : NJ_EARG;
    return (rc == Z_OK || rc == Z_BUF_ERROR) && c->z.avail_in == 0 ? NJ_OK : NJ_EARG;
}

static enum nj_status gzip_undo(struct nj_str in, size_t raw, struct nj_buf *out)
{
    z_stream z = { .next_in = (z_const Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n };
    if (in.n > UINT32_MAX || raw > UINT32_MAX)
        return NJ_ELIMIT;
    if (inflateInit2(&z, GZIP_WINDOW + GZIP_WRAPPER) != Z_OK)
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

enum nj_status nj_codec_room(const struct nj_codec_stream *c, size_t in_bytes, struct nj_buf *out)
{
    return make_room(out, most_out(c->codec, in_bytes));
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
    return sizeof(*c) + c->memory + (c->zstd != NULL ? ZSTD_sizeof_CCtx(c->zstd) : 0);
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

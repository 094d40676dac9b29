/* The open batch, its sealing, and the halving of a sealed one. */
#include "nightjar/batch.h"

#include "codec.h"
#include "nightjar/random.h"

#include <stdlib.h>

enum {
    ENDS_FIRST = 64,
    TIGHTEST = 16 << 10,
    BYTES_KEEP = 256 << 10 /* of the working buffer, between batches */
};

struct nj_batch {
    const struct nj_format *format;
    struct nj_batch_limits limits;
    struct nj_codec_stream *stream; /* NULL until the first record */
    enum nj_codec codec;
    enum nj_lane lane;
    struct nj_buf bytes;
    size_t records, raw_bytes, ends_cap;
    uint32_t *ends;
    struct nj_mono opened;
};

enum nj_status nj_batch_new(struct nj_batch **out, const struct nj_format *f, enum nj_codec codec, enum nj_lane lane,
                            struct nj_batch_limits limits)
{
    *out = NULL;
    if (limits.max_records == 0 || limits.max_bytes == 0)
        return NJ_EARG;
    struct nj_batch *b = calloc(1, sizeof(*b));
    if (b == NULL)
        return NJ_ENOMEM;
    if (limits.alone_max == 0)
        limits.alone_max = f->body_max;
    if (limits.alone_max < limits.max_bytes)
        limits.alone_max = limits.max_bytes;
    *b = (struct nj_batch){ .format = f, .limits = limits, .codec = codec, .lane = lane };
    nj_buf_init(&b->bytes, nj_codec_bound(codec, limits.alone_max));
    *out = b;
    return NJ_OK;
}

void nj_batch_free(struct nj_batch *b)
{
    if (b == NULL)
        return;
    nj_codec_free(b->stream);
    nj_buf_fini(&b->bytes);
    free(b->ends);
    free(b);
}

/* --- adding ------------------------------------------------------------------------------------------------------- */

static enum nj_status has_place(const struct nj_batch *b, size_t n, bool *alone)
{
    size_t frame = b->format->open.n + b->format->close.n;
    *alone = n > b->limits.alone_max || frame > b->limits.alone_max - n;
    if (*alone)
        return NJ_ELIMIT;
    if (b->records == 0)
        return NJ_OK;
    size_t extra = n + b->format->between.n + b->format->close.n;
    if (b->records >= b->limits.max_records || b->raw_bytes >= b->limits.max_bytes || extra > b->limits.max_bytes - b->raw_bytes)
        return NJ_ELIMIT;
    return NJ_OK;
}

static enum nj_status grow_ends(struct nj_batch *b)
{
    if (b->records < b->ends_cap)
        return NJ_OK;
    size_t cap = b->ends_cap == 0 ? ENDS_FIRST : b->ends_cap * 2;
    uint32_t *ends = reallocarray(b->ends, cap, sizeof(*ends));
    if (ends == NULL)
        return NJ_ENOMEM;
    b->ends = ends;
    b->ends_cap = cap;
    return NJ_OK;
}

static enum nj_status open_stream(struct nj_batch *b)
{
    if (b->records != 0)
        return NJ_OK;
    nj_buf_reset(&b->bytes);
    enum nj_status st = b->stream == NULL ? nj_codec_new(&b->stream, b->codec) : NJ_OK;
    return st != NJ_OK ? st : nj_codec_begin(b->stream);
}

enum nj_status nj_batch_add(struct nj_batch *b, struct nj_str record, struct nj_mono now, bool *alone)
{
    enum nj_status st = has_place(b, record.n, alone);
    if (st != NJ_OK)
        return st;
    st = grow_ends(b);
    if (st == NJ_OK)
        st = open_stream(b);
    struct nj_str before = b->records == 0 ? b->format->open : b->format->between;
    if (st == NJ_OK)
        st = nj_codec_room(b->stream, before.n + record.n + b->format->close.n, &b->bytes);
    if (st != NJ_OK)
        return st;
    st = nj_codec_feed(b->stream, before, &b->bytes);
    if (st == NJ_OK)
        st = nj_codec_feed(b->stream, record, &b->bytes);
    if (st != NJ_OK)
        return st;
    if (b->records == 0)
        b->opened = now;
    b->raw_bytes += before.n + record.n;
    b->ends[b->records++] = (uint32_t)b->raw_bytes;
    return NJ_OK;
}

bool nj_batch_full(const struct nj_batch *b)
{
    return b->records >= b->limits.max_records || b->raw_bytes + b->format->close.n >= b->limits.max_bytes;
}

size_t nj_batch_records(const struct nj_batch *b)
{
    return b->records;
}

size_t nj_batch_raw_bytes(const struct nj_batch *b)
{
    return b->raw_bytes;
}

size_t nj_batch_bytes(const struct nj_batch *b)
{
    return b->records == 0 ? 0 : b->bytes.n + nj_codec_held(b->stream) + b->ends_cap * sizeof(*b->ends);
}

size_t nj_batch_memory(const struct nj_batch *b)
{
    return b->stream == NULL ? 0 : nj_codec_memory(b->stream);
}

struct nj_mono nj_batch_opened(const struct nj_batch *b)
{
    return b->opened;
}

void nj_batch_tighten(struct nj_batch *b, size_t max_bytes)
{
    if (max_bytes < TIGHTEST)
        max_bytes = TIGHTEST;
    if (max_bytes < b->limits.max_bytes)
        b->limits.max_bytes = max_bytes;
}

size_t nj_batch_discard(struct nj_batch *b)
{
    size_t gone = b->records;
    b->records = 0;
    b->raw_bytes = 0;
    nj_buf_shrink(&b->bytes, 0);
    free(b->ends);
    b->ends = NULL;
    b->ends_cap = 0;
    return gone;
}

/* --- sealing ------------------------------------------------------------------------------------------------------ */

/* The content of a buffer in a block of its own size.  A large block made smaller in place would stay a mapping of whole
 * pages, and a queue of small batches would hold several times the memory it is charged for. */
static bool copy_exactly(struct nj_buf *to, const struct nj_buf *from)
{
    *to = (struct nj_buf){ .p = malloc(from->n), .n = from->n, .cap = from->n, .max = from->n };
    if (to->p == NULL)
        return false;
    memcpy(to->p, from->p, from->n);
    return true;
}

/* Without memory for a copy the sealed batch gets the working buffer itself. */
static void take_bytes(struct nj_sealed *s, struct nj_buf *from)
{
    if (copy_exactly(&s->bytes, from)) {
        nj_buf_shrink(from, BYTES_KEEP);
        return;
    }
    s->bytes = *from;
    nj_buf_init(from, s->bytes.max);
}

static void trim_ends(struct nj_sealed *s)
{
    uint32_t *ends = reallocarray(s->ends, s->records, sizeof(*ends));
    if (ends != NULL)
        s->ends = ends;
}

static struct nj_sealed *new_sealed(const struct nj_format *f, enum nj_codec codec, enum nj_lane lane)
{
    struct nj_sealed *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return NULL;
    s->format = f;
    s->codec = codec;
    s->lane = lane;
    nj_random_hex(s->id, NJ_BATCH_ID_DIGITS);
    return s;
}

static void charge(struct nj_sealed *s)
{
    s->charged = s->bytes.cap + s->records * sizeof(*s->ends) + sizeof(*s);
}

enum nj_status nj_batch_seal(struct nj_batch *b, struct nj_sealed **out)
{
    *out = NULL;
    if (b->records == 0)
        return NJ_OK;
    struct nj_sealed *s = new_sealed(b->format, b->codec, b->lane);
    if (s == NULL)
        return NJ_ENOMEM;
    enum nj_status st = nj_codec_room(b->stream, b->format->close.n, &b->bytes);
    if (st == NJ_OK)
        st = nj_codec_feed(b->stream, b->format->close, &b->bytes);
    if (st == NJ_OK)
        st = nj_codec_finish(b->stream, &b->bytes);
    if (st != NJ_OK) {
        free(s);
        return st;
    }
    take_bytes(s, &b->bytes);
    s->ends = b->ends;
    s->records = b->records;
    s->raw_bytes = b->raw_bytes + b->format->close.n;
    s->opened = b->opened;
    trim_ends(s);
    charge(s);
    b->ends = NULL;
    b->ends_cap = 0;
    b->records = 0;
    b->raw_bytes = 0;
    *out = s;
    return NJ_OK;
}

void nj_sealed_free(struct nj_sealed *s)
{
    if (s == NULL)
        return;
    nj_buf_fini(&s->bytes);
    free(s->ends);
    free(s);
}

/* --- splitting ---------------------------------------------------------------------------------------------------- */

static size_t start_of(const struct nj_sealed *s, size_t record)
{
    return record == 0 ? s->format->open.n : s->ends[record - 1] + s->format->between.n;
}

/* The first record of the second half: the boundary nearest to the middle, so that one giant among dwarfs is alone soon. */
static size_t cut_at(const struct nj_sealed *s)
{
    size_t cut = 1, middle = s->raw_bytes / 2;
    while (cut + 1 < s->records && s->ends[cut - 1] < middle)
        cut++;
    size_t end = s->ends[cut - 1];
    if (cut > 1 && end > middle && middle - s->ends[cut - 2] < end - middle)
        cut--;
    return cut;
}

static enum nj_status compress_part(struct nj_codec_stream *c, struct nj_sealed *part, struct nj_str body)
{
    const struct nj_format *f = part->format;
    struct nj_buf out;
    nj_buf_init(&out, nj_codec_bound(part->codec, part->raw_bytes));
    enum nj_status st = nj_codec_begin(c);
    if (st == NJ_OK)
        st = nj_codec_room(c, part->raw_bytes, &out);
    if (st == NJ_OK)
        st = nj_codec_feed(c, f->open, &out);
    if (st == NJ_OK)
        st = nj_codec_feed(c, body, &out);
    if (st == NJ_OK)
        st = nj_codec_feed(c, f->close, &out);
    if (st == NJ_OK)
        st = nj_codec_finish(c, &out);
    if (st == NJ_OK)
        take_bytes(part, &out);
    nj_buf_fini(&out);
    return st;
}

/* Records from..to-1 of s, whose uncompressed bytes are raw, as a batch of their own. */
static enum nj_status make_part(struct nj_codec_stream *c, const struct nj_sealed *s, struct nj_str raw, size_t from, size_t to,
                                struct nj_sealed **out)
{
    const struct nj_format *f = s->format;
    struct nj_sealed *part = new_sealed(f, s->codec, s->lane);
    if (part == NULL)
        return NJ_ENOMEM;
    size_t start = start_of(s, from);
    struct nj_str body = nj_str_slice(raw, start, s->ends[to - 1]);
    part->records = to - from;
    part->raw_bytes = f->open.n + body.n + f->close.n;
    part->seq = s->seq;
    part->opened = s->opened;
    part->recovered = s->recovered;
    part->ends = calloc(part->records, sizeof(*part->ends));
    enum nj_status st = part->ends == NULL ? NJ_ENOMEM : compress_part(c, part, body);
    if (st != NJ_OK) {
        nj_sealed_free(part);
        return st;
    }
    for (size_t i = 0; i < part->records; i++)
        part->ends[i] = (uint32_t)(s->ends[from + i] - start + f->open.n);
    charge(part);
    *out = part;
    return NJ_OK;
}

enum nj_status nj_sealed_split_take(struct nj_sealed **take, struct nj_sealed **first, struct nj_sealed **second)
{
    struct nj_sealed *s = *take;
    struct nj_codec_stream *c = NULL;
    struct nj_buf raw;
    *take = NULL;
    *first = *second = NULL;
    nj_buf_init(&raw, s->raw_bytes);
    enum nj_status st = s->records < 2 ? NJ_EARG : nj_codec_undo(s->codec, nj_buf_str(&s->bytes), s->raw_bytes, &raw);
    if (st == NJ_OK)
        st = nj_codec_new(&c, s->codec);
    if (st == NJ_OK) {
        size_t cut = cut_at(s);
        st = make_part(c, s, nj_buf_str(&raw), 0, cut, first);
        if (st == NJ_OK)
            st = make_part(c, s, nj_buf_str(&raw), cut, s->records, second);
    }
    if (st != NJ_OK) {
        nj_sealed_free(*first);
        *first = NULL;
    }
    nj_codec_free(c);
    nj_buf_fini(&raw);
    nj_sealed_free(s);
    return st;
}

/* Head, tag and the checks of a spilled batch. */
#include "spill_record.h"

#include "nightjar/hex.h"

#include <stdlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "ends are written as they lie in memory");

/* Where the fields of the head begin. */
enum {
    AT_MAGIC = 0,
    AT_VERSION = 8,
    AT_LANE = 12,
    AT_CODEC = 16,
    AT_RECORDS = 20,
    AT_RAW = 24,
    AT_BODY = 32,
    AT_OPENED = 40,
    AT_SINK = 48,
    AT_ID = AT_SINK + NJ_SPILL_SINK,
    HEAD_END = AT_ID + NJ_BATCH_ID_DIGITS
};
_Static_assert((int)HEAD_END == (int)NJ_SPILL_HEAD, "the head is full");

/* A sandbox lives for hours; a backend that is given older records refuses them or files them wrongly. */
#define AGE_MAX_MS    (INT64_C(24) * 3600 * 1000)
#define FUTURE_MAX_MS (INT64_C(3600) * 1000)

static const char magic[AT_VERSION] = "njspill";

const char *const nj_spill_flaws[NJ_SPILL_FLAWS] = {
    [NJ_SPILL_GOOD] = "good",
    [NJ_SPILL_CUT] = "cut off",
    [NJ_SPILL_FOREIGN] = "not of this version",
    [NJ_SPILL_ALTERED] = "altered",
    [NJ_SPILL_SENSE] = "inconsistent",
    [NJ_SPILL_OTHER] = "for another sink",
    [NJ_SPILL_OLD] = "too old",
    [NJ_SPILL_NO_FILE] = "no file of ours",
};

static void put_u32(uint8_t *p, uint32_t v)
{
    memcpy(p, &v, sizeof(v));
}

static void put_u64(uint8_t *p, uint64_t v)
{
    memcpy(p, &v, sizeof(v));
}

static uint32_t get_u32(const char *p)
{
    uint32_t v = 0;
    memcpy(&v, p, sizeof(v));
    return v;
}

static uint64_t get_u64(const char *p)
{
    uint64_t v = 0;
    memcpy(&v, p, sizeof(v));
    return v;
}

static void add_text(struct nj_sha256 *h, struct nj_str s)
{
    uint64_t n = s.n;
    nj_sha256_add(h, &n, sizeof(n));
    if (s.n != 0)
        nj_sha256_add(h, s.p, s.n);
}

void nj_spill_sink_id(const struct nj_sink *sink, uint8_t out[static NJ_SPILL_SINK])
{
    struct nj_sha256 h;
    uint8_t digest[NJ_SHA256_LEN];
    uint8_t transport = (uint8_t)sink->transport;
    nj_sha256_init(&h);
    nj_sha256_add(&h, &transport, sizeof(transport));
    add_text(&h, sink->transport == NJ_TO_FILE ? sink->path : sink->url);
    add_text(&h, nj_str_of(sink->format->name));
    add_text(&h, sink->content_type);
    add_text(&h, nj_str_of(nj_codec_names[sink->codec]));
    nj_sha256_finish(&h, digest);
    memcpy(out, digest, NJ_SPILL_SINK);
}

static size_t ends_size(const struct nj_sealed *s)
{
    return s->records * sizeof(*s->ends);
}

size_t nj_spill_size(const struct nj_sealed *s)
{
    return NJ_SPILL_HEAD + s->bytes.n + ends_size(s) + NJ_SPILL_TAG;
}

void nj_spill_encode(const struct nj_spill_frame *f, const struct nj_sealed *s, struct nj_wall opened, uint8_t head[static NJ_SPILL_HEAD],
                     uint8_t tag[static NJ_SPILL_TAG])
{
    struct nj_hmac h;
    memcpy(head + AT_MAGIC, magic, sizeof(magic));
    put_u32(head + AT_VERSION, NJ_SPILL_VERSION);
    put_u32(head + AT_LANE, (uint32_t)s->lane);
    put_u32(head + AT_CODEC, (uint32_t)s->codec);
    put_u32(head + AT_RECORDS, (uint32_t)s->records);
    put_u64(head + AT_RAW, s->raw_bytes);
    put_u64(head + AT_BODY, s->bytes.n);
    put_u64(head + AT_OPENED, (uint64_t)opened.ms);
    memcpy(head + AT_SINK, f->sink_id, NJ_SPILL_SINK);
    memcpy(head + AT_ID, s->id, NJ_BATCH_ID_DIGITS);
    nj_hmac_init(&h, f->key);
    nj_hmac_add(&h, (struct nj_str){ (const char *)head, NJ_SPILL_HEAD });
    nj_hmac_add(&h, nj_buf_str(&s->bytes));
    nj_hmac_add(&h, (struct nj_str){ (const char *)s->ends, ends_size(s) });
    nj_hmac_finish(&h, tag);
}

/* --- reading ------------------------------------------------------------------------------------------------------ */

/* The sizes that the head names make up the file. */
static enum nj_spill_flaw check_sizes(const struct nj_spill_frame *f, struct nj_str file, struct nj_spill_record *r)
{
    if (file.n < NJ_SPILL_HEAD + NJ_SPILL_TAG)
        return NJ_SPILL_CUT;
    if (memcmp(file.p, magic, sizeof(magic)) != 0 || get_u32(file.p + AT_VERSION) != NJ_SPILL_VERSION)
        return NJ_SPILL_FOREIGN;
    uint64_t body = get_u64(file.p + AT_BODY), raw = get_u64(file.p + AT_RAW), records = get_u32(file.p + AT_RECORDS);
    if (body == 0 || body > f->body_max || raw > f->raw_max || records == 0 || records > raw)
        return NJ_SPILL_SENSE;
    if (file.n - NJ_SPILL_HEAD - NJ_SPILL_TAG != body + records * sizeof(uint32_t))
        return NJ_SPILL_CUT;
    r->records = (size_t)records;
    r->raw_bytes = (size_t)raw;
    r->body = (struct nj_str){ file.p + NJ_SPILL_HEAD, (size_t)body };
    r->ends = (struct nj_str){ r->body.p + body, (size_t)records * sizeof(uint32_t) };
    return NJ_SPILL_GOOD;
}

static bool tag_fits(const struct nj_spill_frame *f, struct nj_str file, uint8_t tag[static NJ_SPILL_TAG])
{
    struct nj_hmac h;
    unsigned char differs = 0;
    const char *theirs = file.p + file.n - NJ_SPILL_TAG;
    nj_hmac_init(&h, f->key);
    nj_hmac_add(&h, (struct nj_str){ file.p, file.n - NJ_SPILL_TAG });
    nj_hmac_finish(&h, tag);
    for (size_t i = 0; i < NJ_SPILL_TAG; i++)
        differs |= (unsigned char)(tag[i] ^ (uint8_t)theirs[i]);
    return differs == 0;
}

/* A batch is halved by its ends: they must go up, with room for what stands between records, to the end of what was compressed. */
static bool ends_fit(const struct nj_format *f, const struct nj_spill_record *r)
{
    uint64_t at = f->open.n;
    for (size_t i = 0; i < r->records; i++) {
        uint32_t end = get_u32(r->ends.p + i * sizeof(uint32_t));
        if (i != 0)
            at += f->between.n;
        if (end <= at)
            return false;
        at = end;
    }
    return at + f->close.n == r->raw_bytes;
}

static bool id_fits(const char id[static NJ_BATCH_ID_DIGITS])
{
    for (size_t i = 0; i < NJ_BATCH_ID_DIGITS; i++)
        if (!nj_is_hex(id[i]))
            return false;
    return true;
}

enum nj_spill_flaw nj_spill_decode(const struct nj_spill_frame *f, struct nj_str file, struct nj_wall now, struct nj_spill_record *out)
{
    *out = (struct nj_spill_record){ .records = 0 };
    enum nj_spill_flaw flaw = check_sizes(f, file, out);
    if (flaw != NJ_SPILL_GOOD)
        return flaw;
    if (!tag_fits(f, file, out->tag))
        return NJ_SPILL_ALTERED;
    if (memcmp(file.p + AT_SINK, f->sink_id, NJ_SPILL_SINK) != 0)
        return NJ_SPILL_OTHER;
    uint32_t lane = get_u32(file.p + AT_LANE), codec = get_u32(file.p + AT_CODEC);
    if (lane >= NJ_LANES || codec != (uint32_t)f->sink->codec || !id_fits(file.p + AT_ID) || !ends_fit(f->sink->format, out))
        return NJ_SPILL_SENSE;
    out->lane = (enum nj_lane)lane;
    out->codec = (enum nj_codec)codec;
    memcpy(out->id, file.p + AT_ID, NJ_BATCH_ID_DIGITS);
    out->opened = (struct nj_wall){ (int64_t)get_u64(file.p + AT_OPENED) };
    bool timely = out->opened.ms >= 0 && out->opened.ms <= now.ms + FUTURE_MAX_MS && out->opened.ms >= now.ms - AGE_MAX_MS;
    return timely ? NJ_SPILL_GOOD : NJ_SPILL_OLD;
}

struct nj_sealed *nj_spill_unpack(const struct nj_spill_frame *f, const struct nj_spill_record *r, struct nj_buf *file)
{
    struct nj_sealed *s = calloc(1, sizeof(*s));
    uint32_t *ends = s != NULL ? malloc(r->ends.n) : NULL;
    if (ends == NULL) {
        free(s);
        return NULL;
    }
    memcpy(ends, r->ends.p, r->ends.n);
    memcpy(s->id, r->id, sizeof(s->id));
    s->lane = r->lane;
    s->codec = r->codec;
    s->format = f->sink->format;
    s->records = r->records;
    s->raw_bytes = r->raw_bytes;
    s->ends = ends;
    s->bytes = *file;
    s->bytes.n = r->body.n;
    memmove(s->bytes.p, r->body.p, r->body.n);
    s->charged = s->bytes.cap + r->ends.n + sizeof(*s);
    *file = (struct nj_buf){ .p = NULL };
    return s;
}

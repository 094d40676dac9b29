/* Fuzzes the reading of spilled batches: what is no batch is refused, and what is taken can be halved, sent and written again.
 *
 * The first byte: its low three bits choose format and compression.  8: the rest is a file, as it lies there.  16: likewise, but signed with the
 * right key, as somebody who has it could.  Neither: the rest is records, a line each, and its last six bytes are three changes, where and what,
 * made to the file that comes of them before it is signed again.
 * make fuzz FUZZ=fuzz_spill_read */
#include "../../src/deliver/codec.h"
#include "../../src/deliver/spill_record.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RAW_MAX = 64 << 10, KINDS = 6, KIND_BITS = 7, AS_IT_IS = 8, SIGNED = 16, CHANGES = 3 };

static const char *const urls[KINDS] = { "https://a/x",      "https://a/x",      "https://a/x",
                                         "json+https://a/x", "json+https://a/x", "json+https://a/x" };
static struct nj_sink sinks[KINDS];
static struct nj_spill_frame frames[KINDS];
static struct nj_hmac_key key;
static const struct nj_wall now = { INT64_C(1795418101000) };

static void fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    abort();
}

static void begin(void)
{
    char why[160];
    nj_hmac_key_init(&key, NJ_STR("a key"));
    for (size_t i = 0; i < KINDS; i++) {
        struct nj_sink_options o = { .url = nj_str_of(urls[i]), .compress = nj_str_of(nj_codec_names[i % NJ_CODECS]) };
        if (nj_sink_init(&sinks[i], &o, why) != NJ_OK)
            abort();
        frames[i] = (struct nj_spill_frame){
            .sink = &sinks[i], .key = &key, .body_max = nj_codec_bound(sinks[i].codec, RAW_MAX), .raw_max = RAW_MAX
        };
        nj_spill_sink_id(&sinks[i], frames[i].sink_id);
    }
}

static void put_file(const struct nj_spill_frame *f, const struct nj_sealed *s, struct nj_buf *out)
{
    uint8_t head[NJ_SPILL_HEAD], tag[NJ_SPILL_TAG];
    nj_spill_encode(f, s, now, head, tag);
    nj_buf_init(out, SIZE_MAX / 2);
    nj_buf_add(out, (struct nj_str){ (const char *)head, sizeof(head) });
    nj_buf_add(out, nj_buf_str(&s->bytes));
    nj_buf_add(out, (struct nj_str){ (const char *)s->ends, s->records * sizeof(*s->ends) });
    nj_buf_add(out, (struct nj_str){ (const char *)tag, sizeof(tag) });
    if (out->err != NJ_OK || out->n != nj_spill_size(s))
        fail("no file");
}

static void sign(struct nj_buf *file)
{
    struct nj_hmac h;
    uint8_t tag[NJ_SPILL_TAG];
    if (file->n < NJ_SPILL_TAG)
        return;
    nj_hmac_init(&h, &key);
    nj_hmac_add(&h, nj_str_slice(nj_buf_str(file), 0, file->n - NJ_SPILL_TAG));
    nj_hmac_finish(&h, tag);
    memcpy(file->p + file->n - NJ_SPILL_TAG, tag, sizeof(tag));
}

/* A batch of the lines, as a file. */
static bool make_file(const struct nj_spill_frame *f, struct nj_str lines, struct nj_buf *file)
{
    struct nj_batch *b = NULL;
    struct nj_sealed *s = NULL;
    struct nj_str line;
    bool alone = false;
    struct nj_batch_limits limits = { .max_bytes = RAW_MAX, .max_records = 1000 };
    if (nj_batch_new(&b, f->sink->format, f->sink->codec, NJ_LANE_BULK, limits) != NJ_OK)
        abort();
    while (nj_str_cut(&lines, '\n', &line))
        if (line.n != 0 && nj_batch_add(b, line, (struct nj_mono){ 0 }, &alone) != NJ_OK)
            break;
    if (nj_batch_seal(b, &s) != NJ_OK)
        abort();
    nj_batch_free(b);
    if (s == NULL)
        return false;
    put_file(f, s, file);
    nj_sealed_free(s);
    return true;
}

static void check_again(const struct nj_spill_frame *f, const struct nj_sealed *s)
{
    struct nj_buf file;
    struct nj_spill_record r;
    put_file(f, s, &file);
    if (nj_spill_decode(f, nj_buf_str(&file), now, &r) != NJ_SPILL_GOOD || r.records != s->records ||
        !nj_str_eq(r.body, nj_buf_str(&s->bytes)))
        fail("what was written again is something else");
    nj_buf_fini(&file);
}

/* As a sink's 413 would have it, down to single records. */
static void halve(const struct nj_spill_frame *f, struct nj_sealed *s)
{
    struct nj_sealed *first = NULL, *second = NULL;
    size_t records = s->records;
    check_again(f, s);
    if (records < 2) {
        nj_sealed_free(s);
        return;
    }
    if (nj_sealed_split_take(&s, &first, &second) != NJ_OK)
        return; /* the body is not what the head says of it: it is dropped */
    if (first->records + second->records != records || first->records == 0 || second->records == 0)
        fail("halves of another number");
    halve(f, first);
    halve(f, second);
}

static void check(const struct nj_spill_frame *f, struct nj_buf *file, bool sound)
{
    struct nj_spill_record r;
    enum nj_spill_flaw flaw = nj_spill_decode(f, nj_buf_str(file), now, &r);
    if (sound && flaw != NJ_SPILL_GOOD)
        fail("a sound file is refused");
    if (flaw != NJ_SPILL_GOOD)
        return;
    if (r.records == 0 || r.raw_bytes > RAW_MAX || r.body.n == 0 || r.body.p + r.body.n != r.ends.p ||
        r.ends.p + r.ends.n != file->p + file->n - NJ_SPILL_TAG)
        fail("a record that leaves its file");
    struct nj_sealed *s = nj_spill_unpack(f, &r, file);
    if (s != NULL)
        halve(f, s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nj_buf file = { .max = SIZE_MAX / 2 };
    bool sound = false;
    if (frames[0].sink == NULL)
        begin();
    if (size < 1)
        return 0;
    const struct nj_spill_frame *f = &frames[(data[0] & KIND_BITS) % KINDS];
    struct nj_str rest = { (const char *)data + 1, size - 1 };
    if (data[0] & (AS_IT_IS | SIGNED)) {
        nj_buf_add(&file, rest);
        if (data[0] & SIGNED)
            sign(&file);
    } else if (rest.n > 2 * CHANGES && make_file(f, nj_str_slice(rest, 0, rest.n - 2 * CHANGES), &file)) {
        sound = true;
        for (size_t i = rest.n - 2 * CHANGES; i < rest.n; i += 2) {
            size_t at = (unsigned char)rest.p[i] % file.n; /* heads are short: most of it is within reach */
            sound = sound && file.p[at] == rest.p[i + 1];
            file.p[at] = rest.p[i + 1];
        }
        sign(&file);
    }
    if (file.n != 0)
        check(f, &file, sound);
    nj_buf_fini(&file);
    return 0;
}

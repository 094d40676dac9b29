/* nightjar verify: are the records of a stored stream all there, and as they were delivered? */
#include "filter.h"

#include "nightjar/chain.h"
#include "nightjar/json.h"
#include "nightjar/pseudonym.h"

#include <inttypes.h>
#include <stdlib.h>

static const char help_text[] =
    "usage: nightjar verify [--key-file FILE] [--quiet] < stored\n"
    "\n"
    "Reads records as nightjar delivered them to one sink, one JSON object a line, in any order, and says which are missing and which\n"
    "were altered: each record has a number (seq) and a link to the one before it (chain).\n"
    "\n"
    "  --key-file FILE     the key the records were linked with; otherwise NIGHTJAR_PSEUDONYM_KEY. Without it links made with a key "
    "cannot\n"
    "                      be checked\n"
    "  --quiet             only the sum\n"
    "  --help              this text\n"
    "\n"
    "What is missing at the end shows only by the missing final ledger. Records that nightjar itself had to drop are missing too; the "
    "ledger\n"
    "tells their number, and it is told here.\n"
    "\n"
    "Exit codes: 0 all there and unaltered; 1 something is missing or altered, or input or output failed; 2 the command line was not\n"
    "understood.\n";

enum {
    LINE_MAX_BYTES = 8 << 20,
    KEY_FILE_MAX = 8 << 10,
    TAIL = sizeof(",\"chain\":\"0123456789abcdef\"}") - 1,
    GAPS_SHOWN = 10,
    SINKS_SHOWN = 8
};

struct entry {
    uint32_t stream;
    bool altered, twice;
    uint64_t seq;
    uint8_t digest[NJ_SHA256_LEN];
    char link[NJ_CHAIN_LINK];
};

struct stream {
    char name[NJ_CHAIN_STREAM];
    size_t name_n;
    char key[NJ_PSEUDONYM_ID_MAX]; /* of nightjar.start: "k1", "ephemeral", ... */
    size_t key_n;
    bool started, ended;
    uint64_t dropped; /* of the latest ledger: the most that one sink lost */
    uint64_t ledger_seq;
};

struct work {
    const struct nj_stream *io;
    const struct nj_hmac_key *key; /* NULL, or given */
    struct nj_hmac_key given;
    bool quiet;
    struct entry *entries;
    size_t n, cap;
    struct stream *streams;
    size_t stream_n, stream_cap;
    uint64_t foreign, missing, altered, twice, unchecked, dropped, open_ends;
    bool needs_key;
};

/* --- reading ------------------------------------------------------------------------------------------------------ */

static void *grow(void *list, size_t n, size_t *cap, size_t size)
{
    enum { FIRST = 64 };
    if (n < *cap)
        return list;
    size_t want = *cap == 0 ? FIRST : *cap * 2;
    void *more = reallocarray(list, want, size);
    if (more != NULL)
        *cap = want;
    return more;
}

static struct stream *stream_of(struct work *w, struct nj_str name, uint32_t *index)
{
    name.n = name.n < NJ_CHAIN_STREAM ? name.n : NJ_CHAIN_STREAM;
    for (size_t i = w->stream_n; i > 0; i--) { /* the latest one, mostly */
        struct stream *s = &w->streams[i - 1];
        if (nj_str_eq(name, (struct nj_str){ s->name, s->name_n })) {
            *index = (uint32_t)(i - 1);
            return s;
        }
    }
    struct stream *list = grow(w->streams, w->stream_n, &w->stream_cap, sizeof(*list));
    if (list == NULL)
        return NULL;
    w->streams = list;
    struct stream *s = &list[w->stream_n];
    *s = (struct stream){ .name_n = name.n };
    if (name.n != 0)
        memcpy(s->name, name.p, name.n);
    *index = (uint32_t)w->stream_n++;
    return s;
}

static struct nj_str text_at(struct nj_json object, struct nj_str path)
{
    bool escaped = false;
    struct nj_json v = nj_json_path(object, path);
    return v.type == NJ_JSON_STRING ? nj_json_inner(v, &escaped) : (struct nj_str){ NULL, 0 };
}

/* The most that one sink of this ledger had to drop: whose stream this is, it does not say. */
static uint64_t most_dropped(struct nj_json record)
{
    struct nj_json_iter sinks, reasons;
    struct nj_json sink, count;
    struct nj_str name;
    uint64_t most = 0;
    nj_json_iter_init(&sinks, nj_json_path(record, NJ_STR("data.sinks")));
    while (nj_json_next(&sinks, &name, &sink)) {
        uint64_t sum = 0;
        nj_json_iter_init(&reasons, nj_json_get(sink, NJ_STR("dropped")));
        while (nj_json_next(&reasons, &name, &count)) {
            int64_t n = 0;
            if (nj_json_i64(count, &n) && n > 0)
                sum += (uint64_t)n;
        }
        most = sum > most ? sum : most;
    }
    return most;
}

/* What the stream says of itself. */
static void take_own(struct stream *s, struct nj_json record, uint64_t seq)
{
    struct nj_str event = text_at(record, NJ_STR("what.event"));
    if (nj_str_eq(event, NJ_STR("nightjar.start"))) {
        struct nj_str key = nj_json_get(nj_json_get(record, NJ_STR("data")), NJ_STR("nightjar.key")).raw;
        s->started = true;
        s->key_n = key.n < 2 ? 0 : key.n - 2 < sizeof(s->key) ? key.n - 2 : sizeof(s->key);
        if (s->key_n != 0)
            memcpy(s->key, key.p + 1, s->key_n);
    } else if (nj_str_eq(event, NJ_STR("nightjar.ledger"))) {
        s->ended = s->ended || nj_json_get(nj_json_get(record, NJ_STR("data")), NJ_STR("nightjar.final")).type == NJ_JSON_TRUE;
        if (seq > s->ledger_seq) {
            s->ledger_seq = seq;
            s->dropped = most_dropped(record);
        }
    }
}

static bool each_line(void *ctx, const struct filter_line *line)
{
    struct work *w = ctx;
    struct nj_str text = nj_str_trim(line->text);
    struct nj_json record;
    struct entry e = { .stream = 0 };
    int64_t seq = 0;
    if (text.n == 0)
        return true;
    struct nj_str tail = nj_str_slice(text, text.n < TAIL ? 0 : text.n - TAIL, text.n);
    if (!nj_str_starts(tail, NJ_STR(",\"chain\":\"")) || nj_json_parse(text, &record) != NJ_OK || record.type != NJ_JSON_OBJECT ||
        !nj_json_i64(nj_json_get(record, NJ_STR("seq")), &seq) || seq < 1) {
        w->foreign++;
        return true;
    }
    struct stream *s = stream_of(w, nj_chain_stream(text_at(record, NJ_STR("id"))), &e.stream);
    struct entry *list = s != NULL ? grow(w->entries, w->n, &w->cap, sizeof(*list)) : NULL;
    if (list == NULL) {
        fprintf(w->io->err, "nightjar verify: there is not memory enough for line %" PRIu64 ".\n", line->number);
        return false;
    }
    w->entries = list;
    e.seq = (uint64_t)seq;
    memcpy(e.link, tail.p + sizeof(",\"chain\":\"") - 1, sizeof(e.link));
    nj_sha256_of(e.digest, nj_str_slice(text, 0, text.n - TAIL));
    w->entries[w->n++] = e;
    take_own(s, record, e.seq);
    return true;
}

/* --- judging ------------------------------------------------------------------------------------------------------ */

static int by_stream_and_seq(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->stream != y->stream)
        return x->stream < y->stream ? -1 : 1;
    if (x->seq != y->seq)
        return x->seq < y->seq ? -1 : 1;
    return memcmp(x->digest, y->digest, sizeof(x->digest));
}

static bool link_fits(const struct work *w, const struct entry *e, const struct entry *before)
{
    char link[NJ_CHAIN_LINK];
    nj_chain_link(link, w->key, e->digest, (struct nj_str){ before != NULL ? before->link : NULL, before != NULL ? NJ_CHAIN_LINK : 0 });
    return memcmp(link, e->link, sizeof(link)) == 0;
}

struct verdict {
    struct nj_buf gaps, altered;
    uint64_t missing, altered_n, twice, unchecked, last;
    size_t records, gaps_n;
};

static void note_gap(struct verdict *v, uint64_t from, uint64_t to)
{
    v->missing += to - from + 1;
    if (v->gaps_n++ >= GAPS_SHOWN) {
        if (v->gaps_n == GAPS_SHOWN + 1)
            nj_buf_addz(&v->gaps, " ...");
        return;
    }
    nj_buf_addf(&v->gaps, from == to ? " %" PRIu64 : " %" PRIu64 "-%" PRIu64, from, to);
}

static void note_altered(struct verdict *v, const struct entry *e)
{
    if (v->altered_n++ < GAPS_SHOWN)
        nj_buf_addf(&v->altered, " %" PRIu64, e->seq);
    else if (v->altered_n == GAPS_SHOWN + 1)
        nj_buf_addz(&v->altered, " ...");
}

/* The entries of one stream, in order.  Two different records with one number: one of them, at least, is not ours. */
static void judge(const struct work *w, const struct entry *list, size_t n, bool checkable, struct verdict *v)
{
    const struct entry *before = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct entry *e = &list[i];
        if (before != NULL && e->seq == before->seq) {
            bool same = memcmp(e->digest, before->digest, sizeof(e->digest)) == 0 && memcmp(e->link, before->link, sizeof(e->link)) == 0;
            v->twice += same;
            if (!same)
                note_altered(v, e);
            continue;
        }
        v->records++;
        uint64_t expected = before != NULL ? before->seq + 1 : 1;
        bool joined = e->seq == expected;
        if (!joined)
            note_gap(v, expected, e->seq - 1);
        if (!joined || !checkable)
            v->unchecked++;
        else if (!link_fits(w, e, before))
            note_altered(v, e);
        before = e;
    }
    v->last = before != NULL ? before->seq : 0;
}

static bool is_keyed(const struct stream *s)
{
    struct nj_str key = { s->key, s->key_n };
    return s->started && key.n != 0 && !nj_str_eq(key, NJ_STR("ephemeral")) && !nj_str_eq(key, NJ_STR("none"));
}

static void tell(struct work *w, const struct stream *s, const struct verdict *v)
{
    FILE *out = w->io->out;
    fprintf(out, "%.*s: %zu records of %" PRIu64, (int)s->name_n, s->name, v->records, v->last);
    if (v->missing != 0)
        fprintf(out, "; missing%.*s", NJ_STR_ARG(nj_buf_str(&v->gaps)));
    if (v->missing != 0 && s->dropped != 0)
        fprintf(out, " (the ledger tells of %" PRIu64 " dropped)", s->dropped);
    if (v->altered_n != 0)
        fprintf(out, "; altered%.*s", NJ_STR_ARG(nj_buf_str(&v->altered)));
    if (v->twice != 0)
        fprintf(out, "; %" PRIu64 " there twice", v->twice);
    if (v->missing == 0 && v->altered_n == 0)
        fputs("; complete", out);
    if (!s->ended)
        fputs("; no final ledger: the end may be missing", out);
    fputc('\n', out);
}

static void judge_stream(struct work *w, const struct stream *s, const struct entry *list, size_t n)
{
    struct verdict v = { .missing = 0 };
    bool keyed = is_keyed(s), checkable = !s->started || keyed == (w->key != NULL);
    const struct nj_hmac_key *given = w->key;
    if (s->started && !keyed) { /* linked without a key, whatever was given */
        w->key = NULL;
        checkable = true;
    }
    w->needs_key = w->needs_key || !checkable;
    nj_buf_init(&v.gaps, 4096);
    nj_buf_init(&v.altered, 4096);
    judge(w, list, n, checkable, &v);
    w->key = given;
    if (!w->quiet)
        tell(w, s, &v);
    w->missing += v.missing;
    w->altered += v.altered_n;
    w->twice += v.twice;
    w->unchecked += checkable ? 0 : v.unchecked;
    w->dropped += v.missing < s->dropped ? v.missing : s->dropped;
    w->open_ends += !s->ended;
    nj_buf_fini(&v.gaps);
    nj_buf_fini(&v.altered);
}

static int sum_up(struct work *w)
{
    FILE *out = w->io->out;
    if (w->n != 0)
        qsort(w->entries, w->n, sizeof(*w->entries), by_stream_and_seq);
    for (size_t from = 0, to = 0; from < w->n; from = to) {
        while (to < w->n && w->entries[to].stream == w->entries[from].stream)
            to++;
        judge_stream(w, &w->streams[w->entries[from].stream], w->entries + from, to - from);
    }
    fprintf(out,
            "%zu records in %zu streams: %" PRIu64 " missing, %" PRIu64 " altered, %" PRIu64 " there twice, %" PRIu64
            " lines are no records\n",
            w->n - (size_t)w->twice, w->stream_n, w->missing, w->altered, w->twice, w->foreign);
    if (w->needs_key)
        fprintf(w->io->err, "nightjar verify: the links were made with a key; without --key-file only missing records are found.\n");
    if (w->n == 0)
        fprintf(w->io->err, "nightjar verify: there is no record with seq and chain in the input.\n");
    bool good = w->n != 0 && w->missing == w->dropped && w->altered == 0 && !w->needs_key;
    return good && fflush(out) == 0 ? FILTER_DONE : FILTER_FAILED;
}

static int run(struct work *w, struct nj_str key)
{
    struct nj_pseudonyms *p = NULL;
    if (nj_str_trim(key).n != 0) {
        if (nj_pseudonyms_new(&p, key, (struct nj_str){ NULL, 0 }) != NJ_OK) {
            fprintf(w->io->err, "nightjar verify: there is not memory enough for the key.\n");
            return FILTER_FAILED;
        }
        nj_pseudonyms_derive(p, NJ_STR("chain"), &w->given);
        nj_pseudonyms_free(p);
        w->key = &w->given;
    }
    int code = filter_lines(w->io, LINE_MAX_BYTES, each_line, w);
    if (code == FILTER_DONE)
        code = sum_up(w);
    explicit_bzero(&w->given, sizeof(w->given));
    free(w->entries);
    free(w->streams);
    return code;
}

int nj_command_verify(const struct nj_stream *io)
{
    struct work w = { .io = io };
    struct nj_str key_file = { NULL, 0 };
    bool help = false;
    struct nj_buf key;
    const struct filter_flag flags[] = {
        { NJ_STR("--key-file"), &key_file, NULL },
        { NJ_STR("--quiet"), NULL, &w.quiet },
        { NJ_STR("--help"), NULL, &help },
    };
    if (!filter_flags(io, flags, NJ_COUNT(flags)))
        return FILTER_WRONG_USAGE;
    if (help)
        return filter_write(io, nj_str_of(help_text)) ? FILTER_DONE : FILTER_FAILED;
    struct nj_options o;
    struct nj_problems problems;
    nj_options_read(&o, io->environ_, &problems);
    nj_buf_init(&key, KEY_FILE_MAX);
    int code = FILTER_FAILED;
    if (key_file.p == NULL)
        code = run(&w, o.pseudonym_key);
    else if (filter_file(io, key_file, KEY_FILE_MAX, &key))
        code = run(&w, nj_buf_str(&key));
    if (key.p != NULL)
        explicit_bzero(key.p, key.cap);
    nj_buf_fini(&key);
    nj_options_fini(&o);
    return code;
}

/* Which batches are on disk, in which order they come back, and which of them goes when there is no room. */
#include "nightjar/spill.h"

#include "codec.h"
#include "spill_disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    SLOW_MS = 200, /* a write that took longer is followed by ... */
    SLOW_REST = 4, /* ... this many times as long without any */
    NAMES_MAX = 2 * NJ_SPILL_BATCHES
};

/* One batch on disk.  It is in the list of its lane, or its batch is in memory, too, and holds it (nj_sealed.file). */
struct nj_spilled {
    struct nj_spilled *next;
    char name[NJ_SPILL_FILE_NAME + 1];
    uint8_t tag[NJ_SPILL_TAG]; /* what was written, where own */
    bool own, recovered;       /* own: written by this process; recovered: counted apart, whoever wrote it last */
    enum nj_lane lane;
    int64_t seq;
    size_t size;
    size_t records; /* 0: not read yet */
    uint32_t attempts, config_tries, doubt_tries;
};

struct list {
    struct nj_spilled *head, *tail;
};

struct nj_spill {
    struct nj_spill_options o;
    struct nj_spill_disk disk;
    struct nj_spill_frame frame;
    struct nj_hmac_key open_key; /* where there is no secret: a sum, no seal */
    struct list lanes[NJ_LANES];
    uint64_t bytes; /* of all on disk, also those that are in memory, too */
    size_t batches;
    struct nj_mono rest_until;
    int sys;
};

enum nj_status nj_spill_new(struct nj_spill **out, const struct nj_spill_options *o)
{
    struct nj_spill *sp = *out = calloc(1, sizeof(*sp));
    if (sp == NULL)
        return NJ_ENOMEM;
    sp->o = *o;
    nj_hmac_key_init(&sp->open_key, NJ_STR("nightjar spill"));
    sp->frame = (struct nj_spill_frame){ .sink = o->sink,
                                         .key = o->key != NULL ? o->key : &sp->open_key,
                                         .body_max = nj_codec_bound(o->sink->codec, o->raw_max),
                                         .raw_max = o->raw_max };
    nj_spill_sink_id(o->sink, sp->frame.sink_id);
    sp->rest_until = (struct nj_mono){ INT64_MIN };
    enum nj_status st = nj_spill_disk_init(&sp->disk, o->calls != NULL ? o->calls : &nj_spill_system, o->base, sp->frame.sink_id);
    if (st == NJ_OK)
        return NJ_OK;
    free(sp);
    *out = NULL;
    return st;
}

void nj_spill_free(struct nj_spill *sp)
{
    if (sp == NULL)
        return;
    for (int i = 0; i < NJ_LANES; i++)
        for (struct nj_spilled *e = sp->lanes[i].head, *next = NULL; e != NULL; e = next) {
            next = e->next;
            free(e);
        }
    nj_spill_disk_fini(&sp->disk);
    free(sp);
}

uint64_t nj_spill_bytes(const struct nj_spill *sp)
{
    return sp->bytes;
}

int nj_spill_errno(const struct nj_spill *sp)
{
    return sp->sys;
}

void nj_spill_wake(struct nj_spill *sp)
{
    sp->rest_until = (struct nj_mono){ INT64_MIN };
}

void nj_spill_renew(struct nj_spill *sp)
{
    nj_spill_disk_rename(&sp->disk);
}

/* --- the lists ---------------------------------------------------------------------------------------------------- */

/* By seq.  What is pushed out of memory is mostly younger than what was pushed out before. */
static void insert(struct nj_spill *sp, struct nj_spilled *e)
{
    struct list *l = &sp->lanes[e->lane];
    struct nj_spilled **at = &l->head;
    if (l->tail != NULL && l->tail->seq <= e->seq)
        at = &l->tail->next;
    while (*at != NULL && (*at)->seq <= e->seq)
        at = &(*at)->next;
    e->next = *at;
    *at = e;
    if (e->next == NULL)
        l->tail = e;
}

static struct nj_spilled *pop(struct nj_spill *sp, enum nj_lane lane)
{
    struct list *l = &sp->lanes[lane];
    struct nj_spilled *e = l->head;
    if (e == NULL)
        return NULL;
    l->head = e->next;
    if (l->head == NULL)
        l->tail = NULL;
    e->next = NULL;
    return e;
}

/* The file goes, and with the last one the directory. */
static void forget(struct nj_spill *sp, struct nj_spilled *e)
{
    nj_spill_disk_remove(&sp->disk, e->name);
    sp->bytes -= e->size;
    sp->batches--;
    free(e);
    if (sp->batches == 0)
        nj_spill_disk_leave(&sp->disk);
}

static void lose(struct nj_spill *sp, struct nj_spilled *e, enum nj_drop why, const char *words)
{
    struct nj_spill_loss loss = { .why = why, .records = e->records, .recovered = e->recovered, .words = words };
    forget(sp, e);
    sp->o.lost(sp->o.ctx, &loss);
}

bool nj_spill_has(const struct nj_spill *sp, enum nj_lane lane)
{
    return sp->lanes[lane].head != NULL;
}

int64_t nj_spill_oldest(const struct nj_spill *sp, enum nj_lane lane)
{
    return sp->lanes[lane].head != NULL ? sp->lanes[lane].head->seq : INT64_MAX;
}

/* --- to disk ------------------------------------------------------------------------------------------------------ */

static bool make_space(struct nj_spill *sp, uint64_t size, enum nj_lane lane)
{
    if (size > sp->o.max_bytes)
        return false;
    while (sp->bytes > sp->o.max_bytes - size || sp->batches >= NJ_SPILL_BATCHES) {
        struct nj_spilled *e = pop(sp, NJ_LANE_BULK);
        if (e == NULL && lane == NJ_LANE_CRITICAL)
            e = pop(sp, NJ_LANE_CRITICAL);
        if (e == NULL)
            return false;
        lose(sp, e, NJ_DROP_spill_full, "no room on disk");
    }
    return true;
}

static void rest(struct nj_spill *sp, struct nj_mono now, int64_t ms)
{
    sp->rest_until = nj_mono_after(now, ms);
}

static int write_batch(struct nj_spill *sp, const struct nj_sealed *s, struct nj_spilled *e)
{
    uint8_t head[NJ_SPILL_HEAD];
    struct nj_clock clock = *sp->o.clock; /* of our own, to see how long it takes */
    nj_clock_tick(&clock);
    int64_t begun_ms = clock.mono.ms;
    struct nj_wall opened = { clock.wall.ms - nj_mono_until(s->opened, clock.mono) };
    nj_spill_encode(&sp->frame, s, opened, head, e->tag);
    struct iovec parts[] = {
        { head, sizeof(head) }, { s->bytes.p, s->bytes.n }, { s->ends, s->records * sizeof(*s->ends) }, { e->tag, sizeof(e->tag) }
    };
    int sys = nj_spill_disk_write(&sp->disk, e->name, parts, NJ_COUNT(parts));
    nj_clock_tick(&clock);
    int64_t took_ms = clock.mono.ms - begun_ms;
    if (sys != 0)
        rest(sp, clock.mono, NJ_SPILL_REST_MS);
    else if (took_ms > SLOW_MS)
        rest(sp, clock.mono, SLOW_REST * took_ms);
    return sys;
}

static void keep_tries(struct nj_spilled *e, const struct nj_sealed *s)
{
    e->attempts = s->attempts;
    e->config_tries = s->config_tries;
    e->doubt_tries = s->doubt_tries;
}

static struct nj_spilled *entry_of(const struct nj_sealed *s)
{
    struct nj_spilled *e = calloc(1, sizeof(*e));
    if (e == NULL)
        return NULL;
    e->name[0] = s->lane == NJ_LANE_CRITICAL ? 'c' : 'b';
    e->name[1] = '-';
    memcpy(e->name + 2, s->id, NJ_BATCH_ID_DIGITS);
    e->own = true;
    e->recovered = s->recovered;
    e->lane = s->lane;
    e->seq = s->seq;
    e->size = nj_spill_size(s);
    e->records = s->records;
    return e;
}

static enum nj_status refused(struct nj_spill *sp, int sys)
{
    sp->sys = sys;
    errno = sys;
    return NJ_ESYS;
}

void nj_spill_back(struct nj_spill *sp, struct nj_sealed *s)
{
    struct nj_spilled *e = s->file;
    if (e == NULL)
        return;
    keep_tries(e, s);
    s->file = NULL;
    insert(sp, e);
}

enum nj_status nj_spill_put(struct nj_spill *sp, const struct nj_sealed *s)
{
    struct nj_clock clock = *sp->o.clock;
    nj_clock_tick(&clock);
    if (nj_mono_until(clock.mono, sp->rest_until) > 0)
        return refused(sp, EAGAIN);
    if (!make_space(sp, nj_spill_size(s), s->lane))
        return NJ_ELIMIT;
    struct nj_spilled *e = entry_of(s);
    if (e == NULL)
        return NJ_ENOMEM;
    keep_tries(e, s);
    int sys = write_batch(sp, s, e);
    if (sys != 0) {
        free(e);
        if (sp->batches == 0)
            nj_spill_disk_leave(&sp->disk);
        return refused(sp, sys);
    }
    sp->bytes += e->size;
    sp->batches++;
    insert(sp, e);
    return NJ_OK;
}

/* --- and back ----------------------------------------------------------------------------------------------------- */

/* What says nothing about the file and may be otherwise in a moment. */
static bool is_passing(int sys)
{
    return sys == EMFILE || sys == ENFILE || sys == ENOMEM;
}

static struct nj_sealed *sealed_of(const struct nj_spill *sp, struct nj_buf *file, const struct nj_spill_record *r,
                                   const struct nj_spilled *e)
{
    struct nj_sealed *s = nj_spill_unpack(&sp->frame, r, file);
    if (s == NULL)
        return NULL;
    int64_t age_ms = sp->o.clock->wall.ms - r->opened.ms;
    s->attempts = e->attempts;
    s->config_tries = e->config_tries;
    s->doubt_tries = e->doubt_tries;
    s->opened = nj_mono_after(sp->o.clock->mono, age_ms > 0 ? -age_ms : 0);
    s->seq = e->seq;
    s->recovered = e->recovered;
    return s;
}

static enum nj_spill_flaw check(const struct nj_spill *sp, const struct nj_spilled *e, struct nj_str file, struct nj_spill_record *r)
{
    enum nj_spill_flaw flaw = nj_spill_decode(&sp->frame, file, sp->o.clock->wall, r);
    if (e->own && flaw == NJ_SPILL_OLD) /* our own clock may jump */
        flaw = NJ_SPILL_GOOD;
    if (flaw == NJ_SPILL_GOOD && e->own && memcmp(r->tag, e->tag, sizeof(e->tag)) != 0)
        flaw = NJ_SPILL_ALTERED;
    if (flaw == NJ_SPILL_GOOD && r->lane != e->lane)
        flaw = NJ_SPILL_SENSE;
    return flaw;
}

/* Reads e back.  False: it stays for another time. */
static bool read_back(struct nj_spill *sp, struct nj_spilled *e, struct nj_sealed **out)
{
    struct nj_buf file;
    struct nj_spill_record r;
    enum nj_spill_flaw flaw = NJ_SPILL_NO_FILE;
    int sys = nj_spill_disk_read(&sp->disk, e->name, e->size, &file);
    *out = NULL;
    if (is_passing(sys))
        return false;
    if (sys == 0)
        flaw = check(sp, e, nj_buf_str(&file), &r);
    if (flaw == NJ_SPILL_GOOD)
        *out = sealed_of(sp, &file, &r, e);
    nj_buf_fini(&file);
    if (flaw == NJ_SPILL_GOOD)
        return *out != NULL;
    lose(sp, e, NJ_DROP_spill_damaged, nj_spill_flaws[flaw]);
    return true;
}

struct nj_sealed *nj_spill_take(struct nj_spill *sp, enum nj_lane lane, bool *fresh)
{
    struct nj_sealed *s = NULL;
    for (struct nj_spilled *e = pop(sp, lane); e != NULL; e = pop(sp, lane)) {
        bool unread = e->records == 0;
        if (!read_back(sp, e, &s)) {
            insert(sp, e);
            return NULL;
        }
        if (s == NULL)
            continue;
        *fresh = unread;
        e->records = s->records;
        s->file = e;
        return s;
    }
    return NULL;
}

void nj_spill_settled(struct nj_spill *sp, struct nj_sealed *s)
{
    if (s->file != NULL)
        forget(sp, s->file);
    s->file = NULL;
}

/* --- what others left --------------------------------------------------------------------------------------------- */

struct leftover {
    char name[NJ_SPILL_FILE_NAME + 1];
    off_t size;
    struct timespec written;
};

static int older_first(const void *a, const void *b)
{
    const struct leftover *x = a, *y = b;
    if (x->written.tv_sec != y->written.tv_sec)
        return x->written.tv_sec < y->written.tv_sec ? -1 : 1;
    if (x->written.tv_nsec != y->written.tv_nsec)
        return x->written.tv_nsec < y->written.tv_nsec ? -1 : 1;
    return strcmp(x->name, y->name);
}

/* Names of a directory, through a descriptor of its own; calls each() until it answers false. */
static void each_name(const struct nj_spill_calls *call, int dir, bool (*each)(void *ctx, const char *name), void *ctx)
{
    int fd = call->openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (d == NULL && fd >= 0)
        (void)call->close(fd);
    for (size_t n = 0; d != NULL && n < NAMES_MAX; n++) {
        /* cppcheck-suppress readdirCalled ; nobody else has this stream */
        const struct dirent *e = readdir(d);
        if (e == NULL || !each(ctx, e->d_name))
            break;
    }
    if (d != NULL)
        closedir(d);
}

struct leftovers {
    struct leftover *list;
    size_t n, removed;
    int dir;
    const struct nj_spill_calls *call;
};

static bool is_dot(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* What no nightjar would have written is removed at once. */
static bool gather(void *ctx, const char *name)
{
    struct leftovers *l = ctx;
    struct stat st;
    if (is_dot(name))
        return true;
    bool ours = l->n < NJ_SPILL_BATCHES && nj_spill_file_name(nj_str_of(name)) && fstatat(l->dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(st.st_mode) && st.st_size > 0;
    if (!ours) {
        l->removed += l->call->unlinkat(l->dir, name, 0) == 0;
        return true;
    }
    struct leftover *one = &l->list[l->n++];
    *one = (struct leftover){ .size = st.st_size, .written = st.st_mtim };
    memcpy(one->name, name, sizeof(one->name));
    return true;
}

static bool add_leftover(struct nj_spill *sp, const struct leftover *one, int64_t seq)
{
    struct nj_spilled *e = NULL;
    uint64_t most = (uint64_t)sp->frame.body_max + sp->frame.raw_max * sizeof(uint32_t) + NJ_SPILL_HEAD + NJ_SPILL_TAG;
    uint64_t size = (uint64_t)one->size;
    if (size <= most && size <= sp->o.max_bytes && sp->bytes <= sp->o.max_bytes - size && sp->batches < NJ_SPILL_BATCHES)
        e = calloc(1, sizeof(*e));
    if (e == NULL)
        return false;
    memcpy(e->name, one->name, sizeof(e->name));
    e->recovered = true;
    e->lane = one->name[0] == 'c' ? NJ_LANE_CRITICAL : NJ_LANE_BULK;
    e->seq = seq;
    e->size = (size_t)size;
    sp->bytes += size;
    sp->batches++;
    insert(sp, e);
    return true;
}

/* The first such directory becomes ours, what is in further ones is moved over. */
static size_t take_over(struct nj_spill *sp, int base, int dir, const char *name, size_t *removed)
{
    struct nj_spill_disk *d = &sp->disk;
    struct leftovers l = { .list = calloc(NJ_SPILL_BATCHES, sizeof(*l.list)), .dir = dir, .call = d->call };
    size_t taken = 0;
    if (l.list == NULL) {
        (void)d->call->close(dir);
        return 0;
    }
    int own_base = d->dir_fd < 0 ? d->call->openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) : -1;
    each_name(d->call, dir, gather, &l);
    qsort(l.list, l.n, sizeof(*l.list), older_first);
    if (own_base >= 0) {
        d->base_fd = own_base;
        d->dir_fd = dir;
        memcpy(d->name, name, sizeof(d->name));
    }
    for (size_t i = 0; i < l.n && d->dir_fd >= 0; i++) {
        const struct leftover *one = &l.list[i];
        bool here = d->dir_fd == dir || d->call->renameat(dir, one->name, d->dir_fd, one->name) == 0;
        if (here && add_leftover(sp, one, (int64_t)i - NJ_SPILL_BATCHES))
            taken++;
        else
            l.removed += d->call->unlinkat(here ? d->dir_fd : dir, one->name, 0) == 0;
    }
    *removed += l.removed;
    free(l.list);
    if (sp->batches == 0)
        nj_spill_disk_leave(d);
    if (d->dir_fd != dir) {
        (void)d->call->unlinkat(base, name, AT_REMOVEDIR);
        (void)d->call->close(dir);
    }
    return taken;
}

static bool remove_file(void *ctx, const char *name)
{
    struct leftovers *l = ctx;
    if (!is_dot(name))
        l->removed += l->call->unlinkat(l->dir, name, 0) == 0;
    return true;
}

struct look {
    struct nj_spill *const *list;
    size_t n;
    int base;
    struct nj_spill_found found;
};

static struct nj_spill *whose(const struct look *k, const char *name)
{
    struct nj_str sink = { name + sizeof(NJ_SPILL_PREFIX) - 1, NJ_SPILL_DIR_SINK };
    for (size_t i = 0; i < k->n; i++)
        if (nj_str_eq(sink, nj_str_of(k->list[i]->disk.sink)))
            return k->list[i];
    return NULL;
}

static bool look_at(void *ctx, const char *name)
{
    struct look *k = ctx;
    const struct nj_spill_calls *call = k->list[0]->disk.call;
    int dir = nj_spill_dir_name(nj_str_of(name)) ? nj_spill_disk_claim(call, k->base, name) : -1;
    if (dir < 0)
        return true;
    struct nj_spill *sp = whose(k, name);
    if (sp != NULL) {
        k->found.taken += take_over(sp, k->base, dir, name, &k->found.foreign);
        return true;
    }
    struct leftovers l = { .dir = dir, .call = call };
    each_name(call, dir, remove_file, &l);
    k->found.foreign += l.removed;
    (void)call->unlinkat(k->base, name, AT_REMOVEDIR);
    (void)call->close(dir);
    return true;
}

struct nj_spill_found nj_spill_look(struct nj_spill *const *list, size_t n)
{
    struct look k = { .list = list, .n = n };
    if (n == 0)
        return k.found;
    const struct nj_spill_disk *d = &list[0]->disk;
    k.base = d->call->openat(AT_FDCWD, d->base, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    if (k.base < 0)
        return k.found;
    each_name(d->call, k.base, look_at, &k);
    (void)d->call->close(k.base);
    return k.found;
}

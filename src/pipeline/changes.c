/* config.changed: version, runtime, layers and names of environment variables, compared with those of the sandbox before.
 *
 * Sandboxes share nothing by themselves.  NIGHTJAR_STATE names a directory that they do share (a file system mounted by the function): a
 * file there holds what the last one was like.  A network file system may hang, so it is read and written on a thread of its own, once,
 * and nobody waits for it.  Without such a directory the fingerprint on nightjar.start is there for the backend to compare. */
#include "sidecar_internal.h"

#include "nightjar/file.h"
#include "nightjar/hash.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

extern char **environ;

enum { STATE_MAX = 32 << 10, NAMES_MAX = 512, STACK = 128 << 10, PATH_ROOM = 512, DATA_MAX = 64 << 10 };

/* version, runtime, layers, environment: a line each, names sorted and separated by commas. */
struct nj_changes {
    char path[PATH_ROOM];
    struct nj_buf now, before;
    bool had, failed;
    bool said;
    atomic_bool done; /* by the thread; before that the rest is the thread's */
};

/* --- what it is like now -------------------------------------------------------------------------------------------- */

struct names {
    char *list[NAMES_MAX];
    size_t n;
};

static void add_name(struct names *l, const char *dir, struct nj_str name)
{
    char text[256];
    int n = snprintf(text, sizeof(text), "%s%.*s", dir, NJ_STR_ARG(name));
    if (n <= 0 || (size_t)n >= sizeof(text) || l->n == NAMES_MAX || strpbrk(text, ",\n") != NULL)
        return;
    char *copy = strdup(text);
    if (copy != NULL)
        l->list[l->n++] = copy;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_names(struct nj_buf *out, const char *key, struct names *l)
{
    qsort(l->list, l->n, sizeof(l->list[0]), by_name);
    nj_buf_addz(out, key);
    for (size_t i = 0; i < l->n; i++) {
        nj_buf_addc(out, i == 0 ? ' ' : ',');
        nj_buf_addz(out, l->list[i]);
        free(l->list[i]);
    }
    nj_buf_addc(out, '\n');
}

/* Those that differ from sandbox to sandbox, or from shell to shell, say nothing. */
static bool varies(struct nj_str name)
{
    static const struct nj_str rows[] = { NJ_STR_INIT("AWS_ACCESS_KEY"),    NJ_STR_INIT("AWS_SECRET_ACCESS_KEY"),
                                          NJ_STR_INIT("AWS_SESSION_TOKEN"), NJ_STR_INIT("AWS_CONTAINER_"),
                                          NJ_STR_INIT("_X_AMZN_TRACE_ID"),  NJ_STR_INIT("OLDPWD") };
    return nj_str_starts_any(name, rows, NJ_COUNT(rows)) || nj_str_eq(name, NJ_STR("_")) || nj_str_eq(name, NJ_STR("PWD")) ||
           nj_str_eq(name, NJ_STR("SHLVL"));
}

static void put_environment(struct nj_buf *out)
{
    struct names l = { .n = 0 };
    for (char **e = environ; *e != NULL; e++) {
        struct nj_str rest = nj_str_of(*e), name;
        if (nj_str_cut(&rest, '=', &name) && name.n != 0 && !varies(name))
            add_name(&l, "", name);
    }
    put_names(out, "environment", &l);
}

static int visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

static void list_dir(struct names *l, const char *path, const char *prefix, bool deeper)
{
    struct dirent **list = NULL;
    int n = scandir(path, &list, visible, alphasort);
    for (int i = 0; i < n; i++) {
        char below[PATH_ROOM], next[PATH_ROOM];
        const char *name = list[i]->d_name;
        add_name(l, prefix, nj_str_of(name));
        if (deeper && list[i]->d_type == DT_DIR) {
            (void)snprintf(below, sizeof(below), "%s/%s", path, name);
            (void)snprintf(next, sizeof(next), "%s%s/", prefix, name);
            list_dir(l, below, next, false);
        }
        free(list[i]);
    }
    free(list);
}

/* A sandbox is not told which layers it has; what they brought lies in /opt, two levels of names deep. */
static void put_layers(struct nj_buf *out)
{
    struct names l = { .n = 0 };
    list_dir(&l, "/opt", "", true);
    put_names(out, "layers", &l);
}

static void describe(const struct nj_sidecar *s, struct nj_str runtime, struct nj_buf *out)
{
    nj_buf_addf(out, "version %.*s\n", NJ_STR_ARG(s->o->function_version));
    if (runtime.n != 0)
        nj_buf_addf(out, "runtime %.*s\n", NJ_STR_ARG(runtime));
    put_layers(out);
    put_environment(out);
}

void nj_changes_fingerprint(const struct nj_sidecar *s, char out[static NJ_FINGERPRINT + 1])
{
    struct nj_buf text;
    nj_buf_init(&text, STATE_MAX);
    describe(s, (struct nj_str){ NULL, 0 }, &text);
    (void)snprintf(out, NJ_FINGERPRINT + 1, "%016llx", text.err == NJ_OK ? (unsigned long long)nj_hash64(nj_buf_str(&text), 0) : 0ULL);
    nj_buf_fini(&text);
}

/* --- the file ------------------------------------------------------------------------------------------------------- */

static bool write_file(const struct nj_changes *c)
{
    char path[PATH_ROOM + 16];
    (void)snprintf(path, sizeof(path), "%s.%d", c->path, (int)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return false;
    bool good = write(fd, c->now.p, c->now.n) == (ssize_t)c->now.n;
    good = close(fd) == 0 && good && rename(path, c->path) == 0;
    if (!good)
        (void)unlink(path);
    return good;
}

static void *work(void *arg)
{
    struct nj_changes *c = arg;
    c->had = nj_file_read(c->path, STATE_MAX, &c->before) == NJ_OK && c->before.n != 0;
    if (!c->had || !nj_str_eq(nj_buf_str(&c->now), nj_buf_str(&c->before)))
        c->failed = !write_file(c);
    atomic_store(&c->done, true);
    return NULL;
}

void nj_changes_start(struct nj_sidecar *s, struct nj_str runtime)
{
    pthread_attr_t attr;
    pthread_t thread;
    if (s->changes != NULL || s->o->state.n == 0)
        return;
    struct nj_changes *c = s->changes = calloc(1, sizeof(*c));
    if (c == NULL)
        return;
    nj_buf_init(&c->now, STATE_MAX);
    nj_buf_init(&c->before, STATE_MAX + STATE_MAX);
    describe(s, runtime, &c->now);
    int n = snprintf(c->path, sizeof(c->path), "%.*s/nightjar-%.*s.state", NJ_STR_ARG(s->o->state), NJ_STR_ARG(s->o->function_name));
    bool fits = n > 0 && (size_t)n < sizeof(c->path) && c->now.err == NJ_OK;
    bool runs = fits && pthread_attr_init(&attr) == 0;
    if (runs) {
        (void)pthread_attr_setstacksize(&attr, STACK);
        (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
        runs = pthread_create(&thread, &attr, work, c) == 0;
        (void)pthread_attr_destroy(&attr);
    }
    if (runs)
        return;
    c->failed = true;
    atomic_store(&c->done, true);
}

/* --- what differs --------------------------------------------------------------------------------------------------- */

/* What stands behind a key; absent when there is no such line. */
static struct nj_str value_of(struct nj_str text, struct nj_str key)
{
    struct nj_str line, word;
    while (nj_str_cut(&text, '\n', &line))
        if (nj_str_cut(&line, ' ', &word) && nj_str_eq(word, key))
            return line.p != NULL ? line : nj_str_slice(word, 0, 0);
    return (struct nj_str){ NULL, 0 };
}

static bool is_in(struct nj_str list, struct nj_str name)
{
    struct nj_str one;
    while (nj_str_cut(&list, ',', &one))
        if (nj_str_eq(one, name))
            return true;
    return false;
}

/* ,"attribute":["A","B"] of the names in a that are not in b. */
static void put_missing(struct nj_buf *out, const char *attribute, struct nj_str a, struct nj_str b)
{
    struct nj_str name;
    size_t n = 0;
    while (nj_str_cut(&a, ',', &name)) {
        if (name.n == 0 || is_in(b, name))
            continue;
        if (n++ == 0)
            nj_buf_addf(out, ",\"%s\":[", attribute);
        else
            nj_buf_addc(out, ',');
        nj_buf_add_json(out, name);
    }
    if (n != 0)
        nj_buf_addc(out, ']');
}

static void put_text(struct nj_buf *out, const char *attribute, struct nj_str value)
{
    nj_buf_addf(out, ",\"%s\":", attribute);
    nj_buf_add_json(out, value);
}

/* The members of the record's data, and what changed as a list of words.  False: nothing. */
static bool put_differences(const struct nj_changes *c, struct nj_buf *words, struct nj_buf *data)
{
    static const struct {
        struct nj_str key;
        bool list;
        const char *first, *second;
    } rows[] = {
        { NJ_STR_INIT("version"), false, "nightjar.version.before", "nightjar.version.now" },
        { NJ_STR_INIT("runtime"), false, "nightjar.runtime.before", "nightjar.runtime.now" },
        { NJ_STR_INIT("layers"), true, "nightjar.layers.added", "nightjar.layers.removed" },
        { NJ_STR_INIT("environment"), true, "nightjar.environment.added", "nightjar.environment.removed" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct nj_str was = value_of(nj_buf_str(&c->before), rows[i].key), is = value_of(nj_buf_str(&c->now), rows[i].key);
        if (was.p == NULL || is.p == NULL || nj_str_eq(was, is))
            continue;
        nj_buf_addz(words, words->n != 0 ? ", " : "");
        nj_buf_add(words, rows[i].key);
        if (rows[i].list) {
            put_missing(data, rows[i].first, is, was);
            put_missing(data, rows[i].second, was, is);
        } else {
            put_text(data, rows[i].first, was);
            put_text(data, rows[i].second, is);
        }
    }
    return words->n != 0;
}

static void say(struct nj_sidecar *s, const struct nj_changes *c)
{
    struct nj_record r;
    struct nj_buf words, text, data;
    nj_buf_init(&words, 256);
    nj_buf_init(&text, 512);
    nj_buf_init(&data, DATA_MAX);
    nj_buf_addz(&data, "{\"nightjar.security\":true");
    bool any = put_differences(c, &words, &data);
    nj_buf_addc(&data, '}');
    nj_buf_addf(&text, "this sandbox differs from the one before: %.*s", NJ_STR_ARG(nj_buf_str(&words)));
    if (any && data.err == NJ_OK && s->pipeline != NULL) {
        nj_record_init(&r);
        r.event = NJ_STR("config.changed");
        r.category = NJ_CAT_PLATFORM;
        r.severity = NJ_SEV_WARN;
        r.lane = NJ_LANE_CRITICAL;
        r.message = nj_buf_str(&text);
        r.data_json = nj_buf_str(&data);
        nj_pipeline_own(s->pipeline, &r);
        if (s->observe != NULL)
            nj_observe_heard(s->observe, s->clock->wall_ns, &r);
    }
    nj_buf_fini(&words);
    nj_buf_fini(&text);
    nj_buf_fini(&data);
}

void nj_changes_look(struct nj_sidecar *s)
{
    struct nj_changes *c = s->changes;
    if (c == NULL || c->said || !atomic_load(&c->done))
        return;
    c->said = true;
    if (c->failed)
        nj_diag(NJ_LEVEL_WARN, "NJ1514", "NIGHTJAR_STATE: %s cannot be written; the next sandbox will not know what this one was like",
                c->path);
    if (c->had)
        say(s, c);
}

/* A thread that still waits for its file system keeps what it works on. */
void nj_changes_stop(struct nj_sidecar *s)
{
    struct nj_changes *c = s->changes;
    if (c == NULL || !atomic_load(&c->done))
        return;
    nj_buf_fini(&c->now);
    nj_buf_fini(&c->before);
    free(c);
    s->changes = NULL;
}

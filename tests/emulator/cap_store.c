/* cap_store.c -- the files of a capture sink. */
#include "cap_store.h"

#include "cap_body.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

struct cap_store {
    pthread_mutex_t lock;
    char *dir;
    FILE *requests, *taken, *refused;
    uint64_t n_requests, n_taken, n_refused;
    bool failed;
};

static FILE *open_file(const char *dir, const char *name)
{
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s/%s", dir, name);
    return n > 0 && (size_t)n < sizeof path ? fopen(path, "wbe") : NULL;
}

enum nj_status cap_store_new(struct cap_store **out, const char *dir)
{
    *out = NULL;
    struct cap_store *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NJ_ENOMEM;
    pthread_mutex_init(&s->lock, NULL);
    s->dir = strdup(dir);
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        s->failed = true;
    s->requests = open_file(dir, "requests.ndjson");
    s->taken = open_file(dir, "records.ndjson");
    s->refused = open_file(dir, "refused.ndjson");
    if (s->dir == NULL || s->failed || s->requests == NULL || s->taken == NULL || s->refused == NULL) {
        (void)cap_store_free(s);
        return NJ_ESYS;
    }
    *out = s;
    return NJ_OK;
}

static bool shut(FILE *f)
{
    return f == NULL || fclose(f) == 0;
}

bool cap_store_free(struct cap_store *s)
{
    if (s == NULL)
        return true;
    bool ok = shut(s->requests);
    ok = shut(s->taken) && ok;
    ok = shut(s->refused) && ok && !s->failed;
    pthread_mutex_destroy(&s->lock);
    free(s->dir);
    free(s);
    return ok;
}

static void put_line(struct cap_store *s, FILE *f, struct nj_str line)
{
    if (fwrite(line.p, 1, line.n, f) != line.n || fputc('\n', f) == EOF)
        s->failed = true;
}

void cap_store_records(struct cap_store *s, struct nj_str body, bool taken, uint64_t *records, uint64_t *first)
{
    pthread_mutex_lock(&s->lock);
    FILE *f = taken ? s->taken : s->refused;
    uint64_t *count = taken ? &s->n_taken : &s->n_refused;
    *first = *count;
    struct cap_records r;
    struct nj_str record;
    cap_records_init(&r, body);
    while (cap_records_next(&r, &record)) {
        if (record.n == 0)
            continue;
        put_line(s, f, record);
        ++*count;
    }
    *records = *count - *first;
    if (fflush(f) != 0)
        s->failed = true;
    pthread_mutex_unlock(&s->lock);
}

void cap_store_body(struct cap_store *s, uint64_t request, struct nj_str bytes)
{
    char path[PATH_SIZE];
    pthread_mutex_lock(&s->lock);
    int n = snprintf(path, sizeof path, "%s/bodies", s->dir);
    if (n > 0 && (size_t)n < sizeof path)
        (void)mkdir(path, 0777);
    n = snprintf(path, sizeof path, "bodies/%" PRIu64 ".bin", request);
    FILE *f = n > 0 ? open_file(s->dir, path) : NULL;
    if (f == NULL || fwrite(bytes.p, 1, bytes.n, f) != bytes.n)
        s->failed = true;
    if (!shut(f))
        s->failed = true;
    pthread_mutex_unlock(&s->lock);
}

void cap_store_request(struct cap_store *s, struct nj_str line)
{
    pthread_mutex_lock(&s->lock);
    put_line(s, s->requests, line);
    if (fflush(s->requests) != 0)
        s->failed = true;
    s->n_requests++;
    pthread_mutex_unlock(&s->lock);
}

void cap_store_totals(struct cap_store *s, uint64_t *requests, uint64_t *taken, uint64_t *refused)
{
    pthread_mutex_lock(&s->lock);
    *requests = s->n_requests;
    *taken = s->n_taken;
    *refused = s->n_refused;
    pthread_mutex_unlock(&s->lock);
}

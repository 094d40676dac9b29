/* The door of our own diagnostics: one redactor for all threads, one line at a time. */
#include "diag_door.h"

#include "nightjar/redact.h"

#include <pthread.h>
#include <stdio.h>

enum { LONGEST = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct nj_redactor *redactor;

void nj_diag_door(void *ctx, struct nj_str text, char *out, size_t room)
{
    struct nj_buf clean;
    struct nj_str done = { NULL, 0 };
    (void)ctx;
    nj_buf_init(&clean, LONGEST);
    pthread_mutex_lock(&lock);
    if (redactor != NULL || nj_redactor_new(&redactor, &(struct nj_redact_options){ .withhold = false }) == NJ_OK)
        nj_redact_text(redactor, text, &clean);
    else
        nj_buf_addz(&clean, NJ_WITHHELD);
    pthread_mutex_unlock(&lock);
    if (nj_buf_finish(&clean, &done) != NJ_OK)
        done = NJ_STR(NJ_WITHHELD);
    snprintf(out, room, "%.*s", NJ_STR_ARG(done));
    nj_buf_fini(&clean);
}

void nj_diag_door_close(void)
{
    pthread_mutex_lock(&lock);
    nj_redactor_free(redactor);
    redactor = NULL;
    pthread_mutex_unlock(&lock);
}

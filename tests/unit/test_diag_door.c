/* Our own lines pass a redactor: on any thread, with any text, and say nothing when there is none. */
#include "../../src/pipeline/diag_door.h"
#include "unit.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static char said[64 << 10];

/* What f() writes to standard error. */
static const char *listen_to(void (*f)(void))
{
    int ends[2], before = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    f();
    ck_assert_int_ge(dup2(before, STDERR_FILENO), 0);
    close(ends[1]);
    close(before);
    ssize_t n = read(ends[0], said, sizeof(said) - 1);
    close(ends[0]);
    said[n > 0 ? n : 0] = '\0';
    return said;
}

static void say_secrets(void)
{
    nj_diag(NJ_LEVEL_ERROR, "NJ1601", "sink x: https://user:%s@h.example.com/ answered: password=%s for %s", "Tulip77", "hunter2",
            "ada@example.com");
}

static void say_plainly(void)
{
    nj_diag(NJ_LEVEL_ERROR, "NJ1601", "sink main does not take records: connection refused (3 in 10 s)");
}

static void say_at_length(void)
{
    char text[3000];
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    nj_diag(NJ_LEVEL_ERROR, "NJ1601", "%s", text);
}

START_TEST(test_diag_door_redacts_what_others_put_into_our_lines)
{
    nj_diag_filter(nj_diag_door, NULL);
    const char *text = listen_to(say_secrets);
    ck_assert_msg(strstr(text, "Tulip77") == NULL && strstr(text, "hunter2") == NULL && strstr(text, "ada@") == NULL, "%s", text);
    ck_assert_msg(strstr(text, "[credential]") != NULL && strstr(text, "[email]") != NULL, "%s", text);
    ck_assert(strstr(listen_to(say_plainly), "\"text\":\"sink main does not take records: connection refused (3 in 10 s)\"") != NULL);
    text = listen_to(say_at_length);
    ck_assert(strstr(text, "xxxx") != NULL && text[strlen(text) - 2] == '}');
    nj_diag_filter(NULL, NULL);
    ck_assert(strstr(listen_to(say_secrets), "hunter2") != NULL); /* the test would see it */
    nj_diag_door_close();
    nj_diag_door_close();
}
END_TEST

static void *chatter(void *arg)
{
    char out[700];
    for (int i = 0; i < 500; i++) {
        nj_diag_door(NULL, NJ_STR("token=abcdef123456 on a thread"), out, sizeof(out));
        if (strcmp(out, "token=[secret] on a thread") != 0)
            return arg;
    }
    return NULL;
}

START_TEST(test_diag_door_serves_all_threads)
{
    pthread_t threads[4];
    char wrong[] = "";
    for (size_t i = 0; i < NJ_COUNT(threads); i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, chatter, wrong), 0);
    for (size_t i = 0; i < NJ_COUNT(threads); i++) {
        void *result = wrong;
        pthread_join(threads[i], &result);
        ck_assert_ptr_null(result);
    }
    nj_diag_door_close();
}
END_TEST

START_TEST(test_diag_door_fits_what_it_says_into_the_room)
{
    char out[8];
    nj_diag_door(NULL, NJ_STR("a long sentence"), out, sizeof(out));
    ck_assert_str_eq(out, "a long ");
    nj_diag_door(NULL, (struct nj_str){ NULL, 0 }, out, sizeof(out));
    ck_assert_str_eq(out, "");
    nj_diag_door_close();
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_diag_door_redacts_what_others_put_into_our_lines)                                                                               \
    X(test_diag_door_serves_all_threads)                                                                                                   \
    X(test_diag_door_fits_what_it_says_into_the_room)

NJ_TEST_MAIN("diag_door")

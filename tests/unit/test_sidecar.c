/* Tests of what the composition does by itself; the rest of it is told by the scenarios. */
#include "unit.h"

#include "nightjar/sidecar.h"

#include <pthread.h>
#include <sys/resource.h>

struct weights {
    int before, after, child;
};

static int own_nice(void)
{
    return getpriority(PRIO_PROCESS, 0); /* of the calling thread */
}

static void *read_nice(void *arg)
{
    *(int *)arg = own_nice();
    return NULL;
}

static void *stand_back(void *arg)
{
    struct weights *w = arg;
    pthread_t child;
    w->before = own_nice();
    nj_sidecar_stand_back();
    w->after = own_nice();
    ck_assert_int_eq(pthread_create(&child, NULL, read_nice, &w->child), 0);
    ck_assert_int_eq(pthread_join(child, NULL), 0);
    return NULL;
}

START_TEST(test_sidecar_work_on_telemetry_gives_way_and_no_other_thread_does)
{
    struct weights w;
    pthread_t t;
    int mine = own_nice();
    ck_assert_int_eq(pthread_create(&t, NULL, stand_back, &w), 0);
    ck_assert_int_eq(pthread_join(t, NULL), 0);
    ck_assert_int_eq(w.before, mine);
    ck_assert_int_eq(w.after, mine + 5 < 19 ? mine + 5 : 19);
    ck_assert_int_eq(w.child, w.after);
    ck_assert_int_eq(own_nice(), mine);
}
END_TEST

#define NJ_TESTS(X) X(test_sidecar_work_on_telemetry_gives_way_and_no_other_thread_does)

NJ_TEST_MAIN("sidecar")

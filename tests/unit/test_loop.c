/* The event loop: timers, watches, sleeping without wake-ups, and what happens when callbacks change everything around them. */
#include "nightjar/loop.h"
#include "unit.h"

#include "../../src/net/loop_internal.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

/* A clock that goes only where the test sends it. */
struct fake {
    int64_t ms;
};

static void read_fake(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    const struct fake *f = ctx;
    *mono_ns = f->ms * 1000000;
    *wall_ns = f->ms * 1000000;
}

static struct nj_loop *new_loop(struct fake *f)
{
    struct nj_loop *l = NULL;
    ck_assert_int_eq(nj_loop_new(&l, f != NULL ? read_fake : NULL, f), NJ_OK);
    return l;
}

static int64_t real_ms(void)
{
    struct nj_clock c;
    nj_clock_init(&c, NULL, NULL);
    return c.mono.ms;
}

static uint64_t turns_of(const struct nj_loop *l)
{
    uint64_t turns, idle;
    nj_loop_stats(l, &turns, &idle);
    return turns;
}

static uint64_t idle_of(const struct nj_loop *l)
{
    uint64_t turns, idle;
    nj_loop_stats(l, &turns, &idle);
    return idle;
}

/* Turns for the given real time and says how many turns that took. */
static uint64_t turn_for(struct nj_loop *l, int64_t ms)
{
    uint64_t before = turns_of(l);
    for (int64_t end = real_ms() + ms, left = ms; left > 0; left = end - real_ms())
        nj_loop_turn(l, left);
    return turns_of(l) - before;
}

/* --- timers -------------------------------------------------------------------------------------------------------- */

struct bell {
    struct nj_timer t;
    struct nj_loop *l;
    char name;
    char *log;        /* names in the order of firing */
    int64_t again_ms; /* re-arm, -1 not */
    struct bell *stops;
};

static void ring(void *ctx)
{
    struct bell *b = ctx;
    size_t n = strlen(b->log);
    b->log[n] = b->name;
    b->log[n + 1] = '\0';
    if (b->again_ms >= 0)
        nj_timer_set(b->l, &b->t, b->again_ms);
    if (b->stops != NULL)
        nj_timer_stop(b->l, &b->stops->t);
}

static void make_bells(struct nj_loop *l, struct bell *b, size_t n, char *log)
{
    for (size_t i = 0; i < n; i++)
        b[i] = (struct bell){ .t = { .fire = ring, .ctx = &b[i] }, .l = l, .name = (char)('a' + i), .log = log, .again_ms = -1 };
}

START_TEST(test_timers_fire_in_order_of_time_then_of_arming)
{
    struct fake f = { 1000 };
    struct nj_loop *l = new_loop(&f);
    char log[16] = "";
    struct bell b[4];
    make_bells(l, b, 4, log);
    nj_timer_set(l, &b[0].t, 30);
    nj_timer_set(l, &b[1].t, 10);
    nj_timer_set(l, &b[2].t, 30);
    nj_timer_set(l, &b[3].t, 20);
    nj_loop_turn(l, 0);
    ck_assert_str_eq(log, "");
    f.ms += 30;
    nj_loop_turn(l, -1);
    ck_assert_str_eq(log, "bdac");
    for (size_t i = 0; i < 4; i++)
        ck_assert(!b[i].t.armed);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_timer_armed_again_moves_and_fires_once)
{
    struct fake f = { 1000 };
    struct nj_loop *l = new_loop(&f);
    char log[16] = "";
    struct bell b[1];
    make_bells(l, b, 1, log);
    nj_timer_set(l, &b[0].t, 10);
    nj_timer_set(l, &b[0].t, 50);
    ck_assert_int_eq(b[0].t.at.ms, 1050);
    f.ms += 20;
    nj_loop_turn(l, 0);
    ck_assert_str_eq(log, "");
    f.ms += 30;
    nj_loop_turn(l, 0);
    nj_loop_turn(l, 0);
    ck_assert_str_eq(log, "a");
    nj_loop_free(l);
}
END_TEST

START_TEST(test_timer_in_the_past_set_in_a_callback_waits_for_the_next_turn)
{
    struct fake f = { 1000 };
    struct nj_loop *l = new_loop(&f);
    char log[16] = "";
    struct bell b[2];
    make_bells(l, b, 2, log);
    b[0].again_ms = 0;
    nj_timer_set(l, &b[0].t, -5);
    nj_timer_set(l, &b[1].t, 0);
    ck_assert_str_eq(log, ""); /* never from the call that armed it */
    nj_loop_turn(l, -1);
    ck_assert_str_eq(log, "ab");
    nj_loop_turn(l, -1);
    ck_assert_str_eq(log, "aba");
    nj_timer_stop(l, &b[0].t);
    nj_timer_stop(l, &b[0].t);
    nj_loop_turn(l, 0);
    ck_assert_str_eq(log, "aba");
    nj_loop_free(l);
}
END_TEST

START_TEST(test_timer_stopped_by_another_callback_of_the_same_turn_stays_silent)
{
    struct fake f = { 1000 };
    struct nj_loop *l = new_loop(&f);
    char log[16] = "";
    struct bell b[3];
    make_bells(l, b, 3, log);
    b[0].stops = &b[1];
    for (size_t i = 0; i < 3; i++)
        nj_timer_set(l, &b[i].t, 5);
    f.ms += 5;
    nj_loop_turn(l, -1);
    ck_assert_str_eq(log, "ac");
    nj_loop_free(l);
}
END_TEST

START_TEST(test_loop_sleeps_until_the_timer_and_not_shorter)
{
    struct nj_loop *l = new_loop(NULL);
    char log[16] = "";
    struct bell b[1];
    make_bells(l, b, 1, log);
    int64_t start = real_ms();
    nj_timer_set(l, &b[0].t, 120);
    nj_loop_turn(l, -1);
    ck_assert_str_eq(log, "a");
    ck_assert_int_ge(real_ms() - start, 119);
    ck_assert_uint_eq(turns_of(l), 1);
    ck_assert_uint_eq(idle_of(l), 0);
    nj_loop_free(l);
}
END_TEST

/* --- watches ------------------------------------------------------------------------------------------------------- */

struct pipe_watch {
    struct nj_watch w;
    struct nj_loop *l;
    int out;
    unsigned calls;
    short last;
    bool drains, stops_itself, frees_itself;
    struct pipe_watch *stops;
};

static void on_pipe(void *ctx, short revents)
{
    struct pipe_watch *p = ctx;
    char byte;
    p->calls++;
    p->last = revents;
    if (p->drains && (revents & POLLIN) != 0)
        ck_assert_int_ge(read(p->w.fd, &byte, 1), 0);
    if (p->stops != NULL)
        nj_watch_stop(p->l, &p->stops->w);
    if (p->stops_itself || p->frees_itself)
        nj_watch_stop(p->l, &p->w);
    if (p->frees_itself) {
        close(p->w.fd);
        free(p);
    }
}

static void start_pipe(struct nj_loop *l, struct pipe_watch *p)
{
    int fd[2];
    ck_assert_int_eq(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
    p->l = l;
    p->out = fd[1];
    p->w = (struct nj_watch){ .ready = on_pipe, .ctx = p, .fd = fd[0], .events = POLLIN };
    ck_assert_int_eq(nj_watch_start(l, &p->w), NJ_OK);
}

static void stop_pipe(struct nj_loop *l, struct pipe_watch *p)
{
    nj_watch_stop(l, &p->w);
    close(p->w.fd);
    if (p->out >= 0)
        close(p->out);
}

START_TEST(test_watch_fires_while_readable_and_rests_while_paused)
{
    struct nj_loop *l = new_loop(NULL);
    struct pipe_watch p = { 0 };
    start_pipe(l, &p);
    ck_assert_int_eq(write(p.out, "xy", 2), 2);
    nj_loop_turn(l, 1000);
    ck_assert_uint_eq(p.calls, 1);
    p.w.events = 0;
    ck_assert_uint_eq(turn_for(l, 30), 1);
    ck_assert_uint_eq(p.calls, 1);
    p.w.events = POLLIN;
    nj_loop_turn(l, 1000);
    ck_assert_uint_eq(p.calls, 2);
    p.drains = true;
    nj_loop_turn(l, 1000);
    nj_loop_turn(l, 1000);
    ck_assert_uint_eq(turn_for(l, 30), 1);
    ck_assert_uint_eq(p.calls, 4);
    stop_pipe(l, &p);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_watch_stopped_by_another_of_the_same_turn_stays_silent)
{
    struct nj_loop *l = new_loop(NULL);
    struct pipe_watch p[2] = { 0 };
    start_pipe(l, &p[0]);
    start_pipe(l, &p[1]);
    p[0].stops = &p[1];
    p[1].stops = &p[0];
    ck_assert_int_eq(write(p[0].out, "x", 1) + write(p[1].out, "x", 1), 2);
    nj_loop_turn(l, 1000);
    ck_assert_uint_eq(p[0].calls + p[1].calls, 1);
    stop_pipe(l, &p[0]);
    stop_pipe(l, &p[1]);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_watch_may_be_freed_inside_its_own_callback)
{
    struct nj_loop *l = new_loop(NULL);
    struct pipe_watch *p = calloc(1, sizeof(*p));
    ck_assert_ptr_nonnull(p);
    start_pipe(l, p);
    int out = p->out;
    p->frees_itself = true;
    ck_assert_int_eq(write(out, "x", 1), 1);
    nj_loop_turn(l, 1000);
    close(out);
    ck_assert_uint_eq(turn_for(l, 20), 1);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_watch_on_what_cannot_be_waited_for_is_refused)
{
    struct nj_loop *l = new_loop(NULL);
    struct nj_watch w = { .ready = on_pipe, .fd = -1, .events = POLLIN };
    ck_assert_int_eq(nj_watch_start(l, &w), NJ_EARG);
    w.fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(w.fd, 0);
    ck_assert_int_eq(nj_watch_start(l, &w), NJ_EARG);
    w.events = 0; /* paused, but bad all the same */
    ck_assert_int_eq(nj_watch_start(l, &w), NJ_EARG);
    ck_assert(!w.active);
    close(w.fd);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_watches_over_the_limit_are_refused_and_room_comes_back)
{
    struct nj_loop *l = new_loop(NULL);
    struct nj_watch w[NJ_LOOP_WATCHES + 1];
    int fd[2];
    ck_assert_int_eq(pipe2(fd, O_CLOEXEC), 0);
    for (size_t i = 0; i < NJ_COUNT(w); i++)
        w[i] = (struct nj_watch){ .ready = on_pipe, .fd = dup(fd[0]), .events = POLLIN };
    for (size_t i = 0; i < NJ_LOOP_WATCHES; i++)
        ck_assert_int_eq(nj_watch_start(l, &w[i]), NJ_OK);
    ck_assert_int_eq(nj_watch_start(l, &w[NJ_LOOP_WATCHES]), NJ_ELIMIT);
    nj_watch_stop(l, &w[7]);
    ck_assert_int_eq(nj_watch_start(l, &w[NJ_LOOP_WATCHES]), NJ_OK);
    for (size_t i = 0; i < NJ_COUNT(w); i++) {
        nj_watch_stop(l, &w[i]);
        close(w[i].fd);
    }
    close(fd[0]);
    close(fd[1]);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_descriptor_closed_under_its_watch_does_not_spin)
{
    struct nj_loop *l = new_loop(NULL);
    struct pipe_watch p = { 0 };
    start_pipe(l, &p);
    close(p.w.fd);
    close(p.out);
    ck_assert_uint_le(turn_for(l, 100), 2);
    ck_assert_uint_eq(p.calls, 0);
    nj_watch_stop(l, &p.w);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_stale_watch_does_not_take_the_descriptor_of_its_successor)
{
    struct nj_loop *l = new_loop(NULL);
    struct pipe_watch old = { 0 }, now = { .drains = true };
    start_pipe(l, &old);
    close(old.out);
    close(old.w.fd);
    start_pipe(l, &now); /* the kernel hands out the lowest numbers, so these are the same */
    ck_assert_int_eq(now.w.fd, old.w.fd);
    nj_watch_stop(l, &old.w);
    ck_assert_int_eq(write(now.out, "x", 1), 1);
    nj_loop_turn(l, 1000);
    ck_assert_uint_eq(now.calls, 1);
    stop_pipe(l, &now);
    nj_loop_free(l);
}
END_TEST

START_TEST(test_hang_up_is_told_and_an_owner_who_ignores_it_cannot_make_the_loop_spin)
{
    struct nj_loop *l = new_loop(NULL);
    struct pipe_watch p = { 0 };
    start_pipe(l, &p);
    close(p.out);
    p.out = -1;
    nj_loop_turn(l, 1000);
    ck_assert_int_ne(p.last & POLLHUP, 0);
    ck_assert_uint_le(turn_for(l, 100), 20);
    ck_assert_uint_le(p.calls, 20);
    stop_pipe(l, &p);
    nj_loop_free(l);
}
END_TEST

/* --- sleeping and waking ------------------------------------------------------------------------------------------- */

START_TEST(test_idle_loop_does_not_wake_up_for_a_second)
{
    struct nj_loop *l = new_loop(NULL);
    struct pipe_watch p = { 0 };
    start_pipe(l, &p);
    int64_t start = real_ms();
    nj_loop_turn(l, 1000);
    ck_assert_int_ge(real_ms() - start, 999);
    ck_assert_uint_eq(turns_of(l), 1);
    ck_assert_uint_eq(idle_of(l), 0); /* the caller asked for it */
    stop_pipe(l, &p);
    nj_loop_free(l);
}
END_TEST

static void *wake_soon(void *l)
{
    poll(NULL, 0, 30);
    nj_loop_stop(l);
    nj_loop_wake(l);
    return NULL;
}

START_TEST(test_loop_runs_until_another_thread_stops_and_wakes_it)
{
    struct nj_loop *l = new_loop(NULL);
    pthread_t t;
    ck_assert_int_eq(pthread_create(&t, NULL, wake_soon, l), 0);
    nj_loop_run(l);
    pthread_join(t, NULL);
    ck_assert_uint_eq(turns_of(l), 1);
    ck_assert_uint_eq(idle_of(l), 0);
    for (int i = 0; i < 3; i++)
        nj_loop_wake(l); /* three calls are one wake-up, and none is lost before the sleep begins */
    nj_loop_turn(l, 1000);
    ck_assert_uint_eq(turn_for(l, 20), 1);
    nj_loop_free(l);
}
END_TEST

static void turn_again(void *ctx)
{
    nj_loop_turn(ctx, -1); /* would sleep for ever */
    nj_loop_stop(ctx);
}

START_TEST(test_turn_inside_a_callback_does_nothing)
{
    struct nj_loop *l = new_loop(NULL);
    struct nj_timer t = { .fire = turn_again, .ctx = l };
    nj_timer_set(l, &t, 0);
    nj_loop_run(l);
    ck_assert_uint_eq(turns_of(l), 1);
    nj_loop_free(l);
}
END_TEST

static void do_nothing(void *ctx)
{
    ++*(unsigned *)ctx;
}

static int64_t no_wait(void *ctx)
{
    (void)ctx;
    return 0;
}

START_TEST(test_loop_that_finds_nothing_to_do_counts_it_and_slows_down)
{
    struct nj_loop *l = new_loop(NULL);
    unsigned runs = 0;
    struct nj_source s = { .run = do_nothing, .wait_ms = no_wait, .ctx = &runs };
    nj_source_add(l, &s);
    uint64_t turns = turn_for(l, 1500);
    ck_assert_uint_ge(idle_of(l), turns - 1);
    ck_assert_uint_le(turns, 2400); /* without the brake: a million */
    nj_source_remove(l, &s);
    ck_assert_uint_eq(turn_for(l, 30), 1);
    nj_loop_free(l);
}
END_TEST

struct chain {
    struct nj_source s;
    struct nj_loop *l;
    struct chain *removes;
    unsigned runs;
};

static void run_chain(void *ctx)
{
    struct chain *c = ctx;
    c->runs++;
    if (c->removes != NULL)
        nj_source_remove(c->l, &c->removes->s);
}

START_TEST(test_source_may_remove_itself_and_its_neighbour_while_running)
{
    struct nj_loop *l = new_loop(NULL);
    struct chain c[4];
    for (size_t i = 0; i < 4; i++) {
        c[i] = (struct chain){ .s = { .run = run_chain, .ctx = &c[i] }, .l = l };
        nj_source_add(l, &c[i].s);
    }
    c[0].removes = &c[1];
    c[2].removes = &c[2];
    nj_loop_turn(l, 0);
    nj_loop_turn(l, 0);
    ck_assert_uint_eq(c[0].runs, 2);
    ck_assert_uint_eq(c[1].runs, 0);
    ck_assert_uint_eq(c[2].runs, 1);
    ck_assert_uint_eq(c[3].runs, 2);
    nj_loop_free(l);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_timers_fire_in_order_of_time_then_of_arming)                                                                                    \
    X(test_timer_armed_again_moves_and_fires_once)                                                                                         \
    X(test_timer_in_the_past_set_in_a_callback_waits_for_the_next_turn)                                                                    \
    X(test_timer_stopped_by_another_callback_of_the_same_turn_stays_silent)                                                                \
    X(test_loop_sleeps_until_the_timer_and_not_shorter)                                                                                    \
    X(test_watch_fires_while_readable_and_rests_while_paused)                                                                              \
    X(test_watch_stopped_by_another_of_the_same_turn_stays_silent)                                                                         \
    X(test_watch_may_be_freed_inside_its_own_callback)                                                                                     \
    X(test_watch_on_what_cannot_be_waited_for_is_refused)                                                                                  \
    X(test_watches_over_the_limit_are_refused_and_room_comes_back)                                                                         \
    X(test_descriptor_closed_under_its_watch_does_not_spin)                                                                                \
    X(test_stale_watch_does_not_take_the_descriptor_of_its_successor)                                                                      \
    X(test_hang_up_is_told_and_an_owner_who_ignores_it_cannot_make_the_loop_spin)                                                          \
    X(test_idle_loop_does_not_wake_up_for_a_second)                                                                                        \
    X(test_loop_runs_until_another_thread_stops_and_wakes_it)                                                                              \
    X(test_turn_inside_a_callback_does_nothing)                                                                                            \
    X(test_loop_that_finds_nothing_to_do_counts_it_and_slows_down)                                                                         \
    X(test_source_may_remove_itself_and_its_neighbour_while_running)

NJ_TEST_MAIN("loop")

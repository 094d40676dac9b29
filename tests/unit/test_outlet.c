/* The outlet against a real HTTP server on this machine that plays a script of faults. */
#include "../../src/deliver/codec.h"
#include "deliver_kit.h"
#include "nightjar/http_server.h"

enum { SCRIPT_MAX = 16, SEEN_MAX = 64 };

enum deed { OK_200, S_503, S_429, S_403, S_400, TOO_LARGE_ABOVE_2, RESET, NEVER };

struct seen {
    char id[40], attempt[8], records[8], type[48], encoding[8], key[40], authorization[32];
    struct nj_buf body;
};

/* The far end. */
struct far {
    struct nj_http_server *server;
    enum deed script[SCRIPT_MAX]; /* what is done with request i; afterwards OK_200 */
    size_t deeds, n;
    struct seen seen[SEEN_MAX];
    size_t stored; /* records in requests that were answered with 200, each id once */
    struct nj_exchange *kept;
};

struct world {
    struct nj_clock real;
    int64_t offset_ns; /* the test's own leaps in time */
    int64_t frozen_ns; /* != 0: time stands still here, so that no timer ever fires */
    struct nj_loop *loop;
    struct nj_http *http;
    struct nj_sink sink;
    struct nj_outlet *o;
    struct far far;
    unsigned number;
};

static void read_clock(void *ctx, int64_t *mono_ns, int64_t *wall_ns)
{
    struct world *w = ctx;
    nj_clock_tick(&w->real);
    *mono_ns = w->frozen_ns != 0 ? w->frozen_ns : w->real.mono.ms * 1000000 + w->offset_ns;
    *wall_ns = w->real.wall_ns + w->offset_ns;
}

static void keep_text(char *out, size_t n, struct nj_str s)
{
    s = nj_str_slice(s, 0, n - 1);
    if (s.n != 0)
        memcpy(out, s.p, s.n);
    out[s.n] = '\0';
}

static bool stored_before(const struct far *f, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (strcmp(f->seen[i].id, f->seen[at].id) == 0 && (i >= f->deeds || f->script[i] == OK_200))
            return true;
    return false;
}

static void on_request(void *ctx, struct nj_exchange *x)
{
    struct far *f = ctx;
    ck_assert_uint_lt(f->n, SEEN_MAX);
    struct seen *s = &f->seen[f->n];
    enum deed deed = f->n < f->deeds ? f->script[f->n] : OK_200;
    keep_text(s->id, sizeof(s->id), nj_exchange_header(x, "nightjar-batch-id"));
    keep_text(s->key, sizeof(s->key), nj_exchange_header(x, "idempotency-key"));
    keep_text(s->attempt, sizeof(s->attempt), nj_exchange_header(x, "nightjar-attempt"));
    keep_text(s->records, sizeof(s->records), nj_exchange_header(x, "nightjar-batch-records"));
    keep_text(s->type, sizeof(s->type), nj_exchange_header(x, "content-type"));
    keep_text(s->encoding, sizeof(s->encoding), nj_exchange_header(x, "content-encoding"));
    keep_text(s->authorization, sizeof(s->authorization), nj_exchange_header(x, "authorization"));
    nj_buf_init(&s->body, 8 << 20);
    nj_buf_add(&s->body, nj_exchange_body(x));
    ck_assert_view_eq(nj_exchange_method(x), "POST");
    unsigned long records = strtoul(s->records, NULL, 10);
    if (deed == TOO_LARGE_ABOVE_2)
        deed = records > 2 ? TOO_LARGE_ABOVE_2 : OK_200;
    if (deed == OK_200 && !stored_before(f, f->n))
        f->stored += records;
    f->n++;
    static const unsigned status[] = {
        [OK_200] = 200, [S_503] = 503, [S_429] = 429, [S_403] = 403, [S_400] = 400, [TOO_LARGE_ABOVE_2] = 413
    };
    switch (deed) {
    case RESET:
        nj_exchange_abort(x);
        return;
    case NEVER:
        f->kept = x;
        return;
    case S_429:
        nj_exchange_reply_header(x, "Retry-After", NJ_STR("7"));
        nj_exchange_reply(x, 429, "text/plain", NJ_STR("slow down"));
        return;
    default:
        nj_exchange_reply(x, status[deed], "text/plain", NJ_STR("well"));
    }
}

static void on_gone(void *ctx, struct nj_exchange *x)
{
    struct far *f = ctx;
    if (f->kept == x)
        f->kept = NULL;
}

static uint16_t far_open(struct world *w, uint16_t port)
{
    struct nj_server_options so = { .port = port, .body_max = 8 << 20, .request = on_request, .gone = on_gone, .ctx = &w->far };
    ck_assert_int_eq(nj_http_server_new(&w->far.server, w->loop, &so), NJ_OK);
    return nj_http_server_port(w->far.server);
}

static void far_script(struct world *w, const enum deed *deeds, size_t n)
{
    for (size_t i = 0; i < n; i++)
        w->far.script[i] = deeds[i];
    w->far.deeds = n;
}

static void open_to(struct world *w, const struct nj_sink_options *so, uint16_t port)
{
    char url[80], why[160];
    struct nj_sink_options s = *so;
    snprintf(url, sizeof(url), "%.*s127.0.0.1:%u/in", NJ_STR_ARG(so->url), port);
    s.url = nj_str_of(url);
    ck_assert_msg(nj_sink_init(&w->sink, &s, why) == NJ_OK, "%s", why);
    struct nj_outlet_options o = {
        .batch = { .max_bytes = 32 << 10, .max_records = 4 }, .batch_age_ms = 60000, .queue_bytes = 1 << 20, .timeout_ms = 3000
    };
    ck_assert_int_eq(nj_outlet_new(&w->o, w->loop, w->http, &w->sink, &o), NJ_OK);
}

static void world_begin(struct world *w)
{
    *w = (struct world){ .number = 0 };
    nj_clock_init(&w->real, NULL, NULL);
    ck_assert_int_eq(nj_loop_new(&w->loop, read_clock, w), NJ_OK);
    ck_assert_int_eq(nj_http_new(&w->http, w->loop), NJ_OK);
}

/* A server that is up, and an outlet to it. */
static void world_open(struct world *w, const enum deed *deeds, size_t n)
{
    world_begin(w);
    uint16_t port = far_open(w, 0);
    far_script(w, deeds, n);
    open_to(w, &(struct nj_sink_options){ .url = NJ_STR("http://") }, port);
}

static void check(struct world *w)
{
    if (!nj_out_ledger_balanced(nj_outlet_ledger(w->o)) || nj_outlet_illegal(w->o) != 0)
        ck_abort_msg("the ledger does not balance, or the state table was left");
}

static void world_close(struct world *w)
{
    check(w);
    nj_outlet_free(w->o);
    nj_sink_fini(&w->sink);
    nj_http_server_free(w->far.server);
    nj_http_free(w->http);
    nj_loop_free(w->loop);
    for (size_t i = 0; i < w->far.n; i++)
        nj_buf_fini(&w->far.seen[i].body);
}

static void put(struct world *w, enum nj_lane lane, unsigned records)
{
    for (unsigned i = 0; i < records; i++)
        kit_offer(w->o, lane, w->number++, 200);
    check(w);
}

static bool settled(struct world *w)
{
    return !nj_outlet_pending(w->o, NJ_LANE_BITS_ALL);
}

static bool waits_long(struct world *w)
{
    return nj_outlet_backing_off(w->o);
}

static bool far_has_one(struct world *w)
{
    return w->far.n >= 1;
}

/* Turns the loop until something holds; ten real seconds are a failure. */
static void until(struct world *w, bool (*holds)(struct world *))
{
    int64_t end = w->real.mono.ms + 10000;
    while (!holds(w)) {
        nj_loop_turn(w->loop, 50);
        check(w);
        ck_assert_msg(w->real.mono.ms < end, "it did not come about in 10 s");
    }
}

static void leap(struct world *w, int64_t ms)
{
    w->offset_ns += ms * 1000000;
}

static const struct nj_out_ledger *ledger(struct world *w)
{
    return nj_outlet_ledger(w->o);
}

START_TEST(test_outlet_delivers_with_headers_that_describe_the_batch)
{
    static const struct {
        const char *url, *compress, *type, *encoding;
        enum nj_codec codec;
        const char *begin, *end;
    } rows[] = {
        { "http://", "", "application/x-ndjson", "gzip", NJ_CODEC_GZIP, "{\"when\":", "}\n" },
        { "http://", "zstd", "application/x-ndjson", "zstd", NJ_CODEC_ZSTD, "{\"when\":", "}\n" },
        { "json+http://", "none", "application/json", "", NJ_CODEC_NONE, "[{\"when\":", "}]" },
    };
    for (size_t i = 0; i < NJ_COUNT(rows); i++) {
        struct world w;
        struct nj_buf raw;
        world_begin(&w);
        uint16_t port = far_open(&w, 0);
        open_to(&w,
                &(struct nj_sink_options){ .url = nj_str_of(rows[i].url), .compress = nj_str_of(rows[i].compress), .token = NJ_STR("t0") },
                port);
        put(&w, NJ_LANE_BULK, 4);
        until(&w, settled);
        const struct seen *s = &w.far.seen[0];
        ck_assert_uint_eq(w.far.n, 1);
        ck_assert_str_eq(s->type, rows[i].type);
        ck_assert_str_eq(s->encoding, rows[i].encoding);
        ck_assert_str_eq(s->records, "4");
        ck_assert_str_eq(s->attempt, "1");
        ck_assert_str_eq(s->authorization, "Bearer t0");
        ck_assert_uint_eq(strlen(s->id), 32);
        ck_assert_str_eq(s->id, s->key);
        ck_assert_uint_eq(ledger(&w)->delivered, 4);
        ck_assert_uint_eq(ledger(&w)->bytes_sent, s->body.n);
        nj_buf_init(&raw, 1 << 20);
        ck_assert_int_eq(nj_codec_undo(rows[i].codec, nj_buf_str(&s->body), (size_t)ledger(&w)->bytes, &raw), NJ_OK);
        ck_assert(nj_str_starts(nj_buf_str(&raw), nj_str_of(rows[i].begin)));
        ck_assert(nj_str_ends(nj_buf_str(&raw), nj_str_of(rows[i].end)));
        nj_buf_fini(&raw);
        world_close(&w);
    }
}
END_TEST

START_TEST(test_outlet_content_type_of_the_headers_option_is_sent_instead)
{
    struct world w;
    world_begin(&w);
    uint16_t port = far_open(&w, 0);
    open_to(&w, &(struct nj_sink_options){ .url = NJ_STR("http://"), .headers = NJ_STR("Content-Type=application/jsonl") }, port);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, settled);
    ck_assert_str_eq(w.far.seen[0].type, "application/jsonl");
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_down_then_up_loses_nothing)
{
    struct world w;
    struct kit_stderr err;
    char text[4000];
    world_begin(&w);
    uint16_t port = far_open(&w, 0);
    nj_http_server_free(w.far.server);
    w.far.server = NULL;
    open_to(&w, &(struct nj_sink_options){ .url = NJ_STR("http://") }, port);
    kit_stderr_begin(&err);
    put(&w, NJ_LANE_BULK, 6);
    put(&w, NJ_LANE_CRITICAL, 1);
    nj_outlet_flush(w.o, NJ_LANE_BITS_ALL);
    until(&w, waits_long);
    ck_assert_uint_eq(ledger(&w)->held, 7);
    far_open(&w, port);
    nj_outlet_thawed(w.o);
    until(&w, settled);
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_uint_eq(ledger(&w)->delivered, 7);
    ck_assert_uint_eq(w.far.stored, 7);
    ck_assert_uint_eq(kit_times(text, "NJ1601"), 1);
    ck_assert_ptr_null(strstr(text, "NJ1602")); /* good news is for the level info */
    ck_assert(!nj_outlet_backing_off(w.o));
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_429_waits_as_long_as_it_was_told)
{
    struct world w;
    world_open(&w, (const enum deed[]){ S_429 }, 1);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, waits_long);
    leap(&w, 6000);
    for (int i = 0; i < 5; i++)
        nj_loop_turn(w.loop, 5);
    ck_assert_uint_eq(w.far.n, 1);
    leap(&w, 1500);
    until(&w, settled);
    ck_assert_uint_eq(w.far.n, 2);
    ck_assert_str_eq(w.far.seen[0].id, w.far.seen[1].id);
    ck_assert_str_eq(w.far.seen[1].attempt, "2");
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_413_splits_and_every_record_arrives)
{
    struct world w;
    world_open(&w,
               (const enum deed[]){ TOO_LARGE_ABOVE_2, TOO_LARGE_ABOVE_2, TOO_LARGE_ABOVE_2, TOO_LARGE_ABOVE_2, TOO_LARGE_ABOVE_2,
                                    TOO_LARGE_ABOVE_2, TOO_LARGE_ABOVE_2, TOO_LARGE_ABOVE_2 },
               8);
    put(&w, NJ_LANE_BULK, 7);
    nj_outlet_flush(w.o, NJ_LANE_BITS_ALL);
    until(&w, settled);
    ck_assert_uint_eq(ledger(&w)->delivered, 7);
    ck_assert_uint_eq(ledger(&w)->splits, 2);
    ck_assert_uint_eq(w.far.stored, 7);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_reset_before_the_answer_repeats_the_batch_under_its_id)
{
    struct world w;
    world_open(&w, (const enum deed[]){ RESET, OK_200, RESET, RESET }, 4);
    put(&w, NJ_LANE_BULK, 8);
    until(&w, settled);
    ck_assert_uint_eq(w.far.n, 5);
    ck_assert_str_eq(w.far.seen[0].id, w.far.seen[1].id);
    ck_assert_str_eq(w.far.seen[2].id, w.far.seen[3].id);
    ck_assert_str_eq(w.far.seen[3].id, w.far.seen[4].id);
    ck_assert_str_ne(w.far.seen[1].id, w.far.seen[2].id);
    ck_assert_uint_eq(ledger(&w)->delivered, 8);
    /* Requests 0 and 3 met a new connection.  Request 2 met a used one: there curl may repeat it by itself. */
    ck_assert_uint_ge(ledger(&w)->attempts, 4);
    ck_assert_uint_eq(ledger(&w)->retries, ledger(&w)->attempts - 2);
    ck_assert_uint_eq(w.far.stored, 8);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_reused_connection_that_dies_is_repeated_without_waiting)
{
    struct world w;
    world_open(&w, (const enum deed[]){ OK_200, RESET, OK_200 }, 3);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, settled);
    w.frozen_ns = nj_loop_clock(w.loop)->mono.ms * 1000000; /* a back-off would last for ever */
    put(&w, NJ_LANE_BULK, 4);
    until(&w, settled);
    ck_assert_uint_eq(w.far.n, 3);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_server_that_was_replaced_behind_idle_connections_is_found)
{
    struct world w;
    world_open(&w, NULL, 0);
    uint16_t port = nj_http_server_port(w.far.server);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, settled);
    nj_http_server_free(w.far.server);
    far_open(&w, port);
    nj_http_drop_idle(w.http);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, settled);
    ck_assert_uint_eq(ledger(&w)->delivered, 8);
    ck_assert_uint_eq(w.far.stored, 8);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_slow_sink_does_not_outlast_the_deadline)
{
    struct world w;
    world_open(&w, (const enum deed[]){ NEVER, NEVER, NEVER, NEVER, NEVER, NEVER }, 6);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, far_has_one);
    int64_t begun = w.real.mono.ms;
    nj_outlet_drain(w.o, (struct nj_mono){ nj_loop_clock(w.loop)->mono.ms + 300 });
    while (w.real.mono.ms - begun < 400)
        nj_loop_turn(w.loop, 20);
    ck_assert_uint_eq(ledger(&w)->held, 4);
    ck_assert_uint_eq(ledger(&w)->attempts, 1); /* no time for a second one */
    nj_outlet_abandon(w.o, NJ_DROP_deadline);
    ck_assert_uint_eq(ledger(&w)->dropped[NJ_DROP_deadline], 4);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_critical_overtakes_a_bulk_batch_that_hangs)
{
    struct world w;
    world_open(&w, (const enum deed[]){ NEVER }, 1);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, far_has_one);
    put(&w, NJ_LANE_CRITICAL, 1);
    nj_outlet_flush(w.o, NJ_LANE_BIT_CRITICAL);
    while (nj_outlet_pending(w.o, NJ_LANE_BIT_CRITICAL))
        nj_loop_turn(w.loop, 50);
    ck_assert_uint_eq(ledger(&w)->delivered, 1);
    ck_assert_uint_eq(ledger(&w)->held, 4);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_timed_out_attempt_is_repeated)
{
    struct world w;
    world_open(&w, (const enum deed[]){ NEVER }, 1);
    nj_outlet_deadline(w.o, (struct nj_mono){ nj_loop_clock(w.loop)->mono.ms + 150 });
    put(&w, NJ_LANE_BULK, 4);
    until(&w, waits_long);
    nj_outlet_deadline(w.o, (struct nj_mono){ INT64_MAX });
    until(&w, settled);
    ck_assert_uint_eq(w.far.n, 2);
    ck_assert_str_eq(w.far.seen[0].id, w.far.seen[1].id);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_drain_sends_every_batch_of_both_lanes)
{
    struct world w;
    world_open(&w, (const enum deed[]){ S_503, OK_200, S_503 }, 3);
    put(&w, NJ_LANE_BULK, 27);
    put(&w, NJ_LANE_CRITICAL, 9);
    nj_outlet_drain(w.o, (struct nj_mono){ nj_loop_clock(w.loop)->mono.ms + 2000 });
    until(&w, settled);
    ck_assert_uint_eq(ledger(&w)->delivered, 36);
    ck_assert_uint_eq(w.far.stored, 36);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_refusals_are_counted_never_taken_for_success)
{
    struct world w;
    struct kit_stderr err;
    char text[4000];
    world_open(&w, (const enum deed[]){ S_400, S_403 }, 2);
    kit_stderr_begin(&err);
    put(&w, NJ_LANE_BULK, 8);
    until(&w, waits_long);
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_uint_eq(ledger(&w)->dropped[NJ_DROP_rejected], 4);
    ck_assert_uint_eq(ledger(&w)->delivered, 0);
    ck_assert_uint_eq(ledger(&w)->held, 4);
    ck_assert_uint_eq(kit_times(text, "NJ1604"), 1);
    ck_assert_uint_eq(kit_times(text, "NJ1603"), 1);
    ck_assert_uint_eq(w.far.n, 2);
    leap(&w, 61000);
    until(&w, settled);
    ck_assert_uint_eq(ledger(&w)->delivered, 4);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_freed_while_attempts_are_under_way)
{
    struct world w;
    world_open(&w, (const enum deed[]){ NEVER, NEVER }, 2);
    put(&w, NJ_LANE_BULK, 5);
    put(&w, NJ_LANE_CRITICAL, 5);
    until(&w, far_has_one);
    world_close(&w);
}
END_TEST

START_TEST(test_outlet_nothing_to_do_wakes_nobody)
{
    struct world w;
    uint64_t turns = 0, idle = 0;
    world_open(&w, NULL, 0);
    put(&w, NJ_LANE_BULK, 4);
    until(&w, settled);
    nj_loop_turn(w.loop, 0);
    int64_t before = w.real.mono.ms;
    nj_loop_turn(w.loop, 300);
    nj_loop_stats(w.loop, &turns, &idle);
    ck_assert_int_ge(w.real.mono.ms - before, 290);
    world_close(&w);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_outlet_delivers_with_headers_that_describe_the_batch)                                                                           \
    X(test_outlet_content_type_of_the_headers_option_is_sent_instead)                                                                      \
    X(test_outlet_down_then_up_loses_nothing)                                                                                              \
    X(test_outlet_429_waits_as_long_as_it_was_told)                                                                                        \
    X(test_outlet_413_splits_and_every_record_arrives)                                                                                     \
    X(test_outlet_reset_before_the_answer_repeats_the_batch_under_its_id)                                                                  \
    X(test_outlet_reused_connection_that_dies_is_repeated_without_waiting)                                                                 \
    X(test_outlet_server_that_was_replaced_behind_idle_connections_is_found)                                                               \
    X(test_outlet_slow_sink_does_not_outlast_the_deadline)                                                                                 \
    X(test_outlet_critical_overtakes_a_bulk_batch_that_hangs)                                                                              \
    X(test_outlet_timed_out_attempt_is_repeated)                                                                                           \
    X(test_outlet_drain_sends_every_batch_of_both_lanes)                                                                                   \
    X(test_outlet_refusals_are_counted_never_taken_for_success)                                                                            \
    X(test_outlet_freed_while_attempts_are_under_way)                                                                                      \
    X(test_outlet_nothing_to_do_wakes_nobody)

NJ_TEST_MAIN("outlet")

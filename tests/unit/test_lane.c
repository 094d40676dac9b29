/* The outlet with a sender that does what the test says: every state, every limit, and long random walks. */
#include "deliver_kit.h"

#define LEDGER(k) (nj_outlet_ledger((k).o))

START_TEST(test_lane_full_batch_is_sent_and_settled)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 3);
    ck_assert_uint_eq(k.sender.starts, 0);
    kit_put(&k, NJ_LANE_BULK, 1);
    ck_assert_uint_eq(k.sender.starts, 1);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->records, 4);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->attempts, 1);
    ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].timeout_ms, 5000);
    ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].connect_ms, 1500);
    size_t raw = k.sender.at[NJ_LANE_BULK].batch->raw_bytes;
    ck_assert_uint_eq(LEDGER(k)->held, 4);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 4);
    ck_assert_uint_eq(LEDGER(k)->batches, 1);
    ck_assert_uint_eq(LEDGER(k)->attempts, 1);
    ck_assert_uint_eq(LEDGER(k)->retries, 0);
    ck_assert_uint_eq(LEDGER(k)->bytes, raw);
    ck_assert_uint_eq(LEDGER(k)->bytes_sent, raw);
    ck_assert_uint_eq(k.changed, 1);
    ck_assert(!nj_outlet_pending(k.o, NJ_LANE_BITS_ALL));
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_next_batch_goes_when_the_first_is_settled)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 8);
    ck_assert_uint_eq(k.sender.starts, 1);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(k.sender.starts, 2);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 8);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_age_seals_a_batch)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 1);
    kit_pass(&k, 3000);
    kit_put(&k, NJ_LANE_BULK, 1);
    kit_pass(&k, 1990);
    ck_assert_uint_eq(k.sender.starts, 0);
    ck_assert_int_eq(nj_outlet_oldest_bulk_ms(k.o), 4990);
    kit_pass(&k, 20);
    ck_assert_uint_eq(k.sender.starts, 1);
    ck_assert_int_eq(nj_outlet_oldest_bulk_ms(k.o), 5010); /* flying is not settled */
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_int_eq(nj_outlet_oldest_bulk_ms(k.o), 0);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_flush_seals_only_the_lanes_it_names)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 1);
    kit_put(&k, NJ_LANE_CRITICAL, 1);
    nj_outlet_flush(k.o, NJ_LANE_BIT_CRITICAL);
    ck_assert(k.sender.busy[NJ_LANE_CRITICAL]);
    ck_assert(!k.sender.busy[NJ_LANE_BULK]);
    kit_answer(&k, NJ_LANE_CRITICAL, NJ_V_DELIVERED);
    ck_assert(!nj_outlet_pending(k.o, NJ_LANE_BIT_CRITICAL));
    ck_assert(nj_outlet_pending(k.o, NJ_LANE_BIT_BULK));
    nj_outlet_flush(k.o, NJ_LANE_BITS_ALL);
    nj_outlet_flush(k.o, NJ_LANE_BITS_ALL);
    ck_assert_uint_eq(k.sender.starts, 2);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_flushes_behind_a_slow_sink_travel_together)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 1);
    nj_outlet_flush(k.o, NJ_LANE_BITS_ALL);
    for (int i = 0; i < 3; i++) {
        kit_put(&k, NJ_LANE_BULK, 1);
        nj_outlet_flush(k.o, NJ_LANE_BITS_ALL);
    }
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->records, 3);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->batches, 2);
    kit_put(&k, NJ_LANE_BULK, 1); /* and what comes now is in no hurry */
    ck_assert(!k.sender.busy[NJ_LANE_BULK]);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_critical_overtakes_a_stalled_bulk_batch)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 40);
    ck_assert(k.sender.busy[NJ_LANE_BULK]);
    kit_put(&k, NJ_LANE_CRITICAL, 4);
    ck_assert(k.sender.busy[NJ_LANE_CRITICAL]);
    kit_answer(&k, NJ_LANE_CRITICAL, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 4);
    ck_assert(k.sender.busy[NJ_LANE_BULK]);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_retry_repeats_the_same_batch_with_growing_waits)
{
    struct kit k;
    char id[33];
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    memcpy(id, k.sender.at[NJ_LANE_BULK].batch->id, sizeof(id));
    int64_t step = 100;
    for (unsigned i = 1; i <= 12; i++) {
        kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
        kit_pass(&k, step / 2 - 10);
        ck_assert_msg(k.sender.starts == i, "attempt %u came before half of %lld ms", i + 1, (long long)step);
        kit_pass(&k, step / 2 + 20);
        ck_assert_msg(k.sender.starts == i + 1, "attempt %u did not come within %lld ms", i + 1, (long long)step);
        ck_assert_str_eq(k.sender.at[NJ_LANE_BULK].batch->id, id);
        ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->attempts, i + 1);
        step = step * 2 > 30000 ? 30000 : step * 2;
    }
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->attempts, 13);
    ck_assert_uint_eq(LEDGER(k)->retries, 12);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
    kit_pass(&k, 110); /* success made the waits short again */
    ck_assert_uint_eq(k.sender.starts, 15);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_dead_connection_is_repeated_at_once_but_once)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_AGAIN);
    ck_assert_uint_eq(k.sender.starts, 2);
    ck_assert_uint_eq(k.sender.fresh, 1);
    ck_assert(!nj_outlet_backing_off(k.o));
    kit_answer(&k, NJ_LANE_BULK, NJ_V_AGAIN);
    ck_assert_uint_eq(k.sender.starts, 2);
    kit_pass(&k, 110);
    ck_assert_uint_eq(k.sender.starts, 3);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->attempts, 3);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_AGAIN); /* a new attempt has its own quick repeat */
    ck_assert_uint_eq(k.sender.starts, 4);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_413_halves_until_it_fits)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_SPLIT);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->records, 2);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_SPLIT);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->records, 1);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_SPLIT); /* this one alone is too large */
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_too_large], 1);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->records, 2);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 3);
    ck_assert_uint_eq(LEDGER(k)->splits, 2);
    ck_assert(!nj_outlet_pending(k.o, NJ_LANE_BITS_ALL));
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_413_teaches_smaller_batches)
{
    struct kit k = { .changed = 0 };
    struct nj_outlet_options o = kit_options(&k);
    o.batch.max_bytes = 64 << 10;
    o.batch.max_records = 1000;
    kit_open_with(&k, &o);
    while (!k.sender.busy[NJ_LANE_BULK])
        kit_offer(k.o, NJ_LANE_BULK, k.number++, 1000);
    ck_assert_uint_gt(k.sender.at[NJ_LANE_BULK].batch->raw_bytes, 60 << 10);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_SPLIT);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    nj_outlet_flush(k.o, NJ_LANE_BITS_ALL);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    while (!k.sender.busy[NJ_LANE_BULK])
        kit_offer(k.o, NJ_LANE_BULK, k.number++, 1000);
    ck_assert_uint_le(k.sender.at[NJ_LANE_BULK].batch->raw_bytes, 32 << 10);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_rejected_batch_is_dropped_and_the_next_one_goes)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 8);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_REJECT);
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_rejected], 4);
    ck_assert_uint_eq(k.sender.starts, 2);
    ck_assert(!nj_outlet_backing_off(k.o));
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_answer_that_makes_no_sense_is_repeated_a_few_times_only)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    for (int i = 1; i < NJ_DOUBT_TRIES; i++) {
        kit_answer(&k, NJ_LANE_BULK, NJ_V_DOUBT);
        ck_assert_uint_eq(nj_out_ledger_dropped(LEDGER(k)), 0);
        kit_pass(&k, 30000);
    }
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DOUBT);
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_rejected], 4);
    ck_assert(nj_outlet_backing_off(k.o)); /* nothing has been heard from the sink */
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_wrong_configuration_rests_and_drops_after_three_tries)
{
    struct kit k;
    struct kit_stderr err;
    char text[4000];
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 8);
    kit_stderr_begin(&err);
    for (unsigned i = 1; i <= NJ_CONFIG_TRIES; i++) {
        kit_answer(&k, NJ_LANE_BULK, NJ_V_CONFIG);
        ck_assert(nj_outlet_backing_off(k.o));
        ck_assert_uint_eq(k.sender.starts, i);
        nj_outlet_thawed(k.o); /* a freeze mends nothing */
        kit_pass(&k, NJ_CONFIG_REST_MS - 100);
        ck_assert_uint_eq(k.sender.starts, i);
        kit_pass(&k, 200);
        ck_assert_uint_eq(k.sender.starts, i + 1);
    }
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_rejected], 4);
    ck_assert_uint_eq(kit_times(text, "NJ1603"), 3); /* one a minute */
    ck_assert_ptr_nonnull(strstr(text, "answered 403"));
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->attempts, 1); /* the next batch has its own tries */
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert(!nj_outlet_backing_off(k.o));
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_retry_after_holds_both_lanes)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer_full(&k, NJ_LANE_BULK, (struct nj_answer){ .verdict = NJ_V_RETRY, .retry_after_ms = 7000, .status = 429, .words = "" });
    ck_assert(nj_outlet_backing_off(k.o));
    kit_put(&k, NJ_LANE_CRITICAL, 4);
    kit_pass(&k, 6980);
    ck_assert_uint_eq(k.sender.starts, 1);
    kit_pass(&k, 40);
    ck_assert_uint_eq(k.sender.starts, 3);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_absurd_retry_after_is_cut)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer_full(&k, NJ_LANE_BULK, (struct nj_answer){ .verdict = NJ_V_RETRY, .retry_after_ms = INT64_MAX, .status = 503, .words = "" });
    kit_pass(&k, NJ_RETRY_AFTER_MAX_MS + 20);
    ck_assert_uint_eq(k.sender.starts, 2);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_batch_that_breaks_the_far_end_lets_the_others_pass)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 8);
    char poison[33];
    memcpy(poison, k.sender.at[NJ_LANE_BULK].batch->id, sizeof(poison));
    for (int i = 0; i < 5; i++) {
        ck_assert_str_eq(k.sender.at[NJ_LANE_BULK].batch->id, poison);
        kit_answer_full(&k, NJ_LANE_BULK, (struct nj_answer){ .verdict = NJ_V_RETRY, .retry_after_ms = -1, .status = 500, .words = "" });
        kit_pass(&k, 30000);
    }
    ck_assert_str_ne(k.sender.at[NJ_LANE_BULK].batch->id, poison);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_str_eq(k.sender.at[NJ_LANE_BULK].batch->id, poison);
    kit_close(&k);
}
END_TEST

/* --- what event/next is told -------------------------------------------------------------------------------------- */

START_TEST(test_lane_backing_off_after_two_failures_until_something_is_taken)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    ck_assert(!nj_outlet_backing_off(k.o));
    kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
    ck_assert(!nj_outlet_backing_off(k.o)); /* 100 ms are worth waiting for, once */
    kit_pass(&k, 110);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
    ck_assert(nj_outlet_backing_off(k.o));
    kit_pass(&k, 210);
    ck_assert(k.sender.busy[NJ_LANE_BULK]);
    ck_assert(nj_outlet_backing_off(k.o)); /* a new attempt is no promise */
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert(!nj_outlet_backing_off(k.o));
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_one_timeout_is_enough_to_stop_waiting)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer_full(&k, NJ_LANE_BULK, (struct nj_answer){ .verdict = NJ_V_RETRY, .retry_after_ms = -1, .timed_out = true, .words = "" });
    ck_assert(nj_outlet_backing_off(k.o));
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_thaw_tries_at_once_but_promises_nothing)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    for (int i = 0; i < 8; i++) {
        kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
        kit_pass(&k, i < 7 ? 30000 : 0);
    }
    unsigned before = k.sender.starts;
    nj_outlet_thawed(k.o);
    kit_check(&k);
    ck_assert_uint_eq(k.sender.starts, before + 1);
    ck_assert(nj_outlet_backing_off(k.o));
    nj_outlet_thawed(k.o); /* in the middle of an attempt: it goes on */
    ck_assert_uint_eq(k.sender.starts, before + 1);
    ck_assert_uint_eq(k.sender.cancels, 0);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_that_gets_through_wakes_the_other)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    for (int i = 0; i < 6; i++) {
        kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
        if (i < 5)
            kit_pass(&k, 30000);
    }
    ck_assert(!k.sender.busy[NJ_LANE_BULK]);
    kit_put(&k, NJ_LANE_CRITICAL, 4);
    kit_answer(&k, NJ_LANE_CRITICAL, NJ_V_DELIVERED);
    ck_assert(k.sender.busy[NJ_LANE_BULK]);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_dead_sink_is_one_line_a_minute_with_a_count)
{
    struct kit k;
    struct kit_stderr err;
    char text[8000];
    kit_open(&k);
    nj_diag_threshold(NJ_LEVEL_INFO);
    kit_stderr_begin(&err);
    kit_put(&k, NJ_LANE_BULK, 4);
    int64_t begun = k.clock.ms;
    while (k.clock.ms - begun < 150000) {
        if (k.sender.busy[NJ_LANE_BULK])
            kit_answer_full(&k, NJ_LANE_BULK,
                            (struct nj_answer){ .verdict = NJ_V_RETRY, .retry_after_ms = -1, .words = "Connection refused" });
        kit_pass(&k, 100);
    }
    while (!k.sender.busy[NJ_LANE_BULK])
        kit_pass(&k, 100);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_stderr_end(&err, text, sizeof(text));
    nj_diag_threshold(NJ_LEVEL_WARN);
    /* A line belongs to a failed attempt, and attempts are up to 30 s apart: the gaps are 60 to 90 s. */
    size_t lines = kit_times(text, "NJ1601");
    ck_assert_msg(lines == 2 || lines == 3, "%s", text);
    ck_assert_uint_eq(kit_times(text, "NJ1602"), 1);
    ck_assert_uint_eq(kit_times(text, "\n"), lines + 1);
    ck_assert_ptr_nonnull(strstr(text, "sink default, https://logs.example.com/x (ndjson, uncompressed): no answer (Connection refused); 2 "
                                       "attempts failed since it last worked, 4 records held"));
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_single_hiccup_says_nothing)
{
    struct kit k;
    struct kit_stderr err;
    char text[4000];
    kit_open(&k);
    kit_stderr_begin(&err);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
    kit_pass(&k, 110);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_str_eq(text, "");
    kit_close(&k);
}
END_TEST

/* --- deadlines ---------------------------------------------------------------------------------------------------- */

START_TEST(test_lane_attempt_is_cut_to_the_deadline)
{
    struct kit k;
    kit_open(&k);
    nj_outlet_deadline(k.o, (struct nj_mono){ k.clock.ms + 800 });
    kit_put(&k, NJ_LANE_BULK, 4);
    ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].timeout_ms, 800);
    ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].connect_ms, 800);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_without_time_begins_nothing_until_there_is_time_again)
{
    struct kit k;
    kit_open(&k);
    nj_outlet_deadline(k.o, (struct nj_mono){ k.clock.ms + 5 });
    kit_put(&k, NJ_LANE_BULK, 4);
    ck_assert_uint_eq(k.sender.starts, 0);
    nj_outlet_deadline(k.o, (struct nj_mono){ k.clock.ms - 100 });
    ck_assert_uint_eq(k.sender.starts, 0);
    nj_outlet_deadline(k.o, (struct nj_mono){ INT64_MAX });
    ck_assert_uint_eq(k.sender.starts, 1);
    ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].timeout_ms, 5000);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_deadline_set_later_ends_the_attempt_under_way)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    nj_outlet_drain(k.o, (struct nj_mono){ k.clock.ms + 300 });
    kit_pass(&k, 280);
    ck_assert(k.sender.busy[NJ_LANE_BULK]);
    kit_pass(&k, 60);
    ck_assert_uint_eq(k.sender.cancels, 1);
    ck_assert(!k.sender.busy[NJ_LANE_BULK]);
    ck_assert_uint_eq(LEDGER(k)->held, 4);
    kit_pass(&k, 2000);
    ck_assert_uint_eq(k.sender.starts, 1);
    nj_outlet_abandon(k.o, NJ_DROP_deadline);
    kit_check(&k);
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_deadline], 4);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_deadline_of_an_invocation_ends_the_attempt_too)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    nj_outlet_deadline(k.o, (struct nj_mono){ k.clock.ms + 9000 }); /* later than the attempt's own end */
    kit_pass(&k, 4000);
    ck_assert(k.sender.busy[NJ_LANE_BULK]);
    nj_outlet_deadline(k.o, (struct nj_mono){ k.clock.ms + 100 });
    kit_pass(&k, 120);
    ck_assert_uint_eq(k.sender.cancels, 1);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_drain_ends_back_off_and_repeats_quickly)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    for (int i = 0; i < 8; i++) {
        kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
        if (i < 7)
            kit_pass(&k, 30000);
    }
    unsigned before = k.sender.starts;
    kit_put(&k, NJ_LANE_CRITICAL, 1);
    nj_outlet_drain(k.o, (struct nj_mono){ k.clock.ms + 2000 });
    kit_check(&k);
    ck_assert_uint_eq(k.sender.starts, before + 2); /* the waiting batch, and the open one of the other lane */
    for (int i = 0; i < 5; i++) {
        kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
        kit_pass(&k, 110);
        ck_assert(k.sender.busy[NJ_LANE_BULK]);
    }
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_answer(&k, NJ_LANE_CRITICAL, NJ_V_DELIVERED);
    ck_assert(!nj_outlet_pending(k.o, NJ_LANE_BITS_ALL));
    kit_put(&k, NJ_LANE_BULK, 1); /* a late record is not kept back for its age */
    kit_pass(&k, 0);
    kit_pass(&k, 10);
    ck_assert(k.sender.busy[NJ_LANE_BULK]);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_drain_gives_a_retry_after_half_of_the_time_left)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer_full(&k, NJ_LANE_BULK, (struct nj_answer){ .verdict = NJ_V_RETRY, .retry_after_ms = 60000, .status = 429, .words = "" });
    nj_outlet_drain(k.o, (struct nj_mono){ k.clock.ms + 2000 });
    kit_pass(&k, 980);
    ck_assert_uint_eq(k.sender.starts, 1);
    kit_pass(&k, 30);
    ck_assert_uint_eq(k.sender.starts, 2);
    kit_answer_full(&k, NJ_LANE_BULK, (struct nj_answer){ .verdict = NJ_V_RETRY, .retry_after_ms = 60000, .status = 429, .words = "" });
    kit_pass(&k, 520);
    ck_assert_uint_eq(k.sender.starts, 3);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_drain_tries_a_wrong_configuration_once_a_batch)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 12);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_CONFIG);
    nj_outlet_drain(k.o, (struct nj_mono){ k.clock.ms + 2000 });
    for (int i = 0; i < 3; i++) {
        ck_assert(k.sender.busy[NJ_LANE_BULK]);
        kit_answer(&k, NJ_LANE_BULK, NJ_V_CONFIG);
        kit_pass(&k, 0);
        kit_pass(&k, 10);
    }
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_rejected], 12);
    ck_assert(!nj_outlet_pending(k.o, NJ_LANE_BITS_ALL)); /* the sandbox may leave before its deadline */
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_abandon_counts_open_queued_and_flying)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 11);
    kit_put(&k, NJ_LANE_CRITICAL, 2);
    nj_outlet_abandon(k.o, NJ_DROP_deadline);
    kit_check(&k);
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_deadline], 13);
    ck_assert_uint_eq(LEDGER(k)->held, 0);
    ck_assert_uint_eq(k.sender.cancels, 1);
    kit_put(&k, NJ_LANE_BULK, 1); /* not dead: what comes later is gathered and sent as ever */
    ck_assert_uint_eq(k.sender.starts, 1);
    kit_put(&k, NJ_LANE_BULK, 3);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 4);
    kit_close(&k);
}
END_TEST

START_TEST(test_lane_freed_in_the_middle_of_everything_leaks_nothing)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 11);
    kit_put(&k, NJ_LANE_CRITICAL, 5);
    kit_close(&k);
    nj_outlet_free(NULL);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_lane_full_batch_is_sent_and_settled)                                                                                            \
    X(test_lane_next_batch_goes_when_the_first_is_settled)                                                                                 \
    X(test_lane_age_seals_a_batch)                                                                                                         \
    X(test_lane_flush_seals_only_the_lanes_it_names)                                                                                       \
    X(test_lane_flushes_behind_a_slow_sink_travel_together)                                                                                \
    X(test_lane_critical_overtakes_a_stalled_bulk_batch)                                                                                   \
    X(test_lane_retry_repeats_the_same_batch_with_growing_waits)                                                                           \
    X(test_lane_dead_connection_is_repeated_at_once_but_once)                                                                              \
    X(test_lane_413_halves_until_it_fits)                                                                                                  \
    X(test_lane_413_teaches_smaller_batches)                                                                                               \
    X(test_lane_rejected_batch_is_dropped_and_the_next_one_goes)                                                                           \
    X(test_lane_answer_that_makes_no_sense_is_repeated_a_few_times_only)                                                                   \
    X(test_lane_wrong_configuration_rests_and_drops_after_three_tries)                                                                     \
    X(test_lane_retry_after_holds_both_lanes)                                                                                              \
    X(test_lane_absurd_retry_after_is_cut)                                                                                                 \
    X(test_lane_batch_that_breaks_the_far_end_lets_the_others_pass)                                                                        \
    X(test_lane_backing_off_after_two_failures_until_something_is_taken)                                                                   \
    X(test_lane_one_timeout_is_enough_to_stop_waiting)                                                                                     \
    X(test_lane_thaw_tries_at_once_but_promises_nothing)                                                                                   \
    X(test_lane_that_gets_through_wakes_the_other)                                                                                         \
    X(test_lane_dead_sink_is_one_line_a_minute_with_a_count)                                                                               \
    X(test_lane_single_hiccup_says_nothing)                                                                                                \
    X(test_lane_attempt_is_cut_to_the_deadline)                                                                                            \
    X(test_lane_without_time_begins_nothing_until_there_is_time_again)                                                                     \
    X(test_lane_deadline_set_later_ends_the_attempt_under_way)                                                                             \
    X(test_lane_deadline_of_an_invocation_ends_the_attempt_too)                                                                            \
    X(test_lane_drain_ends_back_off_and_repeats_quickly)                                                                                   \
    X(test_lane_drain_gives_a_retry_after_half_of_the_time_left)                                                                           \
    X(test_lane_drain_tries_a_wrong_configuration_once_a_batch)                                                                            \
    X(test_lane_abandon_counts_open_queued_and_flying)                                                                                     \
    X(test_lane_freed_in_the_middle_of_everything_leaks_nothing)

NJ_TEST_MAIN("lane")

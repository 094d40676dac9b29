/* The bounded queue of an outlet: what goes first when memory runs out, and records that are too large. */
#include "deliver_kit.h"

#define LEDGER(k) (nj_outlet_ledger((k).o))

static void open_small(struct kit *k, size_t queue_bytes)
{
    *k = (struct kit){ .changed = 0 };
    struct nj_outlet_options o = kit_options(k);
    o.queue_bytes = queue_bytes;
    kit_open_with(k, &o);
}

START_TEST(test_queue_503_is_the_whole_sink_and_changes_no_order)
{
    struct kit k;
    kit_open(&k);
    kit_put(&k, NJ_LANE_BULK, 8);
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].batch->seq, 0);
        kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
        kit_pass(&k, 30000);
    }
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_batches_are_a_quarter_of_the_queue_at_most)
{
    struct kit k = { .changed = 0 };
    struct nj_outlet_options o = kit_options(&k);
    o.queue_bytes = 64 << 10;
    o.batch.max_bytes = 256 << 10;
    o.batch.max_records = 1000;
    kit_open_with(&k, &o);
    while (!k.sender.busy[NJ_LANE_BULK])
        kit_put(&k, NJ_LANE_BULK, 1);
    ck_assert_uint_le(k.sender.at[NJ_LANE_BULK].batch->raw_bytes, 16 << 10);
    ck_assert_uint_gt(k.sender.at[NJ_LANE_BULK].batch->raw_bytes, 15 << 10);
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_full_queue_drops_the_oldest_bulk_batch_first)
{
    struct kit k;
    struct kit_stderr err;
    char text[4000];
    open_small(&k, 16 << 10);
    kit_stderr_begin(&err);
    kit_put(&k, NJ_LANE_CRITICAL, 4); /* flies, and stays */
    kit_put(&k, NJ_LANE_CRITICAL, 8); /* two in the queue */
    unsigned bulk = 0;
    while (LEDGER(k)->dropped[NJ_DROP_queue_full] == 0) {
        kit_put(&k, NJ_LANE_BULK, 4);
        bulk += 4;
    }
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_queue_full], 4);
    /* Everything critical is still there; of the bulk batches the second went, for the first is in the air. */
    kit_answer(&k, NJ_LANE_CRITICAL, NJ_V_DELIVERED);
    kit_answer(&k, NJ_LANE_CRITICAL, NJ_V_DELIVERED);
    kit_answer(&k, NJ_LANE_CRITICAL, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 12);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].batch->seq, 5);
    while (k.sender.busy[NJ_LANE_BULK])
        kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 12 + bulk - 4);
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_uint_eq(kit_times(text, "NJ1605"), 1);
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_critical_is_dropped_only_when_no_bulk_is_left)
{
    struct kit k;
    open_small(&k, 16 << 10);
    kit_put(&k, NJ_LANE_BULK, 4); /* flies */
    kit_put(&k, NJ_LANE_BULK, 9); /* two in the queue, one record open */
    while (LEDGER(k)->dropped[NJ_DROP_queue_full] < 9)
        kit_put(&k, NJ_LANE_CRITICAL, 1);
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_queue_full], 9);
    while (LEDGER(k)->dropped[NJ_DROP_queue_full] < 13)
        kit_put(&k, NJ_LANE_CRITICAL, 1);
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_queue_full], 13); /* the oldest critical batch that was not in the air */
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 4);
    ck_assert(!nj_outlet_pending(k.o, NJ_LANE_BIT_BULK));
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_flood_stays_within_its_memory)
{
    struct kit k;
    open_small(&k, 64 << 10);
    for (unsigned i = 0; i < 20000; i++) {
        kit_offer(k.o, i % 10 == 0 ? NJ_LANE_CRITICAL : NJ_LANE_BULK, i, i % 700);
        if (i % 100 == 0)
            kit_check(&k);
    }
    ck_assert_uint_eq(LEDGER(k)->offered, 20000);
    ck_assert_uint_gt(LEDGER(k)->dropped[NJ_DROP_queue_full], 19000);
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_waiting_batch_may_be_dropped_for_a_newer_one)
{
    struct kit k;
    open_small(&k, 16 << 10);
    kit_put(&k, NJ_LANE_BULK, 4);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_RETRY);
    while (LEDGER(k)->dropped[NJ_DROP_queue_full] == 0)
        kit_put(&k, NJ_LANE_BULK, 4);
    kit_pass(&k, 110);
    ck_assert_int_eq(k.sender.at[NJ_LANE_BULK].batch->seq, 1);
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_record_larger_than_a_batch_travels_alone_and_a_giant_is_refused)
{
    struct kit k;
    kit_open(&k); /* batches of 16 KiB, a queue of 1 MiB: alone up to 512 KiB */
    kit_put(&k, NJ_LANE_BULK, 2);
    kit_offer(k.o, NJ_LANE_BULK, k.number++, 300 << 10);
    kit_check(&k);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->records, 2);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(k.sender.at[NJ_LANE_BULK].batch->records, 1);
    ck_assert_uint_gt(k.sender.at[NJ_LANE_BULK].batch->raw_bytes, 300 << 10);
    kit_offer(k.o, NJ_LANE_BULK, k.number++, 600 << 10);
    kit_check(&k);
    ck_assert_uint_eq(LEDGER(k)->dropped[NJ_DROP_too_large], 1);
    kit_put(&k, NJ_LANE_BULK, 4); /* the head of the queue is not stuck */
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 7);
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_record_the_sink_does_not_want_is_counted_as_unwanted)
{
    struct kit k;
    kit_open(&k);
    k.sink.categories = 1u << NJ_CAT_ALERT;
    kit_put(&k, NJ_LANE_BULK, 3);
    ck_assert_uint_eq(LEDGER(k)->offered, 3);
    ck_assert_uint_eq(LEDGER(k)->unwanted, 3);
    ck_assert_uint_eq(LEDGER(k)->held, 0);
    kit_close(&k);
}
END_TEST

START_TEST(test_queue_sender_without_memory_is_a_failed_attempt)
{
    struct kit k;
    kit_open(&k);
    k.sender.refuse = NJ_ENOMEM;
    kit_put(&k, NJ_LANE_BULK, 4);
    ck_assert_uint_eq(k.sender.starts, 1);
    k.sender.refuse = NJ_OK;
    kit_pass(&k, 110);
    kit_answer(&k, NJ_LANE_BULK, NJ_V_DELIVERED);
    ck_assert_uint_eq(LEDGER(k)->delivered, 4);
    kit_close(&k);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_queue_503_is_the_whole_sink_and_changes_no_order)                                                                               \
    X(test_queue_batches_are_a_quarter_of_the_queue_at_most)                                                                               \
    X(test_queue_full_queue_drops_the_oldest_bulk_batch_first)                                                                             \
    X(test_queue_critical_is_dropped_only_when_no_bulk_is_left)                                                                            \
    X(test_queue_flood_stays_within_its_memory)                                                                                            \
    X(test_queue_waiting_batch_may_be_dropped_for_a_newer_one)                                                                             \
    X(test_queue_record_larger_than_a_batch_travels_alone_and_a_giant_is_refused)                                                          \
    X(test_queue_record_the_sink_does_not_want_is_counted_as_unwanted)                                                                     \
    X(test_queue_sender_without_memory_is_a_failed_attempt)

NJ_TEST_MAIN("queue")

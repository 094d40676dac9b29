/* What memory has no room for goes to disk and comes back: order, limits, accounts, and a next process that takes over. */
#include "spill_kit.h"

START_TEST(test_spill_a_flood_that_memory_cannot_hold_is_delivered_whole)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    for (int i = 0; i < 200; i++) {
        sk_put(&b, NJ_LANE_BULK, 1);
        if (i % 20 == 0)
            sk_put(&b, NJ_LANE_CRITICAL, 1);
        ck_assert_uint_le(nj_outlet_bytes(b.k.o), SK_QUEUE);
    }
    ck_assert_uint_eq(nj_out_ledger_dropped(sk_ledger(&b)), 0);
    ck_assert_uint_gt(sk_ledger(&b)->spilled, 600);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, SK_BATCH * sk_files(&b)); /* whole batches, no crumbs */
    for (int i = 0; i < 3; i++)
        kit_answer(&b.k, NJ_LANE_BULK, NJ_V_RETRY), kit_pass(&b.k, 30000);
    sk_drain(&b);
    for (unsigned i = 0; i < b.k.number; i++)
        ck_assert_msg(b.seen[i] == 1, "record %u was delivered %d times", i, b.seen[i]);
    ck_assert_uint_eq(sk_ledger(&b)->delivered, b.k.number);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_nothing_is_made_on_disk_before_it_is_needed)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 2);
    ck_assert_uint_eq(sk_fault.calls, 0);
    sk_drain(&b);
    ck_assert_uint_eq(sk_fault.calls, 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_directory_and_files_are_closed_to_others)
{
    struct spill_kit b;
    struct stat st;
    char path[512];
    mode_t was = umask(0);
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 20);
    sk_dir(&b, path);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0700);
    ck_assert(nj_spill_dir_name(nj_str_of(strrchr(path, '/') + 1)));
    sk_file(&b, 0, path);
    ck_assert_int_eq(lstat(path, &st), 0);
    ck_assert(S_ISREG(st.st_mode));
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    ck_assert(nj_spill_file_name(nj_str_of(strrchr(path, '/') + 1)));
    sk_end(&b);
    umask(was);
}
END_TEST

START_TEST(test_spill_the_oldest_comes_back_first_and_one_at_a_time)
{
    struct spill_kit b;
    int64_t last = -1;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 40);
    sk_take(&b, NJ_LANE_BULK); /* what was in the air */
    while (b.k.sender.busy[NJ_LANE_BULK]) {
        const struct nj_sealed *s = b.k.sender.at[NJ_LANE_BULK].batch;
        ck_assert_int_gt(s->seq, last);
        last = s->seq;
        ck_assert_uint_le(nj_outlet_bytes(b.k.o), SK_QUEUE);
        sk_take(&b, NJ_LANE_BULK);
    }
    ck_assert_int_eq(last, 39);
    ck_assert_uint_eq(b.delivered, 160);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_full_disk_loses_the_oldest_bulk_batch_and_no_critical_one)
{
    struct spill_kit b;
    sk_base(&b);
    struct nj_outlet_options o = sk_options(&b);
    o.spill.max_bytes = 16 << 10;
    sk_open_with(&b, &o);
    sk_put(&b, NJ_LANE_CRITICAL, 15);
    ck_assert_uint_gt(sk_ledger(&b)->spilled, 0);
    sk_put(&b, NJ_LANE_BULK, 60);
    ck_assert_uint_gt(sk_ledger(&b)->dropped[NJ_DROP_spill_full], 0);
    ck_assert_uint_eq(nj_out_ledger_dropped(sk_ledger(&b)), sk_ledger(&b)->dropped[NJ_DROP_spill_full]);
    ck_assert_uint_le(nj_spill_bytes(nj_outlet_disk(b.k.o)), 16 << 10);
    sk_drain(&b);
    for (unsigned i = 0; i < 60; i++)
        ck_assert_msg(b.seen[i] == 1, "critical record %u", i);
    bool gone = true; /* of the bulk ones the first went (one was in the air), and the last are here */
    for (unsigned i = 64; i < b.k.number; i++) {
        ck_assert(b.seen[i] == 0 ? gone : true);
        gone = gone && b.seen[i] == 0;
    }
    ck_assert_uint_eq(b.seen[b.k.number - 1], 1);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_critical_batches_push_bulk_ones_from_the_disk_and_then_each_other)
{
    struct spill_kit b;
    sk_base(&b);
    struct nj_outlet_options o = sk_options(&b);
    o.spill.max_bytes = 8 << 10;
    sk_open_with(&b, &o);
    sk_put(&b, NJ_LANE_BULK, 40);
    sk_put(&b, NJ_LANE_CRITICAL, 60);
    ck_assert(!nj_spill_has(nj_outlet_disk(b.k.o), NJ_LANE_BULK));
    ck_assert(nj_spill_has(nj_outlet_disk(b.k.o), NJ_LANE_CRITICAL));
    sk_drain(&b);
    ck_assert_uint_eq(b.seen[b.k.number - 1], 1);
    ck_assert_uint_eq(b.delivered + sk_ledger(&b)->dropped[NJ_DROP_spill_full], b.k.number);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_batch_larger_than_the_disk_may_be_is_dropped)
{
    struct spill_kit b;
    sk_base(&b);
    struct nj_outlet_options o = sk_options(&b);
    o.spill.max_bytes = 600;
    sk_open_with(&b, &o);
    sk_put(&b, NJ_LANE_BULK, 30);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 0);
    ck_assert_uint_gt(sk_ledger(&b)->dropped[NJ_DROP_spill_full], 0);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_drain(&b);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_of_nothing_drops_as_before)
{
    struct spill_kit b;
    sk_base(&b);
    struct nj_outlet_options o = sk_options(&b);
    o.spill.max_bytes = 0;
    sk_open_with(&b, &o);
    sk_put(&b, NJ_LANE_BULK, 30);
    ck_assert_ptr_null(nj_outlet_disk(b.k.o));
    ck_assert_uint_gt(sk_ledger(&b)->dropped[NJ_DROP_queue_full], 0);
    ck_assert_uint_eq(sk_fault.calls, 0);
    sk_drain(&b);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_batch_that_came_back_keeps_its_tries_and_its_file_until_it_is_settled)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    sk_take(&b, NJ_LANE_BULK);
    unsigned files = sk_files(&b);
    char id[NJ_BATCH_ID_DIGITS + 1];
    memcpy(id, b.k.sender.at[NJ_LANE_BULK].batch->id, sizeof(id));
    for (uint32_t i = 1; i < 4; i++) {
        ck_assert_str_eq(b.k.sender.at[NJ_LANE_BULK].batch->id, id);
        ck_assert_uint_eq(b.k.sender.at[NJ_LANE_BULK].batch->attempts, i);
        kit_answer(&b.k, NJ_LANE_BULK, NJ_V_RETRY);
        sk_put(&b, NJ_LANE_CRITICAL, 8); /* memory is short: it goes back to where it was */
        ck_assert_uint_ge(sk_files(&b), files);
        sk_take(&b, NJ_LANE_CRITICAL); /* the sink works again */
    }
    sk_drain(&b);
    ck_assert_uint_eq(b.delivered, b.k.number);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_batch_that_came_back_may_be_halved_or_refused)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    sk_take(&b, NJ_LANE_BULK);
    unsigned files = sk_files(&b);
    kit_answer(&b.k, NJ_LANE_BULK, NJ_V_SPLIT);
    ck_assert_uint_eq(b.k.sender.at[NJ_LANE_BULK].batch->records, SK_BATCH / 2);
    sk_take(&b, NJ_LANE_BULK);
    sk_take(&b, NJ_LANE_BULK);
    ck_assert_uint_eq(sk_files(&b), files - 1); /* the next one is in the air, and still there */
    kit_answer(&b.k, NJ_LANE_BULK, NJ_V_REJECT);
    ck_assert_uint_eq(sk_ledger(&b)->dropped[NJ_DROP_rejected], SK_BATCH);
    sk_drain(&b);
    ck_assert_uint_eq(b.delivered + SK_BATCH, b.k.number);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_at_shutdown_everything_goes_to_disk_and_the_ledger_says_so)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 1);
    kit_put(&b.k, NJ_LANE_BULK, 2); /* stay open */
    sk_put(&b, NJ_LANE_CRITICAL, 2);
    nj_outlet_drain(b.k.o, (struct nj_mono){ b.k.clock.ms + 300 });
    kit_pass(&b.k, 100);
    nj_outlet_spill(b.k.o, NJ_LANE_BIT_CRITICAL, (struct nj_mono){ b.k.clock.ms + 50 });
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 2 * SK_BATCH);
    nj_outlet_spill(b.k.o, NJ_LANE_BIT_BULK, (struct nj_mono){ b.k.clock.ms + 50 });
    nj_outlet_abandon(b.k.o, NJ_DROP_deadline);
    kit_check(&b.k);
    ck_assert_uint_eq(sk_ledger(&b)->held, 0);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, b.k.number);
    ck_assert_uint_eq(nj_out_ledger_dropped(sk_ledger(&b)), 0);
    ck_assert_uint_eq(sk_files(&b), 4);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_at_shutdown_without_time_drops_the_rest_as_deadline)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 6);
    sk_fault.clock = &b.k.clock;
    sk_fault.slow_ms = 10;
    nj_outlet_spill(b.k.o, NJ_LANE_BITS_ALL, (struct nj_mono){ b.k.clock.ms + 25 });
    nj_outlet_abandon(b.k.o, NJ_DROP_deadline);
    kit_check(&b.k);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 2 * SK_BATCH); /* 0 and 10 ms after the start; after 20 a third may be late */
    ck_assert_uint_eq(sk_ledger(&b)->dropped[NJ_DROP_deadline], 4 * SK_BATCH);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_slow_disk_gets_a_fifth_of_the_time)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_fault.clock = &b.k.clock;
    sk_fault.slow_ms = 250;
    while (sk_ledger(&b)->spill.batches == 0)
        sk_put(&b, NJ_LANE_BULK, 1);
    sk_put(&b, NJ_LANE_BULK, 1);
    ck_assert_uint_eq(sk_ledger(&b)->spill.batches, 1);
    ck_assert_uint_eq(sk_ledger(&b)->dropped[NJ_DROP_queue_full], SK_BATCH);
    kit_pass(&b.k, 990);
    sk_put(&b, NJ_LANE_BULK, 1);
    ck_assert_uint_eq(sk_ledger(&b)->spill.batches, 1);
    kit_pass(&b.k, 10);
    sk_put(&b, NJ_LANE_BULK, 1);
    ck_assert_uint_eq(sk_ledger(&b)->spill.batches, 2);
    sk_drain(&b);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_leaves_room_to_the_function)
{
    struct spill_kit b;
    struct kit_stderr err;
    char text[4000];
    sk_base(&b);
    nj_diag_threshold(NJ_LEVEL_WARN);
    kit_stderr_begin(&err);
    sk_open(&b);
    sk_fault.tight = true;
    sk_put(&b, NJ_LANE_BULK, 30);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 0);
    ck_assert_uint_gt(sk_ledger(&b)->spill.failures, 0);
    ck_assert_uint_gt(sk_ledger(&b)->dropped[NJ_DROP_queue_full], 0);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_drain(&b);
    sk_end(&b);
    kit_stderr_end(&err, text, sizeof(text));
    ck_assert_uint_eq(kit_times(text, "NJ1609"), 1);
}
END_TEST

/* --- a next process ----------------------------------------------------------------------------------------------- */

START_TEST(test_spill_next_process_delivers_what_the_one_before_left_and_counts_it_apart)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    sk_put(&b, NJ_LANE_CRITICAL, 30);
    uint64_t left = sk_ledger(&b)->spilled;
    unsigned files = sk_files(&b);
    ck_assert_uint_gt(left, 100);
    sk_crash(&b);
    sk_open(&b);
    struct nj_spill_found found = sk_look(&b);
    ck_assert_uint_eq(found.taken, files);
    ck_assert_uint_eq(found.foreign, 0);
    sk_put(&b, NJ_LANE_BULK, 1);
    ck_assert_int_lt(b.k.sender.at[NJ_LANE_BULK].batch->seq, 0); /* the old ones go first */
    sk_drain(&b);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.records, left);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.delivered, left);
    ck_assert_uint_eq(sk_ledger(&b)->delivered, SK_BATCH);
    ck_assert_uint_eq(b.delivered, left + SK_BATCH);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_third_process_finds_what_the_second_left_of_the_first)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    uint64_t left = sk_ledger(&b)->spilled;
    sk_crash(&b);
    sk_open(&b);
    (void)sk_look(&b);
    sk_take(&b, NJ_LANE_BULK);
    sk_put(&b, NJ_LANE_BULK, 30);
    ck_assert_uint_eq(sk_dirs(&b), 1);
    nj_outlet_drain(b.k.o, (struct nj_mono){ b.k.clock.ms + 300 });
    nj_outlet_spill(b.k.o, NJ_LANE_BITS_ALL, (struct nj_mono){ INT64_MAX });
    nj_outlet_abandon(b.k.o, NJ_DROP_deadline);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.delivered, SK_BATCH);
    ck_assert_uint_eq(sk_ledger(&b)->spilled, 30 * SK_BATCH);
    sk_crash(&b);
    sk_open(&b);
    (void)sk_look(&b);
    sk_drain(&b);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.delivered, left - SK_BATCH + 30 * SK_BATCH);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_directory_of_a_living_process_is_left_alone)
{
    struct spill_kit b, other;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    unsigned files = sk_files(&b);
    other = (struct spill_kit){ .delivered = 0 };
    memcpy(other.base, b.base, sizeof(b.base));
    sk_open(&other);
    struct nj_spill_found found = sk_look(&other);
    ck_assert_uint_eq(found.taken + found.foreign, 0);
    ck_assert_uint_eq(sk_files(&b), files);
    kit_close(&other.k);
    sk_drain(&b);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_what_two_dead_processes_left_becomes_one)
{
    struct spill_kit b, second;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 20);
    uint64_t left = sk_ledger(&b)->spilled;
    second = (struct spill_kit){ .k = { .number = b.k.number } };
    memcpy(second.base, b.base, sizeof(b.base));
    sk_open(&second);
    sk_put(&second, NJ_LANE_BULK, 20);
    left += sk_ledger(&second)->spilled;
    b.k.number = second.k.number;
    sk_crash(&second);
    sk_crash(&b);
    ck_assert_uint_eq(sk_dirs(&b), 2);
    sk_open(&b);
    (void)sk_look(&b);
    ck_assert_uint_eq(sk_dirs(&b), 1);
    sk_drain(&b);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.delivered, left);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_for_a_sink_that_is_not_there_any_more_is_removed_and_counted)
{
    struct spill_kit b;
    sk_base(&b);
    sk_open(&b);
    sk_put(&b, NJ_LANE_BULK, 30);
    unsigned files = sk_files(&b);
    sk_crash(&b);
    b.k = (struct kit){ .compress = "gzip" };
    struct nj_outlet_options o = sk_options(&b);
    o.ctx = &b.k;
    kit_open_with(&b.k, &o); /* the same address, another compression */
    struct nj_spill_found found = sk_look(&b);
    ck_assert_uint_eq(found.taken, 0);
    ck_assert_uint_eq(found.foreign, files);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_without_the_key_of_the_one_before_nothing_is_sent)
{
    struct spill_kit b;
    struct nj_hmac_key one, two;
    sk_base(&b);
    nj_hmac_key_init(&one, NJ_STR("one"));
    nj_hmac_key_init(&two, NJ_STR("two"));
    struct nj_outlet_options o = sk_options(&b);
    o.spill.key = &one;
    sk_open_with(&b, &o);
    sk_put(&b, NJ_LANE_BULK, 30);
    unsigned files = sk_files(&b);
    sk_crash(&b);
    o.spill.key = &two;
    sk_open_with(&b, &o);
    (void)sk_look(&b);
    ck_assert_uint_eq(sk_ledger(&b)->recovered.refused, files);
    ck_assert_uint_eq(b.k.sender.starts, 0);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

START_TEST(test_spill_restored_clone_has_a_name_of_its_own)
{
    struct spill_kit b;
    char was[256], is[256];
    sk_base(&b);
    sk_open(&b);
    nj_spill_renew(nj_outlet_disk(b.k.o)); /* nothing there yet */
    sk_put(&b, NJ_LANE_BULK, 30);
    sk_dir(&b, was);
    nj_spill_renew(nj_outlet_disk(b.k.o));
    sk_dir(&b, is);
    ck_assert_str_ne(was, is);
    sk_drain(&b);
    ck_assert_uint_eq(b.delivered, b.k.number);
    ck_assert_uint_eq(sk_dirs(&b), 0);
    sk_end(&b);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_spill_a_flood_that_memory_cannot_hold_is_delivered_whole)                                                                       \
    X(test_spill_nothing_is_made_on_disk_before_it_is_needed)                                                                              \
    X(test_spill_directory_and_files_are_closed_to_others)                                                                                 \
    X(test_spill_the_oldest_comes_back_first_and_one_at_a_time)                                                                            \
    X(test_spill_full_disk_loses_the_oldest_bulk_batch_and_no_critical_one)                                                                \
    X(test_spill_critical_batches_push_bulk_ones_from_the_disk_and_then_each_other)                                                        \
    X(test_spill_batch_larger_than_the_disk_may_be_is_dropped)                                                                             \
    X(test_spill_of_nothing_drops_as_before)                                                                                               \
    X(test_spill_batch_that_came_back_keeps_its_tries_and_its_file_until_it_is_settled)                                                    \
    X(test_spill_batch_that_came_back_may_be_halved_or_refused)                                                                            \
    X(test_spill_at_shutdown_everything_goes_to_disk_and_the_ledger_says_so)                                                               \
    X(test_spill_at_shutdown_without_time_drops_the_rest_as_deadline)                                                                      \
    X(test_spill_slow_disk_gets_a_fifth_of_the_time)                                                                                       \
    X(test_spill_leaves_room_to_the_function)                                                                                              \
    X(test_spill_next_process_delivers_what_the_one_before_left_and_counts_it_apart)                                                       \
    X(test_spill_third_process_finds_what_the_second_left_of_the_first)                                                                    \
    X(test_spill_directory_of_a_living_process_is_left_alone)                                                                              \
    X(test_spill_what_two_dead_processes_left_becomes_one)                                                                                 \
    X(test_spill_for_a_sink_that_is_not_there_any_more_is_removed_and_counted)                                                             \
    X(test_spill_without_the_key_of_the_one_before_nothing_is_sent)                                                                        \
    X(test_spill_restored_clone_has_a_name_of_its_own)

NJ_TEST_MAIN("spill")

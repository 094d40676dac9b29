/* Balances and the data object of nightjar.ledger. */
#include "nightjar/ledger.h"
#include "unit.h"

START_TEST(test_ledger_balances_only_when_every_record_has_a_fate)
{
    struct nj_ledger l = { .offered = 5 };
    nj_count(&l, NJ_CTR_received_function, 6);
    nj_count(&l, NJ_CTR_received_own, 2);
    nj_count(&l, NJ_CTR_filtered_duplicate, 1);
    nj_count(&l, NJ_CTR_lost_memory, 2);
    nj_count(&l, NJ_CTR_posts, 99);
    ck_assert_uint_eq(nj_ledger_received(&l), 8);
    ck_assert_uint_eq(nj_ledger_filtered(&l), 1);
    ck_assert_uint_eq(nj_ledger_lost(&l), 2);
    ck_assert(nj_ledger_balanced(&l));
    nj_count(&l, NJ_CTR_received_unreadable, 1);
    ck_assert(!nj_ledger_balanced(&l));
    nj_count(&l, NJ_CTR_lost_memory, 1);
    ck_assert(nj_ledger_balanced(&l));
}
END_TEST

START_TEST(test_ledger_of_a_sink_counts_every_reason)
{
    struct nj_out_ledger o = { .offered = 100 + NJ_DROPS, .delivered = 60, .unwanted = 30, .held = 10 };
    for (size_t i = 0; i < NJ_DROPS; i++)
        o.dropped[i] = 1;
    ck_assert_uint_eq(nj_out_ledger_dropped(&o), NJ_DROPS);
    ck_assert(nj_out_ledger_balanced(&o));
    o.held--;
    ck_assert(!nj_out_ledger_balanced(&o));
    o.spilled++;
    ck_assert(nj_out_ledger_balanced(&o));
    o.recovered.records = 3;
    ck_assert(!nj_out_ledger_balanced(&o));
    o.recovered.delivered = o.recovered.dropped = o.recovered.held = 1;
    ck_assert(nj_out_ledger_balanced(&o));
}
END_TEST

START_TEST(test_ledger_json_tells_of_the_disk_when_it_was_used)
{
    struct nj_ledger l = { .offered = 0 };
    struct nj_out_ledger out = { .offered = 7, .spilled = 7, .spill = { .batches = 2, .bytes = 90, .read = 1, .failures = 3 } };
    struct nj_named_out named = { NJ_STR("a"), &out };
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    nj_ledger_json(&l, &named, 1, &b);
    ck_assert_uint_ne(nj_str_find(nj_buf_str(&b), NJ_STR("\"spilled\":7,"), 0), NJ_NPOS);
    ck_assert_uint_ne(
        nj_str_find(nj_buf_str(&b), NJ_STR("\"dropped\":{},\"spill\":{\"batches\":2,\"bytes\":90,\"read\":1,\"failures\":3}}}"), 0),
        NJ_NPOS);
    out.recovered.records = out.recovered.held = 4;
    out.recovered.refused = 1;
    nj_buf_reset(&b);
    nj_ledger_json(&l, &named, 1, &b);
    ck_assert(nj_str_ends(nj_buf_str(&b), NJ_STR("\"recovered\":{\"records\":4,\"delivered\":0,\"dropped\":0,\"held\":4,\"refused\":1}}},"
                                                 "\"balanced\":true}")));
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_ledger_json_shows_what_is_not_zero)
{
    struct nj_ledger l = { .offered = 3 };
    struct nj_out_ledger out = { .offered = 3, .delivered = 2, .batches = 1, .attempts = 2, .retries = 1, .bytes = 400, .bytes_sent = 90 };
    struct nj_named_out named = { NJ_STR("si\"em"), &out };
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    nj_count(&l, NJ_CTR_received_function, 4);
    nj_count(&l, NJ_CTR_filtered_own_lines, 1);
    out.dropped[NJ_DROP_queue_full] = 1;
    nj_ledger_json(&l, &named, 1, &b);
    ck_assert_view_eq(
        nj_buf_str(&b),
        "{\"received\":4,\"offered\":3,\"filtered\":1,\"lost\":0,\"counters\":{\"received_function\":4,\"filtered_own_lines\":1},"
        "\"sinks\":{\"si\\\"em\":{\"offered\":3,\"delivered\":2,\"unwanted\":0,\"held\":0,\"spilled\":0,\"batches\":1,\"attempts\":2,"
        "\"retries\":1,\"splits\":0,\"bytes\":400,\"bytes_sent\":90,\"dropped\":{\"queue_full\":1}}},\"balanced\":true}");
    nj_buf_fini(&b);
}
END_TEST

START_TEST(test_ledger_json_says_when_a_sink_does_not_balance)
{
    struct nj_ledger l = { .offered = 0 };
    struct nj_out_ledger good = { .offered = 1, .delivered = 1 }, bad = { .offered = 1 };
    struct nj_named_out named[] = { { NJ_STR("a"), &bad }, { NJ_STR("b"), &good } };
    struct nj_buf b;
    nj_buf_init(&b, 4096);
    nj_ledger_json(&l, named, 2, &b);
    ck_assert(nj_str_ends(nj_buf_str(&b), NJ_STR("\"balanced\":false}")));
    nj_buf_reset(&b);
    nj_ledger_json(&l, NULL, 0, &b);
    ck_assert_view_eq(nj_buf_str(&b),
                      "{\"received\":0,\"offered\":0,\"filtered\":0,\"lost\":0,\"counters\":{},\"sinks\":{},\"balanced\":true}");
    nj_buf_fini(&b);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_ledger_balances_only_when_every_record_has_a_fate)                                                                              \
    X(test_ledger_of_a_sink_counts_every_reason)                                                                                           \
    X(test_ledger_json_shows_what_is_not_zero)                                                                                             \
    X(test_ledger_json_tells_of_the_disk_when_it_was_used)                                                                                 \
    X(test_ledger_json_says_when_a_sink_does_not_balance)

NJ_TEST_MAIN("ledger")

/* Tests of the small tables in which the slot used longest ago gives way. */
#include "unit.h"

#include "../../src/observe/slot.h"

enum { SLOTS = 3 };

struct thing {
    struct nj_slot slot;
    int value;
};

static struct thing *use(struct thing *table, uint64_t tag, uint32_t now_s)
{
    struct thing *t = nj_slot_of(table, SLOTS, sizeof(*t), tag);
    t->slot.last_s = now_s;
    return t;
}

START_TEST(test_slot_is_found_again_and_keeps_what_it_holds)
{
    struct thing table[SLOTS] = { 0 };
    use(table, 7, 100)->value = 70;
    use(table, 8, 101)->value = 80;
    ck_assert_int_eq(use(table, 7, 102)->value, 70);
    ck_assert_int_eq(use(table, 8, 103)->value, 80);
    ck_assert_int_eq(use(table, 9, 104)->value, 0);
}
END_TEST

START_TEST(test_slot_used_longest_ago_gives_way_and_nothing_of_it_is_left)
{
    struct thing table[SLOTS] = { 0 };
    for (uint64_t tag = 1; tag <= SLOTS; tag++)
        use(table, tag, 100 + (uint32_t)tag)->value = (int)tag;
    use(table, 1, 200)->slot.told_s = 200; /* the second is the oldest now */
    struct thing *fresh = use(table, 4, 201);
    ck_assert_ptr_eq(fresh, &table[1]);
    ck_assert_uint_eq(fresh->slot.tag, 4);
    ck_assert_uint_eq(fresh->slot.told_s, 0);
    ck_assert_int_eq(fresh->value, 0);
    ck_assert_int_eq(use(table, 1, 202)->value, 1);
    ck_assert_int_eq(use(table, 3, 203)->value, 3);
}
END_TEST

#define NJ_TESTS(X)                                                                                                                        \
    X(test_slot_is_found_again_and_keeps_what_it_holds)                                                                                    \
    X(test_slot_used_longest_ago_gives_way_and_nothing_of_it_is_left)

NJ_TEST_MAIN("slot")

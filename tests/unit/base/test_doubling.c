/* Arrays that double keep their items, and the first serves again. */
#include "base/doubling.h"

#include "base/mem.h"
#include "support/suite.h"

enum { MANY = 100 };

static struct spares firsts = DOUBLING_OF(sizeof(uint64_t));

START_TEST(all_items_are_there_however_often_it_doubled)
{
    size_t before = mem_used();
    uint64_t own = 0;
    uint64_t *items = &own;
    uint32_t room = 1;

    for (uint32_t i = 1; i < MANY; i++) {
        if (i == room) {
            items = doubling_grow(&firsts, items, &room);
            ck_assert_ptr_nonnull(items);
            ck_assert_uint_gt(room, i);
        }
        items[i] = i;
    }
    for (uint32_t i = 0; i < MANY; i++)
        ck_assert_uint_eq(items[i], i);
    doubling_give(&firsts, items, room);
    spares_clear(&firsts);
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

START_TEST(the_first_array_waits_for_the_next)
{
    uint64_t own = 7;
    uint32_t room = 1;
    uint64_t *first = doubling_grow(&firsts, &own, &room);
    uint64_t *next;

    ck_assert_uint_eq(room, DOUBLING_FIRST);
    ck_assert_uint_eq(first[0], 7);
    doubling_give(&firsts, first, room);
    ck_assert_uint_eq(firsts.count, 1);
    room = 1;
    next = doubling_grow(&firsts, &own, &room);
    ck_assert_ptr_eq(next, first);
    ck_assert_uint_eq(firsts.count, 0);
    /* It comes back too where a larger one takes its place. */
    next = doubling_grow(&firsts, next, &room);
    ck_assert_uint_eq(room, 2 * DOUBLING_FIRST);
    ck_assert_uint_eq(next[0], 7);
    ck_assert_uint_eq(firsts.count, 1);
    doubling_give(&firsts, next, room);
    spares_clear(&firsts);
}
END_TEST

START_TEST(what_is_the_callers_own_stays)
{
    uint64_t own = 7;

    doubling_give(&firsts, &own, 1);
    doubling_give(&firsts, NULL, 0);
    ck_assert_uint_eq(firsts.count, 0);
    ck_assert_uint_eq(own, 7);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("doubling");

    tcase_add_test(tc, all_items_are_there_however_often_it_doubled);
    tcase_add_test(tc, the_first_array_waits_for_the_next);
    tcase_add_test(tc, what_is_the_callers_own_stays);
    return suite_run("base/doubling", tc);
}

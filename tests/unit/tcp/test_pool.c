/* Connections by number, and their lists. */
#include "tcp/pool.h"

#include <check.h>

#include "support/suite.h"

static struct pool pool;

static void setup(void)
{
    pool = (struct pool){ 0 };
}

static void teardown(void)
{
    pool_clear(&pool);
}

static struct connection *take(void)
{
    struct connection *c = pool_take(&pool);

    ck_assert_ptr_nonnull(c);
    return c;
}

/* The list holds these numbers, read from both ends; 0 ends them. */
static void check_list(const struct connection_list *list, const uint32_t *numbers)
{
    uint32_t previous = 0;
    uint32_t number = list->oldest;

    for (; *numbers != 0; numbers++) {
        ck_assert_uint_eq(number, *numbers);
        ck_assert_uint_eq(pool_at(&pool, number)->previous, previous);
        previous = number;
        number = pool_at(&pool, number)->next;
    }
    ck_assert_uint_eq(number, 0);
    ck_assert_uint_eq(list->newest, previous);
}

START_TEST(numbers_begin_at_one_and_find_their_connection_again)
{
    struct connection *taken[1000];

    for (uint32_t i = 0; i < 1000; i++) {
        taken[i] = take();
        ck_assert_uint_eq(taken[i]->number, i + 1);
        taken[i]->ordinal = i;
    }
    for (uint32_t i = 0; i < 1000; i++) {
        ck_assert_ptr_eq(pool_at(&pool, i + 1), taken[i]);
        ck_assert_uint_eq(taken[i]->ordinal, i);
    }
}
END_TEST

START_TEST(a_connection_that_was_given_back_comes_again_zeroed)
{
    struct connection *a = take();
    struct connection *b = take();

    a->ordinal = 7;
    a->flags = 0xFFFF;
    pool_give(&pool, a);
    pool_give(&pool, b);
    ck_assert_ptr_eq(take(), b);
    ck_assert_ptr_eq(take(), a);
    ck_assert_uint_eq(a->number, 1);
    ck_assert_uint_eq(a->ordinal, 0);
    ck_assert_uint_eq(a->flags, 0);
    ck_assert_uint_eq(a->next, 0);
    ck_assert_uint_eq(take()->number, 3);
}
END_TEST

/* 1 to 255, 256 to 511, 512 to 767. */
START_TEST(a_block_is_freed_with_its_last_connection)
{
    struct connection *taken[768];

    for (uint32_t i = 1; i < 768; i++)
        taken[i] = take();
    ck_assert_uint_ne(pool_growth(&pool), 0);
    for (uint32_t i = 256; i < 512; i++)
        pool_give(&pool, taken[i]);
    /* The only block with a free number stays. */
    ck_assert_ptr_nonnull(pool.blocks[1].list);
    ck_assert_uint_eq(pool_growth(&pool), 0);
    for (uint32_t i = 512; i < 768; i++)
        pool_give(&pool, taken[i]);
    ck_assert_ptr_null(pool.blocks[2].list);
    for (uint32_t i = 1; i < 256; i++)
        pool_give(&pool, taken[i]);
    ck_assert_ptr_null(pool.blocks[0].list);
    /* Every number comes again, each once, none 0. */
    for (uint32_t i = 1; i < 768; i++)
        taken[take()->number] = NULL;
    for (uint32_t i = 1; i < 768; i++)
        ck_assert_ptr_null(taken[i]);
}
END_TEST

START_TEST(what_is_appended_comes_last)
{
    struct connection_list list = { 0 };
    const uint32_t none[] = { 0 };
    const uint32_t all[] = { 2, 1, 3, 0 };
    struct connection *a = take();
    struct connection *b = take();
    struct connection *c = take();

    check_list(&list, none);
    pool_append(&pool, &list, b);
    pool_append(&pool, &list, a);
    pool_append(&pool, &list, c);
    check_list(&list, all);
}
END_TEST

/* _i is the number of the one that goes. */
START_TEST(any_of_a_list_can_be_unlinked)
{
    static const uint32_t rest[][4] = {
        { 2, 3, 4, 0 }, { 1, 3, 4, 0 }, { 1, 2, 4, 0 }, { 1, 2, 3, 0 }
    };
    static const uint32_t again[][5] = {
        { 2, 3, 4, 1, 0 }, { 1, 3, 4, 2, 0 }, { 1, 2, 4, 3, 0 }, { 1, 2, 3, 4, 0 }
    };
    struct connection_list list = { 0 };

    for (int i = 0; i < 4; i++)
        pool_append(&pool, &list, take());
    pool_unlink(&pool, &list, pool_at(&pool, (uint32_t)_i));
    check_list(&list, rest[_i - 1]);
    pool_append(&pool, &list, pool_at(&pool, (uint32_t)_i));
    check_list(&list, again[_i - 1]);
}
END_TEST

START_TEST(the_only_one_can_be_unlinked)
{
    struct connection_list list = { 0 };
    const uint32_t none[] = { 0 };

    pool_append(&pool, &list, take());
    pool_unlink(&pool, &list, pool_at(&pool, 1));
    check_list(&list, none);
}
END_TEST

/* _i connections, their ordinals a permutation of many. */
START_TEST(a_list_of_any_length_is_sorted_by_ordinal)
{
    struct connection_list list = { 0 };
    uint64_t previous = 0;
    uint32_t before = 0;
    int count = 0;

    for (int i = 0; i < _i; i++) {
        struct connection *c = take();

        c->ordinal = 1 + (uint64_t)(i * 37 + 11) % 101;
        pool_append(&pool, &list, c);
    }
    pool_sort(&pool, &list);
    for (uint32_t n = list.oldest; n != 0; n = pool_at(&pool, n)->next) {
        ck_assert_uint_gt(pool_at(&pool, n)->ordinal, previous);
        ck_assert_uint_eq(pool_at(&pool, n)->previous, before);
        previous = pool_at(&pool, n)->ordinal;
        before = n;
        count++;
    }
    ck_assert_int_eq(count, _i);
    ck_assert_uint_eq(list.newest, before);
}
END_TEST

/* They have no ordinal: any number of them are alike. */
START_TEST(connections_that_nobody_wants_are_sorted_too)
{
    struct connection_list list = { 0 };
    uint64_t previous = 0;
    int count = 0;

    for (int i = 0; i < 40; i++) {
        struct connection *c = take();

        c->ordinal = i % 4 == 0 ? (uint64_t)(40 - i) : 0;
        pool_append(&pool, &list, c);
    }
    pool_sort(&pool, &list);
    for (uint32_t n = list.oldest; n != 0; n = pool_at(&pool, n)->next) {
        ck_assert_uint_ge(pool_at(&pool, n)->ordinal, previous);
        previous = pool_at(&pool, n)->ordinal;
        count++;
    }
    ck_assert_int_eq(count, 40);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("pool");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, numbers_begin_at_one_and_find_their_connection_again);
    tcase_add_test(tc, a_connection_that_was_given_back_comes_again_zeroed);
    tcase_add_test(tc, a_block_is_freed_with_its_last_connection);
    tcase_add_test(tc, what_is_appended_comes_last);
    tcase_add_loop_test(tc, any_of_a_list_can_be_unlinked, 1, 5);
    tcase_add_test(tc, the_only_one_can_be_unlinked);
    tcase_add_loop_test(tc, a_list_of_any_length_is_sorted_by_ordinal, 0, 101);
    tcase_add_test(tc, connections_that_nobody_wants_are_sorted_too);
    return suite_run("tcp/pool", tc);
}

/* The queue of what waits for a reply. */
#include "smtp/waiting.h"

#include <check.h>

#include "support/suite.h"

static void push(struct waiting_list *list, uint64_t sequence)
{
    struct waiting *item = waiting_add(list);

    ck_assert_ptr_nonnull(item);
    *item = (struct waiting){ .kind = WAITING_COMMAND, .verb = VERB_NOOP, .sequence = sequence };
}

static struct waiting pop(struct waiting_list *list)
{
    struct waiting oldest = *waiting_at(list, 0);

    waiting_drop(list);
    return oldest;
}

START_TEST(the_oldest_comes_first)
{
    struct waiting_list list = { 0 };

    for (uint64_t i = 1; i <= 100; i++)
        push(&list, i);
    for (uint64_t i = 1; i <= 100; i++) {
        ck_assert_uint_eq(waiting_at(&list, 0)->sequence, i);
        ck_assert_uint_eq(pop(&list).sequence, i);
    }
    ck_assert_uint_eq(list.count, 0);
    waiting_clear(&list);
}
END_TEST

/* _i stay in the queue while 1000 pass through it: its front moves, its memory does not grow. */
START_TEST(the_room_at_the_front_is_used_again)
{
    struct waiting_list list = { 0 };
    uint64_t newest = 0;
    uint64_t oldest = 1;

    for (int i = 0; i < _i; i++)
        push(&list, ++newest);
    for (int i = 0; i < 1000; i++) {
        push(&list, ++newest);
        ck_assert_uint_eq(pop(&list).sequence, oldest++);
        ck_assert_uint_eq(list.count, (size_t)_i);
    }
    ck_assert_uint_le(list.room, (size_t)(_i < 4 ? 8 : 4 * _i));
    waiting_clear(&list);
}
END_TEST

START_TEST(an_item_is_found_by_its_place_and_none_past_the_last)
{
    struct waiting_list list = { 0 };

    ck_assert_ptr_null(waiting_at(&list, 0));
    push(&list, 7);
    push(&list, 8);
    push(&list, 9);
    (void)pop(&list);
    ck_assert_uint_eq(waiting_at(&list, 0)->sequence, 8);
    ck_assert_uint_eq(waiting_at(&list, 1)->sequence, 9);
    ck_assert_ptr_null(waiting_at(&list, 2));
    ck_assert_ptr_null(waiting_at(&list, SIZE_MAX));
    waiting_clear(&list);
    ck_assert_ptr_null(waiting_at(&list, 0));
}
END_TEST

START_TEST(every_field_of_an_item_is_kept)
{
    struct waiting item = {
        .kind = WAITING_CONTENT,
        .verb = VERB_END_OF_DATA,
        .sequence = 5,
        .place = { .at = { 6 }, .frame = 7, .capture = 8 },
    };
    struct waiting_list list = { 0 };
    struct waiting *added = waiting_add(&list);
    struct waiting popped;

    ck_assert_ptr_nonnull(added);
    *added = item;
    popped = pop(&list);
    ck_assert_int_eq(popped.kind, WAITING_CONTENT);
    ck_assert_int_eq(popped.verb, VERB_END_OF_DATA);
    ck_assert_uint_eq(popped.sequence, 5);
    ck_assert_int_eq(popped.place.at.ns, 6);
    ck_assert_uint_eq(popped.place.frame, 7);
    waiting_clear(&list);
}
END_TEST

/* What a sanitizer sees: each is freed with its item, and a copy has its own. */
START_TEST(an_early_reply_goes_with_its_item)
{
    struct waiting_list list = { 0 };
    struct waiting_list copy;

    for (uint64_t i = 1; i <= 3; i++) {
        struct early_reply *early = mem_alloc(sizeof(*early));

        ck_assert_ptr_nonnull(early);
        *early = (struct early_reply){ .sequence = 10 * i, .place = { .frame = i } };
        push(&list, i);
        waiting_at(&list, (size_t)i - 1)->early = early;
    }
    ck_assert_int_eq(waiting_copy(&copy, &list), STATUS_OK);
    waiting_drop(&list);
    waiting_clear(&list);
    ck_assert_uint_eq(waiting_at(&copy, 0)->early->sequence, 10);
    ck_assert_uint_eq(waiting_at(&copy, 2)->early->place.frame, 3);
    waiting_clear(&copy);
}
END_TEST

START_TEST(a_copy_is_apart_from_its_original)
{
    struct waiting_list list = { 0 };
    struct waiting_list copy;

    for (uint64_t i = 1; i <= 20; i++)
        push(&list, i);
    for (int i = 0; i < 5; i++)
        (void)pop(&list);
    ck_assert_int_eq(waiting_copy(&copy, &list), STATUS_OK);
    waiting_at(&list, 0)->sequence = 99;
    push(&list, 21);
    ck_assert_uint_eq(copy.count, 15);
    for (uint64_t i = 6; i <= 20; i++)
        ck_assert_uint_eq(pop(&copy).sequence, i);
    waiting_clear(&copy);
    waiting_clear(&list);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("waiting");

    tcase_add_test(tc, the_oldest_comes_first);
    tcase_add_loop_test(tc, the_room_at_the_front_is_used_again, 0, 40);
    tcase_add_test(tc, an_item_is_found_by_its_place_and_none_past_the_last);
    tcase_add_test(tc, every_field_of_an_item_is_kept);
    tcase_add_test(tc, an_early_reply_goes_with_its_item);
    tcase_add_test(tc, a_copy_is_apart_from_its_original);
    return suite_run("smtp/waiting", tc);
}

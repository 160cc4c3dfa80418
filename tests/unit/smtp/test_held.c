/* Octets and holes that wait for a decision. */
#include "smtp/held.h"

#include <check.h>

#include "support/suite.h"

static void add(struct held_list *list, enum side from, const char *octets)
{
    struct held item = { .kind = HELD_OCTETS, .from = from, .place = { .frame = list->count + 1 } };

    ck_assert_int_eq(held_add(list, &item, slice_of_string(octets)), STATUS_OK);
}

static void check_item(const struct held_list *list, size_t index, const char *octets)
{
    ck_assert_uint_lt(index, list->count);
    ck_assert(slice_equal(held_octets(list, &list->items[index]), slice_of_string(octets)));
}

START_TEST(what_came_is_kept_in_order_with_its_side_and_place)
{
    struct held_list list = held_list_of(100);
    struct held gap = { .kind = HELD_GAP, .from = SIDE_SERVER, .missing = 12 };

    add(&list, SIDE_CLIENT, "DATA\r\n");
    add(&list, SIDE_SERVER, "354 go\r\n");
    ck_assert_int_eq(held_add(&list, &gap, slice_of(NULL, 0)), STATUS_OK);
    add(&list, SIDE_CLIENT, "x");
    check_item(&list, 0, "DATA\r\n");
    check_item(&list, 1, "354 go\r\n");
    check_item(&list, 2, "");
    check_item(&list, 3, "x");
    ck_assert_int_eq(list.items[1].from, SIDE_SERVER);
    ck_assert_uint_eq(list.items[1].place.frame, 2);
    ck_assert_int_eq(list.items[2].kind, HELD_GAP);
    ck_assert_uint_eq(list.items[2].missing, 12);
    held_clear(&list);
}
END_TEST

/* Segment 7 in three pieces, then another of the same side, and a hole. */
START_TEST(the_pieces_of_one_segment_are_one_item)
{
    struct held_list list = held_list_of(100);
    struct held item = { .kind = HELD_OCTETS, .from = SIDE_CLIENT, .place = { .frame = 7 } };

    ck_assert_int_eq(held_add(&list, &item, slice_of_string("a")), STATUS_OK);
    ck_assert_int_eq(held_add(&list, &item, slice_of_string("bc")), STATUS_OK);
    ck_assert_int_eq(held_add(&list, &item, slice_of_string("d")), STATUS_OK);
    item.place.frame = 8;
    ck_assert_int_eq(held_add(&list, &item, slice_of_string("e")), STATUS_OK);
    item.kind = HELD_GAP;
    ck_assert_int_eq(held_add(&list, &item, slice_of(NULL, 0)), STATUS_OK);
    ck_assert_uint_eq(list.count, 3);
    check_item(&list, 0, "abcd");
    check_item(&list, 1, "e");
    held_clear(&list);
}
END_TEST

START_TEST(there_is_room_up_to_the_maximum_and_not_one_octet_past_it)
{
    struct held_list list = held_list_of(6);

    ck_assert(held_has_room(&list, 6));
    ck_assert(!held_has_room(&list, 7));
    add(&list, SIDE_CLIENT, "abcd");
    ck_assert(held_has_room(&list, 2));
    ck_assert(!held_has_room(&list, 3));
    ck_assert(!held_has_room(&list, SIZE_MAX));
    add(&list, SIDE_CLIENT, "ef");
    ck_assert(held_has_room(&list, 0));
    ck_assert(!held_has_room(&list, 1));
    held_clear(&list);
}
END_TEST

/* Items without octets cost memory too. */
START_TEST(items_have_a_limit_of_their_own)
{
    struct held_list list = held_list_of(6);
    struct held gap = { .kind = HELD_GAP, .from = SIDE_CLIENT, .missing = 1 };

    for (int i = 0; i < 16384; i++) {
        ck_assert(held_has_room(&list, 0));
        ck_assert_int_eq(held_add(&list, &gap, slice_of(NULL, 0)), STATUS_OK);
    }
    ck_assert(!held_has_room(&list, 0));
    held_clear(&list);
}
END_TEST

START_TEST(a_cleared_list_keeps_its_maximum)
{
    struct held_list list = held_list_of(3);

    add(&list, SIDE_CLIENT, "abc");
    held_clear(&list);
    ck_assert_uint_eq(list.count, 0);
    ck_assert(held_has_room(&list, 3));
    ck_assert(!held_has_room(&list, 4));
    add(&list, SIDE_SERVER, "de");
    check_item(&list, 0, "de");
    held_clear(&list);
}
END_TEST

START_TEST(a_copy_is_apart_from_its_original)
{
    struct held_list list = held_list_of(50);
    struct held_list copy;

    add(&list, SIDE_CLIENT, "abc");
    add(&list, SIDE_SERVER, "");
    add(&list, SIDE_SERVER, "de");
    ck_assert_int_eq(held_copy(&copy, &list), STATUS_OK);
    list.octets.data[0] = 'x';
    add(&list, SIDE_CLIENT, "f");
    ck_assert_uint_eq(copy.count, 3);
    check_item(&copy, 0, "abc");
    check_item(&copy, 1, "");
    check_item(&copy, 2, "de");
    ck_assert_int_eq(copy.items[2].from, SIDE_SERVER);
    ck_assert(held_has_room(&copy, 45));
    ck_assert(!held_has_room(&copy, 46));
    held_clear(&copy);
    held_clear(&list);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("held");

    tcase_add_test(tc, what_came_is_kept_in_order_with_its_side_and_place);
    tcase_add_test(tc, the_pieces_of_one_segment_are_one_item);
    tcase_add_test(tc, there_is_room_up_to_the_maximum_and_not_one_octet_past_it);
    tcase_add_test(tc, items_have_a_limit_of_their_own);
    tcase_add_test(tc, a_cleared_list_keeps_its_maximum);
    tcase_add_test(tc, a_copy_is_apart_from_its_original);
    return suite_run("smtp/held", tc);
}

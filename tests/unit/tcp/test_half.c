/* One direction: its account of what is held, and when a hole has waited long enough. */
#include "tcp/half.h"

#include <check.h>

#include "base/limits.h"
#include "base/mem.h"
#include "support/suite.h"

static struct half half;
static uint64_t held;
static struct trail_spares spares;

static void setup(void)
{
    half = (struct half){ .has_base = true };
    held = 0;
    spares = trail_spares();
}

static void teardown(void)
{
    half_clear(&half, &held, &spares);
    trail_spares_clear(&spares);
    ck_assert_uint_eq(held, 0);
}

static void hold_octets(uint64_t offset, const char *octets)
{
    struct held_segment segment = {
        .offset = offset, .octets = slice_of_string(octets), .needs = 9, .order = offset
    };
    struct hold_result result;

    ck_assert_int_eq(half_hold(&half, &segment, &held, &result), STATUS_OK);
}

static void mark(uint64_t acked, int64_t now)
{
    half.acked = acked;
    ck_assert_int_eq(half_mark(&half, now), STATUS_OK);
}

START_TEST(the_distance_of_a_number_is_signed_and_wraps)
{
    half.base = 0xFFFFFFF0;
    half.next = 0x20; /* number 0x10 */
    ck_assert_int_eq(half_distance(&half, 0x10), 0);
    ck_assert_int_eq(half_distance(&half, 0x11), 1);
    ck_assert_int_eq(half_distance(&half, 0x0F), -1);
    ck_assert_int_eq(half_distance(&half, 0xFFFFFFF0), -0x20);
    half.next += UINT64_C(5) << 32;
    ck_assert_int_eq(half_distance(&half, 0x11), 1);
    ck_assert_int_eq(half_distance(&half, 0x8000000F), INT32_MAX);
    ck_assert_int_eq(half_distance(&half, 0x80000010), INT32_MIN);
}
END_TEST

START_TEST(a_fin_takes_a_number_too)
{
    half.next = 7;
    ck_assert_uint_eq(half_reach(&half), 7);
    half.is_fin_told = true;
    ck_assert_uint_eq(half_reach(&half), 8);
    half.is_fin_told = false;
    half.may_have_fin = true;
    ck_assert_uint_eq(half_reach(&half), 8);
}
END_TEST

START_TEST(what_is_held_is_accounted_for_with_its_pieces)
{
    struct piece *piece;

    hold_octets(10, "abc");
    ck_assert_uint_eq(held, 3 + PIECE_COST);
    hold_octets(20, "de");
    ck_assert_uint_eq(held, 5 + 2 * PIECE_COST);
    hold_octets(11, "bc");
    ck_assert_uint_eq(held, 5 + 2 * PIECE_COST);
    hold_octets(12, "cX");
    ck_assert_uint_eq(held, 6 + 3 * PIECE_COST);
    piece = half_pop(&half, &held);
    ck_assert_uint_eq(piece->offset, 10);
    mem_free(piece);
    ck_assert_uint_eq(held, 3 + 2 * PIECE_COST);
    half_clear(&half, &held, &spares);
    trail_spares_clear(&spares);
    ck_assert_uint_eq(held, 0);
    ck_assert_ptr_null(half.backlog);
}
END_TEST

START_TEST(the_front_is_the_first_piece_and_then_the_fin)
{
    struct half_front front = half_front(&half);

    ck_assert(!front.is_there);
    half.has_fin = true;
    half.fin_offset = 30;
    half.fin_needs = 4;
    half.fin_place.frame = 99;
    hold_octets(10, "abc");
    front = half_front(&half);
    ck_assert(front.is_there && !front.is_fin);
    ck_assert_uint_eq(front.offset, 10);
    ck_assert_uint_eq(front.needs, 9);
    half_release_front(&half);
    ck_assert_uint_eq(half_front(&half).needs, 0);
    mem_free(half_pop(&half, &held));
    front = half_front(&half);
    ck_assert(front.is_there && front.is_fin);
    ck_assert_uint_eq(front.offset, 30);
    ck_assert_uint_eq(front.needs, 4);
    ck_assert_uint_eq(front.place->frame, 99);
    half_release_front(&half);
    ck_assert_uint_eq(half_front(&half).needs, 0);
    half.is_fin_told = true;
    ck_assert(!half_front(&half).is_there);
}
END_TEST

START_TEST(a_hole_is_confirmed_when_its_acknowledgement_has_aged)
{
    mark(100, 1000);
    ck_assert_int_eq(half_deadline(&half), 1000 + LIMIT_HOLE_WAIT);
    ck_assert_uint_eq(half_confirmed(&half, 1000 + LIMIT_HOLE_WAIT - 1), 0);
    ck_assert_uint_eq(half_confirmed(&half, 1000 + LIMIT_HOLE_WAIT), 100);
    ck_assert_int_eq(half_deadline(&half), INT64_MAX);
    ck_assert_uint_eq(half_confirmed(&half, INT64_MAX), 100);
}
END_TEST

START_TEST(nothing_is_confirmed_and_nothing_due_of_a_direction_without_a_hole)
{
    ck_assert_uint_eq(half_confirmed(&half, INT64_MAX), 0);
    ck_assert_int_eq(half_deadline(&half), INT64_MAX);
    ck_assert_ptr_null(half.backlog);
}
END_TEST

START_TEST(the_same_acknowledgement_again_does_not_wait_anew)
{
    mark(100, 0);
    mark(100, LIMIT_HOLE_WAIT / 2);
    mark(90, LIMIT_HOLE_WAIT / 2);
    ck_assert_int_eq(half_deadline(&half), LIMIT_HOLE_WAIT);
    ck_assert_uint_eq(half_confirmed(&half, LIMIT_HOLE_WAIT), 100);
    mark(100, LIMIT_HOLE_WAIT);
    ck_assert_int_eq(half_deadline(&half), INT64_MAX);
}
END_TEST

/* An eighth of the wait apart, marks are kept apart; a nanosecond less, they are one. */
START_TEST(acknowledgements_close_to_each_other_are_one)
{
    int64_t distance = LIMIT_HOLE_WAIT / HALF_MARKS;

    mark(100, 0);
    mark(200, distance - 1);
    ck_assert_uint_eq(half.backlog->mark_count, 1);
    ck_assert_uint_eq(half.backlog->marks[0].offset, 200);
    ck_assert_int_eq(half.backlog->marks[0].at, 0);
    mark(300, distance);
    ck_assert_uint_eq(half.backlog->mark_count, 2);
    ck_assert_uint_eq(half_confirmed(&half, LIMIT_HOLE_WAIT), 200);
    ck_assert_uint_eq(half_confirmed(&half, LIMIT_HOLE_WAIT + distance), 300);
}
END_TEST

START_TEST(the_ninth_mark_is_taken_into_the_eighth)
{
    int64_t distance = LIMIT_HOLE_WAIT / HALF_MARKS;

    for (int i = 0; i < HALF_MARKS + 1; i++)
        mark(100 + (uint64_t)i, i * distance);
    ck_assert_uint_eq(half.backlog->mark_count, HALF_MARKS);
    ck_assert_uint_eq(half.backlog->marks[0].offset, 100);
    ck_assert_uint_eq(half.backlog->marks[HALF_MARKS - 1].offset, 108);
}
END_TEST

START_TEST(a_mark_that_all_has_come_for_is_no_deadline)
{
    mark(100, 0);
    mark(200, LIMIT_HOLE_WAIT / 2);
    half.next = 99;
    ck_assert_int_eq(half_deadline(&half), LIMIT_HOLE_WAIT);
    half.next = 100;
    ck_assert_int_eq(half_deadline(&half), LIMIT_HOLE_WAIT / 2 + LIMIT_HOLE_WAIT);
    half.next = 199;
    half.may_have_fin = true;
    ck_assert_int_eq(half_deadline(&half), INT64_MAX);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("half");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, the_distance_of_a_number_is_signed_and_wraps);
    tcase_add_test(tc, a_fin_takes_a_number_too);
    tcase_add_test(tc, what_is_held_is_accounted_for_with_its_pieces);
    tcase_add_test(tc, the_front_is_the_first_piece_and_then_the_fin);
    tcase_add_test(tc, a_hole_is_confirmed_when_its_acknowledgement_has_aged);
    tcase_add_test(tc, nothing_is_confirmed_and_nothing_due_of_a_direction_without_a_hole);
    tcase_add_test(tc, the_same_acknowledgement_again_does_not_wait_anew);
    tcase_add_test(tc, acknowledgements_close_to_each_other_are_one);
    tcase_add_test(tc, the_ninth_mark_is_taken_into_the_eighth);
    tcase_add_test(tc, a_mark_that_all_has_come_for_is_no_deadline);
    return suite_run("tcp/half", tc);
}

/* Reading numbers and runs off octets that may end anywhere. */
#include "base/cursor.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

static const uint8_t wire[] = { 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88,
                                0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F };

START_TEST(numbers_are_read_in_their_order)
{
    struct cursor c = cursor_of(slice_of(wire, sizeof(wire)));

    ck_assert_uint_eq(cursor_u8(&c), 0x81);
    ck_assert_uint_eq(cursor_u16be(&c), 0x8283);
    ck_assert_uint_eq(cursor_u24be(&c), 0x848586);
    ck_assert_uint_eq(cursor_u32be(&c), 0x8788898A);
    ck_assert_uint_eq(cursor_u32le(&c), 0x8E8D8C8B);
    ck_assert_uint_eq(cursor_left(&c), 1);
    ck_assert_uint_eq(cursor_u8(&c), 0x8F);
    c.pos = 0;
    ck_assert_uint_eq(cursor_u64le(&c), 0x8887868584838281);
    c.pos = sizeof(wire);
    ck_assert_uint_eq(cursor_left(&c), 0);
    ck_assert(!c.is_short);
}
END_TEST

/* _i is how many octets arrived. */
START_TEST(a_number_cut_at_any_octet_is_zero_and_latches)
{
    static const size_t sizes[] = { 1, 2, 3, 4, 4, 8 };
    struct slice part = exact_copy(slice_of(wire, (size_t)_i));

    for (size_t kind = 0; kind < 6; kind++) {
        struct cursor c = cursor_of(part);
        uint64_t value = 0;

        switch (kind) {
        case 0:
            value = cursor_u8(&c);
            break;
        case 1:
            value = cursor_u16be(&c);
            break;
        case 2:
            value = cursor_u24be(&c);
            break;
        case 3:
            value = cursor_u32be(&c);
            break;
        case 4:
            value = cursor_u32le(&c);
            break;
        default:
            value = cursor_u64le(&c);
            break;
        }
        ck_assert_int_eq(c.is_short, (size_t)_i < sizes[kind]);
        ck_assert_int_eq(value == 0, c.is_short);
        ck_assert_uint_eq(c.pos, c.is_short ? 0 : sizes[kind]);
    }
    exact_free(part);
}
END_TEST

START_TEST(once_short_it_stays_short_although_octets_are_left)
{
    struct cursor c = cursor_of(slice_of(wire, 3));

    ck_assert_uint_eq(cursor_u32be(&c), 0);
    ck_assert(c.is_short);
    ck_assert_uint_eq(cursor_u8(&c), 0);
    ck_assert_uint_eq(cursor_u16be(&c), 0);
    ck_assert_uint_eq(cursor_take(&c, 1).len, 0);
    ck_assert_uint_eq(cursor_rest(&c).len, 0);
    ck_assert(!cursor_has(&c, 0));
    ck_assert_uint_eq(c.pos, 0);
}
END_TEST

START_TEST(all_that_is_there_can_be_taken_and_not_one_octet_more)
{
    struct cursor c = cursor_of(slice_of(wire, 4));

    ck_assert_uint_eq(cursor_take(&c, 4).len, 4);
    ck_assert(!c.is_short);
    ck_assert_uint_eq(cursor_take(&c, 0).len, 0);
    ck_assert(!c.is_short);
    c = cursor_of(slice_of(wire, 4));
    ck_assert_uint_eq(cursor_take(&c, 5).len, 0);
    ck_assert(c.is_short);
}
END_TEST

START_TEST(a_length_that_would_wrap_is_short)
{
    struct cursor c = cursor_of(slice_of(wire, 4));

    cursor_skip(&c, 2);
    ck_assert(cursor_has(&c, 2));
    ck_assert(!cursor_has(&c, SIZE_MAX - 1));
    ck_assert_uint_eq(cursor_take(&c, SIZE_MAX).len, 0);
}
END_TEST

START_TEST(the_rest_is_what_was_not_read)
{
    struct cursor c = cursor_of(slice_of(wire, 5));
    struct slice rest;

    cursor_skip(&c, 3);
    rest = cursor_rest(&c);
    ck_assert(slice_equal(rest, slice_of(wire + 3, 2)));
    ck_assert_uint_eq(cursor_rest(&c).len, 0);
    ck_assert(!c.is_short);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("cursor");

    tcase_add_test(tc, numbers_are_read_in_their_order);
    tcase_add_loop_test(tc, a_number_cut_at_any_octet_is_zero_and_latches, 0, 10);
    tcase_add_test(tc, once_short_it_stays_short_although_octets_are_left);
    tcase_add_test(tc, all_that_is_there_can_be_taken_and_not_one_octet_more);
    tcase_add_test(tc, a_length_that_would_wrap_is_short);
    tcase_add_test(tc, the_rest_is_what_was_not_read);
    return suite_run("base/cursor", tc);
}

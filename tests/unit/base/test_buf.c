/* A growing buffer and its cap. */
#include "base/buf.h"

#include <check.h>

#include "support/suite.h"

static size_t append(struct buf *b, struct slice s)
{
    size_t dropped = 99;

    ck_assert_int_eq(buf_append(b, s, &dropped), STATUS_OK);
    return dropped;
}

START_TEST(octets_are_kept_in_the_order_they_came)
{
    struct buf b = buf_of(100);

    ck_assert_uint_eq(append(&b, slice_of_string("220 ")), 0);
    ck_assert_uint_eq(append(&b, slice_of("a\0b", 3)), 0);
    ck_assert_uint_eq(append(&b, slice_of(NULL, 0)), 0);
    ck_assert(slice_equal(buf_view(&b), slice_of("220 a\0b", 7)));
    buf_clear(&b);
}
END_TEST

START_TEST(what_fits_is_kept_and_the_rest_counted)
{
    struct buf b = buf_of(5);

    ck_assert_uint_eq(append(&b, slice_of_string("abcde")), 0);
    ck_assert_uint_eq(append(&b, slice_of_string("f")), 1);
    ck_assert(slice_equal(buf_view(&b), slice_of_string("abcde")));
    buf_reset(&b);
    ck_assert_uint_eq(append(&b, slice_of_string("abcdef")), 1);
    ck_assert(slice_equal(buf_view(&b), slice_of_string("abcde")));
    ck_assert_uint_eq(append(&b, slice_of_string("xyz")), 3);
    buf_clear(&b);
}
END_TEST

START_TEST(a_buffer_with_a_maximum_of_nothing_keeps_nothing)
{
    struct buf b = buf_of(0);

    ck_assert_uint_eq(append(&b, slice_of_string("abc")), 3);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_ptr_null(b.data);
    buf_clear(&b);
}
END_TEST

/* _i is the size of the pieces. */
START_TEST(growing_in_pieces_loses_nothing)
{
    static uint8_t octets[3000];
    struct slice all = slice_of(octets, sizeof(octets));
    struct buf b = buf_of(sizeof(octets));

    for (size_t i = 0; i < sizeof(octets); i++)
        octets[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t at = 0; at < all.len; at += (size_t)_i)
        ck_assert_uint_eq(append(&b, slice_part(all, at, (size_t)_i)), 0);
    ck_assert(slice_equal(buf_view(&b), all));
    buf_clear(&b);
}
END_TEST

START_TEST(consuming_moves_the_rest_to_the_front)
{
    struct buf b = buf_of(6);

    append(&b, slice_of_string("abcdef"));
    buf_consume(&b, 0);
    ck_assert_uint_eq(b.len, 6);
    buf_consume(&b, 1);
    ck_assert(slice_equal(buf_view(&b), slice_of_string("bcdef")));
    buf_consume(&b, 3);
    ck_assert(slice_equal(buf_view(&b), slice_of_string("ef")));
    ck_assert_uint_eq(append(&b, slice_of_string("ghij")), 0);
    ck_assert_uint_eq(append(&b, slice_of_string("k")), 1);
    buf_consume(&b, 6);
    ck_assert_uint_eq(b.len, 0);
    buf_clear(&b);
}
END_TEST

START_TEST(consuming_nothing_of_an_empty_buffer_is_nothing)
{
    struct buf b = buf_of(6);

    buf_consume(&b, 0);
    ck_assert_uint_eq(b.len, 0);
}
END_TEST

START_TEST(resetting_keeps_the_memory_and_clearing_gives_it_back)
{
    struct buf b = buf_of(1000);
    size_t room;

    append(&b, slice_of_string("abc"));
    room = b.room;
    ck_assert_uint_ge(room, 3);
    buf_reset(&b);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_uint_eq(b.room, room);
    buf_clear(&b);
    ck_assert_ptr_null(b.data);
    ck_assert_uint_eq(b.room, 0);
    ck_assert_uint_eq(b.max, 1000);
    ck_assert_uint_eq(append(&b, slice_of_string("abc")), 0);
    buf_clear(&b);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("buf");

    tcase_add_test(tc, octets_are_kept_in_the_order_they_came);
    tcase_add_test(tc, what_fits_is_kept_and_the_rest_counted);
    tcase_add_test(tc, a_buffer_with_a_maximum_of_nothing_keeps_nothing);
    tcase_add_loop_test(tc, growing_in_pieces_loses_nothing, 1, 300);
    tcase_add_test(tc, consuming_moves_the_rest_to_the_front);
    tcase_add_test(tc, consuming_nothing_of_an_empty_buffer_is_nothing);
    tcase_add_test(tc, resetting_keeps_the_memory_and_clearing_gives_it_back);
    return suite_run("base/buf", tc);
}

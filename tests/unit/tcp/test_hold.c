/* Pieces that wait for a hole to fill: each octet once, in order, whatever overlaps. */
#include "tcp/hold.h"

#include <check.h>
#include <stdio.h>

#include "base/mem.h"
#include "support/exact.h"
#include "support/suite.h"

static struct hold hold;

static void setup(void)
{
    hold = (struct hold){ 0 };
}

static void teardown(void)
{
    hold_clear(&hold);
}

static struct hold_result push(uint64_t offset, const char *octets)
{
    struct slice copy = exact_copy(slice_of_string(octets));
    struct held_segment segment = { .offset = offset, .octets = copy, .order = offset };
    struct hold_result result;

    ck_assert_int_eq(hold_push(&hold, &segment, &result), STATUS_OK);
    exact_free(copy);
    return result;
}

/* Everything, in the order in which it comes off: "0:abc 5:de". */
static const char *drain(void)
{
    static char text[512];
    size_t len = 0;

    text[0] = '\0';
    while (hold_first(&hold) != NULL) {
        struct piece *piece = hold_pop(&hold);

        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%llu:%.*s", len > 0 ? " " : "",
                                (unsigned long long)piece->offset, (int)piece->len,
                                (const char *)piece->octets);
        mem_free(piece);
    }
    ck_assert_uint_eq(hold.octets, 0);
    return text;
}

START_TEST(pieces_come_off_by_offset_whatever_order_they_came_in)
{
    push(20, "cc");
    push(5, "a");
    push(30, "d");
    push(10, "bb");
    ck_assert_uint_eq(hold.count, 4);
    ck_assert_uint_eq(hold.octets, 6);
    ck_assert_str_eq(drain(), "5:a 10:bb 20:cc 30:d");
}
END_TEST

START_TEST(nothing_is_held_of_nothing)
{
    ck_assert_ptr_null(hold_first(&hold));
    ck_assert_uint_eq(push(5, "").fresh, 0);
    ck_assert_ptr_null(hold_first(&hold));
}
END_TEST

/* "efgh" is held at 4; each row is pushed onto it. */
START_TEST(an_overlap_adds_what_was_not_there)
{
    static const struct {
        uint64_t offset;
        const char *octets;
        uint64_t fresh;
        const char *all;
    } rows[] = {
        { 4, "efgh", 0, "4:efgh" },
        { 5, "fg", 0, "4:efgh" },
        { 4, "e", 0, "4:efgh" },
        { 7, "h", 0, "4:efgh" },
        { 8, "ij", 2, "4:efgh 8:ij" },
        { 7, "hi", 1, "4:efgh 8:i" },
        { 2, "cd", 2, "2:cd 4:efgh" },
        { 3, "de", 1, "3:d 4:efgh" },
        { 3, "defghi", 2, "3:d 4:efgh 8:i" },
        { 0, "ab", 2, "0:ab 4:efgh" },
        { 10, "kl", 2, "4:efgh 10:kl" },
    };
    struct hold_result result;

    push(4, "efgh");
    result = push(rows[_i].offset, rows[_i].octets);
    ck_assert_uint_eq(result.fresh, rows[_i].fresh);
    ck_assert(!result.is_conflict);
    ck_assert_str_eq(drain(), rows[_i].all);
}
END_TEST

START_TEST(a_segment_fills_every_hole_between_pieces)
{
    struct hold_result result;

    push(2, "cd");
    push(6, "gh");
    push(10, "kl");
    result = push(0, "abcdefghijklmn");
    ck_assert_uint_eq(result.fresh, 8);
    ck_assert_str_eq(drain(), "0:ab 2:cd 4:ef 6:gh 8:ij 10:kl 12:mn");
}
END_TEST

START_TEST(the_first_copy_stands_where_two_differ)
{
    push(4, "efgh");
    struct hold_result result = push(4, "eXgh");

    ck_assert(result.is_conflict);
    ck_assert_uint_eq(result.conflict.offset, 5);
    ck_assert_uint_eq(result.conflict.length, 3);
    ck_assert_uint_eq(result.conflict.first_frame, 0);
    ck_assert_mem_eq(result.conflict.first, "fgh", 3);
    ck_assert_mem_eq(result.conflict.second, "Xgh", 3);
    ck_assert(push(7, "Xi").is_conflict);
    ck_assert(push(3, "dX").is_conflict);
    ck_assert(!push(5, "fg").is_conflict);
    ck_assert(push(4, "Xfghi").is_conflict);
    ck_assert_str_eq(drain(), "3:d 4:efgh 8:i");
}
END_TEST

START_TEST(each_piece_remembers_its_segment)
{
    struct held_segment segment = {
        .offset = 3,
        .octets = slice_of_string("abc"),
        .needs = 17,
        .order = 5,
        .place = { .at = { 6 }, .frame = 7 },
    };
    struct hold_result result;
    const struct piece *piece;

    push(4, "b");
    ck_assert_int_eq(hold_push(&hold, &segment, &result), STATUS_OK);
    piece = hold.list[hold.first + 2];
    ck_assert_uint_eq(piece->offset, 5);
    ck_assert_uint_eq(piece->needs, 17);
    ck_assert_uint_eq(piece->order, 5);
    ck_assert_uint_eq(piece->place.frame, 7);
    ck_assert_uint_eq(hold.list[hold.first + 1]->order, 4);
}
END_TEST

/* _i stay while 300 pass through: room at the front is used again. */
START_TEST(pieces_pass_through_without_end)
{
    uint64_t next = 0;

    for (uint64_t i = 0; i < (uint64_t)_i; i++)
        push(2 * i, "x");
    for (uint64_t i = (uint64_t)_i; i < 300; i++) {
        struct piece *piece;

        push(2 * i, "x");
        piece = hold_pop(&hold);
        ck_assert_uint_eq(piece->offset, 2 * next++);
        mem_free(piece);
        ck_assert_uint_eq(hold.count, (uint32_t)_i);
        ck_assert_uint_eq(hold.octets, (uint64_t)_i);
    }
    ck_assert_uint_le(hold.room, _i < 4 ? 8U : 4U * (uint32_t)_i);
}
END_TEST

/* _i is the offset from which on nothing may stay. */
START_TEST(the_end_of_what_is_held_can_be_dropped)
{
    static const char *const left[] = { "",      "",          "1:a",        "1:ab",      "1:abc",
                                        "1:abc", "1:abc 5:d", "1:abc 5:de", "1:abc 5:de" };
    static const uint64_t ends[] = { 0, 0, 2, 3, 4, 4, 6, 7, 7 };

    push(1, "abc");
    push(5, "de");
    hold_drop_from(&hold, (uint64_t)_i);
    ck_assert_uint_eq(hold_end(&hold), ends[_i]);
    ck_assert_str_eq(drain(), left[_i]);
}
END_TEST

START_TEST(offsets_may_be_as_large_as_they_are)
{
    push(UINT64_MAX - 4, "abc");
    push(UINT64_C(1) << 40, "d");
    ck_assert_str_eq(drain(), "1099511627776:d 18446744073709551611:abc");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("hold");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, pieces_come_off_by_offset_whatever_order_they_came_in);
    tcase_add_test(tc, nothing_is_held_of_nothing);
    tcase_add_loop_test(tc, an_overlap_adds_what_was_not_there, 0, 11);
    tcase_add_test(tc, a_segment_fills_every_hole_between_pieces);
    tcase_add_test(tc, the_first_copy_stands_where_two_differ);
    tcase_add_test(tc, each_piece_remembers_its_segment);
    tcase_add_loop_test(tc, pieces_pass_through_without_end, 0, 40);
    tcase_add_loop_test(tc, the_end_of_what_is_held_can_be_dropped, 0, 9);
    tcase_add_test(tc, offsets_may_be_as_large_as_they_are);
    return suite_run("tcp/hold", tc);
}

/* Memory that is handed out in blocks and dropped in one step. */
#include "base/arena.h"

#include <check.h>
#include <stdalign.h>
#include <stddef.h>

#include "support/suite.h"

START_TEST(every_object_is_aligned_and_zeroed)
{
    struct arena a = { 0 };

    for (size_t size = 1; size < 300; size++) {
        uint8_t *object = arena_alloc(&a, size);

        ck_assert_ptr_nonnull(object);
        ck_assert_uint_eq((uintptr_t)object % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            ck_assert_uint_eq(object[i], 0);
        memset(object, 0xA5, size);
    }
    arena_clear(&a);
}
END_TEST

START_TEST(objects_do_not_overlap)
{
    enum { OBJECTS = 400 };
    struct arena a = { 0 };
    uint8_t *objects[OBJECTS];

    for (size_t i = 0; i < OBJECTS; i++) {
        objects[i] = arena_alloc(&a, i + 1);
        ck_assert_ptr_nonnull(objects[i]);
        memset(objects[i], (int)(i & 0xFF), i + 1);
    }
    for (size_t i = 0; i < OBJECTS; i++) {
        for (size_t at = 0; at <= i; at++)
            ck_assert_uint_eq(objects[i][at], i & 0xFF);
    }
    arena_clear(&a);
}
END_TEST

/* The first block has 480 octets, the largest but for a larger object 16 KiB. */
START_TEST(a_block_is_filled_to_its_last_octet)
{
    struct arena a = { 0 };

    ck_assert_ptr_nonnull(arena_alloc(&a, 240));
    ck_assert_ptr_nonnull(arena_alloc(&a, 240));
    ck_assert_uint_eq(a.total, 480);
    ck_assert_ptr_nonnull(arena_alloc(&a, 1));
    ck_assert_uint_eq(a.total, 2 * 480);
    arena_clear(&a);
}
END_TEST

START_TEST(copies_are_not_padded)
{
    struct arena a = { 0 };
    enum status status = STATUS_OK;

    for (unsigned i = 0; i < 160; i++)
        (void)arena_copy(&a, slice_of_string("abc"), &status);
    ck_assert_int_eq(status, STATUS_OK);
    ck_assert_uint_eq(a.total, 480);
    arena_clear(&a);
}
END_TEST

START_TEST(blocks_grow_with_what_there_is)
{
    struct arena a = { 0 };
    size_t total = 0;

    for (unsigned i = 0; i < 4000; i++) {
        ck_assert_ptr_nonnull(arena_alloc(&a, 16));
        if (a.total == total)
            continue;
        /* Never more than half as much again as was needed, or 480 octets. */
        ck_assert_uint_le(a.total - total, total / 2 < 480 ? 480 : total / 2);
        total = a.total;
    }
    arena_clear(&a);
}
END_TEST

START_TEST(an_object_larger_than_any_block_gets_its_own)
{
    struct arena a = { 0 };
    uint8_t *object = arena_alloc(&a, 100000);

    ck_assert_ptr_nonnull(object);
    ck_assert_uint_eq(object[99999], 0);
    ck_assert_uint_eq(a.total, 100000);
    ck_assert_ptr_nonnull(arena_alloc(&a, 1));
    ck_assert_uint_eq(a.total, 100000 + 16384);
    arena_clear(&a);
}
END_TEST

START_TEST(a_size_that_would_wrap_is_refused)
{
    struct arena a = { 0 };

    ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX - alignof(max_align_t) + 1));
    ck_assert_uint_eq(a.total, 0);
    arena_clear(&a);
}
END_TEST

START_TEST(a_copy_outlives_its_original)
{
    struct arena a = { 0 };
    enum status status = STATUS_OK;
    uint8_t octets[] = { 'a', 0, 0xFF };
    struct slice copy = arena_copy(&a, slice_of(octets, sizeof(octets)), &status);

    memset(octets, 'x', sizeof(octets));
    ck_assert(slice_equal(copy, slice_of("a\0\xff", 3)));
    ck_assert_int_eq(status, STATUS_OK);
    arena_clear(&a);
}
END_TEST

START_TEST(a_copy_of_nothing_takes_no_memory)
{
    struct arena a = { 0 };
    enum status status = STATUS_OK;

    ck_assert_uint_eq(arena_copy(&a, slice_of(NULL, 0), &status).len, 0);
    ck_assert_ptr_null(a.blocks);
    ck_assert_int_eq(status, STATUS_OK);
}
END_TEST

START_TEST(an_earlier_failure_is_not_forgotten_by_a_later_copy)
{
    struct arena a = { 0 };
    enum status status = STATUS_NO_MEMORY;

    ck_assert_uint_eq(arena_copy(&a, slice_of_string("abc"), &status).len, 3);
    ck_assert_int_eq(status, STATUS_NO_MEMORY);
    arena_clear(&a);
}
END_TEST

START_TEST(a_cleared_arena_can_be_used_again)
{
    struct arena a = { 0 };

    for (int round = 0; round < 3; round++) {
        ck_assert_ptr_nonnull(arena_alloc(&a, 5000));
        arena_clear(&a);
        ck_assert_uint_eq(a.total, 0);
        ck_assert_ptr_null(a.blocks);
    }
    arena_clear(&a);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("arena");

    tcase_add_test(tc, every_object_is_aligned_and_zeroed);
    tcase_add_test(tc, objects_do_not_overlap);
    tcase_add_test(tc, a_block_is_filled_to_its_last_octet);
    tcase_add_test(tc, copies_are_not_padded);
    tcase_add_test(tc, blocks_grow_with_what_there_is);
    tcase_add_test(tc, an_object_larger_than_any_block_gets_its_own);
    tcase_add_test(tc, a_size_that_would_wrap_is_refused);
    tcase_add_test(tc, a_copy_outlives_its_original);
    tcase_add_test(tc, a_copy_of_nothing_takes_no_memory);
    tcase_add_test(tc, an_earlier_failure_is_not_forgotten_by_a_later_copy);
    tcase_add_test(tc, a_cleared_arena_can_be_used_again);
    return suite_run("base/arena", tc);
}

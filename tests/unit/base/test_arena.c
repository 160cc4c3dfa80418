/* Memory that is handed out in blocks and dropped in one step. */
#include "base/arena.h"

#include <check.h>
#include <stddef.h>

#include "base/mem.h"
#include "support/suite.h"

START_TEST(every_object_is_aligned_and_zeroed)
{
    struct arena a = { 0 };

    for (size_t size = 1; size < 300; size++) {
        uint8_t *object = arena_alloc(&a, size);

        ck_assert_ptr_nonnull(object);
        ck_assert_uint_eq((uintptr_t)object % ARENA_ALIGNMENT, 0);
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
        /* Never more than a sixteenth as much again as was needed, or 480 octets. */
        ck_assert_uint_le(a.total - total, total / 16 < 480 ? 480 : total / 16);
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
    ck_assert_uint_eq(a.total, 100000 + 100000 / 16);
    arena_clear(&a);
}
END_TEST

START_TEST(a_size_that_would_wrap_is_refused)
{
    struct arena a = { 0 };

    ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX));
    ck_assert_ptr_null(arena_alloc(&a, SIZE_MAX - ARENA_ALIGNMENT + 1));
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

/* Cleared and filled again, and emptied for good. */
START_TEST(a_few_small_blocks_are_kept_for_the_next)
{
    struct arena a = { 0 };
    size_t before;
    size_t kept;

    arena_trim();
    before = mem_used();
    for (int round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 3; i++)
            ck_assert_ptr_nonnull(arena_alloc(&a, 480));
        if (round == 0)
            kept = mem_used();
        ck_assert_uint_eq(mem_used(), kept);
        arena_clear(&a);
        ck_assert_uint_eq(mem_used(), kept);
    }
    arena_trim();
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

START_TEST(no_more_than_a_few_blocks_are_kept)
{
    enum { ARENAS = 300 };
    struct arena arenas[ARENAS] = { 0 };
    size_t before;

    arena_trim();
    before = mem_used();
    for (unsigned i = 0; i < ARENAS; i++)
        ck_assert_ptr_nonnull(arena_alloc(&arenas[i], 480));
    for (unsigned i = 0; i < ARENAS; i++)
        arena_clear(&arenas[i]);
    ck_assert_uint_le(mem_used(), before + (size_t)128 * 512);
    arena_trim();
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

/* Its block is nobody else's afterwards, and what it grew by goes. */
START_TEST(a_block_that_was_lent_is_not_kept)
{
    struct arena_block *lent = mem_alloc(sizeof(*lent) + 64);
    struct arena a = arena_in(lent, 64);
    struct arena other = { 0 };

    ck_assert_ptr_eq(arena_take(&a, 64), lent->data);
    ck_assert_ptr_nonnull(arena_take(&a, 1));
    arena_clear(&a);
    ck_assert_ptr_null(a.blocks);
    ck_assert_ptr_ne(arena_take(&other, 64), lent->data);
    arena_clear(&other);
    mem_free(lent);
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
    tcase_add_test(tc, a_few_small_blocks_are_kept_for_the_next);
    tcase_add_test(tc, no_more_than_a_few_blocks_are_kept);
    tcase_add_test(tc, a_block_that_was_lent_is_not_kept);
    return suite_run("base/arena", tc);
}

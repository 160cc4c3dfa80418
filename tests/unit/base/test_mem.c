/* The door to the heap. */
#include "base/mem.h"

#include <check.h>
#include <stdint.h>
#include <string.h>

#include "support/suite.h"

START_TEST(a_size_of_zero_is_a_distinct_object)
{
    void *a = mem_alloc(0);
    void *b = mem_alloc(0);
    void *c = mem_calloc(0, 8);
    void *d = mem_calloc(8, 0);
    void *e = mem_realloc(NULL, 0);

    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_nonnull(c);
    ck_assert_ptr_nonnull(d);
    ck_assert_ptr_nonnull(e);
    ck_assert_ptr_ne(a, b);
    mem_free(a);
    mem_free(b);
    mem_free(c);
    mem_free(d);
    mem_free(e);
    mem_free(NULL);
}
END_TEST

START_TEST(shrinking_to_zero_frees_nothing)
{
    void *block = mem_realloc(mem_alloc(8), 0);

    ck_assert_ptr_nonnull(block);
    mem_free(block);
}
END_TEST

START_TEST(counted_memory_is_zeroed)
{
    uint8_t *octets = mem_calloc(100, 3);

    ck_assert_ptr_nonnull(octets);
    for (size_t i = 0; i < 300; i++)
        ck_assert_uint_eq(octets[i], 0);
    mem_free(octets);
}
END_TEST

START_TEST(a_block_that_grows_keeps_its_octets)
{
    uint8_t *octets = mem_alloc(3);

    ck_assert_ptr_nonnull(octets);
    mem_copy(octets, "abc", 3);
    octets = mem_realloc(octets, 5000);
    ck_assert_ptr_nonnull(octets);
    ck_assert_mem_eq(octets, "abc", 3);
    mem_free(octets);
}
END_TEST

START_TEST(copying_nothing_from_nowhere_is_fine)
{
    uint8_t octets[1] = { 'a' };

    mem_copy(octets, NULL, 0);
    mem_copy(NULL, NULL, 0);
    mem_move(octets, NULL, 0);
    mem_wipe(NULL, 0);
    ck_assert_uint_eq(octets[0], 'a');
}
END_TEST

START_TEST(moving_may_overlap_either_way)
{
    char forwards[] = "abcdef";
    char backwards[] = "abcdef";

    mem_move(forwards + 2, forwards, 4);
    ck_assert_str_eq(forwards, "ababcd");
    mem_move(backwards, backwards + 2, 4);
    ck_assert_str_eq(backwards, "cdefef");
}
END_TEST

START_TEST(wiping_leaves_zeros_in_so_many_octets)
{
    char secret[] = "password";

    mem_wipe(secret, 7);
    ck_assert_mem_eq(secret, "\0\0\0\0\0\0\0d", 8);
}
END_TEST

START_TEST(a_string_is_copied_whole)
{
    char original[] = "mx.example";
    char *copy = mem_string(original);
    char *empty = mem_string("");

    original[0] = 'x';
    ck_assert_str_eq(copy, "mx.example");
    ck_assert_str_eq(empty, "");
    mem_free(copy);
    mem_free(empty);
}
END_TEST

START_TEST(what_is_on_the_heap_is_counted)
{
    size_t before = mem_used();
    void *a = mem_alloc(1000);
    void *b = mem_calloc(10, 100);

    ck_assert_uint_ge(mem_used(), before + 2000);
    a = mem_realloc(a, 5000);
    ck_assert_uint_ge(mem_used(), before + 6000);
    ck_assert_uint_le(mem_used(), before + 6200);
    mem_free(a);
    mem_free(b);
    mem_free(NULL);
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

START_TEST(a_block_of_lines_begins_where_one_does)
{
    size_t before = mem_used();
    void *blocks[20];

    for (size_t i = 0; i < 20; i++) {
        blocks[i] = mem_alloc_lines(i * 13);
        ck_assert_uint_eq((uintptr_t)blocks[i] % MEM_LINE, 0);
        memset(blocks[i], 0x5A, i * 13);
    }
    for (size_t i = 0; i < 20; i++)
        mem_free_lines(blocks[i]);
    mem_free_lines(NULL);
    ck_assert_ptr_null(mem_alloc_lines(SIZE_MAX - 8));
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("mem");

    tcase_add_test(tc, a_size_of_zero_is_a_distinct_object);
    tcase_add_test(tc, shrinking_to_zero_frees_nothing);
    tcase_add_test(tc, counted_memory_is_zeroed);
    tcase_add_test(tc, a_block_that_grows_keeps_its_octets);
    tcase_add_test(tc, copying_nothing_from_nowhere_is_fine);
    tcase_add_test(tc, moving_may_overlap_either_way);
    tcase_add_test(tc, wiping_leaves_zeros_in_so_many_octets);
    tcase_add_test(tc, a_string_is_copied_whole);
    tcase_add_test(tc, what_is_on_the_heap_is_counted);
    tcase_add_test(tc, a_block_of_lines_begins_where_one_does);
    return suite_run("base/mem", tc);
}

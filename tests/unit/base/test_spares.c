/* Blocks that are kept for whoever asks next. */
#include "base/spares.h"

#include <check.h>
#include <string.h>

#include "base/mem.h"
#include "base/poison.h"
#include "support/suite.h"

enum { SIZE = 200, MOST = 3 };

START_TEST(the_block_given_back_last_is_had_first)
{
    struct spares spares = { .size = SIZE, .most = MOST };
    void *a = spares_take(&spares);
    void *b = spares_take(&spares);

    ck_assert_ptr_nonnull(a);
    ck_assert_ptr_nonnull(b);
    ck_assert_ptr_ne(a, b);
    spares_give(&spares, a);
    spares_give(&spares, b);
    ck_assert_ptr_eq(spares_take(&spares), b);
    ck_assert_ptr_eq(spares_take(&spares), a);
    ck_assert_ptr_null(spares.first);
    memset(a, 0xA5, SIZE);
    memset(b, 0xA5, SIZE);
    mem_free(a);
    mem_free(b);
}
END_TEST

START_TEST(blocks_may_begin_with_a_line)
{
    struct spares spares = { .size = SIZE, .has_lines = true, .most = 1 };
    size_t before = mem_used();
    void *a = spares_take(&spares);
    void *b = spares_take(&spares);

    ck_assert_uint_eq((uintptr_t)a % MEM_LINE, 0);
    ck_assert_uint_eq((uintptr_t)b % MEM_LINE, 0);
    memset(a, 0xA5, SIZE);
    memset(b, 0xA5, SIZE);
    spares_give(&spares, a);
    spares_give(&spares, b);
    spares_clear(&spares);
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

START_TEST(no_more_are_kept_than_are_allowed)
{
    struct spares spares = { .size = SIZE, .most = MOST };
    size_t before = mem_used();
    void *blocks[MOST + 2];
    size_t one;

    for (unsigned i = 0; i < MOST + 2; i++) {
        blocks[i] = spares_take(&spares);
        ck_assert_ptr_nonnull(blocks[i]);
    }
    one = (mem_used() - before) / (MOST + 2);
    for (unsigned i = 0; i < MOST + 2; i++)
        spares_give(&spares, blocks[i]);
    ck_assert_uint_eq(spares.count, MOST);
    ck_assert_uint_eq(mem_used(), before + MOST * one);
    spares_clear(&spares);
    ck_assert_uint_eq(spares.count, 0);
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

START_TEST(where_none_may_be_kept_none_is)
{
    struct spares spares = { .size = SIZE };
    size_t before = mem_used();

    spares_give(&spares, spares_take(&spares));
    ck_assert_uint_eq(mem_used(), before);
    spares_clear(&spares);
}
END_TEST

/* The address sanitizer, where there is one, tells who reads what was given back. */
START_TEST(what_was_given_back_is_poisoned)
{
#ifdef POISON_IS_TOLD
    struct spares spares = { .size = SIZE, .most = MOST };
    uint8_t *block = spares_take(&spares);

    ck_assert_ptr_null(__asan_region_is_poisoned(block, SIZE));
    spares_give(&spares, block);
    ck_assert_int_ne(__asan_address_is_poisoned(block + SIZE - 1), 0);
    ck_assert_ptr_eq(spares_take(&spares), block);
    ck_assert_ptr_null(__asan_region_is_poisoned(block, SIZE));
    mem_free(block);
#endif
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("spares");

    tcase_add_test(tc, the_block_given_back_last_is_had_first);
    tcase_add_test(tc, blocks_may_begin_with_a_line);
    tcase_add_test(tc, what_was_given_back_is_poisoned);
    tcase_add_test(tc, no_more_are_kept_than_are_allowed);
    tcase_add_test(tc, where_none_may_be_kept_none_is);
    return suite_run("base/spares", tc);
}

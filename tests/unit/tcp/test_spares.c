/* Blocks that were given back come again, the last one first, and no more of them than are kept. */
#include "tcp/spares.h"

#include "support/suite.h"

START_TEST(the_last_one_given_is_taken_first)
{
    struct spares spares = { 0 };
    void *first = mem_alloc(64);
    void *second = mem_alloc(64);

    ck_assert_ptr_null(spares_take(&spares));
    spares_give(&spares, first);
    spares_give(&spares, second);
    if (SPARES_KEPT > 0) {
        ck_assert_ptr_eq(spares_take(&spares), second);
        ck_assert_ptr_eq(spares_take(&spares), first);
        mem_free(first);
        mem_free(second);
    }
    ck_assert_ptr_null(spares_take(&spares));
    ck_assert_uint_eq(spares.count, 0);
}
END_TEST

START_TEST(more_than_are_kept_are_freed)
{
    struct spares spares = { 0 };
    size_t before = mem_used();

    for (unsigned i = 0; i < SPARES_KEPT + 5; i++)
        spares_give(&spares, mem_alloc(64));
    ck_assert_uint_eq(spares.count, SPARES_KEPT);
    spares_clear(&spares);
    ck_assert_uint_eq(spares.count, 0);
    ck_assert_uint_eq(mem_used(), before);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("spares");

    tcase_add_test(tc, the_last_one_given_is_taken_first);
    tcase_add_test(tc, more_than_are_kept_are_freed);
    return suite_run("tcp/spares", tc);
}

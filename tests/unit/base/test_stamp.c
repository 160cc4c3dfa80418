/* Differences of two times that a stranger's file holds. */
#include "base/stamp.h"

#include <check.h>

#include "support/suite.h"

static int64_t between(int64_t from, int64_t to)
{
    return stamp_between((struct stamp){ from }, (struct stamp){ to });
}

START_TEST(time_may_run_forwards_and_backwards)
{
    ck_assert_int_eq(between(5 * STAMP_SECOND, 7 * STAMP_SECOND), 2 * STAMP_SECOND);
    ck_assert_int_eq(between(7 * STAMP_SECOND, 5 * STAMP_SECOND), -2 * STAMP_SECOND);
    ck_assert_int_eq(between(-3, 4), 7);
    ck_assert_int_eq(between(9, 9), 0);
    ck_assert_int_eq(STAMP_SECOND, 1000 * STAMP_MILLISECOND);
}
END_TEST

START_TEST(a_difference_that_does_not_fit_saturates)
{
    ck_assert(between(INT64_MIN, INT64_MAX) == INT64_MAX);
    ck_assert(between(INT64_MAX, INT64_MIN) == INT64_MIN);
    ck_assert(between(-1, INT64_MAX) == INT64_MAX);
    ck_assert(between(-2, INT64_MAX - 1) == INT64_MAX);
    ck_assert(between(1, INT64_MIN) == INT64_MIN);
}
END_TEST

START_TEST(the_largest_differences_that_fit_are_exact)
{
    ck_assert(between(0, INT64_MAX) == INT64_MAX);
    ck_assert(between(-1, INT64_MAX - 1) == INT64_MAX);
    ck_assert(between(1, INT64_MAX) == INT64_MAX - 1);
    ck_assert(between(0, INT64_MIN) == INT64_MIN);
    ck_assert(between(INT64_MAX, -1) == INT64_MIN);
    ck_assert(between(INT64_MAX, 0) == INT64_MIN + 1);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("stamp");

    tcase_add_test(tc, time_may_run_forwards_and_backwards);
    tcase_add_test(tc, a_difference_that_does_not_fit_saturates);
    tcase_add_test(tc, the_largest_differences_that_fit_are_exact);
    return suite_run("base/stamp", tc);
}

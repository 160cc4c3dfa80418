/* The limits that were promised to users, as numbers: one that is changed breaks a promise. */
#include "base/limits.h"
#include "support/suite.h"

START_TEST(limits_are_those_that_were_promised)
{
    ck_assert_uint_eq(LIMIT_HELD_A_DIRECTION, 1048576);
    ck_assert_uint_eq(LIMIT_HELD_IN_ALL, 268435456);
    ck_assert_uint_eq(LIMIT_LINE_KEPT, 65536);
    ck_assert_uint_eq(LIMIT_UNDECIDED, 65536);
    ck_assert_uint_eq(LIMIT_DIALOGUE_ENTRIES, 10000);
    ck_assert_uint_eq(LIMIT_CONNECTIONS, 1000000);
    ck_assert_uint_eq(LIMIT_MEMORY, 536870912);
    ck_assert_int_eq(LIMIT_IDLE, INT64_C(900000000000));
    ck_assert_int_eq(LIMIT_HOLE_WAIT, INT64_C(1000000000));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("limits");

    tcase_add_test(tc, limits_are_those_that_were_promised);
    return suite_run("base/limits", tc);
}

/* Counts as people read them. */
#include "base/number_text.h"

#include "support/suite.h"

START_TEST(numbers_are_grouped_by_three)
{
    ck_assert_str_eq(number_text_of(0).text, "0");
    ck_assert_str_eq(number_text_of(999).text, "999");
    ck_assert_str_eq(number_text_of(1000).text, "1,000");
    ck_assert_str_eq(number_text_of(UINT64_MAX).text, "18,446,744,073,709,551,615");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("number_text");

    tcase_add_test(tc, numbers_are_grouped_by_three);
    return suite_run("base/number_text", tc);
}

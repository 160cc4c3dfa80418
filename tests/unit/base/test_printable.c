/* Octets that may be shown as they are. */
#include "base/printable.h"

#include <check.h>
#include <stdlib.h>

/* _i is where the octet stands in a text of 40: in whole words and in the rest. */
START_TEST(the_run_ends_at_the_first_octet_that_is_not_plain)
{
    for (unsigned octet = 0; octet < 256; octet++) {
        uint8_t text[40];
        bool is_plain = octet >= ' ' && octet <= '~' && octet != '"' && octet != '\\';

        memset(text, 'x', sizeof(text));
        text[_i] = (uint8_t)octet;
        ck_assert_int_eq(octet_is_plain((uint8_t)octet), is_plain);
        ck_assert_uint_eq(plain_length(slice_of(text, sizeof(text))),
                          is_plain ? sizeof(text) : (size_t)_i);
        ck_assert_uint_eq(plain_length_plain(slice_of(text, sizeof(text))),
                          is_plain ? sizeof(text) : (size_t)_i);
    }
}
END_TEST

START_TEST(nothing_is_read_past_the_end)
{
    static const uint8_t text[] = { 'a', 'b', 'c' };

    ck_assert_uint_eq(plain_length(slice_of(text, 3)), 3);
    ck_assert_uint_eq(plain_length(slice_of(text, 0)), 0);
    ck_assert_uint_eq(plain_length(slice_of(NULL, 0)), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("printable");
    TCase *tc = tcase_create("plain");
    SRunner *runner = srunner_create(suite);
    int failed;

    suite_add_tcase(suite, tc);
    tcase_add_loop_test(tc, the_run_ends_at_the_first_octet_that_is_not_plain, 0, 40);
    tcase_add_test(tc, nothing_is_read_past_the_end);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Packets not analysed, by reason and link type. */
#include "app/skipped.h"

#include <check.h>

#include "support/suite.h"

enum { ETHERNET = 1, RADIOTAP = 127 };

START_TEST(what_could_not_be_decoded_is_counted_by_link_type)
{
    struct report_input input = { 0 };

    skipped_count(&input, SKIP_ENCRYPTED, RADIOTAP);
    skipped_count(&input, SKIP_MALFORMED, ETHERNET);
    skipped_count(&input, SKIP_ENCRYPTED, ETHERNET);
    skipped_count(&input, SKIP_ENCRYPTED, RADIOTAP);
    ck_assert_uint_eq(input.skipped[SKIP_ENCRYPTED], 3);
    ck_assert_uint_eq(input.skipped[SKIP_MALFORMED], 1);
    ck_assert_uint_eq(input.undecoded_count, 3);
    ck_assert_int_eq(input.undecoded[0].reason, SKIP_ENCRYPTED);
    ck_assert_int_eq(input.undecoded[0].link_type, RADIOTAP);
    ck_assert_str_eq(input.undecoded[0].link_name, "IEEE802_11_RADIO");
    ck_assert_uint_eq(input.undecoded[0].packets, 2);
    ck_assert_str_eq(input.undecoded[1].link_name, "EN10MB");
}
END_TEST

START_TEST(what_is_of_no_use_however_decoded_is_counted_by_its_reason_alone)
{
    struct report_input input = { 0 };

    skipped_count(&input, SKIP_NOT_TCP, ETHERNET);
    skipped_count(&input, SKIP_OTHER_PORT, ETHERNET);
    skipped_count(&input, SKIP_NOT_IP, ETHERNET);
    ck_assert_uint_eq(input.skipped[SKIP_NOT_TCP], 1);
    ck_assert_uint_eq(input.undecoded_count, 0);
}
END_TEST

START_TEST(rows_are_bounded_and_the_reason_counts_on)
{
    struct report_input input = { 0 };

    for (int type = 0; type <= LIMIT_UNDECODED_ROWS; type++)
        skipped_count(&input, SKIP_UNSUPPORTED_LINK_TYPE, 100000 + type);
    ck_assert_uint_eq(input.undecoded_count, LIMIT_UNDECODED_ROWS);
    ck_assert_ptr_null(input.undecoded[0].link_name);
    ck_assert_uint_eq(input.skipped[SKIP_UNSUPPORTED_LINK_TYPE], LIMIT_UNDECODED_ROWS + 1);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("skipped");

    tcase_add_test(tc, what_could_not_be_decoded_is_counted_by_link_type);
    tcase_add_test(tc, what_is_of_no_use_however_decoded_is_counted_by_its_reason_alone);
    tcase_add_test(tc, rows_are_bounded_and_the_reason_counts_on);
    return suite_run("app/skipped", tc);
}

/* Numbers and times as people read them: every change of unit, on both sides of it. */
#include "report/human.h"

#include <check.h>
#include <stdlib.h>
#include <time.h>

#include "support/suite.h"

START_TEST(thousands_are_parted)
{
    ck_assert_str_eq(human_count(0).text, "0");
    ck_assert_str_eq(human_count(999).text, "999");
    ck_assert_str_eq(human_count(1000).text, "1,000");
    ck_assert_str_eq(human_count(999999).text, "999,999");
    ck_assert_str_eq(human_count(1000000).text, "1,000,000");
    ck_assert_str_eq(human_count(UINT64_MAX).text, "18,446,744,073,709,551,615");
}
END_TEST

START_TEST(a_plain_number_is_not_parted)
{
    ck_assert_str_eq(human_plain(0).text, "0");
    ck_assert_str_eq(human_plain(UINT64_MAX).text, "18446744073709551615");
}
END_TEST

START_TEST(one_has_a_noun_of_its_own)
{
    ck_assert_str_eq(human_counted(0, "octet", "octets").text, "0 octets");
    ck_assert_str_eq(human_counted(1, "octet", "octets").text, "1 octet");
    ck_assert_str_eq(human_counted(2, "octet", "octets").text, "2 octets");
    ck_assert_str_eq(human_counted(1204, "reply", "replies").text, "1,204 replies");
}
END_TEST

START_TEST(a_duration_changes_its_unit_where_it_would_be_too_long)
{
    static const struct {
        int64_t ns;
        const char *text;
    } rows[] = {
        { -1, "unknown" },
        { INT64_MIN, "unknown" },
        { 0, "0 ms" },
        { 499, "0 µs" },
        { 500, "1 µs" },
        { 27000, "27 µs" },
        { 99499, "99 µs" },
        { 99500, "0.1 ms" },
        { 149999, "0.1 ms" },
        { 150000, "0.2 ms" },
        { 9949999, "9.9 ms" },
        { 9950000, "10 ms" },
        { 999499999, "999 ms" },
        { 999500000, "1.00 s" },
        { 1240000000, "1.24 s" },
        { 9994999999, "9.99 s" },
        { 9995000000, "10.0 s" },
        { 59949999999, "59.9 s" },
        { 59950000000, "1 min 0 s" },
        { 303000000000, "5 min 3 s" },
        { 3599499999999, "59 min 59 s" },
        { 3599500000000, "1 h 0 min" },
        { 7500 * STAMP_SECOND, "2 h 5 min" },
        { 172799 * STAMP_SECOND, "47 h 59 min" },
        { 172800 * STAMP_SECOND, "2 d 0 h" },
        { (3 * 86400 + 4 * 3600) * STAMP_SECOND, "3 d 4 h" },
        { INT64_MAX, "106751 d 23 h" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        ck_assert_str_eq(human_duration(rows[i].ns).text, rows[i].text);
}
END_TEST

START_TEST(an_offset_is_cut_and_not_rounded)
{
    ck_assert_str_eq(human_offset(0, HUMAN_MILLISECONDS).text, "0.000");
    ck_assert_str_eq(human_offset(13999999, HUMAN_MILLISECONDS).text, "0.013");
    ck_assert_str_eq(human_offset(13999999, HUMAN_MICROSECONDS).text, "0.013999");
    ck_assert_str_eq(human_offset(-1000000, HUMAN_MILLISECONDS).text, "-0.001");
    ck_assert_str_eq(human_offset(-999999, HUMAN_MILLISECONDS).text, "0.000");
    ck_assert_str_eq(human_offset(-999999, HUMAN_MICROSECONDS).text, "-0.000999");
    ck_assert_str_eq(human_offset(12345678901, HUMAN_MILLISECONDS).text, "12.345");
    ck_assert_str_eq(human_offset(INT64_MAX, HUMAN_MILLISECONDS).text, "9223372036.854");
    ck_assert_str_eq(human_offset(INT64_MIN, HUMAN_MICROSECONDS).text, "-9223372036.854775");
}
END_TEST

static const char *time_of(int64_t ns, enum clock_zone zone)
{
    static struct human human;

    human = human_time((struct stamp){ ns }, zone);
    return human.text;
}

START_TEST(a_time_is_told_to_the_millisecond)
{
    ck_assert_str_eq(time_of(0, CLOCK_UTC), "1970-01-01 00:00:00.000");
    ck_assert_str_eq(time_of(999999, CLOCK_UTC), "1970-01-01 00:00:00.000");
    ck_assert_str_eq(time_of(1795482123123999999, CLOCK_UTC), "2026-11-24 01:02:03.123");
}
END_TEST

START_TEST(before_1970_milliseconds_count_upwards_too)
{
    ck_assert_str_eq(time_of(-1, CLOCK_UTC), "1969-12-31 23:59:59.999");
    ck_assert_str_eq(time_of(-STAMP_SECOND, CLOCK_UTC), "1969-12-31 23:59:59.000");
    ck_assert_str_eq(time_of(-STAMP_SECOND - STAMP_MILLISECOND, CLOCK_UTC),
                     "1969-12-31 23:59:58.999");
    ck_assert_str_eq(time_of(INT64_MIN, CLOCK_UTC), "1677-09-21 00:12:43.145");
}
END_TEST

START_TEST(local_time_is_that_of_the_zone_at_that_time)
{
    const struct stamp winter = { 1795482123 * STAMP_SECOND };
    const struct stamp summer = { 1783332123 * STAMP_SECOND };

    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    ck_assert_str_eq(human_time(winter, CLOCK_LOCAL).text, "2026-11-24 02:02:03.000");
    ck_assert_str_eq(human_zone(winter, CLOCK_LOCAL).text, "CET");
    ck_assert_str_eq(human_time(summer, CLOCK_LOCAL).text, "2026-07-06 12:02:03.000");
    ck_assert_str_eq(human_zone(summer, CLOCK_LOCAL).text, "CEST");
    ck_assert_str_eq(human_zone(summer, CLOCK_UTC).text, "UTC");
    ck_assert_str_eq(human_time(winter, CLOCK_UTC).text, "2026-11-24 01:02:03.000");
    setenv("TZ", "UTC", 1);
    tzset();
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("human");

    tcase_add_test(tc, thousands_are_parted);
    tcase_add_test(tc, a_plain_number_is_not_parted);
    tcase_add_test(tc, one_has_a_noun_of_its_own);
    tcase_add_test(tc, a_duration_changes_its_unit_where_it_would_be_too_long);
    tcase_add_test(tc, an_offset_is_cut_and_not_rounded);
    tcase_add_test(tc, a_time_is_told_to_the_millisecond);
    tcase_add_test(tc, before_1970_milliseconds_count_upwards_too);
    tcase_add_test(tc, local_time_is_that_of_the_zone_at_that_time);
    return suite_run("report/human", tc);
}

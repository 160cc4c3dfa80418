/* Points in time, as people write them. */
#include "app/when.h"

#include <check.h>
#include <stdlib.h>
#include <time.h>

/* 2026-11-24T01:02:03Z */
#define MOMENT (INT64_C(1795482123) * STAMP_SECOND)

static void set_zone(const char *zone)
{
    ck_assert_int_eq(setenv("TZ", zone, 1), 0);
    tzset();
}

static void check_when(const char *text, int64_t ns)
{
    struct stamp stamp = { 0 };

    ck_assert_msg(when_parse(text, &stamp), "'%s' was refused", text);
    ck_assert_msg(stamp.ns == ns, "'%s' is %lld", text, (long long)stamp.ns);
}

START_TEST(rfc_3339_is_read_in_any_offset)
{
    set_zone("Asia/Kolkata");
    check_when("2026-11-24T01:02:03Z", MOMENT);
    check_when("2026-11-24t01:02:03z", MOMENT);
    check_when("2026-11-24 01:02:03Z", MOMENT);
    check_when("2026-11-24T03:32:03+02:30", MOMENT);
    check_when("2026-11-23T20:02:03-05:00", MOMENT);
    check_when("2026-11-24T01:02Z", MOMENT - 3 * STAMP_SECOND);
    check_when("2026-11-24T01:02:03.25Z", MOMENT + STAMP_SECOND / 4);
    check_when("2026-11-24T01:02:03.123456789Z", MOMENT + 123456789);
    check_when("2026-11-24T01:02:03.1234567899Z", MOMENT + 123456789);
}
END_TEST

START_TEST(a_time_without_an_offset_is_local)
{
    set_zone("UTC-2"); /* POSIX: two hours east */
    check_when("2026-11-24 03:02:03", MOMENT);
    check_when("2026-11-24T03:02:03", MOMENT);
    check_when("2026-11-24 03:02", MOMENT - 3 * STAMP_SECOND);
    check_when("2026-11-24", MOMENT - INT64_C(10923) * STAMP_SECOND);
    check_when(" 2026-11-24 03:02:03.5 ", MOMENT + STAMP_SECOND / 2);
    set_zone("UTC");
}
END_TEST

START_TEST(seconds_since_the_epoch_are_read)
{
    check_when("1795482123", MOMENT);
    check_when("1795482123.5", MOMENT + STAMP_SECOND / 2);
    check_when("0", 0);
}
END_TEST

START_TEST(days_that_exist_are_taken_and_others_are_not)
{
    struct stamp stamp;

    check_when("2024-02-29T00:00:00Z", INT64_C(1709164800) * STAMP_SECOND);
    check_when("2016-12-31T23:59:60Z", INT64_C(1483228800) * STAMP_SECOND);
    ck_assert(!when_parse("2026-02-29T00:00:00Z", &stamp));
    ck_assert(!when_parse("2026-02-30", &stamp));
    ck_assert(!when_parse("2026-13-01", &stamp));
    ck_assert(!when_parse("2026-00-01", &stamp));
    ck_assert(!when_parse("2026-11-24T24:00:00Z", &stamp));
    ck_assert(!when_parse("2026-11-24T01:60:00Z", &stamp));
    ck_assert(!when_parse("2026-11-24T01:02:61Z", &stamp));
    ck_assert(!when_parse("2026-11-24T01:02:03+24:00", &stamp));
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
    static const char *const wrong[] = {
        "",
        "now",
        "2026-11",
        "2026-1-2",
        "2026-11-24T",
        "2026-11-24T01",
        "2026-11-24T01:02:",
        "2026-11-24T01:02:03.",
        "2026-11-24x",
        "2026-11-24T01:02:03ZZ",
        "2026-11-24T01:02:03+0200",
        "-5",
        "1.",
        ".5",
        "1.5x",
        "99999999999999999999",
        "9999999999999999",
        "24/11/2026",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct stamp stamp;

        ck_assert_msg(!when_parse(wrong[i], &stamp), "'%s' was taken", wrong[i]);
    }
}
END_TEST

START_TEST(every_truncation_is_survived)
{
    static const char whole[] = "2026-11-24T01:02:03.123+02:00";

    for (size_t n = 0; n < sizeof whole; n++) {
        char part[sizeof whole] = "";
        struct stamp stamp;

        for (size_t i = 0; i < n; i++)
            part[i] = whole[i];
        (void)when_parse(part, &stamp);
    }
}
END_TEST

int main(void)
{
    Suite *s = suite_create("app/when");
    TCase *tc = tcase_create("when");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_test(tc, rfc_3339_is_read_in_any_offset);
    tcase_add_test(tc, a_time_without_an_offset_is_local);
    tcase_add_test(tc, seconds_since_the_epoch_are_read);
    tcase_add_test(tc, days_that_exist_are_taken_and_others_are_not);
    tcase_add_test(tc, what_is_no_time_is_refused);
    tcase_add_test(tc, every_truncation_is_survived);
    suite_add_tcase(s, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

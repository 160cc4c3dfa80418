/* A port that speaks SMTP and is not followed. */
#include "app/hints.h"

#include <check.h>

#include "support/exact.h"
#include "support/suite.h"

static struct hints hints;

static void setup(void)
{
    hints = (struct hints){ 0 };
}

static void look(uint16_t from, uint16_t to, const char *payload, bool is_followed)
{
    struct slice octets = exact_copy(slice_of_string(payload));
    struct segment segment = { .from = { .port = from }, .to = { .port = to }, .payload = octets };

    hints_look(&hints, &segment, is_followed);
    exact_free(octets);
}

START_TEST(a_greeting_that_names_smtp_is_a_hint)
{
    static const char *const greetings[] = { "220 mx ESMTP\r\n", "220-mx SMTP\r\n220 x\r\n",
                                             "220 mx smtp\n", "220 mx ESMTP" };

    look(2525, 40000, greetings[_i], false);
    ck_assert_uint_eq(hints_port(&hints), 2525);
}
END_TEST

START_TEST(what_greets_otherwise_is_none)
{
    static const char *const payloads[] = {
        "",
        "2",
        "220",
        "220 ",
        "220 ftp ready\r\n",
        "220ESMTP\r\n",
        "250 ESMTP",
        "22 SMTP",
        "EHLO SMTP\r\n",
        "320 SMTP\r\n",
        "220 x\r\n220 ESMTP\r\n",
    };

    look(2525, 40000, payloads[_i], false);
    ck_assert_uint_eq(hints_port(&hints), 0);
}
END_TEST

/* RFC 5321 4.5.3.1.5: a line has 512 octets at most. _i octets stand before the name. */
START_TEST(the_name_must_stand_in_the_first_512_octets)
{
    char greeting[600] = "220 ";

    memset(greeting + 4, 'x', sizeof(greeting) - 5);
    memcpy(greeting + _i, "SMTP", 4);
    look(2525, 40000, greeting, false);
    ck_assert_uint_eq(hints_port(&hints), _i <= 508 ? 2525 : 0);
}
END_TEST

START_TEST(a_connection_that_is_followed_needs_no_hint)
{
    look(2525, 40000, "220 mx ESMTP\r\n", true);
    ck_assert_uint_eq(hints_port(&hints), 0);
}
END_TEST

/* 25, 465 or 587, on either side, silent or not. */
START_TEST(where_a_usual_port_was_seen_there_is_no_hint)
{
    static const uint16_t ports[] = { 25, 465, 587 };

    for (size_t i = 0; i < 6; i++) {
        setup();
        look(2525, 40000, "220 mx ESMTP\r\n", false);
        ck_assert_uint_eq(hints_port(&hints), 2525);
        if (i < 3)
            look(ports[i], 40000, "", false);
        else
            look(40000, ports[i - 3], "", true);
        ck_assert_uint_eq(hints_port(&hints), 0);
    }
}
END_TEST

START_TEST(the_port_that_greets_most_is_named)
{
    look(2525, 40000, "220 mx ESMTP\r\n", false);
    look(2626, 40000, "220 mx ESMTP\r\n", false);
    look(2626, 40001, "220 mx ESMTP\r\n", false);
    look(2727, 40000, "220 mx ESMTP\r\n", false);
    ck_assert_uint_eq(hints_port(&hints), 2626);
    /* Of equals, the first. */
    look(2525, 40001, "220 mx ESMTP\r\n", false);
    ck_assert_uint_eq(hints_port(&hints), 2525);
}
END_TEST

START_TEST(ports_are_counted_up_to_a_number)
{
    for (uint16_t i = 0; i < HINT_PORTS_MAX; i++)
        look((uint16_t)(2000 + i), 40000, "220 mx ESMTP\r\n", false);
    ck_assert_uint_eq(hints.port_count, HINT_PORTS_MAX);
    for (int i = 0; i < 3; i++)
        look(3000, 40000, "220 mx ESMTP\r\n", false);
    ck_assert_uint_eq(hints.port_count, HINT_PORTS_MAX);
    ck_assert_uint_eq(hints_port(&hints), 2000);
    /* Those that are known are counted on. */
    look(2000 + HINT_PORTS_MAX - 1, 40001, "220 mx ESMTP\r\n", false);
    ck_assert_uint_eq(hints_port(&hints), 2000 + HINT_PORTS_MAX - 1);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("hints");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_add_loop_test(tc, a_greeting_that_names_smtp_is_a_hint, 0, 4);
    tcase_add_loop_test(tc, what_greets_otherwise_is_none, 0, 11);
    tcase_add_loop_test(tc, the_name_must_stand_in_the_first_512_octets, 505, 512);
    tcase_add_test(tc, a_connection_that_is_followed_needs_no_hint);
    tcase_add_test(tc, where_a_usual_port_was_seen_there_is_no_hint);
    tcase_add_test(tc, the_port_that_greets_most_is_named);
    tcase_add_test(tc, ports_are_counted_up_to_a_number);
    return suite_run("app/hints", tc);
}

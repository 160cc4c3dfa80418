/* Port lists, and the hint about ports that are not in them. */
#include "app/ports.h"

#include <check.h>
#include <stdlib.h>

#include "app/hints.h"

START_TEST(the_usual_ports_are_followed_at_first)
{
    struct ports p;

    ports_default(&p);
    ck_assert(ports_hold(&p, 25) && ports_hold(&p, 465) && ports_hold(&p, 587));
    ck_assert(!ports_hold(&p, 0) && !ports_hold(&p, 24) && !ports_hold(&p, 65535));
}
END_TEST

START_TEST(a_list_takes_the_place_of_the_usual_ports)
{
    struct ports p;

    ports_default(&p);
    ck_assert(ports_parse(&p, "2525,1,65535"));
    ck_assert(ports_hold(&p, 2525) && ports_hold(&p, 1) && ports_hold(&p, 65535));
    ck_assert(!ports_hold(&p, 25));
}
END_TEST

START_TEST(a_plus_adds_and_adds_again)
{
    struct ports p;

    ports_default(&p);
    ck_assert(ports_parse(&p, "+2525"));
    ck_assert(ports_parse(&p, "+26,+27"));
    ck_assert(ports_hold(&p, 25) && ports_hold(&p, 2525) && ports_hold(&p, 26));
    ck_assert(ports_hold(&p, 27));
}
END_TEST

START_TEST(any_holds_them_all)
{
    struct ports p;

    ports_default(&p);
    ck_assert(ports_parse(&p, "any"));
    ck_assert(p.is_any && ports_hold(&p, 0) && ports_hold(&p, 12345));
}
END_TEST

START_TEST(a_wrong_list_changes_nothing)
{
    static const char *const wrong[] = { "",      ",", "25,",    ",25",    "0",
                                         "65536", "x", "25x",    "-25",    "25 26",
                                         "all",   "+", "any,25", "25,any", "18446744073709551641",
                                         "++25" };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ports p;

        ports_default(&p);
        ck_assert_msg(!ports_parse(&p, wrong[i]), "'%s' was taken", wrong[i]);
        ck_assert(ports_hold(&p, 25) && !p.is_any);
    }
}
END_TEST

static struct segment from_port(uint16_t port, const char *payload)
{
    return (struct segment){
        .from.port = port,
        .to.port = 40000,
        .payload = slice_of_string(payload),
    };
}

static void look(struct hints *hints, uint16_t port, const char *payload)
{
    struct segment segment = from_port(port, payload);

    hints_look(hints, &segment, false);
}

START_TEST(the_port_that_greets_most_is_the_hint)
{
    struct hints hints = { .port_count = 0 };

    look(&hints, 2526, "220 a ESMTP\r\n");
    look(&hints, 2525, "220-b esmtp\r\n");
    look(&hints, 2525, "220 b Smtp ready\r\n");
    ck_assert_uint_eq(hints_port(&hints), 2525);
}
END_TEST

START_TEST(other_greetings_are_no_hint)
{
    struct hints hints = { .port_count = 0 };

    look(&hints, 21, "220 FTP ready\r\n");
    look(&hints, 21, "220 FTP\r\nSMTP in a later line\r\n");
    look(&hints, 80, "HTTP/1.1 220 SMTP\r\n");
    look(&hints, 21, "220SMTP\r\n");
    look(&hints, 21, "22");
    look(&hints, 21, "");
    ck_assert_uint_eq(hints_port(&hints), 0);
}
END_TEST

START_TEST(no_hint_is_given_where_a_usual_port_was_seen)
{
    struct hints hints = { .port_count = 0 };

    look(&hints, 2525, "220 a ESMTP\r\n");
    look(&hints, 587, "");
    ck_assert_uint_eq(hints_port(&hints), 0);
}
END_TEST

START_TEST(more_ports_than_are_counted_do_no_harm)
{
    struct hints hints = { .port_count = 0 };

    for (uint16_t port = 1000; port < 1100; port++)
        look(&hints, port, "220 a ESMTP\r\n");
    ck_assert_uint_eq(hints_port(&hints), 1000);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("app/ports");
    TCase *tc = tcase_create("ports");
    SRunner *runner = srunner_create(s);
    int failed;

    tcase_add_test(tc, the_usual_ports_are_followed_at_first);
    tcase_add_test(tc, a_list_takes_the_place_of_the_usual_ports);
    tcase_add_test(tc, a_plus_adds_and_adds_again);
    tcase_add_test(tc, any_holds_them_all);
    tcase_add_test(tc, a_wrong_list_changes_nothing);
    tcase_add_test(tc, the_port_that_greets_most_is_the_hint);
    tcase_add_test(tc, other_greetings_are_no_hint);
    tcase_add_test(tc, no_hint_is_given_where_a_usual_port_was_seen);
    tcase_add_test(tc, more_ports_than_are_counted_do_no_harm);
    suite_add_tcase(s, tc);
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

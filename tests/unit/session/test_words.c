/* Queue identifiers and software names in the free text of replies. */
#include <check.h>

#include "session/session_state.h"
#include "support/exact.h"
#include "support/suite.h"

static void check_queue_id(const char *text, const char *expected)
{
    struct slice octets = exact_copy(slice_of_string(text));
    struct slice id = queue_id_in(octets);

    ck_assert_msg(slice_equal(id, slice_of_string(expected)), "%s: %.*s", text, (int)id.len,
                  id.len == 0 ? "" : (const char *)id.data);
    exact_free(octets);
}

static void check_software(const char *text, const char *expected)
{
    struct slice octets = exact_copy(slice_of_string(text));
    struct slice name = software_in(octets);

    ck_assert_msg(slice_equal(name, slice_of_string(expected)), "%s: %.*s", text, (int)name.len,
                  name.len == 0 ? "" : (const char *)name.data);
    exact_free(octets);
}

START_TEST(each_server_says_its_queue_identifier_in_its_own_way)
{
    check_queue_id("2.0.0 Ok: queued as 4Fxyz1234", "4Fxyz1234");
    check_queue_id("Ok: Queued As ABC", "ABC");
    check_queue_id("OK id=1abcDE-0001Ab-2C", "1abcDE-0001Ab-2C");
    check_queue_id("2.6.0 <1@e> [InternalId=12345, Hostname=x] Queued mail for delivery", "12345");
    check_queue_id("ok 1700000000 qp 4242", "4242");
    check_queue_id("2.0.0 3AO1234x Message accepted for delivery", "3AO1234x");
    check_queue_id("2.0.0 OK  1700000000 a1-b2c3.45 - gsmtp", "a1-b2c3.45");
    check_queue_id("2.0.0 AB12  Message accepted for delivery", "AB12");
    check_queue_id("2.0.0: deadbeef Message accepted for delivery", "deadbeef");
}
END_TEST

START_TEST(a_queue_identifier_ends_where_its_word_ends)
{
    check_queue_id("queued as A,B", "A");
    check_queue_id("queued as A;", "A");
    check_queue_id("queued as A]", "A");
    check_queue_id("queued as A>", "A");
    check_queue_id("queued as A)", "A");
    check_queue_id("queued as A\tB", "A");
    check_queue_id("queued as A", "A");
}
END_TEST

START_TEST(a_reply_that_names_none_has_no_queue_identifier)
{
    check_queue_id("", "");
    check_queue_id("2.0.0 Ok", "");
    check_queue_id("queued as ", "");
    check_queue_id("queued as", "");
    check_queue_id("2.0.0 Message accepted for delivery", "");
    check_queue_id(" Message accepted for delivery", "");
    check_queue_id("requeued asleep", "");
}
END_TEST

START_TEST(software_is_named_with_its_version_where_one_stands_there)
{
    check_software("mx.example ESMTP Postfix", "Postfix");
    check_software("mx.example ESMTP Postfix (Debian/GNU)", "Postfix");
    check_software("mx.example ESMTP Exim 4.96 Tue, 24 Nov 2026", "Exim 4.96");
    check_software("mx.example ESMTP Sendmail 8.17.1/8.17.1; Tue", "Sendmail 8.17.1/8.17.1");
    check_software("mx ESMTP OpenSMTPD", "OpenSMTPD");
    check_software("mx.example Microsoft ESMTP MAIL Service ready", "Microsoft ESMTP MAIL Service");
    check_software("mx ESMTP a1 - gsmtp", "gsmtp");
    check_software("mx ESMTP Haraka/3.0.2 ready", "Haraka/3.0.2");
    check_software("mx ESMTP (Exim 4.96)", "Exim 4.96");
    check_software("mx ESMTP exim 4", "exim 4");
    check_software("mx ESMTP Exim", "Exim");
    check_software("mx ESMTP Exim ", "Exim");
    check_software("mx ESMTP Exim/", "Exim");
}
END_TEST

START_TEST(a_greeting_without_a_known_name_has_no_software)
{
    check_software("mx.example ESMTP ready", "");
    check_software("", "");
    check_software("Postfi", "");
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("words");

    tcase_add_test(tc, each_server_says_its_queue_identifier_in_its_own_way);
    tcase_add_test(tc, a_queue_identifier_ends_where_its_word_ends);
    tcase_add_test(tc, a_reply_that_names_none_has_no_queue_identifier);
    tcase_add_test(tc, software_is_named_with_its_version_where_one_stands_there);
    tcase_add_test(tc, a_greeting_without_a_known_name_has_no_software);
    return suite_run("session/words", tc);
}

/* Addresses as text, and their order. */
#include <check.h>
#include <stdlib.h>

#include "net/endpoint.h"

static struct endpoint endpoint(const char *address, uint16_t port)
{
    struct endpoint e = { .port = port };

    ck_assert(address_parse(address, &e.address));
    return e;
}

/* RFC 5952 4 and 5. */
START_TEST(address_text_is_canonical)
{
    static const struct {
        const char *given;
        const char *written;
    } rows[] = {
        { "192.0.2.1", "192.0.2.1" },
        { "255.255.255.255", "255.255.255.255" },
        { "2001:0DB8:0000:0000:0000:0000:0000:0001", "2001:db8::1" },
        { "::", "::" },
        { "::1", "::1" },
        { "1::", "1::" },
        { "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1" },
        { "2001:0:0:1:0:0:0:1", "2001:0:0:1::1" },
        { "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1" },
        { "0:0:1:2:3:4:5:6", "::1:2:3:4:5:6" },
        { "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::" },
        { "::ffff:192.0.2.1", "::ffff:192.0.2.1" },
        { "::1:2", "::1:2" },
        { "1111:2222:3333:4444:5555:6666:7777:8888", "1111:2222:3333:4444:5555:6666:7777:8888" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct endpoint e = endpoint(rows[i].given, 0);
        char text[ADDRESS_TEXT_MAX];

        ck_assert_uint_eq(address_text(&e.address, text), strlen(rows[i].written));
        ck_assert_str_eq(text, rows[i].written);
    }
}
END_TEST

START_TEST(endpoint_text_brackets_ipv6)
{
    struct endpoint v4 = endpoint("192.0.2.1", 25);
    struct endpoint v6 = endpoint("1111:2222:3333:4444:5555:6666:7777:8888", 65535);
    char text[ENDPOINT_TEXT_MAX];

    endpoint_text(&v4, text);
    ck_assert_str_eq(text, "192.0.2.1:25");
    ck_assert_uint_eq(endpoint_text(&v6, text), 47);
    ck_assert_str_eq(text, "[1111:2222:3333:4444:5555:6666:7777:8888]:65535");
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
    static const char *const rows[] = { "",        "mail.example", "192.0.2", "192.0.2.256",
                                        "[::1]",   "::1%eth0",     "1:2",     "192.0.2.1 ",
                                        "1::2::3", "12345::" };
    struct address address;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(!address_parse(rows[i], &address), "%s", rows[i]);
}
END_TEST

START_TEST(order_is_by_octets_then_port)
{
    struct endpoint a = endpoint("192.0.2.1", 4000), b = endpoint("198.51.100.25", 25);
    struct endpoint c = endpoint("192.0.2.1", 4001), same = endpoint("192.0.2.1", 4000);

    ck_assert_int_lt(endpoint_compare(&a, &b), 0);
    ck_assert_int_gt(endpoint_compare(&b, &a), 0);
    ck_assert_int_lt(endpoint_compare(&a, &c), 0);
    ck_assert_int_eq(endpoint_compare(&a, &same), 0);
    ck_assert(endpoint_equal(&a, &same));
    ck_assert(!endpoint_equal(&a, &c));
    ck_assert(!endpoint_equal(&a, &b));
}
END_TEST

START_TEST(versions_are_never_equal)
{
    struct endpoint v4 = endpoint("1.2.3.4", 25), v6 = endpoint("102:304::", 25);

    ck_assert(!address_equal(&v4.address, &v6.address));
    ck_assert_int_ne(endpoint_compare(&v4, &v6), 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("net/endpoint");
    TCase *tc = tcase_create("endpoint");

    tcase_add_test(tc, address_text_is_canonical);
    tcase_add_test(tc, endpoint_text_brackets_ipv6);
    tcase_add_test(tc, what_is_no_address_is_refused);
    tcase_add_test(tc, order_is_by_octets_then_port);
    tcase_add_test(tc, versions_are_never_equal);
    suite_add_tcase(s, tc);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    int failed;

    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
